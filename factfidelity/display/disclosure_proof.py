"""The proof: tables that agree with everything shown, and differ in each hidden number by what the rule asks."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from factfidelity.display.disclosure_near import all_of, widening
from factfidelity.display.disclosure_single import single_widths
from factfidelity.display.disclosure_sums import Blocks
from factfidelity.display.disclosure_system import System

_SLACK = 1e-7
_LARGE = 400  # cells of a block in which several numbers are looked at in one program
_SHARE = 400  # one number for so many cells of it
_DRAWS, _FEW = 3, 8  # how often all are looked at in one program, and how few are looked at one by one instead
_OFF = 1e-6  # by how much a sum may miss, as a share of the largest move: what the programs themselves allow


def independent(blocks: Blocks, cells: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Return which of some cells to look at in one program: one of each block; in large ones several that share no sum.

    Parameters
    ----------
    cells : array of int
        Those first in line in front.
    alone : array of bool
        Which of them want a program where no other of their block is asked for.
    """
    block = blocks.block_of[cells]
    first = np.zeros(len(cells), dtype=bool)
    first[np.unique(block, return_index=True)[1]] = True
    lone = np.zeros(len(blocks), dtype=bool)
    lone[block[first & alone]] = True
    at_first = blocks.sizes[block] > _LARGE
    rank = np.full(len(blocks.members), len(cells), dtype="int64")
    np.minimum.at(rank, blocks.place[cells], np.arange(len(cells)))
    claim = np.full(int(blocks.relation_start[-1]), len(cells), dtype="int64")
    np.minimum.at(claim, blocks.row, rank[blocks.column])
    lost = np.zeros(len(blocks.members), dtype=bool)
    lost[blocks.column[claim[blocks.row] != rank[blocks.column]]] = True
    free = at_first & ~lost[blocks.place[cells]] & ~alone & ~lone[block]
    chosen = np.flatnonzero(free & ~first)
    order = np.argsort(block[chosen], kind="stable")
    chosen = chosen[order]
    begin = np.searchsorted(block[chosen], block[chosen])
    few = np.arange(len(chosen)) - begin < blocks.sizes[block[chosen]] // _SHARE
    return np.sort(np.concatenate([np.flatnonzero(first), chosen[few]]))


def proven(system: System, least: np.ndarray, *, at_least: float = 0.0) -> dict[int, float]:
    """Return for each unknown cell a width that its interval has for certain: its ``least``, or less where that fails.

    Every width rests on two tables that agree with all that is shown, found by programs over all cells at once; a
    width that falls short is the exact one.

    Parameters
    ----------
    least : array of float
        For each cell of the system; a cell with 0 is not looked at.
    at_least : float
        What the attacker takes for granted of every unknown number that is not 0: 0, or 1 where zeros are shown.
    """
    unknown = system.unknown
    blocks = system.blocks(unknown)
    widths = np.full(len(system.values), np.inf)
    single = single_widths(system, blocks, at_least=at_least)
    widths[~np.isnan(single)] = single[~np.isnan(single)]
    open_ = unknown & (blocks.block_of >= 0) & np.isnan(single)
    widths[open_ & system.rigid] = 0.0
    many = np.flatnonzero(open_ & ~system.rigid)
    widths[many] = np.where(least[many] > 0, 0.0, np.inf)
    every = np.arange(len(system.values))
    ends = system.room(every, at_least), np.full(len(every), np.inf)
    prove(system, blocks, many[least[many] > 0], least, widths, ends)
    return {int(cell): float(widths[cell]) for cell in np.flatnonzero(unknown)}


def attested(system: System, ends: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return how low and how high each number is in the tables that were found while protecting.

    Every table is examined anew: it counts where it differs in unknown numbers only, goes no further than the attacker
    thinks possible, and where all sums hold.
    """
    lows, highs = system.values.copy(), system.values.copy()
    unknown = system.unknown
    good = [
        (cells, moves)
        for cells, moves in system.tables
        if unknown[cells].all() and (-moves <= ends[0][cells] + _SLACK).all() and (moves <= ends[1][cells]).all()
    ]
    if not good:
        return lows, highs
    sizes = [len(cells) for cells, _ in good]
    places = np.concatenate([cells for cells, _ in good]), np.repeat(np.arange(len(good)), sizes)
    moved = csr_array((np.concatenate([moves for _, moves in good]), places), shape=(len(lows), len(good)))
    sums = csr_array(
        (system.sums.factors, (system.sums.rows, system.sums.cells)), shape=(len(system.sums), len(lows))
    )  # fmt: skip
    off = abs(sums @ moved).max(axis=0).toarray() if len(system.sums) else np.zeros(len(good))
    for (cells, moves), gap in zip(good, np.ravel(off), strict=True):
        if gap <= _OFF * max(1.0, float(np.abs(moves).max(initial=0.0))):
            table = system.values[cells] + moves
            lows[cells], highs[cells] = np.minimum(lows[cells], table), np.maximum(highs[cells], table)
    return lows, highs


def prove(
    system: System, blocks: Blocks, cells: np.ndarray, least: np.ndarray, widths: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
) -> None:  # fmt: skip
    """Find, in place, the ``widths`` of some cells: at least ``least``, else exactly.

    Parameters
    ----------
    ends : (array, array)
        How far an attacker thinks that each number may be below and above its true value.
    """
    from factfidelity.display.disclosure_solver import reach

    lows, highs = attested(system, ends)
    widths[cells] = highs[cells] - lows[cells]
    draw = np.random.default_rng(20)  # the directions never decide what is proven, only how fast
    for _ in range(_DRAWS):
        cells = cells[widths[cells] < least[cells] - _SLACK]
        if len(cells) < _FEW:
            break
        weights = np.zeros(len(system.values))
        weights[cells] = draw.normal(size=len(cells))
        for members, table in reach(system, all_of(blocks, cells), weights, least, ends):
            lows[members], highs[members] = np.minimum(lows[members], table), np.maximum(highs[members], table)
        widths[cells] = highs[cells] - lows[cells]
    for cell in cells[widths[cells] < least[cells] - _SLACK]:
        widths[cell] = _width(blocks, int(cell), float(least[cell]), ends)


def _width(blocks: Blocks, cell: int, least: float, ends: tuple[np.ndarray, np.ndarray]) -> float:
    """Return the width of what is possible for one number, or less where that is ``least`` all the same."""
    from factfidelity.display.disclosure_solver import exact

    width = 0.0
    for near in widening(blocks, np.array([cell])):
        width = exact(near.inner, cell, ends)
        if width >= least or width >= exact(near.outer, cell, ends) - _SLACK:
            break
    return width
