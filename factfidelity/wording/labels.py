"""The words for columns, outcomes, windows, professions and states, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Text = Mapping[str, str]

# name: (Swedish, English). One word for one thing; the Swedish words follow the field's glossary.
_LABELS: dict[str, tuple[str, str]] = {
    "team_id": ("Team", "Team"),
    "client_id": ("Klient", "Client"),
    "clients": ("Klienter", "Clients"),
    "persons": ("Personer", "Persons"),
    "period_start": ("Period", "Period"),
    "window": ("Fönster", "Window"),
    "before": ("Före", "Before"),
    "after": ("Efter", "After"),
    "cohort": ("Urval", "Cohort"),
    "all": ("alla", "all"),
    "complete": ("fullständigt följda", "complete"),
    "mirror": ("speglade", "mirrored"),
    "estimate": ("Skattning", "Estimate"),
    "low": ("Nedre gräns", "Lower limit"),
    "high": ("Övre gräns", "Upper limit"),
    "p": ("p-värde", "p-value"),
    "n": ("n", "n"),
    "total": ("Totalt", "Total"),
    "mean": ("Medelvärde", "Mean"),
    "sd": ("Standardavvikelse", "Standard deviation"),
    "median": ("Median", "Median"),
    "q1": ("Nedre kvartil", "Lower quartile"),
    "q3": ("Övre kvartil", "Upper quartile"),
    "rate": ("Per klientår", "Per client-year"),
    "years": ("Klientår", "Client-years"),
    "outcome": ("Utfall", "Outcome"),
    "profession": ("Yrkeskategori", "Profession"),
    "employer": ("Huvudman", "Employer"),
    "fte": ("Heltidstjänster", "Full-time equivalents"),
    "ratio": ("Klienter per heltidstjänst", "Clients per FTE"),
    "score": ("Poäng", "Score"),
    "item": ("Punkt", "Item"),
    "subscale": ("Delskala", "Subscale"),
    "band": ("Nivå", "Band"),
    "psychosis": ("Psykos", "Psychosis"),
    "bipolar": ("Bipolär sjukdom", "Bipolar disorder"),
    "depression": ("Depression", "Depression"),
    "depression_anxiety": ("Depression eller ångest", "Depression or anxiety"),
    "personality": ("Personlighetssyndrom", "Personality disorder"),
    "autism_adhd": ("Autism eller adhd", "Autism or ADHD"),
    "substance": ("Beroende", "Substance use disorder"),
    "restraint": ("Fastspänning", "Mechanical restraint"),
    "seclusion": ("Avskiljande", "Seclusion"),
    "forced_medication": ("Tvångsmedicinering", "Forced medication"),
    "other": ("Övriga", "Other"),
    "other_measure": ("Annan tvångsåtgärd", "Other coercive measure"),
    "brukarrevision": ("Brukarrevision", "User-led audit"),
}


def pick(text: Text | str, language: str) -> str:
    """Return the wording of a two-language text; the other language where one is not given."""
    if isinstance(text, str):
        return text
    return text.get(language) or next((wording for wording in text.values() if wording), "")


def label(name: object, language: str = "sv") -> str:
    """Return the label of a column, a code or a state; its own name where none is known."""
    pair = _LABELS.get(str(name))
    if pair is None:
        return str(name)
    return pair[0] if language == "sv" else pair[1]


def labels(names: Iterable[object], language: str = "sv") -> dict[str, str]:
    """Return the labels of several names."""
    return {str(name): label(name, language) for name in names}
