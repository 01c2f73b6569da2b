"""The words that alt texts are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from factfidelity import wording

KINDS: Mapping[str, Mapping[str, str]] = {
    "line": {"sv": "Linjediagram", "en": "Line chart"},
    "step": {"sv": "Trappstegskurva", "en": "Step curve"},
    "bar": {"sv": "Stapeldiagram", "en": "Bar chart"},
    "stacked": {"sv": "Staplat stapeldiagram", "en": "Stacked bar chart"},
    "waterfall": {"sv": "Vattenfallsdiagram", "en": "Waterfall chart"},
    "interval": {"sv": "Punkter med intervall", "en": "Points with intervals"},
    "dot": {"sv": "Punktdiagram", "en": "Dot plot"},
    "radar": {"sv": "Radardiagram", "en": "Radar chart"},
    "heat": {"sv": "Rutnät med färgskala", "en": "Heat map"},
    "flow": {"sv": "Flödesschema", "en": "Flow chart"},
}


def opening(kind: str, what: str, unit: str, language: str) -> str:
    """Return the first words: which chart, of what, in which unit."""
    parts = [KINDS[kind][language] + "."]
    if what:
        parts.append(f"{what.rstrip('.')}.")
    if unit:
        parts.append(f"{'Enhet' if language == 'sv' else 'Unit'}: {unit}.")
    return " ".join(parts)


def value_words(value: Any, form: str, decimals: int, language: str) -> str:
    """Return a value in figures; that it is not shown where it is hidden."""
    if value is None or bool(pd.isna(value)):
        return "visas inte" if language == "sv" else "not shown"
    if form == "percent":
        return wording.percent(value, decimals=max(0, decimals - 1), language=language)
    return wording.number(value, decimals=decimals, language=language)


def hidden_words(number: int, language: str) -> str:
    """Return how many values are not shown; nothing when all are."""
    if not number:
        return ""
    if language == "sv":
        return f"{number} {'värde' if number == 1 else 'värden'} visas inte."
    return f"{number} {'value is' if number == 1 else 'values are'} not shown."


def named(value: Any, names: Mapping[Any, str] | None, language: str) -> str:
    """Return the words for a value: the caller's, a date, else the library's label."""
    if names is not None and value in names:
        return names[value]
    if isinstance(value, pd.Timestamp):
        return wording.date(value, language=language)
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return wording.label(value, language)


def span_words(column: pd.Series, names: Mapping[Any, str] | None, language: str) -> str:
    """Return from where to where the axis goes."""
    places = column.dropna()
    if places.empty:
        return ""
    ordered = pd.api.types.is_datetime64_any_dtype(column) or pd.api.types.is_numeric_dtype(column)
    first, last = (places.min(), places.max()) if ordered else (places.iloc[0], places.iloc[-1])
    ends = [place_words(end, names, language) for end in (first, last)]
    return f"Från {ends[0]} till {ends[1]}." if language == "sv" else f"From {ends[0]} to {ends[1]}."


def place_words(end: Any, names: Mapping[Any, str] | None, language: str) -> str:
    """Return a place on the axis in words: a date, a name or a number."""
    if isinstance(end, str) or (names is not None and end in names):
        return named(end, names, language)
    if isinstance(end, pd.Timestamp):
        return wording.date(end, language=language)
    return wording.number(end, decimals=0 if float(end) == int(end) else 1, language=language)
