"""Each item of DACTS counted the slow, obvious way, from rows and days; and small random extracts to count it on."""

from __future__ import annotations

import datetime as dt
import itertools
import statistics
from collections import defaultdict

import numpy as np
import pandas as pd

from factfidelity.extract import Extract

FIRST, LAST = dt.date(2021, 1, 1), dt.date(2024, 1, 1)
DAY = dt.timedelta(days=1)
PEER, NURSE, LEADER = "peer_worker", "nurse", "team_leader"
PROFESSIONS = ("nurse", "psychiatrist", "case_manager", "employment_specialist", "peer_worker", "administrator",
               "team_leader", "addiction_specialist")  # fmt: skip
SUD = ("F10", "F11", "F12", "F13", "F14", "F15", "F16", "F18", "F19")
DROPPED = {"declined", "dropped_out", "refused", "not_found", "lost_contact", "unservable", "moved_without_referral"}
GRADUATED = {"planned", "graduated", "recovered", "completed"}


def random_extract(seed):  # noqa: C901
    """Return an extract of two teams and the day of a review."""
    rng = np.random.default_rng(seed)
    on = FIRST + DAY * int(rng.integers(760, 1095))
    people = [f"K{number:02d}" for number in range(14)]

    def day(low=FIRST, high=LAST):
        return low + DAY * int(rng.integers(0, (high - low).days))

    tables = defaultdict(list)
    for person in people:
        died = rng.random() < 0.08
        tables["clients"].append(
            {"client_id": person, "observed_from": FIRST, "observed_to": day(on - 300 * DAY) if died else LAST}
        )
        for _ in range(1 + int(rng.random() < 0.25)):
            start = day(high=on + 20 * DAY)
            end = None if rng.random() < 0.6 else start + DAY * int(rng.integers(1, 700))
            reason = None if end is None else str(rng.choice(["declined", "planned", "moved", "died", ""]))
            team = "north" if rng.random() < 0.85 else "south"
            tables["enrolments"].append(
                {"client_id": person, "team_id": team, "start": start, "end": end, "end_reason": reason}
            )
        if rng.random() < 0.5:
            code = str(rng.choice(["F10.2", "F200", "F191", "F32"]))
            tables["diagnoses"].append({"client_id": person, "date": day(high=on + 30 * DAY), "code": code})
        when = FIRST
        for _ in range(int(rng.integers(0, 5))):
            when = max(when, on - 500 * DAY) + DAY * int(rng.integers(0, 150))
            out = when + DAY * int(rng.integers(0, 30))
            mvo = str(rng.choice(["901", "901", "931", "101"]))
            tables["episodes"].append(
                {
                    "client_id": person,
                    "admitted": when,
                    "discharged": None if rng.random() < 0.05 else out,
                    "mvo": mvo,
                    "unit": "A",
                }
            )
            if tables["episodes"][-1]["discharged"] is None:
                break
            when = out + DAY * int(rng.integers(0, 3))
    for number in range(9):
        start = day(high=on)
        profession = str(rng.choice(PROFESSIONS))
        for _ in range(1 + int(rng.random() < 0.3)):
            end = None if rng.random() < 0.6 else start + DAY * int(rng.integers(1, 500))
            skills = str(rng.choice(["", "", "addiction", "ips"]))
            tables["staff"].append(
                {
                    "staff_id": f"M{number}",
                    "team_id": "north",
                    "profession": profession,
                    "fte": float(rng.choice([0.2, 0.5, 0.75, 1.0])),
                    "start": start,
                    "end": end,
                    "leader": number == 0,
                    "skills": skills,
                }
            )
            if end is None:
                break
            start = end + DAY * int(rng.integers(0, 40))
    for _ in range(6):
        start = day(high=on)
        tables["posts"].append(
            {
                "team_id": "north",
                "profession": "nurse",
                "fte": float(rng.choice([0.5, 1.0])),
                "start": start,
                "end": None if rng.random() < 0.7 else start + 300 * DAY,
            }
        )
    _contacts(rng, tables, people, on)
    for _ in range(12):
        tables["events"].append(
            {
                "client_id": str(rng.choice(people)),
                "team_id": "north",
                "date": day(on - 60 * DAY, on + 5 * DAY),
                "kind": "group_session",
            }
        )
    for _ in range(20):
        tables["meetings"].append(
            {
                "team_id": str(rng.choice(["north", "south"])),
                "date": day(on - 50 * DAY, on + 5 * DAY),
                "clients_reviewed": float(rng.integers(0, 20)),
            }
        )
    tables["teams"] = [
        {"team_id": team, "name": team, "started": day(high=on - 400 * DAY)} for team in ("north", "south")
    ]
    return _extract(tables), on


