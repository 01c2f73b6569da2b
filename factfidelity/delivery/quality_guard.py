"""What of the delivery's account could point at a few persons, taken out before it is shown.

Rows are not persons, but where a file has one row for each person they are, and a unit with a few rows a year is a few
persons with their months.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

_SMALLEST = 5
_HIDDEN = ".."
_NOT_PERSONS = ("costs", "meetings", "population", "posts", "ratings", "staff", "teams")
_ROW_IS_PERSON = ("clients", "deaths")
_GUARDED = ("coercion", "leave", "legal_status")
_FATES = ("used", "duplicate", "superseded", "furniture", "set_aside")


def coverage_marks(found: pd.DataFrame) -> pd.Series[str]:
    """Return the mark of each month, coarsened to the year where a unit has few rows a month.

    Parameters
    ----------
    found : DataFrame, one row per table, unit and month
        table, unit, year, rows, state, mark.
    """
    line = [found["table"], found["unit"], found["year"]]
    rows = found["rows"].astype("int64")
    in_year = rows.groupby(line).transform("sum")
    months = (rows > 0).groupby(line).transform("sum")
    of_persons = ~found["table"].isin(_NOT_PERSONS)
    few = of_persons & (in_year > 0) & (in_year < _SMALLEST)
    sparse = of_persons & (in_year >= _SMALLEST) & (in_year < _SMALLEST * months)
    marks = found["mark"].astype("object").mask(few, _HIDDEN).mask(sparse, "r")
    # the first and the last month of a unit tell when somebody came or left, where few are there
    ends = of_persons & found["state"].isin(["started", "stopped"]) & (rows < _SMALLEST)
    marks = marks.mask(ends & ~few, "r")
    edge = (few | sparse) & of_persons
    unit_edge = edge.groupby([found["table"], found["unit"]]).transform("any")
    blank = found["state"].eq("outside") & unit_edge & (in_year > 0)
    marks = marks.mask(blank & few, _HIDDEN).mask(blank & sparse, "r")
    shown: pd.Series[str] = marks.astype("str")
    return shown


def unit_names(found: pd.DataFrame) -> pd.Series[str]:
    """Return the name of each unit, without that of one with fewer than five rows about persons in all.

    Parameters
    ----------
    found : DataFrame, one row per table, unit and month
        table, unit, rows.
    """
    whole = found["rows"].astype("int64").groupby([found["table"], found["unit"]]).transform("sum")
    few = whole.between(1, _SMALLEST - 1) & ~found["table"].isin(_NOT_PERSONS)
    named: pd.Series[str] = found["unit"].astype("str").mask(few, _HIDDEN)
    return named


def few_missing(found: pd.DataFrame) -> pd.Series[bool]:
    """Return which shares of missing values are of few rows, or leave few, in tables about persons."""
    lacking, rest = found["missing"], found["rows"] - found["missing"]
    few = lacking.between(1, _SMALLEST - 1) | rest.between(1, _SMALLEST - 1)
    small: pd.Series[bool] = (found["rows"] < _SMALLEST) | (few & ~found["table"].isin(_NOT_PERSONS))
    return small


def shown_files(files: pd.DataFrame) -> pd.DataFrame:
    """Return the files' account of rows without that of a file in which a few persons have one row each.

    Of compulsory care, coercion and death the few that were set aside or came twice are a few persons too.

    Where one is taken out, the smallest other file is too, so that the sum of all does not give it back.
    """
    counted = [name for name in ("rows", *_FATES) if name in files.columns]
    tables = [
        set(value.replace(" ", "").split(",")) if isinstance(value, str) else set(value) for value in files["tables"]
    ]
    is_person = np.array([bool(found & set(_ROW_IS_PERSON)) for found in tables], dtype=bool)
    numbers = files[counted].to_numpy(dtype="float64", na_value=np.nan)
    size = numbers[:, 0]
    small = (numbers > 0) & (numbers < _SMALLEST)
    # a few set aside or doubled are as many persons; headings and sums are none
    told = [place for place, name in enumerate(counted) if name != "furniture"]
    apart = [place for place in told if counted[place] not in ("rows", "used")]
    is_guarded = np.array([bool(found & set(_GUARDED)) for found in tables], dtype=bool)
    gone = (is_person & small[:, told].any(axis=1)) | (is_guarded & small[:, apart].any(axis=1))
    if not gone.any():
        return files
    beside = 0.0
    for row in np.argsort(size, kind="stable"):
        if beside >= _SMALLEST:
            break
        if size[row] > 0 and not gone[row]:
            gone[row], beside = True, beside + size[row]
    return files.assign(**{name: files[name].astype("float64").mask(gone) for name in counted})


def shown_counts(counts: pd.Series[Any]) -> pd.Series[Any]:
    """Return how many rows break each rule for readers of a report: one to four are as many persons at most."""
    number = pd.to_numeric(counts, errors="coerce")
    return counts.astype("object").mask(number.between(1, _SMALLEST - 1), "")


def shown_changes(compared: pd.DataFrame) -> pd.DataFrame:
    """Return what is new, changed and gone since the delivery before, without small numbers of persons' rows."""
    names = [name for name in ("added", "changed", "removed", "unchanged") if name in compared.columns]
    if not len(compared) or not names:
        return compared
    person = compared["table"].isin(_ROW_IS_PERSON)
    few = compared[names].apply(lambda column: column.between(1, _SMALLEST - 1)).any(axis=1) & person
    return compared.assign(**{name: compared[name].astype("float64").mask(few) for name in names})


def shown_rows(tables: dict[str, int]) -> dict[str, int | None]:
    """Return how many rows each table has; missing where that is a few persons."""
    return {name: None if 0 < rows < _SMALLEST and name not in _NOT_PERSONS else rows for name, rows in tables.items()}
