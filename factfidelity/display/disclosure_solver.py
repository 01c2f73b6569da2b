"""Linear programs: what the shown numbers allow for a hidden one, and what else must be hidden.

Blocks of numbers that do not hang together are put side by side in one program: its best answer is the best answer of
each. All programs look for the way from the true numbers to others that agree with what is shown.

Sources: Fischetti & Salazar (2001), Management Science 47(7), 1008-1027 (the exact model for cell suppression with
sliding protection); Kelly, Golden & Assad (1992), Networks 22, 397-417 (one program for each sensitive cell).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from factfidelity.display.disclosure_near import Part, all_of, part_of, widening
from factfidelity.display.disclosure_sums import Blocks
from factfidelity.display.disclosure_system import System

TINY = 1e-6
_FAILED = 1e5  # what a unit costs by which an interval falls short: more than any way to reach it
_UNIT = 5.0  # the widest interval that is asked for in a block, after scaling
_linear: Any = linprog
_integer: Any = milp
_FEW, _VERY_MANY = 8, 10_000  # so few heads among so many numbers: tables are sought near by first
_FAR = 1e4  # units by which a number may fall: enough for every interval

Ends = tuple[np.ndarray, np.ndarray]


def hide_more(
    system: System, blocks: Blocks, heads: np.ndarray, widths: np.ndarray, *, at_least: float = 0.0
) -> np.ndarray:
    """Hide, in place, what gives some cells their intervals at little cost; return which of them it could not help.

    Two tables are sought that agree with all that stays shown and that differ by ``widths`` in ``heads``. What moves
    between them is hidden. For a few heads among very many numbers they are sought near by first.
    """
    whole = all_of(blocks, heads)
    near_first = len(heads) <= _FEW and len(whole.cells) > _VERY_MANY
    for part in (near.inner for near in widening(blocks, heads)) if near_first else (whole,):
        missed, tables = _two_tables(system, part, heads, widths, at_least)
        if not missed.any():
            break
    for way, moves in tables:
        system.see(part.cells, system.values[part.cells] + way, at_least)
        system.hidden[part.cells[moves]] = True
    return missed


def _two_tables(
    system: System, part: Part, heads: np.ndarray, widths: np.ndarray, at_least: float
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Return which heads fall short of their widths, and how far and whether the cells move in two tables."""
    cells, matrix = part.cells, part.matrix
    at = np.full(len(system.values), -1, dtype="int64")
    at[cells] = np.arange(len(cells))
    if (at[heads] < 0).any():
        return np.ones(len(heads), dtype=bool), []
    asked = np.zeros(len(cells))
    asked[at[heads]] = widths
    scale = part.units(asked, _UNIT)
    number, count = len(cells), len(heads)
    costs = np.where(system.hidden[cells] | system.silent[cells], 0.0, system.costs[cells])
    # variables: up and down in the first table, up and down in the second, what each head falls short
    goal = np.concatenate([np.tile(costs, 4), np.full(count, _FAILED)])
    both = hstack([matrix, -matrix])
    empty = csr_array(both.shape)
    sums = hstack([vstack([hstack([both, empty]), hstack([empty, both])]), csr_array((2 * both.shape[0], count))])
    line, place = np.arange(count), at[heads]
    columns = np.concatenate([place, number + place, 2 * number + place, 3 * number + place, 4 * number + line])
    signs = np.repeat([-1.0, 1.0, 1.0, -1.0, -1.0], count)
    gaps = csr_array((signs, (np.tile(line, 5), columns)), shape=(count, 4 * number + count))
    top = np.concatenate([np.full(number, np.inf), system.room(cells, at_least) / scale])
    top = np.concatenate([top, top, np.full(count, np.inf)])
    target = widths / scale[place]
    answer = _linear(
        goal, A_ub=gaps, b_ub=-(target + TINY), A_eq=csr_array(sums), b_eq=np.zeros(sums.shape[0]),
        bounds=np.column_stack([np.zeros(len(top)), top]), method="highs",
    )  # fmt: skip
    if answer.status != 0:
        return np.ones(count, dtype=bool), []
    moved = answer.x[: 4 * number].reshape(4, number)
    ways = moved[0] - moved[1], moved[2] - moved[3]
    return np.asarray(answer.x[4 * number :] > 10 * TINY), [(way * scale, np.abs(way) > TINY) for way in ways]


