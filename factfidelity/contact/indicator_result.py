"""ProgrammeIndicators: a care model's own indicators, on show."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import pandas as pd

from factfidelity.contact.indicator_words import LABELS, UNITS, why_words
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import KeyFigure, TableView
from factfidelity.schemas.programme import load_programme
from factfidelity.wording import integer, label, number, percent, pick

_VALUE = ("value", "low", "high")
_OWN_SECTIONS = frozenset({"resource_group", "work", "school", "placements", "collaboration", "hospital"})


def _decimals(row: Mapping[str, Any]) -> int:
    """Return how exactly an indicator is told: days whole, a rate by its size."""
    if row["form"] in ("days", "mean"):
        return 0 if row["form"] == "days" else 2
    return 2 if float(row["value"]) < _SMALL else 1


# Below this a rate is told with two decimals.
_SMALL = 10.0


@dataclass(frozen=True, kw_only=True, eq=False)
class ProgrammeIndicators(Result):
    """Indicators of a care model that are counted on plans, events, work, placements and services.

    Attributes
    ----------
    table : DataFrame, one row per team and indicator
        team_id, team, indicator, section (of a report), form (percent: a share; number: per client-year; days: a
        median time; mean: an average), value, low, high (interval of a median time), numerator, denominator, persons
        (it rests on), part (persons who have it, of a share), why (there is no value).
    coverage : DataFrame, one row per team and questionnaire
        answered, persons (enrolled in the year), share.
    answers : DataFrame, one row per team, questionnaire, question or theme, and answer
        persons (who gave it), share.
    actions : DataFrame, one row per team, questionnaire or audit, and theme
        decided, done, on_time, overdue: actions, not persons.
    """

    name: ClassVar[str] = "programme_indicators"
    title: ClassVar[Mapping[str, str]] = {"sv": "Modellens indikatorer", "en": "The model's indicators"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("team_id", "indicator"),
            {"persons": (*_VALUE, "numerator", "denominator"), "part": (*_VALUE, "numerator"),
             "with_any": (*_VALUE, "numerator"), "beside": ("numerator",)},
            wholes={"part": "persons"}, margins={"team_id": "total"}, inner=("with_any", "beside"),
        ),
        "coverage": Gate(
            ("team_id", "instrument"), {"answered": ("share",), "persons": ("share",)}, wholes={"answered": "persons"},
            margins={"team_id": "total"},
        ),
        "answers": Gate(
            ("team_id", "instrument", "item", "answer"), {"persons": ("share",)}, margins={"team_id": "total"},
            within={"persons": ("coverage.answered",)},
        ),
        "actions": Gate(("team_id", "instrument", "item"), public=("decided", "done", "on_time", "overdue")),
    }  # fmt: skip

    coverage: pd.DataFrame = field(default_factory=pd.DataFrame)
    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    actions: pd.DataFrame = field(default_factory=pd.DataFrame)

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
        decimals = _decimals(row)
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
        if not given and (len(self.coverage) or len(self.actions)):
            return self._voice(language)
        if not given:
            text = {"sv": f"Inga indikatorer för {model} kan visas.", "en": f"No indicators for {model} can be shown."}
            return pick(text, language)
        parts = [f"{pick(LABELS[row['indicator']], language)}: {self.said(row, language)}" for row in given]
        none = len(rows) - len(given)
        more = {"sv": f" För {none} mått finns inget värde att visa." if none else "",
                "en": f" Indicators without a value to show: {none}." if none else ""}  # fmt: skip
        lead = "" if "section" in self.notes else f"{self.heading(language)}. "
        heard = (len(self.coverage) or len(self.actions)) and "section" not in self.notes
        voice = " " + self._voice(language) if heard else ""
        return lead + "; ".join(parts) + "." + pick(more, language) + voice

    def _voice(self, language: str) -> str:
        """Say how many answered, before anything of what they answered, and what was done about it."""
        acted = self._acted(language) if len(self.actions) else ""
        if not len(self.coverage):
            return acted
        total = self.coverage.loc[self.coverage["team_id"] == "total"]
        rows = total if len(total) else self.coverage
        said = []
        for row in rows.to_dict("records"):
            known = not pd.isna(row["answered"])
            who = integer(row["answered"], language=language) if known else ".."
            whole = integer(row["persons"], language=language) if not pd.isna(row["persons"]) else ".."
            of = {"sv": f"{who} av {whole}", "en": f"{who} of {whole}"}
            said.append(f"{label(row['instrument'], language).lower()}: {pick(of, language)}")
        text = {"sv": "Så många av de inskrivna svarade: ", "en": "So many of those enrolled answered: "}
        return f"{pick(text, language)}{'; '.join(said)}. {acted}".strip()

    def _acted(self, language: str) -> str:
        total = self.actions.loc[self.actions["team_id"] == "total"]
        rows = total if len(total) else self.actions
        decided, done, late = (integer(rows[name].sum(), language=language) for name in ("decided", "done", "overdue"))
        text = {"sv": f"Beslutade åtgärder: {decided}; genomförda: {done}; sena: {late}.",
                "en": f"Actions decided: {decided}; done: {done}; late: {late}."}  # fmt: skip
        return pick(text, language)

    def methods(self, language: str | None = None) -> str:
        """Return how the indicators were counted."""
        language = language or self.language
        text = {
            "sv": "Andelar av klienter avser dem som är inskrivna den sista dagen, andelar av planer, remisser och "
            "placeringar dem som gjordes medan klienten var inskriven. Händelser anges per klientår av inskriven tid "
            "under det sista året. Tider är medianer enligt Kaplan–Meier från inskrivningen, och den som inte har "
            "händelsen när inskrivningen eller observationen slutar är censurerad. En aktuell SIP är gjord eller "
            "uppföljd under det sista året; uppföljd i tid betyder inom 365 dagar. Genomsnitt avser det sista året. "
            "Andra verksamheter kring klienten är de som nämns vid kontakter, socialtjänsten vid kommunal insats eller "
            "placering och SiS vid placering där. Övergång till vuxenvård räknas från den dag insatsen upphör, det år "
            "klienten fyller 17 eller senare, till första besök i vuxenpsykiatrin.",
            "en": "Shares of clients are of those enrolled on the last day, shares of plans, referrals and placements "
            "of those made while the client was enrolled. Events are given per client-year of enrolled time in the "
            "last year. Times are Kaplan–Meier medians from enrolment, and whoever has no event when enrolment or "
            "observation ends is censored. A current SIP was made or followed up in the last year; followed up on time "
            "means within 365 days. Averages are of the last year. Other authorities around a client are those named "
            "at contacts, the social services where there is a municipal service or placement, and the state "
            "institutions where the client is placed in one. Transition to adult care counts from the day the "
            "enrolment ends, in the year the client turns 17 or later, to the first visit in adult psychiatry.",
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
        """Return one table for each section and kind of value, so that no column is empty by its nature; surveys."""
        from factfidelity.contact.indicator_views import indicator_views

        return indicator_views(self, language or self.language)

    def heading(self, language: str | None = None) -> str:
        """Return the title with the care model's name."""
        language = language or self.language
        lead = {"sv": "Indikatorer för ", "en": "Indicators for "}
        return pick(lead, language) + pick(load_programme(self.notes["programme"]).short, language)

    def delivered(self) -> pd.DataFrame:
        """Return the rows whose tables were delivered."""
        return self.table.loc[~self.table["why"].astype("object").fillna("").astype("str").str.startswith("no ")]

    def lacking(self, language: str | None = None) -> tuple[tuple[str, str], ...]:
        """Return the indicators whose tables were not delivered, each with what is missing."""
        language = language or self.language
        rows = self.table.loc[~self.table.index.isin(self.delivered().index)] if len(self.table) else self.table
        said = {pick(LABELS[name], language): why_words(why, language)
                for name, why in zip(rows["indicator"], rows["why"], strict=True)}  # fmt: skip
        return tuple(said.items())

    def by_section(self) -> dict[str, Self]:
        """Return the indicators divided by their section of a report; sections for which nothing was delivered out."""
        rows = self.delivered() if len(self.table) else self.table
        there = set(rows["section"]) | ({"voice"} if len(self.coverage) or len(self.actions) else set())
        order = [name for name in load_programme(self.notes["programme"]).sections if name in there]
        none = pd.DataFrame()
        return {
            name: dataclasses.replace(
                self,
                table=rows.loc[(rows["section"] == name).to_numpy()],
                coverage=self.coverage if name == "voice" else none,
                answers=self.answers if name == "voice" else none,
                actions=self.actions if name == "voice" else none,
                notes={**self.notes, "section": name},
            )
            for name in order
        }

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return up to three indicators of what the care model is for: work, placements, school, resource groups."""
        language = language or self.language
        rows = [row for row in self._rows() if row["section"] in _OWN_SECTIONS and not pd.isna(row["value"])]
        found = []
        for row in rows[:3]:
            label = pick(LABELS[row["indicator"]], language)
            form: Any = "percent" if row["form"] == "percent" else "number"
            decimals = 0 if row["form"] == "percent" else _decimals(row)
            text = f"{label}: {self.said(row, language)}."
            found.append(KeyFigure(row["indicator"], label, float(row["value"]), text, form=form, decimals=decimals))
        return tuple(found)
