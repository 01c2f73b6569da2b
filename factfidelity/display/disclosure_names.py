"""What a row is about, as one number: its keys and their values, so that millions of rows are compared at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import pandas as pd


@lru_cache(maxsize=1 << 18)
def mark_of(*texts: str) -> np.uint64:
    """Return a number for a text; two texts have the same by chance once in ten thousand million million cases."""
    return np.uint64(int.from_bytes(blake2b("\x1f".join(texts).encode("utf-8"), digest_size=8).digest()) or 1)


def mixed(*marks: np.ndarray) -> np.ndarray:
    """Return one number for each row of several, so that their order counts."""
    out = np.zeros(len(marks[0]), dtype="uint64")
    for mark in marks:
        out = (out ^ (out >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + mark.astype("uint64")
    return out


@dataclass(frozen=True, slots=True)
class Names:
    """What each row of a table is about.

    Attributes
    ----------
    number : int
        How many rows.
    keys : mapping of str to array of uint64
        For each key the mark of each row's value; 0 where it stands at its total, which counts as absent.
    """

    number: int
    keys: Mapping[str, np.ndarray]

    @property
    def whole(self) -> np.ndarray:
        """One number for each row; the order of the keys does not count, so that a key can be taken out again."""
        return self.over(self.keys)

    def over(self, keys: Iterable[str]) -> np.ndarray:
        """Return one number for each row, over some of the keys."""
        return sum((self.keys[key] for key in keys if key in self.keys), np.zeros(self.number, dtype="uint64"))

    @property
    def depth(self) -> np.ndarray:
        """How many keys do not stand at their total."""
        return sum((marks != 0 for marks in self.keys.values()), np.zeros(self.number, dtype="int64"))

    def only(self, keys: Sequence[str]) -> Names:
        """Return the names over some of the keys."""
        return Names(self.number, {key: marks for key, marks in self.keys.items() if key in keys})

    def and_key(self, key: str, value: str) -> Names:
        """Return the names with one more key, the same in all rows."""
        return Names(self.number, {**self.keys, key: np.full(self.number, mark_of(key, value))})


def names_of(frame: pd.DataFrame, keys: Sequence[str], totals: Mapping[str, str]) -> Names:
    """Return what each row is about: its keys and their values, without those that stand at their total."""
    there = sorted({key for key in keys if key in frame.columns})
    return Names(len(frame), {key: _marks(frame[key], key, totals.get(key)) for key in there})


def _marks(column: pd.Series, key: str, total: str | None) -> np.ndarray:
    codes, unique = pd.factorize(column, use_na_sentinel=False)
    texts = _texts(pd.Series(unique))
    marks = np.array([0 if text == total else mark_of(key, text) for text in texts], dtype="uint64")
    return np.asarray(marks[codes])


def _texts(column: pd.Series) -> list[str]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return [str(value) for value in column.dt.strftime("%Y-%m-%d")]
    if pd.api.types.is_float_dtype(column):
        # eight digits: what has left the room has ten, and its rows must be found again
        return [str(int(value)) if value == value and value == int(value) else f"{value:.8g}" for value in column]
    return [str(value) for value in column.astype("object")]
