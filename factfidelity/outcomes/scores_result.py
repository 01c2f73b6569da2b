"""Change of ratings, as a result: coverage first."""

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
from factfidelity.wording import integer, interval, label, percent

# Which way an instrument's score gets better. Others are described as higher or lower, without a judgement.
BETTER: Mapping[str, str] = {
    "honos": "lower", "gaf": "higher", "can": "lower", "mansa": "higher", "audit": "lower", "dudit": "lower",
    "whodas": "lower", "psp": "higher",
}  # fmt: skip
WAYS: Mapping[str, tuple[str, str, str, str]] = {
    "known": ("better", "same", "worse", "total"),
    "unknown": ("higher", "same", "lower", "total"),
}
_WAYS = {
    "better": {"sv": "bättre", "en": "better"},
    "same": {"sv": "oförändrad", "en": "the same"},
    "worse": {"sv": "sämre", "en": "worse"},
    "higher": {"sv": "högre", "en": "higher"},
    "lower": {"sv": "lägre", "en": "lower"},
    "total": {"sv": "alla", "en": "all"},
}
_WHY = {"few_rated": {"sv": "färre än två klienter med båda", "en": "fewer than two clients with both"}}
_HEADS: Mapping[str, Head] = {
    "instrument": ("Instrument", "Instrument", "text"),
    "part": ("Del", "Part", "text"),
    "clients": ("Följda klienter", "Clients followed", "integer"),
    "clients_first": ("Skattade vid start", "Rated at the start", "integer"),
    "clients_both": ("Skattade båda gångerna", "Rated both times", "integer"),
    "share_both": ("Andel skattade båda gångerna", "Share rated both times", "percent", 0),
    "mean_first": ("Medel vid start", "Mean at the start", "number", 1),
    "sd_first": ("SD vid start", "SD at the start", "number", 1),
    "mean_later": ("Medel vid uppföljning", "Mean at follow-up", "number", 1),
    "sd_later": ("SD vid uppföljning", "SD at follow-up", "number", 1),
    "change": ("Förändring", "Change", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2),
    "high": ("Övre gräns", "Upper limit", "number", 2),
    "p": ("p (teckenrang)", "p (signed rank)", "number", 3),
    "effect": ("Förändring / SD av förändringen", "Change / SD of the change", "number", 2),
    "reliable": ("Minsta tillförlitliga förändring", "Smallest reliable change", "number", 1),
    "why": ("Anmärkning", "Note", "text"),
    "way": ("Riktning", "Way", "text"),
    "moved": ("Klienter", "Clients", "integer"),
    "share": ("Andel", "Share", "percent", 0),
    "name": ("Instrument", "Instrument", "text"),
}
_FOLLOW = ("mean_first", "sd_first", "mean_later", "sd_later", "change", "low", "high", "p", "effect", "reliable")


