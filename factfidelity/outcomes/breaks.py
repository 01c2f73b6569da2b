"""Days on which a register changed, and the before/after comparisons that may not lie across them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd

from factfidelity.extract import Extract
from factfidelity.schemas.files import read_yaml, schema_files
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.wording import date as day_name

PAR_OV, LISA = "par_ov_2024", "lisa_2019"
_OUTPATIENT_REGISTER = "PAR_OV"
_INCOMES = frozenset({"income_ku", "income_agi"})  # from yearly statements, and from monthly declarations
_PHYSICIANS = frozenset({"physician", "psychiatrist"})


def break_day(name: str = PAR_OV) -> pd.Timestamp:
    """Return the day of a named break of the registers.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    for item in read_yaml(schema_files("codes")["register_breaks"])["breaks"]:
        if item.get("id") == name:
            return pd.Timestamp(item["date"])
    raise ValueError(f"there is no register break {name!r}")


def rests_on_outpatient_register(extract: Extract, outcome: Outcome) -> bool:
    """Tell whether an outcome counts outpatient contacts that the patient register has of all professions since 2024.

    Emergency visits do not, nor do visits to physicians alone, nor contacts from a region's own system. Where the
    mapping does not say where the visits come from, they may be the register's.
    """
    register = extract.source("visits").register
    if outcome.table != "visits" or (register is not None and _OUTPATIENT_REGISTER not in register.split()):
        return False
    kinds, professions = (frozenset(map(str, outcome.where.get(name, ()))) for name in ("kind", "profession"))
    if (kinds and "outpatient" not in kinds) or (professions and professions <= _PHYSICIANS):
        return False
    return bool(extract.visits["kind"].eq("outpatient").fillna(False).any())


def rests_on_income(extract: Extract, outcome: Outcome) -> bool:
    """Tell whether an outcome counts years with income from work, whose source was changed between 2018 and 2019."""
    if outcome.table != "work":
        return False
    asked = frozenset(map(str, outcome.where.get("kind", _INCOMES)))
    return bool(asked & _INCOMES) and bool(extract.work["kind"].isin(asked & _INCOMES).any())


BREAKS: Mapping[str, Callable[[Extract, Outcome], bool]] = {PAR_OV: rests_on_outpatient_register, LISA: rests_on_income}


def lies_across(extract: Extract, plan: Plan, day: pd.Timestamp) -> bool:
    """Tell whether some client's before and after lie on different sides of a day, or together hold it."""
    if not extract.start < day < extract.end:
        return False
    if plan.index.kind == "column":
        return True
    first = extract.enrolments.groupby("client_id")["start"].min()
    index = pd.Series([pd.Timestamp(plan.index.date)]) if plan.index.date is not None else first
    windows = plan.windows
    begin = index - pd.Timedelta(days=windows.washout_before + windows.before)
    finish = index + pd.Timedelta(days=windows.washout_after + windows.after)
    return bool(((begin < day) & (finish > day)).any())


def across_break(extract: Extract, plan: Plan, outcomes: Iterable[Outcome], name: str = PAR_OV) -> list[str]:
    """Return the outcomes whose before/after lies across a change of the register that they rest on."""
    touched = [one.outcome for one in outcomes if BREAKS[name](extract, one)]
    return touched if touched and lies_across(extract, plan, break_day(name)) else []


def refused_by_break(extract: Extract, plan: Plan, outcomes: Iterable[Outcome]) -> dict[str, list[str]]:
    """Return by break, of those that the plan does not allow, the outcomes that are not compared across it."""
    asked = list(outcomes)
    return {name: across_break(extract, plan, asked, name) for name in BREAKS if name not in plan.allow_break}


def break_notes(extract: Extract, plan: Plan, given: Iterable[Outcome], counted: Iterable[Outcome]) -> dict[str, str]:
    """Return the notes that ``break_sentence`` reads: by break what was refused, and what is shown across it."""
    refused, shown = refused_by_break(extract, plan, given), list(counted)
    notes = {}
    for name in BREAKS:
        notes[_key("refused_break", name)] = ",".join(refused.get(name, []))
        notes[_key("crosses_break", name)] = ",".join(across_break(extract, plan, shown, name))
    return notes


def _key(note: str, name: str) -> str:
    return note if name == PAR_OV else f"{note}.{name}"


def break_sentence(notes: Mapping[str, str], language: str) -> str:
    """Say which comparisons were refused, or are shown although they lie across a change; empty where none does.

    Parameters
    ----------
    notes : mapping
        Those of ``break_notes``: names of outcomes, with commas between.
    language : {"sv", "en"}
    """
    return " ".join(filter(None, (_one_sentence(notes, name, language) for name in BREAKS)))


def _one_sentence(notes: Mapping[str, str], name: str, language: str) -> str:
    refused, shown = (notes.get(_key(note, name), "").replace(",", ", ") for note in ("refused_break", "crosses_break"))
    if not refused and not shown:
        return ""
    why = _WHY[name][language].format(day=day_name(break_day(name), language=language))
    what = {
        "sv": f"Jämförs inte före och efter: {refused}." if refused else f"Jämförs över registrets ändring: {shown}.",
        "en": f"Not compared before and after: {refused}." if refused else f"Compared across the change: {shown}.",
    }[language]
    how = {
        "sv": f" Planen kan tillåta det med allow_break: [{name}].",
        "en": f" The plan can allow it with allow_break: [{name}].",
    }[language]
    return f"{what} {why}{how if refused else ''}"


_WHY: Mapping[str, Mapping[str, str]] = {
    PAR_OV: {
        "sv": "Patientregistret har psykiatriska öppenvårdskontakter med andra yrken än läkare först från {day}; en "
        "ökning över den dagen kan bero på registret.",
        "en": "The patient register has psychiatric outpatient contacts with professions other than physicians only "
        "from {day}; an increase across that day can come from the register.",
    },
    LISA: {
        "sv": "Inkomst av arbete bygger på årliga kontrolluppgifter före {day} och på månatliga "
        "arbetsgivardeklarationer därefter; en ändring över den dagen kan bero på källan.",
        "en": "Income from work rests on yearly statements before {day} and on monthly employer declarations after it; "
        "a change across that day can come from the source.",
    },
}
