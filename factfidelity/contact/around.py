"""What stands around a client: placements, municipal services, authorities, adult care, visits on a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from factfidelity.care.client_days import enrolled_time, inside, shared_time
from factfidelity.care.contact_days import contacts_once, met, within
from factfidelity.care.exposure import clients_seen
from factfidelity.contact.counted import Setting, mean_of, share_of, time_to
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

_KEYS = ["client_id", "team_id"]
_YOUNGEST_LEAVING = 17
SOCIAL_SERVICES, STATE_HOMES = "social_services", "sis"


def _days(frame: pd.DataFrame) -> pd.Series:
    return (frame["end"] - frame["start"]).dt.days


def occupancy(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    """Return the clients who were placed, on average over the last year; a day in two placements counts once."""
    placed = setting.last_year[_KEYS].drop_duplicates().merge(
        extract.placements[["client_id", "start", "end"]], on="client_id"
    )  # fmt: skip
    time = shared_time(placed, setting.last_year, _KEYS)
    length = float((setting.end - setting.since).days)
    return mean_of(setting, name, time.assign(amount=_days(time).astype(float)), per=length)


def visits_per_day(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    """Return attended face-to-face contacts for each enrolled day of the last year."""
    time = setting.last_year.reset_index(drop=True)
    held = contacts_once(within(met(extract.contacts), setting.since, setting.end))
    held = held.loc[inside(held, time, _KEYS)]
    number = held.groupby(_KEYS).size().rename("amount").reset_index()
    each = time.assign(weight=_days(time)).groupby(_KEYS, as_index=False)["weight"].sum()
    return mean_of(setting, name, each.merge(number, on=_KEYS, how="left").fillna({"amount": 0.0}))


def services_now(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    """Return the share of those enrolled on the last day who have a municipal service on that day."""
    last = setting.end - pd.Timedelta(days=1)
    services = extract.services
    going = (services["start"] <= last) & (services["end"].isna() | (services["end"] > last))
    current = setting.current
    return share_of(setting, name, current.assign(has=current["client_id"].isin(services.loc[going, "client_id"])))


def authorities(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    """Return the other authorities around each client enrolled on the last day, in the last year, on average.

    Counted once each: the agencies named at the client's contacts, the social services where the client had a
    municipal service or placement, and the state institutions where the client was placed in one. The team's own
    principal is not counted.
    """
    contacts = within(extract.contacts, setting.since, setting.end)[["client_id", "agencies"]].dropna()
    named = contacts.assign(agency=contacts["agencies"].astype("str").str.split()).explode("agency")
    parts = [named[["client_id", "agency"]]]
    for table in (extract.services, extract.placements):
        here = table.loc[(table["start"] < setting.end) & (table["end"].isna() | (table["end"] > setting.since))]
        state = here["kind"].astype("str").str.casefold().eq(STATE_HOMES)
        parts.append(pd.DataFrame({"client_id": here["client_id"],
                                   "agency": np.where(state, STATE_HOMES, SOCIAL_SERVICES)}))  # fmt: skip
    known = pd.concat(parts, ignore_index=True).dropna().drop_duplicates()
    known = known.loc[known["agency"].ne("").to_numpy()]
    number = known.groupby("client_id").size()
    current = setting.current
    amount = number.reindex(current["client_id"]).fillna(0.0).to_numpy(dtype=float)
    return mean_of(setting, name, current.assign(amount=amount))


def adult_transition(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    """Return the days from the end of the last enrolment to the first visit in adult psychiatry.

    Clients count who left in the year when they turned 17 or later; those without a visit are followed to the end.
    """
    born = extract.clients.drop_duplicates("client_id")[["client_id", "birth_year"]]
    seen = clients_seen(extract)
    clients = seen[["client_id", "observed_to"]].merge(born, on="client_id", how="left")
    whole = enrolled_time(extract.enrolments, setting.start, setting.end, clients=seen, teams=setting.teams)
    ended = whole.sort_values("end").drop_duplicates(_KEYS, keep="last").merge(clients, on="client_id")
    reached = ended["end"].dt.year - ended["birth_year"] >= _YOUNGEST_LEAVING
    ended = ended.loc[(ended["end"] < setting.end) & reached & ~(ended["observed_to"] <= ended["end"])]
    adult = extract.visits.loc[extract.visits["mvo"].isin(Plan().mvo_sets["adult"]).to_numpy(), ["client_id", "date"]]
    pairs = ended.merge(adult, on="client_id")
    first = pairs.loc[(pairs["date"] >= pairs["end"]) & (pairs["date"] < setting.end)].groupby(_KEYS)["date"].min()
    table = ended.merge(first.rename("first").reset_index(), on=_KEYS, how="left")
    happened = table["first"].notna()
    followed = table["observed_to"].where(table["observed_to"] < setting.end, setting.end)
    until = table["first"].where(happened, followed)
    return time_to(setting, name, table.assign(days=(until - table["end"]).dt.days, happened=happened))
