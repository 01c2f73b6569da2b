"""Outside witnesses for agreement and survival: R 4.2.2, psych 2.2.9, vcd 1.4.11, survival 3.5-3, cmprsk 2.2.11."""

from __future__ import annotations

import numpy as np
import pytest

from factfidelity.stats import reliability, survival

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
A = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 3, 3, 4, 2, 5, 1, 2, 4, 4, 3]
B = [1, 3, 3, 4, 4, 5, 5, 3, 1, 1, 2, 3, 4, 2, 5, 2, 2, 3, 5, 3]
# survival::aml (Miller 1981): 11 maintained, then 12 not maintained
AML_TIME = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161, 5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
AML_EVENT = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
AML_GROUP = ["maintained"] * 11 + ["not"] * 12
DURATION = [1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18]
CAUSE = [1, 2, 1, 0, 1, 2, 0, 1, 1, 2, 0, 1, 0, 2, 1, 0, 1, 0, 2, 0]


@pytest.mark.parametrize(
    ("form", "estimate", "low", "high", "p"),
    [
        ("ICC1", 0.165741768405, -0.1329323248748, 0.722560062328, 0.164768808344640),
        ("ICC2", 0.289763779528, 0.0187865133747, 0.761084369649, 0.000134566516484),
        ("ICC3", 0.714840714841, 0.3424647650339, 0.945858259955, 0.000134566516484),
        ("ICC1k", 0.442797133679, -0.8844421552381, 0.912415420341, 0.164768808344640),
        ("ICC2k", 0.620050547599, 0.0711368153025, 0.927232040168, 0.000134566516484),
        ("ICC3k", 0.909315542377, 0.6756747138163, 0.985891678169, 0.000134566516484),
    ],
)
def test_the_six_intraclass_correlations_are_those_of_psych(form, estimate, low, high, p):
    # psych::ICC(sf, lmer = FALSE)$results; the table of Shrout & Fleiss (1979): .17 .29 .71 .44 .62 .91
    answer = reliability.icc(SHROUT_FLEISS, form=form)
    assert (answer.estimate, answer.low, answer.high, answer.p) == pytest.approx((estimate, low, high, p))


@pytest.mark.parametrize(
    ("weights", "estimate", "error"),
    [
        ("none", 0.496855345912, 0.135732546264),
        ("quadratic", 0.8821796759941, 0.0389117519771),
        ("linear", 0.7278911564626, 0.0785875813804),
    ],
)
def test_weighted_kappas_are_those_of_vcd(weights, estimate, error):
    # vcd::Kappa(table(a, b))$Unweighted; Kappa(t, weights = "Fleiss-Cohen" | "Equal-Spacing")$Weighted: value, ASE
    answer = reliability.weighted_kappa(A, B, weights=weights)
    assert (answer.estimate, answer.error) == pytest.approx((estimate, error))


def test_fleiss_kappa_of_the_well_known_example():
    # Fleiss (1971)'s formulas worked through on 14 subjects, 10 raters, 5 categories: P = 0.378, Pe = 0.213, 0.210
    counts = [
        *[[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0]],
        *[[3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]],
    ]
    answer = reliability.fleiss_kappa(counts)
    assert answer.observed == pytest.approx(0.378, abs=5e-4)
    assert answer.expected == pytest.approx(0.213, abs=5e-4)
    assert answer.estimate == pytest.approx(0.210, abs=5e-4)


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_alpha_of_his_own_example(metric, alpha):
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: four observers, twelve units, gaps
    n = np.nan
    observers = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, n, n, n],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, n, 3],
        [n, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, n],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, n],
    ]
    answer = reliability.krippendorff_alpha(np.array(observers).T, metric=metric)
    assert round(answer.estimate, 3) == alpha
    assert answer.n == 11
    assert answer.low < answer.estimate < answer.high


