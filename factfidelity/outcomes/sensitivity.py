"""The same comparison by other methods, so that a reader sees whether the answer hangs on the one that was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.line import days_at
from factfidelity.extract import Extract
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.describe import Row, answer_row, rate_ratio
from factfidelity.outcomes.pairs import Counts, Design, Pair
from factfidelity.outcomes.regression import persons_of
from factfidelity.outcomes.sensitivity_result import OtherMethods
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare
from factfidelity.stats import counts as models

_SPREAD = 365  # days that index dates must spread over before calendar time can be told from before and after
_COLUMNS = [
    "outcome", "estimand", "method", "estimate", "low", "high", "p", "why", "clients", "clients_any_before",
    "clients_any_after", "topic", "largest_before", "two_largest_before", "largest_after", "two_largest_after",
]  # fmt: skip


def other_methods(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
) -> OtherMethods:
    """Estimate the ratio and test the mean difference by each method that the field uses.

    A plain Poisson interval on days is not among them: it is far too narrow.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    outcomes : sequence of str or Outcome

    Returns
    -------
    OtherMethods
    """
    chosen = plan_of(plan)
    counted, _ = chosen_outcomes(extract, chosen, outcomes)
    design = Design.of(extract, chosen)
    rows: list[Row] = []
    for outcome in counted:
        pair = design.pair(outcome.tables, cohort=chosen.cohort, index_stay=chosen.index_stay)
        rows += _ratios(design, outcome, pair)
        if chosen.windows.before == chosen.windows.after:
            rows += _tests(design, outcome)
    notes = {
        "outcomes": ",".join(outcome.outcome for outcome in counted), "level": str(chosen.intervals.level),
        "draws": str(chosen.intervals.draws), "seed": str(chosen.intervals.seed), "cohort": chosen.cohort,
        "paired_cohort": chosen.paired_cohort, "index_stay": chosen.index_stay,
    }  # fmt: skip
    notes |= label_notes(chosen, counted)
    return OtherMethods(table=pd.DataFrame(rows, columns=_COLUMNS), notes=notes, language=chosen.language)


def _ratios(design: Design, outcome: Outcome, pair: Pair) -> list[Row]:
    counts = design.counts(outcome, pair)
    head = {"outcome": outcome.outcome, "topic": outcome.topic, "estimand": "rate_ratio"} | persons_of(counts)
    if not len(counts.before):
        return [head | {"method": "cluster"} | _empty("no_clients")]
    names = ("cluster", "bootstrap") if outcome.is_days else ("cluster", "exact", "bootstrap")
    found: list[tuple[str, Row]] = [(name, rate_ratio(outcome, counts, design.plan, method=name)) for name in names]
    data = _long(design, pair, counts)
    for name, formula, family in (
        ("negative_binomial", "number ~ after", "negative_binomial"),
        ("calendar_time", "number ~ after + time", "poisson"),
    ):
        found.append((name, _modelled(design, data, name, formula, family)))
    return [head | {"method": name} | _parts(row) for name, row in found]


def _empty(why: str) -> Row:
    return {"estimate": nan, "low": nan, "high": nan, "p": nan, "why": why}


def _parts(row: Row) -> Row:
    return {name: row[name] for name in ("estimate", "low", "high", "p", "why")}


def _long(design: Design, pair: Pair, counts: Counts) -> pd.DataFrame:
    """Return one row per client and window with time at risk: number, years, after, time (middle of the window)."""
    parts = []
    for after, windows in ((0, pair.before), (1, pair.after)):
        side = "after" if after else "before"
        middle = (days_at(windows.low) + days_at(np.maximum(windows.high - 1, windows.low))) / 2
        parts.append(
            pd.DataFrame(
                {
                    "client": windows.client, "number": getattr(counts, side),
                    "years": getattr(counts, f"years_{side}"), "after": after,
                    "time": middle / 365.25, "index": design.index[windows.client],
                }
            )
        )  # fmt: skip
    data = pd.concat(parts, ignore_index=True)
    data["time"] -= data["time"].mean()
    return data[data["years"] > 0].reset_index(drop=True)


def _modelled(design: Design, data: pd.DataFrame, name: str, formula: str, family: str) -> Row:
    """Fit a log-linear model with clients as clusters."""
    if data["client"].nunique() < 3 or not data["number"].sum():
        return _empty("too_few")
    if name == "calendar_time" and data["index"].max() - data["index"].min() < _SPREAD:
        return _empty("index_days_too_close")
    answer = models.count_model(
        data, formula, exposure="years", family=family, errors="cluster", cluster="client",
        level=design.plan.intervals.level,
    )  # fmt: skip
    row = answer_row(answer)
    return row | {"why": "no_interval" if np.isnan(row["low"]) else ""}


def _tests(design: Design, outcome: Outcome) -> list[Row]:
    """Test the mean difference in windows of equal length, with both rules for clients without change."""
    plan = design.plan
    pair = design.pair(outcome.tables, cohort=plan.paired_cohort, index_stay="include")
    counts = design.counts(outcome, pair)
    head = {"outcome": outcome.outcome, "topic": outcome.topic, "estimand": "mean_difference"} | persons_of(counts)
    if len(counts.before) < 2:
        return [head | {"method": "sign_flip"} | _empty("no_clients")]
    difference = float((counts.after - counts.before).mean())
    found: list[tuple[str, Any]] = [
        (f"signed_rank_{zeros}", compare.signed_rank(counts.before, counts.after, zeros=zeros))
        for zeros in ("wilcoxon", "pratt")
    ]
    flip = compare.sign_flip(counts.before, counts.after, seed=plan.intervals.seed, level=plan.intervals.level)
    rows = [
        head | {"method": name, "estimate": difference, "low": nan, "high": nan, "p": float(test.p), "why": ""}
        for name, test in found
    ]
    return [*rows, head | {"method": "sign_flip"} | _parts(answer_row(flip))]
