"""A workbook in the making: its formats, its sheets and their names, and the words around the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from factfidelity.display.views import TableView
from factfidelity.reports.sheets import free_name, wanted_name
from factfidelity.reports.words import WORDS

# The colour of a tab says nothing that the contents do not say in words.
_TABS = {"first": "#00598C", "main": "#5B9BC0", "points": "#8FA3B3", "more": "#8FA3B3", "about": "#D5DBE1"}

_WORDS = {
    "cover": {"sv": "Läs mig", "en": "Read me"},
    "key_figures": {"sv": "Nyckeltal", "en": "Key figures"},
    "definitions": {"sv": "Definitioner", "en": "Definitions"},
    "notes": {"sv": "Noter", "en": "Notes"},
    "charts": {"sv": "Diagram", "en": "Charts"},
    "charts_shown": {
        "sv": "De viktigaste diagrammen med var sin mening",
        "en": "The main charts with a sentence each",
    },
    "figures_in": {"sv": "Siffrorna står på bladet", "en": "The figures stand on the sheet"},
    "first": {"sv": "Börja här", "en": "Begin here"},
    "main": {"sv": "En tabell för varje avsnitt", "en": "One table for each section"},
    "points": {"sv": "Siffrorna bakom diagrammen", "en": "The figures behind the charts"},
    "more": {"sv": "Tabeller", "en": "Tables"},
    "about": {"sv": "Om underlaget", "en": "About the data"},
    "for_whom": {"sv": "För", "en": "For"},
    "readers": {
        "sv": "Chefer och utvecklingsledare i region och kommun. Bladen Nyckeltal och Diagram räcker för en överblick, "
        "och är de som behöver skrivas ut. Alla övriga tabeller finns på rapportsidan och i arbetsboken {other}.",
        "en": "Managers and developers in region and municipality. The sheets Key figures and Charts are enough for an "
        "overview, and are those that need printing. All other tables are on the report page and in the workbook "
        "{other}.",
    },
    "readers_tables": {
        "sv": "Den som vill se alla tabeller bakom rapporten. En överblick med nyckeltal och diagram finns i "
        "arbetsboken {other}.",
        "en": "Those who want to see all tables behind the report. An overview with key figures and charts is in the "
        "workbook {other}.",
    },
    "empty": {
        "sv": "En tom cell i en tabell som hör till ett diagram är ett värde som inte visas.",
        "en": "An empty cell in a table that belongs to a chart is a value that is not shown.",
    },
}


@dataclass
class Book:
    """A workbook, its language, and what has been given out in it: formats and names of sheets."""

    workbook: Any
    language: str
    formats: dict[str, Any] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    places: dict[str, str] = field(default_factory=dict)

    def word(self, key: str) -> str:
        """Return one of the workbook's words."""
        return _WORDS[key][self.language]

    def form(self, **options: Any) -> Any:
        """Return a format, made once."""
        key = repr(sorted(options.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format({"valign": "top", **options})
        return self.formats[key]

    def name(self, view: TableView) -> str:
        """Return the name of a table's sheet, given out once."""
        if view.name not in self.places:
            name = free_name(wanted_name(view, self.language), self.taken, WORDS["table"][self.language])
            self.taken.add(name.casefold())
            self.places[view.name] = name
        return self.places[view.name]

    def sheet(self, name: str, group: str = "") -> Any:
        """Add a sheet, ready to be printed as wide as a page."""
        self.taken.add(name.casefold())
        sheet = self.workbook.add_worksheet(name)
        if group:
            sheet.set_tab_color(_TABS[group])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet
