"""Stays themselves: how long they last, on which wards they are spent, and how the form of care changes in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.legal_status import CLOSED_FORMS, OPEN_FORMS, days_under, spells_under
from factfidelity.care.line import SPAN, Cover, places
from factfidelity.care.spells import Spells, hospital_days
from factfidelity.care.windows import Windows
from factfidelity.extract import Extract
from factfidelity.outcomes.declare import plan_of
from factfidelity.outcomes.describe import Row, rate_ratio
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.regression import persons_of
from factfidelity.outcomes.stays_result import HospitalStays
from factfidelity.schemas.outcome import Kind, Outcome, Words
from factfidelity.schemas.plan import Plan
from factfidelity.stats import survival

OVER = (30, 90)
_WINDOWS = ("before", "after")
_LENGTHS = [
    "by", "group", "window", "stays", "clients", "going_on", "beyond", "nights", "mean", "q1", "median", "q3", "why",
    *(f"persons_{name}" for name in ("going_on", "beyond", *(f"over_{days}" for days in OVER))),
    "topic", "largest", "two_largest",
]  # fmt: skip
_WARDS = [
    "ward_type", "window", "clients", "years", "clients_admitted", "admissions", "admission_rate", "clients_any",
    "bed_days", "day_rate", "largest", "two_largest", "admitted_largest", "admitted_two_largest",
]  # fmt: skip
_WARD_CHANGE = [
    "ward_type", "estimate", "low", "high", "why", "clients", "clients_any_before", "clients_any_after",
    "largest_before", "two_largest_before", "largest_after", "two_largest_after",
]  # fmt: skip
_CONVERSIONS = [
    "conversion", "window", "clients", "stays", "clients_hit", "converted", "share", "going_on", "topic", "largest",
    "two_largest", "clients_more", "clients_apart",
]  # fmt: skip
_NEAR = 1e-12
_UNKNOWN, _OTHER = "unknown", "other"


@dataclass(frozen=True, slots=True)
class _Begun:
    """The spells that begin in one window.

    Attributes
    ----------
    row : ndarray
        Place in the spells.
    client : ndarray
    length : ndarray
        Days by the plan's rule, up to the end of observation.
    ended : ndarray
        Whether the discharge is known.
    beyond : ndarray
        Whether the stay goes on past the window's end.
    """

    row: NDArray[np.int64]
    client: NDArray[np.int64]
    length: NDArray[np.float64]
    ended: NDArray[np.bool_]
    beyond: NDArray[np.bool_]


def hospital_stays(
    extract: Extract, plan: Plan | str | Path | None = None, *, over: Sequence[int] = OVER, pooled: bool = True
) -> HospitalStays:
    """Describe stays that begin in the windows before and after: length, ward types, changes of legal form.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    over : sequence of int
        Days; the share of stays that last longer is given.
    pooled : bool, default True
        Put ward types with few clients together, so that they can be shown; else each stands by itself, for the
        secure room.

    Returns
    -------
    HospitalStays
    """
    if not over or min(over) < 0:
        raise ValueError(f"over must hold numbers of days, 0 or more, got {tuple(over)}")
    chosen = plan_of(plan)
    wards = extract.episodes["ward_type"]
    design = _with_wards(extract, chosen, wards.astype("str").where(wards.notna(), _UNKNOWN))
    if pooled:
        named = design.extract.episodes["ward_type"]
        together = pooled_wards(design)
        design = _with_wards(extract, chosen, named.where(~named.isin(together), _OTHER)) if together else design
    delivered = len(set(design.tally.stays()["ward_type"])) > 1
    notes = {
        "over": ",".join(map(str, over)), "day_count": chosen.day_count, "cohort": chosen.cohort,
        "index_stay": chosen.index_stay, "width_before": str(chosen.windows.before),
        "width_after": str(chosen.windows.after), "level": str(chosen.intervals.level),
        "draws": str(chosen.intervals.draws), "seed": str(chosen.intervals.seed),
        "wards": "yes" if delivered else "no", "legal": "yes" if extract.has("legal_status") else "no",
    }  # fmt: skip
    ward_rows = _wards(design) if delivered else ([], [])
    return HospitalStays(
        table=pd.DataFrame(_lengths(design, over, delivered), columns=[*_LENGTHS, *(f"over_{days}" for days in over)]),
        wards=pd.DataFrame(ward_rows[0], columns=_WARDS),
        ward_change=pd.DataFrame(ward_rows[1], columns=_WARD_CHANGE),
        conversions=pd.DataFrame(_conversions(design), columns=_CONVERSIONS),
        notes=notes,
        language=chosen.language,
    )


def _with_wards(extract: Extract, plan: Plan, wards: pd.Series[str]) -> Design:
    episodes = extract.episodes.assign(ward_type=wards)
    return Design.of(replace(extract, tables={**extract.tables, "episodes": episodes}), plan)


def pooled_wards(design: Design) -> set[str]:
    """Return the ward types that are put together: those that could not be shown by themselves, and as many more of
    the smallest as it takes before the group can be.
    """
    rule, pair = design.plan.disclosure, design.pair(("episodes",), cohort=design.plan.cohort,
                                                     index_stay=design.plan.index_stay)  # fmt: skip
    wards = sorted(design.tally.stays()["ward_type"].unique())
    counted = {
        ward: [design.counts(_on(ward, number, kind), pair) for kind in _KINDS] for number, ward in enumerate(wards)
    }

    def too_small(names: Sequence[str]) -> bool:
        for place, kind in enumerate(_KINDS):
            for window in _WINDOWS:
                values = np.sum([getattr(counted[name][place], window) for name in names], axis=0)
                everywhere = np.sum([getattr(counted[name][place], window) for name in wards], axis=0)
                persons, rest = int((values > 0).sum()), int(((everywhere > 0) & (values == 0)).sum())
                # Total less the group: clients who were on other wards only.
                if 0 < persons < rule.smallest or 0 < rest < rule.smallest:
                    return True
                if kind == "bed_days" and _largest(np.arange(len(values)), values)["largest"] > rule.dominance[0]:
                    return True
        return False

    together = [ward for ward in wards if too_small([ward])]
    others = sorted(set(wards) - set(together), key=lambda ward: float(counted[ward][0].before.sum()), reverse=True)
    while together and others and too_small(together):
        together.append(others.pop())
    return set(together)


def _begun(design: Design, windows: Windows) -> _Begun:
    """Find the spells whose first day lies in each client's window."""
    spells = design.tally.spells()
    if not len(windows.client) or not len(spells.start):
        nothing = np.zeros(0, dtype=np.int64)
        return _Begun(nothing, nothing, nothing.astype(float), nothing.astype(bool), nothing.astype(bool))
    at = np.minimum(np.searchsorted(windows.client, spells.client), len(windows.client) - 1)
    mine = windows.client[at] == spells.client
    out = (spells.start >= windows.out_low[at]) & (spells.start < windows.out_last[at])
    row = np.flatnonzero(mine & ~out & (spells.start >= windows.low[at]) & (spells.start < windows.high[at]))
    client = spells.client[row]
    last_day = places(client, design.observed(("episodes",))[1][client])
    start, end = spells.start[row], spells.end[row]
    days: Cover = hospital_days(spells, design.plan.day_count, design.tally.away)
    length = days.count(start, np.minimum(end + 1, last_day)).astype(np.float64)
    return _Begun(row, client, length, end < last_day, end >= windows.high[at][row])


