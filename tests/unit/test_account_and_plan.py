"""The account adds up to the file's lines; hidden sheets; columns that a plan names."""

from __future__ import annotations

import numpy as np
import openpyxl
import pandas as pd
import pytest

from factfidelity.delivery.load import check_extract, load_extract
from factfidelity.errors import ExtractError
from factfidelity.schemas.plan import Plan

CLIENTS = (
    "client_id;sex;birth_year;municipality;Remitterad;favourite_colour\n"
    "K0X;female;1980;0484;2021-03-01;blue\nK1X;male;1970;0484;2021-04-01;red\n"
)  # fmt: skip
TEAMS = "team_id;name;programme\nT1;Norr;fact\n"
ENROLMENTS = "client_id;team_id;start;end\nK0X;T1;2021-01-01;\nK1X;T1;2021-02-01;2022-01-01\n"


def folder_of(place, **files: str):
    place.mkdir(parents=True, exist_ok=True)
    usual = {"clients__csv": CLIENTS, "teams__csv": TEAMS, "enrolments__csv": ENROLMENTS}
    for name, text in {**usual, **files}.items():
        (place / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return place


def by_column(column: str) -> Plan:
    return Plan.model_validate({"plan": "referred", "index": {"kind": "column", "column": column}})


def test_the_column_that_the_plan_names_is_loaded_and_no_other(tmp_path):
    folder = folder_of(tmp_path / "a")
    clients = load_extract(folder, plan=by_column("remitterad")).clients
    assert clients["remitterad"].tolist() == [pd.Timestamp("2021-03-01"), pd.Timestamp("2021-04-01")]
    assert "favourite_colour" not in clients.columns
    assert {"remitterad", "Remitterad"}.isdisjoint(load_extract(folder).clients.columns)


def test_the_column_comes_through_a_layout_of_a_supplier_too(tmp_path):
    text = "Pseudonym;Kön;Födelseår;Kommun;Remitterad\nK0X;1;1980;0484;2021-03-01\nK1X;2;1970;0484;\n"
    folder = folder_of(tmp_path / "a", klienter__csv=text)
    (folder / "clients.csv").unlink()
    clients = load_extract(folder, plan=by_column("Remitterad")).clients
    assert clients["Remitterad"].iloc[0] == pd.Timestamp("2021-03-01")
    assert clients["Remitterad"].isna().tolist() == [False, True]


def test_a_column_that_the_plan_names_and_nobody_delivered_stops_with_its_name(tmp_path):
    with pytest.raises(ExtractError, match="motiverad") as caught:
        load_extract(folder_of(tmp_path / "a"), plan=by_column("motiverad"))
    assert "planen kräver kolumnen motiverad" in caught.value.render("sv")


def test_an_own_outcome_may_count_by_a_column_of_ones_own(tmp_path):
    contacts = "contact_id;client_id;team_id;date;form;spår\nC1;K0X;T1;2021-05-01;visit;kris\n"
    plan = Plan.model_validate({"plan": "p", "own_outcomes": [{
        "outcome": "crisis", "kind": "events", "table": "contacts", "where": {"spår": ["kris"]},
        "label": {"sv": "k", "en": "c"}, "unit": {"sv": "k", "en": "c"},
    }]})  # fmt: skip
    extract = load_extract(folder_of(tmp_path / "a", contacts__csv=contacts), plan=plan)
    assert extract.contacts["spår"].tolist() == ["kris"]


def book_of(path, *, state: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Aktuella"
    for line in ENROLMENTS.splitlines():
        sheet.append(line.split(";"))
    other = book.create_sheet("Gamla")
    other.sheet_state = state
    for line in ("client_id;team_id;start;end", "K0X;T1;2019-01-01;2020-01-01"):
        other.append(line.split(";"))
    book.save(path)


def workbook(place, *, state: str, mapping: str = ""):
    folder = folder_of(place)
    (folder / "enrolments.csv").unlink()
    book_of(folder / "enrolments.xlsx", state=state)
    if mapping:
        (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return folder


MAPPING = """mapping: test
sources:
  clients: {files: clients.csv, table: clients}
  teams: {files: teams.csv, table: teams}
  enrolments: {files: enrolments.xlsx, table: enrolments}
"""


@pytest.mark.parametrize("mapping", ["", MAPPING])
def test_a_hidden_sheet_is_not_used_and_its_rows_are_accounted_for(mapping, tmp_path):
    extract = load_extract(workbook(tmp_path / "a", state="hidden", mapping=mapping))
    assert sorted(extract.enrolments["start"].dt.year.tolist()) == [2021, 2021]
    rows = extract.delivery.rows.query("file == 'enrolments.xlsx [Gamla]'")
    assert rows[["fate", "reason"]].astype(str).values.tolist() == [["furniture", "hidden_sheet"]]
    assert "dolt" in extract.delivery.summary("sv")


def test_a_sheet_that_is_not_hidden_is_used(tmp_path):
    assert len(load_extract(workbook(tmp_path / "a", state="visible")).enrolments) == 3


def test_a_hidden_sheet_that_the_mapping_names_is_used(tmp_path):
    named = MAPPING + "  old: {files: enrolments.xlsx, sheet: Gamla, table: enrolments}\n"
    extract = load_extract(workbook(tmp_path / "a", state="hidden", mapping=named))
    assert sorted(extract.enrolments["start"].dt.year.tolist()) == [2019, 2021, 2021]


@pytest.mark.parametrize("seed", range(12))
def test_headings_rows_and_what_is_no_row_add_up_to_the_lines_of_the_file(seed, tmp_path):
    draw = np.random.default_rng(seed)
    odd = ["", "", "Summa;;;", "K0X;T1", "K0X;T1;2021-05-01;2021-06-01;x;y", ";;;", "K1X;T1;hej;"]
    lines = [["Utdrag 2024", ""], [""], []][seed % 3] + ["client_id;team_id;start;end"]
    lines += [
        odd[int(draw.integers(0, len(odd)))]
        if draw.random() < 0.3
        else f"K{n % 2}X;T1;20{10 + n}-01-01;20{10 + n}-02-01"
        for n in range(9 * (seed > 0))
    ] + [""] * (seed % 4)
    text = "\r\n".join(lines) + "\r\n"
    report = check_extract(folder_of(tmp_path / "a", enrolments__csv=text))
    rows = report.rows.query("file == 'enrolments.csv'")
    assert len(rows) + 1 == text.count("\n")
    header = int(report.files.set_index("file").loc["enrolments.csv", "header_line"])
    assert sorted([*rows["line"], header]) == list(range(1, text.count("\n") + 1))
    assert "räknas inte" in report.summary("sv")


def test_a_crosswalk_in_a_workbook_is_used(tmp_path):
    folder = folder_of(tmp_path / "a", par__csv="LopNr;INDATUM;UTDATUM;MVO\n7001;20220101;20220103;901\n")
    book = openpyxl.Workbook()
    for row in (("LopNr", "Pseudonym"), ("7001", "K0X")):
        book.active.append(row)
    book.save(folder / "key.xlsx")
    (folder / "mapping.yaml").write_text("""mapping: test
crosswalks: {key: {files: key.xlsx, source: LopNr, client: Pseudonym}}
sources:
  clients: {files: clients.csv, table: clients}
  teams: {files: teams.csv, table: teams}
  enrolments: {files: enrolments.csv, table: enrolments}
  stays: {files: par.csv, layout: par_sv, crosswalk: key}
""", encoding="utf-8")  # fmt: skip
    extract = load_extract(folder)
    assert extract.episodes["client_id"].tolist() == ["K0X"]
    rows = extract.delivery.rows
    assert rows[rows["file"].astype(str).str.startswith("key")]["reason"].tolist() == ["crosswalk"]
