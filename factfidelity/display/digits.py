"""Digits that are the same on every processor: a sum in another order differs in the last, and so would the bytes."""

from __future__ import annotations

import numpy as np
import pandas as pd

DIGITS = 10
_POWERS = np.array([float(f"1e{power}") for power in range(23)])  # higher ones are not exact in a float


def with_digits(frame: pd.DataFrame, digits: int = DIGITS) -> pd.DataFrame:
    """Return the frame with its numbers rounded to so many significant digits; whole numbers stay as they are."""
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_float_dtype(out[name]) and not pd.api.types.is_extension_array_dtype(out[name]):
            out[name] = rounded(out[name].to_numpy(dtype="float64"), digits)
    return out


def rounded(values: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Return the numbers with so many significant digits; 0, missing and infinite ones as they are."""
    found = values.copy()
    at = np.flatnonzero(np.isfinite(values) & (values != np.round(values)))
    places = digits - 1 - np.floor(np.log10(np.abs(values[at])))
    steps = _POWERS[np.clip(places, 0, 22).astype("int64")]
    found[at] = np.where(places > 22, values[at], np.round(values[at] * steps) / steps)
    tiny = at[places > 22]
    found[tiny] = [float(f"{value:.{digits - 1}e}") for value in values[tiny]]
    return found
