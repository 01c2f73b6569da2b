"""What every reader of a format shares: the limits, the fault that ends a file, rows that are no data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery.raw import BLANK, HEADINGS_AGAIN, TOTAL_ROW, TRAILING
from factfidelity.delivery.words_read import problem
from factfidelity.errors import Problem

MEGABYTE = 1_000_000
LARGEST_FILE = 4_000 * MEGABYTE
LARGEST_UNPACKED = 2_000 * MEGABYTE
LARGEST_RATIO = 200
MOST_COLUMNS = 2_000
MOST_MEMBERS = 2_000
LONGEST_LINE = 4 * MEGABYTE

_TOTALS = frozenset(
    "summa summa: totalt totalt: total total: totalsumma summor delsumma sum sum: antal antal: samtliga".split()
)


class FileFaultError(Exception):
    """Ends the reading of one file; never leaves this room."""

    def __init__(self, rule: str, **facts: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts = facts

    def at(self, file: str) -> Problem:
        """Return the problem with its place."""
        return problem(self.rule, file=file, **self.facts)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the mapping says about a file, and which headings are known.

    Attributes
    ----------
    encoding, separator : str
        Declared; empty = found out.
    known : frozenset of str
        Headings of all layouts in the form of ``values.key_of``: the header row is the one that has most of them.
    """

    encoding: str = ""
    separator: str = ""
    known: frozenset[str] = field(default_factory=frozenset)


def headings(cells: Sequence[str]) -> list[str]:
    """Name the columns: an empty heading gets its place, one that stands twice gets a number."""
    out: list[str] = []
    seen: dict[str, int] = {}
    for place, raw in enumerate(cells, start=1):
        text = " ".join(str(raw).replace("\ufeff", "").split()) or f"column {place}"
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else f"{text} ({seen[text]})")
    return out


def header_row(rows: Sequence[Sequence[str]], known: frozenset[str], key_of: Callable[[str], str]) -> int:
    """Return the place of the header among the first rows of a file; -1 when there is none.

    The row with most known headings, if it has two or more (or all of its own); else the first row that is as wide as
    the rows commonly are, and holds text in most cells.
    """
    scores = [sum(key_of(cell) in known for cell in row if cell.strip()) for row in rows]
    best = max(scores, default=0)
    if best >= 2:
        return scores.index(best)
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not any(widths):
        return -1
    common = float(np.median([width for width in widths if width]))
    for place, width in enumerate(widths):
        if width >= max(1.0, 0.6 * common):
            return place
    return next((place for place, width in enumerate(widths) if width), -1) if rows else -1


def without_furniture(
    frame: pd.DataFrame, lines: NDArray[np.int64]
) -> tuple[pd.DataFrame, NDArray[np.int64], list[tuple[int, str]]]:
    """Take out blank rows, total rows, the headings said again, and notes below; says which lines they were."""
    if not len(frame) or not len(frame.columns):
        return frame, lines, []
    kinds = np.zeros(len(frame), dtype=np.int8)
    first = frame.iloc[:, 0].str.strip()
    empty_first = (first == "").to_numpy()
    if empty_first.any():
        places = np.flatnonzero(empty_first)
        rest = frame.iloc[places]
        filled = np.column_stack([(rest.iloc[:, at].str.strip() != "").to_numpy() for at in range(len(frame.columns))])
        kinds[places[~filled.any(axis=1)]] = 1
        second = np.array([row[int(at)] for row, at in zip(rest.to_numpy(), filled.argmax(axis=1), strict=True)])
        kinds[places[np.isin(np.char.lower(np.char.strip(second.astype(str))), list(_TOTALS)) & filled.any(axis=1)]] = 2
    kinds[_is_total(first) & (kinds == 0)] = 2
    kinds[_headings_again(frame, first)] = 4
    kinds[_notes_below(frame, kinds)] = 3
    if not kinds.any():
        return frame, lines, []
    names = {1: BLANK, 2: TOTAL_ROW, 3: TRAILING, 4: HEADINGS_AGAIN}
    found = [(int(lines[at]), names[int(kinds[at])]) for at in np.flatnonzero(kinds)]
    keep = kinds == 0
    return frame[keep].reset_index(drop=True), lines[keep], found


def _is_total(first: pd.Series[str]) -> NDArray[np.bool_]:
    candidates = first.str.len().to_numpy() <= 12
    out = np.zeros(len(first), dtype=np.bool_)
    if candidates.any():
        out[candidates] = first[candidates].str.lower().isin(list(_TOTALS)).to_numpy()
    return out


def _headings_again(frame: pd.DataFrame, first: pd.Series[str]) -> list[int]:
    """Rows that say the headings once more: files that were put one after the other, pages of a printed list."""
    names = [str(name) for name in frame.columns]
    places = np.flatnonzero((first == names[0]).to_numpy(dtype=bool)).tolist()
    return [at for at in places if len(names) > 1 and headings(frame.iloc[at].tolist()) == names]


def _notes_below(frame: pd.DataFrame, kinds: NDArray[np.int8]) -> list[int]:
    """Rows at the very end with text in the first of three or more columns only, under a blank or total row."""
    found: list[int] = []
    if len(frame.columns) < 3:
        return found
    for at in range(len(frame) - 1, max(-1, len(frame) - 50), -1):
        if kinds[at]:
            return found
        row = frame.iloc[at].tolist()
        if any(cell.strip() for cell in row[1:]) or " " not in row[0].strip():
            return found
        found.append(at)
    return []
