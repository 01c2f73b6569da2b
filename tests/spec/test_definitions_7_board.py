"""Definitions 7.2: the board."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from frames import extract_of, frame

from factfidelity.care.client_days import enrolled_time
from factfidelity.caseload.board import board_use
from factfidelity.caseload.board_episodes import board_episodes
from factfidelity.extract import Extract

TEAMS = """
    team_id | name | programme | started
    norr    | Norr | fact      | 2023-01-01
"""
LOG = """
    client_id | team_id | start      | end        | reason_on     | reason_off
    A         | norr    | 2024-04-01 | 2024-04-22 | worse         | stable
    C         | norr    | 2024-06-10 | 2024-06-30 | new_in_team   |
    B         | norr    | 2024-05-28 |            | discharged    |
"""
ENROLMENTS = """
    client_id | team_id | start      | end
    A         | norr    | 2024-01-01 |
    B         | norr    | 2024-01-01 |
    C         | norr    | 2024-06-01 |
"""


def use(board=LOG, enrolments=ENROLMENTS, start="2024-01-01", end="2024-07-01", **more):
    return board_use(extract_of(start, end, board=board, enrolments=enrolments, teams=TEAMS, **more))


def episodes_of(board=LOG, enrolments=ENROLMENTS, start="2024-01-01", end="2024-07-01"):
    enrolled = enrolled_time(frame(enrolments), start, end)
    return board_episodes(frame(board), enrolled, pd.Timestamp(start), pd.Timestamp(end)).set_index("client_id")


def test_the_log_gives_periods_of_21_and_20_days_and_one_that_goes_on():
    found = episodes_of()
    assert found.loc["A", "days"] == 21
    assert found.loc["C", "days"] == 20
    assert not found.loc["B", "ended"]
    assert found.loc["B", "days"] == 34


def test_the_share_is_board_days_divided_by_enrolled_days():
    table = use().table.set_index("period_start")
    june = table.loc["2024-06-01"]
    assert june["board_days"] == 30 + 20
    assert june["client_days"] == 90
    assert june["share"] == pytest.approx(50 / 90)
    assert june["persons_on"] == 2
    assert table.loc["2024-01-01", "share"] == 0


def test_board_days_outside_the_enrolment_are_set_aside_and_counted():
    late = """
        client_id | team_id | start      | end
        A         | norr    | 2024-04-11 |
    """
    result = use(board=LOG.rsplit("B ", 1)[0].rsplit("C ", 1)[0], enrolments=late)
    assert result.outside["board_days"].tolist() == [10]
    assert result.outside["persons"].tolist() == [1]
    assert result.table["board_days"].sum() == 11


def test_a_second_on_before_an_off_is_the_same_period():
    twice = """
        client_id | team_id | start      | end        | reason_on | reason_off
        A         | norr    | 2024-04-01 | 2024-04-22 | worse     |
        A         | norr    | 2024-04-10 | 2024-04-15 | crisis    |
        A         | norr    | 2024-04-22 | 2024-04-25 | worse     | stable
    """
    found = episodes_of(twice)
    assert found["days"].tolist() == [24]
    assert found["reason_on"].tolist() == ["worse"]
    assert found["reason_off"].tolist() == ["stable"]


def test_a_period_that_ends_with_the_enrolment_is_not_seen_to_end():
    left = ENROLMENTS.replace("A         | norr    | 2024-01-01 |", "A | norr | 2024-01-01 | 2024-04-10")
    found = episodes_of(enrolments=left)
    assert found.loc["A", "days"] == 9
    assert not found.loc["A", "ended"]


def test_a_period_that_began_before_the_extract_counts_from_when_it_is_seen():
    found = episodes_of(start="2024-04-11")
    assert found.loc["A", "entry"] == 10
    assert found.loc["A", "days"] == 21
    assert not found.loc["A", "from_start"]


def test_back_within_30_and_90_days_counts_periods_that_were_followed_so_long():
    board = """
        client_id | team_id | start      | end        | reason_on | reason_off
        A         | norr    | 2024-01-05 | 2024-01-10 | worse     | stable
        A         | norr    | 2024-02-09 | 2024-02-12 | worse     | stable
        B         | norr    | 2024-01-05 | 2024-01-10 | worse     | stable
        B         | norr    | 2024-01-15 | 2024-06-10 | worse     | stable
    """
    counts = use(board=board).episodes.iloc[0]
    # A is back after 30 days (10 January to 9 February), B after 5; the period that ends 10 June is followed 21 days
    assert (counts["off_30"], counts["again_30"]) == (3, 2)
    assert (counts["off_90"], counts["again_90"]) == (3, 2)
    assert counts["again_share_30"] == pytest.approx(2 / 3)


def test_contacts_and_admissions_belong_to_the_state_of_their_day():
    contacts = """
        contact_id|client_id|team_id| date       | form  | face_to_face | minutes | attended | staff_id | profession
        1         | A       | norr  | 2024-03-31 | visit | yes          | 30      | yes      | M1       | nurse
        2         | A       | norr  | 2024-04-01 | visit | yes          | 30      | yes      | M1       | nurse
        2         | A       | norr  | 2024-04-01 | visit | yes          | 30      | yes      | M2       | nurse
        3         | A       | norr  | 2024-04-22 | visit | yes          | 30      | yes      | M1       | nurse
        4         | A       | norr  | 2024-04-02 | phone | no           | 30      | yes      | M1       | nurse
        5         | A       | norr  | 2024-04-03 | visit | yes          | 30      | no       | M1       | nurse
    """
    stays = """
        client_id | admitted   | discharged | mvo
        A         | 2024-04-05 | 2024-04-07 | 901
        A         | 2024-05-05 | 2024-05-07 | 901
        A         | 2024-05-07 | 2024-05-09 | 901
        A         | 2024-06-05 | 2024-06-07 | 955
    """
    episodes = frame(stays).assign(mvo=["901", "901", "901", "955"])
    result = use(contacts=contacts, episodes=episodes)
    states = result.on_off.set_index("state")
    assert states.loc["on", "contacts"] == 1
    assert states.loc["off", "contacts"] == 2
    assert states.loc["on", "admissions"] == 1
    assert states.loc["off", "admissions"] == 1
    assert states["client_days"].sum() == result.table["client_days"].sum()
    assert states.loc["on", "contacts_per_week"] == pytest.approx(7 * 1 / (21 + 20 + 34))
    assert result.same_staff["persons_same"].tolist() == [1]


def test_meetings_are_counted_by_day_and_week():
    meetings = """
        team_id | date       | clients_reviewed
        norr    | 2024-01-02 | 5
        norr    | 2024-01-02 | 5
        norr    | 2024-06-03 | 5
    """
    row = use(meetings=meetings).meetings.iloc[0]
    assert row["meetings"] == 2
    assert row["per_week"] == pytest.approx(2 / (182 / 7))
    assert row["reference"] == 5


def test_without_contacts_and_stays_there_is_no_rate_not_a_zero():
    states = use().on_off
    assert states["contacts_per_week"].isna().all()
    assert states["admissions_per_year"].isna().all()


def test_the_line_of_20_per_cent_is_a_reference_not_a_target():
    assert use().notes["share_reference"] == "0.2"
    assert "not a target" in use().methods("en")


def test_a_released_board_says_nothing_of_few_persons():
    released = use().released()
    assert released.table["board_days"].fillna(0).eq(0).all()
    assert released.episodes["median_days"].isna().all()
    for language in ("sv", "en"):
        released.summary(language)
        released.views(language)
        for figure in released.figures(language):
            figure.draw(None)


def test_an_empty_board_gives_a_share_of_zero_and_no_median():
    result = use(board=frame("client_id | team_id | start | end | reason_on | reason_off"))
    assert result.table["share"].eq(0).all()
    assert result.episodes["median_days"].isna().all()
    result.views("sv")
    result.figures("sv")


@pytest.mark.parametrize("seed", range(15))
def test_the_board_equals_a_slow_count_of_every_day(seed):
    draw = np.random.default_rng(seed)
    board, enrolments = random_periods(draw, 8, 25), random_periods(draw, 5, 90)
    board = board.assign(reason_on="worse", reason_off="stable")
    extract = extract_of("2024-01-15", "2024-05-15", board=board, enrolments=enrolments)
    table = board_use(extract, every="month").table
    on, there = plain(board), plain(enrolments)
    first = pd.Timestamp("2024-01-15")
    for row in table.loc[table["team_id"] != "total"].itertuples():
        low = max(row.period_start, first)
        high = min(row.period_start + pd.DateOffset(months=1), pd.Timestamp("2024-05-15"))
        days = pd.date_range(low, high, inclusive="left")
        both = [(c, d) for d in days for c in "ABC" if holds(on, c, row.team_id, d) and holds(there, c, row.team_id, d)]
        enrolled = [(c, d) for d in days for c in "ABC" if holds(there, c, row.team_id, d)]
        assert (row.board_days, row.client_days) == (len(both), len(enrolled))
        assert (row.persons_on, row.persons) == (len({c for c, _ in both}), len({c for c, _ in enrolled}))


def random_periods(draw, n, length):
    start = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 110, n), unit="D"))
    end = (start + pd.to_timedelta(draw.integers(1, length, n), unit="D")).where(draw.random(n) > 0.2)
    table = pd.DataFrame({"client_id": draw.choice(list("ABC"), n), "team_id": draw.choice(["norr", "syd"], n)})
    return table.assign(start=start.astype("datetime64[s]"), end=end.astype("datetime64[s]"))


def plain(table):
    far = pd.Timestamp("2100-01-01")
    return [(row.client_id, row.team_id, row.start, far if pd.isna(row.end) else row.end) for row in table.itertuples()]


def holds(rows, client, team, day):
    return any(c == client and t == team and start <= day < end for c, t, start, end in rows)


def test_admissions_on_and_off_the_board_are_over_the_days_that_their_source_covers():
    stays = pd.DataFrame({
        "client_id": ["A", "A"], "mvo": "901",
        "admitted": pd.to_datetime(["2024-02-01", "2024-05-05"]).astype("datetime64[s]"),
        "discharged": pd.to_datetime(["2024-02-03", "2024-05-07"]).astype("datetime64[s]"),
    })  # fmt: skip
    whole = extract_of("2024-01-01", "2024-07-01", board=LOG, enrolments=ENROLMENTS, teams=TEAMS, episodes=stays)
    late = replace(whole.source("episodes"), start=pd.Timestamp("2024-04-01"))
    part = Extract(tables=whole.tables, start=whole.start, end=whole.end, sources={**whole.sources, "episodes": late})
    off = board_use(part).on_off.set_index("state").loc["off"]
    # from April: A 91 - 21 days, B 91 - 34, C 30 - 20 days off the board
    assert off["admissions"] == 1
    assert off["admissions_per_year"] == pytest.approx(365.25 / (70 + 57 + 10))
    assert off["client_days"] == board_use(whole).on_off.set_index("state").loc["off", "client_days"]
