"""The estimators of the before/after reports, tried on blocks of simulated clients.

Each is made by the function that the report itself calls; only the counting of stays is done for many regions at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from calibration.blocks import Blocks, Estimator, Numbers, Parted, outcome_of
from numpy.typing import NDArray

from factfidelity.care.readmission import readmissions
from factfidelity.outcomes import course, describe, readmission, regression, subgroups, unchanged, who
from factfidelity.outcomes.pairs import Counts
from factfidelity.stats import compare
from factfidelity.stats import counts as models

NONE = float("nan")
SCENARIOS: dict[str, dict[str, Any]] = {
    "no change": {"ratio": 1.0},
    "30 % fewer": {"ratio": 0.7},
    "30 % fewer, days in long runs": {"ratio": 0.7, "mean_stay": 40.0},
    "30 % fewer, clients very different": {"ratio": 0.7, "spread": 3.0},
    "30 % fewer, clients react differently": {"ratio": 0.7, "reaction": 0.5},
    "30 % fewer, unequal follow-up": {"ratio": 0.7, "uneven": True},
    "30 % fewer, deaths": {"ratio": 0.7, "deaths": 0.1},
    "no change, few events": {"ratio": 1.0, "rate": 0.12},
    "enrolled at discharge, no change": {"ratio": 1.0, "crisis": "discharge"},
    "enrolled at discharge, 40 % fewer": {"ratio": 0.6, "crisis": "discharge"},
    "enrolled at admission, no change": {"ratio": 1.0, "crisis": "admission"},
    "enrolled at admission, 40 % fewer": {"ratio": 0.6, "crisis": "admission"},
}
# Where estimators that take long, or ask one question only, are tried.
PLAIN, FEWER, FEW = "no change", "30 % fewer", "no change, few events"
WITH_SLOW = (PLAIN, FEWER, FEW)


def estimators(blocks: Blocks, scenario: str) -> list[Estimator]:
    """Return what is tried in a scenario."""
    if "crisis" in SCENARIOS[scenario]:
        return [*_shifted(blocks, truth=SCENARIOS[scenario]["ratio"]), *_plain(blocks)]
    found = _rates(blocks, scenario)
    if scenario in (PLAIN, FEWER) or {"uneven", "deaths"} & set(SCENARIOS[scenario]):
        found += _means(blocks)  # in windows of equal length the means are the rates
    if "spread" not in SCENARIOS[scenario] and "reaction" not in SCENARIOS[scenario]:
        found += _shifted(blocks)
    slow: list[Estimator] = []
    if scenario == PLAIN:
        slow += [*_tests(blocks), *_expected(blocks), *_interaction(blocks), *_power(blocks)]
    if scenario in (PLAIN, FEWER):
        found += _readmission(blocks)
        slow += _models(blocks)
    if scenario in (FEWER, FEW):
        slow += [*_course(blocks), *_added_up(blocks)]
    return [*found, *(replace(one, slow=True) for one in slow)]


def cut(parted: Parted) -> Callable[[int, int], Counts]:
    """Return a function that gives the counts of a block."""
    return lambda block, clients: Counts(**parted.of(block, clients))


def sums(parted: Parted) -> Numbers:
    """Add up after, years after, before, years before."""
    names = ("after", "years_after", "before", "years_before")
    return np.array([float(parted.columns[name].sum()) for name in names])


def _ratio(parts: Numbers) -> Numbers:
    return parts[0] / parts[1] / (parts[2] / parts[3])


def _difference(parts: Numbers) -> Numbers:
    return parts[0] / parts[1] - parts[2] / parts[3]


def row_of(row: Any) -> tuple[float, float, float, float]:
    """Return the four figures of a change row or an answer."""
    if isinstance(row, dict):
        return row["estimate"], row["low"], row["high"], row.get("p", NONE)
    return row.estimate, row.low, row.high, row.p


def _rates(blocks: Blocks, scenario: str) -> list[Estimator]:
    """Ratios and differences of rates in the cohort ``all``: the report's own, and the named sensitivities.

    The exact interval promises something only where all clients share one ratio and one length of time.
    """
    found = []
    alike = not {"reaction", "uneven", "deaths"} & set(SCENARIOS[scenario])
    days = {} if {"reaction", "uneven", "deaths"} & set(SCENARIOS[scenario]) else {"compulsory_days": ("",)}
    for name, methods in ({"admissions": ("", "exact"), "bed_days": ("", "cluster")} | days).items():
        parted, outcome = blocks.counts(name), outcome_of(name)
        part, total = cut(parted), sums(parted)
        for method in methods:

            def ratio(block: int, n: int, part: Any = part, outcome: Any = outcome, method: str = method) -> Any:
                return row_of(describe.rate_ratio(outcome, part(block, n), blocks.plan, method=method))

            shown = method or ("bootstrap" if outcome.is_days else "cluster")
            promise = "exact" if method == "exact" and alike else "shown" if method else "approximate"
            found.append(Estimator("rate ratio", name, shown, ratio, total, _ratio, promise=promise))

        def difference(block: int, n: int, part: Any = part, outcome: Any = outcome) -> Any:
            return row_of(describe.rate_difference(outcome, part(block, n), blocks.plan))

        shown = "bootstrap" if outcome.is_days else "cluster"
        found.append(Estimator("rate difference", name, shown, difference, total, _difference, null=0.0))
    return found


def _means(blocks: Blocks) -> list[Estimator]:
    """Differences of means and of any use in the paired cohort, with the p-values of signed rank and McNemar."""
    found = []
    cohort = blocks.plan.paired_cohort
    for name in ("admissions", "bed_days"):
        parted, outcome = blocks.counts(name, cohort=cohort), outcome_of(name)

        part = cut(parted)

        def mean(block: int, n: int, part: Any = part, outcome: Any = outcome) -> Any:
            return row_of(describe.mean_difference(outcome, part(block, n), blocks.plan))

        size = float(len(parted.client))
        parts = np.array([parted.columns["after"].sum(), size, parted.columns["before"].sum(), size])
        shown = "bootstrap, p by signed rank" if outcome.is_days else "cluster, p by signed rank"
        found.append(Estimator("mean difference", name, shown, mean, parts, _difference, null=0.0))
    parted, outcome = blocks.counts("any_admission", cohort=cohort), outcome_of("any_admission")
    part = cut(parted)

    def use(block: int, n: int) -> Any:
        return row_of(describe.any_difference(outcome, part(block, n), blocks.plan))

    size = float(len(parted.client))
    parts = np.array([(parted.columns["after"] > 0).sum(), size, (parted.columns["before"] > 0).sum(), size])
    found.append(
        Estimator("difference of shares", "any_admission", "Newcombe, p by McNemar", use, parts, _difference, null=0.0)
    )
    return found


def _shifted(blocks: Blocks, truth: float = NONE) -> list[Estimator]:
    """The ratio whose baseline is moved a window back; with a crisis its truth is what was planted."""
    found = []
    width = blocks.plan.windows.before
    for name in ("admissions", "bed_days"):
        parted = blocks.counts(name, index_stay="exclude", baseline=(2 * width, width))
        known = (lambda parts: np.array(truth)) if truth == truth else _ratio
        found.append(
            Estimator("baseline-shifted ratio", name, "bootstrap", _resampled(blocks, parted), sums(parted), known)
        )
    return found


def _plain(blocks: Blocks) -> list[Estimator]:
    """The plain ratio of clients enrolled at a crisis, against no change: there to be seen."""
    found = []
    for name in ("admissions", "bed_days"):
        parted = blocks.counts(name)
        found.append(
            Estimator(
                "plain ratio after a crisis", name, "bootstrap", _resampled(blocks, parted), sums(parted), _ratio,
                promise="shown", sizes=(300,),
            )
        )  # fmt: skip
    return found


def _resampled(blocks: Blocks, parted: Parted) -> Callable[[int, int], Any]:
    part = cut(parted)
    return lambda block, n: row_of(regression._estimate(part(block, n), blocks.plan))


def _tests(blocks: Blocks) -> list[Estimator]:
    """The other paired tests of the mean difference, where nothing changed."""
    found = []
    for name in ("admissions", "bed_days"):
        part = cut(blocks.counts(name, cohort=blocks.plan.paired_cohort))

        def pratt(block: int, n: int, part: Any = part) -> Any:
            counts = part(block, n)
            return NONE, NONE, NONE, compare.signed_rank(counts.before, counts.after, zeros="pratt").p

        def flip(block: int, n: int, part: Any = part) -> Any:
            counts, chosen = part(block, n), blocks.plan.intervals
            return row_of(compare.sign_flip(counts.before, counts.after, seed=chosen.seed, level=chosen.level))

        nothing = np.zeros(1)
        zero = lambda parts: np.array(0.0)  # noqa: E731
        found += [
            Estimator(
                "mean difference",
                name,
                "signed rank, Pratt's zeros",
                pratt,
                nothing,
                zero,
                0.0,
                "shown",
                (30, 100, 300),
            ),
            Estimator("mean difference", name, "sign flip", flip, nothing, zero, 0.0, "shown", (30, 100, 300)),
        ]
    return found


def _models(blocks: Blocks) -> list[Estimator]:
    """The negative binomial with clients as clusters."""
    import pandas as pd

    parted = blocks.counts("admissions")
    part = cut(parted)

    def model(block: int, n: int) -> Any:
        counts = part(block, n)
        data = pd.DataFrame(
            {
                "client": np.tile(np.arange(len(counts.before)), 2), "number": np.r_[counts.before, counts.after],
                "years": np.r_[counts.years_before, counts.years_after], "after": np.repeat([0, 1], len(counts.before)),
            }
        )  # fmt: skip
        options = {"exposure": "years", "family": "negative_binomial", "errors": "cluster", "cluster": "client"}
        return row_of(models.count_model(data, "number ~ after", **options))

    return [
        Estimator(
            "rate ratio",
            "admissions",
            "negative binomial",
            model,
            sums(parted),
            _ratio,
            promise="shown",
            sizes=(100, 300),
        )
    ]


def _readmission(blocks: Blocks) -> list[Estimator]:
    """The share of persons readmitted within 30 days."""
    design, within = blocks.design, 30
    counted = readmissions(
        design.tally.stays(), readmission._windows(design), within=(within,),
        gap_days=blocks.plan.spells.readmission_gap, deaths=blocks.extract.deaths,
    )  # fmt: skip
    found = []
    for window in ("before", "after"):
        own = counted[counted["window"] == window].reset_index(drop=True)
        parted = blocks.parted(design.known.get_indexer(own["client_id"]), place=np.arange(len(own)))
        ordered = own.iloc[parted.columns["place"]].reset_index(drop=True)

        def share(block: int, n: int, window: str = window, parted: Parted = parted, ordered: Any = ordered) -> Any:
            row = readmission._row(within, window, ordered.iloc[parted.rows(block, n)], blocks.plan.intervals.level)
            return row["share_clients"], row["low"], row["high"], NONE

        parts = np.array([own["first_readmitted"].sum(), own["first_followed"].sum()], dtype=float)
        found.append(
            Estimator(
                f"share readmitted within 30 days, {window}", "admissions", "Wilson", share, parts,
                lambda parts: parts[0] / parts[1], null=NONE,
            )
        )  # fmt: skip
    return found


def _course(blocks: Blocks) -> list[Estimator]:
    """The bands of the course month by month, each month by itself."""
    found = []
    for name in ("admissions", "bed_days"):
        counts, days = course.by_period(blocks.design, outcome_of(name), np.arange(-12, 13))
        low, high, linked = blocks.design.observed(outcome_of(name).tables)
        member = np.flatnonzero(blocks.design.has_index & linked & (high > low))
        parted = blocks.parted(member, counts=counts, days=days)

        def bands(block: int, n: int, parted: Parted = parted) -> Any:
            part = parted.of(block, n)
            ends = course._bands(part["counts"], part["days"], blocks.plan)
            rate = part["counts"].sum(axis=0) / (part["days"].sum(axis=0) / course.MONTH)
            return np.column_stack([rate, ends["low"], ends["high"], np.full(len(rate), NONE)])

        parts = np.stack([counts.sum(axis=0), days.sum(axis=0) / course.MONTH])
        found.append(
            Estimator(
                "monthly course, each month", name, "bootstrap", bands, parts, lambda parts: parts[0] / parts[1],
                null=NONE, promise="shown", sizes=(100, 300),
            )
        )  # fmt: skip
    return found


def _added_up(blocks: Blocks) -> list[Estimator]:
    """The bands of the mean cumulative function, each quarter by itself, after the index day."""
    found = []
    for name in ("admissions", "bed_days"):
        counts, days = course.by_period(blocks.design, outcome_of(name), np.arange(0, 13, 3))
        low, high, linked = blocks.design.observed(outcome_of(name).tables)
        member = np.flatnonzero(blocks.design.has_index & linked & (high > low))
        parted = blocks.parted(member, counts=counts, days=days)

        def bands(block: int, n: int, parted: Parted = parted) -> Any:
            part = parted.of(block, n)
            means = np.cumsum(who._per_quarter(part["counts"].sum(axis=0), part["days"].sum(axis=0)))
            low, high = who._bands(part["counts"], part["days"], means, blocks.plan)
            return np.column_stack([means, low, high, np.full(len(means), NONE)])

        parts = np.stack([counts.sum(axis=0), days.sum(axis=0)])
        found.append(
            Estimator(
                "mean cumulative function, each quarter", name, "bootstrap", bands, parts,
                lambda parts: np.cumsum(who._per_quarter(parts[0], parts[1])), null=NONE, sizes=(100, 300),
            )
        )  # fmt: skip
    return found


def _expected(blocks: Blocks) -> list[Estimator]:
    """Responders when nothing changed: how often their share lies where no change would put it."""
    found = []
    for name in ("admissions", "bed_days"):
        outcome = outcome_of(name)
        pair = blocks.design.pair(outcome.tables, cohort=blocks.plan.paired_cohort)
        client, size, share = unchanged.pieces_of(blocks.design, outcome, pair)
        after = np.cumsum(np.diff(client, prepend=0) < 0)  # the pieces before come first, each side by client
        pieces = blocks.parted(pair.before.client[client], who=pair.before.client[client], size=size, after=after)
        whole = blocks.parted(pair.before.client, who=pair.before.client, share=share)
        part = cut(blocks.counts(name, cohort=blocks.plan.paired_cohort))

        def responders(block: int, n: int, part: Any = part, pieces: Parted = pieces, whole: Parted = whole) -> Any:
            counts, own, all_ = part(block, n), pieces.of(block, n), whole.of(block, n)
            order = np.argsort(own["after"], kind="stable")
            place = np.searchsorted(all_["who"], own["who"][order])
            made = who.expected_shares(place, own["size"][order], all_["share"], seed=blocks.plan.intervals.seed)
            middle, low, high = made["responder"]
            seen = np.isin(who.groups_of(counts.before, counts.after), who.BINS["responder"]).mean()
            # The interval is for the share itself: what is covered is not a truth in the long run.
            return seen - middle, low - seen, high - seen, NONE

        found.append(
            Estimator(
                "responders where no change would put them", name, "by chance alone", responders, np.zeros(1),
                lambda parts: np.array(0.0), null=NONE, sizes=(30, 100, 300),
            )
        )  # fmt: skip
    return found


def _interaction(blocks: Blocks) -> list[Estimator]:
    """The test of whether groups differ, where they do not."""
    found = []
    for name in ("admissions", "bed_days"):
        part, outcome = cut(blocks.counts(name)), outcome_of(name)
        for levels in (2, 4):

            def test(block: int, n: int, part: Any = part, outcome: Any = outcome, levels: int = levels) -> Any:
                counts = part(block, n)
                group = np.arange(len(counts.before)) % levels
                rows = [
                    subgroups._row(outcome, "group", str(one), subgroups._part(counts, group == one), blocks.plan)
                    for one in range(levels)
                ]
                return NONE, NONE, NONE, subgroups._test(outcome, "group", rows)["p"]

            found.append(
                Estimator(
                    "interaction test", name, f"{levels} groups", test, np.zeros(1), lambda parts: np.array(NONE),
                    NONE, "shown", (100, 300, 500),
                )
            )  # fmt: skip
    return found


def _power(blocks: Blocks) -> list[Estimator]:
    """What a study could have shown: a fall of that size, planted in other clients, is found with 80 % power."""
    found = []
    for name in ("admissions", "bed_days"):
        part, outcome = cut(blocks.counts(name)), outcome_of(name)

        def shown(block: int, n: int, part: Any = part, outcome: Any = outcome) -> Any:
            could = describe.precision(outcome, part(block, n), blocks.plan)["detectable"]
            return (could, *_planted(part((block + 1) % blocks.number, n), outcome, could, blocks, block))

        found.append(
            Estimator(
                "power at the detectable ratio", name, "simulation", shown, np.zeros(1), lambda parts: np.array(NONE),
                NONE, "shown", (100, 300),
            )
        )  # fmt: skip
    return found


def _planted(counts: Counts, outcome: Any, ratio: float, blocks: Blocks, seed: int) -> tuple[float, float, float]:
    """Lower the second window to a ratio, and return the interval and whether it lies below 1 (as a p of 0 or 1)."""
    if not np.isfinite(ratio):
        return NONE, NONE, NONE
    rng = np.random.default_rng(seed)
    after = counts.after * ratio if outcome.is_days else rng.binomial(np.int64(counts.after), ratio).astype(float)
    row = describe.rate_ratio(
        outcome, Counts(counts.before, after, counts.years_before, counts.years_after), blocks.plan
    )
    return row["low"], row["high"], 0.0 if row["high"] < 1 else 1.0


def answers(found: Estimator, blocks: int, clients: int) -> NDArray[np.float64]:
    """Return (blocks, points, 4): estimate, low, high and p of every block."""
    rows = [np.atleast_2d(np.asarray(found.run(block, clients), dtype=float)) for block in range(blocks)]
    return np.stack(rows)
