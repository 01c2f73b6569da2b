"""The same rates for women and men, the ages, and the municipalities; standardised where a population is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from factfidelity.care.client_days import enrolled_time, inside, shared_time, united
from factfidelity.care.contact_days import contacts_once, met
from factfidelity.care.exposure import clients_seen
from factfidelity.care.spells import chain_spells
from factfidelity.care.teams import covered_time, last_year, shared_period, teams_of
from factfidelity.contact.equity_groups import NOT_STATED, OLDEST, OTHER, age_bounds
from factfidelity.contact.equity_result import Equity
from factfidelity.days import DAYS_PER_YEAR
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan
from factfidelity.stats.quantiles import t_quantile

DIMENSIONS = ("sex", "age_group", "municipality")
AGE_GROUPS = ("0-17", "18-24", "25-44", "45-64", "65+")


def equity(
    extract: Extract,
    *,
    plan: Plan | None = None,
    ages: Sequence[str] = (),
    municipalities: Sequence[str] = (),
) -> Equity:
    """Return rates per client-year by sex, age group and municipality, over the last year.

    The rates are those of meetings, admissions, bed-days (nights), days on the board, and coordinated plans (SIP) made
    or followed up, each on enrolled days.

    Parameters
    ----------
    extract : Extract
        enrolments and clients; contacts, episodes, board, care_plans; population (age_group, persons), whose age
        groups are then used and
        whose sizes are the weights of direct standardisation.
    plan : Plan, optional
        Says which inpatient care counts; default: the default plan.
    ages : sequence of str, optional
        Age groups such as ``25-44`` or ``65+``; default those of the population, else five.
    municipalities : sequence of str, optional
        Those that stand by themselves, the others being joined (``other``); default all.

    Returns
    -------
    Equity
        ``.table``: one row per measure, dimension and group.
    """
    plan = plan or Plan()
    start, end = shared_period(extract, ("enrolments",))
    since, until = last_year(start, end)
    teams = teams_of(extract, ("enrolments",))
    time = enrolled_time(extract.enrolments, since, until, clients=clients_seen(extract), teams=teams)
    weights = _weights(extract.population)
    bands = tuple(ages) or _bands(weights)
    weights = _regrouped(weights, bands)
    times = {home: covered_time(extract, time, home) for home in ("contacts", "episodes", "board", "care_plans")}
    people = {home: _people(extract, seen, until, bands, municipalities) for home, seen in times.items()}
    amounts = _amounts(extract, times, plan)
    parts = [_measure(name, amount, people[home], weights) for (name, home), amount in amounts.items()]
    columns = ["measure", "dimension", "group", "persons", "with_any", "years", "events", "rate", "low", "high",
               "standardised", "why"]  # fmt: skip
    table = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    notes = {"start": f"{since:%Y-%m-%d}", "end": f"{until:%Y-%m-%d}", "population": "yes" if len(weights) else "no"}
    # The user's own list, all of it: which of its municipalities are here is for the table to say.
    notes |= {f"municipality.{code}": name for code, name in plan.municipalities.items()}
    return Equity(table=table, notes=notes)


def _amounts(extract: Extract, times: Mapping[str, pd.DataFrame], plan: Plan) -> dict[tuple[str, str], pd.Series]:
    """Return what each client had on enrolled days, by measure and its table; one not delivered is left out."""
    found: dict[tuple[str, str], pd.Series] = {}
    both, alone = ("client_id", "team_id"), ("client_id",)
    if extract.has("contacts"):
        held = contacts_once(met(extract.contacts))
        found["contacts", "contacts"] = held.loc[inside(held, times["contacts"], both)].groupby("client_id").size()
    if extract.has("episodes"):
        time = times["episodes"]
        stays = extract.episodes
        stays = stays.loc[(stays["mvo"].isin(list(plan.mvo_codes)) | stays["mvo"].isna()).to_numpy()]
        spells = chain_spells(stays, gap_days=plan.spells.gap_days).rename(columns={"admitted": "date"})
        found["admissions", "episodes"] = spells.loc[inside(spells, time, alone)].groupby("client_id").size()
        nights = stays.rename(columns={"admitted": "start", "discharged": "end"})
        found["bed_days", "episodes"] = _days_of(shared_time(nights, time, alone))
    if extract.has("board"):
        found["board_days", "board"] = _days_of(shared_time(extract.board, times["board"], both))
    if extract.has("care_plans"):
        plans = extract.care_plans
        plans = plans.loc[plans["kind"].astype("str").str.casefold().eq("sip").to_numpy()]
        dated = pd.concat([plans[["client_id", name]].rename(columns={name: "date"}).dropna()
                           for name in ("made", "followed_up")], ignore_index=True)  # fmt: skip
        found["sip", "care_plans"] = dated.loc[inside(dated, times["care_plans"], alone)].groupby("client_id").size()
    return found


def _days_of(time: pd.DataFrame) -> pd.Series:
    answer: pd.Series = (time["end"] - time["start"]).dt.days.groupby(time["client_id"]).sum()
    return answer


def _weights(population: pd.DataFrame) -> pd.Series:
    """Return the persons of each age group in the latest year, in order of age."""
    known = population.dropna(subset=["persons", "age_group"])
    known = known.loc[(known["year"] == known["year"].max()) | known["year"].isna()]
    sizes = known.groupby("age_group")["persons"].sum()
    answer: pd.Series = sizes.loc[[name for name in sorted(sizes.index, key=age_bounds) if age_bounds(name)[1] > 0]]
    return answer


def _bands(weights: pd.Series) -> tuple[str, ...]:
    """Return the population's age groups, and the ages below and above that it does not count."""
    if not len(weights):
        return AGE_GROUPS
    bounds = [age_bounds(name) for name in weights.index]
    lowest, highest = min(low for low, _ in bounds), max(high for _, high in bounds)
    below, above = [f"0-{lowest - 1}"] * (lowest > 0), [f"{highest + 1}+"] * (highest < OLDEST)
    return (*below, *weights.index, *above)


