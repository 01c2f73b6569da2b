"""Which prices can be used: each price beside the outcome that it is for, or the reason why it is left unused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.line import Cover, Points
from factfidelity.extract import Extract
from factfidelity.outcomes.declare import can_be_counted
from factfidelity.outcomes.tally import Tally
from factfidelity.schemas.outcome import Outcome, shipped_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.schemas.price import Price, item_names, plain, unit_of

TEAM = "team"
_TEAM_UNITS = ("team_year", "client_year", "fte_year")
_COLUMNS = ["item", "unit", "sek", "price_year", "source", "outcome", "basis", "used_sek", "used_year", "why"]


@dataclass(frozen=True, slots=True)
class Priced:
    """One row of a price list.

    Attributes
    ----------
    price : Price
        As the user wrote it.
    outcome : str
        The outcome that it is for, ``team``, or empty.
    basis : str
        day, event, team_year, client_year or fte_year.
    sek, year : float
        What is used, in the prices of which year; missing where it is not used.
    why : str
        Why it is not used; empty where it is.
    """

    price: Price
    outcome: str = ""
    basis: str = ""
    sek: float = nan
    year: float = nan
    why: str = ""


def given_prices(extract: Extract, plan: Plan) -> tuple[Price, ...]:
    """Return the prices of the plan and those that were delivered."""
    delivered = [
        Price(
            item=str(row["item"]), unit=_text(row["unit"]), sek=_number(row["sek"]),
            price_year=None if pd.isna(row["price_year"]) else int(row["price_year"]), source=_text(row["source"]),
        )
        for row in extract.costs.dropna(subset=["item"]).to_dict("records")
    ]  # fmt: skip
    return (*plan.prices, *dict.fromkeys(one for one in delivered if one not in plan.prices))


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def judged(prices: Sequence[Price], extract: Extract, plan: Plan) -> list[Priced]:
    """Say of each price what it is for and whether it can be used.

    A price is used only where it has its kronor, its year and its source, where its unit fits what is counted, and
    where it is the only one of its kind. A price of another year is used only where the plan brings an index for both.
    """
    known = shipped_outcomes() | {one.outcome: one for one in plan.own_outcomes}
    rows = [_judged(price, known, extract, plan) for price in prices]
    seen = pd.Series([row.outcome for row in rows if row.outcome not in ("", TEAM)], dtype="object").value_counts()
    return [
        replace(row, sek=nan, year=nan, why="twice") if not row.why and seen.get(row.outcome, 0) > 1 else row
        for row in rows
    ]


def _judged(price: Price, known: Mapping[str, Outcome], extract: Extract, plan: Plan) -> Priced:
    outcome, basis = outcome_of(price.item, known), unit_of(price.unit)
    row = Priced(price, outcome, basis)
    why = _unfit(row, known) or _lacks(price) or _not_delivered(row, known, extract, plan)
    year, sek = price.price_year, price.sek
    if why or sek is None or year is None:
        return replace(row, why=why)
    to = plan.price_year or year
    if to != year:
        if year not in plan.price_index or to not in plan.price_index or plan.price_index[year] <= 0:
            return replace(row, why="no_index")
        sek = sek * plan.price_index[to] / plan.price_index[year]
    return replace(row, sek=sek, year=float(to))


def outcome_of(item: str, known: Mapping[str, Outcome]) -> str:
    """Return the outcome that a price list's item means: by its name, its words, or a word of the list; else empty."""
    asked = plain(item)
    for name, outcome in known.items():
        if asked in (plain(name), plain(outcome.label.sv), plain(outcome.label.en)):
            return name
    found = item_names().get(asked, "")
    if found:
        return found
    return TEAM if asked.split(" ")[:1] == [TEAM] else ""


def _unfit(row: Priced, known: Mapping[str, Outcome]) -> str:
    """Return why the item and its unit say nothing that can be counted; else nothing."""
    if not row.outcome:
        return "unknown_item"
    if not row.basis:
        return "unknown_unit"
    if row.outcome == TEAM:
        return "" if row.basis in _TEAM_UNITS else "unit_does_not_fit"
    outcome = known[row.outcome]
    counted = "" if outcome.kind == "any_admission" else "day" if outcome.is_days else "event"
    return "" if row.basis == counted else "unit_does_not_fit"


def _lacks(price: Price) -> str:
    """Return what the price itself lacks; else nothing."""
    if price.sek is None:
        return "no_price"
    if not np.isfinite(price.sek) or price.sek <= 0:
        return "not_above_0"
    return "no_year" if price.price_year is None else "" if price.source else "no_source"


def _not_delivered(row: Priced, known: Mapping[str, Outcome], extract: Extract, plan: Plan) -> str:
    if row.outcome == TEAM:
        return "no_staff" if row.basis == "fte_year" and not extract.has("staff") else ""
    return "" if can_be_counted(extract, known[row.outcome], plan) else "not_delivered"


def price_frame(rows: Sequence[Priced]) -> pd.DataFrame:
    """Return all prices as a table: one row is one price, used or not."""
    made = [
        (
            row.price.item, row.price.unit, nan if row.price.sek is None else row.price.sek,
            nan if row.price.price_year is None else float(row.price.price_year), row.price.source, row.outcome,
            row.basis, row.sek, row.year, row.why,
        )
        for row in rows
    ]  # fmt: skip
    return pd.DataFrame(made, columns=_COLUMNS)


def why_no_total(rows: Sequence[Priced], outcomes: Sequence[Outcome], tally: Tally) -> str:
    """Return why the items may not be added up: prices of several years, or items that count the same days twice."""
    if not outcomes:
        return "no_item"
    names = {outcome.outcome for outcome in outcomes}
    if len({row.year for row in rows if not row.why and row.outcome in names}) > 1:
        return "several_years"
    for place, one in enumerate(outcomes):
        for other in outcomes[place + 1 :]:
            if one.table == other.table and _meet(tally.of(one), tally.of(other)):
                return "overlap"
    return ""


def _meet(one: Points | Cover, other: Points | Cover) -> bool:
    if isinstance(one, Cover) and isinstance(other, Cover):
        return bool(len(one.both(other).start))
    if isinstance(one, Points) and isinstance(other, Points):
        return bool(np.isin(one.place, other.place).any())
    return False
