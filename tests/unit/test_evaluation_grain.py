"""Longer periods and larger groups where too much would be hidden: decided once, said in words, pinned by the plan."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import frame

import factfidelity as ff
from factfidelity.contact.equity_groups import joined_ages, joined_municipalities
from factfidelity.display.coarser import Coarser, coarser_steps, coarser_text
from factfidelity.display.disclosure import DisclosureRule
from factfidelity.display.gate import Gate
from factfidelity.evaluation import grain
from factfidelity.evaluation.answers import QUESTIONS
from factfidelity.evaluation.grain import COURSES, LADDER, Lost, coarsened, lost_rows, with_periods

RULE = DisclosureRule()
GATE = Gate(("team_id", "period_start"), {"persons_on": ("share",), "persons": ()}, wholes={"persons_on": "persons"})


def test_a_row_is_lost_where_its_figure_rests_on_1_to_4_persons_or_leaves_as_few():
    table = frame("""
        team_id | period_start | persons_on | persons | share
        A       | 2024-01-01   | 3          | 20      | 0.1
        A       | 2024-02-01   | 18         | 20      | 0.8
        A       | 2024-03-01   | 10         | 20      | 0.5
        A       | 2024-04-01   | 0          | 20      | 0.0
        A       | 2024-05-01   | 0          | 0       |
    """)
    lost = lost_rows(table, GATE, ("share",), RULE)
    assert (lost.hidden, lost.rows) == (2, 4)
    assert lost.share == 0.5


def test_a_step_of_a_curve_that_a_few_make_is_lost():
    gate = Gate(("team_id", "years"), {"persons": ("share",), "steps": ("share",)}, nested={"years": ("*",)})
    table = frame("""
        team_id | years | persons | steps | share
        A       | 0.0   | 40      | 0     | 1.0
        A       | 0.5   | 33      | 6     | 0.8
        A       | 1.0   | 25      | 8     | 0.7
        A       | 1.5   | 19      | 14    | 0.5
    """)
    assert lost_rows(table, gate, ("share",), RULE).hidden == 1  # 8 less 6


@pytest.fixture(scope="module")
def asked():
    extract = ff.sample_extract(seed=3, clients=24, teams=2, years=3)
    by_name = {question.name: question for question in QUESTIONS}
    answers = {}

    def ask(name, plan, **more):
        key = (name, plan.caseload.every, str(more))
        if key not in answers:
            answers[key] = by_name[name].ask(extract, plan, **more)
        return answers[key]

    plan = ff.load_plan()
    names = (*COURSES, "enrolment_flow", "equity")
    return {name: ask(name, plan) for name in names}, ask, plan


def test_all_courses_go_to_the_same_longer_periods_and_say_why(asked):
    results, ask, plan = asked
    found, grains = coarsened(results, ask, plan)
    assert grains["every"] in {"quarter", "half_year", "year", "pooled"}
    for name in COURSES:
        assert found[name].notes["every"] == grains["every"]
        assert len(found[name].table) < len(results[name].table)
        step = next(one for one in coarser_steps(found[name].notes) if one.kind == "every")
        assert step.planned == "month"
        assert step.hidden > 0.2 * step.rows
        for language, word in (("sv", "per månad"), ("en", "by month")):
            assert word in found[name].coarser(language)
            assert found[name].coarser(language) in found[name].methods(language)
    assert results["board_use"].notes["every"] == "month"


def test_the_finest_periods_that_pass_are_taken(asked):
    results, ask, plan = asked
    _, grains = coarsened(results, ask, plan)
    shares = {}
    for every in ("month", "quarter", "half_year", "year", "pooled"):
        answers = {name: ask(name, with_periods(plan, every)) for name in COURSES}
        shares[every] = max(
            lost_rows(one.table, one.gates["table"], COURSES[name], RULE).share for name, one in answers.items()
        )
    passing = [every for every, share in shares.items() if share <= 0.2]
    assert grains["every"] == (passing[0] if passing else min(shares, key=shares.get))


def test_a_plan_that_pins_the_periods_keeps_them(asked):
    results, ask, plan = asked
    pinned = plan.model_copy(update={"caseload": plan.caseload.model_copy(update={"pinned": True})})
    found, grains = coarsened(results, ask, pinned)
    assert grains["every"] == "month"
    assert found["board_use"].notes["every"] == "month"


def test_what_stands_beside_another_report_takes_its_periods(asked):
    results, ask, plan = asked
    found, grains = coarsened(results, ask, plan, {"every": "year"})
    assert grains["every"] == "year"
    assert found["caseload_ratios"].notes["every"] == "year"
    assert "som i förra rapporten" in found["caseload_ratios"].coarser("sv")


def test_a_course_is_asked_again_only_until_one_loses_too_much(asked, monkeypatch):
    results, ask, plan = asked
    asks = []

    def counted(name, other, **more):
        asks.append((name, other.caseload.every))
        return ask(name, other, **more)

    rows = {every: len(ask("board_use", with_periods(plan, every)).table) for every in LADDER}

    def lost(frame, gate, figures, rule):
        """Board use loses most, and too much by anything shorter than years."""
        few = len(frame) <= rows["year"]
        return Lost(1 if few else 9 if figures == ("share",) else 5, 10)

    monkeypatch.setattr(grain, "lost_rows", lost)
    _, grains = coarsened({name: results[name] for name in COURSES}, counted, plan)
    assert grains["every"] == "year"
    assert asks[:3] == [("board_use", every) for every in ("quarter", "half_year", "year")]
    assert sorted(asks[3:]) == [("caseload_ratios", "year"), ("contact_pattern", "year")]


def test_what_comes_by_the_periods_laid_down_is_not_asked_again(asked):
    results, ask, plan = asked
    by_year = {name: ask(name, with_periods(plan, "year")) for name in COURSES}
    found, _ = coarsened(by_year, lambda *given, **more: pytest.fail("asked again"), plan, {"every": "year"})
    first, _ = coarsened({name: results[name] for name in COURSES}, ask, plan, {"every": "year"})
    for name in COURSES:
        assert found[name].notes == first[name].notes
        pd.testing.assert_frame_equal(found[name].table, first[name].table)


def test_a_curve_keeps_some_of_its_points_and_its_values(asked):
    results, ask, plan = asked
    found, _ = coarsened(results, ask, plan)
    before, after = results["enrolment_flow"].curve, found["enrolment_flow"].curve
    assert 0 < len(after) < len(before)
    both = after.merge(before, on=["team_id", "years"], suffixes=("", "_before"))
    assert len(both) == len(after)
    assert both["share"].tolist() == both["share_before"].tolist()
    assert "färre tidpunkter" in found["enrolment_flow"].coarser("sv")


def test_ages_are_joined_at_both_ends_first():
    table = frame("""
        measure  | group | persons | with_any
        contacts | 0-17  | 3       | 3
        contacts | 18-24 | 9       | 8
        contacts | 25-44 | 30      | 20
        contacts | 45-64 | 20      | 20
        contacts | 65+   | 4       | 4
    """)
    assert joined_ages(table, 5) == ("0-24", "25-44", "45+")
    assert joined_ages(table.assign(persons=50, with_any=40), 5) == ()


def test_municipalities_with_few_clients_are_joined_with_the_next_smallest():
    table = pd.DataFrame({"measure": "contacts", "group": ["A", "B", "C", "D"], "persons": [40, 9, 2, 1]})
    assert joined_municipalities(table, 5) == ("A",)
    assert joined_municipalities(table.iloc[:2], 5) == ()


def test_joined_municipalities_have_the_clients_of_their_parts(asked):
    _, ask, plan = asked
    apart = ask("equity", plan)
    joined = ask("equity", plan, municipalities=("9999",))
    rows = {
        name: one.table[(one.table["dimension"] == "municipality") & (one.table["measure"] == "contacts")]
        for name, one in (("apart", apart), ("joined", joined))
    }
    others = ~rows["apart"]["group"].isin(["9999", "total"])
    other = rows["joined"].set_index("group").loc["other"]
    assert other["persons"] == rows["apart"].loc[others, "persons"].sum()
    assert other["events"] == rows["apart"].loc[others, "events"].sum()


def test_what_was_made_coarser_is_a_sentence_in_both_languages():
    notes = Coarser("every", "month", "quarter", 31, 80, "Tavlan", "The board").note()
    assert coarser_text(notes, "sv") == (
        "Förloppet visas per kvartal: per månad skulle 31 av 80 rader i ”Tavlan” döljas."
    )
    assert coarser_text(notes, "en") == (
        "The course is shown by quarter, since by month 31 of 80 rows of “The board” would be hidden."
    )
    assert coarser_text({"every": "month"}, "sv") == ""
