"""Which tables stand in which workbook, and which charts the summary draws."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from factfidelity.contact.indicator_result import ProgrammeIndicators
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.reports.cards import one_line, split_sentences
from factfidelity.reports.chapters import Chapter
from factfidelity.reports.once import figures_of, once, views_of
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.parts import drawable
from factfidelity.reports.sheets import chart_table, placed_figures
from factfidelity.schemas.programme import section_title
from factfidelity.wording import pick

_LONG, MOST_CHARTS = 60, 6
# A sentence that shares fewer words with the title of a figure speaks of something else.
_SHARED_WORDS = 2
# What a figure is never shown for, as long as there is something else to say.
_NOTHING = ("visas inte", "not shown")
# Where there are more charts than a sheet takes, these results come first; they stand in the order of the report.
_CHARTED = ("mirror_outcomes", "caseload_ratios", "fidelity_scores", "board_use", "contact_pattern", "staffing")
# Of the delivery, what a manager needs: the rules that were broken stand in the workbook of tables.
_ABOUT = frozenset({"files", "not_included"})

_WORDS = {
    "indicators": {"sv": "Modellens egna indikatorer", "en": "The model's own indicators"},
    "indicators_sheet": {"sv": "Indikatorer", "en": "Indicators"},
    "section": {"sv": "Avsnitt", "en": "Section"},
    "indicator": {"sv": "Indikator", "en": "Indicator"},
    "value": {"sv": "Värde", "en": "Value"},
    "unit": {"sv": "Enhet", "en": "Unit"},
    "counted": {"sv": "Täljare", "en": "Numerator"},
    "of": {"sv": "Nämnare", "en": "Denominator"},
    "persons": {"sv": "Klienter", "en": "Clients"},
    "remark": {"sv": "Anmärkning", "en": "Remark"},
    "number": {"sv": "per klientår", "en": "per client-year"},
    "mean": {"sv": "i genomsnitt", "en": "on average"},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a workbook.

    Attributes
    ----------
    view : TableView
    figures : tuple of FigureView
        Charts that stand beside it.
    forms : tuple of Column
        How each row's numbers are written, where the rows differ; else empty.
    charted : tuple of str
        Columns that a chart is drawn from: a hidden value is left empty there, since a text would be drawn as zero.
    """

    view: TableView
    figures: tuple[FigureView, ...] = ()
    forms: tuple[Column, ...] = ()
    charted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart of the summary: its figure, the table that holds its points, and what it says."""

    figure: FigureView
    view: TableView
    finding: str


@dataclass(frozen=True, slots=True)
class Shelves:
    """What a workbook holds: sheets by group in their order, and charts on a sheet of their own."""

    groups: dict[str, list[Sheet]] = field(default_factory=dict)
    charts: tuple[Drawn, ...] = ()


def summary_shelves(pages: ReportPages) -> Shelves:
    """Return the few tables for managers: key figures, one table for each section, the points of the charts.

    Parameters
    ----------
    pages : ReportPages
    """
    return once(("summary", pages), lambda: _summary(pages))


def _summary(pages: ReportPages) -> Shelves:
    chosen = [result for chapter in pages.chapters for result in chosen_of(chapter)]
    main = [_key_sheet(pages), *(Sheet(view) for view in pages.change_views()[:1])]
    seen: set[str] = set()
    for result in chosen:
        if isinstance(result, ProgrammeIndicators):
            main += [] if result.name in seen else [_indicator_sheet(pages)]
        else:
            main += [one for one in _sheets_of(result, pages.language)[1] if len(one.view.frame) <= _LONG][:1]
        seen.add(result.name)
    charts = _charts(chosen, pages.language)
    drawn = {one.view.name: (one.view, one.figure.native.series if one.figure.native else ()) for one in charts}
    main = [Sheet(one.view, (), one.forms, drawn.get(one.view.name, (one.view, ()))[1])
            for one in main if len(one.view.frame)]  # fmt: skip
    known = {one.view.name for one in main}
    points = {name: Sheet(view, (), (), series) for name, (view, series) in drawn.items() if name not in known}
    about = [Sheet(view) for view in (*pages.quality_views(), pages.hidden_view())
             if view.name in _ABOUT | {"hidden"} and len(view.frame)]  # fmt: skip
    return Shelves({"main": main, "points": list(points.values()), "about": about}, charts)


def table_shelves(pages: ReportPages) -> Shelves:
    """Return all tables that the summary does not hold, each with its charts beside it.

    Parameters
    ----------
    pages : ReportPages
    """
    summary = summary_shelves(pages)
    taken = {one.view.name for group in summary.groups.values() for one in group}
    more: list[Sheet] = []
    for result in pages.results:
        wide, others = _sheets_of(result, pages.language)
        more += [*wide, *others]
    about = [Sheet(view) for view in (*pages.change_views(), *pages.quality_views(), pages.checklist_view())]
    return Shelves(
        {
            group: [one for one in sheets if one.view.name not in taken and len(one.view.frame)]
            for group, sheets in (("more", more), ("about", about))
        }
    )


def chosen_of(chapter: Chapter) -> Sequence[Result]:
    """Return the results of a section that a manager needs: those with a key figure, else the first."""
    chosen = [one for one in chapter.results if one.key_figures() or isinstance(one, ProgrammeIndicators)]
    return chosen or chapter.results[:1]


def _sheets_of(result: Result, language: str) -> tuple[list[Sheet], list[Sheet]]:
    """Return the sheets of a result: tables made for charts with several lines, then its own tables."""
    return once(("sheets", result, language), lambda: _sheets(result, language))


def _sheets(result: Result, language: str) -> tuple[list[Sheet], list[Sheet]]:
    views = views_of(result, language)
    entries = placed_figures(views, figures_of(result, language))
    wide = [chart_table(figure, view) for view, figures in entries for figure in figures if _is_split(figure)]
    own = {view.name for view in views}
    others = [
        Sheet(view, tuple(one for one in figures if not _is_split(one)))
        for view, figures in entries
        if view.name in own or not all(map(_is_split, figures))
    ]
    return [Sheet(view, tuple(figures)) for view, figures in wide], others


def _is_split(figure: FigureView) -> bool:
    return figure.native is not None and bool(figure.native.split)


def _charts(results: Sequence[Result], language: str) -> tuple[Drawn, ...]:
    """Return the charts of the summary, in the order of the report."""
    drawn: list[tuple[str, Drawn]] = []
    for result in dict.fromkeys(results):
        said: set[str] = set()
        wide, others = _sheets_of(result, language)
        for sheet in (*wide, *others):
            for figure in sheet.figures:
                if figure.native is not None and figure.native.series and drawable(figure):
                    sentence = finding_of(figure, result, language, said)
                    drawn.append((result.name, Drawn(figure, sheet.view, sentence)))
    rank = {name: place for place, name in enumerate(_CHARTED)}
    order = sorted(range(len(drawn)), key=lambda place: (rank.get(drawn[place][0], len(rank)), place))
    return tuple(drawn[place][1] for place in sorted(order[:MOST_CHARTS]))


def finding_of(figure: FigureView, result: Result, language: str, said: set[str]) -> str:
    """Return the one sentence that a figure is shown for: the one in the answer that shares most words with its title.

    The first figure of a result takes the best there is. A later one that no sentence speaks of has its title instead.

    Parameters
    ----------
    figure : FigureView
    result : Result
        Whose figure it is.
    language : {"sv", "en"}
    said : set of str
        Sentences that other figures of the result already stand under; the one returned is added.
    """
    answers = (result.summary(language), *(one.sentence for one in result.key_figures(language)))
    told = [sentence for answer in answers for sentence in split_sentences(answer)]
    sentences = [one for one in told if not any(words in one for words in _NOTHING)] or told
    free = [one for one in dict.fromkeys(sentences) if one and one not in said]
    wanted = {word[:5] for word in re.findall(r"[^\W\d_]{4,}", figure.caption.casefold())}
    shared = {one: sum(stem in one.casefold() for stem in wanted) for one in free}
    best = max(free, key=lambda one: shared[one], default="")
    if not best or (said and shared[best] < _SHARED_WORDS):
        best = one_line(figure.caption)
    said.add(best)
    return best


def _key_sheet(pages: ReportPages) -> Sheet:
    forms = tuple(Column("", "", one.form, one.decimals) for one in pages.key_figures())
    return Sheet(pages.key_figure_view(), (), forms)


def _indicator_sheet(pages: ReportPages) -> Sheet:
    """Return the care model's own indicators as one table, whatever their kind."""
    language = pages.language
    word = {key: text[language] for key, text in _WORDS.items()}
    frames = [
        view.frame
        for result in pages.results
        if isinstance(result, ProgrammeIndicators)
        for view in views_of(result, language)
        if view.name.startswith("indicators_")
    ]
    columns = (
        Column("section_name", word["section"]),
        Column("indicator_name", word["indicator"]),
        Column("team", "Team"),
        Column("value", word["value"], "number", 2),
        Column("unit_name", word["unit"]),
        Column("numerator", word["counted"], "integer"),
        Column("denominator", word["of"], "integer"),
        Column("persons", word["persons"], "integer"),
        Column("because", word["remark"]),
    )
    names = [column.name for column in columns]
    if not frames:
        return Sheet(TableView("indicators", word["indicators"], pd.DataFrame(columns=names), columns))
    frame = pd.concat(frames, ignore_index=True)
    frame["section_name"] = [pick(section_title(name), language) for name in frame["section"]]
    units = zip(frame["form"], frame["unit"], strict=True)
    frame["unit_name"] = [word.get(form, "") if form != "days" else unit for form, unit in units]
    decimals = {"days": 0, "percent": 0}
    forms = tuple(
        Column("", "", "percent" if form == "percent" else "number", decimals.get(form, 2)) for form in frame["form"]
    )
    view = TableView("indicators", word["indicators"], frame[names], columns, sheet=word["indicators_sheet"])
    return Sheet(view, (), forms)
