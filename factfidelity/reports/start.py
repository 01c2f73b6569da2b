"""The first step with a delivery: a proposed mapping, a plan and a report notebook beside its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from factfidelity.delivery.propose import Proposal, propose
from factfidelity.errors import Problem, ReportError
from factfidelity.reports.notebook import notebook_path
from factfidelity.reports.render import write_all
from factfidelity.schemas.files import schema_files

MAPPING, PLAN, NOTEBOOK = "mapping.yaml", "plan.yaml", "evaluation_report.ipynb"
_MOST_NAMED = 40
_WORDS = {
    "made": {"sv": "Skrivet: {name}", "en": "Written: {name}"},
    "kept": {"sv": "Fanns redan och är orört: {name}", "en": "Was there already and is untouched: {name}"},
    "sure": {
        "sv": "Alla filer känns igen på sina rubriker.",
        "en": "All files are recognised by their headings.",
    },
    "unsure": {"sv": "Osäkert, se efter i mapping.yaml:", "en": "Not sure, look at it in mapping.yaml:"},
    "column": {"sv": "  {file}, {heading}: {kind} ({sure})", "en": "  {file}, {heading}: {kind} ({sure})"},
    "likely": {"sv": "troligt", "en": "likely"},
    "guess": {"sv": "gissning", "en": "a guess"},
    "more": {"sv": "  … och {count} till", "en": "  … and {count} more"},
    "undescribed": {
        "sv": "  {file}: okänd filtyp; skriv under feeds vilken tabell den matar",
        "en": "  {file}: an unknown kind of file; write under feeds which table it feeds",
    },
    "feeds": {
        "sv": "  {file}: okänd filtyp; matar kanske tabellen {table} (gissning), se feeds",
        "en": "  {file}: an unknown kind of file; may feed the table {table} (a guess), see feeds",
    },
    "crosswalk": {
        "sv": "  {file}: ser ut att koppla pseudonymer till klienter (troligt), se crosswalks",
        "en": "  {file}: seems to link pseudonyms to clients (likely), see crosswalks",
    },
    "period": {
        "sv": "Ange period i mapping.yaml; annars tas den från första och sista datum.",
        "en": "State period in mapping.yaml; else it is taken from the first and last date.",
    },
    "next": {
        "sv": "Sedan: factfidelity check {folder}",
        "en": "Then: factfidelity check {folder}",
    },
}


@dataclass(frozen=True, slots=True)
class Started:
    """What was put beside a delivery.

    Attributes
    ----------
    folder : Path
    made, kept : tuple of Path
        Files that were written, and files that were there already.
    proposal : Proposal or None
        None where the delivery had a mapping.
    """

    folder: Path
    made: tuple[Path, ...]
    kept: tuple[Path, ...]
    proposal: Proposal | None

    def summary(self, language: str = "en") -> str:
        """Return what was written, what is not sure, and what to do next."""
        lines = [_WORDS["made"][language].format(name=path.name) for path in self.made]
        lines += [_WORDS["kept"][language].format(name=path.name) for path in self.kept]
        if self.proposal is not None:
            lines += ["", *_unsure(self.proposal, language), _WORDS["period"][language]]
        return "\n".join([*lines, "", _WORDS["next"][language].format(folder=self.folder)])


def _unsure(proposal: Proposal, language: str) -> list[str]:
    if not proposal.unsure and not proposal.undescribed and not proposal.guessed:
        return [_WORDS["sure"][language]]
    lines = [_WORDS["undescribed"][language].format(file=file) for file in proposal.undescribed]
    lines += [
        _WORDS["crosswalk" if table == "crosswalk" else "feeds"][language].format(file=file, table=table)
        for file, table in proposal.guessed
    ]
    lines += [
        _WORDS["column"][language].format(
            file=file, heading=guess.heading, kind=guess.kind, sure=_WORDS[guess.sure][language]
        )
        for file, guess in proposal.unsure
    ]
    left = len(lines) - _MOST_NAMED
    more = [_WORDS["more"][language].format(count=left)] if left > 0 else []
    return [_WORDS["unsure"][language], *lines[:_MOST_NAMED], *more]


def start_folder(folder: str | Path) -> Started:
    """Write a proposed mapping, a plan and a report notebook into a delivery's folder, unless they are there.

    Parameters
    ----------
    folder : str or Path
        The delivery.

    Raises
    ------
    ExtractError, IdentityFoundError
        As ``propose``; nothing is written then.
    ReportError
        If the folder cannot be written to.
    """
    place = Path(folder)
    proposal = None if (place / MAPPING).is_file() else propose(place)
    contents = {
        MAPPING: proposal.text.encode("utf-8") if proposal else b"",
        PLAN: schema_files("plans")["default"].read_bytes(),
        NOTEBOOK: notebook_path("evaluation_report").read_bytes(),
    }
    kept = tuple(place / name for name in contents if (place / name).exists())
    wanted = {name: content for name, content in contents.items() if not (place / name).exists()}
    try:
        return Started(place, tuple(write_all(place, wanted)), kept, proposal)
    except OSError as fault:
        what = f"cannot be written: {fault.strerror or type(fault).__name__}"
        one = Problem(what, "choose a folder that you may write to", place.name)
    raise ReportError(problems=[one])
