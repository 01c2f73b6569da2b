"""A plan that was locked before outcomes were opened: kept, changed, and what was added afterwards."""

from __future__ import annotations

import datetime as dt

import factfidelity as ff
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.plan import Locked, Plan

DAY = dt.date(2024, 3, 1)


def locked(plan: Plan, fingerprint: str | None = None) -> Plan:
    return plan.model_copy(update={"locked": Locked(date=DAY, fingerprint=fingerprint or plan.fingerprint)})


def test_the_lock_is_no_part_of_the_fingerprint():
    plan = Plan(programme="fact")
    assert locked(plan).fingerprint == plan.fingerprint


def test_a_plan_is_open_until_it_has_a_day_and_a_fingerprint():
    assert Plan().lock_state == "open"
    assert Plan(locked=Locked(date=DAY)).lock_state == "open"
    assert Plan(locked=Locked(fingerprint="0" * 64)).lock_state == "open"


def test_a_locked_plan_is_kept_or_changed():
    plan = Plan()
    assert locked(plan).lock_state == "kept"
    assert locked(plan, plan.fingerprint[:12].upper()).lock_state == "kept"
    assert locked(plan).model_copy(update={"cohort": "complete"}).lock_state == "changed"


def test_a_report_says_what_was_planned_and_what_was_added():
    extract = ff.sample_extract(seed=11, clients=80, teams=1, years=4)
    plan = locked(Plan(outcomes=("admissions",)))
    as_planned = mirror_outcomes(extract, plan)
    assert "låstes 2024-03-01 och är oförändrad. Alla utfall ingår i planen." in as_planned.methods("sv")
    more = mirror_outcomes(extract, plan, outcomes=["admissions", "bed_days"]).released()
    assert "Outcomes added: Bed-days." in more.methods("en")
    assert any("Tillagda utfall: Vårddygn." in note for note in more.views("sv")[0].notes)
    changed = mirror_outcomes(extract, plan.model_copy(update={"cohort": "complete"}))
    assert "men har ändrats sedan dess" in changed.methods("sv")


def test_without_a_lock_nothing_is_said():
    result = mirror_outcomes(ff.sample_extract(seed=11, clients=80, teams=1, years=4))
    assert "låstes" not in result.methods("sv")
