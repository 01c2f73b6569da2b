"""The words of this room, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from factfidelity.display.views import Head

Text = Mapping[str, str]


def say(words: Mapping[str, Text], name: object, language: str) -> str:
    """Return the wording of a name; the name itself where there is none."""
    return words.get(str(name), {}).get(language, str(name))


OUTCOMES: Mapping[str, Text] = {
    "admissions": {"sv": "inskrivningar i psykiatrisk slutenvård", "en": "psychiatric admissions"},
    "bed_days": {"sv": "vårddygn i psykiatrisk slutenvård", "en": "psychiatric bed-days"},
    "contacts": {"sv": "besök", "en": "face-to-face contacts"},
    "coercion": {"sv": "tvångsåtgärder", "en": "coercive measures"},
    "count": {"sv": "händelser", "en": "events"},
}

ESTIMANDS: Mapping[str, Text] = {
    "level": {"sv": "Nivå efter / väntad nivå (kvot)", "en": "Level after / expected level (ratio)"},
    "slope": {"sv": "Ändrad lutning per period (kvot)", "en": "Change of slope per period (ratio)"},
    "trend": {"sv": "Trend per period före (kvot)", "en": "Trend per period before (ratio)"},
    "averted": {"sv": "Väntat antal minus utfallet", "en": "Expected number less the actual one"},
    "difference": {"sv": "Skillnad i andel", "en": "Difference in share"},
    "ratio": {"sv": "Kvot mellan andelar", "en": "Ratio of shares"},
    "odds_ratio": {"sv": "Oddskvot", "en": "Odds ratio"},
    "rate_ratio": {"sv": "Kvot mellan kvoter (efter/före)", "en": "Ratio of rate ratios (after/before)"},
    "rate_difference": {"sv": "Skillnad i förändring, per klientår", "en": "Difference in change, per client-year"},
    "pretrend": {"sv": "Prövning av förloppet före", "en": "Test of the course before"},
    "overall": {"sv": "Skillnad i förändring, per klientår", "en": "Difference in change, per client-year"},
    "fidelity": {"sv": "Per poäng högre programtrohet", "en": "Per point higher fidelity"},
    "within": {"sv": "Inom team: per poäng över teamets medel", "en": "Within teams: per point above the team's mean"},
    "between": {"sv": "Mellan team: per poäng högre medel", "en": "Between teams: per point higher mean"},
    "hazard_ratio": {"sv": "Hasardkvot (Peto)", "en": "Hazard ratio (Peto)"},
    "log_rank": {"sv": "Log-ranktest mellan grupperna", "en": "Log-rank test between the groups"},
}

ADJUSTMENT: Mapping[str, Text] = {
    "crude": {"sv": "ojusterad", "en": "crude"},
    "adjusted": {"sv": "justerad", "en": "adjusted"},
    "missing_against": {
        "sv": "okända räknade till jämförelsegruppens fördel",
        "en": "unknown counted in favour of the comparison",
    },
    "missing_for": {"sv": "okända räknade till gruppens fördel", "en": "unknown counted in favour of the group"},
}

# Reasons that the methods give, in words.
WHY: Mapping[str, Text] = {
    "fewer than 3 periods before or after the change": {
        "sv": "färre än tre perioder före eller efter förändringen",
        "en": "fewer than three periods before or after the change",
    },
    "the event is seen in nobody or in everybody": {
        "sv": "ingen eller alla har händelsen",
        "en": "nobody or everybody has the event",
    },
    "the event is seen in all or none of a kind of person": {
        "sv": "alla eller ingen i någon undergrupp har händelsen",
        "en": "everybody or nobody in some subgroup has the event",
    },
    "a group has no rows, or no time at risk, before or after": {
        "sv": "en grupp saknar observerad tid före eller efter",
        "en": "a group has no observed time before or after",
    },
    "a group has no events before or after: no ratio of ratios": {
        "sv": "en grupp saknar händelser före eller efter",
        "en": "a group has no events before or after",
    },
    "no spread between the units to judge by": {
        "sv": "ingen spridning mellan klienterna att bedöma efter",
        "en": "no spread between the clients to judge by",
    },
    "no_covariates": {"sv": "inga bakgrundsuppgifter angavs", "en": "no covariates were given"},
    "no_model": {"sv": "modellen kan inte skattas med dessa uppgifter", "en": "the model cannot be fitted"},
    "one_period_before": {
        "sv": "bara en period före, så förloppet före kan inte prövas",
        "en": "only one period before, so the course before cannot be tested",
    },
    "no_events_before": {
        "sv": "för få händelser före för att pröva förloppet",
        "en": "too few events before to test the course",
    },
    "few_teams": {
        "sv": "färre än tio team: bara bilden visas, ingen skattning",
        "en": "fewer than ten teams: the picture only, no estimate",
    },
    "fewer than 30 units: errors from so few are too small": {
        "sv": "färre än 30 enheter: intervallen är för smala",
        "en": "fewer than 30 units: the intervals are too narrow",
    },
    "no effect after the start can be judged": {
        "sv": "ingen period efter starten kan bedömas",
        "en": "no period after the start can be judged",
    },
    "few_units": {
        "sv": "färre än tio enheter: inga intervall kan bedömas",
        "en": "fewer than ten units: no interval can be judged",
    },
    "nobody had the event": {"sv": "ingen hade händelsen", "en": "nobody had the event"},
    "the terms cannot be told apart in these data": {
        "sv": "termerna kan inte skiljas åt i dessa uppgifter",
        "en": "the terms cannot be told apart in these data",
    },
    "a variance between groups of 0": {"sv": "ingen spridning mellan team", "en": "no spread between teams"},
    "a variance between groups is 0": {"sv": "ingen spridning mellan team", "en": "no spread between teams"},
    "the model could not be fitted to these data": {
        "sv": "modellen kunde inte skattas med dessa uppgifter",
        "en": "the model could not be fitted to these data",
    },
    "a group has no persons": {"sv": "en grupp saknar personer", "en": "a group has no persons"},
    "the covariates tell treated and controls apart in full": {
        "sv": "bakgrundsuppgifterna skiljer grupperna åt helt, så de kan inte göras lika",
        "en": "the covariates tell treated and controls apart in full, so they cannot be made alike",
    },
    "nobody is near enough to be matched": {
        "sv": "ingen i jämförelsegruppen är tillräckligt lik för att matchas",
        "en": "nobody is near enough to be matched",
    },
    "no_slope": {"sv": "programtroheten varierar inte", "en": "fidelity does not vary"},
}

HEADS: Mapping[str, Head] = {
    "what": ("Mått", "Measure", "text"),
    "adjustment_name": ("Analys", "Analysis", "text"),
    "subgroup_name": ("Undergrupp", "Subgroup", "text"),
    "group_name": ("Grupp", "Group", "text"),
    "window_name": ("Fönster", "Window", "text"),
    "covariate": ("Bakgrundsuppgift", "Covariate", "text"),
    "estimate": ("Skattning", "Estimate", "number", 3),
    "low": ("Nedre gräns", "Lower limit", "number", 3),
    "high": ("Övre gräns", "Upper limit", "number", 3),
    "band_low": ("Nedre gräns, hela kurvan", "Lower limit, whole curve", "number", 3),
    "band_high": ("Övre gräns, hela kurvan", "Upper limit, whole curve", "number", 3),
    "p": ("p-värde", "p-value", "number", 3),
    "why_text": ("Anmärkning", "Remark", "text"),
    "period": ("Period", "Period", "text"),
    "count": ("Antal", "Number", "integer"),
    "clients": ("Klienter", "Clients", "integer"),
    "persons": ("Personer", "Persons", "integer"),
    "exposure": ("Tid", "Time", "number", 1),
    "rate": ("Per tidsenhet", "Per unit of time", "number", 3),
    "fitted": ("Modell", "Model", "number", 3),
    "expected": ("Väntat utan förändringen", "Expected without the change", "number", 3),
    "expected_low": ("Nedre gräns", "Lower limit", "number", 3),
    "expected_high": ("Övre gräns", "Upper limit", "number", 3),
    "averted": ("Väntat minus utfall, summa hittills", "Expected less actual, sum so far", "number", 1),
    "averted_low": ("Nedre gräns", "Lower limit", "number", 1),
    "averted_high": ("Övre gräns", "Upper limit", "number", 1),
    "lag": ("Avstånd i perioder", "Distance in periods", "integer"),
    "autocorrelation": ("Autokorrelation", "Autocorrelation", "number", 2),
    "with_outcome": ("Med utfallet", "With the outcome", "integer"),
    "share": ("Andel", "Share", "percent", 1),
    "share_low": ("Nedre gräns", "Lower limit", "percent", 1),
    "share_high": ("Övre gräns", "Upper limit", "percent", 1),
    "unknown": ("Utfall okänt", "Outcome unknown", "integer"),
    "smd_before": ("Skillnad (SMD) före vägning", "Difference (SMD) before weighting", "number", 2),
    "smd_after": ("Skillnad (SMD) efter vägning", "Difference (SMD) after weighting", "number", 2),
    "smd": ("Standardiserad skillnad (SMD)", "Standardised difference (SMD)", "number", 2),
    "place": ("Perioder från starten", "Periods from the start", "integer"),
    "units": ("Enheter", "Units", "integer"),
    "teams": ("Team", "Teams", "integer"),
    "days": ("Dagar", "Days", "integer"),
    "at_risk": ("Följda så länge utan händelsen", "Followed so long without the event", "integer"),
    "events": ("Händelser sedan raden ovan", "Events since the row above", "integer"),
    "deaths": ("Dödsfall sedan raden ovan", "Deaths since the row above", "integer"),
    "incidence": ("Andel med händelsen", "Share with the event", "percent", 1),
    "incidence_low": ("Nedre gräns", "Lower limit", "percent", 1),
    "incidence_high": ("Övre gräns", "Upper limit", "percent", 1),
    "team": ("Team", "Team", "text"),
    "fidelity": ("Programtrohet", "Fidelity", "number", 2),
    "start_name": ("Start", "Start", "text"),
}
