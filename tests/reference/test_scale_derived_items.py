"""Each derived item of DACTS against a slow, obvious count of rows and days on random extracts."""

from __future__ import annotations

import math

import pytest
from fidelity_slow import Slow, random_extract

from factfidelity.fidelity.derive import derive_fidelity


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
    wrong = {seed: found for seed in range(40) if (found := differences(seed))}
    assert not wrong


@pytest.mark.slow
def test_every_item_equals_the_slow_count_on_two_hundred_random_extracts():
    wrong = {seed: found for seed in range(1000, 1200) if (found := differences(seed))}
    assert not wrong
