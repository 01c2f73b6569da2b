"""Simulated worlds for the designs that do not compare a client with himself, for ratings, and for the size of studies.

A world takes a generator and gives one row for each figure: estimate, low, high, p and the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.comparison.cohorts import compare_cohorts
from factfidelity.comparison.timing import time_to_event
from factfidelity.monitoring import funnel
from factfidelity.outcomes import scores
from factfidelity.stats import compare, power, survival
from factfidelity.stats import series as stats_series
from factfidelity.stats.fits import fit_counts, ratio_table

NONE = float("nan")
Row = tuple[str, float, float, float, float, float]  # figure, estimate, low, high, p, truth


@dataclass(frozen=True)
class World:
    """Data of one kind and size, and the figures made from them."""

    design: str
    data: str
    draw: Callable[[np.random.Generator], list[Row]]
    promise: str = "approximate"


def _row(figure: str, row: Any, truth: float) -> Row:
    return figure, float(row["estimate"]), float(row["low"]), float(row["high"]), float(row["p"]), truth


_ERRORS = (
    ("quasi-Poisson", {"family": "quasi_poisson", "errors": "model"}),
    ("Newey-West", {"family": "poisson", "errors": "HAC"}),
    ("autocorrelated", {"family": "quasi_poisson", "errors": "AR1"}),
)


def months_of(rng: np.random.Generator, months: int, correlated: float) -> Any:
    """Counts with a trend and a season, overdispersed; the level falls by 20 % half-way and the slope stays."""
    t = np.arange(months)
    shocks, noise = rng.normal(0, 0.15, months), np.empty(months)
    noise[0] = shocks[0]
    for at in range(1, months):
        noise[at] = correlated * noise[at - 1] + shocks[at] * (1 - correlated**2) ** 0.5
    mean = 60 * np.exp(0.003 * t + 0.15 * np.cos(2 * np.pi * t / 12) + noise - 0.15**2 / 2)
    return rng.poisson(mean * np.where(t >= months // 2, 0.8, 1))


def series(months: int, correlated: float) -> Callable[[np.random.Generator], list[Row]]:
    """Level and slope of such a series; the design is laid out once, the fits are those of `interrupted_series`."""
    data = pd.DataFrame({"t": np.arange(months), "y": np.ones(months)})
    course = stats_series._course(data, "y", "t", months // 2, None, 0)
    design = stats_series._design(course, level=True, slope=True, harmonics=1, season=12)

    def draw(rng: np.random.Generator) -> list[Row]:
        count = months_of(rng, months, correlated).astype(float)
        rows = []
        for name, options in _ERRORS:
            table = ratio_table(fit_counts(count, design, np.zeros(months), **options), 0.95).set_index("term")
            table = table.rename(columns={"ratio": "estimate"})
            rows += [_row(f"level, {name}", table.loc["level"], 0.8), _row(f"slope, {name}", table.loc["slope"], 1.0)]
        return rows

    return draw


def cohorts(persons: int) -> Callable[[np.random.Generator], list[Row]]:
    """A covariate that goes with both group and remission."""

    def draw(rng: np.random.Generator) -> list[Row]:
        x = rng.normal(size=persons)
        group = rng.random(persons) < 1 / (1 + np.exp(-0.8 * x))
        data = pd.DataFrame({"g": group, "x": x, "y": rng.random(persons) < _remission(group, x)})
        change = compare_cohorts(data, outcome="y", group="g", of_interest=True, covariates=["x"]).change
        change = change.set_index(["adjustment", "estimand"])
        rows = []
        for adjustment, shares in _true_shares().items():
            for measure, truth in _measures(*shares).items():
                rows.append(_row(f"{measure}, {adjustment}", change.loc[(adjustment, measure)], truth))
        return rows

    return draw


def _remission(member: Any, at: Any) -> Any:
    return 1 / (1 + np.exp(0.7 - 0.6 * member - 0.8 * at))


@cache
def _true_shares() -> dict[str, tuple[float, float]]:
    """Shares in both groups: of those who are there, and if everybody were in it."""
    x = np.random.default_rng(0).normal(size=1_000_000)
    inside = 1 / (1 + np.exp(-0.8 * x))
    one, zero = _remission(1.0, x), _remission(0.0, x)
    there = float((one * inside).sum() / inside.sum()), float((zero * (1 - inside)).sum() / (1 - inside).sum())
    return {"crude": there, "adjusted": (float(one.mean()), float(zero.mean()))}


def _measures(one: float, zero: float) -> dict[str, float]:
    return {"difference": one - zero, "ratio": one / zero, "odds_ratio": one / (1 - one) / (zero / (1 - zero))}


def times(persons: int) -> Callable[[np.random.Generator], list[Row]]:
    """Time to an event beside death, and the median time on a board without it."""

    def draw(rng: np.random.Generator) -> list[Row]:
        event, death, lost = 0.8, 0.3, 0.2
        ends = np.array([rng.exponential(1 / rate, persons) for rate in (event, death, lost)])
        cause = np.array([1, 2, 0])[ends.argmin(axis=0)]
        data = pd.DataFrame({"duration": ends.min(axis=0) * 365.25, "cause": cause, "g": np.arange(persons) % 2})
        found = time_to_event(data, group="g", horizon=365, smallest=1)
        table = found.table[found.table["group"] == "all"]
        at = table[table["days"] == 365].iloc[0]
        truth = event / (event + death) * (1 - np.exp(-(event + death) * 365.5 / 365.25))
        duration, censored = rng.exponential(120, persons), rng.uniform(0, 365, persons)
        middle = survival.kaplan_meier(np.minimum(duration, censored), duration <= censored)
        return [
            (
                "share with the event in a year, death beside it", at["incidence"], at["incidence_low"],
                at["incidence_high"], NONE, float(truth),
            ),
            _row("hazard ratio of two groups", found.change.iloc[0], 1.0),
            ("median time (Kaplan-Meier)", middle.estimate, middle.low, middle.high, NONE, 120 * float(np.log(2))),
        ]  # fmt: skip

    return draw


def teams(number: int) -> Callable[[np.random.Generator], list[Row]]:
    """Teams of 40 to 120 clients that do not differ: how many lie within the limits of the funnel."""

    def draw(rng: np.random.Generator) -> list[Row]:
        size = rng.integers(40, 121, number)
        table = pd.DataFrame({"team_id": np.arange(number).astype(str), "count": rng.binomial(size, 0.3), "size": size})
        value = (table["count"] / table["size"]).to_numpy()
        rows: list[Row] = []
        for name, wider in (("exact", False), ("widened by what differs", True)):
            limits, _, _ = funnel._limits(table, "proportion", None, wider)
            for ends, words in ((("lower_95", "upper_95"), "95 %"), (("lower_998", "upper_998"), "99.8 %")):
                low, high = (limits[end].to_numpy() for end in ends)
                rows += [
                    (f"teams within the {words} limits, {name}", *one, NONE, one[0])
                    for one in zip(value, low, high, strict=True)
                ]
        return rows

    return draw


def ratings(persons: int) -> Callable[[np.random.Generator], list[Row]]:
    """Whole numbers from 0 to 48 with reliability 0.85 that fall by 1.5 (the mean), or do not change (the ways)."""

    def draw(rng: np.random.Generator) -> list[Row]:
        def twice(change: float) -> tuple[Any, Any]:
            true = rng.normal(14, 5, persons)
            error = 5 * (0.15 / 0.85) ** 0.5
            made = [np.clip(np.round(true + move + rng.normal(0, error, persons)), 0, 48) for move in (0.0, change)]
            return made[0], made[1]

        row, _ = scores._compare(*twice(-1.5), "HoNOS", 0.85, 0.95)
        still, ways = scores._compare(*twice(0.0), "HoNOS", 0.85, 0.95)
        moved = 1 - next(way["share"] for way in ways if way["way"] == "same")
        return [
            ("mean change", row["change"], row["low"], row["high"], row["p"], _mean_fall()),
            ("mean change, nothing changed", still["change"], still["low"], still["high"], still["p"], 0.0),
            ("share called reliably changed, nothing changed", moved, NONE, NONE, NONE, 0.05),
        ]

    return draw


@cache
def _mean_fall() -> float:
    """The fall of 1.5 after rounding and cutting at 0."""
    rng = np.random.default_rng(0)
    true, error = rng.normal(14, 5, 4_000_000), 5 * (0.15 / 0.85) ** 0.5
    ends = [np.clip(np.round(true + move + rng.normal(0, error, len(true))), 0, 48).mean() for move in (0.0, -1.5)]
    return float(ends[1] - ends[0])


def study(pilot: int) -> Callable[[np.random.Generator], list[Row]]:
    """A study of as many clients as an earlier one says are needed for 30 % fewer: p is below 0.05 in 80 %."""

    def clients(rng: np.random.Generator, number: int, ratio: float) -> tuple[Any, Any]:
        level = rng.gamma(1.0, 1.0, number) * 0.9
        return rng.poisson(level), rng.poisson(level * ratio)

    def draw(rng: np.random.Generator) -> list[Row]:
        earlier = compare.paired_rate_ratio(*clients(rng, pilot, 0.9))
        needed = power.clients_needed(0.7, pilot=earlier)
        found = compare.paired_rate_ratio(*clients(rng, needed.n, 0.7))
        return [("ratio in a study of the clients needed", found.estimate, found.low, found.high, found.p, 0.7)]

    return draw


def worlds() -> Iterator[World]:
    """Yield every world of the table."""
    for months in (48, 72, 96):
        for correlated, words in ((0.0, "independent"), (0.4, "autocorrelation 0.4")):
            yield World("interrupted series", f"{months} months, {words}", series(months, correlated), "shown")
    for persons in (100, 300, 600):
        yield World("cohorts", f"{persons} persons", cohorts(persons))
    for persons in (100, 300, 1000):
        yield World("time to event", f"{persons} persons", times(persons))
    for number in (12, 30):
        yield World("funnel", f"{number} teams that do not differ", teams(number), "shown")
    for persons in (30, 100, 300):
        yield World("ratings", f"{persons} persons", ratings(persons))
    for pilot in (100, 300):
        yield World("clients needed", f"earlier study of {pilot} clients", study(pilot), "shown")
