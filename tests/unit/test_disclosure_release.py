"""Results on their way out: what follows what, within a row, along a sum, and from one result to another."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from frames import frame

from factfidelity.display.disclosure import DisclosureRule, release_frames, release_results
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.errors import DisclosureError

RULE = DisclosureRule()


def released(table, gate, rule=RULE):
    return release_frames({"table": table}, {"table": gate}, rule)["table"]


def hidden(out, column, key):
    return out.loc[out[column].isna(), key].tolist()


TEAMS = frame("""
    team  | clients | any | total | mean  | years | rate
    Norr  | 60      | 3   | 33    | 0.55  | 57.3  | 0.5759
    Syd   | 50      | 11  | 150   | 3.0   | 48.1  | 3.1185
    Öst   | 70      | 30  | 490   | 7.0   | 69.9  | 7.01
    total | 180     | 44  | 673   | 3.739 | 175.3 | 3.8391
""")
GATE = Gate(
    keys=("team",),
    counts={"clients": ("years",), "any": ("total", "mean", "rate")},
    wholes={"any": "clients"},
    margins={"team": "total"},
)


def test_a_small_count_takes_what_rests_on_it_and_a_second_row():
    out = released(TEAMS, GATE)
    for column in ("any", "total", "mean", "rate"):
        assert hidden(out, column, "team") == ["Norr", "Syd"]
    assert out["clients"].notna().all()
    assert out["status"].tolist() == ["shown"] * 4


def test_everything_of_a_row_goes_when_its_whole_is_small():
    table = TEAMS.assign(clients=[4, 50, 70, 124], any=[4, 11, 30, 45])
    out = released(table, GATE)
    assert out.loc[0, ["clients", "any", "total", "mean", "years", "rate"]].isna().all()
    assert out.loc[0, "status"] == "hidden"


def test_a_small_rest_hides_the_part():
    table = TEAMS.assign(any=[57, 11, 30, 98])
    assert "Norr" in hidden(released(table, GATE), "any", "team")


def test_a_rate_that_was_not_declared_is_found_by_its_numbers():
    table = frame("""
        team | any | total | years | rate
        Norr | 3   | 33    | 57.3  | 0.575916230366492
        Syd  | 11  | 150   | 48.1  | 3.118503118503119
        Öst  | 30  | 490   | 69.9  | 7.010014306151645
    """)
    out = released(table, Gate(keys=("team",), counts={"any": ("total",)}))
    assert hidden(out, "total", "team") == ["Norr"]
    assert hidden(out, "rate", "team") + hidden(out, "years", "team") == ["Norr"]


def test_a_share_falls_with_its_part_and_with_its_whole():
    table = frame("""
        team | clients | any | share
        Norr | 20      | 3   | 0.15
        Syd  | 20      | 10  | 0.5
    """)
    gate = Gate(
        keys=("team",),
        counts={"clients": (), "any": ()},
        wholes={"any": "clients"},
        shares=(("share", "any", "clients"),),
    )
    assert hidden(released(table, gate), "share", "team") == ["Norr"]


def test_none_and_all_are_hidden_for_coercion_and_shown_elsewhere():
    table = frame("""
        outcome  | clients | any | topic
        measures | 20      | 0   | coercion
        status   | 20      | 20  | legal_status
        beds     | 20      | 0   | care
        visits   | 20      | 20  | care
    """)
    gate = Gate(keys=("outcome",), counts={"clients": (), "any": ()}, wholes={"any": "clients"}, topic="topic")
    out = released(table, gate)
    assert hidden(out, "any", "outcome") == ["measures", "status"]
    open_rule = DisclosureRule(hide_zero=())
    assert hidden(released(table, gate, open_rule), "any", "outcome") == []


@pytest.mark.parametrize(("one", "two", "goes"), [(0.51, 0.6, True), (0.4, 0.76, True), (0.5, 0.75, False)])
def test_a_sum_that_one_or_two_persons_make_up_is_hidden_with_its_mean(one, two, goes):
    table = pd.DataFrame({"team": ["a"], "any": [12], "total": [100.0], "mean": [2.0], "one": [one], "two": [two]})
    gate = Gate(keys=("team",), counts={"any": ("total", "mean")}, largest={"total": ("one", "two")})
    out = released(table, gate)
    assert out["total"].isna().tolist() == out["mean"].isna().tolist() == [goes]
    assert out["any"].tolist() == [12]
    assert "one" not in out.columns
    assert "two" not in out.columns


def test_a_sum_hidden_for_dominance_is_not_the_total_less_the_rest():
    table = TEAMS.assign(any=[13, 11, 30, 54], one=[0.6, 0.1, 0.1, 0.1], two=[0.7, 0.2, 0.2, 0.2])
    gate = Gate(
        keys=("team",), counts={"any": ("total",)}, margins={"team": "total"}, largest={"total": ("one", "two")}
    )
    out = released(table[["team", "any", "total", "one", "two"]], gate)
    assert out["any"].notna().all()
    assert len(hidden(out, "total", "team")) == 2


def test_a_change_falls_with_a_count_of_another_frame():
    levels = frame("""
        outcome | window | clients | any
        a       | before | 40      | 3
        a       | after  | 40      | 20
        b       | before | 40      | 20
        b       | after  | 40      | 10
    """)
    change = frame("""
        outcome | clients | estimate
        a       | 40      | 6.7
        b       | 40      | 0.5
    """)
    out = release_frames(
        {"levels": levels, "change": change},
        {
            "levels": Gate(keys=("outcome", "window"), counts={"clients": (), "any": ()}, wholes={"any": "clients"}),
            "change": Gate(keys=("outcome",), counts={"clients": ()}, follows={"levels.any": ("estimate",)}),
        },
        RULE,
    )
    assert hidden(out["change"], "estimate", "outcome") == ["a"]


def test_the_few_persons_between_two_nested_groups_are_guarded():
    table = frame("""
        cohort   | clients | total
        all      | 43      | 500
        complete | 40      | 320
    """)
    gate = Gate(keys=("cohort",), counts={"clients": ("total",)}, nested={"cohort": ("all", "complete")})
    out = released(table, gate)
    assert hidden(out, "clients", "cohort") == hidden(out, "total", "cohort") == ["complete"]


def test_what_is_text_or_a_flag_is_hidden_as_missing_too():
    table = pd.DataFrame({"team": ["a", "b"], "clients": [3, 30], "band": ["high", "low"], "met": [True, False]})
    out = released(table, Gate(keys=("team",), counts={"clients": ("band", "met")}))
    assert out["band"].isna().tolist() == [True, False]
    assert out["met"].isna().tolist() == [True, False]


def test_empty_frames_and_counts_that_are_not_known_pass():
    out = released(TEAMS.head(0), GATE)
    assert out.empty
    unknown = released(TEAMS.assign(any=np.nan), GATE)
    assert unknown["any"].isna().all()
    assert released(TEAMS.assign(clients=np.nan), GATE)["status"].tolist() == ["not_available"] * 4


def test_the_callers_frame_is_not_changed():
    before = TEAMS.copy()
    released(TEAMS, GATE)
    pd.testing.assert_frame_equal(TEAMS, before)


@dataclass(frozen=True, kw_only=True, eq=False)
class ByTeam(Result):
    name = "by_team"
    title = {"sv": "Team", "en": "Teams"}  # noqa: RUF012
    gates = {"table": Gate(keys=("team",), counts={"clients": ("rate",)}, margins={"team": "total"})}  # noqa: RUF012

    inner_clients: pd.DataFrame | None = field(default=None)

    def summary(self, language=None):
        return ""

    def methods(self, language=None):
        return ""

    def plot(self, *, ax=None):
        raise NotImplementedError

    def views(self, language=None):
        return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class ByTeamAndSex(ByTeam):
    name = "by_team_and_sex"
    gates = {  # noqa: RUF012
        "table": Gate(keys=("team", "sex"), counts={"clients": ()}, margins={"team": "total", "sex": "total"})
    }


def by_team(*clients):
    table = pd.DataFrame({"team": ["Norr", "Syd", "Öst", "total"], "clients": [*clients, sum(clients)]})
    return ByTeam(table=table.assign(rate=[1.5, 2.5, 3.5, 2.0]))


def by_team_and_sex():
    cells = {"Norr": (3, 17), "Syd": (20, 22), "Öst": (31, 35)}
    rows = [(team, sex, n) for team, pair in cells.items() for sex, n in zip(("w", "m"), pair, strict=True)]
    table = pd.DataFrame(rows, columns=["team", "sex", "clients"])
    sums = [table, table.groupby("team", as_index=False)["clients"].sum().assign(sex="total")]
    sums.append(table.groupby("sex", as_index=False)["clients"].sum().assign(team="total"))
    sums.append(pd.DataFrame({"team": ["total"], "sex": ["total"], "clients": [table["clients"].sum()]}))
    return ByTeamAndSex(table=pd.concat(sums, ignore_index=True))


def test_results_are_released_together_and_the_record_counts_what_was_hidden_and_why():
    out, record = release_results({"teams": by_team(3, 20, 40)}, RULE)
    assert out["teams"].is_released
    assert out["teams"].table["clients"].isna().tolist() == [True, True, False, False]
    (counts, rates) = record["tables"]
    assert {name: counts[name] for name in ("result", "table", "column", "cells", "hidden", "small", "secondary")} == {
        "result": "teams", "table": "table", "column": "clients", "cells": 4, "hidden": 2, "small": 1, "secondary": 1,
    }  # fmt: skip
    assert rates["follows"] == 2
    assert record["attacked"] >= 2
    assert 5 <= record["narrowest"] <= 23


def test_a_number_hidden_in_one_result_is_hidden_in_the_other():
    detail, teams = by_team_and_sex(), by_team(20, 42, 66)
    out, _ = release_results({"detail": detail, "teams": teams}, RULE)
    inside = out["detail"].table.query("sex == 'total'").set_index("team")["clients"]
    outside = out["teams"].table.set_index("team")["clients"]
    assert inside.isna().to_dict() == outside.isna().to_dict()


def test_a_total_in_one_result_does_not_give_back_a_cell_of_another():
    parts = ByTeam(
        table=frame("""
        team | clients | rate
        Norr | 3       | 1.5
        Syd  | 20      | 2.5
        Öst  | 40      | 3.5
    """)
    )
    whole = ByTeam(
        table=frame("""
        team  | clients | rate
        total | 63      | 2.0
    """)
    )
    out, _ = release_results({"parts": parts, "whole": whole}, RULE)
    assert out["parts"].table["clients"].isna().sum() + out["whole"].table["clients"].isna().sum() == 2


def test_what_last_years_report_showed_is_known():
    last = by_team(6, 20, 40).released(RULE)
    assert last.table["clients"].notna().all()
    out, record = release_results({"teams": by_team(6, 21, 40)}, RULE, previous={"teams": last})
    # one client more in Syd since last year, and so in the total
    assert out["teams"].table["clients"].isna().tolist() == [False, True, False, True]
    assert record["known_before"] == 0


def test_a_report_is_refused_when_an_earlier_one_gives_a_hidden_number_away():
    careless = ByTeam(table=by_team(3, 20, 40).table.assign(clients=[np.nan, 20, 40, 63]), is_released=True)
    with pytest.raises(DisclosureError, match="not written") as caught:
        release_results({"teams": by_team(3, 20, 40)}, RULE, previous={"teams": careless})
    assert "clients in teams.table" in str(caught.value)
    assert "gör tabellen grövre" in caught.value.render("sv")


def test_results_that_were_released_one_by_one_are_refused():
    with pytest.raises(ValueError, match="released already: teams"):
        release_results({"teams": by_team(10, 20, 40).released(RULE)}, RULE)


def test_rows_of_clients_never_pass_the_gate():
    inner = ByTeam(table=by_team(10, 20, 40).table, inner_clients=pd.DataFrame({"client_id": ["x"]}))
    assert inner.released(RULE).inner_clients is None


def test_the_rule_is_built_from_a_plan_and_refuses_nonsense():
    @dataclass
    class Part:
        smallest: int = 7
        hide_zero: tuple = ("death",)
        dominance: tuple = (0.4, 0.7)
        protection: int = 3

    assert DisclosureRule.of(Part()) == DisclosureRule(
        smallest=7, hide_zero=("death",), dominance=(0.4, 0.7), protection=3
    )
    with pytest.raises(ValueError, match="smallest"):
        DisclosureRule(smallest=0)
    with pytest.raises(ValueError, match="dominance"):
        DisclosureRule(dominance=(0.5, 1.5))


def test_rounding_shows_every_count_rounded_and_keeps_the_sums():
    rule = DisclosureRule(method="round", base=5)
    teams = by_team(3, 21, 42)
    out = teams.released(rule).table
    assert (out["clients"] % 5 == 0).all()
    assert out["clients"].iloc[:3].sum() == out["clients"].iloc[3]
    assert (out["clients"] - teams.table["clients"]).abs().max() <= 5
    assert out["rate"].isna().tolist() == [True, True, False, False]


def test_the_same_number_is_rounded_alike_in_two_results():
    rule = DisclosureRule(method="round", base=5)
    detail, teams = by_team_and_sex(), by_team(20, 42, 66)
    out, record = release_results({"detail": detail, "teams": teams}, rule)
    table = out["detail"].table
    inside = table.query("sex == 'total'").set_index("team")["clients"]
    assert inside.to_dict() == out["teams"].table.set_index("team")["clients"].to_dict()
    women = table.query("sex == 'w'").set_index("team")["clients"]
    assert women["Norr"] + women["Syd"] + women["Öst"] == women["total"]
    assert record["rule"]["method"] == "round"


def test_a_table_that_leaves_out_the_team_with_nobody_does_not_stop_the_report():
    full = ByTeam(
        table=frame("""
        team  | clients | rate
        Norr  | 4       | 1.0
        Syd   | 3       | 1.0
        Öst   | 0       | 0.0
        total | 7       | 1.0
    """)
    )
    short = ByTeam(table=full.table.drop(index=2).reset_index(drop=True))
    gate = Gate(keys=("team",), counts={"clients": ("rate",)}, margins={"team": "total"}, topic="coercion")
    closed = release_frames({"full": full.table, "short": short.table}, {"full": gate, "short": gate}, RULE)
    assert closed["full"]["clients"].isna().iloc[:3].all()
    assert closed["short"]["clients"].isna().iloc[:2].all()
    out, record = release_results({"full": full, "short": short}, RULE)
    assert out["full"].table["clients"].isna().iloc[:2].all()
    assert record["attacked"] >= 2


def test_a_table_of_several_dimensions_adds_up_in_each_of_them():
    table = frame("""
        dimension    | group  | clients
        sex          | female | 19
        sex          | male   | 32
        sex          | total  | 51
        municipality | a      | 1
        municipality | b      | 45
        municipality | c      | 5
        municipality | total  | 51
    """)
    gate = Gate(keys=("dimension", "group"), counts={"clients": ()}, margins={"group": "total"})
    assert len(hidden(released(table, gate), "clients", "group")) >= 2


def test_a_step_that_another_frame_shows_does_not_leave_the_table_of_steps():
    steps = frame("""
        step      | clients
        all       | 400
        no_index  | 5
        no_before | 3
        included  | 392
    """)
    gates = {
        "between": Gate(keys=("cohort",), counts={"clients": ()}),
        "flow": Gate(keys=("step", "cohort"), counts={"clients": ()}, margins={"step": "all"}),
    }
    between = pd.DataFrame({"cohort": ["mirror"], "clients": [392]})
    out = release_frames({"between": between, "flow": steps.assign(cohort="mirror")}, gates)["flow"]
    assert len(hidden(out, "clients", "step")) >= 2


def test_persons_counted_beyond_those_of_a_part_are_guarded():
    year = pd.DataFrame({"team_id": ["a", "b"], "clients": [40, 30]})
    part = pd.DataFrame({"team_id": ["a", "b"], "clients": [38, 20], "mean": [0.5, 0.4], "rate": [1.5, 2.5]})
    gates = {
        "year": Gate(keys=("team_id",), counts={"clients": ()}),
        "part": Gate(
            keys=("team_id",), counts={"clients": ("mean", "rate")}, within={"clients": ("year.clients",)},
            free=("mean",), population="part",
        ),
    }  # fmt: skip
    out = release_frames({"year": year, "part": part}, gates)
    assert hidden(out["part"], "clients", "team_id") == hidden(out["part"], "rate", "team_id") == ["a"]
    assert out["part"]["mean"].notna().all()
    assert out["year"]["clients"].notna().all()


def test_neighbouring_steps_of_a_curve_do_not_differ_by_a_few_persons():
    curve = pd.DataFrame({"day": [0, 7, 14, 21], "clients": [40, 38, 30, 20]})
    out = release_frames({"curve": curve}, {"curve": Gate(("day",), {"clients": ()}, nested={"day": ("*",)})})["curve"]
    shown = out["clients"].dropna().tolist()
    assert 1 <= len(shown) < 4
    assert not {38.0, 40.0} <= set(shown)


def test_a_rate_of_nothing_is_hidden_where_nothing_itself_is():
    """The total has no row for a group in which nothing happened: sums that hold then say that it is 0."""
    table = frame("""
        team  | sex     | persons | events | years
        a     | woman   | 30      | 12     | 20.5
        a     | unknown | 3       | 0      | 2.75
        a     | man     | 25      | 2      | 18.25
        a     | total   | 58      | 14     | 41.5
        b     | woman   | 28      | 1      | 21.5
        b     | unknown | 6       | 0      | 5.25
        b     | man     | 31      | 14     | 22.5
        b     | total   | 65      | 15     | 49.25
        total | woman   | 58      | 13     | 42.0
        total | man     | 56      | 16     | 40.75
        total | total   | 123     | 29     | 90.75
    """).assign(rate=lambda rows: rows["events"] / rows["years"])
    gate = Gate(
        keys=("team", "sex"), counts={"persons": ("events", "rate", "years")}, margins={"team": "total", "sex": "total"}
    )
    result = ByTeam(table=table)
    object.__setattr__(result, "gates", {"table": gate})
    out = release_results({"teams": result}, RULE)[0]["teams"].table
    hidden_events = out["events"].isna().to_numpy()
    assert hidden_events[1]
    assert not (hidden_events & out["rate"].notna().to_numpy() & out["years"].notna().to_numpy()).any()
