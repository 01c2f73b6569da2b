"""From an evaluation to the files of a report: page, workbook, released figures."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from factfidelity.evaluation import Evaluation, ReleasedEvaluation
from factfidelity.reports.notebook import Page, notebook_path, page_html, run_notebook
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.released import released_json, write_bytes, write_text
from factfidelity.reports.workbook import workbook_bytes

Progress = Callable[[str, int, int], None]
FORMATS = ("html", "xlsx")
_LOGO_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def render_report(
    evaluation: Evaluation | ReleasedEvaluation,
    folder: str | Path,
    *,
    language: str = "sv",
    formats: Sequence[str] = FORMATS,
    notebook: str | Path = "evaluation_report",
    progress: Progress | None = None,
) -> list[Path]:
    """Write the report of an evaluation: nothing passes that still holds small counts.

    Parameters
    ----------
    evaluation : Evaluation or ReleasedEvaluation
        One that is not released yet goes through the gate first.
    folder : str or Path
        Made where it does not exist; files of the same names are replaced, each at once.
    language : {"sv", "en"}
    formats : sequence of str
        ``html`` (the notebook, run) and ``xlsx``.
    notebook : str or Path
        A notebook of your own, or the name of a shipped one.
    progress : callable, optional

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    DisclosureError, ReportError
    """
    unknown = sorted(set(formats) - set(FORMATS))
    if unknown:
        raise ValueError(f"formats may be {', '.join(FORMATS)}; got {', '.join(unknown)}")
    if language not in {"sv", "en"}:
        raise ValueError(f"language must be sv or en, got {language!r}")
    released = evaluation.released() if isinstance(evaluation, Evaluation) else evaluation
    contents: dict[str, bytes] = {"released.json": released_json(released).encode("utf-8")}
    if "html" in formats:
        _tell(progress, "html", 0, len(formats))
        page = report_html(released, language=language, notebook=notebook)
        contents[f"report_{language}.html"] = page.encode("utf-8")
    if "xlsx" in formats:
        _tell(progress, "xlsx", len(formats) - 1, len(formats))
        contents[f"summary_{language}.xlsx"] = workbook_bytes(released, language=language)
    _tell(progress, "done", len(formats), len(formats))
    return write_all(Path(folder), contents)


def _tell(progress: Progress | None, step: str, done: int, total: int) -> None:
    if progress:
        progress(step, done, total)


def write_all(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write all files of a report, each at once; they are complete before the first is written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_bytes(path, content)
    return paths


def report_html(
    released: ReleasedEvaluation, *, language: str = "sv", notebook: str | Path = "evaluation_report"
) -> str:
    """Run the report notebook on a released evaluation and return the page."""
    path = notebook_path(notebook)
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        store = Path(quiet) / "released.json"
        write_text(store, released_json(released))
        run = run_notebook(path, {"released": str(store), "language": language})
    return page_html(run, _page(released, language))


def _page(released: ReleasedEvaluation, language: str) -> Page:
    pages = ReportPages(released, language)
    organisation = released.plan.organisation
    version = str(released.provenance["versions"]["factfidelity"])
    footer = " · ".join(part for part in (organisation.name, organisation.contact, f"factfidelity {version}") if part)
    return Page(
        title=pages.title,
        language=language,
        lead=pages.period,
        organisation=organisation.name,
        logo=_logo(organisation.logo),
        footer=footer,
        version=version,
    )


def _logo(path: str) -> str:
    """Return a picture as part of the page; nothing is fetched when the page is opened."""
    file = Path(path)
    kind = _LOGO_TYPES.get(file.suffix.lower())
    if not path or kind is None or not file.is_file():
        return ""
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"
