"""What a manager sees first in the workbook: the figures on the first sheet, and charts that can be read."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from factfidelity.display.views import Column, FigureView, NativeChart, TableView
from factfidelity.reports.native import alt_of, drawn_together, native_chart
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.workbook import workbook_bytes


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_first_sheet_holds_every_key_figure_of_the_page_with_its_interval(attacked, language):
    released = attacked[1]
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(released, language=language)))
    rows = {cells[0]: cells[1] or "" for cells in book.worksheets[0].iter_rows(max_col=2, values_only=True)}
    cards = ReportPages(released, language).cards()
    assert cards
    for card in cards:
        assert str(rows[card.label]).startswith(f"{card.value} ({card.bounds})" if card.bounds else card.value)


def _figure(lines, months, total):
    headings = [*(f"Team {turn}" for turn in range(lines - 1)), total]
    names = [f"t{turn}" for turn in range(lines)]
    frame = pd.DataFrame({"month": [f"m{turn}" for turn in range(months)], **dict.fromkeys(names, 1.0)})
    columns = (Column("month", "Month"), *(Column(*pair, "number") for pair in zip(names, headings, strict=True)))
    view = TableView("points", "Meetings by team", frame, columns)
    native = NativeChart("line", "points", "month", tuple(names))
    return view, FigureView("f", "Meetings by team", "Words.", lambda ax: ax, view, native=native)


def _series(view, figure):
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True})
    sheet = book.add_worksheet("A")
    sheet.insert_chart(0, 0, native_chart(book, "A", view, figure))
    book.close()
    with zipfile.ZipFile(held) as parts:
        return len(re.findall("<c:ser>", parts.read("xl/charts/chart1.xml").decode()))


@pytest.mark.parametrize(
    ("lines", "months", "total", "drawn"),
    [
        (4, 60, "Alla team", 1),
        (11, 60, "All teams", 1),
        (4, 12, "Alla team", 4),
        (2, 60, "Alla team", 2),
        (4, 60, "Norr", 4),
    ],
)
def test_lines_that_cross_too_often_are_drawn_together(lines, months, total, drawn):
    view, figure = _figure(lines, months, total)
    assert _series(view, figure) == drawn
    assert (drawn_together(view, figure) != "") == (drawn == 1)
    assert (alt_of(view, figure, "sv") != "Words.") == (drawn == 1)
