"""Before and after in numbers: what one window holds, and the change between the two. Rules: definitions, section 5."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factfidelity.outcomes.pairs import Counts
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare, power, resample
from factfidelity.stats.answers import DAYS_NEED_RESAMPLING

FEW_EVENTS = 20
FEWEST_WITH_DAYS = 10
SMALL_GROUP = 30
_STUDIES = 300
_SHOWN = 0.7  # the ratio that ``needed`` is for
_SAME_TIME = 1e-9

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a row belongs: outcome, cohort and index stay."""

    outcome: Outcome
    cohort: str
    index_stay: str

    def keys(self) -> Row:
        """Return the key columns."""
        return {"outcome": self.outcome.outcome, "cohort": self.cohort}


Beside = list[tuple[Counts, dict[str, Row]]]  # what stands in other rows, with how few clients moved there


def fewest_moved(new: Counts, beside: Beside, window: str) -> Row:
    """Return how few clients make the difference between a row and those before it: who has both rows has them.

    Parameters
    ----------
    new : Counts
        What the row is made from.
    beside : list of (Counts, dict)
        The rows before it, with what this function returned for both of their windows; rows of other clients are
        left out.
    window : str
        before or after.

    Returns
    -------
    dict
        For use (``moved_any``), the figure (``moved_total``) and the time (``moved_years``): the smallest number
        above 0 of clients behind a difference; that of an earlier row with the same number; else missing.
    """
    values, years = getattr(new, window), getattr(new, f"years_{window}")
    same: Row = {}
    fewest = dict.fromkeys(("moved_any", "moved_total", "moved_years"), nan)
    for one, moved in beside:
        other, time = getattr(one, window), getattr(one, f"years_{window}")
        if len(other) != len(values):
            continue
        seen = {
            "moved_any": abs(int((values > 0).sum()) - int((other > 0).sum())),
            "moved_total": int((values != other).sum()) if values.sum() != other.sum() else 0,
            "moved_years": int((np.abs(years - time) > _SAME_TIME).sum()),
        }
        for name, number in seen.items():
            if not number:
                same.setdefault(name, moved[window][name])
            fewest[name] = float(np.fmin(fewest[name], number or nan))
    return fewest | same


def window_rows(cell: Cell, counts: Counts, *, means: bool) -> list[Row]:
    """Describe both windows.

    Parameters
    ----------
    means : bool
        Whether means, medians and quartiles may be given: only where the windows of a client are equally long.
    """
    rows = []
    for window in ("before", "after"):
        values, years = getattr(counts, window), getattr(counts, f"years_{window}")
        row = cell.keys() | {"window": window, "topic": cell.outcome.topic}
        row |= {"clients": len(values), "clients_any": int((values > 0).sum()), "total": float(values.sum())}
        total_years = float(years.sum())
        row |= {"years": total_years, "rate": float(values.sum()) / total_years if total_years else nan}
        row |= _spread(values) if means and len(values) else dict.fromkeys(("mean", "sd", "median", "q1", "q3"), nan)
        rows.append(row | _largest(values))
    return rows


def _spread(values: NDArray[np.float64]) -> Row:
    q1, median, q3 = np.quantile(values, [0.25, 0.5, 0.75])
    sd = float(values.std(ddof=1)) if len(values) > 1 else nan
    return {"mean": float(values.mean()), "sd": sd, "median": float(median), "q1": float(q1), "q3": float(q3)}


def _largest(values: NDArray[np.float64]) -> Row:
    total = float(values.sum())
    if not total:
        return {"largest": nan, "two_largest": nan}
    top = np.sort(values)[::-1][:2]
    return {"largest": float(top[0]) / total, "two_largest": float(top.sum()) / total}


def change_rows(
    cell: Cell, counts: Counts, plan: Plan, estimands: tuple[str, ...], *, resampled: bool = False
) -> list[Row]:
    """Estimate the change, one row for each estimand, with its interval, p-value, method and reason.

    With ``resampled`` differences get their interval by resampling clients, also where happenings are counted.
    """
    makers = {
        "rate_ratio": rate_ratio,
        "rate_difference": rate_difference,
        "mean_difference": mean_difference,
        "any_difference": any_difference,
    }
    rows = []
    for estimand in estimands:
        if not len(counts.before):
            row = answer_row(None, why="no_clients")
        else:
            outcome = cell.outcome.model_copy(update={"kind": "bed_days"}) if resampled else cell.outcome
            row = makers[estimand](outcome, counts, plan)
        rows.append(cell.keys() | {"index_stay": cell.index_stay, "estimand": estimand} | row | _persons(cell, counts))
    return rows


def _persons(cell: Cell, counts: Counts) -> Row:
    before, after = _largest(counts.before), _largest(counts.after)
    return {
        "topic": cell.outcome.topic,
        "clients": len(counts.before),
        "clients_any_before": int((counts.before > 0).sum()),
        "clients_any_after": int((counts.after > 0).sum()),
        "total_before": float(counts.before.sum()),
        "total_after": float(counts.after.sum()),
        "largest_before": before["largest"],
        "two_largest_before": before["two_largest"],
        "largest_after": after["largest"],
        "two_largest_after": after["two_largest"],
    }


def answer_row(answer: Any, *, why: str = "", method: str = "") -> Row:
    """Turn an answer of ``stats`` into the columns of a change row; what is not finite is empty."""
    if answer is None:
        return {"estimate": nan, "low": nan, "high": nan, "p": nan, "method": method, "why": why}
    parts = {name: float(getattr(answer, name)) for name in ("estimate", "low", "high", "p")}
    found = {name: value if np.isfinite(value) else nan for name, value in parts.items()}
    return {**found, "method": method or answer.method, "why": why or _why(answer)}


