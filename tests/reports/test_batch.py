"""All teams and years in one call: an index, failures said, what is made left alone, no team from the others."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.caseload.flow import enrolment_flow
from factfidelity.display.views import KeyFigure
from factfidelity.evaluation import ReleasedEvaluation, cut_at, only_team
from factfidelity.evaluation import teams as together
from factfidelity.evaluation.answers import Evaluation
from factfidelity.evaluation.teams import parts_of
from factfidelity.reports import batch
from factfidelity.reports.batch import full_years, render_batch
from factfidelity.reports.batch_ahead import Ahead
from factfidelity.reports.batch_index import Line, index_page, key_cells
from factfidelity.reports.batch_years import Beside, StoredYear, store_year, stored_year
from factfidelity.reports.notebook_here import run_here
from factfidelity.reports.released import read_released
from factfidelity.reports.render import report_html


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=4, clients=70, teams=2, years=3)


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
    for table, column in (("board", "reason_off"), ("enrolments", "end_reason")):
        going_on = cut.table(table)["end"].isna()
        assert (extract.table(table).loc[cut.table(table).index[going_on], "end"] >= end).any(), table
        assert cut.table(table).loc[going_on, column].isna().all(), table
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


@pytest.fixture(scope="module")
def made(extract, tmp_path_factory):
    """One year of a batch, summaries only."""
    place = tmp_path_factory.mktemp("batch")
    year = full_years(extract)[-1]
    options = {"years": [year], "languages": ("sv",), "formats": ("xlsx",), "workers": 1}
    return place, options, render_batch(extract, ff.load_plan(), place, **options)


def test_a_batch_writes_an_index_that_leads_to_every_report(made, extract):
    place, _, outcome = made
    assert len(outcome.done) == 3
    assert not outcome.failed
    index = outcome.index[0].read_text(encoding="utf-8")
    assert index.count("<tr>") == 8  # teams by years, and the year's own table
    links = re.findall(r'href="([^"#]+)"', index)
    assert len(links) == 6
    assert all((place / link).is_file() for link in links)
    assert '<html lang="sv">' in index


def test_the_index_lays_key_figures_beside_each_other_in_the_order_of_names(made):
    _, _, outcome = made
    index = outcome.index[0].read_text(encoding="utf-8")
    heads = re.findall(r'<th scope="col">(.*?)</th>', index)
    assert "Vakanta tjänster" in heads
    rows = re.findall(r'<tr><th scope="row">(?:<a[^>]*>)?(.*?)<', index)
    half = len(rows) // 2
    assert rows[:half] == rows[half:] == ["Alla team", *sorted(rows[1:half])]
    assert "säger inte vilket som är bättre" in index


def test_a_key_figure_of_the_index_has_its_interval_and_what_is_hidden_two_points():
    figures = [
        KeyFigure("ratio", "Ratio", 0.664, "", low=0.43, high=1.0, decimals=2),
        KeyFigure("share", "Share", None, "", form="percent", why="too few"),
        KeyFigure("score_a", "Score, A", 3.5, "", group="Score"),
        KeyFigure("posts_a", "Posts, A", 3.5, "", group="Posts"),
        KeyFigure("posts_b", "Posts, B", 3.5, "", group="Posts"),
    ]
    cells = key_cells(figures, "sv")
    assert [(cell["label"], cell["text"], cell["range"]) for cell in cells] == [
        ("Ratio", "0,66", "(0,43–1,00)"), ("Share", "..", ""), ("Score", "3,5", ""),
    ]  # fmt: skip


def test_failures_and_small_teams_are_counted_and_said_in_their_cells(tmp_path):
    lines = [
        Line("all", "all", 2023, "done", "2023/all"),
        Line("A", "Norr", 2023, "failed", "2023/A", "no room on the disk"),
        Line("B", "Söder", 2023, "small"),
        Line("A", "Norr", 2024, "done", "2024/A"),
    ]
    page = index_page(tmp_path, lines, ff.load_plan(), "en", ("sv", "en"))
    assert "Reports done: 2. Reports that could not be made: 1. Teams and years with too few clients" in page
    table = page[page.index('id="overview"') : page.index('id="year-2024"')]
    rows = [re.findall(r"<td>(?:<a[^>]*>)?(\w+|–)", row) for row in re.findall(r"<tr>.*?</tr>", table)[1:]]
    assert rows == [["report", "–"], ["missing", "report"], ["too", "–"]]
    assert "no room on the disk" in page


def test_the_index_has_its_key_figures_in_one_order_for_all_years_and_two_points_where_one_is_lacking(tmp_path):
    def cells(*names):
        return tuple({"name": name, "label": name, "text": "1", "range": ""} for name in names)

    lines = [
        Line("all", "all", 2022, "done", "2022/all", cells=cells("posts", "ratio")),
        Line("A", "Norr", 2022, "done", "2022/A", cells=cells("posts", "outside", "ratio", "own")),
        Line("all", "all", 2023, "done", "2023/all", cells=cells("posts", "outside", "ratio")),
        Line("A", "Norr", 2023, "done", "2023/A", cells=cells("posts", "outside", "ratio")),
    ]
    page = index_page(tmp_path, lines, ff.load_plan(), "en", ("en",))
    of_2022 = page[page.index('id="year-2022"') :]
    heads = re.findall(r'<th scope="col">(.*?)</th>', of_2022)
    assert heads[1:5] == ["posts", "outside", "ratio", "own"]
    row = re.search(r"<tr>(?:(?!<tr>).)*All teams.*?</tr>", of_2022, re.DOTALL).group()
    # all teams together have the second figure in another year; the last is the teams' own
    assert re.findall(r"<td[^>]*>([^<]*)", row)[:4] == ["1", "..", "1", ""]


def test_a_second_call_does_only_what_is_missing_and_evaluates_nothing(made, extract, monkeypatch):
    place, options, outcome = made
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*.xlsx")}
    lost = next(path for path in before if path.parent.name != "all")
    (lost.parent / ".made_sv.json").unlink()
    monkeypatch.setattr(batch, "evaluate_teams", lambda *given, **options: pytest.fail("evaluated again"))
    again = render_batch(extract, ff.load_plan(), place, **options)
    after = {path: path.stat().st_mtime_ns for path in place.rglob("*.xlsx")}
    assert again.done == outcome.done
    assert {path for path in before if before[path] != after[path]} == {
        path for path in before if path.parent == lost.parent
    }


def test_the_reports_of_all_teams_are_released_together(made, extract):
    place, _, outcome = made
    released = {job.team: read_released(place / job.folder / "released.json") for job in outcome.done}
    assert set(released) == {"all", *extract.teams["team_id"]}
    assert len({part.provenance["grains"]["every"] for part in released.values()}) == 1
    for part in released.values():
        assert all(result.is_released for result in part.results.values())


def test_nothing_half_written_lies_in_a_finished_batch(made):
    place, _, _ = made
    assert not list(place.rglob("*.partial"))


def test_a_process_that_is_told_to_stop_begins_no_other_report(tmp_path, monkeypatch):
    stop = batch.multiprocessing.Event()
    monkeypatch.setattr(batch, "_STOPS", [stop])
    stop.set()
    assert batch._one(tmp_path, batch.Job("A", 2020, "sv", "A"), ("html",)) == "körningen avbröts"
    assert not list(tmp_path.iterdir())


def test_other_files_in_a_folder_of_the_batch_are_left_alone(made, extract, tmp_path):
    plan = ff.load_plan()
    held = batch._Batch(extract, plan, tmp_path, [2023], None, ("sv",), ("xlsx",), {}, None)
    here = tmp_path / "2023" / "A"
    here.mkdir(parents=True)
    for name in ("report_sv.html", "anteckningar.docx"):
        (here / name).write_text("gammalt", encoding="utf-8")
    batch._store(held, 2023, stored("base", 2023), {"A": ReleasedEvaluation({}, {}, plan, {}, {})})
    assert sorted(path.name for path in here.iterdir()) == ["anteckningar.docx", "released.json"]


def test_a_report_counts_as_made_only_of_these_very_figures_and_while_its_files_are_there(made, tmp_path):
    place, _, outcome = made
    job = outcome.done[0]
    shutil.copytree(place / job.folder, tmp_path / job.folder)
    assert batch._is_made(tmp_path, job, ("xlsx",))
    assert not batch._is_made(tmp_path, job, ("html", "xlsx"))
    path = tmp_path / job.folder / "released.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + " ", encoding="utf-8")
    assert not batch._is_made(tmp_path, job, ("xlsx",))
    path.write_text(text, encoding="utf-8")
    assert batch._is_made(tmp_path, job, ("xlsx",))
    next((tmp_path / job.folder).glob("tables_*.xlsx")).unlink()
    assert not batch._is_made(tmp_path, job, ("xlsx",))


def test_another_plan_makes_the_figures_of_a_year_again(made, extract):
    place, options, _ = made
    year = options["years"][0]
    plan = ff.load_plan()
    other = plan.model_copy(update={"title": {"sv": "En annan titel", "en": "Another title"}})
    held = batch._Batch(extract, plan, place, [year], None, ("sv",), ("xlsx",), {}, None)
    changed = dataclasses.replace(held, plan=other)
    cut = cut_at(extract, batch.pd.Timestamp(year + 1, 1, 1))
    stored, alone = stored_year(place, year), Beside.of(place, [year])
    assert alone.fits(year, stored, batch._base(held, cut), year)
    assert not alone.fits(year, stored, batch._base(changed, cut), year)


def stored(base, last, knew=None):
    return StoredYear(base, last, knew or {}, {}, [])


def lying(folder, years):
    """Lay years into a folder, as if each was made in this order knowing all before it."""
    beside = Beside(folder)
    for year in years:
        (folder / str(year)).mkdir()
        beside.years[year] = stored("base", max(years), beside.keys())
        store_year(folder, year, beside.years[year])
    return beside


def test_a_year_knows_all_years_that_lie_in_the_folder_earlier_and_later(tmp_path):
    lying(tmp_path, [2018, 2019, 2022, 2024])
    assert set(Beside.of(tmp_path, [2020, 2021]).years) == {2018, 2019, 2022, 2024}
    assert set(Beside.of(tmp_path, [2019]).years) == {2018, 2022, 2024}
    assert list(Beside.of(tmp_path, [2020]).years)[-1] == 2019
    assert list(Beside.of(tmp_path, [2015]).years)[-1] == 2018


def test_of_two_years_the_one_that_was_made_later_must_have_known_the_other(tmp_path):
    lying(tmp_path, [2022, 2023, 2024])
    for year in (2022, 2023, 2024):
        assert Beside.of(tmp_path, [year]).fits(year, stored_year(tmp_path, year), "base", year)
    store_year(tmp_path, 2021, stored("base", 2024))  # knows nothing of the others, and they nothing of it
    assert not Beside.of(tmp_path, [2023]).fits(2023, stored_year(tmp_path, 2023), "base", 2023)
    store_year(tmp_path, 2021, stored("base", 2024, Beside.of(tmp_path, [2021]).keys()))
    assert Beside.of(tmp_path, [2023]).fits(2023, stored_year(tmp_path, 2023), "base", 2023)
    store_year(tmp_path, 2022, stored("other", 2024))  # made again from other data
    assert not Beside.of(tmp_path, [2024]).fits(2024, stored_year(tmp_path, 2024), "base", 2024)


def test_the_figures_of_every_other_year_are_given_to_the_gate(made, extract, tmp_path, monkeypatch):
    place, options, _ = made
    shutil.copytree(place, tmp_path / "more")
    later = options["years"][0]
    given = []

    def refuse(*frames, previous, **options):
        given.append({team: len(ones) for team, ones in previous.items()})
        raise ff.DisclosureError("hidden values would be given away")

    monkeypatch.setattr(batch, "evaluate_teams", refuse)
    shutil.copytree(tmp_path / "more" / str(later), tmp_path / "more" / "2019")
    again = stored_year(tmp_path / "more", later)
    folders = {team: place.replace(str(later), "2019") for team, place in again.folders.items()}
    store_year(tmp_path / "more", 2019, dataclasses.replace(again, folders=folders))
    outcome = render_batch(extract, ff.load_plan(), tmp_path / "more", **{**options, "years": [later - 1]})
    assert given == [dict.fromkeys(["all", *extract.teams["team_id"]], 2)]
    assert len(outcome.failed) == 1


def test_the_last_year_is_made_first_so_that_no_other_year_costs_it_figures(extract, tmp_path, monkeypatch):
    ends = []

    def refuse(known, *frames, **options):
        ends.append(known.end.year)
        raise ff.DisclosureError("hidden values would be given away")

    monkeypatch.setattr(batch, "evaluate_teams", refuse)
    monkeypatch.setattr(batch, "_grains", lambda batch: {})
    last = full_years(extract)[-1]
    years = [last - 1, last, last - 2]
    render_batch(extract, ff.load_plan(), tmp_path, years=years, languages=("sv",), formats=("xlsx",), workers=1)
    assert ends == [last + 1, last, last - 1]


def test_a_report_that_fails_is_listed_with_its_reason_and_the_others_are_done(made, extract):
    place, options, outcome = made
    broken = place / outcome.done[1].folder / "released.json"
    text = broken.read_text(encoding="utf-8")
    (broken.parent / ".made_sv.json").unlink()
    broken.write_text(text.replace('"form": 1', '"form": 99'), encoding="utf-8")
    try:
        job = outcome.done[1]
        reason = batch._one(place, job, ("xlsx",))
        assert "released.json" in reason
        held = batch._Batch(extract, ff.load_plan(), place, options["years"], None, ("sv",), ("xlsx",), {}, None)
        held.done, held.failed = [one for one in outcome.done if one != job], [(job, reason)]
        page = batch._write_index(held, "sv").read_text(encoding="utf-8")
        assert "kunde inte göras" in page
        assert "released.json" in page
    finally:
        broken.write_text(text, encoding="utf-8")


def test_a_year_that_the_gate_refuses_does_not_stop_the_others(extract, tmp_path, monkeypatch):
    def refuse(*given, **options):
        raise ff.DisclosureError("hidden values would be given away")

    monkeypatch.setattr(batch, "evaluate_teams", refuse)
    monkeypatch.setattr(batch, "_grains", lambda held: {"every": "month"})
    outcome = render_batch(extract, ff.load_plan(), tmp_path, languages=("sv", "en"), formats=("xlsx",))
    assert {job.year for job, _ in outcome.failed} == set(full_years(extract))
    assert len(outcome.index) == 2
    assert "hidden values would be given away" in outcome.index[1].read_text(encoding="utf-8")


def test_a_team_that_is_too_small_is_said_so_on_the_index(extract, tmp_path):
    held = batch._Batch(extract, ff.load_plan(), tmp_path, [2020], None, ("sv", "en"), ("html",), {}, None)
    held.small = [(extract.teams["team_id"].iloc[0], 2020)]
    for language, words in (("sv", "för få klienter"), ("en", "too few clients")):
        assert words in batch._write_index(held, language).read_text(encoding="utf-8")


def test_two_teams_whose_names_differ_by_a_sign_get_folders_of_their_own():
    first = batch._folder_name("A/B", {}, 2020)
    assert batch._folder_name("A_B", {"A/B": f"2020/{first}"}, 2020) != first


@pytest.mark.parametrize("wrong", [{"teams": ["nobody"]}, {"years": [1950]}, {"languages": ("de",)}])
def test_a_team_year_or_language_that_there_is_not_is_refused(extract, tmp_path, wrong):
    with pytest.raises(ValueError, match=r"nobody|1950|de"):
        render_batch(extract, ff.load_plan(), tmp_path, **wrong)


def test_what_the_gate_refuses_is_named_and_left_out(monkeypatch):
    from factfidelity.errors import Problem
    from factfidelity.evaluation import refused

    asked = []

    def release(results, rule, previous):
        asked.append(tuple(results))
        if "equity" in results:
            what = "4 hidden values of events in equity.table follow, or nearly, from what is shown."
            raise ff.DisclosureError(problems=[Problem(what)])
        return dict(results), {}

    monkeypatch.setattr(refused, "release_results", release)
    released, _, left = refused.release_rest({"equity": 1, "baseline": 2}, None, ())
    assert (set(released), left) == ({"baseline"}, ("equity",))
    assert asked == [("equity", "baseline"), ("baseline",)]
    with pytest.raises(ff.DisclosureError):
        refused.release_rest({"equity": 1}, None, ())


def test_the_gate_names_results_in_the_words_that_are_looked_for():
    import inspect

    from factfidelity.display import disclosure_audit

    assert "in {name} follow, or nearly" in inspect.getsource(disclosure_audit)


def test_a_notebook_run_in_this_process_gives_the_page_that_a_kernel_gives(made):
    place, _, outcome = made
    released = read_released(place / outcome.done[0].folder / "released.json")
    few = dataclasses.replace(released, results={"caseload_ratios": released.results["caseload_ratios"]})
    assert report_html(few, language="sv", here=True) == report_html(few, language="sv")


def test_a_cell_that_fails_in_this_process_is_named(tmp_path):
    path = tmp_path / "own.ipynb"
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": "1 / 0", "id": "a"}
    path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with pytest.raises(ff.ReportError, match="cell 1 stopped with ZeroDivisionError"):
        run_here(path, {})


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


def same_parts(one, other):
    assert list(one) == list(other)
    for team, part in one.items():
        assert (part.provenance, part.missing, part.grains) == (
            other[team].provenance,
            other[team].missing,
            other[team].grains,
        )
        for name, result in part.results.items():
            assert result.notes == other[team].results[name].notes
            for field, frame in result.frames().items():
                pd.testing.assert_frame_equal(frame, other[team].results[name].frames()[field], check_exact=True)


@pytest.fixture
def one_question(monkeypatch):
    """Evaluations that answer one question only, also in processes that begin now."""

    def answered(extract, plan, *, grains=None):
        laid = {"every": "month", **(grains or {}), "team": ",".join(extract.teams["team_id"])}
        return Evaluation(extract, plan, {"enrolment_flow": enrolment_flow(extract)}, {}, laid)

    monkeypatch.setattr(together, "evaluate", answered)


def test_teams_evaluated_in_processes_give_the_very_figures_of_one_after_the_other(extract, one_question):
    plan, teams = ff.load_plan(), list(extract.teams["team_id"])
    last = extract.end.year - 1
    years = {year: cut_at(extract, pd.Timestamp(year + 1, 1, 1)) for year in (last, last - 1)}
    with ProcessPoolExecutor(2) as pool:
        ahead = Ahead(pool, {last: last - 1}, years.__getitem__)
        first = ahead.parts(last, years[last], plan, teams, None)
        begun = ahead._begun[last - 1]
        second = ahead.parts(last - 1, years[last - 1], plan, teams, first["all"].grains)
        assert second["all"] is begun.whole
        other = {**first["all"].grains, "every": "year"}
        ahead._begun[last - 1] = begun
        again = ahead.parts(last - 1, years[last - 1], plan, teams, other)
        assert again["all"] is not begun.whole
    same_parts(first, parts_of(years[last], plan, teams))
    same_parts(second, parts_of(years[last - 1], plan, teams, first["all"].grains))
    same_parts(again, parts_of(years[last - 1], plan, teams, other))


def test_a_team_that_no_process_could_evaluate_is_evaluated_here(extract, one_question):
    class Broken:
        def submit(self, *given):
            raise BrokenProcessPool

    plan, teams = ff.load_plan(), list(extract.teams["team_id"])[:1]
    made = Ahead(Broken(), {}, lambda year: extract).parts(2024, extract, plan, teams, None)
    same_parts(made, parts_of(extract, plan, teams))
