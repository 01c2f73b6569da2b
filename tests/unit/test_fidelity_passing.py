"""What is missing to pass, against trying every way on small scales."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fidelity_scales import ITEMS, ratings_of, small_scale

from factfidelity.fidelity.score import score_fidelity
from factfidelity.fidelity.totals import total_of
from factfidelity.schemas.scale import load_scale


def every_way(scores, scale, cut):
    """Return the fewest points, and for each item the lowest score that reaches the cut alone."""
    names = list(scores)
    ways = np.array(list(itertools.product(*[range(scores[name], 6) for name in names])), dtype=float)
    now = np.array([scores[name] for name in names])
    reach = np.round(total_of(ways, scale).score, 9) >= cut
    fewest = (ways[reach] - now).sum(axis=1).min() if reach.any() else np.nan
    alone = {}
    for place, name in enumerate(names):
        others = np.delete(np.arange(len(names)), place)
        single = reach & (ways[:, others] == now[others]).all(axis=1)
        if single.any():
            alone[name] = ways[single, place].min()
    return fewest, alone


@pytest.mark.parametrize("combine", ["mean_of_items", "mean_of_subscales", "weighted"])
@pytest.mark.parametrize("seed", range(8))
def test_fewest_points_and_single_items_equal_the_best_of_all_ways(combine, seed):
    scale = small_scale(combine, weights={"a1": 2.0, "b3": 3.0})
    rng = np.random.default_rng(seed)
    given = {item: int(rng.integers(1, 5)) for item in ITEMS}
    scores = score_fidelity(ratings_of(given), scale)
    target = scores.targets.iloc[0]
    fewest, alone = every_way(given, scale, 3.0)
    if target["met"]:
        assert fewest == 0
        return
    assert target["points_missing"] == fewest
    found = scores.changes[scores.changes["alone"]]
    assert dict(zip(found["item"], found["needed"], strict=True)) == alone
    assert found["raise_by"].is_monotonic_increasing


def test_a_team_that_has_passed_has_nothing_to_change():
    scores = score_fidelity(ratings_of(dict.fromkeys(ITEMS, 5)), small_scale())
    assert scores.targets["met"].tolist() == [True]
    assert scores.changes.empty


def test_without_a_total_there_is_no_target():
    assert score_fidelity(ratings_of({"a1": 3}), small_scale()).targets.empty


def test_lowest_scores_on_single_items_are_listed_where_a_rule_asks_for_them():
    scale_items = dict.fromkeys(load_scale("dacts").items, 4)
    scores = score_fidelity(ratings_of(scale_items | {"H2": 2}), "dacts")
    maine = scores.changes.query("target == 'maine'")
    assert maine[["item", "score", "needed"]].to_numpy().tolist() == [["H1", 4.0, 5.0], ["H2", 2.0, 3.0]]
    rule = scores.targets.query("target == 'maine'").iloc[0]
    assert (rule["met"], rule["points_missing"]) == (False, 2.0)
