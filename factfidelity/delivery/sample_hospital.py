"""The invented clients' time in hospital: when they are admitted, for how long, and under which form of care.

Each client is admitted on any day with a small chance of their own (a Bernoulli process with the client's rate, times
the planted ratio from the index day on). A stay lasts for its drawn number of nights, but ends at the latest the day
before the client's next admission. So every admission begins a spell, the number of spells is exactly the number of
draws that came true, and the planted ratio is the ratio that a before/after comparison of admissions measures. What
follows for days is worked out in ``sample_expected``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import DAYS_PER_YEAR, OPEN
from factfidelity.delivery.sample_draws import Draw, Effects, Ints, Numbers

BURN_IN = 400  # days of admissions before the delivery begins, longer than any stay
LONGEST = 180  # nights
LENGTH_SPREAD = 0.9  # standard deviation of the length on the log scale
CONVERTED = 0.15  # of compulsory stays: begun as voluntary, 1-3 days
OPEN_FORM = 0.15  # of closed compulsory care that lasts to discharge: goes on as open compulsory care
COMPULSORY_MEAN = 20.0  # days of closed care beyond the first three, before cuts by discharge
LEAVE = 0.3  # of closed compulsory stays: one leave, on a day drawn from these two
LEAVE_BEGINS, LEAVE_LASTS = (5, 12), (2, 4)
MEASURES = (("restraint", "XU001", 0.28), ("restraint", "XU003", 0.05), ("seclusion", "XU011", 0.22),
            ("seclusion", "XU012", 0.10), ("forced_medication", "XU021", 0.35))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Admissions:
    """Days on which clients would be admitted; ``mark`` decides which of them come true."""

    client: Ints
    day: Ints
    mark: Numbers


def length_log_mean(mean: float, same_day: float) -> float:
    """Return the log-scale mean of the length of stay whose whole nights have about the mean given."""
    return math.log(mean / (1 - same_day) + 0.5) - LENGTH_SPREAD**2 / 2


def client_rates(draw: Draw, clients: int, effects: Effects) -> Numbers:
    """Return each client's own factor on the rates, 1 on average."""
    return (1 - effects.client_spread) + effects.client_spread * draw.exponential(1.0, clients)


def daily_events(draw: Draw, chance: Numbers, first: int, last: int) -> tuple[Ints, Ints]:
    """Return client and day of events that happen each day of ``[first, last)`` with the client's chance."""
    chance = np.minimum(chance, 0.5)
    many = float(chance.max(initial=0.0)) * (last - first)
    columns = int(many + 8 * math.sqrt(many) + 12)
    uniform = draw.uniform(len(chance) * columns).reshape(len(chance), columns)
    with np.errstate(divide="ignore"):
        gaps = np.floor(np.log1p(-uniform) / np.log1p(-np.maximum(chance, 1e-12))[:, None]) + 1
    days = np.cumsum(np.minimum(gaps, float(last - first + 1)), axis=1).astype(np.int64) + first - 1
    client, column = np.nonzero(days < last)
    return client, days[client, column]


def possible_admissions(draw: Draw, factors: Numbers, effects: Effects, first: int, last: int) -> Admissions:
    """Draw the days on which each client would be admitted at the higher of the two rates."""
    highest = max(1.0, effects.admission_rate_ratio)
    chance = factors * effects.admissions_per_year / DAYS_PER_YEAR * highest
    client, day = daily_events(draw, chance, first - BURN_IN, last)
    return Admissions(client, day, draw.uniform(len(day)) * highest)


def spells_of(
    draw: Draw, possible: Admissions, index: Ints, death: Ints, factors: Numbers, effects: Effects
) -> pd.DataFrame:
    """Return the adult psychiatric spells: client, admitted, discharged, compulsory, and whether begun after index.

    ``factors`` multiply the client's chance of compulsory care.
    """
    after = possible.day >= index[possible.client]
    keep = possible.mark < np.where(after, effects.admission_rate_ratio, 1.0)
    keep &= possible.day <= death[possible.client]
    client, day, after = possible.client[keep], possible.day[keep], after[keep]
    size = len(day)
    own = draw.normal(len(index))[client]
    share = effects.length_clustering
    spread = math.sqrt(share) * own + math.sqrt(1 - share) * draw.normal(size)
    low = length_log_mean(effects.length_mean, effects.same_day_share)
    high = length_log_mean(effects.length_mean * effects.length_ratio, effects.same_day_share)
    nights = np.minimum(np.floor(np.exp(np.where(after, high, low) + LENGTH_SPREAD * spread)), LONGEST)
    nights = np.where(draw.happens(effects.same_day_share, size), 0, nights).astype(np.int64)
    following = np.full(size, OPEN)
    same = client[1:] == client[:-1]
    following[:-1][same] = day[1:][same]
    discharged = np.minimum(np.minimum(day + nights, following - 1), death[client])
    chance = np.where(after, effects.compulsory_share_after, effects.compulsory_share_before) * factors[client]
    spells = pd.DataFrame({"client": client, "admitted": day, "discharged": discharged, "after": after})
    return spells.assign(compulsory=draw.happens(chance, size), following=following, spell=np.arange(size))


