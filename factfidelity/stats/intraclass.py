"""Intraclass correlation and Cronbach's alpha: reliability of numbers given by several raters or items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, complete, level_of, one_of

__all__ = ["IntraclassCorrelation", "cronbach_alpha", "icc"]

_FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")


@dataclass(frozen=True, slots=True, kw_only=True)
class IntraclassCorrelation(Answer):
    """ICC of ``n`` subjects by ``raters`` raters; ``f`` with ``df1`` and ``df2`` is the test of no correlation.

    ``error_variance`` is the residual mean square: its root is the noise of one rating.
    """

    raters: int = 0
    f: float = nan
    df1: float = nan
    df2: float = nan
    error_variance: float = nan


def icc(ratings: Any, *, form: str = "ICC2", level: float = 0.95) -> IntraclassCorrelation:
    """Intraclass correlation of complete ratings, with its interval [1]_ [2]_.

    Parameters
    ----------
    ratings : array, shape (subjects, raters)
    form : {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"}
        1: other raters for each subject. 2: the same raters, drawn from many; absolute agreement. 3: just these
        raters; consistency. ``k``: of the mean of all raters instead of a single one.
    level : float, default 0.95

    Returns
    -------
    IntraclassCorrelation
        Empty with the reason where the ratings do not vary at all.

    Raises
    ------
    ValueError
        If a cell is empty, or there are fewer than two subjects or raters.

    References
    ----------
    .. [1] Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428.
    .. [2] McGraw & Wong (1996), Psychological Methods 1, 30-46.
    """
    data, form, level = complete("ratings", ratings), one_of("form", form, _FORMS), level_of(level)
    n, k = data.shape
    squares = _mean_squares(data)
    answer = IntraclassCorrelation(
        estimate=nan, level=level, n=n, method=form, raters=k, error_variance=squares["error"]
    )
    if squares["total"] <= 1e-12 * (1 + float(np.abs(data).max()) ** 2):
        return replace(answer, why="all ratings are the same")
    single = {"1": _icc1, "2": _icc2, "3": _icc3}[form[3]](squares, n, k, level)
    values = [_mean_of(value, k) for value in single.values] if form.endswith("k") else list(single.values)
    return replace(
        answer,
        estimate=values[0],
        low=values[1],
        high=values[2],
        p=single.p,
        f=single.f,
        df1=single.df1,
        df2=single.df2,
        why="" if np.isfinite(values[1:]).all() else "the raters agree in full: there is no error to judge by",
    )


@dataclass(frozen=True, slots=True)
class _Single:
    values: tuple[float, float, float]
    f: float
    df1: float
    df2: float

    @property
    def p(self) -> float:
        return q.f_p(self.f, self.df1, self.df2) if np.isfinite(self.f) else 0.0


def _mean_squares(data: Vector) -> dict[str, float]:
    n, k = data.shape
    centre = data.mean()
    subjects = k * float(((data.mean(axis=1) - centre) ** 2).sum())
    raters = n * float(((data.mean(axis=0) - centre) ** 2).sum())
    total = float(((data - centre) ** 2).sum())
    error = max(total - subjects - raters, 0.0)
    error = 0.0 if error < 1e-12 * total else error
    return {
        "total": total,
        "subjects": subjects / (n - 1),
        "raters": raters / (k - 1),
        "within": (total - subjects) / (n * (k - 1)) if total - subjects > 1e-12 * total else 0.0,
        "error": error / ((n - 1) * (k - 1)),
    }


def _mean_of(single: float, k: int) -> float:
    """Spearman-Brown: reliability of the mean of k from that of one."""
    below = 1 + single * (k - 1)
    return single * k / below if below else -np.inf


def _from_f(between: float, noise: float, df: tuple[float, float], k: int, level: float) -> _Single:
    if noise == 0:
        return _Single((1.0, nan, nan), np.inf, *df)
    f, upper = between / noise, 0.5 + level / 2
    low, high = f / q.f_quantile(upper, *df), f * q.f_quantile(upper, df[1], df[0])
    low_icc, icc_, high_icc = ((x - 1) / (x + k - 1) for x in (low, f, high))
    return _Single((icc_, low_icc, high_icc), f, *df)


def _icc1(squares: dict[str, float], n: int, k: int, level: float) -> _Single:
    return _from_f(squares["subjects"], squares["within"], (n - 1, n * (k - 1)), k, level)


def _icc3(squares: dict[str, float], n: int, k: int, level: float) -> _Single:
    return _from_f(squares["subjects"], squares["error"], (n - 1, (n - 1) * (k - 1)), k, level)


def _icc2(squares: dict[str, float], n: int, k: int, level: float) -> _Single:
    between, raters, error = squares["subjects"], squares["raters"], squares["error"]
    estimate = (between - error) / (between + (k - 1) * error + k * (raters - error) / n)
    df = (float(n - 1), float((n - 1) * (k - 1)))
    if error == 0:
        return _Single((estimate, nan, nan), np.inf, *df)
    fj, rest = raters / error, n * (1 + (k - 1) * estimate) - k * estimate
    above = (k - 1) * (n - 1) * (k * estimate * fj + rest) ** 2
    v = above / ((n - 1) * k**2 * estimate**2 * fj**2 + rest**2)
    upper = 0.5 + level / 2
    f_low, f_high = q.f_quantile(upper, n - 1, v), q.f_quantile(upper, v, n - 1)
    spread = k * raters + (k * n - k - n) * error
    low = n * (between - f_low * error) / (f_low * spread + n * between)
    high = n * (f_high * between - error) / (spread + n * f_high * between)
    return _Single((estimate, low, high), between / error, *df)


def cronbach_alpha(items: Any, *, level: float = 0.95) -> Answer:
    """Cronbach's alpha of a sum of items, with Feldt's interval [1]_ [2]_.

    Parameters
    ----------
    items : array, shape (subjects, items)
    level : float, default 0.95

    Returns
    -------
    Answer
        ``n`` subjects; empty with the reason where the sums do not vary.

    Raises
    ------
    ValueError
        If a cell is empty, or there are fewer than two subjects or items.

    References
    ----------
    .. [1] Cronbach (1951), Psychometrika 16, 297-334.
    .. [2] Feldt (1965), Psychometrika 30, 357-370.
    """
    data, level = complete("items", items), level_of(level)
    n, k = data.shape
    of_sum = float(data.sum(axis=1).var(ddof=1))
    answer = Answer(estimate=nan, level=level, n=n, method="cronbach")
    if of_sum <= 0:
        return replace(answer, why="the sum of the items is the same for all subjects")
    alpha = k / (k - 1) * (1 - float(data.var(axis=0, ddof=1).sum()) / of_sum)
    df = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - alpha) * q.f_quantile(0.5 + side * level / 2, *df) for side in (1, -1))
    return replace(answer, estimate=alpha, low=low, high=high)
