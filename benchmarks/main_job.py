"""Where the time of the main job goes, as ratios to reading the same files once as text.

Run from a checkout: ``python benchmarks/main_job.py [FOLDER]``.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]


def _seconds(command: list[str], runs: int = 5) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def _floor(folder: Path) -> float:
    start = time.perf_counter()
    for path in sorted(folder.glob("*.csv")):
        pd.read_csv(path, sep=";", dtype=str, encoding="latin-1", on_bad_lines="skip")
    return time.perf_counter() - start


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sample_data" / "region_nord"
    python = _seconds([sys.executable, "-c", "pass"])
    print(f"starting Python                      {python:7.3f} s    1.0")
    for words, command in (
        ("import factfidelity", [sys.executable, "-c", "import factfidelity"]),
        ("factfidelity --help", [sys.executable, "-m", "factfidelity", "--help"]),
    ):
        taken = _seconds(command)
        print(f"{words:<36} {taken:7.3f} s {taken / python:6.1f}")

    from factfidelity.reports.run import run_report

    floor = _floor(folder)
    print(f"\nreading the files as text             {floor:7.3f} s    1.0")
    marks: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        run_report(folder, out, progress=lambda step, done, total: marks.append((step, time.perf_counter())))
        end = time.perf_counter()
    ends = [mark for _, mark in marks[1:]] + [end]
    for (step, begun), finished in zip(marks, ends, strict=True):
        print(f"{step:<36} {finished - begun:7.3f} s {(finished - begun) / floor:6.1f}")
    print(f"{'the main job':<36} {end - start:7.3f} s {(end - start) / floor:6.1f}")


if __name__ == "__main__":
    main()
