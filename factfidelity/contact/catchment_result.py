"""CatchmentUse: inpatient care of everybody in the catchment area, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.contact.catchment_words import ADVICE, HEADS, METHODS, MODELS, STATES, UNIT, WHY
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, TableView, columns_in
from factfidelity.wording import interval, number, period_name, pick


@dataclass(frozen=True, kw_only=True, eq=False)
class CatchmentUse(Result):
    """Inpatient care of all inhabitants of the teams' catchment areas, before and after the teams began.

    Attributes
    ----------
    table : DataFrame, one row per team and period
        team_id, team, period_start, state (before | start | after, of the team's beginning), months (delivered),
        bed_days, admissions, patients (of the largest month), per_1000 (bed-days per 1,000 inhabitants and year),
        admissions_per_1000, beds (at disposal on average).
    change : DataFrame, one row per team and model (plain | trend | beds)
        months_before, months_after, per_1000_before, per_1000_after, beds_before, beds_after, ratio with low and high
        (bed-days after / before; season, then also a straight trend, then also the beds taken into account), why.
    """

    name: ClassVar[str] = "catchment_use"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Vårddygn i upptagningsområdet", "en": "Bed-days in the catchment area",
    }  # fmt: skip
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("team_id", "period_start"),
            {"patients": ("bed_days", "admissions", "per_1000", "admissions_per_1000")}, population="catchment",
            public=("months", "beds"),
        ),
        "change": Gate(
            ("team_id", "model"),
            {"patients_before": ("per_1000_before", "ratio", "low", "high"),
             "patients_after": ("per_1000_after", "ratio", "low", "high")}, population="catchment",
            public=("months_before", "months_after", "beds_before", "beds_after"),
        ),
    }  # fmt: skip

    change: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _rows(self) -> list[Mapping[str, Any]]:
        """Return each team's row of the widest model that has a ratio, else of the plain one."""
        found: dict[str, Mapping[str, Any]] = {}
        records: list[Mapping[str, Any]] = self.change.to_dict("records")  # type: ignore[assignment]
        for row in records:
            if row["team_id"] not in found or not pd.isna(row["ratio"]):
                found[row["team_id"]] = row
        return list(found.values())

    def summary(self, language: str | None = None) -> str:
        """Return bed-days per 1,000 inhabitants before and after, the ratio, and what it cannot tell."""
        language = language or self.language
        parts = [self._said(row, language) for row in self._rows()]
        return " ".join([*parts, pick(ADVICE, language), self.coarser(language)]).strip()

    def _said(self, row: Mapping[str, Any], language: str) -> str:
        if pd.isna(row["per_1000_before"]) or pd.isna(row["per_1000_after"]):
            said = {"sv": "före och efter kan inte jämföras", "en": "before and after cannot be compared"}
            return f"{row['team']}: {pick(said, language)} ({pick(WHY['one_side'], language)})."
        before, after = (number(row[f"per_1000_{name}"], language=language) for name in ("before", "after"))
        first = {
            "sv": f"{row['team']}: i upptagningsområdet var vårddygnen {before} per 1 000 invånare och år innan teamet "
            f"började och {after} därefter.",
            "en": f"{row['team']}: in the catchment area there were {before} bed-days per 1,000 inhabitants and year "
            f"before the team began and {after} after.",
        }
        if pd.isna(row["ratio"]):
            return pick(first, language)
        value = interval(row["ratio"], row["low"], row["high"], decimals=2, language=language)
        how = pick(MODELS[str(row["model"])], language)
        then = {"sv": f"Kvoten efter/före är {value}, {how}.", "en": f"The ratio after/before is {value}, {how}."}
        return f"{pick(first, language)} {pick(then, language)}"

    def methods(self, language: str | None = None) -> str:
        """Return how the months were compared."""
        return pick(METHODS, language or self.language)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw bed-days per 1,000 inhabitants over time, with the team's beginning."""
        return self._draw(self.language, ax)

    def _chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        look: dict[str, Any] = {
            "x": "period_start", "y": "per_1000", "unit": pick(UNIT, language), "language": language,
        }  # fmt: skip
        if len(self.table["team_id"].unique()) > 1:
            look["series"] = "team"
        elif self.notes["started"]:
            said = {"sv": "teamet börjar", "en": "the team begins"}
            look["mark"] = (pd.Timestamp(self.notes["started"].split("; ")[0]), pick(said, language))
        return self.table, look

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._chart(language)
        return charts.lines(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the comparison, and the course by period."""
        language = language or self.language
        there = self.notes["beds_known"] == "yes"
        change = self.change.assign(
            model_name=[pick(MODELS[name], language) for name in self.change["model"]],
            because=[pick(WHY[why], language) if why in WHY else "" for why in self.change["why"]],
        )
        beds = ("beds_before", "beds_after") if there else ()
        shown = ("team", "model_name", "ratio", "low", "high", "per_1000_before", "per_1000_after", *beds)
        shown = (*shown, "because") if change["because"].ne("").any() else shown
        period = [period_name(day, self.notes["every"], language=language) for day in self.table["period_start"]]
        states = [pick(STATES[name], language) for name in self.table["state"]]
        table = self.table.assign(period=period, state_name=states)
        course = ("team", "period", "state_name", "bed_days", "per_1000", "patients", *(("beds",) if there else ()))
        captions = ({"sv": "Vårddygn i området, före och efter", "en": "Bed-days in the area, before and after"},
                    {"sv": "Vårddygn i området över tid", "en": "Bed-days in the area over time"})  # fmt: skip
        return (
            TableView("catchment_change", pick(captions[0], language), change, columns_in(language, HEADS, shown),
                      (self.methods(language),)),
            TableView("catchment_use", pick(captions[1], language), table, columns_in(language, HEADS, course)),
        )  # fmt: skip

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return bed-days per 1,000 inhabitants over time."""
        language = language or self.language
        rows, look = self._chart(language)
        view = self.views(language)[1]
        alt = charts.alt.lines(rows, **{**look, "what": pick(self.title, language)})
        return (FigureView(self.name, view.caption, alt, lambda ax: self._draw(language, ax), view),)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the ratio of bed-days in the area after the team began to before."""
        language = language or self.language
        label = {"sv": "Vårddygn i området, efter/före", "en": "Bed-days in the area, after/before"}
        rows = [row for row in self._rows() if not pd.isna(row["ratio"])]
        return tuple(
            KeyFigure(f"catchment_{place}", pick(label, language) + (f", {row['team']}" if len(rows) > 1 else ""),
                      float(row["ratio"]), self._said(row, language), low=float(row["low"]), high=float(row["high"]),
                      decimals=2, group="catchment")
            for place, row in enumerate(rows)
        )  # fmt: skip
