"""What is true in an invented world, counted the slow and obvious way: day by day, client by client, with sets.

Nothing here uses the counting of the library, so that the two can be held against each other. Rules: the definitions,
with the default plan (adult inpatient care, gap 0, 365 days, cohort ``all``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from factfidelity.days import OPEN
from factfidelity.delivery.sample_truth_models import indicator_counts
from factfidelity.delivery.sample_world import World

WIDTH = 365
YEAR = 365.25
POLICIES = ("include", "exclude", "after_discharge")
OTHER_RULES = ("bed_days_days", "bed_days_nights_min_one")
ADULT_CLINICS = ("acute", "psychosis", "hospital_home", "rehabilitation")


@dataclass
class Spell:
    """Stays that share a day with each other; ``last`` is the last day, the day after the delivery where open."""

    first: int
    last: int
    open: bool
    nights: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)


@dataclass
class Life:
    """One client: the days observed, the spells, and the days under each form of care."""

    number: int
    team: str
    index: int
    observed: range
    spells: list[Spell]
    forms: dict[str, set[int]]
    away: set[int]
    enrolled: dict[str, set[int]]
    board: dict[str, set[int]]
    admissions: dict[str, set[int]] = field(default_factory=dict)


def lives(world: World) -> list[Life]:
    """Return every client's life, built from the world's rows."""
    tables, end = world.tables, world.span.last
    stays: dict[int, list[tuple[int, int]]] = {number: [] for number in range(len(world.ids))}
    for row in tables["episodes"].to_dict("records"):
        if row["clinic"] in ADULT_CLINICS:
            stays[row["client"]].append((int(row["admitted"]), int(row["discharged"])))
    legal: dict[int, list[tuple[int, int, str]]] = {number: [] for number in stays}
    for row in tables["legal"].to_dict("records"):
        legal[row["client"]].append((int(row["start"]), int(row["last"]), str(row["form"])))
    away: dict[int, set[int]] = {number: set() for number in stays}
    for row in tables["leave"].to_dict("records"):
        away[row["client"]] |= set(range(int(row["start"]) + 1, int(row["back"])))
    names = [entry["name"] for entry in world.setting["teams"]]
    enrolled = _periods(tables["enrolments"].to_dict("records"), names, end)
    board = _periods(tables["board"].to_dict("records"), names, end)
    people = tables["clients"].to_dict("records")
    first_team = tables["life"]["team"].tolist()
    answer = []
    for number, person in enumerate(people):
        mine = enrolled.get(number, {})
        on = {team: days & mine.get(team, set()) for team, days in board.get(number, {}).items()}
        life = Life(
            number=number,
            team=names[int(first_team[number])],
            index=int(world.index[number]),
            observed=range(int(person["observed_from"]), min(int(person["observed_to"]), end)),
            spells=joined(stays[number], away[number], end),
            forms=days_by_form(legal[number], end),
            away=away[number],
            enrolled=mine,
            board=on,
        )
        life.admissions = admission_days(life)
        answer.append(life)
    return answer


def _periods(rows: Iterable[Any], names: Sequence[str], end: int) -> dict[int, dict[str, set[int]]]:
    found: dict[int, dict[str, set[int]]] = {}
    for row in rows:
        days = set(range(int(row["start"]), min(int(row["end"]), end)))
        found.setdefault(int(row["client"]), {}).setdefault(names[int(row["team"])], set()).update(days)
    return found


def joined(stays: list[tuple[int, int]], away: set[int], end: int) -> list[Spell]:
    """Join stays that share a day, two at a time until no two do; then lay out the days of each."""
    left = [(low, min(high, end)) for low, high in stays if low < end]
    merged = True
    while merged:
        merged = False
        for one in range(len(left)):
            for other in range(one + 1, len(left)):
                (low, high), (start, last) = left[one], left[other]
                if low <= last and start <= high:
                    left = [stay for place, stay in enumerate(left) if place not in (one, other)]
                    left.append((min(low, start), max(high, last)))
                    merged = True
                    break
            if merged:
                break
    spells = []
    for low, high in sorted(left):
        spell = Spell(low, high, open=high >= end)
        spell.nights = set(range(low, high))
        spell.days = set(range(low, high + 1)) - away
        spells.append(spell)
    return spells


def days_by_form(periods: list[tuple[int, int, str]], end: int) -> dict[str, set[int]]:
    """Return the days of each form; on a day that two share, the one that began later holds."""
    holder: dict[int, str] = {}
    for start, last, form in sorted(periods, key=lambda period: period[0]):
        for day in range(start, min(last + 1, end)):
            holder[day] = form
    days: dict[str, set[int]] = {}
    for day, form in holder.items():
        days.setdefault(form, set()).add(day)
    return days


def admission_days(life: Life) -> dict[str, set[int]]:
    """Return first days of spells: all of them, begun under closed compulsion, and with any day of it."""
    closed = life.forms.get("LPT", set()) | life.forms.get("LRV", set())
    return {
        "admissions": {spell.first for spell in life.spells},
        "compulsory_admissions": {spell.first for spell in life.spells if spell.first in closed},
        "compulsory_any_day": {
            spell.first for spell in life.spells if closed & set(range(spell.first, spell.last + 1))
        },
    }


def day_sets(life: Life) -> dict[str, set[int]]:
    """Return the days that are counted as days."""
    short = {spell.first for spell in life.spells if spell.first == spell.last}
    nights: set[int] = set().union(*(spell.nights for spell in life.spells))
    return {
        "bed_days": nights,
        "bed_days_days": set().union(*(spell.days for spell in life.spells)),
        "bed_days_nights_min_one": nights | short,
        "lpt_days": life.forms.get("LPT", set()) - life.away,
        "lrv_days": life.forms.get("LRV", set()) - life.away,
        "compulsory_days": (life.forms.get("LPT", set()) | life.forms.get("LRV", set())) - life.away,
        "lpt_open_days": life.forms.get("LPT_open", set()),
    }


def windows_of(life: Life, policy: str, end: int) -> tuple[set[int], set[int], set[int]]:
    """Return the days of the two windows that are at risk, and first days of spells that are taken out."""
    if life.index >= OPEN:
        return set(), set(), set()
    before = set(range(life.index - WIDTH, life.index))
    after = set(range(life.index, life.index + WIDTH))
    gone: set[int] = set()
    held = [spell for spell in life.spells if spell.first <= life.index <= spell.last]
    for spell in held:
        if policy == "exclude":
            before, after, gone = before - spell.nights, after - spell.nights, gone | {spell.first}
        if policy == "after_discharge":
            after = set() if spell.open else set(range(spell.last, spell.last + WIDTH))
    seen = set(life.observed)
    return before & seen, after & seen, gone


def window_counts(everybody: list[Life], policy: str, end: int) -> dict[str, dict[str, float]]:
    """Return what falls in the windows of the clients with an observed day in both of them."""
    counts: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
    for life in everybody:
        before, after, gone = windows_of(life, policy, end)
        if not before or not after:
            continue
        days = day_sets(life)
        for name, window in (("before", before), ("after", after)):
            total = counts[name]
            total["clients"] += 1
            total["days_observed"] += len(window)
            for kind, firsts in life.admissions.items():
                total[kind] += len((firsts & window) - gone)
            total["clients_any_admission"] += bool((life.admissions["admissions"] & window) - gone)
            for kind, held in days.items():
                if policy == "include" or kind not in OTHER_RULES:
                    total[kind] += len(held & window)
    return {name: {**total, "client_years": round(total["days_observed"] / YEAR, 9)} for name, total in counts.items()}


def realised(world: World) -> dict[str, Any]:
    """Return every realised count of the world."""
    everybody, end = lives(world), world.span.last
    names = [entry["name"] for entry in world.setting["teams"]]
    spells = [spell for life in everybody for spell in life.spells]
    return {
        "clients": len(everybody),
        "clients_enrolled": sum(bool(life.index < OPEN) for life in everybody),
        "spells": len(spells),
        "spells_open": sum(spell.open for spell in spells),
        "spells_same_day": sum(spell.first == spell.last for spell in spells),
        "deaths": int((world.tables["life"]["death"] < OPEN).sum()),
        "windows": {policy: window_counts(everybody, policy, end) for policy in POLICIES},
        "windows_by_team": {
            team: window_counts([life for life in everybody if life.team == team], "include", end) for team in names
        },
        "board": _board(everybody, names),
        "caseload_by_month": _months(world, everybody, names),
        "contacts": _contacts(world, names),
        "coercive_measures": dict(sorted(Counter(world.tables["measures"]["kind"].tolist()).items())),
        "emergency_visits": _visits(world, everybody),
        **({"events": _events(world, everybody)} if "events" in world.tables else {}),
        **({"placement_days": _placements(world, everybody)} if "placements" in world.tables else {}),
        "fidelity": _fidelity(world, names),
        **({"indicators": indicator_counts(world, everybody)} if world.setting["programme"] != "fact" else {}),
    }


def _board(everybody: list[Life], names: list[str]) -> dict[str, dict[str, float]]:
    answer: dict[str, dict[str, float]] = {}
    for team in names:
        enrolled = sum(len(life.enrolled.get(team, ())) for life in everybody)
        on = sum(len(life.board.get(team, ())) for life in everybody)
        ever = sum(bool(life.board.get(team)) for life in everybody)
        answer[team] = {"enrolled_days": enrolled, "board_days": on, "clients_ever_on_board": ever}
    return answer


def _months(world: World, everybody: list[Life], names: list[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Return client-days and days of staff, day by day from the team's first day on, for each team and month."""
    answer: dict[str, dict[str, dict[str, float]]] = {team: {} for team in names}
    months = np.arange(world.span.first, world.span.last).astype("datetime64[D]").astype("datetime64[M]").astype(str)
    clients = {team: Counter[int]() for team in names}
    for life in everybody:
        for team, days in life.enrolled.items():
            clients[team].update(days)
    for place, team in enumerate(names):
        staff = [row for row in world.tables["staff"].to_dict("records") if row["team"] == place]
        for number, month in enumerate(months.tolist()):
            day = world.span.first + number
            if day < world.span.starts[place]:
                continue
            here = answer[team].setdefault(month, {"client_days": 0, "fte_days": 0.0, "case_carrying_fte_days": 0.0})
            here["client_days"] += clients[team][day]
            for row in staff:
                if row["start"] <= day < row["end"]:
                    here["fte_days"] = round(here["fte_days"] + row["fte"], 6)
                    carries = row["fte"] if row["case_carrying"] else 0.0
                    here["case_carrying_fte_days"] = round(here["case_carrying_fte_days"] + carries, 6)
    return {team: {m: v for m, v in months_.items() if any(v.values())} for team, months_ in answer.items()}


