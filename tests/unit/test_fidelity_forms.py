"""A rating form goes out, comes back, and is scored; every wrong cell is named."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from fidelity_scales import ratings_of

from factfidelity.errors import DisclosureError, ScaleError
from factfidelity.fidelity.derive import derive_fidelity
from factfidelity.fidelity.forms import read_rating_form, write_rating_form
from factfidelity.fidelity.score import score_fidelity
from factfidelity.schemas.scale import load_scale

DACTS = load_scale("dacts")


def filled(path, *, language="sv", change=None, raters=("A", "B")):
    """Write a form and fill it in as assessors would; ``change`` gets the workbook before it is saved."""
    write_rating_form(path, "dacts", team="Norr", raters=list(raters), language=language)
    book = openpyxl.load_workbook(path)
    book["Start"]["B5"] = "2024-03-12"
    for place, item in enumerate(DACTS.items):
        for shift, rater in enumerate(raters):
            book[rater].cell(6 + place, 5).value = 2 + (place + shift) % 4
        if item == "O4":
            book["A"].cell(6 + place, 5).value = None
            book["A"].cell(6 + place, 6).value = "chefen var borta"
    agreed = book["Konsensus" if language == "sv" else "Consensus"]
    agreed.cell(6, 6).value = 5
    if change:
        change(book)
    book.save(path)
    return path


def problems_of(path):
    with pytest.raises(ScaleError) as caught:
        read_rating_form(path)
    return str(caught.value)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_form_read_back_scores_like_the_same_ratings_in_a_frame(tmp_path, language):
    form = read_rating_form(filled(tmp_path / "form.xlsx", language=language))
    same = pd.concat(
        [
            ratings_of(
                {
                    item: None if (item, rater) == ("O4", "A") else 2 + (place + shift) % 4
                    for place, item in enumerate(DACTS.items)
                },
                team="Norr", assessment="2024-03-12", rater=rater,
            )
            for shift, rater in enumerate("AB")
        ]
        + [ratings_of({"H1": 5}, team="Norr", assessment="2024-03-12")]
    )  # fmt: skip
    pd.testing.assert_frame_equal(score_fidelity(form, "dacts").table, score_fidelity(same, "dacts").table)
    reason = form.loc[(form["item"] == "O4") & (form["rater"] == "A"), "reason"].iloc[0]
    assert reason == "chefen var borta"


def test_the_same_form_has_the_same_bytes(tmp_path):
    one = write_rating_form(tmp_path / "one.xlsx", "dacts", team="Norr", raters=2)
    other = write_rating_form(tmp_path / "two.xlsx", "dacts", team="Norr", raters=2)
    assert one.read_bytes() == other.read_bytes()


def test_structure_is_locked_and_only_the_assessors_cells_are_open(tmp_path):
    path = write_rating_form(tmp_path / "form.xlsx", "dacts", team="Norr", raters=["K1", "K2"])
    book = openpyxl.load_workbook(path)
    sheet = book["K1"]
    assert sheet.protection.sheet
    assert sheet["B6"].protection.locked
    assert [sheet.cell(6, column).protection.locked for column in (5, 6, 7)] == [False, False, False]
    assert book["_form"].sheet_state == "veryHidden"
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == 28


def test_wrong_cells_are_named_all_at_once(tmp_path):
    def spoil(book):
        book["A"]["E6"] = 7
        book["A"]["E7"] = 2.5
        book["B"]["E8"] = "fyra"
        book["B"]["E9"] = None
        book["B"]["F10"] = "vet inte"
        book["Konsensus"]["F7"] = 0
        book["Start"]["B5"] = "i mars"

    said = problems_of(filled(tmp_path / "form.xlsx", change=spoil))
    for cell in ("A!E6", "A!E7", "B!E8", "B!E9", "B!F10", "Konsensus!F7", "Start!B5"):
        assert cell in said
    assert said.startswith("7 problems in form.xlsx")


def test_a_changed_form_is_refused(tmp_path):
    def spoil(book):
        book["A"]["A7"] = "H9"
        book["A"]["A60"] = "H29"

    said = problems_of(filled(tmp_path / "form.xlsx", change=spoil))
    assert "A!A7" in said
    assert "A!A60" in said


def test_a_form_of_another_version_is_refused(tmp_path):
    def spoil(book):
        book["_form"]["B4"] = "0000000000000000"

    assert "another version of dacts_2008" in problems_of(filled(tmp_path / "form.xlsx", change=spoil))


def test_a_file_that_is_no_form_is_refused(tmp_path):
    text = tmp_path / "form.xlsx"
    text.write_text("not a workbook")
    assert "is not an Excel workbook" in problems_of(text)
    assert "cannot be found" in problems_of(tmp_path / "nothing.xlsx")
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    assert "is not a rating form" in problems_of(tmp_path / "other.xlsx")


def test_an_empty_form_is_refused(tmp_path):
    path = write_rating_form(tmp_path / "form.xlsx", "dacts", team="Norr", raters=2)
    said = problems_of(path)
    assert "the form is empty" in said
    assert "Start!B5" in said


@pytest.mark.parametrize("raters", [["A", "a"], ["consensus"], ["A/B"], [], 0, 11, [""]])
def test_assessors_need_different_short_names(tmp_path, raters):
    with pytest.raises(ValueError, match="raters"):
        write_rating_form(tmp_path / "form.xlsx", "dacts", team="Norr", raters=raters)


def test_evidence_stands_beside_the_item_and_must_be_released(tmp_path, small_team):
    derived = derive_fidelity(small_team, "dacts", team="north", on="2024-01-01")
    with pytest.raises(DisclosureError):
        write_rating_form(tmp_path / "form.xlsx", "dacts", team="north", raters=2, evidence=derived)
    write_rating_form(tmp_path / "form.xlsx", "dacts", team="north", raters=2, evidence=derived.released())
    sheet = openpyxl.load_workbook(tmp_path / "form.xlsx")["A"]
    evidence = {sheet.cell(row, 1).value: sheet.cell(row, 4).value for row in range(6, 34)}
    assert evidence["H11"] == "1,5 heltidstjänster → 1"
    assert evidence["H1"].startswith("..")


def test_a_skeleton_cannot_be_rated_before_its_texts_are_there(tmp_path):
    with pytest.raises(ValueError, match="import its texts first"):
        write_rating_form(tmp_path / "form.xlsx", "fact_2010", team="Norr", raters=2)


@pytest.fixture
def small_team():
    from frames import extract_of

    return extract_of(
        "2022-01-01", "2024-01-01",
        teams="team_id | name | started\nnorth | Norr | 2022-01-01",
        enrolments="client_id | team_id | start | end\nK1 | north | 2022-05-01 |\nK2 | north | 2022-05-01 |",
        staff="staff_id | team_id | profession | fte | start | end\nM1 | north | nurse | 1 | 2022-01-01 |\n"
        "M2 | north | psychiatrist | 0.5 | 2022-01-01 |",
    )  # fmt: skip
