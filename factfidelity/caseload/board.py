"""Who is on the FACT board, for how long and why, and what they get while on it and off it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import (
    calendar_periods,
    days_in_periods,
    enrolled_time,
    inside,
    limited,
    observed_days,
    one_period,
    persons_in_periods,
    shared_time,
    united,
)
from factfidelity.care.contact_days import contacts_once, met
from factfidelity.care.exposure import clients_seen
from factfidelity.care.spells import chain_spells
from factfidelity.care.teams import covered_time, last_year, shared_period, teams_of
from factfidelity.caseload.board_episodes import (
    board_episodes,
    episode_counts,
    leaving_curve,
    phase_counts,
    reason_counts,
    same_staff,
)
from factfidelity.caseload.board_result import BoardUse
from factfidelity.caseload.board_wait import time_to_board
from factfidelity.caseload.norms import programme_of
from factfidelity.days import DAYS_PER_YEAR
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

_KEYS = ["client_id", "team_id"]
_SOURCES = ("enrolments", "board")


def board_use(
    extract: Extract, *, every: str = "month", plan: Plan | None = None, programme: str | None = None
) -> BoardUse:
    """Return how the board is used: share, periods, time on it, and care on and off it.

    Share on the board = board-days / enrolled days. Board-days outside the enrolment are set aside and counted; two
    periods that overlap or touch are one; a period without an end goes on.

    Parameters
    ----------
    extract : Extract
        board and enrolments; contacts, episodes, meetings where they are known.
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.
    plan : Plan, optional
        Says which inpatient care counts (its MVO codes) and what joins stays; default: the default plan.
    programme : str, optional
        Care model of teams for which none is given; its board rule is the reference.

    Returns
    -------
    BoardUse
    """
    start, end = shared_period(extract, _SOURCES)
    teams = teams_of(extract, ("enrolments", "board"))
    teams = teams.assign(programme=teams["programme"].fillna(programme))
    enrolled = enrolled_time(extract.enrolments, start, end, clients=clients_seen(extract), teams=teams)
    board = limited(extract.board, start, end, clients=clients_seen(extract), teams=teams)
    on = shared_time(board, enrolled, _KEYS)
    outside = _outside(board, on)
    periods, whole = calendar_periods(start, end, every), one_period(start, end)
    episodes = board_episodes(extract.board, enrolled, start, end)
    table = _shares(on, enrolled, periods, teams)
    since, until = last_year(start, end)
    year = one_period(since, until)
    notes = {
        "every": every, "start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}", "latest_start": f"{since:%Y-%m-%d}",
        "share_reference": _share_reference(teams), **_named(teams),
        "contacts_known": "yes" if extract.has("contacts") else "no",
        "admissions_known": "yes" if extract.has("episodes") else "no",
    }  # fmt: skip
    return BoardUse(
        table=table,
        latest=_shares(on, enrolled, year, teams).drop(columns="period_start"),
        episodes=episode_counts(episodes, _shares(on, enrolled, whole, teams), teams),
        reasons=reason_counts(episodes, teams),
        curve=leaving_curve(episodes, teams),
        on_off=_on_off(extract, on, enrolled, whole, teams, plan or Plan()),
        meetings=_meetings(extract, teams, year),
        same_staff=same_staff(extract.contacts, on, enrolled, teams),
        outside=outside,
        phases=phase_counts(extract.board, enrolled, (start, end), teams, wanted=notes["kind"] == "phases"),
        wait=time_to_board(_events_before(extract, plan or Plan(), teams), extract.board, enrolled, teams),
        notes=notes,
    )


def _named(teams: pd.DataFrame) -> dict[str, str]:
    """Return whether the board holds phases, and what the teams' care model calls it; nothing where they differ."""
    models = [programme_of(name) for name in teams["programme"].unique()]
    kinds = {"phases" if "phases" in model.all_indicators else "board" for model in models if model is not None}
    names = [dict(model.board.name) for model in models if model is not None and model.board.name]
    same = names[0] if names and all(name == names[0] for name in names) else {}
    kind = {"kind": kinds.pop() if len(kinds) == 1 else "board"}
    return kind | {f"name_{language}": text for language, text in same.items()}


