"""Time to an event: the first readmission, leaving the programme; death ends the chance of it."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from factfidelity.care.exposure import index_days, observed_time
from factfidelity.care.line import codes_of, places
from factfidelity.care.period_use import psychiatric_stays
from factfidelity.care.spells import join_episodes
from factfidelity.comparison.timing_result import TimeToEvent
from factfidelity.days import OPEN, UNKNOWN, day_number, day_numbers
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.stats.survival import cumulative_incidence, log_rank

EVENTS = ("leaving", "readmission")
_MONTH = 365.25 / 12
_LABELS: Mapping[str, Mapping[str, str]] = {
    "leaving": {"sv": "avslutat insatsen", "en": "left the programme"},
    "readmission": {"sv": "skrivits in igen", "en": "been readmitted"},
    "event": {"sv": "haft händelsen", "en": "had the event"},
}


def time_to_event(
    data_or_extract: pd.DataFrame | Extract,
    *,
    event: str = "leaving",
    duration: str = "duration",
    cause: str = "cause",
    entry: str | None = None,
    group: str | None = None,
    plan: Plan | str | Path | None = None,
    horizon: int = 1096,
    level: float = 0.95,
    smallest: int | None = None,
    label: str | Mapping[str, str] | None = None,
    language: str = "sv",
) -> TimeToEvent:
    """Give the share with an event by time, where death rules the event out, with the number followed so long.

    Parameters
    ----------
    data_or_extract : DataFrame or Extract
        One row per person with the columns named below; or an extract.
    event : {"leaving", "readmission"}
        For an extract: from the first enrolment until the client leaves the programme (a change of team is none), or
        from the first discharge on or after the index day until the next admission.
    duration, cause, entry, group : str
        Columns of a frame: days until the event or the end of observation; 0 (not seen), 1 (the event), 2 (death or
        another end that rules the event out); days from which the person is under observation; the groups. For an
        extract ``group="team_id"`` compares first teams.
    plan : Plan, path or name, optional
        For an extract.
    horizon : int, default 1096
        Days of follow-up that are shown.
    level : float, default 0.95
    smallest : int, optional
        The curve is given month by month, without the months at which a group would have 1 to ``smallest`` - 1
        events since the time shown before; the plan's number, or 5, when left out. 1 shows every month.
    label : str or mapping, optional
        The event in words, as in "an estimated 20 % had *left the programme*".
    language : str

    Returns
    -------
    TimeToEvent

    Raises
    ------
    ValueError
        If a column is missing, a time is negative, or a cause is another number.
    """
    chosen = None
    if isinstance(data_or_extract, Extract):
        chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
        rows = _from_extract(data_or_extract, chosen, event, by_team=group == "team_id")
        label, language = label or _LABELS[event], chosen.language
    else:
        rows = _from_frame(data_or_extract, duration, cause, entry, group)
        event = "event"
    named = {"sv": label, "en": label} if isinstance(label, str) else label or _LABELS["event"]
    lowest = smallest or (chosen.disclosure.smallest if chosen else 5)
    table, deaths = _curves(rows, horizon, lowest, level)
    notes = {
        "event": event, "horizon": str(horizon), "level": str(level), "entry": str(entry or ""),
        "grouped": str(len(rows["group"].unique()) > 1), "label.sv": str(named["sv"]), "label.en": str(named["en"]),
    }  # fmt: skip
    return TimeToEvent(
        table=table,
        deaths=deaths,
        change=_compared(rows, level),
        notes=notes,
        language=language,
    )


def _from_frame(data: pd.DataFrame, duration: str, cause: str, entry: str | None, group: str | None) -> pd.DataFrame:
    needed = [duration, cause, *[name for name in (entry, group) if name]]
    lacking = [name for name in needed if name not in data.columns]
    if lacking:
        raise ValueError(f"data has no column {', '.join(lacking)}; it has {', '.join(map(str, data.columns))}")
    values = pd.to_numeric(data[cause]).to_numpy(dtype="float64", na_value=nan)
    if not np.isin(values, (0.0, 1.0, 2.0)).all():
        raise ValueError(f"{cause} must be 0 (not seen), 1 (the event) or 2 (ruled out) for everybody")
    return pd.DataFrame(
        {
            "duration": pd.to_numeric(data[duration]).to_numpy(dtype="float64"),
            "cause": values.astype(np.int64),
            "entry": pd.to_numeric(data[entry]).to_numpy(dtype="float64") if entry else 0.0,
            "group": data[group].astype("str").to_numpy() if group else "all",
        }
    )


def _from_extract(extract: Extract, plan: Plan, event: str, *, by_team: bool) -> pd.DataFrame:
    if event not in EVENTS:
        raise ValueError(f"event must be one of {', '.join(EVENTS)}, got {event!r}")
    if event == "leaving":
        plan = plan.model_copy(update={"index": plan.index.model_copy(update={"kind": "enrolment"})})
    tables = ("enrolments",) if event == "leaving" else ("enrolments", "episodes")
    time, index = observed_time(extract, tables=tables), index_days(extract, plan)
    low, high = day_numbers(time["observed_from"], missing=UNKNOWN), day_numbers(time["observed_to"])
    begin = day_numbers(index["index"])
    source = extract.source("enrolments").start
    kept = (begin < OPEN) & (high > begin) & (begin >= low) & (time["why"] != "not_linked").to_numpy()
    kept &= begin >= (day_number(source) if source is not None else UNKNOWN)
    died = _death_days(extract, pd.Index(time["client_id"]))
    if event == "leaving":
        stop = day_numbers(index["left"])
    else:
        begin, stop = _discharge_and_return(extract, plan, pd.Index(time["client_id"]), begin)
        kept &= (begin < high) & (begin < OPEN)
    # Death on the day of an end is the end of the enrolment, not a leaving.
    dead = (died < OPEN) & (died <= stop) & (died <= high)
    cause = np.where(dead, 2, np.where(stop < high, 1, 0))
    last = np.where(cause == 2, died, np.where(cause == 1, stop, high))
    group = np.asarray(index["team_id"].astype("str")) if by_team else np.full(len(index), "all", dtype=object)
    frame = pd.DataFrame({"duration": (last - begin).astype(float), "cause": cause, "entry": 0.0, "group": group})
    answer: pd.DataFrame = frame[kept & (last >= begin)].reset_index(drop=True)
    return answer


def _death_days(extract: Extract, known: pd.Index[Any]) -> NDArray[np.int64]:
    day = np.full(len(known), OPEN, dtype=np.int64)
    deaths = extract.deaths
    code, when = codes_of(known, deaths["client_id"]), day_numbers(deaths["date"])
    there = (code >= 0) & (when < OPEN)
    np.minimum.at(day, code[there], when[there] + 1)
    return day


def _discharge_and_return(
    extract: Extract, plan: Plan, known: pd.Index[Any], index: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first discharge on or after the index day, and the next admission; ``OPEN`` where there is none."""
    from factfidelity.care.line import days_at, is_end_of_time

    spells = join_episodes(psychiatric_stays(extract, plan), known, gap_days=plan.spells.readmission_gap)
    out, back = (np.full(len(known), OPEN, dtype=np.int64) for _ in range(2))
    client = np.arange(len(known), dtype=np.int64)
    at = np.searchsorted(spells.end, places(client, np.where(index < OPEN, index, 0)))
    there = (at < len(spells.end)) & (index < OPEN)
    place = np.where(there, at, 0)
    if not len(spells.end):
        return out, back
    there &= (spells.client[place] == client) & ~is_end_of_time(spells.end[place])
    out[there] = days_at(spells.end[place])[there]
    after = np.minimum(place + 1, len(spells.end) - 1)
    again = there & (place + 1 < len(spells.end)) & (spells.client[after] == client)
    back[again] = days_at(spells.start[after])[again]
    return out, back


