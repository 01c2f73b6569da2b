"""Before and after a client's first day with the team: from an extract and a plan to a result."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd

from factfidelity.extract import Extract
from factfidelity.outcomes.breaks import break_notes
from factfidelity.outcomes.compulsion import coercion_frame, forms_frame
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, never_met, plan_of, planned_outcomes, standing
from factfidelity.outcomes.describe import (
    SMALL_GROUP,
    Beside,
    Cell,
    Row,
    change_rows,
    fewest_moved,
    precision,
    window_rows,
)
from factfidelity.outcomes.late import late_frame
from factfidelity.outcomes.pairs import Counts, Design, flow_of
from factfidelity.outcomes.result import MirrorOutcomes
from factfidelity.outcomes.trace import Tracer
from factfidelity.schemas.outcome import Outcome, shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

_RATES = ("rate_ratio", "rate_difference")
_NOBODY: Row = dict.fromkeys(("moved_any", "moved_total", "moved_years"), nan)
_TABLE = [
    "outcome", "window", "cohort", "clients", "clients_any", "total", "years", "mean", "sd", "median", "q1", "q3",
    "rate", "topic", "role", "largest", "two_largest",
    "moved_any", "moved_total", "moved_years", "planned",
]  # fmt: skip


def mirror_outcomes(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    outcomes: Sequence[str | Outcome] | None = None,
) -> MirrorOutcomes:
    """Describe care use before and after the index day, and the change with its interval.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
        All choices; the plan ``default`` when left out.
    outcomes : sequence of str or Outcome, optional
        Which outcomes, by name or declared; else those of the plan, else the default ones that data exist for.

    Returns
    -------
    MirrorOutcomes

    Raises
    ------
    PlanError
        If the plan names an outcome, column or programme that does not exist.
    """
    chosen = plan_of(plan)
    counted, absent = chosen_outcomes(extract, chosen, outcomes)
    design = Design.of(extract, chosen)
    tables: list[Row] = []
    changes: list[Row] = []
    begun: dict[tuple[str, str], tuple[Counts, dict[str, Row]]] = {}
    for outcome in counted:
        beside: Beside = []
        for index_stay in dict.fromkeys((chosen.index_stay, *chosen.also_index_stay)):
            described, changed = _one(design, outcome, index_stay, beside, begun)
            tables += described
            changes += changed
    everything = pd.DataFrame(tables, columns=[*_TABLE, "index_stay"])
    default = everything["index_stay"] == chosen.index_stay
    change, tested = _with_false_discovery(_change_frame(changes), chosen)
    return MirrorOutcomes(
        table=everything.loc[default, _TABLE].reset_index(drop=True),
        change=change,
        stays=everything.loc[everything["cohort"] == chosen.cohort].reset_index(drop=True),
        others=_others(change, chosen),
        paired=_paired(everything[default], change, chosen),
        flow=_flow(design),
        coercion=coercion_frame(design),
        forms=forms_frame(design),
        between=_between(design),
        late=late_frame(design),
        inner_trace=Tracer(design, tuple(counted)),
        notes=_notes(design, counted, absent) | tested,
        language=chosen.language,
    )


def cohorts_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return the cohorts of a plan, each with what may be estimated in it."""
    found: dict[str, tuple[str, ...]] = {plan.cohort: _RATES}
    if plan.windows.before == plan.windows.after:
        found[plan.paired_cohort] = (*found.get(plan.paired_cohort, ()), "mean_difference")
    return found


