"""Who the clients were when they began: a Table 1 by team, with standardised differences between the teams."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.teams import teams_of
from factfidelity.extract import Extract
from factfidelity.outcomes.baseline_result import Baseline
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.subgroups import client_levels
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan

Row = dict[str, Any]
TRAITS = ("sex", "age_group", "diagnosis_group", "municipality")
_COLUMNS = ["trait", "level", "team_id", "clients", "clients_known", "share", "topic"]
_USE = [
    "outcome", "team_id", "clients", "clients_any", "share_any", "rate", "total", "topic", "largest",
    "two_largest",
]  # fmt: skip
_BALANCE = ["trait", "level", "smd"]
_USE_BALANCE = ["outcome", "smd"]


def baseline(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    traits: Sequence[str] = TRAITS,
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
) -> Baseline:
    """Describe the clients at the index day: who they were, and their care in the window before.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    traits : sequence of str
        Columns of the table clients, or ``age_group`` (age at the index day).
    outcomes : sequence of str or Outcome
        Care in the before window, as rates in the cohort that the plan gives rates for.

    Returns
    -------
    Baseline
        The cohort is the clients with an index day; a client belongs to the first team.
    """
    chosen = plan_of(plan)
    design = Design.of(extract, chosen)
    counted, _ = chosen_outcomes(extract, chosen, outcomes) if extract.has("episodes") else ([], [])
    member = design.has_index
    team = pd.Series(design.team, dtype="object").fillna("").astype(str).to_numpy(dtype=object)
    teams = sorted({str(name) for name in team[member]} - {""})
    there = [name for name in traits if extract.has("clients") and (name == "age_group" or name in extract.clients)]
    rows: list[Row] = []
    balance: list[Row] = []
    for trait in there:
        levels = client_levels(design, trait)
        if not (levels[member] != "").any():
            continue
        listed = extract.groups.get(("clients", trait), ())
        made, differences = _trait(trait, levels[member], team[member], teams, listed)
        rows, balance = rows + made, balance + differences
    use, use_balance = _care(design, counted, team, teams)
    known = teams_of(extract, ("enrolments",))
    names = dict(zip(known["team_id"], known["team"], strict=True))
    notes = {
        "index": chosen.index.kind, "width": str(chosen.windows.before), "teams": ",".join(teams),
        "day_count": chosen.day_count, "cohort": chosen.cohort, "traits": ",".join(there),
        "outcomes": ",".join(outcome.outcome for outcome in counted),
    }  # fmt: skip
    notes |= {f"team.{name}": str(names[name]) if name in names else name for name in teams}
    notes |= label_notes(chosen, counted)
    notes |= {f"municipality.{code}": name for code, name in chosen.municipalities.items()}
    return Baseline(
        table=pd.DataFrame([*_everybody(team[member], teams), *rows], columns=_COLUMNS),
        use=pd.DataFrame(use, columns=_USE),
        balance=pd.DataFrame(balance, columns=_BALANCE),
        use_balance=pd.DataFrame(use_balance, columns=_USE_BALANCE),
        notes=notes,
        language=chosen.language,
    )


def smd_of_shares(one: float, other: float) -> float:
    """Return the absolute standardised difference of two shares (Austin 2009, Statistics in Medicine 28, 3083-3107)."""
    spread = sqrt((one * (1 - one) + other * (1 - other)) / 2)
    return abs(one - other) / spread if spread > 0 else (0.0 if one == other else nan)


def smd_of_means(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the absolute standardised difference of two means, by the root of the mean variance."""
    if len(one) < 2 or len(other) < 2:
        return nan
    spread = sqrt((float(one.var(ddof=1)) + float(other.var(ddof=1))) / 2)
    gap = abs(float(one.mean() - other.mean()))
    return gap / spread if spread > 0 else (0.0 if gap == 0 else nan)


