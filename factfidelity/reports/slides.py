"""The released charts as slides, each with its one-sentence finding, for the meeting where managers decide."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import io
from typing import Any

from factfidelity.display import charts
from factfidelity.display.views import FigureView
from factfidelity.errors import Problem, ReportError
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.cards import one_line
from factfidelity.reports.document import same_bytes
from factfidelity.reports.outline import whole_sentences
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.parts import OPEN_FIGURES

_FIXED_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001  (the same figures give the same bytes)
_TITLE_ONLY, _TITLE = 5, 0
_MOST_SIGNS = 300


def report_pptx(released: ReleasedEvaluation, *, language: str = "sv") -> bytes:
    """Return one slide for each figure that stands open in the report, with what it says.

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
    if importlib.util.find_spec("pptx") is None:
        problem = Problem("the slides need python-pptx", "install factfidelity with its extra [pptx]")
        raise ReportError(problems=[problem])
    for result in released.results.values():
        result.require_released()
    pptx: Any = importlib.import_module("pptx")
    pages = ReportPages(released, language)
    show = pptx.Presentation()
    show.core_properties.title, show.core_properties.language = pages.title, language
    show.core_properties.created = show.core_properties.modified = _FIXED_DAY
    first = show.slides.add_slide(show.slide_layouts[_TITLE])
    first.shapes.title.text, first.placeholders[1].text = pages.title, pages.period
    for result in pages.results:
        sentence = result.summary(language)
        for figure in result.figures(language)[:OPEN_FIGURES]:
            _slide(show, pptx, figure, sentence)
    buffer = io.BytesIO()
    show.save(buffer)
    return same_bytes(buffer.getvalue())


def _slide(show: Any, pptx: Any, figure: FigureView, sentence: str) -> None:
    slide = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    title = slide.shapes.title
    title.text = one_line(figure.caption).rstrip(".")
    title.text_frame.paragraphs[0].font.size = pptx.util.Pt(24)
    ax = charts.figure(figure.size)
    figure.draw(ax)
    inches = pptx.util.Inches
    width = 9.0
    height = min(width * figure.size[1] / figure.size[0], 4.2)
    width = height * figure.size[0] / figure.size[1]
    picture = slide.shapes.add_picture(
        io.BytesIO(charts.to_png(ax)), inches((10 - width) / 2), inches(1.5), inches(width), inches(height)
    )
    picture._element.nvPicPr.cNvPr.set("descr", figure.alt)
    box = slide.shapes.add_textbox(inches(0.5), inches(5.9), inches(9), inches(1.3))
    box.text_frame.word_wrap = True
    box.text_frame.text = whole_sentences(sentence, _MOST_SIGNS)
    for paragraph in box.text_frame.paragraphs:
        paragraph.font.size = pptx.util.Pt(16)
