"""ControlChart: a series with its limits, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.monitoring import words
from factfidelity.wording import date, integer, number, pick

_ALL = ("table.persons", "table.count")


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlChart(CountedResult):
    """A series with centre, limits and signals.

    Attributes
    ----------
    table : DataFrame, one row per period
        period_start, count, size, rate (count / size), persons, clients.
    limits : DataFrame, one row per period
        at, centre, lower, upper, signal, reason (beyond | shift | trend | two_of_three, by comma).
    signals : DataFrame, one row
        signals (points with any; of a run chart 1 where either rule says so), longest_run and crossings with what is
        expected (run chart), factor (Laney), why.
    """

    name: ClassVar[str] = "control_chart"
    title: ClassVar[Mapping[str, str]] = {"sv": "Styrdiagram", "en": "Control chart"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("period_start",), {"persons": ("count", "rate"), "clients": ("size",)}, wholes={"persons": "clients"},
            largest={"count": ("largest", "two_largest")}, topic="topic",
        ),
        # The centre is the sum over the sizes: with one hidden period it would give that period back.
        "limits": Gate(("at",), follows=dict.fromkeys(_ALL, ("centre", "lower", "upper", "signal", "reason"))),
        "signals": Gate(
            ("rule",), follows=dict.fromkeys(_ALL, ("signals", "longest_run", "crossings", "factor", "why"))
        ),
    }  # fmt: skip

    limits: pd.DataFrame = field(default_factory=pd.DataFrame)
    signals: pd.DataFrame = field(default_factory=pd.DataFrame)

    def summary(self, language: str | None = None) -> str:
        """Say whether the series shows more than its usual variation."""
        chosen = language or self.language
        number_of = self.signals["signals"].iloc[0]
        label, periods = self._label(chosen).capitalize(), len(self.table)
        if pd.isna(number_of):
            return {
                "sv": f"{label}: om serien ändras får inte visas (..), eftersom någon period bygger på för få "
                f"personer.",
                "en": f"{label}: whether the series changes may not be shown (..), since a period rests on too "
                f"few persons.",
            }[chosen]
        if not number_of:
            return {
                "sv": f"{label}: {periods} perioder utan tecken på annat än den vanliga variationen.",
                "en": f"{label}: {periods} periods without a sign of anything but the usual variation.",
            }[chosen]
        if self.notes["kind"] == "run":
            return {
                "sv": f"{label}: serien avviker från vad slumpen brukar ge (ovanligt lång svit eller få korsningar).",
                "en": f"{label}: the series differs from what chance usually gives (a long run or few crossings).",
            }[chosen]
        some = integer(number_of, language=chosen)
        return {
            "sv": f"{label}: {some} av {periods} perioder visar tecken på särskild variation.",
            "en": f"{label}: {some} of {periods} periods show a sign of special variation.",
        }[chosen]

    def methods(self, language: str | None = None) -> str:
        """Say how the chart was made."""
        chosen = language or self.language
        text = words.CHARTS[self.notes["kind"]][chosen]
        if self.notes["baseline"]:
            text += {
                "sv": f" Gränserna är satta av de första {self.notes['baseline']} perioderna.",
                "en": f" The limits are set by the first {self.notes['baseline']} periods.",
            }[chosen]
        if self.notes["overdispersion"] == "True":
            text += {"sv": " Gränserna är vidgade enligt Laney.", "en": " The limits are widened by Laney's factor."}[
                chosen
            ]
        return f"{text} {words.CAUTION[chosen]}"

    def _lines(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        observed = self.table[["period_start", "rate"]].rename(columns={"period_start": "at", "rate": "value"})
        parts = [observed.assign(kind="value")]
        parts += [
            self.limits[["at", name]].rename(columns={name: "value"}).assign(kind=name)
            for name in ("centre", "upper", "lower")
            if self.limits[name].notna().any()
        ]
        names = {name: text[language] for name, text in words.LINES.items()}
        share = self.notes["kind"] == "p"
        return pd.concat(parts, ignore_index=True), {
            "x": "at", "y": "value", "series": "kind", "language": language, "names": names,
            "form": "percent" if share else "number", "unit": self._unit(language),
        }  # fmt: skip

    def _unit(self, language: str) -> str:
        if self.notes["kind"] == "p":
            return {"sv": "andel", "en": "share"}[language]
        if self.notes["timed"] == "True":
            return {"sv": "per tidsenhet", "en": "per unit of time"}[language]
        return {"sv": "antal per period", "en": "number per period"}[language]

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the series with centre and limits."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._lines(language)
        return charts.lines(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the series with its limits and signals."""
        chosen = language or self.language
        rows = self.table.merge(self.limits, left_on="period_start", right_on="at", how="left")
        dated = pd.api.types.is_datetime64_any_dtype(rows["period_start"])
        rows["period"] = [date(at, language=chosen) if dated else str(at) for at in rows["period_start"]]
        rows["reason_text"] = words.reasons(rows["reason"], chosen)
        counts = [name for name in ("persons",) if name in rows]
        shown = ("period", *counts, "count", "size", "rate", "centre", "lower", "upper", "reason_text")
        caption = f"{self._label(chosen).capitalize()}, {self._unit(chosen)}"
        note: tuple[str, ...] = ()
        if self.notes["kind"] == "run" and not pd.isna(self.signals["longest_run"].iloc[0]):
            values = self.signals.iloc[0]
            run, most, cross, least = (
                number(values[name], decimals=0, language=chosen)
                for name in ("longest_run", "longest_expected", "crossings", "crossings_expected")
            )
            note = (
                {
                    "sv": f"Längsta svit {run} (högst {most} väntad), korsningar {cross} (minst {least} väntade).",
                    "en": f"Longest run {run} (at most {most} expected), crossings {cross} (at least {least} "
                    f"expected).",
                }[chosen],
            )
        return (TableView("control_chart", caption, rows, columns_in(chosen, words.HEADS, shown), note),)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the chart."""
        chosen = language or self.language
        rows, look = self._lines(chosen)
        (view,) = self.views(chosen)
        what = f"{pick(self.title, chosen)}: {self._label(chosen)}"
        alt = charts.alt.lines(rows, **look, what=what, decimals=2) + " " + self.summary(chosen)
        return (FigureView("control_chart", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
