"""Tables that a test can show in full: a picture of the rows, and an extract around them."""

from __future__ import annotations

import pandas as pd

from factfidelity.extract import _DATES, _FLAGS, _NUMBERS, Extract, Source

_TEXT_IDS = {"client_id", "team_id", "staff_id", "contact_id"}


def frame(text: str) -> pd.DataFrame:
    """Turn a picture of a table (`a | b` above its rows) into a frame; an empty cell is missing."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    data = pd.DataFrame(rows[1:], columns=rows[0], dtype="object")
    return pd.DataFrame({name: _typed(name, data[name]) for name in data.columns})


def _typed(name: str, column: pd.Series) -> pd.Series:
    filled = column.where(column != "", None)
    if name in _DATES or name in {"index", "end_day"}:
        return pd.to_datetime(filled).astype("datetime64[s]")
    if name in _FLAGS:
        return filled.map({"yes": True, "no": False, "True": True, "False": False}).astype("boolean")
    if name in _NUMBERS:
        return pd.to_numeric(filled).astype("float64")
    if name in _TEXT_IDS:
        return filled.astype("str")
    numeric = pd.to_numeric(filled, errors="coerce")
    return numeric if numeric.notna().equals(filled.notna()) and filled.notna().any() else filled.astype("str")


def extract_of(start: str = "2018-01-01", end: str = "2025-01-01", **tables: str | pd.DataFrame) -> Extract:
    """Build an extract from pictures of its tables; every source is linked and complete."""
    frames = {name: frame(table) if isinstance(table, str) else table for name, table in tables.items()}
    sources = {name: Source(start=pd.Timestamp(start), end=pd.Timestamp(end)) for name in frames}
    return Extract(tables=frames, start=pd.Timestamp(start), end=pd.Timestamp(end), sources=sources)
