"""Counting rules on contacts: who met whom, how often, how long, where; per client first, then the median or share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import UNKNOWN, day_numbers
from factfidelity.fidelity.counted import (
    Counted,
    Floats,
    Remark,
    impossible,
    months_before,
    not_delivered,
    ratio,
    rows_of,
    stacked,
    too_short,
)
from factfidelity.fidelity.measures_staff import counted_posts, in_post
from factfidelity.fidelity.team_data import TeamData, once
from factfidelity.schemas.scale import Derive

_FEW = 5


def window_of(rule: Derive, on: int, days: int = 28) -> int:
    """Return the first day of a rule's window, which ends before ``on``."""
    return months_before(on, rule.months) if rule.months else on - (rule.days or days)


def _unready(data: TeamData, start: int, on: int) -> Counted | None:
    if data.enrolments.empty:
        return not_delivered("enrolments", start, on)
    if not len(data.extract.contacts):
        return not_delivered("contacts", start, on)
    if not data.covers("contacts", start):
        return too_short("contacts", start, on)
    if not len(data.active(on)):
        return impossible("inga klienter inskrivna den dagen", "no clients enrolled on the day", start, on)
    return None


def _met(data: TeamData, table: pd.DataFrame, start: int, on: int) -> pd.DataFrame:
    """Return face-to-face contacts with the clients who are enrolled on the day, in the window."""
    face = table["face_to_face"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    kept = face & (table["day"] >= start).to_numpy() & (table["day"] < on).to_numpy()
    return table[kept & table["client_id"].isin(data.active(on)).to_numpy()]


def _per_client(active: pd.Index[Any], counts: pd.Series[Any]) -> Floats:
    """Return one value per client of the list, 0 for those without."""
    return np.asarray(counts.reindex(active).fillna(0.0), dtype=float)


def _few(rows: pd.DataFrame) -> float:
    """Return how many clients were met, where they are few: the contacts in the numerator are all theirs."""
    number = rows["client_id"].nunique()
    return float(number) if number < _FEW else np.nan


def _evidence(rows: pd.DataFrame, active: pd.Index[Any], values: Floats) -> pd.DataFrame:
    contacts = rows_of(
        "contact", clients=rows["client_id"], staff=rows.get("staff_id") if "staff_id" in rows else None,
        start=rows["day"], amount=rows["minutes"],
    )  # fmt: skip
    return stacked([rows_of("client", clients=active, amount=values), contacts])


def _distinct(data: TeamData, rule: Derive, on: int, column: str) -> Counted:
    start = window_of(rule, on, 14)
    refused = _unready(data, start, on)
    if refused:
        return refused
    rows = _met(data, data.contact_rows, start, on)
    rows = rows[rows[column].notna()]
    active = data.active(on)
    seen = _per_client(active, rows.groupby("client_id")[column].nunique())
    hit = (seen >= rule.least).astype(float)
    return Counted(
        100 * float(hit.mean()), float(hit.sum()), len(active), start, on, clients=len(active), part=float(hit.sum()),
        sample=hit, scale=100, evidence=_evidence(rows, active, seen),
    )  # fmt: skip


def several_staff(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of all active clients who met at least ``least`` different staff members face to face."""
    return _distinct(data, rule, on, "staff_id")


def several_professions(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of all active clients who met at least ``least`` professions face to face."""
    return _distinct(data, rule, on, "profession")


def outside_share(data: TeamData, rule: Derive, on: int) -> Counted:
    """Median over clients of the share of face-to-face contacts outside the clinic; clients without are left out."""
    start = window_of(rule, on)
    refused = _unready(data, start, on)
    if refused:
        return refused
    rows = _met(data, data.contacts, start, on)
    active = data.active(on)
    groups = rows.groupby("client_id")["outside_clinic"]
    share = groups.sum() / groups.size()
    found = share.reindex(active).dropna()
    if not len(found):
        return impossible("inga fysiska möten i fönstret", "no face-to-face contacts in the window", start, on)
    values = found.to_numpy(dtype=float)
    return Counted(
        100 * float(np.median(values)), float(rows["outside_clinic"].sum()), len(rows), start, on, clients=len(found),
        left_out=len(active) - len(found), sample=values, statistic="median", scale=100,
        evidence=_evidence(rows, found.index, values),
    )  # fmt: skip


def pooled_outside_share(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of all face-to-face contacts that were outside the clinic, over all clients together."""
    start = window_of(rule, on)
    refused = _unready(data, start, on)
    if refused:
        return refused
    rows = _met(data, data.contacts, start, on)
    if not len(rows):
        return impossible("inga fysiska möten i fönstret", "no face-to-face contacts in the window", start, on)
    outside = float(rows["outside_clinic"].sum())
    met = rows["client_id"].unique()
    return Counted(
        100 * outside / len(rows), outside, len(rows), start, on, clients=len(met),
        left_out=len(data.active(on)) - len(met), evidence=_evidence(rows, pd.Index(met), np.full(len(met), np.nan)),
    )  # fmt: skip


def minutes_per_week(data: TeamData, rule: Derive, on: int) -> Counted:
    """Median over all active clients of face-to-face minutes a week; those without contact count 0."""
    start = window_of(rule, on)
    refused = _unready(data, start, on)
    if refused:
        return refused
    rows = _met(data, data.contacts, start, on)
    lacking = int(rows["minutes"].isna().sum())
    if lacking and lacking == len(rows):
        return impossible("kontakternas längd saknas", "the contacts have no minutes", start, on)
    remarks = (
        (Remark("möten utan angiven längd räknas som 0 minuter", "contacts without minutes count as 0 minutes"),)
        if lacking
        else ()
    )
    weeks = (on - start) / 7
    active = data.active(on)
    values = _per_client(active, rows.groupby("client_id")["minutes"].sum()) / weeks
    return Counted(
        float(np.median(values)), float(rows["minutes"].sum()), weeks * len(active), start, on, clients=len(active),
        part=_few(rows), remarks=remarks, sample=values, statistic="median", evidence=_evidence(rows, active, values),
    )  # fmt: skip


def _contacts_a_week(data: TeamData, rule: Derive, on: int) -> tuple[Counted | None, Floats, pd.DataFrame, int]:
    start = window_of(rule, on)
    refused = _unready(data, start, on)
    if refused:
        return refused, np.array([]), pd.DataFrame(), start
    rows = _met(data, data.contacts, start, on)
    values = _per_client(data.active(on), rows.groupby("client_id").size()) / ((on - start) / 7)
    return None, values, rows, start


def contacts_per_week(data: TeamData, rule: Derive, on: int) -> Counted:
    """Median over all active clients of face-to-face contacts a week; those without contact count 0."""
    refused, values, rows, start = _contacts_a_week(data, rule, on)
    if refused:
        return refused
    active = data.active(on)
    return Counted(
        float(np.median(values)), len(rows), (on - start) / 7 * len(active), start, on, clients=len(active),
        part=_few(rows), sample=values, statistic="median", evidence=_evidence(rows, active, values),
    )  # fmt: skip


def mean_contacts_per_week(data: TeamData, rule: Derive, on: int) -> Counted:
    """Mean over all active clients of face-to-face contacts a week."""
    refused, values, rows, start = _contacts_a_week(data, rule, on)
    if refused:
        return refused
    active = data.active(on)
    return Counted(
        float(values.mean()), len(rows), (on - start) / 7 * len(active), start, on, clients=len(active),
        part=_few(rows), sample=values, evidence=_evidence(rows, active, values),
    )  # fmt: skip


def network_contacts(data: TeamData, rule: Derive, on: int) -> Counted:
    """Contacts with the client's relatives and others close, for each active client and month."""
    start = window_of(rule, on)
    refused = _unready(data, start, on)
    if refused:
        return refused
    if data.extract.contacts["relatives"].isna().all():
        return impossible("kontakterna anger inte närstående", "the contacts do not say who was met", start, on)
    rows = data.contacts
    active = data.active(on)
    kept = rows["relatives"].to_numpy(dtype=bool) & ((rows["day"] >= start) & (rows["day"] < on)).to_numpy()
    rows = rows[kept & rows["client_id"].isin(active).to_numpy()]
    values = _per_client(active, rows.groupby("client_id").size()) / ((on - start) / (365.25 / 12))
    return Counted(
        float(values.mean()), len(rows), (on - start) / (365.25 / 12) * len(active), start, on, clients=len(active),
        part=len(rows["client_id"].unique()), sample=values, evidence=_evidence(rows, active, values),
    )  # fmt: skip


def _with_disorder(data: TeamData, rule: Derive, start: int, on: int) -> tuple[Counted | None, pd.Index[Any]]:
    if not len(data.extract.diagnoses):
        return not_delivered("diagnoses", start, on), pd.Index([])
    found = data.with_diagnosis(data.active(on), rule.diagnoses, on)
    if not len(found):
        return impossible("ingen klient har en sådan diagnos", "no client has such a diagnosis", start, on), found
    return None, found


def specialist_minutes(data: TeamData, rule: Derive, on: int) -> Counted:
    """Face-to-face minutes a week with a specialist, for each client with the diagnosis."""
    start = window_of(rule, on)
    refused = _unready(data, start, on)
    if refused:
        return refused
    refused, chosen = _with_disorder(data, rule, start, on)
    if refused:
        return refused
    specialists = counted_posts(data, rule)
    specialists = specialists[(specialists["first"] < on) & (specialists["last"] > start)]
    rows = _met(data, data.contact_rows, start, on)
    rows = rows[rows["client_id"].isin(chosen) & rows["staff_id"].isin(specialists["staff_id"])]
    rows = once(rows, "client_id")
    weeks = (on - start) / 7
    values = _per_client(chosen, rows.groupby("client_id")["minutes"].sum()) / weeks
    return Counted(
        float(values.mean()), float(rows["minutes"].sum()), weeks * len(chosen), start, on, clients=len(chosen),
        part=len(rows["client_id"].unique()), staff=len(specialists["staff_id"].unique()), sample=values,
        evidence=_evidence(rows, chosen, values),
    )  # fmt: skip


def group_attendance(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of the clients with the diagnosis who came to at least one group session."""
    start = window_of(rule, on)
    if data.enrolments.empty:
        return not_delivered("enrolments", start, on)
    events = data.extract.events
    if not events["kind"].isin(rule.kinds).any():
        return not_delivered("events (" + ", ".join(rule.kinds) + ")", start, on)
    refused, chosen = _with_disorder(data, rule, start, on)
    if refused:
        return refused
    day = day_numbers(events["date"], missing=UNKNOWN)
    kept = events["kind"].isin(rule.kinds).to_numpy() & (day >= start) & (day < on)
    rows = events.assign(day=day)[kept & events["client_id"].isin(chosen).to_numpy()]
    hit = chosen.isin(rows["client_id"]).astype(float)
    evidence = stacked(
        [
            rows_of("client", clients=chosen, amount=hit),
            rows_of("session", clients=rows["client_id"], start=rows["day"]),
        ]
    )
    return Counted(
        100 * float(hit.mean()), float(hit.sum()), len(chosen), start, on, clients=len(chosen), part=float(hit.sum()),
        sample=hit, scale=100, evidence=evidence,
    )  # fmt: skip


def meetings_per_week(data: TeamData, rule: Derive, on: int) -> Counted:
    """Days with a meeting, for each week."""
    start = window_of(rule, on)
    meetings = data.extract.meetings
    if not len(meetings):
        return not_delivered("meetings", start, on)
    if not data.covers("meetings", start):
        return too_short("meetings", start, on)
    day = day_numbers(meetings["date"], missing=UNKNOWN)
    kept = (meetings["team_id"] == data.team).to_numpy(dtype=bool) & (day >= start) & (day < on)
    days = np.unique(day[kept])
    weeks = (on - start) / 7
    reviewed = meetings["clients_reviewed"].to_numpy(dtype=float, na_value=np.nan)[kept]
    all_reviewed = len(reviewed) > 0 and bool((reviewed >= len(data.active(on))).all())
    withheld = (
        Remark("att alla klienter gicks igenom varje gång framgår inte av loggen",
               "the log does not show that every client was reviewed each time"),
    )  # fmt: skip
    return Counted(
        len(days) / weeks, len(days), weeks, start, on, withheld=() if all_reviewed else withheld,
        evidence=rows_of("meeting", start=days),
    )  # fmt: skip


def board_several_staff(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of the clients on the board who met at least ``least`` staff members in at least two contacts in a week."""
    start = on - 7
    refused = _unready(data, start, on)
    if refused:
        return refused
    board = data.extract.board
    if not len(board):
        return not_delivered("board", start, on)
    first, last = day_numbers(board["start"], missing=UNKNOWN), day_numbers(board["end"])
    here = (board["team_id"] == data.team).to_numpy(dtype=bool) & (first <= start) & (last >= on)
    listed = pd.Index(board.loc[here, "client_id"].unique()).intersection(data.active(on)).sort_values()
    if not len(listed):
        return impossible("ingen klient stod på tavlan hela veckan", "no client was on the board all week", start, on)
    rows = _met(data, data.contact_rows, start, on)
    staff = _per_client(listed, rows.groupby("client_id")["staff_id"].nunique())
    number = _per_client(listed, _met(data, data.contacts, start, on).groupby("client_id").size())
    hit = ((staff >= rule.least) & (number >= 2)).astype(float)
    return Counted(
        100 * float(hit.mean()), float(hit.sum()), len(listed), start, on, clients=len(listed), part=float(hit.sum()),
        sample=hit, scale=100, evidence=rows_of("client on the board", clients=listed, amount=hit),
    )  # fmt: skip


def events_per_staff_week(data: TeamData, rule: Derive, on: int) -> Counted:
    """Events of a kind for each of the counted staff members and week."""
    start = window_of(rule, on)
    events = data.extract.events
    if not events["kind"].isin(rule.kinds).any():
        return not_delivered("events (" + ", ".join(rule.kinds) + ")", start, on)
    heads = len(in_post(counted_posts(data, rule), on)["staff_id"].unique())
    if not heads:
        return impossible("ingen sådan medarbetare i tjänst", "no such staff member in post", start, on)
    day = day_numbers(events["date"], missing=UNKNOWN)
    kept = events["kind"].isin(rule.kinds).to_numpy() & (day >= start) & (day < on)
    own = (events["team_id"] == data.team).fillna(False).to_numpy(dtype=bool)
    rows = events.assign(day=day)[kept & own]
    weeks = (on - start) / 7
    return Counted(
        ratio(len(rows), heads * weeks), len(rows), heads * weeks, start, on, staff=heads,
        clients=len(rows["client_id"].dropna().unique()),
        evidence=rows_of("event", clients=rows["client_id"], start=rows["day"]),
    )  # fmt: skip


def days_to_event(data: TeamData, rule: Derive, on: int) -> Counted:
    """Mean days from enrolment to the first event of a kind, over those who entered in the window and have one."""
    start = window_of(rule, on)
    events = data.extract.events
    if not events["kind"].isin(rule.kinds).any():
        return not_delivered("events (" + ", ".join(rule.kinds) + ")", start, on)
    entered = data.enrolments[(data.enrolments["first"] >= start) & (data.enrolments["first"] < on)]
    entered = entered.drop_duplicates("client_id")
    day = day_numbers(events["date"], missing=UNKNOWN)
    known = events[["client_id"]].assign(day=day)[events["kind"].isin(rule.kinds).to_numpy() & (day < on)]
    both = entered.merge(known, on="client_id")
    waited = (both["day"] - both["first"])[both["day"] >= both["first"]].groupby(both["client_id"]).min()
    if not len(waited):
        return impossible(
            "ingen som skrevs in har en sådan händelse", "nobody who entered has such an event", start, on
        )
    without = len(entered) - len(waited)
    remarks = (
        (Remark("den som ännu saknar händelse är inte med; medelvärdet är för lågt",
                "those without one yet are left out; the mean is too low"),)
        if without
        else ()
    )  # fmt: skip
    values = waited.to_numpy(dtype=float)
    return Counted(
        float(values.mean()), float(values.sum()), len(values), start, on, clients=len(values), left_out=without,
        remarks=remarks, sample=values, evidence=rows_of("entrant", clients=waited.index, amount=values),
    )  # fmt: skip
