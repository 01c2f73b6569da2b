"""Care use in windows: what of each client's spells falls where. Rules: definitions, sections 2 and 4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.line import Cover, Points, days_at, places
from factfidelity.care.spells import DAY_COUNTS, DayCount, Spells, hospital_days, join_episodes, leave_cover
from factfidelity.days import OPEN, UNKNOWN, Days, day_numbers

IndexStay = Literal["include", "exclude", "after_discharge"]
INDEX_STAYS: tuple[str, ...] = get_args(IndexStay)


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of clients on the line, cut to observed time, and what the index stay takes out of them.

    Attributes
    ----------
    client : ndarray
        Code of the client of each window.
    low, high : ndarray
        Places; ``high`` is the first that is out. Equal where nothing is observed.
    out_low, out_high, out_last : ndarray
        The stretch that leaves numerator and time at risk (the index spell, under ``exclude``): its first place,
        the first place after its days by the counting rule, and the first place after its last day in hospital.
    shifted : ndarray
        Days by which the window was moved (``after_discharge``).
    """

    client: Days
    low: Days
    high: Days
    out_low: Days
    out_high: Days
    out_last: Days
    shifted: Days

    def days(self) -> Days:
        """Days observed, less those of an excluded index stay."""
        low, high = self._out(self.out_high)
        result: Days = self.high - self.low - (high - low)
        return result

    def count_days(self, cover: Cover) -> Days:
        """Days on which a state holds."""
        low, high = self._out(self.out_high)
        result: Days = cover.count(self.low, self.high) - cover.count(low, high)
        return result

    def count_points(self, points: Points) -> Days:
        """Count happenings."""
        low, high = self._out(self.out_last)
        result: Days = points.count(self.low, self.high) - points.count(low, high)
        return result

    def _out(self, end: Days) -> tuple[Days, Days]:
        low = np.clip(self.out_low, self.low, self.high)
        return low, np.maximum(np.clip(end, self.low, self.high), low)


def index_spell(spells: Spells, client: Days, index: Days) -> tuple[NDArray[np.bool_], Days, Days]:
    """Find the spell with admitted ≤ index ≤ discharged.

    Returns
    -------
    found, start, end : ndarray
        Whether there is one, and the places of its first and last day (0 where there is none).
    """
    place = places(client, index)
    if not len(spells.start):
        nothing = np.zeros(len(client), dtype=np.int64)
        return nothing.astype(bool), nothing, nothing
    at = np.searchsorted(spells.start, place, side="right") - 1
    found = (at >= 0) & (spells.client[at] == client) & (spells.end[at] >= place) & (np.abs(index) < OPEN)
    return found, np.where(found, spells.start[at], 0), np.where(found, spells.end[at], 0)


def place_windows(
    client: Days, start: Days, end: Days, *, observed: tuple[Days, Days], index: Days, spells: Spells | None,
    index_stay: str = "include", day_count: str = "nights",
) -> Windows:  # fmt: skip
    """Put windows on the line: move or thin them by the index stay, then cut them to observed time.

    Parameters
    ----------
    client, start, end, index : ndarray
        One element is one window: the client's code and day numbers.
    observed : pair of ndarray
        First observed day and first day not observed, for each window.
    spells : Spells or None
        Joined at gap 0, for the index stay; None with ``include``.
    index_stay, day_count : str
    """
    if index_stay not in INDEX_STAYS:
        raise ValueError(f"index_stay must be one of {', '.join(INDEX_STAYS)}, got {index_stay!r}")
    nothing = np.zeros(len(client), dtype=np.int64)
    placed = Windows(client, nothing, nothing, nothing, nothing, nothing, nothing)
    if index_stay != "include" and spells is not None:
        found, first, last = index_spell(spells, client, index)
        if index_stay == "exclude":
            same_day = (last == first) & (day_count == "nights_min_one")
            through = last + np.where(same_day | (day_count == "days"), 1, 0)
            placed = replace(placed, out_low=first, out_high=through, out_last=np.where(found, last + 1, 0))
        else:
            moved = np.where(found & (start >= index), days_at(last) - index, 0)
            start, end, placed = start + moved, end + moved, replace(placed, shifted=moved)
    low = places(client, np.maximum(start, observed[0]))
    high = places(client, np.minimum(end, observed[1]))
    return replace(placed, low=low, high=np.maximum(low, high))


