"""Each derived item of DACTS against a slow, obvious count of rows and days on random extracts."""

from __future__ import annotations

import math

import pytest
from fidelity_slow import Slow, random_extract

from factfidelity.days import day_number
from factfidelity.delivery.sample import sample_extract
from factfidelity.fidelity.derive import MEASURES, derive_fidelity
from factfidelity.fidelity.team_data import team_data
from factfidelity.schemas.scale import Derive


def differences(seed):
    extract, on = random_extract(seed)
    found = derive_fidelity(extract, "dacts", team="north", on=on).table.set_index("item")["value"]
    wrong = {}
    for item, slow in Slow(extract, on).all().items():
        fast = float(found[item])
        same = math.isnan(fast) if slow is None else math.isclose(fast, slow, rel_tol=1e-9, abs_tol=1e-9)
        if not same:
            wrong[item] = (fast, slow)
    return wrong


def test_every_item_equals_the_slow_count_on_random_extracts():
    wrong = {seed: found for seed in range(24) if (found := differences(seed))}
    assert not wrong


def test_the_planted_share_of_contacts_outside_is_found_again():
    # The sample plants 0.62 for kept face-to-face contacts; clients differ, so the binomial error is widened by half.
    extract = sample_extract()
    outside = met = 0.0
    for team in extract.teams["team_id"]:
        rule = Derive(measure="pooled_outside_share", months=12)
        found = MEASURES["pooled_outside_share"](team_data(extract, team), rule, day_number("2024-07-01"))
        outside, met = outside + found.numerator, met + found.denominator
    assert abs(outside / met - 0.62) < 3 * 1.5 * math.sqrt(0.62 * 0.38 / met)


@pytest.mark.slow
def test_every_item_equals_the_slow_count_on_two_hundred_random_extracts():
    wrong = {seed: found for seed in range(1000, 1200) if (found := differences(seed))}
    assert not wrong
