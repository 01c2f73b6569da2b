"""What screening and checking cost, as multiples of reading the same files as text in the same run.

python benchmarks/delivery.py [number of contacts, default 1,000,000]
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from factfidelity.delivery.checks import check_tables
from factfidelity.delivery.identity import screen_table
from factfidelity.delivery.raw import RawTable

START, END = pd.Timestamp("2018-01-01"), pd.Timestamp("2025-01-01")


def contacts(rows: int, draw: np.random.Generator) -> pd.DataFrame:
    """Invented contacts as a supplier writes them, all text."""
    yes_no = np.array(["ja", "nej"])
    people = np.array([f"Q{number:05d}" for number in range(max(rows // 200, 50))])
    days = pd.date_range(START, periods=2500).strftime("%Y-%m-%d").to_numpy()
    times = np.array([f"{hour:02d}:{minute:02d}" for hour in range(8, 17) for minute in range(60)])
    return pd.DataFrame({
        "contact_id": [f"K{number:08d}" for number in range(rows)],
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
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
