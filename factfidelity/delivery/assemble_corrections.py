"""Rows that take back an earlier one: a negative amount in the register of dispensed drugs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery import values
from factfidelity.delivery.mapping import Assigned
from factfidelity.delivery.mapping_fields import coded_column

TAKEN_BACK = "taken_back"


def with_taken_back(assigned: Sequence[Assigned], marks: NDArray[np.object_]) -> NDArray[np.object_]:
    """Mark the rows with a negative amount, and with each of them one row that it takes back.

    A correction and its original say the same of everything that the layout names but for the sign of the amount. What
    a correction takes back may lie before the delivery: then it stands alone, and still counts for nothing.

    Parameters
    ----------
    assigned : sequence of Assigned
        The files of one source in their order.
    marks : ndarray of object
        What is known of their rows, one file after the other; ``""`` where a row counts.
    """
    column = assigned[0].layout.taken_back_by
    if not column or any(column not in one.match.headings for one in assigned):
        return marks
    parts = [_facts(one, column) for one in assigned]
    facts = pd.concat(parts, ignore_index=True)[marks == ""]
    facts = facts.loc[facts["amount"].abs() > 0]
    negative = (facts["amount"] < 0).to_numpy()
    if not negative.any():
        return marks
    turn = facts.groupby(["same", negative]).cumcount()
    takers = pd.MultiIndex.from_arrays([facts["same"][negative], turn[negative]])
    taken = pd.MultiIndex.from_arrays([facts["same"], turn]).isin(takers) & ~negative
    marks = marks.copy()
    marks[facts.index[negative | taken]] = TAKEN_BACK
    return marks


def _facts(one: Assigned, column: str) -> pd.DataFrame:
    """Return the amount of each row, and a number that is the same for a row and the one that takes it back."""
    coded = coded_column(one.raw, one.match.headings[column])
    numbers, _ = values.numbers(coded.texts)
    same = np.zeros(len(one.raw), dtype=np.uint64)
    for name in sorted(name for name in one.match.headings if name != column):
        said = coded_column(one.raw, one.match.headings[name])
        same = same * np.uint64(0x9E3779B97F4A7C15) + said.hashes()
    size = pd.util.hash_array(np.abs(numbers))[coded.codes]
    return pd.DataFrame({"amount": numbers[coded.codes], "same": same * np.uint64(0x9E3779B97F4A7C15) + size})
