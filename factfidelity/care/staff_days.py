"""Days that staff are in post, weighted by their full-time equivalents (FTE)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from factfidelity.care.client_days import (
    days_in_periods,
    limited,
    observed_days,
    one_period,
    persons_in_periods,
    united,
)
from factfidelity.days import day_number, day_numbers

STAFF_COUNTS = ("case_carrying", "team", "case_managers")
ADMINISTRATORS = frozenset({"administrator"})
CASE_MANAGERS = frozenset({"case_manager"})
# Where the roster does not say who carries cases: docs/decisions/caseload-denominators.md.
CASE_CARRYING = frozenset(
    {"case_manager", "nurse", "assistant_nurse", "social_worker", "occupational_therapist", "addiction_specialist"}
)


def counted_staff(staff: pd.DataFrame, count: str = "case_carrying") -> pd.DataFrame:
    """Keep the posts that a denominator counts.

    Parameters
    ----------
    staff : DataFrame
        profession, case_carrying.
    count : str
        ``case_carrying``: posts that are marked so, and where the mark is empty those of ``CASE_CARRYING``.
        ``team``: everybody except administrators, the psychiatrist counted. ``case_managers``: the profession
        case manager.
    """
    if count not in STAFF_COUNTS:
        raise ValueError(f"staff must be one of {', '.join(STAFF_COUNTS)}, got {count!r}")
    profession = staff["profession"]
    if count == "case_carrying":
        marked = staff["case_carrying"].astype("boolean")
        return staff.loc[marked.fillna(profession.isin(CASE_CARRYING)).to_numpy(dtype=bool)]
    if count == "team":
        return staff.loc[~profession.isin(ADMINISTRATORS).to_numpy()]
    return staff.loc[profession.isin(CASE_MANAGERS).to_numpy()]


def fte_days(
    staff: pd.DataFrame,
    periods: pd.DataFrame,
    *,
    count: str | None = None,
    professions: Collection[str] | None = None,
    teams: pd.DataFrame | None = None,
    by: Sequence[str] = ("team_id",),
) -> pd.DataFrame:
    """Add up FTE times days in post by team and period; FTE over the period = fte_days / days.

    Parameters
    ----------
    staff : DataFrame
        staff_id, team_id, profession, fte, start, end; one row per post, which may change on any day.
    periods : DataFrame
        As from ``calendar_periods``.
    count : str, optional
        As in ``counted_staff``; None counts every post.
    professions : collection of str, optional
        Count only these.
    teams : DataFrame, optional
        Cut to the team's start.
    by : sequence of str
        Rows of the answer, such as ``("team_id", "profession")``.

    Returns
    -------
    DataFrame, one row per combination of ``by`` that occurs and per period
        by, period_start, fte_days, heads (persons with a day in post).
    """  # fmt: skip
    chosen = staff if count is None else counted_staff(staff, count)
    if professions is not None:
        chosen = chosen.loc[chosen["profession"].isin(list(professions)).to_numpy()]
    time = limited(chosen, periods["start"].iloc[0], periods["end"].iloc[-1], teams=teams)
    days = days_in_periods(time, periods, by=by, weight="fte").rename(columns={"days": "fte_days"})
    heads = persons_in_periods(time, periods, by=by, person="staff_id").rename(columns={"persons": "heads"})
    return days.merge(heads, on=[*by, "period_start"], validate="one_to_one")


def fte_on(
    staff: pd.DataFrame,
    date: object,
    *,
    count: str | None = None,
    professions: Collection[str] | None = None,
    by: Sequence[str] = ("team_id",),
) -> pd.DataFrame:
    """Return the FTE in post on one day.

    Returns
    -------
    DataFrame, one row per combination of ``by``
        by, fte, heads.
    """  # fmt: skip
    day = one_period(date, pd.Timestamp(date) + pd.Timedelta(days=1))  # type: ignore[arg-type]
    found = fte_days(staff, day, count=count, professions=professions, by=by)
    return found.rename(columns={"fte_days": "fte"}).drop(columns="period_start")


def staff_turnover(
    staff: pd.DataFrame, start: object, end: object, *, teams: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count who left each team in ``[start, end)`` against the average number of persons in post.

    A person leaves when the last of their posts in the team ends in the period and no other goes on; a change
    of hours, of profession or a break that ends inside the period is no leaving. A team that began in the period
    is counted from its start.

    Parameters
    ----------
    staff : DataFrame
        staff_id, team_id, start, end; one row per post.
    teams : DataFrame, optional
        team_id, started.

    Returns
    -------
    DataFrame, one row per team
        team_id, left (persons), mean_heads (person-days in post / days), heads (persons ever in post), years.
    """
    period = one_period(start, end)
    low, high = period["start"].iloc[0], period["end"].iloc[0]
    last_day = day_number(high)
    time = united(limited(staff, low, high, teams=teams), ("team_id", "staff_id"))
    days = days_in_periods(time, period).set_index("team_id")["days"]
    heads = persons_in_periods(time, period, person="staff_id").set_index("team_id")["persons"]
    posts = staff[["team_id", "staff_id"]].assign(end=day_numbers(staff["end"]))
    last = posts.groupby(["team_id", "staff_id"], sort=True)["end"].max().reset_index()
    last = last.merge(time[["team_id", "staff_id"]].drop_duplicates(), on=["team_id", "staff_id"])
    left = last.loc[last["end"] < last_day].groupby("team_id").size()
    begun = pd.DataFrame({"team_id": days.index, "started": pd.Series(pd.NaT, index=range(len(days)))})
    length = (
        observed_days(begun if teams is None else teams, period)
        .set_index("team_id")["days"]
        .reindex(days.index)
        .astype("float64")
    )
    table = pd.DataFrame({"mean_heads": days / length, "heads": heads})
    table.insert(0, "left", left.reindex(table.index).fillna(0).astype(int))
    return table.assign(years=length / 365.25).reset_index()
