"""Released results become a workbook for managers: few figures, real numbers, one tidy table on each sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from factfidelity.display.charts_base import SERIES
from factfidelity.display.views import Column, FigureView, NativeChart, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.sheets import chart_table, free_name, placed_figures, wanted_name
from factfidelity.reports.words import GUIDE, WORDS
from factfidelity.wording import HIDDEN, label

# A fixed day of creation: the same figures give the same bytes.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_WIDEST = 42
_COVER_WIDTH = 96
# With fewer points to a line than this, a line goes on over a place without a value.
_FEW_POINTS = 4
_LONG = 60
# The colour of a tab says nothing that the contents do not say in words.
_PARTS = {"summary": ("main", "about"), "tables": ("more",)}
_TABS = {"main": "#00598C", "more": "#8FA3B3", "about": "#D5DBE1"}

_MARKERS = ("circle", "square", "diamond", "triangle", "x", "star")
_DASHES = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "solid")

_WORDS = {
    "cover": {"sv": "Läs mig", "en": "Read me"},
    "key_figures": {"sv": "Nyckeltal", "en": "Key figures"},
    "definitions": {"sv": "Definitioner", "en": "Definitions"},
    "notes": {"sv": "Noter", "en": "Notes"},
    "main": {"sv": "Huvudtabeller", "en": "Main tables"},
    "more": {"sv": "Fler tabeller", "en": "More tables"},
    "about": {"sv": "Om underlaget", "en": "About the data"},
    "for_whom": {"sv": "För", "en": "For"},
    "readers": {
        "sv": "Chefer och utvecklingsledare i region och kommun. Börja på bladet Nyckeltal; huvudtabellerna följer "
        "rapportens avsnitt. Övriga tabeller finns på rapportsidan och i arbetsboken tables.",
        "en": "Managers and developers in region and municipality. Begin with the sheet Key figures; the main tables "
        "follow the sections of the report. The other tables stand on the report page and in the workbook tables.",
    },
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

    def sheet(self, wanted: str, group: str = "") -> Any:
        name = free_name(wanted, self.taken, WORDS["table"][self.language])
        self.taken.add(name.casefold())
        sheet = self.workbook.add_worksheet(name)
        if group:
            sheet.set_tab_color(_TABS[group])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet


def workbook_bytes(released: ReleasedEvaluation, *, language: str = "sv", part: str = "summary") -> bytes:
    """Return a workbook of a released evaluation as bytes.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}
    part : {"summary", "tables"}
        ``summary``: key figures and the main table of each result, for managers. ``tables``: all the other tables.

    Raises
    ------
    DisclosureError
        If a result has not passed the gate.
    """
    import xlsxwriter

    if part not in _PARTS:
        raise ValueError(f"part must be one of {', '.join(_PARTS)}, got {part!r}")

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
    groups = {name: entries for name, entries in _grouped(pages, language).items() if name in _PARTS[part]}
    for group, entries in groups.items():
        for view, figures in entries:
            _table_sheet(book, view, figures, group, _key_forms(pages) if view.name == "key_figures" else None)
    about = [_definitions(book, pages), *_notes(book, [view for entries in groups.values() for view, _ in entries])]
    contents = {group: [view for view, _ in entries] for group, entries in groups.items()}
    contents.setdefault("about", []).extend(about)
    _cover(book, cover, pages, released, contents)
    workbook.close()
    return buffer.getvalue()


Entry = tuple[TableView, list[FigureView]]


def _grouped(pages: ReportPages, language: str) -> dict[str, list[Entry]]:
    """Return every table once with its figures: the first table of each result first, then the others."""
    main: list[Entry] = [(pages.key_figure_view(), [])]
    more: list[Entry] = []
    for result in pages.results:
        entries = placed_figures(result.views(language), result.figures(language))
        wide = [chart_table(figure, view) for view, figures in entries for figure in figures if _is_split(figure)]
        own = {view.name for view in result.views(language)}
        entries = [(view, some) for view, some in entries if view.name in own or not all(map(_is_split, some))]
        entries = [(view, [figure for figure in figures if not _is_split(figure)]) for view, figures in entries]
        first = 1 if not wide or (entries and len(entries[0][0].frame) <= _LONG) else 0
        main += [*wide, *entries[:first]]
        more += entries[first:]
    about = [*pages.change_views(), *pages.quality_views(), pages.hidden_view(), pages.checklist_view()]
    groups: dict[str, list[Entry]] = {"main": main, "more": more, "about": [(view, []) for view in about]}
    return {group: [entry for entry in entries if len(entry[0].frame)] for group, entries in groups.items()}


def _is_split(figure: FigureView) -> bool:
    return figure.native is not None and bool(figure.native.split)


def _key_forms(pages: ReportPages) -> list[Column]:
    """Return how the figures of each row are written: a share as per cent, a ratio with its decimals."""
    return [Column("", "", one.form, one.decimals) for one in pages.key_figures()]


def _headings(columns: Sequence[Column]) -> list[str]:
    """Return headings that differ from each other, as a spreadsheet's table asks."""
    seen: dict[str, int] = {}
    headings = []
    for column in columns:
        heading = column.heading or column.name
        seen[heading] = seen.get(heading, 0) + 1
        headings.append(heading if seen[heading] == 1 else f"{heading} ({seen[heading]})")
    return headings


