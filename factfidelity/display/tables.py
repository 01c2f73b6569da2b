"""Tables on a page: a caption, headings with their scope, numbers in the language, and what `..` means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, ClassVar, Protocol

import pandas as pd

from factfidelity import wording
from factfidelity.display.views import Column, TableView

_NUMERIC = ("integer", "number", "percent")
# A text up to this length stays on one line, and one longer than the next asks for a broad column; more columns than
# these and the table may need to be scrolled.
_SHORT, _LONG, _MIDDLE, _WIDE = 18, 30, 4, 8
# A p-value below this is not told more exactly.
_P_VALUES, _SMALLEST_P = frozenset({"p", "adjusted_p"}), 0.001
_WORDS = {
    "hidden_note": {
        "sv": ".. = visas inte: bygger på färre än {smallest} personer, kan räknas ut ur övriga uppgifter "
        "eller saknas i underlaget.",
        "en": ".. = not shown: rests on fewer than {smallest} persons, could be computed from other figures, "
        "or is missing in the source.",
    },
    "zero_note": {"sv": "– = noll, inget att redovisa.", "en": "– = zero, nothing to report."},
    "raw": {
        "sv": "Innehåller små antal – får inte lämna den säkra miljön. Kör .released(rule) före rapport.",
        "en": "Contains small counts – not for release. Call .released(rule) before reporting.",
    },
    "hidden": {"sv": "visas inte", "en": "not shown"},
    "missing": {"sv": "uppgift saknas", "en": "not available"},
    "wide": {
        "sv": "Får tabellen inte plats kan den rullas i sidled.",
        "en": "Scroll sideways where the table does not fit.",
    },
    "empty": {"sv": "Inga rader att visa.", "en": "No rows to show."},
}


class Showable(Protocol):
    """What a result must be able to say of itself to be shown."""

    title: ClassVar[Mapping[str, str]]

    @property
    def is_released(self) -> bool:
        """Whether small counts are hidden."""

    def heading(self, language: str | None = None) -> str:
        """Return its title as it stands in a report."""

    def summary(self, language: str | None = None) -> str:
        """Say the answer in words."""

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return its tables."""


def cell_text(value: Any, column: Column, language: str) -> str:
    """Write one value as its column says; ``..`` where it is hidden or missing.

    Examples
    --------
    >>> cell_text(0.264, Column("share", "Share", "percent", decimals=0), "en")
    '26%'
    """
    if value is None or bool(pd.isna(value)):
        return wording.HIDDEN
    if column.name in _P_VALUES and not isinstance(value, str) and 0 <= float(value) < _SMALLEST_P:
        return f"< {wording.number(_SMALLEST_P, decimals=3, language=language)}"
    if column.form == "integer" and not isinstance(value, str):
        return wording.integer(value, language=language)
    if column.form == "number" and not isinstance(value, str):
        return wording.number(value, decimals=column.decimals, language=language)
    if column.form == "percent" and not isinstance(value, str):
        return wording.percent(value, decimals=column.decimals, language=language)
    if column.form == "date":
        return wording.date(value, language=language)
    return wording.label(value, language) if column.form == "code" else str(value)


def table_html(view: TableView, language: str = "sv", *, smallest: int = 5) -> str:
    """Return a table as HTML for a page or a notebook.

    Parameters
    ----------
    view : TableView
    language : str
        ``sv`` or ``en``.
    smallest : int
        For the note that explains ``..``.

    Returns
    -------
    str
        A ``figure`` with a ``table``: caption, column headings with scope, the first columns of text as row headings;
        numbers carry the class ``num``, hidden cells the class ``hidden``; notes below. No script and no style.
    """
    columns = [column for column in view.columns if column.name in view.frame.columns]
    heading = _leading_text(columns)
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column.heading)}</th>' for column in columns)
    body: list[str] = []
    has_hidden = False
    states = [_states(view, column.name) for column in columns]
    for row, values in enumerate(view.frame[[column.name for column in columns]].itertuples(index=False, name=None)):
        cells: list[str] = []
        for place, (value, column) in enumerate(zip(values, columns, strict=True)):
            state = states[place][row]
            text = "" if state == "none" else cell_text(value, column, language)
            has_hidden |= text == wording.HIDDEN
            cells.append(_cell(text, column, place < heading, state, language))
        body.append(f"<tr>{''.join(cells)}</tr>")
    if not body:
        body.append(f'<tr><td colspan="{len(columns)}">{_WORDS["empty"][language]}</td></tr>')
    notes = [*view.notes]
    if has_hidden:
        notes.append(_WORDS["hidden_note"][language].format(smallest=smallest))
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    size = "wide" if len(columns) > _WIDE else "middle" if len(columns) > _MIDDLE else "narrow"
    hint = "" if size == "narrow" else f'<p class="hint">{_WORDS["wide"][language]}</p>'
    return (
        f'<div class="table {size}" id="table-{escape(view.name)}">{hint}'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(view.caption)}">'
        f'<table lang="{language}"><caption>{escape(view.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        + (f'<div class="notes">{below}</div>' if below else "")
        + "</div>"
    )


def _leading_text(columns: Sequence[Column]) -> int:
    """Return how many of the first columns name the row."""
    number = 0
    for column in columns:
        if column.form in _NUMERIC:
            break
        number += 1
    return max(1, min(number, 2)) if columns else 0


def _class(column: Column) -> str:
    return ' class="num"' if column.form in _NUMERIC else ""


def _states(view: TableView, name: str) -> list[str]:
    if view.states is None or name not in view.states.columns:
        return [""] * len(view.frame)
    return [str(state) for state in view.states[name]]


def _cell(text: str, column: Column, is_heading: bool, state: str, language: str) -> str:
    names = ["num"] if column.form in _NUMERIC else _room(text)
    content = escape(text)
    if text == wording.HIDDEN:
        names.append("hidden")
        spoken = _WORDS["missing" if state == "not_available" else "hidden"][language]
        content = f'<abbr title="{spoken}">{content}</abbr>'
    label = f' class="{" ".join(names)}"' if names else ""
    if is_heading and text:
        return f'<th scope="row"{label}>{content}</th>'
    return f"<td{label}>{content}</td>"


def _room(text: str) -> list[str]:
    """Return how much room a text asks for: a short one stays on one line, a long one needs a broad column."""
    if len(text) > _LONG:
        return ["long"]
    return ["short"] if " " in text and len(text) <= _SHORT else []


def result_html(result: Showable, language: str = "sv", *, most_rows: int = 60) -> str:
    """Return a result for a notebook: title, what it says, its tables; a warning where small counts are still in it."""
    parts = [f"<h3>{escape(result.heading(language))}</h3>"]
    if not result.is_released:
        parts.append(f'<p role="note"><strong>{escape(_WORDS["raw"][language])}</strong></p>')
    parts.append(f"<p>{escape(result.summary(language))}</p>")
    parts += [table_html(_shortened(view, most_rows, language), language) for view in result.views(language)]
    return f'<section class="factfidelity" lang="{language}">{"".join(parts)}</section>'


def _shortened(view: TableView, most_rows: int, language: str) -> TableView:
    number = len(view.frame)
    if number <= most_rows:
        return view
    shown = wording.integer(most_rows, language=language)
    of = wording.integer(number, language=language)
    note = f"De första {shown} av {of} raderna." if language == "sv" else f"The first {shown} of {of} rows."
    states = None if view.states is None else view.states.head(most_rows)
    return TableView(view.name, view.caption, view.frame.head(most_rows), view.columns, (*view.notes, note), states)
