"""Outside witnesses: R 4.2.2 (stats, boot 1.3.28.1, geepack 1.3.9, coin 1.4.2) and published tables.

Each number was printed once by the call in the test; the data stand beside it.
"""

from __future__ import annotations

import numpy as np
import pytest

from factfidelity.stats import compare, rates, resample

DAYS_BEFORE = [0, 0, 12, 3, 0, 45, 7, 0, 1, 22, 9, 0, 0, 31, 2, 5, 0, 0, 14, 60, 0, 8, 0, 3, 17]
DAYS_AFTER = [0, 2, 0, 3, 0, 20, 0, 0, 0, 30, 1, 0, 0, 9, 0, 5, 4, 0, 0, 25, 0, 0, 0, 0, 6]
YEARS_AFTER = [1, 0.5, 1, 1, 0.8, 1, 1, 0.25, 1, 1, 0.9, 1, 1, 0.7, 1, 1, 1, 0.6, 1, 1, 1, 1, 0.4, 1, 1]
TIED_BEFORE = [0, 1, 2, 0, 3, 4, 1, 0, 2, 5, 1, 0, 3, 2, 2, 1, 0, 6, 1, 2]
TIED_AFTER = [0, 0, 1, 0, 1, 4, 2, 0, 0, 2, 1, 1, 1, 0, 3, 0, 0, 2, 1, 0]
SOOD_2017 = [
    *[0.0001, 0.0001, 0.3941, 0.0001, 0.0001, 0.0001, 0.0023, 0.0237, 0.0455, 0.1584, 0.7413, 0.0776, 0.3458],
    *[0.6018, 0.5544, 0.0001, 0.0001, 0.0314, 0.0001, 0.0001, 0.0001, 0.0001, 0.0190, 0.0006, 0.0535, 0.0388],
]


def test_the_exact_rate_ratio_is_that_of_poisson_test():
    # poisson.test(c(11, 27), c(800, 1000))$estimate, $conf.int
    answer = rates.rate_ratio(11, 800, 27, 1000)
    assert (answer.estimate, answer.low, answer.high) == pytest.approx((0.509259259259, 0.227971636982, 1.060673005871))


def test_the_exact_rate_is_that_of_poisson_test():
    # poisson.test(12, 40)$conf.int
    answer = rates.poisson_rate(12, 40)
    assert (answer.low, answer.high) == pytest.approx((0.155014377718, 0.524039626204))


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)]
)
def test_the_exact_limits_are_those_of_the_printed_table(count, low, high):
    # Exact 95 % limits of a Poisson count: Breslow & Day (1987), table 2.10; Garwood (1936).
    answer = rates.poisson_rate(count, 1)
    assert (answer.low, answer.high) == pytest.approx((low, high), abs=6e-4)


def test_the_signed_rank_test_with_ties_and_zeros_is_that_of_wilcox_test():
    # wilcox.test(a2, b2, paired = TRUE, correct = TRUE): V = 10.5, p-value = 0.0141834838
    answer = compare.signed_rank(TIED_BEFORE, TIED_AFTER)
    assert (answer.statistic, answer.p) == pytest.approx((10.5, 0.0141834838))


def test_both_zero_rules_are_those_of_coin():
    # coin::wilcoxsign_test(a2 ~ b2, zero.method = "Pratt" | "Wilcoxon", distribution = "asymptotic" | "exact")
    pratt = compare.signed_rank(TIED_BEFORE, TIED_AFTER, zeros="pratt")
    exact_pratt = compare.signed_rank(TIED_BEFORE, TIED_AFTER, zeros="pratt", exact=True)
    exact_wilcoxon = compare.signed_rank(TIED_BEFORE, TIED_AFTER, exact=True)
    found = pratt.p, exact_pratt.p, exact_wilcoxon.p
    assert found == pytest.approx((0.0220737435, 0.0222167969, 0.0114746094))


def test_the_pseudomedian_and_its_interval_are_close_to_wilcox_test():
    # wilcox.test(a, b, paired = TRUE, conf.int = TRUE): p = 0.0596408402, -4.44996 to 0.04994, estimate -2.24624
    # (R solves for the normal statistic where there are ties; order statistics lie within one step of it)
    before = [3, 5, 2, 8, 1, 4, 9, 6, 7, 10, 12, 2]
    after = [1.5, 2, 2.5, 4, 0.2, 5.5, 3.1, 7.6, 2.9, 4.7, 5.2, 3.3]
    answer = compare.signed_rank(before, after)
    assert answer.p == pytest.approx(0.0596408402)
    assert (answer.estimate, answer.low, answer.high) == pytest.approx((-2.246, -4.45, 0.05), abs=0.06)


def test_mcnemar_is_the_binomial_test_on_those_who_changed():
    # binom.test(7, 23): p = 0.0931396484375, 0.132102879698 to 0.529191666009 (odds: x / (1 - x))
    before = [1] * 16 + [0] * 7 + [1] * 4 + [0] * 3
    after = [0] * 16 + [1] * 7 + [1] * 4 + [0] * 3
    answer = compare.mcnemar(before, after)
    assert answer.p == pytest.approx(0.0931396484375)
    ends = (0.132102879698 / (1 - 0.132102879698), 0.529191666009 / (1 - 0.529191666009))
    assert (answer.low, answer.high) == pytest.approx(ends)


