"""Interrupted time series: did a series of counts change on a known day, against its own course before?"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.period_use import COUNTED, months_around, period_use
from factfidelity.comparison import words
from factfidelity.comparison.series_result import SeriesEffect
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.stats.answers import refuse_days
from factfidelity.stats.series import SegmentedRegression, segmented_regression

STEPS = {"month": 1, "quarter": 3, "half_year": 6}
_FEWEST = 3


def interrupted_series(
    data_or_extract: pd.DataFrame | Extract,
    *,
    start: Any,
    period: str = "period",
    count: str = "count",
    exposure: str | None = None,
    persons: str | None = None,
    published: bool = False,
    outcome: str = "admissions",
    every: str = "month",
    plan: Plan | str | Path | None = None,
    level: bool = True,
    slope: bool = False,
    phase_in: int = 0,
    harmonics: int = 0,
    season_length: float | None = None,
    family: str = "quasi_poisson",
    errors: str = "model",
    lags: int | None = None,
    confidence: float = 0.95,
    label: str | Mapping[str, str] | None = None,
    per: float = 1.0,
    language: str = "sv",
) -> SeriesEffect:
    """Compare a series of counts after a known day with what its course before would have given.

    Parameters
    ----------
    data_or_extract : DataFrame or Extract
        One row per period (month, quarter) with the columns named below: no rows about persons are needed. Or an
        extract: an outcome of all clients of the cohort file by calendar time, in whole months counted from ``start``.
    start : date or number
        First period with the change. In an extract any day, such as the day on which a ward closed.
    period, count, exposure, persons : str
        Columns of the frame: the period (first day, or a whole number), how many, person-time or population (left
        out: the same in every period), and how many *persons* the count rests on. Without persons the result cannot
        be released, unless ``published``.
    published : bool, default False
        The numbers are official statistics that anybody may see, so nothing in them has to be hidden.
    outcome : str
        For an extract: admissions, bed_days, contacts or coercion.
    every : {"month", "quarter", "half_year"}
        For an extract: the finest period. A coarser one is taken where the plan's smallest number asks for it.
    plan : Plan, path or name, optional
        For an extract.
    level, slope : bool
        Let the change be a step, a new trend, or both.
    phase_in : int, default 0
        Periods from ``start`` on that are left out while the change is brought in.
    harmonics : int, default 0
        Pairs of sine and cosine for the season, of ``season_length`` periods (left out: a year of months).
    family : {"quasi_poisson", "negative_binomial", "poisson"}
    errors : {"model", "HC0", "HC1", "HAC", "AR1"}
        ``AR1``: first-order autocorrelation, the one to take where the residuals are autocorrelated. ``HAC``:
        Newey-West with ``lags``.
    confidence : float, default 0.95
    label : str or mapping, optional
        What is counted, for the words; one text or one per language.
    per : float, default 1
        Rates are given per this much exposure (``per=100_000`` inhabitants).
    language : str

    Returns
    -------
    SeriesEffect

    Raises
    ------
    ValueError
        If a column is missing or empty, a period comes twice, or ``start`` leaves a side without periods.
    RateIntervalError
        If days are counted and the interval would be the plain Poisson one.
    """
    if family == "poisson" and errors == "model":
        refuse_days(outcome if isinstance(data_or_extract, Extract) else count)
    if isinstance(data_or_extract, Extract):
        chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
        table, step = _from_extract(data_or_extract, chosen, outcome, every, start)
        language, names, kind, first = chosen.language, words.OUTCOMES[outcome], "counted", 0
    else:
        table = _from_frame(data_or_extract, period, count, exposure, persons)
        step, first = "", start
        kind = "published" if published else "given" if persons else "none"
        names = {"sv": label, "en": label} if isinstance(label, str) else label or words.OUTCOMES["count"]
    model = segmented_regression(
        table, outcome="count", time="place", start=first, exposure="exposure", level=level, slope=slope,
        phase_in=phase_in, harmonics=harmonics, family=family, errors=errors, lags=lags, confidence=confidence,
        season_length=season_length or 12 / STEPS.get(step, 1),
    )  # fmt: skip
    notes = {
        "persons": kind, "every": step, "outcome": outcome, "family": family, "errors": errors,
        "phase_in": str(phase_in), "harmonics": str(harmonics), "level": str(confidence), "per": f"{per:g}",
        "terms": ",".join(name for name, asked in (("level", level), ("slope", slope)) if asked),
        "start": _day(start), "time": "years" if isinstance(data_or_extract, Extract) else "given",
        "timed": str(exposure is not None or kind == "counted"),
        "label.sv": str(names["sv"]), "label.en": str(names["en"]),
    } | _facts(model)  # fmt: skip
    made = _frames(table, model, per)
    main = made.pop("table")
    return SeriesEffect(table=main, notes=notes, language=language).with_frames({"table": main, **made}, released=False)


def _day(start: Any) -> str:
    return str(start) if isinstance(start, (int, float)) else f"{pd.Timestamp(start):%Y-%m-%d}"


def _from_frame(data: pd.DataFrame, period: str, count: str, exposure: str | None, persons: str | None) -> pd.DataFrame:
    named = {"period_start": period, "count": count, "exposure": exposure, "persons": persons}
    asked = {name: column for name, column in named.items() if column}
    lacking = [column for column in asked.values() if column not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    table = pd.DataFrame({name: data[column] for name, column in asked.items()}).reset_index(drop=True)
    if "exposure" not in table:
        table["exposure"] = 1.0
    if persons and (table["persons"] > table["count"]).any():
        raise ValueError("persons may not be more than the count that they make up")
    return table.assign(place=table["period_start"], clients=nan, topic="")


def _from_extract(extract: Extract, plan: Plan, outcome: str, every: str, start: Any) -> tuple[pd.DataFrame, str]:
    """Return the finest series from ``every`` on in which every number may be shown; the finest where none may."""
    if every not in STEPS:
        raise ValueError(f"every must be one of {', '.join(STEPS)}, got {every!r}")
    if outcome not in COUNTED:
        raise ValueError(f"outcome must be one of {', '.join(COUNTED)}, got {outcome!r}")
    found: tuple[pd.DataFrame, str] | None = None
    for step, months in list(STEPS.items())[list(STEPS).index(every) :]:
        edges = months_around(start, extract.start, extract.end, months)
        if len(edges) < 2:
            break
        table = period_use(extract, plan, outcome, edges).totals()
        table = table[table["exposure"] > 0].reset_index(drop=True)
        months_from = np.asarray(table["period_start"].dt.year) * 12 + np.asarray(table["period_start"].dt.month)
        origin = pd.Timestamp(start)
        table["place"] = np.round((months_from - (origin.year * 12 + origin.month)) / months).astype(int)
        table["topic"] = "coercion" if outcome == "coercion" else ""
        sides = int((table["place"] < 0).sum()), int((table["place"] >= 0).sum())
        if found is not None and min(sides) < _FEWEST:
            break
        if found is None or _may_be_shown(table, plan):
            found = table, step
        if _may_be_shown(table, plan):
            break
    if found is None:
        raise ValueError(f"the extract covers no whole period around {_day(start)}")
    return found


def _may_be_shown(table: pd.DataFrame, plan: Plan) -> bool:
    smallest, (one, two) = plan.disclosure.smallest, plan.disclosure.dominance
    lowest = 0 if (table["topic"] == "coercion").any() else 1
    few = [values.between(lowest, smallest - 1) for values in (table["persons"], table["clients"] - table["persons"])]
    return not (few[0] | few[1] | (table["largest"] > one) | (table["two_largest"] > two)).any()


def _facts(model: SegmentedRegression) -> dict[str, str]:
    return {
        "periods_before": str(model.periods_before), "periods_after": str(model.periods_after), "why": model.why,
    }  # fmt: skip


def _frames(table: pd.DataFrame, model: SegmentedRegression, per: float) -> dict[str, pd.DataFrame]:
    course, ordered = model.course, table.sort_values("place", kind="stable").reset_index(drop=True)
    time = ordered["exposure"].to_numpy(dtype="float64") / per
    observed = ordered.drop(columns="place").assign(
        after=course["after"].to_numpy(), used=course["used"].to_numpy(), rate=ordered["count"].to_numpy() / time
    )
    fit = pd.DataFrame({"at": observed["period_start"], "after": observed["after"]})
    for name, source in (
        ("fitted", "fitted"), ("expected", "counterfactual"), ("expected_low", "counterfactual_low"),
        ("expected_high", "counterfactual_high"),
    ):  # fmt: skip
        fit[name] = course[source].to_numpy() / time
    for name in ("averted", "averted_low", "averted_high"):
        fit[name] = course[name].to_numpy()
    rows = model.table[model.table["term"].isin(["trend", "level", "slope"])]
    change = rows.rename(columns={"term": "estimand", "ratio": "estimate"})
    change = change[["estimand", "estimate", "low", "high", "p", "why"]]
    averted = {
        "estimand": "averted", "estimate": model.averted, "low": model.averted_low, "high": model.averted_high,
        "p": nan, "why": "",
    }  # fmt: skip
    residuals = pd.DataFrame(
        {"lag": np.arange(1, len(model.autocorrelation) + 1), "autocorrelation": model.autocorrelation}
    )
    test = pd.DataFrame({"test": ["ljung_box"], "p": [model.ljung_box_p], "dispersion": [model.dispersion]})
    return {
        "table": observed,
        "fit": fit,
        "change": pd.concat([change, pd.DataFrame([averted])], ignore_index=True),
        "residuals": residuals,
        "test": test,
    }
