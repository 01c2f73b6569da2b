"""Making two groups alike: shares of being treated, weights, nearest neighbours, and how alike the groups are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.stats.doubly_robust import logistic_share
from factfidelity.stats.inputs import Vector, columns_of, count, flags, numbers, scalar

__all__ = ["Weights", "design_matrix", "match_weights", "odds_weights", "standardised_differences"]

_LARGEST_SHARE = 1 - 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """How much each person counts.

    Attributes
    ----------
    weight : ndarray
        1 for the treated that are kept, 0 for those that are left out.
    share : ndarray
        Fitted share of being treated.
    cluster : ndarray of int
        Persons who belong together: a matched set, else each alone.
    why : str
        Why there are none; empty when there is nothing to say.
    """

    weight: Vector
    share: Vector
    cluster: NDArray[np.int64]
    why: str = ""


def design_matrix(data: pd.DataFrame, covariates: Sequence[str]) -> tuple[Vector, list[str]]:
    """Turn columns into numbers: a category becomes a 0/1 column for each value but the first.

    Parameters
    ----------
    data : DataFrame
    covariates : sequence of str

    Returns
    -------
    tuple
        Array (rows, terms) and the names of the terms.

    Raises
    ------
    ValueError
        If a column is missing or has empty cells.
    """
    columns_of(data, list(covariates))
    parts: list[Vector] = []
    names: list[str] = []
    for name in covariates:
        column = data[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            parts.append(numbers(name, column))
            names.append(name)
            continue
        text = column.astype("str")
        for value in sorted(text.unique())[1:]:
            parts.append((text == value).to_numpy(dtype=np.float64))
            names.append(f"{name}: {value}")
    return (np.column_stack(parts) if parts else np.empty((len(data), 0))), names


def odds_weights(treated: object, covariates: Vector) -> Weights:
    """Weight the untreated by their odds of being treated, so that they stand for the treated [1]_.

    Parameters
    ----------
    treated : array of bool
    covariates : array, shape (persons, terms)
        Without a constant.

    Returns
    -------
    Weights

    References
    ----------
    .. [1] Austin & Stuart (2015), Statistics in Medicine 34, 3661-3679.
    """
    member = flags("treated", treated)
    share, why = _shares(member, covariates)
    weight = np.where(member, 1.0, share / (1 - share)) if not why else np.full(len(member), np.nan)
    return Weights(weight, share, np.arange(len(member)), why)


def match_weights(treated: object, covariates: Vector, *, ratio: int = 1, caliper: float = 0.2) -> Weights:
    """Match each treated person with the nearest untreated ones, without replacement [1]_.

    Parameters
    ----------
    treated : array of bool
    covariates : array, shape (persons, terms)
    ratio : int, default 1
        Untreated persons for each treated one; where fewer are near enough, those count more.
    caliper : float, default 0.2
        Largest distance, in standard deviations of the logit of the share.

    Returns
    -------
    Weights
        A treated person without anybody near enough has weight 0.

    Notes
    -----
    Treated persons choose in order of falling share (those hardest to match first), ties in order of rows: the same
    input gives the same pairs.

    References
    ----------
    .. [1] Rosenbaum & Rubin (1985), American Statistician 39, 33-38; Austin (2011), Pharm. Stat. 10, 150-161.
    """
    member = flags("treated", treated)
    ratio, caliper = count("ratio", ratio, lowest=1), scalar("caliper", caliper, above=0)
    share, why = _shares(member, covariates)
    cluster = np.arange(len(member), dtype=np.int64)
    if why:
        return Weights(np.full(len(member), np.nan), share, cluster, why)
    logit = np.log(share / (1 - share))
    widest = caliper * float(logit.std(ddof=1))
    weight: Vector = np.zeros(len(member))
    free = ~member
    for person in np.lexsort((np.arange(len(member)), -share)):
        if not member[person]:
            continue
        far = np.where(free, np.abs(logit - logit[person]), np.inf)
        chosen = np.argsort(far, kind="stable")[:ratio]
        chosen = chosen[far[chosen] <= widest]
        if len(chosen):
            free[chosen] = False
            weight[person], weight[chosen], cluster[chosen] = 1.0, 1.0 / len(chosen), cluster[person]
    return Weights(weight, share, cluster, "" if weight.any() else "nobody is near enough to be matched")


def _shares(member: NDArray[np.bool_], covariates: Vector) -> tuple[Vector, str]:
    nothing = np.full(len(member), np.nan)
    spread = covariates.std(axis=0)
    kept = covariates[:, spread > 0]
    scaled = (kept - kept.mean(axis=0)) / spread[spread > 0]
    fitted = logistic_share(member, np.column_stack([np.ones(len(member)), scaled]))
    if fitted is None or fitted[0].max() > _LARGEST_SHARE:
        return nothing, "the covariates tell treated and controls apart in full"
    return np.asarray(np.clip(fitted[0], 1e-12, None), dtype=np.float64), ""


def standardised_differences(covariates: Vector, treated: NDArray[np.bool_], weight: Vector | None = None) -> Vector:
    """Difference in means over the standard deviation of the two groups before weighting [1]_.

    Parameters
    ----------
    covariates : array, shape (persons, terms)
    treated : array of bool
    weight : array, optional

    Returns
    -------
    ndarray
        One for each term; 0.1 in absolute value is the usual limit for groups that are alike. NaN where a term does
        not vary.

    References
    ----------
    .. [1] Austin (2009), Statistics in Medicine 28, 3083-3107.
    """
    used = np.ones(len(treated)) if weight is None else weight
    spread = np.sqrt((covariates[treated].var(axis=0, ddof=1) + covariates[~treated].var(axis=0, ddof=1)) / 2)
    ones = used * treated, used * ~treated
    if not ones[0].sum() or not ones[1].sum():
        return np.full(covariates.shape[1], np.nan)
    means = [(part[:, None] * covariates).sum(axis=0) / part.sum() for part in ones]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(spread > 0, (means[0] - means[1]) / spread, np.nan), dtype=np.float64)
