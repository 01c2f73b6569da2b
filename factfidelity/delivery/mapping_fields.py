"""The columns of one delivered table become values, with the rows that cannot be read.

A column is kept as its different texts and, for each row, which of them it holds: all reading is done once for each
different text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery import values, values_codes, values_dates
from factfidelity.delivery.raw import RawTable
from factfidelity.schemas.mapping import ColumnSpec


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of text as its different texts and their places."""

    codes: NDArray[np.int32]
    texts: list[str]

    @classmethod
    def of(cls, column: pd.Series[str]) -> Coded:
        """Code one column."""
        codes, texts = pd.factorize(column, use_na_sentinel=False)
        return cls(codes.astype(np.int32), np.asarray(texts, dtype=object).tolist())

    def hashes(self) -> NDArray[np.uint64]:
        """Return a 64-bit hash of each row's text, the same on every machine."""
        plain = np.array(self.texts, dtype=object)
        hashed: NDArray[np.uint64] = pd.util.hash_array(plain, categorize=False)[self.codes]
        return hashed


def coded_column(raw: RawTable, heading: str) -> Coded:
    """Return a column of a raw table as its different texts; worked out once."""
    if heading not in raw.kept:
        raw.kept[heading] = Coded.of(raw.frame[heading])
    found: Coded = raw.kept[heading]
    return found


@dataclass(frozen=True, eq=False)
class Parsed:
    """A column that was read.

    Attributes
    ----------
    kind : str
        ``text``, ``number``, ``flag``, ``date`` or ``list``: what ``items`` holds.
    codes : ndarray of int32
        For each row, its place in ``items``.
    items : list or ndarray
        The different values: str, float, float (1/0/NaN), int64 days, tuples of codes.
    faults : mapping of str to ndarray of bool
        Rule broken → where in ``items``; the rows are set aside.
    warned : mapping of str to ndarray of bool
        The same for values that were left empty or repaired, the row being used.
    precision : ndarray of int64 or None
        Of dates.
    """

    kind: str
    codes: NDArray[np.int32]
    items: Any
    faults: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    warned: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    precision: NDArray[np.int64] | None = None

    def text(self) -> NDArray[np.object_]:
        """Return the different values as text, for comparing."""
        return np.array([str(item) for item in self.items], dtype=object)

    def filled(self) -> NDArray[np.bool_]:
        """Tell for each different value whether it is there."""
        if self.kind == "date":
            there: NDArray[np.bool_] = np.asarray(self.items) != values_dates.NO_DAY
            return there
        if self.kind in {"number", "flag"}:
            known: NDArray[np.bool_] = ~np.isnan(np.asarray(self.items, dtype=np.float64))
            return known
        return np.array([bool(item) for item in self.items], dtype=np.bool_)

    def rows(self, of_items: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Turn an answer for each different value into one for each row."""
        answer: NDArray[np.bool_] = of_items[self.codes]
        return answer

    def take(self, rows: NDArray[np.int64]) -> Parsed:
        """Return the same column for some rows, in the order given."""
        return replace(self, codes=self.codes[rows])


def parse_column(coded: Coded, spec: ColumnSpec, *, impute: values_dates.Impute) -> Parsed:
    """Read one column as its mapping says."""
    missing = frozenset(spec.missing)
    texts = coded.texts
    if spec.values and spec.kind not in {"list", "text", "code"}:
        texts = values.words(texts, recode=spec.values, missing=missing, first_word=False)
    if spec.kind == "date":
        return _dates(coded.codes, texts, spec, missing, impute)
    if spec.kind in {"number", "fte", "year", "flag"}:
        return _numeric(coded.codes, texts, spec, missing)
    return _textual(coded.codes, texts, spec, missing)


def _dates(
    codes: NDArray[np.int32], texts: list[str], spec: ColumnSpec, missing: frozenset[str], impute: values_dates.Impute
) -> Parsed:
    whole: values_dates.Impute = "first" if spec.whole_months else impute
    read = values_dates.parse_dates(
        texts, impute=whole, six_digits=spec.six_digits, epoch=spec.epoch, day_first=spec.day_first, missing=missing
    )
    partial = (read.state == values_dates.PARTIAL) & (read.days == values_dates.NO_DAY)
    bad = read.state == values_dates.BAD
    rule = "day_or_month" if bad.any() and values_dates.looks_day_first(list(compress(texts, bad))) else "bad_date"
    faults = {rule: bad, "partial_date": partial}
    return Parsed("date", codes, read.days, faults, {"serial_date": read.state == values_dates.SERIAL}, read.precision)


def _numeric(codes: NDArray[np.int32], texts: list[str], spec: ColumnSpec, missing: frozenset[str]) -> Parsed:
    if spec.kind == "flag":
        items, bad = values.flags(texts, missing=missing)
        return Parsed("flag", codes, items, {"bad_flag": bad})
    if spec.kind == "fte":
        items, bad = values.full_time(texts, missing=missing)
    else:
        items, bad = values.numbers(texts, factor=spec.factor, missing=missing)
    return Parsed("number", codes, items, {"bad_number": bad})


def _textual(codes: NDArray[np.int32], texts: list[str], spec: ColumnSpec, missing: frozenset[str]) -> Parsed:
    if spec.kind == "list":
        lists = values_codes.code_lists(texts, split=spec.split, missing=missing)
        known = {values.key_of(label): ours for label, ours in spec.values.items()}
        return Parsed("list", codes, [tuple(known.get(values.key_of(one), one) for one in codes_) for codes_ in lists])
    if spec.kind == "id":
        return Parsed("text", codes, values.ids(texts, missing=missing))
    if spec.kind == "icd10":
        return Parsed("text", codes, values_codes.diagnoses(texts, missing=missing))
    if spec.kind == "time":
        items, bad = values.clock_times(texts)
        return Parsed("text", codes, items, {}, {"bad_time": bad})
    if spec.kind in {"county", "municipality"}:
        read = values_codes.county_codes if spec.kind == "county" else values_codes.municipality_codes
        areas, repaired, unknown = read(["" if text.strip() in missing else text for text in texts])
        if spec.known:
            listed = frozenset(spec.known)
            unknown = unknown | np.array([bool(area) and area not in listed for area in areas], dtype=np.bool_)
            areas = ["" if bad else area for area, bad in zip(areas, unknown, strict=True)]
        return Parsed("text", codes, areas, {}, {"repaired_zero": repaired, "unknown_area": unknown})
    items = values.words(texts, recode=spec.values, missing=missing, first_word=spec.first_word)
    if spec.width:
        items, repaired = values_codes.padded(items, spec.width)
        return Parsed("text", codes, items, {}, {"repaired_zero": repaired})
    return Parsed("text", codes, items)
