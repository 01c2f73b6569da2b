"""From an evaluation to the files of a report: page, workbook, released figures."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from factfidelity.errors import ReportError
from factfidelity.evaluation import Evaluation, ReleasedEvaluation
from factfidelity.reports.notebook import Page, page_html, report_notebook, run_notebook
from factfidelity.reports.notebook_here import run_here
from factfidelity.reports.once import kept
from factfidelity.reports.pages import pages_of
from factfidelity.reports.released import open_released, released_json, write_bytes, write_text
from factfidelity.schemas.files import picture_of
from factfidelity.schemas.plan import Plan

Progress = Callable[[str, int, int], None]
FORMATS = ("html", "xlsx")
_NOTEBOOK = "evaluation_report"
# Format: module, function, and the files that it makes with their options.
_MAKERS: Mapping[str, tuple[str, str, Mapping[str, Mapping[str, str]]]] = {
    "xlsx": ("workbook", "workbook_bytes", {"summary": {"part": "summary"}, "tables": {"part": "tables"}}),
    "pdf": ("pdf", "report_pdf", {"report": {}}),
    "docx": ("document", "report_docx", {"report": {}}),
    "pptx": ("slides", "report_pptx", {"slides": {}}),
}


def render_report(
    evaluation: Evaluation | ReleasedEvaluation,
    folder: str | Path,
    *,
    language: str = "sv",
    formats: Sequence[str] = FORMATS,
    notebook: str | Path = _NOTEBOOK,
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
        ``html`` (the notebook, run), ``xlsx``, and with the extras of the same names ``pdf``, ``docx``, ``pptx``.
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
    check_choices(language, formats)
    released = evaluation.released() if isinstance(evaluation, Evaluation) else evaluation
    contents = {"released.json": released_json(released).encode("utf-8")}
    contents |= report_files(released, language=language, formats=formats, notebook=notebook, progress=progress)
    return write_all(Path(folder), contents)


def check_choices(language: str, formats: Sequence[str]) -> None:
    """Refuse a language or a format that there is not.

    Raises
    ------
    ValueError
    """
    unknown = sorted(set(formats) - {"html", *_MAKERS})
    if unknown:
        raise ValueError(f"formats may be html, {', '.join(_MAKERS)}; got {', '.join(unknown)}")
    if language not in {"sv", "en"}:
        raise ValueError(f"language must be sv or en, got {language!r}")


def report_files(
    released: ReleasedEvaluation,
    *,
    language: str = "sv",
    formats: Sequence[str] = FORMATS,
    notebook: str | Path = _NOTEBOOK,
    here: bool = False,
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """Return the files of a report by name, none of them written yet; ``here`` runs the notebook without a kernel."""
    contents: dict[str, bytes] = {}
    with kept():
        for number, form in enumerate(formats):
            if progress:
                progress(form, number, len(formats))
            if form == "html":
                page = report_html(released, language=language, notebook=notebook, here=here)
                contents[f"report_{language}.html"] = page.encode("utf-8")
                continue
            module, function, names = _MAKERS[form]
            make = getattr(importlib.import_module(f"factfidelity.reports.{module}"), function)
            for name, options in names.items():
                contents[f"{name}_{language}.{form}"] = make(released, language=language, **options)
    return contents


def stored_files(path: Path, *, language: str, formats: Sequence[str]) -> dict[str, bytes]:
    """Return the files of a report that is made in this process from ``released.json``, which is read once."""
    with kept():
        released = open_released(path)
        contents = {}
        if "html" in formats:
            notebook = report_notebook(_NOTEBOOK, released.plan.programme)
            run = run_here(notebook, {"released": str(path), "language": language})
            contents[f"report_{language}.html"] = page_html(run, _page(released, language)).encode("utf-8")
        others = [form for form in formats if form != "html"]
        return contents | report_files(released, language=language, formats=others)


def report_names() -> frozenset[str]:
    """Return every name that a file of a report may have, in any language and format."""
    made = {form: (*names,) for form, (_, _, names) in _MAKERS.items()} | {"html": ("report",)}
    return frozenset(
        f"{name}_{language}.{form}" for form, names in made.items() for name in names for language in ("sv", "en")
    )


def write_all(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write all files of a report, each at once; they are complete before the first is written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_bytes(path, content)
    return paths


def report_html(
    released: ReleasedEvaluation,
    *,
    language: str = "sv",
    notebook: str | Path = _NOTEBOOK,
    here: bool = False,
) -> str:
    """Run the report notebook on a released evaluation and return the page; ``here``: in this process, no kernel."""
    path = report_notebook(notebook, released.plan.programme)
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        store = Path(quiet) / "released.json"
        write_text(store, released_json(released))
        run = (run_here if here else run_notebook)(path, {"released": str(store), "language": language})
    return page_html(run, _page(released, language))


def _page(released: ReleasedEvaluation, language: str) -> Page:
    pages = pages_of(released, language)
    organisation = released.plan.organisation
    version = str(released.provenance["versions"]["factfidelity"])
    footer = " · ".join(part for part in (organisation.name, organisation.contact, f"factfidelity {version}") if part)
    return Page(
        title=pages.title,
        language=language,
        lead=pages.period,
        organisation=organisation.name,
        logo=_logo(released.plan),
        footer=footer,
        version=version,
    )


def _logo(plan: Plan) -> str:
    """Return the logo; a plan that was made in code names a file seen from where the work is done."""
    path = plan.organisation.logo
    return plan.picture or (picture_of(Path(path), said_in="organisation.logo", error=ReportError) if path else "")
