"""TimeToEvent: the share with an event by time, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.comparison import words
from factfidelity.comparison.shown import estimates_view, is_missing, none
from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.wording import integer, percent, pick

_SHARES = ("incidence", "incidence_low", "incidence_high")
_METHODS = {
    "sv": "Andelen med händelsen ({label}) efter viss tid skattades enligt Aalen och Johansen ({level}): den som "
    "avlider kan inte längre få händelsen och räknas inte som om den kunde. Den som inte längre observeras är "
    "censurerad från den dagen. {origin} Kurvan redovisas månadsvis, utom de månader då för få fått händelsen, eller "
    "slutat följas, sedan raden ovan för att antalet ska få visas.",
    "en": "The share with the event ({label}) by time is the Aalen–Johansen estimate ({level}): those who die can no "
    "longer have the event and are not counted as if they could. Those no longer observed are censored from that day. "
    "{origin} The curve is given by month, without the months at which too few had the event, "
    "or were no longer followed, since the row above for their number to be shown.",
}
_ORIGIN = {
    "leaving": {
        "sv": "Tiden räknas från klientens första inskrivning till den dag insatsen avslutas; byte av team är "
        "inget avslut.",
        "en": "Time runs from the client's first enrolment to the day of leaving; a change of team is no leaving.",
    },
    "readmission": {
        "sv": "Tiden räknas från klientens första utskrivning efter indexdagen till nästa inskrivning.",
        "en": "Time runs from the client's first discharge after the index day to the next admission.",
    },
    "event": {"sv": "", "en": ""},
}


@dataclass(frozen=True, kw_only=True, eq=False)
class TimeToEvent(CountedResult):
    """Share with an event by time, beside death.

    Attributes
    ----------
    table : DataFrame, one row per group (``all`` first) and time
        group, days, at_risk (persons still followed and without event), events (persons, since the row above),
        incidence (share with the event by then) with incidence_low and _high.
    deaths : DataFrame, one row per group and time
        group, days, deaths (persons, since the row above), share with low and high.
    change : DataFrame, at most one row
        estimand (hazard_ratio of two groups, second over first; log_rank of more), estimate, low, high, p, why.
    """

    name: ClassVar[str] = "time_to_event"
    title: ClassVar[Mapping[str, str]] = {"sv": "Tid till händelse", "en": "Time to an event"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("group", "days"), {"at_risk": _SHARES, "events": _SHARES}, margins={"group": "all"},
        ),
        "deaths": Gate(
            ("group", "days"), {"deaths": ("share", "low", "high")}, margins={"group": "all"}, topic="death",
        ),
        "change": Gate(("estimand",), follows={"table.events": ("estimate", "low", "high", "p")}),
    }  # fmt: skip

    deaths: pd.DataFrame = field(default_factory=none)
    change: pd.DataFrame = field(default_factory=none)

    def _all(self) -> pd.DataFrame:
        return self.table[self.table["group"] == "all"]

    def summary(self, language: str | None = None) -> str:
        """Give the share with the event after one year (or the last time shown) and how many were followed."""
        chosen = language or self.language
        rows = self._all()
        shown = rows[rows["incidence"].notna() & (rows["days"] > 0)]
        start = rows["at_risk"].iloc[0] if len(rows) else None
        if not len(shown) or is_missing(start):
            return {
                "sv": f"Andelen som {self._label(chosen)} kan inte visas.",
                "en": f"The share who had {self._label(chosen)} cannot be shown.",
            }[chosen]
        shown = shown[shown["incidence"] > 0] if (shown["incidence"] > 0).any() else shown
        row = shown.iloc[(shown["days"] - 365).abs().to_numpy().argmin()]
        share, low, high = (percent(row[name], language=chosen) for name in _SHARES)
        bounds = f"{low.rstrip('%').rstrip()}–{high}"
        days, size = int(row["days"]), integer(start, language=chosen)
        if chosen == "sv":
            label = self._label(chosen)
            return f"Efter {days} dagar hade uppskattningsvis {share} ({bounds}) {label} (av {size} klienter)."
        return f"After {days} days an estimated {share} ({bounds}) had {self._label(chosen)} (of {size} clients)."

    def methods(self, language: str | None = None) -> str:
        """Say how the curve was made."""
        chosen = language or self.language
        return " ".join(
            _METHODS[chosen].format(
                label=self._label(chosen), level=percent(float(self.notes["level"]), language=chosen),
                origin=_ORIGIN[self.notes["event"]][chosen],
            ).split()
        )  # fmt: skip

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the share with the event by time."""
        return self._draw(self.language, ax)

    def _look(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = self.table if self.notes["grouped"] == "False" else self.table[self.table["group"] != "all"]
        look: dict[str, Any] = {
            "x": "days", "y": "incidence", "form": "percent", "language": language,
            "unit": {"sv": "andel med händelsen", "en": "share with the event"}[language],
        }  # fmt: skip
        if self.notes["grouped"] == "True":
            look["series"] = "group"
        return rows, look

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._look(language)
        title = {"sv": "dagar", "en": "days"}[language]
        return charts.lines(rows, **look, low="incidence_low", high="incidence_high", x_title=title, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the curve with the number at risk, and the groups compared."""
        chosen = language or self.language
        sv = chosen == "sv"
        names = {"all": "alla" if sv else "all"}
        table = self.table.assign(group_name=[names.get(str(name), str(name)) for name in self.table["group"]])
        shown = ("group_name", "days", "at_risk", "events", *_SHARES)
        caption = (
            f"{'Andel som' if sv else 'Share who had'} {self._label(chosen)} {'efter viss tid' if sv else 'by time'}"
        )
        found = [TableView("time_to_event", caption, table, columns_in(chosen, words.HEADS, shown))]
        dead = self.deaths.assign(
            group_name=[names.get(str(name), str(name)) for name in self.deaths["group"]],
            **{f"share_{end}": self.deaths[end] for end in ("low", "high")},
        )
        columns = columns_in(chosen, words.HEADS, ("group_name", "days", "deaths", "share", "share_low", "share_high"))
        found.append(TableView("time_to_death", "Avlidna under tiden" if sv else "Deaths meanwhile", dead, columns))
        if len(self.change):
            found.append(
                estimates_view("time_groups", "Grupperna jämförda" if sv else "Groups compared", self.change, chosen)
            )
        return tuple(found)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the curve."""
        chosen = language or self.language
        rows, look = self._look(chosen)
        view = self.views(chosen)[0]
        alt = charts.alt.lines(rows, **look, what=f"{pick(self.title, chosen)}: {self._label(chosen)}")
        return (FigureView("time_to_event", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
