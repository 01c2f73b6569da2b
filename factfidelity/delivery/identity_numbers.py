"""Numbers that stand for a person: which shapes can hold one, and the test of all digits of a shape at once.

Sources: Skatteverket SKV 704 (personnummer, samordningsnummer); Inera, reserve identities; the decision
table of the delivery's identity screen. A real date and a right check digit make a hit; a date alone a suspicion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factfidelity.delivery.identity_cells import Bytes

Mask = NDArray[np.bool_]
Digits = NDArray[np.int64]

# A number may have letters before it (PNR6408…) or after it, but is no part of a longer mixed token (a hash),
# and is not the decimals of a number.
_BEFORE = r"(?<![9a])(?<!9[.,])a{0,12}"
_AFTER = r"(?!9)(?!a+9)(?!a{13})"
_SIGN = r"(?P<between>(?: ?[-+_ ] ?)?)"
_TWELVE = re.compile(rf"{_BEFORE}(?P<number>9{{8}}{_SIGN}9{{3}}[9a]){_AFTER}")
_DASHED = re.compile(rf"{_BEFORE}(?P<number>9{{4}}(?P<between>-)9{{2}}-9{{2}}-9{{4}}){_AFTER}")
_TEN = re.compile(rf"{_BEFORE}(?P<number>9{{6}}{_SIGN}9{{3}}[9a]){_AFTER}")
_BLANK = re.compile(r"(?<![9a])(?P<number>9{8}(?P<between>-)9{3})(?![9a-])(?![.,]9)")
_RESERVE = re.compile(r"(?<![9a])(?P<number>9{8}(?P<between>-?)(?=9{0,3}a)[9a]{4})(?![9a])")
_INTERIM = re.compile(r"(?<![9a])(?P<number>9{6}(?P<between>[-+]?)a9{3})(?![9a])")
_SCIENTIFIC = re.compile(r"(?<![9a])(?P<number>9[.,]9{2,14}a[+]?99)(?![9a])")
_DECIMALS = re.compile(r"[.,](9{1,6})(?![9.,-])")

_LUHN_WEIGHTS = np.array([2, 1] * 6)
_MONTH_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_LETTER_DIGIT = {ord("K"): 5, ord("M"): 7, ord("X"): 8}


@dataclass(frozen=True, slots=True)
class Span:
    """One place of a shape that may hold a number."""

    kind: str
    low: int
    high: int
    separated: bool
    tail: tuple[int, int] | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What a test says of each value.

    Attributes
    ----------
    sure : mask
        A personnummer or samordningsnummer that refuses by itself.
    reserve : mask
        A reserve number.
    ten : mask
        A hit of ten digits without a separator: one in 140 random numbers is one, so their share decides.
    suspect : mask
        A real date without the right check digit.
    clock : mask
        Could be a time stamp ``YYYYMMDDhhmm``.
    unlikely : mask or None
        Reserve numbers of Stockholm of a year that none is given for: the year is not part of the rule, but one random
        number of twelve digits in a thousand is one.
    """

    sure: Mask
    reserve: Mask
    ten: Mask
    suspect: Mask
    clock: Mask
    unlikely: Mask | None = None


def spans(shape: str) -> list[Span]:
    """Return the places of a shape that may hold an identity number."""
    found = []
    for kind, pattern in (
        ("twelve", _TWELVE), ("dashed", _DASHED), ("ten", _TEN), ("reserve", _RESERVE), ("interim", _INTERIM),
        ("blank", _BLANK),
        ("scientific", _SCIENTIFIC),
    ):  # fmt: skip
        for match in pattern.finditer(shape):
            low, high = match.span("number")
            between = "" if kind == "scientific" else match.group("between")
            separated = bool(between.strip(" _") if kind == "ten" else between)
            tail = None if separated else _DECIMALS.match(shape, high)
            place = tail.span(1) if tail else None
            found.append(Span(kind, low, high, separated, place, high - low == len(shape)))
    return found


def test(block: Bytes, span: Span) -> Found:
    """Test the digits of all values of one shape.

    Parameters
    ----------
    block : ndarray of uint8, values × bytes
    span : Span
    """
    piece = block[:, span.low : span.high]
    found = _TESTS[span.kind](piece, span)
    if span.tail is None:
        return found
    whole_number = (block[:, span.tail[0] : span.tail[1]] == ord("0")).all(axis=1)
    return Found(
        found.sure & whole_number,
        found.reserve & whole_number,
        found.ten & whole_number,
        found.suspect & whole_number,
        found.clock,
        None if found.unlikely is None else found.unlikely & whole_number,
    )


