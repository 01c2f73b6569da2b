"""Concurrent controls: the change of those with the programme less the change of others who are like them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.comparison.controls_result import ControlledEffect
from factfidelity.stats.panel import two_by_two
from factfidelity.stats.propensity import (
    Weights,
    design_matrix,
    match_weights,
    odds_weights,
    standardised_differences,
)
from factfidelity.stats.quantiles import chi2_p

METHODS = ("weighting", "matching", "none")


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """Clients by periods: counts and years; which clients are treated, which periods lie after."""

    counts: NDArray[np.float64]
    years: NDArray[np.float64]
    treated: NDArray[np.bool_]
    periods: NDArray[np.int64]
    clients: pd.DataFrame


def compare_with_controls(
    data: pd.DataFrame,
    *,
    client: str = "client_id",
    treated: str = "treated",
    period: str = "period",
    count: str = "count",
    years: str = "years",
    covariates: Sequence[str] = (),
    method: str = "weighting",
    ratio: int = 1,
    caliper: float = 0.2,
    level: float = 0.95,
    label: str | Mapping[str, str] | None = None,
    topic: str = "",
    language: str = "sv",
) -> ControlledEffect:
    """Compare the change of clients with the programme with the change of controls, made alike first.

    Parameters
    ----------
    data : DataFrame, one row per client and period
        The columns named below. ``window_use`` gives such rows for any windows.
    client, treated, period, count, years : str
        Who; yes/no, the same in all the client's rows; whole periods from the index day (negative before, 0 and up
        after; for controls from the day that stands for it); how many; client-years observed in the period.
    covariates : sequence of str
        Columns measured before the index day, the same in all the client's rows. Numbers or categories. How much
        care was used before may be one of them, but matching on it brings regression to the mean with it when the
        groups differ.
    method : {"weighting", "matching", "none"}
        Weight controls by their odds of being treated; match each treated client with the nearest ``ratio`` controls
        within ``caliper`` standard deviations of the logit; or neither.
    ratio, caliper
        For matching.
    level : float, default 0.95
    label : str or mapping, optional
        What is counted.
    topic : str
        What the gate must know: coercion, legal_status, death, diagnosis or empty.
    language : str

    Returns
    -------
    ControlledEffect
        Ratio of rate ratios and difference of rate differences with clients (matched sets) as clusters, the weights
        taken as known; balance before and after; the course before and its test.

    Raises
    ------
    ValueError
        If a column is missing or empty, a client has two values of ``treated`` or a covariate, a group is empty, or
        there is no period before or after.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    panel = _panel(data, client, treated, period, count, years, covariates)
    extra, names = design_matrix(panel.clients, covariates)
    weights = _weights(method, panel, extra, ratio, caliper)
    used = np.nan_to_num(weights.weight)
    changes = _changes(panel, weights, level)
    changes.append(_pretrend(panel, weights))
    named = {"sv": label, "en": label} if isinstance(label, str) else label or {"sv": "händelser", "en": "events"}
    notes = {
        "method": method if names or method == "none" else "none", "covariates": ", ".join(covariates),
        "ratio": str(ratio), "caliper": str(caliper), "level": str(level), "label.sv": str(named["sv"]),
        "label.en": str(named["en"]), "why": weights.why,
    }  # fmt: skip
    return ControlledEffect(
        table=_cells(panel, used).assign(topic=topic),
        change=pd.DataFrame(changes),
        course=_course(panel, used).assign(topic=topic),
        balance=_balance(panel, extra, names, used),
        notes=notes,
        language=language,
    )


