"""Ratings at the start and later: which score counts, coverage by hand, the change as R gives it, and the gate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.outcomes.scores import ratings_change
from factfidelity.schemas.plan import Plan

INDEX = pd.Timestamp("2020-01-01")
FIRST = [20, 15, 18, 9, 22, 14, 17, 11]
LATER = [14, 15, 12, 10, 15, 9, 18, 6]


def rated(first, later, instrument="HoNOS", more=0):
    """Clients rated on the index day and a year later; ``more`` clients have no rating."""
    ids = [f"C{number}" for number in range(len(first) + more)]
    rows = [(ids[at], INDEX, instrument, "total", float(score)) for at, score in enumerate(first)]
    rows += [(ids[at], INDEX + pd.Timedelta(days=370), instrument, "total", float(s)) for at, s in enumerate(later)]
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        measurements=pd.DataFrame(rows, columns=["client_id", "date", "instrument", "part", "score"]),
    )


def test_the_change_is_that_of_r():
    # a <- c(20,15,18,9,22,14,17,11); b <- c(14,15,12,10,15,9,18,6)
    # t.test(b, a, paired=TRUE): -3.375 (-6.2341950441, -0.5158049559); wilcox.test(..., exact=FALSE): p = 0.07436
    row = ratings_change(rated(FIRST, LATER)).table.iloc[0]
    assert row["change"] == -3.375
    assert row["low"] == pytest.approx(-6.2341950441)
    assert row["high"] == pytest.approx(-0.5158049559)
    assert row["p"] == pytest.approx(0.07436, abs=1e-5)
    assert row["effect"] == pytest.approx(-0.9868409)  # mean(b-a)/sd(b-a)


def test_coverage_counts_those_without_ratings_too():
    row = ratings_change(rated(FIRST, LATER[:4], more=8)).table.iloc[0]
    assert (row["clients"], row["clients_first"], row["clients_both"]) == (16, 8, 4)
    assert row["share_both"] == 0.25


def test_a_client_not_observed_until_follow_up_is_not_in_the_denominator():
    extract = rated(FIRST, LATER)
    clients = extract.clients.assign(observed_to=[pd.Timestamp("2020-06-01")] + [pd.NaT] * 7)
    row = ratings_change(ff.Extract(dict(extract.tables) | {"clients": clients}, extract.start, extract.end)).table
    assert row["clients"].iloc[0] == 7
    assert row["clients_both"].iloc[0] == 7


def test_the_nearest_score_counts_and_the_earlier_of_two_equally_near():
    scores = """
        client_id | date       | instrument | part  | score
        A         | 2019-12-27 | HoNOS      | total | 10
        A         | 2020-01-06 | HoNOS      | total | 11
        A         | 2020-01-02 | GAF        | total | 40
        A         | 2020-10-01 | HoNOS      | total | 3
        A         | 2020-12-20 | HoNOS      | total | 4
        A         | 2021-12-20 | HoNOS      | total | 5
        B         | 2020-06-01 | HoNOS      | total | 9
        B         | 2021-01-01 | HoNOS      | total | 9
    """
    extract = extract_of(
        clients="client_id\nA\nB",
        enrolments="client_id | team_id | start | end\nA | T | 2020-01-01 |\nB | T | 2020-01-01 |",
        measurements=scores,
    )
    row = ratings_change(extract).table.set_index("instrument").loc["HoNOS"]
    assert (row["clients_first"], row["clients_both"]) == (1, 1)  # B was first rated five months on
    moved = ratings_change(extract).moved
    assert moved.loc[(moved["instrument"] == "HoNOS") & (moved["way"] == "better"), "clients"].iloc[0] == 1  # 10 to 4


def test_which_way_is_better_depends_on_the_instrument_and_is_not_guessed():
    ways = {name: ratings_change(rated([10] * 6, [8] * 6, name)).moved for name in ("HoNOS", "GAF", "OTHER")}
    found = {name: rows.loc[rows["clients"] > 0, "way"].tolist() for name, rows in ways.items()}
    assert found == {"HoNOS": ["better", "total"], "GAF": ["worse", "total"], "OTHER": ["lower", "total"]}


def test_a_reliable_change_needs_a_reliability_and_is_that_of_jacobson_and_truax():
    plan = Plan(thresholds={"reliability.HoNOS": 0.8})
    result = ratings_change(rated(FIRST, LATER), plan)
    assert result.table["reliable"].iloc[0] == pytest.approx(5.453793805)  # qnorm(.975)*sd(a)*sqrt(2*(1-0.8))
    found = result.moved.set_index("way")["clients"].to_dict()
    assert found == {"better": 3, "same": 5, "worse": 0, "total": 8}
    assert np.isnan(ratings_change(rated(FIRST, LATER)).table["reliable"].iloc[0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        ratings_change(rated(FIRST, LATER), Plan(thresholds={"reliability.HoNOS": 1.5}))


def test_few_rated_persons_are_hidden_with_their_mean():
    released = ratings_change(rated(FIRST, LATER[:3], more=20)).released()
    assert released.table[["clients_both", "change", "low", "mean_first"]].isna().all(axis=None)
    assert not (released.moved["clients"] > 0).any()
    assert released.moved["share"].fillna(0).eq(0).all()
    assert "visas inte" in released.summary("sv")
    assert ".." not in released.summary("sv")


def test_the_interval_holds_the_true_change_as_often_as_it_says():
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(40):
        first = rng.normal(20, 5, 40)
        row = ratings_change(rated(first, first * 0.6 + rng.normal(5, 4, 40))).table.iloc[0]
        hits += row["low"] <= -3 <= row["high"]
    assert hits >= 34  # 38 expected; 33 or fewer has a chance of 0.5 per cent


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_and_survives_the_gate(language):
    result = ratings_change(ff.sample_extract(seed=11, clients=150, teams=2, years=4))
    for shown in (result, result.released()):
        assert "nan" not in shown.summary(language).lower().split()
        assert len(shown.methods(language)) > 80
        for view in shown.views(language):
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        for figure in shown.figures(language):
            assert figure.draw(charts.figure(figure.size)) is not None
