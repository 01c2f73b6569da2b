"""How many clients there are for each full-time post, by team and period."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import (
    calendar_periods,
    client_days,
    days_in_periods,
    limited,
    observed_days,
    one_period,
    united,
)
from factfidelity.care.exposure import clients_seen
from factfidelity.care.staff_days import STAFF_COUNTS, counted_staff, fte_days
from factfidelity.care.teams import last_year, shared_period, teams_of
from factfidelity.caseload.need import contact_need, manager_spread
from factfidelity.caseload.norms import references
from factfidelity.caseload.result import CaseloadRatios
from factfidelity.extract import Extract

_SUMS = ["client_days", "fte_days", "persons", "heads"]
_SOURCES = ("enrolments", "staff")


def caseload_ratios(
    extract: Extract, *, every: str = "month", staff: str = "case_carrying", programme: str | None = None
) -> CaseloadRatios:
    """Return clients per full-time post: client-days / FTE-days, never a mean of daily ratios.

    Parameters
    ----------
    extract : Extract
        enrolments, staff; clients (observed time) and teams (start, care model) where they are known.
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.
    staff : str
        The denominator. ``case_carrying``: posts marked so. ``team``: all but administrators, the psychiatrist
        counted. ``case_managers``.
    programme : str, optional
        Care model of teams for which none is given; its norm is the reference.

    Returns
    -------
    CaseloadRatios
        ``.table``: one row per team and period, and ``total`` for all teams together where there are several.

    Raises
    ------
    ValueError
        If ``every`` or ``staff`` is none of these.
    """
    if staff not in STAFF_COUNTS:
        raise ValueError(f"staff must be one of {', '.join(STAFF_COUNTS)}, got {staff!r}")
    start, end = shared_period(extract, _SOURCES)
    teams = teams_of(extract, _SOURCES)
    teams = teams.assign(programme=teams["programme"].fillna(programme))
    table = _ratios(extract, calendar_periods(start, end, every), staff, teams)
    since, until = last_year(start, end)
    latest = pd.concat([_latest(extract, since, until, count, teams) for count in STAFF_COUNTS], ignore_index=True)
    models = set(teams["programme"].dropna())
    notes = {
        "programme": models.pop() if len(models) == 1 else "",
        "every": every,
        "staff": staff,
        "start": f"{start:%Y-%m-%d}",
        "end": f"{end:%Y-%m-%d}",
        "latest_start": f"{since:%Y-%m-%d}",
        "roster_unmarked": str(int(extract.staff["case_carrying"].isna().sum())),
    }
    year = (since, until)
    return CaseloadRatios(
        table=table,
        denominators=latest,
        spread=manager_spread(extract, *year, teams),
        need=contact_need(extract, *year, teams, staff),
        notes=notes,
    )


def _latest(
    extract: Extract, since: pd.Timestamp, until: pd.Timestamp, count: str, teams: pd.DataFrame
) -> pd.DataFrame:
    """Return the ratio of one denominator over the last year, beside that of its last day."""
    year = _ratios(extract, one_period(since, until), count, teams)
    day = _ratios(extract, one_period(until - pd.Timedelta(days=1), until), count, teams)
    last = day.set_index("team_id")["ratio"].reindex(year["team_id"]).to_numpy(dtype=float)
    year.insert(3, "staff", count)
    heads = _head_days(extract, one_period(since, until), count, teams).reindex(year["team_id"]).to_numpy(dtype=float)
    per_head = year["client_days"].to_numpy(dtype=float) / np.where(heads > 0, heads, np.nan)
    return year.assign(ratio_last_day=last, per_head=per_head).drop(columns="period_start")


def _head_days(extract: Extract, period: pd.DataFrame, count: str, teams: pd.DataFrame) -> pd.Series:
    """Return the days that persons were in post, each day of a person in a team once, by team and ``total``."""
    low, high = period["start"].iloc[0], period["end"].iloc[0]
    time = united(limited(counted_staff(extract.staff, count), low, high, teams=teams), ("team_id", "staff_id"))
    days = days_in_periods(time, period).set_index("team_id")["days"]
    answer: pd.Series = pd.concat([days, pd.Series({"total": days.sum()})])
    return answer


def _ratios(extract: Extract, periods: pd.DataFrame, staff: str, teams: pd.DataFrame) -> pd.DataFrame:
    keys = ["team_id", "period_start"]
    clients = extract.once(
        ("client_days", *periods["start"], *periods["end"]),
        lambda: client_days(extract.enrolments, periods, clients=clients_seen(extract), teams=teams),
    )
    posts = fte_days(extract.staff, periods, count=staff, teams=teams)
    table = observed_days(teams, periods).merge(clients, on=keys, how="left").merge(posts, on=keys, how="left")
    table[_SUMS] = table[_SUMS].fillna(0)
    table = table.loc[table["days"] > 0]
    lacking = (table["client_days"] > 0) & (table["fte_days"] == 0)
    table = table.assign(why=np.where(table["fte_days"] > 0, "", "no_staff"))
    if len(teams) > 1:
        table = pd.concat([table, _all_teams(table, lacking)], ignore_index=True)
    named = teams.set_index("team_id")["team"]
    table.insert(1, "team", named.reindex(table["team_id"]).fillna("total").to_numpy())
    table = table.assign(
        clients=table["client_days"] / table["days"],
        fte=table["fte_days"] / table["days"],
        ratio=(table["client_days"] / table["fte_days"].where(table["fte_days"] > 0)).where(table["why"] == ""),
    )
    whole = dict.fromkeys(["client_days", "days", "persons", "heads"], "int64")
    table = table.merge(references(teams, staff), on="team_id", how="left").astype(whole)
    order = ["team_id", "team", "period_start", "client_days", "fte_days", "clients", "fte", "ratio"]
    last = ["reference_low", "reference_high", "persons", "heads", "days", "why"]
    return table[[*order, *last]]


def _all_teams(table: pd.DataFrame, lacking: pd.Series) -> pd.DataFrame:
    """Add the teams up. A client in two teams counts in each, so that team ratios weighted by FTE-days add up."""
    groups = table.assign(lacking=lacking).groupby("period_start", sort=True)
    total = groups[_SUMS].sum().assign(days=groups["days"].max(), lacking=groups["lacking"].any()).reset_index()
    why = np.where(total["lacking"], "team_without_staff", np.where(total["fte_days"] > 0, "", "no_staff"))
    return total.drop(columns="lacking").assign(team_id="total", why=why)
