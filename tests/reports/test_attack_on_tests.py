"""A p-value or an interval of a paired test, turned round: exact McNemar is made of who began and who ceased.

Ten digits of p, and the difference of two shown numbers, leave one pair of them: that two clients who had no hospital
care before have some now is then told, though no table shows it.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import factfidelity as ff

FEW = range(1, 5)


def exact(began, ceased):
    changed = began + ceased
    return min(1.0, 2 * stats.binom.cdf(min(began, ceased), changed, 0.5)) if changed else 1.0


def turned_round(p, clients, difference=None):
    """Return who began and who ceased, each pair that gives this p; ``difference`` is that of the two shown numbers."""
    found = []
    for changed in range(1, clients + 1):
        for began in range(changed + 1):
            fits = difference is None or 2 * began - changed == difference
            if fits and np.isclose(exact(began, changed - began), p, rtol=1e-8, atol=0):
                found.append((began, changed - began))
    return found


def with_two_who_began(extract):
    """Take care after the index day from all who had none in the year before, but for two of them."""
    first = extract.enrolments.groupby("client_id")["start"].min()
    stays = extract.episodes.assign(index=extract.episodes["client_id"].map(first))
    year = pd.Timedelta(days=366)
    had = set(
        stays.loc[(stays["admitted"] <= stays["index"]) & (stays["discharged"] >= stays["index"] - year), "client_id"]
    )
    new = sorted(set(first.index) - had)
    after = stays["admitted"] > stays["index"] - pd.Timedelta(days=1)
    users = [client for client in new if (after & (stays["client_id"] == client)).any()]
    gone = after & stays["client_id"].isin(set(users) - set(users[:2]))
    tables = {name: extract.table(name) for name in extract.tables}
    return dataclasses.replace(extract, tables=tables | {"episodes": extract.episodes[~gone.to_numpy()]})


@pytest.fixture(scope="module")
def two():
    truth = ff.mirror_outcomes(with_two_who_began(ff.sample_extract(seed=8, clients=120, teams=2, years=4)))
    return truth, truth.released()


def test_the_attack_finds_who_began_and_who_ceased():
    assert turned_round(exact(2, 19), 80, -17) == [(2, 19)]
    assert set(turned_round(exact(2, 19), 80)) == {(2, 19), (19, 2)}


def test_two_who_began_do_not_follow_from_the_test_and_its_interval(two):
    truth, released = two
    rows = truth.change["estimand"] == "any_difference"
    assert truth.change.loc[rows, "began"].isin(FEW).any()
    few = truth.change["began"].isin(FEW) | truth.change["ceased"].isin(FEW)
    for column in ("p", "adjusted_p", "rejected", "low", "high"):
        assert released.change.loc[few, column].isna().all(), column
    paired = truth.paired["began"].isin(FEW)
    assert paired.any()
    assert released.paired.loc[paired, ["p", "rejected"]].isna().all(axis=None)


def test_what_a_test_is_made_of_never_leaves_the_room(two):
    _, released = two
    for frame in (released.change, released.paired):
        assert not {"rose", "fell", "began", "ceased"} & set(frame.columns)


def test_a_test_of_many_who_changed_is_shown():
    released = ff.mirror_outcomes(ff.sample_extract(seed=8, clients=120, teams=2, years=4)).released()
    assert released.change.loc[released.change["estimand"] == "any_difference", "p"].notna().any()


def test_no_p_of_a_report_gives_one_to_four_who_changed(attacked):
    truth, released = attacked
    true, shown = (one.results["mirror_outcomes"].paired for one in (truth, released))
    looked = 0
    for place in shown.index[shown["estimand"] == "any_difference"]:
        looked += 1
        if pd.notna(shown.loc[place, "p"]):
            pairs = turned_round(shown.loc[place, "p"], int(true.loc[place, "clients"]))
            assert pairs
            assert not {number for pair in pairs for number in pair} & set(FEW)
    assert looked
