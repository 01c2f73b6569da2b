"""Stays: how long they last, on which wards, and how the form of care changes in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

import factfidelity as ff
from factfidelity.outcomes.stays import lasting
from factfidelity.schemas.plan import Plan

INDEX = pd.Timestamp("2020-01-01")
QUICK = Plan(intervals={"draws": 150})


def day(number: float):
    return pd.NaT if pd.isna(number) else INDEX + pd.Timedelta(days=int(number))


def region(stays, forms=(), clients: int = 20, end: str = "2025-01-01"):
    """Stays as (client, first day counted from the index day, last day, ward); forms as (client, form, start, end)."""
    ids = [f"C{number}" for number in range(clients)]
    rows = [(f"C{one}", day(first), day(last), ward) for one, first, last, ward in stays]
    status = [(f"C{one}", form, day(first), day(last)) for one, form, first, last in forms]
    tables = {"legal_status": pd.DataFrame(status, columns=["client_id", "form", "start", "end"])} if status else {}
    return extract_of(
        end=end,
        clients=pd.DataFrame({"client_id": ids}),
        enrolments=pd.DataFrame({"client_id": ids, "team_id": "T", "start": INDEX, "end": pd.NaT}),
        episodes=pd.DataFrame(rows, columns=["client_id", "admitted", "discharged", "ward_type"]),
        **tables,
    )


def test_a_stay_is_counted_whole_in_the_window_in_which_it_begins():
    stays = [(0, -400, -300, "acute"), (1, -100, -90, "acute"), (2, -20, 40, "acute"), (3, 10, 14, "acute")]
    rows = ff.hospital_stays(region(stays), QUICK).table.query("by == 'all'").set_index("window")
    assert rows.loc["before", ["stays", "clients", "nights", "mean", "median", "beyond"]].tolist() == [
        2,
        2,
        70,
        35,
        35,
        1,
    ]
    assert rows.loc["after", ["stays", "nights", "over_30"]].tolist() == [1, 4, 0]
    assert rows.loc["before", "over_30"] == 0.5


def test_a_stay_that_goes_on_is_censored_and_makes_the_mean_a_lower_limit():
    stays = [(one, 10, 20, "acute") for one in range(6)] + [(7, 300, None, "acute")]
    result = ff.hospital_stays(region(stays, end="2020-12-31"), QUICK)
    row = result.table.query("by == 'all' and window == 'after'").iloc[0]
    assert (row["going_on"], row["median"], row["why"]) == (1, 10, "going_on")
    assert row["mean"] == pytest.approx((60 + 365 - 300) / 7)
    assert "undre gräns" in result.summary("sv")
    assert "lower limit" in result.summary("en")


def test_quartiles_and_shares_with_censored_stays_are_those_of_r():
    # R survival: quantile(survfit(Surv(d, e) ~ 1), c(.25, .5, .75)) and summary(., times = c(30, 90))$surv
    length = np.array([3, 5, 5, 8, 12, 20, 31, 45, 45, 60, 95, 120], dtype=float)
    ended = np.array([1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1], dtype=bool)
    quartiles, shares = lasting(length, ended, (30, 90))
    assert quartiles == [6.5, 31.0, 120.0]
    assert shares == pytest.approx([0.5714285714, 0.2539682540])


def test_admissions_are_counted_at_the_first_ward_and_days_where_they_are_spent():
    both = [(one, start, start + 10, "acute") for one in range(12) for start in (-100, 50)]
    moved = [(one, start + 10, start + 40, "long_stay") for one in range(6) for start in (-100, 50)]
    rows = ff.hospital_stays(region(both + moved), QUICK).wards.set_index(["ward_type", "window"])
    before = rows.xs("before", level="window")
    assert before["admissions"].to_dict() == {"acute": 12, "long_stay": 0, "total": 12}
    assert before["bed_days"].to_dict() == {"acute": 120, "long_stay": 180, "total": 300}
    assert before.loc["acute", "day_rate"] == pytest.approx(120 / (20 * 365 / 365.25))


def test_wards_with_few_clients_are_put_together_and_nothing_has_to_be_hidden():
    stays = [(one, start, start + 10, "acute") for one in range(12) for start in (-100, 50)]
    stays += [(one, -50, -48, "long_stay") for one in (1, 2, 3)] + [(one, -30, -28, "psychosis") for one in (4, 5, 6)]
    extract = region(stays)
    result = ff.hospital_stays(extract, QUICK)
    assert set(result.wards["ward_type"]) == {"acute", "other", "total"}
    assert result.released().wards["bed_days"].notna().all()
    apart = ff.hospital_stays(extract, QUICK, pooled=False)
    assert set(apart.wards["ward_type"]) == {"acute", "long_stay", "psychosis", "total"}


def test_changes_of_legal_form_are_counted_per_stay():
    stays = [(one, 10, 40, "acute") for one in range(6)]
    forms = [
        (0, "HSL", 10, 20), (0, "LPT", 20, 41),                           # voluntary, then compulsory until discharge
        (1, "LPT", 10, 30), (1, "HSL", 30, 41),                           # compulsory, then voluntary
        (2, "LPT", 10, 40), (2, "LPT_open", 40, 100),                     # open form from the day of discharge
        (3, "LPT", 10, 41), (3, "LPT_open", 41, 100),                     # open form from the day after
        (4, "LPT", 10, 41), (4, "LPT_open", 60, 100),                     # open form too late to belong to the stay
        (5, "LPT_open", -30, 10), (5, "LPT", 10, 41),                     # recalled from the open form
    ]  # fmt: skip
    rows = ff.hospital_stays(region(stays, forms), QUICK).conversions.query("window == 'after'").set_index("conversion")
    assert rows["stays"].to_dict() == {
        "voluntary_to_closed": 1, "closed_to_voluntary": 6, "lpt_to_open": 6, "open_to_closed": 1,
    }  # fmt: skip
    assert rows["converted"].to_dict() == {
        "voluntary_to_closed": 1, "closed_to_voluntary": 1, "lpt_to_open": 2, "open_to_closed": 1,
    }  # fmt: skip


def test_the_number_of_stays_that_became_compulsory_cannot_be_had_from_their_sums():
    stays = [(one, 10, 40, "acute") for one in range(16)]
    forms = [(one, "LPT", 10, 41) for one in range(8)] + [(one, "LPT", 20, 41) for one in (8, 9)]
    shown = ff.hospital_stays(region(stays, forms), QUICK).released().conversions
    rows = shown.query("window == 'after'").set_index("conversion")
    assert rows["converted"].isna().all()
    assert pd.isna(rows.loc["closed_to_voluntary", "stays"])
    assert pd.isna(rows.loc["lpt_to_open", "stays"])


@pytest.mark.parametrize("seed", range(6))
def test_lengths_and_changes_equal_a_slow_count_day_by_day(seed):
    rng = np.random.default_rng(seed)
    clients, last = 6, 500
    stays, forms = [], []
    for one in range(clients):
        at = -450
        while at < 330:
            at += int(rng.integers(5, 120))
            end = at + int(rng.integers(0, 60))
            stays.append((one, at, end, "acute"))
            cut = int(rng.integers(at, end + 1))
            if rng.random() < 0.7:
                forms += [(one, "LPT", cut, end + 1)] if rng.random() < 0.5 else [(one, "LPT", at, max(cut, at + 1))]
            at = end + 2
    extract = region(stays, forms or [(0, "HSL", 0, 1)], clients, end=f"{day(last):%Y-%m-%d}")
    result = ff.hospital_stays(extract, QUICK)
    cells = result.table.query("by == 'all'").set_index("window")
    changes = result.conversions.query("conversion == 'voluntary_to_closed'").set_index("window")
    for window, (low, high) in {"before": (-365, 0), "after": (0, 365)}.items():
        lengths, became, voluntary = [], 0, 0
        for one, first, end, _ in stays:
            if not low <= first < high:
                continue
            under = {d for who, form, a, b in forms if who == one and form == "LPT" for d in range(a, b)}
            lengths.append(len(range(first, end)))
            voluntary += first not in under
            became += first not in under and bool(under & set(range(first, end + 1)))
        row, changed = cells.loc[window], changes.loc[window]
        assert (row["stays"], row["nights"]) == (len(lengths), sum(lengths))
        assert row["median"] == pytest.approx(np.median(lengths))
        assert row["over_30"] == pytest.approx(np.mean([length > 30 for length in lengths]))
        assert (changed["stays"], changed["converted"]) == (voluntary, became)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_without_stays_or_legal_status_it_says_so_and_does_not_fail(language):
    for extract in (region([]), region([(0, 5, 9, None)])):
        result = ff.hospital_stays(extract, QUICK)
        for one in (result, result.released()):
            assert one.summary(language)
            assert "nan" not in one.summary(language).lower()
            assert one.views(language)
            assert one.figures(language)


def test_clients_who_were_on_other_wards_only_cannot_be_had_from_the_total():
    stays = [(one, start, start + 10, "acute") for one in range(12) for start in (-100, 50)]
    stays += [(one, -50, -40, "long_stay") for one in range(7)]
    apart = [(one, -50, -40, "long_stay") for one in (13, 14)]  # two clients on the long-stay ward alone
    assert set(ff.hospital_stays(region(stays), QUICK).wards["ward_type"]) == {"acute", "long_stay", "total"}
    assert ff.hospital_stays(region([*stays, *apart]), QUICK).wards.empty


def test_one_legal_form_with_few_clients_leaves_the_division_out_instead_of_hiding_the_total():
    stays = [(one, 10, 40, "acute") for one in range(16)]
    many = [(one, "LPT", 10, 41) for one in range(8)]
    before = [(one, -60, -50, "acute") for one in range(16)]
    both = [(one, "LPT", -60, -49) for one in range(8)]
    found = ff.hospital_stays(region(stays + before, many + both), QUICK)
    assert "legal_status" in set(found.table["by"])
    few = ff.hospital_stays(region(stays + before, many + both[:2]), QUICK)
    assert "legal_status" not in set(few.table["by"])
    assert few.released().table["stays"].notna().all()
