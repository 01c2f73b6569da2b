"""What an earlier report tells of this one: only figures of the same days are the same figures."""

from __future__ import annotations

from collections.abc import Mapping

from factfidelity.display.result import Result

# Result: its tables that cover the last year before the report, and the note with that year's first day.
_LAST_YEAR: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "caseload_ratios": ("latest_start", ("denominators", "spread", "need")),
    "board_use": ("latest_start", ("latest", "meetings")),
    "contact_pattern": ("latest_start", ("latest", "forms", "professions", "reach", "continuity")),
    "programme_indicators": ("latest_start", ("table", "coverage", "answers")),
    "equity": ("start", ("table",)),
    "staffing": ("start", ("table", "people", "what_if")),
}


def still_known(previous: Mapping[str, Result], results: Mapping[str, Result]) -> dict[str, Result]:
    """Return the results of an earlier report without the tables whose days are others now.

    The clients of last year and those of the year before it are no part of each other: a number that stands in the
    same place is another number, and its change tells of nobody. Tables of all the time, and of months, stay.

    Parameters
    ----------
    previous : mapping of name to Result
        Released.
    results : mapping of name to Result
        Those of this report.
    """
    known: dict[str, Result] = {}
    for name, result in previous.items():
        note, fields = _LAST_YEAR.get(name, ("", ()))
        now = results.get(name)
        if now is None or not fields or result.notes.get(note) == now.notes.get(note):
            known[name] = result
            continue
        frames = {
            field: frame.iloc[:0] if field in fields else frame for field, frame in result.frames().items()
        }  # fmt: skip
        known[name] = result.with_frames(frames, released=True)
    return known
