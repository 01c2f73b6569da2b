"""All files of a delivery together: read, screened, de-duplicated, mapped; every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery.assemble_columns import asked_beyond, headings_of, lacking, with_extra
from factfidelity.delivery.assemble_corrections import TAKEN_BACK, with_taken_back
from factfidelity.delivery.assemble_lists import links_of, lists_of, named_alike, outside, with_lists, without_zeros
from factfidelity.delivery.identity import screen_name, screen_table
from factfidelity.delivery.keep import read_about
from factfidelity.delivery.mapping import Assigned, assign, fits, options_of, unused
from factfidelity.delivery.mapping_fields import coded_column
from factfidelity.delivery.mapping_match import add_years
from factfidelity.delivery.mapping_rows import Link, Mapped, map_table, row_hashes
from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.read import Delivered, read_folder
from factfidelity.delivery.values import key_of
from factfidelity.delivery.words_read import problem
from factfidelity.errors import Problem
from factfidelity.extract import COLUMNS, Source, column_kind
from factfidelity.schemas.mapping import Mapping as MappingFile
from factfidelity.schemas.plan import Plan

Mask = NDArray[np.bool_]
Progress = Callable[[str, int, int], None]
_SCREENED_AS = {
    "date": "date", "time": "timestamp", "number": "number", "fte": "number", "year": "number", "code": "code",
    "county": "code", "municipality": "code", "icd10": "code", "list": "text_list", "flag": "code", "id": "code",
}  # fmt: skip
_DAYS = ("admitted", "discharged", "date", "start", "end")


@dataclass(eq=False)
class Assembled:
    """A delivery before the checks.

    Attributes
    ----------
    tables : dict of DataFrame
        With ``_source`` and ``_line``.
    sources : dict of Source
    linkage : dict of float
        Share of each linked source's persons that the crosswalk knows.
    files, rows, repaired : DataFrame
        As the delivery report takes them.
    problems : list of Problem
    headings : dict of (file, table, column) to str
        What each of our columns is called in the file.
    start, end : Timestamp or None
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    linkage: dict[str, float] = field(default_factory=dict)
    files: pd.DataFrame = field(default_factory=pd.DataFrame)
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    repaired: pd.DataFrame = field(default_factory=pd.DataFrame)
    problems: list[Problem] = field(default_factory=list)
    headings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None

    @property
    def stopped(self) -> bool:
        """Whether something was found that stops the delivery."""
        return any(one.severity == "stop" for one in self.problems)


def assemble(folder: Path, mapping: MappingFile | None, plan: Plan, progress: Progress | None) -> Assembled:
    """Read and map all files of a folder.

    Parameters
    ----------
    folder : Path
    mapping : Mapping or None
    plan : Plan
    progress : callable or None
    """
    ignore = mapping.ignore if mapping else ()
    read = read_folder(folder, options_of=lambda name: options_of(mapping, name), ignore=ignore, progress=progress)
    add_years(read.tables)
    assigned, beside, problems = assign(read.tables, mapping, [*read.files, *(one.file for one in read.problems)])
    about = read_about(folder) if mapping is None else None
    if about is not None:
        assigned = [with_extra(one, about["extra"]) for one in assigned]
    asked = asked_beyond(plan)
    assigned = [with_extra(one, asked) for one in assigned]
    out = Assembled(problems=[*_with_safe_names(read.problems), *problems, *lacking(asked, assigned)])
    out.problems += [one for raw in read.tables for one in _read_said(raw)]
    out.problems += [one for raw in read.tables for one in _screened(raw, assigned, mapping)]
    links = links_of(beside, mapping, out.problems)
    assigned = with_lists(assigned, lists_of(beside, mapping, out.problems))
    if out.stopped:
        out.files, out.rows = _files(read, assigned), _untouched(read)
        return out
    hashes = [row_hashes(one.raw) for one in assigned]
    skips = _repeated(assigned, hashes)
    mapped = _mapped(assigned, skips, hashes, plan, links)
    for one, skip, made in zip(assigned, skips, mapped, strict=True):
        out.problems += [*made.problems, *_repeats_said(one.raw, skip)]
        if one.spec.crosswalk and made.persons:
            out.linkage[one.name] = made.linked / made.persons
    linking = {id(raw): kind for (kind, _), tables in beside.items() for raw in tables}
    out.files, out.rows = _files(read, assigned), _account(read, assigned, skips, mapped, linking)
    repaired = [row for made in mapped for row in made.repaired]
    out.repaired = pd.DataFrame(repaired, columns=["table", "column", "file", "repair", "count"])
    out.tables = _tables(mapped, mapping)
    out.headings = headings_of(assigned)
    out.problems += [*outside(out.tables, assigned, links), *without_zeros(out.tables)]
    _period(out, mapping, about)
    out.sources = dict(about["sources"]) if about is not None else _sources(out, assigned, mapping)
    return out


