"""Is it changing, and does one unit differ? Control charts, run charts and funnel limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2, nan
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.funnels import FunnelLimits, funnel_limits
from factfidelity.stats.inputs import Vector, count, same_length, vector

__all__ = ["ControlLimits", "FunnelLimits", "RunChart", "funnel_limits", "p_chart", "run_chart", "u_chart", "xmr"]

_D2 = 1.1283791670955126  # mean range of two normal values; 3 / d2 = 2.66
_D4 = 3.2665  # upper limit of the moving range: 1 + 3 x 0.8525 / 1.1284
_SHIFT, _TREND = 8, 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ControlLimits(Answer):
    """A Shewhart chart; ``estimate``, ``low`` and ``high`` are centre and limits at the last point.

    Attributes
    ----------
    table : DataFrame, one row per point
        value, centre, lower, upper, sigma, phase, and the signals: beyond (outside the limits), shift (a run of 8 or
        more on one side), trend (6 or more rising or falling), two_of_three (two of three beyond two sigma on one
        side), signal (any of them). xmr adds moving_range, range_upper.
    signals : int
        Points with any signal.
    overdispersion : float
        Factor on sigma by Laney's method; 1 where it is not used.
    """

    table: pd.DataFrame
    signals: int = 0
    overdispersion: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunChart(Answer):
    """Anhoj's run chart; ``estimate`` is the median.

    ``useful`` points lie off the median; ``longest_run`` against ``longest_expected`` and ``crossings`` against
    ``crossings_expected``; ``shift`` (a longer run), ``few_crossings``, and ``signal`` (either).
    """

    table: pd.DataFrame
    useful: int = 0
    longest_run: int = 0
    longest_expected: float = nan
    crossings: int = 0
    crossings_expected: float = nan
    shift: bool = False
    few_crossings: bool = False
    signal: bool = False


def _phases(size: int, rebase: Sequence[int], baseline: int | None) -> list[tuple[int, int, int]]:
    """Return (first, end, end of the points that set the limits) of each phase."""
    cuts = sorted({count("rebase", cut, lowest=1) for cut in rebase})
    if cuts and cuts[-1] >= size:
        raise ValueError(f"rebase must lie inside the series of {size} points, got {cuts[-1]}")
    used = None if baseline is None else count("baseline", baseline, lowest=2)
    if used is not None and used > size:
        raise ValueError(f"baseline may not be more than the {size} points, got {used}")
    edges = [0, *cuts, size]
    return [(low, high, high if used is None or low else min(used, high)) for low, high in pairwise(edges)]


def xmr(values: Any, *, baseline: int | None = None, rebase: Sequence[int] = ()) -> ControlLimits:
    """Chart of individual values with limits from the moving range (XmR, I chart) [1]_.

    Parameters
    ----------
    values : array
        One per period, in order.
    baseline : int, optional
        Number of first points that set the limits of the first phase; left out: all of it.
    rebase : sequence of int
        Positions (0 = first point) at which a new phase with limits of its own begins.

    Returns
    -------
    ControlLimits
        Limits are mean +/- 2.66 mean moving range. A phase of fewer than two points has none.

    References
    ----------
    .. [1] Wheeler (2000), Understanding Variation; Montgomery (2013), Introduction to Statistical Quality Control.
    """
    data = vector("values", values)
    size = len(data)
    moving: Vector = np.concatenate([[nan], np.abs(np.diff(data))])
    centre, sigma, upper_range = np.full(size, nan), np.full(size, nan), np.full(size, nan)
    phase = np.zeros(size, dtype=np.int64)
    for number, (low, high, until) in enumerate(_phases(size, rebase, baseline)):
        moving[low] = nan
        phase[low:high], centre[low:high] = number, data[low:until].mean()
        ranges = moving[low + 1 : until]
        if len(ranges):
            sigma[low:high] = ranges.mean() / _D2
            upper_range[low:high] = _D4 * ranges.mean()
    table = _charted(data, centre, sigma, phase)
    table = table.assign(moving_range=moving, range_upper=upper_range)
    return _limits(table, "xmr")


def p_chart(
    events: Any,
    n: Any,
    *,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
    overdispersion: bool = False,
) -> ControlLimits:
    """Chart of shares: events of ``n`` in each period [1]_.

    Parameters
    ----------
    events, n : array
        Counts, and what they are out of (above 0).
    baseline, rebase
        As in `xmr`.
    overdispersion : bool, default False
        Widen (or narrow) the limits by Laney's factor [2]_; for large ``n``.

    Returns
    -------
    ControlLimits
        Limits p +/- 3 sqrt(p (1 - p) / n), cut at 0 and 1.

    References
    ----------
    .. [1] Montgomery (2013), Introduction to Statistical Quality Control, ch. 7.
    .. [2] Laney (2002), Quality Engineering 14, 531-537.
    """
    events_, size = _pairs("events", events, "n", n)
    if (events_ > size).any():
        raise ValueError(f"events may not be more than n, got {int((events_ > size).sum())} that are")
    return _attribute_chart(events_, size, baseline, rebase, overdispersion, share=True)


def u_chart(
    events: Any,
    exposure: Any,
    *,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
    overdispersion: bool = False,
) -> ControlLimits:
    """Chart of rates: events per time at risk in each period.

    Parameters
    ----------
    events, exposure : array
        Counts, and time at risk (above 0).
    baseline, rebase, overdispersion
        As in `p_chart`.

    Returns
    -------
    ControlLimits
        Limits u +/- 3 sqrt(u / exposure), cut at 0.
    """
    events_, time = _pairs("events", events, "exposure", exposure)
    return _attribute_chart(events_, time, baseline, rebase, overdispersion, share=False)


def _pairs(first: str, above: Any, second: str, below: Any) -> tuple[Vector, Vector]:
    top, bottom = vector(first, above, lowest=0, whole=True), vector(second, below)
    same_length(**{first: top, second: bottom})
    if (bottom <= 0).any():
        raise ValueError(f"{second} must be above 0, got {float(bottom.min()):g}")
    return top, bottom


def _attribute_chart(
    events: Vector, size: Vector, baseline: int | None, rebase: Sequence[int], laney: bool, *, share: bool
) -> ControlLimits:
    rate, points = events / size, len(events)
    centre, sigma, phase = np.empty(points), np.empty(points), np.zeros(points, dtype=np.int64)
    factors = []
    for number, (low, high, until) in enumerate(_phases(points, rebase, baseline)):
        middle = float(events[low:until].sum() / size[low:until].sum())
        spread = np.sqrt(middle * (1 - middle if share else 1) / size[low:high])
        factor = _laney((rate[low:until] - middle), spread[: until - low]) if laney else 1.0
        factors.append(factor)
        phase[low:high], centre[low:high], sigma[low:high] = number, middle, spread * factor
    table = _charted(rate, centre, sigma, phase)
    table["lower"] = table["lower"].clip(lower=0)
    if share:
        table["upper"] = table["upper"].clip(upper=1)
    return replace(_limits(table, "p_chart" if share else "u_chart"), overdispersion=factors[-1])


def _laney(off: Vector, spread: Vector) -> float:
    if len(off) < 2 or (spread == 0).any():
        return 1.0
    return float(np.abs(np.diff(off / spread)).mean()) / _D2


def _charted(value: Vector, centre: Vector, sigma: Vector, phase: Any) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "value": value,
            "centre": centre,
            "lower": centre - 3 * sigma,
            "upper": centre + 3 * sigma,
            "sigma": sigma,
            "phase": phase,
        }
    )
    side = np.sign(np.round(value - centre, 12))
    tiny = 1e-9 * np.maximum(1.0, np.abs(centre))
    beyond = (value > table["upper"] + tiny) | (value < table["lower"] - tiny)
    far = np.where(np.abs(value - centre) > 2 * sigma + tiny, side, 0)
    steps = np.concatenate([[0.0], np.sign(np.diff(value))])
    steps[np.flatnonzero(np.diff(phase)) + 1] = 0
    table = table.assign(
        beyond=beyond,
        shift=_runs(side, phase) >= _SHIFT,
        trend=_trends(steps),
        two_of_three=_two_of_three(far, phase),
    )
    return table.assign(signal=table[["beyond", "shift", "trend", "two_of_three"]].any(axis=1))


def _runs(side: Vector, phase: Any) -> Vector:
    """Length of the run on one side that each point belongs to; 0 on the line."""
    breaks = np.concatenate([[True], (np.diff(side) != 0) | (np.diff(phase) != 0)])
    number = np.cumsum(breaks) - 1
    length: Vector = np.bincount(number)[number].astype(np.float64)
    return np.where(side == 0, 0, length)


def _trends(steps: Vector) -> Any:
    """Whether a point belongs to 6 or more points that rise, or fall, one after the other."""
    marked = np.zeros(len(steps), dtype=bool)
    breaks = np.concatenate([[True], np.diff(steps) != 0])
    starts = np.flatnonzero(breaks)
    for first, end in zip(starts, [*starts[1:], len(steps)], strict=True):
        if steps[first] != 0 and end - first >= _TREND - 1:
            marked[first - 1 : end] = True
    return marked


def _two_of_three(far: Vector, phase: Any) -> Any:
    marked = np.zeros(len(far), dtype=bool)
    for first in range(max(len(far) - 2, 0)):
        window = slice(first, first + 3)
        for side in (1, -1):
            hit = far[window] == side
            if hit.sum() >= 2 and phase[first] == phase[first + 2]:
                marked[window] |= hit
    return marked


def _limits(table: pd.DataFrame, method: str) -> ControlLimits:
    last = table.iloc[-1]
    alone = table["sigma"].isna().any()
    return ControlLimits(
        estimate=float(last["centre"]),
        low=float(last["lower"]),
        high=float(last["upper"]),
        level=0.9973,
        n=len(table),
        method=method,
        why="a phase has a single point, so it has no limits" if alone else "",
        table=table,
        signals=int(table["signal"].sum()),
    )


def run_chart(values: Any, *, baseline: int | None = None) -> RunChart:
    """Run chart with Anhoj's two rules [1]_: an unusually long run, or unusually few crossings of the median.

    Parameters
    ----------
    values : array
        One per period, in order.
    baseline : int, optional
        Number of first points that set the median; left out: all.

    Returns
    -------
    RunChart
        Points on the median count for neither rule. The longest run expected is round(log2(useful) + 3), the fewest
        crossings the 5 % quantile of a binomial with useful - 1 and a half. Under 10 useful points ``why`` says that
        the rules see little.

    References
    ----------
    .. [1] Anhoj & Olesen (2014), PLoS ONE 9, e113825; Anhoj (2015), PLoS ONE 10, e0121349.
    """
    data = vector("values", values)
    used = len(data) if baseline is None else count("baseline", baseline, lowest=1)
    if used > len(data):
        raise ValueError(f"baseline may not be more than the {len(data)} points, got {used}")
    median = float(np.median(data[:used]))
    side = np.sign(data - median)
    off = side[side != 0]
    useful = len(off)
    longest = int(_runs(off, np.zeros(useful)).max()) if useful else 0
    crossings = int((np.diff(off) != 0).sum())
    allowed = float(round(log2(useful) + 3)) if useful else nan
    fewest = float(_binomial_quantile(0.05, useful - 1)) if useful > 1 else nan
    shift, few = bool(longest > allowed), bool(crossings < fewest)
    run = np.zeros(len(data))
    run[side != 0] = _runs(off, np.zeros(useful)) if useful else 0
    return RunChart(
        estimate=median,
        n=len(data),
        method="anhoej",
        why="" if useful >= 10 else "fewer than 10 points off the median: the rules see little",
        table=pd.DataFrame(
            {"value": data, "centre": median, "run": run, "shift": run > (allowed if useful else np.inf)}
        ),
        useful=useful,
        longest_run=longest,
        longest_expected=allowed,
        crossings=crossings,
        crossings_expected=fewest,
        shift=shift,
        few_crossings=few,
        signal=shift or few,
    )


def _binomial_quantile(share: float, size: int) -> int:
    return next(k for k in range(size + 1) if q.binomial_cdf(k, size, 0.5) >= share)
