"""Texts of a source become values: numbers, flags, codes and lists, each by the rule that its column declares.

All functions take the *different* texts of a column (each once) and answer for each of them; a column of ten
million cells has few different texts, and they are put back by their place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?:[.,]\d+)?")
_FLOAT_ID = re.compile(r"(\d+)\.0+")

NO_VALUE = frozenset({"", ".", "-", "–", "..", "NA", "NULL", "null"})

_YES = frozenset("j ja 1 x true sant yes y sann".split())
_NO = frozenset("n nej 0 false falskt no falsk".split())


def key_of(text: str) -> str:
    """Return a heading or label without case and spaces, so that two ways of writing it meet."""
    return re.sub(r"[\s\u00a0\u202f]+", "", text).casefold().lstrip("\ufeff")


def numbers(
    texts: Sequence[str], *, factor: float = 1.0, missing: frozenset[str] = frozenset()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read numbers with decimal comma or point and spaces between thousands.

    Returns
    -------
    values : ndarray of float
        Missing (NaN) where the text is empty or unreadable.
    bad : ndarray of bool
        Where the text is no number; ``1.234,5`` and ``1,234.5`` are none, since they can be read in two ways.
    """
    none = NO_VALUE | missing
    values = np.full(len(texts), np.nan)
    bad = np.zeros(len(texts), dtype=np.bool_)
    for place, raw in enumerate(texts):
        text = raw.strip()
        if text in none:
            continue
        number = _number(text)
        if number is None:
            bad[place] = True
        else:
            values[place] = round(number * factor, 9)
    return values, bad


def _number(text: str) -> float | None:
    if any(space in text for space in " \u00a0\u202f\u2009") and not _GROUPED.fullmatch(text):
        return None
    plain = text.translate(_SPACES)
    if not _NUMBER.fullmatch(plain):
        return None
    number = float(plain.replace(",", "."))
    return number if abs(number) < 1e15 else None


def full_time(
    texts: Sequence[str], *, missing: frozenset[str] = frozenset()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read shares of full time: ``100``, ``80 %``, ``0,5``. A number above 2 is per cent."""
    per_cent = np.array([text.strip().endswith("%") for text in texts], dtype=np.bool_)
    values, bad = numbers([text.strip().rstrip("%").strip() for text in texts], missing=missing)
    values = values / np.where(per_cent | (values > 2), 100.0, 1.0)
    return np.round(values, 6), bad


def flags(
    texts: Sequence[str], *, missing: frozenset[str] = frozenset()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read yes and no (``J``/``N``, ``Ja``/``Nej``, 1/0, ``x``, ``Sant``/``Falskt``): 1, 0 or NaN; and the bad."""
    none = NO_VALUE | missing
    values = np.full(len(texts), np.nan)
    bad = np.zeros(len(texts), dtype=np.bool_)
    for place, raw in enumerate(texts):
        text = raw.strip()
        if text in none:
            continue
        low = text.casefold().removesuffix(".0")
        if low in _YES or low in _NO:
            values[place] = float(low in _YES)
        else:
            bad[place] = True
    return values, bad


def ids(texts: Sequence[str], *, missing: frozenset[str] = frozenset()) -> list[str]:
    """Keep ids as text, ``0001`` as ``0001``; only ``.0`` that a spreadsheet or SPSS added is taken away."""
    none = NO_VALUE | missing
    plain = [text.strip() for text in texts]
    return ["" if text in none else text if "." not in text else _without_decimals(text) for text in plain]


def _without_decimals(text: str) -> str:
    return _FLOAT_ID.sub(r"\1", text) if _FLOAT_ID.fullmatch(text) else text


def words(texts: Sequence[str], *, recode: Mapping[str, str], missing: frozenset[str], first_word: bool) -> list[str]:
    """Recode labels without regard to case and spaces; a text that is not listed is kept as it is."""
    known = {key_of(label): ours for label, ours in recode.items()}
    none = missing | frozenset({"", ".", ".."})
    out = []
    for raw in texts:
        text = raw.strip()
        if first_word:
            text = text.split(" ")[0] if text else text
        out.append("" if text in none else known.get(key_of(text), text))
    return out


def clock_times(texts: Sequence[str]) -> tuple[list[str], NDArray[np.bool_]]:
    """Read times of day as ``hh:mm``; ``9:30``, ``09.30``, ``0930`` and the time of a time stamp are understood."""
    pattern = re.compile(r"(?:.*[ T])?(\d{1,2})[:.]?(\d{2})(?:[:.]?\d{2}(?:[.,]\d+)?)?")
    out: list[str] = []
    bad = np.zeros(len(texts), dtype=np.bool_)
    for place, raw in enumerate(texts):
        text = raw.strip()
        found = pattern.fullmatch(text)
        good = found is not None and int(found[1]) < 24 and int(found[2]) < 60
        out.append(f"{int(found[1]):02d}:{found[2]}" if found is not None and good else "")
        bad[place] = not good and text not in NO_VALUE
    return out, bad
