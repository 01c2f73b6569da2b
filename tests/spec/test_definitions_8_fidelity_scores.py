"""Definitions, section 8: what a fidelity score means, rule by rule."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from fidelity_scales import ratings_of, small_scale

from factfidelity.errors import ScaleError
from factfidelity.fidelity.score import score_fidelity
from factfidelity.fidelity.totals import band_of, shown_decimals
from factfidelity.schemas.scale import load_scale


def total(scores):
    return scores.totals().iloc[0]


def test_the_threshold_of_the_better_score_must_be_reached_in_full():
    caseload = load_scale("dacts").items["H1"]
    values = [10, 10.5, 11, 20, 20.5, 34, 34.1, 49, 49.5, 50]
    assert [caseload.place(value)[0] for value in values] == [5, 4, 4, 4, 3, 3, 2, 2, 1, 1]
    shared = load_scale("dacts").items["H2"]
    assert [shared.place(value)[0] for value in (9.9, 10, 36.5, 37, 63.9, 64, 89.9, 90)] == [1, 2, 2, 3, 3, 4, 4, 5]


def test_an_item_is_rounded_to_its_published_decimals_first_and_half_goes_up():
    psychiatrist = load_scale("dacts").items["H7"]
    assert [psychiatrist.place(value)[0] for value in (0.0949, 0.095, 0.394, 0.395, 0.994, 0.995)] == [1, 2, 2, 3, 4, 5]
    size = load_scale("dacts").items["H11"]
    assert [size.place(value)[0] for value in (9.94, 9.95, 2.449, 2.45)] == [4, 5, 1, 2]


def test_comparisons_are_made_after_rounding_to_nine_decimals():
    caseload = load_scale("dacts").items["H1"]
    tenths = sum([0.1] * 3) / 0.03  # 10.000000000000002
    assert tenths > 10
    assert caseload.place(tenths)[0] == 5
    assert caseload.place(10.00000001)[0] == 4


def test_published_limits_that_overlap_count_from_the_lower_limit_and_a_hole_gets_the_lower_score():
    frequency = load_scale("dacts").items["S5"]
    assert [frequency.place(value)[0] for value in (0.99, 1, 2, 3, 3.99, 4)] == [1, 2, 3, 4, 4, 5]
    network = load_scale("dacts").items["S6"]
    assert [network.place(value)[0] for value in (0.4, 0.5, 1, 2, 3, 3.5, 4)] == [1, 2, 3, 4, 4, 4, 5]


def test_where_only_an_assessor_can_tell_two_scores_apart_there_is_no_score():
    leader = load_scale("dacts").items["H4"]
    assert [leader.place(value)[0] for value in (0, 25, 50)] == [1, 4, 5]
    assert leader.place(12)[0] is None
    assert "2 eller 3" in leader.why_unscored(12, "sv")


@pytest.mark.parametrize(
    ("combine", "expected"),
    [
        ("mean_of_items", (2 + 4 + 5 + 3 + 1) / 5),
        ("mean_of_subscales", ((2 + 4) / 2 + (5 + 3 + 1) / 3) / 2),
        ("sum", 2 + 4 + 5 + 3 + 1),
        ("parts", (2 + 4) / 2 + (5 + 3 + 1) / 3),
        ("weighted", (3 * 2 + 4 + 5 + 3 + 1) / 7),
    ],
)
def test_a_total_follows_the_scales_own_rule(combine, expected):
    scale = small_scale(combine, weights={"a1": 3.0})
    scores = score_fidelity(ratings_of({"a1": 2, "a2": 4, "b1": 5, "b2": 3, "b3": 1}), scale)
    assert total(scores)["score"] == pytest.approx(expected, abs=1e-12)


def test_parts_have_their_own_maxima():
    scale = load_scale("facts_2017", "nl_2017")
    given = {item: 5 if item.startswith("A") else 8 for item in scale.items}
    best = total(score_fidelity(ratings_of(given), scale))
    assert (best["score"], best["range_low"], best["range_high"]) == (13.0, 2.0, 13.0)
    with pytest.raises(ScaleError, match="outside 1 to 5"):
        score_fidelity(ratings_of(given | {"A1": 8}), scale)


def test_a_missing_item_is_never_filled_in_and_the_total_is_empty_with_bounds():
    scores = score_fidelity(ratings_of({"a1": 2, "a2": 4, "b1": 5, "b2": 3}), small_scale("mean_of_items"))
    row = total(scores)
    assert math.isnan(row["score"])
    assert (row["lowest"], row["highest"]) == ((14 + 1) / 5, (14 + 5) / 5)
    assert (row["n_rated"], row["n_items"]) == (4, 5)
    assert pd.isna(row["band"])


def test_a_file_may_ask_for_fewer_items_and_then_the_mean_is_of_those_that_were_rated():
    scale = small_scale("mean_of_items", needs_share_of_items=0.8)
    assert total(score_fidelity(ratings_of({"a1": 2, "a2": 4, "b1": 5, "b2": 3}), scale))["score"] == 3.5
    assert math.isnan(total(score_fidelity(ratings_of({"a1": 2, "a2": 4, "b1": 5}), scale))["score"])


@pytest.mark.parametrize("combine", ["mean_of_items", "mean_of_subscales", "sum", "parts", "weighted"])
@pytest.mark.parametrize("missing", [("a1",), ("a2", "b3"), ("b1", "b2", "b3")])
def test_the_bounds_are_what_the_lowest_and_highest_way_to_fill_the_gaps_would_give(combine, missing):
    scale = small_scale(combine, weights={"b2": 2.0})
    given = {"a1": 2, "a2": 4, "b1": 5, "b2": 3, "b3": 1}
    ways = list(itertools.product((1, 3, 5), repeat=len(missing)))
    filled = [
        ratings_of(given | dict(zip(missing, way, strict=True)), assessment=str(number))
        for number, way in enumerate(ways)
    ]
    found = score_fidelity(pd.concat(filled), scale).totals()["score"]
    kept = {item: score for item, score in given.items() if item not in missing}
    row = total(score_fidelity(ratings_of(kept), scale))
    assert row["lowest"] == pytest.approx(found.min(), abs=1e-12)
    assert row["highest"] == pytest.approx(found.max(), abs=1e-12)


def test_consensus_is_scored_where_it_is_there_and_else_the_mean_of_the_assessors():
    rows = ratings_of({"a1": 2, "a2": 4, "b1": 5, "b2": 3, "b3": 1}, rater="A")
    rows = pd.concat([rows, ratings_of({"a1": 4, "a2": 4, "b1": 4, "b2": 3, "b3": 2}, rater="B")])
    rows = pd.concat([rows, ratings_of({"a1": 3, "b3": 2}, rater="Consensus")], ignore_index=True)
    items = score_fidelity(rows, small_scale("mean_of_items")).table.query("level == 'item'").set_index("name")
    assert items["score"].to_dict() == {"a1": 3, "a2": 4, "b1": 4.5, "b2": 3, "b3": 2}
    assert items["basis"].to_dict() == {
        "a1": "consensus", "a2": "mean_of_raters", "b1": "mean_of_raters", "b2": "mean_of_raters", "b3": "consensus",
    }  # fmt: skip
    assert (items.loc["a1", "rater_low"], items.loc["a1", "rater_high"], items.loc["a1", "raters"]) == (2, 4, 2)


def test_without_consensus_the_summary_says_that_the_total_is_the_mean_of_raters():
    one = ratings_of(dict.fromkeys(["a1", "a2", "b1", "b2", "b3"], 4), rater="A")
    scores = score_fidelity(pd.concat([one, one.assign(rater="B")]), small_scale("mean_of_items"))
    assert "mean of the assessors" in scores.summary("en")
    assert "medelvärde av bedömarna" in scores.summary("sv")


def test_bands_are_judged_on_the_unrounded_value_and_more_decimals_are_shown_where_the_shown_value_would_cross():
    bands = load_scale("dacts").total.bands
    assert band_of(3.9999, bands).name == "below_established"
    assert band_of(4.0 - 1e-12, bands).name == "established"
    assert shown_decimals(3.996, (4.0,), 2) == 3
    assert shown_decimals(3.99, (4.0,), 2) == 2
    assert shown_decimals(4.004, (4.0,), 2) == 2
    assert shown_decimals(6.66, (6.7, 7.5, 8.8), 1) == 2


def test_half_points_are_refused_unless_the_file_allows_them():
    scale = small_scale("mean_of_items")
    with pytest.raises(ScaleError, match="only whole points"):
        score_fidelity(ratings_of({"a1": 2.5}), scale)
    halves = small_scale("mean_of_items", half_points=True)
    assert score_fidelity(ratings_of({"a1": 2.5}), halves).table["score"].iloc[0] == 2.5
    with pytest.raises(ScaleError, match="only half points"):
        score_fidelity(ratings_of({"a1": 2.25}), halves)


def test_a_scale_without_a_known_band_has_no_band():
    scale = load_scale("facts_2017", "nordic_2021")
    assert scale.total.bands == ()


def test_the_caller_keeps_his_frame_as_it_was():
    rows = ratings_of({"a1": 2, "a2": 4})
    before = rows.copy(deep=True)
    score_fidelity(rows, small_scale("mean_of_items"))
    pd.testing.assert_frame_equal(rows, before)


def test_scores_do_not_depend_on_the_order_of_the_rows():
    rng = np.random.default_rng(5)
    scale = load_scale("dacts")
    rows = pd.concat(
        [
            ratings_of({item: int(rng.integers(1, 6)) for item in scale.items}, team=team, assessment=when, rater=rater)
            for team in ("north", "south")
            for when in ("2022", "2023")
            for rater in ("A", "B")
        ]
    )
    first = score_fidelity(rows, scale).table
    second = score_fidelity(rows.sample(frac=1.0, random_state=3), scale).table
    pd.testing.assert_frame_equal(first, second)
