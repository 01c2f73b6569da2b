"""Charts of tidy tables; no subject words. Every function takes an Axes or makes one, and returns it."""

from __future__ import annotations

from matplotlib.axes import Axes as Axes

from factfidelity.display.charts_bars import bars, before_after, stacked_bars, waterfall
from factfidelity.display.charts_base import figure, to_png, to_svg
from factfidelity.display.charts_lines import lines, steps

__all__ = [
    "Axes",
    "bars",
    "before_after",
    "figure",
    "lines",
    "stacked_bars",
    "steps",
    "to_png",
    "to_svg",
    "waterfall",
]
