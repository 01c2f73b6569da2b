"""What was planted in an invented world, with how each figure is to be read."""

from __future__ import annotations

import dataclasses
from typing import Any

from factfidelity.delivery.sample_draws import Effects
from factfidelity.delivery.sample_expected import expected_rates, mean_drawn_nights
from factfidelity.delivery.sample_hospital import CONVERTED
from factfidelity.delivery.sample_world import World


def planted(world: World) -> dict[str, Any]:
    """Return the planted parameters: ``value`` and what it ``means``.

    Ratios and rates are those that a comparison of windows of 365 days around the first enrolment measures on average
    (cohort ``all``, index stay ``include``); those for days follow from the planted lengths and are worked out.
    """
    effects, days = world.effects, expected_rates(world)
    facts = _admissions(effects, days) | _compulsion(effects, days) | _team(effects)
    for rule in world.setting.get("events", ()):
        means = f"{rule['kind']}: events after / before, per client-year"
        facts[f"{rule['kind']}_rate_ratio"] = (float(rule["ratio"]), means)
    for rule in world.setting.get("series", ()):
        means = f"{rule['kind']}: share of clients for whom it is begun sooner or later"
        facts[f"{rule['kind']}_share"] = (float(rule["share"]), means)
    facts |= _around(world)
    return {name: {"value": round(value, 6), "means": means} for name, (value, means) in facts.items()}


def _around(world: World) -> dict[str, tuple[float, str]]:
    """Return what was planted in audits and in the catchment area."""
    audit, area = world.setting.get("audit", {}), world.setting.get("catchment", {})
    facts = {
        f"audit_positive_{item}": (float(share), f"share who spoke well of {item} in the first audit")
        for item, share in audit.get("themes", {}).items()
    }
    if audit:
        facts["audit_better"] = (float(audit["better"]), "how much that share rises from one audit to the next")
        facts["audit_actions_kept"] = (float(audit["kept"]), "chance that an action is done sooner or later")
    if area:
        means = "bed-days of all inhabitants after the team began / before"
        facts["catchment_bed_day_ratio"] = (float(area["ratio"]), means)
    return facts


def _admissions(effects: Effects, days: dict[str, float]) -> dict[str, tuple[float, str]]:
    before = effects.admissions_per_year
    return {
        "admissions_per_year_before": (before, "admissions per client-year before the index day"),
        "admissions_per_year_after": (before * effects.admission_rate_ratio, "the same after"),
        "admission_rate_ratio": (effects.admission_rate_ratio, "admissions after / before, per client-year"),
        "bed_days_per_year_before": (days["bed_days_before"], "nights in hospital per client-year before"),
        "bed_days_per_year_after": (days["bed_days_after"], "the same after"),
        "bed_day_rate_ratio": (days["bed_days_after"] / days["bed_days_before"], "nights after / before, per year"),
        "mean_drawn_nights_before": (
            mean_drawn_nights(effects, after=False),
            "mean length of stays begun before the index day, before they are cut short by the next admission",
        ),
        "mean_drawn_nights_after": (mean_drawn_nights(effects, after=True), "the same, begun after"),
        "somatic_rate_ratio": (1.0, "somatic stays after / before: the negative control"),
        "emergency_rate_ratio": (effects.emergency_rate_ratio, "emergency visits after / before, per client-year"),
        "crisis_enrolment": (effects.crisis_enrolment, "share of clients enrolled because of an admission"),
    }


def _compulsion(effects: Effects, days: dict[str, float]) -> dict[str, tuple[float, str]]:
    before = effects.compulsory_share_before * (1 - CONVERTED) * days["compulsion_before"]
    after = effects.compulsory_share_after * (1 - CONVERTED) * days["compulsion_after"]
    ratio = effects.admission_rate_ratio * after / before if before else 0.0
    closed = days["lpt_days_after"] / days["lpt_days_before"] if days["lpt_days_before"] else 0.0
    return {
        "compulsory_share_first_day_before": (before, "share of admissions that begin in closed LPT care, before"),
        "compulsory_share_first_day_after": (after, "the same after"),
        "compulsory_admission_rate_ratio": (
            ratio,
            "admissions begun in closed LPT care, after / before, per year",
        ),
        "lpt_days_per_year_before": (days["lpt_days_before"], "days in closed LPT care per client-year before"),
        "lpt_days_per_year_after": (days["lpt_days_after"], "the same after"),
        "lpt_day_rate_ratio": (closed, "days in closed LPT care after / before, per client-year"),
        "coercion_per_1000_lpt_days": (effects.coercion_per_1000_days, "coercive measures per 1,000 closed LPT days"),
    }


def _team(effects: Effects) -> dict[str, tuple[float, str]]:
    return {
        "board_share": (effects.board_share, "share of enrolled days on the board"),
        "board_days_mean": (effects.board_days, "mean days of a period on the board that was not cut off"),
        "contacts_per_week_on_board": (effects.contacts_per_week_on, "contacts a week on the board, missed ones too"),
        "contacts_per_week_off_board": (effects.contacts_per_week_off, "contacts a week off the board"),
        "outside_share": (effects.outside_share, "share of kept face-to-face contacts outside the clinic"),
        "relatives_share": (effects.relatives_share, "share of kept contacts with relatives"),
        "deaths_per_year": (effects.death_rate, "deaths per client-year after the index day"),
        "honos_change": (effects.honos_change, "mean change of the HoNOS total from the first to the second rating"),
        "rater_error": (effects.rater_error, "chance that an assessor is one point off the consensus"),
        "caseload_when_full": (effects.caseload, "clients per case-carrying full-time post that teams are staffed for"),
    }


def made_with(world: World) -> dict[str, Any]:
    """Return the arguments that the world was made with."""
    return {
        "seed": world.seed,
        "clients": len(world.ids),
        "teams": [entry["name"] for entry in world.setting["teams"]],
        "days": [int(world.span.first), int(world.span.last)],
        "effects": dataclasses.asdict(world.effects),
    }


def planted_staff(world: World) -> list[dict[str, Any]]:
    """Return the established posts by team and profession."""
    names = [entry["name"] for entry in world.setting["teams"]]
    sums: dict[tuple[str, str], float] = {}
    for row in world.tables["posts"].to_dict("records"):
        key = (names[row["team"]], str(row["profession"]))
        sums[key] = round(sums.get(key, 0.0) + float(row["fte"]), 6)
    return [{"team": team, "profession": profession, "fte": fte} for (team, profession), fte in sums.items()]
