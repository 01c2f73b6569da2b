"""Contacts, continuity, follow-up, referrals and equity against an obvious computation, day by day (slow_team.py)."""

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from slow_team import (
    FIRST,
    LAST,
    MONTH,
    PAST,
    SINCE,
    TEAMS,
    YEAR,
    Slow,
    day_of,
    extract_from,
    random_tables,
    share,
)

from factfidelity.contact.equity import equity
from factfidelity.contact.pattern import contact_pattern

WHOLE = (*TEAMS, "total")


def close(found, wanted):
    assert found == pytest.approx(wanted, nan_ok=True, abs=1e-9)


def off_hours(one):
    """Whether a meeting lies on a weekend, before 7 or from 17 o'clock; None where neither day nor hour tells."""
    weekend = day_of(one["day"]).weekday() >= 5
    if one["time"] is None:
        return True if weekend else None
    return weekend or one["time"] >= "17:00" or one["time"] < "07:00"


def wanted_shares(held):
    met = [one for one in held if one["face"] and one["attended"]]
    booked = [one for one in held if one["form"] in ("visit", "home_visit")]
    attended = [one for one in held if one["attended"]]
    timed = [one for one in met if off_hours(one) is not None]
    return {
        "outside": (sum(one["outside"] for one in met), len(met)),
        "relatives": (sum(one["relatives"] for one in met), len(met)),
        "agency": (sum(bool(one["agency"]) for one in met), len(met)),
        "network": (sum(bool(one["agency"]) or one["relatives"] for one in met), len(met)),
        "off_hours": (sum(off_hours(one) for one in timed), len(timed)),
        "missed": (sum(not one["attended"] for one in booked), len(booked)),
        "distance": (sum(one["form"] in ("phone", "video") for one in attended), len(attended)),
    }


def check_measures(result, slow):
    table = result.table.set_index(["team_id", "period_start"])
    spans = {(year, part): (pd.Timestamp(year, part, 1)) for year in (2019, 2020, 2021) for part in (1, 7)}
    for start in spans.values():
        low, high = max(start.toordinal(), FIRST), min((start + pd.DateOffset(months=6)).toordinal(), PAST)
        for team in TEAMS if low < high else ():
            check_row(table, (team, start), slow, team, low, high)
    latest = result.latest.set_index("team_id")
    for team in WHOLE:
        check_row(latest, team, slow, team, SINCE, PAST)


def check_row(table, key, slow, team, low, high):
    there, held = slow.time(team, low, high), slow.held(team, low, high)
    if not there:
        return
    row, days = table.loc[key], sum(map(len, there.values()))
    met = [one for one in held if one["face"] and one["attended"]]
    assert (row["contacts"], row["client_days"], row["persons"]) == (len(met), days, len(there))
    close(row["per_week"], 7 * len(met) / days)
    close(row["per_month"], MONTH * len(met) / days)
    close(row["minutes_per_week"], 7 * sum(one["minutes"] or 0 for one in met) / days)
    assert row["without"] == len(there) - len({(one["client"], one["team"]) for one in met})
    for name, (part, whole) in wanted_shares(held).items():
        close(row[f"{name}_share"], share(part, whole))
        assert row[name] == part, name


def check_kinds(result, slow):
    forms = result.forms.set_index(["team_id", "form"])
    seen = result.professions.set_index(["team_id", "profession"])
    for team in WHOLE:
        days = sum(map(len, slow.time(team, SINCE).values()))
        number = Counter(one["form"] for one in slow.held(team, SINCE) if one["attended"])
        for form, many in number.items():
            assert forms.loc[(team, form), "contacts"] == many
            close(forms.loc[(team, form), "per_month"], MONTH * many / days)
            close(forms.loc[(team, form), "share"], many / sum(number.values()))
        met = slow.met(team, SINCE)
        for profession in {profession for one in met for _, profession in one["staff"]}:
            mine = [one for one in met if profession in {name for _, name in one["staff"]}]
            assert seen.loc[(team, profession), "contacts"] == len(mine)
            close(seen.loc[(team, profession), "per_month"], MONTH * len(mine) / days)


def employer_on(slow, staff, day):
    """Employer of the post in force on the day; else of the post that began last."""
    posts = [row for row in slow.tables["staff"] if row[0] == staff]
    there = [row for row in posts if row[5] <= day and (row[6] is None or day < row[6])]
    chosen = max(there or posts, key=lambda row: row[5], default=None)
    return None if chosen is None else chosen[3] or "not_stated"


