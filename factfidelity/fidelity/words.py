"""The words of fidelity, Swedish and English beside each other."""

from __future__ import annotations

from collections.abc import Mapping

from factfidelity.wording import number

Text = Mapping[str, str]

HEADINGS: Mapping[str, Text] = {
    "team_id": {"sv": "Team", "en": "Team"},
    "assessment": {"sv": "Tillfälle", "en": "Assessment"},
    "name": {"sv": "Punkt", "en": "Item"},
    "label": {"sv": "Rubrik", "en": "Heading"},
    "subscale": {"sv": "Delskala", "en": "Subscale"},
    "score": {"sv": "Poäng", "en": "Score"},
    "lowest": {"sv": "Lägst möjligt", "en": "Lowest possible"},
    "highest": {"sv": "Högst möjligt", "en": "Highest possible"},
    "n_rated": {"sv": "Bedömda punkter", "en": "Items rated"},
    "n_items": {"sv": "Punkter i skalan", "en": "Items in the scale"},
    "band": {"sv": "Nivå", "en": "Band"},
    "basis": {"sv": "Grund", "en": "Basis"},
    "raters": {"sv": "Bedömare", "en": "Assessors"},
    "rater_low": {"sv": "Lägsta bedömare", "en": "Lowest assessor"},
    "rater_high": {"sv": "Högsta bedömare", "en": "Highest assessor"},
    "target": {"sv": "Mål", "en": "Target"},
    "cut": {"sv": "Gräns", "en": "Limit"},
    "total": {"sv": "Totalt", "en": "Total"},
    "met": {"sv": "Nått", "en": "Met"},
    "points_missing": {"sv": "Poäng som saknas", "en": "Points missing"},
    "items_alone": {"sv": "Punkter som räcker ensamma", "en": "Items that suffice alone"},
    "item": {"sv": "Punkt", "en": "Item"},
    "needed": {"sv": "Behövd poäng", "en": "Score needed"},
    "raise_by": {"sv": "Höjning", "en": "Raise by"},
    "total_after": {"sv": "Totalt efteråt", "en": "Total afterwards"},
    "value": {"sv": "Värde", "en": "Value"},
    "unit": {"sv": "Enhet", "en": "Unit"},
    "numerator": {"sv": "Täljare", "en": "Numerator"},
    "denominator": {"sv": "Nämnare", "en": "Denominator"},
    "window_start": {"sv": "Från", "en": "From"},
    "window_end": {"sv": "Till (ej med)", "en": "To (excluded)"},
    "clients": {"sv": "Klienter", "en": "Clients"},
    "kind": {"sv": "Slag", "en": "Kind"},
    "why": {"sv": "Anmärkning", "en": "Remark"},
    "left_out": {"sv": "Utan underlag", "en": "Left out"},
    "figure": {"sv": "Mått", "en": "Measure"},
    "level": {"sv": "Nivå", "en": "Level"},
    "subjects": {"sv": "Underlag (antal)", "en": "Subjects"},
    "pairs": {"sv": "Bedömarpar", "en": "Pairs of assessors"},
    "estimate": {"sv": "Värde", "en": "Value"},
    "low": {"sv": "Nedre gräns", "en": "Lower limit"},
    "high": {"sv": "Övre gräns", "en": "Upper limit"},
    "period_start": {"sv": "Period", "en": "Period"},
    "months": {"sv": "Månader sedan start", "en": "Months since start"},
    "derived": {"sv": "Ur registren", "en": "From the registers"},
    "assessed": {"sv": "Bedömd", "en": "Assessed"},
    "before": {"sv": "Föregående", "en": "Before"},
    "change": {"sv": "Förändring", "en": "Change"},
    "smallest_change": {"sv": "Minsta säkra förändring", "en": "Smallest real change"},
    "larger": {"sv": "Större än bruset", "en": "Larger than the noise"},
    "mean": {"sv": "Medelvärde", "en": "Mean"},
    "sd": {"sv": "Standardavvikelse", "en": "Standard deviation"},
    "teams": {"sv": "Team", "en": "Teams"},
    "gap": {"sv": "Skillnad", "en": "Difference"},
}

CODES: Mapping[str, Text] = {
    "consensus": {"sv": "konsensus", "en": "consensus"},
    "mean_of_raters": {"sv": "medelvärde av bedömarna", "en": "mean of the assessors"},
    "one_rater": {"sv": "en bedömare", "en": "one assessor"},
    "mixed": {"sv": "konsensus och medelvärde", "en": "consensus and mean"},
    "not_rated": {"sv": "inte bedömd", "en": "not rated"},
    "item": {"sv": "punkten", "en": "item"},
    "proxy": {"sv": "närmevärde", "en": "proxy"},
    "not_derivable": {"sv": "kan inte räknas", "en": "cannot be counted"},
    "True": {"sv": "ja", "en": "yes"},
    "False": {"sv": "nej", "en": "no"},
    "exact": {"sv": "helt lika", "en": "exact agreement"},
    "within_one": {"sv": "högst ett stegs skillnad", "en": "within one step"},
    "weighted_kappa": {"sv": "viktad kappa (kvadratisk)", "en": "weighted kappa (quadratic)"},
    "icc2": {"sv": "ICC(2,1)", "en": "ICC(2,1)"},
    "alpha": {"sv": "Krippendorffs alfa (ordinal)", "en": "Krippendorff's alpha (ordinal)"},
    "smallest_change": {"sv": "minsta säkra förändring", "en": "smallest real change"},
    "total": {"sv": "totalt", "en": "total"},
    "all_items": {"sv": "alla punkter", "en": "all items"},
}

RULES: Mapping[str, Text] = {
    "mean_of_items": {"sv": "medelvärdet av punkterna", "en": "the mean of the items"},
    "mean_of_subscales": {"sv": "medelvärdet av delskalornas medelvärden", "en": "the mean of the subscale means"},
    "sum": {"sv": "summan av punkterna", "en": "the sum of the items"},
    "parts": {
        "sv": "summan av delarnas medelvärden, där varje del har sitt eget högsta värde",
        "en": "the sum of the parts' means, each part with its own maximum",
    },
    "weighted": {"sv": "ett vägt medelvärde av punkterna", "en": "a weighted mean of the items"},
    "none": {"sv": "okänt (ingen total räknas)", "en": "not known (no total is made)"},
}


def heading(name: str, language: str) -> str:
    """Return the heading of a column."""
    found = HEADINGS.get(name)
    return name if found is None else found[language]


def code(name: object, language: str) -> str:
    """Return the wording of a code; the code itself where it has none."""
    found = CODES.get(str(name))
    return str(name) if found is None else found[language]


def score_text(value: float, decimals: float, language: str) -> str:
    """Write a score with the decimals that were found for it."""
    return number(value, decimals=0 if decimals != decimals else int(decimals), language=language)


def joined(words: list[str], language: str) -> str:
    """Join words with commas and a last "and"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'och' if language == 'sv' else 'and'} {words[-1]}"
