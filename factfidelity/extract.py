"""Extract: the frozen container of checked tables, with its period and fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd

Made = TypeVar("Made")

# The tables of an extract and the columns that hold. Ids are text, dates are datetime64 days, intervals
# start/end are half open with an empty end while they go on; admitted/discharged are as in the register.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "clients": (
        "client_id", "sex", "birth_year", "municipality", "diagnosis_group", "observed_from", "observed_to",
    ),
    "teams": ("team_id", "name", "programme", "started", "catchment"),
    "enrolments": ("client_id", "team_id", "start", "end", "end_reason"),
    "staff": (
        "staff_id", "team_id", "profession", "employer", "fte", "start", "end", "leader", "case_carrying", "skills",
    ),
    "posts": ("team_id", "profession", "fte", "start", "end"),
    "board": ("client_id", "team_id", "start", "end", "reason_on", "reason_off"),
    "contacts": (
        "contact_id", "client_id", "team_id", "date", "time", "form", "face_to_face", "outside_clinic", "minutes",
        "attended", "staff_id", "profession", "relatives", "agencies",
    ),
    "visits": ("client_id", "date", "kind", "mvo", "profession", "main_diagnosis"),
    "episodes": ("client_id", "admitted", "discharged", "unit", "mvo", "ward_type", "acute", "main_diagnosis"),
    "legal_status": ("client_id", "form", "start", "end"),
    "leave": ("client_id", "kind", "start", "end"),
    "coercion": ("client_id", "date", "kind"),
    "measurements": ("client_id", "date", "instrument", "part", "score"),
    "diagnoses": ("client_id", "date", "code"),
    "ratings": ("team_id", "assessment", "scale", "item", "rater", "score"),
    "meetings": ("team_id", "date", "clients_reviewed", "professions"),
    "care_plans": (
        "client_id", "kind", "made", "followed_up", "person_present", "relatives_present", "agencies", "consent",
    ),
    "referrals": ("client_id", "team_id", "received", "decided", "outcome", "first_contact"),
    "events": ("client_id", "team_id", "date", "kind", "amount"),
    "surveys": ("team_id", "date", "instrument", "item", "answer", "n"),
    "actions": ("team_id", "instrument", "item", "decided", "due", "done", "responsible"),
    "catchment": ("team_id", "date", "bed_days", "admissions", "patients", "beds", "inhabitants"),
    "work": ("client_id", "kind", "start", "end", "hours"),
    "placements": ("client_id", "kind", "start", "end", "form", "law", "municipality"),
    "services": ("client_id", "kind", "start", "end", "law", "municipality", "requested", "decided", "hours"),
    "deaths": ("client_id", "date", "precision"),
    "population": ("area", "area_kind", "age_group", "sex", "year", "persons"),
    "costs": ("item", "unit", "sek", "price_year", "source"),
}  # fmt: skip

_DATES = frozenset(
    "observed_from observed_to started start end date admitted discharged made followed_up received decided "
    "first_contact requested due done".split()
)
_NUMBERS = frozenset(
    "birth_year catchment fte minutes amount score hours persons n clients_reviewed year sek price_year bed_days "
    "admissions patients beds inhabitants".split()
)
_FLAGS = frozenset(
    "leader case_carrying face_to_face outside_clinic attended relatives acute person_present "
    "relatives_present consent".split()
)


@dataclass(frozen=True, slots=True)
class Source:
    """What is known about where a table comes from.

    Attributes
    ----------
    completeness : str
        ``running``: open stays are delivered. ``discharged``: only finished stays are.
    linked : bool
        Whether a client without rows in this source counts 0; else the client is not observed there.
    start, end : Timestamp or None
        The days that the source covers, ``end`` being the first day after.
    complete_to : Timestamp or None
        First day from which the source can no longer be trusted to be complete.
    register : str or None
        National register that the rows come from, such as ``PAR_OV`` (several: a blank between them); empty where
        they come from none; None where it is not said.
    """

    completeness: Literal["running", "discharged"] = "running"
    linked: bool = True
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None
    complete_to: pd.Timestamp | None = None
    register: str | None = None


def empty_table(name: str) -> pd.DataFrame:
    """Return a table of the extract with its columns, their types, and no rows."""
    return pd.DataFrame({column: pd.Series(dtype=_dtype(column)) for column in COLUMNS[name]})


def column_kind(column: str) -> Literal["date", "number", "flag", "text"]:
    """Return what a column of the extract's tables holds."""
    if column in _DATES:
        return "date"
    if column in _NUMBERS:
        return "number"
    return "flag" if column in _FLAGS else "text"


def _dtype(column: str) -> Any:
    if column in _DATES:
        return "datetime64[s]"
    if column in _NUMBERS:
        return "float64"
    return "boolean" if column in _FLAGS else "str"


