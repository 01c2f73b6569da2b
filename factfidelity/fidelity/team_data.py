"""What an extract holds of one team: enrolments, roster, posts and contacts, with days as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.contact_days import contacts_once
from factfidelity.care.exposure import clients_seen
from factfidelity.care.spells import chain_spells
from factfidelity.days import OPEN, UNKNOWN, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

Flags = NDArray[np.bool_]
_OUTSIDE = ("home_visit", "elsewhere")


@dataclass(frozen=True, eq=False)
class TeamData:
    """The rows of one team, and what the sources cover.

    Attributes
    ----------
    extract : Extract
    team : str
    started : int
        Day on which the team began; ``UNKNOWN`` where it is not given.
    """

    extract: Extract
    team: str
    started: int

    def covers(self, table: str, start: int) -> bool:
        """Tell whether the source of a table reaches back to a day."""
        found = self.extract.source(table).start
        first = self.extract.start if found is None else max(found, self.extract.start)
        return day_number(first) <= start

    @cached_property
    def last_day(self) -> int:
        """First day that the extract does not observe any more."""
        return day_number(self.extract.end)

    @cached_property
    def enrolments(self) -> pd.DataFrame:
        """One row per enrolment: client_id, first, last (first day after), end_reason; cut at death or moving away."""
        rows = _of_team(self.extract.enrolments, self.team)
        first = day_numbers(rows["start"], missing=OPEN)
        last = day_numbers(rows["end"])
        until = day_numbers(clients_seen(self.extract).set_index("client_id")["observed_to"].reindex(rows["client_id"]))
        cut = (until < self.last_day) & (until < last)
        last = np.where(cut, until, last)
        kept = (first < OPEN) & (last > first)
        reason = rows["end_reason"].mask(cut, "observation_ended")
        frame = pd.DataFrame({"client_id": rows["client_id"], "end_reason": reason})
        return frame.assign(first=first, last=last)[kept].reset_index(drop=True)

    @cached_property
    def staff(self) -> pd.DataFrame:
        """One row per post held: staff_id, profession, fte, first, last, leader, skills."""
        rows = _of_team(self.extract.staff, self.team)
        return rows[["staff_id", "profession", "fte", "skills"]].assign(
            leader=_flag(rows["leader"]),
            first=day_numbers(rows["start"], missing=UNKNOWN),
            last=day_numbers(rows["end"]),
        )

    @cached_property
    def posts(self) -> pd.DataFrame:
        """One row per established post: profession, fte, first, last."""
        rows = _of_team(self.extract.posts, self.team)
        return rows[["profession", "fte"]].assign(
            first=day_numbers(rows["start"], missing=UNKNOWN), last=day_numbers(rows["end"])
        )

    @cached_property
    def contact_rows(self) -> pd.DataFrame:
        """One row per attended contact and staff member of the team, with ``day`` and ``outside``."""
        rows = self.extract.contacts
        own = rows["team_id"].eq(self.team).fillna(False) | rows["team_id"].isna()
        rows = rows[own.to_numpy(dtype=bool) & _flag(rows["attended"])].reset_index(drop=True)
        outside = rows["outside_clinic"].astype("boolean").fillna(rows["form"].isin(_OUTSIDE))
        return rows.assign(outside_clinic=outside, day=day_numbers(rows["date"], missing=UNKNOWN))

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """One row per attended contact, its minutes once, with ``day``."""
        once = contacts_once(self.contact_rows)
        return once.assign(day=day_numbers(once["date"], missing=UNKNOWN))

    @cached_property
    def spells(self) -> pd.DataFrame:
        """One row per psychiatric spell of the team's clients: client_id, first (admitted), last (discharged)."""
        stays = self.extract.episodes
        codes = {code for kind in Plan().mvo_sets.values() for code in kind}
        kind = stays["mvo"].astype("object")
        given = kind.notna() & kind.ne("")
        kept = kind.isin(codes) if given.any() else pd.Series(True, index=stays.index)
        kept &= stays["client_id"].isin(self.enrolments["client_id"]) & stays["admitted"].notna()
        spells = chain_spells(stays[kept.to_numpy(dtype=bool)])
        return spells[["client_id"]].assign(
            first=day_numbers(spells["admitted"]), last=day_numbers(spells["discharged"])
        )

    def active(self, on: int) -> pd.Index[Any]:
        """Return the clients who are enrolled on a day, each once, sorted."""
        rows = self.enrolments
        here = rows.loc[(rows["first"] <= on) & (rows["last"] > on), "client_id"]
        found: pd.Index[Any] = pd.Index(here.unique(), name="client_id")
        ordered: pd.Index[Any] = found.sort_values()
        return ordered

    def enrolled_on(self, clients: Any, days: Any) -> Flags:
        """Tell for each client and day whether the client is enrolled on it."""
        asked = pd.DataFrame({"client_id": np.asarray(clients), "day": np.asarray(days)}).reset_index()
        both = asked.merge(self.enrolments[["client_id", "first", "last"]], on="client_id")
        hit = both.loc[(both["first"] <= both["day"]) & (both["day"] < both["last"]), "index"]
        found = np.zeros(len(asked), dtype=bool)
        found[hit.to_numpy()] = True
        return found

    def with_diagnosis(self, clients: pd.Index[Any], codes: tuple[str, ...], on: int) -> pd.Index[Any]:
        """Return those of the clients who have had one of the diagnoses (by the start of the code) by a day."""
        rows = self.extract.diagnoses
        plain = rows["code"].astype("str").str.replace(".", "", regex=False).str.upper()
        hit = plain.str.startswith(codes) & (day_numbers(rows["date"], missing=UNKNOWN) < on)
        found: pd.Index[Any] = clients[clients.isin(rows.loc[hit.to_numpy(dtype=bool), "client_id"])]
        ordered: pd.Index[Any] = found.sort_values()
        return ordered


def team_data(extract: Extract, team: str) -> TeamData:
    """Return the data of one team.

    Raises
    ------
    ValueError
        If the extract knows no such team.
    """
    tables = (extract.teams, extract.enrolments, extract.staff)
    known = pd.concat([table["team_id"] for table in tables], ignore_index=True).dropna().unique()
    if team not in set(known):
        raise ValueError(f"team must be one of {', '.join(sorted(map(str, known)))}, got {team!r}")
    started = extract.teams.loc[extract.teams["team_id"] == team, "started"].dropna()
    return TeamData(extract, team, day_number(started.iloc[0]) if len(started) else int(UNKNOWN))


def once(rows: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return contact rows with each contact once for the keys; a row without a contact_id is a contact of its own."""
    single = rows["contact_id"].isna() | rows["contact_id"].astype("object").eq("")
    kept = single | ~rows.duplicated(["contact_id", *keys])
    return rows[kept.to_numpy(dtype=bool)]


def _of_team(table: pd.DataFrame, team: str) -> pd.DataFrame:
    return table[table["team_id"].eq(team).fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)


def _flag(column: pd.Series[Any]) -> Flags:
    return np.asarray(column.astype("boolean").fillna(False), dtype=bool)
