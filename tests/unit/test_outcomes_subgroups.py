"""The ratio in groups of clients: totals add up, the test is of the difference, and the gate is passed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.display import charts
from factfidelity.outcomes.subgroups import subgroup_ratios
from factfidelity.schemas.plan import Plan

INDEX = pd.Timestamp("2020-01-01")


def region(ratio_women: float, ratio_men: float, *, clients: int = 400, seed: int = 3):
    rng = np.random.default_rng(seed)
    ids = [f"C{number}" for number in range(clients)]
    sex = ["F", "M"] * (clients // 2)
    rows = []
    for client, own in zip(ids, sex, strict=True):
        ratio = ratio_women if own == "F" else ratio_men
        for low, mean in ((-365, 1.2), (0, 1.2 * ratio)):
            rows += [
                (client, INDEX + pd.Timedelta(days=int(day))) for day in low + rng.integers(0, 360, rng.poisson(mean))
            ]
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted"]).assign(discharged=lambda table: table["admitted"])
    enrolments = pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT})
    return extract_of(
        clients=pd.DataFrame({"client_id": ids, "sex": sex, "birth_year": 1980.0}),
        enrolments=enrolments,
        episodes=episodes,
    )


def test_groups_that_differ_are_told_apart_and_groups_that_do_not_are_not():
    apart = subgroup_ratios(region(0.4, 1.2), by=["sex"], outcomes=["admissions"])
    alike = subgroup_ratios(region(0.7, 0.7), by=["sex"], outcomes=["admissions"])
    assert apart.interaction["p"].iloc[0] < 0.001
    assert alike.interaction["p"].iloc[0] > 0.01
    found = apart.table.set_index("level")["estimate"]
    assert found["F"] == pytest.approx(0.4, abs=0.12)
    assert found["M"] == pytest.approx(1.2, abs=0.25)


def test_two_groups_are_compared_as_by_the_difference_of_their_log_ratios():
    result = subgroup_ratios(region(0.6, 0.9), by=["sex"], outcomes=["admissions"])
    rows = result.table.set_index("level")
    half = {level: np.log(rows.loc[level, "high"] / rows.loc[level, "estimate"]) / 1.971957 for level in ("F", "M")}
    z = np.log(rows.loc["F", "estimate"] / rows.loc["M", "estimate"]) / np.hypot(half["F"], half["M"])
    from scipy.stats import t

    df = (half["F"] ** 2 + half["M"] ** 2) ** 2 / (half["F"] ** 4 / 199 + half["M"] ** 4 / 199)  # Satterthwaite
    assert result.interaction["p"].iloc[0] == pytest.approx(2 * t.sf(abs(z), df), rel=1e-3)  # R: qt(0.975, 199)


def test_the_groups_add_up_to_the_total_and_age_is_that_of_the_index_day():
    table = subgroup_ratios(region(0.7, 0.7), by=["sex", "age_group"], outcomes=["admissions"]).table
    sex = table[table["by"] == "sex"].set_index("level")
    assert sex.loc["total", "clients"] == sex.loc["F", "clients"] + sex.loc["M", "clients"] == 400
    assert set(table.loc[table["by"] == "age_group", "level"]) == {"total", "30–44"}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_speaks_and_survives_the_gate(language):
    result = subgroup_ratios(ff.sample_extract(seed=11, clients=150, teams=2, years=4))
    for shown in (result, result.released()):
        assert "nan" not in shown.summary(language).lower().split()
        assert len(shown.methods(language)) > 80
        for view in shown.views(language):
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        for figure in shown.figures(language):
            assert figure.draw(charts.figure(figure.size)) is not None


def test_a_column_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="shoe_size"):
        subgroup_ratios(region(1, 1, clients=10), Plan(), by=["shoe_size"])
