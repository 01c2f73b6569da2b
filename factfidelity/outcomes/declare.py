"""Which outcomes are counted: those that the plan or the caller names, or the default ones that data exist for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from factfidelity.errors import PlanError, Problem
from factfidelity.extract import Extract
from factfidelity.outcomes.breaks import PAR_OV, across_break
from factfidelity.outcomes.tally import mvo_codes
from factfidelity.outcomes.words import SIGNS
from factfidelity.schemas.outcome import Outcome, shipped_outcomes
from factfidelity.schemas.plan import Plan, load_plan


def plan_of(plan: Plan | str | Path | None) -> Plan:
    """Return the plan itself, or read the one that is named."""
    return plan if isinstance(plan, Plan) else load_plan(plan or "default")


def chosen_outcomes(
    extract: Extract, plan: Plan, outcomes: Sequence[str | Outcome] | None = None
) -> tuple[list[Outcome], list[str]]:
    """Return the outcomes to count, and the names of those for which nothing was delivered, or that are refused.

    An outcome is refused whose before/after lies across the change of the outpatient register, unless the plan says
    so with ``allow_break``.

    Raises
    ------
    PlanError
        If an outcome is named that is declared neither by the plan nor by the library.
    """
    known = shipped_outcomes() | {outcome.outcome: outcome for outcome in plan.own_outcomes}
    named = outcomes if outcomes is not None else plan.outcomes
    unknown = [name for name in named if isinstance(name, str) and name not in known]
    if unknown:
        problems = [
            Problem(
                f'there is no outcome "{name}"',
                f"name one of: {', '.join(known)}; or declare it under own_outcomes",
                kind="plan",
                what_sv=f'det finns inget utfall "{name}"',
                do_sv=f"välj bland: {', '.join(known)}; eller beskriv det under own_outcomes",
            )
            for name in unknown
        ]
        raise PlanError(problems=problems)
    if named:
        chosen = [known[item] if isinstance(item, str) else item for item in named]
        chosen += [own for own in plan.own_outcomes if outcomes is None and own not in chosen]
    else:
        own = {outcome.outcome for outcome in plan.own_outcomes}
        chosen = [outcome for outcome in known.values() if outcome.default or outcome.outcome in own]
    there = [outcome for outcome in chosen if can_be_counted(extract, outcome, plan)]
    if PAR_OV not in plan.allow_break:
        refused = across_break(extract, plan, there)
        there = [outcome for outcome in there if outcome.outcome not in refused]
    return there, [outcome.outcome for outcome in chosen if outcome not in there]


def planned_outcomes(plan: Plan) -> set[str]:
    """Return the outcomes that the plan itself asks for: those it names and declares, or else the default ones."""
    own = {outcome.outcome for outcome in plan.own_outcomes}
    if plan.outcomes:
        return {*plan.outcomes, *own}
    return {outcome.outcome for outcome in shipped_outcomes().values() if outcome.default} | own


def standing(plan: Plan, outcome: Outcome) -> str:
    """Return how an outcome stands to a locked plan: planned, added, or changed; empty where no plan was locked.

    ``changed``: the plan is no longer what was locked, so that nothing can be shown to have been planned.
    """
    if plan.lock_state == "open":
        return ""
    if plan.lock_state == "changed":
        return "changed"
    return "planned" if outcome.outcome in planned_outcomes(plan) else "added"


def label_notes(plan: Plan, outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return the words of outcomes for a result's notes, with the sign of those that are not of the locked plan.

    Every table, picture and sentence takes its words from there, so each row says by itself how it stands.
    """
    notes = {"lock": plan.lock_state, "lock_date": str(plan.locked.date or "")}
    for outcome in outcomes:
        sign = SIGNS.get(standing(plan, outcome), "")
        for language in ("sv", "en"):
            notes[f"label.{language}.{outcome.outcome}"] = getattr(outcome.label, language) + sign
            notes[f"unit.{language}.{outcome.outcome}"] = getattr(outcome.unit, language)
    return notes


def can_be_counted(extract: Extract, outcome: Outcome, plan: Plan) -> bool:
    """Tell whether what the outcome rests on was delivered (a delivered file without rows counts as 0)."""
    if not all(extract.has(table) or table in extract.sources for table in outcome.tables):
        return False
    if outcome.kind == "legal_days" and len(outcome.forms) == 1:
        return bool(extract.legal_status["form"].isin(outcome.forms).any())
    if outcome.care == "somatic":
        mvo = mvo_codes(extract.episodes)
        psychiatric = {code for codes in plan.mvo_sets.values() for code in codes}
        return bool((mvo.notna() & ~mvo.isin(psychiatric)).any())
    if outcome.table in ("visits", "events", "placements") and "kind" in outcome.where:
        return bool(extract.table(outcome.table)["kind"].isin(list(outcome.where["kind"])).any())
    return True
