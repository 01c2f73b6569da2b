"""The same delivery gives the same bytes: other time zone, locale, hash seed, home, and order of rows."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import factfidelity as ff

NORD = Path(ff.__file__).parents[1] / "sample_data" / "region_nord"
MACHINES = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"},
    {
        "TZ": "Pacific/Auckland",
        "LC_ALL": "sv_SE.UTF-8",
        "PYTHONHASHSEED": "4711",
        # an older processor and one thread: sums in another order, and so other last digits
        "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX2 FMA3",
        "OPENBLAS_CORETYPE": "Nehalem",
        "OPENBLAS_NUM_THREADS": "1",
    },
)
# Lines before the headings or after the last row belong where they are.
_FURNITURE = ("kommun_eskilstuna_insatser.csv", "kommun_strangnas_insatser.csv")
_FEW_ANSWERS = """
import sys
from dataclasses import replace
from pathlib import Path
import factfidelity as ff
from factfidelity.evaluation import Evaluation
from factfidelity.reports.released import released_json
from factfidelity.reports.render import report_files

extract, plan = ff.load_extract(sys.argv[1]), ff.load_plan()
results = {
    "caseload_ratios": ff.caseload_ratios(extract), "enrolment_flow": ff.enrolment_flow(extract),
    "monthly_course": ff.monthly_course(extract, plan),
}
released = Evaluation(extract, plan, results).released()
files = report_files(released, language="sv", formats=sys.argv[3].split(","), here=True)
files["released.json"] = released_json(released).encode()
for name, content in files.items():
    (Path(sys.argv[2]) / name).write_bytes(content)
"""


def shuffled(folder, to, seed):
    """Copy a delivery with the rows of its text files in another order."""
    shutil.copytree(folder, to)
    for path in sorted(to.glob("*.csv")):
        if path.name in _FURNITURE:
            continue
        lines = path.read_bytes().splitlines(keepends=True)
        head, rows = lines[:1], lines[1:]
        if rows and not rows[-1].endswith(b"\n"):
            rows[-1] += b"\r\n" if head[0].endswith(b"\r\n") else b"\n"
        random.Random(seed).shuffle(rows)
        path.write_bytes(b"".join(head + rows))
    return to


def run_as(machine, place, *command):
    """Run a command as on another machine: its own settings, home and working folder."""
    home = place / "home"
    home.mkdir(parents=True)
    environment = os.environ | machine | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    environment.pop("MPLCONFIGDIR", None)
    done = subprocess.run(
        [sys.executable, *command], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def sums_of(folder, names=("report_*", "summary_*", "tables_*", "released.json")):
    paths = sorted(path for name in names for path in folder.glob(name))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory):
    """A small delivery of our own tables as text, and the same with its rows in another order."""
    place = tmp_path_factory.mktemp("delivery")
    extract = ff.sample_extract(seed=8, clients=40, teams=2, years=3)
    wanted = ("clients", "teams", "enrolments", "staff", "episodes")
    for name in wanted:
        plain = place / "plain"
        plain.mkdir(exist_ok=True)
        extract.table(name).to_csv(plain / f"{name}.csv", index=False)
    return plain, shuffled(plain, place / "shuffled", seed=3)


def test_a_small_report_is_the_same_to_the_byte_on_two_machines(delivery, tmp_path):
    made = []
    for number, (folder, machine) in enumerate(zip(delivery, MACHINES, strict=True)):
        place = tmp_path / f"machine {number}"
        place.mkdir()
        run_as(machine, place, "-c", _FEW_ANSWERS, str(folder), str(place), "html,xlsx")
        made.append(sums_of(place))
    assert len(made[0]) == 4
    assert made[0] == made[1]


@pytest.mark.slow
def test_the_report_of_region_nord_is_the_same_to_the_byte_on_two_machines(tmp_path):
    made = []
    for number, machine in enumerate(MACHINES):
        place = tmp_path / f"machine {number}"
        place.mkdir()
        folder = NORD if not number else shuffled(NORD, place / NORD.name, seed=5)
        out = place / "out"
        command = ["-m", "factfidelity", "report", str(folder), "--out", str(out), "--formats", "html,xlsx,pdf"]
        run_as(machine, place, *command)
        made.append(sums_of(out))
    assert {Path(name).suffix for name in made[0]} == {".html", ".xlsx", ".pdf", ".json"}
    assert made[0] == made[1]
