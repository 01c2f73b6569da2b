"""The same comparison by other methods, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Head, TableView, columns_in
from factfidelity.outcomes.words import CHOICES, say, with_lock
from factfidelity.wording import HIDDEN, number, percent

_METHOD = {
    "cluster": {"sv": "klienter som kluster", "en": "clients as clusters"},
    "exact": {"sv": "exakt villkorligt", "en": "exact conditional"},
    "bootstrap": {"sv": "omsampling av klienter (BCa)", "en": "resampling of clients (BCa)"},
    "negative_binomial": {
        "sv": "negativ binomial, klienter som kluster",
        "en": "negative binomial, clients as clusters",
    },
    "calendar_time": {"sv": "justerad för kalendertid", "en": "adjusted for calendar time"},
    "signed_rank_wilcoxon": {
        "sv": "teckenrangtest, oförändrade utelämnade (Wilcoxon)",
        "en": "signed rank, unchanged left out (Wilcoxon)",
    },
    "signed_rank_pratt": {
        "sv": "teckenrangtest, oförändrade rangordnade (Pratt)",
        "en": "signed rank, unchanged ranked (Pratt)",
    },
    "sign_flip": {"sv": "teckenbyte", "en": "sign flip"},
}
_ESTIMAND = {
    "rate_ratio": {"sv": "kvot efter/före", "en": "ratio after/before"},
    "mean_difference": {"sv": "skillnad i medelvärde", "en": "difference of means"},
}
_WHY = {
    "index_days_too_close": {
        "sv": "indexdagarna spänner över mindre än 12 månader",
        "en": "the index days span less than 12 months",
    },
    "too_few": {"sv": "för få klienter eller händelser", "en": "too few clients or events"},
    "no_clients": {"sv": "inga klienter i urvalet", "en": "no clients in the cohort"},
    "few_with_any": {"sv": "för få klienter med något", "en": "too few clients with any"},
    "none": {"sv": "inget räknat i något fönster", "en": "nothing counted in either window"},
    "none_before": {"sv": "inget räknat före", "en": "nothing counted before"},
    "none_after": {"sv": "inget räknat efter", "en": "nothing counted after"},
    "no_interval": {"sv": "inget intervall", "en": "no interval"},
}
_HEADS: Mapping[str, Head] = {
    "outcome": ("Utfall", "Outcome", "text"),
    "estimand": ("Mått", "Figure", "text"),
    "method": ("Metod", "Method", "text"),
    "clients": ("Klienter", "Clients", "integer"),
    "estimate": ("Skattning", "Estimate", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2),
    "high": ("Övre gräns", "Upper limit", "number", 2),
    "p": ("p-värde", "p-value", "number", 3),
    "why": ("Anmärkning", "Note", "text"),
}
_FIGURES = ("estimate", "low", "high", "p")


@dataclass(frozen=True, kw_only=True, eq=False)
class OtherMethods(Result):
    """The ratio and the mean difference by several methods.

    Attributes
    ----------
    table : DataFrame, one row per outcome and method
        estimand (rate_ratio | mean_difference), method, estimate, low, high, p, why, clients, clients_any_before,
        clients_any_after.
    """

    name: ClassVar[str] = "other_methods"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Samma jämförelse med andra metoder",
        "en": "The same comparison by other methods",
    }
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("outcome", "estimand", "method"),
            counts={"clients": _FIGURES, "clients_any_before": _FIGURES, "clients_any_after": _FIGURES},
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "estimate": ("largest_before", "two_largest_before"), "low": ("largest_after", "two_largest_after"),
            },
            topic="topic",
            inner=("clients_any_before", "clients_any_after"),
        )
    }  # fmt: skip

    def _label(self, outcome: str, language: str) -> str:
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def _of(self, outcome: str, estimand: str) -> pd.DataFrame:
        return self.table[(self.table["outcome"] == outcome) & (self.table["estimand"] == estimand)]

    def summary(self, language: str | None = None) -> str:
        """Say from where to where the ratio and the p-value of the mean difference run over the methods."""
        chosen = language or self.language
        parts = [self._sentence(name, chosen) for name in self.notes["outcomes"].split(",") if name]
        return " ".join(parts) or {"sv": "Inget att jämföra.", "en": "Nothing to compare."}[chosen]

    def _sentence(self, outcome: str, language: str) -> str:
        ratios = self._of(outcome, "rate_ratio")["estimate"].dropna().astype("float64")
        tests = self._of(outcome, "mean_difference")["p"].dropna().astype("float64")
        if len(ratios):
            r1, r2 = (number(value, decimals=2, language=language) for value in (ratios.min(), ratios.max()))
        else:
            r1, r2 = HIDDEN, HIDDEN
        p1, p2 = (_p(value, language) for value in (tests.min(), tests.max())) if len(tests) else (HIDDEN, HIDDEN)
        to = {"sv": "till", "en": "to"}[language]
        start = {"sv": "från", "en": "from"}[language]
        ratio, p = (low if low == high else f"{start} {low} {to} {high}" for low, high in ((r1, r2), (p1, p2)))
        return _SENTENCE[language].format(label=self._label(outcome, language), ratio=ratio, p=p)

    def methods(self, language: str | None = None) -> str:
        """Say which methods were used."""
        chosen = language or self.language
        values = dict(self.notes) | {
            "level": percent(float(self.notes["level"]), language=chosen),
            "cohort": say(CHOICES, self.notes["cohort"], chosen),
            "paired_cohort": say(CHOICES, self.notes["paired_cohort"], chosen),
            "index_stay": say(CHOICES, self.notes["index_stay"], chosen),
        }
        return with_lock(_METHODS[chosen].format(**values), self.notes, chosen)

    def _shown(self, language: str) -> pd.DataFrame:
        return self.table.assign(
            outcome=[self._label(str(name), language) for name in self.table["outcome"]],
            estimand=[say(_ESTIMAND, str(name), language) for name in self.table["estimand"]],
            method=[say(_METHOD, str(name), language) for name in self.table["method"]],
            why=[say(_WHY, str(name), language) if name else "" for name in self.table["why"]],
        ).reset_index(drop=True)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the ratios of every method with their intervals."""
        rows = self._shown(self.language)[(self.table["estimand"] == "rate_ratio").to_numpy()]
        rows = rows.assign(row=rows["outcome"] + ": " + rows["method"])
        unit = say(_ESTIMAND, "rate_ratio", self.language)
        return charts.interval_plot(
            rows, label="row", estimate="estimate", low="low", high="high", reference=1.0, log=True, unit=unit,
            language=self.language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return one row per outcome and method."""
        chosen = language or self.language
        if not len(self.table):
            return ()
        caption = {
            "sv": "Kvoter och test av samma förändring med olika metoder",
            "en": "Ratios and tests of the same change by different methods",
        }[chosen]
        return (TableView("other_methods", caption, self._shown(chosen), columns_in(chosen, _HEADS, tuple(_HEADS))),)


def _p(value: float, language: str) -> str:
    return f"< {number(0.001, decimals=3, language=language)}" if value < 0.001 else number(
        value, decimals=3, language=language
    )  # fmt: skip


_SENTENCE = {
    "sv": "{label}: över metoderna är kvoten efter/före {ratio} och p-värdet för medelskillnaden {p}.",
    "en": "{label}: over the methods the ratio after/before is {ratio} and the p-value of the mean difference {p}.",
}
_METHODS = {
    "sv": (
        "Som känslighetsanalys skattades samma kvot ({cohort}; vårdtiden som omfattar indexdagen: {index_stay}) med "
        "klienter som kluster, genom omsampling av klienter ({draws} dragningar, frö {seed}), för händelser exakt "
        "villkorligt (antar samma kvot för alla), med negativ binomialmodell och, när indexdagarna spänner över minst "
        "12 månader, justerad för kalendertid (Poissonmodell); modellerna har klienter som kluster ({level}). Ålder "
        "justeras inte, eftersom den ändras lika mycket för alla. Medelskillnaden ({paired_cohort}) prövades med "
        "teckenrangtest med båda reglerna för oförändrade och med teckenbyte. Ett rent Poissonintervall för dygn ges "
        "inte: det blir alldeles för smalt."
    ),
    "en": (
        "As a sensitivity analysis the same ratio ({cohort}; the stay that holds the index day: {index_stay}) was "
        "estimated with clients as clusters, by resampling clients ({draws} draws, seed {seed}), for events exact "
        "conditional (which assumes one ratio for all), with a negative binomial model and, where index days span at "
        "least 12 months, adjusted for calendar time (Poisson model); the models have clients as clusters ({level}). "
        "Age is not adjusted for, since it changes alike for all. The mean difference ({paired_cohort}) was tested "
        "with the signed rank test under both rules for the unchanged and with sign flips. A plain Poisson interval on "
        "days is not given: it is far too narrow."
    ),
}
