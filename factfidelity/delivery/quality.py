"""The delivery report: what was read and how, the fate of every row, and which rules were broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.delivery import quality_measures, quality_views
from factfidelity.delivery.checks import BROKEN_COLUMNS, CheckedTables
from factfidelity.delivery.quality_frames import FILE_COLUMNS, Delivered
from factfidelity.delivery.words import FATES, REPORT
from factfidelity.display.views import TableView
from factfidelity.errors import ExtractError, FactFidelityError, IdentityFoundError, Problem
from factfidelity.wording import percent

_MOST_SET_ASIDE = 0.5
_KINDS = {"required_column": "missing_column"}


@dataclass(frozen=True, kw_only=True, eq=False)
class DeliveryReport(Delivered):
    """What was delivered, what is wrong and what to do.

    Its frames are those of ``Delivered``: table, rows, files, repaired, coverage, missing, breaks, length_of_stay,
    smallest_group, compared, thresholds.
    """

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

    def summary(self, language: str | None = None) -> str:
        """Return what was delivered, whether it can be used, and what was found, in plain words."""
        return quality_views.summary(self, language or self.language)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the tables of the report page; counts of persons under 5 are not in them."""
        return quality_views.views(self, language or self.language)

    def _repr_html_(self) -> str:
        return quality_views.notebook_html(self, self.language)

    def __repr__(self) -> str:
        state = "ok" if self.ok else "stopped"
        return f"DeliveryReport({self.place}: {state}, {len(self.rows)} rows, {len(self.table)} rules broken)"


