"""Money, where the user brings prices: what hospital care cost before and after, and what the team must save to pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.extract import Extract
from factfidelity.outcomes.costs_result import Costs
from factfidelity.outcomes.costs_team import team_frame
from factfidelity.outcomes.declare import label_notes, plan_of
from factfidelity.outcomes.describe import (
    FEWEST_WITH_DAYS,
    Beside,
    Cell,
    Row,
    change_rows,
    fewest_moved,
    window_rows,
)
from factfidelity.outcomes.mirror import cohorts_of
from factfidelity.outcomes.pairs import Counts, Design
from factfidelity.outcomes.prices import TEAM, Priced, given_prices, judged, price_frame, why_no_total
from factfidelity.schemas.outcome import Outcome, Words, shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.schemas.price import Price
from factfidelity.stats import resample

_TABLE = [
    "outcome", "window", "cohort", "role", "topic", "clients", "clients_any", "quantity", "years", "sek", "cost",
    "per_client_year", "low", "high", "per_client", "largest", "two_largest", "moved_any", "moved_total",
    "moved_years",
]  # fmt: skip
_CHANGE = [
    "outcome", "cohort", "index_stay", "estimand", "role", "topic", "estimate", "low", "high", "why", "clients",
    "clients_any_before", "clients_any_after", "largest_before", "two_largest_before", "largest_after",
    "two_largest_after",
    *(f"moved_{name}_{window}" for name in ("any", "total", "years") for window in ("before", "after")),
]  # fmt: skip
_TOTAL = Outcome(outcome="total", kind="bed_days", label=Words(sv="Totalt", en="Total"), unit=Words(sv="kr", en="SEK"))
_MONEY = {"rate_difference": "cost_per_client_year", "mean_difference": "cost_per_client"}


def costs(
    extract: Extract, plan: Plan | str | Path | None = None, *, prices: Sequence[Price] | pd.DataFrame | None = None
) -> Costs:
    """Say what was used before and after the index day cost, at the prices that the user brings.

    Parameters
    ----------
    extract : Extract
        Its table ``costs`` holds prices, where they were delivered.
    plan : Plan, path or name, optional
        Its ``prices`` are used beside those delivered; ``price_year`` with ``price_index`` converts between years.
    prices : sequence of Price, or DataFrame, optional
        item, unit, sek, price_year, source; instead of those of the plan and the delivery.

    Returns
    -------
    Costs
        No price is assumed: an item without kronor, year or source stands in ``prices`` with the reason, uncounted.
    """
    chosen = plan_of(plan)
    if isinstance(prices, pd.DataFrame):
        extract, chosen = replace(extract, tables={**extract.tables, "costs": prices}), _without(chosen)
        prices = None
    rows = judged(given_prices(extract, chosen) if prices is None else tuple(prices), extract, chosen)
    design = Design.of(extract, chosen)
    known = shipped_outcomes() | {one.outcome: one for one in chosen.own_outcomes}
    used = {row.outcome: row for row in rows if not row.why and row.outcome != TEAM}
    outcomes = [known[name] for name in used]
    why = why_no_total(rows, outcomes, design.tally)
    parts = [_item(design, outcome, used[outcome.outcome].sek) for outcome in outcomes]
    total = _whole(design, outcomes, used) if not why else (_framed([], _TABLE), _framed([], _CHANGE))
    return Costs(
        table=_framed([row for table, _ in parts for row in table], _TABLE),
        change=_framed([row for _, change in parts for row in change], _CHANGE),
        total=total[0],
        total_change=total[1],
        prices=price_frame(rows),
        team=team_frame(design, rows),
        notes=_notes(chosen, outcomes, used, why),
        language=chosen.language,
    )


def _without(plan: Plan) -> Plan:
    return plan.model_copy(update={"prices": ()})


def _framed(rows: list[Row], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).reindex(columns=columns) if rows else pd.DataFrame(columns=columns, dtype="object")
    texts = ("outcome", "window", "cohort", "role", "topic", "index_stay", "estimand", "why")
    return frame.assign(**{name: pd.to_numeric(frame[name]) for name in columns if name not in texts})


def _item(design: Design, outcome: Outcome, sek: float) -> tuple[list[Row], list[Row]]:
    """Return the rows of one item."""
    found = _counted(design, [outcome])
    return _rows(design, outcome, [(cohort, stay, times(counts[0], sek)) for cohort, stay, counts in found], sek)


def _whole(design: Design, outcomes: Sequence[Outcome], used: dict[str, Priced]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of all items together, for the clients who are observed in every source."""
    prices = [used[outcome.outcome].sek for outcome in outcomes]
    money = [
        (cohort, stay, _sum([times(one, sek) for one, sek in zip(counts, prices, strict=True)]))
        for cohort, stay, counts in _counted(design, outcomes)
    ]
    tables, changes = _rows(design, _TOTAL, money, nan)
    return _framed(tables, _TABLE), _framed(changes, _CHANGE)


