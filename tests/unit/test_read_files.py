"""Files of every kind become the same all-text table, with the line of each row."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from factfidelity.delivery.formats import ReadOptions
from factfidelity.delivery.mapping_match import known_headings
from factfidelity.delivery.read import Delivered, data_files, read_folder
from factfidelity.errors import EXIT_CODES

HEAD = "client_id;team_id;start;end"
ROWS = ["A1;T1;2021-01-01;", "A2;Å1;2021-02-01;2021-05-01"]
TEXT = "\n".join([HEAD, *ROWS]) + "\n"


def read(folder: Path, **contents: bytes) -> Delivered:
    for name, content in contents.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    return read_folder(folder, options_of=lambda name: ReadOptions(known=known_headings()))


def rows(found: Delivered) -> list[list[str]]:
    assert not found.problems
    return found.tables[0].frame.to_numpy(dtype=object).tolist()


EXPECTED = [["A1", "T1", "2021-01-01", ""], ["A2", "Å1", "2021-02-01", "2021-05-01"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_gives_the_same_rows(encoding, tmp_path):
    assert rows(read(tmp_path, a__csv=TEXT.encode(encoding))) == EXPECTED


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_separator_is_found_out(separator, tmp_path):
    found = read(tmp_path, a__csv=TEXT.replace(";", separator).encode())
    assert rows(found) == EXPECTED
    assert found.tables[0].separator == separator


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_end_gives_the_same_rows(newline, tmp_path):
    found = read(tmp_path, a__csv=TEXT.replace("\n", newline).encode())
    assert rows(found) == EXPECTED
    assert found.tables[0].lines.tolist() == [2, 3]


def test_what_stands_around_a_table_is_furniture_and_keeps_its_line(tmp_path):
    text = "\n".join(["sep=;", "Utdrag ur registret;;;", "", HEAD, ROWS[0], ";;;", ROWS[1], "Summa;;;", ""])
    table = read(tmp_path, a__csv=text.encode()).tables[0]
    assert table.header_line == 4
    assert table.lines.tolist() == [5, 7]
    assert table.furniture == ((1, "sep_line"), (2, "preamble"), (3, "preamble"), (6, "blank"), (8, "total_row"))


def test_quotes_hold_separators_and_line_breaks_and_the_line_is_where_the_row_begins(tmp_path):
    text = HEAD + '\n"A;1";"T\n1";2021-01-01;\nA2;"T ""2""";2021-02-01;\n'
    table = read(tmp_path, a__csv=text.encode()).tables[0]
    assert table.frame.iloc[:, :2].to_numpy(dtype=object).tolist() == [["A;1", "T\n1"], ["A2", 'T "2"']]
    assert table.lines.tolist() == [2, 4]


def test_a_last_empty_column_without_a_heading_is_let_pass(tmp_path):
    text = "\n".join(f"{line};" for line in [HEAD, *ROWS])
    assert rows(read(tmp_path, a__csv=text.encode())) == EXPECTED


def test_a_row_cut_short_is_not_filled_up_with_nothing(tmp_path):
    table = read(tmp_path, a__csv=(TEXT + "A3;T1").encode()).tables[0]
    assert table.ragged == (4,)
    assert len(table) == 2


def test_missing_texts_are_kept_as_they_are(tmp_path):
    found = read(tmp_path, a__csv=f"{HEAD}\nNA;0001;nan;None\n".encode())
    assert rows(found) == [["NA", "0001", "nan", "None"]]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (TEXT.encode("utf-8").decode("cp1252").encode("utf-8"), "double_encoding"),
        (TEXT.replace("Å", "\ufffd").encode(), "lost_letters"),
        (TEXT.replace("Å1", "Norrk\u00f6ping").encode("cp850"), "other_code_page"),
        (b"", "empty_file"),
        (b"\x00\x01\x02" * 50, "binary"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, rule, tmp_path):
    problems = read(tmp_path, a__csv=content).problems
    assert [problem.rule for problem in problems] == [rule]
    assert problems[0].kind in EXIT_CODES
    assert problems[0].what_sv
    assert problems[0].do_sv


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Inskrivningar"
    sheet["A1"] = "Utdrag 2024"
    sheet.merge_cells("A1:D1")
    sheet.append([])
    for row in [
        HEAD.split(";"),
        ["A1", "T1", pd.Timestamp("2021-01-01").to_pydatetime(), None],
        [1001, "Å1", "2021-02-01", 44317],
    ]:
        sheet.append(row)
    hidden = book.create_sheet("Arbetsblad")
    hidden.sheet_state = "hidden"
    hidden.append(["x", "y"])
    hidden.append([1, 2])
    sheet["A4"].comment = openpyxl.comments.Comment("kontrollerad", "M01")
    book.properties.title = "Utdrag"
    book.save(path)


