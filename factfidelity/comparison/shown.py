"""What the results of this room show in the same way: estimates as a table and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from factfidelity.comparison import words
from factfidelity.display.views import TableView, columns_in
from factfidelity.wording import HIDDEN, interval, number


def none() -> pd.DataFrame:
    """Return a frame without rows, the default of a field."""
    return pd.DataFrame()


def is_missing(value: Any) -> bool:
    """Tell whether a cell is hidden or could not be computed."""
    return value is None or bool(pd.isna(value))


def why_words(reasons: Any, language: str) -> list[str]:
    """Return reasons in words; several are parted by semicolons."""
    said = []
    for reason in reasons:
        parts = [] if is_missing(reason) else [part.strip() for part in str(reason).split(";") if part.strip()]
        said.append("; ".join(words.say(words.WHY, part, language) for part in parts))
    return said


def estimates_view(
    name: str, caption: str, frame: pd.DataFrame, language: str, *, more: Sequence[str] = (), notes: Sequence[str] = ()
) -> TableView:
    """Return a table of estimates: what, further columns, estimate, interval, p and remark."""
    shown = frame.assign(
        what=[words.say(words.ESTIMANDS, value, language) for value in frame["estimand"]],
        why_text=why_words(frame["why"], language),
    )
    columns = columns_in(language, words.HEADS, ("what", *more, "estimate", "low", "high", "p", "why_text"))
    return TableView(name, caption, shown, columns, tuple(note for note in notes if note))


def row_of(frame: pd.DataFrame, **where: object) -> Mapping[str, Any]:
    """Return the first row in which the columns have these values; empty where there is none."""
    kept = frame
    for column, value in where.items():
        kept = kept[kept[column] == value]
    return dict(kept.iloc[0]) if len(kept) else {}


def said(row: Mapping[str, Any], language: str, *, decimals: int = 2, level: float = 0.95) -> str:
    """Return an estimate with its interval in words; ``..`` where it is not there."""
    if not row or is_missing(row.get("estimate")):
        return HIDDEN
    parts = (row["estimate"], row["low"], row["high"])
    if any(is_missing(part) for part in parts[1:]):
        return number(parts[0], decimals=decimals, language=language)
    return interval(*parts, decimals=decimals, language=language, level=level)


def p_words(p: float, language: str) -> str:
    """Return a p-value in words: ``p = 0,042``, never ``p = 0,000``."""
    if is_missing(p):
        return f"p = {HIDDEN}"
    if p < 0.001:
        return f"p < {number(0.001, decimals=3, language=language)}"
    return f"p = {number(p, decimals=3, language=language)}"


def direction(row: Mapping[str, Any], nothing: float, language: str) -> str:
    """Say how an estimate lies to no difference: below, above, or not to be told from it."""
    if not row or any(is_missing(row.get(name)) for name in ("estimate", "low", "high")):
        return {
            "sv": "Underlaget räcker inte, eller får inte visas, för en bedömning.",
            "en": "The data do not suffice, or may not be shown, for a judgement.",
        }[language]
    if row["low"] <= nothing <= row["high"]:
        return {
            "sv": "Intervallet rymmer ingen skillnad: underlaget kan inte skilja den från slumpen.",
            "en": "The interval includes no difference: the data cannot tell it from chance.",
        }[language]
    below = row["high"] < nothing
    return {
        "sv": f"Hela intervallet ligger {'under' if below else 'över'} värdet för ingen skillnad.",
        "en": f"The whole interval lies {'below' if below else 'above'} the value of no difference.",
    }[language]
