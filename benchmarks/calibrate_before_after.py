"""Bias and cover of the intervals, and size of the tests, in invented regions and worlds with a known truth.

``python benchmarks/calibrate_before_after.py [--simulations 2000] [--workers 2]``
writes ``docs/calibration-before-after.md``; a reduced form runs in the default tests.
"""

from __future__ import annotations

import os
import pickle

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

_TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(_TESTS)]

from calibration import before_after, other_designs, page  # noqa: E402
from calibration.blocks import Blocks  # noqa: E402
from calibration.regions import region  # noqa: E402
from calibration.summary import Cover, summed  # noqa: E402

from factfidelity.schemas.plan import Plan  # noqa: E402

SIZES = (30, 100, 300, 500)
BATCH = 100
FULL = 500
_CRISIS = 2.4  # clients drawn for each that has a crisis to be enrolled at
Part = dict[tuple[str, str, str], tuple[Any, dict[int, Any]]]


def plan_of(batch: int, draws: int = 2000) -> Plan:
    """Return the default plan; the draws of the bootstrap differ between batches."""
    return Plan(intervals={"draws": draws, "seed": 20_180_101 + batch})


def blocks_of(scenario: str, batch: int, number: int, *, sizes: Sequence[int] = SIZES, seed: int, draws: int) -> Blocks:
    """Draw one large region and count it."""
    options = before_after.SCENARIOS[scenario]
    width = max(sizes)
    clients = int(width * number * (_CRISIS if "crisis" in options else 1))
    named = list(before_after.SCENARIOS).index(scenario)
    drawn = region(int(np.random.default_rng([seed, named, batch]).integers(2**31)), clients=clients, **options)
    return Blocks.of(drawn, plan_of(batch, draws), width)


def one_batch(
    scenario: str, batch: int, number: int, sizes: Sequence[int], seed: int, slow: bool | None = None, draws: int = 2000
) -> Part:
    """Return, for each estimator (or only the slow ones, or the others), what its truth is made of and the answers."""
    blocks = blocks_of(scenario, batch, number, sizes=sizes, seed=seed, draws=draws)
    found: Part = {}
    tried = [one for one in before_after.estimators(blocks, scenario) if slow is None or one.slow == slow]
    for size in sizes:
        for one in tried:
            if not one.sizes or size in one.sizes:
                found.setdefault(one.key, (one.parts, {}))[1][size] = before_after.answers(one, number, size)
    return found


def of_regions(scenario: str, parts: Sequence[Part], sizes: Sequence[int] = SIZES) -> list[Cover]:
    """Put the batches of a scenario together."""
    shown = before_after.estimators(blocks_of(scenario, 0, 1, sizes=(60,), seed=0, draws=100), scenario)
    rows = []
    for one in shown:
        own = [part[one.key] for part in parts if one.key in part]
        if not own:
            continue
        truth = np.atleast_1d(one.truth(sum(sums for sums, _ in own)))
        for size in own[0][1]:
            answers = np.concatenate([found[size] for _, found in own if size in found])
            rows.append(
                summed(answers, truth, null=one.null, promise=one.promise, key=one.key, data=scenario, clients=size)
            )
    return rows


def one_world(place: int, first: int, last: int, seed: int) -> list[list[Any]]:
    """Draw one world many times over."""
    world = list(other_designs.worlds())[place]
    return [world.draw(np.random.default_rng([seed, place, number])) for number in range(first, last)]


def of_world(place: int, drawn: Sequence[list[Any]]) -> list[Cover]:
    """Sum up the figures of one world."""
    world = list(other_designs.worlds())[place]
    rows = []
    for figure in dict.fromkeys(row[0] for row in drawn[0]):
        values = np.array([[row[1:] for row in rows if row[0] == figure] for rows in drawn], dtype=float)
        null = 1.0 if "ratio" in figure or figure.startswith(("level", "slope")) else 0.0
        rows.append(
            summed(
                values[..., :4], values[..., 4], null=null, promise=world.promise,
                key=(world.design, "", figure), data=world.data, clients=300,
            )
        )  # fmt: skip
    return rows


Task = tuple[str, Any, tuple[Any, ...]]


def tasks(simulations: int, sizes: Sequence[int], seed: int, *, only: str = "", everything: bool = False) -> list[Task]:
    """Return what is to be run (kind, name, arguments): the first batch of everything, then the second.

    The largest studies and the slow estimators take most of the time: the first ``FULL`` simulations try them, unless
    ``everything``.
    """
    worlds = list(other_designs.worlds())
    found: list[Task] = []
    slow: list[Task] = []
    for batch, first in enumerate(range(0, simulations, BATCH)):
        number, whole = min(BATCH, simulations - first), everything or first < FULL
        chosen = tuple(size for size in sizes if whole or size < max(sizes) or len(sizes) == 1)
        for scenario in [scenario for scenario in before_after.SCENARIOS if only in scenario]:
            found.append(("region", scenario, (scenario, batch, number, chosen, seed, False)))
            if scenario in before_after.WITH_SLOW and whole:
                slow.append(("region", scenario, (scenario, batch, number, tuple(sizes), seed, True)))
        for place, world in enumerate(worlds):
            if only in world.design:
                found.append(("world", place, (place, first, first + number, seed)))
    return found + slow


def _run(task: Task, keep: Path | None) -> Any:
    """Run one task, or read what an earlier run with the same choices left of it."""
    kind, _, arguments = task
    path = keep / f"{kind}-{'-'.join(map(str, arguments))}.pickle".replace(" ", "_").replace("%", "") if keep else None
    if path and path.exists():
        return pickle.loads(path.read_bytes())
    found = (one_batch if kind == "region" else one_world)(*arguments)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(found))
    return found


def calibrate(
    simulations: int,
    *,
    sizes: Sequence[int] = SIZES,
    seed: int = 1,
    workers: int = 1,
    only: str = "",
    everything: bool = False,
    keep: Path | None = None,
) -> tuple[list[Cover], list[Cover]]:
    """Run everything; ``only`` chooses scenarios by a part of their name, ``keep`` a folder for what is done."""
    todo = tasks(simulations, sizes, seed, only=only, everything=everything)
    done: dict[tuple[str, Any], list[Any]] = {}
    began = time.time()
    with ProcessPoolExecutor(workers) as pool:
        for count, (task, found) in enumerate(zip(todo, pool.map(_run, todo, [keep] * len(todo)), strict=True), 1):
            done.setdefault(task[:2], []).append(found)
            print(f"{count}/{len(todo)} {task[1]} {time.time() - began:.0f} s", file=sys.stderr, flush=True)
    regions, worlds = [], []
    for (kind, name), parts in done.items():
        if kind == "region":
            regions += of_regions(name, parts, sizes)
        else:
            worlds += of_world(name, [row for part in parts for row in part])
    return regions, worlds


def main() -> None:
    """Run and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="a part of the name of a scenario or design")
    parser.add_argument("--everything", action="store_true", help="also large studies and slow estimators in full")
    parser.add_argument("--keep", type=Path, help="a folder where finished batches are kept, to go on from")
    parser.add_argument("--out", type=Path, default=_TESTS.parent / "docs" / "calibration-before-after.md")
    options = parser.parse_args()
    chosen = {"seed": options.seed, "workers": options.workers, "only": options.only, "keep": options.keep}
    chosen |= {"everything": options.everything}
    regions, worlds = calibrate(options.simulations, **chosen)
    options.out.write_text(page.markdown(regions, worlds, options.simulations, options.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
