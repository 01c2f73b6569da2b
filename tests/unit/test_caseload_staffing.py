import numpy as np
import pytest
from frames import extract_of

from factfidelity.caseload.staffing import caseload_arithmetic, staffing

STAFF = """
    staff_id | team_id | profession   | employer     | fte | start      | end        | leader | case_carrying
    M1       | norr    | team_leader  | region       | 1   | 2021-01-01 |            | yes    | yes
    M2       | norr    | nurse        | region       | 0.5 | 2021-01-01 | 2023-07-02 | no     | yes
    M2       | norr    | nurse        | region       | 0.8 | 2023-07-02 |            | no     | yes
    M3       | norr    | psychiatrist | region       | 0.4 | 2021-01-01 | 2022-06-01 | no     | no
    M4       | norr    | peer_worker  | municipality | 0.6 | 2021-01-01 |            | no     | no
    M5       | norr    | administrator| municipality | 0.5 | 2021-01-01 | 2022-03-01 | no     | no
    M6       | syd     | psychiatrist |              | 0.2 | 2021-01-01 |            | no     | no
"""
POSTS = """
    team_id | profession   | fte | start      | end
    norr    | psychiatrist | 0.5 | 2021-01-01 |
    norr    | nurse        | 1   | 2021-01-01 |
"""
ENROLMENTS = """
    client_id | team_id | start      | end
    A         | norr    | 2021-01-01 |
    B         | norr    | 2023-01-01 | 2023-07-02
    C         | syd     | 2023-01-01 |
"""


def result(**more):
    return staffing(extract_of("2021-01-01", "2024-01-01", staff=STAFF, enrolments=ENROLMENTS, **more), "fact")


def test_fte_is_the_mean_over_the_last_year_and_the_norm_follows_the_clients():
    table = result().table.set_index(["team_id", "role"])
    managers = table.loc[("norr", "case_managers")]
    assert managers["fte"] == pytest.approx((182 * 0.5 + 183 * 0.8) / 365)
    assert managers["clients"] == pytest.approx((365 + 182) / 365)
    assert managers["fte_per_100"] == pytest.approx(100 * managers["fte"] / managers["clients"])
    assert managers["needed_low"] == pytest.approx(7 / 200 * managers["clients"])
    assert np.isnan(table.loc[("norr", "total"), "gap"])


def test_vacancies_are_established_posts_less_those_filled():
    table = result(posts=POSTS).table.set_index(["team_id", "role"])
    assert table.loc[("norr", "psychiatrist"), "vacancy"] == pytest.approx(0.5)
    assert table.loc[("norr", "psychiatrist"), "vacancy_share"] == 1
    assert np.isnan(table.loc[("syd", "psychiatrist"), "vacancy"])


def test_turnover_counts_persons_who_left_and_no_administrators():
    people = result().people.set_index("team_id")
    # since 2022-01-01: M3 left; M1, M2 and M4 stayed, M3 151 of 730 days
    assert people.loc["norr", "left"] == 1
    assert people.loc["norr", "mean_heads"] == pytest.approx(3 + 151 / 730)
    assert people.loc["norr", "turnover"] == pytest.approx(1 / (3 + 151 / 730))
    assert people.loc["norr", "leader_fte"] == 1
    assert people.loc["norr", "peer_fte"] == pytest.approx(0.6)


def test_employers_add_up_and_an_unknown_one_is_said():
    table = result().employers.set_index(["team_id", "employer"])["fte"]
    assert table[("total", "municipality")] == pytest.approx(0.6)
    assert table[("syd", "unknown")] == pytest.approx(0.2)


def test_all_teams_are_the_sum_of_the_teams():
    table = result().table
    parts = table.loc[(table["team_id"] != "total")].groupby("role")["fte"].sum()
    whole = table.loc[table["team_id"] == "total"].set_index("role")["fte"]
    assert whole.sort_index().to_numpy() == pytest.approx(parts.sort_index().to_numpy())


def test_staff_figures_of_few_persons_are_hidden_but_fte_is_shown():
    released = result(posts=POSTS).released()
    assert released.people["left"].isna().all()
    assert released.people["turnover"].isna().all()
    assert released.table["fte"].notna().all()
    assert released.table["clients"].isna().all()
    for language in ("sv", "en"):
        released.summary(language)
        released.methods(language)
        released.views(language)
        released.figures(language)[0].draw(None)


def test_a_model_without_a_norm_gives_posts_and_says_that_there_is_none():
    found = staffing(extract_of("2021-01-01", "2024-01-01", staff=STAFF, enrolments=ENROLMENTS), "ract")
    assert found.table["norm_low"].isna().all()
    assert "Ingen publicerad norm" in found.methods("sv")
    found.figures("sv")[0].draw(None)


def test_a_team_without_posts_has_no_ratio():
    line = caseload_arithmetic(50, {}, "act")
    assert line["ratio"].isna().all()
    assert set(line["why"]) == {"no_staff"}


def test_an_icm_norm_of_at_most_twenty_gives_the_fewest_posts():
    line = caseload_arithmetic(50, {"case_manager": 2}, "icm").set_index("denominator").loc["case_managers"]
    assert line["posts_needed_low"] == 2.5
    assert np.isnan(line["posts_needed_high"])
    assert line["gap"] == -0.5


def test_a_team_is_laid_beside_the_entry_criteria_of_its_model():
    staff = """
        staff_id | team_id | profession   | fte | start      | end | case_carrying
        M1       | norr    | nurse        | 1.0 | 2023-01-01 |     | yes
        M2       | norr    | psychiatrist | 0.1 | 2023-01-01 |     | no
        M3       | norr    | administrator| 1.0 | 2023-01-01 |     | no
    """
    enrolments = "client_id | team_id | start | end\n" + "\n".join(f"c{n} | norr | 2023-01-01 |" for n in range(44))
    posts = """
        team_id | profession | fte | start      | end
        norr    | nurse      | 2.0 | 2023-01-01 |
    """
    extract = extract_of("2023-01-01", "2024-01-01", staff=staff, enrolments=enrolments, posts=posts)
    fact = staffing(extract, "fact").criteria.set_index("criterion")
    assert fact["value"].to_dict() == pytest.approx({"ratio": 40, "heads": 2, "clients": 44, "psychiatrist": 20 / 44})
    view = staffing(extract, "fact").views("sv")[-1]
    assert view.name == "staffing_criteria"
    assert dict(zip(view.frame["criterion"], view.frame["met"], strict=True)) == {
        "ratio": "nej", "heads": "ja", "clients": "ja", "psychiatrist": "ja",
    }  # fmt: skip
    assert "8 av 9" in view.notes[0]
    act = staffing(extract, "act").criteria.set_index("criterion")
    assert act.loc["psychiatrist", "value"] == pytest.approx(10 / 44)
    assert act.loc["staffing", "value"] == pytest.approx(2.1 / 2)
    assert not len(staffing(extract, "spot").criteria)
    few = staffing(extract, "fact").released()
    assert few.criteria.set_index("criterion").loc["heads", "value"] != 2
    assert few.views("en")[-1].frame.set_index("criterion").loc["heads", "met"] == ".."
