"""Linear programs: what the shown numbers allow for a hidden one, and what else must be hidden.

Sources: Fischetti & Salazar (2001), Management Science 47(7), 1008-1027 (the exact model for cell suppression with
sliding protection); Kelly, Golden & Assad (1992), Networks 22, 397-417 (one program for each sensitive cell).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from factfidelity.display.disclosure_system import Equation, System

_TINY = 1e-6
_linear: Any = linprog
_integer: Any = milp


def ranges(system: System, *, at_least: float = 0.0) -> dict[int, tuple[float, float]]:
    """Return for each unknown cell the lowest and the highest value that all shown ones allow.

    Parameters
    ----------
    system : System
    at_least : float
        What the attacker takes for granted of every unknown number that is not 0: 0, or 1 where zeros are shown.
    """
    unknown = system.unknown
    found = {int(cell): (_floor(system, int(cell), at_least), np.inf) for cell in np.flatnonzero(unknown)}
    for members, equations in system.parts(unknown):
        matrix, right = _reduced(system, members, equations)
        bounds = [(_floor(system, int(cell), at_least), None) for cell in members]
        for place, cell in enumerate(members):
            found[int(cell)], _ = _range_of(place, matrix, right, bounds)
    return found


def survey(system: System, *, at_least: float = 0.0, rounds: int = 6) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return tables that agree with what is shown, far from each other: all unknown cells at once, in few programs.

    The directions are drawn with a fixed seed. Whether a table is found never decides what is hidden, only how fast.
    """
    members = np.flatnonzero(system.unknown)
    equations = [(cells, factors) for cells, factors in system.equations if system.unknown[list(cells)].any()]
    if not len(members) or not equations:
        return []
    matrix, right = _reduced(system, members, equations)
    values = system.values[members]
    roof = values + 2 * np.maximum(system.widths[members], 2.0) + 0.1 * np.abs(values)
    bounds = [(_floor(system, int(cell), at_least), float(top)) for cell, top in zip(members, roof, strict=True)]
    draw = np.random.default_rng(20)
    found = []
    for _ in range(rounds):
        goal = draw.normal(size=len(members))
        for sign in (1.0, -1.0):
            answer = _linear(sign * goal, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
            if answer.status == 0:
                found.append((members, answer.x))
    return found


def proven(system: System, least: np.ndarray, *, at_least: float = 0.0) -> dict[int, float]:
    """Return for each unknown cell a width that its interval has for certain: its ``least``, or less where that fails.

    As ``ranges``, but what one program finds for one cell counts for all others, so that few programs are needed.
    """
    widths = {int(cell): np.inf for cell in np.flatnonzero(system.unknown)}
    lows, highs = np.full(len(system.values), np.inf), np.full(len(system.values), -np.inf)
    for cells, table in survey(system, at_least=at_least):
        lows[cells], highs[cells] = np.minimum(lows[cells], table), np.maximum(highs[cells], table)
    for members, equations in system.parts(system.unknown):
        matrix, right = _reduced(system, members, equations)
        floors = [_floor(system, int(cell), at_least) for cell in members]
        bounds = [(floor, None) for floor in floors]
        low, high = lows[members], highs[members]
        for place, cell in enumerate(members):
            if not high[place] - low[place] >= least[cell]:
                ends, tables = _range_of(place, matrix, right, bounds)
                for table in tables:
                    low, high = np.minimum(low, table), np.maximum(high, table)
                low[place], high[place] = ends
            widths[int(cell)] = float(high[place] - low[place])
    return widths


def _floor(system: System, cell: int, at_least: float) -> float:
    return at_least if system.values[cell] >= at_least else 0.0


def _reduced(system: System, members: np.ndarray, equations: Sequence[Equation]) -> tuple[csr_array, np.ndarray]:
    """Return the equations over the members, with what is known moved to the right."""
    place = {int(cell): number for number, cell in enumerate(members)}
    rows, columns, factors, right = [], [], [], np.zeros(len(equations))
    for row, (cells, weights) in enumerate(equations):
        for cell, weight in zip(cells, weights, strict=True):
            if cell in place:
                rows.append(row)
                columns.append(place[cell])
                factors.append(weight)
            else:
                right[row] -= weight * system.values[cell]
    return csr_array((factors, (rows, columns)), shape=(len(equations), len(members))), right


def _range_of(
    place: int, matrix: csr_array, right: np.ndarray, bounds: Sequence[tuple[float, float | None]]
) -> tuple[tuple[float, float], list[np.ndarray]]:
    """Return the range of one number, and tables that reach its ends."""
    if matrix.shape[0] == 1:
        floors = np.array([low for low, _ in bounds])
        return _range_in_one(place, matrix.toarray()[0], float(right[0]), floors), []
    goal = np.zeros(matrix.shape[1])
    goal[place] = 1.0
    ends, tables = [], []
    for sign in (1.0, -1.0):
        answer = _linear(sign * goal, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
        if answer.status == 3:
            ends.append(np.inf if sign < 0 else -np.inf)
        elif answer.status == 0:
            ends.append(float(answer.x[place]))
            tables.append(answer.x)
        else:  # the shown numbers contradict each other by rounding: take the true ones for pinned
            ends.append(np.nan)
    return (ends[0], ends[1]), tables


def _range_in_one(place: int, weights: np.ndarray, right: float, floors: np.ndarray) -> tuple[float, float]:
    """Return the range of a number that stands in one sum only, without a program."""
    others = np.delete(np.arange(len(weights)), place)
    edge = (right - float(weights[others] @ floors[others])) / weights[place]
    same = bool((weights[others] * weights[place] > 0).any())
    opposite = bool((weights[others] * weights[place] < 0).any())
    low = float(floors[place]) if same else max(edge, float(floors[place]))
    return low, np.inf if opposite else max(edge, low)


def is_wide(system: System, cell: int, width: float, *, at_least: float = 0.0) -> bool:
    """Return whether the shown numbers leave a cell an interval of at least this width."""
    if system.is_seen_wide(cell, width, at_least):
        return True
    members, equations = next(
        ((found, sums) for found, sums in system.parts(system.unknown) if cell in found), (np.array([cell]), [])
    )
    if not equations:
        return True
    matrix, right = _reduced(system, members, equations)
    bounds = [(_floor(system, int(member), at_least), None) for member in members]
    (low, high), tables = _range_of(int(np.flatnonzero(members == cell)[0]), matrix, right, bounds)
    for table in tables:
        system.see(members, table, at_least)
    reached = np.array([low, min(high, float(system.values[cell]) + 2 * width)])
    for end in reached[np.isfinite(reached)]:
        system.see(np.array([cell]), np.array([end]), at_least)
    return bool(high - low >= width - _TINY)


def what_to_hide(system: System, cell: int, width: float, *, at_least: float = 0.0) -> list[int] | None:
    """Return what to hide more, at little cost, so that one cell gets its interval; None where nothing helps.

    Two tables are sought that agree with all that stays shown and that differ by ``width`` in the cell. What moves
    between them is hidden.
    """
    members, equations = system.whole(cell)
    if not equations:
        return []
    number = len(members)
    matrix, _ = _reduced(system, members, equations)
    costs = np.where(system.hidden[members] | system.silent[members], 0.0, system.costs[members])
    room = np.maximum(system.values[members] - np.where(system.values[members] >= at_least, at_least, 0.0), 0.0)
    place = int(np.flatnonzero(members == cell)[0])
    # variables: up and down in the first table, up and down in the second
    goal = np.tile(costs, 4)
    empty = csr_array(matrix.shape)
    both = vstack([hstack([matrix, -matrix, empty, empty]), hstack([empty, empty, matrix, -matrix])])
    gap = np.zeros(4 * number)
    gap[[place, number + place, 2 * number + place, 3 * number + place]] = [-1.0, 1.0, 1.0, -1.0]
    bounds = [(0.0, None)] * number + [(0.0, end) for end in room]
    answer = _linear(
        goal, A_ub=gap[None, :], b_ub=[-width], A_eq=both, b_eq=np.zeros(both.shape[0]), bounds=bounds * 2,
        method="highs",
    )  # fmt: skip
    if answer.status != 0:
        return None
    moved = answer.x.reshape(4, number)
    for up, down in (moved[:2], moved[2:]):
        system.see(members, system.values[members] + up - down, at_least)
    moves = (np.abs(moved[0] - moved[1]) > _TINY) | (np.abs(moved[2] - moved[3]) > _TINY)
    return [int(member) for member in members[moves] if not system.hidden[member]]


def fewest(system: System, members: np.ndarray, equations: Sequence[Equation], *, seconds: float) -> list[int] | None:
    """Return the fewest cells to hide more so that every sensitive cell gets its interval; None where not found.

    A mixed-integer program: for each sensitive cell two tables, tied to what is hidden.
    """
    targets = [number for number, cell in enumerate(members) if system.sensitive[cell]]
    if not targets:
        return []
    count = len(members)
    matrix, _ = _reduced(system, members, equations)
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
    system: System, members: np.ndarray, equations: Sequence[Equation], base: int, *, seconds: float = 5.0
) -> Mapping[int, float] | None:
    """Return each member rounded up or down to the base so that the sums still hold; None where that cannot be."""
    values = system.values[members]
    steps = np.floor(values / base)
    matrix, _ = _reduced(system, members, equations)
    whole = np.isclose(values, steps * base)
    nearest = values / base - steps
    answer = _integer(
        1 - 2 * nearest,
        constraints=[LinearConstraint(matrix, -(matrix @ steps), -(matrix @ steps))],
        bounds=Bounds(np.zeros(len(members)), np.where(whole, 0.0, 1.0)),
        integrality=np.ones(len(members)), options={"time_limit": seconds, "presolve": False},
    )  # fmt: skip
    if answer.x is None:
        return None
    up = np.round(answer.x)
    return {int(cell): float((steps[place] + up[place]) * base) for place, cell in enumerate(members)}
