"""Caseload, board, contacts, equity and indicators against an obvious computation, client-day by client-day.

The random extracts hold clients without contacts, staff who change teams in the middle of a month, a leap day, open and
doubled enrolments, enrolments before the period, board-days outside the enrolment, observation that ends early.
"""

import datetime as dt
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.caseload.board import board_use
from factfidelity.caseload.ratios import caseload_ratios
from factfidelity.contact.equity import equity
from factfidelity.contact.indicators import programme_indicators
from factfidelity.contact.pattern import contact_pattern

FIRST, PAST = dt.date(2019, 11, 20), dt.date(2020, 6, 10)  # a leap day inside; shorter than a year
TEAMS = ("norr", "soder")
MONTHS = [dt.date(2019, 11, 1), dt.date(2019, 12, 1), *(dt.date(2020, month, 1) for month in range(1, 7))]
DAY = dt.timedelta(days=1)
YEAR = 365.25


def days(begin, finish):
    finish = PAST if finish is None or finish > PAST else finish
    begin = max(begin, FIRST)
    return [begin + DAY * step for step in range(max((finish - begin).days, 0))]


def month_of(day):
    return day.replace(day=1)


def random_tables(seed):
    rng = np.random.default_rng(seed)
    some = lambda low, high: FIRST + DAY * int(rng.integers(low, high))  # noqa: E731
    clients = [f"c{number}" for number in range(int(rng.integers(3, 9)))]
    tables = defaultdict(list)
    for name in clients:
        left = some(60, 230) if rng.random() < 0.2 else None
        sex = str(rng.choice(["female", "male"]))
        tables["clients"].append((name, sex, int(rng.integers(1950, 2003)), "0484", FIRST - DAY * 900, left))
        for _ in range(int(rng.integers(1, 4))):
            begin = some(-90, 190)
            finish = None if rng.random() < 0.4 else begin + DAY * int(rng.integers(1, 150))
            tables["enrolments"].append((name, str(rng.choice(TEAMS)), begin, finish, None))
        for _ in range(int(rng.integers(0, 4))):
            begin = some(-40, 195)
            finish = None if rng.random() < 0.2 else begin + DAY * int(rng.integers(1, 40))
            tables["board"].append((name, str(rng.choice(TEAMS)), begin, finish, "crisis", "stable"))
        for _ in range(int(rng.integers(0, 3))):
            begin = some(-30, 190)
            finish = None if rng.random() < 0.2 else begin + DAY * int(rng.integers(0, 25))
            tables["episodes"].append((name, begin, finish, "901"))
            tables["placements"].append((name, "hvb", begin, finish if finish is None else finish + DAY))
        if rng.random() < 0.7:
            tables["care_plans"].append((name, "SIP", some(-200, 200), None if rng.random() < 0.5 else some(0, 200)))
        if rng.random() < 0.6:
            begin = some(-100, 190)
            over = None if rng.random() < 0.5 else begin + DAY * 30
            tables["work"].append((name, str(rng.choice(["ordinary_work", "training"])), begin, over))
            tables["services"].append((name, "housing_support", begin, over))
        for _ in range(int(rng.integers(0, 4))):
            tables["events"].append((name, None, some(-20, 230), "transport"))
    for number in range(int(rng.integers(0, 90))):
        name, team = str(rng.choice(clients[:-1])), str(rng.choice(TEAMS))  # the last client never has a contact
        day, attended = some(-20, 220), bool(rng.random() < 0.85)
        form = str(rng.choice(["visit", "home_visit", "phone"]))
        agency = str(rng.choice(["social_services", "housing police", ""]))
        minutes = None if rng.random() < 0.2 else float(rng.integers(10, 90))
        for staff in rng.choice(["M1", "M2", "M3"], size=int(rng.integers(1, 3)), replace=False):
            tables["contacts"].append((f"k{number}", name, team, day, form, form != "phone", form == "home_visit",
                                       attended, minutes, str(staff), "nurse", agency or None))  # fmt: skip
    for number in range(5):
        begin = some(-100, 60)
        moves = begin + DAY * int(rng.integers(20, 130))  # on any day of a month
        profession = str(rng.choice(["case_manager", "nurse", "psychiatrist", "administrator"]))
        fte, there = float(rng.choice([0.25, 0.5, 0.8, 1.0])), list(rng.permutation(TEAMS))
        tables["staff"].append((f"M{number}", str(there[0]), profession, fte, begin, moves, None))
        ends = None if rng.random() < 0.5 else moves + DAY * 50
        tables["staff"].append((f"M{number}", str(there[1]), profession, fte, moves, ends, None))
    return tables