def _counted(design: Design, outcomes: Sequence[Outcome]) -> list[tuple[str, str, list[Counts]]]:
    """Count outcomes of the same clients under each index-stay choice, in the cohorts of the before/after table."""
    plan, sources = design.plan, tuple(dict.fromkeys(name for outcome in outcomes for name in outcome.tables))
    found: list[tuple[str, str, list[Counts]]] = []
    for stay in dict.fromkeys((plan.index_stay, *plan.also_index_stay)):
        for cohort in cohorts_of(plan):
            pair = design.pair(sources, cohort=cohort, index_stay=stay)
            found.append((cohort, stay, [design.counts(outcome, pair) for outcome in outcomes]))
    return found


def times(counts: Counts, sek: float) -> Counts:
    """Return what was counted in kronor."""
    return replace(counts, before=counts.before * sek, after=counts.after * sek)


def _sum(parts: Sequence[Counts]) -> Counts:
    before = np.sum([part.before for part in parts], axis=0)
    return Counts(before, np.sum([part.after for part in parts], axis=0), parts[0].years_before, parts[0].years_after)


def _rows(
    design: Design, outcome: Outcome, money: Sequence[tuple[str, str, Counts]], sek: float
) -> tuple[list[Row], list[Row]]:
    """Describe both windows under the plan's own index-stay choice, and the change under each choice."""
    plan, beside = design.plan, Beside()
    tables: list[Row] = []
    changes: list[Row] = []
    for cohort, stay, counts in money:
        moved = {window: fewest_moved(counts, beside, window) for window in ("before", "after")}
        beside.append((counts, moved))
        cell = Cell(outcome, cohort, stay)
        means = "mean_difference" in cohorts_of(plan)[cohort] and stay != "exclude"
        if stay == plan.index_stay:
            for row in window_rows(cell, counts, means=means):
                values = getattr(counts, row["window"])
                low, high = _interval(values, getattr(counts, f"years_{row['window']}"), plan)
                tables.append(
                    row | moved[row["window"]] | {
                        "role": outcome.role, "quantity": row["total"] / sek, "sek": sek, "cost": row["total"],
                        "per_client_year": row["rate"], "low": low, "high": high, "per_client": row["mean"],
                    }
                )  # fmt: skip
        more = {f"{name}_{window}": number for window, few in moved.items() for name, number in few.items()}
        asked = [name for name in cohorts_of(plan)[cohort] if name in _MONEY and (name == "rate_difference" or means)]
        # By resampling for every item: kronor per client are as skewed as the days behind them.
        found = change_rows(cell, counts, plan, tuple(asked), resampled=True)
        changes += [row | more | {"role": outcome.role, "estimand": _MONEY[row["estimand"]]} for row in found]
    return tables, changes


def _interval(values: NDArray[np.float64], years: NDArray[np.float64], plan: Plan) -> tuple[float, float]:
    """Interval of kronor per client-year, as that of a difference; empty for fewer than 10 clients with any."""
    some = int((values > 0).sum())
    if some < FEWEST_WITH_DAYS:
        return nan, nan
    totals = resample.resampled_totals(
        np.column_stack([values, years]), draws=plan.intervals.draws, seed=plan.intervals.seed
    )
    rate, level = float(values.sum() / years.sum()), resample.expanded_level(plan.intervals.level, some)
    return resample.interval_of_draws(rate, totals[:, 0] / totals[:, 1], level=level, method="percentile")


def _notes(plan: Plan, outcomes: Sequence[Outcome], used: dict[str, Priced], why: str) -> dict[str, str]:
    years = {int(row.year) for row in used.values()}
    notes = {
        "outcomes": ",".join(outcome.outcome for outcome in outcomes), "no_total": why,
        "price_years": ",".join(map(str, sorted(years))), "indexed": "yes" if plan.price_year else "no",
        "cohort": plan.cohort, "paired_cohort": plan.paired_cohort, "index_stay": plan.index_stay,
        "index_stays": ",".join(dict.fromkeys((plan.index_stay, *plan.also_index_stay))), "day_count": plan.day_count,
        "width_before": str(plan.windows.before), "width_after": str(plan.windows.after),
        "level": str(plan.intervals.level), "draws": str(plan.intervals.draws), "seed": str(plan.intervals.seed),
    }  # fmt: skip
    words = {f"label.{language}.total": getattr(_TOTAL.label, language) for language in ("sv", "en")}
    return notes | label_notes(plan, outcomes) | words
