"""Counting rules on the roster: clients for each post, posts for clients, vacancies, turnover, the leader's time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.days import UNKNOWN, Days, overlap
from factfidelity.fidelity.counted import (
    NAN,
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
from factfidelity.fidelity.team_data import TeamData, once
from factfidelity.schemas.scale import Derive


def counted_posts(data: TeamData, rule: Derive) -> pd.DataFrame:
    """Return the posts that a rule counts, with ``weight``: a half for professions that count half."""
    staff = data.staff
    kept = np.ones(len(staff), dtype=bool)
    if rule.professions or rule.skills:
        skilled = staff["skills"].astype("object").map(lambda text: _has_skill(text, rule.skills)).astype(bool)
        kept = staff["profession"].isin(rule.professions).to_numpy() | skilled.to_numpy()
    kept &= ~staff["profession"].isin(rule.without).to_numpy()
    weight = np.where(staff["profession"].isin(rule.half), 0.5, 1.0)
    return staff.assign(weight=weight)[kept].reset_index(drop=True)


def _has_skill(text: object, skills: tuple[str, ...]) -> bool:
    return isinstance(text, str) and bool(set(text.replace(",", " ").split()) & set(skills))


def in_post(rows: pd.DataFrame, on: int) -> pd.DataFrame:
    """Return the posts held on a day."""
    return rows[(rows["first"] <= on) & (rows["last"] > on)].reset_index(drop=True)


def _weighted_fte(rows: pd.DataFrame) -> float:
    return round(float((rows["fte"].fillna(0.0) * rows["weight"]).sum()), 9)


def _fte_remarks(rows: pd.DataFrame) -> tuple[Remark, ...]:
    lacking = int(rows["fte"].isna().sum())
    if not lacking:
        return ()
    return (
        Remark(f"{lacking} tjänster utan tjänstgöringsgrad räknas inte", f"{lacking} posts without FTE do not count"),
    )


def _roster(rows: pd.DataFrame) -> pd.DataFrame:
    return rows_of("post", staff=rows["staff_id"], start=rows["first"], end=rows["last"], amount=rows["fte"])


def clients_per_fte(data: TeamData, rule: Derive, on: int) -> Counted:
    """Clients on the day for each FTE in post on it."""
    if data.staff.empty:
        return not_delivered("staff", on, on + 1)
    rows = in_post(counted_posts(data, rule), on)
    active, fte = data.active(on), _weighted_fte(rows)
    remarks = _fte_remarks(rows)
    if not fte:
        remarks += (Remark("inga heltidstjänster i tjänst den dagen", "no FTE in post on the day"),)
    evidence = stacked([_roster(rows), rows_of("active client", clients=active)])
    return Counted(
        ratio(len(active), fte), len(active), fte, on, on + 1, clients=len(active), remarks=remarks,
        possible=bool(fte), evidence=evidence,
    )  # fmt: skip


def fte(data: TeamData, rule: Derive, on: int) -> Counted:
    """FTE in post on the day."""
    if data.staff.empty:
        return not_delivered("staff", on, on + 1)
    rows = in_post(counted_posts(data, rule), on)
    total = _weighted_fte(rows)
    return Counted(total, total, NAN, on, on + 1, remarks=_fte_remarks(rows), evidence=_roster(rows))


def fte_per_clients(data: TeamData, rule: Derive, on: int) -> Counted:
    """FTE in post on the day for each ``per`` clients on it."""
    if data.staff.empty:
        return not_delivered("staff", on, on + 1)
    rows = in_post(counted_posts(data, rule), on)
    active, total = data.active(on), _weighted_fte(rows)
    remarks = _fte_remarks(rows)
    if not len(active):
        remarks += (Remark("inga klienter inskrivna den dagen", "no clients enrolled on the day"),)
    evidence = stacked([_roster(rows), rows_of("active client", clients=active)])
    return Counted(
        ratio(total, len(active), rule.per), total, len(active), on, on + 1, clients=len(active), remarks=remarks,
        possible=bool(len(active)), evidence=evidence,
    )  # fmt: skip


def fte_per_head(data: TeamData, rule: Derive, on: int) -> Counted:
    """FTE in post on the day for each person in post."""
    if data.staff.empty:
        return not_delivered("staff", on, on + 1)
    rows = in_post(counted_posts(data, rule), on)
    heads, total = len(rows["staff_id"].unique()), _weighted_fte(rows)
    return Counted(
        ratio(total, heads), total, heads, on, on + 1, remarks=_fte_remarks(rows), possible=heads > 0,
        evidence=_roster(rows),
    )  # fmt: skip


def persons(data: TeamData, rule: Derive, on: int) -> Counted:
    """Persons in post on the day."""
    if data.staff.empty:
        return not_delivered("staff", on, on + 1)
    rows = in_post(counted_posts(data, rule), on)
    heads = len(rows["staff_id"].unique())
    return Counted(heads, heads, NAN, on, on + 1, evidence=_roster(rows))


def clients(data: TeamData, rule: Derive, on: int) -> Counted:
    """Clients enrolled on the day."""
    if data.enrolments.empty:
        return not_delivered("enrolments", on, on + 1)
    active = data.active(on)
    evidence = rows_of("active client", clients=active)
    return Counted(len(active), len(active), NAN, on, on + 1, clients=len(active), evidence=evidence)


def size_within(data: TeamData, rule: Derive, on: int) -> Counted:
    """1 where both persons in post and clients are within their limits on the day, else 0."""
    if data.staff.empty or data.enrolments.empty:
        return not_delivered("staff" if data.staff.empty else "enrolments", on, on + 1)
    heads = len(in_post(counted_posts(data, rule), on)["staff_id"].unique())
    active = data.active(on)
    fits = heads <= (rule.most_persons or heads) and len(active) <= (rule.most_clients or len(active))
    return Counted(float(fits), heads, len(active), on, on + 1, clients=len(active))


def team_age(data: TeamData, rule: Derive, on: int) -> Counted:
    """Years since the team began."""
    if data.started <= UNKNOWN:
        return impossible("teamets startdatum saknas", "the team's start is not given", on, on + 1)
    return Counted((on - data.started) / 365.25, on - data.started, 365.25, data.started, on)


def peer_role(data: TeamData, rule: Derive, on: int) -> Counted:
    """FTE of peers in post on the day; 0 where there are none."""
    return fte(data, rule, on)


def month_edges(start_of: int, months: int, on: int) -> Days:
    """Return the edges of whole months that end on a day, from ``start_of`` on."""
    edges = sorted({months_before(on, back) for back in range(months + 1)})
    return np.array([edge for edge in edges if edge >= start_of], dtype=np.int64)


def vacancies_filled(data: TeamData, rule: Derive, on: int) -> Counted:
    """Share of the established posts that was filled, month by month; a full month does not make up for another."""
    full = months_before(on, rule.months or 12)
    start = max(full, data.started)
    if data.posts.empty:
        return not_delivered("posts", start, on)
    if data.staff.empty:
        return not_delivered("staff", start, on)
    edges = month_edges(start, rule.months or 12, on)
    if len(edges) < 2:
        return impossible("teamet är yngre än en månad", "the team is younger than a month", start, on)
    low, high = edges[:-1], edges[1:]
    staff, posts = counted_posts(data, rule), data.posts
    posts = posts[~posts["profession"].isin(rule.without).to_numpy()]
    filled, established = _fte_days(staff, low, high), _fte_days(posts, low, high)
    vacant = np.maximum(established - filled, 0.0)
    months = (high - low).astype(float)
    denominator = round(float((established / months).sum()), 9)
    numerator = round(denominator - float((vacant / months).sum()), 9)
    shortened = int(edges[0]) > full
    return Counted(
        ratio(numerator, denominator, 100), numerator, denominator, int(edges[0]), on, shortened=shortened,
        possible=denominator > 0, remarks=_age_remark(shortened), evidence=_roster(staff),
    )  # fmt: skip


def _fte_days(rows: pd.DataFrame, low: Days, high: Days) -> Floats:
    first, last = rows["first"].to_numpy()[:, None], rows["last"].to_numpy()[:, None]
    weight = rows["fte"].fillna(0.0).to_numpy()[:, None]
    total: Floats = (weight * overlap(first, last, low[None, :], high[None, :])).sum(axis=0)
    return total


def _age_remark(shortened: bool) -> tuple[Remark, ...]:
    if not shortened:
        return ()
    return (
        Remark("teamet är yngre än fönstret, som börjar vid teamets start",
               "the team is younger than the window, which begins at the team's start"),
    )  # fmt: skip


def turnover(data: TeamData, rule: Derive, on: int) -> Counted:
    """Persons who left in the window for each 100 established posts; scaled up where the team is younger."""
    months = rule.months or 24
    full = months_before(on, months)
    start = max(full, data.started)
    if data.staff.empty:
        return not_delivered("staff", start, on)
    if start >= on:
        return impossible("teamet har inte börjat", "the team has not begun", start, on)
    staff = counted_posts(data, rule)
    last = staff.groupby("staff_id")["last"].max()
    gone = last[(last > start) & (last <= on)]
    shortened = start > full
    remarks = _age_remark(shortened)
    posts = in_post(data.posts, on)
    positions = float(len(posts))
    if not positions:
        positions = _mean_heads(staff, start, on)
        remarks += (
            Remark("inrättade tjänster saknas: medelantalet anställda är nämnare",
                   "established posts are not given: the mean number in post is the denominator"),
        )  # fmt: skip
    scale = (on - full) / (on - start)
    if shortened:
        remarks += (Remark("uppräknat till hela fönstret", "scaled up to the whole window"),)
    evidence = rows_of("left", staff=gone.index, end=gone.to_numpy())
    return Counted(
        ratio(len(gone) * scale, positions, 100), len(gone), positions, start, on, shortened=shortened,
        remarks=remarks, possible=positions > 0, evidence=evidence, staff=len(gone) or np.nan,
    )  # fmt: skip


def _mean_heads(staff: pd.DataFrame, start: int, end: int) -> float:
    """Return the mean number of persons in post over the days of a window, each person once a day."""
    days = np.arange(start, end)
    first, last = staff["first"].to_numpy()[:, None], staff["last"].to_numpy()[:, None]
    there = pd.DataFrame((first <= days) & (days < last)).groupby(staff["staff_id"].to_numpy()).any()
    return float(there.to_numpy().sum() / len(days)) if len(days) else 0.0


def leader_contact_time(data: TeamData, rule: Derive, on: int) -> Counted:
    """The leaders' contact minutes as a share of their hours in post."""
    start = on - (rule.days or 28)
    if data.contact_rows.empty:
        return not_delivered("contacts", start, on)
    if not data.covers("contacts", start):
        return too_short("contacts", start, on)
    staff = data.staff
    leaders = staff[staff["leader"] | (staff["profession"] == "team_leader")]
    leaders = leaders[(leaders["first"] < on) & (leaders["last"] > start)].reset_index(drop=True)
    hours = float(_fte_days(leaders, np.array([start]), np.array([on])).sum()) / 7 * rule.full_time_hours
    if not hours:
        return impossible("ingen teamledare i bemanningen", "no team leader in the roster", start, on)
    rows = data.contact_rows
    rows = rows[(rows["day"] >= start) & (rows["day"] < on) & rows["staff_id"].isin(leaders["staff_id"])]
    rows = once(rows, "staff_id")
    if rows["minutes"].isna().all() and len(rows):
        return impossible("kontakternas längd saknas", "the contacts have no minutes", start, on)
    minutes = float(rows["minutes"].fillna(0.0).sum())
    evidence = rows_of(
        "leader's contact", clients=rows["client_id"], staff=rows["staff_id"], start=rows["day"], amount=rows["minutes"]
    )
    return Counted(
        ratio(minutes, hours * 60, 100), minutes, round(hours * 60, 6), start, on,
        clients=len(rows["client_id"].unique()), staff=len(leaders["staff_id"].unique()), evidence=evidence,
    )  # fmt: skip
