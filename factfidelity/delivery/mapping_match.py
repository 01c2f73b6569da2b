"""Which kind of file is this? Layouts that are shipped, our own tables as they are, and headings matched to columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath

from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.values import key_of
from factfidelity.delivery.words_read import problem
from factfidelity.errors import MappingError, Problem
from factfidelity.extract import COLUMNS, column_kind
from factfidelity.schemas.files import read_model, schema_files
from factfidelity.schemas.mapping import ColumnSpec, Feed, Kind, Layout
from factfidelity.schemas.table import table_schemas

_LINKING = re.compile(r"(?i)nyckel|koppl|crosswalk|(?<![a-z])keys?(?![a-z])")  # files that link pseudonyms
_MOST_OF_A_LINK = 3
_PERSON = re.compile(r"(?i)^(p\d+_)?lop_?nr")
_ALIKE = frozenset({"posts", "events", "surveys", "meetings", "actions"})  # tables in which two rows may say the same
_KINDS: dict[str, Kind] = {"date": "date", "number": "number", "flag": "flag", "text": "text"}


@dataclass(frozen=True, slots=True)
class Match:
    """A file's headings beside a layout.

    Attributes
    ----------
    layout : Layout
    headings : mapping of str to str
        Column of the layout → heading of the file.
    lacking : tuple of str
        Required columns that no heading answers to.
    """

    layout: Layout
    headings: dict[str, str] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the file feeds."""
        return tuple(dict.fromkeys(feed.table for feed in self.layout.feeds))


@cache
def shipped_layouts() -> dict[str, Layout]:
    """Return the layouts of ``schemas/mappings/`` by name; do not change the answer."""
    return {name: read_model(path, Layout, error=MappingError) for name, path in schema_files("mappings").items()}


@cache
def table_layout(table: str) -> Layout:
    """Return the layout of one of our own tables, delivered as it is."""
    schema = table_schemas().get(table)
    required = set(schema.required_columns) if schema else set(COLUMNS[table][:1])
    columns = {
        name: ColumnSpec(names=(name,), kind="id" if name.endswith("_id") else _KINDS[column_kind(name)],
                         required=name in required)
        for name in COLUMNS[table]
    }  # fmt: skip
    person = "client_id" if "client_id" in columns else ""
    feed = Feed(table=table, columns={name: name for name in columns})
    return Layout(
        layout=table, certainty="verified", person=person, columns=columns, feeds=(feed,), may_repeat=table in _ALIKE
    )


@cache
def known_headings() -> frozenset[str]:
    """Return all headings that some layout knows, without case and spaces."""
    layouts = [*shipped_layouts().values(), *(table_layout(name) for name in COLUMNS)]
    return frozenset(key_of(name) for layout in layouts for spec in layout.columns.values() for name in spec.names)


def add_years(tables: Iterable[RawTable]) -> None:
    """Give files that hold one year each, with the year in their name only, a column with it."""
    for raw in tables:
        years = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", PurePosixPath(raw.file).stem)
        if not years:
            continue
        for layout in (one for one in shipped_layouts().values() if one.year_in_name):
            lacking = match_headings(layout, list(raw.frame.columns)).lacking
            if lacking == (layout.year_in_name,):
                raw.add_column(layout.columns[layout.year_in_name].names[-1], years[-1])


def match_headings(layout: Layout, headings: Sequence[str]) -> Match:
    """Find each column of a layout among the headings of a file: by name in order of preference, then by pattern."""
    by_key: dict[str, str] = {}
    for one in headings:
        by_key.setdefault(key_of(one), one)
    found: dict[str, str] = {}
    for name, spec in layout.columns.items():
        heading = next((by_key[key_of(one)] for one in (*spec.names, name) if key_of(one) in by_key), None)
        if heading is None and spec.pattern:
            pattern = re.compile(spec.pattern)
            heading = next((one for one in headings if pattern.search(one)), None)
        if heading is None and name == layout.person and spec.kind == "id":
            heading = next((one for one in headings if _PERSON.match(one)), None)
        if heading is not None and heading not in found.values():
            found[name] = heading
    if layout.wide is not None:
        wide = re.compile(layout.wide.pattern)
        found.update({f"{layout.wide.key}:{one}": one for one in headings if wide.search(one)})
    lacking = [name for name, spec in layout.columns.items() if spec.required and name not in found]
    if layout.wide is not None and not any(name.startswith(f"{layout.wide.key}:") for name in found):
        lacking.append(layout.wide.key)
    return Match(layout, found, tuple(lacking))


