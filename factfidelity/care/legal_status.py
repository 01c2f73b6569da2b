"""Compulsory care in its three figures, never mixed: first day, any day, days. Rules: definitions, section 3."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.line import Cover, codes_of, latest_holder, places
from factfidelity.care.spells import Spells, leave_cover
from factfidelity.days import UNKNOWN, Days, day_numbers

CLOSED_FORMS = ("LPT", "LRV")
OPEN_FORMS = ("LPT_open", "LRV_open")
_RANK = {form: rank for rank, form in enumerate(("HSL", "LPT", "LPT_open", "LRV", "LRV_open"))}


def form_covers(legal_status: pd.DataFrame, known: pd.Index[Any]) -> dict[str, Cover]:
    """Return the days of each legal form; a day that two forms share belongs to the later one.

    Parameters
    ----------
    legal_status : DataFrame
        One row is one period: client_id, form, start, end (first day after; empty while it goes on).
    known : Index
        The clients; others are left out.
    """
    client = codes_of(known, legal_status["client_id"])
    start, end = day_numbers(legal_status["start"], missing=UNKNOWN), day_numbers(legal_status["end"])
    form = legal_status["form"].astype("str").to_numpy(dtype=object)
    kept = (client >= 0) & (start > UNKNOWN) & (end > start)
    low, high, form = places(client[kept], start[kept]), places(client[kept], end[kept]), form[kept]
    rank = np.array([_RANK.get(name, len(_RANK)) for name in form], dtype=np.int64)
    order = np.lexsort((rank, high, low))
    low, high, form = low[order], high[order], form[order]
    from_, to, holder = latest_holder(low, high)
    return {str(name): _part(from_, to, form[holder] == name) for name in pd.unique(form)}


def _part(low: Days, high: Days, chosen: NDArray[np.bool_]) -> Cover:
    return Cover.joined(low[chosen], high[chosen])


def days_under(covers: dict[str, Cover], forms: Iterable[str], away: Cover | None = None) -> Cover:
    """Return the days under any of some forms, whole leave days out, whether or not a stay covers them."""
    chosen = [covers[form] for form in forms if form in covers]
    nothing = np.zeros(0, dtype=np.int64)
    joined = Cover.joined(
        np.concatenate([nothing, *(cover.start for cover in chosen)]),
        np.concatenate([nothing, *(cover.end for cover in chosen)]),
    )
    return joined if away is None or not len(away.start) else joined.without(away)


def spells_under(spells: Spells, under: Cover, *, when: str = "first_day") -> NDArray[np.bool_]:
    """Tell which spells begin under compulsion (``first_day``), or hold any compulsory day (``any_day``)."""
    if when == "first_day":
        return under.holds(spells.start)
    if when == "any_day":
        return under.count(spells.start, spells.end + 1) > 0
    raise ValueError(f"when must be first_day or any_day, got {when!r}")


def compulsory_use(
    legal_status: pd.DataFrame, windows: pd.DataFrame, *, leave: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count the days under each legal form in each client's windows.

    Parameters
    ----------
    legal_status : DataFrame
        One row is one period: client_id, form (HSL, LPT, LRV, LPT_open, LRV_open), start, end (first day after).
    windows : DataFrame
        One row is one window of one client: client_id, start, end, and, where known, observed_from, observed_to.
    leave : DataFrame, optional
        client_id, start, end (day of return); whole days of it are no days of a closed form.

    Returns
    -------
    DataFrame
        The windows with compulsory_days (closed LPT or LRV), lpt_days, lrv_days, lpt_open_days, lrv_open_days.
    """
    known = pd.Index(windows["client_id"].unique())
    client = codes_of(known, windows["client_id"])
    start, end = day_numbers(windows["start"], missing=UNKNOWN), day_numbers(windows["end"])
    if "observed_from" in windows:
        start = np.maximum(start, day_numbers(windows["observed_from"], missing=UNKNOWN))
    if "observed_to" in windows:
        end = np.minimum(end, day_numbers(windows["observed_to"]))
    low, high = places(client, start), places(client, end)
    covers, away = form_covers(legal_status, known), leave_cover(leave, known)
    counted = {
        "compulsory_days": days_under(covers, CLOSED_FORMS, away),
        "lpt_days": days_under(covers, ["LPT"], away),
        "lrv_days": days_under(covers, ["LRV"], away),
        "lpt_open_days": days_under(covers, ["LPT_open"]),
        "lrv_open_days": days_under(covers, ["LRV_open"]),
    }
    return windows.assign(**{name: cover.count(low, high) for name, cover in counted.items()})
