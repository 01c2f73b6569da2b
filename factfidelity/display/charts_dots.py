"""Points on a scale: estimates with intervals, values beside a norm, and profiles over items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator, NullFormatter

from factfidelity import wording
from factfidelity.display import charts_base as base
from factfidelity.display.charts_bars import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def interval_plot(
    table: pd.DataFrame,
    *,
    label: str,
    estimate: str,
    low: str,
    high: str,
    series: str | None = None,
    reference: float | None = None,
    log: bool = False,
    unit: str = "",
    form: str = "number",
    decimals: int = 2,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates as points with whiskers, one row each, and write each in figures at the right.

    Parameters
    ----------
    table : DataFrame, one row per estimate
    label, estimate, low, high, series : str
        Columns; a series has its own marker and colour.
    reference : float
        Line of no difference: 0, or 1 for a ratio.
    log : bool
        Logarithmic axis, for ratios.
    """
    rows = base.in_order(table[label])
    kinds = [None] if series is None else base.in_order(table[series])
    ax = base.prepare(ax, (7.2, max(1.8, 0.9 + 0.32 * len(rows) * len(kinds))))
    values, ends = base.floats(table[estimate]), np.vstack([base.floats(table[low]), base.floats(table[high])])
    if log:
        values, ends = np.where(values > 0, values, np.nan), np.where(ends > 0, ends, np.nan)
    if not len(values) or np.isnan(values).all():
        base.empty_text(ax, language)
        return ax
    if reference is not None:
        ax.axvline(reference, color=base.GREY, linestyle=(0, (4, 3)), linewidth=1)
    if log:
        _log_axis(ax, values, ends, language)
    kind_of = np.zeros(len(table), dtype=int) if series is None else _codes(table[series], kinds)
    places = _codes(table[label], rows) + (kind_of - (len(kinds) - 1) / 2) * 0.8 / len(kinds)
    arms = base.error_bars(values, ends[0], ends[1])
    for order, kind in enumerate(kinds):
        here = (kind_of == order) & ~np.isnan(values)
        ax.errorbar(
            values[here], places[here], xerr=np.nan_to_num(arms[:, here]), fmt=base.MARKERS[order % len(base.MARKERS)],
            color=base.SERIES[order % len(base.SERIES)], markersize=6, elinewidth=1.6, capsize=3, linestyle="none",
            label=None if kind is None else base.named(kind, names, language),
        )  # fmt: skip
    for place, value, bottom, top in zip(places, values, *ends, strict=True):
        text = wording.interval(value, bottom, top, decimals=decimals, language=language)
        text = written(value, form, decimals, language) if form == "percent" else text
        ax.annotate(text, (1, place), xycoords=("axes fraction", "data"), xytext=(6, 0), textcoords="offset points",
                    va="center", fontsize=9, annotation_clip=False)  # fmt: skip
    ax.set_yticks(range(len(rows)), [base.wrap(base.named(item, names, language)) for item in rows])
    ax.set_ylim(len(rows) - 0.45, -0.55)
    if not log:
        base.value_axis(ax, "x", unit=unit, language=language, form=form, from_zero=False)
    ax.set_xlabel(unit, fontsize=base.TEXT)
    if len(kinds) > 1:
        ax.legend(fontsize=base.TEXT, frameon=False, ncols=len(kinds), loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def _codes(column: pd.Series, order: list[Any]) -> np.ndarray:
    return np.array([order.index(value) for value in column.astype("object")], dtype="int64")


def _log_axis(ax: Axes, values: np.ndarray, ends: np.ndarray, language: str) -> None:
    ax.set_xscale("log")
    span = np.concatenate([values, ends.ravel()])
    lowest, highest = float(np.nanmin(span)), float(np.nanmax(span))
    ax.set_xlim(min(lowest, 0.8) * 0.9, max(highest, 1.25) * 1.1)
    wide = highest / lowest > 30
    ax.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 3.0) if wide else (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)))
    ax.xaxis.set_major_formatter(base.PlainTicks(language))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(visible=True, axis="x", color="#DDDDDD", linewidth=0.7)


