"""Readmission within k days of a discharge, per discharge and per person. Rules: definitions, section 2.5."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from factfidelity.care.line import SPAN, codes_of, places
from factfidelity.care.spells import join_episodes
from factfidelity.days import OPEN, UNKNOWN, Days, day_numbers

WITHIN = (14, 28, 30, 90, 180)


def readmissions(
    episodes: pd.DataFrame,
    windows: pd.DataFrame,
    *,
    within: Sequence[int] = WITHIN,
    gap_days: int = 1,
    deaths: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count discharges, and those followed by a new spell within k days, in each client's windows.

    Parameters
    ----------
    episodes : DataFrame
        One row is one stay of the kind asked for: client_id, admitted, discharged.
    windows : DataFrame
        One row is one window of one client: client_id, window, start, end and, where known, observed_from,
        observed_to.
    within : sequence of int
        Days after discharge, day 1 to day k.
    gap_days : int, default 1
        Stays this close are one spell, so that a transfer is no readmission.
    deaths : DataFrame, optional
        client_id, date. A client who died within k days counts as followed and not readmitted.

    Returns
    -------
    DataFrame
        One row is one window of one client and one k: client_id, window, within, discharges (those whose k days end
        inside the window), readmitted, first_followed and first_readmitted (0 or 1: the first such discharge).
    """
    known = pd.Index(windows["client_id"].unique())
    client = codes_of(known, windows["client_id"])
    spells = join_episodes(episodes, known, gap_days=gap_days)
    low, high = _span(windows)
    died = _deaths(deaths, known)[client]
    next_start = np.full(len(spells.start), (len(known) + 1) * SPAN, dtype=np.int64)
    same = spells.client[1:] == spells.client[:-1]
    next_start[:-1] = np.where(same, spells.start[1:], next_start[:-1])
    parts = []
    for k in within:
        # Day k after the discharge lies inside the window; where death ends observation, nothing later is unknown.
        last = np.where(died <= high, day_numbers(windows["end"]), high)
        begin = np.searchsorted(spells.end, places(client, low))
        stop = np.maximum(np.searchsorted(spells.end, places(client, np.maximum(last - k, low))), begin)
        again = np.r_[0, np.cumsum(next_start - spells.end <= k)]
        number = stop - begin
        first = np.minimum(number, 1)
        hit = (again[np.minimum(begin + 1, len(again) - 1)] - again[begin]) * first
        parts.append(
            windows[["client_id", "window"]].assign(
                within=k, discharges=number, readmitted=again[stop] - again[begin], first_followed=first,
                first_readmitted=hit,
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _span(windows: pd.DataFrame) -> tuple[Days, Days]:
    low, high = day_numbers(windows["start"], missing=UNKNOWN), day_numbers(windows["end"])
    if "observed_from" in windows:
        low = np.maximum(low, day_numbers(windows["observed_from"], missing=UNKNOWN))
    if "observed_to" in windows:
        high = np.minimum(high, day_numbers(windows["observed_to"]))
    return low, np.maximum(low, high)


def _deaths(deaths: pd.DataFrame | None, known: pd.Index[str]) -> Days:
    """Return the day after each client's death; ``OPEN`` where there is none."""
    after = np.full(len(known), OPEN, dtype=np.int64)
    if deaths is not None and len(deaths):
        code, day = codes_of(known, deaths["client_id"]), day_numbers(deaths["date"])
        kept = (code >= 0) & (day < OPEN)
        np.minimum.at(after, code[kept], day[kept] + 1)
    return after
