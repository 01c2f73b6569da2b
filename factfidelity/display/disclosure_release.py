"""Frames and results in, what may leave the room out: what is hidden is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
import pandas as pd

from factfidelity.display.digits import with_digits
from factfidelity.display.disclosure_audit import audited
from factfidelity.display.disclosure_known import Known
from factfidelity.display.disclosure_links import Closed, close, guard
from factfidelity.display.disclosure_primary import Mask, counts_of, inner_columns, numbers
from factfidelity.display.disclosure_rounding import rounded_frames
from factfidelity.display.disclosure_rule import HIDDEN, NOT_AVAILABLE, SHOWN, ZERO, DisclosureRule
from factfidelity.display.gate import Gate


class Releasable(Protocol):
    """What a result must be able to do to pass the gate."""

    gates: ClassVar[Mapping[str, Gate]]

    @property
    def is_released(self) -> bool:
        """Whether it passed before."""

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return its frames by field."""

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> Self:
        """Return the same result with other frames."""

    def require_released(self) -> Self:
        """Return itself, or refuse."""


Held = TypeVar("Held", bound=Releasable)


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
    closed = close([guard("", name, frame, gates[name], rule) for name, frame in frames.items()], rule)
    return {item.field: frame for item, frame in zip(closed.frames, _outgoing(closed, rule), strict=True)}


def _outgoing(closed: Closed, rule: DisclosureRule) -> list[pd.DataFrame]:
    """Return the frames as they may leave: masked, and with rounded numbers of persons where the rule rounds."""
    frames = [with_digits(apply_mask(item.frame, item.gate, item.mask)) for item in closed.frames]
    if rule.method == "round":
        for frame, item, columns in zip(frames, closed.frames, rounded_frames(closed, rule), strict=True):
            for column, values in columns.items():
                if column in frame.columns:  # one that never leaves the room stays there
                    frame[column] = values
            if columns and "status" in frame.columns:
                first = next(iter(columns))
                frame["status"] = status_of(columns[first], item.known[first] & np.isnan(columns[first]))
    return frames


def release_results(
    results: Mapping[str, Held],
    rule: DisclosureRule | None = None,
    *,
    previous: Mapping[str, Releasable] | Sequence[Mapping[str, Releasable]] | None = None,
) -> tuple[dict[str, Held], dict[str, Any]]:
    """Release all results of a report together, attack what is shown, and say what was hidden.

    Parameters
    ----------
    results : mapping of name to Result
        None of them released before.
    rule : DisclosureRule, optional
    previous : mapping of name to Result, or several, optional
        The released results of the report before this one. What it showed is known: it cannot be hidden again, and a
        number that has changed since by 1 to ``smallest - 1`` persons is hidden.

    Returns
    -------
    released : dict of name to Result
    record : dict
        ``rule``; ``tables``: for each result, table and column how many cells there are and how many are hidden for
        which reason (``small``, ``rest``, ``none_or_all``, ``dominance``, ``secondary``, ``follows``); ``attacks``;
        ``attacked`` (hidden numbers tried), ``narrowest`` (every sensitive number of persons is left an interval at
        least this wide), ``known_before``. Numbers of cells only, never a value.

    Raises
    ------
    DisclosureError
        Where a hidden number follows after all, or its interval is narrower than the rule asks.
    ValueError
        Where a result was released before: what it hides is gone and cannot be weighed against the others.
    """
    rule = rule or DisclosureRule()
    early = [name for name, result in results.items() if result.is_released]
    if early:
        raise ValueError(
            f"results must come as they are, not released one by one; released already: {', '.join(early)}"
        )
    guarded = [
        guard(name, field, frame, result.gates[field], rule)
        for name, result in results.items()
        for field, frame in result.frames().items()
        if frame is not None
    ]
    closed = close(guarded, rule, before=_known(previous))
    record = audited(closed, rule)
    outgoing = _outgoing(closed, rule)
    released: dict[str, Held] = {}
    for name, result in results.items():
        frames = {item.field: frame for item, frame in zip(closed.frames, outgoing, strict=True) if item.result == name}
        released[name] = result.with_frames(frames, released=True)
    return released, record


def _known(previous: Mapping[str, Releasable] | Sequence[Mapping[str, Releasable]] | None) -> Known:
    releases = [previous] if isinstance(previous, Mapping) else list(previous or ())
    return Known.from_releases([
        {
            f"{name}.{field}": (frame, result.gates[field])
            for name, result in release.items()
            for field, frame in result.require_released().frames().items()
            if frame is not None
        }
        for release in releases
    ])  # fmt: skip


def apply_mask(frame: pd.DataFrame, gate: Gate, mask: Mask) -> pd.DataFrame:
    """Return the frame without what is hidden, without inner columns, and with its status."""
    out = frame.drop(columns=[name for name in inner_columns(gate) if name in frame.columns])
    for name, hidden in mask.items():
        if hidden.any() and name in out.columns:
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
    found: np.ndarray = np.where(hidden, HIDDEN, states).astype("object")
    return found


def hidden_share(frames: Sequence[pd.DataFrame]) -> float:
    """Return which share of the rows that count persons is hidden."""
    states = [frame["status"] for frame in frames if "status" in frame.columns]
    rows = sum(len(state) for state in states)
    return sum(int((state == HIDDEN).sum()) for state in states) / rows if rows else 0.0
