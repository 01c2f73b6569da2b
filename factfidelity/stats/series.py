"""Interrupted time series: one series of counts with a known day of change."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer, refuse_days
from factfidelity.stats.fits import FAMILIES, CountFit, fit_counts, ratio_table, term_answer
from factfidelity.stats.inputs import Vector, columns_of, count, level_of, one_of, vector

__all__ = ["SegmentedRegression", "segmented_regression"]

_FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentedRegression(Answer):
    """Level and slope of a series before and after a change.

    ``estimate`` is the rate ratio of the step (of the slope per period where no step is asked for).

    Attributes
    ----------
    table : DataFrame, one row per term
        term (Intercept, trend, level, slope, season_...), log_estimate, error, ratio, low, high, p, why.
    course : DataFrame, one row per period
        time, period (number), used (not phase-in), after, observed, exposure, fitted, counterfactual with
        counterfactual_low and _high (the mean that the model expects without the change), averted (counterfactual -
        fitted, summed since the change) with averted_low and _high.
    averted, averted_low, averted_high : float
        Counts fewer than expected without the change, over all periods after it.
    dispersion : float
        Pearson chi-square over its degrees of freedom.
    correlation : float
        Of each period with the next, under ``errors="AR1"``; NaN otherwise.
    autocorrelation : ndarray
        Of the Pearson residuals at lags 1, 2, ...
    ljung_box_p : float
        Are they white noise?
    periods_before, periods_after : int
        Periods used; ``n`` is their sum.
    """

    table: pd.DataFrame
    course: pd.DataFrame
    averted: float = nan
    averted_low: float = nan
    averted_high: float = nan
    dispersion: float = nan
    alpha: float = 0.0
    correlation: float = nan
    autocorrelation: Vector
    ljung_box_p: float = nan
    periods_before: int = 0
    periods_after: int = 0

    def term(self, name: str) -> Answer:
        """Return the rate ratio of one term as an answer."""
        return term_answer(self.table, name, level=self.level, n=self.n, method=self.method)


def segmented_regression(
    data: pd.DataFrame,
    *,
    outcome: str,
    time: str,
    start: Any,
    exposure: str | None = None,
    family: str = "quasi_poisson",
    level: bool = True,
    slope: bool = False,
    harmonics: int = 0,
    season_length: float = 12,
    phase_in: int = 0,
    errors: str = "model",
    lags: int | None = None,
    confidence: float = 0.95,
) -> SegmentedRegression:
    """Segmented log-linear regression of a series of counts [1]_ [2]_.

    Parameters
    ----------
    data : DataFrame, one row per period (month, quarter)
        In any order; each period once. A period may be missing.
    outcome, time : str
        Columns with the count, and the period: whole numbers, or dates (the first day of each).
    start : number or date
        First period with the change.
    exposure : str, optional
        Column with person-time or population; its logarithm is the offset.
    family : {"quasi_poisson", "poisson", "negative_binomial"}
    level, slope : bool
        Let the change be a step, a new trend, or both. The slope counts periods since the first one used after the
        change, so that the step is the change in that period.
    harmonics : int, default 0
        Pairs of sine and cosine for season, of ``season_length`` periods.
    phase_in : int, default 0
        Periods from ``start`` on that are left out while the change is brought in.
    errors : {"model", "HC0", "HC1", "HAC", "AR1"}
        ``AR1``: each period's noise goes on into the next; covers best where residuals are autocorrelated (see
        docs/calibration-before-after.md). ``HAC``: Newey-West with ``lags``; too narrow in series of 100 periods or
        fewer.
    confidence : float, default 0.95
        Coverage of all intervals.

    Returns
    -------
    SegmentedRegression
        Empty with the reason where fewer than three periods lie on a side or the terms cannot be told apart.

    Raises
    ------
    ValueError
        If a column is missing or empty, a period comes twice, or ``start`` leaves one side without periods.
    RateIntervalError
        If the outcome is days by its name and the interval would be the plain Poisson one.

    References
    ----------
    .. [1] Wagner, Soumerai, Zhang & Ross-Degnan (2002), J. Clin. Pharm. Ther. 27, 299-309.
    .. [2] Lopez Bernal, Cummins & Gasparrini (2017), Int. J. Epidemiol. 46, 348-355.
    """
    one_of("family", family, FAMILIES)
    one_of("errors", errors, ("model", "HC0", "HC1", "HAC", "AR1"))
    if family == "poisson" and errors == "model":
        refuse_days(outcome)
    if not (level or slope):
        raise ValueError("level or slope must be asked for, got neither")
    width, harmonics = level_of(confidence), count("harmonics", harmonics)
    course = _course(data, outcome, time, start, exposure, count("phase_in", phase_in))
    design = _design(course, level=level, slope=slope, harmonics=harmonics, season=season_length)
    used = course["used"].to_numpy()
    offset = np.log(course["exposure"].to_numpy())
    observed = course["observed"].to_numpy()
    sides = int((used & ~course["after"]).sum()), int((used & course["after"]).sum())
    few = min(sides) < _FEWEST
    fit = fit_counts(
        np.zeros(int(used.sum())) if few else observed[used],
        design[used],
        offset[used],
        family=family,
        errors=errors,
        lags=None if lags is None else count("lags", lags),
        places=course["period"].to_numpy(dtype=np.float64)[used],
    )
    table = ratio_table(fit, width)
    if few:
        table["why"] = f"fewer than {_FEWEST} periods before or after the change"
    first = term_answer(table, "level" if level else "slope", level=width, n=sum(sides), method=f"{family}_{errors}")
    return _result(first, table, _counterfactual(course, design, offset, fit, width), fit, observed[used], sides)


def _result(
    first: Answer,
    table: pd.DataFrame,
    counterfactual: tuple[pd.DataFrame, tuple[float, float, float]],
    fit: CountFit,
    observed: Vector,
    sides: tuple[int, int],
) -> SegmentedRegression:
    course, totals = counterfactual
    autocorrelation, ljung_box_p = _residuals(observed, fit)
    return SegmentedRegression(
        estimate=first.estimate,
        low=first.low,
        high=first.high,
        p=first.p,
        level=first.level,
        n=first.n,
        method=first.method,
        why=first.why,
        table=table,
        course=course,
        averted=totals[0],
        averted_low=totals[1],
        averted_high=totals[2],
        dispersion=fit.pearson,
        alpha=fit.alpha,
        correlation=fit.correlation,
        autocorrelation=autocorrelation,
        ljung_box_p=ljung_box_p,
        periods_before=sides[0],
        periods_after=sides[1],
    )


def _periods(values: pd.Series, start: Any) -> tuple[NDArray[np.int64], int]:
    """Number the periods: months where all dates are on one day of the month, else steps of the shortest gap."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        numbers = vector("time", values, whole=True).astype(np.int64)
        return numbers, count("start", start, lowest=-(10**9))
    try:
        first = pd.Timestamp(start)
    except (TypeError, ValueError):
        raise ValueError(f"start must be a date like the times, got {start!r}") from None
    if (values.dt.day == values.dt.day.iloc[0]).all():
        months = (values.dt.year * 12 + values.dt.month).to_numpy(dtype=np.int64)
        later = int(first.day > int(values.dt.day.iloc[0]))
        return months, first.year * 12 + first.month + later
    days = values.to_numpy().astype("datetime64[D]").astype(np.int64)
    gaps = np.diff(np.unique(days))
    step = int(gaps.min()) if gaps.size else 1
    from_first = days - days.min()
    if (from_first % step).any():
        raise ValueError(f"time must lie at even distances, got gaps of {sorted(set(gaps.tolist()))[:5]} days")
    offset = int(first.to_datetime64().astype("datetime64[D]").astype(np.int64) - days.min())
    return from_first // step, -(-offset // step)


