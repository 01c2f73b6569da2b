"""The spreadsheet's own charts: drawn from a table of the same workbook, with the same words for those who see none."""

from __future__ import annotations

from typing import Any

from factfidelity.display.charts_base import BLUE, GREY, SERIES
from factfidelity.display.views import FigureView, NativeChart, TableView
from factfidelity.reports.cards import one_line
from factfidelity.reports.words import WORDS

# With fewer points to a line than this, a line goes on over a place without a value.
_FEW_POINTS = 4
# With more, a line is told from the others by its dashes alone.
_MOST_MARKERS = 30
_MARKERS = ("circle", "square", "diamond", "triangle", "x", "star")
_DASHES = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "solid")
_WIDTH, _HEIGHT, _BAR = 760, 400, 26
# Lines of more than these many series with more than these many points cross each other: only all teams together are
# drawn then, and the table beside the chart holds each of them.
_FEW_LINES, _MANY_POINTS = 2, 24
_EVERYBODY = frozenset(text.casefold() for text in WORDS["all_teams"].values())
_TOGETHER = {
    "sv": "Diagrammet visar alla team tillsammans; varje team för sig står i tabellen.",
    "en": "The chart shows all teams together; each team stands in the table.",
}
# Before is grey and after is blue in every chart.
_WINDOWS = {"före": GREY, "before": GREY, "efter": BLUE, "after": BLUE}


def native_chart(
    workbook: Any, tab: str, view: TableView, figure: FigureView, size: tuple[int, int] | None = None
) -> Any:
    """Return a chart of a figure, or None where nothing of it is shown.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
    tab : str
        Name of the sheet that holds the table from A1.
    view : TableView
        That table.
    figure : FigureView
        With a native chart of the table.
    size : (int, int), optional
        Width and height in pixels; by default as its rows need.
    """
    native = figure.native
    if native is None or not native.series:
        return None
    names = [column.name for column in view.columns]
    chart = workbook.add_chart({"type": native.kind})
    last = len(view.frame)
    category = names.index(native.category)
    together = drawn_together(view, figure)
    for turn, name in enumerate((together,) if together else native.series):
        place = names.index(name)
        chart.add_series(
            {
                "name": view.columns[place].heading,
                "categories": [tab, 1, category, last, category],
                "values": [tab, 1, place, last, place],
                **_look(native.kind, turn, view.columns[place].heading, last),
            }
        )
    title = one_line(figure.caption).rstrip(".")[:200] + (f" ({together[0].lower()}{together[1:]})" if together else "")
    chart.set_title({"name": title, "name_font": {"size": 11}})
    _axes(chart, view, native, last)
    chart.show_blanks_as("gap" if last > len(native.series) * _FEW_POINTS else "span")
    chart.set_legend({"position": "bottom"} if len(native.series) > 1 and not together else {"none": True})
    width, height = size or (_WIDTH, max(_HEIGHT, _BAR * last if native.kind == "bar" else 0))
    chart.set_size({"width": width, "height": height})
    return chart


def drawn_together(view: TableView, figure: FigureView) -> str:
    """Return the series of all teams where the lines of each would cross too often to be followed; else nothing."""
    native = figure.native
    if native is None or native.kind != "line" or len(native.series) <= _FEW_LINES or len(view.frame) <= _MANY_POINTS:
        return ""
    headings = {column.name: column.heading.casefold() for column in view.columns}
    return next((name for name in native.series if headings.get(name, "") in _EVERYBODY), "")


def alt_of(view: TableView, figure: FigureView, language: str) -> str:
    """Return what a native chart shows, in words: the figure's own, and which of its lines are drawn.

    Parameters
    ----------
    view, figure : TableView, FigureView
        As for ``native_chart``.
    language : {"sv", "en"}
    """
    return f"{figure.alt} {_TOGETHER[language]}" if drawn_together(view, figure) else figure.alt


def _axes(chart: Any, view: TableView, native: NativeChart, points: int) -> None:
    values = next(column for column in view.columns if column.name == native.series[0])
    measure = {
        "min": 0,
        "name": native.y_title,
        "num_format": "0%" if values.form == "percent" else "General",
        "major_gridlines": {"visible": True, "line": {"color": "#CFD5DD"}},
    }
    places: dict[str, Any] = {"interval_unit": max(1, points // 12), "interval_tick": max(1, points // 12)}
    if native.kind == "bar":
        # A bar chart's places go upwards: turned round, so that they come in the order of the table.
        chart.set_x_axis(measure)
        chart.set_y_axis({"reverse": True, "crossing": "max", "major_gridlines": {"visible": False}})
    else:
        chart.set_x_axis(places)
        chart.set_y_axis(measure)


def _look(kind: str, turn: int, name: str, points: int) -> dict[str, Any]:
    """Return the look of one series: colour, and marker or dash, so that it is never told by colour alone."""
    colour = _WINDOWS.get(name.casefold(), SERIES[turn % len(SERIES)])
    if kind != "line":
        return {"fill": {"color": colour}, "border": {"color": "#1B1F24"}}
    sign = {"type": _MARKERS[turn % len(_MARKERS)], "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
    line = {"color": colour, "width": 2, "dash_type": _DASHES[turn % len(_DASHES)]}
    return {"line": line, "marker": sign if points <= _MOST_MARKERS else {"type": "none"}}
