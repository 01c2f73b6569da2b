"""Evaluation: one extract and one plan become all results; questions, answers, teams."""

from factfidelity.evaluation.answers import Evaluation, ReleasedEvaluation, evaluate, versions
from factfidelity.evaluation.questions import QUESTIONS, Question
from factfidelity.evaluation.teams import (
    ALL_TEAMS,
    Part,
    cut_at,
    evaluate_teams,
    only_team,
    team_named,
    teams_at_work,
)

__all__ = [
    "ALL_TEAMS",
    "QUESTIONS",
    "Evaluation",
    "Part",
    "Question",
    "ReleasedEvaluation",
    "cut_at",
    "evaluate",
    "evaluate_teams",
    "only_team",
    "team_named",
    "teams_at_work",
    "versions",
]
