"""An outcome as a small declared thing: what is counted, in which table, under which filter, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from factfidelity.errors import SchemaError
from factfidelity.schemas.files import Strict, read_model, schema_files

Kind = Literal["admissions", "any_admission", "bed_days", "legal_days", "events", "interval_days"]
Form = Literal["HSL", "LPT", "LRV", "LPT_open", "LRV_open"]
POINT_KINDS = ("admissions", "any_admission", "events")


_UNITS_OF_DAYS = frozenset({"dygn", "dagar", "vårddygn", "vårddagar", "days", "bed-days", "bed days", "nights"})


def refuse_poisson(data: Any) -> Any:
    """Refuse by name what a plan cannot choose: a Poisson interval, far too narrow for days, which come in runs."""
    if isinstance(data, Mapping):
        asked = [key for key in ("method", "interval", "intervals") if "poisson" in str(data.get(key, "")).casefold()]
        if asked:
            raise ValueError(
                f"a plain Poisson interval ({asked[0]}: {data[asked[0]]}) is refused: bed-days come in runs, and it "
                "holds the truth one time in five. Days are resampled by client, events have clients as clusters; "
                "leave the key out"
            )
    return data


class Words(Strict):
    """One text in both languages."""

    sv: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _in_both(cls, data: Any) -> Any:
        if isinstance(data, str):
            raise ValueError(  # noqa: TRY004  (pydantic turns only this into one of our problems)
                'must be in both languages, such as {sv: "Vårddygn", en: "Bed-days"} ¦ '
                'ska finnas på båda språken, till exempel {sv: "Vårddygn", en: "Bed-days"}'
            )
        return data


class Outcome(Strict):
    """One outcome.

    Attributes
    ----------
    outcome : str
        Its name, as in tables.
    kind : str
        ``admissions`` spells that begin · ``any_admission`` whether any does · ``bed_days`` days of spells ·
        ``legal_days`` days under legal forms · ``events`` rows of a dated table · ``interval_days`` days of a table
        of periods.
    table : str
        The table of the extract.
    care : str
        For stays: ``plan`` (the plan's kinds of care), ``somatic`` (an MVO that no kind of psychiatric care has)
        or ``any``.
    where : mapping
        Columns and the values that count; for stays those of the spell's first episode, except ward_type and unit of
        ``bed_days``, which are those of the day.
    starts_with : mapping
        Columns and the beginnings that count, for diagnosis codes.
    compulsory : str
        For admissions: ``first_day`` or ``any_day`` under a closed form of compulsory care.
    forms : tuple of str
        For ``legal_days`` and ``compulsory``: the legal forms.
    not_on_admission_day : bool
        For visits: leave out those on the first day of a stay, which have been reported twice since 2015.
    role : str
        ``outcome``, or ``control``: not expected to move with the programme.
    topic : str
        What the gate must know: coercion, legal_status, death, diagnosis or empty.
    default : bool
        Whether it is counted when the plan names no outcomes.
    tested : bool
        Whether its paired test belongs to those over which false discoveries are held; not for parts of another.
    """

    outcome: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Kind
    table: str = "episodes"
    care: Literal["plan", "somatic", "any"] = "plan"
    where: dict[str, tuple[str | bool | float, ...]] = Field(default_factory=dict)
    starts_with: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    compulsory: Literal["", "first_day", "any_day"] = ""
    forms: tuple[Form, ...] = ()
    not_on_admission_day: bool = False
    label: Words
    unit: Words
    role: Literal["outcome", "control"] = "outcome"
    topic: Literal["", "coercion", "legal_status", "death", "diagnosis"] = ""
    default: bool = False
    tested: bool = True

    _no_poisson = model_validator(mode="before")(refuse_poisson)

    @field_validator("where", "starts_with", mode="before")
    @classmethod
    def _lists(cls, data: Any) -> Any:
        """Take a single value for a list of one."""
        if not isinstance(data, Mapping):
            return data
        return {name: value if isinstance(value, list | tuple) else [value] for name, value in data.items()}

    @field_validator("starts_with", mode="after")
    @classmethod
    def _codes(cls, data: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Write codes as the tables do: capitals, without the dot."""
        return {name: tuple(value.replace(".", "").upper() for value in values) for name, values in data.items()}

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Outcome:
        if self.not_on_admission_day and self.kind != "events":
            raise ValueError(
                "not_on_admission_day is for kind: events, such as visits ¦ "
                "not_on_admission_day gäller kind: events, till exempel besök"
            )
        stays = self.kind in ("admissions", "any_admission", "bed_days")
        if stays and self.table != "episodes":
            raise ValueError(
                f"{self.kind} are counted in the table episodes; leave the key table out ¦ "
                f"{self.kind} räknas i tabellen episodes; utelämna nyckeln table"
            )
        if self.compulsory and self.kind == "bed_days":
            raise ValueError(
                "days under compulsion are declared with kind: legal_days ¦ "
                "dygn i tvångsvård beskrivs med kind: legal_days"
            )
        if self.kind == "legal_days" and (self.table != "legal_status" or not self.forms):
            raise ValueError(
                "legal_days needs table: legal_status and the forms that count, such as forms: [LPT, LRV] ¦ "
                "legal_days kräver table: legal_status och de vårdformer som räknas, till exempel forms: [LPT, LRV]"
            )
        return self

    @property
    def is_days(self) -> bool:
        """Whether days are counted, which come in runs and get their interval by resampling; also by their unit."""
        if self.kind in ("admissions", "any_admission"):
            return False
        named = {self.unit.sv.casefold(), self.unit.en.casefold()}
        return self.kind not in POINT_KINDS or bool(named & _UNITS_OF_DAYS)

    @property
    def tables(self) -> tuple[str, ...]:
        """The sources that the figure rests on."""
        more = ("legal_status",) if self.compulsory else ()
        return tuple(dict.fromkeys((self.table, *more)))


class _Outcomes(Strict):
    outcomes: tuple[Outcome, ...]


def shipped_outcomes() -> dict[str, Outcome]:
    """Return the outcomes of ``schemas/outcomes/`` by name, in the order of tables.

    Raises
    ------
    SchemaError
        If a file is wrong, or a name is declared twice.
    """
    return dict(_shipped())


@cache
def _shipped() -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    for path in schema_files("outcomes").values():
        for outcome in read_model(path, _Outcomes).outcomes:
            if outcome.outcome in found:
                raise SchemaError(f'{path.name}: the outcome "{outcome.outcome}" is declared twice')
            found[outcome.outcome] = outcome
    return found
