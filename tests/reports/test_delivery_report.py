"""The delivery report as a page and a workbook: accessible, the same each time, nothing personal in it."""

from __future__ import annotations

import io
import re

import openpyxl
import pandas as pd
import pytest
from frames import frame

from factfidelity.delivery.checks import check_tables
from factfidelity.delivery.quality import build_report
from factfidelity.errors import Problem, ReportError
from factfidelity.reports.delivery import delivery_html, delivery_workbook, write_delivery_report

START, END = pd.Timestamp("2020-01-01"), pd.Timestamp("2025-01-01")


def demo(**options):
    stays = frame("""
        client_id | admitted   | discharged | unit
        Q7F3K9    | 2021-02-01 | 2021-01-01 | Norr
        Q8F3K9    | 2021-02-01 | 2021-02-05 | Söder
        Q7F3K9    | 2024-02-01 | 2024-02-05 | Söder
    """).assign(_source="par.csv", _line=[2, 3, 4], delivered_days=[0.0, 4.0, 5.0])
    clients = frame(
        "client_id | sex | birth_year | municipality\nQ7F3K9 | female | 1980 | 0180\nQ8F3K9 | male | 1990 | 0180"
    )
    checked = check_tables(
        {"clients": clients.assign(_source="k.csv", _line=[2, 3]), "episodes": stays}, start=START, end=END
    )
    fates = ["furniture", "used", "used", "used", "furniture", "used", "used"]
    rows = pd.DataFrame(
        {"file": ["par.csv"] * 4 + ["k.csv"] * 3, "line": [1, 2, 3, 4, 1, 2, 3], "fate": fates, "reason": ""}
    )
    files = pd.DataFrame({
        "file": ["par.csv", "k.csv"], "sheet": "=2+3", "tables": ["episodes", "clients"], "encoding": "utf-8",
        "separator": ";", "header_line": 1, "content_hash": ["a", "b"],
    })  # fmt: skip
    return build_report(place="demo", files=files, rows=rows, checked=checked, start=START, end=END, **options)


def test_every_source_row_has_one_fate_and_the_checks_turn_used_into_set_aside():
    report = demo()
    assert report.account() == {"used": 4, "duplicate": 0, "superseded": 0, "furniture": 2, "set_aside": 1}
    aside = report.rows[report.rows["fate"] == "set_aside"]
    assert aside[["file", "line", "reason"]].values.tolist() == [["par.csv", 2, "discharged_before_admitted"]]
    assert report.files["rows"].tolist() == [4, 3]
    assert report.files["set_aside"].tolist() == [1, 0]


def test_a_row_that_fed_another_table_as_well_stays_used():
    stays = frame("client_id | admitted | discharged\nA | 2021-02-01 | 2021-01-01").assign(_source="par.csv", _line=[2])
    diagnoses = frame("client_id | date | code\nA | 2021-02-01 | F200").assign(_source="par.csv", _line=[2])
    clients = frame("client_id | sex\nA | male").assign(_source="k.csv", _line=[2])
    tables = {"clients": clients, "episodes": stays, "diagnoses": diagnoses}
    checked = check_tables(tables, start=START, end=END)
    rows = pd.DataFrame({"file": ["par.csv", "k.csv"], "line": [2, 2], "fate": "used", "reason": ""})
    files = pd.DataFrame({"file": ["par.csv", "k.csv"], "sheet": "", "tables": "", "separator": ";", "header_line": 1})
    report = build_report(place="x", files=files, rows=rows, checked=checked, start=START, end=END)
    assert report.account()["used"] == 2


def test_length_of_stay_breaks_smallest_group_and_the_delivery_before():
    before = {
        "clients": frame(
            "client_id | sex | birth_year | municipality\nQ7F3K9 | male | 1980 | 0180\nQ9F3K9 | male | 1980 | 0180"
        )
    }
    report = demo(previous=before)
    assert report.length_of_stay[["stays", "differ"]].values.tolist() == [[2, 1]]
    assert report.smallest_group[["k", "groups", "groups_below_5"]].values.tolist() == [[1, 2, 2]]
    changes = report.compared.set_index("table").loc["clients"]
    assert changes.to_dict() == {"added": 1, "changed": 1, "removed": 1, "unchanged": 0}


def test_coverage_tells_first_last_and_silent_months():
    found = demo().coverage
    soder = found[(found["unit"] == "Söder") & (found["state"] != "outside")]
    assert soder["month"].dt.strftime("%Y-%m").iloc[[0, -1]].tolist() == ["2021-02", "2024-02"]
    assert soder["state"].iloc[[0, 1, -1]].tolist() == ["started", "silent", "stopped"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_is_accessible_and_opens_nothing_from_outside(language):
    page = delivery_html(demo(), language)
    assert f'<html lang="{language}">' in page
    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert page.count("<table") == page.count("<caption")
    assert all('scope="' in cell for cell in re.findall(r"<th\b[^>]*>", page))
    assert 'class="skip"' in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert "@media print" in page


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_pseudonym_is_written_and_nothing_is_called_anonymous(language):
    page = delivery_html(demo(), language)
    sheets = openpyxl.load_workbook(io.BytesIO(delivery_workbook(demo(), language)))
    cells = " ".join(str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row)
    for text in (page, cells):
        assert "F3K9" not in text
        assert "anonym" not in text.lower()
        assert "avidentifi" not in text.lower()
    words = {"sv": "pseudonymiserade", "en": "pseudonymised"}[language]
    assert words in page
    assert {"sv": "färre än 5", "en": "fewer than 5"}[language] in page


def test_the_workbook_has_the_same_bytes_each_time_and_no_formula():
    first, second = delivery_workbook(demo()), delivery_workbook(demo())
    assert first == second
    book = openpyxl.load_workbook(io.BytesIO(first))
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types
    assert "=2+3" in {cell.value for row in book["Filer"].iter_rows() for cell in row}


def test_a_stopped_delivery_has_a_report_too(tmp_path):
    fault = Problem("is not text", "save it as CSV", "x.csv", kind="unreadable", what_sv="är inte text")
    files = pd.DataFrame({"file": ["x.csv"], "sheet": "", "tables": "", "separator": "", "header_line": None})
    rows = pd.DataFrame({"file": [], "line": [], "fate": [], "reason": []})
    report = build_report(place="x", files=files, rows=rows, problems=[fault])
    assert not report.ok
    assert report.error.exit_code == 25
    paths = write_delivery_report(report, tmp_path / "ut å", language="sv")
    assert sorted(path.name for path in paths) == ["delivery_report_sv.html", "delivery_report_sv.xlsx"]
    assert "är inte text" in paths[0].read_text(encoding="utf-8")


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path):
    (tmp_path / "a_file").write_text("x")
    with pytest.raises(ReportError):
        write_delivery_report(demo(), tmp_path / "a_file" / "below")
    with pytest.raises(ValueError, match="formats"):
        write_delivery_report(demo(), tmp_path, formats=("pdf",))
    with pytest.raises(ValueError, match="language"):
        write_delivery_report(demo(), tmp_path, language="no")
