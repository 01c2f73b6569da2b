"""A chart is measured, laid out and drawn once: every text stands inside the picture, and no drawing is thrown away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from factfidelity.display import charts, charts_base

LONG = "en ovanligt lång benämning på det som mäts"


def course(lines, points=6):
    """One row per line and month."""
    rows = [(f"Team {line}", month, line + month / 2) for line in range(lines) for month in range(points)]
    return pd.DataFrame(rows, columns=["team", "month", "value"])


def drawn(lines):
    return charts.lines(
        course(lines), x="month", y="value", series="team", unit=LONG, mark=(5, "Införande av arbetssättet"),
        ax=charts.figure(),
    )  # fmt: skip


def count_drawings(monkeypatch):
    """Count how often a whole figure is drawn."""
    counted = []
    plain = Figure.draw

    def draw(figure, renderer):
        counted.append(1)
        return plain(figure, renderer)

    monkeypatch.setattr(Figure, "draw", draw)
    return counted


@pytest.mark.parametrize("write", [charts.to_svg, charts.to_png])
@pytest.mark.parametrize("lines", [2, 6])
def test_a_picture_costs_one_drawing(write, lines, monkeypatch):
    ax = drawn(lines)
    counted = count_drawings(monkeypatch)
    write(ax)
    assert len(counted) == 1
    charts.size_of(ax)
    assert len(counted) == 1


def test_the_size_of_a_picture_is_told_without_drawing_it(monkeypatch):
    ax = drawn(2)
    counted = count_drawings(monkeypatch)
    assert charts.size_of(ax) == (7.2, 3.6)
    assert not counted


@pytest.mark.parametrize("lines", [1, 2, 3, 6, 9])
def test_every_text_stands_inside_the_picture(lines):
    ax = drawn(lines)
    charts.to_svg(ax)
    figure = ax.get_figure(root=True)
    box = figure.get_tightbbox(figure.canvas.get_renderer())
    width, height = figure.get_size_inches()
    point = 1 / 72
    assert min(box.x0, box.y0) > -point
    assert box.x1 < width + point
    assert box.y1 < height + point


@pytest.mark.parametrize("lines", [1, 3, 6, 9])
def test_more_turns_would_move_nothing_by_a_point(lines):
    def places(turns):
        ax = drawn(lines)
        figure = ax.get_figure(root=True)
        engine = figure.get_layout_engine()
        if turns:
            for _ in range(turns):
                engine.execute(figure)
        else:
            charts_base._settled(ax)
        size = 72 * np.tile(figure.get_size_inches(), 2)
        return np.array([axes.get_position(original=True).bounds for axes in figure.axes]) * size

    assert np.abs(places(0) - places(8)).max() < 0.5


def test_a_text_that_sticks_out_from_where_it_stands_takes_another_turn():
    ax = charts.figure()
    ax.plot([0, 1], [0, 1])
    ax.text(0.7, 0.5, LONG, transform=ax.transAxes)
    engine = ax.get_figure(root=True).get_layout_engine()
    assert charts_base._moved(ax.get_figure(root=True), engine) > charts_base._STILL
    charts.to_svg(ax)
    box = ax.texts[0].get_window_extent(ax.get_figure(root=True).canvas.get_renderer())
    assert box.x1 < 720


def test_a_layout_leaves_nothing_of_its_own_on_the_chart():
    ax = drawn(6)
    charts.to_svg(ax)
    assert all(axes.get_axes_locator() is None for axes in ax.get_figure(root=True).axes)
    assert ax.get_figure(root=True).get_layout_engine() is None