def _contacts(rng, tables, people, on):
    for number in range(160):
        person = str(rng.choice(people))
        when = on - DAY * int(rng.integers(-3, 45)) if rng.random() < 0.8 else on - DAY * int(rng.integers(0, 400))
        shared = {
            "contact_id": f"C{number}", "client_id": person,
            "team_id": "north" if rng.random() < 0.9 else "south", "date": when,
            "form": str(rng.choice(["visit", "home_visit", "phone"])), "face_to_face": bool(rng.random() < 0.75),
            "outside_clinic": bool(rng.random() < 0.5), "minutes": float(rng.choice([15, 30, 60, 90])),
            "attended": bool(rng.random() < 0.9), "relatives": bool(rng.random() < 0.2),
        }  # fmt: skip
        for staff in rng.choice(9, size=1 + int(rng.random() < 0.3), replace=False):
            tables["contacts"].append(shared | {"staff_id": f"M{staff}", "profession": "nurse"})


def _extract(tables):
    dates = {"start", "end", "date", "admitted", "discharged", "observed_from", "observed_to", "started"}
    flags = {"face_to_face", "outside_clinic", "attended", "relatives", "leader"}
    frames = {}
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        for column in frame.columns:
            if column in dates:
                frame[column] = pd.to_datetime(frame[column]).astype("datetime64[s]")
            elif column in flags:
                frame[column] = frame[column].astype("boolean")
        frames[name] = frame
    return Extract(tables=frames, start=pd.Timestamp(FIRST), end=pd.Timestamp(LAST))


