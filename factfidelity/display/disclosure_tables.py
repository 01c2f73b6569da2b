"""Single tables of persons in long form, and several that belong together: protected, and attacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_names import names_of
from factfidelity.display.disclosure_registry import TOTAL, Registry, Sheet, register
from factfidelity.display.disclosure_release import status_of
from factfidelity.display.disclosure_rule import HIDDEN, NOT_AVAILABLE, DisclosureRule
from factfidelity.display.disclosure_secondary import protect_system, shown_again
from factfidelity.errors import DisclosureError, Problem

_STATUS = "status"


def protect(
    table: pd.DataFrame,
    *,
    rows: str | Sequence[str],
    columns: str | Sequence[str],
    count: str = "clients",
    smallest: int = 5,
    protection: int | None = None,
    seconds: float = 20.0,
) -> pd.DataFrame:
    """Hide the small counts of a table, and as few others as keep them from being computed.

    Parameters
    ----------
    table : DataFrame, one row per cell
        Long form: the keys, and a number of *persons* in ``count``. Margins carry the key value ``total``; where a
        key has none they are added. Other columns of numbers are hidden along with their row.
    rows, columns : str or list of str
        The keys; a list makes the table three-way or more.
    count : str
        The column of persons, whole numbers of 0 or more; missing means not available.
    smallest : int
        1 to ``smallest - 1`` are hidden.
    protection : int, optional
        Width of the interval that must stay for each of them; default ``smallest``.
    seconds : float
        Time for the search for the fewest hidden cells (tables up to about 6 × 6 with margins); larger tables, and
        those that take longer, get a good answer instead of the best.

    Returns
    -------
    DataFrame
        The table with its margins and ``status``: ``shown``, ``hidden``, ``zero`` or ``not_available``; a hidden
        count is missing.

    Raises
    ------
    ValueError
        For an unknown column, a repeated cell, or a count that is negative or not whole.
    DisclosureError
        Where the margins that are given are not the sums of their cells.
    """
    keys = _listed(rows) + _listed(columns)
    _check(table, keys, count)
    whole = with_margins(table, keys, count)
    values = _numbers(whole, count)
    sheet = Sheet(
        "", count, names_of(whole, keys, dict.fromkeys(keys, TOTAL)), values, np.zeros(len(whole), dtype=bool)
    )
    registry = register([sheet])
    _require_sums(whole, keys, registry)
    rule = DisclosureRule(smallest=smallest, protection=smallest if protection is None else protection)
    system = registry.system
    _mark_small(registry, rule)
    _cost_totals(registry, [sheet], len(keys))
    protect_system(system, optimal=True, seconds=seconds)
    if len(system.values) <= 400:
        shown_again(system)
    return _masked(whole, keys, count, registry.cells[0], system.hidden)


def protect_linked(
    tables: Mapping[str, pd.DataFrame],
    rule: DisclosureRule | None = None,
    *,
    previous: Mapping[str, pd.DataFrame] | None = None,
    count: str = "clients",
    keys: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Hide the small counts of several tables that tell of the same people, so that none gives back another's.

    Parameters
    ----------
    tables : mapping of name to DataFrame
        Long form, with margins labelled ``total`` where they are published. Two cells with the same keys are the same
        number; sums are found across tables.
    rule : DisclosureRule, optional
    previous : mapping of name to DataFrame, optional
        What was released before, under the same names: what was shown then is known, and a number that has changed by
        1 to ``smallest - 1`` persons is hidden, since the change tells of those.
    keys : mapping of name to list of str, optional
        The key columns of each table; default: those that hold text or dates, and years where those do not suffice.

    Returns
    -------
    dict of name to DataFrame
        As from ``protect``.
    """
    rule = rule or DisclosureRule()
    named = {name: list((keys or {}).get(name, keys_of(table, count))) for name, table in tables.items()}
    for name, table in tables.items():
        _check(table, named[name], count)
    sheets = [_sheet(name, table, named[name], count) for name, table in tables.items()]
    registry = register(sheets)
    _mark_small(registry, rule)
    _mark_previous(registry, sheets, previous or {}, rule, count)
    _cost_totals(registry, sheets, max((len(names) for names in named.values()), default=1))
    protect_system(registry.system)
    if len(registry.system.values) <= 400:
        shown_again(registry.system)
    return {
        name: _masked(table, named[name], count, cells, registry.system.hidden)
        for (name, table), cells in zip(tables.items(), registry.cells, strict=True)
    }


def audit(table: pd.DataFrame, *, count: str = "clients", keys: Sequence[str] | None = None) -> pd.DataFrame:
    """Return for every hidden cell of a table the lowest and highest value that the shown ones allow.

    Parameters
    ----------
    table : DataFrame
        As from ``protect``: keys, count, status; margins labelled ``total``.

    Returns
    -------
    DataFrame, one row per hidden cell
        The keys; ``lowest`` and ``highest`` (infinite where nothing bounds it), ``width``, ``pinned`` (one value only).
    """
    return audit_linked({"": table}, count=count, keys=None if keys is None else {"": keys}).drop(columns="table")


