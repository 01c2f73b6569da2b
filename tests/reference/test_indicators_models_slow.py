"""The care models' own indicators against an obvious computation, day by day (tests/slow_team.py)."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from slow_team import (
    FIRST,
    LAST,
    PAST,
    SINCE,
    TEAMS,
    YEAR,
    Slow,
    day_of,
    extract_from,
    median_of,
    random_tables,
    runs,
    share,
    spread,
)

from factfidelity.contact.indicators import COUNTED, programme_indicators

WHOLE = (*TEAMS, "total")
MODELS = ("fact_ung", "ract", "spot", "sis_bup", "hvb", "mgt", "ips", "samordnad_vard")


def close(found, wanted):
    assert found == pytest.approx(wanted, nan_ok=True, abs=1e-9)


def sips(slow):
    return [row for row in slow.tables["care_plans"] if row[1].lower() == "sip"]


def shares(slow, team):
    """Rows of each share: name of the indicator to a list of (client, has it)."""
    current = [name for name, _ in slow.current(team)]
    found = defaultdict(list)
    found.update({name: [] for name in SHARES})
    fresh = {row[0] for row in sips(slow) if any(day is not None and SINCE <= day < PAST for day in row[2:4])}
    found["sip_share"] = [(name, name in fresh) for name in current]
    for name, _, made, again, here, kin, agencies, consent in sips(slow):
        for place in slow.teams_on(name, made):
            if team not in (place, "total"):
                continue
            stated = {"sip_person": here, "sip_relatives": kin, "sip_agency": bool(agencies), "consent": consent}
            for key, value in stated.items():
                found[key] += [(name, value)] if made >= SINCE and value is not None else []
            if made + 365 < PAST:
                found["sip_followed_up"].append((name, again is not None and again - made <= 365))
    formed = {(name, place) for name, named, day, kind, _ in slow.tables["events"] if kind.startswith("resource_group")
              for place in slow.teams_on(name, day, named)}  # fmt: skip
    found["resource_group_formed"] = [(key[0], key in formed) for key in slow.current(team)]
    working = {name for name, kind, begin, finish in slow.tables["work"]
               if kind == "ordinary_work" and LAST in spread(begin, finish)}  # fmt: skip
    found["ordinary_work"] = [(name, name in working) for name in current]
    supported = {name for name, _, begin, finish, _ in slow.tables["services"] if LAST in spread(begin, finish)}
    found["municipal_services"] = [(name, name in supported) for name in current]
    for name, place, received, outcome, _ in slow.tables["referrals"]:
        if team not in (place, "total") or not FIRST <= received < PAST:
            continue
        found["referral_outcome"] += [(name, outcome == "accepted")] if outcome else []
        for key, days in (("status_3", 91), ("status_6", 183), ("status_12", 365)):
            if received + days < PAST:
                busy = any(who == name and kind != "training" and received + days in spread(begin, finish)
                           for who, kind, begin, finish in slow.tables["work"])  # fmt: skip
                found[key].append((name, busy))
    return found | placements(slow, team) | endings(slow, team)


SHARES = (
    "sip_share", "sip_person", "sip_relatives", "sip_agency", "consent", "sip_followed_up", "referral_outcome",
    "resource_group_formed", "ordinary_work", "municipal_services", "status_3", "status_6", "status_12",
)  # fmt: skip


def placements(slow, team):
    found = {"placement_30": [], "placement_90": [], "simultaneous": []}
    for name, _, _, finish in slow.tables["placements"]:
        for place in slow.teams_on(name, finish) if finish is not None else ():
            for days in (30, 90):
                if team in (place, "total") and finish + days < PAST:
                    met = any(one["client"] == name and one["face"] and one["attended"]
                              and finish <= one["day"] <= finish + days for one in slow.contacts)  # fmt: skip
                    found[f"placement_{days}"].append((name, met))
    for name, place in slow.keys(team):
        both = placed_days(slow, name) & slow.enrolled[name, place]
        if both:
            met = any(one["client"] == name and one["day"] in both for one in slow.met(place))
            found["simultaneous"].append((name, met))
    return {**found, "followon_care": found["placement_30"]}


def placed_days(slow, name):
    return {day for who, _, begin, finish in slow.tables["placements"] if who == name for day in spread(begin, finish)}


def endings(slow, team):
    """Enrolments that were seen to end, with a reason: whether it was planned."""
    found = []
    for key in slow.keys(team):
        for begin, finish in runs(slow.raw[key]):
            given = [row[4] for row in slow.tables["enrolments"] if row[:2] == key and row[3] == finish]
            if finish < PAST and finish - 1 in slow.enrolled[key] and given and given[-1] and begin < finish:
                found.append((key[0], given[-1] == "planned"))
    return {"planned_discharge": found}


TIMES = ("sip_days", "resource_group_days", "employer_contact", "first_job", "job_tenure", "referral_meeting",
         "municipal_support", "adult_transition")  # fmt: skip


def times(slow, team):
    """Rows of each median time: name of the indicator to a list of (client, days, happened)."""
    found = defaultdict(list, {name: [] for name in TIMES})
    for (name, _), (begin, until) in slow.entered(team).items():
        first = {
            "sip_days": [row[2] for row in sips(slow) if row[0] == name],
            "resource_group_days": events(slow, name, "resource_group_formed", "resource_group_meeting"),
            "employer_contact": events(slow, name, "employer_contact"),
            "first_job": [row[2] for row in slow.tables["work"] if row[:2] == (name, "ordinary_work")],
        }
        for key, days in first.items():
            day = min((day for day in days if begin <= day < until), default=None)
            found[key].append((name, (until if day is None else day) - begin, day is not None))
    for name, kind, begin, finish in slow.tables["work"]:
        for place in slow.teams_on(name, begin) if kind == "ordinary_work" else ():
            if team in (place, "total"):
                over = finish is not None and finish <= PAST
                found["job_tenure"].append((name, (finish if over else PAST) - begin, over))
    for name, place, received, _, first in slow.tables["referrals"]:
        if team in (place, "total") and FIRST <= received < PAST:
            seen = first is not None and first < PAST
            found["referral_meeting"].append((name, (first if seen else PAST) - received, seen))
    for name, _, begin, _, asked in slow.tables["services"]:
        for place in slow.teams_on(name, asked) if asked is not None else ():
            days = min(PAST, begin) - asked
            if team in (place, "total") and days >= 0:
                found["municipal_support"].append((name, days, begin < PAST))
    found["adult_transition"] = transitions(slow, team)
    return found


def events(slow, name, *kinds):
    return [day for who, _, day, kind, _ in slow.tables["events"] if who == name and kind in kinds]


def transitions(slow, team):
    """Days from the last enrolled day's end to the first adult visit, for those who left at 17 or later."""
    found = []
    for name, place in slow.keys(team):
        finish = max(slow.enrolled[name, place]) + 1
        followed = slow.seen[name].stop
        if finish >= PAST or followed <= finish or day_of(finish).year - slow.people[name][2] < 17:
            continue
        visits = [day for who, day, _, mvo in slow.tables["visits"] if who == name and mvo == "901"]
        first = min((day for day in visits if finish <= day < PAST), default=None)
        found.append((name, (followed if first is None else first) - finish, first is not None))
    return found


