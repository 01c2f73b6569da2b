"""Contacts with clients: each contact once, its minutes once, and everybody who met the client seen.

A row of the ``contacts`` table is one contact and one staff member. Counts add up over teams and over buckets of
whole clients; shares are taken once, by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.care.client_days import inside
from factfidelity.days import UNKNOWN, Days, day_number, day_numbers

NETWORK_FORMS = ("visit", "home_visit", "elsewhere", "video")
_FLAGS = ("face_to_face", "outside_clinic", "attended", "relatives")


def contacts_once(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return each contact of a client once; two staff make one contact, its minutes counted once.

    Parameters
    ----------
    contacts : DataFrame
        One row per contact and staff member: contact_id, client_id, team_id, date, time, form, face_to_face,
        outside_clinic, minutes, attended, staff_id, profession, relatives, agencies. A row without a contact_id is
        a contact of its own.

    Returns
    -------
    DataFrame, one row per contact and client
        contact_id, client_id, team_id, date, time, form, profession (of the first row), face_to_face,
        outside_clinic, attended, relatives, agencies (bool: in any row), minutes (the longest of its rows; missing
        where none is given), staff (distinct staff members), professions (distinct).
    """
    rows = contacts.reset_index(drop=True)
    key = rows["contact_id"].astype("object").where(rows["contact_id"].notna(), None)
    single = key.isna() | key.eq("")
    labels = key.mask(single, "row " + rows.index.astype(str)).astype("str")
    code = pd.DataFrame({"c": labels, "p": rows["client_id"]}).groupby(["c", "p"], sort=False, dropna=False).ngroup()
    place: Days = np.asarray(code, dtype=np.int64)
    first = ~code.duplicated().to_numpy()
    count = int(place.max()) + 1 if len(place) else 0
    once = rows.loc[first, ["contact_id", "client_id", "team_id", "date", "time", "form", "profession"]]
    once = once.reset_index(drop=True)
    flags = {name: _any(rows[name].fillna(False).to_numpy(dtype=bool), place, count) for name in _FLAGS}
    flags["agencies"] = _any(_says_something(rows["agencies"]), place, count)
    minutes = np.full(count, -np.inf)
    given = rows["minutes"].to_numpy(dtype=float, na_value=np.nan)
    np.maximum.at(minutes, place, np.where(np.isnan(given), -np.inf, given))
    return once.assign(
        **flags,
        minutes=np.where(np.isinf(minutes), np.nan, minutes),
        staff=_distinct(rows["staff_id"], place, count),
        professions=_distinct(rows["profession"], place, count),
    )


def _any(flag: Any, place: Days, count: int) -> Any:
    found = np.zeros(count, dtype=bool)
    found[place[flag]] = True
    return found


def _says_something(column: pd.Series[Any]) -> Any:
    return (column.notna() & column.astype("object").ne("") & column.astype("object").ne(False)).to_numpy(dtype=bool)


def _distinct(column: pd.Series[Any], place: Days, count: int) -> Days:
    number, _ = pd.factorize(column)
    pairs = pd.DataFrame({"place": place, "value": number})
    pairs = pairs.loc[pairs["value"] >= 0].drop_duplicates()
    return np.bincount(pairs["place"].to_numpy(dtype=np.int64), minlength=count).astype(np.int64)


def met(contacts: pd.DataFrame) -> pd.DataFrame:
    """Keep the attended face-to-face rows: what contact measures use unless they say otherwise."""
    kept = contacts["attended"].fillna(False).astype(bool) & contacts["face_to_face"].fillna(False).astype(bool)
    return contacts.loc[kept.to_numpy()]


def within(contacts: pd.DataFrame, start: object, end: object) -> pd.DataFrame:
    """Keep the rows dated in ``[start, end)``."""
    date = day_numbers(contacts["date"], missing=UNKNOWN)
    return contacts.loc[(date >= day_number(start)) & (date < day_number(end))]


def staff_seen(
    contacts: pd.DataFrame,
    start: object,
    end: object,
    *,
    clients: Sequence[str] | None = None,
    team: str | None = None,
) -> pd.DataFrame:
    """Count the distinct staff members and professions that each client met face to face in ``[start, end)``.

    Parameters
    ----------
    contacts : DataFrame
        One row per contact and staff member.
    clients : sequence of str, optional
        Answer for these, with 0 for those without contacts; default: those with a contact.
    team : str, optional
        Only contacts with this team.

    Returns
    -------
    DataFrame, one row per client
        client_id, staff_seen, professions_seen, contacts (each once), minutes (each contact once).
    """  # fmt: skip
    rows = within(met(contacts), start, end)
    if team is not None:
        rows = rows.loc[(rows["team_id"] == team).to_numpy()]
    groups = rows.groupby("client_id", sort=True)
    seen = pd.DataFrame(
        {"staff_seen": groups["staff_id"].nunique(), "professions_seen": groups["profession"].nunique()}
    )
    once = contacts_once(rows).groupby("client_id", sort=True)
    seen = seen.assign(contacts=once.size(), minutes=once["minutes"].sum())
    if clients is not None:
        seen = seen.reindex(pd.Index(list(dict.fromkeys(clients)), name="client_id"))
    whole = ["staff_seen", "professions_seen", "contacts"]
    return seen.fillna(0.0).astype(dict.fromkeys(whole, "int64")).reset_index()


def period_of(dates: Any, periods: pd.DataFrame) -> Days:
    """Return for each date the number of its period, -1 where it lies in none."""
    day = day_numbers(dates, missing=UNKNOWN)
    low, high = day_numbers(periods["start"]), day_numbers(periods["end"])
    place = np.searchsorted(low, day, side="right") - 1
    found: Days = np.where((place >= 0) & (day < high[np.maximum(place, 0)]), place, -1).astype(np.int64)
    return found


def contact_counts(
    contacts: pd.DataFrame,
    periods: pd.DataFrame,
    *,
    by: Sequence[str] = ("team_id",),
    enrolled: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count contacts, minutes and persons by period.

    Parameters
    ----------
    contacts : DataFrame
        One row per contact (``contacts_once``), already of the kind asked for.
    periods : DataFrame
        As from ``calendar_periods``.
    by : sequence of str
        Columns of ``contacts`` that name a row of the answer.
    enrolled : DataFrame, optional
        client_id, team_id, start, end: count only contacts on a day when the client is enrolled in that team.

    Returns
    -------
    DataFrame, one row per combination of ``by`` and period in which there is a contact
        by, period_start, contacts, minutes (of those with minutes), persons (distinct clients), with_minutes
        (contacts that have minutes).
    """  # fmt: skip
    rows = contacts.assign(_period=period_of(contacts["date"], periods))
    kept = (rows["_period"] >= 0).to_numpy()
    if enrolled is not None:
        kept = kept & inside(rows, enrolled, ("client_id", "team_id"))
    rows = rows.loc[kept]
    start = periods["period_start"].to_numpy()[rows["_period"].to_numpy()]
    groups = rows.assign(period_start=start).groupby([*by, "period_start"], sort=True, dropna=False)
    table = pd.DataFrame(
        {
            "contacts": groups.size(),
            "minutes": groups["minutes"].sum(),
            "persons": groups["client_id"].nunique(),
            "with_minutes": groups["minutes"].count(),
        }
    )
    return table.reset_index()
