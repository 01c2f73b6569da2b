"""Fields and figures: radar, heat map and flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from factfidelity import wording
from factfidelity.display import charts_base as base
from factfidelity.display.charts_bars import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.projections.polar import PolarAxes

# Shades of the one blue of all charts; what is not shown is grey, so that it is no shade at all.
SHADES = LinearSegmentedColormap.from_list("shades", ["#F4F9FC", base.BLUE]).with_extremes(bad="#EDEDED")
# From this share of the way to the darkest, letters on a shade are white.
LIGHT_LETTERS = 0.75
# A grid with more rows has its columns named at the top, where reading begins.
_MOST_ROWS = 12
# Up to so many columns have room for their names beside each other, and for longer lines.
_MOST_BESIDE, _WIDE_BESIDE = 6, 4


def radar(
    table: pd.DataFrame,
    *,
    item: str,
    value: str,
    series: str | None = None,
    bounds: tuple[float, float] = (1, 5),
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw items as spokes of a wheel, one line per series; a line is broken where a value is hidden.

    Few spokes only: with more than about twelve a ``profile`` is read more safely.
    """
    host = base.prepare(ax, (6.4, 5.0))
    items = base.in_order(table[item])
    spec, root = host.get_subplotspec(), host.get_figure()
    if spec is None or root is None:
        raise ValueError("a radar needs an Axes that stands in a grid, as charts.figure() gives")
    if len(items) < 3 or np.isnan(base.floats(table[value])).all():
        base.empty_text(host, language)
        return host
    host.set_axis_off()
    wheel = cast("PolarAxes", root.add_subplot(spec.subgridspec(1, 1)[0, 0], projection="polar"))
    angles = np.linspace(0, 2 * np.pi, len(items), endpoint=False)
    wheel.set_theta_offset(np.pi / 2)
    wheel.set_theta_direction(-1)
    for order, kind in enumerate([None] if series is None else base.in_order(table[series])):
        rows = table if kind is None else table[table[series] == kind]
        found = pd.Series(base.floats(rows[value]), index=rows[item].astype("object")).reindex(items).to_numpy()
        wheel.plot(
            np.append(angles, angles[0] + 2 * np.pi), np.append(found, found[0]), linewidth=1.8,
            color=base.SERIES[order % len(base.SERIES)], marker=base.MARKERS[order % len(base.MARKERS)], markersize=5,
            linestyle=base.STYLES[order % len(base.STYLES)],
            label=None if kind is None else base.named(kind, names, language),
        )  # fmt: skip
        for angle in angles[np.isnan(found)]:
            wheel.text(angle, bounds[0] + 0.1 * (bounds[1] - bounds[0]), wording.HIDDEN, fontsize=12, ha="center")
    wheel.set_xticks(angles, [base.wrap(base.named(name, names, language), 16) for name in items], fontsize=9)
    wheel.set_ylim(bounds[0] - 0.25 * (bounds[1] - bounds[0]) / 4, bounds[1])
    wheel.tick_params(axis="x", pad=10)
    wheel.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    wheel.yaxis.set_major_formatter(base.NumberTicks(language))
    wheel.tick_params(axis="y", labelsize=9, labelcolor=base.GREY)
    if series is not None:
        wheel.legend(fontsize=base.TEXT, frameon=False, loc="upper left", bbox_to_anchor=(1.15, 1.05))
    return host


def heat_map(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    form: str = "number",
    decimals: int = 1,
    bounds: tuple[float, float] | None = None,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw a grid of fields, darker for more, with each value in figures; a hidden one is grey with ``..``."""
    across, down = base.in_order(table[x]), base.in_order(table[y])
    ax = base.prepare(ax, (max(4.0, 1.8 + 0.75 * len(across)), max(1.8, 0.9 + 0.38 * len(down))))
    grid = np.full((len(down), len(across)), np.nan)
    given = np.zeros(grid.shape, dtype=bool)
    rows = [down.index(name) for name in table[y].astype("object")]
    columns = [across.index(name) for name in table[x].astype("object")]
    grid[rows, columns], given[rows, columns] = base.floats(table[value]), True
    if np.isnan(grid).all():
        base.empty_text(ax, language)
        return ax
    low, high = bounds or (float(np.nanmin(grid)), float(np.nanmax(grid)))
    ax.imshow(np.ma.masked_invalid(grid), cmap=SHADES, vmin=low, vmax=max(high, low + 1e-9), aspect="auto")
    for (row, column), number in np.ndenumerate(grid):
        text = written(float(number), form, decimals, language) if given[row, column] else ""
        dark = not np.isnan(number) and (number - low) / max(high - low, 1e-9) > LIGHT_LETTERS
        ax.text(column, row, text, ha="center", va="center", fontsize=9, color="white" if dark else "black")
    name_columns(ax, [base.named(name, names, language) for name in across])
    ax.set_yticks(range(len(down)), [base.wrap(base.named(name, names, language), 36) for name in down])
    if len(down) > _MOST_ROWS:
        ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def name_columns(ax: Axes, texts: Sequence[str]) -> None:
    """Name the columns of a grid: over several lines where they are few, upright where they are many."""
    if len(texts) <= _MOST_BESIDE:
        ax.set_xticks(range(len(texts)), [base.wrap(text, 12 if len(texts) > _WIDE_BESIDE else 16) for text in texts])
    else:
        ax.set_xticks(range(len(texts)), list(texts), rotation=90)


def flow(
    table: pd.DataFrame,
    *,
    step: str,
    value: str,
    aside: str | None = None,
    unit: str = "",
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw a flow from top to bottom, one box per row with its number; rows where ``aside`` is True branch off."""
    is_aside = table[aside].to_numpy(dtype=bool) if aside else np.zeros(len(table), dtype=bool)
    ax = base.prepare(ax, (7.2, max(2.0, 0.85 * len(table))))
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(len(table) - 0.4, -0.6)
    last: int | None = None
    arrow = {"arrowstyle": "-|>", "color": base.GREY, "linewidth": 1.2, "shrinkA": 0, "shrinkB": 0}
    for row, (name, number) in enumerate(zip(table[step], base.floats(table[value]), strict=True)):
        count = wording.integer(number, language=language)
        text = f"{base.wrap(base.named(name, names, language), 34)}\nn = {count} {unit}".rstrip()
        ax.text(
            0.62 if is_aside[row] else 0.3, row, text, ha="left" if is_aside[row] else "center", va="center",
            fontsize=base.TEXT, linespacing=1.25,
            bbox={"boxstyle": "square,pad=0.5", "facecolor": "white", "edgecolor": base.GREY,
                  "linestyle": "--" if is_aside[row] else "-"},
        )  # fmt: skip
        if last is not None and not is_aside[row]:
            ax.annotate("", (0.3, row - 0.36), (0.3, last + 0.36), arrowprops=arrow)
        if is_aside[row]:
            ax.annotate("", (0.6, row), (0.3, row), arrowprops=arrow)
        else:
            last = row
    return ax
