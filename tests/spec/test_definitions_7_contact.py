"""Definitions 7.3: contacts."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.contact.pattern import contact_pattern

ENROLMENTS = """
    client_id | team_id | start      | end
    P1        | norr    | 2024-01-01 |
    P2        | norr    | 2024-01-01 |
    P3        | norr    | 2024-01-01 |
    P4        | norr    | 2024-01-01 |
"""
# The contact list of a region: a team visit at home with social services and relatives, a call, a clinic visit, a visit
# elsewhere with the housing staff, a missed visit, a video call, and a contact about the client.
LIST = """
contact_id|client_id|team_id| date     | time  | form      | face_to_face| outside_clinic| minutes| attended| staff_id| relatives| agencies
1 | P1    | norr  | 2024-04-02 | 09:30 | home_visit | yes          | yes            | 75      | yes      | S1       | yes       | social_services
2 | P1    | norr  | 2024-04-04 | 13:10 | phone      | no           | no             | 15      | yes      | S2       | no        |
3 | P1    | norr  | 2024-04-09 | 10:00 | visit      | yes          | no             | 30      | yes      | S3       | no        |
4 | P2    | norr  | 2024-06-03 | 11:00 | elsewhere  | yes          | yes            | 90      | yes      | S4       | no        | housing
5 | P2    | norr  | 2024-06-05 | 15:00 | visit      | yes          | no             | 0       | no       | S5       | no        |
6 | P3    | norr  | 2024-06-10 | 08:45 | video      | no           | no             | 45      | yes      | S3       | no        |
7 | P4    | norr  | 2024-06-11 | 14:00 | conference | no           | no             | 30      | yes      | S2       | no        | insurance
"""  # noqa: E501


def pattern(contacts=LIST, enrolments=ENROLMENTS, start="2024-01-01", end="2025-01-01", every="year", **more):
    return contact_pattern(extract_of(start, end, contacts=contacts, enrolments=enrolments, **more), every=every)


def test_the_contact_list_gives_its_counts():
    row = pattern().latest.iloc[0]
    assert row["attended"] == 6
    assert row["missed"] == 1
    assert (row["outside"], row["contacts"]) == (2, 3)
    assert row["outside_share"] == pytest.approx(2 / 3)
    assert row["network"] == 2
    assert row["minutes"] == 75 + 30 + 90
    assert row["distance"] == 2
    assert row["without"] == 2


def test_rates_are_over_enrolled_days_and_a_client_without_contacts_counts_zero():
    row = pattern().latest.iloc[0]
    assert row["client_days"] == 4 * 366
    assert row["per_week"] == pytest.approx(7 * 3 / (4 * 366))
    assert row["per_month"] == pytest.approx(365.25 / 12 * 3 / (4 * 366))
    assert row["minutes_per_week"] == pytest.approx(7 * 195 / (4 * 366))


def test_contacts_outside_the_enrolment_are_not_counted_but_said():
    result = pattern(enrolments=ENROLMENTS.replace("P1        | norr    | 2024-01-01 |", "P1|norr|2024-04-05|"))
    assert result.latest["contacts"].tolist() == [2]
    assert result.notes["outside_enrolment"] == "2"


def test_two_staff_make_one_contact_and_two_professions():
    contacts = """
        contact_id|client_id|team_id|date       | time | form | face_to_face |minutes|attended|staff_id| profession
        1         | P1      | norr  |2024-12-21 | 18:30| visit| yes          | 60    | yes    | S1     | nurse
        1         | P1      | norr  |2024-12-21 | 18:30| visit| yes          | 60    | yes    | S2     | psychiatrist
        2         | P2      | norr  |2024-12-23 | 12:00| visit| yes          | 60    | yes    | S1     | nurse
    """
    result = pattern(contacts)
    row = result.latest.iloc[0]
    assert (row["contacts"], row["minutes"]) == (2, 120)
    assert row["off_hours_share"] == 0.5
    assert dict(zip(result.professions["profession"], result.professions["contacts"], strict=True)) == {
        "nurse": 2,
        "psychiatrist": 1,
    }
    reach = result.reach.iloc[0]
    assert (reach["last_persons"], reach["last_two"]) == (4, 1)
    assert reach["professions"] == pytest.approx(3 / 4)


def test_continuity_indices_by_hand():
    staff = ["S1", "S1", "S1", "S2"]
    lines = "\n".join(f"{n}|P1|norr|2024-05-0{n + 1}|visit|yes|30|yes|{who}|nurse" for n, who in enumerate(staff))
    head = "contact_id|client_id|team_id|date|form|face_to_face|minutes|attended|staff_id|profession\n"
    row = pattern(head + lines).continuity.iloc[0]
    assert row["usual_provider"] == pytest.approx(3 / 4)
    assert row["bice_boxerman"] == pytest.approx((9 + 1 - 4) / (4 * 3))
    assert row["persons"] == 1


def test_follow_up_counts_day_1_to_k_and_only_discharges_followed_so_long():
    stays = pd.DataFrame(
        {
            "client_id": ["P1", "P2", "P3"],
            "admitted": pd.to_datetime(["2024-03-01", "2024-05-20", "2024-12-01"]).astype("datetime64[s]"),
            "discharged": pd.to_datetime(["2024-03-28", "2024-06-03", "2024-12-28"]).astype("datetime64[s]"),
            "mvo": "901",
        }
    )
    table = pattern(episodes=stays).follow_up.set_index("days")
    # P1: first meeting 5 days later; P2: met on the day itself, which does not count; P3: not followed 7 days
    assert table.loc[7, ["discharges", "followed"]].tolist() == [2, 1]
    assert table.loc[30, ["discharges", "followed"]].tolist() == [2, 1]


def test_response_to_a_referral_by_the_register_or_by_the_first_contact():
    referrals = """
        client_id | team_id | received   | decided    | outcome  | first_contact
        P1        | norr    | 2024-04-02 | 2024-04-02 | accepted |
        P2        | norr    | 2024-05-30 |            |          |
        P3        | norr    | 2024-02-01 |            |          | 2024-02-20
        P4        | norr    | 2024-12-30 |            |          |
    """
    row = pattern(referrals=referrals).referrals.iloc[0]
    assert (row["received"], row["followed"]) == (4, 3)
    assert (row["same_day"], row["within_7"]) == (1, 2)


def test_a_released_pattern_shows_no_figure_of_few_clients():
    released = pattern().released()
    for name in ("per_week", "contacts", "outside_share", "missed", "without"):
        assert released.latest[name].isna().all(), name
    assert not any(name.startswith("persons_") for name in released.latest.columns)
    for language in ("sv", "en"):
        released.summary(language)
        released.views(language)
        for figure in released.figures(language):
            figure.draw(None)


def test_no_contacts_give_zero_rates_and_empty_shares():
    row = pattern("contact_id|client_id|team_id|date|form|face_to_face|attended|staff_id|minutes").latest.iloc[0]
    assert row["per_week"] == 0
    assert np.isnan(row["outside_share"])


def random_extract(draw):
    people, staff = list("ABCD"), ["S1", "S2", "S3"]
    n = int(draw.integers(0, 60))
    ids = draw.integers(0, 40, n)
    who = {number: draw.choice(people) for number in range(40)}
    day = {number: int(draw.integers(0, 130)) for number in range(40)}
    team = {number: draw.choice(["norr", "syd"]) for number in range(40)}
    face = {number: bool(draw.random() > 0.3) for number in range(40)}
    came = {number: bool(draw.random() > 0.2) for number in range(40)}
    length = {number: float(draw.integers(5, 90)) for number in range(40)}
    contacts = pd.DataFrame(
        {
            "contact_id": [str(number) for number in ids],
            "client_id": [who[number] for number in ids],
            "team_id": [team[number] for number in ids],
            "date": pd.Timestamp("2023-12-20") + pd.to_timedelta([day[number] for number in ids], unit="D"),
            "time": "10:00", "form": "visit",
            "face_to_face": pd.array([face[number] for number in ids], dtype="boolean"),
            "outside_clinic": pd.array([number % 2 == 0 for number in ids], dtype="boolean"),
            "minutes": [length[number] for number in ids],
            "attended": pd.array([came[number] for number in ids], dtype="boolean"),
            "staff_id": draw.choice(staff, n), "profession": draw.choice(["nurse", "physician"], n),
        }
    ).astype({"date": "datetime64[s]"})  # fmt: skip
    m = int(draw.integers(1, 8))
    start = pd.Series(pd.Timestamp("2023-12-20") + pd.to_timedelta(draw.integers(0, 100, m), unit="D"))
    end = (start + pd.to_timedelta(draw.integers(1, 100, m), unit="D")).where(draw.random(m) > 0.3)
    enrolments = pd.DataFrame({"client_id": draw.choice(people, m), "team_id": draw.choice(["norr", "syd"], m)})
    enrolments = enrolments.assign(start=start.astype("datetime64[s]"), end=end.astype("datetime64[s]"))
    return extract_of("2024-01-01", "2024-04-15", contacts=contacts, enrolments=enrolments)


@pytest.mark.parametrize("seed", [*range(8), *(pytest.param(n, marks=pytest.mark.slow) for n in range(8, 100))])
def test_contacts_equal_a_slow_count_client_day_by_client_day(seed):
    extract = random_extract(np.random.default_rng(seed))
    result = contact_pattern(extract, every="month")
    spells = [
        (row.client_id, row.team_id, row.start, pd.Timestamp("2100-01-01") if pd.isna(row.end) else row.end)
        for row in extract.enrolments.itertuples()
    ]
    held = list(extract.contacts.itertuples())
    days, meetings, minutes, outside, missed = Counter(), Counter(), Counter(), Counter(), Counter()
    for day in pd.date_range("2024-01-01", "2024-04-14"):
        for client, team in {(c, t) for c, t, start, end in spells if start <= day < end}:
            key = (team, day.to_period("M").start_time)
            days[key] += 1
            mine = {
                row.contact_id: row for row in held if (row.client_id, row.team_id, row.date) == (client, team, day)
            }
            for row in mine.values():
                if row.attended and row.face_to_face:
                    meetings[key] += 1
                    minutes[key] += row.minutes
                    outside[key] += row.outside_clinic
                missed[key] += not row.attended
    table = result.table.loc[result.table["team_id"] != "total"]
    for row in table.itertuples():
        key = (row.team_id, row.period_start)
        assert (row.client_days, row.contacts, row.minutes) == (days[key], meetings[key], minutes[key])
        assert (row.outside, row.missed) == (outside[key], missed[key])
    assert len(table) == len(days)


@pytest.mark.parametrize("seed", range(8))
def test_fortnights_equal_a_slow_count(seed):
    extract = random_extract(np.random.default_rng(seed))
    result = contact_pattern(extract)
    found = result.reach.loc[result.reach["team_id"] != "total"].set_index("team_id")
    held = [row for row in extract.contacts.itertuples() if row.attended and row.face_to_face]
    for team in found.index:
        number = two = 0
        last = pd.Timestamp("2024-04-15")
        while last - pd.Timedelta(days=14) >= pd.Timestamp("2024-01-01"):
            window = pd.date_range(last - pd.Timedelta(days=14), last, inclusive="left")
            for client in "ABCD":
                own = extract.enrolments.query("client_id == @client and team_id == @team")
                if all(((own["start"] <= day) & (own["end"].isna() | (own["end"] > day))).any() for day in window):
                    seen = {row.staff_id for row in held if row.client_id == client and row.team_id == team
                            and row.date in window}  # fmt: skip
                    number, two = number + 1, two + (len(seen) >= 2)
            last -= pd.Timedelta(days=14)
        assert (found.loc[team, "fortnights"], found.loc[team, "fortnights_two"]) == (number, two)
