"""Ratings at the start and at follow-up: how many have them first, and only then how they changed."""

from __future__ import annotations

from math import nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.line import codes_of
from factfidelity.days import UNKNOWN, day_numbers
from factfidelity.extract import Extract
from factfidelity.outcomes.declare import plan_of
from factfidelity.outcomes.pairs import Design
from factfidelity.outcomes.scores_result import BETTER, WAYS, RatingsChange
from factfidelity.schemas.plan import Plan
from factfidelity.stats import compare
from factfidelity.stats.quantiles import normal_quantile, t_quantile

Row = dict[str, Any]
Numbers = NDArray[np.float64]
_COLUMNS = [
    "instrument", "part", "clients", "clients_first", "clients_both", "share_first", "share_both", "mean_first",
    "sd_first", "mean_later", "sd_later", "change", "low", "high", "p", "effect", "reliable", "why",
]  # fmt: skip
_MOVED = ["instrument", "part", "way", "clients", "clients_both", "share"]


def ratings_change(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    follow_up: int | None = None,
    around_start: int = 90,
    around_follow_up: int = 180,
) -> RatingsChange:
    """Compare each instrument's score at the index day with the score at follow-up, in the same clients.

    Parameters
    ----------
    extract : Extract
    plan : Plan, path or name, optional
        ``thresholds: {reliability.HoNOS: 0.85}`` gives an instrument's reliability, from its manual or from the
        literature; without it no change is called reliable.
    follow_up : int, optional
        Days after the index day; the width of the plan's after window when left out.
    around_start, around_follow_up : int
        How far from each day a score may lie; the nearest counts, the earlier of two equally near.

    Returns
    -------
    RatingsChange

    References
    ----------
    Jacobson & Truax (1991), Journal of Consulting and Clinical Psychology 59, 12-19 (reliable change).
    """
    chosen = plan_of(plan)
    after = chosen.windows.after if follow_up is None else follow_up
    if after <= 0 or around_start < 0 or around_follow_up < 0:
        raise ValueError(
            f"days must be 0 or more and follow_up above 0, got {after}, {around_start}, {around_follow_up}"
        )
    design = Design.of(extract, chosen)
    low, high, linked = design.observed(("measurements",))
    followed = design.has_index & linked & (low <= design.index) & (high > design.index + after)
    scores = extract.measurements.dropna(subset=["score", "instrument"])
    rows: list[Row] = []
    moved: list[Row] = []
    keys = scores["part"].astype("object").where(scores["part"].notna(), "").astype(str)
    for (instrument, part), own in scores.groupby([scores["instrument"].astype(str), keys], sort=True):
        first, later = _two_scores(design, own, after, around_start, around_follow_up)
        reliability = _reliability(chosen, str(instrument))
        row = {"instrument": str(instrument), "part": str(part)}
        made, ways = _compare(first[followed], later[followed], str(instrument), reliability, chosen.intervals.level)
        rows.append(row | made)
        moved += [row | way for way in ways]
    notes = {
        "follow_up": str(after), "around_start": str(around_start), "around_follow_up": str(around_follow_up),
        "level": str(chosen.intervals.level), "index": chosen.index.kind, "follow": chosen.follow,
    }  # fmt: skip
    for name in dict.fromkeys(str(row["instrument"]) for row in rows):
        known = _reliability(chosen, name)
        notes[f"reliability.{name}"] = "" if np.isnan(known) else f"{known:g}"
    return RatingsChange(
        table=pd.DataFrame(rows, columns=_COLUMNS), moved=pd.DataFrame(moved, columns=_MOVED), notes=notes,
        language=chosen.language,
    )  # fmt: skip


def _reliability(plan: Plan, instrument: str) -> float:
    wanted = f"reliability.{instrument}".casefold()
    found = next((value for name, value in plan.thresholds.items() if name.casefold() == wanted), nan)
    if found == found and not 0 < found < 1:
        raise ValueError(f"a reliability lies between 0 and 1, got {found:g} for {instrument}")
    return found


def _two_scores(design: Design, own: pd.DataFrame, after: int, near: int, near_later: int) -> tuple[Numbers, Numbers]:
    """Return each client's first and later score; missing where there is none near enough."""
    code = codes_of(design.known, own["client_id"])
    day = day_numbers(own["date"], missing=UNKNOWN)
    score = own["score"].to_numpy(dtype=float, na_value=nan)
    usable = (code >= 0) & (day > UNKNOWN) & design.has_index[np.maximum(code, 0)]
    code, day, score = code[usable], day[usable], score[usable]
    since = day - design.index[code]
    first = _nearest(len(design.known), code, since, np.abs(since), score, near)
    later = _nearest(len(design.known), code, since, np.abs(since - after), score, near_later, beyond=near)
    return first, later


def _nearest(
    clients: int, code: NDArray[np.int64], since: NDArray[np.int64], away: NDArray[np.int64], score: Numbers,
    near: int, beyond: int | None = None,
) -> Numbers:  # fmt: skip
    kept = away <= near
    if beyond is not None:
        kept &= since > beyond
    order = np.lexsort((since[kept], away[kept], code[kept]))
    owner, values = code[kept][order], score[kept][order]
    found = np.full(clients, nan)
    which, place = np.unique(owner, return_index=True)
    found[which] = values[place]
    return found


def _compare(
    first: Numbers, later: Numbers, instrument: str, reliability: float, level: float
) -> tuple[Row, list[Row]]:
    has_first = np.isfinite(first)
    both = has_first & np.isfinite(later)
    size, started, n = len(first), int(has_first.sum()), int(both.sum())
    one, two = first[both], later[both]
    row: Row = dict.fromkeys(_COLUMNS[7:], nan) | {
        "clients": size, "clients_first": started, "clients_both": n,
        "share_first": started / size if size else nan, "share_both": n / size if size else nan,
        "why": "" if n > 1 else "few_rated",
    }  # fmt: skip
    limit = nan
    if n > 1:
        change = two - one
        sd, spread = float(change.std(ddof=1)), float(one.std(ddof=1))
        half = t_quantile(0.5 + level / 2, n - 1) * sd / sqrt(n)
        middle = float(change.mean())
        row |= {
            "mean_first": float(one.mean()), "sd_first": spread, "mean_later": float(two.mean()),
            "sd_later": float(two.std(ddof=1)), "change": middle, "low": middle - half, "high": middle + half,
            "p": float(compare.signed_rank(one, two).p), "effect": middle / sd if sd > 0 else nan,
        }  # fmt: skip
        limit = normal_quantile(0.975) * spread * sqrt(2 * (1 - reliability))
        row["reliable"] = limit
    return row, _ways(two - one, instrument, limit)


def _ways(change: Numbers, instrument: str, limit: float) -> list[Row]:
    """Count the clients that went each way, by a reliable change where the reliability is given, else by any."""
    least = limit if np.isfinite(limit) else 0.0
    up = (change > 0) & (change >= least)
    down = (change < 0) & (-change >= least)
    better = BETTER.get(instrument.casefold(), "")
    counted = {"up": int(up.sum()), "down": int(down.sum()), "same": int((~up & ~down).sum()), "total": len(change)}
    names = {"lower": ("down", "up"), "higher": ("up", "down")}.get(better, ("up", "down"))
    ways = WAYS["known" if better else "unknown"]
    order = dict(zip(ways, (names[0], "same", names[1], "total"), strict=True))
    n = len(change)
    return [
        {"way": way, "clients": counted[name], "clients_both": n, "share": counted[name] / n if n else nan}
        for way, name in order.items()
    ]
