"""Arguments looked at once, in one way: what is wrong is said with what was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def vector(name: str, values: Any, *, lowest: float | None = None, whole: bool = False, least: int = 1) -> Vector:
    """Return a one-dimensional float array; refuse NaN, infinity, other shapes and values under ``lowest``."""
    result = numbers(name, values)
    if result.ndim != 1:
        raise ValueError(f"{name} must have one dimension, got {result.ndim}")
    if result.size < least:
        raise ValueError(f"{name} must hold at least {least} value(s), got {result.size}")
    if not np.isfinite(result).all():
        raise ValueError(f"{name} must be finite, got {int((~np.isfinite(result)).sum())} empty or infinite value(s)")
    if lowest is not None and (result < lowest).any():
        raise ValueError(f"{name} must be {lowest:g} or more, got {float(result.min()):g}")
    if whole and (result != np.round(result)).any():
        raise ValueError(f"{name} must be whole numbers, got {float(result[result != np.round(result)][0]):g}")
    return result


def numbers(name: str, values: Any) -> Vector:
    """Return a float array of any shape; refuse what is not a number."""
    try:
        if hasattr(values, "to_numpy"):
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {type(values).__name__}") from None


def table(name: str, values: Any, *, least: tuple[int, int] = (1, 1)) -> Vector:
    """Return a two-dimensional float array of at least the given shape."""
    result = numbers(name, values)
    if result.ndim != 2 or result.shape[0] < least[0] or result.shape[1] < least[1]:
        raise ValueError(f"{name} must be a table of at least {least[0]} x {least[1]}, got shape {result.shape}")
    return result


def complete(name: str, values: Any) -> Vector:
    """Return a table of at least 2 x 2 without empty cells."""
    result = table(name, values, least=(2, 2))
    if not np.isfinite(result).all():
        raise ValueError(f"{name} must be complete, got {int((~np.isfinite(result)).sum())} empty or infinite cell(s)")
    return result


def scalar(name: str, value: Any, *, lowest: float | None = None, above: float | None = None) -> float:
    """Return one finite number within its bounds."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, got {value!r}") from None
    if not np.isfinite(result):
        raise ValueError(f"{name} must be finite, got {result}")
    if lowest is not None and result < lowest:
        raise ValueError(f"{name} must be {lowest:g} or more, got {result:g}")
    if above is not None and result <= above:
        raise ValueError(f"{name} must be above {above:g}, got {result:g}")
    return result


def count(name: str, value: Any, *, lowest: int = 0) -> int:
    """Return one whole number."""
    result = scalar(name, value, lowest=lowest)
    if result != round(result):
        raise ValueError(f"{name} must be a whole number, got {result:g}")
    return round(result)


def level_of(level: Any) -> float:
    """Return the coverage of an interval, between 0 and 1."""
    result = scalar("level", level)
    if not 0 < result < 1:
        raise ValueError(f"level must lie between 0 and 1, got {result:g}")
    return result


def one_of(name: str, value: object, allowed: Sequence[str]) -> str:
    """Return the choice if it is on the list."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
    return str(value)


def same_length(**vectors: Vector) -> int:
    """Return the common length of the arrays; refuse different ones."""
    lengths = {name: len(values) for name, values in vectors.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError("must have the same length, got " + ", ".join(f"{k} {n}" for k, n in lengths.items()))
    return next(iter(lengths.values()))


def flags(name: str, values: Any) -> NDArray[np.bool_]:
    """Return a boolean array from yes/no values given as bool or 0/1."""
    result = vector(name, values, least=0)
    if not np.isin(result, (0.0, 1.0)).all():
        raise ValueError(
            f"{name} must be yes/no (True/False or 1/0), got {float(result[~np.isin(result, (0, 1))][0]):g}"
        )
    return result.astype(bool)


def columns_of(data: Any, names: Sequence[str]) -> None:
    """Refuse a frame that lacks one of the columns, or has an empty cell in one."""
    missing = [name for name in names if name not in data.columns]
    if missing:
        raise ValueError(f"data has no column {', '.join(missing)}; it has {', '.join(map(str, data.columns))}")
    empty = [name for name in names if data[name].isna().any()]
    if empty:
        raise ValueError(f"data has empty cells in {', '.join(empty)}")
