"""PDF, Word and slides: the same figures, with alt texts, languages and headers, and the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

import pytest

import factfidelity as ff
from factfidelity.display.views import FigureView, TableView
from factfidelity.reports.cards import split_sentences
from factfidelity.reports.document import report_docx
from factfidelity.reports.outline import outline
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.pdf import report_pdf
from factfidelity.reports.slides import report_pptx, slide_figures


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
    fonts = set(re.findall(rb"/BaseFont\s*/(?:[A-Z]{6}\+)?([A-Za-z]+)", made))
    assert fonts
    assert fonts <= {b"DejaVuSans", b"LibertinusSerif"}, "letters of this machine would make other bytes elsewhere"


def test_tables_of_the_pdf_have_rows_and_headers_for_whoever_listens_and_pictures_an_alt_text(released):
    pytest.importorskip("typst")
    made = report_pdf(released, language="sv")
    kinds = Counter(re.findall(rb"/S\s*/(\w+)", made))
    parts = list(outline(ReportPages(released, "sv")))
    tables = [part for part in parts if isinstance(part, TableView)]
    pictures = [part for part in parts if isinstance(part, FigureView)]
    assert kinds[b"Table"] == kinds[b"THead"] == len(tables) > 20
    assert kinds[b"TH"] == sum(len(table.columns) for table in tables)
    assert len(re.findall(rb"/Scope\s*/Column", made)) == kinds[b"TH"]
    assert kinds[b"TR"] == sum(1 + len(table.frame) for table in tables)
    assert kinds[b"Figure"] == len(pictures) > 5
    assert made.count(b"/Alt") == kinds[b"Figure"]


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


def test_each_slide_has_one_finding_and_its_figure_with_an_alt_text_and_notes(released):
    pptx = pytest.importorskip("pptx")
    made = report_pptx(released, language="en")
    assert made == report_pptx(released, language="en")
    show = pptx.Presentation(io.BytesIO(made))
    figures = list(slide_figures(ReportPages(released, "en")))
    # A first slide, the key figures, the figures, and the limits.
    assert len(show.slides) == len(figures) + 3 <= 25
    pictures = [(slide, shape) for slide in show.slides for shape in slide.shapes if shape.shape_type == 13]
    assert len(pictures) == len(figures)
    for (slide, picture), (_, figure, finding) in zip(pictures, figures, strict=True):
        assert slide.shapes.title.text == finding
        assert len(split_sentences(finding)) == 1
        assert picture._element.nvPicPr.cNvPr.get("descr") == figure.alt
        assert picture.top + picture.height <= show.slide_height
        assert picture.left >= 0
        assert picture.height > show.slide_height / 3
        assert slide.has_notes_slide


@pytest.mark.parametrize("make", [report_pdf, report_docx, report_pptx])
def test_a_result_that_was_not_released_is_refused(released, make):
    raw = ff.evaluate(ff.sample_extract(seed=5, clients=60, teams=2, years=3)).results
    mixed = type(released)(raw, {}, released.plan, released.provenance)
    with pytest.raises(ff.DisclosureError, match="released"):
        make(mixed)


@pytest.mark.parametrize("make", [report_docx, report_pptx])
def test_an_office_file_tells_nothing_of_the_template_it_began_as(released, make):
    pytest.importorskip("docx")
    pytest.importorskip("pptx")
    with zipfile.ZipFile(io.BytesIO(make(released))) as parts:
        names = set(parts.namelist())
        core = parts.read("docProps/core.xml").decode("utf-8")
        pointed = [name for rels in names if rels.endswith(".rels") for name in re.findall(
            r'Target="(?!http)([^"]+)"', parts.read(rels).decode("utf-8"))]  # fmt: skip
    assert not any("thumbnail" in name or "printerSettings" in name for name in (*names, *pointed))
    assert re.findall(r"<(?:cp:lastModifiedBy|dc:description)>[^<]+<", core) == []
    assert "python" not in core
