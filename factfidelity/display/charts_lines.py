"""Courses over time: lines with intervals and reference, and steps."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from factfidelity import wording
from factfidelity.display import charts_base as base
from factfidelity.display.charts_places import day_numbers, place_axis, places_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Reference = float | tuple[float, float]
MOST_LINES = 4
# More lines than this cross each other too often to be followed, where each has many points.
_FEW_LINES, _MANY_POINTS = 2, 24
_BEHIND = "#C4C9CF"
# More lines than these behind another are a thicket: their lowest and highest say what can be seen.
_MOST_BEHIND, _BAND = 8, "#D9E2EC"


@dataclass(frozen=True, slots=True)
class _Look:
    """What all small charts of one figure share."""

    x: str
    y: str
    low: str | None
    high: str | None
    reference: Reference | None
    reference_label: str
    mark: tuple[Any, str] | None
    start: tuple[Any, str] | None
    unit: str
    x_title: str
    form: str
    from_zero: bool
    names: Mapping[Any, str] | None
    language: str
    before: Any = None

    def name(self, value: Any) -> str:
        return base.named(value, self.names, self.language)


def lines(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    series: str | None = None,
    before: Any = None,
    low: str | None = None,
    high: str | None = None,
    panel: str | None = None,
    reference: Reference | None = None,
    reference_label: str = "",
    mark: tuple[Any, str] | None = None,
    start: tuple[Any, str] | None = None,
    unit: str = "",
    x_title: str = "",
    form: str = "number",
    from_zero: bool = True,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw courses as lines with markers, an interval as a band, and a direct label at each line's end.

    Over a hidden value a thin dotted line leads to the next that is shown.

    Parameters
    ----------
    table : DataFrame, one row per point
    x, y, series, low, high, panel : str
        Columns: place (dates, numbers or text in order), value, one line each, interval, one small chart each. More
        than four lines, or more than two of many points, become small charts with the others pale behind.
    before : value of series
        The line of the time before: grey, as everywhere; the others have their colours in turn, blue first.
    reference : float or (float, float)
        A level, or a band from and to, drawn behind.
    mark : (value of x, text)
        A vertical line with its text.
    start : (value of x, text)
        Each small chart whose line begins after this place has a vertical line with the text where it begins.
    form : str
        ``number`` or ``percent`` (a share of 1).
    """
    many = series is not None and panel is None and _is_crowded(table, series)
    look = _Look(
        x, y, low, high, reference, reference_label, mark, start, unit, x_title, form, from_zero, names, language,
        before,
    )  # fmt: skip
    if many and series is not None:
        return _panels(table, series, None, look, ax)
    return _one(table, series, look, base.prepare(ax)) if panel is None else _panels(table, panel, series, look, ax)


def _is_crowded(table: pd.DataFrame, series: str) -> bool:
    number = int(table[series].nunique())
    return number > MOST_LINES or (number > _FEW_LINES and len(table) / number > _MANY_POINTS)


