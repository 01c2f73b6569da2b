"""Tests of the same clients twice: signed rank, sign flip, McNemar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, nan, sqrt
from typing import Any

import numpy as np

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.inputs import Vector, count, flags, level_of, one_of, same_length, vector

__all__ = ["McNemar", "SignFlip", "SignedRank", "mcnemar", "sign_flip", "signed_rank"]

_EXACT_BELOW = 50
_ENUMERATE = 14
_WALSH = 3000
_TOGETHER = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRank(Answer):
    """Wilcoxon's signed rank test of after - before.

    ``estimate`` is the pseudomedian of the differences used (Hodges-Lehmann), ``statistic`` the sum of ranks of the
    clients who rose, ``n`` the pairs, ``zeros`` those without change, ``exact`` whether the p-value is exact.
    """

    statistic: float = nan
    zeros: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SignFlip(Answer):
    """Permutation test of the mean difference; ``draws`` is the number of sign patterns looked at."""

    draws: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class McNemar(Answer):
    """Exact McNemar test of any-use.

    ``estimate`` is clients with use only after / clients with use only before (the odds ratio), with its exact
    conditional interval; ``difference`` is the change of the share with use, with Newcombe's interval.
    """

    only_before: int = 0
    only_after: int = 0
    both: int = 0
    neither: int = 0
    difference: float = nan
    difference_low: float = nan
    difference_high: float = nan


def _differences(before: Any, after: Any) -> Vector:
    first, second = vector("before", before), vector("after", after)
    same_length(before=first, after=second)
    return second - first


def ranks(values: Vector) -> Vector:
    """Return midranks, 1 for the smallest."""
    _, place, sizes = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    result: Vector = (ends - (sizes - 1) / 2)[place]
    return result


def signed_rank(
    before: Any,
    after: Any,
    *,
    zeros: str = "wilcoxon",
    exact: bool | None = None,
    continuity: bool | None = None,
    level: float = 0.95,
) -> SignedRank:
    """Wilcoxon's signed rank test for paired numbers.

    Parameters
    ----------
    before, after : array, one number per client
    zeros : {"wilcoxon", "pratt"}
        What is done with clients without change: left out before ranking [1]_, or ranked with the others and then
        left out [2]_. With many of them the two can differ: show both.
    exact : bool, optional
        True: exact, over all signs of the ranks as they are (ties too). False: normal approximation with correction
        for ties. Left out: exact where there are neither ties nor zeros and fewer than 50 pairs.
    continuity : bool, optional
        Continuity correction of the normal approximation. Left out: with it under ``wilcoxon`` and without it
        under ``pratt``, as R's ``wilcox.test`` and ``coin::wilcoxsign_test`` do.
    level : float, default 0.95
        Of the interval of the pseudomedian (order statistics of the Walsh averages).

    Returns
    -------
    SignedRank
        Empty with a reason where nobody changed.

    References
    ----------
    .. [1] Wilcoxon (1945), Biometrics Bulletin 1, 80-83.
    .. [2] Pratt (1959), JASA 54, 655-667.
    """
    differences, level = _differences(before, after), level_of(level)
    one_of("zeros", zeros, ("wilcoxon", "pratt"))
    size = len(differences)
    moved = differences != 0
    answer = SignedRank(estimate=0.0, level=level, n=size, method=f"signed_rank_{zeros}", zeros=int((~moved).sum()))
    if not moved.any():
        return replace(answer, p=1.0, statistic=0.0, why="nobody changed")
    used = differences[moved] if zeros == "wilcoxon" else differences
    rank = ranks(np.round(np.abs(used), 9))
    rank = rank[used != 0]
    up = differences[moved] > 0
    statistic = float(rank[up].sum())
    plain = len(np.unique(rank)) == len(rank) and bool(moved.all())
    use_exact = (plain and size < _EXACT_BELOW) if exact is None else exact
    step = 0.5 if (zeros == "wilcoxon" if continuity is None else continuity) else 0.0
    p = _exact_signed_rank(rank, statistic) if use_exact else _normal_signed_rank(rank, statistic, step)
    estimate, low, high = _pseudomedian(used, level)
    return replace(answer, estimate=estimate, low=low, high=high, p=p, statistic=statistic, exact=use_exact)


def _exact_signed_rank(rank: Vector, statistic: float) -> float:
    """Count the sign patterns by their rank sum; midranks are doubled to whole numbers."""
    doubled = np.round(2 * rank).astype(np.int64)
    ways = np.zeros(int(doubled.sum()) + 1)
    ways[0] = 1.0
    for step in doubled:
        shifted = np.zeros_like(ways)
        shifted[step:] = ways[: len(ways) - step]
        ways = (ways + shifted) / 2
    at = round(2 * statistic)
    return min(1.0, 2 * min(float(ways[: at + 1].sum()), float(ways[at:].sum())))


def _normal_signed_rank(rank: Vector, statistic: float, step: float) -> float:
    middle, spread = float(rank.sum()) / 2, sqrt(float((rank**2).sum()) / 4)
    off = statistic - middle
    return q.normal_p((off - np.sign(off) * step) / spread) if off else 1.0


def _pseudomedian(values: Vector, level: float) -> tuple[float, float, float]:
    """Median of the Walsh averages, each distinct value once with its weight, and its distribution-free interval."""
    distinct, sizes = np.unique(values, return_counts=True)
    if len(distinct) > _WALSH:
        return nan, nan, nan
    left, right = np.triu_indices(len(distinct))
    averages = (distinct[left] + distinct[right]) / 2
    pairs = np.where(left == right, sizes[left] * (sizes[left] + 1) // 2, sizes[left] * sizes[right])
    order = np.argsort(averages, kind="stable")
    averages, ends = averages[order], np.cumsum(pairs[order])
    total, size = int(ends[-1]), len(values)

    def at(position: int) -> float:
        return float(averages[np.searchsorted(ends, min(max(position, 1), total))])

    middle = (at((total + 1) // 2) + at(total // 2 + 1)) / 2
    spread = sqrt(size * (size + 1) * (2 * size + 1) / 24)
    cut = int(np.floor(total / 2 - q.normal_quantile(0.5 + level / 2) * spread))
    if cut < 1:
        return middle, nan, nan
    return middle, at(cut), at(total + 1 - cut)


def sign_flip(before: Any, after: Any, *, draws: int = 10_000, seed: int, level: float = 0.95) -> SignFlip:
    """Permutation test of the mean difference: each client's change could as well have had the other sign.

    Parameters
    ----------
    before, after : array, one number per client
    draws : int, default 10,000
        Random sign patterns; all of them are looked at instead where at most 14 clients changed.
    seed : int
    level : float, default 0.95
        The interval holds the shifts that the test does not reject: quantiles of means over random subsets [2]_.

    Returns
    -------
    SignFlip
        ``estimate`` is the mean of after - before. With drawn patterns p = (1 + as far out) / (1 + draws) [1]_.

    References
    ----------
    .. [1] Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9, art. 39.
    .. [2] Hartigan (1969), JASA 64, 1303-1317.
    """
    differences, level = _differences(before, after), level_of(level)
    draws = count("draws", draws, lowest=100)
    moved = differences[differences != 0]
    exact = len(moved) <= _ENUMERATE
    seen = abs(float(moved.sum())) - 1e-9 * float(np.abs(moved).sum())
    beyond, (low, high) = _flipped(moved, len(differences), seen, draws, seed, level)
    p = (1 + beyond) / (1 + draws)
    if exact:
        patterns = (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1) * 2.0 - 1
        p = float((np.abs(patterns @ moved) >= seen).mean()) if len(moved) else 1.0
    return SignFlip(
        estimate=float(differences.mean()),
        low=low,
        high=high,
        p=p,
        level=level,
        n=len(differences),
        method="sign_flip",
        draws=2 ** len(moved) if exact else draws,
        exact=exact,
        why="" if len(moved) else "nobody changed",
    )


def _flipped(
    moved: Vector, size: int, seen: float, draws: int, seed: int, level: float
) -> tuple[int, tuple[float, float]]:
    """Count the patterns as far out as what was seen, and take the quantiles of means over random subsets.

    A pattern's positive clients are the subset. Clients without change add nothing to a sum, so only their number in
    the subset is drawn.
    """
    generator = np.random.default_rng(seed)
    beyond, means, total = 0, [], float(moved.sum())
    # Of very many clients those with the same change are drawn together: how many of them, not which.
    together = len(moved) > _TOGETHER
    values, sizes_of = np.unique(moved, return_counts=True) if together else (moved, np.ones(len(moved), dtype=int))
    step = max(1, 4_000_000 // max(len(values), 1))
    for first in range(0, draws, step):
        rows = min(step, draws - first)
        if together:
            inside = generator.binomial(sizes_of, 0.5, size=(rows, len(values))).astype(np.float64)
        else:
            inside = generator.integers(0, 2, size=(rows, len(moved)), dtype=np.int8).astype(np.float64)
        sums = inside @ values
        beyond += int((np.abs(2 * sums - total) >= seen).sum())
        sizes = inside.sum(axis=1) + generator.binomial(size - len(moved), 0.5, rows)
        means.append(sums[sizes > 0] / sizes[sizes > 0])
    ordered, tail = np.sort(np.concatenate(means)), (1 - level) / 2
    if size < 6 or not len(moved):
        return beyond, (nan, nan)
    return beyond, (q.order_quantile(ordered, tail), q.order_quantile(ordered, 1 - tail))


def mcnemar(before_any: Any, after_any: Any, *, level: float = 0.95) -> McNemar:
    """Exact McNemar test: did as many clients begin to have any use as stopped having it?

    Parameters
    ----------
    before_any, after_any : array of bool, one per client
    level : float, default 0.95

    Returns
    -------
    McNemar
        p is binomial on the clients who changed (1 where nobody did). ``estimate`` is only after / only before
        with Clopper-Pearson ends [1]_; ``difference`` of shares with Newcombe's paired interval (method 10) [2]_.

    References
    ----------
    .. [1] Fay (2010), Biostatistics 11, 373-374 (exact McNemar test and matching interval).
    .. [2] Newcombe (1998), Statistics in Medicine 17, 2635-2650.
    """
    first, second = flags("before_any", before_any), flags("after_any", after_any)
    if len(first) != len(second) or not len(first):
        raise ValueError(f"before_any and after_any need the same length above 0, got {len(first)} and {len(second)}")
    level = level_of(level)
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    lost, gained = int((first & ~second).sum()), int((~first & second).sum())
    answer = McNemar(
        estimate=nan,
        p=1.0,
        level=level,
        n=len(first),
        method="mcnemar_exact",
        only_before=lost,
        only_after=gained,
        both=both,
        neither=neither,
    )
    difference, low, high = _newcombe_paired(both, gained, lost, neither, level)
    answer = replace(answer, difference=difference, difference_low=low, difference_high=high)
    changed = lost + gained
    if not changed:
        return replace(answer, why="nobody changed")
    low, high = q.clopper_pearson(gained, changed, level)
    return replace(
        answer,
        estimate=gained / lost if lost else inf,
        low=low / (1 - low),
        high=high / (1 - high) if high < 1 else inf,
        p=min(1.0, 2 * q.binomial_cdf(min(lost, gained), changed, 0.5)),
        why="" if lost else "nobody stopped",
    )


def _newcombe_paired(both: int, gained: int, lost: int, neither: int, level: float) -> tuple[float, float, float]:
    """Difference of paired shares, after - before, by method 10 of Newcombe (1998)."""
    size = both + gained + lost + neither
    after, before = (both + gained) / size, (both + lost) / size
    low_a, high_a = q.wilson(both + gained, size, level)
    low_b, high_b = q.wilson(both + lost, size, level)
    margins = float(both + gained) * (lost + neither) * (both + lost) * (gained + neither)
    product = both * neither - gained * lost
    shifted = max(product - size / 2, 0.0) if product > 0 else float(product)
    phi = shifted / sqrt(margins) if margins else 0.0
    down, up = after - low_a, high_b - before
    under = sqrt(max(down**2 - 2 * phi * down * up + up**2, 0.0))
    rise, fall = high_a - after, before - low_b
    over = sqrt(max(rise**2 - 2 * phi * rise * fall + fall**2, 0.0))
    difference = after - before
    return difference, difference - under, difference + over
