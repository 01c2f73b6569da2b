"""Which teams an extract speaks of, under which names, and which days its tables cover together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from factfidelity.care.client_days import limited
from factfidelity.extract import Extract


def teams_of(extract: Extract, tables: Sequence[str] = ("enrolments", "staff")) -> pd.DataFrame:
    """Return every team of the extract, those that only a roster or an enrolment names too.

    Returns
    -------
    DataFrame, one row per team, by team_id
        team_id, team (its name, else its id), programme (may be missing), started (may be missing).
    """
    known = extract.teams[["team_id", "name", "programme", "started"]].drop_duplicates("team_id")
    named = pd.concat([extract.table(name)["team_id"] for name in tables], ignore_index=True)
    ids = pd.Index(pd.concat([known["team_id"], named]).dropna().unique(), name="team_id").sort_values()
    teams = known.set_index("team_id").reindex(ids).reset_index()
    name = teams["name"].astype("object").where(teams["name"].notna() & teams["name"].ne(""), teams["team_id"])
    return teams.assign(team=name.astype("str"))[["team_id", "team", "programme", "started"]]


def shared_period(extract: Extract, tables: Sequence[str]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the days that the extract and the sources of all these tables cover.

    Raises
    ------
    ValueError
        If they share no day.
    """
    sources = [extract.source(name) for name in tables]
    start = max([extract.start, *(source.start for source in sources if source.start is not None)])
    ends = [end for source in sources for end in (source.end, source.complete_to) if end is not None]
    end = min([extract.end, *ends])
    if end <= start:
        raise ValueError(f"the tables {', '.join(tables)} cover no day together")
    return start, end


def covered_time(extract: Extract, intervals: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return the part of the intervals, with the same columns, that the source of a table covers."""
    source = extract.source(table)
    ends = [end for end in (source.end, source.complete_to) if end is not None]
    low, high = source.start or extract.start, min([extract.end, *ends])
    return limited(intervals, low, high)[list(intervals.columns)] if high > low else intervals.iloc[:0]


def last_year(start: pd.Timestamp, end: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the last twelve months of ``[start, end)``, or all of it where it is shorter."""
    return max(start, end - pd.DateOffset(years=1)), end


def each_team(frame: pd.DataFrame, teams: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """Return each team's rows, and all of them as ``total`` where there are several teams."""
    named = list(zip(teams["team_id"], teams["team"], strict=True))
    parts = [(key, name, frame.loc[(frame["team_id"] == key).to_numpy()]) for key, name in named]
    return [*parts, ("total", "total", frame)] if len(parts) > 1 else parts
