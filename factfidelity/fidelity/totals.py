"""From item scores to subscales and totals: the closed list of rules, bounds where items are missing, bands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factfidelity.schemas.scale import Band, Scale
from factfidelity.schemas.scale_cuts import rounded

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combined:
    """Totals of several assessments: the score (missing where too few items are rated) and its bounds."""

    score: Scores
    lowest: Scores
    highest: Scores
    n_rated: NDArray[np.int64]
    n_items: int


def total_of(scores: Scores, scale: Scale) -> Combined:
    """Combine item scores by the scale's own rule; a skeleton without all its items has no total.

    Parameters
    ----------
    scores : ndarray, assessments × items in the scale's order
        NaN where an item was not rated; never filled in.
    scale : Scale
    """
    incomplete = scale.kind == "skeleton" and len(scale.items) != scale.n_items
    rule = _RULES["none" if incomplete else scale.total.combine]
    return _combine(scores, scale, list(scale.items), lambda values: rule(values, scale))


def subscale_of(scores: Scores, scale: Scale, subscale: str) -> Combined:
    """Combine the items of one subscale to their mean, weighted where the total is; parts keep their own range."""
    names = list(scale.items)
    own = [names.index(item) for item in scale.items_of(subscale)]
    weights = _weights(scale)[own] if scale.total.combine == "weighted" else np.ones(len(own))
    return _combine(
        scores[:, own], scale, [names[place] for place in own], lambda values: _weighted_mean(values, weights)
    )


def _combine(scores: Scores, scale: Scale, names: Sequence[str], rule: Callable[[Scores], Scores]) -> Combined:
    rated = ~np.isnan(scores)
    ranges = [scale.range_of(name) for name in names]
    low = np.array([np.nan if limits is None else limits.lowest for limits in ranges])
    high = np.array([np.nan if limits is None else limits.highest for limits in ranges])
    number = rated.sum(axis=1)
    needed = scale.total.needs_share_of_items * len(names)
    enough = (number >= needed - 1e-9) & (number > 0)
    score = np.where(enough, rule(scores), np.nan)
    return Combined(score, rule(np.where(rated, scores, low)), rule(np.where(rated, scores, high)), number, len(names))


def _weighted_mean(values: Scores, weights: Scores) -> Scores:
    given = ~np.isnan(values)
    weight = np.where(given, weights, 0.0).sum(axis=1)
    total = np.where(given, values * weights, 0.0).sum(axis=1)
    mean: Scores = np.divide(total, weight, out=np.full(len(values), np.nan), where=weight > 0)
    return mean


def _weights(scale: Scale) -> Scores:
    return np.array([item.weight for item in scale.items.values()], dtype=float)


def _sum(values: Scores, scale: Scale) -> Scores:
    result: Scores = values.sum(axis=1)
    return result


def _mean_of_items(values: Scores, scale: Scale) -> Scores:
    return _weighted_mean(values, np.ones(len(scale.items)))


def _weighted(values: Scores, scale: Scale) -> Scores:
    return _weighted_mean(values, _weights(scale))


def _part_means(values: Scores, scale: Scale) -> Scores:
    names = list(scale.items)
    columns = [[names.index(item) for item in scale.items_of(part)] for part in scale.subscales]
    return np.column_stack([_weighted_mean(values[:, own], np.ones(len(own))) for own in columns])


def _mean_of_subscales(values: Scores, scale: Scale) -> Scores:
    result: Scores = _part_means(values, scale).mean(axis=1)
    return result


def _parts(values: Scores, scale: Scale) -> Scores:
    result: Scores = _part_means(values, scale).sum(axis=1)
    return result


def _none(values: Scores, scale: Scale) -> Scores:
    return np.full(len(values), np.nan)


_RULES: Mapping[str, Callable[[Scores, Scale], Scores]] = {
    "mean_of_items": _mean_of_items,
    "mean_of_subscales": _mean_of_subscales,
    "sum": _sum,
    "parts": _parts,
    "weighted": _weighted,
    "none": _none,
}


def band_of(value: float, bands: Sequence[Band]) -> Band | None:
    """Return the band of an unrounded total (compared after rounding to nine decimals); None without one."""
    if np.isnan(value):
        return None
    exact = round(float(value), 9)
    for band in bands:
        if (band.from_ is None or exact >= band.from_) and (band.below is None or exact < band.below):
            return band
    return None


def cuts_of(scale: Scale) -> tuple[float, ...]:
    """Return the limits between the bands of the total, in order."""
    return tuple(sorted(band.from_ for band in scale.total.bands if band.from_ is not None))


def shown_decimals(value: float, cuts: Sequence[float], decimals: int) -> int:
    """Return the decimals with which a total is shown, so that its rounding crosses no cut.

    Examples
    --------
    >>> shown_decimals(3.996, (4.0,), 2)
    3
    >>> shown_decimals(3.99, (4.0,), 2)
    2
    """
    if np.isnan(value):
        return decimals
    exact = round(float(value), 9)
    for more in range(decimals, 9):
        shown = rounded(exact, more)
        if all((exact >= cut) == (shown >= cut) for cut in cuts):
            return more
    return 9
