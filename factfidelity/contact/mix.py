"""Contacts year by year: in which form, with which profession, and of which principal."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import client_days
from factfidelity.care.contact_days import met, period_of
from factfidelity.days import OPEN, UNKNOWN, day_numbers
from factfidelity.extract import Extract

DAYS_PER_MONTH = 365.25 / 12
_COLUMNS = [
    "team_id", "team", "period_start", "kind", "code", "contacts", "persons", "per_month", "share", "staff",
    "persons_all",
]  # fmt: skip


def contact_mix(
    extract: Extract,
    rows: pd.DataFrame,
    once: pd.DataFrame,
    enrolled: pd.DataFrame,
    periods: pd.DataFrame,
    teams: pd.DataFrame,
) -> pd.DataFrame:
    """Count contacts by period and by form, profession and employer.

    Forms are those of attended contacts, each once. Professions and employers are those of attended face-to-face
    contacts; a contact with two professions, or of two employers, counts once for each.

    Parameters
    ----------
    rows : DataFrame
        Contacts on enrolled days, one row per contact and staff member.
    once : DataFrame
        The same, each contact once, with ``attended``.
    enrolled : DataFrame
        client_id, team_id, start, end, disjoint.
    periods : DataFrame
        As from ``calendar_periods``.

    Returns
    -------
    DataFrame, one row per team, period, kind (form | profession | employer) and code
        team_id, team, period_start, kind, code, contacts, persons, per_month (for each client), share (of the team's
        of that kind in the period), staff (who held the contacts; missing for a form and where nobody is named),
        persons_all (clients of the team in the period, with a contact or without).
    """
    seen = _identified(met(rows))
    seen = seen.assign(employer=employers_of(seen, extract.staff))
    parts = [_counted(once.loc[once["attended"]], "form", periods)]
    given = [kind for kind in ("profession", "employer") if seen[kind].notna().any()]
    parts += [_counted(seen.drop_duplicates(["contact_id", "client_id", kind]), kind, periods) for kind in given]
    table = pd.concat(parts, ignore_index=True)
    held = [_coded(seen, kind, periods) for kind in given]
    days = client_days(enrolled, periods).rename(columns={"persons": "persons_all"})
    days = days[["team_id", "period_start", "client_days", "persons_all"]]
    if len(teams) > 1 and len(table):
        keys = ["period_start", "kind", "code"]
        table = pd.concat([table, _total(table, keys)], ignore_index=True)
        days = pd.concat([days, _total(days, ["period_start"])], ignore_index=True)
    table = table.merge(days, on=["team_id", "period_start"], how="left")
    whole = table.groupby(["team_id", "period_start", "kind"])["contacts"].transform("sum")
    named = teams.set_index("team_id")["team"].reindex(table["team_id"]).fillna("total").to_numpy()
    per_month = DAYS_PER_MONTH * table["contacts"] / table["client_days"]
    staff = staff_behind(pd.concat([seen.iloc[:0], *held]), table, ["period_start", "kind", "code"])
    return table.assign(team=named, per_month=per_month, share=table["contacts"] / whole, staff=staff)[_COLUMNS]


def staff_behind(rows: pd.DataFrame, table: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return how many staff members held the contacts of each row of a table; missing where nobody is named.

    Parameters
    ----------
    rows : DataFrame
        One row per contact and staff member: team_id, staff_id, the keys.
    table : DataFrame
        team_id (``total`` being all teams), the keys.
    keys : list of str
    """
    if not len(rows) or not len(table):
        return pd.Series(np.nan, index=table.index)
    everywhere = pd.concat([rows, rows.assign(team_id="total")])
    number = everywhere.groupby(["team_id", *keys])["staff_id"].nunique()
    places = pd.MultiIndex.from_frame(table[["team_id", *keys]])
    found = pd.Series(number.reindex(places).to_numpy(dtype="float64", na_value=np.nan), index=table.index)
    return found.where(found > 0)


def _total(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    return table.drop(columns="team_id").groupby(keys, sort=False).sum().reset_index().assign(team_id="total")


def _identified(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row without a contact_id one of its own."""
    rows = rows.reset_index(drop=True)
    given = rows["contact_id"].astype("object")
    alone = pd.Series([f"row {place}" for place in range(len(rows))], index=rows.index, dtype="object")
    return rows.assign(contact_id=given.where(given.notna(), alone).astype("str"))


def _coded(rows: pd.DataFrame, kind: str, periods: pd.DataFrame) -> pd.DataFrame:
    place = period_of(rows["date"], periods)
    rows, place = rows.loc[place >= 0], place[place >= 0]
    code = rows[kind].astype("object").where(rows[kind].notna() & rows[kind].ne(""), "not_stated").astype("str")
    return rows.assign(code=code, kind=kind, period_start=periods["period_start"].to_numpy()[place])


def _counted(rows: pd.DataFrame, kind: str, periods: pd.DataFrame) -> pd.DataFrame:
    rows = _coded(rows, kind, periods)
    groups = rows.groupby(["team_id", "period_start", "kind", "code"], sort=True)
    return pd.DataFrame({"contacts": groups.size(), "persons": groups["client_id"].nunique()}).reset_index()


def employers_of(rows: pd.DataFrame, staff: pd.DataFrame) -> pd.Series:
    """Return the employer of each row's staff member on the day: that of the post in force, else of the last begun."""
    posts = staff.dropna(subset=["staff_id"])[["staff_id", "start", "end", "employer"]]
    asked = rows[["staff_id", "date"]].reset_index(drop=True).reset_index()
    pairs = asked.merge(posts, on="staff_id")
    day = day_numbers(pairs["date"], missing=UNKNOWN)
    begin, finish = day_numbers(pairs["start"], missing=UNKNOWN), day_numbers(pairs["end"], missing=OPEN)
    pairs = pairs.assign(here=(begin <= day) & (day < finish)).sort_values(["here", "start"], kind="stable")
    found = pairs.drop_duplicates("index", keep="last").set_index("index")["employer"]
    answer: pd.Series = found.reindex(asked["index"]).set_axis(rows.index)
    return answer
