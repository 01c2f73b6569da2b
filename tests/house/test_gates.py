"""No column of numbers leaves the room because somebody forgot to say what it rests on."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.display.gate import Gate
from factfidelity.evaluation import only_team


def forgotten(result):
    """Columns of numbers, and flags, that neither rest on a count nor are said to be public."""
    for place, frame in result.frames().items():
        named = result.gates[place].named()
        yield from (
            f"{result.name}.{place}.{column}"
            for column in frame.columns
            if pd.api.types.is_numeric_dtype(frame[column]) and column not in named
        )


@pytest.fixture(scope="module")
def results():
    return ff.evaluate(ff.sample_extract(seed=11, clients=60, teams=2, years=3)).results


def test_every_column_of_numbers_is_named_in_its_gate(results):
    assert [column for result in results.values() for column in forgotten(result)] == []


@pytest.mark.slow
@pytest.mark.parametrize("programme", ["fact", "fact_ung", "ract", "spot", "sis_bup"])
def test_every_column_of_a_team_of_each_programme_is_named_in_its_gate(programme):
    extract = ff.sample_extract(seed=5, clients=60, teams=1, years=3, programme=programme)
    plan = ff.load_plan().model_copy(update={"programme": programme})
    results = ff.evaluate(only_team(extract, extract.teams["team_id"].iloc[0]), plan).results
    assert [column for result in results.values() for column in forgotten(result)] == []


def test_no_column_is_both_public_and_resting_on_persons(results):
    for result in results.values():
        for place, gate in result.gates.items():
            resting = {name for count, followers in gate.counts.items() for name in (count, *followers)}
            assert not resting & set(gate.public), (result.name, place)


def test_a_gate_knows_all_that_it_names():
    gate = Gate(
        keys=("team",), counts={"any": ("total",)}, wholes={"any": "clients"}, shares=(("share", "any", "clients"),),
        largest={"total": ("one", "two")}, follows={"table.any": ("change",)}, topic="topic", public=("fte",),
    )  # fmt: skip
    names = {"team", "any", "total", "clients", "share", "one", "two", "change", "topic", "fte"}
    assert gate.named() == names


def test_every_sum_over_several_tables_names_counts_or_what_rests_on_them_and_keys_that_exist(results):
    wrong = []
    for result in results.values():
        for name in (name for gate in result.gates.values() for one in (*gate.sums, *gate.same) for name in one):
            place, _, fixed = name.partition("?")
            *other, part, figure = place.split(".")
            gates = results[other[0]].gates if other and other[0] in results else result.gates
            if other and other[0] not in results:
                continue
            keys = {re.split("[=>]", key)[0] for key in fixed.split("&") if key}
            held = (
                {one for count, rest in gates[part].counts.items() for one in (count, *rest)} if part in gates else {}
            )
            if figure not in held or not keys <= set(gates[part].keys):
                wrong.append((result.name, name))
    assert wrong == []
