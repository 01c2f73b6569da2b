"""Numbers and the sums that tie them: what an attacker works with who adds and subtracts what is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from factfidelity.display.disclosure_sums import Blocks, Equation, Sums, blocks_of

Table = tuple[np.ndarray, np.ndarray]
_MOVED = 1e-9


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
    persons : array of bool
        Counts persons: an interval narrower than 1 tells the number.
    pinned : array of bool
        Hidden for the sake of another, but others know it all the same: no hiding helps.
    sums : Sums
        The relations: each adds up to 0.
    seen : array, 4 × numbers
        Lowest and highest value of each number over all tables found so far that agree with what is shown; then the
        same for tables without a new zero. They hold as long as no more is shown.
    served : array of bool
        What was hidden when protection was last sought: blocks where nothing was added need no second look.
    tables : list of (cells, moves)
        The tables found so far: which numbers differ from the true ones, and by how much.
    rigid : array of bool
        Told by the relations and by what is known, whatever else is hidden.
    """

    values: np.ndarray
    hidden: np.ndarray
    sensitive: np.ndarray
    widths: np.ndarray
    fixed: np.ndarray
    silent: np.ndarray
    costs: np.ndarray
    persons: np.ndarray
    sums: Sums
    pinned: np.ndarray
    seen: np.ndarray = field(default_factory=lambda: np.empty((4, 0)))
    served: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))
    tables: list[Table] = field(default_factory=list)
    rigid: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=bool))

    @classmethod
    def of(cls, values: Sequence[float] | np.ndarray, equations: Sequence[Equation] | Sums = ()) -> System:
        """Return a system in which everything is shown."""
        cells = np.asarray(values, dtype="float64")
        none = np.zeros(len(cells), dtype=bool)
        sums = equations if isinstance(equations, Sums) else Sums.of(equations)
        return cls(
            cells, none.copy(), none.copy(), np.zeros(len(cells)), none.copy(), none.copy(), np.ones(len(cells)),
            none.copy(), sums, none.copy(), np.tile(cells, (4, 1)), none.copy(), [], none.copy(),
        )  # fmt: skip

    @property
    def unknown(self) -> np.ndarray:
        """What an attacker does not know."""
        return np.asarray(self.hidden & ~self.fixed)

    def fix(self, cells: np.ndarray, blocks: Blocks) -> None:
        """Take some more numbers for known: what was found for all that hangs together with them no longer holds.

        Parameters
        ----------
        cells : array of int
        blocks : Blocks
            ``blocks(~fixed)`` as it was without them.
        """
        self.fixed[cells] = True
        of = np.unique(blocks.block_of[cells])
        again = np.isin(blocks.block_of, of[of >= 0])
        self.served[again] = False
        self.seen[:, again] = self.values[again]

    def add_rests(self, parts: np.ndarray, wholes: np.ndarray, hide: np.ndarray, width: float) -> None:
        """Add the rest of each whole, as a number that stands in no table."""
        number = len(parts)
        new = self._add(self.values[wholes] - self.values[parts], hide, width)
        cells = np.column_stack([parts, new, wholes]).ravel()
        self.sums = self.sums.joined(
            Sums(np.arange(number + 1) * 3, cells, np.tile([1.0, 1.0, -1.0], number))
        )  # fmt: skip

    def add_surplus(self, lines: Sequence[tuple[Sequence[int], int]], width: float) -> None:
        """Add what some parts have more than their total, as numbers that stand in no table."""
        over = np.array([self.values[list(parts)].sum() - self.values[total] for parts, total in lines])
        new = self._add(over, np.ones(len(lines), dtype=bool), width)
        self.sums = self.sums.joined(Sums.of([
            ((int(cell), *parts, total), (-1.0, *([1.0] * len(parts)), -1.0))
            for cell, (parts, total) in zip(new, lines, strict=True)
        ]))  # fmt: skip

    def _add(self, values: np.ndarray, hide: np.ndarray, width: float) -> np.ndarray:
        """Add numbers that stand in no table; return their cells."""
        start, number = len(self.values), len(values)
        yes, no = np.ones(number, dtype=bool), np.zeros(number, dtype=bool)
        self.values = np.concatenate([self.values, values])
        self.hidden = np.concatenate([self.hidden, yes])
        self.sensitive = np.concatenate([self.sensitive, hide])
        self.widths = np.concatenate([self.widths, np.where(hide, width, 0.0)])
        self.fixed = np.concatenate([self.fixed, no])
        self.silent = np.concatenate([self.silent, yes])
        self.costs = np.concatenate([self.costs, np.zeros(number)])
        self.persons = np.concatenate([self.persons, no])
        self.pinned = np.concatenate([self.pinned, no])
        self.seen = np.hstack([self.seen, np.tile(values, (4, 1))])
        self.served = np.concatenate([self.served, no])
        self.rigid = np.concatenate([self.rigid, no])
        return np.arange(start, start + number)

    def room(self, cells: np.ndarray, at_least: float) -> np.ndarray:
        """Return how far each number may fall in the eyes of an attacker who knows that it is ``at_least`` so much."""
        values = self.values[cells]
        return np.asarray(np.maximum(values - np.where(values >= at_least, at_least, 0.0), 0.0))

    def see(self, members: np.ndarray, table: np.ndarray, at_least: float) -> None:
        """Remember a table that agrees with what is shown."""
        moves = table - self.values[members]
        moved = np.flatnonzero(np.abs(moves) > _MOVED)
        self.tables.append((members[moved], moves[moved]))
        for low, high in ((0, 1), (2, 3)) if at_least else ((0, 1),):
            self.seen[low, members] = np.minimum(self.seen[low, members], table)
            self.seen[high, members] = np.maximum(self.seen[high, members], table)

    def seen_width(self, cells: np.ndarray, at_least: float) -> np.ndarray:
        """Return how far apart the tables found so far are in some numbers."""
        low = 2 if at_least else 0
        return np.asarray(self.seen[low + 1, cells] - self.seen[low, cells])

    def blocks(self, of: np.ndarray) -> Blocks:
        """Return the cells of ``of`` that hang together by sums; loners are left out."""
        return blocks_of(self.sums, of)

    def in_the_dark(self) -> np.ndarray:
        """Return which numbers hang together only with numbers that are not shown: nothing follows for them."""
        unknown = self.unknown
        together = self.blocks(np.ones(len(self.values), dtype=bool))
        some_shown = np.zeros(len(together), dtype=bool)
        some_shown[together.block_of[together.members[~unknown[together.members]]]] = True
        dark = unknown.copy()
        dark[together.members[some_shown[together.block_of[together.members]]]] = False
        return dark

    def parts(self, of: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the cells of each block."""
        together = self.blocks(of)
        for block in range(len(together)):
            yield together.members_of(block)