class Slow:
    """The same figures, one row and one day at a time."""

    def __init__(self, extract, on, team="north"):
        self.on, self.team = on, team
        self.tables = {name: self._rows(extract, name) for name in extract.tables}
        self.enrolments = self._enrolments()
        self.active = sorted({row["client_id"] for row in self.enrolments if row["start"] <= on < row["end"]})
        self.staff = [row for row in self.tables["staff"] if row["team_id"] == team]
        self.contacts = [row for row in self.tables["contacts"] if row["team_id"] == team and row["attended"]]
        self.started = next(row["started"] for row in self.tables["teams"] if row["team_id"] == team)

    @staticmethod
    def _rows(extract, name):
        rows = []
        for row in extract.table(name).to_dict("records"):
            plain = {}
            for key, value in row.items():
                if isinstance(value, pd.Timestamp):
                    value = value.date()
                elif value is pd.NaT or value is None or value is pd.NA or value != value:
                    value = None
                plain[key] = value
            rows.append(plain)
        return rows

    def _enrolments(self):
        gone = {row["client_id"]: row["observed_to"] for row in self.tables["clients"]}
        rows = []
        for row in self.tables["enrolments"]:
            end = row["end"] or dt.date.max
            until = gone.get(row["client_id"])
            reason = row["end_reason"]
            if until is not None and until < LAST and until < end:
                end, reason = until, "observation_ended"
            if row["team_id"] == self.team and end > row["start"]:
                rows.append(row | {"end": end, "end_reason": reason})
        return rows

    def before(self, months):
        return (pd.Timestamp(self.on) - pd.DateOffset(months=months)).date()

    def fte(self, keep):
        return sum(
            row["fte"] for row in self.staff if row["start"] <= self.on < (row["end"] or dt.date.max) and keep(row)
        )

    def per_hundred(self, *professions, skills=()):
        if not self.active:
            return None
        return (
            100 * self.fte(lambda row: row["profession"] in professions or row["skills"] in skills) / len(self.active)
        )

    def h1(self):
        counted = self.fte(
            lambda row: row["profession"] not in ("psychiatrist", "physician", "resident_physician", "administrator")
        )
        return len(self.active) / counted if counted else None

    def met(self, days, clients=None):
        chosen = self.active if clients is None else clients
        start = self.on - days * DAY
        return [
            row
            for row in self.contacts
            if row["face_to_face"] and start <= row["date"] < self.on and row["client_id"] in chosen
        ]

    def h2(self):
        seen = defaultdict(set)
        for row in self.met(14):
            seen[row["client_id"]].add(row["staff_id"])
        return 100 * sum(len(seen[client]) >= 2 for client in self.active) / len(self.active) if self.active else None

    def h3(self):
        days = {
            row["date"]
            for row in self.tables["meetings"]
            if row["team_id"] == self.team and self.on - 28 * DAY <= row["date"] < self.on
        }
        return len(days) / 4

    def h4(self):
        start = self.on - 28 * DAY
        leaders = [row for row in self.staff if row["leader"] or row["profession"] == LEADER]
        hours = 0.0
        for step in range(28):
            today = start + step * DAY
            hours += sum(row["fte"] * 40 / 7 for row in leaders if row["start"] <= today < (row["end"] or dt.date.max))
        there = {row["staff_id"] for row in leaders if row["start"] < self.on and (row["end"] or dt.date.max) > start}
        minutes = sum(
            row["minutes"] for row in self.contacts if row["staff_id"] in there and start <= row["date"] < self.on
        )
        return 100 * minutes / (hours * 60) if hours else None

    def h5(self):
        full = self.before(24)
        start = max(full, self.started)
        last = {}
        for row in self.staff:
            last[row["staff_id"]] = max(last.get(row["staff_id"], dt.date.min), row["end"] or dt.date.max)
        left = sum(start < day <= self.on for day in last.values())
        posts = [
            row
            for row in self.tables["posts"]
            if row["team_id"] == self.team and row["start"] <= self.on < (row["end"] or dt.date.max)
        ]
        if posts:
            positions = len(posts)
        else:
            days = [start + step * DAY for step in range((self.on - start).days)]
            positions = statistics.mean(
                len({row["staff_id"] for row in self.staff if row["start"] <= day < (row["end"] or dt.date.max)})
                for day in days
            )
        return 100 * left * ((self.on - full).days / (self.on - start).days) / positions if positions else None

    def h6(self):
        edges = [edge for edge in (self.before(back) for back in range(12, -1, -1)) if edge >= self.started]
        vacant = established = 0.0
        for low, high in itertools.pairwise(edges):
            have = want = 0.0
            for step in range((high - low).days):
                today = low + step * DAY
                have += sum(row["fte"] for row in self.staff if row["start"] <= today < (row["end"] or dt.date.max))
                want += sum(
                    row["fte"] for row in self.tables["posts"] if row["start"] <= today < (row["end"] or dt.date.max)
                )
            vacant += max(want - have, 0) / (high - low).days
            established += want / (high - low).days
        return 100 - 100 * vacant / established if established else None

    def o2(self):
        month = self.on.replace(day=1)
        counts = []
        for back in range(1, 7):
            low = (pd.Timestamp(month) - pd.DateOffset(months=back)).date()
            high = (pd.Timestamp(month) - pd.DateOffset(months=back - 1)).date()
            counts.append(len({row["client_id"] for row in self.enrolments if low <= row["start"] < high}))
        return max(counts)

    def spells(self):
        stays = sorted(
            (row["client_id"], row["admitted"], row["discharged"] or dt.date.max)
            for row in self.tables["episodes"]
            if row["mvo"] != "101"
        )
        joined = []
        for client, start, end in stays:
            if joined and joined[-1][0] == client and start <= joined[-1][2]:
                joined[-1][2] = max(joined[-1][2], end)
            else:
                joined.append([client, start, end])
        return joined

    def enrolled(self, client, day):
        return any(row["client_id"] == client and row["start"] <= day < row["end"] for row in self.enrolments)

    def contact_in(self, client, low, high):
        return any(row["client_id"] == client and low <= row["date"] <= high for row in self.contacts)

    def o5(self):
        start = self.before(12)
        found = [
            self.contact_in(client, first - 3 * DAY, first)
            for client, first, _ in self.spells()
            if start <= first < self.on and self.enrolled(client, first)
        ]
        return 100 * sum(found) / len(found) if found else None

    def o6(self):
        start = self.before(12)
        found = [
            self.contact_in(client, first + DAY, last + 7 * DAY)
            for client, first, last in self.spells()
            if last != dt.date.max and start <= last and last + 7 * DAY < self.on and self.enrolled(client, last)
        ]
        return 100 * sum(found) / len(found) if found else None

    def left(self, reasons):
        start = max(self.before(12), self.started)
        served = [row for row in self.enrolments if row["start"] < self.on and row["end"] > start]
        people = {row["client_id"] for row in served}
        closed = []
        for person in people:
            last = max(
                (row for row in served if row["client_id"] == person),
                key=lambda row: (row["end"], bool(row["end_reason"])),
            )
            if last["end"] <= self.on:
                closed.append(last["end_reason"] or "")
        if not people or (closed and not any(closed)):
            return None
        return 100 * sum(reason in reasons for reason in closed) / len(people)

    def o7(self):
        return self.left(GRADUATED)

    def s2(self):
        lost = self.left(DROPPED)
        return None if lost is None else 100 - lost

    def once(self, rows):
        return list({(row["contact_id"], row["client_id"]): row for row in rows}.values())

    def s1(self):
        by = defaultdict(list)
        for row in self.once(self.met(28)):
            by[row["client_id"]].append(row["outside_clinic"])
        return 100 * statistics.median(sum(found) / len(found) for found in by.values()) if by else None

    def s4(self):
        minutes = dict.fromkeys(self.active, 0.0)
        for row in self.once(self.met(28)):
            minutes[row["client_id"]] += row["minutes"] / 4
        return statistics.median(minutes.values()) if minutes else None

    def s5(self):
        number = dict.fromkeys(self.active, 0.0)
        for row in self.once(self.met(28)):
            number[row["client_id"]] += 1 / 4
        return statistics.median(number.values()) if number else None

    def s6(self):
        start = self.before(1)
        rows = [
            row for row in self.contacts
            if row["relatives"] and start <= row["date"] < self.on and row["client_id"] in self.active
        ]  # fmt: skip
        months = (self.on - start).days / (365.25 / 12)
        return len(self.once(rows)) / months / len(self.active) if self.active else None

    def disorder(self):
        return sorted(
            {
                row["client_id"] for row in self.tables["diagnoses"]
                if row["code"].replace(".", "")[:3] in SUD and row["date"] < self.on and row["client_id"] in self.active
            }
        )  # fmt: skip

    def s7(self):
        start = self.on - 28 * DAY
        able = {
            row["staff_id"] for row in self.staff
            if (row["profession"] == "addiction_specialist" or row["skills"] == "addiction")
            and row["start"] < self.on and (row["end"] or dt.date.max) > start
        }  # fmt: skip
        chosen = self.disorder()
        rows = self.once([row for row in self.met(28, chosen) if row["staff_id"] in able])
        return sum(row["minutes"] for row in rows) / 4 / len(chosen) if chosen else None

    def s8(self):
        start, chosen = self.before(1), self.disorder()
        came = {row["client_id"] for row in self.tables["events"] if start <= row["date"] < self.on}
        return 100 * sum(client in came for client in chosen) / len(chosen) if chosen else None

    def all(self):
        return {
            "H1": self.h1(), "H2": self.h2(), "H3": self.h3(), "H4": self.h4(), "H5": self.h5(), "H6": self.h6(),
            "H7": self.per_hundred("psychiatrist", "physician"), "H8": self.per_hundred("nurse"),
            "H9": self.per_hundred("addiction_specialist", skills=("addiction",)),
            "H10": self.per_hundred("employment_specialist", skills=("ips",)),
            "H11": self.fte(lambda row: row["profession"] != "administrator"), "O2": self.o2(), "O5": self.o5(),
            "O6": self.o6(), "O7": self.o7(), "S1": self.s1(), "S2": self.s2(), "S4": self.s4(), "S5": self.s5(),
            "S6": self.s6(), "S7": self.s7(), "S8": self.s8(), "S10": self.fte(lambda row: row["profession"] == PEER),
        }  # fmt: skip
