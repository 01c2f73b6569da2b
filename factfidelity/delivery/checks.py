"""Checks of the canonical tables: each column by its schema, rows across columns and tables by their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.days import day_number
from factfidelity.delivery.checks_columns import column_faults, empty_cells, words_of_fault
from factfidelity.delivery.checks_rules import Around, broken_rows
from factfidelity.delivery.words import COLUMN_DO, COLUMN_SENTENCES
from factfidelity.errors import PlanError, Problem
from factfidelity.extract import Source
from factfidelity.schemas.table import TableRule, TableSchema, table_schemas
from factfidelity.wording import percent, pick

Mask = NDArray[np.bool_]
Text = Mapping[str, str]

BROKEN_COLUMNS = (
    "rule", "severity", "table", "column", "file", "rows", "count", "what_sv", "what_en", "do_sv", "do_en",
)  # fmt: skip
_FIRST = ("teams", "clients", "deaths", "enrolments", "staff", "episodes", "legal_status")
_ROWS_KEPT = 10


@dataclass(frozen=True, eq=False)
class CheckedTables:
    """Canonical tables after the checks.

    Attributes
    ----------
    tables : mapping of DataFrame
        Accepted rows, with ``_source`` and ``_line`` still on them.
    set_aside : DataFrame, one row per canonical row that a rule set aside
        table, _source, _line, rule.
    broken : DataFrame, one row per rule broken in one file
        rule, severity, table, column, file, rows (tuple of the first line numbers), count, what_sv, what_en,
        do_sv, do_en.
    thresholds : DataFrame, one row per threshold
        name (``table.threshold``), value, default, changed, sv, en.
    """

    tables: Mapping[str, pd.DataFrame]
    set_aside: pd.DataFrame
    broken: pd.DataFrame
    thresholds: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def ok(self) -> bool:
        """Whether no rule that stops is broken."""
        return not bool((self.broken["severity"] == "stop").any())


@dataclass(eq=False)
class _Findings:
    """What has been found so far; grows table by table."""

    headings: Mapping[tuple[str, str, str], str]
    broken: list[dict[str, Any]] = field(default_factory=list)
    aside: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        frame: pd.DataFrame,
        mask: Mask,
        table: str,
        rule: str,
        severity: str,
        column: str,
        sentence: Text,
        do: Text,
    ) -> None:
        """Keep one rule broken, by file."""
        hit = frame.loc[mask, ["_source", "_line"]]
        for file, lines in hit.groupby("_source", observed=True, sort=True)["_line"]:
            first = tuple(int(line) for line in np.unique(lines.to_numpy())[:_ROWS_KEPT])
            said = self._named(sentence, (str(file), table, column)) if rule in COLUMN_SENTENCES else sentence
            self.say(table, rule, severity, column, said, do, file=str(file), rows=first, count=len(lines))
        if severity == "set_aside":
            self.aside.append(hit.assign(table=table, rule=rule))

    def _named(self, sentence: Text, place: tuple[str, str, str]) -> Text:
        """Put the supplier's heading before our name of the column."""
        heading, column = self.headings.get(place, place[2]), place[2]
        if heading == column:
            return sentence
        return {language: text.replace(column, f"{heading} ({column})", 1) for language, text in sentence.items()}

    def say(
        self, table: str, rule: str, severity: str, column: str, sentence: Text, do: Text, *, file: str = "",
        rows: tuple[int, ...] = (), count: int = 0,
    ) -> None:  # fmt: skip
        """Keep one fault of a whole table, or of some rows of a file."""
        values = (
            rule, severity, table, column, file, rows, count, sentence["sv"], sentence["en"], do["sv"], do["en"],
        )  # fmt: skip
        self.broken.append(dict(zip(BROKEN_COLUMNS, values, strict=True)))


def check_tables(
    tables: Mapping[str, pd.DataFrame],
    *,
    sources: Mapping[str, Source] | None = None,
    start: pd.Timestamp,
    end: pd.Timestamp,
    thresholds: Mapping[str, float] | None = None,
    headings: Mapping[tuple[str, str, str], str] | None = None,
) -> CheckedTables:
    """Check canonical tables against ``schemas/tables/*.yaml``.

    Parameters
    ----------
    tables : mapping of DataFrame
        By name. Each frame carries ``_source`` (file that the row came from) and ``_line`` (its line there);
        where they are missing, the table's name and the row's number stand for them.
    sources : mapping of Source
        What is known about each table's source.
    start, end : Timestamp
        The period of the delivery, half open.
    thresholds : mapping of float
        Limits that the plan changes, by ``table.threshold`` or by ``threshold`` for all tables that have it.
    headings : mapping of (file, table, column) to str
        What the supplier calls a column; a fault of a column names it so.

    Returns
    -------
    CheckedTables
        The caller's frames are not changed.

    Raises
    ------
    PlanError
        If a threshold is named that no table has.
    """
    schemas = table_schemas()
    limits = _limits(schemas, thresholds or {})
    found = _Findings(headings or {})
    order = [*_FIRST, *sorted(set(schemas) - set(_FIRST))]
    accepted: dict[str, pd.DataFrame] = {}
    for name in order:
        if name in tables:
            accepted[name] = _placed(tables[name], name)
    _check_presence(accepted, schemas, found)
    for name in [name for name in order if name in accepted]:
        source = (sources or {}).get(name, Source())
        around = Around(accepted, source, day_number(start), day_number(end))
        accepted[name] = _checked(accepted[name], schemas[name], limits, around, found)
    return CheckedTables(
        accepted, _aside(found.aside), pd.DataFrame(found.broken, columns=list(BROKEN_COLUMNS)), _shown(schemas, limits)
    )


