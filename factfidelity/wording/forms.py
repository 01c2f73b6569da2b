"""How numbers, shares, dates and intervals are written in Swedish and in English.

Sources: EU Interinstitutional style guide (sv) 10.6; Statistics Sweden's marks for tables.
The machine's locale is never used: Swedish is often not installed, and it is not thread-safe.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import SupportsFloat

import pandas as pd

HIDDEN = ".."
ZERO_MARK = "–"
NBSP = "\u00a0"
_MINUS = "\u2212"

_MONTHS_SV = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_SV = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
_LONG_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def number(value: SupportsFloat | None, *, decimals: int = 1, language: str = "sv") -> str:
    """Write a number with its decimals, rounded half up; ``..`` where there is none.

    Examples
    --------
    >>> number(1234.25, decimals=1, language="en")
    '1,234.3'
    >>> number(None)
    '..'
    """
    if value is None or _is_missing(value):
        return HIDDEN
    plain = float(value)
    if math.isinf(plain):
        return ("" if plain > 0 else _MINUS) + "∞"
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(plain)).quantize(step, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    if language == "sv":
        text = text.replace(",", NBSP).replace(".", ",")
    return (_MINUS if rounded < 0 else "") + text


def integer(value: SupportsFloat | None, *, language: str = "sv") -> str:
    """Write a whole number, grouped in threes; ``..`` where there is none."""
    return number(value, decimals=0, language=language)


def percent(value: SupportsFloat | None, *, decimals: int = 0, language: str = "sv") -> str:
    """Write a share (0.26) as per cent: ``26 %`` in Swedish, ``26%`` in English."""
    if value is None or _is_missing(value):
        return HIDDEN
    text = number(float(value) * 100, decimals=decimals, language=language)
    return f"{text}{NBSP}%" if language == "sv" else f"{text}%"


def interval(
    estimate: SupportsFloat | None,
    low: SupportsFloat | None,
    high: SupportsFloat | None,
    *,
    decimals: int = 2,
    language: str = "sv",
    level: float = 0.95,
) -> str:
    """Write an estimate with its interval: ``0,72 (95 % KI 0,61–0,85)``."""
    if any(part is None or _is_missing(part) for part in (low, high)):
        return number(estimate, decimals=decimals, language=language)
    name = "KI" if language == "sv" else "CI"
    share = percent(level, language=language)
    low_text = number(low, decimals=decimals, language=language)
    high_text = number(high, decimals=decimals, language=language)
    dash = " " + ("till" if language == "sv" else "to") + " " if _MINUS in low_text + high_text else "–"
    return f"{number(estimate, decimals=decimals, language=language)} ({share} {name} {low_text}{dash}{high_text})"


def date(value: dt.date | pd.Timestamp | None, *, language: str = "sv", text: bool = False) -> str:
    """Write a date: ``2025-07-01`` in tables, ``1 juli 2025`` in running text."""
    if value is None or pd.isna(value):
        return HIDDEN
    stamp = pd.Timestamp(value)
    if not text:
        return f"{stamp:%Y-%m-%d}"
    names = _LONG_SV if language == "sv" else _LONG_EN
    return f"{stamp.day}{NBSP}{names[stamp.month - 1]} {stamp.year}"


def month(value: dt.date | pd.Timestamp, *, language: str = "sv") -> str:
    """Write a month: ``mars 2025``, ``Mar 2025``."""
    stamp = pd.Timestamp(value)
    names = _MONTHS_SV if language == "sv" else _MONTHS_EN
    return f"{names[stamp.month - 1]} {stamp.year}"


def period_name(start: dt.date | pd.Timestamp, every: str, *, language: str = "sv") -> str:
    """Write a calendar period: ``mars 2025``, ``kvartal 1 2025``, ``halvår 1 2025``, ``2025``, ``hela perioden``."""
    if every == "pooled":
        return "hela perioden" if language == "sv" else "the whole period"
    stamp = pd.Timestamp(start)
    if every == "month":
        return month(stamp, language=language)
    if every == "quarter":
        part = (stamp.month - 1) // 3 + 1
        return f"kvartal {part} {stamp.year}" if language == "sv" else f"Q{part} {stamp.year}"
    if every == "half_year":
        part = (stamp.month - 1) // 6 + 1
        return f"halvår {part} {stamp.year}" if language == "sv" else f"H{part} {stamp.year}"
    return str(stamp.year)


def span(start: dt.date | pd.Timestamp | str, end: dt.date | pd.Timestamp | str, *, language: str = "sv") -> str:
    """Return a period in words: its years where it is whole years, else its first and its last day.

    Parameters
    ----------
    start, end : date or text
        First day, and first day after.

    Examples
    --------
    >>> span("2024-01-01", "2025-01-01")
    '2024'
    >>> span("2018-01-01", "2025-01-01")
    '2018–2024'
    >>> span("2024-01-01", "2024-07-01")
    '2024-01-01–2024-06-30'
    """
    first, after = pd.Timestamp(start), pd.Timestamp(end)
    last = after - pd.Timedelta(days=1)
    if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1) and first < after:
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    return f"{date(first, language=language)}–{date(last, language=language)}"


def count_of(value: int, one: str, many: str, *, language: str = "sv") -> str:
    """Write a number with its noun: ``1 klient``, ``1 204 klienter``."""
    return f"{integer(value, language=language)}{NBSP}{one if value == 1 else many}"


_NOT_SHOWN = {"sv": "visas inte", "en": "not shown"}
# A hidden value as it stands in running text, alone or before the sentence's own full stop.
_MARK = re.compile(r"(?<![\w.])(är |is |= )?\.\.(?:\s?%)?(\.)?(?![\w.])")
_BRACKETS = re.compile(r"\s?\(([^()]*(?<![\w.])\.\.(?![\w.])[^()]*)\)")
# After these words a value must follow: what is not shown is put in brackets there.
_LEADING = frozenset("av och från till mellan of and from to between a about under during with i in on".split())


def spoken(text: str, *, language: str = "sv") -> str:
    """Return a sentence that says in words that a value is not shown, where it holds the mark ``..`` of tables.

    Brackets lose the parts that are not shown, and go where nothing is left in them.

    Examples
    --------
    >>> spoken("Klienter: ... Inskrivningar per klientår: 0,29 före, .. efter (95 % KI ..–..).")
    'Klienter: visas inte. Inskrivningar per klientår: 0,29 före, (visas inte) efter.'
    >>> spoken("Of .. %, 3 (12 clients, .. FTE) remain.", language="en")
    'Of (not shown), 3 (12 clients) remain.'
    """
    if HIDDEN not in text:
        return text
    return _MARK.sub(lambda found: _told(found, language), _BRACKETS.sub(_emptied, text))


def _emptied(found: re.Match[str]) -> str:
    kept = [part for part in re.split(r"(?<=[,;]) ", found[1]) if not _MARK.search(part)]
    left = " ".join(kept).rstrip(",;")
    return f" ({left})" if left else ""


def _told(found: re.Match[str], language: str) -> str:
    words, stop = _NOT_SHOWN[language], found[2] or ""
    if found[1]:
        return f"{'is ' if found[1] == 'is ' else ''}{words}{stop}"
    before = found.string[: found.start()].split()
    after = found.string[found.end() : found.end() + 1]
    stands_alone = bool(stop) or after in {"", ",", ";", "."}
    is_free = stands_alone and (not before or before[-1].casefold() not in _LEADING)
    return f"{words}{stop}" if is_free else f"({words}){stop}"


def listed(names: Sequence[str], language: str = "sv") -> str:
    """Return names in a row, the last after an "and".

    Examples
    --------
    >>> listed(["Norr", "Söder", "Väst"])
    'Norr, Söder och Väst'
    """
    last = {"sv": " och ", "en": " and "}[language]
    return last.join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


_ORDER = {letter: place for place, letter in enumerate("abcdefghijklmnopqrstuvwxyzåäö")}
_SAME = {"é": "e", "è": "e", "ü": "y", "æ": "ä", "ø": "ö", "á": "a", "à": "a"}


def sort_key(text: object) -> tuple[tuple[int, int | str], ...]:
    """Return a key that sorts numbers by size and å, ä, ö after z, in that order, without regard to case.

    Examples
    --------
    >>> sorted(["Team 10", "Öst", "team 6", "Åsen"], key=sort_key)
    ['team 6', 'Team 10', 'Åsen', 'Öst']
    """
    return tuple(part for run in _RUNS.findall(str(text).casefold()) for part in _parts_of(run))


_RUNS = re.compile(r"\d+|\D+")


def _parts_of(run: str) -> list[tuple[int, int | str]]:
    if run[0].isdecimal():
        return [(0, int(run))]
    letters = (_SAME.get(letter, letter) for letter in run)
    return [(2, _ORDER[letter]) if letter in _ORDER else (1, letter) for letter in letters]
