"""CSV and TXT as Swedish suppliers write them become one all-text frame with the line of every row."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from factfidelity.delivery.formats import (
    LONGEST_LINE,
    MOST_COLUMNS,
    FileFaultError,
    ReadOptions,
    header_row,
    headings,
    without_furniture,
)
from factfidelity.delivery.formats_encoding import utf8_text
from factfidelity.delivery.raw import BLANK, PREAMBLE, SEP_LINE, TRAILING, RawTable
from factfidelity.delivery.values import key_of

_SEPARATORS = (";", "\t", ",", "|")
_MARK_INSIDE = b"\n\xef\xbb\xbf"
_HEAD_LINES = 60
_HEAD_BYTES = 400_000


def read_text(data: bytes, *, file: str, options: ReadOptions, content_hash: str) -> RawTable:
    """Read one text file.

    Raises
    ------
    FileFaultError
        Wrong encoding, no table, a line or a number of columns beyond the limits.
    """
    if not data.strip(b"\r\n\t \xef\xbb\xbf\x00"):
        raise FileFaultError("empty_file")
    text, encoding = utf8_text(data, options.encoding)
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n") if b"\r\n" in text else text.replace(b"\r", b"\n")
    if encoding != "ascii" and _MARK_INSIDE in text:  # files put one after the other
        text = text.replace(_MARK_INSIDE, b"\n")
    furniture: list[tuple[int, str]] = []
    stated, start = _sep_line(text)
    if start:
        furniture.append((1, SEP_LINE))
    head = text[start : start + _HEAD_BYTES].decode("utf-8", "ignore")
    if len(head.split("\n", 1)[0]) > 300_000:
        raise FileFaultError("too_large", limit="300 000 signs in the row of headings")
    separator = options.separator or stated or _separator(head)
    rows, ends = _head_rows(head, separator)
    place = header_row(rows, options.known, key_of)
    if place < 0:
        raise FileFaultError("no_rows")
    if len(rows[place]) > MOST_COLUMNS:
        raise FileFaultError("too_large", limit=f"{MOST_COLUMNS} columns")
    first = 1 + bool(start)
    preamble = [(first + (ends[at - 1] if at else 0), PREAMBLE) for at in range(place)]
    header_line = first + (ends[place - 1] if place else 0)
    body = _line_start(text, ends[place], start)
    names = headings(_without_trailing(rows[place]))
    frame, lines, extra, ragged = _body(text, body, separator, names, first + ends[place])
    frame, lines, more = without_furniture(frame, lines)
    before = "\n".join(separator.join(row) for row in rows[:place])
    return RawTable(
        file=file, sheet="", frame=frame, lines=lines, header_line=header_line, encoding=encoding, separator=separator,
        furniture=tuple(sorted([*furniture, *preamble, *extra, *more])), ragged=tuple(ragged),
        extras=(("preamble", before),) if before.strip() else (), content_hash=content_hash,
    )  # fmt: skip


def _sep_line(text: bytes) -> tuple[str, int]:
    """Return the separator that a first line ``sep=;`` states, and where the text goes on."""
    first, newline, _ = text[:40].partition(b"\n")
    plain = first.strip().strip(b'"').lower()
    if plain.startswith(b"sep=") and len(plain) <= 5:
        mark = plain[4:].decode() or "\t"
        return (mark if mark in _SEPARATORS else ""), len(first) + len(newline)
    return "", 0


def _separator(head: str) -> str:
    """Return the separator that most of the first lines agree about."""
    lines = [line for line in head.split("\n")[:50] if line.strip()]
    best, best_score = ";", 0.0
    for mark in _SEPARATORS:
        counts = [_outside_quotes(line, mark) for line in lines]
        common = max(set(counts), key=lambda count: (counts.count(count) if count else 0, count), default=0)
        score = common * counts.count(common) if common else 0
        if score > best_score:
            best, best_score = mark, score
    return best


def _outside_quotes(line: str, mark: str) -> int:
    if '"' not in line:
        return line.count(mark)
    return sum(part.count(mark) for part in line.split('"')[::2])


def _head_rows(head: str, separator: str) -> tuple[list[list[str]], list[int]]:
    """Return the cells of the first records, and after how many lines each of them ends."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    ends: list[int] = []
    csv.field_size_limit(LONGEST_LINE)
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) >= _HEAD_LINES:
                break
    except csv.Error:
        if not rows:
            raise FileFaultError("damaged", format="csv") from None
    return rows, ends


def _line_start(text: bytes, lines: int, start: int) -> int:
    """Return the place where the line after ``lines`` lines begins."""
    at = start
    for _ in range(lines):
        found = text.find(b"\n", at)
        if found < 0:
            return len(text)
        at = found + 1
    return at


