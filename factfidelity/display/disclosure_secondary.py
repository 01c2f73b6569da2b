"""What else is hidden so that nothing hidden can be computed from what is shown."""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_near import all_of, part_of
from factfidelity.display.disclosure_proof import independent, proven
from factfidelity.display.disclosure_single import hide_beside, single_widths
from factfidelity.display.disclosure_sums import Blocks
from factfidelity.display.disclosure_system import System
from factfidelity.display.disclosure_zeros import never_moved

_OPTIMAL_CELLS, _OPTIMAL_SENSITIVE = 80, 40
_PATTERNS = 25  # patterns that are tried before the best of them is added to
_DRAWS, _MANY = 2, 40  # how often to look around, and for how many numbers at least
_FOLLOWS = 1e-3  # how wide an interval must stay for a number that is hidden for the sake of another, as a share of it


def protect_system(
    system: System, *, optimal: bool = False, seconds: float = 20.0, blocks: Blocks | None = None,
    only: np.ndarray | None = None,
) -> list[int]:  # fmt: skip
    """Hide, in place, what is needed; return the sensitive cells that could not be given their interval.

    Two attacks are met. One only knows that numbers are 0 or more: it must be left an interval of ``widths``. One also
    knows that a number which is not shown is not 0: it must not get down to one value.

    Parameters
    ----------
    system : System
        Changed in place: ``hidden`` grows.
    optimal : bool
        Seek the fewest hidden cells where the tables are small enough, within ``seconds``.
    blocks : Blocks, optional
        ``system.blocks(~system.fixed)``, where it is known already.
    only : array of bool, optional
        Look only at the blocks that have one of these cells.
    """
    blocks = system.blocks(~system.fixed) if blocks is None else blocks
    active = _to_look_at(system, blocks, only)
    system.served[active] = system.hidden[active]
    if optimal:
        active &= ~_hide_fewest(system, blocks, active, seconds)
    cells = np.flatnonzero(system.sensitive & ~system.fixed & active)
    cells = cells[np.argsort(system.values[cells], kind="stable")]  # what the smallest hide serves the others too
    widths = system.widths[cells]
    left = _serve(system, blocks, cells, widths, 0.0)
    sharp = widths >= 1.0
    left |= _serve(system, blocks, cells[sharp], np.minimum(widths[sharp], 1.0), 1.0)
    left = _without_told(system, left)
    if left:  # no hiding of a few helps: nothing of what hangs together with them is shown
        dark = np.isin(blocks.block_of, blocks.block_of[sorted(left)]) & (blocks.block_of >= 0)
        system.hidden |= dark & ~system.fixed
        left -= {int(cell) for cell in np.flatnonzero(system.in_the_dark())}
    system.pinned[active] = False
    tried = np.zeros(len(system.values), dtype=bool)
    lost: set[int] = set()
    while len(others := np.flatnonzero(system.unknown & ~system.sensitive & ~system.silent & active & ~tried)):
        tried[others] = True
        lost |= _serve(system, blocks, others, least_width(system, others), 0.0)
    if lost:
        system.pinned[sorted(lost)] = True
        system.pinned &= ~system.in_the_dark()
    return sorted(left)


def _without_told(system: System, left: set[int]) -> set[int]:
    """Leave out, and take for told, zeros that the layout tells, and what others know whatever is hidden here.

    Nothing is saved by not writing a report from which nothing new follows; small numbers of persons stop it all the
    same.
    """
    cells = np.array(sorted(left), dtype="int64")
    values = system.values[cells]
    small = (values > 0) & ((values < system.widths[cells]) | (not system.fixed.any()))
    system.sensitive[cells[~small]] = False
    return {int(cell) for cell in cells[small]}


def least_width(system: System, cells: np.ndarray) -> np.ndarray:
    """Return the interval that must stay for numbers that are hidden for the sake of others."""
    return np.asarray(np.maximum(_FOLLOWS * np.maximum(1.0, np.abs(system.values[cells])), system.persons[cells]))


def _to_look_at(system: System, blocks: Blocks, only: np.ndarray | None) -> np.ndarray:
    """Return the cells of the blocks in which something was hidden since the last time."""
    new = np.flatnonzero(system.hidden & ~system.served & (blocks.block_of >= 0))
    active = np.zeros(len(blocks) + 1, dtype=bool)
    active[blocks.block_of[new]] = True
    if only is not None:
        wanted = np.zeros(len(blocks) + 1, dtype=bool)
        wanted[blocks.block_of[np.flatnonzero(only)]] = True
        active &= wanted
    active[-1] = False
    return np.asarray(active[blocks.block_of])