def legal_periods(draw: Draw, spells: pd.DataFrame, death: Ints, last: int) -> pd.DataFrame:
    """Return the forms of care: client, spell, form, start, last (the last day, shared with the next form), open.

    A stay that is open at the end of the delivery has an open form; of two forms that share a day the later holds.
    """
    size = len(spells)
    admitted, discharged = spells["admitted"].to_numpy(), spells["discharged"].to_numpy()
    late = np.where(draw.happens(CONVERTED, size), draw.whole(1, 3, size), 0)
    ends = admitted + late + 3 + np.floor(draw.exponential(COMPULSORY_MEAN, size)).astype(np.int64)
    begins = admitted + late
    closed = spells["compulsory"].to_numpy() & (begins <= discharged)
    turned = closed & (ends < discharged)
    last_day = np.where(turned, ends, discharged)
    goes_on = closed & ~turned & (discharged > begins) & draw.happens(OPEN_FORM, size)
    goes_on &= (discharged < last) & (discharged < death[spells["client"].to_numpy()])
    until = discharged + 60 + np.floor(draw.exponential(120.0, size)).astype(np.int64)
    until = np.minimum(np.minimum(until, spells["following"].to_numpy()), death[spells["client"].to_numpy()])
    parts = [
        _form(spells, ~closed, "HSL", admitted, discharged),
        _form(spells, closed & (late > 0), "HSL", admitted, begins),
        _form(spells, closed, "LPT", begins, last_day),
        _form(spells, turned, "HSL", ends, discharged),
        _form(spells, goes_on, "LPT_open", discharged, until),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.sort_values(["client", "start", "spell"], kind="stable")
    begun: pd.DataFrame = rows[rows["start"] < last].reset_index(drop=True)
    return begun


def _form(spells: pd.DataFrame, chosen: Any, form: str, start: Ints, end: Ints) -> pd.DataFrame:
    some: pd.DataFrame = spells.loc[chosen, ["client", "spell"]]
    return some.assign(form=form, start=start[chosen], last=end[chosen])


def leaves(draw: Draw, spells: pd.DataFrame, legal: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return leaves from closed compulsory care: client, spell, start (left), back (returned)."""
    closed = legal.loc[legal["form"] == "LPT"].drop_duplicates("spell").set_index("spell")
    chosen = spells.loc[spells["spell"].isin(closed.index)]
    size = len(chosen)
    rows = closed.loc[chosen["spell"]]
    left = chosen["admitted"].to_numpy() + draw.whole(*LEAVE_BEGINS, size)
    back = left + draw.whole(*LEAVE_LASTS, size)
    granted = draw.happens(LEAVE, size) & (left >= rows["start"].to_numpy()) & (back < rows["last"].to_numpy())
    granted &= back < last
    some = chosen.loc[granted, ["client", "spell"]]
    return some.assign(start=left[granted], back=back[granted]).reset_index(drop=True)


def closed_days(legal: pd.DataFrame, leave: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return each day of closed LPT care, whole leave days out: client, spell, day."""
    closed = legal.loc[legal["form"] == "LPT"]
    shared = legal.loc[legal["form"] != "LPT", ["client", "start"]].rename(columns={"start": "last"})
    later = pd.MultiIndex.from_frame(closed[["client", "last"]]).isin(pd.MultiIndex.from_frame(shared))
    later &= (closed["last"] > closed["start"]).to_numpy()
    ends = np.minimum(closed["last"].to_numpy() + ~later, last)
    lengths = ends - closed["start"].to_numpy()
    rows = closed[["client", "spell"]].loc[closed.index.repeat(lengths)].reset_index(drop=True)
    rows["day"] = np.repeat(closed["start"].to_numpy(), lengths) + _counted(lengths)
    away = leave["back"].to_numpy() - leave["start"].to_numpy() - 1
    gone = pd.DataFrame({"client": leave["client"].to_numpy().repeat(away)})
    gone["day"] = np.repeat(leave["start"].to_numpy() + 1, away) + _counted(away)
    hidden = pd.MultiIndex.from_frame(rows[["client", "day"]]).isin(pd.MultiIndex.from_frame(gone))
    kept: pd.DataFrame = rows[~hidden].reset_index(drop=True)
    return kept


def _counted(lengths: Ints) -> Ints:
    """Return 0, 1, … for each run of the lengths given."""
    return np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def measures(draw: Draw, days: pd.DataFrame, effects: Effects, first: int) -> pd.DataFrame:
    """Return coercive measures on closed compulsory days: client, spell, day, kind, code."""
    happened = draw.happens(effects.coercion_per_1000_days / 1000, len(days)) & (days["day"] >= first).to_numpy()
    rows = days.loc[happened].reset_index(drop=True)
    picked = draw.pick([weight for _, _, weight in MEASURES], len(rows))
    kinds, codes = [kind for kind, _, _ in MEASURES], [code for _, code, _ in MEASURES]
    return rows.assign(kind=np.array(kinds)[picked], code=np.array(codes)[picked])


def other_stays(
    draw: Draw, spells: pd.DataFrame, factors: Numbers, effects: Effects, span: tuple[int, int]
) -> pd.DataFrame:
    """Return stays of other kinds of care, away from the adult psychiatric ones: client, days, clinic."""
    parts = []
    for clinic, yearly, nights in (("somatic", effects.somatic_per_year, 5.0), ("addiction", 0.05, 8.0)):
        client, day = daily_events(draw, np.full(len(factors), yearly / DAYS_PER_YEAR), *span)
        until = day + np.floor(draw.exponential(nights, len(day))).astype(np.int64)
        parts.append(pd.DataFrame({"client": client, "admitted": day, "discharged": until, "clinic": clinic}))
    rows = pd.concat(parts, ignore_index=True).sort_values(["client", "admitted"], kind="stable", ignore_index=True)
    busy = _meets(rows, spells)
    overlapping = (rows["client"].shift() == rows["client"]) & (rows["admitted"] <= rows["discharged"].shift() + 1)
    apart: pd.DataFrame = rows[~(busy | overlapping.to_numpy())].reset_index(drop=True)
    return apart


def _meets(rows: pd.DataFrame, spells: pd.DataFrame) -> Any:
    """Tell which rows share a day with one of the spells of the client, or touch it."""
    width = 10**7
    starts = (spells["client"] * width + spells["admitted"]).to_numpy()
    ends = (spells["client"] * width + spells["discharged"]).to_numpy()
    low = (rows["client"] * width + rows["admitted"] - 1).to_numpy()
    high = (rows["client"] * width + rows["discharged"] + 1).to_numpy()
    begun = np.searchsorted(starts, high, side="right")
    over = np.searchsorted(ends, low, side="left")
    return begun > over


def episodes_of(
    draw: Draw, spells: pd.DataFrame, clinics: Mapping[str, Mapping[str, str]], effects: Effects
) -> pd.DataFrame:
    """Split some spells between two clinics on the same day, and lay a short stay inside some long ones."""
    size = len(spells)
    nights = (spells["discharged"] - spells["admitted"]).to_numpy()
    first = np.where(draw.happens(0.7, size), "acute", "psychosis")
    moved = draw.happens(0.2, size) & (nights >= 4)
    change = spells["admitted"].to_numpy() + 1 + np.floor(draw.uniform(size) * (nights - 2)).astype(np.int64)
    second = np.array(["psychosis", "hospital_home", "rehabilitation"])[draw.pick([0.7, 0.15, 0.15], size)]
    planned = draw.happens(0.25, size) & ~spells["compulsory"].to_numpy()
    base = spells[["client", "admitted", "discharged", "spell"]].assign(clinic=first, acute=~planned)
    one = base.assign(discharged=np.where(moved, change, base["discharged"]))
    two = base.assign(admitted=change, clinic=np.where(second == first, "acute", second), acute=False).loc[moved]
    within = (nights >= 15) & ~moved & draw.happens(0.04, size)
    inner = base.assign(clinic="rehabilitation", acute=False).loc[within]
    inner = inner.assign(admitted=inner["admitted"] + 3, discharged=inner["admitted"] + 6)
    return pd.concat([one, two, inner], ignore_index=True)