@dataclass(frozen=True, eq=False)
class Extract:
    """One checked delivery: frozen tables of pseudonymised data.

    Attributes
    ----------
    tables : mapping of DataFrame
        By name; a table that was not delivered is empty with its columns.
    start, end : Timestamp
        The period, half open: ``end`` is the first day that is not observed any more.
    sources : mapping of Source
        What is known about each table's source.
    crosswalk_rate : mapping of float
        Share of each source's persons that could be linked to a client.
    delivery : object
        The delivery report that the extract was made with, or None.
    groups : mapping of (table, column) to tuple of str
        What stands in a column of the whole extract that this one is a part of; what is absent here is none of it.
    """

    tables: Mapping[str, pd.DataFrame]
    start: pd.Timestamp
    end: pd.Timestamp
    sources: Mapping[str, Source] = field(default_factory=dict)
    crosswalk_rate: Mapping[str, float] = field(default_factory=dict)
    delivery: Any = None
    saver: Callable[[Extract, Path], None] | None = field(default=None, repr=False)
    groups: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _held: list[dict[Hashable, Any]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.tables) - set(COLUMNS))
        if unknown:
            raise ValueError(f"an extract has no table {', '.join(unknown)}; known: {', '.join(COLUMNS)}")
        filled = {name: self.tables[name] if name in self.tables else empty_table(name) for name in COLUMNS}
        for name, frame in filled.items():
            lacking = [column for column in COLUMNS[name] if column not in frame.columns]
            if lacking:
                columns = {column: _empty_column(column, frame.index) for column in lacking}
                filled[name] = frame.assign(**columns)
        object.__setattr__(self, "tables", filled)

    def table(self, name: str) -> pd.DataFrame:
        """Return one table; changing it does not change the extract."""
        return self.tables[name].copy(deep=False)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name in COLUMNS:
            return self.table(name)
        raise AttributeError(name)

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Make what several results count of this extract only once until the end of the block."""
        if self._held:
            yield
            return
        self._held.append({})
        try:
            yield
        finally:
            self._held.clear()

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under a key in the block of ``sharing``; outside of one it is made anew.

        Nobody may change what is given; a frame is given as a copy of its own that costs nothing.
        """
        if not self._held:
            return make()
        held = self._held[0]
        if key not in held:
            held[key] = make()
        made: Made = held[key]
        return made.copy(deep=False) if isinstance(made, pd.DataFrame) else made

    @property
    def period(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First observed day, and first day after the last."""
        return self.start, self.end

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the content; the order of rows, file names and the machine do not matter."""
        return content_fingerprint(self.tables, self.start, self.end)

    def source(self, name: str) -> Source:
        """Return what is known about the source of a table."""
        return self.sources.get(name, Source())

    def groups_in(self, table: str, column: str) -> tuple[str, ...]:
        """Return what stands in a column, here or in the whole that this extract is a part of, sorted."""
        here = self.tables[table][column].dropna().astype("str").unique()
        return tuple(sorted({*map(str, here), *self.groups.get((table, column), ())}))

    def has(self, name: str) -> bool:
        """Tell whether a table was delivered with at least one row."""
        return len(self.tables[name]) > 0

    def save(self, folder: str | Path) -> None:
        """Write the tables to a folder of the secure room, to be loaded again with ``load_extract``."""
        if self.saver is None:
            raise ValueError("this extract was built by hand; load or sample one to be able to save it")
        self.saver(self, Path(folder))

    def __repr__(self) -> str:
        rows = ", ".join(f"{name} {len(frame)}" for name, frame in self.tables.items() if len(frame))
        return f"Extract({self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}; rows: {rows or 'none'})"


def _empty_column(column: str, index: pd.Index[Any]) -> pd.Series[Any]:
    dtype = _nullable(column)
    return pd.Series(float("nan") if dtype == "float64" else pd.NA, index=index, dtype=dtype)


def _nullable(column: str) -> Any:
    return "datetime64[s]" if column in _DATES else "float64" if column in _NUMBERS else _dtype(column)


def content_fingerprint(tables: Mapping[str, pd.DataFrame], start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return a SHA-256 over tables that does not depend on the order of rows or columns."""
    total = hashlib.sha256(f"{start:%Y-%m-%d}|{end:%Y-%m-%d}".encode())
    for name in sorted(tables):
        frame = tables[name]
        if not len(frame):
            continue
        columns = sorted(str(column) for column in frame.columns)
        plain = pd.DataFrame({column: _as_text(frame[column]) for column in columns})
        rows = pd.util.hash_pandas_object(plain, index=False).sort_values()
        total.update(f"|{name}|{','.join(columns)}|{len(rows)}|".encode())
        total.update(rows.to_numpy().tobytes())
    return total.hexdigest()


def _as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    if column.dtype.kind == "M":
        text: pd.Series[Any] = column.dt.strftime("%Y-%m-%d").fillna("")
        return text
    if column.dtype.kind == "f":
        return column.map(lambda value: "" if pd.isna(value) else repr(round(float(value), 9)))
    return column.astype("object").map(lambda value: "" if pd.isna(value) else str(value))
