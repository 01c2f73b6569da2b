"""Outside witnesses for what the before/after reports print: R 4.2.2, boot 1.3.28.1, geepack 1.3.9, MASS 7.3.58.2,
sandwich 3.0.2, survival 3.5.3. Each number was printed once by the call that stands in the test.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.comparison.cohorts import compare_cohorts
from factfidelity.outcomes import describe, subgroups
from factfidelity.outcomes.pairs import Counts
from factfidelity.outcomes.who import who_changed
from factfidelity.schemas.outcome import shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare, counts, rates
from factfidelity.stats.series import segmented_regression

# b, a, tb <- rep(1, 25), ta
BEFORE = [0, 0, 12, 3, 0, 45, 7, 0, 1, 22, 9, 0, 0, 31, 2, 5, 0, 0, 14, 60, 0, 8, 0, 3, 17]
AFTER = [0, 2, 0, 3, 0, 20, 0, 0, 0, 30, 1, 0, 0, 9, 0, 5, 4, 0, 0, 25, 0, 0, 0, 0, 6]
YEARS_AFTER = [1, 0.5, 1, 1, 0.8, 1, 1, 0.25, 1, 1, 0.9, 1, 1, 0.7, 1, 1, 1, 0.6, 1, 1, 1, 1, 0.4, 1, 1]
DAYS = Counts(np.array(BEFORE, float), np.array(AFTER, float), np.ones(25), np.array(YEARS_AFTER))
BED_DAYS = shipped_outcomes()["bed_days"]
MANY = Plan(intervals={"draws": 40_000})


def four(row):
    return row["estimate"], row["low"], row["high"]


def test_the_two_sided_p_of_the_exact_ratio_is_the_central_one():
    # exactci::poisson.exact(tsmethod = "central") is not in Debian; its definition by hand:
    # pr <- 800/1800; 2 * min(pbinom(11, 38, pr), 1 - pbinom(10, 38, pr)). poisson.test's own p (0.0713) sums small ones
    assert rates.rate_ratio(11, 800, 27, 1000).p == pytest.approx(0.07487183834795)


def test_mid_p_intervals_are_those_of_their_definition():
    # mid <- function(p) pbinom(10, 38, p) + dbinom(11, 38, p) / 2 (as exactci's midp = TRUE); uniroot for both ends,
    # p / (1 - p) * 1000 / 800; p-value 2 * min(mid(pr), 1 - mid(pr))
    ratio = rates.rate_ratio(11, 800, 27, 1000, method="mid_p")
    assert (ratio.low, ratio.high, ratio.p) == pytest.approx((0.2427496437208, 1.011886761748, 0.05426475043873))
    # (ppois(12, m) + ppois(11, m)) / 2 = 0.975 and 0.025, uniroot, / 40
    rate = rates.poisson_rate(12, 40, method="mid_p")
    assert (rate.low, rate.high) == pytest.approx((0.1625461180182, 0.5100213138993))


def test_the_ratio_of_bed_days_in_a_report_is_the_bca_of_boot():
    # rr <- function(d, w) (sum(d$a * w) / sum(d$ta * w)) / (sum(d$b * w) / sum(d$tb * w))
    # boot.ci(boot(d, rr, R = 200000, stype = "w"), type = "bca", L = empinf(data = d, statistic = rr, type = "inf"))
    row = describe.rate_ratio(BED_DAYS, DAYS, MANY)
    assert row["method"] == "bootstrap"
    assert row["estimate"] == pytest.approx(0.4958584017303)
    assert (row["low"], row["high"]) == pytest.approx((0.32697, 0.94527), abs=0.015)


def test_the_difference_of_bed_days_in_a_report_is_the_percentile_interval_of_boot_as_wide_as_students():
    # rd <- function(d, w) sum(d$a * w) / sum(d$ta * w) - sum(d$b * w) / sum(d$tb * w); R = 400000; 17 clients with any
    # boot.ci(bo, type = "perc", conf = 2 * pnorm(qt(.975, 16) * sqrt(17 / 16)) - 1)
    row = describe.rate_difference(BED_DAYS, DAYS, MANY)
    assert row["estimate"] == pytest.approx(-4.819593679458)
    assert (row["low"], row["high"]) == pytest.approx((-9.2896, -0.9501), abs=0.12)


def test_the_clustered_difference_of_rates_is_that_of_geeglm():
    # geeglm(I(y / T) ~ t, id = id, weights = T, family = gaussian, corstr = "independence"):
    # -4.819593679458 (1.911506750405); ours has the factor n / (n - 1) in the variance
    found = compare.paired_rate_difference(BEFORE, AFTER, years_before=1, years_after=YEARS_AFTER)
    assert (found.estimate, found.error) == pytest.approx((-4.819593679458, 1.911506750405 * np.sqrt(25 / 24)))


def test_with_equal_windows_the_difference_is_that_of_the_paired_t_test():
    # t.test(a, b, paired = TRUE)
    found = compare.paired_rate_difference(BEFORE, AFTER)
    expected = (-5.36, -9.446102181546, -1.273897818454, 0.01229767782389)
    assert (found.estimate, found.low, found.high, found.p) == pytest.approx(expected)


def test_an_exchangeable_gee_of_days_is_that_of_geepack():
    # geeglm(y ~ t + offset(log(T)), id = id, family = poisson, corstr = "exchangeable")
    data = pd.DataFrame({"y": BEFORE + AFTER, "t": np.repeat([0, 1], 25), "id": [*range(25)] * 2})
    data["T"] = [1.0] * 25 + YEARS_AFTER
    model = counts.gee_counts(data, "y ~ t", cluster="id", exposure="T")
    assert (model.table["log_estimate"][1], model.table["error"][1]) == pytest.approx(
        (-0.7668287562905, 0.2511074469418), rel=1e-6
    )
    assert model.correlation == pytest.approx(0.7871938159935, rel=1e-6)


def test_the_negative_binomial_with_clients_as_clusters_is_that_of_glm_nb_and_vcovcl():
    # m <- MASS::glm.nb(y ~ after + offset(log(T))); vcovCL(m, cluster = id, type = "HC0", cadjust = TRUE); pt(., 9)
    y = [0, 2, 1, 5, 3, 0, 8, 1, 2, 4, 0, 1, 0, 3, 4, 0, 2, 1, 6, 1]
    years = [1, 1, 0.5, 1, 1, 0.7, 1, 1, 1, 0.9, 1, 0.8, 1, 1, 1, 1, 0.6, 1, 1, 1]
    data = pd.DataFrame({"y": y, "after": np.repeat([0, 1], 10), "years": years, "id": [*range(10)] * 2})
    options = {"exposure": "years", "family": "negative_binomial", "errors": "cluster", "cluster": "id"}
    model = counts.count_model(data, "y ~ after", **options)
    assert model.table["log_estimate"].to_numpy() == pytest.approx([1.030849543274, -0.3731187276264])
    # R's bread is the expected information, ours the observed one: the errors differ by up to a hundredth
    assert model.table["error"].to_numpy() == pytest.approx([0.287062384846, 0.3525111293922], rel=0.011)
    assert model.p == pytest.approx(0.3174262791948, rel=2e-3)


def test_the_signed_rank_test_of_days_is_that_of_wilcox_test():
    # wilcox.test(a, b, paired = TRUE, exact = FALSE): V = 15.5, p = 0.01236492097043
    found = compare.signed_rank(BEFORE, AFTER)
    assert (found.statistic, found.p) == pytest.approx((15.5, 0.01236492097043))
    row = describe.mean_difference(BED_DAYS, DAYS, Plan(intervals={"draws": 200}))
    assert row["p"] == found.p


def test_the_exact_mcnemar_interval_is_the_binomial_one():
    # exact2x2::mcnemar.exact is not in Debian; it is binom.test(3, 14), conf.int / (1 - conf.int)
    found = compare.mcnemar([1] * 11 + [0] * 3 + [0] * 16, [0] * 11 + [1] * 3 + [0] * 16)
    assert (found.p, found.low, found.high) == pytest.approx((0.057373046875, 0.04885491504247, 1.03241984868))


def test_tied_adjusted_p_values_are_those_of_p_adjust():
    # p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05, 0.5), "BH")
    assert compare.benjamini_hochberg([0.01, 0.02, 0.03, 0.04, 0.05, 0.5]).adjusted == pytest.approx([0.06] * 5 + [0.5])


def test_the_share_of_persons_readmitted_has_the_score_interval():
    # prop.test(7, 31, correct = FALSE)$conf.int
    found = compare.share(7, 31)
    assert (found.low, found.high) == pytest.approx((0.1139513556126, 0.3981241838334))


def test_the_intervals_of_marginal_standardisation_are_those_of_stacked_estimating_equations():
    # M <- glm(y ~ g + x + z, binomial); IFb <- sandwich::estfun(M) %*% bread(M)
    # i1 <- (p1 - mean(p1)) + IFb %*% colMeans(p1 * (1 - p1) * cbind(1, 1, x, z)), i0 likewise
    # mean(p1) - mean(p0) + qnorm(c(.025, .975)) * sqrt(sum((i1 - i0)^2)) / n; on the log and logit scale for the ratios
    n = np.arange(120)
    x, z = (n * 37) % 101 / 101, ((n * 13) % 7 < 3).astype(float)
    g = ((n * 29) % 97 / 97 < 0.25 + 0.5 * x).astype(int)
    y = ((n * 53) % 89 / 89 < 0.25 + 0.2 * g + 0.3 * x - 0.1 * z).astype(int)
    data = pd.DataFrame({"g": g, "x": x, "z": z, "y": y})
    change = compare_cohorts(data, outcome="y", group="g", of_interest=1, covariates=["x", "z"]).change
    rows = change[change["adjustment"] == "adjusted"].set_index("estimand")
    expected = {
        "difference": (0.2570199635547, 0.0802924201589, 0.4337475069505),
        "ratio": (1.811229049617, 1.158101692221, 2.83269655179),
        "odds_ratio": (2.903613530504, 1.344443023401, 6.270977191134),
    }
    for name, figures in expected.items():
        assert four(rows.loc[name]) == pytest.approx(figures, rel=1e-6)


def test_errors_with_autocorrelation_are_those_of_the_formulas_in_r():
    # t <- 0:35; yy2 <- yy + round(6 * sin(t / 2)); m <- glm(yy2 ~ t + lev, quasipoisson); W <- sqrt(mu) * X
    # H <- W %*% B %*% t(W); M <- diag(36) - H; er <- function(rho) lag-1 sum of M R M / trace(M R M)
    # rho <- uniroot(er(x) - sum(r[-1] * r[-36]) / sum(r^2)); s2 <- sum(r^2) / sum(diag(M R M)); s2 * B W' R W B
    t = np.arange(36)
    plain = [52, 48, 55, 50, 47, 53, 58, 49, 51, 54, 50, 56, 49, 52, 47, 55, 53, 50, 51, 48, 40, 38, 42, 37, 41, 35]
    y = np.array([*plain, 39, 36, 38, 34, 37, 40, 33, 36, 35, 38]) + np.round(6 * np.sin(t / 2))
    model = segmented_regression(pd.DataFrame({"t": t, "y": y}), outcome="y", time="t", start=20, errors="AR1")
    assert model.table["log_estimate"].to_numpy() == pytest.approx(
        [3.981055335871, -0.002037818558128, -0.327747187027]
    )
    errors = [0.07845245903553, 0.006142446883072, 0.1298754000916]
    assert model.table["error"].to_numpy() == pytest.approx(errors, rel=1e-6)
    assert model.correlation == pytest.approx(0.6220578895106, rel=1e-6)


def test_whether_groups_differ_is_tested_as_by_oneway_test():
    # y <- c(.1, .5, -.2, .4, .9, .3, .7, 1.1, .2, -.4, .6, 0, .8, 1.5, -1); g <- factor(rep(1:3, c(4, 5, 6)))
    # oneway.test(y ~ g)$p.value; oneway.test(y ~ g, subset = g != "3")$p.value
    means, sizes = [0.2, 0.64, 0.25], [4, 5, 6]
    errors = [0.1581138830084, 0.1720465053409, 0.3667424164178]
    rows = [
        {"estimate": np.exp(mean), "log_error": error, "clients": size}
        for mean, error, size in zip(means, errors, sizes, strict=True)
    ]
    assert subgroups._test(BED_DAYS, "sex", rows)["p"] == pytest.approx(0.2418083887845)
    assert subgroups._test(BED_DAYS, "sex", rows[:2])["p"] == pytest.approx(0.1018598507137)


def test_the_mean_cumulative_function_is_that_of_survfit_with_recurrent_events():
    # i <- 0:39; end <- ifelse(i %% 3 == 0, 100 + (i * 41) %% 260, 365); events of client i on days
    # (i * 37 + k * 53) %% 365, k = 0 .. i %% 4, before its end; f <- survfit(Surv(t1, t2, ev) ~ 1, id = id): f$cumhaz
    # at days 91, 182, 274 and 364 (Nelson's estimator, day by day; ours adds up quarters of a year)
    index = pd.Timestamp("2020-01-01")
    rows, ends = [], []
    for i in range(40):
        last = 100 + (i * 41) % 260 if i % 3 == 0 else 365
        ends.append(last)
        days = {(i * 37 + k * 53) % 365 for k in range(i % 4 + 1)}
        rows += [(f"C{i:02d}", index + pd.Timedelta(days=day)) for day in days if 0 < day < last]
    clients = pd.DataFrame({"client_id": [f"C{i:02d}" for i in range(40)]})
    clients["observed_to"] = index + pd.to_timedelta(ends, unit="D")
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted"]).assign(discharged=lambda table: table["admitted"])
    enrolments = pd.DataFrame({"client_id": clients["client_id"], "team_id": "T", "start": index, "end": pd.NaT})
    extract = extract_of(clients=clients, enrolments=enrolments, episodes=episodes)
    found = who_changed(extract, Plan(intervals={"draws": 2000}), outcomes=["admissions"]).cumulative
    after = found[found["window"] == "after"]
    assert len(rows) == 87
    assert after["mean"].tolist() == pytest.approx([0.625, 1.2018, 1.9005, 2.4948], rel=0.03)
    # its errors 0.1156, 0.1684, 0.1746, 0.1811: half the width of our bands over t(n - 1) with those who had any
    half = ((after["high"] - after["low"]) / 2 / 2.02).tolist()
    assert half == pytest.approx([0.1156, 0.1684, 0.1746, 0.1811], rel=0.2)
