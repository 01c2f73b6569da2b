"""Agreement beyond chance: Cohen's kappa with weights for two raters, Fleiss' for several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan, sqrt
from typing import Any

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, complete, level_of, one_of, same_length, vector

__all__ = ["Kappa", "fleiss_kappa", "weighted_kappa"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa(Answer):
    """Agreement beyond chance: ``observed`` and ``expected`` (weighted) agreement, ``error`` the standard error."""

    observed: float = nan
    expected: float = nan
    error: float = nan


def weighted_kappa(
    a: Any,
    b: Any,
    *,
    weights: str = "quadratic",
    categories: Sequence[float] | None = None,
    level: float = 0.95,
) -> Kappa:
    """Cohen's kappa of two raters with weights for near misses [1]_.

    Parameters
    ----------
    a, b : array, one rating per subject
    weights : {"quadratic", "linear", "none"}
        How the cost of a disagreement grows with its distance.
    categories : sequence, optional
        All categories of the scale, in order; the distance is counted in steps of this list. Left out: every whole
        number from the lowest to the highest rating, or the ratings seen where some are not whole.
    level : float, default 0.95

    Returns
    -------
    Kappa
        Interval from the large-sample standard error [2]_, cut at -1 and 1; p from the one under chance. Empty with
        the reason where both raters used one category only.

    Raises
    ------
    ValueError
        If lengths differ, a rating is NaN, or is not among the categories.

    References
    ----------
    .. [1] Cohen (1968), Psychological Bulletin 70, 213-220.
    .. [2] Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323-327.
    """
    first, second = vector("a", a), vector("b", b)
    n = same_length(a=first, b=second)
    level, weights = level_of(level), one_of("weights", weights, ("quadratic", "linear", "none"))
    scale = _categories(first, second, categories)
    size = len(scale)
    cells = np.zeros((size, size))
    np.add.at(cells, (np.searchsorted(scale, first), np.searchsorted(scale, second)), 1 / n)
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(size - 1, 1)
    power = {"quadratic": steps**2, "linear": steps, "none": (steps > 0).astype(float)}[weights]
    agree = 1 - power
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((agree * cells).sum()), float((agree * chance).sum())
    answer = Kappa(estimate=nan, level=level, n=n, method=f"kappa_{weights}", observed=observed, expected=expected)
    if expected >= 1 - 1e-12:
        return replace(answer, why="both raters used one and the same category: kappa has no meaning")
    kappa = (observed - expected) / (1 - expected)
    spread = (agree @ columns)[:, None] + (agree.T @ rows)[None, :]
    variance = float((cells * (agree - spread * (1 - kappa)) ** 2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    null = float((chance * (agree - spread) ** 2).sum()) - expected**2
    error = sqrt(max(variance, 0.0) / n) / (1 - expected)
    under_null = sqrt(max(null, 0.0) / n) / (1 - expected)
    half = q.normal_quantile(0.5 + level / 2) * error
    return replace(
        answer,
        estimate=kappa,
        low=max(kappa - half, -1.0),
        high=min(kappa + half, 1.0),
        p=q.normal_p(kappa / under_null) if under_null else nan,
        error=error,
    )


def _categories(first: Vector, second: Vector, categories: Sequence[float] | None) -> Vector:
    seen = np.unique(np.concatenate([first, second]))
    if categories is None:
        whole = (seen == np.round(seen)).all() and seen[-1] - seen[0] < 1000
        return np.arange(seen[0], seen[-1] + 1) if whole else seen
    scale = vector("categories", categories)
    if (np.diff(scale) <= 0).any():
        raise ValueError(f"categories must rise, got {scale.tolist()}")
    strange = np.setdiff1d(seen, scale)
    if strange.size:
        raise ValueError(f"ratings must be among the categories, got {float(strange[0]):g}")
    return scale


def fleiss_kappa(counts: Any, *, level: float = 0.95) -> Kappa:
    """Fleiss' kappa: agreement of a fixed number of raters on categories without order [1]_.

    Parameters
    ----------
    counts : array, shape (subjects, categories)
        How many raters put the subject into the category; the same number of raters for every subject.
    level : float, default 0.95

    Returns
    -------
    Kappa
        Interval from the variance linearised over subjects, Student's t [2]_; p from the variance under chance [3]_.

    Raises
    ------
    ValueError
        If the rows have different sums, or fewer than two raters.

    References
    ----------
    .. [1] Fleiss (1971), Psychological Bulletin 76, 378-382.
    .. [2] Gwet (2021), Educational and Psychological Measurement 81, 781-790.
    .. [3] Fleiss, Nee & Landis (1979), Psychological Bulletin 86, 974-977.
    """
    data, level = complete("counts", counts), level_of(level)
    vector("counts", data.ravel(), lowest=0, whole=True)
    sums, n = data.sum(axis=1), len(data)
    raters = float(sums[0])
    if (sums != raters).any() or raters < 2:
        raise ValueError(f"every subject needs the same number of raters, 2 or more, got {sorted(set(sums.tolist()))}")
    share = data.sum(axis=0) / data.sum()
    agree = ((data**2).sum(axis=1) - raters) / (raters * (raters - 1))
    observed, expected = float(agree.mean()), float((share**2).sum())
    answer = Kappa(estimate=nan, level=level, n=n, method="fleiss", observed=observed, expected=expected)
    if expected >= 1 - 1e-12:
        return replace(answer, why="all ratings fall in one category: kappa has no meaning")
    kappa = (observed - expected) / (1 - expected)
    by_subject = (agree - expected) / (1 - expected)
    by_subject = by_subject - 2 * (1 - kappa) * (data @ share / raters - expected) / (1 - expected)
    error = sqrt(float(((by_subject - kappa) ** 2).sum()) / (n * (n - 1)))
    half = q.t_quantile(0.5 + level / 2, n - 1) * error
    rest = share * (1 - share)
    null = rest.sum() ** 2 - float((rest * (1 - 2 * share)).sum())
    under_null = sqrt(2 * max(null, 0.0) / (n * raters * (raters - 1))) / float(rest.sum())
    return replace(
        answer,
        estimate=kappa,
        low=max(kappa - half, -1.0),
        high=min(kappa + half, 1.0),
        p=q.normal_p(kappa / under_null) if under_null else nan,
        error=error,
    )
