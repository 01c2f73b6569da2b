"""Charts of fidelity with many teams: one line for each, nothing on top of another, no layout given up."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.evaluation.questions import QUESTIONS
from factfidelity.fidelity.pictures import MANY_TEAMS


def results_of(teams, names):
    extract, plan = ff.sample_extract(seed=7, clients=10 * teams, teams=teams, years=2), ff.load_plan()
    asked = {question.name: question for question in QUESTIONS}
    return {name: asked[name].ask(extract, plan).in_language("sv") for name in names}


@pytest.fixture(scope="module")
def thirty():
    return results_of(30, ["fidelity_scores"])["fidelity_scores"]


def drawn(figure):
    """Draw a figure as a report does; a warning is an error."""
    ax = charts.figure(figure.size)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.draw(ax)
        charts.to_svg(ax)
    return ax


def on_each_other(labels, renderer):
    boxes = [label.get_window_extent(renderer).shrunk(0.98, 0.9) for label in labels if label.get_text()]
    return sum(first.overlaps(second) for place, first in enumerate(boxes) for second in boxes[:place])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_thirty_teams_can_be_read_in_every_chart_of_fidelity(thirty, language):
    figures = thirty.figures(language)
    assert {figure.name for figure in figures} >= {"waves", "items_by_team"}
    for figure in figures:
        ax = drawn(figure)
        root = ax.get_figure(root=True)
        renderer = root.canvas.get_renderer()
        inside = ax.get_window_extent(renderer)
        assert inside.width > 0.5 * root.bbox.width, figure.name
        assert inside.height > 0.5 * root.bbox.height, figure.name
        assert not on_each_other(ax.get_yticklabels(), renderer), figure.name
        assert not on_each_other(ax.get_xticklabels(), renderer), figure.name
        assert ax.get_legend() is None


def test_many_teams_have_no_wheel_and_no_profile_each(thirty):
    names = {figure.name for figure in thirty.figures("sv")}
    assert "subscales_radar" not in names
    assert not [name for name in names if name.startswith("profile_")]


def test_each_teams_last_total_stands_beside_the_one_before(thirty):
    totals = thirty.table[(thirty.table["level"] == "total") & thirty.table["score"].notna()]
    figure = next(figure for figure in thirty.figures("en") if figure.name == "waves")
    ax = drawn(figure)
    assert len(ax.get_yticklabels()) == totals["team_id"].nunique()
    assert len(figure.table.frame) == len(totals)


def test_the_items_that_registers_tell_of_many_teams_are_no_wider_than_a_page_takes():
    few, many = (results_of(teams, ["derived_teams"])["derived_teams"] for teams in (2, MANY_TEAMS + 1))
    assert len(few.figures("sv")) == len(many.figures("sv")) == 1
    assert many.figures("sv")[0].size[0] < 11
    for figure in (*few.figures("sv"), *many.figures("en")):
        drawn(figure)


@pytest.mark.parametrize(("number", "lines", "bands"), [(6, 6, 0), (12, 1, 1)])
def test_the_other_teams_stand_behind_as_lines_and_as_a_band_where_they_are_many(number, lines, bands):
    months = pd.date_range("2024-01-01", periods=30, freq="MS")
    rows = [
        {"team": f"T{team}", "month": month, "ratio": team + place / 10}
        for team in range(number)
        for place, month in enumerate(months)
    ]
    ax = charts.lines(pd.DataFrame(rows), x="month", y="ratio", series="team", unit="klienter", ax=charts.figure())
    panels = ax.get_figure().axes[1:]
    assert len(panels) == number
    own = panels[0]
    assert len([line for line in own.lines if len(line.get_xdata()) == len(months)]) == lines
    fields = [field for field in own.collections if field.get_paths()[0].vertices.shape[0] > len(months)]
    assert len(fields) == bands
    if fields:
        heights = fields[0].get_paths()[0].vertices[:, 1]
        assert (heights.min(), heights.max()) == (1.0, number - 1 + 2.9)
