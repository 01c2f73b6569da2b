"""The notebooks run; a parameter that they do not name and a cell that fails are said in words."""

from __future__ import annotations

import re

import nbformat
import pytest

import factfidelity as ff
from factfidelity.reports.notebook import Page, notebook_path, page_html, report_notebook, run_notebook
from factfidelity.reports.notebook_here import run_here
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.released import released_json
from factfidelity.reports.words import LEADS, SECTIONS
from factfidelity.schemas.files import shipped_folder
from factfidelity.schemas.programme import programmes

REPORTS = sorted(path.stem for path in shipped_folder("notebooks").glob("evaluation_*.ipynb"))


def _notebook(path, *cells):
    made = [nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]})]
    made += [nbformat.v4.new_code_cell(text) for text in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return path


def test_the_learning_notebook_goes_from_the_delivery_to_a_before_after_figure():
    folder = shipped_folder("sample_data") / "region_nord"
    run = run_notebook(notebook_path("from_delivery_to_before_and_after"), {"folder": str(folder)})
    outputs = [output for cell in run.cells for output in cell.get("outputs", [])]
    assert len([cell for cell in run.cells if "given" not in cell.metadata.get("tags", [])]) == 10
    assert any("image/png" in output.get("data", {}) or "image/svg+xml" in output.get("data", {}) for output in outputs)
    assert any("95" in output.get("text", "") for output in outputs)


def test_a_parameter_that_the_notebook_does_not_name_is_refused(tmp_path):
    path = _notebook(tmp_path / "mine.ipynb")
    with pytest.raises(ff.ReportError, match="does not name y"):
        run_notebook(path, {"y": 2})


def test_a_failing_cell_is_named_without_its_values(tmp_path):
    path = _notebook(tmp_path / "mine.ipynb", "secret = 'Q7F3K9'", "{}[secret]")
    with pytest.raises(ff.ReportError) as fault:
        run_notebook(path, {"x": 2})
    assert "cell 4 stopped with KeyError" in str(fault.value)
    assert "Q7F3K9" not in str(fault.value)
    assert fault.value.exit_code == 30


def test_a_notebook_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ff.ReportError, match="evaluation_report"):
        notebook_path("no_such")


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    released = ff.evaluate(ff.sample_extract(seed=5, clients=100, teams=2, years=3)).released()
    path = tmp_path_factory.mktemp("released") / "released.json"
    path.write_text(released_json(released), encoding="utf-8")
    return released, path


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_each_report_notebook_shows_every_section_once_with_the_summary_first(name, language, stored):
    released, path = stored
    run = run_here(notebook_path(name), {"released": str(path), "language": language})
    page = page_html(run, Page(title="t", language=language))
    shown = re.findall(r'<section id="section-([^"]+)"', page)
    assert sorted(shown) == sorted(ReportPages(released, language).sections)
    assert page.index('id="summary"') < page.index('id="guide"') < page.index(f'id="section-{shown[0]}"')
    assert page.index('id="methods"') < page.index('id="checklist"') < page.index('id="about"')


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_notebook_asks_for_every_section_and_leaves_out_of_a_group_what_it_shows_elsewhere(name):
    source = "\n".join(cell.source for cell in nbformat.read(notebook_path(name), as_version=4).cells)
    asked = re.findall(r'section\(\s*"([\w-]+)"', source)
    assert len(asked) == len(set(asked))
    assert {one for one in asked if not one.startswith("indicators-")} == {section for section, _, _ in SECTIONS}
    left = re.findall(r'"([\w-]+)"', "".join(re.findall(r"but=\(([^)]*)\)", source)))
    assert sorted(left) == sorted(one for one in asked if one.startswith("indicators-"))
    assert {lead.partition("-")[0] for lead in LEADS} <= {one.partition("-")[0] for one in asked}


def test_a_care_model_with_a_notebook_of_its_own_is_reported_by_it_unless_another_is_asked_for(tmp_path):
    own = {name.removeprefix("evaluation_") for name in REPORTS} - {"report"}
    assert own <= set(programmes())
    assert len(own) >= 4
    assert report_notebook("evaluation_report", "spot").stem == "evaluation_spot"
    assert report_notebook("evaluation_report", "fact").stem == "evaluation_report"
    mine = _notebook(tmp_path / "mine.ipynb")
    assert report_notebook(mine, "spot") == mine


def test_an_error_in_a_cell_of_a_report_notebook_leaves_no_half_report(stored, tmp_path):
    released, _ = stored
    mine = nbformat.read(notebook_path("evaluation_spot"), as_version=4)
    mine.cells[5].source = 'report.section("no such section")'
    nbformat.write(mine, tmp_path / "mine.ipynb")
    with pytest.raises(ff.ReportError, match="cell 7 stopped with ValueError"):
        ff.render_report(released, tmp_path / "out", notebook=tmp_path / "mine.ipynb")
    assert not (tmp_path / "out").exists()
