"""Four things that are often said of such teams, one by one: what these data say of each, and what they cannot say."""

from __future__ import annotations

from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.line import SPAN, Points, codes_of, places
from factfidelity.care.windows import Windows
from factfidelity.days import UNKNOWN, day_numbers
from factfidelity.extract import Extract
from factfidelity.outcomes.claims_result import FIGURES, FourClaims
from factfidelity.outcomes.declare import chosen_outcomes, plan_of
from factfidelity.outcomes.describe import Row, answer_row, rate_ratio
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.regression import persons_of
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare, proportions

_COLUMNS = [
    "claim", "figure", "kind", "clients", "clients_any_before", "clients_any_after", "value_before", "value_after",
    "estimate", "low", "high", "why", "topic", "largest_before", "two_largest_before", "largest_after",
    "two_largest_after",
]  # fmt: skip
# Contacts reach back before the index day only where at least this share of the clients had one there.
_REACH = 0.1


def four_claims(extract: Extract, plan: Plan | str | Path | None = None) -> FourClaims:
    """Test four claims: more contacts and professions, less hospital care, less coercion, much contact with relatives.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional

    Returns
    -------
    FourClaims
        A claim whose data are lacking stands there with the reason. Where contacts were delivered from the team alone
        they begin on the index day, and a change of contacts cannot be judged.
    """
    chosen = plan_of(plan)
    design = Design.of(extract, chosen)
    rows = [*_contacts(design), *_care(design), *_relatives(design)]
    given = {(row["claim"], row["figure"]) for row in rows}
    rows += [
        _empty(claim, figure, kind, "not_delivered")
        for claim, figure, kind, _ in FIGURES
        if (claim, figure) not in given
    ]
    place = {(claim, figure): order for order, (claim, figure, _, _) in enumerate(FIGURES)}
    rows.sort(key=lambda row: place[row["claim"], row["figure"]])
    notes = {
        "width_before": str(chosen.windows.before), "width_after": str(chosen.windows.after), "cohort": chosen.cohort,
        "index_stay": chosen.index_stay, "level": str(chosen.intervals.level), "draws": str(chosen.intervals.draws),
        "seed": str(chosen.intervals.seed),
    }  # fmt: skip
    return FourClaims(table=pd.DataFrame(rows, columns=_COLUMNS), notes=notes, language=chosen.language)


def _empty(claim: int, figure: str, kind: str, why: str) -> Row:
    numbers = [name for name in _COLUMNS if name not in ("claim", "figure", "kind", "why", "topic")]
    return {"claim": claim, "figure": figure, "kind": kind, "why": why, "topic": ""} | dict.fromkeys(numbers, nan)


def _care(design: Design) -> list[Row]:
    """Claims 2 and 3: admissions, bed-days and coercive measures, as in the before/after table."""
    plan = design.plan
    if not design.extract.has("episodes"):
        return []
    rows: list[Row] = []
    for claim, name in ((2, "admissions"), (2, "bed_days"), (3, "coercive_measures")):
        for outcome in chosen_outcomes(design.extract, plan, [name])[0]:
            counts = design.counts(outcome, design.pair(outcome.tables, cohort=plan.cohort, index_stay=plan.index_stay))
            found = rate_ratio(outcome, counts, plan) if len(counts.before) else answer_row(None, why="no_clients")
            rows.append(_row(claim, name, "ratio", counts, found, topic=outcome.topic))
    return rows


def _row(claim: int, figure: str, kind: str, counts: Counts, found: Row, *, topic: str = "") -> Row:
    persons = persons_of(counts)
    values = {"value_before": persons["rate_before"], "value_after": persons["rate_after"]}
    row = {"claim": claim, "figure": figure, "kind": kind, "topic": topic} | persons | values
    return row | {name: found[name] for name in ("estimate", "low", "high", "why")}


