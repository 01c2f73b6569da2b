"""The delivery report as an accessible page and as a workbook. Nothing in it is about one person."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

import factfidelity
from factfidelity.delivery.quality import DeliveryReport
from factfidelity.delivery.words import FATES, FURNITURE, HEADINGS, REPORT, TITLES
from factfidelity.display.tables import table_html
from factfidelity.display.views import Column, TableView
from factfidelity.errors import Problem, ReportError
from factfidelity.reports.notebook import Page, shell
from factfidelity.reports.render import write_all
from factfidelity.reports.words import WORDS

# A fixed day of creation: the same report gives the same bytes.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_WIDEST = 60
# Background of a month by its letter: reported, silent, first, last. The letter says the same without colour.
_MONTHS = {"r": "#D6EAD9", "t": "#F3B9A0", "F": "#CFE2F3", "S": "#FBE3A6"}
_COVERAGE_CSS = "\n" + "\n".join(
    f"td.month-{mark} {{ background: {colour}; color: #1b1f24; text-align: center; "
    "-webkit-print-color-adjust: exact; print-color-adjust: exact; }"
    for mark, colour in _MONTHS.items()
)
_FORMS = {"integer": "#,##0", "number": "#,##0.0", "percent": "0.0%", "date": "yyyy-mm-dd"}


def write_delivery_report(
    report: DeliveryReport,
    folder: str | Path,
    *,
    language: str = "sv",
    formats: Sequence[str] = ("html", "xlsx"),
) -> list[Path]:
    """Write the delivery report; every file is complete before the first is written.

    Parameters
    ----------
    report : DeliveryReport
    folder : str or Path
        Made if it is not there.
    language : {"sv", "en"}
    formats : sequence of {"html", "xlsx"}

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        If the language or a format is not known.
    ReportError
        If the folder cannot be written to; nothing half written is left.
    """
    if language not in ("sv", "en"):
        raise ValueError(f'language must be "sv" or "en", got {language!r}')
    unknown = [form for form in formats if form not in _MAKERS]
    if unknown:
        raise ValueError(f"formats must be among {', '.join(_MAKERS)}, got {', '.join(map(str, unknown))}")
    contents = {f"delivery_report_{language}.{form}": _MAKERS[form](report, language) for form in formats}
    target = Path(folder)
    try:
        return write_all(target, contents)
    except OSError as fault:
        problem = Problem(
            f"cannot be written: {fault.strerror or type(fault).__name__}", "choose another folder", target.name
        )
    raise ReportError(problems=[problem])


def write_row_list(report: DeliveryReport, path: str | Path, *, language: str = "sv") -> Path:
    """Write what became of every row as a text file with semicolons: file, line, fate, reason. No value is in it.

    Parameters
    ----------
    report : DeliveryReport
    path : str or Path
        In the secure room: a list of lines is for the one who has the files.
    language : {"sv", "en"}

    Raises
    ------
    ReportError
        If the file cannot be written.
    """
    rows, target = report.rows, Path(path)
    words = dict(zip(report.table["rule"], report.table[f"what_{language}"], strict=True))
    words |= {kind: text[language] for kind, text in FURNITURE.items()}
    frame = pd.DataFrame({
        HEADINGS["file"][language]: rows["file"].astype(str).map(_no_formula),
        HEADINGS["line"][language]: rows["line"],
        HEADINGS["fate"][language]: rows["fate"].astype(str).map({key: text[language] for key, text in FATES.items()}),
        HEADINGS["rule"][language]: rows["reason"].astype(str),
        HEADINGS["reason"][language]: rows["reason"].astype(str).map(words).fillna(""),
    })  # fmt: skip
    try:
        write_all(target.parent, {target.name: frame.to_csv(sep=";", index=False).encode("utf-8-sig")})
    except OSError as fault:
        what = f"cannot be written: {fault.strerror or type(fault).__name__}"
        problem = Problem(what, "choose another file with --rows", target.name)
    else:
        return target
    raise ReportError(problems=[problem])


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def delivery_html(report: DeliveryReport, language: str = "sv") -> str:
    """Return the report as one self-contained page that opens nothing from outside."""
    lead, *rest = report.summary(language).split("\n\n")[0].split("\n")
    parts = [f'<section id="summary"><h2>{WORDS["summary"][language]}</h2>', f"<p><strong>{escape(lead)}</strong></p>"]
    parts += [f"<p>{escape(line)}</p>" for line in rest]
    parts.append("</section>")
    for view in report.views(language):
        table = _coloured(view, table_html(view, language))
        parts.append(f'<section id="{view.name}"><h2>{TITLES[view.name][language]}</h2>{table}</section>')
    body = "\n".join(parts)
    page = Page(
        title=f"{REPORT['title'][language]}: {report.place}",
        language=language,
        lead=REPORT["lead"][language],
        footer=f"factfidelity {factfidelity.__version__}",
        version=factfidelity.__version__,
    )
    return shell(body, page, style=_COVERAGE_CSS)


def _coloured(view: TableView, table: str) -> str:
    """Give the months of the coverage table a colour beside their letter."""
    if view.name != "coverage":
        return table
    return re.sub(r'<td(?: class="[^"]*")?>([rtFS])</td>', r'<td class="month-\1">\1</td>', table)


def delivery_workbook(report: DeliveryReport, language: str = "sv") -> bytes:
    """Return the report as a workbook: a first sheet with its sentences, then one tidy table on each sheet."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        title = f"{REPORT['title'][language]}: {report.place}"
        book.set_properties({"title": title, "created": _CREATED, "comments": REPORT["lead"][language]})
        book.set_custom_property("Language", language)
        views = report.views(language)
        _cover(book, report, views, title, language)
        for view in views:
            _sheet(book, view, language)
    return buffer.getvalue()


