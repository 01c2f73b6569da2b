"""Numbers that stand in one sum only: what the others allow for them, and what else to hide, without a program."""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_sums import Blocks, spans
from factfidelity.display.disclosure_system import System


def single_widths(system: System, blocks: Blocks, *, at_least: float) -> np.ndarray:
    """Return how wide the interval of each unknown number is, where its block is one sum; missing for the others."""
    chosen = np.flatnonzero(blocks.relations == 1)
    widths = np.full(len(system.values), np.nan)
    if not len(chosen):
        return widths
    at = spans(blocks.entry_start[chosen], blocks.entry_start[chosen + 1])
    line = np.repeat(np.arange(len(chosen)), np.diff(blocks.entry_start)[chosen])
    cells, is_part = blocks.members[blocks.column[at]], blocks.factor[at] > 0
    unknown = system.unknown[cells]
    room = np.where(unknown, system.room(cells, at_least), 0.0)
    number = len(chosen)
    with_part = np.bincount(line, weights=unknown & is_part, minlength=number)[line]
    with_total = np.bincount(line, weights=unknown & ~is_part, minlength=number)[line]
    parts = np.bincount(line, weights=np.where(is_part, room, 0.0), minlength=number)[line]
    totals = np.bincount(line, weights=np.where(is_part, 0.0, room), minlength=number)[line]
    like = np.where(is_part, with_part, with_total) - 1
    unlike = np.where(is_part, with_total, with_part)
    up = np.where(unlike > 0, np.inf, np.where(is_part, parts, totals) - room)
    down = np.where(like > 0, room, np.minimum(room, np.where(is_part, totals, parts)))
    widths[cells] = np.where(unknown, up + down, np.nan)
    return widths


def hide_beside(system: System, blocks: Blocks, head: int, width: float, *, at_least: float) -> bool:
    """Hide, in place, what gives one number of a single sum its interval, at least cost; return whether that can be."""
    block = int(blocks.block_of[head])
    at = slice(int(blocks.entry_start[block]), int(blocks.entry_start[block + 1]))
    cells, factors = blocks.members[blocks.column[at]], blocks.factor[at]
    mine = cells == head
    like = (factors * factors[mine][0] > 0) & ~mine
    unknown, room = system.unknown[cells], system.room(cells, at_least)
    if (unknown & ~like & ~mine).any():
        return True  # a part and its total rise together as far as one likes
    beside = like & unknown
    need = width - float(room[mine][0]) - float(room[beside].sum())
    if need <= 0 and beside.any():
        return True
    costs = np.where(system.silent[cells], 0.0, system.costs[cells])
    free = np.flatnonzero(like & ~unknown)
    free = free[np.argsort(-room[free], kind="stable")]
    options = [[int(place)] for place in np.flatnonzero(~like & ~mine & ~unknown)]
    options += [[int(place)] for place in free if room[place] >= need]
    enough = np.flatnonzero(np.cumsum(room[free]) >= need)
    options += [free[: int(enough[0]) + 1].tolist()] if len(enough) else []
    if not options:
        return False
    best = min(options, key=lambda option: (float(costs[option].sum()), len(option)))
    system.hidden[cells[best]] = True
    return True
