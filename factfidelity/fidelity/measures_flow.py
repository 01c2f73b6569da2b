"""Counting rules on who comes, who stays, who leaves, and on hospital stays of the team's clients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import OPEN, month_starts
from factfidelity.fidelity.counted import (
    NAN,
    Counted,
    Remark,
    impossible,
    months_before,
    not_delivered,
    ratio,
    rows_of,
    too_short,
)
from factfidelity.fidelity.team_data import Flags, TeamData
from factfidelity.schemas.scale import Derive


def peak_intake(data: TeamData, rule: Derive, on: int) -> Counted:
    """New clients in the busiest of the last whole calendar months."""
    this_month = int(month_starts(on, on + 1)[0])
    start = months_before(this_month, rule.months or 6)
    if data.enrolments.empty:
        return not_delivered("enrolments", start, this_month)
    if not data.covers("enrolments", start):
        return too_short("enrolments", start, this_month)
    rows = data.enrolments[(data.enrolments["first"] >= start) & (data.enrolments["first"] < this_month)]
    edges = month_starts(start, this_month)
    month = np.searchsorted(edges, rows["first"].to_numpy(), side="right") - 1
    new = pd.DataFrame({"month": month, "client_id": rows["client_id"].to_numpy()}).drop_duplicates()
    counts = np.bincount(new["month"].to_numpy(), minlength=len(edges) - 1)
    peak = float(counts.max()) if len(counts) else 0.0
    return Counted(
        peak, peak, NAN, start, this_month, clients=len(rows["client_id"].unique()), part=peak,
        evidence=rows_of("enrolled", clients=rows["client_id"], start=rows["first"]),
    )  # fmt: skip


def _served(data: TeamData, start: int, on: int) -> pd.DataFrame:
    rows = data.enrolments
    return rows[(rows["first"] < on) & (rows["last"] > start)]


def _left(data: TeamData, served: pd.DataFrame, on: int) -> pd.DataFrame:
    """Return each client's last enrolment, of those who have left by the day and not come back."""
    told = (~_no_reason(served)).to_numpy()
    last = served.assign(told=told).sort_values(["client_id", "last", "told"]).drop_duplicates("client_id", keep="last")
    return last[(last["last"] <= on) & (last["last"] < OPEN)]


def _leavers(data: TeamData, rule: Derive, on: int) -> tuple[Counted | None, pd.DataFrame, pd.DataFrame, int, bool]:
    full = months_before(on, rule.months or 12)
    start = max(full, data.started)
    empty = pd.DataFrame()
    if data.enrolments.empty:
        return not_delivered("enrolments", start, on), empty, empty, start, False
    if not data.covers("enrolments", start):
        return too_short("enrolments", start, on), empty, empty, start, False
    served = _served(data, start, on)
    if served.empty:
        return impossible("inga klienter i fönstret", "no clients in the window", start, on), empty, empty, start, False
    left = _left(data, served, on)
    if len(left) and _no_reason(left).all():
        words = ("avslutsorsak saknas för alla avslut", "no closure has a reason")
        return impossible(*words, start, on), empty, empty, start, False
    return None, served, left, start, start > full


def _no_reason(left: pd.DataFrame) -> pd.Series[Any]:
    reason = left["end_reason"].astype("object")
    return reason.isna() | reason.eq("")


def _flow_remarks(left: pd.DataFrame, shortened: bool) -> tuple[Remark, ...]:
    remarks: tuple[Remark, ...] = ()
    unknown = int(_no_reason(left).sum()) if len(left) else 0
    if unknown:
        remarks += (
            Remark("avslut utan orsak räknas inte", "closures without a reason do not count"),
        )  # fmt: skip
    if shortened:
        remarks += (
            Remark("teamet är yngre än fönstret, som börjar vid teamets start",
                   "the team is younger than the window, which begins at the team's start"),
        )  # fmt: skip
    return remarks


