"""Turns a declared outcome into happenings and days of the cohort's clients, laid on one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.legal_status import CLOSED_FORMS, days_under, form_covers, spells_under
from factfidelity.care.line import Cover, Points, codes_of, latest_holder, places
from factfidelity.care.spells import Spells, checked_stays, hospital_days, join_episodes, leave_cover
from factfidelity.care.windows import Windows
from factfidelity.days import UNKNOWN, Days, day_numbers
from factfidelity.extract import Extract
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan

Made = TypeVar("Made")
_OF_THE_DAY = ("ward_type", "unit", "mvo")


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts declared outcomes in windows; each source is put on the line once.

    Attributes
    ----------
    extract, plan
    known : Index
        The clients; their codes are positions in it.
    """

    extract: Extract
    plan: Plan
    known: pd.Index[Any]
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def stays(self, care: str = "plan") -> pd.DataFrame:
        """Return the episodes of a kind of care: kept first, chained after."""
        return self.once(("stays", care), lambda: _of_kind(self.extract.episodes, care, self.plan))

    def spells(self, care: str = "plan") -> Spells:
        """Return the spells at gap 0, for days and for the index stay."""
        return self.once(("spells", care), lambda: join_episodes(self.stays(care), self.known))

    def admissions(self, care: str = "plan") -> Spells:
        """Return the spells by the plan's gap and clinic rule, for admissions."""
        rule = self.plan.spells
        if rule.gap_days == 0 and not rule.same_clinic:
            return self.spells(care)
        return self.once(
            ("admissions", care),
            lambda: join_episodes(
                self.stays(care), self.known, gap_days=rule.gap_days, same_clinic=rule.same_clinic
            ),
        )  # fmt: skip

    @property
    def away(self) -> Cover:
        """Whole leave days."""
        return self.once("away", lambda: leave_cover(self.extract.leave, self.known))

    @property
    def forms(self) -> dict[str, Cover]:
        """Days of each legal form."""
        return self.once("forms", lambda: form_covers(self.extract.legal_status, self.known))

    def in_hospital(self) -> Cover:
        """Days in hospital of the plan's kinds of care, by the plan's counting rule."""
        return self.once("hospital", lambda: hospital_days(self.spells(), self.plan.day_count, self.away))

    def of(self, outcome: Outcome) -> Points | Cover:
        """Return what the outcome counts: happenings, or days."""
        return self.once(("outcome", outcome.model_dump_json()), lambda: self._of(outcome))

    def count(self, outcome: Outcome, windows: Windows) -> NDArray[np.float64]:
        """Count the outcome in each window; ``any_admission`` gives 0 or 1."""
        counted = self.of(outcome)
        found = windows.count_days(counted) if isinstance(counted, Cover) else windows.count_points(counted)
        result = np.minimum(found, 1) if outcome.kind == "any_admission" else found
        return result.astype(np.float64)

    def time(self, outcome: Outcome, windows: Windows) -> Days:
        """Return the days at risk of the outcome in each window."""
        days = windows.days()
        if self.plan.at_risk == "outside_hospital" and outcome.kind in ("admissions", "any_admission"):
            days = days - windows.count_days(self.in_hospital())
        return days

    def _of(self, outcome: Outcome) -> Points | Cover:
        if outcome.kind in ("admissions", "any_admission"):
            return self._admission_days(outcome)
        if outcome.kind == "bed_days":
            return self._bed_days(outcome)
        if outcome.kind == "legal_days":
            closed = set(outcome.forms) <= set(CLOSED_FORMS)
            return days_under(self.forms, outcome.forms, self.away if closed else None)
        table = self.extract.table(outcome.table)
        table = table[passes(table, outcome)]
        if outcome.table == "contacts":  # a contact of two staff members is one contact
            table = table[~table["contact_id"].duplicated() | table["contact_id"].isna()]
        if outcome.kind == "interval_days":
            start = day_numbers(table["start"], missing=UNKNOWN)
            return Cover.of(
                np.where(start > UNKNOWN, codes_of(self.known, table["client_id"]), -1),
                start,
                day_numbers(table["end"]),
            )
        day = day_numbers(table["date"], missing=UNKNOWN)
        happened = Points.of(np.where(day > UNKNOWN, codes_of(self.known, table["client_id"]), -1), day)
        if outcome.table == "diagnoses":  # several codes of one day are one occasion
            happened = Points(np.unique(happened.place))
        if outcome.not_on_admission_day and self.extract.has("episodes"):
            return Points(happened.place[~np.isin(happened.place, self.spells("any").start)])
        return happened

    def _admission_days(self, outcome: Outcome) -> Points:
        spells, stays = self.admissions(outcome.care), self.stays(outcome.care)
        kept = passes(stays.take(spells.first), outcome)
        if outcome.compulsory:
            under = days_under(self.forms, outcome.forms or CLOSED_FORMS)
            kept &= spells_under(spells, under, when=outcome.compulsory)
        return Points(spells.start[kept])

    def _bed_days(self, outcome: Outcome) -> Cover:
        spells, stays = self.spells(outcome.care), self.stays(outcome.care)
        of_the_day = {name: values for name, values in outcome.where.items() if name in _OF_THE_DAY}
        of_the_spell = outcome.model_copy(
            update={"where": {name: values for name, values in outcome.where.items() if name not in _OF_THE_DAY}}
        )
        kept = passes(stays.take(spells.first), of_the_spell)
        chosen = Spells(*(getattr(spells, name)[kept] for name in ("client", "start", "end", "first", "episodes")))
        days = hospital_days(chosen, self.plan.day_count, self.away)
        if not of_the_day:
            return days
        rows = passes(stays, outcome.model_copy(update={"where": of_the_day, "starts_with": {}}))
        return days.both(ward_days(stays, self.known, rows))

    def once(self, key: Any, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gave the first time for this key."""
        if key not in self._kept:
            self._kept[key] = make()
        kept: Made = self._kept[key]
        return kept


def ward_days(stays: pd.DataFrame, known: pd.Index[Any], chosen: NDArray[np.bool_]) -> Cover:
    """Return the days that belong to the chosen episodes; a day that two share belongs to the one admitted last.

    The last day of each episode is held too, so that both nights and started days can be cut from it.
    """
    admitted, discharged = checked_stays(stays)
    client = codes_of(known, stays["client_id"])
    rows = np.flatnonzero(client >= 0)
    low, high = places(client[rows], admitted[rows]), places(client[rows], discharged[rows] + 1)
    order = np.lexsort((high, low))
    start, end, holder = latest_holder(low[order], high[order])
    mine = chosen[rows[order][holder]] if len(holder) else np.zeros(0, dtype=bool)
    return Cover.joined(start[mine], end[mine])


def passes(table: pd.DataFrame, outcome: Outcome) -> NDArray[np.bool_]:
    """Tell which rows pass the filters of an outcome; an empty value passes none."""
    kept = np.ones(len(table), dtype=bool)
    for name, values in outcome.where.items():
        column = _column(table, name, outcome)
        kept &= column.isin(as_in(column, values)).fillna(False).to_numpy(dtype=bool)
    for name, starts in outcome.starts_with.items():
        text = _column(table, name, outcome).astype("str")
        kept &= text.str.startswith(tuple(starts)).fillna(False).to_numpy(dtype=bool)
    return kept


_YES_NO = {"ja": True, "yes": True, "true": True, "nej": False, "no": False, "false": False}


def as_in(column: pd.Series[Any], values: Sequence[str | bool | float]) -> list[Any]:
    """Return the values of a filter as a column holds them: codes as text, yes and no as flags."""
    if pd.api.types.is_bool_dtype(column):
        return [_YES_NO.get(str(value).casefold(), value) for value in values]
    if pd.api.types.is_string_dtype(column):
        return [f"{value:g}" if isinstance(value, float) else str(value) for value in values]
    return list(values)


def _column(table: pd.DataFrame, name: str, outcome: Outcome) -> pd.Series[Any]:
    if name not in table.columns:
        raise ValueError(f"the outcome {outcome.outcome} filters on {name}, which its table does not have")
    column: pd.Series[Any] = table[name]
    return column


def mvo_codes(episodes: pd.DataFrame) -> pd.Series[Any]:
    """Return the codes of the medical areas as text, also where a frame made by hand holds numbers."""
    mvo: pd.Series[Any] = episodes["mvo"]
    return mvo.astype("Int64").astype("str").where(mvo.notna()) if pd.api.types.is_numeric_dtype(mvo) else mvo


def _of_kind(episodes: pd.DataFrame, care: str, plan: Plan) -> pd.DataFrame:
    mvo = mvo_codes(episodes)
    if care == "any" or (care == "plan" and mvo.isna().all()):
        return episodes
    if care == "plan":
        return episodes[mvo.isin(plan.mvo_codes).to_numpy()]
    psychiatric = {code for codes in plan.mvo_sets.values() for code in codes}
    return episodes[(mvo.notna() & ~mvo.isin(psychiatric)).to_numpy()]
