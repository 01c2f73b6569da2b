"""The walls of the house stand: floors and doors, types, style."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

COMMANDS = {
    "lint-imports": ["lint-imports", "--no-cache"],
    "mypy --strict": ["mypy", "--strict", "factfidelity"],
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_walls_stand(name):
    program, *arguments = COMMANDS[name]
    found = shutil.which(program, path=str(Path(sys.executable).parent)) or shutil.which(program)
    assert found, f"{program} is not installed; install the package with its extra [dev]"
    run = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
