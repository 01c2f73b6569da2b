"""Definitions, section 3: compulsory care in three figures that are never mixed, and coercive measures."""

from __future__ import annotations

import pandas as pd
from frames import extract_of, frame

from factfidelity.care.legal_status import compulsory_use
from factfidelity.care.spells import bed_days
from factfidelity.outcomes.mirror import mirror_outcomes

WINDOW = "client_id | window | start | end\nP-00417 | year | 2024-01-01 | 2025-01-01"
LEGAL = """
    client_id | form     | start      | end
    P-00417   | HSL      | 2024-02-03 | 2024-02-06
    P-00417   | LPT      | 2024-02-05 | 2024-03-19
    P-00417   | LPT_open | 2024-03-18 |
    """
LEAVE = "client_id | kind | start | end\nP-00417 | leave | 2024-03-02 | 2024-03-04"

BASE = {
    "clients": "client_id\nA",
    "enrolments": "client_id | team_id | start | end\nA | T1 | 2020-01-01 |",
    "episodes": """
        client_id | admitted   | discharged | mvo
        A         | 2020-02-01 | 2020-03-01 | 901
        A         | 2020-05-01 | 2020-05-11 | 901
        A         | 2020-08-01 | 2020-08-11 | 901
        """,
    "legal_status": """
        client_id | form     | start      | end
        A         | LPT      | 2020-02-11 | 2020-02-21
        A         | LPT      | 2020-05-01 | 2020-05-06
        A         | LRV      | 2020-08-01 | 2020-08-03
        A         | LPT_open | 2020-05-12 | 2020-06-01
        """,
    "coercion": """
        client_id | date       | kind
        A         | 2020-02-12 | restraint
        A         | 2020-02-13 | seclusion
        A         | 2020-05-02 | restraint
        """,
}


def totals(**tables) -> dict[str, float]:
    result = mirror_outcomes(extract_of(**(BASE | tables)))
    rows = result.table.query("window == 'after' and cohort == 'all'")
    return dict(zip(rows["outcome"], rows["total"], strict=True))


def test_the_three_figures_of_compulsory_care_are_different_numbers():
    found = totals()
    assert found["compulsory_admissions"] == 2
    assert found["compulsory_any_day"] == 3
    assert found["compulsory_days"] == 10 + 5 + 2


def test_lpt_lrv_and_the_open_forms_are_reported_apart():
    result = mirror_outcomes(extract_of(**BASE))
    after = result.forms.set_index("window").loc["after"]
    assert (after["lpt_days"], after["lrv_days"]) == (15, 2)
    assert totals()["lpt_open_days"] == 20


def test_a_day_that_two_forms_share_belongs_to_the_later_one():
    found = compulsory_use(frame(LEGAL), frame(WINDOW)).iloc[0]
    assert found["lpt_days"] == 42  # 5 February to 17 March: the 18th is the first day of the open form
    assert found["lpt_open_days"] == 289


def test_a_closed_form_that_nothing_follows_holds_its_last_day_42_nights_43_days_42_without_the_leave_day():
    alone = frame("client_id | form | start | end\nP-00417 | LPT | 2024-02-05 | 2024-03-19")
    assert compulsory_use(alone, frame(WINDOW))["lpt_days"].tolist() == [43]
    assert compulsory_use(alone, frame(WINDOW), leave=frame(LEAVE))["lpt_days"].tolist() == [42]
    stay = frame("client_id | admitted | discharged\nP-00417 | 2024-02-05 | 2024-03-18")
    assert bed_days(stay, day_count="nights").tolist() == [42]
    assert bed_days(stay, day_count="days").tolist() == [43]
    assert bed_days(stay, day_count="days", leave=frame(LEAVE)).tolist() == [42]


def test_whole_leave_days_are_out_of_closed_days_and_stay_in_open_ones():
    leave = "client_id | kind | start | end\nA | leave | 2020-02-12 | 2020-02-16\nA | leave | 2020-05-14 | 2020-05-20"
    assert totals(leave=leave)["compulsory_days"] == 17 - 3
    assert totals(leave=leave)["lpt_open_days"] == 20


def test_closed_days_count_whether_or_not_a_stay_covers_them():
    assert (
        totals(legal_status="client_id | form | start | end\nA | LPT | 2020-11-01 | 2020-11-11")["compulsory_days"]
        == 10
    )


def test_coercive_measures_stand_with_their_numerator_and_both_denominators():
    result = mirror_outcomes(extract_of(**BASE))
    row = result.coercion.query("kind == 'total' and window == 'after'").iloc[0]
    assert (row["measures"], row["bed_days"], row["compulsory_days"]) == (3, 29 + 10 + 10, 17)
    assert row["per_client"] == 3
    assert row["per_1000_bed_days"] == 1000 * 3 / 49
    assert row["per_1000_compulsory_days"] == 1000 * 3 / 17
    kinds = result.coercion.query("window == 'after'").set_index("kind")["measures"]
    pd.testing.assert_series_equal(
        kinds, pd.Series({"total": 3.0, "restraint": 2.0, "seclusion": 1.0}, name="measures").rename_axis("kind")
    )
