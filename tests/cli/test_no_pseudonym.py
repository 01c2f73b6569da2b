"""No key of a person, and no day that points at one, is in what check and report print, log, raise or write."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from pseudonyms import days_of, found_below, found_in, keys_of, traceback_of

from factfidelity.cli import main
from factfidelity.delivery.load import check_extract, load_extract
from factfidelity.errors import FactFidelityError
from factfidelity.schemas.files import shipped_folder

SAMPLES = ("region_nord", "fact_ung", "ract", "sis_bup", "spot")


@pytest.fixture(scope="module")
def keys(region) -> set[str]:
    return keys_of(region)


def test_the_search_knows_every_key_and_finds_one_where_it_lies(keys, region, tmp_path):
    clients = set(load_extract(region).clients["client_id"])
    assert clients <= keys
    assert len(keys) > 2 * len(clients)
    (tmp_path / "page.html").write_text(f"<td>{min(clients)}</td>", encoding="utf-8")
    assert found_below(tmp_path, keys) == {"page.html": 1}


def test_the_search_reads_what_a_picture_says_beside_its_pixels(tmp_path):
    def part(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I4s", len(content), kind) + content + struct.pack(">I", zlib.crc32(kind + content))

    said = part(b"tEXt", b"Title\0K100") + part(b"zTXt", b"Note\0\0" + zlib.compress(b"of K200"))
    picture = b"\x89PNG\r\n\x1a\n" + said + part(b"IDAT", b" K300 ") + part(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(picture)
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("media/image1.png", picture)
    assert found_below(tmp_path, {"K100", "K200", "K300"}) == {"a.png": 2, "b.docx/media/image1.png": 2}


def test_no_key_is_in_anything_that_a_report_of_the_region_writes_or_says(region_report, keys):
    folder, said = region_report
    assert len(list(folder.iterdir())) >= 6
    assert found_below(folder, keys) == {}
    assert found_in(said, keys) == 0


def test_no_day_on_which_fewer_than_five_clients_have_anything_is_in_it(region_report, region):
    days = days_of(region)
    assert len(days) > 200
    assert found_below(region_report[0], days) == {}


def spoiled(name: str, text: str) -> str:
    """Break one file of the region in a way that makes a library below ours complain."""
    lines = text.split("\n")
    if name == "a code that no table allows":
        return text.replace("Hembesök", "Hembesok?")
    if name == "every date gone":
        return "\n".join([lines[0], *(line.replace("-", "x") for line in lines[1:])])
    if name == "rows cut":
        return "\n".join([lines[0], *(line[: len(line) // 2] for line in lines[1:])])
    if name == "quotes without end":
        return "\n".join([lines[0], *('"' + line for line in lines[1:])])
    return "\n".join([lines[0], *lines[1:], *lines[1:400]])


SPOILED = {
    "a code that no table allows": "kontaktlista_2024.csv", "every date gone": "inskrivningar.csv",
    "rows cut": "klienter.csv", "quotes without end": "ut_r_par_sv_9140_2024.csv", "rows twice": "klienter.csv",
    "not a workbook": "programtrohet.xlsx", "the crosswalk twice": "lopnr_nyckel.csv", "other signs": "tvangsvard.csv",
}  # fmt: skip


SLOW = ("every date gone", "rows twice", "the crosswalk twice")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in SPOILED])
def test_no_key_is_in_the_words_or_the_whole_traceback_of_an_error(name, region, keys, tmp_path, caplog):
    folder = tmp_path / "a"
    shutil.copytree(region, folder)
    path = folder / SPOILED[name]
    data = path.read_bytes()
    if name == "not a workbook":
        path.write_bytes(data[: len(data) // 2])
    elif name == "other signs":
        path.write_bytes(data.decode("utf-8-sig").encode("utf-16-be")[1:])
    else:
        encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "cp1252" if b"\xe5" in data else "utf-8"
        path.write_text(spoiled(name, data.decode(encoding, "replace")), encoding="utf-8", newline="")
    said = ""
    with caplog.at_level("DEBUG"):
        try:
            report = check_extract(folder)
            said += report.summary("sv") + report.summary("en") + repr(report) + report._repr_html_()
            if report.error:
                raise report.error
        except FactFidelityError as error:
            said += traceback_of(error) + error.render("sv") + error.render("en")
    assert found_in(said + caplog.text, keys) == 0


BROKEN = sorted(path for path in (shipped_folder("sample_data") / "broken").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", BROKEN, ids=lambda path: path.name)
def test_no_key_is_in_what_is_said_of_a_broken_delivery(folder, tmp_path, capsys):
    keys = {text.decode("utf-8", "ignore") for path in folder.glob("*.csv")
            for line in path.read_bytes().splitlines()[1:] for text in line.split(b";")[:2]}  # fmt: skip
    keys = {text for text in keys if len(text) >= 4 and any(sign.isdigit() for sign in text)}
    main(["check", str(folder), "--out", str(tmp_path / "out"), "--language", "en"])
    printed = capsys.readouterr()
    assert found_in(printed.out + printed.err, keys) == 0
    assert not (tmp_path / "out").exists() or found_below(tmp_path / "out", keys) == {}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_no_key_is_in_any_output_of_check_and_report(name, language, tmp_path):
    folder = shipped_folder("sample_data") / name
    keys, days = keys_of(folder), days_of(folder)
    assert len(keys) > 20
    environment = {**os.environ, "FACTFIDELITY_TRACEBACK": "1", "PYTHONWARNINGS": "default"}
    formats = "html,xlsx,docx,pptx,pdf"
    for number, command in enumerate([
        ["check", str(folder), "--out", "checked", "--rows", "rows.csv", "--previous", str(folder)],
        ["report", str(folder), "--out", "made", "--formats", formats],
    ]):  # fmt: skip
        place = tmp_path / str(number)
        place.mkdir()
        run = subprocess.run(
            [sys.executable, "-m", "factfidelity", *command, "--language", language], cwd=place, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-2000:]
        assert found_in(run.stdout + run.stderr, keys | days) == 0
        assert list(place.rglob("*.html"))
        assert found_below(place, keys | days) == {}
        assert not Path(place, "core").exists()
