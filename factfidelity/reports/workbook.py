"""Released results become a workbook for managers: few figures, real numbers, one tidy table on each sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from factfidelity.display.views import Column, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.book import Book
from factfidelity.reports.cards import one_line
from factfidelity.reports.cover import write_cover
from factfidelity.reports.native import alt_of, native_chart
from factfidelity.reports.pages import ReportPages, pages_of
from factfidelity.reports.shelves import Drawn, Sheet, Shelves, summary_shelves, table_shelves
from factfidelity.reports.words import WORDS
from factfidelity.wording import HIDDEN, label, sort_key

# A fixed day of creation: the same figures give the same bytes.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
# Widest column, in a table of many columns and of few.
_WIDEST, _WIDEST_OF_FEW, _FEW_COLUMNS = 36, 92, 3
_NUMERIC = frozenset({"integer", "number", "percent"})
# As many lines as a printed page takes; a longer table goes on over several.
_PAGE_ROWS = 75
_CHART, _CHART_ROWS, _ACROSS = (640, 340), 18, 2
_SHELVES = {"summary": summary_shelves, "tables": table_shelves}


def workbook_bytes(released: ReleasedEvaluation, *, language: str = "sv", part: str = "summary") -> bytes:
    """Return a workbook of a released evaluation as bytes.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}
    part : {"summary", "tables"}
        ``summary``: key figures, charts and one table for each section, for managers. ``tables``: all other tables.

    Raises
    ------
    DisclosureError
        If a result has not passed the gate.
    """
    import xlsxwriter

    if part not in _SHELVES:
        raise ValueError(f"part must be one of {', '.join(_SHELVES)}, got {part!r}")
    for result in released.results.values():
        result.require_released()
    pages = pages_of(released, language)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties({"title": pages.title, "created": _CREATED, "comments": pages.period, "author": ""})
    book = Book(workbook, language)
    _fill(book, pages, _SHELVES[part](pages), part)
    workbook.close()
    return buffer.getvalue()


def _fill(book: Book, pages: ReportPages, shelves: Shelves, part: str) -> None:
    """Write the sheets: cover, key figures, charts, then the tables by group."""
    cover = book.sheet(book.word("cover"), "first")
    sheets = [(group, one) for group, members in shelves.groups.items() for one in members]
    about = [_definitions(pages), *_notes(book, [one.view for _, one in sheets])]
    sheets += [("about", Sheet(view)) for view in about]
    for _, one in sheets:
        book.name(one.view)
    for place, (group, one) in enumerate(sheets):
        if place == 1 and shelves.charts:
            _chart_sheet(book, shelves.charts)
        _table_sheet(book, one, "first" if place == 0 and shelves.charts else group)
    write_cover(book, cover, pages, [(group, one.view) for group, one in sheets], shelves.charts, part)


def _chart_sheet(book: Book, charts: Sequence[Drawn]) -> None:
    """Write the charts two beside each other, each below its sentence and above a link to its figures."""
    sheet = book.sheet(book.word("charts"), "first")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, _CHART[0] / 7)
    sheet.set_column(1, 1, 2)
    sheet.set_column(2, 2, _CHART[0] / 7)
    said, linked = book.form(bold=True, text_wrap=True), book.form(font_color="#00598C", underline=1)
    rows = _CHART_ROWS + 3
    for turn, drawn in enumerate(charts):
        tab = book.name(drawn.view)
        chart = native_chart(book.workbook, tab, drawn.view, drawn.figure, _CHART)
        top, left = rows * (turn // _ACROSS), 2 * (turn % _ACROSS)
        if left == 0:
            pair = [one.finding for one in charts[turn : turn + _ACROSS]]
            sheet.set_row(top, 16 * max(-(-len(text) // (_CHART[0] // 8)) for text in pair))
            sheet.set_row(top + rows - 1, 24)
        sheet.write_string(top, left, drawn.finding, said)
        sheet.insert_chart(
            top + 1, left, chart, {"description": alt_of(drawn.view, drawn.figure, book.language), "object_position": 3}
        )
        below = f"{book.word('figures_in')} {tab}"
        sheet.write_url(top + rows - 2, left, f"internal:'{tab}'!A1", linked, string=below)
    sheet.set_h_pagebreaks([2 * rows * page for page in range(1, -(-len(charts) // (2 * _ACROSS)))])


def _headings(columns: Sequence[Column]) -> list[str]:
    """Return headings that differ from each other, as a spreadsheet's table asks."""
    seen: dict[str, int] = {}
    headings = []
    for column in columns:
        heading = column.heading or column.name
        seen[heading] = seen.get(heading, 0) + 1
        headings.append(heading if seen[heading] == 1 else f"{heading} ({seen[heading]})")
    return headings


def _headers(book: Book, view: TableView, headings: Sequence[str]) -> list[dict[str, Any]]:
    """Return the headings of a table, each on the side where its column's values stand."""
    look: dict[str, Any] = {"bold": True, "text_wrap": True, "bg_color": "#F4F6F8", "bottom": 2, "valign": "bottom"}
    sides = [
        {"align": "right"} if column.form in _NUMERIC else {"align": "left", "indent": min(place, 1)}
        for place, column in enumerate(view.columns)
    ]
    return [
        {"header": heading, "header_format": book.form(**look, **side)}
        for heading, side in zip(headings, sides, strict=True)
    ]


