# ruff: noqa: E501
"""Deliveries broken at random: every case ends with a report or a clear error, and every row is accounted for."""

from __future__ import annotations

import io
import re
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factfidelity.delivery.load import check_extract
from factfidelity.delivery.words import FATES
from factfidelity.errors import FactFidelityError

CLIENTS = b"client_id;sex;birth_year;municipality\r\n" + b"".join(
    b"K%02dB;female;19%d;0484\r\n" % (n, 50 + n) for n in range(20)
)
ENROLMENTS = b"client_id;team_id;start;end\n" + b"".join(
    b"K%02dB;T1;2021-0%d-01;\n" % (n, 1 + n % 9) for n in range(20)
)
STAYS = "LopNr;INDATUMA;UTDATUMA;MVO;SJUKHUS;hdia;op\r\n" + "".join(
    f"K{n:02d}B;2022{1 + n % 9:02d}03;2022{1 + n % 9:02d}1{n % 9};901;Söder;F200;AU118 AU123\r\n" for n in range(20)
)
FILES = {"clients.csv": CLIENTS, "enrolments.csv": ENROLMENTS, "par_sv.csv": STAYS.encode("cp1252")}
MAPPING = b"""mapping: fuzz
period: {start: 2021-01-01, end: 2024-01-01}
sources:
  clients: {files: clients.csv, table: clients}
  enrolments: {files: enrolments.csv, table: enrolments}
  stays: {files: "par_sv.*", layout: par_sv}
"""


def outcome(folder: Path) -> str:
    """Check a delivery; every row must have one fate, and the counts of files and rows must agree."""
    try:
        report = check_extract(folder)
    except FactFidelityError as error:
        return type(error).__name__ if error.render("sv") else ""
    rows = report.rows
    assert set(rows["fate"].unique()) <= set(FATES)
    assert sum(report.account().values()) == len(rows)
    assert not rows.duplicated(["file", "line"]).any()
    if len(rows):
        assert int(report.files["rows"].sum()) == len(rows)
        assert (report.files[list(FATES)].sum(axis=1) == report.files["rows"]).all()
    assert report.summary("sv")
    assert report.summary("en")
    if not report.ok:
        return type(report.error).__name__
    return "report"


def flipped(data: bytes, draw: np.random.Generator) -> bytes:
    content = bytearray(data)
    for place in draw.integers(0, len(content), int(draw.integers(1, 12))):
        content[place] = int(draw.integers(0, 256))
    return bytes(content)


def cut(data: bytes, draw: np.random.Generator) -> bytes:
    return data[: int(draw.integers(0, len(data)))]


def with_signs(data: bytes, draw: np.random.Generator) -> bytes:
    signs = [
        b"\x00",
        b'"',
        b";",
        b"\n",
        b"\r",
        b"\xff\xfe",
        b"\xc3",
        b"=1+1",
        b"\t",
        b"'",
        b"\xef\xbb\xbf",
        b"99999999999999999999",
    ]
    for _ in range(int(draw.integers(1, 8))):
        place = int(draw.integers(0, len(data) + 1))
        data = data[:place] + signs[int(draw.integers(0, len(signs)))] + data[place:]
    return data


def without_header(data: bytes, draw: np.random.Generator) -> bytes:
    return data.partition(b"\n")[2]


def swapped(data: bytes, draw: np.random.Generator) -> bytes:
    lines = [line.split(b";") for line in data.split(b"\n")]
    first, second = (int(place) for place in draw.integers(0, 4, 2))
    for cells in lines[int(draw.integers(0, 2)) :]:
        if len(cells) > max(first, second):
            cells[first], cells[second] = cells[second], cells[first]
    return b"\n".join(b";".join(cells) for cells in lines)


