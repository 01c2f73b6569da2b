"""Random teams, and the world as sets of days: the slow witness of every figure about clients, staff and contacts.

A day is a whole number (proleptic ordinal). The extracts hold clients without contacts, staff who change teams and
employers in the middle of a month, leap days, a team that begins in the middle of the period, open, doubled, touching
and reopened enrolments, enrolments before the period, deaths on a day and in a month, people who move away, board-days
outside the enrolment, stays that touch, jobs and placements that go on.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import numpy as np
import pandas as pd
from frames import extract_of

FIRST, PAST = dt.date(2019, 2, 10).toordinal(), dt.date(2021, 7, 5).toordinal()
SINCE, TWO_YEARS = dt.date(2020, 7, 5).toordinal(), dt.date(2019, 7, 5).toordinal()
LAST = PAST - 1
EDGE = 400  # days outside the period that are looked at too
TEAMS = ("norr", "soder")
STARTED = {"norr": dt.date(2018, 1, 1).toordinal(), "soder": dt.date(2019, 9, 17).toordinal()}
YEAR, MONTH = 365.25, 365.25 / 12
PROFESSIONS = ("nurse", "psychiatrist", "case_manager", "psychologist", "administrator", "peer_worker")

COLUMNS = {
    "clients": ["client_id", "sex", "birth_year", "municipality", "observed_from", "observed_to"],
    "enrolments": ["client_id", "team_id", "start", "end", "end_reason"],
    "board": ["client_id", "team_id", "start", "end", "reason_on", "reason_off"],
    "episodes": ["client_id", "admitted", "discharged", "mvo"],
    "placements": ["client_id", "kind", "start", "end"],
    "care_plans": ["client_id", "kind", "made", "followed_up", "person_present", "relatives_present", "agencies",
                   "consent"],
    "work": ["client_id", "kind", "start", "end"],
    "services": ["client_id", "kind", "start", "end", "requested"],
    "events": ["client_id", "team_id", "date", "kind", "amount"],
    "contacts": ["contact_id", "client_id", "team_id", "date", "time", "form", "face_to_face", "outside_clinic",
                 "attended", "minutes", "staff_id", "profession", "relatives", "agencies"],
    "staff": ["staff_id", "team_id", "profession", "employer", "fte", "start", "end", "leader", "case_carrying"],
    "posts": ["team_id", "profession", "fte", "start", "end"],
    "referrals": ["client_id", "team_id", "received", "outcome", "first_contact"],
    "visits": ["client_id", "date", "kind", "mvo"],
    "meetings": ["team_id", "date"],
    "deaths": ["client_id", "date", "precision"],
    "surveys": ["team_id", "date", "instrument", "item", "answer", "n"],
    "population": ["area", "age_group", "year", "persons"],
    "teams": ["team_id", "name", "started"],
}  # fmt: skip
_DATES = {"start", "end", "date", "admitted", "discharged", "made", "followed_up", "observed_from", "observed_to",
          "received", "first_contact", "requested", "started"}  # fmt: skip
_FLAGS = {"face_to_face", "outside_clinic", "attended", "case_carrying", "leader", "relatives", "person_present",
          "relatives_present", "consent"}  # fmt: skip
_NUMBERS = {"fte", "minutes", "birth_year", "amount", "n", "year", "persons"}


def day_of(day):
    return dt.date.fromordinal(day)


def stamp(day):
    return pd.Timestamp(day_of(day))


class _Draws:
    """Short names for the draws of one random world."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def day(self, low=-60, high=None):
        return FIRST + int(self.rng.integers(low, PAST - FIRST + 20 if high is None else high))

    def number(self, low, high):
        return int(self.rng.integers(low, high))

    def pick(self, *choices):
        return choices[self.number(0, len(choices))]

    def maybe(self, share):
        return bool(self.rng.random() < share)

    def span(self, longest, open_share=0.2, **limits):
        begin = self.day(**limits)
        return begin, None if self.maybe(open_share) else begin + self.number(1, longest)


