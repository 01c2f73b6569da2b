"""Values as Swedish suppliers write them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factfidelity.delivery import values, values_codes
from factfidelity.delivery.values_dates import BAD, EMPTY, GOOD, NO_DAY, PARTIAL, SERIAL, parse_dates


def day(text: str, **options: object) -> str | None:
    number = int(parse_dates([text], **options).days[0])
    return None if number == NO_DAY else (dt.date(1970, 1, 1) + dt.timedelta(number)).isoformat()


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-01",
        "20240501",
        "2024-05-01 08:30",
        "2024-05-01 08:30:00",
        "2024-05-01T00:00:00",
        "20240501 0830",
        "240501",
    ],
)
def test_every_way_of_writing_a_day_gives_that_day(text):
    assert day(text) == "2024-05-01"


@pytest.mark.parametrize("text", ["", ".", "-", "..", "NA", "9999", "99999999", "0"])
def test_texts_that_mean_no_date_are_empty_and_not_wrong(text):
    assert parse_dates([text]).state.tolist() == [EMPTY]


@pytest.mark.parametrize("text", ["2024-02-30", "20241301", "01/05/2024", "5 maj", "12345678901", "22281"])
def test_what_cannot_be_read_in_one_way_is_wrong(text):
    assert parse_dates([text]).state.tolist() == [BAD]


@pytest.mark.parametrize(
    ("text", "first", "middle", "precision"),
    [
        ("20240300", "2024-03-01", "2024-03-15", 2),
        ("2024-03-99", "2024-03-01", "2024-03-15", 2),
        ("2024-03", "2024-03-01", "2024-03-15", 2),
        ("20240000", "2024-01-01", "2024-07-01", 3),
        ("2024", "2024-01-01", "2024-07-01", 3),
    ],
)
def test_a_partial_date_keeps_its_precision_and_is_used_as_the_plan_says(text, first, middle, precision):
    assert day(text) is None
    assert day(text, impute="first") == first
    assert day(text, impute="middle") == middle
    read = parse_dates([text])
    assert (read.state[0], read.precision[0]) == (PARTIAL, precision)


def test_2021_01_01_as_each_program_counts_its_days():
    assert day("22281", epoch="sas") == "2021-01-01"
    assert day("44197", epoch="excel") == "2021-01-01"
    assert day("42735", epoch="excel_1904") == "2021-01-01"
    assert day("18628", epoch="unix") == "2021-01-01"
    undeclared = parse_dates(["44197"])
    assert undeclared.state.tolist() == [SERIAL]


def test_six_digits_are_decided_for_the_whole_column():
    assert parse_dates(["240531", "231101"]).state.tolist() == [GOOD, GOOD]
    assert parse_dates(["202413"]).state.tolist() == [BAD]
    months = parse_dates(["198112", "197600"], impute="first")
    assert months.state.tolist() == [PARTIAL, PARTIAL]
    both_ways = parse_dates(["200501"])
    assert both_ways.state.tolist() == [BAD]
    assert day("200501", six_digits="YYMMDD") == "2020-05-01"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_any_day_is_read_back_from_each_form(one):
    for form in ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d 12:05"):
        assert day(one.strftime(form)) == one.isoformat()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12,5", 12.5),
        ("1 040,5", 1040.5),
        ("1\u00a0040,5", 1040.5),
        ("1\u202f040", 1040),
        ("-3", -3),
        ("0.25", 0.25),
        (",5", 0.5),
    ],
)
def test_numbers_with_decimal_comma_and_three_kinds_of_space(text, number):
    read, bad = values.numbers([text])
    assert (read[0], bad[0]) == (number, False)


@pytest.mark.parametrize("text", ["1.234,5", "1,234.5", "12 34", "1 2", "tolv", "1-2", "1e400"])
def test_numbers_that_can_be_read_in_two_ways_or_none_are_refused(text):
    read, bad = values.numbers([text])
    assert bad[0]
    assert np.isnan(read[0])


def test_full_time_is_written_in_three_ways():
    read, bad = values.full_time(["100", "80 %", "0,5", "1", "50", ""])
    assert not bad.any()
    assert read[:5].tolist() == [1.0, 0.8, 0.5, 1.0, 0.5]
    assert np.isnan(read[5])


def test_yes_and_no_in_all_their_forms():
    read, bad = values.flags(["J", "Ja", "1", "x", "Sant", "N", "Nej", "0", "Falskt", "", "kanske"])
    assert read[:9].tolist() == [1] * 5 + [0] * 4
    assert np.isnan(read[9:]).all()
    assert bad.tolist() == [False] * 10 + [True]


def test_ids_stay_text_and_lose_only_what_a_spreadsheet_added():
    assert values.ids(["0001", " A7 ", "1001.0", "1.5", "NA"]) == ["0001", "A7", "1001", "1.5", ""]


def test_times_of_day_are_written_in_one_way():
    read, bad = values.clock_times(["9:30", "09.30", "0930", "2024-01-02 09:30:15", "25:00", ""])
    assert read == ["09:30"] * 4 + ["", ""]
    assert bad.tolist() == [False] * 4 + [True, False]


def test_diagnoses_are_written_in_one_way_and_redacted_ones_are_empty():
    texts = ["F20.0", "f200", "-F200", "F200 Paranoid", "F318A", "BLANKED", "F29", "."]
    found = values_codes.diagnoses(texts, missing=frozenset({"BLANKED"}))
    assert found == ["F200", "F200", "F200", "F200", "F318A", "", "F29", ""]


def test_a_list_of_codes_leaves_out_what_is_no_code():
    missing = frozenset({"-1", "0000"})
    found = values_codes.code_lists(["AU118 AU123", "AU124 -1", "0000", ""], split="space", missing=missing)
    assert found == [("AU118", "AU123"), ("AU124",), (), ()]


def test_lost_zeros_of_municipalities_and_counties_are_put_back_and_counted():
    codes, repaired, unknown = values_codes.municipality_codes(
        ["180", "0180", "1280", "0180 Stockholm", "18001", "018001", "9999", "18"]
    )
    assert codes == ["0180", "0180", "1280", "0180", "0180", "0180", "", ""]
    assert repaired.tolist() == [True, False, False, False, True, False, False, False]
    assert unknown.tolist() == [False] * 6 + [True, True]
    codes, repaired, unknown = values_codes.county_codes(["1", "01", "12", "02"])
    assert codes == ["01", "01", "12", ""]
    assert repaired.tolist() == [True, False, False, False]
    assert unknown.tolist() == [False, False, False, True]


def test_there_are_21_counties():
    assert len(values_codes.counties()) == 21
