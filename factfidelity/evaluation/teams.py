"""One team, one day, all teams: parts of an extract, evaluated alone and released together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd

from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.errors import PlanError, Problem
from factfidelity.evaluation.answers import ReleasedEvaluation, evaluate
from factfidelity.evaluation.earlier import still_known
from factfidelity.evaluation.refused import WHY, release_rest
from factfidelity.evaluation.team_order import teams_in_order
from factfidelity.extract import COLUMNS, Extract
from factfidelity.schemas.plan import Plan

ALL_TEAMS = "all"
# Whose values a report of one team lists as the report of all does: where none is telling, so is a row that lacks.
_LISTED = (("clients", "diagnosis_group"), ("coercion", "kind"))
_REPORT = "report_team"


def only_team(extract: Extract, team: str) -> Extract:
    """Return the extract of one team.

    The team's own rows are kept; diagnoses and coercive measures are listed as in the whole. A client belongs to the
    first team, so the cohort (``clients``, and with it every outcome) is those who began in this one; a client who came
    from another team counts in the caseload only.

    Parameters
    ----------
    team : str
        The team's id or its name.

    Raises
    ------
    PlanError
        If there is no such team.
    """
    team_id = team_named(extract, team)
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
    return replace(extract, tables=tables, groups={place: extract.groups_in(*place) for place in _LISTED})


def team_named(extract: Extract, team: str) -> str:
    """Return the id of a team that is given by its id or its name.

    Raises
    ------
    PlanError
        If there is no such team.
    """
    teams = extract.teams
    found = teams.loc[(teams["team_id"] == team) | (teams["name"] == team), "team_id"]
    if found.empty:
        known = ", ".join(teams_in_order(extract))
        raise PlanError(
            problems=[
                Problem(
                    f'there is no team "{team}" in the delivery', f"choose one of: {known}",
                    what_sv=f'det finns inget team "{team}" i leveransen', do_sv=f"välj bland: {known}",
                )
            ]
        )  # fmt: skip
    return str(found.iloc[0])


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
_REASONS = ("end_reason", "reason_off")
_ENDS = ("end", "discharged", "observed_to", "followed_up", "decided", "first_contact")


def _cut_table(frame: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    begins = next((name for name in _BEGINS if name in frame.columns), None)
    if begins is not None:
        frame = frame[~(frame[begins] >= end)]
    elif "assessment" in frame.columns:
        frame = frame[~(pd.to_datetime(frame["assessment"], errors="coerce") >= end)]
    later = {name: frame[name].mask(frame[name] >= end) for name in _ENDS if name in frame.columns}
    if "end" in later:  # what went on then had no reason to end yet
        later |= {name: frame[name].mask(frame["end"] >= end) for name in _REASONS if name in frame.columns}
    return frame.assign(**later)


@dataclass(frozen=True, slots=True)
class Part:
    """What one team's figures are before the gate, or those of all teams: can be made in another process.

    Attributes
    ----------
    results : mapping of Result
    missing : mapping of Text
    provenance : mapping
    grains : mapping of str
    """

    results: Mapping[str, Result]
    missing: Mapping[str, Mapping[str, str]]
    provenance: Mapping[str, Any]
    grains: Mapping[str, str]

    @classmethod
    def of(cls, extract: Extract, plan: Plan, grains: Mapping[str, str] | None) -> Part:
        """Evaluate an extract."""
        made = evaluate(extract, plan, grains=grains)
        return cls(made.results, made.missing, made.provenance(), made.grains)


Parts = Callable[[Extract, Plan, Sequence[str], Mapping[str, str] | None], Mapping[str, Part]]


def parts_of(
    extract: Extract, plan: Plan, teams: Sequence[str], grains: Mapping[str, str] | None = None
) -> dict[str, Part]:
    """Evaluate all teams together, and each one by the periods and groups of all, one after the other."""
    whole = Part.of(extract, plan, grains)
    return {ALL_TEAMS: whole} | {team: Part.of(only_team(extract, team), plan, whole.grains) for team in teams}


def teams_at_work(extract: Extract) -> list[str]:
    """Return the ids of the teams that have begun and have had clients."""
    begun = set(extract.teams.loc[~(extract.teams["started"] >= extract.end), "team_id"].astype("str"))
    having = set(extract.enrolments.loc[extract.enrolments["client_id"].notna(), "team_id"])
    return [team for team in teams_in_order(extract) if team in begun and team in having]


def evaluate_teams(
    extract: Extract,
    plan: Plan,
    teams: Sequence[str] | None = None,
    *,
    previous: Mapping[str, Mapping[str, Result] | Sequence[Mapping[str, Result]]] | None = None,
    beside_whole: bool = False,
    grains: Mapping[str, str] | None = None,
    leave_out: bool = False,
    parts_by: Parts = parts_of,
) -> tuple[dict[str, ReleasedEvaluation], list[str]]:
    """Evaluate all teams together and each team, and release all of it together.

    Parameters
    ----------
    extract : Extract
    plan : Plan
    teams : sequence of str, optional
        Ids; default all. The gate always weighs every team, so that no team follows from the others.
    previous : mapping of str to mapping of Result, or to several, optional
        By team: the released results of its reports before this one, and what else others have of it, as the earlier
        period recomputed (``evaluate_teams`` of ``cut_at`` the end of that period).
    beside_whole : bool
        Whether the report of all teams was made by itself, so that what it shows is known and cannot be hidden again.
    grains : mapping of str, optional
        The periods and groups of the reports before; every report is shown by those of the report of all teams.
    leave_out : bool
        Whether results that the gate refuses are left out of every report, with the reason in ``missing``; else
        nothing is released.
    parts_by : callable
        What evaluates all teams together and each team; for several processes, another that gives the same.

    Returns
    -------
    released : dict of ReleasedEvaluation
        By team id, and ``all``.
    small : list of str
        Teams with fewer clients than may be shown; they have no report of their own.
    """
    smallest = plan.disclosure.smallest
    sizes = extract.enrolments.groupby("team_id")["client_id"].nunique()
    known = teams_at_work(extract)
    parts = parts_by(extract, plan, known, grains)
    rule = DisclosureRule.of(plan.disclosure)
    stacked = cast("Mapping[str, Any]", _stacked({team: part.results for team, part in parts.items()}))
    before = [
        {team: still_known(one, parts[team].results) for team, one in turn.items() if team in parts}
        for turn in _turns(previous or {})
    ]
    if beside_whole:
        before.append({ALL_TEAMS: release_results(parts[ALL_TEAMS].results, rule)[0]})
    shown = [cast("Mapping[str, Any]", _stacked(turn, released=True)) for turn in before]
    left: tuple[str, ...] = ()
    if leave_out:
        released, audit, left = release_rest(stacked, rule, shown)
    else:
        released, audit = release_results(stacked, rule, previous=shown)
    small = [team for team in known if sizes[team] < smallest]
    wanted = [ALL_TEAMS, *(team for team in known if team not in small and (teams is None or team in teams))]
    return {
        team: ReleasedEvaluation(
            _unstacked(released, team, parts[team].results),
            {**parts[team].missing, **dict.fromkeys(left, WHY)},
            plan,
            dict(parts[team].provenance) | ({} if team == ALL_TEAMS else {"team": team}),
            audit,
        )
        for team in wanted
    }, small


def _turns(
    previous: Mapping[str, Mapping[str, Result] | Sequence[Mapping[str, Result]]],
) -> list[dict[str, Mapping[str, Result]]]:
    """Return the earlier releases one by one, each by team."""
    lists = {team: [one] if isinstance(one, Mapping) else list(one) for team, one in previous.items()}
    most = max((len(ones) for ones in lists.values()), default=0)
    return [{team: ones[turn] for team, ones in lists.items() if turn < len(ones)} for turn in range(most)]


@dataclass(frozen=True, eq=False)
class _Stack:
    """The same result of several teams and of all of them, as one result to the gate."""

    stacked: Mapping[str, pd.DataFrame]
    gates: Mapping[str, Gate]
    is_released: bool = False

    def frames(self) -> dict[str, pd.DataFrame]:
        return dict(self.stacked)

    def require_released(self) -> _Stack:
        return self

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> _Stack:
        return replace(self, stacked=frames, is_released=released)


def _stacked(results: Mapping[str, Mapping[str, Result]], *, released: bool = False) -> dict[str, _Stack]:
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
        stacks[name] = _Stack(frames, gates, released)
    return stacks


def _unstacked(released: Mapping[str, Any], team: str, results: Mapping[str, Result]) -> dict[str, Result]:
    mine = {}
    for name, result in results.items():
        if name not in released:
            continue
        frames = {}
        for place, frame in released[name].frames().items():
            rows = frame[frame[_REPORT] == team].drop(columns=_REPORT).reset_index(drop=True)
            frames[place] = rows
        mine[name] = result.with_frames(frames, released=True)
    return mine
