"""The words of this room, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from factfidelity import wording
from factfidelity.display.views import Head
from factfidelity.wording import pick

Text = Mapping[str, str]

FORMS: Mapping[str, Text] = {
    "visit": {"sv": "Besök på mottagningen", "en": "Visit at the clinic"},
    "home_visit": {"sv": "Hembesök", "en": "Home visit"},
    "elsewhere": {"sv": "Besök på annan plats", "en": "Visit elsewhere"},
    "phone": {"sv": "Telefon", "en": "Telephone"},
    "video": {"sv": "Video", "en": "Video"},
    "letter": {"sv": "Brev", "en": "Letter"},
    "conference": {"sv": "Konferens om klienten", "en": "Conference on the client"},
    "not_stated": {"sv": "Ej angiven", "en": "Not stated"},
}

PROFESSIONS: Mapping[str, Text] = {
    "psychiatrist": {"sv": "Psykiater", "en": "Psychiatrist"},
    "physician": {"sv": "Läkare", "en": "Physician"},
    "psychologist": {"sv": "Psykolog", "en": "Psychologist"},
    "nurse": {"sv": "Sjuksköterska", "en": "Nurse"},
    "assistant_nurse": {"sv": "Skötare, undersköterska", "en": "Nursing assistant"},
    "social_worker": {"sv": "Kurator, socionom", "en": "Social worker"},
    "case_manager": {"sv": "Vård- och stödsamordnare", "en": "Case manager"},
    "occupational_therapist": {"sv": "Arbetsterapeut", "en": "Occupational therapist"},
    "physiotherapist": {"sv": "Fysioterapeut", "en": "Physiotherapist"},
    "employment_specialist": {"sv": "Arbetsspecialist (IPS)", "en": "Employment specialist (IPS)"},
    "peer_worker": {"sv": "Peer support", "en": "Peer worker"},
    "peer": {"sv": "Peer support", "en": "Peer worker"},
    "addiction_specialist": {"sv": "Beroendespecialist", "en": "Addiction specialist"},
    "team_leader": {"sv": "Teamledare", "en": "Team leader"},
    "not_stated": {"sv": "Ej angivet", "en": "Not stated"},
    "other": {"sv": "Övriga", "en": "Other"},
}

EMPLOYERS: Mapping[str, Text] = {
    "region": {"sv": "Region", "en": "Region"},
    "municipality": {"sv": "Kommun", "en": "Municipality"},
    "other": {"sv": "Annan", "en": "Other"},
    "not_stated": {"sv": "Ej angiven", "en": "Not stated"},
}

EVERY: Mapping[str, Text] = {
    "month": {"sv": "månad", "en": "month"},
    "quarter": {"sv": "kvartal", "en": "quarter"},
    "half_year": {"sv": "halvår", "en": "half-year"},
    "year": {"sv": "år", "en": "year"},
    "pooled": {"sv": "hela perioden", "en": "the whole period"},
}

# Column: heading in Swedish and English, form, decimals.
HEADS: Mapping[str, Head] = {
    "team": ("Team", "Team", "text"),
    "period": ("Period", "Period", "text"),
    "persons": ("Klienter", "Clients", "integer"),
    "without": ("Utan möte", "Without a meeting", "integer"),
    "client_days": ("Inskrivna dygn", "Enrolled days", "integer"),
    "contacts": ("Möten", "Meetings", "integer"),
    "contacts_any": ("Kontakter", "Contacts", "integer"),
    "per_week": ("Per klientvecka", "Per client-week", "number", 2),
    "per_month": ("Per klientmånad", "Per client-month", "number", 2),
    "minutes_per_week": ("Minuter per klientvecka", "Minutes per client-week"),
    "outside_share": ("Utanför mottagningen", "Outside the clinic", "percent", 0),
    "relatives_share": ("Med närstående", "With relatives", "percent", 0),
    "agency_share": ("Med annan verksamhet", "With another agency", "percent", 0),
    "network_share": ("Nätverksmöten", "Network meetings", "percent", 0),
    "off_hours_share": ("Kvällar och helger", "Evenings and weekends", "percent", 0),
    "missed_share": ("Uteblivna besök", "Missed visits", "percent", 0),
    "distance_share": ("Kontakter på distans", "Remote contacts", "percent", 0),
    "form_name": ("Form", "Form", "text"),
    "employer_name": ("Huvudman", "Principal", "text"),
    "profession_name": ("Yrke", "Profession", "text"),
    "share": ("Andel", "Share", "percent", 0),
    "two_share": ("Minst två på 14 dagar", "At least two in 14 days", "percent", 0),
    "last_share": ("Senaste 14 dagarna", "Last 14 days", "percent", 0),
    "four_share": ("Minst fyra på ett år", "At least four in a year", "percent", 0),
    "year_persons": ("Inskrivna hela året", "Enrolled all year", "integer"),
    "professions": ("Yrken per klient och år", "Professions per client and year"),
    "usual_provider": ("Andel hos den vanligaste", "Usual-provider share", "percent", 0),
    "bice_boxerman": ("Bice–Boxerman", "Bice–Boxerman", "number", 2),
    "few": ("Färre än tre möten", "Fewer than three meetings", "integer"),
    "days": ("Inom dagar", "Within days", "integer"),
    "discharges": ("Utskrivningar", "Discharges", "integer"),
    "followed": ("Följda av möte", "Followed by a meeting", "integer"),
    "received": ("Remisser", "Referrals", "integer"),
    "same_day_share": ("Kontakt samma dag", "Contact on the day", "percent", 0),
    "within_7_share": ("Kontakt inom 7 dagar", "Contact within 7 days", "percent", 0),
    "median_days": ("Median, dagar", "Median, days", "integer"),
}

REGION: Text = {"sv": "Alla team", "en": "All teams"}


def with_team_names(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return the table with the names of its teams in the reader's language, in the column ``team``."""
    pairs = zip(table["team_id"], table["team"], strict=True)
    names = [pick(REGION, language) if key == "total" else name for key, name in pairs]
    return table.assign(team=pd.Series(names, index=table.index, dtype="str"))


def in_words(column: pd.Series, words: Mapping[str, Text], language: str) -> pd.Series:
    """Return a column of codes as words; a code that is not known stays as it is."""
    said = [pick(words[code], language) if code in words else str(code) for code in column.astype("object").fillna("")]
    return pd.Series(said, index=column.index, dtype="str")


def begins(start: str, language: str) -> tuple[str, str]:
    """Return what marks in a chart where a team's line begins, if that is after the first day of the data."""
    return start, pick({"sv": "Införande", "en": "Start"}, language)


def span(start: str, end: str, language: str) -> str:
    """Return a period in words: its years, or its first and its last day."""
    return wording.span(start, end, language=language)
