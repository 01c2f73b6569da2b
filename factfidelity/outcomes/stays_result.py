"""Stays themselves, as a result: length, ward types and changes of legal form, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, Head, NativeChart, TableView, columns_in
from factfidelity.outcomes.stays_words import BY, CONVERSIONS, FORMS_METHOD, GROUPS, HEADS, METHODS, OF, WARDS_METHOD
from factfidelity.outcomes.words import CHOICES, WHY, WINDOWS, say
from factfidelity.wording import integer, number, percent

# a few stays are those of as few clients, however many have stays
_FEW_STAYS = {f"persons_{name}": (name,) for name in ("going_on", "beyond", "over_30", "over_90")}
_LENGTH = ("stays", "going_on", "beyond", "nights", "mean", "q1", "median", "q3", "why")
_RATIO = ("estimate", "low", "high", "why")
_SIDES = ("clients_any", "admissions", "bed_days", "day_rate")


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, eq=False)
class HospitalStays(Result):
    """Stays that begin in the windows before and after the index day.

    Attributes
    ----------
    table : DataFrame, one row per group of stays and window
        by (all | ward_type: the first ward | legal_status: on the first day), group, window, stays, clients, going_on
        (censored), beyond (goes on past the window's end), nights, mean, q1, median, q3, over_30, over_90 (shares that
        last longer), why.
    wards : DataFrame, one row per ward type and window
        clients (of the cohort), years, clients_admitted, admissions (at the first ward of a stay) and admission_rate,
        clients_any, bed_days (on the ward) and day_rate, per client-year.
    ward_change : DataFrame, one row per ward type
        Ratio of the day rates with its interval.
    conversions : DataFrame, one row per change of legal form and window
        clients, stays (ended, that could have it), clients_hit, converted, share, going_on (left out).
    """

    name: ClassVar[str] = "hospital_stays"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Vårdtider, avdelningar och vårdformer",
        "en": "Length of stay, wards and legal forms",
    }
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("by", "group", "window"),
            counts={"clients": (*_LENGTH, "over_30", "over_90"), **_FEW_STAYS},
            margins={"group": "total", "by": "all"},
            inner=tuple(_FEW_STAYS),
            largest={"nights": ("largest", "two_largest")},
            topic="topic",
        ),
        "wards": Gate(
            keys=("ward_type", "window"),
            counts={
                "clients": ("years",), "clients_admitted": ("admissions", "admission_rate"),
                "clients_any": ("bed_days", "day_rate"),
            },
            wholes={"clients_admitted": "clients", "clients_any": "clients"},
            margins={"ward_type": "total"},
            largest={
                "bed_days": ("largest", "two_largest"), "admissions": ("admitted_largest", "admitted_two_largest"),
            },
        ),
        "ward_change": Gate(
            keys=("ward_type",),
            counts={"clients": _RATIO, "clients_any_before": _RATIO, "clients_any_after": _RATIO},
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "estimate": ("largest_before", "two_largest_before"), "low": ("largest_after", "two_largest_after"),
            },
            alias={
                "clients_any_before": ("clients_any", "window", "before"),
                "clients_any_after": ("clients_any", "window", "after"),
            },
        ),
        "conversions": Gate(
            keys=("conversion", "window"),
            counts={"clients": ("stays", "share", "going_on"), "clients_hit": ("converted", "share"),
                    "clients_more": ("clients", "stays", "share", "going_on"), "clients_apart": ("clients",)},
            inner=("clients_more", "clients_apart"),
            wholes={"clients_hit": "clients"},
            largest={"converted": ("largest", "two_largest")},
            topic="topic",
        ),
    }  # fmt: skip

    wards: pd.DataFrame = field(default_factory=_empty)
    ward_change: pd.DataFrame = field(default_factory=_empty)
    conversions: pd.DataFrame = field(default_factory=_empty)

    def _over(self) -> list[str]:
        return [f"over_{days}" for days in self.notes["over"].split(",")]

    def _heads(self) -> dict[str, Head]:
        more: dict[str, Head] = {
            f"over_{days}": (f"Andel över {days} dygn", f"Share over {days} days", "percent")
            for days in self.notes["over"].split(",")
        }
        return {**HEADS, **more}

    def _cell(self, window: str) -> pd.Series[float]:
        rows = self.table[(self.table["by"] == "all") & (self.table["window"] == window)]
        return rows.iloc[0] if len(rows) else pd.Series(dict.fromkeys(self.table.columns, float("nan")))

    def summary(self, language: str | None = None) -> str:
        """Give median and mean length before and after, how many go on, and the changes from voluntary care."""
        chosen = language or self.language
        sentences = [self._length_sentence(chosen), self._going_on_sentence(chosen), self._conversion_sentence(chosen)]
        return " ".join(sentence for sentence in sentences if sentence)

    def _length_sentence(self, language: str) -> str:
        cells = [self._cell(window) for window in ("before", "after")]
        median = [number(cell["median"], decimals=1, language=language) for cell in cells]
        mean = [number(cell["mean"], decimals=1, language=language) for cell in cells]
        stays = [integer(cell["stays"], language=language) for cell in cells]
        if language == "sv":
            return (
                f"Vårdtider som började före indexdagen varade i median {median[0]} dygn (medel {mean[0]}, {stays[0]} "
                f"vårdtider), de som började efter {median[1]} dygn (medel {mean[1]}, {stays[1]} vårdtider)."
            )
        return (
            f"Stays that began before the index day lasted a median of {median[0]} days (mean {mean[0]}, {stays[0]} "
            f"stays), those that began after it {median[1]} days (mean {mean[1]}, {stays[1]} stays)."
        )

    def _going_on_sentence(self, language: str) -> str:
        numbers = [self._cell(window)["going_on"] for window in ("before", "after")]
        if not any(pd.notna(value) and value > 0 for value in numbers):
            return ""
        texts = [integer(value, language=language) for value in numbers]
        if language == "sv":
            return (
                f"När uppföljningen slutar pågår {texts[0]} av de första och {texts[1]} av de andra; medelvärdet är då "
                "en undre gräns."
            )
        return (
            f"When follow-up ends {texts[0]} of the former and {texts[1]} of the latter go on; the mean is then a "
            "lower limit."
        )

    def _conversion_sentence(self, language: str) -> str:
        rows = self.conversions
        if not len(rows):
            return ""
        chosen = rows[rows["conversion"] == "voluntary_to_closed"].set_index("window")["share"].astype("float64")
        shares = [percent(chosen.get(window), language=language) for window in ("before", "after")]
        if not chosen.notna().any():
            return {
                "sv": "Hur ofta frivillig vård övergick i tvångsvård visas inte.",
                "en": "How often voluntary care became compulsory is not shown.",
            }[language]
        if language == "sv":
            return (
                f"Av vårdtider som började frivilligt övergick {shares[0]} i tvångsvård före indexdagen och "
                f"{shares[1]} efter."
            )
        return (
            f"Of stays that began voluntarily, {shares[0]} became compulsory before the index day and {shares[1]} after"
            "."
        )

    def methods(self, language: str | None = None) -> str:
        """Say what a stay is, how stays that go on were treated, and how wards and forms were counted."""
        chosen = language or self.language
        values = dict(self.notes) | {
            name: say(CHOICES, self.notes[name], chosen) for name in ("cohort", "index_stay", "day_count")
        }
        values |= {"level": percent(float(self.notes["level"]), language=chosen)}
        parts = [METHODS[chosen], WARDS_METHOD[chosen] if self.notes["wards"] == "yes" else ""]
        parts.append(FORMS_METHOD[chosen] if self.notes["legal"] == "yes" else "")
        return " ".join(part.format(**values) for part in parts if part)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the median length of each group of stays, before and after."""
        return self._draw(self.language, ax)

    def _named(self, rows: pd.DataFrame, language: str) -> pd.DataFrame:
        words = {"by": BY, "group": GROUPS, "window": WINDOWS, "ward_type": GROUPS}
        named = {
            name: [say(texts, str(value), language) for value in rows[name]]
            for name, texts in words.items()
            if name in rows
        }
        return rows.assign(**named).reset_index(drop=True)

    def _groups(self, language: str) -> pd.DataFrame:
        """Return all stays, and each group; the total stands once."""
        again = (self.table["group"] == "total") & (self.table["by"] != "all")
        return self._named(self.table[~again], language)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "dygn, median", "en": "days, median"}[language]
        return charts.before_after(
            self._groups(language), category="group", window="window", value="median", count="stays",
            unit=unit, decimals=1, language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return lengths, wards, and changes of legal form."""
        chosen = language or self.language
        made = [self._length_view(chosen), self._ward_view(chosen), self._conversion_view(chosen)]
        return tuple(view for view in made if len(view.frame))

    def _length_view(self, language: str) -> TableView:
        names = (
            "by", "group", "window", "stays", "clients", "mean", "q1", "median", "q3", *self._over(), "going_on",
            "beyond",
        )  # fmt: skip
        caption = {
            "sv": "Vårdtidens längd, efter första avdelning och vårdform, för vårdtider som börjar före och efter",
            "en": "Length of stay, by first ward and legal status, of stays that begin before and after",
        }[language]
        note = {
            "sv": "Vårdtider räknas i sin helhet. Pågår någon när uppföljningen slutar är kvartilerna Kaplan–Meiers "
            "och medelvärdet en undre gräns.",
            "en": "Stays are counted whole. Where some go on when follow-up ends, quartiles are Kaplan-Meier's and the "
            "mean is a lower limit.",
        }[language]
        columns = columns_in(language, self._heads(), names)
        return TableView("length_of_stay", caption, self._groups(language), columns, (note,))

    def _ward_view(self, language: str) -> TableView:
        rows = self.wards
        caption = {
            "sv": "Inskrivningar och vårddygn efter slag av avdelning, före och efter",
            "en": "Admissions and bed-days by ward type, before and after",
        }[language]
        if not len(rows):
            return TableView("ward_types", caption, rows, ())
        sides = [
            rows.loc[rows["window"] == window, ["ward_type", "clients", *_SIDES]].rename(
                columns={name: f"{name}_{window}" for name in _SIDES}
            )
            for window in ("before", "after")
        ]
        change = self.ward_change[["ward_type", *_RATIO]]
        wide = sides[0].merge(sides[1].drop(columns="clients"), on="ward_type")
        wide = wide.merge(change, on="ward_type", how="left")
        wide["why"] = [say(WHY, str(why), language) if isinstance(why, str) and why else "" for why in wide["why"]]
        names = ("ward_type", "clients", *(f"{name}_{window}" for name in _SIDES for window in ("before", "after")))
        note = {
            "sv": "Inskrivningen räknas där vårdtiden börjar, dygnen där de tillbringas.",
            "en": "An admission is counted where the stay begins, days where they are spent.",
        }[language]
        columns = columns_in(language, self._heads(), (*names, *_RATIO))
        return TableView("ward_types", caption, self._named(wide, language), columns, (note,))

    def _conversion_view(self, language: str) -> TableView:
        rows = self.conversions
        caption = {
            "sv": "Övergångar mellan vårdformer, per avslutad vårdtid som börjar före och efter",
            "en": "Changes of legal form, per ended stay that begins before and after",
        }[language]
        if len(rows):
            rows = self._named(rows, language).assign(
                of=[say(OF, str(name), language) for name in rows["conversion"]],
                conversion=[say(CONVERSIONS, str(name), language) for name in rows["conversion"]],
            )
        names = ("conversion", "of", "window", "clients", "stays", "clients_hit", "converted", "share", "going_on")
        return TableView("conversions", caption, rows, columns_in(language, self._heads(), names))

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the medians."""
        chosen = language or self.language
        if not len(self.table):
            return ()
        view = self._length_view(chosen)
        parts = [
            f"{row['group']}, {row['window'].lower()}: {number(row['median'], decimals=1, language=chosen)}"
            for row in view.frame.to_dict("records")
        ]
        caption = {
            "sv": "Vårdtidens längd i median, före och efter indexdagen (dygn)",
            "en": "Median length of stay, before and after the index day (days)",
        }[chosen]
        return (
            FigureView(
                name="length_of_stay", caption=caption, alt=f"{caption}. {'; '.join(parts)}.",
                draw=partial(self._draw_on, chosen), table=view,
                native=NativeChart("bar", "length_of_stay", "group", ("median",), split="window"),
                size=(7.2, max(2.6, 1.0 + 0.72 * view.frame["group"].nunique())),
            ),
        )  # fmt: skip

    def _draw_on(self, language: str, ax: charts.Axes) -> charts.Axes:
        return self._draw(language, ax)
