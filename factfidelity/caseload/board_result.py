"""BoardUse: the FACT board on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.caseload import words
from factfidelity.caseload.board_words import METHODS, REFERENCE, TEXTS
from factfidelity.display import charts
from factfidelity.display.gate import Gate, sums_over_year
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
    phases : DataFrame, one row per team and phase, where the board holds phases
        periods, persons, days (while enrolled), share (of the enrolled days), median_days, median_low, median_high.
    wait : DataFrame, one row per team and what happened (admission | emergency)
        events (while enrolled and off the board), persons, median_days to the board (Kaplan-Meier), within_7
        (put on the board within 7 days), within_7_share (of those followed so long).
    """

    name: ClassVar[str] = "board_use"
    title: ClassVar[Mapping[str, str]] = {"sv": "Tavlan", "en": "The board"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": _SHARES,
        "latest": Gate(
            ("team_id",), _SHARES.counts, _SHARES.wholes, _SHARES.shares, _SHARES.margins,
            sums=sums_over_year("latest", "table", ("board_days",)), headline=True,
        ),
        "episodes": Gate(
            ("team_id",),
            {"persons_on": ("episodes", "ever_share", "per_year", "open", "median_days", "median_low", "median_high"),
             "open": (), "persons": ("ever_share",), "persons_off_30": ("off_30", "again_share_30"),
             "persons_again_30": ("again_30", "again_share_30"), "persons_off_90": ("off_90", "again_share_90"),
             "persons_again_90": ("again_90", "again_share_90")},
            wholes={"persons_on": "persons"}, shares=(("ever_share", "persons_on", "persons"),),
            margins={"team_id": "total"},
            inner=("persons_off_30", "persons_again_30", "persons_off_90", "persons_again_90"),
        ),
        "reasons": Gate(
            ("team_id", "moment", "reason"), {"persons": ("episodes", "share")}, margins={"team_id": "total"},
            within={"persons": ("episodes.persons_on",)},
        ),
        "curve": Gate(
            ("team_id", "day"), {"persons": ("share", "low", "high"), "steps": ("share", "low", "high")},
            margins={"team_id": "total"}, inner=("steps",), nested={"day": ("*",)},
            within={"persons": ("episodes.persons_on",)},
        ),
        "on_off": Gate(
            ("team_id", "state"),
            {"persons": ("client_days", "contacts", "contacts_per_week", "admissions", "admissions_per_year"),
             "persons_contacts": ("contacts", "contacts_per_week"),
             "persons_admissions": ("admissions", "admissions_per_year")},
            margins={"team_id": "total"}, inner=("persons_contacts", "persons_admissions"),
        ),
        "meetings": Gate(("team_id",), public=("meetings", "per_week", "reference")),
        "same_staff": Gate(
            ("team_id",), {"persons": ("share",), "persons_same": ("share",)}, wholes={"persons_same": "persons"},
            shares=(("share", "persons_same", "persons"),), margins={"team_id": "total"},
            within={"persons": ("episodes.persons_on",)},
        ),
        "outside": Gate(("what",), {"persons": ("board_days",)}),
        "phases": Gate(
            ("team_id", "phase"), {"persons": ("periods", "median_days", "median_low", "median_high", "days", "share")},
            margins={"team_id": "total"},
        ),
        "wait": Gate(
            ("team_id", "since"),
            {"persons": ("events", "median_days", "within_7_share"), "persons_7": ("within_7", "within_7_share")},
            margins={"team_id": "total"}, inner=("persons_7",),
        ),
    }  # fmt: skip

    latest: pd.DataFrame = field(default_factory=_empty)
    episodes: pd.DataFrame = field(default_factory=_empty)
    reasons: pd.DataFrame = field(default_factory=_empty)
    curve: pd.DataFrame = field(default_factory=_empty)
    on_off: pd.DataFrame = field(default_factory=_empty)
    meetings: pd.DataFrame = field(default_factory=_empty)
    same_staff: pd.DataFrame = field(default_factory=_empty)
    outside: pd.DataFrame = field(default_factory=_empty)
    phases: pd.DataFrame = field(default_factory=_empty)
    wait: pd.DataFrame = field(default_factory=_empty)

    @property
    def kind(self) -> str:
        """``board``, or ``phases`` where the care model's board holds its phases."""
        return self.notes.get("kind", "board")

    def say(self, key: str, language: str, **values: str) -> str:
        """Return one of the board's texts in the words of its kind."""
        return pick(TEXTS[self.kind][key], language).format(**values)

    def heading(self, language: str | None = None) -> str:
        """Return what the care model calls its board."""
        language = language or self.language
        return self.notes.get(f"name_{language}") or self.say("title", language)

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
            return self.say("hidden", language)
        when = words.span(self.notes["latest_start"], self.notes["end"], language)
        mean = number(row["on_board"], language=language)
        first = self.say("first", language, when=when, share=percent(share, language=language), mean=mean)
        return " ".join(filter(None, [first, self._length(language), self._intensity(language)]))

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
        return self.say("intensity", language, on=on, off=off)

    def methods(self, language: str | None = None) -> str:
        """Return how the board was counted."""
        language = language or self.language
        text = pick(METHODS[self.kind], language)
        line = self.notes.get("share_reference", "")
        more = pick(REFERENCE, language).format(share=percent(float(line), language=language)) if line else ""
        return f"{text}{more} {self.coarser(language)}".strip()

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the share on the board over time."""
        return self._draw_share(self.language, ax)

    def _share_chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        line = self.notes.get("share_reference", "")
        unit = {"sv": "Andel av inskrivna dygn", "en": "Share of enrolled days"}
        said = {"sv": "modellens referens", "en": "the model's reference"}
        return words.with_team_names(self.table, language), {
            "x": "period_start", "y": "share", "series": "team", "form": "percent", "unit": pick(unit, language),
            "reference": float(line) if line else None, "reference_label": pick(said, language),
            "start": words.begins(self.notes["start"], language), "language": language,
        }  # fmt: skip

    def _draw_share(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._share_chart(language)
        return charts.lines(rows, **look, ax=ax)

    def _curve_chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        main = self._main(self.curve).get("team_id")
        rows = words.with_team_names(self.curve.loc[self.curve["team_id"] == main], language)
        unit = self.say("still", language)
        return rows, {"x": "day", "y": "share", "form": "percent", "unit": unit, "language": language}

    def _draw_curve(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._curve_chart(language)
        return charts.lines(rows, **look, low="low", high="high", x_title=self.say("days", language), ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return share, periods, reasons, time on the board, care on and off it, meetings."""
        from factfidelity.caseload.board_views import board_views

        return board_views(self, language or self.language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the share over time, and how long periods last."""
        language = language or self.language
        views = {view.name: view for view in self.views(language)}
        found = [self._share_figure(views["board_share"], language)]
        if "board_time" in views:
            rows, look = self._curve_chart(language)
            alt = charts.alt.lines(rows, **{**look, "what": self.say("time", language)})
            time = views["board_time"]
            found.append(FigureView("board_time", time.caption, alt, lambda ax: self._draw_curve(language, ax), time))
        return tuple(found)

    def _share_figure(self, view: TableView, language: str) -> FigureView:
        rows, look = self._share_chart(language)
        alt = charts.alt.lines(rows, **{**look, "what": self.say("share", language)})
        native = NativeChart("line", view.name, "period", ("share_on",), "team", str(look["unit"]))
        return FigureView("board_share", view.caption, alt, lambda ax: self._draw_share(language, ax), view, native)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the last year's share on the board."""
        language = language or self.language
        share = self._main(self.latest).get("share")
        value = None if share is None or pd.isna(share) else float(share)
        why = "" if value is not None else self.summary(language)
        return (KeyFigure("board_share", self.say("share", language), value, self.summary(language), form="percent",
                          decimals=0, why=why),)  # fmt: skip

    def period_names(self, language: str) -> list[str]:
        """Return the table's periods in words."""
        return [period_name(start, self.notes["every"], language=language) for start in self.table["period_start"]]

    def outside_note(self, language: str) -> str:
        """Say how many board-days were set aside."""
        days = self.outside["board_days"].iloc[0] if len(self.outside) else 0
        if pd.isna(days):
            return self.say("outside_hidden", language)
        return self.say("outside", language, days=integer(days, language=language))
