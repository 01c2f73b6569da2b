"""Contact after a discharge from hospital, and after a referral."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.contact_days import contacts_once, met
from factfidelity.care.spells import chain_spells
from factfidelity.contact.reach import each_team
from factfidelity.days import Days, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

WITHIN = (7, 14, 30)
_KEYS = ["client_id", "team_id"]
_FAR = np.int64(10**6)


def follow_up_after_discharge(
    extract: Extract, enrolled: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame, plan: Plan
) -> pd.DataFrame:
    """Count discharges that an attended face-to-face contact followed on day 1 to k.

    A discharge counts whose day and k following days the client is enrolled in the team and observed. Stays that
    touch, or lie a day apart, are one. A readmission in the k days does not take the discharge out.

    Returns
    -------
    DataFrame, one row per team and k
        team_id, team, days (7, 14, 30), discharges, persons, followed, persons_followed, share, persons_between
        (with a discharge that counts for a smaller k and not for this one; the fewest), persons_unmet (with a
        discharge that no meeting followed).
    """
    stays = extract.episodes
    stays = stays.loc[(stays["mvo"].isin(list(plan.mvo_codes)) | stays["mvo"].isna()).to_numpy()]
    columns = ["team_id", "team", "days", "discharges", "persons", "followed", "persons_followed", "share",
               "persons_between", "persons_unmet"]  # fmt: skip
    if not len(stays):
        return pd.DataFrame(columns=columns)
    spells = chain_spells(stays, gap_days=plan.spells.readmission_gap).dropna(subset=["discharged"])
    left = spells[["client_id", "discharged"]].merge(enrolled, on="client_id")
    day = day_numbers(left["discharged"])
    begin, finish = day_numbers(left["start"]), np.minimum(day_numbers(left["end"]), day_number(end))
    here = (day >= np.maximum(begin, day_number(start))) & (day < finish)
    left = left.assign(day=day, seen_for=finish - 1 - day, next=_next_contact(extract, left, day)).loc[here]
    rows = []
    for key, name, part in each_team(left, teams):
        for days in WITHIN:
            counted = part.loc[part["seen_for"] >= days]
            followed = counted.loc[counted["next"] <= days]
            rows.append({
                "team_id": key, "team": name, "days": days, "discharges": len(counted),
                "persons": counted["client_id"].nunique(), "followed": len(followed),
                "persons_followed": followed["client_id"].nunique(),
                "share": len(followed) / len(counted) if len(counted) else np.nan,
                "persons_between": _fewest_between(part, days),
                "persons_unmet": counted.loc[counted["next"] > days, "client_id"].nunique(),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _fewest_between(left: pd.DataFrame, days: int) -> float:
    """Return how few clients make the difference between these days and fewer; missing where there is none."""
    seen = left["seen_for"]
    gone = [left.loc[(seen >= fewer) & (seen < days), "client_id"].nunique() for fewer in WITHIN if fewer < days]
    return float(min((number for number in gone if number), default=np.nan))


def _next_contact(extract: Extract, left: pd.DataFrame, day: Days) -> Days:
    """Return the days from each discharge to the next contact of that client with that team, from day 1 on."""
    once = contacts_once(met(extract.contacts))[[*_KEYS, "date"]]
    both = pd.concat([left[_KEYS], once[_KEYS]], ignore_index=True)
    code = both.groupby(_KEYS, sort=False).ngroup().to_numpy(dtype=np.int64)
    mine, theirs = code[: len(left)], code[len(left) :]
    key = np.sort(theirs * _FAR + day_numbers(once["date"]))
    place = np.searchsorted(key, mine * _FAR + day + 1)
    found = np.append(key, np.iinfo(np.int64).max)[place]
    same = found // _FAR == mine
    return np.where(same, found - mine * _FAR - day, _FAR).astype(np.int64)


def referral_response(extract: Extract, start: pd.Timestamp, end: pd.Timestamp, teams: pd.DataFrame) -> pd.DataFrame:
    """Count referrals by what became of them and how soon the first contact came.

    A referral counts for the first contact that was received at least 7 days before the end. The first contact is
    the register's own, else the first attended contact of any form with the team from that day on.

    Returns
    -------
    DataFrame, one row per team
        team_id, team, received, persons, followed (received at least 7 days before the end), same_day,
        within_7, persons_same_day, persons_within_7, same_day_share, within_7_share, median_days.
    """
    referrals = extract.referrals
    here = (referrals["received"] >= start) & (referrals["received"] < end)
    referrals = referrals.loc[here.to_numpy()].reset_index(drop=True)
    day = day_numbers(referrals["received"])
    stated = day_numbers(referrals["first_contact"]) - day
    found = _next_contact_any(extract, referrals, day)
    wait = np.where(referrals["first_contact"].notna(), stated, found)
    referrals = referrals.assign(wait=wait, followed=day + 7 < day_number(end))
    rows = []
    for key, name, part in each_team(referrals, teams):
        counted = part.loc[part["followed"]]
        same, week = (counted.loc[counted["wait"] <= limit] for limit in (0, 7))
        seen = part.loc[part["wait"] < _FAR // 2, "wait"]
        number = len(counted)
        rows.append({
            "team_id": key, "team": name, "received": len(part), "persons": part["client_id"].nunique(),
            "followed": number, "same_day": len(same), "within_7": len(week),
            "persons_same_day": same["client_id"].nunique(), "persons_within_7": week["client_id"].nunique(),
            "same_day_share": len(same) / number if number else np.nan,
            "within_7_share": len(week) / number if number else np.nan,
            "median_days": float(seen.median()) if len(seen) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows) if len(referrals) else pd.DataFrame(columns=["team_id", "team", "received", "persons"])


def _next_contact_any(extract: Extract, referrals: pd.DataFrame, day: Days) -> Days:
    held = extract.contacts.loc[extract.contacts["attended"].fillna(False).to_numpy(dtype=bool)]
    both = pd.concat([referrals[_KEYS], held[_KEYS]], ignore_index=True)
    code = both.groupby(_KEYS, sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)
    mine, theirs = code[: len(referrals)], code[len(referrals) :]
    key = np.sort(theirs * _FAR + day_numbers(held["date"]))
    found = np.append(key, np.iinfo(np.int64).max)[np.searchsorted(key, mine * _FAR + day)]
    return np.where(found // _FAR == mine, found - mine * _FAR - day, _FAR).astype(np.int64)
