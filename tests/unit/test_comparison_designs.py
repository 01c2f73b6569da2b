"""The designs with a comparison: by hand, through the gate, in both languages, back from a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of, frame

import factfidelity as ff
from factfidelity.care.period_use import months_around, period_use
from factfidelity.display import charts
from factfidelity.reports.released import _result, _result_record
from factfidelity.schemas.plan import load_plan
from factfidelity.stats.propensity import match_weights


def _monthly(persons: bool = True) -> pd.DataFrame:
    t = np.arange(36)
    data = pd.DataFrame(
        {
            "period": pd.date_range("2021-01-01", periods=36, freq="MS"),
            "count": 30 + (t * 7) % 9 - np.where(t >= 18, 8, 0),
        }
    )
    return data.assign(persons=data["count"] - 2) if persons else data


def _cohorts(size: int = 200) -> pd.DataFrame:
    i = np.arange(size)
    return pd.DataFrame(
        {
            "cohort": np.where(i % 2, "fact", "before"), "age": 30 + (i * 7) % 40, "need": np.where(i % 3, "yes", "no"),
            "remission": pd.Series((i * 11) % 10 < np.where(i % 2, 5, 3)).astype("object"),
        }
    )  # fmt: skip


def _care(seed: int = 1, clients: int = 300, effect: float = 0.7) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=clients)
    treated = rng.random(clients) < 1 / (1 + np.exp(0.8 - 0.8 * x))
    base = np.exp(-0.3 + 0.5 * x) * rng.gamma(2, 0.5, clients)
    parts = [
        pd.DataFrame(
            {
                "client_id": np.arange(clients), "treated": treated, "period": k, "years": 0.5, "x": x,
                "count": rng.poisson(0.5 * base * np.exp(0.05 * k * x) * np.where(treated & (k >= 0), effect, 1)),
            }
        )
        for k in (-2, -1, 0, 1)
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _rollout(units: int = 30, seed: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        (f"area {u}", t, start, rng.poisson(50 * (2 + 0.05 * t - 0.5 * (0 < start <= t))), 50.0, 40)
        for u in range(units)
        for start in [(4, 6, 0)[u % 3]]
        for t in range(1, 9)
    ]
    return pd.DataFrame(rows, columns=["team_id", "period", "start", "count", "exposure", "persons"])


def _team_years(teams: int) -> pd.DataFrame:
    rows = [
        (f"t{u}", 2020 + y, 3 + (u * 7 + y * 3) % 20 / 10, 40 - u % 5, 50.0, 20) for u in range(teams) for y in range(3)
    ]
    return pd.DataFrame(rows, columns=["team_id", "year", "fidelity", "count", "exposure", "persons"])


def _times() -> pd.DataFrame:
    i = np.arange(150)
    return pd.DataFrame({"duration": 5 + (i * 71) % 900, "cause": (i * 7) % 3, "group": np.where(i % 2, "a", "b")})


MADE = {
    "interrupted_series": lambda: ff.interrupted_series(_monthly(), start="2022-07-01", persons="persons"),
    "compare_cohorts": lambda: ff.compare_cohorts(
        _cohorts(), outcome="remission", group="cohort", of_interest="fact", design="historical", covariates=["age"],
        subgroup="need",
    ),
    "compare_with_controls": lambda: ff.compare_with_controls(_care(), covariates=["x"], method="matching"),
    "staggered_rollout": lambda: ff.staggered_rollout(_rollout(), persons="persons"),
    "time_to_event": lambda: ff.time_to_event(_times(), group="group"),
    "fidelity_and_outcome": lambda: ff.fidelity_and_outcome(_team_years(12), persons="persons"),
    "control_chart": lambda: ff.control_chart(_monthly(), persons="persons", rebase=[18]),
    "funnel": lambda: ff.funnel(pd.DataFrame({"team_id": list("abcde"), "count": [10, 20, 15, 9, 12], "size": 40})),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_result_speaks_shows_itself_passes_the_gate_and_comes_back_from_its_file(name):
    raw = MADE[name]()
    released = raw.released()
    again = _result(_result_record(released))
    for language in ("sv", "en"):
        for result in (raw, released):
            assert result.summary(language)
            assert "nan" not in result.summary(language)
            assert len(result.methods(language)) > 80
            for view in result.views(language):
                assert {column.name for column in view.columns} <= set(view.frame.columns)
            for figure in result.figures(language):
                assert len(figure.alt) > 40
                ax = charts.figure(figure.size)
                figure.draw(ax)
                assert charts.to_svg(ax)
        assert again.summary(language) == released.summary(language)
        assert len(again.views(language)) == len(released.views(language))
    assert raw.name == name
    assert raw.summary("sv") != raw.summary("en")
    assert raw._repr_html_()


@pytest.mark.parametrize(
    "result",
    [
        lambda **kw: ff.interrupted_series(_monthly(persons=False), start="2022-07-01", **kw),
        lambda **kw: ff.staggered_rollout(_rollout().drop(columns="persons"), **kw),
        lambda **kw: ff.fidelity_and_outcome(_team_years(12).drop(columns="persons"), **kw),
        lambda **kw: ff.control_chart(_monthly(persons=False), **kw),
        lambda **kw: ff.funnel(
            pd.DataFrame({"team_id": list("abc"), "count": [9, 8, 7], "size": 4.0}), kind="rate", **kw
        ),
    ],
)
def test_counts_without_persons_are_not_released_unless_anybody_may_see_them(result):
    with pytest.raises(ff.DisclosureError, match="how many persons"):
        result().released()
    assert result(published=True).released().is_released


def test_one_small_month_hides_the_whole_model_since_the_sums_would_give_it_back():
    data = _monthly()
    data.loc[4, "persons"] = 3
    released = ff.interrupted_series(data, start="2022-07-01", persons="persons").released()
    assert released.table["count"].isna().tolist() == [row == 4 for row in range(36)]
    assert released.fit[["fitted", "expected", "averted"]].isna().all(axis=None)
    assert released.change[["estimate", "low", "high"]].isna().all(axis=None)
    assert "visas inte" in released.summary("sv")
    assert ".." not in released.summary("sv")


def test_a_step_without_noise_is_found_and_what_is_averted_is_the_difference():
    t = np.arange(24)
    data = pd.DataFrame({"period": t, "count": np.where(t < 12, 100, 80)})
    change = ff.interrupted_series(data, start=12, published=True).change.set_index("estimand")["estimate"]
    assert change["level"] == pytest.approx(0.8)
    assert change["averted"] == pytest.approx(12 * 20)


def test_a_ward_closed_in_the_middle_of_a_month_divides_whole_months_on_that_very_day():
    days = months_around("2023-03-15", "2023-01-01", "2023-06-01", 1).astype("datetime64[D]").astype(str).tolist()
    assert days == ["2023-01-15", "2023-02-15", "2023-03-15", "2023-04-15", "2023-05-15"]


def test_use_by_period_counts_admissions_and_observed_days_as_by_hand():
    extract = extract_of(
        start="2023-01-01", end="2023-03-01",
        clients="""
            client_id | observed_from | observed_to
            A         | 2023-01-01    | 2023-03-01
            B         | 2023-01-16    | 2023-03-01
        """,
        teams="""
            team_id | name | programme | started
            T       | T    | fact      | 2023-01-01
        """,
        enrolments="""
            client_id | team_id | start      | end
            A         | T       | 2023-01-01 |
            B         | T       | 2023-01-16 |
        """,
        episodes="""
            client_id | admitted   | discharged | mvo
            A         | 2023-01-30 | 2023-02-02 | 901
            A         | 2023-02-02 | 2023-02-05 | 901
            B         | 2023-01-10 | 2023-01-20 | 901
        """,
    )  # fmt: skip
    edges = np.array(["2023-01-01", "2023-02-01", "2023-03-01"], dtype="datetime64[D]").astype(np.int64)
    admissions = period_use(extract, load_plan(), "admissions", edges).totals()
    days = period_use(extract, load_plan(), "bed_days", edges).totals()
    assert admissions["count"].tolist() == [1, 0]  # B's began before B was observed
    assert days["count"].tolist() == [2 + 4, 4]
    assert (days["exposure"] * 365.25).tolist() == pytest.approx([31 + 16, 28 + 28])
    assert days["persons"].tolist() == [2, 1]


def test_crude_shares_and_the_bounds_of_unknown_outcomes_are_those_of_the_table():
    data = pd.DataFrame(
        {
            "g": ["f"] * 10 + ["c"] * 10,
            "y": pd.Series([1] * 6 + [0] * 3 + [None] + [1] * 3 + [0] * 6 + [None], dtype="object"),
        }
    )
    result = ff.compare_cohorts(data, outcome="y", group="g", of_interest="f")
    rows = result.change[result.change["estimand"] == "difference"].set_index("adjustment")["estimate"]
    assert rows["crude"] == pytest.approx(6 / 9 - 3 / 9)
    assert rows["missing_for"] == pytest.approx(7 / 10 - 3 / 10)
    assert rows["missing_against"] == pytest.approx(6 / 10 - 4 / 10)


def test_each_treated_client_is_matched_with_the_nearest_free_control():
    x = np.array([[0.0], [1.0], [2.0], [0.1], [1.1], [5.0], [-3.0], [2.4]])
    treated = np.array([True, True, False, False, False, False, False, True])
    found = match_weights(treated, x, caliper=10)
    assert found.weight[treated].tolist() == [1, 1, 1]
    assert found.weight.sum() == 6
    assert found.cluster[2] == 7  # the hardest to match chose first, and took the nearest
    assert len(np.unique(found.cluster[found.weight > 0])) == 3


def test_a_control_is_told_when_the_covariates_give_the_group_away():
    data = _care().assign(x=lambda rows: rows["treated"].astype(float))
    result = ff.compare_with_controls(data, covariates=["x"])
    assert result.change["estimate"].isna().all()
    assert "in full" in result.change["why"].iloc[0]
    assert result.summary("sv")
    assert result.released().summary("en")


def test_fewer_than_ten_teams_get_a_picture_and_no_estimate():
    result = ff.fidelity_and_outcome(_team_years(9), persons="persons")
    assert result.change["estimate"].isna().all()
    assert "för få" in result.summary("sv")
    assert "few" in result.summary("en")


def test_fewer_than_ten_units_get_no_interval():
    result = ff.staggered_rollout(_rollout(units=6), persons="persons")
    assert result.table["estimate"].notna().any()
    assert result.table[["low", "high", "band_low", "band_high"]].isna().all(axis=None)
    assert result.change["p"].isna().all()


def test_leaving_and_death_are_told_apart_and_a_change_of_team_is_no_leaving():
    extract = extract_of(
        start="2020-01-01", end="2021-01-01",
        clients="""
            client_id
            left
            died
            moved
            stays
        """,
        teams="""
            team_id | name | programme | started
            T       | T    | fact      | 2020-01-01
            U       | U    | fact      | 2020-01-01
        """,
        enrolments="""
            client_id | team_id | start      | end
            left      | T       | 2020-02-01 | 2020-05-11
            died      | T       | 2020-02-01 | 2020-03-01
            moved     | T       | 2020-02-01 | 2020-04-01
            moved     | U       | 2020-04-01 |
            stays     | T       | 2020-02-01 |
        """,
        deaths="""
            client_id | date       | precision
            died      | 2020-02-29 | day
        """,
    )  # fmt: skip
    result = ff.time_to_event(extract, smallest=1, horizon=300)
    assert result.table["events"].sum() == 1
    assert result.deaths["deaths"].sum() == 1
    assert result.table["at_risk"].iloc[0] == 4
    # one of the three not dead left after 100 days: 3/4 x 1/3
    assert result.table.set_index("days")["incidence"].loc[300] == pytest.approx(0.25)


def test_the_curve_skips_months_with_few_events_instead_of_hiding_all():
    result = ff.time_to_event(_times().assign(cause=lambda rows: (rows["cause"] == 1) & (rows.index % 4 == 0)))
    assert not result.table["events"].between(1, 4).any()
    assert len(result.table) > 2


def test_a_first_readmission_is_counted_from_the_first_discharge_after_the_index_day():
    extract = extract_of(
        start="2020-01-01", end="2021-01-01", clients="client_id\n A",
        teams="""
            team_id | name | programme | started
            T       | T    | fact      | 2020-01-01
        """,
        enrolments="""
            client_id | team_id | start      | end
            A         | T       | 2020-02-01 |
        """,
        episodes="""
            client_id | admitted   | discharged | mvo
            A         | 2020-01-20 | 2020-02-10 | 901
            A         | 2020-02-11 | 2020-02-20 | 901
            A         | 2020-03-21 | 2020-03-25 | 901
        """,
    )  # fmt: skip
    table = ff.time_to_event(extract, event="readmission", smallest=1, horizon=61).table
    # a transfer over one day is the same spell; 30 days from 20 February to 21 March
    assert table.set_index("days")["events"].to_dict() == {0: 0, 30: 1, 61: 0}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ff.interrupted_series(_monthly(), start="2022-07-01", count="antal"), "no column antal"),
        (lambda: ff.compare_cohorts(_cohorts(), outcome="remission", group="cohort", of_interest="x"), "must hold"),
        (lambda: ff.compare_with_controls(_care().query("treated"), covariates=["x"]), "both groups"),
        (lambda: ff.compare_with_controls(_care().query("period < 0"), covariates=["x"]), "before"),
        (lambda: ff.staggered_rollout(_rollout().drop(index=0)), "every unit"),
        (lambda: ff.time_to_event(_times().assign(cause=7)), "must be 0"),
        (lambda: ff.fidelity_and_outcome(_team_years(3).assign(exposure=0.0)), "above 0"),
        (lambda: ff.control_chart(_monthly(), kind="p"), "needs size"),
        (lambda: ff.funnel(pd.DataFrame({"team_id": ["a", "a"], "count": 1, "size": 2})), "once"),
    ],
)
def test_a_wrong_argument_says_what_it_got(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_caller_s_frame_is_not_changed():
    for made, call in (
        (_care(), lambda data: ff.compare_with_controls(data, covariates=["x"])),
        (_monthly(), lambda data: ff.interrupted_series(data, start="2022-07-01")),
    ):
        before = made.copy()
        call(made)
        pd.testing.assert_frame_equal(made, before)


def test_a_picture_of_a_table_can_be_compared_with_controls():
    data = frame("""
        client_id | treated | period | count | years
        A         | 1       | -1     | 4     | 1
        A         | 1       | 0      | 2     | 1
        B         | 1       | -1     | 2     | 1
        B         | 1       | 0      | 1     | 1
        C         | 0       | -1     | 3     | 1
        C         | 0       | 0      | 3     | 1
        D         | 0       | -1     | 1     | 1
        D         | 0       | 0      | 3     | 1
    """)
    change = ff.compare_with_controls(data, method="none").change.set_index("estimand")["estimate"]
    assert change["rate_ratio"] == pytest.approx((3 / 6) / (6 / 4))
    assert change["rate_difference"] == pytest.approx((1.5 - 3) - (3 - 2))
