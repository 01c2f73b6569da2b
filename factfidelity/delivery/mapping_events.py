"""A log of beginnings and ends becomes periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from factfidelity.delivery.mapping_fields import Parsed
from factfidelity.delivery.values import key_of
from factfidelity.schemas.mapping import Events

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Periods:
    """Where the periods of a log begin and end, as places of its rows.

    Attributes
    ----------
    begins, ends : ndarray of int64
        One pair for each period; the end is -1 while it goes on.
    lone_ends, unknown : ndarray of bool, one for each row of the log
        Ends without a beginning before them; events that the mapping does not name.
    """

    begins: Places
    ends: Places
    lone_ends: Mask
    unknown: Mask


def event_periods(columns: Mapping[str, Parsed], events: Events, lines: Places) -> Periods:
    """Pair each beginning with the end that follows it; a second beginning before an end is a review.

    Events of one day are ordered by their time, one without a time last, and then by line.
    """
    column = columns[events.column]
    kinds = _kinds(column, events)[column.codes]
    order = _order(columns, events, lines)
    group = _groups(columns, events)[order]
    kind = kinds[order]
    turns = np.abs(kind) == 1
    place, group, kind = order[turns], group[turns], kind[turns]
    fresh = np.ones(len(place), dtype=np.bool_)
    fresh[1:] = group[1:] != group[:-1]
    before = np.zeros(len(place), dtype=np.int64)
    before[1:] = np.where(fresh[1:], 0, kind[:-1])
    kept_begin = (kind == 1) & (before != 1)
    lone_end = (kind == -1) & (before != 1)
    kept = kept_begin | ((kind == -1) & ~lone_end)
    place, group, kept_begin = place[kept], group[kept], kept_begin[kept]
    closed = np.zeros(len(place), dtype=np.bool_)
    closed[:-1] = ~kept_begin[1:] & (group[1:] == group[:-1])
    following = np.append(place[1:], -1)
    lone = np.zeros(len(lines), dtype=np.bool_)
    lone[order[turns][lone_end]] = True
    return Periods(place[kept_begin], np.where(closed, following, -1)[kept_begin], lone, kinds == 9)


def _kinds(column: Parsed, events: Events) -> Places:
    """Return 1 for a beginning, -1 for an end, 0 for a review and 9 for what is not named."""
    known = {key_of(label): 0 for label in events.reviews}
    known.update({key_of(label): -1 for label in events.ends})
    known.update({key_of(label): 1 for label in events.begins})
    return np.array([known.get(key_of(text), 9) for text in column.text()], dtype=np.int64)


def _groups(columns: Mapping[str, Parsed], events: Events) -> Places:
    """Number the persons (and teams) that the log is about."""
    size = len(columns[events.column].codes)
    group = np.zeros(size, dtype=np.int64)
    for name in events.per:
        if name in columns:
            _, same = np.unique(columns[name].text(), return_inverse=True)
            group = group * (same.max(initial=0) + 1) + same[columns[name].codes]
    return group


def _order(columns: Mapping[str, Parsed], events: Events, lines: Places) -> Places:
    date = columns[events.date]
    days = np.asarray(date.items, dtype=np.int64)[date.codes]
    time = columns.get(events.time)
    minutes = np.full(len(lines), 24 * 60, dtype=np.int64)
    if time is not None:
        of_text = [int(text[:2]) * 60 + int(text[3:5]) if text else 24 * 60 for text in time.items]
        minutes = np.array(of_text, dtype=np.int64)[time.codes]
    return np.lexsort((lines, minutes, days, _groups(columns, events)))
