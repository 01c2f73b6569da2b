"""A new user's first steps: propose a mapping, order data, list the rows."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
import yaml

from factfidelity.cli import main

CLIENTS = "client_id;sex;birth_year;municipality\nK01B;female;1980;0484\nK02B;male;1975;0484\nK02B;male;1975;0484\n"
STAYS = (
    "LopNr;INDATUMA;UTDATUMA;MVO\nK01B;20220103;20220110;901\nK02B;20220203;20220110;901\nSumma;;;\n"
)  # fmt: skip


@pytest.fixture
def delivery(tmp_path):
    folder = tmp_path / "år 2022 norr"
    folder.mkdir()
    (folder / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    (folder / "par_sv_1.csv").write_text(STAYS, encoding="cp1252")
    return folder


def test_init_writes_a_mapping_that_check_takes_and_says_that_all_is_recognised(delivery, capsys):
    assert main(["init", str(delivery)]) == 0
    said = capsys.readouterr().out
    assert "All files are recognised" in said
    assert {path.name for path in delivery.iterdir() if path.suffix != ".csv"} == {
        "mapping.yaml", "plan.yaml", "evaluation_report.ipynb",
    }  # fmt: skip
    assert main(["check", str(delivery)]) == 0


def test_init_leaves_what_is_there_as_it_is(delivery, capsys):
    (delivery / "mapping.yaml").write_text("mapping: mine\nsources: {}\n", encoding="utf-8")
    assert main(["init", str(delivery), "--language", "sv"]) == 0
    assert "Fanns redan och är orört: mapping.yaml" in capsys.readouterr().out
    assert (delivery / "mapping.yaml").read_text(encoding="utf-8") == "mapping: mine\nsources: {}\n"


def test_init_says_which_columns_are_guesses_and_which_file_feeds_nothing_yet(delivery, capsys):
    (delivery / "okänd.csv").write_text("Nyckel;Ankomst;Grupp\nQ1F3K;2024-01-02;aa\n", encoding="utf-8")
    assert main(["init", str(delivery)]) == 0
    said = capsys.readouterr().out
    assert "okänd.csv: an unknown kind of file" in said
    assert "okänd.csv, Ankomst: date (likely)" in said
    assert "Q1F3K" not in said
    assert main(["check", str(delivery)]) == 16
    assert "does not say which table the rows feed" in capsys.readouterr().err


def test_files_of_one_kind_become_one_source_so_that_overlapping_rows_count_once(delivery):
    (delivery / "par_sv_2.csv").write_text(STAYS, encoding="utf-8")
    assert main(["init", str(delivery)]) == 0
    sources = yaml.safe_load((delivery / "mapping.yaml").read_text(encoding="utf-8"))["sources"]
    assert sources["par_sv"]["files"] == ["par_sv_1.csv", "par_sv_2.csv"]


def test_init_writes_nothing_where_there_is_nothing_to_describe(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert main(["init", str(tmp_path / "empty")]) == 21
    assert main(["init", str(tmp_path / "nowhere")]) == 20
    assert "Do:" in capsys.readouterr().err
    assert not list((tmp_path / "empty").iterdir())


def test_order_writes_the_form_for_the_plan_in_swedish(tmp_path, capsys):
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: min\nperiod: {start: 2020-01-01, end: 2024-01-01}\n", encoding="utf-8")
    assert main(["order", "--plan", str(plan), "--out", str(tmp_path / "order")]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.split("\n") if line]
    assert [path.name for path in paths] == ["order_sv.xlsx", "order_sv.html"]
    book = openpyxl.load_workbook(paths[0])
    assert "min" in " ".join(str(cell.value) for cell in book.worksheets[0]["A"])
    assert "2018" in paths[1].read_text(encoding="utf-8")


def test_order_with_a_plan_that_is_not_there_says_so(tmp_path, capsys):
    assert main(["order", "--plan", str(tmp_path / "no.yaml"), "--out", str(tmp_path / "order")]) == 14
    assert "no.yaml" in capsys.readouterr().err
    assert not (tmp_path / "order").exists()


def test_rows_lists_every_line_with_its_fate_and_no_value(delivery, tmp_path):
    target = tmp_path / "lists" / "rows.csv"
    main(["check", str(delivery), "--rows", str(target)])
    text = target.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    found = {(row["File"], row["Line"]): (row["Fate"], row["Rule"]) for row in rows}
    assert found["clients.csv", "4"] == ("duplicate", "duplicate")
    assert found["par_sv_1.csv", "3"] == ("set aside", "discharged_before_admitted")
    assert found["par_sv_1.csv", "4"][1] == "total_row"
    assert "K01B" not in text
    assert "2022" not in text
