"""Stays that a source of finished stays cannot have delivered yet: how common such long stays were earlier."""

from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd

from factfidelity.care.exposure import complete_to
from factfidelity.care.line import days_at
from factfidelity.days import OPEN, UNKNOWN, day_numbers
from factfidelity.outcomes.pairs import Design

_COLUMNS = ["source", "lag", "spells", "clients", "clients_long", "share_long"]


def late_frame(design: Design) -> pd.DataFrame:
    """Count the earlier spells that lasted longer than the time by which such a source is cut.

    Returns
    -------
    DataFrame
        One row for the source of stays where it delivers finished stays only, else none: source, lag (days from the
        day until which it is trusted to its last discharge), spells that began before that day less the lag, clients
        with any, clients_long (with a longer one), share_long (of the spells).
    """
    source = design.extract.source("episodes")
    last = day_numbers(design.extract.episodes["discharged"], missing=UNKNOWN)
    if source.completeness != "discharged" or not len(last) or last.max() <= UNKNOWN:
        return pd.DataFrame(columns=_COLUMNS)
    trusted = min(complete_to(design.extract, "episodes"), int(last.max()))
    lag = int(last.max()) - trusted
    spells = design.tally.spells()
    start = days_at(spells.start)
    earlier = (start < trusted - lag) & ~spells.open
    nights = np.minimum(days_at(spells.end), OPEN) - start
    long = earlier & (nights > lag)
    number = int(earlier.sum())
    row = {
        "source": "episodes", "lag": lag, "spells": number, "clients": len(np.unique(spells.client[earlier])),
        "clients_long": len(np.unique(spells.client[long])), "share_long": int(long.sum()) / number if number else nan,
    }  # fmt: skip
    return pd.DataFrame([row], columns=_COLUMNS)
