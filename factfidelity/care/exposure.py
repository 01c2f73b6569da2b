"""Who is observed when, which day divides before from after, and why a client is out. Rules: definitions, 1 and 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.line import codes_of
from factfidelity.days import OPEN, UNKNOWN, Days, dates_of, day_number, day_numbers
from factfidelity.errors import PlanError, Problem
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

TRUNCATION_LAG = 180
_LAST_DATE = {"episodes": "discharged", "legal_status": "end", "placements": "end"}


def cohort_clients(extract: Extract) -> pd.Index[Any]:
    """Return the clients of the cohort file, sorted; where there is none, those that are enrolled."""
    table = extract.clients if extract.has("clients") else extract.enrolments
    known: pd.Index[Any] = pd.Index(table["client_id"].dropna().unique()).sort_values()
    return known


def complete_to(extract: Extract, table: str, *, truncation_lag: int = TRUNCATION_LAG) -> int:
    """Return the first day that a source can no longer be trusted for; ``OPEN`` where nothing limits it.

    A source of finished stays lacks the long stays that had not ended: it is trusted until its last delivered
    discharge day less ``truncation_lag``, unless the mapping says a day.
    """
    source = extract.source(table)
    ends = [int(OPEN)]
    if source.end is not None:
        ends.append(day_number(source.end))
    if source.complete_to is not None:
        ends.append(day_number(source.complete_to))
    elif source.completeness == "discharged":
        last = day_numbers(extract.table(table)[_LAST_DATE.get(table, "date")], missing=UNKNOWN)
        ends += [int(last.max()) - truncation_lag] if len(last) and last.max() > UNKNOWN else []
    return min(ends)


def observed_time(
    extract: Extract,
    *,
    tables: Sequence[str] = ("episodes",),
    truncation_lag: int = TRUNCATION_LAG,
    impute_partial: str = "refuse",
) -> pd.DataFrame:
    """Say from when until when each client of the cohort file is observed.

    Observation ends at the first of: the day after death, leaving the area, the end of the extract, and the day
    until which each source is complete. A client without rows in a source that is not linked is not observed.

    Parameters
    ----------
    extract : Extract
    tables : sequence of str
        The sources that the figure rests on.
    truncation_lag : int
        For sources that deliver finished stays only.
    impute_partial : str
        Where a death known to the month or year only ends observation: ``refuse`` and ``first`` on the first day that
        it could have been, ``middle`` on the 15th or the 1st of July.

    Returns
    -------
    DataFrame
        One row is one client: client_id, observed_from, observed_to (first day not observed; the two are equal
        where nothing is observed), why (empty, not_linked or no_time).
    """
    asked = tuple(tables), truncation_lag, impute_partial
    return extract.once(("observed_time", *asked), lambda: _observed_time(extract, *asked))


def _observed_time(extract: Extract, tables: Sequence[str], truncation_lag: int, impute_partial: str) -> pd.DataFrame:
    known = cohort_clients(extract)
    low = np.full(len(known), day_number(extract.start), dtype=np.int64)
    high = np.full(len(known), day_number(extract.end), dtype=np.int64)
    if extract.has("clients"):
        clients = extract.clients.drop_duplicates("client_id").set_index("client_id").reindex(known)
        low = np.maximum(low, day_numbers(clients["observed_from"], missing=UNKNOWN))
        high = np.minimum(high, day_numbers(clients["observed_to"]))
    linked = np.ones(len(known), dtype=bool)
    for table in tables:
        source = extract.source(table)
        if source.start is not None:
            low = np.maximum(low, day_number(source.start))
        high = np.minimum(high, complete_to(extract, table, truncation_lag=truncation_lag))
        if not source.linked:
            linked &= np.isin(known, extract.table(table)["client_id"].unique())
    high = np.minimum(high, _alive_until(extract, known, impute_partial))
    high = np.where(linked, np.maximum(low, high), low)
    why = np.where(~linked, "not_linked", np.where(high <= low, "no_time", ""))
    return pd.DataFrame(
        {
            "client_id": known,
            "observed_from": dates_of(low),
            "observed_to": dates_of(high),
            "why": pd.Series(why, dtype="str"),
        }
    )


def clients_seen(extract: Extract, *, impute_partial: str = "refuse") -> pd.DataFrame:
    """Say from when until when each client is there to be seen: the cohort file's own limits, and death.

    Returns
    -------
    DataFrame, one row per client of the cohort file or the causes of death
        client_id, observed_from (empty: no limit), observed_to (first day after; empty: no limit).
    """
    return extract.once(("clients_seen", impute_partial), lambda: _clients_seen(extract, impute_partial))


def _clients_seen(extract: Extract, impute_partial: str) -> pd.DataFrame:
    listed = extract.clients[["client_id", "observed_from", "observed_to"]].drop_duplicates("client_id")
    ids = pd.concat([listed["client_id"], extract.deaths["client_id"]], ignore_index=True)
    known: pd.Index[Any] = pd.Index(ids.dropna().unique()).sort_values()
    seen = listed.set_index("client_id").reindex(known)
    until = np.minimum(day_numbers(seen["observed_to"]), _alive_until(extract, known, impute_partial))
    return pd.DataFrame(
        {"client_id": known, "observed_from": seen["observed_from"].to_numpy(), "observed_to": dates_of(until)}
    )


def _alive_until(extract: Extract, known: pd.Index[Any], impute: str) -> Days:
    # Unless the plan says the middle, a death known to the month or year only ends observation with the first day it
    # could have been: no day that the client may not have lived is counted, and none is guessed.
    if impute not in ("refuse", "first", "middle"):
        raise ValueError(f"impute_partial must be refuse, first or middle, got {impute!r}")
    deaths = extract.deaths
    until = np.full(len(known), OPEN, dtype=np.int64)
    if not len(deaths):
        return until
    dates = pd.Series(pd.to_datetime(deaths["date"]).to_numpy(dtype="datetime64[s]"))
    precision = deaths["precision"].astype("object").to_numpy()
    middle = impute == "middle"
    month = dates.dt.to_period("M").dt.to_timestamp() + pd.Timedelta(days=14 if middle else 0)
    year = dates.dt.to_period("Y").dt.to_timestamp() + pd.to_timedelta((181 + dates.dt.is_leap_year) * middle, unit="D")
    day = np.where(precision == "month", day_numbers(month), day_numbers(dates))
    day = np.where(precision == "year", day_numbers(year), day)
    code = codes_of(known, deaths["client_id"])
    kept = (code >= 0) & (day < OPEN)
    exact = ~np.isin(precision, ["month", "year"])
    np.minimum.at(until, code[kept], day[kept] + exact[kept])
    return until


def index_days(extract: Extract, plan: Plan) -> pd.DataFrame:
    """Find the day that divides before from after for each client of the cohort file.

    Returns
    -------
    DataFrame
        One row is one client: client_id, team_id (the first team), index (empty where there is none), left (first
        day after the enrolment that began on the index day, changes of team included; empty while it goes on).

    Raises
    ------
    PlanError
        If the plan asks for a column or a programme that the extract does not have.
    """
    known = cohort_clients(extract)
    enrolled = programme_enrolments(extract, plan)
    first = enrolled.drop_duplicates("client_id").set_index("client_id").reindex(known)
    index = pd.Series(first["start"].to_numpy(), index=known)
    if plan.index.kind == "date":
        if plan.index.date is None:
            raise _plan_fault("index.kind is date, but no date is given", "write index: {kind: date, date: 2020-01-01}")
        index = pd.Series(pd.Timestamp(plan.index.date), index=known)
    elif plan.index.kind == "column":
        if plan.index.column not in extract.clients.columns:
            what = f'index.column is "{plan.index.column}", which the table clients does not have'
            raise _plan_fault(what, "name a date column of the table clients")
        column = extract.clients.drop_duplicates("client_id").set_index("client_id")[plan.index.column]
        index = pd.to_datetime(column).reindex(known)
    left = _left_after(enrolled, known, day_numbers(index))
    return pd.DataFrame(
        {
            "client_id": known,
            "team_id": first["team_id"].to_numpy(),
            "index": pd.to_datetime(index.to_numpy()).astype("datetime64[s]"),
            "left": dates_of(left),
        }
    )


def _plan_fault(what: str, do: str) -> PlanError:
    return PlanError(problems=[Problem(what, do, kind="plan")])


def programme_enrolments(extract: Extract, plan: Plan) -> pd.DataFrame:
    """Return the enrolments in teams of the plan's programme, by client and start; a team without programme counts."""
    enrolled = extract.enrolments
    if extract.has("teams") and plan.programme:
        programme = extract.teams.set_index("team_id")["programme"]
        named = programme.notna() & (programme.astype("str").str.strip() != "")
        other = programme.index[named & (programme.astype("str").str.casefold() != plan.programme.casefold())]
        enrolled = enrolled[~enrolled["team_id"].isin(other)]
        if not len(enrolled) and extract.has("enrolments") and plan.index.kind == "enrolment":
            what = f'no client is enrolled in a team of the programme "{plan.programme}"'
            raise _plan_fault(what, "correct the plan's programme, or the column programme of the table teams")
    return enrolled.dropna(subset=["start"]).sort_values(["client_id", "start", "team_id"], kind="stable")


def _left_after(enrolled: pd.DataFrame, known: pd.Index[Any], index: Days) -> Days:
    """Return the day each client left the programme after the index day; a change of team is no leaving."""
    left = np.full(len(known), OPEN, dtype=np.int64)
    if not len(enrolled):
        return left
    code = codes_of(known, enrolled["client_id"])
    enrolled, code = enrolled[code >= 0], code[code >= 0]
    order = np.lexsort((day_numbers(enrolled["start"]), code))
    code, start, end = code[order], day_numbers(enrolled["start"])[order], day_numbers(enrolled["end"])[order]
    began = start <= index[code]
    reach = np.full(len(known), UNKNOWN, dtype=np.int64)
    np.maximum.at(reach, code[began], end[began])
    for _ in range(int(np.bincount(code).max()) if len(code) else 0):
        touching = (start > index[code]) & (start <= reach[code]) & (end > reach[code])
        if not touching.any():
            break
        np.maximum.at(reach, code[touching], end[touching])
    return np.where(reach > UNKNOWN, reach, OPEN)