def test_a_workbook_gives_its_sheets_and_what_lies_beside_them(tmp_path):
    workbook(tmp_path / "a.xlsx")
    found = read(tmp_path)
    first = found.tables[0]
    assert first.frame.to_numpy(dtype=object).tolist() == [
        ["A1", "T1", "2021-01-01", ""],
        ["1001", "Å1", "2021-02-01", "44317"],
    ]
    assert first.header_line == 3
    assert first.lines.tolist() == [4, 5]
    beside = {place: text for table in found.tables for place, text in table.extras}
    assert {"comment", "document property", "sheet name", "preamble", "hidden sheet"} <= set(beside)
    assert "kontrollerad" in beside["comment"]


def test_parquet_spss_stata_and_zip_give_the_same_rows(tmp_path):
    import pyreadstat

    frame = pd.DataFrame({"client_id": ["A1", "A2"], "team_id": ["T1", "Å1"], "n": [1.0, 2.5]})
    frame.to_parquet(tmp_path / "a.parquet")
    pyreadstat.write_sav(frame, str(tmp_path / "b.sav"))
    pyreadstat.write_dta(frame, str(tmp_path / "c.dta"))
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.writestr("inner/e.csv", frame.to_csv(sep=";", index=False))
    found = read(tmp_path)
    assert not found.problems
    assert [table.file for table in found.tables] == ["a.parquet", "b.sav", "c.dta", "d.zip/inner/e.csv"]
    for table in found.tables:
        cells = table.frame.to_numpy(dtype=object).tolist()
        assert [row[:2] for row in cells] == [["A1", "T1"], ["A2", "Å1"]]
        assert [float(row[2]) for row in cells] == [1.0, 2.5]


def test_an_archive_that_leads_out_of_the_folder_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../a.csv", TEXT)
    problems = read(tmp_path, a__zip=buffer.getvalue()).problems
    assert [problem.rule for problem in problems] == ["unsafe_archive"]
    assert not (tmp_path.parent / "a.csv").exists()


def test_a_large_workbook_read_row_by_row_gives_the_same(tmp_path, monkeypatch):
    from factfidelity.delivery import formats_sheets

    workbook(tmp_path / "a.xlsx")
    whole = read(tmp_path).tables
    monkeypatch.setattr(formats_sheets, "_STREAMED", 0)
    streamed = read(tmp_path).tables
    assert [table.sheet for table in streamed] == [table.sheet for table in whole]
    for one, other in zip(streamed, whole, strict=True):
        pd.testing.assert_frame_equal(one.frame, other.frame)
        assert one.lines.tolist() == other.lines.tolist()
        assert sorted(one.extras) == sorted(other.extras)
        assert one.hidden == other.hidden


@pytest.mark.parametrize("name", ["a__zip", "a__xlsx"])
def test_an_archive_of_a_version_that_nobody_knows_is_told_as_damaged(name, tmp_path):
    if name == "a__xlsx":
        workbook(tmp_path / "whole.xlsx")
        content = (tmp_path / "whole.xlsx").read_bytes()
        (tmp_path / "whole.xlsx").unlink()
    else:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("a.csv", TEXT)
        content = buffer.getvalue()
    place = content.index(b"PK\x01\x02") + 6  # version needed to extract, in the directory of the archive
    problems = read(tmp_path, **{name: content[:place] + b"\xc6" + content[place + 1 :]}).problems
    assert [problem.rule for problem in problems] == ["damaged"]


def test_a_table_of_parquet_with_text_that_is_no_utf_8_is_told_as_damaged(tmp_path):
    pd.DataFrame({"client_id": ["A1xyzq", "A2xyzq"], "team_id": ["T1", "T2"]}).to_parquet(
        tmp_path / "a.parquet", compression=None, index=False
    )
    content = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(content.replace(b"A1xyzq", b"A1\xffyzq"))
    assert [problem.rule for problem in read(tmp_path).problems] == ["damaged"]


def test_workbooks_of_a_report_in_the_delivery_folder_are_no_data(tmp_path):
    delivered = {"a.csv": TEXT, "summary_sv.xlsx": "", "report/tables_en.xlsx": "", "report/released.json": "{}"}
    for name, content in delivered.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert data_files(tmp_path) == ["a.csv", "summary_sv.xlsx"]
