"""The invented extract: what may be asked of it, and that it is the same again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from factfidelity.delivery.sample import sample_extract, world_of, write_sample
from factfidelity.delivery.sample_draws import Draw, Effects, effects_of
from factfidelity.delivery.sample_truth import days_by_form, joined
from factfidelity.delivery.sample_world import PROGRAMMES
from factfidelity.extract import COLUMNS
from factfidelity.schemas.table import table_schemas


def test_the_same_seed_gives_the_same_extract_and_another_seed_another():
    one, again, other = (sample_extract(seed, clients=60).fingerprint for seed in (7, 7, 8))
    assert one == again
    assert one != other


def test_leaving_out_contacts_moves_nothing_else():
    whole, part = sample_extract(3, clients=60), sample_extract(3, clients=60, contacts=False)
    assert len(part.contacts) == 0
    for name in set(COLUMNS) - {"contacts", "meetings"}:
        pd.testing.assert_frame_equal(whole.table(name), part.table(name))


def test_every_table_that_a_fact_region_has_is_there():
    extract = sample_extract()
    lacking = [name for name in COLUMNS if not extract.has(name)]
    assert lacking == ["events", "surveys", "actions", "catchment", "placements", "costs"]
    assert extract.period == (pd.Timestamp("2018-01-01"), pd.Timestamp("2025-01-01"))
    assert extract.enrolments.groupby("team_id")["start"].min().nunique() == 3


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_codes_are_those_that_the_table_schemas_allow(programme):
    extract = sample_extract(clients=80, programme=programme)
    for name, schema in table_schemas().items():
        frame = extract.table(name)
        for column, rules in schema.columns.items():
            if column not in frame or not len(frame):
                continue
            values = frame[column]
            if not rules.may_be_empty:
                assert values.notna().all(), (name, column)
            if rules.allowed:
                assert set(values.dropna()) <= set(rules.allowed), (name, column)


def test_every_client_is_observed_on_the_index_day_and_enrolled_when_the_team_is_open():
    extract = sample_extract(11, clients=300)
    first = extract.enrolments.sort_values("start").drop_duplicates("client_id").set_index("client_id")
    people = extract.clients.set_index("client_id").loc[first.index]
    assert (people["observed_from"] <= first["start"]).all()
    assert (people["observed_to"].fillna(extract.end) > first["start"]).all()
    started = extract.teams.set_index("team_id")["started"]
    assert (first["start"].to_numpy() >= started.loc[first["team_id"]].to_numpy()).all()


def test_no_stay_begins_or_goes_on_after_death():
    extract = sample_extract(5, clients=2000, effects={"death_rate": 0.2}, contacts=False)
    stays = extract.episodes.merge(extract.deaths, on="client_id")
    assert len(stays) > 500
    assert (stays["admitted"] <= stays["date"]).all()
    assert (stays["discharged"] <= stays["date"]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"effects": {"admission_ratio": 0.5}}, "effects has no admission_ratio; known: admissions_per_year"),
        ({"effects": {"board_share": 1.5}}, "board_share must be a number from 0 to 1, got 1.5"),
        ({"effects": {"admission_rate_ratio": True}}, "admission_rate_ratio must be a number from 0 to 1000, got True"),
        ({"clients": 3}, "clients must be from 10 to 200000, got 3"),
        ({"teams": 0}, "teams must be from 1 to 50, got 0"),
        ({"years": 1}, "years must be from 2 to 12, got 1"),
        ({"programme": "act"}, "programme must be one of fact, fact_ung, ract, spot, sis_bup, got 'act'"),
        ({"seed": -1}, "seed must be 0 or more, got -1"),
    ],
)
def test_an_argument_out_of_range_is_refused_with_what_it_got(arguments, message):
    with pytest.raises(ValueError) as caught:
        sample_extract(**arguments)
    assert message in str(caught.value)


def test_a_folder_with_files_is_not_written_into(tmp_path):
    (tmp_path / "mine.csv").write_text("a;b")
    with pytest.raises(ValueError, match="must be a new or an empty folder"):
        write_sample(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_every_effect_changes_something_and_is_documented():
    plain = world_of(2, 150, 3, 4).tables
    for name, value in vars_of(Effects()).items():
        changed = value / 2 if value else 1.0
        assert name in (Effects.__doc__ or ""), name
        tables = world_of(2, 150, 3, 4, {name: changed}).tables
        assert not all(plain[table].equals(tables[table]) for table in plain), name


def vars_of(effects: Effects) -> dict[str, float]:
    return {name: getattr(effects, name) for name in effects.__dataclass_fields__}


def test_enrolment_because_of_an_admission_makes_rates_fall_without_any_effect():
    effects = {"admission_rate_ratio": 1.0, "length_ratio": 1.0}
    ratios = {}
    for share in (0.0, 1.0):
        world = world_of(4, 4000, 3, 4, {**effects, "crisis_enrolment": share}, contacts=False)
        spells = world.tables["spells"]
        since = spells["admitted"].to_numpy() - world.index[spells["client"].to_numpy()]
        ratios[share] = ((since >= 0) & (since < 180)).sum() / ((since < 0) & (since >= -180)).sum()
    assert ratios[0.0] == pytest.approx(0.97, abs=0.06)  # the last clients have fewer than 180 days after
    assert ratios[1.0] < 0.8


def test_stays_that_share_a_day_are_one_spell_and_neighbouring_days_are_two():
    spells = joined([(10, 14), (14, 20), (12, 13), (21, 21)], away=set(), end=100)
    assert [(spell.first, spell.last, len(spell.nights), len(spell.days)) for spell in spells] == [
        (10, 20, 10, 11),
        (21, 21, 0, 1),
    ]


def test_a_stay_that_goes_on_lasts_to_the_end_and_a_day_that_two_forms_share_is_the_later_ones():
    (spell,) = joined([(90, 2**40)], away=set(), end=100)
    assert (spell.open, len(spell.nights)) == (True, 10)
    days = days_by_form([(1, 5, "HSL"), (5, 9, "LPT"), (9, 12, "LPT_open")], end=100)
    assert {form: sorted(held) for form, held in days.items()} == {
        "HSL": [1, 2, 3, 4],
        "LPT": [5, 6, 7, 8],
        "LPT_open": [9, 10, 11, 12],
    }


def test_drawn_numbers_have_the_means_and_shares_that_they_are_drawn_with():
    draw = Draw(1, "test")
    assert draw.exponential(20.0, 40_000).mean() == pytest.approx(20, rel=0.02)
    normal = draw.normal(40_000)
    assert (normal.mean(), normal.std()) == (pytest.approx(0, abs=0.02), pytest.approx(1, rel=0.02))
    assert np.bincount(draw.pick([0.2, 0.3, 0.5], 40_000)) / 40_000 == pytest.approx([0.2, 0.3, 0.5], abs=0.01)
    assert sorted(set(draw.whole(2, 5, 1000).tolist())) == [2, 3, 4, 5]
    assert sorted(draw.order(50).tolist()) == list(range(50))
    assert effects_of({"board_share": 0}).board_share == 0.0
