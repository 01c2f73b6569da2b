"""CohortComparison: a yes/no outcome of two cohorts, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.comparison import words
from factfidelity.comparison.shown import direction, estimates_view, is_missing, none, row_of, said
from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.wording import integer, number, percent, pick

_FIGURES = ("estimate", "low", "high", "p")
_DESIGN = {
    "historical": {
        "sv": "Jämförelsegruppen är från tiden före (historisk kohort), så annat som ändrades över tid kan inte "
        "skiljas från insatsen.",
        "en": "The comparison is from the time before (historical cohort), so other changes over time cannot be told "
        "from the programme.",
    },
    "concurrent": {
        "sv": "Jämförelsegruppen är från samma tid (samtidig kohort), så olikheter mellan grupperna som inte har mätts "
        "kan inte skiljas från insatsen.",
        "en": "The comparison is from the same time (concurrent cohort), so differences between the groups that were "
        "not measured cannot be told from the programme.",
    },
}


@dataclass(frozen=True, kw_only=True, eq=False)
class CohortComparison(CountedResult):
    """A yes/no outcome, such as remission, of two cohorts.

    Attributes
    ----------
    table : DataFrame, one row per subgroup (``all`` first) and group
        subgroup, group (interest | comparison), persons (whose outcome is known), with_outcome, share with share_low
        and share_high (Wilson), unknown (persons whose outcome is not known).
    change : DataFrame, one row per subgroup, analysis and estimand
        subgroup, adjustment (crude | adjusted | missing_for | missing_against), estimand (difference | ratio |
        odds_ratio), estimate, low, high, p, why.
    balance : DataFrame, one row per covariate
        covariate, persons, smd (standardised difference, group of interest less comparison).
    interaction : DataFrame, at most one row
        groups, estimate (of two: second difference less first) with low and high, p that all differences are one.
    """

    name: ClassVar[str] = "compare_cohorts"
    title: ClassVar[Mapping[str, str]] = {"sv": "Jämförelse mellan kohorter", "en": "Comparison of cohorts"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("subgroup", "group"),
            {"persons": ("share", "share_low", "share_high"), "with_outcome": ("share", "share_low", "share_high"),
             "unknown": ()},
            wholes={"with_outcome": "persons"}, margins={"subgroup": "all"}, topic="topic",
        ),
        "change": Gate(
            ("subgroup", "adjustment", "estimand"),
            follows={"table.with_outcome": _FIGURES, "table.persons": _FIGURES, "table.unknown": _FIGURES},
        ),
        "balance": Gate(("covariate",), {"persons": ("smd",)}),
        "interaction": Gate(("test",), follows={"table.with_outcome": _FIGURES, "table.persons": _FIGURES}),
    }  # fmt: skip

    change: pd.DataFrame = field(default_factory=none)
    balance: pd.DataFrame = field(default_factory=none)
    interaction: pd.DataFrame = field(default_factory=none)

    def _best(self, estimand: str) -> tuple[str, Mapping[str, Any]]:
        """Return the adjusted estimate where there is one, else the crude one."""
        for analysis in ("adjusted", "crude"):
            row = row_of(self.change, subgroup="all", adjustment=analysis, estimand=estimand)
            if row and not is_missing(row["estimate"]):
                return analysis, row
        return "crude", {}

    def summary(self, language: str | None = None) -> str:
        """Give both shares, their difference, and whether unknown outcomes could turn it."""
        chosen = language or self.language
        shares = [self._share(group, chosen) for group in ("interest", "comparison")]
        analysis, row = self._best("difference")
        gap = said(row, chosen, decimals=3, level=float(self.notes["level"]))
        names = self.notes["group.interest"], self.notes["group.comparison"]
        kind = words.say(words.ADJUSTMENT, analysis, chosen)
        if chosen == "sv":
            text = (
                f"{self._label(chosen).capitalize()}: {names[0]} {shares[0]}, {names[1]} {shares[1]}. "
                f"Skillnad i andel ({kind}): {gap}."
            )
        else:
            text = (
                f"{self._label(chosen).capitalize()}: {names[0]} {shares[0]}, {names[1]} {shares[1]}. "
                f"Difference in share ({kind}): {gap}."
            )
        return " ".join(part for part in (text, direction(row, 0.0, chosen), self._unclear(chosen)) if part)

    def _share(self, group: str, language: str) -> str:
        row = row_of(self.table, subgroup="all", group=group)
        size = integer(row["persons"], language=language)
        return f"{percent(row['share'], decimals=1, language=language)} (n = {size})"

    def _unclear(self, language: str) -> str:
        rows = [
            row_of(self.change, subgroup="all", adjustment=kind, estimand="difference")
            for kind in ("missing_against", "missing_for")
        ]
        if not all(rows) or any(is_missing(row["low"]) for row in rows):
            return ""
        low, high = (number(row["estimate"], decimals=3, language=language) for row in rows)
        return {
            "sv": f"Räknas de okända utfallen till den ena eller andra gruppens fördel blir skillnaden "
            f"{low} till {high}.",
            "en": f"With unknown outcomes counted for one or the other group the difference is {low} to {high}.",
        }[language]

    def methods(self, language: str | None = None) -> str:
        """Say how the cohorts were compared."""
        chosen = language or self.language
        level = percent(float(self.notes["level"]), language=chosen)
        adjusted = self.notes["covariates"]
        text = {
            "sv": f"Andelar med Wilsons intervall; skillnaden med Newcombes, kvoten och oddskvoten med Miettinen och "
            f"Nurminens ({level}).",
            "en": f"Shares with Wilson's interval; the difference with Newcombe's, the ratio and the odds ratio with "
            f"Miettinen and Nurminen's ({level}).",
        }[chosen]
        if adjusted:
            text += {
                "sv": f" Justerat för {adjusted} genom marginell standardisering av en logistisk modell, med robusta "
                "medelfel: båda grupperna jämförs som om de hade samma sammansättning som alla tillsammans.",
                "en": f" Adjusted for {adjusted} by marginal standardisation of a logistic model, with robust errors: "
                "both groups are compared as if they had the mix of all persons together.",
            }[chosen]
        if self.notes["subgroup"]:
            text += {
                "sv": " Undergruppernas skillnader prövas mot varandra; ett p-värde i en enda undergrupp säger inte "
                "att insatsen har olika betydelse.",
                "en": " The differences of the subgroups are tested against each other; a p-value in one subgroup "
                "alone does not say that the programme matters differently.",
            }[chosen]
        return f"{text} {_DESIGN[self.notes['design']][chosen]}"

    def _named(self, language: str) -> pd.DataFrame:
        groups = {name: self.notes[f"group.{name}"] for name in ("interest", "comparison")}
        everybody = {"sv": "alla", "en": "all"}[language]
        return self.table.assign(
            group_name=[groups[name] for name in self.table["group"]],
            subgroup_name=[everybody if name == "all" else name for name in self.table["subgroup"]],
        )

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the shares of both groups."""
        return self._draw(self.language, ax)

    def _look(self, language: str) -> dict[str, Any]:
        return {
            "category": "subgroup_name", "series": "group_name", "value": "share", "low": "share_low",
            "high": "share_high", "unit": {"sv": "andel", "en": "share"}[language], "form": "percent",
            "language": language,
        }  # fmt: skip

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        return charts.bars(self._named(language), **self._look(language), ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the shares, the comparisons and the balance of the covariates."""
        chosen = language or self.language
        sv, label = chosen == "sv", self._label(chosen)
        shown = ("subgroup_name", "group_name", "persons", "unknown", "with_outcome", "share", "share_low",
                 "share_high")  # fmt: skip
        shares = columns_in(chosen, words.HEADS, shown)
        change = self.change.assign(
            adjustment_name=[words.say(words.ADJUSTMENT, kind, chosen) for kind in self.change["adjustment"]],
            subgroup_name=[("alla" if sv else "all") if one == "all" else one for one in self.change["subgroup"]],
        )
        test: tuple[str, ...] = ()
        if len(self.interaction):
            p = number(self.interaction["p"].iloc[0], decimals=3, language=chosen)
            test = ((f"Test av att skillnaden är lika i undergrupperna: p = {p}" if sv
                     else f"Test that the difference is the same in the subgroups: p = {p}"),)  # fmt: skip
        found = [
            TableView("cohort_shares", f"{label.capitalize()}: {'andel i varje grupp' if sv else 'share by group'}",
                      self._named(chosen), shares, (_DESIGN[self.notes["design"]][chosen],)),
            estimates_view("cohort_change", "Jämförelse mellan grupperna" if sv else "Comparison of the groups", change,
                           chosen, more=("subgroup_name", "adjustment_name"), notes=test),
        ]  # fmt: skip
        if len(self.balance):
            caption = "Hur lika grupperna är i utgångsläget" if sv else "How alike the groups are at baseline"
            columns = columns_in(chosen, words.HEADS, ("covariate", "persons", "smd"))
            found.append(TableView("cohort_balance", caption, self.balance, columns))
        return tuple(found)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of the shares."""
        chosen = language or self.language
        view = self.views(chosen)[0]
        what = f"{pick(self.title, chosen)}: {self._label(chosen)}"
        alt = charts.alt.bars(self._named(chosen), **self._look(chosen), what=what)
        return (FigureView("cohort_shares", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
