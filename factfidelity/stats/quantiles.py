"""Quantiles and tails of the common distributions, from the light half of scipy.

``scipy.stats`` takes ten times as long to import; nothing here needs it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

_MANY = 2**30  # scipy's bdtr takes the number of trials as a C int


def normal_quantile(share: float) -> float:
    """Return the value below which ``share`` of the standard normal lies."""
    from scipy.special import ndtri

    return float(ndtri(share))


def normal_cdf(value: float) -> float:
    """Return the share of the standard normal below ``value``."""
    from scipy.special import ndtr

    return float(ndtr(value))


def normal_p(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return 2 * normal_cdf(-abs(z))


def t_quantile(share: float, df: float) -> float:
    """Return the quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(df, share))


def t_p(t: float, df: float) -> float:
    """Return the two-sided p-value of a t statistic."""
    from scipy.special import stdtr

    return 2 * float(stdtr(df, -abs(t)))


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the quantile of the beta distribution."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, share))


def f_quantile(share: float, df1: float, df2: float) -> float:
    """Return the quantile of the F distribution."""
    from scipy.special import fdtri

    return float(fdtri(df1, df2, share))


def f_p(value: float, df1: float, df2: float) -> float:
    """Return the upper tail of the F distribution."""
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, value))


def chi2_p(value: float, df: float) -> float:
    """Return the upper tail of chi-square."""
    from scipy.special import chdtrc

    return float(chdtrc(df, value))


def gamma_quantile(share: float, shape: float) -> float:
    """Return the quantile of the gamma distribution with scale 1 (half a chi-square with 2 x shape df)."""
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, share))


def poisson_cdf(count: float, mean: float) -> float:
    """Return P(X <= count) of a Poisson; 0 below 0."""
    from scipy.special import pdtr

    return float(pdtr(count, mean)) if count >= 0 else 0.0


def binomial_cdf(count: int, size: int, share: float) -> float:
    """Return P(X <= count) of a binomial; 0 below 0."""
    from scipy.special import bdtr, betainc

    if count < 0:
        return 0.0
    if count >= size:
        return 1.0
    return float(bdtr(count, size, share)) if size < _MANY else float(betainc(size - count, count + 1, 1 - share))


def binomial_above(count: int, size: int, share: float) -> float:
    """Return P(X >= count) of a binomial, without the rounding of 1 - P(X < count)."""
    from scipy.special import betainc

    if count <= 0:
        return 1.0
    return 0.0 if count > size else float(betainc(count, size - count + 1, share))


def clopper_pearson(events: float, size: float, level: float) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper & Pearson 1934, Biometrika 26, 404-413)."""
    tail = (1 - level) / 2
    low = beta_quantile(tail, events, size - events + 1) if events > 0 else 0.0
    high = beta_quantile(1 - tail, events + 1, size - events) if events < size else 1.0
    return low, high


def wilson(events: float, size: float, level: float) -> tuple[float, float]:
    """Return the score interval of a share (Wilson 1927, JASA 22, 209-212)."""
    z = normal_quantile(0.5 + level / 2)
    share = events / size
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    half = z / (1 + z * z / size) * float(np.sqrt(share * (1 - share) / size + z * z / (4 * size * size)))
    low = 0.0 if events == 0 else middle - half
    high = 1.0 if events == size else middle + half
    return low, high


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where ``function`` crosses zero between two values of opposite sign."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-13, rtol=1e-13, maxiter=500))


def order_quantile(ordered: NDArray[np.float64], share: float) -> float:
    """Return the quantile at position ``share`` x (n + 1) of sorted values; +inf values are kept as such."""
    size = len(ordered)
    position = share * (size + 1)
    below = int(np.floor(position))
    if below < 1:
        return float(ordered[0])
    if below >= size:
        return float(ordered[-1])
    part = position - below
    left, right = float(ordered[below - 1]), float(ordered[below])
    if part == 0 or left == right:
        return left
    return left + part * (right - left)
