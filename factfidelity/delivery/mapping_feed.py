"""Rows of a source become rows of our tables, each knowing the file and line that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery.mapping_events import event_periods
from factfidelity.delivery.mapping_fields import Parsed
from factfidelity.delivery.values import key_of
from factfidelity.delivery.values_dates import NO_DAY, PRECISIONS
from factfidelity.extract import column_kind
from factfidelity.schemas.mapping import Derived, Feed, Scalar

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(eq=False)
class Fed:
    """What one feed made of a table's rows.

    Attributes
    ----------
    frame : DataFrame
        Rows of one of our tables, with ``_line`` (int64).
    used : ndarray of bool
        Rows of the source that the feed used.
    faults : mapping of (rule, column) to ndarray of bool
        Rows of the source that it set aside, by rule and column of the layout.
    """

    frame: pd.DataFrame
    used: Mask
    faults: dict[tuple[str, str], Mask] = field(default_factory=dict)


def feed_table(
    columns: Mapping[str, Parsed], feed: Feed, lines: Rows, *, row_ids: NDArray[np.object_] | None, person: str
) -> Fed:
    """Make the rows of one of our tables from the columns of a source.

    Parameters
    ----------
    columns : mapping of Parsed
        By name in the layout; a column that was not delivered is not there.
    feed : Feed
    lines : ndarray of int64
        Line of each row in the source.
    row_ids : ndarray of object or None
        Ids made from the rows' content, for ``feed.row_id``.
    person : str
        The column with the person key; a row without it is set aside where the feed uses it.
    """
    wanted = _wanted(columns, feed, len(lines))
    faults = _faults(columns, _used_columns(feed), wanted, person)
    good = wanted.copy()
    for mask in faults.values():
        good &= ~mask
    if feed.events is not None:
        return _events(columns, feed, lines, good, faults)
    rows = np.flatnonzero(good)
    each: list[str] | None = None
    if feed.each:
        rows, each = _exploded(columns, feed, rows)
    data = _columns(columns, feed, rows, each)
    if feed.row_id and feed.row_id not in data and row_ids is not None:
        data[feed.row_id] = pd.Series(row_ids[rows], dtype="str")
    frame = pd.DataFrame({**data, "_line": lines[rows]})
    if feed.once:
        frame = _once(frame)
    used = np.zeros(len(lines), dtype=np.bool_)
    used[rows] = True
    return Fed(frame, used, faults)


def _wanted(columns: Mapping[str, Parsed], feed: Feed, rows: int) -> Mask:
    wanted = np.ones(rows, dtype=np.bool_)
    for name, allowed in feed.when.items():
        column = columns.get(name)
        if column is None:
            return np.zeros(rows, dtype=np.bool_)
        keys = {key_of(one) for one in allowed}
        fits = np.array([key_of(text) in keys for text in column.text()], dtype=np.bool_) if keys else column.filled()
        if not keys:  # what is there but cannot be read is a fault, not a row that is not asked for
            for bad in column.faults.values():
                fits = fits | bad
        wanted &= column.rows(fits)
    return wanted


def _used_columns(feed: Feed) -> list[str]:
    named = [spec.column if isinstance(spec, Derived) else spec for spec in feed.columns.values()]
    if feed.events is not None:
        events = feed.events
        named += [events.column, events.date, *events.per, events.reason_begin, events.reason_end]
    return list(dict.fromkeys(way.split(".")[0] for name in [*named, feed.each] if name for way in name.split("|")))


def _faults(columns: Mapping[str, Parsed], used: list[str], wanted: Mask, person: str) -> dict[tuple[str, str], Mask]:
    out: dict[tuple[str, str], Mask] = {}
    left = wanted.copy()
    for name in used:
        column = columns.get(name)
        if column is None:
            continue
        rules = dict(column.faults)
        if name == person:
            rules.setdefault("no_person", ~column.filled() & ~_any(rules.values(), len(column.items)))
        for rule, bad in rules.items():
            if not bad.any():
                continue
            mask = column.rows(bad) & left
            if mask.any():
                out[rule, name] = mask
                left &= ~mask
    return out


def _any(masks: object, size: int) -> Mask:
    out = np.zeros(size, dtype=np.bool_)
    for mask in masks:  # type: ignore[attr-defined]
        out |= mask
    return out


def _exploded(columns: Mapping[str, Parsed], feed: Feed, rows: Rows) -> tuple[Rows, list[str]]:
    column = columns.get(feed.each)
    if column is None:
        return rows[:0], []
    names = {key_of(code): ours for code, ours in feed.codes.items()}
    chosen = [
        [names.get(key_of(code), code) for code in codes if not names or key_of(code) in names]
        for codes in (column.items if column.kind == "list" else [(text,) if text else () for text in column.text()])
    ]
    counts = np.array([len(codes) for codes in chosen], dtype=np.int64)[column.codes[rows]]
    return np.repeat(rows, counts), [code for place in column.codes[rows].tolist() for code in chosen[place]]


def _columns(
    columns: Mapping[str, Parsed], feed: Feed, rows: Rows, each: list[str] | None
) -> dict[str, pd.Series[Any]]:
    data: dict[str, pd.Series[Any]] = {}
    for ours, spec in feed.columns.items():
        if isinstance(spec, Derived):
            if spec.column in columns:
                data[ours] = _derived(columns[spec.column], spec, rows, ours)
            continue
        name, part = _chosen(columns, spec)
        if each is not None and name == feed.each:
            data[ours] = pd.Series(each, dtype="str")
        elif name in columns:
            data[ours] = _one_column(columns[name], rows, ours, part)
    if feed.end_is == "last_day":
        for name in feed.end_columns:
            if name in data:
                data[name] = data[name] + pd.Timedelta(1, "D")
    for ours, value in feed.constants.items():
        if ours not in data:
            data[ours] = constant(value, len(rows), ours)
    return data


def _chosen(columns: Mapping[str, Parsed], said: str) -> tuple[str, str]:
    """Return the first column of ``a|b.part`` that was delivered, and the part of it that is asked for."""
    ways = [way.partition(".") for way in said.split("|")]
    name, _, part = next((way for way in ways if way[0] in columns), ways[0])
    return name, part


def _one_column(column: Parsed, rows: Rows, ours: str, part: str) -> pd.Series[Any]:
    if part == "precision":
        return _precision(column, rows)
    if column.kind == "number" and column_kind(ours) == "date":
        return _first_of_year(column, rows, after=part == "end")
    return as_column(column, rows, ours)


def _first_of_year(column: Parsed, rows: Rows, *, after: bool) -> pd.Series[Any]:
    """Return 1 January of a year, or of the year after it."""
    years = np.asarray(column.items, dtype=np.float64) + after
    good = (years > 1850) & (years < 2200)
    days = (np.where(good, years, 1970).astype(np.int64) - 1970).astype("datetime64[Y]").astype("datetime64[s]")
    days[~good] = np.datetime64("NaT")
    return pd.Series(days[column.codes[rows]])


def as_column(column: Parsed, rows: Rows, ours: str) -> pd.Series[Any]:
    """Put the values of a column to the rows asked for, in the type of our column."""
    codes = column.codes[rows]
    kind = column.kind
    if kind == "date":
        days = np.asarray(column.items, dtype=np.int64)
        gone = days == NO_DAY
        stamps = np.where(gone, 0, days).astype("datetime64[D]").astype("datetime64[s]")
        stamps[gone] = np.datetime64("NaT")
        return pd.Series(stamps[codes])
    if kind == "number":
        return pd.Series(np.asarray(column.items, dtype=np.float64)[codes])
    if kind == "flag":
        return _flag(np.asarray(column.items, dtype=np.float64)[codes])
    if column_kind(ours) == "flag" and kind == "list":
        return _flag(column.filled().astype(np.float64)[codes])
    texts = [" ".join(item) for item in column.items] if kind == "list" else list(column.items)
    return _text(texts, codes)


def _text(texts: list[str], codes: NDArray[np.int32]) -> pd.Series[Any]:
    series = pd.Series(texts, dtype="str")
    return series.mask(series == "").take(codes).reset_index(drop=True)


def _flag(values: NDArray[np.float64]) -> pd.Series[Any]:
    gone = np.isnan(values)
    return pd.Series(pd.arrays.BooleanArray(np.where(gone, 0, values).astype(np.bool_), gone))


def _precision(column: Parsed, rows: Rows) -> pd.Series[Any]:
    if column.precision is None:
        return pd.Series([""] * len(rows), dtype="str")
    return _text([PRECISIONS[int(one)] for one in column.precision], column.codes[rows])


def _derived(column: Parsed, spec: Derived, rows: Rows, ours: str) -> pd.Series[Any]:
    lists = column.items if column.kind == "list" else [(text,) if text else () for text in column.text()]
    if spec.any_of:
        wanted = {key_of(code) for code in spec.any_of}
        found = [float(any(key_of(code) in wanted for code in codes)) for codes in lists]
        return _flag(np.array(found)[column.codes[rows]])
    if spec.filled:
        return _flag(column.filled().astype(np.float64)[column.codes[rows]])
    if spec.collect:
        names = {key_of(code): label for code, label in spec.collect.items()}
        texts = [
            " ".join(dict.fromkeys(names[key_of(one)] for one in codes if key_of(one) in names)) for codes in lists
        ]
        return _text(texts, column.codes[rows])
    known = {key_of(label): value for label, value in spec.values.items()}
    values = [known.get(key_of(text), spec.otherwise) if text else None for text in column.text()]
    return _scalars(values, ours).take(column.codes[rows]).reset_index(drop=True)


def _scalars(values: list[Scalar | None], ours: str) -> pd.Series[Any]:
    kind = column_kind(ours)
    if kind == "flag":
        return _flag(np.array([np.nan if value is None else float(value) for value in values]))
    if kind == "number":
        return pd.Series([np.nan if value is None else float(value) for value in values], dtype="float64")
    return pd.Series([None if value is None else str(value) for value in values], dtype="str")


def constant(value: Scalar, rows: int, ours: str) -> pd.Series[Any]:
    """Return one value for all rows, in the type of our column."""
    if column_kind(ours) == "date":
        return pd.Series(np.full(rows, np.datetime64(str(value), "s")))
    return _scalars([value], ours).take(np.zeros(rows, dtype=np.int64)).reset_index(drop=True)


def _once(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep one of the rows that say the same."""
    said = [name for name in frame.columns if name != "_line"]
    return frame[~frame.duplicated(said)].reset_index(drop=True)


