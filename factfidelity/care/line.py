"""The days of all clients laid end to end on one line, so that counting days is arithmetic on sorted arrays.

A *place* is ``client code × SPAN + day``. Intervals of different clients can never touch, so unions, spells and
cuts to a window are one running maximum and one binary search over the whole cohort, without a loop over clients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.days import Days

_HALF = 2**18  # days either side of 1970-01-01: 717 years
SPAN = 2**19


def places(clients: Days, days: Days) -> Days:
    """Put days on the line; days beyond 717 years from 1970 (open ends) are put at the client's end of it."""
    result: Days = clients * SPAN + (np.clip(days, -_HALF, _HALF - 1) + _HALF)
    return result


def days_at(placed: Days) -> Days:
    """Return the days of places."""
    result: Days = placed % SPAN - _HALF
    return result


def is_end_of_time(placed: Days) -> NDArray[np.bool_]:
    """Tell which places are the end of a client's line, where open intervals end."""
    result: NDArray[np.bool_] = placed % SPAN == SPAN - 1
    return result


def codes_of(known: pd.Index[Any], ids: Sequence[object] | pd.Series[Any]) -> Days:
    """Return the position of each id in ``known`` (no doubles); -1 where it is not there."""
    return np.asarray(known.get_indexer(pd.Index(ids)), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Points:
    """Dated happenings on the line, sorted."""

    place: Days

    @classmethod
    def of(cls, clients: Days, days: Days) -> Points:
        """Put happenings on the line; those of code -1 are left out."""
        known = clients >= 0
        return cls(np.sort(places(clients[known], days[known])))

    def count(self, low: Days, high: Days) -> Days:
        """Count the happenings in each ``[low, high)``."""
        found: Days = np.searchsorted(self.place, np.maximum(high, low)) - np.searchsorted(self.place, low)
        return found


@dataclass(frozen=True, slots=True)
class Cover:
    """Days on which a state holds: disjoint half-open stretches of the line, sorted."""

    start: Days
    end: Days

    @classmethod
    def of(cls, clients: Days, start: Days, end: Days) -> Cover:
        """Join the intervals of each client, so that each day counts once; those of code -1 are left out."""
        known = (clients >= 0) & (end > start)
        return cls.joined(places(clients[known], start[known]), places(clients[known], end[known]))

    @classmethod
    def joined(cls, start: Days, end: Days) -> Cover:
        """Join stretches that share days or touch."""
        kept = end > start
        start, end = start[kept], end[kept]
        if not len(start):
            return cls(start, end)
        order = np.argsort(start, kind="stable")
        start, furthest = start[order], np.maximum.accumulate(end[order])
        first = np.r_[True, start[1:] > furthest[:-1]]
        last = np.r_[first[1:], True]
        return cls(start[first], furthest[last])

    def count(self, low: Days, high: Days) -> Days:
        """Count the days of each ``[low, high)`` on which the state holds."""
        total = np.r_[0, np.cumsum(self.end - self.start)]
        high = np.maximum(low, high)
        counted: Days = self._until(high, total) - self._until(low, total)
        return counted

    def _until(self, place: Days, total: Days) -> Days:
        if not len(self.start):
            return np.zeros(len(place), dtype=np.int64)
        at = np.searchsorted(self.start, place, side="right") - 1
        inside = np.minimum(place - self.start[at], self.end[at] - self.start[at])
        counted: Days = np.where(at >= 0, total[at] + inside, 0)
        return counted

    def holds(self, place: Days) -> NDArray[np.bool_]:
        """Tell on which places the state holds."""
        result: NDArray[np.bool_] = self.count(place, place + 1) > 0
        return result

    def both(self, other: Cover) -> Cover:
        """Return the days on which both states hold."""
        edges = np.unique(np.r_[self.start, self.end, other.start, other.end])
        if len(edges) < 2:
            return Cover(edges[:0], edges[:0])
        low, high = edges[:-1], edges[1:]
        kept = self.holds(low) & other.holds(low)
        return Cover.joined(low[kept], high[kept])

    def without(self, other: Cover) -> Cover:
        """Return the days on which this state holds and the other does not."""
        edges = np.unique(np.r_[self.start, self.end, other.start, other.end])
        if len(edges) < 2:
            return self
        low, high = edges[:-1], edges[1:]
        kept = self.holds(low) & ~other.holds(low)
        return Cover.joined(low[kept], high[kept])


def latest_holder(start: Days, end: Days) -> tuple[Days, Days, Days]:
    """Give each covered day to the interval that began last.

    Parameters
    ----------
    start, end : ndarray
        Places, sorted by start (ties: the later row is the later one); they may overlap.

    Returns
    -------
    low, high, holder : ndarray
        Disjoint stretches that together cover the same days, and the row that each belongs to.
    """
    edges = np.unique(np.r_[start, end])
    if len(edges) < 2:
        return edges[:0], edges[:0], edges[:0]
    low, high = edges[:-1], edges[1:]
    holder = np.searchsorted(start, low, side="right") - 1
    covered = Cover.joined(start, end).holds(low)
    low, high, holder = low[covered], high[covered], holder[covered]
    waiting = end[holder] <= low
    while waiting.any():
        holder = np.where(waiting, holder - 1, holder)
        waiting = end[holder] <= low
    return low, high, holder
