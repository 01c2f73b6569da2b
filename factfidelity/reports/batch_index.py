"""The page that leads to all reports of a batch: each year's teams, what could not be made and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from factfidelity.display.views import KeyFigure
from factfidelity.evaluation import ALL_TEAMS
from factfidelity.reports.pages import environment
from factfidelity.reports.words import WORDS
from factfidelity.schemas.plan import Plan
from factfidelity.wording import HIDDEN, number, percent, pick, sort_key

WORDS_HERE: Mapping[str, Mapping[str, str]] = {
    "title": {"sv": "Rapporter för varje team och år", "en": "Reports for each team and year"},
    "team": {"sv": "Team", "en": "Team"},
    "files": {"sv": "Andra filer", "en": "Other files"},
    "failed": {"sv": "kunde inte göras, se nedan", "en": "could not be made, see below"},
    "small": {"sv": "för få klienter för en egen rapport", "en": "too few clients for a report of its own"},
    "caption": {"sv": "Rapporter till och med {year}", "en": "Reports up to and including {year}"},
    "until": {
        "sv": "Rapporterna visar vad som var känt den 31 december {year}.",
        "en": "The reports show what was known on 31 December {year}.",
    },
    "failed_heading": {"sv": "Rapporter som inte kunde göras", "en": "Reports that could not be made"},
    "reading": {"sv": "Om rapporterna", "en": "About the reports"},
    "summary": {"sv": "arbetsbok", "en": "workbook"},
    "tables": {"sv": "alla tabeller", "en": "all tables"},
    "slides": {"sv": "bilder", "en": "slides"},
    "overview": {"sv": "Alla team och år", "en": "All teams and years"},
    "overview_caption": {"sv": "Rapport för varje team och år", "en": "Report of each team and year"},
    "short": {"sv": "rapport", "en": "report"},
    "short_small": {"sv": "för få", "en": "too few"},
    "short_failed": {"sv": "saknas", "en": "missing"},
    "short_none": {"sv": "–", "en": "–"},
    "counted_done": {"sv": "Klara rapporter: {number}.", "en": "Reports done: {number}."},
    "counted_failed": {
        "sv": "Rapporter som inte kunde göras: {number}.",
        "en": "Reports that could not be made: {number}.",
    },
    "counted_small": {
        "sv": "Team och år med för få klienter för en egen rapport: {number}.",
        "en": "Teams and years with too few clients for a report of their own: {number}.",
    },
    "key_note": {
        "sv": "Nyckeltal med 95 % konfidensintervall inom parentes. Två punkter (..): visas inte eller kan inte "
        "beräknas; skälet står i rapporten. Teamen står i bokstavsordning. Skillnader mellan team säger inte vilket "
        "som är bättre: klienterna skiljer sig åt, och små team varierar mycket av slump.",
        "en": "Key figures with 95% confidence intervals in brackets. Two points (..): not shown or cannot be "
        "computed; the report tells why. Teams stand in alphabetical order. Differences between teams do not tell "
        "which is better: their clients differ, and small teams vary much by chance.",
    },
    "other": {"sv": "The same page in English", "en": "Samma sida på svenska"},
}
TEXTS: tuple[Mapping[str, str], ...] = (
    {
        "sv": "Alla rapporter är prövade tillsammans: ett tal som döljs i en rapport går inte att räkna fram ur de "
        "andra, varken ur andra team, andra år eller det andra språket. Publicera därför rapporter ur samma omgång.",
        "en": "All reports were examined together: a number that is hidden in one does not follow from the others, "
        "neither from other teams, other years nor the other language. Publish reports of the same run, therefore.",
    },
    {
        "sv": "Ett team med färre än {smallest} klienter har ingen egen rapport; dess klienter ingår i rapporten för "
        "alla team.",
        "en": "A team with fewer than {smallest} clients has no report of its own; its clients are part of the report "
        "of all teams.",
    },
)
_SHOWN_FILES = ("summary", "tables", "slides")
# The name of the team stays in sight while the table is moved to the side.
_STYLE = """
.index table { font-size: .9rem; } .index th, .index td { padding: .3rem .55rem; }
.index td { min-width: 4.5em !important; } .index td.files { min-width: 9em !important; }
.index .range { display: block; white-space: nowrap; color: var(--soft); }
.index .state { display: block; font-weight: 400; color: var(--soft); }
.index tbody th { position: sticky; left: 0; background: var(--paper); min-width: 8em; max-width: 11em; }
.index tbody tr:first-child, .index tbody tr:first-child th { background: var(--wash); }
.index thead th { min-width: 6.5em; max-width: 11em; }
.index.years table { width: auto; } .index.years td { white-space: nowrap; }
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: a team and a year in one language.

    Attributes
    ----------
    team, name : str
        Id and name; ``all`` for all teams together.
    year : int
    state : str
        ``done``, ``failed`` or ``small``.
    folder : str
        Below the folder of the batch; empty where there is no report.
    reason : str
        Why it could not be made.
    cells : tuple of mapping
        Its key figures, as ``key_cells`` gives them.
    """

    team: str
    name: str
    year: int
    state: str
    folder: str = ""
    reason: str = ""
    cells: tuple[Mapping[str, str], ...] = ()


def key_cells(figures: Sequence[KeyFigure], language: str) -> list[dict[str, str]]:
    """Return the key figures of a report as cells of the page: one each, those of which there are several left out.

    Parameters
    ----------
    figures : sequence of KeyFigure
    language : {"sv", "en"}
    """
    several = Counter(one.group for one in figures if one.group)
    return [
        {"name": one.group or one.name, "label": one.group or one.label}
        | dict(zip(("text", "range"), _figure_text(one, language), strict=True))
        for one in figures
        if several[one.group] < 2
    ]


def _figure_text(one: KeyFigure, language: str) -> tuple[str, str]:
    """Return a key figure and its interval in figures."""

    def written(value: float | None) -> str:
        if one.form == "percent":
            return percent(value, decimals=one.decimals, language=language)
        return number(value, decimals=one.decimals, language=language)

    if one.value is None or one.low is None or one.high is None or one.low != one.low or one.high != one.high:
        return written(one.value), ""
    return written(one.value), f"({written(one.low)}–{written(one.high)})"


def index_page(root: Path, lines: Sequence[Line], plan: Plan, language: str, languages: Sequence[str]) -> str:
    """Return the page in one language; links go to files that are there.

    Parameters
    ----------
    root : Path
        Folder of the batch.
    lines : sequence of Line
    plan : Plan
    language : {"sv", "en"}
    languages : sequence of str
        All languages of the batch.
    """
    words = {key: text[language] for key, text in WORDS_HERE.items()}
    figures = _figures(_in_order(lines, None, language))
    years = [
        _year(root, year, _in_order(lines, year, language), figures, language, words)
        for year in sorted({line.year for line in lines}, reverse=True)
    ]
    failed = [
        {"name": _name(line, language), "year": line.year, "reason": line.reason}
        for line in lines if line.state == "failed"
    ]  # fmt: skip
    others = [other for other in languages if other != language]
    other = {"href": f"index_{others[0]}.html", "language": others[0], "text": words["other"]} if others else None
    texts = [text[language].format(smallest=plan.disclosure.smallest) for text in TEXTS]
    overview = _overview(root, lines, language, words)
    body = environment().get_template("index.html.j2").render(
        years=years, failed=failed, other=other, texts=texts, words=words, overview=overview
    )  # fmt: skip
    contents = [{"id": "overview", "title": words["overview"]}]
    contents += [{"id": f"year-{one['year']}", "title": str(one["year"])} for one in years]
    contents += [{"id": "failed", "title": words["failed_heading"]}] if failed else []
    contents += [{"id": "reading", "title": words["reading"]}]
    return _page(body, words["title"], contents, plan, language)


def _overview(root: Path, lines: Sequence[Line], language: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Return one line for each team and one cell for each year."""
    years = sorted({line.year for line in lines})
    first = _in_order([*{line.team: line for line in lines}.values()], None, language)
    by_place = {(line.team, line.year): line for line in lines}
    rows = [
        {"name": _name(line, language), "cells": [_cell(root, by_place.get((line.team, year)), year, language, words)
                                                  for year in years]}
        for line in first
    ]  # fmt: skip
    states = Counter(line.state for line in lines)
    told = " ".join(
        words[f"counted_{state}"].format(number=states[state]) for state in ("done", "failed", "small") if states[state]
    )
    return {"years": years, "rows": rows, "told": told}


