"""Staggered start of several teams: each start against those that had not started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.period_use import COUNTED, period_use
from factfidelity.comparison import words
from factfidelity.comparison.rollout_result import RolloutEffect
from factfidelity.days import OPEN, day_number, day_numbers, period_starts
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.stats.panel import GroupTimeEffects, group_time_effects
from factfidelity.stats.quantiles import normal_p

FEWEST_UNITS = 10
_ENDS = ("low", "high", "band_low", "band_high")


def staggered_rollout(
    data_or_extract: pd.DataFrame | Extract,
    *,
    unit: str = "team_id",
    period: str = "period",
    start: str = "start",
    count: str = "count",
    exposure: str = "exposure",
    persons: str | None = None,
    published: bool = False,
    control: str = "not_yet",
    base: str = "universal",
    covariates: Sequence[str] = (),
    outcome: str = "admissions",
    every: str = "quarter",
    plan: Plan | str | Path | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 20_180_101,
    label: str | Mapping[str, str] | None = None,
    language: str = "sv",
) -> RolloutEffect:
    """Compare each team's change from its start on with that of teams or areas that had not started.

    The answer is built from group-time effects, each against units that had not started; a regression with unit and
    period effects alone is not offered, since it compares late starters with early ones.

    Parameters
    ----------
    data_or_extract : DataFrame or Extract
        One row per unit (team, area) and period, every unit in every period; or an extract, whose clients belong to
        their first team throughout (see Notes).
    unit, period, start, count, exposure, persons : str
        Columns: who; whole-number period; first period with the programme (empty or 0: never); how many; client-years
        or population; persons that the count rests on. Without persons the result cannot be released, unless
        ``published``.
    published : bool, default False
        The numbers are official statistics that anybody may see.
    control : {"not_yet", "never"}
        Units that had not started yet, or that never did.
    base : {"universal", "varying"}
        Before the start: each period against the last before it, or against the one before.
    covariates : sequence of str
        Columns with values before the start (doubly robust estimate).
    outcome, every, plan
        For an extract: admissions, bed_days, contacts or coercion; month, quarter, half_year or year.
    level : float, default 0.95
    draws, seed : int
        Of the bootstrap of units behind the simultaneous bands.
    label : str or mapping, optional
        What is counted.
    language : str

    Returns
    -------
    RolloutEffect
        With fewer than ten units there are no intervals: a start with one unit has no spread to judge by.

    Raises
    ------
    ValueError
        If a column is missing, the panel has gaps, or nobody can be compared.

    Notes
    -----
    The clients of an extract are those who came to a team in the end, often in a crisis. Before its start a team's
    clients are therefore not what its area was: with an extract the answer is about these clients only. Area
    statistics (a frame) do not have this fault.
    """
    if isinstance(data_or_extract, Extract):
        chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
        data = _from_extract(data_or_extract, chosen, outcome, every)
        names, language, kind = words.OUTCOMES[outcome], chosen.language, "counted"
    else:
        data = _from_frame(data_or_extract, unit, period, start, count, exposure, persons, covariates)
        kind = "published" if published else "given" if persons else "none"
        names = {"sv": label, "en": label} if isinstance(label, str) else label or words.OUTCOMES["count"]
    effects = group_time_effects(
        data, unit="unit", time="period", start="start", outcome="rate", control=control, base=base,
        covariates=list(covariates), level=level, draws=draws, seed=seed,
    )  # fmt: skip
    dynamic = effects.aggregate("dynamic")
    cells = _with_persons(effects.table, data, control)
    course = _course(dynamic.table, cells)
    change = _change(effects, course)
    if effects.n < FEWEST_UNITS:
        course, cells = (frame.assign(**dict.fromkeys(_ENDS, nan)) for frame in (course, cells))
        change = change.assign(low=nan, high=nan, p=nan, why="few_units")
    notes = {
        "persons": kind, "control": control, "base": base, "covariates": ", ".join(covariates), "level": str(level),
        "draws": str(draws), "units": str(effects.n), "never": str(effects.n_never), "groups": str(effects.n_groups),
        "extract": str(kind == "counted"), "label.sv": str(names["sv"]), "label.en": str(names["en"]), "every": every,
    }  # fmt: skip
    return RolloutEffect(
        table=course,
        change=change,
        groups=cells,
        notes=notes,
        language=language,
    )


def _from_frame(
    data: pd.DataFrame, unit: str, period: str, start: str, count: str, exposure: str, persons: str | None,
    covariates: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    named = {"unit": unit, "period": period, "start": start, "count": count, "exposure": exposure, "persons": persons}
    asked = {name: column for name, column in named.items() if column} | {name: name for name in covariates}
    lacking = [column for column in asked.values() if column not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    frame = pd.DataFrame({name: data[column] for name, column in asked.items()}).reset_index(drop=True)
    if not (frame["exposure"] > 0).all():
        raise ValueError("exposure must be above 0 in every row")
    if "persons" not in frame:
        frame["persons"] = nan
    return frame.assign(rate=frame["count"] / frame["exposure"])


def _from_extract(extract: Extract, plan: Plan, outcome: str, every: str) -> pd.DataFrame:
    """Return whole periods of each team's clients; the first whole period from the team's start on is treated."""
    if outcome not in COUNTED:
        raise ValueError(f"outcome must be one of {', '.join(COUNTED)}, got {outcome!r}")
    low, high = day_number(extract.start), day_number(extract.end)
    bounds = period_starts(low, high, every)
    edges = bounds[(bounds >= low) & (bounds <= high)]
    if len(edges) < 3:
        raise ValueError(f"the extract holds fewer than two whole periods of a {every}")
    use = period_use(extract, plan, outcome, edges)
    begun = extract.teams.drop_duplicates("team_id").set_index("team_id")["started"]
    parts = []
    for team in sorted({str(name) for name in use.team if isinstance(name, str)}):
        totals = use.totals(use.team == team)
        if (totals["exposure"] <= 0).any():
            continue
        day = int(day_numbers(begun.reindex([team]))[0])
        first = int(np.searchsorted(edges[:-1], day)) + 1 if day < OPEN else 0
        frame = totals.assign(unit=team, period=np.arange(1, len(edges)), start=float(first or nan))
        parts.append(frame)
    if not parts:
        raise ValueError("no team's clients are observed in every period")
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(rate=frame["count"] / frame["exposure"])


def _with_persons(table: pd.DataFrame, data: pd.DataFrame, control: str) -> pd.DataFrame:
    """Add to each group-time effect the persons it rests on: of the smaller of its two sides, at its time."""
    begun = data["start"].astype("float64").to_numpy(dtype=float)
    begun = np.where(np.isnan(begun) | (begun <= 0), np.inf, begun)
    time, people = data["period"].to_numpy(), data["persons"].to_numpy(dtype=float)
    found = []
    for group, period in zip(table["group"], table["time"], strict=True):
        later = max(period, group - 1)
        waits = np.isinf(begun) if control == "never" else begun > later
        sides = [people[(time == period) & side].sum() for side in (begun == group, waits & (begun != group))]
        found.append(min(sides))
    kept = ["group", "time", "event_time", "estimate", "low", "high", "band_low", "band_high", "treated", "controls"]
    return table[[*kept, "why"]].assign(persons=found)


def _course(dynamic: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    used = cells[(cells["why"] == "") | (cells["why"] == "reference")]
    people = used.groupby("event_time")["persons"].min()
    rows = dynamic.rename(columns={"key": "place"})
    rows["place"] = rows["place"].astype("int64")
    return rows.assign(persons=people.reindex(rows["place"]).to_numpy(dtype=float))[
        ["place", "units", "persons", "estimate", "low", "high", "band_low", "band_high", "error"]
    ]


def _change(effects: GroupTimeEffects, course: pd.DataFrame) -> pd.DataFrame:
    overall = effects.aggregate("simple")
    row: dict[str, Any] = {name: getattr(overall, name) for name in ("estimate", "low", "high", "p")}
    before = course[(course["place"] < 0) & course["error"].notna()]
    z: NDArray[np.float64] = (before["estimate"] / before["error"]).to_numpy(dtype=float)
    p = min(1.0, len(z) * min(normal_p(float(value)) for value in z)) if len(z) else nan
    few = "; ".join(part for part in (effects.why, overall.why) if part)
    return pd.DataFrame(
        [
            {"estimand": "overall", **row, "why": few, "persons": course["persons"].min()},
            {
                "estimand": "pretrend", "estimate": nan, "low": nan, "high": nan, "p": p,
                "why": "" if len(z) else "one_period_before", "persons": course["persons"].min(),
            },
        ]
    )  # fmt: skip
