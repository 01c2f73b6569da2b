import numpy as np
import pandas as pd
import pytest
from frames import extract_of, frame

from factfidelity.caseload.board import board_use
from factfidelity.caseload.ratios import caseload_ratios
from factfidelity.contact.indicators import programme_indicators
from factfidelity.contact.pattern import contact_pattern

ENROLMENTS = """
    client_id | team_id | start      | end
    A         | norr    | 2023-01-01 |
    B         | norr    | 2023-01-01 | 2024-03-01
    C         | norr    | 2024-01-01 |
"""
CLIENTS = """
    client_id | birth_year | observed_from
    A         | 2007       | 2020-01-01
    B         | 2006       | 2020-01-01
    C         | 2010       | 2020-01-01
"""
STAFF = """
    staff_id | team_id | profession   | employer     | fte | start      | end        | case_carrying
    M1       | norr    | case_manager | region       | 1.0 | 2022-01-01 | 2024-06-16 | yes
    M1       | norr    | case_manager | municipality | 1.0 | 2024-06-16 |            | yes
    M2       | norr    | nurse        | region       | 0.5 | 2022-01-01 |            | yes
"""
CONTACTS = """
    contact_id | client_id | team_id | date       | form       | face_to_face | attended | staff_id | profession   | agencies
    1          | A         | norr    | 2023-05-01 | visit      | yes          | yes      | M1       | case_manager |
    2          | A         | norr    | 2024-06-15 | visit      | yes          | yes      | M1       | case_manager | housing
    3          | A         | norr    | 2024-06-16 | home_visit | yes          | yes      | M1       | case_manager | housing police
    3          | A         | norr    | 2024-06-16 | home_visit | yes          | yes      | M2       | nurse        | housing police
    4          | C         | norr    | 2024-06-17 | phone      | no           | yes      | M2       | nurse        |
    5          | C         | norr    | 2024-06-18 | visit      | yes          | no       | M2       | nurse        |
    6          | C         | norr    | 2024-06-19 | visit      | yes          | yes      | M2       | nurse        |
"""  # noqa: E501


def extract(**more):
    tables = {"clients": CLIENTS, "enrolments": ENROLMENTS, "staff": STAFF, "contacts": CONTACTS, **more}
    tables |= {name: frame(tables[name]).astype({"mvo": "str"}) for name in ("episodes", "visits") if name in tables}
    return extract_of("2023-01-01", "2025-01-01", **tables)


def test_a_meeting_counts_to_the_principal_of_the_post_on_that_day():
    mix = contact_pattern(extract()).mix
    year = mix.loc[mix["period_start"] == pd.Timestamp("2024-01-01")].set_index(["kind", "code"])["contacts"]
    # M1 was employed by the region until 15 June and by the municipality from the 16th; contact 3 has both principals
    assert year["employer"].to_dict() == {"municipality": 1, "region": 3}
    assert year["profession"].to_dict() == {"case_manager": 2, "nurse": 2}
    assert year["form"].to_dict() == {"home_visit": 1, "phone": 1, "visit": 2}


def test_clients_are_spread_over_the_staff_they_met_most():
    result = caseload_ratios(extract())
    row = result.spread.set_index("team_id").loc["norr"]
    assert (row["managers"], row["persons"], row["mean"]) == (2, 2, 1.0)  # A has met M1 most, C has met M2
    assert result.released().spread["mean"].isna().all()


def test_clients_per_person_in_post_count_each_person_once():
    row = caseload_ratios(extract()).denominators.set_index("staff").loc["case_carrying"]
    assert row["per_head"] == pytest.approx((366 + 60 + 366) / (2 * 366))  # M1 with two posts is one person
    assert row["ratio"] == pytest.approx((366 + 60 + 366) / (1.5 * 366))


def test_the_weighted_caseload_of_a_team_alone_is_its_plain_one():
    need = caseload_ratios(extract()).need.set_index("band")
    assert need.loc["total", "weighted"] == pytest.approx(need.loc["total", "ratio"])
    assert need.loc["none", "persons"] == 1  # B had no meeting in the year
    assert need.loc["below_1", "persons"] == 2


SURVEYS = """
    team_id | date       | instrument     | item    | answer   | n
    norr    | 2024-05-01 | brukarrevision | bemötande | positive | 2
    norr    | 2024-05-01 | brukarrevision | bemötande | negative | 1
    norr    | 2024-05-01 | brukarrevision | kontakt | negative | 2
    norr    | 2023-05-01 | brukarrevision | kontakt | negative | 9
"""


def test_surveys_say_first_how_many_answered():
    result = programme_indicators(extract(surveys=SURVEYS), "case_management")
    row = result.coverage.iloc[0]
    assert (row["answered"], row["persons"], row["share"]) == (3, 3, 1.0)
    themes = result.answers.set_index(["item", "answer"])
    assert themes.loc[("bemötande", "positive"), "share"] == pytest.approx(2 / 3)
    assert ("kontakt", "negative") in themes.index
    assert "brukarrevision: 3 av 3" in result.summary("sv")
    assert "user-led audit: 3 of 3" in result.summary("en")
    assert [view.name for view in result.views("en")][-2:] == ["survey_coverage", "survey_answers"]
    assert result.released().coverage["answered"].isna().all()


def test_other_authorities_around_each_child_are_counted_once_each():
    placements = """
        client_id | kind | start      | end
        A         | sis  | 2024-02-01 | 2024-03-01
        C         | hvb  | 2024-02-01 |
    """
    table = programme_indicators(extract(placements=placements), "fact_ung").table.set_index("indicator")
    # A: housing, police, SiS; C: social services
    assert table.loc["authorities", "value"] == pytest.approx((3 + 1) / 2)


