"""Agreement and survival: by hand, by slow obvious ways, at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factfidelity.stats import reliability, survival

ratings_strategy = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=12)


def test_icc_by_hand_on_two_raters():
    # subjects (1,2), (3,4), (5,6): MSB = 8, MSJ = 1.5, MSE = 0: consistency 1, agreement 8 / (8 + 2 * 1.5 / 3)
    ratings = [[1, 2], [3, 4], [5, 6]]
    assert reliability.icc(ratings, form="ICC3").estimate == 1
    agreement = reliability.icc(ratings, form="ICC2")
    assert agreement.estimate == pytest.approx(8 / 9)
    assert math.isnan(agreement.low)
    assert "agree in full" in agreement.why


def test_ratings_that_do_not_vary_give_no_icc_and_say_why():
    answer = reliability.icc([[3, 3], [3, 3], [3, 3]])
    assert math.isnan(answer.estimate)
    assert answer.why == "all ratings are the same"


@given(ratings_strategy)
def test_kappa_equals_a_sum_over_pairs(pairs):
    a, b = np.array(pairs).T
    answer = reliability.weighted_kappa(a, b, categories=[1, 2, 3, 4])
    cost = np.mean([(x - y) ** 2 for x, y in pairs])
    chance = np.mean([(x - y) ** 2 for x in a for y in b])
    if chance == 0:
        assert math.isnan(answer.estimate)
    else:
        assert answer.estimate == pytest.approx(1 - cost / chance)


def test_quadratic_kappa_counts_steps_of_the_scale_also_where_a_step_is_not_used():
    a, b = [1, 2, 5, 5], [1, 5, 5, 2]
    assert (
        reliability.weighted_kappa(a, b).estimate
        == reliability.weighted_kappa(a, b, categories=[1, 2, 3, 4, 5]).estimate
    )
    assert reliability.weighted_kappa(a, b, categories=[1, 2, 5]).estimate != reliability.weighted_kappa(a, b).estimate


@given(st.lists(st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=8))
def test_fleiss_kappa_equals_a_sum_over_pairs_of_raters(rows):
    counts = np.array([[row.count(c) for c in range(3)] for row in rows])
    answer = reliability.fleiss_kappa(counts)
    agree = np.mean([np.mean([row[i] == row[j] for i in range(3) for j in range(3) if i != j]) for row in rows])
    flat = [c for row in rows for c in row]
    chance = np.mean([x == y for x in flat for y in flat])
    if chance == 1:
        assert math.isnan(answer.estimate)
    else:
        assert answer.estimate == pytest.approx((agree - chance) / (1 - chance))


def test_the_error_of_fleiss_kappa_is_close_to_a_jackknife():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 80)
    rated = np.where(rng.random((80, 4)) < 0.6, truth[:, None], rng.integers(0, 3, (80, 4)))
    counts = np.stack([(rated == c).sum(axis=1) for c in range(3)], axis=1)
    left = [reliability.fleiss_kappa(np.delete(counts, i, axis=0)).estimate for i in range(80)]
    jackknife = math.sqrt(79 / 80 * ((np.array(left) - np.mean(left)) ** 2).sum())
    assert reliability.fleiss_kappa(counts).error == pytest.approx(jackknife, rel=0.05)


@given(st.lists(st.lists(st.sampled_from([1.0, 2.0, 4.0, math.nan]), min_size=3, max_size=3), min_size=1, max_size=7))
@settings(max_examples=60)
def test_krippendorffs_alpha_equals_pairs_written_out(rows):
    kept = [[v for v in row if not math.isnan(v)] for row in rows]
    kept = [row for row in kept if len(row) >= 2]
    values = [v for row in kept for v in row]
    answer = reliability.krippendorff_alpha(rows, metric="interval", draws=100)
    if len(set(values)) < 2:
        assert math.isnan(answer.estimate)
        return
    n = len(values)
    observed = sum(sum((x - y) ** 2 for x in row for y in row) / (len(row) - 1) for row in kept) / n
    expected = sum((x - y) ** 2 for x in values for y in values) / (n * (n - 1))
    assert answer.estimate == pytest.approx(1 - observed / expected)


def test_the_ordinal_distance_counts_the_ratings_between():
    # values 1 (x3), 2 (x1), 3 (x4) in units (1,1), (1,2), (3,3), (3,3)
    # distance(1,2) = (3 + 1 - (3 + 1) / 2)^2 = 4; (1,3) = (8 - 3.5)^2 = 20.25; (2,3) = (5 - 2.5)^2 = 6.25
    # observed 2 * 4 / 8 = 1; expected 2 * (3*1*4 + 3*4*20.25 + 1*4*6.25) / (8 * 7) = 10
    answer = reliability.krippendorff_alpha([[1, 1], [1, 2], [3, 3], [3, 3]])
    assert answer.estimate == pytest.approx(1 - 1 / 10)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: reliability.icc([[1, np.nan], [2, 3]]), "ratings must be complete, got 1"),
        (lambda: reliability.icc([[1, 2], [2, 3]], form="ICC4"), "got 'ICC4'"),
        (lambda: reliability.icc([1, 2]), "got shape"),
        (lambda: reliability.weighted_kappa([1], [1, 2]), "a 1, b 2"),
        (lambda: reliability.weighted_kappa([1, 7], [1, 2], categories=[1, 2, 3]), "got 7"),
        (lambda: reliability.weighted_kappa([1, 2], [1, 2], categories=[2, 1]), "must rise"),
        (lambda: reliability.fleiss_kappa([[2, 1], [1, 1]]), "same number of raters"),
        (lambda: reliability.krippendorff_alpha([[1, 2]], metric="angle"), "got 'angle'"),
        (lambda: reliability.krippendorff_alpha([[-1, 2]], metric="ratio"), "0 or more"),
        (lambda: survival.kaplan_meier([1, -2], [1, 1]), "got -2"),
        (lambda: survival.kaplan_meier([1, 2], [1, 1], entry=[0, 2]), "got 1 that are not"),
        (lambda: survival.kaplan_meier([1, 2], [1]), "got 2 and 1"),
        (lambda: survival.kaplan_meier([1, 2], [1, 1], interval="logit"), "got 'logit'"),
        (lambda: survival.log_rank([1, 2], [1, 1], ["a", "a"]), "at least two groups, got 1"),
        (lambda: survival.log_rank([1, 2], [1, 1], ["a", None]), "got an empty one"),
        (lambda: survival.cumulative_incidence([1, 2], [1, 0.5]), "whole numbers"),
        (lambda: survival.cumulative_incidence([1, 2], [1, 0]).at([1], cause=2), "got 2"),
    ],
)
def test_a_wrong_argument_says_what_it_got(call, says):
    with pytest.raises(ValueError, match=says):
        call()


cases = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 6), st.integers(0, 2)).map(lambda t: (t[0], t[0] + t[1], t[2])),
    min_size=1,
    max_size=15,
)


@given(cases)
def test_survival_and_incidence_equal_a_loop_over_times(rows):
    entry, stop, cause = (np.array(column) for column in zip(*rows, strict=True))
    curve = survival.kaplan_meier(stop, cause > 0, entry=entry)
    shares = survival.cumulative_incidence(stop, cause, entry=entry)
    free, seen, greenwood = 1.0, {1: 0.0, 2: 0.0}, 0.0
    for place, time in enumerate(sorted(set(stop.tolist()))):
        risk = sum(e < time <= s for e, s, _ in rows)
        died = sum(s == time and c > 0 for _, s, c in rows)
        for kind in seen:
            seen[kind] += free * sum(s == time and c == kind for _, s, c in rows) / risk
        free *= 1 - died / risk
        greenwood = greenwood + died / (risk * (risk - died)) if risk > died else math.inf
        assert curve.at_risk[place] == risk
        assert curve.survival[place] == pytest.approx(free, abs=1e-12)
        if math.isfinite(greenwood):
            assert curve.error[place] == pytest.approx(free * math.sqrt(greenwood))
        for row, kind in enumerate(shares.causes):
            assert shares.incidence[row][place] == pytest.approx(seen[kind], abs=1e-12)


def test_shares_free_and_with_each_cause_add_up_to_one():
    rng = np.random.default_rng(1)
    stop, cause = rng.integers(1, 30, 60), rng.integers(0, 3, 60)
    shares, curve = survival.cumulative_incidence(stop, cause), survival.kaplan_meier(stop, cause > 0)
    assert shares.incidence.sum(axis=0) + curve.survival == pytest.approx(np.ones(len(curve.time)))


def test_the_variance_of_an_incidence_is_binomial_without_censoring():
    # 10 persons, 4 with cause 1 by time 3 and nobody censored: p (1 - p) / n
    answer = survival.cumulative_incidence([1, 1, 2, 2, 3, 3, 4, 4, 4, 5], [1, 2, 1, 2, 1, 1, 2, 2, 1, 1])
    place = answer.time.tolist().index(3)
    assert answer.incidence[0][place] == pytest.approx(0.4)
    assert answer.error[0][place] == pytest.approx(math.sqrt(0.4 * 0.6 / 10))


def test_a_curve_is_empty_after_the_last_time_and_one_before_the_first():
    curve = survival.kaplan_meier([2, 4], [1, 0])
    found = curve.at([0, 1.9, 2, 4, 5])
    assert found["survival"][:4].tolist() == [1, 1, 0.5, 0.5]
    assert math.isnan(found["survival"][4])
    assert curve.restricted_mean(4) == pytest.approx(2 + 0.5 * 2)
    assert math.isnan(curve.restricted_mean(6))


def test_nobody_with_an_event_keeps_the_curve_at_one():
    curve = survival.kaplan_meier([1, 2, 3], [0, 0, 0])
    assert curve.survival.tolist() == [1, 1, 1]
    assert math.isnan(curve.estimate)
    test = survival.log_rank([1, 2, 3], [0, 0, 0], [1, 1, 2])
    assert math.isnan(test.p)
    assert test.why == "nobody had the event"
    shares = survival.cumulative_incidence([1, 2], [0, 0])
    assert shares.estimate == 0


def test_a_curve_that_falls_to_zero_while_few_had_entered_says_so():
    curve = survival.kaplan_meier([1, 9, 9], [1, 0, 0], entry=[0, 5, 5])
    assert "fell to 0" in curve.why


def test_the_log_rank_test_by_hand_for_three_groups_is_the_sum_of_hypergeometric_tables():
    rng = np.random.default_rng(6)
    stop, event, group = rng.integers(1, 8, 40), rng.integers(0, 2, 40), rng.integers(0, 3, 40)
    off, spread = np.zeros(3), np.zeros((3, 3))
    for time in sorted(set(stop[event == 1].tolist())):
        n = np.array([((stop >= time) & (group == g)).sum() for g in range(3)])
        d = np.array([((stop == time) & (event == 1) & (group == g)).sum() for g in range(3)])
        total, dead = n.sum(), d.sum()
        off = off + d - n * dead / total
        if total > 1:
            factor = dead * (total - dead) / (total - 1)
            spread = spread + factor * (np.diag(n / total) - np.outer(n, n) / total**2)
    statistic = off[:2] @ np.linalg.inv(spread[:2, :2]) @ off[:2]
    answer = survival.log_rank(stop, event, group)
    assert answer.statistic == pytest.approx(statistic)
    assert answer.df == 2
    assert math.isnan(answer.estimate)