def recognise(file: str, headings: Sequence[str]) -> Match | Problem:
    """Return the layout that a file has, or the problem that says what was expected."""
    stem = PurePosixPath(file).name.split(".")[0].casefold()
    folders = [part.casefold() for part in PurePosixPath(file).parts[:-1]]
    named = next((name for name in (stem, *reversed(folders)) if name in COLUMNS), "")
    own = match_headings(table_layout(named), headings) if named else None
    if own is not None and not own.lacking:
        return own
    matches = [match_headings(layout, headings) for layout in shipped_layouts().values()]
    whole = [match for match in matches if not match.lacking]
    meant = _meant(matches, file)
    if meant is not None and not any(_named_so(match.layout, file) for match in whole):
        return lacking_column(meant, file)
    if whole:
        return max(whole, key=lambda match: (_weight(match), _named_so(match.layout, file), match.layout.layout))
    if own is not None:
        return lacking_column(own, file)
    return _unknown(file, matches, len(headings))


def _meant(matches: Iterable[Match], file: str) -> Match | None:
    """Return the register that a file is named after, where one or two of its columns are missing.

    Without this, a file of stays without their discharges would be taken for one of visits.
    """
    near = [
        match for match in matches
        if match.layout.certainty == "verified" and _named_so(match.layout, file)
        and len(match.lacking) in (1, 2) and len(match.headings) >= 2
    ]  # fmt: skip
    return max(near, key=_weight, default=None)


def _weight(match: Match) -> int:
    return sum(
        2 if match.layout.columns[name].required else 1 for name in match.headings if name in match.layout.columns
    )


def _named_so(layout: Layout, file: str) -> bool:
    return any(PurePosixPath(file.casefold()).match(pattern.casefold()) for pattern in layout.file_names)


def lacking_column(match: Match, file: str) -> Problem:
    """Return the problem of the first required column that is missing, with what it may be called."""
    name = match.lacking[0]
    spec = match.layout.columns.get(name, ColumnSpec())
    others = match.lacking[1:]
    column = ", ".join(_first_name(match.layout, one) for one in (name, *others))
    names = ", ".join(dict.fromkeys(spec.names or (name,)))
    return problem("missing_column", file=file, column=column, table=", ".join(match.tables), names=names)


def _unknown(file: str, matches: Iterable[Match], columns: int) -> Problem:
    ranked = sorted(matches, key=lambda match: (len(match.headings) - 2 * len(match.lacking), match.layout.layout))
    nearest = ranked[-1] if ranked and ranked[-1].headings else None
    said, said_sv = "", ""
    if columns <= _MOST_OF_A_LINK and _LINKING.search(PurePosixPath(file).stem):
        said = " It may link pseudonyms to clients: then it belongs under crosswalks in mapping.yaml."
        said_sv = " Den kan koppla pseudonymer till klienter: då hör den hemma under crosswalks i mapping.yaml."
    elif nearest is not None:
        missing = ", ".join(_first_name(nearest.layout, name) for name in nearest.lacking)
        said = f" Nearest: {nearest.layout.layout}, which also needs {missing}."
        said_sv = f" Närmast: {nearest.layout.layout}, som också kräver {missing}."
    tables = ", ".join(list(COLUMNS)[:4])
    return problem("unknown_file", file=file, nearest=said, nearest_sv=said_sv, tables=tables)


def _first_name(layout: Layout, name: str) -> str:
    spec = layout.columns.get(name)
    return spec.names[0] if spec is not None and spec.names else name