RATES = {
    "transports": "transport", "self_harm": "self_harm", "isolation": "isolation", "school": "school_absence",
    "resource_group_meetings": "resource_group_meeting",
}  # fmt: skip


def rates(slow, team):
    """Events, or their amount, on enrolled days of the last year, by indicator."""
    found = dict.fromkeys([*RATES, "placement_days"], 0.0)
    for name, named, day, kind, amount in slow.tables["events"]:
        for place in slow.teams_on(name, day, named) if SINCE <= day < PAST else ():
            for key, wanted in RATES.items():
                if wanted == kind and team in (place, "total"):
                    found[key] += amount if key == "school" else 1
    for (name, _), there in slow.time(team, SINCE).items():
        found["placement_days"] += len(there & placed_days(slow, name))
    return found


def means(slow, team):
    """Sum and denominator of each average."""
    time = slow.time(team, SINCE)
    days = sum(map(len, time.values()))
    around = 0
    for name, _ in slow.current(team):
        known = set()
        for one in slow.contacts:
            if one["client"] == name and SINCE <= one["day"] < PAST:
                known.update(one["agency"].split())
        for who, _, begin, finish, _ in slow.tables["services"]:
            if who == name and any(SINCE <= day < PAST for day in spread(begin, finish)):
                known.add("social_services")
        for who, kind, begin, finish in slow.tables["placements"]:
            if who == name and any(SINCE <= day < PAST for day in spread(begin, finish)):
                known.add("sis" if kind == "sis" else "social_services")
        around += len(known)
    return {
        "occupancy": (rates(slow, team)["placement_days"], PAST - SINCE),
        "visits_per_day": (len(slow.met(team, SINCE)), days),
        "authorities": (around, len(slow.current(team))),
    }


