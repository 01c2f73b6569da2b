"""A released evaluation as a file: what the report notebook reads, and what next year is compared with.

The file holds released figures only. It is refused for anything that has not passed the gate.
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.display.result import Result
from factfidelity.errors import Problem, ReportError
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.once import once
from factfidelity.schemas.plan import Plan

FORM = 1
# reasons that, for a single hidden number, say what it is
_FEW = ("small", "rest", "none_or_all")


def write_text(path: Path, text: str) -> None:
    """Write a text file at once or not at all."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def released_json(released: ReleasedEvaluation) -> str:
    """Return a released evaluation as JSON.

    Raises
    ------
    DisclosureError
        If a result has not passed the gate.
    """
    content = {
        "form": FORM,
        "plan": released.plan.record(),
        **({"logo": released.plan.picture} if released.plan.picture else {}),
        "provenance": dict(released.provenance),
        "missing": {name: dict(text) for name, text in released.missing.items()},
        "audit": _plain(leaving_record(released)),
        "delivery": _plain(released.delivery),
        "changes": _plain(released.changes),
        "results": {name: _result_record(result.require_released()) for name, result in released.results.items()},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def leaving_record(released: ReleasedEvaluation) -> dict[str, Any]:
    """Return the record of the gate as it may leave the room: where how many cells are hidden, and why in all.

    The reason is not told table by table: where a column has one hidden cell and it is hidden as *none or all*, the
    reason is the value, and two hidden cells that are 8 together and both small are 4 and 4. Columns that never leave
    the room are not named.
    """
    audit = dict(released.audit)
    if "tables" not in audit or "why" in audit:
        return audit
    leaving = [row for row in audit["tables"] if _leaves(released, row)]
    audit["tables"] = [
        {name: row[name] for name in ("result", "table", "column", "cells", "hidden")} for row in leaving
    ]
    sums = {reason: sum(row[reason] for row in leaving) for reason in (*_FEW, "secondary", "dominance", "follows")}
    few, others = sum(sums.pop(reason) for reason in _FEW), sums.pop("secondary")
    apart = min(few, others) >= audit["rule"]["smallest"]
    why = {"few_persons": few, "for_the_sake_of_others": others} if apart else {"persons": few + others}
    return audit | {"why": why | sums}


def _leaves(released: ReleasedEvaluation, row: Mapping[str, Any]) -> bool:
    result = released.results.get(row["result"])
    return result is not None and row["column"] in result.frames().get(row["table"], pd.DataFrame()).columns


def read_released(path: str | Path) -> ReleasedEvaluation:
    """Read a released evaluation.

    Raises
    ------
    ReportError
        If the file is not one, or was written in another form.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = _version_of(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        problem = Problem(
            "is no file of released figures", "give released.json of a report", path.name,
            what_sv="är ingen fil med släppta siffror", do_sv="ange released.json från en rapport",
        )  # fmt: skip
        raise ReportError(problems=[problem]) from None
    try:
        results = {name: _result(record) for name, record in _of_this_form(content)["results"].items()}
        plan = Plan.model_validate(content["plan"]).with_picture(str(content.get("logo", "")))
        return ReleasedEvaluation(
            results,
            content["missing"],
            plan,
            content["provenance"],
            content["audit"],
            content["delivery"],
            content["changes"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, ImportError):
        problem = Problem(
            f"was made by factfidelity {version} and is not a released evaluation of this version",
            "make that report again from its delivery, by this version", path.name,
            what_sv=f"gjordes av factfidelity {version} och kan inte läsas av den här versionen",
            do_sv="gör om den rapporten ur sin leverans, med den här versionen",
        )  # fmt: skip
    raise ReportError(problems=[problem]) from None


def _version_of(content: Mapping[str, Any]) -> str:
    """Return which version made a file of released figures; refuse what is none."""
    if "results" not in content or "form" not in content:
        raise ValueError("no results")
    return str(content["provenance"].get("versions", {}).get("factfidelity", "?"))


def open_released(path: str | Path) -> ReleasedEvaluation:
    """Read a released evaluation, once for all files of a report."""
    return once(("read", str(path)), lambda: read_released(path))


def _of_this_form(content: Mapping[str, Any]) -> Mapping[str, Any]:
    if content["form"] != FORM:
        raise ValueError(content["form"])
    return content


def _result_record(result: Result) -> dict[str, Any]:
    extra = {
        name: value
        for name, value in vars(result).items()
        if name not in {*result.gates, "notes", "language", "is_released"} and not name.startswith("inner_")
    }
    return {
        "class": f"{type(result).__module__}:{type(result).__qualname__}",
        "notes": dict(result.notes),
        "language": result.language,
        "extra": _plain(extra),
        "frames": {name: _frame_record(frame) for name, frame in result.frames().items()},
    }


def _result(record: Mapping[str, Any]) -> Result:
    module, name = record["class"].split(":")
    if not module.startswith("factfidelity."):
        raise ValueError(module)
    kind = getattr(importlib.import_module(module), name)
    frames = {field: _frame(frame) for field, frame in record["frames"].items()}
    rebuilt: Result = kind(
        **frames, **record["extra"], notes=record["notes"], language=record["language"], is_released=True
    )
    return rebuilt


def _frame_record(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        "columns": [[str(name), str(dtype)] for name, dtype in frame.dtypes.items()],
        "rows": [[_cell(value) for value in row] for row in frame.itertuples(index=False)],
    }


def _frame(record: Mapping[str, Any]) -> pd.DataFrame:
    columns = {}
    for place, (name, dtype) in enumerate(record["columns"]):
        values = [row[place] for row in record["rows"]]
        columns[name] = _column(values, dtype)
    return pd.DataFrame(columns)


def _column(values: list[Any], dtype: str) -> pd.Series[Any]:
    if dtype.startswith("datetime64"):
        return pd.Series(pd.to_datetime(pd.Series(values, dtype="str"))).astype("datetime64[s]")
    if dtype.startswith(("float", "int")):
        numbers = [float(value) if value is not None else math.nan for value in values]
        return pd.Series(numbers, dtype="float64" if dtype.startswith("float") else dtype)
    if dtype in {"Int64", "Float64", "boolean", "bool", "str"}:
        return pd.Series([pd.NA if value is None else value for value in values], dtype=dtype)
    return pd.Series([math.nan if value is None else value for value in values], dtype="object")


def _cell(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")
    return value if isinstance(value, (bool, int, str)) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [
            dict(zip(map(str, value.columns), map(_cell, row), strict=True)) for row in value.itertuples(index=False)
        ]
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        parts = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return [_plain(part) for part in parts]
    return _cell(value)
