"""Tables on show as plain data, kept with the released figures, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from factfidelity.display.views import Column, TableView


def view_record(view: TableView) -> dict[str, Any]:
    """Return a table view as plain data, to be kept with the released figures."""
    columns = [
        {"name": one.name, "heading": one.heading, "form": one.form, "decimals": one.decimals} for one in view.columns
    ]
    rows = view.frame[[column.name for column in view.columns]].astype("object")
    return {
        "name": view.name,
        "caption": view.caption,
        "columns": columns,
        "rows": rows.where(rows.notna(), None).to_numpy().tolist(),
        "notes": list(view.notes),
    }


def view_of(record: Mapping[str, Any]) -> TableView:
    """Return a table view from plain data."""
    columns = tuple(Column(**column) for column in record["columns"])
    frame = pd.DataFrame(record["rows"], columns=[column.name for column in columns])
    numeric = [column.name for column in columns if column.form in {"integer", "number", "percent"}]
    frame = frame.assign(**{name: pd.to_numeric(frame[name], errors="coerce") for name in numeric})
    return TableView(record["name"], record["caption"], frame, columns, tuple(record.get("notes", ())))
