"""How much of a change is regression to the mean: the baseline moved away from the crisis, and what no change gives."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.extract import Extract
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.describe import answer_row
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.regression_result import RegressionToTheMean
from factfidelity.outcomes.unchanged import no_change_rows
from factfidelity.schemas.outcome import Outcome, shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

Row = dict[str, Any]
_CONTROL = "somatic_admissions"
_COLUMNS = [
    "outcome", "figure", "estimate", "low", "high", "why", "clients", "clients_any_before", "clients_any_after",
    "total_before", "total_after", "rate_before", "rate_after", "topic", "role", "largest_before",
    "two_largest_before", "largest_after", "two_largest_after",
]  # fmt: skip


def regression_to_the_mean(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
) -> RegressionToTheMean:
    """Judge how much of a change is left when the baseline is moved away from the time just before the index day.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    outcomes : sequence of str or Outcome

    Returns
    -------
    RegressionToTheMean

    Notes
    -----
    The shifted ratio is the rate after / the rate in ``[index - 2w, index - w)``, resampled by client, the stay that
    holds the index day left out of both; only clients observed through 2w before count. The placebo ratio,
    ``[index - w, index)`` over ``[index - 2w, index - w)``, is a picture of the crisis and never a divisor.
    """
    chosen = plan_of(plan)
    counted, _ = chosen_outcomes(extract, chosen, outcomes)
    control, _ = chosen_outcomes(extract, chosen, [_CONTROL] if _CONTROL in shipped_outcomes() else [])
    design = Design.of(extract, chosen)
    rows = [row for outcome in counted for row in _three_ratios(design, outcome)]
    rows += [_ratio(design, outcome, "control") for outcome in control if outcome not in counted]
    unchanged = [row for outcome in counted for row in no_change_rows(design, outcome)]
    labels = label_notes(chosen, [*counted, *control])
    notes = {
        "width": str(chosen.windows.before), "outcomes": ",".join(outcome.outcome for outcome in counted),
        "level": str(chosen.intervals.level), "draws": str(chosen.intervals.draws),
        "seed": str(chosen.intervals.seed), "paired_cohort": chosen.paired_cohort, "day_count": chosen.day_count,
    }  # fmt: skip
    return RegressionToTheMean(
        table=pd.DataFrame(rows, columns=_COLUMNS),
        unchanged=pd.DataFrame(unchanged, columns=_UNCHANGED),
        notes=notes | labels,
        language=chosen.language,
    )


_UNCHANGED = [
    "outcome", "figure", "clients", "clients_hit", "observed", "expected", "expected_low", "expected_high",
    "total_before", "total_after", "topic", "largest_before", "two_largest_before", "largest_after",
    "two_largest_after",
]  # fmt: skip


def _three_ratios(design: Design, outcome: Outcome) -> list[Row]:
    return [_ratio(design, outcome, figure) for figure in ("plain", "shifted", "placebo")]


def _ratio(design: Design, outcome: Outcome, figure: str) -> Row:
    """Return one ratio with its interval by resampling clients."""
    width = design.plan.windows.before
    if figure in ("plain", "control"):
        pair = design.pair(outcome.tables, cohort=design.plan.cohort, index_stay=design.plan.index_stay)
        counts = design.counts(outcome, pair)
    elif figure == "shifted":
        pair = design.pair(outcome.tables, index_stay="exclude", baseline=(2 * width, width))
        counts = design.counts(outcome, pair)
    else:
        far = design.pair(outcome.tables, baseline=(2 * width, width))
        near = design.pair(outcome.tables, baseline=(width, 0))
        both = np.isin(near.before.client, far.before.client)
        earlier, later = design.counts(outcome, far), design.counts(outcome, near)
        counts = Counts(earlier.before, later.before[both], earlier.years_before, later.years_before[both])
    row = {"outcome": outcome.outcome, "figure": figure, "topic": outcome.topic, "role": outcome.role}
    return row | persons_of(counts) | _estimate(counts, design.plan)


def persons_of(counts: Counts) -> Row:
    """Return the numbers of persons, totals and shares of the largest that a ratio rests on."""
    row: Row = {"clients": len(counts.before)}
    for window in ("before", "after"):
        values, years = getattr(counts, window), float(getattr(counts, f"years_{window}").sum())
        total, top = float(values.sum()), np.sort(values)[::-1][:2]
        row |= {
            f"clients_any_{window}": int((values > 0).sum()), f"total_{window}": total,
            f"rate_{window}": total / years if years else nan,
            f"largest_{window}": float(top[0]) / total if total else nan,
            f"two_largest_{window}": float(top.sum()) / total if total else nan,
        }  # fmt: skip
    return row


def _estimate(counts: Counts, plan: Plan) -> Row:
    if not len(counts.before):
        return {"estimate": nan, "low": nan, "high": nan, "why": "not_observed"}
    answer = compare.paired_rate_ratio(
        counts.before, counts.after, years_before=_positive(counts.years_before),
        years_after=_positive(counts.years_after), method="bootstrap", level=plan.intervals.level,
        draws=plan.intervals.draws, seed=plan.intervals.seed,
    )  # fmt: skip
    row = answer_row(answer)
    return {name: row[name] for name in ("estimate", "low", "high", "why")}


def _positive(years: NDArray[np.float64]) -> NDArray[np.float64]:
    return years if years.sum() > 0 else np.ones_like(years)