def _cell(root: Path, line: Line | None, year: int, language: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return a link to a report, or in a word why there is none."""
    if line is None:
        return {"href": "", "text": words["short_none"], "away": ""}
    if line.state != "done":
        return {"href": "", "text": words[f"short_{line.state}"], "away": ""}
    page = f"{line.folder}/report_{language}.html"
    href = page if (root / page).is_file() else f"#year-{year}"
    return {"href": href, "text": words["short"], "away": f" {_name(line, language)} {year}"}


def _figures(lines: Sequence[Line]) -> dict[str, bool]:
    """Return the names of all key figures in one order for all years, and whether all teams together have them too.

    Those of all teams together come first: the outcomes stay in sight.
    """
    longest = sorted(lines, key=lambda line: (line.team != ALL_TEAMS, -len(line.cells)))
    whole = {cell["name"] for line in lines if line.team == ALL_TEAMS for cell in line.cells}
    return {cell["name"]: cell["name"] in whole for line in longest for cell in line.cells}


def _year(
    root: Path, year: int, lines: Sequence[Line], figures: Mapping[str, bool], language: str, words: Mapping[str, str]
) -> dict[str, Any]:
    """Return the table of a year: each team's key figures, report and other files."""
    labels = {cell["name"]: cell["label"] for line in lines for cell in line.cells}
    heads = [name for name in figures if name in labels]
    rows = []
    for line in lines:
        known = {cell["name"]: cell for cell in line.cells}
        # A figure that a report lacks is not shown or cannot be had; what only teams ever have, all of them lack.
        lacking = {name: HIDDEN if line.cells and (line.team != ALL_TEAMS or figures[name]) else "" for name in heads}
        key = [known.get(name, {"text": lacking[name], "range": ""}) for name in heads]
        rows.append(_row(root, line, language, words) | {"key": key})
    return {"year": year, "rows": rows, "heads": [labels[name] for name in heads]}


def _in_order(lines: Sequence[Line], year: int | None, language: str) -> list[Line]:
    mine = [line for line in lines if year is None or line.year == year]
    return sorted(mine, key=lambda line: (line.team != ALL_TEAMS, sort_key(_name(line, language))))


def _name(line: Line, language: str) -> str:
    return WORDS["all_teams"][language].capitalize() if line.team == ALL_TEAMS else line.name


def _row(root: Path, line: Line, language: str, words: Mapping[str, str]) -> dict[str, Any]:
    folder = root / line.folder
    page = f"{line.folder}/report_{language}.html"
    made = line.state == "done"
    files = []
    for path in sorted(folder.glob(f"*_{language}.*")) if made else []:
        kind = path.stem.removesuffix(f"_{language}")
        if path.suffix != ".html" and not path.name.startswith("."):
            text = words[kind] if kind in _SHOWN_FILES else path.suffix[1:].upper()
            files.append({"href": f"{line.folder}/{path.name}", "text": text})
    report = page if made and (root / page).is_file() else ""
    state = "" if made else words[line.state]
    return {"name": _name(line, language), "state": state, "report": report, "files": files}


def _page(body: str, title: str, contents: list[dict[str, str]], plan: Plan, language: str) -> str:
    css = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8") + _STYLE
    organisation = plan.organisation
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            body=Markup(body),  # noqa: S704
            css=Markup(css),  # noqa: S704
            contents=contents,
            words={key: text[language] for key, text in WORDS.items()},
            title=title,
            language=language,
            lead=pick(plan.title, language) if plan.title else "",
            organisation=organisation.name,
            logo="",
            footer=" · ".join(part for part in (organisation.name, organisation.contact, "factfidelity") if part),
            version="",
        )
    )
