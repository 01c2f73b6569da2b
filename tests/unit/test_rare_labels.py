"""Words of the supplier's own that a few persons have do not become rows of a report."""

from __future__ import annotations

import pandas as pd
import pytest

from factfidelity.delivery.checks import BROKEN_COLUMNS, CheckedTables
from factfidelity.delivery.quality_guard import shown_counts, shown_files, unit_names
from factfidelity.delivery.rare_labels import rare_rows, without_rare_labels


def reasons(words):
    return pd.DataFrame({"client_id": [f"k{place}" for place in range(len(words))], "end_reason": words})


def checked(**tables):
    return CheckedTables(tables, pd.DataFrame(), pd.DataFrame(columns=list(BROKEN_COLUMNS)))


def test_words_of_fewer_than_five_persons_become_other_and_codes_stay():
    frame = reasons(["planned", "died", "Hos mamma i byn", *["Flyttade hem"] * 5, None])
    after = without_rare_labels(checked(enrolments=frame))
    assert after.tables["enrolments"]["end_reason"].fillna("").tolist() == [
        "planned", "died", "other", *["Flyttade hem"] * 5, "",
    ]  # fmt: skip
    assert frame["end_reason"].iloc[2] == "Hos mamma i byn"
    note = after.broken.iloc[0]
    assert (note["rule"], note["severity"], note["table"], note["column"]) == (
        "rare_label", "note", "enrolments", "end_reason",
    )  # fmt: skip
    assert "mamma" not in " ".join(map(str, note))


def test_many_rows_of_one_person_are_one_person():
    frame = pd.DataFrame({"client_id": ["k1"] * 9, "reason_on": ["Rymt till granngården"] * 9})
    assert rare_rows(frame, "reason_on").all()


@pytest.mark.parametrize("word", ["F20.5", "0484", "GAF", "case_manager", "12,5", "Familjehem"])
def test_single_words_and_codes_stay(word):
    assert not rare_rows(reasons([word]), "end_reason").any()


def test_of_staff_only_what_looks_like_a_name_goes():
    frame = pd.DataFrame({"staff_id": ["s1", "s2"], "profession": ["Sekreterare", "Psykolog " + "Stina " + "Hag"]})
    assert rare_rows(frame, "profession", names_only=True).tolist() == [False, True]


def test_a_table_without_such_words_is_left_as_it_is():
    before = checked(enrolments=reasons(["planned", "moved"]))
    assert without_rare_labels(before) is before


def test_a_unit_with_fewer_than_five_rows_is_not_named():
    found = pd.DataFrame({"table": "episodes", "unit": ["Stor"] * 2 + ["Liten"] * 2, "rows": [9, 4, 1, 2]})
    assert unit_names(found).tolist() == ["Stor", "Stor", "..", ".."]


def test_a_few_deaths_or_rows_of_compulsory_care_that_were_set_aside_are_not_counted():
    files = pd.DataFrame({
        "file": ["dors.csv", "tvang.csv", "kontakter.csv", "besok.csv"],
        "tables": ["deaths", "legal_status", "contacts", "visits"],
        "rows": [19, 300, 900, 60], "used": [18, 298, 899, 60], "set_aside": [1, 2, 1, 0],
    })  # fmt: skip
    assert shown_files(files)["rows"].isna().tolist() == [True, True, False, True]
    assert shown_files(files.iloc[2:])["rows"].notna().all()


def test_a_report_does_not_say_how_few_rows_break_a_rule():
    assert shown_counts(pd.Series([1, 4, 5, 40, ""])).tolist() == ["", "", 5, 40, ""]