COLUMNS = {
    "clients": ["client_id", "sex", "birth_year", "municipality", "observed_from", "observed_to"],
    "enrolments": ["client_id", "team_id", "start", "end", "end_reason"],
    "board": ["client_id", "team_id", "start", "end", "reason_on", "reason_off"],
    "episodes": ["client_id", "admitted", "discharged", "mvo"], "placements": ["client_id", "kind", "start", "end"],
    "care_plans": ["client_id", "kind", "made", "followed_up"], "work": ["client_id", "kind", "start", "end"],
    "services": ["client_id", "kind", "start", "end"], "events": ["client_id", "team_id", "date", "kind"],
    "contacts": ["contact_id", "client_id", "team_id", "date", "form", "face_to_face", "outside_clinic", "attended",
                 "minutes", "staff_id", "profession", "agencies"],
    "staff": ["staff_id", "team_id", "profession", "fte", "start", "end", "case_carrying"],
}  # fmt: skip
DATES = {"start", "end", "date", "admitted", "discharged", "made", "followed_up", "observed_from", "observed_to"}
FLAGS = {"face_to_face", "outside_clinic", "attended", "case_carrying"}


def extract_from(tables):
    frames = {}
    for name, columns in COLUMNS.items():
        frame = pd.DataFrame(tables[name], columns=columns)
        for column in columns:
            if column in DATES:
                frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
            elif column in FLAGS:
                frame[column] = frame[column].astype("boolean")
            elif column in {"fte", "minutes", "birth_year"}:
                frame[column] = frame[column].astype("float64")
            else:
                frame[column] = frame[column].astype("str")
        frames[name] = frame
    frames["events"]["team_id"] = pd.Series(pd.NA, index=frames["events"].index, dtype="str")
    teams = "team_id | name\n" + "\n".join(f"{team} | {team}" for team in TEAMS)
    return extract_of(f"{FIRST}", f"{PAST}", teams=teams, **frames)


class Slow:
    """The world as sets of days."""

    def __init__(self, tables):
        self.tables = tables
        seen = {row[0]: row[5] for row in tables["clients"]}
        self.enrolled, self.board = defaultdict(set), defaultdict(set)
        for client, team, begin, finish, _ in tables["enrolments"]:
            stop = min([end for end in (finish, seen[client]) if end is not None], default=None)
            self.enrolled[client, team].update(days(begin, stop))
        for client, team, begin, finish, *_ in tables["board"]:
            self.board[client, team].update(set(days(begin, finish)) & self.enrolled[client, team])
        self.contacts = {}
        for key, client, team, day, form, face, outside, attended, minutes, staff, _, agency in tables["contacts"]:
            one = self.contacts.setdefault(key, {"client": client, "team": team, "day": day, "form": form, "face": face,
                                                 "outside": outside, "attended": attended, "minutes": minutes,
                                                 "staff": set(), "agency": agency})  # fmt: skip
            one["staff"].add(staff)

    def pairs(self, team):
        return {key: there for key, there in self.enrolled.items() if key[1] == team and there}

    def here(self, team):
        """Contacts on enrolled days of the team."""
        return [one for one in self.contacts.values()
                if one["team"] == team and one["day"] in self.enrolled[one["client"], team]]  # fmt: skip

    def anywhere(self, client):
        return set().union(*(there for (name, _), there in self.enrolled.items() if name == client), set())

    def nights(self, client):
        found = set()
        for name, begin, finish, _ in self.tables["episodes"]:
            if name == client:
                found.update(days(begin, finish))
        return found


