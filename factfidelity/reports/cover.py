"""The first sheet of a workbook: what it is about, the few most important figures, how to read it, and its contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from factfidelity.display.views import TableView
from factfidelity.reports.book import Book
from factfidelity.reports.cards import Card
from factfidelity.reports.pages import ReportPages

# Widths of the two columns, in letters.
_WIDTH, _NAMED = 96, 32


def write_cover(
    book: Book, sheet: Any, pages: ReportPages, sheets: Sequence[tuple[str, TableView]], charts: object, part: str
) -> None:
    """Write the first sheet.

    Parameters
    ----------
    book : Book
    sheet : xlsxwriter worksheet
    pages : ReportPages
    sheets : sequence of (group, TableView)
        The sheets of the workbook in their order.
    charts : object
        True where there is a sheet of charts.
    part : {"summary", "tables"}
        The summary's first sheet holds the key figures.
    """
    words = pages.words
    first, *others = pages.cover_facts()
    lines: list[tuple[str, str]] = [("title", pages.title)]
    if pages.plan.organisation.name:
        lines.append(("plain", pages.plan.organisation.name))
    readers = book.word("readers" if part == "summary" else "readers_tables")
    other = f"{'tables' if part == 'summary' else 'summary'}_{book.language}.xlsx"
    lines += [("pair", f"{book.word('for_whom')}\t{readers.format(other=other)}")]
    lines += [("pair", f"{name}\t{value}") for name, value in first]
    if part == "summary":
        lines += _summary_lines(pages)
    lines.append(("heading", words["guide"]))
    lines += [("note", text) for text in pages.guide_texts()]
    lines.append(("note", book.word("empty")))
    begins = len(lines)
    lines.append(("heading", words["contents"]))
    lines += _links(book, sheets, bool(charts))
    lines.append(("heading", words["provenance"]))
    lines += [("pair", f"{name}\t{value}") for facts in others for name, value in facts]
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, _WIDTH)
    sheet.hide_gridlines(2)
    for row, (kind, text) in enumerate(lines):
        _cover_line(book, sheet, row, kind, text)
    # Printed, the summary is one page and the contents begin the next.
    sheet.set_h_pagebreaks([begins])


def _summary_lines(pages: ReportPages) -> list[tuple[str, str]]:
    """Return the main finding and the key figures, each with its interval and what it says."""
    cards = pages.cards()
    lines = [("heading", pages.words["summary"]), *(("note", text) for text in pages.leads()[1:-1])]
    return lines + [("figure", f"{card.label}\t{_said(card)}") for card in cards]


def _said(card: Card) -> str:
    figure = f"{card.value} ({card.bounds})" if card.bounds else card.value
    return f"{figure}. {card.reading or card.sentence}"


def _links(book: Book, sheets: Sequence[tuple[str, TableView]], has_charts: bool) -> Iterable[tuple[str, str]]:
    """Return the lines of the contents: a heading for each group, and a link to each sheet."""
    said = ""
    for place, (group, view) in enumerate(sheets):
        heading = "first" if has_charts and place == 0 else group
        if heading != said:
            yield "group", book.word(heading)
            said = heading
        yield "link", f"{book.name(view)}\t{view.caption}"
        if heading == "first":
            yield "link", f"{book.word('charts')}\t{book.word('charts_shown')}"


def _cover_line(book: Book, sheet: Any, row: int, kind: str, text: str) -> None:
    name, _, value = text.partition("\t")
    if kind in {"pair", "link", "note", "figure"}:
        longest = text if kind == "note" else value
        beside = -(-len(name) // _NAMED) if kind == "figure" else 1
        sheet.set_row(row, 15.5 * max(1 + len(longest) // (_WIDTH - 4), beside))
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
    elif kind == "figure":
        sheet.write_string(row, 0, name, book.form(bold=True, text_wrap=True))
        figure, stop, rest = value.partition(". ")
        if rest:
            sheet.write_rich_string(row, 1, book.form(bold=True), figure + stop, rest, book.form(text_wrap=True))
        else:
            sheet.write_string(row, 1, value, book.form(bold=True, text_wrap=True))
    elif kind == "plain":
        sheet.write_string(row, 0, text, book.form(font_size=12))
    else:
        sheet.write_string(row, 1, text, book.form(text_wrap=True))
