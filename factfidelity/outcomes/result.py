"""Before and after as a result: its frames, how they are guarded, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, TableView
from factfidelity.errors import DisclosureError
from factfidelity.outcomes import mirror_text, mirror_views
from factfidelity.outcomes.coarse import coarse, mean_steps
from factfidelity.outcomes.trace import Tracer

_FIGURES = ("rate", "total", "mean", "sd", "median", "q1", "q3")
_CHANGE = ("estimate", "low", "high", "p", "adjusted_p", "rejected", "detectable", "needed", "method", "why")


_MOVED = {
    f"moved_{name}_{window}": (*_CHANGE, *(column.format(window) for column in columns))
    for name, columns in {"any": ("clients_any_{}", "total_{}"), "total": ("total_{}",), "years": ()}.items()
    for window in ("before", "after")
}
_TESTS = ("p", "adjusted_p", "rejected")
_TURNED = {
    **dict.fromkeys(("rose", "fell"), _TESTS),
    **dict.fromkeys(("began", "ceased"), ("low", "high", *_TESTS)),
}
_OTHER = ("estimate", "low", "high")
_PAIRED = ("mean_before", "mean_after", "median_before", "median_after", "p", "rejected")
_APART = ("lpt_days", "lpt_rate", "lrv_days", "lrv_rate")
_CHANGE_COLUMNS = (*_CHANGE, "clients", "clients_any_before", "clients_any_after", "total_before", "total_after")


def _empty() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, kw_only=True, eq=False)
class MirrorOutcomes(Result):
    """Care use before and after the index day.

    Attributes
    ----------
    table : DataFrame, one row per outcome, window and cohort, under the plan's own index-stay choice
        outcome, window (before | after), cohort, clients, clients_any (with any), total, years (client-years at risk),
        mean, sd, median, q1, q3 (per client; empty in the cohort ``all`` and with unequal widths), rate (per
        client-year), topic, role (outcome | control).
    change : DataFrame, one row per outcome, cohort, index_stay and estimand
        estimand (rate_ratio | rate_difference per client-year | mean_difference | any_difference), estimate, low,
        high, p, adjusted_p and rejected (Benjamini-Hochberg over the paired tests), method, why (a code, where
        something is empty), detectable (the fall that 80 % power would find) and needed (clients to show a ratio of
        0.7) for the main outcomes, persons and totals of both windows.
    stays : DataFrame
        As ``table`` in the rate cohort, for every index-stay choice.
    paired : DataFrame, one row per outcome in the paired cohort
        Mean and median per client in both windows, p of the paired test, rejected; released, means are rounded.
    others : DataFrame, one row per outcome and other index-stay choice
        estimate, low, high: the rate ratio; released it is rounded, so that the stays of few clients cannot be had.
    flow : DataFrame, one row per step and cohort
        step (cohort_file, each reason for being out, included), cohort, clients.
    coercion : DataFrame, one row per kind of measure and window
        Numerator and both denominators.
    forms : DataFrame, one row per window
        Persons and days under closed LPT and under closed LRV, apart.
    late : DataFrame, at most one row
        How many earlier spells were longer than the time by which a source of finished stays is cut.
    between : DataFrame, one row
        Clients in hospital on the index day, and the days between it and the discharge.
    """

    name: ClassVar[str] = "mirror_outcomes"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Slutenvård och tvångsvård före och efter",
        "en": "Hospital care and compulsory care before and after",
    }
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("outcome", "window", "cohort", "role"),
            counts={
                "clients": ("years", *_FIGURES),
                "clients_any": _FIGURES,
                "moved_any": ("clients_any", *_FIGURES),
                "moved_total": _FIGURES,
                "moved_years": ("years", "rate"),
            },
            wholes={"clients_any": "clients"},
            largest={"total": ("largest", "two_largest")},
            topic="topic",
            inner=("moved_any", "moved_total", "moved_years"),
            nested={"cohort": ("all", "mirror")},
        ),
        "change": Gate(
            keys=("outcome", "cohort", "index_stay", "estimand", "role"),
            counts={
                "clients": (*_CHANGE, "total_before", "total_after"),
                "clients_any_before": (*_CHANGE, "total_before"),
                "clients_any_after": (*_CHANGE, "total_after"),
                **_MOVED,
                **_TURNED,
            },
            inner=(*_MOVED, *_TURNED),
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "total_before": ("largest_before", "two_largest_before"),
                "total_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
            alias={
                "clients_any_before": ("clients_any", "window", "before"),
                "clients_any_after": ("clients_any", "window", "after"),
            },
        ),
        "stays": Gate(
            keys=("outcome", "window", "cohort", "index_stay", "role"),
            counts={
                "clients": ("years", *_FIGURES),
                "clients_any": _FIGURES,
                "moved_any": ("clients_any", *_FIGURES),
                "moved_total": _FIGURES,
                "moved_years": ("years", "rate"),
            },
            wholes={"clients_any": "clients"},
            largest={"total": ("largest", "two_largest")},
            topic="topic",
            inner=("moved_any", "moved_total", "moved_years"),
        ),
        # The paired cohort often differs from that of rates by a few cut windows: its means leave the room coarse.
        "paired": Gate(
            keys=("outcome", "estimand"),
            counts={
                "clients": _PAIRED,
                "clients_any_before": ("mean_before", "median_before", "p", "rejected"),
                "clients_any_after": ("mean_after", "median_after", "p", "rejected"),
                **dict.fromkeys(_TURNED, ("p", "rejected")),
            },
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "mean_before": ("largest_before", "two_largest_before"),
                "mean_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
            inner=("clients_any_before", "clients_any_after", *_TURNED),
            free=_PAIRED,
        ),
        # Another choice for the index stay moves the stays of a few clients: only coarse ratios leave the room.
        "others": Gate(
            keys=("outcome", "index_stay"),
            counts={"clients": _OTHER, "clients_any_before": _OTHER, "clients_any_after": _OTHER},
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "estimate": ("largest_before", "two_largest_before"),
                "low": ("largest_after", "two_largest_after"),
            },
            topic="topic",
            inner=("clients", "clients_any_before", "clients_any_after", "total_before", "total_after"),
            free=_OTHER,
        ),
        "flow": Gate(keys=("step", "cohort"), counts={"clients": ()}, margins={"step": "cohort_file"}),
        "coercion": Gate(
            keys=("kind", "window"),
            counts={
                "clients": ("per_client",),
                "clients_any": ("measures", "per_client", "per_1000_bed_days", "per_1000_compulsory_days"),
                "clients_in_hospital": ("bed_days", "per_1000_bed_days"),
                "clients_compulsory": ("compulsory_days", "per_1000_compulsory_days"),
            },
            wholes={"clients_any": "clients", "clients_in_hospital": "clients", "clients_compulsory": "clients"},
            margins={"kind": "total"},
            largest={"measures": ("largest", "two_largest")},
            topic="topic",
        ),
        # LPT and LRV add up to the outcome compulsory_days: where one is hidden, so is the other.
        "forms": Gate(
            keys=("window",),
            counts={
                "clients": ("years", *_APART),
                "clients_lpt": ("clients_lrv", *_APART),
                "clients_lrv": ("clients_lpt", *_APART),
            },
            wholes={"clients_lpt": "clients", "clients_lrv": "clients"},
            largest={"lpt_days": ("lpt_largest", "lpt_two_largest"), "lrv_days": ("lrv_largest", "lrv_two_largest")},
            topic="topic",
        ),
        "between": Gate(
            keys=("cohort",),
            counts={"clients": (), "clients_index_stay": ("days_between",)},
            wholes={"clients_index_stay": "clients"},
            largest={"days_between": ("largest", "two_largest")},
        ),
        "late": Gate(
            keys=("source",),
            counts={"clients": ("spells", "share_long"), "clients_long": ("share_long",)},
            wholes={"clients_long": "clients"},
            public=("lag",),
        ),
    }

    change: pd.DataFrame = field(default_factory=_empty)
    stays: pd.DataFrame = field(default_factory=_empty)
    paired: pd.DataFrame = field(default_factory=_empty)
    others: pd.DataFrame = field(default_factory=_empty)
    flow: pd.DataFrame = field(default_factory=_empty)
    coercion: pd.DataFrame = field(default_factory=_empty)
    forms: pd.DataFrame = field(default_factory=_empty)
    between: pd.DataFrame = field(default_factory=_empty)
    late: pd.DataFrame = field(default_factory=_empty)
    inner_trace: Tracer | None = None

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> Self:
        """Return the same result with other frames; released, other choices' ratios and the paired means are coarse."""
        if released and len(self.others):
            days = self._are_days(self.others)
            frames = {**frames, "others": coarse(frames["others"], self.others, _OTHER, days=days)}
        if released and len(self.paired):
            step = mean_steps(self.paired["clients"].to_numpy(dtype=float), self._are_days(self.paired))
            table = frames["paired"]
            means = {name: ((table[name] / step).round() * step).round(2) for name in ("mean_before", "mean_after")}
            frames = {**frames, "paired": table.assign(**means)}
        return super().with_frames(frames, released=released)

    def _are_days(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        return np.array([self.notes.get(f"days.{name}") == "yes" for name in rows["outcome"]], dtype=bool)

    def other_ratio(self, outcome: str, index_stay: str) -> pd.Series[float]:
        """Return the rate ratio under another choice for the index stay; all empty where there is none."""
        rows = self.others
        if len(rows):
            rows = rows[(rows["outcome"] == outcome) & (rows["index_stay"] == index_stay)]
        return rows.iloc[0] if len(rows) else pd.Series(dict.fromkeys(_OTHER, np.nan))

    def summary(self, language: str | None = None) -> str:
        """Say how admissions, days and any-use moved; in the first sentence when they moved apart."""
        return mirror_text.summary(self, language or self.language)

    def methods(self, language: str | None = None) -> str:
        """Say how it was counted and estimated, from the choices of this result."""
        return mirror_text.methods(self, language or self.language)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the tables: rates and ratios, paired comparisons, index stays, coercion, flow."""
        return mirror_views.views(self, language or self.language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the figures: rates before and after, of admissions and of days."""
        return mirror_views.figures(self, language or self.language)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the ratio of each main outcome."""
        return mirror_text.key_figures(self, language or self.language)

    def plot(self, *, outcome: str = "bed_days", ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the rates of one outcome before and after.

        Parameters
        ----------
        outcome : str
            Name of the outcome.
        ax : Axes, optional
        """
        return mirror_views.draw_rates(self, [outcome], self.language, ax)

    def trace(
        self, outcome: str, *, window: str = "after", cohort: str = "", index_stay: str = "", rows: bool = False
    ) -> pd.DataFrame:
        """List what stands behind a cell of ``table`` or ``stays``. For the secure room, never for a report.

        Parameters
        ----------
        outcome : str
            Name of the outcome.
        window : str
            before or after.
        cohort, index_stay : str
            Those of the cell; left out: the cohort of rates, and the plan's own choice.
        rows : bool, default False
            List the rows of the extract that the stretches came from instead.

        Returns
        -------
        DataFrame
            One row is one stretch of days, or one happening, of one client: client_id, first_day, last_day (of the
            whole stretch; empty while it goes on), counted (what it adds to the cell). With ``rows`` one row of a
            table: table, row (its place, from 0), client_id, first_day, last_day.

        Raises
        ------
        ValueError
            If the result has no such cell.
        DisclosureError
            If the result was released: its rows are gone.
        """
        if self.inner_trace is None:
            raise DisclosureError("a released result holds no rows of clients; trace it before it is released")
        cell = (cohort or self.notes["cohort"], index_stay or self.notes["index_stay"])
        found = self.inner_trace.stretches(outcome, window, *cell)
        return self.inner_trace.rows(outcome, found) if rows else found

    def ratio(self, outcome: str, *, index_stay: str = "") -> pd.Series[float]:
        """Return the row of ``change`` with an outcome's rate ratio; all empty where there is none."""
        return self.change_row(outcome, "rate_ratio", index_stay=index_stay)

    def change_row(self, outcome: str, estimand: str, *, index_stay: str = "") -> pd.Series[float]:
        """Return the first row of ``change`` for an outcome and estimand; all empty where there is none."""
        change = self.change
        if not len(change):
            return pd.Series(dict.fromkeys(_CHANGE_COLUMNS, np.nan))
        chosen = (change["outcome"] == outcome) & (change["estimand"] == estimand)
        rows = change[chosen & (change["index_stay"] == (index_stay or self.notes["index_stay"]))]
        return rows.iloc[0] if len(rows) else pd.Series(dict.fromkeys(self.change.columns, np.nan))

    def label(self, outcome: str, language: str) -> str:
        """Return the words for an outcome."""
        return self.notes.get(f"label.{language}.{outcome}", outcome)
