"""Control charts, funnels and power: by hand and by slow obvious ways."""

from __future__ import annotations

import math

import numpy as np
import pytest

from factfidelity.stats import compare, control, power


def test_xmr_limits_by_hand():
    # mean 5.5, moving ranges 2, 2, 4: mean 8/3; limits 5.5 +/- 2.66 x 8/3
    chart = control.xmr([4, 6, 4, 8])
    assert chart.estimate == 5.5
    assert (chart.low, chart.high) == pytest.approx((5.5 - 2.6587 * 8 / 3, 5.5 + 2.6587 * 8 / 3), rel=1e-3)


def test_a_baseline_sets_the_limits_for_later_points_and_a_rebase_begins_anew():
    values = [10, 12, 11, 9, 10, 12, 30, 31, 29, 30]
    frozen = control.xmr(values, baseline=6).table
    assert frozen["centre"].nunique() == 1
    assert frozen["centre"].iloc[0] == pytest.approx(64 / 6)
    assert frozen["beyond"].tolist() == [False] * 6 + [True] * 4
    anew = control.xmr(values, rebase=[6]).table
    assert anew["centre"].tolist() == pytest.approx([64 / 6] * 6 + [30] * 4)
    assert not anew["signal"].any()
    assert math.isnan(anew["moving_range"].iloc[6])


def test_a_shift_of_eight_a_trend_of_six_and_two_of_three_are_marked():
    base = [10, 11, 9, 10.5, 9.5, 10, 11, 9, 10.2, 9.8]
    shift = control.xmr([*base, *[10.4] * 8], baseline=10).table
    assert shift["shift"].tolist() == [False] * 10 + [True] * 8
    seven = control.xmr([*base, *[10.4] * 7], baseline=10).table
    assert not seven["shift"].any()
    trend = control.xmr([*base, 9, 9.2, 9.4, 9.6, 9.9, 10.1, 9], baseline=10).table
    assert trend["trend"].to_numpy().nonzero()[0].tolist() == [10, 11, 12, 13, 14, 15]
    sigma = shift["sigma"].iloc[0]
    far = control.xmr([*base, 10 + 2.3 * sigma, 10, 10 + 2.4 * sigma], baseline=10).table
    assert far["two_of_three"].to_numpy().nonzero()[0].tolist() == [10, 12]


def test_p_and_u_charts_by_hand():
    p = control.p_chart([2, 6], [20, 20])
    assert p.estimate == pytest.approx(0.2)
    assert p.high == pytest.approx(0.2 + 3 * math.sqrt(0.2 * 0.8 / 20))
    assert p.low == 0
    u = control.u_chart([4, 8], [2.0, 4.0])
    assert u.estimate == 2
    assert u.high == pytest.approx(2 + 3 * math.sqrt(2 / 4.0))


def test_laneys_factor_is_about_one_by_chance_and_large_where_periods_differ():
    rng = np.random.default_rng(1)
    size = np.full(400, 5000)
    calm = control.p_chart(rng.binomial(size, 0.2), size, overdispersion=True)
    wild = control.p_chart(rng.binomial(size, rng.beta(20, 80, 400)), size, overdispersion=True)
    assert calm.overdispersion == pytest.approx(1, abs=0.12)
    assert wild.overdispersion > 4
    assert control.p_chart(rng.binomial(size, 0.2), size).overdispersion == 1


