"""Outcomes outside hospital: work with the change of LISA's source, housing, placements by kind, self-harm by code."""

from __future__ import annotations

import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.schemas.outcome import shipped_outcomes
from factfidelity.schemas.plan import Plan


def region(index: str, **tables):
    return extract_of(
        start="2015-01-01",
        clients="client_id\nA\nB",
        enrolments=f"client_id | team_id | start | end\nA | T | {index} |\nB | T | {index} |",
        **tables,
    )


def totals(extract, *outcomes: str, **choices) -> dict[tuple[str, str], float]:
    result = ff.mirror_outcomes(extract, Plan(intervals={"draws": 100}, **choices), outcomes=outcomes)
    rows = result.table.query("cohort == 'all'")
    return rows.set_index(["outcome", "window"])["total"].to_dict()


WORK = """
    client_id | kind          | start      | end
    A         | income_ku     | 2018-01-01 | 2019-01-01
    A         | income_agi    | 2019-01-01 | 2020-01-01
    A         | income_agi    | 2021-01-01 | 2022-01-01
    B         | no_income     | 2019-01-01 | 2020-01-01
    B         | ordinary_work | 2021-06-01 | 2021-06-11
"""


def test_years_with_income_are_not_compared_across_the_change_of_source():
    extract = region("2019-02-01", work=WORK)
    refused = ff.mirror_outcomes(
        extract, Plan(intervals={"draws": 100}), outcomes=["income_days", "ordinary_work_days"]
    )
    assert "income_days" not in set(refused.table["outcome"])
    assert "ordinary_work_days" in set(refused.table["outcome"])
    assert "Not compared before and after: income_days" in refused.methods("en")
    assert "allow_break: [lisa_2019]" in refused.methods("sv")
    assert "2019-01-01" in refused.methods("sv")
    found = totals(extract, "income_days", allow_break=("lisa_2019",))
    assert found == {("income_days", "before"): 365, ("income_days", "after"): 334}


def test_on_one_side_of_the_change_they_are_counted():
    found = totals(region("2021-01-01", work=WORK), "income_days", "ordinary_work_days", "study_days")
    assert found[("income_days", "before")] == 0
    assert found[("income_days", "after")] == 365
    assert found[("ordinary_work_days", "after")] == 10


def test_placements_and_housing_are_counted_by_kind():
    found = totals(
        region(
            "2020-01-01",
            placements="""
                client_id | kind        | start      | end
                A         | sis         | 2019-12-01 | 2019-12-11
                A         | hvb         | 2019-12-11 | 2020-01-11
                B         | foster_home | 2020-02-01 |
            """,
            services="""
                client_id | kind                             | start      | end
                B         | housing_support                  | 2019-12-30 | 2020-01-03
                B         | housing_support_without_decision | 2020-01-02 | 2020-01-05
                A         | supported_housing                | 2020-01-02 | 2020-01-05
            """,
        ),
        "sis_days", "hvb_days", "foster_home_days", "housing_support_days", "supported_housing_days",
    )  # fmt: skip
    assert found[("sis_days", "before")] == 10
    assert (found[("hvb_days", "before")], found[("hvb_days", "after")]) == (21, 10)
    assert found[("foster_home_days", "after")] == 334
    assert (found[("housing_support_days", "before")], found[("housing_support_days", "after")]) == (2, 4)
    assert found[("supported_housing_days", "after")] == 3


@pytest.mark.parametrize(("code", "harm", "unclear"), [("X60", 1, 0), ("X78", 1, 0), ("X84", 1, 0), ("X85", 0, 0),
                                                       ("X59", 0, 0), ("Y10", 0, 1), ("Y29", 0, 1), ("Y34", 0, 1),
                                                       ("Y35", 0, 0), ("F200", 0, 0)])  # fmt: skip
def test_self_harm_is_counted_by_code_once_a_day(code, harm, unclear):
    rows = f"""
        client_id | date       | code
        A         | 2020-03-01 | {code}
        A         | 2020-03-01 | {code}
        A         | 2020-03-01 | T509
    """
    found = totals(region("2020-01-01", diagnoses=rows), "self_harm_diagnoses", "undetermined_intent_diagnoses")
    assert found.get(("self_harm_diagnoses", "after"), 0) == harm
    assert found.get(("undetermined_intent_diagnoses", "after"), 0) == unclear


def test_what_is_counted_outside_hospital_is_no_default_and_hides_zeros_of_diagnoses():
    everyday = [one for one in shipped_outcomes().values() if one.table in ("work", "services", "diagnoses")]
    assert len(everyday) >= 7
    assert not any(one.default for one in everyday)
    assert {one.topic for one in everyday if one.table == "diagnoses"} == {"diagnosis"}