def dots_against_norm(
    table: pd.DataFrame,
    *,
    category: str,
    value: str,
    norm_low: str | None = None,
    norm_high: str | None = None,
    norm_label: str = "",
    unit: str = "",
    form: str = "number",
    decimals: int = 1,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw one point per row, with the range of its norm as a grey field behind it where there is one."""
    ax = base.prepare(ax, (7.2, max(1.8, 1.0 + 0.4 * len(table))))
    values = base.floats(table[value])
    none = np.full(len(table), np.nan)
    bottoms = base.floats(table[norm_low]) if norm_low in table.columns else none
    tops = base.floats(table[norm_high]) if norm_high in table.columns else none
    if not len(table) or np.isnan(np.concatenate([values, bottoms, tops])).all():
        base.empty_text(ax, language)
        return ax
    reach = float(np.nanmax(np.concatenate([values, bottoms, tops]))) * 1.15
    seen = False
    for row, (bottom, top) in enumerate(zip(bottoms, tops, strict=True)):
        start, stop = (0.0 if np.isnan(bottom) else bottom), (reach if np.isnan(top) else top)
        if not (np.isnan(bottom) and np.isnan(top)):
            label = None if seen or not norm_label else norm_label
            # The edge is what stands out from white: the field itself is too pale for that.
            ax.barh(row, max(stop - start, reach * 0.006), left=start, height=0.6, color="#D0D0D0",
                    edgecolor=base.GREY, linewidth=0.8, label=label)  # fmt: skip
            seen = True
    for row, shown in enumerate(values):
        if np.isnan(shown):
            ax.annotate(wording.HIDDEN, (0, row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=12)
            continue
        ax.plot(shown, row, marker="o", color=base.BLUE, markersize=8)
        ax.annotate(written(shown, form, decimals, language), (shown, row), xytext=(8, 0), textcoords="offset points",
                    va="center", fontsize=9)  # fmt: skip
    ax.set_yticks(range(len(table)), [base.wrap(base.named(item, names, language)) for item in table[category]])
    ax.set_ylim(len(table) - 0.45, -0.55)
    ax.set_xlim(0, reach)
    base.value_axis(ax, "x", unit=unit, language=language, form=form)
    if seen and norm_label:
        ax.legend(fontsize=base.TEXT, frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def profile(
    table: pd.DataFrame,
    *,
    item: str,
    value: str,
    low: str | None = None,
    high: str | None = None,
    previous: str | None = None,
    group: str | None = None,
    bounds: tuple[float, float] = (1, 5),
    value_label: str = "",
    previous_label: str = "",
    unit: str = "",
    decimals: int = 1,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw a profile: one row per item on a fixed scale, its range as a bar, the previous value as a hollow square."""
    ax = base.prepare(ax, (7.2, max(2.0, 1.0 + 0.27 * len(table))))
    if not len(table):
        base.empty_text(ax, language)
        return ax
    values = base.floats(table[value])
    rows = np.arange(len(table))
    if low in table.columns and high in table.columns:
        ax.hlines(rows, base.floats(table[low]), base.floats(table[high]), color=base.PALE[0], linewidth=7)
    if previous in table.columns:
        ax.plot(base.floats(table[previous]), rows, linestyle="none", marker="s", markersize=7, color=base.GREY,
                markerfacecolor="white", label=previous_label or None)  # fmt: skip
    ax.plot(values, rows, linestyle="none", marker="o", markersize=6.5, color=base.BLUE, label=value_label or None)
    for row, shown in enumerate(values):
        text = wording.number(shown, decimals=decimals, language=language)
        ax.annotate(text, (1, row), xycoords=("axes fraction", "data"), xytext=(5, 0), textcoords="offset points",
                    va="center", fontsize=9, annotation_clip=False)  # fmt: skip
    if group in table.columns:
        codes = pd.factorize(table[group])[0]
        for edge in np.flatnonzero(np.diff(codes)):
            ax.axhline(edge + 0.5, color=base.GREY, linewidth=0.8)
    ax.set_yticks(rows, [base.wrap(base.named(name, names, language), 44) for name in table[item]])
    ax.set_ylim(len(table) - 0.4, -0.6)
    margin = 0.04 * (bounds[1] - bounds[0])
    base.value_axis(ax, "x", unit=unit, language=language, from_zero=False)
    ax.set_xlim(bounds[0] - margin, bounds[1] + margin)
    if bounds[1] - bounds[0] <= 10:
        ax.set_xticks(np.arange(bounds[0], bounds[1] + 0.5))
    if value_label and previous_label and previous in table.columns:
        ax.legend(fontsize=base.TEXT, frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return ax
