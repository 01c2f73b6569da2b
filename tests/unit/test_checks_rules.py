# ruff: noqa: E501  (each case is shown whole on its line)
"""Every rule of the canonical tables, with the smallest delivery that breaks it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import frame

from factfidelity.delivery.checks import check_tables
from factfidelity.errors import PlanError
from factfidelity.extract import COLUMNS, Source
from factfidelity.schemas.table import table_schemas

START, END = pd.Timestamp("2020-01-01"), pd.Timestamp("2025-01-01")
CLIENTS = "client_id | sex | birth_year\nA | female | 1980\nB | male | 1990"
TEAMS = "team_id | name\nT | Norr\nU | Syd"


def check(**tables: str | pd.DataFrame):
    frames = {name: frame(table) if isinstance(table, str) else table for name, table in tables.items()}
    return check_tables(frames, start=START, end=END)


def broken(checked) -> dict[str, tuple[str, int]]:
    return {row.rule: (row.severity, row.count) for row in checked.broken.itertuples()}


def test_the_schemas_have_the_columns_that_hold():
    schemas = table_schemas()
    assert {name: tuple(schema.columns) for name, schema in schemas.items()} == {
        name: tuple(columns) for name, columns in COLUMNS.items()
    }


def test_a_clean_delivery_breaks_nothing():
    checked = check(
        clients=CLIENTS, teams=TEAMS,
        enrolments="client_id | team_id | start | end\nA | T | 2021-01-01 | 2022-01-01\nB | U | 2021-01-01 |",
        episodes="client_id | admitted | discharged\nA | 2021-02-01 | 2021-02-10\nA | 2021-02-10 |",
    )  # fmt: skip
    assert broken(checked) == {}
    assert checked.ok
    assert len(checked.set_aside) == 0


def test_a_discharge_before_the_admission_is_set_aside_with_its_line():
    stays = frame("""
        client_id | admitted   | discharged
        A         | 2021-02-01 | 2021-01-31
        A         | 2021-03-01 | 2021-03-01
        B         | 2021-04-01 | 2021-04-09
    """).assign(_source="par.csv", _line=[14, 15, 92])
    checked = check(clients=CLIENTS, episodes=stays)
    (row,) = checked.broken.itertuples()
    assert (row.rule, row.severity, row.file, row.rows) == ("discharged_before_admitted", "set_aside", "par.csv", (14,))
    assert row.what_en == "discharged is before admitted"
    assert checked.tables["episodes"]["_line"].tolist() == [15, 92]
    assert checked.set_aside.to_dict("list") == {
        "table": ["episodes"], "_source": ["par.csv"], "_line": [14], "rule": ["discharged_before_admitted"],
    }  # fmt: skip


RULES = {
    "client_twice": ("set_aside", 1, {"clients": CLIENTS + "\nA | female | 1981"}),
    "observed_backwards": ("set_aside", 1, {"clients": "client_id | observed_from | observed_to\nA | 2021-02-01 | 2021-01-01\nB | 2020-01-01 | 2021-01-01\nC | |"}),
    "team_twice": ("set_aside", 1, {"teams": TEAMS + "\nT | Öst"}),
    "unknown_client": ("set_aside", 1, {"coercion": "client_id | date | kind\nA | 2021-01-01 | restraint\nX | 2021-01-01 | restraint"}),
    "unknown_team": ("set_aside", 1, {"posts": "team_id | profession | fte | start | end\nT | nurse | 1 | 2021-01-01 |\nV | nurse | 1 | 2021-01-01 |"}),
    "end_before_start": ("set_aside", 1, {"work": "client_id | kind | start | end | hours\nA | job | 2021-02-01 | 2021-01-01 | 20\nB | job | 2021-02-01 | | 20"}),
    "enrolment_inside_another": ("set_aside", 1, {"enrolments": "client_id | team_id | start | end\nA | T | 2021-01-01 | 2022-01-01\nA | T | 2021-03-01 | 2021-04-01\nB | T | 2021-03-01 | 2021-04-01"}),
    "enrolments_overlap": ("warn", 1, {"enrolments": "client_id | team_id | start | end\nA | T | 2021-01-01 | 2022-01-01\nA | T | 2021-12-01 | 2022-04-01\nB | T | 2021-03-01 |"}),
    "two_teams_at_once": ("warn", 1, {"enrolments": "client_id | team_id | start | end\nA | T | 2021-01-01 | 2022-01-01\nA | U | 2021-12-01 | 2022-04-01\nB | T | 2021-03-01 |"}),
    "enrolled_after_death": ("set_aside", 1, {"deaths": "client_id | date | precision\nA | 2021-01-01 | day", "enrolments": "client_id | team_id | start | end\nA | T | 2021-01-02 |\nB | T | 2021-01-02 |"}),
    "fte_above_limit": ("warn", 2, {"staff": "staff_id | team_id | profession | fte | start | end\nM1 | T | nurse | 0.8 | 2021-01-01 | 2022-01-01\nM1 | U | nurse | 0.5 | 2021-06-01 |\nM2 | T | nurse | 1 | 2021-01-01 | 2021-06-01\nM2 | T | nurse | 1 | 2021-06-01 |"}),
    "post_twice": ("set_aside", 1, {"staff": "staff_id | team_id | profession | fte | start | end\nM1 | T | nurse | 0.5 | 2021-01-01 | 2022-01-01\nM1 | T | nurse | 0.5 | 2021-01-01 | 2023-01-01"}),
    "board_outside_enrolment": ("set_aside", 1, {"enrolments": "client_id | team_id | start | end\nA | T | 2021-01-01 | 2021-06-01", "board": "client_id | team_id | start | end\nA | T | 2021-06-01 | 2021-06-10\nA | T | 2021-02-01 | 2021-02-05"}),
    "board_beyond_enrolment": ("warn", 1, {"enrolments": "client_id | team_id | start | end\nA | T | 2021-01-01 | 2021-06-01", "board": "client_id | team_id | start | end\nA | T | 2021-05-28 | 2021-06-10\nA | T | 2021-02-01 | 2021-02-05"}),
    "board_overlap": ("warn", 1, {"enrolments": "client_id | team_id | start | end\nA | T | 2021-01-01 | 2021-06-01", "board": "client_id | team_id | start | end\nA | T | 2021-02-01 | 2021-02-10\nA | T | 2021-02-05 | 2021-02-12"}),
    "after_death": ("set_aside", 1, {"deaths": "client_id | date | precision\nA | 2021-01-01 | day\nB | 2021-01-01 | year", "contacts": "contact_id | client_id | date\nk1 | A | 2021-01-01\nk2 | A | 2021-01-02\nk3 | B | 2021-05-01"}),
    "contact_twice": ("set_aside", 1, {"contacts": "contact_id | client_id | date | staff_id\nk1 | A | 2021-01-01 | M1\nk1 | A | 2021-01-01 | M2\nk1 | A | 2021-01-01 | M1"}),
    "outside_period": ("set_aside", 1, {"episodes": "client_id | admitted | discharged\nA | 2018-01-01 | 2018-02-01\nA | 2019-12-01 | 2020-02-01\nA | 2020-12-01 |"}),
    "longer_than_register": ("set_aside", 1, {"episodes": "client_id | admitted | discharged\nA | 2001-01-01 | 2021-02-01\nA | 2019-12-01 | 2020-02-01"}),
    "stay_twice": ("set_aside", 1, {"episodes": "client_id | admitted | discharged | unit | mvo\nA | 2021-01-01 | 2021-02-01 | u1 | m901\nA | 2021-01-01 | 2021-02-01 | u1 | m901"}),
    "long_stay": ("note", 1, {"episodes": "client_id | admitted | discharged\nA | 2021-01-01 | 2022-02-01"}),
    "long_contact": ("note", 1, {"contacts": "contact_id | client_id | date | minutes\nk1 | A | 2021-01-01 | 500\nk2 | A | 2021-01-01 | 50"}),
    "two_forms_at_once": ("warn", 1, {"legal_status": "client_id | form | start | end\nA | HSL | 2021-01-01 | 2021-02-01\nA | LPT | 2021-01-20 | 2021-02-20\nB | HSL | 2021-01-01 | 2021-02-02\nB | LPT | 2021-02-01 | 2021-02-20"}),
    "form_twice": ("set_aside", 1, {"legal_status": "client_id | form | start | end\nA | LPT | 2021-01-01 | 2021-02-01\nA | LPT | 2021-01-01 | 2021-02-01"}),
    "closed_form_without_stay": ("note", 1, {"episodes": "client_id | admitted | discharged\nA | 2021-01-01 | 2021-01-10\nA | 2021-01-10 | 2021-01-31", "legal_status": "client_id | form | start | end\nA | LPT | 2021-01-01 | 2021-02-01\nA | LPT | 2021-01-20 | 2021-02-03"}),
    "leave_outside_stay": ("warn", 1, {"episodes": "client_id | admitted | discharged\nA | 2021-01-01 | 2021-01-10", "leave": "client_id | kind | start | end\nA | permission | 2021-01-03 | 2021-01-05\nA | permission | 2021-01-12 | 2021-01-13"}),
    "measure_without_compulsion": ("note", 1, {"legal_status": "client_id | form | start | end\nA | LPT | 2021-01-01 | 2021-02-01", "coercion": "client_id | date | kind\nA | 2021-01-31 | restraint\nA | 2021-02-01 | restraint"}),
    "measured_twice": ("warn", 1, {"measurements": "client_id | date | instrument | part | score\nA | 2021-01-01 | GAF | F | 40\nA | 2021-01-01 | GAF | F | 45"}),
    "rated_twice": ("set_aside", 1, {"ratings": "team_id | assessment | scale | item | rater | score\nT | a1 | s | i1 | r1 | 4\nT | a1 | s | i1 | r1 | 3"}),
    "followed_up_before_made": ("set_aside", 1, {"care_plans": "client_id | kind | made | followed_up\nA | SIP | 2021-02-01 | 2021-01-01\nA | SIP | 2021-02-01 |"}),
    "decided_before_received": ("set_aside", 1, {"referrals": "client_id | team_id | received | decided\nA | T | 2021-02-01 | 2021-01-01\nA | T | 2021-02-01 |"}),
    "decided_before_requested": ("set_aside", 1, {"services": "client_id | kind | start | end | requested | decided\nA | boendestöd | 2021-03-01 | | 2021-02-01 | 2021-01-01\nA | boendestöd | 2021-03-01 | | 2021-02-01 |"}),
    "placements_overlap": ("warn", 1, {"placements": "client_id | kind | start | end\nA | HVB | 2021-01-01 | 2021-03-01\nA | SiS | 2021-02-01 | 2021-04-01"}),
    "died_twice": ("set_aside", 1, {"deaths": "client_id | date | precision\nA | 2021-01-01 | day\nA | 2021-01-02 | day"}),
    "price_twice": ("warn", 1, {"costs": "item | unit | price_year | sek | source\nbed_day | day | 2024 | 7000 | a\nbed_day | day | 2024 | 8000 | b\nbed_day | day | 2023 | 7000 | a"}),
    "month_twice": ("set_aside", 1, {"catchment": "team_id | date | bed_days | patients\nT | 2021-01-01 | 400 | 30\nT | 2021-01-01 | 410 | 30\nU | 2021-01-01 | 400 | 30"}),
    "done_before_decided": ("set_aside", 1, {"actions": "team_id | instrument | decided | done\nT | brukarrevision | 2021-02-01 | 2021-01-31\nT | brukarrevision | 2021-02-01 | 2021-02-01\nT | brukarrevision | 2021-02-01 |"}),
    "population_twice": ("set_aside", 1, {"population": "area | area_kind | age_group | sex | year | persons\nA0180 | kommun | 18-24 | female | 2024 | 5\nA0180 | kommun | 18-24 | female | 2024 | 6"}),
    "unknown_staff": ("note", 1, {"staff": "staff_id | team_id | profession | fte | start | end\nM1 | T | nurse | 1 | 2021-01-01 |", "contacts": "contact_id | client_id | date | staff_id\nk1 | A | 2021-01-01 | M1\nk2 | A | 2021-01-01 | M9"}),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_finds_its_fault_and_no_other(rule):
    severity, count, tables = RULES[rule]
    checked = check(**{"clients": CLIENTS, "teams": TEAMS, **tables})
    found = {name: what for name, what in broken(checked).items() if name != "too_many_set_aside"}
    assert found.pop(rule) == (severity, count)
    assert not {name for name, (severity, _) in found.items() if severity in ("stop", "set_aside")}, found


def test_every_rule_of_the_tables_has_a_case():
    cased = {*RULES, "minutes_look_like_hours", "discharged_before_admitted", "admitted_after_death"}
    cased |= {"contact_before_received"}  # the same check as decided_before_received
    assert {rule.id for schema in table_schemas().values() for rule in schema.rules} <= cased


def test_hours_in_the_column_of_minutes_are_said():
    contacts = pd.DataFrame({
        "contact_id": [f"k{n}" for n in range(40)], "client_id": "A", "date": pd.Timestamp("2021-01-01"),
        "minutes": np.tile([0.5, 1.0, 1.25, 0.75], 10),
    })  # fmt: skip
    assert broken(check(clients=CLIENTS, contacts=contacts)) == {"minutes_look_like_hours": ("warn", 40)}


def test_a_delivery_without_clients_is_stopped():
    checked = check(enrolments="client_id | team_id | start | end\nA | T | 2021-01-01 |")
    assert not checked.ok
    assert broken(checked)["required_table"][0] == "stop"


def test_a_missing_required_column_is_stopped():
    checked = check(clients=CLIENTS, episodes="client_id | admitted\nA | 2021-01-01")
    assert broken(checked) == {"required_column": ("stop", 0)}
    assert checked.broken["what_en"].tolist() == ["the column discharged is missing from the table episodes"]


def test_a_code_that_is_not_allowed_is_named_with_the_nearest():
    checked = check(clients="client_id | sex\nA | femal\nB | male")
    (row,) = checked.broken.itertuples()
    assert row.what_en == 'sex is "femal". Allowed: female, male, other. Did you mean "female"?'
    assert row.severity == "warn"
    assert checked.tables["clients"]["sex"].isna().tolist() == [True, False]


def test_a_value_that_could_point_at_a_person_is_never_quoted():
    checked = check(clients="client_id | sex\nA | Anna Andersson ringde i går kväll\nB | 8001012345")
    (row,) = checked.broken.itertuples()
    assert row.what_en == "sex has a code that is not allowed. Allowed: female, male, other."


def test_when_most_rows_are_set_aside_the_delivery_is_stopped():
    checked = check(
        clients=CLIENTS,
        episodes="client_id | admitted | discharged\nA | 2021-02-01 | 2021-01-01\nB | 2021-02-01 | 2021-01-01",
    )
    assert broken(checked)["too_many_set_aside"] == ("stop", 2)


def test_a_threshold_that_the_plan_changes_is_used_and_shown_as_changed():
    tables = {
        "clients": frame(CLIENTS),
        "episodes": frame("client_id | admitted | discharged\nA | 2021-01-01 | 2021-04-01"),
    }
    checked = check_tables(tables, start=START, end=END, thresholds={"long_stay_days": 60})
    assert broken(checked) == {"long_stay": ("note", 1)}
    shown = checked.thresholds.set_index("name").loc["episodes.long_stay_days"]
    assert (shown["value"], shown["default"], bool(shown["changed"])) == (60, 365, True)
    with pytest.raises(PlanError, match="no threshold"):
        check_tables(tables, start=START, end=END, thresholds={"long_stay": 60})


def test_a_source_with_its_own_period_is_judged_by_it():
    tables = {
        "clients": frame(CLIENTS),
        "contacts": frame("contact_id | client_id | date\nk1 | A | 2021-01-01\nk2 | A | 2022-01-01"),
    }
    sources = {"contacts": Source(start=pd.Timestamp("2021-06-01"), end=END)}
    checked = check_tables(tables, sources=sources, start=START, end=END)
    assert broken(checked)["outside_period"] == ("set_aside", 1)


def test_the_callers_frames_are_not_changed():
    stays = frame("client_id | admitted | discharged\nA | 2021-02-01 | 2021-01-01")
    before = stays.copy()
    check(clients=CLIENTS, episodes=stays)
    pd.testing.assert_frame_equal(stays, before)


def test_days_that_other_intervals_cover_agree_with_a_count_of_days():
    draw = np.random.default_rng(4)
    rows = 60
    base = np.datetime64("2021-01-01")

    def intervals(team: str) -> pd.DataFrame:
        start = draw.integers(0, 200, rows)
        return pd.DataFrame({
            "client_id": draw.choice(["A", "B"], rows), "team_id": team,
            "start": (base + start).astype("datetime64[s]"),
            "end": (base + start + draw.integers(1, 12, rows)).astype("datetime64[s]"),
        })  # fmt: skip

    enrolments, board = intervals("T"), intervals("T")

    def days(frame: pd.DataFrame) -> list[set[tuple[str, int]]]:
        return [
            {(row.client_id, day) for day in range(row.start.toordinal(), row.end.toordinal())}
            for row in frame.itertuples()
        ]

    covered = set().union(*days(enrolments))
    outside = sum(not (row & covered) for row in days(board))
    beyond = sum(bool(row & covered) and not row <= covered for row in days(board))
    found = broken(check(clients=CLIENTS, teams=TEAMS, enrolments=enrolments, board=board))
    assert found["board_outside_enrolment"] == ("set_aside", outside)
    assert found["board_beyond_enrolment"] == ("warn", beyond)
