"""Which source of the mapping does a file belong to, and what layout has it there?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from factfidelity.delivery.formats import ReadOptions
from factfidelity.delivery.mapping_match import (
    Match,
    known_headings,
    lacking_column,
    match_headings,
    recognise,
    shipped_layouts,
    table_layout,
)
from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.values import key_of
from factfidelity.delivery.words_read import problem
from factfidelity.errors import MappingError, Problem
from factfidelity.extract import COLUMNS
from factfidelity.schemas.files import key_lines, read_model
from factfidelity.schemas.mapping import CodeListSpec, CrosswalkSpec, Derived, Feed, Layout, Mapping, SourceSpec

Beside = dict[tuple[str, str], list[RawTable]]


@dataclass(frozen=True, eq=False)
class Assigned:
    """A raw table with what it is.

    Attributes
    ----------
    raw : RawTable
    name : str
        The source of the mapping, or the layout that was recognised.
    match : Match
        Layout and headings.
    spec : SourceSpec
        What the mapping says of the source; defaults without a mapping.
    """

    raw: RawTable
    name: str
    match: Match
    spec: SourceSpec

    @property
    def layout(self) -> Layout:
        """The layout of the table."""
        return self.match.layout


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file and see that it agrees with itself; all faults at once, each with its line.

    Raises
    ------
    MappingError
    """
    mapping = read_model(path, Mapping, error=MappingError)
    faults = [(name, fault) for name, spec in mapping.sources.items() for fault in _source_faults(spec, mapping)]
    if not faults:
        return mapping
    lines = key_lines(path)
    raise MappingError(problems=[_fault_said(path.name, name, fault, lines) for name, fault in faults])


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where inside a source, and what is wrong, in both languages."""

    key: tuple[str, ...]
    what: str
    what_sv: str
    do: str
    do_sv: str


def _fault_said(file: str, source: str, fault: _Fault, lines: AnyMapping[tuple[str, ...], int]) -> Problem:
    place: tuple[str, ...] = ("sources", source, *fault.key)
    while place and place not in lines:
        place = place[:-1]
    rows = (lines[place],) if place else ()
    return Problem(
        f"sources.{source}: {fault.what}", fault.do, file, rows=rows, rule="mapping", kind="mapping",
        what_sv=f"sources.{source}: {fault.what_sv}", do_sv=fault.do_sv,
    )  # fmt: skip


def _not_one_of(key: tuple[str, ...], word: str, word_sv: str, said: str, known: Iterable[str]) -> _Fault:
    names = ", ".join(known)
    what, what_sv = f'there is no {word} "{said}"', f'{word_sv} "{said}" finns inte'
    return _Fault(key, what, what_sv, f"choose one of: {names}", f"välj bland: {names}")


def _source_faults(spec: SourceSpec, mapping: Mapping) -> Iterable[_Fault]:
    if spec.layout and spec.layout not in shipped_layouts():
        yield _not_one_of(("layout",), "layout", "layouten", spec.layout, shipped_layouts())
        return
    if spec.table and spec.table not in COLUMNS:
        yield _not_one_of(("table",), "table", "tabellen", spec.table, COLUMNS)
        return
    if spec.crosswalk and spec.crosswalk not in mapping.crosswalks:
        yield _not_one_of(("crosswalk",), "crosswalk", "kopplingen", spec.crosswalk, mapping.crosswalks)
    layout = layout_of("own", spec)
    if layout.columns and not layout.feeds:
        what, what_sv = "does not say which table the rows feed", "säger inte vilken tabell raderna matar"
        yield _Fault(
            ("feeds",), what, what_sv, "write feeds: [{table: ..., columns: {our column: name under columns}}]",
            "skriv feeds: [{table: ..., columns: {vår kolumn: namn under columns}}]",
        )  # fmt: skip
    elif not layout.feeds:
        what, what_sv = (
            "says neither layout, table nor columns and feeds",
            "saknar layout, table eller columns och feeds",
        )
        yield _Fault((), what, what_sv, "give one of them", "ange en av dem")
    for column, one in spec.columns.items():
        if one.from_list and one.from_list not in mapping.codes:
            yield _not_one_of(("columns", column), "list of codes", "kodlistan", one.from_list, mapping.codes)
    yield from _doubled_headings(spec)
    yield from layout_faults(layout)


def _doubled_headings(spec: SourceSpec) -> Iterable[_Fault]:
    taken: dict[str, str] = {}
    for column, one in spec.columns.items():
        for heading in one.names:
            other = taken.setdefault(key_of(heading), column)
            if other != column:
                what = f'the heading "{heading}" is mapped to {other} and to {column}'
                what_sv = f'rubriken "{heading}" är kopplad till både {other} och {column}'
                yield _Fault(("columns", column), what, what_sv, "map it once", "koppla den en gång")


def layout_faults(layout: Layout) -> Iterable[_Fault]:
    """Return what is wrong inside a layout: tables and columns that do not exist, or that are given twice."""
    if layout.person_within and layout.person_within not in layout.columns:
        yield _not_one_of(("person_within",), "column", "kolumnen", layout.person_within, sorted(layout.columns))
    for column in (*layout.key, *layout.second_key):
        if column.partition(".")[0] not in layout.columns:
            yield _not_one_of(("key",), "column", "kolumnen", column, sorted(layout.columns))
    known = set(layout.columns) | ({layout.wide.key, layout.wide.value} if layout.wide else set())
    for number, feed in enumerate(layout.feeds):
        place = ("feeds", str(number))
        if feed.table not in COLUMNS:
            yield _not_one_of(place, "table", "tabellen", feed.table, COLUMNS)
            continue
        for column in _columns_named(feed):
            if column not in known:
                yield _not_one_of(place, "column", "kolumnen", column, sorted(known))


def _columns_named(feed: Feed) -> list[str]:
    named = [spec.column if isinstance(spec, Derived) else spec for spec in feed.columns.values()]
    named += [*feed.when, feed.each]
    if feed.events is not None:
        events = feed.events
        named += [events.column, events.date, events.time, *events.per, events.reason_begin, events.reason_end]
    return list(dict.fromkeys(way.partition(".")[0] for name in named if name for way in name.split("|")))


def layout_of(name: str, spec: SourceSpec) -> Layout:
    """Return the layout of a source: shipped, one of our tables, or its own, with what the mapping changes."""
    if spec.layout:
        base = shipped_layouts()[spec.layout]
    elif spec.table:
        base = table_layout(spec.table)
    else:
        base = Layout(layout=name, columns={}, feeds=(), certainty="example")
    feeds = spec.feeds or base.feeds
    if spec.end_is is not None:
        feeds = tuple(feed.model_copy(update={"end_is": spec.end_is}) for feed in feeds)
    if spec.constants:
        feeds = tuple(feed.model_copy(update={"constants": {**feed.constants, **spec.constants}}) for feed in feeds)
    columns = {**base.columns, **spec.columns}
    person = base.person or ("client_id" if "client_id" in columns else "person" if "person" in columns else "")
    changed = {
        "columns": columns,
        "feeds": feeds,
        "person": person,
        "person_within": spec.person_within or base.person_within,
        "key": base.key if spec.key is None else spec.key,
        "second_key": base.second_key if spec.key is None else (),
        "drop": (*base.drop, *spec.drop),
        "completeness": spec.completeness or base.completeness,
        "from_register": base.from_register if spec.from_register is None else spec.from_register,
    }
    return base.model_copy(update=changed)


def fits(file: str, patterns: Iterable[str]) -> bool:
    """Tell whether a file's name is asked for by one of the patterns, without regard to case."""
    path = PurePosixPath(file.casefold())
    return any(path.match(pattern.casefold()) for pattern in patterns)


