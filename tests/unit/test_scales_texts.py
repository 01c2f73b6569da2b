"""Item texts that others own come in from a table, and stay outside the package."""

from __future__ import annotations

import openpyxl
import pytest
from fidelity_scales import ratings_of

from factfidelity.errors import ScaleError
from factfidelity.fidelity.forms import import_scale_texts, write_texts_template
from factfidelity.fidelity.score import score_fidelity
from factfidelity.schemas.scale import load_scale


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FACTFIDELITY_SCALES", str(tmp_path / "own"))
    return tmp_path


def table(path, rows, headings=("scale", "version", "item", "subscale", "name_sv", "anchor_1_sv", "anchor_5_en")):
    book = openpyxl.Workbook()
    book.active.append(list(headings))
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def test_texts_are_kept_and_the_limits_stay_the_scales_own(folder):
    path = write_texts_template(folder / "tmact.xlsx", "tmact")
    book = openpyxl.load_workbook(path)
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(2, headings.index("name_sv") + 1).value = "Vår rubrik"
    sheet.cell(2, headings.index("anchor_5_sv") + 1).value = "Vår ankartext"
    book.save(path)
    import_scale_texts(path)
    item = load_scale("tmact").items["OS1"]
    assert item.name.sv == "Vår rubrik"
    assert [anchor.words.sv for anchor in item.anchors if anchor.score == 5] == ["Vår ankartext"]
    assert item.place(10.5)[0] == 4
    assert item.derive is not None


def test_a_skeleton_can_be_scored_once_all_its_items_are_there(folder):
    rows = [("fact_2010", "2010", f"i{number}", "TS", f"Egen punkt {number}", "inte", "helt") for number in range(1, 4)]
    import_scale_texts(table(folder / "own.xlsx", rows))
    part = score_fidelity(ratings_of({"i1": 3, "i2": 4, "i3": 5}), "fact_2010")
    assert part.totals()["score"].isna().all()
    import_scale_texts(table(folder / "own.xlsx", rows), complete=True)
    whole = score_fidelity(ratings_of({"i1": 3, "i2": 4, "i3": 5}), "fact_2010")
    assert whole.totals()["score"].tolist() == [4.0]


def test_wrong_cells_are_named_all_at_once(folder):
    rows = [
        ("dacts", "2008", "H1", "H", "a", "", ""),
        ("dacts", "2008", "H1", "Q", "b", "", ""),
        ("dacts", "2008", "X1", "H", "c", "", ""),
    ]
    with pytest.raises(ScaleError) as caught:
        import_scale_texts(table(folder / "own.xlsx", rows))
    said = str(caught.value)
    assert 'items!C3: the item "H1" stands twice' in said
    assert 'items!D3: there is no subscale "Q"' in said
    assert 'items!C4: dacts_2008 has no item "X1"' in said
    assert not (folder / "own").exists()


def test_unknown_columns_and_two_scales_are_refused(folder):
    with pytest.raises(ScaleError, match='no column "colour"'):
        import_scale_texts(table(folder / "own.xlsx", [], ("scale", "item", "colour")))
    rows = [("dacts", "2008", "H1", "H", "a", "", ""), ("goi", "2004", "G1", "", "b", "", "")]
    with pytest.raises(ScaleError, match="one scale and one version"):
        import_scale_texts(table(folder / "own.xlsx", rows))


def test_a_score_outside_the_range_is_refused(folder):
    headings = ("scale", "version", "item", "subscale", "anchor_9_sv")
    with pytest.raises(ScaleError, match="items!E2: the score 9 is outside 1–5"):
        import_scale_texts(table(folder / "own.xlsx", [("dacts", "2008", "H1", "H", "nio")], headings))
