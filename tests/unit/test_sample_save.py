"""An invented extract can be kept and loaded again."""

from __future__ import annotations

import factfidelity as ff


def test_a_sampled_extract_saved_and_loaded_again_has_the_same_fingerprint(tmp_path):
    extract = ff.sample_extract(seed=2, clients=40, teams=2, years=3)
    extract.save(tmp_path / "kept")
    again = ff.load_extract(tmp_path / "kept")
    assert again.fingerprint == extract.fingerprint
    assert again.period == extract.period
    assert again.sources == extract.sources
