"""The persons' own voice: how many answered, before what they answered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.contact.counted import Setting
from factfidelity.extract import Extract

_COVERAGE = ["team_id", "team", "instrument", "answered", "persons", "share"]
_ORDER = ("positive", "mixed", "negative")
_ACTIONS = ["team_id", "team", "instrument", "item", "decided", "done", "on_time", "overdue"]
_ANSWERS = ["team_id", "team", "instrument", "item", "answer", "persons", "share"]


def survey_frames(extract: Extract, setting: Setting) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return who answered each questionnaire or user-led audit in the last year, and what they answered.

    Parameters
    ----------
    extract : Extract
        surveys: one row per team, day, question (or theme) and answer, with the number who gave it.
    setting : Setting

    Returns
    -------
    coverage : DataFrame, one row per team and instrument
        team_id, team, instrument, answered (the largest number who answered one question), persons (enrolled in the
        year), share (missing where more answered than were enrolled: then others than clients did).
    answers : DataFrame, one row per team, instrument, question (or theme) and answer
        team_id, team, instrument, item, answer, persons (who gave it), share (of those who answered the question).
    """
    rows = extract.surveys
    kept = (rows["date"].isna() | ((rows["date"] >= setting.since) & (rows["date"] < setting.end))) & rows["n"].notna()
    rows = rows.loc[kept.to_numpy()]
    if not len(rows):
        return pd.DataFrame(columns=_COVERAGE), pd.DataFrame(columns=_ANSWERS)
    rows = rows.assign(**{name: rows[name].astype("object").where(rows[name].notna(), "not_stated").astype("str")
                          for name in ("item", "answer", "instrument")})  # fmt: skip
    coverage, answers = [], []
    enrolled = dict(setting.parts(setting.last_year))
    for key, part in setting.parts(rows):
        asked = part.groupby(["instrument", "item"], sort=True)["n"].sum().rename("asked").reset_index()
        most = asked.groupby("instrument", sort=True)["asked"].max().rename("answered").reset_index()
        coverage.append(most.assign(team_id=key, persons=enrolled[key]["client_id"].nunique()))
        each = part.groupby(["instrument", "item", "answer"], sort=True)["n"].sum().rename("persons").reset_index()
        each = each.merge(asked, on=["instrument", "item"]).assign(team_id=key)
        place = each["answer"].map({name: number for number, name in enumerate(_ORDER)}).fillna(len(_ORDER))
        each = each.assign(share=each["persons"] / each["asked"].where(each["asked"] > 0), _place=place)
        answers.append(each.sort_values(["instrument", "item", "_place", "answer"], kind="stable"))
    return _named(coverage, setting, _COVERAGE), _named(answers, setting, _ANSWERS)


def action_counts(extract: Extract, setting: Setting) -> pd.DataFrame:
    """Count what was decided after user-led audits and questionnaires, and what became of it by the last day.

    Returns
    -------
    DataFrame, one row per team, instrument and theme
        team_id, team, instrument, item, decided, done, on_time (done by the day agreed on), overdue (not done, and
        the day agreed on has gone by).
    """
    rows = extract.actions
    rows = rows.loc[((rows["decided"] >= setting.start) & (rows["decided"] < setting.end)).to_numpy()]
    if not len(rows):
        return pd.DataFrame(columns=_ACTIONS)
    done = rows["done"] < setting.end
    rows = rows.assign(
        item=rows["item"].astype("object").where(rows["item"].notna(), "not_stated").astype("str"), done=done,
        on_time=done & (rows["done"] <= rows["due"]), overdue=~done & (rows["due"] < setting.end), decided=1,
    )  # fmt: skip
    sums = ["decided", "done", "on_time", "overdue"]
    parts = [
        part.groupby(["instrument", "item"], sort=True)[sums].sum().reset_index().assign(team_id=key)
        for key, part in setting.parts(rows)
    ]
    return _named(parts, setting, _ACTIONS)


def _named(parts: list[pd.DataFrame], setting: Setting, columns: list[str]) -> pd.DataFrame:
    table = pd.concat(parts, ignore_index=True)
    named = setting.teams.set_index("team_id")["team"]
    table = table.assign(team=named.reindex(table["team_id"]).fillna("total").to_numpy())
    if "answered" in table:
        share = table["answered"] / table["persons"].where(table["persons"] > 0)
        table = table.assign(share=share.where(share <= 1, np.nan))
    whole = ("answered", "persons", "decided", "done", "on_time", "overdue")
    return table.astype({name: "int64" for name in whole if name in table})[columns]