def _lengths(design: Design, over: Sequence[int], wards: bool) -> list[Row]:
    pair = design.pair(("episodes",), cohort=design.plan.cohort, index_stay=design.plan.index_stay)
    begun = {window: _begun(design, getattr(pair, window)) for window in _WINDOWS}
    spells, stays = design.tally.spells(), design.tally.stays()
    parts: list[tuple[str, str, NDArray[np.object_]]] = []
    if wards:
        parts.append(("ward_type", "", stays["ward_type"].to_numpy(dtype=object)[spells.first]))
    if design.extract.has("legal_status"):
        form = _first_form(design, spells)
        if not _few(form, begun, design.plan.disclosure.smallest):
            parts.append(("legal_status", "legal_status", form))
    everybody = np.ones(len(spells.start), dtype=bool)
    cells = [("all", "total", "", everybody)]
    for by, topic, of in parts:
        # The total stands by each division, so that the gate sees what a hidden group would add up to.
        cells += [(by, group, topic, of == group) for group in sorted(set(of), key=str)]
        cells.append((by, "total", topic, everybody))
    return [
        _length_row({"by": by, "group": group, "window": window, "topic": topic}, begun[window], chosen, over)
        for by, group, topic, chosen in cells
        for window in _WINDOWS
    ]


def _few(form: NDArray[np.object_], begun: dict[str, _Begun], smallest: int) -> bool:
    """Tell whether some form, or all but it, has so few clients in a window that the total would have to be hidden."""
    for one in begun.values():
        everybody = len(np.unique(one.client))
        for name in set(form):
            persons = len(np.unique(one.client[form[one.row] == name]))
            if persons < smallest or 0 < everybody - persons < smallest:
                return True
    return False


