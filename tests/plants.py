"""Identifiers made at run time for tests of the identity screen; none is stored anywhere."""

from __future__ import annotations

import datetime as dt

import numpy as np

KINDS = (
    "personnummer_12", "personnummer_dash", "personnummer_10", "personnummer_short_dash", "personnummer_plus",
    "personnummer_space", "personnummer_nbsp", "personnummer_wide", "personnummer_underscore",
    "personnummer_dashed_date", "apostrophe", "old_sign", "old_blank",
    "samordningsnummer", "samordningsnummer_dash", "stockholm", "stockholm_any_year", "gotaland", "varmland",
    "skane", "clnk",
    "float_12", "scientific", "scientific_full", "lost_zeros", "full_width", "email", "phone", "phone_abroad",
    "phone_landline", "hsa_id", "address",
)  # fmt: skip


def check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(digits):
        doubled = int(digit) * (2 - place % 2)
        total += doubled - 9 * (doubled > 9)
    return str(-total % 10)


def number(draw: np.random.Generator, *, low: int = 1930, high: int = 2007, add: int = 0) -> str:
    """Twelve digits: a real date (the day plus ``add``), a serial number and its check digit."""
    first = dt.date(low, 1, 1).toordinal()
    day = dt.date.fromordinal(int(draw.integers(first, dt.date(high, 12, 31).toordinal())))
    nine = f"{day:%y%m}{day.day + add:02d}{int(draw.integers(0, 1000)):03d}"
    return f"{day.year // 100}{nine}{check_digit(nine)}"


def planted(kind: str, count: int, draw: np.random.Generator) -> list[str]:
    return [_one(kind, draw) for _ in range(count)]


def _one(kind: str, draw: np.random.Generator) -> str:
    twelve = number(draw, add=60 if kind.startswith("samordning") else 0)
    made = _NUMBERS.get(kind)
    if made is not None:
        return made(twelve)
    return _OTHERS[kind](draw, twelve)


_NUMBERS = {
    "personnummer_12": lambda n: n,
    "samordningsnummer": lambda n: n,
    "samordningsnummer_dash": lambda n: f"{n[:8]}-{n[8:]}",
    "personnummer_dash": lambda n: f"{n[:8]}-{n[8:]}",
    "personnummer_10": lambda n: n[2:],
    "personnummer_short_dash": lambda n: f"{n[2:8]}-{n[8:]}",
    "personnummer_plus": lambda n: f"{n[2:8]}+{n[8:]}",
    "personnummer_space": lambda n: f"{n[:8]} {n[8:]}",
    "personnummer_wide": lambda n: f"{n[:8]} - {n[8:]}",
    "personnummer_underscore": lambda n: f"{n[2:8]}_{n[8:]}",
    "personnummer_nbsp": lambda n: f"{n[:8]}\u00a0{n[8:]}",
    "personnummer_dashed_date": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}-{n[8:]}",
    "apostrophe": lambda n: f"'{n}",
    "float_12": lambda n: f"{n}.0",
    "scientific": lambda n: f"{n[0]},{n[1:6]}E+11",
    "scientific_full": lambda n: f"{n[0]}.{n[1:]}E+11",
    "full_width": lambda n: "".join(chr(ord(sign) + 0xFEE0) for sign in n),
}


def _sign(draw: np.random.Generator, signs: str) -> str:
    return signs[int(draw.integers(0, len(signs)))]


def _gotaland(draw: np.random.Generator, twelve: str) -> str:
    letter = _sign(draw, "KMX")
    middle = f"{int(draw.integers(6, 80)):02d}"
    digit = {"K": "5", "M": "7", "X": "8"}[letter]
    return f"{twelve[:8]}{letter}{middle}{check_digit(twelve[2:8] + digit + middle)}"


def _skane(draw: np.random.Generator, twelve: str) -> str:
    signs = [_sign(draw, "0123456789ABCDEFGHJKLMNPRSTUXYZ") for _ in range(4)]
    signs[int(draw.integers(0, 4))] = _sign(draw, "ABCDEFGHJKLMNPRSTUXYZ")
    return twelve[:8] + "".join(signs)


def _stockholm(draw: np.random.Generator, twelve: str) -> str:
    serial = f"{int(draw.integers(1980, 2300))}{int(draw.integers(0, 100_000)):05d}"
    return f"99{serial}{check_digit(serial[2:])}"


def _stockholm_any_year(draw: np.random.Generator, twelve: str) -> str:
    serial = f"{int(draw.integers(0, 10_000)):04d}{int(draw.integers(0, 100_000)):05d}"
    return f"99{serial}{check_digit(serial[2:])}"


def _clnk(draw: np.random.Generator, twelve: str) -> str:
    nine = f"{twelve[2:6]}{int(draw.integers(32, 60))}{int(draw.integers(0, 1000)):03d}"
    return f"{twelve[:2]}{nine}{check_digit(nine)}"


def _lost_zeros(draw: np.random.Generator, twelve: str) -> str:
    while True:
        short = number(draw, low=2000, high=2007)[2:].lstrip("0")
        if len(short) >= 8:
            return short


_OTHERS = {
    "old_sign": lambda draw, n: number(draw, low=1930, high=1966)[:11] + _sign(draw, "ATX"),
    "old_blank": lambda draw, n: (lambda old: f"{old[:8]}-{old[8:11]}")(number(draw, low=1930, high=1966)),
    "stockholm": _stockholm,
    "stockholm_any_year": _stockholm_any_year,
    "gotaland": _gotaland,
    "varmland": lambda draw, n: f"{n[:8]}S{_sign(draw, 'FUXPL')}{_sign(draw, '0123456789')}{_sign(draw, 'ABCDEFGHJK')}",
    "skane": _skane,
    "clnk": _clnk,
    "lost_zeros": _lost_zeros,
    "email": lambda draw, n: f"{_sign(draw, 'abcdef')}.{_sign(draw, 'ghijk')}son@region{_sign(draw, 'abc')}.se",
    "phone": lambda draw, n: f"07{_sign(draw, '0236')}-{int(draw.integers(100, 1000))} {n[8:10]} {n[10:]}",
    "phone_abroad": lambda draw, n: f"+46 7{_sign(draw, '0236')} {int(draw.integers(100, 1000))} {n[8:10]} {n[10:]}",
    "phone_landline": lambda draw, n: f"08-{int(draw.integers(100, 1000))} {int(draw.integers(100, 1000))} {n[8:10]}",
    "hsa_id": lambda draw, n: f"SE2321000{int(draw.integers(100, 1000))}-{_sign(draw, 'ABCDE')}{n[8:]}",
    "address": lambda draw, n: f"{_sign(draw, 'BDFGH')}ergs{_sign(draw, 'abcde')}gatan {int(draw.integers(1, 100))}",
}
