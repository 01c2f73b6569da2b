"""Days that clients are enrolled: disjoint intervals, calendar periods, and additive counts of both.

The counts add up over teams and over buckets of whole clients; ratios are taken once, by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import OPEN, UNKNOWN, Days, dates_of, day_number, day_numbers, overlap, period_starts

_SHIFT = np.int64(2**22)
_FEW = 2**20  # combinations of keys that are numbered by a table rather than by sorting


def calendar_periods(start: object, end: object, every: str = "month") -> pd.DataFrame:
    """Cut ``[start, end)`` at calendar boundaries.

    Parameters
    ----------
    start, end : date-like
        First day, and first day after the last.
    every : str
        ``month``, ``quarter``, ``half_year`` or ``year``.

    Returns
    -------
    DataFrame, one row per period
        period_start (the calendar boundary), start, end (the part inside ``[start, end)``), days.
    """
    first, last = day_number(start), day_number(end)
    if last <= first:
        raise ValueError(f"end must come after start, got {start} and {end}")
    bounds = period_starts(first, last, every)
    low, high = np.maximum(bounds[:-1], first), np.minimum(bounds[1:], last)
    columns = {"period_start": dates_of(bounds[:-1]), "start": dates_of(low), "end": dates_of(high)}
    return pd.DataFrame({**columns, "days": high - low})


def one_period(start: object, end: object) -> pd.DataFrame:
    """Return ``[start, end)`` as a single period, in the form of ``calendar_periods``."""
    first, last = np.array([day_number(start)]), np.array([day_number(end)])
    columns = {"period_start": dates_of(first), "start": dates_of(first), "end": dates_of(last)}
    return pd.DataFrame({**columns, "days": last - first})


def _codes(frames: Sequence[pd.DataFrame], keys: Sequence[str]) -> tuple[list[Days], pd.DataFrame]:
    """Number the combinations of keys over several frames; the second answer is the keys by number."""
    numbers, size, values = np.zeros(sum(map(len, frames)), dtype=np.int64), 1, []
    for name in keys:
        column = (
            frames[0][name] if len(frames) == 1 else pd.concat([frame[name] for frame in frames], ignore_index=True)
        )
        place, known = pd.factorize(column, sort=True, use_na_sentinel=False)
        numbers, size = numbers * max(len(known), 1) + place, size * max(len(known), 1)
        values.append((place, known))
    if size <= _FEW:
        row = np.full(size, len(numbers))
        row[numbers[::-1]] = np.arange(len(numbers))[::-1]
        there = row < len(numbers)
        first, numbers = row[there], (np.cumsum(there) - 1)[numbers]
    else:
        _, first, numbers = np.unique(numbers, return_index=True, return_inverse=True)
    table = {name: known.take(place[first]) for name, (place, known) in zip(keys, values, strict=True)}
    cuts = np.cumsum([len(frame) for frame in frames])[:-1]
    return list(np.split(numbers.astype(np.int64), cuts)), pd.DataFrame(table)


def _sweep(codes: Days, start: Days, end: Days, depth: int) -> tuple[Days, Days, Days]:
    """Return where at least ``depth`` intervals of a code lie over each other: code, start, end; disjoint."""
    kept = end > start
    codes, start, end = codes[kept], start[kept], end[kept]
    code = np.concatenate([codes, codes])
    day = np.concatenate([start, end])
    step = np.concatenate([np.ones(len(codes), np.int64), -np.ones(len(codes), np.int64)])
    order = np.lexsort((-step, day, code))
    code, day, level = code[order], day[order], np.cumsum(step[order])
    before = np.concatenate([[0], level[:-1]]) if len(level) else level
    opens, closes = (level >= depth) & (before < depth), (level < depth) & (before >= depth)
    found_code, found_start, found_end = code[opens], day[opens], day[closes]
    real = found_end > found_start
    return found_code[real], found_start[real], found_end[real]


def united(intervals: pd.DataFrame, keys: Sequence[str] = ("client_id", "team_id")) -> pd.DataFrame:
    """Join intervals of the same keys that overlap or touch, so that each day is there once.

    Parameters
    ----------
    intervals : DataFrame
        The keys, start, end (half open; an empty end goes on). A row without a start is left out.

    Returns
    -------
    DataFrame, one row per key and unbroken time
        keys, start, end.
    """
    (codes,), known = _codes([intervals], keys)
    start, end = day_numbers(intervals["start"], missing=OPEN), day_numbers(intervals["end"])
    return _framed(known, *_sweep(codes, start, end, 1))


def shared_time(one: pd.DataFrame, other: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the time that lies in both of two sets of intervals, by key.

    Returns
    -------
    DataFrame, one row per key and unbroken shared time
        keys, start, end.
    """
    one, other = united(one, keys), united(other, keys)
    (first, second), known = _codes([one, other], keys)
    start = np.concatenate([day_numbers(one["start"]), day_numbers(other["start"])])
    end = np.concatenate([day_numbers(one["end"]), day_numbers(other["end"])])
    return _framed(known, *_sweep(np.concatenate([first, second]), start, end, 2))


