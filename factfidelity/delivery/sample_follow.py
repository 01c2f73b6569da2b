"""What else is written down about the invented clients: visits, ratings, plans, referrals, support, work, fidelity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import DAYS_PER_YEAR, OPEN
from factfidelity.delivery.sample_clients import Span
from factfidelity.delivery.sample_draws import Draw, Effects, Ints, Numbers
from factfidelity.delivery.sample_hospital import daily_events

AGE_GROUPS = ("18-24", "25-64", "65+")
AGE_SHARES = (0.11, 0.63, 0.26)


def follow_tables(
    draw: Any, tables: Mapping[str, pd.DataFrame], index: Ints, factors: Numbers, effects: Effects, span: Span,
    setting: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Return the tables that follow from who the clients are and when they were enrolled."""
    until = np.minimum(tables["clients"]["observed_to"].to_numpy(), span.last)
    life, clients = tables["life"], tables["clients"]
    meant, inside = life["meant"].to_numpy(), np.where(life["enrolled"], until, 0)
    age = 1970 + meant // 365 - clients["birth_year"].to_numpy()
    return {
        "visits": visits_of(draw("visits"), index, until, factors, effects, span),
        "measurements": measurements_of(draw("measurements"), meant, inside, effects, setting["instruments"]),
        "diagnoses": diagnoses_of(draw("diagnoses"), clients["diagnosis_group"], meant, setting),
        "care_plans": plans_of(draw("plans"), meant, inside),
        "referrals": referrals_of(draw("referrals"), life, until, setting.get("referral", {})),
        "services": services_of(draw("services"), clients["municipality"], meant, until, span.last, setting),
        "work": work_of(draw("work"), meant, until, age, setting),
        "deaths": tables["life"].loc[tables["life"]["death"] < OPEN, ["death"]].rename_axis("client").reset_index(),
        "population": population_of(setting, span),
        "ratings": ratings_of(draw("ratings"), setting, span, effects),
    }


def visits_of(draw: Draw, index: Ints, until: Ints, factors: Numbers, effects: Effects, span: Span) -> pd.DataFrame:
    """Return emergency visits: client, day; the rate changes on the index day by the planted ratio."""
    highest = max(1.0, effects.emergency_rate_ratio)
    chance = factors * effects.emergency_visits_per_year / DAYS_PER_YEAR * highest
    client, day = daily_events(draw, chance, span.first, span.last)
    ratio = np.where(day >= index[client], effects.emergency_rate_ratio, 1.0)
    keep = (draw.uniform(len(day)) * highest < ratio) & (day < until[client])
    rows = pd.DataFrame({"client": client[keep], "day": day[keep]})
    return rows.assign(profession=np.where(draw.happens(0.6, len(rows)), "psychiatrist", "nurse"))


