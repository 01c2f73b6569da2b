"""A plain Poisson interval on days is refused by name at every door: plan, declared outcome, methods, designs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.errors import PlanError
from factfidelity.outcomes import describe
from factfidelity.outcomes.pairs import Counts
from factfidelity.schemas.outcome import Outcome, shipped_outcomes
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.stats import compare, counts, rates, series
from factfidelity.stats.answers import names_days

REFUSED = "Poisson interval on them is far too narrow"
WORDS = {"label": {"sv": "Plats", "en": "Place"}, "unit": {"sv": "dygn", "en": "days"}}


def days_of(clients=40):
    rng = np.random.default_rng(3)
    return rng.poisson(1, clients) * 9.0, rng.poisson(1, clients) * 7.0


@pytest.mark.parametrize(
    "text",
    [
        "plan: mine\nintervals: {method: poisson}\n",
        "plan: mine\nintervals: {interval: Poisson}\n",
        "plan: mine\nown_outcomes:\n  - {outcome: own_days, kind: bed_days, method: poisson,"
        " label: {sv: a, en: b}, unit: {sv: dygn, en: days}}\n",
    ],
)
def test_a_plan_that_asks_for_it_is_refused_with_the_reason(tmp_path, text):
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError, match=r"(?i)plain Poisson interval .*poisson.* is refused"):
        load_plan(path)


def test_other_unknown_keys_of_a_plan_are_still_called_unknown(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("plan: mine\nintervals: {method: bca}\n", encoding="utf-8")
    with pytest.raises(PlanError, match="unknown key"):
        load_plan(path)


@pytest.mark.parametrize("kind", ["bed_days", "events"])
def test_an_outcome_declared_in_days_gets_its_interval_by_resampling(kind):
    table = "episodes" if kind == "bed_days" else "coercion"
    own = Outcome(outcome="own", kind=kind, table=table, **WORDS)
    before, after = days_of()
    row = describe.rate_ratio(own, Counts(before, after, np.ones(40), np.ones(40)), Plan(intervals={"draws": 200}))
    assert own.is_days
    assert row["method"] == "bootstrap"


def test_few_days_are_never_judged_by_the_exact_interval():
    few = Counts(np.array([9.0, 0, 0]), np.array([2.0, 0, 0]), np.ones(3), np.ones(3))
    row = describe.rate_ratio(shipped_outcomes()["bed_days"], few, Plan())
    assert (row["method"], row["why"]) == ("bootstrap", "few_with_any")
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        describe.rate_ratio(shipped_outcomes()["bed_days"], few, Plan(), method="exact")


def test_no_shipped_outcome_of_events_is_taken_for_days():
    days = {name for name, outcome in shipped_outcomes().items() if outcome.is_days}
    assert days == {name for name, outcome in shipped_outcomes().items() if "days" in outcome.kind}


def test_the_paired_ratio_refuses_it():
    before, after = days_of()
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        compare.paired_rate_ratio(before, after, method="poisson")
    with pytest.raises(compare.RateIntervalError, match=f"bed_days: .*{REFUSED}"):
        compare.paired_rate_ratio(pd.Series(before, name="bed_days"), after, method="exact")
    assert compare.paired_rate_ratio(pd.Series(before, name="admissions"), after, method="exact").low > 0


@pytest.mark.parametrize(
    "ask", [lambda: rates.poisson_rate(90, 10, kind="days"), lambda: rates.rate_ratio(9, 1, 8, 1, kind="days")]
)
def test_rates_of_days_are_refused(ask):
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        ask()


def test_a_plain_poisson_model_of_days_is_refused_and_a_clustered_one_is_not():
    before, after = days_of()
    data = pd.DataFrame({"bed_days": [*before, *after], "after": np.repeat([0, 1], 40), "id": [*range(40)] * 2})
    with pytest.raises(compare.RateIntervalError, match=f"bed_days: .*{REFUSED}"):
        counts.count_model(data, "bed_days ~ after")
    assert counts.count_model(data, "bed_days ~ after", errors="cluster", cluster="id").low > 0
    assert counts.count_model(data.rename(columns={"bed_days": "admissions"}), "admissions ~ after").low > 0


def test_a_plain_poisson_series_of_days_is_refused():
    data = pd.DataFrame({"period": range(24), "vårddygn": np.arange(24) % 5 + 90})
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        ff.interrupted_series(data, start=12, count="vårddygn", family="poisson")
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        series.segmented_regression(data, outcome="vårddygn", time="period", start=12, family="poisson")
    assert ff.interrupted_series(data, start=12, count="vårddygn").change["low"].notna().any()
    robust = ff.interrupted_series(data, start=12, count="vårddygn", family="poisson", errors="AR1")
    assert robust.change["low"].notna().any()


def test_a_series_of_days_in_an_extract_is_refused():
    extract = extract_of(episodes="client_id | admitted | discharged\nA | 2021-01-01 | 2021-02-01")
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        ff.interrupted_series(extract, start="2022-01-01", outcome="bed_days", family="poisson")


def test_days_have_no_funnel_of_rates_and_a_chart_of_individual_values():
    teams = pd.DataFrame({"team_id": list("ABCDE"), "bed_days": [90, 120, 70, 100, 95], "size": [50.0, 60, 40, 55, 50]})
    with pytest.raises(compare.RateIntervalError, match=REFUSED):
        ff.funnel(teams, count="bed_days", kind="rate")
    months = pd.DataFrame({"period": range(12), "bed_days": np.arange(12) % 5 + 90, "size": 30.0})
    assert ff.control_chart(months, count="bed_days", size="size", kind="u").notes["kind"] == "xmr"


@pytest.mark.parametrize("name", ["days", "bed_days", "Bed days", "vårddygn", "lpt_days", "antal dagar", "vårddagar"])
def test_names_that_say_days_are_known(name):
    assert names_days(name)


@pytest.mark.parametrize("name", ["admissions", "birthdays", "holidays", "days_since", "todays", "", None, 3])
def test_names_that_say_something_else_are_left_alone(name):
    assert not names_days(name)
