"""One frame on its way out through the gate, with what is hidden in it so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_identities import Triple, triples
from factfidelity.display.disclosure_names import Names, names_of
from factfidelity.display.disclosure_primary import Mask, numbers
from factfidelity.display.gate import Gate


@dataclass(slots=True)
class Guarded:
    """One frame on its way out.

    Attributes
    ----------
    mask : dict of str to array of bool
        What is hidden, by column.
    sensitive : dict of str to array of bool
        What is hidden for its own sake.
    known : dict of str to array of bool
        Where there is a value at all.
    told : dict of str to array of bool
        What others know although it is hidden here, from an earlier release; ``told_now`` also what follows from one.
    found, added : triples of columns
        Columns of which any two give the third in every row, and those of them that add up.
    nothing : dict of triple to array
        Where the columns of the others are 0.
    unseen : frozenset of str
        Counts that never leave the room and that nothing in their row gives back by multiplying.
    rows, names : Names
        What each row is about, with all keys and without those at their total.
    """

    result: str
    field: str
    frame: pd.DataFrame
    gate: Gate
    mask: Mask
    sensitive: Mask
    known: Mask
    told: Mask = dataclasses.field(default_factory=dict)
    told_now: Mask = dataclasses.field(default_factory=dict)
    found: list[Triple] = dataclasses.field(default_factory=list)
    added: frozenset[Triple] = frozenset()
    nothing: dict[Triple, np.ndarray] = dataclasses.field(default_factory=dict)
    looked: bool = False
    unseen: frozenset[str] = frozenset()
    rows: Names = dataclasses.field(init=False)
    names: Names = dataclasses.field(init=False)
    numbers: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = self.gate.keys
        self.rows = names_of(self.frame, keys, {})
        self.names = names_of(self.frame, keys, self.gate.margins) if self.gate.margins else self.rows

    def numbers_of(self, column: str) -> np.ndarray:
        """Return a column as floats; what is no number is missing."""
        if column not in self.numbers:
            self.numbers[column] = numbers(self.frame, column)
        return self.numbers[column]

    def look(self) -> None:
        """Find, once, which columns give each other back in every row."""
        if not self.looked:
            columns = [name for name in self.mask if _is_number(self.frame[name])]
            if columns:
                self.found, self.added = triples(columns, np.column_stack([self.numbers_of(name) for name in columns]))
                rests = [rest for rest in self._rests(columns) if rest not in self.added]
                self.found, self.added = [*self.found, *rests], self.added.union(rests)
                self.nothing = {
                    triple: np.stack([self.numbers_of(name) == 0 for name in triple])
                    for triple in self.found
                    if triple not in self.added
                }
            self.looked = True

    def _rests(self, columns: Sequence[str]) -> Iterator[Triple]:
        """Yield each part with its whole and the first count that is the rest in every row, however few the rows."""
        for part, whole in self.gate.wholes.items():
            if part in columns and whole in columns:
                rest = self.numbers_of(whole) - self.numbers_of(part)
                for name in (name for name in self.gate.counts if name in columns and name not in (part, whole)):
                    both = ~np.isnan(rest) & ~np.isnan(self.numbers_of(name))
                    if both.any() and (rest[both] == self.numbers_of(name)[both]).all():
                        first, second, third = sorted((part, whole, name), key=list(columns).index)
                        yield first, second, third
                        break

    @property
    def added_unseen(self) -> frozenset[Triple]:
        """The columns that add up, with one among them that nobody sees."""
        return frozenset(triple for triple in self.added if not self.unseen.isdisjoint(triple))

    @property
    def name(self) -> str:
        """Result and field."""
        return f"{self.result}.{self.field}"


def _is_number(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
