"""The plan of an evaluation: every choice that a figure hangs on, with the defaults of the house."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from factfidelity.errors import PlanError, Problem
from factfidelity.schemas.files import Strict, append_line, build_model, picture_of, read_yaml, schema_files
from factfidelity.schemas.outcome import Outcome, refuse_poisson, shipped_outcomes
from factfidelity.schemas.price import Price

# Keys of later editions: left out of the fingerprint while they are not used, so that an earlier lock still holds.
_CAME_LATER = frozenset({"prices", "price_year", "price_index", "municipalities"})
_PARTS_CAME_LATER: dict[str, dict[str, Any]] = {
    "disclosure": {"coarsen_above": 0.2, "method": "suppress", "base": 5},
    "caseload": {"pinned": False},
}

IndexStay = Literal["include", "exclude", "after_discharge"]
Cohort = Literal["all", "complete", "mirror"]
DayCount = Literal["nights", "days", "nights_min_one"]


class Organisation(Strict):
    """Who publishes the report; ``logo`` is a picture's file, PNG, JPEG or SVG, seen from the plan's own folder."""

    name: str = ""
    contact: str = ""
    logo: str = ""


class ReportPeriod(Strict):
    """The period that the report covers; empty = the whole delivery. ``end`` is the first day after."""

    start: dt.date | None = None
    end: dt.date | None = None


class Index(Strict):
    """The day that divides before from after."""

    kind: Literal["enrolment", "column", "date"] = "enrolment"
    column: str = ""
    date: dt.date | None = None


class Windows(Strict):
    """Widths and wash-outs in days."""

    width: int = Field(default=365, ge=1, le=3653)
    width_before: int | None = Field(default=None, ge=1, le=3653)
    width_after: int | None = Field(default=None, ge=1, le=3653)
    washout_before: int = Field(default=0, ge=0, le=3653)
    washout_after: int = Field(default=0, ge=0, le=3653)

    @property
    def before(self) -> int:
        """Width of the before window in days."""
        return self.width_before or self.width

    @property
    def after(self) -> int:
        """Width of the after window in days."""
        return self.width_after or self.width


class Spells(Strict):
    """How episodes are joined."""

    gap_days: int = Field(default=0, ge=0, le=30)
    same_clinic: bool = False
    readmission_gap: int = Field(default=1, ge=0, le=30)


class Intervals(Strict):
    """How uncertainty is computed."""

    level: float = Field(default=0.95, gt=0.5, lt=1)
    draws: int = Field(default=2000, ge=100, le=100_000)
    seed: int = 20_180_101

    _no_poisson = model_validator(mode="before")(refuse_poisson)


class Disclosure(Strict):
    """What may leave the secure room.

    ``coarsen_above``: a table over time that would lose a greater share of its rows is shown by longer periods, and
    one by age or municipality in larger groups; 1 keeps every table as it is asked for. ``method``: ``suppress``
    hides numbers of persons, ``round`` shows them as a multiple of ``base`` at most so far away.
    """

    smallest: int = Field(default=5, ge=3, le=100)
    hide_zero: tuple[str, ...] = ("coercion", "legal_status", "death", "diagnosis")
    dominance: tuple[float, float] = (0.5, 0.75)
    protection: int = Field(default=5, ge=1, le=100)
    coarsen_above: float = Field(default=0.2, ge=0, le=1)
    method: Literal["suppress", "round"] = "suppress"
    base: int = Field(default=5, ge=1, le=100)

    @model_validator(mode="after")
    def _wide_enough(self) -> Disclosure:
        if self.method == "round" and self.base < max(self.smallest, self.protection):
            raise ValueError(
                f"base {self.base} is less than smallest or protection; a rounded number is at most base "
                f"from the true one, so choose a larger base ¦ base {self.base} är mindre än smallest "
                "eller protection; ett avrundat tal ligger högst base från det sanna, så välj en större base"
            )
        return self


class Caseload(Strict):
    """How the caseload is shown, and with it the board and the contacts; ``pinned`` keeps the periods as they are."""

    every: Literal["month", "quarter", "half_year", "year"] = "month"
    pinned: bool = False
    staff: Literal["case_carrying", "team", "case_managers"] = "case_carrying"


class Fidelity(Strict):
    """Which scale is scored; empty = the programme's."""

    scale: str = ""
    version: str = ""


class Locked(Strict):
    """When the plan was fixed, before outcomes were opened, and its fingerprint on that day."""

    date: dt.date | None = None
    fingerprint: str = ""


