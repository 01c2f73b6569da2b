"""What is true of the care models' own indicators in an invented world, counted row by row, day by day."""

from __future__ import annotations

from collections import Counter
from typing import Any

from factfidelity.days import OPEN
from factfidelity.delivery.sample_world import World


def indicator_counts(world: World, everybody: list[Any]) -> dict[str, Any]:
    """Return the counts behind the care models' indicators, over all teams."""
    last = world.span.last - 1
    there = {life.number: set().union(*life.enrolled.values(), set()) for life in everybody}
    now = {number for number, days in there.items() if last in days}
    referrals = world.tables["referrals"].to_dict("records")
    known = [row for row in referrals if world.span.first <= row["received"] <= last]
    answer: dict[str, Any] = {
        "enrolled_last_day": sum(last in days for life in everybody for days in life.enrolled.values()),
        "referrals": len(known),
        "referrals_accepted": sum(row["outcome"] == "accepted" for row in known),
        "referrals_met_same_day": sum(row["first_contact"] == row["received"] for row in known),
        "in_ordinary_work_last_day": len({row["client"] for row in world.tables["work"].to_dict("records")
                                          if row["start"] <= last < row["end"]} & now),
        "sip_made": sum(row["kind"] == "SIP" and row["made"] in there[row["client"]]
                        for row in world.tables["care_plans"].to_dict("records")),
    }  # fmt: skip
    if "events" in world.tables:
        on_days = Counter(str(row["kind"]) for row in world.tables["events"].to_dict("records")
                          if row["day"] in there[row["client"]])  # fmt: skip
        answer["events_while_enrolled"] = dict(sorted(on_days.items()))
    if "placements" in world.tables:
        placed = [(row["client"], set(range(int(row["start"]), min(int(row["end"]), last + 1))))
                  for row in world.tables["placements"].to_dict("records")]  # fmt: skip
        answer["placement_days_while_enrolled"] = sum(len(days & there[client]) for client, days in placed)
    return answer | _around(world)


def _around(world: World) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    if "surveys" in world.tables:
        number: Counter[str] = Counter()
        for row in world.tables["surveys"].to_dict("records"):
            number[f"{row['item']}: {row['answer']}"] += int(row["n"])
        answer["audit_answers"] = dict(sorted(number.items()))
        rows = world.tables["actions"].to_dict("records")
        answer["actions"] = len(rows)
        answer["actions_done"] = sum(row["done"] < min(world.span.last, OPEN) for row in rows)
    if "catchment" in world.tables:
        days = {"before": 0, "after": 0}
        for row in world.tables["catchment"].to_dict("records"):
            opened = int(world.span.starts[row["team"]])
            if row["day"] >= opened:
                days["after"] += int(row["bed_days"])
            elif row["day"] + 31 <= opened:
                days["before"] += int(row["bed_days"])
        answer["catchment_bed_days"] = days
    return answer