def _everybody(team: NDArray[np.object_], teams: list[str]) -> list[Row]:
    return [
        {"trait": "clients", "level": "total", "team_id": name, "clients": int(_of(team, name).sum()),
         "clients_known": int(_of(team, name).sum()), "share": nan, "topic": ""}
        for name in ("total", *teams)
    ]  # fmt: skip


def _of(team: NDArray[np.object_], name: str) -> NDArray[np.bool_]:
    return np.ones(len(team), dtype=bool) if name == "total" else np.asarray(team == name, dtype=bool)


def _trait(
    trait: str, levels: NDArray[np.object_], team: NDArray[np.object_], teams: list[str], listed: Sequence[str]
) -> tuple[list[Row], list[Row]]:
    """Count each level in each team, an unknown level apart, and compare each team with the others."""
    known = levels != ""
    topic = "diagnosis" if trait == "diagnosis_group" else ""
    values = sorted({str(level) for level in levels[known]} | set(listed))
    named: list[tuple[str, NDArray[np.bool_]]] = [(value, levels == value) for value in values]
    if not known.all():
        named.append(("unknown", ~known))
    rows: list[Row] = []
    for level, chosen in [*named, ("total", np.ones(len(levels), dtype=bool))]:
        for name in ("total", *teams):
            inside = _of(team, name)
            whole = int(inside.sum())
            clients = int((inside & chosen).sum())
            rows.append(
                {
                    "trait": trait, "level": level, "team_id": name, "clients": clients, "clients_known": whole,
                    "share": clients / whole if whole and level != "total" else nan,
                    "topic": "" if level == "total" else topic,
                }
            )  # fmt: skip
    return rows, [{"trait": trait, "level": level, "smd": _worst(chosen, team, teams)} for level, chosen in named]


def _worst(chosen: NDArray[np.bool_], team: NDArray[np.object_], teams: list[str]) -> float:
    """Return the largest difference between a team and all the others."""
    found = [
        smd_of_shares(float(chosen[inside].mean()), float(chosen[~inside].mean()))
        for inside in (_of(team, name) for name in teams)
        if inside.any() and not inside.all()
    ]
    return max((value for value in found if np.isfinite(value)), default=nan)


def _care(
    design: Design, counted: Sequence[Outcome], team: NDArray[np.object_], teams: list[str]
) -> tuple[list[Row], list[Row]]:
    """Describe each outcome in the window before, in the cohort and time that the rates before and after are given for.

    Another cohort would differ from that one by a few persons, who would then stand between the two tables.
    """
    rows: list[Row] = []
    differences: list[Row] = []
    for outcome in counted:
        pair = design.pair(outcome.tables, cohort=design.plan.cohort, index_stay=design.plan.index_stay)
        counts, own = design.counts(outcome, pair), team[pair.before.client]
        rows += [_use_row(outcome, name, counts, _of(own, name)) for name in ("total", *teams)]
        with np.errstate(invalid="ignore", divide="ignore"):
            rates = counts.before / counts.years_before
        known = np.isfinite(rates)
        found = [smd_of_means(rates[known & _of(own, name)], rates[known & ~_of(own, name)]) for name in teams]
        finite = [value for value in found if np.isfinite(value)]
        differences.append({"outcome": outcome.outcome, "smd": max(finite, default=nan)})
    return rows, differences


def _use_row(outcome: Outcome, name: str, counts: Counts, inside: NDArray[np.bool_]) -> Row:
    values, years = counts.before[inside], float(counts.years_before[inside].sum())
    total, top = float(values.sum()), np.sort(values)[::-1][:2]
    size, some = len(values), int((values > 0).sum())
    return {
        "outcome": outcome.outcome, "team_id": name, "clients": size, "clients_any": some,
        "share_any": some / size if size else nan, "rate": total / years if years else nan, "total": total,
        "topic": outcome.topic, "largest": float(top[0]) / total if total else nan,
        "two_largest": float(top.sum()) / total if total else nan,
    }  # fmt: skip
