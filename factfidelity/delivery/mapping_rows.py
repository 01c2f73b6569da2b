"""The rows of one delivered table become rows of our tables; every row of the source gets one fate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.delivery.mapping import Assigned
from factfidelity.delivery.mapping_feed import feed_table
from factfidelity.delivery.mapping_fields import Coded, Parsed, coded_column, parse_column
from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.values import key_of
from factfidelity.delivery.values_dates import Impute
from factfidelity.delivery.words_read import problem
from factfidelity.errors import Problem
from factfidelity.schemas.mapping import ColumnSpec

Mask = NDArray[np.bool_]
_ROWS_SAID = 10
_REPAIRS = frozenset({"repaired_zero", "serial_date"})


@dataclass(frozen=True, slots=True)
class Link:
    """A crosswalk: the supplier's pseudonym → the client, those that lead to more than one, and its name."""

    name: str
    clients: Mapping[str, str]
    ambiguous: frozenset[str]


@dataclass(eq=False)
class Mapped:
    """What one delivered table became.

    Attributes
    ----------
    frames : list of (table, DataFrame)
        With ``_source`` and ``_line``.
    fates, reasons : ndarray of object, one for each row of the raw table
    problems : list of Problem
    repaired : list of dict
        table, column, file, repair, count.
    persons, linked : int
        Different pseudonyms, and those that the crosswalk knows.
    """

    frames: list[tuple[str, pd.DataFrame]] = field(default_factory=list)
    fates: NDArray[np.object_] = field(default_factory=lambda: np.array([], dtype=object))
    reasons: NDArray[np.object_] = field(default_factory=lambda: np.array([], dtype=object))
    problems: list[Problem] = field(default_factory=list)
    repaired: list[dict[str, object]] = field(default_factory=list)
    persons: int = 0
    linked: int = 0


def row_hashes(raw: RawTable, columns: Mapping[str, str] | None = None) -> NDArray[np.uint64]:
    """Return a hash of each row's text, the same on every machine.

    Parameters
    ----------
    raw : RawTable
    columns : mapping of str to str, optional
        Heading → the name it goes by; all columns by their headings where none are given. Of a name that ends with
        ``.year`` only the first four signs count.
    """
    names = columns or {str(heading): key_of(str(heading)) for heading in raw.frame.columns}
    total = np.zeros(len(raw.frame), dtype=np.uint64)
    for heading, name in sorted(names.items(), key=lambda pair: pair[1]):
        salt = np.uint64(pd.util.hash_array(np.array([name], dtype=object))[0])
        coded = coded_column(raw, heading)
        if name.endswith(".year"):
            coded = Coded(coded.codes, [text.strip()[:4] for text in coded.texts])
        total = total * np.uint64(0x9E3779B97F4A7C15) + (coded.hashes() ^ salt)
    return total


def map_table(
    assigned: Assigned, skip: Mask, hashes: NDArray[np.uint64], *, impute: Impute, link: Link | None
) -> Mapped:
    """Read the columns of one table and feed our tables from its rows.

    Parameters
    ----------
    assigned : Assigned
    skip : ndarray of bool
        Rows that count elsewhere (duplicates, superseded).
    hashes : ndarray of uint64
        Of each row, for ids made from the rows' content.
    impute : str
        The plan's ``impute_partial``.
    link : Link or None
        Crosswalk for the person key.
    """
    raw, layout = assigned.raw, assigned.layout
    rows = np.flatnonzero(~skip)
    columns, origin = _parsed(assigned, rows, impute)
    lines = raw.lines[rows][origin]
    out = Mapped(fates=np.full(len(raw), "", dtype=object), reasons=np.full(len(raw), "", dtype=object))
    if layout.person_within in columns and layout.person in columns:
        columns[layout.person] = _within(columns[layout.person_within], columns[layout.person])
    if link is not None and layout.person in columns:
        columns[layout.person] = _linked(columns[layout.person], link, out)
    used = np.zeros(len(rows), dtype=np.bool_)
    bad: dict[tuple[str, str], Mask] = {}
    ids = None
    if any(feed.row_id for feed in layout.feeds):
        ids = hex_ids(hashes[rows][origin])
    for feed in layout.feeds:
        fed = feed_table(columns, feed, lines, row_ids=ids, person=layout.person)
        out.frames.append((feed.table, fed.frame.assign(_source=raw.place)))
        np.logical_or.at(used, origin, fed.used)
        for key, mask in fed.faults.items():
            whole = bad.setdefault(key, np.zeros(len(rows), dtype=np.bool_))
            np.logical_or.at(whole, origin, mask)
    _settle(out, rows, used, bad)
    crosswalk = link.name if link else ""
    out.problems += [_said(rule, column, mask, raw, rows, assigned, crosswalk) for (rule, column), mask in bad.items()]
    _warned(out, columns, assigned, lines)
    return out


