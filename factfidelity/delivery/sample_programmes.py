"""What only some care models have: dated events, placements away from home, phases in place of a board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import DAYS_PER_YEAR, OPEN
from factfidelity.delivery.sample_clients import Span
from factfidelity.delivery.sample_draws import Draw, Ints, Numbers
from factfidelity.delivery.sample_hospital import daily_events

_EVENT_COLUMNS = ["client", "team", "day", "kind", "amount"]


def programme_tables(
    draw: Any,
    tables: Mapping[str, pd.DataFrame],
    setting: Mapping[str, Any],
    index: Ints,
    factors: Numbers,
    span: Span,
) -> dict[str, pd.DataFrame]:
    """Return the tables that the setting asks for, and the board as the care model uses it."""
    until = np.minimum(tables["clients"]["observed_to"].to_numpy(), span.last)
    home = tables["clients"]["municipality"].to_numpy()
    answer: dict[str, pd.DataFrame] = {}
    if setting.get("events") or setting.get("series"):
        parts = [
            *(rate_events(draw(f"event {rule['kind']}"), rule, index, until, factors, span)
              for rule in setting.get("events", ())),
            *(series_events(draw(f"series {rule['kind']}"), rule, index, until) for rule in setting.get("series", ())),
        ]  # fmt: skip
        rows = pd.concat(parts, ignore_index=True)
        rows["team"] = _team_on(rows, tables["life"]["team"].to_numpy(), tables["enrolments"], index)
        answer["events"] = rows.sort_values(["client", "day", "kind"], kind="stable", ignore_index=True)[_EVENT_COLUMNS]
    if setting.get("placements") or setting.get("placed"):
        answer["placements"] = placements_of(
            draw("placements"), setting, tables["life"]["meant"].to_numpy(), until, home, span
        )
    if setting.get("phases"):
        board, names = tables["board"], np.array(setting["phases"])
        answer["board"] = board.assign(reason_on=names[board.groupby("client").cumcount().to_numpy() % len(names)])
    if not setting.get("board", True):
        answer["board"] = tables["board"].iloc[:0]
        if "meetings" in tables:
            answer["meetings"] = tables["meetings"].iloc[:0]
    return answer


def _team_on(rows: pd.DataFrame, first: Ints, enrolments: pd.DataFrame, index: Ints) -> Ints:
    """Return the team that each row's client is enrolled in on its day; the last one after it, -1 before any."""
    client, day = rows["client"].to_numpy(), rows["day"].to_numpy()
    begun = rows[["client", "day"]].reset_index().merge(enrolments[["client", "team", "start"]], on="client")
    begun = begun.loc[begun["start"] <= begun["day"]].sort_values(["index", "start"], kind="stable")
    latest = begun.drop_duplicates("index", keep="last").set_index("index")["team"].reindex(range(len(rows)))
    team: Ints = latest.fillna(pd.Series(first[client])).to_numpy(dtype=np.int64)
    return np.where(day >= index[client], team, -1)


def rate_events(
    draw: Draw, rule: Mapping[str, Any], index: Ints, until: Ints, factors: Numbers, span: Span
) -> pd.DataFrame:
    """Return events at a client's own rate, which changes on the index day by the planted ratio."""
    highest = max(1.0, float(rule["ratio"]))
    client, day = daily_events(draw, factors * rule["per_year"] / DAYS_PER_YEAR * highest, span.first, span.last)
    ratio = np.where(day >= index[client], rule["ratio"], 1.0)
    keep = (draw.uniform(len(day)) * highest < ratio) & (day < until[client])
    amount = _amounts(draw, rule, len(day))
    return pd.DataFrame({"client": client[keep], "day": day[keep], "kind": rule["kind"], "amount": amount[keep]})


def series_events(draw: Draw, rule: Mapping[str, Any], index: Ints, until: Ints) -> pd.DataFrame:
    """Return events that begin for a share of the clients after a while and then come back again and again."""
    size, rounds = len(index), 60
    begins = index + np.floor(draw.exponential(float(rule["wait"]), size))
    gaps = rule["every"] * (0.6 + 0.8 * draw.uniform(size * rounds).reshape(size, rounds))
    gaps[:, 0] = 0
    days = np.floor(begins[:, None] + np.cumsum(gaps, axis=1)).astype(np.int64)
    chosen = draw.happens(rule["share"], size)
    client, number = np.nonzero((days < until[:, None]) & chosen[:, None])
    kinds = np.where((number == 0) & ("first" in rule), rule.get("first", ""), rule["kind"])
    amount = np.where(number == 0, np.nan if "first" in rule else 1.0, 1.0) * _amounts(draw, rule, len(client))
    return pd.DataFrame({"client": client, "day": days[client, number], "kind": kinds, "amount": amount})


def _amounts(draw: Draw, rule: Mapping[str, Any], size: int) -> Numbers:
    if "lowest" not in rule:
        return np.full(size, np.nan)
    return draw.whole(int(rule["lowest"]), int(rule["highest"]), size).astype(np.float64)


def placements_of(
    draw: Draw, setting: Mapping[str, Any], index: Ints, until: Ints, home: Any, span: Span
) -> pd.DataFrame:
    """Return placements away from home, which never overlap: kind, form, law, start, end, municipality."""
    size = len(index)
    rules = [setting["placed"]] if "placed" in setting else list(setting["placements"])
    taken, parts = np.zeros(size, dtype=bool), []
    for rule in rules:
        if "placed" in setting:
            start = index - draw.whole(5, int(rule["lead"]), size)
            chosen = np.ones(size, dtype=bool)
        else:
            start = index + draw.whole(-500, 250, size)
            chosen = draw.happens(rule["share"], size) & ~taken
        taken |= chosen
        end = start + 30 + np.floor(draw.exponential(float(rule["days"]) - 30, size)).astype(np.int64)
        rows = pd.DataFrame({"client": np.arange(size), "kind": rule["kind"], "form": rule["form"]})
        rows = rows.assign(law=rule["law"], start=start, end=np.where(end < span.last, end, OPEN), municipality=home)
        parts.append(rows.loc[chosen & (start < until)])
    return pd.concat(parts, ignore_index=True).sort_values(["client", "start"], kind="stable", ignore_index=True)
