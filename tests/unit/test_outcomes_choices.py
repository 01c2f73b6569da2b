"""All choices side by side, and readmission before and after."""

from __future__ import annotations

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.plan import Plan


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=11, clients=150, teams=2, years=4)


@pytest.fixture(scope="module")
def choices(extract):
    return ff.all_choices(extract)


def test_the_plans_own_combination_is_marked_once_and_equals_the_main_result(extract, choices):
    main = mirror_outcomes(extract, Plan(intervals={"draws": 100}))
    own = choices.table[choices.table["is_plan"]].set_index("outcome")
    assert len(own) == 2
    for outcome in ("admissions", "bed_days"):
        assert own.loc[outcome, "estimate"] == pytest.approx(main.ratio(outcome)["estimate"])


def test_every_combination_stands_there(choices):
    rows = choices.table.groupby("outcome").size()
    assert rows["admissions"] == 3 * 2 * 3 * 3 * 3  # gaps x clinics x index stays x cohorts x wash-outs
    assert rows["bed_days"] == 3 * 3 * 3 * 3  # counting rules x index stays x cohorts x wash-outs


def test_a_longer_gap_never_gives_more_admissions_and_one_clinic_never_fewer(choices):
    rows = choices.table.query(
        "outcome == 'admissions' and index_stay == 'include' and cohort == 'all' and washout_after == 0"
    )
    wide = rows.pivot_table(index="gap_days", columns="same_clinic", values="total_before")
    assert wide[False].is_monotonic_decreasing
    assert (wide[True] >= wide[False]).all()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_they_speak_and_survive_the_gate(extract, choices, language):
    for result in (choices, ff.readmission_rates(extract)):
        for shown in (result, result.released()):
            assert shown.summary(language)
            assert len(shown.methods(language)) > 80
            assert "nan" not in shown.summary(language).lower().split()
            for view in shown.views(language):
                assert {column.name for column in view.columns} <= set(view.frame.columns)
            again = type(result)(**shown.frames(), notes=dict(shown.notes), is_released=True)
            assert again.summary(language) == shown.summary(language)


def test_more_days_never_give_fewer_readmitted_of_the_same_discharges(extract):
    table = ff.readmission_rates(extract, within=(14, 30)).table
    assert (table["readmitted"] <= table["discharges"]).all()
    assert (table["first_readmitted"] <= table["clients"]).all()
    wide = table.pivot_table(index="window", columns="within", values="discharges")
    assert (wide[14] >= wide[30]).all()


def test_a_number_of_days_below_1_is_refused(extract):
    with pytest.raises(ValueError, match="above 0"):
        ff.readmission_rates(extract, within=(0,))


def test_a_region_without_stays_gives_empty_shares_and_no_crash(extract):
    tables = {name: extract.table(name) for name in ("clients", "enrolments")}
    empty = ff.Extract(tables, extract.start, extract.end)
    assert ff.readmission_rates(empty).table["share_clients"].isna().all()
    assert ff.readmission_rates(empty).summary("en")
    assert isinstance(ff.all_choices(empty).table, pd.DataFrame)
    assert ff.all_choices(empty).summary("sv") == "Inget att jämföra."
