"""One extract and one plan become all results that the data can carry, with their provenance."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.display.result import Result
from factfidelity.evaluation.earlier import still_known
from factfidelity.evaluation.grain import COURSES, coarsened, with_periods
from factfidelity.evaluation.questions import QUESTIONS
from factfidelity.evaluation.refused import WHY, release_rest
from factfidelity.evaluation.team_order import in_team_order, teams_in_order
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.schemas.programme import load_programme

Text = Mapping[str, str]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All results of one extract under one plan. Lives in the secure room: small counts are still there.

    Attributes
    ----------
    results : mapping of Result
        By name, in the order of a report.
    missing : mapping of Text
        Why a result is not there, in Swedish and English.
    grains : mapping of str
        By which periods and groups the results are shown; a report that stands beside this one takes the same.
    """

    extract: Extract
    plan: Plan
    results: Mapping[str, Result]
    missing: Mapping[str, Text] = field(default_factory=dict)
    grains: Mapping[str, str] = field(default_factory=dict)

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
            "grains": dict(self.grains),
            "versions": versions(),
        }

    def released(
        self,
        rule: DisclosureRule | None = None,
        *,
        previous: Mapping[str, Result] | Sequence[Mapping[str, Result]] | None = None,
        leave_out: bool = False,
    ) -> ReleasedEvaluation:
        """Return all results past the gate, together: what one hides another may not give back.

        ``previous`` are the released results of an earlier report, or of several. With ``leave_out`` a result that
        the gate refuses beside them is left out, with the reason in ``missing``; else nothing is released.

        Raises
        ------
        DisclosureError
            If a hidden count could still be worked out.
        """
        chosen = rule or DisclosureRule.of(self.plan.disclosure)
        earlier = [previous] if isinstance(previous, Mapping) else list(previous or ())
        known = [still_known(one, self.results) for one in earlier]
        left: tuple[str, ...] = ()
        if leave_out:
            results, audit, left = release_rest(self.results, chosen, known)
        else:
            results, audit = release_results(self.results, chosen, previous=known)
        missing = {**self.missing, **dict.fromkeys(left, WHY)}
        return ReleasedEvaluation(results, missing, self.plan, self.provenance(), audit)


@dataclass(frozen=True, eq=False)
class ReleasedEvaluation:
    """All results with small counts hidden: the only thing that reports are made from."""

    results: Mapping[str, Result]
    missing: Mapping[str, Text]
    plan: Plan
    provenance: Mapping[str, Any]
    audit: Mapping[str, Any] = field(default_factory=dict)
    delivery: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


def evaluate(
    extract: Extract,
    plan: Plan | str | Path | None = None,
    *,
    grains: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Answer every question that the extract has data for.

    Parameters
    ----------
    extract : Extract
    plan : Plan, name or path, optional
        Default: the plan ``default``.
    grains : mapping of str, optional
        The grains of an evaluation that this one stands beside (the report before, that of all teams). Default: the
        finest at which no table loses more than the plan's share of its rows.
    progress : callable, optional
        Called with the name of the step, its number and how many there are.

    Returns
    -------
    Evaluation
        Results by name; what could not be asked stands in ``missing`` with its reason.
    """
    chosen = plan if isinstance(plan, Plan) else load_plan(plan or "default")
    with extract.sharing():
        results, missing = _answers(extract, chosen, (grains or {}).get("every", ""), progress)
        results, used = coarsened(results, _asking_again(extract), chosen, grains)
    order = teams_in_order(extract)
    results = {name: in_team_order(result, order) for name, result in results.items()}
    if progress:
        progress("done", len(QUESTIONS), len(QUESTIONS))
    return Evaluation(extract, chosen, results, missing, used)


def _answers(
    extract: Extract, chosen: Plan, every: str, progress: Progress | None
) -> tuple[dict[str, Result], dict[str, Text]]:
    """Ask every question that the extract has data for; the courses by ``every`` where it is laid down."""
    results: dict[str, Result] = {}
    missing: dict[str, Text] = {}
    model = load_programme(chosen.programme)
    for number, question in enumerate(QUESTIONS):
        if progress:
            progress(question.name, number, len(QUESTIONS))
        lacking = question.lacking(extract, chosen)
        if question.one_team and len(extract.teams) != 1:
            continue
        if question.fewest_teams and extract.enrolments["team_id"].nunique() < question.fewest_teams:
            continue
        if not question.asked(chosen, extract):
            continue
        if question.sections and not set(question.sections) & set(model.sections):
            continue
        if lacking:
            missing[question.name] = _not_delivered(lacking)
            continue
        asked_by = with_periods(chosen, every) if every and question.name in COURSES else chosen
        results[question.name] = question.ask(extract, asked_by).in_language(chosen.language)
    return results, missing


def _asking_again(extract: Extract) -> Callable[..., Result]:
    by_name = {question.name: question for question in QUESTIONS}

    def ask(name: str, plan: Plan, **more: Any) -> Result:
        return by_name[name].ask(extract, plan, **more).in_language(plan.language)

    return ask


def _not_delivered(tables: list[str]) -> Text:
    names = ", ".join(tables)
    return {"sv": f"inte levererat: {names}", "en": f"not delivered: {names}"}


def versions() -> dict[str, str]:
    """Return the versions that figures can depend on."""
    names = ("factfidelity", "pandas", "numpy", "scipy", "statsmodels", "matplotlib")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in names}