def _table_sheet(book: Book, one: Sheet, group: str) -> None:
    view = one.view
    sheet = book.sheet(book.name(view), group)
    headings = _headings(view.columns)
    rows, width = len(view.frame), len(view.columns)
    charted = {*one.charted, *(name for figure in one.figures if figure.native for name in figure.native.series)}
    options = {
        "columns": _headers(book, view, headings),
        "style": None,
        "autofilter": True,
        "name": f"t_{re.sub(r'[^A-Za-z0-9_]', '_', view.name)}",
        "title": view.caption[:255],
        "description": view.caption[:255],
    }
    sheet.add_table(0, 0, max(rows, 1), width - 1, options)
    heights = [1] * (rows + 1)
    widest = _WIDEST if width > _FEW_COLUMNS else _WIDEST_OF_FEW
    for place, column in enumerate(view.columns):
        states = view.states[column.name].tolist() if view.states is not None and column.name in view.states else None
        values = view.frame[column.name].tolist()
        own = one.forms if one.forms and column.form == "number" else [column] * rows
        texts = _write_column(book, sheet, place, own, values, states, column.name in charted)
        longest = max([len(word) for word in headings[place].split()] + [len(text) for text in texts] + [8])
        room = min(longest + 3, widest)
        sheet.set_column(place, place, room)
        for row, text in enumerate((headings[place], *texts)):
            heights[row] = max(heights[row], -(-len(text) // (room - 2)))
    for row, lines in enumerate(heights):
        if lines > 1:
            sheet.set_row(row, 15 * lines)
    if not one.figures and sum(heights) <= _PAGE_ROWS:
        sheet.fit_to_pages(1, 1)
    sheet.set_header("&L&12" + one_line(view.caption).replace("&", "&&")[:200])
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    _charts_beside(book, sheet, one, width)


def _charts_beside(book: Book, sheet: Any, one: Sheet, width: int) -> None:
    """Draw the charts of a table to the right of it."""
    for number, figure in enumerate(one.figures):
        chart = native_chart(book.workbook, sheet.get_name(), one.view, figure)
        if chart is not None:
            sheet.insert_chart(
                1 + 22 * number,
                width + 1,
                chart,
                {"description": alt_of(one.view, figure, book.language), "object_position": 3},
            )


def _write_column(
    book: Book,
    sheet: Any,
    place: int,
    columns: Sequence[Column],
    values: list[Any],
    states: list[Any] | None,
    charted: bool,
) -> list[str]:
    """Write the cells of a column, each as its own form says, and return their texts."""
    texts = []
    for row, (value, column) in enumerate(zip(values, columns, strict=True), start=1):
        state = states[row - 1] if states else None
        missing = value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value))
        if missing or (value == "" and column.form != "text"):
            is_blank = charted or state == "none" or (column.form in {"text", "code", "date"} and state != "hidden")
            texts.append(_write_missing(book, sheet, row, place, is_blank))
        else:
            texts.append(_write_value(book, sheet, row, place, column, value))
    return texts


def _write_missing(book: Book, sheet: Any, row: int, place: int, is_blank: bool) -> str:
    if is_blank:
        sheet.write_blank(row, place, None, book.form(text_wrap=True))
        return ""
    sheet.write_string(row, place, HIDDEN, book.form(align="right"))
    return HIDDEN


def _write_value(book: Book, sheet: Any, row: int, place: int, column: Column, value: Any) -> str:
    form = book.form(**_number_form(column))
    if column.form == "date":
        sheet.write_datetime(row, place, pd.Timestamp(value).to_pydatetime(), form)
        return "2000-01-01"
    if column.form in {"text", "code"}:
        text = label(value, book.language) if column.form == "code" else str(value)
        sheet.write_string(row, place, text, book.form(text_wrap=True, align="left", indent=1 if place else 0))
        return text
    number = float(value)
    if number in {float("inf"), float("-inf")}:
        sheet.write_string(row, place, "∞", book.form(align="right"))
        return "∞"
    sheet.write_number(row, place, number, form)
    return f"{number:,.{column.decimals}f}"


def _number_form(column: Column) -> dict[str, Any]:
    decimals = "." + "0" * column.decimals if column.decimals else ""
    forms = {
        "integer": "#,##0",
        "number": f"#,##0{decimals}",
        "percent": f"0{decimals}%",
        "date": "yyyy-mm-dd",
    }
    return {"num_format": forms[column.form]} if column.form in forms else {}


def _definitions(pages: ReportPages) -> TableView:
    terms = sorted(pages.terms(), key=lambda pair: sort_key(pair[0]))
    words = pages.words
    columns = (Column("term", words["term"]), Column("meaning", words["meaning"]))
    frame = pd.DataFrame(terms, columns=["term", "meaning"])
    return TableView("definitions", words["definitions"], frame, columns)


def _notes(book: Book, views: Sequence[TableView]) -> list[TableView]:
    """Return the notes of all tables as one table, a note that several tables share once."""
    sheets: dict[str, list[str]] = {}
    for view in views:
        for note in view.notes:
            sheets.setdefault(note, []).append(book.name(view))
    if not sheets:
        return []
    rows = [{"sheet": ", ".join(dict.fromkeys(names)), "note": note} for note, names in sheets.items()]
    columns = (Column("sheet", WORDS["sheet"][book.language]), Column("note", book.word("notes")))
    return [TableView("notes", book.word("notes"), pd.DataFrame(rows), columns)]
