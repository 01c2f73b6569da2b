"""The report as a Word document, for evaluators who write on: styles, captions, alt texts, table headers."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import re
import zipfile
from collections.abc import Sequence
from html import escape
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
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
# Tables measure in twentieths of a point.
_TWENTIETH = 635
# Rules between the rows and a darker one below the headings, as on the page; the same for every table.
_RULE = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'
_LOOK = (
    '<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>'
    + "".join(_RULE.format(side=side, size=4, colour="CFD5DD") for side in ("top", "bottom", "insideH"))
    + '</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
    '<w:right w:w="60" w:type="dxa"/></w:tblCellMar><w:tblLook w:val="0420" w:firstRow="1"/></w:tblPr>'
)
_UNDER_HEAD = (
    f'<w:tcBorders>{_RULE.format(side="bottom", size=8, colour="1B1F24")}</w:tcBorders><w:vAlign w:val="bottom"/>'
)
_BOLD, _RIGHT = "<w:rPr><w:b/></w:rPr>", '<w:jc w:val="right"/>'
# Signs that an office file may not hold.
_SIGNS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# The template's own thumbnail and printer settings, and what points at them.
_LEFT = re.compile(r"docProps/thumbnail\.|printerSettings")
_POINTERS = re.compile(rb'<Relationship [^>]*Target="[^"]*(?:thumbnail\.|printerSettings)[^"]*"[^>]*/>')
_STYLES = {"text": "Normal", "lead": "Lead", "answer": "Answer", "note": "Note", "point": "List Bullet"}


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
    properties.last_modified_by = properties.comments = ""
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
    document.styles["Caption"].paragraph_format.space_before = 10 * _POINT
    colour = importlib.import_module("docx.shared").RGBColor(
        0x00, 0x59, 0x8C
    )  # the template's blue is too pale to read
    for style_name in ("Title", "Heading 1", "Heading 2", "Caption"):
        document.styles[style_name].font.color.rgb = colour
    for name, size in (("Cell", 8.5), ("Small cell", 6.5), ("Note", 9), ("Lead", 10.5), ("Answer", 11.5)):
        style = document.styles.add_style(name, _PARAGRAPH)
        style.base_style = document.styles["Normal"]
        style.font.size = int(size * _POINT)
        style.paragraph_format.space_after = 0 if "ell" in name else 6 * _POINT
    document.styles["Lead"].paragraph_format.keep_with_next = True
    document.styles["Answer"].paragraph_format.keep_together = True
    document.add_heading(pages.title, 0)
    document.add_paragraph(pages.period)


def _word(tag: str) -> str:
    return f"{{{_MAIN}}}{tag}"


def _figure(document: Any, docx: Any, view: FigureView) -> None:
    ax = charts.figure(view.size)
    view.draw(ax)
    document.add_paragraph(view.caption, style="Caption")
    picture = document.add_picture(io.BytesIO(charts.to_png(ax)), width=docx.shared.Inches(6.0))
    described = picture._inline.docPr
    described.set("descr", view.alt)
    described.set("title", view.caption)


def _table(document: Any, view: TableView, language: str) -> None:
    """Add a table, written as one piece: asking the library for cell after cell takes most of a report's time."""
    document.add_paragraph(view.caption, style="Caption")
    made = importlib.import_module("docx.oxml").parse_xml(_table_text(view, language))
    document.element.body.insert_element_before(made, "w:sectPr")
    for note in view.notes:
        document.add_paragraph(note, style="Note")


def _table_text(view: TableView, language: str) -> str:
    style = "Cell" if len(view.columns) <= _MANY_COLUMNS else "Smallcell"
    weights = column_weights(view, language)
    widths = [round(_TEXT_WIDTH / _TWENTIETH * weight / sum(weights)) for weight in weights]
    heads = [column.heading for column in view.columns]
    is_number = [column.form in _NUMERIC for column in view.columns]
    rows = [_row(texts, style, is_number, widths) for texts in rows_of(view, language)]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    head = _row(heads, style, is_number, widths, is_head=True)
    return f'<w:tbl xmlns:w="{_MAIN}">{_LOOK}<w:tblGrid>{grid}</w:tblGrid>{head}{"".join(rows)}</w:tbl>'


def _row(
    texts: Sequence[str], style: str, is_number: Sequence[bool], widths: Sequence[int], *, is_head: bool = False
) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{_UNDER_HEAD if is_head else ""}</w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{style}"/>{_RIGHT if number else ""}</w:pPr><w:r>{_BOLD if is_head else ""}'
        f'<w:t xml:space="preserve">{escape(_SIGNS.sub("", text))}</w:t></w:r></w:p></w:tc>'
        for text, number, width in zip(texts, is_number, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if is_head else ''}</w:trPr>{cells}</w:tr>"


def same_bytes(content: bytes) -> bytes:
    """Return an office file with its parts in one order, without the clock and without what its template left in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if _LEFT.search(name):
                continue
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            part = source.read(name)
            # What points at a part that is left out goes with it.
            target.writestr(entry, _POINTERS.sub(b"", part) if name.endswith(".rels") else part)
    return buffer.getvalue()
