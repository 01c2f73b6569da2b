"""Definitions, section 8.5: items counted from the registers, each by hand on a few rows in sight."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from frames import extract_of

from factfidelity.fidelity.derive import MEASURES, derive_fidelity, derive_trend
from factfidelity.schemas.scale import list_scales, load_scale
from factfidelity.schemas.scale_model import Measure

TEAM = "team_id | name | started\nnorth | Norr | 2022-01-01"
ENROLLED = """
    client_id | team_id | start      | end        | end_reason
    K1        | north   | 2022-02-01 |            |
    K2        | north   | 2022-02-01 |            |
    K3        | north   | 2022-03-01 |            |
    K4        | north   | 2023-05-01 | 2023-06-20 | declined
"""
ROSTER = """
    staff_id | team_id | profession    | fte | start      | end        | leader
    M1       | north   | nurse         | 0.2 | 2022-01-01 |            | no
    M2       | north   | case_manager  | 0.1 | 2022-01-01 |            | no
    M3       | north   | psychiatrist  | 0.5 | 2022-01-01 |            | no
    M4       | north   | administrator | 1   | 2022-01-01 |            | no
    M5       | north   | nurse         | 0.5 | 2022-01-01 | 2023-01-01 | no
"""
CONTACTS = """
    contact_id | client_id | team_id | date       | face_to_face | outside_clinic | minutes | attended | staff_id
    C1         | K1        | north   | 2023-06-30 | yes          | yes            | 60      | yes      | M1
    C1         | K1        | north   | 2023-06-30 | yes          | yes            | 60      | yes      | M2
    C2         | K1        | north   | 2023-06-10 | yes          | no             | 20      | yes      | M1
    C3         | K2        | north   | 2023-06-20 | yes          | no             | 40      | yes      | M1
    C4         | K2        | north   | 2023-06-21 | no           |                | 40      | yes      | M2
    C5         | K2        | north   | 2023-06-22 | yes          | no             | 40      | no       | M2
    C6         | K2        | north   | 2023-07-01 | yes          | no             | 40      | yes      | M2
