"""Released results become a workbook for managers: few figures, real numbers, one tidy table on each sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from factfidelity.display.charts_base import SERIES
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.words import GUIDE
from factfidelity.wording import HIDDEN, pick

# A fixed day of creation: the same figures give the same bytes.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_NAME_LENGTH = 31
_WIDEST = 60
_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\']")

_MARKERS = ("circle", "square", "diamond", "triangle", "x", "star")
_DASHES = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "solid")

_WORDS = {
    "cover": {"sv": "Läs mig", "en": "Read me"},
    "key_figures": {"sv": "Nyckeltal", "en": "Key figures"},
    "definitions": {"sv": "Definitioner", "en": "Definitions"},
    "notes": {"sv": "Noter", "en": "Notes"},
    "hidden": {"sv": "Dolda värden", "en": "Hidden values"},
    "chart": {"sv": "Diagram", "en": "Chart"},
    "empty": {
        "sv": "En tom cell i en tabell som hör till ett diagram är ett värde som inte visas.",
        "en": "An empty cell in a table that belongs to a chart is a value that is not shown.",
    },
}


@dataclass
class _Book:
    workbook: Any
    language: str
    formats: dict[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)

    def word(self, key: str) -> str:
        return _WORDS[key][self.language]

    def form(self, **options: Any) -> Any:
        key = repr(sorted(options.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format({"valign": "top", **options})
        return self.formats[key]

    def sheet(self, wanted: str) -> Any:
        name = _sheet_name(wanted, self.taken)
        self.taken.add(name.casefold())
        sheet = self.workbook.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet


def workbook_bytes(released: ReleasedEvaluation, *, language: str = "sv") -> bytes:
    """Return a workbook of a released evaluation as bytes.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}

    Raises
    ------
    DisclosureError
        If a result has not passed the gate.
    """
    import xlsxwriter

    for result in released.results.values():
        result.require_released()
    pages = ReportPages(released, language)
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
    book = _Book(workbook, language)
    cover = book.sheet(book.word("cover"))
    views = _views(pages, released, language)
    for view, figures in views:
        _table_sheet(book, view, figures)
    _definitions(book, pages)
    _notes(book, [view for view, _ in views])
    _cover(book, cover, pages, released, [view for view, _ in views])
    workbook.close()
    return buffer.getvalue()


def _views(pages: ReportPages, released: ReleasedEvaluation, language: str) -> list[tuple[TableView, list[FigureView]]]:
    """Return every table once, with the figures that are drawn from it."""
    shown: dict[str, tuple[TableView, list[FigureView]]] = {}
    for view in (
        pages.key_figure_view(),
        *_result_views(released, language),
        *pages.change_views(),
        *pages.quality_views(),
    ):
        shown.setdefault(view.name, (view, []))
    shown.setdefault("hidden", (pages.hidden_view(), []))
    for result in released.results.values():
        for figure in result.figures(language):
            entry = shown.setdefault(figure.table.name, (figure.table, []))
            entry[1].append(figure)
    return [entry for entry in shown.values() if len(entry[0].frame)]


def _result_views(released: ReleasedEvaluation, language: str) -> Iterable[TableView]:
    for result in released.results.values():
        yield from result.views(language)
        for figure in result.figures(language):
            yield figure.table


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that a spreadsheet takes: 31 characters, no reserved signs, none twice."""
    clean = " ".join(_BAD_IN_NAMES.sub(" ", wanted).split()) or "Tabell"
    name = clean if len(clean) <= _NAME_LENGTH else clean[:_NAME_LENGTH].rsplit(" ", 1)[0]
    number = 2
    while name.casefold() in taken:
        ending = f" {number}"
        name = clean[: _NAME_LENGTH - len(ending)].rstrip() + ending
        number += 1
    return name


def _headings(columns: Sequence[Column]) -> list[str]:
    """Return headings that differ from each other, as a spreadsheet's table asks."""
    seen: dict[str, int] = {}
    headings = []
    for column in columns:
        heading = column.heading or column.name
        seen[heading] = seen.get(heading, 0) + 1
        headings.append(heading if seen[heading] == 1 else f"{heading} ({seen[heading]})")
    return headings


