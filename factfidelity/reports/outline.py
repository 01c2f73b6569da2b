"""The report as a plain sequence of headings, texts, figures and tables, for formats other than the page."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from factfidelity.display import tables
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.errors import Problem, ReportError
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.cards import Card
from factfidelity.reports.chapters import Chapter
from factfidelity.reports.lean import lean
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.parts import drawable, holder_of, quiet
from factfidelity.reports.words import LEADS, LIMITS


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a section."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, the question below a heading, an answer, a note below a table, or one point of a list."""

    text: str
    kind: Literal["text", "lead", "answer", "note", "point"] = "text"


_NUMERIC = frozenset({"integer", "number", "percent"})
# Longer tables stand in the appendix, and the longest in the workbook and on the page only.
_SHORT_TABLE, _LONGEST_TABLE = 14, 90

Element = Heading | Paragraph | FigureView | TableView


def library_for(released: ReleasedEvaluation, name: str, extra: str, what: str) -> Any:
    """Return the library that writes a format, for figures that have passed the gate.

    Parameters
    ----------
    released : ReleasedEvaluation
    name, extra : str
        The module, and the extra of factfidelity that installs it.
    what : str
        Such as ``the slides need python-pptx``.

    Raises
    ------
    ReportError
        If it is not installed.
    DisclosureError
        If a result has not passed the gate.
    """
    if importlib.util.find_spec(name) is None:
        raise ReportError(problems=[Problem(what, f"install factfidelity with its extra [{extra}]")])
    for result in released.results.values():
        result.require_released()
    return importlib.import_module(name)


def outline(pages: ReportPages) -> Iterator[Element]:
    """Return the elements of a report in their order.

    Parameters
    ----------
    pages : ReportPages
    """
    language, words = pages.language, pages.words
    yield Heading(1, words["summary"])
    yield from (Paragraph(text) for text in pages.leads())
    yield from (Paragraph(_card(card, words), "point") for card in pages.cards())
    yield Heading(1, words["guide"])
    yield from (Paragraph(text, "point") for text in pages.guide_texts())
    later: list[TableView] = []
    for chapter in pages.chapters:
        yield from _chapter(pages, chapter, later)
    yield Heading(1, words["methods"])
    for result in pages.in_order():
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
    if later:
        yield Heading(1, words["appendix"])
        yield Paragraph(words["appendix_note"].format(rows=_LONGEST_TABLE))
        yield from later


def _card(card: Card, words: Mapping[str, str]) -> str:
    figure = f"{card.value} ({card.bounds})" if card.bounds else card.value
    quality = f"{words['quality_flag']}: {card.quality}." if card.quality else ""
    return " ".join(part for part in (f"{card.label}: {figure}.", card.reading, card.sentence, quality) if part)


def _chapter(pages: ReportPages, chapter: Chapter, later: list[TableView]) -> Iterator[Element]:
    """Return the elements of a section; long tables are kept for the appendix."""
    yield Heading(1, chapter.title)
    if chapter.name in LEADS:
        yield Paragraph(LEADS[chapter.name][pages.language], "lead")
    for result in chapter.results:
        title = result.heading(pages.language)
        if title.casefold() != chapter.title.casefold() and chapter.name == chapter.group:
            yield Heading(2, title)
        yield Paragraph(result.summary(pages.language), "answer")
        if coarser := result.coarser(pages.language):
            yield Paragraph(coarser, "note")
        figures = tuple(figure for figure in result.figures(pages.language) if drawable(figure))
        views = result.views(pages.language)
        names = {view.name for view in views}
        yield from figures
        beside = [figure.table for figure in figures if figure.table.name not in names]
        own = [table for table in beside if holder_of(table, views) is None]
        for view in (lean(view, pages.language) for view in quiet([*views, *own], result.methods(pages.language))):
            if not len(view.frame) and view.notes:
                yield Paragraph(f"{view.caption}: {view.notes[-1]}", "note")
            elif len(view.frame) <= _SHORT_TABLE:
                yield view
            elif len(view.frame) <= _LONGEST_TABLE:
                later.append(view)


def facts_view(pages: ReportPages) -> TableView:
    """Return the facts of the cover as a table."""
    words = pages.words
    columns = (Column("what", words["what"]), Column("value", words["value"]))
    frame = pd.DataFrame(pages.facts(), columns=["what", "value"])
    return TableView("facts", words["provenance"], frame, columns)


def cell_text(value: object, column: Column, language: str) -> str:
    """Return one cell of a table as it is read; ``..`` where a figure is missing, nothing where a text is."""
    missing = value is None or value is pd.NaT or (not isinstance(value, str) and bool(pd.isna(value)))  # type: ignore[call-overload]
    return "" if missing and column.form not in _NUMERIC else tables.cell_text(value, column, language)


def rows_of(view: TableView, language: str) -> Iterator[list[str]]:
    """Return the rows of a table as they are read; a cell that can hold no value is empty.

    Parameters
    ----------
    view : TableView
    language : {"sv", "en"}
    """
    names = [column.name for column in view.columns]
    none = pd.DataFrame(data=False, index=view.frame.index, columns=names)
    if view.states is not None:
        none = (view.states.reindex(columns=names) == "none").set_axis(view.frame.index)
    for values, empty in zip(view.frame[names].itertuples(index=False), none.itertuples(index=False), strict=True):
        yield [
            "" if is_empty else cell_text(value, column, language)
            for value, is_empty, column in zip(values, empty, view.columns, strict=True)
        ]


def column_weights(view: TableView, language: str) -> list[int]:
    """Return how wide each column of a table should be beside the others, from its longest words and texts."""
    weights = []
    for column in view.columns:
        texts = [cell_text(value, column, language) for value in view.frame[column.name].head(_LONGEST_TABLE)]
        word = max((len(part) for text in (column.heading, *texts) for part in text.split()), default=1)
        longest = max((len(text) for text in texts), default=1)
        weights.append(max(4, min(word + 1, 18), min(longest, 24)))
    return weights
