"""What of the delivery's account could point at a few persons, taken out before it is shown.

Rows are not persons, but where a file has one row for each person they are, and a unit with a few rows a year is a few
persons with their months.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

_SMALLEST = 5
_HIDDEN = ".."
_NOT_PERSONS = ("meetings", "population", "posts", "ratings", "staff", "teams")
_ROW_IS_PERSON = ("clients", "deaths")
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


def few_missing(found: pd.DataFrame) -> pd.Series[bool]:
    """Return which shares of missing values are of few rows, or leave few, in tables about persons."""
    lacking, rest = found["missing"], found["rows"] - found["missing"]
    few = lacking.between(1, _SMALLEST - 1) | rest.between(1, _SMALLEST - 1)
    small: pd.Series[bool] = (found["rows"] < _SMALLEST) | (few & ~found["table"].isin(_NOT_PERSONS))
    return small


def shown_files(files: pd.DataFrame) -> pd.DataFrame:
    """Return the files' account of rows without the small numbers of a file that has one row for each person.

    Where such a number is taken out, the same is taken out of other files until the sum that is gone leaves it open.
    """
    fates = [name for name in _FATES if name in files.columns]
    tables = [
        set(value.replace(" ", "").split(",")) if isinstance(value, str) else set(value) for value in files["tables"]
    ]
    is_person = np.array([bool(found & set(_ROW_IS_PERSON)) for found in tables], dtype=bool)
    counts = files[fates].to_numpy(dtype="float64", na_value=np.nan)
    small = (counts > 0) & (counts < _SMALLEST) & is_person[:, None]
    gone = small.copy()
    for row in np.flatnonzero(small.any(axis=1)):
        gone[row, fates.index("used")] = True  # the rest of the rows
        for column in np.flatnonzero(gone[row]):
            for other in np.argsort(counts[:, column], kind="stable"):
                if counts[gone[:, column], column].sum() - counts[row, column] >= _SMALLEST:
                    break
                if counts[other, column] > 0 and not gone[other, column]:
                    gone[other, column] = gone[other, fates.index("used")] = True
    rows = files["rows"].to_numpy(dtype="float64", na_value=np.nan)
    few = is_person & (rows > 0) & (rows < _SMALLEST)
    out = files.assign(rows=files["rows"].astype("float64").mask(few)) if few.any() else files.copy()
    for place, name in enumerate(fates):
        hidden = gone[:, place] | (few & (counts[:, place] > 0))
        if hidden.any():
            out[name] = files[name].astype("float64").mask(hidden)
    return out


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