def _why(answer: Any) -> str:
    """Return the code of why an interval is empty or one-sided."""
    if getattr(answer, "total_before", 1) == 0:
        return "none_before" if getattr(answer, "total_after", 1) else "none"
    if getattr(answer, "total_after", 1) == 0:
        return "none_after"
    if getattr(answer, "method", "") == "bootstrap" and answer.clients_any < FEWEST_WITH_DAYS:
        return "few_with_any"
    return "no_interval" if not np.isfinite(answer.high) else ""


def rate_ratio(outcome: Outcome, counts: Counts, plan: Plan, *, method: str = "") -> Row:
    """Rate after / rate before: clients as clusters; by resampling for days; exact for fewer than 20 events."""
    events = counts.before.sum() + counts.after.sum()
    if not method:
        method = "bootstrap" if outcome.is_days else "exact" if 0 < events < FEW_EVENTS else "cluster"
    if outcome.is_days and method == "exact":
        raise compare.RateIntervalError(DAYS_NEED_RESAMPLING)
    answer = compare.paired_rate_ratio(
        counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after, method=method,
        level=plan.intervals.level, draws=plan.intervals.draws, seed=plan.intervals.seed,
    )  # fmt: skip
    return answer_row(answer)


def precision(outcome: Outcome, counts: Counts, plan: Plan) -> Row:
    """Say what these clients could have shown, and how many would be needed.

    Returns
    -------
    dict
        detectable: the ratio nearest to 1, below it, that would have been found with 80 per cent power, by simulation
        from the clients' own counts; needed: clients that a fall of 30 per cent needs at the spread that the data show.
    """
    if not len(counts.before):
        return {"detectable": nan, "needed": nan}
    found = power.detectable_rate_ratio(
        counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
        kind="days" if outcome.is_days else "events", level=plan.intervals.level, draws=_STUDIES,
        seed=plan.intervals.seed,
    )  # fmt: skip
    pilot = compare.paired_rate_ratio(
        counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
        level=plan.intervals.level,
    )  # fmt: skip
    needed = nan
    if np.isfinite(pilot.log_error) and pilot.log_error > 0:
        needed = power.clients_needed(_SHOWN, pilot=pilot, level=plan.intervals.level).estimate
    return {"detectable": float(found.estimate), "needed": float(needed)}


def rate_difference(outcome: Outcome, counts: Counts, plan: Plan) -> Row:
    """Rate after less rate before, per client-year."""
    if outcome.is_days:
        return answer_row(None, why="few_with_any") | resampled_difference(counts, plan)
    answer = compare.paired_rate_difference(
        counts.before, counts.after, years_before=counts.years_before, years_after=counts.years_after,
        level=plan.intervals.level,
    )  # fmt: skip
    return answer_row(answer)


def resampled_difference(counts: Counts, plan: Plan) -> Row:
    """Rate after less rate before, resampled by client, both windows together.

    Percentiles, as far out as Student's t for so many clients with any: for differences of days BCa covered too little.
    """
    columns = np.column_stack([counts.before, counts.after, counts.years_before, counts.years_after])
    before, after, years_before, years_after = columns.sum(axis=0)
    estimate = after / years_after - before / years_before
    found = {"estimate": float(estimate), "method": "bootstrap", "p": nan}
    some = int((columns[:, :2].sum(axis=1) > 0).sum())
    if some < FEWEST_WITH_DAYS:
        return found
    totals = resample.resampled_totals(columns, draws=plan.intervals.draws, seed=plan.intervals.seed)
    draws = totals[:, 1] / totals[:, 3] - totals[:, 0] / totals[:, 2]
    level = resample.expanded_level(plan.intervals.level, some)
    low, high = resample.interval_of_draws(float(estimate), draws, level=level, method="percentile")
    if high - low <= 1e-12 * (1 + abs(low)):
        return found | {"low": nan, "high": nan, "why": "no_interval"}
    return found | {"low": low, "high": high, "why": ""}


def mean_difference(outcome: Outcome, counts: Counts, plan: Plan) -> Row:
    """Mean after less mean before in equally long windows; p by the signed rank test.

    ``rose`` and ``fell`` count the clients with more and with less after: an exact p tells of them where they are few.
    """
    test = compare.signed_rank(counts.before, counts.after)
    p = float(test.p) if np.isfinite(test.p) else nan
    ones = Counts(counts.before, counts.after, np.ones_like(counts.before), np.ones_like(counts.after))
    moved = {"rose": int((counts.after > counts.before).sum()), "fell": int((counts.after < counts.before).sum())}
    return rate_difference(outcome, ones, plan) | {"p": p} | moved


def any_difference(outcome: Outcome, counts: Counts, plan: Plan) -> Row:
    """Share with any after less share with any before; exact McNemar.

    ``began`` and ``ceased`` count the clients with any in one window only: the test and its interval are made of them,
    and give them back.
    """
    del outcome
    before, after = counts.before > 0, counts.after > 0
    test = compare.mcnemar(before, after, level=plan.intervals.level)
    found = {"estimate": test.difference, "low": test.difference_low, "high": test.difference_high, "p": test.p}
    moved = {"began": int((after & ~before).sum()), "ceased": int((before & ~after).sum())}
    return {**found, "method": "mcnemar", "why": ""} | moved
