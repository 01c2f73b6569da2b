"""What is measured of a delivery's quality, by hand and against a slow obvious way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from frames import frame

from factfidelity.delivery.quality_measures import breaks, compared, coverage, length_of_stay, missing, smallest_group

START, END = pd.Timestamp("2022-01-01"), pd.Timestamp("2023-01-01")


def test_coverage_by_unit_and_month():
    contacts = frame("""
        contact_id | client_id | team_id | date
        k1         | A         | T       | 2022-03-01
        k2         | A         | T       | 2022-05-31
        k3         | A         | U       | 2022-01-01
        k4         | A         | U       | 2022-12-31
    """)
    found = coverage({"contacts": contacts}, START, END).set_index(["unit", "month"])["state"]
    team = found.loc["T"].tolist()
    assert team == ["outside"] * 2 + ["started", "silent", "stopped"] + ["outside"] * 7
    assert found.loc["U"].tolist() == ["reported", *["silent"] * 10, "reported"]


def test_the_share_missing_by_column_and_year():
    stays = frame("""
        client_id | admitted   | discharged | main_diagnosis
        A         | 2021-02-01 | 2021-02-05 |
        A         | 2021-03-01 |            | F200
        B         | 2022-03-01 | 2022-03-04 | F209
    """)
    found = missing({"episodes": stays}).set_index(["column", "year"])["share"]
    assert found["main_diagnosis", 2021] == 0.5
    assert found["main_diagnosis", 2022] == 0
    assert "discharged" not in found.index.get_level_values("column")


def test_only_breaks_inside_the_period_and_of_a_delivered_table_are_told():
    found = breaks(["visits", "services"], pd.Timestamp("2018-01-01"), pd.Timestamp("2025-01-01"))
    assert found["date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-01-01"]
    everything = breaks(
        ["visits", "services", "work", "population"], pd.Timestamp("2010-01-01"), pd.Timestamp("2026-01-01")
    )
    days = ["2015-01-01", "2019-01-01", "2024-01-01", "2025-01-01", "2025-07-01"]
    assert everything["date"].dt.strftime("%Y-%m-%d").tolist() == days


def test_length_of_stay_is_compared_by_file_where_both_are_known():
    stays = frame("""
        client_id | admitted   | discharged
        A         | 2022-02-01 | 2022-02-05
        A         | 2022-03-01 | 2022-03-01
        A         | 2022-04-01 |
    """).assign(_source="a.csv", delivered_days=[4.0, 1.0, 7.0])
    assert length_of_stay(stays).to_dict("list") == {"file": ["a.csv"], "stays": [2], "differ": [1], "share": [0.5]}
    assert len(length_of_stay(stays.drop(columns="delivered_days"))) == 0


def test_the_smallest_group_is_counted_over_all_that_is_known():
    clients = pd.DataFrame({
        "client_id": list("ABCDEFG"), "sex": ["female"] * 5 + ["male"] * 2, "birth_year": [1980.0] * 7,
        "municipality": "0180", "diagnosis_group": "psychosis",
    })  # fmt: skip
    found = smallest_group(clients, START).iloc[0]
    assert (found["k"], found["groups"], found["groups_below_5"]) == (2, 2, 1)


def test_two_deliveries_are_compared_row_by_row_as_multisets():
    draw = np.random.default_rng(3)

    def rows(number: int) -> pd.DataFrame:
        return pd.DataFrame({
            "client_id": draw.choice(["A", "B", "C"], number),
            "date": pd.Timestamp("2022-01-01") + pd.to_timedelta(draw.integers(0, 4, number), unit="D"),
            "kind": draw.choice(["x", "y"], number),
        })  # fmt: skip

    for _ in range(30):
        now, before = rows(12), rows(10)
        full_now, full_before = (
            Counter(now.itertuples(index=False, name=None)),
            Counter(before.itertuples(index=False, name=None)),
        )
        same = full_now & full_before
        left = Counter(row[:2] for row in (full_now - same).elements())
        gone = Counter(row[:2] for row in (full_before - same).elements())
        changed = sum((left & gone).values())
        found = compared({"coercion": now}, {"coercion": before}).iloc[0]
        expected = (left.total() - changed, changed, gone.total() - changed, same.total())
        assert (found["added"], found["changed"], found["removed"], found["unchanged"]) == expected
