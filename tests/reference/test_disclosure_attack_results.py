"""Results on their way out, attacked by somebody who multiplies, subtracts years and knows how numbers are rounded.

The attacker is written apart from the library. It knows what each column is (rate × years, share × whole, mean ×
number), every sum that the layout promises, what was published last year, and the rule; it reads only what is shown.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from attacker_of_tables import attack, sums_of

from factfidelity.display.disclosure import DisclosureRule, release_frames, release_results
from factfidelity.display.gate import Gate

SMALLEST = PROTECTION = 5
KEYS = ["team", "sex"]
FIGURES = ["clients", "any", "years", "total", "mean", "rate", "share"]
GATE = Gate(
    keys=("team", "sex"),
    counts={"clients": ("years",), "any": ("total", "mean", "rate", "share")},
    wholes={"any": "clients"},
    shares=(("share", "any", "clients"),),
    margins={"team": "total", "sex": "total"},
)
# what a column is: any two give the third
PRODUCTS = [("total", "mean", "any"), ("total", "rate", "years"), ("any", "share", "clients")]


def microdata(rng, teams=3, mean=14.0):
    """One row for each person: team, sex, years observed, days of care (most have none)."""
    number = int(rng.poisson(mean * teams * 2)) + 5
    days = np.where(rng.random(number) < rng.uniform(0.2, 0.8), rng.geometric(0.08, number), 0)
    return pd.DataFrame({
        "team": rng.choice([f"t{n}" for n in range(teams)], number, p=rng.dirichlet(np.full(teams, 3.0))),
        "sex": rng.choice(["w", "m", "x"], number, p=[0.47, 0.47, 0.06]),
        "years": rng.uniform(0.3, 1.0, number), "days": days,
    })  # fmt: skip


def table_of(people):
    """Each team and sex with all totals; figures from the persons themselves."""
    rows = []
    for team, sex in itertools.product([*sorted(people["team"].unique()), "total"], ["w", "m", "x", "total"]):
        mine = people[people["team"].isin([team]) | (team == "total")]
        mine = mine[mine["sex"].isin([sex]) | (sex == "total")]
        some, total, years = int((mine["days"] > 0).sum()), float(mine["days"].sum()), float(mine["years"].sum())
        rows.append({
            "team": team, "sex": sex, "clients": len(mine), "any": some, "years": years, "total": total,
            "mean": total / some if some else np.nan, "rate": total / years if years else np.nan,
            "share": some / len(mine) if len(mine) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows)


def multiplied(shown, exact):
    """Fill in, row by row, what two figures give of the third, until nothing more follows; ``exact`` is not read."""
    known = shown.copy()
    while True:
        before = known.notna().to_numpy().sum()
        for product, one, other in PRODUCTS:
            known[product] = known[product].fillna(known[one] * known[other])
            known[one] = known[one].fillna(known[product] / known[other].where(known[other] != 0))
            known[other] = known[other].fillna(known[product] / known[one].where(known[one] != 0))
        if known.notna().to_numpy().sum() == before:
            break
    for column in FIGURES:
        both = known[column].notna() & exact[column].notna()
        np.testing.assert_allclose(known.loc[both, column], exact.loc[both, column], atol=1e-6)
    return known


def system_of(*tables):
    """Numbers of persons of several tables of the same layout as one list: clients, any, and the rest of each."""
    rows = list(tables[0][KEYS].itertuples(index=False, name=None))
    number = len(rows)
    sums = [(total, parts) for total, parts in sums_of(KEYS, rows) if parts]
    found = []
    for shift in (0, number, 2 * number):
        found += [(total + shift, [part + shift for part in parts]) for total, parts in sums]
    found += [(place, [number + place, 2 * number + place]) for place in range(number)]
    return rows, found


def small_numbers(people):
    """What is to be guarded of clients, any and the rest: 1 to 4."""
    values = np.concatenate([people["clients"], people["any"], people["clients"] - people["any"]]).astype(float)
    return values, [place for place in range(len(values)) if 0 < values[place] < SMALLEST]


def check_intervals(shown, exact, *, limits=None):
    known = multiplied(shown, exact)
    values, small = small_numbers(exact)
    seen = np.concatenate([known["clients"], known["any"], known["clients"] - known["any"]]).astype(float)
    hidden = np.isnan(seen)
    assert not [place for place in small if not hidden[place]], "a number of 1 to 4 persons follows by multiplying"
    _, sums = system_of(exact)
    for place, (low, high) in attack(seen, hidden, sums, only=small, limits=limits).items():
        assert low - 1e-6 <= values[place] <= high + 1e-6
        assert high - low >= PROTECTION - 1e-6, "a small number has a narrower interval than the rule asks"


def attack_rates(seeds):
    for seed in seeds:
        rng = np.random.default_rng(seed)
        exact = table_of(microdata(rng, int(rng.integers(2, 5)), float(rng.uniform(4, 16))))
        shown = release_frames({"table": exact}, {"table": GATE})["table"]
        check_intervals(shown[exact.columns], exact)


class Table:
    """The least that the gate asks of a result."""

    is_released = False

    def __init__(self, frame, *, released=False):
        self.table, self.gates, self.is_released = frame, {"table": GATE}, released

    def frames(self):
        return {"table": self.table}

    def with_frames(self, frames, *, released):
        return Table(frames["table"], released=released)

    def require_released(self):
        return self


def attack_years(seeds):
    """Last year's table and this year's of the same persons and some more: the change of a few is not seen."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        people = microdata(rng, 3, float(rng.uniform(6, 16)))
        new = microdata(rng, 3, float(rng.choice([0.3, 1.5, 5.0])))
        then, now = table_of(people), table_of(pd.concat([people, new], ignore_index=True))
        first, _ = release_results({"one": Table(then)}, DisclosureRule())
        second, _ = release_results({"one": Table(now)}, DisclosureRule(), previous=first)
        before, after = first["one"].table[then.columns], second["one"].table[now.columns]
        check_intervals(after, now)
        both = multiplied(before, then), multiplied(after, now)
        for column in ("clients", "any"):
            change = (both[1][column] - both[0][column]).abs()
            assert not change.between(0.5, SMALLEST - 0.5).any(), f"the change of {column} tells of a few"
        # what is as it was is known: a number that last year hid, and this year too, has its interval in both
        same = (both[0][["clients", "any"]] == now[["clients", "any"]]).to_numpy()
        known = both[1].copy()
        known[["clients", "any"]] = known[["clients", "any"]].mask(same, both[0][["clients", "any"]])
        check_intervals(known, now)


