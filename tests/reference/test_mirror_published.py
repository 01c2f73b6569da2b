"""Outside witnesses: published tables and numbers made once by R, stored with the call that made them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

# Sood and others 2017 (PMC5537572), the 26 p-values of the outcome table, both cohorts.
SOOD = [
    0.00005, 0.6018, 0.00005, 0.5544, 0.3941, 0.00005, 0.00005, 0.00005, 0.0001, 0.0314, 0.0001, 0.00005, 0.0023,
    0.00005, 0.0237, 0.00005, 0.0455, 0.00005, 0.1584, 0.0190, 0.7413, 0.0006, 0.0776, 0.0535, 0.3458, 0.0388,
]  # fmt: skip


def test_benjamini_hochberg_on_the_published_table_of_sood_rejects_15_of_26_at_critical_p_0_0288():
    held = compare.benjamini_hochberg(SOOD)
    assert held.tests == 26
    assert held.rejections == 15
    assert held.critical_p == pytest.approx(0.0288, abs=0.00006)
    decided = dict(zip(SOOD, held.rejected, strict=True))
    assert (decided[0.0237], decided[0.0314], decided[0.0388]) == (True, False, False)


def pairs_extract(before: list[int], after: list[int]):
    """Make an extract in which client i has before[i] and after[i] same-day stays, a month apart."""
    index = pd.Timestamp("2020-01-01")
    ids = [f"C{number}" for number in range(len(before))]
    rows = [
        (client, index + pd.Timedelta(days=sign * 20 * (number + 1)))
        for client, first, second in zip(ids, before, after, strict=True)
        for sign, count in ((-1, first), (1, second))
        for number in range(count)
    ]
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted"]).assign(discharged=lambda table: table["admitted"])
    enrolments = pd.DataFrame({"client_id": ids, "team_id": "T", "start": index, "end": pd.NaT})
    return extract_of(clients=pd.DataFrame({"client_id": ids}), enrolments=enrolments, episodes=episodes)


def ratio_of(before: list[int], after: list[int]) -> pd.Series:
    result = mirror_outcomes(pairs_extract(before, after), Plan(intervals={"draws": 200}), outcomes=["admissions"])
    return result.ratio("admissions")


def test_clients_with_equal_counts_before_and_after_are_not_dropped_from_the_ratio():
    before, after = [2] * 30 + [3] * 10, [2] * 30 + [1] * 10
    assert ratio_of(before, after)["estimate"] == pytest.approx((60 + 10) / (60 + 30))
    # what a conditional Poisson model gives when it drops the 30 clients whose counts are equal
    assert ratio_of(before, after)["estimate"] != pytest.approx(10 / 30)


def test_the_cluster_interval_equals_the_recipe_written_out():
    rng = np.random.default_rng(5)
    before, after = rng.poisson(1.2, 80).tolist(), rng.poisson(0.8, 80).tolist()
    row, first, second = ratio_of(before, after), np.array(before), np.array(after)
    ratio = second.sum() / first.sum()
    parts = (second - ratio * first) / first.sum()
    error = np.sqrt(80 / 79 * (parts**2).sum()) / ratio
    assert row["method"] == "cluster"
    assert row["estimate"] == pytest.approx(ratio)
    assert row["low"] == pytest.approx(ratio * np.exp(-1.990450 * error), rel=1e-5)  # R: qt(0.975, 79)
    assert row["high"] == pytest.approx(ratio * np.exp(1.990450 * error), rel=1e-5)


def test_fewer_than_20_events_get_the_exact_conditional_interval():
    row = ratio_of([1] * 11 + [0] * 20, [1] * 4 + [0] * 27)
    assert row["method"] == "exact"
    # R: poisson.test(c(4, 11))$conf.int
    assert row["low"] == pytest.approx(0.0844476124534, rel=1e-6)
    assert row["high"] == pytest.approx(1.2271875688135, rel=1e-6)


def test_any_use_is_tested_with_the_exact_mcnemar_test():
    before, after = [1] * 14 + [0] * 16, [0] * 11 + [1] * 3 + [1] * 3 + [0] * 13
    result = mirror_outcomes(pairs_extract(before, after), Plan(intervals={"draws": 200}))
    row = result.change_row("any_admission", "any_difference")
    assert row["estimate"] == pytest.approx((6 - 14) / 30)
    # R: binom.test(3, 14)$p.value  (3 gained, 11 lost)
    assert row["p"] == pytest.approx(0.057373046875, rel=1e-6)
