"""What the care models' norms say of a team: the reference beside a ratio, in numbers and in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.errors import SchemaError
from factfidelity.schemas.programme import CaseloadNorm, Programme, StaffCount, load_programme
from factfidelity.wording import number, pick


def programme_of(name: object) -> Programme | None:
    """Return the care model with this name, or None where it is missing or not known."""
    if name is None or pd.isna(name) or not str(name).strip():  # type: ignore[call-overload]
        return None
    try:
        return load_programme(str(name))
    except SchemaError:
        return None


def references(teams: pd.DataFrame, staff: str) -> pd.DataFrame:
    """Return the norm of each team's care model for one denominator; for all teams only where they share a model.

    Returns
    -------
    DataFrame, one row per team and ``total``
        team_id, reference_low, reference_high (missing where the model has no norm with this denominator).
    """
    rows = {team: _reference(name, staff) for team, name in zip(teams["team_id"], teams["programme"], strict=True)}
    shared = set(rows.values())
    rows["total"] = shared.pop() if len(shared) == 1 else (np.nan, np.nan)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["reference_low", "reference_high"], dtype=float)
    return table.rename_axis("team_id").reset_index()


def _reference(name: object, staff: str) -> tuple[float | None, float | None]:
    programme = programme_of(name)
    norm = programme.reference(_count(staff)) if programme is not None else None
    return (norm.low, norm.high) if norm is not None else (None, None)


def _count(staff: str) -> StaffCount:
    counts: dict[str, StaffCount] = {name: name for name in ("case_carrying", "team", "case_managers")}
    return counts[staff]


def norm_sentence(norm: CaseloadNorm, language: str) -> str:
    """Return a norm with its denominator and where it comes from: ``16,7–18,2 klienter per heltidstjänst …``."""
    low, high = (number(value, decimals=_decimals(value), language=language) for value in (norm.low, norm.high))
    most = {"sv": f"högst {high}", "en": f"at most {high}"}
    least = {"sv": f"minst {low}", "en": f"at least {low}"}
    if norm.low is None:
        value = pick(most, language)
    elif norm.high is None:
        value = pick(least, language)
    else:
        value = low if norm.low == norm.high else f"{low}–{high}"
    whom = pick(norm.numerator, language) or {"sv": "klienter", "en": "clients"}[language]
    return f"{value} {whom} per {pick(norm.denominator, language)}"


def _decimals(value: float | None) -> int:
    return 0 if value is None or value == int(value) else 1
