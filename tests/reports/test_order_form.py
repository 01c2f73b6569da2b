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


def test_the_tables_follow_from_the_care_model_and_the_outcomes_of_the_plan():
    fact = data_request(Plan(programme="fact")).columns
    assert {"board", "ratings", "contacts", "services"} <= set(fact)
    assert not {"placements", "leave"} & set(fact)
    assert "leave" in data_request(Plan(programme="fact", day_count="days")).columns
    youth = data_request(Plan(programme="fact_ung")).columns
    assert "placements" in youth
    assert "services" not in youth
    holders = data_request(Plan(programme="case_management")).table.groupby("table")["holder_sv"].first()
    assert holders["services"] == "Kommunen"
    assert holders["episodes"] == "Socialstyrelsen"


def test_the_table_of_an_outcome_of_ones_own_is_asked_for():
    own = {"outcome": "placed", "kind": "interval_days", "table": "placements", "label": {"sv": "a", "en": "a"},
           "unit": {"sv": "dygn", "en": "days"}}  # fmt: skip
    assert "placements" in data_request(Plan.model_validate({"programme": "act", "own_outcomes": [own]})).columns


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_form_is_written_as_a_workbook_and_a_page(language, tmp_path):
    request = data_request(Plan())
    book, page = write_order(request, tmp_path / "å b", language=language)
    text = page.read_text(encoding="utf-8")
    assert f'lang="{language}"' in text
    assert "INDATUMA" in text
    assert text.count("<main") == text.count("<h1") == 1
    sheets = openpyxl.load_workbook(io.BytesIO(book.read_bytes()))
    assert len(sheets.sheetnames) == 2 + request.table["holder_sv"].nunique()
    again, _ = write_order(request, tmp_path / "again", language=language)
    assert again.read_bytes() == book.read_bytes()
