"""The questions that an evaluation asks, in the order of a report: what answers each, and what it needs."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from factfidelity.display.result import Result
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan
from factfidelity.schemas.programme import load_programme
from factfidelity.schemas.scale import load_scale

SUBSTITUTION = "bed_day_substitution"  # the indicator that asks for care in the whole catchment area


@dataclass(frozen=True, slots=True)
class Question:
    """One question to the data.

    Attributes
    ----------
    name : str
        Name of the result.
    home : str
        Module and function that answer it.
    needs : tuple of str
        Tables without which it cannot be asked.
    options : callable
        Plan and extract to keyword arguments; ``first`` takes the place of the extract.
    one_team : bool
        Whether it is asked for a single team only.
    sections : tuple of str
        It is asked only of a care model whose indicators fill one of these sections; empty: of every model.
    by_index : bool
        Its clients are those with an index day: enrolments are needed only where the plan's index is the enrolment.
    fewest_teams : int
        Asked only where clients are enrolled in at least so many teams.
    asked : callable
        Plan and extract to whether it is asked at all: what costs money is asked only where prices are there.
    """

    name: str
    home: str
    needs: tuple[str, ...]
    options: Callable[[Plan, Extract], Mapping[str, Any]] = lambda plan, extract: {}
    one_team: bool = False
    sections: tuple[str, ...] = ()
    by_index: bool = False
    fewest_teams: int = 0
    asked: Callable[[Plan, Extract], bool] = lambda plan, extract: True

    def lacking(self, extract: Extract, plan: Plan) -> list[str]:
        """Return the tables that it needs and that were not delivered."""
        needs = self.needs
        if self.by_index and plan.index.kind != "enrolment" and extract.has("clients"):
            needs = tuple(name for name in needs if name != "enrolments")
        return [name for name in needs if not extract.has(name)]

    def ask(self, extract: Extract, plan: Plan, **more: Any) -> Result:
        """Return the answer; ``more`` goes to the function beside the plan's options."""
        module, function = self.home.split(":")
        options = {**self.options(plan, extract), **more}
        first = options.pop("first", extract)
        answer: Result = getattr(importlib.import_module(module), function)(first, **options)
        return answer


def _ratings_and_scale(plan: Plan, extract: Extract) -> dict[str, Any]:
    """Return the ratings on the plan's scale, or on the scale that most ratings are made on."""
    ratings = extract.ratings
    named = ratings["scale"].astype("str").str.casefold()
    scale = plan.fidelity.scale.casefold() or str(named.mode().iloc[0])
    return {"first": ratings[named == scale], "scale": load_scale(scale, plan.fidelity.version or None)}


def scores_of(extract: Extract, plan: Plan) -> Result:
    """Return the scores of all assessments on the plan's scale: a result, and what the course is made from."""
    return extract.once(("scores", plan.fidelity.model_dump_json()), lambda: _scored(plan, extract))


def _scored(plan: Plan, extract: Extract) -> Result:
    from factfidelity.fidelity.score import score_fidelity

    options = _ratings_and_scale(plan, extract)
    return score_fidelity(options["first"], options["scale"])


def _derived_options(plan: Plan, extract: Extract) -> dict[str, Any]:
    """Return the scale, the team and the last day of the period."""
    last = extract.end - pd.Timedelta(days=1)
    return {"scale": _ratings_and_scale(plan, extract)["scale"], "team": extract.teams["team_id"].iloc[0], "on": last}


