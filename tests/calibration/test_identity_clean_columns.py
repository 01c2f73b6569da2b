"""How often the identity screen refuses a column that holds no identity at all, by kind of column.

``python tests/calibration/test_identity_clean_columns.py`` prints the table of ``docs/identity-screen.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from factfidelity.delivery.identity import screen_table
from factfidelity.delivery.raw import RawTable

ROWS = 1000


def digits(width: int) -> Callable[[np.random.Generator], list[str]]:
    return lambda draw: [str(value) for value in draw.integers(10 ** (width - 1), 10**width, ROWS)]


def stamps(form: str) -> Callable[[np.random.Generator], list[str]]:
    def made(draw: np.random.Generator) -> list[str]:
        minutes = draw.integers(0, 7 * 365 * 24 * 60, ROWS)
        return list((pd.Timestamp("2018-01-01") + pd.to_timedelta(minutes, unit="min")).strftime(form))

    return made


def birthdays(draw: np.random.Generator) -> list[str]:
    return list(
        (pd.Timestamp("1930-01-01") + pd.to_timedelta(draw.integers(0, 27_000, ROWS), unit="D")).strftime("%Y%m%d")
    )


def organisations(mark: str) -> Callable[[np.random.Generator], list[str]]:
    def made(draw: np.random.Generator) -> list[str]:
        heads = draw.integers(1, 10, ROWS) * 100_000 + draw.integers(0, 10, ROWS) * 10_000
        heads = heads + draw.integers(20, 100, ROWS) * 100 + draw.integers(0, 100, ROWS)
        return [f"{head}{mark}{tail:04d}" for head, tail in zip(heads, draw.integers(0, 10_000, ROWS), strict=True)]

    return made


def amounts(draw: np.random.Generator) -> list[str]:
    return [f"{value:,.2f}".replace(",", " ").replace(".", ",") for value in draw.lognormal(9, 3, ROWS)]


def fractions(draw: np.random.Generator) -> list[str]:
    return [repr(value) for value in draw.random(ROWS)]


def hashes(draw: np.random.Generator) -> list[str]:
    return [hashlib.sha256(str(value).encode()).hexdigest() for value in draw.integers(0, 10**12, ROWS)]


def mixed(draw: np.random.Generator) -> list[str]:
    letters = np.array(list("ABCDEFGHJKLMNPQRSTUVXYZ23456789"))
    return ["".join(row) for row in draw.choice(letters, (ROWS, 6))]


KINDS: dict[str, tuple[Callable[[np.random.Generator], list[str]], str]] = {
    "random digits, 6": (digits(6), "person_key"),
    "random digits, 7": (digits(7), "person_key"),
    "random digits, 8": (digits(8), "person_key"),
    "random digits, 9": (digits(9), "person_key"),
    "random digits, 10, confirmed as random": (digits(10), "confirmed"),
    "random digits, 10, key not confirmed": (digits(10), "person_key"),
    "random digits, 10, not declared": (digits(10), ""),
    "random digits, 11": (digits(11), "person_key"),
    "random digits, 12": (digits(12), "person_key"),
    "six letters and digits": (mixed, "person_key"),
    "SHA-256 in hexadecimal": (hashes, "person_key"),
    "dates YYYYMMDD (births too)": (birthdays, ""),
    "dates YYYY-MM-DD": (stamps("%Y-%m-%d"), ""),
    "time stamps YYYYMMDDhhmm": (stamps("%Y%m%d%H%M"), ""),
    "time stamps YYYYMMDD hhmm": (stamps("%Y%m%d %H%M"), ""),
    "time stamps YYMMDDhhmm": (stamps("%y%m%d%H%M"), ""),
    "time stamps YYYY-MM-DD hh:mm": (stamps("%Y-%m-%d %H:%M"), ""),
    "organisation numbers with hyphen": (organisations("-"), ""),
    "organisation numbers without": (organisations(""), ""),
    "amounts with spaces and comma": (amounts, ""),
    "fractions with 16 decimals": (fractions, ""),
}
NEVER = [name for name in KINDS if "10" not in name and "12" not in name.replace("YYYYMMDDhhmm", "")]


def refused(kind: str, columns: int, seed: int = 1) -> int:
    make, declared = KINDS[kind]
    draw = np.random.default_rng([seed, list(KINDS).index(kind)])
    number = 0
    for _ in range(columns):
        frame = pd.DataFrame({"LopNr" if declared else "Kolumn": make(draw)}, dtype="str")
        raw = RawTable("a.csv", "", frame, np.arange(2, ROWS + 2), 1)
        keys = set(frame.columns) if declared else set()
        found = screen_table(raw, pseudonyms=keys, allow_numeric_pseudonym=declared == "confirmed")
        number += any(problem.severity == "stop" for problem in found)
    return number


@pytest.mark.parametrize("kind", NEVER)
def test_clean_columns_are_not_refused(kind):
    assert refused(kind, 5) == 0


def test_random_keys_of_ten_digits_pass_when_the_supplier_has_confirmed_them():
    assert refused("random digits, 10, confirmed as random", 20) == 0


@pytest.mark.slow
def test_a_thousand_clean_columns():
    share = {kind: refused(kind, 50) / 50 for kind in KINDS}
    assert {kind for kind in NEVER if share[kind]} == set()
    assert share["random digits, 12"] < 0.4


if __name__ == "__main__":
    for name in KINDS:
        print(f"| {name} | 50 | {refused(name, 50)} |")
