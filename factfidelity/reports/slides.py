"""The released charts as slides, each under its one-sentence finding, for the meeting where managers decide."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

from factfidelity.display import charts
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.cards import one_line
from factfidelity.reports.document import same_bytes
from factfidelity.reports.outline import library_for
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.parts import drawable
from factfidelity.reports.shelves import chosen_of, finding_of
from factfidelity.reports.words import LIMITS

_FIXED_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (the same figures give the same bytes)
_TITLE, _TITLE_ONLY = 0, 5
# A wide slide, in inches: its size, its margin, and the place of the picture.
_WIDTH, _HEIGHT, _MARGIN = 13.333, 7.5, 0.6
_TOP, _ROOM = 1.55, 5.2
# A chart is drawn smaller than it is shown, so that its letters can be read from the back of the room.
_DRAWN, _LOWEST, _TALLEST = 8.2, 3.3, 5.6
_OF_EACH = 2
# A title of at most so many letters has so large ones: three lines at most, above the picture.
_TITLE_SIZES = ((110, 26), (170, 22), (10_000, 17))
_ACCENT, _INK = (0x00, 0x59, 0x8C), (0x1B, 0x1F, 0x24)


def report_pptx(released: ReleasedEvaluation, *, language: str = "sv") -> bytes:
    """Return the slides: key figures, the main charts of each section with what they say, and the limits.

    Parameters
    ----------
    released : ReleasedEvaluation
    language : {"sv", "en"}

    Raises
    ------
    ReportError
        If the extra ``pptx`` is not installed.
    DisclosureError
        If a result has not passed the gate.
    """
    pptx = library_for(released, "pptx", "pptx", "the slides need python-pptx")
    pages = ReportPages(released, language)
    show = pptx.Presentation()
    inches = pptx.util.Inches
    show.slide_width, show.slide_height = inches(_WIDTH), inches(_HEIGHT)
    show.core_properties.title, show.core_properties.language = pages.title, language
    show.core_properties.created = show.core_properties.modified = _FIXED_DAY
    show.core_properties.author = pages.plan.organisation.name
    show.core_properties.last_modified_by = show.core_properties.comments = ""
    _first(show, pptx, pages)
    _key_figures(show, pptx, pages)
    for result, figure, finding in slide_figures(pages):
        _slide(show, pptx, figure, finding, f"{result.summary(language)}\n\n{result.methods(language)}")
    _points(show, pptx, pages.words["limits"], [text[language] for text in LIMITS])
    buffer = io.BytesIO()
    show.save(buffer)
    return same_bytes(buffer.getvalue())


def slide_figures(pages: ReportPages) -> Iterator[tuple[Result, FigureView, str]]:
    """Return the figures that are shown in a meeting, each with its finding: two of each main result, none too tall.

    Parameters
    ----------
    pages : ReportPages
    """
    seen: set[str] = set()
    for chapter in pages.chapters:
        for result in chosen_of(chapter):
            if result.name in seen:
                continue
            seen.add(result.name)
            said: set[str] = set()
            low = [one for one in result.figures(pages.language) if one.size[1] <= _TALLEST and drawable(one)]
            for figure in low[:_OF_EACH]:
                yield result, figure, finding_of(figure, result, pages.language, said)


def _blank(show: Any, pptx: Any, text: str) -> Any:
    """Add a slide with its title at the top, as wide as the slide."""
    slide = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    inches, title = pptx.util.Inches, slide.shapes.title
    title.left, title.top = inches(_MARGIN), inches(0.3)
    title.width, title.height = inches(_WIDTH - 2 * _MARGIN), inches(1.15)
    title.text_frame.word_wrap = True
    title.text = text
    paragraph = title.text_frame.paragraphs[0]
    paragraph.alignment = pptx.enum.text.PP_ALIGN.LEFT
    size = next(points for most, points in _TITLE_SIZES if len(text) < most)
    paragraph.font.size, paragraph.font.bold = pptx.util.Pt(size), True
    paragraph.font.color.rgb = pptx.dml.color.RGBColor(*_ACCENT)
    return slide


def _first(show: Any, pptx: Any, pages: ReportPages) -> None:
    slide = show.slides.add_slide(show.slide_layouts[_TITLE])
    inches = pptx.util.Inches
    lines = [pages.period, pages.plan.organisation.name, *pages.leads()[:-1]]
    boxes = (slide.shapes.title, pages.title, 1.6, 1.6), (slide.placeholders[1], "\n".join(filter(None, lines)), 3.4, 3)
    for box, text, top, height in boxes:
        box.left, box.top, box.width, box.height = (
            inches(_MARGIN), inches(top), inches(_WIDTH - 2 * _MARGIN), inches(height),
        )  # fmt: skip
        box.text = text
    for paragraph in slide.placeholders[1].text_frame.paragraphs:
        paragraph.font.size, paragraph.font.color.rgb = pptx.util.Pt(20), pptx.dml.color.RGBColor(*_INK)


def _key_figures(show: Any, pptx: Any, pages: ReportPages) -> None:
    """Add the key figures as a table: what, how much, how sure, and what it says."""
    cards, words, inches = pages.cards(), pages.words, pptx.util.Inches
    if not cards:
        return
    slide = _blank(show, pptx, words["key_figures"])
    width, parts = _WIDTH - 2 * _MARGIN, (0.3, 0.12, 0.19, 0.39)
    frame = slide.shapes.add_table(
        len(cards) + 1, len(parts), inches(_MARGIN), inches(_TOP - 0.1), inches(width), inches(5)
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words["key_figures"])
    heads = (words["key_figure"], words["value"], words["interval"], words["reading"])
    rows = [heads, *((one.label, one.value, one.bounds, one.reading or one.sentence) for one in cards)]
    for place, share in enumerate(parts):
        frame.table.columns[place].width = inches(width * share)
    for row, texts in enumerate(rows):
        for place, text in enumerate(texts):
            cell = frame.table.cell(row, place)
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = pptx.util.Pt(13)
            if row == 0:
                cell.fill.solid()
                cell.fill.fore_color.rgb = pptx.dml.color.RGBColor(*_ACCENT)


def _points(show: Any, pptx: Any, heading: str, texts: list[str]) -> None:
    slide, inches = _blank(show, pptx, heading), pptx.util.Inches
    box = slide.shapes.add_textbox(inches(_MARGIN), inches(_TOP), inches(_WIDTH - 2 * _MARGIN), inches(_ROOM))
    box.text_frame.word_wrap = True
    box.text_frame.text = "\n".join(f"• {text}" for text in texts)
    for paragraph in box.text_frame.paragraphs:
        paragraph.font.size, paragraph.space_after = pptx.util.Pt(20), pptx.util.Pt(14)


def _slide(show: Any, pptx: Any, figure: FigureView, finding: str, notes: str) -> None:
    slide, inches = _blank(show, pptx, finding), pptx.util.Inches
    ax = charts.figure((_DRAWN, max(_LOWEST, figure.size[1])))
    figure.draw(ax)
    drawn = charts.size_of(ax)
    scale = min((_WIDTH - 2 * _MARGIN) / drawn[0], _ROOM / drawn[1])
    width, height = drawn[0] * scale, drawn[1] * scale
    picture = slide.shapes.add_picture(
        io.BytesIO(charts.to_png(ax)), inches((_WIDTH - width) / 2), inches(_TOP), inches(width), inches(height)
    )
    picture._element.nvPicPr.cNvPr.set("descr", figure.alt)
    box = slide.shapes.add_textbox(inches(_MARGIN), inches(6.8), inches(_WIDTH - 2 * _MARGIN), inches(0.5))
    box.text_frame.word_wrap = True
    box.text_frame.text = one_line(figure.caption)
    box.text_frame.paragraphs[0].font.size = pptx.util.Pt(14)
    slide.notes_slide.notes_text_frame.text = notes
