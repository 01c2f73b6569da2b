"""What several tests of the files look at, made once."""

from __future__ import annotations

import pytest
from small_groups import with_small_groups

import factfidelity as ff


@pytest.fixture(scope="session")
def attacked():
    """A small planted extract, evaluated (the truth) and released."""
    truth = ff.evaluate(with_small_groups(ff.sample_extract(seed=11, clients=60, teams=2, years=4)))
    return truth, truth.released()
