"""The care models' own indicators: plans, resource groups, work, placements, municipal support."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from factfidelity.care.client_days import enrolled_time, inside, shared_time, united
from factfidelity.care.contact_days import contacts_once, met
from factfidelity.care.exposure import clients_seen
from factfidelity.care.teams import last_year, shared_period, teams_of
from factfidelity.contact.around import adult_transition, authorities, occupancy, services_now, visits_per_day
from factfidelity.contact.counted import Setting, first_after, not_there, rate_of, share_of, time_to
from factfidelity.contact.indicator_result import ProgrammeIndicators
from factfidelity.contact.voice import action_counts, survey_frames
from factfidelity.extract import Extract
from factfidelity.schemas.programme import Programme, indicator_vocabulary, load_programme

_KEYS = ["client_id", "team_id"]
_FOLLOW_UP_DAYS = 365
Counted = Callable[[Extract, Setting, str], pd.DataFrame]


def programme_indicators(extract: Extract, programme: str | Programme = "fact") -> ProgrammeIndicators:
    """Return those of a care model's indicators that are counted on plans, events, work, placements and services.

    Parameters
    ----------
    extract : Extract
    programme : str or Programme
        The care model: an id, a name or an alias. Its modules' indicators are counted too.

    Returns
    -------
    ProgrammeIndicators
        ``.table``: one row per team and indicator; an indicator whose table was not delivered has no value and says so.
    """
    model = programme if isinstance(programme, Programme) else load_programme(programme)
    wanted = model.all_indicators
    start, end = shared_period(extract, ("enrolments",))
    setting = setting_of(extract, start, end)
    vocabulary = indicator_vocabulary()
    parts = [
        rows.assign(section=vocabulary[name].section)
        for name in wanted
        if name in COUNTED
        for rows in _rows_of(extract, setting, name, vocabulary[name].needs)
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["team_id", "indicator", "section"])
    table = table.assign(beside=_late_plans(table))
    named = setting.teams.set_index("team_id")["team"]
    table.insert(1, "team", named.reindex(table["team_id"]).fillna("total").to_numpy())
    voice = "voice" in model.sections
    notes = {"programme": model.programme, "start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}",
             "latest_start": f"{setting.since:%Y-%m-%d}"}  # fmt: skip
    coverage, answers = survey_frames(extract, setting) if voice else (pd.DataFrame(), pd.DataFrame())
    actions = action_counts(extract, setting) if voice else pd.DataFrame()
    return ProgrammeIndicators(table=table, coverage=coverage, answers=answers, actions=actions, notes=notes)


def _late_plans(table: pd.DataFrame) -> pd.Series[float]:
    """Return how many have a plan that is not due to be followed up: all with one less those are the late ones."""
    if "with_any" not in table:
        return pd.Series(dtype="float64")
    due = table.loc[table["indicator"] == "sip_followed_up"].set_index("team_id")["persons"].astype("float64")
    late = table["with_any"].astype("float64") - table["team_id"].map(due[~due.index.duplicated()])
    return late.where((table["indicator"] == "sip_days") & (late > 0))


def _rows_of(extract: Extract, setting: Setting, name: str, needs: tuple[str, ...]) -> list[pd.DataFrame]:
    """Return an indicator's rows, counted on the days that all the sources it needs cover."""
    lacking = [table for table in needs if not extract.has(table)]
    if lacking:
        return [not_there(setting, row, f"no {lacking[0]}") for row in COUNTED[name]]
    try:
        days = shared_period(extract, ("enrolments", *needs))
    except ValueError:
        return [not_there(setting, row, "no_day") for row in COUNTED[name]]
    own = setting if days == (setting.start, setting.end) else setting_of(extract, *days)
    return [count(extract, own, row) for row, count in COUNTED[name].items()]


