"""Each delivery of ``sample_data/broken`` has one fault; ``factfidelity check`` must say so, with its own exit code."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from plants import planted

from factfidelity.cli import main
from factfidelity.schemas.files import read_yaml, shipped_folder

FOLDER = shipped_folder("sample_data") / "broken"
FAULTS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def delivery(name: str, place: Path) -> tuple[Path, str]:
    """Copy a broken delivery; put an identifier into it where it asks for one."""
    folder = place / name
    shutil.copytree(FOLDER / name, folder)
    expected = read_yaml(folder / "expected.yaml")
    (folder / "expected.yaml").unlink()
    plant = expected.get("plant")
    if not plant:
        return folder, ""
    text = planted(plant["kind"], 1, np.random.default_rng(20))[0]
    file = folder / plant["file"]
    lines = file.read_text(encoding="utf-8").splitlines()
    cells = lines[3].split(";")
    cells[lines[0].split(";").index(plant["column"])] = text
    lines[3] = ";".join(cells)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder, text


def test_there_are_at_least_fifteen_and_each_says_what_it_must_print():
    assert len(FAULTS) >= 15
    for name in FAULTS:
        expected = read_yaml(FOLDER / name / "expected.yaml")
        assert {"fault", "command", "exit_code", "message"} <= set(expected), name
        assert all(expected["message"]), name


@pytest.mark.parametrize("name", FAULTS)
def test_check_prints_the_message_and_ends_with_its_exit_code(name, tmp_path, capsys):
    expected = read_yaml(FOLDER / name / "expected.yaml")
    folder, secret = delivery(name, tmp_path)
    code = main([expected["command"], str(folder), "--language", "en"])
    printed = "".join(capsys.readouterr())
    for message in expected["message"]:
        assert message in printed, printed
    assert code == expected["exit_code"]
    assert "Traceback" not in printed
    assert not secret or secret not in printed
    assert str(tmp_path) not in printed


@pytest.mark.parametrize("name", ["discharge_before_admission", "identity_personnummer_dash", "plan_unknown_key"])
def test_a_report_of_a_broken_delivery_leaves_no_half_written_file(name, tmp_path, capsys):
    folder, _ = delivery(name, tmp_path)
    out = tmp_path / "out"
    assert main(["report", str(folder), "--out", str(out), "--language", "en"]) != 0
    assert not out.exists() or not list(out.iterdir())
    assert "Traceback" not in "".join(capsys.readouterr())
