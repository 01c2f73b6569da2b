"""Days on one line: unions, cuts and holders against sets of days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from factfidelity.care.line import SPAN, Cover, Points, codes_of, days_at, is_end_of_time, latest_holder, places
from factfidelity.days import OPEN


def cover_and_set(rng: np.random.Generator, clients: int = 4) -> tuple[Cover, set[tuple[int, int]]]:
    size = int(rng.integers(0, 12))
    client, start = rng.integers(0, clients, size), rng.integers(-30, 60, size)
    end = start + rng.integers(0, 15, size)
    held = {(int(who), day) for who, low, high in zip(client, start, end, strict=True) for day in range(low, high)}
    return Cover.of(client, start, end), held


def as_set(cover: Cover) -> set[tuple[int, int]]:
    found = set()
    for low, high in zip(cover.start, cover.end, strict=True):
        found |= {(int(place // SPAN), int(days_at(np.array(place)))) for place in range(low, high)}
    return found


@pytest.mark.parametrize("seed", range(60))
def test_unions_intersections_and_differences_are_those_of_sets(seed):
    rng = np.random.default_rng(seed)
    (one, first), (two, second) = cover_and_set(rng), cover_and_set(rng)
    assert as_set(one) == first
    assert as_set(one.both(two)) == first & second
    assert as_set(one.without(two)) == first - second


@pytest.mark.parametrize("seed", range(30))
def test_days_of_a_window_are_those_of_the_set(seed):
    rng = np.random.default_rng(seed)
    cover, held = cover_and_set(rng)
    client, low = rng.integers(0, 4, 20), rng.integers(-40, 60, 20)
    high = low + rng.integers(0, 40, 20)
    counted = cover.count(places(client, low), places(client, high))
    assert counted.tolist() == [
        sum((int(who), day) in held for day in range(first, last))
        for who, first, last in zip(client, low, high, strict=True)
    ]


@pytest.mark.parametrize("seed", range(30))
def test_a_day_that_several_hold_belongs_to_the_one_that_began_last(seed):
    rng = np.random.default_rng(seed)
    start = np.sort(rng.integers(0, 40, 8))
    end = start + rng.integers(1, 20, 8)
    low, high, holder = latest_holder(start, end)
    found = {day: int(who) for a, b, who in zip(low, high, holder, strict=True) for day in range(a, b)}
    holding = {day: [i for i in range(8) if start[i] <= day < end[i]] for day in range(70)}
    wanted = {day: max(who) for day, who in holding.items() if who}
    assert found == wanted


def test_an_open_end_is_the_end_of_the_clients_own_line():
    end = places(np.array([0, 1]), np.array([OPEN, 5]))
    assert is_end_of_time(end).tolist() == [True, False]
    assert end[0] < places(np.array([1]), np.array([0]))[0]


def test_happenings_of_unknown_clients_are_left_out():
    code = codes_of(pd.Index(["A", "B"]), ["B", "Z"])
    assert code.tolist() == [1, -1]
    assert len(Points.of(code, np.array([3, 4])).place) == 1
