"""The notebooks run; a parameter that they do not name and a cell that fails are said in words."""

from __future__ import annotations

import nbformat
import pytest

import factfidelity as ff
from factfidelity.reports.notebook import notebook_path, run_notebook
from factfidelity.schemas.files import shipped_folder


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
