"""Care models as data: names, norms with their denominators and sources, scale, and what to show of them."""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from factfidelity.errors import Problem, SchemaError
from factfidelity.schemas.files import Strict, read_model, schema_files

Text = dict[str, str]
Status = Literal["verified", "derived", "background", "memory", "unknown"]
StaffCount = Literal["case_carrying", "team", "case_managers"]


class Sourced(Strict):
    """A figure with where it comes from.

    ``verified``: read in the source. ``derived``: our arithmetic on such figures. ``background``: read in a report
    that cites the source. ``memory``: remembered, not read. ``unknown``: none found, and the figure is empty.
    """

    status: Status
    source: str | Text = ""
    note: Text = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_its_source(self) -> Sourced:
        if self.status in ("verified", "derived", "background") and not self.source:
            raise ValueError(f"a figure that is {self.status} must name its source")
        return self


class Range(Sourced):
    """Lowest and highest value; one that is not known is empty."""

    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _runs_upwards(self) -> Range:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")
        if self.status == "unknown" and (self.low is not None or self.high is not None):
            raise ValueError("an unknown figure must be empty")
        return self


class CaseloadNorm(Range):
    """Clients for each post, with the denominator in words.

    ``staff`` names the denominators of ours that the norm may be laid beside; empty: none of them is the same.
    """

    id: str
    kind: Literal["norm", "ceiling", "top_score", "observed", "comparison"]
    denominator: Text
    numerator: Text = Field(default_factory=dict)
    staff: tuple[StaffCount, ...] = ()


class StaffNorm(Range):
    """FTE of one role; ``per_clients`` where the source says for how many clients."""

    role: str
    label: Text
    professions: tuple[str, ...]
    per_clients: float | None = Field(default=None, gt=0)


class Board(Strict):
    """How the board is used, where the model has one."""

    used: bool
    name: Text = Field(default_factory=dict)
    meetings_per_week: Range
    share: Range
    rule: Text = Field(default_factory=dict)


class ScaleUse(Sourced):
    """The fidelity scale that is scored for the model; empty where none is published."""

    id: str | None = None
    also: tuple[str, ...] = ()


class Criterion(Sourced):
    """One entry criterion of an audit: what is measured and its limit."""

    id: str
    label: Text
    at_least: float | None = None
    at_most: float | None = None
    per_clients: float | None = None


class Entry(Strict):
    """Entry criteria, or that none are published."""

    published: bool
    must_meet: int | None = None
    of: int | None = None
    criteria: tuple[Criterion, ...] = ()
    note: Text = Field(default_factory=dict)


class Indicator(Strict):
    """One indicator: the section of a report that it belongs to, the tables that it needs, and its words."""

    section: str
    needs: tuple[str, ...] = ()
    sv: str
    en: str


class _Vocabulary(Strict):
    sections: tuple[str, ...]
    titles: dict[str, Text] = Field(default_factory=dict)
    indicators: dict[str, Indicator]


class Programme(Strict):
    """One care model, or a module that any of them can carry."""

    programme: str
    kind: Literal["model", "module"] = "model"
    name: Text
    short: Text
    aliases: tuple[str, ...] = ()
    alias_note: Text = Field(default_factory=dict)
    target_group: Text
    age: Range
    caseload: tuple[CaseloadNorm, ...] = ()
    caseload_note: Text = Field(default_factory=dict)
    team_size: Range
    clients: Range
    heads: Range
    catchment: Range
    composition: tuple[StaffNorm, ...] = ()
    composition_note: Text = Field(default_factory=dict)
    stable_clients: Range | None = None
    process: tuple[Criterion, ...] = ()
    board: Board
    scale: ScaleUse
    entry: Entry
    modules: tuple[str, ...] = ()
    indicators: tuple[str, ...]
    note: Text = Field(default_factory=dict)

    def norms(self, staff: StaffCount) -> tuple[CaseloadNorm, ...]:
        """Return the caseload norms that may be laid beside a ratio with this denominator."""
        return tuple(norm for norm in self.caseload if staff in norm.staff)

    def reference(self, staff: StaffCount) -> CaseloadNorm | None:
        """Return the norm that is drawn beside the ratio: the first norm, else the first top score; None if none."""
        for kind in ("norm", "top_score"):
            for norm in self.norms(staff):
                if norm.kind == kind:
                    return norm
        return None

    @property
    def all_indicators(self) -> tuple[str, ...]:
        """The model's own indicators and those of its modules, each once."""
        modules = [name for module in self.modules for name in programmes()[module].indicators]
        return tuple(dict.fromkeys([*self.indicators, *modules]))

    @property
    def sections(self) -> tuple[str, ...]:
        """Sections of a report that the indicators of the model and its modules fill, in the order of a report."""
        known = indicator_vocabulary()
        wanted = {known[name].section for name in self.all_indicators}
        return tuple(section for section in _vocabulary().sections if section in wanted)


