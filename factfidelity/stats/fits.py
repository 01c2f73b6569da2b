"""Fit a log-linear count model and choose its errors: the one place that calls statsmodels for counts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from math import nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.autocorrelation import correlated_covariance
from factfidelity.stats.inputs import Vector, columns_of

__all__ = ["ERRORS", "FAMILIES", "CountFit", "design_of", "fit_counts", "newey_west_lags", "ratio_table", "term_answer"]

FAMILIES = ("poisson", "quasi_poisson", "negative_binomial")
ERRORS = ("model", "HC0", "HC1", "HAC", "AR1", "cluster")
_LOST, _NO_SPREAD = 12.0, 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountFit:
    """Coefficients on the log scale with their covariance.

    ``df`` is what Student's t uses (infinite: normal). ``pearson`` is chi-square over its degrees of freedom, ``alpha``
    the negative binomial's dispersion (variance = mean + alpha x mean^2). ``correlation`` is that of following rows
    under ``errors="AR1"``.
    """

    terms: tuple[str, ...]
    coefficients: Vector
    covariance: Vector
    df: float
    fitted: Vector
    pearson: float
    alpha: float = 0.0
    correlation: float = nan
    converged: bool = True
    why: str = ""

    @property
    def separated(self) -> bool:
        """Whether some rows have a mean that ran to 0, as happens where a group has no events."""
        return bool(self.fitted.min() < 1e-7 * self.fitted.mean())


def newey_west_lags(size: int) -> int:
    """Return the usual number of lags, floor(4 (n / 100)^(2/9)) (Newey & West 1994)."""
    return int(4 * (size / 100) ** (2 / 9))


def design_of(data: pd.DataFrame, formula: str, exposure: str | None) -> tuple[Vector, pd.DataFrame, Vector]:
    """Return outcome, design and log exposure of a formula; refuse empty cells instead of dropping rows."""
    from statsmodels.formula.api import glm

    columns_of(data, [name for name in [exposure] if name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = glm(formula, data=data, missing="raise")
        except Exception as error:
            raise ValueError(f"formula {formula!r} cannot be used with these data: {_first_line(error)}") from None
    outcome = np.asarray(model.endog, dtype=np.float64)
    if (outcome < 0).any():
        raise ValueError(f"the outcome must be 0 or more, got {float(outcome.min()):g}")
    design = pd.DataFrame(np.asarray(model.exog, dtype=np.float64), columns=list(model.exog_names))
    if exposure is None:
        return outcome, design, np.zeros(len(outcome))
    time = data[exposure].to_numpy(dtype=np.float64)
    if (time <= 0).any():
        raise ValueError(f"exposure must be above 0, got {float(time.min()):g}; leave out rows without time at risk")
    return outcome, design, np.log(time)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def fit_counts(
    outcome: Vector,
    design: pd.DataFrame,
    offset: Vector,
    *,
    family: str,
    errors: str,
    groups: NDArray[Any] | None = None,
    lags: int | None = None,
    places: Vector | None = None,
) -> CountFit:
    """Fit by maximum likelihood and give the covariance asked for.

    Parameters
    ----------
    outcome, design, offset
        As `design_of` returns them.
    family, errors
        One of ``FAMILIES`` and of ``ERRORS``.
    groups : array, optional
        Cluster of each row, for ``errors="cluster"``.
    lags : int, optional
        For ``errors="HAC"``; left out: `newey_west_lags`.
    places : array, optional
        For ``errors="AR1"``: number of each row's period; left out: one after the other.
    """
    size, terms = design.shape
    empty = CountFit(
        terms=tuple(design.columns),
        coefficients=np.full(terms, nan),
        covariance=np.full((terms, terms), nan),
        df=nan,
        fitted=np.full(size, nan),
        pearson=nan,
        converged=False,
    )
    if not outcome.sum():
        return replace(empty, why="nothing was counted: no rates to compare")
    if size <= terms or np.linalg.matrix_rank(design.to_numpy()) < terms:
        return replace(empty, why="the terms cannot be told apart in these data")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fit = _fit(outcome, design, offset, family, errors, groups, lags)
            return _autocorrelated(fit, outcome, design, places) if errors == "AR1" else fit
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return replace(empty, why="the model could not be fitted to these data")


def _fit(
    outcome: Vector,
    design: pd.DataFrame,
    offset: Vector,
    family: str,
    errors: str,
    groups: NDArray[Any] | None,
    lags: int | None,
) -> CountFit:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    alpha, settled, size = 0.0, True, len(outcome)
    kind: Any = Poisson()
    if family == "negative_binomial":
        kind, alpha, settled = _negative_binomial(outcome, design, offset)
    codes = pd.factorize(np.asarray(groups))[0] if errors == "cluster" else np.zeros(0, dtype=np.int64)
    options = _options(errors, newey_west_lags(size) if lags is None else lags, codes)
    result = GLM(outcome, design.to_numpy(), family=kind, offset=offset).fit(maxiter=200, tol=1e-12, **options)
    covariance = np.asarray(result.cov_params(), dtype=np.float64)
    df = float(size - design.shape[1]) if family == "quasi_poisson" or errors == "HAC" else np.inf
    if errors == "HC1":
        covariance = covariance * size / (size - design.shape[1])
    elif errors == "cluster":
        clusters = int(codes.max()) + 1
        covariance, df = covariance * clusters / max(clusters - 1, 1), float(clusters - 1)
    pearson = float(result.pearson_chi2 / (size - design.shape[1]))
    if family == "quasi_poisson" and errors == "model":
        covariance = covariance * pearson
    if not np.isfinite(covariance).all():
        raise ValueError("no covariance")
    return CountFit(
        terms=tuple(design.columns),
        coefficients=np.asarray(result.params, dtype=np.float64),
        covariance=covariance,
        df=df,
        fitted=np.asarray(result.fittedvalues, dtype=np.float64),
        pearson=pearson,
        alpha=alpha,
        converged=bool(result.converged) and settled,
        why="" if bool(result.converged) and settled else "the fit did not settle",
    )


def _options(errors: str, lags: int, codes: NDArray[Any]) -> dict[str, Any]:
    """Return what statsmodels is told about the errors."""
    if errors in ("HC0", "HC1"):
        return {"cov_type": errors}
    if errors == "HAC":
        return {"cov_type": "HAC", "cov_kwds": {"maxlags": lags, "use_correction": True}}
    if errors == "cluster":
        return {"cov_type": "cluster", "cov_kwds": {"groups": codes, "use_correction": False}}
    return {}


def _autocorrelated(fit: CountFit, outcome: Vector, design: pd.DataFrame, places: Vector | None) -> CountFit:
    covariance, shared = correlated_covariance(
        outcome, design.to_numpy(), fit.fitted, alpha=fit.alpha, places=places
    )  # fmt: skip
    if not np.isfinite(covariance).all():
        raise ValueError("no covariance")
    return replace(fit, covariance=covariance, df=float(len(outcome) - design.shape[1]), correlation=shared)


def _negative_binomial(outcome: Vector, design: pd.DataFrame, offset: Vector) -> tuple[Any, float, bool]:
    """Alternate between the means and alpha, each by maximum likelihood (as Venables & Ripley 2002, section 7.4)."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln
    from statsmodels.genmod.families import NegativeBinomial, Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    matrix = design.to_numpy()
    mean = np.asarray(GLM(outcome, matrix, family=Poisson(), offset=offset).fit(maxiter=200).fittedvalues)

    def minus_likelihood(log_alpha: float) -> float:
        shape = np.exp(-log_alpha)
        parts = gammaln(outcome + shape) - gammaln(shape) + shape * np.log(shape / (shape + mean))
        return -float((parts + outcome * np.log(mean / (shape + mean))).sum())

    previous = -np.inf
    for _ in range(100):
        found = minimize_scalar(minus_likelihood, bounds=(-16.0, 8.0), method="bounded", options={"xatol": 1e-10})
        if float(found.x) < -15:
            return Poisson(), 0.0, True
        log_alpha = _where_level(float(found.x), outcome, mean)
        family = NegativeBinomial(alpha=float(np.exp(log_alpha)))
        mean = np.asarray(GLM(outcome, matrix, family=family, offset=offset).fit(maxiter=200, tol=1e-12).fittedvalues)
        if abs(log_alpha - previous) < 1e-8:
            return family, float(np.exp(log_alpha)), True
        previous = log_alpha
    return family, float(np.exp(log_alpha)), False


