"""The columns of a report that the gate adds up, and which of their rows hold the same number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_names import Names, mixed
from factfidelity.display.disclosure_primary import counts_of
from factfidelity.display.disclosure_registry import Sheet

_PERIOD = "period_start"
Rows = tuple[np.ndarray, np.ndarray]  # rows of one sheet, and the rows of another that hold the same number


def sheets_of(frames: Sequence[Guarded]) -> tuple[list[Sheet], list[tuple[int, str]]]:
    """Return the columns of numbers that are added up, and for each its frame and column."""
    sheets: list[Sheet] = []
    places: list[tuple[int, str]] = []
    for number, item in enumerate(frames):
        counts = counts_of(item.frame, item.gate)
        followers = dict.fromkeys(name for count in counts for name in item.gate.counts[count])
        for column in [*counts, *(name for name in followers if name not in counts)]:
            if column not in item.mask or not _is_amount(item.frame[column]):
                continue
            values = item.numbers_of(column)
            is_whole = column in counts and column not in item.gate.wholes
            names = item.names.only(_needed_keys(item, column)) if is_whole else item.names
            name = column if column in counts else f"{item.name}:{column}"
            sheet = Sheet(item.name, name, names, values, np.zeros(len(values), dtype=bool), item.gate.population)
            sheet.full = item.names if is_whole else None
            sheet.counts = column in counts
            sheet.told = np.broadcast_to(item.told.get(column, np.False_), len(values)).copy()
            sheets.append(sheet)
            places.append((number, column))
    renamed = [column in frames[number].gate.alias for number, column in places]
    orders = sorted(range(len(sheets)), key=lambda place: renamed[place])
    sources = {
        order: {place: frames[places[place][0]] for place in _first(places, frames, order)} for order in orders
    }  # fmt: skip
    for order in orders:
        number, column = places[order]
        _share_told(sheets, order, frames[number], column, sources[order])
    for order in orders:
        number, column = places[order]
        _adopt(sheets, order, frames[number], column, sources[order])
    return sheets, places


def _first(places: Sequence[tuple[int, str]], frames: Sequence[Guarded], order: int) -> list[int]:
    """Return the sheets of the same result that a sheet may take its names from: those that bear their own."""
    number, column = places[order]
    gate = frames[number].gate
    wanted, renamed = gate.alias.get(column, (column, "", ""))[0], column in gate.alias
    return [
        place
        for place, (other, name) in enumerate(places)
        if frames[other].result == frames[number].result
        and frames[other].gate.population == gate.population
        and name == wanted
        and name not in frames[other].gate.alias
        and other != number
        and (renamed or set(frames[other].gate.keys) < set(gate.keys))
    ]


def _share_told(sheets: Sequence[Sheet], order: int, item: Guarded, column: str, others: Mapping[int, Guarded]) -> None:
    """Note, in place, that what others know of a period they know of the table of that period, and back.

    A table that counts something else beside is no table of a period: one number in common is the same by chance.
    """
    if not item.told or column not in item.gate.counts:
        return
    sheet = sheets[order]
    counts = counts_of(item.frame, item.gate)
    for place, source in others.items():
        alike = set(counts_of(source.frame, source.gate)) <= set(counts)
        if alike and set(item.gate.keys) - set(source.gate.keys) == {_PERIOD}:
            rows, there = _same_numbers(sheet, sheet.names, sheets[place], item, source)
            either = sheet.told[rows] | sheets[place].told[there]
            sheet.told[rows] |= either
            np.logical_or.at(sheets[place].told, there, either)


def _adopt(sheets: Sequence[Sheet], order: int, item: Guarded, column: str, others: Mapping[int, Guarded]) -> None:
    """Tie the rows of a count that stands in another frame too to the rows there; sums keep its own names.

    A number that others know is not tied to one that they do not: it is the same by chance.
    """
    if column not in item.gate.counts:
        return
    sheet = sheets[order]
    own = sheet.names
    if column in item.gate.alias:
        sheet.column, key, value = item.gate.alias[column]
        own = own.and_key(key, value)
        sheet.names = sheet.names.and_key("as", f"{item.name}:{column}")
    taken = np.zeros(own.number, dtype=bool)
    for place, source in reversed(list(others.items())):
        rows, there = _same_numbers(sheet, own, sheets[place], item, source)
        free = ~taken[rows] & (sheet.told[rows] == sheets[place].told[there])
        rows, there = rows[free], there[free]
        taken[rows] = True
        sheet.same.append((rows, place, there))


def _same_numbers(sheet: Sheet, own: Names, other: Sheet, item: Guarded, source: Guarded) -> Rows:
    """Return the rows of a sheet that may hold the number of a row of another, and those rows."""
    shared = [key for key, marks in other.names.keys.items() if key in own.keys and marks.any()]
    shared = [key for key in shared if own.keys[key].any()]
    there, at = np.unique(_valued(other.names.over(shared), other.values), return_index=True)
    if not len(there):
        return np.empty(0, dtype="int64"), np.empty(0, dtype="int64")
    mine = _valued(own.over(shared), sheet.values)
    found = np.minimum(np.searchsorted(there, mine), len(there) - 1)
    free = ~np.isnan(sheet.values) & (there[found] == mine)
    if _PERIOD in item.gate.keys:
        free &= _may_be_same(item, source, shared)
    rows = np.flatnonzero(free)
    return rows, at[found[rows]]


def _may_be_same(item: Guarded, other: Guarded, shared: Sequence[str]) -> np.ndarray:
    """Return which periods of a table may be that of a table without periods: all of their counts are the same.

    Where one count is all that they share, the last period may be.
    """
    counts = [name for name in counts_of(item.frame, item.gate) if name in counts_of(other.frame, other.gate)]
    if len(counts) > 1:
        mine, there = (
            mixed(one.names.over(shared), *((one.numbers_of(name) + 0.0).view("uint64") for name in counts))
            for one in (item, other)
        )
        return np.isin(mine, there)
    period = pd.to_datetime(item.frame[_PERIOD], errors="coerce").to_numpy()
    last = pd.Series(period).groupby(item.names.over(shared)).transform("max").to_numpy()
    return np.asarray(period == last)


def _valued(names: np.ndarray, values: np.ndarray) -> np.ndarray:
    return mixed(names, (values + 0.0).view("uint64"))


def _is_amount(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return False
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return bool(np.isfinite(values).any() and np.nanmin(values) >= 0)


def _needed_keys(item: Guarded, column: str) -> list[str]:
    """Return the keys that a count depends on: one that never changes it does not tell of other people."""
    keys = [key for key in item.gate.keys if key in item.rows.keys]
    value = pd.factorize(item.numbers_of(column), use_na_sentinel=False)[0]
    for key in list(keys):
        if key in item.gate.margins or key == item.gate.topic:
            continue
        others = [name for name in keys if name != key]
        group, names = pd.factorize(item.rows.over(others))
        first = np.zeros(len(names), dtype="int64")
        first[group[::-1]] = value[::-1]
        if len(names) < len(group) and bool((value == first[group]).all()):
            keys = others
    return keys