def _events(
    columns: Mapping[str, Parsed], feed: Feed, lines: Rows, good: Mask, faults: dict[tuple[str, str], Mask]
) -> Fed:
    assert feed.events is not None
    rows = np.flatnonzero(good)
    periods = event_periods({name: column.take(rows) for name, column in columns.items()}, feed.events, lines[rows])
    data = _columns(columns, feed, rows[periods.begins], None)
    data["start"] = as_column(columns[feed.events.date], rows[periods.begins], "start")
    ends = (
        as_column(columns[feed.events.date], rows[np.maximum(periods.ends, 0)], "end") if len(rows) else data["start"]
    )
    data["end"] = ends.where(pd.Series(periods.ends >= 0))
    for ours, name, places in (
        ("reason_on", feed.events.reason_begin, periods.begins), ("reason_off", feed.events.reason_end, periods.ends),
    ):  # fmt: skip
        if name in columns and len(rows):
            said = as_column(columns[name], rows[np.maximum(places, 0)], ours)
            data[ours] = said.where(pd.Series(places >= 0))
    for rule, mask in (("end_without_begin", periods.lone_ends), ("unknown_event", periods.unknown)):
        if mask.any():
            whole = np.zeros(len(lines), dtype=np.bool_)
            whole[rows[mask]] = True
            faults[rule, feed.events.column] = whole
    used = np.zeros(len(lines), dtype=np.bool_)
    used[rows[~periods.lone_ends & ~periods.unknown]] = True
    return Fed(pd.DataFrame({**data, "_line": lines[rows[periods.begins]]}), used, faults)
