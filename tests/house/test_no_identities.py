"""Nothing in the tree looks like the identity number of a person."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(rb"(?<![\w.])((?:18|19|20)?\d{6})[-+]?(\d{4})(?![\w.])")
BINARY = {".png", ".xlsx", ".parquet", ".sav", ".zip", ".dta"}


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(digits):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_date(digits: str) -> bool:
    year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    try:
        dt.date(1900 + year if year < 100 else year, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def test_no_tracked_file_holds_a_valid_identity_number():
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("not a git checkout")
    found = {}
    for name in filter(None, run.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file() or path.suffix in BINARY:
            continue
        for match in NUMBER.finditer(path.read_bytes()):
            date, serial = match.group(1).decode(), match.group(2).decode()
            if _is_date(date) and _luhn(date[-6:] + serial):
                found[name] = found.get(name, 0) + 1
    assert not found
