"""Numbers and the sums that tie them: what an attacker works with who adds and subtracts what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

Equation = tuple[tuple[int, ...], tuple[float, ...]]  # cells and their factors: the sum is 0


@dataclass(slots=True)
class System:
    """Numbers that may be shown or hidden, and linear relations between them.

    Attributes
    ----------
    values : array of float
        The true numbers, 0 or more.
    hidden : array of bool
        Not shown.
    sensitive : array of bool
        Hidden for their own sake; each needs an interval at least ``widths`` wide.
    widths : array of float
    fixed : array of bool
        May not be hidden any more, or is known from elsewhere: stands at its value in every attack.
    silent : array of bool
        Stands in no table, as the rest of a group; hidden at no cost.
    costs : array of float
        What it costs to hide a number.
    equations : list of (cells, factors)
    seen : array, 4 × numbers
        Lowest and highest value of each number over all tables found so far that agree with what is shown; then the
        same for tables without a new zero. They hold as long as no more is shown.
    """

    values: np.ndarray
    hidden: np.ndarray
    sensitive: np.ndarray
    widths: np.ndarray
    fixed: np.ndarray
    silent: np.ndarray
    costs: np.ndarray
    equations: list[Equation] = field(default_factory=list)
    seen: np.ndarray = field(default_factory=lambda: np.empty((4, 0)))

    @classmethod
    def of(cls, values: Sequence[float] | np.ndarray, equations: Sequence[Equation] = ()) -> System:
        """Return a system in which everything is shown."""
        cells = np.asarray(values, dtype="float64")
        none = np.zeros(len(cells), dtype=bool)
        return cls(
            cells, none.copy(), none.copy(), np.zeros(len(cells)), none.copy(), none.copy(), np.ones(len(cells)),
            list(equations), np.tile(cells, (4, 1)),
        )  # fmt: skip

    @property
    def unknown(self) -> np.ndarray:
        """What an attacker does not know."""
        return np.asarray(self.hidden & ~self.fixed)

    def see(self, members: np.ndarray, table: np.ndarray, at_least: float) -> None:
        """Remember a table that agrees with what is shown."""
        for low, high in ((0, 1), (2, 3)) if at_least else ((0, 1),):
            self.seen[low, members] = np.minimum(self.seen[low, members], table)
            self.seen[high, members] = np.maximum(self.seen[high, members], table)

    def is_seen_wide(self, cell: int, width: float, at_least: float) -> bool:
        """Return whether the tables found so far already leave a number its interval."""
        low = 2 if at_least else 0
        return bool(self.seen[low + 1, cell] - self.seen[low, cell] >= width)

    def taken(self, members: np.ndarray, equations: Sequence[Equation]) -> tuple[System, np.ndarray]:
        """Return a system of some cells, and of the fixed ones that their equations name, with their numbers here."""
        cells = np.array(
            sorted({*map(int, members), *(cell for found, _ in equations for cell in found)}), dtype="int64"
        )
        place = {int(cell): number for number, cell in enumerate(cells)}
        part = System(
            self.values[cells], self.hidden[cells], self.sensitive[cells], self.widths[cells], self.fixed[cells],
            self.silent[cells], self.costs[cells],
            [(tuple(place[cell] for cell in found), factors) for found, factors in equations], self.seen[:, cells],
        )  # fmt: skip
        return part, cells

    def in_the_dark(self) -> np.ndarray:
        """Return which numbers hang together only with numbers that are not shown: nothing follows for them."""
        dark = self.unknown.copy()
        for members, equations in self.parts(np.ones(len(self.values), dtype=bool)):
            if equations and not self.unknown[members].all():
                dark[members] = False
        return dark

    def parts(self, of: np.ndarray) -> Iterator[tuple[np.ndarray, list[Equation]]]:
        """Yield the cells of ``of`` that hang together by equations, with those equations; loners are left out."""
        root = np.arange(len(self.values))

        def find(cell: int) -> int:
            while root[cell] != cell:
                root[cell] = root[root[cell]]
                cell = int(root[cell])
            return cell

        live = [[cell for cell in cells if of[cell]] for cells, _ in self.equations]
        for cells in live:
            for cell in cells[1:]:
                root[find(cell)] = find(cells[0])
        groups: dict[int, list[Equation]] = {}
        for cells, equation in zip(live, self.equations, strict=True):
            if cells:
                groups.setdefault(find(cells[0]), []).append(equation)
        for equations in groups.values():
            members = sorted({cell for cells, _ in equations for cell in cells if of[cell]})
            yield np.array(members, dtype="int64"), equations

    def whole(self, cell: int) -> tuple[np.ndarray, list[Equation]]:
        """Return all that hangs together with one cell, shown or hidden, but for what is fixed."""
        for members, equations in self.parts(~self.fixed):
            if cell in members:
                return members, equations
        return np.array([cell]), []
