"""Control charts: is a series changing, or is it the usual variation?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.period_use import COUNTED, period_use
from factfidelity.days import day_number, period_starts
from factfidelity.extract import Extract
from factfidelity.monitoring.control_result import ControlChart
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.stats import control
from factfidelity.stats.answers import names_days

KINDS = ("u", "p", "xmr", "run")
_LABELS: Mapping[str, Mapping[str, str]] = {
    "admissions": {"sv": "inskrivningar i psykiatrisk slutenvård", "en": "psychiatric admissions"},
    "bed_days": {"sv": "vårddygn i psykiatrisk slutenvård", "en": "psychiatric bed-days"},
    "contacts": {"sv": "besök", "en": "face-to-face contacts"},
    "coercion": {"sv": "tvångsåtgärder", "en": "coercive measures"},
}


def control_chart(
    data_or_extract: pd.DataFrame | Extract,
    *,
    kind: str = "u",
    period: str = "period",
    count: str = "count",
    size: str | None = None,
    persons: str | None = None,
    published: bool = False,
    baseline: int | None = None,
    rebase: Sequence[int] = (),
    overdispersion: bool = False,
    outcome: str = "admissions",
    every: str = "month",
    team: str | None = None,
    plan: Plan | str | Path | None = None,
    label: str | Mapping[str, str] | None = None,
    language: str = "sv",
) -> ControlChart:
    """Draw a control chart of a series, with the signals of special variation.

    Parameters
    ----------
    data_or_extract : DataFrame or Extract
        One row per period with the columns named below, or an extract: an outcome of the cohort's clients by calendar
        period (days come in runs and get the chart of individual values whatever ``kind`` says; so does a column of a
        frame that is named as days, where ``kind`` is u).
    kind : {"u", "p", "xmr", "run"}
        ``u`` events per ``size`` of time; ``p`` persons with something of ``size`` persons; ``xmr`` individual values
        (``count`` / ``size``) with limits from the moving range; ``run`` the run chart with Anhoj's rules.
    period, count, size, persons : str
        Columns. ``size`` left out: 1 in every period (not for ``p``). Without persons (for ``p`` the count is
        persons) the chart cannot be released, unless ``published``.
    published : bool, default False
        The numbers are official statistics that anybody may see.
    baseline : int, optional
        Number of first periods that set the limits.
    rebase : sequence of int
        Positions at which limits are set anew, where a known change was made.
    overdispersion : bool, default False
        Widen the limits by Laney's factor (u and p).
    outcome, every, team, plan
        For an extract: what, how fine, the clients of one first team only.
    label : str or mapping, optional
        What is counted.
    language : str

    Returns
    -------
    ControlChart

    Raises
    ------
    ValueError
        If a column is missing or empty, or a value is out of its range.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if isinstance(data_or_extract, Extract):
        chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
        table = _from_extract(data_or_extract, chosen, outcome, every, team)
        kind = "xmr" if outcome == "bed_days" and kind in ("u", "p") else kind
        label, language, source = label or _LABELS[outcome], chosen.language, "counted"
    else:
        kind = "xmr" if kind == "u" and names_days(count) else kind
        table = _from_frame(data_or_extract, kind, period, count, size, persons)
        source = "published" if published else "given" if persons or kind == "p" else "none"
    named = {"sv": label, "en": label} if isinstance(label, str) else label or {"sv": "händelser", "en": "events"}
    charted, facts = _charted(table, kind, baseline, rebase, overdispersion)
    notes = {
        "kind": kind, "persons": source, "baseline": str(baseline or ""), "rebase": ",".join(map(str, rebase)),
        "overdispersion": str(overdispersion), "team": team or "", "label.sv": str(named["sv"]),
        "label.en": str(named["en"]), "timed": str(size is not None or source == "counted"),
    }  # fmt: skip
    limits = charted.rename(columns={"period_start": "at"})
    return ControlChart(
        table=table, limits=limits.drop(columns=["count"]), signals=facts, notes=notes, language=language
    )


def _from_frame(
    data: pd.DataFrame, kind: str, period: str, count: str, size: str | None, persons: str | None
) -> pd.DataFrame:
    if kind == "p" and size is None:
        raise ValueError("a p chart needs size: the persons that the count is out of")
    named = {"period_start": period, "count": count, "size": size, "persons": persons}
    asked = {name: column for name, column in named.items() if column}
    lacking = [column for column in asked.values() if column not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    table = pd.DataFrame({name: data[column] for name, column in asked.items()})
    table = table.sort_values("period_start", kind="stable").reset_index(drop=True)
    if "size" not in table:
        table["size"] = 1.0
    if kind == "p" and "persons" not in table:
        table["persons"] = table["count"]
    clients = table["size"] if kind == "p" else nan
    return table.assign(rate=table["count"] / table["size"], clients=clients, topic="")


def _from_extract(extract: Extract, plan: Plan, outcome: str, every: str, team: str | None) -> pd.DataFrame:
    if outcome not in COUNTED:
        raise ValueError(f"outcome must be one of {', '.join(COUNTED)}, got {outcome!r}")
    low, high = day_number(extract.start), day_number(extract.end)
    bounds = period_starts(low, high, every)
    use = period_use(extract, plan, outcome, bounds[(bounds >= low) & (bounds <= high)])
    rows = None if team is None else use.team == team
    if rows is not None and not rows.any():
        raise ValueError("no client has that team as the first one")
    table = use.totals(rows)
    table = table[table["exposure"] > 0].rename(columns={"exposure": "size"}).reset_index(drop=True)
    topic = "coercion" if outcome == "coercion" else ""
    return table.assign(rate=table["count"] / table["size"], topic=topic)


def _charted(
    table: pd.DataFrame, kind: str, baseline: int | None, rebase: Sequence[int], overdispersion: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count, size = table["count"].to_numpy(dtype=float), table["size"].to_numpy(dtype=float)
    frame = table[["period_start", "count"]].reset_index(drop=True)
    facts: dict[str, Any] = {"rule": "all", "signals": 0, "longest_run": nan, "longest_expected": nan,
                             "crossings": nan, "crossings_expected": nan, "factor": nan, "why": ""}  # fmt: skip
    if kind == "run":
        run = control.run_chart(count / size, baseline=baseline)
        made = run.table.assign(lower=nan, upper=nan, signal=run.table["shift"])
        facts |= {
            "signals": int(run.signal), "longest_run": float(run.longest_run),
            "longest_expected": run.longest_expected, "crossings": float(run.crossings),
            "crossings_expected": run.crossings_expected, "why": run.why,
        }  # fmt: skip
    else:
        if kind == "xmr":
            chart = control.xmr(count / size, baseline=baseline, rebase=rebase)
        elif kind == "p":
            chart = control.p_chart(count, size, baseline=baseline, rebase=rebase, overdispersion=overdispersion)
        else:
            chart = control.u_chart(count, size, baseline=baseline, rebase=rebase, overdispersion=overdispersion)
        made = chart.table
        facts |= {"signals": chart.signals, "factor": chart.overdispersion, "why": chart.why}
    for name in ("centre", "lower", "upper", "signal"):
        frame[name] = np.asarray(made[name])
    if kind == "xmr":
        frame["lower"] = frame["lower"].clip(lower=0)
    reasons = [name for name in ("beyond", "shift", "trend", "two_of_three") if name in made]
    flags = made[reasons].to_numpy(dtype=bool)
    frame["reason"] = [",".join(np.array(reasons)[row].tolist()) for row in flags]
    return frame, pd.DataFrame([facts])
