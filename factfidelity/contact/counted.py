"""Rows of indicators: shares, rates and times, each with its persons and, where there is no value, why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.days import DAYS_PER_YEAR
from factfidelity.stats.survival import kaplan_meier

COLUMNS = (
    "team_id", "indicator", "form", "value", "low", "high", "numerator", "denominator", "persons", "part", "with_any",
    "why",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Setting:
    """What the indicators of one programme are counted on.

    Attributes
    ----------
    teams : DataFrame
        team_id, team.
    enrolled : DataFrame
        client_id, team_id, start, end: enrolled and observed time, disjoint.
    entered : DataFrame
        client_id, team_id, begin, until: first enrolment seen from its first day, and the last day it is followed.
    start, end, since : Timestamp
        The period, and the first day of its last year.
    """

    teams: pd.DataFrame
    enrolled: pd.DataFrame
    entered: pd.DataFrame
    start: pd.Timestamp
    end: pd.Timestamp
    since: pd.Timestamp

    @property
    def current(self) -> pd.DataFrame:
        """Clients enrolled on the last day."""
        return self.enrolled.loc[self.enrolled["end"] >= self.end, ["client_id", "team_id"]].drop_duplicates()

    @property
    def last_year(self) -> pd.DataFrame:
        """Enrolled time in the last year."""
        begun = self.enrolled["start"]
        time = self.enrolled.assign(start=begun.where(begun > self.since, self.since))
        return time.loc[time["start"] < time["end"]]

    def parts(self, frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
        """Return each team's rows, and all of them as ``total`` where there are several teams."""
        found = [(str(key), frame.loc[(frame["team_id"] == key).to_numpy()]) for key in self.teams["team_id"]]
        return [*found, ("total", frame)] if len(found) > 1 else found


def share_of(setting: Setting, name: str, frame: pd.DataFrame, *, why: str = "nobody") -> pd.DataFrame:
    """Return the share of rows with ``has``; ``part`` is the number of persons who have it.

    Parameters
    ----------
    frame : DataFrame
        team_id, client_id, has (bool). One row per client, or per plan, referral …
    """
    rows = []
    for key, part in setting.parts(frame):
        has = part.loc[part["has"].to_numpy(dtype=bool)]
        number = len(part)
        persons = [frame["client_id"].nunique() for frame in (part, has)]
        value = len(has) / number if number else np.nan
        rows.append((key, name, "percent", value, np.nan, np.nan, len(has), number, *persons, np.nan,
                     "" if number else why))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def rate_of(setting: Setting, name: str, events: pd.DataFrame, *, amount: str | None = None) -> pd.DataFrame:
    """Return events (or their amount) per client-year of the last year; events on enrolled days only.

    Parameters
    ----------
    events : DataFrame
        team_id, client_id, and the amount.
    """
    time = setting.last_year.assign(days=lambda frame: (frame["end"] - frame["start"]).dt.days)
    parts = dict(setting.parts(events))
    rows = []
    for key, part in setting.parts(time):
        years = float(part["days"].sum()) / DAYS_PER_YEAR
        happened = parts[key]
        total = float(happened[amount].sum()) if amount else float(len(happened))
        persons, those = part["client_id"].nunique(), happened["client_id"].nunique()
        value = total / years if years else np.nan
        rows.append((key, name, "number", value, np.nan, np.nan, total, years, persons, np.nan, those,
                     "" if years else "nobody"))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def time_to(setting: Setting, name: str, frame: pd.DataFrame, *, per: float = 1.0) -> pd.DataFrame:
    """Return the median time to an event by Kaplan-Meier, with its interval.

    Parameters
    ----------
    frame : DataFrame
        team_id, client_id, days (to the event or until it can be seen no longer), happened (bool).
    per : float
        Days in the unit that is shown.
    """
    rows = []
    for key, part in setting.parts(frame):
        part = part.loc[part["days"] >= 0]
        persons, happened = part["client_id"].nunique(), part.loc[part["happened"].to_numpy(dtype=bool)]
        values, why = (np.nan, np.nan, np.nan), "nobody" if not len(part) else "not_half"
        if len(happened):
            curve = kaplan_meier(part["days"].to_numpy(dtype=float), part["happened"].to_numpy(dtype=bool))
            values = (curve.estimate / per, curve.low / per, curve.high / per)
            why = "" if not np.isnan(values[0]) else "not_half"
        rows.append((key, name, "days", *values, len(happened), len(part), persons, np.nan,
                     happened["client_id"].nunique(), why))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def mean_of(setting: Setting, name: str, frame: pd.DataFrame, *, per: float | None = None) -> pd.DataFrame:
    """Return an amount divided by the number of rows, or by what they weigh together.

    Parameters
    ----------
    frame : DataFrame
        team_id, client_id, amount, and weight where the denominator is not the number of rows.
    per : float, optional
        The denominator, where it is the same for every team.
    """
    rows = []
    for key, part in setting.parts(frame):
        weight = part["weight"].sum() if "weight" in part else len(part)
        base = float(weight if per is None else per)
        amount = float(part["amount"].sum())
        some = len(part) > 0 and base > 0
        persons, those = part["client_id"].nunique(), part.loc[part["amount"] > 0, "client_id"].nunique()
        rows.append((key, name, "mean", amount / base if some else np.nan, np.nan, np.nan, amount, base, persons,
                     np.nan, those, "" if some else "nobody"))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def not_there(setting: Setting, name: str, why: str) -> pd.DataFrame:
    """Return the indicator without a value, and why."""
    rows = [(key, name, "number", *[np.nan] * 8, why) for key, _ in setting.parts(setting.enrolled)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def first_after(entered: pd.DataFrame, events: pd.DataFrame, date: str, end: pd.Timestamp) -> pd.DataFrame:
    """Return the days from each first enrolment to the first event of that client, from the same day on.

    Returns
    -------
    DataFrame, one row per client and team
        team_id, client_id, days (to the event, or until the client was followed no longer), happened.
    """
    pairs = entered.merge(events[["client_id", date]].dropna(), on="client_id")
    pairs = pairs.loc[(pairs[date] >= pairs["begin"]) & (pairs[date] < pairs["until"])]
    first = pairs.groupby(["client_id", "team_id"])[date].min().rename("event").reset_index()
    table = entered.merge(first, on=["client_id", "team_id"], how="left")
    happened = table["event"].notna()
    followed = table["until"].where(table["until"] < end, end)
    until = table["event"].where(happened, followed)
    return table.assign(happened=happened, days=(until - table["begin"]).dt.days)[
        ["team_id", "client_id", "days", "happened"]
    ]
