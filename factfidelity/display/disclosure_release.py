"""Frames in, frames out that may leave the room: what is hidden is missing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_lines import Line, adds_up, lines_of
from factfidelity.display.disclosure_primary import (
    Mask,
    counts_of,
    first_mask,
    hidden_cells,
    inner_columns,
    numbers,
    spread_in_rows,
)
from factfidelity.display.disclosure_rule import HIDDEN, NOT_AVAILABLE, SHOWN, ZERO, DisclosureRule
from factfidelity.display.gate import Gate


def release_frames(
    frames: Mapping[str, pd.DataFrame], gates: Mapping[str, Gate], rule: DisclosureRule | None = None
) -> dict[str, pd.DataFrame]:
    """Return the frames of one result with small counts hidden, and whatever would give them back.

    Parameters
    ----------
    frames : mapping of str to DataFrame
    gates : mapping of str to Gate
        One for each frame.
    rule : DisclosureRule, optional

    Returns
    -------
    dict of str to DataFrame
        Same rows and keys; a hidden value is missing, inner columns are gone. Frames that count persons get a column
        ``status``: ``shown``, ``hidden``, ``zero`` or ``not_available``, for the first count of the row.
    """
    rule = rule or DisclosureRule()
    masks = {name: first_mask(frame, gates[name], rule) for name, frame in frames.items()}
    lines = {name: lines_of(frame, gates[name]) for name, frame in frames.items()}
    seen = -1
    while (hidden := sum(map(hidden_cells, masks.values()))) != seen:
        seen = hidden
        for name, frame in frames.items():
            _close_lines(frame, lines[name], masks[name], rule)
            spread_in_rows(frame, gates[name], masks[name])
            _follow(name, frames, gates, masks)
    return {name: apply_mask(frame, gates[name], masks[name]) for name, frame in frames.items()}


def _close_lines(frame: pd.DataFrame, lines: list[Line], mask: Mask, rule: DisclosureRule) -> None:
    """Hide a second cell in each line where one hidden cell could be computed from the rest."""
    for column, hidden in mask.items():
        if not pd.api.types.is_numeric_dtype(frame[column]) or not hidden.any():
            continue
        values = numbers(frame, column)
        for line in lines:
            if adds_up(values, line):
                _close_line(values, hidden, line, rule)


def _close_line(values: np.ndarray, hidden: np.ndarray, line: Line, rule: DisclosureRule) -> None:
    while True:
        out = [row for row in line.parts if hidden[row]]
        if not out and not hidden[line.total]:
            return
        enough = values[out].sum() >= rule.smallest and len(out) > 1
        if enough or (hidden[line.total] and out):
            return
        left = [row for row in line.parts if not hidden[row]]
        if not left:
            hidden[line.total] = True
            return
        hidden[min(left, key=lambda row: (values[row] == 0, values[row], row))] = True


def _follow(
    name: str, frames: Mapping[str, pd.DataFrame], gates: Mapping[str, Gate], masks: Mapping[str, Mask]
) -> None:
    """Hide what rests on a hidden count of another frame."""
    frame, mask = frames[name], masks[name]
    for source, followers in gates[name].follows.items():
        other, _, count = source.partition(".")
        if other not in frames or count not in masks[other]:
            continue
        keys = [key for key in gates[name].keys if key in gates[other].keys]
        keys = [key for key in keys if key in frame.columns and key in frames[other].columns]
        bad = set(_keys(frames[other].loc[masks[other][count]], keys))
        rows = np.array([row in bad for row in _keys(frame, keys)], dtype=bool)
        for follower in followers:
            if follower in mask:
                mask[follower] |= rows


def _keys(frame: pd.DataFrame, keys: list[str]) -> list[tuple[str, ...]]:
    columns = [frame[key].astype("object").astype(str).tolist() for key in keys]
    return list(zip(*columns, strict=True)) if keys else [()] * len(frame)


def apply_mask(frame: pd.DataFrame, gate: Gate, mask: Mask) -> pd.DataFrame:
    """Return the frame without what is hidden, without inner columns, and with its status."""
    out = frame.drop(columns=[name for name in inner_columns(gate) if name in frame.columns])
    for name, hidden in mask.items():
        if hidden.any():
            out[name] = _without(frame[name], hidden)
    counts = counts_of(frame, gate)
    if counts:
        out["status"] = status_of(numbers(frame, counts[0]), mask[counts[0]])
    return out


def _without(column: pd.Series, hidden: np.ndarray) -> pd.Series:
    if pd.api.types.is_bool_dtype(column) and column.dtype != "boolean":
        column = column.astype("boolean")
    elif pd.api.types.is_integer_dtype(column) and not pd.api.types.is_extension_array_dtype(column):
        column = column.astype("float64")
    return column.mask(hidden)


def status_of(values: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return the typed state of each number of persons."""
    states = np.where(np.isnan(values), NOT_AVAILABLE, np.where(values == 0, ZERO, SHOWN))
    return np.where(hidden, HIDDEN, states).astype("object")
