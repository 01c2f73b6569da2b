"""Where things stand in a rating form, the same for writing and reading; and the form's own words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from factfidelity.schemas.scale import Range, Scale

MARK = "_form"
EDITION = "1"
HEAD = 4  # row of the headings on an assessor's sheet (from 0); items follow
DAY_CELL = "B5"
COLUMNS = ("item", "name", "asks", "evidence", "score", "reason", "comment")
SCORE, REASON, COMMENT = 4, 5, 6

Text = Mapping[str, str]
WORDS: Mapping[str, Text] = {
    "start": {"sv": "Start", "en": "Start"},
    "consensus": {"sv": "Konsensus", "en": "Consensus"},
    "title": {"sv": "Skattning av programtrohet", "en": "Fidelity rating"},
    "scale": {"sv": "Skala", "en": "Scale"},
    "team": {"sv": "Team", "en": "Team"},
    "day": {"sv": "Skattningsdatum (ÅÅÅÅ-MM-DD)", "en": "Day of the assessment (YYYY-MM-DD)"},
    "raters": {"sv": "Bedömare (pseudonymer)", "en": "Assessors (pseudonyms)"},
    "how": {
        "sv": "Varje bedömare fyller i sitt eget blad. Ge en poäng, eller skriv varför punkten inte kan bedömas. Enas "
        "sedan på bladet Konsensus; där en ruta är tom används bedömarnas medelvärde. Bara de vita rutorna kan ändras.",
        "en": "Each assessor fills in a sheet. Give a score, or say why the item cannot be rated. Then agree on the "
        "sheet Consensus; where a cell is empty the assessors' mean is used. Only the white cells can be changed.",
    },
    "item": {"sv": "Punkt", "en": "Item"},
    "name": {"sv": "Rubrik", "en": "Heading"},
    "asks": {"sv": "Vad poängen står för", "en": "What the scores stand for"},
    "evidence": {"sv": "Ur registren", "en": "From the registers"},
    "score": {"sv": "Poäng", "en": "Score"},
    "reason": {"sv": "Kan inte bedömas därför att", "en": "Cannot be rated because"},
    "comment": {"sv": "Kommentar", "en": "Comment"},
    "range": {"sv": "Skillnad", "en": "Difference"},
    "choose": {
        "sv": "Välj en poäng i listan, eller lämna tomt.",
        "en": "Choose a score from the list, or leave empty.",
    },
    "no_evidence": {"sv": "–", "en": "–"},
}


def words(name: str, language: str) -> str:
    """Return a word of the form."""
    return WORDS[name][language]


def steps(limits: Range) -> list[float]:
    """Return the scores that may be given."""
    return [float(step) for step in np.arange(limits.lowest, limits.highest + limits.step / 2, limits.step)]


def structure(scale: Scale) -> str:
    """Return a short fingerprint of a scale's items and ranges: a form of another version has another one."""
    content = {
        name: None if limits is None else [limits.lowest, limits.highest, limits.step]
        for name, limits in ((item, scale.range_of(item)) for item in scale.items)
    }
    plain = json.dumps([scale.id, content], sort_keys=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