def _table_sheet(book: _Book, view: TableView, figures: Sequence[FigureView]) -> None:
    sheet = book.sheet(view.sheet or _short(view.caption) or view.name)
    book.places[view.name] = sheet.get_name()
    headings = _headings(view.columns)
    rows, width = len(view.frame), len(view.columns)
    charted = {name for figure in figures if figure.native for name in figure.native.series}
    heading_form = book.form(bold=True, text_wrap=True, bg_color="#F4F6F8", bottom=2)
    options = {
        "columns": [{"header": heading, "header_format": heading_form} for heading in headings],
        "style": None,
        "autofilter": True,
        "name": f"t_{re.sub(r'[^A-Za-z0-9_]', '_', view.name)}",
        "title": view.caption[:255],
        "description": view.caption[:255],
    }
    sheet.add_table(0, 0, max(rows, 1), width - 1, options)
    heights = [1] * (rows + 1)
    for place, column in enumerate(view.columns):
        states = view.states[column.name].tolist() if view.states is not None and column.name in view.states else None
        values = view.frame[column.name].tolist()
        texts = _write_column(book, sheet, place, column, values, states, column.name in charted)
        longest = max([len(word) for word in headings[place].split()] + [len(text) for text in texts] + [8])
        room = min(longest + 3, _WIDEST)
        sheet.set_column(place, place, room)
        for row, text in enumerate((headings[place], *texts)):
            heights[row] = max(heights[row], -(-len(text) // (room - 2)))
    for row, lines in enumerate(heights):
        if lines > 1:
            sheet.set_row(row, 15 * lines)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    for number, figure in enumerate(figures):
        if figure.native:
            _native_chart(book, sheet, view, figure, width + 1, 1 + 22 * number)


def _short(caption: str) -> str:
    return re.split(r"[.:;,(–]", caption, maxsplit=1)[0].strip()


def _write_column(
    book: _Book, sheet: Any, place: int, column: Column, values: list[Any], states: list[Any] | None, charted: bool
) -> list[str]:
    texts = []
    form = book.form(**_number_form(column))
    plain = book.form(text_wrap=True)
    for row, value in enumerate(values, start=1):
        state = states[row - 1] if states else None
        missing = value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value))
        if missing or (value == "" and column.form != "text"):
            mark = "" if charted or (column.form in {"text", "code", "date"} and state != "hidden") else HIDDEN
            sheet.write_string(row, place, mark, book.form(align="right")) if mark else sheet.write_blank(
                row, place, None, plain
            )
            texts.append(mark)
        elif column.form == "date":
            sheet.write_datetime(row, place, pd.Timestamp(value).to_pydatetime(), form)
            texts.append("2000-01-01")
        elif column.form in {"text", "code"}:
            sheet.write_string(row, place, str(value), plain)
            texts.append(str(value))
        else:
            number = float(value)
            if number in {float("inf"), float("-inf")}:
                sheet.write_string(row, place, "∞", book.form(align="right"))
            else:
                sheet.write_number(row, place, number, form)
            texts.append(f"{number:.{column.decimals}f}")
    return texts


def _number_form(column: Column) -> dict[str, Any]:
    decimals = "." + "0" * column.decimals if column.decimals else ""
    forms = {
        "integer": "#,##0",
        "number": f"#,##0{decimals}",
        "percent": f"0{decimals}%",
        "date": "yyyy-mm-dd",
    }
    return {"num_format": forms[column.form]} if column.form in forms else {}


def _native_chart(book: _Book, sheet: Any, view: TableView, figure: FigureView, left: int, top: int) -> None:
    native = figure.native
    if native is None:
        return
    names = [column.name for column in view.columns]
    chart = book.workbook.add_chart({"type": native.kind})
    tab = sheet.get_name()
    category = names.index(native.category)
    blocks = _blocks(view.frame, native.split)
    for number, (label, first, last) in enumerate(blocks):
        for turn, name in enumerate(native.series):
            place = names.index(name)
            title = label or view.columns[place].heading
            chart.add_series(
                {
                    "name": str(title),
                    "categories": [tab, first, category, last, category],
                    "values": [tab, first, place, last, place],
                    **_look(native.kind, number * len(native.series) + turn),
                }
            )
    chart.set_title({"name": figure.caption[:200], "name_font": {"size": 11}})
    if view.columns[category].form == "date":
        chart.set_x_axis({"date_axis": True, "num_format": "yyyy-mm", "major_unit_type": "months"})
    chart.set_y_axis(
        {"min": 0, "name": native.y_title, "major_gridlines": {"visible": True, "line": {"color": "#CFD5DD"}}}
    )
    chart.show_blanks_as("gap")
    chart.set_legend({"position": "bottom"} if len(blocks) * len(native.series) > 1 else {"none": True})
    chart.set_size({"width": 720, "height": 400})
    sheet.insert_chart(top, left, chart, {"description": figure.alt, "object_position": 3})


