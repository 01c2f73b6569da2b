"""What responders and high users would look like if nothing had changed, drawn from the clients' own stays."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from factfidelity.care.line import SPAN, Cover, Points
from factfidelity.care.windows import Windows
from factfidelity.outcomes.pairs import Design, Pair
from factfidelity.schemas.outcome import Outcome

Row = dict[str, Any]
_DRAWS = 500
_LESS = 0.5


def no_change_rows(design: Design, outcome: Outcome) -> list[Row]:
    """Compare responders and high and low users with what no change gives.

    Each stay (or happening) of a client is put before or after at random, by the client's own share of time; that is
    what chance alone makes of the same clients with the same care in all. No test is made on a split by the
    outcome's own baseline.

    Returns
    -------
    list of dict
        One row per figure: responders and worse (share of those with any before, and of all), ratio_high and ratio_low
        (total after / total before among clients above, and not above, the median of those with any before); observed
        and expected with the middle 95 % of the draws.
    """
    pair = design.pair(outcome.tables, cohort=design.plan.paired_cohort, index_stay="include")
    client, size, share = pieces_of(design, outcome, pair)
    if not len(pair.before.client) or not len(size):
        return []
    counts = design.counts(outcome, pair)
    clients = len(counts.before)
    total = np.bincount(client, weights=size, minlength=clients)
    rng = np.random.default_rng(design.plan.intervals.seed)
    drawn = []
    for _ in range(_DRAWS):
        is_after = rng.random(len(size)) < share[client]
        after = np.bincount(client[is_after], weights=size[is_after], minlength=clients)
        drawn.append(_figures((total - after).astype(np.float64), after.astype(np.float64)))
    observed = _figures(counts.before, counts.after)
    expected = np.array(drawn)
    return [
        _row(outcome, figure, counts.before, counts.after, observed[place], expected[:, place])
        for place, figure in enumerate(_FIGURES)
    ]


_FIGURES = ("responders", "worse", "ratio_high", "ratio_low")


def _high(before: NDArray[np.float64]) -> NDArray[np.bool_]:
    used = before[before > 0]
    return before > (np.median(used) if len(used) else np.inf)


def _figures(before: NDArray[np.float64], after: NDArray[np.float64]) -> tuple[float, float, float, float]:
    had, high = before > 0, _high(before)
    responders = float((after[had] <= _LESS * before[had]).mean()) if had.any() else nan
    worse = float((after > before).mean())
    return responders, worse, _ratio(before[high], after[high]), _ratio(before[~high], after[~high])


def _ratio(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    return float(after.sum() / before.sum()) if before.sum() else nan


def _row(
    outcome: Outcome, figure: str, before: NDArray[np.float64], after: NDArray[np.float64], observed: float,
    expected: NDArray[np.float64],
) -> Row:  # fmt: skip
    high = _high(before)
    group = {
        "responders": before > 0,
        "worse": np.ones(len(before), dtype=bool),
        "ratio_high": high,
        "ratio_low": ~high,
    }
    chosen = group[figure]
    first, second = before[chosen], after[chosen]
    hit = {"responders": second <= _LESS * first, "worse": second > first}.get(figure, second > 0)
    finite = expected[np.isfinite(expected)]
    low, high_end = np.quantile(finite, [0.025, 0.975]) if len(finite) else (nan, nan)
    row: Row = {
        "outcome": outcome.outcome, "figure": figure, "clients": int(chosen.sum()), "clients_hit": int(hit.sum()),
        "observed": observed, "expected": float(finite.mean()) if len(finite) else nan, "expected_low": float(low),
        "expected_high": float(high_end), "topic": outcome.topic,
    }  # fmt: skip
    for window, values in (("before", first), ("after", second)):
        total, top = float(values.sum()), np.sort(values)[::-1][:2]
        row[f"total_{window}"] = total
        row[f"largest_{window}"] = float(top[0]) / total if total else nan
        row[f"two_largest_{window}"] = float(top.sum()) / total if total else nan
    return row


def pieces_of(
    design: Design, outcome: Outcome, pair: Pair
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the client and the size of each stay or happening, and each client's share of time after."""
    counted = design.tally.of(outcome)
    time_before, time_after = pair.before.days(), pair.after.days()
    share = time_after / np.maximum(time_before + time_after, 1)
    sides = [_in_window(counted, windows, outcome) for windows in (pair.before, pair.after)]
    client = np.concatenate([side[0] for side in sides])
    size = np.concatenate([side[1] for side in sides])
    return client, size, share


def _in_window(
    counted: Points | Cover, windows: Windows, outcome: Outcome
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the pieces of a state, or the happenings, that lie in windows, one window for each client, sorted."""
    start = counted.start if isinstance(counted, Cover) else counted.place
    end = counted.end if isinstance(counted, Cover) else counted.place + 1
    if not len(windows.client):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    position = np.minimum(np.searchsorted(windows.client, start // SPAN), len(windows.client) - 1)
    mine = windows.client[position] == start // SPAN
    size = np.minimum(end, windows.high[position]) - np.maximum(start, windows.low[position])
    kept = mine & (size > 0)
    place, found = position[kept], size[kept].astype(np.float64)
    if outcome.kind == "any_admission":
        place = np.unique(place)
        return place, np.ones(len(place))
    return place, found