def reach(
    system: System, part: Part, weights: np.ndarray, least: np.ndarray, ends: Ends
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return two tables that agree with what is shown, as far as can be in the direction of some weights, and back.

    Parameters
    ----------
    part : Part
        Of what an attacker does not know.
    weights : array, one for each cell of the system
        The direction.
    least : array
        What is asked of each cell: no number moves by more than a few times the widest in its block.
    ends : (array, array)
        How far each number may fall and rise.
    """
    cells, matrix = part.cells, part.matrix
    scale = part.units(least[cells], _UNIT)
    bounds = np.column_stack([
        -np.minimum(ends[0][cells] / scale, _FAR), np.minimum(ends[1][cells] / scale, 8 * _UNIT)
    ])  # fmt: skip
    found = []
    for sign in (-1.0, 1.0):
        answer = _linear(
            sign * weights[cells], A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs"
        )
        if answer.status == 0:
            found.append((cells, system.values[cells] + answer.x * scale))
    return found


def exact(part: Part, cell: int, ends: Ends) -> float:
    """Return the width of what is possible for one number among those of a part; 0 where it is not one of them."""
    cells, matrix = part.cells, part.matrix
    goal = (cells == cell).astype(float)
    if not goal.any():
        return 0.0
    bounds = np.column_stack([-ends[0][cells], ends[1][cells]])
    width = 0.0
    for sign in (-1.0, 1.0):
        answer = _linear(sign * goal, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs")
        if answer.status == 3:
            return np.inf
        width += abs(float(answer.fun)) if answer.status == 0 else 0.0
    return width


def ranges(system: System) -> dict[int, tuple[float, float]]:
    """Return for each unknown cell the lowest and the highest value that all shown ones allow.

    The values of unknown cells are not read: they may be missing.
    """
    unknown = system.unknown
    found = {int(cell): (0.0, np.inf) for cell in np.flatnonzero(unknown)}
    blocks = system.blocks(unknown)
    known = np.where(unknown, 0.0, system.values)[system.sums.cells] * system.sums.factors
    shown = np.bincount(system.sums.rows, weights=known, minlength=len(system.sums))
    live = np.zeros(len(system.sums), dtype=bool)
    live[system.sums.rows[unknown[system.sums.cells]]] = True
    block = np.full(len(system.sums), -1, dtype="int64")
    some = unknown[system.sums.cells]
    block[system.sums.rows[some]] = blocks.block_of[system.sums.cells[some]]
    for number in range(len(blocks)):
        part = part_of(blocks, np.array([number]))
        right = -shown[live & (block == number)]
        for place, cell in enumerate(part.cells):
            found[int(cell)] = _ends(place, part.matrix, right)
    return found


def _ends(place: int, matrix: csr_array, right: np.ndarray) -> tuple[float, float]:
    goal = np.zeros(matrix.shape[1])
    goal[place] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        answer = _linear(sign * goal, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
        # where the shown numbers contradict each other by rounding, take them for the true ones: pinned
        ends.append(float(answer.x[place]) if answer.status == 0 else np.inf if answer.status == 3 else np.nan)
    return ends[0], ends[1]


def fewest(
    system: System, members: np.ndarray, matrix: csr_array, *, seconds: float, tried: Sequence[np.ndarray] = ()
) -> list[int] | None:
    """Return the fewest cells to hide more so that every sensitive cell gets its interval; None where not found.

    A mixed-integer program: for each sensitive cell two tables, tied to what is hidden. Of patterns that were tried
    and are not enough, something beside them must be hidden.
    """
    targets = [number for number, cell in enumerate(members) if system.sensitive[cell]]
    if not targets:
        return []
    count = len(members)
    values, widths = system.values[members], system.widths[members]
    weights = np.where(system.silent[members], 0.0, 1.0 + 1e-3 * np.log1p(values) / np.log1p(values.max() + 1))
    most = max(float(widths[targets].max()), 1.0) * (1 if _is_network(matrix) else 2)
    size = count * (1 + 2 * len(targets))
    goal = np.zeros(size)
    goal[:count] = weights
    rows: list[LinearConstraint] = []
    for order, target in enumerate(targets):
        for table in (0, 1):
            start = count * (1 + 2 * order + table)
            rows.append(LinearConstraint(_placed(matrix, start, size), 0, 0))
            rows.extend(_tied(start, count, size, np.minimum(values, most), most))
        row = np.zeros(size)
        row[count * (1 + 2 * order) + target], row[count * (2 + 2 * order) + target] = 1.0, -1.0
        rows.append(LinearConstraint(row[None, :], widths[target], np.inf))
    more = (np.concatenate([~pattern, np.zeros(size - count)]) for pattern in tried)
    rows.extend(LinearConstraint(row[None, :], 1.0, np.inf) for row in more)
    low, high = np.full(size, -most), np.full(size, most)
    low[:count], high[:count] = (system.hidden[members] | system.silent[members]).astype(float), 1.0
    # presolve off: it makes the solver print lines of its own
    answer = _integer(
        goal, constraints=rows, bounds=Bounds(low, high),
        integrality=np.arange(size) < count, options={"time_limit": seconds, "mip_rel_gap": 1e-6, "presolve": False},
    )  # fmt: skip
    if answer.x is None or answer.status != 0:
        return None
    return [
        int(cell) for cell, on in zip(members, answer.x[:count] > 0.5, strict=True) if on and not system.hidden[cell]
    ]


def _placed(matrix: csr_array, start: int, size: int) -> csr_array:
    after = size - start - matrix.shape[1]
    return csr_array(hstack([csr_array((matrix.shape[0], start)), matrix, csr_array((matrix.shape[0], after))]))


def _tied(start: int, count: int, size: int, down: np.ndarray, up: float) -> list[LinearConstraint]:
    """Return: a number moves only where it is hidden, and not below 0."""
    lines, columns = np.repeat(np.arange(count), 2), np.empty(2 * count, dtype="int64")
    columns[0::2], columns[1::2] = np.arange(count), start + np.arange(count)
    above, below = np.empty(2 * count), np.empty(2 * count)
    above[0::2], above[1::2] = -up, 1.0
    below[0::2], below[1::2] = down, 1.0
    shape = (count, size)
    return [
        LinearConstraint(csr_array((above, (lines, columns)), shape=shape), -np.inf, 0.0),
        LinearConstraint(csr_array((below, (lines, columns)), shape=shape), 0.0, np.inf),
    ]


def _is_network(matrix: csr_array) -> bool:
    """Return whether each cell stands in at most two sums, as in a two-way table."""
    return bool((np.bincount(matrix.indices, minlength=1) <= 2).all())


def rounded(
    values: np.ndarray, members: np.ndarray, matrix: csr_array, base: int, up_cost: np.ndarray, down_cost: np.ndarray
) -> Mapping[int, float] | None:
    """Return each member as a multiple of the base at most so far away, so that the sums still hold, at least cost.

    0 stays; a multiple may move to the next one; any other number goes to one of the two beside it. None where no
    such table is found.
    """
    steps = np.floor(values[members] / base + 1e-9)
    whole, nothing = np.isclose(values[members], steps * base), values[members] == 0
    number = len(members)
    answer = _integer(
        np.concatenate([up_cost, down_cost]),
        constraints=[LinearConstraint(csr_array(hstack([matrix, -matrix])), -(matrix @ steps), -(matrix @ steps))],
        bounds=Bounds(np.zeros(2 * number), np.concatenate([~nothing, whole & ~nothing]).astype(float)),
        integrality=np.ones(2 * number), options={"node_limit": 400, "mip_rel_gap": 0.02, "presolve": False},
    )  # fmt: skip
    if answer.x is None:
        return None
    moved = steps + np.round(answer.x[:number]) - np.round(answer.x[number:])
    if np.abs(matrix @ moved).max(initial=0.0) > TINY:
        return None
    return {int(cell): float(moved[place] * base) for place, cell in enumerate(members)}