def _mapped(
    assigned: Sequence[Assigned], skips: Sequence[NDArray[np.object_]], hashes: Sequence[NDArray[np.uint64]],
    plan: Plan, links: Mapping[str, Link],
) -> list[Mapped]:  # fmt: skip
    """Map every table; text that is no longer needed is let go on the way, for its memory."""
    left = [id(one.raw) for one in assigned]
    for one in assigned:
        if all(other.layout.wide is None for other in assigned if other.raw is one.raw):
            one.raw.let_go()
    out = []
    for one, skip, content in zip(assigned, skips, hashes, strict=True):
        out.append(map_table(one, skip != "", content, impute=plan.impute_partial, link=links.get(one.spec.crosswalk)))
        left.remove(id(one.raw))
        if id(one.raw) not in left:
            one.raw.kept.clear()
    return out


def _screened(raw: RawTable, assigned: Sequence[Assigned], mapping: MappingFile | None) -> Sequence[Problem]:
    declared: dict[str, str] = {}
    pseudonyms: set[str] = set()
    dropped: set[str] = set()
    allowed = False
    for one in assigned:
        if one.raw is not raw:
            continue
        layout = one.layout
        for name, heading in one.match.headings.items():
            if name in layout.columns:
                declared[heading] = _SCREENED_AS.get(layout.columns[name].kind, "")
        unwanted = {key_of(name) for name in layout.drop}
        dropped |= {heading for heading in raw.frame.columns if key_of(heading) in unwanted}
        asked = {key_of(name) for name in one.spec.pseudonyms}
        pseudonyms |= {heading for heading in raw.frame.columns if key_of(heading) in asked}
        if layout.person in one.match.headings:
            pseudonyms.add(one.match.headings[layout.person])
        allowed |= one.spec.allow_numeric_pseudonym
    for code_list in mapping.codes.values() if mapping else ():
        if fits(raw.file, code_list.files):
            declared.update(dict.fromkeys(map(str, raw.frame.columns), "code"))
    for crosswalk in mapping.crosswalks.values() if mapping else ():
        if fits(raw.file, crosswalk.files):
            keys = {key_of(crosswalk.source), key_of(crosswalk.client)}
            pseudonyms |= {heading for heading in raw.frame.columns if key_of(heading) in keys}
    declared = {heading: kind for heading, kind in declared.items() if kind}
    return screen_table(
        raw, pseudonyms=frozenset(pseudonyms), dropped=frozenset(dropped), declared=declared,
        allow_numeric_pseudonym=allowed,
    )  # fmt: skip


def _repeated(assigned: Sequence[Assigned], hashes: Sequence[NDArray[np.uint64]]) -> list[NDArray[np.object_]]:
    """Say which rows repeat another (``duplicate``), or are said again in a later file (``superseded``)."""
    skips = [np.full(len(one.raw), "", dtype=object) for one in assigned]
    for name in dict.fromkeys(one.name for one in assigned):
        places = [place for place, one in enumerate(assigned) if one.name == name]
        places.sort(key=lambda place: _natural(assigned[place].raw.place))
        whole = np.concatenate([hashes[place] for place in places])
        number = np.concatenate([np.full(len(assigned[place].raw), turn) for turn, place in enumerate(places)])
        marks = np.full(len(whole), "", dtype=object)
        key = _key_hashes([assigned[place] for place in places]) if len(places) > 1 else None
        if key is not None:
            latest = pd.Series(number).groupby(key).transform("max").to_numpy()
            marks[(number < latest) & (key != 0)] = "superseded"
        if not assigned[places[0]].layout.may_repeat:
            left = np.flatnonzero(marks == "")
            marks[left[pd.Series(whole[left]).duplicated().to_numpy()]] = "duplicate"
        marks = with_taken_back([assigned[place] for place in places], marks)
        ends = np.cumsum([len(assigned[place].raw) for place in places])
        for place, part in zip(places, np.split(marks, ends[:-1]), strict=True):
            skips[place] = part
    return skips


