"""The checks across columns, rows and tables, on plain arrays: each returns which rows break its rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.days import OPEN, UNKNOWN, Days, day_number, day_numbers
from factfidelity.extract import Source
from factfidelity.schemas.table import TableRule

Mask = NDArray[np.bool_]
_MOST_VALUES = 200


@dataclass(frozen=True, eq=False)
class Around:
    """What a rule may look at beside its own table.

    Attributes
    ----------
    tables : mapping of DataFrame
        The other tables, as accepted so far.
    source : Source
        What is known about the table's own source.
    start, end : int
        The period of the delivery as day numbers, ``end`` being the first day after.
    """

    tables: Mapping[str, pd.DataFrame]
    source: Source
    start: int
    end: int

    @property
    def low(self) -> int:
        """First day that the source covers."""
        return self.start if self.source.start is None else day_number(self.source.start)

    @property
    def high(self) -> int:
        """First day that the source no longer covers."""
        return self.end if self.source.end is None else day_number(self.source.end)


def broken_rows(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    """Return which rows of a table break a rule; none where the rule cannot be judged.

    Parameters
    ----------
    frame : DataFrame
        A canonical table.
    rule : TableRule
    limit : float
        The threshold in force.
    around : Around
    """
    nothing = np.zeros(len(frame), dtype=np.bool_)
    named = (*rule.columns, *rule.by, *rule.only, *((rule.differ,) if rule.differ else ()))
    if not len(frame) or any(name not in frame.columns for name in named):
        return nothing
    if rule.of and not len(around.tables.get(rule.of, ())):
        return nothing
    mask = _CHECKS[rule.check](frame, rule, limit, around)
    for column, codes in rule.only.items():
        mask = mask & frame[column].isin(list(codes)).to_numpy()
    return mask


def _days(frame: pd.DataFrame, column: str, missing: np.int64) -> Days:
    return day_numbers(frame[column], missing=missing)


def _interval(frame: pd.DataFrame, columns: tuple[str, ...]) -> tuple[Days, Days]:
    """Half-open days of a row: of two dates, of one date; a stay includes the day of discharge."""
    start = _days(frame, columns[0], UNKNOWN)
    if len(columns) == 1:
        return start, np.where(start > UNKNOWN, start + 1, start)
    end = _days(frame, columns[1], OPEN)
    return start, np.where(end < OPEN, end + 1, end) if columns[1] == "discharged" else end


def _keys(columns: tuple[str, ...], *frames: pd.DataFrame) -> list[Days]:
    """Number the values of some columns alike in all frames; -1 where one is missing."""
    total = sum(map(len, frames))
    number = np.zeros(total, dtype=np.int64)
    gone = np.zeros(total, dtype=np.bool_)
    for column in columns:
        codes, values = pd.factorize(pd.concat([frame[column] for frame in frames], ignore_index=True))
        number = number * (len(values) + 1) + codes
        gone |= codes < 0
    if len(columns) > 1:
        number = pd.factorize(number)[0].astype(np.int64)
    number[gone] = -1
    cuts = np.cumsum([len(frame) for frame in frames])[:-1]
    return list(np.split(number, cuts))


def _running_end(key: Days, end: Days) -> Days:
    """Largest end of the rows before, within a key; rows are sorted by key."""
    step = np.int64(2**42)
    reach = np.maximum.accumulate(end + key * step) - key * step
    before = np.concatenate(([UNKNOWN], reach[:-1]))
    first = np.concatenate(([True], key[1:] != key[:-1]))
    answer: Days = np.where(first, UNKNOWN, before)
    return answer


def _not_before(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    later = _days(frame, rule.columns[0], OPEN)
    answer: Mask = later < _days(frame, rule.columns[1], UNKNOWN)
    return answer


def _references(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    column = frame[rule.columns[0]]
    known = around.tables[rule.of][rule.of_columns[0]].dropna().unique()
    answer: Mask = ~(column.isin(known) | column.isna() | (column == "").fillna(False)).to_numpy(dtype=np.bool_)
    return answer


def _unique(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    named = frame[rule.columns[0]]
    filled = (named.notna() & (named.astype("str") != "")).to_numpy(dtype=np.bool_)
    answer: Mask = frame.duplicated(list(rule.columns), keep="first").to_numpy(dtype=np.bool_) & filled
    return answer


def _inside_another(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    (key,) = _keys(rule.by, frame)
    start, end = _interval(frame, rule.columns)
    order = np.lexsort((-end, start, key))
    mask = np.zeros(len(frame), dtype=np.bool_)
    mask[order] = end[order] <= _running_end(key[order], end[order])
    answer: Mask = mask & (key >= 0) & (start > UNKNOWN)
    return answer


def _no_overlap(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    (key,) = _keys(rule.by, frame)
    start, end = _interval(frame, rule.columns)
    slack = int(limit) if rule.threshold else 0
    order = np.lexsort((end, start, key))
    key, start, end = key[order], start[order], end[order]
    judged = (key >= 0) & (start > UNKNOWN)
    if not rule.differ:
        hit = judged & (start < _running_end(key, end) - slack)
    else:
        hit = np.zeros(len(frame), dtype=np.bool_)
        codes = pd.factorize(frame[rule.differ])[0][order]
        for value in np.unique(codes)[:_MOST_VALUES]:
            others = _running_end(key, np.where(codes == value, UNKNOWN, end))
            hit |= judged & (codes == value) & (start < others - slack)
    mask = np.zeros(len(frame), dtype=np.bool_)
    mask[order] = hit
    return mask


def _covered(frame: pd.DataFrame, rule: TableRule, around: Around) -> tuple[Days, Days, Mask]:
    """Days of each row's interval that the other table's intervals cover, its length, and whether it can be judged."""
    other = around.tables[rule.of]
    key, other_key = _keys(rule.by, frame, other)
    start, end = _interval(frame, rule.columns)
    low, high = _interval(other, rule.of_columns)
    end, high = np.minimum(end, around.end), np.minimum(high, around.end)
    keep = (other_key >= 0) & (low > UNKNOWN) & (high > low)
    other_key, low, high = other_key[keep], low[keep], high[keep]
    order = np.lexsort((high, low, other_key))
    other_key, low, high = other_key[order], low[order], high[order]
    fresh = np.maximum(low, _running_end(other_key, high))
    total: Days = np.concatenate(([0], np.cumsum(np.maximum(high - fresh, 0))))
    reach = np.maximum(_running_end(other_key, high), high)

    def until(day: Days) -> Days:
        """Covered days of the key before a day."""
        place = _search(other_key, low, key, day)
        inside = np.maximum(place - 1, 0)
        same = (place > 0) & (other_key[inside] == key)
        over = np.where(same, np.maximum(reach[inside] - day, 0), 0)
        answer: Days = total[place] - over
        return answer

    length = end - start
    if not len(low):
        return np.zeros_like(length), length, (key >= 0) & (start > UNKNOWN) & (length > 0)
    judged = (key >= 0) & (start > UNKNOWN) & (length > 0)
    return until(end) - until(start), length, judged


def _search(keys: Days, days: Days, key: Days, day: Days) -> NDArray[np.intp]:
    """Number of sorted (key, day) pairs that lie before each (key, day)."""
    step = np.int64(2**20)
    place: NDArray[np.intp] = np.searchsorted(keys * step + days, key * step + day, side="left")
    return place


def _covered_by(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    covered, length, judged = _covered(frame, rule, around)
    answer: Mask = judged & (covered < length)
    return answer


def _touches(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    covered, _, judged = _covered(frame, rule, around)
    answer: Mask = judged & (covered == 0)
    return answer


def _in_period(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    first = _days(frame, rule.columns[0], UNKNOWN)
    last = _days(frame, rule.columns[-1], OPEN) if len(rule.columns) > 1 else np.where(first > UNKNOWN, first, OPEN)
    answer: Mask = (first >= around.high) | (last < around.low)
    return answer


def _longer_than_register(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    first, last = _days(frame, rule.columns[0], UNKNOWN), _days(frame, rule.columns[1], OPEN)
    answer: Mask = (first > UNKNOWN) & (last < OPEN) & (last - first > around.high - around.low)
    return answer


def _after_death(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    deaths = around.tables.get("deaths")
    if deaths is None or not len(deaths):
        return np.zeros(len(frame), dtype=np.bool_)
    exact = deaths["date"].notna()
    if "precision" in deaths.columns:
        exact &= deaths["precision"].fillna("day").isin(["day", ""])
    last = deaths.loc[exact].groupby("client_id")["date"].max()
    place = last.index.get_indexer(pd.Index(frame[rule.columns[0]]))
    died = np.append(day_numbers(last), OPEN)[place]
    answer: Mask = _days(frame, rule.columns[1], UNKNOWN) > died + int(limit)
    return answer


def _longer_than(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    answer: Mask = frame[rule.columns[0]].to_numpy(dtype=np.float64, na_value=np.nan) > limit
    return answer


def _outlier_length(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    first, last = _days(frame, rule.columns[0], UNKNOWN), _days(frame, rule.columns[1], OPEN)
    answer: Mask = (first > UNKNOWN) & (last < OPEN) & (last - first > limit)
    return answer


def _sum_at_most(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    (key,) = _keys(rule.by, frame)
    amount = np.nan_to_num(frame[rule.columns[0]].to_numpy(dtype=np.float64, na_value=np.nan))
    start, end = _interval(frame, rule.columns[1:])
    keys = np.concatenate([key, key])
    days = np.concatenate([start, end])
    steps = np.concatenate([amount, -amount])
    order = np.lexsort((steps, days, keys))
    keys = keys[order]
    running = np.cumsum(steps[order])
    first = np.concatenate(([True], keys[1:] != keys[:-1]))
    base = np.concatenate(([0.0], running[:-1]))[np.maximum.accumulate(np.where(first, np.arange(len(keys)), 0))]
    over = np.unique(keys[running - base > limit + 1e-9])
    answer: Mask = np.isin(key, over) & (key >= 0)
    return answer


def _unit_too_small(frame: pd.DataFrame, rule: TableRule, limit: float, around: Around) -> Mask:
    amount = frame[rule.columns[0]].to_numpy(dtype=np.float64, na_value=np.nan)
    positive = amount > 0
    few = positive.sum() < 20 or np.median(amount[positive]) >= limit
    answer: Mask = np.zeros(len(frame), dtype=np.bool_) if few else positive
    return answer


_CHECKS: Mapping[str, Callable[[pd.DataFrame, TableRule, float, Around], Mask]] = {
    "not_before": _not_before,
    "references": _references,
    "unique": _unique,
    "inside_another": _inside_another,
    "no_overlap": _no_overlap,
    "covered_by": _covered_by,
    "touches": _touches,
    "in_period": _in_period,
    "longer_than_register": _longer_than_register,
    "after_death": _after_death,
    "longer_than": _longer_than,
    "outlier_length": _outlier_length,
    "sum_at_most": _sum_at_most,
    "unit_too_small": _unit_too_small,
}
