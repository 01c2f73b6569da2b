"""E-mail, telephone, HSA-id and postal address in a text, and columns of free text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_HSA = re.compile(r"(?<![A-Za-z0-9])SE\d{10}-[A-Za-z0-9]+", re.IGNORECASE)
_GROUPS = r"\d{2,4}(?:[ -]?\d{2,3}){1,3}"
_ABROAD = re.compile(r"(?<![\w+])(?:\+|00)46[ -]?(?:\(0\))?[ -]?\d{1,3}(?:[ -]?\d{2,4}){2,4}(?!\d)")
_MOBILE = re.compile(r"(?<![\w+.,-])07[02369](?:\d[-/ ]|[-/ ]{1,3}\d)\d{1,3}(?:[ -]?\d{2,3}){1,3}(?!\d)")
_LANDLINE = re.compile(r"(?<![\w+.,-])0(?:8|[1-9]\d{1,2})(?:-| - |/)[1-9]\d{1,3}(?: ?\d{2,3}){1,3}(?![\d-])")
_MOBILE_BARE = re.compile(r"(?<![\w+.,-])07[02369]\d{7}(?!\d)(?![.,]\d)")
_STREET = re.compile(
    r"[A-ZÅÄÖ][\wåäöé]*(?:gatan|gata|vägen|väg|gränd|gränden|torget|stigen|backen|allén|platsen|leden|esplanaden)"
    r" \d{1,3}(?!\d)|(?<!\w)[Bb]ox \d{1,5}(?!\d)|(?<!\w)[Cc]/[Oo] \w"
)
_POST_TOWN = re.compile(r"(?<![\d ])(?<!\d )[1-9]\d{2} \d{2} {1,2}[A-ZÅÄÖ][A-Za-zåäöÅÄÖ]{2,}")

_SHAPE_PHONE = re.compile(r"(?<![9a])(?:[+]99|9)[9 ()/-]{6,18}9")
_SHAPE_HSA = re.compile(r"aa9{10}-[9a]")
_SHAPE_STREET = re.compile(r"a{4} 9{1,3}(?!9)|aaa 9{1,5}(?!9)|a/a |9{3} 9{2} {1,2}aaa")
_WORD = re.compile(r"[A-Za-zåäöÅÄÖéÉüÜ]*[a-zåäöéü]{3,}")

_LETTERS = re.compile(r"[^\W\d_]{2}")

_LONG_TEXT = 40
_FEWEST_TEXTS = 30
_FEWEST_NAMES = 5


def may_hold(shape: str) -> tuple[str, ...]:
    """Return the kinds of text that a value of this shape may hold."""
    kinds = ["email"] if "@" in shape else []
    if "9" in shape:
        kinds += [
            kind
            for kind, pattern in (("hsa_id", _SHAPE_HSA), ("phone", _SHAPE_PHONE), ("address", _SHAPE_STREET))
            if pattern.search(shape)
        ]
    elif "a/a" in shape:
        kinds.append("address")
    return tuple(kinds)


def holds(kind: str, text: str) -> bool:
    """Tell whether a text holds an ``email``, ``hsa_id``, ``phone`` or ``address``."""
    if kind == "email":
        return bool(_EMAIL.search(text))
    if kind == "hsa_id":
        return bool(_HSA.search(text))
    if kind == "address":
        return bool(_STREET.search(text) or _POST_TOWN.search(text))
    return any(
        _is_phone(match.group()) for pattern in (_ABROAD, _MOBILE, _LANDLINE) for match in pattern.finditer(text)
    )


def holds_bare_phone(text: str) -> bool:
    """Tell whether ten digits without any sign between them read as a mobile number."""
    return bool(_MOBILE_BARE.search(text))


def _is_phone(text: str) -> bool:
    digits = sum(sign.isdigit() for sign in text)
    return 8 <= digits <= 13


def is_free_text(values: Sequence[str], *, may_be_names: bool = False) -> bool:
    """Tell whether the filled values of a column (or a sample of them) are sentences rather than codes.

    Either they are longer than 40 signs in the mean, or more than half of them differ and hold spaces.
    Only words count: amounts with thousands spaces, dates, time stamps and lists of codes are no text.

    Parameters
    ----------
    values : sequence of str
    may_be_names : bool
        Whether the column is headed just ``Namn``: five names of persons are enough. Names of teams share a word, as
        in ``FACT Norr`` and ``FACT Söder``; of persons, hardly every second one shares a name.
    """
    if not values:
        return False
    word = _LETTERS if may_be_names else _WORD
    worded = [value for value in values if " " in value.strip() and word.search(value)]
    if len(worded) * 2 <= len(values):
        return False
    lengths: NDArray[np.int64] = np.fromiter((len(value) for value in values), dtype=np.int64)
    distinct = len(set(worded))
    if float(lengths.mean()) > _LONG_TEXT and distinct >= min(3, len(values)):
        return True
    if distinct <= 0.5 * len(values):
        return False
    return _unlike(set(worded)) if may_be_names else distinct >= _FEWEST_TEXTS


def _unlike(names: set[str]) -> bool:
    """Tell whether five names or more are unlike each other: of no shared word, or of two words and more beside it."""
    parts = [set(name.casefold().split()) for name in names]
    shared = {
        word for word, count in Counter(word for words in parts for word in words).items() if count * 2 >= len(parts)
    }
    long = sum(len(words - shared) > 1 for words in parts)
    return len(parts) >= _FEWEST_NAMES and (not shared or long * 2 > len(parts))


def longest_cell_is_text(values: Iterable[str]) -> bool:
    """Tell whether any value is a long running text (over 200 signs with many words)."""
    return any(len(value) > 200 and len(_WORD.findall(value)) > 25 for value in values)
