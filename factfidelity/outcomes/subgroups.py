"""The ratio in groups of clients, with a test of whether the groups differ; never a p-value of one group alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.extract import Extract
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.regression import persons_of
from factfidelity.outcomes.subgroups_result import SubgroupRatios
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare
from factfidelity.stats.quantiles import f_p

_AGES = (0, 18, 30, 45, 65, 200)
_COLUMNS = [
    "outcome", "by", "level", "estimate", "low", "high", "clients", "clients_any_before", "clients_any_after",
    "total_before", "total_after", "rate_before", "rate_after", "topic", "largest_before", "two_largest_before",
    "largest_after", "two_largest_after",
]  # fmt: skip
_TESTS = ["outcome", "by", "levels", "clients", "p"]


def subgroup_ratios(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    by: Sequence[str] = ("sex", "age_group", "diagnosis_group", "team_id"),
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
) -> SubgroupRatios:
    """Estimate the ratio in groups of clients and test whether the groups differ.

    Groups are what clients were at the index day, never how much care they had before: a split by the outcome's own
    baseline regresses to the mean by itself.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    by : sequence of str
        Columns of the table clients, ``age_group`` (age at the index day) or ``team_id`` (the first team).
    outcomes : sequence of str or Outcome

    Returns
    -------
    SubgroupRatios
    """
    chosen = plan_of(plan)
    counted, _ = chosen_outcomes(extract, chosen, outcomes)
    design = Design.of(extract, chosen)
    rows: list[dict[str, Any]] = []
    tests: list[dict[str, Any]] = []
    for outcome in counted:
        pair = design.pair(outcome.tables, cohort=chosen.cohort, index_stay=chosen.index_stay)
        counts = design.counts(outcome, pair)
        for name in by:
            levels = client_levels(design, name)[pair.before.client]
            found = [_row(outcome, name, level, _part(counts, levels == level), chosen) for level in _in_order(levels)]
            rows += [_row(outcome, name, "total", _part(counts, levels != ""), chosen), *found]
            tests.append(_test(outcome, name, found))
    notes = {
        "by": ",".join(by), "outcomes": ",".join(outcome.outcome for outcome in counted),
        "level": str(chosen.intervals.level),
    }  # fmt: skip
    notes |= label_notes(chosen, counted)
    return SubgroupRatios(
        table=pd.DataFrame(rows, columns=_COLUMNS),
        interaction=pd.DataFrame(tests, columns=_TESTS),
        notes=notes,
        language=chosen.language,
    )


def client_levels(design: Design, name: str) -> NDArray[np.object_]:
    """Return each client's level as text; empty where it is not known."""
    if name == "team_id":
        return pd.Series(design.team, dtype="object").fillna("").astype(str).to_numpy(dtype=object)
    clients = design.extract.clients.drop_duplicates("client_id").set_index("client_id").reindex(design.known)
    if name == "age_group":
        year = pd.to_numeric(clients["birth_year"]).to_numpy(dtype=float, na_value=nan)
        age = 1970 + design.index / 365.25 - year
        place = np.searchsorted(_AGES, age, side="right")
        words = np.array(["", *_age_words(), ""], dtype=object)
        known = np.isfinite(age) & (age < _AGES[-1])
        return np.where(known, words[np.minimum(place, len(words) - 1)], "").astype(object)
    if name not in clients.columns:
        raise ValueError(f"by must name columns of the table clients, age_group or team_id, got {name!r}")
    return clients[name].astype("object").where(clients[name].notna(), "").astype(str).to_numpy(dtype=object)


def _age_words() -> list[str]:
    return [f"{low}–{high - 1}" if high < _AGES[-1] else f"{low}+" for low, high in pairwise(_AGES)]


def _in_order(levels: NDArray[np.object_]) -> list[str]:
    return sorted({str(level) for level in levels} - {""})


def _part(counts: Counts, chosen: NDArray[np.bool_]) -> Counts:
    return Counts(*(getattr(counts, name)[chosen] for name in Counts.__slots__))


def _row(outcome: Outcome, by: str, level: str, counts: Counts, plan: Plan) -> dict[str, Any]:
    found = {"estimate": nan, "low": nan, "high": nan, "log_error": nan}
    if len(counts.before):
        answer = compare.paired_rate_ratio(
            counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
            level=plan.intervals.level,
        )  # fmt: skip
        values = {name: float(getattr(answer, name)) for name in found}
        found = {name: value if np.isfinite(value) else nan for name, value in values.items()}
    return {"outcome": outcome.outcome, "by": by, "level": level, "topic": outcome.topic} | found | persons_of(counts)


def _test(outcome: Outcome, by: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Test that all levels share one ratio: Welch's test on the log ratios, which allows for few clients in a level.

    With weights w = 1 / error^2 and n clients in a level, F has levels - 1 and (k^2 - 1) / (3 L) degrees of freedom,
    L the sum of (1 - w / sum of w)^2 / (n - 1) (Welch 1951, Biometrika 38, 330-336).
    """
    usable = [row for row in found if row["log_error"] > 0 and row["estimate"] > 0]
    p, k = nan, len(usable)
    if k > 1:
        logs = np.array([log(row["estimate"]) for row in usable])
        weights = np.array([1 / row["log_error"] ** 2 for row in usable])
        size = np.array([row["clients"] for row in usable], dtype=float)
        middle = float((weights * logs).sum() / weights.sum())
        lost = float(((1 - weights / weights.sum()) ** 2 / (size - 1)).sum())
        between = float((weights * (logs - middle) ** 2).sum()) / (k - 1)
        p = f_p(between / (1 + 2 * (k - 2) / (k**2 - 1) * lost), k - 1, (k**2 - 1) / (3 * lost))
    clients = min((row["clients"] for row in usable), default=0)
    return {"outcome": outcome.outcome, "by": by, "levels": k, "clients": clients, "p": p}
