"""Charts of tidy tables; no subject words. Every function takes an Axes or makes one, and returns it.

``charts.alt`` holds, under the same names and arguments, the functions that say the same numbers in words.
A missing value is hidden: nothing is drawn and ``..`` stands in its place.
"""

from __future__ import annotations

from matplotlib.axes import Axes as Axes

from factfidelity.display import charts_alt as alt
from factfidelity.display.charts_bars import bars, before_after, stacked_bars, waterfall
from factfidelity.display.charts_base import figure, size_of, to_png, to_svg
from factfidelity.display.charts_dots import dots_against_norm, interval_plot, profile
from factfidelity.display.charts_fields import flow, heat_map, radar
from factfidelity.display.charts_fonts import FAMILY, font_folder
from factfidelity.display.charts_lines import lines, steps
from factfidelity.display.charts_points import scatter

__all__ = [
    "FAMILY",
    "Axes",
    "alt",
    "bars",
    "before_after",
    "dots_against_norm",
    "figure",
    "flow",
    "font_folder",
    "heat_map",
    "interval_plot",
    "lines",
    "profile",
    "radar",
    "scatter",
    "size_of",
    "stacked_bars",
    "steps",
    "to_png",
    "to_svg",
    "waterfall",
]