def options_of(mapping: Mapping | None, file: str) -> ReadOptions:
    """Return what a mapping says about reading a file."""
    known = set(known_headings())
    if mapping is None:
        return ReadOptions(known=frozenset(known))
    for name, spec in mapping.sources.items():
        if fits(file, spec.files):
            known |= {key_of(one) for column in layout_of(name, spec).columns.values() for one in column.names}
            return ReadOptions(spec.encoding, spec.separator, frozenset(known))
    for crosswalk in mapping.crosswalks.values():
        if fits(file, crosswalk.files):
            known |= {key_of(one) for one in (crosswalk.source, crosswalk.client, crosswalk.within) if one}
    for code_list in mapping.codes.values():
        if fits(file, code_list.files):
            return ReadOptions(known=frozenset(key_of(one) for one in (code_list.code, code_list.text) if one))
    return ReadOptions(known=frozenset(known))


def assign(
    tables: Sequence[RawTable], mapping: Mapping | None, files: Sequence[str] = ()
) -> tuple[list[Assigned], Beside, list[Problem]]:
    """Say what each raw table is.

    Parameters
    ----------
    tables : sequence of RawTable
    mapping : Mapping or None
    files : sequence of str
        All files that lie in the delivery, also those that could not be read.

    Returns
    -------
    assigned : list of Assigned
    beside : dict of list of RawTable
        By kind (``crosswalk``, ``code_list``) and name.
    problems : list of Problem
    """
    if mapping is None:
        return _recognised(tables)
    out: list[Assigned] = []
    beside: Beside = {}
    problems = _undelivered([*(raw.file for raw in tables), *files], mapping)
    for raw in tables:
        other = _beside(raw, mapping)
        if other:
            beside.setdefault(other, []).append(raw)
        here = [
            (name, spec)
            for name, spec in mapping.sources.items()
            if fits(raw.file, spec.files) and _is_the_sheet(raw, spec.sheet)
        ]
        for name, spec in here:
            match = match_headings(layout_of(name, spec), list(raw.frame.columns))
            if match.lacking and raw.sheet and not spec.sheet and len(match.headings) < 2:
                problems.append(problem("unused_sheet", file=raw.place))
            elif match.lacking:
                problems.append(lacking_column(match, raw.place))
            else:
                out.append(Assigned(raw, name, match, spec))
        if not here and not other:
            problems.append(problem(unused(raw) if raw.sheet else "not_in_mapping", file=raw.place))
    return out, beside, problems


