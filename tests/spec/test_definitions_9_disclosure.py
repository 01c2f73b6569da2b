"""What may leave the secure room, sentence by sentence."""

import numpy as np
import pandas as pd
import pytest
from frames import frame

from factfidelity.display import charts
from factfidelity.display.disclosure import DisclosureRule, release_frames
from factfidelity.display.gate import Gate
from factfidelity.display.tables import table_html
from factfidelity.display.views import Column, TableView

RULE = DisclosureRule()
KEYS = ("team",)


def out_of(table, gate):
    return release_frames({"table": table}, {"table": gate}, RULE)["table"]


@pytest.mark.parametrize(("persons", "is_hidden"), [(1, True), (4, True), (5, False), (0, False)])
def test_smallest_cell_is_five_so_one_to_four_are_hidden(persons, is_hidden):
    table = pd.DataFrame({"team": ["Norr"], "clients": [persons]})
    assert out_of(table, Gate(keys=KEYS, counts={"clients": ()}))["clients"].isna().tolist() == [is_hidden]


def test_counts_are_of_persons_so_forty_bed_days_of_two_persons_are_hidden():
    table = pd.DataFrame({"team": ["Norr"], "clients": [60], "in_hospital": [2], "bed_days": [40]})
    gate = Gate(keys=KEYS, counts={"clients": (), "in_hospital": ("bed_days",)}, wholes={"in_hospital": "clients"})
    out = out_of(table, gate)
    assert out[["in_hospital", "bed_days"]].isna().all(axis=None)
    assert out["clients"].tolist() == [60]


def test_the_complement_is_guarded():
    table = pd.DataFrame({"team": ["Norr"], "clients": [60], "any": [58]})
    gate = Gate(keys=KEYS, counts={"clients": (), "any": ()}, wholes={"any": "clients"})
    assert out_of(table, gate)["any"].isna().all()


def test_a_total_less_the_rest_does_not_give_a_cell_back():
    table = frame("""
        team  | clients
        Norr  | 2
        Syd   | 8
        Öst   | 30
        total | 40
    """)
    out = out_of(table, Gate(keys=KEYS, counts={"clients": ()}, margins={"team": "total"}))
    assert out["clients"].isna().tolist() == [True, True, False, False]


@pytest.mark.parametrize("way", ["rate × denominator", "% × n", "mean × n"])
def test_multiplying_columns_does_not_give_a_cell_back(way):
    any_, clients, years = np.array([3, 15, 33]), np.array([40, 50, 60]), np.array([38.2, 47.9, 59.3])
    total = np.array([33.0, 150.0, 402.0])
    shown = {
        "rate × denominator": {"years": years, "rate": total / years},
        "% × n": {"share": 100 * any_ / clients},
        "mean × n": {"mean": total / clients},
    }[way]
    table = pd.DataFrame({"team": list("abc"), "clients": clients, "any": any_, "total": total, **shown})
    gate = Gate(keys=KEYS, counts={"clients": (), "any": ("total",)}, wholes={"any": "clients"})
    out = out_of(table, gate).iloc[0]
    assert np.isnan(out["any"])
    assert np.isnan(out["total"])
    assert any(np.isnan(out[name]) for name in ("clients", *shown))


def test_an_interval_is_hidden_with_its_count_so_it_cannot_be_turned_round():
    table = pd.DataFrame({"team": ["Norr"], "any": [3], "rate": [0.1], "low": [0.02], "high": [0.3]})
    out = out_of(table, Gate(keys=KEYS, counts={"any": ("rate", "low", "high")}))
    assert out[["any", "rate", "low", "high"]].isna().all(axis=None)


def test_a_chart_of_released_data_holds_no_hidden_value():
    table = frame("""
        team | clients | rate
        Norr | 3       | 77.125
        Syd  | 30      | 12.5
    """)
    out = out_of(table, Gate(keys=KEYS, counts={"clients": ("rate",)}))
    drawn = charts.to_svg(charts.bars(out, category="team", value="rate"))
    said = charts.alt.bars(out, category="team", value="rate")
    assert "77" not in said
    assert "visas inte" in said
    assert drawn == charts.to_svg(charts.bars(out.assign(rate=[np.nan, 12.5]), category="team", value="rate"))


@pytest.mark.parametrize("topic", ["coercion", "legal_status", "death", "diagnosis"])
@pytest.mark.parametrize("persons", [0, 20])
def test_none_and_all_are_hidden_for_coercion_legal_status_death_and_diagnosis(topic, persons):
    table = pd.DataFrame({"team": ["Norr"], "clients": [20], "any": [persons]})
    gate = Gate(keys=KEYS, counts={"clients": (), "any": ()}, wholes={"any": "clients"}, topic=topic)
    assert out_of(table, gate)["any"].isna().all()


@pytest.mark.parametrize("persons", [0, 20])
def test_none_and_all_are_shown_elsewhere(persons):
    table = pd.DataFrame({"team": ["Norr"], "clients": [20], "any": [persons]})
    gate = Gate(keys=KEYS, counts={"clients": (), "any": ()}, wholes={"any": "clients"}, topic="visits")
    assert out_of(table, gate)["any"].tolist() == [persons]


def test_a_sum_is_hidden_where_one_is_more_than_half_or_two_more_than_three_quarters():
    table = frame("""
        team | any | bed_days | mean | one  | two
        Norr | 10  | 100      | 10   | 0.51 | 0.6
        Syd  | 10  | 100      | 10   | 0.4  | 0.76
        Öst  | 10  | 100      | 10   | 0.5  | 0.75
    """)
    gate = Gate(keys=KEYS, counts={"any": ("bed_days", "mean")}, largest={"bed_days": ("one", "two")})
    out = out_of(table, gate)
    assert out["bed_days"].isna().tolist() == out["mean"].isna().tolist() == [True, True, False]
    assert out["any"].notna().all()


def test_full_time_equivalents_are_shown_and_what_staff_did_follows_the_cell():
    table = frame("""
        team | clients | fte | visits
        Norr | 3       | 1.5 | 44
        Syd  | 40      | 8.0 | 700
    """)
    out = out_of(table, Gate(keys=KEYS, counts={"clients": ("visits",)}))
    assert out["fte"].notna().all()
    assert out["visits"].isna().tolist() == [True, False]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_hidden_is_two_dots_with_a_note_never_zero_and_never_a_dash(language):
    table = pd.DataFrame({"team": ["Norr", "Syd"], "clients": [3, 40]})
    out = out_of(table, Gate(keys=KEYS, counts={"clients": ()}))
    view = TableView("t", "T", out, (Column("team", "Team"), Column("clients", "n", "integer")))
    page = table_html(view, language)
    assert ">..</abbr>" in page
    assert "<p>.. = " in page
    assert ">0<" not in page
    assert ">–<" not in page
