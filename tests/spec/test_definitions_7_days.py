"""Definitions 7.1 and 7.3: client-days, FTE-days, and contacts by two staff."""

import numpy as np
import pandas as pd
import pytest
from frames import frame

from factfidelity.care.client_days import (
    calendar_periods,
    client_days,
    inside,
    one_period,
    shared_time,
    united,
)
from factfidelity.care.contact_days import contact_counts, contacts_once, staff_seen
from factfidelity.care.staff_days import counted_staff, fte_days, fte_on, staff_turnover

ROSTER = frame("""
    staff_id | team_id | profession          | employer | fte  | start      | end        | leader | case_carrying
    M01      | norr    | team_leader         | region   | 1    | 2023-09-01 |            | yes    | yes
    M02      | norr    | nurse               | region   | 0.8  | 2023-09-01 |            | no     | yes
    M03      | norr    | psychiatrist        | region   | 0.5  | 2023-10-15 |            | no     | no
    M04      | norr    | case_manager        | kommun   | 1    | 2023-09-01 | 2025-01-01 | no     | yes
    M05      | norr    | employment_specialist | kommun | 0.5  | 2024-01-08 |            | no     | no
    M06      | norr    | peer                | region   | 0.4  | 2024-02-01 |            | no     | no
    M04      | norr    | case_manager        | kommun   | 0.75 | 2025-01-01 |            | no     | yes
""")


def test_the_roster_gives_its_full_time_equivalents_on_a_day():
    assert fte_on(ROSTER, "2024-06-01")["fte"].tolist() == [4.2]
    assert fte_on(ROSTER, "2024-06-01", count="case_carrying")["fte"].tolist() == [2.8]
    assert fte_on(ROSTER, "2025-02-01")["fte"].tolist() == [3.95]
    assert fte_on(ROSTER, "2025-02-01", count="case_carrying")["fte"].tolist() == [2.55]


def test_fte_over_a_period_is_fte_days_divided_by_days():
    january = fte_days(ROSTER, one_period("2024-01-01", "2024-02-01"))
    # 24 days of the employment specialist's half post: from 8 January on
    assert january["fte_days"].tolist() == [pytest.approx(31 * (1 + 0.8 + 0.5 + 1) + 24 * 0.5)]
    assert january["heads"].tolist() == [5]


def test_a_change_of_hours_is_no_leaving():
    assert staff_turnover(ROSTER, "2024-01-01", "2025-06-01")["left"].tolist() == [0]
    gone = ROSTER.assign(end=ROSTER["end"].where(ROSTER["staff_id"] != "M02", pd.Timestamp("2024-05-01")))
    assert staff_turnover(gone, "2024-01-01", "2025-06-01")["left"].tolist() == [1]


def test_team_counts_the_psychiatrist_but_no_administrator():
    roster = ROSTER.assign(profession=ROSTER["profession"].replace("peer", "administrator"))
    assert "psychiatrist" in set(counted_staff(roster, "team")["profession"])
    assert "administrator" not in set(counted_staff(roster, "team")["profession"])
    with pytest.raises(ValueError, match="got 'heads'"):
        counted_staff(roster, "heads")


def test_a_day_in_two_overlapping_enrolments_counts_once():
    enrolments = frame("""
        client_id | team_id | start      | end
        A         | norr    | 2024-01-10 | 2024-02-10
        A         | norr    | 2024-02-05 | 2024-02-20
        A         | norr    | 2024-02-25 |
        B         | norr    | 2024-03-01 |
    """)
    months = calendar_periods("2024-01-05", "2024-05-01")
    found = client_days(enrolments, months)
    assert found["client_days"].tolist() == [22, 19 + 5, 62, 60]
    assert found["persons"].tolist() == [1, 1, 2, 2]


def test_client_days_stop_at_observed_time_and_begin_with_the_team():
    enrolments = frame("""
        client_id | team_id | start      | end
        A         | norr    | 2024-01-01 |
    """)
    clients = frame("""
        client_id | observed_from | observed_to
        A         | 2023-01-01    | 2024-03-11
    """)
    teams = frame("""
        team_id | started
        norr    | 2024-02-20
    """)
    months = calendar_periods("2024-01-01", "2024-05-01")
    found = client_days(enrolments, months, clients=clients, teams=teams)
    assert found["client_days"].tolist() == [0, 10, 10, 0]