def _beside(raw: RawTable, mapping: Mapping) -> tuple[str, str] | None:
    """Return the crosswalk or list of codes that a table is."""
    if raw.hidden:
        return None
    crosswalks = (("crosswalk", name) for name, spec in mapping.crosswalks.items() if fits(raw.file, spec.files))
    lists = (("code_list", name) for name, spec in mapping.codes.items() if fits(raw.file, spec.files))
    return next(iter([*crosswalks, *lists]), None)


def _is_the_sheet(raw: RawTable, asked: str) -> bool:
    """Tell whether a source means this sheet: the one that it names, or any that is not hidden."""
    return key_of(asked) == key_of(raw.sheet) if asked else not raw.hidden


def unused(raw: RawTable) -> str:
    """Return the rule that says why a sheet is not used."""
    return "hidden_sheet" if raw.hidden else "unused_sheet"


def _undelivered(files: Sequence[str], mapping: Mapping) -> list[Problem]:
    wanted: list[tuple[str, SourceSpec | CrosswalkSpec | CodeListSpec]] = [
        *mapping.sources.items(), *mapping.crosswalks.items(), *mapping.codes.items(),
    ]  # fmt: skip
    return [
        problem("no_such_file", source=name, pattern=", ".join(spec.files))
        for name, spec in wanted
        if not any(fits(file, spec.files) for file in files)
    ]


def _recognised(
    tables: Sequence[RawTable],
) -> tuple[list[Assigned], Beside, list[Problem]]:
    out: list[Assigned] = []
    problems: list[Problem] = []
    for raw in tables:
        if raw.hidden:
            problems.append(problem("hidden_sheet", file=raw.place))
            continue
        found = recognise(raw.file, list(raw.frame.columns))
        if isinstance(found, Match):
            out.append(Assigned(raw, found.layout.layout, found, SourceSpec(files=(raw.file,))))
        elif raw.sheet and any(one.file == raw.file and one is not raw for one in tables):
            problems.append(problem("unused_sheet", file=raw.place))
        else:
            problems.append(dataclasses.replace(found, file=raw.place))
    return out, {}, problems
