"""An extract as files of the secure room: one Parquet file for each table, and what is known about the sources."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.extract import COLUMNS, Extract, Source

ABOUT = "extract.json"


def save_tables(extract: Extract, folder: Path) -> None:
    """Write an extract so that ``load_extract`` reads it again; each file at once or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    extra: dict[str, dict[str, str]] = {}
    for name, frame in extract.tables.items():
        if not len(frame) and name not in extract.sources:
            continue
        extra[name] = {str(one): _kind(frame[one]) for one in frame.columns if one not in COLUMNS[name]}
        _write(folder / f"{name}.parquet", frame.to_parquet(index=False))
    about = {
        "period": [f"{extract.start:%Y-%m-%d}", f"{extract.end:%Y-%m-%d}"],
        "sources": {name: _source(source) for name, source in extract.sources.items()},
        "extra": {name: columns for name, columns in extra.items() if columns},
    }
    _write(folder / ABOUT, json.dumps(about, indent=1, sort_keys=True).encode())


def read_about(folder: Path) -> Mapping[str, Any] | None:
    """Return what a saved extract says of itself; None where the folder holds none."""
    path = folder / ABOUT
    if not path.is_file():
        return None
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        period = [pd.Timestamp(day) for day in about["period"]]
        sources = {name: _read_source(record) for name, record in about["sources"].items()}
        return {"start": period[0], "end": period[1], "sources": sources, "extra": about["extra"]}
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None


def _write(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)  # noqa: PTH105
    finally:
        partial.unlink(missing_ok=True)


def _kind(column: pd.Series[Any]) -> str:
    kinds = {"M": "date", "f": "number", "i": "number", "b": "flag"}
    return kinds.get(column.dtype.kind, "text")


def _source(source: Source) -> dict[str, Any]:
    days = {name: getattr(source, name) for name in ("start", "end", "complete_to")}
    return {
        "completeness": source.completeness,
        "linked": source.linked,
        "register": source.register,
        **{name: None if day is None else f"{day:%Y-%m-%d}" for name, day in days.items()},
    }


def _read_source(record: Mapping[str, Any]) -> Source:
    days = {
        name: None if record[name] is None else pd.Timestamp(record[name]) for name in ("start", "end", "complete_to")
    }
    register = record.get("register")
    return Source(completeness=record["completeness"], linked=bool(record["linked"]), register=register, **days)
