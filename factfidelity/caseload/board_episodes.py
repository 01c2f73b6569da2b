"""Periods on the board: how many, why, how long, and how soon again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import inside, shared_time, united
from factfidelity.care.contact_days import met
from factfidelity.days import DAYS_PER_YEAR, OPEN, day_number, day_numbers
from factfidelity.stats.survival import kaplan_meier

_KEYS = ["client_id", "team_id"]
_GRID = (7, 14, 21, 28, 42, 56, 84, 112, 140, 182, 273, 365)


def board_episodes(board: pd.DataFrame, enrolled: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return unbroken periods on the board that meet the enrolled time between ``start`` and ``end``.

    Parameters
    ----------
    board : DataFrame
        client_id, team_id, start, end, reason_on, reason_off; periods that overlap or touch are joined.
    enrolled : DataFrame
        client_id, team_id, start, end, disjoint (``enrolled_time``).

    Returns
    -------
    DataFrame, one row per period
        client_id, team_id, begin (day), reason_on (of the first joined), reason_off (of the last), entry (days on the
        board before it could be seen), days (until off, or until it could be seen no longer), ended (it was seen to
        end), from_start (its first day was seen), followed (days enrolled and seen after it), again (days until the
        next period of the same client and team; missing where there is none).
    """
    joined = united(board, _KEYS)
    reasons = board.dropna(subset=["start"]).sort_values([*_KEYS, "start", "end"], kind="stable")
    spans = _within(joined, enrolled)
    first = reasons.merge(spans[[*_KEYS, "start", "end"]].drop_duplicates(), on=_KEYS, suffixes=("", "_whole"))
    here = (first["start"] >= first["start_whole"]) & (
        first["end_whole"].isna() | (first["start"] < first["end_whole"])
    )
    grouped = first.loc[here].groupby([*_KEYS, "start_whole"], sort=False)
    why = pd.DataFrame({
        "reason_on": grouped["reason_on"].first(), "reason_off": grouped["reason_off"].last()
    }).rename_axis(index={"start_whole": "start"}).reset_index()  # fmt: skip
    table = spans.merge(why, on=[*_KEYS, "start"], how="left")
    begin, stop = day_numbers(table["start"]), day_numbers(table["end"])
    low = np.maximum(day_numbers(table["seen_from"]), day_number(start))
    high = np.minimum(day_numbers(table["seen_to"]), day_number(end))
    until = np.minimum(stop, high)
    table = table.assign(
        entry=np.maximum(low - begin, 0), days=until - begin, ended=(stop < OPEN) & (stop <= high),
        from_start=begin >= low, followed=np.maximum(high - stop, 0), begin=table["start"],
    )  # fmt: skip
    following = table.sort_values([*_KEYS, "start"]).groupby(_KEYS)["start"].shift(-1)
    table = table.assign(again=(following - table["end"]).dt.days)
    names = [*_KEYS, "begin", "reason_on", "reason_off", "entry", "days", "ended", "from_start", "followed", "again"]
    return table.loc[table["days"] > table["entry"], names].reset_index(drop=True)


def _within(joined: pd.DataFrame, enrolled: pd.DataFrame) -> pd.DataFrame:
    """Return each period with the enrolled time that it first meets."""
    pairs = joined.merge(enrolled.rename(columns={"start": "seen_from", "end": "seen_to"}), on=_KEYS)
    meets = (pairs["start"] < pairs["seen_to"]) & (pairs["end"].isna() | (pairs["end"] > pairs["seen_from"]))
    return pairs.loc[meets].sort_values([*_KEYS, "start", "seen_from"]).drop_duplicates([*_KEYS, "start"])


