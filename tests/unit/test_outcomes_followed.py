"""After the index day: leaving, dropping out, dying, and clients served by the same staff."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.outcomes.followed import followed_up

EXTRACT = extract_of(
    start="2020-01-01",
    end="2022-01-01",
    clients="client_id\nA\nB\nC\nD",
    enrolments="""
        client_id | team_id | start      | end        | end_reason
        A         | T       | 2020-01-01 | 2020-07-01 | changed_team
        A         | U       | 2020-07-01 | 2021-01-01 | declined
        B         | T       | 2020-01-01 | 2021-07-01 | planned
        C         | T       | 2020-01-01 | 2020-03-02 | died
        D         | T       | 2021-01-01 |            |
    """,
    deaths="client_id | date | precision\nC | 2020-03-01 | day",
    staff="""
        staff_id | team_id | profession | fte | start      | end
        S1       | T       | nurse      | 1.0 | 2020-01-01 |
        S2       | U       | nurse      | 0.5 | 2021-01-01 |
    """,
)


def test_leaving_is_over_time_in_the_programme_and_death_over_all_observed_time():
    rows = followed_up(EXTRACT).table.set_index("figure")
    assert rows["clients"].tolist() == [4, 4, 4]
    assert rows["hits"].to_dict() == {"left": 2, "dropped_out": 1, "died": 1}
    enrolled = 366 + 547 + 61 + 365
    observed = 731 + 731 + 61 + 365
    assert rows.loc["left", "years"] == pytest.approx(enrolled / 365.25)
    assert rows.loc["died", "years"] == pytest.approx(observed / 365.25)
    assert rows.loc["died", "rate"] == pytest.approx(100 * 365.25 / observed)


def test_clients_served_are_counted_by_whole_year_and_for_each_full_time_post():
    rows = followed_up(EXTRACT).served.set_index("year")
    assert rows["clients"].to_dict() == {2020: 3, 2021: 2}
    assert rows.loc[2020, "fte_years"] == pytest.approx(366 / 365.25)
    assert rows.loc[2021, "fte_years"] == pytest.approx(1.5 * 365 / 365.25)
    assert rows.loc[2021, "per_fte"] == pytest.approx(2 / (1.5 * 365 / 365.25))
    assert rows.loc[2021, "client_years"] == pytest.approx((181 + 365) / 365.25)


def test_the_interval_is_that_of_r():
    # R: 100 * poisson.test(3, T = 10.5)$conf.int, with the number of events and years of this table
    ids = [f"C{number}" for number in range(7)]
    end = [pd.Timestamp("2020-07-01")] * 3 + [pd.NaT] * 4
    enrolments = pd.DataFrame({"client_id": ids, "team_id": "T", "start": pd.Timestamp("2020-01-01"), "end": end,
                               "end_reason": ["planned"] * 3 + [None] * 4})  # fmt: skip
    extract = extract_of(start="2020-01-01", end="2022-01-01", clients=enrolments[["client_id"]], enrolments=enrolments)
    row = followed_up(extract).table.set_index("figure").loc["left"]
    scale = row["years"] / 10.5
    assert row["low"] * scale == pytest.approx(R_LOW, rel=1e-6)
    assert row["high"] * scale == pytest.approx(R_HIGH, rel=1e-6)


R_LOW, R_HIGH = 5.892115456, 83.497838759


def test_random_endings_equal_a_count_client_by_client():
    rng = np.random.default_rng(3)
    for _ in range(8):
        size = int(rng.integers(3, 12))
        start = rng.integers(0, 500, size)
        stay = rng.integers(5, 700, size)
        goes_on = rng.random(size) < 0.4
        reason = rng.choice(["declined", "planned", "moved", "lost_contact"], size)
        day = lambda number: pd.Timestamp("2020-01-01") + pd.Timedelta(days=int(number))  # noqa: E731
        enrolments = pd.DataFrame({
            "client_id": [f"C{n}" for n in range(size)], "team_id": "T", "start": [day(n) for n in start],
            "end": [pd.NaT if on else day(a + n) for a, n, on in zip(start, stay, goes_on, strict=True)],
            "end_reason": [None if on else why for why, on in zip(reason, goes_on, strict=True)],
        })  # fmt: skip
        extract = extract_of(start="2020-01-01", end=f"{day(800):%Y-%m-%d}", clients=enrolments[["client_id"]],
                             enrolments=enrolments)  # fmt: skip
        rows = followed_up(extract).table.set_index("figure")
        left = dropped = days = 0
        for a, n, on, why in zip(start, stay, goes_on, reason, strict=True):
            last = 800 if on else a + n
            ended = last < 800
            left += ended
            dropped += ended and why in ("declined", "lost_contact")
            days += min(last, 800) - a
        assert (rows.loc["left", "hits"], rows.loc["left", "years"]) == (left, pytest.approx(days / 365.25))
        if left:
            assert rows.loc["dropped_out", "hits"] == dropped
        assert rows.loc["died", "why"] == "not_delivered"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_before_and_after_release_and_hides_few(language):
    for extract in (EXTRACT, ff.sample_extract(seed=11, clients=150, teams=2, years=4)):
        result = followed_up(extract)
        for shown in (result, result.released()):
            assert shown.summary(language)
            assert "nan" not in shown.summary(language).lower()
            assert "." not in "".join(part for part in shown.summary(language).split() if part.startswith("202"))[:-1]
            assert len(shown.methods(language)) > 80
            assert shown.views(language)
            assert shown.figures(language)
            again = type(result)(**shown.frames(), notes=dict(shown.notes), is_released=True)
            assert again.summary(language) == shown.summary(language)
    assert followed_up(EXTRACT).released().table["hits"].isna().all()


def test_who_left_for_another_reason_cannot_be_had_by_taking_one_from_the_other():
    ids = [f"C{number}" for number in range(40)]
    end = [pd.Timestamp("2020-07-01")] * 12 + [pd.NaT] * 28
    reason = ["declined"] * 10 + ["moved"] * 2 + [None] * 28
    enrolments = pd.DataFrame({"client_id": ids, "team_id": "T", "start": pd.Timestamp("2020-01-01"), "end": end,
                               "end_reason": reason})  # fmt: skip
    extract = extract_of(start="2020-01-01", end="2022-01-01", clients=enrolments[["client_id"]], enrolments=enrolments)
    rows = followed_up(extract).released().table.set_index("figure")
    assert rows.loc["left", "hits"] == 12
    assert pd.isna(rows.loc["dropped_out", "hits"])
    assert pd.isna(rows.loc["dropped_out", "rate"])
