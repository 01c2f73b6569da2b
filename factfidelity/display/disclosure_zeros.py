"""Numbers that the layout of the tables tells, or what others know: no hiding of another keeps them.

A team whose report has no row for a diagnosis has nobody with it: the teams that have one add up to the whole. To hide
all else for the sake of such a zero would help nobody.
"""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_sums import Blocks
from factfidelity.display.disclosure_system import System

_MOVED = 1e-6


def note_told(system: System, blocks: Blocks, *, among: np.ndarray | None = None) -> None:
    """Note, in place, which numbers would be told if everything were hidden that can be; zeros are let go.

    Numbers add up and are 0 or more: by that alone only zeros can be told, since all the others may be twice as many.

    Parameters
    ----------
    system : System
        ``rigid`` grows; a zero among them is no longer ``sensitive``.
    blocks : Blocks
        ``system.blocks(~system.fixed)``.
    among : array of bool, optional
        Which numbers to look at; default all.
    """
    some = ~system.fixed & ~system.rigid & (blocks.block_of >= 0)
    if not system.fixed.any():
        some &= system.sensitive & (system.values == 0)
    cells = _told(system, blocks, np.flatnonzero(some if among is None else some & among))
    system.rigid[cells] = True
    system.sensitive[cells[system.values[cells] == 0]] = False


def _told(system: System, blocks: Blocks, cells: np.ndarray) -> np.ndarray:
    """Return which of some cells have the same value in every table.

    A sum of them with random weights is the same in every table only where each of them is.
    """
    from factfidelity.display.disclosure_solver import reach

    draw = np.random.default_rng(20)
    every = np.arange(len(system.values))
    ends = system.room(every, 0.0), np.full(len(every), np.inf)
    while len(cells):
        weights = np.zeros(len(every))
        weights[cells] = draw.normal(size=len(cells))
        tables = reach(system, blocks, weights, np.ones(len(every)), ends)
        moved = np.zeros(len(every), dtype=bool)
        for members, table in tables:
            moved[members] |= np.abs(table - system.values[members]) > _MOVED
        if len(tables) < 2:  # a program failed: nothing is known
            return cells[:0]
        if not moved[cells].any():
            break
        cells = cells[~moved[cells]]
    return cells