def close(found, wanted):
    assert found == pytest.approx(wanted, nan_ok=True, abs=1e-9)


def check_caseload(extract, slow):
    table = caseload_ratios(extract, staff="team").table.set_index(["team_id", "period_start"])
    sums = defaultdict(float)
    for team in TEAMS:
        for month in MONTHS:
            there = {key: [day for day in each if month_of(day) == month] for key, each in slow.pairs(team).items()}
            client_days = sum(map(len, there.values()))
            fte_days = 0.0
            for _, place, profession, fte, begin, finish, _ in slow.tables["staff"]:
                if place == team and profession != "administrator":
                    fte_days += fte * sum(month_of(day) == month for day in days(begin, finish))
            row = table.loc[(team, pd.Timestamp(month))]
            close(row["client_days"], client_days)
            close(row["fte_days"], fte_days)
            assert row["persons"] == sum(bool(each) for each in there.values())
            close(row["ratio"], client_days / fte_days if fte_days else np.nan)
            sums[month, "clients"] += client_days
            sums[month, "fte"] += fte_days
    for month in MONTHS:
        total = table.loc[("total", pd.Timestamp(month))]
        close(total["client_days"], sums[month, "clients"])
        if total["why"] == "":
            close(total["ratio"], sums[month, "clients"] / sums[month, "fte"])


def check_heads_and_need(extract, slow):
    result = caseload_ratios(extract, staff="team")
    year = result.denominators.loc[result.denominators["staff"] == "team"].set_index("team_id")
    need = result.need.set_index(["team_id", "band"]) if len(result.need) else None
    for team in TEAMS:
        people = defaultdict(set)
        for name, place, profession, _, begin, finish, _ in slow.tables["staff"]:
            if place == team and profession != "administrator":
                people[name].update(days(begin, finish))
        heads, clients = sum(map(len, people.values())), sum(map(len, slow.pairs(team).values()))
        if team in year.index:
            close(year.loc[team, "per_head"], clients / heads if heads else np.nan)
        if need is None:
            continue
        number = defaultdict(int)
        for one in slow.here(team):
            number[one["client"]] += one["face"] and one["attended"]
        bands = defaultdict(int)
        for (client, _), there in slow.pairs(team).items():
            rate = 7 * number[client] / len(there)
            bands["none" if rate == 0 else "below_1" if rate < 1 else "1_to_2" if rate < 2 else "2_or_more"] += 1
        for band in ("none", "below_1", "1_to_2", "2_or_more"):
            assert need.loc[(team, band), "persons"] == bands[band]


def check_board(extract, slow):
    result = board_use(extract)
    table = result.table.set_index(["team_id", "period_start"])
    for team in TEAMS:
        for month in MONTHS:
            on = {key: [day for day in each if month_of(day) == month] for key, each in slow.board.items()
                  if key[1] == team}  # fmt: skip
            all_days = sum(month_of(day) == month for each in slow.pairs(team).values() for day in each)
            on_days = sum(map(len, on.values()))
            row = table.loc[(team, pd.Timestamp(month))]
            assert row["board_days"] == on_days
            assert row["persons_on"] == sum(bool(each) for each in on.values())
            close(row["share"], on_days / all_days if all_days else np.nan)
        check_on_and_off(result.on_off.set_index(["team_id", "state"]), slow, team)


def check_on_and_off(table, slow, team):
    for state in ("on", "off"):
        time = {key: (slow.board[key] if state == "on" else there - slow.board[key])
                for key, there in slow.pairs(team).items()}  # fmt: skip
        row = table.loc[(team, state)]
        assert row["client_days"] == sum(map(len, time.values()))
        met = [one for one in slow.here(team) if one["face"] and one["attended"]]
        assert row["contacts"] == sum(one["day"] in time.get((one["client"], team), set()) for one in met)
        begins = {(client, first) for client in {row[0] for row in slow.tables["clients"]}
                  for first in spell_starts(slow, client)}  # fmt: skip
        assert row["admissions"] == sum(day in time.get((client, team), set()) for client, day in begins)


