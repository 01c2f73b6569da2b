"""Item texts that others own: a table to fill in, and the import that keeps them outside the package."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from factfidelity.errors import Problem, ScaleError
from factfidelity.fidelity.forms_cells import Sheet, address, cell_problem, read_sheets, value_at
from factfidelity.fidelity.ratings import scale_of
from factfidelity.schemas.scale import OwnTexts, Scale, load_scale, own_texts_folder

_PLAIN = ("scale", "version", "item", "subscale", "name_sv", "name_en", "means_sv", "means_en")
_ANCHOR = re.compile(r"anchor_(\d+(?:[._]5)?)_(sv|en)")


def write_texts_template(path: str | Path, scale: Scale | str) -> Path:
    """Write an Excel table with a scale's items, for the texts that a team may use.

    Returns
    -------
    Path
        One row per item; columns scale, version, item, subscale, name_sv, name_en, means_sv, means_en and
        anchor_<score>_sv, anchor_<score>_en for each score.
    """
    import xlsxwriter

    found = scale_of(scale)
    limits = found.rating
    scores = range(int(limits.lowest), int(limits.highest) + 1) if limits else range(1, 6)
    headings = [*_PLAIN, *[f"anchor_{score}_{language}" for score in scores for language in ("sv", "en")]]
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": found.id, "created": dt.datetime(2025, 1, 1)})  # noqa: DTZ001
    sheet = book.add_worksheet("items")
    sheet.write_row(0, 0, headings, book.add_format({"bold": True, "bg_color": "#D9E5EF"}))
    sheet.set_column(0, len(headings) - 1, 16)
    for row, (name, item) in enumerate(found.items.items(), start=1):
        sheet.write_row(row, 0, [found.scale, found.version, name, item.subscale, item.name.sv, item.name.en])
    book.close()
    return Path(path)


def import_scale_texts(path: str | Path, *, folder: str | Path | None = None, complete: bool = False) -> Scale:
    """Take in the item texts that a team may use, and keep them in its own folder.

    Parameters
    ----------
    path : str or Path
        An Excel table with one row per item (``write_texts_template``): scale, version, item, and any of subscale,
        name_sv, name_en, means_sv, means_en, anchor_<score>_sv, anchor_<score>_en.
    folder : str or Path, optional
        Default: the folder named by ``FACTFIDELITY_SCALES``, else ``.factfidelity/scales`` in the home folder.
    complete : bool
        Whether the table lists every item of the scale; then a skeleton can be scored.

    Returns
    -------
    Scale
        The scale with its texts, as ``load_scale`` will give it from now on.

    Raises
    ------
    ScaleError
        If a column, scale, item, subscale or score is unknown, or an item stands twice; all at once, with cells.
    """
    file = Path(path)
    sheet = next(iter(read_sheets(file).values()), [])
    columns = _columns(sheet, file.name)
    scale = _one_scale(sheet, columns, file.name)
    items, problems = _items(sheet, columns, scale, file.name)
    if problems:
        raise ScaleError(problems=problems, place=file.name)
    texts = OwnTexts.model_validate(
        {"scale": scale.scale, "version": scale.version, "complete": complete, "items": items}
    )
    target = Path(folder) if folder is not None else own_texts_folder()
    target.mkdir(parents=True, exist_ok=True)
    content = texts.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (target / f"{scale.id}.yaml").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return texts.added_to(scale)


def _problem(file: str, cell: str, rule: str, what: str, do: str, what_sv: str, do_sv: str) -> Problem:
    said = {"what": what, "do": do, "what_sv": what_sv, "do_sv": do_sv}
    return cell_problem(file, "items", cell, said, rule)


def _columns(sheet: Sheet, file: str) -> dict[str, int]:
    headings = [str(value or "").strip().casefold() for value in (sheet[0] if sheet else [])]
    unknown = [
        _problem(
            file,
            address(0, place),
            "unknown_column",
            f'there is no column "{name}"',
            f"use {', '.join(_PLAIN)}, anchor_1_sv …",
            f'det finns ingen kolumn "{name}"',
            f"använd {', '.join(_PLAIN)}, anchor_1_sv …",
        )
        for place, name in enumerate(headings)
        if name and name not in _PLAIN and not _ANCHOR.fullmatch(name)
    ]
    lacking = [
        _problem(
            file,
            "A1",
            "missing_column",
            f'the column "{name}" is missing',
            "add it",
            f'kolumnen "{name}" saknas',
            "lägg till den",
        )
        for name in ("scale", "item")
        if name not in headings
    ]
    if unknown or lacking:
        raise ScaleError(problems=[*unknown, *lacking], place=file)
    return {name: place for place, name in enumerate(headings) if name}


def _get(sheet: Sheet, row: int, columns: dict[str, int], name: str) -> str:
    value = value_at(sheet, row, columns[name]) if name in columns else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _one_scale(sheet: Sheet, columns: dict[str, int], file: str) -> Scale:
    rows = range(1, len(sheet))
    named = {(_get(sheet, row, columns, "scale"), _get(sheet, row, columns, "version")) for row in rows}
    named.discard(("", ""))
    if len(named) != 1:
        problem = _problem(
            file,
            "A2",
            "one_scale",
            "the table must name one scale and one version",
            "write the same in every row",
            "tabellen ska gälla en skala och en version",
            "skriv samma på varje rad",
        )
        raise ScaleError(problems=[problem], place=file)
    name, version = named.pop()
    return load_scale(name, version or None)


def _items(sheet: Sheet, columns: dict[str, int], scale: Scale, file: str) -> tuple[dict[str, Any], list[Problem]]:
    items: dict[str, Any] = {}
    problems: list[Problem] = []
    for row in range(1, len(sheet)):
        name = _get(sheet, row, columns, "item")
        if not name:
            continue
        if name in items:
            what = (
                f'the item "{name}" stands twice',
                "keep one row",
                f'punkten "{name}" står två gånger',
                "behåll en rad",
            )
            problems.append(_problem(file, address(row, columns["item"]), "doubled_item", *what))
        subscale = _get(sheet, row, columns, "subscale")
        problems += _unknown(name, subscale, row, columns, scale, file)
        anchors, wrong = _anchors(sheet, row, columns, scale, file)
        problems += wrong
        items[name] = _item(sheet, row, columns, subscale, anchors, scale, name)
    if not items and not problems:
        what = ("the table has no items", "fill it in", "tabellen har inga punkter", "fyll i den")
        problems.append(_problem(file, "A2", "no_items", *what))
    return items, problems


def _unknown(name: str, subscale: str, row: int, columns: dict[str, int], scale: Scale, file: str) -> list[Problem]:
    problems = []
    if name not in scale.items and scale.kind != "skeleton":
        what = (f'{scale.id} has no item "{name}"', "use the items of the template",
                f'{scale.id} har ingen punkt "{name}"', "använd mallens punkter")  # fmt: skip
        problems.append(_problem(file, address(row, columns["item"]), "unknown_item", *what))
    lacking = bool(scale.subscales) and not subscale and name not in scale.items
    if (subscale and subscale not in scale.subscales) or lacking:
        listed = ", ".join(scale.subscales)
        what = (f'there is no subscale "{subscale}"', f"use one of: {listed}",
                f'det finns ingen delskala "{subscale}"', f"använd någon av: {listed}")  # fmt: skip
        problems.append(_problem(file, address(row, columns.get("subscale", 0)), "unknown_subscale", *what))
    return problems


def _item(
    sheet: Sheet, row: int, columns: dict[str, int], subscale: str, anchors: list[Any], scale: Scale, name: str
) -> dict[str, Any]:
    old = scale.items.get(name)
    named = _pair(sheet, row, columns, "name") or (old.name.model_dump() if old else {"sv": name, "en": name})
    item: dict[str, Any] = {
        "name": named,
        "subscale": subscale or (old.subscale if old else ""),
        "status": "partial",
        "anchors": anchors,
    }
    means = _pair(sheet, row, columns, "means")
    return item | ({"means": means} if means else {})


def _pair(sheet: Sheet, row: int, columns: dict[str, int], name: str) -> dict[str, str] | None:
    sv, en = (_get(sheet, row, columns, f"{name}_{language}") for language in ("sv", "en"))
    return {"sv": sv or en, "en": en or sv} if sv or en else None


def _anchors(
    sheet: Sheet, row: int, columns: dict[str, int], scale: Scale, file: str
) -> tuple[list[Any], list[Problem]]:
    scores = sorted({_ANCHOR.fullmatch(name).group(1) for name in columns if _ANCHOR.fullmatch(name)})  # type: ignore[union-attr]
    anchors: list[Any] = []
    problems: list[Problem] = []
    for text in scores:
        said = _pair(sheet, row, columns, f"anchor_{text}")
        if said is None:
            continue
        score = float(text.replace("_", "."))
        limits = scale.rating
        if limits is not None and not limits.lowest <= score <= limits.highest:
            cell = address(row, columns.get(f"anchor_{text}_sv", columns.get(f"anchor_{text}_en", 0)))
            span = f"{limits.lowest:g}–{limits.highest:g}"
            problems.append(
                _problem(
                    file,
                    cell,
                    "score_range",
                    f"the score {text} is outside {span}",
                    "remove the column",
                    f"poängen {text} ligger utanför {span}",
                    "ta bort kolumnen",
                )
            )
        anchors.append({"score": score, "words": said})
    return anchors, problems