def _contacts(world: World, names: list[str]) -> dict[str, dict[str, int]]:
    answer: dict[str, dict[str, int]] = {team: Counter() for team in names}
    seen: set[int] = set()
    for row in world.tables["contacts"].to_dict("records") if "contacts" in world.tables else ():
        total = answer[names[row["team"]]]
        total["rows"] += 1
        if row["contact"] in seen:
            continue
        seen.add(row["contact"])
        total["contacts"] += 1
        total["attended"] += row["attended"]
        total["on_board"] += row["on_board"]
        face = row["attended"] and row["face_to_face"]
        total["attended_face_to_face"] += face
        total["attended_face_to_face_outside"] += face and row["outside_clinic"]
        total["attended_with_relatives"] += row["attended"] and row["relatives"]
        total["minutes"] += row["minutes"]
    return {team: {name: int(number) for name, number in total.items()} for team, total in answer.items()}


def _visits(world: World, everybody: list[Life]) -> dict[str, int]:
    counts = {"before": 0, "after": 0}
    both = {life.number: windows_of(life, "include", world.span.last) for life in everybody}
    for row in world.tables["visits"].to_dict("records"):
        before, after, _ = both[row["client"]]
        if before and after:
            counts["before"] += row["day"] in before
            counts["after"] += row["day"] in after
    return counts