def _look(kind: str, turn: int) -> dict[str, Any]:
    """Return the look of one series: colour, and marker or dash, so that it is never told by colour alone."""
    colour = SERIES[turn % len(SERIES)]
    if kind != "line":
        return {"fill": {"color": colour}, "border": {"color": "#1B1F24"}}
    marker = {"type": _MARKERS[turn % len(_MARKERS)], "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
    return {"line": {"color": colour, "width": 2, "dash_type": _DASHES[turn % len(_DASHES)]}, "marker": marker}


def _blocks(frame: pd.DataFrame, split: str) -> list[tuple[str, int, int]]:
    """Return the runs of rows (as sheet rows) that share a value of the split column."""
    if not split:
        return [("", 1, len(frame))]
    values = frame[split].astype(str).tolist()
    starts = [place for place in range(len(values)) if place == 0 or values[place] != values[place - 1]]
    ends = [*starts[1:], len(values)]
    return [(values[start], start + 1, end) for start, end in zip(starts, ends, strict=True)]


def _cover(
    book: _Book, sheet: Any, pages: ReportPages, released: ReleasedEvaluation, views: Sequence[TableView]
) -> None:
    words = pages.words
    lines: list[tuple[str, str]] = [("title", pages.title)]
    if released.plan.organisation.name:
        lines.append(("plain", released.plan.organisation.name))
    lines += [("pair", f"{name}\t{value}") for name, value in pages.facts()]
    smallest = released.plan.disclosure.smallest
    lines.append(("heading", words["guide"]))
    lines += [("plain", text[book.language].format(smallest=smallest)) for text in GUIDE]
    lines.append(("plain", book.word("empty")))
    lines.append(("heading", words["contents"]))
    lines += [("pair", f"{book.places[view.name]}\t{view.caption}") for view in views]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 96)
    sheet.hide_gridlines(2)
    for row, (kind, text) in enumerate(lines):
        _cover_line(book, sheet, row, kind, text)


def _cover_line(book: _Book, sheet: Any, row: int, kind: str, text: str) -> None:
    if kind == "title":
        sheet.set_row(row, 30)
        sheet.write_string(row, 0, text, book.form(bold=True, font_size=18))
    elif kind == "heading":
        sheet.set_row(row, 26)
        sheet.write_string(row, 0, text, book.form(bold=True, font_size=13))
    elif kind == "pair":
        name, value = text.split("\t", 1)
        sheet.write_string(row, 0, name, book.form(bold=True))
        sheet.write_string(row, 1, value, book.form(text_wrap=True))
    else:
        sheet.set_row(row, 15 * (1 + len(text) // 100))
        sheet.write_string(row, 1, text, book.form(text_wrap=True))


def _definitions(book: _Book, pages: ReportPages) -> None:
    rows = [{"term": term, "meaning": meaning} for term, meaning in pages.terms()]
    words = pages.words
    columns = (Column("term", words["term"]), Column("meaning", words["meaning"]))
    _table_sheet(book, TableView("definitions", words["definitions"], pd.DataFrame(rows), columns), ())


def _notes(book: _Book, views: Sequence[TableView]) -> None:
    rows = [{"sheet": book.places[view.name], "note": note} for view in views for note in view.notes]
    if rows:
        words = {"sheet": pick({"sv": "Blad", "en": "Sheet"}, book.language), "note": book.word("notes")}
        columns = (Column("sheet", words["sheet"]), Column("note", words["note"]))
        _table_sheet(book, TableView("notes", book.word("notes"), pd.DataFrame(rows), columns), ())
