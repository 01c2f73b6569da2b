"""What is near some numbers: programs over it are small, and mostly say as much as one over all that hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from factfidelity.display.disclosure_sums import Blocks

LARGE = 600  # numbers that hang together from which on it is worth while to look near by first
_STEPS = (2, 3, 4, 6)
_PART = 0.5  # of all that hangs together: from there on all of it is looked at


@dataclass(frozen=True, slots=True)
class Part:
    """Some numbers and the relations between them, cut out of all that hangs together.

    Attributes
    ----------
    cells : array of int
    matrix : array, relations × cells
    block : array of int
        For each of the cells its block.
    """

    cells: np.ndarray
    matrix: csr_array
    block: np.ndarray

    def units(self, asked: np.ndarray, most: float) -> np.ndarray:
        """Return for each cell the unit in which ``most`` is the widest that is asked for in its block.

        Days and persons weigh alike in one program.
        """
        number = self.block - self.block.min(initial=0)
        widest = np.zeros(int(number.max(initial=-1)) + 1)
        np.maximum.at(widest, number, asked)
        return np.asarray(np.where(widest > 0, widest / most, 1.0)[number])


@dataclass(frozen=True, slots=True)
class Near:
    """What some relations have.

    Attributes
    ----------
    inner : Part
        The numbers that stand in no other relation: what these do among themselves can be.
    outer : Part
        All numbers of these relations, free of any other: what these cannot do cannot be.
    """

    inner: Part
    outer: Part


def all_of(blocks: Blocks, cells: np.ndarray) -> Part:
    """Return all that hangs together with some cells."""
    found = blocks.block_of[cells]
    return part_of(blocks, np.unique(found[found >= 0]))


def part_of(blocks: Blocks, chosen: np.ndarray) -> Part:
    """Return the cells of some blocks and their relations as a matrix."""
    cells, row, column, factor = blocks.entries(chosen)
    shape = (int(blocks.relations[chosen].sum()), len(cells))
    return Part(cells, csr_array((factor, (row, column)), shape=shape), blocks.block_of[cells])


def widening(blocks: Blocks, cells: np.ndarray) -> Iterator[Near]:
    """Yield what is near some cells, ever further; at last all that hangs together with them."""
    whole = all_of(blocks, cells)
    last = 0
    for steps in _STEPS if len(whole.cells) > LARGE else ():
        near = near_to(whole, np.isin(whole.cells, cells), steps)
        if len(near.outer.cells) > _PART * len(whole.cells):
            break
        if len(near.outer.cells) > last:
            yield near
        last = len(near.outer.cells)
    yield Near(whole, whole)


def near_to(whole: Part, start: np.ndarray, steps: int) -> Near:
    """Return what is within some steps from relation to relation.

    Parameters
    ----------
    whole : Part
    start : array of bool
        One for each of its cells.
    """
    there = abs(whole.matrix)
    back = csr_array(there.T)
    column, relation = start.astype(float), np.zeros(there.shape[0])
    for _ in range(steps):
        relation = (there @ column > 0).astype(float)
        column = (back @ relation > 0).astype(float)
    outside = back @ (1.0 - relation) > 0
    rows = csr_array(whole.matrix[np.flatnonzero(relation)])
    inner, outer = (np.flatnonzero(some) for some in ((column > 0) & ~outside, column > 0))
    return Near(*(Part(whole.cells[some], csr_array(rows[:, some]), whole.block[some]) for some in (inner, outer)))