def _without_trailing(cells: list[str]) -> list[str]:
    """Leave out one last heading that is empty: rows that end with a separator."""
    return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def _body(
    text: bytes, body: int, separator: str, names: list[str], first_line: int
) -> tuple[pd.DataFrame, NDArray[np.int64], list[tuple[int, str]], list[int]]:
    """Read the rows below the header, fast where each row is one line with the right number of cells."""
    if body >= len(text.rstrip(b"\n")):
        blank = [(first_line + number, BLANK) for number in range(text.count(b"\n", body))]
        return _frame([], names), np.empty(0, dtype=np.int64), blank, []
    ends = _record_ends(text, body)
    if ends is not None:
        for width in (len(names), len(names) + 1):
            frame = _by_arrow(text, body, separator, names, width)
            if frame is not None and len(frame) == ends:
                return frame, np.arange(first_line, first_line + ends, dtype=np.int64), [], []
    return _by_module(text[body:].decode("utf-8"), separator, names, first_line)


def _record_ends(text: bytes, body: int) -> int | None:
    """Return the number of lines below the header; None where a cell holds a line break or a line is blank."""
    if text.find(b"\n\n", max(body - 1, 0)) >= 0:
        return None
    if text.find(b'"', body) >= 0 and not _quotes_close_on_their_line(text, body):
        return None
    return text.count(b"\n", body) + (not text.endswith(b"\n"))


def _quotes_close_on_their_line(text: bytes, body: int) -> bool:
    values = np.frombuffer(text, dtype=np.uint8)[body:]
    marks = np.flatnonzero((values == 34) | (values == 10))
    is_quote = values[marks] == 34
    open_quotes = np.cumsum(is_quote)[~is_quote] % 2
    return not open_quotes.any() and int(is_quote.sum()) % 2 == 0


def _by_arrow(text: bytes, body: int, separator: str, names: list[str], width: int) -> pd.DataFrame | None:
    cells = [*names, *["\x00trailing"] * (width - len(names))]
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(memoryview(text)[body:]),
            read_options=arrow_csv.ReadOptions(column_names=cells, block_size=1 << 24),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator, newlines_in_values=False, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.large_string() for name in cells}, strings_can_be_null=False, check_utf8=False
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.large_string(): pd.StringDtype(na_value=np.nan)}.get)
    if width > len(names):
        if (frame["\x00trailing"] != "").any():
            return None
        frame = frame[names]
    return frame


def _by_module(
    text: str, separator: str, names: list[str], first_line: int
) -> tuple[pd.DataFrame, NDArray[np.int64], list[tuple[int, str]], list[int]]:
    """Read rows one by one: line breaks in cells, blank lines, rows that are too short or too long."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    lines: list[int] = []
    blank: list[tuple[int, str]] = []
    ragged: list[int] = []
    notes: list[int] = []  # under an empty line, and the table does not go on after them
    width, before = len(names), 0
    try:
        for row in reader:
            line, before = first_line + before, reader.line_num
            cells = row[:-1] if len(row) == width + 1 and not row[-1].strip() else row
            if not any(cell.strip() for cell in cells):
                blank.append((line, BLANK))
                continue
            if (notes or (blank and blank[-1][0] == line - 1)) and _is_note(cells):
                notes.append(line)
                continue
            ragged, notes = [*ragged, *notes] if notes else ragged, []
            if len(cells) == width or _may_be_short(cells):
                rows.append([*cells, *[""] * (width - len(cells))] if len(cells) < width else cells[:width])
                lines.append(line)
            else:
                ragged.append(line)
    except csv.Error:
        raise FileFaultError("too_large", limit=f"{LONGEST_LINE} signs in one cell") from None
    blank += [(line, TRAILING) for line in notes]
    return _frame(rows, names), np.array(lines, dtype=np.int64), blank, ragged


def _is_note(cells: list[str]) -> bool:
    """Tell whether a row is words in its first cell only: *Antal rader: 12*."""
    first = cells[0].strip()
    return not any(cell.strip() for cell in cells[1:]) and " " in first and sum(sign.isalpha() for sign in first) >= 4


def _may_be_short(cells: list[str]) -> bool:
    """Tell whether a short row is a total or a note: words in its first cell only."""
    return (
        len(cells) <= 2 and not any(cell.strip() for cell in cells[1:]) and not any(sign.isdigit() for sign in cells[0])
    )


def _frame(rows: list[list[str]], names: list[str]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pd.DataFrame({name: pd.Series(list(cells), dtype="str") for name, cells in zip(names, columns, strict=True)})
