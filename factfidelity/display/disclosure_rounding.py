"""The other way: every number of persons rounded, so that sums still hold and none is hidden.

Source: Cox (1987), Journal of the American Statistical Association 82(398), 520-524 (controlled rounding, in which
what is a multiple already stays, and sums are kept; always possible in two-way tables).
"""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_links import Closed
from factfidelity.display.disclosure_sums import blocks_of
from factfidelity.display.disclosure_system import System


def rounded_frames(closed: Closed, base: int) -> list[dict[str, np.ndarray]]:
    """Return for each frame its columns of persons, rounded; the same number is rounded alike everywhere.

    What rests on a hidden number of persons stays hidden: an exact rate would give the exact number back.
    """
    values = rounded_cells(closed.registry.system, base)
    out: list[dict[str, np.ndarray]] = [{} for _ in closed.frames]
    for (number, column), cells in zip(closed.sheets, closed.registry.cells, strict=True):
        if column in closed.frames[number].gate.counts:
            found = np.full(len(cells), np.nan)
            found[cells >= 0] = values[cells[cells >= 0]]
            out[number][column] = found
    return out


def rounded_cells(system: System, base: int) -> np.ndarray:
    """Return every number rounded to the base, up or down so that sums hold; each by itself where that cannot be."""
    from factfidelity.display.disclosure_solver import matrix_of, rounded

    out: np.ndarray = np.floor(system.values / base + 0.5) * base
    silent = np.zeros(len(system.sums), dtype=bool)
    silent[system.sums.rows[system.silent[system.sums.cells]]] = True
    blocks = blocks_of(system.sums.only(~silent), np.ones(len(system.values), dtype=bool))
    whole = np.abs(system.values - np.round(system.values)) < 1e-9
    for block in range(len(blocks)):
        members, matrix = matrix_of(blocks, np.array([block]))
        if whole[members].all():
            for cell, value in (rounded(system.values, members, matrix, base) or {}).items():
                out[cell] = value
    return out
