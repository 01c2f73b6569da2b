"""Money before and after, as a result: its frames and how they are guarded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, TableView
from factfidelity.outcomes import costs_text, costs_views

_FIGURES = ("quantity", "cost", "per_client_year", "low", "high", "per_client")
_CHANGE = ("estimate", "low", "high", "why")
_MOVED_IN_TABLE = {"moved_any": _FIGURES, "moved_total": _FIGURES, "moved_years": ("years", "per_client_year")}
_MOVED_IN_CHANGE = {f"moved_{name}_{window}": _CHANGE for name in ("any", "total", "years") for window in
                    ("before", "after")}  # fmt: skip
_TEAM = ("quantity", "client_years", "per_client_year", "break_even", "per_team_year", "break_even_year")


def _table_gate(keys: tuple[str, ...], follows: Mapping[str, tuple[str, ...]]) -> Gate:
    return Gate(
        keys=keys,
        counts={"clients": ("years", *_FIGURES), "clients_any": _FIGURES, **_MOVED_IN_TABLE},
        wholes={"clients_any": "clients"},
        largest={"cost": ("largest", "two_largest")},
        topic="topic",
        inner=tuple(_MOVED_IN_TABLE),
        follows=follows,
    )


def _change_gate(keys: tuple[str, ...], follows: Mapping[str, tuple[str, ...]]) -> Gate:
    return Gate(
        keys=keys,
        counts={"clients": _CHANGE, "clients_any_before": _CHANGE, "clients_any_after": _CHANGE, **_MOVED_IN_CHANGE},
        wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
        largest={"estimate": ("largest_before", "two_largest_before"), "low": ("largest_after", "two_largest_after")},
        topic="topic",
        inner=tuple(_MOVED_IN_CHANGE),
        alias={
            "clients_any_before": ("clients_any", "window", "before"),
            "clients_any_after": ("clients_any", "window", "after"),
        },
        follows=follows,
    )


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, eq=False)
class Costs(Result):
    """What care before and after the index day cost, at the prices that the user brought.

    Attributes
    ----------
    table : DataFrame, one row per item, window and cohort, under the plan's own index-stay choice
        outcome (the item), window, cohort, clients, clients_any, quantity, years (client-years), sek (for one unit),
        cost, per_client_year with low and high (clients resampled), per_client (mean; empty in the cohort ``all``).
    change : DataFrame, one row per item, cohort, index_stay and estimand
        estimand (cost_per_client_year | cost_per_client): kronor after less before with low and high, why.
    total, total_change : DataFrame
        The same for all items together; no rows where they may not be added up.
    prices : DataFrame, one row per price
        item, unit, sek, price_year and source as given; outcome, basis, used_sek, used_year, why it is not used.
    team : DataFrame, one row per price of the team
        per_client_year, day_price, break_even (bed-days per client-year that cost as much), why.
    """

    name: ClassVar[str] = "costs"
    title: ClassVar[Mapping[str, str]] = {"sv": "Kostnader före och efter", "en": "Costs before and after"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": _table_gate(("outcome", "window", "cohort", "role"), {}),
        "change": _change_gate(("outcome", "cohort", "index_stay", "estimand", "role"), {}),
        # The total less what is shown gives what is hidden: it goes with any of its items.
        "total": _table_gate(("window", "cohort"), {"table.cost": _FIGURES, "table.clients_any": _FIGURES}),
        "total_change": _change_gate(
            ("cohort", "index_stay", "estimand"),
            {"change.estimate": _CHANGE, "change.low": _CHANGE, "change.clients_any_before": _CHANGE,
             "change.clients_any_after": _CHANGE},
        ),
        "prices": Gate(keys=("item", "unit", "price_year", "source")),
        "team": Gate(keys=("item", "basis"), counts={"clients": _TEAM}),
    }  # fmt: skip

    change: pd.DataFrame = field(default_factory=_empty)
    total: pd.DataFrame = field(default_factory=_empty)
    total_change: pd.DataFrame = field(default_factory=_empty)
    prices: pd.DataFrame = field(default_factory=_empty)
    team: pd.DataFrame = field(default_factory=_empty)

    def label(self, outcome: str, language: str) -> str:
        """Return the words for an item."""
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def summary(self, language: str | None = None) -> str:
        """Give the cost per client-year before and after, what the team must save to pay, and what has no price."""
        return costs_text.summary(self, language or self.language)

    def methods(self, language: str | None = None) -> str:
        """Say which prices were used, of which year, from where, and how the intervals were made."""
        return costs_text.methods(self, language or self.language)

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw kronor per client-year before and after, by item."""
        return costs_views.draw(self, self.language, ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return costs by item, all together, the team with its break-even, and the prices with their sources."""
        return costs_views.views(self, language or self.language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the picture of kronor per client-year."""
        return costs_views.figures(self, language or self.language)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the difference per client-year."""
        return costs_text.key_figures(self, language or self.language)