def _where_level(log_alpha: float, outcome: Vector, mean: Vector) -> float:
    """Return where the likelihood is level, next to its highest point: a search by height alone ends within 1e-8 of it.

    The digits after those would hang on the processor.
    """
    from scipy.optimize import brentq
    from scipy.special import digamma

    def slope(log_alpha: float) -> float:
        shape = np.exp(-log_alpha)
        parts = digamma(outcome + shape) - digamma(shape) + np.log(shape / (shape + mean))
        return float((parts + 1 - (shape + outcome) / (shape + mean)).sum())

    low, high = log_alpha - 1e-3, log_alpha + 1e-3
    if slope(low) * slope(high) >= 0:  # at an end of what alpha may be
        return log_alpha
    return float(brentq(slope, low, high, xtol=1e-14, rtol=1e-14))


def ratio_table(fit: CountFit, level: float) -> pd.DataFrame:
    """Return one row per term: ``term``, ``log_estimate``, ``error``, ``ratio``, ``low``, ``high``, ``p``, ``why``.

    Estimate and both ends are exponentiated here. A term whose estimate has run away (a group without any event)
    is empty with the reason.
    """
    rows: list[tuple[object, ...]] = []
    share = 0.5 + level / 2
    wide = q.t_quantile(share, fit.df) if np.isfinite(fit.df) and fit.df > 0 else q.normal_quantile(share)
    for index, term in enumerate(fit.terms):
        value, error = float(fit.coefficients[index]), sqrt(max(float(fit.covariance[index, index]), 0.0))
        lost = fit.separated and abs(value) > _LOST
        why = "no events in one of the groups compared" if lost else fit.why
        if lost or not np.isfinite(value) or error < _NO_SPREAD or fit.df == 0:
            seen = (nan, nan, nan) if lost or not np.isfinite(value) else (value, nan, float(np.exp(value)))
            rows.append((term, *seen, nan, nan, nan, why or "no spread to judge by"))
            continue
        p = q.t_p(value / error, fit.df) if np.isfinite(fit.df) else q.normal_p(value / error)
        ends = [float(np.exp(min(value + side * wide * error, 700.0))) for side in (-1, 1)]
        rows.append((term, value, error, float(np.exp(value)), *ends, p, why))
    return pd.DataFrame(rows, columns=["term", "log_estimate", "error", "ratio", "low", "high", "p", "why"])


def term_answer(table: pd.DataFrame, term: str | None, *, level: float, n: int, method: str) -> Answer:
    """Return one term of a table as an answer; left out: the first after the intercept."""
    names = table["term"].tolist()
    if term is None:
        term = next((name for name in names if name != "Intercept"), names[0])
    if term not in names:
        raise ValueError(f"term must be one of {', '.join(names)}, got {term!r}")
    row = table.iloc[names.index(term)]
    return Answer(
        estimate=float(row["ratio"]),
        low=float(row["low"]),
        high=float(row["high"]),
        p=float(row["p"]),
        level=level,
        n=n,
        method=method,
        why=str(row["why"]),
    )
