"""Group-time effects of a staggered start (Callaway & Sant'Anna)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.stats import quantiles as q
from factfidelity.stats.answers import Answer
from factfidelity.stats.doubly_robust import doubly_robust_change
from factfidelity.stats.inputs import Vector, columns_of, count, level_of, one_of, vector

__all__ = ["AggregatedEffect", "GroupTimeEffects", "group_time_effects"]

_KINDS = ("simple", "dynamic", "group", "calendar")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AggregatedEffect(Answer):
    """Group-time effects put together; ``estimate`` is the overall effect.

    ``table`` has one row per event time, group or period: key, estimate, error, low, high (pointwise), band_low,
    band_high (simultaneous over the table), units; ``critical`` is the simultaneous critical value.
    """

    kind: str
    table: pd.DataFrame
    error: float = nan
    critical: float = nan


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroupTimeEffects(Answer):
    """Effect in each group that started at the same time, at each time; ``estimate`` is the simple aggregate.

    Attributes
    ----------
    table : DataFrame, one row per group and time
        group, time, event_time, post, estimate, error, low, high, band_low, band_high, treated, controls, why.
    n : int
        Units; ``n_groups`` starting groups, ``n_never`` units never treated.
    influence : ndarray, shape (units, rows of the table)
        What each unit adds; the errors come from it.
    """

    table: pd.DataFrame
    influence: Vector
    unit_group: Vector
    draws: int = 1000
    seed: int = 0
    critical: float = nan
    n_groups: int = 0
    n_never: int = 0

    def aggregate(self, kind: str = "simple") -> AggregatedEffect:
        """Average the group-time effects.

        Parameters
        ----------
        kind : {"simple", "dynamic", "group", "calendar"}
            All post-start cells weighted by group size; by time since the start (the overall effect is the mean over
            0, 1, ...); by group; by calendar time.

        Returns
        -------
        AggregatedEffect
        """
        return _aggregate(self, one_of("kind", kind, _KINDS))


def group_time_effects(
    data: pd.DataFrame,
    *,
    unit: str,
    time: str,
    start: str,
    outcome: str,
    control: str = "never",
    base: str = "varying",
    covariates: Sequence[str] = (),
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 20_180_101,
) -> GroupTimeEffects:
    """Effects of a start at different times in different units, each against units that had not started [1]_.

    Parameters
    ----------
    data : DataFrame, one row per unit and time
        Every unit at every time.
    unit, time, start, outcome : str
        Columns: unit (team, area, client), whole-number period, first period treated (empty, 0 or infinite = never),
        and a number.
    control : {"never", "not_yet"}
        Units never treated, or all that have not started by the later of the two times compared.
    base : {"varying", "universal"}
        Before the start: each period against the one before, or against the last before the start.
    covariates : sequence of str
        Columns with values before the start; the estimate is then doubly robust (outcome regression and propensity)
        [2]_ with their values at the base period.
    level : float, default 0.95
    draws, seed : int
        Of the multiplier bootstrap by unit that gives the simultaneous bands.

    Returns
    -------
    GroupTimeEffects
        A cell without controls is empty with the reason. Groups that started in or before the first period have no
        before and are left out.

    Raises
    ------
    ValueError
        If a column is missing or empty, a unit has two starts, the panel has gaps, or nobody can be compared.

    References
    ----------
    .. [1] Callaway & Sant'Anna (2021), J. Econometrics 225, 200-230.
    .. [2] Sant'Anna & Zhao (2020), J. Econometrics 219, 101-122.
    """
    one_of("control", control, ("never", "not_yet"))
    one_of("base", base, ("varying", "universal"))
    level, draws = level_of(level), count("draws", draws, lowest=100)
    panel = _wide(data, unit, time, start, outcome, covariates)
    rows, influences = [], []
    for group in panel.groups:
        for place, period in enumerate(panel.times):
            row, influence = _cell(panel, group, place, control, base)
            rows.append((group, period, period - group, period >= group, *row))
            influences.append(influence)
    columns = ["group", "time", "event_time", "post", "estimate", "treated", "controls", "why"]
    table = pd.DataFrame(rows, columns=columns)
    kept = ~((base == "varying") & (table["time"] == panel.times[0])).to_numpy()
    table, influence = table[kept].reset_index(drop=True), np.stack(influences, axis=1)[:, kept]
    if table["estimate"].isna().all():
        raise ValueError("nobody can be compared: there are no units that had not started, got only treated ones")
    critical, error = _bands(influence, draws, seed, level)
    table = _with_intervals(table, error, critical, level)
    answer = GroupTimeEffects(
        estimate=nan,
        level=level,
        n=len(panel.start),
        method=f"group_time_{control}_{base}",
        table=table,
        influence=influence,
        unit_group=panel.start,
        draws=draws,
        seed=seed,
        critical=critical,
        n_groups=len(panel.groups),
        n_never=int(np.isinf(panel.start).sum()),
    )
    total = answer.aggregate("simple")
    why = "fewer than 30 units: errors from so few are too small" if answer.n < 30 else total.why
    return replace(answer, estimate=total.estimate, low=total.low, high=total.high, p=total.p, why=why)


@dataclass(frozen=True, slots=True)
class _Panel:
    times: list[int]
    groups: list[int]
    start: Vector
    outcome: Vector
    covariates: Vector


def _wide(data: pd.DataFrame, unit: str, time: str, start: str, outcome: str, covariates: Sequence[str]) -> _Panel:
    names = list(covariates)
    columns_of(data, [unit, time, outcome, *names])
    if start not in data.columns:
        raise ValueError(f"data has no column {start}; it has {', '.join(map(str, data.columns))}")
    times, time_place = np.unique(vector("time", data[time], whole=True).astype(np.int64), return_inverse=True)
    unit_place, units = pd.factorize(data[unit].to_numpy())
    size, periods = len(units), len(times)
    if len(data) != size * periods or len(np.unique(unit_place * periods + time_place)) != size * periods:
        raise ValueError(f"every unit must come once at every time, got {len(data)} rows for {size} x {periods}")
    first = pd.to_numeric(data[start]).to_numpy(dtype=np.float64, na_value=np.nan)
    first = np.where(np.isnan(first) | (first <= 0), np.inf, first)
    starts = np.empty((size, periods))
    starts[unit_place, time_place] = first
    if (starts != starts[:, :1]).any():
        raise ValueError(
            f"a unit must have one start, got {int((starts != starts[:, :1]).any(axis=1).sum())} with more"
        )
    begun = np.where(starts[:, 0] > times[-1], np.inf, starts[:, 0])
    wide = np.empty((size, periods))
    wide[unit_place, time_place] = vector("outcome", data[outcome])
    extra = np.ones((size, periods, 1 + len(names)))
    for index, name in enumerate(names, start=1):
        extra[unit_place, time_place, index] = vector(name, data[name])
    kept = begun > times[0]
    groups = [int(g) for g in np.unique(begun[kept & np.isfinite(begun)])]
    if not groups:
        raise ValueError("start must hold a period after the first, got none")
    return _Panel(times.tolist(), groups, begun[kept], wide[kept], extra[kept])


def _cell(panel: _Panel, group: int, place: int, control: str, base: str) -> tuple[tuple[float, int, int, str], Vector]:
    """Effect of one group at one time, and each unit's part in it."""
    period, size = panel.times[place], len(panel.start)
    last_before = max(i for i, t in enumerate(panel.times) if t < group)
    reference = last_before if base == "universal" or period >= group else place - 1
    nothing: Vector = np.zeros(size)
    if reference < 0:
        return (nan, 0, 0, "no period before"), nothing
    treated = panel.start == group
    later = max(period, panel.times[reference])
    controls = np.isinf(panel.start) if control == "never" else (panel.start > later) & ~treated
    shown = int(treated.sum()), int(controls.sum())
    if reference == place:
        return (0.0, *shown, "reference"), nothing
    if not controls.any():
        return (nan, *shown, "no units left that had not started"), nothing
    change = panel.outcome[:, place] - panel.outcome[:, reference]
    inside = treated | controls
    if panel.covariates.shape[2] == 1:
        effect, part = _plain_change(change[inside], treated[inside])
    else:
        # the covariates of the earlier of the two periods, as they were before
        earlier = min(place, reference)
        effect, part = doubly_robust_change(change[inside], treated[inside], panel.covariates[inside, earlier])
    if not np.isfinite(effect):
        return (nan, *shown, "the covariates tell treated and controls apart in full"), nothing
    whole = nothing.copy()
    whole[inside] = part * size / inside.sum()
    return (effect, *shown, ""), whole


