"""Intervals of the statistics room hold the truth as often as they promise."""

from __future__ import annotations

from math import sqrt

import pytest
from calibration.stats_scenarios import SCENARIOS, run
from calibration.stats_table import BEGIN, END, PAGE, written

PROMISED = [scenario for scenario in SCENARIOS if scenario.kind != "shown"]
SEED = 20_180_101


def label(scenario):
    return f"{scenario.name}, {scenario.data}"


def allowed(kind, simulations):
    """What the cover may be, with three standard errors of the simulation itself."""
    slack = 3 * sqrt(0.95 * 0.05 / simulations)
    return (0.93 - slack, 0.97 + slack) if kind == "approximate" else (0.95 - slack, 1.0)


@pytest.mark.parametrize("scenario", PROMISED, ids=label)
def test_an_interval_covers_as_promised_in_a_short_run(scenario):
    found = run(scenario, 200, SEED)
    low, high = allowed(scenario.kind, 200)
    assert low <= found["cover"] <= high
    assert abs(found["bias"]) < 4 * found["spread"] / sqrt(200) + 0.03
    assert found["judged"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("scenario", PROMISED, ids=label)
def test_an_interval_covers_as_promised(scenario):
    found = run(scenario, 2000, SEED)
    if scenario.kind == "approximate":
        assert 0.93 <= found["cover"] <= 0.97
    else:
        assert found["cover"] >= 0.95 - 2 * sqrt(0.95 * 0.05 / 2000)


NO_EFFECT = ("sign flip", "McNemar", "signed rank, Wilcoxon", "signed rank, Pratt", "log-rank")


@pytest.mark.parametrize("name", NO_EFFECT)
def test_a_test_does_not_cry_wolf(name):
    scenario = next(s for s in SCENARIOS if s.name.startswith(name))
    assert run(scenario, 300, SEED)["found"] < 0.05 + 3 * sqrt(0.95 * 0.05 / 300)


def test_a_poisson_interval_on_days_would_miss_the_truth_most_of_the_time():
    scenario = next(s for s in SCENARIOS if s.name.startswith("Poisson ratio"))
    assert run(scenario, 200, SEED)["cover"] < 0.4


def test_the_page_has_a_row_for_every_scenario():
    page = PAGE.read_text(encoding="utf-8")
    part = page[page.index(BEGIN) : page.index(END)]
    missing = [label(s) for s in SCENARIOS if f"| {s.name} | {s.data} |" not in part]
    assert missing == []


def test_writing_one_part_of_the_page_leaves_the_others_alone():
    first = written("", "one")
    second = written(first + "\n## Designs\n\nby others\n", "two")
    assert "two" in second
    assert "one" not in second.split(BEGIN)[1].split(END)[0]
    assert second.endswith("by others\n")
