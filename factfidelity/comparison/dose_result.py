"""DoseResponse: fidelity beside an outcome, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.comparison import words
from factfidelity.comparison.shown import direction, estimates_view, none, row_of, said
from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.wording import percent, pick

_FIGURES = ("estimate", "low", "high", "p")
_METHODS = {
    "sv": "Varje rad är ett team och ett år: programtrohetens totalpoäng bredvid antal per tidsenhet. Med minst "
    "tio team "
    "skattas en linjär blandad modell med slumpmässigt intercept per team och kalendertid ({level} intervall); "
    "skillnader inom team över tid och skillnader mellan team redovisas också var för sig. Med färre än tio team visas "
    "bara bilden. Samvariation är inte orsak: team med högre programtrohet kan skilja sig åt på annat.",
    "en": "Each row is a team and a year: the total fidelity score beside the number per unit of time. From ten "
    "teams on, "
    "a linear mixed model with a random intercept for each team and calendar time is fitted ({level} intervals); "
    "differences within teams over time and between teams are also given apart. With fewer than ten teams only the "
    "picture is shown. Going together is not causing: teams of higher fidelity may differ in other ways.",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class DoseResponse(CountedResult):
    """Fidelity and outcome of team-years.

    Attributes
    ----------
    table : DataFrame, one row per team and period
        team_id, period, fidelity, count, exposure, persons (where known), rate.
    change : DataFrame, one row per estimand
        estimand (fidelity | within | between: change in rate per point), estimate, low, high, p, why.
    """

    name: ClassVar[str] = "fidelity_and_outcome"
    title: ClassVar[Mapping[str, str]] = {"sv": "Programtrohet och utfall", "en": "Fidelity and outcome"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(("team_id", "period", "fidelity"), {"persons": ("count", "rate")}),
        "change": Gate(("estimand",), follows={"table.persons": _FIGURES, "table.count": _FIGURES}),
    }

    change: pd.DataFrame = field(default_factory=none)

    def summary(self, language: str | None = None) -> str:
        """Give the change in rate per point of fidelity, or warn that the teams are too few."""
        chosen = language or self.language
        teams = self.notes["teams"]
        if int(teams) < 10:
            return {
                "sv": f"{teams} team är för få för en skattning av sambandet mellan programtrohet och "
                f"{self._label(chosen)}; bilden visar de enskilda teamåren.",
                "en": f"{teams} teams are too few for an estimate of how fidelity and {self._label(chosen)} go "
                f"together; "
                "the picture shows the single team-years.",
            }[chosen]
        row = row_of(self.change, estimand="fidelity")
        slope = said(row, chosen, decimals=3, level=float(self.notes["level"]))
        if chosen == "sv":
            text = (
                f"Per poäng högre programtrohet skilde sig {self._label(chosen)} per tidsenhet med {slope} "
                f"({teams} team)."
            )
        else:
            text = (
                f"Per point higher fidelity, {self._label(chosen)} per unit of time differed by {slope} "
                f"({teams} teams)."
            )
        return f"{text} {direction(row, 0.0, chosen)}"

    def methods(self, language: str | None = None) -> str:
        """Say how fidelity and outcome were related."""
        chosen = language or self.language
        return _METHODS[chosen].format(level=percent(float(self.notes["level"]), language=chosen))

    def _look(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = self.table.assign(
            name=[f"{team} {period}" for team, period in zip(self.table["team_id"], self.table["period"], strict=True)]
        )
        return rows, {
            "x": "fidelity", "y": "rate", "label": "name", "language": language,
            "unit": {"sv": "per tidsenhet", "en": "per unit of time"}[language],
            "x_title": {"sv": "programtrohet", "en": "fidelity"}[language],
        }  # fmt: skip

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw each team-year."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._look(language)
        return charts.scatter(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the team-years and the estimates."""
        chosen = language or self.language
        sv = chosen == "sv"
        counts = [name for name in ("persons",) if name in self.table]
        table = self.table.assign(team=self.table["team_id"], period=self.table["period"].astype("str"))
        shown = ("team", "period", "fidelity", *counts, "count", "exposure", "rate")
        caption = f"{'Programtrohet och' if sv else 'Fidelity and'} {self._label(chosen)}"
        return (
            TableView("dose_team_years", caption, table, columns_in(chosen, words.HEADS, shown)),
            estimates_view("dose_change", "Skillnad per poäng" if sv else "Difference per point", self.change, chosen),
        )

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the team-years."""
        chosen = language or self.language
        rows, look = self._look(chosen)
        view = self.views(chosen)[0]
        alt = charts.alt.scatter(rows, **look, what=f"{pick(self.title, chosen)}: {self._label(chosen)}")
        return (FigureView("dose_team_years", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
