"""PDF, Word and slides: the same figures, with alt texts, languages and headers, and the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

import factfidelity as ff
from factfidelity.reports.document import report_docx
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.parts import OPEN_FIGURES
from factfidelity.reports.pdf import report_pdf
from factfidelity.reports.slides import report_pptx


@pytest.fixture(scope="module")
def released():
    return ff.evaluate(ff.sample_extract(seed=5, clients=120, teams=2, years=4)).released()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_pdf_passes_the_gate_of_pdf_ua_and_is_the_same_twice(released, language):
    pytest.importorskip("typst")
    made = report_pdf(released, language=language)
    assert made.startswith(b"%PDF")
    assert b"pdfuaid" in made
    assert f"/Lang ({language})".encode() in made or f"/Lang({language})".encode() in made
    assert made == report_pdf(released, language=language)


def test_the_word_document_has_alt_texts_header_rows_and_its_language(released):
    pytest.importorskip("docx")
    made = report_docx(released, language="sv")
    assert made == report_docx(released, language="sv")
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        body = parts.read("word/document.xml").decode("utf-8")
        styles = parts.read("word/styles.xml").decode("utf-8")
    pictures = re.findall(r"<wp:docPr [^>]*>", body)
    assert pictures
    assert all(len(re.search(r'descr="([^"]*)"', one).group(1)) > 40 for one in pictures)
    assert body.count("<w:tblHeader") == body.count("<w:tbl>") > 5
    assert "sv-SE" in styles


def test_the_slides_show_the_first_figures_of_each_result_with_their_alt_texts(released):
    pptx = pytest.importorskip("pptx")
    made = report_pptx(released, language="en")
    assert made == report_pptx(released, language="en")
    show = pptx.Presentation(io.BytesIO(made))
    figures = [one for result in ReportPages(released, "en").results for one in result.figures("en")[:OPEN_FIGURES]]
    assert len(show.slides) == len(figures) + 1
    described = [
        shape._element.nvPicPr.cNvPr.get("descr")
        for slide in show.slides
        for shape in slide.shapes
        if shape.shape_type is not None and shape.shape_type == 13
    ]
    assert len(described) == len(figures)
    assert all(len(text) > 40 for text in described)


@pytest.mark.parametrize("make", [report_pdf, report_docx, report_pptx])
def test_a_result_that_was_not_released_is_refused(released, make):
    raw = ff.evaluate(ff.sample_extract(seed=5, clients=60, teams=2, years=3)).results
    mixed = type(released)(raw, {}, released.plan, released.provenance)
    with pytest.raises(ff.DisclosureError, match="released"):
        make(mixed)
