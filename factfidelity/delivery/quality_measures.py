"""What can be said of a delivery's quality from its tables: coverage, gaps, breaks, lengths, groups, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.days import UNKNOWN, Days, day_number, day_numbers
from factfidelity.delivery.checks_columns import empty_cells
from factfidelity.extract import COLUMNS
from factfidelity.schemas.files import read_yaml, schema_files

_DATES: Mapping[str, str] = {
    "contacts": "date", "visits": "date", "episodes": "admitted", "legal_status": "start", "leave": "start",
    "coercion": "date", "measurements": "date", "diagnoses": "date", "board": "start", "enrolments": "start",
    "meetings": "date", "care_plans": "made", "referrals": "received", "events": "date", "surveys": "date",
    "actions": "decided", "catchment": "date",
    "work": "start", "placements": "start", "services": "start", "deaths": "date",
}  # fmt: skip
_UNITS: Mapping[str, str] = {
    "contacts": "team_id", "episodes": "unit", "board": "team_id", "meetings": "team_id", "services": "municipality",
    "placements": "municipality", "events": "team_id", "referrals": "team_id",
}  # fmt: skip
_COVERED = ("contacts", "episodes", "visits", "coercion", "legal_status", "board", "meetings", "services")
_OPEN_ENDS = frozenset({"end", "discharged", "end_reason", "reason_off"})
_GROUP = ("age_band", "sex", "municipality", "diagnosis_group")
_MOST_UNITS = 60


def coverage(tables: Mapping[str, pd.DataFrame], start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Tell for each table, unit and month whether anything was reported.

    Returns
    -------
    DataFrame, one row per table, unit and month
        table, unit, month (first day), rows, state: reported; silent (a month without rows between the first and
        the last with rows); started or stopped (the first or last month with rows, when the period is longer);
        outside (before that, or after).
    """
    low, high = _month(day_number(start)), _month(day_number(end) - 1) + 1
    parts = []
    for name in _COVERED:
        frame = tables.get(name)
        if frame is None or not len(frame) or _DATES[name] not in frame.columns or high <= low:
            continue
        unit = _unit_of(frame, name)
        parts.append(_table_coverage(name, unit, day_numbers(frame[_DATES[name]], missing=UNKNOWN), low, high))
    columns = ["table", "unit", "month", "rows", "state"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _unit_of(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    column = _UNITS.get(name, "")
    if column in frame.columns and 0 < frame[column].nunique() <= _MOST_UNITS:
        return frame[column]
    return pd.Series("", index=frame.index, dtype="str")


def _month(day: Any) -> Any:
    return np.asarray(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _table_coverage(name: str, unit: pd.Series[Any], days: Days, low: int, high: int) -> pd.DataFrame:
    codes, units = pd.factorize(unit, sort=True)
    months = _month(np.where(days > UNKNOWN, days, 0))
    inside = (codes >= 0) & (days > UNKNOWN) & (months >= low) & (months < high)
    width = int(high - low)
    cells = np.bincount(codes[inside] * width + (months[inside] - low), minlength=len(units) * width)
    grid = cells.reshape(len(units), width)
    state = np.where(grid > 0, "reported", "silent").astype("<U8")
    for row, line in enumerate(grid):
        filled = np.flatnonzero(line)
        if not len(filled):
            state[row] = "outside"
            continue
        first, last = int(filled[0]), int(filled[-1])
        state[row, :first] = state[row, last + 1 :] = "outside"
        if last < width - 1:
            state[row, last] = "stopped"
        if first > 0:
            state[row, first] = "started"
    month = pd.DatetimeIndex(np.arange(low, high).astype("datetime64[M]").astype("datetime64[s]"))
    return pd.DataFrame({
        "table": name, "unit": np.repeat(np.asarray(units, dtype=object), width),
        "month": np.tile(month.to_numpy(), len(units)), "rows": grid.ravel(), "state": state.ravel(),
    })  # fmt: skip


def missing(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the share of empty cells by table, column and year; year 0 where a table has no date.

    An end that is open is no gap, so the columns that say when and why something ended are left out.
    """
    rows: list[tuple[str, str, int, int, int]] = []
    for name, frame in tables.items():
        if not len(frame):
            continue
        years, place = _years(frame, _DATES.get(name, ""))
        total = np.bincount(place, minlength=len(years))
        for column in COLUMNS[name]:
            if column in frame.columns and column not in _OPEN_ENDS:
                gone = np.bincount(place[empty_cells(frame[column])], minlength=len(years))
                rows += [
                    (name, column, int(year), int(many), int(few))
                    for year, many, few in zip(years, total, gone, strict=True)
                ]
    found = pd.DataFrame(rows, columns=["table", "column", "year", "rows", "missing"])
    return found.assign(share=found["missing"] / found["rows"])


def _years(frame: pd.DataFrame, column: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if column not in frame.columns:
        return np.zeros(1, dtype=np.int64), np.zeros(len(frame), dtype=np.int64)
    stamps = frame[column].to_numpy().astype("datetime64[Y]")
    year = np.where(np.isnat(stamps), 0, stamps.astype(np.int64) + 1970)
    years, place = np.unique(year, return_inverse=True)
    return years, place.astype(np.int64)


def breaks(tables: Sequence[str], start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return the known breaks of the registers that lie inside the period and concern a delivered table."""
    known = read_yaml(schema_files("codes")["register_breaks"])["breaks"]
    rows = [
        (pd.Timestamp(item["date"]), item["source"], ", ".join(item["tables"]), item["sv"], item["en"])
        for item in known
        if set(item["tables"]) & set(tables) and start < pd.Timestamp(item["date"]) < end
    ]
    return pd.DataFrame(rows, columns=["date", "source", "tables", "sv", "en"])


def length_of_stay(episodes: pd.DataFrame | None) -> pd.DataFrame:
    """Compare the delivered length of stay (``delivered_days``) with discharged − admitted, by file."""
    columns = ["file", "stays", "differ", "share"]
    if episodes is None or not len(episodes) or "delivered_days" not in episodes.columns:
        return pd.DataFrame(columns=columns)
    delivered = pd.to_numeric(episodes["delivered_days"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    nights = (episodes["discharged"] - episodes["admitted"]).dt.days.to_numpy(dtype=np.float64, na_value=np.nan)
    both = ~np.isnan(delivered) & ~np.isnan(nights)
    judged = pd.DataFrame({"file": episodes["_source"].astype(str)[both], "differ": (delivered != nights)[both]})
    found = judged.groupby("file")["differ"].agg(stays="size", differ="sum").reset_index()
    return found.assign(share=found["differ"] / found["stays"])[columns]


def smallest_group(clients: pd.DataFrame | None, start: pd.Timestamp) -> pd.DataFrame:
    """Return the size of the smallest group of clients with the same age band, sex, municipality and diagnosis group.

    Returns
    -------
    DataFrame, one row
        k (persons in the smallest group), groups, groups_below_5, by (what was crossed).
    """
    columns = ["k", "groups", "groups_below_5", "by"]
    if clients is None or not len(clients):
        return pd.DataFrame(columns=columns)
    frame = clients
    if "birth_year" in frame.columns:
        frame = frame.assign(age_band=(start.year - frame["birth_year"].astype("float64")) // 10)
    by = [name for name in _GROUP if name in frame.columns and frame[name].notna().any()]
    if not by:
        return pd.DataFrame(columns=columns)
    sizes = frame.groupby(by, dropna=False, observed=True).size()
    return pd.DataFrame({
        "k": [int(sizes.min())], "groups": [len(sizes)], "groups_below_5": [int((sizes < 5).sum())],
        "by": [", ".join(by)],
    })  # fmt: skip


def compared(tables: Mapping[str, pd.DataFrame], previous: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count by table the rows that are new, changed, gone and the same as in the delivery before.

    A row is the same when all of its columns are; it has changed when its key (ids and dates) is found in both
    deliveries with other content.
    """
    rows = []
    for name in COLUMNS:
        now, before = tables.get(name), previous.get(name)
        if not _rows(now) and not _rows(before):
            continue
        keys = [column for column in COLUMNS[name] if column.endswith("_id") or column == _DATES.get(name)]
        shared = [
            column
            for column in COLUMNS[name]
            if (now is None or column in now.columns) and (before is None or column in before.columns)
        ]
        rows.append((name, *_differences(now, before, keys or shared, shared)))
    return pd.DataFrame(rows, columns=["table", "added", "changed", "removed", "unchanged"])


def _rows(frame: pd.DataFrame | None) -> int:
    return 0 if frame is None else len(frame)


def _differences(
    now: pd.DataFrame | None, before: pd.DataFrame | None, keys: list[str], columns: list[str]
) -> tuple[int, int, int, int]:
    new, old = _hashes(now, columns), _hashes(before, columns)
    unchanged, left_new, left_old = _matched(new, old)
    key_new, key_old = _hashes(now, keys)[left_new], _hashes(before, keys)[left_old]
    changed, _, _ = _matched(key_new, key_old)
    return len(key_new) - changed, changed, len(key_old) - changed, unchanged


def _hashes(frame: pd.DataFrame | None, columns: list[str]) -> NDArray[np.uint64]:
    if frame is None or not len(frame):
        return np.zeros(0, dtype=np.uint64)
    present = [column for column in columns if column in frame.columns]
    hashes = pd.util.hash_pandas_object(frame[present].astype("object"), index=False)
    return hashes.to_numpy().astype(np.uint64)


def _matched(new: NDArray[np.uint64], old: NDArray[np.uint64]) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
    """Pair equal values one to one; return their number and the places that are left over on each side."""
    left_new, left_old = _ranked(new), _ranked(old)
    index_new, index_old = pd.MultiIndex.from_arrays(left_new), pd.MultiIndex.from_arrays(left_old)
    both = index_new.isin(index_old)
    rest = np.flatnonzero(~index_old.isin(index_new))
    return int(both.sum()), np.flatnonzero(~both), rest


def _ranked(values: NDArray[np.uint64]) -> list[Any]:
    series = pd.Series(values)
    return [values, series.groupby(series).cumcount().to_numpy()]
