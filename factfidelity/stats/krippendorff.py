"""Krippendorff's alpha: agreement of any number of raters, with ratings missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, count, level_of, one_of, table
from factfidelity.stats.resample import drawn_weights, interval_of_draws

__all__ = ["KrippendorffAlpha", "krippendorff_alpha"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KrippendorffAlpha(Answer):
    """Krippendorff's alpha over ``n`` units that at least two raters rated; ``values`` ratings of them."""

    values: int = 0
    metric: str = "ordinal"


def krippendorff_alpha(
    ratings: Any, *, metric: str = "ordinal", draws: int = 1000, seed: int = 20_180_101, level: float = 0.95
) -> KrippendorffAlpha:
    """Krippendorff's alpha: any number of raters, ratings may be missing [1]_.

    Parameters
    ----------
    ratings : array, shape (subjects, raters)
        NaN where a rater did not rate; subjects with fewer than two ratings are left out.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        The distance of two ratings.
    draws, seed : int
        For the percentile interval by resampling subjects.
    level : float, default 0.95

    Returns
    -------
    KrippendorffAlpha
        Empty with the reason where no subject has two ratings or all ratings are the same.

    Raises
    ------
    ValueError
        If the ratings are no table of two raters or more, or negative with ``metric="ratio"``.

    References
    ----------
    .. [1] Krippendorff (2019), Content Analysis, 4th ed., ch. 12; Hayes & Krippendorff (2007), Communication Methods
       and Measures 1, 77-89.
    """
    data, level = table("ratings", ratings, least=(1, 2)), level_of(level)
    metric = one_of("metric", metric, ("nominal", "ordinal", "interval", "ratio"))
    draws = count("draws", draws, lowest=100)
    if np.isinf(data).any() or (metric == "ratio" and np.nanmin(data, initial=0) < 0):
        raise ValueError("ratings must be finite, and 0 or more for metric='ratio'")
    data = data[(~np.isnan(data)).sum(axis=1) >= 2]
    answer = KrippendorffAlpha(
        estimate=nan,
        level=level,
        n=len(data),
        method="krippendorff",
        values=int((~np.isnan(data)).sum()),
        metric=metric,
    )
    scale = np.unique(data[~np.isnan(data)])
    if len(scale) < 2:
        return replace(answer, why="no subject has two ratings" if not len(data) else "all ratings are the same")
    units = _coincidences(data, scale)
    estimate = float(_alpha(units.sum(axis=0)[None], scale, metric)[0])
    flat = units.reshape(len(units), -1)
    totals = np.concatenate([weights @ flat for weights in drawn_weights(len(units), draws=draws, seed=seed)])
    drawn = _alpha(totals.reshape(-1, len(scale), len(scale)), scale, metric)
    if len(units) < 3:
        return replace(answer, estimate=estimate, why="fewer than three subjects: no interval")
    low, high = interval_of_draws(estimate, drawn, level=level, method="percentile")
    return replace(answer, estimate=estimate, low=low, high=high)


def _coincidences(data: Vector, scale: Vector) -> Vector:
    """One matrix per unit: pairs of values within it, each weighted by 1 / (ratings of the unit - 1)."""
    tally = (data[:, :, None] == scale).sum(axis=1).astype(np.float64)
    pairs = tally[:, :, None] * tally[:, None, :]
    diagonal = np.arange(len(scale))
    pairs[:, diagonal, diagonal] -= tally
    result: Vector = pairs / (tally.sum(axis=1) - 1)[:, None, None]
    return result


def _alpha(coincidences: Vector, scale: Vector, metric: str) -> Vector:
    """Alpha of each matrix in a stack; 1 where a stack has no disagreement to expect."""
    margins = coincidences.sum(axis=2)
    total = margins.sum(axis=1)
    if metric == "ordinal":
        middle = margins.cumsum(axis=1) - margins / 2
        distance = (middle[:, :, None] - middle[:, None, :]) ** 2
    elif metric == "nominal":
        distance = (1 - np.eye(len(scale)))[None]
    else:
        distance = np.subtract.outer(scale, scale)[None] ** 2
        if metric == "ratio":
            sums = np.add.outer(scale, scale)[None]
            distance = distance / np.where(sums == 0, 1, sums) ** 2
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = (margins[:, :, None] * margins[:, None, :] * distance).sum(axis=(1, 2)) / (total - 1)
    result: Vector = 1 - np.divide(observed, expected, out=np.zeros_like(observed), where=expected > 0)
    return result
