"""Control charts and funnels: by hand, from an extract, and what small numbers hide."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff


def _three_teams() -> ff.Extract:
    """Ten clients in each of three teams through 2023; in team A 6, in B 5 and in C 7 are admitted in the year."""
    rows = [(f"{team}{n}", team, n < admitted) for team, admitted in (("A", 6), ("B", 5), ("C", 7)) for n in range(12)]
    people = pd.DataFrame(rows, columns=["client_id", "team_id", "admitted"])
    enrolments = people[["client_id", "team_id"]].assign(start=pd.Timestamp("2022-06-01"), end=pd.NaT, end_reason=None)
    stays = people.loc[people["admitted"], ["client_id"]].assign(
        admitted=pd.Timestamp("2023-05-01"), discharged=pd.Timestamp("2023-05-09"), mvo="901"
    )
    before = pd.DataFrame({"client_id": ["A11"], "mvo": ["901"]}).assign(
        admitted=pd.Timestamp("2022-11-01"), discharged=pd.Timestamp("2023-01-20")
    )
    teams = pd.DataFrame({"team_id": list("ABC"), "name": list("ABC"), "programme": "fact"}).assign(
        started=pd.Timestamp("2022-01-01")
    )
    return extract_of(
        start="2022-01-01", end="2024-01-01", clients=people[["client_id"]], teams=teams, enrolments=enrolments,
        episodes=pd.concat([stays, before], ignore_index=True),
    )  # fmt: skip


def test_the_funnel_of_teams_counts_clients_admitted_in_the_last_year():
    result = ff.funnel(_three_teams())
    assert result.notes["span"] == "2023-01-01/2023-12-31"
    assert result.table[["team_id", "count", "size"]].to_numpy().tolist() == [["A", 6, 12], ["B", 5, 12], ["C", 7, 12]]
    assert result.centre["target"].iloc[0] == pytest.approx(18 / 36)


def test_a_client_who_began_or_left_during_the_year_is_in_no_funnel():
    extract = _three_teams()
    late = extract.enrolments.assign(
        start=lambda rows: rows["start"].mask(rows["client_id"] == "A0", pd.Timestamp("2023-02-01"))
    )
    changed = ff.Extract(
        tables={**extract.tables, "enrolments": late}, start=extract.start, end=extract.end, sources=extract.sources
    )
    assert ff.funnel(changed).table.loc[0, ["count", "size"]].tolist() == [5, 11]


def test_an_evaluation_has_a_funnel_from_three_teams_on():
    from factfidelity.evaluation.questions import QUESTIONS

    asked = {question.name: question for question in QUESTIONS}
    assert asked["funnel"].fewest_teams == 3
    assert asked["time_to_event"].fewest_teams == 0


def test_the_limits_of_a_p_chart_are_three_sigma_and_a_point_outside_is_a_sign():
    data = pd.DataFrame({"period": range(10), "count": [20, 22, 18, 21, 19, 20, 23, 17, 20, 60], "n": 100})
    result = ff.control_chart(data, kind="p", size="n", baseline=9)
    middle = 180 / 900
    assert result.limits["centre"].iloc[0] == pytest.approx(middle)
    assert result.limits["upper"].iloc[0] == pytest.approx(middle + 3 * np.sqrt(middle * 0.8 / 100))
    assert result.limits["signal"].tolist() == [False] * 9 + [True]
    assert "1 av 10" in result.summary("sv")
    assert "1 of 10" in result.summary("en")


def test_bed_days_get_individual_values_since_they_come_in_runs():
    assert ff.control_chart(_three_teams(), outcome="bed_days", kind="u", every="quarter").notes["kind"] == "xmr"


def test_a_small_point_hides_centre_and_limits_since_their_sum_would_give_it_back():
    data = pd.DataFrame({"period": range(10), "count": [20, 22, 18, 3, 19, 20, 23, 17, 20, 22], "n": 100})
    released = ff.control_chart(data, kind="p", size="n").released()
    assert released.table["count"].isna().sum() == 1
    assert released.limits[["centre", "lower", "upper"]].isna().all(axis=None)
    assert "får inte visas" in released.summary("sv")


def test_a_small_team_hides_the_target_and_the_limits_of_all():
    data = pd.DataFrame({"team_id": list("abcd"), "count": [10, 12, 3, 9], "size": [30, 40, 35, 30]})
    released = ff.funnel(data).released()
    assert released.table["count"].isna().tolist() == [False, False, True, False]
    assert released.centre["target"].isna().all()
    assert released.limits["upper_95"].isna().all()


def test_a_run_chart_says_what_was_expected():
    data = pd.DataFrame({"period": range(20), "count": [10] * 2 + [12, 8] * 5 + [14] * 8, "persons": 8})
    result = ff.control_chart(data, kind="run", persons="persons")
    assert result.views("en")[0].notes
    assert result.views("sv")[0].notes[0].startswith("Längsta svit")
