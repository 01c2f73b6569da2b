"""Evaluation: one extract and one plan become all results that the data can carry, with their provenance."""

from __future__ import annotations

import importlib
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import pandas as pd

from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.errors import PlanError, Problem
from factfidelity.extract import COLUMNS, Extract
from factfidelity.schemas.plan import Plan, load_plan
from factfidelity.schemas.scale import load_scale

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
    changes: Mapping[str, Any] = field(default_factory=dict)


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
    """Return the extract of one team.

    The team's own rows are kept. A client belongs to the first team, so the cohort (``clients``, and with it every
    outcome) is those who began in this one; a client who came from another team counts in the caseload only.

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
    enrolled = extract.enrolments.sort_values(["client_id", "start", "team_id"], kind="stable")
    first = enrolled.drop_duplicates("client_id")
    own = set(first.loc[first["team_id"] == team_id, "client_id"])
    seen = set(enrolled.loc[enrolled["team_id"] == team_id, "client_id"])
    tables = {}
    for name in COLUMNS:
        frame = extract.table(name)
        if "team_id" in frame.columns:
            frame = frame[frame["team_id"] == team_id]
        elif "client_id" in frame.columns:
            frame = frame[frame["client_id"].isin(own if name == "clients" else own | seen)]
        tables[name] = frame
    return replace(extract, tables=tables)


def cut_at(extract: Extract, end: pd.Timestamp) -> Extract:
    """Return what was known on the day before ``end``: later rows are out, what went on then is open.

    Parameters
    ----------
    end : Timestamp
        The first day that is not observed any more.
    """
    if end >= extract.end:
        return extract
    tables = {name: _cut_table(extract.table(name), end) for name in COLUMNS}
    return replace(extract, tables=tables, end=end)


_BEGINS = ("start", "admitted", "date", "made", "received", "started")
_ENDS = ("end", "discharged", "observed_to", "followed_up", "decided", "first_contact")


def _cut_table(frame: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    begins = next((name for name in _BEGINS if name in frame.columns), None)
    if begins is not None:
        frame = frame[~(frame[begins] >= end)]
    elif "assessment" in frame.columns:
        frame = frame[~(pd.to_datetime(frame["assessment"], errors="coerce") >= end)]
    later = {name: frame[name].mask(frame[name] >= end) for name in _ENDS if name in frame.columns}
    return frame.assign(**later)


def evaluate_teams(
    extract: Extract, plan: Plan, teams: Sequence[str] | None = None
) -> tuple[dict[str, ReleasedEvaluation], list[str]]:
    """Evaluate all teams together and each team, and release all of it together.

    Parameters
    ----------
    extract : Extract
    plan : Plan
    teams : sequence of str, optional
        Ids; default all. The gate always weighs every team, so that no team follows from the others.

    Returns
    -------
    released : dict of ReleasedEvaluation
        By team id, and ``all``.
    small : list of str
        Teams with fewer clients than may be shown; they have no report of their own.
    """
    smallest = plan.disclosure.smallest
    begun = extract.teams.loc[~(extract.teams["started"] >= extract.end), "team_id"].astype("str")
    sizes = extract.enrolments.groupby("team_id")["client_id"].nunique()
    known = [team for team in sorted(begun) if sizes.get(team, 0) > 0]
    parts = {ALL_TEAMS: evaluate(extract, plan)}
    parts |= {team: evaluate(only_team(extract, team), plan) for team in known}
    stacked = _stacked({team: part.results for team, part in parts.items()})
    released, audit = release_results(cast("Mapping[str, Any]", stacked), DisclosureRule.of(plan.disclosure))
    small = [team for team in known if sizes[team] < smallest]
    wanted = [ALL_TEAMS, *(team for team in known if team not in small and (teams is None or team in teams))]
    return {
        team: ReleasedEvaluation(
            _unstacked(released, team, parts[team].results),
            dict(parts[team].missing),
            plan,
            parts[team].provenance() | ({} if team == ALL_TEAMS else {"team": team}),
            audit,
        )
        for team in wanted
    }, small


ALL_TEAMS = "all"
_REPORT = "report_team"


@dataclass(frozen=True, eq=False)
class _Stack:
    """The same result of several teams and of all of them, as one result to the gate."""

    stacked: Mapping[str, pd.DataFrame]
    gates: Mapping[str, Gate]
    is_released: bool = False

    def frames(self) -> dict[str, pd.DataFrame]:
        return dict(self.stacked)

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> _Stack:
        return replace(self, stacked=frames, is_released=released)


def _stacked(results: Mapping[str, Mapping[str, Result]]) -> dict[str, _Stack]:
    names = {name: None for part in results.values() for name in part}
    stacks = {}
    for name in names:
        having = {team: part[name] for team, part in results.items() if name in part}
        gates = {
            place: replace(gate, keys=(*gate.keys, _REPORT), margins={**gate.margins, _REPORT: ALL_TEAMS})
            for place, gate in next(iter(having.values())).gates.items()
        }
        frames = {
            place: pd.concat(
                [result.frames()[place].assign(**{_REPORT: team}) for team, result in having.items()], ignore_index=True
            )
            for place in gates
        }
        stacks[name] = _Stack(frames, gates)
    return stacks


def _unstacked(released: Mapping[str, Any], team: str, results: Mapping[str, Result]) -> dict[str, Result]:
    mine = {}
    for name, result in results.items():
        frames = {}
        for place, frame in released[name].frames().items():
            rows = frame[frame[_REPORT] == team].drop(columns=_REPORT).reset_index(drop=True)
            frames[place] = rows
        mine[name] = result.with_frames(frames, released=True)
    return mine


def _ratings_and_scale(plan: Plan, extract: Extract) -> dict[str, Any]:
    """Return the ratings on the plan's scale, or on the scale that most ratings are made on."""
    ratings = extract.ratings
    named = ratings["scale"].astype("str").str.casefold()
    scale = plan.fidelity.scale.casefold() or str(named.mode().iloc[0])
    return {"first": ratings[named == scale], "scale": load_scale(scale, plan.fidelity.version or None)}