def random_tables(seed):
    """Return the rows of one random world by table."""
    draw, tables = _Draws(seed), defaultdict(list)
    names = [f"c{number}" for number in range(draw.number(3, 9))]
    tables["teams"] = [(team, team, STARTED[team]) for team in TEAMS]
    for name in names:
        _client(draw, tables, name)
        _around(draw, tables, name)
    _contacts(draw, tables, names)
    _staff(draw, tables)
    for number in range(draw.number(0, 25)):
        tables["meetings"].append(
            (
                draw.pick(*TEAMS),
                draw.day(),
            )
        )
        if number % 5 == 0:
            tables["meetings"].append(tables["meetings"][-1])
        tables["surveys"].append((draw.pick(*TEAMS), draw.day(), draw.pick("brukarrevision", "enkät"),
                                  draw.pick("bemötande", "kontakt"), draw.pick("positive", "negative"),
                                  float(draw.number(0, 6))))  # fmt: skip
    if draw.maybe(0.7):
        for group in draw.pick(("0-17", "18-39", "40-64", "65+"), ("0-39", "40+")):
            tables["population"] += [("04", group, 2020.0, float(draw.number(100, 900))), ("04", group, 2019.0, 7.0)]
    return tables


def _client(draw, tables, name):
    left = draw.day(200) if draw.maybe(0.15) else None
    tables["clients"].append((name, draw.pick("female", "male"), draw.number(1950, 2009), draw.pick("0484", "0480"),
                              FIRST - 900 if draw.maybe(0.8) else draw.day(0, 300), left))  # fmt: skip
    if draw.maybe(0.25):
        day = draw.day(150, PAST - FIRST)
        whole = draw.maybe(0.7)
        first = day_of(day).replace(day=1).toordinal()
        tables["deaths"].append((name, day if whole else first, "day" if whole else "month"))
    finish = None
    for _ in range(draw.number(1, 4)):
        touching = finish is not None and draw.maybe(0.3)
        begin = finish if touching else draw.day(-200, 700)
        team = tables["enrolments"][-1][1] if touching else draw.pick(*TEAMS)
        finish = None if draw.maybe(0.35) else begin + draw.number(1, 400)
        reason = draw.pick("planned", "moved", None) if finish else None
        tables["enrolments"].append((name, team, begin, finish, reason))
    for _ in range(draw.number(0, 7)):
        tables["board"].append((name, draw.pick(*TEAMS), *draw.span(60), draw.pick("crisis", "worse", None),
                                draw.pick("stable", "left_team", None)))  # fmt: skip


def _around(draw, tables, name):
    for _ in range(draw.number(0, 5)):
        begin, finish = draw.span(30)
        tables["episodes"].append((name, begin, finish, draw.pick("901", "901", "931", "955", None)))
        if finish is not None and draw.maybe(0.3):
            tables["episodes"].append((name, finish + draw.number(0, 2), finish + 9, "901"))
    for _ in range(draw.number(0, 3)):
        tables["placements"].append((name, draw.pick("hvb", "sis"), *draw.span(200)))
        begin, finish = draw.span(200)
        asked = None if draw.maybe(0.3) else begin - draw.number(-5, 60)
        tables["services"].append((name, "housing_support", begin, finish, asked))
        tables["work"].append((name, draw.pick("ordinary_work", "training", "studies"), *draw.span(300)))
        made = draw.day(-100)
        flag = lambda: draw.pick(True, False, None)  # noqa: E731
        tables["care_plans"].append((name, draw.pick("SIP", "sip", "crisis_plan"), made,
                                     made + draw.number(0, 500) if draw.maybe(0.5) else None, flag(), flag(),
                                     draw.pick("housing", None), flag()))  # fmt: skip
        received = draw.day()
        tables["referrals"].append((name, draw.pick(*TEAMS), received, draw.pick("accepted", "declined", None),
                                    received + draw.number(0, 20) if draw.maybe(0.5) else None))  # fmt: skip
        tables["visits"].append((name, draw.day(), draw.pick("emergency", "outpatient"), draw.pick("901", "931")))
    kinds = ("transport", "self_harm", "isolation", "school_absence", "employer_contact", "resource_group_formed",
             "resource_group_meeting")  # fmt: skip
    for _ in range(draw.number(0, 9)):
        tables["events"].append((name, draw.pick(None, None, *TEAMS), draw.day(), draw.pick(*kinds),
                                 float(draw.number(1, 5))))  # fmt: skip


