"""Bed-days of everybody in the catchment area, before and after a team began."""

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.contact.catchment import catchment_use
from factfidelity.evaluation.questions import QUESTIONS
from factfidelity.schemas.plan import Plan

TEAMS = """
    team_id | name | programme | started    | catchment
    spot    | Spot | spot      | 2021-01-15 | 60000
"""


def months(start="2019-01-01", count=48, *, ratio=0.7, bed_ratio=1.0, patients=40, noise=0.0, seed=1, inhabitants=None):
    """A region's monthly counts: 20 bed-days a day before, and ``ratio`` times as many from February 2021."""
    draw = np.random.default_rng(seed)
    date = pd.Series(pd.date_range(start, periods=count, freq="MS")).astype("datetime64[s]")
    later = (date >= pd.Timestamp("2021-02-01")).to_numpy()
    usual = 20.0 * date.dt.days_in_month.to_numpy() * np.where(later, ratio, 1.0)
    return pd.DataFrame({
        "team_id": "spot", "date": date, "bed_days": np.round(usual * np.exp(noise * draw.normal(size=count))),
        "admissions": 12.0, "patients": float(patients), "beds": 24.0 * np.where(later, bed_ratio, 1.0),
        "inhabitants": np.nan if inhabitants is None else inhabitants,
    })  # fmt: skip


def use(frame, **options):
    return catchment_use(extract_of("2019-01-01", "2023-01-01", teams=TEAMS, catchment=frame), **options)


def test_bed_days_are_per_1000_inhabitants_and_year_by_hand():
    result = use(months(), every="year")
    row = result.table.set_index("period_start").loc["2019-01-01"]
    assert row["bed_days"] == 365 * 20
    assert row["per_1000"] == pytest.approx(1000 * 365 * 20 / (60000 * 365 / 365.25))
    assert (row["beds"], row["patients"], row["state"]) == (24, 40, "before")
    assert result.table.set_index("period_start")["state"].to_dict()[pd.Timestamp("2021-01-01")] == "start"


def test_the_months_before_and_after_the_start_are_compared_and_its_own_is_in_neither():
    row = use(months()).change.set_index("model").loc["plain"]
    assert (row["months_before"], row["months_after"]) == (24, 23)
    assert row["per_1000_after"] / row["per_1000_before"] == pytest.approx(0.7, abs=1e-9)
    assert row["ratio"] == pytest.approx(0.7, abs=1e-9)


def test_the_planted_ratio_is_covered_and_a_month_of_28_days_is_no_fall():
    inside = [row["low"] <= 0.7 <= row["high"] for seed in range(12)
              for row in [use(months(noise=0.05, seed=seed)).change.set_index("model").loc["plain"]]]  # fmt: skip
    assert sum(inside) >= 10


def test_beds_that_closed_the_same_month_cannot_be_told_from_the_team():
    rows = use(months(bed_ratio=0.5, noise=0.03)).change.set_index("model")
    assert np.isnan(rows.loc["beds", "ratio"])
    assert rows.loc["beds", "why"] == "beds_with_start"
    assert not np.isnan(rows.loc["trend", "ratio"])


def test_too_few_months_give_rates_but_no_ratio():
    result = use(months("2020-06-01", 16))
    row = result.change.set_index("model").loc["plain"]
    assert (row["why"], np.isnan(row["ratio"])) == ("few_months", True)
    assert "The ratio" not in result.summary("en")
    assert not result.key_figures()


def test_inhabitants_of_the_month_go_before_those_of_the_team():
    row = use(months(inhabitants=30000.0), every="year").table.iloc[0]
    assert row["per_1000"] == pytest.approx(1000 * 365 * 20 / (30000 * 365 / 365.25))


def test_few_patients_are_hidden_with_their_bed_days():
    released = use(months(patients=3)).released()
    assert released.table["bed_days"].isna().all()
    assert released.change["ratio"].isna().all()
    for language in ("sv", "en"):
        assert released.summary(language)
        for view in released.views(language):
            assert len(view.frame)
        for figure in released.figures(language):
            figure.draw(None)


def test_a_model_that_asks_for_it_is_told_what_to_deliver():
    extract = ff.sample_extract(seed=3, clients=40, teams=1, years=2, programme="spot")
    bare = {name: frame for name, frame in extract.tables.items() if name != "catchment"}
    bare = ff.Extract(tables=bare, start=extract.start, end=extract.end, sources=extract.sources)
    question = next(one for one in QUESTIONS if one.name == "catchment_use")
    assert question.asked(Plan(programme="spot"), bare)
    assert question.lacking(bare, Plan(programme="spot")) == ["catchment"]
    assert not question.asked(Plan(programme="fact"), bare)
