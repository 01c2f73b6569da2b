"""Dates as Swedish suppliers write them: every form, with the precision that is really there.

Nothing is guessed day-first. What is ambiguous for a whole column (six digits, serial numbers) is decided for the
column, by the mapping or because only one reading is possible; otherwise it is unreadable.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Impute = Literal["refuse", "first", "middle"]

NO_DAY = np.iinfo(np.int64).min
PRECISIONS = ("", "day", "month", "year")
BAD, EMPTY, GOOD, PARTIAL, SERIAL = 0, 1, 2, 3, 4

_CLOCK = r"(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){_CLOCK}")
_OTHER_SIGN = re.compile(rf"(\d{{4}})([./])(\d{{1,2}})\2(\d{{1,2}}){_CLOCK}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}){_CLOCK}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?\d{4}(?:\d{2})?|[ T]\d{2}:\d{2}(?::\d{2})?)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_SIX = re.compile(r"\d{6}")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_MISSING = frozenset({"", ".", "-", "–", "..", "NA", "NULL", "null", "9999", "99999999", "0", "00000000", "0000-00-00"})
_PIVOT = 50

# Days from 1970-01-01 to the day that each way of counting calls 0.
_EPOCHS = {"excel": -25569, "excel_1904": -24107, "sas": -3653, "unix": 0}
# 1990-01-01 to 2049-12-31 as Excel counts (1900): no date of 1990-2049 has these numbers in SAS or Unix days.
_EXCEL_RANGE = (32874, 54788)


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates of a column, one for each text.

    Attributes
    ----------
    days : ndarray of int64
        Days since 1970-01-01; ``NO_DAY`` where there is none.
    precision : ndarray of int64
        Index in ``PRECISIONS``.
    state : ndarray of int64
        ``BAD`` (unreadable), ``EMPTY``, ``GOOD``, ``PARTIAL`` (month or day unknown) or ``SERIAL`` (read from a count
        of days that was not declared).
    """

    days: NDArray[np.int64]
    precision: NDArray[np.int64]
    state: NDArray[np.int64]


def parse_dates(
    texts: Sequence[str], *, impute: Impute = "refuse", six_digits: str = "", epoch: str = "", day_first: bool = False,
    missing: frozenset[str] = frozenset(),
) -> Dates:  # fmt: skip
    """Read the different texts of one date column.

    Parameters
    ----------
    texts : sequence of str
        The different texts of the column, each once.
    impute : str
        What a partial date becomes: ``refuse`` no date, ``first`` the first day, ``middle`` the 15th or 1 July.
    six_digits : str
        ``YYMMDD`` or ``YYYYMM``; empty = the only reading that is possible for the whole column.
    epoch : str
        How five-digit numbers count: ``excel``, ``excel_1904``, ``sas`` or ``unix``; empty = Excel where no other
        reading is possible, else unreadable.
    day_first : bool
        Whether the mapping declares ``05/01/2023`` to be 5 January; without it such a text is unreadable.
    missing : frozenset of str
        Texts that mean "no date" in this column, beside the usual ones.
    """
    plain = [text.strip() for text in texts]
    if day_first:
        plain = [_DAY_FIRST.sub(_year_first, text) if _DAY_FIRST.fullmatch(text) else text for text in plain]
    six = six_digits or _six_reading([text for text in plain if _SIX.fullmatch(text)])
    none = _MISSING | missing
    answers = [(NO_DAY, 0, EMPTY) if text in none else _one(text, six, epoch, impute) for text in plain]
    table = np.array(answers, dtype=np.int64).reshape(-1, 3)
    return Dates(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())


def looks_day_first(texts: Sequence[str]) -> bool:
    """Tell whether any text is a day, a month and a year, or a month, a day and a year: nobody can know which."""
    return any(_DAY_FIRST.fullmatch(text.strip()) for text in texts)


def _year_first(found: re.Match[str]) -> str:
    return f"{found[4]}-{int(found[3]):02d}-{int(found[1]):02d}"


def _one(text: str, six: str, epoch: str, impute: Impute) -> tuple[int, int, int]:
    found = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]), impute)
    found = _OTHER_SIGN.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[3]), int(found[4]), impute)
    found = _MONTH.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[2]), 0, impute)
    if _YEAR.fullmatch(text):
        return _day(int(text), 0, 0, impute)
    if _SIX.fullmatch(text):
        return _six_digits(text, six, impute)
    if _SERIAL.fullmatch(text):
        return _serial(float(text.replace(",", ".")), epoch)
    return NO_DAY, 0, BAD


def _day(year: int, month: int, day: int, impute: Impute) -> tuple[int, int, int]:
    if not 1850 <= year <= 2200:
        return NO_DAY, 0, BAD
    month_known, day_known = month not in (0, 99), day not in (0, 99)
    if month_known and not 1 <= month <= 12:
        return NO_DAY, 0, BAD
    precision = 3 if not month_known else 2 if not day_known else 1
    if precision > 1:
        if impute == "refuse":
            return NO_DAY, precision, PARTIAL
        middle = impute == "middle"
        month, day = (7 if middle else 1, 1) if precision == 3 else (month, 15 if middle else 1)
    try:
        number = dt.date(year, month, day).toordinal() - 719163
    except ValueError:
        return NO_DAY, 0, BAD
    return number, precision, GOOD if precision == 1 else PARTIAL


def _six_digits(text: str, six: str, impute: Impute) -> tuple[int, int, int]:
    if six == "YYYYMM":
        return _day(int(text[:4]), int(text[4:]), 0, impute)
    if six == "YYMMDD":
        short = int(text[:2])
        return _day(short + (2000 if short < _PIVOT else 1900), int(text[2:4]), int(text[4:]), impute)
    return NO_DAY, 0, BAD


def _six_reading(texts: list[str]) -> str:
    """Return the only way in which all six-digit texts of a column can be dates; empty when there are two or none."""
    if not texts:
        return ""
    ways = [way for way in ("YYMMDD", "YYYYMM") if all(_plausible_six(text, way) for text in texts)]
    return ways[0] if len(ways) == 1 else ""


def _plausible_six(text: str, way: str) -> bool:
    if way == "YYYYMM":
        return 1900 <= int(text[:4]) <= 2099 and int(text[4:]) <= 12
    return _six_digits(text, way, "first")[2] != BAD


def _serial(number: float, epoch: str) -> tuple[int, int, int]:
    whole = int(number)
    if epoch:
        return whole + _EPOCHS[epoch], 1, GOOD
    if _EXCEL_RANGE[0] <= whole <= _EXCEL_RANGE[1]:
        return whole + _EPOCHS["excel"], 1, SERIAL
    return NO_DAY, 0, BAD
