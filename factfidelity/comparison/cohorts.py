"""Historical and concurrent cohorts: a yes/no outcome such as remission in two groups of persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.comparison.cohorts_result import CohortComparison
from factfidelity.stats import compare
from factfidelity.stats.propensity import design_matrix, standardised_differences
from factfidelity.stats.proportions import share
from factfidelity.stats.quantiles import normal_p, normal_quantile
from factfidelity.stats.standardise import standardised_shares

DESIGNS = ("concurrent", "historical")
_MEASURES = ("difference", "ratio", "odds_ratio")


def compare_cohorts(
    data: pd.DataFrame,
    *,
    outcome: str,
    group: str,
    of_interest: Any,
    design: str = "concurrent",
    covariates: Sequence[str] = (),
    subgroup: str | None = None,
    level: float = 0.95,
    label: str | Mapping[str, str] | None = None,
    topic: str = "diagnosis",
    language: str = "sv",
) -> CohortComparison:
    """Compare a yes/no outcome of two cohorts: before and after a start, or with and without at the same time.

    Parameters
    ----------
    data : DataFrame, one row per person
    outcome : str
        Column with yes/no (True/False or 1/0); empty where it is unknown.
    group : str
        Column with two values.
    of_interest : value
        The value of ``group`` that is compared with the other: the cohort after the start, or with the team.
    design : {"concurrent", "historical"}
        The other cohort is from the same time, or from before.
    covariates : sequence of str
        Columns measured before: numbers, yes/no or categories. With them both groups are compared as if each had the
        mix of all persons (marginal standardisation of a logistic model).
    subgroup : str, optional
        Column with groups of persons (an unmet need at baseline): the difference is given in each, with a test of
        whether the differences differ.
    level : float, default 0.95
    label : str or mapping, optional
        The outcome in words, such as "remission".
    topic : str, default "diagnosis"
        What the gate must know: for these topics none and all are hidden too. Empty: nothing sensitive.
    language : str

    Returns
    -------
    CohortComparison
        With unknown outcomes the crude figures are given for those known, and again with all unknown counted for,
        and against, the group of interest: what the unclear data could make of the answer.

    Raises
    ------
    ValueError
        If a column is missing, ``group`` does not hold two values, or a covariate has empty cells.
    """
    if design not in DESIGNS:
        raise ValueError(f"design must be one of {', '.join(DESIGNS)}, got {design!r}")
    needed = [outcome, group, *covariates, *([subgroup] if subgroup else [])]
    lacking = [name for name in needed if name not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    values = list(pd.unique(data[group].dropna()))
    if data[group].isna().any() or len(values) != 2 or of_interest not in values:
        raise ValueError(f"{group} must hold {of_interest!r} and one other value for everybody, got {len(values)}")
    member = (data[group] == of_interest).to_numpy(dtype=bool)
    event = pd.to_numeric(data[outcome].astype("object"), errors="coerce").to_numpy(dtype="float64")
    if not np.isin(event[~np.isnan(event)], (0.0, 1.0)).all():
        raise ValueError(f"{outcome} must be yes/no (True/False or 1/0) or empty")
    extra, names = design_matrix(data, covariates)
    parts = _subgroups(data, subgroup)
    named = {"sv": label, "en": label} if isinstance(label, str) else label or {"sv": "utfallet", "en": "the outcome"}
    other = next(value for value in values if value != of_interest)
    table = pd.concat([_shares(name, event, member, kept, level) for name, kept in parts], ignore_index=True)
    change = [_change(name, event, member, kept, level, extra if name == "all" else None) for name, kept in parts]
    rows = [row for part in change for row in part]
    notes = {
        "design": design, "level": str(level), "covariates": ", ".join(covariates), "subgroup": subgroup or "",
        "group.interest": str(of_interest), "group.comparison": str(other),
        "label.sv": str(named["sv"]), "label.en": str(named["en"]),
    }  # fmt: skip
    return CohortComparison(
        table=table.assign(topic=topic),
        change=pd.DataFrame(rows),
        balance=_balance(member[~np.isnan(event)], extra[~np.isnan(event)], names),
        interaction=_interaction(table, level),
        notes=notes,
        language=language,
    )


def _subgroups(data: pd.DataFrame, subgroup: str | None) -> list[tuple[str, NDArray[np.bool_]]]:
    everybody = np.ones(len(data), dtype=bool)
    if subgroup is None:
        return [("all", everybody)]
    found = data[subgroup].astype("object").where(data[subgroup].notna(), "unknown").astype("str")
    return [("all", everybody), *((str(name), (found == name).to_numpy()) for name in sorted(found.unique()))]


def _shares(
    name: str, event: NDArray[np.float64], member: NDArray[np.bool_], kept: NDArray[np.bool_], level: float
) -> pd.DataFrame:
    rows = []
    for group, inside in (("interest", member), ("comparison", ~member)):
        here = event[inside & kept]
        known = int((~np.isnan(here)).sum())
        happened = int(np.nansum(here))
        answer = share(happened, known, level=level) if known else None
        rows.append(
            {
                "subgroup": name, "group": group, "persons": known, "with_outcome": happened,
                "unknown": len(here) - known, "share": answer.estimate if answer else nan,
                "share_low": answer.low if answer else nan, "share_high": answer.high if answer else nan,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _change(
    name: str, event: NDArray[np.float64], member: NDArray[np.bool_], kept: NDArray[np.bool_], level: float,
    extra: NDArray[np.float64] | None,
) -> list[dict[str, Any]]:  # fmt: skip
    known = kept & ~np.isnan(event)
    rows = _crude(name, "crude", event[known], member[known], level)
    if extra is not None and extra.shape[1]:
        rows += _adjusted(name, event[known] == 1, member[known], extra[known], level)
    if (kept & np.isnan(event)).any() and name == "all":
        for analysis, for_group in (("missing_for", True), ("missing_against", False)):
            filled = np.where(np.isnan(event), (member == for_group).astype(float), event)
            rows += _crude(name, analysis, filled, member, level)
    return rows


def _crude(
    name: str, analysis: str, event: NDArray[np.float64], member: NDArray[np.bool_], level: float
) -> list[dict[str, Any]]:
    with_group, without = event[member], event[~member]
    rows = []
    for measure in _MEASURES:
        row: dict[str, Any] = {"subgroup": name, "adjustment": analysis, "estimand": measure}
        if not len(with_group) or not len(without):
            rows.append(row | {"estimate": nan, "low": nan, "high": nan, "p": nan, "why": "a group has no persons"})
            continue
        answer = compare.proportions(
            int(with_group.sum()), len(with_group), int(without.sum()), len(without), measure=measure, level=level
        )
        rows.append(row | _values(answer))
    return rows


def _adjusted(
    name: str, event: NDArray[np.bool_], member: NDArray[np.bool_], extra: NDArray[np.float64], level: float
) -> list[dict[str, Any]]:
    varies = extra.std(axis=0) > 0
    answer = standardised_shares(event, member, extra[:, varies] if varies.any() else None, level=level)
    parts = {"difference": answer.difference, "ratio": answer.ratio, "odds_ratio": answer.odds_ratio}
    return [
        {"subgroup": name, "adjustment": "adjusted", "estimand": measure} | _values(parts[measure])
        for measure in _MEASURES
    ]


def _values(answer: Any) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in ("estimate", "low", "high", "p", "why")}


def _interaction(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Test whether the difference in share is the same in all subgroups (two: with the difference between them)."""
    names = [name for name in table["subgroup"].unique() if name not in ("all", "unknown")]
    columns = ["test", "groups", "estimate", "low", "high", "p"]
    if len(names) < 2:
        return pd.DataFrame(columns=columns)
    middle, variance = [], []
    for name in names:
        rows = table[table["subgroup"] == name].set_index("group")
        if (rows["persons"] == 0).any():
            return pd.DataFrame(columns=columns)
        p = rows["with_outcome"] / rows["persons"]
        middle.append(float(p["interest"] - p["comparison"]))
        variance.append(float((p * (1 - p) / rows["persons"]).sum()))
    return pd.DataFrame([_heterogeneity(np.array(middle), np.array(variance), level)], columns=columns)


def _heterogeneity(middle: NDArray[np.float64], variance: NDArray[np.float64], level: float) -> dict[str, Any]:
    from factfidelity.stats.quantiles import chi2_p

    row: dict[str, Any] = {"test": "interaction", "groups": len(middle), "estimate": nan, "low": nan, "high": nan,
                           "p": nan}  # fmt: skip
    if (variance <= 0).any():
        return row
    if len(middle) == 2:
        gap, error = float(middle[1] - middle[0]), float(np.sqrt(variance.sum()))
        half = normal_quantile(0.5 + level / 2) * error
        return row | {"estimate": gap, "low": gap - half, "high": gap + half, "p": normal_p(gap / error)}
    weight = 1 / variance
    common = float((weight * middle).sum() / weight.sum())
    return row | {"p": chi2_p(float((weight * (middle - common) ** 2).sum()), len(middle) - 1)}


def _balance(member: NDArray[np.bool_], extra: NDArray[np.float64], names: list[str]) -> pd.DataFrame:
    smd = standardised_differences(extra, member) if names else np.zeros(0)
    return pd.DataFrame(
        {
            "covariate": pd.Series(names, dtype="str"), "persons": len(member), "smd": smd,
        }
    )  # fmt: skip
