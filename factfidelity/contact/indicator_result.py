"""ProgrammeIndicators: a care model's own indicators, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from factfidelity.contact import words
from factfidelity.contact.indicator_words import LABELS, UNITS, why_words
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, TableView
from factfidelity.schemas.programme import load_programme
from factfidelity.wording import number, percent, pick

_VALUE = ("value", "low", "high")


@dataclass(frozen=True, kw_only=True, eq=False)
class ProgrammeIndicators(Result):
    """Indicators of a care model that are counted on plans, events, work, placements and services.

    Attributes
    ----------
    table : DataFrame, one row per team and indicator
        team_id, team, indicator, form (percent: a share; number: per client-year; days: a median time), value, low,
        high (interval of a median time), numerator, denominator, persons (it rests on), part (persons who have it, of a
        share), why (there is no value).
    """

    name: ClassVar[str] = "programme_indicators"
    title: ClassVar[Mapping[str, str]] = {"sv": "Modellens indikatorer", "en": "The model's indicators"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("team_id", "indicator"),
            {"persons": (*_VALUE, "numerator", "denominator"), "part": (*_VALUE, "numerator"),
             "with_any": (*_VALUE, "numerator")},
            wholes={"part": "persons"}, margins={"team_id": "total"}, inner=("with_any",),
        ),
    }  # fmt: skip

    def _rows(self) -> list[Mapping[str, Any]]:
        if not len(self.table):
            return []
        total = self.table.loc[self.table["team_id"] == "total"]
        rows = total if len(total) else self.table.loc[self.table["team_id"] == self.table["team_id"].iloc[0]]
        return rows.to_dict("records")  # type: ignore[return-value]

    def said(self, row: Mapping[str, Any], language: str) -> str:
        """Return a value with its unit in words."""
        if pd.isna(row["value"]):
            return ".."
        if row["form"] == "percent":
            return percent(row["value"], language=language)
        unit = pick(UNITS.get(row["indicator"], UNITS[row["form"]]), language)
        decimals = 0 if row["form"] == "days" else 1
        return f"{number(row['value'], decimals=decimals, language=language)} {unit}".strip()

    def unit(self, row: Mapping[str, Any], language: str) -> str:
        """Return the unit of a median time in words."""
        return pick(UNITS.get(row["indicator"], UNITS["days"]), language) if row["form"] == "days" else ""

    def summary(self, language: str | None = None) -> str:
        """Return every indicator with a value in a few words, and how many have none."""
        language = language or self.language
        rows = self._rows()
        given = [row for row in rows if not pd.isna(row["value"])]
        model = pick(load_programme(self.notes["programme"]).short, language)
        if not given:
            text = {"sv": f"Inga indikatorer för {model} kan visas.", "en": f"No indicators for {model} can be shown."}
            return pick(text, language)
        parts = [f"{pick(LABELS[row['indicator']], language)}: {self.said(row, language)}" for row in given]
        lead = {"sv": f"Indikatorer för {model}. ", "en": f"Indicators for {model}. "}
        none = len(rows) - len(given)
        more = {"sv": f" Utan värde att visa: {none}." if none else "",
                "en": f" Without a value to show: {none}." if none else ""}  # fmt: skip
        return pick(lead, language) + "; ".join(parts) + "." + pick(more, language)

    def methods(self, language: str | None = None) -> str:
        """Return how the indicators were counted."""
        language = language or self.language
        text = {
            "sv": "Andelar av klienter avser dem som är inskrivna den sista dagen, andelar av planer, remisser och "
            "placeringar dem som gjordes medan klienten var inskriven. Händelser anges per klientår av inskriven tid "
            "under det sista året. Tider är medianer enligt Kaplan–Meier från inskrivningen, och den som inte har "
            "händelsen när inskrivningen eller observationen slutar är censurerad. En aktuell SIP är gjord eller "
            "uppföljd under det sista året; uppföljd i tid betyder inom 365 dagar.",
            "en": "Shares of clients are of those enrolled on the last day, shares of plans, referrals and placements "
            "of those made while the client was enrolled. Events are given per client-year of enrolled time in the "
            "last year. Times are Kaplan–Meier medians from enrolment, and whoever has no event when enrolment or "
            "observation ends is censored. A current SIP was made or followed up in the last year; followed up on time "
            "means within 365 days.",
        }
        return pick(text, language)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the indicators that are shares."""
        rows = [row for row in self._rows() if row["form"] == "percent"]
        frame = pd.DataFrame(rows, columns=list(self.table.columns))
        names = [pick(LABELS[name], self.language) for name in frame["indicator"]]
        frame = frame.assign(indicator=pd.Series(names, index=frame.index, dtype="str"))
        return charts.bars(frame, category="indicator", value="value", form="percent", language=self.language, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return every indicator by team, with its numerator and denominator."""
        language = language or self.language
        if not len(self.table):
            return ()
        rows = words.with_team_names(self.table, language)
        records: list[Mapping[str, Any]] = self.table.to_dict("records")  # type: ignore[assignment]
        rows = rows.assign(
            indicator_name=[pick(LABELS[name], language) for name in rows["indicator"]],
            unit=[self.unit(row, language) for row in records],
            **{form: rows["value"].where(rows["form"] == form) for form in ("percent", "number", "days")},
            because=[why_words(row["why"], language) for row in records],
        )
        heads = (("team", "Team", "Team", "text"), ("indicator_name", "Indikator", "Indicator", "text"),
                 ("percent", "Andel", "Share", "percent"),
                 ("number", "Per klientår", "Per client-year", "number"), ("days", "Tid", "Time", "integer"),
                 ("unit", "Enhet", "Unit", "text"), ("numerator", "Täljare", "Numerator", "number"),
                 ("denominator", "Nämnare", "Denominator", "number"), ("persons", "Klienter", "Clients", "integer"),
                 ("because", "Anmärkning", "Remark", "text"))  # fmt: skip
        columns = tuple(Column(name, sv if language == "sv" else en, form) for name, sv, en, form in heads)
        model = pick(load_programme(self.notes["programme"]).short, language)
        caption = {"sv": f"Indikatorer för {model}", "en": f"Indicators for {model}"}
        return (TableView(self.name, pick(caption, language), rows, columns, (self.methods(language),)),)
