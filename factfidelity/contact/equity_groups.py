"""Ages and municipalities in larger groups, so that fewer of them are hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

OTHER = "other"
NOT_STATED = "not_stated"
OLDEST = 200


def age_bounds(name: object) -> tuple[int, int]:
    """Return lowest and highest age of ``18-24`` or ``65+``; (0, 0) where it is neither."""
    numbers = [int(part) for part in re.findall(r"\d+", str(name))]
    if len(numbers) == 2:
        return numbers[0], numbers[1]
    return (numbers[0], OLDEST) if len(numbers) == 1 else (0, 0)


def joined_ages(table: pd.DataFrame, smallest: int) -> tuple[str, ...]:
    """Return the age groups that lose fewest rows: both ends joined with their neighbours, or only two groups.

    Parameters
    ----------
    table : DataFrame, one row per measure and age group
        measure, group, persons, with_any.
    smallest : int
        Smallest number of persons that is shown.

    Returns
    -------
    tuple of str
        Names of the groups, in order of age; empty where joining them makes nothing better.
    """
    bands = sorted({str(name) for name in table["group"]} - {NOT_STATED}, key=age_bounds)
    before = _lost(table, {name: name for name in bands}, smallest)
    best: tuple[str, ...] = ()
    fewest = before
    for parts in _candidates(bands):
        names = {band: _name(part) for part in parts for band in part}
        lost = _lost(table, names, smallest)
        if lost < fewest:
            best, fewest = tuple(dict.fromkeys(names.values())), lost
        if not lost:
            break
    return best


def _candidates(bands: Sequence[str]) -> list[list[list[str]]]:
    """Return ways to join neighbouring bands, the finest first."""
    found = []
    if len(bands) >= 4:
        found.append([list(bands[:2]), *([band] for band in bands[2:-2]), list(bands[-2:])])
    if len(bands) >= 3:
        half = (len(bands) + 1) // 2
        found.append([list(bands[:half]), list(bands[half:])])
    return found


def _name(part: Sequence[str]) -> str:
    low, high = age_bounds(part[0])[0], age_bounds(part[-1])[1]
    return f"{low}+" if high >= OLDEST else f"{low}-{high}"


def _lost(table: pd.DataFrame, names: dict[str, str], smallest: int) -> float:
    """Return the share of rows with 1 to ``smallest - 1`` persons, in all or with any."""
    rows = table.loc[table["group"].isin(list(names))]
    sums = rows.groupby(["measure", rows["group"].map(names)])[["persons", "with_any"]].sum()
    small = ((sums > 0) & (sums < smallest)).any(axis=1)
    return float(small.mean()) if len(small) else 0.0


def joined_municipalities(table: pd.DataFrame, smallest: int) -> tuple[str, ...]:
    """Return the municipalities that stand by themselves; the others are joined.

    Those with fewer than ``smallest`` clients are joined, and the next smallest with them until together they are
    enough and at least two.

    Parameters
    ----------
    table : DataFrame, one row per measure and municipality
        group, persons.
    smallest : int

    Returns
    -------
    tuple of str
        Empty where there is nothing to join.
    """
    sizes = table.groupby("group")["persons"].max().drop(NOT_STATED, errors="ignore")
    ordered = sizes.sort_values(kind="stable")
    total = np.cumsum(ordered.to_numpy())
    small = int((ordered < smallest).sum())
    if not small:
        return ()
    joined = max(small, 2)
    while joined < len(ordered) and total[joined - 1] < smallest:
        joined += 1
    kept = ordered.index[joined:]
    return tuple(sorted(str(name) for name in kept))
