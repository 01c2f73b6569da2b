"""How long the statistics take: seconds and clients (or rows) per call.

python benchmarks/stats.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd


def seconds(call: Callable[[], object]) -> float:
    """Shortest of three runs."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def import_times() -> tuple[float, float]:
    """Seconds for numpy, and what the comparisons add to it, each in a new process."""
    code = (
        "import time; a = time.perf_counter(); import numpy; b = time.perf_counter(); "
        "from factfidelity.stats import compare; print(b - a, time.perf_counter() - b)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5)]
    pairs = [tuple(map(float, run.stdout.split())) for run in runs]
    return min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)


def cases(clients: int) -> dict[str, Callable[[], object]]:
    """Calls on invented counts of the given number of clients."""
    from factfidelity.stats import compare, counts, panel, power, reliability, series, survival

    rng = np.random.default_rng(1)
    level = rng.gamma(1, 1.2, clients)
    before, after = rng.poisson(level), rng.poisson(level * 0.7)
    long = pd.DataFrame(
        {
            "y": [*before, *after],
            "after": np.repeat([0, 1], clients),
            "client": [*range(clients)] * 2,
        }
    )
    duration = rng.exponential(200, clients).round()
    months = pd.DataFrame({"t": range(84), "y": rng.poisson(40, 84)})
    start = rng.choice([3.0, 4.0, 5.0, np.nan], clients)
    unit = np.repeat(np.arange(clients), 6)
    frame = pd.DataFrame({"unit": unit, "t": np.tile(range(1, 7), clients), "start": np.repeat(start, 6)})
    frame["y"] = rng.normal(size=len(frame))
    ratings = rng.integers(1, 6, (min(clients, 500), 3)).astype(float)
    return {
        "paired ratio, cluster": lambda: compare.paired_rate_ratio(before, after),
        "paired ratio, bootstrap 2,000": lambda: compare.paired_rate_ratio(before, after, method="bootstrap"),
        "signed rank": lambda: compare.signed_rank(before, after),
        "sign flip 10,000": lambda: compare.sign_flip(before, after, seed=1),
        "Poisson model, clusters": lambda: counts.count_model(long, "y ~ after", errors="cluster", cluster="client"),
        "GEE, exchangeable": lambda: counts.gee_counts(long, "y ~ after", cluster="client"),
        "negative binomial": lambda: counts.count_model(long, "y ~ after", family="negative_binomial"),
        "Kaplan-Meier": lambda: survival.kaplan_meier(duration, duration < 365),
        "cumulative incidence": lambda: survival.cumulative_incidence(duration, (duration < 365).astype(int)),
        "segmented regression, 84 months": lambda: series.segmented_regression(
            months, outcome="y", time="t", start=60, harmonics=2
        ),
        "group-time effects, 6 periods": lambda: panel.group_time_effects(
            frame, unit="unit", time="t", start="start", outcome="y"
        ),
        "Krippendorff's alpha, 500 x 3": lambda: reliability.krippendorff_alpha(ratings),
        "detectable ratio, 500 studies": lambda: power.detectable_rate_ratio(before, after),
    }


def main() -> None:
    floor, own = import_times()
    print(f"{'import of numpy':34s} {floor:8.3f} s    1.0")
    print(f"{'import of stats.compare after it':34s} {own:8.3f} s  {own / floor:5.1f}")
    for clients in (300, 5_000):
        print(f"\n{clients} clients")
        for name, call in cases(clients).items():
            print(f"{name:34s} {seconds(call):8.3f} s")


if __name__ == "__main__":
    main()
