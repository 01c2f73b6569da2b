"""The proof and the quick ways, held against slow and obvious ones on small random systems."""

import itertools

import numpy as np
import pandas as pd
import pytest

from factfidelity.display.disclosure_additive import About
from factfidelity.display.disclosure_names import mark_of, names_of
from factfidelity.display.disclosure_proof import attested, proven
from factfidelity.display.disclosure_secondary import protect_system
from factfidelity.display.disclosure_single import hide_beside, single_widths
from factfidelity.display.disclosure_solver import ranges
from factfidelity.display.disclosure_sums import Sums, blocks_of
from factfidelity.display.disclosure_system import System


def grid(rng, rows, columns, mean=5.0):
    """A two-way table with margins: cells, row totals, column totals, the total."""
    cells = rng.poisson(mean, (rows, columns)).astype(float)
    whole = np.block([[cells, cells.sum(axis=1, keepdims=True)], [cells.sum(axis=0), cells.sum()]])
    place = np.arange(whole.size).reshape(whole.shape)
    lines = [*place, *place.T]
    equations = [(tuple(line.tolist()), (*(1.0,) * (len(line) - 1), -1.0)) for line in lines]
    return System.of(whole.ravel(), equations)


@pytest.mark.parametrize("seed", range(8))
def test_the_proof_says_what_the_exact_intervals_say(seed):
    rng = np.random.default_rng(seed)
    system = grid(rng, *rng.integers(2, 5, size=2))
    system.hidden[:] = rng.random(len(system.values)) < 0.45
    asked = np.full(len(system.values), 4.0)
    widths = proven(system, asked)
    for cell, (low, high) in ranges(system).items():
        assert (widths[cell] >= 4.0 - 1e-6) == (high - low >= 4.0 - 1e-6), cell
        if high - low < 4.0 - 1e-6:
            assert widths[cell] == pytest.approx(high - low, abs=1e-6)


def one_sum(values):
    parts = len(values)
    return System.of([*values, sum(values)], [(tuple(range(parts + 1)), (*(1.0,) * parts, -1.0))])


@pytest.mark.parametrize("seed", range(8))
def test_a_single_sum_needs_no_program(seed):
    rng = np.random.default_rng(seed)
    system = one_sum(rng.poisson(4, 4).astype(float))
    system.hidden[:] = rng.random(5) < 0.5
    found = single_widths(system, system.blocks(~system.fixed), at_least=0.0)
    for cell, (low, high) in ranges(system).items():
        assert found[cell] == pytest.approx(high - low) or (np.isinf(high) and np.isinf(found[cell]))


@pytest.mark.parametrize("seed", range(8))
def test_beside_a_number_of_a_single_sum_the_cheapest_are_hidden_or_one_more(seed):
    rng = np.random.default_rng(seed)
    values = rng.poisson(4, 4).astype(float)
    costs = np.append(rng.uniform(1, 2, 4), 5.0)

    def made(hidden):
        system = one_sum(values)
        system.costs[:], system.hidden[list(hidden)] = costs, True
        return system

    system = made([0])
    assert hide_beside(system, system.blocks(~system.fixed), 0, 5.0, at_least=0.0)
    low, high = ranges(system)[0]
    assert high - low >= 5.0 - 1e-9
    enough = []
    for number in range(1, 5):
        for more in itertools.combinations(range(1, 5), number):
            low, high = ranges(made([0, *more]))[0]
            if high - low >= 5.0 - 1e-9:
                enough.append(costs[list(more)].sum())
    assert costs[system.hidden].sum() - costs[0] <= 1.5 * min(enough)


@pytest.mark.parametrize("seed", range(8))
def test_after_protection_every_small_number_has_its_interval(seed):
    system = grid(np.random.default_rng(seed), 4, 5)
    system.sensitive[:] = (system.values > 0) & (system.values < 5)
    system.hidden |= system.sensitive
    system.widths[system.sensitive] = 5.0
    left = protect_system(system)
    dark = system.in_the_dark()
    for cell, (low, high) in ranges(system).items():
        if system.sensitive[cell] and cell not in left and not dark[cell]:
            assert high - low >= 5.0 - 1e-6


@pytest.mark.parametrize(
    ("cells", "moves", "at_least", "holds"),
    [
        ([0, 1], [2.0, -2.0], 0.0, True),
        ([0, 1], [2.0, -1.0], 0.0, False),  # the sum is another
        ([0, 2], [2.0, -2.0], 0.0, False),  # moves a number that is shown
        ([0, 1], [6.0, -6.0], 0.0, False),  # goes below 0
        ([0, 1], [5.0, -5.0], 1.0, False),  # comes to 0, where zeros are shown
        ([0, 1], [4.0, -4.0], 1.0, True),
    ],
)
def test_a_table_found_before_counts_as_proof_only_where_it_agrees_with_all_that_is_shown(
    cells, moves, at_least, holds
):
    system = one_sum([3.0, 5.0, 9.0])
    system.hidden[:2] = True
    system.tables.append((np.array(cells), np.array(moves)))
    ends = system.room(np.arange(4), at_least), np.full(4, np.inf)
    lows, highs = attested(system, ends)
    assert (highs - lows)[:2].tolist() == ([abs(moves[0])] * 2 if holds else [0.0, 0.0])
    assert (highs - lows)[2:].tolist() == [0.0, 0.0]


def test_a_number_that_is_shown_after_all_takes_the_tables_that_moved_it_out_of_the_proof():
    system = one_sum([3.0, 5.0, 9.0])
    system.hidden[:2] = True
    system.see(np.array([0, 1]), np.array([0.0, 8.0]), 0.0)
    ends = system.room(np.arange(4), 0.0), np.full(4, np.inf)
    assert attested(system, ends)[1][1] == 8.0
    system.hidden[0] = False
    assert attested(system, ends)[1][1] == 5.0


def test_blocks_are_the_cells_that_hang_together():
    sums = Sums.of([((0, 1, 2), (1.0, 1.0, -1.0)), ((2, 3, 4), (1.0, 1.0, -1.0)), ((6, 7, 8), (1.0, 1.0, -1.0))])
    blocks = blocks_of(sums, np.array([True] * 9))
    assert sorted(blocks.members_of(block).tolist() for block in range(len(blocks))) == [[0, 1, 2, 3, 4], [6, 7, 8]]
    assert blocks.block_of[5] == -1
    # known numbers tie nothing together
    apart = blocks_of(sums, np.array([True, True, False, True, True, True, True, True, True]))
    assert len(apart) == 3
    assert apart.relations.tolist() == [1, 1, 1]


def test_a_key_at_its_total_is_the_same_as_none_and_a_key_can_be_taken_out():
    frame = pd.DataFrame({"team": ["a", "b", "total"], "year": [2023, 2024, 2023], "day": pd.to_datetime("2024-01-01")})
    names = names_of(frame, ["team", "year", "day", "absent"], {"team": "total"})
    assert names.depth.tolist() == [3, 3, 2]
    assert names.whole[2] == names.over(["year", "day"])[0]
    assert (names.whole - names.keys["team"] == names.over(["year", "day"])).all()
    assert names.keys["year"][0] == mark_of("year", "2023")
    assert names.keys["day"][0] == mark_of("day", "2024-01-01")


def test_a_name_is_found_as_often_as_it_stands_for_a_number():
    about = About.of(np.array([7, 7, 9, 7], dtype="uint64"), np.array([1, 2, 3, 1]))
    places, cells = about.find(np.array([9, 7, 5], dtype="uint64"))
    assert places.tolist() == [0, 1, 1]
    assert cells.tolist() == [3, 1, 2]
