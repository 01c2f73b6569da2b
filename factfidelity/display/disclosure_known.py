"""What others know already: the figures that were shown in earlier releases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_names import Names, names_of
from factfidelity.display.disclosure_primary import counts_of, numbers
from factfidelity.display.gate import Gate

Releases = Sequence[Mapping[str, tuple[pd.DataFrame, Gate]]]  # frames by "result.field", for each release


@dataclass(frozen=True, slots=True)
class Known:
    """The figures of earlier releases, by table, column and what a row is about."""

    figures: tuple[Mapping[tuple[str, str], pd.Series], ...] = ()

    @classmethod
    def from_releases(cls, releases: Releases) -> Known:
        """Return what the frames of some releases show."""
        found = []
        for frames in releases:
            figures: dict[tuple[str, str], pd.Series] = {}
            for table, (frame, gate) in frames.items():
                names = _whole(names_of(frame, gate.keys, gate.margins))
                resting = [column for count in counts_of(frame, gate) for column in (count, *gate.counts[count])]
                for column in dict.fromkeys(column for column in resting if column in frame.columns):
                    values = pd.Series(numbers(frame, column), index=names).dropna()
                    figures[table, column] = values[~values.index.duplicated(keep="last")]
            found.append(figures)
        return cls(tuple(found))

    def of(self, item: Guarded, column: str) -> Iterator[np.ndarray]:
        """Yield for each release what it showed for each row of a column; missing where it did not."""
        for figures in self.figures:
            if (values := figures.get((item.name, column))) is not None:
                yield values.reindex(_whole(item.names)).to_numpy(dtype="float64")


def _whole(names: Names) -> np.ndarray:
    return names.whole
