"""Rates of events that stand alone, and the ratio of two of them.

For spells and other events. Bed-days come in runs: give them an interval by resampling clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log, nan, sqrt
from typing import Any

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import DAYS_NEED_RESAMPLING, Answer, RateIntervalError
from factfidelity.stats.inputs import count as whole
from factfidelity.stats.inputs import level_of, one_of, scalar

__all__ = ["Rate", "RateIntervalError", "RateRatio", "conditional_ratio", "poisson_rate", "rate_ratio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Answer):
    """Events per year with an interval; ``count`` events in ``years``."""

    count: int = 0
    years: float = nan


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRatio(Answer):
    """Ratio of rate 1 to rate 0; ``n`` is the number of events of both."""

    rate_1: float = nan
    rate_0: float = nan


def _refuse_days(kind: str) -> None:
    if one_of("kind", kind, ("events", "days")) == "days":
        raise RateIntervalError(DAYS_NEED_RESAMPLING)


def poisson_rate(count: Any, years: Any, *, level: float = 0.95, method: str = "garwood", kind: str = "events") -> Rate:
    """Rate of events per year with a Poisson interval.

    Parameters
    ----------
    count : int
        Events seen, 0 or more.
    years : float
        Time at risk, above 0.
    level : float, default 0.95
        Coverage of the interval.
    method : {"garwood", "byar", "mid_p"}
        Exact [1]_, Byar's approximation [2]_, or mid-P [3]_ (shorter; covers the level on average).
    kind : {"events", "days"}
        What is counted. ``"days"`` is refused: days in hospital are not independent events.

    Returns
    -------
    Rate
        Estimate and interval in events per year. There is no p-value.

    Raises
    ------
    ValueError
        If ``count`` is negative or no whole number, ``years`` not above 0, or a choice is unknown.
    RateIntervalError
        If ``kind`` is ``"days"``.

    References
    ----------
    .. [1] Garwood (1936), Biometrika 28(3/4), 437-442.
    .. [2] Breslow & Day (1987), Statistical Methods in Cancer Research II, 69.
    .. [3] Cohen & Yang (1994), Statistics in Medicine 13, 2189-2203.

    Examples
    --------
    >>> round(poisson_rate(12, 40.0).high, 2)
    0.52
    """
    _refuse_days(kind)
    events, time, level = whole("count", count), scalar("years", years, above=0), level_of(level)
    tail = (1 - level) / 2
    method = one_of("method", method, ("garwood", "byar", "mid_p"))
    if method == "garwood":
        low = q.gamma_quantile(tail, events) if events else 0.0
        high = q.gamma_quantile(1 - tail, events + 1)
    elif method == "byar":
        low, high = _byar(events, tail)
    else:
        low, high = _poisson_mid_p(events, tail)
    return Rate(
        estimate=events / time,
        low=low / time,
        high=high / time,
        level=level,
        n=events,
        method=method,
        count=events,
        years=time,
    )


def _byar(events: int, tail: float) -> tuple[float, float]:
    z, more = q.normal_quantile(1 - tail), events + 1
    low = events * (1 - 1 / (9 * events) - z / (3 * sqrt(events))) ** 3 if events else 0.0
    return max(low, 0.0), more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3


def _poisson_mid_p(events: int, tail: float) -> tuple[float, float]:
    def lower(mean: float) -> float:
        return (q.poisson_cdf(events, mean) + q.poisson_cdf(events - 1, mean)) / 2

    top = q.gamma_quantile(1 - tail, events + 1) + 1
    low = q.root(lambda mean: 1 - lower(mean) - tail, 1e-12, events + 1e-9) if events else 0.0
    return low, q.root(lambda mean: lower(mean) - tail, max(low, 1e-12), top)


def rate_ratio(
    count_1: Any,
    years_1: Any,
    count_0: Any,
    years_0: Any,
    *,
    level: float = 0.95,
    method: str = "exact",
    kind: str = "events",
) -> RateRatio:
    """Ratio of two independent Poisson rates, rate 1 over rate 0.

    Parameters
    ----------
    count_1, count_0 : int
        Events, 0 or more.
    years_1, years_0 : float
        Time at risk, above 0.
    level : float, default 0.95
        Coverage of the interval.
    method : {"exact", "mid_p", "score", "wald"}
        ``exact``: conditional on the sum of events, Clopper-Pearson on the share; its p-value is twice the smaller
        tail, so that it agrees with the interval [1]_. ``mid_p``: the same with half the probability of what was seen.
        ``score``: Wilson's interval on the share, which is the score interval of the ratio [2]_. ``wald``: on the
        log.
    kind : {"events", "days"}
        What is counted; ``"days"`` is refused.

    Returns
    -------
    RateRatio
        Infinite estimate and upper end when ``count_0`` is 0; all empty when both counts are 0.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    RateIntervalError
        If ``kind`` is ``"days"``.

    References
    ----------
    .. [1] Przyborowski & Wilenski (1940), Biometrika 31, 313-323; Fay (2010), R Journal 2(1), 53-58.
    .. [2] Graham, Mengersen & Morton (2003), Statistics in Medicine 22, 2071-2083.
    """
    _refuse_days(kind)
    x_1, x_0 = whole("count_1", count_1), whole("count_0", count_0)
    t_1, t_0 = scalar("years_1", years_1, above=0), scalar("years_0", years_0, above=0)
    level = level_of(level)
    method = one_of("method", method, ("exact", "mid_p", "score", "wald"))
    if x_1 + x_0 == 0:
        return RateRatio(estimate=nan, level=level, method=method, rate_1=0.0, rate_0=0.0, why="no events at all")
    estimate = (x_1 / t_1) / (x_0 / t_0) if x_0 else inf
    why = "" if x_0 else "no events to compare with"
    if method == "wald":
        low, high, p = _wald(x_1, x_0, estimate, level)
        why = "Wald's interval needs events on both sides" if not x_1 or not x_0 else why
    else:
        low, high, p = conditional_ratio(x_1, x_0, t_1 / (t_1 + t_0), level=level, method=method)
    return RateRatio(
        estimate=estimate,
        low=low,
        high=high,
        p=p,
        level=level,
        n=x_1 + x_0,
        method=method,
        why=why,
        rate_1=x_1 / t_1,
        rate_0=x_0 / t_0,
    )


def _wald(x_1: int, x_0: int, estimate: float, level: float) -> tuple[float, float, float]:
    if not x_1 or not x_0:
        return nan, nan, nan
    error, z = sqrt(1 / x_1 + 1 / x_0), q.normal_quantile(0.5 + level / 2)
    return (
        exp(log(estimate) - z * error),
        exp(log(estimate) + z * error),
        q.normal_p(log(estimate) / error),
    )


def conditional_ratio(
    x_1: int, x_0: int, null: float, *, level: float = 0.95, method: str = "exact"
) -> tuple[float, float, float]:
    """Interval and p-value of a rate ratio from the share of events that fall on side 1.

    Parameters
    ----------
    x_1, x_0 : int
        Events on each side, not both 0.
    null : float
        Share of events expected on side 1 when the rates are the same: its share of the time.
    level, method
        As in `rate_ratio`: ``exact``, ``mid_p`` or ``score``.

    Returns
    -------
    tuple of float
        Low, high, p. The ratio is share / (1 - share) x (1 - null) / null.
    """
    size, time = x_1 + x_0, (1 - null) / null
    if method == "exact":
        low, high = q.clopper_pearson(x_1, size, level)
        p = 2 * min(q.binomial_cdf(x_1, size, null), q.binomial_above(x_1, size, null))
    elif method == "mid_p":
        low, high = _binomial_mid_p(x_1, size, (1 - level) / 2)
        under = (q.binomial_cdf(x_1, size, null) + q.binomial_cdf(x_1 - 1, size, null)) / 2
        p = 2 * min(under, 1 - under)
    else:
        low, high = q.wilson(x_1, size, level)
        p = q.normal_p((x_1 - size * null) / sqrt(size * null * (1 - null)))
    return _odds(low) * time, _odds(high) * time, min(1.0, p)


def _odds(share: float) -> float:
    return inf if share >= 1 else share / (1 - share)


def _binomial_mid_p(events: int, size: int, tail: float) -> tuple[float, float]:
    def lower(share: float) -> float:
        return (q.binomial_cdf(events, size, share) + q.binomial_cdf(events - 1, size, share)) / 2

    low = q.root(lambda share: 1 - lower(share) - tail, 1e-12, 1 - 1e-12) if events else 0.0
    high = q.root(lambda share: lower(share) - tail, 1e-12, 1 - 1e-12) if events < size else 1.0
    return low, high