class Plan(Strict):
    """All choices of one evaluation.

    Every key may be left out; the defaults are those of the definitions.
    """

    plan: str = "default"
    title: dict[str, str] = Field(default_factory=dict)
    language: Literal["sv", "en"] = "sv"
    organisation: Organisation = Organisation()
    programme: str = "fact"
    municipalities: dict[str, str] = Field(default_factory=dict)
    period: ReportPeriod = ReportPeriod()
    index: Index = Index()
    windows: Windows = Windows()
    cohort: Cohort = "all"
    paired_cohort: Literal["complete", "mirror"] = "mirror"
    follow: Literal["intention_to_treat", "while_enrolled"] = "intention_to_treat"
    index_stay: IndexStay = "include"
    also_index_stay: tuple[IndexStay, ...] = ("exclude", "after_discharge")
    at_risk: Literal["all_days", "outside_hospital"] = "all_days"
    day_count: DayCount = "nights"
    spells: Spells = Spells()
    mvo_sets: dict[str, tuple[str, ...]] = Field(
        default_factory=lambda: {
            "adult": ("901", "906", "921", "928", "944", "957"),
            "addiction": ("945", "953", "954"),
            "forensic": ("943", "956"),
            "child": ("931",),
        }
    )
    care_kind: tuple[str, ...] = ("adult",)
    impute_partial: Literal["refuse", "first", "middle"] = "refuse"
    intervals: Intervals = Intervals()
    disclosure: Disclosure = Disclosure()
    caseload: Caseload = Caseload()
    fidelity: Fidelity = Fidelity()
    thresholds: dict[str, float] = Field(default_factory=dict)
    outcomes: tuple[str, ...] = ()
    allow_break: tuple[Literal["par_ov_2024", "lisa_2019"], ...] = ()
    own_outcomes: tuple[Outcome, ...] = ()
    prices: tuple[Price, ...] = ()
    price_year: int | None = Field(default=None, ge=1968, le=2100)
    price_index: dict[int, float] = Field(default_factory=dict)
    locked: Locked = Locked()
    # The picture itself, and not in the record: its path is the choice, and a fingerprint must not hang on a picture.
    _picture: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _own_names(self) -> Plan:
        seen = [outcome.outcome for outcome in self.own_outcomes]
        twice = next((name for name in seen if seen.count(name) > 1), "")
        if twice:
            raise ValueError(
                f'own_outcomes: "{twice}" stands twice; give each a name of its own ¦ '
                f'own_outcomes: "{twice}" finns två gånger; ge varje utfall ett eget namn'
            )
        taken = next((name for name in seen if name in shipped_outcomes() or name == "total"), "")
        if taken:
            raise ValueError(
                f'own_outcomes: the name "{taken}" is taken by the library; choose another ¦ '
                f'own_outcomes: namnet "{taken}" används redan av biblioteket; välj ett annat'
            )
        return self

    @property
    def mvo_codes(self) -> frozenset[str]:
        """The MVO codes of the kind of care asked for."""
        return frozenset(code for kind in self.care_kind for code in self.mvo_sets.get(kind, ()))

    @property
    def picture(self) -> str:
        """The logo as a ``data:`` address, empty where there is none."""
        return self._picture

    def with_picture(self, picture: str) -> Plan:
        """Return the same plan with its logo, a ``data:`` address."""
        plan = self.model_copy()
        plan._picture = picture
        return plan

    def record(self) -> dict[str, Any]:
        """Return the plan as plain data, for the run record."""
        return self.model_dump(mode="json")

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the plan's content but for its lock, the same whatever the order of its keys."""
        record = {
            name: _as_before(name, value)
            for name, value in self.record().items()
            if name != "locked" and (value or name not in _CAME_LATER)
        }
        content = json.dumps(record, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def lock_state(self) -> Literal["open", "kept", "changed"]:
        """Whether the plan was locked, and is still what it was then; the beginning of a fingerprint will do."""
        if self.locked.date is None or len(self.locked.fingerprint) < 8:
            return "open"
        return "kept" if self.fingerprint.startswith(self.locked.fingerprint.strip().lower()) else "changed"


def _as_before(name: str, value: Any) -> Any:
    """Return a part of the plan without keys of later editions that stand at their default."""
    later = _PARTS_CAME_LATER.get(name, {})
    return {key: one for key, one in value.items() if key not in later or one != later[key]} if later else value


def load_plan(path_or_name: str | Path = "default") -> Plan:
    """Read a plan from a file, or one that is shipped by its name.

    Parameters
    ----------
    path_or_name : str or Path
        A YAML file, or the name of a file in ``schemas/plans/``.

    Raises
    ------
    PlanError
        If the plan does not exist, holds an unknown key or a value that it may not have (all faults at once), or names
        a logo that is not there.
    """
    shipped = schema_files("plans")
    path = shipped.get(str(path_or_name), Path(path_or_name))
    if not path.is_file():
        what = f'there is no plan "{path.name}"'
        do = f"give a YAML file, or one of: {', '.join(shipped)}"
        raise PlanError(problems=[Problem(what, do, kind="plan")])
    data = read_yaml(path, error=PlanError)
    plan = build_model({} if data is None else data, Plan, path=path, error=PlanError)
    logo = plan.organisation.logo
    return plan.with_picture(picture_of(path.parent / logo, said_in=path.name, error=PlanError)) if logo else plan


def lock_plan(path: str | Path, *, on: dt.date) -> Plan:
    """Write the day and the fingerprint of a plan into its file, before outcomes are opened.

    Parameters
    ----------
    path : str or Path
        The plan's own YAML file; its other lines stay as they are.
    on : date
        The day of locking.

    Returns
    -------
    Plan
        The locked plan.

    Raises
    ------
    PlanError
        If the plan is not there, is not in order, or is locked already: a lock is moved by hand, and seen.
    """
    file = Path(path)
    if not file.is_file():
        problem = Problem("there is no such plan", "give the plan's own file", file.name, kind="plan",
                          what_sv="det finns ingen sådan plan", do_sv="ange planens egen fil")  # fmt: skip
        raise PlanError(problems=[problem])
    plan = load_plan(file)
    if plan.locked.date is not None or plan.locked.fingerprint:
        problem = Problem(
            f"the plan is locked already, on {plan.locked.date}",
            "give a changed plan a name and a file of its own, so that both can be seen", file.name, kind="plan",
            what_sv=f"planen är redan låst, {plan.locked.date}",
            do_sv="ge en ändrad plan ett eget namn och en egen fil, så att båda kan ses",
        )  # fmt: skip
        raise PlanError(problems=[problem])
    append_line(file, f"locked: {{date: {on:%Y-%m-%d}, fingerprint: {plan.fingerprint}}}", error=PlanError)
    return load_plan(file)
