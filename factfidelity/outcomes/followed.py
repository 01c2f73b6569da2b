"""After the index day: who left, who dropped out, who died, and how many clients the staff served each year."""

from __future__ import annotations

from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.client_days import calendar_periods, days_in_periods, limited, persons_in_periods, united
from factfidelity.care.exposure import programme_enrolments
from factfidelity.care.line import codes_of
from factfidelity.care.staff_days import fte_days
from factfidelity.days import OPEN, UNKNOWN, Days, day_numbers
from factfidelity.extract import Extract
from factfidelity.outcomes.declare import plan_of
from factfidelity.outcomes.describe import Row
from factfidelity.outcomes.followed_result import DROPPED, FollowedUp
from factfidelity.outcomes.pairs import Design
from factfidelity.schemas.plan import Plan
from factfidelity.stats import rates

_COLUMNS = ["figure", "clients", "hits", "years", "rate", "low", "high", "why", "topic", "others"]
_SERVED = ["year", "clients", "client_years", "fte_years", "per_fte", "client_years_per_fte"]


def followed_up(extract: Extract, plan: Plan | str | Path | None = None) -> FollowedUp:
    """Count who left the programme, dropped out of it or died after the index day, and the clients served each year.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional

    Returns
    -------
    FollowedUp
    """
    chosen = plan_of(plan)
    design = Design.of(extract, chosen)
    low, high, _ = design.observed(("enrolments",))
    has = design.has_index & (design.index >= low) & (design.index < high)
    index, stop = design.index[has], high[has]
    died = _death(design)[has]
    left, reason = _leaving(design)
    left, reason = left[has], reason[has]
    enrolled_to = np.minimum(left, stop)
    gone = (left < stop) & ~np.isin(reason, ["died"])
    dropped = gone & np.isin(reason, DROPPED)
    others = int(gone.sum()) - int(dropped.sum())  # whoever has both numbers has those who left for another reason
    rows = [
        _row("left", gone, enrolled_to - index, chosen),
        _row("dropped_out", dropped, enrolled_to - index, chosen,
             why="" if (reason[gone] != "").any() or not gone.any() else "no_reasons") | {"others": others},
    ]  # fmt: skip
    given = extract.has("deaths") or "deaths" in extract.sources
    rows.append(
        _row("died", (died >= index) & (died < stop), stop - index, chosen, why="" if given else "not_delivered")
    )
    notes = {"level": str(chosen.intervals.level), "dropped": ",".join(DROPPED), "index": chosen.index.kind}
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return FollowedUp(table=table, served=_served(design), notes=notes, language=chosen.language)


def _row(figure: str, hit: NDArray[np.bool_], days: Days, plan: Plan, *, why: str = "") -> Row:
    years = float(np.maximum(days, 0).sum()) / 365.25
    row: Row = {"figure": figure, "clients": len(hit), "topic": "death" if figure == "died" else ""}
    if why or not years:
        return row | {"hits": nan, "years": years, "rate": nan, "low": nan, "high": nan, "why": why or "no_clients"}
    found = rates.poisson_rate(int(hit.sum()), years, level=plan.intervals.level)
    numbers = {"rate": found.estimate, "low": found.low, "high": found.high}
    return row | {"hits": int(hit.sum()), "years": years, "why": ""} | {
        name: 100 * value for name, value in numbers.items()
    }  # fmt: skip


def _death(design: Design) -> Days:
    """Return each client's day of death; ``OPEN`` where there is none. A death known to the month is on its first."""
    deaths = design.extract.deaths
    found = np.full(len(design.known), OPEN, dtype=np.int64)
    if len(deaths):
        code, day = codes_of(design.known, deaths["client_id"]), day_numbers(deaths["date"])
        kept = (code >= 0) & (day < OPEN)
        np.minimum.at(found, code[kept], day[kept])
    return found


def _leaving(design: Design) -> tuple[Days, NDArray[np.object_]]:
    """Return the first day after the enrolment that holds the index day, changes of team included, and its reason."""
    enrolled = programme_enrolments(design.extract, design.plan).dropna(subset=["end"])
    code, end = codes_of(design.known, enrolled["client_id"]), day_numbers(enrolled["end"], missing=UNKNOWN)
    last = (code >= 0) & (end == design.left[np.maximum(code, 0)])
    reason = np.full(len(design.known), "", dtype=object)
    told = enrolled["end_reason"].astype("object").where(enrolled["end_reason"].notna(), "").to_numpy()
    reason[code[last]] = told[last]
    return design.left, reason


def _served(design: Design) -> pd.DataFrame:
    """Count, for each whole calendar year of the delivery, clients with an enrolled day, and full-time years."""
    extract = design.extract
    enrolled = programme_enrolments(extract, design.plan)
    years = calendar_periods(extract.start, extract.end, "year")
    years = years[years["start"].eq(years["period_start"]) & years["days"].ge(365)].reset_index(drop=True)
    if not len(years) or not len(enrolled):
        return pd.DataFrame(columns=_SERVED)
    span = years["start"].iloc[0], years["end"].iloc[-1]
    time = limited(enrolled, *span, clients=extract.clients, teams=extract.teams)
    time = united(time, ["client_id"]).assign(all="all")
    days = days_in_periods(time, years, by=["all"])
    persons = persons_in_periods(time, years, by=["all"])["persons"]
    starts = days["period_start"]
    table = pd.DataFrame({"year": starts.dt.year, "clients": persons, "client_years": days["days"] / 365.25})
    staff = extract.staff[extract.staff["team_id"].isin(enrolled["team_id"].unique())].assign(all="all")
    posts = pd.Series(nan, index=table.index)
    if len(staff):
        worked = fte_days(staff, years, teams=extract.teams, by=("all",)).set_index("period_start")["fte_days"]
        posts = (worked.reindex(starts) / 365.25).reset_index(drop=True)
    table["fte_years"] = posts.where(posts > 0)
    table["per_fte"] = table["clients"] / table["fte_years"]
    table["client_years_per_fte"] = table["client_years"] / table["fte_years"]
    return table[table["clients"] > 0].reset_index(drop=True)[_SERVED]
