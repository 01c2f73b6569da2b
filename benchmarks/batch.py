"""What a batch costs: all teams, all years, both languages in one call, page by page and as a whole.

python benchmarks/batch.py [teams] [years] [clients] [workers]      default: 3 2 300 2

An invented delivery is saved, read, and made into the reports of its last years. The floor is reading it.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import factfidelity as ff
from factfidelity.delivery.load import load_extract
from factfidelity.reports.batch import full_years, render_batch


def spent() -> float:
    """Seconds of the processors so far, of this process and of those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main(teams: int, years: int, clients: int, workers: int) -> None:
    """Print what reading, the first call and a second call cost."""
    plan = ff.load_plan()
    with tempfile.TemporaryDirectory() as place:
        folder, out = Path(place) / "delivery", Path(place) / "reports"
        ff.sample_extract(seed=7, clients=clients, teams=teams, years=years + 2).save(folder)
        begun = spent()
        extract = load_extract(folder, plan=plan)
        floor = spent() - begun
        print(f"reading                  cpu {floor:8.1f} s      1.0")
        for words in ("all reports", "a second call"):
            begun, start = spent(), time.perf_counter()
            made = render_batch(extract, plan, out, years=full_years(extract)[-years:], workers=workers)
            cpu, wall = spent() - begun, time.perf_counter() - start
            print(f"{words:<24} cpu {cpu:8.1f} s {cpu / floor:8.1f}   wall {wall:.1f} s")
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
        print(f"{len(made.done)} reports, {len(made.failed)} failed, {len(made.small)} too small, {size:.0f} MB")
        for words, who in (("this process", resource.RUSAGE_SELF), ("a worker", resource.RUSAGE_CHILDREN)):
            print(f"peak of memory, {words}: {resource.getrusage(who).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[1:]]
    main(*given, *(3, 2, 300, 2)[len(given) :])
