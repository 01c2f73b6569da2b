"""The rule of what may leave the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Method = Literal["suppress", "round"]

SHOWN, HIDDEN, ZERO, NOT_AVAILABLE = "shown", "hidden", "zero", "not_available"


@dataclass(frozen=True, slots=True)
class DisclosureRule:
    """What is hidden before a figure leaves the secure room.

    Attributes
    ----------
    smallest : int
        Smallest number of persons that is shown; 1 to ``smallest - 1`` are hidden.
    hide_zero : tuple of str
        Topics where none and all are hidden too, since they say something of everybody.
    dominance : (float, float)
        A sum is hidden where one person is more than the first share of it, or two more than the second.
    protection : int
        How wide the interval must be that the shown figures leave for a hidden number of persons.
    method : str
        ``suppress`` hides numbers of persons; ``round`` shows them as a multiple of ``base`` at most ``base`` away, so
        that sums hold, and hides what rests on those that ``suppress`` would hide.
    base : int
        What ``round`` rounds to; at least ``protection`` and ``smallest``.
    """

    smallest: int = 5
    hide_zero: tuple[str, ...] = ("coercion", "legal_status", "death", "diagnosis")
    dominance: tuple[float, float] = (0.5, 0.75)
    protection: int = 5
    method: Method = "suppress"
    base: int = 5

    def __post_init__(self) -> None:
        if self.smallest < 1 or self.protection < 0 or self.base < 1:
            raise ValueError(
                f"smallest and base must be 1 or more and protection 0 or more, "
                f"got {self.smallest}, {self.base} and {self.protection}"
            )
        if self.method == "round" and self.base < max(self.protection, self.smallest):
            raise ValueError(
                f"base must be at least protection and smallest to round: a number is shown as a multiple of the base "
                f"at most so far away; got {self.base}, {self.protection} and {self.smallest}"
            )
        one, two = self.dominance
        if not 0 < one <= 1 or not 0 < two <= 1:
            raise ValueError(f"dominance must be two shares above 0 and at most 1, got {self.dominance}")
        if self.method not in ("suppress", "round"):
            raise ValueError(f"method must be suppress or round, got {self.method!r}")

    @classmethod
    def of(cls, part: object) -> Self:
        """Build the rule from the ``disclosure`` part of a plan, or from anything with the same attributes."""
        given = {name: getattr(part, name) for name in cls.__slots__ if hasattr(part, name)}
        for name in ("hide_zero", "dominance"):
            if name in given:
                given[name] = tuple(given[name])
        return cls(**given)
