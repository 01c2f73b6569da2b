"""What a counting rule answers: value, numerator, denominator, window, persons behind it, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.days import OPEN, UNKNOWN, dates_of, day_number

Floats = NDArray[np.float64]
NAN = float("nan")
EVIDENCE = ("item", "role", "client_id", "staff_id", "start", "end", "amount")


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark on a figure in both languages."""

    sv: str
    en: str


@dataclass(frozen=True, eq=False)
class Counted:
    """The answer of one counting rule.

    Attributes
    ----------
    value, numerator, denominator : float
        Missing where they cannot be computed.
    start, end : int
        The window's first day, and the first day after it; equal ends of a day for a figure on one day.
    clients : float
        Clients behind the figure; missing where it is about staff only.
    part : float
        Clients in the numerator, where the numerator counts clients.
    staff : float
        Staff members whose work the figure shows, or who left, where it shows that.
    left_out : float
        Clients without anything to count, left out of the figure.
    remarks : tuple of Remark
    withheld : tuple of Remark
        Why the best score cannot be given although the value reaches it.
    shortened : bool
        The window was cut at the team's start.
    sample : ndarray or None
        One value per client, for the noise band; ``statistic`` says how they become the value.
    evidence : DataFrame or None
        The rows behind it; never leaves the secure room.
    """

    value: float = NAN
    numerator: float = NAN
    denominator: float = NAN
    start: int = int(UNKNOWN)
    end: int = int(UNKNOWN)
    clients: float = NAN
    part: float = NAN
    staff: float = NAN
    left_out: float = NAN
    remarks: tuple[Remark, ...] = ()
    withheld: tuple[Remark, ...] = ()
    shortened: bool = False
    possible: bool = True
    sample: Floats | None = None
    statistic: Literal["median", "mean"] = "mean"
    scale: float = 1.0
    evidence: pd.DataFrame | None = field(default=None, repr=False)


def impossible(sv: str, en: str, start: int, end: int) -> Counted:
    """Return the answer that nothing can be counted, with the reason."""
    return Counted(start=start, end=end, remarks=(Remark(sv, en),), possible=False)


def not_delivered(table: str, start: int, end: int) -> Counted:
    """Return the answer that a table is lacking."""
    return impossible(f"tabellen {table} saknas i leveransen", f"the table {table} was not delivered", start, end)


def too_short(table: str, start: int, end: int) -> Counted:
    """Return the answer that a source does not reach back to the window's start."""
    day = f"{pd.Timestamp(dates_of(np.array([start]))[0]):%Y-%m-%d}"
    return impossible(
        f"källan {table} når inte tillbaka till {day}", f"the source {table} does not reach back to {day}", start, end
    )


def months_before(on: int, months: int) -> int:
    """Return the day so many calendar months before a day."""
    day = pd.Timestamp(dates_of(np.array([on]))[0]) - pd.DateOffset(months=months)
    return day_number(day)


def rows_of(
    role: str, *, clients: Any = None, staff: Any = None, start: Any = None, end: Any = None, amount: Any = None
) -> pd.DataFrame:
    """Return evidence rows of one role (such as ``counted`` or ``active client``)."""
    given = [len(part) for part in (clients, staff, start) if part is not None]
    size = given[0] if given else 0
    empty = np.full(size, None, dtype=object)
    blank = np.full(size, OPEN)
    return pd.DataFrame(
        {
            "role": np.full(size, role, dtype=object),
            "client_id": empty if clients is None else np.asarray(clients, dtype=object),
            "staff_id": empty if staff is None else np.asarray(staff, dtype=object),
            "start": dates_of(blank if start is None else np.asarray(start, dtype=np.int64)),
            "end": dates_of(blank if end is None else np.asarray(end, dtype=np.int64)),
            "amount": np.full(size, np.nan) if amount is None else np.asarray(amount, dtype=float),
        }
    )


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join evidence rows; empty parts are left out."""
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else rows_of("")


def ratio(numerator: float, denominator: float, per: float = 1.0) -> float:
    """Return ``per`` times a ratio; missing where the denominator is 0 or missing."""
    return per * numerator / denominator if denominator and denominator == denominator else NAN