def _plain_change(change: Vector, treated: NDArray[np.bool_]) -> tuple[float, Vector]:
    share = treated.mean()
    means = change[treated].mean(), change[~treated].mean()
    part = np.where(treated, (change - means[0]) / share, -(change - means[1]) / (1 - share))
    return float(means[0] - means[1]), part


def _bands(influence: Vector, draws: int, seed: int, level: float) -> tuple[float, Vector]:
    """Critical value of the largest t over all columns (multiplier bootstrap by unit), and the errors."""
    units = len(influence)
    error: Vector = np.sqrt((influence**2).sum(axis=0)) / units
    used = error > 0
    pointwise = q.normal_quantile(0.5 + level / 2)
    if not used.any():
        return nan, error
    signs = np.random.default_rng(seed).integers(0, 2, size=(draws, units)).astype(np.float64) * 2 - 1
    largest = np.abs(signs @ (influence[:, used] / units) / error[used]).max(axis=1)
    return max(float(np.quantile(largest, level)), pointwise), error


def _with_intervals(table: pd.DataFrame, error: Vector, critical: float, level: float) -> pd.DataFrame:
    middle = table["estimate"].to_numpy()
    spread = np.where((error > 0) & np.isfinite(middle), error, nan)
    wide = q.normal_quantile(0.5 + level / 2)
    return table.assign(
        error=spread,
        low=middle - wide * spread,
        high=middle + wide * spread,
        band_low=middle - critical * spread,
        band_high=middle + critical * spread,
    )


