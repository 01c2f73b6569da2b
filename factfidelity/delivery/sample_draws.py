"""Numbers drawn from a seed, the same on every machine, and the effects that a sample is drawn with."""

from __future__ import annotations

import dataclasses
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]


class Draw:
    """Draws of one part of the world; each part has its own stream, so that one part never moves another.

    Only uniform numbers are taken from numpy and the rest is made from them by inversion, since numpy keeps the
    stream of uniforms between versions but not that of its other distributions (NEP 19).
    """

    def __init__(self, seed: int, part: str) -> None:
        self._generator = np.random.Generator(np.random.PCG64([seed, zlib.crc32(part.encode())]))

    def uniform(self, size: int) -> Numbers:
        """Return uniform numbers in [0, 1)."""
        return self._generator.random(size)

    def happens(self, chance: Any, size: int) -> NDArray[np.bool_]:
        """Return True with the chance given, one for all or one each."""
        answer: NDArray[np.bool_] = self.uniform(size) < chance
        return answer

    def whole(self, low: int, high: int, size: int) -> Ints:
        """Return whole numbers from ``low`` to ``high``, both included."""
        return low + np.floor(self.uniform(size) * (high - low + 1)).astype(np.int64)

    def exponential(self, mean: float, size: int) -> Numbers:
        """Return exponential times with the mean given."""
        return -mean * np.log1p(-self.uniform(size))

    def normal(self, size: int) -> Numbers:
        """Return standard normal numbers (Box-Muller)."""
        radius = np.sqrt(-2 * np.log1p(-self.uniform(size)))
        numbers: Numbers = radius * np.cos(2 * math.pi * self.uniform(size))
        return numbers

    def pick(self, weights: Sequence[float] | Numbers, size: int) -> Ints:
        """Return places 0, 1, … drawn with the weights given."""
        steps = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.searchsorted(steps / steps[-1], self.uniform(size), side="right").clip(0, len(steps) - 1)

    def order(self, size: int) -> Ints:
        """Return the places 0 … size - 1 in random order."""
        return np.argsort(self.uniform(size), kind="stable")


@dataclass(frozen=True, slots=True)
class Effects:
    """What is planted in a sample. Rates are per client-year of 365.25 days.

    Attributes
    ----------
    admissions_per_year : float
        Admissions to adult psychiatric inpatient care before the index day, average client.
    admission_rate_ratio : float
        Rate after the index day / rate before.
    length_mean : float
        Mean nights of a stay that begins before the index day, before cuts by the next admission.
    length_ratio : float
        Mean nights of a stay that begins after / before the index day.
    same_day_share : float
        Share of stays with no night.
    client_spread : float, 0 to 1
        How much clients differ in admissions: client's rate = (1 - spread) + spread x exponential, mean 1.
    length_clustering : float, 0 to 1
        Share of the spread in length (log scale) that lies between clients; clusters the days.
    compulsory_share_before, compulsory_share_after : float
        Share of admissions that get closed compulsory care, before and after the index day.
    coercion_per_1000_days : float
        Coercive measures per 1,000 closed compulsory days.
    crisis_enrolment : float, 0 to 1
        Share of clients who are enrolled soon after an admission, because of it. Above 0 the rates fall after the
        index day without any effect (regression to the mean), and before/after no longer gives the planted ratio.
    emergency_visits_per_year, emergency_rate_ratio : float
        Emergency visits before the index day, and the ratio after.
    somatic_per_year : float
        Somatic stays, the same before and after: the negative control.
    board_share : float
        Share of enrolled days on the board.
    board_days : float
        Mean days of one period on the board.
    contacts_per_week_on, contacts_per_week_off : float
        Contacts (kept and missed) a week on and off the board.
    missed_share, face_to_face_share, outside_share, two_staff_share, relatives_share : float
        Of contacts: missed; of kept ones: face to face; of face-to-face ones: outside the clinic, with two staff;
        of kept ones: with relatives.
    caseload : float
        Clients per case-carrying full-time post that the team is staffed for when it is full.
    vacancy_share : float
        Share of posts' time without a holder.
    death_rate, move_rate, exit_rate : float
        Deaths, moves out of the area and other endings per enrolled year.
    transfer_share : float
        Share of clients who change team once.
    never_enrolled_share : float
        Share of the cohort who were referred but never enrolled; they have no index day.
    honos_change : float
        Mean change of the HoNOS total from the first to the second rating.
    rater_error : float
        Chance that one assessor gives an item one point more or less than it is.
    """

    admissions_per_year: float = 1.1
    admission_rate_ratio: float = 0.7
    length_mean: float = 20.0
    length_ratio: float = 0.85
    same_day_share: float = 0.04
    client_spread: float = 0.9
    length_clustering: float = 0.3
    compulsory_share_before: float = 0.40
    compulsory_share_after: float = 0.34
    coercion_per_1000_days: float = 35.0
    crisis_enrolment: float = 0.0
    emergency_visits_per_year: float = 0.9
    emergency_rate_ratio: float = 0.8
    somatic_per_year: float = 0.15
    board_share: float = 0.15
    board_days: float = 28.0
    contacts_per_week_on: float = 2.0
    contacts_per_week_off: float = 0.35
    missed_share: float = 0.08
    face_to_face_share: float = 0.75
    outside_share: float = 0.62
    two_staff_share: float = 0.2
    relatives_share: float = 0.12
    caseload: float = 16.0
    vacancy_share: float = 0.06
    death_rate: float = 0.012
    move_rate: float = 0.015
    exit_rate: float = 0.06
    transfer_share: float = 0.04
    never_enrolled_share: float = 0.02
    honos_change: float = -2.0
    rater_error: float = 0.15


_SHARES = frozenset(
    field.name for field in dataclasses.fields(Effects) if "_share" in field.name
) | {"client_spread", "length_clustering", "crisis_enrolment", "rater_error"}  # fmt: skip


def effects_of(given: Mapping[str, float] | None, base: Effects | None = None) -> Effects:
    """Return the effects with the given ones in place of the defaults, or of those of ``base``.

    Raises
    ------
    ValueError
        If a name is unknown or a value is outside its range.
    """
    values = dict(given or {})
    known = [field.name for field in dataclasses.fields(Effects)]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"effects has no {', '.join(unknown)}; known: {', '.join(known)}")
    for name, value in values.items():
        low, high = (-48.0, 48.0) if name == "honos_change" else (0.0, 1.0 if name in _SHARES else 1000.0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"effects: {name} must be a number from {low:g} to {high:g}, got {value!r}")
    return dataclasses.replace(base or Effects(), **{name: float(value) for name, value in values.items()})
