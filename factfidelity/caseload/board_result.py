"""BoardUse: the FACT board on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.caseload import words
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, NativeChart, TableView
from factfidelity.wording import integer, number, percent, period_name, pick

_SHARES = Gate(
    ("team_id", "period_start"),
    {
        "persons_on": ("board_days", "share", "on_board", "ever_share"),
        "persons": ("client_days", "share", "ever_share"),
    },
    wholes={"persons_on": "persons"},
    shares=(("ever_share", "persons_on", "persons"),),
    margins={"team_id": "total"},
)


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, eq=False)
class BoardUse(Result):
    """How the board is used: share on it, periods, time on it, and care on and off it.

    Attributes
    ----------
    table : DataFrame, one row per team and period, ``total`` being all teams
        team_id, team, period_start, board_days (days on the board while enrolled), client_days (enrolled days), share
        (board-days / enrolled days), on_board (clients on the board on average), persons_on (with a day on the
        board), persons (enrolled), ever_share (persons_on / persons).
    latest : DataFrame, one row per team
        The same over the last year.
    episodes : DataFrame, one row per team
        Periods on the board, their median length and how soon clients are back (``episode_counts``).
    reasons : DataFrame, one row per team, moment (on | off) and reason
    curve : DataFrame, one row per team and day of a fixed grid
        Share still on the board (Kaplan-Meier; periods that go on are censored).
    on_off : DataFrame, one row per team and state (on | off)
        client_days, persons, contacts (attended, face to face), contacts_per_week, admissions, admissions_per_year.
    meetings : DataFrame, one row per team with a meeting log
        meetings, per_week, reference (the care model's rule).
    same_staff : DataFrame, one row per team
        persons who met staff both on and off the board, persons_same who met one person in both, share.
    outside : DataFrame, one row
        board_days outside the enrolment, which were set aside, and persons with such days.
    """

    name: ClassVar[str] = "board_use"
    title: ClassVar[Mapping[str, str]] = {"sv": "FACT-tavlan", "en": "The FACT board"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": _SHARES,
        "latest": Gate(("team_id",), _SHARES.counts, _SHARES.wholes, _SHARES.shares, _SHARES.margins),
        "episodes": Gate(
            ("team_id",),
            {"persons_on": ("episodes", "ever_share", "per_year", "open", "median_days", "median_low", "median_high"),
             "persons": ("ever_share",), "persons_off_30": ("off_30", "again_share_30"),
             "persons_again_30": ("again_30", "again_share_30"), "persons_off_90": ("off_90", "again_share_90"),
             "persons_again_90": ("again_90", "again_share_90")},
            wholes={"persons_on": "persons"}, shares=(("ever_share", "persons_on", "persons"),),
            margins={"team_id": "total"},
            inner=("persons_off_30", "persons_again_30", "persons_off_90", "persons_again_90"),
        ),
        "reasons": Gate(
            ("team_id", "moment", "reason"), {"persons": ("episodes", "share")}, margins={"team_id": "total"}
        ),
        "curve": Gate(("team_id", "day"), {"persons": ("share", "low", "high")}, margins={"team_id": "total"}),
        "on_off": Gate(
            ("team_id", "state"),
            {"persons": ("client_days", "contacts", "contacts_per_week", "admissions", "admissions_per_year"),
             "persons_contacts": ("contacts", "contacts_per_week"),
             "persons_admissions": ("admissions", "admissions_per_year")},
            margins={"team_id": "total"}, inner=("persons_contacts", "persons_admissions"),
        ),
        "meetings": Gate(("team_id",)),
        "same_staff": Gate(
            ("team_id",), {"persons": ("share",), "persons_same": ("share",)}, wholes={"persons_same": "persons"},
            shares=(("share", "persons_same", "persons"),), margins={"team_id": "total"},
        ),
        "outside": Gate(("what",), {"persons": ("board_days",)}),
    }  # fmt: skip

    latest: pd.DataFrame = field(default_factory=_empty)
    episodes: pd.DataFrame = field(default_factory=_empty)
    reasons: pd.DataFrame = field(default_factory=_empty)
    curve: pd.DataFrame = field(default_factory=_empty)
    on_off: pd.DataFrame = field(default_factory=_empty)
    meetings: pd.DataFrame = field(default_factory=_empty)
    same_staff: pd.DataFrame = field(default_factory=_empty)
    outside: pd.DataFrame = field(default_factory=_empty)

    def _span(self, language: str) -> str:
        return words.span(self.notes["start"], self.notes["end"], language)

    @staticmethod
    def _main(frame: pd.DataFrame) -> Mapping[str, Any]:
        """Return the row that speaks for the whole: all teams, or the only one."""
        if not len(frame):
            return {}
        total = frame.loc[frame["team_id"] == "total"]
        return (total if len(total) else frame).to_dict("records")[0]  # type: ignore[return-value]

    def summary(self, language: str | None = None) -> str:
        """Return the share on the board, the time on it and how often clients are back."""
        language = language or self.language
        row = self._main(self.latest)
        share = row.get("share")
        if share is None or pd.isna(share):
            text = {"sv": "Andelen på tavlan visas inte.", "en": "The share on the board is not shown."}
            return pick(text, language)
        when = words.span(self.notes["latest_start"], self.notes["end"], language)
        first = {
            "sv": f"Perioden {when} var {percent(share, language=language)} av de inskrivna dygnen på tavlan "
            f"({number(row['on_board'], language=language)} klienter i genomsnitt).",
            "en": f"In {when}, {percent(share, language=language)} of the enrolled days were on the board "
            f"({number(row['on_board'], language=language)} clients on average).",
        }
        return " ".join(filter(None, [pick(first, language), self._length(language), self._intensity(language)]))

    def _length(self, language: str) -> str:
        row = self._main(self.episodes)
        median = row.get("median_days")
        if median is None or pd.isna(median):
            return ""
        said = {
            "sv": f"Hälften av perioderna var över inom {integer(median, language=language)} dagar",
            "en": f"Half of the periods were over within {integer(median, language=language)} days",
        }
        again = row.get("again_share_90")
        if again is None or pd.isna(again):
            return pick(said, language) + "."
        more = {
            "sv": f", och {percent(again, language=language)} följdes av en ny inom 90 dagar.",
            "en": f", and {percent(again, language=language)} were followed by a new one within 90 days.",
        }
        return pick(said, language) + pick(more, language)

    def _intensity(self, language: str) -> str:
        if not len(self.on_off) or self.notes.get("contacts_known") != "yes":
            return ""
        whole = self.on_off.loc[self.on_off["team_id"] == self._main(self.on_off)["team_id"]].set_index("state")
        rates = [whole["contacts_per_week"].get(state) for state in ("on", "off")]
        if any(rate is None or pd.isna(rate) for rate in rates):
            return ""
        on, off = (number(rate, decimals=2, language=language) for rate in rates)
        text = {
            "sv": f"På tavlan hade klienterna {on} möten i veckan, annars {off}.",
            "en": f"On the board clients had {on} meetings a week, otherwise {off}.",
        }
        return pick(text, language)

    def methods(self, language: str | None = None) -> str:
        """Return how the board was counted."""
        language = language or self.language
        text = {
            "sv": "Andelen på tavlan är dygn på tavlan delade med inskrivna dygn. Dygn på tavlan utanför "
            "inskrivningen räknas inte. Perioder som överlappar eller ligger intill varandra är en period; en period "
            "utan slut pågår. Tiden på tavlan är skattad enligt Kaplan–Meier: perioder som pågår när observationen "
            "eller inskrivningen tar slut är censurerade, och perioder som började före observationen räknas från den "
            "dag de kan ses. En klient är åter på tavlan inom 30 (90) dagar om en ny period börjar så snart; bara "
            "perioder där klienten följdes så länge räknas. Möten är genomförda möten på plats. Andelen 20 procent är "
            "en referenslinje, inget mål. Att klienter på tavlan har fler möten eller inskrivningar följer av varför "
            "de förs upp och säger inget om tavlans verkan.",
            "en": "The share on the board is board-days divided by enrolled days. Board-days outside the enrolment are "
            "not counted. Periods that overlap or touch are one; a period without an end goes on. Time on the board is "
            "a Kaplan–Meier estimate: periods that go on when observation or enrolment ends are censored, and periods "
            "that began before observation count from the day they can be seen. A client is back within 30 (90) days "
            "if a new period begins so soon; only periods followed so long count. Meetings are attended face-to-face "
            "contacts. The share of 20 per cent is a reference line, not a target. That clients on the board have more "
            "meetings or admissions follows from why they are put there and says nothing of the board's effect.",
        }
        return pick(text, language)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the share on the board over time."""
        return self._draw_share(self.language, ax)

    def _share_chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        line = self.notes.get("share_reference", "")
        unit = {"sv": "Andel av inskrivna dygn", "en": "Share of enrolled days"}
        said = {"sv": "modellens referens", "en": "the model's reference"}
        return words.with_team_names(self.table, language), {
            "x": "period_start", "y": "share", "series": "team", "form": "percent", "unit": pick(unit, language),
            "reference": float(line) if line else None, "reference_label": pick(said, language), "language": language,
        }  # fmt: skip

    def _draw_share(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._share_chart(language)
        return charts.lines(rows, **look, ax=ax)

    def _curve_chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        main = self._main(self.curve).get("team_id")
        rows = words.with_team_names(self.curve.loc[self.curve["team_id"] == main], language)
        unit = {"sv": "Andel kvar på tavlan", "en": "Share still on the board"}
        return rows, {"x": "day", "y": "share", "form": "percent", "unit": pick(unit, language), "language": language}

    def _draw_curve(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._curve_chart(language)
        title = {"sv": "Dagar på tavlan", "en": "Days on the board"}
        return charts.lines(rows, **look, low="low", high="high", x_title=pick(title, language), ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return share, periods, reasons, time on the board, care on and off it, meetings."""
        from factfidelity.caseload.board_views import board_views

        return board_views(self, language or self.language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the share over time, and how long periods last."""
        language = language or self.language
        views = {view.name: view for view in self.views(language)}
        rows, look = self._share_chart(language)
        view = views["board_share"]
        what = {"sv": "Andel på tavlan", "en": "Share on the board"}
        alt = charts.alt.lines(rows, **{**look, "what": pick(what, language)})
        native = NativeChart("line", view.name, "period", ("share_on",), "team", str(look["unit"]))
        found = [FigureView("board_share", view.caption, alt, lambda ax: self._draw_share(language, ax), view, native)]
        if "board_time" in views:
            rows, look = self._curve_chart(language)
            said = {"sv": "Tid på tavlan", "en": "Time on the board"}
            alt = charts.alt.lines(rows, **{**look, "what": pick(said, language)})
            time = views["board_time"]
            found.append(FigureView("board_time", time.caption, alt, lambda ax: self._draw_curve(language, ax), time))
        return tuple(found)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the last year's share on the board."""
        language = language or self.language
        share = self._main(self.latest).get("share")
        value = None if share is None or pd.isna(share) else float(share)
        label = {"sv": "Andel på tavlan", "en": "Share on the board"}
        why = "" if value is not None else self.summary(language)
        return (KeyFigure("board_share", pick(label, language), value, self.summary(language), form="percent",
                          decimals=0, why=why),)  # fmt: skip

    def period_names(self, language: str) -> list[str]:
        """Return the table's periods in words."""
        return [period_name(start, self.notes["every"], language=language) for start in self.table["period_start"]]

    def outside_note(self, language: str) -> str:
        """Say how many board-days were set aside."""
        days = self.outside["board_days"].iloc[0] if len(self.outside) else 0
        if pd.isna(days):
            return pick({"sv": "Dygn på tavlan utanför inskrivningen: visas inte.",
                         "en": "Board-days outside the enrolment: not shown."}, language)  # fmt: skip
        text = {
            "sv": f"{integer(days, language=language)} dygn på tavlan utanför inskrivningen räknades inte.",
            "en": f"{integer(days, language=language)} board-days outside the enrolment were not counted.",
        }
        return pick(text, language)