def test_cronbachs_alpha_and_feldts_interval_are_those_of_psych():
    # psych::alpha(items)$total$raw_alpha; $feldt
    items = [
        *[[2, 3, 4, 3], [4, 4, 5, 5], [1, 2, 1, 2], [3, 3, 4, 3], [5, 4, 5, 4], [2, 1, 2, 2], [4, 5, 4, 4]],
        [3, 2, 3, 3],
    ]
    answer = reliability.cronbach_alpha(items)
    found = answer.estimate, answer.low, answer.high
    assert found == pytest.approx((0.943193997856, 0.831363978826, 0.987240462522))


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        ("log-log", [0.6949475375, 0.2755656280, 0.0069559668], [0.97751567, 0.68421379, 0.28676037]),
        ("log", [0.8048547977830, 0.3240165456898, 0.0148346082548], [1.0, 0.762010637765, 0.462327406565]),
        ("plain", [0.7978889601696, 0.2844308237321, 0.0], [1.0, 0.709357996144, 0.225230247028]),
    ],
)
def test_kaplan_meier_is_that_of_survfit(interval, low, high):
    # survfit(Surv(time, status) ~ 1, data = aml, conf.type = "log-log" | "log" | "plain"), at 5, 27 and 48
    curve = survival.kaplan_meier(AML_TIME, AML_EVENT, interval=interval)
    found = curve.at([5, 27, 48])
    assert found["survival"] == pytest.approx([0.9130434782609, 0.4968944099379, 0.0828157349896])
    assert found["low"] == pytest.approx(low, abs=1e-8)
    assert found["high"] == pytest.approx(high, abs=1e-8)


def test_the_median_and_its_interval_are_those_of_survfit():
    # print(survfit(..., conf.type = "log-log")): median 27, 0.95LCL 13, 0.95UCL 43 by quantile(f): 13 to 34
    curve = survival.kaplan_meier(AML_TIME, AML_EVENT)
    assert (curve.estimate, curve.low, curve.high) == (27, 13, 34)


def test_delayed_entry_is_that_of_survfit():
    # survfit(Surv(ent, st, ev) ~ 1, conf.type = "log-log"): time, n.risk, surv, lower, upper
    entry = [0, 0, 2, 5, 1, 0, 3, 8, 0, 4, 10, 2]
    stop = [5, 8, 9, 12, 4, 15, 20, 18, 3, 11, 25, 14]
    event = [1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1]
    curve = survival.kaplan_meier(stop, event, entry=entry)
    assert curve.time.tolist() == [3, 4, 5, 8, 9, 11, 12, 14, 15, 18, 20, 25]
    assert curve.at_risk.tolist() == [7, 7, 7, 7, 7, 7, 6, 5, 4, 3, 2, 1]
    found = curve.at([4, 12, 20])
    assert found["survival"] == pytest.approx([0.857142857143, 0.449812578092, 0.119950020825])
    assert found["low"] == pytest.approx([0.3340538792922, 0.1458070655818, 0.0070120609542])
    assert found["high"] == pytest.approx([0.978561058526, 0.717851240507, 0.403859627735])


def test_the_log_rank_test_is_that_of_survdiff():
    # survdiff(Surv(time, status) ~ x, data = aml): chisq 3.39638869898, expected 10.689.., 7.310.., variance 4.00755
    answer = survival.log_rank(AML_TIME, AML_EVENT, AML_GROUP)
    assert answer.statistic == pytest.approx(3.39638869898)
    assert answer.expected == pytest.approx([10.68933599230, 7.31066400770])
    assert answer.estimate == pytest.approx(np.exp((11 - 7.31066400770) / 4.00755074594))
    assert answer.p == pytest.approx(0.0653393, abs=1e-6)


def test_cumulative_incidence_is_that_of_cmprsk():
    # cmprsk::timepoints(cuminc(dur, cs), c(2, 5, 8, 12, 16))$est
    answer = survival.cumulative_incidence(DURATION, CAUSE)
    first = [0.10, 0.153125, 0.267548076923, 0.403766025641, 0.494577991453]
    second = [0.05, 0.103125, 0.160336538462, 0.232986111111, 0.369204059829]
    assert answer.at([2, 5, 8, 12, 16], cause=1)["incidence"] == pytest.approx(first)
    assert answer.at([2, 5, 8, 12, 16], cause=2)["incidence"] == pytest.approx(second)


def test_the_error_of_an_incidence_is_that_of_survfit():
    # survfit(Surv(dur, factor(cs, 0:2)) ~ 1)$std.err at 2, 5, 8, 12, 16; cmprsk has another formula
    answer = survival.cumulative_incidence(DURATION, CAUSE)
    place = np.searchsorted(answer.time, [2, 5, 8, 12, 16])
    first = [0.0670820393250, 0.0814832888830, 0.1030259308807, 0.1206287823146, 0.1304942674663]
    second = [0.0487339717240, 0.0691386387427, 0.0851310353090, 0.1038778368885, 0.1398765644501]
    assert answer.error[0][place] == pytest.approx(first)
    assert answer.error[1][place] == pytest.approx(second)
