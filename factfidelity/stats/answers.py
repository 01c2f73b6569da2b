"""What every method gives back: an estimate, its interval, a p-value, and the reason where something is empty."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import nan


class RateIntervalError(ValueError):
    """An interval was asked for that is known to be far too narrow for this kind of number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An estimate with its interval.

    Attributes
    ----------
    estimate, low, high : float
        The figure and the ends of its interval; NaN where they cannot be computed.
    p : float
        Two-sided p-value against no difference (ratio 1, difference 0); NaN where there is none.
    level : float
        Coverage that the interval aims at.
    n : int
        Units (clients, months, subjects) that the figure rests on.
    method : str
        Name of the method.
    why : str
        Why a part is empty, or what stands in for the method asked for; empty when there is nothing to say.
    """

    estimate: float
    low: float = nan
    high: float = nan
    p: float = nan
    level: float = 0.95
    n: int = 0
    method: str = ""
    why: str = ""


DAYS_NEED_RESAMPLING = (
    "bed-days come in runs, so a Poisson interval on them is far too narrow (it covers the truth about one time in "
    "five); resample by client instead: compare.paired_rate_ratio(..., method='bootstrap') or "
    "resample.bootstrap_interval"
)

_DAYS = re.compile(r"(^|[_\s-])(bed|care|vård|vard|hospital|inpatient)?[_\s-]?(days|dygn|dagar|nights)$", re.IGNORECASE)


def names_days(name: object) -> bool:
    """Tell whether a column says by its name that it counts days (bed_days, vårddygn, lpt_days)."""
    return isinstance(name, str) and _DAYS.search(name.strip()) is not None


def refuse_days(name: object) -> None:
    """Refuse a plain Poisson interval on a column of days.

    Raises
    ------
    RateIntervalError
    """
    if names_days(name):
        raise RateIntervalError(f"{name}: {DAYS_NEED_RESAMPLING}")
