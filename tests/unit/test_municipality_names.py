"""Municipalities stand with the names that the plan gives, else with their code, and the report says so."""

from __future__ import annotations

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.display.tables import table_html
from factfidelity.display.views import Column, TableView
from factfidelity.reports.outline import rows_of
from factfidelity.schemas.plan import Plan


@pytest.fixture(scope="module")
def extract():
    return ff.sample_extract(seed=5, clients=60, teams=2, years=3)


def test_a_plan_with_names_gives_them_in_tables_and_charts_and_one_without_says_that_codes_stand(extract):
    codes = sorted(set(extract.clients["municipality"].dropna().astype(str)))
    names = {code: f"Ort {number}" for number, code in enumerate(codes)}
    plain, named = ff.equity(extract), ff.equity(extract, plan=Plan(municipalities=names))
    shown = set(named.views("sv")[0].frame["group_name"])
    assert set(names.values()) <= shown
    assert not set(codes) & shown
    assert set(codes) <= set(plain.views("sv")[0].frame["group_name"])
    assert any("kommunkod" in note for note in plain.views("sv")[0].notes)
    assert not any("kommunkod" in note for note in named.views("sv")[0].notes)
    pd.testing.assert_frame_equal(plain.table, named.table)
    before = ff.baseline(extract, plan=Plan(municipalities=names)).views("en")[0]
    assert set(names.values()) <= set(before.frame["level"])


def test_a_plan_without_names_keeps_the_fingerprint_it_had():
    assert "municipalities" in Plan().record()
    assert Plan().fingerprint == Plan(municipalities={}).fingerprint
    assert Plan().fingerprint != Plan(municipalities={"0484": "Eskilstuna"}).fingerprint


def test_a_cell_that_can_hold_no_value_is_empty_and_not_called_hidden():
    frame = pd.DataFrame({"who": ["alla", "kvinnor"], "share": [None, None]}).astype({"share": "float64"})
    states = pd.DataFrame({"who": ["", ""], "share": ["none", ""]})
    columns = (Column("who", "Vem"), Column("share", "Andel", "percent", 0))
    view = TableView("t", "Tabell", frame, columns, states=states)
    assert table_html(view, "sv").count(">..<") == 1
    assert list(rows_of(view, "sv")) == [["alla", ""], ["kvinnor", ".."]]
