"""What else is hidden so that nothing hidden can be computed from what is shown."""

from __future__ import annotations

import numpy as np

from factfidelity.display.disclosure_system import System

_OPTIMAL_CELLS, _OPTIMAL_SENSITIVE = 80, 40
_MANY = 40


def protect_system(system: System, *, optimal: bool = False, seconds: float = 20.0) -> list[int]:
    """Hide, in place, what is needed; return the sensitive cells that could not be given their interval.

    Two attacks are met. One only knows that numbers are 0 or more: it must be left an interval of ``widths``. One also
    knows that a number which is not shown is not 0: it must not get down to one value.

    Parameters
    ----------
    system : System
        Changed in place: ``hidden`` grows.
    optimal : bool
        Seek the fewest hidden cells where the tables are small enough, within ``seconds``.
    """
    from factfidelity.display import disclosure_solver as solver

    if int(system.unknown.sum()) > _MANY:
        for at_least in (0.0, 1.0):
            for cells, table in solver.survey(system, at_least=at_least):
                system.see(cells, table, at_least)
    left: list[int] = []
    for members, equations in list(system.parts(~system.fixed)):
        if not system.hidden[members].any():
            continue
        part, cells = system.taken(members, equations)
        left += [int(cells[cell]) for cell in _protect_part(part, optimal=optimal, seconds=seconds)]
        system.hidden[cells] = part.hidden
        system.seen[:, cells] = part.seen
    return sorted(left)


def _protect_part(part: System, *, optimal: bool, seconds: float) -> set[int]:
    from factfidelity.display import disclosure_solver as solver

    sensitive = int(part.sensitive.sum())
    if optimal and sensitive and len(part.values) <= _OPTIMAL_CELLS and sensitive <= _OPTIMAL_SENSITIVE:
        members = np.flatnonzero(~part.fixed)
        part.hidden[solver.fewest(part, members, part.equations, seconds=seconds) or []] = True
    left: set[int] = set()
    needs = [(int(cell), float(part.widths[cell]), 0.0) for cell in _ordered(part)]
    needs += [(cell, min(1.0, width), 1.0) for cell, width, _ in needs if width >= 1.0]
    for cell, width, at_least in needs:
        if not _give(part, cell, width, at_least):
            left.add(cell)
    if left:  # no hiding of a few helps: nothing of what hangs together with them is shown
        part.hidden |= ~part.fixed
        left -= {int(cell) for cell in np.flatnonzero(part.in_the_dark())}
    for number in np.flatnonzero(part.unknown & ~part.sensitive & ~part.silent):
        _give(part, int(number), 1e-3 * max(1.0, abs(float(part.values[number]))), 0.0)
    return left


def _ordered(system: System) -> np.ndarray:
    """Return the sensitive cells, those that need most first: what they hide serves the others too."""
    cells = np.flatnonzero(system.sensitive & ~system.fixed)
    return cells[np.argsort(system.values[cells], kind="stable")]


def _give(system: System, cell: int, width: float, at_least: float) -> bool:
    from factfidelity.display import disclosure_solver as solver

    if solver.is_wide(system, cell, width, at_least=at_least):
        return True
    more = solver.what_to_hide(system, cell, width, at_least=at_least)
    if more is None:
        return False
    system.hidden[more] = True
    return True


def shown_again(system: System) -> list[int]:
    """Show again, in place, what was hidden in vain; return which cells.

    The dearest first: a cell is shown again when every sensitive cell keeps its interval without it.
    """
    from factfidelity.display import disclosure_solver as solver

    back: list[int] = []
    candidates = np.flatnonzero(system.hidden & ~system.sensitive & ~system.silent & ~system.fixed)
    for cell in candidates[np.argsort(-system.costs[candidates], kind="stable")]:
        system.hidden[cell] = False
        system.seen[:] = system.values
        kept = all(
            solver.is_wide(system, int(other), float(system.widths[other]))
            and (system.widths[other] < 1 or solver.is_wide(system, int(other), 1.0, at_least=1.0))
            for other in np.flatnonzero(system.sensitive & ~system.fixed)
        ) and all(
            solver.is_wide(system, int(other), 1e-3 * max(1.0, abs(float(system.values[other]))))
            for other in np.flatnonzero(system.unknown & ~system.sensitive & ~system.silent)
        )
        if kept:
            back.append(int(cell))
        else:
            system.hidden[cell] = True
    return back
