"""The first table: counts by hand, standardised differences as R computes them, and what the gate hides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.evaluation import only_team
from factfidelity.outcomes.baseline import baseline, smd_of_means, smd_of_shares
from factfidelity.outcomes.mirror import mirror_outcomes

CLIENTS = """
    client_id | sex    | birth_year | diagnosis_group
    A         | female | 1980       | psychosis
    B         | male   | 1990       | psychosis
    C         | female | 1960       |
    D         | male   | 1950       | bipolar
    E         | male   | 1985       | psychosis
"""
ENROLMENTS = """
    client_id | team_id | start      | end
    A         | T1      | 2020-01-01 |
    B         | T1      | 2020-01-01 | 2020-06-01
    B         | T2      | 2020-06-01 |
    C         | T2      | 2020-01-01 |
    D         | T2      | 2021-01-01 |
"""
EPISODES = """
    client_id | admitted   | discharged
    A         | 2019-06-01 | 2019-06-11
    A         | 2019-09-01 | 2019-09-02
    C         | 2018-06-01 | 2018-06-30
    D         | 2020-12-30 | 2021-01-05
"""


@pytest.fixture(scope="module")
def table():
    return baseline(extract_of(clients=CLIENTS, enrolments=ENROLMENTS, episodes=EPISODES))


def test_a_client_counts_once_in_the_first_team_and_one_without_an_index_day_does_not(table):
    rows = table.table[table.table["trait"] == "clients"].set_index("team_id")["clients"]
    assert rows.to_dict() == {"total": 4, "T1": 2, "T2": 2}


def test_levels_add_up_and_the_unknown_stands_apart(table):
    rows = table.table[(table.table["trait"] == "diagnosis_group") & (table.table["team_id"] == "total")]
    found = rows.set_index("level")["clients"].to_dict()
    assert found == {"bipolar": 1, "psychosis": 2, "unknown": 1, "total": 4}


def test_age_is_that_of_the_index_day(table):
    rows = table.table[(table.table["trait"] == "age_group") & (table.table["team_id"] == "total")]
    found = rows.set_index("level")["clients"].to_dict()
    assert found == {"18–29": 1, "30–44": 1, "45–64": 1, "65+": 1, "total": 4}  # B turns 30 during that year


def test_care_before_is_that_of_the_window_before(table):
    rows = table.use.set_index(["outcome", "team_id"])
    assert rows.loc[("admissions", "total"), "total"] == 3  # two of A, one of D; that of C was the year before
    assert rows.loc[("bed_days", "total"), "total"] == 10 + 1 + 2  # the nights of D before the index day
    assert rows.loc[("admissions", "T1"), "rate"] == pytest.approx(2 / (2 * 365 / 365.25))
    assert rows.loc[("admissions", "T2"), "share_any"] == 0.5


def test_a_standardised_difference_of_shares_is_that_of_r():
    # x <- c(1,1,0,1,0, 0,0,1,1,0); abs(p1-p0)/sqrt((p1*(1-p1)+p0*(1-p0))/2) with p1 = 0.6, p0 = 0.4
    assert smd_of_shares(0.6, 0.4) == pytest.approx(0.4082482905)
    assert smd_of_shares(0.0, 0.0) == 0.0
    assert np.isnan(smd_of_shares(1.0, 0.0))


def test_a_standardised_difference_of_means_is_that_of_r():
    # abs(mean(y)-mean(z))/sqrt((var(y)+var(z))/2), y <- c(3,0,2,5,1), z <- c(0,0,1,4,0)
    found = smd_of_means(np.array([3.0, 0, 2, 5, 1]), np.array([0.0, 0, 1, 4, 0]))
    assert found == pytest.approx(0.6556300376)


def test_one_team_has_nobody_to_be_compared_with():
    one = baseline(extract_of(clients=CLIENTS, enrolments=ENROLMENTS.replace("T2", "T1"), episodes=EPISODES))
    assert one.balance["smd"].isna().all()
    assert "smd" not in {column.name for column in one.views("en")[0].columns}


def test_without_stays_the_clients_are_still_described():
    result = baseline(extract_of(clients=CLIENTS, enrolments=ENROLMENTS))
    assert not len(result.use)
    assert len(result.views("sv")) == 1


def test_a_difference_goes_where_a_count_that_it_rests_on_is_hidden():
    rng = np.random.default_rng(4)
    ids = [f"C{number}" for number in range(120)]
    sex = rng.choice(["female", "male"], 120)
    town = np.where(np.arange(120) < 2, "0480", "0481")
    extract = extract_of(
        clients=pd.DataFrame({"client_id": ids, "sex": sex, "birth_year": 1980.0, "municipality": town}),
        enrolments=pd.DataFrame(
            {"client_id": ids, "team_id": ["T1", "T2"] * 60, "start": pd.Timestamp("2020-01-01"), "end": pd.NaT}
        ),
    )
    released = baseline(extract).released()
    rows = released.balance.set_index(["trait", "level"])["smd"]
    assert np.isnan(rows["municipality", "0480"])
    assert np.isfinite(rows["sex", "female"])
    counts = released.table.set_index(["trait", "level", "team_id"])["clients"]
    assert np.isnan(counts["municipality", "0480", "total"])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_and_survives_the_gate(language):
    result = baseline(ff.sample_extract(seed=11, clients=150, teams=3, years=4))
    for shown in (result, result.released()):
        assert "nan" not in shown.summary(language).lower().split()
        assert len(shown.methods(language)) > 80
        for view in shown.views(language):
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        assert shown.plot() is not None


def test_a_report_of_one_team_lists_the_diagnoses_and_measures_of_the_whole_delivery():
    whole = ff.sample_extract(seed=7, clients=150, teams=3, years=5)
    kinds = set(whole.coercion["kind"].dropna())
    diagnoses = set(whole.clients["diagnosis_group"].dropna())
    lacking = 0
    for team in whole.teams["team_id"]:
        part = only_team(whole, team)
        table = baseline(part).table
        listed = table.loc[(table["trait"] == "diagnosis_group") & (table["team_id"] == "total")].set_index("level")
        assert set(listed.index) == diagnoses | {"total"}
        # nobody is counted who is not there
        there = part.clients.merge(part.enrolments[["client_id"]].drop_duplicates())["diagnosis_group"].value_counts()
        gone = sorted(diagnoses - set(there.index))
        assert (listed.loc[gone, "clients"] == 0).all()
        assert set(mirror_outcomes(part).coercion["kind"]) == kinds | {"total"}
        lacking += len(gone)
    assert lacking > 0, "the sample has a team without one of the diagnoses"
