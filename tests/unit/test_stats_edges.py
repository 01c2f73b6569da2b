"""The ends of the range: nothing counted, one client, all alike, very many clients, numbers that are none."""

from __future__ import annotations

import time
from itertools import product
from math import comb, inf, isnan

import numpy as np
import pandas as pd
import pytest

from factfidelity.outcomes import describe
from factfidelity.outcomes.pairs import Counts
from factfidelity.schemas.outcome import shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare, power, quantiles, rates, resample, series, survival

METHODS = ("cluster", "exact", "bootstrap")
NOTHING = [0] * 20
SOME = [1, 2, 3, 4, 5] * 4


def ends(answer):
    return answer.estimate, answer.low, answer.high


@pytest.mark.parametrize("method", METHODS)
def test_nothing_at_all_is_empty_with_its_reason(method):
    found = compare.paired_rate_ratio(NOTHING, NOTHING, method=method)
    assert all(isnan(value) for value in (*ends(found), found.p))
    assert found.why


@pytest.mark.parametrize("method", METHODS)
def test_nothing_after_is_0_with_an_upper_end_and_nothing_before_infinite_with_a_lower_one(method):
    none_after = compare.paired_rate_ratio(SOME, NOTHING, method=method)
    none_before = compare.paired_rate_ratio(NOTHING, SOME, method=method)
    assert (none_after.estimate, none_after.low) == (0, 0)
    assert 0 < none_after.high < 1
    assert (none_before.estimate, none_before.high) == (inf, inf)
    assert none_before.low == pytest.approx(1 / none_after.high)
    assert none_before.p == pytest.approx(none_after.p)


def test_days_of_clients_who_all_changed_alike_have_no_interval_of_width_0():
    found = compare.paired_rate_ratio(SOME, SOME, method="bootstrap")
    assert found.estimate == 1
    assert isnan(found.low)
    assert isnan(found.high)
    assert found.why == "all clients changed alike: no spread between clients to judge by"
    both = Counts(np.array(SOME, float), np.array(SOME, float) + 2, np.ones(20), np.ones(20))
    row = describe.rate_difference(shipped_outcomes()["bed_days"], both, Plan(intervals={"draws": 200}))
    assert row["estimate"] == pytest.approx(2)
    assert (isnan(row["low"]), row["why"]) == (True, "no_interval")


