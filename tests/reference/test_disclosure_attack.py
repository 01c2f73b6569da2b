"""An attacker who knows the layout of the tables and the rule, written apart from the library.

The attacker reads only what is shown, writes down every sum that the layout promises, and asks a linear program for
the lowest and highest value of each hidden cell. Where the library promises the fewest hidden cells, an exhaustive
search says how few there can be.
"""

import itertools

import numpy as np
import pandas as pd
import pytest
from attacker_of_tables import attack, sums_of

from factfidelity.display.disclosure import DisclosureRule, protect, protect_linked

SMALLEST = PROTECTION = 5


def grid(rng, shape, mean, sparse):
    cells = rng.poisson(mean, size=shape) * (rng.random(shape) >= sparse)
    rows = [(*(f"{axis}{value}" for axis, value in enumerate(where)), int(n)) for where, n in np.ndenumerate(cells)]
    return pd.DataFrame(rows, columns=[*"abc"[: len(shape)], "clients"])


def protected(table, keys):
    if len(keys) == 2:
        return protect(table, rows="a", columns="b", seconds=10)
    return protect(table, rows=["a", "b"], columns="c", seconds=3)


def truth(table, keys):
    """The full table with its margins, made by adding up each combination of totals."""
    found = {}
    for row in table.itertuples(index=False):
        for totals in itertools.product([False, True], repeat=len(keys)):
            where = tuple("total" if whole else getattr(row, key) for key, whole in zip(keys, totals, strict=True))
            found[where] = found.get(where, 0) + row.clients
    return found


def check(out, keys, true):
    rows = list(out[keys].itertuples(index=False, name=None))
    assert len(rows) == len(set(rows)) == len(true)
    hidden = (out["status"] == "hidden").to_numpy()
    shown = out["clients"].to_numpy(dtype=float)
    assert np.isnan(shown[hidden]).all()
    for row, is_hidden, value in zip(rows, hidden, shown, strict=True):
        assert is_hidden or value == true[row]
        assert is_hidden or not 0 < true[row] < SMALLEST
    ranges = attack(shown, hidden, sums_of(keys, rows))
    for number, (low, high) in ranges.items():
        value = true[rows[number]]
        assert low - 1e-6 <= value <= high + 1e-6
        assert np.floor(high + 1e-6) - np.ceil(low - 1e-6) >= 1, "a hidden cell is pinned"
        if 0 < value < SMALLEST:
            assert high - low >= PROTECTION - 1e-6, "a small cell has a narrower interval than the rule asks"
    return int(hidden.sum())


def random_table(seed):
    rng = np.random.default_rng(seed)
    if rng.random() < 0.25:
        shape = tuple(int(n) for n in rng.integers(2, 4, size=3))
    else:
        shape = tuple(int(n) for n in rng.integers(2, 7, size=2))
    return grid(rng, shape, float(rng.uniform(2, 14)), float(rng.choice([0, 0.3, 0.6]))), list("abc"[: len(shape)])


def attack_single(seeds):
    for seed in seeds:
        table, keys = random_table(seed)
        check(protected(table, keys), keys, truth(table, keys))


