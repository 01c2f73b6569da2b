"""RolloutEffect: a staggered start, on show."""

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

_COURSE = ("estimate", "low", "high", "band_low", "band_high")
_CONTROL = {
    "not_yet": {"sv": "de som ännu inte hade startat", "en": "those that had not started yet"},
    "never": {"sv": "de som aldrig startade", "en": "those that never started"},
}
_METHODS = {
    "sv": "Stegvist införande: {units} enheter, {groups} starttider, {never} utan start. För varje starttid och period "
    "jämfördes förändringen sedan sista perioden före starten med förändringen hos {control} (Callaway och "
    "Sant’Anna{adjusted}), i antal per tidsenhet, med samma vikt för varje enhet; skattningarna vägdes samman "
    "efter tid "
    "från starten. Intervall {level}; banden gäller hela kurvan samtidigt ({draws} omdragningar av enheter). Metoden "
    "förutsätter att enheterna hade utvecklats lika utan starten.{extract}",
    "en": "Staggered start: {units} units, {groups} starting times, {never} without a start. For each starting "
    "time and "
    "period, the change since the last period before the start was compared with that of {control} (Callaway and "
    "Sant’Anna{adjusted}), as numbers per unit of time, each unit counting the same; the estimates were averaged "
    "by time "
    "from the start. Intervals {level}; the bands hold for the whole curve ({draws} redraws of units). The method "
    "assumes that the units would have run side by side without the start.{extract}",
}
_EXTRACT = {
    "sv": " Underlaget är klienter som till slut kom till ett team, ofta under en svår period, så det säger inget om "
    "befolkningen i teamens områden.",
    "en": " The data are of clients who came to a team in the end, often in a difficult period, so they say nothing of "
    "the population of the teams' areas.",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class RolloutEffect(CountedResult):
    """Change from the start on, by time from the start.

    Attributes
    ----------
    table : DataFrame, one row per period from the start
        place (0: the first period with the programme), units, persons (of the smallest comparison in it), estimate
        (difference in change of the rate) with low and high, band_low and band_high (simultaneous), error.
    change : DataFrame, one row per estimand
        estimand (overall: all periods after; pretrend), estimate, low, high, p, why, persons.
    groups : DataFrame, one row per starting time and period
        group, time, event_time, estimate, low, high, band_low, band_high, treated, controls (units), persons, why.
    """

    name: ClassVar[str] = "staggered_rollout"
    title: ClassVar[Mapping[str, str]] = {"sv": "Stegvist införande", "en": "Staggered start"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(("place",), {"persons": (*_COURSE, "error")}),
        "change": Gate(("estimand",), {"persons": ("estimate", "low", "high", "p")}, inner=("persons",)),
        "groups": Gate(("group", "time", "event_time"), {"persons": _COURSE}),
    }

    change: pd.DataFrame = field(default_factory=none)
    groups: pd.DataFrame = field(default_factory=none)

    def summary(self, language: str | None = None) -> str:
        """Give the average difference in change, and what the periods before say."""
        chosen = language or self.language
        row, before = (row_of(self.change, estimand=name) for name in ("overall", "pretrend"))
        gap = said(row, chosen, decimals=3, level=float(self.notes["level"]))
        if chosen == "sv":
            text = (
                f"Från starten ändrades {self._label(chosen)} per tidsenhet med {gap} jämfört med enheter utan start."
            )
        else:
            text = f"From the start, {self._label(chosen)} per unit of time changed by {gap} against units without one."
        return f"{text} {direction(row, 0.0, chosen)} {self._before(before, chosen)} {self._few(chosen)}".strip()

    def _before(self, row: Mapping[str, Any], language: str) -> str:
        if not row or is_missing(row["p"]):
            return {"sv": "Förloppet före kan inte prövas.", "en": "The course before cannot be tested."}[language]
        p = p_words(row["p"], language)
        apart = row["p"] < 0.05
        return {
            "sv": f"Förloppen före {'skiljer sig redan' if apart else 'skiljer sig inte påvisbart'} ({p}).",
            "en": f"The courses before {'differ already' if apart else 'do not differ demonstrably'} ({p}).",
        }[language]

    def _few(self, language: str) -> str:
        units = self.notes["units"]
        if int(units) >= 30:
            return ""
        if int(units) < 10:
            return {
                "sv": f"Endast {units} enheter: inga intervall kan bedömas, läs som beskrivning.",
                "en": f"Only {units} units: no interval can be judged; read it as description.",
            }[language]
        return {
            "sv": f"Endast {units} enheter: intervallen är för smala och ska läsas som beskrivning.",
            "en": f"Only {units} units: the intervals are too narrow and are to be read as description.",
        }[language]

    def methods(self, language: str | None = None) -> str:
        """Say how the starts were compared."""
        chosen, notes = language or self.language, self.notes
        adjusted = {"sv": ", justerat för ", "en": ", adjusted for "}[chosen] + notes["covariates"]
        return _METHODS[chosen].format(
            units=notes["units"], groups=notes["groups"], never=notes["never"], draws=notes["draws"],
            control=words.say(_CONTROL, notes["control"], chosen), adjusted=adjusted if notes["covariates"] else "",
            level=percent(float(notes["level"]), language=chosen),
            extract=_EXTRACT[chosen] if notes["extract"] == "True" else "",
        )  # fmt: skip

    def _look(self, language: str) -> dict[str, Any]:
        return {
            "x": "place", "y": "estimate", "language": language, "reference": 0.0,
            "mark": (-0.5, {"sv": "start", "en": "start"}[language]),
            "unit": {"sv": "skillnad per tidsenhet", "en": "difference per unit of time"}[language],
        }  # fmt: skip

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the difference by time from the start, with the band for the whole curve."""
        return self._draw(self.language, ax)

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        title = {"sv": "perioder från starten", "en": "periods from the start"}[language]
        return charts.lines(
            self.table, **self._look(language), low="band_low", high="band_high", x_title=title, from_zero=False, ax=ax
        )

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the overall difference, the course and the starts one by one."""
        chosen = language or self.language
        sv, label = chosen == "sv", self._label(chosen)
        groups = self.groups.assign(
            start_name=[str(group) for group in self.groups["group"]], place=self.groups["event_time"],
            units=self.groups["treated"],
        )  # fmt: skip
        ends = ("estimate", "low", "high", "band_low", "band_high")
        captions = (
            ("Skillnad i förändring", "Efter tid från starten", "Varje start för sig")
            if sv
            else ("Difference in change", "By time from the start", "Each start by itself")
        )
        return (
            estimates_view("rollout_change", f"{captions[0]}: {label}", self.change, chosen),
            TableView("rollout_course", f"{captions[1]}: {label}", self.table,
                      columns_in(chosen, words.HEADS, ("place", "units", "persons", *ends))),
            TableView("rollout_groups", f"{captions[2]}: {label}", groups,
                      columns_in(chosen, words.HEADS, ("start_name", "place", "units", "persons", *ends))),
        )  # fmt: skip

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture by time from the start."""
        chosen = language or self.language
        view = self.views(chosen)[1]
        what = f"{pick(self.title, chosen)}: {self._label(chosen)}"
        alt = charts.alt.lines(self.table, **self._look(chosen), what=what, decimals=3)
        return (FigureView("rollout_course", view.caption, alt, lambda ax: self._draw(chosen, ax), view),)
