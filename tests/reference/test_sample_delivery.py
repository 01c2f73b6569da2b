"""From the suppliers' files back to the invented world: nothing lost, nothing added, every fault found."""

from __future__ import annotations

import json
from collections import Counter

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.delivery.load import load_extract
from factfidelity.delivery.sample import world_of
from factfidelity.delivery.sample_canonical import extract_of_world
from factfidelity.extract import COLUMNS
from factfidelity.schemas.files import shipped_folder

FOLDER = shipped_folder("sample_data") / "region_nord"
# What a form cannot say: the diagnosis of a stay that goes on, and a scale's id in our own letters.
UNSAID = {"episodes": ["main_diagnosis"], "ratings": ["scale"]}


@pytest.fixture(scope="module")
def read():
    return load_extract(FOLDER)


@pytest.fixture(scope="module")
def truth():
    return json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))


def rows_of(frame: pd.DataFrame, columns: list[str]) -> Counter[tuple[str, ...]]:
    texts = [frame[column].map(lambda value: "" if pd.isna(value) else str(value)) for column in columns]
    return Counter(zip(*texts, strict=True))


def test_every_row_of_the_world_comes_back_from_the_files_and_no_other(read):
    world = extract_of_world(world_of(7))
    assert read.period == world.period
    for name in COLUMNS:
        columns = [column for column in COLUMNS[name] if column not in UNSAID.get(name, ())]
        found, meant = rows_of(read.table(name), columns), rows_of(world.table(name), columns)
        lacking, added = meant - found, found - meant
        planted = 1 if name == "board" else 0  # the "on" without an "off" goes on
        assert (lacking.total(), added.total()) == (planted, planted), name


def test_every_planted_fault_is_found_and_named(read, truth):
    rows = read.delivery.rows
    fates = rows.loc[rows["file"].str.startswith("ut_r_par_sv")].groupby("fate").size()
    faults = truth["faults"]["inpatient"]
    assert fates["duplicate"] == faults["exact_duplicate"]
    assert fates["superseded"] == faults["superseded_report"]
    wrong = faults["partial_date"] + faults["discharged_before_admitted"] + faults["unknown_person"]
    assert fates["set_aside"] == wrong
    lists = rows.loc[rows["file"].str.startswith("kontaktlista")].groupby("fate").size()
    assert lists["duplicate"] == truth["faults"]["contacts"]["exact_duplicate"]


def test_the_figures_of_the_report_equal_the_realised_counts(read, truth):
    change = ff.mirror_outcomes(read, ff.load_plan(FOLDER / "plan.yaml")).change
    change = change[(change["cohort"] == "all") & (change["estimand"] == "rate_ratio")]
    compared = 0
    for row in change.to_dict("records"):
        counted = truth["realised"]["windows"][row["index_stay"]]
        if row["outcome"] in counted["before"]:
            for window in ("before", "after"):
                assert row[f"total_{window}"] == counted[window][row["outcome"]], (row["outcome"], window)
            compared += 1
    assert compared >= 15