def _framed(known: pd.DataFrame, codes: Days, start: Days, end: Days) -> pd.DataFrame:
    rows: pd.DataFrame = known.iloc[codes].reset_index(drop=True)
    return rows.assign(start=dates_of(start), end=dates_of(end))


def limited(
    intervals: pd.DataFrame,
    start: object,
    end: object,
    *,
    clients: pd.DataFrame | None = None,
    teams: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Cut intervals to ``[start, end)``, to the clients' observed time and to their team's start.

    Parameters
    ----------
    intervals : DataFrame
        start, end, and client_id, team_id where ``clients`` and ``teams`` are given. Other columns stay.
    clients : DataFrame, optional
        client_id, observed_from, observed_to; empty dates and clients who are not there set no limit.
    teams : DataFrame, optional
        team_id, started.

    Returns
    -------
    DataFrame, one row per interval that keeps at least a day
        The same columns; ``open`` is added: the interval was cut at ``end`` while it went on.
    """  # fmt: skip
    low, high = day_number(start), day_number(end)
    first, last = day_numbers(intervals["start"], missing=OPEN), day_numbers(intervals["end"])
    lower, upper = np.full(len(intervals), low), np.full(len(intervals), high)
    if clients is not None and len(clients):
        seen = clients.drop_duplicates("client_id").set_index("client_id")
        known = seen.reindex(intervals["client_id"])
        lower = np.maximum(lower, day_numbers(known["observed_from"], missing=UNKNOWN))
        upper = np.minimum(upper, day_numbers(known["observed_to"]))
    if teams is not None and len(teams):
        begun = teams.drop_duplicates("team_id").set_index("team_id")["started"].reindex(intervals["team_id"])
        lower = np.maximum(lower, day_numbers(begun, missing=UNKNOWN))
    cut_start, cut_end = np.maximum(first, lower), np.minimum(last, upper)
    kept = cut_end > cut_start
    changed = intervals.assign(start=dates_of(cut_start), end=dates_of(cut_end), open=last > upper)
    answer: pd.DataFrame = changed.loc[kept].reset_index(drop=True)
    return answer


def enrolled_time(
    enrolments: pd.DataFrame,
    start: object,
    end: object,
    *,
    clients: pd.DataFrame | None = None,
    teams: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return each client's enrolled time in each team, cut as in ``limited``; each day once.

    Returns
    -------
    DataFrame, one row per client, team and unbroken time
        client_id, team_id, start, end.
    """  # fmt: skip
    return united(limited(enrolments, start, end, clients=clients, teams=teams))


def days_in_periods(
    intervals: pd.DataFrame, periods: pd.DataFrame, *, by: Sequence[str] = ("team_id",), weight: str | None = None
) -> pd.DataFrame:
    """Add up the days (or weight times days) of intervals in each period.

    The sum over intervals of the days before t is the sum of (t - start) over the started ones less that
    of (t - end) over the ended ones, so the work grows with the rows, not with rows times periods.

    Parameters
    ----------
    intervals : DataFrame
        ``by`` columns, start, end, and ``weight``. Rows may overlap; each counts.
    periods : DataFrame
        period_start, start, end: disjoint, in order (``calendar_periods``).

    Returns
    -------
    DataFrame, one row per combination of ``by`` that occurs and per period
        by, period_start, days.
    """
    (codes,), known = _codes([intervals], by)
    begin, finish = day_numbers(intervals["start"], missing=OPEN), day_numbers(intervals["end"])
    weights = np.ones(len(intervals)) if weight is None else intervals[weight].to_numpy(dtype=float, na_value=np.nan)
    low, high = day_numbers(periods["start"]), day_numbers(periods["end"])
    usable = (finish > begin) & ~np.isnan(weights)
    codes, begin, weights = codes[usable], begin[usable], weights[usable]
    # Days far away would lose the last digits of the sums; nothing outside the periods is counted anyway.
    edge_low, edge_high = (int(low.min()), int(high.max())) if len(low) else (0, 0)
    begin = np.clip(begin, edge_low, edge_high) - edge_low
    finish = np.clip(finish[usable], edge_low, edge_high) - edge_low
    total = np.zeros((len(known), len(periods)))
    for moment, sign in ((high - edge_low, 1.0), (low - edge_low, -1.0)):
        total += sign * (_elapsed(codes, begin, weights, moment, len(known))
                         - _elapsed(codes, finish, weights, moment, len(known)))  # fmt: skip
    rows = known.iloc[np.repeat(np.arange(len(known)), len(periods))].reset_index(drop=True)
    return rows.assign(
        period_start=np.tile(periods["period_start"].to_numpy(), len(known)), days=np.round(total, 9).ravel()
    )


def _elapsed(codes: Days, day: Days, weights: Any, moments: Days, groups: int) -> Any:
    """Sum weight times (moment - day) over the days before each moment, by group: groups x moments."""
    order = np.lexsort((day, codes))
    key = codes[order] * _SHIFT + day[order]
    mass = np.concatenate([[0.0], np.cumsum(weights[order])])
    moment_sum = np.concatenate([[0.0], np.cumsum(weights[order] * day[order])])
    group = np.arange(groups, dtype=np.int64)[:, None]
    first = np.searchsorted(key, group * _SHIFT)
    place = np.searchsorted(key, group * _SHIFT + moments[None, :])
    return (mass[place] - mass[first]) * moments[None, :] - (moment_sum[place] - moment_sum[first])


def persons_in_periods(
    intervals: pd.DataFrame, periods: pd.DataFrame, *, by: Sequence[str] = ("team_id",), person: str = "client_id"
) -> pd.DataFrame:
    """Count the persons with at least one day in each period; a person with two intervals there counts once.

    Returns
    -------
    DataFrame, one row per combination of ``by`` that occurs and per period
        by, period_start, persons.
    """
    apart = united(intervals, [*by, person])
    (codes,), known = _codes([apart], by)
    (each,), _ = _codes([apart], [*by, person])
    low, high = day_numbers(periods["start"]), day_numbers(periods["end"])
    first = np.searchsorted(high, day_numbers(apart["start"]), side="right")
    last = np.searchsorted(low, day_numbers(apart["end"]), side="left") - 1
    same = np.concatenate([[False], each[1:] == each[:-1]]) if len(each) else np.zeros(0, dtype=bool)
    earlier = np.concatenate([[-1], last[:-1]]) if len(last) else last
    first = np.where(same, np.maximum(first, earlier + 1), first)
    met = last >= first
    change = np.zeros((len(known), len(periods) + 1), dtype=np.int64)
    np.add.at(change, (codes[met], first[met]), 1)
    np.add.at(change, (codes[met], last[met] + 1), -1)
    rows = known.iloc[np.repeat(np.arange(len(known)), len(periods))].reset_index(drop=True)
    counts = np.cumsum(change, axis=1)[:, :-1].ravel()
    return rows.assign(period_start=np.tile(periods["period_start"].to_numpy(), len(known)), persons=counts)


def client_days(
    enrolments: pd.DataFrame,
    periods: pd.DataFrame,
    *,
    clients: pd.DataFrame | None = None,
    teams: pd.DataFrame | None = None,
    by: Sequence[str] = ("team_id",),
) -> pd.DataFrame:
    """Count enrolled days and persons by team and period.

    Parameters
    ----------
    enrolments : DataFrame
        client_id, team_id, start, end.
    periods : DataFrame
        As from ``calendar_periods``.
    clients, teams : DataFrame, optional
        Cut to the clients' observed time and the team's start.

    Returns
    -------
    DataFrame, one row per team and period
        team_id, period_start, client_days (days), persons (clients with at least one of them).
    """  # fmt: skip
    if not len(periods):
        return pd.DataFrame({**{name: [] for name in by}, "period_start": [], "client_days": [], "persons": []})
    time = enrolled_time(enrolments, periods["start"].iloc[0], periods["end"].iloc[-1], clients=clients, teams=teams)
    days = days_in_periods(time, periods, by=by).rename(columns={"days": "client_days"})
    return days.merge(persons_in_periods(time, periods, by=by), on=[*by, "period_start"], validate="one_to_one")


def observed_days(teams: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Count the days of each period on which a team was at work: those from its start on.

    Returns
    -------
    DataFrame, one row per team and period
        team_id, period_start, days.
    """
    begun = day_numbers(teams["started"], missing=UNKNOWN)
    low, high = day_numbers(periods["start"]), day_numbers(periods["end"])
    days = overlap(np.maximum(begun[:, None], low[None, :]), high[None, :], low[None, :], high[None, :])
    return pd.DataFrame(
        {
            "team_id": np.repeat(teams["team_id"].to_numpy(), len(periods)),
            "period_start": np.tile(periods["period_start"].to_numpy(), len(teams)),
            "days": days.ravel(),
        }
    )


def inside(points: pd.DataFrame, intervals: pd.DataFrame, keys: Sequence[str], *, day: str = "date") -> Any:
    """Tell for each dated row whether it lies within an interval of the same keys.

    Returns
    -------
    ndarray of bool, one for each row of ``points``
    """
    time = united(intervals, keys)
    (of_point, of_time), _ = _codes([points, time], keys)
    date = day_numbers(points[day], missing=UNKNOWN)
    begin, finish = day_numbers(time["start"]), day_numbers(time["end"])
    key = of_time * _SHIFT + begin
    order = np.argsort(key, kind="stable")
    asked = np.where(date <= UNKNOWN, -1, of_point * _SHIFT + date)
    place = np.searchsorted(key[order], asked, side="right") - 1
    found = np.maximum(place, 0)
    if not len(key):
        return np.zeros(len(points), dtype=bool)
    chosen = order[found]
    return (place >= 0) & (of_time[chosen] == of_point) & (date >= begin[chosen]) & (date < finish[chosen])
