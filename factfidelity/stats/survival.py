"""Time to an event: Kaplan-Meier, log-rank, and cumulative incidence beside competing events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, inf, nan, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, flags, level_of, one_of, same_length, vector

__all__ = [
    "CumulativeIncidence",
    "LogRank",
    "SurvivalCurve",
    "cumulative_incidence",
    "kaplan_meier",
    "log_rank",
]

_EMPTY: Vector = np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurvivalCurve(Answer):
    """Kaplan-Meier curve; ``estimate``, ``low`` and ``high`` are the median time and its interval.

    Attributes
    ----------
    time, at_risk, events, censored : ndarray
        One entry per time at which somebody had the event or was censored.
    survival, survival_low, survival_high, error : ndarray
        Share still free of the event after that time, its interval and its (Greenwood) standard error.
    n_events : int
    """

    time: Vector = field(default_factory=lambda: _EMPTY)
    at_risk: Vector = field(default_factory=lambda: _EMPTY)
    events: Vector = field(default_factory=lambda: _EMPTY)
    censored: Vector = field(default_factory=lambda: _EMPTY)
    survival: Vector = field(default_factory=lambda: _EMPTY)
    survival_low: Vector = field(default_factory=lambda: _EMPTY)
    survival_high: Vector = field(default_factory=lambda: _EMPTY)
    error: Vector = field(default_factory=lambda: _EMPTY)
    n_events: int = 0

    def at(self, times: Any) -> dict[str, Vector]:
        """Return ``survival``, ``low`` and ``high`` at the given times; NaN after the last time observed."""
        wanted = vector("times", times, lowest=0)
        place = np.searchsorted(self.time, wanted, side="right")
        beyond = wanted > self.time[-1]
        parts = {"survival": self.survival, "low": self.survival_low, "high": self.survival_high}
        result = {name: np.concatenate([[1.0], values])[place] for name, values in parts.items()}
        return {name: np.where(beyond, nan, values) for name, values in result.items()}

    def restricted_mean(self, horizon: float) -> float:
        """Return the mean time free of the event up to ``horizon``; NaN where the curve ends before it."""
        if horizon > self.time[-1] and self.survival[-1] > 0:
            return nan
        inside = self.time < horizon
        edges = np.concatenate([[0.0], self.time[inside], [horizon]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        return float((np.diff(edges) * heights).sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogRank(Answer):
    """Log-rank test; with two groups ``estimate`` is Peto's hazard ratio, second group over first."""

    statistic: float = nan
    df: int = 0
    groups: tuple[Any, ...] = ()
    observed: Vector = field(default_factory=lambda: _EMPTY)
    expected: Vector = field(default_factory=lambda: _EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CumulativeIncidence(Answer):
    """Share with each cause of event by each time; ``estimate`` is the first cause at the last time observed.

    Attributes
    ----------
    time, at_risk : ndarray
        One entry per time at which somebody had an event or was censored.
    causes : tuple
        Codes of the causes, without 0 (censored).
    incidence, incidence_low, incidence_high, error : ndarray, shape (causes, times)
    """

    time: Vector = field(default_factory=lambda: _EMPTY)
    at_risk: Vector = field(default_factory=lambda: _EMPTY)
    causes: tuple[int, ...] = ()
    incidence: Vector = field(default_factory=lambda: _EMPTY)
    incidence_low: Vector = field(default_factory=lambda: _EMPTY)
    incidence_high: Vector = field(default_factory=lambda: _EMPTY)
    error: Vector = field(default_factory=lambda: _EMPTY)

    def at(self, times: Any, *, cause: int = 1) -> dict[str, Vector]:
        """Return ``incidence``, ``low`` and ``high`` of one cause at the given times; NaN after the last time."""
        if cause not in self.causes:
            raise ValueError(f"cause must be one of {self.causes}, got {cause}")
        row, wanted = self.causes.index(cause), vector("times", times, lowest=0)
        place, beyond = np.searchsorted(self.time, wanted, side="right"), wanted > self.time[-1]
        parts = {"incidence": self.incidence, "low": self.incidence_low, "high": self.incidence_high}
        result = {name: np.concatenate([[0.0], values[row]])[place] for name, values in parts.items()}
        return {name: np.where(beyond, nan, values) for name, values in result.items()}


def _times(duration: Any, entry: Any) -> tuple[Vector, Vector]:
    stop = vector("duration", duration, lowest=0)
    start = np.full(len(stop), -inf) if entry is None else vector("entry", entry, lowest=0)
    same_length(duration=stop, entry=start)
    if (start >= stop).any():
        raise ValueError(f"entry must be before duration, got {int((start >= stop).sum())} that are not")
    return start, stop


def _risk_table(start: Vector, stop: Vector) -> tuple[Vector, Vector]:
    """Return the distinct times and how many were under observation just before each."""
    time = np.unique(stop)
    ended = np.searchsorted(np.sort(stop), time, side="left")
    entered = np.searchsorted(np.sort(start), time, side="left")
    return time, (entered - ended).astype(np.float64)


def _tally(values: Vector, time: Vector) -> Vector:
    result: Vector = np.bincount(np.searchsorted(time, values), minlength=len(time)).astype(np.float64)
    return result


def kaplan_meier(
    duration: Any, event: Any, *, entry: Any = None, interval: str = "log-log", level: float = 0.95
) -> SurvivalCurve:
    """Share still free of the event over time [1]_.

    Parameters
    ----------
    duration : array
        Time to the event, or to the end of observation, 0 or more.
    event : array of bool
        Whether the event was seen; else censored.
    entry : array, optional
        Time from which each is under observation (delayed entry); must lie before ``duration``.
    interval : {"log-log", "log", "plain"}
        Scale of the pointwise interval.
    level : float, default 0.95

    Returns
    -------
    SurvivalCurve
        The median is NaN where the curve does not come down to a half.

    Raises
    ------
    ValueError
        If lengths differ, a time is negative or NaN, or an entry is not before its duration.

    References
    ----------
    .. [1] Kaplan & Meier (1958), JASA 53, 457-481; Kalbfleisch & Prentice (2002), ch. 1 (log-log);
       Brookmeyer & Crowley (1982), Biometrics 38, 29-41 (median).
    """
    start, stop = _times(duration, entry)
    happened = flags("event", event)
    if len(happened) != len(stop):
        raise ValueError(f"duration and event must have the same length, got {len(stop)} and {len(happened)}")
    level, interval = level_of(level), one_of("interval", interval, ("log-log", "log", "plain"))
    time, at_risk = _risk_table(start, stop)
    events = _tally(stop[happened], time)
    survival = np.cumprod(1 - events / at_risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_variance = np.cumsum(events / (at_risk * (at_risk - events)))
        log_error: Vector = np.sqrt(log_variance)
        low, high = _band(survival, log_error, interval, level)
        error: Vector = survival * np.sqrt(log_variance)
    early = bool((survival[:-1] == 0).any()) if len(survival) > 1 else False
    return SurvivalCurve(
        estimate=_first_below(time, survival),
        low=_first_below(time, low),
        high=_first_below(time, high),
        level=level,
        n=len(stop),
        method=f"kaplan_meier_{interval}",
        why="so few were under observation early that the curve fell to 0" if early else _no_median(survival),
        time=time,
        at_risk=at_risk,
        events=events,
        censored=_tally(stop[~happened], time),
        survival=survival,
        survival_low=low,
        survival_high=high,
        error=error,
        n_events=int(happened.sum()),
    )


def _no_median(survival: Vector) -> str:
    return "" if survival[-1] <= 0.5 + 1e-12 else "the curve does not come down to a half: no median"


def _band(share: Vector, log_error: Vector, interval: str, level: float) -> tuple[Vector, Vector]:
    z = q.normal_quantile(0.5 + level / 2)
    if interval == "plain":
        low, high = share - z * share * log_error, share + z * share * log_error
    elif interval == "log":
        low, high = share * np.exp(-z * log_error), share * np.exp(z * log_error)
    else:
        half = z * log_error / np.log(share)
        low, high = share ** np.exp(-half), share ** np.exp(half)
    low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    return np.where(share == 1, 1.0, low), np.where(share == 1, 1.0, high)


def _first_below(time: Vector, curve: Vector) -> float:
    """Return when a curve reaches a half; the middle of the step where it lies on it exactly (as R's survfit)."""
    below = np.flatnonzero(curve <= 0.5 + 1e-12)
    if not below.size:
        return nan
    first = int(below[0])
    if abs(curve[first] - 0.5) > 1e-12:
        return float(time[first])
    after = np.flatnonzero(curve < 0.5 - 1e-12)
    return float((time[first] + time[after[0]]) / 2) if after.size else float(time[first])


def log_rank(duration: Any, event: Any, group: Sequence[Any], *, entry: Any = None, level: float = 0.95) -> LogRank:
    """Do two or more groups have the same hazard? [1]_.

    Parameters
    ----------
    duration, event, entry
        As in `kaplan_meier`.
    group : sequence
        Group of each; two or more different ones.
    level : float, default 0.95
        Of the interval of Peto's hazard ratio [2]_ (two groups only).

    Returns
    -------
    LogRank

    Raises
    ------
    ValueError
        If there is only one group, or an argument of `kaplan_meier` is wrong.

    References
    ----------
    .. [1] Mantel (1966), Cancer Chemotherapy Reports 50, 163-170.
    .. [2] Peto et al. (1977), British Journal of Cancer 35, 1-39.
    """
    start, stop = _times(duration, entry)
    happened, level = flags("event", event), level_of(level)
    names, member = _groups(group)
    if len(happened) != len(stop) or len(member) != len(stop):
        raise ValueError(f"lengths must be the same, got {len(stop)}, {len(happened)} and {len(member)}")
    if len(names) < 2:
        raise ValueError(f"group must hold at least two groups, got {len(names)}")
    time = np.unique(stop[happened])
    parts = [_group_table(start, stop, happened, member == index, time) for index in range(len(names))]
    risk, events = (np.array([part[index] for part in parts]) for index in (0, 1))
    all_risk, all_events = risk.sum(axis=0), events.sum(axis=0)
    share = risk / np.where(all_risk == 0, 1, all_risk)
    observed, expected = events.sum(axis=1), (share * all_events).sum(axis=1)
    spread = all_events * (all_risk - all_events) / np.maximum(all_risk - 1, 1)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    off, df = (observed - expected)[1:], len(names) - 1
    statistic = float(off @ np.linalg.pinv(covariance[1:, 1:]) @ off)
    two = len(names) == 2 and covariance[1, 1] > 0
    middle, half = (
        (off[0] / covariance[1, 1], q.normal_quantile(0.5 + level / 2) / sqrt(covariance[1, 1])) if two else (nan, nan)
    )
    return LogRank(
        estimate=exp(middle),
        low=exp(middle - half),
        high=exp(middle + half),
        p=q.chi2_p(statistic, df) if len(time) else nan,
        level=level,
        n=len(stop),
        method="log_rank",
        why="" if len(time) else "nobody had the event",
        statistic=statistic,
        df=df,
        groups=tuple(names),
        observed=observed,
        expected=expected,
    )


def _groups(group: Sequence[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    values = group.tolist() if hasattr(group, "tolist") else list(group)
    if any(value is None or value != value for value in values):
        raise ValueError("group must name a group for everybody, got an empty one")
    names = sorted(set(values), key=lambda value: (str(type(value)), value))
    place = {name: index for index, name in enumerate(names)}
    return names, np.array([place[value] for value in values], dtype=np.int64)


def _group_table(start: Vector, stop: Vector, happened: Any, inside: Any, time: Vector) -> tuple[Vector, Vector]:
    ended = np.searchsorted(np.sort(stop[inside]), time, side="left")
    entered = np.searchsorted(np.sort(start[inside]), time, side="left")
    return (entered - ended).astype(np.float64), _tally(stop[inside & happened], time)


def cumulative_incidence(duration: Any, cause: Any, *, entry: Any = None, level: float = 0.95) -> CumulativeIncidence:
    """Share that has had each kind of event by each time, when one kind rules out the others [1]_.

    One minus Kaplan-Meier would count those who died as if they could still be readmitted.

    Parameters
    ----------
    duration : array
        Time to the first event of any kind, or to the end of observation.
    cause : array of int
        0 = censored, 1, 2, ... = kind of event.
    entry : array, optional
        Delayed entry, as in `kaplan_meier`.
    level : float, default 0.95
        Pointwise, on the log-log scale.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    ValueError
        If a cause is no whole number of 0 or more, or a time is wrong.

    References
    ----------
    .. [1] Aalen & Johansen (1978), Scandinavian Journal of Statistics 5, 141-150; variance: Marubini & Valsecchi
       (1995), Analysing Survival Data from Clinical Trials and Observational Studies, 341.
    """
    start, stop = _times(duration, entry)
    kind, level = vector("cause", cause, lowest=0, whole=True).astype(np.int64), level_of(level)
    same_length(duration=stop, cause=kind.astype(np.float64))
    time, at_risk = _risk_table(start, stop)
    causes = tuple(int(code) for code in np.unique(kind[kind > 0])) or (1,)
    by_cause = np.array([_tally(stop[kind == code], time) for code in causes])
    events = by_cause.sum(axis=0)
    survival: Vector = np.cumprod(1 - events / at_risk)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * by_cause / at_risk, axis=1)
    error = np.array(
        [_incidence_error(curve, before, own, events, at_risk) for curve, own in zip(incidence, by_cause, strict=True)]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        half = q.normal_quantile(0.5 + level / 2) * error / (incidence * np.log(incidence))
        low, high = incidence ** np.exp(-half), incidence ** np.exp(half)
    low, high = (np.where(incidence == 0, 0.0, side) for side in (low, high))
    return CumulativeIncidence(
        estimate=float(incidence[0, -1]),
        low=float(low[0, -1]),
        high=float(high[0, -1]),
        level=level,
        n=len(stop),
        method="aalen_johansen",
        why="" if (kind > 0).any() else "nobody had an event",
        time=time,
        at_risk=at_risk,
        causes=causes,
        incidence=incidence,
        incidence_low=low,
        incidence_high=high,
        error=error,
    )


def _incidence_error(curve: Vector, before: Vector, own: Vector, events: Vector, at_risk: Vector) -> Vector:
    """Delta-method standard error; sums of squares over earlier times written out so that they accumulate."""
    left = at_risk * (at_risk - events)
    hazard = np.divide(events, left, out=np.zeros_like(left), where=left > 0)
    cross = before * own / at_risk**2
    first = curve**2 * np.cumsum(hazard) - 2 * curve * np.cumsum(curve * hazard) + np.cumsum(curve**2 * hazard)
    second = np.cumsum(before**2 * (at_risk - own) * own / at_risk**3)
    third = curve * np.cumsum(cross) - np.cumsum(curve * cross)
    result: Vector = np.sqrt(np.maximum(first + second - 2 * third, 0.0))
    return result