def _events_before(extract: Extract, plan: Plan, teams: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the dated events from which the time to the board is counted."""
    visits = extract.visits
    urgent = visits.loc[visits["kind"].eq("emergency").fillna(False).to_numpy(dtype=bool), ["client_id", "date"]]
    found = {"admission": _admission_days(extract, plan, teams),
             "emergency": urgent.merge(teams[["team_id"]], how="cross")}  # fmt: skip
    return {name: frame for name, frame in found.items() if len(frame)}


def _share_reference(teams: pd.DataFrame) -> str:
    """Return the share that the teams' care model speaks of, as text; empty where there is none or several."""
    models = [programme_of(name) for name in teams["programme"].unique()]
    shares = {model.board.share.low for model in models if model is not None}
    return str(shares.pop()) if len(shares) == 1 and None not in shares else ""


def _outside(board: pd.DataFrame, on: pd.DataFrame) -> pd.DataFrame:
    """Count the board-days on which the client was not enrolled in the team."""
    there = united(board, _KEYS)

    def days(frame: pd.DataFrame) -> pd.Series:
        length = (frame["end"] - frame["start"]).dt.days
        return length.groupby([frame["client_id"], frame["team_id"]]).sum()

    lost = days(there).sub(days(on), fill_value=0)
    lost = lost.loc[lost > 0]
    persons = lost.index.get_level_values("client_id").nunique() if len(lost) else 0
    return pd.DataFrame({"what": ["outside_enrolment"], "board_days": [int(lost.sum())], "persons": [int(persons)]})


def with_teams(table: pd.DataFrame, teams: pd.DataFrame, sums: list[str], keys: list[str]) -> pd.DataFrame:
    """Add the rows of all teams together, and the teams' names."""
    if len(teams) > 1:
        how = {**dict.fromkeys(sums, "sum"), **({"days": "max"} if "days" in table else {})}
        total = table.groupby(keys, sort=False, dropna=False).agg(how).reset_index() if keys else (
            table.agg(how).to_frame().T if len(table) else table.iloc[:0])  # fmt: skip
        table = pd.concat([table, total.assign(team_id="total")], ignore_index=True)
    named = teams.set_index("team_id")["team"]
    table = table.assign(team=named.reindex(table["team_id"]).fillna("total").to_numpy())
    return table.astype(dict.fromkeys(sums, "int64"))


def _shares(on: pd.DataFrame, enrolled: pd.DataFrame, periods: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    keys = ["team_id", "period_start"]
    table = observed_days(teams, periods)
    for name, frame, persons in (("client_days", enrolled, "persons"), ("board_days", on, "persons_on")):
        days = days_in_periods(frame, periods).rename(columns={"days": name})
        heads = persons_in_periods(frame, periods).rename(columns={"persons": persons})
        table = table.merge(days, on=keys, how="left").merge(heads, on=keys, how="left")
    sums = ["client_days", "board_days", "persons", "persons_on"]
    table = table.loc[table["days"] > 0].fillna(dict.fromkeys(sums, 0))
    table = with_teams(table, teams, sums, ["period_start"])
    share = table["board_days"] / table["client_days"].where(table["client_days"] > 0)
    table = table.assign(share=share, on_board=table["board_days"] / table["days"], ever_share=(
        table["persons_on"] / table["persons"].where(table["persons"] > 0)))  # fmt: skip
    first = ["team_id", "team", "period_start", "board_days", "client_days", "share", "on_board"]
    return table[[*first, "persons_on", "persons", "ever_share"]]


def _on_off(
    extract: Extract, on: pd.DataFrame, enrolled: pd.DataFrame, whole: pd.DataFrame, teams: pd.DataFrame, plan: Plan
) -> pd.DataFrame:
    """Count contacts and admissions on days on the board and on the other enrolled days.

    A rate is over those of the days that the events' own source covers.
    """
    off = _less(enrolled, on)
    events = {"contacts": _contact_days(extract), "episodes": _admission_days(extract, plan, teams)}
    named = {"contacts": "contacts", "episodes": "admissions"}
    parts = []
    for state, time in (("on", on), ("off", off)):
        days = days_in_periods(time, whole).rename(columns={"days": "client_days"})
        table = teams[["team_id"]].merge(days, on="team_id", how="left").merge(
            persons_in_periods(time, whole)[["team_id", "persons"]], on="team_id", how="left")  # fmt: skip
        for source, frame in events.items():
            name, seen = named[source], covered_time(extract, time, source)
            here = frame.loc[inside(frame, seen, _KEYS)]
            at_risk = days_in_periods(seen, whole).set_index("team_id")["days"]
            table[f"days_{name}"] = at_risk.reindex(table["team_id"]).to_numpy()
            number = here.groupby("team_id").size()
            who = here.groupby("team_id")["client_id"].nunique()
            table[name] = number.reindex(table["team_id"]).to_numpy()
            table[f"persons_{name}"] = who.reindex(table["team_id"]).to_numpy()
        parts.append(
            table.fillna({name: 0 for name in table if name not in ("team_id", "period_start")}).assign(state=state)
        )
    table = pd.concat(parts, ignore_index=True).drop(columns="period_start")
    sums = ["client_days", "persons", "contacts", "persons_contacts", "admissions", "persons_admissions"]
    own = ["days_contacts", "days_admissions"]
    table = with_teams(table, teams, [*sums, *own], ["state"])
    per_day = {"contacts_per_week": ("contacts", 7.0), "admissions_per_year": ("admissions", DAYS_PER_YEAR)}
    for name, (event, length) in per_day.items():
        known = extract.has("contacts" if event == "contacts" else "episodes")
        at_risk = table[f"days_{event}"].where(table[f"days_{event}"] > 0)
        table[name] = length * table[event] / at_risk if known else np.nan
    return table.drop(columns=own).reset_index(drop=True)


def _less(enrolled: pd.DataFrame, on: pd.DataFrame) -> pd.DataFrame:
    """Return the enrolled time that is not on the board: what lies between the board periods."""
    edges = pd.concat([enrolled.assign(kind=0), on.assign(kind=1)], ignore_index=True)
    cuts = pd.concat(
        [
            edges[[*_KEYS, "start"]].rename(columns={"start": "day"}),
            edges[[*_KEYS, "end"]].rename(columns={"end": "day"}),
        ],
        ignore_index=True,
    ).drop_duplicates().sort_values([*_KEYS, "day"])  # fmt: skip
    pieces = cuts.assign(end=cuts.groupby(_KEYS)["day"].shift(-1)).rename(columns={"day": "start"}).dropna(subset="end")
    pieces = pieces.assign(date=pieces["start"]).reset_index(drop=True)
    kept = inside(pieces, enrolled, _KEYS) & ~inside(pieces, on, _KEYS)
    answer: pd.DataFrame = pieces.loc[kept, [*_KEYS, "start", "end"]].reset_index(drop=True)
    return answer


def _contact_days(extract: Extract) -> pd.DataFrame:
    return contacts_once(met(extract.contacts))[[*_KEYS, "date"]]


def _admission_days(extract: Extract, plan: Plan, teams: pd.DataFrame) -> pd.DataFrame:
    """Return the first day of every spell of the plan's kind of care, once for each team."""
    stays = extract.episodes
    stays = stays.loc[(stays["mvo"].isin(list(plan.mvo_codes)) | stays["mvo"].isna()).to_numpy()]
    if not len(stays):
        return pd.DataFrame({"client_id": [], "team_id": [], "date": pd.Series(dtype="datetime64[s]")})
    spells = chain_spells(stays, gap_days=plan.spells.gap_days).rename(columns={"admitted": "date"})
    return spells[["client_id", "date"]].merge(teams[["team_id"]], how="cross")


def _meetings(extract: Extract, teams: pd.DataFrame, year: pd.DataFrame) -> pd.DataFrame:
    """Count board meetings a week over the last year, beside the care model's rule."""
    held = extract.meetings
    kept = (held["date"] >= year["start"].iloc[0]) & (held["date"] < year["end"].iloc[0])
    held = held.loc[kept.to_numpy()].drop_duplicates(["team_id", "date"])
    number = held.groupby("team_id").size()
    table = observed_days(teams, year).merge(teams[["team_id", "team", "programme"]], on="team_id")
    table = table.loc[table["team_id"].isin(number.index)]
    meetings = number.reindex(table["team_id"]).to_numpy(dtype=float)
    models = [programme_of(name) for name in table["programme"]]
    rule = [np.nan if model is None or model.board.meetings_per_week.low is None else model.board.meetings_per_week.low
            for model in models]  # fmt: skip
    weeks = table["days"].to_numpy(dtype=float) / 7
    table = table.assign(meetings=meetings, per_week=meetings / weeks, reference=np.asarray(rule, dtype=float))
    return table[["team_id", "team", "meetings", "per_week", "reference"]].reset_index(drop=True)
