"""Who changed: persons by how much their own care use changed, how few use most, and use added up over the window."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.extract import Extract
from factfidelity.outcomes.course import MONTH, by_period
from factfidelity.outcomes.declare import chosen_outcomes, label_notes, plan_of
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.unchanged import pieces_of
from factfidelity.outcomes.who_result import BINS, WhoChanged
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.stats import resample

Row = dict[str, Any]
Numbers = NDArray[np.float64]
_DRAWS = 200
_COLUMNS = [
    "outcome", "group", "bin", "clients", "clients_all", "share", "expected", "expected_low", "expected_high", "topic",
    "moved",
]  # fmt: skip
_CONCENTRATION = [
    "outcome", "window", "part", "clients", "clients_slice", "clients_any", "clients_rest", "share", "topic", "largest",
    "two_largest",
]  # fmt: skip
_CUMULATIVE = [
    "outcome", "window", "month", "clients", "clients_any", "clients_so_far", "mean", "low", "high", "topic", "largest",
    "two_largest",
]  # fmt: skip


def who_changed(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    outcomes: Sequence[str | Outcome] = ("admissions", "bed_days"),
) -> WhoChanged:
    """Count persons by how much their own care use changed between two equally long windows.

    Responders have at least 50 per cent less after than before; clients with no use before can have no fall and are a
    group of their own. No client's own value stands in any frame.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
    outcomes : sequence of str or Outcome

    Returns
    -------
    WhoChanged
        Without rows where the plan's windows differ in width: then only rates may be compared.
    """
    chosen = plan_of(plan)
    counted, _ = chosen_outcomes(extract, chosen, outcomes)
    equal = chosen.windows.before == chosen.windows.after
    design = Design.of(extract, chosen)
    groups: list[Row] = []
    slices: list[Row] = []
    added: list[Row] = []
    for outcome in counted if equal else ():
        pair = design.pair(outcome.tables, cohort=chosen.paired_cohort, index_stay="include")
        counts = design.counts(outcome, pair)
        wider = design.counts(outcome, design.pair(outcome.tables, cohort=chosen.cohort, index_stay=chosen.index_stay))
        groups += _group_rows(outcome, counts, _expected(design, outcome, counts), _moved(counts, wider))
        slices += [row for window in ("before", "after") for row in _slices(outcome, window, getattr(counts, window))]
        added += _added_up(design, outcome)
    notes = {
        "outcomes": ",".join(outcome.outcome for outcome in counted), "cohort": chosen.paired_cohort,
        "width": str(chosen.windows.before), "equal": "yes" if equal else "no", "day_count": chosen.day_count,
        "level": str(chosen.intervals.level), "draws": str(chosen.intervals.draws), "unchanged_draws": str(_DRAWS),
        "seed": str(chosen.intervals.seed),
    }  # fmt: skip
    notes |= label_notes(chosen, counted)
    return WhoChanged(
        table=pd.DataFrame(groups, columns=_COLUMNS),
        concentration=pd.DataFrame(slices, columns=_CONCENTRATION),
        cumulative=pd.DataFrame(added, columns=_CUMULATIVE),
        notes=notes,
        language=chosen.language,
    )


def groups_of(before: Numbers, after: Numbers) -> NDArray[np.str_]:
    """Return each client's bin: gone, halved, less, same, more, new or none."""
    had = before > 0
    return np.select(
        [
            had & (after == 0), had & (after <= before / 2), had & (after < before), had & (after == before), had,
            after > 0,
        ],
        ["gone", "halved", "less", "same", "more", "new"],
        "none",
    )  # fmt: skip


def _moved(counts: Counts, wider: Counts) -> dict[tuple[str, str], float]:
    """Return by how few persons the users of a window differ from those of the cohort that rates are given for.

    Users before are everybody but those without use before, users after everybody but those gone and those with none:
    beside the rate cohort's users they would give those few persons away.
    """
    found = {}
    for window, cell in (("before", ("no_use_before", "total")), ("after", ("responder", "gone"))):
        few = abs(int((getattr(counts, window) > 0).sum()) - int((getattr(wider, window) > 0).sum()))
        found[cell] = float(few) if few else nan
    return found


def _group_rows(
    outcome: Outcome,
    counts: Counts,
    expected: dict[str, tuple[float, float, float]],
    moved: dict[tuple[str, str], float],
) -> list[Row]:
    """Return one row per bin, group and everybody; every row is there, also where nobody is."""
    found, size = groups_of(counts.before, counts.after), len(counts.before)
    rows = [_group(outcome, "total", "total", size, size, expected)]
    for group, bins in BINS.items():
        rows.append(_group(outcome, group, "total", int(np.isin(found, bins).sum()), size, expected))
        rows += [_group(outcome, group, name, int((found == name).sum()), size, {}) for name in bins]
    return [row | {"moved": moved.get((row["group"], row["bin"]), nan)} for row in rows]


def _group(
    outcome: Outcome, group: str, name: str, clients: int, size: int, expected: dict[str, tuple[float, float, float]]
) -> Row:
    middle, low, high = expected.get(group, (nan, nan, nan))
    return {
        "outcome": outcome.outcome, "group": group, "bin": name, "clients": clients, "clients_all": size,
        "share": clients / size if size else nan, "expected": middle, "expected_low": low, "expected_high": high,
        "topic": outcome.topic,
    }  # fmt: skip


def _expected(design: Design, outcome: Outcome, counts: Counts) -> dict[str, tuple[float, float, float]]:
    """Return each group's share if each stay of a client had fallen before or after by chance alone."""
    pair = design.pair(outcome.tables, cohort=design.plan.paired_cohort, index_stay="include")
    client, size, share = pieces_of(design, outcome, pair)
    if not len(size) or not len(counts.before):
        return {}
    return expected_shares(client, size, share, seed=design.plan.intervals.seed)


