"""Invented regions with a known truth, for calibration: what each client's stays are, as arrays and as an extract."""

from __future__ import annotations

import numpy as np
import pandas as pd
from frames import extract_of

from factfidelity.extract import Extract

FIRST = pd.Timestamp("2017-01-01")


def region(
    seed: int,
    *,
    clients: int = 300,
    ratio: float = 1.0,
    rate: float = 0.9,
    spread: float = 1.0,
    mean_stay: float = 14.0,
    crisis: bool = False,
    uneven: bool = False,
    deaths: float = 0.0,
) -> Extract:
    """Draw a region.

    Each client has an own rate of admissions (gamma with shape 1/spread and mean ``rate`` per year); stays last
    geometrically. With ``crisis`` the index day is the day of discharge from the client's first
    admission in the fourth year, so that nobody is enrolled without a crisis; else it is drawn at random in that year.
    From the index day on, each admission is kept with probability ``ratio``. ``uneven`` gives unequal follow-up.
    """
    rng = np.random.default_rng(seed)
    days = 365 * 7
    own = rng.gamma(1 / spread, rate * spread, clients) if spread else np.full(clients, rate)
    number = rng.poisson(own * days / 365.25)
    client = np.repeat(np.arange(clients), number)
    start = rng.integers(0, days, len(client))
    length = rng.geometric(1 / mean_stay, len(client))
    index = rng.integers(365 * 3, 365 * 4, clients)
    if crisis:
        middle = (start >= 365 * 3) & (start < 365 * 4)
        order = np.flatnonzero(middle)[np.argsort(start[middle], kind="stable")]
        chosen = pd.Series(order).groupby(client[order]).first()
        index = np.full(clients, -1)
        index[chosen.index] = start[chosen] + length[chosen]
    enrolled = index >= 0
    kept = enrolled[client] & ((start < index[client]) | (rng.random(len(client)) < ratio))
    client, start, length = client[kept], start[kept], length[kept]
    ids = np.array([f"C{number:05d}" for number in range(clients)])
    table = pd.DataFrame({"client_id": ids[enrolled]})
    if uneven:
        low, high = rng.integers(-900, 0, clients), rng.integers(30, 900, clients)
        table["observed_from"] = (FIRST + pd.to_timedelta(index + low, unit="D"))[enrolled]
        table["observed_to"] = (FIRST + pd.to_timedelta(index + high, unit="D"))[enrolled]
    who = np.flatnonzero(enrolled & (rng.random(clients) < deaths))
    day = FIRST + pd.to_timedelta(index[who] + rng.integers(30, 365, len(who)), unit="D")
    died = pd.DataFrame({"client_id": ids[who], "date": day, "precision": "day"})
    end = FIRST + pd.Timedelta(days=days)
    begin = FIRST + pd.to_timedelta(start, unit="D")
    episodes = pd.DataFrame(
        {"client_id": ids[client], "admitted": begin, "discharged": begin + pd.to_timedelta(length, unit="D")}
    )
    enrolments = pd.DataFrame(
        {"client_id": ids[enrolled], "team_id": "T1", "start": (FIRST + pd.to_timedelta(index, unit="D"))[enrolled]}
    ).assign(end=pd.NaT)
    return extract_of(
        str(FIRST.date()), str(end.date()), clients=table, enrolments=enrolments, episodes=episodes, deaths=died
    )
