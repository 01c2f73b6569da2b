"""The tables of the spread over staff and of the need of contact, on show."""

from __future__ import annotations

import pandas as pd

from factfidelity.caseload import words
from factfidelity.display.views import TableView, columns_in
from factfidelity.wording import pick

_BANDS = {
    "none": {"sv": "Inget möte", "en": "No meeting"},
    "below_1": {"sv": "Färre än 1", "en": "Fewer than 1"},
    "1_to_2": {"sv": "1 till under 2", "en": "1 to below 2"},
    "2_or_more": {"sv": "2 eller fler", "en": "2 or more"},
    "total": {"sv": "Alla", "en": "All"},
}
_SPREAD = {
    "sv": "Klienter per medarbetare, fördelning",
    "en": "Clients for each staff member, distribution",
}
_SPREAD_NOTE = {
    "sv": "Leveransen säger inte vem som är klientens vård- och stödsamordnare. Här räknas klienten till den "
    "medarbetare som klienten träffat mest under året; enskilda medarbetare visas inte.",
    "en": "The delivery does not say who is whose case manager. Here a client counts to the staff member whom the "
    "client met most in the year; single staff are not shown.",
}
_NEED = {"sv": "Klienter efter kontaktbehov", "en": "Clients by need of contact"}
_NEED_NOTE = {
    "sv": "I den viktade belastningen väger varje klient sina möten i veckan delade med genomsnittet för alla team. "
    "Den ligger över den vanliga kvoten i team vars klienter träffas oftare än andra.",
    "en": "In the weighted caseload each client weighs their meetings a week divided by the mean of all teams. It lies "
    "above the plain ratio in teams whose clients are met more often than others.",
}


def need_views(spread: pd.DataFrame, need: pd.DataFrame, language: str) -> list[TableView]:
    """Return the spread over staff and the bands of need, where there are contacts."""
    views = []
    if len(spread):
        rows = words.with_team_names(spread, language)
        columns = columns_in(language, words.HEADS, ("team", "managers", "persons", "mean", "q1", "median", "q3"))
        views.append(
            TableView("caseload_spread", pick(_SPREAD, language), rows, columns, (pick(_SPREAD_NOTE, language),))
        )
    if len(need):
        rows = words.with_team_names(need, language)
        rows = rows.assign(band_name=words.in_words(rows["band"], _BANDS, language))
        bands = columns_in(language, words.HEADS, ("team", "band_name", "persons", "share"))
        views.append(TableView("caseload_need", pick(_NEED, language), rows, bands))
        whole = rows.loc[rows["band"] == "total"]
        weights = columns_in(language, words.HEADS, ("team", "persons", "ratio", "weighted"))
        caption = pick({"sv": "Viktad ärendebelastning", "en": "Weighted caseload"}, language)
        views.append(TableView("caseload_weighted", caption, whole, weights, (pick(_NEED_NOTE, language),)))
    return views