def _curves(rows: pd.DataFrame, horizon: int, smallest: int, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the curves of the event and of death, each at the finest times that may be shown."""
    parts = [("all", rows)]
    if len(rows["group"].unique()) > 1:
        parts += [(str(name), rows[rows["group"] == name]) for name in sorted(rows["group"].unique())]
    months = np.round(np.arange(0, horizon / _MONTH + 1e-9) * _MONTH).astype(np.int64)
    fine = np.unique(np.r_[months, horizon])
    found = []
    for kind, lowest in ((1, 0 if smallest > 1 else -1), (2, -1)):
        stops = [_steps(part, fine, kind) for _, part in parts]
        # The drop in the number at risk less the events gives the others who left: they are held to the same rule.
        rest = [_steps(part, fine, 2) + _steps(part, fine, 0) for _, part in parts] if kind == 1 else []
        grid = _shown_times(np.array(stops), np.array(rest or stops), fine, smallest, none_is_shown=lowest == 0)
        found.append(pd.concat([_curve(name, part, grid, level, kind) for name, part in parts], ignore_index=True))
    events, deaths = found
    deaths = deaths.drop(columns="at_risk").rename(columns={"events": "deaths", "incidence": "share"})
    return events, deaths.rename(columns={"incidence_low": "low", "incidence_high": "high"})


def _steps(rows: pd.DataFrame, grid: NDArray[np.int64], kind: int) -> NDArray[np.int64]:
    """Count the persons with one kind of end since the time before, at each time (censored: later than it)."""
    place = np.searchsorted(grid, rows["duration"].to_numpy(), side="left" if kind else "right")
    happened = (rows["cause"] == kind).to_numpy() & (place < len(grid))
    number: NDArray[np.int64] = np.asarray(np.bincount(place[happened], minlength=len(grid)), dtype=np.int64)
    return number


def _shown_times(
    steps: NDArray[np.int64], rest: NDArray[np.int64], fine: NDArray[np.int64], smallest: int, *, none_is_shown: bool
) -> NDArray[np.int64]:
    """Keep a time when every group has enough events since the time kept before it, or (where that is no news) none."""
    kept, nothing = [0], np.zeros(len(steps), dtype=np.int64)
    since, others = nothing, nothing
    for place in range(1, len(fine)):
        since, others = since + steps[:, place], others + rest[:, place]
        enough = (since >= smallest) | ((since == 0) & (none_is_shown or smallest <= 1))
        if (enough & ((others >= smallest) | (others == 0))).all():
            kept.append(place)
            since, others = nothing, nothing
    if len(kept) == 1:
        kept.append(len(fine) - 1)
    times: NDArray[np.int64] = fine[np.array(kept)]
    return times


def _curve(name: str, rows: pd.DataFrame, grid: NDArray[np.int64], level: float, kind: int) -> pd.DataFrame:
    stop, cause = rows["duration"].to_numpy() + 1e-3, rows["cause"].to_numpy()  # an event on day 0 is still an event
    start = rows["entry"].to_numpy()
    made: dict[str, Any] = {"group": name, "days": grid}
    left = rows["duration"].to_numpy()[:, None]
    followed = (left > grid) | ((left == grid) & (cause == 0)[:, None])
    made["at_risk"] = (followed & (start[:, None] <= grid)).sum(axis=0)
    made["events"] = _steps(rows, grid, kind)
    at = {key: np.full(len(grid), nan) for key in ("incidence", "low", "high")}
    if len(rows):
        answer = cumulative_incidence(stop, cause, entry=start if start.any() else None, level=level)
        reach = np.minimum(grid + 0.5, answer.time[-1])
        seen = answer.at(reach, cause=kind) if kind in answer.causes else {key: np.zeros(len(grid)) for key in at}
        at = {key: np.where(grid <= answer.time[-1], values, nan) for key, values in seen.items()}
    nobody = at["incidence"] == 0
    low, high = (np.where(nobody, nan, at[end]) for end in ("low", "high"))
    made |= {"incidence": at["incidence"], "incidence_low": low, "incidence_high": high}
    return pd.DataFrame(made)


def _compared(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the groups' hazards of the event; the dead are no longer at risk."""
    columns = ["estimand", "estimate", "low", "high", "p", "why"]
    number = rows["group"].nunique()
    if number < 2:
        return pd.DataFrame(columns=columns)
    late = rows["entry"].to_numpy()
    test = log_rank(
        rows["duration"].to_numpy() + 1e-3, (rows["cause"] == 1).to_numpy(), rows["group"].tolist(),
        entry=late if late.any() else None, level=level,
    )  # fmt: skip
    two = number == 2
    name = "hazard_ratio" if two else "log_rank"
    values = [test.estimate, test.low, test.high] if two else [nan, nan, nan]
    return pd.DataFrame([[name, *values, test.p, test.why]], columns=columns)
