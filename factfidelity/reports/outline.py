"""The report as a plain sequence of headings, texts, figures and tables, for formats other than the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.reports.chapters import Chapter
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.words import GUIDE, LIMITS
from factfidelity.wording import HIDDEN, date, integer, label, number, percent


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a section."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, a note below a table, or one point of a list."""

    text: str
    kind: Literal["text", "answer", "note", "point"] = "text"


Element = Heading | Paragraph | FigureView | TableView


def outline(pages: ReportPages) -> Iterator[Element]:
    """Return the elements of a report in their order.

    Parameters
    ----------
    pages : ReportPages
    """
    language, words = pages.language, pages.words
    yield Heading(1, words["summary"])
    yield from (Paragraph(f"{one.label}: {one.sentence or one.why}", "point") for one in pages.key_figures())
    yield Heading(1, words["guide"])
    smallest = pages.plan.disclosure.smallest
    yield from (Paragraph(text[language].format(smallest=smallest), "point") for text in GUIDE)
    for chapter in pages.chapters:
        yield from _chapter(pages, chapter)
    yield Heading(1, words["methods"])
    for result in pages.results:
        yield Heading(2, result.heading(language))
        yield Paragraph(result.methods(language))
    yield Heading(1, words["quality"])
    yield from pages.quality_views()
    yield Heading(1, words["limits"])
    yield from (Paragraph(text[language], "point") for text in LIMITS)
    yield Heading(1, words["definitions"])
    yield from (Paragraph(f"{term}: {meaning}", "point") for term, meaning in pages.terms())
    yield Heading(1, words["provenance"])
    yield facts_view(pages)


def _chapter(pages: ReportPages, chapter: Chapter) -> Iterator[Element]:
    yield Heading(1, chapter.title)
    for result in chapter.results:
        yield Heading(2, result.heading(pages.language))
        yield Paragraph(result.summary(pages.language), "answer")
        figures = result.figures(pages.language)
        under = {figure.table.name for figure in figures}
        for figure in figures:
            yield figure
            yield figure.table
        yield from (view for view in result.views(pages.language) if view.name not in under)


def facts_view(pages: ReportPages) -> TableView:
    """Return the facts of the cover as a table."""
    words = pages.words
    columns = (Column("what", words["what"]), Column("value", words["value"]))
    frame = pd.DataFrame(pages.facts(), columns=["what", "value"])
    return TableView("facts", words["provenance"], frame, columns)


def cell_text(value: object, column: Column, language: str) -> str:
    """Return one cell of a table as it is read; ``..`` where a figure is missing."""
    missing = value is None or value is pd.NaT or (not isinstance(value, str) and bool(pd.isna(value)))  # type: ignore[call-overload]
    if missing:
        return HIDDEN if column.form in {"integer", "number", "percent"} else ""
    if column.form == "date":
        return date(pd.Timestamp(value), language=language)  # type: ignore[arg-type]
    if column.form == "percent":
        return percent(float(str(value)), decimals=column.decimals, language=language)
    if column.form == "integer":
        return integer(float(str(value)), language=language)
    if column.form == "number":
        return number(float(str(value)), decimals=column.decimals, language=language)
    return label(value, language) if column.form == "code" else str(value)
