"""Ratios of other choices leave the room so coarse that the stays of a few clients cannot be worked out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.outcomes.coarse import coarse, steps_of
from factfidelity.schemas.plan import Plan


def test_the_step_follows_the_smaller_total():
    assert steps_of(np.array([5000.0, 1000.0, 999.0, 200.0, 150.0, 60.0])).tolist() == [
        0.01,
        0.01,
        0.05,
        0.05,
        0.1,
        0.2,
    ]
    assert np.isnan(steps_of(np.array([49.0]))).all()


@pytest.mark.parametrize("total", [60, 130, 260, 1200])
def test_totals_that_differ_by_up_to_five_give_the_same_released_ratio_more_often_than_not(total):
    raw = pd.DataFrame({"total_before": total + np.arange(11.0), "total_after": total})
    exact = raw.assign(estimate=raw["total_after"] / raw["total_before"])
    released = coarse(exact, raw, ["estimate"])["estimate"]
    assert exact["estimate"].nunique() == 11
    assert released.nunique() <= 2
    for one, other in pairwise(sorted(released.unique())):
        assert other - one >= steps_of(np.array([float(total)]))[0] - 1e-9


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=11, clients=150, teams=2, years=4)


def test_the_plans_own_ratio_is_exact_and_the_others_are_not(extract):
    result = ff.all_choices(extract, Plan(intervals={"draws": 100}))
    shown, own = result.released().table, result.table["is_plan"].to_numpy()
    assert np.allclose(shown.loc[own, "estimate"], result.table.loc[own, "estimate"])
    steps = steps_of(np.fmin(result.table["total_before"], result.table["total_after"]).to_numpy())
    others = (shown["estimate"] / steps)[~own].dropna()
    assert np.allclose(others, others.round())
    assert not {"total_before", "clients", "clients_any_before"} & set(shown.columns)


def test_a_released_result_still_gives_the_default_and_at_least_one_other_choice(extract):
    shown = ff.mirror_outcomes(extract, Plan(intervals={"draws": 200})).released()
    assert shown.other_ratio("bed_days", "exclude")["estimate"] > 0
    for language, hidden in (("sv", "är kvoten för vårddygn .."), ("en", "ratio of bed-days is ..")):
        assert hidden not in shown.summary(language)
    rows = shown.views("en")[3].frame
    assert rows.loc[rows["outcome"] == "Bed-days", "ratio"].notna().all()
