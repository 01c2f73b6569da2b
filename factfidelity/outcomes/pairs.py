"""The two windows of each client, the cohort they make, and why a client is out. Rules: definitions, section 4."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.exposure import cohort_clients, index_days, observed_time
from factfidelity.care.spells import Spells
from factfidelity.care.windows import Windows, index_spell, place_windows
from factfidelity.days import OPEN, UNKNOWN, Days, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.outcomes.tally import Tally
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan

REASONS = ("no_index", "not_linked", "no_time", "no_before", "no_after", "not_complete")


@dataclass(frozen=True, slots=True)
class Pair:
    """Before and after of the clients of a cohort.

    Attributes
    ----------
    before, after : Windows
        One element is one client, the same in both.
    why : ndarray of str
        For every client of the cohort file: empty where it is in, else the reason.
    """

    before: Windows
    after: Windows
    why: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Design:
    """An extract under a plan: index days, observed time, and windows for any choice of cohort and index stay."""

    extract: Extract
    plan: Plan
    known: pd.Index[Any]
    index: Days
    left: Days
    team: NDArray[np.object_]
    tally: Tally

    @classmethod
    def of(cls, extract: Extract, plan: Plan) -> Design:
        """Read the index days once; results that share an extract and a plan share it too."""
        held: tuple[Plan, Design] = extract.once(("design", id(plan)), lambda: (plan, cls._read(extract, plan)))
        return held[1]  # the plan is held along, so that no other one gets its id

    @classmethod
    def _read(cls, extract: Extract, plan: Plan) -> Design:
        known = cohort_clients(extract)
        days = index_days(extract, plan)
        index = day_numbers(days["index"])
        team = days["team_id"].to_numpy(dtype=object)
        return cls(extract, plan, known, index, day_numbers(days["left"]), team, Tally(extract, plan, known))

    def observed(self, tables: tuple[str, ...]) -> tuple[Days, Days, NDArray[np.bool_]]:
        """Return first day observed, first day not observed, and whether the client is linked, for some sources."""
        return self.tally.once(("observed", tables), lambda: self._observed(tables))

    def _observed(self, tables: tuple[str, ...]) -> tuple[Days, Days, NDArray[np.bool_]]:
        time = observed_time(self.extract, tables=tables, impute_partial=self.plan.impute_partial)
        low = day_numbers(time["observed_from"], missing=UNKNOWN)
        high = day_numbers(time["observed_to"])
        if self.plan.follow == "while_enrolled":
            high = np.minimum(high, self.left)
        if self.plan.period.end is not None:
            high = np.minimum(high, day_number(self.plan.period.end))
        return low, np.maximum(low, high), (time["why"] != "not_linked").to_numpy(dtype=bool)

    def pair(
        self, tables: tuple[str, ...] = ("episodes",), *, cohort: str = "all", index_stay: str = "include",
        baseline: tuple[int, int] | None = None,
    ) -> Pair:  # fmt: skip
        """Build the windows of a cohort.

        Parameters
        ----------
        tables : tuple of str
            The sources that must be observed.
        cohort, index_stay : str
        baseline : (int, int), optional
            Another before window, as days before the index day: (730, 365) is the year before the last. Clients who
            are not observed through all of it are out. Under ``exclude`` the stay that holds its first day is left out
            of it, as the index stay is left out of the window after; else what is carried in would count before only.
        """
        low, high, linked = self.observed(tables)
        widths = self.plan.windows
        index = np.where(self.index < OPEN, self.index, 0)
        code = np.arange(len(self.known), dtype=np.int64)
        spells = self.tally.spells() if index_stay != "include" else None
        options: dict[str, Any] = {
            "observed": (low, high), "index": index, "spells": spells, "index_stay": index_stay,
            "day_count": self.plan.day_count,
        }  # fmt: skip
        first, last = baseline or (widths.washout_before + widths.before, widths.washout_before)
        before = place_windows(code, index - first, index - last, **options)
        if baseline and spells is not None and index_stay == "exclude":
            before = _begun_like_after(before, spells, index, index - first, options)
        start = index + widths.washout_after
        after = place_windows(code, start, start + widths.after, **options)
        if cohort == "mirror":
            before, after = _mirrored(before, after)
        why = np.full(len(code), "", dtype="<U16")
        late = (low > index - first) & (baseline is not None)
        full = (before.high - before.low >= widths.before) & (after.high - after.low >= widths.after)
        for reason, out in (
            ("not_complete", (cohort == "complete") & ~full),
            ("no_after", after.days() <= 0),
            ("no_before", (before.days() <= 0) | late | self.enrolled_before_data),
            ("no_time", high <= low),
            ("not_linked", ~linked),
            ("no_index", self.index >= OPEN),
        ):
            why[np.broadcast_to(out, len(code))] = reason
        kept = why == ""
        return Pair(_only(before, kept), _only(after, kept), why)

    @property
    def has_index(self) -> NDArray[np.bool_]:
        """Whether the client has an index day."""
        return np.asarray(self.index < OPEN)

    @property
    def enrolled_before_data(self) -> NDArray[np.bool_]:
        """Whether the client was enrolled before the team's data begin, and so has no before window."""
        start = self.extract.source("enrolments").start
        if start is None or self.plan.index.kind != "enrolment":
            return np.zeros(len(self.known), dtype=bool)
        return np.asarray(self.index < day_number(start))

    def clients(self, pair: Pair) -> NDArray[np.int64]:
        """Return the codes of a cohort's clients."""
        return pair.before.client

    def index_stays(self, pair: Pair) -> NDArray[np.bool_]:
        """Tell which clients of a cohort have a stay that holds the index day."""
        found, _, _ = index_spell(self.tally.spells(), pair.before.client, self.index[pair.before.client])
        return found

    def counts(self, outcome: Outcome, pair: Pair) -> Counts:
        """Count an outcome in both windows of each client of a cohort."""
        return Counts(
            before=self.tally.count(outcome, pair.before),
            after=self.tally.count(outcome, pair.after),
            years_before=self.tally.time(outcome, pair.before) / 365.25,
            years_after=self.tally.time(outcome, pair.after) / 365.25,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """An outcome of each client in both windows, with the client-years at risk."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    years_before: NDArray[np.float64]
    years_after: NDArray[np.float64]


def _only(windows: Windows, kept: NDArray[np.bool_]) -> Windows:
    parts = {name: getattr(windows, name) for name in Windows.__slots__}
    return Windows(**{name: np.broadcast_to(values, len(kept))[kept] for name, values in parts.items()})


def _mirrored(before: Windows, after: Windows) -> tuple[Windows, Windows]:
    """Shorten both windows of each client to the shorter, keeping the days nearest the index."""
    shorter = np.minimum(before.high - before.low, after.high - after.low)
    return replace(before, low=before.high - shorter), replace(after, high=after.low + shorter)


def _begun_like_after(before: Windows, spells: Spells, index: Days, first: Days, options: dict[str, Any]) -> Windows:
    """Leave out the stay that holds the first day of a window, and what of the index stay reaches into it."""
    begun, start, _ = index_spell(spells, before.client, index)
    high = np.where(begun, np.clip(start, before.low, before.high), before.high)
    nothing = np.zeros_like(first)
    moved = place_windows(before.client, nothing, nothing, **(options | {"index": first}))
    return replace(moved, low=before.low, high=high)


def flow_of(pair: Pair, *, cohort: str) -> pd.DataFrame:
    """Count the clients that are in and out, with the reason.

    Returns
    -------
    DataFrame
        One row is one step: step (cohort_file, then each reason, then included), cohort, clients.
    """
    steps = [("cohort_file", len(pair.why)), *((reason, int((pair.why == reason).sum())) for reason in REASONS)]
    steps.append(("included", int((pair.why == "").sum())))
    rows = [{"step": step, "cohort": cohort, "clients": number} for step, number in steps]
    kept = [row for row in rows if row["clients"] or row["step"] in ("cohort_file", "included")]
    return pd.DataFrame(kept)
