"""The gate over the frames of one or several results at once: one registry, closed until nothing more follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_identities import close_identities, given_back
from factfidelity.display.disclosure_known import Known
from factfidelity.display.disclosure_names import mixed
from factfidelity.display.disclosure_primary import (
    counts_of,
    dominated,
    first_mask,
    followers_of,
    hidden_cells,
    inner_columns,
    sensitive_counts,
    spread_in_rows,
)
from factfidelity.display.disclosure_registry import Registry, Sheet, register
from factfidelity.display.disclosure_rests import add_rests
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_secondary import protect_system
from factfidelity.display.disclosure_unseen import hide_unseen, told_in_rows, unseen_columns
from factfidelity.display.gate import Gate

_PERIOD = "period_start"
_DEAREST = 100.0  # how many times dearer a number is at most for all that goes with it
_SUM_WIDTH = 0.2  # the interval that must stay for a hidden sum, as a share of it


@dataclass(slots=True)
class Closed:
    """What came of it: the frames with their masks, the registry, and what could not be protected."""

    frames: list[Guarded]
    registry: Registry
    sheets: list[tuple[int, str]]
    left: list[int]


def guard(result: str, name: str, frame: pd.DataFrame, gate: Gate, rule: DisclosureRule) -> Guarded:
    """Return a frame with what is hidden in it at first look."""
    mask = first_mask(frame, gate, rule)
    sensitive = sensitive_counts(frame, gate, rule)
    for column, hidden in dominated(frame, gate, rule).items():
        sensitive[column] = hidden
    known = {column: frame[column].notna().to_numpy() for column in mask}
    return Guarded(result, name, frame, gate, mask, sensitive, known)


def close(frames: Sequence[Guarded], rule: DisclosureRule, *, before: Known | None = None) -> Closed:
    """Hide, in place, until no hidden number follows from what is shown in any of the frames.

    Parameters
    ----------
    frames : sequence of Guarded
    rule : DisclosureRule
    before : Known, optional
        What was shown in earlier releases.
    """
    sheets, places = _sheets(frames)
    registry = register(sheets)
    system = registry.system
    for item in frames:
        item.unseen = unseen_columns(item)
    _mark(frames, places, registry, rule)
    hide_unseen(frames, places, registry)
    add_rests(frames, places, registry, rule)
    _mark_before(frames, places, registry, rule, before or Known())
    blocks = system.blocks(~system.fixed)
    left: set[int] = set()
    # numbers of persons first: what rests on those that go with them is often enough for the other figures
    for only in (system.persons, None):
        state = (-1, -1, -1)
        while state != (state := (_hidden(frames), int(system.hidden.sum()), int(system.pinned.sum()))):
            for item in frames:
                spread_in_rows(item.frame, item.gate, item.mask, item.sensitive)
                _follow(item, frames)
                _close_rows(item)
            _mask_to_system(frames, places, registry)
            if _told_by_rows(frames, places, registry):
                blocks = system.blocks(~system.fixed)
            left |= set(protect_system(system, blocks=blocks, only=only))
            _system_to_mask(frames, places, registry)
    return Closed(list(frames), registry, places, sorted(left))


def _hidden(frames: Sequence[Guarded]) -> int:
    return sum(hidden_cells(item.mask) for item in frames)


def _sheets(frames: Sequence[Guarded]) -> tuple[list[Sheet], list[tuple[int, str]]]:
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
            sheets.append(sheet)
            places.append((number, column))
    renamed = [column in frames[number].gate.alias for number, column in places]
    for order in sorted(range(len(sheets)), key=lambda place: renamed[place]):
        number, column = places[order]
        others = {place: frames[places[place][0]] for place in _first(places, frames, order)}
        _adopt(sheets, order, frames[number], column, others)
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


def _adopt(sheets: Sequence[Sheet], order: int, item: Guarded, column: str, others: Mapping[int, Guarded]) -> None:
    """Tie the rows of a count that stands in another frame too to the rows there; sums keep its own names."""
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
        other = sheets[place]
        shared = [key for key, marks in other.names.keys.items() if key in own.keys and marks.any()]
        shared = [key for key in shared if own.keys[key].any()]
        there, at = np.unique(_valued(other.names.over(shared), other.values), return_index=True)
        mine = _valued(own.over(shared), sheet.values)
        found = np.minimum(np.searchsorted(there, mine), max(len(there) - 1, 0))
        if len(there):
            free = ~taken & _may_be_same(item, source, shared) if _PERIOD in item.gate.keys else ~taken
            rows = np.flatnonzero(free & ~np.isnan(sheet.values) & (there[found] == mine))
            taken[rows] = True
            sheet.same.append((rows, place, at[found[rows]]))


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


def _mark(
    frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry, rule: DisclosureRule
) -> None:
    system = registry.system
    for (number, column), cells in zip(places, registry.cells, strict=True):
        item = frames[number]
        there = cells >= 0
        is_count = column in item.gate.counts
        if is_count:
            small = item.sensitive[column] & (system.values[cells] > 0) & (system.values[cells] < rule.smallest)
            none = item.sensitive[column] & (system.values[cells] == 0)
            rows = there & (small | none)
            system.widths[cells[rows]] = float(rule.protection)
            system.costs[cells[there]] = _cost(system.values[cells[there]], column in item.gate.wholes.values())
        else:
            own = item.sensitive.get(column, np.zeros(len(cells), dtype=bool)).copy()
            for count in counts_of(item.frame, item.gate):
                if column in item.gate.counts[count]:
                    own |= item.sensitive[count]
            rows = there & own
            system.costs[cells[there]] = _cost(system.values[cells[there]], is_whole=False)
            wide = _SUM_WIDTH * np.maximum(np.abs(system.values[cells[rows]]), 1.0)
            system.widths[cells[rows]] = wide
        system.sensitive[cells[rows]] = True
        system.hidden[cells[rows]] = True
        system.persons[cells[there]] |= is_count
    system.costs *= np.minimum(1.0 + _figures_lost(frames, places, registry), _DEAREST)


def _figures_lost(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> np.ndarray:
    """Return for each number how many figures, in all tables, would go with it that are not hidden already."""
    lost = np.zeros(len(registry.system.values))
    for (number, column), cells in zip(places, registry.cells, strict=True):
        item, there = frames[number], cells >= 0
        inner = inner_columns(item.gate)
        resting = [column]
        if column in item.gate.counts and column not in inner:
            parts = [part for part, whole in item.gate.wholes.items() if whole == column and part in item.mask]
            resting += [
                name for count in (column, *parts) for name in followers_of(item.frame, item.gate, count)
            ] + parts
        for name in dict.fromkeys(resting):
            if name in item.mask and name not in inner and name not in item.gate.free:
                np.add.at(lost, cells[there], (item.known[name] & ~item.mask[name])[there])
    return lost


def _cost(values: np.ndarray, is_whole: bool) -> np.ndarray:
    return np.asarray((5.0 if is_whole else 1.0) + 0.3 * np.log1p(values) + np.where(values == 0, 3.0, 0.0))


def _mark_before(
    frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry, rule: DisclosureRule,
    before: Known,
) -> None:  # fmt: skip
    """Mark what is known from elsewhere, and what has changed by a few persons since."""
    system = registry.system
    if not before.figures:
        return
    cells_of = dict(zip(places, registry.cells, strict=True))
    changed = np.zeros(len(system.values), dtype=bool)
    for number, item in enumerate(frames):
        for column in item.mask:
            cells = cells_of.get((number, column))
            for same, few in before.compared(item, column, rule.smallest):
                item.told[column] = item.told.get(column, np.False_) | same
                if cells is not None:
                    system.fixed[cells[same & (cells >= 0)]] = True
                    changed[cells[few & (cells >= 0)]] = True
    changed &= ~system.fixed
    system.hidden |= changed
    system.sensitive |= changed
    system.widths[changed] = float(rule.protection)
    for (number, column), cells in cells_of.items():
        # what rests on those few goes too, not only what gives their number back
        if column in frames[number].gate.counts:
            frames[number].sensitive[column] = frames[number].sensitive[column] | ((cells >= 0) & changed[cells])


def _close_rows(item: Guarded) -> None:
    """Hide what a row gives back by multiplying, dividing or adding its columns."""
    if not hidden_cells(item.mask):
        return
    item.look()
    if found := told_in_rows(item):
        columns = {name for triple in found for name in triple}
        order = sorted(columns, key=lambda name: _rank(item, name))
        close_identities(found, item.mask, item.known, order, item.told | item.told_now, item.nothing)


def _told_by_rows(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> bool:
    """Note, in place, what a row gives back with what others know already; return whether anything was added.

    Nothing in the row can be hidden against it: the programs are to know it.
    """
    system = registry.system
    before = int(system.fixed.sum())
    cells_of = dict(zip(places, registry.cells, strict=True))
    for number, item in enumerate(frames):
        told = item.told | item.told_now
        for triple in told_in_rows(item) if any(np.any(one) for one in told.values()) else ():
            if any(name not in item.mask for name in triple):
                continue
            unknown, alone = given_back(triple, item.mask, item.known, told, item.nothing.get(triple))
            for name, is_unknown in zip(triple, unknown, strict=True):
                cells = cells_of.get((number, name))
                if cells is None:
                    continue
                rows = is_unknown & alone & (cells >= 0) & ~system.sensitive[cells]  # those the audit refuses
                if rows.any():
                    system.fixed[cells[rows]] = True
                    told[name] = told.get(name, np.False_) | rows
                    item.told[name] = told[name]
    return int(system.fixed.sum()) > before


def _rank(item: Guarded, name: str) -> tuple[bool, bool, bool, bool, bool, str]:
    """Return what is hidden first: what nobody sees, figures before counts, those of a part, ratios before sums."""
    holders = [count for count, followers in item.gate.counts.items() if name in followers]
    values = item.numbers_of(name)
    is_whole = bool((np.abs(values - np.round(values))[np.isfinite(values)] < 1e-9).all())
    return (
        name not in inner_columns(item.gate),
        name in item.gate.counts,
        not holders,
        is_whole,
        not any(count in item.gate.wholes for count in holders),
        name,
    )


def _follow(item: Guarded, frames: Sequence[Guarded]) -> None:
    """Hide what rests on a hidden count of another frame of the same result."""
    for source, followers in item.gate.follows.items():
        name, _, count = source.partition(".")
        other = next((found for found in frames if found.result == item.result and found.field == name), None)
        if other is None or count not in other.mask:
            continue
        keys = [key for key in item.rows.keys if key in other.rows.keys]
        rows = np.isin(item.rows.over(keys), other.rows.over(keys)[other.mask[count]])
        for follower in followers:
            if follower in item.mask:
                item.mask[follower] |= rows


def _mask_to_system(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    for (number, column), cells in zip(places, registry.cells, strict=True):
        rows = frames[number].mask[column] & (cells >= 0)
        registry.system.hidden[cells[rows]] = True


def _system_to_mask(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    for (number, column), cells in zip(places, registry.cells, strict=True):
        rows = np.where(cells >= 0, (registry.system.hidden & ~registry.system.silent)[cells], False)
        frames[number].mask[column] |= rows.astype(bool)
        item, told = (
            frames[number],
            np.where(cells >= 0, (registry.system.fixed | registry.system.pinned)[cells], False),
        )
        item.told_now[column] = item.told.get(column, np.False_) | told
