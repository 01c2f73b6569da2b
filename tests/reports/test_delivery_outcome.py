"""What a reader of the delivery report sees of a whole delivery, and that no pseudonym is in any of it."""

from __future__ import annotations

import io
import logging
import re
import zipfile

import pandas as pd
import pytest

from factfidelity.cli import main
from factfidelity.delivery.load import check_extract
from factfidelity.reports.delivery import delivery_html, delivery_workbook, write_delivery_report, write_row_list
from factfidelity.schemas.files import shipped_folder

FOLDER = shipped_folder("sample_data") / "region_nord"
WORD = re.compile(r"[\w-]+")


@pytest.fixture(scope="module")
def report():
    return check_extract(FOLDER, previous=FOLDER)


@pytest.fixture(scope="module")
def pseudonyms() -> set[str]:
    """Every client id and löpnummer of the sample delivery, as they stand in its files."""
    found: set[str] = set()
    keys = {"lopnr", "löpnr", "pseudonym", "klient", "pid", "client_id", "p9140_lopnr"}
    for path in FOLDER.glob("*.csv"):
        data = path.read_bytes()
        encoding = "utf-8-sig" if _is_utf8(data) else "cp1252"
        frame = pd.read_csv(path, sep=None, engine="python", dtype=str, encoding=encoding, keep_default_na=False)
        for name in frame.columns:
            if name.casefold().strip() in keys:
                found |= {text for text in frame[name].unique() if len(text) >= 5}
    assert len(found) > 800
    return found


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def found_in(text: str, pseudonyms: set[str]) -> set[str]:
    return set(WORD.findall(text)) & pseudonyms


def test_the_search_itself_finds_a_pseudonym(pseudonyms):
    one = min(pseudonyms)
    assert found_in(f"<td>{one}</td>", pseudonyms) == {one}


def test_no_pseudonym_is_in_the_page_the_workbook_or_the_list_of_rows(report, pseudonyms, tmp_path):
    for language in ("sv", "en"):
        for path in write_delivery_report(report, tmp_path, language=language):
            if path.suffix == ".html":
                assert not found_in(path.read_text(encoding="utf-8"), pseudonyms)
                continue
            with zipfile.ZipFile(path) as book:
                for name in book.namelist():
                    assert not found_in(book.read(name).decode("utf-8", "replace"), pseudonyms), name
    assert not found_in(write_row_list(report, tmp_path / "rows.csv").read_text("utf-8"), pseudonyms)
    assert not found_in(repr(report) + report._repr_html_() + report.summary("sv"), pseudonyms)


def test_no_pseudonym_is_printed_or_logged_by_check(pseudonyms, capsys, caplog, tmp_path):
    with caplog.at_level(logging.DEBUG):
        assert main(["check", str(FOLDER)]) == 0
    printed = capsys.readouterr()
    assert not found_in(printed.out + printed.err + caplog.text, pseudonyms)


def test_a_fault_of_our_own_is_told_without_its_text(pseudonyms, capsys, monkeypatch):
    from factfidelity.delivery import assemble

    def broken(*parts, **options):
        raise KeyError(min(pseudonyms))

    monkeypatch.setattr(assemble, "map_table", broken)
    monkeypatch.delenv("FACTFIDELITY_TRACEBACK", raising=False)
    assert main(["check", str(FOLDER)]) == 70
    printed = capsys.readouterr()
    assert not found_in(printed.out + printed.err, pseudonyms)
    assert "KeyError" in printed.err


def test_coverage_is_a_heat_map_whose_letters_say_the_same(report):
    page = delivery_html(report, "sv")
    marks = re.findall(r'<td class="month-(.)">(.)</td>', page)
    assert len(marks) > 100
    assert all(name == letter for name, letter in marks)
    assert all(f"td.month-{mark} " in page for mark in {name for name, _ in marks})
    assert "r = rapporterat" in page
    with zipfile.ZipFile(io.BytesIO(delivery_workbook(report, "sv"))) as book:
        assert b"FFD6EAD9" in book.read("xl/styles.xml")


def test_linkage_and_the_comparison_with_the_delivery_before_are_told(report):
    said = report.summary("sv")
    assert "Sedan förra leveransen: inga skillnader." in said
    assert "kopplingsfilen känner" in said
    assert "inte observerad" in said
