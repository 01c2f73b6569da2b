"""Simulated regions with a known ratio: bias and cover of the intervals, in a reduced form; the whole is slow."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from calibrate_before_after import METHODS, SCENARIOS, _summed, calibrate, one, true_ratios


def test_a_reduced_run_finds_the_planted_ratio_and_covers_it():
    options = SCENARIOS["30 % fewer"]
    truth = true_ratios(options, clients=20_000)
    runs = [one(number, 100, options, 200) for number in range(60)]
    for key in METHODS:
        found = _summed("30 % fewer", 100, key, runs, truth[key[0]])
        assert found.empty == 0
        assert 0.9 < found.bias < 1.1
        assert found.cover > 0.85


@pytest.mark.slow
def test_2000_simulations_cover_93_to_97_percent_at_300_clients():
    for row in calibrate(2000, sizes=(300,)):
        if (row.outcome, row.method) in {
            ("admissions", "cluster"),
            ("bed_days", "bootstrap"),
        } and "few" not in row.scenario:
            assert 0.93 <= row.cover <= 0.97, row
