"""Cells of a column for the identity screen: distinct values with their counts, as bytes and as shapes.

A shape is a value with every digit written 9 and every letter a: eight digits, a hyphen and four digits share
``99999999-9999``. A column of ten million cells has few shapes, so patterns are looked for in shapes, and the digits
of all cells of one shape are then tested at once as columns of a matrix.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

_SAMPLE = 4096
_BLOCK = 250_000
_ODD_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"), " "
)
_ODD_DASHES = dict.fromkeys(map(ord, "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")
_NOTHING = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"), None)
_PLAIN = {**_ODD_SPACES, **_ODD_DASHES, **_NOTHING}


def _shape_table() -> Bytes:
    table = np.arange(256, dtype=np.uint8)
    table[ord("0") : ord("9") + 1] = ord("9")
    table[ord("A") : ord("Z") + 1] = ord("a")
    table[ord("a") : ord("z") + 1] = ord("a")
    table[128:] = ord("a")
    table[[9, 10, 13]] = ord(" ")
    return table


_SHAPE = _shape_table()


def plain(text: str) -> str:
    """Return a text with odd spaces, dashes, digits and invisible signs written in the common way."""
    return unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)


@dataclass(frozen=True, eq=False)
class Cells:
    """Distinct non-empty values of a column.

    Attributes
    ----------
    data : ndarray of uint8
        All values one after the other, UTF-8.
    offsets : ndarray of int64, one more than values
    counts : ndarray of int64
        Number of cells with each value; their sum is the number of non-empty cells.
    """

    data: Bytes
    offsets: Numbers
    counts: Numbers

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def filled(self) -> int:
        """Number of cells that are not empty."""
        return int(self.counts.sum())

    def texts(self, places: Numbers) -> list[str]:
        """Return the values at some places."""
        raw = self.data
        starts, ends = self.offsets[places], self.offsets[places + 1]
        return [
            raw[low:high].tobytes().decode("utf-8", "replace")
            for low, high in zip(starts.tolist(), ends.tolist(), strict=True)
        ]

    def shapes(self) -> Iterator[tuple[str, Numbers]]:
        """Return each shape with the places of the values that have it."""
        if not len(self):
            return
        shaped = _SHAPE[self.data]
        array = _from_buffers(shaped, self.offsets).dictionary_encode()
        codes = array.indices.to_numpy(zero_copy_only=False)
        names = array.dictionary.to_pylist()
        if len(names) == 1:
            yield names[0], np.arange(len(codes))
            return
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(names)))
        starts = np.concatenate(([0], ends[:-1]))
        for name, low, high in zip(names, starts.tolist(), ends.tolist(), strict=True):
            yield name, order[low:high]

    def blocks(self, places: Numbers, width: int) -> Iterator[tuple[Numbers, Bytes]]:
        """Return the bytes of values of one shape as matrices, some rows at a time."""
        steps = np.arange(width)
        rows = max(1, min(_BLOCK, 8_000_000 // max(width, 1)))
        for low in range(0, len(places), rows):
            part = places[low : low + rows]
            yield part, self.data[self.offsets[part][:, None] + steps]


def _from_buffers(data: Bytes, offsets: Numbers) -> Any:
    return pa.LargeStringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(np.ascontiguousarray(offsets)), pa.py_buffer(np.ascontiguousarray(data))
    )


def _arrow(column: pd.Series[Any]) -> Any:
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())


def _buffers(array: Any) -> tuple[Bytes, Numbers]:
    if array.null_count:
        array = pc.fill_null(array, "")
    _, offset_buffer, data_buffer = array.buffers()
    offsets = np.frombuffer(offset_buffer, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    if data_buffer is None or not len(array):
        return np.zeros(0, dtype=np.uint8), np.zeros(len(array) + 1, dtype=np.int64)
    data = np.frombuffer(data_buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]
    return data, offsets - offsets[0]


def _repeats(array: Any) -> bool:
    """Tell from a sample spread over the column whether its values come again often."""
    step = max(1, len(array) // _SAMPLE)
    sample = array.take(pa.array(np.arange(0, len(array), step)[:_SAMPLE]))
    return len(sample) > 64 and len(sample.unique()) < 0.7 * len(sample)


def has_digits(data: Bytes) -> bool:
    """Tell whether any byte is a digit (or may hide one: full-width digits)."""
    for low in range(0, len(data), 1 << 22):
        part = data[low : low + (1 << 22)]
        if bool(((part - np.uint8(48)) < 10).any()) or bool((part == 0xEF).any()):
            return True
    return False


@dataclass(frozen=True, eq=False)
class Column:
    """What a column looks like at first sight, before its values are looked at one by one.

    Attributes
    ----------
    array : Arrow array of text
    data, offsets : ndarray
        Its bytes.
    longest : int
        Length of the longest value, in bytes.
    """

    array: Any
    data: Bytes
    offsets: Numbers
    longest: int

    @classmethod
    def of(cls, column: pd.Series[Any]) -> Column:
        """Look at a column of text; missing counts as empty."""
        array = _arrow(column)
        data, offsets = _buffers(array)
        longest = int(np.diff(offsets).max()) if len(array) else 0
        return cls(array, data, offsets, longest)

    def cells(self) -> tuple[Cells, ...]:
        """Return the distinct values; those with odd spaces or signs apart, written plainly."""
        if not len(self.array):
            return ()
        if _repeats(self.array):
            encoded = self.array.dictionary_encode()
            codes = encoded.indices
            codes = (pc.fill_null(codes, len(encoded.dictionary)) if codes.null_count else codes).to_numpy(
                zero_copy_only=False
            )
            counts = np.bincount(codes, minlength=len(encoded.dictionary))[: len(encoded.dictionary)]
            data, offsets = _buffers(encoded.dictionary)
        else:
            data, offsets = self.data, self.offsets
            counts = np.ones(len(offsets) - 1, dtype=np.int64)
        return _parted(data, offsets, np.where(np.diff(offsets) > 0, counts, 0).astype(np.int64))

    def sample(self) -> list[str]:
        """Return up to some thousand values spread over the column, the empty ones left out."""
        step = max(1, len(self.array) // _SAMPLE)
        picked = self.array.take(pa.array(np.arange(0, len(self.array), step)[: 2 * _SAMPLE]))
        return [value for value in picked.to_pylist() if value]


def cells_of(texts: list[str]) -> Cells:
    """Return texts as cells, each counted once."""
    encoded = [plain(text).encode("utf-8", "replace") for text in texts]
    offsets = np.concatenate(([0], np.cumsum([len(part) for part in encoded]))).astype(np.int64)
    data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return Cells(data, offsets, np.ones(len(encoded), dtype=np.int64))


def _parted(data: Bytes, offsets: Numbers, counts: Numbers) -> tuple[Cells, ...]:
    everything = Cells(data, offsets, counts)
    odd_bytes = np.flatnonzero((data == 0xC2) | (data > 0xC3))
    if not len(odd_bytes):
        return (everything,)
    odd = np.unique(np.searchsorted(offsets, odd_bytes, side="right") - 1)
    mended = cells_of(everything.texts(odd))
    rest = counts.copy()
    rest[odd] = 0
    return Cells(data, offsets, rest), Cells(mended.data, mended.offsets, counts[odd])
