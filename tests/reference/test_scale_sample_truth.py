"""The sample's realised fidelity, written down when it was made, against the scores computed from its ratings."""

from __future__ import annotations

import json

import pytest

from factfidelity.delivery.sample import sample_extract
from factfidelity.fidelity.agreement import rater_agreement
from factfidelity.fidelity.score import score_fidelity
from factfidelity.schemas.files import shipped_folder


def test_totals_bounds_and_exact_agreement_equal_the_written_truth():
    truth = json.loads((shipped_folder("sample_data") / "region_nord" / "truth.json").read_text(encoding="utf-8"))
    ratings = sample_extract().ratings
    totals = score_fidelity(ratings, "dacts").totals().set_index(["team_id", "assessment"])
    agreement = rater_agreement(ratings, "dacts").table.query("figure == 'exact' and level == 'assessment'")
    exact = agreement.set_index(["team_id", "assessment"])
    assert len(truth["realised"]["fidelity"]) == len(totals)
    for known in truth["realised"]["fidelity"]:
        key = (known["team"], known["assessment"])
        row = totals.loc[key]
        for name in ("n_items", "n_rated"):
            assert row[name] == known[name]
        for name, column in (("total", "score"), ("lowest", "lowest"), ("highest", "highest")):
            expected = float("nan") if known[name] is None else known[name]
            assert row[column] == pytest.approx(expected, abs=1e-8, nan_ok=True)
        shared = exact.loc[key]
        assert shared["estimate"] * shared["subjects"] == pytest.approx(known["exact_agreement"])