def spell_starts(slow, client):
    """First days of stays that neither touch nor overlap an earlier one."""
    stays = sorted(((begin, finish or dt.date.max) for name, begin, finish, _ in slow.tables["episodes"]
                    if name == client), key=lambda stay: stay)  # fmt: skip
    found, reach = [], None
    for begin, finish in stays:
        if reach is None or begin > reach:
            found.append(begin)
            reach = finish
        reach = max(reach, finish)
    return found


def check_contacts(extract, slow):
    result = contact_pattern(extract)
    table = result.table.set_index(["team_id", "period_start"])
    for team in TEAMS:
        for month in MONTHS:
            there = {key: [day for day in each if month_of(day) == month] for key, each in slow.pairs(team).items()}
            there = {key: each for key, each in there.items() if each}
            if not there:
                continue
            mine = [one for one in slow.here(team) if month_of(one["day"]) == month]
            met = [one for one in mine if one["face"] and one["attended"]]
            client_days = sum(map(len, there.values()))
            row = table.loc[(team, pd.Timestamp(month))]
            assert row["contacts"] == len(met)
            close(row["per_week"], 7 * len(met) / client_days)
            close(row["minutes_per_week"], 7 * sum(one["minutes"] or 0 for one in met) / client_days)
            close(row["outside_share"], sum(one["outside"] for one in met) / len(met) if met else np.nan)
            assert row["without"] == len(there) - len({one["client"] for one in met})
            booked = [one for one in mine if one["form"] != "phone"]
            missed = sum(not one["attended"] for one in booked)
            close(row["missed_share"], missed / len(booked) if booked else np.nan)
            held = [one for one in mine if one["attended"]]
            close(row["distance_share"], sum(one["form"] == "phone" for one in held) / len(held) if held else np.nan)
        check_reach(result.reach.set_index("team_id").loc[team], slow, team)


def check_reach(row, slow, team):
    fortnights = two = 0
    finish = PAST
    while finish - DAY * 14 >= FIRST:
        window = [finish - DAY * step for step in range(1, 15)]
        for (client, _), there in slow.pairs(team).items():
            if all(day in there for day in window):
                staff = set().union(*(one["staff"] for one in slow.here(team) if one["client"] == client
                                      and one["day"] in window and one["face"] and one["attended"]), set())  # fmt: skip
                fortnights += 1
                two += len(staff) >= 2
        finish -= DAY * 14
    assert (row["fortnights"], row["fortnights_two"]) == (fortnights, two)


def check_equity(extract, slow):
    table = equity(extract).table.set_index(["measure", "dimension", "group"])
    enrolled = {row[0]: (row[1], slow.anywhere(row[0])) for row in slow.tables["clients"]}
    for sex in ("female", "male"):
        group = {client: there for client, (which, there) in enrolled.items() if which == sex and there}
        if not group:
            continue
        years = sum(map(len, group.values())) / YEAR
        amounts = {
            "contacts": sum(one["face"] and one["attended"] for team in TEAMS for one in slow.here(team)
                            if one["client"] in group),
            "admissions": sum(day in there for client, there in group.items() for day in spell_starts(slow, client)),
            "bed_days": sum(len(slow.nights(client) & there) for client, there in group.items()),
            "board_days": sum(len(there) for (client, _), there in slow.board.items() if client in group),
            "sip": sum(day in group.get(client, set()) for client, _, *dates in slow.tables["care_plans"]
                       for day in dates),
        }  # fmt: skip
        for measure, amount in amounts.items():
            if measure not in table.index.get_level_values(0):
                continue  # the table was not delivered
            row = table.loc[(measure, "sex", sex)]
            assert row["events"] == amount, measure
            close(row["rate"], amount / years)


