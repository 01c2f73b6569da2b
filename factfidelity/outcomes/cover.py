"""How often the default intervals held the truth in simulations of few clients, so that a note can say it.

The figures are the lowest over the regions of ``docs/calibration-before-after.md`` (but for the one with hardly any
events), made by the command that stands there; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PROMISED = 0.93


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of the calibration: with so many clients, this share of 95 per cent intervals held the truth."""

    clients: int
    cover: float


# Interval → clients and measured cover, fewest clients first.
MEASURED: Mapping[str, tuple[Measured, ...]] = {
    "cluster": (Measured(30, 0.942), Measured(100, 0.944), Measured(300, 0.945)),
    "bootstrap": (Measured(30, 0.927), Measured(100, 0.947), Measured(300, 0.942)),
    "exact": (Measured(30, 0.967), Measured(100, 0.962), Measured(300, 0.950)),
}


def measured_cover(method: str, clients: float) -> Measured | None:
    """Return what was measured at the nearest size that is not larger; with fewer clients than measured, the smallest.

    Parameters
    ----------
    method : str
        How the interval was made: cluster, bootstrap or exact. Nothing is known of others.
    clients : float
    """
    known = MEASURED.get(method, ())
    if not known or not clients >= 1:
        return None
    return next((row for row in reversed(known) if row.clients <= clients), known[0])


def poor_cover(method: str, clients: float) -> Measured | None:
    """Return what was measured where it is less than ``PROMISED``; else None."""
    found = measured_cover(method, clients)
    return found if found is not None and found.cover < PROMISED else None
