"""Where observation ends: deaths known to the month or year, and sources that deliver finished stays only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.care.exposure import observed_time
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.outcomes.pairs import Design
from factfidelity.schemas.plan import Plan

DEATHS = """
    client_id | date       | precision
    A         | 2021-03-20 | day
    B         | 2021-03-01 | month
    C         | 2020-01-01 | year
    D         | 2021-01-01 | year
"""


def ends(impute: str) -> list[str]:
    extract = extract_of(clients="client_id\nA\nB\nC\nD\nE", deaths=DEATHS)
    return observed_time(extract, impute_partial=impute)["observed_to"].dt.strftime("%Y-%m-%d").tolist()


def test_a_death_on_a_known_day_ends_observation_the_day_after_whatever_the_plan_says():
    assert {ends(impute)[0] for impute in ("refuse", "first", "middle")} == {"2021-03-21"}


def test_no_day_is_counted_that_the_client_may_not_have_lived_unless_the_plan_says_the_middle():
    assert ends("refuse")[1:4] == ends("first")[1:4] == ["2021-03-01", "2020-01-01", "2021-01-01"]
    assert ends("middle")[1:4] == ["2021-03-15", "2020-07-01", "2021-07-01"]
    assert ends("middle")[4] == "2025-01-01"


def test_the_plan_decides():
    extract = extract_of(clients="client_id\nB", deaths=DEATHS)
    found = [
        Design.of(extract, Plan(impute_partial=impute)).observed(("episodes",))[1][0] for impute in ("first", "middle")
    ]
    assert found[1] - found[0] == 14
    with pytest.raises(ValueError, match="refuse, first or middle"):
        observed_time(extract, impute_partial="last")


def finished(long: int, short: int):
    """Stays of 200 and of 20 nights that began in 2019, one for each client; the last discharge is 2021-12-31."""
    begin = pd.Timestamp("2019-02-01")
    ids = [f"C{number}" for number in range(long + short)]
    nights = [200] * long + [20] * short
    stays = pd.DataFrame({"client_id": ids, "admitted": begin, "nights": nights})
    stays["discharged"] = stays["admitted"] + pd.to_timedelta(stays.pop("nights"), unit="D")
    last = pd.DataFrame(
        {"client_id": [ids[0]], "admitted": [pd.Timestamp("2021-12-20")], "discharged": [pd.Timestamp("2021-12-31")]}
    )
    extract = extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": pd.Timestamp("2020-01-01"), "end": pd.NaT}),
        episodes=pd.concat([stays, last], ignore_index=True),
    )
    sources = dict(extract.sources)
    sources["episodes"] = replace(sources["episodes"], completeness="discharged", end=None)
    return replace(extract, sources=sources)


def test_the_share_of_earlier_stays_that_were_longer_than_the_cut_is_printed():
    result = mirror_outcomes(finished(10, 30))
    row = result.late.iloc[0]
    assert (row["lag"], row["spells"], row["clients"], row["clients_long"]) == (180, 40, 40, 10)
    assert row["share_long"] == 0.25
    assert "25,0" in result.methods("sv")
    assert any("25.0" in note for note in result.views("en")[0].notes)


def test_a_source_of_running_stays_says_nothing_of_it():
    extract = finished(10, 30)
    running = replace(extract, sources={})
    result = mirror_outcomes(running)
    assert not len(result.late)
    assert "avslutade vårdtillfällen" not in result.methods("sv")


def test_few_clients_with_long_stays_are_hidden():
    released = mirror_outcomes(finished(3, 40)).released()
    assert np.isnan(released.late["share_long"].iloc[0])
    assert "visas inte" in next(note for note in released.views("sv")[0].notes if "avslutade" in note)