def attack_rounding(seeds):
    """The attacker knows that a number is shown as a multiple of 5 at most 5 away, and every number not rounded."""
    rule = DisclosureRule(method="round")
    for seed in seeds:
        rng = np.random.default_rng(seed)
        exact = table_of(microdata(rng, int(rng.integers(2, 5)), float(rng.uniform(4, 16))))
        plain = release_frames({"table": exact}, {"table": GATE})["table"]
        out = release_frames({"table": exact}, {"table": GATE}, rule)["table"]
        for column in ("years", "total", "mean", "rate", "share"):
            assert (out[column].isna() | plain[column].notna()).all(), "a figure that rests on a hidden number is shown"
        rounded = out[["clients", "any"]]
        assert (rounded.fillna(0) % 5 == 0).all(axis=None)
        assert ((rounded - exact[["clients", "any"]]).abs().fillna(0) <= 5).all(axis=None)
        limits = {}
        for shift, column in ((0, "clients"), (len(exact), "any")):
            for place, value in enumerate(rounded[column]):
                if value == value:
                    limits[shift + place] = (max(value - 5, 1.0) if value else 0.0, value + 5)
        check_intervals(plain[exact.columns], exact, limits=limits)


def test_no_small_number_follows_from_rates_shares_and_means():
    attack_rates(range(12))


def test_no_small_number_and_no_small_change_follows_from_two_years():
    attack_years(range(100, 108))


def test_no_small_number_follows_from_rounded_numbers_for_whoever_knows_the_rule():
    attack_rounding(range(200, 208))


@pytest.mark.slow
def test_nothing_follows_over_more_random_tables():
    attack_rates(range(5_000, 5_400))
    attack_years(range(6_000, 6_200))
    attack_rounding(range(7_000, 7_200))


def planted(clients, some, days):
    """Two teams of plain numbers, and a third as given."""
    rows = [("a", "w", 30, 15, 300), ("a", "m", 40, 22, 500), ("b", "w", 35, 12, 250), ("b", "m", 25, 14, 410)]
    people = [
        {"team": team, "sex": sex, "years": 1.0, "days": total / many if place < many else 0}
        for team, sex, all_, many, total in [*rows, ("c", "w", clients, some, days), ("c", "m", 30, 13, 280)]
        for place in range(all_)
    ]
    return table_of(pd.DataFrame(people))


@pytest.mark.parametrize(("clients", "some"), [(2, 1), (20, 1), (20, 19), (4, 4)])
def test_a_planted_group_of_a_few_is_not_found(clients, some):
    """A municipality of two clients; one client under compulsory care; one of twenty who is not."""
    exact = planted(clients, some, 90)
    shown = release_frames({"table": exact}, {"table": GATE})["table"]
    check_intervals(shown[exact.columns], exact)


def test_a_clients_days_are_not_found_where_one_has_most_of_them():
    exact = planted(20, 8, 400).assign(one=0.1, two=0.2)
    exact.loc[exact["team"].eq("c") & exact["sex"].eq("w"), ["one", "two"]] = [0.9, 0.92]
    gate = Gate(
        keys=GATE.keys, counts=GATE.counts, wholes=GATE.wholes, shares=GATE.shares, margins=GATE.margins,
        largest={"total": ("one", "two")},
    )  # fmt: skip
    shown = release_frames({"table": exact}, {"table": gate})["table"]
    assert "one" not in shown.columns
    known = multiplied(shown[list(exact.columns[:-2])], exact.drop(columns=["one", "two"]))
    row = known[exact["team"].eq("c") & exact["sex"].eq("w")].index[0]
    assert np.isnan(known.loc[row, "total"])
    rows = list(exact[KEYS].itertuples(index=False, name=None))
    values = known["total"].to_numpy()
    low, high = attack(values, np.isnan(values), sums_of(KEYS, rows), only=[row])[row]
    assert high - low >= 0.2 * 400 - 1e-6


@pytest.mark.parametrize("few", [1, 2, 3, 4])
def test_those_who_are_in_the_whole_cohort_but_not_in_the_complete_one_are_not_found(few):
    cohorts = pd.DataFrame({
        "cohort": ["all", "complete"], "clients": [60, 60 - few], "any": [31, 31 - few], "total": [410.0, 320.0],
    }).assign(mean=lambda table: table["total"] / table["any"])  # fmt: skip
    gate = Gate(
        keys=("cohort",), counts={"clients": (), "any": ("total", "mean")}, wholes={"any": "clients"},
        nested={"cohort": ("all", "complete")},
    )  # fmt: skip
    shown = release_frames({"table": cohorts}, {"table": gate})["table"]
    for column in ("clients", "any", "total", "mean"):
        assert shown[column].isna().any(), column
