"""Lines of a table: cells and their total, along each key that has one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.gate import Gate


@dataclass(frozen=True, slots=True)
class Line:
    """One sum: the rows ``parts`` of a column add up to its row ``total``."""

    parts: tuple[int, ...]
    total: int

    @property
    def rows(self) -> tuple[int, ...]:
        """All rows of the line."""
        return (*self.parts, self.total)


def lines_of(frame: pd.DataFrame, gate: Gate) -> list[Line]:
    """Return every sum that the keys and their totals promise; whether a column keeps it is asked elsewhere."""
    found: list[Line] = []
    for key, total in gate.margins.items():
        if key not in frame.columns:
            continue
        others = [name for name in gate.keys if name != key and name in frame.columns]
        group = frame.groupby(others, dropna=False, sort=False).ngroup().to_numpy() if others else np.zeros(len(frame))
        is_total = (frame[key].astype("object") == total).to_numpy(dtype=bool)
        order = np.argsort(group, kind="stable")
        edges = np.flatnonzero(np.diff(group[order])) + 1
        for rows in np.split(order, edges):
            totals, parts = rows[is_total[rows]], rows[~is_total[rows]]
            if len(totals) == 1 and len(parts):
                found.append(Line(tuple(int(row) for row in parts), int(totals[0])))
    return found


def adds_up(values: np.ndarray, line: Line) -> bool:
    """Return whether a column keeps the sum of a line."""
    parts, total = values[list(line.parts)], values[line.total]
    if np.isnan(total) or np.isnan(parts).any():
        return False
    return bool(abs(parts.sum() - total) <= 1e-6 * max(1.0, abs(total)))
