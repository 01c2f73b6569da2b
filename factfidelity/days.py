"""Windows and intervals on whole days, half open: ``start`` is in, ``end`` is out.

Days are kept as ``int64`` numbers since 1970-01-01, so that all counting is done on
plain arrays. A day that is not there (an interval that goes on) is ``OPEN``; a start
that is not there is ``UNKNOWN``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Days = NDArray[np.int64]

DAYS_PER_YEAR = 365.25
OPEN = np.int64(2**40)
UNKNOWN = np.int64(-(2**40))


def day_numbers(dates: Any, *, missing: np.int64 = OPEN) -> Days:
    """Turn dates into whole days since 1970-01-01.

    Parameters
    ----------
    dates : Series, Index or array of datetime64, any unit
    missing : int
        What stands for a date that is not there: ``OPEN`` (default) or ``UNKNOWN``.

    Returns
    -------
    ndarray of int64, same length
    """
    values = np.asarray(dates)
    if values.dtype.kind != "M":
        values = pd.to_datetime(pd.Series(values)).to_numpy()
    result: Days = values.astype("datetime64[D]").astype(np.int64)
    return np.where(np.isnat(values), missing, result)


def dates_of(days: Days) -> NDArray[np.datetime64]:
    """Turn day numbers back into ``datetime64[s]``; ``OPEN`` and ``UNKNOWN`` become NaT."""
    gone = (days >= OPEN) | (days <= UNKNOWN)
    result: NDArray[np.datetime64] = np.where(gone, 0, days).astype("datetime64[D]").astype("datetime64[s]")
    result[gone] = np.datetime64("NaT")
    return result


def day_number(date: object) -> int:
    """Turn one date (text, ``datetime.date``, ``Timestamp``) into its day number."""
    stamp = pd.Timestamp(date)  # type: ignore[arg-type]
    return int(stamp.to_datetime64().astype("datetime64[D]").astype(np.int64))


def overlap(start: Days, end: Days, low: Days | int, high: Days | int) -> Days:
    """Count the days that ``[start, end)`` and ``[low, high)`` share; 0 where they do not meet."""
    shared: Days = np.maximum(np.minimum(end, high) - np.maximum(start, low), 0)
    return shared


def month_starts(first: int, last: int) -> Days:
    """Return the first day of each calendar month that ``[first, last)`` touches, and of the month after."""
    low = np.datetime64(int(first), "D").astype("datetime64[M]")
    high = np.datetime64(int(max(last - 1, first)), "D").astype("datetime64[M]") + np.timedelta64(2, "M")
    months = np.arange(low, high, dtype="datetime64[M]")
    starts: Days = months.astype("datetime64[D]").astype(np.int64)
    return starts


def period_starts(first: int, last: int, every: str) -> Days:
    """Return period boundaries that cover ``[first, last)``: month, quarter, half_year, year, or pooled (only one)."""
    if every == "pooled":
        return np.array([first, last], dtype=np.int64)
    lengths = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
    if every not in lengths:
        raise ValueError(f"every must be one of {', '.join(lengths)}, pooled, got {every!r}")
    step = lengths[every]
    low = int(np.datetime64(int(first), "D").astype("datetime64[M]").astype(np.int64)) // step * step
    high = int(np.datetime64(int(max(last - 1, first)), "D").astype("datetime64[M]").astype(np.int64)) // step * step
    months = np.arange(low, high + step + 1, step).astype("datetime64[M]")
    starts: Days = months.astype("datetime64[D]").astype(np.int64)
    return starts