def _natural(text: str) -> list[tuple[int, str]]:
    """Order names with numbers in them as people do: part 2 before part 10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text.casefold())]


def _key_hashes(assigned: Sequence[Assigned]) -> NDArray[np.uint64] | None:
    """Return a hash of each row's key, 0 where it has none; None where the layout has no key or not all columns came.

    Where the first key is not delivered the second is used, of as many of its columns as all files have.
    """
    first = assigned[0].layout
    must = [name for name in first.columns if first.columns[name].required]
    for key, asked in ((first.key, first.key), (first.second_key, must)):
        names = [name for name in key if all(_column_of(name) in one.match.headings for one in assigned)]
        wanted = [name for name in key if name in asked]
        if names and set(wanted) <= set(names):
            return np.concatenate([_hashes_of(one, names, wanted) for one in assigned])
    return None


def _column_of(name: str) -> str:
    return name.partition(".")[0]


def _hashes_of(one: Assigned, names: Sequence[str], wanted: Sequence[str]) -> NDArray[np.uint64]:
    headings = {one.match.headings[_column_of(name)]: name for name in names}
    hashes = row_hashes(one.raw, headings)
    for heading, name in headings.items():
        if name in wanted:
            coded = coded_column(one.raw, heading)
            hashes[np.array([not text.strip() for text in coded.texts], dtype=np.bool_)[coded.codes]] = 0
    return hashes


def _with_safe_names(problems: Sequence[Problem]) -> list[Problem]:
    """Screen the names of files that could not be read; a name that holds an identifier is not repeated."""
    said: list[Problem] = []
    for one in problems:
        found = screen_name(one.file)
        said += [*found, replace(one, file="…") if found else one]
    return said


def _read_said(raw: RawTable) -> list[Problem]:
    """Say which rows could not be taken apart into cells, and what else reading found."""
    said = [problem(rule, file=raw.place, cells=cells) for rule, cells in raw.remarks]
    if raw.ragged:
        said.append(problem("ragged_row", file=raw.place, rows=raw.ragged[:10], count=len(raw.ragged)))
    return said


def _repeats_said(raw: RawTable, skip: NDArray[np.object_]) -> list[Problem]:
    said = []
    for rule in ("duplicate", "superseded", TAKEN_BACK):
        lines = raw.lines[skip == rule]
        if len(lines):
            first = tuple(int(line) for line in lines[:10])
            said.append(problem(rule, file=raw.place, rows=first, count=len(lines)))
    return said


def _files(read: Delivered, assigned: Sequence[Assigned]) -> pd.DataFrame:
    rows = []
    for raw in read.tables:
        tables = {table for one in assigned if one.raw is raw for table in one.match.tables}
        rows.append(
            {
                "file": raw.place, "sheet": raw.sheet, "tables": ", ".join(sorted(tables)), "encoding": raw.encoding,
                "separator": raw.separator, "header_line": raw.header_line, "content_hash": raw.content_hash,
            }
        )  # fmt: skip
    columns = ["file", "sheet", "tables", "encoding", "separator", "header_line", "content_hash"]
    return pd.DataFrame(rows, columns=columns)


def _frame_of(raw: RawTable, fates: Any, reasons: Any) -> pd.DataFrame:
    """Return the account of one table by line."""
    beside = [(line, "furniture", kind) for line, kind in raw.furniture]
    beside += [(line, "set_aside", "ragged_row") for line in raw.ragged]
    lines = np.concatenate([raw.lines, np.array([line for line, _, _ in beside], dtype=np.int64)])
    frame = pd.DataFrame({
        "line": lines,
        "fate": pd.Categorical(np.concatenate([fates, np.array([one for _, one, _ in beside], dtype=object)])),
        "reason": pd.Categorical(np.concatenate([reasons, np.array([one for _, _, one in beside], dtype=object)])),
    })  # fmt: skip
    file = pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), pd.Index([raw.place]))
    frame.insert(0, "file", pd.Series(file))
    return frame.sort_values("line", kind="stable") if beside else frame


def _untouched(read: Delivered) -> pd.DataFrame:
    """The account of a delivery that was stopped: nothing was used."""
    parts = [_frame_of(raw, ["set_aside"] * len(raw), ["stopped"] * len(raw)) for raw in read.tables]
    return _stacked(parts)


def _account(
    read: Delivered, assigned: Sequence[Assigned], skips: Sequence[NDArray[np.object_]], mapped: Sequence[Mapped],
    linking: Mapping[int, str],
) -> pd.DataFrame:  # fmt: skip
    parts = []
    for raw in read.tables:
        fates, reasons = np.full(len(raw), "", dtype=object), np.full(len(raw), "", dtype=object)
        mine = [place for place, one in enumerate(assigned) if one.raw is raw]
        for place in mine:
            skip, made = skips[place], mapped[place]
            here = np.where(skip != "", np.where(skip == TAKEN_BACK, "superseded", skip), made.fates)
            why = np.where(skip != "", skip, made.reasons)
            better = (fates == "") | ((fates != "used") & (here == "used"))
            fates[better], reasons[better] = here[better], why[better]
        if not mine:
            fates[:], reasons[:] = ("used", linking[id(raw)]) if id(raw) in linking else ("furniture", unused(raw))
        parts.append(_frame_of(raw, fates, reasons))
    return _stacked(parts)


def _stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the accounts of all tables together, by file and line; words are kept once each."""
    if not parts:
        return pd.DataFrame({"file": [], "line": [], "fate": [], "reason": []}).astype({"line": "int64"})
    parts = sorted(parts, key=lambda part: str(part["file"].cat.categories[0]))
    columns: dict[str, Any] = {}
    for name in ("file", "line", "fate", "reason"):
        if name == "line":
            columns[name] = np.concatenate([part[name].to_numpy() for part in parts])
            continue
        words = sorted({str(word) for part in parts for word in part[name].cat.categories})
        codes = [part[name].cat.set_categories(words).cat.codes.to_numpy() for part in parts]
        columns[name] = pd.Categorical.from_codes(np.concatenate(codes), pd.Index(words))
    return pd.DataFrame(columns)


