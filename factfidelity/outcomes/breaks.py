"""Days on which a register changed, and the before/after comparisons that may not lie across them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from factfidelity.extract import Extract
from factfidelity.schemas.files import read_yaml, schema_files
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.wording import date as day_name

PAR_OV = "par_ov_2024"
_OUTPATIENT_REGISTER = "PAR_OV"
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


def across_break(extract: Extract, plan: Plan, outcomes: Iterable[Outcome]) -> list[str]:
    """Return the outcomes whose before/after lies across the change of the outpatient register."""
    touched = [one.outcome for one in outcomes if rests_on_outpatient_register(extract, one)]
    return touched if touched and lies_across(extract, plan, break_day()) else []


def break_sentence(notes: Mapping[str, str], language: str) -> str:
    """Say which comparisons were refused, or are shown although they lie across the change; empty where none does.

    Parameters
    ----------
    notes : mapping
        ``refused_break`` and ``crosses_break``: names of outcomes, with commas between.
    language : {"sv", "en"}
    """
    refused, shown = (notes.get(name, "").replace(",", ", ") for name in ("refused_break", "crosses_break"))
    if not refused and not shown:
        return ""
    day = day_name(break_day(), language=language)
    why = {
        "sv": f"Patientregistret har psykiatriska öppenvårdskontakter med andra yrken än läkare först från {day}; en "
        "ökning över den dagen kan bero på registret.",
        "en": f"The patient register has psychiatric outpatient contacts with professions other than physicians only "
        f"from {day}; an increase across that day can come from the register.",
    }[language]
    what = {
        "sv": f"Jämförs inte före och efter: {refused}." if refused else f"Jämförs över registrets ändring: {shown}.",
        "en": f"Not compared before and after: {refused}." if refused else f"Compared across the change: {shown}.",
    }[language]
    how = {
        "sv": " Planen kan tillåta det med allow_break: [par_ov_2024].",
        "en": " The plan can allow it with allow_break: [par_ov_2024].",
    }[language]
    return f"{what} {why}{how if refused else ''}"