def luhn(digits: Digits) -> Mask:
    """Tell whether the last digit of each row is the right check digit (weights 2, 1, 2, 1 …)."""
    weighted = digits[:, :-1] * _LUHN_WEIGHTS[: digits.shape[1] - 1]
    total = (weighted - 9 * (weighted > 9)).sum(axis=1)
    right: Mask = (total + digits[:, -1]) % 10 == 0
    return right


def real_date(year: Digits, month: Digits, day: Digits) -> Mask:
    """Tell whether year, month and day are a day of the calendar."""
    fits = (month >= 1) & (month <= 12)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _MONTH_DAYS[np.where(fits, month, 0)] + ((month == 2) & leap)
    answer: Mask = fits & (day >= 1) & (day <= last)
    return answer


def lost_zeros(block: Bytes) -> Mask:
    """Tell which values of eight or nine digits are numbers of ten whose first zeros a spreadsheet took."""
    digits = block.astype(np.int64) - 48
    padded = np.concatenate([np.zeros((len(digits), 10 - digits.shape[1]), dtype=np.int64), digits], axis=1)
    date = _date_of(padded[:, :6], century=np.full(len(padded), 20))
    return date & luhn(padded)


def _number(digits: Digits) -> Digits:
    powers = 10 ** np.arange(digits.shape[1] - 1, -1, -1, dtype=np.int64)
    value: Digits = digits @ powers
    return value


def _date_of(six: Digits, *, century: Digits) -> Mask:
    """Real date of YYMMDD, the day perhaps 60 more (samordningsnummer)."""
    day = _number(six[:, 4:6])
    return real_date(century * 100 + _number(six[:, :2]), _number(six[:, 2:4]), np.where(day > 60, day - 60, day))


def _plain_digits(piece: Bytes) -> Digits:
    keep = ((piece[0] >= 48) & (piece[0] <= 57)) | ((piece[0] >= 65) & (piece[0] != ord("_")))
    return piece[:, keep].astype(np.int64) - 48


def _clock(digits: Digits) -> Mask:
    """Tell whether digits read as YYYYMMDDhhmm or YYMMDDhhmm."""
    date, time = digits[:, :-4], digits[:, -4:]
    year = _number(date[:, :-4])
    fits = (year >= 1900) & (year < 2100) if date.shape[1] == 8 else np.ones(len(year), dtype=bool)
    real = real_date(year, _number(date[:, -4:-2]), _number(date[:, -2:]))
    answer: Mask = fits & real & (_number(time[:, :2]) < 24) & (_number(time[:, 2:]) < 60)
    return answer


def _none(piece: Bytes) -> Mask:
    return np.zeros(len(piece), dtype=bool)


def _old_sign(piece: Bytes) -> Mask:
    last = piece[:, -1] & 0xDF
    answer: Mask = (last == ord("A")) | (last == ord("T")) | (last == ord("X"))
    return answer


def _test_twelve(piece: Bytes, span: Span) -> Found:
    digits = _plain_digits(piece)
    century = _number(digits[:, :2])
    date = _date_of(digits[:, 2:8], century=century) & (century >= 18) & (century <= 20)
    if piece[0, -1] >= 65:
        old = date & _old_sign(piece) & (_number(digits[:, :4]) < 1967)
        return Found(old, _none(piece), _none(piece), _none(piece), _none(piece))
    right = luhn(digits[:, 2:])
    year = _number(digits[:, 2:6])
    stockholm = (century == 99) & luhn(digits[:, 4:])
    usual = (year >= 1900) & (year <= 2299)
    day, month = _number(digits[:, 6:8]), _number(digits[:, 4:6])
    clinic = (century >= 19) & (century <= 20) & (month >= 1) & (month <= 12) & (day >= 32) & (day <= 59) & right
    reserve = _none(piece) if span.separated else (stockholm & usual) | clinic
    unlikely = _none(piece) if span.separated else stockholm & ~usual
    return Found(date & right, reserve, _none(piece), date & ~right, _clock(digits), unlikely)


def _test_blank(piece: Bytes, span: Span) -> Found:
    """Numbers of people born before 1967 may lack the check digit."""
    digits = _plain_digits(piece)
    date = _date_of(digits[:, 2:8], century=_number(digits[:, :2])) & (_number(digits[:, :2]) >= 18)
    old = date & (_number(digits[:, :4]) < 1967)
    return Found(old, _none(piece), _none(piece), _none(piece), _none(piece))


