"""The page of the calibration: what is promised, what was measured, and one table for each figure."""

from __future__ import annotations

from collections.abc import Sequence

from calibration.summary import LARGE, PROMISES, Cover, listed, share, table

_INTRODUCTION = """# How well the intervals cover, and how often the tests cry wolf

Invented regions and worlds with a known truth, {simulations:,} simulations of each, made by
`python benchmarks/calibrate_before_after.py --simulations {simulations} --seed {seed}`; studies of 500 clients and
the slowest estimators have {fewest:,} (`--everything` gives them all). The estimates are made by the functions that the
reports call, with their defaults (bootstrap of 2,000 draws); a test shows that they are those of `mirror_outcomes`.

* *Truth* is what the figure comes to in all the simulated clients together. For the baseline-shifted ratio after a
  crisis it is what was planted: 1, or 0.6.
* *Bias* is the geometric mean of the estimates over the truth for a ratio (1 = none), else the mean
  of estimate - truth.
* *Cover* is the share of 95 % intervals that hold the truth, of those that are given. A cover of 95 % is itself known
  to within ± {error:.1f} percentage points (two standard errors; ± {more:.1f} from {fewest:,} simulations).
* *Found* is the share with p < 0.05, or (where there is no p) of intervals without the value of no change: the size of
  the test where nothing changed, which should be 5 %, else its power.
* *Empty* is the share without an interval: fewer than 10 clients with any days, or nothing counted.
* Numbers beside the words are clients in the study. Clients have own levels (gamma, shape 1; *very different*: shape
  1/3), stays last 14 days in the mean (*long runs*: 40), 0.9 admissions a year (*few events*: 0.12). Reactions that
  differ are lognormal with spread 0.5. With unequal follow-up each client is seen 1 to 900 days before and 30 to 900
  days after. A tenth die in the year after, those with many admissions more often: the long-run ratio of rates is then
  lower than what was planted (0.7), since heavy users lose more of the time after; the paired cohort is not touched.
"""


def markdown(regions: Sequence[Cover], worlds: Sequence[Cover], simulations: int, seed: int) -> str:
    """Return the page."""
    fewest = min(row.simulations for row in [*regions, *worlds])
    error, more = (200 * (0.95 * 0.05 / number) ** 0.5 for number in (simulations, fewest))
    text = _INTRODUCTION.format(simulations=simulations, seed=seed, fewest=fewest, error=error, more=more)
    lines = [text, *_promises([*regions, *worlds])]
    lines += ["## Before and after", ""]
    for key in dict.fromkeys((row.figure, row.outcome, row.method) for row in regions):
        own = [row for row in regions if (row.figure, row.outcome, row.method) == key]
        heading = f"{key[0][:1].upper()}{key[0][1:]}: {key[1]}, {key[2]}"
        lines += [f"### {heading}", "", *table(own), *_worst(own), ""]
    lines += ["## Other designs", ""]
    for design in dict.fromkeys(row.figure for row in worlds):
        heading = f"{design[:1].upper()}{design[1:]}"
        lines += [f"### {heading}", "", *listed([row for row in worlds if row.figure == design]), ""]
    return "\n".join(lines).rstrip() + "\n"


def _promises(rows: Sequence[Cover]) -> list[str]:
    """Say what is promised and list every row that does not keep it."""
    promised = [row for row in rows if row.promise != "shown" and (row.clients >= LARGE or row.promise == "exact")]
    broken = [row for row in promised if not row.kept]
    lines = [
        "## What is promised", "",
        f"Approximate intervals cover 93-97 % from {LARGE} clients on, exact ones at least {PROMISES['exact'][0]:.0%}, "
        "within two standard errors of the simulation where there are fewer than 2,000. "
        f"{len(promised) - len(broken)} of {len(promised)} rows keep it"
        + ("." if not broken else "; these do not:"), "",
    ]  # fmt: skip
    if broken:
        lines += ["| Figure | Data | Clients | Cover |", "|---|---|---:|---:|"]
        lines += [
            f"| {row.figure}: {' '.join(part for part in (row.outcome, row.method) if part)} | {row.data} | "
            f"{row.clients} | {share(row.cover)} |"
            for row in broken
        ] + [""]
    return lines


def _worst(rows: Sequence[Cover]) -> list[str]:
    """Say which point of a curve is covered least."""
    curves = [row for row in rows if row.worst < row.cover - 1e-9]
    if not curves:
        return []
    least = min(curves, key=lambda row: row.worst if row.clients >= LARGE else 1.0)
    return ["", f"The point covered least: {share(least.worst)} ({least.data}, {least.clients} clients)."]
