"""What a before/after comparison of the invented world measures on average, worked out and not simulated.

The world's rules are simple enough for the expected days of each day around the index day to be written down: a night
``t`` is spent in hospital if some day ``s`` before had an admission, no admission followed until the day after ``t``,
and the drawn length reaches beyond it. Summed over ``s``, over clients' rates (Gauss-Laguerre), and over the days on
which clients are observed, this gives the ratios that are planted for days.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from factfidelity.days import DAYS_PER_YEAR
from factfidelity.delivery import sample_hospital as rules
from factfidelity.delivery.sample_draws import Effects, Numbers
from factfidelity.delivery.sample_world import World

_BEGINS = ((0, 1 - rules.CONVERTED), *((day, rules.CONVERTED / 3) for day in (1, 2, 3)))


def reaches(effects: Effects, *, after: bool) -> Numbers:
    """Return the chance that a drawn stay is at least 0, 1, 2 … nights long."""
    mean = effects.length_mean * (effects.length_ratio if after else 1.0)
    centre = rules.length_log_mean(mean, effects.same_day_share)
    tail = [
        0.5 * math.erfc((math.log(nights) - centre) / (rules.LENGTH_SPREAD * math.sqrt(2)))
        for nights in range(1, rules.LONGEST + 1)
    ]
    return np.array([1.0, *((1 - effects.same_day_share) * chance for chance in tail), 0.0, 0.0])


def mean_drawn_nights(effects: Effects, *, after: bool) -> float:
    """Return the mean drawn length of stay, before cuts by the next admission."""
    return float(reaches(effects, after=after)[1:].sum())


@dataclass(frozen=True, slots=True)
class _Rates:
    """Daily chances of admission on both sides of the index day, for each node over clients."""

    before: Numbers
    after: Numbers
    weight: Numbers

    @classmethod
    def of(cls, effects: Effects) -> _Rates:
        node, weight = np.polynomial.laguerre.laggauss(48)
        factor = (1 - effects.client_spread) + effects.client_spread * node
        before = factor * effects.admissions_per_year / DAYS_PER_YEAR
        return cls(np.minimum(before, 0.5), np.minimum(before * effects.admission_rate_ratio, 0.5), weight)

    def chance(self, day: int) -> Numbers:
        return self.before if day < 0 else self.after

    def none(self, first: int, last: int) -> Numbers:
        """Return the chance of no admission on the days first … last."""
        early = max(min(last, -1) - first + 1, 0)
        late = max(last - max(first, 0) + 1, 0)
        chance: Numbers = (1 - self.before) ** early * (1 - self.after) ** late
        return chance


def expected_days(effects: Effects, day: int) -> tuple[float, float]:
    """Return the expected share of clients in hospital on the night, and in closed LPT care on the day.

    ``day`` is counted from the index day. The second is for a client whose team has compulsory factor 1.
    """
    rates = _Rates.of(effects)
    length = {side: reaches(effects, after=side) for side in (False, True)}
    nights, closed = 0.0, 0.0
    for age in range(rules.LONGEST + 1):
        began = day - age
        reach = length[began >= 0]
        share = effects.compulsory_share_after if began >= 0 else effects.compulsory_share_before
        admitted = rates.chance(began) * rates.weight
        beyond = float((admitted * rates.none(began + 1, day + 1)).sum()) * reach[age + 1]
        at_least = float((admitted * rates.none(began + 1, day)).sum()) * reach[age]
        nights += beyond
        closed += share * (beyond * _closed(age, age + 1) + (at_least - beyond) * _last_day(age))
        closed -= share * rules.LEAVE * _on_leave(rates, reach, admitted, began, age)
    return nights, closed


def _lasts(days: int) -> float:
    """Return the chance that closed care is drawn to last at least so many days."""
    return 1.0 if days <= 3 else math.exp(-(days - 3) / rules.COMPULSORY_MEAN)


def _closed(begun_by: int, lasts_to: int) -> float:
    """Return the chance that closed care has begun by one age of the stay and is drawn to last to another."""
    return sum(chance * _lasts(lasts_to - late) for late, chance in _BEGINS if late <= begun_by)


def _last_day(age: int) -> float:
    """Return the chance that the day of discharge is a day of closed care: it is not where open care follows."""
    return sum(
        chance * _lasts(age - late) * (1 - (rules.OPEN_FORM if late < age else 0.0))
        for late, chance in _BEGINS
        if late <= age
    )


def _on_leave(rates: _Rates, reach: Numbers, admitted: Numbers, began: int, age: int) -> float:
    lows, lasts = range(rules.LEAVE_BEGINS[0], rules.LEAVE_BEGINS[1] + 1), rules.LEAVE_LASTS
    total = 0.0
    for left in lows:
        for away in range(lasts[0], lasts[1] + 1):
            if left < age < left + away:
                back = left + away
                stays = float((admitted * rates.none(began + 1, began + back + 1)).sum()) * reach[back + 1]
                total += stays * _closed(left, back + 1)
    return total / len(lows) / (lasts[1] - lasts[0] + 1)


def expected_rates(world: World, width: int = 365) -> dict[str, float]:
    """Return expected days per client-year before and after the index day, over the days that clients are observed."""
    people = world.tables["clients"]
    low = np.maximum(people["observed_from"].to_numpy(), world.index - width) - world.index
    high = np.minimum(np.minimum(people["observed_to"].to_numpy(), world.span.last), world.index + width) - world.index
    both = (low < 0) & (high > 0)
    days = np.arange(-width, width)
    seen = (days[None, :] >= low[both, None]) & (days[None, :] < high[both, None])
    settled = np.clip(days, -20, rules.LONGEST + 20)  # further from the index day nothing changes any more
    known = {day: expected_days(world.effects, day) for day in sorted(set(settled.tolist()))}
    each = np.array([known[day] for day in settled.tolist()])
    answer: dict[str, float] = {}
    for name, part in (("before", days < 0), ("after", days >= 0)):
        clients = seen[:, part].sum(axis=0)
        weighed = (seen[:, part] * world.compulsion[both, None]).sum(axis=0)
        answer[f"bed_days_{name}"] = _per_year(clients, clients, each[part, 0])
        answer[f"lpt_days_{name}"] = _per_year(clients, weighed, each[part, 1])
        answer[f"compulsion_{name}"] = float(weighed.sum() / clients.sum())
    return answer


def _per_year(clients: Any, weighed: Any, chance: Any) -> float:
    return float((weighed * chance).sum() / clients.sum() * DAYS_PER_YEAR)
