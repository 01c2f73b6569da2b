"""The first look: which figures are too small by themselves, and what falls with them in the same row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.gate import Gate

Mask = dict[str, np.ndarray]  # column → True where it is hidden


def numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column as floats; what is no number is missing."""
    return pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)


def counts_of(frame: pd.DataFrame, gate: Gate) -> list[str]:
    """Return the columns of persons that the frame has."""
    return [name for name in gate.counts if name in frame.columns]


def followers_of(frame: pd.DataFrame, gate: Gate, count: str) -> list[str]:
    """Return the columns that the frame has and that rest on one count."""
    return [name for name in gate.counts[count] if name in frame.columns]


def inner_columns(gate: Gate) -> set[str]:
    """Return the columns that never leave the room."""
    return set(gate.inner) | {column for pair in gate.largest.values() for column in pair}


def is_sensitive_topic(frame: pd.DataFrame, gate: Gate, rule: DisclosureRule) -> np.ndarray:
    """Return True for each row where none and all disclose something."""
    if not gate.topic:
        return np.zeros(len(frame), dtype=bool)
    if gate.topic in frame.columns:
        return frame[gate.topic].astype("object").isin(list(rule.hide_zero)).to_numpy(dtype=bool)
    return np.full(len(frame), gate.topic in rule.hide_zero)


def is_small(values: np.ndarray, rule: DisclosureRule) -> np.ndarray:
    """Return True where a number of persons is above 0 and below the smallest that is shown."""
    return np.asarray((values > 0) & (values < rule.smallest))


def sensitive_counts(frame: pd.DataFrame, gate: Gate, rule: DisclosureRule) -> Mask:
    """Return for each count which cells are hidden for their own sake: small, a small rest, none or all."""
    topic = is_sensitive_topic(frame, gate, rule)
    mask: Mask = {}
    for count in counts_of(frame, gate):
        values = numbers(frame, count)
        hidden = is_small(values, rule)
        if count not in gate.wholes.values():
            hidden |= topic & (values == 0)
        whole = gate.wholes.get(count)
        if whole in frame.columns:
            rest = numbers(frame, str(whole)) - values
            hidden |= is_small(rest, rule) | (topic & (rest == 0))
        mask[count] = hidden
    return mask


def dominated(frame: pd.DataFrame, gate: Gate, rule: DisclosureRule) -> Mask:
    """Return for each sum where one or two persons are most of it."""
    mask: Mask = {}
    for total, (one, two) in gate.largest.items():
        if total not in frame.columns:
            continue
        hidden = np.zeros(len(frame), dtype=bool)
        for column, share in zip((one, two), rule.dominance, strict=True):
            if column in frame.columns:
                hidden |= numbers(frame, column) > share
        mask[total] = hidden
    return mask


def empty_mask(frame: pd.DataFrame, gate: Gate) -> Mask:
    """Return a mask that hides nothing, over every column that may be hidden."""
    stays = inner_columns(gate) - set(gate.counts)  # an inner count still hides what rests on it
    free = [name for name in frame.columns if name not in gate.keys and name not in stays]
    return {name: np.zeros(len(frame), dtype=bool) for name in free}


def first_mask(frame: pd.DataFrame, gate: Gate, rule: DisclosureRule) -> Mask:
    """Return what is hidden before any other row is looked at."""
    mask = empty_mask(frame, gate)
    for found in (sensitive_counts(frame, gate, rule), dominated(frame, gate, rule)):
        for name, hidden in found.items():
            if name in mask:
                mask[name] |= hidden
    spread_in_rows(frame, gate, mask)
    return mask


def spread_in_rows(frame: pd.DataFrame, gate: Gate, mask: Mask, sensitive: Mask | None = None) -> bool:
    """Hide in each row what rests on something hidden; return whether anything was added."""
    before = hidden_cells(mask)
    small = sensitive or {}
    inner = inner_columns(gate)
    for count in counts_of(frame, gate):
        followers = followers_of(frame, gate, count)
        if count in gate.wholes.values():
            parts = [part for part, whole in gate.wholes.items() if whole == count and part in mask]
            followers += parts + [name for part in parts for name in followers_of(frame, gate, part)]
        for name in followers:
            if name in mask:
                stays = name in gate.free or count in inner
                mask[name] |= small.get(count, mask[count]) if stays else mask[count]
    for name in dict.fromkeys(name for count in counts_of(frame, gate) for name in followers_of(frame, gate, count)):
        if name in mask and name not in gate.counts and mask[name].any():
            for other in _beside(frame, gate, name):
                if other in mask and other not in gate.counts:
                    mask[other] |= mask[name]
    for share, part, whole in gate.shares:
        if share in mask:
            mask[share] |= mask.get(part, False) | mask.get(whole, False)
    return hidden_cells(mask) > before


def _beside(frame: pd.DataFrame, gate: Gate, figure: str) -> list[str]:
    """Return the figures made from the same persons as one figure: those beside it under the same part.

    For a sum that a few persons may make up, the whole will do where there is no part.
    """
    holders = [count for count in counts_of(frame, gate) if figure in gate.counts[count]]
    narrow = [count for count in holders if count in gate.wholes] or (holders if figure in gate.largest else [])
    return [name for count in narrow for name in followers_of(frame, gate, count)]


def hidden_cells(mask: Mask) -> int:
    """Return how many cells are hidden."""
    return int(sum(hidden.sum() for hidden in mask.values()))
