"""Linear relations in flat arrays, and which numbers hang together by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Equation = tuple[tuple[int, ...], tuple[float, ...]]  # cells and their factors: the sum is 0


def spans(start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Return all whole numbers from each start up to its stop, one span after the other."""
    sizes = stop - start
    ends = np.cumsum(sizes)
    return np.asarray(np.repeat(start - (ends - sizes), sizes) + np.arange(int(ends[-1]) if len(ends) else 0))


@dataclass(frozen=True, slots=True)
class Sums:
    """Relations between numbers, each of which adds up to 0.

    Attributes
    ----------
    start : array of int
        Where each relation begins in the others, and the end of the last.
    cells : array of int
        The total last.
    factors : array of float
        1 for a part, -1 for the total.
    """

    start: np.ndarray
    cells: np.ndarray
    factors: np.ndarray

    @classmethod
    def of(cls, equations: Sequence[Equation] = ()) -> Sums:
        """Return the relations of a list."""
        sizes = np.array([0, *(len(cells) for cells, _ in equations)], dtype="int64")
        cells = np.array([cell for found, _ in equations for cell in found], dtype="int64")
        return cls(np.cumsum(sizes), cells, np.array([one for _, found in equations for one in found], dtype="float64"))

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def rows(self) -> np.ndarray:
        """Which relation each entry belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    @property
    def totals(self) -> np.ndarray:
        """The total of each relation."""
        return np.asarray(self.cells[self.start[1:] - 1])

    def joined(self, other: Sums) -> Sums:
        """Return these relations and others."""
        start = np.concatenate([self.start, self.start[-1] + other.start[1:]])
        return Sums(
            start, np.concatenate([self.cells, other.cells]), np.concatenate([self.factors, other.factors])
        )  # fmt: skip

    def only(self, keep: np.ndarray) -> Sums:
        """Return some of the relations."""
        chosen = np.flatnonzero(keep)
        entries = spans(self.start[chosen], self.start[chosen + 1])
        start = np.concatenate([[0], np.cumsum(np.diff(self.start)[chosen])]).astype("int64")
        return Sums(start, self.cells[entries], self.factors[entries])


@dataclass(frozen=True, slots=True)
class Blocks:
    """Cells that hang together by relations, block by block.

    Attributes
    ----------
    members : array of int
        The cells, sorted by block; ``member_start`` says where each block begins.
    block_of : array of int
        For every cell of the system its block; -1 for one that stands in no relation.
    row, column, factor : arrays
        The entries of the relations, sorted by block: relation (numbered within ``relation_start``), place in
        ``members``, factor; ``entry_start`` says where each block begins.
    """

    members: np.ndarray
    member_start: np.ndarray
    block_of: np.ndarray
    place: np.ndarray
    row: np.ndarray
    column: np.ndarray
    factor: np.ndarray
    entry_start: np.ndarray
    relation_start: np.ndarray

    def __len__(self) -> int:
        return len(self.member_start) - 1

    def members_of(self, block: int) -> np.ndarray:
        """Return the cells of a block."""
        return np.asarray(self.members[self.member_start[block] : self.member_start[block + 1]])

    @property
    def sizes(self) -> np.ndarray:
        """Number of cells of each block."""
        return np.diff(self.member_start)

    @property
    def relations(self) -> np.ndarray:
        """Number of relations of each block."""
        return np.diff(self.relation_start)

    def entries(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return cells, and relation, column and factor of each entry, of some blocks put side by side."""
        cells = self.members[spans(self.member_start[chosen], self.member_start[chosen + 1])]
        at = spans(self.entry_start[chosen], self.entry_start[chosen + 1])
        number = np.diff(self.entry_start)[chosen]
        sizes, rows = self.sizes[chosen], self.relations[chosen]
        shift = np.repeat(np.cumsum(sizes) - sizes - self.member_start[chosen], number)
        drop = np.repeat(np.cumsum(rows) - rows - self.relation_start[chosen], number)
        return cells, self.row[at] + drop, self.column[at] + shift, self.factor[at]


def blocks_of(sums: Sums, of: np.ndarray) -> Blocks:
    """Return the blocks of some cells: two are in one block where a relation has both."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    live = of[sums.cells]
    cells, factors, rows = sums.cells[live], sums.factors[live], sums.rows[live]
    number, relations = len(of), len(sums)
    edges = csr_array((np.ones(len(cells)), (cells, number + rows)), shape=(number + relations,) * 2)
    _, label = connected_components(edges, directed=False)
    used = np.zeros(number, dtype=bool)
    used[cells] = True
    there = np.flatnonzero(used)
    names, block = np.unique(label[there], return_inverse=True)
    order = np.argsort(block, kind="stable")
    members = there[order]
    block_of = np.full(number, -1, dtype="int64")
    block_of[there] = block
    place = np.full(number, -1, dtype="int64")
    place[members] = np.arange(len(members))
    turn = np.lexsort((rows, block_of[cells]))
    cells, factors, rows = cells[turn], factors[turn], rows[turn]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = rows[1:] != rows[:-1]
    row = np.cumsum(begins) - 1
    count = len(names)
    return Blocks(
        members, _starts(block, count), block_of, place, row, place[cells], factors,
        _starts(block_of[cells], count), _starts(block_of[cells[begins]], count),
    )  # fmt: skip


def _starts(block: np.ndarray, count: int) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(np.bincount(block, minlength=count))]).astype("int64")