def _contacts(draw, tables, names):
    for number in range(draw.number(0, 160)):
        form = draw.pick("visit", "home_visit", "phone", "video")
        face, outside = form in ("visit", "home_visit"), form == "home_visit"
        time = draw.pick(None, "06:40", "09:15", "16:59", "17:00")
        key = f"k{number}" if draw.maybe(0.9) else None
        minutes = None if draw.maybe(0.2) else float(draw.number(10, 90))
        who = draw.pick(*names[:-1]), draw.pick(*TEAMS), draw.day()
        one = (key, *who, time, form, face, outside, draw.maybe(0.85), minutes)
        ends = draw.maybe(0.2), draw.pick(None, None, "housing", "housing police")
        for staff in draw.rng.choice(5, size=draw.number(1, 3) if key else 1, replace=False):
            profession = PROFESSIONS[int(staff) % 3]
            tables["contacts"].append((*one, f"M{staff}", profession, *ends))


def _staff(draw, tables):
    for number in range(6):
        profession, there = draw.pick(*PROFESSIONS), list(draw.rng.permutation(TEAMS))
        begin, moves = draw.day(-300, 100), draw.day(120, 700)  # on any day of a month
        carrying = draw.pick(True, False, None)
        fte = draw.pick(0.25, 0.5, 0.8, 1.0)
        first = (f"M{number}", str(there[0]), profession, "region", fte)
        tables["staff"].append((*first, begin, moves, draw.maybe(0.2), carrying))
        if draw.maybe(0.7):
            finish = None if draw.maybe(0.5) else moves + draw.number(10, 200)
            then = (f"M{number}", str(there[1]), profession, draw.pick("municipality", None), fte)
            tables["staff"].append((*then, moves, finish, draw.maybe(0.2), carrying))
    for _ in range(draw.number(0, 5)):
        tables["posts"].append((draw.pick(*TEAMS), draw.pick(*PROFESSIONS), draw.pick(0.5, 1.0), *draw.span(900)))


def extract_from(tables):
    """Return the extract that holds these rows."""
    frames = {}
    for name, columns in COLUMNS.items():
        data = pd.DataFrame(tables[name], columns=columns, dtype="object")
        for column in columns:
            if column in _DATES:
                days = [None if day is None else stamp(day) for day in data[column]]
                data[column] = pd.Series(pd.to_datetime(pd.Series(days, dtype="object")), index=data.index).astype(
                    "datetime64[s]")  # fmt: skip
            elif column in _FLAGS:
                data[column] = data[column].astype("boolean")
            else:
                data[column] = data[column].astype("float64" if column in _NUMBERS else "str")
        frames[name] = data
    return extract_of(f"{day_of(FIRST)}", f"{day_of(PAST)}", **frames)


def spread(begin, finish):
    """Every day of an interval that lies less than EDGE days from the period."""
    low, high = FIRST - EDGE, PAST + EDGE
    return range(max(begin, low), high if finish is None else min(finish, high))


def runs(days):
    """Unbroken stretches of a set of days: (first, first day after)."""
    found = []
    for day in sorted(days):
        if found and found[-1][1] == day:
            found[-1][1] = day + 1
        else:
            found.append([day, day + 1])
    return [tuple(run) for run in found]


