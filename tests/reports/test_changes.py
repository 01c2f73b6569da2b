"""A report beside the one before: what moved, by how much, and whether data, definitions, versions or the world did."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.evaluation import Evaluation, cut_at
from factfidelity.reports import run
from factfidelity.reports.before import grains_of
from factfidelity.reports.changes import causes_view, changes_record, figures_frame
from factfidelity.reports.released import read_released, released_json
from factfidelity.reports.run import run_report

END = pd.Timestamp("2023-01-01")


def few_answers(extract, plan=None, *, grains=None):
    """Stand in for an evaluation: one question, so that a test takes a second."""
    plan = plan or ff.load_plan()
    every = (grains or {}).get("every", plan.caseload.every)
    results = {"caseload_ratios": ff.caseload_ratios(extract, every=every, staff=plan.caseload.staff)}
    return Evaluation(extract, plan, results, {}, {"every": every})


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=6, clients=140, teams=2, years=4)


@pytest.fixture(scope="module")
def three(extract):
    """The report now, the one before, and the earlier period recomputed."""
    earlier = few_answers(cut_at(extract, END)).released()
    return few_answers(extract).released(), earlier, few_answers(cut_at(extract, END)).released()


def test_the_difference_is_split_into_what_the_rules_did_and_what_the_new_period_did(three):
    now, before, again = three
    row = figures_frame(now, before, again, "en").iloc[0]
    published, recomputed, value = row["published"], row["recomputed"], row["now"]
    assert value != published
    assert row["moved"] == pytest.approx(value - published)
    assert row["by_rules"] == pytest.approx(recomputed - published) == 0
    assert row["by_world"] == pytest.approx(value - recomputed)


def test_the_same_data_rules_and_versions_leave_the_world(three):
    now, before, again = three
    causes = causes_view(now, before, "en", again).frame.set_index("what")["state"]
    assert causes["Data of the earlier period"] == "the same"
    assert causes["Plan"] == causes["Versions"] == "the same"
    assert causes["Period"].startswith("changed: to ")
    summary = changes_record(now, before, again)["summary"]
    assert "Rules and versions are those of the report before" in summary["en"]
    assert "desamma som då" in summary["sv"]
    assert "1 of 1 key figures" in summary["en"]


def test_another_denominator_is_told_from_the_world(extract, three):
    _, before, _ = three
    plan = ff.load_plan()
    other = plan.model_copy(update={"caseload": plan.caseload.model_copy(update={"staff": "team"})})
    now, again = (few_answers(part, other).released() for part in (extract, cut_at(extract, END)))
    row = figures_frame(now, before, again, "sv").iloc[0]
    assert row["by_rules"] != 0
    assert row["moved"] == pytest.approx(row["by_rules"] + row["by_world"])
    causes = causes_view(now, before, "sv", again).frame.set_index("what")["state"]
    assert "caseload" in causes["Plan"]
    assert "Regler eller versioner har ändrats" in changes_record(now, before, again)["summary"]["sv"]


def test_a_row_corrected_afterwards_is_a_change_of_data(extract, three):
    now, before, _ = three
    tables = {name: extract.table(name) for name in extract.tables}
    tables["enrolments"] = tables["enrolments"].iloc[1:]
    corrected = dataclasses.replace(extract, tables=tables)
    again = few_answers(cut_at(corrected, END)).released()
    causes = causes_view(now, before, "en", again).frame.set_index("what")["state"]
    assert causes["Data of the earlier period"] == "changed"
    assert "corrections or late rows" in changes_record(now, before, again)["summary"]["en"]


def test_a_period_that_cannot_be_recomputed_is_said_to_be_unknown(three):
    now, before, _ = three
    assert "unknown" in causes_view(now, before, "en").frame["state"].iloc[0]
    assert figures_frame(now, before, None, "en")["recomputed"].isna().all()


def test_other_versions_are_named(three):
    now, before, again = three
    older = dataclasses.replace(before, provenance={
        **before.provenance, "versions": {**before.provenance["versions"], "factfidelity": "0.0.1"},
    })  # fmt: skip
    causes = causes_view(now, older, "en", again).frame.set_index("what")["state"]
    assert causes["Versions"].startswith("changed: factfidelity 0.0.1 → ")


@pytest.fixture(scope="module")
def folder(extract, tmp_path_factory):
    place = tmp_path_factory.mktemp("delivery")
    for name in ("clients", "teams", "enrolments", "staff"):
        extract.table(name).to_csv(place / f"{name}.csv", index=False)
    return place


def test_a_run_with_the_report_before_keeps_its_periods_and_shows_the_change(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "evaluate", few_answers)
    first = run_report(folder, tmp_path / "first", formats=())
    quarterly = few_answers(ff.load_extract(folder), grains={"every": "quarter"}).released()
    path = tmp_path / "before.json"
    path.write_text(released_json(quarterly), encoding="utf-8")
    second = run_report(folder, tmp_path / "second", formats=(), previous=path)
    assert first.released.results["caseload_ratios"].notes["every"] == "month"
    assert second.released.results["caseload_ratios"].notes["every"] == "quarter"
    assert second.released.changes["summary"]["en"]
    assert read_released(tmp_path / "second" / "released.json").changes["views"]["sv"]


def test_what_is_kept_of_the_delivery_holds_no_line_numbers(folder):
    facts = run.delivery_facts(ff.load_extract(folder).delivery)
    names = {column["name"] for views in facts["views"].values() for view in views for column in view["columns"]}
    assert {"file", "what", "count"} <= names
    assert "lines" not in names


def test_a_report_of_all_teams_is_not_the_one_before_of_a_team(folder, tmp_path, monkeypatch, extract):
    monkeypatch.setattr(run, "evaluate", few_answers)
    run_report(folder, tmp_path / "first", formats=())
    team = extract.teams["team_id"].iloc[0]
    with pytest.raises(ff.ReportError, match="of all teams"):
        run_report(folder, tmp_path / "team", formats=(), team=team, previous=tmp_path / "first" / "released.json")


def test_a_team_that_there_is_not_is_named_with_those_that_there_are(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(run, "evaluate", few_answers)
    with pytest.raises(ff.PlanError, match="there is no team"):
        run_report(folder, tmp_path / "none", formats=(), team="nobody")


def test_a_released_file_without_grains_tells_its_periods_by_its_notes(three):
    now, _, _ = three
    older = dataclasses.replace(now, provenance={
        name: value for name, value in now.provenance.items() if name != "grains"
    })  # fmt: skip
    assert grains_of(older) == {"every": "month"}
    assert grains_of(None) is None