def check_indicators(extract, slow):
    parts = [programme_indicators(extract, model).table for model in MODELS]
    table = pd.concat(parts, ignore_index=True).drop_duplicates(["team_id", "indicator"])
    table = table.set_index(["team_id", "indicator"])
    given = ~table["why"].fillna("").astype(str).str.startswith("no ")
    table, seen = table.loc[given], set()
    for team in WHOLE:
        there = set(table.loc[[key[0] == team for key in table.index]].index.get_level_values(1))
        for name, rows in shares(slow, team).items():
            if name in there:
                check_share(table.loc[(team, name)], rows)
                seen.add(name)
        for name, rows in times(slow, team).items():
            if name in there:
                per = 7 if name in ("first_job", "job_tenure") else 1
                row = table.loc[(team, name)]
                assert (row["denominator"] if rows else 0) == len(rows), name
                assert (row["numerator"] if rows else 0) == sum(happened for *_, happened in rows), name
                assert (row["persons"] if rows else 0) == len({who for who, *_ in rows}), name
                close(row["value"], median_of([(None, *rest) for _, *rest in rows]) / per)
                seen.add(name)
        years = sum(map(len, slow.time(team, SINCE).values())) / YEAR
        for name, amount in rates(slow, team).items():
            if name in there:
                close((table.loc[(team, name), "value"]), share(amount, years))
                seen.add(name)
        for name, (amount, base) in means(slow, team).items():
            if name in there:
                row = table.loc[(team, name)]
                if amount or name != "occupancy":
                    close(row["value"], share(amount, base))
                    close(row["numerator"], amount)
                seen.add(name)
    assert seen == set(table.index.get_level_values(1))


def check_share(row, rows):
    having = [name for name, has in rows if has]
    close(row["value"], share(len(having), len(rows)))
    assert (row["numerator"], row["denominator"]) == (len(having), len(rows))
    assert (row["persons"], row["part"]) == (len({name for name, _ in rows}), len(set(having)))


def check_surveys(extract, slow):
    result = programme_indicators(extract, "ract")
    coverage = result.coverage.set_index(["team_id", "instrument"]) if len(result.coverage) else None
    answers = result.answers.set_index(["team_id", "instrument", "item", "answer"])["persons"].to_dict() if len(
        result.answers) else {}  # fmt: skip
    wanted, asked = defaultdict(float), defaultdict(float)
    for place, day, instrument, item, answer, number in slow.tables["surveys"]:
        for team in (place, "total") if SINCE <= day < PAST else ():
            wanted[team, instrument, item, answer] += number
            asked[team, instrument, item] += number
    assert answers == dict(wanted)
    for team, instrument in {key[:2] for key in asked}:
        row = coverage.loc[(team, instrument)]
        most = max(number for key, number in asked.items() if key[:2] == (team, instrument))
        people = {name for name, _ in slow.time(team, SINCE)}
        assert (row["answered"], row["persons"]) == (most, len(people))
        close(row["share"], most / len(people) if people and most <= len(people) else np.nan)


CHECKS = {"enrolments": (check_indicators, check_surveys)}


def check(seed):
    tables = random_tables(seed)
    extract, slow = extract_from(tables), Slow(tables)
    check_indicators(extract, slow)
    check_surveys(extract, slow)


@pytest.mark.parametrize("seed", range(3))
def test_every_care_models_indicator_is_what_counting_day_by_day_gives(seed):
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 103))
def test_every_care_models_indicator_on_a_hundred_more_extracts(seed):
    check(seed)


def test_no_indicator_is_without_a_witness():
    counted = {name for rows in COUNTED.values() for name in rows}
    tables = random_tables(1)
    slow = Slow(tables)
    witnessed = {*shares(slow, "norr"), *times(slow, "norr"), *rates(slow, "norr"), *means(slow, "norr")}
    assert counted == witnessed