class Slow:
    """The world as sets of days."""

    def __init__(self, tables):
        self.tables = tables
        self.people = {row[0]: row for row in tables["clients"]}
        alive = {}
        for name, day, precision in tables["deaths"]:
            alive[name] = day + (precision == "day")
        self.seen = {}
        for name, row in self.people.items():
            ends = [day for day in (row[5], alive.get(name), PAST) if day is not None]
            self.seen[name] = range(max(row[4], FIRST), min(ends))
        self.raw, self.raw_board = defaultdict(set), defaultdict(set)
        for name, team, begin, finish, _ in tables["enrolments"]:
            self.raw[name, team].update(spread(begin, finish))
        for name, team, begin, finish, *_ in tables["board"]:
            self.raw_board[name, team].update(spread(begin, finish))
        self.enrolled = {key: {day for day in there if day in self.seen[key[0]] and day >= STARTED[key[1]]}
                         for key, there in self.raw.items()}  # fmt: skip
        self.enrolled = defaultdict(set, {key: there for key, there in self.enrolled.items() if there})
        self.board = {key: there & self.enrolled[key] for key, there in self.raw_board.items()}
        self.board = defaultdict(set, {key: there for key, there in self.board.items() if there})
        self.contacts = self._contacts()

    def _contacts(self):
        found = {}
        for number, row in enumerate(self.tables["contacts"]):
            key, name, team, day, time, form, face, outside, attended, minutes, staff, profession, kin, agency = row
            one = found.setdefault(key or f"row {number}", {
                "client": name, "team": team, "day": day, "time": time, "form": form, "face": face, "outside": outside,
                "attended": attended, "minutes": minutes, "relatives": kin, "agency": agency or "", "staff": [],
            })  # fmt: skip
            one["staff"].append((staff, profession))
        return list(found.values())

    def keys(self, team):
        """Clients and teams with an enrolled day; ``total`` is every team."""
        return [key for key, there in self.enrolled.items() if there and team in (key[1], "total")]

    def time(self, team, begin=FIRST, finish=PAST):
        """Enrolled days in a stretch of time, by client and team."""
        found = {key: {day for day in self.enrolled[key] if begin <= day < finish} for key in self.keys(team)}
        return {key: there for key, there in found.items() if there}

    def current(self, team):
        return [key for key in self.keys(team) if LAST in self.enrolled[key]]

    def held(self, team, begin=FIRST, finish=PAST):
        """Contacts on enrolled days of the team."""
        return [one for one in self.contacts
                if team in (one["team"], "total") and one["day"] in self.enrolled.get((one["client"], one["team"]), ())
                and begin <= one["day"] < finish]  # fmt: skip

    def met(self, team, begin=FIRST, finish=PAST):
        return [one for one in self.held(team, begin, finish) if one["face"] and one["attended"]]

    def spells(self, name, gap=0, codes=("901", None)):
        """First and last day of each spell."""
        stays = sorted((begin, finish if finish is not None else 10**7) for who, begin, finish, mvo
                       in self.tables["episodes"] if who == name and mvo in codes)  # fmt: skip
        found = []
        for begin, finish in stays:
            if found and begin <= found[-1][1] + gap:
                found[-1][1] = max(found[-1][1], finish)
            else:
                found.append([begin, finish])
        return found

    def nights(self, name):
        return {day for who, begin, finish, mvo in self.tables["episodes"] if who == name and mvo in ("901", None)
                for day in spread(begin, finish)}  # fmt: skip

    def teams_on(self, name, day, named=None):
        """Teams that the client is enrolled in on a day; only the named one where a team is named."""
        return [team for team in TEAMS if day in self.enrolled.get((name, team), ()) and named in (None, team)]

    def entered(self, team):
        """First enrolled stretch of each client and team, where its first day was seen: (first, first day after)."""
        found = {}
        for key in self.keys(team):
            begin, finish = runs(self.enrolled[key])[0]
            if begin - 1 not in self.raw[key]:
                found[key] = (begin, finish)
        return found

    def posts_of(self, team, counted=lambda row: True, begin=FIRST, finish=PAST):
        """Days in post of each row of the roster that is counted: (row, days)."""
        return [(row, [day for day in spread(row[5], row[6]) if begin <= day < finish and day >= STARTED[row[1]]])
                for row in self.tables["staff"] if team in (row[1], "total") and counted(row)]  # fmt: skip

    def working(self, team, begin, finish):
        """Days of a stretch on which the team was at work."""
        return max(0, finish - max(begin, STARTED.get(team, 0)))


def curve_of(times):
    """Kaplan-Meier day by day: [(day, share)] from rows (entry or None, days, happened)."""
    share, found = 1.0, []
    for day in range(max((row[1] for row in times), default=-1) + 1):
        there = sum((entry is None or entry < day) and day <= until for entry, until, _ in times)
        gone = sum(until == day and happened for _, until, happened in times)
        if gone:
            share *= 1 - gone / there
        found.append((day, share))
    return found


def median_of(times):
    """First day on which at most half are left; the middle of the step where exactly half are."""
    if not any(happened for *_, happened in times):
        return np.nan
    curve = curve_of(times)
    ends = {until for _, until, _ in times}
    first = next((day for day, share in curve if share <= 0.5 + 1e-12 and day in ends), None)
    if first is None:
        return np.nan
    if abs(dict(curve)[first] - 0.5) > 1e-12:
        return float(first)
    later = next((day for day, share in curve if share < 0.5 - 1e-12), None)
    return float(first) if later is None else (first + later) / 2


def share(part, whole):
    return part / whole if whole else np.nan
