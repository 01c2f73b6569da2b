"""The invented world as the tables of an extract, as a faultless delivery would give them."""

from __future__ import annotations

from typing import Any, SupportsInt

import numpy as np
import pandas as pd

from factfidelity.days import OPEN
from factfidelity.delivery.keep import save_tables
from factfidelity.delivery.sample_world import World
from factfidelity.extract import COLUMNS, Extract, Source

_TEXT = ("client_id", "team_id", "staff_id", "contact_id")


def extract_of_world(world: World) -> Extract:
    """Return the extract of a world; every source is complete and linked."""
    tables = {
        **_people(world),
        **_hospital(world),
        **_team(world),
        **_follow(world),
    }
    start, end = dates_of_days([world.span.first, world.span.last], OPEN)
    frames = {name: _typed(name, frame) for name, frame in tables.items()}
    opened = dates_of_days([int(world.span.starts[0])], OPEN)[0]
    team_tables = {"enrolments", "staff", "posts", "board", "contacts", "meetings", "referrals", "care_plans"}
    sources = {
        name: Source(start=pd.Timestamp(opened if name in team_tables else start), end=pd.Timestamp(end))
        for name in frames
    }
    first, after = pd.Timestamp(start), pd.Timestamp(end)
    return Extract(tables=frames, start=first, end=after, sources=sources, saver=save_tables)


def dates_of_days(days: Any, last: SupportsInt) -> Any:
    """Return whole days as ``datetime64[s]``; days at or after ``last`` are not known yet and missing."""
    numbers = np.asarray(days, dtype=np.int64)
    known = numbers < int(last)
    values = np.where(known, numbers, 0).astype("datetime64[D]").astype("datetime64[s]")
    values[~known] = np.datetime64("NaT")
    return values


def _typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    ordered = frame[[column for column in COLUMNS[name] if column in frame.columns]].reset_index(drop=True)
    for column in ordered.columns:
        if column in _TEXT or ordered[column].dtype == object:
            ordered[column] = ordered[column].where(ordered[column] != "").astype("str")
        elif ordered[column].dtype == bool:
            ordered[column] = ordered[column].astype("boolean")
        elif ordered[column].dtype.kind in "iu":
            ordered[column] = ordered[column].astype("float64")
    return ordered


def _ids(world: World, clients: pd.Series[Any]) -> Any:
    return np.array(world.ids, dtype=object)[clients.to_numpy(dtype=np.int64)]


def _names(world: World, teams: pd.Series[Any]) -> Any:
    names = [entry["name"] for entry in world.setting["teams"]]
    return np.array([*names, ""], dtype=object)[teams.to_numpy(dtype=np.int64)]  # -1: before any team


def _people(world: World) -> dict[str, pd.DataFrame]:
    tables, last, entries = world.tables, world.span.last, world.setting["teams"]
    clients, enrolments, deaths = tables["clients"], tables["enrolments"], tables["deaths"]
    until = np.where(clients["observed_to"] <= last, clients["observed_to"], OPEN)
    return {
        "clients": clients.assign(
            observed_from=dates_of_days(clients["observed_from"], last), observed_to=dates_of_days(until, OPEN)
        ),
        "teams": pd.DataFrame(
            {
                "team_id": [entry["name"] for entry in entries],
                "name": [entry["name"] for entry in entries],
                "programme": str(world.setting["programme"]),
                "started": dates_of_days(world.span.starts, last),
                "catchment": [float(entry["catchment"]) for entry in entries],
            }
        ),
        "enrolments": pd.DataFrame(
            {
                "client_id": _ids(world, enrolments["client"]),
                "team_id": _names(world, enrolments["team"]),
                "start": dates_of_days(enrolments["start"], last),
                "end": dates_of_days(enrolments["end"], OPEN),
                "end_reason": enrolments["end_reason"].astype(object),
            }
        ),
        "deaths": pd.DataFrame(
            {
                "client_id": _ids(world, deaths["client"]),
                "date": dates_of_days(deaths["death"], last),
                "precision": "day",
            }
        ),
    }


