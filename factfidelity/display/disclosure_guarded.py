"""One frame on its way out through the gate, with what is hidden in it so far."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.display.disclosure_identities import Triple
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
    looked: bool = False
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

    @property
    def name(self) -> str:
        """Result and field."""
        return f"{self.result}.{self.field}"
