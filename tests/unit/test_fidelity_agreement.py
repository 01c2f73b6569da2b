"""Agreement of assessors by hand, and what they moved before the consensus."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fidelity_scales import ITEMS, ratings_of, small_scale

from factfidelity.fidelity.agreement import rater_agreement
from factfidelity.fidelity.audit import consensus_audit

A = {"a1": 1, "a2": 2, "b1": 3, "b2": 4, "b3": 5}
B = {"a1": 1, "a2": 3, "b1": 3, "b2": 2, "b3": 5}


def two(first=A, second=B, **where):
    return pd.concat([ratings_of(first, rater="A", **where), ratings_of(second, rater="B", **where)], ignore_index=True)


def figures(ratings, level="assessment"):
    rows = rater_agreement(ratings, small_scale()).table.query("level == @level")
    return rows.set_index("figure" if level == "assessment" else ["name", "figure"])


def test_within_one_assessment_the_items_are_the_subjects():
    found = figures(two())
    assert found.loc["exact", "estimate"] == 3 / 5
    assert found.loc["within_one", "estimate"] == 4 / 5
    # Quadratic-weighted kappa: observed disagreement (0+1+0+4+0)/5 against what the margins would give.
    one, other = np.array(list(A.values())), np.array(list(B.values()))
    chance = np.subtract.outer(one, other) ** 2
    assert found.loc["weighted_kappa", "estimate"] == pytest.approx(1 - 1.0 / chance.mean())
    assert found["subjects"].tolist() == [5, 5, 5, 5, 5]


def test_icc_of_one_assessment_is_the_two_way_formula():
    data = np.column_stack([list(A.values()), list(B.values())]).astype(float)
    centre = data.mean()
    between = 2 * ((data.mean(axis=1) - centre) ** 2).sum() / 4
    raters = 5 * ((data.mean(axis=0) - centre) ** 2).sum() / 1
    error = (((data - centre) ** 2).sum() - 4 * between - raters) / 4
    expected = (between - error) / (between + error + 2 * (raters - error) / 5)
    row = figures(two()).loc["icc2"]
    assert row["estimate"] == pytest.approx(expected)
    assert row["low"] < expected < row["high"]


def test_the_consensus_is_never_part_of_agreement():
    with_consensus = pd.concat([two(), ratings_of(dict.fromkeys(ITEMS, 5))])
    pd.testing.assert_frame_equal(figures(with_consensus), figures(two()))


def test_by_item_only_plain_agreement_below_ten_assessments_and_all_figures_from_ten():
    nine = pd.concat([two(assessment=str(year)) for year in range(2011, 2020)])
    assert set(figures(nine, "item").loc["a1"].index) == {"exact", "within_one"}
    rng = np.random.default_rng(4)
    ten = pd.concat(
        [
            two(*({item: int(rng.integers(1, 6)) for item in ITEMS} for _ in "AB"), assessment=str(year))
            for year in range(2010, 2020)
        ]
    )
    assert set(figures(ten, "item").loc["a1"].index) == {"exact", "within_one", "weighted_kappa", "icc2", "alpha"}


def test_assessors_who_agree_in_full_have_no_interval_but_a_reason():
    row = figures(two(A, A)).loc["icc2"]
    assert row["estimate"] == 1
    assert row["why"]
    assert row["why_sv"] != row["why"]


def test_one_assessor_alone_gives_no_figures():
    result = rater_agreement(ratings_of(A, rater="A"), small_scale())
    assert result.table.empty
    assert "No item was rated by two" in result.summary("en")


def test_a_change_is_held_against_the_assessors_noise():
    years = [two(assessment=str(year)) for year in (2020, 2021, 2022)]
    later = two(dict.fromkeys(ITEMS, 5), dict.fromkeys(ITEMS, 5), assessment="2023")
    result = rater_agreement(pd.concat([*years, later]), small_scale())
    # Means 3.0 and 2.8 in three years, 5 and 5 in the last: variances 0.02, 0.02, 0.02, 0 of a single assessor's total.
    noise = 1.96 * np.sqrt(2 * 0.015 / 2)
    assert result.changes["smallest_change"].tolist() == pytest.approx([noise] * 3)
    assert result.changes["larger"].tolist() == [False, False, True]
    assert result.changes["change"].tolist() == pytest.approx([0, 0, 2.1])
    assert "larger than the assessors' noise" in result.summary("en")


def test_with_few_assessments_the_noise_comes_from_the_spread_within_items():
    row = figures(two(), "total").loc[("total", "smallest_change")]
    within = (0 + 0.5 + 0 + 2 + 0) / 5
    assert row["estimate"] == pytest.approx(1.96 * np.sqrt(2 * within / 5 / 2))
    assert "too few assessments" in row["why"]


def test_the_audit_shows_who_moved_and_where_the_consensus_lies_outside_both():
    rows = pd.concat([two(), ratings_of({"a1": 2, "b2": 3}).assign(comment=["såg ny journal", ""])], ignore_index=True)
    found = consensus_audit(rows, small_scale())
    assert found[["item", "rater", "score", "consensus", "change", "outside"]].to_numpy().tolist() == [
        ["a1", "A", 1.0, 2.0, 1.0, True],
        ["a1", "B", 1.0, 2.0, 1.0, True],
        ["b2", "A", 4.0, 3.0, -1.0, False],
        ["b2", "B", 2.0, 3.0, 1.0, False],
    ]
    assert found["comment"].tolist() == ["såg ny journal", "såg ny journal", "", ""]