def _panel(
    data: pd.DataFrame, client: str, treated: str, period: str, count: str, years: str, covariates: Sequence[str]
) -> _Panel:
    needed = [client, treated, period, count, years, *covariates]
    lacking = [name for name in needed if name not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    empty = [name for name in needed if data[name].isna().any()]
    if empty:
        raise ValueError(f"data has empty cells in {', '.join(empty)}")
    same = data[[client, treated, *covariates]].drop_duplicates()
    if same[client].duplicated().any():
        number = int(same[client].duplicated().sum())
        raise ValueError(f"treated and covariates must be the same in all rows of a client, got {number} with more")
    if data.duplicated([client, period]).any():
        raise ValueError(
            f"each client must come once in a period, got {int(data.duplicated([client, period]).sum())} again"
        )
    people = same.sort_values(client, kind="stable").reset_index(drop=True)
    member = people[treated].astype(bool).to_numpy()
    if not member.any() or member.all():
        raise ValueError(f"both groups need clients, got {int(member.sum())} treated of {len(member)}")
    periods = np.unique(data[period].to_numpy(dtype=np.int64))
    if not (periods < 0).any() or not (periods >= 0).any():
        raise ValueError(f"period must hold periods before (negative) and after (0 and up), got {periods.tolist()}")
    row = pd.Index(people[client]).get_indexer(pd.Index(data[client]))
    place = np.searchsorted(periods, data[period].to_numpy(dtype=np.int64))
    counts, time = np.zeros((len(people), len(periods))), np.zeros((len(people), len(periods)))
    counts[row, place], time[row, place] = data[count].to_numpy(dtype=float), data[years].to_numpy(dtype=float)
    if (counts < 0).any() or (time < 0).any() or (counts[time == 0] > 0).any():
        raise ValueError("count and years must be 0 or more, and nothing can be counted without time")
    return _Panel(counts, time, member, periods, people)


def _weights(method: str, panel: _Panel, extra: NDArray[np.float64], ratio: int, caliper: float) -> Weights:
    everybody = np.arange(len(panel.treated))
    if method == "none" or not extra.shape[1]:
        return Weights(np.ones(len(everybody)), np.full(len(everybody), nan), everybody)
    if method == "weighting":
        return odds_weights(panel.treated, extra)
    return match_weights(panel.treated, extra, ratio=ratio, caliper=caliper)


def _windows(panel: _Panel) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
    after = panel.periods >= 0
    return [
        (name, panel.counts[:, kept].sum(axis=1), panel.years[:, kept].sum(axis=1))
        for name, kept in (("before", ~after), ("after", after))
    ]


def _changes(panel: _Panel, weights: Weights, level: float) -> list[dict[str, Any]]:
    rows = pd.concat(
        [
            pd.DataFrame(
                {
                    "count": counts, "years": time, "treated": panel.treated, "after": name == "after",
                    "cluster": weights.cluster, "weight": weights.weight,
                }
            )
            for name, counts, time in _windows(panel)
        ],
        ignore_index=True,
    )  # fmt: skip
    answers = []
    for estimand, scale in (("rate_ratio", "ratio"), ("rate_difference", "difference")):
        row: dict[str, Any] = {"estimand": estimand, "estimate": nan, "low": nan, "high": nan, "p": nan}
        if weights.why:
            answers.append(row | {"why": weights.why})
            continue
        kept = rows[(rows["years"] > 0) & (rows["weight"] > 0)]
        answer = two_by_two(
            kept, outcome="count", treated="treated", after="after", cluster="cluster", exposure="years",
            weights="weight", scale=scale, level=level,
        )  # fmt: skip
        answers.append(
            {"estimand": estimand} | {n: getattr(answer, n) for n in ("estimate", "low", "high", "p", "why")}
        )
    return answers


def _pretrend(panel: _Panel, weights: Weights) -> dict[str, Any]:
    """Test that the log rates of both groups ran side by side before: Wald over all periods against the last.

    Each client adds its linearised part, so that a client's periods (and a matched set's) may hang together.
    """
    row: dict[str, Any] = {"estimand": "pretrend", "estimate": nan, "low": nan, "high": nan, "p": nan, "why": ""}
    before = np.flatnonzero(panel.periods < 0)
    if weights.why or len(before) < 2:
        return row | {"why": weights.why or "one_period_before"}
    weight = weights.weight[:, None]
    parts: NDArray[np.float64] = np.zeros((len(panel.treated), len(before)))
    gap = np.zeros(len(before))
    for group, sign in ((panel.treated, 1.0), (~panel.treated, -1.0)):
        count, time = (weight * panel.counts[:, before])[group], (weight * panel.years[:, before])[group]
        events, years = count.sum(axis=0), time.sum(axis=0)
        if (events <= 0).any():
            return row | {"why": "no_events_before"}
        gap += sign * np.log(events / years)
        parts[group] = sign * (count - events / years * time) / events
    sums: NDArray[np.float64] = np.zeros((int(weights.cluster.max()) + 1, len(before)))
    np.add.at(sums, weights.cluster, parts)
    contrast = np.column_stack([np.eye(len(before) - 1), -np.ones(len(before) - 1)])
    off, spread = contrast @ gap, contrast @ (sums.T @ sums) @ contrast.T
    if np.linalg.matrix_rank(spread) < len(off):
        return row | {"why": "no_events_before"}
    return row | {"p": chi2_p(float(off @ np.linalg.solve(spread, off)), len(off))}


def _sums(counts: NDArray[np.float64], time: NDArray[np.float64], used: NDArray[np.float64]) -> dict[str, Any]:
    """Describe one group in one window: those with weight and time."""
    kept = (used > 0) & (time > 0)
    total, top = float(counts[kept].sum()), np.sort((used * counts)[kept])[::-1][:2]
    weighted, years = float((used * counts)[kept].sum()), float((used * time)[kept].sum())
    return {
        "clients": int(kept.sum()), "persons": int((counts[kept] > 0).sum()), "count": total,
        "exposure": float(time[kept].sum()), "rate": weighted / years if years else nan,
        "largest": top[0] / weighted if weighted else nan, "two_largest": top.sum() / weighted if weighted else nan,
    }  # fmt: skip


def _cells(panel: _Panel, used: NDArray[np.float64]) -> pd.DataFrame:
    rows = []
    for group, member in (("treated", panel.treated), ("control", ~panel.treated)):
        for name, counts, time in _windows(panel):
            rows.append({"group": group, "window": name} | _sums(counts, time, used * member))
    return pd.DataFrame(rows)


def _course(panel: _Panel, used: NDArray[np.float64]) -> pd.DataFrame:
    rows = []
    for group, member in (("treated", panel.treated), ("control", ~panel.treated)):
        for place, period in enumerate(panel.periods):
            sums = _sums(panel.counts[:, place], panel.years[:, place], used * member)
            rows.append({"group": group, "place": int(period)} | sums)
    return pd.DataFrame(rows)


def _balance(panel: _Panel, extra: NDArray[np.float64], names: list[str], used: NDArray[np.float64]) -> pd.DataFrame:
    before = standardised_differences(extra, panel.treated) if names else np.zeros(0)
    after = standardised_differences(extra, panel.treated, used) if names else np.zeros(0)
    kept = int(((used > 0) & panel.treated).sum()), int(((used > 0) & ~panel.treated).sum())
    return pd.DataFrame(
        {"covariate": pd.Series(names, dtype="str"), "clients": min(kept), "smd_before": before, "smd_after": after}
    )
