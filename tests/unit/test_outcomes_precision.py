"""What a small study could have shown, and what is said of its intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from frames import extract_of

from factfidelity.outcomes.cover import MEASURED, measured_cover, poor_cover
from factfidelity.outcomes.mirror import mirror_outcomes

INDEX = pd.Timestamp("2020-01-01")


def region(clients: int, *, rate: float = 2.0, seed: int = 2):
    rng = np.random.default_rng(seed)
    ids = [f"C{number}" for number in range(clients)]
    rows = []
    for client in ids:
        for low in (-360, 1):
            rows += [(client, INDEX + pd.Timedelta(days=int(day))) for day in low + rng.choice(340, rng.poisson(rate))]
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted"])
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        episodes=episodes.assign(discharged=episodes["admitted"] + pd.Timedelta(days=4)),
    )


def test_the_nearest_smaller_size_speaks_for_a_study():
    assert measured_cover("bootstrap", 12).clients == 30
    assert measured_cover("bootstrap", 99).clients == 30
    assert measured_cover("bootstrap", 100).clients == 100
    assert measured_cover("bootstrap", 5000).clients == 300
    assert measured_cover("mcnemar", 50) is None
    assert measured_cover("cluster", float("nan")) is None
    for method, rows in MEASURED.items():
        low = rows[0].cover < 0.93
        assert poor_cover(method, 40) == (rows[0] if low else None)


def test_a_small_study_says_what_it_could_have_shown():
    result = mirror_outcomes(region(24))
    row = result.ratio("admissions")
    assert 0 < row["detectable"] < 1
    assert row["needed"] > 3
    for language, words in (("sv", "80 procents styrka"), ("en", "80 per cent power")):
        assert words in result.summary(language)
        assert any(words in note for note in result.views(language)[0].notes)
    measured = f"{100 * MEASURED['bootstrap'][0].cover:.1f}".replace(".", ",")
    assert measured in result.summary("sv")  # the measured cover of days of 30 clients


def test_a_large_study_says_it_in_the_table_only():
    result = mirror_outcomes(region(120))
    assert "styrka" not in result.summary("sv")
    assert any("styrka" in note for note in result.views("sv")[0].notes)


def test_more_clients_could_have_shown_a_smaller_fall():
    small, large = (mirror_outcomes(region(clients)).ratio("admissions") for clients in (25, 200))
    assert small["detectable"] < large["detectable"] < 1


def test_the_fall_that_could_have_been_shown_is_found_about_as_often_as_asked_for():
    ratio = mirror_outcomes(region(60)).ratio("admissions")["detectable"]
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        from factfidelity.stats import compare

        answer = compare.paired_rate_ratio(rng.poisson(2.0, 60), rng.poisson(2.0 * ratio, 60))
        found += answer.high < 1
    assert 24 <= found <= 40  # 80 per cent of 40 is 32, give or take what the one study's own data carry


def test_the_numbers_for_planning_are_hidden_with_the_persons_they_rest_on():
    released = mirror_outcomes(region(30, rate=0.05)).released()
    row = released.ratio("admissions")
    assert np.isnan(row["detectable"])
    assert np.isnan(row["needed"])
