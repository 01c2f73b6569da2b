"""Many simulated regions at once: one large region is counted once and cut into blocks of clients.

A block of clients who were drawn alike and independently is a region of its own. What is counted for a client does not
depend on the other clients, so that the figures of a block are those that the report makes of the block alone; a test
holds the two together. The estimates themselves are made block by block, by the functions that the report calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factfidelity.extract import Extract
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.schemas.outcome import Outcome, shipped_outcomes
from factfidelity.schemas.plan import Plan

OUTCOMES = shipped_outcomes()


@dataclass(frozen=True, eq=False)
class Parted:
    """Rows of clients, in the order of their codes, that can be cut into blocks."""

    client: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]
    width: int

    def rows(self, block: int, clients: int) -> slice:
        """Return where the first ``clients`` of a block stand."""
        first = block * self.width
        low, high = np.searchsorted(self.client, [first, first + clients])
        return slice(int(low), int(high))

    def of(self, block: int, clients: int) -> dict[str, NDArray[Any]]:
        """Return the columns of the first ``clients`` of a block."""
        rows = self.rows(block, clients)
        return {name: values[rows] for name, values in self.columns.items()}


@dataclass(frozen=True, eq=False)
class Blocks:
    """A large region under a plan, cut into blocks of ``width`` clients."""

    extract: Extract
    plan: Plan
    width: int
    design: Design
    kept: dict[Any, Parted] = field(default_factory=dict)

    @classmethod
    def of(cls, extract: Extract, plan: Plan, width: int) -> Blocks:
        """Count index days and observed time once."""
        return cls(extract, plan, width, Design.of(extract, plan))

    @property
    def number(self) -> int:
        """Whole blocks."""
        return len(self.design.known) // self.width

    def counts(self, outcome: str, **choice: Any) -> Parted:
        """Count an outcome in both windows of the clients of a cohort; ``choice`` goes to `Design.pair`."""
        key = (outcome, *sorted(choice.items()))
        if key not in self.kept:
            pair = self.design.pair(OUTCOMES[outcome].tables, **choice)
            counts = self.design.counts(OUTCOMES[outcome], pair)
            columns = {name: getattr(counts, name) for name in Counts.__slots__}
            self.kept[key] = Parted(pair.before.client, columns, self.width)
        return self.kept[key]

    def parted(self, client: NDArray[np.int64], **columns: NDArray[Any]) -> Parted:
        """Cut other rows of clients into the same blocks."""
        order = np.argsort(client, kind="stable")
        return Parted(client[order], {name: values[order] for name, values in columns.items()}, self.width)


Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Estimator:
    """One figure of a report: how it is made for a block, and what it estimates in the long run.

    Attributes
    ----------
    figure, outcome, method : str
        What is estimated, of what, and how its interval is made.
    run : callable
        (block, clients) → estimate, low, high, p; or one row of these for each point of a curve.
    parts : ndarray
        Sums over all clients that ``truth`` makes the true value of; they add up over regions.
    truth : callable
        Parts → the true value (one for each point of a curve).
    null : float
        What no change gives: 1 for a ratio, 0 for a difference, NaN where there is none.
    promise : str
        approximate, exact or shown.
    sizes : tuple of int
        Numbers of clients that it is tried on; empty: all.
    slow : bool
        Takes long, and is tried in half of the simulations.
    """

    figure: str
    outcome: str
    method: str
    run: Callable[[int, int], Any]
    parts: Numbers
    truth: Callable[[Numbers], Numbers]
    null: float = 1.0
    promise: str = "approximate"
    sizes: tuple[int, ...] = ()
    slow: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """Name of the row."""
        return self.figure, self.outcome, self.method


def outcome_of(name: str) -> Outcome:
    """Return a shipped outcome."""
    return OUTCOMES[name]
