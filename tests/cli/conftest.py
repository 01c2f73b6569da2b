"""One report of the sample region for all tests of the commands, with everything that it said."""

from __future__ import annotations

import contextlib
import io
import logging
from pathlib import Path

import pytest

from factfidelity.cli import main
from factfidelity.schemas.files import shipped_folder


@pytest.fixture(scope="session")
def region() -> Path:
    return shipped_folder("sample_data") / "region_nord"


@pytest.fixture(scope="session")
def region_report(region, tmp_path_factory) -> tuple[Path, str]:
    """Folder of the report, and what was printed and logged."""
    out = tmp_path_factory.mktemp("out")
    said = io.StringIO()
    log = logging.StreamHandler(said)
    root = logging.getLogger()
    root.addHandler(log)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            assert main(["report", str(region), "--out", str(out)]) == 0
    finally:
        root.removeHandler(log)
    return out, said.getvalue()
