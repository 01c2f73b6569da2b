"""Enrolment at a crisis: the plain ratio falls by itself, the baseline-shifted ratio finds what was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import factfidelity as ff
from factfidelity.schemas.plan import Plan

FIRST, YEAR = pd.Timestamp("2017-01-01"), 365


def crisis_region(seed: int, *, ratio: float, clients: int = 700, at: str = "discharge"):
    """Enrol each client at the first admission of the fourth year; keep later ones with probability ``ratio``."""
    rng = np.random.default_rng(seed)
    rows, enrolled = [], []
    for number in range(clients):
        own = rng.gamma(1.5, 0.8 / 1.5)
        start = np.sort(rng.integers(0, 7 * YEAR, rng.poisson(7 * own)))
        length = rng.geometric(1 / 14, len(start))
        crisis = np.flatnonzero((start >= 3 * YEAR) & (start < 4 * YEAR))
        if not len(crisis):
            continue
        first = crisis[0]
        index = start[first] + (length[first] if at == "discharge" else 0)
        kept = (start <= start[first]) | (rng.random(len(start)) < ratio)
        rows += [(f"C{number}", day, day + stay) for day, stay in zip(start[kept], length[kept], strict=True)]
        enrolled.append((f"C{number}", index))
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted", "discharged"])
    for column in ("admitted", "discharged"):
        episodes[column] = FIRST + pd.to_timedelta(episodes[column], unit="D")
    enrolments = pd.DataFrame(enrolled, columns=["client_id", "start"]).assign(team_id="T", end=pd.NaT)
    enrolments["start"] = FIRST + pd.to_timedelta(enrolments["start"], unit="D")
    tables = {"clients": enrolments[["client_id"]], "enrolments": enrolments, "episodes": episodes}
    return ff.Extract(tables, FIRST, FIRST + pd.Timedelta(days=7 * YEAR))


@pytest.mark.parametrize("at", ["discharge", "admission"])
def test_without_any_effect_the_plain_ratio_is_well_under_1_and_the_shifted_one_covers_1(at):
    found = ff.regression_to_the_mean(crisis_region(1, ratio=1.0, at=at))
    for outcome in ("admissions", "bed_days"):
        shifted = found.row(outcome, "shifted")
        assert shifted["low"] <= 1 <= shifted["high"]
        assert found.row(outcome, "placebo")["estimate"] > 1 or at == "admission"
    if at == "discharge":
        assert found.row("admissions", "plain")["estimate"] < 0.8
        assert found.row("bed_days", "plain")["estimate"] < 0.8
        assert "data do not show that any change is left" in found.summary("en")
        assert "inte att någon förändring återstår" in found.summary("sv")


def test_with_40_percent_fewer_planted_the_shifted_ratio_covers_0_6():
    found = ff.regression_to_the_mean(crisis_region(2, ratio=0.6))
    for outcome in ("admissions", "bed_days"):
        shifted = found.row(outcome, "shifted")
        assert shifted["low"] <= 0.6 <= shifted["high"]
        assert shifted["high"] < 1
    assert "a lower level is left" in found.summary("en")


def test_without_two_windows_of_history_it_cannot_be_judged_and_says_so():
    whole = crisis_region(3, ratio=1.0, clients=120)
    late = ff.Extract(whole.tables, FIRST + pd.Timedelta(days=2 * YEAR + 200), whole.end)
    found = ff.regression_to_the_mean(late, Plan(windows={"width": 730}))
    assert pd.isna(found.row("admissions", "shifted")["estimate"])
    assert "cannot be judged from these data" in found.summary("en")
    assert "kan inte bedömas av dessa data" in found.summary("sv")


def test_responders_stand_beside_what_no_change_at_all_gives():
    found = ff.regression_to_the_mean(crisis_region(4, ratio=1.0, clients=400)).unchanged.set_index(
        ["outcome", "figure"]
    )
    row = found.loc[("admissions", "responders")]
    assert row["expected_low"] < row["expected"] < row["expected_high"]
    assert found.loc[("admissions", "ratio_high"), "expected"] < 1 < found.loc[("admissions", "ratio_low"), "expected"]
