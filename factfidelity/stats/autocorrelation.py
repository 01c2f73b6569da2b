"""Errors of a count model whose periods go together: first-order autocorrelation, judged without the usual bias."""

from __future__ import annotations

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.inputs import Vector

__all__ = ["correlated_covariance"]

_MOST = 0.95


def correlated_covariance(
    outcome: Vector, design: Vector, fitted: Vector, *, alpha: float = 0.0, places: Vector | None = None
) -> tuple[Vector, float]:
    """Return the covariance of log-linear coefficients under AR(1) residuals, and their autocorrelation.

    The autocorrelation is the one under which the residuals of this design are expected to show what they show: the
    plain estimate is too low, since trend, level and season follow the noise. It is at least 0. The scale is
    corrected in the same way.

    Parameters
    ----------
    outcome, fitted : array, one per period
    design : array, shape (periods, terms)
    alpha : float, default 0
        Of the negative binomial: variance = scale x (mean + alpha x mean^2).
    places : array, optional
        Number of each period; left out: one after the other. Periods may be missing.

    Returns
    -------
    covariance : ndarray, shape (terms, terms)
    autocorrelation : float
        From one period to the next, 0 to 0.95.

    References
    ----------
    .. [1] Liang & Zeger (1986), Biometrika 73, 13-22 (model-based errors of a working correlation); the correction as
       in Tjostheim & Paulsen (1983), Biometrika 70, 377-390 (bias of estimates of autocorrelation).
    """
    weight = fitted / (1 + alpha * fitted)
    root = np.sqrt(weight)[:, None] * design
    bread = np.linalg.inv(root.T @ root)
    residual = (outcome - fitted) / np.sqrt(fitted * (1 + alpha * fitted))
    away = np.eye(len(outcome)) - root @ bread @ root.T
    at = np.arange(len(outcome)) if places is None else places
    apart = np.abs(at[:, None] - at[None, :]).astype(np.float64)
    following = apart == 1

    def expected(shared: float) -> float:
        spread = away @ shared**apart @ away
        return float(spread[following].sum() / 2 / np.trace(spread))

    seen = float((residual[:, None] * residual[None, :])[following].sum()) / 2 / float((residual**2).sum())
    shared = 0.0
    if following.any() and seen > expected(0.0):
        shared = _MOST if seen >= expected(_MOST) else q.root(lambda value: expected(value) - seen, 0.0, _MOST)
    together = shared**apart
    scale = float((residual**2).sum()) / float(np.trace(away @ together @ away))
    covariance: Vector = scale * bread @ (root.T @ together @ root) @ bread
    return covariance, shared
