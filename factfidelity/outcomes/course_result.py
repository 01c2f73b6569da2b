"""The course of care use around the index day, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, NativeChart, TableView
from factfidelity.outcomes.words import CHOICES, say, with_lock
from factfidelity.wording import HIDDEN, number, percent

_LEVELS = {
    "month": {"sv": "månad", "en": "month"},
    "quarter": {"sv": "kvartal", "en": "quarter"},
    "half_year": {"sv": "halvår", "en": "half-year"},
    "pooled": {"sv": "hela tiden före respektive efter", "en": "all time before and all time after"},
}


@dataclass(frozen=True, kw_only=True, eq=False)
class CareCourse(Result):
    """Care use by month around the index day.

    Attributes
    ----------
    table : DataFrame, one row per outcome and period
        outcome, level (month | quarter | half_year | pooled), period (1, 2 …), month_from and month_to (months from
        the index day, the second is out), window, clients (observed), clients_any (with any), total, months
        (client-months), rate (per client-month) with low and high (client-resampled).
    """

    name: ClassVar[str] = "monthly_course"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Slutenvård månad för månad kring indexdagen",
        "en": "Hospital care month by month around the index day",
    }
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("outcome", "level", "period", "month_from", "month_to", "window"),
            counts={
                "clients": ("months", "total", "rate", "low", "high"),
                "clients_any": ("total", "rate", "low", "high"),
            },
            wholes={"clients_any": "clients"},
            largest={"total": ("largest", "two_largest")},
            topic="topic",
        )
    }

    def _outcomes(self) -> list[str]:
        return [name for name in self.notes["outcomes"].split(",") if name]

    def _label(self, outcome: str, language: str) -> str:
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def _rows(self, outcome: str) -> pd.DataFrame:
        return self.table[self.table["outcome"] == outcome].reset_index(drop=True)

    def summary(self, language: str | None = None) -> str:
        """Say where each outcome was highest before the index day, and how it ended, and at which level it is shown."""
        chosen = language or self.language
        sentences = [self._sentence(outcome, chosen) for outcome in self._outcomes()]
        return " ".join(sentences) or {"sv": "Inget att visa.", "en": "Nothing to show."}[chosen]

    def _sentence(self, outcome: str, language: str) -> str:
        rows, label = self._rows(outcome), self._label(outcome, language)
        level = say(_LEVELS, self.notes.get(f"level.{outcome}", "month"), language)
        shown = rows.dropna(subset=["rate"])
        if shown.empty:
            return {
                "sv": f"{label}: förloppet visas inte ({HIDDEN}).",
                "en": f"{label}: the course is not shown ({HIDDEN}).",
            }[language]
        top, last = shown.iloc[int(shown["rate"].to_numpy(dtype="float64").argmax())], shown.iloc[-1]
        high, end = (number(row["rate"], decimals=2, language=language) for row in (top, last))
        if language == "sv":
            return (
                f"{label} per klientmånad, visat per {level}: högst {high} ({_span(top, language)}), "
                f"sist {end} ({_span(last, language)})."
            )
        return (
            f"{label} per client-month, shown by {level}: highest {high} ({_span(top, language)}), "
            f"last {end} ({_span(last, language)})."
        )

    def methods(self, language: str | None = None) -> str:
        """Say how the course was counted and how fine it is shown."""
        chosen = language or self.language
        values = dict(self.notes) | {
            "level": percent(float(self.notes["level"]), language=chosen),
            "day_count": say(CHOICES, self.notes["day_count"], chosen),
            "follow": say(CHOICES, self.notes["follow"], chosen),
        }
        levels = ", ".join(
            f"{self._label(outcome, chosen)}: {say(_LEVELS, self.notes.get(f'level.{outcome}', ''), chosen)}"
            for outcome in self._outcomes()
        )
        return with_lock(_METHODS[chosen].format(**values, levels=levels), self.notes, chosen)

    def plot(self, *, outcome: str = "", ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the course of one outcome, the first when none is named."""
        names = self._outcomes()
        return self._draw(outcome or (names[0] if names else ""), self.language, ax)

    def _draw(self, outcome: str, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "per klientmånad", "en": "per client-month"}[language]
        mark = {"sv": "indexdag", "en": "index day"}[language]
        rows = self._rows(outcome)
        rows["middle"] = (rows["month_from"].astype("float64") + rows["month_to"].astype("float64")) / 2
        title = {"sv": "månader från indexdagen", "en": "months from the index day"}[language]
        return charts.lines(
            rows, x="middle", y="rate", low="low", high="high", mark=(0.0, mark), unit=unit, x_title=title,
            language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return one table for each outcome."""
        chosen = language or self.language
        return tuple(self._view(outcome, chosen) for outcome in self._outcomes() if len(self._rows(outcome)))

    def _view(self, outcome: str, language: str) -> TableView:
        rows = self._rows(outcome)
        rows = rows.assign(span=[_span(row, language) for _, row in rows.iterrows()])
        words = _HEADINGS[language]
        columns = (
            Column("span", words[0]), Column("clients", words[1], "integer"),
            Column("clients_any", words[2], "integer"),
            Column("total", words[3], "integer"), Column("rate", words[4], "number", 3),
            Column("low", words[5], "number", 3), Column("high", words[6], "number", 3),
        )  # fmt: skip
        level = say(_LEVELS, self.notes.get(f"level.{outcome}", "month"), language)
        caption = {
            "sv": f"{self._label(outcome, language)} kring indexdagen, per klientmånad",
            "en": f"{self._label(outcome, language)} around the index day, per client-month",
        }[language]
        note = {
            "sv": f"Visas per {level}: det finaste steg där alla antal personer får visas.",
            "en": f"Shown by {level}: the finest step at which all numbers of persons may be shown.",
        }[language]
        return TableView(f"course_{outcome}", caption, rows, columns, (note,))

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return one figure for each outcome."""
        chosen = language or self.language
        return tuple(self._figure(outcome, chosen) for outcome in self._outcomes() if len(self._rows(outcome)))

    def _figure(self, outcome: str, language: str) -> FigureView:
        view = self._view(outcome, language)
        parts = [
            f"{row['span']}: {number(row['rate'], decimals=2, language=language)}"
            for row in view.frame[["span", "rate"]].to_dict("records")
        ]
        kind = {"sv": "Linje med intervall. ", "en": "Line with interval. "}[language]
        return FigureView(
            name=f"course_{outcome}", caption=view.caption, alt=f"{kind}{view.caption}. {'; '.join(parts)}.",
            draw=lambda ax: self._draw(outcome, language, ax), table=view,
            native=NativeChart("line", view.name, "span", ("rate",)),
        )  # fmt: skip


def _span(row: pd.Series[float], language: str) -> str:
    low, high = (number(float(row[name]), decimals=0, language=language) for name in ("month_from", "month_to"))
    joint = "till" if language == "sv" else "to"
    return f"{'månad' if language == 'sv' else 'month'} {low} {joint} {high}"


_HEADINGS = {
    "sv": (
        "Månader från index", "Klienter observerade", "Klienter med någon", "Totalt", "Per klientmånad", "Nedre gräns",
        "Övre gräns",
    ),
    "en": (
        "Months from index", "Clients observed", "Clients with any", "Total", "Per client-month", "Lower limit",
        "Upper limit",
    ),
}  # fmt: skip
_METHODS = {
    "sv": (
        "Förloppet visas från {months} månader före till {months} månader efter indexdagen (månad = 365,25/12 dagar). "
        "Frekvensen per klientmånad bygger på de klienter som observerades i perioden; {follow}. Vårddygn räknades som "
        "{day_count}. Band ({level}): BCa-omsampling av klienter, {draws} dragningar, frö {seed}. Varje utfall visas "
        "på den finaste nivå där minst {smallest} personer ligger bakom varje värde: {levels}."
    ),
    "en": (
        "The course is shown from {months} months before to {months} months after the index day (a month is 365.25/12 "
        "days). The rate per client-month rests on the clients observed in the period; {follow}. Bed-days were "
        "counted as {day_count}. Bands ({level}): BCa resampling of clients, {draws} draws, seed {seed}. Each outcome "
        "is shown at the finest level at which at least {smallest} persons stand behind every value: {levels}."
    ),
}
