"""Simulated truth for the designs with a comparison: bias, cover of the intervals, size of the tests.

The default run draws few worlds and allows for the noise of few; the slow run draws 1,000 and asks for 93-97 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from factfidelity.comparison.cohorts import compare_cohorts
from factfidelity.comparison.controls import compare_with_controls
from factfidelity.comparison.rollout import staggered_rollout
from factfidelity.comparison.series import interrupted_series
from factfidelity.comparison.timing import time_to_event

Answer = tuple[float, float, float, float]  # estimate, low, high, truth


def _row(frame: pd.DataFrame, truth: float, **where: object) -> Answer:
    for name, value in where.items():
        frame = frame[frame[name] == value]
    row = frame.iloc[0]
    return float(row["estimate"]), float(row["low"]), float(row["high"]), truth


def step_in_a_series(rng: np.random.Generator) -> Answer:
    """60 overdispersed months with a trend and a season; the level falls by 20 %."""
    t = np.arange(60)
    mean = 60 * np.exp(0.003 * t + 0.15 * np.cos(2 * np.pi * t / 12)) * np.where(t >= 30, 0.8, 1)
    data = pd.DataFrame({"period": t, "count": rng.poisson(mean * rng.gamma(20, 1 / 20, 60))})
    return _row(interrupted_series(data, start=30, harmonics=1).change, 0.8, estimand="level")


def standardised_remission(rng: np.random.Generator) -> Answer:
    """300 persons, a covariate that goes with both group and remission."""
    x = rng.normal(size=300)
    group = rng.random(300) < 1 / (1 + np.exp(-0.8 * x))

    def share(member: np.ndarray, at: np.ndarray) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(0.7 - 0.6 * member - 0.8 * at)))

    grid = np.random.default_rng(0).normal(size=200_000)
    truth = float((share(np.ones(1), grid) - share(np.zeros(1), grid)).mean())
    data = pd.DataFrame({"g": group, "x": x, "y": rng.random(300) < share(group, x)})
    result = compare_cohorts(data, outcome="y", group="g", of_interest=True, covariates=["x"])
    return _row(result.change, truth, adjustment="adjusted", estimand="difference")


def _controlled(rng: np.random.Generator, method: str, effect: float = 0.7) -> pd.DataFrame:
    """400 clients who differ in need; need drives both the programme and the course over time."""
    x = rng.normal(size=400)
    treated = rng.random(400) < 1 / (1 + np.exp(0.8 - 0.8 * x))
    base = np.exp(-0.3 + 0.5 * x) * rng.gamma(2, 0.5, 400)
    parts = []
    for k in range(-4, 4):
        mean = 0.5 * base * np.exp(0.05 * k * x) * np.where(treated & (k >= 0), effect, 1)
        columns = {"client_id": np.arange(400), "treated": treated, "period": k, "count": rng.poisson(mean)}
        parts.append(pd.DataFrame(columns | {"years": 0.5, "x": x}))
    return compare_with_controls(pd.concat(parts, ignore_index=True), covariates=["x"], method=method).change


def weighted_controls(rng: np.random.Generator) -> Answer:
    return _row(_controlled(rng, "weighting"), 0.7, estimand="rate_ratio")


def matched_controls(rng: np.random.Generator) -> Answer:
    return _row(_controlled(rng, "matching"), 0.7, estimand="rate_ratio")


def staggered_starts(rng: np.random.Generator) -> Answer:
    """48 areas, two starting times and never; the rate falls by 0.5 from the start."""
    level = rng.normal(2, 0.3, 48)
    rows = [
        (u, t, start, rng.poisson(50 * (level[u] + 0.05 * t - 0.5 * (0 < start <= t))), 50.0)
        for u in range(48)
        for start in [(4, 6, 0)[u % 3]]
        for t in range(1, 9)
    ]
    data = pd.DataFrame(rows, columns=["team_id", "period", "start", "count", "exposure"])
    return _row(staggered_rollout(data, draws=100).change, -0.5, estimand="overall")


def incidence_beside_death(rng: np.random.Generator) -> Answer:
    """200 persons with constant hazards of the event and of death, censored at random."""
    event, death, lost = 0.8, 0.3, 0.2
    ends = np.array([rng.exponential(1 / rate, 200) for rate in (event, death, lost)])
    cause = np.array([1, 2, 0])[ends.argmin(axis=0)]
    data = pd.DataFrame({"duration": ends.min(axis=0) * 365.25, "cause": cause})
    table = time_to_event(data, horizon=365, smallest=1).table
    row = table[table["days"] == 365].iloc[0]
    truth = event / (event + death) * (1 - np.exp(-(event + death) * 365.5 / 365.25))
    return float(row["incidence"]), float(row["incidence_low"]), float(row["incidence_high"]), float(truth)


WORLDS = (
    step_in_a_series, standardised_remission, weighted_controls, matched_controls, staggered_starts,
    incidence_beside_death,
)  # fmt: skip


def _covered(world: Callable[[np.random.Generator], Answer], draws: int, seed: int) -> tuple[float, float]:
    answers = np.array([world(np.random.default_rng([seed, draw])) for draw in range(draws)])
    estimate, low, high, truth = answers.T
    inside = (low <= truth) & (truth <= high)
    return float(inside.mean()), float((estimate - truth).mean() / estimate.std())


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_intervals_cover_the_planted_truth(world):
    cover, bias = _covered(world, 50, 1)
    assert cover >= 0.84  # 50 draws of a 95 % interval fall below this one time in 500
    assert abs(bias) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.__name__)
def test_intervals_cover_93_to_97_per_cent_in_a_thousand_worlds(world):
    cover, bias = _covered(world, 1000, 2)
    assert 0.93 <= cover <= 0.975, (cover, bias)
    assert abs(bias) < 0.2, (cover, bias)


def test_the_test_of_the_course_before_says_no_as_often_as_it_should():
    found = [_controlled(np.random.default_rng([3, draw]), "weighting") for draw in range(50)]
    p = np.array([change.set_index("estimand").loc["pretrend", "p"] for change in found])
    assert (p < 0.05).mean() <= 0.15
