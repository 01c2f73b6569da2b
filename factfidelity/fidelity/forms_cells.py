"""Reading a workbook cell by cell: its values by place, and problems that name the cell."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from factfidelity.errors import Problem, ScaleError

Sheet = list[list[Any]]


def read_sheets(path: Path) -> dict[str, Sheet]:
    """Return the values of every sheet of a workbook, row by row; formulas give what they last showed.

    Raises
    ------
    ScaleError
        If the file is not there or is not an Excel workbook.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=False, data_only=True)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError):
        found = path.is_file()
        what = ("is not an Excel workbook (.xlsx)" if found else "cannot be found",
                "är ingen Excelfil (.xlsx)" if found else "finns inte")  # fmt: skip
        problem = Problem(
            what[0], "give the form as it was saved from Excel", path.name, rule="not_a_workbook", kind="scale",
            what_sv=what[1], do_sv="ge formuläret så som det sparades från Excel",
        )  # fmt: skip
        raise ScaleError(problems=[problem], place=path.name) from None
    try:
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    finally:
        book.close()


def value_at(sheet: Sheet, row: int, column: int) -> Any:
    """Return the value of a cell (rows and columns from 0); None outside the sheet, texts without outer spaces."""
    if row >= len(sheet) or column >= len(sheet[row]):
        return None
    value = sheet[row][column]
    if isinstance(value, str):
        return value.strip() or None
    return value


def address(row: int, column: int) -> str:
    """Return the address of a cell: ``E7``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def cell_problem(file: str, sheet: str, cell: str, said: Mapping[str, str], rule: str) -> Problem:
    """Return a problem at a cell; ``said`` holds what, do, what_sv and do_sv."""
    return Problem(
        f"{sheet}!{cell}: {said['what']}", said["do"], file, column=cell, rule=rule, kind="scale",
        what_sv=f"{sheet}!{cell}: {said['what_sv']}", do_sv=said["do_sv"],
    )  # fmt: skip
