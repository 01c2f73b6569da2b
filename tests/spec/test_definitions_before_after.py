"""Definitions, section 5: what is reported before and after, with which interval, and in which words."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

QUICK = Plan(intervals={"draws": 200})
INDEX = pd.Timestamp("2020-01-01")
CAUSAL = re.compile(
    r"\b(effekt|orsak|ledde|leder|tack vare|minskade|effect|caus|led to|leads to|reduced|due to)", re.IGNORECASE
)


def extract_from(stays: list[tuple[str, int, int]], clients: int, **tables):
    """Build an extract from (client, first day counted from the index day, nights)."""
    ids = [f"C{number}" for number in range(clients)]
    rows = [
        (client, INDEX + pd.Timedelta(days=day), INDEX + pd.Timedelta(days=day + nights))
        for client, day, nights in stays
    ]
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        episodes=pd.DataFrame(rows, columns=["client_id", "admitted", "discharged"]),
        **tables,
    )


@pytest.fixture(scope="module")
def apart():
    """Admissions rise from 40 to 60; days fall from 800 to 300."""
    before = [(f"C{number}", -200, 20) for number in range(40)]
    after = [(f"C{number}", 50 + 40 * turn, 5) for number in range(30) for turn in range(2)]
    return ff.mirror_outcomes(extract_from(before + after, 60), QUICK)


def test_for_each_outcome_and_window_persons_totals_spread_and_rate_are_given(apart):
    row = apart.table.query("outcome == 'bed_days' and window == 'before' and cohort == 'mirror'").iloc[0]
    assert (row["clients"], row["clients_any"], row["total"]) == (60, 40, 800)
    assert row["mean"] == pytest.approx(800 / 60)
    assert (row["median"], row["q1"], row["q3"]) == (20, 0, 20)
    assert row["years"] == pytest.approx(60 * 365 / 365.25)
    assert row["rate"] == pytest.approx(800 / row["years"])


def test_when_admissions_rise_and_days_fall_the_first_sentence_says_both(apart):
    for language, rose, fell in (("sv", "inskrivningarna steg", "vårddygnen"), ("en", "admissions rose", "bed-days")):
        first = apart.summary(language).split(". ")[0]
        assert rose in first
        assert fell in first
        assert {"sv": "sjönk", "en": "fell"}[language] in first
        assert {"sv": "olika håll", "en": "different directions"}[language] in first


def test_the_interval_of_bed_days_is_by_resampling_clients_and_a_plain_poisson_interval_is_refused(apart):
    assert apart.ratio("bed_days")["method"] == "bootstrap"
    assert apart.ratio("admissions")["method"] == "cluster"
    with pytest.raises(ValueError, match="resample"):
        compare.paired_rate_ratio([1, 2], [1, 0], method="poisson")


def test_with_fewer_than_10_clients_with_any_days_the_interval_is_empty_and_says_why():
    stays = [(f"C{number}", -100, 10) for number in range(6)] + [("C0", 20, 5), ("C7", 30, 5)]
    row = ff.mirror_outcomes(extract_from(stays, 40), QUICK).ratio("bed_days")
    assert row["estimate"] == pytest.approx(10 / 60)
    assert pd.isna(row["low"])
    assert row["why"] == "few_with_any"


def test_no_admission_before_gives_no_ratio_and_no_crash():
    result = ff.mirror_outcomes(extract_from([("C1", 10, 5)], 12), QUICK)
    row = result.ratio("admissions")
    assert pd.isna(row["estimate"])
    assert row["why"] == "none_before"
    assert "nan" not in result.summary("en").lower()


def test_no_stay_at_all_gives_zeros_and_no_crash():
    result = ff.mirror_outcomes(
        extract_from(
            [],
            12,
        ),
        QUICK,
    )
    assert result.table.query("outcome == 'bed_days'")["total"].tolist() == [0, 0, 0, 0]
    assert result.ratio("bed_days")["why"] == "none"
    assert result.summary("sv")


def test_false_discoveries_are_held_over_the_table_with_the_critical_p(apart):
    tested = apart.change.query("index_stay == 'include' and estimand in ['mean_difference', 'any_difference']")
    held = compare.benjamini_hochberg(tested["p"].to_numpy())
    assert tested["adjusted_p"].tolist() == pytest.approx(held.adjusted.tolist())
    assert apart.notes["critical_p"] == f"{held.critical_p:.4f}"
    assert apart.change.query("index_stay != 'include'")["adjusted_p"].isna().all()


def test_a_small_group_is_described_with_the_smallest_ratio_that_could_have_been_found():
    stays = [(f"C{number}", day, 5) for number in range(14) for day in ((-100, 60) if number % 2 else (-200, -50, 90))]
    result = ff.mirror_outcomes(extract_from(stays, 20), QUICK)
    assert 0 < result.ratio("admissions")["detectable"] < 1
    assert "small" in result.summary("en")
    assert "litet" in result.summary("sv")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_causal_verb_stands_in_the_words_of_an_uncontrolled_design(apart, language):
    extract = extract_from([(f"C{number}", -100, 4) for number in range(20)] + [("C1", 30, 2)], 25)
    for result in (apart, ff.monthly_course(extract, QUICK), ff.regression_to_the_mean(extract, QUICK)):
        assert not CAUSAL.search(result.summary(language)), CAUSAL.search(result.summary(language))


def test_the_methods_paragraph_is_made_from_the_plan():
    extract = extract_from([("C1", -100, 4)], 12)
    plan = Plan(
        windows={"width": 180, "washout_after": 30}, spells={"gap_days": 3}, day_count="days", index_stay="exclude",
        intervals={"draws": 150},
    )  # fmt: skip
    words = ff.mirror_outcomes(extract, plan).methods("en")
    for part in ("180 days", "at most 3 days", "started days less whole leave days", "30 days just after", "150 draws"):
        assert part in words


def test_an_outcome_of_ones_own_is_declared_in_the_plan_without_python(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(
        """