def versions() -> dict[str, str]:
    """Return the versions that figures can depend on."""
    names = ("factfidelity", "pandas", "numpy", "scipy", "statsmodels", "matplotlib")
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in names}


QUESTIONS: tuple[Question, ...] = (
    Question("enrolment_flow", "factfidelity.caseload.flow:enrolment_flow", ("enrolments",)),
    Question(
        "equity", "factfidelity.contact.equity:equity", ("clients", "enrolments"), lambda plan, extract: {"plan": plan}
    ),
    Question(
        "caseload_ratios",
        "factfidelity.caseload.ratios:caseload_ratios",
        ("enrolments", "staff"),
        lambda plan, extract: {"every": plan.caseload.every, "staff": plan.caseload.staff},
    ),
    Question(
        "staffing",
        "factfidelity.caseload.staffing:staffing",
        ("staff",),
        lambda plan, extract: {"programme": plan.programme},
    ),
    Question("board_use", "factfidelity.caseload.board:board_use", ("board", "enrolments")),
    Question(
        "contact_pattern",
        "factfidelity.contact.pattern:contact_pattern",
        ("contacts", "enrolments"),
        lambda plan, extract: {"every": plan.caseload.every, "plan": plan},
    ),
    Question(
        "programme_indicators",
        "factfidelity.contact.indicators:programme_indicators",
        ("enrolments",),
        lambda plan, extract: {"programme": plan.programme},
    ),
    Question(
        "fidelity_scores",
        "factfidelity.fidelity.score:score_fidelity",
        ("ratings",),
        lambda plan, extract: _ratings_and_scale(plan, extract),
    ),
    Question(
        "rater_agreement",
        "factfidelity.fidelity.agreement:rater_agreement",
        ("ratings",),
        lambda plan, extract: _ratings_and_scale(plan, extract),
    ),
    Question(
        "mirror_outcomes",
        "factfidelity.outcomes.mirror:mirror_outcomes",
        ("enrolments", "episodes"),
        lambda plan, extract: {"plan": plan},
    ),
    Question(
        "monthly_course",
        "factfidelity.outcomes.course:monthly_course",
        ("enrolments", "episodes"),
        lambda plan, extract: {"plan": plan},
    ),
    Question(
        "regression_to_the_mean",
        "factfidelity.outcomes.regression:regression_to_the_mean",
        ("enrolments", "episodes"),
        lambda plan, extract: {"plan": plan},
    ),
)
