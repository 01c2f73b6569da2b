"""The report before this one: found, read, and held against this delivery before anything is made from both."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from factfidelity.errors import Problem, ReportError
from factfidelity.evaluation import ReleasedEvaluation, team_named
from factfidelity.evaluation.grain import COURSES
from factfidelity.extract import Extract
from factfidelity.reports.released import read_released

_FILE = "released.json"
_TOTALS = {"total", "all"}


def read_before(path: str | Path) -> ReleasedEvaluation:
    """Read the report before: its ``released.json``, or the folder that holds it.

    Raises
    ------
    ReportError
        If there is none, or it cannot be read by this version.
    """
    path = Path(path)
    if path.is_dir():
        found = sorted(path.glob(f"*/{_FILE}")) + sorted(path.glob(f"*/*/{_FILE}"))
        path = path / _FILE
        if not path.is_file() and found:
            raise _refused(
                f"the folder holds several reports ({len(found)} files {_FILE} below it)",
                f"give the folder of one report, such as {found[0].parent.relative_to(path.parent).as_posix()}",
                f"mappen innehåller flera rapporter ({len(found)} filer {_FILE} under den)",
                f"ange en rapports mapp, till exempel {found[0].parent.relative_to(path.parent).as_posix()}",
                path.parent.name,
            )
    if not path.is_file():
        raise _refused(
            f"there is no report before here: {path.name} is not there",
            f"give {_FILE} of the report before, or its folder",
            f"här finns ingen tidigare rapport: {path.name} saknas",
            f"ange {_FILE} från förra rapporten, eller dess mapp",
            path.parent.name if path.name == _FILE else path.name,
        )
    return read_released(path)


def comparable(before: ReleasedEvaluation, extract: Extract, team: str | None) -> ReleasedEvaluation:
    """Return the report before, or refuse it where it is about others, or of a later period, than this one.

    Raises
    ------
    ReportError
    """
    theirs, mine = before.provenance.get("team"), team_named(extract, team) if team else None
    if theirs != mine:
        raise _refused(
            f"the report before is of {theirs or 'all teams'}, this one of {mine or 'all teams'}",
            "give released.json of the same team's report",
            f"förra rapporten gäller {theirs or 'alla team'}, den här {mine or 'alla team'}",
            "ange released.json från samma teams rapport",
        )
    ended, ends = str(before.provenance["period"][1]), f"{extract.end - pd.Timedelta(days=1):%Y-%m-%d}"
    if ended > ends:
        raise _refused(
            f"the report before goes to {ended}, this delivery only to {ends}",
            "give the report of an earlier period",
            f"förra rapporten går till {ended}, den här leveransen bara till {ends}",
            "ange rapporten för en tidigare period",
        )
    told = _teams_of(before)
    if told and not told & set(extract.teams["team_id"].astype(str)):
        raise _refused(
            f"the report before is of other teams ({', '.join(sorted(told))}) than the delivery's",
            "give the report of the same unit",
            f"förra rapporten gäller andra team ({', '.join(sorted(told))}) än leveransens",
            "ange rapporten för samma verksamhet",
        )
    return before


def _teams_of(before: ReleasedEvaluation) -> set[str]:
    frames = [frame for result in before.results.values() for frame in result.frames().values()]
    ids = [set(frame["team_id"].dropna().astype(str)) for frame in frames if "team_id" in frame.columns]
    return set().union(*ids) - _TOTALS


def grains_of(before: ReleasedEvaluation | None) -> Mapping[str, str] | None:
    """Return the periods and groups of the report before, which this one keeps: a quarter tells of its months."""
    if before is None:
        return None
    grains = before.provenance.get("grains")
    if grains is not None:
        return dict(grains)
    every = {result.notes["every"] for name, result in before.results.items() if name in COURSES}
    return {"every": every.pop()} if len(every) == 1 else None


def _refused(what: str, do: str, what_sv: str, do_sv: str, file: str = "") -> ReportError:
    return ReportError(problems=[Problem(what, do, file, what_sv=what_sv, do_sv=do_sv)])
