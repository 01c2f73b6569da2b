"""Definitions, sections 1 and 2: the calendar day, observed time, spells, days in hospital, readmission."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import extract_of, frame

from factfidelity.care.exposure import observed_time
from factfidelity.care.readmission import readmissions
from factfidelity.care.spells import bed_days, chain_spells
from factfidelity.care.windows import window_use
from factfidelity.errors import ExtractError
from factfidelity.extract import Extract, Source


def use(episodes: str, windows: str, **options) -> pd.DataFrame:
    return window_use(frame(episodes), frame(windows), **options)


def observed(extract: Extract, **options) -> list[tuple[str, str, str]]:
    time = observed_time(extract, **options)
    spans = zip(time["observed_from"], time["observed_to"], time["why"], strict=True)
    return [(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}", why) for first, last, why in spans]


# 1. Time and observation


def test_a_night_belongs_to_the_day_it_begins():
    found = use(
        """
        client_id | admitted   | discharged
        A         | 2023-01-10 | 2023-01-12
        """,
        """
        client_id | window | start      | end
        A         | before | 2023-01-01 | 2023-01-11
        A         | after  | 2023-01-11 | 2023-01-31
        """,
    )
    assert found["bed_days"].tolist() == [1, 1]


def test_an_open_stay_lasts_until_the_end_of_observation_and_is_marked_open_never_dropped():
    episodes = """
        client_id | admitted   | discharged
        A         | 2023-01-10 |
        """
    found = use(
        episodes,
        """
        client_id | window | start      | end        | observed_from | observed_to
        A         | after  | 2023-01-01 | 2023-12-31 | 2022-01-01    | 2023-01-20
        """,
    )
    assert found["bed_days"].tolist() == [10]
    assert chain_spells(frame(episodes))["open"].tolist() == [True]


def test_observed_time_ends_the_day_after_death():
    extract = extract_of(clients="client_id\nA", deaths="client_id | date | precision\nA | 2020-03-05 | day")
    assert observed(extract) == [("2018-01-01", "2020-03-06", "")]


def test_observed_time_ends_when_the_client_leaves_the_area_or_at_the_end_of_the_extract():
    extract = extract_of(
        clients="""
        client_id | observed_from | observed_to
        A         | 2019-01-01    | 2021-06-01
        B         |               | 2030-01-01
        """
    )
    assert observed(extract) == [("2019-01-01", "2021-06-01", ""), ("2018-01-01", "2025-01-01", "")]


def test_a_source_of_finished_stays_is_complete_until_its_last_discharge_less_the_lag():
    extract = extract_of(
        clients="client_id\nA", episodes="client_id | admitted | discharged\nA | 2019-01-01 | 2023-12-31"
    )
    finished = Extract(extract.tables, extract.start, extract.end, {"episodes": Source(completeness="discharged")})
    assert observed(finished)[0][1] == "2023-07-04"
    assert observed(finished, truncation_lag=90)[0][1] == "2023-10-02"
    running = Extract(extract.tables, extract.start, extract.end, {"episodes": Source(completeness="running")})
    assert observed(running)[0][1] == "2025-01-01"


def test_a_client_in_no_care_file_counts_0_only_where_the_sources_are_linked():
    tables = {
        "clients": frame("client_id\nA\nB"),
        "episodes": frame("client_id | admitted | discharged\nA | 2019-01-01 | 2019-01-03"),
    }
    start, end = pd.Timestamp("2018-01-01"), pd.Timestamp("2025-01-01")
    linked = observed_time(Extract(tables, start, end, {"episodes": Source(linked=True)}))
    loose = observed_time(Extract(tables, start, end, {"episodes": Source(linked=False)}))
    assert linked["why"].tolist() == ["", ""]
    assert loose["why"].tolist() == ["", "not_linked"]


def test_a_death_known_to_the_month_ends_observation_with_the_first_day_it_could_have_been():
    extract = extract_of(clients="client_id\nA", deaths="client_id | date | precision\nA | 2020-03-01 | month")
    assert observed(extract)[0][1] == "2020-03-01"


# 2. Stays, spells, bed-days


def test_a_short_stay_inside_a_long_one_does_not_end_it():
    spells = chain_spells(
        frame("""
        client_id | admitted   | discharged
        A         | 2023-01-01 | 2023-01-31
        A         | 2023-01-05 | 2023-01-06
        A         | 2023-01-20 | 2023-02-10
        """)
    )
    assert spells[["spell", "episodes"]].to_dict("records") == [{"spell": 1, "episodes": 3}]
    assert bed_days(spells).tolist() == [40]


@pytest.mark.parametrize(("gap", "spells"), [(0, 3), (1, 2), (2, 2), (3, 1)])
def test_a_new_spell_begins_when_admission_is_later_than_the_last_discharge_plus_the_gap(gap, spells):
    episodes = frame("""
        client_id | admitted   | discharged
        A         | 2023-01-01 | 2023-01-05
        A         | 2023-01-05 | 2023-01-08
        A         | 2023-01-09 | 2023-01-12
        A         | 2023-01-15 | 2023-01-16
        """)
    assert len(chain_spells(episodes, gap_days=gap)) == spells


def test_a_same_day_transfer_is_one_spell_across_clinics_and_two_within_them():
    episodes = frame("""
        client_id | admitted   | discharged | unit
        A         | 2023-01-01 | 2023-01-05 | North
        A         | 2023-01-05 | 2023-01-08 | South
        """)
    assert len(chain_spells(episodes)) == 1
    assert len(chain_spells(episodes, same_clinic=True)) == 2


def test_what_is_said_of_the_admission_is_said_of_the_spells_first_episode():
    episodes = frame("""
        client_id | admitted   | discharged | acute
        A         | 2023-01-05 | 2023-01-08 | no
        A         | 2023-01-01 | 2023-01-05 | yes
        """)
    assert chain_spells(episodes, keep=["acute"])["acute"].tolist() == [True]


def test_days_are_counted_on_spells_joined_at_gap_0_whatever_gap_admissions_have():
    episodes = """
        client_id | admitted   | discharged
        A         | 2023-01-01 | 2023-01-05
        A         | 2023-01-08 | 2023-01-10
        """
    window = """
        client_id | window | start      | end
        A         | after  | 2023-01-01 | 2023-12-31
        """
    joined = use(episodes, window, gap_days=3)
    assert joined[["admissions", "bed_days"]].to_numpy().tolist() == [[1, 6]]
    assert use(episodes, window)[["admissions", "bed_days"]].to_numpy().tolist() == [[2, 6]]


@pytest.mark.parametrize(("rule", "days"), [("nights", [10, 0]), ("days", [9, 1]), ("nights_min_one", [10, 1])])
def test_the_three_counting_rules(rule, days):
    spells = chain_spells(
        frame("""
        client_id | admitted   | discharged
        A         | 2023-01-01 | 2023-01-11
        B         | 2023-01-06 | 2023-01-06
        """)
    )
    leave = frame("""
        client_id | start      | end
        A         | 2023-01-03 | 2023-01-06
        """)
    assert bed_days(spells, day_count=rule, leave=leave).tolist() == days


def test_a_same_day_row_inside_a_longer_spell_adds_nothing():
    spells = chain_spells(
        frame("""
        client_id | admitted   | discharged
        A         | 2023-01-01 | 2023-01-11
        A         | 2023-01-11 | 2023-01-11
        """)
    )
    assert bed_days(spells, day_count="nights_min_one").tolist() == [10]


def test_a_published_layout_by_hand_person_1001_has_two_spells_23_nights_and_25_days():
    spells = chain_spells(
        frame("""
        client_id | admitted   | discharged | unit
        1001      | 2023-01-10 | 2023-01-14 | Psykiatri Söder
        1001      | 2023-01-14 | 2023-02-02 | Psykosvård Västra Å
        1001      | 2023-05-19 | 2023-05-19 | Psykiatri Söder
        """)
    )
    assert len(spells) == 2
    assert bed_days(spells).sum() == 23
    assert bed_days(spells, day_count="days").sum() == 25


def test_a_stay_that_crosses_the_year_has_64_started_days_in_the_second_year():
    found = use(
        "client_id | admitted | discharged\n1002 | 2022-12-18 | 2023-03-05",
        "client_id | window | start | end\n1002 | year | 2023-01-01 | 2024-01-01",
        day_count="days",
    )
    assert found["bed_days"].tolist() == [64]


def test_an_admission_is_a_spell_whose_first_day_lies_in_the_window():
    found = use(
        """
        client_id | admitted   | discharged
        A         | 2022-12-31 | 2023-01-05
        A         | 2023-01-31 | 2023-03-01
        """,
        """
        client_id | window  | start      | end
        A         | january | 2023-01-01 | 2023-02-01
        """,
    )
    assert found[["admissions", "bed_days"]].to_numpy().tolist() == [[1, 5]]


def test_readmission_counts_spells_chained_at_gap_1_from_day_1_to_day_k():
    episodes = frame("""
        client_id | admitted   | discharged
        A         | 2023-01-01 | 2023-01-05
        A         | 2023-01-06 | 2023-01-08
        A         | 2023-01-22 | 2023-01-25
        B         | 2023-01-01 | 2023-01-05
        B         | 2023-02-10 | 2023-02-12
        """)
    windows = frame("""
        client_id | window | start      | end
        A         | after  | 2023-01-01 | 2023-12-31
        B         | after  | 2023-01-01 | 2023-12-31
        """)
    found = readmissions(episodes, windows, within=(14, 28))
    assert found.query("within == 14")[["discharges", "readmitted"]].to_numpy().tolist() == [[2, 1], [2, 0]]
    assert found.query("within == 28")[["first_followed", "first_readmitted"]].to_numpy().tolist() == [[1, 1], [1, 0]]


def test_a_discharge_belongs_to_a_window_only_if_its_k_days_end_inside_it():
    episodes = frame("client_id | admitted | discharged\nA | 2023-01-01 | 2023-01-20")
    windows = frame("client_id | window | start | end\nA | after | 2023-01-01 | 2023-02-01")
    found = readmissions(episodes, windows, within=(11, 12))
    assert found["discharges"].tolist() == [1, 0]


def test_death_within_k_days_is_followed_and_not_readmitted():
    episodes = frame("client_id | admitted | discharged\nA | 2023-01-01 | 2023-01-05")
    windows = frame("""
        client_id | window | start      | end        | observed_from | observed_to
        A         | after  | 2023-01-01 | 2023-12-31 | 2022-01-01    | 2023-01-11
        """)
    deaths = frame("client_id | date\nA | 2023-01-10")
    assert readmissions(episodes, windows, within=(28,), deaths=deaths)["discharges"].tolist() == [1]
    assert readmissions(episodes, windows, within=(28,))["discharges"].tolist() == [0]


def test_a_discharge_before_its_admission_is_never_repaired_in_silence():
    with pytest.raises(ExtractError, match="discharged is before admitted"):
        chain_spells(frame("client_id | admitted | discharged\nA | 2023-01-10 | 2023-01-08"))
