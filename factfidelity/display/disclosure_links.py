"""The gate over the frames of one or several results at once: one registry, closed until nothing more follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_identities import Triple, close_identities, given_back
from factfidelity.display.disclosure_known import Known
from factfidelity.display.disclosure_primary import (
    Mask,
    counts_of,
    dominated,
    first_mask,
    followers_of,
    hidden_cells,
    inner_columns,
    sensitive_counts,
    spread_in_rows,
)
from factfidelity.display.disclosure_registry import Registry, register
from factfidelity.display.disclosure_rests import add_rests
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_secondary import protect_system
from factfidelity.display.disclosure_sheets import sheets_of
from factfidelity.display.disclosure_system import System
from factfidelity.display.disclosure_unseen import hide_unseen, told_in_rows, unseen_columns
from factfidelity.display.disclosure_zeros import note_last_in_line
from factfidelity.display.gate import Gate

Changed = dict[tuple[int, str], np.ndarray]  # by frame and column
_DEAREST = 100.0  # how many times dearer a number is at most for all that goes with it
_HEADLINE = 20.0  # how many times dearer what key figures rest on is
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
    changed = _compare(frames, before or Known(), rule)
    sheets, places = sheets_of(frames)
    registry = register(sheets)
    system = registry.system
    for item in frames:
        item.unseen = unseen_columns(item)
    _mark(frames, places, registry, rule)
    hide_unseen(frames, places, registry)
    add_rests(frames, places, registry, rule)
    _mark_before(frames, places, registry, rule, changed)
    blocks = system.blocks(~system.fixed)
    note_last_in_line(system)
    left: set[int] = set()
    # numbers of persons first: what rests on those that go with them is often enough for the other figures
    for only in (system.persons, None):
        state = None
        while state != (state := _state(frames, system)):
            for item in frames:
                spread_in_rows(item.frame, item.gate, item.mask, item.sensitive)
                _follow(item, frames)
            if len(told := _told_by_rows(frames, places, registry)):
                system.fix(told, blocks)
                note_last_in_line(system)
                blocks = system.blocks(~system.fixed)
            for item in frames:
                _close_rows(item)
            _mask_to_system(frames, places, registry)
            left |= set(protect_system(system, blocks=blocks, only=only))
            _system_to_mask(frames, places, registry)
    return Closed(list(frames), registry, places, sorted(left))


def _state(frames: Sequence[Guarded], system: System) -> tuple[int, ...]:
    """Return what grows as long as something follows."""
    return (
        sum(hidden_cells(item.mask) for item in frames),
        *(int(some.sum()) for some in (system.hidden, system.pinned, system.fixed)),
    )


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
    system.costs[system.persons] *= np.sqrt(1.0 + system.values[system.persons] / rule.smallest)
    read_first = np.zeros(len(system.values), dtype=bool)
    for (number, _), cells in zip(places, registry.cells, strict=True):
        read_first[cells[(cells >= 0) & frames[number].gate.headline]] = True
    system.costs[read_first] *= _HEADLINE


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


def _compare(frames: Sequence[Guarded], before: Known, rule: DisclosureRule) -> Changed:
    """Note, in place, what is known from elsewhere and what stays hidden; return what a few persons changed since."""
    changed: Changed = {}
    for number, item in enumerate(frames):
        for column in item.mask if before.figures else ():
            item.mask[column] |= before.kept_back(item, column)
            for same, few in before.compared(item, column, rule.smallest):
                item.told[column] = item.told.get(column, np.False_) | same
                changed[number, column] = changed.get((number, column), np.False_) | few
    return changed


def _mark_before(
    frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry, rule: DisclosureRule,
    changed: Changed,
) -> None:  # fmt: skip
    """Mark what is known from elsewhere, and what has changed by a few persons since."""
    system = registry.system
    few = np.zeros(len(system.values), dtype=bool)
    for (number, column), cells in zip(places, registry.cells, strict=True):
        told = np.broadcast_to(frames[number].told.get(column, np.False_), len(cells))
        system.fixed[cells[told & (cells >= 0)]] = True
        few[cells[changed.get((number, column), np.False_) & (cells >= 0)]] = True
    few &= ~system.fixed
    system.hidden |= few
    system.sensitive |= few
    system.widths[few] = float(rule.protection)
    for (number, column), cells in zip(places, registry.cells, strict=True):
        # what rests on those few goes too, not only what gives their number back
        if column in frames[number].gate.counts:
            frames[number].sensitive[column] = frames[number].sensitive[column] | ((cells >= 0) & few[cells])


def _close_rows(item: Guarded) -> None:
    """Hide what a row gives back by multiplying, dividing or adding its columns."""
    if not hidden_cells(item.mask):
        return
    item.look()
    if found := told_in_rows(item):
        columns = {name for triple in found for name in triple}
        order = sorted(columns, key=lambda name: _rank(item, name))
        close_identities(found, item.mask, item.known, order, item.told | item.told_now, item.nothing)


def _told_by_rows(
    frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry
) -> np.ndarray:  # fmt: skip
    """Note, in place, what others can make of what they know of a row already; return the numbers that are new.

    Nothing in the row can be hidden against it but a number of persons, which costs more than it saves: the programs
    are to know it.
    """
    system = registry.system
    new = np.zeros(len(system.values), dtype=bool)
    cells_of = dict(zip(places, registry.cells, strict=True))
    for number, item in enumerate(frames):
        told = item.told | item.told_now
        if not any(np.any(one) for one in told.values()):
            continue
        item.look()
        for triple in told_in_rows(item):
            if any(name not in item.mask for name in triple):
                continue
            for name, rows in _told_of(item, triple, told).items():
                cells = cells_of.get((number, name))
                if cells is None:
                    continue
                rows = rows & (cells >= 0) & ~system.sensitive[cells]  # those the audit refuses
                if rows.any():
                    new[cells[rows]] = True
                    told[name] = told.get(name, np.False_) | rows
                    item.told[name] = item.told_now[name] = told[name]
    return np.flatnonzero(new & ~system.fixed)


def _told_of(item: Guarded, triple: Triple, told: Mask) -> dict[str, np.ndarray]:
    """Return in which rows a column of three is given back by the others: both known, or one known and one a count."""
    dear = [name for name in triple if name in item.gate.counts and name not in inner_columns(item.gate)]
    all_hidden = {name: np.ones(len(item.frame), dtype=bool) for name in triple}
    but_counts = all_hidden | {name: item.mask[name] for name in dear}
    known = np.logical_or.reduce([np.broadcast_to(told.get(name, np.False_), len(item.frame)) for name in triple])
    found: dict[str, np.ndarray] = {}
    for mask, where in ((all_hidden, all_hidden), (but_counts, {name: known & item.mask[name] for name in triple})):
        unknown, alone = given_back(triple, mask, item.known, told, item.nothing.get(triple))
        for name, is_unknown in zip(triple, unknown, strict=True):
            found[name] = found.get(name, np.False_) | (is_unknown & alone & where[name])
    return found


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
