"""Items from the registers: each item's counting rule is data in the scale; here the rule meets the extract."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import OPEN, UNKNOWN, dates_of, day_number, period_starts
from factfidelity.extract import Extract
from factfidelity.fidelity import measures_contact as contact
from factfidelity.fidelity import measures_flow as flow
from factfidelity.fidelity import measures_staff as staff
from factfidelity.fidelity.counted import Counted
from factfidelity.fidelity.derived import DerivedFidelity, DerivedTrend
from factfidelity.fidelity.ratings import scale_of
from factfidelity.fidelity.team_data import TeamData, team_data
from factfidelity.schemas.scale import Derive, Item, Scale

Rule = Callable[[TeamData, Derive, int], Counted]

MEASURES: Mapping[str, Rule] = {
    "board_several_staff": contact.board_several_staff,
    "clients": staff.clients,
    "clients_per_fte": staff.clients_per_fte,
    "contact_around_discharge": flow.contact_around_discharge,
    "contact_around_stays": flow.contact_around_stays,
    "contact_before_admission": flow.contact_before_admission,
    "contacts_per_week": contact.contacts_per_week,
    "days_to_event": contact.days_to_event,
    "diagnosis_share": flow.diagnosis_share,
    "events_per_staff_week": contact.events_per_staff_week,
    "fte": staff.fte,
    "fte_per_clients": staff.fte_per_clients,
    "fte_per_head": staff.fte_per_head,
    "graduated": flow.graduated,
    "group_attendance": contact.group_attendance,
    "leader_contact_time": staff.leader_contact_time,
    "mean_contacts_per_week": contact.mean_contacts_per_week,
    "meetings_per_week": contact.meetings_per_week,
    "minutes_per_week": contact.minutes_per_week,
    "network_contacts": contact.network_contacts,
    "outside_share": contact.outside_share,
    "peak_intake": flow.peak_intake,
    "peer_role": staff.peer_role,
    "persons": staff.persons,
    "pooled_outside_share": contact.pooled_outside_share,
    "retained": flow.retained,
    "several_professions": contact.several_professions,
    "several_staff": contact.several_staff,
    "size_within": staff.size_within,
    "specialist_minutes": contact.specialist_minutes,
    "team_age": staff.team_age,
    "turnover": staff.turnover,
    "vacancies_filled": staff.vacancies_filled,
}


def derive_fidelity(extract: Extract, scale: Scale | str, *, team: str, on: Any) -> DerivedFidelity:
    """Count the items of a scale that registers, roster and board can tell, for one team.

    Parameters
    ----------
    extract : Extract
    scale : Scale or str
    team : str
        Id of the team.
    on : date-like
        Day of the review. Figures on one day are counted on it; windows end the day before it.

    Returns
    -------
    DerivedFidelity
        ``.table``: one row per item of the scale; ``.evidence(item)``: the rows behind it, for the secure room.

    Raises
    ------
    ValueError
        If the extract knows no such team, or the day lies outside its period.
    """
    found = scale_of(scale)
    data = team_data(extract, team)
    day = _checked_day(extract, on)
    counted = {name: _count(item, data, day) for name, item in found.items.items()}
    rows = [_row(name, item, counted[name]) for name, item in found.items.items()]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    evidence = [part.evidence.assign(item=name) for name, part in counted.items() if part and part.evidence is not None]
    evidence = [part for part in evidence if len(part)]
    joined = pd.concat(evidence, ignore_index=True) if evidence else None
    notes = {
        "scale": found.scale, "version": found.version, "short": found.short, "scale_sv": found.name.sv,
        "scale_en": found.name.en, "team": team, "on": f"{pd.Timestamp(on):%Y-%m-%d}",
    }  # fmt: skip
    return DerivedFidelity(table=_typed(table), notes=notes, inner_evidence=joined)


def derive_trend(
    extract: Extract, scale: Scale | str, team: str, every: str = "quarter", *, draws: int = 400, seed: int = 20_180_101
) -> DerivedTrend:
    """Count the same items at the end of every month or quarter, with a noise band from resampling clients.

    Parameters
    ----------
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.
    draws : int
        Draws of clients for the band (the middle 95 % of the item's value over them).
    seed : int

    Returns
    -------
    DerivedTrend
        ``.table``: one row per item and period whose end lies in the extract.
    """
    found = scale_of(scale)
    data = team_data(extract, team)
    first = max(day_number(extract.start), data.started)
    edges = period_starts(first, data.last_day, every)
    rows = []
    items = {name: item for name, item in found.items.items() if item.derive is not None}
    for start, end in pairwise(edges):
        if end <= first or end > data.last_day:
            continue
        for number, (name, item) in enumerate(items.items()):
            counted = _count(item, data, int(end))
            if counted is None:
                continue
            low, high = _band(counted, draws, np.random.default_rng([seed, number, int(end)]))
            rows.append(
                {"period_start": dates_of(np.array([start]))[0]}
                | _row(name, item, counted)
                | {"low": low, "high": high}
            )
    columns = ["period_start", *_COLUMNS, "low", "high"]
    notes = {
        "scale": found.scale, "version": found.version, "short": found.short, "scale_sv": found.name.sv,
        "scale_en": found.name.en, "team": team, "every": every, "draws": str(draws), "seed": str(seed),
    }  # fmt: skip
    return DerivedTrend(table=_typed(pd.DataFrame(rows, columns=columns)), notes=notes)


def _checked_day(extract: Extract, on: Any) -> int:
    day = day_number(on)
    if not day_number(extract.start) < day <= day_number(extract.end):
        first, last = extract.start, extract.end
        raise ValueError(f"on must lie after {first:%Y-%m-%d} and not after {last:%Y-%m-%d}, got {on}")
    return day


def _count(item: Item, data: TeamData, on: int) -> Counted | None:
    return None if item.derive is None else MEASURES[item.derive.measure](data, item.derive, on)


_COLUMNS = (
    "item", "score", "value", "unit", "numerator", "denominator", "window_start", "window_end", "clients", "kind",
    "why", "part", "staff", "left_out", "name_sv", "name_en", "unit_sv", "why_sv",
)  # fmt: skip


def _row(name: str, item: Item, counted: Counted | None) -> dict[str, Any]:
    base = {
        "item": name, "name_sv": item.name.sv, "name_en": item.name.en, "unit": item.unit.en if item.unit else "",
        "unit_sv": item.unit.sv if item.unit else "",
    }  # fmt: skip
    if counted is None:
        return base | _not_counted(item)
    known = counted.possible and not np.isnan(counted.value)
    score, _ = item.place(counted.value) if known else (None, "")
    best = max((anchor.score or 0 for anchor in item.anchors), default=0)
    withheld = counted.withheld if score is not None and score == best else ()
    score = None if withheld else score
    kind = "not_derivable" if not known else "proxy" if _is_proxy(item, counted) else "item"
    return base | {
        "score": np.nan if score is None else float(score),
        "value": counted.value if known else np.nan,
        "numerator": counted.numerator if known else np.nan,
        "denominator": counted.denominator if known else np.nan,
        "window_start": _date(counted.start),
        "window_end": _date(counted.end),
        "clients": counted.clients,
        "part": counted.part,
        "staff": counted.staff,
        "left_out": counted.left_out,
        "kind": kind,
        "why": _why(item, counted, known, withheld, "en"),
        "why_sv": _why(item, counted, known, withheld, "sv"),
    }


def _is_proxy(item: Item, counted: Counted) -> bool:
    return counted.shortened or (item.derive is not None and item.derive.kind == "proxy")


def _why(item: Item, counted: Counted, known: bool, withheld: Any, language: str) -> str:
    said = [remark.sv if language == "sv" else remark.en for remark in (*counted.remarks, *withheld)]
    if known:
        said.append(item.why_unscored(counted.value, language))
        if not any(anchor.cut for anchor in (*item.anchors, *item.unscored)):
            said.append("inga offentliga gränser" if language == "sv" else "no public anchors")
        if item.derive is not None and item.derive.limits is not None:
            said.append(item.derive.limits.pick(language))
    return "; ".join(part.rstrip(".") for part in said if part)


def _not_counted(item: Item) -> dict[str, Any]:
    words = item.not_derivable
    empty = dict.fromkeys(
        ("score", "value", "numerator", "denominator", "clients", "part", "staff", "left_out"), np.nan
    )
    return empty | {
        "window_start": pd.NaT, "window_end": pd.NaT, "kind": "not_derivable",
        "why": words.en.rstrip(".") if words else "no counting rule is known",
        "why_sv": words.sv.rstrip(".") if words else "ingen räkneregel är känd",
    }  # fmt: skip


def _date(day: int) -> Any:
    return pd.NaT if day <= UNKNOWN or day >= OPEN else pd.Timestamp(dates_of(np.array([day]))[0])


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in ("period_start", *_COLUMNS, "low", "high") if name in table.columns]
    texts = ("item", "unit", "kind", "why", "name_sv", "name_en", "unit_sv", "why_sv")
    dates = [name for name in ("period_start", "window_start", "window_end") if name in columns]
    numbers = [name for name in columns if name not in texts and name not in dates]
    types = dict.fromkeys(texts, "str") | dict.fromkeys(dates, "datetime64[s]") | dict.fromkeys(numbers, "float64")
    return table[columns].astype(types)


def _band(counted: Counted, draws: int, random: np.random.Generator) -> tuple[float, float]:
    """Return the middle 95 % of the value over draws of clients; missing where clients are not its unit."""
    sample = counted.sample
    if sample is None or len(sample) < 2 or not counted.possible:
        return float("nan"), float("nan")
    drawn = sample[random.integers(0, len(sample), (draws, len(sample)))]
    values = np.median(drawn, axis=1) if counted.statistic == "median" else drawn.mean(axis=1)
    low, high = np.quantile(values * counted.scale, [0.025, 0.975])
    return float(low), float(high)
