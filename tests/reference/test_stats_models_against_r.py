"""Outside witnesses for the models: R 4.2.2, MASS 7.3.58.2, sandwich 3.0.2, geepack 1.3.9, lme4 1.1.31."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from factfidelity.stats import control, counts, panel, series

# d <- data.frame(y, after = rep(0:1, each = 10), T, id = rep(1:10, 2)); m <- glm(y ~ after + offset(log(T)), poisson)
COUNTS = pd.DataFrame(
    {
        "y": [0, 2, 1, 5, 3, 0, 8, 1, 2, 4, 0, 1, 0, 3, 4, 0, 2, 1, 6, 1],
        "after": np.repeat([0, 1], 10),
        "years": [1, 1, 0.5, 1, 1, 0.7, 1, 1, 1, 0.9, 1, 0.8, 1, 1, 1, 1, 0.6, 1, 1, 1],
        "id": list(range(10)) * 2,
    }
)
# t <- 0:35; pop <- round(1000 + 5 * t); lev <- as.numeric(t >= 20); slp <- ifelse(t >= 20, t - 20, 0)
MONTHS = pd.DataFrame(
    {
        "t": range(36),
        "y": [
            *[52, 48, 55, 50, 47, 53, 58, 49, 51, 54, 50, 56, 49, 52, 47, 55, 53, 50],
            *[51, 48, 40, 38, 42, 37, 41, 35, 39, 36, 38, 34, 37, 40, 33, 36, 35, 38],
        ],
        "pop": [1000 + 5 * t for t in range(36)],
    }
)
# u <- rep(1:12, each = 2); tr <- as.numeric(u <= 6); af <- rep(0:1, 12)
TWO_TIMES = pd.DataFrame(
    {
        "unit": np.repeat(range(1, 13), 2),
        "treated": np.repeat(range(1, 13), 2) <= 6,
        "after": [0, 1] * 12,
        "y": [5, 3, 7, 4, 6, 6, 9, 5, 4, 1, 8, 4, 6, 6, 5, 4, 7, 8, 3, 3, 9, 7, 6, 5],
    }
)


@pytest.mark.parametrize(
    ("options", "errors"),
    [
        # sqrt(diag(vcov(m))); vcovHC(m, "HC0"), vcovHC(m, "HC1")
        ({}, [0.196116041715, 0.306620674929]),
        ({"errors": "HC0"}, [0.272961370294, 0.430458906099]),
        ({"errors": "HC1"}, [0.287726547790, 0.453743527459]),
        # vcovCL(m, cluster = d$id, type = "HC0", cadjust = TRUE)
        ({"errors": "cluster", "cluster": "id"}, [0.287726547790, 0.370383354428]),
        # NeweyWest(m, lag = 2, prewhite = FALSE, adjust = TRUE)
        ({"errors": "HAC", "lags": 2}, [0.189805808176, 0.352432045959]),
        # glm(..., family = quasipoisson)
        ({"family": "quasi_poisson"}, [0.282717067263, 0.442018394926]),
    ],
)
def test_poisson_models_and_their_errors_are_those_of_r(options, errors):
    model = counts.count_model(COUNTS, "y ~ after", exposure="years", **options)
    assert model.table["log_estimate"].to_numpy() == pytest.approx([1.04982212450, -0.40016005577])
    assert model.table["error"].to_numpy() == pytest.approx(errors, rel=1e-5)
    assert model.estimate == pytest.approx(np.exp(-0.40016005577))


def test_the_quasi_poisson_p_value_uses_student_s_t_as_r_does():
    model = counts.count_model(COUNTS, "y ~ after", exposure="years", family="quasi_poisson")
    assert model.p == pytest.approx(0.37726412733075, rel=1e-5)


def test_the_negative_binomial_is_that_of_glm_nb():
    # MASS::glm.nb(y ~ after + offset(log(T)), control = glm.control(epsilon = 1e-12)): theta 2.01418431228
    model = counts.count_model(COUNTS, "y ~ after", exposure="years", family="negative_binomial")
    assert model.table["log_estimate"].to_numpy() == pytest.approx([1.030849543274, -0.373118727626])
    assert model.table["error"].to_numpy() == pytest.approx([0.299541810787, 0.441636297251])
    assert 1 / model.alpha == pytest.approx(2.01418431228)
    assert model.p == pytest.approx(0.398191683464581)


@pytest.mark.parametrize(
    ("correlation", "estimates", "errors", "alpha"),
    [
        ("independence", [1.049822124499, -0.400160055878], [0.272961370294, 0.351376502248], 0.0),
        ("exchangeable", [1.036856225386, -0.365579222285], [0.279448211547, 0.337729324533], 0.386332226063),
    ],
)
def test_gee_is_that_of_geepack(correlation, estimates, errors, alpha):
    # geeglm(y ~ after + offset(log(T)), id = id, family = poisson, corstr = "independence" | "exchangeable")
    model = counts.gee_counts(COUNTS, "y ~ after", cluster="id", exposure="years", correlation=correlation)
    assert model.table["log_estimate"].to_numpy() == pytest.approx(estimates, rel=1e-6)
    assert model.table["error"].to_numpy() == pytest.approx(errors, rel=1e-6)
    assert model.correlation == pytest.approx(alpha, rel=1e-6)


def test_a_segmented_regression_is_that_of_glm():
    # glm(y ~ t + lev + slp + offset(log(pop)), family = quasipoisson)
    model = series.segmented_regression(MONTHS, outcome="y", time="t", start=20, exposure="pop", slope=True)
    estimates = [-2.960727342490, -0.005624118031, -0.254718088212, -0.005885148191]
    errors = [0.024857661193, 0.002241756684, 0.041712713800, 0.004304331988]
    assert model.table["term"].tolist() == ["Intercept", "trend", "level", "slope"]
    assert model.table["log_estimate"].to_numpy() == pytest.approx(estimates)
    assert model.table["error"].to_numpy() == pytest.approx(errors, rel=1e-5)
    assert model.p == pytest.approx(7.977931640e-07, rel=1e-4)
    # Box.test(residuals(m, "pearson"), lag = 9, type = "Ljung-Box"); acf(...)
    assert model.ljung_box_p == pytest.approx(0.0129798194)
    assert model.autocorrelation[:3] == pytest.approx([-0.434, 0.008, -0.141], abs=5e-4)


def test_season_and_newey_west_errors_are_those_of_r():
    # glm(y ~ t + lev + cos(2 * pi * t / 12) + sin(2 * pi * t / 12) + offset(log(pop)), family = poisson)
    # NeweyWest(m, lag = 3, prewhite = FALSE, adjust = TRUE)
    model = series.segmented_regression(
        MONTHS, outcome="y", time="t", start=20, exposure="pop", family="poisson", harmonics=1, errors="HAC", lags=3
    )
    estimates = [-2.9434273849040, -0.0072973784017, -0.2715990995000, 0.0002284964467, -0.0092823008309]
    errors = [0.017523733656, 0.001599652658, 0.032807450478, 0.009052892727, 0.011889783110]
    assert model.table["log_estimate"].to_numpy() == pytest.approx(estimates)
    assert model.table["error"].to_numpy() == pytest.approx(errors, rel=1e-5)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        # coef(summary(lm(y ~ tr * af)))[4, 2]; vcovHC(m, "HC0" | "HC1"); vcovCL(m, cluster = u, type = "HC1")
        ({"errors": "model"}, 1.525705665513),
        ({"errors": "HC0"}, 1.39277234852),
        ({"errors": "HC1"}, 1.52570566551),
        ({"cluster": "unit"}, 0.765908716242),
    ],
)
def test_two_by_two_is_the_interaction_of_lm(options, error):
    answer = panel.two_by_two(TWO_TIMES, outcome="y", treated="treated", after="after", **options)
    assert answer.estimate == pytest.approx(-2.16666666667)
    assert answer.error == pytest.approx(error)
    if options.get("errors") == "model":
        assert answer.p == pytest.approx(1.70977725383e-01)


def test_a_random_intercept_is_that_of_lmer():
    # lmer(y ~ af + (1 | u))
    y = [
        *[5.2, 3.1, 7.4, 4.9, 6.3, 6.8, 9.1, 5.7, 4.4, 1.9, 8.6, 4.2],
        *[6.1, 6.6, 5.5, 4.3, 7.2, 8.8, 3.7, 3.3, 9.4, 7.5, 6.2, 5.1],
    ]
    data = pd.DataFrame({"y": y, "af": [0, 1] * 12, "u": np.repeat(range(12), 2)})
    model = panel.mixed_model(data, "y ~ af", groups="u")
    assert model.table["estimate"].to_numpy() == pytest.approx([6.59166666667, -1.40833333333])
    assert model.table["error"].to_numpy() == pytest.approx([0.549951216790, 0.503842554443], rel=1e-4)
    assert model.random.iloc[0, 0] == pytest.approx(2.10621217218, rel=1e-3)
    assert model.residual_variance == pytest.approx(1.52314391800, rel=1e-3)
    assert model.intraclass == pytest.approx(2.10621217218 / (2.10621217218 + 1.52314391800), rel=1e-3)
    assert model.why == ""


def test_a_random_slope_is_that_of_lmer():
    # lmer(y3 ~ t + (t | u3))
    y = [
        *[10.1, 11.9, 13.2, 16.4, 9.2, 9.9, 10.8, 11.1, 12.3, 14.6, 17.2, 19.5, 8.8, 9.1, 8.5, 9.9],
        *[11.0, 12.7, 13.1, 15.2, 10.4, 10.2, 11.9, 12.0, 7.9, 9.9, 12.4, 13.8, 13.1, 13.6, 15.9, 16.1],
        *[9.5, 11.2, 11.8, 14.3, 10.9, 11.1, 12.2, 11.8],
    ]
    data = pd.DataFrame({"y": y, "t": [0, 1, 2, 3] * 10, "team": np.repeat(range(10), 4)})
    model = panel.mixed_model(data, "y ~ t", groups="team", slopes="t")
    assert model.table["estimate"].to_numpy() == pytest.approx([10.260, 1.235])
    assert model.table["error"].to_numpy() == pytest.approx([0.495568247335, 0.237049411817], rel=1e-3)
    found = model.random.to_numpy()[[0, 1, 0], [0, 1, 1]]
    assert found == pytest.approx([2.291200384171, 0.514873238285, 0.229510672983], rel=5e-3)


def test_the_limits_of_a_chart_of_individuals_are_those_of_the_textbook():
    # Montgomery (2013), Introduction to Statistical Quality Control, example 6.5 (paint viscosity): centre 33.52, mean
    # moving range 0.48, limits 32.24 and 34.80 (from rounded figures), moving range up to 1.57
    values = [
        *[33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12],
        33.84,
    ]
    chart = control.xmr(values)
    assert (chart.estimate, chart.low, chart.high) == pytest.approx((33.52, 32.24, 34.80), abs=0.006)
    assert chart.table["moving_range"].mean() == pytest.approx(0.48, abs=0.005)
    assert chart.table["range_upper"].iloc[-1] == pytest.approx(1.57, abs=0.005)
    assert chart.signals == 0
