"""What is near some numbers: never more than can be, never less than what a wider look leaves possible."""

import numpy as np
import pytest

from factfidelity.display import disclosure_near, disclosure_solver
from factfidelity.display.disclosure_near import all_of, near_to, widening
from factfidelity.display.disclosure_solver import exact, hide_more
from factfidelity.display.disclosure_system import System
from factfidelity.display.disclosure_zeros import never_moved

SUM = (1.0, 1.0, -1.0)


def tower(seed, height=6, width=5):
    """Tables on top of each other: the totals of one are the parts of the next; some numbers are known."""
    draw = np.random.default_rng(seed)
    values = draw.poisson(1.5, width).astype(float).tolist()
    sums, row = [], list(range(width))
    for _ in range(height):
        other = list(range(len(values), len(values) + width))
        total = list(range(len(values) + width, len(values) + 2 * width))
        values += draw.poisson(1.5, width).astype(float).tolist()
        values += [values[one] + values[two] for one, two in zip(row, other, strict=True)]
        sums += [((one, two, both), SUM) for one, two, both in zip(row, other, total, strict=True)]
        whole = len(values)
        values.append(sum(values[one] for one in total))
        sums.append(((*total, whole), (*(1.0,) * width, -1.0)))
        row = total
    system = System.of(values, sums)
    system.fixed[:] = draw.random(len(values)) < 0.3
    return system


def ends_of(system):
    return system.room(np.arange(len(system.values)), 0.0), np.full(len(system.values), np.inf)


@pytest.mark.parametrize("seed", range(6))
def test_the_way_out_of_a_part_is_never_wider_than_of_the_whole_nor_narrower_than_with_free_edges(seed):
    system = tower(seed)
    blocks = system.blocks(~system.fixed)
    ends = ends_of(system)
    for cell in np.flatnonzero(blocks.block_of >= 0)[::5]:
        whole = all_of(blocks, np.array([cell]))
        width = exact(whole, int(cell), ends)
        for steps in (1, 2, 3):
            near = near_to(whole, whole.cells == cell, steps)
            assert exact(near.inner, int(cell), ends) <= width + 1e-9
            assert exact(near.outer, int(cell), ends) >= width - 1e-9
            assert set(near.inner.cells) <= set(near.outer.cells) <= set(whole.cells)
        assert exact(near_to(whole, whole.cells == cell, 50).inner, int(cell), ends) == width


@pytest.mark.parametrize("seed", range(6))
def test_what_never_moves_is_the_same_near_by_and_in_the_whole(seed, monkeypatch):
    system = tower(seed)
    blocks = system.blocks(~system.fixed)
    cells = np.flatnonzero(blocks.block_of >= 0)
    ends = ends_of(system)
    exactly = [cell for cell in cells if exact(all_of(blocks, np.array([cell])), int(cell), ends) < 1e-6]
    assert never_moved(system, blocks, cells).tolist() == exactly
    monkeypatch.setattr(disclosure_near, "LARGE", 0)
    monkeypatch.setattr(disclosure_near, "_PART", 1.0)
    assert sum(1 for _ in widening(blocks, cells[:1])) > 1, "looked near by first"
    found = [cell for cell in cells if never_moved(system, blocks, np.array([cell])).tolist() == [cell]]
    assert found == exactly


@pytest.mark.parametrize("seed", range(6))
def test_what_is_hidden_near_by_gives_a_number_its_interval(seed, monkeypatch):
    monkeypatch.setattr(disclosure_near, "LARGE", 0)
    monkeypatch.setattr(disclosure_near, "_PART", 1.0)
    monkeypatch.setattr(disclosure_solver, "_VERY_MANY", 0)
    looked_at, two_tables = [], disclosure_solver._two_tables

    def noted(system, part, heads, *rest):
        found = two_tables(system, part, heads, *rest)
        looked_at.append((len(part.cells), bool(found[0].any())))
        return found

    monkeypatch.setattr(disclosure_solver, "_two_tables", noted)
    system = tower(seed)
    blocks = system.blocks(~system.fixed)
    able = [
        cell
        for cell in np.flatnonzero(blocks.block_of >= 0)
        if exact(all_of(blocks, np.array([cell])), int(cell), ends_of(system)) >= 3.0
    ]
    for cell in able[:6]:
        system.hidden[:] = False
        system.hidden[cell] = True
        system.seen[:] = system.values
        assert not hide_more(system, blocks, np.array([cell]), np.array([3.0])).any()
        of = system.blocks(system.unknown)
        assert exact(all_of(of, np.array([cell])), int(cell), ends_of(system)) >= 3.0 - 1e-6
    whole = max(len(all_of(blocks, np.array([cell])).cells) for cell in able[:6])
    assert any(size < whole and not missed for size, missed in looked_at), "some were helped near by"


def test_a_number_outside_a_part_cannot_move_in_it():
    system = tower(0)
    blocks = system.blocks(~system.fixed)
    first = np.flatnonzero(blocks.block_of == 0)
    whole = all_of(blocks, first)
    near = near_to(whole, whole.cells == whole.cells[0], 1)
    beyond = np.setdiff1d(whole.cells, near.inner.cells)
    assert len(beyond)
    assert exact(near.inner, int(beyond[0]), ends_of(system)) == 0.0
