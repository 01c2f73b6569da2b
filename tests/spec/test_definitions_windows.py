"""Definitions, section 4: the index day, the windows, the cohorts, and the stay that holds the index day."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import extract_of, frame

from factfidelity.care.exposure import index_days
from factfidelity.care.windows import window_use
from factfidelity.errors import PlanError
from factfidelity.extract import Extract, Source
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.outcomes.pairs import Design
from factfidelity.schemas.outcome import shipped_outcomes
from factfidelity.schemas.plan import Plan

CLIENTS = "client_id\nA"
ENROLLED = "client_id | team_id | start | end\nA | T1 | 2020-01-01 |"
STAY = """
    client_id | admitted   | discharged
    A         | 2022-12-22 | 2023-01-11
    A         | 2023-03-01 | 2023-03-05
    """
WINDOWS = """
    client_id | window | start      | end        | index
    A         | before | 2022-01-01 | 2023-01-01 | 2023-01-01
    A         | after  | 2023-01-01 | 2024-01-01 | 2023-01-01
    """


def design(plan: Plan | None = None, **tables) -> Design:
    return Design.of(extract_of(**({"clients": CLIENTS, "enrolments": ENROLLED} | tables)), plan or Plan())


def after(result, outcome: str, column: str, cohort: str = "all") -> float:
    rows = result.table.query("outcome == @outcome and window == 'after' and cohort == @cohort")
    return float(rows[column].iloc[0])


def test_the_index_day_is_the_first_enrolment_in_any_team_of_the_programme():
    extract = extract_of(
        clients="client_id\nA\nB",
        teams="team_id | programme\nT1 | fact\nT2 | fact\nT3 | act",
        enrolments="""
        client_id | team_id | start      | end
        A         | T3      | 2018-05-01 | 2019-01-01
        A         | T2      | 2021-01-01 |
        A         | T1      | 2020-01-01 | 2021-01-01
        """,
    )
    found = index_days(extract, Plan())
    assert found["team_id"].iloc[0] == "T1"
    assert found["index"].iloc[0] == pd.Timestamp("2020-01-01")
    assert found["index"].isna().tolist() == [False, True]


def test_a_change_of_team_is_no_leaving_and_no_new_index_day():
    extract = extract_of(
        clients=CLIENTS,
        enrolments="""
        client_id | team_id | start      | end
        A         | T1      | 2020-01-01 | 2020-07-01
        A         | T2      | 2020-07-01 | 2020-10-01
        A         | T1      | 2021-01-01 |
        """,
    )
    found = index_days(extract, Plan()).iloc[0]
    assert (found["index"], found["left"]) == (pd.Timestamp("2020-01-01"), pd.Timestamp("2020-10-01"))


def test_the_index_day_may_be_a_column_or_one_date_for_all():
    extract = extract_of(clients="client_id | started\nA | 2019-06-01", enrolments=ENROLLED)
    by_column = Plan(index={"kind": "column", "column": "started"})
    by_date = Plan(index={"kind": "date", "date": "2021-03-01"})
    assert index_days(extract, by_column)["index"].tolist() == [pd.Timestamp("2019-06-01")]
    assert index_days(extract, by_date)["index"].tolist() == [pd.Timestamp("2021-03-01")]
    with pytest.raises(PlanError, match="does not have"):
        index_days(extract, Plan(index={"kind": "column", "column": "nowhere"}))


def test_the_windows_lie_beside_the_washouts_around_the_index_day():
    plan = Plan(windows={"width": 100, "washout_before": 10, "washout_after": 20})
    stays = """
        client_id | admitted   | discharged
        A         | 2019-09-13 | 2019-09-14
        A         | 2019-09-12 | 2019-09-12
        A         | 2019-12-21 | 2019-12-21
        A         | 2019-12-22 | 2019-12-22
        A         | 2020-01-20 | 2020-01-20
        A         | 2020-01-21 | 2020-01-21
        A         | 2020-04-29 | 2020-04-29
        A         | 2020-05-01 | 2020-05-01
        """
    pair = design(plan, episodes=stays).pair()
    made = design(plan, episodes=stays)
    assert (pair.before.days().tolist(), pair.after.days().tolist()) == ([100], [100])
    counts = made.counts(shipped_outcomes()["admissions"], pair)
    assert (counts.before.tolist(), counts.after.tolist()) == ([2.0], [2.0])


def test_windows_are_cut_to_observed_time():
    found = window_use(
        frame(STAY),
        frame("""
        client_id | window | start      | end        | observed_from | observed_to
        A         | before | 2022-01-01 | 2023-01-01 | 2022-12-25    | 2023-01-06
        A         | after  | 2023-01-01 | 2024-01-01 | 2022-12-25    | 2023-01-06
        """),
    )
    assert found[["days_observed", "admissions", "bed_days"]].to_numpy().tolist() == [[7, 0, 7], [5, 0, 5]]


def test_leaving_the_programme_ends_observation_only_when_the_plan_says_so():
    left = {"enrolments": "client_id | team_id | start | end\nA | T1 | 2020-01-01 | 2020-04-10"}
    assert design(**left).pair().after.days().tolist() == [365]
    assert design(Plan(follow="while_enrolled"), **left).pair().after.days().tolist() == [100]


@pytest.mark.parametrize(("cohort", "clients"), [("all", 3), ("complete", 1), ("mirror", 3)])
def test_the_three_cohorts(cohort, clients):
    made = design(
        clients="""
        client_id | observed_from | observed_to
        A         |               |
        B         | 2019-12-01    |
        C         |               | 2020-04-10
        D         | 2020-01-01    |
        """,
        enrolments="""
        client_id | team_id | start      | end
        A         | T1      | 2020-01-01 |
        B         | T1      | 2020-01-01 |
        C         | T1      | 2020-01-01 |
        D         | T1      | 2020-01-01 |
        """,
    )
    pair = made.pair(cohort=cohort)
    assert len(pair.before.client) == clients
    if cohort == "mirror":
        assert pair.before.days().tolist() == pair.after.days().tolist() == [365, 31, 100]


def test_the_flow_counts_who_is_out_and_why():
    result = mirror_outcomes(
        extract_of(
            clients="client_id | observed_from | observed_to\nA | |\nB | 2020-01-01 |\nC | | 2020-01-01\nD | |",
            enrolments="""
        client_id | team_id | start      | end
        A         | T1      | 2020-01-01 |
        B         | T1      | 2020-01-01 |
        C         | T1      | 2020-01-01 |
        """,
            episodes="client_id | admitted | discharged\nA | 2020-02-01 | 2020-02-03",
        )
    )
    steps = result.flow.query("cohort == 'all'").set_index("step")["clients"].to_dict()
    assert steps == {"cohort_file": 4, "no_index": 1, "no_before": 1, "no_after": 1, "included": 1}


def test_with_cut_windows_only_rates_are_given_and_means_need_windows_of_equal_length():
    result = mirror_outcomes(
        extract_of(
            clients=CLIENTS,
            enrolments=ENROLLED,
            episodes="client_id | admitted | discharged\nA | 2020-02-01 | 2020-02-03",
        )
    )
    assert pd.isna(after(result, "bed_days", "mean"))
    assert after(result, "bed_days", "mean", "mirror") == 2
    assert set(result.change.query("cohort == 'all'")["estimand"]) == {"rate_ratio", "rate_difference"}
    unequal = mirror_outcomes(
        extract_of(
            clients=CLIENTS,
            enrolments=ENROLLED,
            episodes="client_id | admitted | discharged\nA | 2020-02-01 | 2020-02-03",
        ),
        Plan(windows={"width_before": 730, "width_after": 365}),
    )
    assert set(unequal.change["estimand"]) == {"rate_ratio", "rate_difference"}


@pytest.mark.parametrize(
    ("policy", "before", "after"),
    [
        ("include", (365, 1, 10), (365, 1, 14)),
        ("exclude", (355, 0, 0), (355, 1, 4)),
        ("after_discharge", (365, 1, 10), (365, 1, 4)),
    ],
)
def test_the_stay_that_holds_the_index_day_by_each_choice(policy, before, after):
    found = window_use(frame(STAY), frame(WINDOWS), index_stay=policy)
    columns = ["days_observed", "admissions", "bed_days"]
    assert [tuple(row) for row in found[columns].to_numpy().tolist()] == [before, after]
    if policy == "after_discharge":
        assert found["days_shifted"].tolist() == [0, 10]


def test_the_index_stay_is_the_spell_joined_at_gap_0():
    episodes = frame("""
        client_id | admitted   | discharged
        A         | 2022-12-22 | 2022-12-28
        A         | 2022-12-28 | 2023-01-01
        A         | 2023-01-03 | 2023-01-06
        """)
    found = window_use(episodes, frame(WINDOWS), index_stay="exclude", gap_days=3)
    assert found["bed_days"].tolist() == [0, 3]
    assert found["admissions"].tolist() == [0, 0]


def test_a_published_result_shows_the_default_and_the_other_choices():
    result = mirror_outcomes(
        extract_of(
            clients=CLIENTS,
            enrolments=ENROLLED,
            episodes="client_id | admitted | discharged\nA | 2019-12-01 | 2020-02-03",
        )
    )
    shown = result.change.query("outcome == 'bed_days' and estimand == 'rate_ratio'")["index_stay"].tolist()
    assert shown == ["include", "exclude", "after_discharge"]
    assert result.between["days_between"].tolist() == [33]


def test_time_at_risk_keeps_the_days_in_hospital_unless_asked_otherwise():
    options = {"at_risk": "outside_hospital"}
    assert window_use(frame(STAY), frame(WINDOWS))["days_at_risk"].tolist() == [365, 365]
    assert window_use(frame(STAY), frame(WINDOWS), **options)["days_at_risk"].tolist() == [355, 351]


def test_a_client_enrolled_before_the_teams_data_begin_has_no_before_window():
    extract = extract_of(
        clients="client_id\nA\nB",
        enrolments="client_id | team_id | start | end\nA | T1 | 2020-01-01 |\nB | T1 | 2021-01-01 |",
    )
    sources = {"enrolments": Source(start=pd.Timestamp("2020-06-01"))}
    pair = Design.of(Extract(extract.tables, extract.start, extract.end, sources), Plan()).pair()
    assert pair.why.tolist() == ["no_before", ""]