def setting_of(extract: Extract, start: pd.Timestamp, end: pd.Timestamp) -> Setting:
    """Return what the indicators are counted on."""
    teams = teams_of(extract, ("enrolments",))
    enrolled = enrolled_time(extract.enrolments, start, end, clients=clients_seen(extract), teams=teams)
    first = enrolled.sort_values("start").drop_duplicates(_KEYS)
    begun = united(extract.enrolments, _KEYS)[[*_KEYS, "start"]]
    entered = first.merge(begun, on=[*_KEYS, "start"]).rename(columns={"start": "begin", "end": "until"})
    return Setting(teams, enrolled, entered, start, end, last_year(start, end)[0])


def _sips(extract: Extract) -> pd.DataFrame:
    plans = extract.care_plans
    return plans.loc[plans["kind"].astype("str").str.casefold().eq("sip").to_numpy()]


def _of_teams(setting: Setting, rows: pd.DataFrame, date: str) -> pd.DataFrame:
    """Give each row the teams that the client was enrolled in on its day; a row that names its team that one alone."""
    pairs = rows.rename(columns={"team_id": "own_team"}).merge(setting.enrolled, on="client_id", suffixes=("", "_team"))
    if "own_team" in pairs:
        pairs = pairs.loc[(pairs["own_team"].isna() | pairs["own_team"].eq(pairs["team_id"])).to_numpy(dtype=bool)]
    begin = pairs["start_team"] if "start_team" in pairs else pairs["start"]
    finish = pairs["end_team"] if "end_team" in pairs else pairs["end"]
    return pairs.loc[(pairs[date] >= begin) & (pairs[date] < finish)]


