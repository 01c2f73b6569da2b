"""ContactPattern: what clients get, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.contact import words
from factfidelity.display import charts
from factfidelity.display.gate import Gate, sums_over_year
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, NativeChart, TableView
from factfidelity.wording import number, percent, pick

_FEW = 5  # no gate stands before a note
_TEAM = {"team_id": "total"}
_IN_YEAR = {"persons": ("latest.persons",)}
_RATES = ("contacts", "minutes", "per_week", "per_month", "minutes_per_week")
_HELD = ("contacts", "per_month", "share")
_PARTS = ("outside", "relatives", "agency", "network", "off_hours")
_ADDED = ("client_days", "minutes", "contacts", "attended", "booked", "timed", "missed", "distance", *_PARTS)
_COUNTS: Mapping[str, tuple[str, ...]] = {
    "persons": ("client_days", "per_week", "per_month", "minutes_per_week"),
    "persons_contacts": (*_RATES, "timed", *(f"{part}_share" for part in _PARTS)),
    "without": (),
    "persons_attended": ("attended", "distance_share"),
    **{f"persons_{part}": (part, f"{part}_share") for part in _PARTS},
    "persons_inside": ("outside", "outside_share"),
    "persons_missed": ("missed", "booked", "missed_share"),
    "persons_distance": ("distance", "distance_share"),
}
_INNER = tuple(name for name in _COUNTS if name.startswith("persons_"))
_MEASURED = Gate(("team_id", "period_start"), _COUNTS, wholes={"without": "persons"}, margins=_TEAM, inner=_INNER)


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, eq=False)
class ContactPattern(Result):
    """Contacts of enrolled clients with their team: how many, where, with whom, and how soon.

    Attributes
    ----------
    table : DataFrame, one row per team and period, ``total`` being all teams
        team_id, team, period_start, client_days, persons (enrolled), without (no meeting), per_week, per_month
        (attended face-to-face contacts for each client), minutes_per_week; outside_share, relatives_share,
        agency_share, network_share (of the meetings), off_hours_share (of those whose time is known), missed_share (of
        booked visits), distance_share (of attended contacts of any form); and the counts that they are made of.
    latest : DataFrame, one row per team
        The same over the last year.
    forms, professions : DataFrame, one row per team and form, or profession, over the last year
        contacts, persons, per_month, share; staff (who held them) of a profession.
    mix : DataFrame, one row per team, calendar year, kind (form | profession | employer) and code
        contacts, persons, per_month (for each client), share (of the team's in that year), staff.
    reach, continuity, follow_up, referrals : DataFrame
        As the functions of the same names.
    """

    name: ClassVar[str] = "contact_pattern"
    title: ClassVar[Mapping[str, str]] = {"sv": "Kontakter", "en": "Contacts"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": _MEASURED,
        "latest": Gate(
            ("team_id",), _COUNTS, wholes={"without": "persons"}, margins=_TEAM, inner=_INNER,
            sums=sums_over_year("latest", "table", _ADDED), headline=True,
        ),
        "forms": Gate(
            ("team_id", "form"), {"persons": ("contacts", "per_month", "share")}, margins=_TEAM, within=_IN_YEAR,
            same=(("forms.persons", "mix.persons?kind=form&period_start=last&code>form"),),
        ),
        # what one to four of the staff did is theirs: their number goes before the gate and never leaves the room
        "professions": Gate(
            ("team_id", "profession"), {"persons": _HELD, "staff": ("persons", *_HELD)}, margins=_TEAM,
            within=_IN_YEAR, inner=("staff",),
            same=(("professions.persons", "mix.persons?kind=profession&period_start=last&code>profession"),),
        ),
        # a year's clients stand in that year's report: those without a form of contact are guarded in all of them
        "mix": Gate(
            ("team_id", "period_start", "kind", "code"),
            {"persons": _HELD, "staff": ("persons", *_HELD), "persons_all": ()},
            wholes={"persons": "persons_all"}, margins=_TEAM, inner=("staff", "persons_all"),
        ),
        "reach": Gate(
            ("team_id",),
            {"persons": ("fortnights", "two_share"), "persons_two": ("fortnights_two", "two_share"),
             "last_persons": ("last_share",), "last_two": ("last_share",),
             "year_persons": ("four_share", "professions"), "year_four": ("four_share",)},
            wholes={"last_two": "last_persons", "year_four": "year_persons"},
            shares=(("last_share", "last_two", "last_persons"), ("four_share", "year_four", "year_persons")),
            margins=_TEAM, inner=("persons_two",),
            within={"last_persons": ("reach.persons",), "year_persons": ("reach.persons",)},
        ),
        "continuity": Gate(
            ("team_id",), {"persons": ("usual_provider", "bice_boxerman"), "few": ()}, margins=_TEAM,
            within={"persons": ("latest.persons",), "few": ("latest.persons",)},
            sums=(("caseload_ratios.spread.persons", "continuity.persons", "continuity.few"),
                  ("latest.persons", "latest.without", "continuity.persons", "continuity.few")),
            free=("usual_provider", "bice_boxerman"),
        ),
        "follow_up": Gate(
            ("team_id", "days"), {"persons": ("discharges", "share"), "persons_followed": ("followed", "share"),
             "persons_between": ("discharges", "followed", "persons", "share"),
             "persons_unmet": ("followed", "share")},
            margins=_TEAM, inner=("persons_followed", "persons_between", "persons_unmet"),
            nested={"days": ("7", "14", "30")},
        ),
        "referrals": Gate(
            ("team_id",),
            {"persons": ("received", "followed", "same_day_share", "within_7_share", "median_days"),
             "persons_same_day": ("same_day", "same_day_share"), "persons_within_7": ("within_7", "within_7_share")},
            margins=_TEAM, inner=("persons_same_day", "persons_within_7"),
        ),
    }  # fmt: skip

    latest: pd.DataFrame = field(default_factory=_empty)
    forms: pd.DataFrame = field(default_factory=_empty)
    professions: pd.DataFrame = field(default_factory=_empty)
    mix: pd.DataFrame = field(default_factory=_empty)
    reach: pd.DataFrame = field(default_factory=_empty)
    continuity: pd.DataFrame = field(default_factory=_empty)
    follow_up: pd.DataFrame = field(default_factory=_empty)
    referrals: pd.DataFrame = field(default_factory=_empty)

    def __post_init__(self) -> None:
        """Leave a few contacts outside enrolment uncounted where it is released: they are those of as few clients."""
        if self.is_released and 0 < int(self.notes.get("outside_enrolment", "0")) < _FEW:
            object.__setattr__(self, "notes", {**self.notes, "outside_enrolment": "0"})

    @staticmethod
    def main(frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that speak for the whole: all teams, or the only one."""
        if not len(frame):
            return frame
        total = frame.loc[frame["team_id"] == "total"]
        return total if len(total) else frame.loc[frame["team_id"] == frame["team_id"].iloc[0]]

    def _row(self, frame: pd.DataFrame) -> Mapping[str, Any]:
        rows = self.main(frame)
        return rows.to_dict("records")[0] if len(rows) else {}  # type: ignore[return-value]

    def span(self, language: str) -> str:
        """Return the last year in words."""
        return words.span(self.notes["latest_start"], self.notes["end"], language)

    def summary(self, language: str | None = None) -> str:
        """Return meetings per client-week, where they were, and how many staff clients met."""
        language = language or self.language
        row = self._row(self.latest)
        rate = row.get("per_week")
        if rate is None or pd.isna(rate):
            return pick({"sv": "Antalet möten visas inte.", "en": "The number of meetings is not shown."}, language)
        value = number(rate, decimals=2, language=language)
        first = {
            "sv": f"Under {self.span(language)} hade varje inskriven klient {value} möten i veckan.",
            "en": f"In {self.span(language)} each enrolled client had {value} meetings a week.",
        }
        return " ".join(filter(None, [pick(first, language), self._where(row, language), self._whom(language)]))

    def _where(self, row: Mapping[str, Any], language: str) -> str:
        share = row.get("outside_share")
        if share is None or pd.isna(share) or self.notes.get("place_known") != "yes":
            return ""
        value = percent(share, language=language)
        text = {
            "sv": f"Av mötena var {value} utanför mottagningen.",
            "en": f"Of the meetings, {value} were outside the clinic.",
        }
        return pick(text, language)

    def _whom(self, language: str) -> str:
        share = self._row(self.reach).get("two_share")
        if share is None or pd.isna(share):
            return ""
        value = percent(share, language=language)
        text = {
            "sv": f"Under 14 dagar träffade klienterna minst två i personalen i {value} av fallen.",
            "en": f"In 14 days, clients met at least two of the staff in {value} of cases.",
        }
        return pick(text, language)

    def methods(self, language: str | None = None) -> str:
        """Return how contacts were counted."""
        language = language or self.language
        text = {
            "sv": "Med möten menas genomförda möten på plats, på dagar då klienten är inskriven i teamet. Ett möte med "
            "två medarbetare är ett möte och dess minuter räknas en gång, men två medarbetare har träffats. En klient "
            "utan möten räknas som 0 i antal och minuter och ingår inte i andelar. Nämnaren är inskrivna dygn. "
            "Nätverksmöte är ett möte där närstående eller en annan verksamhet deltog. Kväll är från kl. 17, tidig "
            "morgon före kl. 7; helgdagar på vardagar räknas som vardagar. Uppföljning efter utskrivning är ett möte "
            "med teamet dag 1–k efter utskrivningen; bara utskrivningar där klienten var inskriven och observerad "
            "hela tiden räknas. Kontinuitet anges för klienter med minst tre möten.",
            "en": "Meetings are attended face-to-face contacts on days when the client is enrolled in the team. A "
            "meeting with two staff is one meeting and its minutes count once, but two staff have been met. A client "
            "without meetings counts 0 in numbers and minutes, and is not part of shares. The denominator is enrolled "
            "days. A network meeting is one in which relatives or another agency took part. Evening is from 17:00, "
            "early morning before 7:00; public holidays on weekdays count as weekdays. Follow-up after discharge is a "
            "meeting with the team on day 1–k after it; only discharges after which the client was enrolled and "
            "observed all the time count. Continuity is given for clients with at least three meetings.",
        }
        return f"{pick(text, language)} {self.coarser(language)}".strip()

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw meetings per client-week over time."""
        return self._draw_rate(self.language, ax)

    def _rate_chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        unit = {"sv": "Möten per klientvecka", "en": "Meetings per client-week"}
        look = {
            "x": "period_start",
            "y": "per_week",
            "series": "team",
            "unit": pick(unit, language),
            "start": words.begins(self.notes["start"], language),
            "language": language,
        }
        return words.with_team_names(self.table, language), look

    def _draw_rate(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._rate_chart(language)
        return charts.lines(rows, **look, ax=ax)

    def _profession_chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = self.main(self.professions)
        rows = rows.assign(profession=words.in_words(rows["profession"], words.PROFESSIONS, language))
        rows = rows.sort_values("per_month", ascending=False, kind="stable")
        unit = {"sv": "Möten per klientmånad", "en": "Meetings per client-month"}
        return rows, {
            "category": "profession",
            "value": "per_month",
            "unit": pick(unit, language),
            "language": language,
        }

    def _draw_professions(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._profession_chart(language)
        return charts.bars(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the last year by team, every period, forms, professions, reach, follow-up and referrals."""
        from factfidelity.contact.views import contact_views

        return contact_views(self, language or self.language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return meetings over time, and by profession."""
        language = language or self.language
        views = {view.name: view for view in self.views(language)}
        found = [self._rate_figure(views["contact_periods"], language)]
        if "contact_professions" in views:
            rows, look = self._profession_chart(language)
            view = views["contact_professions"]
            alt = charts.alt.bars(rows, **{**look, "what": view.caption})
            size = (7.2, max(2.4, 1.0 + 0.4 * len(rows)))
            found.append(FigureView("contact_professions", view.caption, alt,
                                    lambda ax: self._draw_professions(language, ax), view, size=size))  # fmt: skip
        return tuple(found)

    def _rate_figure(self, view: TableView, language: str) -> FigureView:
        rows, look = self._rate_chart(language)
        native = NativeChart("line", view.name, "period", ("per_week",), "team", str(look["unit"]))
        alt = charts.alt.lines(rows, **{**look, "what": pick(self.title, language)})
        return FigureView("contact_rate", view.caption, alt, lambda ax: self._draw_rate(language, ax), view, native)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the last year's meetings per client-week, and the share outside the clinic."""
        language = language or self.language
        row = self._row(self.latest)
        rate, share = row.get("per_week"), row.get("outside_share")
        labels = {"sv": ("Möten per klientvecka", "Möten utanför mottagningen"),
                  "en": ("Meetings per client-week", "Meetings outside the clinic")}[language]  # fmt: skip
        value = None if rate is None or pd.isna(rate) else float(rate)
        said = self.summary(language)
        found = [
            KeyFigure("contacts_per_week", labels[0], value, said, decimals=2, why="" if value is not None else said)
        ]
        if share is not None and not pd.isna(share) and self.notes.get("place_known") == "yes":
            sentence = self._where(row, language)
            found.append(KeyFigure("outside_share", labels[1], float(share), sentence, form="percent", decimals=0))
        return tuple(found)
