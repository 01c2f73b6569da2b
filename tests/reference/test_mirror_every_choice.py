"""Every choice of a plan against sets of days: cohorts, windows, wash-outs, index stays, counting rules, follow-up and
time at risk, all at once on random regions. The slow way knows only the definitions, sections 1 to 4."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.schemas.plan import Plan

FIRST, END = pd.Timestamp("2018-01-01"), 1200
FAR = END + 5
COUNTED = (
    "admissions", "bed_days", "any_admission", "compulsory_admissions", "compulsory_any_day", "compulsory_days",
    "emergency_visits",
)  # fmt: skip
STARTS = ("admissions", "any_admission", "compulsory_admissions", "compulsory_any_day")


@dataclass
class Client:
    """One invented client: days counted from the first of the period."""

    seen: tuple[int | None, int | None]
    enrolled: list[tuple[int, int | None]]
    death: int | None
    stays: list[tuple[int, int | None, str, str]]  # first day, last day, medical area, unit
    forms: list[tuple[str, int, int]]
    leave: list[tuple[int, int]]
    visits: list[int]


def day(number: int | None) -> Any:
    return pd.NaT if number is None else FIRST + pd.Timedelta(days=int(number))


def draw_client(rng: np.random.Generator) -> Client:
    seen = (
        int(rng.integers(0, 300)) if rng.random() < 0.4 else None,
        int(rng.integers(700, END)) if rng.random() < 0.4 else None,
    )
    index = int(rng.integers(300, 800))
    end = index + int(rng.integers(20, 400)) if rng.random() < 0.5 else None
    enrolled: list[tuple[int, int | None]] = [(index, end)]
    if end and rng.random() < 0.5:
        again = end + (0 if rng.random() < 0.5 else int(rng.integers(1, 60)))
        enrolled.append((again, again + int(rng.integers(10, 200))))
    stays: list[tuple[int, int | None, str, str]] = []
    at = int(rng.integers(0, 100))
    while at < END - 20:
        length = int(rng.choice([0, 0, 1, 3, 10, 40]))
        stays.append((at, at + length, "901" if rng.random() < 0.8 else "955", str(rng.choice(["a", "b"]))))
        if rng.random() < 0.3:
            inside = at + int(rng.integers(0, length + 2))
            stays.append((inside, inside + int(rng.choice([0, 2, 15])), str(rng.choice(["901", "955"])), "b"))
        at += length + int(rng.choice([1, 2, 3, 30, 90, 200]))
    if rng.random() < 0.5:
        stays.append((index - int(rng.integers(0, 15)), index + int(rng.integers(0, 20)), "901", "a"))
    if rng.random() < 0.2:
        stays.append((1100, None, "901", "a"))
    leave = [
        (a + 1, a + 1 + int(rng.integers(1, 4))) for a, b, _, _ in stays if b and b - a >= 8 and rng.random() < 0.5
    ]
    forms, last = [], -1
    for a, b, _, _ in sorted(stays, key=lambda stay: stay[0]):
        if b is not None and b > a and rng.random() < 0.5:
            begin = int(rng.integers(a, b))
            if begin >= last:
                last = b + 1 if rng.random() < 0.7 else begin + 1
                forms.append((str(rng.choice(["LPT", "LRV"])), begin, last))
    visits = [int(one) for one in rng.integers(0, END, int(rng.integers(0, 12)))]
    visits += [stay[0] for stay in stays if rng.random() < 0.3]
    death = int(rng.integers(500, END - 10)) if rng.random() < 0.25 else None
    if death is not None:
        stays = [(a, death if b is None else min(b, death), area, unit) for a, b, area, unit in stays if a <= death]
    return Client(seen, enrolled, death, stays, forms, leave, visits)


def extract_from(clients: list[Client]) -> ff.Extract:
    def rows(columns: str, made: list[tuple[Any, ...]]) -> pd.DataFrame:
        return pd.DataFrame(made, columns=columns.split())

    each = [(f"C{number}", one) for number, one in enumerate(clients)]
    return extract_of(
        f"{FIRST:%Y-%m-%d}", f"{day(END):%Y-%m-%d}",
        clients=rows("client_id observed_from observed_to", [(c, day(o.seen[0]), day(o.seen[1])) for c, o in each]),
        enrolments=rows(
            "client_id team_id start end", [(c, "T", day(a), day(b)) for c, o in each for a, b in o.enrolled]
        ),
        episodes=rows(
            "client_id admitted discharged mvo unit",
            [(c, day(a), day(b), area, unit) for c, o in each for a, b, area, unit in o.stays],
        ),
        legal_status=rows("client_id form start end", [(c, f, day(a), day(b)) for c, o in each for f, a, b in o.forms]),
        leave=rows("client_id kind start end", [(c, "leave", day(a), day(b)) for c, o in each for a, b in o.leave]),
        visits=rows("client_id date kind", [(c, day(v), "emergency") for c, o in each for v in o.visits]),
        deaths=rows("client_id date precision", [(c, day(o.death), "day") for c, o in each if o.death is not None]),
    )  # fmt: skip


def draw_plan(rng: np.random.Generator) -> Plan:
    before = int(rng.choice([90, 180, 365, 400]))
    after = before if rng.random() < 0.7 else int(rng.choice([90, 200, 365]))
    one_day = rng.random() < 0.4
    index = {"kind": "date", "date": day(int(rng.integers(300, 800))).date()} if one_day else {"kind": "enrolment"}
    return Plan(
        index=index,
        windows={"width_before": before, "width_after": after, "washout_before": int(rng.choice([0, 0, 30])),
                 "washout_after": int(rng.choice([0, 0, 30, 60]))},
        cohort=str(rng.choice(["all", "complete", "mirror"])), paired_cohort=str(rng.choice(["mirror", "complete"])),
        follow="intention_to_treat" if one_day else str(rng.choice(["intention_to_treat", "while_enrolled"])),
        at_risk=str(rng.choice(["all_days", "outside_hospital"])),
        day_count=str(rng.choice(["nights", "days", "nights_min_one"])),
        spells={"gap_days": int(rng.choice([0, 1, 3])), "same_clinic": bool(rng.random() < 0.3)},
        intervals={"draws": 100},
    )  # fmt: skip


def chain(stays, gap: int = 0, *, same_clinic: bool = False) -> list[tuple[int, int]]:
    found = []
    for unit in {stay[3] if same_clinic else "" for stay in stays}:
        current: list[int] = []
        mine = sorted((a, 10**6 if b is None else b) for a, b, _, u in stays if not same_clinic or u == unit)
        for a, b in mine:
            if current and a <= current[1] + gap:
                current[1] = max(current[1], b)
                continue
            found += [tuple(current)] if current else []
            current = [a, b]
        found += [tuple(current)] if current else []
    return sorted(found)


def days_in(a: int, b: int, rule: str) -> set[int]:
    end = b + 1 if rule == "days" or (rule == "nights_min_one" and a == b) else b
    return set(range(a, min(end, FAR)))


def index_and_observed(client: Client, plan: Plan) -> tuple[int, int, int]:
    low = client.seen[0] or 0
    high = END if client.seen[1] is None else client.seen[1]
    high = high if client.death is None else min(high, client.death + 1)
    if plan.index.date is not None:
        return (plan.index.date - dt.date(2018, 1, 1)).days, low, high
    until = client.enrolled[0][1] or FAR
    for a, b in client.enrolled[1:]:
        until = max(until, b or FAR) if a <= until else until
    return client.enrolled[0][0], low, min(high, until) if plan.follow == "while_enrolled" else high


def count(client: Client, plan: Plan, cohort: str, index_stay: str) -> dict[str, dict[str, float]] | None:
    """Return what one client adds to each cell, or None where the client is out."""
    adult = [stay for stay in client.stays if stay[2] == "901"]
    spells, rule, width = chain(adult), plan.day_count, plan.windows
    index, low, high = index_and_observed(client, plan)
    at = next(((a, b) for a, b in spells if a <= index <= b), None)
    moved = at[1] - index if at and index_stay == "after_discharge" else 0
    first = index - width.washout_before - width.before
    begin = index + moved + width.washout_after
    spans = {
        "before": sorted(set(range(first, index - width.washout_before)) & set(range(low, high))),
        "after": sorted(set(range(begin, min(begin + width.after, 3 * END))) & set(range(low, high))),
    }
    whole = len(spans["before"]) == width.before and len(spans["after"]) == width.after
    if cohort == "mirror":
        shorter = min(map(len, spans.values()))
        spans = {"before": spans["before"][len(spans["before"]) - shorter :], "after": spans["after"][:shorter]}
    out = days_in(*at, rule) if at and index_stay == "exclude" else set()
    out_points = days_in(*at, "days") if at and index_stay == "exclude" else set()
    if high <= low or not all(set(span) - out for span in spans.values()) or (cohort == "complete" and not whole):
        return None
    away = {number for a, b in client.leave for number in range(a + 1, b)}
    hospital = set().union(*(days_in(a, b, rule) for a, b in spells)) - (away if rule == "days" else set())
    forced = {number for _, a, b in client.forms for number in range(a, b)}
    admissions = chain(adult, plan.spells.gap_days, same_clinic=plan.spells.same_clinic)
    any_care = {a for a, _ in chain(client.stays)}
    found = {}
    for window, span in spans.items():
        days, points = set(span) - out, set(span) - out_points
        begun = [(a, b) for a, b in admissions if a in points]
        found[window] = {
            "years": len(days) / 365.25, "outside": (len(days) - len(hospital & days)) / 365.25,
            "admissions": len(begun), "any_admission": min(len(begun), 1), "bed_days": len(hospital & days),
            "compulsory_admissions": sum(a in forced for a, _ in begun),
            "compulsory_any_day": sum(bool(forced & set(range(a, min(b, FAR) + 1))) for a, b in begun),
            "compulsory_days": len((forced - away) & days),
            "emergency_visits": sum(visit in points and visit not in any_care for visit in client.visits),
        }  # fmt: skip
    return found


def compare(seed: int, plans: int) -> int:
    rng = np.random.default_rng(seed)
    clients = [draw_client(rng) for _ in range(int(rng.integers(4, 9)))]
    extract, compared = extract_from(clients), 0
    for _ in range(plans):
        plan = draw_plan(rng)
        result = ff.mirror_outcomes(extract, plan)
        cells = pd.concat([result.table.assign(index_stay="include"), result.stays])
        for cell in cells[cells["outcome"].isin(COUNTED)].to_dict("records"):
            each = [count(one, plan, cell["cohort"], cell["index_stay"]) for one in clients]
            mine = [one[cell["window"]] for one in each if one]
            outside = plan.at_risk == "outside_hospital" and cell["outcome"] in STARTS
            values = [one[cell["outcome"]] for one in mine]
            expected = (len(mine), sum(value > 0 for value in values), sum(values))
            assert (cell["clients"], cell["clients_any"], cell["total"]) == expected, (seed, cell)
            assert cell["years"] == pytest.approx(sum(one["outside" if outside else "years"] for one in mine)), seed
            if values and not np.isnan(cell["mean"]):
                assert (cell["mean"], cell["median"]) == pytest.approx((np.mean(values), np.median(values))), seed
            compared += 1
    return compared


@pytest.mark.parametrize("seed", range(4))
def test_every_cell_under_any_choice_equals_sets_of_days(seed):
    assert compare(seed, plans=3) > 60


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 200))
def test_every_cell_under_any_choice_equals_sets_of_days_on_many_regions(seed):
    assert compare(seed, plans=3) > 60
