"""Episodes joined into spells, and the days of spells by the three counting rules.

An episode is one row of the register; a spell is a row of episodes that touch. Rules: definitions, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.line import SPAN, Cover, codes_of, days_at, is_end_of_time, places
from factfidelity.days import OPEN, UNKNOWN, Days, dates_of, day_numbers
from factfidelity.errors import ExtractError, Problem

DayCount = Literal["nights", "days", "nights_min_one"]
DAY_COUNTS: tuple[str, ...] = get_args(DayCount)


@dataclass(frozen=True, slots=True)
class Spells:
    """Spells of a set of clients on the line, sorted by client and first day.

    Attributes
    ----------
    client : ndarray
        Code of the client.
    start, end : ndarray
        Places of the first day and of the last day in hospital (not the day after); an open spell ends at the end
        of the client's line.
    first, episodes : ndarray
        Row of the spell's first episode in the frame that was given, and its number of episodes.
    """

    client: Days
    start: Days
    end: Days
    first: Days
    episodes: Days

    @property
    def open(self) -> NDArray[np.bool_]:
        """Whether the spell still goes on."""
        return is_end_of_time(self.end)

    def cover(self, day_count: str = "nights") -> Cover:
        """Return the days in hospital by a counting rule (leave is not taken out here)."""
        same_day = self.end == self.start
        more = {"nights": np.zeros_like(same_day), "days": ~self.open, "nights_min_one": same_day}[day_count]
        end = self.end + more
        kept = end > self.start
        return Cover.joined(self.start[kept], end[kept])


def chain_spells(
    episodes: pd.DataFrame, *, gap_days: int = 0, same_clinic: bool = False, keep: Sequence[str] = ()
) -> pd.DataFrame:
    """Join episodes that touch into spells.

    Sorted by client, admission and discharge, a new spell begins where ``admitted`` is later than the latest
    discharge so far plus ``gap_days``. The latest discharge counts, so a short stay inside a long one ends nothing.

    Parameters
    ----------
    episodes : DataFrame
        One row is one stay on one ward or clinic: client_id, admitted, discharged (last day in hospital; empty
        while the stay goes on).
    gap_days : int, default 0
        Longest gap, in days, over which stays are still joined. 0 joins a same-day transfer.
    same_clinic : bool, default False
        Join only stays on the same ``unit``; else across clinics.
    keep : sequence of str
        Further columns to carry over from each spell's first episode, such as acute or unit.

    Returns
    -------
    DataFrame
        One row is one spell: client_id, spell (1, 2, … within the client), admitted, discharged (empty while it
        goes on), open, episodes (number of rows joined), and ``keep``.

    Raises
    ------
    ValueError
        If a column is lacking or ``gap_days`` is negative.
    ExtractError
        If a stay has no admission day, or a discharge before it: such rows are set aside before, never repaired.

    Examples
    --------
    >>> stays = pd.DataFrame({"client_id": ["A", "A"], "admitted": ["2023-01-01", "2023-01-06"],
    ...                       "discharged": ["2023-01-11", "2023-01-16"]})
    >>> chain_spells(stays)[["spell", "episodes"]].to_dict("records")
    [{'spell': 1, 'episodes': 2}]
    """
    known = pd.Index(episodes["client_id"].unique()).sort_values() if "client_id" in episodes else pd.Index([])
    spells = join_episodes(episodes, known, gap_days=gap_days, same_clinic=same_clinic)
    number = np.arange(len(spells.client)) - np.searchsorted(spells.client, spells.client) + 1
    table = pd.DataFrame(
        {
            "client_id": known.take(spells.client),
            "spell": number,
            "admitted": dates_of(days_at(spells.start)),
            "discharged": dates_of(np.where(spells.open, OPEN, days_at(spells.end))),
            "open": spells.open,
            "episodes": spells.episodes,
        }
    )
    carried = {name: episodes[name].take(spells.first).reset_index(drop=True) for name in keep}
    return table.assign(**carried)


def join_episodes(
    episodes: pd.DataFrame, known: pd.Index[Any], *, gap_days: int = 0, same_clinic: bool = False
) -> Spells:
    """Join the episodes of the clients in ``known`` into spells; other clients' episodes are left out."""
    if gap_days < 0:
        raise ValueError(f"gap_days must be 0 or more, got {gap_days}")
    admitted, discharged = checked_stays(episodes, needs=("unit",) if same_clinic else ())
    client = codes_of(known, episodes["client_id"])
    rows = np.flatnonzero(client >= 0)
    client, admitted, discharged = client[rows], admitted[rows], discharged[rows]
    unit = _unit_codes(episodes["unit"].take(rows)) if same_clinic else np.zeros(len(rows), dtype=np.int64)
    many = int(unit.max()) + 1 if len(unit) else 1
    group = client * many + unit
    start, end = places(group, admitted), places(group, discharged)
    order = _by_start_and_end(start, end)
    start, end, client = start[order], end[order], client[order]
    furthest = np.maximum.accumulate(end) if len(end) else end
    new = np.r_[True, start[1:] > furthest[:-1] + gap_days][: len(start)]
    first = np.flatnonzero(new)
    last = np.r_[first[1:], len(start)] - 1 if len(first) else first
    sizes = np.diff(np.r_[first, len(start)])
    begin, finish = places(client[first], days_at(start[first])), places(client[first], days_at(furthest[last]))
    by_day = np.argsort(begin, kind="stable") if same_clinic else slice(None)
    return Spells(
        client[first][by_day], begin[by_day], finish[by_day], rows[order[first]][by_day], sizes.astype(np.int64)[by_day]
    )


