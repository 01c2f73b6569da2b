"""Evaluation: one extract and one plan become all results that the data can carry, with their provenance."""

from __future__ import annotations

import importlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.display.result import Result
from factfidelity.errors import PlanError, Problem
from factfidelity.extract import COLUMNS, Extract
from factfidelity.schemas.plan import Plan, load_plan

Text = Mapping[str, str]
Progress = Callable[[str, int, int], None]


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
        Plan to keyword arguments, or to positional ones under ``args``.
    """

    name: str
    home: str
    needs: tuple[str, ...]
    options: Callable[[Plan, Extract], Mapping[str, Any]] = lambda plan, extract: {}

    def ask(self, extract: Extract, plan: Plan) -> Result:
        """Return the answer."""
        module, function = self.home.split(":")
        options = dict(self.options(plan, extract))
        first = options.pop("first", extract)
        answer: Result = getattr(importlib.import_module(module), function)(first, **options)
        return answer


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All results of one extract under one plan. Lives in the secure room: small counts are still there.

    Attributes
    ----------
    results : mapping of Result
        By name, in the order of a report.
    missing : mapping of Text
        Why a result is not there, in Swedish and English.
    """

    extract: Extract
    plan: Plan
    results: Mapping[str, Result]
    missing: Mapping[str, Text] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Result:
        return self.results[name]

    def provenance(self) -> dict[str, Any]:
        """Return what the figures were made from: fingerprints, period, versions."""
        start, end = self.extract.period
        return {
            "fingerprint": self.extract.fingerprint,
            "period": [f"{start:%Y-%m-%d}", f"{end - pd.Timedelta(days=1):%Y-%m-%d}"],
            "plan": self.plan.record(),
            "plan_fingerprint": self.plan.fingerprint,
            "versions": versions(),
        }

    def released(
        self, rule: DisclosureRule | None = None, *, previous: Mapping[str, Result] | None = None
    ) -> ReleasedEvaluation:
        """Return all results past the gate, together: what one hides another may not give back.

        Raises
        ------
        DisclosureError
            If a hidden count could still be worked out.
        """
        chosen = rule or DisclosureRule.of(self.plan.disclosure)
        results, audit = release_results(self.results, chosen, previous=previous)
        return ReleasedEvaluation(results, dict(self.missing), self.plan, self.provenance(), audit)


@dataclass(frozen=True, eq=False)
class ReleasedEvaluation:
    """All results with small counts hidden: the only thing that reports are made from."""

    results: Mapping[str, Result]
    missing: Mapping[str, Text]
    plan: Plan
    provenance: Mapping[str, Any]
    audit: Mapping[str, Any] = field(default_factory=dict)
    delivery: Mapping[str, Any] = field(default_factory=dict)


def evaluate(
    extract: Extract, plan: Plan | str | Path | None = None, *, progress: Progress | None = None
) -> Evaluation:
    """Answer every question that the extract has data for.

    Parameters
    ----------
    extract : Extract
    plan : Plan, name or path, optional
        Default: the plan ``default``.
    progress : callable, optional
        Called with the name of the step, its number and how many there are.

    Returns
    -------
    Evaluation
        Results by name; what could not be asked stands in ``missing`` with its reason.
    """
    chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
    results: dict[str, Result] = {}
    missing: dict[str, Text] = {}
    for number, question in enumerate(QUESTIONS):
        if progress:
            progress(question.name, number, len(QUESTIONS))
        lacking = [name for name in question.needs if not extract.has(name)]
        if lacking:
            missing[question.name] = _not_delivered(lacking)
            continue
        results[question.name] = question.ask(extract, chosen).in_language(chosen.language)
    if progress:
        progress("done", len(QUESTIONS), len(QUESTIONS))
    return Evaluation(extract, chosen, results, missing)


def _not_delivered(tables: list[str]) -> Text:
    names = ", ".join(tables)
    return {"sv": f"inte levererat: {names}", "en": f"not delivered: {names}"}


def only_team(extract: Extract, team: str) -> Extract:
    """Return the extract of one team: its own rows, and its clients' rows elsewhere.

    Parameters
    ----------
    team : str
        The team's id or its name.

    Raises
    ------
    PlanError
        If there is no such team.
    """
    teams = extract.teams
    found = teams.loc[(teams["team_id"] == team) | (teams["name"] == team), "team_id"]
    if found.empty:
        known = ", ".join(sorted(teams["team_id"].astype(str)))
        raise PlanError(problems=[Problem(f'there is no team "{team}" in the delivery', f"choose one of: {known}")])
    team_id = found.iloc[0]
    enrolments = extract.enrolments
    clients = set(enrolments.loc[enrolments["team_id"] == team_id, "client_id"])
    tables = {}
    for name in COLUMNS:
        frame = extract.table(name)
        if "team_id" in frame.columns:
            frame = frame[frame["team_id"] == team_id]
        elif "client_id" in frame.columns:
            frame = frame[frame["client_id"].isin(clients)]
        tables[name] = frame
    return Extract(
        tables, extract.start, extract.end, extract.sources, extract.crosswalk_rate, extract.delivery, extract.saver
    )


def versions() -> dict[str, str]:
    """Return the versions that figures can depend on."""
    names = ("factfidelity", "pandas", "numpy", "scipy", "statsmodels", "matplotlib")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in names}


QUESTIONS: tuple[Question, ...] = ()
