"""Models of counts with time at risk: Poisson, quasi-Poisson, negative binomial, and GEE."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.stats.answers import Answer, refuse_days
from factfidelity.stats.fits import (
    ERRORS,
    FAMILIES,
    CountFit,
    design_of,
    fit_counts,
    ratio_table,
    term_answer,
)
from factfidelity.stats.inputs import Vector, columns_of, level_of, one_of
from factfidelity.stats.inputs import count as whole

__all__ = ["CountModel", "count_model", "gee_counts"]

_CORRELATIONS = ("independence", "exchangeable")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CountModel(Answer):
    """A fitted count model; ``estimate`` is the rate ratio of the first term after the intercept.

    Attributes
    ----------
    table : DataFrame, one row per term
        term, log_estimate, error (of it), ratio, low, high, p, why.
    covariance : DataFrame
        Of the log estimates.
    dispersion : float
        Pearson chi-square over its degrees of freedom; 1 where counts are Poisson.
    alpha : float
        Of the negative binomial: variance = mean + alpha x mean^2; 0 otherwise.
    correlation : float
        Working correlation within clusters (GEE); NaN otherwise.
    clusters : int
    """

    table: pd.DataFrame
    covariance: pd.DataFrame
    dispersion: float = nan
    alpha: float = 0.0
    correlation: float = nan
    clusters: int = 0

    def term(self, name: str) -> Answer:
        """Return the rate ratio of one term as an answer."""
        return term_answer(self.table, name, level=self.level, n=self.n, method=self.method)


def _answer(fit: CountFit, level: float, n: int, method: str, **extra: Any) -> CountModel:
    table = ratio_table(fit, level)
    first = term_answer(table, None, level=level, n=n, method=method)
    names = list(fit.terms)
    return CountModel(
        estimate=first.estimate,
        low=first.low,
        high=first.high,
        p=first.p,
        level=level,
        n=n,
        method=method,
        why=first.why,
        table=table,
        covariance=pd.DataFrame(fit.covariance, index=names, columns=names),
        dispersion=fit.pearson,
        alpha=fit.alpha,
        **extra,
    )


def count_model(
    data: pd.DataFrame,
    formula: str,
    *,
    exposure: str | None = None,
    family: str = "poisson",
    errors: str = "model",
    cluster: str | None = None,
    lags: int | None = None,
    level: float = 0.95,
) -> CountModel:
    """Log-linear model of counts; estimates and interval ends are rate ratios.

    Parameters
    ----------
    data : DataFrame
        One row per client and window, team and month, or what is counted; no empty cell in a column used.
    formula : str
        Outcome and terms, ``"admissions ~ after + C(team)"``.
    exposure : str, optional
        Column with time at risk, above 0; its logarithm is the offset.
    family : {"poisson", "quasi_poisson", "negative_binomial"}
        ``negative_binomial``: variance = mean + alpha x mean^2, alpha by maximum likelihood [1]_; where there is no
        overdispersion it is the Poisson.
    errors : {"model", "HC0", "HC1", "HAC", "AR1", "cluster"}
        From the model; robust; Newey-West with ``lags``, or first-order autocorrelation (both: rows in order of
        time); robust with rows of one ``cluster`` together, with the factor G / (G - 1) and Student's t on G - 1.
    cluster : str, optional
        Column that names the cluster; asked for by, and only allowed with, ``errors="cluster"``.
    lags : int, optional
        For HAC; left out: floor(4 (n / 100)^(2/9)).
    level : float, default 0.95

    Returns
    -------
    CountModel
        Student's t on n - terms for quasi-Poisson, HAC and AR1, on G - 1 for clusters, else the normal distribution.

    Raises
    ------
    ValueError
        If a column is missing or has empty cells, the formula cannot be read, or a choice is unknown.
    RateIntervalError
        If the outcome is days by its name and the interval would be the plain Poisson one.

    References
    ----------
    .. [1] Venables & Ripley (2002), Modern Applied Statistics with S, section 7.4; Newey & West (1987),
       Econometrica 55, 703-708; Liang & Zeger (1986), Biometrika 73, 13-22.
    """
    family, errors = one_of("family", family, FAMILIES), one_of("errors", errors, ERRORS)
    level = level_of(level)
    if (errors == "cluster") != (cluster is not None):
        raise ValueError(f"errors='cluster' and cluster go together, got errors={errors!r} and cluster={cluster!r}")
    if lags is not None:
        lags = whole("lags", lags)
    if family == "poisson" and errors == "model":
        refuse_days(formula.split("~")[0].strip())
    columns_of(data, [cluster] if cluster else [])
    outcome, design, offset = design_of(data, formula, exposure)
    groups = data[cluster].to_numpy() if cluster else None
    fit = fit_counts(outcome, design, offset, family=family, errors=errors, groups=groups, lags=lags)
    clusters = int(data[cluster].nunique()) if cluster else 0
    return _answer(fit, level, len(outcome), f"{family}_{errors}", clusters=clusters)


def gee_counts(
    data: pd.DataFrame,
    formula: str,
    *,
    cluster: str,
    exposure: str | None = None,
    correlation: str = "exchangeable",
    level: float = 0.95,
) -> CountModel:
    """Poisson GEE with robust errors [1]_: rate ratios in the population, rows of one cluster correlated.

    Parameters
    ----------
    data, formula, exposure
        As in `count_model`.
    cluster : str
        Column that names the cluster, the client as a rule.
    correlation : {"exchangeable", "independence"}
        Working correlation. With ``independence`` the estimate is that of the plain model, and only the errors know
        of the clusters.
    level : float, default 0.95

    Returns
    -------
    CountModel
        Robust errors without small-sample factor, Student's t on clusters - 1.

    Raises
    ------
    ValueError
        As `count_model`.

    References
    ----------
    .. [1] Liang & Zeger (1986), Biometrika 73, 13-22.
    """
    correlation, level = one_of("correlation", correlation, _CORRELATIONS), level_of(level)
    columns_of(data, [cluster])
    outcome, design, offset = design_of(data, formula, exposure)
    groups = pd.factorize(data[cluster].to_numpy())[0]
    clusters = int(groups.max()) + 1
    fit = fit_counts(outcome, design, offset, family="poisson", errors="cluster", groups=groups)
    fit = replace(fit, covariance=fit.covariance * max(clusters - 1, 1) / clusters)
    shared = 0.0
    if correlation != "independence" and not fit.why and not fit.separated:
        fit, shared = _gee(fit, outcome, design.to_numpy(), offset, groups)
    return _answer(fit, level, len(outcome), f"gee_{correlation}", clusters=clusters, correlation=shared)


def _gee(start: CountFit, outcome: Vector, design: Vector, offset: Vector, groups: Any) -> tuple[CountFit, float]:
    """Fisher scoring with an exchangeable working correlation, all clusters at once.

    The inverse of an exchangeable matrix of size m is (I - J a / (1 + (m - 1) a)) / (1 - a), so that clusters only need
    their sums. Scale and correlation are means of squares and of products of Pearson residuals.
    """
    sizes = np.bincount(groups).astype(np.float64)
    pairs = float((sizes * (sizes - 1) / 2).sum())
    beta, shared = start.coefficients.copy(), 0.0
    if not pairs:
        return start, nan

    def within(values: Vector) -> Vector:
        sums = np.zeros((len(sizes), values.shape[1]))
        np.add.at(sums, groups, values)
        left: Vector = (values - (shared / (1 + (sizes - 1) * shared))[groups, None] * sums[groups]) / (1 - shared)
        return left

    for _ in range(200):
        mean = np.exp(design @ beta + offset)
        residual = ((outcome - mean) / np.sqrt(mean))[:, None]
        sums = np.bincount(groups, weights=residual[:, 0])
        products = float((sums**2).sum() - (residual**2).sum()) / 2
        shared = products / pairs / float((residual**2).mean())
        if not -1 / max(sizes.max() - 1, 1) < shared < 1:
            return replace(start, why="the working correlation cannot be fitted; independence stands in"), nan
        weighted = within(np.sqrt(mean)[:, None] * design)
        bread = np.linalg.inv(weighted.T @ (np.sqrt(mean)[:, None] * design))
        step = bread @ (weighted.T @ residual[:, 0])
        beta = beta + step
        if np.abs(step).max() < 1e-11:
            break
    parts = np.zeros((len(sizes), design.shape[1]))
    np.add.at(parts, groups, weighted * residual)
    return replace(start, coefficients=beta, covariance=bread @ (parts.T @ parts) @ bread, fitted=mean), shared