def test_one_client_has_a_ratio_and_no_interval_from_the_spread():
    for method in ("cluster", "bootstrap"):
        found = compare.paired_rate_ratio([3], [2], method=method)
        assert found.estimate == pytest.approx(2 / 3)
        assert isnan(found.low)
        assert found.why


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [[1, np.nan], [1, inf], [1, -1], [], ["a", "b"], pd.Series([1, None], dtype="Int64")])
def test_what_is_no_number_of_events_is_refused(method, bad):
    with pytest.raises(ValueError, match="before must"):
        compare.paired_rate_ratio(bad, [1] * max(len(bad), 1), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_floats_and_yes_no_give_the_same(method):
    first, second = [1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0] * 2, [0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0] * 2
    options = {"method": method, "draws": 200}
    whole = compare.paired_rate_ratio(first, second, **options)
    for kind in (float, bool, "Int64"):
        other = compare.paired_rate_ratio(pd.Series(first).astype(kind), pd.Series(second).astype(kind), **options)
        assert ends(other) == ends(whole)


def test_the_order_of_the_clients_does_not_matter():
    rng = np.random.default_rng(1)
    before, after, years = rng.poisson(2, 60), rng.poisson(1, 60), rng.uniform(0.2, 1, 60)
    order = rng.permutation(60)
    for method in METHODS:
        plain = compare.paired_rate_ratio(before, after, years_after=years, method=method, draws=300)
        mixed = compare.paired_rate_ratio(
            before[order], after[order], years_after=years[order], method=method, draws=300
        )  # fmt: skip
        assert ends(mixed) == pytest.approx(ends(plain))


def test_the_bootstrap_of_a_few_clients_is_that_of_every_possible_draw():
    before, after = np.array([3.0, 1, 4, 1]), np.array([1.0, 2, 0, 2])
    every = np.array([before[list(draw)].sum() for draw in product(range(4), repeat=4)])
    drawn = resample.resampled_totals(np.column_stack([before, after]), draws=20_000, seed=4)
    assert np.quantile(drawn[:, 0], [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(every, [0.1, 0.5, 0.9]), abs=1)
    assert drawn[:, 0].mean() == pytest.approx(every.mean(), rel=0.01)
    assert drawn.std(axis=0)[0] == pytest.approx(every.std(), rel=0.02)


def test_draws_that_are_kept_for_the_next_outcome_are_the_same_draws():
    values = np.random.default_rng(2).poisson(2, 50).astype(float)
    first = resample.resampled_totals(values, draws=300, seed=9)
    resample.resampled_totals(values * 2, draws=300, seed=9)
    assert np.array_equal(resample.resampled_totals(values, draws=300, seed=9), first)
    (block,) = resample.drawn_weights(50, draws=300, seed=9)
    assert np.array_equal(block @ values, first[:, 0])
    with pytest.raises(ValueError, match="read-only"):
        block[0, 0] = 1.0


@pytest.mark.parametrize("clients", [60_000])
def test_very_many_clients_drawn_together_spread_as_when_drawn_one_by_one(clients, monkeypatch):
    rng = np.random.default_rng(5)
    before, after = rng.poisson(0.5, clients) * 9.0, rng.poisson(0.4, clients) * 9.0
    together = compare.paired_rate_ratio(before, after, method="bootstrap", draws=400)
    by_formula = compare.paired_rate_ratio(before, after)
    assert together.log_error == pytest.approx(by_formula.log_error, rel=0.15)
    assert together.low == pytest.approx(by_formula.low, rel=0.01)
    flip = compare.sign_flip(before, after, draws=400, seed=1)
    clustered = compare.paired_rate_difference(before, after)
    assert (flip.low, flip.high) == pytest.approx((clustered.low, clustered.high), rel=0.15)


def test_a_million_clients_take_seconds():
    rng = np.random.default_rng(6)
    level = rng.gamma(1, 0.5, 1_000_000)
    before, after = rng.poisson(level), rng.poisson(level * 0.7)
    began = time.process_time()
    clustered, tested = compare.paired_rate_ratio(before, after), compare.signed_rank(before, after)
    could = power.detectable_rate_ratio(before, after)
    assert time.process_time() - began < 20
    assert clustered.low < 0.7 < clustered.high
    assert tested.p < 1e-6
    assert 0.99 < could.estimate < 1


def test_exact_p_values_hold_for_thousands_of_millions_of_events():
    found = rates.rate_ratio(32 * 10**9, 1, 24 * 10**9, 1)
    assert found.low > 1
    assert found.p < 1e-6
    assert rates.rate_ratio(5 * 10**9, 1, 5 * 10**9, 1).p == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("count", "size", "share"), [(0, 9, 0.3), (4, 9, 0.3), (9, 9, 0.3), (10, 9, 0.3), (60, 60, 0.5)]
)
def test_the_upper_tail_of_a_binomial_is_the_sum_of_its_terms(count, size, share):
    terms = sum(comb(size, k) * share**k * (1 - share) ** (size - k) for k in range(count, size + 1))
    assert quantiles.binomial_above(count, size, share) == pytest.approx(terms, rel=1e-12)


def test_a_series_without_any_spread_has_its_ratio_and_no_interval():
    data = pd.DataFrame({"t": range(12), "y": [6] * 6 + [3] * 6})
    for errors in ("model", "AR1"):
        found = series.segmented_regression(data, outcome="y", time="t", start=6, errors=errors)
        assert found.estimate == pytest.approx(0.5)
        assert isnan(found.low)
        assert found.why == "no spread to judge by"


def test_errors_with_autocorrelation_are_those_of_the_model_where_there_is_none():
    rng = np.random.default_rng(8)
    data = pd.DataFrame({"t": range(60), "y": rng.poisson(40, 60)})
    options = {"outcome": "y", "time": "t", "start": 30, "family": "quasi_poisson"}
    plain, careful = (series.segmented_regression(data, **options, errors=errors) for errors in ("model", "AR1"))
    assert careful.estimate == plain.estimate
    if careful.correlation == 0:
        assert careful.table["error"].to_numpy() == pytest.approx(plain.table["error"].to_numpy())
    assert (careful.table["error"] >= plain.table["error"] * 0.999).all()


def test_months_left_out_do_not_count_as_neighbours():
    rng = np.random.default_rng(9)
    noise = np.repeat(rng.normal(0, 0.4, 20), 3)  # three months alike, then three others
    data = pd.DataFrame({"t": range(60), "y": rng.poisson(50 * np.exp(noise))})
    every = series.segmented_regression(data, outcome="y", time="t", start=30, errors="AR1")
    thinned = series.segmented_regression(data[data["t"] % 3 == 1], outcome="y", time="t", start=30, errors="AR1")
    assert every.correlation > 0.3
    assert thinned.correlation == 0


def test_where_nobody_had_the_event_there_is_no_median_and_a_reason():
    found = survival.kaplan_meier([5, 6, 9], [0, 0, 0])
    assert isnan(found.estimate)
    assert found.why == "the curve does not come down to a half: no median"


def test_where_nobody_changed_a_sign_flip_has_no_interval():
    found = compare.sign_flip(SOME, SOME, seed=1)
    assert (found.estimate, found.p, found.why) == (0, 1, "nobody changed")
    assert isnan(found.low)


def test_the_level_of_percentiles_for_few_clients_is_wider_and_that_of_many_the_plain_one():
    assert resample.expanded_level(0.95, 10) == pytest.approx(0.98290, abs=2e-5)  # R: 2*pnorm(qt(.975,9)*sqrt(10/9))-1
    assert resample.expanded_level(0.95, 10**6) == pytest.approx(0.95, abs=1e-5)
    with pytest.raises(ValueError, match="units must be 2 or more"):
        resample.expanded_level(0.95, 1)
