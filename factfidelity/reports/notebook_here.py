"""A report notebook run cell by cell in this process: for many reports, where starting a kernel for each costs."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from factfidelity.errors import FactFidelityError, Problem, ReportError


def run_here(path: Path, parameters: Mapping[str, Any]) -> Any:
    """Run a notebook of plain Python with parameters set after its first cell tagged ``parameters``.

    What the last line of a cell gives is its output, as in a kernel; magics and pictures that a cell draws without
    giving them back are not known here.

    Parameters
    ----------
    path : Path
    parameters : mapping
        Plain values.

    Returns
    -------
    NotebookNode
        With its outputs; the file is not changed.

    Raises
    ------
    ReportError
        If a cell fails: which, and the kind of fault.
    """
    nbformat: Any = importlib.import_module("nbformat")
    notebook = nbformat.read(path, as_version=4)
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        try:
            value = _run_cell(cell.source, names, f"{path.name}, cell {number}")
        except FactFidelityError:
            raise
        except Exception as fault:
            what = f"cell {number} stopped with {type(fault).__name__}"
            problem = Problem(what, "open the notebook, run it cell by cell, and correct that cell", path.name)
        else:
            cell.outputs = [] if value is None else [nbformat.v4.new_output("execute_result", data=_shown(value))]
            if "parameters" in cell.metadata.get("tags", []):
                names.update(parameters)
            continue
        raise ReportError(problems=[problem]) from None
    return notebook


def _run_cell(source: str, names: dict[str, Any], place: str) -> Any:
    """Run the statements of a cell and return the value of its last line, where that is an expression."""
    tree = ast.parse(source, filename=place)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, place, "exec"), names)  # noqa: S102 - the user's own notebook
        return None
    tree.body.pop()
    exec(compile(tree, place, "exec"), names)  # noqa: S102 - the user's own notebook
    return eval(compile(ast.Expression(last.value), place, "eval"), names)  # noqa: S307


def _shown(value: Any) -> dict[str, str]:
    plain = {"text/plain": repr(value)}
    html = value._repr_html_() if hasattr(value, "_repr_html_") else None
    return plain if html is None else {**plain, "text/html": html}
