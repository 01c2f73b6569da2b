"""All choices side by side: the same ratio under every combination of counting rules, the plan's own marked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.extract import Extract
from factfidelity.outcomes.choices_result import AllChoices
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.pairs import Design
from factfidelity.outcomes.regression import persons_of
from factfidelity.outcomes.tally import Tally
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

GAPS = (0, 1, 3)
WASHOUTS = (0, 30, 90)
_COLUMNS = [
    "outcome", "gap_days", "same_clinic", "day_count", "index_stay", "cohort", "washout_after", "is_plan", "estimate",
    "low", "high", "clients", "clients_any_before", "clients_any_after", "total_before", "total_after", "rate_before",
    "rate_after", "topic", "largest_before", "two_largest_before", "largest_after", "two_largest_after",
]  # fmt: skip


def all_choices(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
    gaps: Sequence[int] = GAPS,
    washouts: Sequence[int] = WASHOUTS,
) -> AllChoices:
    """Estimate the ratio under every combination of choices, so that a reader sees whether the answer hangs on one.

    Gap and clinic rule matter to admissions only, the counting rule to days only; the other choices (index stay,
    cohort, wash-out after) to both. Intervals are with clients as clusters throughout, for comparison.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    outcomes : sequence of str or Outcome
    gaps, washouts : sequence of int
        Days.

    Returns
    -------
    AllChoices
    """
    chosen = plan_of(plan)
    counted, _ = chosen_outcomes(extract, chosen, outcomes)
    base = Design.of(extract, chosen)
    clinics = (False, True) if extract.episodes["unit"].notna().any() else (False,)
    rows: list[dict[str, Any]] = []
    for outcome in counted:
        days = outcome.is_days
        rules = (
            [(chosen.spells.gap_days, chosen.spells.same_clinic)] if days else list(product(sorted({*gaps}), clinics))
        )
        counts = ("nights", "days", "nights_min_one") if outcome.kind == "bed_days" else (chosen.day_count,)
        for (gap, same), rule in product(rules, counts):
            varied = _varied(chosen, gap_days=gap, same_clinic=same, day_count=rule)
            tally = Tally(extract, varied, base.known)
            for washout in sorted({*washouts, chosen.windows.washout_after}):
                rows += _rows(base, varied, tally, outcome, washout)
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table["is_plan"] = _is_plan(table, chosen)
    notes = {"outcomes": ",".join(outcome.outcome for outcome in counted), "level": str(chosen.intervals.level)}
    notes |= label_notes(chosen, counted)
    groups = table[["outcome", "cohort", "index_stay", "washout_after", "clients"]].drop_duplicates(ignore_index=True)
    return AllChoices(table=table, groups=groups, notes=notes, language=chosen.language)


def _varied(plan: Plan, *, gap_days: int, same_clinic: bool, day_count: str) -> Plan:
    spells = plan.spells.model_copy(update={"gap_days": gap_days, "same_clinic": same_clinic})
    return plan.model_copy(update={"spells": spells, "day_count": day_count})


def _rows(base: Design, plan: Plan, tally: Tally, outcome: Outcome, washout: int) -> list[dict[str, Any]]:
    """Return one row for each index-stay choice and cohort, at one wash-out."""
    windows = plan.windows.model_copy(update={"washout_after": washout})
    varied = plan.model_copy(update={"windows": windows})
    design = Design(base.extract, varied, base.known, base.index, base.left, base.team, tally)
    rows = []
    for stay, cohort in product(("include", "exclude", "after_discharge"), ("all", "complete", "mirror")):
        counts = design.counts(outcome, design.pair(outcome.tables, cohort=cohort, index_stay=stay))
        found = {"estimate": nan, "low": nan, "high": nan}
        if len(counts.before):
            answer = compare.paired_rate_ratio(
                counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
                level=plan.intervals.level,
            )  # fmt: skip
            values = {name: float(getattr(answer, name)) for name in found}
            found = {name: value if np.isfinite(value) else nan for name, value in values.items()}
        choice = {
            "gap_days": plan.spells.gap_days, "same_clinic": plan.spells.same_clinic, "day_count": plan.day_count,
            "index_stay": stay, "cohort": cohort, "washout_after": washout,
        }  # fmt: skip
        rows.append({"outcome": outcome.outcome, "topic": outcome.topic} | choice | found | persons_of(counts))
    return rows


def _is_plan(table: pd.DataFrame, plan: Plan) -> pd.Series[bool]:
    own = {
        "gap_days": plan.spells.gap_days, "same_clinic": plan.spells.same_clinic, "day_count": plan.day_count,
        "index_stay": plan.index_stay, "cohort": plan.cohort, "washout_after": plan.windows.washout_after,
    }  # fmt: skip
    same = pd.Series(data=True, index=table.index)
    for name, value in own.items():
        same &= table[name] == value
    return same
