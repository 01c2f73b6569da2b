"""Care use of each client in each of a row of periods, with the days observed: what designs over calendar time need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.client_days import inside
from factfidelity.care.contact_days import contacts_once
from factfidelity.care.exposure import index_days, observed_time
from factfidelity.care.line import Cover, Points, codes_of
from factfidelity.care.spells import hospital_days, join_episodes, leave_cover
from factfidelity.care.windows import place_windows
from factfidelity.days import DAYS_PER_YEAR, UNKNOWN, Days, dates_of, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

# What can be counted, and the tables that it needs.
COUNTED: Mapping[str, tuple[str, ...]] = {
    "admissions": ("episodes",),
    "bed_days": ("episodes",),
    "contacts": ("contacts",),
    "coercion": ("coercion",),
}


@dataclass(frozen=True, eq=False)
class PeriodUse:
    """One outcome of each client in each period.

    Attributes
    ----------
    clients : Index
        client_id, sorted.
    team : ndarray
        Each client's first team; empty (None or NaN) where there is none.
    starts : ndarray of datetime64
        First day of each period.
    counts, days : ndarray, shape (clients, periods)
        What was counted, and the days observed.
    """

    clients: pd.Index[Any]
    team: NDArray[np.object_]
    starts: NDArray[np.datetime64]
    counts: NDArray[np.float64]
    days: NDArray[np.float64]

    def totals(self, rows: NDArray[np.bool_] | None = None) -> pd.DataFrame:
        """Add up over clients.

        Parameters
        ----------
        rows : array of bool, optional
            The clients that count; default all.

        Returns
        -------
        DataFrame, one row per period
            period_start, count, exposure (client-years observed), clients (observed), persons (with any of what is
            counted), largest and two_largest (share of the sum that the largest, and the two largest, clients hold).
        """
        counts, days = (self.counts, self.days) if rows is None else (self.counts[rows], self.days[rows])
        total = counts.sum(axis=0)
        top = np.sort(counts, axis=0)[::-1][:2]
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = top[:1].sum(axis=0) / total, top.sum(axis=0) / total
        return pd.DataFrame(
            {
                "period_start": self.starts, "count": total, "exposure": days.sum(axis=0) / DAYS_PER_YEAR,
                "clients": (days > 0).sum(axis=0), "persons": (counts > 0).sum(axis=0),
                "largest": shares[0], "two_largest": shares[1],
            }
        )  # fmt: skip


def period_use(extract: Extract, plan: Plan, outcome: str, edges: Days) -> PeriodUse:
    """Count an outcome of each client of the cohort file in each period, by the plan's rules.

    Parameters
    ----------
    extract : Extract
    plan : Plan
        Kinds of care, spell rule, counting rule of days, programme.
    outcome : str
        admissions, bed_days, contacts (attended, face to face, while enrolled) or coercion.
    edges : ndarray of int
        Day numbers: first day of each period, and the day after the last.

    Returns
    -------
    PeriodUse
        Clients who are not linked to the source are left out.

    Raises
    ------
    ValueError
        If the outcome is not one of these.
    """
    if outcome not in COUNTED:
        raise ValueError(f"outcome must be one of {', '.join(COUNTED)}, got {outcome!r}")
    time = observed_time(extract, tables=COUNTED[outcome])
    index = index_days(extract, plan).set_index("client_id")
    linked = (time["why"] != "not_linked").to_numpy(dtype=bool)
    known = pd.Index(time["client_id"])[linked]
    low = day_numbers(time["observed_from"], missing=UNKNOWN)[linked]
    high = day_numbers(time["observed_to"])[linked]
    counted = _counted(extract, plan, outcome, known)
    client = np.arange(len(known), dtype=np.int64)
    counts = np.zeros((len(known), len(edges) - 1))
    days = np.zeros_like(counts)
    for place in range(len(edges) - 1):
        start, end = np.full(len(known), edges[place]), np.full(len(known), edges[place + 1])
        window = place_windows(client, start, end, observed=(low, high), index=start, spells=None)
        counts[:, place] = window.count_days(counted) if isinstance(counted, Cover) else window.count_points(counted)
        days[:, place] = window.days()
    team = index["team_id"].reindex(known).to_numpy(dtype=object)
    return PeriodUse(known, team, dates_of(np.asarray(edges[:-1])), counts, days)


def psychiatric_stays(extract: Extract, plan: Plan) -> pd.DataFrame:
    """Return the stays of the plan's kinds of care; all of them where no stay names its kind."""
    episodes = extract.episodes
    mvo: pd.Series[Any] = episodes["mvo"]
    if pd.api.types.is_numeric_dtype(mvo):
        mvo = mvo.astype("Int64").astype("str").where(mvo.notna())
    return episodes if mvo.isna().all() else episodes[mvo.isin(plan.mvo_codes).to_numpy()]


def _counted(extract: Extract, plan: Plan, outcome: str, known: pd.Index[Any]) -> Points | Cover:
    if outcome == "admissions":
        rule = plan.spells
        spells = join_episodes(
            psychiatric_stays(extract, plan), known, gap_days=rule.gap_days, same_clinic=rule.same_clinic
        )
        return Points(spells.start)
    if outcome == "bed_days":
        spells = join_episodes(psychiatric_stays(extract, plan), known)
        return hospital_days(spells, plan.day_count, leave_cover(extract.leave, known))
    table = extract.coercion if outcome == "coercion" else _met(extract)
    day = day_numbers(table["date"], missing=UNKNOWN)
    return Points.of(np.where(day > UNKNOWN, codes_of(known, table["client_id"]), -1), day)


def _met(extract: Extract) -> pd.DataFrame:
    once = contacts_once(extract.contacts)
    kept = once["attended"].to_numpy(dtype=bool) & once["face_to_face"].to_numpy(dtype=bool)
    met: pd.DataFrame = once[kept & inside(once, extract.enrolments, ["client_id"])]
    return met


def months_around(start: object, low: object, high: object, step: int) -> Days:
    """Return edges of whole months counted from ``start`` both ways, inside ``[low, high)``.

    Parameters
    ----------
    start : date
        A day that is an edge: the day of a change.
    low, high : date
        First day, and first day after the last.
    step : int
        Months in each period.

    Returns
    -------
    ndarray of int
        Day numbers; no period is cut short.
    """
    middle, first, last = pd.Timestamp(start), day_number(low), day_number(high)  # type: ignore[arg-type]
    reach = (last - first) // 28 // step + 2
    days = [day_number(middle + pd.DateOffset(months=step * place)) for place in range(-reach, reach + 1)]
    return np.array([day for day in days if first <= day <= last], dtype=np.int64)
