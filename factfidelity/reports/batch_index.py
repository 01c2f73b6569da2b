"""The page that leads to all reports of a batch: each year's teams, what could not be made and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from factfidelity.evaluation import ALL_TEAMS
from factfidelity.reports.pages import environment
from factfidelity.reports.words import WORDS
from factfidelity.schemas.plan import Plan
from factfidelity.wording import pick, sort_key

WORDS_HERE: Mapping[str, Mapping[str, str]] = {
    "title": {"sv": "Rapporter för varje team och år", "en": "Reports for each team and year"},
    "team": {"sv": "Team", "en": "Team"},
    "state": {"sv": "Läge", "en": "State"},
    "report": {"sv": "Rapport", "en": "Report"},
    "files": {"sv": "Andra filer", "en": "Other files"},
    "done": {"sv": "klar", "en": "done"},
    "failed": {"sv": "kunde inte göras, se nedan", "en": "could not be made, see below"},
    "small": {"sv": "för få klienter för en egen rapport", "en": "too few clients for a report of its own"},
    "caption": {"sv": "Rapporter till och med {year}", "en": "Reports up to and including {year}"},
    "until": {
        "sv": "Rapporterna visar vad som var känt den 31 december {year}.",
        "en": "The reports show what was known on 31 December {year}.",
    },
    "open": {"sv": "Rapport {name} {year}", "en": "Report {name} {year}"},
    "failed_heading": {"sv": "Rapporter som inte kunde göras", "en": "Reports that could not be made"},
    "reading": {"sv": "Om rapporterna", "en": "About the reports"},
    "summary": {"sv": "arbetsbok", "en": "workbook"},
    "tables": {"sv": "alla tabeller", "en": "all tables"},
    "slides": {"sv": "bilder", "en": "slides"},
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
    """

    team: str
    name: str
    year: int
    state: str
    folder: str = ""
    reason: str = ""


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
    years = [
        {"year": year, "rows": [_row(root, line, language, words) for line in _in_order(lines, year, language)]}
        for year in sorted({line.year for line in lines}, reverse=True)
    ]
    failed = [
        {"name": _name(line, language), "year": line.year, "reason": line.reason}
        for line in lines if line.state == "failed"
    ]  # fmt: skip
    others = [other for other in languages if other != language]
    other = {"href": f"index_{others[0]}.html", "language": others[0], "text": words["other"]} if others else None
    texts = [text[language].format(smallest=plan.disclosure.smallest) for text in TEXTS]
    body = environment().get_template("index.html.j2").render(
        years=years, failed=failed, other=other, texts=texts, words=words
    )  # fmt: skip
    contents = [{"id": f"year-{one['year']}", "title": str(one["year"])} for one in years]
    contents += [{"id": "failed", "title": words["failed_heading"]}] if failed else []
    contents += [{"id": "reading", "title": words["reading"]}]
    return _page(body, words["title"], contents, plan, language)


def _in_order(lines: Sequence[Line], year: int, language: str) -> list[Line]:
    mine = [line for line in lines if line.year == year]
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
    return {"name": _name(line, language), "state": words[line.state], "report": report, "files": files}


def _page(body: str, title: str, contents: list[dict[str, str]], plan: Plan, language: str) -> str:
    css = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
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
