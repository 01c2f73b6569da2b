"""The teams of a year are evaluated in the processes, and those of the next while this year passes the gate."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field

from factfidelity.errors import FactFidelityError
from factfidelity.evaluation import ALL_TEAMS, Part, only_team, teams_at_work
from factfidelity.extract import Extract
from factfidelity.schemas.plan import Plan

Grains = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A year whose teams are being evaluated, by the periods and groups that were laid down for it."""

    extract: Extract
    grains: Grains | None
    whole: Part
    teams: Mapping[str, Future[Part]]

    def taken(self, team: str, plan: Plan) -> Part:
        """Return what a process made; what could not be made there is made here, and fails here if it must."""
        if team in self.teams:
            with suppress(Exception):
                return self.teams[team].result()
        return Part.of(only_team(self.extract, team), plan, self.whole.grains)


@dataclass
class Ahead:
    """Evaluates the teams of a year in several processes; the figures are those of ``parts_of``.

    Attributes
    ----------
    pool : ProcessPoolExecutor
    next : mapping of int to int
        The year that is made after each.
    cut : callable
        Gives what was known at the end of a year.
    """

    pool: ProcessPoolExecutor
    next: Mapping[int, int]
    cut: Callable[[int], Extract]
    _begun: dict[int, _Begun] = field(default_factory=dict)

    def parts(
        self, year: int, extract: Extract, plan: Plan, teams: Sequence[str], grains: Grains | None
    ) -> dict[str, Part]:
        """Return the parts of a year; those of the next are begun meanwhile.

        Parameters
        ----------
        year : int
        extract : Extract
            Cut at the end of the year.
        plan : Plan
        teams : sequence of str
        grains : mapping of str, optional
            Those of the reports before.
        """
        begun = self._begun.pop(year, None)
        if begun is None or begun.grains != grains:  # else it was begun by what is laid down now
            begun = self._begin(extract, plan, teams, grains)
        if year in self.next:
            following = self.cut(self.next[year])
            with suppress(FactFidelityError):  # it is said when that year is made
                self._begun[self.next[year]] = self._begin(
                    following, plan, teams_at_work(following), dict(begun.whole.grains)
                )
        return {ALL_TEAMS: begun.whole} | {team: begun.taken(team, plan) for team in teams}

    def _begin(self, extract: Extract, plan: Plan, teams: Sequence[str], grains: Grains | None) -> _Begun:
        whole = Part.of(extract, plan, grains)
        sent = {team: self._sent(extract, plan, team, whole.grains) for team in teams}
        return _Begun(extract, grains, whole, {team: one for team, one in sent.items() if one is not None})

    def _sent(self, extract: Extract, plan: Plan, team: str, grains: Grains) -> Future[Part] | None:
        bare = dataclasses.replace(only_team(extract, team), delivery=None, saver=None)
        try:
            return self.pool.submit(Part.of, bare, plan, grains)
        except BrokenProcessPool:
            return None
