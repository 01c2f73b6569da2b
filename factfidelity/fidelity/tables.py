"""Small turns that the tables of this room share: columns on show, wordings of codes, the latest assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from factfidelity.display.views import Column
from factfidelity.fidelity.words import code, heading

_WHOLE = frozenset("n_rated n_items raters items_alone clients left_out subjects pairs months teams".split())
_NUMBERS = frozenset(
    "score lowest highest rater_low rater_high cut total points_missing needed raise_by total_after value numerator "
    "denominator estimate low high derived assessed gap change smallest_change mean sd".split()
)
_DATES = frozenset({"window_start", "window_end", "period_start"})


def columns_of(names: Sequence[str], language: str, *, decimals: int = 1) -> tuple[Column, ...]:
    """Return columns on show with their headings and forms."""
    return tuple(Column(name, heading(name, language), _form(name), decimals) for name in names)


def _form(name: str) -> str:
    if name in _WHOLE:
        return "integer"
    if name in _NUMBERS:
        return "number"
    return "date" if name in _DATES else "text"


def coded(frame: pd.DataFrame, names: Sequence[str], language: str) -> pd.DataFrame:
    """Return a frame with the codes of some columns in words."""
    words = {name: frame[name].map(lambda value: code(value, language)).astype("str") for name in names}
    return frame.reset_index(drop=True).assign(**{name: column.to_numpy() for name, column in words.items()})


def labelled(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return a frame with the column ``label`` in one language."""
    return frame.assign(label=frame[f"label_{language}"]).reset_index(drop=True)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as mappings, for the few rows of a table on show."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def latest_of(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each team's latest assessment; assessments are in the order of their names."""
    last = frame.groupby("team_id")["assessment"].transform("max")
    return frame[frame["assessment"] == last].reset_index(drop=True)
