"""Checks of one column at a time, by a pandera schema made from the table's file.

pandera says which column breaks which check; which rows do is worked out here, so that none of its texts,
which hold ids and values, can get out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery.words import COLUMN_DO, COLUMN_SENTENCES
from factfidelity.schemas.table import TableColumn, TableSchema

Mask = NDArray[np.bool_]
Text = Mapping[str, str]

_SAFE_CODE = re.compile(r"[\w .,/-]{1,24}")
_LONG_NUMBER = re.compile(r"\d{5}")
_TWO_WORDS = re.compile(r"(?<!\w)[A-ZÅÄÖÉ][a-zåäöéü]+[ -][A-ZÅÄÖÉ][a-zåäöéü]+")
_FEW = 5
_CODES_SHOWN = 3


@dataclass(frozen=True, eq=False)
class ColumnFault:
    """One column that breaks one of its own checks.

    Attributes
    ----------
    rule : str
        ``empty``, ``not_allowed``, ``out_of_range`` or ``wrong_type``.
    column : str
    rows : ndarray of bool
    """

    rule: str
    column: str
    rows: Mask


def column_faults(frame: pd.DataFrame, schema: TableSchema) -> list[ColumnFault]:
    """Check every column of a canonical table; a column that is not there is not judged here."""
    named = {name: column for name, column in schema.columns.items() if name in frame.columns}
    return [ColumnFault(rule, name, _ROWS[rule](frame[name], named[name])) for rule, name in _failing(frame, named)]


def pandera_schema(columns: Mapping[str, TableColumn]) -> Any:
    """Make the pandera schema of some columns of a table."""
    import pandera.pandas as pa

    def column_of(spec: TableColumn) -> Any:
        checks = [pa.Check(_passes(rule, spec), name=rule, error=rule) for rule in _ROWS if _applies(rule, spec)]
        return pa.Column(checks=checks, nullable=True, required=False, coerce=False)

    return pa.DataFrameSchema({name: column_of(spec) for name, spec in columns.items()}, strict=False)


def _failing(frame: pd.DataFrame, columns: Mapping[str, TableColumn]) -> list[tuple[str, str]]:
    from pandera.errors import SchemaErrors

    try:
        pandera_schema(columns).validate(frame, lazy=True, inplace=True)
    except SchemaErrors as fault:
        cases = fault.failure_cases
        failing = set(zip(cases["check"].astype(str), cases["column"].astype(str), strict=True))
    else:
        return []
    return [(rule, name) for name in columns for rule in _ROWS if (rule, name) in failing]


def _passes(rule: str, spec: TableColumn) -> Callable[[Any], bool]:
    def passes(column: pd.Series[Any]) -> bool:
        return not bool(_ROWS[rule](column, spec).any())

    return passes


def _applies(rule: str, spec: TableColumn) -> bool:
    if rule == "empty":
        return not spec.may_be_empty
    if rule == "not_allowed":
        return bool(spec.allowed)
    if rule == "out_of_range":
        return spec.lowest is not None or spec.highest is not None
    return True


def empty_cells(column: pd.Series[Any]) -> Mask:
    """Tell which cells are missing or hold no text."""
    gone: Mask = column.isna().to_numpy(dtype=np.bool_)
    if isinstance(column.dtype, pd.StringDtype) or column.dtype == object:
        gone = gone | (column == "").fillna(False).to_numpy(dtype=np.bool_)
    return gone


def _is_empty(column: pd.Series[Any], spec: TableColumn) -> Mask:
    return empty_cells(column)


def _is_not_allowed(column: pd.Series[Any], spec: TableColumn) -> Mask:
    answer: Mask = ~column.isin(list(spec.allowed)).to_numpy(dtype=np.bool_) & ~empty_cells(column)
    return answer


def _is_out_of_range(column: pd.Series[Any], spec: TableColumn) -> Mask:
    if _is_wrong_type(column, spec).any():
        return np.zeros(len(column), dtype=np.bool_)
    value = column.to_numpy(dtype=np.float64, na_value=np.nan)
    low = value < (spec.lowest if spec.lowest is not None else -np.inf)
    answer: Mask = low | (value > (spec.highest if spec.highest is not None else np.inf))
    return answer


def _is_wrong_type(column: pd.Series[Any], spec: TableColumn) -> Mask:
    kind = column.dtype.kind
    fits = {
        "date": kind == "M",
        "number": kind in "fiu",
        "flag": kind == "b",
    }.get(spec.type, kind == "O" or isinstance(column.dtype, pd.StringDtype | pd.CategoricalDtype))
    return np.zeros(len(column), dtype=np.bool_) if fits else ~empty_cells(column)


_ROWS: Mapping[str, Callable[[Any, TableColumn], Mask]] = {
    "wrong_type": _is_wrong_type,
    "empty": _is_empty,
    "not_allowed": _is_not_allowed,
    "out_of_range": _is_out_of_range,
}


def words_of_fault(fault: ColumnFault, spec: TableColumn, frame: pd.DataFrame, table: str) -> tuple[Text, Text]:
    """Return the sentence and what to do; codes may be quoted, long numbers and texts may not."""
    codes = _codes(frame[fault.column], fault.rows) if fault.rule == "not_allowed" else ()
    rule = "not_allowed_unnamed" if fault.rule == "not_allowed" and not codes else fault.rule
    near = difflib.get_close_matches(codes[0], spec.allowed, n=1) if codes else []
    fields = {
        "column": fault.column,
        "code": '", "'.join(codes),
        "allowed": ", ".join(spec.allowed),
        "lowest": _limit(spec.lowest),
        "highest": _limit(spec.highest),
        "table": table,
    }
    sentence = {language: text.format(**fields) for language, text in COLUMN_SENTENCES[rule].items()}
    if near:
        sentence = {
            language: text + {"sv": f' Menades "{near[0]}"?', "en": f' Did you mean "{near[0]}"?'}[language]
            for language, text in sentence.items()
        }
    own = {"sv": spec.do.sv, "en": spec.do.en} if spec.do else COLUMN_DO[fault.rule]
    return sentence, {language: text.format(**fields) for language, text in own.items()}


def _limit(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _codes(column: pd.Series[Any], rows: Mask) -> tuple[str, ...]:
    found = column[rows].astype(str).value_counts()
    shown = [
        str(code) for code, number in found.iloc[: _CODES_SHOWN + 1].items()
        if _SAFE_CODE.fullmatch(str(code)) and not _LONG_NUMBER.search(str(code))
        # a few rows with two words that begin with capitals may be somebody's name
        and not (number < _FEW and _TWO_WORDS.search(str(code)))
    ]  # fmt: skip
    return tuple(shown[:_CODES_SHOWN])