def retained(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of the clients served in the window who have not dropped out (by the reason of closure)."""
    refused, served, left, start, shortened = _leavers(data, rule, on)
    if refused:
        return refused
    people = pd.Index(served["client_id"].unique()).sort_values()
    dropped = left[left["end_reason"].isin(rule.reasons)]
    kept = (~people.isin(dropped["client_id"])).astype(float)
    return Counted(
        100 * float(kept.mean()), float(kept.sum()), len(people), start, on, clients=len(people),
        part=len(people) - float(kept.sum()), remarks=_flow_remarks(left, shortened), shortened=shortened, sample=kept,
        scale=100, evidence=rows_of("dropped out", clients=dropped["client_id"], end=dropped["last"]),
    )  # fmt: skip


def graduated(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of the clients served in the window who were closed as graduated."""
    refused, served, left, start, shortened = _leavers(data, rule, on)
    if refused:
        return refused
    people = pd.Index(served["client_id"].unique()).sort_values()
    done = left[left["end_reason"].isin(rule.reasons)]
    hit = people.isin(done["client_id"]).astype(float)
    return Counted(
        100 * float(hit.mean()), float(hit.sum()), len(people), start, on, clients=len(people), part=float(hit.sum()),
        remarks=_flow_remarks(left, shortened), shortened=shortened, sample=hit, scale=100,
        evidence=rows_of("graduated", clients=done["client_id"], end=done["last"]),
    )  # fmt: skip


def _stays(data: TeamData, start: int, on: int) -> Counted | None:
    for table in ("episodes", "contacts"):
        if not data.extract.has(table):
            return not_delivered(table, start, on)
        if not data.covers(table, start):
            return too_short(table, start, on)
    return None


def _has_contact(data: TeamData, clients: pd.Series[Any], low: Any, high: Any) -> Flags:
    """Tell for each client whether there is an attended contact in ``[low, high]``, any form."""
    asked = pd.DataFrame({"client_id": clients.to_numpy(), "low": np.asarray(low), "high": np.asarray(high)})
    both = asked.reset_index().merge(data.contacts[["client_id", "day"]], on="client_id")
    hit = both.loc[(both["low"] <= both["day"]) & (both["day"] <= both["high"]), "index"]
    found = np.zeros(len(asked), dtype=bool)
    found[hit.to_numpy()] = True
    return found


def _admissions(data: TeamData, start: int, on: int) -> pd.DataFrame:
    spells = data.spells
    rows = spells[(spells["first"] >= start) & (spells["first"] < on)]
    return rows[data.enrolled_on(rows["client_id"], rows["first"])].reset_index(drop=True)


def _discharges(data: TeamData, start: int, on: int, within: int) -> pd.DataFrame:
    spells = data.spells
    rows = spells[(spells["last"] >= start) & (spells["last"] + within < on)]
    return rows[data.enrolled_on(rows["client_id"], rows["last"])].reset_index(drop=True)


def _share_of_stays(rows: pd.DataFrame, hit: Flags, start: int, on: int, role: str) -> Counted:
    evidence = rows_of(role, clients=rows["client_id"], start=rows["first"], end=rows["last"], amount=hit)
    people = len(rows["client_id"].unique())
    part = len(rows.loc[hit, "client_id"].unique())
    return Counted(
        ratio(float(hit.sum()), len(rows), 100), float(hit.sum()), len(rows), start, on, clients=people, part=part,
        evidence=evidence,
    )  # fmt: skip


def contact_before_admission(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of admissions with a team contact on the day or in the ``within`` days before."""
    start = months_before(on, rule.months or 12)
    refused = _stays(data, start, on)
    if refused:
        return refused
    rows = _admissions(data, start, on)
    if rows.empty:
        return impossible("inga inläggningar i fönstret", "no admissions in the window", start, on)
    hit = _has_contact(data, rows["client_id"], rows["first"] - rule.within, rows["first"])
    return _share_of_stays(rows, hit, start, on, "admission")


def contact_around_discharge(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of discharges with a team contact after the day of admission, up to ``within`` days after discharge."""
    start = months_before(on, rule.months or 12)
    refused = _stays(data, start, on)
    if refused:
        return refused
    rows = _discharges(data, start, on, rule.within)
    if rows.empty:
        return impossible("inga utskrivningar i fönstret", "no discharges in the window", start, on)
    hit = _has_contact(data, rows["client_id"], rows["first"] + 1, rows["last"] + rule.within)
    return _share_of_stays(rows, hit, start, on, "discharge")


def contact_around_stays(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of admissions and discharges, together, with a team contact by the two rules above."""
    start = months_before(on, rule.months or 12)
    refused = _stays(data, start, on)
    if refused:
        return refused
    came, went = _admissions(data, start, on), _discharges(data, start, on, rule.within)
    rows = pd.concat([came, went], ignore_index=True)
    if rows.empty:
        return impossible("inga vårdtillfällen i fönstret", "no stays in the window", start, on)
    hit = np.concatenate(
        [
            _has_contact(data, came["client_id"], came["first"] - 3, came["first"]),
            _has_contact(data, went["client_id"], went["first"] + 1, went["last"] + rule.within),
        ]
    )
    return _share_of_stays(rows, hit, start, on, "admission or discharge")


def diagnosis_share(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of the active clients who have had one of the diagnoses by the day."""
    if not data.extract.has("diagnoses"):
        return not_delivered("diagnoses", on, on + 1)
    active = data.active(on)
    if not len(active):
        return impossible("inga klienter inskrivna den dagen", "no clients enrolled on the day", on, on + 1)
    found = active.isin(data.with_diagnosis(active, rule.diagnoses, on)).astype(float)
    return Counted(
        100 * float(found.mean()), float(found.sum()), len(active), on, on + 1, clients=len(active),
        part=float(found.sum()), sample=found, scale=100, evidence=rows_of("client", clients=active, amount=found),
    )  # fmt: skip
