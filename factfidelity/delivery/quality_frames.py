"""The frames of a delivery report, and what is counted straight from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from factfidelity.delivery.checks import BROKEN_COLUMNS
from factfidelity.delivery.words import FATES
from factfidelity.errors import Problem

ROW_COLUMNS = ("file", "line", "fate", "reason")
FILE_COLUMNS = (
    "file", "sheet", "tables", "encoding", "separator", "header_line", "rows", "used", "duplicate", "superseded",
    "furniture", "set_aside", "content_hash",
)  # fmt: skip
REPAIR_COLUMNS = ("table", "column", "file", "repair", "count")


def _empty(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="object") for column in columns})


@dataclass(frozen=True, kw_only=True, eq=False)
class Delivered:
    """The content of a delivery report, without its words. Holds no value of any client.

    Attributes
    ----------
    place : str
        Name of the folder.
    table : DataFrame, one row per rule broken in one file
        rule, severity (stop | set_aside | warn | note), table, column, file, rows (the first line numbers, as
        text), count, what_sv, what_en, do_sv, do_en.
    rows : DataFrame, one row per source row
        file, line, fate (used | duplicate | superseded | furniture | set_aside), reason.
    files : DataFrame, one row per file and sheet
        How it was read, and the number of rows of each fate.
    repaired : DataFrame, one row per repair
        table, column, file, repair, count: what was put right on the way in.
    coverage : DataFrame, one row per table, unit and month
        table, unit, month, rows, state (reported | silent | started | stopped | outside).
    missing : DataFrame, one row per table, column and year
        table, column, year (0 where the table has no date), rows, missing, share.
    breaks : DataFrame, one row per known break of a register inside the period
        date, source, tables, sv, en.
    length_of_stay : DataFrame, one row per file with a delivered length of stay
        file, stays, differ, share.
    smallest_group : DataFrame, one row
        k (persons in the smallest group), groups, groups_below_5, by. For the secure room: what is shown
        and written says "fewer than 5" where it is.
    compared : DataFrame, one row per table
        table, added, changed, removed, unchanged: against the delivery before; empty when there is none.
    thresholds : DataFrame, one row per threshold
        name, value, default, changed, sv, en.
    problems : tuple of Problem
        The same as ``table``, as the errors hold them.
    linkage : mapping of float
        Share of each source's persons that the crosswalk could link.
    """

    place: str
    table: pd.DataFrame = field(default_factory=partial(_empty, *BROKEN_COLUMNS))
    rows: pd.DataFrame = field(default_factory=partial(_empty, *ROW_COLUMNS))
    files: pd.DataFrame = field(default_factory=partial(_empty, *FILE_COLUMNS))
    repaired: pd.DataFrame = field(default_factory=partial(_empty, *REPAIR_COLUMNS))
    coverage: pd.DataFrame = field(default_factory=partial(_empty, "table", "unit", "month", "rows", "state"))
    missing: pd.DataFrame = field(
        default_factory=partial(_empty, "table", "column", "year", "rows", "missing", "share")
    )
    breaks: pd.DataFrame = field(default_factory=partial(_empty, "date", "source", "tables", "sv", "en"))
    length_of_stay: pd.DataFrame = field(default_factory=partial(_empty, "file", "stays", "differ", "share"))
    smallest_group: pd.DataFrame = field(default_factory=partial(_empty, "k", "groups", "groups_below_5", "by"))
    compared: pd.DataFrame = field(default_factory=partial(_empty, "table", "added", "changed", "removed", "unchanged"))
    thresholds: pd.DataFrame = field(default_factory=partial(_empty, "name", "value", "default", "changed", "sv", "en"))
    problems: tuple[Problem, ...] = ()
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    linkage: Mapping[str, float] = field(default_factory=dict)
    language: str = "sv"

    @property
    def ok(self) -> bool:
        """Whether an extract can be made: nothing broken is so grave that it stops."""
        return not any(problem.severity == "stop" for problem in self.problems)

    def account(self) -> dict[str, int]:
        """Return the number of source rows by fate; they add up to all rows."""
        counts = self.rows["fate"].value_counts()
        return {fate: int(counts.get(fate, 0)) for fate in FATES}
