"""Which sections a report has: those that the care model's indicators and the delivered data fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from factfidelity.contact.indicator_result import ProgrammeIndicators
from factfidelity.display.result import Result
from factfidelity.reports.words import SECTIONS
from factfidelity.schemas.programme import section_title
from factfidelity.wording import pick

# What a question is called where there is no result to ask for its title.
_QUESTIONS: Mapping[str, Mapping[str, str]] = {
    "enrolment_flow": {"sv": "In- och utflöde", "en": "Inflow and outflow"},
    "equity": {"sv": "Jämlikhet", "en": "Equity"},
    "caseload_ratios": {"sv": "Ärendebelastning", "en": "Caseload"},
    "staffing": {"sv": "Bemanning", "en": "Staffing"},
    "board_use": {"sv": "Tavla eller faser", "en": "Board or phases"},
    "contact_pattern": {"sv": "Kontakter", "en": "Contacts"},
    "catchment_use": {"sv": "Vårddygn i upptagningsområdet", "en": "Bed-days in the catchment area"},
    "fidelity_scores": {"sv": "Programtrohet", "en": "Fidelity"},
    "fidelity_course": {"sv": "Programtrohet över tid", "en": "Fidelity over time"},
    "rater_agreement": {"sv": "Samstämmighet mellan bedömare", "en": "Agreement of raters"},
    "derived_fidelity": {"sv": "Programtrohet ur data", "en": "Fidelity from data"},
    "derived_teams": {"sv": "Programtrohet ur data, team för team", "en": "Fidelity from data, team by team"},
    "mirror_outcomes": {"sv": "Vård före och efter", "en": "Care before and after"},
    "monthly_course": {"sv": "Vård månad för månad", "en": "Care month by month"},
    "regression_to_the_mean": {"sv": "Regression mot medelvärdet", "en": "Regression to the mean"},
}


def result_title(name: str, language: str) -> str:
    """Return what a question is called that has no result."""
    return _QUESTIONS[name][language] if name in _QUESTIONS else name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One section with a heading.

    Attributes
    ----------
    name : str
        Its id on the page.
    group : str
        The name by which a notebook asks for it; the indicators' sections share one.
    title : str
        In the report's language.
    results : tuple of Result
    """

    name: str
    group: str
    title: str
    results: tuple[Result, ...]


def chapters_of(results: Mapping[str, Result], language: str) -> tuple[Chapter, ...]:
    """Return the sections that there are results for, in their order.

    The care model's own indicators are divided by the sections that its vocabulary gives them. A section that holds
    the board alone is called what the care model calls it. The last section takes what is named in none.

    Parameters
    ----------
    results : mapping of Result
        By name, in the order of a report.
    language : {"sv", "en"}
    """
    placed = {name for _, _, names in SECTIONS for name in names}
    found: list[Chapter] = []
    for section, title, names in SECTIONS:
        chosen = names or tuple(name for name in results if name not in placed)
        members = tuple(results[name] for name in chosen if name in results)
        if section == "indicators":
            found.extend(_by_indicators(members, section, language))
        elif members:
            heading = members[0].heading(language) if section == "board" else pick(title, language)
            found.append(Chapter(section, section, heading, members))
    return tuple(found)


def _by_indicators(members: tuple[Result, ...], group: str, language: str) -> list[Chapter]:
    return [
        Chapter(f"{group}-{name}", group, pick(section_title(name), language), (part,))
        for result in members
        if isinstance(result, ProgrammeIndicators)
        for name, part in result.by_section().items()
    ]