def check_mix(result, slow):
    mix = result.mix.set_index(["team_id", "period_start", "kind", "code"])["contacts"].to_dict()
    wanted = Counter()
    for team in WHOLE:
        for one in slow.held(team):
            year = pd.Timestamp(day_of(one["day"]).year, 1, 1)
            if one["attended"]:
                wanted[team, year, "form", one["form"]] += 1
            if one["attended"] and one["face"]:
                for profession in {profession for _, profession in one["staff"]}:
                    wanted[team, year, "profession", profession] += 1
                for employer in {employer_on(slow, staff, one["day"]) for staff, _ in one["staff"]}:
                    wanted[team, year, "employer", employer or "not_stated"] += 1
    if not any(kind == "employer" and code != "not_stated" for _, _, kind, code in wanted):
        wanted = {key: many for key, many in wanted.items() if key[2] != "employer"}  # no employer is known at all
    assert mix == dict(wanted)


def check_reach(result, slow):
    table = result.reach.set_index("team_id")
    for team in WHOLE:
        row, two, windows, last = table.loc[team], [], [], []
        finish = PAST
        while finish - 14 >= SINCE:
            for name, place in slow.keys(team):
                if all(day in slow.enrolled[name, place] for day in range(finish - 14, finish)):
                    staff = {who for one in slow.met(place, finish - 14, finish) if one["client"] == name
                             for who, _ in one["staff"]}  # fmt: skip
                    windows.append(name)
                    two += [name] if len(staff) >= 2 else []
                    last += [len(staff)] if finish == PAST else []
            finish -= 14
        assert (row["fortnights"], row["fortnights_two"]) == (len(windows), len(two))
        assert (row["persons"], row["persons_two"]) == (len(set(windows)), len(set(two)))
        assert (row["last_persons"], row["last_two"]) == (len(last), sum(many >= 2 for many in last))
        whole = [key for key in slow.keys(team) if all(day in slow.enrolled[key] for day in range(SINCE, PAST))]
        met = [(name, place, [one for one in slow.met(place, SINCE) if one["client"] == name]) for name, place in whole]
        staff = [{who for one in each for who, _ in one["staff"]} for *_, each in met]
        professions = [{what for one in each for _, what in one["staff"]} for *_, each in met]
        assert (row["year_persons"], row["year_four"]) == (len(whole), sum(len(each) >= 4 for each in staff))
        close(row["professions"], share(sum(map(len, professions)), len(whole)))


def check_continuity(result, slow):
    table = result.continuity.set_index("team_id")
    for team in WHOLE:
        seen = defaultdict(Counter)
        for one in slow.met(team, SINCE):
            seen[one["client"], one["team"]].update(who for who, _ in one["staff"])
        usual, index, few = [], [], 0
        for staff in seen.values():
            meetings = list(staff.elements())
            if len(meetings) < 3:
                few += 1
                continue
            usual.append(max(staff.values()) / len(meetings))
            pairs = [(a, b) for place, a in enumerate(meetings) for b in meetings[place + 1 :]]
            index.append(sum(a == b for a, b in pairs) / len(pairs))  # the share of pairs with the same person
        row = table.loc[team]
        assert (row["persons"], row["few"]) == (len(usual), few)
        close(row["usual_provider"], np.mean(usual) if usual else np.nan)
        close(row["bice_boxerman"], np.mean(index) if index else np.nan)


def check_follow_up(result, slow):
    table = result.follow_up.set_index(["team_id", "days"]) if len(result.follow_up) else None
    left = [(name, spell[1]) for name in slow.people for spell in slow.spells(name, gap=1) if spell[1] < 10**7]
    for team in WHOLE if table is not None else ():
        for days in (7, 14, 30):
            counted, followed = [], []
            for name, last in left:
                for place in TEAMS if team == "total" else (team,):
                    there = slow.enrolled.get((name, place), set())
                    if not all(day in there for day in range(last, last + days + 1)):
                        continue
                    counted.append(name)
                    if any(one["client"] == name and one["team"] == place and one["face"] and one["attended"]
                           and last < one["day"] <= last + days for one in slow.contacts):  # fmt: skip
                        followed.append(name)
            row = table.loc[(team, days)]
            assert (row["discharges"], row["followed"]) == (len(counted), len(followed))
            assert (row["persons"], row["persons_followed"]) == (len(set(counted)), len(set(followed)))
            close(row["share"], share(len(followed), len(counted)))