@dataclass(frozen=True, kw_only=True, eq=False)
class RatingsChange(Result):
    """Scores at the start and at follow-up, in the same clients.

    Attributes
    ----------
    table : DataFrame, one row per instrument and part
        clients (followed to the follow-up day), clients_first, clients_both, share_first, share_both, mean and SD at
        both, change with low and high (t) and p (signed rank), effect (change / SD of the change), reliable (smallest
        reliable change; missing where no reliability is given).
    moved : DataFrame, one row per instrument, part and way
        way (better, same, worse; higher, same, lower where it is not known which is better; total), clients, share.
    """

    name: ClassVar[str] = "ratings_change"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Skattningar vid start och uppföljning",
        "en": "Ratings at the start and at follow-up",
    }
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("instrument", "part"),
            counts={
                "clients": ("share_first", "share_both"), "clients_first": ("share_first",),
                "clients_both": ("share_both", *_FOLLOW),
            },
            wholes={"clients_first": "clients", "clients_both": "clients_first"},
        ),
        "moved": Gate(
            keys=("instrument", "part", "way"),
            counts={"clients": ("share",), "clients_both": ("share",)},
            margins={"way": "total"},
        ),
    }  # fmt: skip

    moved: pd.DataFrame = field(default_factory=pd.DataFrame)

    def summary(self, language: str | None = None) -> str:
        """Say for each instrument how many were rated both times, and how the mean changed among them."""
        chosen = language or self.language
        if not len(self.table):
            return {"sv": "Inga skattningar att jämföra.", "en": "No ratings to compare."}[chosen]
        level = float(self.notes["level"])
        sentences = []
        for row in self.table.to_dict("records"):
            change = interval(row["change"], row["low"], row["high"], language=chosen, level=level)
            values = {
                "name": _name(row, chosen), "both": integer(row["clients_both"], language=chosen),
                "clients": integer(row["clients"], language=chosen), "change": change,
                "share": percent(row["share_both"], language=chosen),
            }  # fmt: skip
            sentences.append(_SENTENCE[chosen].format(**values))
        return " ".join(sentences)

    def methods(self, language: str | None = None) -> str:
        """Say which scores were compared and what counts as a reliable change."""
        chosen = language or self.language
        given = {
            name.removeprefix("reliability."): value for name, value in self.notes.items() if name.startswith("reliab")
        }
        known = ", ".join(f"{name} {value}" for name, value in given.items() if value)
        text = _METHODS[chosen].format(
            **(dict(self.notes) | {"level": percent(float(self.notes["level"]), language=chosen),
                                   "index": say(CHOICES, self.notes["index"], chosen),
                                   "follow": say(CHOICES, self.notes["follow"], chosen)})
        )  # fmt: skip
        return f"{text} {_RELIABLE[chosen].format(known=known) if known else _UNRELIABLE[chosen]}"

    def _shown(self, language: str) -> pd.DataFrame:
        rows = self.moved[self.moved["way"] != "total"]
        return rows.assign(
            name=[_name(row, language) for row in rows.to_dict("records")],
            way=[say(_WAYS, str(way), language) for way in rows["way"]],
            moved=rows["clients"],
        ).reset_index(drop=True)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the shares that went each way."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "andel av klienter skattade båda gångerna", "en": "share of clients rated both times"}[language]
        rows = self._shown(language)
        rows["row"] = rows["name"] + ": " + rows["way"] if len(rows) else pd.Series(dtype="str")
        return charts.bars(
            rows, category="row", value="share", count="moved", unit=unit, form="percent", decimals=0,
            language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return coverage, change, and how many went each way."""
        chosen = language or self.language
        if not len(self.table):
            return ()
        rows = self.table.assign(
            part=[_part(part, chosen) for part in self.table["part"]],
            why=[say(_WHY, str(why), chosen) for why in self.table["why"]],
        )
        coverage = ("instrument", "part", "clients", "clients_first", "clients_both", "share_both")
        change = (
            "instrument", "part", "clients_both", "mean_first", "sd_first", "mean_later", "sd_later", "change", "low",
            "high", "p", "effect", "reliable", "why",
        )  # fmt: skip
        return (
            TableView("coverage", _CAPTIONS["coverage"][chosen], rows, columns_in(chosen, _HEADS, coverage)),
            TableView("change", _CAPTIONS["change"][chosen], rows, columns_in(chosen, _HEADS, change)),
            self._ways_view(chosen),
        )

    def _ways_view(self, language: str) -> TableView:
        names = ("name", "way", "moved", "share")
        return TableView(
            "ways", _CAPTIONS["ways"][language], self._shown(language), columns_in(language, _HEADS, names)
        )

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the shares that went each way."""
        chosen = language or self.language
        if not len(self.moved):
            return ()
        view = self._ways_view(chosen)
        parts = "; ".join(
            f"{row['name']}, {row['way']}: {percent(row['share'], language=chosen)}"
            for row in view.frame.to_dict("records")
        )
        return (
            FigureView(
                name="ways", caption=view.caption, alt=f"{view.caption}. {parts}.",
                draw=lambda ax: self._draw(chosen, ax), table=view,
                native=NativeChart("bar", "ways", "name", ("share",), split="way"),
                size=(7.2, max(2.6, 1.0 + 0.36 * len(view.frame))),
            ),
        )  # fmt: skip


def _name(row: Mapping[object, object], language: str) -> str:
    part = _part(row["part"], language)
    name = label("other", language) if row["instrument"] == "other" else str(row["instrument"])
    return f"{name} ({part})" if part else name


def _part(part: object, language: str) -> str:
    return say(_PARTS, str(part), language) if part in _PARTS else str(part)


# The parts of an instrument that have a name of their own in each language.
_PARTS = {
    "total": {"sv": "totalt", "en": "total"},
    "function": {"sv": "funktion", "en": "function"},
    "symptom": {"sv": "symtom", "en": "symptoms"},
}


_SENTENCE = {
    "sv": "{name}: {both} av {clients} följda klienter ({share}) skattades båda gångerna; bland dem förändring "
    "{change}.",
    "en": "{name}: {both} of {clients} clients followed ({share}) were rated both times; among them a change of "
    "{change}.",
}
_CAPTIONS = {
    "coverage": {"sv": "Hur många som skattats", "en": "How many were rated"},
    "change": {
        "sv": "Poäng vid start och uppföljning, klienter skattade båda gångerna",
        "en": "Scores at the start and at follow-up, clients rated both times",
    },
    "ways": {"sv": "Åt vilket håll klienternas poäng gick", "en": "Which way clients' scores went"},
}
_METHODS = {
    "sv": (
        "För varje instrument jämfördes skattningen närmast indexdagen ({index}; högst {around_start} dagar ifrån) med "
        "den som låg närmast {follow_up} dagar efter (högst {around_follow_up} dagar ifrån), hos samma klienter. "
        "Nämnaren är klienter som observerades till uppföljningsdagen; {follow}. De som inte skattades båda gångerna "
        "kan skilja sig från de andra, så täckningen ska läsas först. Medelförändringen har ett t-intervall ({level}) "
        "och prövades med teckenrangtest. Utan kontrollgrupp visar den inte vad som ligger bakom förändringen."
    ),
    "en": (
        "For each instrument the rating nearest the index day ({index}; at most {around_start} days away) was compared "
        "with the one nearest {follow_up} days later (at most {around_follow_up} days away), in the same clients. The "
        "denominator is clients observed until the follow-up day; {follow}. Those not rated both times may differ "
        "from the others, so coverage is to be read first. The mean change has a t interval ({level}) and was tested "
        "with the signed rank test. Without a control group it does not show what lies behind the change."
    ),
}
_RELIABLE = {
    "sv": "Tillförlitlig förändring enligt Jacobson och Truax med planens reliabilitet: {known}.",
    "en": "Reliable change by Jacobson and Truax with the plan's reliability: {known}.",
}
_UNRELIABLE = {
    "sv": "Planen anger ingen reliabilitet, så riktningen avser varje skillnad i poäng, också en mycket liten.",
    "en": "The plan gives no reliability, so the way is that of any difference in score, even a very small one.",
}
