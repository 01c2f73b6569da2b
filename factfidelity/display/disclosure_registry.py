"""One registry of the numbers of many tables: which are the same number, and which add up to which."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_additive import About, Line, lines_of, sums_of
from factfidelity.display.disclosure_names import Names, mark_of, mixed
from factfidelity.display.disclosure_system import System

TOTAL = "total"


@dataclass(slots=True)
class Sheet:
    """One column of numbers of one table.

    Attributes
    ----------
    table, column : str
    names : Names
        What each row is about.
    values : array of float
        Missing where it is hidden or not available.
    hidden : array of bool
        Which missing values are hidden, so that an attacker looks for them.
    population : str
        Numbers of two tables are one only when this is the same.
    same : list of (rows, sheet, rows there)
        Rows that hold the number of a row of another sheet.
    counts : bool
        Whether persons are counted; another figure need not add up where persons do.
    told : array of bool
        Which rows others know from an earlier release.
    full : Names, optional
        What each row is about by all of its keys, where ``names`` leaves out those that a number does not depend on:
        its own table may add up along a key only when the others are told apart.
    """

    table: str
    column: str
    names: Names
    values: np.ndarray
    hidden: np.ndarray
    population: str = ""
    same: list[tuple[np.ndarray, int, np.ndarray]] = field(default_factory=list)
    counts: bool = True
    told: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    full: Names | None = None

    @property
    def marks(self) -> np.ndarray:
        """What each number is: whose, what, and about what."""
        return np.asarray(self.names.whole + mark_of("column", self.population, self.column))


@dataclass(slots=True)
class Registry:
    """The numbers of many tables as one system.

    Attributes
    ----------
    system : System
    cells : list of array of int
        For each sheet, the number in the system that each row holds; -1 where there is none.
    """

    system: System
    cells: list[np.ndarray]


def register(sheets: Sequence[Sheet]) -> Registry:
    """Return the registry of all numbers.

    Numbers are one where population, column and names are the same and the values do not contradict it; of several
    numbers of one name in one sheet, those with the same value are one. Sums are looked for, not asked for: wherever
    the numbers over all values of one key add up to the number without that key, in the same table or in another.
    """
    marks = [sheet.marks for sheet in sheets]
    sizes = [len(sheet.values) for sheet in sheets]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype("int64")
    root = _roots(sheets, starts)
    values = _joined([sheet.values for sheet in sheets], "float64")
    hidden = _joined([sheet.hidden for sheet in sheets], "bool")
    number = np.repeat(np.arange(len(sheets)), sizes)
    name = _joined(marks, "uint64")
    is_strange = np.isin(number, sorted(_contradictions(sheets, marks)))
    identity = np.where(is_strange, mixed(name, number + 1), name)
    adopted = root != np.arange(len(values))
    # those that others take their numbers from come first: what stands first has the name
    late = np.array([bool(sheet.same) for sheet in sheets], dtype=bool)[number]
    order = np.lexsort((np.arange(len(values)), late))
    own = order[((~np.isnan(values) | hidden) & ~adopted)[order]]
    cells = np.full(len(values), -1, dtype="int64")
    cells[own], found = _numbered(identity[own], number[own], values[own])
    cells[adopted] = cells[root[adopted]]
    system = System.of(found)
    system.hidden[:] = np.isnan(found)
    each = [cells[start:stop] for start, stop in itertools.pairwise(starts)]
    system.sums = sums_of(
        [line for sheet, mark, here in zip(sheets, marks, each, strict=True) for line in _lines(sheet, mark, here)],
        About.of(name[cells >= 0], cells[cells >= 0]), found,
    )  # fmt: skip
    return Registry(system, each)


def _joined(parts: Sequence[np.ndarray], dtype: str) -> np.ndarray:
    return np.concatenate([np.empty(0, dtype=dtype), *parts]).astype(dtype)


def _roots(sheets: Sequence[Sheet], starts: np.ndarray) -> np.ndarray:
    """Return for each row the row that its number is taken from, itself where it is from nowhere else."""
    root = np.arange(int(starts[-1]))
    for number, sheet in enumerate(sheets):
        for rows, place, there in sheet.same:
            root[starts[number] + rows] = starts[place] + there
    for _ in range(len(sheets)):
        further = root[root]
        if (further == root).all():
            break
        root = further
    return root


def _numbered(identity: np.ndarray, sheet: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row its number in the system, and the values of those numbers."""
    code, unique = pd.factorize(identity)
    known = np.flatnonzero(~np.isnan(values))
    first = np.full(len(unique), np.nan)
    names, at = np.unique(code[known], return_index=True)
    first[names] = values[known[at]]
    clash = ~np.isnan(values) & ~np.isnan(first[code]) & (values != first[code])
    own = mixed(identity, sheet + 1, values.astype("float64").view("uint64"))
    cells, all_ = pd.factorize(np.where(clash, own, identity))
    found = np.full(len(all_), np.nan)
    found[cells] = np.where(clash, values, first[code])
    return cells.astype("int64"), found


def _contradictions(sheets: Sequence[Sheet], marks: Sequence[np.ndarray]) -> set[int]:
    """Return the sheets that share a row with an earlier one and show another number there: not the same people."""
    found: set[int] = set()
    seen: dict[tuple[str, str], pd.Series] = {}
    for number, (sheet, mark) in enumerate(zip(sheets, marks, strict=True)):
        known = ~np.isnan(sheet.values)
        rows = pd.Series(sheet.values[known], index=mark[known])
        rows = rows[~rows.index.duplicated(keep="last")]
        before = seen.get((sheet.population, sheet.column))
        if before is None:
            seen[sheet.population, sheet.column] = rows
            continue
        there = before.reindex(rows.index).to_numpy()
        if (~np.isnan(there) & (there != rows.to_numpy())).any():
            found.add(number)
        else:
            seen[sheet.population, sheet.column] = pd.concat([before, rows[np.isnan(there)]])
    return found


def _lines(sheet: Sheet, marks: np.ndarray, cells: np.ndarray) -> list[Line]:
    """Return the lines along which a sheet may add up: by all of its keys within itself, by names in any table."""
    found: list[Line] = []
    if sheet.full is not None and sheet.full.keys.keys() != sheet.names.keys.keys():
        whole = sheet.full.whole
        there = cells >= 0
        about = About.of(whole[there][::-1], cells[there][::-1], once=True)
        found += [lines_of(whole, part, cells, counts=sheet.counts, about=about) for part in sheet.full.keys.values()]
    found += [lines_of(marks, part, cells, counts=sheet.counts) for part in sheet.names.keys.values() if part.any()]
    return found
