"""Where things stand in a chart: names beside each other, occasions at their place in time, bars from zero."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from factfidelity.display import charts, charts_base, charts_profile

WAVES = pd.DataFrame(
    {
        "team": ["Norr", "Norr", "Norr", "Söder", "Söder"],
        "when": ["2021-01-01", "2021-03-01", "2023-01-01", "2021-06-01", "2023-06-01"],
        "score": [3.0, 3.2, 3.9, 2.0, 2.4],
    }
)


def test_names_that_would_cover_each_other_are_moved_apart_in_their_order():
    moved = charts_base.apart([10.0, 10.5, 40.0, 11.0], 5.0)
    assert moved == pytest.approx([5.5, 10.5, 40.0, 15.5])
    assert charts_base.apart([1.0, 20.0], 5.0) == [1.0, 20.0]


def test_any_names_end_up_at_least_the_gap_apart():
    rng = np.random.default_rng(4)
    for _ in range(200):
        places = rng.uniform(0, 60, size=int(rng.integers(1, 9))).tolist()
        moved = charts_base.apart(places, 7.0)
        assert np.all(np.diff(np.sort(moved)) >= 7.0 - 1e-9)
        assert [moved[i] for i in np.argsort(places, kind="stable")] == sorted(moved)


def test_days_of_assessment_stand_at_their_distance_in_time():
    ax = charts_profile.waves(WAVES, x="when", value="score", series="team", bounds=(1, 5), ax=charts.figure())
    norr = next(line.get_xdata() for line in ax.get_lines() if line.get_label() == "Norr")
    assert np.diff(np.asarray(norr, dtype=float)).tolist() == [59, 671]
    assert {tick.get_text() for tick in ax.get_xticklabels()} >= {"2022", "2023"}


def test_occasions_that_are_no_days_stand_one_step_apart():
    table = WAVES.assign(when=["start", "mitten", "slut", "mitten", "slut"])
    ax = charts_profile.waves(table, x="when", value="score", series="team", bounds=(1, 5), ax=charts.figure())
    assert sorted(tick.get_text() for tick in ax.get_xticklabels()) == ["mitten", "slut", "start"]


def test_an_axis_of_positive_values_starts_at_zero():
    table = pd.DataFrame({"x": [1, 2, 3], "y": [0.0, 4.0, 5.0]})
    assert charts.lines(table, x="x", y="y", ax=charts.figure()).get_ylim()[0] == 0.0
