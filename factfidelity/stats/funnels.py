"""Limits of a funnel plot: how far a unit of a given size may lie from the target by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, level_of, one_of, same_length, scalar, vector

__all__ = ["FunnelLimits", "funnel_limits"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunnelLimits(Answer):
    """Units against their limits; ``estimate`` is the target.

    Attributes
    ----------
    table : DataFrame, one row per unit, in the order given
        events, size, value (events / size), z, lower_95, upper_95, lower_99.8, upper_99.8 (by level), outside (""
        within all, "high", "low" beyond the widest limits; "high_inner", "low_inner" beyond the narrowest only).
    curve : DataFrame
        size, and the same limits on a grid of sizes for drawing.
    tau : float
        Standard deviation between units on the scale used (additive overdispersion); 0 where there is none.
    phi : float
        Mean of the squared z after winsorising: 1 by chance alone.
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    tau: float = 0.0
    phi: float = nan


def funnel_limits(
    events: Any,
    size: Any,
    *,
    kind: str = "proportion",
    target: float | None = None,
    levels: Sequence[float] = (0.95, 0.998),
    overdispersion: bool = False,
    winsorise: float = 0.1,
) -> FunnelLimits:
    """Control limits of a funnel plot [1]_.

    Parameters
    ----------
    events, size : array, one per unit
        Counts; persons (``proportion``), time at risk (``rate``) or expected counts (``ratio``), above 0.
    kind : {"proportion", "rate", "ratio"}
        Binomial or Poisson limits: exact, interpolated between whole counts.
    target : float, optional
        Left out: total events / total size (for ``ratio``: 1).
    levels : sequence of float
        Coverage of the limits, the narrowest first.
    overdispersion : bool, default False
        Widen by the variance between units, additive on the square root (arcsine) scale, from z-scores winsorised
        at ``winsorise`` in each tail; the limits are then normal on that scale. It only widens, and needs at least
        four units.
    winsorise : float, default 0.1

    Returns
    -------
    FunnelLimits

    Raises
    ------
    ValueError
        If counts exceed persons, a size is not above 0, or the target is out of its range.

    References
    ----------
    .. [1] Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202.
    """
    kind = one_of("kind", kind, ("proportion", "rate", "ratio"))
    seen, sizes = vector("events", events, lowest=0, whole=True), vector("size", size)
    same_length(events=seen, size=sizes)
    if (sizes <= 0).any():
        raise ValueError(f"size must be above 0, got {float(sizes.min()):g}")
    if kind == "proportion" and ((seen > sizes).any() or (sizes != np.round(sizes)).any()):
        raise ValueError("for a proportion size must be whole and not below events")
    ordered = sorted(level_of(level) for level in levels)
    if not ordered:
        raise ValueError("levels must hold at least one level, got none")
    middle = _target(kind, target, seen, sizes)
    z = _z(kind, seen, sizes, middle)
    cut = scalar("winsorise", winsorise, lowest=0)
    phi, tau = _spread(kind, z, sizes, cut if cut < 0.5 else 0.49)
    tau = tau if overdispersion and len(seen) >= 4 else 0.0
    table = pd.DataFrame({"events": seen, "size": sizes, "value": seen / sizes, "z": z})
    grid = np.unique(np.concatenate([np.geomspace(max(sizes.min() / 2, 1e-9), sizes.max() * 1.1, 120), sizes]))
    grid = np.unique(np.maximum(np.round(grid), 1)) if kind == "proportion" else grid
    curve = pd.DataFrame({"size": grid})
    for level in ordered:
        for frame, at in ((table, sizes), (curve, grid)):
            low, high = _limits(kind, at, middle, level, tau)
            frame[f"lower_{100 * level:g}"], frame[f"upper_{100 * level:g}"] = low, high
    table["outside"] = _outside(table, ordered)
    return FunnelLimits(
        estimate=middle,
        level=ordered[-1],
        n=len(seen),
        method=f"funnel_{kind}" + ("_overdispersed" if tau else ""),
        why="fewer than four units: no overdispersion can be judged" if overdispersion and len(seen) < 4 else "",
        table=table,
        curve=curve,
        tau=tau,
        phi=phi,
    )