def doubled(data: bytes, draw: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    place = int(draw.integers(0, len(lines)))
    return b"\n".join([*lines[:place], *lines[: int(draw.integers(1, 6))], *lines[place:]])


def other_encoding(data: bytes, draw: np.random.Generator) -> bytes:
    text = data.decode("cp1252", "replace")
    code = ["utf-16", "utf-16-le", "utf-8", "utf-32", "cp037"][int(draw.integers(0, 5))]
    half = len(text) // 2 if draw.random() < 0.5 else 0
    return text[:half].encode("cp1252", "replace") + text[half:].encode(code, "replace")


def garbage(data: bytes, draw: np.random.Generator) -> bytes:
    return draw.bytes(int(draw.integers(0, 3000)))


def joined(data: bytes, draw: np.random.Generator) -> bytes:
    return data + [b"", b"\xef\xbb\xbf", b"\n\n"][int(draw.integers(0, 3))] + data[int(draw.integers(0, len(data))) :]


MUTATIONS = (flipped, cut, with_signs, without_header, swapped, doubled, other_encoding, garbage, joined)
IN_OTHER_FORMATS = (flipped, cut, with_signs, garbage)


@cache
def other_formats() -> dict[str, bytes]:
    """The stays as a workbook, an archive, a Parquet, an SPSS and a Stata file."""
    import pyreadstat

    frame = pd.read_csv(io.StringIO(STAYS), sep=";", dtype=str, keep_default_na=False)
    book, table = io.BytesIO(), io.BytesIO()
    frame.to_excel(book, index=False)
    frame.to_parquet(table)
    with tempfile.TemporaryDirectory() as quiet:
        sav, dta = Path(quiet) / "a.sav", Path(quiet) / "a.dta"
        pyreadstat.write_sav(frame, str(sav))
        pyreadstat.write_dta(frame, str(dta))
        return {
            "par_sv.xlsx": book.getvalue(), "par_sv.parquet": table.getvalue(), "par_sv.sav": sav.read_bytes(),
            "par_sv.dta": dta.read_bytes(), "par_sv.zip": archive({"par_sv.csv": STAYS.encode()}),
        }  # fmt: skip


def write(folder: Path, files: dict[str, bytes], mapping: bytes = MAPPING) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "mapping.yaml").write_bytes(mapping)
    return folder


def run(cases: int, seed: int, place: Path) -> tuple[Counter[str], float]:
    """Count the outcomes of so many cases; and the seconds of the processor that the longest took."""
    draw = np.random.default_rng(seed)
    outcomes: Counter[str] = Counter()
    longest = 0.0
    for case in range(cases):
        files = dict(FILES)
        if draw.random() < 0.15:
            other = list(other_formats())[int(draw.integers(0, 5))]
            files = {name: content for name, content in files.items() if name != "par_sv.csv"}
            mutate = IN_OTHER_FORMATS[int(draw.integers(0, len(IN_OTHER_FORMATS)))]
            files[other] = mutate(other_formats()[other], draw)
        names = [name for name in files if name.endswith(".csv")]
        for _ in range(int(draw.integers(1, 4))):
            name = names[int(draw.integers(0, len(names)))]
            mutate = MUTATIONS[int(draw.integers(0, len(MUTATIONS)))]
            files[name] = mutate(files[name] or b"\n", draw)
        mapping = flipped(MAPPING, draw) if draw.random() < 0.05 else MAPPING
        folder = write(place / str(case % 20), files, mapping)
        begin = time.process_time()
        outcomes[outcome(folder)] += 1
        longest = max(longest, time.process_time() - begin)
    return outcomes, longest


def test_the_delivery_that_is_broken_is_whole_to_begin_with(tmp_path):
    assert outcome(write(tmp_path / "whole", FILES)) == "report"


def test_deliveries_broken_at_random_end_with_a_report_or_a_clear_error(tmp_path):
    outcomes, longest = run(240, 1, tmp_path)
    assert longest < 10
    assert "" not in outcomes
    assert sum(outcomes.values()) == 240
    assert outcomes["report"] > 10


