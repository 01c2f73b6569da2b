"""Words that stand for a few persons only: a label in free text would be printed in a report, whatever its count is.

Reasons, professions, instruments and kinds of plans may hold words of the supplier's own. A row of a report keeps its
label where its number is hidden, so the words of a few persons become ``other`` before anything is counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from factfidelity.delivery.checks import BROKEN_COLUMNS, CheckedTables

SMALLEST = 5
OTHER = "other"
_LABELS: Mapping[str, tuple[str, ...]] = {
    "board": ("reason_on", "reason_off"),
    "care_plans": ("kind",),
    "clients": ("diagnosis_group",),
    "contacts": ("profession",),
    "enrolments": ("end_reason",),
    "events": ("kind",),
    "measurements": ("instrument", "part"),
    "placements": ("kind", "form"),
    "referrals": ("outcome",),
    "services": ("kind",),
    "surveys": ("answer",),
    "visits": ("kind", "profession"),
    "work": ("kind",),
}
_NAMED: Mapping[str, tuple[str, ...]] = {"posts": ("profession",), "staff": ("profession",)}
# one word, a code or an abbreviation names a kind; two or more may name a person or tell of one
_WORDS = re.compile(r"\S\s+\S")
# FTE by profession is shown, so of staff only what looks like somebody's name
_NAME = re.compile(r"\b[A-ZÅÄÖÉ][a-zåäöéü]+ [A-ZÅÄÖÉ][a-zåäöéü]+")
_WHAT = {
    "sv": "{column} har egna ord som färre än fem personer har; de räknas som övrigt",
    "en": "{column} has words of its own that fewer than five persons have; they count as other",
}
_DO = {
    "sv": "ge dem en kod i mappningen (values) om de ska redovisas för sig; skriv aldrig namn eller fri text i en kod",
    "en": "give them a code in the mapping (values) to show them apart; never write names or free text in a code",
}


def without_rare_labels(checked: CheckedTables) -> CheckedTables:
    """Return the tables with words of a few persons as ``other``, and a note for each column where that was done.

    Parameters
    ----------
    checked : CheckedTables

    Returns
    -------
    CheckedTables
        The caller's frames are not changed.
    """
    tables, notes = dict(checked.tables), []
    for name, columns in (*_LABELS.items(), *_NAMED.items()):
        for column in columns:
            if name not in tables or column not in tables[name]:
                continue
            rare = rare_rows(tables[name], column, names_only=name in _NAMED)
            if rare.any():
                tables[name] = tables[name].assign(**{column: tables[name][column].mask(rare, OTHER)})
                what = {language: text.format(column=column) for language, text in _WHAT.items()}
                notes.append(("rare_label", "note", name, column, "", (), 0,
                              what["sv"], what["en"], _DO["sv"], _DO["en"]))  # fmt: skip
    if not notes:
        return checked
    said = pd.DataFrame(notes, columns=list(BROKEN_COLUMNS))
    return replace(checked, tables=tables, broken=pd.concat([checked.broken, said], ignore_index=True))


def rare_rows(frame: pd.DataFrame, column: str, *, names_only: bool = False) -> pd.Series[bool]:
    """Return the rows whose label is of several words and is that of fewer than five persons, or rows without persons.

    Parameters
    ----------
    frame : DataFrame
    column : str
    names_only : bool
        Only labels that look like the name of a person.
    """
    label = frame[column]
    if pd.api.types.is_numeric_dtype(label) or not label.notna().any():
        return pd.Series(False, index=frame.index)
    text = label.astype("object").where(label.notna(), "").astype("str")
    values = pd.Series(text.unique(), dtype="str")
    own = values[values.str.contains(_WORDS)]
    if names_only:
        own = own[own.str.contains(_NAME)]
    if not len(own):
        return pd.Series(False, index=frame.index)
    kept = text.isin(own)
    who = next((key for key in ("client_id", "staff_id") if key in frame.columns), None)
    groups = frame.loc[kept].groupby(text[kept])
    number = groups[who].nunique() if who else groups.size()
    return kept & text.map(number).lt(SMALLEST).fillna(False).astype(bool)
