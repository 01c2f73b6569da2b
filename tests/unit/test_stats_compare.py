"""Ratios, tests and shares: by hand, and by slow obvious ways."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factfidelity.stats import compare, rates, resample


def test_equal_counts_before_and_after_are_not_dropped_from_the_ratio():
    # statsmodels' ConditionalPoisson leaves out clients with equal non-zero counts and gives 2/6 here.
    answer = compare.paired_rate_ratio([3, 3, 2, 4], [1, 1, 2, 4])
    assert answer.estimate == pytest.approx(8 / 12)


def test_the_clustered_interval_by_hand():
    # R = 4/8 = 0.5; e = (a - R b) / B = (0, 0.0625·…): written out below for b = 4, 3, 1 and a = 1, 1, 2
    before, after = np.array([4, 3, 1]), np.array([1, 1, 2])
    e = (after - 0.5 * before) / 8  # -0.125, -0.0625, 0.1875
    error = math.sqrt(3 / 2 * (0.125**2 + 0.0625**2 + 0.1875**2)) / 0.5
    assert e.tolist() == [-0.125, -0.0625, 0.1875]
    answer = compare.paired_rate_ratio(before, after)
    assert answer.log_error == pytest.approx(error)
    assert answer.df == 2
    t_975_2 = 4.302652729911275  # printed t table, 2 df
    assert (answer.low, answer.high) == pytest.approx(
        (0.5 * math.exp(-t_975_2 * error), 0.5 * math.exp(t_975_2 * error))
    )


def test_years_turn_the_ratio_of_counts_into_a_ratio_of_rates():
    answer = compare.paired_rate_ratio([2, 4, 6], [1, 1, 4], years_before=[1, 1, 2], years_after=[0.5, 1, 0.5])
    assert answer.estimate == pytest.approx((6 / 2) / (12 / 4))
    same = compare.paired_rate_ratio([2, 4, 6], [1, 1, 4], years_before=2.0, years_after=1.0)
    assert same.estimate == pytest.approx(6 / 12 * 2)


def test_the_exact_ratio_is_the_share_of_events_after_with_the_time_ratio():
    paired = compare.paired_rate_ratio([1, 0, 3], [0, 1, 1], years_before=[2, 2, 2], years_after=1, method="exact")
    plain = rates.rate_ratio(2, 3, 4, 6)
    assert (paired.estimate, paired.low, paired.high, paired.p) == (plain.estimate, plain.low, plain.high, plain.p)


@pytest.mark.parametrize("method", ["cluster", "exact", "bootstrap"])
def test_nothing_after_is_a_ratio_of_zero_with_an_upper_end(method):
    answer = compare.paired_rate_ratio([1] * 12, [0] * 12, method=method)
    # 12 clients with one event each: the exact upper end of 0 of 12
    share = 1 - 0.025 ** (1 / 12)
    assert (answer.estimate, answer.low) == (0, 0)
    assert answer.high == pytest.approx(share / (1 - share))
    assert answer.p == pytest.approx(2 * 0.5**12)


def test_events_of_few_clients_count_as_few_when_nothing_came_after():
    # one client with 10 and two with 1: (10 + 1 + 1)^2 / (100 + 1 + 1) effective events instead of 12
    answer = compare.paired_rate_ratio([10, 1, 1], [0, 0, 0])
    share = 1 - 0.025 ** (102 / 144)
    assert answer.high == pytest.approx(share / (1 - share))
    assert "nothing was counted after" in answer.why


@pytest.mark.parametrize("method", ["cluster", "exact", "bootstrap"])
def test_nothing_before_is_infinite_with_a_lower_end_and_a_reason(method):
    answer = compare.paired_rate_ratio([0] * 12, [1] * 12, method=method)
    assert answer.estimate == math.inf
    assert answer.high == math.inf
    assert 0 < answer.low < math.inf
    assert "nothing was counted before" in answer.why


@pytest.mark.parametrize("method", ["cluster", "exact", "bootstrap"])
def test_nothing_at_all_is_empty_with_a_reason(method):
    answer = compare.paired_rate_ratio([0, 0, 0], [0, 0, 0], method=method)
    assert all(math.isnan(x) for x in (answer.estimate, answer.low, answer.high, answer.p))
    assert answer.why
    assert answer.n == 3


def test_fewer_than_ten_clients_with_days_give_no_bootstrap_interval():
    answer = compare.paired_rate_ratio([9] * 9 + [0] * 30, [4] * 5 + [0] * 34, method="bootstrap")
    assert answer.estimate == pytest.approx(20 / 81)
    assert math.isnan(answer.low)
    assert math.isnan(answer.high)
    assert "fewer than 10" in answer.why
    assert answer.clients_any == 9


def test_draws_without_days_before_count_as_infinite():
    before, after = [50] + [0] * 19, [1] * 20
    answer = compare.paired_rate_ratio(before, after, method="bootstrap")
    # a draw misses the one client with probability (19/20)^20 = 0.358
    assert answer.infinite / answer.draws == pytest.approx(0.358, abs=0.03)
    assert answer.high == math.inf
    assert math.isfinite(answer.low)


def test_the_answer_does_not_depend_on_the_order_of_the_clients():
    rng = np.random.default_rng(5)
    before, after, order = rng.poisson(2, 40), rng.poisson(1, 40), rng.permutation(40)
    one = compare.paired_rate_ratio(before, after, method="bootstrap")
    assert one == compare.paired_rate_ratio(before[order], after[order], method="bootstrap")


def test_one_client_has_no_clustered_interval_and_clients_alike_get_the_exact_one():
    assert math.isnan(compare.paired_rate_ratio([3], [1]).low)
    alike = compare.paired_rate_ratio([2, 2, 2], [1, 1, 1])
    exact = compare.paired_rate_ratio([2, 2, 2], [1, 1, 1], method="exact")
    assert (alike.low, alike.high) == (exact.low, exact.high)
    assert "alike" in alike.why


def test_a_poisson_interval_on_days_is_refused_by_name():
    for refused in (
        lambda: compare.paired_rate_ratio([1], [1], method="poisson"),
        lambda: rates.poisson_rate(5, 1, kind="days"),
        lambda: rates.rate_ratio(5, 1, 4, 1, kind="days"),
    ):
        with pytest.raises(compare.RateIntervalError, match="resample by client"):
            refused()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: compare.paired_rate_ratio([1, np.nan], [1, 2]), "before must be finite, got 1 empty"),
        (lambda: compare.paired_rate_ratio([1, 2], [1]), "before 2, after 1"),
        (lambda: compare.paired_rate_ratio([-1], [1]), "before must be 0 or more, got -1"),
        (lambda: compare.paired_rate_ratio([1], [1], method="gee"), "method must be one of .* got 'gee'"),
        (lambda: compare.paired_rate_ratio([1], [1], years_before=0), "got 0 for everybody"),
        (lambda: compare.paired_rate_ratio([1, 1], [1, 1], years_after=[0, 1]), "without time at risk"),
        (lambda: compare.paired_rate_ratio([0.5], [1], method="exact"), "whole numbers"),
        (lambda: compare.benjamini_hochberg([0.1, 1.2]), "got 1.2"),
        (lambda: compare.benjamini_hochberg([0.1, np.nan]), "finite"),
        (lambda: compare.proportions(8, 5, 1, 5), "got 8 of 5"),
        (lambda: compare.proportions(1, 5, 1, 5, measure="ratio", method="newcombe"), "method for ratio"),
        (lambda: compare.mcnemar([1, 2], [0, 1]), "got 2"),
        (lambda: compare.signed_rank([1], [1], zeros="drop"), "got 'drop'"),
        (lambda: rates.poisson_rate(-1, 1), "got -1"),
        (lambda: rates.poisson_rate(1.5, 1), "whole number, got 1.5"),
        (lambda: rates.poisson_rate(1, 0), "above 0, got 0"),
        (lambda: rates.poisson_rate(1, 1, level=95), "level must lie between 0 and 1, got 95"),
        (lambda: resample.bootstrap_interval(np.mean, [1.0], seed=1), "at least 2"),
        (lambda: resample.bootstrap_interval(np.mean, seed=1), "at least one sample"),
        (lambda: resample.bootstrap_interval(np.mean, [1, 2], [1], paired=True, seed=1), "same length|at least 2"),
        (lambda: compare.paired_rate_ratio(["a"], [1]), "before must be numbers"),
    ],
)
def test_a_wrong_argument_says_what_it_got(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=9))
@settings(max_examples=40)
def test_signed_rank_sign_flip_and_mcnemar_equal_enumeration(pairs):
    before, after = np.array(pairs).T
    d = after - before
    for zeros in ("wilcoxon", "pratt"):
        kept = d[d != 0] if zeros == "wilcoxon" else d
        size = np.abs(kept)
        rank = np.array([(size < x).sum() + ((size == x).sum() + 1) / 2 for x in size])[kept != 0]
        up = rank[(kept[kept != 0]) > 0].sum()
        sums = [
            sum(r for r, s in zip(rank, signs, strict=True) if s)
            for signs in itertools.product((0, 1), repeat=len(rank))
        ]
        low, high = np.mean([s <= up for s in sums]), np.mean([s >= up for s in sums])
        expected = min(1.0, 2 * min(low, high))
        assert compare.signed_rank(before, after, zeros=zeros, exact=True).p == pytest.approx(expected)
    flips = [
        abs(sum(s * x for s, x in zip(signs, d, strict=True))) for signs in itertools.product((-1, 1), repeat=len(d))
    ]
    expected = np.mean([f >= abs(d.sum()) for f in flips])
    assert compare.sign_flip(before, after, seed=1).p == pytest.approx(expected)
    lost, gained = int(((before > 0) & (after == 0)).sum()), int(((before == 0) & (after > 0)).sum())
    ways = [math.comb(lost + gained, k) for k in range(lost + gained + 1)]
    expected = min(1.0, 2 * sum(ways[: min(lost, gained) + 1]) / sum(ways))
    assert compare.mcnemar(before > 0, after > 0).p == pytest.approx(expected)


def test_drawn_sign_flips_agree_with_all_of_them():
    rng = np.random.default_rng(2)
    before, after = rng.poisson(3, 16), rng.poisson(2, 16)
    d = after - before
    signs = np.array(list(itertools.product((-1, 1), repeat=16)))
    expected = (np.abs(signs @ d) >= abs(d.sum())).mean()
    answer = compare.sign_flip(before, after, draws=20_000, seed=4)
    assert answer.p == pytest.approx(expected, abs=4 * math.sqrt(expected / 20_000) + 1e-4)
    assert answer.low < answer.estimate < answer.high


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_equals_its_definition(p):
    answer = compare.benjamini_hochberg(p, alpha=0.1)
    ordered, tests = sorted(p), len(p)
    passing = [k for k in range(1, tests + 1) if ordered[k - 1] <= 0.1 * k / tests]
    assert answer.rejections == (max(passing) if passing else 0)
    adjusted = [min(1.0, *(ordered[j] * tests / (j + 1) for j in range(k, tests)), 1.0) for k in range(tests)]
    assert sorted(answer.adjusted) == pytest.approx(adjusted)


def test_no_rejection_leaves_the_strictest_critical_p():
    answer = compare.benjamini_hochberg([0.5, 0.9])
    assert (answer.rejections, answer.critical_p) == (0, 0.025)


def test_the_bootstrap_by_a_plain_loop_gives_the_same_spread():
    rng = np.random.default_rng(9)
    before, after = rng.negative_binomial(0.5, 0.05, 60), rng.negative_binomial(0.5, 0.08, 60)
    loop = []
    for _ in range(4000):
        pick = rng.integers(0, 60, 60)
        loop.append(after[pick].sum() / before[pick].sum())
    ours = resample.bootstrap_interval(
        lambda a, b: a.sum() / b.sum(), after, before, paired=True, method="percentile", draws=4000, seed=1
    )
    assert (ours.low, ours.high) == pytest.approx(np.quantile(loop, [0.025, 0.975]), rel=0.06)


def test_a_statistic_with_an_axis_gives_the_same_as_one_without():
    data = np.random.default_rng(3).gamma(1, 3, 50)
    slow = resample.bootstrap_interval(lambda x: x.mean(), data, draws=500, seed=8)
    fast = resample.bootstrap_interval(lambda x, axis=None: x.mean(axis=axis), data, draws=500, seed=8)
    assert (slow.low, slow.high) == pytest.approx((fast.low, fast.high))


def test_resampled_totals_are_sums_over_drawn_units():
    values = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    totals = resample.resampled_totals(values, draws=500, seed=1)
    assert totals[:, 1] == pytest.approx(10 * totals[:, 0])
    weights = np.concatenate(list(resample.drawn_weights(3, draws=500, seed=1)))
    assert (weights.sum(axis=1) == 3).all()
    assert totals == pytest.approx(weights @ values)


def test_infinite_draws_keep_their_place_at_the_upper_end():
    draws = np.concatenate([np.linspace(0.1, 2, 90), np.full(10, np.inf)])
    low, high = resample.interval_of_draws(1.0, draws, method="percentile")
    assert math.isfinite(low)
    assert high == math.inf


def test_a_statistic_that_fails_on_a_draw_is_empty_with_a_reason():
    with np.errstate(invalid="ignore", divide="ignore"):
        answer = resample.bootstrap_interval(
            lambda a, b: float(a.sum() / b.sum()), [0, 0, 1.0], [0, 0, 1.0], paired=True, seed=1
        )
    assert math.isnan(answer.low)
    assert "cannot be computed" in answer.why


def test_the_p_value_of_draws_agrees_with_the_interval():
    rng = np.random.default_rng(1)
    draws = rng.lognormal(0.1, 0.2, 4000)
    for null in (0.8, 1.0, 1.3):
        p = resample.p_of_draws(1.1, draws, null=null, skew=0.03)
        low, high = resample.interval_of_draws(1.1, draws, skew=0.03, level=1 - p)
        assert min(abs(low - null), abs(high - null)) < 0.01


def test_the_difference_of_rates_is_the_paired_t_interval_in_equal_windows():
    before, after = np.array([3.0, 5, 1, 0, 2]), np.array([1.0, 4, 2, 0, 0])
    d = after - before
    answer = compare.paired_rate_difference(before, after)
    half = 2.7764451051977987 * d.std(ddof=1) / math.sqrt(5)  # printed t table, 4 df
    assert (answer.low, answer.high) == pytest.approx((d.mean() - half, d.mean() + half))


def test_shares_at_the_edges_are_bounded_and_never_crash():
    for x_1, x_0 in itertools.product(range(6), range(6)):
        for measure, method in [
            ("difference", "newcombe"),
            ("difference", "score"),
            ("difference", "wald"),
            ("ratio", "score"),
            ("ratio", "wald"),
            ("odds_ratio", "score"),
            ("odds_ratio", "wald"),
        ]:
            answer = compare.proportions(x_1, 5, x_0, 5, measure=measure, method=method)
            if math.isnan(answer.low):
                assert answer.why
            else:
                assert answer.low <= answer.estimate + 1e-9
                assert answer.estimate <= answer.high + 1e-9


def test_byar_and_mid_p_lie_close_to_the_exact_limits():
    exact = rates.poisson_rate(20, 10)
    byar = rates.poisson_rate(20, 10, method="byar")
    middle = rates.poisson_rate(20, 10, method="mid_p")
    assert (byar.low, byar.high) == pytest.approx((exact.low, exact.high), rel=0.01)
    assert exact.low < middle.low < middle.high < exact.high


def test_the_mid_p_limits_solve_their_definition():
    answer = rates.poisson_rate(3, 1, method="mid_p")

    def mass(k, mean):
        return math.exp(-mean) * mean**k / math.factorial(k)

    low, high = answer.low, answer.high
    assert sum(mass(k, high) for k in range(3)) + mass(3, high) / 2 == pytest.approx(0.025)
    assert 1 - sum(mass(k, low) for k in range(3)) - mass(3, low) / 2 == pytest.approx(0.025)


@pytest.mark.parametrize("method", ["exact", "mid_p", "score", "wald"])
def test_a_rate_ratio_turned_round_is_its_inverse(method):
    one, other = rates.rate_ratio(9, 3.0, 4, 2.0, method=method), rates.rate_ratio(4, 2.0, 9, 3.0, method=method)
    assert (one.low, one.high, one.p) == pytest.approx((1 / other.high, 1 / other.low, other.p))


def test_comparisons_load_without_the_heavy_libraries():
    code = (
        "import sys; from factfidelity.stats import compare, resample, rates, reliability, survival; "
        "print([name for name in ('pandas', 'statsmodels', 'scipy.stats', 'scipy.special') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
