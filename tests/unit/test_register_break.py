"""From 2024 the outpatient register has contacts with all professions: no before/after across that day unasked."""

from dataclasses import replace

import pytest
from frames import extract_of

from factfidelity.delivery.load import load_extract
from factfidelity.errors import PlanError
from factfidelity.extract import Extract
from factfidelity.outcomes.breaks import break_day
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.files import build_model, schema_files
from factfidelity.schemas.outcome import Outcome
from factfidelity.schemas.plan import Plan, load_plan

CLIENTS = """
    client_id | observed_from | observed_to
    A         | 2018-01-01    |
    B         | 2018-01-01    |
"""
EPISODES = """
    client_id | admitted   | discharged | mvo
    A         | 2022-03-01 | 2022-03-05 | 901
"""
VISITS = """
    client_id | date       | kind       | mvo | profession
    A         | 2023-03-01 | outpatient | 901 | nurse
    B         | 2023-09-01 | emergency  | 901 | physician
    A         | 2024-02-01 | outpatient | 901 | nurse
"""
CONTACTS = Outcome(
    outcome="outpatient_contacts", kind="events", table="visits", where={"kind": ("outpatient",)},
    label={"sv": "Öppenvårdskontakter", "en": "Outpatient contacts"}, unit={"sv": "kontakter", "en": "contacts"},
)  # fmt: skip


def result(begun="2023-06-01", **choices):
    enrolments = f"""
        client_id | team_id | start   | end
        A         | norr    | {begun} |
        B         | norr    | {begun} |
    """
    extract = extract_of(clients=CLIENTS, enrolments=enrolments, episodes=EPISODES, visits=VISITS)
    return mirror_outcomes(extract, Plan(own_outcomes=(CONTACTS,), **choices))


def test_the_day_is_the_registers_own():
    assert f"{break_day():%Y-%m-%d}" == "2024-01-01"
    with pytest.raises(ValueError, match="no register break"):
        break_day("other")


def test_a_comparison_across_the_break_is_refused_with_its_reason():
    refused = result()
    assert "outpatient_contacts" not in set(refused.table["outcome"])
    assert "emergency_visits" in set(refused.table["outcome"])
    assert "Not compared before and after: outpatient_contacts." in refused.methods("en")
    assert "2024-01-01" in refused.methods("sv")
    assert "allow_break" in " ".join(refused.views("sv")[0].notes)


def test_the_plan_can_allow_it_and_it_is_marked():
    allowed = result(allow_break=("par_ov_2024",))
    assert "outpatient_contacts" in set(allowed.table["outcome"])
    assert "Compared across the change: outpatient_contacts." in allowed.methods("en")
    assert "Jämförs över registrets ändring" in allowed.released().methods("sv")


@pytest.mark.parametrize(("begun", "there"), [("2022-12-31", True), ("2023-01-01", True), ("2023-01-02", False),
                                              ("2024-12-30", False), ("2024-12-31", True)])  # fmt: skip
def test_only_windows_that_reach_over_the_day_are_refused(begun, there):
    assert ("outpatient_contacts" in set(result(begun).table["outcome"])) == there


@pytest.mark.parametrize(("register", "there"), [("PAR_OV", False), ("PAR_OV PAR_SV", False), (None, False), ("", True),
                                                 ("PAR_SV", True)])  # fmt: skip
def test_only_contacts_of_the_register_are_refused(register, there):
    enrolments = """
        client_id | team_id | start      | end
        A         | norr    | 2023-06-01 |
        B         | norr    | 2023-06-01 |
    """
    extract = extract_of(clients=CLIENTS, enrolments=enrolments, episodes=EPISODES, visits=VISITS)
    sources = {**extract.sources, "visits": replace(extract.source("visits"), register=register)}
    told = Extract(tables=extract.tables, start=extract.start, end=extract.end, sources=sources)
    outcomes = mirror_outcomes(told, Plan(own_outcomes=(CONTACTS,))).table["outcome"]
    assert ("outpatient_contacts" in set(outcomes)) == there


LAYOUTS = {"par_ov": "LopNr;INDATUMA;MVO;HDIA;IDNR", "": "client_id;date;mvo;main_diagnosis;kind"}


@pytest.mark.parametrize(("layout", "register"), [("par_ov", "PAR_OV"), ("", "")])
def test_the_mapping_says_where_the_visits_come_from(tmp_path, layout, register):
    kind = "1" if layout else "outpatient"
    row = f"A2B3C4;{'20230301' if layout else '2023-03-01'};901;F200;{kind}\n"
    (tmp_path / "besok.csv").write_text(f"{LAYOUTS[layout]}\n{row}", encoding="utf-8")
    (tmp_path / "clients.csv").write_text("client_id;birth_year\nA2B3C4;1980\n", encoding="utf-8")
    how = f"layout: {layout}" if layout else "table: visits"
    (tmp_path / "mapping.yaml").write_text(
        "mapping: two\nperiod: {start: 2020-01-01, end: 2025-01-01}\nsources:\n"
        f"  visits: {{files: [besok.csv], {how}}}\n  clients: {{files: [clients.csv], table: clients}}\n",
        encoding="utf-8",
    )
    extract = load_extract(tmp_path)
    assert extract.source("visits").register == register
    extract.save(tmp_path / "kept")
    assert load_extract(tmp_path / "kept").source("visits").register == register


def test_another_break_is_an_unknown_value_of_the_plan():
    with pytest.raises(PlanError, match="allow_break"):
        build_model({"allow_break": ["other"]}, Plan, path=schema_files("plans")["default"], error=PlanError)
    assert load_plan("default").allow_break == ()
