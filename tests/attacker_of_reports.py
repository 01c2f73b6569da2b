"""What an attacker with the files of reports finds that is true of 1 to 4 persons, held against the truth."""

from __future__ import annotations

import re

import attacker
import numpy as np
import pandas as pd

from factfidelity.display.views import TableView
from factfidelity.reports.released import released_json

FEW = range(1, 5)
PERSONS = re.compile(
    r"klient|person(?!er i tjänst|s in post)|patient|inskrivna$|avslutade|client|enrolled$|ended$", re.IGNORECASE
)


def leaks(tables, truths):
    """Return what was worked out of the released figures and is true of 1 to 4 persons.

    Parameters
    ----------
    tables : dict of Table
        By ``report/result.table``, worked out.
    truths : dict of mapping of Result
        By report.
    """
    told = []
    for name, table in tables.items():
        report, _, place = name.rpartition("/")
        result_name, _, part = place.partition(".")
        result = truths[report][result_name]
        frame, gate = result.frames()[part].reset_index(drop=True), result.gates[part]
        for column, row in table.found:
            true = _real(frame.loc[row, column]) if column in frame else np.nan
            if not np.isclose(table.numbers[column][row], true, rtol=1e-6, atol=1e-9):
                continue
            holders = [count for count in gate.counts if column == count or column in gate.counts[count]]
            if any(_real(frame.loc[row, count]) in FEW for count in holders if count in frame):
                told.append((name, column, row, true))
    return told


def _real(value):
    return float(value) if isinstance(value, (int, float, np.number)) and not pd.isna(value) else np.nan


def turned(tables, truths):
    """Return intervals that give 1 to 4 persons, or all but as few, back, where that is true of the row."""
    told = []
    for name, table in tables.items():
        report, _, place = name.rpartition("/")
        result_name, _, part = place.partition(".")
        result = truths[report][result_name]
        frame, gate = result.frames()[part].reset_index(drop=True), result.gates[part]
        if not {"low", "high"} <= set(table.numbers):
            continue
        for column in set(table.numbers) & {"share", "rate", "risk", "estimate", "proportion"}:
            for row in range(len(table)):
                ends = [table.numbers[one][row] for one in (column, "low", "high")]
                if np.isnan(ends).any() or not ends[0] > 0:
                    continue
                hits = attacker.turned_round(*ends) if ends[0] < 1 else []
                few = {cases for cases, _ in hits} | {whole - cases for cases, whole in hits}
                few |= set(attacker.events_behind(*ends))
                counts = {_real(frame.loc[row, count]) for count in gate.counts if count in frame}
                if few and few & set(FEW) & counts:
                    told.append((name, column, row))
    return told


def views_of(results, language):
    """Return the tables of results as the truth has them, by heading."""
    made = []
    for result in results.values():
        views = [*result.views(language), *(figure.table for figure in result.figures(language))]
        made += [_table_of(view) for view in views]
    return made


def _table_of(view: TableView):
    labels, numbers = {}, {}
    for column in view.columns:
        if column.name not in view.frame:
            continue
        values = view.frame[column.name]
        if column.form in ("integer", "number", "percent"):
            numbers[column.heading] = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        else:
            labels[column.heading] = [str(value) for value in values]
    return attacker.Table(view.name, labels, numbers)


def seen_leaks(tables, truths):
    """Return numbers of persons from 1 to 4 that stand in a file, or follow from what stands there."""
    told = []
    for name, table in tables.items():
        for heading, values in table.numbers.items():
            if not PERSONS.search(heading) or re.search(r"per |/|andel|share|år|year", heading, re.IGNORECASE):
                continue
            whole = [row for row in range(len(table)) if values[row] in FEW]
            for truth in _like(table, truths):
                told += [(name, heading, row, values[row]) for row in whole if truth.numbers[heading][row] in FEW]
    return told


def _like(table, truths):
    """Return the tables of the truth that have the same headings and as many rows, with the same labels."""
    for truth in truths:
        if set(table.numbers) <= set(truth.numbers) and len(table) == len(truth):
            shared = [heading for heading in table.labels if heading in truth.labels]
            if all(table.labels[heading] == truth.labels[heading] for heading in shared):
                yield truth


FEW_IN_WORDS = {
    "sv": re.compile(r"(?<![\d.,–-])[1-4]\s(?:klient(?:er)?|person(?:er)?|patient(?:er)?)\b(?! (?:per|på|för))"),
    "en": re.compile(r"(?<![\d.,–-])[1-4]\s(?:clients?|persons?|patients?)\b(?! (?:per|for each))"),
}
_ALLOWED = re.compile(r"(?:färre än|minst|under|fewer than|at least|below|1 eller|per|varje|each|than)\s+$")


def few_in_words(text, language):
    return [
        text[max(0, found.start() - 60) : found.end() + 20]
        for found in FEW_IN_WORDS[language].finditer(text)
        if not _ALLOWED.search(text[max(0, found.start() - 14) : found.start()])
    ]


def attack_on_files(files, truth, language):
    """Read page and workbooks, work out what follows, and return what should not have been found."""
    told = []
    truths = views_of(truth, language)
    page, text, alts = attacker.read_page(files[f"report_{language}.html"].decode("utf-8"))
    told += [("page", found) for found in few_in_words(f"{text} {' '.join(alts)}", language)]
    sources = {f"page {name}": table for name, table in page.items()}
    for part in ("summary", "tables"):
        book, states, drawn = attacker.read_workbook(files[f"{part}_{language}.xlsx"])
        assert set(states) == {"visible"}
        shown = {
            round(float(value), 9) for table in book.values() for values in table.numbers.values() for value in values
        }
        told += [("chart", value) for value in drawn if round(float(value), 9) not in shown]
        sources |= {f"{part} {name}": table for name, table in book.items()}
    told += seen_leaks(sources, truths)
    attacker.work_out(sources)
    return told + seen_leaks(sources, truths)


def released_tables(released):
    return {
        f"{report}/{name}": table
        for report, part in released.items()
        for name, table in attacker.tables_of_json(released_json(part)).items()
    }


def whole_and_parts(tables, released):
    teams = [report for report in released if report != "all"]
    names = {name.partition("/")[2] for name in tables}
    return [
        (f"all/{name}", [f"{team}/{name}" for team in teams])
        for name in names
        if f"all/{name}" in tables and all(f"{team}/{name}" in tables for team in teams)
    ]
