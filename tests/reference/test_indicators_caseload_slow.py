"""Time in the team, posts, caseload and board against an obvious computation, day by day (tests/slow_team.py)."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from slow_team import (
    EDGE,
    FIRST,
    LAST,
    PAST,
    SINCE,
    STARTED,
    TEAMS,
    TWO_YEARS,
    YEAR,
    Slow,
    curve_of,
    day_of,
    extract_from,
    median_of,
    random_tables,
    runs,
    share,
    stamp,
)

from factfidelity.caseload.board import board_use
from factfidelity.caseload.flow import enrolment_flow
from factfidelity.caseload.ratios import caseload_ratios
from factfidelity.caseload.staffing import caseload_arithmetic, staffing
from factfidelity.schemas.programme import load_programme

WHOLE = (*TEAMS, "total")


def close(found, wanted):
    assert found == pytest.approx(wanted, nan_ok=True, abs=1e-9)


def stretches(slow, team):
    """Each unbroken enrolment that is seen: key, first day, first day after, entry, days, ended, began."""
    found = []
    for key in slow.keys(team):
        for low, high in runs(slow.enrolled[key]):
            begin, stop = next((b, s) for b, s in runs(slow.raw[key]) if b <= low and s >= high)
            found.append((key, begin, stop, low - begin, high - begin, stop == high and stop < PAST, begin == low))
    return found


def check_flow(extract, slow):
    result = enrolment_flow(extract)
    flow = result.table.set_index(["team_id", "period_start"])
    length = result.length.set_index("team_id")
    reasons = result.reasons.set_index(["team_id", "reason"])["ended"].to_dict()
    for team in WHOLE:
        rows = stretches(slow, team)
        for year in (2019, 2020, 2021):
            if team != "total":
                key = (team, pd.Timestamp(year, 1, 1))
                began = {key[0] for key, begin, *_, start in rows if start and day_of(begin).year == year}
                ended = {key[0] for key, _, stop, _, _, end, _ in rows if end and day_of(stop).year == year}
                assert (flow.loc[key, "began"], flow.loc[key, "ended"]) == (len(began), len(ended))
        times = [(entry, days, ended) for _, _, _, entry, days, ended, _ in rows]
        assert length.loc[team, "persons"] == len({key[0] for key, *_ in rows})
        assert length.loc[team, "ended"] == len({key[0] for key, *_, ended, _ in rows if ended})
        median = median_of(times)
        close(length.loc[team, "median_years"], median / YEAR)
        years = sum(map(len, slow.time(team).values())) / YEAR
        close(length.loc[team, "left_per_year"], share(sum(ended for *_, ended in times), years))
        curve = dict(curve_of(times))
        for row in result.curve.loc[result.curve["team_id"] == team].itertuples():
            day = round(row.years * YEAR)
            close(row.share, curve[day])
            assert row.persons == sum(entry <= day <= until for entry, until, _ in times)
            assert row.steps == sum(until <= day and ended for _, until, ended in times)
        why = defaultdict(set)
        for key, _, stop, *_, ended, _ in rows:
            if ended:
                given = [row[4] for row in slow.tables["enrolments"] if row[:2] == key and row[3] == stop]
                why[given[-1] or "not_stated"].add(key[0])
        assert {name: len(who) for name, who in why.items()} == {
            reason: number for (key, reason), number in reasons.items() if key == team
        }


def mean_fte(slow, team, counted, begin=SINCE, finish=PAST):
    """FTE on average; over all teams the sum of the teams."""
    teams = TEAMS if team == "total" else (team,)
    return sum(sum(row[4] * len(there) for row, there in slow.posts_of(one, counted, begin, finish))
               / slow.working(one, begin, finish) for one in teams)  # fmt: skip


def mean_heads(slow, team, begin, finish):
    total = 0.0
    for one in TEAMS if team == "total" else (team,):
        people = defaultdict(set)
        for row, there in slow.posts_of(one, lambda row: row[2] != "administrator", begin, finish):
            people[row[0]].update(there)
        total += sum(map(len, people.values())) / slow.working(one, begin, finish)
    return total


def check_staffing(extract, slow):
    result = staffing(extract, "fact")
    table = result.table.set_index(["team_id", "role"])
    norms = {name: norm for norm in load_programme("fact").composition for name in norm.professions}
    for team in WHOLE:
        teams = TEAMS if team == "total" else (team,)
        clients = sum(len(there) / slow.working(key[1], SINCE, PAST) for key, there in slow.time(team, SINCE).items())
        roles = defaultdict(float)
        for profession in {row[2] for row in slow.tables["staff"]}:
            role = norms[profession].role if profession in norms else profession
            roles[role] += mean_fte(slow, team, lambda row, name=profession: row[2] == name)
        for role, fte in roles.items():
            if (team, role) in table.index or fte:
                close(table.loc[(team, role), "fte"], fte)
                close(table.loc[(team, role), "fte_per_200"], share(200 * fte, clients))
        close(table.loc[(team, "total"), "fte"], sum(roles.values()))
        norm = table.loc[(team, "psychiatrist")]
        needed = 0.8 * clients / 200
        close(norm["gap"], roles["psychiatrist"] - needed)
        posts = [(row, range(max(row[3], SINCE, STARTED[row[0]]), min(row[4] or PAST, PAST)))
                 for row in slow.tables["posts"]]  # fmt: skip
        for one in teams:
            if one != team or not any(row[0] == one for row, _ in posts):
                continue
            planned = sum(row[2] * len(there) for row, there in posts if row[0] == one) / slow.working(one, SINCE, PAST)
            close(table.loc[(team, "total"), "posts"], planned)
            close(table.loc[(team, "total"), "vacancy"], planned - sum(roles.values()))
    check_people(result, slow)
    check_what_if(result, table)


def check_people(result, slow):
    people, employers = result.people.set_index("team_id"), result.employers.set_index(["team_id", "employer"])
    for team in WHOLE:
        row = people.loc[team]
        close(row["fte"], mean_fte(slow, team, lambda row: row[2] != "administrator"))
        close(row["leader_fte"], mean_fte(slow, team, lambda row: row[7]))
        close(row["peer_fte"], mean_fte(slow, team, lambda row: row[2] == "peer_worker"))
        close(row["fte_per_head"], share(row["fte"], mean_heads(slow, team, SINCE, PAST)))
        left = 0
        for one in TEAMS if team == "total" else (team,):
            there = defaultdict(set)
            ends = defaultdict(list)
            for post, days in slow.posts_of(one, lambda row: row[2] != "administrator", TWO_YEARS):
                there[post[0]].update(days)
                ends[post[0]].append(10**7 if post[6] is None else post[6])
            left += sum(bool(there[name]) and max(ends[name]) < PAST for name in ends)
        assert row["left"] == left
        close(row["mean_heads"], mean_heads(slow, team, TWO_YEARS, PAST))
        close(row["turnover"], share(left, mean_heads(slow, team, TWO_YEARS, PAST)))
        whole = mean_fte(slow, team, lambda row: True)
        for employer in ("region", "municipality", None):
            fte = mean_fte(slow, team, lambda row, name=employer: row[3] == name)
            if (team, employer or "unknown") in employers.index:
                close(employers.loc[(team, employer or "unknown"), "share"], share(fte, whole))


def check_what_if(result, table):
    lines = result.what_if.set_index(["team_id", "denominator"])
    for team in WHOLE:
        own = table.loc[team]
        fte = {role: value for role, value in own["fte"].items() if role != "total"}
        row = lines.loc[(team, "team")]
        posts = sum(value for role, value in fte.items() if role != "administrator")
        close(row["ratio"], share(row["clients"], posts))
        close(row["posts_needed_low"], row["clients"] / 18.2)
        close(row["clients_possible_high"], posts * 18.2)


def check_caseload(extract, slow):
    result = caseload_ratios(extract, every="quarter", staff="team")
    table = result.table.set_index(["team_id", "period_start"])
    working = lambda row: row[2] != "administrator"  # noqa: E731
    starts = [pd.Timestamp(year, month, 1) for year in (2019, 2020, 2021) for month in (1, 4, 7, 10)]
    sums = defaultdict(float)
    for start in starts:
        low = max(start.toordinal(), FIRST)
        high = min((start + pd.DateOffset(months=3)).toordinal(), PAST)
        for team in TEAMS:
            if high <= low or not slow.working(team, low, high):
                continue
            there = slow.time(team, low, high)
            days = sum(map(len, there.values()))
            fte = sum(row[4] * len(each) for row, each in slow.posts_of(team, working, low, high))
            row = table.loc[(team, start)]
            close((row["client_days"], row["fte_days"], row["persons"]), (days, fte, len(there)))
            close(row["ratio"], share(days, fte))
            close((row["clients"], row["fte"]), (days / row["days"], fte / row["days"]))
            assert row["days"] == slow.working(team, low, high)
            sums[start, "clients"] += days
            sums[start, "fte"] += fte
    for start in {start for start, _ in sums}:
        row = table.loc[("total", start)]
        if row["why"] == "":
            close(row["ratio"], sums[start, "clients"] / sums[start, "fte"])
    check_denominators(result.denominators.set_index(["team_id", "staff"]), slow)
    check_spread(result.spread, slow)
    if len(result.need):
        check_need(result.need.set_index(["team_id", "band"]), slow)


def carrying(row):
    """The posts that carry cases: those marked so; where the mark is empty, by profession."""
    return row[8] if row[8] is not None else row[2] in ("nurse", "case_manager")


COUNTED = {
    "case_carrying": carrying, "team": lambda row: row[2] != "administrator",
    "case_managers": lambda row: row[2] == "case_manager",
}  # fmt: skip


def check_denominators(table, slow):
    for team in TEAMS:
        days = sum(map(len, slow.time(team, SINCE).values()))
        for staff, counted in COUNTED.items():
            row = table.loc[(team, staff)]
            posts = slow.posts_of(team, counted, SINCE)
            close(row["ratio"], share(days, sum(post[4] * len(there) for post, there in posts)))
            people = defaultdict(set)
            for post, there in posts:
                people[post[0]].update(there)
            close(row["per_head"], share(days, sum(map(len, people.values()))))
            last = sum(post[4] for post, there in posts if LAST in there)
            close(row["ratio_last_day"], share(len(slow.current(team)), last))


def check_spread(table, slow):
    table = table.set_index("team_id") if len(table) else table
    for team in WHOLE:
        seen = defaultdict(lambda: defaultdict(list))
        for one in slow.met(team, SINCE):
            for staff, _ in one["staff"]:
                seen[one["client"], one["team"]][staff].append(one["day"])
        usual = defaultdict(int)
        for (_, place), staff in seen.items():
            best = max((len(days), max(days)) for days in staff.values())
            name = min(name for name, days in staff.items() if (len(days), max(days)) == best)
            usual[place, name] += 1
        if not usual:
            continue
        row = table.loc[team]
        assert (row["managers"], row["persons"]) == (len(usual), sum(usual.values()))
        close(row["mean"], sum(usual.values()) / len(usual))
        close(row["median"], float(np.median(list(usual.values()))))


def check_need(table, slow):
    all_days = sum(map(len, slow.time("total", SINCE).values()))
    mean = share(len(slow.met("total", SINCE)), all_days)
    for team in WHOLE:
        there, met = slow.time(team, SINCE), slow.met(team, SINCE)
        bands = defaultdict(lambda: [0, 0])
        for (name, place), days in there.items():
            rate = 7 * sum(one["client"] == name and one["team"] == place for one in met) / len(days)
            band = "none" if rate == 0 else "below_1" if rate < 1 else "1_to_2" if rate < 2 else "2_or_more"
            bands[band][0] += 1
            bands[band][1] += len(days)
        for band in ("none", "below_1", "1_to_2", "2_or_more"):
            row = table.loc[(team, band)]
            assert [row["persons"], row["client_days"]] == bands[band]
            close(row["share"], share(bands[band][1], sum(map(len, there.values()))))
        posts = sum(row[4] * len(days) for row, days in slow.posts_of(team, COUNTED["team"], SINCE))
        if team != "total" and mean and posts:
            close(table.loc[(team, "total"), "weighted"], len(met) / mean / posts)


def board_runs(slow, team, raw=None):
    """Board periods in enrolled time: key, begin, entry, days, ended, from_start, followed, again, on, off, stop."""
    raw, found = slow.raw_board if raw is None else raw, []
    for key, there in raw.items():
        if team not in (key[1], "total"):
            continue
        seen, mine = runs(slow.enrolled.get(key, set())), []
        for begin, stop in runs(there):
            open_end = stop == PAST + EDGE
            low, high = next(((a, b) for a, b in seen if begin < b and stop > a), (None, None))
            if low is None:
                continue
            rows = sorted((row for row in slow.tables["board"] if row[:2] == key and begin <= row[2] < stop),
                          key=lambda row: (row[2], row[3] or 10**7))  # fmt: skip
            on = next((row[4] for row in rows if row[4]), None)
            off = next((row[5] for row in reversed(rows) if row[5]), None)
            mine.append([key, begin, max(low - begin, 0), min(stop, high) - begin, not open_end and stop <= high,
                         begin >= low, max(high - stop, 0), None, on, off, stop])  # fmt: skip
        for this, after in pairwise(mine):
            this[7] = after[1] - this[10]
        found += mine
    return found


def check_board(extract, slow):
    result = board_use(extract, every="quarter", programme="spot")
    episodes, latest = result.episodes.set_index("team_id"), result.latest.set_index("team_id")
    outside = sum(
        len({day for day in there if day in slow.seen[key[0]] and day >= STARTED[key[1]]} - slow.board[key])
        for key, there in slow.raw_board.items()
    )
    assert result.outside["board_days"].tolist() == [outside]
    for team in WHOLE:
        rows, time = board_runs(slow, team), slow.time(team)
        on = {key: slow.board[key] for key in time if slow.board[key]}
        days = sum(map(len, time.values()))
        if team in episodes.index:
            check_episodes(episodes.loc[team], rows, on, days, time)
        year = slow.time(team, SINCE)
        there = sum(len({day for day in each if day >= SINCE}) for each in on.values())
        close(latest.loc[team, "share"], share(there, sum(map(len, year.values()))))
        check_curve(result.curve.loc[result.curve["team_id"] == team], rows)
        check_reasons(result.reasons.loc[result.reasons["team_id"] == team], rows)
        check_same_staff(result.same_staff.set_index("team_id"), slow, team)
        held = {(place, day) for place, day in slow.tables["meetings"] if SINCE <= day < PAST and place == team}
        found = result.meetings.set_index("team_id")
        if held:
            assert found.loc[team, "meetings"] == len(held)
            close(found.loc[team, "per_week"], 7 * len(held) / slow.working(team, SINCE, PAST))
    check_phases(result.phases, slow)
    check_wait(result.wait, slow)


def check_episodes(row, rows, on, days, time):
    assert row["episodes"] == sum(run[5] for run in rows)
    assert row["open"] == sum(not run[4] for run in rows)
    close(row["per_year"], share(YEAR * sum(run[5] for run in rows), days))
    close(row["ever_share"], share(row["persons_on"], row["persons"]))
    close(row["median_days"], median_of([(run[2], run[3], run[4]) for run in rows]))
    for length in (30, 90):
        off = [run for run in rows if run[4] and run[6] >= length]
        again = [run for run in off if run[7] is not None and run[7] <= length]
        assert (row[f"off_{length}"], row[f"again_{length}"]) == (len(off), len(again))
        close(row[f"again_share_{length}"], share(len(again), len(off)))
        assert row[f"persons_again_{length}"] == len({run[0][0] for run in again})


def check_curve(table, rows):
    curve = dict(curve_of([(run[2], run[3], run[4]) for run in rows]))
    for row in table.itertuples():
        if row.day:
            close(row.share, curve[int(row.day)])
            assert row.persons == len({run[0][0] for run in rows if run[3] >= row.day})


def check_reasons(table, rows):
    found = {(row.moment, row.reason): (row.episodes, row.persons) for row in table.itertuples()}
    wanted = defaultdict(list)
    for run in rows:
        if run[5]:
            wanted["on", run[8] or "not_stated"].append(run[0][0])
        wanted["off", (run[9] or "not_stated") if run[4] else "still_on"].append(run[0][0])
    assert found == {key: (len(who), len(set(who))) for key, who in wanted.items()}


def check_same_staff(table, slow, team):
    seen = {state: defaultdict(set) for state in ("on", "off")}
    for one in slow.met(team):
        key = (one["client"], one["team"])
        seen["on" if one["day"] in slow.board.get(key, ()) else "off"][key].update(name for name, _ in one["staff"])
    both = [key for key in seen["on"] if key in seen["off"]]
    same = [key for key in both if seen["on"][key] & seen["off"][key]]
    assert (table.loc[team, "persons"], table.loc[team, "persons_same"]) == (len(both), len(same))


def check_phases(table, slow):
    phases = table.set_index(["team_id", "phase"]) if len(table) else table
    for phase in {row[4] for row in slow.tables["board"]}:
        raw = defaultdict(set)
        for name, team, begin, finish, why, _ in slow.tables["board"]:
            if why == phase:
                raw[name, team].update(range(begin, PAST + EDGE if finish is None else finish))
        for team in WHOLE:
            rows = board_runs(slow, team, raw)
            row = phases.loc[(team, phase or "not_stated")]
            days = sum(len(there & slow.enrolled.get(key, set())) for key, there in raw.items()
                       if team in (key[1], "total"))  # fmt: skip
            assert (row["periods"], row["days"]) == (sum(run[5] for run in rows), days)
            assert row["persons"] == len({run[0][0] for run in rows})
            close(row["share"], share(days, sum(map(len, slow.time(team).values()))))
            close(row["median_days"], median_of([(run[2], run[3], run[4]) for run in rows]))


def check_wait(table, slow):
    table = table.set_index(["team_id", "since"]) if len(table) else table
    starts = {
        "admission": {(name, spell[0]) for name in slow.people for spell in slow.spells(name)},
        "emergency": {(name, day) for name, day, kind, _ in slow.tables["visits"] if kind == "emergency"},
    }
    for since, events in starts.items():
        for team in WHOLE if events else ():
            times = []
            for name, day in events:
                for place in TEAMS if team == "total" else (team,):
                    key = (name, place)
                    if day not in slow.enrolled.get(key, ()) or day in slow.board.get(key, ()):
                        continue
                    until = next(high for low, high in runs(slow.enrolled[key]) if low <= day < high)
                    first = next((low for low, _ in runs(slow.board.get(key, set())) if day <= low < until), None)
                    times.append((None, (until if first is None else first) - day, first is not None))
            row = table.loc[(team, since)]
            assert row["events"] == len(times)
            known = [(days, happened) for _, days, happened in times if days >= 7 or happened]
            soon = sum(days <= 7 and happened for days, happened in known)
            assert row["within_7"] == soon
            close(row["within_7_share"], share(soon, len(known)))
            close(row["median_days"], median_of(times))


CHECKS = {
    "enrolments": (check_flow, check_caseload, check_staffing), "board": (check_board,),
}  # fmt: skip


def check(seed):
    tables = random_tables(seed)
    extract, slow = extract_from(tables), Slow(tables)
    for needed, checks in CHECKS.items():
        for each in checks if tables[needed] else ():
            each(extract, slow)


@pytest.mark.parametrize("seed", range(3))
def test_caseload_staff_and_board_are_what_counting_day_by_day_gives(seed):
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 103))
def test_caseload_staff_and_board_on_a_hundred_more_extracts(seed):
    check(seed)


def test_the_arithmetic_takes_the_stable_clients_out_of_a_large_team_only():
    assert "case_managers_less_stable" in set(caseload_arithmetic(200, {"nurse": 7})["denominator"])
    assert "case_managers_less_stable" not in set(caseload_arithmetic(150, {"nurse": 7})["denominator"])


def test_the_worlds_hold_what_is_hard():
    worlds = [(random_tables(seed), Slow(random_tables(seed))) for seed in range(12)]
    assert any(row[2] == "month" for tables, _ in worlds for row in tables["deaths"])
    assert any(stamp(finish).day not in (1, 28, 30, 31) for tables, _ in worlds for *_, finish, _, _ in tables["staff"]
               if finish)  # fmt: skip
    assert any(name not in {one["client"] for one in slow.contacts} for _, slow in worlds for name in slow.people)
    touching = [1 for tables, _ in worlds for row in tables["enrolments"] for other in tables["enrolments"]
                if row[:2] == other[:2] and row[3] == other[2] is not None]  # fmt: skip
    assert touching
