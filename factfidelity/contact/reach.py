"""How many of the staff a client meets, and whether it is the same person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.days import Days, day_number, day_numbers

FORTNIGHT = 14
LEAST_FOR_CONTINUITY = 3


def each_team(frame: pd.DataFrame, teams: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """Return each team's rows, and all of them as ``total`` where there are several teams."""
    named = list(zip(teams["team_id"], teams["team"], strict=True))
    parts = [(key, name, frame.loc[(frame["team_id"] == key).to_numpy()]) for key, name in named]
    return [*parts, ("total", "total", frame)] if len(parts) > 1 else parts


def reach(
    rows: pd.DataFrame, enrolled: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame
) -> pd.DataFrame:
    """Count clients by how many of the staff, and how many professions, they met.

    The fortnights are whole, counted back from ``end``; a client counts in a fortnight who was enrolled on all its
    days. For the year, clients who were enrolled on every day of it.

    Parameters
    ----------
    rows : DataFrame
        Attended face-to-face contacts, one row per contact and staff member, on enrolled days.
    enrolled : DataFrame
        client_id, team_id, start, end, disjoint.

    Returns
    -------
    DataFrame, one row per team
        team_id, team, fortnights (client-fortnights), fortnights_two (those with at least two staff), two_share,
        persons (in any fortnight), last_persons, last_two, last_share (the last fortnight alone), year_persons,
        year_four (met at least four staff), four_share, professions (mean number met).
    """
    last = day_number(end)
    number = max((last - day_number(start)) // FORTNIGHT, 0)
    edges = last - FORTNIGHT * np.arange(number, -1, -1, dtype=np.int64)
    there = _whole_windows(enrolled, edges)
    seen = _staff_in_windows(rows, edges)
    windows = there.merge(seen, on=["client_id", "team_id", "window"], how="left").fillna({"staff": 0})
    yearly = _year(rows, enrolled, start, end)
    parts = []
    years = {key: part for key, _, part in each_team(yearly, teams)}
    for key, name, part in each_team(windows, teams):
        final = part.loc[part["window"] == number - 1]
        year = years[key]
        two, last_two, four = (int((frame["staff"] >= least).sum()) for frame, least in
                               ((part, 2), (final, 2), (year, 4)))  # fmt: skip
        parts.append({
            "team_id": key, "team": name, "fortnights": len(part), "fortnights_two": two,
            "two_share": two / len(part) if len(part) else np.nan,
            "persons": part["client_id"].nunique(),
            "persons_two": part.loc[part["staff"] >= 2, "client_id"].nunique(),
            "last_persons": len(final), "last_two": last_two,
            "last_share": last_two / len(final) if len(final) else np.nan,
            "year_persons": len(year), "year_four": four, "four_share": four / len(year) if len(year) else np.nan,
            "professions": float(year["professions"].mean()) if len(year) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(parts)


def _whole_windows(enrolled: pd.DataFrame, edges: Days) -> pd.DataFrame:
    """Return each client and window on all of whose days the client is enrolled."""
    begin, finish = day_numbers(enrolled["start"]), day_numbers(enrolled["end"])
    first = np.searchsorted(edges, begin, side="left")
    past = np.minimum(np.searchsorted(edges, finish, side="right") - 1, len(edges) - 1)
    many = np.maximum(past - first, 0)
    row = np.repeat(np.arange(len(enrolled)), many)
    place = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    table = enrolled.iloc[row][["client_id", "team_id"]].reset_index(drop=True)
    return table.assign(window=np.repeat(first, many) + place)


def _staff_in_windows(rows: pd.DataFrame, edges: Days) -> pd.DataFrame:
    window = np.searchsorted(edges, day_numbers(rows["date"]), side="right") - 1
    rows = rows.assign(window=window)
    rows = rows.loc[(window >= 0) & (window < len(edges) - 1)]
    groups = rows.groupby(["client_id", "team_id", "window"], sort=False)
    return groups["staff_id"].nunique().rename("staff").reset_index()


def _year(rows: pd.DataFrame, enrolled: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    whole = enrolled.loc[(enrolled["start"] <= start) & (enrolled["end"] >= end), ["client_id", "team_id"]]
    here = rows.loc[(rows["date"] >= start) & (rows["date"] < end)]
    groups = here.groupby(["client_id", "team_id"], sort=False)
    seen = pd.DataFrame({"staff": groups["staff_id"].nunique(), "professions": groups["profession"].nunique()})
    answer: pd.DataFrame = whole.merge(seen.reset_index(), on=["client_id", "team_id"], how="left").fillna(
        {"staff": 0, "professions": 0}
    )  # fmt: skip
    return answer


def continuity(rows: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame) -> pd.DataFrame:
    """Return how far clients meet the same staff member, for clients with at least three meetings.

    Usual provider: share of the meetings that were with the staff member met most often. Bice-Boxerman [1]_:
    (sum of squared meetings with each staff member - N) / (N (N - 1)), 1 where all meetings are with one person. A
    meeting with two staff counts once for each.

    Returns
    -------
    DataFrame, one row per team
        team_id, team, persons, usual_provider (mean), bice_boxerman (mean), few (clients with fewer meetings).

    References
    ----------
    .. [1] Bice & Boxerman (1977), Medical Care 15(4), 347-349.
    """
    here = rows.loc[(rows["date"] >= start) & (rows["date"] < end) & rows["staff_id"].notna()]
    keys = ["client_id", "team_id"]
    each = here.groupby([*keys, "staff_id"], sort=False).size().rename("n").reset_index()
    groups = each.assign(square=each["n"] ** 2).groupby(keys, sort=False)
    table = pd.DataFrame({"n": groups["n"].sum(), "most": groups["n"].max(), "square": groups["square"].sum()})
    table = table.reset_index()
    enough = table.loc[table["n"] >= LEAST_FOR_CONTINUITY]
    enough = enough.assign(
        usual=enough["most"] / enough["n"], index=(enough["square"] - enough["n"]) / (enough["n"] * (enough["n"] - 1))
    )
    few = {key: len(part) for key, _, part in each_team(table.loc[table["n"] < LEAST_FOR_CONTINUITY], teams)}
    return pd.DataFrame(
        [
            {
                "team_id": key, "team": name, "persons": len(part), "usual_provider": float(part["usual"].mean()),
                "bice_boxerman": float(part["index"].mean()), "few": few[key],
            }
            for key, name, part in each_team(enough, teams)
        ]
    )  # fmt: skip