def _sip_share(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    sips = _sips(extract)
    year = setting.end - pd.DateOffset(years=1)
    fresh = sips.loc[((sips["made"] >= year) & (sips["made"] < setting.end)) |
                     ((sips["followed_up"] >= year) & (sips["followed_up"] < setting.end)), "client_id"]  # fmt: skip
    current = setting.current
    return share_of(setting, name, current.assign(has=current["client_id"].isin(fresh)))


def _sip_days(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    return time_to(setting, name, first_after(setting.entered, _sips(extract), "made", setting.end))


def _sip_flag(column: str) -> Counted:
    def count(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
        sips = _of_teams(setting, _sips(extract), "made")
        stated = sips[column].notna() | (column == "agencies")  # an empty list says that none took part
        sips = sips.loc[(sips["made"] >= setting.since) & stated]
        said = [not pd.isna(value) and bool(value) for value in sips[column].astype("object")]
        return share_of(
            setting, name, sips.assign(has=pd.Series(said, index=sips.index, dtype="bool")), why="not_stated"
        )

    return count


def _sip_followed_up(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    sips = _of_teams(setting, _sips(extract), "made")
    sips = sips.loc[sips["made"] + pd.Timedelta(days=_FOLLOW_UP_DAYS) < setting.end]
    has = (sips["followed_up"] - sips["made"]).dt.days <= _FOLLOW_UP_DAYS
    return share_of(setting, name, sips.assign(has=has.astype(bool)))


def _events(extract: Extract, setting: Setting, kind: str) -> pd.DataFrame:
    events = extract.events
    events = events.loc[events["kind"].eq(kind).fillna(False).to_numpy(dtype=bool)]
    return _of_teams(setting, events, "date")


def _event_rate(kind: str, *, amount: bool = False) -> Counted:
    def count(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
        events = _events(extract, setting, kind)
        events = events.loc[events["date"] >= setting.since]
        return rate_of(setting, name, events, amount="amount" if amount else None)

    return count


def _group_formed(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    kinds = ("resource_group_formed", "resource_group_meeting")
    every = pd.concat([_events(extract, setting, kind)[_KEYS] for kind in kinds], ignore_index=True)
    held = every.drop_duplicates().assign(has=True)
    current = setting.current.merge(held, on=_KEYS, how="left")
    return share_of(setting, name, current.assign(has=current["has"].notna()))


def _group_days(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    events = extract.events
    kinds = ["resource_group_formed", "resource_group_meeting"]
    return time_to(
        setting, name, first_after(setting.entered, events.loc[events["kind"].isin(kinds)], "date", setting.end)
    )


def _employer_contact(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    events = extract.events
    events = events.loc[events["kind"].eq("employer_contact").fillna(False).to_numpy(dtype=bool)]
    return time_to(setting, name, first_after(setting.entered, events, "date", setting.end))


def _jobs(extract: Extract) -> pd.DataFrame:
    return extract.work.loc[extract.work["kind"].eq("ordinary_work").fillna(False).to_numpy(dtype=bool)]


def _first_job(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    first = first_after(setting.entered, _jobs(extract), "start", setting.end)
    return time_to(setting, name, first, per=7.0)


def _in_work(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    jobs = _jobs(extract)
    last = setting.end - pd.Timedelta(days=1)
    now = jobs.loc[(jobs["start"] <= last) & (jobs["end"].isna() | (jobs["end"] > last)), "client_id"]
    current = setting.current
    return share_of(setting, name, current.assign(has=current["client_id"].isin(now)))


def _tenure(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    jobs = _of_teams(setting, _jobs(extract).rename(columns={"start": "job_start", "end": "job_end"}), "job_start")
    over = jobs["job_end"].notna() & (jobs["job_end"] <= setting.end)
    until = jobs["job_end"].where(over, setting.end)
    return time_to(setting, name, jobs.assign(days=(until - jobs["job_start"]).dt.days, happened=over), per=7.0)


def _accepted(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    held = extract.referrals
    received = held["received"]
    held = held.loc[(held["outcome"].notna() & (received >= setting.start) & (received < setting.end)).to_numpy()]
    return share_of(setting, name, held.assign(has=held["outcome"].eq("accepted")))


def _to_meeting(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    held = extract.referrals
    held = held.loc[((held["received"] >= setting.start) & (held["received"] < setting.end)).to_numpy()]
    happened = held["first_contact"] < setting.end
    until = held["first_contact"].where(happened, setting.end)
    return time_to(setting, name, held.assign(days=(until - held["received"]).dt.days, happened=happened))


def _occupied_after(days: int) -> Counted:
    def count(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
        held = extract.referrals[[*_KEYS, "received"]].dropna(subset=["received"])
        held = held.assign(day=held["received"] + pd.Timedelta(days=days))
        held = held.loc[(held["received"] >= setting.start) & (held["day"] < setting.end)].reset_index(drop=True)
        busy = extract.work.loc[extract.work["kind"].isin(["ordinary_work", "studies"]).to_numpy()]
        return share_of(setting, name, held.assign(has=inside(held, busy, ("client_id",), day="day")))

    return count


def _placement_days(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    time = _placed_time(extract, setting.last_year)
    return rate_of(setting, name, time.assign(days=(time["end"] - time["start"]).dt.days), amount="days")


def _contact_after_placement(days: int) -> Counted:
    def count(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
        ended = extract.placements[["client_id", "end"]].dropna().rename(columns={"end": "date"})
        ended = _of_teams(setting, ended, "date").drop(columns=["start", "end"])
        ended = ended.loc[ended["date"] + pd.Timedelta(days=days) < setting.end].reset_index(drop=True)
        held = contacts_once(met(extract.contacts))[["client_id", "date"]].rename(columns={"date": "held"})
        pairs = ended.reset_index().merge(held, on="client_id")
        wait = (pairs["held"] - pairs["date"]).dt.days
        seen = pairs.loc[(wait >= 0) & (wait <= days), "index"]
        return share_of(setting, name, ended.assign(has=ended.index.isin(seen)))

    return count


def _placed_time(extract: Extract, enrolled: pd.DataFrame) -> pd.DataFrame:
    """Return the time that clients were both placed and enrolled, by client and team; a day in two places once."""
    placed = enrolled[_KEYS].drop_duplicates().merge(extract.placements[["client_id", "start", "end"]], on="client_id")
    return shared_time(placed, enrolled, _KEYS)


def _simultaneous(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    both = _placed_time(extract, setting.enrolled)
    held = contacts_once(met(extract.contacts))
    here = held.loc[inside(held, both, _KEYS), _KEYS].drop_duplicates().assign(has=True)
    table = both[_KEYS].drop_duplicates().merge(here, on=_KEYS, how="left")
    return share_of(setting, name, table.assign(has=table["has"].notna()))


def _support_days(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    asked = extract.services.rename(columns={"start": "begun", "end": "over"}).dropna(subset=["requested"])
    asked = _of_teams(setting, asked, "requested")
    happened = asked["begun"].notna() & (asked["begun"] < setting.end)
    until = asked["begun"].where(happened, setting.end)
    return time_to(setting, name, asked.assign(days=(until - asked["requested"]).dt.days, happened=happened))


def _planned(extract: Extract, setting: Setting, name: str) -> pd.DataFrame:
    left = united(extract.enrolments, _KEYS)[[*_KEYS, "end"]].dropna()  # an enrolment that another touches goes on
    left = left.merge(setting.enrolled[[*_KEYS, "end"]], on=[*_KEYS, "end"])
    why = extract.enrolments.dropna(subset=["end"]).drop_duplicates([*_KEYS, "end"], keep="last")
    ended = left.merge(why[[*_KEYS, "end", "end_reason"]], on=[*_KEYS, "end"]).dropna(subset=["end_reason"])
    ended = ended.loc[ended["end"] < setting.end]
    return share_of(setting, name, ended.assign(has=ended["end_reason"].eq("planned")), why="not_stated")


# Indicator of a care model: the rows that it is shown as, and how each is counted.
COUNTED: Mapping[str, Mapping[str, Counted]] = {
    "sip_share": {"sip_share": _sip_share},
    "sip_days": {"sip_days": _sip_days},
    "sip_participation": {
        "sip_person": _sip_flag("person_present"), "sip_relatives": _sip_flag("relatives_present"),
        "sip_agency": _sip_flag("agencies"),
    },
    "sip_followed_up": {"sip_followed_up": _sip_followed_up},
    "consent": {"consent": _sip_flag("consent")},
    "resource_group_formed": {"resource_group_formed": _group_formed, "resource_group_days": _group_days},
    "resource_group_meetings": {"resource_group_meetings": _event_rate("resource_group_meeting")},
    "employer_contact": {"employer_contact": _employer_contact},
    "first_job": {"first_job": _first_job},
    "ordinary_work": {"ordinary_work": _in_work},
    "job_tenure": {"job_tenure": _tenure},
    "referral_outcome": {"referral_outcome": _accepted},
    "referral_meeting": {"referral_meeting": _to_meeting},
    "status_3_6_12": {
        "status_3": _occupied_after(91), "status_6": _occupied_after(183), "status_12": _occupied_after(365),
    },
    "transports": {"transports": _event_rate("transport")},
    "self_harm": {"self_harm": _event_rate("self_harm")},
    "isolation": {"isolation": _event_rate("isolation")},
    "school": {"school": _event_rate("school_absence", amount=True)},
    "placement_days": {"placement_days": _placement_days},
    "planned_discharge": {"planned_discharge": _planned},
    "followon_care": {"followon_care": _contact_after_placement(30)},
    "contact_after_placement": {
        "placement_30": _contact_after_placement(30), "placement_90": _contact_after_placement(90),
    },
    "simultaneous": {"simultaneous": _simultaneous},
    "municipal_support": {"municipal_support": _support_days},
    "municipal_services": {"municipal_services": services_now},
    "occupancy": {"occupancy": occupancy},
    "authorities": {"authorities": authorities},
    "adult_transition": {"adult_transition": adult_transition},
    "visits_per_day": {"visits_per_day": visits_per_day},
}  # fmt: skip
