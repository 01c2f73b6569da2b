"""Write the statistics part of ``docs/calibration.md``: simulate every scenario with a seed and print one row each.

PYTHONPATH=tests python -m calibration.stats_table --simulations 2000 --seed 20180101
"""

from __future__ import annotations

import argparse
from math import isnan
from pathlib import Path

from calibration.stats_scenarios import SCENARIOS, Scenario, run

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
BEGIN, END = "<!-- statistics: begin -->", "<!-- statistics: end -->"
PROMISES = {"approximate": "93-97 %", "exact": "95 % or more", "shown": ""}

INTRODUCTION = """# Calibration

How often does an interval hold the truth, and how often does a test cry wolf? Each row simulates data with a known
truth many times over and counts. *Bias* is the mean deviation of the estimate (of its logarithm for ratios), *spread*
its standard deviation, *cover* the share of 95 % intervals that hold the truth, *p < 0.05* the share of tests that find
something: the size of the test where the truth is no effect, else its power. *Promise* is what the project asks of the
interval; a row without one is there to be seen. At 2,000 simulations the standard error of a cover is half a percentage
point.
"""


def table(simulations: int, seed: int) -> str:
    """One Markdown row per scenario, and the command that made it."""
    lines = [
        "## Statistical methods",
        "",
        f"Made by `PYTHONPATH=tests python -m calibration.stats_table --simulations {simulations} --seed {seed}`; "
        "the scenarios stand in `tests/calibration/stats_scenarios.py`.",
        "",
        "| Estimator | Data | Truth | Bias | Spread | Cover | p < 0.05 | Promise |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [row(scenario, run(scenario, simulations, seed)) for scenario in SCENARIOS]
    return "\n".join(lines)


def row(scenario: Scenario, found: dict[str, float]) -> str:
    """One row of the table."""
    tests = "" if isnan(found["found"]) else f"{100 * found['found']:.1f} %"
    parts = [scenario.name, scenario.data, f"{scenario.truth:.3g}", f"{found['bias']:+.3f}", f"{found['spread']:.3f}"]
    return "| " + " | ".join([*parts, f"{100 * found['cover']:.1f} %", tests, PROMISES[scenario.kind]]) + " |"


def written(page: str, part: str) -> str:
    """Put the part between its marks; other parts of the page stay as they are."""
    block = f"{BEGIN}\n{part}\n{END}"
    if BEGIN in page and END in page:
        return page[: page.index(BEGIN)] + block + page[page.index(END) + len(END) :]
    return (page or INTRODUCTION).rstrip("\n") + f"\n\n{block}\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20_180_101)
    options = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(written(page, table(options.simulations, options.seed)), encoding="utf-8")


if __name__ == "__main__":
    main()
