"""How clients are spread over the staff they meet most, and how much contact they need."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import enrolled_time, inside, one_period
from factfidelity.care.contact_days import contacts_once, met, within
from factfidelity.care.exposure import clients_seen
from factfidelity.care.staff_days import fte_days
from factfidelity.care.teams import each_team
from factfidelity.extract import Extract

_KEYS = ["client_id", "team_id"]
BANDS = ("none", "below_1", "1_to_2", "2_or_more")
_EDGES = (0.0, 1.0, 2.0)


def manager_spread(extract: Extract, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame) -> pd.DataFrame:
    """Return how many clients each staff member is the usual contact of: whom the client met most in the period.

    No table says who is whose case manager; the staff member with most attended face-to-face contacts stands for it,
    of equals the one met last, then the first by pseudonym. Single staff are not shown.

    Returns
    -------
    DataFrame, one row per team
        team_id, team, managers, persons (clients), mean, q1, median, q3 (clients for each).
    """
    rows = _held(extract, start, end, teams).dropna(subset=["staff_id"])
    columns = ["team_id", "team", "managers", "persons", "mean", "q1", "median", "q3"]
    if not len(rows):
        return pd.DataFrame(columns=columns)
    each = rows.groupby([*_KEYS, "staff_id"]).agg(n=("date", "size"), last=("date", "max")).reset_index()
    each = each.sort_values(["n", "last", "staff_id"], ascending=[False, False, True], kind="stable")
    usual = each.drop_duplicates(_KEYS).groupby(["team_id", "staff_id"]).size().rename("clients").reset_index()
    table = []
    for key, name, part in each_team(usual, teams):
        number = part["clients"].to_numpy(dtype=float)
        low, middle, high = np.quantile(number, (0.25, 0.5, 0.75)) if len(number) else (np.nan,) * 3
        table.append({
            "team_id": key, "team": name, "managers": len(part), "persons": int(number.sum()),
            "mean": float(number.mean()) if len(number) else np.nan, "q1": low, "median": middle, "q3": high,
        })  # fmt: skip
    return pd.DataFrame(table, columns=columns)


def _held(extract: Extract, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame) -> pd.DataFrame:
    time = enrolled_time(extract.enrolments, start, end, clients=clients_seen(extract), teams=teams)
    rows = within(met(extract.contacts), start, end)
    answer: pd.DataFrame = rows.loc[inside(rows, time, _KEYS)]
    return answer


def contact_need(
    extract: Extract, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame, staff: str
) -> pd.DataFrame:
    """Divide clients by how often they were met, and weight the caseload with it.

    A client weighs the meetings a week they had, divided by the mean of all teams' clients; a team whose clients are
    met more than others' has a weighted caseload above its plain one. Over all teams the two are the same.

    Parameters
    ----------
    staff : str
        The denominator, as in ``caseload_ratios``.

    Returns
    -------
    DataFrame, one row per team and band (none | below_1 | 1_to_2 | 2_or_more meetings a week, and ``total``)
        team_id, team, band, persons, client_days, share (of the client-days), ratio, weighted (in ``total`` only).
    """
    columns = ["team_id", "team", "band", "persons", "client_days", "share", "ratio", "weighted"]
    if not extract.has("contacts"):
        return pd.DataFrame(columns=columns)
    time = enrolled_time(extract.enrolments, start, end, clients=clients_seen(extract), teams=teams)
    days = time.assign(days=(time["end"] - time["start"]).dt.days).groupby(_KEYS)["days"].sum()
    number = contacts_once(_held(extract, start, end, teams)).groupby(_KEYS).size()
    people = days.rename("days").reset_index()
    people["n"] = number.reindex(days.index).fillna(0.0).to_numpy(dtype=float)
    rate = 7 * people["n"] / people["days"]
    people["band"] = np.array(BANDS)[np.where(rate == 0, 0, 1 + np.searchsorted(_EDGES[1:], rate, side="right"))]
    posts = fte_days(extract.staff, one_period(start, end), count=staff, teams=teams).set_index("team_id")["fte_days"]
    mean = people["n"].sum() / people["days"].sum() if len(people) else np.nan
    rows = []
    for key, name, part in each_team(people, teams):
        fte = float(posts.sum() if key == "total" else posts.get(key, 0.0))
        whole = float(part["days"].sum())
        lone = fte > 0 and (key != "total" or all(posts.get(team, 0) > 0 for team in part["team_id"].unique()))
        ends = (whole / fte, part["n"].sum() / mean / fte) if lone and mean else (np.nan, np.nan)
        for band in (*BANDS, "total"):
            here = part if band == "total" else part.loc[part["band"] == band]
            rows.append((key, name, band, len(here), float(here["days"].sum()),
                         here["days"].sum() / whole if whole else np.nan,
                         *(ends if band == "total" else (np.nan, np.nan))))  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
