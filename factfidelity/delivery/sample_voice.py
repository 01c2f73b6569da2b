"""What others say around the invented teams: user-led audits with their actions, and the whole catchment area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import OPEN
from factfidelity.delivery.sample_clients import Span
from factfidelity.delivery.sample_draws import Draw

_SEASON = 0.06
_PERSON_STAYS = 11.0  # bed-days of one patient in one month


def around_tables(draw: Any, setting: Mapping[str, Any], span: Span) -> dict[str, pd.DataFrame]:
    """Return audits, actions and the catchment area's months, those that the setting asks for."""
    answer: dict[str, pd.DataFrame] = {}
    if "audit" in setting:
        answer["surveys"], answer["actions"] = audits_of(draw("audits"), setting["audit"], span)
    if "catchment" in setting:
        answer["catchment"] = catchment_of(draw("catchment"), setting, span)
    return answer


def audits_of(draw: Draw, rule: Mapping[str, Any], span: Span) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the themes of each team's yearly user-led audit, and the actions decided on those that most complain of.

    Returns
    -------
    surveys : DataFrame, one row per team, audit, theme and answer
        team, day, instrument, item, answer (positive | mixed | negative), n.
    actions : DataFrame, one row per action
        team, instrument, item, decided, due, done (``OPEN`` while it goes on), responsible.
    """
    said: list[dict[str, Any]] = []
    done: list[dict[str, Any]] = []
    for team, opened in enumerate(span.starts.tolist()):
        for wave, day in enumerate(range(opened + int(rule["first"]), span.last - 20, int(rule["every"]))):
            asked = int(draw.whole(int(rule["answered"][0]), int(rule["answered"][1]), 1)[0])
            for item, share in rule["themes"].items():
                good = int(draw.happens(min(float(share) + wave * float(rule["better"]), 0.95), asked).sum())
                mixed = int(draw.happens(0.4, asked - good).sum())
                number = {"positive": good, "mixed": mixed, "negative": asked - good - mixed}
                said += [
                    {"team": team, "day": day, "instrument": rule["instrument"], "item": item, "answer": answer, "n": n}
                    for answer, n in number.items()
                ]
                if float(share) >= 0.7:
                    continue
                decided, until = day + 30, day + 30 + int(rule["due"])
                ready = decided + int(draw.whole(40, 2 * int(rule["due"]), 1)[0])
                kept = bool(draw.happens(float(rule["kept"]), 1)[0])
                done.append({
                    "team": team, "instrument": rule["instrument"], "item": item, "decided": decided, "due": until,
                    "done": ready if kept else int(OPEN), "responsible": "enhetschef",
                })  # fmt: skip
    actions = pd.DataFrame(done)
    return pd.DataFrame(said), actions.loc[actions["decided"] < span.last].reset_index(drop=True)


def catchment_of(draw: Draw, setting: Mapping[str, Any], span: Span) -> pd.DataFrame:
    """Return monthly inpatient care of all inhabitants; bed-days change when the team begins, beds some time later.

    Returns
    -------
    DataFrame, one row per team and month
        team, day (first of the month), bed_days, admissions, patients, beds, inhabitants.
    """
    rule, months = setting["catchment"], np.arange(span.first, span.last).astype("datetime64[D]")
    first = np.unique(months.astype("datetime64[M]")).astype("datetime64[D]").astype(np.int64)
    until = np.append(first[1:], span.last)
    month = first.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    parts = []
    for team, opened in enumerate(span.starts.tolist()):
        later = np.clip((until - opened) / (until - first), 0, 1)
        usual = float(rule["bed_days"]) * (until - first) * (1 + _SEASON * np.cos(2 * np.pi * month / 12))
        chance = usual * (1 + later * (float(rule["ratio"]) - 1))
        days = np.round(chance * np.exp(float(rule["noise"]) * draw.normal(len(first))))
        beds = np.where(first >= opened + int(rule["closed_after"]), rule["beds"] - rule["closed"], rule["beds"])
        lived = float(setting["teams"][team]["catchment"]) * 1.003 ** ((first - span.first) / 365.25)
        parts.append(pd.DataFrame({
            "team": team, "day": first, "bed_days": days, "admissions": np.round(days / 16.0),
            "patients": np.round(days / _PERSON_STAYS), "beds": beds.astype(np.float64), "inhabitants": np.round(lived),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)
