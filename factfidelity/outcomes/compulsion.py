"""Coercive measures with both denominators, and the days under each closed form, before and after."""

from __future__ import annotations

from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.legal_status import CLOSED_FORMS, days_under
from factfidelity.care.line import Points, codes_of
from factfidelity.days import UNKNOWN, day_numbers
from factfidelity.outcomes.pairs import Design, Pair

Row = dict[str, Any]


def coercion_frame(design: Design) -> pd.DataFrame:
    """Count coercive measures by kind, with both denominators beside them.

    Returns
    -------
    DataFrame
        One row is one kind (or the total) and window; no rows where measures or stays were not delivered.
    """
    extract = design.extract
    delivered = [name for name in ("coercion", "legal_status") if extract.has(name) or name in extract.sources]
    if "coercion" not in delivered or not extract.has("episodes"):
        return pd.DataFrame(columns=_COERCION)
    pair = design.pair(("episodes", *delivered), cohort=design.plan.cohort, index_stay=design.plan.index_stay)
    measures = extract.coercion
    code = codes_of(design.known, measures["client_id"])
    day = day_numbers(measures["date"], missing=UNKNOWN)
    code = np.where(day > UNKNOWN, code, -1)
    kinds = ["total", *extract.groups_in("coercion", "kind")]
    rows = []
    for kind in kinds:
        chosen = np.ones(len(measures), dtype=bool) if kind == "total" else (measures["kind"] == kind).to_numpy(bool)
        points = Points.of(code[chosen], day[chosen])
        rows += [_measure_row(design, pair, window, kind, points, "legal_status" in delivered) for window in _WINDOWS]
    return pd.DataFrame(rows, columns=_COERCION)


_WINDOWS = ("before", "after")
_COERCION = [
    "kind", "window", "clients", "clients_any", "measures", "clients_in_hospital", "bed_days", "clients_compulsory",
    "compulsory_days", "per_client", "per_1000_bed_days", "per_1000_compulsory_days", "topic", "largest", "two_largest",
]  # fmt: skip


def _measure_row(design: Design, pair: Pair, window: str, kind: str, points: Points, legal: bool) -> Row:
    windows = getattr(pair, window)
    found = windows.count_points(points)
    beds = windows.count_days(design.tally.in_hospital())
    under = windows.count_days(days_under(design.tally.forms, CLOSED_FORMS, design.tally.away)) if legal else None
    total = float(found.sum())
    bed_total, under_total = float(beds.sum()), float(under.sum()) if under is not None else nan
    return {
        "kind": kind, "window": window, "clients": len(found), "clients_any": int((found > 0).sum()),
        "measures": total, "clients_in_hospital": int((beds > 0).sum()), "bed_days": bed_total,
        "clients_compulsory": int((under > 0).sum()) if under is not None else nan, "compulsory_days": under_total,
        "per_client": total / len(found) if len(found) else nan,
        "per_1000_bed_days": 1000 * total / bed_total if bed_total else nan,
        "per_1000_compulsory_days": 1000 * total / under_total if under_total else nan,
        "topic": "coercion",
    } | _largest(found)  # fmt: skip


_FORMS = [
    "window", "clients", "years", "clients_lpt", "lpt_days", "lpt_rate", "clients_lrv", "lrv_days", "lrv_rate", "topic",
    "lpt_largest", "lpt_two_largest", "lrv_largest", "lrv_two_largest",
]  # fmt: skip


def forms_frame(design: Design) -> pd.DataFrame:
    """Count the days under closed LPT and under closed LRV, apart.

    Returns
    -------
    DataFrame
        One row is one window; no rows where legal status was not delivered.
    """
    extract = design.extract
    if not extract.has("legal_status"):
        return pd.DataFrame(columns=_FORMS)
    pair = design.pair(("legal_status",), cohort=design.plan.cohort, index_stay=design.plan.index_stay)
    rows = []
    for window in _WINDOWS:
        windows = getattr(pair, window)
        years = float(windows.days().sum()) / 365.25
        row: Row = {"window": window, "clients": len(windows.client), "years": years, "topic": "legal_status"}
        for form in CLOSED_FORMS:
            found = windows.count_days(days_under(design.tally.forms, (form,), design.tally.away))
            name, total = form.lower(), float(found.sum())
            row |= {f"clients_{name}": int((found > 0).sum()), f"{name}_days": total}
            row |= {f"{name}_rate": total / years if years else nan}
            row |= {f"{name}_{part}": value for part, value in _largest(found).items()}
        rows.append(row)
    return pd.DataFrame(rows, columns=_FORMS)


def _largest(found: NDArray[np.int64]) -> Row:
    total, top = float(found.sum()), np.sort(found)[::-1][:2]
    if not total:
        return {"largest": nan, "two_largest": nan}
    return {"largest": float(top[0]) / total, "two_largest": float(top.sum()) / total}
