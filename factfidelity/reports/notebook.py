"""A notebook, run with parameters, becomes one accessible HTML page."""

from __future__ import annotations

import html
import importlib
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factfidelity.errors import Problem, ReportError
from factfidelity.reports.pages import environment
from factfidelity.reports.words import WORDS
from factfidelity.schemas.files import shipped_folder

_COMMON = "evaluation_report"
_TIMEOUT = 600
_INLINE = "module://matplotlib_inline.backend_inline"
_QUIET_KERNEL = ("--HistoryManager.enabled=False", "--log-level=ERROR")


@dataclass(frozen=True, slots=True)
class Page:
    """What stands around the notebook's blocks."""

    title: str
    language: str
    lead: str = ""
    organisation: str = ""
    logo: str = ""
    footer: str = ""
    version: str = ""


def notebook_path(name_or_path: str | Path) -> Path:
    """Return a notebook: a file, or one that is shipped by its name.

    Raises
    ------
    ReportError
        If there is none.
    """
    for path in (Path(name_or_path), shipped_folder("notebooks") / f"{name_or_path}.ipynb"):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in shipped_folder("notebooks").glob("*.ipynb")))
    problem = Problem(f'there is no notebook "{Path(name_or_path).name}"', f"give a file, or one of: {known}")
    raise ReportError(problems=[problem])


def report_notebook(name_or_path: str | Path, programme: str) -> Path:
    """Return the notebook of a report: the care model's own where there is one and no other is asked for.

    Parameters
    ----------
    name_or_path : str or Path
        As ``notebook_path``.
    programme : str
        Id of the care model.
    """
    own = shipped_folder("notebooks") / f"evaluation_{programme}.ipynb"
    return own if str(name_or_path) == _COMMON and own.is_file() else notebook_path(name_or_path)


def run_notebook(path: Path, parameters: Mapping[str, Any]) -> Any:
    """Run a notebook with parameters set after its parameter cell.

    Parameters
    ----------
    path : Path
        The first cell tagged ``parameters`` names what may be set.
    parameters : mapping
        Plain values.

    Returns
    -------
    NotebookNode
        The notebook with its outputs; the file is not changed.

    Raises
    ------
    ReportError
        If a parameter is not named there, or a cell fails: which cell, and the reason in words.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    nbformat: Any = importlib.import_module("nbformat")
    notebook = nbformat.read(path, as_version=4)
    place = _parameter_cell(notebook, path)
    _check_parameters(notebook.cells[place], parameters, path)
    lines = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(lines, id="given", metadata={"tags": ["given"]}))
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        client = NotebookClient(
            notebook,
            timeout=_TIMEOUT,
            resources={"metadata": {"path": quiet}},
            kernel_manager_class=_kernel_manager(),
            store_widget_state=False,
        )
        try:
            client.execute(env=os.environ | {"IPYTHONDIR": quiet, "MPLBACKEND": _INLINE, "PYTHONHASHSEED": "0"})
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as fault:
            problem = _cell_problem(notebook, fault, path)
        else:
            return notebook
    raise ReportError(problems=[problem]) from None


def _kernel_manager() -> Any:
    """Return a kernel manager that starts this very Python, whatever kernels the user has installed."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *_QUIET_KERNEL]
            return KernelSpec(argv=argv, display_name="Python", language="python")

    return ThisPython


def _parameter_cell(notebook: Any, path: Path) -> int:
    for place, cell in enumerate(notebook.cells):
        if "parameters" in cell.metadata.get("tags", []):
            return place
    what = "has no cell tagged “parameters”"
    raise ReportError(problems=[Problem(what, "tag the cell that sets the parameters", path.name)])


def _check_parameters(cell: Any, parameters: Mapping[str, Any], path: Path) -> None:
    named = set(re.findall(r"^(\w+)\s*(?::[^=]+)?=", cell.source, flags=re.MULTILINE))
    unknown = sorted(set(parameters) - named)
    if unknown:
        what = f"its parameter cell does not name {', '.join(unknown)}"
        raise ReportError(problems=[Problem(what, "add it there with a default value", path.name)])


def _cell_problem(notebook: Any, fault: Exception, path: Path) -> Problem:
    failed = [
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if any(output.get("output_type") == "error" for output in cell.get("outputs", []))
    ]
    name = str(getattr(fault, "ename", "") or type(fault).__name__)
    reason = str(getattr(fault, "evalue", "")) if name.endswith("Error") and _is_ours(name) else ""
    where = f"cell {failed[0]}" if failed else "a cell"
    what = f"{where} stopped with {name}" + (f": {reason.splitlines()[0]}" if reason else "")
    return Problem(what, "open the notebook, run it cell by cell, and correct that cell", path.name)


def _is_ours(name: str) -> bool:
    from factfidelity import errors

    return hasattr(errors, name)


def page_html(notebook: Any, page: Page) -> str:
    """Turn a run notebook into one self-contained page: its code is left out, its outputs are kept.

    Parameters
    ----------
    notebook : NotebookNode
        With outputs.
    page : Page
    """
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    blocks = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            blocks.append(_plain_markdown(markdown2html_mistune(cell.source)))
        blocks.extend(_output_html(output) for output in cell.get("outputs", []))
    return shell("\n".join(block for block in blocks if block.strip()), page)


def shell(body: str, page: Page, *, style: str = "") -> str:
    """Return a whole page around its body: heading, contents, style, footer.

    Parameters
    ----------
    body : str
        HTML whose texts are escaped; every ``section`` with an id and a ``h2`` stands in the contents.
    page : Page
    style : str
        What is added to the style sheet.
    """
    from markupsafe import Markup

    css = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8") + style
    template = environment().get_template("page.html.j2")
    return template.render(
        body=Markup(body),  # noqa: S704
        css=Markup(css),  # noqa: S704
        contents=contents_of(body),
        words={key: text[page.language] for key, text in WORDS.items()},
        **{name: getattr(page, name) for name in Page.__slots__},
    )


def _plain_markdown(text: str) -> str:
    """Take out the link signs that the converter puts into headings, and leave h1 to the page."""
    text = re.sub(r'<a class="anchor-link"[^>]*>.*?</a>', "", text)
    return re.sub(r"<(/?)h1\b", r"<\1h2", text)


def _output_html(output: Mapping[str, Any]) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        return str(data["text/html"])
    if "text/plain" in data:
        return f"<pre>{html.escape(str(data['text/plain']))}</pre>"
    if output.get("output_type") == "stream" and output.get("name") == "stdout":
        return f"<pre>{html.escape(str(output['text']))}</pre>"
    return ""


def contents_of(body: str) -> list[dict[str, str]]:
    """Return id and title of every section that opens with an h2."""
    found = re.findall(r'<section id="([^"]+)">\s*<h2>(.*?)</h2>', body, flags=re.DOTALL)
    return [{"id": place, "title": html.unescape(title)} for place, title in found]
