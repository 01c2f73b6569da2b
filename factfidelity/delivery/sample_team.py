"""The invented teams at work: posts and those who hold them, the board, and contacts with clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import DAYS_PER_YEAR, OPEN
from factfidelity.delivery.sample_clients import Span
from factfidelity.delivery.sample_draws import Draw, Effects, Ints

STEPS = (0.4, 0.5, 0.6, 0.75, 0.8, 1.0)  # how large a post may be
FORMS = ("visit", "home_visit", "elsewhere", "phone", "video", "letter", "conference")
AGENCIES = ("", "social_services", "housing", "employment_service", "social_insurance")


def staffed_for(weights: Sequence[float], clients: int, at_once: float) -> np.ndarray[Any, Any]:
    """Return the number of clients that each team is staffed for, ``at_once`` being the share of all who are in it."""
    share = np.asarray(weights) / sum(weights)
    return np.asarray(at_once * clients * share)


def posts_of(span: Span, setting: Mapping[str, Any], size: np.ndarray[Any, Any], effects: Effects) -> pd.DataFrame:
    """Return established posts, none larger than full time: team, profession, fte, start, end, and what they carry."""
    rows: list[dict[str, Any]] = []
    carrying = sum(post["weight"] for post in setting["posts"] if post["case_carrying"])
    for team, full in enumerate(size):
        scale = full / effects.caseload / carrying
        for post in setting["posts"]:
            left = float(post["weight"] * (1.0 if post.get("leader") else scale))
            while left > 0.2:
                fte = max(step for step in (*STEPS, 0.2) if step <= max(left, 0.2) + 0.05)
                rows.append({"team": team, **_post(post), "fte": fte, "start": int(span.starts[team]) - 28})
                left -= fte
    return pd.DataFrame(rows).assign(end=OPEN)


def _post(post: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "profession": post["profession"],
        "employer": post["employer"],
        "case_carrying": bool(post["case_carrying"]),
        "leader": bool(post.get("leader", False)),
    }


def staff_of(draw: Draw, posts: pd.DataFrame, last: int, effects: Effects) -> pd.DataFrame:
    """Return who held each post and when: one person after another, with a gap between them."""
    rows: list[dict[str, Any]] = []
    mean_stay = 3.5 * DAYS_PER_YEAR
    gap = mean_stay * effects.vacancy_share / max(1 - effects.vacancy_share, 0.01)
    for number, row in enumerate(posts.to_dict("records")):
        post: dict[str, Any] = {str(name): value for name, value in row.items()}
        day = int(post["start"])
        while day < last:
            stays = 120 + int(draw.exponential(mean_stay, 1)[0])
            away = 1 + int(draw.exponential(gap, 1)[0])
            leader = bool(post["leader"])
            until = OPEN if leader or day + stays >= last else day + stays
            rows.append({**post, "post": number, "start": day, "end": until})
            day = last if until == OPEN else int(until) + away
    staff = pd.DataFrame(rows)
    staff["staff_id"] = [f"M{number:03d}" for number in draw.order(len(staff)) + 1]
    skills = np.where((staff["profession"] == "nurse") & draw.happens(0.3, len(staff)), "addiction", "")
    return staff.assign(skills=np.where(staff["profession"] == "employment_specialist", "ips", skills))


def board_of(draw: Draw, enrolments: pd.DataFrame, spells: pd.DataFrame, effects: Effects, last: int) -> pd.DataFrame:
    """Return periods on the board, a two-state chain in balance from the first day: share and length are as planted.

    The reason is read off the days before: new in the team, discharged from hospital, or else getting worse.
    """
    ends = np.minimum(enrolments["end"].to_numpy(), last)
    starts = enrolments["start"].to_numpy()
    size, share = len(enrolments), min(effects.board_share, 0.95)
    leave = 1 / max(effects.board_days, 1.0)
    enter = leave * share / (1 - share)
    on_first = draw.happens(share, size)
    rounds = int((last - starts.min(initial=last)) * enter * 2 + 20)
    wait = 1 + np.floor(np.log1p(-draw.uniform(size * rounds)) / np.log1p(-max(enter, 1e-12))).reshape(size, rounds)
    stay = 1 + np.floor(np.log1p(-draw.uniform(size * rounds)) / np.log1p(-min(leave, 0.999999))).reshape(size, rounds)
    wait[:, 0] = np.where(on_first, 0, wait[:, 0])
    begins = starts[:, None] + np.cumsum(wait, axis=1) + np.cumsum(stay, axis=1) - stay
    begins = np.minimum(begins, 10.0**9).astype(np.int64)
    row, column = np.nonzero(begins < ends[:, None])
    start = begins[row, column]
    end = start + stay[row, column].astype(np.int64)
    frame = enrolments.iloc[row][["client", "team"]].reset_index(drop=True).assign(start=start)
    frame["end"] = np.where(end >= last, OPEN, np.minimum(end, ends[row]))
    frame["end"] = np.where((ends[row] == last) & (end >= ends[row]), OPEN, frame["end"])
    left = end > ends[row]
    recent = _since_discharge(frame["client"].to_numpy(), start, spells)
    worse = np.array(["worse", "crisis", "life_event"])[draw.pick([0.6, 0.25, 0.15], len(frame))]
    frame["reason_on"] = np.where(start == starts[row], "new_in_team", np.where(recent <= 14, "discharged", worse))
    frame["reason_off"] = np.where(left, "left_team", "stable")
    frame.loc[frame["end"] == OPEN, "reason_off"] = None
    return frame.sort_values(["client", "start"], kind="stable", ignore_index=True)


def _since_discharge(client: Ints, day: Ints, spells: pd.DataFrame) -> Ints:
    width = 10**7
    ends = (spells["client"] * width + spells["discharged"]).to_numpy()
    place = np.searchsorted(ends, client * width + day, side="right") - 1
    inside = np.maximum(place, 0)
    same = (place >= 0) & (spells["client"].to_numpy()[inside] == client) if len(spells) else place > 0
    return (
        np.where(same, day - spells["discharged"].to_numpy()[inside], OPEN) if len(spells) else np.full(len(day), OPEN)
    )


def contact_days_of(
    draw: Draw, enrolments: pd.DataFrame, board: pd.DataFrame, effects: Effects, last: int, *, every_day: bool = False
) -> pd.DataFrame:
    """Return contacts, on weekdays or on every day: client, team, day, and whether the client was on the board."""
    ends = np.minimum(enrolments["end"].to_numpy(), last)
    starts = enrolments["start"].to_numpy()
    lengths = np.maximum(ends - starts, 0)
    offset = np.cumsum(lengths) - lengths
    day = np.repeat(starts - offset, lengths) + np.arange(int(lengths.sum()))
    width = 10**7
    keys = (enrolments["client"] * width + starts).to_numpy()
    place = np.searchsorted(keys, (board["client"] * width + board["start"]).to_numpy(), side="right") - 1
    step = np.zeros(len(day) + 1, dtype=np.int64)
    np.add.at(step, offset[place] + board["start"].to_numpy() - starts[place], 1)
    np.add.at(step, offset[place] + np.minimum(board["end"].to_numpy(), ends[place]) - starts[place], -1)
    on = np.cumsum(step)[:-1] > 0
    chance = np.where(on, effects.contacts_per_week_on, effects.contacts_per_week_off) / (7 if every_day else 5)
    weekday = (day + 3) % 7 < (7 if every_day else 5)
    met = np.nonzero(draw.happens(np.minimum(chance, 1.0), len(day)) & weekday)[0]
    row = np.searchsorted(offset, met, side="right") - 1
    some = enrolments.iloc[row][["client", "team"]].reset_index(drop=True)
    return some.assign(day=day[met], on_board=on[met])


def contacts_of(
    draw: Draw, met: pd.DataFrame, staff: pd.DataFrame, effects: Effects, *, latest: int = 16
) -> pd.DataFrame:
    """Return one row per contact and staff member, with form, place, minutes and who else was there."""
    size = len(met)
    face, share = effects.face_to_face_share, effects.outside_share
    form = draw.pick(
        [face * (1 - share), face * share * 0.85, face * share * 0.15]
        + [(1 - face) * part for part in (0.68, 0.18, 0.04, 0.10)], size,
    )  # fmt: skip
    in_person = form <= 2
    attended = ~(draw.happens(effects.missed_share, size) & (form <= 4))
    quarters = np.where(form <= 2, draw.whole(2, 6, size), np.where(form == 6, 2, draw.whole(1, 3, size)))
    hour, quarter = draw.whole(8, latest, size), draw.whole(0, 3, size)
    hour = np.where(draw.happens(0.03, size), draw.whole(17, 19, size), hour)
    main = _holder(draw.whole(0, 10**6, size), met, staff, spread=(met["client"].to_numpy() * 7919) % 997)
    keep = draw.happens(0.6, size)
    other = _holder(draw.whole(0, 10**6, size), met, staff)
    person = np.where(keep & (main >= 0), main, other)
    rows = met.assign(form=np.array(FORMS)[form], face_to_face=in_person, outside_clinic=(form == 1) | (form == 2))
    rows["attended"], rows["minutes"] = attended, np.where(attended, quarters * 15, 0)
    rows["time"] = [f"{h:02d}:{15 * q:02d}" for h, q in zip(hour.tolist(), quarter.tolist(), strict=True)]
    rows["relatives"] = attended & draw.happens(effects.relatives_share, size)
    rows["agencies"] = np.array(AGENCIES)[np.where(attended, draw.pick([0.84, 0.09, 0.05, 0.01, 0.01], size), 0)]
    rows["contact"], rows["person"] = np.arange(size), person
    second = _holder(draw.whole(0, 10**6, size), met, staff)
    pairs = in_person & attended & draw.happens(effects.two_staff_share, size) & (second != person)
    both = pd.concat([rows, rows.loc[pairs].assign(person=second[pairs])], ignore_index=True)
    both = both.sort_values(["contact"], kind="stable", ignore_index=True)
    held = staff.iloc[both["person"].to_numpy()]
    answer: pd.DataFrame = both.assign(staff_id=held["staff_id"].to_numpy(), profession=held["profession"].to_numpy())
    return answer


def _holder(number: Ints, met: pd.DataFrame, staff: pd.DataFrame, spread: Any = None) -> Ints:
    """Return the row of the staff member who held a post of the client's team on the day; the leader if none did."""
    answer = np.full(len(met), -1, dtype=np.int64)
    team, day = met["team"].to_numpy(), met["day"].to_numpy()
    start, end = staff["start"].to_numpy(), staff["end"].to_numpy()
    for place in range(int(staff["team"].max()) + 1 if len(staff) else 0):
        mine = np.nonzero((staff["team"] == place).to_numpy())[0]
        posts = staff["post"].to_numpy()[mine]
        kinds = np.unique(posts)
        here = np.nonzero(team == place)[0]
        post = kinds[(number[here] if spread is None else spread[here]) % len(kinds)]
        keys = posts.astype(np.int64) * 10**7 + start[mine]
        found = np.searchsorted(keys, post.astype(np.int64) * 10**7 + day[here], side="right") - 1
        row = mine[np.maximum(found, 0)]
        holds = (found >= 0) & (posts[np.maximum(found, 0)] == post) & (day[here] < end[row])
        leader = mine[staff["leader"].to_numpy()[mine]][0]
        answer[here] = np.where(holds, row, leader)
    return answer


def meetings_of(draw: Draw, span: Span, board: pd.DataFrame) -> pd.DataFrame:
    """Return board meetings, four mornings a week of each team: team, day, clients reviewed."""
    parts = []
    for team, opened in enumerate(span.starts.tolist()):
        days = np.arange(opened, span.last)
        days = days[((days + 3) % 7 < 4) & ~draw.happens(0.06, len(days))]
        mine = board.loc[board["team"] == team]
        begun = np.searchsorted(np.sort(mine["start"].to_numpy()), days, side="right")
        over = np.searchsorted(np.sort(mine["end"].to_numpy()), days, side="right")
        parts.append(pd.DataFrame({"team": team, "day": days, "clients_reviewed": begun - over}))
    return pd.concat(parts, ignore_index=True)
