"""An order form for data: a workbook, and a page that a word processor opens, in Swedish or English."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

import factfidelity
from factfidelity.delivery.ask import DataRequest
from factfidelity.display.tables import table_html
from factfidelity.display.views import Column, TableView
from factfidelity.errors import Problem, ReportError
from factfidelity.reports.notebook import Page, shell
from factfidelity.reports.render import write_all

_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001

_WORDS = {
    "title": {"sv": "Beställning av uppgifter", "en": "Order of data"},
    "lead": {
        "sv": "Uppgifterna behövs för planen {plan}. Endast dessa kolumner behövs; andra läses inte in.",
        "en": "The data are needed for the plan {plan}. Only these columns are needed; others are not loaded.",
    },
    "years": {"sv": "Åren {first}–{last}.", "en": "The years {first}–{last}."},
    "no_years": {
        "sv": "Planen anger inga år: kom överens om vilka som behövs.",
        "en": "The plan names no years: agree on those that are needed.",
    },
    "pseudonyms": {
        "sv": "Leverera med slumpmässiga pseudonymer, gärna med bokstäver, och behåll nyckeln. Inga personnummer, "
        "namn, adresser eller fria texter. Pseudonymiserade uppgifter är personuppgifter.",
        "en": "Deliver with random pseudonyms, preferably with letters, and keep the key. No identity numbers, "
        "names, addresses or free text. Pseudonymised data are personal data.",
    },
    "form": {
        "sv": "Text med semikolon (UTF-8) eller Excel; en rad per post; datum som ÅÅÅÅ-MM-DD.",
        "en": "Text with semicolons (UTF-8) or Excel; one row for each record; dates as YYYY-MM-DD.",
    },
    "assessment": {"sv": "Underlag för konsekvensbedömning", "en": "For the data protection assessment"},
}
_HEADINGS = {
    "holder": {"sv": "Uppgiftslämnare", "en": "Holder"},
    "register": {"sv": "Register eller källa", "en": "Register or source"},
    "table": {"sv": "Tabell", "en": "Table"},
    "column": {"sv": "Kolumn hos oss", "en": "Our column"},
    "source_column": {"sv": "Kolumn hos er", "en": "Your column"},
    "means": {"sv": "Innehåll", "en": "Content"},
    "codes": {"sv": "Koder", "en": "Codes"},
    "needed": {"sv": "Behövs", "en": "Needed"},
    "why": {"sv": "Behövs för", "en": "Needed for"},
    "columns": {"sv": "Antal kolumner", "en": "Number of columns"},
}
_NEEDED = {True: {"sv": "måste", "en": "must"}, False: {"sv": "om det finns", "en": "if available"}}


def write_order(
    request: DataRequest, folder: str | Path, *, language: str = "sv", formats: Sequence[str] = ("xlsx", "html")
) -> list[Path]:
    """Write the order form.

    Parameters
    ----------
    request : DataRequest
    folder : str or Path
    language : {"sv", "en"}
    formats : sequence of {"xlsx", "html"}
        The page looks like that of a report; columns in which nothing stands are left out there.

    Raises
    ------
    ValueError
        If the language or a format is not known.
    ReportError
        If the folder cannot be written to.
    """
    if language not in ("sv", "en"):
        raise ValueError(f'language must be "sv" or "en", got {language!r}')
    unknown = [form for form in formats if form not in _MAKERS]
    if unknown:
        raise ValueError(f"formats must be among {', '.join(_MAKERS)}, got {', '.join(map(str, unknown))}")
    contents = {f"order_{language}.{form}": _MAKERS[form](request, language) for form in formats}
    try:
        return write_all(Path(folder), contents)
    except OSError as fault:
        what = f"cannot be written: {fault.strerror or type(fault).__name__}"
        problem = Problem(what, "choose another folder", Path(folder).name)
    raise ReportError(problems=[problem])


def _sentences(request: DataRequest, language: str) -> list[str]:
    years = _WORDS["no_years"][language]
    if request.first_year is not None:
        years = _WORDS["years"][language].format(first=request.first_year, last=request.last_year)
    lead = _WORDS["lead"][language].format(plan=request.plan)
    return [lead, years, _WORDS["form"][language], _WORDS["pseudonyms"][language]]


def _views(request: DataRequest, language: str) -> list[TableView]:
    """One table for each holder, and one of the purposes for the data protection assessment."""
    frame = request.table.assign(
        needed=[_NEEDED[bool(value)][language] for value in request.table["required"]],
        **{name: request.table[f"{name}_{language}"] for name in ("holder", "register", "means", "why")},
    )
    names = ("register", "table", "column", "needed", "means", "codes", "source_column")
    columns = tuple(Column(name, _HEADINGS[name][language]) for name in names)
    views = [
        TableView(f"order_{number}", str(holder), part.reset_index(drop=True), columns)
        for number, (holder, part) in enumerate(frame.groupby("holder", sort=False), start=1)
    ]
    purposes = frame.groupby(["holder", "register", "table", "why"], sort=False).size().rename("columns").reset_index()
    shown = tuple(Column(name, _HEADINGS[name][language]) for name in ("holder", "register", "table", "why"))
    shown += (Column("columns", _HEADINGS["columns"][language], "integer"),)
    return [*views, TableView("assessment", _WORDS["assessment"][language], pd.DataFrame(purposes), shown)]


def _without_empty(view: TableView) -> TableView:
    """Return a table without columns in which nothing stands; in the workbook they are there to be filled in."""
    filled = [column for column in view.columns if (view.frame[column.name].astype("str").str.strip() != "").any()]
    return dataclasses.replace(view, columns=tuple(filled))


def _html(request: DataRequest, language: str) -> bytes:
    title = _WORDS["title"][language]
    lead, *others = _sentences(request, language)
    parts = [f"<p>{escape(text)}</p>" for text in others]
    for view in map(_without_empty, _views(request, language)):
        heading = f"<h2>{escape(view.caption)}</h2>"
        parts.append(f'<section id="{escape(view.name)}">{heading}{table_html(view, language)}</section>')
    version = factfidelity.__version__
    page = Page(title=title, language=language, lead=lead, footer=f"factfidelity {version}", version=version)
    return shell("\n".join(parts), page).encode()


def _xlsx(request: DataRequest, language: str) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": _WORDS["title"][language], "created": _CREATED})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        cover = book.add_worksheet(_WORDS["title"][language][:31])
        cover.set_column(0, 0, 100)
        for row, text in enumerate((_WORDS["title"][language], *_sentences(request, language))):
            cover.write_string(row, 0, text, wrapped)
        for view in _views(request, language):
            _sheet(book, view, wrapped)
    return buffer.getvalue()


def _sheet(book: Any, view: TableView, wrapped: Any) -> None:
    sheet = book.add_worksheet(view.caption[:31])
    headings = [{"header": column.heading} for column in view.columns]
    sheet.add_table(0, 0, len(view.frame), len(headings) - 1, {
        "columns": headings, "style": "Table Style Light 1", "name": f"t_{view.name}", "description": view.caption,
    })  # fmt: skip
    for place, column in enumerate(view.columns):
        values = view.frame[column.name].tolist()
        for row, value in enumerate(values, start=1):
            if column.form == "integer":
                sheet.write_number(row, place, float(value), wrapped)
            else:
                sheet.write_string(row, place, str(value), wrapped)
        sheet.set_column(place, place, min(max(len(column.heading), *(len(str(value)) for value in values)) + 3, 60))
    sheet.freeze_panes(1, 0)


_MAKERS: Mapping[str, Callable[[DataRequest, str], bytes]] = {"xlsx": _xlsx, "html": _html}
