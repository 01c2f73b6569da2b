"""The gate over the frames of one or several results at once: one registry, closed until nothing more follows."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_identities import Triple, close_identities, triples
from factfidelity.display.disclosure_primary import (
    Mask,
    counts_of,
    dominated,
    first_mask,
    hidden_cells,
    numbers,
    sensitive_counts,
    spread_in_rows,
)
from factfidelity.display.disclosure_registry import Items, Registry, Sheet, items_of, register
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_secondary import protect_system
from factfidelity.display.disclosure_system import System
from factfidelity.display.gate import Gate

_SUM_WIDTH = 0.2  # the interval that must stay for a hidden sum, as a share of it


@dataclass(slots=True)
class Guarded:
    """One frame on its way out."""

    result: str
    field: str
    frame: pd.DataFrame
    gate: Gate
    mask: Mask
    sensitive: Mask
    known: Mask
    found: list[Triple] = dataclasses.field(default_factory=list)
    looked: bool = False

    @property
    def name(self) -> str:
        """Result and field."""
        return f"{self.result}.{self.field}"


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


def close(
    frames: Sequence[Guarded], rule: DisclosureRule, *, before: Mapping[tuple[str, str, Items], float] | None = None
) -> Closed:
    """Hide, in place, until no hidden number follows from what is shown in any of the frames.

    Parameters
    ----------
    frames : sequence of Guarded
    rule : DisclosureRule
    before : mapping of (table, column, items) to float
        What was shown in an earlier release.
    """
    sheets, places = _sheets(frames)
    registry = register(sheets)
    system = registry.system
    _mark(frames, places, registry, rule)
    _add_rests(frames, places, registry, rule)
    _mark_before(sheets, registry, rule, before or {})
    left: list[int] = []
    state = (-1, -1)
    while state != (state := (sum(hidden_cells(item.mask) for item in frames), int(system.hidden.sum()))):
        for item in frames:
            spread_in_rows(item.frame, item.gate, item.mask, item.sensitive)
            _follow(item, frames)
            _close_rows(item)
        _mask_to_system(frames, places, registry)
        left = protect_system(system)
        _system_to_mask(frames, places, registry)
    return Closed(list(frames), registry, places, left)


def _sheets(frames: Sequence[Guarded]) -> tuple[list[Sheet], list[tuple[int, str]]]:
    sheets: list[Sheet] = []
    places: list[tuple[int, str]] = []
    for number, item in enumerate(frames):
        counts = counts_of(item.frame, item.gate)
        followers = dict.fromkeys(name for count in counts for name in item.gate.counts[count])
        for column in [*counts, *(name for name in followers if name not in counts)]:
            if column not in item.mask or not _is_amount(item.frame[column]):
                continue
            values = numbers(item.frame, column)
            is_whole = column in counts and column not in item.gate.wholes
            keys = _needed_keys(item.frame, item.gate, column) if is_whole else list(item.gate.keys)
            items = items_of(item.frame, keys, item.gate.margins)
            nothing = np.zeros(len(values), dtype=bool)
            name = column if column in counts else f"{item.name}:{column}"
            sheets.append(Sheet(item.name, name, items, values, nothing, item.gate.population, repeats=True))
            places.append((number, column))
    renamed = [column in frames[number].gate.alias for number, column in places]
    for order in sorted(range(len(sheets)), key=lambda place: renamed[place]):
        number, column = places[order]
        _adopt(sheets, order, frames[number], column, _first(places, frames, order))
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
        and name == wanted
        and name not in frames[other].gate.alias
        and other != number
        and (renamed or set(frames[other].gate.keys) < set(gate.keys))
    ]


def _adopt(sheets: Sequence[Sheet], order: int, item: Guarded, column: str, others: Sequence[int]) -> None:
    """Tie the rows of a count that stands in another frame too to the rows there; sums keep its own names."""
    if column not in item.gate.counts:
        return
    sheet = sheets[order]
    own = [dict(items) for items in sheet.items]
    if column in item.gate.alias:
        sheet.column, key, value = item.gate.alias[column]
        own = [names | {key: value} for names in own]
        sheet.items = [(*items, ("as", f"{item.name}:{column}")) for items in sheet.items]
    for place in others:
        other = sheets[place]
        shared = {name for items in other.items for name, _ in items} & {name for names in own for name in names}
        there: dict[tuple[float, Items], int] = {}
        for row, (items, number) in enumerate(zip(other.items, other.values, strict=True)):
            there.setdefault((float(number), _only(dict(items), shared)), row)
        for row, (names, number) in enumerate(zip(own, sheet.values, strict=True)):
            found = there.get((float(number), _only(names, shared)))
            if found is not None:
                sheet.same[row] = place, found


def _only(names: Mapping[str, str], shared: set[str]) -> Items:
    return tuple(sorted((name, value) for name, value in names.items() if name in shared))


def _is_amount(column: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        return False
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return bool(np.isfinite(values).any() and np.nanmin(values) >= 0)


def _needed_keys(frame: pd.DataFrame, gate: Gate, column: str) -> list[str]:
    """Return the keys that a count depends on: one that never changes it does not tell of other people."""
    keys = [key for key in gate.keys if key in frame.columns]
    for key in list(keys):
        others = [name for name in keys if name != key]
        values = frame[column]
        if not others:
            same, repeated = len(values.drop_duplicates()) <= 1, len(values) > 1
        else:
            grouped = values.groupby([frame[name] for name in others], dropna=False, sort=False, observed=True)
            code = pd.Series(pd.factorize(values, use_na_sentinel=False)[0], index=values.index)
            spread = code - grouped.ngroup().map(code.groupby(grouped.ngroup()).first())
            same, repeated = bool((spread == 0).all()), bool((grouped.size() > 1).any())
        if same and repeated and key not in gate.margins and key != gate.topic:
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
            wide = _SUM_WIDTH * np.maximum(np.abs(system.values[cells[rows]]), 1.0)
            system.widths[cells[rows]] = wide
        system.sensitive[cells[rows]] = True
        system.hidden[cells[rows]] = True


def _cost(values: np.ndarray, is_whole: bool) -> np.ndarray:
    return np.asarray((5.0 if is_whole else 1.0) + 0.3 * np.log1p(values) + np.where(values == 0, 3.0, 0.0))


def _add_rests(
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
            rest = numbers(item.frame, whole) - numbers(item.frame, part)
            hide = item.sensitive[part] & (rest < rule.smallest)
            for row in np.flatnonzero((parts >= 0) & (wholes >= 0) & (parts != wholes) & (rest >= 0)):
                pair = int(parts[row]), int(wholes[row])
                pairs[pair] = pairs.get(pair, False) or bool(hide[row])
    for (number, column), cells in cells_of.items():
        if column in frames[number].gate.counts:
            _add_between(frames[number], column, cells, registry.system, rule, pairs)
            _add_within(frames, number, column, cells_of, registry.system, rule, pairs)
    _append(registry.system, pairs, float(rule.protection))


def _add_between(
    item: Guarded, column: str, cells: np.ndarray, system: System, rule: DisclosureRule,
    pairs: dict[tuple[int, int], bool],
) -> None:  # fmt: skip
    """Add the persons between two nested groups: whoever has both numbers has the difference.

    A part of two groups of the same persons differs by what was seen of them, not by persons: it is left out.
    """
    size = numbers(item.frame, item.gate.wholes.get(column, column))
    for key, chain in item.gate.nested.items():
        if key not in item.frame.columns:
            continue
        others = [name for name in item.gate.keys if name != key and name in item.frame.columns]
        places: dict[tuple[str, ...], dict[str, tuple[int, float]]] = {}
        values = item.frame[key].astype(str)
        for row, value, cell, people in zip(_rows(item.frame, others), values, cells, size, strict=True):
            if cell >= 0:
                places.setdefault(row, {})[value] = int(cell), float(people)
        order_of = _ordered_values(item.frame[key]) if chain == ("*",) else chain
        for found in places.values():
            nested = [found[value] for value in order_of if value in found]
            for order, ((wide, more), (narrow, fewer)) in enumerate(itertools.pairwise(nested)):
                if system.values[wide] < system.values[narrow]:
                    wide, narrow = narrow, wide
                rest = system.values[wide] - system.values[narrow]
                if wide != narrow and rest >= 0 and more != fewer:
                    pairs[narrow, wide] = pairs.get((narrow, wide), False) or bool(0 < rest < rule.smallest)
                    system.costs[wide] = max(system.costs[wide], system.costs[narrow] + 1.0 / (1 + order))


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
        there: dict[tuple[str, ...], set[int]] = {}
        for row, cell in zip(_rows(other.frame, keys), cells_of[place, count], strict=True):
            there.setdefault(row, set()).add(int(cell))
        for row, part in zip(_rows(item.frame, keys), cells, strict=True):
            found = there.get(row, set())
            whole = next(iter(found)) if len(found) == 1 else -1
            if part < 0 or whole < 0 or part == whole or (rest := system.values[whole] - system.values[part]) < 0:
                continue
            pairs[int(part), whole] = pairs.get((int(part), whole), False) or bool(0 < rest < rule.smallest)
            system.costs[whole] = max(system.costs[whole], system.costs[part] + 1.0)


def _append(system: System, pairs: Mapping[tuple[int, int], bool], width: float) -> None:
    start, number = len(system.values), len(pairs)
    if not number:
        return
    hide = np.array(list(pairs.values()), dtype=bool)
    rest = np.array([system.values[whole] - system.values[part] for part, whole in pairs])
    yes, no = np.ones(number, dtype=bool), np.zeros(number, dtype=bool)
    system.values = np.concatenate([system.values, rest])
    system.hidden = np.concatenate([system.hidden, yes])
    system.sensitive = np.concatenate([system.sensitive, hide])
    system.widths = np.concatenate([system.widths, np.where(hide, width, 0.0)])
    system.fixed = np.concatenate([system.fixed, no])
    system.silent = np.concatenate([system.silent, yes])
    system.costs = np.concatenate([system.costs, np.zeros(number)])
    system.seen = np.hstack([system.seen, np.tile(rest, (4, 1))])
    for order, (part, whole) in enumerate(pairs):
        system.equations.append(((whole, part, start + order), (1.0, -1.0, -1.0)))


def _mark_before(
    sheets: Sequence[Sheet], registry: Registry, rule: DisclosureRule, before: Mapping[tuple[str, str, Items], float]
) -> None:
    system = registry.system
    for sheet, cells in zip(sheets, registry.cells, strict=True):
        for items, cell in zip(sheet.items, cells, strict=True):
            shown = before.get((sheet.table, sheet.column, items))
            if cell < 0 or shown is None:
                continue
            change = abs(float(system.values[cell]) - shown)
            if change <= 1e-9 * max(1.0, abs(shown)):
                system.fixed[cell] = True
            elif ":" not in sheet.column and change < rule.smallest:
                system.hidden[cell] = system.sensitive[cell] = True
                system.widths[cell] = float(rule.protection)


def _close_rows(item: Guarded) -> None:
    """Hide what a row gives back by multiplying, dividing or adding its columns."""
    if not hidden_cells(item.mask):
        return
    columns = [name for name in item.mask if _is_amount_or_change(item.frame[name])]
    if not item.looked:
        values = [numbers(item.frame, name) for name in columns]
        item.found = triples(columns, np.column_stack(values)) if values else []
        item.looked = True
    if item.found:
        close_identities(item.found, item.mask, item.known, sorted(columns, key=lambda name: _rank(item, name)))


def _rank(item: Guarded, name: str) -> tuple[bool, bool, bool, bool, str]:
    """Return what is hidden first: figures before counts, those of a part before others, ratios before sums."""
    holders = [count for count, followers in item.gate.counts.items() if name in followers]
    values = numbers(item.frame, name)
    is_whole = bool((np.abs(values - np.round(values))[np.isfinite(values)] < 1e-9).all())
    return (
        name in item.gate.counts,
        not holders,
        is_whole,
        not any(count in item.gate.wholes for count in holders),
        name,
    )


def _is_amount_or_change(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _follow(item: Guarded, frames: Sequence[Guarded]) -> None:
    """Hide what rests on a hidden count of another frame of the same result."""
    for source, followers in item.gate.follows.items():
        name, _, count = source.partition(".")
        other = next((found for found in frames if found.result == item.result and found.field == name), None)
        if other is None or count not in other.mask:
            continue
        keys = [key for key in item.gate.keys if key in other.gate.keys]
        keys = [key for key in keys if key in item.frame.columns and key in other.frame.columns]
        bad = set(_rows(other.frame.loc[other.mask[count]], keys))
        rows = np.array([row in bad for row in _rows(item.frame, keys)], dtype=bool)
        for follower in followers:
            if follower in item.mask:
                item.mask[follower] |= rows


def _rows(frame: pd.DataFrame, keys: Sequence[str]) -> list[tuple[str, ...]]:
    columns = [frame[key].astype("object").astype(str).tolist() for key in keys]
    return list(zip(*columns, strict=True)) if keys else [()] * len(frame)


def _mask_to_system(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    for (number, column), cells in zip(places, registry.cells, strict=True):
        rows = frames[number].mask[column] & (cells >= 0)
        registry.system.hidden[cells[rows]] = True


def _system_to_mask(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    for (number, column), cells in zip(places, registry.cells, strict=True):
        rows = np.where(cells >= 0, registry.system.hidden[cells], False)
        frames[number].mask[column] |= rows.astype(bool)
