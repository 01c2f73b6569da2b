"""Profiles: dots with ranges, the same as a radar, courses over few occasions, and a table in shades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from factfidelity import wording
from factfidelity.display import charts_base as base
from factfidelity.display.charts_fields import LIGHT_LETTERS, SHADES, name_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Bounds = tuple[float, float]


def dots(
    table: pd.DataFrame,
    *,
    category: str,
    value: str,
    bounds: Bounds,
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
    reference: str | None = None,
    unit: str = "",
    decimals: int | None = None,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw one line per category with a dot for each series, and the range of its values as a bar.

    Parameters
    ----------
    table : DataFrame, one row per category (and series)
    bounds : (float, float)
        Ends of the value axis.
    low, high : str
        Columns of a range; drawn where the two differ.
    reference : str
        Column of a value to compare with, drawn as a short upright line.
    """
    categories = base.in_order(table[category])
    kinds = [None] if series is None else base.in_order(table[series])
    ax = base.prepare(ax, (7.2, max(2.4, 0.9 + 0.27 * len(categories) * min(len(kinds), 3))))
    if np.isnan(base.floats(table[value])).all():
        base.empty_text(ax, language)
        return ax
    for order, kind in enumerate(kinds):
        rows = table if kind is None else table[table[series] == kind]
        shift = (order - (len(kinds) - 1) / 2) * 0.22
        places = np.array([categories.index(item) for item in rows[category].astype("object")], dtype=float) + shift
        colour = base.SERIES[order % len(base.SERIES)]
        _ranges(ax, rows, places, low, high, colour)
        values = base.floats(rows[value])
        ax.plot(
            values, places, linestyle="none", marker=base.MARKERS[order % len(base.MARKERS)], color=colour,
            markersize=6.5, label=None if kind is None else base.named(kind, names, language), zorder=3,
        )  # fmt: skip
        _references(ax, rows, places, reference)
        if len(kinds) == 1:
            _values(ax, rows, values, places, high, decimals, language)
    _categories(ax, categories, names, language)
    ax.set_xlim(bounds[0] - 0.03 * (bounds[1] - bounds[0]), bounds[1] + 0.12 * (bounds[1] - bounds[0]))
    base.value_axis(ax, "x", unit=unit, language=language, from_zero=False)
    if len(kinds) > 1:
        ax.legend(fontsize=base.TEXT, frameon=False, ncols=min(len(kinds), 4), loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def _categories(ax: Axes, categories: Sequence[Any], names: Mapping[Any, str] | None, language: str) -> None:
    texts = [base.wrap(base.named(item, names, language), 48) for item in categories]
    ax.set_yticks(range(len(categories)), texts)
    ax.set_ylim(len(categories) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.hlines(range(len(categories)), *ax.get_xlim(), color="none")
    for place in range(len(categories)):
        ax.axhline(place, color="#E3E3E3", linewidth=0.6, zorder=0)


def _ranges(ax: Axes, rows: pd.DataFrame, places: np.ndarray, low: str | None, high: str | None, colour: str) -> None:
    if low not in rows.columns or high not in rows.columns:
        return
    first, last = base.floats(rows[str(low)]), base.floats(rows[str(high)])
    seen = last - first > 1e-9
    if seen.any():
        ax.hlines(places[seen], first[seen], last[seen], color=colour, linewidth=3.2, alpha=0.45, zorder=2)
    ax.plot(
        last[~seen], places[~seen], linestyle="none", marker="o", markersize=8, markerfacecolor="none",
        markeredgecolor=colour, alpha=0.6, zorder=2,
    )  # fmt: skip


def _references(ax: Axes, rows: pd.DataFrame, places: np.ndarray, reference: str | None) -> None:
    if reference not in rows.columns:
        return
    values = base.floats(rows[str(reference)])
    seen = ~np.isnan(values)
    ax.plot(values[seen], places[seen], linestyle="none", marker="|", color="black", markersize=12, markeredgewidth=1.6)


def _values(
    ax: Axes, rows: pd.DataFrame, values: np.ndarray, places: np.ndarray, high: str | None, decimals: int | None,
    language: str,
) -> None:  # fmt: skip
    ends = np.fmax(values, base.floats(rows[high])) if high in rows.columns else values
    for value, end, place in zip(values, ends, places, strict=True):
        places_shown = (0 if value % 1 == 0 else 1) if decimals is None else decimals
        text = wording.number(value, decimals=places_shown if value == value else 0, language=language)
        at = float(end) if end == end else ax.get_xlim()[0]
        ax.annotate(text, (at, place), xytext=(7, 0), textcoords="offset points", va="center", fontsize=9)


def radar(
    table: pd.DataFrame,
    *,
    category: str,
    value: str,
    bounds: Bounds,
    series: str | None = None,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw values on axes that go out from a centre, one closed line per series; works on any plain Axes."""
    categories = base.in_order(table[category])
    kinds = [None] if series is None else base.in_order(table[series])
    ax = base.prepare(ax, (7.2, 5.4))
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(categories)) / len(categories)
    low, high = bounds
    _web(ax, angles, low, high, [base.wrap(base.named(item, names, language), 18) for item in categories], language)
    for order, kind in enumerate(kinds):
        rows = table if kind is None else table[table[series] == kind]
        by = dict(zip(rows[category].astype("object"), base.floats(rows[value]), strict=True))
        reach = np.array([by.get(item, np.nan) for item in categories]) - low
        closed = np.r_[np.arange(len(categories)), 0]
        ax.plot(
            (reach * np.cos(angles))[closed], (reach * np.sin(angles))[closed],
            color=base.SERIES[order % len(base.SERIES)], linestyle=base.STYLES[order % len(base.STYLES)],
            marker=base.MARKERS[order % len(base.MARKERS)], markersize=5, linewidth=1.8,
            label=None if kind is None else base.named(kind, names, language),
        )  # fmt: skip
    if len(kinds) > 1:
        ax.legend(fontsize=base.TEXT, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _web(ax: Axes, angles: np.ndarray, low: float, high: float, texts: Sequence[str], language: str) -> None:
    reach = high - low
    ring = np.linspace(0, 2 * np.pi, 181)
    between = float(angles[:2].mean())
    for step in np.arange(np.ceil(low), high + 1e-9):
        ax.plot((step - low) * np.cos(ring), (step - low) * np.sin(ring), color="#D0D0D0", linewidth=0.7, zorder=0)
        shown = wording.number(step, decimals=0, language=language)
        x, y = (step - low) * np.cos(between), (step - low) * np.sin(between)
        ax.text(x, y, shown, fontsize=9, color=base.GREY, ha="center", va="center", backgroundcolor="white")
    for angle, text in zip(angles, texts, strict=True):
        x, y = np.cos(angle), np.sin(angle)
        ax.plot([0, reach * x], [0, reach * y], color="#B0B0B0", linewidth=0.7, zorder=0)
        side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
        ax.text(1.15 * reach * x, 1.15 * reach * y, text, ha=side, va="center", fontsize=base.TEXT)
    ax.set_xlim(-1.95 * reach, 1.95 * reach)
    ax.set_ylim(-1.08 * reach, 1.3 * reach)
    ax.set_aspect("equal")
    ax.set_axis_off()


def waves(
    table: pd.DataFrame,
    *,
    x: str,
    value: str,
    bounds: Bounds,
    series: str | None = None,
    cuts: Sequence[float] = (),
    unit: str = "",
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw the courses of a few series over occasions, with levels to compare with as dashed lines.

    Occasions that are days stand at their place in time; others stand in order, at equal distances.
    """
    ax = base.prepare(ax)
    occasions = sorted(base.in_order(table[x]))
    at = _occasion_places(occasions)
    first, last = min(at.values()), max(at.values())
    kinds = [None] if series is None else base.in_order(table[series])
    for cut in cuts:
        ax.axhline(cut, color=base.GREY, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    for order, kind in enumerate(kinds):
        rows = (table if kind is None else table[table[series] == kind]).sort_values(x)
        places = [at[item] for item in rows[x].astype("object")]
        values = base.floats(rows[value])
        name = "" if kind is None else base.named(kind, names, language)
        ax.plot(
            places, values, color=base.SERIES[order % len(base.SERIES)], marker=base.MARKERS[order % len(base.MARKERS)],
            linestyle=base.STYLES[order % len(base.STYLES)], linewidth=1.8, markersize=6, label=name or None, zorder=3,
        )  # fmt: skip
        _write_values(ax, places, values, order, language)
    _occasion_ticks(ax, at, language)
    edge = 0.06 * ((last - first) or 5.0)
    ax.set_xlim(first - edge, last + edge)
    room = 0.04 * (bounds[1] - bounds[0])
    ax.set_ylim(bounds[0] - room, bounds[1] + room)
    base.value_axis(ax, "y", unit=unit, language=language, from_zero=False)
    if len(kinds) > 1:
        ax.legend(fontsize=base.TEXT, frameon=False, ncols=min(len(kinds), 4), loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def _occasion_places(occasions: Sequence[Any]) -> dict[Any, float]:
    """Return where each occasion stands: in days when all are days, else one step apart."""
    days = pd.to_datetime(pd.Series([str(item) for item in occasions]), format="%Y-%m-%d", errors="coerce")
    if len(days) and days.notna().all():
        return dict(zip(occasions, ((days - pd.Timestamp(0)) / pd.Timedelta(days=1)).tolist(), strict=True))
    return {item: float(place) for place, item in enumerate(occasions)}


def _occasion_ticks(ax: Axes, at: Mapping[Any, float], language: str) -> None:
    """Write years where occasions stand in time; their names where they do not, or where all fall within a year."""
    places = list(at.values())
    days = max(places) > len(places)
    years = range(1970 + int(min(places) // 365.25), 1972 + int(max(places) // 365.25)) if days else range(0)
    starts = {year: (pd.Timestamp(year, 1, 1) - pd.Timestamp(0)).days for year in years}
    if sum(min(places) <= start <= max(places) for start in starts.values()) > 1:
        ax.set_xticks(list(starts.values()), [str(year) for year in starts])
    else:
        ax.set_xticks(places, [base.wrap(str(item), 12) for item in at])


def _write_values(ax: Axes, places: Sequence[float], values: np.ndarray, order: int, language: str) -> None:
    for place, value in zip(places, values, strict=True):
        if value == value:
            ax.annotate(
                wording.number(value, decimals=2, language=language), (place, value), xytext=(0, 7),
                textcoords="offset points", ha="center", fontsize=9,
                color=base.TEXT_SERIES[order % len(base.TEXT_SERIES)], bbox=base.BEHIND,
            )  # fmt: skip


def heat(
    table: pd.DataFrame,
    *,
    row: str,
    column: str,
    value: str,
    bounds: Bounds,
    names: Mapping[Any, str] | None = None,
    decimals: int | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw a table in shades of one colour with each value written in its cell; a missing cell is ``..``."""
    down, across = base.in_order(table[row]), base.in_order(table[column])
    ax = base.prepare(ax, (7.2, max(2.4, 0.9 + 0.27 * len(down))))
    grid = np.full((len(down), len(across)), np.nan)
    for one in table[[row, column, value]].astype("object").itertuples(index=False):
        number = pd.to_numeric(one[2], errors="coerce")
        grid[down.index(one[0]), across.index(one[1])] = np.nan if pd.isna(number) else float(number)
    ax.imshow(np.ma.masked_invalid(grid), cmap=SHADES, vmin=bounds[0], vmax=bounds[1], aspect="auto")
    for place, across_place in np.ndindex(*grid.shape):
        number = grid[place, across_place]
        shown = (0 if number % 1 == 0 else 1) if decimals is None else decimals
        text = wording.number(number, decimals=shown if number == number else 0, language=language)
        dark = number == number and number > bounds[0] + LIGHT_LETTERS * (bounds[1] - bounds[0])
        ax.text(across_place, place, text, ha="center", va="center", fontsize=9, color="white" if dark else "black")
    name_columns(ax, [base.named(item, names, language) for item in across])
    ax.set_yticks(range(len(down)), [base.wrap(base.named(item, names, language), 48) for item in down])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax
