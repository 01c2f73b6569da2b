"""Items that registers can tell, for all teams side by side."""

import numpy as np
import pandas as pd
import pytest
from slow_team import FIRST, extract_from, random_tables, stamp

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.fidelity.derive import derive_fidelity
from factfidelity.fidelity.side_by_side import derive_teams

ON = "2021-07-05"


@pytest.fixture(scope="module")
def extract():
    return extract_from(random_tables(4))


def test_each_team_has_what_it_has_by_itself(extract):
    table = derive_teams(extract, "dacts", on=ON).table
    for team in ("norr", "soder"):
        alone = derive_fidelity(extract, "dacts", team=team, on=ON).table.set_index("item")
        mine = table.loc[table["team_id"] == team].set_index("item")
        pd.testing.assert_frame_equal(mine[alone.columns], alone.loc[mine.index])
        lacking = set(alone.index) - set(mine.index)
        assert lacking <= set(alone.index[alone["kind"] == "not_derivable"])


def test_a_team_that_had_not_begun_is_left_out(extract):
    early = derive_teams(extract, "dacts", on="2019-09-01").table
    assert set(early["team_id"]) == {"norr"}
    with pytest.raises(ValueError, match="on must lie after"):
        derive_teams(extract, "dacts", on=str(stamp(FIRST)))


def test_the_scores_stand_in_a_column_for_each_team(extract):
    result = derive_teams(extract, "dacts", on=ON)
    wide = result.views("sv")[0]
    assert [column.heading for column in wide.columns][2:] == ["norr", "soder"]
    scores = result.table.set_index(["team_id", "item"])["score"]
    for row in wide.frame.to_dict("records"):
        both = [scores[team, row["item"]] for team in ("norr", "soder")]
        np.testing.assert_equal([row["score_0"], row["score_1"]], both)


def test_what_rests_on_few_clients_is_hidden_after_release():
    region = ff.sample_extract(seed=5, clients=90, teams=2, years=2)
    result = derive_teams(region, "dacts", on=f"{region.end:%Y-%m-%d}")
    raw = derive_teams(extract_from(random_tables(4)), "dacts", on=ON)
    few = raw.released()
    assert raw.table["clients"].between(1, 4).any()
    assert (
        few.table.loc[raw.table["clients"].between(1, 4).to_numpy(), ["clients", "score", "value"]]
        .isna()
        .all(axis=None)
    )
    released = result.released()
    for language in ("sv", "en"):
        assert released.summary(language)
        for figure in released.figures(language):
            figure.draw(charts.figure(figure.size))
    again = type(result)(table=released.table, notes=released.notes, is_released=True)
    assert again.summary("sv") == released.summary("sv")
