"""Regression to the mean as a result: what is left of a change when the baseline lies away from the crisis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.outcomes.words import CHOICES, WHY, say, with_lock
from factfidelity.wording import interval, number, percent

_FIGURES = {
    "plain": {"sv": "Efter / före", "en": "After / before"},
    "shifted": {"sv": "Efter / flyttad baslinje", "en": "After / shifted baseline"},
    "placebo": {"sv": "Före / flyttad baslinje (ingen insats)", "en": "Before / shifted baseline (no programme)"},
    "control": {"sv": "Kontrollutfall, efter / före", "en": "Control outcome, after / before"},
}
_UNCHANGED = {
    "responders": {
        "sv": "Andel med minst halverat utfall, av dem med något före",
        "en": "Share with half or less, of those with any before",
    },
    "worse": {"sv": "Andel med högre utfall efter", "en": "Share with more after"},
    "ratio_high": {
        "sv": "Kvot efter/före bland dem med mycket före",
        "en": "Ratio after/before among high users before",
    },
    "ratio_low": {"sv": "Kvot efter/före bland övriga", "en": "Ratio after/before among the others"},
}  # fmt: skip
_FOLLOW = ("estimate", "low", "high", "why")


@dataclass(frozen=True, kw_only=True, eq=False)
class RegressionToTheMean(Result):
    """What is left of a change when the baseline is moved away from the crisis before enrolment.

    Attributes
    ----------
    table : DataFrame, one row per outcome and figure
        figure (plain: after / before · shifted: after / [index - 2w, index - w) · placebo: before / that period ·
        control: an outcome that the programme is not expected to move), estimate, low, high, why, persons, totals and
        rates of both periods.
    unchanged : DataFrame, one row per outcome and figure
        figure (responders | worse: shares; ratio_high | ratio_low: ratios), clients (in the denominator), clients_hit
        (who have it), observed, and what no change gives: expected, expected_low, expected_high.
    """

    name: ClassVar[str] = "regression_to_the_mean"
    title: ClassVar[Mapping[str, str]] = {"sv": "Regression mot medelvärdet", "en": "Regression to the mean"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("outcome", "figure", "role"),
            counts={
                "clients": (*_FOLLOW, "rate_before", "rate_after", "total_before", "total_after"),
                "clients_any_before": (*_FOLLOW, "total_before", "rate_before"),
                "clients_any_after": (*_FOLLOW, "total_after", "rate_after"),
            },
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "total_before": ("largest_before", "two_largest_before"),
                "total_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
        ),
        "unchanged": Gate(
            keys=("outcome", "figure"),
            counts={
                "clients": ("observed", "expected", "expected_low", "expected_high", "total_before", "total_after"),
                "clients_hit": ("observed", "total_before", "total_after"),
            },
            wholes={"clients_hit": "clients"},
            largest={
                "total_before": ("largest_before", "two_largest_before"),
                "total_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
            # the paired cohort: beside the totals of all they tell of the few whose windows are cut
            inner=("total_before", "total_after"),
        ),
    }

    unchanged: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _label(self, outcome: str, language: str) -> str:
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def row(self, outcome: str, figure: str) -> pd.Series[float]:
        """Return the row of an outcome and figure; all empty where there is none."""
        rows = self.table[(self.table["outcome"] == outcome) & (self.table["figure"] == figure)]
        return rows.iloc[0] if len(rows) else pd.Series(dict.fromkeys(self.table.columns, np.nan))

    def summary(self, language: str | None = None) -> str:
        """Say in one sentence for each outcome what is left of the change, or that it cannot be judged."""
        chosen = language or self.language
        outcomes = [name for name in self.notes["outcomes"].split(",") if name]
        sentences = [self._sentence(outcome, chosen) for outcome in outcomes]
        return " ".join(sentences) or {"sv": "Inget att bedöma.", "en": "Nothing to judge."}[chosen]

    def _sentence(self, outcome: str, language: str) -> str:
        plain, shifted = self.row(outcome, "plain"), self.row(outcome, "shifted")
        label, width = self._label(outcome, language), self.notes["width"]
        if any(pd.isna(shifted[name]) for name in ("estimate", "low", "high")):
            return {
                "sv": f"{label}: vad som återstår när baslinjen flyttas kan inte bedömas av dessa data.",
                "en": f"{label}: what is left when the baseline is moved cannot be judged from these data.",
            }[language]
        level = float(self.notes["level"])
        first = number(plain["estimate"], decimals=2, language=language)
        moved = interval(shifted["estimate"], shifted["low"], shifted["high"], language=language, level=level)
        verdict = _verdict(float(shifted["low"]), float(shifted["high"]), language)
        double = str(2 * int(width))
        if language == "sv":
            return (
                f"{label}: kvoten efter/före är {first}; när baslinjen flyttas till {double}–{width} dagar före "
                f"indexdagen, bort från tiden just före inskrivning i teamet, är den {moved}, {verdict}."
            )
        return (
            f"{label}: the ratio after/before is {first}; when the baseline is moved to {double}–{width} days before "
            f"the index day, away from the time just before enrolment, it is {moved}, {verdict}."
        )

    def methods(self, language: str | None = None) -> str:
        """Say how the baseline was moved and how chance was simulated."""
        chosen = language or self.language
        values = dict(self.notes) | {
            "double": str(2 * int(self.notes["width"])),
            "level": percent(float(self.notes["level"]), language=chosen),
            "cohort": say(CHOICES, self.notes["paired_cohort"], chosen),
        }
        return with_lock(_METHODS[chosen].format(**values), self.notes, chosen)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the ratios with their intervals."""
        return self._draw(self.language, ax)

    def _shown(self, language: str) -> pd.DataFrame:
        rows = self.table[["outcome", "figure", "clients", "rate_before", "rate_after", *_FOLLOW]].reset_index(
            drop=True
        )
        return rows.assign(
            outcome=[self._label(str(name), language) for name in rows["outcome"]],
            figure=[say(_FIGURES, str(name), language) for name in rows["figure"]],
            why=[say(WHY, str(why), language) if isinstance(why, str) and why else "" for why in rows["why"]],
        )

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "kvot (logaritmisk skala)", "en": "ratio (logarithmic scale)"}[language]
        rows = self._shown(language)
        rows["row"] = rows["outcome"] + ": " + rows["figure"].str.lower()
        return charts.interval_plot(
            rows, label="row", estimate="estimate", low="low", high="high", reference=1.0, log=True,
            unit=unit, language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the ratios, and responders and users beside what no change gives."""
        chosen = language or self.language
        made = [self._ratio_view(chosen), self._unchanged_view(chosen)]
        return tuple(view for view in made if len(view.frame))

    def _ratio_view(self, language: str) -> TableView:
        words = _HEADINGS[language]
        columns = (
            Column("outcome", words[0]), Column("figure", words[1]), Column("clients", words[2], "integer"),
            Column("rate_before", words[3], "number", 2), Column("rate_after", words[4], "number", 2),
            Column("estimate", words[5], "number", 2), Column("low", words[6], "number", 2),
            Column("high", words[7], "number", 2), Column("why", words[8]),
        )  # fmt: skip
        caption = {
            "sv": "Kvoten med baslinjen just före och med baslinjen flyttad",
            "en": "The ratio with the baseline just before, and with the baseline moved",
        }[language]
        note = {
            "sv": "Raden utan insats är en bild av krisen före inskrivning och används aldrig som divisor.",
            "en": "The row without programme is a picture of the crisis before enrolment and is never a divisor.",
        }[language]
        return TableView("baseline_shifted", caption, self._shown(language), columns, (note,))

    def _unchanged_view(self, language: str) -> TableView:
        rows = self.unchanged.copy()
        if len(rows):
            rows["outcome"] = [self._label(str(name), language) for name in rows["outcome"]]
            rows["figure"] = [say(_UNCHANGED, str(name), language) for name in rows["figure"]]
        words = _UNCHANGED_HEADINGS[language]
        columns = (
            Column("outcome", words[0]), Column("figure", words[1]), Column("clients", words[2], "integer"),
            Column("observed", words[3], "number", 2), Column("expected", words[4], "number", 2),
            Column("expected_low", words[5], "number", 2), Column("expected_high", words[6], "number", 2),
        )  # fmt: skip
        caption = {
            "sv": "Vilka som ändrades, bredvid vad ingen förändring alls skulle ge",
            "en": "Who changed, beside what no change at all would give",
        }[language]
        return TableView("no_change", caption, rows, columns)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the ratios."""
        chosen = language or self.language
        view = self._ratio_view(chosen)
        if not len(view.frame):
            return ()
        parts = [
            f"{row['outcome']}, {row['figure'].lower()}: {_written(row, chosen)}"
            for row in view.frame.to_dict("records")
        ]
        return (
            FigureView(
                name="baseline_shifted", caption=view.caption, alt=f"{view.caption}. {'; '.join(parts)}.",
                draw=lambda ax: self._draw(chosen, ax), table=view, size=(7.2, max(3.2, 1.2 + 0.55 * len(view.frame))),
            ),
        )  # fmt: skip


def _written(row: dict[Any, Any], language: str) -> str:
    low, high = (number(row[end], decimals=2, language=language) for end in ("low", "high"))
    to = "till" if language == "sv" else "to"
    return f"{number(row['estimate'], decimals=2, language=language)} ({low} {to} {high})"


def _verdict(low: float, high: float, language: str) -> str:
    if high < 1:
        return {
            "sv": "så en lägre nivå kvarstår också mot den tidigare perioden",
            "en": "so a lower level is left against the earlier period too",
        }[language]
    if low > 1:
        return {
            "sv": "så nivån är högre än under den tidigare perioden",
            "en": "so the level is higher than in the earlier period",
        }[language]
    return {
        "sv": "så data visar inte att någon förändring återstår",
        "en": "so the data do not show that any change is left",
    }[language]


_HEADINGS = {
    "sv": (
        "Utfall", "Jämförelse", "Klienter", "Per klientår, första perioden", "Per klientår, andra perioden", "Kvot",
        "Nedre gräns", "Övre gräns", "Anmärkning",
    ),
    "en": (
        "Outcome", "Comparison", "Clients", "Per client-year, first period", "Per client-year, second period", "Ratio",
        "Lower limit", "Upper limit", "Note",
    ),
}  # fmt: skip
_UNCHANGED_HEADINGS = {
    "sv": ("Utfall", "Mått", "Klienter", "Observerat", "Utan förändring", "2,5-percentil", "97,5-percentil"),
    "en": ("Outcome", "Figure", "Clients", "Observed", "With no change", "2.5th percentile", "97.5th percentile"),
}
_METHODS = {
    "sv": (
        "Inskrivning i ett team följer ofta på en kris, och då sjunker vårdbehovet av sig självt. Kvoten räknades "
        "därför också mot perioden {double}–{width} dagar före indexdagen, för klienter som observerats i hela den "
        "perioden, med vårdtiden som omfattar indexdagen utesluten. Intervall ({level}): BCa-omsampling av klienter, "
        "{draws} dragningar, frö {seed}. Andelen med minst halverat utfall och kvoten bland dem med mycket respektive "
        "lite före ({cohort}) jämförs med vad slumpen ger när varje klients egna vårdtider fördelas mellan fönstren "
        "efter tid; ingen interaktion prövas på en uppdelning efter utfallets egen baslinje."
    ),
    "en": (
        "Enrolment often follows a crisis, after which care use falls by itself. The ratio was therefore also taken "
        "against {double}–{width} days before the index day, for clients observed through all of that period, with the "
        "stay that holds the index day left out. Intervals ({level}): BCa resampling of clients, {draws} draws, seed "
        "{seed}. The share with half or less and the ratio among high and low users before ({cohort}) stand beside "
        "what chance gives when each client's own stays are put in the two windows by time; no interaction is tested "
        "on a split by the outcome's own baseline."
    ),
}
