"""The words of this room, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from factfidelity.display.views import Head

Text = Mapping[str, str]

CHARTS: Mapping[str, Text] = {
    "u": {
        "sv": "U-diagram: antal per tidsenhet, med gränser tre standardavvikelser från mittlinjen om händelserna är "
        "oberoende (Poisson).",
        "en": "U chart: numbers per unit of time, with limits three standard deviations from the centre if events are "
        "independent (Poisson).",
    },
    "p": {
        "sv": "P-diagram: andel personer, med gränser tre standardavvikelser från mittlinjen (binomial).",
        "en": "P chart: share of persons, with limits three standard deviations from the centre (binomial).",
    },
    "xmr": {
        "sv": "XmR-diagram: enskilda värden, med gränser 2,66 gånger den genomsnittliga skillnaden mellan "
        "intilliggande "
        "perioder från mittlinjen.",
        "en": "XmR chart: individual values, with limits 2.66 times the mean difference between neighbouring periods "
        "from the centre.",
    },
    "run": {
        "sv": "Seriediagram kring medianen med Anhøjs två regler: ovanligt lång svit och ovanligt få korsningar.",
        "en": "Run chart about the median with Anhøj's two rules: an unusually long run and unusually few crossings.",
    },
}
CAUTION: Text = {
    "sv": "Tecken på särskild variation är en punkt utanför gränserna, minst åtta i följd på samma sida, minst sex i "
    "följd stigande eller fallande, eller två av tre nära en gräns. Ett tecken säger att något ändrats, inte vad.",
    "en": "A sign of special variation is a point outside the limits, eight or more in a row on one side, six or more "
    "in a row rising or falling, or two of three near a limit. A sign says that something changed, not what.",
}
LINES: Mapping[str, Text] = {
    "value": {"sv": "Värde", "en": "Value"},
    "centre": {"sv": "Mittlinje", "en": "Centre"},
    "upper": {"sv": "Övre gräns", "en": "Upper limit"},
    "lower": {"sv": "Nedre gräns", "en": "Lower limit"},
}
REASONS: Mapping[str, Text] = {
    "beyond": {"sv": "utanför gränserna", "en": "outside the limits"},
    "shift": {"sv": "lång svit på ena sidan", "en": "long run on one side"},
    "trend": {"sv": "trend", "en": "trend"},
    "two_of_three": {"sv": "två av tre nära gränsen", "en": "two of three near the limit"},
}
OUTSIDE: Mapping[str, Text] = {
    "": {"sv": "inom gränserna", "en": "within the limits"},
    "high": {"sv": "över den yttre gränsen", "en": "above the outer limit"},
    "low": {"sv": "under den yttre gränsen", "en": "below the outer limit"},
    "high_inner": {"sv": "över den inre gränsen", "en": "above the inner limit"},
    "low_inner": {"sv": "under den inre gränsen", "en": "below the inner limit"},
}
HEADS: Mapping[str, Head] = {
    "period": ("Period", "Period", "text"),
    "persons": ("Personer", "Persons", "integer"),
    "clients": ("Klienter", "Clients", "integer"),
    "count": ("Antal", "Number", "integer"),
    "size": ("Storlek", "Size", "number", 1),
    "rate": ("Värde", "Value", "number", 3),
    "centre": ("Mittlinje", "Centre", "number", 3),
    "lower": ("Nedre gräns", "Lower limit", "number", 3),
    "upper": ("Övre gräns", "Upper limit", "number", 3),
    "reason_text": ("Tecken", "Sign", "text"),
    "team": ("Team", "Team", "text"),
    "value": ("Värde", "Value", "number", 3),
    "share": ("Andel", "Share", "percent", 1),
    "lower_95": ("Nedre gräns (95 %)", "Lower limit (95%)", "number", 3),
    "upper_95": ("Övre gräns (95 %)", "Upper limit (95%)", "number", 3),
    "lower_998": ("Nedre gräns (99,8 %)", "Lower limit (99.8%)", "number", 3),
    "upper_998": ("Övre gräns (99,8 %)", "Upper limit (99.8%)", "number", 3),
    "outside_text": ("Läge", "Place", "text"),
}


def reasons(codes: Iterable[object], language: str) -> list[str]:
    """Return signals in words."""
    return [
        "" if pd.isna(code) else ", ".join(REASONS[part][language] for part in str(code).split(",") if part)  # type: ignore[call-overload]
        for code in codes
    ]
