"""How long the gate takes for the reports of many teams that are released together.

python benchmarks/release.py [teams ...]      default: 3 10 30

Invented extracts of 80 clients for each team over three years. Evaluation is not counted, but named beside.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Mapping
from typing import Any

import factfidelity as ff
from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.evaluation import ALL_TEAMS, only_team
from factfidelity.evaluation.teams import _stacked


def evaluated(teams: int) -> tuple[Mapping[str, Mapping[str, Any]], float]:
    """Results of all teams together and of each, and the seconds it took."""
    extract = ff.sample_extract(seed=11, clients=80 * teams, teams=teams, years=3)
    plan = ff.load_plan()
    start = time.perf_counter()
    whole = ff.evaluate(extract, plan)
    parts = {ALL_TEAMS: whole.results}
    for team in sorted(extract.teams["team_id"]):
        parts[team] = ff.evaluate(only_team(extract, team), plan, grains=whole.grains).results
    return parts, time.perf_counter() - start


def copied(parts: Mapping[str, Mapping[str, Any]]) -> float:
    """Seconds of the floor: every frame of every report copied once."""
    start = time.perf_counter()
    for results in parts.values():
        for result in results.values():
            for frame in result.frames().values():
                frame.copy(deep=True)
    return time.perf_counter() - start


def main(sizes: list[int]) -> None:
    """Print one line for each number of teams."""
    heads = ("figures", "hidden", "evaluate s", "release s", "cpu s", "x copy", "GB")
    print(f"{'reports':<10}" + "".join(f"{head:>11}" for head in heads))
    for teams in sizes:
        parts, evaluation = evaluated(teams)
        floor = copied(parts)
        for name, results in (("one", parts[ALL_TEAMS]), (f"{teams} + all", _stacked(parts))):
            start, cpu = time.perf_counter(), time.process_time()
            _, record = release_results(results, DisclosureRule())
            seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
            figures = sum(int(frame.notna().sum().sum()) for one in results.values() for frame in one.frames().values())
            hidden = sum(row["hidden"] for row in record["tables"])
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
            shown = (f"{figures:,}", f"{hidden:,}", f"{evaluation:.1f}", f"{seconds:.1f}", f"{cpu:.1f}")
            print(f"{name:<10}" + "".join(f"{one:>11}" for one in (*shown, f"{seconds / floor:.0f}", f"{memory:.1f}")))


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [3, 10, 30])