def _tables(mapped: Sequence[Mapped], mapping: MappingFile | None) -> dict[str, pd.DataFrame]:
    parts: dict[str, list[pd.DataFrame]] = {}
    for made in mapped:
        for table, frame in made.frames:
            parts.setdefault(table, []).append(frame)
    tables = {}
    names = {key_of(label): ours for label, ours in mapping.teams.items()} if mapping else {}
    for table in (name for name in COLUMNS if name in parts):
        filled = [frame for frame in parts[table] if len(frame)] or parts[table][:1]
        whole = pd.concat(filled, ignore_index=True)
        if names and "team_id" in whole.columns:
            team = whole["team_id"]
            whole["team_id"] = team.map({one: names.get(key_of(one), one) for one in team.dropna().unique()})
        tables[table] = whole
    named_alike(tables)
    return tables


def _period(out: Assembled, mapping: MappingFile | None, about: Mapping[str, Any] | None) -> None:
    if mapping is not None and mapping.period is not None:
        out.start, out.end = pd.Timestamp(mapping.period.start), pd.Timestamp(mapping.period.end)
        return
    if about is not None:
        out.start, out.end = about["start"], about["end"]
        return
    days = [frame[name].dropna() for frame in out.tables.values() for name in _DAYS if name in frame.columns]
    days = [day for day in days if len(day) and column_kind(str(day.name)) == "date"]
    if not days:
        out.problems.append(problem("no_period"))
        return
    out.start = min(day.min() for day in days)
    out.end = max(day.max() for day in days) + pd.Timedelta(days=1)
    out.problems.append(problem("period_from_data"))


def _sources(out: Assembled, assigned: Sequence[Assigned], mapping: MappingFile | None) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for table in out.tables:
        mine = [one for one in assigned if table in one.match.tables]
        finished = [one for one in mine if one.layout.completeness == "discharged"]
        spans = [one.spec.period for one in mine if one.spec.period is not None]
        start = min((pd.Timestamp(span.start) for span in spans), default=out.start)
        end = max((pd.Timestamp(span.end) for span in spans), default=out.end)
        complete = None
        last = {"episodes": "discharged", "legal_status": "end", "placements": "end"}.get(table, "")
        if finished and last in out.tables[table].columns:
            days = out.tables[table][last].dropna()
            lag = max(one.spec.truncation_lag for one in finished)
            complete = days.max() - pd.Timedelta(days=lag) if len(days) else None
        sources[table] = Source(
            completeness="discharged" if finished else "running", linked=all(one.spec.linked for one in mine),
            start=start, end=end, complete_to=complete,
            register=" ".join(sorted({one.layout.from_register for one in mine} - {""})),
        )  # fmt: skip
    return sources
