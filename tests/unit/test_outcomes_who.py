"""Who changed: the groups by hand and against a slow way, what no change gives, and nothing of one person released."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.outcomes.who import groups_of, who_changed
from factfidelity.schemas.plan import Plan, Windows

INDEX = pd.Timestamp("2020-01-01")
ENDS = {"discharged": lambda table: table["admitted"]}


def region(before: list[int], after: list[int]):
    """One admission a month, on the first of the month, as many as asked for."""
    rows = []
    for client, (first, second) in enumerate(zip(before, after, strict=True)):
        rows += [(f"C{client}", INDEX - pd.Timedelta(days=20 * (step + 1))) for step in range(first)]
        rows += [(f"C{client}", INDEX + pd.Timedelta(days=20 * (step + 1))) for step in range(second)]
    ids = [f"C{client}" for client in range(len(before))]
    return extract_of(
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        episodes=pd.DataFrame(rows, columns=["client_id", "admitted"]).assign(**ENDS),
    )


def test_each_client_is_in_one_group_and_half_as_many_is_a_responder():
    before = np.array([4, 4, 4, 4, 4, 0, 0, 3, 1.0])
    after = np.array([0, 2, 3, 4, 9, 2, 0, 2, 1.0])
    found = groups_of(before, after).tolist()
    assert found == ["gone", "halved", "less", "same", "more", "new", "none", "less", "same"]


def test_the_table_counts_the_groups_and_they_add_up():
    result = who_changed(region([4, 4, 4, 4, 0, 0], [0, 2, 3, 5, 1, 0]), outcomes=["admissions"])
    found = result.table.set_index(["group", "bin"])["clients"]
    assert found["responder", "total"] == 2
    assert found["other", "total"] == 2
    assert found["no_use_before", "total"] == 2
    assert found["total", "total"] == 6
    assert found["other", "same"] == 0


def test_random_cohorts_give_the_same_groups_as_one_client_at_a_time():
    rng = np.random.default_rng(5)
    for _ in range(8):
        before, after = rng.poisson(1.2, 60), rng.poisson(0.9, 60)
        table = who_changed(region(before.tolist(), after.tolist()), outcomes=["admissions"]).table
        found = table[table["bin"] != "total"].groupby("bin")["clients"].sum()
        slow: dict[str, int] = {}
        for one, two in zip(before, after, strict=True):
            if one == 0:
                name = "new" if two else "none"
            elif two == 0:
                name = "gone"
            elif 2 * two <= one:
                name = "halved"
            else:
                name = "less" if two < one else "same" if two == one else "more"
            slow[name] = slow.get(name, 0) + 1
        total = int(table.loc[(table["group"] == "total"), "clients"].iloc[0])
        assert total == 60
        assert {name: count for name, count in found.items() if count} == slow


def test_what_no_change_gives_is_where_the_responders_are_when_nothing_changed():
    inside = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        own = rng.gamma(0.8, 1.5, 250)
        table = who_changed(region(rng.poisson(own).tolist(), rng.poisson(own).tolist()), outcomes=["admissions"]).table
        row = table[(table["group"] == "responder") & (table["bin"] == "total")].iloc[0]
        inside += row["expected_low"] <= row["share"] <= row["expected_high"]
    assert inside >= 7  # 95 per cent of 10 is 9.5; the chance of 6 or fewer is 0.001


def test_the_heaviest_tenth_is_counted_by_hand():
    before = [10] * 10 + [1] * 50 + [0] * 40
    result = who_changed(region(before, [0] * 99 + [1]), outcomes=["admissions"])
    rows = result.concentration[result.concentration["window"] == "before"].set_index("part")["share"]
    assert rows[0.1] == pytest.approx(100 / 150)
    assert rows[0.2] == pytest.approx(110 / 150)
    assert rows[0.5] == pytest.approx(140 / 150)


def test_one_person_who_stands_for_most_is_not_shown_by_the_heaviest_part():
    result = who_changed(region([18] + [1] * 10 + [0] * 89, [1] * 100), outcomes=["admissions"]).released()
    rows = result.concentration[result.concentration["window"] == "before"]
    assert rows.loc[rows["part"] == 0.1, "share"].isna().all()
    flat = who_changed(region([2] * 100, [1] * 100), outcomes=["admissions"]).released()
    assert flat.concentration["share"].notna().all()


def test_use_added_up_is_nelsons_sum_over_the_quarters():
    rng = np.random.default_rng(9)
    extract = region(rng.poisson(1.5, 80).tolist(), rng.poisson(1.0, 80).tolist())
    rows = who_changed(extract, outcomes=["admissions"]).cumulative
    after = rows[rows["window"] == "after"].set_index("month")
    days = (extract.episodes["admitted"] - INDEX).dt.days
    for month in (3, 6, 9, 12):
        counted = int(((days >= 0) & (days < round(month * 365.25 / 12))).sum())
        assert after.loc[month, "mean"] == pytest.approx(
            counted / 80, rel=0.01
        )  # a quarter is 91.3 days, counted in 91
        assert after.loc[month, "low"] <= after.loc[month, "mean"] <= after.loc[month, "high"]


def test_windows_of_different_width_compare_no_clients():
    plan = Plan(windows=Windows(width_before=365, width_after=730))
    result = who_changed(region([1, 2], [1, 0]), plan)
    assert not len(result.table)
    assert "olika långa" in result.summary("sv")


def test_a_small_group_is_hidden_and_its_share_with_it():
    released = who_changed(region([4] * 30 + [4] * 2 + [0] * 20, [1] * 30 + [9] * 2 + [0] * 20)).released()
    rows = released.table[released.table["outcome"] == "admissions"].set_index(["group", "bin"])
    assert np.isnan(rows.loc[("other", "more"), "clients"])
    assert np.isnan(rows.loc[("other", "more"), "share"])
    assert "clients_any" not in released.concentration.columns


def test_a_group_with_a_hidden_bin_is_drawn_as_one():
    extract = region([4] * 60 + [0] * 20, [1] * 30 + [3] * 2 + [9] * 28 + [0] * 20)
    released = who_changed(extract, outcomes=["admissions"]).released()
    drawn = released.figures("en")[0].table.frame.set_index("bin")["clients"]
    assert drawn["Care before, not halved"] == 30
    assert "more" not in drawn.index


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_and_survives_the_gate(language):
    result = who_changed(ff.sample_extract(seed=11, clients=150, teams=2, years=4))
    for shown in (result, result.released()):
        assert "nan" not in shown.summary(language).lower().split()
        assert len(shown.methods(language)) > 80
        for view in shown.views(language):
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        for figure in shown.figures(language):
            assert figure.draw(charts.figure(figure.size)) is not None
