"""Where things stand in a chart: names beside each other, occasions at their place in time, bars from zero."""

from __future__ import annotations

import re

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


MONTHS = pd.concat(
    [
        pd.DataFrame({"month": pd.date_range(first, "2024-12-01", freq="MS"), "team": team, "rate": level})
        for team, first, level in (("Norr", "2020-01-01", 1.0), ("Söder", "2021-06-01", 2.0), ("Väst", "2020-01-01", 3))
    ],
    ignore_index=True,
)


def test_three_lines_of_many_months_become_small_charts_with_the_others_pale_and_the_later_start_marked():
    start = ("2020-01-01", "Införande")
    host = charts.lines(MONTHS, x="month", y="rate", series="team", start=start, language="sv", ax=charts.figure())
    small = [ax for ax in host.get_figure().axes if ax is not host]
    assert [ax.get_title(loc="left") for ax in small] == ["Norr", "Söder", "Väst"]
    marked = [any(text.get_text() == "Införande" for text in ax.texts) for ax in small]
    assert marked == [False, True, False]
    pale = [sum(line.get_color() == "#C4C9CF" for line in ax.get_lines()) for ax in small]
    assert pale == [2, 2, 2]
    assert charts.size_of(host)[1] >= 0.9 + 1.5 * len(small) / 3
    said = charts.alt.lines(MONTHS, x="month", y="rate", series="team", start=start, language="sv")
    assert said.count("Införande") == 1


def test_a_figure_of_many_small_charts_grows_so_that_none_collapses(recwarn):
    teams = pd.concat([MONTHS.assign(team=f"Team {number}") for number in range(9)], ignore_index=True)
    host = charts.lines(teams, x="month", y="rate", series="team", ax=charts.figure())
    assert charts.size_of(host)[1] > 5
    assert not [one for one in recwarn if "collapsed" in str(one.message)]


def test_two_dots_far_from_what_is_shown_stay_inside_the_chart_and_a_dotted_line_leads_over_a_gap(recwarn):
    table = pd.DataFrame({"day": [0.0, 10.0, 20.0, 30.0, 900.0], "share": [1.0, None, 0.5, 0.4, None]})
    ax = charts.lines(table, x="day", y="share", form="percent", ax=charts.figure())
    charts.to_png(ax)
    left, right = ax.get_xlim()
    dots = [text.xy[0] for text in ax.texts if text.get_text() == ".."]
    assert len(dots) == 2
    assert all(left <= place <= right for place in dots)
    bridge = [line for line in ax.get_lines() if np.asarray(line.get_xdata()).tolist() == [0.0, 20.0]]
    assert len(bridge) == 1
    assert not [one for one in recwarn if "collapsed" in str(one.message)]


def test_values_under_one_are_written_with_two_decimals_in_the_chart_and_in_words():
    table = pd.DataFrame({"who": ["a", "b"], "rate": [0.36, 0.34]})
    ax = charts.bars(table, category="who", value="rate", language="sv", ax=charts.figure())
    assert {text.get_text().strip() for text in ax.texts} == {"0,36", "0,34"}
    assert "0,34" in charts.alt.bars(table, category="who", value="rate", language="sv")


def test_a_picture_is_slim_and_still_holds_its_letters_and_places():
    svg = charts.to_svg(charts.lines(pd.DataFrame({"x": [1, 2], "y": [3.0, 4.0]}), x="x", y="y", ax=charts.figure()))
    assert svg.startswith("<svg")
    assert "<metadata" not in svg
    assert "scale(0.095 -0.095)" in svg
    assert set(re.findall(r'href="#([^"]+)"', svg)) <= set(re.findall(r'id="([^"]+)"', svg))