def _events(world: World, everybody: list[Life]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    both = {life.number: windows_of(life, "include", world.span.last) for life in everybody}
    for row in world.tables["events"].to_dict("records"):
        before, after, _ = both[row["client"]]
        total = counts.setdefault(str(row["kind"]), {"before": 0, "after": 0, "all": 0})
        total["all"] += 1
        if before and after:
            total["before"] += row["day"] in before
            total["after"] += row["day"] in after
    return counts


def _placements(world: World, everybody: list[Life]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    both = {life.number: windows_of(life, "include", world.span.last) for life in everybody}
    for row in world.tables["placements"].to_dict("records"):
        before, after, _ = both[row["client"]]
        days = set(range(int(row["start"]), min(int(row["end"]), world.span.last)))
        total = counts.setdefault(str(row["kind"]), {"before": 0, "after": 0})
        if before and after:
            total["before"] += len(days & before)
            total["after"] += len(days & after)
    return counts


def _fidelity(world: World, names: list[str]) -> list[dict[str, Any]]:
    answer = []
    rows = world.tables["ratings"].to_dict("records")
    for team, day in sorted({(row["team"], row["day"]) for row in rows}):
        mine = [row for row in rows if (row["team"], row["day"]) == (team, day)]
        rated = [row for row in mine if row["rated"]]
        scores = [int(row["true"]) for row in rated]
        missing = len(mine) - len(rated)
        answer.append(
            {
                "team": names[team],
                "assessment": str(np.datetime64(int(day), "D")),
                "n_items": len(mine),
                "n_rated": len(rated),
                "total": round(sum(scores) / len(scores), 9) if not missing else None,
                "lowest": round((sum(scores) + missing) / len(mine), 9),
                "highest": round((sum(scores) + 5 * missing) / len(mine), 9),
                "exact_agreement": sum(row["A"] == row["B"] for row in rated),
                "consensus": {row["item"]: int(row["true"]) for row in rated},
            }
        )
    return answer
