"""Columns of one table that give each other back row by row: a rate and its denominator, a share and its whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from factfidelity.display.disclosure_primary import Mask

Triple = tuple[str, str, str]
_EXACT = 1e-7
_GLANCE = 40  # rows of a first look
_LOOK = 120  # rows in which a column is held against products of others
_BY_CHANCE = 0.2  # share of the rows in which a column is such a product without meaning it
_USUAL = np.log([1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 12.0, 365.25, 365.0, 30.4375])


def triples(columns: Sequence[str], values: np.ndarray) -> tuple[list[Triple], frozenset[Triple]]:
    """Return triples of columns where any two give the third, up to one constant, in every row; and which are sums.

    Found in the numbers themselves: ``a = k * b * c`` (so also rates, means and shares) and ``a = b + c``.

    Parameters
    ----------
    columns : sequence of str
    values : array, rows × columns
        The true numbers; missing where there are none.
    """
    free = np.array([place for place in range(len(columns)) if _varies(values[:, place])], dtype="int64")
    found: set[tuple[int, int, int]] = set()
    added: set[tuple[int, int, int]] = set()
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    fractions = np.abs(values - np.round(values)) > _EXACT
    rows = np.unique(np.linspace(0, max(len(values) - 1, 0), _GLANCE).astype("int64"))[: len(values)]
    for place, first in enumerate(free):
        for second in free[place + 1 :]:
            others = free[(free != first) & (free != second)]
            three = [first, second]
            for third in others[_may_multiply(logs[rows], first, second, others)]:
                gap = logs[:, third] - logs[:, first] - logs[:, second]
                there = np.isfinite(gap)
                if _nothing_agrees(values[:, [first, second, third]]) and _is_constant(
                    gap[there], bool(fractions[there][:, [*three, third]].any())
                ):
                    found.add(_sorted(first, second, third))
            for third in others[_may_add(values, rows, first, second, others)]:
                there = np.isfinite(values[:, [*three, third]]).all(axis=1)
                if _is_sum(values[there][:, [*three, third]]):
                    added.add(_sorted(first, second, third))
    named = {one: (columns[one[0]], columns[one[1]], columns[one[2]]) for one in sorted(found | added)}
    return list(named.values()), frozenset(name for one, name in named.items() if one not in found)


def is_product(column: np.ndarray, figure: np.ndarray, others: Sequence[np.ndarray]) -> bool:
    """Return whether a figure gives a column back by one of several others, in more rows than by chance.

    Parameters
    ----------
    column, figure : array
    others : sequence of arrays
    """
    rows = np.unique(np.linspace(0, max(len(column) - 1, 0), _LOOK).astype("int64"))[: len(column)]
    table = np.column_stack(others)[rows]
    fractions = np.abs(np.column_stack([table - np.round(table), figure[rows] - np.round(figure[rows])])) > _EXACT
    fractions = fractions[:, :-1] | fractions[:, [-1]]
    enough = 1 + (len(rows) >= 4) + (len(rows) >= 10)
    with np.errstate(divide="ignore", invalid="ignore"):
        mine, made, logs = np.log(column[rows])[:, None], np.log(figure[rows])[:, None], np.log(table)
        for gap in (mine - made - logs, mine - made + logs, mine + made - logs):
            near = (np.abs(np.abs(gap)[:, :, None] - _USUAL).min(axis=2) < _EXACT) & fractions
            hits, tried = near.sum(axis=0), (np.isfinite(gap) & fractions).sum(axis=0)
            if ((hits > _BY_CHANCE * tried) & (hits >= enough)).any():
                return True
    return False


def _may_multiply(logs: np.ndarray, first: int, second: int, others: np.ndarray) -> np.ndarray:
    """Return which third columns keep one factor in a few rows: all that need a closer look."""
    gap = logs[:, others] - (logs[:, first] + logs[:, second])[:, None]
    there = np.isfinite(gap)
    high, low = np.where(there, gap, -np.inf).max(axis=0), np.where(there, gap, np.inf).min(axis=0)
    return np.asarray(high - low <= _EXACT)


def _may_add(values: np.ndarray, rows: np.ndarray, first: int, second: int, others: np.ndarray) -> np.ndarray:
    """Return which third columns are the sum of two in a few rows."""
    apart = np.abs(values[rows][:, others] - (values[rows, first] + values[rows, second])[:, None])
    most = np.nanmax(np.abs(values[:, others]), axis=0, initial=1.0)
    most = np.maximum(most, np.nanmax(np.abs(values[:, [first, second]]), initial=1.0))
    return np.asarray(~(apart > _EXACT * most).any(axis=0))


def _sorted(*places: int) -> tuple[int, int, int]:
    first, second, third = sorted(int(place) for place in places)
    return first, second, third


def _varies(column: np.ndarray) -> bool:
    seen = column[np.isfinite(column)]
    return len(seen) > 0 and (len(seen) == 1 or np.ptp(seen) > 0)


def _nothing_agrees(rows: np.ndarray) -> bool:
    """Return whether the third of three columns is 0 wherever one of the others is, and only there."""
    known = rows[np.isfinite(rows).all(axis=1)]
    return bool(((known[:, 2] == 0) == ((known[:, 0] == 0) | (known[:, 1] == 0))).all())


def _is_constant(gap: np.ndarray, has_fractions: bool) -> bool:
    """Return whether a factor is the same in all rows, and not by chance."""
    if not len(gap) or np.ptp(gap) > _EXACT:
        return False
    usual = bool(np.abs(_USUAL - abs(gap[0])).min() < _EXACT)
    return len(gap) >= 4 or (usual and has_fractions)


def _is_sum(rows: np.ndarray) -> bool:
    if not len(rows) or np.abs(rows[:, 0] + rows[:, 1] - rows[:, 2]).max() > _EXACT * max(1.0, np.abs(rows).max()):
        return False
    different = len(np.unique(rows[(rows > 0).all(axis=1)], axis=0))
    return different >= 4 or (different >= 1 and bool((np.abs(rows - np.round(rows)) > _EXACT).any()))


def given_back(
    triple: Triple, mask: Mask, known: Mask, told: Mask, nothing: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return which columns of a triple are unknown, row by row, and the rows where the other two give one back.

    Parameters
    ----------
    nothing : array, 3 × rows, optional
        Where each column of a product is 0: nothing times anything is nothing, so that two of them tell no third.
    """
    unknown = np.stack([mask[name] & ~told.get(name, np.False_) for name in triple])
    there = np.logical_and.reduce([known[name] for name in triple])
    alone = (unknown.sum(axis=0) == 1) & there
    if nothing is not None:
        alone &= ~((nothing.sum(axis=0) == 2) & (unknown & ~nothing).any(axis=0))
    return unknown, np.asarray(alone)


def close_identities(
    found: Sequence[Triple], mask: Mask, known: Mask, order: Sequence[str], told: Mask | None = None,
    nothing: Mapping[Triple, np.ndarray] | None = None,
) -> bool:  # fmt: skip
    """Hide one more where two shown columns give back a hidden third; return whether anything was added.

    Parameters
    ----------
    found : sequence of triples
    mask : hidden cells, by column; changed in place
    known : where a column has a value at all
    order : columns, those that are hidden first in front
    told : what others know although it is hidden here
    nothing : where the columns of products are 0
    """
    added, told, nothing = False, told or {}, nothing or {}
    for triple in found:
        if any(name not in mask for name in triple):
            continue
        alone = given_back(triple, mask, known, told, nothing.get(triple))[1]
        if not alone.any():
            continue
        for name in sorted(triple, key=order.index):
            more = alone & ~mask[name] & ~told.get(name, np.False_)
            if more.any():
                mask[name] |= more
                alone &= ~more
                added = True
    return added
