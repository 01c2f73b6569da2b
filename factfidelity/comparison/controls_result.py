"""ControlledEffect: a change beside that of controls, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.comparison import words
from factfidelity.comparison.shown import direction, estimates_view, is_missing, none, p_words, row_of, said
from factfidelity.display import charts
from factfidelity.display.counted import CountedResult
from factfidelity.display.gate import Gate
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.wording import percent, pick

_COUNTS = {"clients": ("exposure", "count", "rate"), "persons": ("count", "rate")}
_FIGURES = ("estimate", "low", "high", "p")
_GROUPS = {
    "treated": {"sv": "Med insatsen", "en": "With the programme"},
    "control": {"sv": "Jämförelsegrupp", "en": "Controls"},
}
_WINDOWS = {"before": {"sv": "Före", "en": "Before"}, "after": {"sv": "Efter", "en": "After"}}
_METHOD = {
    "weighting": {
        "sv": "Jämförelsegruppen vägdes med oddsen för att få insatsen (logistisk regression på {covariates}), så att "
        "den liknar dem som fick insatsen.",
        "en": "Controls were weighted by their odds of getting the programme (logistic regression on {covariates}), so "
        "that they are like those who got it.",
    },
    "matching": {
        "sv": "Varje klient med insatsen matchades med högst {ratio} i jämförelsegruppen, utan återläggning, med högst "
        "{caliper} standardavvikelsers skillnad i logit (logistisk regression på {covariates}).",
        "en": "Each client with the programme was matched with at most {ratio} controls, without replacement, within "
        "{caliper} standard deviations of the logit (logistic regression on {covariates}).",
    },
    "none": {"sv": "Grupperna jämfördes som de är.", "en": "The groups were compared as they are."},
}
_METHODS = {
    "sv": "Skillnad i förändring mellan klienter med insatsen och en jämförelsegrupp. {method} Vårdkonsumtionen "
    "räknades "
    "per observerat klientår före och efter; kvoten mellan gruppernas kvoter och skillnaden mellan deras "
    "skillnader har "
    "{level} intervall med klienter (matchade grupper) som kluster, givet vikterna. Jämförelsen förutsätter att "
    "grupperna hade utvecklats lika utan insatsen; förloppet före visas och prövas, men kan inte bevisa det.",
    "en": "Difference in change between clients with the programme and controls. {method} Care use was counted per "
    "client-year observed before and after; the ratio of the groups' rate ratios and the difference of their rate "
    "differences have {level} intervals with clients (matched sets) as clusters, given the weights. The comparison "
    "assumes that the groups would have run side by side without the programme; the course before is shown and tested, "
    "but cannot prove it.",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ControlledEffect(CountedResult):
    """Change of clients with a programme beside the change of controls.

    Attributes
    ----------
    table : DataFrame, one row per group and window
        group (treated | control), window, clients (with time and weight), persons (with any), count, exposure
        (client-years), rate (weighted, per client-year).
    change : DataFrame, one row per estimand
        estimand (rate_ratio | rate_difference | pretrend), estimate, low, high, p, why.
    course : DataFrame, one row per group and period
        group, place (periods from the index day), and the columns of ``table``.
    balance : DataFrame, one row per covariate
        covariate, clients (of the smaller group), smd_before, smd_after.
    """

    name: ClassVar[str] = "compare_with_controls"
    title: ClassVar[Mapping[str, str]] = {"sv": "Jämförelse med kontroller", "en": "Comparison with controls"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("group", "window"), _COUNTS, wholes={"persons": "clients"}, largest={"count": ("largest", "two_largest")},
            topic="topic",
        ),
        "change": Gate(
            ("estimand",), follows={f"table.{name}": _FIGURES for name in ("clients", "persons", "count", "rate")}
        ),
        "course": Gate(
            ("group", "place"), _COUNTS, wholes={"persons": "clients"}, largest={"count": ("largest", "two_largest")},
            topic="topic",
        ),
        "balance": Gate(("covariate",), {"clients": ("smd_before", "smd_after")}),
    }  # fmt: skip

    change: pd.DataFrame = field(default_factory=none)
    course: pd.DataFrame = field(default_factory=none)
    balance: pd.DataFrame = field(default_factory=none)

    def summary(self, language: str | None = None) -> str:
        """Give the ratio of ratios, how it lies to no difference, and what the course before says."""
        chosen = language or self.language
        row = row_of(self.change, estimand="rate_ratio")
        ratio = said(row, chosen, level=float(self.notes["level"]))
        if chosen == "sv":
            text = f"Förändringen av {self._label(chosen)} jämfört med kontrollerna var {ratio} (kvot mellan kvoter)."
        else:
            text = f"The change of {self._label(chosen)} against the controls was {ratio} (ratio of rate ratios)."
        return f"{text} {direction(row, 1.0, chosen)} {self._before(chosen)}"

    def _before(self, language: str) -> str:
        row = row_of(self.change, estimand="pretrend")
        if not row or is_missing(row["p"]):
            return {
                "sv": "Förloppet före kan inte prövas.", "en": "The course before cannot be tested.",
            }[language]  # fmt: skip
        p = p_words(row["p"], language)
        if row["p"] < 0.05:
            return {
                "sv": f"Grupperna utvecklades olika redan före ({p}), så jämförelsen är osäker.",
                "en": f"The groups ran apart already before ({p}), so the comparison is not to be relied on.",
            }[language]
        return {
            "sv": f"Förloppen före skiljer sig inte påvisbart ({p}).",
            "en": f"The courses before do not differ demonstrably ({p}).",
        }[language]

    def methods(self, language: str | None = None) -> str:
        """Say how controls were made alike and compared."""
        chosen = language or self.language
        method = _METHOD[self.notes["method"]][chosen].format(
            covariates=self.notes["covariates"], ratio=self.notes["ratio"], caliper=self.notes["caliper"]
        )
        return _METHODS[chosen].format(method=method, level=percent(float(self.notes["level"]), language=chosen))

    def _named(self, frame: pd.DataFrame, language: str) -> pd.DataFrame:
        return frame.assign(group_name=[words.say(_GROUPS, group, language) for group in frame["group"]])

    def _look(self, language: str) -> dict[str, Any]:
        return {
            "x": "place", "y": "rate", "series": "group_name", "language": language,
            "mark": (-0.5, {"sv": "start", "en": "start"}[language]),
            "unit": {"sv": "per klientår", "en": "per client-year"}[language],
        }  # fmt: skip

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the course of both groups."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        title = {"sv": "perioder från starten", "en": "periods from the start"}[language]
        return charts.lines(self._named(self.course, language), **self._look(language), x_title=title, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the rates, the comparison, the course and the balance."""
        chosen = language or self.language
        sv, label = chosen == "sv", self._label(chosen)
        table = self._named(self.table, chosen).assign(
            window_name=[words.say(_WINDOWS, window, chosen) for window in self.table["window"]]
        )
        counts = ("clients", "persons", "count", "exposure", "rate")
        found = [
            TableView("controls_rates", f"{label.capitalize()} {'per klientår' if sv else 'per client-year'}", table,
                      columns_in(chosen, words.HEADS, ("group_name", "window_name", *counts))),
            estimates_view("controls_change", "Skillnad i förändring" if sv else "Difference in change", self.change,
                           chosen),
            TableView("controls_course", "Förloppet i båda grupperna" if sv else "The course in both groups",
                      self._named(self.course, chosen),
                      columns_in(chosen, words.HEADS, ("group_name", "place", *counts))),
        ]  # fmt: skip
        if len(self.balance):
            caption = "Hur lika grupperna är" if sv else "How alike the groups are"
            note = "Under 0,1 räknas vanligen som lika." if sv else "Below 0.1 is usually taken as alike."
            columns = columns_in(chosen, words.HEADS, ("covariate", "clients", "smd_before", "smd_after"))
            found.append(TableView("controls_balance", caption, self.balance, columns, (note,)))
        return tuple(found)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the course of both groups."""
        chosen = language or self.language
        view = next(view for view in self.views(chosen) if view.name == "controls_course")
        what = f"{pick(self.title, chosen)}: {self._label(chosen)}"
        alt = charts.alt.lines(self._named(self.course, chosen), **self._look(chosen), what=what, decimals=2)
        return (FigureView("controls_course", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