def _hospital(world: World) -> dict[str, pd.DataFrame]:
    tables, last = world.tables, world.span.last
    legal, leave, measures = tables["legal"], tables["leave"], tables["measures"]
    return {
        "episodes": _episodes(world),
        "legal_status": pd.DataFrame(
            {
                "client_id": _ids(world, legal["client"]),
                "form": legal["form"],
                "start": dates_of_days(legal["start"], last),
                "end": dates_of_days(np.where(legal["last"] < last, legal["last"] + 1, OPEN), OPEN),
            }
        ),
        "leave": pd.DataFrame(
            {
                "client_id": _ids(world, leave["client"]),
                "kind": "leave",
                "start": dates_of_days(leave["start"], last),
                "end": dates_of_days(leave["back"], last),
            }
        ),
        "coercion": pd.DataFrame(
            {
                "client_id": _ids(world, measures["client"]),
                "date": dates_of_days(measures["day"], last),
                "kind": measures["kind"],
            }
        ),
    }


def _episodes(world: World) -> pd.DataFrame:
    tables, last, clinics = world.tables, world.span.last, world.setting["clinics"]
    stays = pd.concat([tables["episodes"], tables["other"].assign(acute=True)], ignore_index=True)
    stays = stays.sort_values(["client", "admitted", "discharged"], kind="stable", ignore_index=True)
    diagnosis = tables["diagnoses"].drop_duplicates("client").set_index("client")["code"]
    main = np.where(stays["clinic"] == "somatic", "J189", diagnosis.reindex(stays["client"]).to_numpy(dtype=object))
    kinds = {
        key: stays["clinic"].map({name: entry[key] for name, entry in clinics.items()})
        for key in ("unit", "mvo", "ward_type")
    }
    return pd.DataFrame(
        {
            "client_id": _ids(world, stays["client"]),
            "admitted": dates_of_days(stays["admitted"], last),
            "discharged": dates_of_days(stays["discharged"], last),
            **kinds,
            "acute": stays["acute"].astype(bool),
            "main_diagnosis": main,
        }
    )


def _team(world: World) -> dict[str, pd.DataFrame]:
    tables, last = world.tables, world.span.last
    frames = {}
    for name in ("posts", "staff", "board"):
        rows = tables[name]
        frames[name] = rows.assign(
            team_id=_names(world, rows["team"]),
            start=dates_of_days(rows["start"], last),
            end=dates_of_days(rows["end"], last),
        )
    board = frames["board"]
    frames["board"] = board.assign(
        client_id=_ids(world, board["client"]), reason_off=board["reason_off"].astype(object)
    )
    if "contacts" not in tables:
        return frames
    contacts, meetings = tables["contacts"], tables["meetings"]
    frames["contacts"] = contacts.assign(
        contact_id=[f"K{number + 1}" for number in contacts["contact"]],
        client_id=_ids(world, contacts["client"]),
        team_id=_names(world, contacts["team"]),
        date=dates_of_days(contacts["day"], last),
    )
    day = dates_of_days(meetings["day"], last)
    frames["meetings"] = meetings.assign(team_id=_names(world, meetings["team"]), date=day)
    return frames


def _follow(world: World) -> dict[str, pd.DataFrame]:
    tables, last = world.tables, world.span.last

    def of(name: str, **days: str) -> pd.DataFrame:
        rows = tables[name]
        known = {column: dates_of_days(rows[source], last) for column, source in days.items()}
        ids = {"client_id": _ids(world, rows["client"])} if "client" in rows else {}
        names = {"team_id": _names(world, rows["team"])} if "team" in rows else {}
        return rows.assign(**ids, **names, **known)

    extra = {
        "events": {"date": "day"}, "placements": {"start": "start", "end": "end"}, "surveys": {"date": "day"},
        "actions": {"decided": "decided", "due": "due", "done": "done"}, "catchment": {"date": "day"},
    }  # fmt: skip
    ratings = tables["ratings"]
    rated = pd.concat(
        [
            ratings.assign(rater=rater, score=ratings[column].where(ratings["rated"]).astype("float64"))
            for rater, column in (("A", "A"), ("B", "B"), ("consensus", "true"))
        ],
        ignore_index=True,
    )
    day = dates_of_days(rated["day"], last)
    return {
        **{name: of(name, **days) for name, days in extra.items() if name in tables},
        "visits": of("visits", date="day").assign(kind="emergency", mvo="046"),
        "measurements": of("measurements", date="day"),
        "diagnoses": of("diagnoses", date="day"),
        "care_plans": of("care_plans", made="made", followed_up="followed_up"),
        "referrals": of("referrals", received="received", decided="decided", first_contact="first_contact"),
        "services": of("services", requested="requested", decided="decided", start="start", end="end"),
        "work": of("work", start="start", end="end"),
        "population": tables["population"].drop(columns="name"),
        "ratings": rated.assign(
            team_id=_names(world, rated["team"]),
            assessment=np.datetime_as_string(day, unit="D").astype(object),
            scale="dacts",
        ),
    }
