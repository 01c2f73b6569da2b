"""Which source of the mapping does a file belong to, and what layout has it there?"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
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
from factfidelity.schemas.files import read_model
from factfidelity.schemas.mapping import CrosswalkSpec, Layout, Mapping, SourceSpec


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
    problems = [one for name, spec in mapping.sources.items() for one in _source_faults(name, spec, mapping)]
    if problems:
        raise MappingError(problems=[dataclasses.replace(one, file=path.name) for one in problems])
    return mapping


def _source_faults(name: str, spec: SourceSpec, mapping: Mapping) -> Iterable[Problem]:
    def fault(what: str, do: str) -> Problem:
        return Problem(f"sources.{name}: {what}", do, kind="mapping")

    if spec.layout and spec.layout not in shipped_layouts():
        yield fault(f'there is no layout "{spec.layout}"', f"choose one of: {', '.join(shipped_layouts())}")
        return
    if spec.table and spec.table not in COLUMNS:
        yield fault(f'there is no table "{spec.table}"', f"choose one of: {', '.join(COLUMNS)}")
        return
    if spec.crosswalk and spec.crosswalk not in mapping.crosswalks:
        yield fault(f'there is no crosswalk "{spec.crosswalk}"', "name one of the mapping's crosswalks")
    layout = layout_of(name, spec)
    if not layout.columns or not layout.feeds:
        yield fault("says neither layout, table nor columns and feeds", "give one of them")
    taken: dict[str, str] = {}
    for column, one in layout.columns.items():
        for heading in spec.columns[column].names if column in spec.columns else ():
            other = taken.setdefault(key_of(heading), column)
            if other != column:
                yield fault(f'the heading "{heading}" is mapped to {other} and to {column}', "map it once")
        del one
    for feed in layout.feeds:
        if feed.table not in COLUMNS:
            yield fault(f'there is no table "{feed.table}"', f"choose one of: {', '.join(COLUMNS)}")


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
        "key": base.key if spec.key is None else spec.key,
        "drop": (*base.drop, *spec.drop),
        "completeness": spec.completeness or base.completeness,
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
            known |= {key_of(crosswalk.source), key_of(crosswalk.client)}
    return ReadOptions(known=frozenset(known))


def assign(
    tables: Sequence[RawTable], mapping: Mapping | None, files: Sequence[str] = ()
) -> tuple[list[Assigned], dict[str, list[RawTable]], list[Problem]]:
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
    crosswalks : dict of list of RawTable
        By name of the crosswalk.
    problems : list of Problem
    """
    if mapping is None:
        return _recognised(tables)
    out: list[Assigned] = []
    links: dict[str, list[RawTable]] = {name: [] for name in mapping.crosswalks}
    problems = _undelivered([*(raw.file for raw in tables), *files], mapping)
    for raw in tables:
        crosswalk = next((name for name, spec in mapping.crosswalks.items() if fits(raw.file, spec.files)), "")
        if crosswalk:
            links[crosswalk].append(raw)
        here = [
            (name, spec)
            for name, spec in mapping.sources.items()
            if fits(raw.file, spec.files) and (not spec.sheet or key_of(spec.sheet) == key_of(raw.sheet))
        ]
        for name, spec in here:
            match = match_headings(layout_of(name, spec), list(raw.frame.columns))
            if match.lacking and raw.sheet and not spec.sheet and len(match.headings) < 2:
                problems.append(problem("unused_sheet", file=raw.place))
            elif match.lacking:
                problems.append(lacking_column(match, raw.place))
            else:
                out.append(Assigned(raw, name, match, spec))
        if not here and not crosswalk:
            problems.append(problem("unused_sheet" if raw.sheet else "not_in_mapping", file=raw.place))
    return out, links, problems


def _undelivered(files: Sequence[str], mapping: Mapping) -> list[Problem]:
    wanted: list[tuple[str, SourceSpec | CrosswalkSpec]] = [*mapping.sources.items(), *mapping.crosswalks.items()]
    return [
        problem("no_such_file", source=name, pattern=", ".join(spec.files))
        for name, spec in wanted
        if not any(fits(file, spec.files) for file in files)
    ]


def _recognised(
    tables: Sequence[RawTable],
) -> tuple[list[Assigned], dict[str, list[RawTable]], list[Problem]]:
    out: list[Assigned] = []
    problems: list[Problem] = []
    for raw in tables:
        found = recognise(raw.file, list(raw.frame.columns))
        if isinstance(found, Match):
            out.append(Assigned(raw, found.layout.layout, found, SourceSpec(files=(raw.file,))))
        elif raw.sheet and any(one.file == raw.file and one is not raw for one in tables):
            problems.append(problem("unused_sheet", file=raw.place))
        else:
            problems.append(dataclasses.replace(found, file=raw.place))
    return out, {}, problems
