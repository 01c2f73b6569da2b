"""Ratios of choices that differ by a few stays, as they may leave the room: so coarse that the stays cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# A step hides 5 events, or days, either way: half a step of a ratio times the total it rests on.
_STEPS = ((1000, 0.01), (200, 0.05), (100, 0.1), (50, 0.2))


def coarse_note(language: str) -> str:
    """Say how ratios of other choices are given outside the secure room."""
    return {
        "sv": "Utanför den säkra miljön avrundas kvoterna för andra val än planens (till 0,01 vid minst 1 000 "
        "händelser eller dygn i båda fönstren, annars till 0,05, 0,1 eller 0,2; inte alls vid färre än 50), så att "
        "enskilda vårdtider inte går att räkna ut.",
        "en": "Outside the secure room ratios of other choices than the plan's are rounded (to 0.01 with at least "
        "1,000 events or days in both windows, else to 0.05, 0.1 or 0.2; none with fewer than 50), so that single "
        "stays cannot be worked out.",
    }[language]


def steps_of(total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the step to which a ratio that rests on a total is rounded; missing where none is coarse enough."""
    result = np.full(len(total), nan)
    for least, step in reversed(_STEPS):
        result = np.where(total >= least, step, result)
    return result


def coarse(
    table: pd.DataFrame, raw: pd.DataFrame, columns: Sequence[str], *, exact: NDArray[np.bool_] | None = None
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
    exact : ndarray of bool, optional
        Rows that stay as they are: the plan's own choice, which is given elsewhere too.
    """
    total = np.fmin(raw["total_before"].to_numpy(dtype=float), raw["total_after"].to_numpy(dtype=float))
    step = steps_of(total)
    kept = np.zeros(len(table), dtype=bool) if exact is None else exact
    rounded = {}
    for name in columns:
        values = pd.to_numeric(table[name]).to_numpy(dtype=float, na_value=nan)
        rounded[name] = np.where(kept, values, np.round(np.round(values / step) * step, 2))
    return table.assign(**rounded)
