"""The slow obvious way: every figure of 300 random extracts counted again with sets of days, one client at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from factfidelity.care.legal_status import compulsory_use
from factfidelity.care.spells import chain_spells
from factfidelity.care.windows import window_use

FIRST = pd.Timestamp("2020-01-01")


def date(day: int) -> pd.Timestamp:
    return FIRST + pd.Timedelta(days=int(day))


def random_case(seed: int) -> dict[str, list[tuple]]:
    rng = np.random.default_rng(seed)
    clients = [f"C{number}" for number in range(rng.integers(1, 6))]
    case: dict[str, list[tuple]] = {"episodes": [], "leave": [], "legal": [], "windows": []}
    for client in clients:
        for _ in range(rng.integers(0, 9)):
            start = int(rng.integers(0, 100))
            length = int(rng.choice([0, 0, 1, 2, 3, 8, 20, 40]))
            case["episodes"].append(
                (client, start, None if rng.random() < 0.06 else start + length, rng.choice(["a", "b"]))
            )
        for _ in range(rng.integers(0, 4)):
            start = int(rng.integers(0, 110))
            case["leave"].append((client, start, None if rng.random() < 0.1 else start + int(rng.integers(0, 9))))
        for _ in range(rng.integers(0, 6)):
            start, form = int(rng.integers(0, 110)), str(rng.choice(["HSL", "LPT", "LRV", "LPT_open"]))
            case["legal"].append(
                (client, form, start, None if rng.random() < 0.1 else start + int(rng.integers(1, 30)))
            )
        index = int(rng.integers(30, 90))
        low, high = (int(rng.integers(0, 40)), int(rng.integers(60, 130))) if rng.random() < 0.6 else (-50, 200)
        wash, width = int(rng.choice([0, 5])), int(rng.choice([20, 40]))
        case["windows"].append((client, "before", index - wash - width, index - wash, index, low, high))
        case["windows"].append((client, "after", index + wash, index + wash + width, index, low, high))
    return case


def frames(case: dict[str, list[tuple]]) -> dict[str, pd.DataFrame]:
    columns = {
        "episodes": ["client_id", "admitted", "discharged", "unit"],
        "leave": ["client_id", "start", "end"],
        "legal": ["client_id", "form", "start", "end"],
        "windows": ["client_id", "window", "start", "end", "index", "observed_from", "observed_to"],
    }
    made = {name: pd.DataFrame(rows, columns=columns[name], dtype="object") for name, rows in case.items()}
    for name, table in made.items():
        for column in columns[name]:
            if column not in ("client_id", "unit", "form", "window"):
                days = pd.to_numeric(table[column])
                made[name][column] = FIRST + pd.to_timedelta(days, unit="D")
            else:
                made[name][column] = table[column].astype("str")
    return made


LAST = 400


def slow_spells(stays: list[tuple[int, int]], gap: int) -> list[tuple[int, int]]:
    joined: list[list[int]] = []
    for start, end in sorted(stays):
        if joined and start <= joined[-1][1] + gap:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [(start, end) for start, end in joined]


def whole_leave(case, client) -> set[int]:
    days: set[int] = set()
    for who, start, end in case["leave"]:
        if who == client:
            days |= set(range(start + 1, LAST if end is None else end))
    return days


def days_of_spell(spell: tuple[int, int], rule: str, away: set[int]) -> set[int]:
    start, end = spell
    if rule == "nights":
        return set(range(start, end))
    if rule == "nights_min_one":
        return set(range(start, max(end, start + 1)))
    return set(range(start, min(end, LAST - 1) + 1)) - away


def slow_use(case, row, *, gap, rule, policy):
    client, _, start, end, index, low, high = row
    stays = [(a, LAST if d is None else d) for who, a, d, _ in case["episodes"] if who == client]
    spells, admissions = slow_spells(stays, 0), [first for first, _ in slow_spells(stays, gap)]
    away = whole_leave(case, client)
    holding = next((spell for spell in spells if spell[0] <= index <= spell[1]), None)
    if policy == "after_discharge" and holding and start >= index:
        start, end = start + holding[1] - index, end + holding[1] - index
    window = {day for day in range(start, end) if low <= day < high}
    in_hospital: set[int] = set()
    for spell in spells:
        if not (policy == "exclude" and spell == holding):
            in_hospital |= days_of_spell(spell, rule, away)
    if policy == "exclude" and holding:
        admissions = [day for day in admissions if not holding[0] <= day <= holding[1]]
        whole = days_of_spell(holding, rule, set())
        window -= whole
        in_hospital -= whole
    return len(window), sum(day in window for day in admissions), len(window & in_hospital)


@pytest.mark.parametrize("block", range(10))
def test_300_random_extracts_equal_a_count_with_sets_of_days(block):
    for seed in range(block * 30, block * 30 + 30):
        case = random_case(seed)
        made = frames(case)
        rng = np.random.default_rng(seed + 10_000)
        gap = int(rng.choice([0, 0, 1, 3]))
        for rule in ("nights", "days", "nights_min_one"):
            policy = str(rng.choice(["include", "exclude", "after_discharge"]))
            found = window_use(
                made["episodes"], made["windows"], gap_days=gap, day_count=rule, index_stay=policy, leave=made["leave"]
            )
            wanted = [slow_use(case, row, gap=gap, rule=rule, policy=policy) for row in case["windows"]]
            got = list(zip(found["days_observed"], found["admissions"], found["bed_days"], strict=True))
            assert got == wanted, (seed, rule, policy)


@pytest.mark.parametrize("block", range(3))
def test_300_random_extracts_have_the_same_compulsory_days(block):
    for seed in range(block * 100, block * 100 + 100):
        case = random_case(seed)
        made = frames(case)
        found = compulsory_use(made["legal"], made["windows"], leave=made["leave"])
        rank = ["HSL", "LPT", "LPT_open", "LRV", "LRV_open"]
        for place, (client, _, start, end, _, low, high) in enumerate(case["windows"]):
            counted = {"LPT": 0, "LRV": 0, "LPT_open": 0}
            away = whole_leave(case, client)
            for day in range(max(start, low), min(end, high)):
                holding = [
                    (first, LAST if last is None else last, rank.index(form), form)
                    for who, form, first, last in case["legal"]
                    if who == client and first <= day < (LAST if last is None else last)
                ]
                form = max(holding)[3] if holding else ""
                if form in counted and (form == "LPT_open" or day not in away):
                    counted[form] += 1
            row = found.iloc[place]
            assert row["lpt_days"] == counted["LPT"], seed
            assert row["lrv_days"] == counted["LRV"], seed
            assert row["lpt_open_days"] == counted["LPT_open"], seed
            assert row["compulsory_days"] == counted["LPT"] + counted["LRV"], seed


def test_spells_are_the_same_whatever_the_order_of_the_rows():
    for seed in range(40):
        episodes = frames(random_case(seed))["episodes"]
        mixed = episodes.sample(frac=1, random_state=seed)
        for gap in (0, 1, 3):
            pd.testing.assert_frame_equal(chain_spells(episodes, gap_days=gap), chain_spells(mixed, gap_days=gap))