def _first_form(design: Design, spells: Spells) -> NDArray[np.object_]:
    form = np.full(len(spells.start), "voluntary", dtype=object)
    for name in CLOSED_FORMS:
        form[days_under(design.tally.forms, (name,)).holds(spells.start)] = name
    return form


def _length_row(keys: Row, begun: _Begun, chosen: NDArray[np.bool_], over: Sequence[int]) -> Row:
    kept = chosen[begun.row]
    length, ended, client = begun.length[kept], begun.ended[kept], begun.client[kept]
    going_on = int((~ended).sum())
    row = keys | {
        "stays": len(length), "clients": len(np.unique(client)), "going_on": going_on,
        "beyond": int(begun.beyond[kept].sum()), "nights": float(length.sum()), "why": "going_on" if going_on else "",
    }  # fmt: skip
    row |= _largest(client, length)
    few = {"going_on": ~ended, "beyond": begun.beyond[kept], **{f"over_{days}": length > days for days in OVER}}
    row |= {f"persons_{name}": len(np.unique(client[hit])) for name, hit in few.items()}
    if not len(length):
        return row | dict.fromkeys(("mean", "q1", "median", "q3", *(f"over_{days}" for days in over)), nan)
    quartiles, shares = lasting(length, ended, over)
    spread = dict(zip(("q1", "median", "q3"), quartiles, strict=True))
    return row | {"mean": float(length.mean())} | spread | {
        f"over_{days}": share for days, share in zip(over, shares, strict=True)
    }  # fmt: skip


