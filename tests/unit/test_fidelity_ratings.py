"""Ratings that break a rule of their scale are refused with their rows, all at once."""

from __future__ import annotations

import pandas as pd
import pytest
from fidelity_scales import ratings_of, small_scale

from factfidelity.errors import ScaleError
from factfidelity.fidelity.score import score_fidelity


def problems_of(ratings, scale=None):
    with pytest.raises(ScaleError) as caught:
        score_fidelity(ratings, scale or small_scale())
    return caught.value


def test_all_faults_are_told_at_once_with_their_rows():
    ratings = ratings_of({"a1": 7, "a2": 2.5, "b1": 3, "zz": 3, "b2": 0})
    ratings = pd.concat([ratings, ratings_of({"b1": 4})])
    error = problems_of(ratings)
    assert {problem.rule: problem.rows for problem in error.problems} == {
        "out_of_range": (2, 6), "between_steps": (3,), "unknown_item": (5,), "rated_twice": (4, 7),
    }  # fmt: skip
    assert "poängen ligger utanför 1 till 5" in error.render("sv")
    assert error.exit_code == 15


def test_a_lacking_column_is_named():
    error = problems_of(ratings_of({"a1": 3}).drop(columns=["rater", "score"]))
    assert [problem.column for problem in error.problems] == ["rater", "score"]


def test_a_score_that_is_no_number_is_refused_and_an_empty_one_is_not():
    ratings = ratings_of({"a1": "four", "a2": None, "b1": ""})
    assert [problem.rule for problem in problems_of(ratings).problems] == ["not_a_number"]
    assert [problem.rows for problem in problems_of(ratings).problems] == [(2,)]


def test_two_assessors_may_rate_the_same_item():
    both = pd.concat([ratings_of({"a1": 3}, rater="A"), ratings_of({"a1": 5}, rater="B")])
    assert score_fidelity(both, small_scale()).table["score"].iloc[0] == 4


def test_ratings_of_another_scale_are_left_out():
    ratings = pd.concat([ratings_of({"a1": 3}).assign(scale="demo"), ratings_of({"H1": 9}).assign(scale="dacts")])
    assert score_fidelity(ratings, small_scale()).table["score"].iloc[0] == 3
    error = problems_of(ratings_of({"a1": 3}).assign(scale="goi"))
    assert error.problems[0].rule == "no_ratings"


def test_items_are_known_whatever_the_case_and_numbers_are_names():
    assert score_fidelity(ratings_of({"A1": 3}), small_scale()).table["score"].iloc[0] == 3
    ips = ratings_of(dict.fromkeys(range(1, 26), 4))
    assert score_fidelity(ips, "ips25").totals()["score"].tolist() == [100.0]


def test_a_near_miss_is_pointed_out():
    assert 'did you mean "H1"' in str(problems_of(ratings_of({"H1.": 3}), "dacts"))


def test_a_scale_must_be_a_scale():
    with pytest.raises(TypeError, match="got int"):
        score_fidelity(ratings_of({"a1": 3}), 5)
