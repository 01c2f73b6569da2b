"""Invented regions with a known truth, for calibration: what each client's stays are, as arrays and as an extract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from frames import extract_of

from factfidelity.extract import Extract

FIRST = pd.Timestamp("2017-01-01")
YEARS = 7


def region(
    seed: int,
    *,
    clients: int = 300,
    ratio: float = 1.0,
    rate: float = 0.9,
    spread: float = 1.0,
    reaction: float = 0.0,
    mean_stay: float = 14.0,
    crisis: str = "",
    uneven: bool = False,
    deaths: float = 0.0,
) -> Extract:
    """Draw a region.

    Each client has an own rate of admissions (gamma with shape 1/spread and mean ``rate`` per year) and an own share of
    stays under compulsion (beta, mean 0.3); stays last geometrically. The index day is drawn at random in the fourth
    year. With ``crisis`` it is the day of the client's first ``admission`` of that year, or of the ``discharge`` from
    it, so that nobody is enrolled without a crisis. Each admission after the index day is kept with probability
    ``ratio``, times the client's own reaction (lognormal with mean 1 and spread ``reaction``, cut so that none is over
    1). ``uneven`` gives unequal follow-up; a share ``deaths`` dies in the year after the index day, those with many
    admissions more often.
    """
    rng = np.random.default_rng(seed)
    days = 365 * YEARS
    own = rng.gamma(1 / spread, rate * spread, clients) if spread else np.full(clients, rate)
    client, start, length = _stays(rng, own, days, mean_stay)
    index = rng.integers(365 * 3, 365 * 4, clients)
    if crisis:
        index = _at_a_crisis(client, start, length, clients, crisis)
    enrolled = index >= 0
    answer = np.exp(rng.normal(-(reaction**2) / 2, reaction, clients)) if reaction else np.ones(clients)
    chance = np.minimum(ratio * answer, 1.0)[client]
    begun = start <= index[client] if crisis == "admission" else start < index[client]
    kept = enrolled[client] & (begun | (rng.random(len(client)) < chance))
    client, start, length = client[kept], start[kept], length[kept]
    forced = rng.random(len(client)) < rng.beta(0.6, 1.4, clients)[client]
    low, high = rng.integers(-900, 0, clients), rng.integers(30, 900, clients)
    dying = deaths * own / own.mean() if deaths else np.zeros(clients)
    dead = enrolled & (rng.random(clients) < dying)
    death = index + rng.integers(30, 365, clients)
    ids = np.array([f"C{number:07d}" for number in range(clients)])
    table = pd.DataFrame({"client_id": ids[enrolled]})
    if uneven:
        table["observed_from"], table["observed_to"] = _day(index + low)[enrolled], _day(index + high)[enrolled]
    stays = {"client_id": ids[client], "admitted": _day(start), "discharged": _day(start + length)}
    status = {"client_id": ids[client], "form": "LPT", "start": _day(start), "end": _day(start + length)}
    enrolments = {"client_id": ids[enrolled], "team_id": "T1", "start": _day(index)[enrolled], "end": pd.NaT}
    died = {"client_id": ids[dead], "date": _day(death)[dead], "precision": "day"}
    return extract_of(
        str(FIRST.date()),
        str((FIRST + pd.Timedelta(days=days)).date()),
        clients=table,
        enrolments=pd.DataFrame(enrolments),
        episodes=pd.DataFrame(stays),
        legal_status=pd.DataFrame(status)[forced],
        deaths=pd.DataFrame(died),
    )


def _day(numbers: Any) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(FIRST + pd.to_timedelta(numbers, unit="D"))


def _stays(rng: np.random.Generator, own: Any, days: int, mean_stay: float) -> tuple[Any, Any, Any]:
    """Return stays that do not touch, so that a stay that falls away is an admission that falls away."""
    number = rng.poisson(own * days / 365.25)
    client = np.repeat(np.arange(len(own)), number)
    start, length = rng.integers(0, days, len(client)), rng.geometric(1 / mean_stay, len(client))
    place = client * 4 * days + start  # one line, so far between clients that no stay reaches the next
    order = np.argsort(place, kind="stable")
    first, reach = place[order], np.maximum.accumulate((place + length)[order])
    new = np.r_[True, first[1:] > reach[:-1]]
    begun = np.flatnonzero(new)
    end = reach[np.r_[begun[1:] - 1, len(first) - 1]] if len(first) else reach
    return client[order][begun], start[order][begun], end - first[begun]


def _at_a_crisis(client: Any, start: Any, length: Any, clients: int, at: str) -> Any:
    """Return the day of the first admission of the fourth year, or of its discharge; -1 without one."""
    middle = (start >= 365 * 3) & (start < 365 * 4)
    order = np.flatnonzero(middle)[np.argsort(start[middle], kind="stable")]
    who, place = np.unique(client[order], return_index=True)
    chosen = order[place]
    index = np.full(clients, -1)
    index[who] = start[chosen] + (length[chosen] if at == "discharge" else 0)
    return index


def part_of(extract: Extract, first: int, last: int) -> Extract:
    """Return the extract of the clients from place ``first`` to before ``last`` of the cohort file alone."""
    ids = extract.clients["client_id"].sort_values().iloc[first:last]
    tables = {name: table[table["client_id"].isin(ids)].reset_index(drop=True) for name, table in _own(extract)}
    return Extract(tables=tables, start=extract.start, end=extract.end, sources=extract.sources)


def _own(extract: Extract) -> list[tuple[str, pd.DataFrame]]:
    return [(name, table) for name, table in extract.tables.items() if "client_id" in table]
