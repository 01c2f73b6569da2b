"""Cuts on a measure: half-open stretches with a score, and which of them holds a value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_INFINITY = math.inf


@dataclass(frozen=True, slots=True)
class Cut:
    """One stretch of a measure and its score; ``low_in`` and ``high_in`` say whether its ends belong to it."""

    score: float | None
    from_: float | None
    above: float | None
    to: float | None
    below: float | None

    @property
    def low(self) -> float:
        """Where the stretch begins."""
        return self.from_ if self.from_ is not None else self.above if self.above is not None else -_INFINITY

    @property
    def high(self) -> float:
        """Where the stretch ends."""
        return self.to if self.to is not None else self.below if self.below is not None else _INFINITY

    @property
    def low_in(self) -> bool:
        """Whether the lower end belongs to the stretch."""
        return self.from_ is not None

    @property
    def high_in(self) -> bool:
        """Whether the upper end belongs to the stretch."""
        return self.to is not None

    def holds(self, value: float) -> bool:
        """Tell whether a value lies in the stretch."""
        over = value >= self.low if self.low_in or self.low == -_INFINITY else value > self.low
        under = value <= self.high if self.high_in or self.high == _INFINITY else value < self.high
        return over and under


def rounded(value: float, decimals: int) -> float:
    """Round half up, the value itself being taken to nine decimals first (sums of FTE are floats)."""
    exact = Decimal(repr(round(value, 9)))
    return float(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


def placed(value: float, cuts: Sequence[Cut], round_to: int | None) -> tuple[float | None, str]:
    """Return the score of the stretch that holds a value; None and the reason where there is none."""
    if not cuts:
        return None, "no public anchors"
    if math.isnan(value):
        return None, "no value"
    shown = round(value, 9) if round_to is None or math.isinf(value) else rounded(value, round_to)
    for cut in cuts:
        if cut.holds(shown):
            return cut.score, "" if cut.score is not None else "the anchors here are not known or need a judgement"
    return None, "outside the anchors"