def _one(
    design: Design, outcome: Outcome, index_stay: str, beside: Beside,
    begun: dict[tuple[str, str], tuple[Counts, dict[str, Row]]],
) -> tuple[list[Row], list[Row]]:  # fmt: skip
    """Describe and compare one outcome under one index-stay choice; ``beside`` grows with what was counted.

    ``begun`` keeps the stays that begin under compulsory care: who has their row and that of stays with any day of it
    has those that became compulsory.
    """
    tables: list[Row] = []
    changes: list[Row] = []
    for cohort, estimands in cohorts_of(design.plan).items():
        paired = "mean_difference" in estimands
        allowed: tuple[str, ...] = estimands
        # An excluded index stay leaves windows of unequal time at risk: rates only.
        if outcome.kind == "any_admission":
            allowed = ("any_difference",) if paired else ()
        if index_stay == "exclude":
            allowed = tuple(name for name in allowed if name in _RATES)
        pair = design.pair(outcome.tables, cohort=cohort, index_stay=index_stay)
        if outcome.kind == "any_admission" and not paired:
            # not a row of its own, but the row of admissions shows the same clients
            beside.append((design.counts(outcome, pair), dict.fromkeys(("before", "after"), _NOBODY)))
            continue
        counts, cell = design.counts(outcome, pair), Cell(outcome, cohort, index_stay)
        marks: Row = {"role": outcome.role, "planned": standing(design.plan, outcome)}
        means = paired and index_stay != "exclude"
        at = (cohort, index_stay)
        near = [*beside, begun[at]] if outcome.compulsory == "any_day" and at in begun else beside
        moved = {window: fewest_moved(counts, near, window) for window in ("before", "after")}
        beside.append((counts, moved))
        if outcome.compulsory == "first_day":
            begun[at] = (counts, moved)
        described = window_rows(cell, counts, means=means)
        tables += [row | marks | {"index_stay": index_stay} | moved[row["window"]] for row in described]
        could = _could_show(design.plan, outcome, counts, index_stay) if "rate_ratio" in allowed else {}
        more = (
            marks
            | {"tested": outcome.tested}
            | {f"{name}_{window}": number for window, few in moved.items() for name, number in few.items()}
        )
        changes += [
            row | more | (could if row["estimand"] == "rate_ratio" else {})
            for row in change_rows(cell, counts, design.plan, allowed)
        ]
    return tables, changes


def _could_show(plan: Plan, outcome: Outcome, counts: Counts, index_stay: str) -> Row:
    """Simulate what could have been shown: of the main outcomes, and of all where clients are few."""
    asked = outcome.outcome in ("admissions", "bed_days") or len(counts.before) < SMALL_GROUP
    return precision(outcome, counts, plan) if asked and index_stay == plan.index_stay else {}


# clients with more and less, and with any in one window only: what paired tests are made of
_TURNED = ("rose", "fell", "began", "ceased")
_CHANGE = [
    "outcome", "cohort", "index_stay", "estimand", "estimate", "low", "high", "p", "adjusted_p", "rejected", "method",
    "why", "detectable", "needed", "clients", "clients_any_before", "clients_any_after", "total_before",
    "total_after", "topic", "role", "largest_before", "two_largest_before", "largest_after", "two_largest_after", *(
        f"moved_{name}_{window}" for name in ("any", "total", "years") for window in ("before", "after")
    ),
    *_TURNED, "planned",
]  # fmt: skip


def _change_frame(rows: list[Row]) -> pd.DataFrame:
    columns = [*_CHANGE, "tested"]
    frame = pd.DataFrame(rows).reindex(columns=columns) if rows else pd.DataFrame(columns=columns, dtype="object")
    numbers = ["estimate", "low", "high", "p", "adjusted_p", "detectable", "needed", *_TURNED]
    return frame.assign(**{name: pd.to_numeric(frame[name]) for name in numbers})


def _with_false_discovery(change: pd.DataFrame, plan: Plan) -> tuple[pd.DataFrame, dict[str, str]]:
    """Hold the false discovery rate over the paired tests of the plan's own index-stay choice."""
    family = change["estimand"].isin(["mean_difference", "any_difference"]) & (change["index_stay"] == plan.index_stay)
    family &= change["p"].notna() & (change["role"] == "outcome") & change["tested"].eq(True)
    out = change.drop(columns="tested").assign(rejected=pd.Series(pd.NA, index=change.index, dtype="boolean"))
    if not family.any():
        return out, {"tests": "0", "rejections": "0", "critical_p": ""}
    held = compare.benjamini_hochberg(change.loc[family, "p"].to_numpy(dtype=float))
    out.loc[family, "adjusted_p"] = held.adjusted
    out.loc[family, "rejected"] = held.rejected
    tested = {"tests": str(held.tests), "rejections": str(held.rejections), "critical_p": f"{held.critical_p:.4f}"}
    return out, tested