def _test_ten(piece: Bytes, span: Span) -> Found:
    digits = _plain_digits(piece)
    date = _date_of(digits[:, :6], century=np.where(digits[:, 0] + digits[:, 1] > 0, 19, 20))
    if piece[0, -1] >= 65:
        right = _old_sign(piece)
        suspect = _none(piece)
    else:
        right = luhn(digits)
        suspect = date & ~right
    hit = date & right
    clock = _clock(digits) if piece[0, -1] < 65 else _none(piece)
    empty = _none(piece)
    sure, ten = (hit, empty) if span.separated else (empty, hit)
    return Found(sure, empty, ten, suspect, clock)


def _test_reserve(piece: Bytes, span: Span) -> Found:
    digits = piece[:, :8].astype(np.int64) - 48
    century = _number(digits[:, :2])
    date = real_date(_number(digits[:, :4]), _number(digits[:, 4:6]), _number(digits[:, 6:8]))
    date &= (century == 19) | (century == 20)
    signs = piece[:, -4:]
    capitals = (((signs >= 48) & (signs <= 57)) | ((signs >= 65) & (signs <= 90))).all(axis=1)
    hit = date & (capitals | _region_form(digits, signs))
    return Found(_none(piece), hit, _none(piece), _none(piece), _none(piece))


def _region_form(digits: Digits, signs: Bytes) -> Mask:
    """Västra Götaland (letter, two digits, check digit) and Värmland (S, letter), in whatever case."""
    upper = np.where(signs >= ord("a"), signs & 0xDF, signs)
    letter = np.zeros(len(signs), dtype=np.int64)
    for sign, value in _LETTER_DIGIT.items():
        letter[upper[:, 0] == sign] = value
    rest = upper[:, 1:].astype(np.int64) - 48
    numeric = ((rest >= 0) & (rest <= 9)).all(axis=1)
    number = np.concatenate([digits[:, 2:], letter[:, None], np.clip(rest, 0, 9)], axis=1)
    gotaland = (letter > 0) & numeric & luhn(number)
    varmland = (upper[:, 0] == ord("S")) & np.isin(upper[:, 1], list(b"FUXPL"))
    answer: Mask = gotaland | varmland
    return answer


def _test_interim(piece: Bytes, span: Span) -> Found:
    digits = piece[:, :6].astype(np.int64) - 48
    date = _date_of(digits, century=np.where(digits[:, 0] + digits[:, 1] > 0, 19, 20))
    capital = (piece[:, -4] >= ord("A")) & (piece[:, -4] <= ord("Z"))
    empty = _none(piece)
    hit = date & capital
    sure, suspect = (hit, empty) if span.separated else (empty, hit)
    return Found(empty, sure, empty, suspect, empty)


def _test_scientific(piece: Bytes, span: Span) -> Found:
    """``1,96408E+11``: a number of twelve, or ten, digits that a spreadsheet wrote with an exponent."""
    power = _number(piece[:, -2:].astype(np.int64) - 48)
    end = span.high - span.low - (4 if piece[0, -3] == ord("+") else 3)
    mantissa = np.concatenate([piece[:, :1], piece[:, 2:end]], axis=1).astype(np.int64) - 48
    twelve = np.zeros((len(piece), 12), dtype=np.int64)
    wide = min(mantissa.shape[1], 12)
    twelve[:, :wide] = mantissa[:, :wide]
    exponent = (piece[:, end] & 0xDF) == ord("E")
    century, month = _number(twelve[:, :2]), _number(twelve[:, 4:6])
    known_day = wide >= 8
    date = _date_of(twelve[:, 2:8], century=century) if known_day else (month >= 1) & (month <= 12)
    person = (century >= 18) & (century <= 20) & date
    sure, reserve = exponent & (power == 11) & person, exponent & (power == 11) & (century == 99)
    short = _date_of(twelve[:, :6], century=np.full(len(piece), 19)) if wide >= 6 else _none(piece)
    checked = luhn(twelve[:, :10]) if wide >= 10 else np.ones(len(piece), dtype=bool)
    return Found(sure, reserve, exponent & (power == 9) & short & checked, _none(piece), _none(piece))


def _test_dashed(piece: Bytes, span: Span) -> Found:
    return _test_twelve(piece[:, [0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14]], span)


_TESTS = {
    "twelve": _test_twelve,
    "dashed": _test_dashed,
    "ten": _test_ten,
    "reserve": _test_reserve,
    "interim": _test_interim,
    "blank": _test_blank,
    "scientific": _test_scientific,
}
