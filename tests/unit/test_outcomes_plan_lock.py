"""A plan that was locked before outcomes were opened: kept, changed, and what was added afterwards."""

from __future__ import annotations

import datetime as dt

import pytest

import factfidelity as ff
from factfidelity.cli import main
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
    assert "Outcomes added: Bed-days (†)." in more.methods("en")
    assert any("Tillagda utfall: Vårddygn (†)." in note for note in more.views("sv")[0].notes)
    changed = mirror_outcomes(extract, plan.model_copy(update={"cohort": "complete"}))
    assert "men har ändrats sedan dess" in changed.methods("sv")


def test_without_a_lock_nothing_is_said():
    result = mirror_outcomes(ff.sample_extract(seed=11, clients=80, teams=1, years=4))
    assert "låstes" not in result.methods("sv")


def test_each_row_says_whether_it_was_planned_in_tables_pictures_and_other_results():
    extract = ff.sample_extract(seed=11, clients=80, teams=1, years=4)
    plan = locked(Plan(outcomes=("admissions",), intervals={"draws": 100}))
    result = mirror_outcomes(extract, plan, outcomes=["admissions", "bed_days"])
    for frame in (result.table, result.change, result.stays):
        assert frame.set_index("outcome")["planned"].to_dict() == {"admissions": "planned", "bed_days": "added"}
    names = set(result.views("en")[0].frame["outcome"])
    assert names == {"Admissions", "Bed-days †"}
    assert "Bed-days †" in result.figures("en")[-1].alt
    assert "Bed-days †" in result.summary("en")
    choices = ff.all_choices(extract, plan)
    assert "Vårddygn †" in choices.summary("sv")
    assert "Tillagda utfall: Vårddygn (†)" in choices.methods("sv")
    changed = mirror_outcomes(extract, plan.model_copy(update={"cohort": "complete"}))
    assert set(changed.table["planned"]) == {"changed"}
    assert set(changed.views("sv")[0].frame["outcome"]) == {"Inskrivningar ‡"}
    opened = mirror_outcomes(extract, Plan(outcomes=("admissions",), intervals={"draws": 100}))
    assert set(opened.table["planned"]) == {""}


def test_a_plan_is_locked_by_one_line_that_is_not_written_twice(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    path.write_text("# our plan\noutcomes: [admissions]", encoding="utf-8")
    plan = ff.lock_plan(path, on=DAY)
    assert plan.lock_state == "kept"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# our plan\noutcomes: [admissions]\nlocked: {date: 2024-03-01, fingerprint: ")
    with pytest.raises(ff.PlanError, match="locked already"):
        ff.lock_plan(path, on=DAY)
    assert path.read_text(encoding="utf-8") == text
    path.write_text(text.replace("admissions]", "bed_days]"), encoding="utf-8")
    assert ff.load_plan(path).lock_state == "changed"
    assert main(["lock", str(path)]) == 14
    with pytest.raises(ff.PlanError, match="no such plan"):
        ff.lock_plan(tmp_path / "other.yaml", on=DAY)
    path.write_text("outcomes: [admissions]\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["lock", str(path)]) == 0
    assert "plan.yaml is locked" in capsys.readouterr().out
    assert ff.load_plan(path).lock_state == "kept"


def test_keys_of_later_editions_do_not_break_an_earlier_lock():
    # The fingerprint of the default plan as it was before plans could hold prices.
    assert Plan().fingerprint == "45ef42048e02d62ff4e2e81efdc041b7e57aa599f8e66270798093e331245a8f"
    assert Plan(price_year=2022).fingerprint != Plan().fingerprint
