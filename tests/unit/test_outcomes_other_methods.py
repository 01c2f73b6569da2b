"""The same change by other methods: the same point where theory says so, calendar time where it can be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.outcomes.sensitivity import other_methods


def region(*, ratio=1.0, trend=1.0, spread=1400, clients=150, seed=2):
    """Admissions that change by ``ratio`` at the index day and by ``trend`` each calendar year; index days spread."""
    rng = np.random.default_rng(seed)
    ids = [f"C{number}" for number in range(clients)]
    start = pd.Timestamp("2019-06-01") + pd.to_timedelta(rng.integers(0, spread + 1, clients), unit="D")
    rows = []
    for client, index in zip(ids, start, strict=True):
        for low in (-365, 0):
            year = (index - pd.Timestamp("2019-01-01")).days / 365.25 + (low + 182) / 365.25
            mean = 1.5 * trend**year * (ratio if low == 0 else 1.0)
            days = low + rng.integers(0, 365, rng.poisson(mean))
            rows += [(client, index + pd.Timedelta(days=int(day))) for day in days]
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted"]).assign(discharged=lambda table: table["admitted"])
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": start, "end": pd.NaT}),
        episodes=episodes,
    )


def rows_of(extract):
    return other_methods(extract, outcomes=["admissions"]).table.set_index("method")


def test_methods_of_the_total_rates_share_their_point():
    rows = rows_of(region(ratio=0.6))
    ratios = rows.loc[["cluster", "exact", "bootstrap"], "estimate"]
    assert np.ptp(ratios) < 1e-12
    assert rows.loc["negative_binomial", "estimate"] == pytest.approx(ratios.iloc[0], rel=0.02)
    tests = rows[rows["estimand"] == "mean_difference"]
    assert set(tests.index) == {"signed_rank_wilcoxon", "signed_rank_pratt", "sign_flip"}
    assert (tests["p"] < 0.01).all()


def test_a_calendar_trend_is_taken_out_where_index_days_are_spread():
    rows = rows_of(region(ratio=1.0, trend=0.7, clients=400))
    assert rows.loc["cluster", "high"] < 1
    assert rows.loc["calendar_time", "low"] < 1 < rows.loc["calendar_time", "high"]


def test_calendar_time_cannot_be_told_where_all_began_within_a_year():
    rows = rows_of(region(ratio=0.6, spread=200))
    assert np.isnan(rows.loc["calendar_time", "estimate"])
    assert rows.loc["calendar_time", "why"] == "index_days_too_close"


def test_the_methods_text_refuses_a_poisson_interval_on_days_and_names_no_issue_of_age():
    result = other_methods(region())
    assert "alldeles för smalt" in result.methods("sv")
    assert "Age is not adjusted" in result.methods("en")
    assert "exact" not in set(result.table.loc[result.table["outcome"] == "bed_days", "method"])


def test_hardly_any_events_are_given_with_their_reason():
    extract = region(clients=4, seed=4)
    few = ff.Extract(dict(extract.tables) | {"episodes": extract.episodes.head(0)}, extract.start, extract.end)
    table = other_methods(few, outcomes=["admissions"]).table
    assert table["estimate"].fillna(0).eq(0).all() or table["why"].ne("").any()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_and_survives_the_gate(language):
    result = other_methods(ff.sample_extract(seed=11, clients=150, teams=2, years=4))
    for shown in (result, result.released()):
        assert "nan" not in shown.summary(language).lower().split()
        assert len(shown.methods(language)) > 80
        for view in shown.views(language):
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        assert shown.plot(ax=charts.figure((6, 4))) is not None