@cache
def _vocabulary() -> _Vocabulary:
    return read_model(schema_files("codes")["indicators"], _Vocabulary)


def indicator_vocabulary() -> dict[str, Indicator]:
    """Return every indicator that a programme may list, by id."""
    return dict(_vocabulary().indicators)


def section_names() -> tuple[str, ...]:
    """Return the sections of a report that indicators may fill, in their order."""
    return tuple(_vocabulary().sections)


def section_title(section: str) -> Text:
    """Return the heading of a section's indicators, Swedish and English."""
    return dict(_vocabulary().titles.get(section, {"sv": section, "en": section}))


def own_programmes_folder() -> Path:
    """Return the folder, outside the package, where a reader keeps care models of their own."""
    return Path(os.environ.get("FACTFIDELITY_PROGRAMMES") or Path.home() / ".factfidelity" / "programmes")


@cache
def programmes() -> dict[str, Programme]:
    """Return all care models and modules by id: those of ``schemas/programmes/``, and the reader's own.

    Raises
    ------
    SchemaError
        If a file breaks its schema, lists an indicator or a module that does not exist, or one of the reader's own
        has the name of a shipped one; all faults at once.
    """
    shipped = schema_files("programmes")
    own = {path.stem: path for path in sorted(own_programmes_folder().glob("*.yaml"))}
    found = {name: read_model(path, Programme) for name, path in {**own, **shipped}.items()}
    problems = [
        Problem(
            "has the name of a care model that is shipped",
            "give the file and its programme another name",
            f"{name}.yaml",
        )
        for name in own.keys() & shipped.keys()
    ]
    problems += [problem for name, each in found.items() for problem in _faults(name, each, found)]
    if problems:
        raise SchemaError(problems=problems)
    return found


def _faults(name: str, programme: Programme, found: dict[str, Programme]) -> list[Problem]:
    file = f"{name}.yaml"
    problems = []
    if programme.programme != name:
        problems.append(Problem(f'programme is "{programme.programme}"', "give it the name of its file", file))
    known = indicator_vocabulary()
    for indicator in programme.indicators:
        if indicator not in known:
            near = difflib.get_close_matches(indicator, list(known), n=1)
            what = f'unknown indicator "{indicator}"' + (f'. Did you mean "{near[0]}"?' if near else "")
            problems.append(Problem(what, "correct it, or add it to codes/indicators.yaml", file, "indicators"))
    problems.extend(
        Problem(f'"{module}" is no module', "name a programme of kind module", file, "modules")
        for module in programme.modules
        if module not in found or found[module].kind != "module"
    )
    return problems


def _plain(text: str) -> str:
    """Reduce a name to what it is compared by: letters and digits, without case, spaces, marks of writing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^0-9a-zåäöéü]+", "", folded)


@cache
def _names() -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return own names (id, name, short) and aliases, each to programme ids. An own name goes before an alias."""
    own: dict[str, str] = {}
    aliases: dict[str, set[str]] = {}
    for name, programme in programmes().items():
        for text in (name, *programme.name.values(), *programme.short.values()):
            own.setdefault(_plain(text), name)
        for text in programme.aliases:
            aliases.setdefault(_plain(text), set()).add(name)
    return own, aliases


def load_programme(id_or_alias: str) -> Programme:
    """Return one care model by its id, its name in Swedish or English, or an alias.

    Case, spaces and hyphens do not matter. A model's own name goes before another model's alias
    (*vård- och stödsamordning* is case management, though some call resource-group ACT so too).

    Raises
    ------
    SchemaError
        If no model has that name, or several have it as an alias.
    """
    own, aliases = _names()
    asked = _plain(id_or_alias)
    if asked in own:
        return programmes()[own[asked]]
    found = sorted(aliases.get(asked, set()))
    if len(found) == 1:
        return programmes()[found[0]]
    if found:
        what = f'"{id_or_alias}" is a name of several care models: {", ".join(found)}'
        raise SchemaError(problems=[Problem(what, "give one of these ids", rule="ambiguous_programme")])
    near = difflib.get_close_matches(asked, [*own, *aliases], n=1)
    guess = own.get(near[0]) or min(aliases[near[0]]) if near else ""
    what = f'there is no care model "{id_or_alias}"' + (f'. Did you mean "{guess}"?' if guess else "")
    raise SchemaError(problems=[Problem(what, f"give one of: {', '.join(programmes())}", rule="unknown_programme")])