def measurements_of(
    draw: Draw, index: Ints, until: Ints, effects: Effects, instruments: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Return scores of the instruments: soon after the index day, and then about yearly."""
    size = len(index)
    level = 14 + 4.5 * draw.normal(size)
    parts = []
    for wave in range(4):
        day = index + 365 * wave + draw.whole(5, 45, size)
        seen = (day < until) & draw.happens(0.85 if wave == 0 else 0.7, size)
        change = effects.honos_change * (1 + 0.3 * max(wave - 1, 0)) if wave else 0.0
        ill = np.clip(np.round(level + change + 2.5 * draw.normal(size)), 0, 48)
        for rule in instruments:
            score = np.round(rule["level"] + rule["slope"] * ill + rule["noise"] * draw.normal(size))
            rows = {"client": np.arange(size), "day": day, "instrument": rule["instrument"], "part": rule["part"]}
            frame = pd.DataFrame(rows).assign(score=np.clip(score, 0, rule["highest"]), wave=wave)
            parts.append(frame.loc[seen])
    scores = pd.concat(parts, ignore_index=True)
    return scores.sort_values(["client", "wave", "instrument", "part"], kind="stable", ignore_index=True)


def diagnoses_of(draw: Draw, groups: Any, index: Ints, setting: Mapping[str, Any]) -> pd.DataFrame:
    """Return the main diagnosis of each client, and for some harmful use or dependence beside it."""
    size = len(groups)
    number = draw.whole(0, 10**6, size)
    codes = {name: entry["codes"] for name, entry in setting["diagnoses"].items()}
    main = [codes[group][place % len(codes[group])] for group, place in zip(groups, number.tolist(), strict=True)]
    day = index - draw.whole(30, 700, size)
    first = pd.DataFrame({"client": np.arange(size), "day": day, "code": main})
    second = first.assign(code="F199").loc[draw.happens(0.25, size)]
    rows = pd.concat([first, second], ignore_index=True)
    return rows.sort_values("client", kind="stable", ignore_index=True)


def plans_of(draw: Draw, index: Ints, until: Ints) -> pd.DataFrame:
    """Return coordinated individual plans (SIP) and crisis plans."""
    size = len(index)
    parts = []
    for kind, share, mean in (("SIP", 0.62, 110.0), ("crisis_plan", 0.5, 150.0)):
        made = index + 7 + np.floor(draw.exponential(mean, size)).astype(np.int64)
        again = made + draw.whole(120, 300, size)
        rows = pd.DataFrame({"client": np.arange(size), "kind": kind, "made": made})
        rows["followed_up"] = np.where(draw.happens(0.6, size) & (again < until), again, OPEN)
        rows["person_present"] = draw.happens(0.9, size)
        rows["relatives_present"] = draw.happens(0.35, size)
        rows["agencies"] = np.where(draw.happens(0.7, size), "social_services", "")
        rows["consent"] = draw.happens(0.93, size)
        parts.append(rows.loc[draw.happens(share, size) & (made < until)])
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values(["client", "made"], kind="stable", ignore_index=True)


def referrals_of(draw: Draw, life: pd.DataFrame, until: Ints, rule: Mapping[str, float]) -> pd.DataFrame:
    """Return the referral of each client: received, decided, outcome, first contact (none where declined)."""
    meant, enrolled = life["meant"].to_numpy(), life["enrolled"].to_numpy()
    size, longest = len(life), int(rule.get("longest", 70))
    received = meant - draw.whole(min(5, longest), longest, size)
    decided = np.minimum(received + draw.whole(0, 21, size), meant)
    met = meant + np.floor(draw.exponential(float(rule.get("first_contact", 4.0)), size)).astype(np.int64)
    rows = pd.DataFrame({"client": np.arange(size), "team": life["team"], "received": received, "decided": decided})
    first = np.where((met < until) & enrolled, met, OPEN)
    return rows.assign(outcome=np.where(enrolled, "accepted", "declined"), first_contact=first)


def services_of(
    draw: Draw, municipality: Any, index: Ints, until: Ints, last: int, setting: Mapping[str, Any]
) -> pd.DataFrame:
    """Return support that municipalities have granted: kind, law, requested, decided, start, end, hours a month."""
    size = len(index)
    parts = [pd.DataFrame(columns=["client", "kind", "law", "requested", "decided", "start", "end", "hours"])]
    for support in setting["support"]:
        requested = index + draw.whole(-500, 300, size)
        decided = requested + 7 + np.floor(draw.exponential(40.0, size)).astype(np.int64)
        start = decided + draw.whole(1, 30, size)
        end = start + 90 + np.floor(draw.exponential(900.0, size)).astype(np.int64)
        hours = draw.whole(8, 90, size) / 2 if support.get("hours") else np.full(size, np.nan)
        rows = pd.DataFrame({"client": np.arange(size), "kind": support["kind"], "law": support["law"]})
        rows = rows.assign(requested=requested, decided=decided, start=start, end=end, hours=hours)
        rows = rows.assign(municipality=np.asarray(municipality))
        parts.append(rows.loc[draw.happens(support["share"], size) & (decided < until) & (start < last)])
    frame = pd.concat(parts[1:] or parts, ignore_index=True)
    delivering = [entry["code"] for entry in setting["municipalities"] if entry["delivers"]]
    frame = frame[frame["municipality"].isin(delivering)] if len(frame) else frame
    return frame.sort_values(["client", "decided", "kind"], kind="stable", ignore_index=True)


def work_of(draw: Draw, index: Ints, until: Ints, age: Ints, setting: Mapping[str, Any]) -> pd.DataFrame:
    """Return periods in ordinary work of clients of working age: start, end, hours a week."""
    size, rule = len(index), setting.get("work", {"share": 0.0, "wait": 1, "lasts": 1})
    start = index + 60 + np.floor(draw.exponential(rule["wait"], size)).astype(np.int64)
    end = start + 14 + np.floor(draw.exponential(rule["lasts"], size)).astype(np.int64)
    rows = pd.DataFrame({"client": np.arange(size), "kind": "ordinary_work", "start": start})
    rows = rows.assign(end=np.where(end < until, end, OPEN), hours=draw.whole(4, 20, size) * 2)
    chosen = draw.happens(rule["share"], size) & (start < until) & (age >= 16) & (age < 65)
    return rows.loc[chosen].reset_index(drop=True)


def population_of(setting: Mapping[str, Any], span: Span) -> pd.DataFrame:
    """Return inhabitants by municipality, age group, sex and year; invented."""
    years = range(
        *(1970 + np.array([span.first, span.last]).astype("datetime64[D]").astype("datetime64[Y]").astype(int))
    )
    rows = [
        {
            "area": entry["code"], "name": entry["name"], "age_group": group, "sex": sex, "year": year,
            "persons": round(entry["adults"] * share / 2 * (1.01 if sex == "male" else 0.99) * 1.006 ** (year - 2018)),
        }
        for entry in setting["municipalities"]
        for group, share in zip(AGE_GROUPS, AGE_SHARES, strict=True)
        for sex in ("female", "male")
        for year in years
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(area_kind="municipality")


def ratings_of(draw: Draw, setting: Mapping[str, Any], span: Span, effects: Effects) -> pd.DataFrame:
    """Return DACTS ratings of each team about one and three years after its start, by two assessors and in consensus.

    ``true`` is the planted rating and equals the consensus; an assessor is one point off with the planted chance.
    In the newest team's first assessment one item could not be rated by anybody.
    """
    planted, names = setting.get("fidelity", {}), [entry["name"] for entry in setting["teams"]]
    rows: list[dict[str, Any]] = []
    for team, name in enumerate(names if planted else ()):
        profile = planted.get(name, planted["FACT Centrum"])
        items = {f"{part}{place + 1}": int(s) for part in "HOS" for place, s in enumerate(profile[part])}
        for wave, wait in enumerate((400, 1130)):
            day = int(span.starts[team]) + wait
            if day >= span.last - 30:
                continue
            for item, score in items.items():
                better = min(score + (wave if item in profile["better"] else 0), 5)
                rated = not (team == len(names) - 1 and wave == 0 and item == "S8")
                rows.append({"team": team, "day": day - (day + 3) % 7, "item": item, "true": better, "rated": rated})
    frame = pd.DataFrame(rows, columns=["team", "day", "item", "true", "rated"])
    for rater in ("A", "B"):
        off = np.where(draw.happens(0.5, len(frame)), 1, -1)
        seen = frame["true"] + np.where(draw.happens(effects.rater_error, len(frame)), off, 0)
        frame[rater] = seen.clip(1, 5)
    return frame
