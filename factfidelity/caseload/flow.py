"""Who comes, who leaves and why, and how long clients stay with a team."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import calendar_periods, enrolled_time, observed_days, united
from factfidelity.care.contact_days import period_of
from factfidelity.care.exposure import clients_seen
from factfidelity.care.teams import shared_period, teams_of
from factfidelity.caseload.flow_result import EnrolmentFlow
from factfidelity.days import DAYS_PER_YEAR, OPEN, UNKNOWN, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.stats.survival import kaplan_meier

_KEYS = ["client_id", "team_id"]
_GRID = tuple(round(part * DAYS_PER_YEAR / 4) for part in range(1, 25))


def enrolment_flow(extract: Extract, *, every: str = "year") -> EnrolmentFlow:
    """Return enrolments begun and ended by team and period, why they ended, and how long they last.

    Enrolments of the same client and team that overlap or touch are one. An enrolment that goes on at the end of
    observation is censored; one that began before it counts from the day it is seen.

    Parameters
    ----------
    extract : Extract
        enrolments; clients and teams where they are known.
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.

    Returns
    -------
    EnrolmentFlow
    """
    start, end = shared_period(extract, ("enrolments",))
    teams = teams_of(extract, ("enrolments",))
    periods = calendar_periods(start, end, every)
    spans = enrolment_spans(extract, teams, start, end)
    notes = {"every": every, "start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"}
    return EnrolmentFlow(
        table=_flow(spans, periods, teams),
        reasons=_reasons(spans.loc[spans["ended"]], teams),
        length=_length(spans, teams),
        curve=_curve(spans, teams),
        notes=notes,
    )


def enrolment_spans(extract: Extract, teams: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return each unbroken enrolment that is seen between ``start`` and ``end``.

    Returns
    -------
    DataFrame, one row per enrolment
        client_id, team_id, begin, stop (first day after; empty while it goes on), end_reason, began (its first day
        was seen), ended (its end was seen), entry (days before it could be seen), days (until the end, or until it
        could be seen no longer).
    """
    seen = enrolled_time(extract.enrolments, start, end, clients=clients_seen(extract), teams=teams)
    whole = united(extract.enrolments, _KEYS).rename(columns={"start": "begin", "end": "stop"})
    table = seen.merge(whole, on=_KEYS)
    inside = (table["begin"] <= table["start"]) & (table["stop"].isna() | (table["stop"] >= table["end"]))
    table = table.loc[inside].reset_index(drop=True)
    begin, stop = day_numbers(table["begin"], missing=UNKNOWN), day_numbers(table["stop"])
    low, high = day_numbers(table["start"]), day_numbers(table["end"])
    why = extract.enrolments.dropna(subset=["end"]).drop_duplicates([*_KEYS, "end"], keep="last")
    named = table.merge(
        why[[*_KEYS, "end", "end_reason"]].rename(columns={"end": "stop"}), on=[*_KEYS, "stop"], how="left"
    )
    limit = day_number(end)
    return named.assign(
        began=begin == low, ended=(stop < OPEN) & (stop == high) & (stop < limit), entry=low - begin, days=high - begin
    )[[*_KEYS, "begin", "stop", "end_reason", "began", "ended", "entry", "days"]]


def _each_team(frame: pd.DataFrame, teams: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    named = list(zip(teams["team_id"], teams["team"], strict=True))
    parts = [(key, name, frame.loc[(frame["team_id"] == key).to_numpy()]) for key, name in named]
    return [*parts, ("total", "total", frame)] if len(parts) > 1 else parts


def _flow(spans: pd.DataFrame, periods: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Count clients who began and who ended by team and period; a client who comes twice counts once."""
    keys = ["team_id", "period_start"]
    grid = observed_days(teams, periods)
    grid = grid.loc[grid["days"] > 0, keys]
    for name, column, kept in (("began", "begin", spans["began"]), ("ended", "stop", spans["ended"])):
        rows = spans.loc[kept]
        place = period_of(rows[column], periods)
        rows = rows.loc[place >= 0].assign(period_start=periods["period_start"].to_numpy()[place[place >= 0]])
        number = rows.groupby(keys, sort=False)["client_id"].nunique().rename(name).reset_index()
        grid = grid.merge(number, on=keys, how="left")
    grid = grid.fillna({"began": 0, "ended": 0})
    if len(teams) > 1:
        total = grid.groupby("period_start", sort=True)[["began", "ended"]].sum().reset_index()
        grid = pd.concat([grid, total.assign(team_id="total")], ignore_index=True)
    named = teams.set_index("team_id")["team"]
    grid = grid.assign(team=named.reindex(grid["team_id"]).fillna("total").to_numpy())
    return grid.astype({"began": "int64", "ended": "int64"})[["team_id", "team", "period_start", "began", "ended"]]


def _reasons(ended: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    reason = ended["end_reason"].astype("object")
    ended = ended.assign(reason=reason.where(reason.notna() & reason.ne(""), "not_stated").astype("str"))
    rows = []
    for key, name, part in _each_team(ended, teams):
        number = part.groupby("reason", sort=True)["client_id"].nunique().rename("ended").reset_index()
        rows.append(number.assign(team_id=key, team=name, share=number["ended"] / max(number["ended"].sum(), 1)))
    columns = ["team_id", "team", "reason", "ended", "share"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def _length(spans: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for key, name, part in _each_team(spans, teams):
        row: dict[str, object] = {"team_id": key, "team": name, "persons": part["client_id"].nunique(),
                                  "ended": part.loc[part["ended"], "client_id"].nunique()}  # fmt: skip
        curve = kaplan_meier(part["days"], part["ended"], entry=part["entry"]) if len(part) else None
        for column, value in (("median", "estimate"), ("low", "low"), ("high", "high")):
            row[f"{column}_years"] = float(getattr(curve, value)) / DAYS_PER_YEAR if curve is not None else np.nan
        years = float((part["days"] - part["entry"]).sum()) / DAYS_PER_YEAR
        row["left_per_year"] = float(part["ended"].sum()) / years if years else np.nan
        rows.append(row)
    return pd.DataFrame(rows)


def _curve(spans: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for key, name, part in _each_team(spans, teams):
        if not len(part) or not part["ended"].any():
            continue
        curve = kaplan_meier(part["days"], part["ended"], entry=part["entry"])
        grid = np.array([0, *(day for day in _GRID if day <= curve.time[-1])], dtype=float)
        at = curve.at(grid)
        seen = [int(((part["days"] >= day) & (part["entry"] <= day)).sum()) for day in grid]
        steps = [int((part["ended"] & (part["days"] <= day)).sum()) for day in grid]
        table = pd.DataFrame({"years": grid / DAYS_PER_YEAR, "share": at["survival"], "low": at["low"],
                              "high": at["high"], "persons": seen, "steps": steps})  # fmt: skip
        rows.append(table.assign(team_id=key, team=name))
    columns = ["team_id", "team", "years", "share", "low", "high", "persons", "steps"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)
