"""The average Dutch team that CEPI (2015) describes: 200-220 clients, 7 case managers, 0.8 psychiatrist, 0.6
psychologist, 0.5 employment specialist, some 50 clients in a stable phase. The arithmetic is done by hand:
200/8.9 = 22.47, 220/8.9 = 24.72, (200-50)/7 = 21.43, (220-50)/7 = 24.29."""

import pandas as pd
import pytest
from frames import extract_of

from factfidelity.caseload.staffing import caseload_arithmetic, staffing

POSTS = {"case_manager": 7, "psychiatrist": 0.8, "psychologist": 0.6, "employment_specialist": 0.5}


@pytest.mark.parametrize(("clients", "team", "managers"), [(200, 22.5, 21.4), (220, 24.7, 24.3)])
def test_the_dutch_team_gives_its_published_arithmetic(clients, team, managers):
    ratio = caseload_arithmetic(clients, POSTS, "fact").set_index("denominator")["ratio"]
    assert round(ratio["team"], 1) == team
    assert round(ratio["case_managers_less_stable"], 1) == managers


def dutch_team(clients):
    enrolments = pd.DataFrame({"client_id": [f"c{n}" for n in range(clients)], "team_id": "nl"})
    start = pd.Series(pd.Timestamp("2022-01-01"), index=enrolments.index).astype("datetime64[s]")
    end = pd.Series(pd.NaT, index=enrolments.index).astype("datetime64[s]")
    enrolments = enrolments.assign(start=start, end=end, end_reason=None)
    roster = """
        staff_id | team_id | profession            | employer     | fte | start      | end | leader | case_carrying
    """ + "\n".join(
        f"M{n} | nl | {profession} | region | {fte} | 2020-01-01 | | no | {'yes' if fte > 1 else 'no'}"
        for n, (profession, fte) in enumerate(POSTS.items())
    )
    return extract_of("2022-01-01", "2025-01-01", enrolments=enrolments, staff=roster)


@pytest.mark.parametrize(("clients", "team", "managers"), [(200, "22.5", "21.4"), (220, "24.7", "24.3")])
def test_the_text_says_which_denominator_each_ratio_has(clients, team, managers):
    result = staffing(dutch_team(clients), "FACT")
    text = result.summary("en")
    assert f"{team} (all FTE in the team but administrators)" in text
    assert f"{managers} (FTE of the same professions, stable clients taken out)" in text
    assert f"{team.replace('.', ',')} (alla heltidstjänster i teamet utom administratörer)" in result.summary("sv")


def test_the_reference_team_meets_its_own_norm():
    table = staffing(dutch_team(200), "fact").table.set_index("role")
    for role in ("case_managers", "psychiatrist", "psychologist", "employment_specialist"):
        assert table.loc[role, "gap"] == 0
        assert table.loc[role, "fte_per_200"] == pytest.approx(table.loc[role, "norm_low"])
    assert table.loc["peer_worker", "gap"] == pytest.approx(-0.6)


def test_posts_needed_and_clients_possible_turn_into_each_other():
    line = caseload_arithmetic(200, POSTS, "fact").set_index("denominator").loc["team"]
    assert line["posts_needed_low"] * line["norm_high"] == pytest.approx(200)
    assert line["clients_possible_low"] == pytest.approx(8.9 * 16.7)
    assert line["gap"] == pytest.approx(8.9 - 200 / 18.2)
