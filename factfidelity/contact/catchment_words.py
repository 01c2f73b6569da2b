"""The words for inpatient care in the catchment area, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from factfidelity.display.views import Head

Text = Mapping[str, str]

MODELS: Mapping[str, Text] = {
    "plain": {"sv": "med hänsyn till årstid", "en": "with season taken into account"},
    "trend": {"sv": "med hänsyn till årstid och trend", "en": "with season and trend taken into account"},
    "beds": {
        "sv": "med hänsyn till årstid, trend och vårdplatser",
        "en": "with season, trend and beds taken into account",
    },
}

STATES: Mapping[str, Text] = {
    "before": {"sv": "före", "en": "before"},
    "start": {"sv": "teamet börjar", "en": "the team begins"},
    "after": {"sv": "efter", "en": "after"},
    "": {"sv": "teamets start saknas", "en": "no start of the team"},
}

WHY: Mapping[str, Text] = {
    "few_months": {"sv": "färre än tolv månader på en sida", "en": "fewer than twelve months on one side"},
    "no_beds": {"sv": "vårdplatserna är inte kända alla månader", "en": "beds are not known in every month"},
    "no_inhabitants": {"sv": "antalet invånare saknas", "en": "the number of inhabitants is missing"},
    "beds_with_start": {
        "sv": "vårdplatserna ändrades när teamet började och kan inte skiljas från det",
        "en": "the beds changed when the team began and cannot be told from it",
    },
    "beds_same": {"sv": "vårdplatserna var lika många hela tiden", "en": "the beds were as many all the time"},
    "no_model": {"sv": "modellen kunde inte anpassas", "en": "the model could not be fitted"},
    "one_side": {
        "sv": "månader före eller efter starten saknas eller visas inte",
        "en": "months before or after the start are missing or not shown",
    },
}

UNIT: Text = {"sv": "Vårddygn per 1 000 invånare och år", "en": "Bed-days per 1,000 inhabitants and year"}

ADVICE: Text = {
    "sv": "Siffran gäller alla som bor i området, och annat som ändrades samtidigt, som vårdplatser, kan ligga bakom.",
    "en": "The figure is of everybody who lives in the area, and other things that changed then, such as beds, may be "
    "behind it.",
}

METHODS: Text = {
    "sv": "Vårddygn för alla invånare i teamets upptagningsområde, månad för månad, oavsett om de är klienter. "
    "Månaderna före teamets start jämförs med dem efter; månaden då teamet började räknas inte. Kvoten kommer "
    "från en kvasi-Poissonmodell med invånare gånger dagar som exponering, årstid som en sinusvåg och medelfel "
    "som tar hänsyn till att månader intill varandra liknar varandra (AR(1)), sedan också med en rak trend, sedan "
    "också med disponibla vårdplatser. Det är ingen jämförelse med ett område utan team. För en längre period än "
    "en månad visas det största antalet patienter under någon av dess månader.",
    "en": "Bed-days of all inhabitants of the team's catchment area, month by month, clients or not. The months before "
    "the team's start are compared with those after; the month in which it began is not counted. The ratio is "
    "from a quasi-Poisson model with inhabitants times days as exposure, season as a sine wave and errors that "
    "allow for neighbouring months being alike (AR(1)), then also with a straight trend, then also with beds at "
    "disposal. It is no comparison with an area without a team. For a period longer than a month the largest "
    "number of patients in one of its months is shown.",
}

HEADS: Mapping[str, Head] = {
    "team": ("Team", "Team", "text"),
    "period": ("Period", "Period", "text"),
    "state_name": ("Läge", "State", "text"),
    "model_name": ("Jämförelse", "Comparison", "text"),
    "ratio": ("Kvot efter/före", "Ratio after/before", "number", 2),
    "low": ("Nedre gräns", "Lower limit", "number", 2),
    "high": ("Övre gräns", "Upper limit", "number", 2),
    "per_1000_before": ("Per 1 000 och år före", "Per 1,000 and year before"),
    "per_1000_after": ("Per 1 000 och år efter", "Per 1,000 and year after"),
    "beds_before": ("Vårdplatser före", "Beds before"),
    "beds_after": ("Vårdplatser efter", "Beds after"),
    "bed_days": ("Vårddygn", "Bed-days", "integer"),
    "per_1000": ("Per 1 000 och år", "Per 1,000 and year"),
    "patients": ("Patienter, största månad", "Patients, largest month", "integer"),
    "beds": ("Vårdplatser", "Beds"),
    "because": ("Anmärkning", "Remark", "text"),
}
