"""From a figure to its rows: the rows add up to the figure in every kind of cell, and a released result has none."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.schemas.plan import Plan


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=11, clients=120, teams=2, years=4)


@pytest.mark.parametrize("day_count", ["nights", "days", "nights_min_one"])
def test_the_rows_behind_every_cell_add_up_to_it(extract, day_count):
    result = ff.mirror_outcomes(extract, Plan(day_count=day_count, intervals={"draws": 100}))
    cells = pd.concat([result.table.assign(index_stay="include"), result.stays], ignore_index=True)
    assert cells.groupby(["cohort", "index_stay"]).ngroups == 4
    assert "any_admission" in set(cells["outcome"])
    for row in cells.to_dict("records"):
        asked = {name: row[name] for name in ("window", "cohort", "index_stay")}
        rows = result.trace(row["outcome"], **asked)
        assert rows["counted"].sum() == row["total"], (row["outcome"], asked)
        assert rows.loc[rows["counted"] > 0, "client_id"].nunique() == row["clients_any"], row["outcome"]


def test_a_stretch_is_followed_to_the_rows_of_the_delivery():
    day = pd.Timestamp
    extract = extract_of(
        clients=pd.DataFrame({"client_id": ["A", "B"]}),
        enrolments=pd.DataFrame({"client_id": ["A", "B"], "team_id": "T", "start": day("2020-01-01"), "end": pd.NaT}),
        episodes="""
            client_id | admitted   | discharged | mvo
            B         | 2020-05-01 | 2020-05-02 | 901
            A         | 2020-03-01 | 2020-03-05 | 901
            A         | 2020-03-05 | 2020-03-20 | 901
            A         | 2020-03-10 | 2020-03-12 | 955
            A         | 2020-08-01 |            | 901
        """,
        legal_status="""
            client_id | form | start      | end
            A         | LPT  | 2020-03-01 | 2020-03-08
            A         | HSL  | 2020-03-08 | 2020-03-20
        """,
    )
    result = ff.mirror_outcomes(extract, Plan(intervals={"draws": 100}))
    rows = result.trace("bed_days", rows=True)
    assert sorted(rows["row"]) == [0, 1, 2, 4]
    assert extract.episodes.iloc[rows["row"]]["client_id"].tolist() == rows["client_id"].tolist()
    assert rows.loc[rows["row"] == 4, "last_day"].isna().all()
    forced = result.trace("compulsory_admissions", rows=True)
    assert set(zip(forced["table"], forced["row"], strict=True)) == {("episodes", 1), ("legal_status", 0)}
    assert result.trace("compulsory_days", rows=True)["row"].tolist() == [0]
    assert result.trace("bed_days", window="before", rows=True).empty


def test_a_cell_that_is_not_there_is_refused(extract):
    result = ff.mirror_outcomes(extract, Plan(intervals={"draws": 100}), outcomes=["bed_days"])
    for wrong in ({"outcome": "admissions"}, {"window": "later"}, {"cohort": "some"}, {"index_stay": "half"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            result.trace(**({"outcome": "bed_days"} | wrong))


def test_a_released_result_has_no_rows_of_clients(extract):
    released = ff.mirror_outcomes(extract, Plan(intervals={"draws": 100})).released()
    assert released.inner_trace is None
    with pytest.raises(ff.DisclosureError, match="before it is released"):
        released.trace("bed_days")
