"""The report as a Word document, for evaluators who write on: styles, captions, alt texts, table headers."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import zipfile
from typing import Any

from factfidelity.display import charts
from factfidelity.display.views import FigureView, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.outline import Heading, Paragraph, column_weights, library_for, outline, rows_of
from factfidelity.reports.pages import ReportPages

_FIXED_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (the same figures give the same bytes)
_ZIP_DAY = (2000, 1, 1, 0, 0, 0)
_MANY_COLUMNS = 8
_NUMERIC = ("integer", "number", "percent")
_TEXT_WIDTH = 6_120_000  # English Metric Units: A4 without its margins
# A point and a paragraph style, as the office formats count them.
_POINT, _PARAGRAPH = 12_700, 1
_STYLES = {"text": "Normal", "answer": "Answer", "note": "Note", "point": "List Bullet"}


def report_docx(released: ReleasedEvaluation, *, language: str = "sv") -> bytes:
    """Return the report as a Word document.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}

    Raises
    ------
    ReportError
        If the extra ``docx`` is not installed.
    DisclosureError
        If a result has not passed the gate.
    """
    docx = library_for(released, "docx", "docx", "the Word document needs python-docx")
    pages = ReportPages(released, language)
    document = docx.Document()
    _prepare(document, pages)
    for element in outline(pages):
        if isinstance(element, Heading):
            document.add_heading(element.text, element.level)
        elif isinstance(element, Paragraph):
            document.add_paragraph(element.text, style=_STYLES[element.kind])
        elif isinstance(element, FigureView):
            _figure(document, docx, element)
        else:
            _table(document, element, language)
    buffer = io.BytesIO()
    document.save(buffer)
    return same_bytes(buffer.getvalue())


def _prepare(document: Any, pages: ReportPages) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = pages.title, pages.plan.organisation.name, pages.language
    properties.created = properties.modified = _FIXED_DAY
    for section in document.sections:
        section.page_width, section.page_height = 7560310, 10692130  # A4 in English Metric Units
        section.left_margin = section.right_margin = 720000
        section.top_margin = section.bottom_margin = 792000
    tongue = {"sv": "sv-SE", "en": "en-GB"}[pages.language]
    fonts = document.styles["Normal"].element.get_or_add_rPr()
    lang = fonts.makeelement(_word("lang"), {_word("val"): tongue})
    fonts.append(lang)
    document.styles["Normal"].font.name = "Arial"
    document.styles["Normal"].font.size = int(10.5 * _POINT)
    document.styles["Caption"].paragraph_format.keep_with_next = True
    colour = importlib.import_module("docx.shared").RGBColor(
        0x00, 0x59, 0x8C
    )  # the template's blue is too pale to read
    for style_name in ("Title", "Heading 1", "Heading 2", "Caption"):
        document.styles[style_name].font.color.rgb = colour
    for name, size in (("Cell", 8.5), ("Small cell", 6.5), ("Note", 9), ("Answer", 11.5)):
        style = document.styles.add_style(name, _PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = int(size * _POINT)
        style.paragraph_format.space_after = 0 if "ell" in name else 6 * _POINT
    document.add_heading(pages.title, 0)
    document.add_paragraph(pages.period)


def _word(tag: str) -> str:
    return f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{tag}"


def _figure(document: Any, docx: Any, view: FigureView) -> None:
    ax = charts.figure(view.size)
    view.draw(ax)
    document.add_paragraph(view.caption, style="Caption")
    picture = document.add_picture(io.BytesIO(charts.to_png(ax)), width=docx.shared.Inches(6.0))
    described = picture._inline.docPr
    described.set("descr", view.alt)
    described.set("title", view.caption)


def _table(document: Any, view: TableView, language: str) -> None:
    document.add_paragraph(view.caption, style="Caption")
    columns = view.columns
    # By its id: looking a style up by its name for every cell takes longer than all the rest.
    style = document.styles["Cell" if len(columns) <= _MANY_COLUMNS else "Small cell"].style_id
    table = document.add_table(rows=1 + len(view.frame), cols=len(columns), style="Light Grid Accent 1")
    cells = iter(table._cells)  # all at once: asking row by row takes minutes for long tables
    for column in columns:
        _fill(next(cells), column.heading, style)
    for texts in rows_of(view, language):
        for text, column in zip(texts, columns, strict=True):
            _fill(next(cells), text, style, column.form in _NUMERIC)
    weights = column_weights(view, language)
    for column_made, weight in zip(table.columns, weights, strict=True):
        column_made.width = int(_TEXT_WIDTH * weight / sum(weights))
    header = table.rows[0]._tr.get_or_add_trPr()
    header.append(header.makeelement(_word("tblHeader"), {_word("val"): "true"}))
    for note in view.notes:
        document.add_paragraph(note, style="Note")


def _fill(cell: Any, text: str, style: str, is_number: bool = False) -> None:
    paragraph = cell._tc.p_lst[0]
    paragraph.style = style
    paragraph.add_r().text = text
    if is_number:
        options = paragraph.get_or_add_pPr()
        options.append(options.makeelement(_word("jc"), {_word("val"): "right"}))


def same_bytes(content: bytes) -> bytes:
    """Return an office file with its parts in one order and without the clock."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return buffer.getvalue()
