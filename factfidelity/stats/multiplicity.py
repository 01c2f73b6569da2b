"""Many p-values in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factfidelity.stats.inputs import Vector, scalar, vector

__all__ = ["BenjaminiHochberg", "benjamini_hochberg"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BenjaminiHochberg:
    """What is rejected when the false discovery rate is held.

    Attributes
    ----------
    rejected : ndarray of bool
        In the order of the p-values given.
    critical_p : float
        alpha x rejected / tests: the largest p-value that would have been rejected; alpha / tests when none was.
    adjusted : ndarray
        Adjusted p-values.
    tests, rejections : int
    alpha : float
    """

    rejected: NDArray[np.bool_]
    critical_p: float
    adjusted: Vector
    tests: int
    rejections: int
    alpha: float


def benjamini_hochberg(p: Any, *, alpha: float = 0.05) -> BenjaminiHochberg:
    """Hold the false discovery rate over a table of tests [1]_.

    Parameters
    ----------
    p : array
        P-values, 0 to 1; leave out what could not be computed.
    alpha : float, default 0.05

    Returns
    -------
    BenjaminiHochberg

    Raises
    ------
    ValueError
        If a p-value is NaN or lies outside 0 to 1, or alpha outside 0 to 1.

    References
    ----------
    .. [1] Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289-300.
    """
    values = vector("p", p, lowest=0)
    if values.max() > 1:
        raise ValueError(f"p must be 1 or less, got {float(values.max()):g}")
    alpha = scalar("alpha", alpha, above=0)
    if alpha >= 1:
        raise ValueError(f"alpha must be below 1, got {alpha:g}")
    tests = len(values)
    order = np.argsort(values, kind="stable")
    scaled = values[order] * tests / np.arange(1, tests + 1)
    adjusted = np.empty(tests)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    passed = values[order] <= alpha * np.arange(1, tests + 1) / tests
    rejections = int(np.flatnonzero(passed).max()) + 1 if passed.any() else 0
    rejected = np.zeros(tests, dtype=bool)
    rejected[order[:rejections]] = True
    return BenjaminiHochberg(
        rejected=rejected,
        critical_p=alpha * max(rejections, 1) / tests,
        adjusted=adjusted,
        tests=tests,
        rejections=rejections,
        alpha=alpha,
    )
