"""The invented clients: who they are, when and in which team they are enrolled, and how long they are observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import DAYS_PER_YEAR, OPEN
from factfidelity.delivery.sample_draws import Draw, Effects, Ints
from factfidelity.delivery.sample_hospital import Admissions

_LETTERS = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))
_DIGITS = np.array(list("23456789"))
REASONS = ("planned", "moved", "declined", "other_service")


@dataclass(frozen=True, slots=True)
class Span:
    """The delivery's days, half open, and the first day of each team."""

    first: int
    last: int
    starts: Ints


def pseudonyms(draw: Draw, size: int) -> list[str]:
    """Return different pseudonyms that look like ``Q7F3K9``."""
    many = len(_LETTERS) ** 3 * len(_DIGITS) ** 3
    if size * 4 > many:
        raise ValueError(f"clients must be at most {many // 4}, got {size}")
    numbers = np.floor(draw.uniform(size * 2 + 20) * many).astype(np.int64)
    rest = numbers[np.sort(np.unique(numbers, return_index=True)[1])][:size]
    signs = []
    for alphabet in (_LETTERS, _DIGITS) * 3:
        signs.append(alphabet[rest % len(alphabet)])
        rest = rest // len(alphabet)
    return ["".join(row) for row in np.array(signs).T]


def planned_index(draw: Draw, span: Span, weights: list[float], clients: int) -> tuple[Ints, Ints]:
    """Return each client's first team and planned first day: many when a team opens, then evenly."""
    team = draw.pick(weights, clients)
    opened = span.starts[team]
    early = opened + np.floor(draw.exponential(60.0, clients)).astype(np.int64)
    even = opened + np.floor(draw.uniform(clients) * (span.last - 60 - opened)).astype(np.int64)
    day = np.where(draw.happens(0.45, clients), early, even)
    return team, np.minimum(_next_weekday(day), span.last - 40)


def _next_weekday(day: Ints) -> Ints:
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    moved: Ints = day + np.where(weekday >= 5, 7 - weekday, 0)
    return moved


def crisis_index(draw: Draw, planned: Ints, possible: Admissions, opened: Ints, last: int, share: float) -> Ints:
    """Move the index day of a share of the clients to soon after an admission, the next one after the planned day.

    An index day that is independent of the admissions, as the planned one is, gives no regression to the mean.
    """
    size = len(planned)
    chosen = draw.happens(share, size)
    wait = draw.whole(5, 30, size)
    width = 10**7
    place = np.searchsorted(possible.client * width + possible.day, np.arange(size) * width + planned - 120)
    inside = np.minimum(place, max(len(possible.day) - 1, 0))
    found = (place < len(possible.day)) & (possible.client[inside] == np.arange(size)) & (possible.mark[inside] < 1)
    moved = possible.day[inside] + wait
    usable = chosen & found & (moved >= opened) & (moved < last - 40) & (np.abs(moved - planned) < 500)
    index: Ints = np.where(usable, moved, planned)
    return index


def life_of(draw: Draw, index: Ints, effects: Effects, span: Span) -> pd.DataFrame:
    """Return the days that end a client's time (death, move, other endings; ``OPEN`` where there is none).

    Also since when the client lives in the area, and whether they are enrolled at all.
    """
    size = len(index)

    def after_index(yearly: float) -> Ints:
        wait = draw.exponential(1.0, size) * (DAYS_PER_YEAR / max(yearly, 1e-9))
        day = index + 1 + np.floor(np.minimum(wait, 1e6)).astype(np.int64)
        return np.where(day < span.last, day, OPEN)

    death, moved, left = (after_index(rate) for rate in (effects.death_rate, effects.move_rate, effects.exit_rate))
    moved = np.where(moved < death, moved, OPEN)
    arrived = draw.happens(0.06, size)
    lead = np.where(draw.happens(0.2, size), 0, draw.whole(90, 720, size))  # no lead: no time before the index day
    since = np.where(arrived, np.maximum(index - lead, span.first), span.first)
    enrolled = ~draw.happens(effects.never_enrolled_share, size)
    return pd.DataFrame({"death": death, "moved": moved, "left": left, "since": since, "enrolled": enrolled})


def clients_of(
    draw: Draw, ids: list[str], life: pd.DataFrame, index: Ints, team: Ints, setting: Mapping[str, Any]
) -> pd.DataFrame:
    """Return one row per client, with whole days for the time observed."""
    size = len(ids)
    groups = list(setting["diagnoses"])
    picked = draw.pick([setting["diagnoses"][group]["share"] for group in groups], size)
    home = np.array([entry["municipality"] for entry in setting["teams"]])[team]
    codes = np.array([entry["code"] for entry in setting["municipalities"]])
    other = codes[draw.pick([0.55, 0.33, 0.12], size)]
    ages = setting["age"]
    age = np.clip(np.round(ages["mean"] + ages["spread"] * draw.normal(size)), ages["youngest"], ages["oldest"])
    year = 1970 + np.floor(index / DAYS_PER_YEAR).astype(np.int64)
    ended = np.minimum(np.where(life["death"] < OPEN, life["death"] + 1, OPEN), life["moved"])
    return pd.DataFrame(
        {
            "client_id": ids,
            "sex": np.where(draw.happens(0.58, size), "male", "female"),
            "birth_year": year - age.astype(np.int64),
            "municipality": np.where(draw.happens(0.10, size), other, home),
            "diagnosis_group": np.array(groups)[picked],
            "observed_from": life["since"].to_numpy(),
            "observed_to": ended,
        }
    )


def enrolments_of(
    draw: Draw, life: pd.DataFrame, index: Ints, team: Ints, span: Span, effects: Effects
) -> pd.DataFrame:
    """Return one row per period with a team: client, team (number), start, end (first day after), end_reason."""
    size = len(index)
    death, moved, left = (life[name].to_numpy() for name in ("death", "moved", "left"))
    end = np.minimum(np.minimum(np.where(death < OPEN, death + 1, OPEN), moved), left)
    reason = np.array(["planned", "declined", "other_service"])[draw.pick([0.5, 0.25, 0.25], size)]
    reason = np.where(end == left, reason, np.where(end == moved, "moved", "died"))
    change = index + 200 + np.floor(draw.uniform(size) * 500).astype(np.int64)
    teams = len(span.starts)
    following = (team + 1 + np.floor(draw.uniform(size) * max(teams - 1, 1)).astype(np.int64)) % teams
    changes = draw.happens(effects.transfer_share, size) & (change < np.minimum(end, span.last) - 30)
    changes &= (following != team) & (span.starts[following] <= change)
    one = pd.DataFrame({"client": np.arange(size), "team": team, "start": index})
    one["end"], one["end_reason"] = np.where(changes, change, end), np.where(changes, "changed_team", reason)
    two = pd.DataFrame({"client": np.arange(size), "team": following, "start": change, "end": end})
    two["end_reason"] = reason
    rows = pd.concat([one, two.loc[changes]], ignore_index=True)
    rows = rows[life["enrolled"].to_numpy()[rows["client"].to_numpy()]].reset_index(drop=True)
    rows.loc[rows["end"] >= span.last, "end_reason"] = None
    rows["end"] = np.where(rows["end"] >= span.last, OPEN, rows["end"])
    answer: pd.DataFrame = rows.sort_values(["client", "start"], kind="stable", ignore_index=True)
    return answer
