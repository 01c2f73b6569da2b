"""The gate over the frames of one or several results at once: one registry, closed until nothing more follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_identities import close_identities, triples
from factfidelity.display.disclosure_primary import (
    counts_of,
    dominated,
    first_mask,
    hidden_cells,
    numbers,
    sensitive_counts,
    spread_in_rows,
)
from factfidelity.display.disclosure_registry import Items, Registry, Sheet, items_of, register
from factfidelity.display.disclosure_rests import add_rests, rows_of
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_secondary import protect_system
from factfidelity.display.gate import Gate

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
    add_rests(frames, places, registry, rule)
    _mark_before(frames, places, registry, rule, before or {})
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
            full = items_of(item.frame, list(item.gate.keys), item.gate.margins) if is_whole else []
            sheet = Sheet(item.name, name, items, values, nothing, item.gate.population, repeats=True, full=full)
            sheet.counts = column in counts
            sheets.append(sheet)
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


def _mark_before(
    frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry, rule: DisclosureRule,
    before: Mapping[tuple[str, str, Items], float],
) -> None:  # fmt: skip
    """Mark what is known from elsewhere, and what has changed by a few persons since."""
    system = registry.system
    for (number, column), cells in zip(places, registry.cells, strict=True):
        item = frames[number]
        rows = items_of(item.frame, item.gate.keys, item.gate.margins) if before else []
        for items, cell in zip(rows, cells, strict=False):
            shown = before.get((item.name, column, items))
            if cell < 0 or shown is None:
                continue
            change = abs(float(system.values[cell]) - shown)
            if change <= 1e-9 * max(1.0, abs(shown)):
                system.fixed[cell] = True
            elif column in item.gate.counts and change < rule.smallest:
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
        bad = set(rows_of(other.frame.loc[other.mask[count]], keys))
        rows = np.array([row in bad for row in rows_of(item.frame, keys)], dtype=bool)
        for follower in followers:
            if follower in item.mask:
                item.mask[follower] |= rows


def _mask_to_system(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    for (number, column), cells in zip(places, registry.cells, strict=True):
        rows = frames[number].mask[column] & (cells >= 0)
        registry.system.hidden[cells[rows]] = True


def _system_to_mask(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    for (number, column), cells in zip(places, registry.cells, strict=True):
        rows = np.where(cells >= 0, registry.system.hidden[cells], False)
        frames[number].mask[column] |= rows.astype(bool)
