"""Adjusted shares: by hand without covariates, and by predictions written out with them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from factfidelity.stats import compare


def confounded(seed=1, size=600, effect=0.8):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(size, 2))
    group = rng.random(size) < 1 / (1 + np.exp(-x[:, 0]))
    event = rng.random(size) < 1 / (1 + np.exp(0.5 - effect * group - x[:, 0]))
    return event, group, x


def test_without_covariates_it_is_the_crude_comparison_with_walds_intervals():
    event = [1] * 30 + [0] * 50 + [1] * 20 + [0] * 80
    group = [1] * 80 + [0] * 100
    answer = compare.standardised_shares(event, group)
    for measure, part in (
        ("difference", answer.difference),
        ("ratio", answer.ratio),
        ("odds_ratio", answer.odds_ratio),
    ):
        crude = compare.proportions(30, 80, 20, 100, measure=measure, method="wald")
        assert (part.estimate, part.low, part.high, part.p) == pytest.approx(
            (crude.estimate, crude.low, crude.high, crude.p), rel=1e-6
        )
    assert (answer.share_1.estimate, answer.share_0.estimate) == pytest.approx((30 / 80, 20 / 100))


def test_with_covariates_it_is_the_mean_of_predictions_of_a_logistic_model():
    from statsmodels.api import Logit

    event, group, x = confounded()
    design = np.column_stack([np.ones(600), group, x])
    fit = Logit(event.astype(float), design).fit(disp=0)
    means = [fit.predict(np.column_stack([np.ones(600), np.full(600, g), x])).mean() for g in (1, 0)]
    answer = compare.standardised_shares(event, group, x)
    assert answer.difference.estimate == pytest.approx(means[0] - means[1])
    assert answer.ratio.estimate == pytest.approx(means[0] / means[1])


def test_its_error_is_close_to_resampling_persons():
    event, group, x = confounded()
    rng, drawn = np.random.default_rng(2), []
    for _ in range(300):
        pick = rng.integers(0, 600, 600)
        drawn.append(compare.standardised_shares(event[pick], group[pick], x[pick]).estimate)
    answer = compare.standardised_shares(event, group, x)
    assert (answer.high - answer.low) / 3.92 == pytest.approx(np.std(drawn), rel=0.12)


def test_confounding_is_taken_out():
    event, group, x = confounded(size=4000, effect=0.0)
    crude = compare.standardised_shares(event, group)
    adjusted = compare.standardised_shares(event, group, x)
    assert crude.low > 0.1
    assert adjusted.low < 0 < adjusted.high


def test_an_event_in_nobody_of_a_group_is_empty_with_a_reason():
    answer = compare.standardised_shares([0, 0, 1, 1, 0], [1, 1, 0, 0, 0])
    assert math.isnan(answer.estimate)
    assert "all or none" in answer.why
    assert math.isnan(answer.ratio.estimate)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: compare.standardised_shares([1, 0], [1]), "got 2 and 1"),
        (lambda: compare.standardised_shares([1, 0], [1, 1]), "got 2 of 2"),
        (lambda: compare.standardised_shares([1, 0], [1, 0], [[1.0], [np.nan]]), "complete rows"),
        (lambda: compare.standardised_shares([1, 0], [1, 0], [[1.0], [1.0]]), "constant column"),
    ],
)
def test_a_wrong_argument_says_what_it_got(call, says):
    with pytest.raises(ValueError, match=says):
        call()