def _course(
    data: pd.DataFrame, outcome: str, time: str, start: Any, exposure: str | None, phase_in: int
) -> pd.DataFrame:
    columns_of(data, [name for name in (outcome, time, exposure) if name])
    ordered = data.sort_values(time, kind="stable").reset_index(drop=True)
    period, change = _periods(ordered[time], start)
    if len(np.unique(period)) < len(period):
        raise ValueError(f"each period must come once, got {len(period) - len(np.unique(period))} again")
    if not (period < change).any() or not (period >= change + phase_in).any():
        raise ValueError(f"start must leave periods on both sides, got {start!r} with phase_in {phase_in}")
    at_risk = vector("exposure", ordered[exposure]) if exposure else np.ones(len(ordered))
    if (at_risk <= 0).any():
        raise ValueError(f"exposure must be above 0, got {float(at_risk.min()):g}")
    after = period >= change
    return pd.DataFrame(
        {
            "time": ordered[time],
            "period": period,
            "used": ~(after & (period < change + phase_in)),
            "after": after,
            "since": np.maximum(period - (change + phase_in), 0),
            "observed": vector("outcome", ordered[outcome], lowest=0),
            "exposure": at_risk,
        }
    )


def _design(course: pd.DataFrame, *, level: bool, slope: bool, harmonics: int, season: float) -> pd.DataFrame:
    period = course["period"].to_numpy(dtype=np.float64)
    columns: dict[str, Any] = {"Intercept": np.ones(len(course)), "trend": period - period.min()}
    if level:
        columns["level"] = course["after"].to_numpy(dtype=np.float64)
    if slope:
        columns["slope"] = np.where(course["after"], course["since"], 0).astype(np.float64)
    for wave in range(1, harmonics + 1):
        angle = 2 * np.pi * wave * period / season
        columns[f"season_cos_{wave}"] = np.cos(angle)
        if not np.isclose(2 * wave, season):
            columns[f"season_sin_{wave}"] = np.sin(angle)
    return pd.DataFrame(columns)


