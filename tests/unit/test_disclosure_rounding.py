"""Rounding asked for in the plan, from there to what is shown."""

import pytest

import factfidelity as ff
from factfidelity.display.disclosure import DisclosureRule
from factfidelity.display.methods import disclosure_paragraph
from factfidelity.schemas.plan import Disclosure


def test_the_plan_says_how_numbers_are_protected():
    plan = ff.load_plan()
    assert DisclosureRule.of(plan.disclosure).method == "suppress"
    rounding = plan.model_copy(update={"disclosure": Disclosure(method="round", base=10)})
    rule = DisclosureRule.of(rounding.disclosure)
    assert (rule.method, rule.base) == ("round", 10)
    assert rounding.fingerprint != plan.fingerprint


def test_a_base_that_leaves_less_than_the_rule_asks_is_refused():
    with pytest.raises(ValueError, match="choose a larger base"):
        Disclosure(method="round", base=3)
    with pytest.raises(ValueError, match="base must be at least protection"):
        DisclosureRule(method="round", base=4)
    assert Disclosure(base=3).method == "suppress"


@pytest.mark.parametrize(("language", "words"), [("sv", "högst 5 från det sanna"), ("en", "at most 5 from the true")])
def test_the_method_says_how_far_a_rounded_number_is_from_the_true_one(language, words):
    assert words in disclosure_paragraph(DisclosureRule(method="round"), language)


def test_rounded_results_are_the_same_in_each_run_and_speak():
    extract = ff.sample_extract(seed=11, clients=60, teams=2, years=3, contacts=False)
    rule = DisclosureRule(method="round")
    results = {"caseload": ff.caseload_ratios(extract), "outcomes": ff.mirror_outcomes(extract)}
    one, two = ({name: made.released(rule) for name, made in results.items()} for _ in range(2))
    for name, result in one.items():
        assert result.summary("sv")
        for place, frame in result.frames().items():
            assert frame.equals(two[name].frames()[place]), (name, place)
            for count in result.gates[place].counts:
                if count in frame.columns and len(frame):
                    assert (frame[count].dropna().astype(float) % 5 == 0).all(), (name, place, count)
                    assert count not in result.gates[place].inner
