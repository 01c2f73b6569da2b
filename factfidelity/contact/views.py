"""The tables of the contacts, on show."""

from __future__ import annotations

from typing import Any

import pandas as pd

from factfidelity.contact import words
from factfidelity.display.views import TableView, columns_in
from factfidelity.wording import integer, period_name

_CAPTIONS = {
    "contact_year": ("Kontakter per team, {span}", "Contacts by team, {span}"),
    "contact_periods": ("Möten per team och period", "Meetings by team and period"),
    "contact_forms": ("Genomförda kontakter efter form, {span}", "Attended contacts by form, {span}"),
    "contact_professions": ("Möten efter yrke, {span}", "Meetings by profession, {span}"),
    "contact_mix_form": ("Genomförda kontakter efter form och år", "Attended contacts by form and year"),
    "contact_mix_profession": ("Möten efter yrke och år", "Meetings by profession and year"),
    "contact_mix_employer": ("Möten efter huvudman och år", "Meetings by principal and year"),
    "contact_reach": (
        "Hur många i personalen klienterna träffar, {span}",
        "How many of the staff clients meet, {span}",
    ),
    "contact_continuity": ("Kontinuitet, {span}", "Continuity, {span}"),
    "contact_follow_up": ("Möte efter utskrivning från heldygnsvård", "Meeting after discharge from hospital"),
    "contact_referrals": ("Kontakt efter remiss", "Contact after referral"),
}


def contact_views(result: Any, language: str) -> tuple[TableView, ...]:
    """Return every table of the result that has rows."""
    found = [
        _year(result, language),
        _periods(result, language),
        _coded(result, "contact_forms", "form", words.FORMS, language),
        _coded(result, "contact_professions", "profession", words.PROFESSIONS, language),
        *(_mix(result, kind, language) for kind in ("form", "profession", "employer")),
        _plain(result, "contact_reach", result.reach, language, ("team", "persons", "two_share", "last_share",
               "year_persons", "four_share", "professions")),
        _plain(result, "contact_continuity", result.continuity, language, ("team", "persons", "usual_provider",
               "bice_boxerman", "few")),
        _plain(result, "contact_follow_up", result.follow_up, language, ("team", "days", "discharges", "followed",
               "share")),
        _plain(result, "contact_referrals", result.referrals, language, ("team", "received", "same_day_share",
               "within_7_share", "median_days")),
    ]  # fmt: skip
    return tuple(view for view in found if view is not None)


def _plain(
    result: Any,
    name: str,
    rows: pd.DataFrame,
    language: str,
    shown: tuple[str, ...],
    notes: tuple[str, ...] = (),
) -> TableView | None:
    if not len(rows):
        return None
    caption = _CAPTIONS[name][0 if language == "sv" else 1].format(span=result.span(language))
    named = words.with_team_names(rows, language)
    return TableView(name, caption, named, columns_in(language, words.HEADS, shown), notes)


def _known(result: Any, shown: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the columns that the delivery says nothing of."""
    need = {"minutes_per_week": "minutes_known", "outside_share": "place_known", "off_hours_share": "time_known"}
    return tuple(name for name in shown if result.notes.get(need.get(name, ""), "yes") == "yes")


def _year(result: Any, language: str) -> TableView | None:
    shown = ("team", "persons", "without", "per_week", "per_month", "minutes_per_week", "outside_share", "missed_share",
             "relatives_share", "agency_share", "network_share", "off_hours_share", "distance_share")  # fmt: skip
    outside = int(result.notes.get("outside_enrolment", "0"))
    note = {
        "sv": f"{integer(outside, language=language)} kontakter på dagar då klienten inte var inskriven räknades inte.",
        "en": f"{integer(outside, language=language)} contacts on days without enrolment were not counted.",
    }[language]
    notes = (result.methods(language), *([note] if outside else []))
    return _plain(result, "contact_year", result.latest, language, _known(result, shown), notes)


def _periods(result: Any, language: str) -> TableView:
    every = result.notes["every"]
    period = [period_name(start, every, language=language) for start in result.table["period_start"]]
    rows = words.with_team_names(result.table.assign(period=period), language)
    shown = _known(result, ("team", "period", "persons", "without", "contacts", "per_week", "minutes_per_week",
                            "outside_share", "missed_share"))  # fmt: skip
    caption = _CAPTIONS["contact_periods"][0 if language == "sv" else 1]
    return TableView(
        "contact_periods", caption, rows, columns_in(language, words.HEADS, shown), (result.methods(language),)
    )


def _coded(
    result: Any, name: str, column: str, known: dict[str, words.Text] | object, language: str
) -> TableView | None:
    frame: pd.DataFrame = result.forms if column == "form" else result.professions
    if not len(frame):
        return None
    book = words.FORMS if column == "form" else words.PROFESSIONS
    rows = frame.assign(**{f"{column}_name": words.in_words(frame[column], book, language)})
    rows = rows.assign(contacts_any=rows["contacts"])
    number = "contacts_any" if column == "form" else "contacts"
    return _plain(result, name, rows, language, ("team", f"{column}_name", number, "persons", "per_month", "share"))


def _mix(result: Any, kind: str, language: str) -> TableView | None:
    rows = result.mix.loc[(result.mix["kind"] == kind).to_numpy()] if len(result.mix) else result.mix
    if not len(rows):
        return None
    book = {"form": words.FORMS, "profession": words.PROFESSIONS, "employer": words.EMPLOYERS}[kind]
    years = [period_name(start, "year", language=language) for start in rows["period_start"]]
    rows = rows.assign(**{f"{kind}_name": words.in_words(rows["code"], book, language)}, period=years)
    rows = rows.assign(contacts_any=rows["contacts"])
    number = "contacts_any" if kind == "form" else "contacts"
    shown = ("team", "period", f"{kind}_name", number, "persons", "per_month", "share")
    return _plain(result, f"contact_mix_{kind}", rows, language, shown)
