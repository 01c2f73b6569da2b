"""Read a filled-in rating form back; every wrong cell is named, all at once."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.errors import Problem, ScaleError
from factfidelity.fidelity.forms_cells import Sheet, address, cell_problem, read_sheets, value_at
from factfidelity.fidelity.forms_layout import DAY_CELL, EDITION, HEAD, MARK, SCORE, WORDS, steps, structure
from factfidelity.fidelity.ratings import CONSENSUS
from factfidelity.schemas.scale import Scale, load_scale

COLUMNS = ("team_id", "assessment", "scale", "version", "item", "rater", "score", "reason", "comment", "cell")


@dataclass
class _Found:
    """What was read so far, and what was wrong."""

    file: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, sheet: str, cell: str, rule: str, what: str, do: str, what_sv: str, do_sv: str) -> None:
        said = {"what": what, "do": do, "what_sv": what_sv, "do_sv": do_sv}
        self.problems.append(cell_problem(self.file, sheet, cell, said, rule))


def read_rating_form(path: str | Path) -> pd.DataFrame:
    """Return the ratings of a form that ``write_rating_form`` made.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    DataFrame, one row per item and assessor who has begun, and per item with a consensus
        team_id, assessment (the day), scale, version, item, rater, score (missing where the item could not be
        rated), reason, comment, cell (where the score stands).

    Raises
    ------
    ScaleError
        If the file is no such form, belongs to another version of the scale, was changed, or a cell is wrong; all
        at once, each with its sheet and cell.
    """
    file = Path(path)
    sheets = read_sheets(file)
    found = _Found(file.name)
    mark = _mark_of(sheets, found)
    scale = _scale_of(mark, found)
    team, raters, language = mark["team"][0], mark["rater"], mark["language"][0]
    day = _day(sheets.get(WORDS["start"][language], []), found, WORDS["start"][language])
    base = {"team_id": team, "assessment": day, "scale": scale.scale, "version": scale.version}
    for rater in raters:
        _read_sheet(sheets, rater, rater, SCORE, scale, base, found, strict=True)
    agreed = WORDS["consensus"][language]
    _read_sheet(sheets, agreed, CONSENSUS, 3 + len(raters), scale, base, found, strict=False)
    if not found.rows and all(problem.rule == "no_day" for problem in found.problems):
        found.wrong(
            raters[0],
            address(HEAD + 1, SCORE),
            "empty_form",
            "the form is empty",
            "fill in at least one assessor's sheet",
            "formuläret är tomt",
            "fyll i minst en bedömares blad",
        )
    if found.problems:
        raise ScaleError(problems=found.problems, place=file.name)
    frame = pd.DataFrame(found.rows, columns=list(COLUMNS))
    return frame.astype({name: "float64" if name == "score" else "str" for name in COLUMNS})


def _mark_of(sheets: dict[str, Sheet], found: _Found) -> dict[str, list[str]]:
    facts: dict[str, list[str]] = {}
    for row in range(len(sheets.get(MARK, []))):
        key, value = value_at(sheets[MARK], row, 0), value_at(sheets[MARK], row, 1)
        if key is not None and value is not None:
            facts.setdefault(str(key), []).append(str(value))
    needed = ("edition", "scale", "version", "structure", "team", "language", "rater")
    if any(key not in facts for key in needed) or facts["language"][0] not in ("sv", "en"):
        problem = Problem(
            "is not a rating form of factfidelity, or its hidden sheet was removed",
            "write a new form and fill it in",
            found.file,
            rule="not_a_form",
            kind="scale",
            what_sv="är inget skattningsformulär från factfidelity, eller så har dess dolda blad tagits bort",
            do_sv="skapa ett nytt formulär och fyll i det",
        )
        raise ScaleError(problems=[problem], place=found.file)
    return facts


def _scale_of(mark: dict[str, list[str]], found: _Found) -> Scale:
    scale = load_scale(mark["scale"][0], mark["version"][0])
    if mark["structure"][0] != structure(scale) or mark["edition"][0] != EDITION:
        problem = Problem(
            f"was made for another version of {scale.id} than the one installed",
            "write a new form and move the ratings over",
            found.file,
            rule="other_version",
            kind="scale",
            what_sv=f"gjordes för en annan version av {scale.id} än den som är installerad",
            do_sv="skapa ett nytt formulär och för över skattningarna",
        )
        raise ScaleError(problems=[problem], place=found.file)
    return scale


def _day(sheet: Sheet, found: _Found, name: str) -> str:
    value = value_at(sheet, 4, 1)
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}"
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        found.wrong(
            name,
            DAY_CELL,
            "no_day",
            "the day of the assessment is missing or is not a date",
            "write it as 2025-03-12",
            "skattningsdatum saknas eller är inget datum",
            "skriv det som 2025-03-12",
        )
        return ""


def _read_sheet(
    sheets: dict[str, Sheet],
    name: str,
    rater: str,
    column: int,
    scale: Scale,
    base: dict[str, str],
    found: _Found,
    *,
    strict: bool,
) -> None:
    """Read one sheet; ``strict``: once begun, every item has a score or a reason."""
    if name not in sheets:
        found.wrong(
            name,
            "A1",
            "no_sheet",
            "the sheet is missing",
            "write a new form",
            "bladet saknas",
            "skapa ett nytt formulär",
        )
        return
    sheet = sheets[name]
    cells = list(_cells(sheet, name, column, scale, found))
    begun = any(score is not None or reason is not None for _, _, score, reason, _ in cells)
    if not begun:
        return
    for item, row, score, reason, comment in cells:
        if score is None and reason is None:
            if strict:
                _neither(found, name, address(row, column))
            continue
        given = _score(score, item, scale, found, name, address(row, column))
        if score is not None and reason is not None:
            _both(found, name, address(row, column + 1))
        cell = f"{name}!{address(row, column)}"
        found.rows.append(
            base | {"item": item, "rater": rater, "score": given, "reason": reason, "comment": comment, "cell": cell}
        )


def _neither(found: _Found, sheet: str, cell: str) -> None:
    found.wrong(
        sheet, cell, "no_score", "there is neither a score nor a reason for having none",
        "give a score, or say why the item cannot be rated", "här finns varken poäng eller skäl",
        "ge en poäng, eller skriv varför punkten inte kan bedömas",
    )  # fmt: skip


def _both(found: _Found, sheet: str, cell: str) -> None:
    found.wrong(
        sheet, cell, "score_and_reason", "there is a reason for no score beside a score", "keep one of them",
        "här finns både poäng och skäl till att punkten inte kan bedömas", "behåll det ena",
    )  # fmt: skip


def _cells(
    sheet: Sheet, name: str, column: int, scale: Scale, found: _Found
) -> Iterator[tuple[str, int, Any, Any, Any]]:
    """Yield item, row, score, reason and comment; a row that is not the form's own is a problem."""
    for place, item in enumerate(scale.items):
        row = HEAD + 1 + place
        there = value_at(sheet, row, 0)
        if str(there) != item:
            found.wrong(
                name,
                address(row, 0),
                "changed_form",
                f'the row should hold item "{item}"',
                "do not move or delete rows; write a new form",
                f'raden ska gälla punkten "{item}"',
                "flytta eller ta inte bort rader; skapa ett nytt formulär",
            )
            continue
        yield (
            item,
            row,
            value_at(sheet, row, column),
            value_at(sheet, row, column + 1),
            value_at(sheet, row, column + 2),
        )
    extra = HEAD + 1 + len(scale.items)
    for row in range(extra, len(sheet)):
        if value_at(sheet, row, 0) is not None:
            found.wrong(
                name,
                address(row, 0),
                "changed_form",
                "there is a row below the last item",
                "remove it",
                "här finns en rad under den sista punkten",
                "ta bort den",
            )


