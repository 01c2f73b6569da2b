"""What a study of this size could have shown, and how many clients the next one needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, exp, inf, log, nan, sqrt
from typing import Any

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, count, level_of, numbers, one_of, same_length, scalar, vector

__all__ = ["ClientsNeeded", "DetectableRatio", "clients_needed", "detectable_rate_ratio"]

_STEPS = 7
_MOST_CELLS = 1_000_000
_LOWEST = 0.02
_MANY = 20_000  # clients from which the ratio is as good as normal, and the formula stands in
_FEW_STUDIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectableRatio(Answer):
    """The ratio nearest to 1, below it, that the study would have shown with the power asked for.

    ``by_formula`` is the same from the spread between clients, exp(-(t + t) x error); ``power`` was asked for.
    """

    power: float = 0.8
    by_formula: float = nan
    draws: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientsNeeded(Answer):
    """Clients for a study; ``estimate`` is their number, ``ratio`` what it shall show with ``power``."""

    ratio: float = nan
    power: float = 0.8
    variance: float = nan


def detectable_rate_ratio(
    before: Any,
    after: Any,
    *,
    years_before: Any = None,
    years_after: Any = None,
    kind: str = "events",
    power: float = 0.8,
    level: float = 0.95,
    draws: int = 500,
    seed: int = 20_180_101,
) -> DetectableRatio:
    """Smallest fall that a before/after study of these clients could have shown, by simulation from its own data.

    Each simulated study draws clients with replacement, swaps the windows of a client with probability a half (so that
    nothing has changed, but clients keep their own level and pattern), and then lowers the second window to the ratio
    tried: event by event, or by the same share of every client's days. It counts how often the clustered test at
    ``level`` finds a fall, and searches for the ratio where that happens with the power asked for.

    Parameters
    ----------
    before, after : array, one number per client
    years_before, years_after : float or array, optional
        As in `compare.paired_rate_ratio`.
    kind : {"events", "days"}
        Whether events go one by one, or days by share.
    power : float, default 0.8
    level : float, default 0.95
    draws, seed : int
        With many clients fewer studies are drawn (a million clients in all, 100 studies at least); with more than
        20,000 the formula stands in.

    Returns
    -------
    DetectableRatio
        0 < estimate < 1; empty with the reason where even a fall to (almost) nothing would not have been shown, or
        nothing was counted.

    Raises
    ------
    ValueError
        As `compare.paired_rate_ratio`.

    References
    ----------
    .. [1] Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 25.4 (power by resampling).
    """
    first, second = vector("before", before, lowest=0), vector("after", after, lowest=0)
    clients = same_length(before=first, after=second)
    times = [_time("years_before", years_before, clients), _time("years_after", years_after, clients)]
    kind, level = one_of("kind", kind, ("events", "days")), level_of(level)
    wanted, draws = _share("power", power), count("draws", draws, lowest=50)
    answer = DetectableRatio(
        estimate=nan, level=level, n=clients, method=f"simulation_{kind}", power=wanted, draws=draws
    )
    many = clients > _MANY
    draws = _FEW_STUDIES if many else min(draws, max(100, _MOST_CELLS // clients))
    answer = replace(answer, draws=draws, method="delta" if many else answer.method)
    if clients < 3 or not (first.sum() + second.sum()):
        return replace(answer, why="nothing was counted" if clients >= 3 else "fewer than three clients")
    study = _drawn((first, second), (times[0], times[1]), draws, seed, whole=kind == "events", level=level)
    error = study.typical_error()
    formula = exp(-(study.critical + q.t_quantile(wanted, clients - 1)) * error) if np.isfinite(error) else nan
    answer = replace(answer, by_formula=formula)
    if many:
        return replace(answer, estimate=formula)
    bracket = study.bracket(wanted, formula)
    if bracket is None:
        return replace(answer, why="even a fall to almost nothing would not have been shown")
    bottom, top = bracket
    for _ in range(_STEPS):
        middle = (bottom + top) / 2
        bottom, top = (middle, top) if study.power(exp(middle)) >= wanted else (bottom, middle)
    return replace(answer, estimate=exp(bottom))


def _time(name: str, values: Any, clients: int) -> Vector:
    array = np.ones(clients) if values is None else numbers(name, values)
    array = vector(name, np.full(clients, float(array)) if array.ndim == 0 else array, lowest=0)
    same_length(clients=np.zeros(clients), **{name: array})
    return array


def _share(name: str, value: Any) -> float:
    share = scalar(name, value, above=0)
    if share >= 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {share:g}")
    return share


@dataclass(frozen=True, slots=True)
class _Study:
    before: Vector
    after: Vector
    time_before: Vector
    time_after: Vector
    generator_seed: int
    whole: bool
    critical: float
    tail: float

    def power(self, ratio: float) -> float:
        """Share of the simulated studies that find a fall."""
        middle, error = self._estimates(ratio)
        with np.errstate(invalid="ignore"):
            return float((middle + self.critical * error < 0).mean())

    def bracket(self, wanted: float, guess: float) -> tuple[float, float] | None:
        """Two log ratios between which the power asked for is reached; None where it never is."""
        if np.isfinite(guess) and guess > _LOWEST:
            bottom, top = max(1.6 * log(guess), log(_LOWEST)), 0.6 * log(guess)
            if self.power(exp(bottom)) >= wanted > self.power(exp(top)):
                return bottom, top
        return (log(_LOWEST), 0.0) if self.power(_LOWEST) >= wanted else None

    def typical_error(self) -> float:
        error = self._estimates(1.0)[1]
        error = error[np.isfinite(error)]
        return float(np.sqrt((error**2).mean())) if error.size else nan

    def _estimates(self, ratio: float) -> tuple[Vector, Vector]:
        if self.whole:
            generator = np.random.default_rng(self.generator_seed)
            after: Vector = generator.binomial(np.round(self.after).astype(np.int64), ratio).astype(np.float64)
        else:
            after = self.after * ratio
        clients = after.shape[1]
        sums = [part.sum(axis=1, keepdims=True) for part in (after, self.time_after, self.before, self.time_before)]
        with np.errstate(divide="ignore", invalid="ignore"):
            influence = after / sums[0] - self.time_after / sums[1] - self.before / sums[2] + self.time_before / sums[3]
            error: Vector = np.sqrt(clients / (clients - 1) * (influence**2).sum(axis=1))
            middle: Vector = (np.log(sums[0]) - np.log(sums[1]) - np.log(sums[2]) + np.log(sums[3]))[:, 0]
        # nothing left after: judged by the exact limit on the effective number of events before
        empty = (sums[0] == 0)[:, 0] & (sums[2] > 0)[:, 0]
        if empty.any():
            seen = self.before[empty]
            effective = seen.sum(axis=1) ** 2 / (seen**2).sum(axis=1)
            middle[empty] = np.where(self.tail ** (1 / effective) > 0.5, -1.0, 1.0)
            error[empty] = 0.0
        return middle, error


def _drawn(
    counts: tuple[Vector, Vector], times: tuple[Vector, Vector], draws: int, seed: int, *, whole: bool, level: float
) -> _Study:
    """Draw studies: clients with replacement, the windows of each swapped with probability a half."""
    clients = len(counts[0])
    generator = np.random.default_rng(seed)
    picks = generator.integers(0, clients, size=(draws, clients))
    swap = generator.random((draws, clients)) < 0.5
    low, high = counts[0][picks], counts[1][picks]
    return _Study(
        before=np.where(swap, high, low),
        after=np.where(swap, low, high),
        time_before=np.where(swap, times[1][picks], times[0][picks]),
        time_after=np.where(swap, times[0][picks], times[1][picks]),
        generator_seed=seed + 1,
        whole=whole,
        critical=q.t_quantile(0.5 + level / 2, clients - 1),
        tail=(1 - level) / 2,
    )


def clients_needed(
    ratio: float,
    *,
    pilot: Any = None,
    rate: float | None = None,
    years: float = 1.0,
    dispersion: float = 1.0,
    correlation: float = 0.0,
    power: float = 0.8,
    level: float = 0.95,
) -> ClientsNeeded:
    """Clients that a before/after study needs to show a rate ratio.

    Parameters
    ----------
    ratio : float
        Ratio after / before to be shown, above 0 and not 1.
    pilot : PairedRatio, optional
        A clustered ratio of earlier data; its spread between clients is carried over, and what events after add by
        chance alone is put at the ratio to be shown.
    rate : float, optional
        Instead: events (or days) per client-year before.
    years : float, default 1
        Length of each window.
    dispersion : float, default 1
        Variance / mean of a client's count in a window (1 = Poisson; days in hospital: 20 and more).
    correlation : float, default 0
        Between a client's two counts.
    power : float, default 0.8
    level : float, default 0.95

    Returns
    -------
    ClientsNeeded
        ``estimate`` rounded up; ``low`` and ``high`` empty.

    Raises
    ------
    ValueError
        If neither or both of ``pilot`` and ``rate`` are given, or a number is out of its range.

    References
    ----------
    .. [1] Signorini (1991), Biometrika 78, 446-450; the variance of the log ratio by the delta method with a
       client's two counts correlated.
    """
    ratio = scalar("ratio", ratio, above=0)
    if ratio == 1:
        raise ValueError("ratio must differ from 1, got 1")
    if (pilot is None) == (rate is None):
        raise ValueError("give either pilot or rate, got " + ("neither" if pilot is None else "both"))
    level, wanted = level_of(level), _share("power", power)
    if pilot is not None:
        error = scalar("pilot.log_error", getattr(pilot, "log_error", None), above=0)
        size = count("pilot.n", getattr(pilot, "n", None), lowest=2)
        variance = size * (error**2 + _fewer_after(pilot, ratio))
    else:
        mean = scalar("rate", rate, above=0) * scalar("years", years, above=0)
        spread, shared = scalar("dispersion", dispersion, above=0), scalar("correlation", correlation, lowest=-1)
        if shared >= 1:
            raise ValueError(f"correlation must be below 1, got {shared:g}")
        variance = spread * (1 / mean + 1 / (mean * ratio) - 2 * shared / (mean * sqrt(ratio)))
    clients = _solve(variance, log(ratio), level, wanted)
    return ClientsNeeded(
        estimate=float(clients), level=level, n=clients, method="delta", ratio=ratio, power=wanted, variance=variance
    )


def _fewer_after(pilot: Any, ratio: float) -> float:
    """Variance that comes with fewer events after than the earlier data had, or falls away with more; 0 if unknown."""
    events, seen = (float(getattr(pilot, name, nan)) for name in ("total_after", "estimate"))
    if not (np.isfinite(seen) and seen > 0 and events > 0):
        return 0.0
    return max((seen / ratio - 1) / events, -0.5 * float(pilot.log_error) ** 2)


def _solve(variance: float, effect: float, level: float, power: float) -> int:
    """Smallest n with (t + t)^2 variance / n <= effect^2, the quantiles on n - 1 degrees of freedom."""
    clients, previous = 10.0, inf
    for _ in range(100):
        df = max(clients - 1, 1.0)
        wide = q.t_quantile(0.5 + level / 2, df) + q.t_quantile(power, df)
        clients = max(wide**2 * variance / effect**2, 3.0)
        if abs(clients - previous) < 0.01:
            break
        previous = clients
    return ceil(clients - 1e-9)
