"""What a mapping file may say: a supplier's files, columns and codes, and the tables that they feed.

A *layout* describes one kind of file (``schemas/mappings/par_sv.yaml``); a *mapping* describes one delivery:
its period, which files have which layout, how pseudonyms are linked, and what is known about completeness.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from factfidelity.schemas.files import Strict

MUNICIPALITIES = "municipalities"
Scalar = bool | int | float | str
EndIs = Literal["last_day", "first_day_after"]
Kind = Literal[
    "id", "text", "code", "date", "time", "number", "fte", "flag", "icd10", "list", "county", "municipality", "year"
]


def _as_text(value: Any) -> Any:
    """Let a code be written without quotes: 1 becomes "1"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _text_keys(value: Any) -> Any:
    return {_as_text(key): item for key, item in value.items()} if isinstance(value, dict) else value


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str | int | float) else value


Code = Annotated[str, BeforeValidator(_as_text)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_as_tuple)]
Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
Recode = Annotated[dict[str, Code], BeforeValidator(_text_keys)]
ScalarRecode = Annotated[dict[str, Scalar], BeforeValidator(_text_keys)]


class Span(Strict):
    """A period; ``end`` is the first day after."""

    start: dt.date
    end: dt.date


class ColumnSpec(Strict):
    """One column of a source: the headings it may stand under, and how its text is read.

    ``names`` are matched without regard to case and spaces, in order of preference; ``pattern`` is a regular
    expression that is tried after them. ``missing`` are texts that mean "no value" in this column only. ``values``
    recodes texts; a text that is not listed is kept as it is. ``factor`` turns a number into our unit (hours to
    minutes: 60). ``from_list`` recodes by a list under ``codes`` of the mapping; ``known`` are the municipality codes
    that exist, others are said and left empty. ``first_word`` keeps what stands before the first space
    (``0180 Stockholm``). ``day_first`` declares that ``05/01/2023`` is 5 January; without it such dates are not read.
    ``whole_months``: a date column of months (``2023-01``), each read as its first day.
    """

    names: Names = ()
    pattern: str = ""
    kind: Kind = "text"
    required: bool = False
    missing: Codes = ()
    values: Recode = Field(default_factory=dict)
    width: int = Field(default=0, ge=0, le=20)
    factor: float = Field(default=1.0, gt=0)
    split: Literal["space", "comma", "semicolon"] = "space"
    first_word: bool = False
    from_list: str = ""
    known: Codes = ()
    six_digits: Literal["", "YYMMDD", "YYYYMM"] = ""
    epoch: Literal["", "excel", "excel_1904", "sas", "unix"] = ""
    day_first: bool = False
    whole_months: bool = False


class Derived(Strict):
    """A value of ours made from one column of the source: a second recode, or what a list of codes holds."""

    column: str
    values: ScalarRecode = Field(default_factory=dict)
    any_of: Codes = ()
    collect: Recode = Field(default_factory=dict)
    filled: bool = False
    otherwise: Scalar | None = None


class Events(Strict):
    """How a log of events becomes periods: a second beginning before an end is a review."""

    column: str
    begins: Codes
    ends: Codes
    reviews: Codes = ()
    date: str
    time: str = ""
    per: Names
    reason_begin: str = ""
    reason_end: str = ""


class Wide(Strict):
    """Columns side by side that are one value each under its own heading (years, raters)."""

    pattern: str
    key: str
    value: str
    names: Recode = Field(default_factory=dict)


class Feed(Strict):
    """One table that each row of a source feeds.

    ``columns``: our column → the source's column by its name in the layout (``a|b``: the first that is delivered;
    ``year.end``: the first day of the next year; ``date.precision``), or a ``Derived``. ``constants``: our column → a
    value for all rows. ``when``: only rows whose column holds one of the values (an empty list: any value).
    ``each``: a list column, one row for each of its codes; ``codes``: only these, and what they are called here.
    ``once``: rows that say the same are one row. ``row_id``: our column that gets an id made from the row's content.
    """

    table: str
    columns: dict[str, str | Derived] = Field(default_factory=dict)
    constants: dict[str, Scalar] = Field(default_factory=dict)
    when: dict[str, Codes] = Field(default_factory=dict)
    each: str = ""
    codes: Recode = Field(default_factory=dict)
    once: bool = False
    row_id: str = ""
    end_is: EndIs = "first_day_after"
    end_columns: Names = ("end",)
    events: Events | None = None


