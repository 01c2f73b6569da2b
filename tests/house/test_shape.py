"""What a machine keeps for us: the size of modules and functions, names, notebooks, what the tree may hold."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "factfidelity").rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def _tracked() -> list[Path]:
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_one_idea(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 400
    assert not re.search(r"(utils?|helpers?|common|misc)\.py$", path.name)
    tree = ast.parse(text)
    public = [
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    ]
    assert len(public) <= 22, f"{len(public)} public names"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path):
    long = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno - body[0].lineno + 1) if body else 0
            if lines >= 40:
                long[node.name] = lines
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_left_open_in_the_package(path):
    assert not re.search(r"\b(TODO|FIXME|XXX|NotImplementedError)\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_tells_a_story_and_holds_no_machinery(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code), "stored outputs"
    assert not any(re.search(r"^\s*(def|class) ", "".join(cell["source"]), re.MULTILINE) for cell in code)
    assert "parameters" in code[0]["metadata"].get("tags", []), "the first code cell sets the parameters"
    headings = [
        line for cell in cells if cell["cell_type"] == "markdown" for line in "".join(cell["source"]).splitlines()
        if line.startswith("# ")
    ]  # fmt: skip
    assert len(headings) <= 1


def test_the_tree_names_no_host_of_a_registry_and_no_path_of_a_machine():
    pattern = re.compile("|".join(["py" + r"pi\.org", "python" + "hosted", "np" + "mjs", "/wo" + "rk/", "/ro" + "ot/"]))
    broken = []
    for path in _tracked():
        if path.suffix in {".png", ".xlsx", ".parquet", ".sav", ".zip"}:
            continue
        if pattern.search(path.read_bytes().decode("latin-1")):
            broken.append(str(path.relative_to(ROOT)))
    assert not broken