def test_anhoejs_limits_are_those_of_his_table():
    # Anhoj (2015), PLoS ONE 10, e0121349, table 1: useful points, longest run, fewest crossings
    for useful, longest, crossings in [(10, 6, 2), (12, 7, 3), (16, 7, 4), (20, 7, 6), (24, 8, 8), (30, 8, 10)]:
        chart = control.run_chart([0, 1] * (useful // 2))
        assert chart.useful == useful
        assert (chart.longest_expected, chart.crossings_expected) == (longest, crossings)


def test_a_run_chart_sees_a_shift_and_few_crossings():
    chart = control.run_chart([1] * 12 + [2] * 12)
    assert (chart.estimate, chart.longest_run, chart.crossings) == (1.5, 12, 1)
    assert chart.shift
    assert chart.few_crossings
    assert chart.table["shift"].all()
    calm = control.run_chart([1, 2] * 12)
    assert not calm.signal
    flat = control.run_chart([3, 3, 3])
    assert not flat.signal
    assert flat.useful == 0
    assert "see little" in flat.why


def interpolated(distribution, share):
    """Spiegelhalter's rule, by walking up from 0."""
    total, count = 0.0, 0
    while True:
        step = distribution(count)
        if total + step >= share:
            return max(count - (total + step - share) / step, 0)
        total, count = total + step, count + 1


def test_exact_funnel_limits_walk_up_the_distribution():
    answer = control.funnel_limits([3, 5, 18], [50, 60, 55], target=0.15)
    for row in answer.table.itertuples(index=False):
        n = int(row.size)

        def mass(k, n=n):
            return math.comb(n, k) * 0.15**k * 0.85 ** (n - k)

        assert row.lower_95 == pytest.approx(interpolated(mass, 0.025) / n)
        assert row.upper_95 == pytest.approx(interpolated(mass, 0.975) / n)
    assert answer.table["outside"].tolist() == ["low_inner" if answer.table["lower_95"][0] > 3 / 50 else "", "", "high"]
    rate = control.funnel_limits([3, 9], [4.0, 5.5], kind="rate", target=1.2)

    def poisson(k):
        return math.exp(-4.8) * 4.8**k / math.factorial(k)

    assert rate.table["upper_95"][0] == pytest.approx(interpolated(poisson, 0.975) / 4.0)


def test_a_ratio_funnel_aims_at_one_and_sizes_are_expected_counts():
    answer = control.funnel_limits([12, 8], [10.0, 10.0], kind="ratio")
    assert answer.estimate == 1
    assert answer.table["value"].tolist() == [1.2, 0.8]
    assert (answer.table["outside"] == "").all()


def test_overdispersion_only_widens_the_funnel():
    rng = np.random.default_rng(2)
    size = np.full(40, 400)
    wild = rng.binomial(size, rng.beta(10, 40, 40))
    plain, wide = (control.funnel_limits(wild, size, overdispersion=flag) for flag in (False, True))
    assert wide.tau > 0
    assert (wide.table["upper_99.8"] > plain.table["upper_99.8"]).all()
    beyond = [(answer.table["outside"].isin(["high", "low"])).sum() for answer in (plain, wide)]
    assert beyond[1] < beyond[0]
    calm = control.funnel_limits(np.full(40, 80), size, overdispersion=True)
    assert calm.tau == 0
    few = control.funnel_limits([5, 9], [20, 20], overdispersion=True)
    assert "fewer than four" in few.why


def test_nobody_with_the_event_gives_a_funnel_without_a_crash():
    answer = control.funnel_limits([0, 0], [10, 20])
    assert answer.table["upper_95"].tolist() == [0, 0]
    assert (answer.table["outside"] == "").all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: control.xmr([1, np.nan]), "values must be finite"),
        (lambda: control.xmr([1, 2, 3], rebase=[3]), "got 3"),
        (lambda: control.xmr([1, 2, 3], baseline=5), "got 5"),
        (lambda: control.p_chart([3], [2]), "got 1 that are"),
        (lambda: control.u_chart([3], [0]), "above 0, got 0"),
        (lambda: control.run_chart([1, 2], baseline=3), "got 3"),
        (lambda: control.funnel_limits([1], [2], kind="mean"), "got 'mean'"),
        (lambda: control.funnel_limits([3], [2]), "not below events"),
        (lambda: control.funnel_limits([1], [2], target=1.5), "got 1.5"),
        (lambda: power.clients_needed(1.0, rate=1), "got 1"),
        (lambda: power.clients_needed(0.7), "got neither"),
        (lambda: power.clients_needed(0.7, rate=1, correlation=1), "got 1"),
        (lambda: power.detectable_rate_ratio([1, 2, 3], [1, 2, 3], power=80), "got 80"),
        (lambda: power.detectable_rate_ratio([1, 2], [1]), "before 2, after 1"),
    ],
)
def test_a_wrong_argument_says_what_it_got(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_clients_needed_by_hand():
    # one event a year, Poisson, independent, ratio 0.5: variance 1 + 2 = 3; (1.96 + 0.8416)^2 x 3 / ln(0.5)^2 = 49.0
    answer = power.clients_needed(0.5, rate=1)
    assert answer.variance == pytest.approx(3)
    assert 49 <= answer.n <= 53


def test_the_clients_needed_have_the_power_asked_for():
    rng = np.random.default_rng(3)
    needed = power.clients_needed(0.6, rate=2, dispersion=3).n
    shown = 0
    for _ in range(400):
        # negative binomial with variance = 3 x mean: size = mean / 2, probability 1/3
        before, after = rng.negative_binomial(1.0, 1 / 3, needed), rng.negative_binomial(0.6, 1 / 3, needed)
        shown += compare.paired_rate_ratio(before, after).high < 1
    assert shown / 400 == pytest.approx(0.8, abs=0.07)


def test_a_pilot_carries_its_spread_over():
    rng = np.random.default_rng(4)
    level = rng.gamma(1, 1, 200)
    pilot = compare.paired_rate_ratio(rng.poisson(level), rng.poisson(level))
    answer = power.clients_needed(0.7, pilot=pilot)
    by_chance = (pilot.estimate / 0.7 - 1) / pilot.total_after  # fewer events after than in the earlier study
    assert answer.variance == pytest.approx((pilot.log_error**2 + by_chance) * 200)


@pytest.mark.parametrize("kind", ["events", "days"])
def test_the_detectable_ratio_is_found_about_as_often_as_asked_for(kind):
    rng = np.random.default_rng(5)
    level = rng.gamma(2, 1, 150)
    scale = 1 if kind == "events" else 12
    before, after = rng.poisson(level) * scale, rng.poisson(level) * scale
    answer = power.detectable_rate_ratio(before, after, kind=kind, draws=300)
    assert 0.5 < answer.estimate < 1
    assert answer.estimate == pytest.approx(answer.by_formula, abs=0.06)
    found = 0
    for _ in range(300):
        again = rng.gamma(2, 1, 150)
        first, second = rng.poisson(again), rng.poisson(again)
        less = rng.binomial(second, answer.estimate) if kind == "events" else second * answer.estimate
        found += compare.paired_rate_ratio(first * scale, less * scale).high < 1
    assert found / 300 == pytest.approx(0.8, abs=0.11)


def test_a_study_too_small_to_show_anything_says_so():
    answer = power.detectable_rate_ratio([1, 0, 0, 1], [0, 1, 0, 0])
    assert math.isnan(answer.estimate)
    assert answer.why
    assert math.isnan(power.detectable_rate_ratio([0, 0, 0], [0, 0, 0]).estimate)


def test_the_detectable_ratio_is_the_same_for_the_same_seed():
    rng = np.random.default_rng(6)
    before, after = rng.poisson(2, 60), rng.poisson(2, 60)
    one, two = (power.detectable_rate_ratio(before, after, draws=100, seed=7) for _ in range(2))
    assert one == two
