"""From a figure to its rows: the rows add up to the figure, and a released result has none."""

from __future__ import annotations

import pytest

import factfidelity as ff
from factfidelity.schemas.plan import Plan


@pytest.mark.parametrize("index_stay", ["include", "exclude", "after_discharge"])
def test_the_rows_behind_every_cell_add_up_to_it(index_stay):
    extract = ff.sample_extract(seed=11, clients=120, teams=2, years=4)
    plan = Plan(index_stay=index_stay, also_index_stay=(), intervals={"draws": 100})
    result = ff.mirror_outcomes(extract, plan)
    rates = result.table[result.table["cohort"] == "all"]
    assert len(rates) > 10
    for row in rates.to_dict("records"):
        rows = result.trace(row["outcome"], window=row["window"])
        assert rows["counted"].sum() == row["total"], row["outcome"]
        assert rows["client_id"].nunique() == row["clients_any"], row["outcome"]


def test_a_released_result_has_no_rows_of_clients():
    extract = ff.sample_extract(seed=11, clients=60, teams=2, years=4)
    released = ff.mirror_outcomes(extract, Plan(intervals={"draws": 100})).released()
    with pytest.raises(ff.DisclosureError, match="before it is released"):
        released.trace("bed_days")