@pytest.mark.slow
def test_ten_thousand_broken_deliveries(tmp_path):
    found: list[tuple[Counter[str], float]] = []
    _, gigabytes = cost(lambda: found.append(run(10_000, 2, tmp_path)))
    outcomes, longest = found[0]
    print(dict(outcomes), f"longest {longest:.2f} s, memory {gigabytes:.2f} GB")
    assert "" not in outcomes
    assert sum(outcomes.values()) == 10_000
    assert longest < 10
    assert gigabytes < 1


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5), max_size=6))
def test_any_text_in_the_cells_ends_with_a_report_or_a_clear_error(tmp_path_factory, rows):
    body = "\n".join(";".join(cells) for cells in rows)
    content = ("client_id;sex;birth_year;municipality\n" + body).encode("utf-8", "replace")
    outcome(write(tmp_path_factory.getbasetemp() / "texts", {**FILES, "clients.csv": content}))


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


HARD = {
    "a path out of the archive": {"stays.zip": archive({"../../evil.csv": STAYS.encode()})},
    "an absolute path in the archive": {"stays.zip": archive({"/abs/evil.csv": STAYS.encode()})},
    "an archive that unpacks to far more than it holds": {"stays.zip": archive({"par_sv.csv": b"a;b\n" + b"0;0\n" * 4_000_000})},
    "an archive in an archive": {"stays.zip": archive({"inner.zip": archive({"par_sv.csv": STAYS.encode()})})},
    "half an archive": {"stays.zip": archive({"par_sv.csv": STAYS.encode()})[:80]},
    "a cell of ten megabytes": {"par_sv.csv": STAYS.encode() + b"K01B;20220101;20220102;901;" + b"x" * 10_000_000 + b";F200;\n"},
    "a quote that never ends": {"par_sv.csv": STAYS.encode() + b'"' + b"K01B;20220101;20220102\n" * 200_000},
    "a million columns": {"par_sv.csv": b";".join(b"c%d" % n for n in range(1_000_000)) + b"\n" + b";" * 999_999 + b"\n"},
    "a hundred thousand distinct values": {"par_sv.csv": STAYS.encode() + b"".join(b"X%06d;20220101;20220102;901;S%d;F200;\n" % (n, n) for n in range(100_000))},
    "nothing but NUL": {"par_sv.csv": b"\x00" * 100_000},
    "formulas": {"clients.csv": CLIENTS + b"=cmd|' /C calc'!A0;@SUM(1);+1;-1\n"},
    "a workbook that is none": {"par_sv.xlsx": b"PK\x03\x04" + bytes(200)},
    "a table of Parquet that is none": {"par_sv.parquet": b"PAR1" + bytes(100) + b"PAR1"},
}  # fmt: skip


@pytest.mark.parametrize("case", HARD)
def test_hard_cases_end_with_a_report_or_a_clear_error(case, tmp_path):
    files = {**FILES, **HARD[case]}
    mapping = MAPPING
    for name in HARD[case]:
        if name not in FILES:
            files.pop("par_sv.csv", None)
            mapping = MAPPING.replace(b"par_sv.csv", name.encode())
    folder = write(tmp_path / "delivery", files, mapping)
    seconds, gigabytes = cost(lambda: outcome(folder))
    assert seconds < 10
    assert gigabytes < 1
    assert {path.name for path in tmp_path.iterdir()} == {"delivery"}


def cost(job: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor for a job, and by how much its peak of memory lies above what was held before (0 where nobody knows)."""
    clear, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    try:
        clear.write_text("5")
    except OSError:
        clear = None
    before = status.read_text() if clear else ""
    begin = time.process_time()
    job()
    seconds = time.process_time() - begin
    if not clear:
        return seconds, 0.0
    held = int(re.search(r"VmRSS:\s+(\d+)", before)[1])
    peak = int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1])
    return seconds, (peak - held) / 1e6
