"""A script that sees only the files of a report works out what it can; the truth says what it should not have found.

The attacker stands in ``attacker.py``. Planted: a team of three, a municipality of two, one case of compulsory care,
one client with most of the bed-days, last year's number and one more.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import attacker
import numpy as np
import pandas as pd
import pytest
from attacker_of_reports import FEW, attack_on_files, few_in_words, leaks, released_tables, turned
from small_groups import with_small_groups

import factfidelity as ff
from factfidelity.display.disclosure import release_frames
from factfidelity.display.gate import Gate
from factfidelity.evaluation import evaluate, evaluate_teams, only_team
from factfidelity.reports.released import released_json
from factfidelity.reports.render import report_files

NORD = Path(ff.__file__).parents[1] / "sample_data" / "region_nord"


def test_no_number_of_1_to_4_persons_follows_from_the_released_figures(attacked):
    truth, released = attacked
    tables = {f"all/{name}": table for name, table in attacker.tables_of_json(released_json(released)).items()}
    attacker.work_out(tables)
    assert not leaks(tables, {"all": truth.results})
    assert not turned(tables, {"all": truth.results})


def test_no_number_of_1_to_4_persons_follows_from_page_and_workbooks(attacked):
    truth, released = attacked
    files = report_files(released, language="sv", here=True)
    assert not attack_on_files(files, truth.results, "sv")


def test_the_attacker_finds_what_is_there_to_be_found():
    """The same script on tables with a hidden cell that follows: by a sum, a product, the months of a year, a team."""
    sums = attacker.Table("r.a", {"team_id": [*"ABC", "total"] * 2, "sex": ["f"] * 4 + ["m"] * 4},
                          {"persons": np.array([9.0, 8, np.nan, 20, 7, 7, 7, 21])})  # fmt: skip
    other = attacker.Table("r.b", {"team_id": [*"ABC", "total"] * 2, "sex": ["f"] * 4 + ["m"] * 4},
                           {"persons": np.array([5.0, 8, 3, 16, 7, 7, 7, 21])})  # fmt: skip
    joined = attacker.Table("r.c", {
        "team_id": sums.labels["team_id"] + ["A", "total"], "sex": sums.labels["sex"] + ["x", "x"],
    }, {"persons": np.append(sums.numbers["persons"], [6.0, 6.0])})  # fmt: skip
    joined.labels["team_id"] += ["A", "B", "total"]
    joined.labels["sex"] += ["y"] * 3
    joined.numbers["persons"] = np.append(joined.numbers["persons"], [5.0, 9.0, 14.0])
    attacker.work_out({"r.c": joined})
    assert joined.numbers["persons"][2] == 3
    assert other.numbers["persons"][2] == 3
    product = attacker.Table("r.d", {"group": [*"abcdef"]}, {
        "clients": np.array([10.0, 20, 30, 7, 11, np.nan]), "mean": np.array([2.0, 3, 4, 5, 6, 7]),
        "total": np.array([20.0, 60, 120, 35, 66, 21]),
    })  # fmt: skip
    attacker.work_out({"r.d": product})
    assert product.numbers["clients"][5] == pytest.approx(3)
    months = attacker.Table("r.m", {
        "team_id": ["A"] * 4 + ["B"] * 4 + ["C"] * 4, "period_start": ["q1", "q2", "q3", "q4"] * 3,
    }, {"days": np.array([9.0, 9, 8, 7, 5, 6, 7, 8, 4, np.nan, 6, 6])})  # fmt: skip
    year = attacker.Table("r.y", {"team_id": [*"ABC"]}, {"days": np.array([33.0, 26, 19])})
    attacker.work_out({"r.m": months, "r.y": year})
    assert months.numbers["days"][9] == 3
    whole = attacker.Table("all/r.w", {"what": [*"abcd"]}, {"n": np.array([30.0, 40, 50, 20])})
    parts = [attacker.Table(f"{team}/r.w", {"what": [*"abcd"]}, {"n": np.array(numbers)})
             for team, numbers in (("A", [10.0, 15, 20, 17]), ("B", [20.0, 25, 30, np.nan]))]  # fmt: skip
    tables = {table.name: table for table in (whole, *parts)}
    attacker.work_out(tables, sums=[(whole.name, [part.name for part in parts])])
    assert parts[1].numbers["n"][3] == 3


@pytest.mark.parametrize(("cases", "whole"), [(3, 40), (38, 40), (17, 60)])
def test_the_attacker_turns_intervals_round(cases, whole):
    from factfidelity.stats import proportions

    share = cases / whole
    middle = (cases + 1.959964**2 / 2) / (whole + 1.959964**2)
    reach = 1.959964 * np.sqrt(cases * (whole - cases) / whole + 1.959964**2 / 4) / (whole + 1.959964**2)
    assert (cases, whole) in attacker.turned_round(share, middle - reach, middle + reach)
    assert proportions.__doc__
    rate = cases / 12.5
    low, high = attacker.stats.chi2.ppf([0.025, 0.975], [2 * cases, 2 * cases + 2]) / 2 / 12.5
    assert attacker.events_behind(rate, low, high) == [cases]


@pytest.mark.parametrize("text", ["Av dem vårdades 3 klienter.", "Det gällde 1 person under året."])
def test_a_sentence_about_few_is_found(text):
    assert few_in_words(text, "sv")
    assert not few_in_words("Uppgiften bygger på färre än 5 personer och minst 1 klient.", "sv")


@pytest.fixture(scope="module")
def nord():
    return with_small_groups(ff.load_extract(NORD)), ff.load_plan(NORD / "plan.yaml")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["sv", "en"])
def test_region_nord_withstands_the_script(nord, language):
    extract, plan = nord
    truth = evaluate(extract, plan)
    released = truth.released()
    tables = released_tables({"all": released})
    attacker.work_out(tables)
    assert not leaks(tables, {"all": truth.results})
    assert not turned(tables, {"all": truth.results})
    assert not attack_on_files(report_files(released, language=language, here=True), truth.results, language)


@pytest.mark.slow
def test_one_teams_report_beside_the_whole_withstands_the_script(nord):
    extract, plan = nord
    team = next(name for name in extract.teams["team_id"] if name != "Tiny")
    whole = evaluate(extract, plan)
    try:
        released, _ = evaluate_teams(extract, plan, [team], beside_whole=True, grains=whole.grains)
    except ff.DisclosureError as refusal:  # the team's report is not made beside that of all teams
        pytest.skip(f"refused: {len(refusal.problems)} tables follow, so there is nothing to attack")
    both = {"all": whole.released(), team: released[team]}
    tables = released_tables(both)
    alone = evaluate(only_team(extract, team), plan, grains=whole.grains)
    attacker.work_out(tables)
    assert not leaks(tables, {"all": whole.results, team: alone.results})


@pytest.mark.slow
def test_last_years_number_and_one_more_is_not_shown(nord):
    """A delivery that adds one client to what the report before showed: the one cannot be had by subtraction."""
    extract, plan = nord
    gone = sorted(extract.enrolments["client_id"].unique())[20]
    tables = {name: extract.table(name) for name in extract.tables}
    fewer = {
        name: frame[frame["client_id"] != gone] if "client_id" in frame else frame for name, frame in tables.items()
    }
    before = dataclasses.replace(extract, tables=fewer)
    first = evaluate(before, plan)
    shown = first.released()
    now = evaluate(extract, plan, grains=first.grains).released(previous=shown.results, leave_out=True)
    looked = 0
    for name, result in now.results.items():
        for part, frame in result.frames().items():
            gate, earlier = result.gates[part], shown.results[name].frames()[part]
            keys = [key for key in gate.keys if key in frame.columns and key in earlier.columns]
            counts = [count for count in gate.counts if count in frame.columns and count in earlier.columns]
            if not keys or not counts or not len(frame):
                continue
            both = frame[[*keys, *counts]].merge(earlier[[*keys, *counts]], on=keys, suffixes=("", "_before"))
            for count in counts:
                gap = pd.to_numeric(both[count], errors="coerce") - pd.to_numeric(
                    both[f"{count}_before"], errors="coerce"
                )
                assert not gap.abs().isin(list(FEW)).any(), (name, part, count)
                looked += int(gap.notna().sum())
    assert looked > 500
    assert len(now.results) > 15


def test_of_nested_groups_that_differ_by_a_few_never_two_are_shown_however_far_apart():
    gate = Gate(("cohort", "stay"), {"clients": ()}, nested={"cohort": ("all", "mirror", "complete"),
                                                            "stay": ("include", "exclude")})  # fmt: skip
    groups = pd.DataFrame({
        "cohort": ["all", "mirror", "complete"] * 2, "stay": ["include"] * 3 + ["exclude"] * 3,
        "clients": [60, 58, 56, 59, 57, 55],
    })  # fmt: skip
    shown = release_frames({"groups": groups}, {"groups": gate})["groups"]["clients"].dropna().tolist()
    gaps = {abs(one - other) for one in shown for other in shown if one != other}
    assert not gaps & set(FEW)