@pytest.mark.parametrize(
    ("method", "low", "high"),
    [("newcombe", 0.0524, 0.3339), ("score", 0.0528, 0.3382), ("wald", 0.0575, 0.3425)],
)
def test_differences_of_shares_are_those_of_newcombe_1998(method, low, high):
    # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, 56/70 - 48/80: methods 10, 6 and 1
    answer = compare.proportions(56, 70, 48, 80, method=method)
    assert (answer.low, answer.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.filterwarnings("ignore::RuntimeWarning:statsmodels")
@pytest.mark.parametrize(("measure", "name"), [("ratio", "ratio"), ("odds_ratio", "odds-ratio")])
@pytest.mark.parametrize("cells", [(56, 70, 48, 80), (3, 40, 9, 35), (29, 30, 20, 31), (1, 200, 7, 180)])
def test_score_intervals_of_ratios_are_those_of_statsmodels(cells, measure, name):
    # Not for the difference: there statsmodels 0.15 departs from Newcombe (1998)
    from statsmodels.stats.proportion import confint_proportions_2indep

    answer = compare.proportions(*cells, measure=measure, method="score")
    expected = confint_proportions_2indep(*cells, compare=name, method="score")
    assert (answer.low, answer.high) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("cells", [(56, 70, 48, 80), (3, 40, 9, 35), (29, 30, 20, 31), (1, 200, 7, 180)])
def test_score_ends_of_a_difference_solve_the_test_by_brute_force(cells):
    x_1, n_1, x_0, n_0 = cells
    answer = compare.proportions(*cells, method="score")
    for gap, z in ((answer.low, 1.959964), (answer.high, -1.959964)):
        p_0 = np.linspace(max(0.0, -gap), min(1.0, 1 - gap), 2_000_002)[1:-1]
        p_1 = p_0 + gap
        likelihood = x_1 * np.log(p_1) + (n_1 - x_1) * np.log1p(-p_1) + x_0 * np.log(p_0) + (n_0 - x_0) * np.log1p(-p_0)
        best = likelihood.argmax()
        variance = p_1[best] * (1 - p_1[best]) / n_1 + p_0[best] * (1 - p_0[best]) / n_0
        variance *= (n_1 + n_0) / (n_1 + n_0 - 1)
        assert (x_1 / n_1 - x_0 / n_0 - gap) / np.sqrt(variance) == pytest.approx(z, abs=1e-3)


def test_benjamini_hochberg_on_the_26_published_p_values_of_sood_2017():
    # Sood et al. (2017): critical p 0.0288; 0.0237 is significant, 0.0314 and 0.0388 are not
    answer = compare.benjamini_hochberg(SOOD_2017)
    assert answer.rejections == 15
    assert round(answer.critical_p, 4) == 0.0288
    rejected = dict(zip(SOOD_2017, answer.rejected.tolist(), strict=True))
    assert (rejected[0.0237], rejected[0.0314], rejected[0.0388]) == (True, False, False)


def test_adjusted_p_values_are_those_of_p_adjust():
    # p.adjust(p, "BH")
    adjusted = compare.benjamini_hochberg(SOOD_2017).adjusted
    some = adjusted[[0, 2, 6, 7, 10, 13, 17, 22, 25]]
    expected = [0.000236363636364, 0.445504347826087, 0.0046, 0.04108, 0.7413, 0.625872, 0.051025, 0.035285714285714]
    assert some == pytest.approx([*expected, 0.059341176470588])


def test_the_clustered_ratio_is_that_of_a_gee_with_independence():
    # geeglm(yy ~ t, id = id, family = poisson, corstr = "independence"): -0.822503201774 (0.227068015273)
    # with + offset(log(T)): -0.701464873397 (0.230896487068). Ours has the factor n / (n - 1) in the variance.
    clients = len(DAYS_BEFORE)
    factor = np.sqrt(clients / (clients - 1))
    equal = compare.paired_rate_ratio(DAYS_BEFORE, DAYS_AFTER)
    assert (np.log(equal.estimate), equal.log_error) == pytest.approx((-0.822503201774, 0.227068015273 * factor))
    cut = compare.paired_rate_ratio(DAYS_BEFORE, DAYS_AFTER, years_before=1, years_after=YEARS_AFTER)
    assert (np.log(cut.estimate), cut.log_error) == pytest.approx((-0.701464873397, 0.230896487068 * factor))


def test_the_bca_interval_of_a_ratio_is_that_of_boot():
    # boot(d, function(d, w) sum(d$y * w) / sum(d$x * w), R = 200000, stype = "w"); boot.ci(type = "bca", L = empinf(
    # type = "inf")): 0.2925 to 0.8391, a = 0.0974221547698; many draws here, so that only the method is compared
    answer = compare.paired_rate_ratio(DAYS_BEFORE, DAYS_AFTER, method="bootstrap", draws=50_000)
    assert answer.estimate == pytest.approx(0.439330543933)
    assert (answer.low, answer.high) == pytest.approx((0.2925, 0.8391), abs=0.012)


@pytest.mark.parametrize(
    ("method", "low", "high"), [("bca", 5.08, 17.76), ("percentile", 4.32, 16.00), ("basic", 3.12, 14.80)]
)
def test_bootstrap_intervals_of_a_mean_are_those_of_boot(method, low, high):
    # boot(x, function(x, i) mean(x[i]), R = 200000); boot.ci(type = c("bca", "perc", "basic"), L = empinf(type="jack"))
    answer = resample.bootstrap_interval(np.mean, DAYS_BEFORE, method=method, draws=40_000, seed=3)
    assert (answer.low, answer.high) == pytest.approx((low, high), abs=0.15)
