"""What several results count of one extract is made once while it is evaluated, and nobody's change reaches another."""

from __future__ import annotations

import pickle

import pytest
from frames import extract_of

from factfidelity.care.exposure import clients_seen, observed_time
from factfidelity.extract import Extract
from factfidelity.outcomes.pairs import Design
from factfidelity.schemas.plan import load_plan


@pytest.fixture
def extract() -> Extract:
    return extract_of(
        clients="""
            client_id | observed_from | observed_to
            A         | 2019-01-01    | 2024-01-01
            B         | 2020-01-01    | 2023-01-01
        """,
        enrolments="""
            client_id | team_id | start      | end
            A         | T       | 2021-01-01 | 2022-01-01
            B         | T       | 2021-06-01 |
        """,
    )


def test_within_the_block_a_thing_is_made_once_and_outside_of_it_anew(extract: Extract) -> None:
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    with extract.sharing():
        assert [extract.once("key", make), extract.once("key", make)] == [1, 1]
        with extract.sharing():
            assert extract.once("key", make) == 1
        assert extract.once("key", make) == 1
    assert [extract.once("key", make), extract.once("key", make)] == [2, 3]


def test_a_frame_that_is_shared_is_not_changed_by_whoever_got_it(extract: Extract) -> None:
    with extract.sharing():
        first = clients_seen(extract)
        first["observed_to"] = None
        first.loc[0, "client_id"] = "Z"
        first.insert(0, "more", 1)
        again = clients_seen(extract)
    assert again.columns.tolist() == ["client_id", "observed_from", "observed_to"]
    assert again["client_id"].tolist() == ["A", "B"]
    assert again["observed_to"].notna().all()


def test_what_is_asked_otherwise_is_another_thing(extract: Extract) -> None:
    with extract.sharing():
        whole = observed_time(extract, tables=("enrolments",), truncation_lag=180)
        assert observed_time(extract, tables=("enrolments",)).equals(whole)
        base = load_plan()
        shorter = base.model_copy(update={"windows": base.windows.model_copy(update={"after": 30})})
        assert Design.of(extract, base) is Design.of(extract, base)
        assert Design.of(extract, shorter).plan is shorter


def test_a_block_that_ends_in_a_fault_leaves_nothing_behind(extract: Extract) -> None:
    def fails() -> int:
        raise RuntimeError

    with pytest.raises(RuntimeError), extract.sharing():
        extract.once("key", fails)
    assert extract.once("key", lambda: 2) == 2
    assert pickle.loads(pickle.dumps(extract)).once("key", lambda: 3) == 3
