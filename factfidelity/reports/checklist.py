"""What a report on register data should tell, and where this one tells it, or why it does not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from factfidelity.display.views import Column, TableView
from factfidelity.reports.words import SECTIONS, WORDS
from factfidelity.schemas.files import read_yaml, shipped_folder

_WORDS = {
    "caption": {
        "sv": "Checklista efter STROBE och RECORD: var rapporten redovisar vad",
        "en": "Checklist after STROBE and RECORD: where the report tells what",
    },
    "sheet": {"sv": "Checklista", "en": "Checklist"},
    "item": {"sv": "Punkt", "en": "Item"},
    "topic": {"sv": "Vad som ska redovisas", "en": "What should be told"},
    "where": {"sv": "Var", "en": "Where"},
    "not_told": {"sv": "redovisas inte: {why}", "en": "not reported: {why}"},
    "no_data": {"sv": "underlaget räcker inte", "en": "the data do not carry it"},
}
_OTHER_SECTIONS = {
    "summary": "summary",
    "methods": "methods",
    "quality": "quality",
    "limits": "limits",
    "about": "provenance",
}


def checklist_view(results: Collection[str], language: str) -> TableView:
    """Return the checklist, filled in.

    Parameters
    ----------
    results : collection of str
        Names of the results that the report has.
    language : {"sv", "en"}
    """
    entries: list[dict[str, Any]] = read_yaml(shipped_folder("schemas") / "codes" / "checklist.yaml")
    rows = [
        {"item": str(entry["id"]), "topic": entry["topic"][language], "where": _where(entry, results, language)}
        for entry in entries
    ]
    columns = tuple(Column(name, _WORDS[name][language]) for name in ("item", "topic", "where"))
    frame = pd.DataFrame(rows, columns=["item", "topic", "where"])
    return TableView("checklist", _WORDS["caption"][language], frame, columns, sheet=_WORDS["sheet"][language])


def _where(entry: dict[str, Any], results: Collection[str], language: str) -> str:
    if not entry["needs"] or set(entry["needs"]) & set(results):
        return _section(entry["where"], language)
    why = entry.get("absent", _WORDS["no_data"])[language]
    return _WORDS["not_told"][language].format(why=why)


def _section(section: str, language: str) -> str:
    if section in _OTHER_SECTIONS:
        return WORDS[_OTHER_SECTIONS[section]][language]
    return next(title[language] for name, title, _ in SECTIONS if name == section)
