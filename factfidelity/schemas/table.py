"""A canonical table as a data file: its columns with their meaning, its rules, and what to do when one is broken."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from factfidelity.schemas.files import Strict, read_model, schema_files

ColumnType = Literal["id", "text", "code", "date", "number", "flag"]
CheckName = Literal[
    "not_before",
    "references",
    "inside_another",
    "no_overlap",
    "covered_by",
    "touches",
    "in_period",
    "longer_than_register",
    "after_death",
    "longer_than",
    "outlier_length",
    "sum_at_most",
    "unique",
    "unit_too_small",
]


class TwoLanguages(Strict):
    """One wording in Swedish and in English; neither may be left out."""

    sv: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Threshold(Strict):
    """A limit that a rule uses; a plan may change it, and then the report shows that it was changed."""

    value: float
    means: TwoLanguages


class TableColumn(Strict):
    """One column of a canonical table.

    Attributes
    ----------
    type : str
        ``id`` and ``code`` are text that is compared, ``text`` is text that is shown, ``flag`` is yes or no.
    required : bool
        Whether the column must be delivered.
    may_be_empty : bool
        Whether a row may lack it. A row that lacks what it may not is set aside.
    allowed : tuple of str
        Closed list of codes; empty = not restricted here.
    lowest, highest : float or None
        Limits of a number, both included.
    on_fault : str
        What happens to a value that is not allowed or out of range: the row is set aside (``set_aside``),
        the cell is emptied (``empty``) or it is only said (``keep``).
    """

    type: ColumnType
    required: bool = False
    may_be_empty: bool = True
    allowed: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    on_fault: Literal["set_aside", "empty", "keep"] = "empty"
    unit: TwoLanguages | None = None
    means: TwoLanguages
    do: TwoLanguages | None = None


class TableRule(Strict):
    """One rule across columns, rows or tables.

    Attributes
    ----------
    id : str
        The same in every language and version.
    check : str
        Which of the closed list of checks is made.
    columns : tuple of str
        What it is made on, in the order that the check asks for.
    by : tuple of str
        Rows are compared within these columns.
    of : str
        The other table.
    of_columns : tuple of str
        Columns of the other table that answer to ``columns``.
    only : mapping of str to tuple of str
        The rule looks only at rows with one of these codes.
    differ : str
        The rule looks only at pairs that differ in this column.
    threshold : str
        Name of the limit.
    severity : str
    sentence, do : TwoLanguages
        What is wrong, and what to do. ``{limit}`` stands for the threshold.
    """

    id: str
    check: CheckName
    columns: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    of: str = ""
    of_columns: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    differ: str = ""
    threshold: str = ""
    severity: Literal["stop", "set_aside", "warn", "note"]
    sentence: TwoLanguages
    do: TwoLanguages


class TableSchema(Strict):
    """One canonical table.

    Attributes
    ----------
    table : str
    one_row_is : TwoLanguages
    requires : tuple of str
        Tables that must be delivered too when this one is.
    columns : mapping of TableColumn
    rules : tuple of TableRule
    thresholds : mapping of Threshold
    """

    table: str
    one_row_is: TwoLanguages
    requires: tuple[str, ...] = ()
    columns: dict[str, TableColumn]
    rules: tuple[TableRule, ...] = ()
    thresholds: dict[str, Threshold] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        seen: set[str] = set()
        for rule in self.rules:
            if rule.id in seen:
                raise ValueError(f'the rule "{rule.id}" stands twice')
            seen.add(rule.id)
            named = (*rule.columns, *rule.by, *rule.only, *((rule.differ,) if rule.differ else ()))
            unknown = sorted(set(named) - set(self.columns))
            if unknown:
                raise ValueError(f'the rule "{rule.id}" names {", ".join(unknown)}, which the table does not have')
            if rule.threshold and rule.threshold not in self.thresholds:
                raise ValueError(f'the rule "{rule.id}" names the threshold "{rule.threshold}", which is not given')
        return self

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns that must be delivered."""
        return tuple(name for name, column in self.columns.items() if column.required)


def load_table_schema(path: Path) -> TableSchema:
    """Read one file of ``schemas/tables/``.

    Raises
    ------
    SchemaError
        All faults at once, each with its line.
    """
    return read_model(path, TableSchema)


@cache
def table_schemas() -> dict[str, TableSchema]:
    """Return the schemas of all canonical tables by name; do not change the answer."""
    return {name: load_table_schema(path) for name, path in schema_files("tables").items()}