def _by_start_and_end(start: Days, end: Days) -> Days:
    # one key where it fits in 63 bits; the same order as lexsort((end, start)), in half the time
    if not len(start) or int(start.max()) < 2**62 // SPAN:
        return np.argsort(start * SPAN + (end - start), kind="stable")
    return np.lexsort((end, start))


def _unit_codes(unit: pd.Series[Any]) -> Days:
    codes, _ = pd.factorize(unit, use_na_sentinel=False)
    return codes.astype(np.int64)


def checked_stays(episodes: pd.DataFrame, *, needs: Sequence[str] = ()) -> tuple[Days, Days]:
    """Return first and last days of stays as day numbers, or refuse what cannot be counted."""
    lacking = [name for name in ("client_id", "admitted", "discharged", *needs) if name not in episodes.columns]
    if lacking:
        raise ValueError(
            f"episodes needs the columns {', '.join(lacking)}; got {', '.join(map(str, episodes.columns))}"
        )
    admitted = day_numbers(episodes["admitted"], missing=UNKNOWN)
    discharged = day_numbers(episodes["discharged"], missing=OPEN)
    unknown = int((admitted == UNKNOWN).sum())
    turned = int(((discharged < admitted) & (admitted != UNKNOWN)).sum())
    problems = []
    if unknown:
        problems.append(
            Problem(
                "stays without an admission day",
                "set them aside, or complete them at the source",
                count=unknown,
                rule="admitted_missing",
                what_sv="vårdtillfällen utan inskrivningsdag",
                do_sv="lägg dem åt sidan eller komplettera vid källan",
            )
        )
    if turned:
        problems.append(
            Problem(
                "discharged is before admitted",
                "set them aside, or correct them at the source",
                count=turned,
                rule="discharged_before_admitted",
                what_sv="utskrivning före inskrivning",
                do_sv="lägg dem åt sidan eller rätta vid källan",
            )
        )
    if problems:
        raise ExtractError(problems=problems, place="episodes")
    return admitted, discharged


def leave_cover(leave: pd.DataFrame | None, known: pd.Index[Any]) -> Cover:
    """Return the whole days of leave: those strictly between the day it began (start) and the return (end)."""
    if leave is None or not len(leave):
        nothing = np.zeros(0, dtype=np.int64)
        return Cover(nothing, nothing)
    start = day_numbers(leave["start"], missing=UNKNOWN)
    given = start != UNKNOWN
    return Cover.of(codes_of(known, leave["client_id"])[given], start[given] + 1, day_numbers(leave["end"])[given])


def hospital_days(spells: Spells, day_count: str = "nights", away: Cover | None = None) -> Cover:
    """Return the days in hospital of spells joined at gap 0, by a counting rule.

    Parameters
    ----------
    spells : Spells
    day_count : str
        ``nights`` [admitted, discharged) · ``days`` every started day, less whole leave days · ``nights_min_one``
        as nights, with one day for a spell that ends on its first day.
    away : Cover, optional
        Whole leave days; used by ``days`` only.
    """
    if day_count not in DAY_COUNTS:
        raise ValueError(f"day_count must be one of {', '.join(DAY_COUNTS)}, got {day_count!r}")
    cover = spells.cover(day_count)
    return cover.without(away) if day_count == "days" and away is not None and len(away.start) else cover


def bed_days(
    spells: pd.DataFrame, *, day_count: DayCount = "nights", leave: pd.DataFrame | None = None, until: object = None
) -> pd.Series[Any]:
    """Count the days in hospital of each spell.

    Parameters
    ----------
    spells : DataFrame
        One row is one spell (see ``chain_spells``, at gap 0: a bridged day is no day in hospital).
    day_count : str
        ``nights`` (default), ``days`` or ``nights_min_one``.
    leave : DataFrame, optional
        client_id, start (first day away), end (day of return); whole days of it are taken out of ``days``.
    until : date, optional
        First day that is not observed any more; an open spell lasts until then.

    Returns
    -------
    Series of Int64, one for each row; empty where the spell is open and no ``until`` is given.
    """
    if day_count not in DAY_COUNTS:
        raise ValueError(f"day_count must be one of {', '.join(DAY_COUNTS)}, got {day_count!r}")
    admitted, discharged = checked_stays(spells)
    known = pd.Index(spells["client_id"].unique())
    client = codes_of(known, spells["client_id"])
    going_on = discharged >= OPEN
    end = discharged + {"nights": 0, "days": 1, "nights_min_one": 0}[day_count]
    end = np.where((discharged == admitted) & (day_count == "nights_min_one"), admitted + 1, end)
    if until is not None:
        end = np.minimum(end, day_numbers([until])[0])
    counted = np.maximum(end - admitted, 0)
    if day_count == "days":
        counted = counted - leave_cover(leave, known).count(places(client, admitted), places(client, end))
    result = pd.Series(counted, index=spells.index, name="bed_days").astype("Int64")
    return result.mask(pd.Series(going_on & (until is None), index=spells.index))