def _placed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    if "_source" not in frame.columns:
        frame = frame.assign(_source=name)
    return frame if "_line" in frame.columns else frame.assign(_line=np.arange(1, len(frame) + 1))


def _check_presence(tables: Mapping[str, pd.DataFrame], schemas: Mapping[str, TableSchema], found: _Findings) -> None:
    asked: dict[str, list[str]] = {}
    for name, frame in tables.items():
        for column in schemas[name].required_columns:
            if column not in frame.columns and len(frame):
                _say(found, "required_column", name, column=column)
        for other in schemas[name].requires:
            if len(frame) and not len(tables.get(other, ())):
                asked.setdefault(other, []).append(name)
    for other, names in asked.items():
        _say(found, "required_table", other, column=", ".join(names))


def _say(found: _Findings, rule: str, table: str, severity: str = "stop", count: int = 0, **fields: str | Text) -> None:
    column = "" if rule == "required_table" else str(fields.get("column", ""))
    given: dict[str, str | Text] = {"table": table, **fields}

    def filled(text: Text) -> Text:
        return {
            language: wording.format(**{name: pick(value, language) for name, value in given.items()})
            for language, wording in text.items()
        }

    found.say(table, rule, severity, column, filled(COLUMN_SENTENCES[rule]), filled(COLUMN_DO[rule]), count=count)


def _checked(
    frame: pd.DataFrame, schema: TableSchema, limits: Mapping[str, float], around: Around, found: _Findings
) -> pd.DataFrame:
    rows = len(frame)
    frame = _check_columns(frame, schema, found)
    for rule in schema.rules:
        limit = limits.get(f"{schema.table}.{rule.threshold}", 0.0)
        mask = broken_rows(frame, rule, limit, around)
        if mask.any():
            sentence, do = _words(rule, limit)
            column = rule.columns[0] if rule.columns else ""
            found.add(frame, mask, schema.table, rule.id, rule.severity, column, sentence, do)
            if rule.severity == "set_aside":
                frame = frame.loc[~mask].reset_index(drop=True)
    _check_shares(frame, rows, schema, limits, found)
    return frame


def _check_columns(frame: pd.DataFrame, schema: TableSchema, found: _Findings) -> pd.DataFrame:
    if not len(frame):
        return frame
    aside = np.zeros(len(frame), dtype=np.bool_)
    for fault in column_faults(frame, schema):
        spec = schema.columns[fault.column]
        sentence, do = words_of_fault(fault, spec, frame, schema.table)
        mask = fault.rows & ~aside
        if not mask.any():
            continue
        action = {"empty": "set_aside", "wrong_type": "stop"}.get(fault.rule, spec.on_fault)
        severity = {"set_aside": "set_aside", "stop": "stop"}.get(action, "warn")
        found.add(frame, mask, schema.table, fault.rule, severity, fault.column, sentence, do)
        if severity == "set_aside":
            aside |= mask
        elif action == "empty":
            frame = frame.assign(**{fault.column: frame[fault.column].mask(mask)})
    return frame.loc[~aside].reset_index(drop=True) if aside.any() else frame


def _words(rule: TableRule, limit: float) -> tuple[Text, Text]:
    def filled(text: Any) -> Text:
        shown = f"{limit:g}"
        return {"sv": text.sv.replace("{limit}", shown.replace(".", ",")), "en": text.en.replace("{limit}", shown)}

    return filled(rule.sentence), filled(rule.do)


def _check_shares(
    frame: pd.DataFrame, rows: int, schema: TableSchema, limits: Mapping[str, float], found: _Findings
) -> None:
    def in_words(share: float) -> Text:
        return {language: percent(share, language=language) for language in ("sv", "en")}

    limit = limits[f"{schema.table}.set_aside_share"]
    share = 1 - len(frame) / rows if rows else 0.0
    if share > limit:
        _say(
            found, "too_many_set_aside", schema.table, count=rows - len(frame),
            share=in_words(share), limit=in_words(limit),
        )  # fmt: skip
    for name, spec in schema.columns.items():
        if spec.required and spec.may_be_empty and name in frame.columns and name not in ("end", "discharged"):
            gone = int(empty_cells(frame[name]).sum())
            if gone > limits[f"{schema.table}.missing_share"] * len(frame):
                shown = in_words(gone / len(frame))
                _say(found, "missing_share", schema.table, "warn", gone, column=name, share=shown)


def _limits(schemas: Mapping[str, TableSchema], changed: Mapping[str, float]) -> dict[str, float]:
    limits = {
        f"{name}.{key}": limit.value for name, schema in schemas.items() for key, limit in schema.thresholds.items()
    }
    unknown = []
    for key, value in changed.items():
        hits = [name for name in limits if name == key or name.endswith(f".{key}")]
        unknown += [] if hits else [key]
        limits.update(dict.fromkeys(hits, float(value)))
    if unknown:
        known = ", ".join(sorted({name.split(".")[1] for name in limits}))
        what = f'thresholds: there is no threshold "{", ".join(unknown)}"'
        raise PlanError(problems=[Problem(what, f"remove it, or use one of: {known}", kind="plan")])
    return limits


def _shown(schemas: Mapping[str, TableSchema], limits: Mapping[str, float]) -> pd.DataFrame:
    rows = []
    for name, schema in schemas.items():
        for key, limit in schema.thresholds.items():
            value = limits[f"{name}.{key}"]
            changed = value != limit.value
            rows.append((f"{name}.{key}", value, limit.value, changed, limit.means.sv, limit.means.en))
    return pd.DataFrame(rows, columns=["name", "value", "default", "changed", "sv", "en"])


def _aside(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    frames = list(parts)
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype="str") for name in ("table", "_source", "_line", "rule")})
    columns = ["table", "_source", "_line", "rule"]
    return pd.concat(frames, ignore_index=True)[columns]
