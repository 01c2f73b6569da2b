"""Which numbers add up to which: lines of parts along one key, held against the numbers that stand without that key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_names import mixed
from factfidelity.display.disclosure_sums import Sums, spans

_EXACT = 1e-6
_HOLDS, _FAILS, _UNSEEN = 1, 0, -1


@dataclass(frozen=True, slots=True)
class About:
    """Which numbers bear a name: sorted by name."""

    names: np.ndarray
    cells: np.ndarray

    @classmethod
    def of(cls, names: np.ndarray, cells: np.ndarray, *, once: bool = False) -> Self:
        """Return the numbers of each name; ``once`` keeps the first of each."""
        pair = names if once else mixed(names, cells)
        _, first = np.unique(pair, return_index=True)
        names, cells = names[np.sort(first)], cells[np.sort(first)]
        order = np.argsort(names, kind="stable")
        return cls(names[order], cells[order])

    def find(self, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the place of each name that is found, as often as it is found, and the cells."""
        low, high = np.searchsorted(self.names, names, "left"), np.searchsorted(self.names, names, "right")
        return np.repeat(np.arange(len(names)), high - low), self.cells[spans(low, high)]


@dataclass(frozen=True, slots=True)
class Line:
    """The parts along one key of one sheet, line by line.

    Attributes
    ----------
    rest : array of uint64
        What each line is about without the key.
    start, parts : arrays of int
        The cells of each line.
    counts : bool
        Whether persons are counted.
    about : About, optional
        Where the totals are looked for; default everywhere.
    """

    rest: np.ndarray
    start: np.ndarray
    parts: np.ndarray
    counts: bool
    about: About | None


def lines_of(
    names: np.ndarray, part: np.ndarray, cells: np.ndarray, *, counts: bool, about: About | None = None
) -> Line:
    """Return the lines along one key; one with a number that is not available, or two for one value, is left out."""
    there = part != 0
    value, cell = part[there], cells[there]
    line, rest = pd.factorize(names[there] - value)
    pair, first = np.unique(mixed(line, value), return_index=True)
    at = np.searchsorted(pair, mixed(line, value))
    bad = (cell < 0) | (cell != cell[first[at]])
    broken = np.zeros(len(rest), dtype=bool)
    broken[line[bad]] = True
    _, one = np.unique(mixed(line, cell + 1), return_index=True)
    one = np.sort(one)
    one = one[~broken[line[one]]]
    one = one[np.argsort(line[one], kind="stable")]
    start = np.concatenate([[0], np.cumsum(np.bincount(line[one], minlength=len(rest)))]).astype("int64")
    return Line(np.asarray(rest, dtype="uint64"), start, cell[one], counts, about)


def sums_of(lines: Sequence[Line], about: About, values: np.ndarray) -> Sums:
    """Return all sums that hold, each once, without those that lack some parts of another."""
    found = [_held(line, line.about or about, values) for line in lines]
    sizes = np.concatenate([np.zeros(1, dtype="int64"), *(np.diff(one.start) for one in found)])
    cells = np.concatenate([np.empty(0, dtype="int64"), *(one.cells for one in found)])
    start = np.cumsum(sizes)
    factors = np.ones(len(cells))
    factors[start[1:] - 1] = -1.0
    sums = Sums(start, cells, factors)
    return _without_shorter(sums.only(_first_of_each(sums)))


def _held(line: Line, about: About, values: np.ndarray) -> Sums:
    sizes = np.diff(line.start)
    at, totals = about.find(np.where(sizes > 0, line.rest, np.uint64(0)))
    there = sizes[at] > 0
    at, totals = at[there], totals[there]
    of_line = np.repeat(np.arange(len(sizes)), sizes)
    there = ~np.isin(mixed(at, totals + 1), mixed(of_line, line.parts + 1))
    at, totals = at[there], totals[there]
    states = _states(values, line, of_line, at, totals)
    if line.counts and line.about is None:
        good = (states == _HOLDS) | ((states == _UNSEEN) & (not (states == _FAILS).any()))
    elif line.counts:
        good = states == _HOLDS
    elif _is_additive(values, line, of_line, at, states):
        good = (states == _HOLDS) | ((states == _UNSEEN) & (not (states == _FAILS).any() and line.about is None))
    else:
        good = np.zeros(len(states), dtype=bool)
    at, totals = at[good], totals[good]
    size = sizes[at] + 1
    start = np.concatenate([[0], np.cumsum(size)]).astype("int64")
    cells = np.empty(int(start[-1]), dtype="int64")
    is_total = np.zeros(len(cells), dtype=bool)
    is_total[start[1:] - 1] = True
    cells[is_total] = totals
    cells[~is_total] = line.parts[spans(line.start[at], line.start[at + 1])]
    return Sums(start, cells, np.ones(len(cells)))


def _states(values: np.ndarray, line: Line, of_line: np.ndarray, at: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return whether each line adds up to each of its totals, as far as that can be seen."""
    number = len(line.start) - 1
    parts = values[line.parts]
    gone = np.bincount(of_line, weights=np.isnan(parts), minlength=number) > 0
    sums = np.bincount(of_line, weights=np.nan_to_num(parts), minlength=number)
    total = values[totals]
    exact = np.abs(sums[at] - total) <= _EXACT * np.maximum(1.0, np.abs(total))
    within = np.where(sums[at] <= total + _EXACT, _UNSEEN, _FAILS)
    return np.where(np.isnan(total), _UNSEEN, np.where(gone[at], within, np.where(exact, _HOLDS, _FAILS)))


def _is_additive(values: np.ndarray, line: Line, of_line: np.ndarray, at: np.ndarray, states: np.ndarray) -> bool:
    """Return whether a figure adds up, as days do and medians do not: not only where all parts but one are 0."""
    number = len(line.start) - 1
    positive = np.bincount(of_line, weights=np.nan_to_num(values[line.parts]) > 0, minlength=number)
    telling = states[(states != _UNSEEN) & (positive[at] > 1)] == _HOLDS
    if not len(telling):
        return bool((np.diff(line.start)[at] == 1).all())
    return bool(telling.sum() >= 0.5 * len(telling))


def _marks(sums: Sums) -> np.ndarray:
    """Return a number for the set of parts of each sum, whatever their order."""
    each = mixed(sums.cells + 1, np.full(len(sums.cells), 7))
    each = mixed(each, np.full(len(each), 11))
    each[sums.start[1:] - 1] = 0
    added = np.concatenate([np.zeros(1, dtype="uint64"), np.cumsum(each, dtype="uint64")])
    return np.asarray(added[sums.start[1:]] - added[sums.start[:-1]])


def _first_of_each(sums: Sums) -> np.ndarray:
    keep = np.zeros(len(sums), dtype=bool)
    if len(sums):
        keep[np.unique(mixed(_marks(sums), sums.totals), return_index=True)[1]] = True
    return keep


def _without_shorter(sums: Sums) -> Sums:
    """Leave out a sum that lacks some parts of another sum with the same total.

    A table without a row where there was nothing adds up too; taken for a sum it would say that the row is 0.
    """
    keep = np.ones(len(sums), dtype=bool)
    total = sums.totals
    order = np.argsort(total, kind="stable")
    begin, number = np.unique(total[order], return_index=True, return_counts=True)[1:]
    for start, count in zip(begin[number > 1], number[number > 1], strict=True):
        same = order[start : start + count]
        parts = [set(sums.cells[sums.start[one] : sums.start[one + 1] - 1].tolist()) for one in same]
        for place, one in zip(same, parts, strict=True):
            keep[place] = not any(one < more for more in parts)
    return sums.only(keep)
