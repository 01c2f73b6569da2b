"""What screening and checking cost, as multiples of reading the same files as text in the same run.

python benchmarks/delivery.py [number of contacts, default 1,000,000]

The parts are measured on one table in memory; then the whole way, from files in a temporary folder (contacts and a
tenth as many stays; TMPDIR moves it) to the report, in processes of their own so that the peak of memory is their own.
Reading is timed before and after, since other work on the machine comes and goes. 10,000,000 contacts make 0.86 GB.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from factfidelity.delivery.checks import check_tables
from factfidelity.delivery.identity import screen_table
from factfidelity.delivery.raw import RawTable

START, END = pd.Timestamp("2018-01-01"), pd.Timestamp("2025-01-01")


_PART = 500_000


def contacts(rows: int, draw: np.random.Generator, *, first: int = 0, persons: int = 0) -> pd.DataFrame:
    """Invented contacts as a supplier writes them, all text."""
    yes_no = np.array(["ja", "nej"])
    people = np.array([f"Q{number:05d}" for number in range(max(persons or rows // 200, 50))])
    days = pd.date_range(START, periods=2500).strftime("%Y-%m-%d").to_numpy()
    times = np.array([f"{hour:02d}:{minute:02d}" for hour in range(8, 17) for minute in range(60)])
    return pd.DataFrame({
        "contact_id": [f"K{number:08d}" for number in range(first, first + rows)],
        "client_id": draw.choice(people, rows), "team_id": draw.choice(np.array(["T1", "T2", "T3"]), rows),
        "date": draw.choice(days, rows), "time": draw.choice(times, rows),
        "form": draw.choice(np.array(["visit", "home_visit", "phone", "video"]), rows),
        "face_to_face": draw.choice(yes_no, rows), "outside_clinic": draw.choice(yes_no, rows),
        "minutes": draw.integers(10, 120, rows).astype(str), "attended": draw.choice(yes_no, rows),
        "staff_id": draw.choice(np.array([f"M{number:03d}" for number in range(500)]), rows),
        "profession": draw.choice(np.array(["sjuksköterska", "läkare", "kurator"]), rows),
        "relatives": draw.choice(yes_no, rows), "agencies": draw.choice(np.array(["", "polis"]), rows),
    })  # fmt: skip


def canonical(text: pd.DataFrame) -> pd.DataFrame:
    """The same contacts with their types."""
    flags = {name: text[name] == "ja" for name in ("face_to_face", "outside_clinic", "attended", "relatives")}
    return text.assign(
        **{name: flag.astype("boolean") for name, flag in flags.items()},
        date=pd.to_datetime(text["date"]).astype("datetime64[s]"), minutes=text["minutes"].astype("float64"),
        _source=pd.Categorical.from_codes(np.zeros(len(text), dtype=int), ["contacts.csv"]),
        _line=np.arange(2, len(text) + 2),
    )  # fmt: skip


def timed(job: Callable[[], object]) -> tuple[float, object]:
    """Seconds of one run, and what it gave."""
    begin = time.perf_counter()
    answer = job()
    return time.perf_counter() - begin, answer


def stays(rows: int, draw: np.random.Generator) -> pd.DataFrame:
    """Invented stays under the headings of the patient register, all text."""
    admitted = np.datetime64("2018-01-01") + draw.integers(0, 2300, rows).astype("timedelta64[D]")
    discharged = admitted + draw.integers(0, 60, rows).astype("timedelta64[D]")
    people = np.array([f"Q{number:05d}" for number in range(max(rows // 20, 50))])
    return pd.DataFrame({
        "LopNr": draw.choice(people, rows), "IDNR": np.arange(rows).astype(str), "INDATUM": admitted.astype(str),
        "UTDATUM": discharged.astype(str), "MVO": draw.choice(np.array(["901", "906", "955"]), rows),
        "SJUKHUS": draw.choice(np.array(["99901", "99902"]), rows),
        "HDIA": draw.choice(np.array(["F200", "F259", "F319"]), rows),
        "OP": draw.choice(np.array(["AU118 AU123", "", "XS100"]), rows),
    })  # fmt: skip


def write_delivery(folder: Path, rows: int) -> None:
    """Write a delivery of ``rows`` contacts and a tenth as many stays."""
    draw = np.random.default_rng(1)
    for first in range(0, rows, _PART):
        part = contacts(min(_PART, rows - first), draw, first=first, persons=rows // 200)
        part.to_csv(folder / "contacts.csv", index=False, sep=";", mode="a", header=not first)
    stays(rows // 10, draw).to_csv(folder / "par_sv_2018.csv", index=False, sep=";")
    people = [f"Q{number:05d}" for number in range(max(rows // 200, 50))]
    clients = pd.DataFrame({"client_id": people, "sex": "female", "birth_year": "1980", "municipality": "0484"})
    clients.to_csv(folder / "clients.csv", index=False, sep=";")
    teams = pd.DataFrame({"team_id": ["T1", "T2", "T3"], "name": ["North", "South", "West"]})
    teams.to_csv(folder / "teams.csv", index=False, sep=";")


_READ = "for path in Path(sys.argv[1]).glob('*.csv'): pd.read_csv(path, sep=';', dtype=str, keep_default_na=False)"
_CHECK = "assert check_extract(sys.argv[1]).ok"


def alone(job: str, folder: Path) -> tuple[float, float]:
    """Seconds and peak of memory in GB of a job in a process of its own (Linux), imports left out of the seconds."""
    program = (
        "import re, sys, time; from pathlib import Path; import pandas as pd, pandera.pandas\n"
        "from factfidelity.delivery.load import check_extract\n"
        f"begin = time.perf_counter()\n{job}\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())\n"
        "print(time.perf_counter() - begin, int(peak[1]) / 1e6)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True)
    seconds, peak = map(float, done.stdout.split())
    return seconds, peak


def whole(rows: int) -> None:
    """Print seconds, ratio and peak of memory from files to report."""
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        folder = Path(quiet)
        write_delivery(folder, rows)
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        reading, read_peak = alone(_READ, folder)
        checking, peak = alone(_CHECK, folder)
        again, _ = alone(_READ, folder)
    reading = (reading + again) / 2
    print(f"{rows:,} contacts and {rows // 10:,} stays in files, {size:.0f} MB")
    print(f"read_csv(dtype=str)   {reading:6.2f} s   1.00   {read_peak:.2f} GB")
    print(f"check of the delivery {checking:6.2f} s   {checking / reading:.2f}   {peak:.2f} GB   (goal: 3.00, 6 GB)")


def main(rows: int) -> None:
    """Print seconds and ratios."""
    written = contacts(rows, np.random.default_rng(1)).to_csv(index=False, sep=";").encode()
    reading, frame = timed(lambda: pd.read_csv(io.BytesIO(written), sep=";", dtype=str, keep_default_na=False))
    raw = RawTable("contacts.csv", "", frame, np.arange(2, rows + 2), 1)
    screening, problems = timed(lambda: screen_table(raw))
    assert problems == ()
    table = canonical(frame)
    clients = pd.DataFrame({"client_id": table["client_id"].unique()}).assign(sex="female", birth_year=1980.0)
    tables = {"clients": clients, "contacts": table}
    check_tables({"clients": clients, "contacts": table.head(100)}, start=START, end=END)
    checking, _ = timed(lambda: check_tables(tables, start=START, end=END))
    print(f"{rows:,} contacts, {len(written) / 1e6:.0f} MB")
    print(f"read_csv(dtype=str)   {reading:6.2f} s   1.00")
    print(f"identity screen       {screening:6.2f} s   {screening / reading:.2f}   (goal: under 0.50)")
    print(f"checks of the tables  {checking:6.2f} s   {checking / reading:.2f}")


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    main(min(number, 1_000_000))
    whole(number)