def build_report(
    *,
    place: str,
    files: pd.DataFrame,
    rows: pd.DataFrame,
    checked: CheckedTables | None = None,
    problems: Iterable[Problem] = (),
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
        file (as in ``_source``), line, fate, reason as reading and mapping left them: a row that became at least
        one canonical row is ``used``. The checks may turn ``used`` into ``set_aside``.
    checked : CheckedTables or None
        None when reading was stopped before the checks.
    problems : iterable of Problem
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
    given = tuple(problems)
    measures: dict[str, Any] = {}
    if checked is not None:
        rows = _after_checks(rows, checked)
        given += problems_of(checked.broken)
        measures = _measures(checked, start, end, previous)
        group = measures.get("smallest_group")
        if group is not None and len(group) and group["k"].iloc[0] < 5:
            given += (_small_group_problem(),)
    files = _counted(files, rows)
    given += _without_rows(files, given)
    if not any(problem.severity == "stop" for problem in given):
        given += _mostly_set_aside(rows)
    if repaired is not None:
        measures["repaired"] = repaired
    return DeliveryReport(
        place=place, table=_table_of(given, checked), rows=rows, files=files, problems=given,
        start=start, end=end, linkage=dict(linkage or {}), language=language, **measures,
    )  # fmt: skip


def _without_rows(files: pd.DataFrame, known: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Say which files hold headings and nothing below them."""
    said = {problem.file for problem in known if problem.severity == "stop"}
    empty = [str(name) for name, rows in zip(files["file"], files["rows"], strict=True) if rows == 0]
    what, do = REPORT["no_rows"], REPORT["no_rows_do"]
    return tuple(
        Problem(
            what=what["en"],
            do=do["en"],
            file=name,
            rule="no_rows",
            severity="warn",
            what_sv=what["sv"],
            do_sv=do["sv"],
        )
        for name in empty
        if name not in said
    )


def _mostly_set_aside(rows: pd.DataFrame) -> tuple[Problem, ...]:
    """Stop a delivery where more than half of the rows of a file are set aside, whoever set them aside."""
    if not len(rows):
        return ()
    counts = _by_file(rows)
    counts = counts.reindex(columns=["used", "set_aside"], fill_value=0)
    share = counts["set_aside"] / counts.sum(axis=1).clip(lower=1)
    found = []
    for file in share.index[share > _MOST_SET_ASIDE]:
        shown = {language: percent(share[file], language=language) for language in ("sv", "en")}
        what = {language: REPORT["mostly_aside"][language].format(share=shown[language]) for language in shown}
        do = REPORT["mostly_aside_do"]
        found.append(
            Problem(
                what=what["en"],
                do=do["en"],
                file=str(file),
                count=int(counts.loc[file, "set_aside"]),
                rule="too_many_set_aside",
                kind="extract",
                what_sv=what["sv"],
                do_sv=do["sv"],
            )
        )
    return tuple(found)


def problems_of(broken: pd.DataFrame) -> tuple[Problem, ...]:
    """Return the rules broken as problems."""
    return tuple(
        Problem(
            what=row["what_en"],
            do=row["do_en"],
            file=row["file"] or row["table"],
            column=row["column"],
            rows=tuple(row["rows"]),
            count=int(row["count"]) or None,
            rule=row["rule"],
            kind=_KINDS.get(row["rule"], "extract") if row["severity"] == "stop" else "",
            severity=row["severity"],
            what_sv=row["what_sv"],
            do_sv=row["do_sv"],
        )
        for row in broken.to_dict("records")
    )


def _table_of(problems: tuple[Problem, ...], checked: CheckedTables | None) -> pd.DataFrame:
    tables: dict[tuple[str, str, str], str] = {}
    if checked is not None:
        for row in checked.broken.to_dict("records"):
            tables[row["rule"], row["file"] or row["table"], row["column"]] = row["table"]
    values = [
        (
            problem.rule, problem.severity, tables.get((problem.rule, problem.file, problem.column), ""),
            problem.column, problem.file, ", ".join(map(str, problem.rows[:10])),
            problem.count if problem.count is not None else len(problem.rows),
            problem.what_sv or problem.what, problem.what, problem.do_sv or problem.do, problem.do,
        )
        for problem in problems
    ]  # fmt: skip
    return pd.DataFrame(values, columns=list(BROKEN_COLUMNS))


def _small_group_problem() -> Problem:
    text = REPORT["small_group"]
    do = REPORT["small_group_do"]
    return Problem(
        what=text["en"], do=do["en"], file="clients", rule="smallest_group", severity="warn", what_sv=text["sv"],
        do_sv=do["sv"],
    )  # fmt: skip


def _measures(
    checked: CheckedTables,
    start: pd.Timestamp | None,
    end: pd.Timestamp | None,
    previous: Mapping[str, pd.DataFrame] | None,
) -> dict[str, Any]:
    tables = checked.tables
    found: dict[str, Any] = {
        "missing": quality_measures.missing(tables),
        "length_of_stay": quality_measures.length_of_stay(tables.get("episodes")),
        "thresholds": checked.thresholds,
    }
    if start is not None and end is not None:
        delivered = [name for name, frame in tables.items() if len(frame)]
        found["coverage"] = quality_measures.coverage(tables, start, end)
        found["breaks"] = quality_measures.breaks(delivered, start, end)
        found["smallest_group"] = quality_measures.smallest_group(tables.get("clients"), start)
    if previous is not None:
        found["compared"] = quality_measures.compared(tables, previous)
    return found


def _after_checks(rows: pd.DataFrame, checked: CheckedTables) -> pd.DataFrame:
    """Turn ``used`` into ``set_aside`` for source rows none of whose canonical rows was accepted."""
    aside = checked.set_aside
    if not len(aside) or not len(rows):
        return rows
    fate = rows["fate"].astype("object").to_numpy(copy=True)
    reason = rows["reason"].astype("object").to_numpy(copy=True)
    files, lines = rows["file"].astype("object").to_numpy(), rows["line"].to_numpy(dtype=np.int64)
    for source, part in aside.groupby("_source", observed=True):
        first = part.drop_duplicates("_line")
        gone = first["_line"].to_numpy(dtype=np.int64)
        kept = np.zeros(len(gone), dtype=bool)
        for frame in checked.tables.values():
            here = frame.loc[(frame["_source"] == source).to_numpy(dtype=bool), "_line"].to_numpy(dtype=np.int64)
            kept |= np.isin(gone, here)
        rules = pd.Series(first["rule"].to_numpy()[~kept], index=gone[~kept])
        place = np.flatnonzero((files == source) & (fate == "used") & np.isin(lines, rules.index.to_numpy()))
        fate[place] = "set_aside"
        reason[place] = rules.loc[lines[place]].to_numpy()
    return rows.assign(fate=pd.Categorical(fate), reason=pd.Categorical(reason))


def _by_file(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of rows of each fate, by file."""
    files, fates = rows["file"].astype("category").cat, rows["fate"].astype("category").cat
    width = max(len(fates.categories), 1)
    numbers = np.bincount(files.codes.to_numpy(dtype=np.int64) * width + fates.codes.to_numpy(dtype=np.int64),
                          minlength=len(files.categories) * width).reshape(-1, width)  # fmt: skip
    return pd.DataFrame(numbers, index=list(map(str, files.categories)), columns=list(map(str, fates.categories)))


def _counted(files: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the number of rows of each fate to the list of files."""
    lacking = {column: "" for column in FILE_COLUMNS if column not in files.columns}
    files = files.assign(**lacking)[[*FILE_COLUMNS, *(name for name in files.columns if name not in FILE_COLUMNS)]]
    if not len(rows):
        return files.assign(**dict.fromkeys(("rows", *FATES), 0))
    counts = _by_file(rows)
    places = zip(files["file"].astype(str), files["sheet"].fillna("").astype(str), strict=True)
    names = [file if file in counts.index or not sheet else f"{file} [{sheet}]" for file, sheet in places]
    found = counts.reindex(index=names, columns=list(FATES), fill_value=0)
    return files.assign(rows=found.sum(axis=1).to_numpy(), **{fate: found[fate].to_numpy() for fate in FATES})
