"""Write a rating form: one sheet for each assessor, one for the consensus, its structure protected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from factfidelity.fidelity.forms_layout import COLUMNS, DAY_CELL, EDITION, HEAD, MARK, SCORE, steps, structure, words
from factfidelity.fidelity.ratings import CONSENSUS, scale_of
from factfidelity.fidelity.tables import records
from factfidelity.schemas.scale import Item, Scale
from factfidelity.wording import number

if TYPE_CHECKING:
    from factfidelity.fidelity.derived import DerivedFidelity

_FORBIDDEN = set("[]:*?/\\'")


def write_rating_form(
    path: str | Path,
    scale: Scale | str,
    *,
    team: str,
    raters: Sequence[str] | int = 2,
    language: str = "sv",
    evidence: DerivedFidelity | None = None,
) -> Path:
    """Write an Excel form for a team and its assessors.

    Parameters
    ----------
    path : str or Path
        The file to write (``.xlsx``).
    scale : Scale or str
    team : str
        Id of the team.
    raters : sequence of str, or int
        Pseudonyms of the assessors, or their number (then A, B, …).
    language : str
        ``sv`` or ``en``.
    evidence : DerivedFidelity, optional
        What the registers say of each item, shown beside it. It must be released: the form leaves the secure room.

    Returns
    -------
    Path
        The file written; the same bytes for the same input.

    Raises
    ------
    ValueError
        If the scale has no items to rate, or the assessors' names cannot be used.
    DisclosureError
        If the evidence still holds small counts.
    """
    import xlsxwriter

    found = scale_of(scale)
    if not found.items:
        raise ValueError(f"{found.id} has no items to rate; import its texts first")
    names = _raters(raters)
    beside = _evidence(evidence, language)
    target = Path(path)
    book = xlsxwriter.Workbook(str(target))
    book.set_properties({"title": f"{words('title', language)}, {found.short}", "created": dt.datetime(2025, 1, 1)})  # noqa: DTZ001
    style = _styles(book)
    _start(book, style, found, team, names, language)
    for name in names:
        _assessor(book, style, found, name, beside, language)
    _consensus(book, style, found, names, language)
    _mark(book, found, team, names, language)
    book.close()
    return target


# Width of the column that says what the scores stand for, and how many of its small letters go on a line.
_ASKS, _LETTERS = 46, 54


def _raters(raters: Sequence[str] | int) -> list[str]:
    if isinstance(raters, int):
        if not 1 <= raters <= 10:
            raise ValueError(f"raters must be 1 to 10, got {raters}")
        return [chr(ord("A") + place) for place in range(raters)]
    names = [str(name).strip() for name in raters]
    reserved = {CONSENSUS, "konsensus", "start", MARK}
    wrong = [
        name for name in names if not name or len(name) > 25 or set(name) & _FORBIDDEN or name.casefold() in reserved
    ]
    if wrong or not names or len({name.casefold() for name in names}) < len(names):
        raise ValueError(f"raters need different short names, none of them reserved, got {names}")
    return names


def _styles(book: Any) -> dict[str, Any]:
    wrap = {"text_wrap": True, "valign": "top", "font_size": 10, "border": 1, "border_color": "#BFBFBF"}
    grey = {"bg_color": "#F2F2F2"}
    return {
        "title": book.add_format({"bold": True, "font_size": 15}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format({**wrap, "bold": True, "bg_color": "#D9E5EF"}),
        "fixed": book.add_format({**wrap, **grey}),
        "bold": book.add_format({**wrap, **grey, "bold": True}),
        "score": book.add_format({**wrap, "locked": False, "align": "center", "bold": True, "font_size": 12}),
        "free": book.add_format({**wrap, "locked": False}),
        "day": book.add_format({**wrap, "locked": False, "num_format": "yyyy-mm-dd", "align": "left"}),
    }


def _start(book: Any, style: Any, scale: Scale, team: str, raters: list[str], language: str) -> None:
    sheet = book.add_worksheet(words("start", language))
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 60)
    sheet.write(0, 0, words("title", language), style["title"])
    rows = [
        (words("scale", language), f"{scale.name.pick(language)} ({scale.short}, {scale.version})"),
        (words("team", language), team),
        (words("raters", language), ", ".join(raters)),
    ]
    for row, (label, value) in enumerate(rows, start=1):
        sheet.write(row, 0, label, style["bold"])
        sheet.write(row, 1, value, style["fixed"])
    sheet.write(4, 0, words("day", language), style["bold"])
    sheet.write_blank(DAY_CELL, None, style["day"])
    sheet.merge_range(6, 0, 6, 1, words("how", language), style["plain"])
    sheet.set_row(6, 66)
    sheet.merge_range(7, 0, 7, 1, scale.licence.terms.pick(language), style["plain"])
    sheet.set_row(7, 48)
    _printed(sheet)
    _protect(sheet)


def _printed(sheet: Any) -> None:
    """Print on A4 across, as large as the width allows."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
    sheet.fit_to_pages(1, 0)


