"""Fidelity and outcome: do team-years of higher fidelity have another outcome?"""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import Any

import pandas as pd

from factfidelity.comparison.dose_result import DoseResponse
from factfidelity.stats.panel import MixedModel, mixed_model

FEWEST_TEAMS = 10


def fidelity_and_outcome(
    data: pd.DataFrame,
    *,
    team: str = "team_id",
    period: str = "year",
    fidelity: str = "fidelity",
    count: str = "count",
    exposure: str = "exposure",
    persons: str | None = None,
    published: bool = False,
    level: float = 0.95,
    label: str | Mapping[str, str] | None = None,
    language: str = "sv",
) -> DoseResponse:
    """Relate an outcome of team-years to their fidelity; a picture, and from ten teams a mixed model.

    Parameters
    ----------
    data : DataFrame, one row per team and period
    team, period, fidelity, count, exposure, persons : str
        Columns: who; year (a number); total score; how many, and client-years; persons that the count rests on.
        Without persons the result cannot be released, unless ``published``.
    published : bool, default False
        The numbers are official statistics that anybody may see.
    level : float, default 0.95
    label : str or mapping, optional
        What is counted.
    language : str

    Returns
    -------
    DoseResponse
        The rate of each team-year. With at least ten teams: change in rate per point of fidelity, all differences
        together, and split into differences within teams over time and between teams; calendar time is in every
        model where there are several periods, and teams have a random intercept. With fewer teams no estimate: the
        picture and a warning.

    Raises
    ------
    ValueError
        If a column is missing or empty, a team comes twice in a period, or exposure is not above 0.
    """
    named = {"team_id": team, "period": period, "fidelity": fidelity, "count": count, "exposure": exposure}
    asked = named | ({"persons": persons} if persons else {})
    lacking = [column for column in asked.values() if column not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    table = pd.DataFrame({name: data[column] for name, column in asked.items()}).reset_index(drop=True)
    empty = [asked[str(name)] for name in table if table[name].isna().any()]
    if empty:
        raise ValueError(f"data has empty cells in {', '.join(empty)}")
    if table.duplicated(["team_id", "period"]).any():
        raise ValueError("each team must come once in a period")
    if not (table["exposure"] > 0).all():
        raise ValueError("exposure must be above 0 in every row")
    table = table.assign(rate=table["count"] / table["exposure"], team_id=table["team_id"].astype("str"))
    teams = int(table["team_id"].nunique())
    words = {"sv": label, "en": label} if isinstance(label, str) else label or {"sv": "händelser", "en": "events"}
    notes = {
        "persons": "published" if published else "given" if persons else "none", "teams": str(teams),
        "level": str(level), "label.sv": str(words["sv"]), "label.en": str(words["en"]),
    }  # fmt: skip
    return DoseResponse(table=table, change=_change(table, teams, level), notes=notes, language=language)


def _change(table: pd.DataFrame, teams: int, level: float) -> pd.DataFrame:
    columns = ["estimand", "estimate", "low", "high", "p", "why"]
    if teams < FEWEST_TEAMS:
        return pd.DataFrame([["fidelity", nan, nan, nan, nan, "few_teams"]], columns=columns)
    middle = table.groupby("team_id")["fidelity"].transform("mean")
    rows = table.assign(
        between=middle - middle.mean(), within=table["fidelity"] - middle, time=table["period"] - table["period"].min()
    )
    later = " + time" if len(rows["time"].unique()) > 1 else ""
    if len(rows["fidelity"].unique()) < 2:
        return pd.DataFrame([["fidelity", nan, nan, nan, nan, "no_slope"]], columns=columns)
    found = [_row("fidelity", mixed_model(rows, f"rate ~ fidelity{later}", groups="team_id", level=level))]
    moves = [name for name in ("within", "between") if rows[name].abs().max() > 1e-9]
    if len(moves) == 2:
        both = mixed_model(rows, f"rate ~ within + between{later}", groups="team_id", level=level)
        found += [_row(name, both) for name in moves]
    return pd.DataFrame(found, columns=columns)


def _row(term: str, model: MixedModel) -> dict[str, Any]:
    row = model.table[model.table["term"] == term]
    figures = {name: float(row[name].iloc[0]) for name in ("estimate", "low", "high", "p")}
    return {"estimand": term, **figures, "why": model.why}