def check_indicators(extract, slow):
    last, length = PAST - DAY, (PAST - FIRST).days
    spot, young, work = (programme_indicators(extract, name).table.set_index(["team_id", "indicator"])
                         for name in ("spot", "fact_ung", "ract"))  # fmt: skip
    hvb = programme_indicators(extract, "hvb").table.set_index(["team_id", "indicator"])
    for team in TEAMS:
        pairs = slow.pairs(team)
        if not pairs:
            continue
        now = [client for (client, _), there in pairs.items() if last in there]
        years = sum(map(len, pairs.values())) / YEAR
        met = [one for one in slow.here(team) if one["face"] and one["attended"]]
        fresh = {client for client, _, *dates in slow.tables["care_plans"]
                 if any(day is not None and PAST - DAY * 366 <= day < PAST for day in dates)}  # fmt: skip
        share_is(work, team, "sip_share", now, fresh)
        jobs = {client for client, kind, begin, finish in slow.tables["work"]
                if kind == "ordinary_work" and begin <= last and (finish is None or finish > last)}  # fmt: skip
        share_is(work, team, "ordinary_work", now, jobs)
        placed = defaultdict(set)
        for client, _, begin, finish in slow.tables["placements"]:
            placed[client].update(days(begin, finish))
        if slow.tables["placements"]:
            both = [(client, day) for (client, _), there in pairs.items() for day in there & placed[client]]
            close(hvb.loc[(team, "occupancy"), "numerator"] if len(both) else 0, len(both))
            close(hvb.loc[(team, "occupancy"), "value"] if len(both) else 0, len(both) / length)
        if slow.tables["events"]:
            moved = sum(day in pairs.get((client, team), set()) for client, _, day, _ in slow.tables["events"])
            close(spot.loc[(team, "transports"), "value"], moved / years)
        if slow.tables["contacts"]:
            close(spot.loc[(team, "visits_per_day"), "value"], len(met) / sum(map(len, pairs.values())))
            authorities_are(young, slow, team, now)


def share_is(table, team, name, of, having):
    row = table.loc[(team, name)]
    if isinstance(row["why"], str) and row["why"].startswith("no "):
        return
    close(row["value"], sum(client in having for client in of) / len(of) if of else np.nan)


def authorities_are(table, slow, team, now):
    if not now:
        return
    number = 0
    for client in now:
        around = set()
        for one in slow.contacts.values():
            if one["client"] == client and FIRST <= one["day"] < PAST:
                around.update((one["agency"] or "").split())
        for name in ("services", "placements"):
            if any((who == client and days(begin, finish)) or
                   (who == client and begin == finish and FIRST < begin < PAST)
                   for who, _, begin, finish in slow.tables[name]):  # fmt: skip
                around.add("social_services")
        number += len(around)
    close(table.loc[(team, "authorities"), "value"], number / len(now))


CHECKS = [check_caseload, check_heads_and_need, check_board, check_contacts, check_equity, check_indicators]


def check(seed):
    tables = random_tables(seed)
    extract, slow = extract_from(tables), Slow(tables)
    for each in CHECKS:
        if each is check_board and not tables["board"]:
            continue
        if each is check_contacts and not tables["contacts"]:
            continue
        each(extract, slow)


@pytest.mark.parametrize("seed", range(2))
def test_every_indicator_is_what_counting_day_by_day_gives(seed):
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 102))
def test_every_indicator_on_a_hundred_more_extracts(seed):
    check(seed)


@pytest.mark.parametrize("seed", range(3))
def test_team_ratios_weighted_by_fte_days_give_the_regions(seed):
    table = caseload_ratios(extract_from(random_tables(seed)), every="year", staff="team").table
    for _, part in table.groupby("period_start"):
        teams, total = part.loc[part["team_id"] != "total"], part.loc[part["team_id"] == "total"].iloc[0]
        if total["why"] == "":
            weighted = (teams["ratio"].fillna(0) * teams["fte_days"]).sum() / teams["fte_days"].sum()
            assert weighted == pytest.approx(total["ratio"])