outcomes: [admissions, long_ward_days]
own_outcomes:
  - outcome: long_ward_days
    kind: bed_days
    where: {ward_type: [long_stay]}
    label: {sv: Dygn på långvårdsavdelning, en: Days on a long-stay ward}
    unit: {sv: dygn, en: days}
""",
        encoding="utf-8",
    )
    extract = extract_from([], 2)
    episodes = pd.DataFrame(
        {
            "client_id": ["C0", "C0"], "admitted": [INDEX + pd.Timedelta(days=10), INDEX + pd.Timedelta(days=15)],
            "discharged": [INDEX + pd.Timedelta(days=20), INDEX + pd.Timedelta(days=30)],
            "ward_type": ["acute", "long_stay"],
        }
    )  # fmt: skip
    own = extract_of(clients=extract.clients, enrolments=extract.enrolments, episodes=episodes)
    result = ff.mirror_outcomes(own, ff.load_plan(path))
    rows = result.table.query("window == 'after' and cohort == 'all'").set_index("outcome")["total"]
    # a day that two wards share belongs to the episode admitted last: 15 to 30
    assert rows.to_dict() == {"admissions": 1, "long_ward_days": 15}
    assert "långvårdsavdelning" in result.views("sv")[0].frame["outcome"].iloc[1]


def test_an_outcome_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ff.PlanError, match="there is no outcome"):
        ff.mirror_outcomes(extract_from([], 2), Plan(outcomes=("admisions",)))


def test_an_emergency_visit_that_led_to_admission_is_not_counted_twice():
    visits = pd.DataFrame(
        {
            "client_id": ["C0", "C0", "C1"],
            "date": [INDEX + pd.Timedelta(days=10), INDEX + pd.Timedelta(days=40), INDEX],
            "kind": "emergency",
        }
    )  # fmt: skip
    result = ff.mirror_outcomes(extract_from([("C0", 10, 4)], 3, visits=visits), QUICK)
    rows = result.table.query("outcome == 'emergency_visits' and window == 'after' and cohort == 'all'")
    assert rows["total"].tolist() == [2]


def test_somatic_stays_are_a_control_outcome_and_never_among_the_psychiatric_ones():
    extract = extract_from([], 2)
    episodes = pd.DataFrame(
        {
            "client_id": ["C0", "C1"], "admitted": INDEX + pd.Timedelta(days=10),
            "discharged": INDEX + pd.Timedelta(days=12), "mvo": ["901", "955"],
        }
    )  # fmt: skip
    result = ff.mirror_outcomes(
        extract_of(clients=extract.clients, enrolments=extract.enrolments, episodes=episodes), QUICK
    )
    rows = result.table.query("window == 'after' and cohort == 'all'").set_index("outcome")
    assert rows.loc["admissions", "total"] == rows.loc["somatic_admissions", "total"] == 1
    assert rows.loc["somatic_admissions", "role"] == "control"


# The monthly course


def test_the_course_is_coarsened_to_the_finest_level_that_may_be_released_and_says_so():
    few = [(f"C{number}", -20 - 30 * number, 3) for number in range(20)] + [("C1", 200, 3)] * 1
    course = ff.monthly_course(extract_from(few, 60), QUICK, outcomes=["admissions"])
    assert course.table["level"].iloc[0] in ("half_year", "pooled")
    assert course.table["level"].iloc[0] in course.methods("en").replace("half-year", "half_year").replace(
        "all time before and all time after", "pooled"
    )
    months = ff.monthly_course(extract_from(few, 60), QUICK, outcomes=["admissions"], smallest=1)
    assert months.table["level"].unique().tolist() == ["month"]
    assert len(months.table) == 48
    assert months.table["total"].sum() == course.table["total"].sum() == 21


def test_twelve_months_of_the_course_are_the_window_of_a_year():
    stays = [(f"C{number}", day, 6) for number in range(30) for day in (-340, -100, -3, 20, 300)]
    extract = extract_from(stays, 40)
    course = ff.monthly_course(extract, QUICK, outcomes=["bed_days"], smallest=1).table
    mirror = ff.mirror_outcomes(extract, QUICK, outcomes=["bed_days"]).table.query("cohort == 'all'")
    near = course.query("-12 <= month_from < 12").groupby("window")["total"].sum()
    assert near["before"] == mirror.query("window == 'before'")["total"].iloc[0]
    assert near["after"] == mirror.query("window == 'after'")["total"].iloc[0]


# What cannot be computed is empty with its reason


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"episodes": "client_id | admitted | discharged\nA | 2020-01-01 | 2020-01-05"},
        {"enrolments": "client_id | team_id | start | end\nA | T | 2020-01-03 |"},
        {
            "enrolments": "client_id | team_id | start | end\nA | T | 2020-01-03 |",
            "episodes": "client_id | admitted | discharged\nA | 2020-01-01 |\nZ | 2020-01-01 | 2020-01-02",
        },
    ],
    ids=["nothing", "no enrolment", "no stays", "one open stay and an unknown client"],
)
def test_a_delivery_with_hardly_anything_gives_empty_figures_and_no_crash(tables, language):
    extract = extract_of(clients="client_id\nA", **tables)
    makers = (
        ff.mirror_outcomes, ff.monthly_course, ff.regression_to_the_mean, ff.readmission_rates, ff.all_choices,
        ff.subgroup_ratios,
    )  # fmt: skip
    for maker in makers:
        for result in (maker(extract), maker(extract).released()):
            assert "nan" not in result.summary(language).lower().split()
            assert result.methods(language)
            for view in result.views(language):
                assert {column.name for column in view.columns} <= set(view.frame.columns)
            assert result._repr_html_()