def test_shared_time_and_dated_rows_respect_half_open_ends():
    board = frame("""
        client_id | start      | end
        A         | 2024-01-01 | 2024-01-11
    """)
    enrolled = frame("""
        client_id | start      | end
        A         | 2024-01-05 | 2024-02-01
    """)
    both = shared_time(board, enrolled, ["client_id"])
    assert both["start"].tolist() == [pd.Timestamp("2024-01-05")]
    assert both["end"].tolist() == [pd.Timestamp("2024-01-11")]
    dates = frame("""
        client_id | date
        A         | 2024-01-04
        A         | 2024-01-05
        A         | 2024-01-31
        A         | 2024-02-01
        B         | 2024-01-10
        A         |
    """)
    assert inside(dates, enrolled, ["client_id"]).tolist() == [False, True, True, False, False, False]


CONTACTS = frame("""
contact_id|client_id| team_id|date       | form  | face_to_face | minutes | attended | staff_id |profession | agencies
1          | A         | norr   |2024-01-20 | visit | yes          | 30      | yes      | M01      |nurse      |
1          | A         | norr   |2024-01-20 | visit | yes          | 30      | yes      | M02      |nurse      | kommun
2          | A         | norr   |2024-01-22 | phone | no           | 10      | yes      | M03      |physician  |
3          | A         | norr   |2024-01-25 | visit | yes          | 45      | no       | M03      |physician  |
""").assign(time=None, outside_clinic=False, relatives=False)


def test_a_contact_by_two_staff_is_one_contact_its_minutes_once_and_two_staff_seen():
    once = contacts_once(CONTACTS)
    assert len(once) == 3
    assert once["minutes"].tolist() == [30, 10, 45]
    assert once["staff"].tolist() == [2, 1, 1]
    assert once["agencies"].tolist() == [True, False, False]
    assert staff_seen(CONTACTS, "2024-01-15", "2024-01-29")["staff_seen"].tolist() == [2]


def test_a_client_without_contacts_counts_0():
    seen = staff_seen(CONTACTS, "2024-01-15", "2024-01-29", clients=["A", "Z"])
    assert seen["contacts"].tolist() == [1, 0]
    assert seen["minutes"].tolist() == [30, 0]


def test_empty_tables_give_empty_answers_and_no_crash():
    months = calendar_periods("2024-01-01", "2024-03-01")
    enrolments = frame("client_id | team_id | start | end")
    assert len(client_days(enrolments, months)) == 0
    assert len(fte_days(ROSTER.iloc[:0], months)) == 0
    assert len(contacts_once(CONTACTS.iloc[:0])) == 0
    assert len(contact_counts(contacts_once(CONTACTS.iloc[:0]), months)) == 0
    assert staff_seen(CONTACTS.iloc[:0], "2024-01-01", "2024-02-01", clients=["A"])["contacts"].tolist() == [0]


def slow_client_days(enrolments, periods):
    counts = {}
    for team in sorted(enrolments["team_id"].unique()):
        for row in periods.itertuples():
            days, who = 0, set()
            for day in pd.date_range(row.start, row.end, inclusive="left"):
                here = set(
                    enrolments.loc[
                        (enrolments["team_id"] == team)
                        & (enrolments["start"] <= day)
                        & (enrolments["end"].isna() | (enrolments["end"] > day)),
                        "client_id",
                    ]
                )
                days += len(here)
                who |= here
            counts[team, row.period_start] = (days, len(who))
    return counts


@pytest.mark.parametrize("seed", range(6))
def test_client_days_equal_a_slow_count_of_every_day(seed):
    draw = np.random.default_rng(seed)
    n = int(draw.integers(1, 14))
    start = pd.Timestamp("2023-12-01") + pd.to_timedelta(draw.integers(0, 120, n), unit="D")
    end = start + pd.to_timedelta(draw.integers(0, 70, n), unit="D")
    enrolments = pd.DataFrame(
        {
            "client_id": draw.choice(list("ABCD"), n),
            "team_id": draw.choice(["norr", "syd"], n),
            "start": start,
            "end": end.where(draw.random(n) > 0.2),
        }
    )
    periods = calendar_periods("2024-01-11", "2024-04-06")
    found = client_days(enrolments, periods)
    slow = slow_client_days(enrolments, periods)
    for row in found.itertuples():
        assert (row.client_days, row.persons) == slow[row.team_id, row.period_start]
    assert united(enrolments).groupby(["client_id", "team_id"]).size().sum() >= found["team_id"].nunique()
