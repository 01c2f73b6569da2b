"""How soon clients are put on the board after an admission or an emergency visit."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from factfidelity.care.client_days import inside, shared_time
from factfidelity.care.teams import each_team
from factfidelity.stats.survival import kaplan_meier

_KEYS = ["client_id", "team_id"]
_WEEK = 7


def time_to_board(
    events: Mapping[str, pd.DataFrame], board: pd.DataFrame, enrolled: pd.DataFrame, teams: pd.DataFrame
) -> pd.DataFrame:
    """Return the time from an event, on an enrolled day off the board, to the board.

    Parameters
    ----------
    events : mapping of DataFrame
        By what happened: client_id, team_id, date.
    board : DataFrame
        client_id, team_id, start, end.
    enrolled : DataFrame
        client_id, team_id, start, end, disjoint; a client is followed to the end of the enrolment.

    Returns
    -------
    DataFrame, one row per team and what happened
        team_id, team, since, events, persons, median_days (Kaplan-Meier; missing where fewer than half came on the
        board), within_7, persons_7, within_7_share (of the events followed for 7 days or put on the board in them).
    """
    on = shared_time(board, enrolled, _KEYS)
    rows = []
    for since, frame in events.items():
        times = _times(frame, on, enrolled)
        for key, name, part in each_team(times, teams):
            known = part.loc[(part["days"] >= _WEEK) | part["happened"]]
            soon = known.loc[known["happened"] & (known["days"] <= _WEEK)]
            rows.append({
                "team_id": key, "team": name, "since": since, "events": len(part),
                "persons": part["client_id"].nunique(), "median_days": _median(part), "within_7": len(soon),
                "persons_7": soon["client_id"].nunique(),
                "within_7_share": len(soon) / len(known) if len(known) else np.nan,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _times(frame: pd.DataFrame, on: pd.DataFrame, enrolled: pd.DataFrame) -> pd.DataFrame:
    frame = frame.drop_duplicates([*_KEYS, "date"]).reset_index(drop=True)
    frame = frame.loc[inside(frame, enrolled, _KEYS) & ~inside(frame, on, _KEYS)].reset_index(drop=True)
    spans = frame.reset_index().merge(enrolled, on=_KEYS)
    spans = spans.loc[(spans["date"] >= spans["start"]) & (spans["date"] < spans["end"]), ["index", "end"]]
    frame = frame.assign(until=spans.set_index("index")["end"].reindex(frame.index))
    pairs = frame.reset_index().merge(on[[*_KEYS, "start"]], on=_KEYS)
    pairs = pairs.loc[(pairs["start"] >= pairs["date"]) & (pairs["start"] < pairs["until"])]
    first = pairs.groupby("index")["start"].min().reindex(frame.index)
    happened = first.notna()
    days = (first.where(happened, frame["until"]) - frame["date"]).dt.days
    return frame.assign(happened=happened, days=days.astype("float64"))


def _median(part: pd.DataFrame) -> float:
    if not len(part) or not part["happened"].any():
        return float("nan")
    return kaplan_meier(part["days"].to_numpy(dtype=float), part["happened"].to_numpy(dtype=bool)).estimate
