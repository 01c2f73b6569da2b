"""Equity: the same rates by sex, age group and municipality, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from factfidelity.contact import words
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, Head, TableView, columns_in
from factfidelity.wording import number, pick

MEASURES = {"contacts": {"sv": "Möten per klientår", "en": "Meetings per client-year"},
            "admissions": {"sv": "Inskrivningar per klientår", "en": "Admissions per client-year"},
            "bed_days": {"sv": "Vårddygn per klientår", "en": "Bed-days per client-year"},
            "board_days": {"sv": "Dygn på tavla eller i fas per klientår", "en": "Days on the board or in a phase "
                           "per client-year"},
            "sip": {"sv": "SIP gjorda eller uppföljda per klientår", "en": "Coordinated plans made or followed up per "
                    "client-year"}}  # fmt: skip
DIMENSIONS = {"sex": {"sv": "Kön", "en": "Sex"}, "age_group": {"sv": "Ålder", "en": "Age"},
              "municipality": {"sv": "Kommun", "en": "Municipality"}}  # fmt: skip
GROUPS = {"female": {"sv": "Kvinnor", "en": "Women"}, "male": {"sv": "Män", "en": "Men"},
          "not_stated": {"sv": "Uppgift saknas", "en": "Not stated"}, "total": {"sv": "Alla", "en": "All"},
          "other": {"sv": "Övriga kommuner", "en": "Other municipalities"}}  # fmt: skip
WHY = {"no_population": {"sv": "ingen folkmängd levererad", "en": "no population delivered"},
       "empty_age_group": {"sv": "en åldersgrupp utan klienter", "en": "an age group without clients"}}  # fmt: skip
HEADS: Mapping[str, Head] = {
    "measure_name": ("Mått", "Measure", "text"), "dimension_name": ("Efter", "By", "text"),
    "group_name": ("Grupp", "Group", "text"), "persons": ("Klienter", "Clients", "integer"),
    "years": ("Klientår", "Client-years"), "rate": ("Per klientår", "Per client-year", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2), "high": ("Övre gräns", "Upper limit", "number", 2),
    "standardised": ("Åldersstandardiserat", "Age-standardised", "number", 2),
    "because": ("Anmärkning", "Remark", "text"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class Equity(Result):
    """Rates per client-year by sex, age group and municipality.

    Attributes
    ----------
    table : DataFrame, one row per measure, dimension (sex | age_group | municipality) and group
        measure (contacts | admissions | bed_days | board_days | sip), persons, years (client-years), events, rate (per
        client-year), low, high (95 % interval, clients as the unit), standardised (directly, to the ages of the
        population), why (there is no standardised rate).
    """

    name: ClassVar[str] = "equity"
    title: ClassVar[Mapping[str, str]] = {"sv": "Jämlikhet", "en": "Equity"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("measure", "dimension", "group"),
            {"persons": ("years", "events", "rate", "low", "high", "standardised"),
             "with_any": ("events", "rate", "low", "high", "standardised")},
            margins={"group": "total"}, inner=("with_any",),
        ),
    }  # fmt: skip

    def _words(self, language: str) -> pd.DataFrame:
        table = self.table
        return table.assign(
            measure_name=words.in_words(table["measure"], MEASURES, language),
            dimension_name=words.in_words(table["dimension"], DIMENSIONS, language),
            group_name=[
                self.notes.get(f"municipality.{group}") or said.replace("-", "–")
                for group, said in zip(table["group"], words.in_words(table["group"], GROUPS, language), strict=True)
            ],
            because=words.in_words(table["why"], WHY, language),
        )

    def summary(self, language: str | None = None) -> str:
        """Return each measure for women and men."""
        language = language or self.language
        said = []
        for measure in self.table["measure"].unique():
            rows = self.table.loc[(self.table["measure"] == measure) & (self.table["dimension"] == "sex")]
            rate = rows.set_index("group")["rate"]
            known = [key for key in ("female", "male") if key in rate.index]
            parts = [f"{number(rate[key], decimals=2, language=language)} ({pick(GROUPS[key], language).lower()})"
                     for key in known if not pd.isna(rate[key])]  # fmt: skip
            # One of two says nothing of whether they differ.
            if parts and len(parts) == len(known):
                said.append(f"{pick(MEASURES[measure], language)}: {', '.join(parts)}.")
        none = {"sv": "Jämförelsen visas inte.", "en": "The comparison is not shown."}
        return " ".join(said) or pick(none, language)

    def methods(self, language: str | None = None) -> str:
        """Return how the rates were counted."""
        language = language or self.language
        text = {
            "sv": "Händelser på inskrivna dygn under det sista året delade med inskriven tid, med 95 procents "
            "intervall där klienter är enheten. Ålder är året minus födelseåret. Åldersstandardiserat är det vägda "
            "medelvärdet av åldersgruppernas tal med folkmängden som vikt; saknas en åldersgrupp ges inget sådant tal. "
            "Skillnader mellan grupper kan bero på olika behov.",
            "en": "Events on enrolled days of the last year divided by enrolled time, with a 95 per cent interval in "
            "which clients are the unit. Age is the year less the year of birth. Age-standardised is the mean of the "
            "age groups' rates weighted with the population; where an age group is missing there is none. Differences "
            "between groups can come from different needs.",
        }
        return f"{pick(text, language)} {self.coarser(language)}".strip()

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the first measure by group."""
        return self._draw(self.language, ax)

    def _chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = self._words(language)
        first = rows["measure"].iloc[0] if len(rows) else ""
        rows = rows.loc[(rows["measure"] == first) & (rows["group"] != "total")]
        rows = rows.assign(label=rows["dimension_name"] + ": " + rows["group_name"])
        unit = pick(MEASURES[first], language) if first else ""
        return rows, {"label": "label", "estimate": "rate", "low": "low", "high": "high", "unit": unit,
                      "language": language}  # fmt: skip

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._chart(language)
        return charts.interval_plot(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return every rate by group."""
        language = language or self.language
        span = words.span(self.notes["start"], self.notes["end"], language)
        caption = {"sv": f"Per klientår efter kön, ålder och kommun, {span}",
                   "en": f"Per client-year by sex, age and municipality, {span}"}  # fmt: skip
        shown = [name for name in HEADS if name not in ("standardised", "because") or self.notes["population"] == "yes"]
        columns = columns_in(language, HEADS, shown)
        notes = tuple(note for note in (self.methods(language), self._codes(language)) if note)
        return (TableView(self.name, pick(caption, language), self._words(language), columns, notes),)

    def _codes(self, language: str) -> str:
        """Say that municipalities stand with their codes, and how they get names."""
        groups = self.table.loc[self.table["dimension"] == "municipality", "group"]
        if not any(str(group).isdigit() and f"municipality.{group}" not in self.notes for group in groups):
            return ""
        text = {
            "sv": "Kommuner utan namn i planen (municipalities) står med sin kommunkod.",
            "en": "Municipalities without a name in the plan (municipalities) stand with their code.",
        }
        return pick(text, language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the first measure by group."""
        language = language or self.language
        if not len(self.table):
            return ()
        rows, look = self._chart(language)
        view = self.views(language)[0]
        alt = charts.alt.interval_plot(rows, **look, what=pick(self.title, language))
        size = (7.2, max(2.4, 0.9 + 0.34 * len(rows)))
        return (FigureView(self.name, view.caption, alt, lambda ax: self._draw(language, ax), view, size=size),)
