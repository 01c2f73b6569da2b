"""Numbers that the layout of the tables tells, or what others know: no hiding of another keeps them.

A team whose report has no row for a diagnosis has nobody with it: the teams that have one add up to the whole. To hide
all else for the sake of such a zero would help nobody.
"""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_near import Part, widening
from factfidelity.display.disclosure_sums import Blocks
from factfidelity.display.disclosure_system import System

_MOVED = 1e-6


def note_last_in_line(system: System) -> None:
    """Note, in place, which numbers are ``rigid``: the only unknown one of a sum, again and again."""
    if system.fixed.any():
        system.rigid |= _last_in_line(system)


def _last_in_line(system: System) -> np.ndarray:
    """Return which numbers are the only unknown one of a sum, again and again."""
    known = system.fixed | system.rigid
    rows, cells = system.sums.rows, system.sums.cells
    while True:
        unknown = ~known[cells]
        alone = np.bincount(rows[unknown], minlength=len(system.sums)) == 1
        found = cells[unknown & alone[rows]]
        if not len(found):
            return np.asarray(known & ~system.fixed)
        known[found] = True


def never_moved(system: System, blocks: Blocks, cells: np.ndarray) -> np.ndarray:
    """Return which of some cells have the same value in every table, whatever of ``blocks`` is hidden.

    Numbers add up and are 0 or more: where nothing is known only zeros can be so, since all the others may be twice as
    many.
    """
    cells = cells[blocks.block_of[cells] >= 0]
    stuck: list[np.ndarray] = []
    for near in widening(blocks, cells):
        cells = _stay(system, near.inner, cells, unsure=True)
        if not len(cells):
            break
        never = _stay(system, near.outer, cells, unsure=False)
        stuck.append(never)
        cells = np.setdiff1d(cells, never)
    return np.sort(np.concatenate([*stuck, cells[:0]]))


def _stay(system: System, part: Part, cells: np.ndarray, *, unsure: bool) -> np.ndarray:
    """Return which of some cells have the same value in every table of a part; ``unsure`` says it of a failed program.

    A sum of them with random weights is the same in every table only where each of them is.
    """
    from factfidelity.display.disclosure_solver import reach

    draw = np.random.default_rng(20)
    every = np.arange(len(system.values))
    ends = system.room(every, 0.0), np.full(len(every), np.inf)
    beyond, cells = cells[~np.isin(cells, part.cells)], cells[np.isin(cells, part.cells)]
    while len(cells):
        weights = np.zeros(len(every))
        weights[cells] = draw.normal(size=len(cells))
        tables = reach(system, part, weights, np.ones(len(every)), ends)
        moved = np.zeros(len(every), dtype=bool)
        for members, table in tables:
            moved[members] |= np.abs(table - system.values[members]) > _MOVED
        if len(tables) < 2:
            return np.concatenate([beyond, cells]) if unsure else cells[:0]
        if not moved[cells].any():
            break
        cells = cells[~moved[cells]]
    return np.concatenate([beyond, cells])
