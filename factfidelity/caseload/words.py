"""The words of this room, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from factfidelity import wording
from factfidelity.display.views import Head
from factfidelity.wording import pick

Text = Mapping[str, str]

STAFF: Mapping[str, Text] = {
    "case_carrying": {"sv": "heltidstjänst som bär ärenden", "en": "case-carrying FTE"},
    "team": {"sv": "heltidstjänst i teamet utom administratörer", "en": "team FTE without administrators"},
    "case_managers": {"sv": "heltid som vård- och stödsamordnare", "en": "case-manager FTE"},
}

STAFF_PLURAL: Mapping[str, Text] = {
    "case_carrying": {"sv": "Tjänster som bär ärenden", "en": "Case-carrying posts"},
    "team": {"sv": "Hela teamet utom administratörer", "en": "Whole team without administrators"},
    "case_managers": {"sv": "Vård- och stödsamordnare", "en": "Case managers"},
}

EVERY: Mapping[str, Text] = {
    "month": {"sv": "månad", "en": "month"},
    "quarter": {"sv": "kvartal", "en": "quarter"},
    "half_year": {"sv": "halvår", "en": "half-year"},
    "year": {"sv": "år", "en": "year"},
    "pooled": {"sv": "hela perioden", "en": "the whole period"},
}

WHY: Mapping[str, Text] = {
    "no_staff": {"sv": "ingen sådan tjänst i perioden", "en": "no such post in the period"},
    "team_without_staff": {
        "sv": "ett team med klienter saknar sådana tjänster i perioden",
        "en": "a team with clients has no such post in the period",
    },
    "": {"sv": "", "en": ""},
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
    "administrator": {"sv": "Administratör", "en": "Administrator"},
    "housing_support": {"sv": "Boendestödjare", "en": "Housing support worker"},
    "other": {"sv": "Övriga", "en": "Other"},
    "total": {"sv": "Totalt", "en": "Total"},
}

EMPLOYERS: Mapping[str, Text] = {
    "region": {"sv": "Region", "en": "Region"},
    "municipality": {"sv": "Kommun", "en": "Municipality"},
    "other": {"sv": "Annan", "en": "Other"},
    "unknown": {"sv": "Uppgift saknas", "en": "Not stated"},
    "total": {"sv": "Totalt", "en": "Total"},
}

ROLES: Mapping[str, Text] = {
    "case_managers": {
        "sv": "Vård- och stödsamordnare (sjuksköterskor, socialarbetare, missbruksspecialister)",
        "en": "Case managers (nurses, social workers, addiction specialists)",
    },
    "not_stated": {"sv": "Yrke saknas", "en": "Profession not stated"},
}

DENOMINATORS: Mapping[str, Text] = {
    "team": {
        "sv": "alla heltidstjänster i teamet utom administratörer",
        "en": "all FTE in the team but administrators",
    },
    "case_managers": {"sv": "heltid som vård- och stödsamordnare", "en": "case-manager FTE"},
    "case_managers_of_model": {
        "sv": "heltid i de yrken som modellen räknar som vård- och stödsamordnare",
        "en": "FTE of the professions that the model counts as case managers",
    },
    "case_managers_less_stable": {
        "sv": "heltid i samma yrken, stabila klienter borträknade",
        "en": "FTE of the same professions, stable clients taken out",
    },
}

REASONS: Mapping[str, Text] = {
    "crisis": {"sv": "Kris", "en": "Crisis"},
    "deterioration": {"sv": "Försämring", "en": "Getting worse"},
    "discharged": {"sv": "Utskriven från heldygnsvård", "en": "Discharged from hospital"},
    "admission": {"sv": "Inskriven i heldygnsvård", "en": "Admitted to hospital"},
    "new": {"sv": "Ny i teamet", "en": "New in the team"},
    "new_in_team": {"sv": "Ny i teamet", "en": "New in the team"},
    "worse": {"sv": "Försämring", "en": "Getting worse"},
    "intensive": {"sv": "Intensiv fas", "en": "Intensive phase"},
    "stabilising": {"sv": "Stabiliserande fas", "en": "Stabilising phase"},
    "life_event": {"sv": "Livshändelse", "en": "Life event"},
    "left_team": {"sv": "Lämnade teamet", "en": "Left the team"},
    "other": {"sv": "Annan orsak", "en": "Other reason"},
    "stable": {"sv": "Stabiliserad", "en": "Stable"},
    "not_stated": {"sv": "Ej angiven", "en": "Not stated"},
    "total": {"sv": "Totalt", "en": "Total"},
}

# Column: heading in Swedish and English, form, decimals.
HEADS: Mapping[str, Head] = {
    "team": ("Team", "Team", "text"),
    "period": ("Period", "Period", "text"),
    "denominator": ("Nämnare", "Denominator", "text"),
    "clients": ("Klienter i genomsnitt", "Clients on average"),
    "client_days": ("Klientdygn", "Client-days", "integer"),
    "fte_days": ("Tjänstedygn", "FTE-days"),
    "fte": ("Heltidstjänster", "FTE", "number", 2),
    "heads": ("Personer i tjänst", "Persons in post", "integer"),
    "ratio": ("Klienter per heltidstjänst", "Clients per FTE"),
    "ratio_last_day": ("Kvot sista dagen", "Ratio on the last day"),
    "reference_low": ("Riktmärke från", "Guide from"),
    "reference_high": ("Riktmärke till", "Guide to"),
    "persons": ("Personer", "Persons", "integer"),
    "role_name": ("Yrke eller roll", "Profession or role", "text"),
    "employer_name": ("Huvudman", "Principal", "text"),
    "fte_per_100": ("Per 100 klienter", "Per 100 clients", "number", 2),
    "fte_per_200": ("Per 200 klienter", "Per 200 clients", "number", 2),
    "norm_per_200": ("Norm per 200", "Norm per 200", "text"),
    "gap": ("Avvikelse i tjänster", "Gap in posts", "number", 2),
    "posts": ("Inrättade tjänster", "Established posts", "number", 2),
    "vacancy": ("Vakanta tjänster", "Vacant posts", "number", 2),
    "vacancy_share": ("Andel vakanta", "Share vacant", "percent", 0),
    "share": ("Andel", "Share", "percent", 0),
    "left": ("Slutade på 24 månader", "Left in 24 months", "integer"),
    "mean_heads": ("Personer i genomsnitt", "Persons on average"),
    "turnover": ("Omsättning", "Turnover", "percent", 0),
    "fte_per_head": ("Heltid per person", "FTE per person", "number", 2),
    "leader_fte": ("Teamledare", "Team leader", "number", 2),
    "peer_fte": ("Peer support", "Peer workers", "number", 2),
    "norm": ("Riktmärke", "Guide figure", "text"),
    "posts_needed_low": ("Tjänster som behövs, lägst", "Posts needed, lowest"),
    "posts_needed_high": ("Tjänster som behövs, högst", "Posts needed, highest"),
    "clients_possible_low": ("Klienter som ryms, lägst", "Clients possible, lowest", "integer"),
    "board_days": ("Dygn på tavlan", "Board-days", "integer"),
    "enrolled_days": ("Inskrivna dygn", "Enrolled days", "integer"),
    "share_on": ("Andel på tavlan", "Share on the board", "percent", 0),
    "on_board": ("På tavlan i genomsnitt", "On the board on average"),
    "persons_on": ("Personer på tavlan", "Persons on the board", "integer"),
    "ever_share": ("Andel någon gång på tavlan", "Share ever on the board", "percent", 0),
    "episodes": ("Perioder", "Periods", "integer"),
    "per_year": ("Perioder per klientår", "Periods per client-year", "number", 2),
    "open": ("Pågående", "Still going on", "integer"),
    "median_days": ("Median, dagar", "Median, days", "integer"),
    "median_low": ("Nedre gräns", "Lower limit", "integer"),
    "median_high": ("Övre gräns", "Upper limit", "integer"),
    "again_share_30": ("Åter inom 30 dagar", "Back within 30 days", "percent", 0),
    "again_share_90": ("Åter inom 90 dagar", "Back within 90 days", "percent", 0),
    "moment_name": ("Händelse", "Event", "text"),
    "reason_name": ("Orsak", "Reason", "text"),
    "per_head": ("Klienter per person i tjänst", "Clients per person in post"),
    "managers": ("Medarbetare", "Staff", "integer"),
    "mean": ("Medel", "Mean"),
    "q1": ("Nedre kvartil", "Lower quartile"),
    "median": ("Median", "Median"),
    "q3": ("Övre kvartil", "Upper quartile"),
    "band_name": ("Möten per vecka", "Meetings a week", "text"),
    "weighted": ("Viktad belastning", "Weighted caseload"),
    "events": ("Händelser", "Events", "integer"),
    "within_7_share": ("Inom 7 dagar", "Within 7 days", "percent", 0),
    "share_still": ("Andel kvar på tavlan", "Share still on the board", "percent", 0),
    "day": ("Dag", "Day", "integer"),
    "low": ("Nedre gräns", "Lower limit", "percent", 0),
    "high": ("Övre gräns", "Upper limit", "percent", 0),
    "state_name": ("Läge", "State", "text"),
    "contacts": ("Möten", "Meetings", "integer"),
    "contacts_per_week": ("Möten per klientvecka", "Meetings per client-week", "number", 2),
    "admissions": ("Inskrivningar", "Admissions", "integer"),
    "admissions_per_year": ("Inskrivningar per klientår", "Admissions per client-year", "number", 2),
    "meetings": ("Tavelmöten", "Board meetings", "integer"),
    "per_week": ("Per vecka", "Per week"),
    "reference": ("Modellens regel", "The model's rule", "integer"),
    "persons_same": ("Träffade samma medarbetare", "Met the same staff member", "integer"),
    "began": ("Inskrivna", "Enrolled", "integer"),
    "ended": ("Avslutade", "Ended", "integer"),
    "left_team": ("Har avslutats", "Have ended", "integer"),
    "left_per_year": ("Avslut per klientår", "Ends per client-year", "number", 2),
    "median_years": ("Median, år", "Median, years"),
    "low_years": ("Nedre gräns, år", "Lower limit, years"),
    "high_years": ("Övre gräns, år", "Upper limit, years"),
    "years": ("År", "Years", "number", 2),
    "share_left": ("Andel kvar", "Share still enrolled", "percent", 0),
    "clients_possible_high": ("Klienter som ryms, högst", "Clients possible, highest", "integer"),
    "because": ("Anmärkning", "Remark", "text"),
}

END_REASONS: Mapping[str, Text] = {
    "planned": {"sv": "Planerat avslut", "en": "Planned"},
    "declined": {"sv": "Klienten avböjde", "en": "Client declined"},
    "other_service": {"sv": "Annan verksamhet", "en": "Other service"},
    "moved": {"sv": "Flyttade", "en": "Moved"},
    "died": {"sv": "Avled", "en": "Died"},
    "changed_team": {"sv": "Bytte team", "en": "Changed team"},
    "other": {"sv": "Annan orsak", "en": "Other reason"},
    "not_stated": {"sv": "Ej angiven", "en": "Not stated"},
}

REGION: Text = {"sv": "Alla team", "en": "All teams"}


def team_name(team_id: str, team: str, language: str) -> str:
    """Return the name of a team on show; the row of all teams in the reader's language."""
    return pick(REGION, language) if team_id == "total" else team


def with_team_names(table: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return the table with the names of its teams in the reader's language, in the column ``team``."""
    names = [team_name(key, name, language) for key, name in zip(table["team_id"], table["team"], strict=True)]
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
