"""One frame on its way out through the gate, with what is hidden in it so far."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pandas as pd

from factfidelity.display.disclosure_identities import Triple
from factfidelity.display.disclosure_primary import Mask
from factfidelity.display.gate import Gate


@dataclass(slots=True)
class Guarded:
    """One frame on its way out."""

    result: str
    field: str
    frame: pd.DataFrame
    gate: Gate
    mask: Mask
    sensitive: Mask
    known: Mask
    found: list[Triple] = dataclasses.field(default_factory=list)
    looked: bool = False

    @property
    def name(self) -> str:
        """Result and field."""
        return f"{self.result}.{self.field}"