"""


def derived(on="2023-07-01", scale="dacts", **tables):
    given = {"teams": TEAM, "enrolments": ENROLLED, "staff": ROSTER, "contacts": CONTACTS} | tables
    return derive_fidelity(extract_of("2022-01-01", "2024-01-01", **given), scale, team="north", on=on)


def row(result, item):
    return result.table.set_index("item").loc[item]


def test_caseload_is_clients_on_the_day_for_each_fte_without_psychiatrist_and_administrator():
    found = row(derived(), "H1")
    assert (found["numerator"], found["denominator"], found["clients"]) == (3, 0.3, 3)
    assert found["value"] == pytest.approx(10)
    assert found["score"] == 5
    assert found["kind"] == "item"


def test_posts_for_a_hundred_clients():
    found = derived()
    assert row(found, "H7")["value"] == pytest.approx(100 * 0.5 / 3)
    assert row(found, "H8")["value"] == pytest.approx(100 * 0.2 / 3)
    assert row(found, "H11")["value"] == pytest.approx(0.8)


def test_team_approach_counts_all_active_clients_and_a_contact_by_two_staff_shows_two():
    found = row(derived(), "H2")
    assert (found["numerator"], found["denominator"], found["part"]) == (1, 3, 1)
    assert (found["window_start"], found["window_end"]) == (pd.Timestamp("2023-06-17"), pd.Timestamp("2023-07-01"))


def test_the_share_outside_is_the_median_of_clients_with_contact_and_the_others_are_counted():
    found = row(derived(), "S1")
    assert found["value"] == pytest.approx(100 * (0.5 + 0.0) / 2)
    assert (found["clients"], found["left_out"]) == (2, 1)


def test_minutes_and_contacts_are_medians_with_zeros_and_a_joint_contact_counts_once():
    found = derived()
    assert row(found, "S4")["value"] == pytest.approx(40 / 4)  # clients: 80/4, 40/4, 0
    assert row(found, "S5")["value"] == pytest.approx(1 / 4)  # clients: 2/4, 1/4, 0
    assert row(found, "S4")["clients"] == 3


def test_a_day_of_review_is_not_part_of_its_own_window():
    assert row(derived(on="2023-07-02"), "S5")["numerator"] == 4
    assert row(derived(on="2023-07-01"), "S5")["numerator"] == 3


def test_retention_counts_those_who_dropped_out_among_all_served_in_twelve_months():
    found = row(derived(), "S2")
    assert (found["numerator"], found["denominator"]) == (3, 4)
    assert found["value"] == 75
    assert found["score"] == 3


def test_intake_is_the_busiest_of_the_last_six_whole_calendar_months():
    found = row(derived(on="2022-09-10"), "O2")
    assert found["value"] == 1
    assert (found["window_start"], found["window_end"]) == (pd.Timestamp("2022-03-01"), pd.Timestamp("2022-09-01"))
    assert row(derived(on="2022-08-31"), "O2")["value"] == 2


def test_turnover_and_vacancies_of_a_young_team_are_proxies_and_say_so():
    posts = """
        team_id | profession | fte | start      | end
        north   | nurse      | 1   | 2022-01-01 |
        north   | nurse      | 1   | 2022-01-01 |
    """
    found = derived(posts=posts)
    left = row(found, "H5")
    months_of_730 = (pd.Timestamp("2023-07-01") - pd.Timestamp("2021-07-01")).days
    seen = (pd.Timestamp("2023-07-01") - pd.Timestamp("2022-01-01")).days
    assert left["value"] == pytest.approx(100 * 1 * months_of_730 / seen / 2)
    assert left["kind"] == "proxy"
    assert "younger than the window" in left["why"]
    assert row(found, "H6")["kind"] == "item"


def test_what_was_not_delivered_is_empty_with_its_reason_and_never_zero():
    found = derived(contacts="contact_id | client_id | team_id | date\n")
    for item in ("H2", "S1", "S4", "S5", "S6", "S8"):
        assert row(found, item)["kind"] == "not_derivable"
        assert math.isnan(row(found, item)["value"])
        assert "was not delivered" in row(found, item)["why"]
    assert "saknas i leveransen" in row(found, "S4")["why_sv"]


def test_items_that_need_an_interview_say_so():
    found = row(derived(), "O4")
    assert found["kind"] == "not_derivable"
    assert "interview" in found["why"]


def test_no_fte_is_no_caseload():
    found = row(
        derived(
            on="2022-02-15",
            staff="staff_id | team_id | profession | fte | start | end\nM1 | north | nurse | 1 | 2023-01-01 |",
        ),
        "H1",
    )
    assert math.isnan(found["value"])
    assert "no FTE in post" in found["why"]


def test_the_evidence_lists_the_rows_and_is_gone_after_release():
    found = derived()
    rows = found.evidence("H2")
    assert rows.loc[rows["role"] == "client", ["client_id", "amount"]].to_numpy().tolist() == [
        ["K1", 2],
        ["K2", 1],
        ["K3", 0],
    ]
    assert set(found.evidence("S2")["client_id"]) == {"K4"}
    released = found.released()
    assert released.inner_evidence is None
    with pytest.raises(ValueError, match="secure room"):
        released.evidence("H2")
    with pytest.raises(ValueError, match="item must be one of"):
        found.evidence("H99")


def test_small_counts_are_hidden_on_release_and_what_a_single_leader_did_too():
    released = derived().released()
    assert math.isnan(row(released, "H2")["value"])
    assert math.isnan(row(released, "H1")["value"])
    assert row(released, "H11")["value"] == pytest.approx(0.8)


@pytest.mark.parametrize("day", ["2021-12-31", "2022-01-01", "2024-01-02"])
def test_a_day_outside_the_extract_is_refused(day):
    with pytest.raises(ValueError, match="on must lie after 2022-01-01"):
        derived(on=day)


def test_an_unknown_team_is_refused():
    with pytest.raises(ValueError, match="team must be one of north"):
        derive_fidelity(extract_of(teams=TEAM), "dacts", team="west", on="2023-07-01")


def test_entry_criteria_are_counted_as_met_or_not():
    found = derived(scale="ccaf_fact")
    assert row(found, "C2")["score"] == 1
    assert row(found, "C3")["score"] == 1
    assert row(found, "C4")["score"] == 1
    assert row(found, "C6")["kind"] == "not_derivable"


def test_the_list_of_measures_is_closed_and_each_has_its_rule():
    assert set(Measure.__args__) == set(MEASURES)


def test_every_scale_can_be_derived_without_fault():
    for name in list_scales().itertuples():
        scale = load_scale(name.scale, name.version)
        found = derived(scale=scale)
        assert list(found.table["item"]) == list(scale.items)
        assert found.summary("sv")


def test_the_trend_is_the_same_figure_at_the_end_of_every_period():
    extract = extract_of("2022-01-01", "2024-01-01", teams=TEAM, enrolments=ENROLLED, staff=ROSTER, contacts=CONTACTS)
    trend = derive_trend(extract, "dacts", "north", "quarter", draws=50).table.set_index(["item", "period_start"])
    for item, start, on in (
        ("H1", "2023-04-01", "2023-07-01"),
        ("S5", "2023-04-01", "2023-07-01"),
        ("S2", "2023-07-01", "2023-10-01"),
    ):
        now = row(derive_fidelity(extract, "dacts", team="north", on=on), item)
        then = trend.loc[(item, pd.Timestamp(start))]
        assert then["value"] == now["value"]
        assert (then["low"] <= then["value"] <= then["high"]) or math.isnan(then["low"])