def _aggregate(effects: GroupTimeEffects, kind: str) -> AggregatedEffect:
    table = effects.table
    fine = (table["estimate"].notna() & (table["why"] == "")).to_numpy()
    post = fine & table["post"].to_numpy()
    key = {"dynamic": "event_time", "group": "group", "calendar": "time"}.get(kind)
    keys = [] if key is None else sorted(table.loc[fine if kind == "dynamic" else post, key].unique().tolist())
    parts = [_average(effects, (fine if kind == "dynamic" else post) & (table[key] == k).to_numpy()) for k in keys]
    if kind == "simple":
        overall = _average(effects, post) if post.any() else (nan, np.zeros(effects.n))
    else:
        overall = _overall(effects, kind, keys, parts)
    rows = pd.DataFrame(
        {
            "key": keys,
            "estimate": np.array([part[0] for part in parts], dtype=np.float64),
            "units": [_units(effects, kind, key, k) for k in keys],
        }
    )
    critical, errors = nan, np.zeros(0)
    if parts:
        critical, errors = _bands(
            np.stack([part[1] for part in parts], axis=1), effects.draws, effects.seed, effects.level
        )
    rows = _with_intervals(rows, errors, critical, effects.level)
    return _summed_up(effects, kind, overall, rows, critical)


def _summed_up(
    effects: GroupTimeEffects, kind: str, overall: tuple[float, Vector], rows: pd.DataFrame, critical: float
) -> AggregatedEffect:
    error = sqrt(float((overall[1] ** 2).sum())) / effects.n
    half = q.normal_quantile(0.5 + effects.level / 2) * error
    judged = error > 0 and np.isfinite(overall[0])
    return AggregatedEffect(
        estimate=overall[0],
        low=overall[0] - half if judged else nan,
        high=overall[0] + half if judged else nan,
        p=q.normal_p(overall[0] / error) if judged else nan,
        level=effects.level,
        n=effects.n,
        method=f"{effects.method}_{kind}",
        why="" if judged else "no effect after the start can be judged",
        kind=kind,
        table=rows,
        error=error if judged else nan,
        critical=critical,
    )


def _units(effects: GroupTimeEffects, kind: str, key: str | None, value: int) -> int:
    chosen = effects.table[(effects.table[key] == value) & (effects.table["why"] == "")]
    if kind != "dynamic":
        chosen = chosen[chosen["post"]]
    return int(np.isin(effects.unit_group, chosen["group"].to_numpy()).sum())


def _average(effects: GroupTimeEffects, chosen: NDArray[np.bool_]) -> tuple[float, Vector]:
    """Mean over cells weighted by group size; the weights are estimated too, and their part is in the influence."""
    group = effects.table["group"].to_numpy()[chosen]
    estimate = effects.table["estimate"].to_numpy()[chosen]
    member = (effects.unit_group[:, None] == group).astype(np.float64)
    share = member.mean(axis=0)
    weight = share / share.sum()
    of_weight = (member - share) / share.sum() - ((member - share).sum(axis=1) / share.sum() ** 2)[:, None] * share
    return float(weight @ estimate), effects.influence[:, chosen] @ weight + of_weight @ estimate


def _overall(
    effects: GroupTimeEffects, kind: str, keys: list[int], parts: list[tuple[float, Vector]]
) -> tuple[float, Vector]:
    used = [i for i, key in enumerate(keys) if kind != "dynamic" or key >= 0]
    if not used:
        return nan, np.zeros(effects.n)
    estimate = np.array([parts[i][0] for i in used])
    influence = np.stack([parts[i][1] for i in used], axis=1)
    if kind != "group":
        return float(estimate.mean()), influence.mean(axis=1)
    member = (effects.unit_group[:, None] == np.array([keys[i] for i in used])).astype(np.float64)
    share = member.mean(axis=0)
    weight = share / share.sum()
    of_weight = (member - share) / share.sum() - ((member - share).sum(axis=1) / share.sum() ** 2)[:, None] * share
    return float(weight @ estimate), influence @ weight + of_weight @ estimate
