"""What the record of the gate tells whoever reads it beside the tables: how many cells are hidden, not which value.

``deaths: 1 hidden, none or all`` under a row that hides its only number of deaths is that number. Two hidden cells that
are eight together, both hidden as small, are four and four.
"""

from __future__ import annotations

import json

import pandas as pd
import pytest

from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.released import leaving_record, read_released, released_json

TOLD = {"result", "table", "column", "cells", "hidden"}


@pytest.fixture(scope="module")
def written(attacked):
    return json.loads(released_json(attacked[1]))


def test_the_gate_itself_knows_numbers_of_none_or_all_that_are_alone_in_their_column(attacked):
    """There is something to give away: without this the next tests would look at nothing."""
    rows = pd.DataFrame(attacked[1].audit["tables"])
    alone = rows[(rows["none_or_all"] > 0) & (rows["none_or_all"] == rows["hidden"])]
    assert len(alone)


def test_no_column_says_why_its_cells_are_hidden(written):
    assert all(set(row) == TOLD for row in written["audit"]["tables"])
    hidden = {(row["result"], row["table"], row["column"]): row["hidden"] for row in written["audit"]["tables"]}
    assert hidden
    for (result, table, column), number in hidden.items():
        frame = written["results"][result]["frames"][table]
        place = [name for name, _ in frame["columns"]].index(column)
        assert number <= sum(row[place] is None for row in frame["rows"])


def test_what_never_leaves_the_room_is_not_in_the_record_either(attacked, written):
    _, released = attacked
    inner = {
        (name, table, column)
        for name, result in released.results.items()
        for table, gate in result.gates.items()
        for column in gate.inner
    }
    assert inner & {(row["result"], row["table"], row["column"]) for row in released.audit["tables"]}
    assert not inner & {(row["result"], row["table"], row["column"]) for row in written["audit"]["tables"]}


def test_reasons_are_told_for_all_tables_together_and_add_up(attacked, written):
    rows = [row for row in attacked[1].audit["tables"] if (row["result"], row["table"], row["column"]) in {
        (one["result"], one["table"], one["column"]) for one in written["audit"]["tables"]}]  # fmt: skip
    why = written["audit"]["why"]
    assert set(why) == {"few_persons", "for_the_sake_of_others", "dominance", "follows"}
    assert why["few_persons"] == sum(row["small"] + row["rest"] + row["none_or_all"] for row in rows)
    assert why["for_the_sake_of_others"] == sum(row["secondary"] for row in rows)


@pytest.mark.parametrize(("small", "secondary"), [(2, 0), (2, 1), (40, 3), (3, 40)])
def test_where_few_cells_are_hidden_for_one_reason_the_two_are_one(attacked, small, secondary):
    """Two hidden cells that are 8 together are 4 and 4 where both are said to be small."""
    released = attacked[1]
    counts = {"cells": 60, "hidden": small + secondary, "small": small, "secondary": secondary}
    row = {"result": "caseload_ratios", "table": "spread", "column": "persons", **counts}
    row |= dict.fromkeys(("rest", "none_or_all", "dominance", "follows"), 0)
    audit = {**released.audit, "tables": [row]}
    record = leaving_record(ReleasedEvaluation(released.results, {}, released.plan, released.provenance, audit))
    assert record["why"] == {"persons": small + secondary, "dominance": 0, "follows": 0}


def test_a_report_read_back_and_written_again_keeps_the_record(attacked, written, tmp_path):
    path = tmp_path / "released.json"
    path.write_text(released_json(attacked[1]), encoding="utf-8")
    assert json.loads(released_json(read_released(path)))["audit"] == written["audit"]