def expected_shares(
    client: NDArray[np.int64], size: Numbers, share: Numbers, *, seed: int
) -> dict[str, tuple[float, float, float]]:
    """Put each stay before or after at random and count the groups: mean and middle 95 per cent of the draws.

    Parameters
    ----------
    client, size : ndarray
        Of each stay or happening: whose, and how long or how many.
    share : ndarray
        Of each client: the part of the observed time that lies after the index day.
    """
    clients = len(share)
    total = np.bincount(client, weights=size, minlength=clients)
    rng = np.random.default_rng(seed)
    drawn = np.zeros((_DRAWS, len(BINS)))
    step = max(1, 2_000_000 // (len(size) + clients))
    for first in range(0, _DRAWS, step):
        rows = min(step, _DRAWS - first)
        chosen = rng.random((rows, len(size))) < share[client]
        place = np.broadcast_to(client, chosen.shape) + np.arange(rows)[:, None] * clients
        taken = np.broadcast_to(size, chosen.shape)[chosen]
        after = np.bincount(place[chosen], weights=taken, minlength=rows * clients).reshape(rows, clients)
        before = total - after
        had = before > 0
        hit = (had & (after <= before / 2)).mean(axis=1)
        drawn[first : first + rows] = np.column_stack([hit, had.mean(axis=1) - hit, 1 - had.mean(axis=1)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    middle = drawn.mean(axis=0)
    return {group: (float(middle[at]), float(low[at]), float(high[at])) for at, group in enumerate(BINS)}


def _slices(outcome: Outcome, window: str, values: Numbers) -> list[Row]:
    """Return how much of all use the heaviest users stand for, to their half: by tenths with 100 clients, else fifths.

    A share is as sensitive as the step to it and as the rest below it, so both carry their persons.
    """
    size, total = len(values), float(values.sum())
    parts = 10 if size >= 100 else 5 if size >= 50 else 2 if size >= 20 else 0
    if not parts or not total:
        return []
    ordered = np.sort(values)[::-1]
    edges = np.round(np.arange(parts + 1) * size / parts).astype(np.int64)
    rows = []
    for place, (first, last) in enumerate(pairwise(edges), start=1):
        own, rest = ordered[first:last], ordered[last:]
        if 2 * place > parts:
            break
        one, two = (max(_top(own, most), _top(rest, most)) for most in (1, 2))
        rows.append(
            {
                "outcome": outcome.outcome, "window": window, "part": place / parts, "clients": size,
                "clients_slice": len(own), "clients_any": int((own > 0).sum()),
                "clients_rest": int((rest > 0).sum()), "share": float(ordered[:last].sum()) / total,
                "topic": outcome.topic, "largest": one, "two_largest": two,
            }
        )  # fmt: skip
    return rows


def _top(ordered: Numbers, most: int) -> float:
    """Return the share of a sum that its largest values stand for; 0 where there is nothing to share."""
    total = float(ordered.sum())
    return float(ordered[:most].sum()) / total if total else 0.0


def _added_up(design: Design, outcome: Outcome) -> list[Row]:
    """Return the mean cumulative function by quarter of a year on each side of the index day (Nelson's estimator)."""
    months = max(3, 3 * round(design.plan.windows.before / MONTH / 3))
    edges = np.arange(-months, months + 1, 3)
    counts, days = by_period(design, outcome, edges)
    half = months // 3
    rows: list[Row] = []
    for window, side in (("before", slice(0, half)), ("after", slice(half, 2 * half))):
        own, time = counts[:, side], days[:, side]
        means = np.cumsum(_per_quarter(own.sum(axis=0), time.sum(axis=0)))
        low, high = _bands(own, time, means, design.plan)
        so_far = np.cumsum(own, axis=1)
        for step in range(half):
            values = np.sort(own[:, step])[::-1]
            total = float(values.sum())
            rows.append(
                {
                    "outcome": outcome.outcome, "window": window, "month": 3 * (step + 1),
                    "clients": int((time[:, step] > 0).sum()), "clients_any": int((own[:, step] > 0).sum()),
                    "clients_so_far": int((so_far[:, step] > 0).sum()), "mean": float(means[step]),
                    "low": float(low[step]), "high": float(high[step]), "topic": outcome.topic,
                    "largest": float(values[0]) / total if total else nan,
                    "two_largest": float(values[:2].sum()) / total if total else nan,
                }
            )  # fmt: skip
    return rows


def _per_quarter(totals: Numbers, days: Numbers) -> Numbers:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Numbers = totals / (days / (3 * MONTH))
    return result


def _bands(counts: Numbers, days: Numbers, means: Numbers, plan: Plan) -> tuple[Numbers, Numbers]:
    """Resample clients, with all that happened to them, and read percentiles of the sums so far.

    The percentiles lie as far out as Student's t for so many clients with any.
    """
    quarters = counts.shape[1]
    empty = np.full(quarters, nan)
    if len(counts) < 2 or not np.isfinite(means).all():
        return empty, empty
    totals = resample.resampled_totals(
        np.column_stack([counts, days]), draws=plan.intervals.draws, seed=plan.intervals.seed
    )
    drawn = np.cumsum(_per_quarter(totals[:, :quarters], totals[:, quarters:]), axis=1)
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    if not len(drawn):
        return empty, empty
    some = np.maximum((np.cumsum(counts, axis=1) > 0).sum(axis=0), 2)
    tails = np.array([(1 - resample.expanded_level(plan.intervals.level, int(number))) / 2 for number in some])
    ends = [[np.quantile(drawn[:, at], share) for at, share in enumerate(shares)] for shares in (tails, 1 - tails)]
    return np.array(ends[0]), np.array(ends[1])
