"""Columns of one table that give each other back row by row: a rate and its denominator, a share and its whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from factfidelity.display.disclosure_primary import Mask

Triple = tuple[str, str, str]
_EXACT = 1e-7
_USUAL = np.log([1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 12.0, 365.25, 365.0, 30.4375])


def triples(columns: Sequence[str], values: np.ndarray) -> list[Triple]:
    """Return triples of columns where any two give the third, up to one constant, in every row.

    Found in the numbers themselves: ``a = k * b * c`` (so also rates, means and shares) and ``a = b + c``.

    Parameters
    ----------
    columns : sequence of str
    values : array, rows × columns
        The true numbers; missing where there are none.
    """
    free = [place for place in range(len(columns)) if _varies(values[:, place])]
    found: set[tuple[int, int, int]] = set()
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    fractions = np.abs(values - np.round(values)) > _EXACT
    for place, first in enumerate(free):
        for second in free[place + 1 :]:
            product, total = logs[:, first] + logs[:, second], values[:, first] + values[:, second]
            for third in free:
                if third in (first, second):
                    continue
                gap = logs[:, third] - product
                rows = np.isfinite(gap)
                if _is_constant(gap[rows], fractions[rows][:, [first, second, third]].any()):
                    found.add(_sorted(first, second, third))
                rows = np.isfinite(total) & np.isfinite(values[:, third])
                if _is_sum(values[rows][:, [first, second, third]]):
                    found.add(_sorted(first, second, third))
    return [(columns[first], columns[second], columns[third]) for first, second, third in sorted(found)]


def _sorted(*places: int) -> tuple[int, int, int]:
    first, second, third = sorted(places)
    return first, second, third


def _varies(column: np.ndarray) -> bool:
    seen = column[np.isfinite(column)]
    return len(seen) > 0 and (len(seen) == 1 or np.ptp(seen) > 0)


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


def close_identities(found: Sequence[Triple], mask: Mask, known: Mask, order: Sequence[str]) -> bool:
    """Hide one more where two shown columns give back a hidden third; return whether anything was added.

    Parameters
    ----------
    found : sequence of triples
    mask : hidden cells, by column; changed in place
    known : where a column has a value at all
    order : columns, those that are hidden first in front
    """
    added = False
    for triple in found:
        if any(name not in mask for name in triple):
            continue
        hidden = np.stack([mask[name] for name in triple])
        there = np.logical_and.reduce([known[name] for name in triple])
        alone = (hidden.sum(axis=0) == 1) & there
        if not alone.any():
            continue
        for name in sorted(triple, key=order.index):
            more = alone & ~mask[name]
            if more.any():
                mask[name] |= more
                alone &= ~more
                added = True
    return added
