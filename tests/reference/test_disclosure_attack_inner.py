"""Tables with a column that never leaves the room, attacked by somebody who knows what that column counts.

How many had any contact, and how many had one outside, are counted in the room: they decide what else is hidden, but
nobody sees them. The attacker is written apart from the library. It knows every column of the table, those that are
not shown too, what adds up in a row and over rows, and what is made of what; it reads only what is shown.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from attacker_of_tables import attack, sums_of

from factfidelity.display.disclosure import release_frames
from factfidelity.display.gate import Gate

SMALLEST = PROTECTION = 5
KEYS = ["team", "sex"]
PERSONS = ["persons", "seen", "without", "seen_out"]
RESTS = {"seen": ("contacts", "minutes", "per_week", "out_share"), "seen_out": ("out", "out_share")}
# what a column is: any two give the third
PRODUCTS = [("contacts", "per_week", "weeks"), ("out", "out_share", "contacts")]
MORE = {
    "mean": ("contacts", "mean", "seen"),
    "share": ("seen", "share", "persons"),
    "each": ("out", "each", "seen_out"),
}


def microdata(rng, teams, mean):
    """One row for each person: team, sex, weeks enrolled, contacts, contacts outside (most have none), minutes."""
    number = int(rng.poisson(mean * teams * 2)) + 5
    contacts = np.where(rng.random(number) < rng.uniform(0.6, 0.98), rng.geometric(0.15, number), 0)
    out = rng.binomial(contacts, 0.5) * (rng.random(number) < rng.uniform(0.05, 0.7))
    return pd.DataFrame({
        "team": rng.choice([f"t{n}" for n in range(teams)], number, p=rng.dirichlet(np.full(teams, 3.0))),
        "sex": rng.choice(["w", "m"], number), "weeks": rng.uniform(3, 13, number), "contacts": contacts, "out": out,
        "minutes": contacts * rng.integers(20, 60, number),
    })  # fmt: skip


def table_of(people, extra):
    rows = []
    for team, sex in itertools.product([*sorted(people["team"].unique()), "total"], ["w", "m", "total"]):
        mine = people[people["team"].isin([team]) | (team == "total")]
        mine = mine[mine["sex"].isin([sex]) | (sex == "total")]
        seen, seen_out = int((mine["contacts"] > 0).sum()), int((mine["out"] > 0).sum())
        contacts, out, weeks = int(mine["contacts"].sum()), int(mine["out"].sum()), float(mine["weeks"].sum())
        made = {
            "mean": contacts / seen if seen else np.nan, "share": seen / len(mine) if len(mine) else np.nan,
            "each": out / seen_out if seen_out else np.nan,
        }  # fmt: skip
        rows.append({
            "team": team, "sex": sex, "persons": len(mine), "seen": seen, "without": len(mine) - seen,
            "seen_out": seen_out, "weeks": weeks, "contacts": contacts, "minutes": int(mine["minutes"].sum()),
            "per_week": contacts / weeks if weeks else np.nan, "out": out,
            "out_share": out / contacts if contacts else np.nan, **{name: made[name] for name in extra},
        })  # fmt: skip
    return pd.DataFrame(rows)


def gate_of(extra, declared):
    counts = {"persons": ("weeks", "per_week"), "without": (), **RESTS}
    for name, count in (("mean", "seen"), ("share", "seen"), ("each", "seen_out")):
        if name in extra:
            counts[count] = (*counts[count], name)
    return Gate(
        keys=("team", "sex"), counts=counts, wholes={"without": "persons"}, margins={"team": "total", "sex": "total"},
        inner=("seen", "seen_out"), shares=(("share", "seen", "persons"),) if declared and "share" in extra else (),
    )  # fmt: skip


def multiplied(shown, exact, products):
    """Fill in, row by row, what follows from what is shown; ``exact`` serves to check the arithmetic only."""
    known = shown.copy()
    while True:
        before = known.notna().to_numpy().sum()
        for product, one, other in products:
            known[product] = known[product].fillna(known[one] * known[other])
            known[one] = known[one].fillna(known[product] / known[other].where(known[other] != 0))
            known[other] = known[other].fillna(known[product] / known[one].where(known[one] != 0))
        known["seen"] = known["seen"].fillna(known["persons"] - known["without"])
        known["without"] = known["without"].fillna(known["persons"] - known["seen"])
        known["persons"] = known["persons"].fillna(known["seen"] + known["without"])
        if known.notna().to_numpy().sum() == before:
            break
    for column in exact.columns.difference(KEYS):
        both = known[column].notna() & exact[column].notna()
        np.testing.assert_allclose(known.loc[both, column], exact.loc[both, column], atol=1e-6)
    return known


def check(known, exact):
    """No number of 1 to 4 persons follows, seen or unseen, and each is left the interval that the rule asks."""
    rows, number = list(exact[KEYS].itertuples(index=False, name=None)), len(exact)
    sums = [(total, parts) for total, parts in sums_of(KEYS, rows) if parts]
    every = [
        (total + shift * number, [part + shift * number for part in parts])
        for shift in range(4)
        for total, parts in sums
    ]
    every += [(place, [number + place, 2 * number + place]) for place in range(number)]  # persons = seen + without
    values = np.concatenate([exact[name] for name in PERSONS]).astype(float)
    told = np.concatenate([known[name] for name in PERSONS]).astype(float)
    small = [place for place in range(len(values)) if 0 < values[place] < SMALLEST]
    assert not [place for place in small if not np.isnan(told[place])], "a number of 1 to 4 persons follows"
    for place, (low, high) in attack(told, np.isnan(told), every, only=small).items():
        assert low - 1e-6 <= values[place] <= high + 1e-6
        assert high - low >= PROTECTION - 1e-6, "a small number has a narrower interval than the rule asks"


def check_primary(shown, exact):
    """What rests on 1 to 4 persons is not shown, though nobody sees how many they are."""
    for count, figures in RESTS.items():
        few = exact[count].between(1, SMALLEST - 1)
        assert shown.loc[few, list(figures)].isna().all(axis=None), count


def attack_inner(seeds):
    shares = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        extra = [name for name in MORE if rng.random() < 0.35]
        exact = table_of(microdata(rng, int(rng.integers(2, 5)), float(rng.uniform(5, 25))), extra)
        frames, gates = {"table": exact}, {"table": gate_of(extra, bool(rng.random() < 0.5))}
        also = rng.random() < 0.25
        if also:  # what nobody sees here is shown in another table of the same result
            frames["other"] = exact[[*KEYS, "seen"]].copy()
            gates["other"] = Gate(keys=("team", "sex"), counts={"seen": ()}, margins={"team": "total", "sex": "total"})
        out = release_frames(frames, gates)
        shown = out["table"]
        assert not {"seen", "seen_out"} & set(shown.columns)
        shown = shown.reindex(columns=exact.columns)
        check_primary(shown, exact)
        if also:
            shown["seen"] = out["other"]["seen"].to_numpy(dtype=float)
        check(multiplied(shown, exact, [*PRODUCTS, *(MORE[name] for name in extra)]), exact)
        shares.append(shown["persons"].isna().mean())
    return float(np.mean(shares))


def attack_periods(seeds):
    """Quarters, and a table of the last one by itself: the same persons under two names."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        number, teams = int(rng.integers(2, 5)), int(rng.integers(2, 4))
        quarters = [table_of(microdata(rng, teams, float(rng.uniform(3, 12))), []) for _ in range(number)]
        quarters = [part[part["sex"].eq("total")].drop(columns="sex").reset_index(drop=True) for part in quarters]
        starts = pd.date_range("2023-01-01", periods=number, freq="QS")
        table = pd.concat(
            [part.assign(period_start=start) for part, start in zip(quarters, starts, strict=True)], ignore_index=True
        )
        counts = {"persons": ("weeks", "per_week"), "without": (), **RESTS}
        gate = {"counts": counts, "wholes": {"without": "persons"}, "margins": {"team": "total"}}
        out = release_frames(
            {"table": table, "latest": quarters[-1], "few": quarters[-1][["team", "persons"]]},
            {"table": Gate(keys=("team", "period_start"), inner=("seen", "seen_out"), **gate),
             "latest": Gate(keys=("team",), inner=("seen", "seen_out"), **gate),
             "few": Gate(keys=("team",), counts={"persons": ()}, margins={"team": "total"})},
        )  # fmt: skip
        latest = out["latest"].reindex(columns=quarters[-1].columns)
        last = out["table"][out["table"]["period_start"].eq(starts[-1])].reset_index(drop=True)
        for quarter, start in zip(quarters, starts, strict=True):
            exact = quarter.assign(sex="total")
            shown = out["table"][out["table"]["period_start"].eq(start)].reset_index(drop=True)
            shown = shown.reindex(columns=quarter.columns)
            check_primary(shown, exact)
            check(multiplied(shown.assign(sex="total"), exact, PRODUCTS), exact)
        both = latest.combine_first(last.reindex(columns=latest.columns))
        both["persons"] = both["persons"].fillna(out["few"]["persons"])
        exact = quarters[-1].assign(sex="total")
        check(multiplied(both[quarters[-1].columns].assign(sex="total"), exact, PRODUCTS), exact)