class Layout(Strict):
    """One kind of file: its columns, and the tables that it feeds.

    ``key``: the columns that name a row over several deliveries; of rows with the same key in different files, the one
    in the latest file counts; ``admitted.year`` is the year of a date, for serial numbers that begin anew each year.
    ``second_key``: what names a row where the columns of ``key`` were not delivered; those of its columns that are not
    required may be missing. ``may_repeat``: rows that say the same are not duplicates (two posts alike).
    ``drop``: headings that are never loaded. ``person``: the column with the person key; ``person_within``: the column
    with the municipality inside which alone that key is unique. ``year_in_name``: the column that may be missing where
    each year is a file with the year in its name. ``taken_back_by``: the column of numbers in which a negative one
    takes back an earlier row that says the same.
    ``from_register``: the national register that such files are extracts of; empty where they are not.
    ``certainty``: how well the headings are known (``verified`` from the register's own documentation, ``example``
    from an invented example of how such files look).
    """

    layout: str
    title: dict[str, str] = Field(default_factory=dict)
    one_row_is: dict[str, str] = Field(default_factory=dict)
    certainty: Literal["verified", "example"] = "example"
    basis: str = ""
    file_names: Names = ()
    person: str = ""
    person_within: str = ""
    columns: dict[str, ColumnSpec]
    wide: Wide | None = None
    key: Names = ()
    second_key: Names = ()
    year_in_name: str = ""
    taken_back_by: str = ""
    may_repeat: bool = False
    drop: Names = ()
    completeness: Literal["running", "discharged"] = "running"
    from_register: str = ""
    feeds: tuple[Feed, ...]
    notes: dict[str, str] = Field(default_factory=dict)


class SourceSpec(Strict):
    """One source of a delivery: its files, their layout, and what is known about it.

    Give ``layout`` (one that is shipped), or ``table`` (the files hold one of our tables as it is), or own ``columns``
    and ``feeds``. With a layout, ``columns`` replace or add single columns and ``feeds``, where given, replace all.
    """

    files: Names
    sheet: str = ""
    layout: str = ""
    table: str = ""
    person: str = ""
    person_within: str = ""
    columns: dict[str, ColumnSpec] = Field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()
    constants: dict[str, Scalar] = Field(default_factory=dict)
    key: Names | None = None
    drop: Names = ()
    pseudonyms: Names = ()
    allow_numeric_pseudonym: bool = False
    end_is: EndIs | None = None
    encoding: str = ""
    separator: Literal["", ";", ",", "\t", "|"] = ""
    crosswalk: str = ""
    completeness: Literal["running", "discharged"] | None = None
    from_register: str | None = None
    linked: bool = True
    truncation_lag: int = Field(default=180, ge=0, le=3653)
    period: Span | None = None


class CrosswalkSpec(Strict):
    """A file that links one supplier's pseudonyms to the client ids of the delivery.

    ``within``: the column with the municipality, where the pseudonyms are unique only inside one.
    """

    files: Names
    source: str
    client: str
    within: str = ""


class CodeListSpec(Strict):
    """A list of codes that is delivered: which columns hold the code and its text; empty = the first and the second."""

    files: Names
    code: str = ""
    text: str = ""


def _as_files(value: Any) -> Any:
    return {"files": value} if isinstance(value, str | list) else value


CodeList = Annotated[CodeListSpec, BeforeValidator(_as_files)]


class Mapping(Strict):
    """One delivery: its period and its sources.

    ``codes``: lists of codes that are delivered; the one named ``municipalities`` is what municipality codes are
    checked against, others are asked for by ``from_list`` of a column.
    """

    mapping: str
    title: dict[str, str] = Field(default_factory=dict)
    period: Span | None = None
    teams: Recode = Field(default_factory=dict)
    crosswalks: dict[str, CrosswalkSpec] = Field(default_factory=dict)
    codes: dict[str, CodeList] = Field(default_factory=dict)
    sources: dict[str, SourceSpec]
    ignore: Names = ()
