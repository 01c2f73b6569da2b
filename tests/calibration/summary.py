"""Sums up simulations: bias, cover, how often something is found; and writes them as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan, sqrt

import numpy as np
from calibration.blocks import Numbers

PROMISES = {"approximate": (0.93, 0.97), "exact": (0.95, 1.0), "shown": (0.0, 1.0)}
LARGE, WHOLE = 300, 2000


@dataclass(frozen=True)
class Cover:
    """What one interval (or test) did over the simulations of one kind of data."""

    figure: str
    outcome: str
    method: str
    data: str
    clients: int
    simulations: int
    truth: float
    bias: float
    cover: float
    worst: float
    found: float
    empty: float
    promise: str

    @property
    def kept(self) -> bool:
        """Whether the cover is what is promised; fewer than 2,000 simulations are allowed their two standard errors."""
        low, high = PROMISES[self.promise]
        if self.clients < LARGE and self.promise == "approximate":
            return True
        slack = 2 * sqrt(0.95 * 0.05 / self.simulations)
        if self.promise == "approximate" and self.simulations >= WHOLE:
            slack = 0.0
        return isnan(self.cover) or low - slack <= self.cover <= high + slack


def summed(
    rows: Numbers, truth: Numbers, *, null: float, promise: str, key: tuple[str, str, str], data: str, clients: int
) -> Cover:
    """Sum up (simulations, points, 4) against the truth of each point.

    An end that is missing is open. An interval without both ends is not given.
    """
    estimate, low, high, p = (rows[..., place] for place in range(4))
    truth = np.broadcast_to(truth, estimate.shape)
    given = ~(np.isnan(low) & np.isnan(high))
    inside = ~(low > truth) & ~(high < truth)
    cover = [float(inside[:, at][given[:, at]].mean()) if given[:, at].any() else nan for at in range(rows.shape[1])]
    usable = np.isfinite(estimate) & ((estimate > 0) if null == 1 else True)
    if null == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            off = np.exp(np.log(estimate[usable]).mean() - np.log(truth[usable]).mean()) if usable.any() else nan
    else:
        off = float((estimate - truth)[usable].mean()) if usable.any() else nan
    tested = ~np.isnan(p)
    if tested.any():
        found = float((p[tested] < 0.05).mean())
    else:
        found = float(((low > null) | (high < null))[given].mean()) if given.any() and not isnan(null) else nan
    return Cover(
        *key, data, clients, len(rows), float(np.nanmean(truth)) if not np.isnan(truth).all() else nan, float(off),
        float(inside[given].mean()) if given.any() else nan, min((c for c in cover if not isnan(c)), default=nan),
        found, float(1 - given.mean()) if given.any() else nan, promise,
    )  # fmt: skip


def share(value: float) -> str:
    """Return a share in per cent."""
    return "" if isnan(value) else f"{value:.1%}"


def table(rows: Sequence[Cover]) -> list[str]:
    """Return one table of one figure: a row for each kind of data, columns for each size."""
    sizes = sorted({row.clients for row in rows})
    ratio = rows[0].figure.endswith("ratio") or "ratio" in rows[0].figure
    heads = ["Data", "Truth"]
    for name in ("Bias", "Cover", "Found", "Empty"):
        heads += [f"{name} {size}" if place == 0 else f"{size}" for place, size in enumerate(sizes)]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    for data in dict.fromkeys(row.data for row in rows):
        own = {row.clients: row for row in rows if row.data == data}
        first = next(iter(own.values()))
        cells = [data, "" if isnan(first.truth) else f"{first.truth:.3f}"]
        spell = (
            (lambda value: "" if isnan(value) else f"{value:.3f}")
            if ratio
            else (lambda value: "" if isnan(value) else f"{value:+.3f}")
        )
        cells += [spell(own[size].bias) if size in own else "" for size in sizes]
        for name in ("cover", "found", "empty"):
            cells += [share(getattr(own[size], name)) if size in own else "" for size in sizes]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def listed(rows: Sequence[Cover]) -> list[str]:
    """Return one table with a row for each figure of each kind of data."""
    lines = ["| Data | Figure | Truth | Bias | Cover | Found |", "|---|---|---:|---:|---:|---:|"]
    for row in rows:
        truth = "" if isnan(row.truth) else f"{row.truth:.3f}"
        bias = "" if isnan(row.bias) else f"{row.bias:+.3f}"
        lines.append(f"| {row.data} | {row.method} | {truth} | {bias} | {share(row.cover)} | {share(row.found)} |")
    return lines
