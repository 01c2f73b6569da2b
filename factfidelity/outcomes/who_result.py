"""Who changed, as a result: binned counts of persons, never an individual's value."""

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
from factfidelity.outcomes.words import CHOICES, WINDOWS, say, with_lock
from factfidelity.wording import integer, number, percent

# Each group with its bins; bins add up to their group, groups to everybody.
BINS: Mapping[str, tuple[str, ...]] = {
    "responder": ("gone", "halved"),
    "other": ("less", "same", "more"),
    "no_use_before": ("new", "none"),
}
_WORDS = {
    "total": {"sv": "Alla", "en": "Everybody"},
    "responder": {"sv": "Minst halverad vård", "en": "Care at least halved"},
    "other": {"sv": "Vård före, inte halverad", "en": "Care before, not halved"},
    "no_use_before": {"sv": "Ingen vård före", "en": "No care before"},
    "gone": {"sv": "Upphörde", "en": "Ended"},
    "halved": {"sv": "Minst halverad", "en": "At least halved"},
    "less": {"sv": "Minskade, men inte till hälften", "en": "Less, not halved"},
    "same": {"sv": "Oförändrad", "en": "The same"},
    "more": {"sv": "Mer", "en": "More"},
    "new": {"sv": "Ny vård efter", "en": "New care after"},
    "none": {"sv": "Ingen vård före eller efter", "en": "No care before or after"},
}
_HEADS: Mapping[str, Head] = {
    "outcome": ("Utfall", "Outcome", "text"),
    "group": ("Grupp", "Group", "text"),
    "bin": ("Förändring", "Change", "text"),
    "window": ("Fönster", "Window", "text"),
    "clients": ("Klienter", "Clients", "integer"),
    "share": ("Andel av alla", "Share of all", "percent", 0),
    "expected": ("Andel om inget ändrats", "Share if nothing changed", "percent", 0),
    "expected_low": ("Nedre gräns", "Lower limit", "percent", 0),
    "expected_high": ("Övre gräns", "Upper limit", "percent", 0),
    "part": ("De tyngsta användarna, andel av klienterna", "Heaviest users, share of clients", "percent", 0),
    "held": ("Deras andel av all vård", "Their share of all care", "percent", 0),
    "month": ("Månader in i fönstret", "Months into the window", "integer"),
    "mean": ("Medel per klient hittills", "Mean per client so far", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2),
    "high": ("Övre gräns", "Upper limit", "number", 2),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class WhoChanged(Result):
    """Persons by how much their own care use changed.

    Attributes
    ----------
    table : DataFrame, one row per outcome, group and bin
        group (responder, other, no_use_before; total), bin (gone, halved, less, same, more, new, none; total), clients,
        clients_all, share, and for each group the share that no change at all would give (expected, with the middle
        95 per cent of draws).
    concentration : DataFrame, one row per outcome, window and part
        share of all use that the heaviest ``part`` of the clients stand for: points of the Lorenz curve.
    cumulative : DataFrame, one row per outcome, window and quarter of a year
        mean use per client so far (mean cumulative function), with low and high by resampling clients.
    """

    name: ClassVar[str] = "who_changed"
    title: ClassVar[Mapping[str, str]] = {"sv": "Vilka som förändrades", "en": "Who changed"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("outcome", "group", "bin"),
            counts={
                "clients": ("share", "expected", "expected_low", "expected_high"),
                "clients_all": ("share", "expected", "expected_low", "expected_high"),
                "moved": ("clients", "share", "expected", "expected_low", "expected_high"),
            },
            margins={"group": "total", "bin": "total"},
            topic="topic",
            inner=("moved",),
            sums=(("regression_to_the_mean.unchanged.clients_hit?figure=worse", "table.clients?group=other&bin=more",
                   "table.clients?group=no_use_before&bin=new"),),
        ),
        "concentration": Gate(
            keys=("outcome", "window", "part"),
            counts={
                "clients": ("share",), "clients_slice": ("share",), "clients_any": ("share",),
                "clients_rest": ("share",),
            },
            largest={"share": ("largest", "two_largest")},
            topic="topic",
            inner=("clients_slice", "clients_any", "clients_rest"),
        ),
        "cumulative": Gate(
            keys=("outcome", "window", "month"),
            counts={
                "clients": ("mean", "low", "high"), "clients_any": ("mean", "low", "high"),
                "clients_so_far": ("mean", "low", "high"),
            },
            largest={"mean": ("largest", "two_largest")},
            topic="topic",
            inner=("clients_any", "clients_so_far"),
        ),
    }  # fmt: skip

    concentration: pd.DataFrame = field(default_factory=pd.DataFrame)
    cumulative: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _outcomes(self) -> list[str]:
        return [name for name in self.notes["outcomes"].split(",") if name] if len(self.table) else []

    def _label(self, outcome: str, language: str) -> str:
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def _of(self, outcome: str, group: str, name: str = "total") -> pd.Series[float]:
        rows = self.table
        chosen = (rows["outcome"] == outcome) & (rows["group"] == group) & (rows["bin"] == name)
        return rows[chosen].iloc[0]

    def summary(self, language: str | None = None) -> str:
        """Say how many had at least half less, beside what no change would give, and how few use most."""
        chosen = language or self.language
        if not len(self.table):
            return _NONE[chosen]
        sentences = [self._sentence(outcome, chosen) for outcome in self._outcomes()]
        sentences += [self._heaviest(outcome, chosen) for outcome in self._outcomes()[-1:]]
        return " ".join(sentence for sentence in sentences if sentence)

    def _sentence(self, outcome: str, language: str) -> str:
        row, none = self._of(outcome, "responder"), self._of(outcome, "no_use_before")
        values = {
            "label": self._label(outcome, language), "clients": integer(row["clients"], language=language),
            "all": integer(row["clients_all"], language=language), "share": percent(row["share"], language=language),
            "expected": percent(row["expected"], language=language),
            "low": percent(row["expected_low"], language=language).rstrip("%").rstrip(),
            "high": percent(row["expected_high"], language=language),
            "none": integer(none["clients"], language=language),
        }  # fmt: skip
        text = _SENTENCE[language].format(**values)
        return text + (_NEVER[language].format(**values) if pd.notna(none["clients"]) else "")

    def _heaviest(self, outcome: str, language: str) -> str:
        rows = self.concentration
        if not len(rows):
            return ""
        rows = rows[rows["outcome"] == outcome].sort_values("part", kind="stable")
        if not len(rows):
            return ""
        part = float(rows["part"].iloc[0])
        first = rows[rows["part"] == part].set_index("window")["share"].reindex(["before", "after"])
        before, after = (percent(float(value), language=language) for value in first)
        return _HEAVIEST[language].format(
            label=self._label(outcome, language).lower(), part=percent(part, language=language), before=before,
            after=after,
        )  # fmt: skip

    def methods(self, language: str | None = None) -> str:
        """Say how persons were grouped and what no change would give."""
        chosen = language or self.language
        values = dict(self.notes) | {
            "cohort": say(CHOICES, self.notes["cohort"], chosen),
            "level": percent(float(self.notes["level"]), language=chosen),
        }
        return with_lock(_METHODS[chosen].format(**values), self.notes, chosen)

    def plot(self, *, outcome: str = "", ax: charts.Axes | None = None) -> charts.Axes:
        """Draw how many clients changed how much; the last outcome when none is named."""
        names = self._outcomes()
        return self._draw_bins(outcome or (names[-1] if names else ""), self.language, ax)

    def _bins(self, outcome: str, language: str) -> pd.DataFrame:
        """Return the bins of each group; the group as one where a bin of it may not be shown."""
        rows = self.table[self.table["outcome"] == outcome]
        parts = []
        for group in BINS:
            own = rows[rows["group"] == group]
            fine = own[own["bin"] != "total"]
            parts.append(fine if fine["clients"].notna().all() else own[own["bin"] == "total"].assign(bin=group))
        shown = pd.concat(parts, ignore_index=True)
        return shown.assign(bin=[say(_WORDS, str(name), language) for name in shown["bin"]])

    def _draw_bins(self, outcome: str, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "klienter", "en": "clients"}[language]
        return charts.bars(
            self._bins(outcome, language), category="bin", value="clients", unit=unit, decimals=0, language=language,
            ax=ax,
        )  # fmt: skip

    def _sums(self, outcome: str, language: str) -> pd.DataFrame:
        rows = self.cumulative[self.cumulative["outcome"] == outcome]
        return rows.assign(window=[say(WINDOWS, str(name), language) for name in rows["window"]]).reset_index(drop=True)

    def _draw_sums(self, outcome: str, language: str, ax: charts.Axes | None) -> charts.Axes:
        unit = {"sv": "medel per klient", "en": "mean per client"}[language]
        title = {"sv": "månader in i fönstret", "en": "months into the window"}[language]
        return charts.lines(
            self._sums(outcome, language), x="month", y="mean", series="window",
            before=say(WINDOWS, "before", language), low="low", high="high", unit=unit,
            x_title=title, language=language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return groups and bins, how few use most, and use added up."""
        chosen = language or self.language
        made = (self._groups_view(chosen), self._part_view(chosen), self._sums_view(chosen))
        return tuple(view for view in made if len(view.frame))

    def _named(self, rows: pd.DataFrame, language: str) -> pd.DataFrame:
        return rows.assign(outcome=[self._label(str(name), language) for name in rows["outcome"]])

    def _groups_view(self, language: str) -> TableView:
        rows = self._named(self.table, language)
        rows = rows.assign(
            group=[say(_WORDS, str(name), language) for name in rows["group"]],
            bin=["" if name == "total" else say(_WORDS, str(name), language) for name in rows["bin"]],
        )
        names = ("outcome", "group", "bin", "clients", "share", "expected", "expected_low", "expected_high")
        return TableView("groups", _CAPTIONS["groups"][language], rows, columns_in(language, _HEADS, names))

    def _part_view(self, language: str) -> TableView:
        rows = self.concentration
        if len(rows):
            rows = self._named(rows, language).rename(columns={"share": "held"})
            rows = rows.assign(window=[say(WINDOWS, str(name), language) for name in rows["window"]])
        names = ("outcome", "window", "part", "clients", "held")
        return TableView("concentration", _CAPTIONS["part"][language], rows, columns_in(language, _HEADS, names))

    def _sums_view(self, language: str) -> TableView:
        rows = self.cumulative
        if len(rows):
            rows = self._named(rows, language)
            rows = rows.assign(window=[say(WINDOWS, str(name), language) for name in rows["window"]])
        names = ("outcome", "window", "month", "clients", "mean", "low", "high")
        return TableView("cumulative", _CAPTIONS["sums"][language], rows, columns_in(language, _HEADS, names))

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the change in bins and the use added up, of the last outcome."""
        chosen = language or self.language
        return tuple(figure for outcome in self._outcomes()[-1:] for figure in self._pictures(outcome, chosen))

    def _pictures(self, outcome: str, language: str) -> tuple[FigureView, FigureView]:
        label, bins, sums = self._label(outcome, language), self._bins(outcome, language), self._sums(outcome, language)
        caption = f"{_CAPTIONS['bins'][language]}: {label}"
        parts = "; ".join(
            f"{row['bin']}: {integer(row['clients'], language=language)}" for row in bins.to_dict("records")
        )
        table = TableView("change_bins", caption, bins, columns_in(language, _HEADS, ("bin", "clients", "share")))
        first = FigureView(
            name="change_bins", caption=caption, alt=f"{caption}. {parts}.",
            draw=partial(_on, self._draw_bins, outcome, language), table=table,
            native=NativeChart("bar", "change_bins", "bin", ("clients",)),
        )  # fmt: skip
        caption = f"{_CAPTIONS['sums'][language]}: {label}"
        parts = "; ".join(
            f"{row['window']}, {integer(row['month'], language=language)}: "
            f"{number(row['mean'], decimals=2, language=language)}"
            for row in sums.to_dict("records")
        )
        columns = columns_in(language, _HEADS, ("window", "month", "clients", "mean", "low", "high"))
        second = FigureView(
            name="added_up", caption=caption, alt=f"{caption}. {parts}.",
            draw=partial(_on, self._draw_sums, outcome, language), table=TableView("added_up", caption, sums, columns),
            native=NativeChart("line", "added_up", "month", ("mean",), split="window"),
        )  # fmt: skip
        return first, second


def _on(draw: object, outcome: str, language: str, ax: charts.Axes) -> charts.Axes:
    drawn: charts.Axes = draw(outcome, language, ax)  # type: ignore[operator]
    return drawn


_NONE = {
    "sv": "Fönstren är olika långa eller inget räknades; då jämförs bara frekvenser, inte enskilda klienter.",
    "en": "The windows differ in length or nothing was counted; then only rates are compared, not clients.",
}
_SENTENCE = {
    "sv": (
        "{label}: minst halverade för {clients} av {all} klienter ({share}); om inget alls hade förändrats vore "
        "andelen {expected} ({low}–{high})."
    ),
    "en": (
        "{label}: at least halved for {clients} of {all} clients ({share}); if nothing at all had changed the share "
        "would be {expected} ({low}–{high})."
    ),
}
_NEVER = {"sv": " Ingen vård före: {none} klienter.", "en": " No care before: {none} clients."}
_HEAVIEST = {
    "sv": "De {part} som använde mest stod för {before} av all vård ({label}) före och {after} efter.",
    "en": "The {part} who used most stood for {before} of all care ({label}) before and {after} after.",
}
_CAPTIONS = {
    "groups": {
        "sv": "Klienter efter hur den egna vården förändrades från före till efter",
        "en": "Clients by how their own care changed from before to after",
    },
    "part": {
        "sv": "Hur stor del av all vård som de tyngsta användarna står för",
        "en": "How much of all care the heaviest users stand for",
    },
    "bins": {"sv": "Antal klienter efter förändring", "en": "Number of clients by change"},
    "sums": {
        "sv": "Vård per klient, summerad kvartal för kvartal i varje fönster",
        "en": "Care per client, added up quarter by quarter in each window",
    },
}
_METHODS = {
    "sv": (
        "Varje klients vård jämfördes mellan två lika långa fönster ({width} dagar; {cohort}). Responder: minst 50 "
        "procent mindre efter än före; den som inte hade någon vård före bildar en egen grupp. Vad ingen förändring "
        "alls skulle ge beräknades genom att klientens egna vårdtillfällen lades före eller efter genom lottning efter "
        "tid ({unchanged_draws} dragningar, frö {seed}). Koncentrationen är punkter på Lorenzkurvan. Den summerade "
        "vården är medelvärdet av det kumulativa antalet (Nelson), med percentiler av {draws} omsamplingar av klienter "
        "({level}). Bara antal personer i grupper redovisas, aldrig en enskild persons värde."
    ),
    "en": (
        "Each client's care was compared between two windows of equal length ({width} days; {cohort}). Responder: at "
        "least 50 per cent less after than before; clients without care before are a group of their own. What no "
        "change at all would give was found by putting each client's own stays before or after by lot, by time "
        "({unchanged_draws} draws, seed {seed}). Concentration is points of the Lorenz curve. Care added up is the "
        "mean cumulative function (Nelson), with percentiles of {draws} resamples of clients ({level}). Only numbers "
        "of persons in groups are shown, never one person's value."
    ),
}
