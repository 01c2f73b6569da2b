from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.contact.indicators import COUNTED, programme_indicators
from factfidelity.extract import Extract
from factfidelity.schemas.programme import indicator_vocabulary, programmes

ENROLMENTS = """
    client_id | team_id | start      | end        | end_reason
    A         | norr    | 2023-01-01 |            |
    B         | norr    | 2023-06-01 |            |
    C         | norr    | 2022-01-01 | 2024-05-01 | planned
"""


def value(programme, name, **tables):
    result = programme_indicators(extract_of("2022-06-01", "2025-01-01", enrolments=ENROLMENTS, **tables), programme)
    return result.table.set_index("indicator").loc[name]


PLANS = """
    client_id | kind        | made       | followed_up | person_present | relatives_present | agencies | consent
    A         | SIP         | 2023-03-02 | 2024-02-01  | yes            | no                | housing  | yes
    A         | crisis_plan | 2024-03-02 |             |                |                   |          |
    B         | SIP         | 2024-09-01 |             | no             |                   |          | yes
"""


def test_a_current_sip_is_made_or_followed_up_in_the_last_year():
    row = value("fact", "sip_share", care_plans=PLANS)
    assert (row["numerator"], row["denominator"]) == (2, 2)
    late = PLANS.replace("2024-02-01", "2023-04-01")
    assert value("fact", "sip_share", care_plans=late)["value"] == 0.5


def test_time_to_sip_counts_from_the_enrolment_and_keeps_those_without_one():
    row = value("fact", "sip_days", care_plans=PLANS)
    # A after 60 days, B after 458: half from 60 to 458, the midpoint; C was enrolled before the data and is left out
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 2, (60 + 458) / 2)


def test_who_took_part_is_a_share_of_the_plans_that_say_so():
    assert value("fact", "sip_person", care_plans=PLANS)["value"] == 0
    assert np.isnan(value("fact", "sip_relatives", care_plans=PLANS)["value"])
    assert value("fact", "sip_relatives", care_plans=PLANS)["why"] == "not_stated"
    assert value("fact", "sip_followed_up", care_plans=PLANS)["value"] == 1.0


def test_a_table_that_was_not_delivered_is_said():
    row = value("ips", "employer_contact")
    assert np.isnan(row["value"])
    assert row["why"] == "no events"


WORK = """
    client_id | kind          | start      | end
    A         | ordinary_work | 2023-01-15 | 2023-02-12
    A         | ordinary_work | 2024-12-01 |
    B         | training      | 2023-07-01 |
"""
EVENTS = """
    client_id | team_id | date       | kind                   | amount
    A         | norr    | 2023-01-11 | employer_contact       |
    A         | norr    | 2024-02-01 | resource_group_meeting |
    A         | norr    | 2024-05-01 | resource_group_meeting |
    B         | norr    | 2024-06-01 | school_absence         | 3
    C         | norr    | 2024-06-01 | resource_group_meeting |
"""


def test_work_as_ips_counts_it():
    assert value("ips", "ordinary_work", work=WORK)["value"] == 0.5
    assert value("ips", "first_job", work=WORK)["value"] == 2.0
    assert value("ips", "employer_contact", events=EVENTS)["value"] == 10
    assert value("ips", "job_tenure", work=WORK)["value"] == pytest.approx(4)


def test_events_are_counted_on_enrolled_days_of_the_last_year():
    row = value("ract", "resource_group_meetings", events=EVENTS)
    years = (366 + 366 + 121) / 365.25
    assert row["numerator"] == 2
    assert row["denominator"] == pytest.approx(years)
    assert row["value"] == pytest.approx(2 / years)
    assert value("ract", "resource_group_formed", events=EVENTS)["value"] == 0.5
    assert value("fact_ung", "school", events=EVENTS)["numerator"] == 3


def test_placement_days_fall_inside_enrolment_and_the_last_year():
    placements = """
        client_id | kind | start      | end        | form | law | municipality
        A         | sis  | 2023-12-20 | 2024-01-11 | sis  | LVU | 0180
        C         | hvb  | 2024-04-21 |            | hvb  | SoL | 0180
    """
    assert value("fact_ung", "placement_days", placements=placements)["numerator"] == 10 + 10


def test_status_after_a_referral_counts_those_followed_so_long():
    referrals = """
        client_id | team_id | received   | decided    | outcome  | first_contact
        A         | norr    | 2022-10-20 | 2022-10-25 | accepted | 2022-10-30
        B         | norr    | 2024-12-01 | 2024-12-05 | declined |
    """
    assert value("mgt", "status_3", referrals=referrals, work=WORK)["denominator"] == 1
    assert value("mgt", "status_3", referrals=referrals, work=WORK)["value"] == 1
    assert value("mgt", "referral_outcome", referrals=referrals, work=WORK)["value"] == 0.5
    assert value("mgt", "referral_meeting", referrals=referrals, work=WORK)["value"] == 10


@pytest.mark.parametrize("name", sorted(programmes()))
def test_every_care_model_gives_its_own_indicators_in_both_languages(name):
    extract = extract_of("2022-06-01", "2025-01-01", enrolments=ENROLMENTS, care_plans=PLANS, events=EVENTS, work=WORK)
    result = programme_indicators(extract, name)
    listed = [*programmes()[name].indicators, *(part for module in programmes()[name].modules
              for part in programmes()[module].indicators)]  # fmt: skip
    shown = {row for indicator in listed if indicator in COUNTED for row in COUNTED[indicator]}
    assert set(result.table.get("indicator", pd.Series(dtype=str))) == shown
    for language in ("sv", "en"):
        for each in (result, result.released()):
            each.summary(language)
            each.methods(language)
            each.views(language)
    assert result.released().table.get("value", pd.Series(dtype=float)).isna().all()


def test_every_counted_indicator_is_in_the_vocabulary():
    assert set(COUNTED) <= set(indicator_vocabulary())


def test_events_are_per_year_of_the_days_that_their_source_covers():
    tables = extract_of("2023-01-01", "2025-01-01", enrolments=ENROLMENTS, events=EVENTS)
    half = replace(tables.source("events"), start=pd.Timestamp("2024-04-01"))
    extract = Extract(
        tables=tables.tables, start=tables.start, end=tables.end, sources={**tables.sources, "events": half}
    )
    row = programme_indicators(extract, "ract").table.set_index("indicator").loc["resource_group_meetings"]
    assert row["numerator"] == 1  # the one of May; that of February is not covered, C had left in June
    assert row["denominator"] == pytest.approx((275 + 275 + 30) / 365.25)
    none = replace(tables.source("events"), start=pd.Timestamp("2025-04-01"), end=pd.Timestamp("2025-06-01"))
    empty = Extract(
        tables=tables.tables, start=tables.start, end=tables.end, sources={**tables.sources, "events": none}
    )
    row = programme_indicators(empty, "ract").table.set_index("indicator").loc["resource_group_meetings"]
    assert np.isnan(row["value"])
    assert row["why"] == "no_day"
