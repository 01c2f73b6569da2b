"""The monthly course of care use around the index day, no finer than what may be released."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.windows import place_windows
from factfidelity.days import OPEN
from factfidelity.extract import Extract
from factfidelity.outcomes.course_result import CareCourse
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.pairs import Design
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.stats import resample

MONTH = 365.25 / 12
LEVELS = {"month": 1, "quarter": 3, "half_year": 6, "pooled": 0}
_COLUMNS = [
    "outcome", "level", "period", "month_from", "month_to", "window", "clients", "clients_any", "total", "months",
    "rate", "low", "high", "topic", "largest", "two_largest",
]  # fmt: skip


def monthly_course(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
    months: int = 24,
    smallest: int | None = None,
) -> CareCourse:
    """Describe care use month by month before and after the index day.

    Each outcome is shown at the finest level (month, quarter, half-year, before and after pooled) at which every
    number of persons, and every rest, is at least ``smallest`` and no sum hangs on one or two persons.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    outcomes : sequence of str or Outcome
    months : int, default 24
        How far on each side, a multiple of 6.
    smallest : int, optional
        Smallest number of persons; the plan's when left out. 1 shows every month, in the secure room.

    Returns
    -------
    CareCourse
    """
    if months < 6 or months % 6:
        raise ValueError(f"months must be a multiple of 6, at least 6, got {months}")
    chosen = plan_of(plan)
    lowest = chosen.disclosure.smallest if smallest is None else smallest
    counted, _ = chosen_outcomes(extract, chosen, outcomes)
    design = Design.of(extract, chosen)
    tables = [_finest(design, outcome, months, lowest) for outcome in counted]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_COLUMNS)
    notes = {
        "months": str(months), "smallest": str(lowest), "index": chosen.index.kind, "day_count": chosen.day_count,
        "follow": chosen.follow, "level": str(chosen.intervals.level), "draws": str(chosen.intervals.draws),
        "seed": str(chosen.intervals.seed), "outcomes": ",".join(outcome.outcome for outcome in counted),
    }  # fmt: skip
    for outcome, found in zip(counted, tables, strict=True):
        notes[f"level.{outcome.outcome}"] = str(found["level"].iloc[0])
    return CareCourse(table=table, notes=notes | label_notes(chosen, counted), language=chosen.language)


def _finest(design: Design, outcome: Outcome, months: int, smallest: int) -> pd.DataFrame:
    """Return the finest level that may be released; the pooled one where none may."""
    for level, width in LEVELS.items():
        edges = np.arange(-months, months + 1, width or months)
        counts, days = by_period(design, outcome, edges)
        rows = _rows(outcome, level, edges, counts, days)
        if level == "pooled" or _may_be_shown(rows, smallest, design.plan, topic=outcome.topic):
            return rows.assign(**_bands(counts, days, design.plan))[_COLUMNS]
    raise AssertionError  # pragma: no cover - the pooled level always returns


def by_period(
    design: Design, outcome: Outcome, edges: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count an outcome and the observed days, clients x periods; ``edges`` are months from the index day."""
    low, high, linked = design.observed(outcome.tables)
    member = np.flatnonzero((design.index < OPEN) & linked & (high > low))
    index = design.index[member]
    days = np.round(edges * MONTH).astype(np.int64)
    counts = np.zeros((len(member), len(edges) - 1))
    time = np.zeros_like(counts)
    for period, (first, last) in enumerate(pairwise(days)):
        windows = place_windows(
            member, index + first, index + last, observed=(low[member], high[member]), index=index, spells=None
        )
        counts[:, period], time[:, period] = design.tally.count(outcome, windows), windows.days()
    return counts, time


def _rows(
    outcome: Outcome, level: str, edges: Any, counts: NDArray[np.float64], days: NDArray[np.float64]
) -> pd.DataFrame:
    total, ordered = counts.sum(axis=0), np.sort(counts, axis=0)[::-1]
    top, two = (ordered[:rows].sum(axis=0) for rows in (1, 2))
    months = days.sum(axis=0) / MONTH
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = {"largest": top / total, "two_largest": two / total, "rate": total / months}
    return pd.DataFrame(
        {
            "outcome": outcome.outcome, "level": level, "period": np.arange(len(total)) + 1, "month_from": edges[:-1],
            "month_to": edges[1:], "window": np.where(edges[:-1] < 0, "before", "after"),
            "clients": (days > 0).sum(axis=0), "clients_any": (counts > 0).sum(axis=0), "total": total,
            "months": months, **shares, "topic": outcome.topic,
        }
    )  # fmt: skip


def _may_be_shown(rows: pd.DataFrame, smallest: int, plan: Plan, *, topic: str) -> bool:
    seen = rows[rows["clients"] > 0]
    some, rest = seen["clients_any"], seen["clients"] - seen["clients_any"]
    lowest = 0 if topic in plan.disclosure.hide_zero and smallest > 1 else 1
    small = [values.between(lowest, smallest - 1) for values in (some, rest, seen["clients"])]
    one, two = plan.disclosure.dominance
    dominated = (seen["largest"] > one) | (seen["two_largest"] > two)
    if smallest <= 1:
        return True
    return not (dominated | small[0] | small[1] | small[2]).any()


def _bands(counts: NDArray[np.float64], days: NDArray[np.float64], plan: Plan) -> dict[str, NDArray[np.float64]]:
    """Return the client-resampled interval of each period's rate per client-month."""
    periods = counts.shape[1]
    low, high = np.full(periods, nan), np.full(periods, nan)
    if len(counts) < 2:
        return {"low": low, "high": high}
    totals = resample.resampled_totals(
        np.column_stack([counts, days / MONTH]), draws=plan.intervals.draws, seed=plan.intervals.seed
    )
    for period in range(periods):
        time, total = days[:, period] / MONTH, counts[:, period].sum()
        drawn = totals[:, periods + period]
        if not total or (drawn <= 0).any():
            continue
        rate = total / time.sum()
        skew = resample.acceleration((counts[:, period] - rate * time) / time.sum())
        low[period], high[period] = resample.interval_of_draws(
            float(rate), totals[:, period] / drawn, skew=skew, level=plan.intervals.level
        )
    return {"low": low, "high": high}
