"""Where things stand in a chart: names beside each other, occasions at their place in time, bars from zero."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from factfidelity.display import charts, charts_base, charts_profile, charts_slim

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


def _places(drawn):
    """Read a path in relative steps the slow way, and return every place that it names."""
    here, first, places = np.zeros(2), np.zeros(2), []
    for command, rest in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", drawn):
        values = [float(part) for part in re.findall(r"-?\d*\.?\d+", rest)]
        if command == "z":
            here = first
            continue
        pairs = {"h": lambda v: [[v[0], 0]], "v": lambda v: [[0, v[0]]]}.get(
            command, lambda v: np.array(v).reshape(-1, 2).tolist()
        )(values)
        places += [here + np.array(pair) for pair in pairs]
        here = places[-1]
        first = here if command == "m" else first
    return np.array(places)


def test_a_path_in_steps_goes_through_the_same_places():
    draw = np.random.default_rng(8)
    for _ in range(200):
        places = draw.normal(scale=10.0 ** draw.integers(-1, 4), size=(9, 2)).round(3)
        one, *others = [f"{x} {y}" for x, y in places.tolist()]
        drawn = (
            f"M {one} L {others[0]} Q {' '.join(others[1:3])} C {' '.join(others[3:6])} z M {others[6]} L {others[7]}"
        )
        assert _places(charts_slim.path(drawn)) == pytest.approx(places, abs=0.0051)


def test_a_slim_picture_says_each_look_once_and_names_what_it_draws_again():
    table = pd.DataFrame({"x": range(12), "y": np.linspace(1, 3, 12)})
    svg = charts.to_svg(charts.lines(table, x="x", y="y", unit="per år", ax=charts.figure()))
    looks = re.findall(r'style="([^"]+)"', svg)
    assert len(looks) == len(set(looks))
    rules = re.search(r"<style>(.*?)</style>", svg)[1]
    assert set(re.findall(r'class="(\w+)"', svg)) == set(re.findall(r"\.(\w+)\{", rules))
    assert "<g>" not in svg
    assert svg.count("<g ") == svg.count("</g>")


def _boxes(ax):
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    return [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()], figure.bbox


@pytest.mark.parametrize("teams", [3, 10, 30])
@pytest.mark.parametrize("kind", ["heat", "heat_map"])
def test_the_names_of_many_teams_above_a_grid_do_not_stand_on_each_other(teams, kind):
    rows = pd.DataFrame(
        [
            {"team": f"FACT Eskilstuna {turn}", "item": f"H{item}", "score": 3}
            for turn in range(teams)
            for item in range(14)
        ]
    )
    ax = charts.figure((7.2, 6.0))
    if kind == "heat":
        charts_profile.heat(rows, row="item", column="team", value="score", bounds=(1, 5), ax=ax)
    else:
        charts.heat_map(rows, x="team", y="item", value="score", bounds=(1, 5), ax=ax)
    boxes, whole = _boxes(ax)
    assert len(boxes) == teams
    assert all(one.x1 <= other.x0 for one, other in itertools.pairwise(boxes))
    assert all(box.x0 >= 0 and box.x1 <= whole.width and box.y1 <= whole.height for box in boxes)


def test_no_name_of_a_point_is_cut_at_the_edge():
    table = pd.DataFrame({"n": [20, 60, 140], "share": [0.2, 0.5, 0.3], "team": "FACT Strängnäs-Vingåker"})
    ax = charts.scatter(table, x="n", y="share", label="team", ax=charts.figure())
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert len(boxes) == 3
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width for box in boxes)
