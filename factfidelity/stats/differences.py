"""Difference in differences of two groups and two times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, columns_of, flags, level_of, one_of, vector

__all__ = ["TwoByTwo", "two_by_two"]

_SIGNS = np.array([1.0, -1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoByTwo(Answer):
    """Difference in differences (or ratio of ratios).

    Attributes
    ----------
    cells : DataFrame, one row per group and time
        group (treated, control), after, rows, total, exposure, mean (total / exposure).
    error : float
        Standard error, on the log scale for a ratio.
    df : float
        Of Student's t: clusters - 1, or rows - 4.
    clusters : int
    """

    cells: pd.DataFrame
    error: float = nan
    df: float = nan
    clusters: int = 0


def two_by_two(
    data: pd.DataFrame,
    *,
    outcome: str,
    treated: str,
    after: str,
    cluster: str | None = None,
    errors: str = "model",
    exposure: str | None = None,
    weights: str | None = None,
    scale: str = "difference",
    level: float = 0.95,
) -> TwoByTwo:
    """Change in the treated less the change in the controls.

    Parameters
    ----------
    data : DataFrame, one row per unit and time (or per client and window)
    outcome, treated, after : str
        Columns: a number, and two yes/no columns.
    cluster : str, optional
        Column that names the cluster; implies and is needed by ``errors="cluster"``.
    errors : {"model", "HC0", "HC1", "cluster"}
        One variance for all rows; robust; or rows of one cluster together with the factor
        G / (G - 1) x (n - 1) / (n - 4) [1]_.
    exposure : str, optional
        Time at risk, above 0; cells are then rates, total / exposure. Needs robust errors.
    weights : str, optional
        Weight of each row (matching, inverse probability), 0 or more. Needs robust errors.
    scale : {"difference", "ratio"}
        (a1 - a0) - (b1 - b0), or (a1 / a0) / (b1 / b0) with the interval on the log scale.
    level : float, default 0.95

    Returns
    -------
    TwoByTwo
        Empty with the reason where a cell has no rows, or for a ratio no events.

    Raises
    ------
    ValueError
        If a column is missing, empty or out of range, or choices do not go together.

    References
    ----------
    .. [1] Bertrand, Duflo & Mullainathan (2004), Q. J. Econ. 119, 249-275; Cameron & Miller (2015), J. Human
       Resources 50, 317-372.
    """
    errors = "cluster" if cluster else one_of("errors", errors, ("model", "HC0", "HC1", "cluster"))
    scale, level = one_of("scale", scale, ("difference", "ratio")), level_of(level)
    if errors == "cluster" and not cluster:
        raise ValueError("errors='cluster' needs the column of the cluster, got cluster=None")
    if errors == "model" and (exposure or weights or scale == "ratio"):
        raise ValueError("exposure, weights and scale='ratio' need errors='HC0', 'HC1' or a cluster, got 'model'")
    columns_of(data, [name for name in (outcome, treated, after, cluster, exposure, weights) if name])
    value = vector("outcome", data[outcome])
    time = vector("exposure", data[exposure], lowest=0) if exposure else np.ones(len(value))
    weight = vector("weights", data[weights], lowest=0) if weights else np.ones(len(value))
    cell = 2 * (1 - flags("treated", data[treated]).astype(int)) + 1 - flags("after", data[after]).astype(int)
    table = _cells(cell, weight * value, weight * time)
    answer = TwoByTwo(estimate=nan, level=level, n=len(value), method=f"two_by_two_{scale}_{errors}", cells=table)
    if (table["exposure"] <= 0).any():
        return replace(answer, why="a group has no rows, or no time at risk, before or after")
    means = table["mean"].to_numpy()
    if scale == "ratio" and (means <= 0).any():
        return replace(answer, why="a group has no events before or after: no ratio of ratios")
    influence = _SIGNS[cell] * weight * (value - means[cell] * time) / table["exposure"].to_numpy()[cell]
    influence = influence / means[cell] if scale == "ratio" else influence
    groups = data[cluster].to_numpy() if cluster else None
    variance, df, clusters = _variance(influence, errors, groups, table, value - means[cell])
    middle = float((_SIGNS * (np.log(means) if scale == "ratio" else means)).sum())
    back = exp if scale == "ratio" else float
    answer = replace(answer, estimate=back(middle), df=df, clusters=clusters)
    if df <= 0 or variance <= 0:
        return replace(answer, why="no spread between the units to judge by")
    error = sqrt(variance)
    half = q.t_quantile(0.5 + level / 2, df) * error
    return replace(answer, low=back(middle - half), high=back(middle + half), p=q.t_p(middle / error, df), error=error)


def _cells(cell: NDArray[np.int64], value: Vector, time: Vector) -> pd.DataFrame:
    totals, times = (np.bincount(cell, weights=part, minlength=4) for part in (value, time))
    return pd.DataFrame(
        {
            "group": ["treated", "treated", "control", "control"],
            "after": [True, False, True, False],
            "rows": np.bincount(cell, minlength=4),
            "total": totals,
            "exposure": times,
            "mean": np.divide(totals, times, out=np.full(4, nan), where=times > 0),
        }
    )


def _variance(
    influence: Vector, errors: str, groups: NDArray[Any] | None, table: pd.DataFrame, residual: Vector
) -> tuple[float, float, int]:
    rows = len(influence)
    if errors == "model":
        sigma = float((residual**2).sum()) / (rows - 4) if rows > 4 else 0.0
        return sigma * float((1 / table["rows"]).sum()), float(rows - 4), 0
    if groups is None:
        factor = rows / (rows - 4) if errors == "HC1" and rows > 4 else 1.0
        return factor * float((influence**2).sum()), float(rows - 4), 0
    sums = np.bincount(pd.factorize(groups)[0], weights=influence)
    clusters = len(sums)
    if clusters < 2 or rows <= 4:
        return 0.0, 0.0, clusters
    factor = clusters / (clusters - 1) * (rows - 1) / (rows - 4)
    return factor * float((sums**2).sum()), float(clusters - 1), clusters
