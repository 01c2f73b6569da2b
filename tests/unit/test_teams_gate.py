"""The reports of all teams on their way out together, beside what is out already."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.evaluation import teams as together
from factfidelity.evaluation.answers import Evaluation


@dataclass(frozen=True, kw_only=True, eq=False)
class Size(Result):
    name = "size"
    title = {"sv": "Storlek", "en": "Size"}  # noqa: RUF012
    gates = {"table": Gate(keys=("sex",), counts={"clients": ()}, margins={"sex": "total"})}  # noqa: RUF012

    def summary(self, language=None):
        return ""

    def methods(self, language=None):
        return ""

    def plot(self, *, ax=None):
        raise NotImplementedError

    def views(self, language=None):
        return ()


def size_of(extract, plan, *, grains=None):
    by_sex = extract.clients.groupby("sex")["client_id"].nunique()
    table = pd.DataFrame({"sex": [*by_sex.index, "total"], "clients": [*by_sex, by_sex.sum()]})
    return Evaluation(extract, plan, {"size": Size(table=table)})


@pytest.fixture
def extract(monkeypatch):
    """Two teams; three of the first team's clients are women."""
    monkeypatch.setattr(together, "evaluate", size_of)
    made = ff.sample_extract(seed=4, clients=90, teams=2, years=3, contacts=False)
    own = together.only_team(made, made.teams["team_id"].iloc[0]).clients["client_id"]
    clients = made.clients.assign(sex=np.where(made.clients.index % 2 == 0, "female", "male"))
    sex = np.where(clients["client_id"].isin(own), "male", clients["sex"])
    sex = np.where(clients["client_id"].isin(own.iloc[:3]), "female", sex)
    clients = clients.assign(sex=sex)
    return dataclasses.replace(made, tables={**made.tables, "clients": clients})


def sizes(released, team):
    return released[team].results["size"].table.set_index("sex")["clients"]


def test_a_small_count_of_one_team_is_not_all_teams_less_the_other(extract):
    first, second = extract.teams["team_id"]
    released, small = together.evaluate_teams(extract, ff.load_plan())
    assert small == []
    few, others, all_ = (sizes(released, team) for team in (first, second, "all"))
    assert np.isnan(few["female"])
    assert np.isnan([few["male"], few["total"]]).any()
    assert np.isnan([others["female"], all_["female"]]).any()


def test_what_several_earlier_reports_of_a_team_showed_is_known(extract):
    first, second = extract.teams["team_id"]
    plan = ff.load_plan()
    released, _ = together.evaluate_teams(extract, plan)
    known = released[second].results
    grown = {
        "size": Size(table=known["size"].table.assign(clients=known["size"].table["clients"] + 2), is_released=True)
    }
    again, _ = together.evaluate_teams(extract, plan, previous={second: [known, grown]})
    now = sizes(again, second)
    # one report showed these numbers, another of the same days two more of each: both are known
    shown = sizes(released, second)
    assert (now[shown.notna()].isna() | (now[shown.notna()] == shown.dropna())).all()
    alone, _ = together.evaluate_teams(extract, plan, previous={second: grown})
    assert sizes(alone, second)[shown.notna()].isna().all()
    assert np.isnan(sizes(again, first)["female"])