def _regrouped(weights: pd.Series, bands: tuple[str, ...]) -> pd.Series:
    """Return the persons of each band that the population counts: the sum of the age groups inside it."""
    if not len(weights):
        return weights
    sizes = {
        band: sum(
            size
            for name, size in weights.items()
            if age_bounds(band)[0] <= age_bounds(name)[0] and age_bounds(name)[1] <= age_bounds(band)[1]
        )
        for band in bands
    }
    answer = pd.Series(sizes, dtype=weights.dtype)
    return answer[answer > 0]


def _people(
    extract: Extract, time: pd.DataFrame, until: pd.Timestamp, bands: tuple[str, ...], apart: Sequence[str]
) -> pd.DataFrame:
    """Return each enrolled client once, with client-years and groups; days in two teams count once."""
    once = united(time, ("client_id",))
    years = ((once["end"] - once["start"]).dt.days / DAYS_PER_YEAR).groupby(once["client_id"]).sum().rename("years")
    people = years.reset_index().merge(extract.clients.drop_duplicates("client_id"), on="client_id", how="left")
    age = (until - pd.Timedelta(days=1)).year - people["birth_year"].to_numpy(dtype=float, na_value=np.nan)
    group = np.full(len(people), NOT_STATED, dtype=object)
    for name in bands:
        low, high = age_bounds(name)
        group[(age >= low) & (age <= high)] = name
    people = people.assign(age_group=group)
    for name in ("sex", "municipality"):
        column = people[name].astype("object")
        people[name] = column.where(column.notna() & column.ne(""), NOT_STATED).astype("str")
    if apart:
        people["municipality"] = people["municipality"].where(people["municipality"].isin([*apart, NOT_STATED]), OTHER)
    return people[["client_id", "years", *DIMENSIONS]]


def _measure(name: str, amount: pd.Series, people: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    people = people.assign(events=amount.reindex(people["client_id"]).fillna(0).to_numpy(dtype=float))
    rows = []
    for dimension in DIMENSIONS:
        groups = [(str(key), part) for key, part in people.groupby(dimension, sort=True)]
        for group, part in [*groups, ("total", people)]:
            standard, why = (np.nan, "") if dimension == "age_group" else standardised(part, weights)
            rate, low, high = clustered_rate(part["events"].to_numpy(), part["years"].to_numpy())
            rows.append({
                "measure": name, "dimension": dimension, "group": group, "persons": len(part),
                "with_any": int((part["events"] > 0).sum()), "years": float(part["years"].sum()),
                "events": float(part["events"].sum()), "rate": rate, "low": low, "high": high,
                "standardised": standard, "why": why,
            })  # fmt: skip
    return pd.DataFrame(rows)


def clustered_rate(events: np.ndarray, years: np.ndarray) -> tuple[float, float, float]:
    """Return events per year with a 95 % interval; clients are the unit (linearised on the log scale, t)."""
    total, time, number = float(events.sum()), float(years.sum()), len(events)
    if not time:
        return np.nan, np.nan, np.nan
    rate = total / time
    if total == 0 or number < 2:
        return rate, np.nan, np.nan
    residual = events - rate * years
    error = np.sqrt(number / (number - 1) * float((residual**2).sum())) / total
    reach = float(np.exp(t_quantile(0.975, number - 1) * error))
    return rate, rate / reach, rate * reach


def standardised(people: pd.DataFrame, weights: pd.Series) -> tuple[float, str]:
    """Return the directly standardised rate: the rate of each age group, weighted with the population's size.

    Parameters
    ----------
    people : DataFrame
        age_group, events, years.
    weights : Series
        Persons of the standard population by age group.

    Returns
    -------
    (float, str)
        The rate, and why there is none: no population, or an age group without client-years.
    """
    if not len(weights):
        return np.nan, "no_population"
    sums = people.groupby("age_group")[["events", "years"]].sum().reindex(weights.index)
    if not (sums["years"] > 0).all():
        return np.nan, "empty_age_group"
    rates = sums["events"] / sums["years"]
    return float((rates * weights).sum() / weights.sum()), ""
