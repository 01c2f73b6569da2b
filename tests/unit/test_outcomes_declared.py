"""Outcomes of the user's own: declared in the plan without Python, and what is said of a slip of the pen."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff

WORDS = "    label: {sv: Eget, en: Own}\n    unit: {sv: st, en: pieces}\n"
EXTRACT = extract_of(
    clients="client_id\nA\nB",
    enrolments="client_id | team_id | start | end\nA | T | 2020-01-01 |\nB | T | 2020-01-01 |",
    episodes="""
        client_id | admitted   | discharged | mvo | ward_type | acute | main_diagnosis
        A         | 2020-02-01 | 2020-02-05 | 901 | acute     | yes   | F200
        A         | 2020-06-01 | 2020-06-03 | 906 | long_stay | no    | F319
        B         | 2020-03-01 | 2020-03-02 | 901 | acute     | no    | F209
    """,
    contacts="""
        contact_id | client_id | team_id | date       | form  | face_to_face | attended | staff_id
        1          | A         | T       | 2020-03-03 | visit | yes          | yes      | S1
        1          | A         | T       | 2020-03-03 | visit | yes          | yes      | S2
        2          | A         | T       | 2020-03-03 | phone | no           | yes      | S1
    """,
    services="""
        client_id | kind            | start      | end
        A         | housing_support | 2019-12-22 | 2020-01-11
    """,
)  # fmt: skip


def plan_of(tmp_path, text: str):
    path = tmp_path / "plan.yaml"
    path.write_text(f"own_outcomes:\n  - outcome: mine\n{text}{WORDS}intervals: {{draws: 100}}\n", encoding="utf-8")
    return ff.load_plan(path)


def counted(tmp_path, text: str) -> list[float]:
    table = ff.mirror_outcomes(EXTRACT, plan_of(tmp_path, text), outcomes=["mine"]).table
    return table.query("cohort == 'all'").set_index("window")["total"].reindex(["before", "after"]).tolist()


@pytest.mark.parametrize(
    ("text", "before_and_after"),
    [
        ("    kind: admissions\n    where: {ward_type: acute}\n", [0, 2]),            # a single value is a list of one
        ("    kind: admissions\n    where: {acute: [ja]}\n", [0, 1]),                 # yes and no in words
        ("    kind: admissions\n    where: {mvo: [906]}\n", [0, 1]),                  # a code written as a number
        ("    kind: bed_days\n    starts_with: {main_diagnosis: f20.0}\n", [0, 4]),   # with the dot, in small letters
        ("    kind: events\n    table: contacts\n    where: {form: visit}\n", [0, 1]),  # two staff, one contact
        ("    kind: interval_days\n    table: services\n    where: {kind: housing_support}\n", [10, 10]),
    ],
)  # fmt: skip
def test_an_own_outcome_counts_as_it_is_written(tmp_path, text, before_and_after):
    assert counted(tmp_path, text) == before_and_after


@pytest.mark.parametrize(
    ("text", "english", "swedish"),
    [
        ("    kind: admission\n", "must be 'admissions'", "ska vara 'admissions'"),
        ("    kind: legal_days\n    table: legal_status\n    forms: [LTP]\n", "must be 'HSL'", "ska vara 'HSL'"),
        ("    kind: admissions\n    table: visits\n", "leave the key table out", "utelämna nyckeln table"),
        ("    kind: bed_days\n    not_on_admission_day: true\n", "is for kind: events", "gäller kind: events"),
        ("    kind: admissions\n    wher: {}\n", 'unknown key "own_outcomes.0.wher"', "okänd nyckel"),
    ],
)
def test_a_wrong_word_in_the_plan_is_named_with_its_line(tmp_path, text, english, swedish):
    with pytest.raises(ff.PlanError) as error:
        plan_of(tmp_path, text)
    assert english in error.value.render("en")
    assert "plan.yaml, 1 row (" in error.value.render("en")
    assert swedish in error.value.render("sv")


@pytest.mark.parametrize(
    ("text", "english", "swedish"),
    [
        ("    kind: events\n    table: vists\n", 'Did you mean "visits"?', 'Menade du "visits"?'),
        ("    kind: events\n", "in the table episodes, which has no date", "som saknar date"),
        ("    kind: interval_days\n    table: visits\n", "has no start, end", "som saknar start, end"),
        ("    kind: events\n    table: meetings\n", "has no client_id", "som saknar client_id"),
        (
            "    kind: admissions\n    where: {ward_typ: [acute]}\n",
            'Did you mean "ward_type"?',
            'Menade du "ward_type"?',
        ),
    ],
)
def test_a_table_or_column_that_is_not_there_is_refused_with_those_that_are(tmp_path, text, english, swedish):
    plan = plan_of(tmp_path, text)
    with pytest.raises(ff.PlanError) as error:
        ff.mirror_outcomes(EXTRACT, plan)
    assert english in error.value.render("en")
    assert "choose among" in error.value.render("en")
    assert swedish in error.value.render("sv")


def test_a_name_that_is_taken_or_stands_twice_is_refused(tmp_path):
    path = tmp_path / "plan.yaml"
    one = "  - outcome: NAME\n    kind: admissions\n" + WORDS
    for names, english, swedish in (
        (("admissions",), 'the name "admissions" is taken', "används redan"),
        (("mine", "mine"), '"mine" stands twice', "finns två gånger"),
    ):
        path.write_text("own_outcomes:\n" + "".join(one.replace("NAME", name) for name in names), encoding="utf-8")
        with pytest.raises(ff.PlanError) as error:
            ff.load_plan(path)
        assert english in error.value.render("en")
        assert swedish in error.value.render("sv")


def test_a_value_that_never_stands_in_the_delivery_is_asked_about_beside_the_table(tmp_path):
    plan = plan_of(tmp_path, "    kind: admissions\n    where: {ward_type: [akut]}\n")
    result = ff.mirror_outcomes(EXTRACT, plan)
    notes = " ".join(result.views("sv")[0].notes)
    assert "mine: ward_type: akut (acute, long_stay)" in notes
    assert "felskrivning" in notes
    assert pd.isna(result.ratio("mine")["estimate"])
