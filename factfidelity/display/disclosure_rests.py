"""Numbers that stand in no table, but that two shown ones give: the rest of a whole, what lies between two groups."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_across import add_across, counted_twice
from factfidelity.display.disclosure_registry import Registry
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_system import System

if TYPE_CHECKING:
    from factfidelity.display.disclosure_guarded import Guarded


def add_rests(
    frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry, rule: DisclosureRule
) -> None:
    """Add the rest of each whole: it stands in no table, but the part and the whole give it."""
    cells_of = dict(zip(places, registry.cells, strict=True))
    pairs: dict[tuple[int, int], bool] = {}
    for number, item in enumerate(frames):
        for part, whole in item.gate.wholes.items():
            if (number, part) not in cells_of or (number, whole) not in cells_of:
                continue
            parts, wholes = cells_of[(number, part)], cells_of[(number, whole)]
            rest = item.numbers_of(whole) - item.numbers_of(part)
            hide = item.sensitive[part] & (rest < rule.smallest)
            for row in np.flatnonzero((parts >= 0) & (wholes >= 0) & (parts != wholes) & (rest >= 0)):
                pair = int(parts[row]), int(wholes[row])
                pairs[pair] = pairs.get(pair, False) or bool(hide[row])
    for (number, column), cells in cells_of.items():
        if column in frames[number].gate.counts:
            _add_between(frames[number], column, cells, registry.system, rule, pairs)
            _add_across(frames[number], column, cells, registry.system, rule, pairs)
            _add_within(frames, number, column, cells_of, registry.system, rule, pairs)
    add_across(frames, cells_of, registry.system, rule, pairs)
    ends = np.array(list(pairs), dtype="int64").reshape(-1, 2)
    hide = np.array(list(pairs.values()), dtype=bool)
    registry.system.add_rests(ends[:, 0], ends[:, 1], hide, float(rule.protection))
    registry.system.add_surplus(counted_twice(frames, cells_of, registry.system, rule), float(rule.protection))


def _add_between(
    item: Guarded, column: str, cells: np.ndarray, system: System, rule: DisclosureRule,
    pairs: dict[tuple[int, int], bool],
) -> None:  # fmt: skip
    """Add the persons between two nested groups: whoever has both numbers has the difference.

    A part of two groups of the same persons differs by what was seen of them, not by persons: it is left out.
    """
    size = item.numbers_of(item.gate.wholes.get(column, column))
    for key, chain in item.gate.nested.items():
        if key not in item.frame.columns:
            continue
        others = [name for name in item.gate.keys if name != key and name in item.frame.columns]
        places: dict[int, dict[str, tuple[int, float]]] = {}
        values = item.frame[key].astype(str)
        for row, value, cell, people in zip(item.rows.over(others).tolist(), values, cells, size, strict=True):
            if cell >= 0:
                places.setdefault(row, {})[value] = int(cell), float(people)
        order_of = _ordered_values(item.frame[key]) if chain == ("*",) else chain
        for found in places.values():
            nested = [found[value] for value in order_of if value in found]
            for first, second in itertools.combinations(range(len(nested)), 2):
                (wide, more), (narrow, fewer) = nested[first], nested[second]
                if system.values[wide] < system.values[narrow]:
                    wide, narrow = narrow, wide
                rest = system.values[wide] - system.values[narrow]
                few = bool(0 < rest < rule.smallest)
                if second > first + 1 and not few:  # what lies between may be hidden: then these two are neighbours
                    continue
                if wide != narrow and rest >= 0 and more != fewer:
                    pairs[narrow, wide] = pairs.get((narrow, wide), False) or few
                    system.costs[wide] = max(system.costs[wide], system.costs[narrow] + 1.0 / (1 + first))


def _add_across(
    item: Guarded, column: str, cells: np.ndarray, system: System, rule: DisclosureRule,
    pairs: dict[tuple[int, int], bool],
) -> None:  # fmt: skip
    """Add the few persons between two rows that are nested along several keys at once (cohort and stay)."""
    chains = {key: chain for key, chain in item.gate.nested.items() if key in item.frame.columns}
    if len(chains) < 2:
        return
    steps = []
    for key, chain in chains.items():
        order = _ordered_values(item.frame[key]) if chain == ("*",) else chain
        places = {str(value): place for place, value in enumerate(order)}
        steps.append([places.get(str(value), -1) for value in item.frame[key]])
    place = np.array(steps).T
    size = np.asarray(item.numbers_of(item.gate.wholes.get(column, column)), dtype=float)
    others = [name for name in item.gate.keys if name not in chains and name in item.frame.columns]
    lines = np.asarray(item.rows.over(others))
    for line in np.unique(lines):
        rows = [row for row in np.flatnonzero(lines == line) if cells[row] >= 0 and (place[row] >= 0).all()]
        for one, other in itertools.permutations(rows, 2):
            wide, narrow = int(cells[one]), int(cells[other])
            rest = system.values[wide] - system.values[narrow]
            nested = wide != narrow and size[one] != size[other] and (place[one] <= place[other]).all()
            if nested and 0 < rest < rule.smallest:
                pairs[narrow, wide] = True


def _ordered_values(column: pd.Series) -> tuple[str, ...]:
    return tuple(str(value) for value in sorted(column.dropna().unique()))


def _add_within(
    frames: Sequence[Guarded], number: int, column: str, cells_of: Mapping[tuple[int, str], np.ndarray],
    system: System, rule: DisclosureRule, pairs: dict[tuple[int, int], bool],
) -> None:  # fmt: skip
    """Add the persons that another frame counts beyond those of this one."""
    item, cells = frames[number], cells_of[number, column]
    for source in item.gate.within.get(column, ()):
        name, _, count = source.partition(".")
        place = next((at for at, one in enumerate(frames) if (one.result, one.field) == (item.result, name)), -1)
        if (place, count) not in cells_of:
            continue
        other = frames[place]
        keys = [key for key in item.gate.keys if key in other.gate.keys and key in item.frame.columns]
        there: dict[int, set[int]] = {}
        for row, cell in zip(other.rows.over(keys).tolist(), cells_of[place, count], strict=True):
            there.setdefault(row, set()).add(int(cell))
        for row, part in zip(item.rows.over(keys).tolist(), cells, strict=True):
            found = there.get(row, set())
            whole = next(iter(found)) if len(found) == 1 else -1
            if part < 0 or whole < 0 or part == whole or (rest := system.values[whole] - system.values[part]) < 0:
                continue
            pairs[int(part), whole] = pairs.get((int(part), whole), False) or bool(0 < rest < rule.smallest)
            system.costs[whole] = max(system.costs[whole], system.costs[part] + 1.0)