def _each_team(frame: pd.DataFrame, teams: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    named = list(zip(teams["team_id"], teams["team"], strict=True))
    parts = [(key, name, frame.loc[(frame["team_id"] == key).to_numpy()]) for key, name in named]
    return [*parts, ("total", "total", frame)] if len(parts) > 1 else parts


def episode_counts(episodes: pd.DataFrame, shares: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Count periods, their length and how soon clients are back, by team.

    Returns
    -------
    DataFrame, one row per team and ``total``
        team_id, team, episodes, persons_on (ever on the board), persons (enrolled), ever_share, per_year (periods per
        client-year), open, median_days, median_low, median_high (Kaplan-Meier), and for 30 and 90 days: off (periods
        that ended and were followed so long), persons_off, again, persons_again, again_share.
    """
    rows = []
    about = shares.set_index("team_id")
    for key, name, part in _each_team(episodes, teams):
        if key not in about.index:
            continue
        whole = about.to_dict("index")[key]
        days = float(whole["client_days"])
        row: dict[str, object] = {
            "team_id": key, "team": name, "episodes": int(part["from_start"].sum()),
            "persons_on": int(whole["persons_on"]), "persons": int(whole["persons"]),
            "ever_share": whole["ever_share"], "open": int((~part["ended"]).sum()),
            "per_year": DAYS_PER_YEAR * float(part["from_start"].sum()) / days if days else np.nan, **_median(part),
        }  # fmt: skip
        for length in (30, 90):
            row.update(_back(part, length))
        rows.append(row)
    return pd.DataFrame(rows)


def _median(part: pd.DataFrame) -> dict[str, float]:
    if not len(part) or not part["ended"].any():
        return {"median_days": np.nan, "median_low": np.nan, "median_high": np.nan}
    curve = kaplan_meier(part["days"].to_numpy(), part["ended"].to_numpy(), entry=part["entry"].to_numpy())
    return {"median_days": curve.estimate, "median_low": curve.low, "median_high": curve.high}


def _back(part: pd.DataFrame, days: int) -> dict[str, object]:
    """Return how many of the periods that were followed so long were followed by a new one in that time."""
    off = part.loc[part["ended"] & (part["followed"] >= days)]
    again = off.loc[off["again"] <= days]
    return {
        f"off_{days}": len(off), f"persons_off_{days}": off["client_id"].nunique(), f"again_{days}": len(again),
        f"persons_again_{days}": again["client_id"].nunique(),
        f"again_share_{days}": len(again) / len(off) if len(off) else np.nan,
    }  # fmt: skip


def reason_counts(episodes: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Count periods by why they began and why they ended.

    Returns
    -------
    DataFrame, one row per team, moment (on | off) and reason
        team_id, team, moment, reason, episodes, persons, share (of the team's periods).
    """
    parts = []
    for moment, kept in (("on", episodes["from_start"]), ("off", episodes["days"] > 0)):
        column = episodes[f"reason_{moment}"].astype("object")
        reason = column.where(column.notna() & column.ne(""), "not_stated")
        if moment == "off":
            reason = reason.where(episodes["ended"], "still_on")
        parts.append(episodes.assign(moment=moment, reason=reason.astype("str")).loc[kept])
    long = pd.concat(parts, ignore_index=True)
    rows = []
    for key, name, part in _each_team(long, teams):
        groups = part.groupby(["moment", "reason"], sort=True)
        table = pd.DataFrame({"episodes": groups.size(), "persons": groups["client_id"].nunique()}).reset_index()
        table["share"] = table["episodes"] / table.groupby("moment")["episodes"].transform("sum")
        rows.append(table.assign(team_id=key, team=name))
    columns = ["team_id", "team", "moment", "reason", "episodes", "persons", "share"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def phase_counts(
    board: pd.DataFrame,
    enrolled: pd.DataFrame,
    period: tuple[pd.Timestamp, pd.Timestamp],
    teams: pd.DataFrame,
    *,
    wanted: bool = True,
) -> pd.DataFrame:
    """Count phases, where the board holds them: the reason is the phase's name, and two phases may touch.

    Returns
    -------
    DataFrame, one row per team and phase
        team_id, team, phase, periods (whose first day was seen), persons, days (while enrolled), share (of the
        enrolled days), median_days, median_low, median_high (Kaplan-Meier).
    """
    whole = (enrolled["end"] - enrolled["start"]).dt.days.groupby(enrolled["team_id"]).sum()
    named = board["reason_on"].astype("object").where(board["reason_on"].notna(), "not_stated").astype("str")
    rows = []
    for phase in sorted(named.unique()) if wanted else ():
        mine = board.loc[named == phase]
        episodes = board_episodes(mine, enrolled, *period)
        time = shared_time(mine, enrolled, _KEYS)
        days = (time["end"] - time["start"]).dt.days
        for key, name, part in _each_team(episodes, teams):
            here = float(days.sum() if key == "total" else days[time["team_id"] == key].sum())
            base = float(whole.sum() if key == "total" else whole.get(key, 0))
            rows.append({
                "team_id": key, "team": name, "phase": phase, "periods": int(part["from_start"].sum()),
                "persons": part["client_id"].nunique(), "days": here, "share": here / base if base else np.nan,
                **_median(part),
            })  # fmt: skip
    return pd.DataFrame(rows)


def leaving_curve(episodes: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Return the share still on the board after so many days, on a fixed grid (Kaplan-Meier).

    Returns
    -------
    DataFrame, one row per team and day of the grid
        team_id, team, day, share, low, high, persons (with a period still seen after so many days).
    """
    rows = []
    for key, name, part in _each_team(episodes, teams):
        if not len(part) or not part["ended"].any():
            continue
        curve = kaplan_meier(part["days"].to_numpy(), part["ended"].to_numpy(), entry=part["entry"].to_numpy())
        grid = np.array([day for day in _GRID if day <= curve.time[-1]], dtype=float)
        at = curve.at(grid) if len(grid) else {"survival": grid, "low": grid, "high": grid}
        seen = [part.loc[part["days"] >= day, "client_id"].nunique() for day in grid]
        steps = [part.loc[part["ended"] & (part["days"] <= day), "client_id"].nunique() for day in grid]
        first = {"day": 0.0, "share": 1.0, "low": 1.0, "high": 1.0, "persons": part["client_id"].nunique(), "steps": 0}
        at = {"day": grid, "share": at["survival"], "low": at["low"], "high": at["high"]}
        rest = pd.DataFrame({**at, "persons": seen, "steps": steps})
        rows.append(pd.concat([pd.DataFrame([first]), rest], ignore_index=True).assign(team_id=key, team=name))
    columns = ["team_id", "team", "day", "share", "low", "high", "persons", "steps"]
    return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)


def same_staff(contacts: pd.DataFrame, on: pd.DataFrame, enrolled: pd.DataFrame, teams: pd.DataFrame) -> pd.DataFrame:
    """Count clients who met the same staff member on the board and off it: when worst and when better.

    Returns
    -------
    DataFrame, one row per team
        team_id, team, persons (met somebody on the board and somebody off it), persons_same (met one person in both),
        share.
    """
    rows = met(contacts)
    rows = rows.loc[inside(rows, enrolled, _KEYS)]
    there = inside(rows, on, _KEYS)
    seen = {state: rows.loc[kept, [*_KEYS, "staff_id"]].dropna().drop_duplicates() for state, kept in
            (("on", there), ("off", ~there))}  # fmt: skip
    both = seen["on"][_KEYS].drop_duplicates().merge(seen["off"][_KEYS].drop_duplicates(), on=_KEYS)
    same = seen["on"].merge(seen["off"], on=[*_KEYS, "staff_id"])[_KEYS].drop_duplicates()
    table = []
    for key, name, part in _each_team(both, teams):
        whom = same if key == "total" else same.loc[(same["team_id"] == key).to_numpy()]
        share = len(whom) / len(part) if len(part) else np.nan
        table.append({"team_id": key, "team": name, "persons": len(part), "persons_same": len(whom), "share": share})
    return pd.DataFrame(table)
