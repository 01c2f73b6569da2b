"""Readmission before and after, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, NativeChart, TableView
from factfidelity.outcomes.words import WINDOWS, say
from factfidelity.wording import HIDDEN, integer, percent

_HEADINGS = {
    "sv": (
        "Inom dagar", "Fönster", "Klienter utskrivna", "Utskrivningar", "Återinskrivna", "Andel av utskrivningar",
        "Klienter återinskrivna efter första utskrivningen", "Andel av klienter", "Nedre gräns", "Övre gräns",
    ),
    "en": (
        "Within days", "Window", "Clients discharged", "Discharges", "Readmitted", "Share of discharges",
        "Clients readmitted after the first discharge", "Share of clients", "Lower limit", "Upper limit",
    ),
}  # fmt: skip
_METHODS = {
    "sv": (
        "Återinskrivning räknades på vårdtider sammanfogade med högst {gap_days} dags glapp: en ny vårdtid dag 1 "
        "till dag k efter utskrivningen. En utskrivning hör till ett fönster ({width_before} dagar före, "
        "{width_after} dagar efter indexdagen) bara om dess k dagar slutar i fönstret; den som avlider inom k "
        "dagar räknas som följd och inte återinskriven. Andelen per klient gäller den första utskrivningen i "
        "fönstret, med Wilsons intervall ({level})."
    ),
    "en": (
        "Readmission was counted on spells joined over at most {gap_days} day: a new spell on day 1 to day k after "
        "the discharge. A discharge belongs to a window ({width_before} days before, {width_after} days after the "
        "index day) only if its k days end inside it; a client who dies within k days counts as followed and not "
        "readmitted. The share of clients is for the first discharge in the window, with Wilson's interval "
        "({level})."
    ),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadmissionRates(Result):
    """Readmission within k days, before and after the index day.

    Attributes
    ----------
    table : DataFrame, one row per number of days and window
        within, window, clients (with a followed discharge), clients_hit (readmitted after any of them), discharges,
        readmitted, share_discharges, first_readmitted (clients readmitted after their first discharge), share_clients
        with low and high.
    """

    name: ClassVar[str] = "readmission_rates"
    title: ClassVar[Mapping[str, str]] = {"sv": "Återinskrivning", "en": "Readmission"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("within", "window"),
            counts={
                "clients": ("discharges", "readmitted", "share_discharges", "share_clients", "low", "high"),
                "clients_hit": ("readmitted", "share_discharges"),
                "first_readmitted": ("share_clients", "low", "high"),
            },
            wholes={"clients_hit": "clients", "first_readmitted": "clients"},
            largest={"readmitted": ("largest", "two_largest")},
        )
    }

    def _cell(self, within: int, window: str) -> pd.Series[float]:
        rows = self.table[(self.table["within"] == within) & (self.table["window"] == window)]
        return rows.iloc[0]

    def summary(self, language: str | None = None) -> str:
        """Give the share of clients readmitted within 28 days (or the first number asked for), before and after."""
        chosen = language or self.language
        asked = [int(k) for k in self.notes["within"].split(",")]
        within = 28 if 28 in asked else asked[0]
        before, after = self._cell(within, "before"), self._cell(within, "after")
        shares = [percent(row["share_clients"], language=chosen) for row in (before, after)]
        numbers = [integer(row["clients"], language=chosen) for row in (before, after)]
        if all(share == HIDDEN for share in shares):
            return {
                "sv": f"Hur många som återinskrevs inom {within} dagar visas varken före eller efter indexdagen.",
                "en": f"How many were readmitted within {within} days is shown neither before nor after the index day.",
            }[chosen]
        if chosen == "sv":
            return (
                f"Av klienter som skrevs ut återinskrevs {shares[0]} inom {within} dagar före indexdagen ({numbers[0]} "
                f"klienter) och {shares[1]} efter ({numbers[1]} klienter)."
            )
        return (
            f"Of clients who were discharged, {shares[0]} were readmitted within {within} days before the index day "
            f"({numbers[0]} clients) and {shares[1]} after it ({numbers[1]} clients)."
        )

    def methods(self, language: str | None = None) -> str:
        """Say how readmission was counted."""
        chosen = language or self.language
        level = percent(float(self.notes["level"]), language=chosen)
        return _METHODS[chosen].format(**(dict(self.notes) | {"level": level}))

    def _shown(self, language: str) -> pd.DataFrame:
        words = [say(WINDOWS, str(window), language) for window in self.table["window"]]
        within = {"sv": "inom {days} dagar", "en": "within {days} days"}[language]
        return self.table.assign(window=words, days=[within.format(days=days) for days in self.table["within"]])

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the share of clients readmitted, before and after."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "andel av klienter", "en": "share of clients"}[language]
        return charts.before_after(
            self._shown(language), category="days", window="window", value="share_clients", low="low", high="high",
            count="clients", unit=unit, form="percent", language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the table."""
        chosen = language or self.language
        names = (
            ("within", "integer"), ("window", "text"), ("clients", "integer"), ("discharges", "integer"),
            ("readmitted", "integer"), ("share_discharges", "percent"), ("first_readmitted", "integer"),
            ("share_clients", "percent"), ("low", "percent"), ("high", "percent"),
        )  # fmt: skip
        columns = tuple(Column(name, words, form) for (name, form), words in zip(names, _HEADINGS[chosen], strict=True))
        caption = {
            "sv": "Återinskrivning före och efter indexdagen, per utskrivning och per klient",
            "en": "Readmission before and after the index day, per discharge and per client",
        }[chosen]
        return (TableView("readmission", caption, self._shown(chosen), columns),)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the shares."""
        chosen = language or self.language
        (view,) = self.views(chosen)
        parts = [
            f"{row['days']}, {row['window'].lower()}: {percent(row['share_clients'], language=chosen)}"
            for row in view.frame[["days", "window", "share_clients"]].to_dict("records")
        ]
        return (
            FigureView(
                name="readmission", caption=view.caption, alt=f"{view.caption}. {'; '.join(parts)}.",
                draw=lambda ax: self._draw(chosen, ax), table=view, size=(7.2, 4.6),
                native=NativeChart("bar", "readmission", "within", ("share_clients",), split="window"),
            ),
        )  # fmt: skip
