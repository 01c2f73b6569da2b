"""Ratio of the rate after to the rate before in the same clients; the client is the unit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, inf, isfinite, log, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import DAYS_NEED_RESAMPLING, Answer, RateIntervalError, refuse_days
from factfidelity.stats.inputs import Vector, count, level_of, numbers, one_of, same_length, vector
from factfidelity.stats.rates import conditional_ratio
from factfidelity.stats.resample import acceleration, interval_of_draws, p_of_draws, resampled_totals

__all__ = ["FEWEST_CLIENTS_WITH_DAYS", "PairedDifference", "PairedRatio", "paired_rate_difference", "paired_rate_ratio"]

FEWEST_CLIENTS_WITH_DAYS = 10
_METHODS = ("cluster", "exact", "bootstrap", "poisson")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedRatio(Answer):
    """Rate after / rate before.

    ``n`` clients, of whom ``clients_any`` have anything in either window; the totals and years that the rates come
    from; ``log_error`` and ``df`` of the cluster interval; ``draws`` and how many of them were ``infinite``.
    """

    clients_any: int = 0
    total_before: float = nan
    total_after: float = nan
    years_before: float = nan
    years_after: float = nan
    log_error: float = nan
    df: float = nan
    draws: int = 0
    infinite: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference(Answer):
    """Rate after minus rate before, per year; ``error`` with clients as clusters, ``df`` = clients - 1."""

    error: float = nan
    df: float = nan


@dataclass(frozen=True, slots=True)
class _Pairs:
    before: Vector
    after: Vector
    time_before: Vector
    time_after: Vector

    @property
    def ratio(self) -> float:
        return float(
            (self.after.sum() / self.time_after.sum()) / (self.before.sum() / self.time_before.sum())
            if self.before.sum()
            else (inf if self.after.sum() else nan)
        )

    @property
    def clients_any(self) -> int:
        return int(((self.before + self.after) > 0).sum())

    @property
    def null(self) -> float:
        """Share of events expected after when nothing changes."""
        return float(self.time_after.sum() / (self.time_after.sum() + self.time_before.sum()))

    @property
    def influence(self) -> Vector:
        """What each client adds to the logarithm of the ratio, linearised."""
        result: Vector = (
            self.after / self.after.sum()
            - self.time_after / self.time_after.sum()
            - self.before / self.before.sum()
            + self.time_before / self.time_before.sum()
        )
        return result


def _years(name: str, values: Any, clients: int) -> Vector:
    if values is None:
        return np.ones(clients)
    array = numbers(name, values)
    array = np.full(clients, float(array)) if array.ndim == 0 else array
    array = vector(name, array, lowest=0)
    if array.sum() <= 0:
        raise ValueError(f"{name} must hold time at risk, got 0 for everybody")
    return array


def _pairs(before: Any, after: Any, years_before: Any, years_after: Any) -> _Pairs:
    first, second = vector("before", before, lowest=0), vector("after", after, lowest=0)
    same_length(before=first, after=second)
    times = _years("years_before", years_before, len(first)), _years("years_after", years_after, len(first))
    same_length(before=first, years_before=times[0], years_after=times[1])
    if ((times[0] == 0) & (first > 0)).any() or ((times[1] == 0) & (second > 0)).any():
        raise ValueError("a client without time at risk cannot have counts, got counts where years are 0")
    order = np.lexsort((times[1], times[0], second, first))
    return _Pairs(first[order], second[order], times[0][order], times[1][order])


def paired_rate_ratio(
    before: Any,
    after: Any,
    *,
    years_before: Any = None,
    years_after: Any = None,
    method: str = "cluster",
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 20_180_101,
) -> PairedRatio:
    """Ratio of total rates, after / before, in the same clients.

    Parameters
    ----------
    before, after : array, one number per client
        Events or days of each client in the two windows, 0 or more.
    years_before, years_after : float or array, optional
        Time at risk of each client, in one unit; left out: the same for all and in both windows.
    method : {"cluster", "exact", "bootstrap"}
        ``cluster`` (for admissions): variance of the log ratio linearised over clients, in the counts and in the
        time at risk, with Student's t on clients - 1 degrees of freedom [1]_; the same point estimate as a GEE with
        independence working correlation. ``bootstrap`` (for bed-days): clients drawn with both windows together,
        BCa; a draw without anything before counts as +infinity; with fewer than 10 clients with any, the interval
        is empty. ``exact``: conditional on all events, Clopper-Pearson on the share after; assumes that events are
        independent and that all clients share one ratio: for few events, or as a sensitivity.
    level : float, default 0.95
    draws, seed : int
        For the bootstrap. The answer does not depend on the order of the clients.

    Returns
    -------
    PairedRatio
        Nothing after: ratio 0, and an upper end from the exact method on the effective number of events before,
        (sum b)^2 / sum b^2, which allows for clients with several. Nothing before: ratio +infinity and a lower end.
        Nothing at all: empty. ``why`` says each of these.

    Raises
    ------
    ValueError
        If an array holds NaN or negative numbers, lengths differ, or a client without time at risk has counts.
    RateIntervalError
        If ``method`` is ``"poisson"``, or ``"exact"`` for a column that is named as days.

    References
    ----------
    .. [1] Williams (2000), Biometrics 56, 645-646; Cochran (1977), Sampling Techniques, 3rd ed., ch. 6.
    .. [2] Efron (1987), JASA 82, 171-185 (BCa).
    """
    if one_of("method", method, _METHODS) == "poisson":
        raise RateIntervalError(DAYS_NEED_RESAMPLING)
    if method == "exact":  # conditional on the sum of Poisson counts
        refuse_days(getattr(before, "name", ""))
        refuse_days(getattr(after, "name", ""))
    pairs, level = _pairs(before, after, years_before, years_after), level_of(level)
    answer = PairedRatio(
        estimate=pairs.ratio,
        level=level,
        n=len(pairs.before),
        method=method,
        clients_any=pairs.clients_any,
        total_before=float(pairs.before.sum()),
        total_after=float(pairs.after.sum()),
        years_before=float(pairs.time_before.sum()),
        years_after=float(pairs.time_after.sum()),
    )
    if not pairs.clients_any:
        return replace(answer, why="nothing was counted in either window")
    if method == "exact":
        return _exact(pairs, answer)
    if method == "bootstrap":
        return _bootstrap(pairs, answer, count("draws", draws, lowest=100), seed)
    return _cluster(pairs, answer)


def _exact(pairs: _Pairs, answer: PairedRatio) -> PairedRatio:
    whole = np.concatenate([pairs.before, pairs.after])
    if (whole != np.round(whole)).any():
        raise ValueError("method='exact' needs whole numbers of events, got fractions")
    x_1, x_0 = round(answer.total_after), round(answer.total_before)
    low, high, p = conditional_ratio(x_1, x_0, pairs.null, level=answer.level)
    return replace(answer, low=low, high=high, p=p, why="" if x_0 else "nothing was counted before")


def _one_side_empty(pairs: _Pairs, answer: PairedRatio) -> PairedRatio:
    """Limits where one window has nothing: exact, on the effective number of events of the other."""
    seen = pairs.before if answer.total_before else pairs.after
    effective, tail = float(seen.sum() ** 2 / (seen**2).sum()), (1 - answer.level) / 2
    odds = (1 - pairs.null) / pairs.null
    if answer.total_before:
        share = 1 - tail ** (1 / effective)
        p = min(1.0, 2 * (1 - pairs.null) ** effective)
        high = share / (1 - share) * odds
        return replace(
            answer, low=0.0, high=high, p=p, why="nothing was counted after; upper end from the exact method"
        )
    share, p = tail ** (1 / effective), min(1.0, 2 * pairs.null**effective)
    low = share / (1 - share) * odds
    return replace(answer, low=low, high=inf, p=p, why="nothing was counted before; lower end from the exact method")


def _cluster(pairs: _Pairs, answer: PairedRatio) -> PairedRatio:
    clients = answer.n
    if clients < 2:
        return replace(answer, why="one client only: no spread between clients to judge by")
    if not answer.total_before or not answer.total_after:
        return _one_side_empty(pairs, answer)
    error = sqrt(clients / (clients - 1) * float((pairs.influence**2).sum()))
    if error < 1e-12:
        low, high, p = _exact_rounded(pairs, answer)
        why = "all clients changed alike, so they show no spread; the interval is the exact conditional one"
        return replace(answer, low=low, high=high, p=p, log_error=0.0, df=clients - 1, why=why)
    half = q.t_quantile(0.5 + answer.level / 2, clients - 1) * error
    middle = log(answer.estimate)
    return replace(
        answer,
        low=exp(middle - half),
        high=exp(min(middle + half, 700.0)),
        p=q.t_p(middle / error, clients - 1),
        log_error=error,
        df=float(clients - 1),
    )


def _exact_rounded(pairs: _Pairs, answer: PairedRatio) -> tuple[float, float, float]:
    return conditional_ratio(round(answer.total_after), round(answer.total_before), pairs.null, level=answer.level)


def _bootstrap(pairs: _Pairs, answer: PairedRatio, draws: int, seed: int) -> PairedRatio:
    if answer.clients_any < FEWEST_CLIENTS_WITH_DAYS:
        why = f"fewer than {FEWEST_CLIENTS_WITH_DAYS} clients with any ({answer.clients_any}): no interval"
        return replace(answer, why=why)
    if not answer.total_before or not answer.total_after:
        return _one_side_empty(pairs, answer)
    if float((pairs.influence**2).sum()) < 1e-24:
        return replace(answer, why="all clients changed alike: no spread between clients to judge by")
    columns = np.column_stack([pairs.before, pairs.after, pairs.time_before, pairs.time_after])
    values = ratio_draws(resampled_totals(columns, draws=draws, seed=seed))
    skew = acceleration(pairs.influence)
    low, high = interval_of_draws(answer.estimate, values, skew=skew, level=answer.level)
    finite = values[(values > 0) & np.isfinite(values)]
    return replace(
        answer,
        low=low,
        high=high,
        p=p_of_draws(answer.estimate, values, null=1.0, skew=skew),
        log_error=float(np.log(finite).std(ddof=1)) if len(finite) > 1 else nan,
        draws=draws,
        infinite=int(np.isinf(values).sum()),
        why="" if isfinite(high) else "too many draws have nothing before: no upper end",
    )


def ratio_draws(totals: NDArray[np.float64]) -> Vector:
    """Turn drawn totals (before, after, time before, time after) into ratios; nothing before counts as +infinity."""
    before, after, time_before, time_after = totals.T
    result = np.full(len(totals), np.inf)
    fine = (before > 0) & (time_after > 0)
    result[fine] = (after[fine] / time_after[fine]) / (before[fine] / time_before[fine])
    return result


def paired_rate_difference(
    before: Any, after: Any, *, years_before: Any = None, years_after: Any = None, level: float = 0.95
) -> PairedDifference:
    """Difference of total rates, after minus before, in the same clients, with clients as clusters.

    Parameters
    ----------
    before, after : array, one number per client
    years_before, years_after : float or array, optional
        Time at risk; left out: 1 for each, so that the difference is one of means.
    level : float, default 0.95

    Returns
    -------
    PairedDifference
        With equal windows, the paired t interval of the mean difference.

    Raises
    ------
    ValueError
        As `paired_rate_ratio`.
    """
    pairs, level = _pairs(before, after, years_before, years_after), level_of(level)
    clients = len(pairs.before)
    time_before, time_after = pairs.time_before.sum(), pairs.time_after.sum()
    rate_before, rate_after = pairs.before.sum() / time_before, pairs.after.sum() / time_after
    answer = PairedDifference(
        estimate=float(rate_after - rate_before), level=level, n=clients, method="cluster", df=float(clients - 1)
    )
    if clients < 2:
        return replace(answer, why="one client only: no spread between clients to judge by")
    parts = (pairs.after - rate_after * pairs.time_after) / time_after
    parts = parts - (pairs.before - rate_before * pairs.time_before) / time_before
    error = sqrt(clients / (clients - 1) * float((parts**2).sum()))
    if error < 1e-12:
        return replace(answer, error=0.0, why="all clients changed alike: no spread to judge by")
    half = q.t_quantile(0.5 + level / 2, clients - 1) * error
    return replace(
        answer,
        low=answer.estimate - half,
        high=answer.estimate + half,
        p=q.t_p(answer.estimate / error, clients - 1),
        error=error,
    )
