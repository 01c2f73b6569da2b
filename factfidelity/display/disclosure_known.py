"""What others know already: the figures that were shown in earlier releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_names import Names, names_of
from factfidelity.display.disclosure_primary import numbers
from factfidelity.display.gate import Gate

_PERIOD = "period_start"
_NONE = np.empty(0, dtype="uint64")
Releases = Sequence[Mapping[str, tuple[pd.DataFrame, Gate]]]  # frames by "result.field", for each release


@dataclass(frozen=True, slots=True)
class Known:
    """The figures of earlier releases, by table, column and what a row is about.

    Attributes
    ----------
    figures : tuple of mapping
        What each release shows.
    hidden : mapping of (table, column) to array
        The rows of periods that any of them has without a value.
    """

    figures: tuple[Mapping[tuple[str, str], pd.Series], ...] = ()
    hidden: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)

    @classmethod
    def from_releases(cls, releases: Releases) -> Known:
        """Return what the frames of some releases show."""
        found = []
        hidden: dict[tuple[str, str], list[np.ndarray]] = {}
        for frames in releases:
            figures: dict[tuple[str, str], pd.Series] = {}
            for table, (frame, gate) in frames.items():
                names = _whole(names_of(frame, gate.keys, gate.margins))
                # also what rests on a count that never left the room: it was shown all the same
                resting = [column for count, rest in gate.counts.items() for column in (count, *rest)]
                for column in dict.fromkeys(column for column in resting if column in frame.columns):
                    values = pd.Series(numbers(frame, column), index=names)
                    if _PERIOD in gate.keys:
                        hidden.setdefault((table, column), []).append(names[values.isna().to_numpy()])
                    values = values.dropna()
                    figures[table, column] = values[~values.index.duplicated(keep="last")]
            found.append(figures)
        return cls(tuple(found), {place: np.unique(np.concatenate(names)) for place, names in hidden.items()})

    def kept_back(self, item: Guarded, column: str) -> np.ndarray:
        """Return the rows of a period that an earlier release had without this figure.

        What it hid beside the other periods and their sum it would be given back by if it were shown now.
        """
        return np.isin(_whole(item.names), self.hidden.get((item.name, column), _NONE)) & item.known[column]

    def compared(self, item: Guarded, column: str, smallest: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield for each release the rows where a column is as it was shown, and those that a few persons changed.

        A part changes by a few persons also where the rest of its whole does: 10 of 40 and 19 of 50 tell of one.
        """
        for figures in self.figures:
            shown = _shown(figures, item, column)
            if shown is None:
                continue
            change = np.abs(item.numbers_of(column) - shown)
            same = change <= 1e-9 * np.maximum(1.0, np.abs(shown))
            few = ~same & (change < smallest) if column in item.gate.counts else np.zeros(len(same), dtype=bool)
            whole = item.gate.wholes.get(column, "")
            before = _shown(figures, item, whole) if whole in item.frame.columns else None
            if before is not None:
                rest = np.abs((item.numbers_of(whole) - before) - (item.numbers_of(column) - shown))
                few |= ~same & (rest > 0) & (rest < smallest)
            yield same, few


def _shown(figures: Mapping[tuple[str, str], pd.Series], item: Guarded, column: str) -> np.ndarray | None:
    values = figures.get((item.name, column))
    return None if values is None else values.reindex(_whole(item.names)).to_numpy(dtype="float64")


def _whole(names: Names) -> np.ndarray:
    return names.whole
