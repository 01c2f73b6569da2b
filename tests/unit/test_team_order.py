"""Teams are listed by name, numbers by size and å ä ö last, in every table and so in every chart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import pytest
from frames import extract_of, frame

import factfidelity as ff
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.evaluation import evaluate
from factfidelity.evaluation.team_order import in_team_order, teams_in_order
from factfidelity.reports.batch_years import check_asked
from factfidelity.wording import sort_key


@pytest.mark.parametrize(
    ("mixed", "wanted"),
    [
        (["Team 10", "Team 6", "Team 1"], ["Team 1", "Team 6", "Team 10"]),
        (["Öst", "Väst", "Älv", "Åsen", "Norr"], ["Norr", "Väst", "Åsen", "Älv", "Öst"]),
        (["FACT 2 B", "FACT 2 A", "FACT 12", "FACT"], ["FACT", "FACT 2 A", "FACT 2 B", "FACT 12"]),
        (["team 3", "Team 2", "10", "9"], ["9", "10", "Team 2", "team 3"]),
        (["a", "", "1"], ["", "1", "a"]),
    ],
)
def test_names_sort_as_a_swedish_reader_looks_for_them(mixed, wanted):
    assert sorted(mixed, key=sort_key) == wanted


def test_teams_come_by_name_and_by_id_where_they_have_none():
    extract = extract_of(
        teams="""
            team_id | name    | programme
            B       | Team 10 | fact
            C       |         | fact
            A       | Team 9  | fact
        """
    )
    assert teams_in_order(extract) == ["C", "A", "B"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Result):
    name = "table"
    title = {"sv": "Tabell", "en": "Table"}  # noqa: RUF012
    gates = {"table": Gate(keys=("kind", "team_id", "month"), counts={"clients": ()})}  # noqa: RUF012

    def summary(self, language=None):
        return ""

    def methods(self, language=None):
        return ""

    def plot(self, *, ax=None):
        raise NotImplementedError

    def views(self, language=None):
        return ()


TEAMS = ["Team 2", "Team 10"]


def in_order(text):
    return in_team_order(Table(table=frame(text)), TEAMS).table


def test_the_rows_of_a_team_stay_together_and_in_their_order_and_the_total_stays_last():
    made = in_order("""
        team_id | month | clients
        Team 10 | 1     | 5
        Team 10 | 2     | 6
        Team 2  | 1     | 7
        Team 2  | 2     | 8
        total   | 1     | 12
        total   | 2     | 14
    """)
    assert made["team_id"].tolist() == ["Team 2", "Team 2", "Team 10", "Team 10", "total", "total"]
    assert made["clients"].tolist() == [7, 8, 5, 6, 12, 14]
    assert made.index.tolist() == list(range(6))


def test_what_a_table_lies_by_first_is_not_mixed():
    made = in_order("""
        kind  | team_id | clients
        first | Team 10 | 5
        later | Team 2  | 7
    """)
    assert made["kind"].tolist() == ["first", "later"]
    made = in_order("""
        kind  | team_id | clients
        first | Team 10 | 5
        first | Team 2  | 6
        later | Team 10 | 7
        later | Team 2  | 8
    """)
    assert made["clients"].tolist() == [6, 5, 8, 7]


def test_a_table_without_teams_or_rows_is_the_very_same():
    made = Table(table=pd.DataFrame({"kind": ["b", "a"], "clients": [5, 6]}))
    assert in_team_order(made, TEAMS) is made
    empty = Table(table=made.table.iloc[:0].assign(team_id=pd.Series(dtype="str")))
    assert in_team_order(empty, TEAMS) is empty


def test_every_table_of_an_evaluation_lists_its_teams_by_name():
    made = ff.sample_extract(seed=7, clients=40, teams=2, years=3, contacts=False)
    names = dict(zip(made.teams["team_id"], ["Team 10", "Team 9"], strict=True))
    teams = made.teams.assign(name=made.teams["team_id"].map(names))
    found = evaluate(replace(made, tables={**made.tables, "teams": teams}))
    first, second = sorted(names, key=lambda team: sort_key(names[team]))
    assert [names[first], names[second]] == ["Team 9", "Team 10"]
    listed = 0
    for name, result in found.results.items():
        for field, table in result.frames().items():
            if "team_id" in table.columns:
                order = [team for team in table["team_id"].drop_duplicates() if team in names]
                assert order in ([first, second], [first], [second], []), (name, field)
                listed += len(order) == 2
    assert listed > 20


def test_teams_are_asked_for_by_id_or_name_and_blanks_do_not_count():
    made = extract_of("2023-01-01", "2025-01-01", teams="""
        team_id | name
        t1      | Norr
        t2      | Syd
    """)  # fmt: skip
    assert check_asked(made, ["t1", " Syd"], [2023, 2024]) == ["t1", "t2"]
    assert check_asked(made, None, None) is None
    with pytest.raises(ff.PlanError, match="t1, t2"):
        check_asked(made, ["Väst"], None)
    with pytest.raises(ff.PlanError, match="choose among 2023–2024"):
        check_asked(made, None, [2024, 2025])