def test_no_small_number_follows_where_some_are_counted_in_columns_that_nobody_sees():
    attack_inner(range(14))


def test_no_small_number_follows_where_the_last_quarter_stands_in_a_table_of_its_own():
    attack_periods(range(10))


@pytest.mark.slow
def test_nothing_unseen_follows_over_more_random_tables():
    hidden = attack_inner(range(10_000, 10_500))
    print(f"numbers of persons hidden: {100 * hidden:.0f} %")
    attack_periods(range(11_000, 11_200))


def test_what_nobody_sees_costs_nothing_but_what_rests_on_it():
    """Three had no contact in one team: how many had one is not shown, so nothing else needs to go."""
    exact = pd.DataFrame({
        "team": ["a", "b", "c", "total"], "persons": [30, 40, 35, 105], "seen": [27, 30, 22, 79],
        "without": [3, 10, 13, 26], "contacts": [90, 130, 85, 305],
    })  # fmt: skip
    gate = Gate(
        keys=("team",), counts={"persons": (), "without": (), "seen": ("contacts",)}, wholes={"without": "persons"},
        margins={"team": "total"}, inner=("seen",),
    )  # fmt: skip
    shown = release_frames({"table": exact}, {"table": gate})["table"]
    assert shown["persons"].tolist() == [30, 40, 35, 105]
    assert shown["contacts"].tolist() == [90, 130, 85, 305]
    assert np.isnan(shown["without"].iloc[0])
    assert shown["without"].isna().sum() == 2


def test_what_rests_on_a_few_that_nobody_sees_goes_and_is_not_the_rest_of_a_sum():
    exact = pd.DataFrame({
        "team": ["a", "b", "c", "total"], "persons": [30, 40, 35, 105], "hit": [2, 10, 13, 25],
        "visits": [11, 61, 70, 142],
    })  # fmt: skip
    gate = Gate(
        keys=("team",), counts={"persons": (), "hit": ("visits",)}, margins={"team": "total"}, inner=("hit",)
    )  # fmt: skip
    shown = release_frames({"table": exact}, {"table": gate})["table"]
    assert shown["persons"].notna().all()
    assert np.isnan(shown["visits"].iloc[0])
    assert shown["visits"].isna().sum() == 2