def _contacts(design: Design) -> list[Row]:
    """Claim 1: meetings per client-year, and professions met per client."""
    extract = design.extract
    if not extract.has("contacts"):
        return []
    held = _meetings(extract)
    pair = design.pair(("contacts",), cohort=design.plan.cohort)
    if not len(pair.before.client):
        return [_empty(1, name, kind, "no_clients") for name, kind in (("contacts", "ratio"), ("professions", "mean"))]
    once = held.drop_duplicates(["contact_id"]) if held["contact_id"].notna().all() else held
    counts = _counted(design, pair.before, pair.after, once)
    reach = float((counts.before > 0).mean())
    kinds = _professions(design, pair.before, pair.after, held)
    if reach < _REACH:
        return [_after_only(1, "contacts", "ratio", counts), _after_only(1, "professions", "mean", kinds)]
    answer = compare.paired_rate_ratio(
        counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
        level=design.plan.intervals.level,
    )  # fmt: skip
    difference = compare.paired_rate_difference(kinds.before, kinds.after, level=design.plan.intervals.level)
    return [
        _row(1, "contacts", "ratio", counts, answer_row(answer)),
        _row(1, "professions", "mean", kinds, answer_row(difference)),
    ]


def _after_only(claim: int, figure: str, kind: str, counts: Counts) -> Row:
    """Describe the after window alone: what came before was not delivered, which is not 0."""
    found: Row = {"estimate": nan, "low": nan, "high": nan, "why": "no_contacts_before"}
    row = _row(claim, figure, kind, counts, found)
    before = {"value_before": nan, "clients_any_before": nan, "largest_before": nan, "two_largest_before": nan}
    return row | before


def _meetings(extract: Extract) -> pd.DataFrame:
    """Return attended meetings face to face."""
    contacts = extract.contacts
    held = contacts[contacts["attended"].fillna(False) & contacts["face_to_face"].fillna(False)]
    return held[["contact_id", "client_id", "date", "profession", "relatives"]]


def _counted(design: Design, before: Windows, after: Windows, held: pd.DataFrame) -> Counts:
    day = day_numbers(held["date"], missing=UNKNOWN)
    points = Points.of(np.where(day > UNKNOWN, codes_of(design.known, held["client_id"]), -1), day)
    numbers = [windows.count_points(points).astype(np.float64) for windows in (before, after)]
    return Counts(numbers[0], numbers[1], before.days() / 365.25, after.days() / 365.25)


def _professions(design: Design, before: Windows, after: Windows, held: pd.DataFrame) -> Counts:
    """Count the different professions that each client met in each window."""
    known = held.dropna(subset=["profession", "date"])
    code, day = codes_of(design.known, known["client_id"]), day_numbers(known["date"])
    profession = pd.factorize(known["profession"])[0]
    place = places(np.maximum(code, 0), day)
    kept = code >= 0
    numbers = [_different(windows, place[kept], profession[kept]) for windows in (before, after)]
    ones = np.ones(len(before.client))
    return Counts(numbers[0], numbers[1], ones, ones)


def _different(windows: Windows, place: NDArray[np.int64], kind: NDArray[np.int64]) -> NDArray[np.float64]:
    row = np.minimum(np.searchsorted(windows.client, place // SPAN), len(windows.client) - 1)
    inside = (windows.client[row] == place // SPAN) & (place >= windows.low[row]) & (place < windows.high[row])
    pairs = np.unique(np.column_stack([row[inside], kind[inside]]), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(windows.client)).astype(np.float64)


def _relatives(design: Design) -> list[Row]:
    """Claim 4: the share of clients with any meeting where relatives took part; there is no norm for much."""
    contacts = design.extract.contacts
    if not contacts["relatives"].notna().any():
        return []
    with_them = contacts[contacts["attended"].fillna(False) & contacts["relatives"].fillna(False)]
    pair = design.pair(("contacts",), cohort=design.plan.cohort)
    size = len(pair.after.client)
    if not size:
        return [_empty(4, "relatives", "share", "no_clients")]
    any_after = int((_counted(design, pair.before, pair.after, with_them).after > 0).sum())
    found = proportions.share(any_after, size, level=design.plan.intervals.level)
    row: dict[str, Any] = _empty(4, "relatives", "share", "no_norm")
    row |= {"clients": size, "clients_any_after": any_after, "value_after": float(found.estimate)}
    return [row | {"low": float(found.low), "high": float(found.high)}]
