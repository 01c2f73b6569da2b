"""What clients get, how often, where and from whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.client_days import calendar_periods, client_days, enrolled_time, inside, one_period
from factfidelity.care.contact_days import contacts_once, met, period_of
from factfidelity.care.exposure import clients_seen
from factfidelity.care.teams import last_year, shared_period, teams_of
from factfidelity.contact.followup import follow_up_after_discharge, referral_response
from factfidelity.contact.mix import contact_mix, staff_behind
from factfidelity.contact.reach import continuity, reach
from factfidelity.contact.result import ContactPattern
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

DAYS_PER_MONTH = 365.25 / 12
VISITS = ("visit", "home_visit", "elsewhere")
DISTANCE = ("phone", "video")
EVENING_FROM, MORNING_TO = 17 * 60, 7 * 60

_KEYS = ["client_id", "team_id"]
_SOURCES = ("enrolments", "contacts")
# Measure: the flag that counts it, and the count that it is a share of.
SHARES: Mapping[str, str] = {
    "outside": "contacts", "relatives": "contacts", "agency": "contacts", "network": "contacts",
    "off_hours": "timed", "missed": "booked", "distance": "attended",
}  # fmt: skip
_FLAGS = ("contacts", "attended", "booked", "timed", *SHARES)


def contact_pattern(extract: Extract, *, every: str = "month", plan: Plan | None = None) -> ContactPattern:
    """Return contacts per client-week and -month, by form, profession and place, and who is reached.

    Attended face-to-face contacts on days when the client is enrolled in the team count, unless a column says
    otherwise. A contact by two staff is one contact, its minutes once. A client without contacts counts 0 in counts
    and minutes, and is left out of shares.

    Parameters
    ----------
    extract : Extract
        contacts and enrolments; episodes and referrals where they are known.
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.
    plan : Plan, optional
        Says which inpatient care counts for the contact after discharge; default: the default plan.

    Returns
    -------
    ContactPattern
    """
    start, end = shared_period(extract, _SOURCES)
    teams = teams_of(extract, _SOURCES)
    enrolled = enrolled_time(extract.enrolments, start, end, clients=clients_seen(extract), teams=teams)
    there = inside(extract.contacts, enrolled, _KEYS)
    rows = extract.contacts.loc[there]
    once = flagged(contacts_once(rows))
    since, until = last_year(start, end)
    periods, year = calendar_periods(start, end, every), one_period(since, until)
    in_period = extract.contacts["date"].between(start, end, inclusive="left")
    notes = {
        "every": every, "start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}", "latest_start": f"{since:%Y-%m-%d}",
        "outside_enrolment": str(len(contacts_once(extract.contacts.loc[~there & in_period.to_numpy()]))),
        "minutes_known": "yes" if once["minutes"].notna().any() else "no",
        "place_known": "yes" if extract.contacts["outside_clinic"].notna().any() else "no",
        "time_known": "yes" if once["timed"].any() else "no",
    }  # fmt: skip
    return ContactPattern(
        table=_measured(once, enrolled, periods, teams),
        latest=_measured(once, enrolled, year, teams).drop(columns="period_start"),
        forms=_by(once.loc[once["attended"]], "form", enrolled, year, teams),
        professions=_by_profession(rows, enrolled, year, teams),
        mix=contact_mix(extract, rows, once, enrolled, calendar_periods(start, end, "year"), teams),
        reach=reach(met(rows), enrolled, since, until, teams),
        continuity=continuity(met(rows), since, until, teams),
        follow_up=follow_up_after_discharge(extract, enrolled, start, end, teams, plan or Plan()),
        referrals=referral_response(extract, start, end, teams),
        notes=notes,
    )


def flagged(once: pd.DataFrame) -> pd.DataFrame:
    """Mark each contact with what it counts as.

    Returns
    -------
    DataFrame, the same rows
        contacts (attended, face to face), attended (any form), booked (visits held or missed), missed, outside,
        relatives, agency, network (relatives or another agency took part), distance (by phone or video), timed (a
        meeting whose day or hour tells), off_hours (on a weekend, or before 7 or from 17 o'clock).
    """
    attended, face = once["attended"].to_numpy(), once["face_to_face"].to_numpy()
    contacts = attended & face
    visit = once["form"].isin(list(VISITS)).to_numpy() | face
    weekend = once["date"].dt.day_of_week.to_numpy() >= 5
    minute = _minute_of_day(once["time"])
    late = (minute >= EVENING_FROM) | (minute < MORNING_TO)
    known = weekend | ~np.isnan(minute)
    people = once["relatives"].to_numpy() | once["agencies"].to_numpy()
    return once.assign(
        contacts=contacts, attended=attended, booked=visit, missed=visit & ~attended,
        outside=contacts & once["outside_clinic"].to_numpy(), relatives=contacts & once["relatives"].to_numpy(),
        agency=contacts & once["agencies"].to_numpy(), network=contacts & people,
        distance=attended & once["form"].isin(list(DISTANCE)).to_numpy(), timed=contacts & known,
        off_hours=contacts & known & (weekend | late), met_minutes=once["minutes"].where(contacts),
    )  # fmt: skip


def _minute_of_day(time: pd.Series[Any]) -> Any:
    parts = time.astype("object").where(time.notna(), "").astype("str").str.extract(r"^(\d{1,2})[:.](\d{2})")
    hour, minute = (pd.to_numeric(parts[column], errors="coerce").to_numpy(dtype=float) for column in (0, 1))
    return hour * 60 + minute


def _all_teams(table: pd.DataFrame, teams: pd.DataFrame, sums: list[str], keys: list[str]) -> pd.DataFrame:
    """Add the rows of all teams together where there are several, and the teams' names."""
    if len(teams) > 1 and len(table):
        total = table.groupby(keys, sort=False)[sums].sum().reset_index() if keys else table[sums].sum().to_frame().T
        table = pd.concat([table, total.assign(team_id="total")], ignore_index=True)
    named = teams.set_index("team_id")["team"]
    return table.assign(team=named.reindex(table["team_id"]).fillna("total").to_numpy())


def _measured(once: pd.DataFrame, enrolled: pd.DataFrame, periods: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Count every measure by team and period, and take the rates once at the end."""
    keys = ["team_id", "period_start"]
    rows = once.assign(_period=period_of(once["date"], periods))
    rows = rows.loc[rows["_period"] >= 0]
    rows = rows.assign(period_start=periods["period_start"].to_numpy()[rows["_period"].to_numpy()])
    table = client_days(enrolled, periods)
    table = table.loc[table["client_days"] > 0]
    sums = ["client_days", "persons", "minutes"]
    groups = rows.groupby(keys, sort=False)
    found = groups[list(_FLAGS)].sum().assign(minutes=groups["met_minutes"].sum())
    for flag in ("contacts", "attended", *SHARES):
        found[f"persons_{flag}"] = rows.loc[rows[flag]].groupby(keys, sort=False)["client_id"].nunique()
    within = rows.loc[rows["contacts"] & ~rows["outside"]]
    found["persons_inside"] = within.groupby(keys, sort=False)["client_id"].nunique()
    sums += [*_FLAGS, *(f"persons_{flag}" for flag in ("contacts", "attended", *SHARES)), "persons_inside"]
    table = table.merge(found.reset_index(), on=keys, how="left").fillna(dict.fromkeys(sums, 0))
    table = _all_teams(table, teams, sums, ["period_start"])
    whole = {name: "int64" for name in sums if name != "minutes"}
    days = table["client_days"].astype("float64")
    table = table.astype(whole).assign(
        per_week=7 * table["contacts"] / days, per_month=DAYS_PER_MONTH * table["contacts"] / days,
        minutes_per_week=7 * table["minutes"] / days, without=table["persons"] - table["persons_contacts"],
    )  # fmt: skip
    for flag, base in SHARES.items():
        table[f"{flag}_share"] = table[flag] / table[base].where(table[base] > 0)
    first = ["team_id", "team", "period_start", "client_days", "persons", "without", "per_week", "per_month"]
    return table[[*first, "minutes_per_week", *(f"{flag}_share" for flag in SHARES), *sums[2:]]]


def _by(
    once: pd.DataFrame, column: str, enrolled: pd.DataFrame, year: pd.DataFrame, teams: pd.DataFrame
) -> pd.DataFrame:
    """Count attended contacts over the last year by a column, per client-month.

    Returns
    -------
    DataFrame, one row per team and value
        team_id, team, the column, contacts, persons, per_month, share (of the team's).
    """
    rows = once.loc[period_of(once["date"], year) >= 0]
    rows = rows.assign(**{column: rows[column].astype("object").where(rows[column].notna(), "not_stated")})
    groups = rows.groupby(["team_id", column], sort=True)
    table = pd.DataFrame({"contacts": groups.size(), "persons": groups["client_id"].nunique()}).reset_index()
    days = client_days(enrolled, year)[["team_id", "client_days"]]
    table = table.merge(days, on="team_id", how="left")
    table = _all_teams(table, teams, ["contacts", "persons"], [column])
    total = table["team_id"] == "total"
    table.loc[total, "client_days"] = days["client_days"].sum()
    whole = table.groupby("team_id")["contacts"].transform("sum")
    per_month = DAYS_PER_MONTH * table["contacts"] / table["client_days"]
    table = table.assign(per_month=per_month, share=table["contacts"] / whole)
    return table[["team_id", "team", column, "contacts", "persons", "per_month", "share"]]


def _by_profession(rows: pd.DataFrame, enrolled: pd.DataFrame, year: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Count attended face-to-face contacts by profession; a contact by two professions counts once for each."""
    seen = met(rows)
    identity = seen["contact_id"].astype("object").where(seen["contact_id"].notna(), None)
    alone = pd.Series([f"row {place}" for place in range(len(seen))], index=seen.index, dtype="object")
    seen = seen.assign(contact_id=identity.where(identity.notna(), alone).astype("str"))
    apart = seen.drop_duplicates(["contact_id", "client_id", "profession"])
    table = _by(apart, "profession", enrolled, year, teams)
    seen = seen.loc[period_of(seen["date"], year) >= 0]
    return table.assign(staff=staff_behind(seen.fillna({"profession": "not_stated"}), table, ["profession"]))
