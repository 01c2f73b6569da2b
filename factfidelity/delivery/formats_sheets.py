"""Excel workbooks become text: every sheet, hidden ones too, with comments and properties for the identity screen."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import warnings
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.delivery.formats import (
    LARGEST_RATIO,
    LARGEST_UNPACKED,
    MEGABYTE,
    MOST_COLUMNS,
    FileFaultError,
    ReadOptions,
    header_row,
    headings,
    without_furniture,
)
from factfidelity.delivery.raw import BLANK, PREAMBLE, RawTable
from factfidelity.delivery.values import key_of

_HEAD_ROWS = 60
_MOST_CELLS = 60_000_000
_STREAMED = 40 * MEGABYTE  # a workbook of this size when unpacked is read row by row
_COMMENT_FILES = re.compile(r"xl/(?:threadedComments/|comments).*\.xml$")
_COMMENT = re.compile(r"<(?:\w+:)?(?:comment|threadedComment)\s.*?</(?:\w+:)?(?:comment|threadedComment)>", re.DOTALL)
_COMMENT_TEXT = re.compile(r"<(?:\w+:)?(?:t|text)(?:\s[^>]*)?>([^<]*)(?=<)")
_SHEET_FILES = re.compile(r"xl/worksheets/[^/]+\.xml$")
_BARE_FORMULA = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_PROPERTIES = ("title", "subject", "creator", "keywords", "description", "lastModifiedBy", "category")


def read_workbook(data: bytes, *, file: str, options: ReadOptions, content_hash: str) -> list[RawTable]:
    """Read every sheet of a workbook that holds a table.

    Raises
    ------
    FileFaultError
        Not a workbook, too large when unpacked, or without any table.
    """
    openpyxl, size = _checked(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=size > _STREAMED, data_only=True)
            tables = [_sheet(sheet, file, options, content_hash) for sheet in book.worksheets]
            beside = (*_beside(book), *_comments(data))
            bare = _bare_formulas(data)
    except FileFaultError:
        raise
    except Exception:
        raise FileFaultError("damaged", format="xlsx") from None
    found = [table for table in tables if table is not None]
    if not found:
        raise FileFaultError("no_rows")
    first = found[0]
    remarks = (("formula_without_value", bare),) if bare else ()
    return [replace(first, extras=(*first.extras, *beside), remarks=remarks), *found[1:]]


def _bare_formulas(data: bytes) -> int:
    """Count the cells whose formula was never worked out: a program wrote the file that does no sums."""
    count = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if _SHEET_FILES.match(name):
                content = archive.read(name)
                count += len(_BARE_FORMULA.findall(content)) if b"<f" in content else 0
    return count


def _checked(data: bytes) -> tuple[Any, int]:
    """Return openpyxl, and how large the workbook is when unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except Exception:  # what a flipped byte brings about is not only BadZipFile
        raise FileFaultError("damaged", format="xlsx") from None
    if size > LARGEST_UNPACKED or (size > 50 * MEGABYTE and size > LARGEST_RATIO * len(data)):
        raise FileFaultError("too_large", limit=f"{LARGEST_UNPACKED // MEGABYTE} MB")
    import openpyxl

    return openpyxl, size


def _beside(book: Any) -> list[tuple[str, str]]:
    texts = [("document property", str(getattr(book.properties, name, "") or "")) for name in _PROPERTIES]
    texts += [("sheet name", str(sheet.title)) for sheet in book.worksheets]
    texts += [("defined name", str(name)) for name in getattr(book, "defined_names", {})]
    return [(place, text) for place, text in texts if text.strip()]


def _comments(data: bytes) -> list[tuple[str, str]]:
    """Return the comments of all sheets, also threaded ones; the parts of one comment are put together."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not _COMMENT_FILES.match(name):
                continue
            content = archive.read(name).decode("utf-8", "replace")
            for one in _COMMENT.findall(content):
                text = html.unescape("".join(_COMMENT_TEXT.findall(one))).strip()
                if text:
                    found.append(("comment", text))
    return found


def _sheet(sheet: Any, file: str, options: ReadOptions, content_hash: str) -> RawTable | None:
    if not hasattr(sheet, "iter_rows"):
        return None
    if (sheet.max_row or 0) * (sheet.max_column or 0) > _MOST_CELLS or (sheet.max_column or 0) > MOST_COLUMNS:
        raise FileFaultError("too_large", limit=f"{MOST_COLUMNS} columns")
    same: dict[str, str] = {}
    rows = [[same.setdefault(text, text) for text in map(_text, row)] for row in sheet.iter_rows(values_only=True)]
    if max(map(len, rows), default=0) > MOST_COLUMNS:
        raise FileFaultError("too_large", limit=f"{MOST_COLUMNS} columns")
    place = header_row(rows[:_HEAD_ROWS], options.known, key_of)
    if place < 0:
        return None
    header = rows[place]
    while header and not header[-1].strip():
        header = header[:-1]
    names = headings(header)
    body = [(row + [""] * len(names))[: len(names)] for row in rows[place + 1 :]]
    frame = pd.DataFrame(body, columns=names, dtype="str")
    lines = np.arange(place + 2, place + 2 + len(body), dtype=np.int64)
    frame, lines, furniture = without_furniture(frame, lines)
    preamble = [(line + 1, PREAMBLE if any(cell.strip() for cell in rows[line]) else BLANK) for line in range(place)]
    before = "\n".join(" ".join(cell for cell in row if cell) for row in rows[:place])
    hidden = sheet.sheet_state != "visible"
    extras = [("preamble", before)] if before.strip() else []
    if hidden:
        extras.append(("hidden sheet", str(sheet.title)))
    return RawTable(
        file=file, sheet=str(sheet.title), frame=frame, lines=lines, header_line=place + 1,
        furniture=tuple(sorted([*preamble, *furniture])), extras=tuple(extras), content_hash=content_hash,
        hidden=hidden,
    )  # fmt: skip


def _text(value: Any) -> str:
    """Return a cell as text: a whole number without decimals, a date as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ja" if value else "Nej"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == dt.time() else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.strftime("%Y-%m-%d")
    return value.strftime("%H:%M") if isinstance(value, dt.time) else str(value)
