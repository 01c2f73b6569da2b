"""Simulated clients, series and raters with a known truth: what each interval is tried on.

A scenario takes a generator and gives one answer; its truth is known beforehand. The same scenarios feed the reduced
run of the default tests, the long run, and the table in the docs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.stats import compare, counts, panel, rates, reliability, resample, series, survival

RATIO_TRUTH = 0.7
OWN = "clients, own levels and reactions"
SAME = "clients, one ratio for all"
NONE = "100 clients, no effect"


@dataclass(frozen=True)
class Scenario:
    """One estimator on one kind of data; ``kind`` says what its interval promises."""

    name: str
    data: str
    truth: float
    kind: str  # approximate | exact | shown (no promise: there to be seen)
    simulate: Callable[[np.random.Generator], Any]
    log: bool = True


def clients(rng, n, ratio, *, spread=1.0, own=0.5, mean=1.2):
    """Admissions of clients with their own level (gamma) and their own reaction (lognormal, mean 1)."""
    level = rng.gamma(1 / spread, spread, n) * mean
    reaction = np.exp(rng.normal(-(own**2) / 2, own, n)) if own else np.ones(n)
    return rng.poisson(level), rng.poisson(level * ratio * reaction)


def days_of(rng, admissions):
    """Days in hospital: each stay a lognormal length (median 10 days, long tail), whole nights."""
    owner = np.repeat(np.arange(len(admissions)), admissions)
    length = np.floor(np.exp(rng.normal(np.log(10), 1.0, len(owner))))
    return np.bincount(owner, weights=length, minlength=len(admissions))


def events(method, n, *, ratio=RATIO_TRUTH, spread=1.0, own=0.5):
    def simulate(rng):
        return compare.paired_rate_ratio(*clients(rng, n, ratio, spread=spread, own=own), method=method)

    return simulate


def events_unequal(n):
    """Follow-up after is cut for a third of the clients, without regard to their level."""

    def simulate(rng):
        level = rng.gamma(1.0, 1.0, n) * 1.2
        years = np.where(rng.random(n) < 0.33, rng.uniform(0.2, 1, n), 1.0)
        before, after = rng.poisson(level), rng.poisson(level * RATIO_TRUTH * years)
        return compare.paired_rate_ratio(before, after, years_before=1.0, years_after=years)

    return simulate


def days(n, method="bootstrap", *, ratio=RATIO_TRUTH, draws=2000):
    def simulate(rng):
        before, after = clients(rng, n, ratio, mean=1.5)
        first, second = days_of(rng, before), days_of(rng, after)
        if method == "poisson":
            return rates.rate_ratio(second.sum(), n, first.sum(), n)
        seed = int(rng.integers(2**31))
        return compare.paired_rate_ratio(first, second, method=method, draws=draws, seed=seed)

    return simulate


def mean_bca(n):
    def simulate(rng):
        values = rng.gamma(0.5, 2.0, n)
        return resample.bootstrap_interval(mean, values, seed=int(rng.integers(2**31)))

    return simulate


def mean(values, axis=None):
    return np.mean(values, axis=axis)


def gee(n):
    def simulate(rng):
        before, after = clients(rng, n, RATIO_TRUTH)
        data = pd.DataFrame({"y": [*before, *after], "after": np.repeat([0, 1], n), "id": [*range(n)] * 2})
        return counts.gee_counts(data, "y ~ after", cluster="id")

    return simulate


def step_in_a_series(family):
    def simulate(rng):
        t = np.arange(60)
        mean_ = 60 * np.exp(0.002 * t + np.log(RATIO_TRUTH) * (t >= 36) + 0.1 * np.cos(2 * np.pi * t / 12))
        y = rng.negative_binomial(20, 20 / (20 + mean_)) if family != "poisson" else rng.poisson(mean_)
        data = pd.DataFrame({"t": t, "y": y})
        return series.segmented_regression(data, outcome="y", time="t", start=36, family=family, harmonics=1)

    return simulate


def controlled(rng):
    """40 clusters of 8 rows; the treated change by 1 more than the controls."""
    unit = np.repeat(np.arange(40), 8)
    after, treated = np.tile([0, 0, 0, 0, 1, 1, 1, 1], 40), unit < 20
    noise = rng.normal(size=40)[unit] + rng.normal(size=40)[unit] * after
    y = 5 + noise + after * 0.5 + treated * after * 1.0 + rng.normal(size=len(unit))
    data = pd.DataFrame({"unit": unit, "treated": treated, "after": after, "y": y})
    return panel.two_by_two(data, outcome="y", treated="treated", after="after", cluster="unit")


def staggered(rng):
    units = 120
    start = rng.choice([3.0, 4.0, 5.0, np.nan], units)
    t = np.tile(np.arange(1, 7), units)
    begun = np.repeat(start, 6)
    walk = rng.normal(size=(units, 6)).cumsum(axis=1).ravel() * 0.5
    y = np.repeat(rng.normal(size=units), 6) + 0.2 * t + walk + (t >= begun)
    data = pd.DataFrame({"unit": np.repeat(np.arange(units), 6), "t": t, "start": begun, "y": y})
    return panel.group_time_effects(data, unit="unit", time="t", start="start", outcome="y", draws=100)


def curve(n):
    """Share free of readmission after 90 days; exponential with mean 200 days, censored evenly over a year."""

    def simulate(rng):
        event, censored = rng.exponential(200, n), rng.uniform(0, 365, n)
        found = survival.kaplan_meier(np.minimum(event, censored), event <= censored).at([90])
        return Plain(float(found["survival"][0]), float(found["low"][0]), float(found["high"][0]))

    return simulate


def competing(rng):
    """Share readmitted by day 90 when death (a fifth of the hazard) rules it out; half of the hazard is censoring."""
    event, censored = rng.exponential(100, 300), rng.uniform(0, 365, 300)
    cause = np.where(event > censored, 0, 1 + (rng.random(300) < 0.2))
    found = survival.cumulative_incidence(np.minimum(event, censored), cause).at([90])
    return Plain(float(found["incidence"][0]), float(found["low"][0]), float(found["high"][0]))


def same_hazard(rng):
    event, censored = rng.exponential(200, 200), rng.uniform(0, 365, 200)
    return survival.log_rank(np.minimum(event, censored), event <= censored, np.repeat([0, 1], 100))


def unchanged(test, n):
    """Clients whose two windows have the same distribution."""

    def simulate(rng):
        before, after = clients(rng, n, 1.0)
        swap = rng.random(n) < 0.5
        first, second = np.where(swap, after, before), np.where(swap, before, after)
        if test == "sign_flip":
            return compare.sign_flip(first, second, draws=1000, seed=int(rng.integers(2**31)))
        if test == "mcnemar":
            return compare.mcnemar(first > 0, second > 0)
        return compare.signed_rank(first, second, zeros=test)

    return simulate


def two_groups(rng):
    """Two groups of 150 clients, negative binomial counts (shape 1)."""
    y = rng.negative_binomial(1, 1 / (1 + np.repeat([1.2, 1.2 * RATIO_TRUTH], 150)))
    data = pd.DataFrame({"y": y, "group": np.repeat([0, 1], 150)})
    return counts.count_model(data, "y ~ group", family="negative_binomial")


def teams(rng):
    """30 teams, 5 years each: slope 0.5 on a score that differs within teams."""
    team = np.repeat(np.arange(30), 5)
    x = rng.normal(size=150)
    y = 0.5 * x + rng.normal(size=30)[team] + rng.normal(size=150)
    return panel.mixed_model(pd.DataFrame({"y": y, "x": x, "team": team}), "y ~ x", groups="team")


def items(rng):
    """Five parallel items with correlation 0.5."""
    return reliability.cronbach_alpha(rng.normal(size=(80, 1)) + rng.normal(size=(80, 5)))


def raters(n):
    """ICC(2,1) with variances 1 (subjects), 0.2 (five raters) and 0.8."""

    def simulate(rng):
        ratings = rng.normal(size=(n, 1)) + rng.normal(scale=0.2**0.5, size=5) + rng.normal(scale=0.8**0.5, size=(n, 5))
        return reliability.icc(ratings)

    return simulate


def shares(method, measure):
    def simulate(rng):
        return compare.proportions(
            rng.binomial(80, 0.3), 80, rng.binomial(120, 0.2), 120, measure=measure, method=method
        )

    return simulate


def one_rate(method):
    return lambda rng: rates.poisson_rate(rng.poisson(9.0), 10.0, method=method)


def two_rates(method):
    return lambda rng: rates.rate_ratio(rng.poisson(14.0), 10.0, rng.poisson(20.0), 10.0, method=method)


@dataclass(frozen=True)
class Plain:
    """An estimate at one point of a curve."""

    estimate: float
    low: float
    high: float
    p: float = float("nan")


SCENARIOS = [
    *[
        Scenario(
            "paired ratio, cluster", f"{n} clients, own levels and reactions", RATIO_TRUTH, kind, events("cluster", n)
        )
        for n, kind in ((30, "shown"), (100, "shown"), (300, "approximate"), (500, "approximate"))
    ],
    Scenario("paired ratio, cluster", "300 clients, no effect", 1.0, "approximate", events("cluster", 300, ratio=1.0)),
    Scenario(
        "paired ratio, cluster", "300 clients, unequal follow-up", RATIO_TRUTH, "approximate", events_unequal(300)
    ),
    *[
        Scenario(
            "paired ratio, exact", f"{n} clients, one ratio for all", RATIO_TRUTH, "exact", events("exact", n, own=0.0)
        )
        for n in (30, 300)
    ],
    Scenario(
        "paired ratio, exact",
        "300 clients, reactions differ much",
        RATIO_TRUTH,
        "shown",
        events("exact", 300, spread=2.0, own=1.2),
    ),
    *[
        Scenario("paired ratio, bootstrap (BCa)", f"days of {n} clients", RATIO_TRUTH, kind, days(n))
        for n, kind in ((30, "shown"), (100, "shown"), (300, "approximate"), (500, "approximate"))
    ],
    Scenario("paired ratio, cluster", "days of 300 clients", RATIO_TRUTH, "shown", days(300, "cluster")),
    Scenario("Poisson ratio (refused)", "days of 300 clients", RATIO_TRUTH, "shown", days(300, "poisson")),
    Scenario("bootstrap of a mean (BCa)", "300 skewed values", 1.0, "approximate", mean_bca(300)),
    Scenario("GEE, exchangeable", f"300 {OWN}", RATIO_TRUTH, "approximate", gee(300)),
    Scenario("rate, Garwood", "9 events expected", 0.9, "exact", one_rate("garwood")),
    Scenario("rate, Byar", "9 events expected", 0.9, "shown", one_rate("byar")),
    Scenario("rate, mid-P", "9 events expected", 0.9, "shown", one_rate("mid_p")),
    Scenario("rate ratio, exact", "14 and 20 events expected", 0.7, "exact", two_rates("exact")),
    Scenario("rate ratio, mid-P", "14 and 20 events expected", 0.7, "shown", two_rates("mid_p")),
    Scenario("rate ratio, score", "14 and 20 events expected", 0.7, "shown", two_rates("score")),
    Scenario("rate ratio, Wald", "14 and 20 events expected", 0.7, "shown", two_rates("wald")),
    Scenario("difference, Newcombe", "80 and 120 persons", 0.1, "shown", shares("newcombe", "difference"), log=False),
    Scenario("difference, score", "80 and 120 persons", 0.1, "shown", shares("score", "difference"), log=False),
    Scenario("difference, Wald", "80 and 120 persons", 0.1, "shown", shares("wald", "difference"), log=False),
    Scenario("ratio of shares, score", "80 and 120 persons", 1.5, "shown", shares("score", "ratio")),
    Scenario("odds ratio, score", "80 and 120 persons", 3 / 7 * 4, "shown", shares("score", "odds_ratio")),
    Scenario(
        "segmented regression, quasi-Poisson",
        "60 months, overdispersed",
        RATIO_TRUTH,
        "shown",
        step_in_a_series("quasi_poisson"),
    ),
    Scenario("two by two, clustered", "40 clusters", 1.0, "shown", controlled, log=False),
    Scenario("group-time effects", "120 units, staggered start", 1.0, "shown", staggered, log=False),
    Scenario("Kaplan-Meier, log-log", "300 clients at 90 days", float(np.exp(-90 / 200)), "approximate", curve(300)),
    Scenario(
        "cumulative incidence",
        "300 clients at 90 days, competing deaths",
        0.8 * (1 - float(np.exp(-0.9))),
        "approximate",
        competing,
    ),
    Scenario("log-rank (Peto's ratio)", "2 x 100 clients, no effect", 1.0, "shown", same_hazard),
    Scenario("signed rank, Wilcoxon's zeros", NONE, 0.0, "shown", unchanged("wilcoxon", 100), log=False),
    Scenario("signed rank, Pratt's zeros", NONE, 0.0, "shown", unchanged("pratt", 100), log=False),
    Scenario("sign flip", NONE, 0.0, "shown", unchanged("sign_flip", 100), log=False),
    Scenario("McNemar, exact", NONE, 1.0, "exact", unchanged("mcnemar", 100)),
    Scenario("negative binomial", "2 x 150 clients", RATIO_TRUTH, "shown", two_groups),
    Scenario("mixed model", "30 teams, 5 years", 0.5, "shown", teams, log=False),
    Scenario("Cronbach's alpha", "80 subjects, 5 items", 5 * 0.5 / 3, "shown", items, log=False),
    Scenario("ICC(2,1)", "60 subjects, 5 raters", 0.5, "shown", raters(60), log=False),
]


def run(scenario: Scenario, simulations: int, seed: int) -> dict[str, float]:
    """Bias (log scale for ratios), spread, cover and the share of p below 0.05 over simulations."""
    rng = np.random.default_rng([seed, *scenario.name.encode(), *scenario.data.encode()])
    answers = [scenario.simulate(rng) for _ in range(simulations)]
    estimate = np.array([answer.estimate for answer in answers], dtype=float)
    judged = np.array([not isnan(answer.low) for answer in answers])
    cover = np.array([answer.low <= scenario.truth <= answer.high for answer in answers])[judged]
    p = np.array([answer.p for answer in answers], dtype=float)
    fine = np.isfinite(estimate) & (estimate > 0 if scenario.log else True)
    scaled = np.log(estimate[fine]) - np.log(scenario.truth) if scenario.log else estimate[fine] - scenario.truth
    return {
        "bias": float(scaled.mean()),
        "spread": float(scaled.std(ddof=1)),
        "cover": float(cover.mean()),
        "judged": float(judged.mean()),
        "found": float((p[~np.isnan(p)] < 0.05).mean()) if (~np.isnan(p)).any() else float("nan"),
    }
