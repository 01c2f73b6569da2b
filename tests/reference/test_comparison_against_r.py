"""Outside witness for the designs with a comparison: R 4.2.2, sandwich 3.0.2, survival, cmprsk, nlme.

The data are made by the same whole-number formulas here and in R; each test names the call that made its numbers.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from factfidelity.comparison.cohorts import compare_cohorts
from factfidelity.comparison.controls import compare_with_controls
from factfidelity.comparison.dose import fidelity_and_outcome
from factfidelity.comparison.series import interrupted_series
from factfidelity.comparison.timing import time_to_event

# i <- 0:119; x <- (i*37) %% 101 / 101; z <- as.numeric((i*13) %% 7 < 3)
# g <- as.numeric((i*29) %% 97 / 97 < 0.25 + 0.5*x); y <- as.numeric((i*53) %% 89 / 89 < 0.25 + 0.2*g + 0.3*x - 0.1*z)
N = np.arange(120)
X = (N * 37) % 101 / 101
Z = ((N * 13) % 7 < 3).astype(float)
G = ((N * 29) % 97 / 97 < 0.25 + 0.5 * X).astype(int)
Y = ((N * 53) % 89 / 89 < 0.25 + 0.2 * G + 0.3 * X - 0.1 * Z).astype(int)


def _value(frame: pd.DataFrame, column: str = "estimate", **where: object) -> float:
    for name, value in where.items():
        frame = frame[frame[name] == value]
    (found,) = frame[column]
    return float(found)


def test_marginal_standardisation_is_that_of_glm_and_predict():
    # m <- glm(y ~ g + x + z, binomial); p1 <- mean(predict(m, data.frame(g=1,x=x,z=z), type="response")); p0 likewise
    result = compare_cohorts(
        pd.DataFrame({"g": G, "x": X, "z": Z, "y": Y}), outcome="y", group="g", of_interest=1, covariates=["x", "z"]
    )
    shown = {name: _value(result.change, adjustment="adjusted", estimand=name) for name in ("difference", "ratio")}
    assert shown["difference"] == pytest.approx(0.257019963554, rel=1e-6)
    assert shown["ratio"] == pytest.approx(1.81122904962, rel=1e-6)
    assert _value(result.change, adjustment="adjusted", estimand="odds_ratio") == pytest.approx(2.9036135305, rel=1e-6)


def _care() -> pd.DataFrame:
    # d: for k in -2..1: n=((i*17+k*31) %% 11 < 4) + ((i*7+k*5) %% 13 < 2 + 3*x) + (1-g)*(((i*3+k) %% 5)==0)
    #    t=0.5 - ((i+k) %% 4)*0.05
    parts = []
    for k in (-2, -1, 0, 1):
        n = ((N * 17 + k * 31) % 11 < 4).astype(int) + ((N * 7 + k * 5) % 13 < 2 + 3 * X).astype(int)
        n = n + (1 - G) * ((N * 3 + k) % 5 == 0)
        parts.append(
            pd.DataFrame(
                {"client_id": N, "treated": G, "period": k, "count": n, "years": 0.5 - ((N + k) % 4) * 0.05, "x": X}
            ).assign(z=Z)
        )
    return pd.concat(parts, ignore_index=True)


def test_weighted_controls_are_those_of_glm_with_clustered_errors():
    # ps <- fitted(glm(g ~ x + z, binomial)); w <- ifelse(g==1, 1, ps/(1-ps))
    # f <- glm(n ~ g*a + offset(log(t)), quasipoisson, b, weights=w)      (b: before and after added up by client)
    # vcovCL(f, cluster=b$id, type="HC1", cadjust=TRUE); interval with qt(.975, 119)
    result = compare_with_controls(_care(), covariates=["x", "z"])
    row = result.change.set_index("estimand").loc["rate_ratio"]
    assert row[["estimate", "low", "high"]].tolist() == pytest.approx(
        [0.985576303525, 0.636112952703, 1.52702542204], rel=1e-6
    )
    # smd: weighted difference in means over sqrt((var(v[g==1]) + var(v[g==0])) / 2)
    assert result.balance["smd_before"].tolist() == pytest.approx([0.410165790739, 0.0757500764745])
    assert result.balance["smd_after"].tolist() == pytest.approx([-0.00333885845059, -0.0143756906243], abs=1e-7)


def test_the_course_before_is_tested_as_by_a_wald_test_of_the_interaction():
    # f2 <- glm(n ~ g*kk + offset(log(t)), quasipoisson, d[d$k<0,], weights=w)
    # V <- vcovCL(f2, cluster=pre$id, type="HC0", cadjust=FALSE); pchisq(coef(f2)[4]^2 / V[4,4], 1, lower.tail=FALSE)
    result = compare_with_controls(_care(), covariates=["x", "z"])
    assert _value(result.change, "p", estimand="pretrend") == pytest.approx(0.247950868527, rel=1e-6)


def test_incidence_beside_death_is_that_of_cuminc():
    # dur <- 10 + (i*71) %% 800; cs <- (i*19) %% 5; cs <- ifelse(cs<2, 1, ifelse(cs==2, 2, 0))
    # timepoints(cuminc(dur, cs), c(122, 365, 730))
    kind = (N * 19) % 5
    data = pd.DataFrame({"duration": 10 + (N * 71) % 800, "cause": np.select([kind < 2, kind == 2], [1, 2], 0)})
    result = time_to_event(data, horizon=800, smallest=1)
    shown = result.table.set_index("days")["incidence"].loc[[122, 365, 730]]
    assert shown.tolist() == pytest.approx([0.0689814814815, 0.2156555187028, 0.537514516275])
    dead = result.deaths.set_index("days")["share"].loc[[122, 365, 730]]
    assert dead.tolist() == pytest.approx([0.0250000000000, 0.0988283036123, 0.237637101321])


def test_groups_are_compared_as_by_survdiff():
    # survdiff(Surv(dur, cs==1) ~ g)
    kind = (N * 19) % 5
    cause = np.select([kind < 2, kind == 2], [1, 2], 0)
    data = pd.DataFrame({"duration": 10 + (N * 71) % 800, "cause": cause, "g": G})
    assert _value(time_to_event(data, group="g").change, "p") == pytest.approx(0.712234286477, rel=1e-6)


def test_fidelity_within_and_between_teams_is_that_of_lme():
    # tm <- rep(1:12, each=3); yr <- rep(0:2, 12); j <- 0:35; fid <- 3 + (j*31) %% 41 / 20
    # out <- 2 - 0.2*fid + (tm %% 5)*0.1 + ((j*23) %% 19)/60 - 0.05*yr; mt <- ave(fid, tm)
    # lme(out ~ fid + yr, random=~1|tm, method="REML"); lme(out ~ wi + be + yr, ...)
    j = np.arange(36)
    team, year, fidelity = j // 3 + 1, j % 3, 3 + (j * 31) % 41 / 20
    rate = 2 - 0.2 * fidelity + (team % 5) * 0.1 + ((j * 23) % 19) / 60 - 0.05 * year
    data = pd.DataFrame({"team_id": team, "year": year, "fidelity": fidelity, "count": rate * 10, "exposure": 10.0})
    change = fidelity_and_outcome(data).change.set_index("estimand")
    assert change["estimate"].tolist() == pytest.approx(
        [-0.1990946972987, -0.2051490514905, -0.0449024231860], rel=1e-4
    )
    error = (change["high"] - change["low"]) / (2 * 1.959963984540)
    assert error.tolist() == pytest.approx([0.030910616695, 0.0315122349747, 0.1592016812462], rel=1e-3)


def test_a_series_with_phase_in_and_season_is_that_of_glm():
    # t <- 0:47; cnt <- 40 + (t*17) %% 13 - ifelse(t>=24, 8, 0) + round(5*cos(2*pi*t/12)); pop <- 900 + 3*t
    # q <- glm(cnt ~ t + lev + cos(2*pi*t/12) + sin(2*pi*t/12) + offset(log(pop)), quasipoisson, subset=!(t %in% 24:25))
    # averted: sum of predict(lev=0) - predict(lev) over the periods used after the change
    t = np.arange(48)
    count = 40 + (t * 17) % 13 - np.where(t >= 24, 8, 0) + np.round(5 * np.cos(2 * np.pi * t / 12))
    data = pd.DataFrame({"period": t, "count": count, "population": 900 + 3 * t})
    result = interrupted_series(data, start=24, exposure="population", harmonics=1, phase_in=2)
    row = result.change.set_index("estimand").loc["level"]
    assert np.log(row["estimate"]) == pytest.approx(-0.21341206256828, rel=1e-6)
    assert row["p"] == pytest.approx(1.26258195682e-03, rel=1e-4)
    assert _value(result.change, estimand="averted") == pytest.approx(196.263074883, rel=1e-6)
