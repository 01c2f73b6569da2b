"""Adjusted shares of two groups by marginal standardisation of a logistic model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, nan
from typing import Any

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.doubly_robust import logistic_share
from factfidelity.stats.inputs import Vector, flags, level_of, numbers

__all__ = ["StandardisedShares", "standardised_shares"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardisedShares(Answer):
    """Shares that the whole population would have in either group; ``estimate`` is their difference, 1 less 0.

    ``share_1`` and ``share_0`` with their intervals, ``difference``, ``ratio`` and ``odds_ratio`` are answers.
    """

    share_1: Answer
    share_0: Answer
    difference: Answer
    ratio: Answer
    odds_ratio: Answer


def standardised_shares(event: Any, group: Any, covariates: Any = None, *, level: float = 0.95) -> StandardisedShares:
    """Compare two groups as if both had the covariates of all persons together [1]_.

    Parameters
    ----------
    event : array of bool, one per person
    group : array of bool
        Group 1 or group 0.
    covariates : array, shape (persons, terms), optional
        Numbers and 0/1 columns, without a constant; left out: the crude comparison.
    level : float, default 0.95

    Returns
    -------
    StandardisedShares
        Intervals from the influence of each person (sandwich): on the log scale for the ratios, on the logit for the
        shares. Empty with the reason where the model does not settle (an event in all or none of a kind of person).

    Raises
    ------
    ValueError
        If lengths differ, a cell is empty, or a group has nobody.

    References
    ----------
    .. [1] Localio, Margolis & Berlin (2007), J. Clin. Epidemiol. 60, 874-882; Hernan & Robins (2020), Causal
       Inference: What If, ch. 13.
    """
    happened, member = flags("event", event), flags("group", group)
    size, level = len(happened), level_of(level)
    if len(member) != size:
        raise ValueError(f"event and group must have the same length, got {size} and {len(member)}")
    if not member.any() or member.all():
        raise ValueError(f"both groups need persons, got {int(member.sum())} of {size} in group 1")
    extra = _covariates(covariates, size)
    one = np.ones(size)
    design = np.column_stack([one, member, extra])
    fitted = logistic_share(happened, design)
    if fitted is None or fitted[0].max() > 1 - 1e-7 or fitted[0].min() < 1e-7:
        empty = Answer(estimate=nan, level=level, n=size, why="the event is seen in all or none of a kind of person")
        return _answer([empty] * 5, level, size)
    own, covariance = fitted
    beta = _coefficients(own, design)
    score = (happened - own)[:, None] * design @ (covariance * size)
    shares, influences = [], []
    for value in (1.0, 0.0):
        as_if = np.column_stack([one, np.full(size, value), extra])
        share = 1 / (1 + np.exp(-np.clip(as_if @ beta, -30, 30)))
        slope = ((share * (1 - share))[:, None] * as_if).mean(axis=0)
        shares.append(float(share.mean()))
        influences.append(share - share.mean() + score @ slope)
    return _answer(_compared(shares, influences, level), level, size)


def _coefficients(share: Vector, design: Vector) -> Vector:
    """Return the coefficients from the fitted shares: their logits are linear in the design."""
    logits = np.log(share / (1 - share))
    return np.asarray(np.linalg.lstsq(design, logits, rcond=None)[0], dtype=np.float64)


def _covariates(values: Any, size: int) -> Vector:
    if values is None:
        return np.empty((size, 0))
    data = numbers("covariates", values)
    data = data.reshape(-1, 1) if data.ndim == 1 else data
    if data.ndim != 2 or len(data) != size or not np.isfinite(data).all():
        raise ValueError(f"covariates must be {size} complete rows, got shape {data.shape}")
    spread: Vector = np.sqrt(((data - data.mean(axis=0)) ** 2).mean(axis=0)).astype(np.float64)
    if (spread <= 1e-12 * (1 + np.abs(data).max())).any():
        raise ValueError("covariates must vary, got a constant column")
    scaled: Vector = np.divide(data - data.mean(axis=0), spread)
    return scaled


def _expit(value: float) -> float:
    return 1 / (1 + exp(-value))


_BACK: dict[str, Callable[[float], float]] = {"plain": float, "log": exp, "logit": _expit}


def _compared(shares: list[float], influences: list[Vector], level: float) -> list[Answer]:
    size = len(influences[0])
    (one, zero), (on_one, on_zero) = shares, influences

    def answer(middle: float, influence: Vector, scale: str) -> Answer:
        error = float(np.sqrt((influence**2).sum())) / size
        half = q.normal_quantile(0.5 + level / 2) * error
        ends = [middle - half, middle, middle + half]
        low, estimate, high = (_BACK[scale](end) for end in ends)
        p = nan if scale == "logit" else (q.normal_p(middle / error) if error else (0.0 if middle else 1.0))
        return Answer(estimate=estimate, low=low, high=high, p=p, level=level, n=size, method="standardised")

    odds = [share * (1 - share) for share in shares]
    logits = [log(share / (1 - share)) for share in shares]
    return [
        answer(logits[0], on_one / odds[0], "logit"),
        answer(logits[1], on_zero / odds[1], "logit"),
        answer(one - zero, on_one - on_zero, "plain"),
        answer(log(one / zero), on_one / one - on_zero / zero, "log"),
        answer(logits[0] - logits[1], on_one / odds[0] - on_zero / odds[1], "log"),
    ]


def _answer(parts: list[Answer], level: float, size: int) -> StandardisedShares:
    share_1, share_0, difference, ratio, odds_ratio = parts
    return StandardisedShares(
        estimate=difference.estimate,
        low=difference.low,
        high=difference.high,
        p=difference.p,
        level=level,
        n=size,
        method="standardised",
        why=difference.why,
        share_1=share_1,
        share_0=share_0,
        difference=difference,
        ratio=ratio,
        odds_ratio=odds_ratio,
    )
