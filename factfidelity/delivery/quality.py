"""The delivery report: what was read and how, the fate of every row, and which rules were broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from factfidelity.errors import ExtractError, FactFidelityError, IdentityFoundError, Problem

FATES = ("used", "duplicate", "superseded", "furniture", "set_aside")
ROW_COLUMNS = ("file", "line", "fate", "reason")
BROKEN_COLUMNS = (
    "rule", "severity", "table", "column", "file", "rows", "count", "what_sv", "what_en", "do_sv", "do_en",
)  # fmt: skip
FILE_COLUMNS = (
    "file", "sheet", "tables", "encoding", "separator", "header_line", "rows", "used", "duplicate", "superseded",
    "furniture", "set_aside", "content_hash",
)  # fmt: skip


def _empty(*columns: str) -> pd.DataFrame:
    return pd.DataFrame({column: pd.Series(dtype="str") for column in columns})


@dataclass(frozen=True, kw_only=True, eq=False)
class DeliveryReport:
    """What was delivered, what is wrong and what to do. Holds no value of any client.

    Attributes
    ----------
    place : str
        Name of the folder.
    table : DataFrame, one row per rule broken in one file
        rule, severity (stop | set_aside | warn | note), table, column, file, rows (first line numbers, as
        text), count, what_sv, what_en, do_sv, do_en.
    rows : DataFrame, one row per source row
        file, line, fate (used | duplicate | superseded | furniture | set_aside), reason.
    files : DataFrame, one row per file and sheet
        How it was read, and the number of rows of each fate.
    repaired : DataFrame, one row per repair
        table, column, file, repair, count: what was put right on the way in.
    coverage : DataFrame, one row per source, unit and month
        table, unit, month, rows, state (reported | silent | started | stopped).
    missing : DataFrame, one row per table, column and year
        table, column, year, rows, missing, share.
    breaks : DataFrame, one row per known break inside the period
        date, source, tables, sv, en.
    length_of_stay : DataFrame, one row per file with a delivered length of stay
        file, stays, differ, share.
    smallest_group : DataFrame, one row
        k (persons in the smallest group), groups, groups_below_5, by; ``k`` is missing below 5.
    compared : DataFrame, one row per table
        table, added, changed, removed, unchanged: against the previous delivery.
    thresholds : DataFrame, one row per threshold
        name, value, default, changed, sv, en.
    problems : tuple of Problem
        The same as ``table``, as the errors hold them.
    """

    place: str
    table: pd.DataFrame = field(default_factory=lambda: _empty(*BROKEN_COLUMNS))
    rows: pd.DataFrame = field(default_factory=lambda: _empty(*ROW_COLUMNS))
    files: pd.DataFrame = field(default_factory=lambda: _empty(*FILE_COLUMNS))
    repaired: pd.DataFrame = field(default_factory=lambda: _empty("table", "column", "file", "repair", "count"))
    coverage: pd.DataFrame = field(default_factory=lambda: _empty("table", "unit", "month", "rows", "state"))
    missing: pd.DataFrame = field(default_factory=lambda: _empty("table", "column", "year", "rows", "missing", "share"))
    breaks: pd.DataFrame = field(default_factory=lambda: _empty("date", "source", "tables", "sv", "en"))
    length_of_stay: pd.DataFrame = field(default_factory=lambda: _empty("file", "stays", "differ", "share"))
    smallest_group: pd.DataFrame = field(default_factory=lambda: _empty("k", "groups", "groups_below_5", "by"))
    compared: pd.DataFrame = field(default_factory=lambda: _empty("table", "added", "changed", "removed", "unchanged"))
    thresholds: pd.DataFrame = field(default_factory=lambda: _empty("name", "value", "default", "changed", "sv", "en"))
    problems: tuple[Problem, ...] = ()
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    linkage: Mapping[str, float] = field(default_factory=dict)
    language: str = "sv"

    @property
    def ok(self) -> bool:
        """Whether an extract can be made: nothing broken is so grave that it stops."""
        return not any(problem.severity == "stop" for problem in self.problems)

    @property
    def error(self) -> FactFidelityError | None:
        """The error that loading the same delivery raises, with all that stops it; None when it is ok."""
        stops = [problem for problem in self.problems if problem.severity == "stop"]
        if not stops:
            return None
        identity = [problem for problem in stops if problem.kind == "identity"]
        if identity:
            return IdentityFoundError(problems=identity, place=self.place)
        return ExtractError(problems=stops, place=self.place)


def build_report(
    *,
    place: str,
    files: pd.DataFrame,
    rows: pd.DataFrame,
    checked: object = None,
    problems: tuple[Problem, ...] = (),
    repaired: pd.DataFrame | None = None,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    previous: Mapping[str, pd.DataFrame] | None = None,
    linkage: Mapping[str, float] | None = None,
    language: str = "sv",
) -> DeliveryReport:
    """Put the report together from what reading found and what the checks found.

    Parameters
    ----------
    place : str
        Name of the folder, without the way to it.
    files : DataFrame, one row per file and sheet
        file, sheet, tables, encoding, separator, header_line, content_hash; the counts of fates are added here.
    rows : DataFrame, one row per source row
        file, line, fate, reason as reading and mapping left them: a row that became at least one canonical
        row is ``used``. The checks may turn ``used`` into ``set_aside``.
    checked : CheckedTables or None
        None when reading was stopped before the checks.
    problems : tuple of Problem
        What reading, the identity screen and the mapping found, of any severity.
    repaired : DataFrame
        table, column, file, repair, count.
    previous : mapping of DataFrame
        Canonical tables of the delivery before.
    linkage : mapping of float
        Share of each source's persons that the crosswalk could link.

    Notes
    -----
    A delivered length of stay is compared when the canonical ``episodes`` frame carries the extra column
    ``delivered_days`` (float, as delivered).
    """
    return DeliveryReport(
        place=place, files=files, rows=rows, problems=problems, start=start, end=end, language=language,
        linkage=dict(linkage or {}),
    )  # fmt: skip