def check_referrals(result, slow):
    rows = [row for row in slow.tables["referrals"] if FIRST <= row[2] < PAST]
    table = result.referrals.set_index("team_id") if rows else None
    for team in WHOLE if rows else ():
        mine = [row for row in rows if team in (row[1], "total")]
        waits = []
        for name, place, received, _, stated in mine:
            met = [one["day"] for one in slow.contacts if one["client"] == name and one["team"] == place
                   and one["attended"] and one["day"] >= received]  # fmt: skip
            first = stated if stated is not None else min(met, default=None)
            waits.append((received, None if first is None else first - received))
        row, counted = table.loc[team], [wait for received, wait in waits if received + 7 < PAST]
        assert (row["received"], row["followed"]) == (len(mine), len(counted))
        assert row["same_day"] == sum(wait == 0 for wait in counted)
        assert row["within_7"] == sum(wait is not None and wait <= 7 for wait in counted)
        close(row["within_7_share"], share(row["within_7"], len(counted)))
        known = [wait for _, wait in waits if wait is not None]
        close(row["median_days"], float(np.median(known)) if known else np.nan)


def check_contacts(extract, slow):
    result = contact_pattern(extract, every="half_year")
    for each in (check_measures, check_kinds, check_mix, check_reach, check_continuity, check_follow_up):
        each(result, slow)
    check_referrals(result, slow)


def amounts_of(slow):
    """What each client had on enrolled days of the last year, by measure."""
    there = {name: {day for team in TEAMS for day in slow.enrolled.get((name, team), ()) if day >= SINCE}
             for name in slow.people}  # fmt: skip
    found = {measure: Counter() for measure in ("contacts", "admissions", "bed_days", "board_days", "sip")}
    for one in slow.met("total", SINCE):
        found["contacts"][one["client"]] += 1
    for name, days in there.items():
        found["admissions"][name] = sum(spell[0] in days for spell in slow.spells(name))
        found["bed_days"][name] = len(slow.nights(name) & days)
    for (name, _), days in slow.board.items():
        found["board_days"][name] += sum(day >= SINCE for day in days)
    for name, kind, *dates in slow.tables["care_plans"]:
        if kind.lower() == "sip":
            found["sip"][name] += sum(day in there[name] for day in dates[:2])
    return there, found


def check_equity(extract, slow):
    table = equity(extract).table.set_index(["measure", "dimension", "group"])
    there, amounts = amounts_of(slow)
    there = {name: days for name, days in there.items() if days}
    weights = {row[1]: row[3] for row in slow.tables["population"] if row[2] == 2020}
    ages = tuple(weights) or ("0-17", "18-24", "25-44", "45-64", "65+")
    bounds = {name: (int(name.split("-")[0].strip("+")), int(name.split("-")[1]) if "-" in name else 200)
              for name in ages}  # fmt: skip
    group = {}
    for name in there:
        _, sex, born, place, *_ = slow.people[name]
        age = day_of(LAST).year - born
        group[name] = {"sex": sex, "municipality": place,
                       "age_group": next(key for key, (low, high) in bounds.items() if low <= age <= high)}  # fmt: skip
    for measure, amount in amounts.items():
        if measure not in table.index.get_level_values(0):
            continue  # the table was not delivered
        for dimension in ("sex", "age_group", "municipality"):
            for value in {each[dimension] for each in group.values()}:
                who = [name for name in there if group[name][dimension] == value]
                years = sum(len(there[name]) for name in who) / YEAR
                row = table.loc[(measure, dimension, value)]
                assert row["events"] == sum(amount[name] for name in who), measure
                close((row["persons"], row["years"]), (len(who), years))
                close(row["rate"], sum(amount[name] for name in who) / years)
                if dimension != "age_group":
                    close(row["standardised"], standardised(who, group, there, amount, weights))


def standardised(who, group, there, amount, weights):
    """Rate of each age group, weighted with the standard population; nothing where an age group has no days."""
    total = 0.0
    for band, persons in weights.items():
        mine = [name for name in who if group[name]["age_group"] == band]
        years = sum(len(there[name]) for name in mine) / YEAR
        if not years:
            return np.nan
        total += persons * sum(amount[name] for name in mine) / years
    return total / sum(weights.values()) if weights else np.nan


CHECKS = {"contacts": (check_contacts,), "enrolments": (check_equity,)}


def check(seed):
    tables = random_tables(seed)
    extract, slow = extract_from(tables), Slow(tables)
    for needed, checks in CHECKS.items():
        for each in checks if tables[needed] else ():
            each(extract, slow)


@pytest.mark.parametrize("seed", range(3))
def test_contacts_and_equity_are_what_counting_day_by_day_gives(seed):
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 103))
def test_contacts_and_equity_on_a_hundred_more_extracts(seed):
    check(seed)
