"""How a result stands on the page: what is open, what is folded, no table twice, and no note twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from factfidelity.display import charts
from factfidelity.display.result import Result
from factfidelity.display.tables import table_html
from factfidelity.display.views import FigureView, TableView
from factfidelity.reports.lean import lean, tells
from factfidelity.reports.once import figures_of, views_of

_PIXELS = 100
# More than this and a table or a figure is folded: a page is read from the top.
# A longer table is not printed: it stands on the page and in the workbook.
_PRINTED_ROWS = 40
_OPEN_ROWS, _OPEN_COLUMNS, _OPEN_TABLES, OPEN_FIGURES = 14, 13, 2, 2


def part_of(result: Result, language: str, *, smallest: int, under: str = "", apart: str = "") -> dict[str, Any]:
    """Return what a page shows of one result.

    Parameters
    ----------
    result : Result
    language : {"sv", "en"}
    smallest : int
        The smallest number of persons that is shown.
    under : str
        Title of the section; a result of the same name gets no second heading.
    apart : str
        What the id begins with where parts of one result stand in several sections.
    """
    title = result.heading(language)
    method = result.methods(language)
    figures = tuple(figure for figure in figures_of(result, language) if drawable(figure))
    taken = {figure.table.name for figure in figures}
    views = [view for view in views_of(result, language) if view.name not in taken]
    return {
        "name": f"{apart}{result.name}",
        "method": result.name,
        "title": title,
        "has_heading": not apart and title.casefold() != under.casefold(),
        "summary": result.summary(language),
        "coarser": result.coarser(language),
        "figures": [
            _figure(figure, place >= OPEN_FIGURES, views, language, smallest, method)
            for place, figure in enumerate(figures)
        ],
        "tables": tables_of(quiet(views, method), language, smallest=smallest),
    }


def drawable(figure: FigureView) -> bool:
    """Tell whether a figure shows anything: a value, and of a line more than one; else its table says it alone.

    Parameters
    ----------
    figure : FigureView
    """
    shown = [name for name in figure.native.series if name in figure.table.frame] if figure.native else []
    if figure.native is None or not shown:
        return tells(figure.table)
    values = int(figure.table.frame[shown].notna().to_numpy().sum())
    # One point is no course, and one bar among places that show nothing compares nothing.
    return values > (1 if figure.native.kind == "line" or len(figure.table.frame) > 1 else 0)


def tables_of(views: Sequence[TableView], language: str, *, smallest: int) -> list[dict[str, Any]]:
    """Return tables ready for the page; long and wide ones, and those after the first few, are folded."""
    made: list[dict[str, Any]] = []
    open_so_far = 0
    for whole, view in ((view, lean(view, language)) for view in views):
        rows, columns = len(view.frame), len(view.columns)
        if not rows and len(whole.frame):
            made.append({"nothing": view.notes[-1], "caption": view.caption, "id": view.name})
            continue
        folded = rows > _OPEN_ROWS or columns > _OPEN_COLUMNS or open_so_far >= _OPEN_TABLES
        open_so_far += not folded
        html = Markup(table_html(view, language, smallest=smallest))  # noqa: S704
        made.append({"html": html, "folded": folded, "caption": view.caption, "rows": rows,
                     "long": rows > _PRINTED_ROWS})  # fmt: skip
    return made


def quiet(views: Sequence[TableView], method: str) -> list[TableView]:
    """Return views without the notes that the section on methods repeats, and each other note once."""
    said = {method}
    made = []
    for view in views:
        notes = tuple(note for note in view.notes if note not in said)
        said.update(notes)
        made.append(dataclasses.replace(view, notes=notes))
    return made


def holder_of(table: TableView, views: Sequence[TableView]) -> TableView | None:
    """Return the view that holds every row of a table under the same columns, if one does."""
    names = [column.name for column in table.columns]
    able = [view for view in views if set(names) <= {column.name for column in view.columns}]
    wanted = _rows(table.frame, names) if able else set()
    return next((view for view in able if wanted <= _rows(view.frame, names)), None)


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(_texts(frame[name]) for name in names), strict=True))


def _texts(column: pd.Series[Any]) -> list[str]:
    shown = column.notna().tolist()
    return [str(value) if there else "" for value, there in zip(column.tolist(), shown, strict=True)]


def picture_address(svg: str) -> str:
    """Return a picture as an address that holds it, ready to stand in double quotes: a fifth shorter than base64.

    Parameters
    ----------
    svg : str
    """
    for sign, written in (("%", "%25"), ('"', "'"), ("#", "%23"), ("<", "%3C"), (">", "%3E"), ("&", "%26")):
        svg = svg.replace(sign, written)
    return f"data:image/svg+xml,{svg}"


def _figure(
    figure: FigureView, is_folded: bool, views: Sequence[TableView], language: str, smallest: int, method: str
) -> dict[str, Any]:
    ax = charts.figure(figure.size)
    figure.draw(ax)
    width, height = charts.size_of(ax)
    holder = holder_of(figure.table, views)
    table = lean(quiet([figure.table], method)[0], language) if holder is None else None
    return {
        "caption": figure.caption,
        "alt": figure.alt,
        "src": Markup(picture_address(charts.to_svg(ax))),  # noqa: S704
        "width": round(width * _PIXELS),
        "height": round(height * _PIXELS),
        "folded": is_folded,
        "holder": {"id": holder.name, "caption": holder.caption} if holder is not None else None,
        "table": Markup(table_html(table, language, smallest=smallest)) if table is not None else "",  # noqa: S704
        "rows": len(figure.table.frame if table is None else table.frame),
        "long": len(figure.table.frame) > _PRINTED_ROWS,
    }
