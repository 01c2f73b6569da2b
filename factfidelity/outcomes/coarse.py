"""Ratios of choices that differ by a few stays, as they may leave the room: so coarse that the stays cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Half a step of a ratio times the total it rests on is 5 events at least, or 30 days: a client's stay is many days.
_STEPS = ((1000, 0.01), (200, 0.05), (100, 0.1), (50, 0.2))
_EVENTS, _DAYS = 1.0, 6.0
_MEAN_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


def coarse_note(language: str) -> str:
    """Say how ratios of other choices are given outside the secure room."""
    return {
        "sv": "Utanför den säkra miljön avrundas kvoterna för andra val än planens (till 0,01, 0,05, 0,1 "
        "eller 0,2, grövre ju färre händelser eller dygn de bygger på; visas inte när de är för få), så att enskilda "
        "vårdtider inte går att räkna ut.",
        "en": "Outside the secure room ratios of other choices than the plan's are rounded (to 0.01, 0.05, 0.1 or "
        "0.2, coarser the fewer events or days they rest on; not shown where these are too few), so that single stays "
        "cannot be worked out.",
    }[language]


def steps_of(total: NDArray[np.float64], days: NDArray[np.bool_] | bool = False) -> NDArray[np.float64]:
    """Return the step to which a ratio that rests on a total is rounded; missing where none is coarse enough."""
    total = total / np.where(days, _DAYS, _EVENTS)
    result = np.full(len(total), nan)
    for least, step in reversed(_STEPS):
        result = np.where(total >= least, step, result)
    return result


def mean_steps(clients: NDArray[np.float64], days: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the step to which a mean per client is rounded, so that half of it times the clients hides as much."""
    needed = 10 * np.where(days, _DAYS, _EVENTS) / np.maximum(clients, 1)
    steps = np.array([*_MEAN_STEPS, nan])
    result: NDArray[np.float64] = steps[np.searchsorted(_MEAN_STEPS, needed - 1e-12)]
    return result


def coarse(
    table: pd.DataFrame,
    raw: pd.DataFrame,
    columns: Sequence[str],
    *,
    days: NDArray[np.bool_],
    exact: NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Round ratios by the smaller of the two totals that they rest on.

    Two choices, such as for the stay that holds the index day, often differ by the stays of one or two clients. Their
    ratios beside each other would tell how many stays or days these had, were they exact.

    Parameters
    ----------
    table : DataFrame
        Released rows.
    raw : DataFrame
        The same rows before release, with total_before and total_after.
    columns : sequence of str
        Ratios and their limits.
    days : ndarray of bool
        Rows that count days; the others count events.
    exact : ndarray of bool, optional
        Rows that stay as they are: the plan's own choice, which is given elsewhere too.
    """
    total = np.fmin(raw["total_before"].to_numpy(dtype=float), raw["total_after"].to_numpy(dtype=float))
    step = steps_of(total, days)
    kept = np.zeros(len(table), dtype=bool) if exact is None else exact
    rounded = {}
    for name in columns:
        values = pd.to_numeric(table[name]).to_numpy(dtype=float, na_value=nan)
        rounded[name] = np.where(kept, values, np.round(np.round(values / step) * step, 2))
    return table.assign(**rounded)
