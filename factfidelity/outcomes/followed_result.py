"""Leaving, dropping out and dying after the index day, and clients served each year, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, Head, NativeChart, TableView, columns_in
from factfidelity.outcomes.words import CHOICES, say
from factfidelity.wording import HIDDEN, integer, interval, number, percent

# Reasons for an ending that are a dropping out; others (as planned, moved, other service) are not.
DROPPED = ("declined", "dropped_out", "lost_contact", "own_request")
_HEADS: Mapping[str, Head] = {
    "figure": ("Händelse", "Event", "text"),
    "clients": ("Klienter", "Clients", "integer"),
    "hits": ("Klienter med händelsen", "Clients with the event", "integer"),
    "years": ("Klientår", "Client-years", "number", 1),
    "rate": ("Per 100 klientår", "Per 100 client-years", "number", 1),
    "low": ("Nedre gräns", "Lower limit", "number", 1),
    "high": ("Övre gräns", "Upper limit", "number", 1),
    "why": ("Anmärkning", "Note", "text"),
    "year": ("År", "Year", "text"),
    "client_years": ("Klientår", "Client-years", "number", 1),
    "fte_years": ("Heltidstjänster", "Full-time posts", "number", 1),
    "per_fte": ("Klienter per heltidstjänst och år", "Clients per full-time post and year", "number", 1),
    "client_years_per_fte": ("Klientår per heltidstjänst", "Client-years per full-time post", "number", 1),
}
_FIGURES = {
    "left": {"sv": "Lämnat insatsen (inte avlidna)", "en": "Left the programme (not by death)"},
    "dropped_out": {"sv": "Avbrutit i förtid", "en": "Dropped out"},
    "died": {"sv": "Avlidit", "en": "Died"},
}
_REASONS = {
    "declined": {"sv": "avböjt fortsatt kontakt", "en": "declined further contact"},
    "dropped_out": {"sv": "avbrutit", "en": "dropped out"},
    "lost_contact": {"sv": "kontakten förlorad", "en": "contact lost"},
    "own_request": {"sv": "egen begäran", "en": "own request"},
}
_WHY = {
    "not_delivered": {"sv": "dödsfall är inte levererade", "en": "deaths were not delivered"},
    "no_reasons": {"sv": "inga avslutsorsaker är angivna", "en": "no reasons for ending are given"},
    "no_clients": {"sv": "ingen klient följs", "en": "no client is followed"},
}
_RATE = ("rate", "low", "high")


@dataclass(frozen=True, kw_only=True, eq=False)
class FollowedUp(Result):
    """What happened to clients after the index day, and how many the staff served.

    Attributes
    ----------
    table : DataFrame, one row per figure (left | dropped_out | died)
        clients (followed from the index day), hits (clients with the event), years at risk, rate per 100 client-years
        with low and high, why it is empty.
    served : DataFrame, one row per whole calendar year
        clients (with an enrolled day), client_years, fte_years of all staff, per_fte (clients for each full-time year),
        client_years_per_fte.
    """

    name: ClassVar[str] = "followed_up"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Avslut, avbrott, dödsfall och antal klienter per år",
        "en": "Leaving, dropping out, deaths and clients served",
    }
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("figure",),
            counts={"clients": ("years", *_RATE), "hits": _RATE, "others": ("hits", *_RATE)},
            wholes={"hits": "clients"},
            inner=("others",),
            topic="topic",
        ),
        "served": Gate(
            keys=("year",), counts={"clients": ("client_years", "per_fte", "client_years_per_fte")},
            public=("fte_years",),
            # who is in two teams counts once here and twice in the sum over teams
            sums=(("contact_pattern.latest.persons?team_id=total", "served.clients?year=last"),
                  ("caseload_ratios.denominators.persons?team_id=total&staff=case_carrying",
                   "served.clients?year=last")),
        ),
    }  # fmt: skip

    served: pd.DataFrame = field(default_factory=pd.DataFrame)

    def summary(self, language: str | None = None) -> str:
        """Give the rate of each event with its interval, and clients served in the last whole year that is shown."""
        chosen = language or self.language
        level = float(self.notes["level"])
        parts = []
        for row in self.table.to_dict("records"):
            name = _FIGURES[str(row["figure"])][chosen].lower()
            rate = interval(row["rate"], row["low"], row["high"], decimals=1, language=chosen, level=level)
            if isinstance(row["why"], str) and row["why"]:
                rate = _WHY[row["why"]][chosen]
            elif rate == HIDDEN:
                rate = {"sv": "visas inte", "en": "not shown"}[chosen]
            parts.append(f"{name}: {rate}")
        lead = {"sv": "Per 100 klientår efter indexdagen", "en": "Per 100 client-years after the index day"}[chosen]
        return " ".join([f"{lead} – {'; '.join(parts)}.", *self._served_sentence(chosen)])

    def _served_sentence(self, language: str) -> list[str]:
        shown = self.served.dropna(subset=["clients"]) if len(self.served) else self.served
        if not len(shown):
            return []
        row = shown.iloc[-1]
        year = f"{int(row['year'])}"
        clients, each = integer(row["clients"], language=language), number(row["per_fte"], language=language)
        more = {"sv": f", {each} per heltidstjänst", "en": f", {each} for each full-time post"}[language]
        more = "" if each == HIDDEN else more
        return [
            {
                "sv": f"Under {year} hade teamen {clients} klienter{more}.",
                "en": f"In {year} the teams had {clients} clients{more}.",
            }[language]
        ]

    def methods(self, language: str | None = None) -> str:
        """Say who is followed from when until when, what a dropping out is, and which interval was used."""
        chosen = language or self.language
        reasons = [say(_REASONS, name, chosen) for name in self.notes["dropped"].split(",")]
        values = {
            "index": say(CHOICES, self.notes["index"], chosen), "dropped": ", ".join(reasons),
            "level": percent(float(self.notes["level"]), language=chosen),
        }  # fmt: skip
        return _METHODS[chosen].format(**values)

    def _events(self, language: str) -> pd.DataFrame:
        rows = self.table
        return rows.assign(
            figure=[_FIGURES[str(name)][language] for name in rows["figure"]],
            why=[_WHY[why][language] if isinstance(why, str) and why else "" for why in rows["why"]],
        ).reset_index(drop=True)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the rates with their intervals."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "per 100 klientår", "en": "per 100 client-years"}[language]
        return charts.interval_plot(
            self._events(language), label="figure", estimate="rate", low="low", high="high", unit=unit,
            language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the events, and the clients served."""
        chosen = language or self.language
        events = {
            "sv": "Klienter som lämnat insatsen, avbrutit i förtid eller avlidit efter indexdagen",
            "en": "Clients who left, dropped out or died after the index day",
        }[chosen]
        served = {
            "sv": "Klienter per kalenderår och per heltidstjänst", "en": "Clients by calendar year and full-time post",
        }[chosen]  # fmt: skip
        names = ("figure", "clients", "hits", "years", *_RATE, "why")
        found = [TableView("left_and_died", events, self._events(chosen), columns_in(chosen, _HEADS, names))]
        if len(self.served):
            rows = self.served.assign(year=[f"{int(year)}" for year in self.served["year"]])
            columns = columns_in(chosen, _HEADS, tuple(self.served.columns.drop("status", errors="ignore")))
            found.append(TableView("clients_served", served, rows, columns))
        return tuple(found)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the rates."""
        chosen = language or self.language
        view = self.views(chosen)[0]
        parts = [
            f"{row['figure']}: {interval(row['rate'], row['low'], row['high'], decimals=1, language=chosen)}"
            for row in view.frame.to_dict("records")
        ]
        return (
            FigureView(
                name="left_and_died", caption=view.caption, alt=f"{view.caption}. {'; '.join(parts)}.",
                draw=lambda ax: self._draw(chosen, ax), table=view, size=(7.2, 2.6),
                native=NativeChart("bar", "left_and_died", "figure", ("rate",)),
            ),
        )  # fmt: skip


_METHODS = {
    "sv": (
        "Klienterna följs från indexdagen ({index}) till observationstidens slut. Att lämna insatsen är att "
        "inskrivningen i den tar slut, byte av team oräknat; tiden under risk är då tiden i insatsen. Avbrott i förtid "
        "är avslut med någon av orsakerna {dropped}. Dödsfall räknas per all observerad tid, också efter insatsen; ett "
        "dödsfall som bara är känt till månad räknas på månadens första dag. Frekvenserna har exakta Poissonintervall "
        "({level}). Klienter per heltidstjänst och år är alla med någon inskriven dag under kalenderåret delat med "
        "årets heltidstjänster, alla yrken."
    ),
    "en": (
        "Clients are followed from the index day ({index}) to the end of observed time. To leave is that the enrolment "
        "in the programme ends, changes of team not counted; time at risk is then time in the programme. Dropping out "
        "is an ending for one of the reasons {dropped}. Deaths are counted over all observed time, also after the "
        "programme; a death known to the month only counts on its first day. Rates have exact Poisson intervals "
        "({level}). Clients for each full-time post and year are all with an enrolled day in the calendar year over "
        "the year's full-time posts of all professions."
    ),
}
