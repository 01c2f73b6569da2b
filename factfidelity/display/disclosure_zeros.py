"""Zeros that the layout of the tables tells, or what others know: no hiding of a number keeps them.

A team whose report has no row for a diagnosis has nobody with it: the teams that have one add up to the whole. To hide
all else for the sake of such a zero would help nobody.
"""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_sums import Blocks
from factfidelity.display.disclosure_system import System

_ENOUGH = 1.0  # a number that can be so much is no zero that is told


def told_zeros(system: System, blocks: Blocks) -> np.ndarray:
    """Return which sensitive zeros would be told if everything were hidden that can be.

    Numbers add up and are 0 or more: a larger number can never be told by that alone, since all may be twice as many.

    Parameters
    ----------
    system : System
    blocks : Blocks
        ``system.blocks(~system.fixed)``.

    Returns
    -------
    array of int
        Their cells.
    """
    from factfidelity.display.disclosure_solver import raised

    cells = np.flatnonzero(system.sensitive & ~system.fixed & (system.values == 0) & (blocks.block_of >= 0))
    while len(cells):
        able = raised(system, blocks, cells, _ENOUGH)
        if not able.any():
            break
        cells = cells[~able]
    return cells
