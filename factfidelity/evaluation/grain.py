"""How fine a table is: by longer periods or in larger groups where too much of it would be hidden otherwise.

Decided once for all results that count the same clients over time, and for all reports that are released together: a
quarter beside its months would give the hidden month back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.contact.equity_groups import joined_ages, joined_municipalities
from factfidelity.display.coarser import Coarser
from factfidelity.display.disclosure import DisclosureRule
from factfidelity.display.disclosure_primary import first_mask, numbers
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.schemas.plan import Plan

Grains = dict[str, str]
Ask = Callable[..., Result]

LADDER = ("month", "quarter", "half_year", "year", "pooled")
# Results over time with the figures of their charts; they are always shown by the same periods.
COURSES: Mapping[str, tuple[str, ...]] = {
    "caseload_ratios": ("ratio",),
    "board_use": ("share",),
    "contact_pattern": ("per_week",),
}
# Curves with their key and figures; all points, every second or every fourth is kept, team by team.
CURVES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "enrolment_flow": ("years", ("share",)),
    "board_use": ("day", ("share",)),
}
STEPS = (1, 2, 4)


@dataclasses.dataclass(frozen=True, slots=True)
class Lost:
    """How many rows a table would lose, of those that have persons."""

    hidden: int
    rows: int

    @property
    def share(self) -> float:
        """Share of the rows; 0 where there are none."""
        return self.hidden / self.rows if self.rows else 0.0


def lost_rows(frame: pd.DataFrame, gate: Gate, figures: Sequence[str], rule: DisclosureRule) -> Lost:
    """Count the rows whose figures the gate would hide at first look.

    Parameters
    ----------
    frame : DataFrame
        Before the gate.
    gate : Gate
    figures : sequence of str
        What the chart of the table shows; a row without them is not counted.
    rule : DisclosureRule
    """
    shown = [name for name in figures if name in frame.columns]
    if not len(frame) or not shown:
        return Lost(0, 0)
    mask = first_mask(frame, gate, rule)
    counts = [name for name in gate.counts if name in frame.columns]
    there = np.any([numbers(frame, name) > 0 for name in counts], axis=0)
    there &= np.any([frame[name].notna().to_numpy() for name in shown], axis=0)
    hidden = np.any([mask[name] for name in shown if name in mask], axis=0) | _steps_of_few(frame, gate, rule)
    return Lost(int((hidden & there).sum()), int(there.sum()))


def _steps_of_few(frame: pd.DataFrame, gate: Gate, rule: DisclosureRule) -> np.ndarray:
    """Return True where a point of a curve differs from the one before by a few persons."""
    few = np.zeros(len(frame), dtype=bool)
    plain = frame.reset_index(drop=True)
    for key, chain in gate.nested.items():
        if chain != ("*",) or key not in plain.columns:
            continue
        others = [name for name in gate.keys if name != key and name in plain.columns]
        ordered = plain.sort_values([*others, key], kind="stable")
        groups = ordered.groupby(others, sort=False) if others else None
        for count in gate.counts:
            values = pd.Series(numbers(ordered, count), index=ordered.index)
            step = (groups[count].diff() if groups is not None else values.diff()).abs()
            few[ordered.index[((step > 0) & (step < rule.smallest)).to_numpy()]] = True
    return few


def coarsened(
    results: Mapping[str, Result], ask: Ask, plan: Plan, given: Mapping[str, str] | None = None
) -> tuple[dict[str, Result], Grains]:
    """Return the results at the finest grain at which no table loses more than the plan's share of its rows.

    Parameters
    ----------
    results : mapping of Result
        As the plan asks for them, before the gate.
    ask : callable
        Asks a question again: name, plan, and keyword arguments of the answer's function.
    plan : Plan
    given : mapping of str to str, optional
        Grains that are laid down already: by the report before, or by that of all teams.

    Returns
    -------
    results : dict of Result
    grains : dict of str
        What was used: pass it on to whatever stands beside this.
    """
    found, grains = dict(results), dict(given or {})
    rule = DisclosureRule.of(plan.disclosure)
    for step in (_periods, _curves, _equity):
        step(found, grains, ask, plan, rule)
    return found, grains


def _periods(found: dict[str, Result], grains: Grains, ask: Ask, plan: Plan, rule: DisclosureRule) -> None:
    """Choose the periods of all courses together."""
    names = [name for name in COURSES if name in found]
    planned = plan.caseload.every
    chosen, why, told = grains.get("every", ""), Lost(0, 0), ""
    asked: dict[str, dict[str, Result]] = {}
    for name in names:  # those of a report beside another come by its periods at once
        asked.setdefault(found[name].notes.get("every", planned), {})[name] = found[name]
    if names and not chosen:
        chosen, why, told = _finest(asked, names, ask, plan, rule)
    if not names or not chosen:
        return
    grains["every"] = chosen
    if chosen == planned:
        return
    for name in names:
        known = asked.get(chosen, {})
        again = known[name] if name in known else ask(name, with_periods(plan, chosen))
        titles = {"title_sv": "", "title_en": ""}
        if told and told != name:
            titles = {f"title_{language}": found[told].heading(language) for language in ("sv", "en")}
        note = Coarser("every", planned, chosen, why.hidden, why.rows, **titles).note()
        found[name] = noted(again, note)


def _finest(
    asked: dict[str, dict[str, Result]], names: Sequence[str], ask: Ask, plan: Plan, rule: DisclosureRule
) -> tuple[str, Lost, str]:
    """Return the finest periods that pass, else those that lose least; and what the planned ones would lose, where.

    A result is asked for by longer periods only until one of them loses too much; the one that lost most comes first.
    """
    planned, above = plan.caseload.every, plan.disclosure.coarsen_above
    ladder = LADDER[LADDER.index(planned) :] if not plan.caseload.pinned else (planned,)

    def lost_by(every: str, name: str) -> Lost:
        known = asked.setdefault(every, {})
        if name not in known:
            known[name] = ask(name, with_periods(plan, every))
        return lost_rows(known[name].table, known[name].gates["table"], COURSES[name], rule)

    at_first = {name: lost_by(planned, name) for name in names}
    order = sorted(names, key=lambda name: -at_first[name].share)
    chosen = next((every for every in ladder if all(lost_by(every, name).share <= above for name in order)), "")
    if not chosen:
        chosen = min(ladder, key=lambda every: max(lost_by(every, name).share for name in names))
    told = max(at_first, key=lambda name: at_first[name].share)
    return chosen, at_first[told], told


def with_periods(plan: Plan, every: str) -> Plan:
    """Return the plan with other periods."""
    return plan.model_copy(update={"caseload": plan.caseload.model_copy(update={"every": every})})


def noted(result: Result, note: Mapping[str, str]) -> Result:
    """Return a result with one more note."""
    return dataclasses.replace(result, notes={**result.notes, **note})


def _curves(found: dict[str, Result], grains: Grains, ask: Ask, plan: Plan, rule: DisclosureRule) -> None:
    """Thin the curve of each team until its steps are those of enough persons."""
    for name, (key, figures) in CURVES.items():
        if name not in found or not len(found[name].frames()["curve"]):
            continue
        result = found[name]
        frame, gate = result.frames()["curve"], result.gates["curve"]
        steps = dict(part.rsplit(":", 1) for part in grains.get(f"{name}.curve", "").split("|") if part)
        parts = {str(team): part for team, part in frame.groupby("team_id", sort=False)}
        for team, part in parts.items():
            if team not in steps:
                lost = {step: lost_rows(_thin(part, key, step), gate, figures, rule) for step in STEPS}
                steps[team] = str(_first_that_passes(lost, plan))
        grains[f"{name}.curve"] = "|".join(f"{team}:{step}" for team, step in steps.items())
        thinned = pd.concat([_thin(part, key, int(steps[team])) for team, part in parts.items()], ignore_index=True)
        if len(thinned) < len(frame):
            hidden = lost_rows(frame, gate, figures, rule).hidden
            note = Coarser("curve", str(len(frame)), str(len(thinned)), hidden, len(frame)).note()
            changed: dict[str, Any] = {"curve": thinned}
            found[name] = noted(dataclasses.replace(result, **changed), note)


def _first_that_passes(lost: Mapping[int, Lost], plan: Plan) -> int:
    above = plan.disclosure.coarsen_above
    passing = [step for step in STEPS if lost[step].share <= above]
    return passing[0] if passing else min(STEPS, key=lambda step: lost[step].share)


def _thin(frame: pd.DataFrame, key: str, step: int) -> pd.DataFrame:
    """Keep the first point (nobody has left yet) and every so many after it."""
    points = np.sort(frame[key].unique())
    kept = points[points == 0].tolist() + points[points > 0][step - 1 :: step].tolist()
    return frame.loc[frame[key].isin(kept)]


def _equity(found: dict[str, Result], grains: Grains, ask: Ask, plan: Plan, rule: DisclosureRule) -> None:
    """Join ages and municipalities where their rows would be lost."""
    if "equity" not in found:
        return
    result = found["equity"]
    options: dict[str, Any] = {}
    notes: dict[str, str] = {}
    for kind, dimension, join in (
        ("ages", "age_group", joined_ages), ("municipalities", "municipality", joined_municipalities),
    ):  # fmt: skip
        rows = result.table.loc[(result.table["dimension"] == dimension) & (result.table["group"] != "total")]
        grain = f"equity.{kind}"
        lost = lost_rows(rows, result.gates["table"], ("rate",), rule)
        if grain not in grains:
            too_many = lost.share > plan.disclosure.coarsen_above
            grains[grain] = ",".join(join(rows, rule.smallest) if too_many else ())
        groups = tuple(name for name in grains[grain].split(",") if name)
        if groups:
            options[kind] = groups
            now = str(len(groups))
            notes |= Coarser(kind, str(rows["group"].nunique()), now, lost.hidden, lost.rows).note()
    if options:
        found["equity"] = noted(ask("equity", plan, **options), notes)