def _cover(book: Any, report: DeliveryReport, views: Sequence[TableView], title: str, language: str) -> None:
    sheet = book.add_worksheet(WORDS["read_me"][language])
    sheet.set_column(0, 0, 100)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    lines = report.summary(language).split("\n\n")[0].split("\n")
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
    for row, line in enumerate((REPORT["lead"][language], *lines), start=1):
        sheet.write_string(row, 0, line, wrapped)
    for row, view in enumerate(views, start=len(lines) + 3):
        sheet.write_string(row, 0, f"{TITLES[view.name][language]}: {view.caption}", wrapped)


def _sheet(book: Any, view: TableView, language: str) -> None:
    sheet = book.add_worksheet(TITLES[view.name][language])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    headings = [{"header": column.heading} for column in view.columns]
    rows = len(view.frame)
    sheet.add_table(0, 0, max(rows, 1), len(headings) - 1, {
        "columns": headings, "style": "Table Style Light 1", "name": f"t_{view.name}", "description": view.caption,
    })  # fmt: skip
    heading = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#F4F6F8", "bottom": 2})
    lines = [1] * (rows + 1)
    for place, column in enumerate(view.columns):
        months = _month_forms(book) if view.name == "coverage" and column.name.startswith("m") else {}
        form = book.add_format({"num_format": _FORMS.get(column.form, "General"), "valign": "top", "text_wrap": True})
        sheet.write_string(0, place, column.heading, heading)
        values = view.frame[column.name].tolist()
        width = min(max([len(column.heading), *(len(str(value)) for value in values)]) + 3, _WIDEST)
        sheet.set_column(place, place, width)
        for row, value in enumerate(values, start=1):
            _write(sheet, row, place, column, value, months.get(value, form) if months else form)
            lines[row] = max(lines[row], math.ceil(len(str(value)) / (width - 2)))
    for row, number in enumerate(lines):
        if number > 1:
            sheet.set_row(row, 15 * number)
    sheet.freeze_panes(1, 0)


def _month_forms(book: Any) -> dict[Any, Any]:
    return {mark: book.add_format({"bg_color": colour, "align": "center"}) for mark, colour in _MONTHS.items()}


def _write(sheet: Any, row: int, place: int, column: Column, value: Any, form: Any) -> None:
    if value is None or value != value or (isinstance(value, float) and math.isinf(value)):
        sheet.write_blank(row, place, None, form)
    elif column.form == "date":
        sheet.write_datetime(row, place, value.to_pydatetime(), form)
    elif column.form == "text" or isinstance(value, str):
        sheet.write_string(row, place, str(value), form)
    else:
        sheet.write_number(row, place, float(value), form)


_MAKERS: Mapping[str, Callable[[DeliveryReport, str], bytes]] = {
    "html": lambda report, language: delivery_html(report, language).encode("utf-8"),
    "xlsx": delivery_workbook,
}
