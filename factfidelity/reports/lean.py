"""A table without its empty parts: columns and rows in which nothing may be shown become one sentence."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt

from factfidelity.display.views import Column, TableView
from factfidelity.wording import integer, listed

Flags = npt.NDArray[np.bool_]
NUMERIC = frozenset({"integer", "number", "percent"})
_MOST_NAMED = 4
# Numbers that say when a row is about, and whom where they are the same in all rows: where nothing else of a row is
# shown, it tells nothing.
_WHEN, _WHOM = frozenset({"days", "month"}), frozenset({"clients", "persons", "n"})
_QUOTES = {"sv": ("”", "”"), "en": ("“", "”")}
_WORDS = {
    "column": {"sv": "Inget värde kan visas i kolumnen {names}.", "en": "No value can be shown in the column {names}."},
    "columns": {
        "sv": "Inget värde kan visas i kolumnerna {names}.",
        "en": "No value can be shown in the columns {names}.",
    },
    "rows": {"sv": "Inget värde kan visas för {names}.", "en": "No value can be shown for {names}."},
    "many_rows": {
        "sv": "Utelämnade rader, där inget värde kan visas: {count} av {rows}.",
        "en": "Rows left out because no value can be shown: {count} of {rows}.",
    },
    "more_columns": {"sv": "{count} andra kolumner", "en": "{count} other columns"},
    "whole": {
        "sv": "Inget värde i tabellen kan visas: de bygger på för få personer, skulle avslöja andra värden eller "
        "saknas i underlaget.",
        "en": "No value of the table can be shown: they rest on too few persons, would give other values away or are "
        "missing in the source.",
    },
}


def lean(view: TableView, language: str) -> TableView:
    """Return a table without columns and rows of hidden values only, which a note names instead.

    A table in which no value at all can be shown has no rows and says so. A row that says more in words than its
    name, such as why there is no value, is kept.

    Parameters
    ----------
    view : TableView
    language : {"sv", "en"}
    """
    numeric = [column for column in view.columns if column.form in NUMERIC]
    if not numeric or not len(view.frame):
        return view
    shown = view.frame[[column.name for column in numeric]].notna().to_numpy()
    if not tells(view):
        return _named_only(view, language)
    none = _may_be_empty(view, numeric)
    left = np.asarray(shown.any(axis=0) | none.all(axis=0))
    empty = [column for column, stays in zip(numeric, left.tolist(), strict=True) if not stays]
    about = _about(view)
    telling = left & np.array([column.name not in about for column in numeric])
    telling = telling if telling.any() else left
    hidden = ~shown[:, telling].any(axis=1) & ~none[:, telling].all(axis=1) & ~_says_more(view)
    notes = [*view.notes]
    if empty:
        key = "column" if len(empty) == 1 else "columns"
        opening, closing = _QUOTES[language]
        notes.append(_said(key, [f"{opening}{column.heading}{closing}" for column in empty], language))
    if hidden.any():
        notes.append(_rows_left_out(view, hidden, language))
    kept = ~hidden
    return dataclasses.replace(
        view,
        frame=view.frame[kept].reset_index(drop=True),
        columns=tuple(column for column in view.columns if column not in empty),
        states=None if view.states is None else view.states[kept].reset_index(drop=True),
        notes=tuple(notes),
    )


def tells(view: TableView) -> bool:
    """Tell whether any value of a table is shown, besides those that say whom or when its rows are about.

    Parameters
    ----------
    view : TableView
    """
    numeric = [column.name for column in view.columns if column.form in NUMERIC]
    about = _about(view)
    values = [name for name in numeric if name not in about] or numeric
    return not numeric or not len(view.frame) or bool(view.frame[values].notna().to_numpy().any())


def _about(view: TableView) -> set[str]:
    """Return the columns of numbers that say whom or when the rows are about."""
    names = {column.name for column in view.columns if column.form in NUMERIC}
    same = {name for name in names & _WHOM if len(view.frame) > 1 and view.frame[name].nunique(dropna=False) == 1}
    return same | (names & _WHEN)


def _named_only(view: TableView, language: str) -> TableView:
    if _says_more(view).any():
        return view
    states = None if view.states is None else view.states.iloc[:0]
    notes = (*view.notes, _WORDS["whole"][language])
    return dataclasses.replace(view, frame=view.frame.iloc[:0], states=states, notes=notes)


def _may_be_empty(view: TableView, numeric: list[Column]) -> Flags:
    """Tell for each cell whether there can be no value in it at all."""
    if view.states is None:
        return np.zeros((len(view.frame), len(numeric)), dtype=bool)
    return np.asarray(view.states.reindex(columns=[column.name for column in numeric]) == "none", dtype=bool)


def _says_more(view: TableView) -> Flags:
    """Tell which rows have words after their first number: a reason, a method, a remark."""
    forms = [column.form in NUMERIC for column in view.columns]
    after = [column.name for place, column in enumerate(view.columns) if any(forms[:place]) and not forms[place]]
    words = view.frame[after]
    return np.asarray((words.notna() & (words.astype("str") != "")).any(axis=1), dtype=bool)


def _row_names(view: TableView, hidden: Flags) -> list[str]:
    forms = [column.form in NUMERIC for column in view.columns]
    leading = [column.name for place, column in enumerate(view.columns) if not any(forms[: place + 1])][:2]
    rows = view.frame.loc[hidden, leading].astype("str").to_numpy().tolist()
    return [": ".join(part for part in parts if part and part != "nan") for parts in rows]


def _rows_left_out(view: TableView, hidden: Flags, language: str) -> str:
    """Name the rows that are left out, where their names are few and tell them apart; else say how many."""
    names = _row_names(view, hidden)
    if len(set(names)) == len(names) <= _MOST_NAMED:
        return _said("rows", names, language)
    count, rows = (integer(number, language=language) for number in (len(names), len(hidden)))
    return _WORDS["many_rows"][language].format(count=count, rows=rows)


def _said(key: str, names: list[str], language: str) -> str:
    if len(names) > _MOST_NAMED:
        more = _WORDS["more_columns"][language].format(count=len(names) - _MOST_NAMED + 1)
        names = [*names[: _MOST_NAMED - 1], more]
    return _WORDS[key][language].format(names=listed(names, language))
