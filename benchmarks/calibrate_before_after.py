"""Bias and cover of the before/after intervals in invented regions with a known truth.

``python benchmarks/calibrate_before_after.py [--simulations 2000] [--out docs/calibration-before-after.md]``
writes the table; a reduced form runs in the default tests.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "calibration")]

from regions import region  # noqa: E402

from factfidelity.outcomes.pairs import Design  # noqa: E402
from factfidelity.schemas.outcome import shipped_outcomes  # noqa: E402
from factfidelity.schemas.plan import Plan  # noqa: E402
from factfidelity.stats import compare  # noqa: E402

SCENARIOS: dict[str, dict[str, Any]] = {
    "no change": {"ratio": 1.0},
    "30 % fewer": {"ratio": 0.7},
    "30 % fewer, days in long runs": {"ratio": 0.7, "mean_stay": 40.0},
    "30 % fewer, clients very different": {"ratio": 0.7, "spread": 3.0},
    "30 % fewer, unequal follow-up and deaths": {"ratio": 0.7, "uneven": True, "deaths": 0.05},
    "no change, few events": {"ratio": 1.0, "rate": 0.12},
}
SIZES = (30, 100, 300)
LARGE = 200_000
METHODS = (("admissions", "cluster"), ("admissions", "exact"), ("bed_days", "cluster"), ("bed_days", "bootstrap"))


@dataclass(frozen=True)
class Cover:
    """What one interval did over the simulations of one scenario."""

    scenario: str
    clients: int
    outcome: str
    method: str
    simulations: int
    bias: float
    cover: float
    below_1: float
    empty: float


Limits = dict[tuple[str, str], tuple[float, float, float]]


def one(seed: int, clients: int, options: dict[str, Any], draws: int) -> Limits:
    """Return estimate, low and high of every method for one invented region."""
    design = Design.of(region(seed, clients=clients, **options), Plan())
    pair = design.pair()
    found = {}
    for name, method in METHODS:
        counts = design.counts(_OUTCOMES[name], pair)
        answer = compare.paired_rate_ratio(
            counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
            method=method, draws=draws, seed=seed,
        )  # fmt: skip
        found[name, method] = (answer.estimate, answer.low, answer.high)
    return found


_OUTCOMES = shipped_outcomes()


def calibrate(simulations: int, *, sizes: tuple[int, ...] = SIZES, draws: int = 500, seed: int = 1) -> list[Cover]:
    """Run every scenario at every size."""
    rows = []
    for scenario, options in SCENARIOS.items():
        truth = true_ratios(options)
        for clients in sizes:
            runs = [one(seed * 1_000_003 + number, clients, options, draws) for number in range(simulations)]
            rows += [_summed(scenario, clients, key, runs, truth[key[0]]) for key in METHODS]
    return rows


def true_ratios(options: dict[str, Any], *, clients: int = LARGE) -> dict[str, float]:
    """Return the ratio of each outcome in one very large region.

    It is not quite the share of admissions that is kept: stays that touch are one admission, which happens more often
    before, and a stay that began before the index day goes on after it.
    """
    design = Design.of(region(0, clients=clients, **options), Plan())
    pair = design.pair()
    found = {}
    for name in {name for name, _ in METHODS}:
        counts = design.counts(_OUTCOMES[name], pair)
        after = counts.after.sum() / counts.years_after.sum()
        found[name] = float(after / (counts.before.sum() / counts.years_before.sum()))
    return found


def _summed(scenario: str, clients: int, key: tuple[str, str], runs: list[Any], truth: float) -> Cover:
    values = np.array([run[key] for run in runs])
    usable = np.isfinite(values[:, 0]) & (values[:, 0] > 0)
    given = usable & ~np.isnan(values[:, 1]) & ~np.isnan(values[:, 2])
    bias = float(np.exp(np.log(values[usable, 0]).mean()) / truth) if usable.any() else float("nan")
    inside = (values[given, 1] <= truth) & (truth <= values[given, 2])
    cover = float(inside.mean()) if given.any() else float("nan")
    low = float((values[given, 2] < 1).mean()) if given.any() else float("nan")
    return Cover(scenario, clients, *key, len(runs), bias, cover, low, float(1 - given.mean()))


def markdown(rows: list[Cover], draws: int) -> str:
    """Return the page."""
    lines = [
        "# How well the before/after intervals cover",
        "",
        f"Invented regions with a known ratio, {rows[0].simulations} simulations each; bootstrap with {draws} draws. "
        "Made by `python benchmarks/calibrate_before_after.py`. The truth of each region is the ratio in one of "
        f"{LARGE} clients drawn in the same way. From so many simulations a cover of 95 % is itself known to within "
        f"± {196 * (0.95 * 0.05 / rows[0].simulations) ** 0.5:.1f} percentage points.",
        "",
        "*Bias* is the geometric mean of the estimates over the truth (1 = none). *Cover* is the share of "
        "95 % intervals that hold the truth, of those that are given. *Below 1* is the share whose interval lies "
        "below 1: with no change it should be near 2.5 %. *Empty* is the share without an interval (fewer than "
        "10 clients with any days, or nothing counted).",
        "",
        "| Region | Clients | Outcome | Interval | Bias | Cover | Below 1 | Empty |",
        "|---|---:|---|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.scenario} | {row.clients} | {row.outcome} | {row.method} | {row.bias:.3f} | {row.cover:.1%} | "
        f"{row.below_1:.1%} | {row.empty:.1%} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=_TESTS.parent / "docs" / "calibration-before-after.md")
    options = parser.parse_args()
    rows = calibrate(options.simulations, draws=options.draws, seed=options.seed)
    options.out.write_text(markdown(rows, options.draws), encoding="utf-8")


if __name__ == "__main__":
    main()
