"""An order form names the tables, columns, codes and years that a plan needs, and no more."""

from __future__ import annotations

import io

import openpyxl
import pytest

from factfidelity.delivery.ask import data_request
from factfidelity.reports.order import write_order
from factfidelity.schemas.plan import Plan


def test_years_reach_over_two_before_windows_and_the_year_of_discharge_after():
    plan = Plan.model_validate({"period": {"start": "2018-01-01", "end": "2024-01-01"}, "windows": {"width": 365}})
    request = data_request(plan)
    assert (request.first_year, request.last_year) == (2016, 2025)


def test_the_codes_of_the_care_asked_for_stand_at_their_column():
    request = data_request(Plan(care_kind=("forensic",)))
    row = request.table.query("table == 'episodes' and column == 'mvo'").iloc[0]
    assert (row["codes"], row["source_column"], row["holder_sv"]) == ("943, 956", "MVO", "Socialstyrelsen")


def test_only_the_tables_asked_for_are_in_it():
    assert set(data_request(Plan(), tables=("staff", "teams")).columns) == {"staff", "teams"}
    with pytest.raises(ValueError, match="tables"):
        data_request(Plan(), tables=("moods",))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_form_is_written_as_a_workbook_and_a_page(language, tmp_path):
    request = data_request(Plan())
    book, page = write_order(request, tmp_path / "å b", language=language)
    text = page.read_text(encoding="utf-8")
    assert f'lang="{language}"' in text
    assert "INDATUMA" in text
    sheets = openpyxl.load_workbook(io.BytesIO(book.read_bytes()))
    assert len(sheets.sheetnames) == 6
    again, _ = write_order(request, tmp_path / "again", language=language)
    assert again.read_bytes() == book.read_bytes()
