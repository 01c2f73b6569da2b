"""What the team costs for each client-year, and how many bed-days cost as much."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import pandas as pd

from factfidelity.care.client_days import client_days, observed_days, one_period
from factfidelity.care.exposure import programme_enrolments
from factfidelity.care.staff_days import fte_days
from factfidelity.outcomes.describe import Row
from factfidelity.outcomes.pairs import Design
from factfidelity.outcomes.prices import TEAM, Priced

_COLUMNS = [
    "item", "basis", "sek", "price_year", "source", "quantity", "clients", "client_years", "per_client_year",
    "day_price", "break_even", "per_team_year", "break_even_year", "why",
]  # fmt: skip


def team_frame(design: Design, rows: Sequence[Priced]) -> pd.DataFrame:
    """Turn the prices of the team into kronor per client-year, and those into bed-days.

    Returns
    -------
    DataFrame
        One row is one price of the team, and ``total`` where there are several: item, basis (team_year | client_year |
        fte_year), sek, price_year, source, quantity (team-years, client-years or full-time years in the period of the
        delivery), clients and client_years enrolled in it, per_client_year, day_price (of a bed-day), break_even
        (bed-days per client-year that cost as much), per_team_year and break_even_year (the same for one team and
        year), why.
    """
    priced = [row for row in rows if row.outcome == TEAM and not row.why]
    if not priced:
        return pd.DataFrame(columns=_COLUMNS)
    time = _time(design)
    day = next((row for row in rows if row.outcome == "bed_days" and not row.why), None)
    made = [_row(row, time, day) for row in priced]
    if len(made) > 1:
        made.append(_total(made, time, day, {row.year for row in priced}))
    return pd.DataFrame(made, columns=_COLUMNS)


def _time(design: Design) -> dict[str, float]:
    """Return client-years, clients, team-years and full-time years of the programme's teams in the period."""
    extract = design.extract
    period = one_period(extract.start, extract.end)
    enrolled = programme_enrolments(extract, design.plan)
    days = client_days(enrolled, period, clients=extract.clients, teams=extract.teams)
    names = pd.Index(enrolled["team_id"].dropna().unique())
    begun = enrolled.groupby("team_id")["start"].min().reindex(names)
    if extract.has("teams"):
        started = extract.teams.drop_duplicates("team_id").set_index("team_id")["started"].reindex(names)
        begun = started.where(started.notna(), begun)
    teams = pd.DataFrame({"team_id": names, "started": begun.to_numpy()})
    staff = extract.staff[extract.staff["team_id"].isin(names)]
    posts = fte_days(staff, period, teams=extract.teams)["fte_days"].sum() if len(staff) else nan
    return {
        "client_year": float(days["client_days"].sum()) / 365.25,
        "clients": float(enrolled["client_id"].nunique()),
        "team_year": float(observed_days(teams, period)["days"].sum()) / 365.25,
        "fte_year": float(posts) / 365.25,
    }


def _row(row: Priced, time: dict[str, float], day: Priced | None) -> Row:
    quantity, years = time[row.basis], time["client_year"]
    each = row.sek * quantity / years if years else nan
    found: Row = {
        "item": row.price.item, "basis": row.basis, "sek": row.sek, "price_year": row.year,
        "source": row.price.source, "quantity": quantity, "clients": time["clients"], "client_years": years,
        "per_client_year": each, "per_team_year": each * years / time["team_year"] if time["team_year"] else nan,
    }  # fmt: skip
    return found | _in_days(found, row.year, day)


def _in_days(found: Row, year: float, day: Priced | None) -> Row:
    if day is None:
        return {"day_price": nan, "break_even": nan, "break_even_year": nan, "why": "no_day_price"}
    if day.year != year:
        return {"day_price": nan, "break_even": nan, "break_even_year": nan, "why": "several_years"}
    both = {"break_even": "per_client_year", "break_even_year": "per_team_year"}
    return {"day_price": day.sek, "why": ""} | {name: found[money] / day.sek for name, money in both.items()}


def _total(made: Sequence[Row], time: dict[str, float], day: Priced | None, years: set[float]) -> Row:
    same = len(years) == 1
    found: Row = {
        "item": "total", "basis": "", "sek": nan, "price_year": next(iter(years)) if same else nan, "source": "",
        "quantity": nan, "clients": time["clients"], "client_years": time["client_year"],
        "per_client_year": sum(row["per_client_year"] for row in made) if same else nan,
        "per_team_year": sum(row["per_team_year"] for row in made) if same else nan,
    }  # fmt: skip
    if not same:
        return found | {"day_price": nan, "break_even": nan, "break_even_year": nan, "why": "several_years"}
    return found | _in_days(found, found["price_year"], day)
