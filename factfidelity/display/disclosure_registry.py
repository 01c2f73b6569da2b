"""One registry of the numbers of many tables: which are the same number, and which add up to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_system import Equation, System

TOTAL = "total"
Items = tuple[tuple[str, str], ...]  # key and value, in order of the keys; a key at its total is left out


@dataclass(slots=True)
class Sheet:
    """One column of numbers of one table.

    Attributes
    ----------
    table, column : str
    items : list of Items
        What each row is about.
    values : array of float
        Missing where it is hidden or not available.
    hidden : array of bool
        Which missing values are hidden, so that an attacker looks for them.
    population : str
        Numbers of two tables are one only when this is the same.
    repeats : bool
        Whether several rows may hold the same number, as when a count stands beside each outcome.
    same : mapping of int to (int, int)
        Rows that hold the number of a row of another sheet: that sheet's place and its row.
    counts : bool
        Whether persons are counted; another figure need not add up where persons do.
    full : list of Items
        What each row is about by all of its keys, where ``items`` leaves out those that a number does not depend on:
        its own table may add up along a key only when the others are told apart.
    """

    table: str
    column: str
    items: list[Items]
    values: np.ndarray
    hidden: np.ndarray
    population: str = ""
    repeats: bool = False
    same: dict[int, tuple[int, int]] = field(default_factory=dict)
    counts: bool = True
    full: list[Items] = field(default_factory=list)


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


def items_of(frame: pd.DataFrame, keys: Sequence[str], totals: Mapping[str, str]) -> list[Items]:
    """Return what each row is about: its keys and their values, without those that stand at their total."""
    columns = [(key, _texts(frame[key]), totals.get(key)) for key in sorted(keys) if key in frame.columns]
    return [
        tuple((key, texts[row]) for key, texts, total in columns if texts[row] != total) for row in range(len(frame))
    ]


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return [str(value) for value in column.dt.strftime("%Y-%m-%d")]
    if pd.api.types.is_float_dtype(column):
        return [str(int(value)) if value == value and value == int(value) else str(value) for value in column]
    return [str(value) for value in column.astype("object")]


def register(sheets: Sequence[Sheet]) -> Registry:
    """Return the registry of all numbers.

    Numbers are one where population, column and items are the same and the values do not contradict it. Sums are
    looked for, not asked for: wherever the numbers over all values of one key add up to the number without that key,
    in the same table or in another.
    """
    ids: dict[tuple[object, ...], int] = {}
    values: list[float] = []
    hidden: list[bool] = []
    about: dict[tuple[str, str, Items], list[int]] = {}
    strangers = _contradictions(sheets)
    cells = [np.full(len(sheet.values), -1, dtype="int64") for sheet in sheets]
    for number in _in_turn(sheets):
        sheet, here = sheets[number], cells[number]
        taken: set[int] = set()
        for row, (items, value, is_hidden) in enumerate(zip(sheet.items, sheet.values, sheet.hidden, strict=True)):
            if np.isnan(value) and not is_hidden:
                continue
            name = (sheet.population, sheet.column, items)
            if row in sheet.same and (there := int(cells[sheet.same[row][0]][sheet.same[row][1]])) >= 0:
                here[row] = there
                taken.add(there)
                if there not in about.setdefault(name, []):
                    about[name].append(there)
                continue
            identity: tuple[object, ...] = (*name, number if number in strangers else -1)
            cell = ids.get(identity)
            clash = cell is not None and not np.isnan(value) and not np.isnan(values[cell]) and values[cell] != value
            if clash or (cell in taken and not sheet.repeats):
                identity = (*name, number, float(value)) if sheet.repeats else (*name, number, row)
                cell = ids.get(identity)
            if cell is None:
                cell = ids[identity] = len(values)
                values.append(value)
                hidden.append(bool(is_hidden))
                about.setdefault(name, []).append(cell)
            elif np.isnan(values[cell]) and not np.isnan(value):
                values[cell], hidden[cell] = value, False
            taken.add(cell)
            here[row] = cell
    system = System.of(np.array(values, dtype="float64"))
    system.hidden[:] = hidden
    system.equations = _sums(sheets, cells, about, system.values)
    return Registry(system, cells)


def _in_turn(sheets: Sequence[Sheet]) -> list[int]:
    """Return the sheets in an order in which those that others take numbers from come first."""
    left, done = list(range(len(sheets))), []
    while left:
        ready = [number for number in left if all(place in done for place, _ in sheets[number].same.values())]
        done += ready or left  # two that name each other: as they come
        left = [number for number in left if number not in set(done)]
    return done


def _contradictions(sheets: Sequence[Sheet]) -> set[int]:
    """Return the sheets that share a row with an earlier one and show another number there: not the same people."""
    seen: dict[tuple[str, str, Items], float] = {}
    found: set[int] = set()
    for number, sheet in enumerate(sheets):
        rows = {
            (sheet.population, sheet.column, items): float(value)
            for items, value in zip(sheet.items, sheet.values, strict=True)
            if not np.isnan(value)
        }
        if any(seen.get(name, value) != value for name, value in rows.items()):
            found.add(number)
        else:
            seen.update(rows)
    return found


def _sums(
    sheets: Sequence[Sheet], cells: Sequence[np.ndarray], about: Mapping[tuple[str, str, Items], list[int]],
    values: np.ndarray,
) -> list[Equation]:  # fmt: skip
    found: dict[tuple[int, ...], Equation] = {}
    for sheet, here in zip(sheets, cells, strict=True):
        for parts, total in _own_sums(sheet, here, values):
            found[(*sorted(parts), total)] = ((*parts, total), (1.0,) * len(parts) + (-1.0,))
        keys = {key for items in sheet.items for key, _ in items}
        for key in sorted(keys):
            lines = _lines(sheet.items, here, key)
            checked = [
                (parts, total)
                for rest, parts in lines.items()
                for total in about.get((sheet.population, sheet.column, rest), [])
                if total not in parts
            ]
            states = [_adds_up(values, parts, total) for parts, total in checked]
            if not sheet.counts and not _is_additive(values, checked, states):
                continue
            for (parts, total), state in zip(checked, states, strict=True):
                if state or (state is None and False not in states):
                    found[(*sorted(parts), total)] = ((*parts, total), (1.0,) * len(parts) + (-1.0,))
    return _without_shorter(list(found.values()))


def _own_sums(sheet: Sheet, here: np.ndarray, values: np.ndarray) -> list[tuple[list[int], int]]:
    """Return the sums of a table under all of its keys: parts and total."""
    if not sheet.full or sheet.full == sheet.items:
        return []
    cell_of = {items: int(cell) for items, cell in zip(sheet.full, here, strict=True) if cell >= 0}
    found: list[tuple[list[int], int]] = []
    for key in sorted({key for items in sheet.full for key, _ in items}):
        lines = _lines(sheet.full, here, key)
        checked = [
            (parts, cell_of[rest]) for rest, parts in lines.items() if rest in cell_of and cell_of[rest] not in parts
        ]
        states = [_adds_up(values, parts, total) for parts, total in checked]
        if sheet.counts or _is_additive(values, checked, states):
            found += [line for line, state in zip(checked, states, strict=True) if state]
    return found


def _is_additive(
    values: np.ndarray, checked: Sequence[tuple[Sequence[int], int]], states: Sequence[bool | None]
) -> bool:
    """Return whether a figure adds up, as days do and medians do not: not only where all parts but one are 0."""
    telling = [
        bool(state)
        for (parts, _), state in zip(checked, states, strict=True)
        if state is not None and int((values[list(parts)] > 0).sum()) > 1
    ]
    if not telling:
        return all(len(parts) == 1 for parts, _ in checked)
    return sum(telling) >= 0.5 * len(telling)


def _without_shorter(equations: Sequence[Equation]) -> list[Equation]:
    """Leave out a sum that lacks some parts of another sum with the same total.

    A table without a row where there was nothing adds up too; taken for a sum it would say that the row is 0.
    """
    by_total: dict[int, list[set[int]]] = {}
    for cells, _ in equations:
        by_total.setdefault(cells[-1], []).append(set(cells[:-1]))
    return [
        (cells, factors)
        for cells, factors in equations
        if not any(set(cells[:-1]) < more for more in by_total[cells[-1]])
    ]


def _lines(names: Sequence[Items], here: np.ndarray, key: str) -> dict[Items, list[int]]:
    lines: dict[Items, dict[str, int]] = {}
    broken: set[Items] = set()
    for items, cell in zip(names, here, strict=True):
        value = dict(items).get(key)
        if value is None:
            continue
        rest = tuple(item for item in items if item[0] != key)
        if cell < 0 or lines.setdefault(rest, {}).get(value, cell) != cell:
            broken.add(rest)
            continue
        lines[rest][value] = int(cell)
    return {rest: list(dict.fromkeys(parts.values())) for rest, parts in lines.items() if rest not in broken}


def _adds_up(values: np.ndarray, parts: Sequence[int], total: int) -> bool | None:
    """Return whether a sum holds; None where it cannot be seen."""
    shown = values[list(parts)]
    if np.isnan(values[total]):
        return None
    if np.isnan(shown).any():
        return None if np.nansum(shown) <= values[total] + 1e-6 else False
    return bool(abs(shown.sum() - values[total]) <= 1e-6 * max(1.0, abs(float(values[total]))))
