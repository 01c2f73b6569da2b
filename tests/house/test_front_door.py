"""The front door: what is exported works, costs nothing before it is used, and the README says the truth."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import factfidelity as ff

ROOT = Path(__file__).resolve().parents[2]


def test_every_public_name_can_be_fetched_and_is_documented():
    for name in ff.__all__:
        thing = getattr(ff, name)
        if name != "__version__":
            assert thing.__doc__, name


def test_a_name_that_is_not_there_is_an_attribute_error():
    assert not hasattr(ff, "no_such_name")


def test_importing_the_package_loads_nothing_heavy():
    code = "import factfidelity, sys; print(sorted({'pandas', 'numpy', 'pydantic'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    code = (
        "import sys, factfidelity.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas','numpy','matplotlib','statsmodels','pandera'} & set(sys.modules)), file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.strip() == "[]"


def test_the_readme_gives_the_command_that_the_continuous_check_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^```(?:sh|bash|console)\n(.*?)```", readme, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in commands for line in block.strip().splitlines()]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    test_command = next(line for line in lines if "pytest" in line)
    assert test_command in script
    assert any("factfidelity report sample_data/region_nord" in line for line in lines[:2])
