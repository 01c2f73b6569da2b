"""Four claims, one by one, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Head, TableView, columns_in
from factfidelity.outcomes.words import CHOICES, say
from factfidelity.wording import number, percent

# Claim, figure, kind, and the way that the claim says: up, down, or none where there is no norm.
FIGURES: tuple[tuple[int, str, str, str], ...] = (
    (1, "contacts", "ratio", "up"),
    (1, "professions", "mean", "up"),
    (2, "admissions", "ratio", "down"),
    (2, "bed_days", "ratio", "down"),
    (3, "coercive_measures", "ratio", "down"),
    (4, "relatives", "share", ""),
)
_CLAIMS = {
    "1": {
        "sv": "Fler öppenvårdskontakter och fler yrken per klient",
        "en": "More outpatient contacts and more professions per client",
    },
    "2": {"sv": "Färre inskrivningar och vårddygn", "en": "Fewer admissions and bed-days"},
    "3": {"sv": "Färre tvångsåtgärder", "en": "Fewer coercive measures"},
    "4": {"sv": "Mycket kontakt med närstående", "en": "Much contact with relatives"},
}
_FIGURES = {
    "contacts": {"sv": "möten per klientår, kvot", "en": "meetings per client-year, ratio"},
    "professions": {"sv": "olika yrken per klient, skillnad", "en": "different professions per client, difference"},
    "admissions": {"sv": "inskrivningar per klientår, kvot", "en": "admissions per client-year, ratio"},
    "bed_days": {"sv": "vårddygn per klientår, kvot", "en": "bed-days per client-year, ratio"},
    "coercive_measures": {"sv": "tvångsåtgärder per klientår, kvot", "en": "coercive measures per client-year, ratio"},
    "relatives": {
        "sv": "andel klienter med något möte med närstående efter",
        "en": "share of clients with any meeting with relatives after",
    },
}
_VERDICTS = {
    "carried": {"sv": "siffrorna går åt det hållet", "en": "the figures go that way"},
    "against": {"sv": "siffrorna går åt motsatt håll", "en": "the figures go the other way"},
    "open": {"sv": "kan inte skiljas från ingen förändring", "en": "cannot be told from no change"},
    "unknown": {"sv": "kan inte bedömas", "en": "cannot be judged"},
    "described": {"sv": "beskrivs; det finns ingen gräns för mycket", "en": "described; there is no limit for much"},
}
_WHY = {
    "not_delivered": {"sv": "uppgifter saknas i leveransen", "en": "not in the delivery"},
    "no_contacts_before": {
        "sv": "kontakter före indexdagen har inte levererats",
        "en": "contacts before the index day were not delivered",
    },
    "no_clients": {"sv": "inga klienter i urvalet", "en": "no clients in the cohort"},
    "no_norm": {"sv": "bara efterfönstret; ingen norm", "en": "the after window only; no norm"},
    "none": {"sv": "inget räknat i något fönster", "en": "nothing counted in either window"},
    "none_before": {"sv": "inget räknat före", "en": "nothing counted before"},
    "none_after": {"sv": "inget räknat efter", "en": "nothing counted after"},
    "few_with_any": {"sv": "för få klienter med något", "en": "too few clients with any"},
    "no_interval": {"sv": "inget intervall", "en": "no interval"},
}
_HEADS: Mapping[str, Head] = {
    "claim": ("Påstående", "Claim", "text"),
    "figure": ("Mått", "Figure", "text"),
    "clients": ("Klienter", "Clients", "integer"),
    "value_before": ("Före", "Before", "number", 2),
    "value_after": ("Efter", "After", "number", 2),
    "estimate": ("Skattning", "Estimate", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2),
    "high": ("Övre gräns", "Upper limit", "number", 2),
    "verdict": ("Vad data säger", "What the data say", "text"),
    "why": ("Anmärkning", "Note", "text"),
}
_SHOWN = ("value_before", "value_after", "estimate", "low", "high")


@dataclass(frozen=True, kw_only=True, eq=False)
class FourClaims(Result):
    """Four claims, each tested by itself.

    Attributes
    ----------
    table : DataFrame, one row per claim and figure
        claim (1 to 4), figure, kind (ratio | mean | share), clients, clients_any_before, clients_any_after,
        value_before, value_after (per client-year, per client, or share), estimate (ratio or difference) with low and
        high, why (a code, where something is lacking).
    """

    name: ClassVar[str] = "four_claims"
    title: ClassVar[Mapping[str, str]] = {"sv": "Fyra påståenden, ett i taget", "en": "Four claims, one by one"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("claim", "figure", "kind"),
            counts={
                "clients": _SHOWN,
                "clients_any_before": ("value_before", "estimate", "low", "high"),
                "clients_any_after": ("value_after", "estimate", "low", "high"),
            },
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "value_before": ("largest_before", "two_largest_before"),
                "value_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
        )
    }  # fmt: skip

    def verdict(self, row: Mapping[Any, Any]) -> str:
        """Return what the data say of a row: carried, against, open, described or unknown.

        Carried: the whole interval lies on the side that the claim says. Where a figure is hidden: unknown.
        """
        way = next(side for claim, figure, _, side in FIGURES if (claim, figure) == (row["claim"], row["figure"]))
        if not way:
            return "described" if pd.notna(row["value_after"]) else "unknown"
        low, high = row["low"], row["high"]
        null = 1.0 if row["kind"] == "ratio" else 0.0
        if pd.notna(high) and high < null:
            return "carried" if way == "down" else "against"
        if pd.notna(low) and low > null:
            return "carried" if way == "up" else "against"
        return "open" if pd.notna(low) or pd.notna(high) else "unknown"

    def summary(self, language: str | None = None) -> str:
        """Say of each claim what the data carry."""
        chosen = language or self.language
        sentences = []
        for claim, rows in self.table.groupby("claim", sort=True):
            parts = [self._part(row, chosen) for row in rows.to_dict("records")]
            sentences.append(f"{say(_CLAIMS, str(claim), chosen)}: {'; '.join(parts)}.")
        return " ".join([*sentences, _CAUTION[chosen]])

    def _part(self, row: Mapping[Any, Any], language: str) -> str:
        verdict, figure = say(_VERDICTS, self.verdict(row), language), say(_FIGURES, str(row["figure"]), language)
        if row["kind"] == "share":
            share = "" if pd.isna(row["value_after"]) else f" {percent(row['value_after'], language=language)}"
            return f"{figure}:{share} ({verdict})" if share else f"{figure}: {verdict}"
        if pd.isna(row["estimate"]):
            why = f" ({say(_WHY, str(row['why']), language)})" if row["why"] else ""
            return f"{figure}: {verdict}{why}"
        return f"{figure} {number(row['estimate'], decimals=2, language=language)}: {verdict}"

    def methods(self, language: str | None = None) -> str:
        """Say how each claim was tested."""
        chosen = language or self.language
        values = dict(self.notes) | {
            "cohort": say(CHOICES, self.notes["cohort"], chosen),
            "level": percent(float(self.notes["level"]), language=chosen),
            "index_stay": say(CHOICES, self.notes["index_stay"], chosen),
        }
        return _METHODS[chosen].format(**values)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the ratios with their intervals."""
        rows = self.table[self.table["kind"] == "ratio"]
        rows = rows.assign(row=[say(_FIGURES, str(name), self.language) for name in rows["figure"]])
        unit = {"sv": "kvot efter/före (logaritmisk skala)", "en": "ratio after/before (logarithmic scale)"}
        return charts.interval_plot(
            rows, label="row", estimate="estimate", low="low", high="high", reference=1.0, log=True,
            unit=unit[self.language], language=self.language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the claims with their figures and what the data say."""
        chosen = language or self.language
        records = self.table.to_dict("records")
        rows = self.table.assign(
            verdict=[say(_VERDICTS, self.verdict(row), chosen) for row in records],
            claim=[say(_CLAIMS, str(row["claim"]), chosen) for row in records],
            figure=[say(_FIGURES, str(row["figure"]), chosen) for row in records],
            why=[say(_WHY, str(row["why"]), chosen) if row["why"] else "" for row in records],
        )
        caption = {"sv": "Fyra påståenden och vad data säger", "en": "Four claims and what the data say"}[chosen]
        return (TableView("claims", caption, rows, columns_in(chosen, _HEADS, tuple(_HEADS))),)


_CAUTION = {
    "sv": "Inget av detta visar vad som ligger bakom en förändring.",
    "en": "Nothing of this shows what lies behind a change.",
}
_METHODS = {
    "sv": (
        "Varje påstående prövades för sig, i fönstren {width_before} dagar före och {width_after} dagar efter "
        "indexdagen ({cohort}; vårdtiden som omfattar indexdagen: {index_stay}). Kvoter gäller totala frekvenser per "
        "klientår; intervall ({level}) med klienter som kluster, för vårddygn genom omsampling av klienter ({draws} "
        "dragningar, frö {seed}). Siffrorna sägs gå åt påståendets håll bara om hela intervallet gör det. Kontakter är "
        "genomförda möten öga mot öga; har nästan ingen klient någon kontakt före indexdagen anses de inte levererade. "
        "För kontakt med närstående finns ingen norm; andelen anges med Wilsons intervall."
    ),
    "en": (
        "Each claim was tested by itself, in the windows {width_before} days before and {width_after} days after the "
        "index day ({cohort}; the stay that holds the index day: {index_stay}). Ratios are of total rates per "
        "client-year; intervals ({level}) with clients as clusters, for bed-days by resampling clients ({draws} draws, "
        "seed {seed}). Figures are said to go the claim's way only where the whole interval does. Contacts are "
        "attended meetings face to face; where hardly any client has one before the index day they are taken as not "
        "delivered. For contact with relatives there is no norm; the share is given with Wilson's interval."
    ),
}
