"""EnrolmentFlow: who comes and who leaves, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.caseload import words
from factfidelity.days import DAYS_PER_YEAR
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, TableView, columns_in
from factfidelity.wording import integer, number, percent, period_name, pick

_TEAM = {"team_id": "total"}
_STILL = {
    "sv": "Andel kvar i teamet, efter år sedan inskrivningen",
    "en": "Share still enrolled, by years since joining",
}


# who left in the last year is who was there in it, but not on its last day
_YEARS = (("last",), ("last", "last-1"), ("last", "last-1", "last-2", "last-3"))
_ON_LAST_DAY = (
    "contact_pattern.reach.last_persons",
    *(
        f"programme_indicators.table.persons?indicator={name}"
        for name in ("sip_share", "ordinary_work", "authorities", "resource_group_formed")
    ),
)


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, eq=False)
class EnrolmentFlow(Result):
    """Enrolments begun and ended, why they ended, and how long they last.

    Attributes
    ----------
    table : DataFrame, one row per team and period
        team_id, team, period_start, began, ended (clients).
    reasons : DataFrame, one row per team and reason
        ended (clients whose enrolment ended for it), share.
    length : DataFrame, one row per team
        persons, ended (clients whose enrolment ended), median_years with low_years and high_years (Kaplan-Meier;
        missing where more than half stay), left_per_year (enrolments ended per client-year).
    curve : DataFrame, one row per team and quarter of a year
        years, share (still enrolled), low, high, persons (seen so long).
    """

    name: ClassVar[str] = "enrolment_flow"
    title: ClassVar[Mapping[str, str]] = {"sv": "In- och utflöde", "en": "Coming and leaving"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("team_id", "period_start"), {"began": (), "ended": ()}, margins=_TEAM,
            sums=tuple(
                ("contact_pattern.latest.persons", day, *(f"table.ended?period_start={one}" for one in year))
                for day in _ON_LAST_DAY
                for year in _YEARS
            ),
        ),
        # all who died, less those whose enrolment ended by it, died after they had left
        "reasons": Gate(
            ("team_id", "reason"),
            {"ended": ("share",)},
            margins=_TEAM,
            sums=tuple(
                ("followed_up.table.hits?figure=died", f"reasons.ended?reason=died{of}")
                for of in ("&team_id=total", "")
            ),
        ),
        "length": Gate(
            ("team_id",),
            {"persons": ("median_years", "low_years", "high_years", "left_per_year"), "ended": ("left_per_year",)},
            wholes={"ended": "persons"}, margins=_TEAM,
            # all who were in the team, less those whose first team it is, came from another
            sums=(("length.persons", "baseline.table.clients?trait=clients&level=total"),),
        ),
        "curve": Gate(
            ("team_id", "years"), {"persons": ("share", "low", "high"), "steps": ("share", "low", "high")},
            margins=_TEAM, inner=("steps",), nested={"years": ("*",)}, within={"persons": ("length.persons",)},
        ),
    }  # fmt: skip

    reasons: pd.DataFrame = field(default_factory=_empty)
    length: pd.DataFrame = field(default_factory=_empty)
    curve: pd.DataFrame = field(default_factory=_empty)

    @staticmethod
    def _main(frame: pd.DataFrame) -> pd.DataFrame:
        if not len(frame):
            return frame
        total = frame.loc[frame["team_id"] == "total"]
        return total if len(total) else frame.loc[frame["team_id"] == frame["team_id"].iloc[0]]

    def summary(self, language: str | None = None) -> str:
        """Return how many clients there have been, how many left, and how long they stay."""
        language = language or self.language
        rows = self._main(self.length)
        if not len(rows) or pd.isna(rows["persons"].iloc[0]):
            return pick({"sv": "Antalet klienter visas inte.", "en": "The number of clients is not shown."}, language)
        row: Mapping[str, Any] = rows.to_dict("records")[0]  # type: ignore[assignment]
        when = words.span(self.notes["start"], self.notes["end"], language)
        persons, left = (integer(row[name], language=language) for name in ("persons", "ended"))
        first = {
            "sv": f"Under {when} var {persons} klienter inskrivna, och för {left} avslutades inskrivningen.",
            "en": f"In {when}, {persons} clients were enrolled, and for {left} the enrolment ended.",
        }
        return f"{pick(first, language)} {self._stay(row, language)}"

    def _stay(self, row: Mapping[str, Any], language: str) -> str:
        if not pd.isna(row["median_years"]):
            if row["median_years"] < 1:
                days = integer(row["median_years"] * DAYS_PER_YEAR, language=language)
                short = {"sv": f"Hälften stannar längre än {days} dagar.", "en": f"Half stay longer than {days} days."}
                return pick(short, language)
            value = number(row["median_years"], language=language)
            said = {"sv": f"Hälften stannar längre än {value} år.", "en": f"Half stay longer than {value} years."}
            return pick(said, language)
        rows = self._main(self.curve)
        rows = rows.loc[rows["share"].notna()] if len(rows) else rows
        if not len(rows):
            return pick({"sv": "Tiden i teamet visas inte.", "en": "Time with the team is not shown."}, language)
        share = percent(rows["share"].iloc[-1], language=language)
        years = number(rows["years"].iloc[-1], language=language)
        said = {
            "sv": f"Efter {years} år är uppskattningsvis {share} kvar.",
            "en": f"After {years} years an estimated {share} are still enrolled.",
        }
        return pick(said, language)

    def methods(self, language: str | None = None) -> str:
        """Return how enrolments were counted."""
        language = language or self.language
        text = {
            "sv": "Inskrivningar av samma klient i samma team som överlappar eller ligger intill varandra är en. Tiden "
            "i teamet är skattad enligt Kaplan–Meier: inskrivningar som pågår när observationen slutar, och klienter "
            "som inte längre observeras, är censurerade; inskrivningar som började före observationen räknas från den "
            "dag de kan ses. En klient som kommer två gånger under en period räknas en gång.",
            "en": "Enrolments of the same client in the same team that overlap or touch are one. Time with the team is "
            "a Kaplan–Meier estimate: enrolments that go on when observation ends, and clients who are no longer "
            "observed, are censored; enrolments that began before observation count from the day they are seen. A "
            "client who comes twice in a period counts once.",
        }
        return f"{pick(text, language)} {self.coarser(language)}".strip()

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the share still enrolled."""
        return self._draw(self.language, ax)

    def _chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        unit = {"sv": "Andel kvar i teamet", "en": "Share still enrolled"}
        look = {"x": "years", "y": "share", "form": "percent", "unit": pick(unit, language), "language": language}
        return words.with_team_names(self._main(self.curve), language), look

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._chart(language)
        title = pick({"sv": "År sedan inskrivningen", "en": "Years since enrolment"}, language)
        return charts.lines(rows, **look, low="low", high="high", x_title=title, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return flow by period, reasons, length, and the curve."""
        language = language or self.language
        swedish = language == "sv"
        period = [period_name(start, self.notes["every"], language=language) for start in self.table["period_start"]]
        flow = words.with_team_names(self.table.assign(period=period), language)
        caption = "Klienter som skrevs in och ut" if swedish else "Clients enrolled and ended"
        found = [TableView("enrolment_flow", caption, flow, columns_in(language, words.HEADS, (
            "team", "period", "began", "ended")), (self.methods(language),))]  # fmt: skip
        if len(self.length):
            caption = "Tid i teamet" if swedish else "Time with the team"
            shown: tuple[str, ...] = (
                "team",
                "persons",
                "left_team",
                "left_per_year",
                "median_years",
                "low_years",
                "high_years",
            )
            rows = words.with_team_names(self.length.assign(left_team=self.length["ended"]), language)
            found.append(TableView("enrolment_length", caption, rows, columns_in(language, words.HEADS, shown)))
        if len(self.reasons):
            caption = "Varför inskrivningar avslutades" if swedish else "Why enrolments ended"
            said = words.in_words(self.reasons["reason"], words.END_REASONS, language)
            rows = words.with_team_names(self.reasons.assign(reason_name=said, persons=self.reasons["ended"]), language)
            shown = ("team", "reason_name", "persons", "share")
            found.append(TableView("enrolment_reasons", caption, rows, columns_in(language, words.HEADS, shown)))
        if len(self.curve):
            caption = pick(_STILL, language)
            rows = words.with_team_names(self.curve.assign(share_left=self.curve["share"]), language)
            shown = ("team", "years", "share_left", "low", "high", "persons")
            found.append(TableView("enrolment_curve", caption, rows, columns_in(language, words.HEADS, shown)))
        return tuple(found)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the share still enrolled over time."""
        language = language or self.language
        view = next((view for view in self.views(language) if view.name == "enrolment_curve"), None)
        if view is None:
            return ()
        rows, look = self._chart(language)
        alt = charts.alt.lines(rows, **{**look, "what": pick(self.title, language)})
        return (FigureView("enrolment_curve", view.caption, alt, lambda ax: self._draw(language, ax), view),)
