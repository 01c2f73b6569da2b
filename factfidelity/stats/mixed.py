"""Linear mixed model: repeated measurements of the same team or client."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, columns_of, level_of

__all__ = ["MixedModel", "mixed_model"]

_LARGEST_RATIO = 1e6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedModel(Answer):
    """Mixed model by REML; ``estimate`` is the first term after the intercept.

    Attributes
    ----------
    table : DataFrame, one row per fixed term
        term, estimate, error, low, high, p.
    random : DataFrame
        Covariance of the random effects (intercept, and slope where asked for).
    residual_variance : float
    intraclass : float
        Share of the variance that lies between groups (random intercept only; else NaN).
    groups : int
    """

    table: pd.DataFrame
    random: pd.DataFrame
    residual_variance: float = nan
    intraclass: float = nan
    groups: int = 0


@dataclass(frozen=True, slots=True)
class _Fit:
    estimate: Vector
    error: Vector
    random: Vector
    residual: float
    why: str = ""


def mixed_model(
    data: pd.DataFrame, formula: str, *, groups: str, slopes: str | None = None, level: float = 0.95
) -> MixedModel:
    """Linear model with a random intercept, and if asked for a random slope, of each group [1]_.

    Parameters
    ----------
    data : DataFrame, one row per measurement
    formula : str
        Outcome and fixed terms, ``"days ~ fidelity + year"``.
    groups : str
        Column that names the group (team, client).
    slopes : str, optional
        Column whose slope varies between groups.
    level : float, default 0.95

    Returns
    -------
    MixedModel
        Normal-theory intervals; with few groups they are too narrow, and under 10 groups ``why`` says so. A variance
        between groups of 0, and a random slope that could not be fitted and was left out, are said too.

    Raises
    ------
    ValueError
        If a column is missing or has empty cells, the formula cannot be read, or there is only one group.

    References
    ----------
    .. [1] Laird & Ware (1982), Biometrics 38, 963-974.
    """
    level = level_of(level)
    columns_of(data, [groups, *([slopes] if slopes else [])])
    number = int(data[groups].nunique())
    if number < 2:
        raise ValueError(f"groups must name at least two groups, got {number}")
    model = _model(data, formula, groups, slopes)
    outcome, design = np.asarray(model.endog, dtype=np.float64), np.asarray(model.exog, dtype=np.float64)
    terms, whole = list(model.exog_names), len(outcome) > design.shape[1]
    fit = None
    if whole and np.linalg.matrix_rank(design) == design.shape[1]:
        fit = _with_slopes(model) if slopes else None
        left_out = "the random slope could not be fitted and is left out" if slopes and fit is None else ""
        fit = fit or _random_intercept(outcome, design, data[groups].to_numpy(), left_out)
    return _answer(fit, terms, slopes, level, (len(outcome), number))


def _answer(fit: _Fit | None, terms: list[str], slopes: str | None, level: float, size: tuple[int, int]) -> MixedModel:
    empty = np.full(len(terms), nan)
    estimate, error = (empty, empty) if fit is None else (fit.estimate, fit.error)
    half = q.normal_quantile(0.5 + level / 2) * error
    table = pd.DataFrame(
        {
            "term": terms,
            "estimate": estimate,
            "error": error,
            "low": estimate - half,
            "high": estimate + half,
            "p": [q.normal_p(value) for value in estimate / error],
        }
    )
    random = np.zeros((0, 0)) if fit is None else fit.random
    names = ["intercept", *([slopes] if slopes else [])][: len(random)]
    residual = nan if fit is None else fit.residual
    alone = len(random) == 1
    between = float(random[0, 0]) if alone else nan
    first = table.iloc[1 if len(table) > 1 and terms[0] == "Intercept" else 0]
    return MixedModel(
        estimate=float(first["estimate"]),
        low=float(first["low"]),
        high=float(first["high"]),
        p=float(first["p"]),
        level=level,
        n=size[0],
        method="mixed_model_reml",
        why=_why(fit, size[1]),
        table=table,
        random=pd.DataFrame(random, index=names, columns=names),
        residual_variance=residual,
        intraclass=between / (between + residual) if alone and between + residual > 0 else nan,
        groups=size[1],
    )


def _why(fit: _Fit | None, groups: int) -> str:
    if fit is None:
        return "the terms cannot be told apart in these data"
    parts = [f"only {groups} groups: the interval is too narrow"] if groups < 10 else []
    if float(np.linalg.eigvalsh(fit.random).min()) <= 1e-6 * fit.residual:
        parts.append("a variance between groups is 0")
    return "; ".join([*parts, *([fit.why] if fit.why else [])])


def _model(data: pd.DataFrame, formula: str, groups: str, slopes: str | None) -> Any:
    from statsmodels.formula.api import mixedlm

    plain = data.reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            random = f"~{slopes}" if slopes else None
            return mixedlm(formula, plain, groups=plain[groups], re_formula=random, missing="raise")
        except Exception as error:
            said = (str(error).splitlines() or [type(error).__name__])[0][:120]
            raise ValueError(f"formula {formula!r} cannot be used with these data: {said}") from None


def _with_slopes(model: Any) -> _Fit | None:
    """Fit intercept and slope by statsmodels; None where a variance runs to its edge or nothing settles."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            result = model.fit(reml=True, method=["lbfgs", "bfgs", "powell"])
        except (np.linalg.LinAlgError, ValueError):
            return None
        error = np.asarray(result.bse_fe, dtype=np.float64)
    if not np.isfinite(error).all() or not result.converged:
        return None
    estimate, random = np.asarray(result.fe_params), np.asarray(result.cov_re)
    return _Fit(estimate.astype(np.float64), error, random.astype(np.float64), float(result.scale))


def _random_intercept(outcome: Vector, design: Vector, groups: NDArray[Any], why: str) -> _Fit:
    """REML with one variance ratio to search for: within a group, V = I + ratio x J has a closed inverse."""
    from scipy.optimize import minimize_scalar

    codes = pd.factorize(groups)[0]
    sizes = np.bincount(codes)
    both = np.column_stack([design, outcome])
    sums = np.zeros((len(sizes), both.shape[1]))
    np.add.at(sums, codes, both)
    squares, terms, rows = both.T @ both, design.shape[1], len(outcome)

    def solved(ratio: float) -> tuple[float, Vector, Vector, float]:
        whole = squares - (sums * (ratio / (1 + sizes * ratio))[:, None]).T @ sums
        inverse = np.linalg.inv(whole[:terms, :terms]).astype(np.float64)
        beta = inverse @ whole[:terms, terms]
        residual = max(float(whole[terms, terms] - whole[terms, :terms] @ beta) / (rows - terms), 1e-300)
        logs = np.log1p(sizes * ratio).sum() + np.linalg.slogdet(whole[:terms, :terms])[1]
        return float((rows - terms) * np.log(residual) + logs), beta, inverse, residual

    found = minimize_scalar(
        lambda x: solved(float(np.exp(x)))[0],
        bounds=(-20, np.log(_LARGEST_RATIO)),
        method="bounded",
        options={"xatol": 1e-10},
    )
    ratio = float(np.exp(found.x))
    ratio = 0.0 if ratio < 1e-8 or solved(0.0)[0] <= solved(ratio)[0] else ratio
    _, beta, inverse, residual = solved(ratio)
    return _Fit(beta, np.sqrt(np.diag(inverse) * residual), np.array([[ratio * residual]]), residual, why)