def _target(kind: str, target: float | None, seen: Vector, sizes: Vector) -> float:
    value = (
        (1.0 if kind == "ratio" else float(seen.sum() / sizes.sum())) if target is None else scalar("target", target)
    )
    if value < 0 or (kind == "proportion" and value > 1):
        raise ValueError(f"target is out of its range, got {value:g}")
    return value


def _scaled(kind: str, value: Any) -> Any:
    """Variance-stabilising scale: arcsine for shares, square root for rates."""
    return np.arcsin(np.sqrt(np.clip(value, 0, 1))) if kind == "proportion" else np.sqrt(np.maximum(value, 0))


def _z(kind: str, seen: Vector, sizes: Vector, target: float) -> Vector:
    """Scores on the stabilised scale, where the standard error is 1 / (2 sqrt(size))."""
    result: Vector = (_scaled(kind, seen / sizes) - _scaled(kind, target)) * 2 * np.sqrt(sizes)
    return result


def _spread(kind: str, z: Vector, sizes: Vector, cut: float) -> tuple[float, float]:
    """Phi from winsorised z, and tau by moments as DerSimonian & Laird (Spiegelhalter 2005, A.1.2)."""
    units = len(z)
    if units < 2:
        return nan, 0.0
    low, high = np.quantile(z, [cut, 1 - cut])
    phi = float((np.clip(z, low, high) ** 2).mean())
    weight = 4 * sizes
    below = float(weight.sum() - (weight**2).sum() / weight.sum())
    excess = units * phi - (units - 1)
    return phi, sqrt(excess / below) if excess > 0 and below > 0 else 0.0


def _limits(kind: str, sizes: Vector, target: float, level: float, tau: float) -> tuple[Vector, Vector]:
    tail = (1 - level) / 2
    if tau:
        half = q.normal_quantile(1 - tail) * np.sqrt(1 / (4 * sizes) + tau**2)
        low, high = (np.maximum(_scaled(kind, target) + side * half, 0) for side in (-1, 1))
        if kind == "proportion":
            return np.sin(low) ** 2, np.sin(np.minimum(high, np.pi / 2)) ** 2
        return low**2, high**2
    return _exact(kind, sizes, target, tail), _exact(kind, sizes, target, 1 - tail)


def _exact(kind: str, sizes: Vector, target: float, share: float) -> Vector:
    """Quantile of the count, interpolated (Spiegelhalter 2005, A.1.1), as a share of the size."""
    from scipy.special import bdtr, pdtr
    from scipy.stats import binom, poisson

    mean = sizes * target
    if kind == "proportion":
        count = binom.ppf(share, sizes, target)
        at, below = (
            bdtr(count, sizes.astype(int), target),
            np.where(count > 0, bdtr(count - 1, sizes.astype(int), target), 0.0),
        )
    else:
        count = poisson.ppf(share, mean)
        at, below = pdtr(count, mean), np.where(count > 0, pdtr(count - 1, mean), 0.0)
    mass = at - below
    part = np.divide(at - share, mass, out=np.zeros_like(mass), where=mass > 0)
    top = sizes if kind == "proportion" else np.inf
    result: Vector = np.clip(count - part, 0, top) / sizes
    return result


def _outside(table: pd.DataFrame, levels: list[float]) -> list[str]:
    inner, outer = f"{100 * levels[0]:g}", f"{100 * levels[-1]:g}"
    value = table["value"]
    conditions = [
        value > table[f"upper_{outer}"],
        value < table[f"lower_{outer}"],
        value > table[f"upper_{inner}"],
        value < table[f"lower_{inner}"],
    ]
    names = ["high", "low", "high_inner", "low_inner"]
    return [str(x) for x in np.select([c.to_numpy() for c in conditions], names, default="")]
