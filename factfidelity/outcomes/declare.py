"""Which outcomes are counted: those that the plan or the caller names, or the default ones that data exist for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from factfidelity.errors import PlanError, Problem
from factfidelity.extract import Extract
from factfidelity.outcomes.breaks import refused_by_break
from factfidelity.outcomes.tally import as_in, mvo_codes
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

    An outcome is refused whose before/after lies across a change of the register it rests on, unless the plan says
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
    faults = [fault for outcome in chosen for fault in faults_of(outcome, extract)]
    if faults:
        raise PlanError(problems=faults)
    there = [outcome for outcome in chosen if can_be_counted(extract, outcome, plan)]
    refused = {name for names in refused_by_break(extract, plan, there).values() for name in names}
    there = [outcome for outcome in there if outcome.outcome not in refused]
    return there, [outcome.outcome for outcome in chosen if outcome not in there]


_DAYS = {"events": ("date",), "interval_days": ("start", "end")}


def faults_of(outcome: Outcome, extract: Extract) -> list[Problem]:
    """Return what is wrong with a declared outcome: a table or a column that does not exist, or that has no dates."""
    needs = ("client_id", *_DAYS.get(outcome.kind, ()))
    name, table = outcome.outcome, outcome.table
    fitting = [one for one, frame in extract.tables.items() if set(needs) <= set(frame.columns)]
    if table not in extract.tables:
        return [_not_among(f'{name}: the table "{table}" does not exist', f'{name}: tabellen "{table}" finns inte',
                           table, fitting)]  # fmt: skip
    columns = [str(column) for column in extract.tables[table].columns]
    if not set(needs) <= set(columns):
        kind, lacking = outcome.kind, ", ".join(column for column in needs if column not in columns)
        what = f"{name}: kind {kind} cannot be counted in the table {table}, which has no {lacking}"
        what_sv = f"{name}: kind {kind} kan inte räknas i tabellen {table}, som saknar {lacking}"
        return [_not_among(what, what_sv, "", fitting)]
    unknown = [column for column in (*outcome.where, *outcome.starts_with) if column not in columns]
    said = f"{name}: the table {table} has no column", f"{name}: tabellen {table} saknar kolumnen"
    return [_not_among(f'{said[0]} "{column}"', f'{said[1]} "{column}"', column, columns) for column in unknown]


def _not_among(what: str, what_sv: str, given: str, allowed: Sequence[str]) -> Problem:
    near = difflib.get_close_matches(given, allowed, n=1)
    meant = (f'. Did you mean "{near[0]}"?', f'. Menade du "{near[0]}"?') if near else ("", "")
    names = ", ".join(allowed)
    return Problem(
        what + meant[0], f"choose among: {names}", kind="plan", what_sv=what_sv + meant[1],
        do_sv=f"välj bland: {names}",
    )  # fmt: skip


def never_met(outcome: Outcome, extract: Extract) -> str:
    """Return the filter whose values never stand in the delivered table, with those that do; empty where all is well.

    It may be right (nothing of the kind happened) or a slip of the pen, which only the reader can tell.
    """
    table = extract.tables[outcome.table]
    for column, values in outcome.where.items():
        found = table[column].dropna()
        if len(found) and not found.isin(as_in(table[column], values)).any():
            there = sorted({str(value) for value in found.unique()})
            more = ", …" if len(there) > _MOST_VALUES else ""
            return f"{column}: {', '.join(map(str, values))} ({', '.join(there[:_MOST_VALUES])}{more})"
    return ""


_MOST_VALUES = 12


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
        notes[f"days.{outcome.outcome}"] = "yes" if outcome.is_days else "no"
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