def _others(change: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the rate ratios under the other choices for the index stay."""
    chosen = (change["estimand"] == "rate_ratio") & (change["index_stay"] != plan.index_stay)
    columns = [name for name in _CHANGE if not name.startswith("moved_") and name not in _NOT_OTHERS]
    return change.loc[chosen, columns].reset_index(drop=True)


def _paired(table: pd.DataFrame, change: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return one row per outcome: both windows of the paired cohort, with the test between them."""
    table = table[table["cohort"] == plan.paired_cohort]
    sides = [
        table.loc[table["window"] == window, ["outcome", "clients", *_SIDE, *(["topic"] if window == "before" else [])]]
        .rename(columns={name: f"{name}_{window}" for name in _SIDE})
        for window in ("before", "after")
    ]  # fmt: skip
    tests = change[(change["cohort"] == plan.paired_cohort) & (change["index_stay"] == plan.index_stay)]
    tests = tests.loc[tests["estimand"].isin(["mean_difference", "any_difference"]), _TESTED]
    return sides[0].merge(sides[1], on=["outcome", "clients"], how="left").merge(tests, on="outcome", how="inner")


_SIDE = ["mean", "median", "clients_any", "largest", "two_largest"]
_TESTED = ["outcome", "estimand", "p", "rejected", *_TURNED]
_NOT_OTHERS = (
    "cohort", "estimand", "p", "adjusted_p", "rejected", "method", "why", "detectable", "needed", "role", *_TURNED
)  # fmt: skip


def _flow(design: Design) -> pd.DataFrame:
    cohorts = dict.fromkeys((design.plan.cohort, design.plan.paired_cohort))
    pairs = {cohort: design.pair(cohort=cohort, index_stay=design.plan.index_stay) for cohort in cohorts}
    return pd.concat([flow_of(pair, cohort=cohort) for cohort, pair in pairs.items()], ignore_index=True)


def _between(design: Design) -> pd.DataFrame:
    """Count the clients whose index day lies in a stay, and the days that ``after_discharge`` leaves in no window."""
    plain = design.pair(cohort=design.plan.cohort)
    moved = design.pair(cohort=design.plan.cohort, index_stay="after_discharge").after.shifted
    total, top = float(moved.sum()), np.sort(moved)[::-1][:2]
    row = {
        "cohort": design.plan.cohort, "clients": len(plain.before.client),
        "clients_index_stay": int(design.index_stays(plain).sum()), "days_between": total,
        "largest": float(top[0]) / total if total else nan, "two_largest": float(top.sum()) / total if total else nan,
    }  # fmt: skip
    return pd.DataFrame([row])


def _across(design: Design, counted: Sequence[Outcome], absent: Sequence[str]) -> dict[str, str]:
    """Return which outcomes were not delivered, which lie across a change of the register, and which are refused."""
    known = shipped_outcomes() | {one.outcome: one for one in design.plan.own_outcomes}
    given = [known[name] for name in absent if name in known]
    notes = break_notes(design.extract, design.plan, given, counted)
    refused = {name for key, names in notes.items() if key.startswith("refused") for name in names.split(",")}
    return {"not_delivered": ",".join(name for name in absent if name not in refused)} | notes


def _met(design: Design, outcome: Outcome) -> str:
    return never_met(outcome, design.extract)


def _lock(plan: Plan, counted: Sequence[Outcome]) -> dict[str, str]:
    """Return whether the plan was locked, on which day, and which of the outcomes it asked for."""
    planned = planned_outcomes(plan)
    names = ",".join(outcome.outcome for outcome in counted if outcome.outcome in planned)
    return {"planned": names}


def _notes(design: Design, counted: Sequence[Outcome], absent: Sequence[str]) -> dict[str, str]:
    """Return every choice as text, and the words of the outcomes, so that a released result can be read alone."""
    plan = design.plan
    mvo = design.extract.episodes["mvo"]
    notes = {
        "index": plan.index.kind,
        "index_date": str(plan.index.date or ""),
        "width_before": str(plan.windows.before),
        "width_after": str(plan.windows.after),
        "washout_before": str(plan.windows.washout_before),
        "washout_after": str(plan.windows.washout_after),
        "cohort": plan.cohort,
        "paired_cohort": plan.paired_cohort,
        "follow": plan.follow,
        "index_stay": plan.index_stay,
        "index_stays": ",".join(dict.fromkeys((plan.index_stay, *plan.also_index_stay))),
        "at_risk": plan.at_risk,
        "day_count": plan.day_count,
        "gap_days": str(plan.spells.gap_days),
        "same_clinic": "yes" if plan.spells.same_clinic else "no",
        "care_kind": ",".join(plan.care_kind),
        "mvo": "not_given" if len(mvo) and mvo.isna().all() else "given",
        "level": str(plan.intervals.level),
        "draws": str(plan.intervals.draws),
        "seed": str(plan.intervals.seed),
        "plan": plan.plan,
        "plan_fingerprint": plan.fingerprint,
        "outcomes": ",".join(outcome.outcome for outcome in counted),
        "never_met": "; ".join(f"{one.outcome}: {met}" for one in plan.own_outcomes if (met := _met(design, one))),
        **_lock(plan, counted),
        **_across(design, counted, absent),
    }
    return notes | label_notes(plan, counted)