def _table_sheet(
    book: _Book, view: TableView, figures: Sequence[FigureView], group: str, forms: Sequence[Column] | None = None
) -> None:
    sheet = book.sheet(wanted_name(view, book.language), group)
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
        own = forms if forms and column.form == "number" else [column] * rows
        texts = _write_column(book, sheet, place, own, values, states, column.name in charted)
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


def _write_column(
    book: _Book,
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
            is_blank = charted or (column.form in {"text", "code", "date"} and state != "hidden")
            texts.append(_write_missing(book, sheet, row, place, is_blank))
        else:
            texts.append(_write_value(book, sheet, row, place, column, value))
    return texts


def _write_missing(book: _Book, sheet: Any, row: int, place: int, is_blank: bool) -> str:
    if is_blank:
        sheet.write_blank(row, place, None, book.form(text_wrap=True))
        return ""
    sheet.write_string(row, place, HIDDEN, book.form(align="right"))
    return HIDDEN


def _write_value(book: _Book, sheet: Any, row: int, place: int, column: Column, value: Any) -> str:
    form = book.form(**_number_form(column))
    if column.form == "date":
        sheet.write_datetime(row, place, pd.Timestamp(value).to_pydatetime(), form)
        return "2000-01-01"
    if column.form in {"text", "code"}:
        text = label(value, book.language) if column.form == "code" else str(value)
        sheet.write_string(row, place, text, book.form(text_wrap=True, indent=1 if place else 0))
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


def _native_chart(book: _Book, sheet: Any, view: TableView, figure: FigureView, left: int, top: int) -> None:
    native = figure.native
    if native is None or not native.series:  # nothing is shown that could be drawn
        return
    names = [column.name for column in view.columns]
    chart = book.workbook.add_chart({"type": native.kind})
    tab, last = sheet.get_name(), len(view.frame)
    category = names.index(native.category)
    for turn, name in enumerate(native.series):
        place = names.index(name)
        chart.add_series(
            {
                "name": view.columns[place].heading,
                "categories": [tab, 1, category, last, category],
                "values": [tab, 1, place, last, place],
                **_look(native.kind, turn),
            }
        )
    chart.set_title({"name": figure.caption[:200], "name_font": {"size": 11}})
    _native_axes(chart, view, native, last)
    chart.show_blanks_as("gap" if last > len(native.series) * _FEW_POINTS else "span")
    chart.set_legend({"position": "bottom"} if len(native.series) > 1 else {"none": True})
    chart.set_size({"width": 760, "height": max(400, 26 * last if native.kind == "bar" else 0)})
    sheet.insert_chart(top, left, chart, {"description": figure.alt, "object_position": 3})


def _native_axes(chart: Any, view: TableView, native: NativeChart, points: int) -> None:
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


def _look(kind: str, turn: int) -> dict[str, Any]:
    """Return the look of one series: colour, and marker or dash, so that it is never told by colour alone."""
    colour = SERIES[turn % len(SERIES)]
    if kind != "line":
        return {"fill": {"color": colour}, "border": {"color": "#1B1F24"}}
    marker = {"type": _MARKERS[turn % len(_MARKERS)], "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
    return {"line": {"color": colour, "width": 2, "dash_type": _DASHES[turn % len(_DASHES)]}, "marker": marker}


def _cover(
    book: _Book, sheet: Any, pages: ReportPages, released: ReleasedEvaluation, contents: Mapping[str, list[TableView]]
) -> None:
    words = pages.words
    lines: list[tuple[str, str]] = [("title", pages.title)]
    if released.plan.organisation.name:
        lines.append(("plain", released.plan.organisation.name))
    lines += [("pair", f"{book.word('for_whom')}\t{book.word('readers')}")]
    lines += [("pair", f"{name}\t{value}") for name, value in pages.facts()]
    smallest = released.plan.disclosure.smallest
    lines.append(("heading", words["guide"]))
    lines += [("note", text[book.language].format(smallest=smallest)) for text in GUIDE]
    lines.append(("note", book.word("empty")))
    lines.append(("heading", words["contents"]))
    for group, views in contents.items():
        lines.append(("group", book.word(group)))
        lines += [("link", f"{book.places[view.name]}\t{view.caption}") for view in views]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, _COVER_WIDTH)
    sheet.hide_gridlines(2)
    for row, (kind, text) in enumerate(lines):
        _cover_line(book, sheet, row, kind, text)


def _cover_line(book: _Book, sheet: Any, row: int, kind: str, text: str) -> None:
    name, _, value = text.partition("\t")
    if kind in {"pair", "link", "note"}:
        longest = text if kind == "note" else value
        sheet.set_row(row, 15.5 * (1 + len(longest) // (_COVER_WIDTH - 4)))
    if kind == "title":
        sheet.set_row(row, 32)
        sheet.write_string(row, 0, text, book.form(bold=True, font_size=20, font_color="#00598C"))
    elif kind == "heading":
        sheet.set_row(row, 30)
        sheet.write_string(row, 0, text, book.form(bold=True, font_size=14, font_color="#00598C", valign="bottom"))
    elif kind == "group":
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, text, book.form(bold=True, valign="bottom"))
    elif kind == "link":
        link = book.form(font_color="#00598C", underline=1)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", link, string=name, tip=value[:200])
        sheet.write_string(row, 1, value, book.form(text_wrap=True))
    elif kind == "pair":
        sheet.write_string(row, 0, name, book.form(bold=True))
        sheet.write_string(row, 1, value, book.form(text_wrap=True))
    elif kind == "plain":
        sheet.write_string(row, 0, text, book.form(font_size=12))
    else:
        sheet.write_string(row, 1, text, book.form(text_wrap=True))


def _definitions(book: _Book, pages: ReportPages) -> TableView:
    rows = [{"term": term, "meaning": meaning} for term, meaning in pages.terms()]
    words = pages.words
    columns = (Column("term", words["term"]), Column("meaning", words["meaning"]))
    view = TableView("definitions", words["definitions"], pd.DataFrame(rows), columns)
    _table_sheet(book, view, (), "about")
    return view


def _notes(book: _Book, views: Sequence[TableView]) -> list[TableView]:
    """Write the notes of all tables on a sheet, a note that several tables share once."""
    sheets: dict[str, list[str]] = {}
    for view in views:
        for note in view.notes:
            sheets.setdefault(note, []).append(book.places[view.name])
    if not sheets:
        return []
    rows = [{"sheet": ", ".join(dict.fromkeys(names)), "note": note} for note, names in sheets.items()]
    columns = (Column("sheet", WORDS["sheet"][book.language]), Column("note", book.word("notes")))
    view = TableView("notes", book.word("notes"), pd.DataFrame(rows), columns)
    _table_sheet(book, view, (), "about")
    return [view]