QUESTIONS: tuple[Question, ...] = (
    Question(
        "baseline",
        "factfidelity.outcomes.baseline:baseline",
        ("enrolments", "clients"),
        lambda plan, extract: {"plan": plan},
        by_index=True,
    ),
    Question("enrolment_flow", "factfidelity.caseload.flow:enrolment_flow", ("enrolments",)),
    Question(
        "equity", "factfidelity.contact.equity:equity", ("clients", "enrolments"), lambda plan, extract: {"plan": plan}
    ),
    Question(
        "caseload_ratios",
        "factfidelity.caseload.ratios:caseload_ratios",
        ("enrolments", "staff"),
        lambda plan, extract: {
            "every": plan.caseload.every,
            "staff": plan.caseload.staff,
            "programme": plan.programme,
        },
        sections=("caseload",),
    ),
    Question(
        "staffing",
        "factfidelity.caseload.staffing:staffing",
        ("staff",),
        lambda plan, extract: {"programme": plan.programme},
        sections=("staffing",),
    ),
    Question(
        "board_use",
        "factfidelity.caseload.board:board_use",
        ("board", "enrolments"),
        lambda plan, extract: {"every": plan.caseload.every, "plan": plan, "programme": plan.programme},
        sections=("board", "phases"),
    ),
    Question(
        "contact_pattern",
        "factfidelity.contact.pattern:contact_pattern",
        ("contacts", "enrolments"),
        lambda plan, extract: {"every": plan.caseload.every, "plan": plan},
        sections=("contacts", "followup"),
    ),
    Question(
        "programme_indicators",
        "factfidelity.contact.indicators:programme_indicators",
        ("enrolments",),
        lambda plan, extract: {"programme": plan.programme},
    ),
    Question(
        "catchment_use",
        "factfidelity.contact.catchment:catchment_use",
        ("catchment",),
        asked=lambda plan, extract: (
            extract.has("catchment") or SUBSTITUTION in load_programme(plan.programme).all_indicators
        ),
    ),
    Question(
        "fidelity_scores",
        "factfidelity.evaluation.questions:scores_of",
        ("ratings",),
        lambda plan, extract: {"plan": plan},
    ),
    Question(
        "fidelity_course",
        "factfidelity.fidelity.comparison:fidelity_course",
        ("ratings", "teams"),
        lambda plan, extract: {"first": scores_of(extract, plan), "teams": extract.teams},
    ),
    Question(
        "derived_fidelity",
        "factfidelity.fidelity.derive:derive_fidelity",
        ("ratings", "enrolments", "staff"),
        lambda plan, extract: _derived_options(plan, extract),
        one_team=True,
    ),
    Question(
        "derived_teams",
        "factfidelity.fidelity.side_by_side:derive_teams",
        ("ratings", "enrolments", "staff"),
        lambda plan, extract: {
            name: value for name, value in _derived_options(plan, extract).items() if name != "team"
        },
        fewest_teams=2,
    ),
    Question(
        "rater_agreement",
        "factfidelity.fidelity.agreement:rater_agreement",
        ("ratings",),
        lambda plan, extract: _ratings_and_scale(plan, extract),
    ),
    *(
        Question(
            name,
            f"factfidelity.outcomes.{home}",
            ("enrolments", "episodes"),
            lambda plan, extract: {"plan": plan},
            by_index=True,
        )
        for name, home in (
            ("mirror_outcomes", "mirror:mirror_outcomes"),
            ("hospital_stays", "stays:hospital_stays"),
            ("readmission_rates", "readmission:readmission_rates"),
            ("monthly_course", "course:monthly_course"),
            ("regression_to_the_mean", "regression:regression_to_the_mean"),
            ("who_changed", "who:who_changed"),
            ("all_choices", "choices:all_choices"),
            ("other_methods", "sensitivity:other_methods"),
            ("subgroup_ratios", "subgroups:subgroup_ratios"),
            ("four_claims", "claims:four_claims"),
        )
    ),
    Question(
        "followed_up",
        "factfidelity.outcomes.followed:followed_up",
        ("enrolments",),
        lambda plan, extract: {"plan": plan},
        by_index=True,
    ),
    Question(
        "costs",
        "factfidelity.outcomes.costs:costs",
        ("enrolments",),
        lambda plan, extract: {"plan": plan},
        by_index=True,
        asked=lambda plan, extract: bool(plan.prices) or extract.has("costs"),
    ),
    Question(
        "ratings_change",
        "factfidelity.outcomes.scores:ratings_change",
        ("enrolments", "measurements"),
        lambda plan, extract: {"plan": plan},
        by_index=True,
    ),
    Question(
        "time_to_event",
        "factfidelity.comparison.timing:time_to_event",
        ("enrolments",),
        lambda plan, extract: {"plan": plan},
    ),
    Question(
        "funnel",
        "factfidelity.monitoring.funnel:funnel",
        ("enrolments", "episodes"),
        lambda plan, extract: {"plan": plan},
        fewest_teams=3,
    ),
)