def _score(value: Any, item: str, scale: Scale, found: _Found, sheet: str, cell: str) -> float | None:
    if value is None:
        return None
    try:
        score = float(str(value).replace(",", "."))
    except ValueError:
        found.wrong(
            sheet,
            cell,
            "not_a_number",
            "the score is not a number",
            "choose a score from the list",
            "poängen är inte ett tal",
            "välj en poäng i listan",
        )
        return None
    limits = scale.range_of(item)
    allowed = steps(limits) if limits else []
    if allowed and not any(abs(score - step) < 1e-9 for step in allowed):
        listed = ", ".join(f"{step:g}" for step in allowed)
        shown = f"{score:g}"
        found.wrong(
            sheet,
            cell,
            "out_of_range",
            f"the score {shown} of {item} is not among {listed}",
            "choose a score from the list",
            f"poängen {shown} för {item} finns inte bland {listed}",
            "välj en poäng i listan",
        )
        return None
    return score


def read_ratings(path: str | Path) -> pd.DataFrame:
    """Return ratings from a filled-in form, or from a CSV file (UTF-8; comma, semicolon or tab).

    Raises
    ------
    ScaleError
        As in ``read_rating_form``; or if the CSV file cannot be read, or names no scale.
    """
    file = Path(path)
    if file.suffix.casefold() in {".xlsx", ".xlsm"}:
        return read_rating_form(file)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problem = Problem(
            "cannot be read as UTF-8 text", "give a rating form (.xlsx) or a CSV file in UTF-8", file.name,
            rule="not_readable", kind="scale", what_sv="kan inte läsas som text i UTF-8",
            do_sv="ge ett skattningsformulär (.xlsx) eller en CSV-fil i UTF-8",
        )  # fmt: skip
        raise ScaleError(problems=[problem], place=file.name) from None
    first = text.splitlines()[0] if text.strip() else ""
    mark = max(";\t,", key=first.count)
    frame = pd.read_csv(io.StringIO(text), sep=mark, dtype="str", keep_default_na=False, skipinitialspace=True)
    if "scale" not in frame:
        frame = frame.assign(scale="")
    if "score" in frame:
        frame = frame.assign(score=frame["score"].str.strip().str.replace(",", ".", regex=False))
    return frame