def _settle(out: Mapped, rows: NDArray[np.int64], used: Mask, bad: Mapping[tuple[str, str], Mask]) -> None:
    fates, reasons = np.full(len(rows), "used", dtype=object), np.full(len(rows), "", dtype=object)
    fates[~used], reasons[~used] = "set_aside", "feeds_nothing"
    for (rule, _), mask in reversed(list(bad.items())):
        reasons[mask & ~used] = rule
    out.fates[rows], out.reasons[rows] = fates, reasons


def _said(
    rule: str, column: str, mask: Mask, raw: RawTable, rows: NDArray[np.int64], assigned: Assigned, crosswalk: str
) -> Problem:
    hit = raw.lines[rows[mask]]
    heading = assigned.match.headings.get(column, column)
    first = tuple(int(line) for line in hit[:_ROWS_SAID])
    return problem(rule, file=raw.place, column=heading, rows=first, count=len(hit), crosswalk=crosswalk)


def _warned(out: Mapped, columns: Mapping[str, Parsed], assigned: Assigned, lines: NDArray[np.int64]) -> None:
    raw = assigned.raw
    table = assigned.match.tables[0] if assigned.match.tables else ""
    for name, column in columns.items():
        heading = assigned.match.headings.get(name, name)
        for rule, items in column.warned.items():
            mask = column.rows(items)
            count = int(mask.sum())
            if not count:
                continue
            if rule in _REPAIRS:
                out.repaired.append(
                    {"table": table, "column": heading, "file": raw.place, "repair": rule, "count": count}
                )
            if rule != "repaired_zero":
                first = tuple(int(line) for line in lines[mask][:_ROWS_SAID])
                out.problems.append(problem(rule, file=raw.place, column=heading, rows=first, count=count))


def _within(outer: Parsed, person: Parsed) -> Parsed:
    """Put the municipality before person keys that are unique only inside it."""
    size = max(len(person.items), 1)
    pairs, codes = np.unique(outer.codes.astype(np.int64) * size + person.codes, return_inverse=True)
    parts = [(str(outer.items[pair // size]), str(person.items[pair % size])) for pair in pairs.tolist()]
    items = [f"{area}-{key}" if area and key else "" for area, key in parts]
    return Parsed("text", codes.astype(np.int32), items)


def _linked(column: Parsed, link: Link, out: Mapped) -> Parsed:
    """Put the client's id in place of the supplier's pseudonym; what cannot be linked is set aside."""
    texts = [str(item) for item in column.items]
    known = [link.clients.get(text, "") for text in texts]
    double = np.array([text in link.ambiguous for text in texts], dtype=np.bool_)
    there = np.array([bool(text) for text in texts], dtype=np.bool_)
    lost = np.array([not client for client in known], dtype=np.bool_) & there & ~double
    out.persons, out.linked = int(there.sum()), int((there & ~lost & ~double).sum())
    faults = {**column.faults, "not_linked": lost, "ambiguous_link": double}
    items = ["" if bad else client for client, bad in zip(known, double, strict=True)]
    return replace(column, items=items, faults=faults)


def _parsed(assigned: Assigned, rows: NDArray[np.int64], impute: Impute) -> tuple[dict[str, Parsed], NDArray[np.int64]]:
    """Read every column that the layout names; with columns side by side, each row once for each of them."""
    layout, headings = assigned.layout, assigned.match.headings
    raw = assigned.raw
    origin = np.arange(len(rows), dtype=np.int64)
    coded = {name: coded_column(raw, heading) for name, heading in headings.items() if name in layout.columns}
    coded = {name: Coded(column.codes[rows], column.texts) for name, column in coded.items()}
    if layout.wide is not None:
        wide = layout.wide
        side = [heading for name, heading in headings.items() if name.startswith(f"{wide.key}:")]
        names = {key_of(one): ours for one, ours in wide.names.items()}
        origin = np.repeat(origin, len(side))
        coded = {name: Coded(column.codes[origin], column.texts) for name, column in coded.items()}
        labels = [names.get(key_of(one), _last_word(one) if not names else one) for one in side]
        coded[wide.key] = Coded(np.tile(np.arange(len(side), dtype=np.int32), len(rows)), labels)
        cells = raw.frame[side].to_numpy(dtype=object)[rows].ravel()
        coded[wide.value] = Coded.of(pd.Series(cells, dtype="str"))
    columns = {
        name: parse_column(column, layout.columns.get(name, ColumnSpec()), impute=impute)
        for name, column in coded.items()
    }
    return columns, origin


def hex_ids(hashes: NDArray[np.uint64]) -> NDArray[np.object_]:
    """Write hashes as ids; a letter stands first, so that none reads as a number."""
    signs = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    parts = hashes.astype(">u8").view(np.uint8).reshape(-1, 8)
    out = np.empty((len(hashes), 17), dtype=np.uint8)
    out[:, 0] = ord("r")
    out[:, 1::2], out[:, 2::2] = signs[parts >> 4], signs[parts & 15]
    return np.char.decode(out.view("S17").ravel(), "ascii").astype(object)


def _last_word(heading: str) -> str:
    return re.split(r"\s+", heading.strip())[-1]
