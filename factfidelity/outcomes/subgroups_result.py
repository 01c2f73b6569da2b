"""The ratio in groups of clients, as a result."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.outcomes.words import say, with_lock
from factfidelity.wording import number, percent

BY = {
    "sex": {"sv": "Kön", "en": "Sex"},
    "age_group": {"sv": "Ålder vid index", "en": "Age at the index day"},
    "diagnosis_group": {"sv": "Diagnosgrupp", "en": "Diagnosis group"},
    "team_id": {"sv": "Team", "en": "Team"},
    "municipality": {"sv": "Kommun", "en": "Municipality"},
}
LEVELS = {
    "total": {"sv": "alla", "en": "all"},
    "F": {"sv": "kvinnor", "en": "women"},
    "M": {"sv": "män", "en": "men"},
    "female": {"sv": "kvinnor", "en": "women"},
    "male": {"sv": "män", "en": "men"},
}
_FOLLOW = ("estimate", "low", "high")
_HEADINGS = {
    "sv": (
        "Utfall", "Indelning", "Grupp", "Klienter", "Per klientår före", "Per klientår efter", "Kvot", "Nedre gräns",
        "Övre gräns",
    ),
    "en": (
        "Outcome", "Split", "Group", "Clients", "Per client-year before", "Per client-year after", "Ratio",
        "Lower limit", "Upper limit",
    ),
}  # fmt: skip
_NAMES = (
    ("outcome", "text"), ("by", "text"), ("level", "text"), ("clients", "integer"), ("rate_before", "number"),
    ("rate_after", "number"), ("estimate", "number"), ("low", "number"), ("high", "number"),
)  # fmt: skip
_TEST_HEADINGS = {
    "sv": ("Utfall", "Indelning", "Grupper", "p för skillnad mellan grupperna"),
    "en": ("Outcome", "Split", "Groups", "p for a difference between the groups"),
}


# From here up, a test is not said to tell the groups apart.
_CLEAR = 0.05
_TOLD = {
    "same": {
        "sv": "Inget av {all} test visar att kvoten efter/före skiljer sig mellan grupper av klienter; lägst p-värde "
        "har {least}.",
        "en": "No test of {all} shows that the ratio after/before differs between groups of clients; the lowest "
        "p-value is that of {least}.",
    },
    "differs": {
        "sv": "Kvoten efter/före skiljer sig mellan grupper av klienter i {clear} av {all} test: {tests}. Av många "
        "test ger några utslag av en slump.",
        "en": "The ratio after/before differs between groups of clients in {clear} of {all} tests: {tests}. Of many "
        "tests, some point to a difference by chance.",
    },
    "hidden": {
        "sv": "Om kvoten efter/före skiljer sig mellan grupper av klienter visas inte.",
        "en": "Whether the ratio after/before differs between groups of clients is not shown.",
    },
}


@dataclass(frozen=True, kw_only=True, eq=False)
class SubgroupRatios(Result):
    """The rate ratio in groups of clients.

    Attributes
    ----------
    table : DataFrame, one row per outcome, split and level (``total``: everybody whose level is known)
        estimate with low and high (clients as clusters), and the persons, totals and rates that it rests on.
    interaction : DataFrame, one row per outcome and split
        levels that could be compared, clients (in the smallest of them), p that they share one ratio.
    """

    name: ClassVar[str] = "subgroup_ratios"
    title: ClassVar[Mapping[str, str]] = {"sv": "Före och efter i olika grupper", "en": "Before and after in groups"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("outcome", "by", "level"),
            counts={
                "clients": (*_FOLLOW, "rate_before", "rate_after", "total_before", "total_after"),
                "clients_any_before": (*_FOLLOW, "total_before", "rate_before"),
                "clients_any_after": (*_FOLLOW, "total_after", "rate_after"),
            },
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            margins={"level": "total"},
            largest={
                "total_before": ("largest_before", "two_largest_before"),
                "total_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
        ),
        "interaction": Gate(keys=("outcome", "by"), counts={"clients": ("p",)}, public=("levels",)),
    }

    interaction: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _label(self, outcome: str, language: str) -> str:
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def summary(self, language: str | None = None) -> str:
        """Say for each split whether the groups differ; the p-value is of the difference."""
        chosen = language or self.language
        rows = self.interaction[self.interaction["p"].notna()]
        if not len(rows):
            return _TOLD["hidden"][chosen]
        clear = rows[rows["p"] < _CLEAR]
        if len(clear):
            tests = "; ".join(
                self._test(row, chosen) for row in clear.sort_values("p", kind="stable").to_dict("records")
            )
            return _TOLD["differs"][chosen].format(tests=tests, clear=len(clear), all=len(rows))
        least = self._test(rows.sort_values("p", kind="stable").to_dict("records")[0], chosen)
        return _TOLD["same"][chosen].format(all=len(rows), least=least)

    def _test(self, row: Mapping[Hashable, object], language: str) -> str:
        outcome, by = self._label(str(row["outcome"]), language).lower(), say(BY, str(row["by"]), language).lower()
        return f"{outcome}, {by}: p = {number(float(str(row['p'])), decimals=3, language=language)}"

    def methods(self, language: str | None = None) -> str:
        """Say how groups were made and compared."""
        chosen = language or self.language
        names = ", ".join(say(BY, name, chosen).lower() for name in self.notes["by"].split(","))
        level = percent(float(self.notes["level"]), language=chosen)
        return with_lock(_METHODS[chosen].format(names=names, level=level), self.notes, chosen)

    def _shown(self, language: str) -> pd.DataFrame:
        return self.table.assign(
            outcome=[self._label(str(name), language) for name in self.table["outcome"]],
            by=[say(BY, str(name), language) for name in self.table["by"]],
            level=[say(LEVELS, str(name), language) for name in self.table["level"]],
        )

    def plot(self, *, outcome: str = "", ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the ratios of one outcome, the first when none is named."""
        return self._draw(outcome or self.notes["outcomes"].split(",")[0], self.language, ax)

    def _draw(self, outcome: str, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows = self._rows(outcome, language)
        unit = {"sv": "kvot (logaritmisk skala)", "en": "ratio (logarithmic scale)"}[language]
        return charts.interval_plot(
            rows, label="row", estimate="estimate", low="low", high="high", reference=1.0, log=True, unit=unit,
            language=language, ax=ax,
        )  # fmt: skip

    def _rows(self, outcome: str, language: str) -> pd.DataFrame:
        """Return an outcome's rows for the picture: everybody once, then the groups of each split."""
        own = self.table[self.table["outcome"] == outcome]
        everybody = (own["level"] == "total").to_numpy()
        shown = self._shown(language)[(self.table["outcome"] == outcome).to_numpy()]
        shown = shown.assign(row=shown["by"] + ": " + shown["level"])
        shown.loc[everybody, "row"] = say(LEVELS, "total", language).capitalize()
        again = everybody & (everybody.cumsum() > 1)
        return shown.loc[~again]

    def _draw_on(self, outcome: str, language: str, ax: charts.Axes) -> charts.Axes:
        return self._draw(outcome, language, ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the ratios and the tests."""
        chosen = language or self.language
        if not len(self.table):
            return ()
        return (self._ratio_view(chosen), self._test_view(chosen))

    def _ratio_view(self, language: str) -> TableView:
        columns = tuple(
            Column(name, words, form, 2) for (name, form), words in zip(_NAMES, _HEADINGS[language], strict=True)
        )
        caption = {
            "sv": "Kvoten efter/före i olika grupper av klienter",
            "en": "The ratio after/before in groups of clients",
        }[language]
        return TableView("subgroups", caption, self._shown(language), columns)

    def _test_view(self, language: str) -> TableView:
        rows = self.interaction.assign(
            outcome=[self._label(str(name), language) for name in self.interaction["outcome"]],
            by=[say(BY, str(name), language) for name in self.interaction["by"]],
        )
        forms = (("outcome", "text", 0), ("by", "text", 0), ("levels", "integer", 0), ("p", "number", 3))
        columns = tuple(
            Column(name, words, form, decimals)
            for (name, form, decimals), words in zip(forms, _TEST_HEADINGS[language], strict=True)
        )
        caption = {
            "sv": "Prövning av om grupperna har samma kvot",
            "en": "Test of whether the groups share one ratio",
        }[language]
        return TableView("interaction", caption, rows, columns)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return one picture for each outcome."""
        chosen = language or self.language
        made = []
        for outcome in self.notes["outcomes"].split(",") if len(self.table) else ():
            view = self._ratio_view(chosen)
            rows = view.frame[(self.table["outcome"] == outcome).to_numpy()]
            drawn = self._rows(outcome, chosen)
            parts = [
                f"{row['row']}, {number(row['estimate'], decimals=2, language=chosen)}"
                for row in drawn[["row", "estimate"]].to_dict("records")
            ]
            caption = f"{view.caption}: {self._label(outcome, chosen)}"
            table = TableView(f"subgroups_{outcome}", caption, rows, view.columns)
            made.append(
                FigureView(
                    name=f"subgroups_{outcome}", caption=caption, alt=f"{caption}. {'; '.join(parts)}.",
                    draw=partial(self._draw_on, outcome, chosen), table=table,
                    size=(7.2, max(3.0, 1.2 + 0.38 * len(drawn))),
                )
            )  # fmt: skip
        return tuple(made)


_METHODS = {
    "sv": (
        "Kvoten av totala frekvenser räknades i grupper efter {names}, så som klienterna var vid indexdagen, med "
        "klienter som kluster ({level}). Om grupperna har samma kvot prövades med Welchs test av de logaritmerade "
        "kvoterna. Inget p-värde ges för en enskild grupp, och ingen indelning görs efter hur "
        "mycket vård klienten hade före."
    ),
    "en": (
        "The ratio of total rates was computed in groups by {names}, as clients were on the index day, with clients as "
        "clusters ({level}). Whether the groups share one ratio was tested with Welch's test of the log ratios. "
        "No p-value is given for a group alone, and no split is made by how much care a client "
        "had before."
    ),
}
