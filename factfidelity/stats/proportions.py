"""Two independent shares: their difference, ratio and odds ratio."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, inf, log, nan, sqrt
from typing import Any

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import count, level_of, one_of

__all__ = ["Proportions", "proportions", "share"]

_ALLOWED = {
    "difference": ("newcombe", "score", "wald"),
    "ratio": ("score", "wald"),
    "odds_ratio": ("score", "wald"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportions(Answer):
    """Comparison of two shares, group 1 against group 0."""

    measure: str = "difference"
    share_1: float = nan
    share_0: float = nan


def share(events: Any, n: Any, *, level: float = 0.95, method: str = "wilson") -> Answer:
    """Return one share with its interval, ``wilson`` (score) or ``exact`` (Clopper-Pearson)."""
    x, size = count("events", events), count("n", n, lowest=1)
    if x > size:
        raise ValueError(f"events may not be more than n, got {x} of {size}")
    rule = q.wilson if one_of("method", method, ("wilson", "exact")) == "wilson" else q.clopper_pearson
    low, high = rule(x, size, level_of(level))
    return Answer(estimate=x / size, low=low, high=high, level=level, n=size, method=method)


def proportions(
    events_1: Any,
    n_1: Any,
    events_0: Any,
    n_0: Any,
    *,
    measure: str = "difference",
    method: str | None = None,
    level: float = 0.95,
) -> Proportions:
    """Compare two independent shares.

    Parameters
    ----------
    events_1, n_1, events_0, n_0 : int
        Persons with the event, and persons, in the two groups.
    measure : {"difference", "ratio", "odds_ratio"}
        Group 1 minus, or over, group 0.
    method : {"newcombe", "score", "wald"}, optional
        ``newcombe``: Wilson intervals put together (method 10) [1]_, for the difference only and its default.
        ``score``: Miettinen and Nurminen [2]_, default for the ratios. ``wald``: on the natural or the log scale.
    level : float, default 0.95

    Returns
    -------
    Proportions
        p of the score test (``newcombe`` and ``score``: chi-square; with the factor (n - 1)/n for ``score``) or of
        Wald's. A ratio over 0 events is +infinity; 0 over 0 is empty with the reason.

    Raises
    ------
    ValueError
        If more events than persons are given, or the method does not exist for the measure.

    References
    ----------
    .. [1] Newcombe (1998), Statistics in Medicine 17, 873-890.
    .. [2] Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226.
    """
    x_1, size_1 = count("events_1", events_1), count("n_1", n_1, lowest=1)
    x_0, size_0 = count("events_0", events_0), count("n_0", n_0, lowest=1)
    if x_1 > size_1 or x_0 > size_0:
        raise ValueError(f"events may not be more than n, got {x_1} of {size_1} and {x_0} of {size_0}")
    level, measure = level_of(level), one_of("measure", measure, tuple(_ALLOWED))
    method = one_of(f"method for {measure}", method or _ALLOWED[measure][0], _ALLOWED[measure])
    cells = _Cells(x_1, size_1, x_0, size_0)
    answer = Proportions(
        estimate=cells.estimate(measure),
        level=level,
        n=size_1 + size_0,
        method=method,
        measure=measure,
        share_1=x_1 / size_1,
        share_0=x_0 / size_0,
    )
    if measure != "difference" and (x_1 + x_0 == 0 or (measure == "odds_ratio" and cells.all_events)):
        return replace(answer, why="the event is seen in nobody or in everybody")
    if method == "wald":
        return _wald(cells, answer)
    p = cells.score_p(corrected=method == "score")
    low, high = _newcombe(cells, level) if method == "newcombe" else _score(cells, answer)
    return replace(answer, low=low, high=high, p=p)


@dataclass(frozen=True, slots=True)
class _Cells:
    x_1: int
    n_1: int
    x_0: int
    n_0: int

    @property
    def all_events(self) -> bool:
        return self.x_1 == self.n_1 and self.x_0 == self.n_0

    def estimate(self, measure: str) -> float:
        p_1, p_0 = self.x_1 / self.n_1, self.x_0 / self.n_0
        if measure == "difference":
            return p_1 - p_0
        above, below = (p_1, p_0) if measure == "ratio" else (p_1 * (1 - p_0), p_0 * (1 - p_1))
        if below == 0:
            return nan if above == 0 else inf
        return above / below

    def score_p(self, *, corrected: bool) -> float:
        pooled = (self.x_1 + self.x_0) / (self.n_1 + self.n_0)
        variance = pooled * (1 - pooled) * (1 / self.n_1 + 1 / self.n_0)
        if variance == 0:
            return 1.0
        size = self.n_1 + self.n_0
        variance *= size / (size - 1) if corrected else 1.0
        return q.normal_p((self.x_1 / self.n_1 - self.x_0 / self.n_0) / sqrt(variance))


def _newcombe(cells: _Cells, level: float) -> tuple[float, float]:
    p_1, p_0 = cells.x_1 / cells.n_1, cells.x_0 / cells.n_0
    low_1, high_1 = q.wilson(cells.x_1, cells.n_1, level)
    low_0, high_0 = q.wilson(cells.x_0, cells.n_0, level)
    difference = p_1 - p_0
    return (
        difference - sqrt((p_1 - low_1) ** 2 + (high_0 - p_0) ** 2),
        difference + sqrt((high_1 - p_1) ** 2 + (p_0 - low_0) ** 2),
    )


def _wald(cells: _Cells, answer: Proportions) -> Proportions:
    x_1, n_1, x_0, n_0 = cells.x_1, cells.n_1, cells.x_0, cells.n_0
    z = q.normal_quantile(0.5 + answer.level / 2)
    if answer.measure == "difference":
        p_1, p_0 = x_1 / n_1, x_0 / n_0
        error = sqrt(p_1 * (1 - p_1) / n_1 + p_0 * (1 - p_0) / n_0)
        if error == 0:
            return replace(answer, why="no spread in either group: Wald's interval does not exist")
        half = z * error
        low, high = answer.estimate - half, answer.estimate + half
        return replace(answer, low=low, high=high, p=q.normal_p(answer.estimate / error))
    others = (n_1, n_0) if answer.measure == "ratio" else (n_1 - x_1, n_0 - x_0)
    if 0 in (x_1, x_0, *others):
        return replace(answer, why="a cell is 0: Wald's interval on the log does not exist; use score")
    sign = -1 if answer.measure == "ratio" else 1
    error = sqrt(1 / x_1 + 1 / x_0 + sign / others[0] + sign / others[1])
    if error == 0:
        return replace(answer, why="the event is seen in everybody: Wald's interval does not exist")
    middle = log(answer.estimate)
    return replace(answer, low=exp(middle - z * error), high=exp(middle + z * error), p=q.normal_p(middle / error))


def _score(cells: _Cells, answer: Proportions) -> tuple[float, float]:
    """Invert the score test: walk out from the estimate to where its statistic reaches the quantile."""
    z = q.normal_quantile(0.5 + answer.level / 2)
    if answer.measure == "difference":
        return _crossings(lambda d: _score_difference(cells, d), z, -1.0, 1.0, answer.estimate, lambda v: v)
    statistic = _score_ratio if answer.measure == "ratio" else _score_odds
    far = 20.0
    middle = log(answer.estimate) if 0 < answer.estimate < inf else (-far if answer.estimate == 0 else far)
    low, high = _crossings(lambda v: statistic(cells, exp(v)), z, -far, far, middle, exp)
    return (0.0 if answer.estimate == 0 else low), (inf if answer.estimate == inf else high)


def _crossings(
    statistic: Callable[[float], float],
    z: float,
    lowest: float,
    highest: float,
    middle: float,
    back: Callable[[float], float],
) -> tuple[float, float]:
    edge = 1e-12
    low, high = lowest, highest
    if statistic(lowest + edge) > z and middle > lowest + edge:
        low = q.root(lambda v: statistic(v) - z, lowest + edge, min(middle, highest - edge))
    if statistic(highest - edge) < -z and middle < highest - edge:
        high = q.root(lambda v: statistic(v) + z, max(middle, lowest + edge), highest - edge)
    return back(low), back(high)


def _standard(off: float, variance: float, cells: _Cells) -> float:
    size = cells.n_1 + cells.n_0
    variance *= size / (size - 1)
    if variance <= 0:
        return 0.0 if off == 0 else (inf if off > 0 else -inf)
    return off / sqrt(variance)


def _score_difference(cells: _Cells, gap: float) -> float:
    """Score statistic of a given difference, its nuisance share by the constrained maximum (their closed form)."""
    from math import acos, cos, pi

    x_1, n_1, x_0, n_0 = cells.x_1, cells.n_1, cells.x_0, cells.n_0
    size = n_1 + n_0
    c_2 = (n_1 + 2 * n_0) * gap - size - (x_1 + x_0)
    c_1 = (n_0 * gap - size - 2 * x_0) * gap + x_1 + x_0
    c_0 = x_0 * gap * (1 - gap)
    v = c_2**3 / (3 * size) ** 3 - c_1 * c_2 / (6 * size**2) + c_0 / (2 * size)
    inner = max(c_2**2 / (3 * size) ** 2 - c_1 / (3 * size), 0.0)
    u = sqrt(inner) if v > 0 else -sqrt(inner)
    angle = (pi + acos(min(max(v / u**3 if u else 0.0, -1.0), 1.0))) / 3
    p_0 = min(max(2 * u * cos(angle) - c_2 / (3 * size), 0.0), 1.0)
    p_1 = min(max(p_0 + gap, 0.0), 1.0)
    return _standard(x_1 / n_1 - x_0 / n_0 - gap, p_1 * (1 - p_1) / n_1 + p_0 * (1 - p_0) / n_0, cells)


def _score_ratio(cells: _Cells, ratio: float) -> float:
    x_1, n_1, x_0, n_0 = cells.x_1, cells.n_1, cells.x_0, cells.n_0
    a, b, c = (n_1 + n_0) * ratio, -(n_1 * ratio + x_1 + n_0 + x_0 * ratio), float(x_1 + x_0)
    p_0 = (-b - sqrt(max(b * b - 4 * a * c, 0.0))) / (2 * a)
    p_1 = min(p_0 * ratio, 1.0)
    variance = p_1 * (1 - p_1) / n_1 + ratio**2 * p_0 * (1 - p_0) / n_0
    return _standard(x_1 / n_1 - ratio * x_0 / n_0, variance, cells)


def _score_odds(cells: _Cells, odds: float) -> float:
    x_1, n_1, x_0, n_0 = cells.x_1, cells.n_1, cells.x_0, cells.n_0
    a = n_0 * (odds - 1)
    b = n_1 * odds + n_0 - (x_1 + x_0) * (odds - 1)
    total = float(x_1 + x_0)
    p_0 = total / b if abs(a) < 1e-12 * b else (-b + sqrt(b * b + 4 * a * total)) / (2 * a)
    p_0 = min(max(p_0, 1e-14), 1 - 1e-14)
    p_1 = min(max(p_0 * odds / (1 + p_0 * (odds - 1)), 1e-14), 1 - 1e-14)
    spread_1, spread_0 = p_1 * (1 - p_1), p_0 * (1 - p_0)
    off = (x_1 / n_1 - p_1) / spread_1 - (x_0 / n_0 - p_0) / spread_0
    return _standard(off, 1 / (n_1 * spread_1) + 1 / (n_0 * spread_0), cells)
