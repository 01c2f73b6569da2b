"""From a figure to its rows: what each client adds to a cell. For the secure room only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from factfidelity.care.line import SPAN, Cover, days_at
from factfidelity.days import dates_of, overlap
from factfidelity.outcomes.pairs import Design
from factfidelity.schemas.outcome import Outcome

_COLUMNS = ["outcome", "window", "client_id", "first_day", "last_day", "counted"]


def trace_frame(design: Design, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """List the stretches and happenings behind every cell of the rate cohort, under the plan's own index-stay choice.

    Returns
    -------
    DataFrame
        One row is one happening, or one stretch of days, of one client in one window: outcome, window, client_id,
        first_day and last_day (of the whole stretch, also outside the window; empty while it goes on), counted (what it
        adds to the cell: days inside the window, or 1).
    """
    parts = []
    for outcome in outcomes:
        if outcome.kind == "any_admission":
            continue
        pair = design.pair(outcome.tables, cohort=design.plan.cohort, index_stay=design.plan.index_stay)
        counted = design.tally.of(outcome)
        start = counted.start if isinstance(counted, Cover) else counted.place
        end = counted.end if isinstance(counted, Cover) else counted.place + 1
        for window in ("before", "after"):
            windows = getattr(pair, window)
            if not len(windows.client) or not len(start):
                continue
            row = np.minimum(np.searchsorted(windows.client, start // SPAN), len(windows.client) - 1)
            out = windows.out_high if isinstance(counted, Cover) else windows.out_last
            low, high = windows.low[row], windows.high[row]
            left = np.clip(windows.out_low[row], low, high)
            taken = overlap(start, end, left, np.maximum(np.clip(out[row], low, high), left))
            size = np.where(windows.client[row] == start // SPAN, overlap(start, end, low, high) - taken, 0)
            kept = size > 0
            last = np.where((end % SPAN) == SPAN - 1, 2**41, days_at(end - 1))[kept]
            parts.append(
                pd.DataFrame(
                    {
                        "outcome": outcome.outcome, "window": window,
                        "client_id": design.known.take(start[kept] // SPAN),
                        "first_day": dates_of(days_at(start[kept])), "last_day": dates_of(last), "counted": size[kept],
                    }
                )
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
