"""What published evaluations print, and what our functions make of their raw counts.

| Study | Printed in counts | Done with it |
|---|---|---|
| Sood 2017 (PMC5537572) | means, persons with any, 26 p-values | means, shares, changes; p of any-use can be reached |
| Norwegian ACT report | compulsory days: 11,500, then 5,200 | the change |
| Clausen 2016 a, b | 74 and 84 of 142 | the shares, with interval |
| Danish ACT study | lost contact: 8 % of 213, 14 % of 153 | the persons behind, and the difference with interval |
| Broersen 2023 | 12 of 16 teams optimal | the share, with interval |
| Socialstyrelsen, ACT | 57,000 and 11,500 SEK a year, 6.3 days | the break-even days |
| Firn 2013 | 2,394 fewer days, about half, 112 clients | the days before that this leaves room for |
| Nielsen 2023, Cochrane 2017 | a difference with its interval | it lies even about the estimate |

The others (Norway FACT 2020, Aagaard, Nugter, Drukker, Neijmeijer, van Vugt, Svensson, Tjaden) print per cent or
directions only. Benjamini-Hochberg on Sood's p-values stands in `test_mirror_published.py`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import extract_of

from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare

# Thirteen months before (December 2012 to January 2014) and after (December 2014 to January 2016), start June 2014.
SOOD_PLAN = Plan(
    index={"kind": "date", "date": "2014-06-01"},
    windows={"width": 396, "washout_before": 151, "washout_after": 183},
    intervals={"draws": 200},
)
# clients, with any, admissions, mean days: before and after; the paper's words on the days; p of any-use
SOOD = {
    "ACT": (95, (15, 11), (0.20, 0.12), (31.76, 25.86), "19 %", 0.3458),
    "CMHT": (380, (71, 52), (0.25, 0.18), (19.34, 12.35), "36 %", 0.0388),
}


def sood_extract(cohort):
    """Clients with the published numbers of users, admissions and days, the users of both windows overlapping."""
    clients, users, admissions, days, _, _ = SOOD[cohort]
    ids = [f"C{number:03d}" for number in range(clients)]
    rows = []
    for window, first in enumerate(("2012-12-05", "2014-12-05")):
        total, stays = round(days[window] * clients), round(admissions[window] * clients)
        owner = np.sort(np.arange(stays) % users[window])
        length = np.full(stays, total // stays)
        length[: total % stays] += 1
        start = pd.Timestamp(first)
        for client, own in pd.Series(length).groupby(owner):
            begin = start
            for nights in own:
                rows.append((ids[client], begin, begin + pd.Timedelta(days=int(nights))))
                begin += pd.Timedelta(days=int(nights) + 2)
    episodes = pd.DataFrame(rows, columns=["client_id", "admitted", "discharged"])
    return extract_of("2012-01-01", "2017-01-01", clients=pd.DataFrame({"client_id": ids}), episodes=episodes)


@pytest.fixture(scope="module", params=SOOD)
def sood(request):
    return request.param, mirror_outcomes(sood_extract(request.param), SOOD_PLAN)


def test_the_windows_of_sood_give_the_printed_means_and_persons(sood):
    cohort, result = sood
    clients, users, admissions, days, _, _ = SOOD[cohort]
    table = result.table[result.table["cohort"] == "mirror"].set_index(["outcome", "window"])
    for place, window in enumerate(("before", "after")):
        assert table.loc[("bed_days", window), "clients"] == clients
        assert table.loc[("bed_days", window), "clients_any"] == users[place]
        assert table.loc[("bed_days", window), "mean"] == pytest.approx(days[place], abs=0.006)
        assert table.loc[("admissions", window), "mean"] == pytest.approx(admissions[place], abs=0.006)


def test_the_fall_in_days_is_the_19_and_36_per_cent_of_the_text(sood):
    cohort, result = sood
    ratio = result.ratio("bed_days")["estimate"]
    assert f"{100 * (1 - ratio):.0f} %" == SOOD[cohort][4]
    assert 1 - ratio == pytest.approx({"ACT": 0.186, "CMHT": 0.361}[cohort], abs=0.001)


@pytest.mark.parametrize(
    ("before", "after", "clients", "means"),
    [
        (28, 16, 95, (0.29, 0.17)), (29, 23, 95, (0.31, 0.24)), (128, 88, 380, (0.34, 0.23)),
        (134, 119, 380, (0.35, 0.31)),
    ],
)  # fmt: skip
def test_the_persons_with_crisis_contacts_are_the_printed_shares(before, after, clients, means):
    assert [round(compare.share(some, clients).estimate, 2) for some in (before, after)] == list(means)


@pytest.mark.parametrize("cohort", SOOD)
def test_the_printed_p_of_any_admission_is_one_that_the_margins_allow(cohort):
    # The paper tests by Monte-Carlo permutation and does not print who had both: that number sets McNemar's p.
    clients, (before, after), *_, published = SOOD[cohort]
    found = {}
    for both in range(max(0, before + after - clients), min(before, after) + 1):
        lost, gained = before - both, after - both
        first = [True] * before + [False] * (clients - before)
        second = [True] * both + [False] * lost + [True] * gained + [False] * (clients - before - gained)
        found[both] = compare.mcnemar(first, second).p
    nearest = min(found, key=lambda both: abs(np.log(found[both] / published)))
    assert found[nearest] == pytest.approx(published, rel=0.45)  # exact p goes in steps; the permutation one is mid-way
    assert 0 < nearest < after
    assert min(found.values()) <= published <= max(found.values())


def test_the_norwegian_compulsory_days_fell_by_55_per_cent():
    # 11 500 before and 5 200 after: no interval can be made without the clients, and none is.
    assert round(100 * (1 - 5200 / 11500)) == 55
    before, after = np.zeros(142), np.zeros(142)
    before[:50], after[:50] = 230.0, 104.0
    found = compare.paired_rate_ratio(before, after, method="bootstrap", draws=200)
    assert round(100 * (1 - found.estimate)) == 55


@pytest.mark.parametrize(("some", "of", "shown"), [(74, 142, 52), (84, 142, 59), (12, 16, 75)])
def test_printed_shares_are_those_of_the_counts(some, of, shown):
    found = compare.share(some, of)
    assert round(100 * found.estimate) == shown
    assert found.low < found.estimate < found.high


def test_lost_contact_in_the_danish_act_study_differs_by_6_points_with_an_interval_that_reaches_0():
    # 8 % of 213 and 14 % of 153 are 17 and 21 (or 22) persons: rounding leaves room
    possible = [(one, zero) for one in range(214) for zero in range(154)
                if round(100 * one / 213) == 8 and round(100 * zero / 153) == 14]  # fmt: skip
    assert (17, 21) in possible
    found = compare.proportions(17, 213, 21, 153)
    # R: a <- prop.test(17, 213, correct = FALSE)$conf.int, b of 21 and 153; d -/+ sqrt of the squared distances
    assert (found.estimate, found.low, found.high) == pytest.approx(
        (-0.057442695388, -0.127382990682, 0.00618522317397)
    )
    assert found.low < -0.05 < 0 < found.high


def test_act_costs_break_even_at_the_printed_6_3_days():
    # Socialstyrelsen: 57 000 and 11 500 SEK per patient-year; 45 500 SEK are 6.3 days, so a day is put at 7 222 SEK
    assert 57_000 - 11_500 == 45_500
    assert round(45_500 / 6.3) == 7222
    assert round((57_000 - 11_500) / 7222, 1) == 6.3


def test_about_half_the_days_of_firn_leaves_the_days_before_between_narrow_ends():
    # 2 394 fewer days, "about half" (45 to 55 %), 112 clients: 39 to 48 days per client before
    before = [2394 / share / 112 for share in (0.55, 0.45)]
    assert [round(days) for days in before] == [39, 48]
    users = np.zeros(112)
    users[:40] = 4788 / 40
    found = compare.paired_rate_ratio(users, users / 2, method="cluster")
    assert found.total_before - found.total_after == pytest.approx(2394)


@pytest.mark.parametrize(("estimate", "low", "high"), [(-2.9, -5.8, -0.1), (-0.86, -1.37, -0.34)])
def test_printed_intervals_of_means_lie_even_about_the_estimate(estimate, low, high):
    # Nielsen 2023 (PSP), Cochrane 2017 (days per month): what rounding to the printed digits leaves
    step = 0.1 if abs(estimate) > 1 else 0.01
    assert (low + high) / 2 == pytest.approx(estimate, abs=step)
