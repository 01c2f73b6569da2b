"""A reader meets no page of dots: what cannot be shown at all is said in a sentence."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from factfidelity.display.views import Column, TableView
from factfidelity.reports.lean import lean, tells
from factfidelity.reports.pages import environment
from factfidelity.reports.parts import picture_address, tables_of

GONE = np.nan
COLUMNS = (
    Column("team", "Team"),
    Column("reason", "Orsak"),
    Column("clients", "Klienter", "integer"),
    Column("median", "Median, år", "number"),
)
FRAME = pd.DataFrame(
    {
        "team": ["Norr", "Norr", "Väst"],
        "reason": ["flyttat", "avlidit", "flyttat"],
        "clients": [12.0, GONE, 7.0],
        "median": [GONE, GONE, GONE],
    }
)


def test_columns_and_rows_of_dots_only_become_a_sentence_each():
    made = lean(TableView("t", "Avslut", FRAME, COLUMNS, ("En not.",)), "sv")
    assert [column.name for column in made.columns] == ["team", "reason", "clients"]
    assert made.frame["clients"].tolist() == [12.0, 7.0]
    assert made.notes == (
        "En not.", "Inget värde kan visas i kolumnen ”Median, år”.", "Inget värde kan visas för Norr: avlidit.",
    )  # fmt: skip


def test_many_rows_are_counted_and_the_callers_table_is_untouched():
    many = pd.concat([FRAME] * 4, ignore_index=True).assign(clients=[3.0, *[GONE] * 11])
    before = many.copy()
    made = lean(TableView("t", "Left", many, COLUMNS), "en")
    assert len(made.frame) == 1
    assert made.notes[-1] == "Rows left out because no value can be shown: 11 of 12."
    pd.testing.assert_frame_equal(many, before)


def test_a_table_of_dots_has_no_rows_and_says_so_and_a_reason_keeps_its_row():
    none = FRAME.assign(clients=GONE)
    made = lean(TableView("t", "Avslut", none, COLUMNS), "sv")
    assert not len(made.frame)
    assert made.notes[-1].startswith("Inget värde i tabellen kan visas")
    why = (*COLUMNS, Column("why", "Varför"))
    kept = lean(TableView("t", "Avslut", none.assign(why=["för få", "", ""]), why), "sv")
    assert len(kept.frame) == 3


def test_a_cell_that_can_hold_no_value_is_not_said_to_be_hidden():
    states = pd.DataFrame(
        {"team": "shown", "reason": "shown", "clients": ["shown", "none", "shown"], "median": "none"}, index=range(3)
    )
    made = lean(TableView("t", "Avslut", FRAME, COLUMNS, states=states), "sv")
    assert len(made.frame) == 3
    assert len(made.columns) == 4
    assert made.notes == ()


@pytest.mark.parametrize("svg", ["<svg width='5%'><use href=\"#a\"/><text>a &amp; b</text></svg>"])
def test_a_picture_in_an_address_is_the_same_picture(svg):
    from urllib.parse import unquote

    address = picture_address(svg)
    assert not set('<>"#&') & set(address)
    assert unquote(address.removeprefix("data:image/svg+xml,")) == svg.replace('"', "'")


def test_a_row_that_only_says_whom_it_is_about_is_named_in_the_sentence():
    rows = pd.DataFrame({"what": ["dygn", "besök", "totalt"], "clients": 114.0, "mean": [2.5, GONE, GONE]})
    columns = (Column("what", "Post"), Column("clients", "Klienter", "integer"), Column("mean", "Medel", "number"))
    made = lean(TableView("t", "Kostnad", rows, columns), "sv")
    assert made.frame["what"].tolist() == ["dygn"]
    assert made.notes == ("Inget värde kan visas för besök och totalt.",)
    differ = lean(TableView("t", "Klienter", rows.assign(clients=[114.0, 9.0, 7.0]), columns), "sv")
    assert len(differ.frame) == 3
    assert not tells(TableView("t", "Kostnad", rows.assign(mean=GONE), columns))


def test_a_table_of_dots_is_one_sentence_on_the_page():
    (made,) = tables_of([TableView("dots", "Avslut", FRAME.assign(clients=GONE), COLUMNS)], "sv", smallest=5)
    page = str(environment().get_template("blocks.html.j2").module.grids([made], {}))
    assert (
        re.sub(r"\s+", " ", page).strip().startswith('<p class="note" id="table-dots">Avslut: inget värde i tabellen')
    )
    assert "<table" not in page