def _panels(table: pd.DataFrame, split: str, inner: str | None, look: _Look, ax: Axes | None) -> Axes:
    """Draw one small chart for each value of a column, all to the same scale, their unit said once."""
    values = base.in_order(table[split])
    across = 2 if len(values) in {2, 4} else min(3, max(len(values), 1))
    down = max(1, -(-len(values) // across))
    host = base.prepare(ax, (7.2, 2.4 * down))
    _room(host, 0.9 + 1.5 * down)
    small = _small(host, len(values), across)
    figure = host.get_figure(root=True)
    if figure is not None:
        figure.supylabel(look.unit, fontsize=base.TEXT)
    plain = dataclasses.replace(look, unit="")
    drawn: list[Axes] = []
    for number, (place, value) in enumerate(zip(small, values, strict=True)):
        here = (table[split] == value).to_numpy(dtype=bool)
        chart = base.prepare(place)
        if inner is None:
            _draw_behind(chart, table[~here], split, look)
        # The level is named in the first chart only.
        _one(table[here], inner, plain if number == 0 else dataclasses.replace(plain, reference_label=""), chart)
        begins = _draw_start(chart, table.loc[here, look.x], look)
        has_text = look.mark is not None or begins
        chart.set_title(look.name(value), fontsize=base.TEXT, fontweight="bold", loc="left", pad=16 if has_text else 6)
        if number + across < len(values):
            chart.tick_params(labelbottom=False)
            chart.set_xlabel("")
        drawn.append(chart)
    _same_height(drawn, from_zero=look.from_zero)
    return host


def _room(host: Axes, height: float) -> None:
    """Make a figure that holds nothing else at least so high that its small charts can be read."""
    figure = host.get_figure(root=True)
    if figure is not None and len(figure.axes) == 1 and figure.get_size_inches()[1] < height:
        figure.set_size_inches(figure.get_size_inches()[0], height)


def _draw_behind(ax: Axes, others: pd.DataFrame, split: str, look: _Look) -> None:
    """Draw the other lines pale, so that each small chart shows where its own stands among them; many as a band."""
    if len(others) and others[split].nunique() > _MOST_BEHIND and not pd.api.types.is_string_dtype(others[look.x]):
        heights = pd.Series(base.floats(others[look.y]), index=others.index).groupby(others[look.x])
        ends = heights.agg(["min", "max"]).dropna()
        where = places_of(ends.index.to_series())[0]
        ax.fill_between(where, ends["min"], ends["max"], color=_BAND, linewidth=0, zorder=1)
    elif len(others) and not pd.api.types.is_object_dtype(others[look.x]):
        for value in base.in_order(others[split]):
            rows = others[others[split] == value]
            ax.plot(places_of(rows[look.x])[0], base.floats(rows[look.y]), color=_BEHIND, linewidth=0.9, zorder=1)


def _draw_start(ax: Axes, column: pd.Series, look: _Look) -> bool:
    """Mark where a line begins, if that is later than the figures reach back."""
    if look.start is None or not len(column) or not column.min() > pd.Timestamp(look.start[0]):
        return False
    _draw_mark(ax, (column.min(), look.start[1]), column, places_of(column)[0])
    return True


def _same_height(charts: list[Axes], *, from_zero: bool) -> None:
    """Give all small charts the height that the highest needs."""
    tops = [chart.dataLim.y1 for chart in charts if np.isfinite(chart.dataLim.y1)]
    lows = [chart.dataLim.y0 for chart in charts if np.isfinite(chart.dataLim.y0)]
    if tops:
        low, top = min(lows), max(tops)
        room = 0.05 * ((top - min(low, 0.0) if from_zero else top - low) or 1.0)
        charts[0].set_ylim(0.0 if from_zero and low >= 0 else low - room, top + room)


def _small(host: Axes, number: int, across: int) -> list[Axes]:
    """Divide the place of an Axes into small ones that share both axes."""
    figure = host.get_figure()
    spec = host.get_subplotspec()
    if figure is None or spec is None:
        raise ValueError("small charts need an Axes that stands in a grid, as charts.figure() gives")
    host.set_axis_off()
    grid = spec.subgridspec(-(-number // across), across)
    made: list[Axes] = []
    for place in range(number):
        shared = made[0] if made else None
        made.append(figure.add_subplot(grid[place // across, place % across], sharex=shared, sharey=shared))
    return made


def _one(table: pd.DataFrame, series: str | None, look: _Look, ax: Axes) -> Axes:
    if np.isnan(base.floats(table[look.y])).all():
        base.empty_text(ax, look.language)
        return ax
    places, ticks = places_of(table[look.x])
    _draw_reference(ax, look.reference, look.reference_label)
    rows_of = {None: np.ones(len(table), dtype=bool)} if series is None else {
        value: (table[series] == value).to_numpy(dtype=bool) for value in base.in_order(table[series])
    }  # fmt: skip
    ends: list[_End] = []
    turns = _turns(list(rows_of), look.before)
    for order, (value, rows) in zip(turns, rows_of.items(), strict=True):
        _draw_line(ax, table[rows], places[rows], look, order)
        if value is not None:
            ends += _end_of(places[rows], base.floats(table.loc[rows, look.y]), look.name(value), order)
    base.value_axis(ax, "y", unit=look.unit, language=look.language, form=look.form, from_zero=look.from_zero)
    place_axis(ax, table[look.x], ticks, look.names, look.language, look.x_title)
    _draw_mark(ax, look.mark, table[look.x], places)
    _name_lines(ax, ends)
    for order, rows in zip(turns, rows_of.values(), strict=True):
        _print_hidden(ax, places[rows], base.floats(table.loc[rows, look.y]), order)
    return ax


def _turns(values: list[Any], before: Any) -> list[int]:
    """Return which colour, marker and dash each line has: the time before the last of them, which is grey."""
    others = [value for value in values if before is None or value != before]
    return [others.index(value) if value in others else len(base.SERIES) - 1 for value in values]


def _draw_line(ax: Axes, rows: pd.DataFrame, places: np.ndarray, look: _Look, order: int) -> None:
    colour = base.SERIES[order % len(base.SERIES)]
    sort = np.argsort(places, kind="stable")
    at, values = places[sort], base.floats(rows[look.y])[sort]
    many = len(at) > 40
    _bridge(ax, at, values, colour)
    ax.plot(
        at, values, color=colour, linestyle=base.STYLES[order % len(base.STYLES)], linewidth=1.8,
        marker=base.MARKERS[order % len(base.MARKERS)], markersize=3 if many else 4.5,
        markevery=max(1, len(at) // 20),
    )  # fmt: skip
    if look.low in rows.columns and look.high in rows.columns:
        ends = np.vstack([base.floats(rows[str(look.low)])[sort], base.floats(rows[str(look.high)])[sort]])
        bottom, top = np.where(np.isnan(values), np.nan, ends)
        ax.fill_between(at, bottom, top, color=colour, alpha=0.16, linewidth=0)


def _bridge(ax: Axes, places: np.ndarray, values: np.ndarray, colour: str) -> None:
    """Lead over hidden values with a thin dotted line, from the last that is shown to the next."""
    seen = np.flatnonzero(~np.isnan(values))
    for before, after in itertools.pairwise(seen):
        if after - before > 1:
            ends = [before, after]
            ax.plot(places[ends], values[ends], color=colour, linewidth=1, linestyle=(0, (1, 2)), zorder=1.5)


@dataclass(frozen=True, slots=True)
class _End:
    """Where a line ends, and its name."""

    place: float
    value: float
    name: str
    order: int


def _end_of(places: np.ndarray, values: np.ndarray, name: str, order: int) -> list[_End]:
    seen = np.flatnonzero(~np.isnan(values))
    if not len(seen):
        return []
    last = seen[np.argmax(places[seen])]
    return [_End(float(places[last]), float(values[last]), base.wrap(name, 18), order)]


def _name_lines(ax: Axes, ends: Sequence[_End]) -> None:
    """Write each line's name at its end; names that would stand on each other are moved apart."""
    figure = ax.get_figure(root=True)
    if not ends or figure is None:
        return
    low, high = ax.get_ylim()
    spec = ax.get_subplotspec()
    rows = spec.get_gridspec().nrows if spec is not None else 1
    points = 72 * figure.get_size_inches()[1] * 0.78 / rows
    heights = [(end.value - low) / (high - low) * points for end in ends]
    gap = base.TEXT * 1.25 * max(end.name.count("\n") + 1 for end in ends)
    for end, height, moved in zip(ends, heights, base.apart(heights, gap), strict=True):
        ax.annotate(
            end.name, (end.place, end.value), xytext=(7, moved - height), textcoords="offset points", va="center",
            color=base.TEXT_SERIES[end.order % len(base.TEXT_SERIES)], fontsize=base.TEXT, annotation_clip=False,
        )  # fmt: skip


def _print_hidden(ax: Axes, places: np.ndarray, values: np.ndarray, order: int) -> None:
    sort = np.argsort(places, kind="stable")
    left, right = ax.get_xlim()
    for first, last in base.runs(np.isnan(values[sort])):
        middle = min(max((places[sort][first] + places[sort][last]) / 2, left), right)
        ax.annotate(
            wording.HIDDEN, (middle, 0), xycoords=("data", "axes fraction"), xytext=(0, 3 + 9 * order),
            textcoords="offset points", ha="center", va="bottom", fontsize=12, fontweight="bold",
            color=base.TEXT_SERIES[order % len(base.TEXT_SERIES)],
        )  # fmt: skip


def _draw_reference(ax: Axes, reference: Reference | None, text: str) -> None:
    if reference is None:
        return
    edge = reference[0] if isinstance(reference, tuple) else reference
    if isinstance(reference, tuple):
        ax.axhspan(reference[0], reference[1], color="#E6E6E6", zorder=0)
    else:
        ax.axhline(reference, color=base.GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=0)
    if text:
        ax.annotate(
            text, (0, edge), xycoords=("axes fraction", "data"), xytext=(3, 2), textcoords="offset points",
            fontsize=9, color=base.GREY, va="bottom", bbox=base.BEHIND if edge is reference else None, zorder=5,
        )  # fmt: skip


def _draw_mark(ax: Axes, mark: tuple[Any, str] | None, column: pd.Series, places: np.ndarray) -> None:
    if mark is None:
        return
    at, text = mark
    if pd.api.types.is_datetime64_any_dtype(column):
        place = float(day_numbers(pd.Series([pd.Timestamp(at)]))[0])
    elif pd.api.types.is_numeric_dtype(column):
        place = float(at)
    else:
        hits = np.flatnonzero((column.astype("object") == at).to_numpy())
        if not len(hits):
            return
        place = float(places[hits[0]])
    ax.axvline(place, color="black", linewidth=1.2, linestyle=(0, (6, 2)))
    ax.annotate(
        text, (place, 1), xycoords=("data", "axes fraction"), xytext=(3, 2), textcoords="offset points",
        fontsize=9, va="bottom", annotation_clip=False,
    )  # fmt: skip


def steps(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    series: str | None = None,
    low: str | None = None,
    high: str | None = None,
    unit: str = "",
    x_title: str = "",
    form: str = "percent",
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw step curves, such as the share still without an event, with their interval as a band."""
    ax = base.prepare(ax)
    if np.isnan(base.floats(table[y])).all():
        base.empty_text(ax, language)
        return ax
    values = [None] if series is None else base.in_order(table[series])
    ends: list[_End] = []
    for order, value in enumerate(values):
        rows = table if value is None else table[table[series] == value]
        places, heights = base.floats(rows[x]), base.floats(rows[y])
        colour = base.SERIES[order % len(base.SERIES)]
        style = base.STYLES[order % len(base.STYLES)]
        ax.step(places, heights, where="post", color=colour, linestyle=style, linewidth=1.8)
        if low in rows.columns and high in rows.columns:
            edges = np.vstack([base.floats(rows[str(low)]), base.floats(rows[str(high)])])
            bottom, top = np.where(np.isnan(heights), np.nan, edges)
            ax.fill_between(places, bottom, top, step="post", color=colour, alpha=0.16, linewidth=0)
        if value is not None:
            ends += _end_of(places, heights, base.named(value, names, language), order)
        _print_hidden(ax, places, heights, order)
    base.value_axis(ax, "y", unit=unit, language=language, form=form)
    ax.set_ylim(0, 1.02 if form == "percent" else None)
    _name_lines(ax, ends)
    place_axis(ax, table[x], [], names, language, x_title)
    return ax
