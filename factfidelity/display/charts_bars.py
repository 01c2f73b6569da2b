"""Lengths side by side: before and after, bars, parts of a whole, and steps from one total to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from factfidelity import wording
from factfidelity.display import charts_base as base

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def before_after(
    table: pd.DataFrame,
    *,
    category: str,
    window: str,
    value: str,
    low: str | None = None,
    high: str | None = None,
    count: str | None = None,
    unit: str = "",
    form: str = "number",
    decimals: int = 1,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw for each category a bar before (grey, hatched) and a bar after (blue), with interval, value and n.

    Parameters
    ----------
    table : DataFrame, one row per category and window
    category, window, value, low, high, count : str
        Columns; windows come in the order of the table, the first is grey.
    form, decimals : how the values are written: ``number`` or ``percent`` (a share of 1).
    """
    return bars(
        table, category=category, value=value, series=window, low=low, high=high, count=count, unit=unit, form=form,
        decimals=decimals, names=names, language=language, colours=(base.GREY, base.BLUE), ax=ax,
    )  # fmt: skip


def bars(
    table: pd.DataFrame,
    *,
    category: str,
    value: str,
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
    count: str | None = None,
    unit: str = "",
    form: str = "number",
    decimals: int = 1,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    colours: tuple[str, ...] = base.SERIES,
    ax: Axes | None = None,
) -> Axes:
    """Draw lying bars from 0 with their values in figures; a hidden value is ``..`` and no bar."""
    categories = base.in_order(table[category])
    kinds = [None] if series is None else base.in_order(table[series])
    ax = base.prepare(ax, (7.2, max(2.0, 0.9 + 0.36 * len(categories) * len(kinds))))
    values = base.floats(table[value])
    if not len(values) or np.isnan(values).all():
        base.empty_text(ax, language)
        return ax
    decimals = base.enough(values, decimals, form)
    reach = np.fmax(values, base.floats(table[high]) if high in table.columns else values)
    ax.set_xlim(min(0.0, 1.15 * float(np.nanmin(values))), 1.3 * max(float(np.nanmax(reach)), 1e-9))
    height = 0.8 / len(kinds)
    for order, kind in enumerate(kinds):
        rows = table if kind is None else table[table[series] == kind]
        places = np.array([categories.index(item) for item in rows[category].astype("object")], dtype="float64")
        places = places + (order - (len(kinds) - 1) / 2) * height
        colour = colours[order % len(colours)]
        hatch = "///" if len(kinds) > 1 and order == 0 else base.HATCHES[order] if order > 1 else ""
        shown = base.floats(rows[value])
        ax.barh(
            places, np.nan_to_num(shown), height=height * 0.92, color=colour, edgecolor="white", hatch=hatch,
            linewidth=0.8, label=None if kind is None else base.named(kind, names, language),
        )  # fmt: skip
        _interval(ax, rows, places, shown, low, high)
        _value_texts(ax, rows, places, shown, high, count, form, decimals, language)
    ax.set_yticks(range(len(categories)), [base.wrap(base.named(item, names, language)) for item in categories])
    ax.set_ylim(len(categories) - 0.45, -0.55)
    base.value_axis(ax, "x", unit=unit, language=language, form=form)
    if len(kinds) > 1:
        ax.legend(fontsize=base.TEXT, frameon=False, ncols=len(kinds), loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def _interval(
    ax: Axes, rows: pd.DataFrame, places: np.ndarray, values: np.ndarray, low: str | None, high: str | None
) -> None:
    if low not in rows.columns or high not in rows.columns:
        return
    arms = base.error_bars(values, base.floats(rows[str(low)]), base.floats(rows[str(high)]))
    seen = ~np.isnan(arms).any(axis=0)
    if seen.any():
        ax.errorbar(
            values[seen], places[seen], xerr=arms[:, seen], fmt="none", ecolor="black", elinewidth=1.1, capsize=3
        )


def _value_texts(
    ax: Axes, rows: pd.DataFrame, places: np.ndarray, values: np.ndarray, high: str | None, count: str | None,
    form: str, decimals: int, language: str,
) -> None:  # fmt: skip
    ends = np.fmax(values, base.floats(rows[high])) if high in rows.columns else values
    numbers = base.floats(rows[count]) if count in rows.columns else np.full(len(rows), np.nan)
    for place, value, end, number in zip(places, values, ends, numbers, strict=True):
        text = written(value, form, decimals, language)
        if not np.isnan(number):
            text += f"  (n = {wording.integer(number, language=language)})"
        at = 0.0 if np.isnan(end) else max(float(end), 0.0)
        ax.annotate(
            text, (at, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=9, annotation_clip=False
        )


def written(value: float, form: str, decimals: int, language: str) -> str:
    """Write a value as its form says; ``..`` where it is hidden."""
    if form == "percent":
        return wording.percent(value, decimals=max(0, decimals - 1), language=language)
    return wording.number(value, decimals=decimals, language=language)


def stacked_bars(
    table: pd.DataFrame,
    *,
    category: str,
    part: str,
    value: str,
    unit: str = "",
    form: str = "number",
    decimals: int = 1,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw for each category its parts end to end; one with a hidden part is marked ``..`` at its end."""
    categories, parts = base.in_order(table[category]), base.in_order(table[part])
    ax = base.prepare(ax, (7.2, max(2.0, 1.1 + 0.42 * len(categories))))
    grid = table.pivot_table(index=category, columns=part, values=value, aggfunc="first", observed=True, sort=False)
    heights = grid.reindex(index=categories, columns=parts).to_numpy(dtype="float64", na_value=np.nan)
    if not heights.size or np.isnan(heights).all():
        base.empty_text(ax, language)
        return ax
    given = {(row[0], row[1]) for row in table[[category, part]].astype("object").itertuples(index=False, name=None)}
    starts = np.zeros(len(categories))
    whole = float(np.nansum(heights, axis=1).max())
    for order, name in enumerate(parts):
        values = np.nan_to_num(heights[:, order])
        colour = base.SERIES[order % len(base.SERIES)]
        ax.barh(
            range(len(categories)), values, left=starts, height=0.7, color=colour, edgecolor="white", linewidth=1,
            hatch=base.HATCHES[order % len(base.HATCHES)], label=base.named(name, names, language),
        )  # fmt: skip
        for row, length in enumerate(values):
            if length > 0.06 * whole:
                ax.text(
                    starts[row] + length / 2, row, written(length, form, decimals, language), ha="center", va="center",
                    fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2},
                )  # fmt: skip
        starts += values
    for row, item in enumerate(categories):
        if any((item, name) in given and np.isnan(heights[row, order]) for order, name in enumerate(parts)):
            ax.annotate(wording.HIDDEN, (starts[row], row), xytext=(4, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(categories)), [base.wrap(base.named(item, names, language)) for item in categories])
    ax.set_ylim(len(categories) - 0.45, -0.55)
    base.value_axis(ax, "x", unit=unit, language=language, form=form)
    ax.legend(fontsize=9, frameon=False, ncols=min(4, len(parts)), loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def waterfall(
    table: pd.DataFrame,
    *,
    step: str,
    value: str,
    total: str | None = None,
    unit: str = "",
    form: str = "number",
    decimals: int = 1,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw how one total becomes another, one row per step; where ``total`` is True the bar stands on 0.

    After a hidden step nothing is drawn before the next total, since its place would give the step away.
    """
    ax = base.prepare(ax, (7.2, max(2.0, 0.9 + 0.42 * len(table))))
    values = base.floats(table[value])
    is_total = table[total].to_numpy(dtype=bool) if total else np.zeros(len(table), dtype=bool)
    level = 0.0
    for row, (change, stands) in enumerate(zip(values, is_total, strict=True)):
        start = 0.0 if stands else level
        level = change if stands else level + change
        if np.isnan(level) or np.isnan(change):
            ax.annotate(wording.HIDDEN, (0, row), xytext=(4, 0), textcoords="offset points", va="center")
            continue
        colour = base.GREY if stands else base.BLUE if change < 0 else base.SERIES[1]
        ax.barh(row, level - start, left=start, height=0.6, color=colour, hatch="" if stands or change < 0 else "///",
                edgecolor="white")  # fmt: skip
        sign = "+" if change > 0 and not stands else ""
        ax.annotate(
            sign + written(change, form, decimals, language), (max(start, level), row), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=9,
        )  # fmt: skip
    ax.set_yticks(range(len(table)), [base.wrap(base.named(item, names, language)) for item in table[step]])
    ax.set_ylim(len(table) - 0.45, -0.55)
    ax.margins(x=0.15)
    base.value_axis(ax, "x", unit=unit, language=language, form=form)
    return ax
