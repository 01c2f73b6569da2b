"""Inpatient care of everybody in a team's catchment area: does care at home take the place of bed-days there?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import calendar_periods
from factfidelity.care.contact_days import period_of
from factfidelity.care.teams import teams_of
from factfidelity.contact.catchment_result import CatchmentUse
from factfidelity.days import DAYS_PER_YEAR
from factfidelity.extract import Extract
from factfidelity.stats.counts import count_model

FEWEST_MONTHS = 12
_ALIKE = 0.98  # beds that follow the team's start so closely cannot be told from it


def catchment_use(extract: Extract, *, every: str = "quarter") -> CatchmentUse:
    """Return bed-days of all inhabitants before and after the team began, clients or not.

    A team that gives care at home in place of a ward can lower its clients' bed-days while those of others rise. The
    figure is therefore of the whole catchment area, by month, as a region gives it without personal data; beds at
    disposal go beside it, because a ward is often closed when such a team begins.

    Parameters
    ----------
    extract : Extract
        catchment; teams (start, inhabitants).
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.

    Returns
    -------
    CatchmentUse
        ``.table``: one row per team and period; ``.change``: one row per team and model.
    """
    months = _months(extract)
    start, end = months["date"].min(), months["until"].max()
    teams = teams_of(extract, ("catchment",))
    teams = teams.loc[teams["team_id"].isin(months["team_id"])].reset_index(drop=True)
    periods = calendar_periods(start, end, every)
    notes = {
        "every": every, "start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}",
        "beds_known": "yes" if months["beds"].notna().any() else "no",
        "started": "; ".join(f"{day:%Y-%m-%d}" for day in teams["started"].dropna().sort_values().unique()),
    }  # fmt: skip
    return CatchmentUse(table=_by_period(months, periods, teams), change=_change(months, teams), notes=notes)


def _months(extract: Extract) -> pd.DataFrame:
    """Return the delivered months with inhabitants, the first day after each, and whether the team had begun."""
    rows = extract.catchment.dropna(subset=["date", "bed_days"]).merge(
        extract.teams[["team_id", "started", "catchment"]].drop_duplicates("team_id"), on="team_id", how="left"
    )  # fmt: skip
    first = rows["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[s]")
    until = (first + pd.DateOffset(months=1)).astype("datetime64[s]")
    lived = rows["inhabitants"].fillna(rows["catchment"])
    rows = rows.assign(date=first, until=until, inhabitants=lived, days=(until - first).dt.days)
    after = rows["date"] >= rows["started"]
    begins = (rows["started"] > rows["date"]) & (rows["started"] < rows["until"])
    state = np.where(rows["started"].isna(), "", np.where(begins, "start", np.where(after, "after", "before")))
    return rows.assign(state=state).sort_values(["team_id", "date"], kind="stable", ignore_index=True)


def _by_period(months: pd.DataFrame, periods: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Add the months of each period up; the persons are those of its largest month, for they are not the same."""
    place = period_of(months["date"], periods)
    rows = months.assign(
        period_start=periods["period_start"].to_numpy()[place], person_years=months["inhabitants"] * months["days"]
        / DAYS_PER_YEAR, bed_months=months["beds"] * months["days"],
    )  # fmt: skip
    groups = rows.groupby(["team_id", "period_start"], sort=True)
    whole = ["bed_days", "admissions", "person_years", "bed_months"]
    table = groups[whole].sum(min_count=1).assign(
        months=groups.size(), days=groups["days"].sum(), patients=groups["patients"].max(),
        state=groups["state"].agg(_one),
    ).reset_index()  # fmt: skip
    lived = 1000 / table["person_years"].where(table["person_years"] > 0)
    named = teams.set_index("team_id")["team"].reindex(table["team_id"]).to_numpy()
    table = table.assign(
        team=named, per_1000=table["bed_days"] * lived, admissions_per_1000=table["admissions"] * lived,
        beds=table["bed_months"] / table["days"],
    )  # fmt: skip
    first = ["team_id", "team", "period_start", "state", "months", "bed_days", "admissions", "patients", "per_1000"]
    return table[[*first, "admissions_per_1000", "beds"]]


def _one(states: pd.Series) -> str:
    found = set(states)
    return str(states.iloc[0]) if len(found) == 1 else "start" if found - {""} else ""


def _change(months: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Compare months after with months before the team began; the month in which it began is in neither."""
    rows = []
    for team, name in zip(teams["team_id"], teams["team"], strict=True):
        mine = months.loc[(months["team_id"] == team) & months["state"].isin(["before", "after"])]
        sides = {state: mine.loc[mine["state"] == state] for state in ("before", "after")}
        row = {"team_id": team, "team": name}
        for state, part in sides.items():
            years = float((part["inhabitants"] * part["days"]).sum()) / DAYS_PER_YEAR
            row |= {
                f"months_{state}": len(part), f"patients_{state}": part["patients"].max(),
                f"per_1000_{state}": 1000 * float(part["bed_days"].sum()) / years if years else np.nan,
                f"beds_{state}": part["beds"].mean(),
            }  # fmt: skip
        for model, terms in (("plain", ""), ("trend", " + month"), ("beds", " + month + beds")):
            rows.append({**row, "model": model, **_step(mine, sides, terms)})
    return pd.DataFrame(rows)


def _step(mine: pd.DataFrame, sides: dict[str, pd.DataFrame], terms: str) -> dict[str, object]:
    """Return the ratio of bed-days after to before, for the season and the terms; none where it cannot be told."""
    none = {"ratio": np.nan, "low": np.nan, "high": np.nan}
    if min(map(len, sides.values())) < FEWEST_MONTHS:
        return {**none, "why": "few_months"}
    if "beds" in terms and mine["beds"].isna().any():
        return {**none, "why": "no_beds"}
    data = mine.assign(
        after=(mine["state"] == "after").astype(float), exposure=mine["inhabitants"] * mine["days"],
        month=12.0 * mine["date"].dt.year + mine["date"].dt.month,
    ).dropna(subset=["exposure"])  # fmt: skip
    if len(data) < len(mine):
        return {**none, "why": "no_inhabitants"}
    turn = 2 * np.pi * data["date"].dt.month / 12
    data = data.assign(month=data["month"] - data["month"].mean(), sin=np.sin(turn), cos=np.cos(turn))
    if "beds" in terms and np.ptp(data["beds"].to_numpy()) == 0:
        return {**none, "why": "beds_same"}
    if "beds" in terms and abs(np.corrcoef(data["after"], data["beds"])[0, 1]) > _ALIKE:
        return {**none, "why": "beds_with_start"}
    fit = count_model(
        data[["bed_days", "after", "month", "sin", "cos", "exposure", *(["beds"] if "beds" in terms else [])]],
        f"bed_days ~ after{terms} + sin + cos", exposure="exposure", family="quasi_poisson", errors="AR1",
    )  # fmt: skip
    found = fit.term("after")
    return {"ratio": found.estimate, "low": found.low, "high": found.high, "why": "" if not found.why else "no_model"}