def _counterfactual(
    course: pd.DataFrame, design: pd.DataFrame, offset: Vector, fit: CountFit, width: float
) -> tuple[pd.DataFrame, tuple[float, float, float]]:
    """Means with and without the change, and the sum of their difference with its delta-method interval."""
    with_change = design.to_numpy()
    without = design.assign(**{name: 0.0 for name in ("level", "slope") if name in design}).to_numpy()
    used = (course["used"] & course["after"]).to_numpy()
    with np.errstate(over="ignore", invalid="ignore"):
        fitted = np.exp(with_change @ fit.coefficients + offset)
        expected = np.exp(without @ fit.coefficients + offset)
        error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", without, fit.covariance, without), 0))
        wide = q.t_quantile(0.5 + width / 2, fit.df) if np.isfinite(fit.df) else q.normal_quantile(0.5 + width / 2)
        gained = np.where(used, expected - fitted, 0.0).cumsum()
        slope = np.where(used[:, None], expected[:, None] * without - fitted[:, None] * with_change, 0).cumsum(axis=0)
        spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", slope, fit.covariance, slope), 0))
    after = course["after"].to_numpy()
    result = course.drop(columns="since").assign(
        fitted=fitted,
        counterfactual=np.where(after, expected, nan),
        counterfactual_low=np.where(after, expected * np.exp(-wide * error), nan),
        counterfactual_high=np.where(after, expected * np.exp(wide * error), nan),
        averted=np.where(used, gained, nan),
        averted_low=np.where(used, gained - wide * spread, nan),
        averted_high=np.where(used, gained + wide * spread, nan),
    )
    last = len(course) - 1
    ends = float(gained[last] - wide * spread[last]), float(gained[last] + wide * spread[last])
    return result, (float(gained[last]), *ends)


def _residuals(observed: Vector, fit: CountFit) -> tuple[Vector, float]:
    """Autocorrelation of the Pearson residuals, and Ljung & Box (1978) over the lags shown."""
    size = len(observed)
    lags = max(1, min(12, size // 4))
    if fit.why:
        return np.full(lags, nan), nan
    residual = (observed - fit.fitted) / np.sqrt(fit.fitted * (1 + fit.alpha * fit.fitted))
    residual = residual - residual.mean()
    total = float((residual**2).sum())
    if total <= 0:
        return np.full(lags, nan), nan
    shared = np.array([float((residual[lag:] * residual[:-lag]).sum()) / total for lag in range(1, lags + 1)])
    statistic = size * (size + 2) * float((shared**2 / (size - np.arange(1, lags + 1))).sum())
    return shared, q.chi2_p(statistic, lags)