def attack_linked(seeds):
    """Team by sex, team by age and teams alone: the same clients, cut in different ways."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        shape = tuple(int(n) for n in rng.integers(2, 5, size=3))
        whole = truth(grid(rng, shape, float(rng.uniform(1, 6)), float(rng.choice([0, 0.4]))), list("abc"))
        cuts = {"ab": {}, "ac": {}, "a": {}}
        for (a, b, c), count in whole.items():
            if c == "total":
                cuts["ab"][a, b] = count
            if b == "total":
                cuts["ac"][a, c] = count
            if b == c == "total":
                cuts["a"][a,] = count
        tables = {
            name: pd.DataFrame([(*where, n) for where, n in cells.items()], columns=[*name, "clients"])
            for name, cells in cuts.items()
        }
        out = protect_linked(tables, DisclosureRule())
        rows, values, hidden = [], [], []
        known = {}
        for name, table in out.items():
            for record in table.to_dict("records"):
                cell = tuple(record.get(key, "total") for key in "abc")
                state = record["status"] == "hidden"
                assert known.setdefault(cell, state) == state, (
                    "the same number is hidden in one table and shown in another"
                )
                assert state or record["clients"] == whole[cell]
                assert state or not 0 < whole[cell] < SMALLEST
                if cell not in rows:
                    rows.append(cell)
                    values.append(record["clients"])
                    hidden.append(state)
            assert list(table.columns) == [*name, "clients", "status"]
        sums = [(total, parts) for total, parts in sums_of("abc", rows) if parts]
        for number, (low, high) in attack(np.array(values, dtype=float), hidden, sums).items():
            assert high - low >= 1 - 1e-6
            if 0 < whole[rows[number]] < SMALLEST:
                assert high - low >= PROTECTION - 1e-6


def test_no_hidden_cell_of_random_tables_is_recovered_by_an_attacker_with_a_linear_program():
    attack_single(range(40))


def test_no_hidden_cell_of_random_linked_tables_is_recovered():
    attack_linked(range(25))


@pytest.mark.slow
def test_no_hidden_cell_of_two_thousand_random_tables_is_recovered():
    attack_single(range(1_000, 2_200))
    attack_linked(range(3_000, 3_800))


def is_safe(true, rows, hidden, sums):
    """What the rule asks of a pattern, by the attacker's own program."""
    for total, parts in sums:
        if sum(hidden[number] for number in (total, *parts)) == 1:
            return False
    values = np.array([true[row] for row in rows], dtype=float)
    small = [number for number, row in enumerate(rows) if 0 < true[row] < SMALLEST]
    loose, sharp = attack(values, hidden, sums), attack(values, hidden, sums, at_least=1)
    return all(loose[number][1] - loose[number][0] >= PROTECTION - 1e-6 for number in small) and all(
        sharp[number][1] - sharp[number][0] >= 1 - 1e-6 for number in small
    )


def fewest(true, rows, sums):
    """The fewest hidden cells over all patterns, by trying them."""
    small = [number for number, row in enumerate(rows) if 0 < true[row] < SMALLEST]
    others = [number for number in range(len(rows)) if number not in small and true[rows[number]] > 0]
    for more in range(len(others) + 1):
        for extra in itertools.combinations(others, more):
            hidden = np.zeros(len(rows), dtype=bool)
            hidden[[*small, *extra]] = True
            if is_safe(true, rows, hidden, sums):
                return int(hidden.sum())
    return len(rows)


def compare(seeds, shape, mean=8.0):
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        table = grid(rng, shape, mean, 0.0)
        true = truth(table, ["a", "b"])
        rows = list(true)
        best = fewest(true, rows, sums_of(["a", "b"], rows))
        ours = protect(table, rows="a", columns="b")
        full = pd.DataFrame([(*row, n) for row, n in true.items()], columns=["a", "b", "clients"])
        quick = protect_linked({"t": full}, DisclosureRule())["t"]
        found.append([best, int((ours["status"] == "hidden").sum()), int((quick["status"] == "hidden").sum())])
    return np.array(found)


@pytest.mark.parametrize("shape", [(2, 3), (3, 3)])
def test_as_few_cells_are_hidden_as_an_exhaustive_search_finds(shape):
    best, ours, quick = compare(range(12), shape).T
    assert ours.tolist() == best.tolist()
    assert (quick >= best).all()


@pytest.mark.slow
@pytest.mark.parametrize("mean", [6.0, 8.0, 10.0])
@pytest.mark.parametrize("shape", [(2, 3), (3, 3), (3, 4), (4, 4)])
def test_as_few_cells_are_hidden_as_an_exhaustive_search_finds_over_more_tables(shape, mean):
    best, ours, quick = compare(range(100, 140 if shape != (4, 4) else 110), shape, mean).T
    print(f"| {shape[0]} × {shape[1]} | {mean:g} | {len(best)} | {best.sum()} | {ours.sum()} | {quick.sum()} |")
    assert ours.tolist() == best.tolist()
    assert (quick >= best).all()
