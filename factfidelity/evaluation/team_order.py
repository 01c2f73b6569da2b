"""Teams stand in the order in which a reader looks for them: by name, numbers by size, å ä ö last."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from factfidelity.display.result import Result
from factfidelity.extract import Extract
from factfidelity.wording import sort_key

Flags = npt.NDArray[np.bool_]

# Where a table names its teams.
_COLUMNS = ("team_id", "unit", "level")


def teams_in_order(extract: Extract) -> list[str]:
    """Return the ids of all teams by name, of those without a name by their id."""
    teams = extract.teams.drop_duplicates("team_id")
    ids = teams["team_id"].astype("str")
    named = zip(ids, teams["name"].fillna(ids).astype("str"), strict=True)
    return [team for team, _ in sorted(named, key=lambda pair: (sort_key(pair[1]), pair[0]))]


def in_team_order(result: Result, teams: Sequence[str]) -> Result:
    """Return a result whose tables list the teams in this order; all else stays where it is.

    Parameters
    ----------
    result : Result
        Its rows lie by its keys, the ids of the teams as texts.
    teams : sequence of str
        Ids.
    """
    changed: dict[str, Any] = {}
    for field, frame in result.frames().items():
        others = [name for name in result.gates[field].keys if name not in (*_COLUMNS, "team") and name in frame]
        for column in _COLUMNS:
            if column in frame.columns:
                frame = _reordered(frame, column, others, teams)
        if frame is not result.frames()[field]:
            changed[field] = frame
    return dataclasses.replace(result, **changed) if changed else result


def _reordered(frame: pd.DataFrame, column: str, others: Sequence[str], teams: Sequence[str]) -> pd.DataFrame:
    if not len(frame):
        return frame
    was = _places(frame[column], {team: place for place, team in enumerate(sorted(teams))})
    now = _places(frame[column], {team: place for place, team in enumerate(teams)})
    begins = (was < 0) | _after_first((was[1:] < was[:-1]) | (was[:-1] < 0))
    often = _after_first(was[1:] != was[:-1]).sum()
    for name in others:
        codes = pd.factorize(frame[name])[0]
        changes = _after_first(codes[1:] != codes[:-1])
        if changes.sum() <= often:  # the table lies by it first, and by team within
            begins |= changes
    order = np.lexsort((now, np.cumsum(begins)))
    if (order == np.arange(len(order))).all():
        return frame
    return frame.iloc[order].reset_index(drop=True)


def _after_first(flags: Flags) -> Flags:
    """Return flags of all rows from those of all but the first, where everything begins."""
    return np.append(True, flags)[: len(flags) + 1]


def _places(values: pd.Series[Any], places: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """Return where each row's team stands; -1 where the row is of no one team."""
    return np.array([places.get(str(value), -1) for value in values], dtype=np.int64)
