"""Whether a team meets the entry criteria of its care model, those that posts and clients can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.caseload import words
from factfidelity.display.views import Column, TableView
from factfidelity.schemas.programme import Criterion, Programme
from factfidelity.wording import number, percent, pick

COLUMNS = ("team_id", "team", "criterion", "value", "at_least", "at_most", "persons")
_PSYCHIATRISTS = "psychiatrist"


def criteria_of(table: pd.DataFrame, people: pd.DataFrame, clients: pd.DataFrame, model: Programme) -> pd.DataFrame:
    """Lay each team beside the criteria of its care model.

    Parameters
    ----------
    table, people : DataFrame
        As in ``Staffing``.
    clients : DataFrame
        team_id, clients (on average), persons.

    Returns
    -------
    DataFrame, one row per team and criterion
        team_id, team, criterion, value (missing where the data cannot tell), at_least, at_most (missing: no limit),
        persons (it rests on).
    """
    rows = []
    for team in clients.loc[clients["team_id"] != "total"].to_dict("records"):
        roles = table.loc[table["team_id"] == team["team_id"]].set_index("role")
        staff = people.loc[people["team_id"] == team["team_id"]].to_dict("records")
        for one in criteria_read(model):
            value, persons = _value(one, roles, staff[0] if staff else {}, team)
            least, most = (np.nan if end is None else float(end) for end in (one.at_least, one.at_most))
            rows.append((team["team_id"], team["team"], one.id, value, least, most, persons))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64", "persons": "float64"})


def criteria_read(model: Programme) -> tuple[Criterion, ...]:
    """Return the entry criteria, and of the process norms that of posts filled."""
    return (*model.entry.criteria, *(one for one in model.process if one.id == "staffing"))


def _value(
    one: Criterion, roles: pd.DataFrame, staff: Mapping[Any, Any], team: Mapping[Any, Any]
) -> tuple[float, float]:
    """Return the team's value and the persons that it rests on; a criterion that data cannot tell has none."""
    clients, persons = float(team["clients"]), float(team["persons"])
    fte = float(staff.get("fte", np.nan))
    if one.id == "clients":
        return clients, persons
    if one.id == "ratio":
        return (clients / fte if fte > 0 else np.nan), persons
    if one.id == "heads":
        share = float(staff.get("fte_per_head", np.nan))
        return (fte / share if share > 0 else np.nan), float(staff.get("heads", np.nan))
    if one.id == _PSYCHIATRISTS and one.per_clients:
        there = float(roles["fte"].get(_PSYCHIATRISTS, 0.0))
        return (one.per_clients * there / clients if clients > 0 else np.nan), persons
    if one.id == "staffing":
        share = float(roles["vacancy_share"].get("total", np.nan))
        return 1 - share, np.nan
    return np.nan, np.nan


def criteria_view(criteria: pd.DataFrame, model: Programme, language: str) -> TableView | None:
    """Return the criteria on show, each with its limit and whether it is met; None where the model has none."""
    if not len(criteria):
        return None
    known = {one.id: one for one in criteria_read(model)}
    rows = words.with_team_names(criteria, language)
    shown = rows.assign(
        label=[pick(known[name].label, language) for name in rows["criterion"]],
        limit=[_limit(row, language) for row in rows.to_dict("records")],
        shown=[_written(row["criterion"], row["value"], language) for row in rows.to_dict("records")],
        met=[_met(row, language) for row in rows.to_dict("records")],
    )
    heads = {"sv": ("Team", "Kriterium", "Värde", "Gräns", "Uppfyllt"),
             "en": ("Team", "Criterion", "Value", "Limit", "Met")}[language]  # fmt: skip
    names = ("team", "label", "shown", "limit", "met")
    columns = tuple(Column(name, head) for name, head in zip(names, heads, strict=True))
    caption = {"sv": f"Kriterier för {pick(model.short, language)}", "en": f"Criteria of {pick(model.short, language)}"}
    return TableView("staffing_criteria", pick(caption, language), shown, columns, (_note(model, language),))


def _note(model: Programme, language: str) -> str:
    number_read, entry = len(model.entry.criteria), model.entry
    asked = {
        "sv": f"För inträde ska {entry.must_meet} av {entry.of} kriterier vara uppfyllda; de {number_read} som har "
        "lästs prövas här. ",
        "en": f"For entry {entry.must_meet} of {entry.of} criteria must be met; the {number_read} that have been read "
        "are tried here. ",
    }
    more = {
        "sv": "Värdena är genomsnitt över det sista året; en granskning på plats avgör.",
        "en": "The values are averages over the last year; an audit on site decides.",
    }
    return (pick(asked, language) if entry.must_meet else "") + pick(more, language)


def _written(criterion: str, value: float, language: str) -> str:
    if criterion == "staffing":
        return percent(value, language=language) if not pd.isna(value) else ".."
    return number(value, decimals=2 if criterion == _PSYCHIATRISTS else 1, language=language)


def _limit(row: Mapping[Any, Any], language: str) -> str:
    least = {"sv": "minst", "en": "at least"}[language]
    most = {"sv": "högst", "en": "at most"}[language]
    ends = ((least, row["at_least"]), (most, row["at_most"]))
    said = []
    for word, end in ends:
        if not pd.isna(end):
            whole = float(end).is_integer() and row["criterion"] != "staffing"
            value = number(end, decimals=0, language=language) if whole else _written(row["criterion"], end, language)
            said.append(f"{word} {value}")
    return ", ".join(said)


def _met(row: Mapping[Any, Any], language: str) -> str:
    if pd.isna(row["value"]):
        return ".."
    value = round(float(row["value"]), 9)
    inside = not (value < row["at_least"]) and not (value > row["at_most"])  # a limit that is missing is none
    return {"sv": ("nej", "ja"), "en": ("no", "yes")}[language][inside]
