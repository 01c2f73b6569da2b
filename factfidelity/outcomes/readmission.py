"""Readmission after discharge, before and after the index day, per discharge and per person."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.readmission import WITHIN, readmissions
from factfidelity.days import dates_of
from factfidelity.extract import Extract
from factfidelity.outcomes.declare import plan_of
from factfidelity.outcomes.pairs import Design
from factfidelity.outcomes.readmission_result import ReadmissionRates
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

_COLUMNS = [
    "within", "window", "clients", "clients_hit", "discharges", "readmitted", "share_discharges", "first_readmitted",
    "share_clients", "low", "high", "largest", "two_largest",
]  # fmt: skip


def readmission_rates(
    extract: Extract, plan: Plan | str | Path | None = None, *, within: Sequence[int] = WITHIN
) -> ReadmissionRates:
    """Describe readmission within k days in the windows before and after the index day.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    within : sequence of int
        Days after discharge.

    Returns
    -------
    ReadmissionRates
    """
    if not within or min(within) < 1:
        raise ValueError(f"within must hold numbers of days above 0, got {tuple(within)}")
    chosen = plan_of(plan)
    design = Design.of(extract, chosen)
    counted = readmissions(
        design.tally.stays(), _windows(design), within=within, gap_days=chosen.spells.readmission_gap,
        deaths=extract.deaths,
    )  # fmt: skip
    rows = [
        _row(k, window, counted[(counted["within"] == k) & (counted["window"] == window)], chosen.intervals.level)
        for k in within
        for window in ("before", "after")
    ]
    notes = {
        "gap_days": str(chosen.spells.readmission_gap), "level": str(chosen.intervals.level),
        "width_before": str(chosen.windows.before), "width_after": str(chosen.windows.after),
        "within": ",".join(map(str, within)),
    }  # fmt: skip
    return ReadmissionRates(table=pd.DataFrame(rows, columns=_COLUMNS), notes=notes, language=chosen.language)


def _windows(design: Design) -> pd.DataFrame:
    widths, low, high = design.plan.windows, *design.observed(("episodes",))[:2]
    member = design.pair(cohort=design.plan.cohort).before.client
    index = design.index[member]
    spans = {
        "before": (index - widths.washout_before - widths.before, index - widths.washout_before),
        "after": (index + widths.washout_after, index + widths.washout_after + widths.after),
    }
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "client_id": design.known.take(member), "window": window, "start": dates_of(start),
                    "end": dates_of(end), "observed_from": dates_of(low[member]), "observed_to": dates_of(high[member]),
                }
            )
            for window, (start, end) in spans.items()
        ],
        ignore_index=True,
    )  # fmt: skip


def _row(within: int, window: str, counted: pd.DataFrame, level: float) -> dict[str, Any]:
    followed, again = int(counted["first_followed"].sum()), int(counted["first_readmitted"].sum())
    discharges, readmitted = int(counted["discharges"].sum()), counted["readmitted"].to_numpy()
    total, top = int(readmitted.sum()), np.sort(readmitted)[::-1][:2]
    share = compare.share(again, followed, level=level) if followed else None
    return {
        "within": within, "window": window, "clients": followed, "clients_hit": int((readmitted > 0).sum()),
        "discharges": discharges, "readmitted": total, "share_discharges": total / discharges if discharges else nan,
        "first_readmitted": again, "share_clients": again / followed if followed else nan,
        "low": share.low if share else nan, "high": share.high if share else nan,
        "largest": top[0] / total if total else nan, "two_largest": top.sum() / total if total else nan,
    }  # fmt: skip