def test_time_to_adult_care_counts_from_the_end_of_the_enrolment():
    visits = """
        client_id | date       | kind       | mvo
        B         | 2024-02-01 | outpatient | 901
        B         | 2024-03-31 | outpatient | 901
    """
    row = programme_indicators(extract(visits=visits), "fact_ung").table.set_index("indicator").loc["adult_transition"]
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 1, 30)


def test_occupancy_is_the_clients_placed_on_average():
    placements = """
        client_id | kind | start      | end
        A         | hvb  | 2023-12-01 | 2024-01-11
        A         | hvb  | 2024-01-05 | 2024-01-21
        B         | hvb  | 2024-02-20 |
    """
    row = programme_indicators(extract(placements=placements), "hvb").table.set_index("indicator").loc["occupancy"]
    assert row["numerator"] == 20 + 10  # A until 20 January, B until the enrolment ends on 1 March
    assert row["value"] == pytest.approx(30 / 366)


BOARD = """
    client_id | team_id | start      | end        | reason_on   | reason_off
    A         | norr    | 2024-02-10 | 2024-02-20 | intensive   | stable
    A         | norr    | 2024-02-20 | 2024-03-01 | stabilising | stable
    B         | norr    | 2024-01-10 | 2024-01-15 | intensive   | stable
"""
EPISODES = """
    client_id | admitted   | discharged | mvo
    A         | 2024-02-05 | 2024-02-09 | 901
    A         | 2024-02-12 | 2024-02-14 | 901
    C         | 2024-05-01 | 2024-05-09 | 901
"""


def test_the_time_to_the_board_starts_at_an_admission_off_the_board():
    result = board_use(extract(board=BOARD, episodes=EPISODES))
    row = result.wait.set_index("since").loc["admission"]
    # A's first admission is followed by the board after 5 days; the second was on the board; C never came there
    assert (row["events"], row["within_7"], row["persons"]) == (2, 1, 2)
    assert row["within_7_share"] == 0.5


def test_phases_that_touch_are_two_and_are_called_by_their_names():
    result = board_use(extract(board=BOARD), programme="spot")
    phases = result.phases.set_index("phase")
    assert phases["periods"].to_dict() == {"intensive": 2, "stabilising": 1}
    assert phases.loc["intensive", "days"] == 15
    assert phases.loc["stabilising", "share"] == pytest.approx(10 / (731 + 425 + 366))
    assert result.heading("sv") == "Faser"
    said = " ".join([result.summary("sv"), result.methods("sv"), *(view.caption for view in result.views("sv"))])
    assert "tavla" not in said.casefold()
    assert "FACT" not in said
    assert board_use(extract(board=BOARD), programme="fact").heading("sv") == "FACT-tavla"
    assert not len(board_use(extract(board=BOARD), programme="fact").phases)


@pytest.mark.parametrize("programme", ["fact", "spot", "act"])
def test_a_released_board_speaks_in_both_languages(programme):
    released = board_use(extract(board=BOARD, episodes=EPISODES), programme=programme).released()
    for language in ("sv", "en"):
        released.summary(language)
        for figure in released.figures(language):
            figure.draw(None)
        assert all(np.isnan(view.frame["within_7_share"]).all() for view in released.views(language)
                   if view.name == "board_wait")  # fmt: skip


ACTIONS = """
    team_id | instrument     | item      | decided    | due        | done
    norr    | brukarrevision | bemötande | 2024-06-01 | 2024-09-01 | 2024-08-15
    norr    | brukarrevision | bemötande | 2024-06-01 | 2024-09-01 | 2024-10-15
    norr    | brukarrevision | kontakt   | 2024-06-01 | 2024-09-01 |
    norr    | brukarrevision | kontakt   | 2024-06-01 | 2025-09-01 |
    norr    | brukarrevision | kontakt   | 2024-06-01 |            | 2025-03-01
    norr    | brukarrevision | kontakt   | 2022-06-01 |            |
"""


def test_actions_are_counted_by_theme_with_what_became_of_them():
    result = programme_indicators(extract(surveys=SURVEYS, actions=ACTIONS), "case_management")
    rows = result.actions.set_index("item")[["decided", "done", "on_time", "overdue"]]
    assert rows.loc["bemötande"].tolist() == [2, 2, 1, 0]
    assert rows.loc["kontakt"].tolist() == [3, 0, 0, 1]  # done after the last day is not done yet
    assert "Beslutade åtgärder: 5; genomförda: 2" in result.summary("sv")
    assert result.released().actions["decided"].tolist() == [2, 3]  # actions are no persons
    assert [view.name for view in result.views("en")][-1] == "survey_actions"


def test_actions_without_a_questionnaire_are_shown_alone():
    result = programme_indicators(extract(actions=ACTIONS), "brukarrevision")
    assert [view.name for view in result.views("sv")][-1] == "survey_actions"
    assert "voice" in result.by_section()
    assert "questionnaires" not in result.summary("en")


def test_clients_of_a_year_stand_beside_each_form_whether_they_had_it_or_not():
    mix = contact_pattern(extract()).mix
    every = mix.set_index(["period_start", "kind", "code"])["persons_all"]
    # 2023: A and B, of whom only A had a contact; 2024: A, B until March, and C
    assert every[pd.Timestamp("2023-01-01"), "form", "visit"] == 2
    assert (every[pd.Timestamp("2024-01-01")] == 3).all()
