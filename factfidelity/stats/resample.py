"""Intervals by resampling units: draw clients with replacement, compute again, read off the spread.

The draws are counts of how often each unit was drawn, so a sum over a draw is a matrix product and thousands of draws
of many outcomes cost little.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, nan
from typing import Any

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, count, level_of, numbers, one_of, vector

__all__ = [
    "BootstrapInterval",
    "acceleration",
    "bootstrap_interval",
    "drawn_weights",
    "expanded_level",
    "interval_of_draws",
    "p_of_draws",
    "resampled_totals",
]

_BLOCK = 4_000_000
_TOGETHER = 50_000  # units from which like ones are drawn together


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapInterval(Answer):
    """A statistic with its bootstrap interval.

    ``draws`` counts the draws, ``infinite`` those that were +infinity (kept, at the upper end), ``error`` is the
    standard deviation of the finite draws, ``bias`` and ``skew`` the two BCa corrections (z0 and a).
    """

    draws: int = 0
    infinite: int = 0
    error: float = nan
    bias: float = 0.0
    skew: float = 0.0


def drawn_weights(units: int, *, draws: int = 2000, seed: int) -> Iterator[Vector]:
    """Yield blocks of draws; row d says how often each unit was drawn in draw d.

    Parameters
    ----------
    units : int
        Number of clients.
    draws : int, default 2000
    seed : int
        The same seed gives the same draws.

    Yields
    ------
    ndarray, shape (draws in the block, units)
        Rows sum to ``units``; not to be written to.
    """
    step = max(1, _BLOCK // units)
    if draws <= step:
        yield _few_weights(units, draws, seed)
        return
    generator = np.random.default_rng(seed)
    for first in range(0, draws, step):
        yield _weights(generator, min(step, draws - first), units)


@lru_cache(maxsize=4)
def _few_weights(units: int, draws: int, seed: int) -> Vector:
    """Keep the draws of a cohort: every outcome of a report asks for the same ones."""
    weights = _weights(np.random.default_rng(seed), draws, units)
    weights.flags.writeable = False
    return weights


def _weights(generator: np.random.Generator, draws: int, units: int) -> Vector:
    picks = generator.integers(0, units, size=(draws, units))
    picks += np.arange(draws)[:, None] * units
    return np.bincount(picks.ravel(), minlength=draws * units).reshape(draws, units).astype(np.float64)


def resampled_totals(values: Any, *, draws: int = 2000, seed: int) -> Vector:
    """Totals of each column over draws of units with replacement, all columns of a unit together.

    Parameters
    ----------
    values : array, shape (units,) or (units, columns)
        What each client adds to each total.
    draws : int, default 2000
    seed : int

    Returns
    -------
    ndarray, shape (draws, columns)
    """
    data = numbers("values", values)
    data = data[:, None] if data.ndim == 1 else data
    if data.ndim != 2 or not len(data):
        raise ValueError(f"values must be units x columns with at least one unit, got shape {data.shape}")
    if not np.isfinite(data).all():
        raise ValueError("values must be finite, got an empty or infinite value")
    draws = count("draws", draws, lowest=1)
    if len(data) > _TOGETHER:
        return _totals_together(data, draws, seed)
    blocks = [weights @ data for weights in drawn_weights(len(data), draws=draws, seed=seed)]
    return np.concatenate(blocks)


def _totals_together(data: Vector, draws: int, seed: int) -> Vector:
    """Draw how often each kind of row comes, not which: of very many clients most are alike."""
    kinds, sizes = np.unique(data, axis=0, return_counts=True)
    generator = np.random.default_rng(seed)
    step = max(1, _BLOCK // len(kinds))
    blocks = [
        generator.multinomial(len(data), sizes / len(data), size=min(step, draws - first)).astype(np.float64) @ kinds
        for first in range(0, draws, step)
    ]
    return np.concatenate(blocks)


def acceleration(influence: Any) -> float:
    """BCa's ``a`` from the influence of each unit: one sixth of the skewness of their sum.

    Parameters
    ----------
    influence : array
        Empirical influence values (or jackknife differences), up to a common factor.
    """
    values = vector("influence", influence)
    values = values - values.mean()
    scale = float((values**2).sum())
    return 0.0 if scale <= 0 else float((values**3).sum()) / (6 * scale**1.5)


def _bias(estimate: float, draws: Vector) -> float:
    size = len(draws)
    near = np.isclose(draws, estimate, rtol=1e-12, atol=0.0)
    share = float((draws < estimate)[~near].sum() + near.sum() / 2) / size
    return q.normal_quantile(min(max(share, 0.5 / size), 1 - 0.5 / size))


def interval_of_draws(
    estimate: float, draws: Any, *, skew: float = 0.0, level: float = 0.95, method: str = "bca"
) -> tuple[float, float]:
    """Read the interval off draws of a statistic; +infinity is a value like others.

    Parameters
    ----------
    estimate : float
        The statistic of the data themselves.
    draws : array
        The statistic of each draw; no NaN.
    skew : float
        BCa's acceleration, see `acceleration`.
    level : float
    method : {"bca", "percentile", "basic"}

    Returns
    -------
    tuple of float
        Low and high.

    References
    ----------
    .. [1] Efron (1987), JASA 82, 171-185; Davison & Hinkley (1997), Bootstrap Methods and their Application, ch. 5.
    """
    one_of("method", method, ("bca", "percentile", "basic"))
    ordered = np.sort(numbers("draws", draws))
    if np.isnan(ordered).any():
        raise ValueError("draws must be numbers, got NaN")
    tail = (1 - level_of(level)) / 2
    shares = [tail, 1 - tail]
    if method == "bca":
        bias = _bias(estimate, ordered)
        shares = [q.normal_cdf(_moved(q.normal_quantile(share), bias, skew)) for share in shares]
    low, high = (q.order_quantile(ordered, share) for share in shares)
    return (2 * estimate - high, 2 * estimate - low) if method == "basic" else (low, high)


def _moved(z: float, bias: float, skew: float) -> float:
    below = 1 - skew * (bias + z)
    if below <= 0:
        return 8.0 if z > 0 else -8.0
    return bias + (bias + z) / below


def expanded_level(level: float, units: int) -> float:
    """Return the level at which a percentile interval is as wide as Student's for the mean of so few units.

    Draws from n units spread by a factor sqrt((n - 1) / n) too little, and know nothing of t's longer tails [1]_.

    Parameters
    ----------
    level : float
        Cover asked for.
    units : int
        Units that add something to the statistic, at least 2.

    References
    ----------
    .. [1] Hesterberg (2015), The American Statistician 69, 371-386, section 4.2.
    """
    units = count("units", units, lowest=2)
    wide = q.t_quantile(0.5 + level_of(level) / 2, units - 1) * (units / (units - 1)) ** 0.5
    return 2 * q.normal_cdf(wide) - 1


def p_of_draws(estimate: float, draws: Any, *, null: float, skew: float = 0.0) -> float:
    """Two-sided p-value that agrees with the BCa interval: 1 - level of the interval that just touches ``null``.

    Never below 2 / (draws + 1).
    """
    values = numbers("draws", draws)
    size = len(values)
    at = float((values < null).sum() + (values == null).sum() / 2)
    z = q.normal_quantile(min(max(at, 0.5), size - 0.5) / size)
    bias = _bias(estimate, values)
    from_bias = z - bias
    below = 1 + skew * from_bias
    back = from_bias / below - bias if below > 0 else (8.0 if from_bias > 0 else -8.0)
    return min(1.0, max(q.normal_p(back), 2 / (size + 1)))


def bootstrap_interval(
    statistic: Callable[..., Any],
    *samples: Any,
    paired: bool = False,
    method: str = "bca",
    draws: int = 2000,
    seed: int,
    level: float = 0.95,
) -> BootstrapInterval:
    """Interval of any statistic by resampling units with replacement.

    Parameters
    ----------
    statistic : callable
        Takes the samples, gives one number. If it has an argument ``axis`` it is called on blocks of draws with
        ``axis=-1``, which is much faster. It may give +infinity (a ratio with nothing below); such a draw is kept.
    *samples : array
        One or more samples, one value per unit.
    paired : bool, default False
        True: the samples belong to the same units, which are drawn once for all of them. False: each on its own.
    method : {"bca", "percentile", "basic"}
        BCa [1]_ corrects for bias and skewness (jackknife acceleration).
    draws : int, default 2000
    seed : int
        The same seed gives the same interval.
    level : float, default 0.95

    Returns
    -------
    BootstrapInterval
        Empty with a reason when the statistic cannot be computed on some draw, or does not vary.

    Raises
    ------
    ValueError
        If a sample holds NaN or fewer than two units, or paired samples differ in length.

    References
    ----------
    .. [1] Efron (1987), JASA 82, 171-185.
    """
    if not samples:
        raise ValueError("give at least one sample, got none")
    data = [vector(f"sample {i + 1}", sample, least=2) for i, sample in enumerate(samples)]
    if paired and len({len(sample) for sample in data}) > 1:
        raise ValueError(f"paired samples must have the same length, got {[len(sample) for sample in data]}")
    level, draws = level_of(level), count("draws", draws, lowest=10)
    one_of("method", method, ("bca", "percentile", "basic"))
    estimate = float(statistic(*data))
    units = len(data[0]) if paired else sum(len(sample) for sample in data)
    empty = BootstrapInterval(estimate=estimate, level=level, n=units, method=method, draws=draws)
    values = _draw(statistic, data, paired, draws, seed)
    if not isfinite(estimate) or np.isnan(values).any():
        return _with(empty, why="the statistic cannot be computed on the data or on some of the draws")
    skew = _jackknife_skew(statistic, data, paired) if method == "bca" else 0.0
    if skew is None:
        return _with(empty, why="the statistic hangs on a single unit")
    low, high = interval_of_draws(estimate, values, skew=skew, level=level, method=method)
    finite = values[np.isfinite(values)]
    return _with(
        empty,
        low=low,
        high=high,
        infinite=int(len(values) - len(finite)),
        error=float(finite.std(ddof=1)) if len(finite) > 1 else nan,
        bias=_bias(estimate, values) if method == "bca" else 0.0,
        skew=skew,
        why="the statistic is the same in every draw" if low == high else "",
    )


def _with(answer: BootstrapInterval, **changes: Any) -> BootstrapInterval:
    from dataclasses import replace

    return replace(answer, **changes)


def _takes_axis(statistic: Callable[..., Any]) -> bool:
    try:
        return "axis" in inspect.signature(statistic).parameters
    except (TypeError, ValueError):
        return False


def _draw(statistic: Callable[..., Any], data: list[Vector], paired: bool, draws: int, seed: int) -> Vector:
    generator = np.random.default_rng(seed)
    whole_blocks = _takes_axis(statistic)
    step = max(1, min(draws, _BLOCK // max(len(sample) for sample in data)))
    result = []
    for first in range(0, draws, step):
        size = min(step, draws - first)
        if paired:
            picks = generator.integers(0, len(data[0]), size=(size, len(data[0])))
            drawn = [sample[picks] for sample in data]
        else:
            drawn = [sample[generator.integers(0, len(sample), size=(size, len(sample)))] for sample in data]
        if whole_blocks:
            result.append(np.asarray(statistic(*drawn, axis=-1), dtype=np.float64))
        else:
            result.append(np.array([float(statistic(*row)) for row in zip(*drawn, strict=True)]))
    return np.concatenate(result)


def _jackknife_skew(statistic: Callable[..., Any], data: list[Vector], paired: bool) -> float | None:
    """Acceleration from leaving out one unit at a time; None when a single unit decides (Davison & Hinkley 5.3)."""
    cubes = squares = 0.0
    for part in range(1 if paired else len(data)):
        size = len(data[part])
        left = np.empty(size)
        for unit in range(size):
            fewer = [np.delete(s, unit) if paired or k == part else s for k, s in enumerate(data)]
            left[unit] = float(statistic(*fewer))
        if not np.isfinite(left).all():
            return None
        influence = (size - 1) * (left.mean() - left)
        cubes += float((influence**3).sum()) / size**3
        squares += float((influence**2).sum()) / size**2
    return 0.0 if squares <= 0 else cubes / (6 * squares**1.5)
