"""All teams and years in one call: an index, failures said, what is made left alone, no team from the others."""

from __future__ import annotations

import pytest

import factfidelity as ff
from factfidelity.evaluation import cut_at, evaluate_teams, only_team
from factfidelity.reports.batch import full_years, render_batch


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=4, clients=90, teams=2, years=3)


def test_the_years_of_a_batch_are_those_that_end_inside_the_extract(extract):
    years = full_years(extract)
    assert years == sorted(years)
    assert years[-1] == extract.end.year - 1
    assert years[0] == extract.teams["started"].min().year


def test_a_cut_extract_knows_nothing_of_later_days(extract):
    end = extract.end - (extract.end - extract.start) / 4
    end = end.normalize()
    cut = cut_at(extract, end)
    assert cut.end == end
    for table, column in (("episodes", "admitted"), ("contacts", "date"), ("enrolments", "start"), ("deaths", "date")):
        assert not (cut.table(table)[column] >= end).any(), table
    for table, column in (("episodes", "discharged"), ("enrolments", "end"), ("legal_status", "end")):
        assert not (cut.table(table)[column] > end).any(), table
    assert extract.period[1] > end


def test_a_teams_own_extract_gives_the_same_caseload_as_its_rows_in_the_whole(extract):
    team = extract.teams["team_id"].iloc[0]
    whole = ff.caseload_ratios(extract).table
    alone = ff.caseload_ratios(only_team(extract, team)).table
    mine = whole[whole["team_id"] == team].set_index("period_start")["client_days"]
    theirs = alone[alone["team_id"] == team].set_index("period_start")["client_days"]
    assert mine.tolist() == theirs.tolist()


def test_every_client_belongs_to_one_teams_outcomes(extract):
    teams = extract.teams["team_id"].tolist()
    parts = [set(only_team(extract, team).clients["client_id"]) for team in teams]
    assert not parts[0] & parts[1]
    enrolled = set(extract.enrolments["client_id"])
    assert set.union(*parts) == enrolled & set(extract.clients["client_id"])


def test_the_reports_of_all_teams_are_released_together(extract):
    released, small = evaluate_teams(extract, ff.load_plan())
    assert set(released) == {"all", *extract.teams["team_id"]}
    assert not small
    for part in released.values():
        assert all(result.is_released for result in part.results.values())


def test_a_batch_writes_an_index_and_leaves_alone_what_is_there(extract, tmp_path):
    year = full_years(extract)[-1]
    options = {"years": [year], "languages": ("sv",), "formats": ("xlsx",), "workers": 1}
    first = render_batch(extract, ff.load_plan(), tmp_path, **options)
    assert len(first.done) == 3
    assert not first.failed
    index = first.index[0].read_text(encoding="utf-8")
    assert index.count("<tr>") == 4
    made = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("summary_*.xlsx")}
    assert len(made) == 3
    render_batch(extract, ff.load_plan(), tmp_path, **options)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("summary_*.xlsx")} == made


def test_a_teams_report_that_would_give_numbers_away_is_refused_and_never_made_weaker(extract, monkeypatch):
    from factfidelity.reports import run

    asked = []

    def refuse(*given, **options):
        asked.append(options)
        raise ff.DisclosureError("hidden values would be given away")

    monkeypatch.setattr(run, "evaluate_teams", refuse)
    team = extract.teams["team_id"].iloc[0]
    with pytest.raises(ff.DisclosureError, match="factfidelity batch"):
        run._team_released(extract, ff.load_plan(), team, None)
    assert [options["beside_whole"] for options in asked] == [True]
