"""Parquet, SPSS, Stata and SAS files become text; what their labels say goes to the identity screen."""

from __future__ import annotations

import importlib
import importlib.util
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.delivery.formats import MOST_COLUMNS, FileFaultError, headings
from factfidelity.delivery.raw import RawTable

STATISTICAL = {".sav": "read_sav", ".zsav": "read_sav", ".dta": "read_dta", ".sas7bdat": "read_sas7bdat"}


def read_parquet(data: bytes, *, file: str, content_hash: str) -> RawTable:
    """Read one Parquet file.

    Raises
    ------
    FileFaultError
    """
    import pyarrow.parquet as parquet

    try:
        table = parquet.read_table(io.BytesIO(data))
        table.validate(full=True)  # text that is no UTF-8 is else found only when it is used
        frame = table.to_pandas(date_as_object=False)
        said = [
            ("schema metadata", str(value)) for key, value in (table.schema.metadata or {}).items() if key != b"pandas"
        ]
    except Exception:
        raise FileFaultError("damaged", format="parquet") from None
    return _table(frame, file, content_hash, said)


def read_statistical(data: bytes, *, file: str, content_hash: str) -> RawTable:
    """Read one SPSS, Stata or SAS file; value labels stay beside the codes.

    Raises
    ------
    FileFaultError
        Also when pyreadstat is not installed.
    """
    if importlib.util.find_spec("pyreadstat") is None:
        raise FileFaultError("needs_extra")
    pyreadstat: Any = importlib.import_module("pyreadstat")
    suffix = Path(file).suffix.lower()
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        path = Path(quiet) / f"delivered{suffix}"
        path.write_bytes(data)
        try:
            frame, meta = getattr(pyreadstat, STATISTICAL[suffix])(str(path))
        except Exception:
            raise FileFaultError("damaged", format=suffix[1:]) from None
    said = [("column label", str(label)) for label in (meta.column_labels or []) if label]
    said += [("file label", str(meta.file_label))] if getattr(meta, "file_label", "") else []
    said += [
        ("value label", str(label))
        for labels in (meta.variable_value_labels or {}).values()
        for label in labels.values()
    ]
    labels = [str(label or "") for label in (meta.column_labels or [])]
    return _table(frame, file, content_hash, said, labels)


def _table(
    frame: pd.DataFrame, file: str, content_hash: str, said: list[tuple[str, str]], labels: Sequence[str] = ()
) -> RawTable:
    if len(frame.columns) > MOST_COLUMNS:
        raise FileFaultError("too_large", limit=f"{MOST_COLUMNS} columns")
    if not len(frame.columns):
        raise FileFaultError("no_rows")
    names = headings([str(name) for name in frame.columns])
    try:
        text = pd.DataFrame({name: as_text(frame.iloc[:, place]) for place, name in enumerate(names)}, dtype="str")
    except Exception:
        raise FileFaultError("damaged", format=Path(file).suffix.lower()[1:]) from None
    lines = np.arange(2, 2 + len(text), dtype=np.int64)
    return RawTable(
        file=file, sheet="", frame=text, lines=lines, header_line=1, extras=tuple(said), content_hash=content_hash,
        labels=dict(zip(names, labels, strict=False)),
    )  # fmt: skip


def as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a typed column as text: whole numbers without decimals, dates as YYYY-MM-DD, ``""`` where empty."""
    column = column.reset_index(drop=True)
    if column.dtype.kind == "M":
        codes, stamps = pd.factorize(column, use_na_sentinel=True)
        days = [f"{stamp:%Y-%m-%d}" if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M:%S}" for stamp in stamps]
        text: pd.Series[Any] = pd.Series([*days, ""], dtype="str").take(codes).reset_index(drop=True)
        return text
    if column.dtype.kind == "f":
        return pd.Series([_number(value) for value in column.tolist()], dtype="str")
    if column.dtype.kind == "b" or str(column.dtype) == "boolean":
        return column.map({True: "Ja", False: "Nej"}).astype("object").where(column.notna(), "").astype("str")
    plain = column.astype("object")
    return plain.where(column.notna(), "").map(_plain).astype("str")


def _number(value: float) -> str:
    if value != value:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return _number(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