def _protect(sheet: Any) -> None:
    sheet.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})


def _assessor(book: Any, style: Any, scale: Scale, rater: str, beside: dict[str, str], language: str) -> None:
    sheet = book.add_worksheet(rater)
    widths = (7, 26, _ASKS, 34 if beside else 18, 9, 28, 36)
    _dress(sheet, style, f"{scale.short}: {rater}", [words(name, language) for name in COLUMNS], widths)
    for place, (name, item) in enumerate(scale.items.items()):
        row = HEAD + 1 + place
        sheet.write_string(row, 0, name, style["bold"])
        sheet.write_string(row, 1, item.name.pick(language), style["fixed"])
        sheet.write_string(row, 2, asks(item, language), style["fixed"])
        sheet.write_string(row, 3, beside.get(name, words("no_evidence", language)), style["fixed"])
        sheet.write_blank(row, SCORE, None, style["score"])
        sheet.write_blank(row, 5, None, style["free"])
        sheet.write_blank(row, 6, None, style["free"])
        lines = sum(-(-len(line) // _LETTERS) for line in asks(item, language).split("\n"))
        sheet.set_row(row, max(30, 13.5 * lines))
        _choice(sheet, scale, name, row, SCORE, language)
    _protect(sheet)


def _dress(sheet: Any, style: Any, title: str, headings: Sequence[str], widths: Sequence[float]) -> None:
    sheet.write(0, 0, title, style["title"])
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.write(HEAD, column, heading, style["head"])
        sheet.set_column(column, column, width)
    sheet.freeze_panes(HEAD + 1, 2)
    _printed(sheet)
    sheet.repeat_rows(HEAD)


def _choice(sheet: Any, scale: Scale, item: str, row: int, column: int, language: str) -> None:
    limits = scale.range_of(item)
    if limits is None:
        return
    kinds = list(dict.fromkeys(filter(None, map(scale.range_of, scale.items))))
    place, count = kinds.index(limits), len(steps(limits))
    letter = chr(ord("E") + place)
    sheet.data_validation(
        row, column, row, column,
        {
            "validate": "list",
            "source": f"='{MARK}'!${letter}$1:${letter}${count}",
            "input_message": words("choose", language),
        },
    )  # fmt: skip


def _consensus(book: Any, style: Any, scale: Scale, raters: list[str], language: str) -> None:
    sheet = book.add_worksheet(words("consensus", language))
    headings = [words("item", language), words("name", language), *raters, words("range", language)]
    headings += [words(name, language) for name in ("score", "reason", "comment")]
    widths = (7, 34, *[9] * len(raters), 11, 9, 28, 46)
    _dress(sheet, style, f"{scale.short}: {words('consensus', language)}", headings, widths)
    last = 2 + len(raters)
    for place, (name, item) in enumerate(scale.items.items()):
        row = HEAD + 1 + place
        sheet.write_string(row, 0, name, style["bold"])
        sheet.write_string(row, 1, item.name.pick(language), style["fixed"])
        cells = [f"'{rater}'!$E${row + 1}" for rater in raters]
        for column, cell in enumerate(cells, start=2):
            sheet.write_formula(row, column, f'=IF({cell}="","",{cell})', style["fixed"], "")
        listed = ",".join(cells)
        spread = f'=IF(COUNT({listed})<2,"",MAX({listed})-MIN({listed}))'
        sheet.write_formula(row, last, spread, style["fixed"], "")
        sheet.write_blank(row, last + 1, None, style["score"])
        sheet.write_blank(row, last + 2, None, style["free"])
        sheet.write_blank(row, last + 3, None, style["free"])
        _choice(sheet, scale, name, row, last + 1, language)
    _protect(sheet)


def _mark(book: Any, scale: Scale, team: str, raters: list[str], language: str) -> None:
    """Write the hidden sheet by which a form is known again, and the lists of scores."""
    sheet = book.add_worksheet(MARK)
    facts = [
        ("edition", EDITION), ("scale", scale.scale), ("version", scale.version), ("structure", structure(scale)),
        ("team", team), ("language", language), *[("rater", name) for name in raters],
    ]  # fmt: skip
    for row, (key, value) in enumerate(facts):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    for place, limits in enumerate(dict.fromkeys(filter(None, map(scale.range_of, scale.items)))):
        for row, step in enumerate(steps(limits)):
            sheet.write_number(row, 4 + place, step)
    sheet.very_hidden()
    _protect(sheet)


def asks(item: Item, language: str) -> str:
    """Return what an item's scores stand for, as far as it may be shown: one line for each score."""
    lines = [item.means.pick(language)] if item.means else []
    if item.unit and any(anchor.cut for anchor in item.anchors):
        unit = item.unit.pick(language)
        lines.append(f"{unit[:1].upper()}{unit[1:]}:")
    for anchor in sorted(item.anchors, key=lambda anchor: -(anchor.score or 0)):
        limits = limits_text(anchor, language)
        said = anchor.words.pick(language) if anchor.words else ""
        text = f"{limits} ({said})" if limits and said else limits or said
        lines.append(
            f"{number(anchor.score, decimals=0 if (anchor.score or 0) % 1 == 0 else 1, language=language)} = {text}"
        )
    return "\n".join(lines)


def limits_text(anchor: Any, language: str) -> str:
    """Return the limits of an anchor in words: ``64 till under 90``."""

    def shown(value: float) -> str:
        decimals = next((places for places in range(5) if abs(round(value, places) - value) < 1e-9), 4)
        return number(value, decimals=decimals, language=language)

    swedish = language == "sv"
    low, high = "", ""
    if anchor.from_ is not None:
        low = f"{'från' if swedish else 'from'} {shown(anchor.from_)}"
    elif anchor.above is not None:
        low = f"{'över' if swedish else 'above'} {shown(anchor.above)}"
    if anchor.to == 0 and not low:
        return shown(0)
    if anchor.to is not None:
        high = f"{'till och med' if swedish else 'up to'} {shown(anchor.to)}"
    elif anchor.below is not None:
        high = f"{'under' if swedish else 'below'} {shown(anchor.below)}"
    return ", ".join(part for part in (low, high) if part)


def _evidence(derived: DerivedFidelity | None, language: str) -> dict[str, str]:
    if derived is None:
        return {}
    derived.require_released()
    return {str(row["item"]): _evidence_text(row, language) for row in records(derived.table)}


def _evidence_text(row: dict[str, Any], language: str) -> str:
    why = row["why_sv" if language == "sv" else "why"]
    if row["kind"] == "not_derivable":
        return str(why)
    unit = row["unit_sv" if language == "sv" else "unit"]
    value = number(row["value"], decimals=1, language=language)
    score = "" if pd.isna(row["score"]) else f" → {number(row['score'], decimals=0, language=language)}"
    proxy = {"sv": " (närmevärde)", "en": " (proxy)"}[language] if row["kind"] == "proxy" else ""
    text = f"{value} {unit}{score}{proxy}"
    return f"{text}\n{why}" if why else text
