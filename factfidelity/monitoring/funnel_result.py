"""Funnel: teams against the limits of chance, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import Column, FigureView, TableView, columns_in
from factfidelity.monitoring import words
from factfidelity.wording import number, percent, pick

_ALL = ("table.persons", "table.count")
_ENDS = ("lower_95", "upper_95", "lower_998", "upper_998")
_METHODS = {
    "sv": "Trattdiagram: varje enhets värde mot de gränser (95 och 99,8 %) som slumpen ger en enhet av den storleken"
    "{spread}. {what}Enheterna är inte justerade för vilka klienter de har; ett läge utanför gränserna är en anledning "
    "att fråga, inte ett omdöme.",
    "en": "Funnel plot: each unit's value against the limits (95 and 99.8%) that chance gives a unit of that size"
    "{spread}. {what}The units are not adjusted for which clients they have; a place outside the limits is a reason to "
    "ask, not a verdict.",
}
_SPREAD = {
    "sv": ", vidgade med spridningen mellan enheterna där de är minst fyra",
    "en": ", widened by the variance between units where there are at least four",
}
_YEAR = {
    "sv": "Klienter inskrivna och observerade hela perioden {span}; andelen med någon inskrivning i psykiatrisk "
    "slutenvård. ",
    "en": "Clients enrolled and observed through all of {span}; the share with any psychiatric admission. ",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Funnel(CountedResult):
    """Units against the limits of chance.

    Attributes
    ----------
    table : DataFrame, one row per unit
        team_id, team, count, size, value (count / size), persons, clients.
    limits : DataFrame, one row per unit
        unit, lower_95, upper_95, lower_998, upper_998, z, outside ("" | high | low | high_inner | low_inner).
    curve : DataFrame, one row per size
        at, and the same limits.
    centre : DataFrame, one row
        target, tau (standard deviation between units on the scale used), why.
    """

    name: ClassVar[str] = "funnel"
    title: ClassVar[Mapping[str, str]] = {"sv": "Team mot slumpens gränser", "en": "Teams against the limits of chance"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("team_id", "team"), {"clients": ("size", "value"), "persons": ("count", "value")},
            wholes={"persons": "clients"},
        ),
        # Centre and limits come from the sum over all units: with one hidden unit they would give it back.
        "limits": Gate(("unit",), follows=dict.fromkeys(_ALL, (*_ENDS, "z", "outside")), inner=("z",)),
        "curve": Gate(("at",), follows=dict.fromkeys(_ALL, _ENDS)),
        "centre": Gate(("what",), follows=dict.fromkeys(_ALL, ("target", "tau"))),
    }  # fmt: skip

    limits: pd.DataFrame = field(default_factory=pd.DataFrame)
    curve: pd.DataFrame = field(default_factory=pd.DataFrame)
    centre: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _value(self, value: float, language: str) -> str:
        if self.notes["kind"] == "proportion":
            return percent(value, decimals=1, language=language)
        return number(value, decimals=3, language=language)

    def summary(self, language: str | None = None) -> str:
        """Say how many units lie outside the limits."""
        chosen = language or self.language
        label = self._label(chosen).capitalize()
        target = self.centre["target"].iloc[0]
        if pd.isna(target):
            few = int(self.notes["units"]) < 3
            return {
                "sv": f"{label}: {'färre än tre enheter, så ingen tratt' if few else 'gränserna får inte visas (..)'}.",
                "en": f"{label}: "
                f"{'fewer than three units, so no funnel' if few else 'the limits may not be shown (..)'}.",
            }[chosen]
        outside = int(self.limits["outside"].isin(["high", "low"]).sum())
        near = int(self.limits["outside"].isin(["high_inner", "low_inner"]).sum())
        none = {"sv": "ingen", "en": "none"}[chosen]
        units, middle = len(self.table), self._value(target, chosen)
        return {
            "sv": f"{label}: {middle} {'som riktvärde' if self.notes['given_target'] == 'True' else 'totalt'}; av "
            f"{units} enheter ligger {outside or none} utanför de yttre gränserna och {near or none} mellan de inre "
            "och de yttre.",
            "en": f"{label}: {middle} {'as target' if self.notes['given_target'] == 'True' else 'in total'}; of "
            f"{units} "
            f"units, {outside or none} lie outside the outer limits and {near or none} between the inner and the "
            "outer ones.",
        }[chosen]

    def methods(self, language: str | None = None) -> str:
        """Say how the limits were made."""
        chosen = language or self.language
        span = self.notes["span"].replace("/", {"sv": " till ", "en": " to "}[chosen])
        return _METHODS[chosen].format(
            spread=_SPREAD[chosen] if self.notes["overdispersion"] == "True" else "",
            what=_YEAR[chosen].format(span=span) if span else "",
        )

    def _look(self, language: str) -> dict[str, Any]:
        sizes = {
            "proportion": {"sv": "klienter", "en": "clients"}, "rate": {"sv": "tid", "en": "time"},
            "ratio": {"sv": "väntat antal", "en": "expected number"},
        }  # fmt: skip
        share = self.notes["kind"] == "proportion"
        return {
            "x": "size", "y": "value", "label": "team", "language": language,
            "x_title": sizes[self.notes["kind"]][language],
            "form": "percent" if share else "number", "reference": float(self.centre["target"].iloc[0]),
            "unit": {"sv": "andel" if share else "värde", "en": "share" if share else "value"}[language],
        }  # fmt: skip

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the units and the limits."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        curves = self.curve if len(self.curve) and self.curve[list(_ENDS)].notna().any(axis=None) else None
        return charts.scatter(self.table, **self._look(language), curves=curves, curve_x="at", curve_y=_ENDS, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the units with their limits."""
        chosen = language or self.language
        rows = self.table.merge(self.limits, left_on="team_id", right_on="unit", how="left")
        rows["outside_text"] = [
            "" if pd.isna(place) else words.OUTSIDE[str(place)][chosen] for place in rows["outside"]
        ]
        shown = ("team", "size", "count", "value", *_ENDS, "outside_text")
        columns = columns_in(chosen, words.HEADS, shown)
        if self.notes["kind"] == "proportion":
            columns = tuple(
                Column(one.name, one.heading, "integer")
                if one.name == "size"
                else Column(one.name, one.heading, "percent", 1)
                if one.name in ("value", *_ENDS)
                else one
                for one in columns
            )
        return (TableView("funnel", self._label(chosen).capitalize(), rows, columns),)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the funnel."""
        chosen = language or self.language
        (view,) = self.views(chosen)
        what = f"{pick(self.title, chosen)}: {self._label(chosen)}"
        alt = charts.alt.scatter(self.table, **self._look(chosen), what=what) + " " + self.summary(chosen)
        return (FigureView("funnel", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
