"""``report --previous``: the report before is found, refused where it is another's, and what the gate refuses beside it
is left out instead of the whole report."""

from __future__ import annotations

import dataclasses
import json

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.display import disclosure_release
from factfidelity.errors import DisclosureError, Problem, ReportError
from factfidelity.evaluation import Evaluation, cut_at, refused
from factfidelity.reports import run
from factfidelity.reports.before import comparable, read_before
from factfidelity.reports.changes import figures_frame, figures_views, same_rules
from factfidelity.reports.released import released_json

END = pd.Timestamp(2021, 1, 1)


def few_answers(extract, plan=None, *, grains=None):
    plan = plan or ff.load_plan()
    every = (grains or {}).get("every", plan.caseload.every)
    results = {
        "caseload_ratios": ff.caseload_ratios(extract, every=every, staff=plan.caseload.staff),
        "board_use": ff.board_use(extract),
    }
    return Evaluation(extract, plan, results, {}, {"every": every})


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=6, clients=140, teams=2, years=4)


@pytest.fixture(scope="module")
def before(extract):
    return few_answers(cut_at(extract, END)).released()


def written(released, folder, **changed):
    folder.mkdir(parents=True, exist_ok=True)
    content = json.loads(released_json(released)) | changed
    (folder / "released.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def refusal(path):
    with pytest.raises(ReportError) as caught:
        read_before(path)
    (problem,) = caught.value.problems
    assert problem.what_sv
    assert problem.do_sv
    return problem


def test_the_folder_of_a_report_is_as_good_as_its_file(before, tmp_path):
    folder = written(before, tmp_path / "first")
    assert set(read_before(folder).results) == set(read_before(folder / "released.json").results) == set(before.results)


def test_a_folder_of_several_reports_names_one_of_them(before, tmp_path):
    for place in ("2019/all", "2020/all"):
        written(before, tmp_path / place)
    problem = refusal(tmp_path)
    assert "2 files" in problem.what
    assert problem.do.endswith("2019/all")


def test_what_is_not_there_or_no_report_is_said_so(tmp_path):
    assert "not there" in refusal(tmp_path / "nowhere").what
    assert "released.json is not there" in refusal(tmp_path).what
    for name, text in (("run.json", '{"inputs": [], "versions": {}}'), ("plan.yaml", "plan: a"), ("list.json", "[1]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert "no file of released figures" in refusal(tmp_path / name).what


@pytest.mark.parametrize("change", ["form", "class", "module", "column"])
def test_a_report_of_a_version_that_this_one_cannot_read_is_named_with_its_version(before, tmp_path, change):
    content = json.loads(released_json(before))
    result = content["results"]["caseload_ratios"]
    if change == "form":
        content["form"] = 0
    elif change == "class":
        result["class"] = "factfidelity.caseload.result:Gone"
    elif change == "module":
        result["class"] = "factfidelity.gone:CaseloadRatios"
    else:
        result["frames"]["not_there_any_more"] = result["frames"]["table"]
    content["provenance"]["versions"]["factfidelity"] = "0.0.1"
    problem = refusal(written(before, tmp_path / "old", **content) / "released.json")
    assert "factfidelity 0.0.1" in problem.what
    assert "0.0.1" in problem.what_sv


def test_a_report_of_a_later_period_or_of_other_teams_is_refused(extract, before):
    assert comparable(before, extract, None) is before
    with pytest.raises(ReportError, match="goes to 2020-12-31, this delivery only to 2019-12-31"):
        comparable(before, cut_at(extract, pd.Timestamp(2020, 1, 1)), None)
    teams = extract.teams.assign(team_id=[f"Other {number}" for number in range(len(extract.teams))])
    tables = {name: extract.table(name) for name in extract.tables} | {"teams": teams}
    with pytest.raises(ReportError, match="of other teams"):
        comparable(before, dataclasses.replace(extract, tables=tables), None)


def test_what_the_gate_refuses_beside_the_report_before_is_left_out_and_the_rest_is_shown(extract, before, monkeypatch):
    release = disclosure_release.release_results

    def strict(results, *others, **options):
        if "board_use" in results:
            raise DisclosureError(problems=[Problem("1 hidden values of persons in board_use.table follow, or nearly")])
        return release(results, *others, **options)

    monkeypatch.setattr(refused, "release_results", strict)
    made = few_answers(extract).released(previous=before.results, leave_out=True)
    assert set(made.results) == {"caseload_ratios"}
    assert "beside earlier reports" in made.missing["board_use"]["en"]


def test_the_report_now_is_not_made_poorer_by_the_earlier_period_recomputed(extract, before, monkeypatch):
    """What is recomputed comes after it, and knows what it shows."""
    known = []
    released = Evaluation.released

    def noting(self, *, previous=None, leave_out=False):
        known.append([previous] if isinstance(previous, dict) else list(previous))
        return released(self, previous=previous, leave_out=leave_out)

    monkeypatch.setattr(run, "evaluate", few_answers)
    monkeypatch.setattr(Evaluation, "released", noting)
    tables = {name: extract.table(name) for name in extract.tables}
    tables["enrolments"] = tables["enrolments"].iloc[1:]
    late = dataclasses.replace(extract, tables=tables)
    now = few_answers(late).released(previous=[before.results])
    again = run._recomputed(late, ff.load_plan(), None, before, now)
    assert again is not None
    assert [len(one) for one in known] == [1, 2]
    assert known[1][1] is now.results


def test_the_same_data_rules_and_versions_give_what_was_shown_then(extract, before):
    now = few_answers(extract).released(previous=[before.results])
    assert same_rules(now, before)
    assert run._recomputed(extract, before.plan, None, before, now) is before


def test_shares_stand_apart_in_per_cent_with_their_differences_in_points(extract, before):
    now = few_answers(extract).released(previous=[before.results])
    views = {view.name: view for view in figures_views(now, before, before, "sv")}
    assert set(views) == {"changes", "changes_shares"}
    frame = figures_frame(now, before, before, "sv")
    shares = frame[frame["form"] == "percent"]
    shown = views["changes_shares"].frame
    assert shown["now"].tolist() == shares["now"].tolist()
    assert shown["moved"].dropna().tolist() == pytest.approx((100 * shares["moved"]).dropna().tolist())
    forms = {column.name: column.form for column in views["changes_shares"].columns}
    assert forms["now"] == "percent"
    assert forms["moved"] == "number"
    headings = {column.name: column.heading for column in views["changes_shares"].columns}
    assert headings["by_rules"] == "Varav: ändrat underlag (procentenheter)"
