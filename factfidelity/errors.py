"""What can go wrong, said in one form: where, what, and what to do; never about whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

Severity = Literal["stop", "set_aside", "warn", "note"]
Text = Mapping[str, str]

_ROWS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule broken in one place.

    Attributes
    ----------
    what, do : str
        What is wrong and what to do about it, in English. Codes may be quoted;
        ids, dates of a person and free text may not.
    file, column : str
        Where; empty when the problem lies elsewhere (in an argument, a plan).
    rows : tuple of int
        Line numbers in the source file, the header being line 1; may be empty.
    count : int or None
        Number of rows concerned when it is larger than ``len(rows)``.
    rule : str
        Id of the rule, the same in every language and version.
    kind : str
        Key of ``EXIT_CODES``: what the command line says when this is the only kind.
    severity : str
        ``stop``, ``set_aside``, ``warn`` or ``note``.
    what_sv, do_sv : str
        The same in Swedish; English is used where they are empty.
    """

    what: str
    do: str = ""
    file: str = ""
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int | None = None
    rule: str = ""
    kind: str = ""
    severity: Severity = "stop"
    what_sv: str = field(default="", compare=False)
    do_sv: str = field(default="", compare=False)

    def where(self, language: str = "en") -> str:
        """Return the place in words: ``episodes.csv, 3 rows (14, 92, 107)``."""
        number = self.count if self.count is not None else len(self.rows)
        parts = [self.file] if self.file else []
        if number:
            word = {"sv": "rad" if number == 1 else "rader"}.get(language, "row" if number == 1 else "rows")
            shown = ", ".join(map(str, self.rows[:_ROWS_SHOWN]))
            more = ", …" if number > min(len(self.rows), _ROWS_SHOWN) else ""
            parts.append(f"{number} {word}" + (f" ({shown}{more})" if shown else ""))
        return ", ".join(parts)

    def render(self, language: str = "en") -> str:
        """Return the two lines that a reader sees: place and fault, then what to do."""
        swedish = language == "sv"
        what = (self.what_sv if swedish else "") or self.what
        do = (self.do_sv if swedish else "") or self.do
        place = self.where(language)
        lines = [f"  {place}: {what}" if place else f"  {what}"]
        if do:
            lines.append(f"      {'Gör så här' if swedish else 'Do'}: {do}")
        return "\n".join(lines)


EXIT_CODES: Mapping[str, int] = {
    "argument": 2,
    "schema": 10,
    "extract": 11,
    "identity": 12,
    "disclosure": 13,
    "plan": 14,
    "scale": 15,
    "mapping": 16,
    "no_folder": 20,
    "empty_folder": 21,
    "unknown_file": 22,
    "missing_column": 23,
    "encoding": 24,
    "unreadable": 25,
    "report": 30,
    "fault": 70,
    "interrupted": 130,
}


class FactFidelityError(Exception):
    """Base of all errors that factfidelity raises about data, plans and schemas.

    Parameters
    ----------
    message : str
        One sentence. With problems it may be left out.
    problems : iterable of Problem
        All problems found, not only the first.
    place : str
        What was looked at (a folder, a file), for the first line.
    """

    kind: ClassVar[str] = "extract"

    def __init__(self, message: str = "", problems: Iterable[Problem] = (), *, place: str = "") -> None:
        self.message = message
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.place = place
        super().__init__(self.render())

    @property
    def exit_code(self) -> int:
        """Exit code for the command line: the problems' own kind when they share one, else the error's."""
        kinds = {problem.kind for problem in self.problems if problem.kind}
        return EXIT_CODES[kinds.pop()] if len(kinds) == 1 else EXIT_CODES[self.kind]

    def render(self, language: str = "en") -> str:
        """Return the whole message in Swedish or English."""
        if not self.problems:
            return self.message
        number = len(self.problems)
        word = {"sv": "problem"}.get(language, "problem" if number == 1 else "problems")
        at = f" i {self.place}" if language == "sv" else f" in {self.place}"
        first = self.message or f"{number} {word}{at if self.place else ''}"
        return "\n".join([first, *(problem.render(language) for problem in self.problems)])

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, self.problems, self.place)


def _rebuild(kind: type[FactFidelityError], message: str, problems: Sequence[Problem], place: str) -> FactFidelityError:
    return kind(message, problems, place=place)


class SchemaError(FactFidelityError):
    """A file of ``schemas/`` says something that it may not."""

    kind = "schema"


class MappingError(SchemaError):
    """A mapping file names a column, key or code that it may not."""

    kind = "mapping"


class ExtractError(FactFidelityError):
    """A delivery cannot be used as it is."""

    kind = "extract"


class IdentityFoundError(ExtractError):
    """Something that could identify a person directly was found; nothing was loaded."""

    kind = "identity"


class DisclosureError(FactFidelityError):
    """A result would be written that still holds, or gives back, small counts."""

    kind = "disclosure"


class PlanError(FactFidelityError):
    """A plan holds an unknown key or a value that it may not have."""

    kind = "plan"


class ScaleError(FactFidelityError):
    """A scale, a rating or a rating form breaks its own rules."""

    kind = "scale"


class ReportError(FactFidelityError):
    """A report could not be made; nothing half written is left."""

    kind = "report"
