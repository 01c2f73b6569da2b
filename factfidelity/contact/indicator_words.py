"""The words for the care models' own indicators."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from factfidelity.wording import pick

Text = Mapping[str, str]

LABELS: Mapping[str, Text] = {
    "sip_share": {"sv": "Andel med aktuell SIP", "en": "Share with a current SIP"},
    "sip_days": {"sv": "Tid från inskrivning till SIP", "en": "Time from enrolment to SIP"},
    "sip_person": {"sv": "Klienten själv deltog när SIP gjordes", "en": "Client present when the SIP was made"},
    "sip_relatives": {"sv": "Närstående deltog när SIP gjordes", "en": "Relatives present when the SIP was made"},
    "sip_agency": {
        "sv": "Annan verksamhet deltog när SIP gjordes",
        "en": "Another agency present when the SIP was made",
    },
    "sip_followed_up": {"sv": "SIP uppföljd i tid", "en": "SIP followed up on time"},
    "consent": {"sv": "Samtycke finns", "en": "Consent given"},
    "resource_group_formed": {"sv": "Resursgrupp bildad", "en": "Resource group formed"},
    "resource_group_days": {"sv": "Tid till resursgrupp", "en": "Time to a resource group"},
    "isolation": {"sv": "Avskiljningar", "en": "Isolations"},
    "resource_group_meetings": {"sv": "Resursgruppens möten", "en": "Resource-group meetings"},
    "employer_contact": {"sv": "Tid till första kontakt med arbetsgivare", "en": "Time to first employer contact"},
    "first_job": {"sv": "Tid till första arbete", "en": "Time to first job"},
    "ordinary_work": {"sv": "I ordinarie arbete", "en": "In ordinary work"},
    "job_tenure": {"sv": "Tid i arbete", "en": "Time in a job"},
    "referral_outcome": {"sv": "Remisser som antogs", "en": "Referrals accepted"},
    "referral_meeting": {"sv": "Tid från remiss till första möte", "en": "Time from referral to first meeting"},
    "status_3": {"sv": "I arbete eller studier efter 3 månader", "en": "In work or studies after 3 months"},
    "status_6": {"sv": "I arbete eller studier efter 6 månader", "en": "In work or studies after 6 months"},
    "status_12": {"sv": "I arbete eller studier efter 12 månader", "en": "In work or studies after 12 months"},
    "transports": {"sv": "Transporter till slutenvård", "en": "Transports to inpatient care"},
    "self_harm": {"sv": "Självskada", "en": "Self-harm"},
    "school": {"sv": "Skolfrånvaro", "en": "School absence"},
    "placement_days": {"sv": "Placeringsdygn", "en": "Placement days"},
    "planned_discharge": {"sv": "Planerade avslut", "en": "Planned endings"},
    "followon_care": {"sv": "Möte inom 30 dagar efter placering", "en": "Meeting within 30 days of placement"},
    "placement_30": {"sv": "Möte inom 30 dagar efter placering", "en": "Meeting within 30 days of placement"},
    "placement_90": {"sv": "Möte inom 90 dagar efter placering", "en": "Meeting within 90 days of placement"},
    "simultaneous": {"sv": "Möte med teamet under placering", "en": "Meeting with the team during placement"},
    "municipal_services": {"sv": "Har en kommunal insats", "en": "Has a municipal service"},
    "occupancy": {"sv": "Placerade samtidigt", "en": "Placed at the same time"},
    "authorities": {"sv": "Andra verksamheter kring varje klient", "en": "Other authorities around each client"},
    "adult_transition": {"sv": "Tid till vuxenpsykiatrin", "en": "Time to adult psychiatry"},
    "visits_per_day": {"sv": "Besök per klient och dygn", "en": "Visits per client and day"},
    "municipal_support": {
        "sv": "Tid från ansökan till kommunal insats",
        "en": "Time from request to municipal support",
    },
}

ANSWERS: Mapping[str, Text] = {
    "positive": {"sv": "Positivt", "en": "Positive"},
    "negative": {"sv": "Negativt", "en": "Negative"},
    "mixed": {"sv": "Blandat", "en": "Mixed"},
    "not_stated": {"sv": "Ej angivet", "en": "Not stated"},
}

UNITS: Mapping[str, Text] = {
    "days": {"sv": "dagar", "en": "days"},
    "first_job": {"sv": "veckor", "en": "weeks"},
    "job_tenure": {"sv": "veckor", "en": "weeks"},
    "number": {"sv": "per klientår", "en": "per client-year"},
    "mean": {"sv": "i genomsnitt", "en": "on average"},
    "visits_per_day": {"sv": "", "en": ""},
}

WHY: Mapping[str, Text] = {
    "nobody": {"sv": "ingen att räkna på", "en": "nobody to count"},
    "no_day": {"sv": "källorna täcker ingen gemensam dag", "en": "the sources cover no day together"},
    "not_half": {"sv": "färre än hälften har händelsen", "en": "fewer than half have the event"},
    "not_stated": {"sv": "uppgiften saknas", "en": "not stated"},
}


def why_words(why: object, language: str) -> str:
    """Return why there is no value, in words."""
    if why is None or pd.isna(why) or not str(why):  # type: ignore[call-overload]
        return ""
    text = str(why)
    if text.startswith("no "):
        missing = {"sv": f"tabellen {text[3:]} levererades inte", "en": f"the table {text[3:]} was not delivered"}
        return pick(missing, language)
    return pick(WHY[text], language) if text in WHY else text
