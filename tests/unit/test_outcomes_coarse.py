"""Ratios of other choices leave the room so coarse that the stays of a few clients cannot be worked out."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.outcomes.coarse import coarse, mean_steps, steps_of
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
    totals = np.array([5000.0, 1000.0])
    assert steps_of(totals, days=True).tolist()[:2] == [0.05, 0.1]
    assert np.isnan(steps_of(np.array([299.0]), days=True)).all()


def test_the_step_of_a_mean_hides_5_events_or_30_days_either_way():
    clients, days = np.array([400.0, 400.0, 60.0, 5.0]), np.array([False, True, False, True])
    steps = mean_steps(clients, days)
    assert steps[:3].tolist() == [0.05, 0.2, 0.2]
    assert np.isnan(steps[3])
    assert (steps * clients / 2 >= np.where(days, 30, 5))[:3].all()


@pytest.mark.parametrize("total", [60, 130, 260, 1200])
def test_totals_that_differ_by_up_to_five_give_the_same_released_ratio_more_often_than_not(total):
    raw = pd.DataFrame({"total_before": total + np.arange(11.0), "total_after": total})
    exact = raw.assign(estimate=raw["total_after"] / raw["total_before"])
    released = coarse(exact, raw, ["estimate"], days=np.zeros(11, dtype=bool))["estimate"]
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
    total = np.fmin(result.table["total_before"], result.table["total_after"]).to_numpy()
    steps = steps_of(total, days=result.table["outcome"].eq("bed_days").to_numpy())
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


def test_the_released_table_of_paired_tests_shows_the_main_outcomes(extract):
    result = ff.mirror_outcomes(extract, Plan(intervals={"draws": 200}))
    shown = result.released()
    (view,) = [one for one in shown.views("en") if one.name == "paired_tests"]
    rows = view.frame.set_index("outcome")
    for name in ("Admissions", "Bed-days"):
        assert rows.loc[name, ["mean_before", "mean_after", "median_before", "p"]].notna().all()
    exact = result.paired.set_index("outcome")
    are_days = np.array([name.endswith("_days") for name in exact.index])
    step = mean_steps(exact["clients"].to_numpy(dtype=float), are_days)
    rounded = shown.paired.set_index("outcome")["mean_after"]
    assert ((rounded - exact["mean_after"]).abs() <= step / 2 + 0.006)[rounded.notna()].all()
    assert "clients_any_after" not in shown.paired