def _serve(system: System, blocks: Blocks, cells: np.ndarray, widths: np.ndarray, at_least: float) -> set[int]:
    """Give each cell its interval; return those for which that cannot be."""
    from factfidelity.display.disclosure_solver import hide_more

    rigid = system.rigid[cells]
    told, cells, widths = cells[rigid], cells[~rigid], widths[~rigid]
    left = {int(cell) for cell in told} | _serve_single(system, blocks, cells, widths, at_least)
    if not len(blocks):
        return left
    many = (blocks.block_of[cells] >= 0) & (blocks.relations[blocks.block_of[cells]] > 1)
    cells, widths = cells[many], widths[many]
    _look_around(system, cells, widths, at_least)
    alone = np.zeros(len(cells), dtype=bool)
    able = np.zeros(len(system.values), dtype=bool)  # found to move: need not be asked again
    while len(cells):
        open_ = system.seen_width(cells, at_least) < widths
        cells, widths, alone = cells[open_], widths[open_], alone[open_]
        if not len(cells):
            break
        turn = independent(blocks, cells, alone)
        missed = hide_more(system, blocks, cells[turn], widths[turn], at_least=at_least)
        by_itself = np.bincount(blocks.block_of[cells[turn]], minlength=len(blocks))[blocks.block_of[cells[turn]]] == 1
        asked = cells[turn][missed & ~by_itself & ~able[cells[turn]]]
        still = never_moved(system, blocks, asked)
        able[asked], system.rigid[still] = True, True
        by_itself |= np.isin(cells[turn], still)
        left |= {int(cell) for cell in cells[turn][missed & by_itself]}
        alone[turn[missed]] = True
        done = turn[~missed | by_itself]
        cells, widths, alone = np.delete(cells, done), np.delete(widths, done), np.delete(alone, done)
    return left


def _look_around(system: System, cells: np.ndarray, widths: np.ndarray, at_least: float) -> None:
    """Seek some tables that agree with what is shown by now: whoever has an interval needs no program of its own."""
    from factfidelity.display.disclosure_solver import reach

    draw = np.random.default_rng(20)
    every = np.arange(len(system.values))
    ends = system.room(every, at_least), np.full(len(every), np.inf)
    least = np.zeros(len(every))
    least[cells] = widths
    blocks = system.blocks(system.unknown)
    for _ in range(_DRAWS):
        short = cells[(system.seen_width(cells, at_least) < widths) & (blocks.block_of[cells] >= 0)]
        if len(short) < _MANY:
            return
        weights = np.zeros(len(every))
        weights[short] = draw.normal(size=len(short))
        for members, table in reach(system, all_of(blocks, short), weights, least, ends):
            system.see(members, table, at_least)


def _serve_single(system: System, blocks: Blocks, cells: np.ndarray, widths: np.ndarray, at_least: float) -> set[int]:
    now = single_widths(system, blocks, at_least=at_least)[cells]
    short = np.flatnonzero(now < widths)
    return {
        int(cells[place])
        for place in short
        if not hide_beside(system, blocks, int(cells[place]), float(widths[place]), at_least=at_least)
    }


def _hide_fewest(system: System, blocks: Blocks, active: np.ndarray, seconds: float) -> np.ndarray:
    """Hide, in place, the fewest cells of each small block that meet both attacks; return which need no second look."""
    from factfidelity.display.disclosure_solver import fewest

    done = np.zeros(len(system.values), dtype=bool)
    for block in range(len(blocks)):
        members = blocks.members_of(block)
        sensitive = int(system.sensitive[members].sum())
        if not (active[members[0]] and 0 < sensitive <= _OPTIMAL_SENSITIVE and len(members) <= _OPTIMAL_CELLS):
            continue
        part = part_of(blocks, np.array([block]))
        cells, matrix = part.cells, part.matrix
        before, tried = system.hidden.copy(), list[np.ndarray]()
        while len(tried) < _PATTERNS and (found := fewest(system, cells, matrix, seconds=seconds, tried=tried)):
            system.hidden[found] = True
            if is_kept(system, of=cells):
                done[cells] = True
                break
            tried.append(system.hidden[cells])
            system.hidden[:] = before
        else:
            if tried:
                system.hidden[cells] = tried[0]
    return done


def shown_again(system: System) -> list[int]:
    """Show again, in place, what was hidden in vain; return which cells.

    The dearest first: a cell is shown again when every sensitive cell keeps its interval without it.
    """
    back: list[int] = []
    candidates = np.flatnonzero(system.hidden & ~system.sensitive & ~system.silent & ~system.fixed)
    for cell in candidates[np.argsort(-system.costs[candidates], kind="stable")]:
        system.hidden[cell] = False
        if is_kept(system):
            back.append(int(cell))
        else:
            system.hidden[cell] = True
    system.seen[:] = system.values
    return back


def is_kept(system: System, of: np.ndarray | None = None) -> bool:
    """Return whether every sensitive cell (``of`` some) has its interval, and no other hidden one is pinned."""
    unknown = np.flatnonzero(system.unknown & ~system.silent)
    unknown = unknown if of is None else np.intersect1d(unknown, of)
    loose, sharp = np.zeros(len(system.values)), np.zeros(len(system.values))
    loose[unknown] = np.where(system.sensitive[unknown], system.widths[unknown], least_width(system, unknown))
    sharp[unknown] = np.where(system.widths[unknown] >= 1, 1.0, 0.0)
    for least, at_least in ((loose, 0.0), (sharp, 1.0)):
        asked = np.flatnonzero(least > 0)
        widths = proven(system, least, at_least=at_least)
        if not all(widths[int(cell)] >= least[cell] - 1e-6 for cell in asked):
            return False
    return True
