"""The layouts that are shipped, and logs of events that become periods."""

from __future__ import annotations

import numpy as np
import pytest

from factfidelity.delivery.mapping import layout_faults, layout_of, read_mapping
from factfidelity.delivery.mapping_events import event_periods
from factfidelity.delivery.mapping_fields import Parsed
from factfidelity.delivery.mapping_match import Match, match_headings, recognise, shipped_layouts
from factfidelity.errors import MappingError, Problem
from factfidelity.extract import COLUMNS
from factfidelity.schemas.mapping import Events, SourceSpec

EXTRA = {"episodes": {"delivered_days", "hospital"}}
LOG = Events(
    column="event", begins=("on",), ends=("off",), reviews=("look",), date="date", time="time", per=("person",)
)


@pytest.mark.parametrize("name", shipped_layouts())
def test_a_shipped_layout_agrees_with_itself_and_with_our_tables(name):
    layout = shipped_layouts()[name]
    assert list(layout_faults(layout)) == []
    assert layout.layout == name
    assert set(layout.title) == {"sv", "en"}
    for feed in layout.feeds:
        ours = {*feed.columns, *feed.constants, *({feed.row_id} if feed.row_id else ())}
        assert ours <= {*COLUMNS[feed.table], *EXTRA.get(feed.table, ())}, feed.table
        assert not set(feed.columns) & set(feed.constants)
    if layout.person:
        assert layout.columns[layout.person].kind == "id"


@pytest.mark.parametrize("name", shipped_layouts())
def test_a_file_with_a_layouts_headings_in_capitals_is_recognised(name):
    layout = shipped_layouts()[name]
    headings = [spec.names[0].upper() for spec in layout.columns.values() if spec.names]
    if layout.wide is not None:
        headings.append({"population": "FOLKMÄNGD 2024", "ratings": "Konsensus"}[name])
    found = recognise("delivered.csv", headings)
    assert isinstance(found, Match)
    assert found.layout.layout == name


def test_a_key_that_the_mapping_gives_takes_the_place_of_both_keys_of_the_layout():
    assert layout_of("a", SourceSpec(files=("a.csv",), layout="par_sv")).second_key
    own = layout_of("a", SourceSpec(files=("a.csv",), layout="par_sv", key=("person", "stay")))
    assert (own.key, own.second_key) == (("person", "stay"), ())


@pytest.mark.parametrize("heading", ["LopNr", "lopnr", "LOPNR", "p444_lopnr_personnr", "p1_lop_nr"])
def test_the_person_key_is_known_in_every_form_that_suppliers_use(heading):
    assert match_headings(shipped_layouts()["dors"], [heading, "DODSDAT"]).headings["person"] == heading


def test_an_unknown_file_is_told_what_was_nearest_and_never_what_it_holds():
    said = recognise("x.csv", ["LopNr", "INDATUMA", "7000001", "19990101"])
    assert isinstance(said, Problem)
    assert "par_" in said.what
    assert "7000001" not in said.render("sv") + said.render("en")


def test_what_is_wrong_in_a_mapping_is_said_with_its_line_and_all_at_once(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text(
        "mapping: a\nsources:\n  one:\n    files: a.csv\n    layout: par_xx\n  two:\n    files: b.csv\n    columns:\n"
        "      a: {names: Datum, kind: date}\n      b: {names: datum}\n"
        "    feeds:\n      - {table: board, columns: {start: c}}\n",
        encoding="utf-8",
    )
    with pytest.raises(MappingError) as caught:
        read_mapping(path)
    assert [problem.rows for problem in caught.value.problems] == [(5,), (10,), (12,)]
    assert all(problem.what_sv and problem.do_sv for problem in caught.value.problems)


def log_of(rows: list[tuple[str, int, str, str]]) -> dict[str, Parsed]:
    def column(kind: str, cells: list[object]) -> Parsed:
        return Parsed(kind, np.arange(len(cells), dtype=np.int32), np.array(cells) if kind == "date" else list(cells))

    person, day, time, event = (list(cells) for cells in zip(*rows, strict=True))
    return {
        "person": column("text", person),
        "date": column("date", day),
        "time": column("text", time),
        "event": column("text", event),
    }


def slow(rows: list[tuple[str, int, str, str]]) -> tuple[list[tuple[int, int]], set[int]]:
    """Walk through the log client by client."""
    pairs, lone = [], set()
    for person in sorted({row[0] for row in rows}):
        mine = [(day, time or "24:00", place) for place, (who, day, time, _) in enumerate(rows) if who == person]
        begun = -1
        for _, _, place in sorted(mine):
            event = rows[place][3]
            if event == "on" and begun < 0:
                begun = place
            elif event == "off" and begun < 0:
                lone.add(place)
            elif event == "off":
                pairs.append((begun, place))
                begun = -1
        if begun >= 0:
            pairs.append((begun, -1))
    return sorted(pairs), lone


def test_a_log_gives_the_same_periods_as_walking_through_it():
    draw = np.random.default_rng(11)
    for _ in range(200):
        rows = [
            (str(draw.choice(["A", "B", "C"])), int(draw.integers(0, 12)), str(draw.choice(["", "08:30", "13:00"])),
             str(draw.choice(["on", "off", "look"])))
            for _ in range(int(draw.integers(1, 25)))
        ]  # fmt: skip
        found = event_periods(log_of(rows), LOG, np.arange(len(rows)))
        pairs = sorted(zip(found.begins.tolist(), found.ends.tolist(), strict=True))
        assert (pairs, set(np.flatnonzero(found.lone_ends))) == slow(rows)


def test_an_event_that_the_mapping_does_not_name_is_pointed_out():
    found = event_periods(log_of([("A", 1, "", "on"), ("A", 2, "", "paus")]), LOG, np.arange(2))
    assert found.unknown.tolist() == [False, True]
