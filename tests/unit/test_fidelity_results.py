"""Results of fidelity: released, built again from their frames, in both languages, drawn."""

from __future__ import annotations

import pandas as pd
import pytest
from fidelity_scales import ratings_of
from fidelity_slow import random_extract

from factfidelity.display import charts
from factfidelity.fidelity.agreement import rater_agreement
from factfidelity.fidelity.comparison import compare_derived, fidelity_course
from factfidelity.fidelity.derive import derive_fidelity, derive_trend
from factfidelity.fidelity.describe import describe_scale, describe_scores, scales_text, score_text_of
from factfidelity.fidelity.score import score_fidelity
from factfidelity.schemas.scale import load_scale

DACTS = load_scale("dacts")


TEAMS = pd.DataFrame({"team_id": ["Norr", "Söder"], "started": pd.to_datetime(["2021-06-01", "2022-06-01"])})


def two_teams():
    waves = [("Norr", "2022", 3), ("Norr", "2023", 4), ("Söder", "2023", 2)]
    rows = []
    for team, when, score in waves:
        for shift, rater in enumerate("AB"):
            given = {item: min(score + shift * (place % 2), 5) for place, item in enumerate(DACTS.items)}
            rows.append(ratings_of(given, team=team, assessment=when, rater=rater))
    return pd.concat(rows, ignore_index=True)


@pytest.fixture(scope="module")
def results():
    extract, on = random_extract(3)
    ratings = two_teams()
    return {
        "scores": score_fidelity(ratings, DACTS),
        "agreement": rater_agreement(ratings, DACTS),
        "derived": derive_fidelity(extract, DACTS, team="north", on=on),
        "gaps": compare_derived(
            score_fidelity(ratings[ratings["team_id"] == "Norr"].assign(team_id="north"), DACTS),
            derive_fidelity(extract, DACTS, team="north", on=on),
        ),
        "course": fidelity_course(
            score_fidelity(ratings.assign(assessment=ratings["assessment"] + "-06-01"), DACTS), TEAMS
        ),
        "trend": derive_trend(extract, DACTS, "north", "half_year", draws=20),
    }


NAMES = ["scores", "agreement", "derived", "trend", "gaps", "course"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_released_result_is_built_again_from_its_frames(results, name, language):
    released = results[name].released()
    again = type(released)(**released.frames(), notes=dict(released.notes), language=language, is_released=True)
    for result in (results[name].in_language(language), again):
        assert result.summary()
        assert result.methods()
        assert result.summary("sv") != result.summary("en")
        for view in result.views():
            assert view.caption
            assert {column.name for column in view.columns} <= set(view.frame.columns)
        for figure in result.figures():
            assert figure.alt
            assert figure.caption in figure.alt
        for key in result.key_figures():
            assert key.sentence


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_can_be_drawn_and_has_its_own_name(results, name):
    figures = results[name].released().figures()
    assert len({figure.name for figure in figures}) == len(figures)
    for figure in figures[:7]:
        ax = charts.figure(figure.size)
        figure.draw(ax)
        assert len(charts.to_png(ax, dpi=40)) > 1000
    assert results[name].plot() is not None


def test_a_radar_never_stands_alone(results):
    names = [figure.name for figure in results["scores"].figures()]
    assert names.index("subscales") < names.index("subscales_radar")


def test_scores_say_change_band_and_the_lowest_items(results):
    said = results["scores"].summary("en")
    assert "Norr (2023): 4.25 of 5 (DACTS), established ACT; mean of the assessors. 1.00 higher than at 2022." in said
    assert "The lowest scores are" in said
    figures = {key.name: key for key in results["scores"].key_figures("sv")}
    assert figures["fidelity_Norr"].value == 4.25
    assert "4,25 av 5" in figures["fidelity_Norr"].sentence


def test_a_total_that_is_not_there_says_where_it_would_lie():
    scores = score_fidelity(ratings_of(dict.fromkeys(list(DACTS.items)[:27], 4)), DACTS)
    assert "no total, 27 of 28 items rated; it would lie between 3.89 and 4.04" in scores.summary("en")
    key = scores.key_figures("sv")[0]
    assert key.value is None
    assert key.why == "27 av 28 punkter bedömda"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_scales_and_scores_are_readable_as_text(results, language, tmp_path):
    assert "dacts" in scales_text(language)
    text = describe_scale(DACTS, language)
    assert all(name in text for name in DACTS.items)
    assert max(map(len, text.split("\nKällor")[0].split("\nSources")[0].splitlines())) <= 112
    shown = describe_scores(results["scores"], language)
    assert ("4,25" if language == "sv" else "4.25") in shown
    ratings = two_teams().assign(scale="dacts")
    for mark in ";,\t":
        path = tmp_path / "ratings.csv"
        ratings.to_csv(path, index=False, sep=mark)
        assert score_text_of(path, language=language) == shown


def test_assessed_stands_beside_derived_and_the_largest_gaps_are_named(results):
    table = results["gaps"].table
    assert (table["gap"] == table["derived"] - table["assessed"]).all()
    assert len(table) == results["derived"].table["score"].notna().sum()
    with pytest.raises(ValueError, match="same scale"):
        compare_derived(score_fidelity(ratings_of({"G1": 3}, team="north"), "goi"), results["derived"])
    with pytest.raises(ValueError, match="no assessment"):
        compare_derived(results["scores"], results["derived"])


def test_months_run_from_the_teams_start(results):
    totals = results["course"].table.query("level == 'total'").set_index(["team_id", "assessment"])["months"]
    assert totals.round(1).tolist() == [12.0, 24.0, 12.0]


def test_published_values_of_the_scale_stand_beside_a_course():
    tmact = load_scale("tmact")
    scores = score_fidelity(ratings_of(dict.fromkeys(tmact.items, 3), team="Norr", assessment="2023-06-01"), tmact)
    reference = fidelity_course(scores, TEAMS).reference.query("name == 'total' and label_en == 'Sweden, one ACT team'")
    assert reference[["months", "mean"]].to_numpy().tolist() == [[6, 3.2], [18, 4.02], [24, 4.35]]
