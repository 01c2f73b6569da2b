"""The other way: every number of persons rounded, so that sums still hold and hardly any is hidden.

Each number is shown as a multiple of the base at most one base away; 0 stays 0. Which multiple is drawn at random, with
a seed made of all the true numbers, so that knowing the rule does not tell the draw. Whoever knows the rule, and every
number that could be shown without rounding, is left the interval that the rule asks for each small one; where rounded
numbers leave less, those around it stay hidden.

Source: Cox (1987), Journal of the American Statistical Association 82(398), 520-524 (controlled rounding, in which
sums are kept).
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from factfidelity.display.disclosure_links import Closed
from factfidelity.display.disclosure_proof import prove
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_sums import Blocks, blocks_of
from factfidelity.display.disclosure_system import System

_NEAR = 3  # sums around a small number in which rounded numbers are hidden before all that hang together are
_STAYS = 0.85  # how often a multiple of the base is not moved


def rounded_frames(closed: Closed, rule: DisclosureRule) -> list[dict[str, np.ndarray]]:
    """Return for each frame its columns of persons, rounded; the same number is rounded alike everywhere.

    What rests on a hidden number of persons stays hidden: an exact rate would give the exact number back.
    """
    values = rounded_cells(closed.registry.system, rule)
    out: list[dict[str, np.ndarray]] = [{} for _ in closed.frames]
    for (number, column), cells in zip(closed.sheets, closed.registry.cells, strict=True):
        if column in closed.frames[number].gate.counts:
            found = np.full(len(cells), np.nan)
            found[cells >= 0] = values[cells[cells >= 0]]
            out[number][column] = found
    return out


def rounded_cells(system: System, rule: DisclosureRule) -> np.ndarray:
    """Return every number as it is shown: rounded so that sums hold, or missing where that would tell too much."""
    out = _drawn(system, rule.base)
    blocks = system.blocks(system.unknown)
    asked = np.flatnonzero(system.sensitive & system.unknown & (system.persons | system.silent))
    hidden = np.zeros(len(system.values), dtype=bool)
    asked = asked[blocks.block_of[asked] >= 0]  # one that stands alone is left an interval of the base
    turns = 0
    while len(asked):
        widths = np.full(len(system.values), np.inf)
        least = np.where(system.sensitive, np.minimum(system.widths, rule.protection), 0.0)
        prove(system, blocks, asked, least, widths, _ends(system, out, hidden, rule.base))
        asked = asked[widths[asked] < least[asked] - 1e-6]
        turns += 1
        more = _around(system, asked, turns) & system.unknown & ~hidden
        if turns > _NEAR or not more.any():
            more = np.isin(blocks.block_of, blocks.block_of[asked]) & (blocks.block_of >= 0) & ~hidden
        if not more.any():  # all of the block is hidden: as safe as without rounding
            break
        hidden |= more
    return np.where(hidden, np.nan, out)


def _ends(system: System, shown: np.ndarray, hidden: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each number may be below and above the true one, for whoever knows the rule and what is shown."""
    spoken = ~hidden & ~system.silent & system.persons
    lowest = np.where(spoken, np.where(shown > 0, np.maximum(shown - base, 1.0), 0.0), 0.0)
    highest = np.where(spoken, shown + base, np.inf)
    return np.maximum(system.values - lowest, 0.0), np.maximum(highest - system.values, 0.0)


def _around(system: System, cells: np.ndarray, steps: int) -> np.ndarray:
    """Return the cells that are some sums away from others, or nearer."""
    chosen = np.zeros(len(system.values), dtype=bool)
    chosen[cells] = True
    for _ in range(steps):
        lines = np.zeros(len(system.sums), dtype=bool)
        lines[system.sums.rows[chosen[system.sums.cells] & system.unknown[system.sums.cells]]] = True
        chosen[system.sums.cells[lines[system.sums.rows]]] = True
    return chosen


def _drawn(system: System, base: int) -> np.ndarray:
    from factfidelity.display.disclosure_near import part_of
    from factfidelity.display.disclosure_solver import rounded

    seed = blake2b(np.round(system.values, 6).tobytes(), digest_size=8).digest()
    draw = np.random.default_rng(int.from_bytes(seed))
    above = system.values / base - np.floor(system.values / base + 1e-9)
    is_multiple = above < 1e-6
    chance = draw.random((2, len(system.values)))
    up_cost = chance[0] - np.where(is_multiple, (1 - _STAYS) / 2, above)
    down_cost = chance[1] - (1 - _STAYS) / 2
    out: np.ndarray = (np.floor(system.values / base + 1e-9) + (up_cost < 0)) * base
    out = np.where(is_multiple & (down_cost < 0), system.values - base, out)
    out = np.where(system.values == 0, 0.0, out)
    blocks = _spoken(system)
    for block in range(len(blocks)):
        part = part_of(blocks, np.array([block]))
        members = part.cells
        if system.persons[members].all():
            found = rounded(system.values, members, part.matrix, base, up_cost[members], down_cost[members])
            out[list(found or {})] = list((found or {}).values())
    return out


def _spoken(system: System) -> Blocks:
    silent = np.zeros(len(system.sums), dtype=bool)
    silent[system.sums.rows[system.silent[system.sums.cells]]] = True
    return blocks_of(system.sums.only(~silent), np.ones(len(system.values), dtype=bool))
