"""Sums that no table promises: over tables of several results, and of parts that share a few persons.

All who were enrolled in a year, those enrolled on its last day and those who left in it stand in three results; any two
give the third. Who is in two teams counts in both and once in the total: the teams less the total tell how many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_names import names_of
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_sums import Equation, Sums
from factfidelity.display.disclosure_system import System

if TYPE_CHECKING:
    from factfidelity.display.disclosure_guarded import Guarded

Cells = Mapping[tuple[int, str], np.ndarray]
_LAST, _YEAR = "last", "year"  # stand for the last value of a key, and for the last one of the last year


@dataclass(frozen=True, slots=True)
class Member:
    """One count of one frame that takes part in a sum: its rows by the keys that are not fixed, and their cells."""

    item: Guarded
    keys: tuple[str, ...]
    rows: np.ndarray
    cells: np.ndarray
    called: Mapping[str, str] = field(default_factory=dict)  # keys that bear another name in the other tables

    def over(self, keys: Sequence[str]) -> dict[int, int]:
        """Return the cell of each combination of some keys, where there is one only."""
        names = names_of(self.item.frame.rename(columns=self.called), keys, {}).whole[self.rows]
        found = pd.DataFrame({"name": names, "cell": self.cells[self.rows]}).drop_duplicates()
        found = found.loc[(found["cell"] >= 0) & ~found["name"].duplicated(keep=False)]
        return dict(zip(found["name"].tolist(), found["cell"].tolist(), strict=True))


def member_of(text: str, result: str, frames: Sequence[Guarded], cells_of: Cells) -> Member | None:
    """Return the count that a text names: ``[result.]frame.count``, then ``?key=value`` for one value of a key.

    ``key>name`` says what a key is called in the other tables.
    """
    name, _, fixed = text.partition("?")
    *place, table, count = name.split(".")
    wanted = place[0] if place else result
    at = next((at for at, one in enumerate(frames) if (one.result, one.field) == (wanted, table)), -1)
    if (at, count) not in cells_of:
        return None
    item = frames[at]
    rows = np.ones(len(item.frame), dtype=bool)
    chosen = dict(part.split("=", 1) for part in fixed.split("&") if "=" in part)
    called = dict(part.split(">", 1) for part in fixed.split("&") if ">" in part)
    for key, value in chosen.items():
        rows &= _is_value(item.frame[key], value)
    keys = tuple(called.get(key, key) for key in item.gate.keys if key not in chosen and key in item.frame.columns)
    return Member(item, keys, rows, cells_of[at, count], called)


def _is_value(column: pd.Series, value: str) -> np.ndarray:
    """Return the rows with one value of a key; ``last`` is its last one, ``last-3`` the third before that.

    ``year-3`` is the third before the last too, but none where that began more than a year before.
    """
    word, _, back = value.partition("-")
    if word not in (_LAST, _YEAR) or not (back.isdecimal() or value == word):
        return np.asarray(column.astype(str) == value)
    order = np.sort(column.dropna().unique())[::-1]
    if word == _YEAR and len(order):
        began = pd.DatetimeIndex(order)
        order = order[began > began[0] - pd.DateOffset(years=1)]
    place = int(back or 0)
    return np.asarray(column == order[place]) if place < len(order) else np.zeros(len(column), dtype=bool)


def across(frames: Sequence[Guarded], cells_of: Cells, *, same: bool = False) -> Iterator[tuple[int, list[int]]]:
    """Yield total and parts of the sums that gates declare over several tables, row by row on the keys all have.

    A total with one part only, or where the others are not part of this release, has a rest that stands nowhere. With
    ``same`` the two places of what gates declare to be one number.
    """
    for item in frames:
        for total, *parts in item.gate.same if same else item.gate.sums:
            whole = member_of(total, item.result, frames, cells_of)
            others = [member_of(part, item.result, frames, cells_of) for part in parts]
            there = [one for one in others if one is not None]
            if whole is None or not there:
                continue
            keys = [key for key in whole.keys if all(key in one.keys for one in there)]
            places = [one.over(keys) for one in there]
            for name, cell in whole.over(keys).items():
                found = [place[name] for place in places if name in place]
                if found and cell not in found and len({*found}) == len(found):
                    yield cell, found


def add_across(
    frames: Sequence[Guarded], cells_of: Cells, system: System, rule: DisclosureRule,
    pairs: dict[tuple[int, int], bool],
) -> None:  # fmt: skip
    """Add the sums over several tables, in place; what a total has beyond its only part goes to ``pairs``."""
    equations: list[Equation] = []
    for total, parts in across(frames, cells_of):
        rest = system.values[total] - system.values[parts].sum()
        if abs(rest) < 1e-6 and len(parts) > 1:
            equations.append(((*parts, total), (*([1.0] * len(parts)), -1.0)))
        elif len(parts) == 1 and rest > 0:
            pairs[parts[0], total] = pairs.get((parts[0], total), False) or bool(rest < rule.smallest)
            system.costs[total] = max(system.costs[total], system.costs[parts[0]] + 1.0)
    equations += [
        ((one, other), (1.0, -1.0))
        for other, (one,) in across(frames, cells_of, same=True)
        if system.values[one] == system.values[other]
    ]
    system.sums = system.sums.joined(Sums.of(equations))


def counted_twice(
    frames: Sequence[Guarded], cells_of: Cells, system: System, rule: DisclosureRule
) -> list[tuple[list[int], int]]:
    """Return the parts and the total of each line that holds a few persons more in its parts than in its total."""
    found: dict[tuple[tuple[int, ...], int], None] = {}
    for (number, column), cells in cells_of.items():
        item = frames[number]
        if column not in item.gate.counts:
            continue
        for key, total in item.gate.margins.items():
            if key not in item.frame.columns:
                continue
            others = [name for name in item.gate.keys if name != key and name in item.frame.columns]
            lines = pd.factorize(item.rows.over(others))[0]
            is_total = (item.frame[key].astype(str) == total).to_numpy()
            bad = np.bincount(lines, weights=cells < 0) > 0
            sums = np.bincount(lines, weights=np.where(is_total | (cells < 0), 0.0, system.values[cells]))
            for row in np.flatnonzero(is_total & (cells >= 0)):
                line = lines[row]
                if not bad[line] and 0 < sums[line] - system.values[cells[row]] < rule.smallest:
                    parts = sorted({int(cell) for cell in cells[(lines == line) & ~is_total]})
                    found[tuple(parts), int(cells[row])] = None
    return [(list(parts), total) for parts, total in found]