def lasting(
    length: NDArray[np.float64], ended: NDArray[np.bool_], over: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return quartiles of lengths, and the shares that last longer than some days; stays that go on are censored.

    Without such stays the quartiles are those of the lengths themselves; with them they are read off the Kaplan-Meier
    curve, and are missing where it does not reach so far.
    """
    if ended.all():
        return [float(value) for value in np.quantile(length, [0.25, 0.5, 0.75])], [
            float((length > days).mean()) for days in over
        ]
    curve = survival.kaplan_meier(length, ended)
    time, share = curve.time, curve.survival
    quartiles = [_reached(time, share, part) for part in (0.75, 0.5, 0.25)]
    last = float(length.max())
    shares = []
    for days in over:
        seen = np.flatnonzero(time <= days)
        reached = days < last or not float(share[-1])
        shares.append((float(share[seen[-1]]) if len(seen) else 1.0) if reached else nan)
    return quartiles, shares


def _reached(time: NDArray[np.float64], share: NDArray[np.float64], level: float) -> float:
    """Return when the curve comes down to a level: the middle of the step where it lies on it exactly (as survfit)."""
    at, below = time[share <= level + _NEAR], time[share < level - _NEAR]
    if not len(at):
        return nan
    exactly = abs(float(share[share <= level + _NEAR][0]) - level) <= _NEAR
    return float((at[0] + below[0]) / 2) if exactly and len(below) else float(at[0])


def _largest(client: NDArray[np.int64], amount: NDArray[np.float64], names: str = "") -> Row:
    """Return the shares of the client, and of the two clients, who make up most of an amount."""
    total = float(amount.sum())
    if not total:
        return {f"{names}largest": nan, f"{names}two_largest": nan}
    top = np.sort(np.bincount(np.unique(client, return_inverse=True)[1], weights=amount))[::-1][:2]
    return {f"{names}largest": float(top[0]) / total, f"{names}two_largest": float(top.sum()) / total}


def _wards(design: Design) -> tuple[list[Row], list[Row]]:
    """Count one admission at the first ward of each spell, and the days on the ward where they were spent."""
    pair = design.pair(("episodes",), cohort=design.plan.cohort, index_stay=design.plan.index_stay)
    rows: list[Row] = []
    changes: list[Row] = []
    for number, ward in enumerate(sorted(design.tally.stays()["ward_type"].unique())):
        here = _on(ward, number, "bed_days")
        days, admissions = design.counts(here, pair), design.counts(_on(ward, number, "admissions"), pair)
        rows += [_ward_row(ward, window, days, admissions) for window in _WINDOWS]
        persons = persons_of(days)
        found = rate_ratio(here, days, design.plan) if len(days.before) else {"why": "no_clients"}
        change = {name: found.get(name, nan) for name in ("estimate", "low", "high", "why")}
        changes.append({"ward_type": ward} | change | {name: persons[name] for name in _WARD_CHANGE if name in persons})
    whole = [design.counts(_everywhere(kind), pair) for kind in _KINDS]
    return [*rows, *(_ward_row("total", window, whole[0], whole[1]) for window in _WINDOWS)], changes


_KINDS: tuple[Kind, Kind] = ("bed_days", "admissions")


def _everywhere(kind: Kind) -> Outcome:
    words = Words(sv="alla", en="all")
    return Outcome(outcome=f"{kind}_on_all_wards", kind=kind, label=words, unit=words)


def _on(ward: str, number: int, kind: Kind) -> Outcome:
    words = Words(sv=ward, en=ward)
    return Outcome(outcome=f"{kind}_on_ward_{number}", kind=kind, where={"ward_type": (ward,)}, label=words, unit=words)


def _ward_row(ward: str, window: str, days: Counts, admissions: Counts) -> Row:
    used, begun = getattr(days, window), getattr(admissions, window)
    clients, years = np.arange(len(used)), float(getattr(days, f"years_{window}").sum())
    return {
        "ward_type": ward, "window": window, "clients": len(used), "years": years,
        "clients_admitted": int((begun > 0).sum()), "admissions": float(begun.sum()),
        "admission_rate": float(begun.sum()) / years if years else nan, "clients_any": int((used > 0).sum()),
        "bed_days": float(used.sum()), "day_rate": float(used.sum()) / years if years else nan,
    } | _largest(clients, used) | _largest(clients, begun, "admitted_")  # fmt: skip


def _conversions(design: Design) -> list[Row]:
    """Count, over ended stays that begin in a window, those in which the form of care changed."""
    if not design.extract.has("legal_status"):
        return []
    pair = design.pair(("episodes", "legal_status"), cohort=design.plan.cohort, index_stay=design.plan.index_stay)
    rows = []
    for window in _WINDOWS:
        begun = _begun(design, getattr(pair, window))
        found = conversions(design.tally.spells(), design.tally.forms)
        made = [_conversion_row(name, window, begun, could, did) for name, (could, did) in found.items()]
        # Stays with any compulsory day less those that begin with one are those that became compulsory.
        apart = _apart(begun, found["closed_to_voluntary"][0], ~found["voluntary_to_closed"][0])
        more = {"clients_more": made[0]["clients_hit"], "clients_apart": apart}
        rows += [row | (dict.fromkeys(more, nan) if row["conversion"] in _APART else more) for row in made]
    could = {row["conversion"] for row in rows if row["stays"] or row["going_on"] or row["conversion"] == _NAMES[0]}
    return sorted((row for row in rows if row["conversion"] in could), key=lambda row: _NAMES.index(row["conversion"]))


_NAMES = ("voluntary_to_closed", "closed_to_voluntary", "lpt_to_open", "lrv_to_open", "open_to_closed")


def _apart(begun: _Begun, some_day: NDArray[np.bool_], first_day: NDArray[np.bool_]) -> int:
    """Count clients with a stay under compulsion on some day and none from the first day: one number less the other."""
    some, first = begun.client[some_day[begun.row] & begun.ended], begun.client[first_day[begun.row]]
    return len(np.setdiff1d(some, first))


_APART = ("voluntary_to_closed", "open_to_closed")
Two = tuple[NDArray[np.bool_], NDArray[np.bool_]]


def conversions(spells: Spells, forms: dict[str, Cover]) -> dict[str, Two]:
    """Tell for each spell which changes of form it could have, and which it had.

    ``voluntary_to_closed``: of spells not under LPT or LRV on the first day, those with a later day under it.
    ``closed_to_voluntary``: of spells with any such day, those whose last night in hospital is under no form of
    compulsion. ``lpt_to_open``, ``lrv_to_open``: of spells with a day under the closed form, those in which the open
    form holds on a later day, at the latest on the day after discharge. ``open_to_closed``: of spells that begin the
    day after a day under an open form, those with a day under a closed one.
    """
    closed, opened = days_under(forms, CLOSED_FORMS), days_under(forms, OPEN_FORMS)
    any_closed, first = spells_under(spells, closed, when="any_day"), spells_under(spells, closed)
    last = np.maximum(spells.end - 1, spells.start)  # the last night: the day of discharge belongs to no form for long
    free = ~closed.holds(last) & ~opened.holds(last)
    found: dict[str, Two] = {
        "voluntary_to_closed": (~first, ~first & any_closed),
        "closed_to_voluntary": (any_closed, any_closed & free),
    }
    for name, form in (("lpt_to_open", "LPT"), ("lrv_to_open", "LRV")):
        under, after = days_under(forms, (form,)), days_under(forms, (f"{form}_open",))
        could = spells_under(spells, under, when="any_day")
        begins = _first_day_under(spells, under)
        found[name] = (could, could & (after.count(begins, spells.end + 2) > 0))
    recalled = opened.holds(np.where(spells.start % SPAN > 0, spells.start - 1, spells.start))
    found["open_to_closed"] = (recalled, recalled & any_closed)
    return found


def _first_day_under(spells: Spells, under: Cover) -> NDArray[np.int64]:
    """Return the place of each spell's first day under a form; its last where there is none."""
    if not len(under.start):
        return spells.end
    at = np.searchsorted(under.end, spells.start, side="right")
    start = under.start[np.minimum(at, len(under.start) - 1)]
    return np.where(at < len(under.start), np.clip(start, spells.start, spells.end), spells.end)


def _conversion_row(name: str, window: str, begun: _Begun, could: NDArray[np.bool_], did: NDArray[np.bool_]) -> Row:
    of = could[begun.row] & begun.ended
    hit = of & did[begun.row]
    client, amount = begun.client[of], hit[of].astype(np.float64)
    return {
        "conversion": name, "window": window, "clients": len(np.unique(client)), "stays": int(of.sum()),
        "clients_hit": len(np.unique(begun.client[hit])), "converted": int(hit.sum()),
        "share": float(hit.sum()) / int(of.sum()) if of.any() else nan,
        "going_on": int((could[begun.row] & ~begun.ended).sum()), "topic": "legal_status",
    } | _largest(client, amount)  # fmt: skip