def window_use(
    episodes: pd.DataFrame,
    windows: pd.DataFrame,
    *,
    gap_days: int = 0,
    day_count: DayCount = "nights",
    index_stay: IndexStay = "include",
    leave: pd.DataFrame | None = None,
    same_clinic: bool = False,
    at_risk: Literal["all_days", "outside_hospital"] = "all_days",
) -> pd.DataFrame:
    """Count admissions and days in hospital in each client's windows.

    Parameters
    ----------
    episodes : DataFrame
        One row is one stay of the kind asked for: client_id, admitted, discharged (last day; empty = goes on).
    windows : DataFrame
        One row is one window of one client: client_id, window, start, end (first day out) and, where known, index
        (needed unless ``index_stay`` is include), observed_from and observed_to (first day not observed).
    gap_days : int
        Longest gap over which stays are one admission. Days are always counted on spells joined at gap 0.
    day_count : str
        ``nights``, ``days`` (less whole leave days) or ``nights_min_one``.
    index_stay : str
        What happens with the spell that holds the index day: ``include``, ``exclude`` (it leaves numerator and
        time) or ``after_discharge`` (windows from the index day on begin at its discharge instead).
    leave : DataFrame, optional
        client_id, start (first day away), end (day of return); used by ``days``.
    same_clinic : bool
        Count a move to another ``unit`` as a new admission.
    at_risk : str
        ``all_days``, or ``outside_hospital``: ``days_at_risk`` is then without the days in hospital.

    Returns
    -------
    DataFrame
        The windows, with days_observed (cut to observed time; under ``exclude`` without the index spell),
        days_at_risk, admissions (spells whose first day lies in the window), bed_days, any_admission and
        days_shifted (days that ``after_discharge`` moved the window).

    Raises
    ------
    ValueError
        If a column is lacking or an option is unknown.
    """
    _check_windows(windows, index_stay, at_risk, day_count)
    known = pd.Index(windows["client_id"].unique())
    client = np.asarray(known.get_indexer(pd.Index(windows["client_id"])), dtype=np.int64)
    joined = join_episodes(episodes, known)
    chained = joined if gap_days == 0 and not same_clinic else join_episodes(
        episodes, known, gap_days=gap_days, same_clinic=same_clinic
    )  # fmt: skip
    placed = place_windows(
        client,
        day_numbers(windows["start"], missing=UNKNOWN),
        day_numbers(windows["end"]),
        observed=(_days_or(windows, "observed_from", UNKNOWN), _days_or(windows, "observed_to", OPEN)),
        index=_days_or(windows, "index", OPEN),
        spells=joined,
        index_stay=index_stay,
        day_count=day_count,
    )
    in_hospital = hospital_days(joined, day_count, leave_cover(leave, known))
    admissions = placed.count_points(Points(chained.start))
    days, used = placed.days(), placed.count_days(in_hospital)
    return windows.assign(
        days_observed=days,
        days_at_risk=days - used if at_risk == "outside_hospital" else days,
        admissions=admissions,
        bed_days=used,
        any_admission=admissions > 0,
        days_shifted=placed.shifted,
    )


def _check_windows(windows: pd.DataFrame, index_stay: str, at_risk: str, day_count: str) -> None:
    needs = ["client_id", "window", "start", "end", *(["index"] if index_stay != "include" else [])]
    lacking = [name for name in needs if name not in windows.columns]
    if lacking:
        raise ValueError(f"windows needs the columns {', '.join(lacking)}; got {', '.join(map(str, windows.columns))}")
    allowed = ("all_days", "outside_hospital")
    if at_risk not in allowed:
        raise ValueError(f"at_risk must be one of {', '.join(allowed)}, got {at_risk!r}")
    if day_count not in DAY_COUNTS:
        raise ValueError(f"day_count must be one of {', '.join(DAY_COUNTS)}, got {day_count!r}")


def _days_or(windows: pd.DataFrame, column: str, missing: np.int64) -> Days:
    if column not in windows.columns:
        return np.full(len(windows), missing, dtype=np.int64)
    given: pd.Series[Any] = windows[column]
    return day_numbers(given, missing=missing)
