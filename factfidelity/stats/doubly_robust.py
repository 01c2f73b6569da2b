"""Doubly robust difference in differences of a panel (Sant'Anna & Zhao 2020)."""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray

from factfidelity.stats.inputs import Vector

__all__ = ["doubly_robust_change", "logistic_share"]


def logistic_share(treated: NDArray[np.bool_], design: Vector) -> tuple[Vector, Vector] | None:
    """Fit a logistic regression; return the fitted shares and the covariance, None where it does not settle.

    Parameters
    ----------
    treated : array of bool
    design : array, shape (units, terms)
        With its constant.
    """
    beta = np.zeros(design.shape[1])
    outcome = treated.astype(np.float64)
    for _ in range(50):
        share = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        information = design.T @ (design * (share * (1 - share))[:, None])
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (outcome - share))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            return share, np.linalg.inv(information).astype(np.float64)
    return None


def doubly_robust_change(change: Vector, treated: NDArray[np.bool_], design: Vector) -> tuple[float, Vector]:
    """Effect on the treated from changes, right if either the outcome or the propensity model is right.

    Parameters
    ----------
    change : array
        Outcome after minus before, of each unit.
    treated : array of bool
    design : array, shape (units, terms)
        Covariates before, with a constant.

    Returns
    -------
    tuple
        The effect and the influence of each unit (mean 0); NaN and zeros where a model cannot be fitted.

    References
    ----------
    .. [1] Sant'Anna & Zhao (2020), J. Econometrics 219, 101-122, section 3.1 (panel; logit and least squares).
    """
    units, failed = len(change), (nan, np.zeros(len(change)))
    fitted = logistic_share(treated, design)
    d = treated.astype(np.float64)
    gram = design.T @ (design * (1 - d)[:, None]) / units
    if fitted is None or fitted[0].max() > 0.999 or np.linalg.cond(gram) > 1e12:
        return failed
    share, covariance = fitted
    inverse = np.linalg.inv(gram)
    beta = inverse @ (design.T @ ((1 - d) * change)) / units
    left = change - design @ beta
    odds = share * (1 - d) / (1 - share)
    on_treated, on_controls = float((d * left).mean() / d.mean()), float((odds * left).mean() / odds.mean())
    of_outcome = ((1 - d) * left)[:, None] * design @ inverse
    of_share = (d - share)[:, None] * design @ (covariance * units)
    first = d * left - d * on_treated - of_outcome @ (d[:, None] * design).mean(axis=0)
    moved = ((odds * (left - on_controls))[:, None] * design).mean(axis=0)
    second = odds * left - odds * on_controls + of_share @ moved - of_outcome @ (odds[:, None] * design).mean(axis=0)
    return on_treated - on_controls, first / d.mean() - second / odds.mean()
