"""The rendered example in the tree: whole, light, and made again by the command that its README names."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path

import openpyxl
import pytest

from factfidelity.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "reports" / "example"
KEPT = ("report_sv.html", "summary_sv.xlsx")
HEAVIEST = 1_500_000


def _made_with(page: bytes) -> str:
    return unescape(re.search(r"Framställd med</th><td>([^<]*)<", page.decode("utf-8"))[1])


def test_the_example_is_there_and_light_enough_to_keep():
    sizes = {name: (EXAMPLE / name).stat().st_size for name in KEPT}
    assert 0 < sum(sizes.values()) < HEAVIEST, sizes


def test_page_and_workbook_of_the_example_are_of_the_same_delivery_and_say_that_it_is_invented():
    page = (EXAMPLE / "report_sv.html").read_text(encoding="utf-8")
    first = openpyxl.load_workbook(io.BytesIO((EXAMPLE / "summary_sv.xlsx").read_bytes())).worksheets[0]
    cells = {cell for row in first.iter_rows(values_only=True) for cell in row if cell}
    (print_of_data,) = re.findall(r"Kontrollsumma för underlaget</th><td>(\w+)<", page)
    assert print_of_data in cells
    assert "påhittade uppgifter" in page


@pytest.mark.slow
def test_the_example_is_made_again_byte_for_byte(tmp_path):
    kept = (EXAMPLE / "report_sv.html").read_bytes()
    assert main(["report", str(ROOT / "sample_data" / "fact_ung"), "--out", str(tmp_path)]) == 0
    made = (tmp_path / "report_sv.html").read_bytes()
    if _made_with(made) != _made_with(kept):
        pytest.skip("the example was made with other versions of the libraries")
    for name in KEPT:
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes(), f"make {name} again and look at it"