def audit_linked(
    tables: Mapping[str, pd.DataFrame],
    *,
    previous: Mapping[str, pd.DataFrame] | None = None,
    count: str = "clients",
    keys: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Return for every hidden cell of several tables what all of them together, and what came before, allow.

    Returns
    -------
    DataFrame, one row per hidden cell
        ``table``, the keys, ``lowest``, ``highest``, ``width``, ``pinned``.
    """
    from factfidelity.display.disclosure_solver import ranges

    sheets, frames, names = [], [], []
    for source in (tables, previous or {}):
        for name, table in source.items():
            named = list((keys or {}).get(name, keys_of(table, count)))
            sheets.append(_sheet(name, table, named, count))
            frames.append(table)
            names.append(named)
    registry = register(sheets)
    found = ranges(registry.system)
    parts = []
    for name, table, named, cells in list(zip(tables, frames, names, registry.cells, strict=False))[: len(tables)]:
        gone = _hidden_rows(table, count)
        ends = np.array([_ends(registry, found, int(cell)) for cell in cells[gone]]).reshape(-1, 2)
        part = table.loc[gone, named].copy()
        part.insert(0, "table", name)
        part["lowest"], part["highest"] = ends[:, 0], ends[:, 1]
        parts.append(part)
    out = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["table", "lowest", "highest"])
    out["width"] = out["highest"] - out["lowest"]
    out["pinned"] = out["width"] < 1
    return out


def _ends(registry: Registry, found: Mapping[int, tuple[float, float]], cell: int) -> tuple[float, float]:
    value = float(registry.system.values[cell])
    low, high = found.get(cell, (value, value))
    return _whole(low, np.ceil), _whole(high, np.floor)


def _whole(end: float, toward: np.ufunc) -> float:
    """Persons are whole: an end moves to the next whole number inside."""
    near = np.round(end)
    return float(near if abs(end - near) < 1e-6 else toward(end)) if np.isfinite(end) else end


def keys_of(table: pd.DataFrame, count: str) -> list[str]:
    """Return the columns that name a cell: text and dates, and whole numbers (a year) where those do not suffice."""
    free = [str(name) for name in table.columns if name not in (count, _STATUS)]
    keys = [
        name
        for name in free
        if not pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name])
    ]
    for name in free:
        if name in keys or (keys and not table.duplicated(keys).any()):
            continue
        if pd.api.types.is_integer_dtype(table[name]):
            keys.append(name)
    return keys


def with_margins(table: pd.DataFrame, keys: Sequence[str], count: str) -> pd.DataFrame:
    """Return the table with a ``total`` over each key wherever it lacks one; other columns are missing there."""
    out = table.reset_index(drop=True)
    for place, key in enumerate(keys):
        others = [name for name in keys if name != key]
        is_total = out[list(keys)].astype("object") == TOTAL
        # the totals over later keys may be given for some groups only: they are no cells of this sum
        cells = out[~is_total[list(keys[place:])].any(axis=1)]
        sums = _sums_over(cells, others, count).astype(dict.fromkeys(others, "object")).assign(**{key: TOTAL})
        given = out.loc[is_total[key], list(keys)].astype("object")
        there = pd.MultiIndex.from_frame(sums[list(keys)]).isin(pd.MultiIndex.from_frame(given))
        if not there.all():
            out = pd.concat([out.astype({key: "object"}), sums[~there]], ignore_index=True)
    return out


def _sums_over(cells: pd.DataFrame, others: list[str], count: str) -> pd.DataFrame:
    """Return the sums of the cells for each value of the other keys; a sum with an unknown part is unknown."""
    known = cells.assign(_gap=cells[count].isna())
    if not others:
        return pd.DataFrame({count: [known[count].sum() if not known["_gap"].any() else np.nan]})
    grouped = known.groupby(others, sort=False, dropna=False, observed=True)
    sums = grouped.agg(**{count: (count, "sum"), "_gap": ("_gap", "any")}).reset_index()
    sums[count] = sums[count].where(~sums.pop("_gap"))
    return sums


def _listed(names: str | Sequence[str]) -> list[str]:
    return [names] if isinstance(names, str) else list(names)


def _numbers(table: pd.DataFrame, count: str) -> np.ndarray:
    return pd.to_numeric(table[count], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)


def _check(table: pd.DataFrame, keys: Sequence[str], count: str) -> None:
    absent = [name for name in (*keys, count) if name not in table.columns]
    if absent:
        raise ValueError(f"the table has no column {', '.join(absent)}; it has {', '.join(map(str, table.columns))}")
    if table.duplicated(list(keys)).any():
        raise ValueError(f"a cell stands more than once; each combination of {', '.join(keys)} may stand once")
    values = _numbers(table, count)
    is_text = table[count].map(lambda value: isinstance(value, str)).any()
    values = values[~np.isnan(values)]
    if is_text or not np.isfinite(values).all() or (values < 0).any() or (values != np.round(values)).any():
        raise ValueError(f"{count} must be whole numbers of persons, 0 or more, and missing where it is not available")


def _require_sums(table: pd.DataFrame, keys: Sequence[str], registry: Registry) -> None:
    """Refuse margins that are not the sums of their cells: hiding would rest on sums that do not hold."""
    is_total = names_of(table, keys, dict.fromkeys(keys, TOTAL)).depth < len(keys)
    cells = registry.cells[0]
    bad = int((is_total & (cells >= 0) & ~np.isin(cells, registry.system.sums.totals)).sum())
    if bad and len(table) > 1:
        raise DisclosureError(
            problems=[
                Problem(
                    f"{bad} margins are not the sum of their cells, so it cannot be known what they give back.",
                    "give the sums of the cells, or leave the margins out: they are then added",
                    kind="disclosure",
                    rule="margins_add_up",
                    what_sv=f"{bad} marginaler är inte summan av sina celler; vad de avslöjar går inte att veta.",
                    do_sv="ange cellernas summor, eller utelämna marginalerna: då räknas de fram",
                )
            ]
        )


def _hidden_rows(table: pd.DataFrame, count: str) -> np.ndarray:
    if _STATUS in table.columns:
        return (table[_STATUS].astype("object") == HIDDEN).to_numpy(dtype=bool)
    return np.asarray(np.isnan(_numbers(table, count)))


def _sheet(name: str, table: pd.DataFrame, keys: Sequence[str], count: str) -> Sheet:
    hidden = _hidden_rows(table, count) & np.isnan(_numbers(table, count)) if _STATUS in table.columns else None
    none = np.isnan(_numbers(table, count)) if hidden is None else hidden
    return Sheet(name, count, names_of(table, keys, dict.fromkeys(keys, TOTAL)), _numbers(table, count), none)


def _mark_small(registry: Registry, rule: DisclosureRule) -> None:
    system = registry.system
    small = (system.values > 0) & (system.values < rule.smallest)
    system.sensitive |= small
    system.hidden |= small
    system.widths[:] = np.where(system.sensitive, float(rule.protection), 0.0)


def _mark_previous(
    registry: Registry, sheets: Sequence[Sheet], previous: Mapping[str, pd.DataFrame], rule: DisclosureRule, count: str
) -> None:
    """Mark what was shown before: known where it is the same, hidden where it has changed by a few persons."""
    system = registry.system
    for sheet, cells in zip(sheets, registry.cells, strict=True):
        old = previous.get(sheet.table)
        if old is None:
            continue
        keys = keys_of(old, count)
        before = pd.Series(_numbers(old, count), index=names_of(old, keys, dict.fromkeys(keys, TOTAL)).whole)
        change = np.abs(sheet.values - before.reindex(sheet.names.whole).to_numpy())
        system.fixed[cells[(cells >= 0) & (change == 0)]] = True
        few = cells[(cells >= 0) & (change > 0) & (change < rule.smallest)]
        system.hidden[few] = system.sensitive[few] = True
        system.widths[few] = float(rule.protection)


def _cost_totals(registry: Registry, sheets: Sequence[Sheet], most_keys: int) -> None:
    """A total costs more than a cell, and a large number a little more than a small one; a zero costs most."""
    system = registry.system
    depth = np.zeros(len(system.values))
    for sheet, cells in zip(sheets, registry.cells, strict=True):
        np.maximum.at(depth, cells[cells >= 0], most_keys - sheet.names.depth[cells >= 0])
    scale = np.log1p(np.nan_to_num(system.values)) / np.log1p(max(float(np.nanmax(system.values, initial=1.0)), 1.0))
    system.costs[:] = 1.0 + 0.5 * scale + 0.25 * depth + np.where(system.values == 0, 2.0, 0.0)


def _masked(
    table: pd.DataFrame, keys: Sequence[str], count: str, cells: np.ndarray, hidden: np.ndarray
) -> pd.DataFrame:
    gone = np.where(cells >= 0, hidden[cells], False).astype(bool)
    values = _numbers(table, count)
    out = table.copy()
    for name in table.columns:
        if name not in (*keys, count, _STATUS) and pd.api.types.is_numeric_dtype(table[name]):
            out[name] = table[name].astype("float64").mask(gone)
    out[count] = np.where(gone, np.nan, values)
    out[_STATUS] = np.where(cells < 0, NOT_AVAILABLE, status_of(values, gone))
    return out
