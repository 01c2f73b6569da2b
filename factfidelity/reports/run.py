"""The main job: a delivery becomes a report page, a workbook, a delivery report and a run record."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.delivery.load import load_extract
from factfidelity.delivery.quality import DeliveryReport
from factfidelity.delivery.quality_guard import shown_counts, shown_files, shown_rows
from factfidelity.display.result import Result
from factfidelity.display.views import TableView
from factfidelity.errors import DisclosureError, Problem, ReportError
from factfidelity.evaluation import ReleasedEvaluation, cut_at, evaluate, evaluate_teams, only_team, team_named
from factfidelity.extract import Extract
from factfidelity.reports.before import comparable, grains_of, read_before
from factfidelity.reports.changes import changes_record, same_rules
from factfidelity.reports.delivery import write_delivery_report
from factfidelity.reports.plain import view_record
from factfidelity.reports.released import leaving_record, released_json
from factfidelity.reports.render import FORMATS, check_choices, report_files, write_all
from factfidelity.schemas.plan import Plan, load_plan

Progress = Callable[[str, int, int], None]
# The tables of the delivery report that the report itself repeats; the others stand in the delivery report.
_REPEATED = ("files", "rules", "breaks")
_STEPS = ("read", "evaluate", "release", "page", "delivery", "write")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run made.

    Attributes
    ----------
    paths : tuple of Path
        The files written.
    released : ReleasedEvaluation
        What they were made from.
    report : DeliveryReport
        What was delivered.
    """

    paths: tuple[Path, ...]
    released: ReleasedEvaluation
    report: DeliveryReport


def plan_for(folder: Path, plan: Plan | str | Path | None) -> Plan:
    """Return the plan that was asked for, else ``plan.yaml`` beside the delivery, else the default."""
    if isinstance(plan, Plan):
        return plan
    beside = folder / "plan.yaml"
    return load_plan(plan or (beside if beside.is_file() else "default"))


def run_report(
    folder: str | Path,
    out: str | Path,
    *,
    mapping: str | Path | None = None,
    plan: Plan | str | Path | None = None,
    language: str | None = None,
    team: str | None = None,
    previous: str | Path | None = None,
    notebook: str | Path = "evaluation_report",
    formats: Sequence[str] = FORMATS,
    progress: Progress | None = None,
) -> Run:
    """Turn a delivery into its report.

    Parameters
    ----------
    folder : str or Path
        The delivery.
    out : str or Path
        Where the files go; nothing is written before all of them are complete.
    mapping, plan : optional
        Default: ``mapping.yaml`` and ``plan.yaml`` beside the delivery, else the shipped ones.
    language : {"sv", "en"}, optional
        Default: the plan's.
    team : str, optional
        One team's id or name; default all teams.
    previous : str or Path, optional
        ``released.json`` of the report before, or its folder: what it shows is counted as known, and results that
        the gate refuses beside it are left out, with the reason.
    notebook : str or Path
        A notebook of your own, or the name of a shipped one.
    formats : sequence of str
        As in ``render_report``.
    progress : callable, optional
        Called with a step, its number and how many there are.

    Returns
    -------
    Run

    Raises
    ------
    ExtractError, IdentityFoundError, PlanError, SchemaError, DisclosureError, ReportError
    """
    folder, out = Path(folder), Path(out)
    step = _steps(progress)
    step("read")
    chosen = plan_for(folder, plan)
    tongue = language or chosen.language
    check_choices(tongue, formats)
    before = read_before(previous) if previous else None
    extract = load_extract(folder, mapping=mapping, plan=chosen)
    report: DeliveryReport = extract.delivery
    step("evaluate")
    if before:
        comparable(before, extract, team)
    known = [before.results] if before else []
    grains = grains_of(before)
    if team:
        released = _team_released(extract, chosen, team, known, grains)
    else:
        evaluation = evaluate(extract, chosen, grains=grains)
        step("release")
        released = evaluation.released(previous=known, leave_out=bool(known))
    released = dataclasses.replace(released, delivery=delivery_facts(report))
    if before:
        again = _recomputed(extract, chosen, team, before, released)
        released = dataclasses.replace(released, changes=changes_record(released, before, again))
    step("page")
    contents = report_files(released, language=tongue, formats=formats, notebook=notebook)
    step("delivery")
    contents |= _delivery_files(report, tongue)
    contents["released.json"] = released_json(released).encode("utf-8")
    contents["run.json"] = _record(extract, report, released, contents).encode("utf-8")
    step("write")
    try:
        paths = write_all(out, contents)
    except OSError as fault:
        what = f"cannot be written: {fault.strerror or type(fault).__name__}"
        problem = Problem(what, "choose another folder with --out", out.name)
    else:
        return Run(tuple(paths), released, report)
    raise ReportError(problems=[problem]) from None


def _recomputed(
    extract: Extract, plan: Plan, team: str | None, before: ReleasedEvaluation, now: ReleasedEvaluation
) -> ReleasedEvaluation | None:
    """Return the earlier period under today's rules, beside what was shown of it then and what is shown now.

    What the gate refuses beside them is left out. One team's passes the gate with those of all the others. Where data,
    plan and versions are those of then, it is what was shown then.
    """
    earlier = cut_at(extract, pd.Timestamp(before.provenance["period"][1]) + pd.Timedelta(days=1))
    grains = grains_of(before)
    if same_rules(now, before) and before.provenance["fingerprint"] == _mine(earlier, team).fingerprint:
        return before
    known = [before.results, now.results]
    try:
        if team:
            return _team_released(earlier, plan, team, known, grains)
        return evaluate(earlier, plan, grains=grains).released(previous=known, leave_out=True)
    except (DisclosureError, ReportError):
        return None


def _mine(extract: Extract, team: str | None) -> Extract:
    return only_team(extract, team) if team else extract


def _team_released(
    extract: Extract,
    plan: Plan,
    team: str,
    previous: Sequence[Mapping[str, Result]],
    grains: Mapping[str, str] | None = None,
) -> ReleasedEvaluation:
    """Release one team's results so that its report may lie beside that of all teams and those of the others."""
    team_id = team_named(extract, team)
    known = {team_id: previous} if previous else None
    try:
        made, _ = evaluate_teams(
            extract, plan, [team_id], previous=known, beside_whole=True, grains=grains, leave_out=bool(previous)
        )
    except DisclosureError as fault:
        problems = (*fault.problems, _made_together())
    else:
        problems = ()
    if problems:
        raise DisclosureError(problems=problems)
    if team_id in made:
        return made[team_id]
    problem = Problem(
        f"the team has fewer than {plan.disclosure.smallest} clients, or had not begun in the period",
        "make the report of all teams",
        what_sv=f"teamet har färre än {plan.disclosure.smallest} klienter, eller hade inte börjat under perioden",
        do_sv="gör rapporten för alla team",
    )
    raise ReportError(problems=[problem])


def _made_together() -> Problem:
    return Problem(
        "the report of this team alone would give hidden numbers away beside the report of all teams",
        "make the reports of all teams together, with factfidelity batch, and publish only those",
        kind="disclosure",
        what_sv="rapporten för bara det här teamet skulle röja dolda tal bredvid rapporten för alla team",
        do_sv="gör alla teams rapporter tillsammans med factfidelity batch, och publicera bara dem",
    )


def _steps(progress: Progress | None) -> Callable[[str], None]:
    def step(name: str) -> None:
        if progress:
            progress(name, _STEPS.index(name), len(_STEPS))

    return step


def delivery_facts(report: DeliveryReport) -> dict[str, Any]:
    """Return what the report repeats of the delivery: words, and the account of rows and rules, in both languages."""
    return {
        "summary": {name: " ".join(report.summary(name).split("\n\n")[0].split()) for name in ("sv", "en")},
        "views": {
            name: [view_record(_without_lines(view)) for view in report.views(name) if view.name in _REPEATED]
            for name in ("sv", "en")
        },
    }


def _without_lines(view: TableView) -> TableView:
    """Return a table on the delivery without line numbers: they point at rows of persons, and say how rows lay."""
    frame = view.frame
    if "count" in frame.columns:
        frame = frame.assign(count=shown_counts(frame["count"]))
    columns = tuple(column for column in view.columns if column.name != "lines")
    return dataclasses.replace(view, frame=frame, columns=columns)


def _delivery_files(report: DeliveryReport, language: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="factfidelity-") as quiet:
        paths: Sequence[Path] = write_delivery_report(report, quiet, language=language)
        return {path.name: path.read_bytes() for path in paths}


def _record(
    extract: Extract, report: DeliveryReport, released: ReleasedEvaluation, contents: Mapping[str, bytes]
) -> str:
    """Return the run record: what went in, by which rules, what came out. No clock: the same run, the same record."""
    files = _without_tellable_hashes(shown_files(report.files), report.files)
    inputs = [
        {name: _value(row[name]) for name in files.columns if name != "tables"} for row in files.to_dict("records")
    ]
    record: dict[str, Any] = {
        "inputs": inputs,
        "rows": {str(fate): int(count) for fate, count in report.rows["fate"].value_counts().sort_index().items()},
        "tables": shown_rows({name: len(frame) for name, frame in extract.tables.items() if len(frame)}),
        **dict(released.provenance),
        "hidden": {
            name: value
            for name, value in leaving_record(released).items()
            if isinstance(value, (int, float, str, dict, list))
        },
        "outputs": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True, default=str)


def _without_tellable_hashes(files: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """Return the files without the check sum of those whose rows are not told.

    A file of so few rows is one of few possible files: trying them all would find its rows from the check sum.
    """
    if "content_hash" not in files.columns or "rows" not in files.columns:
        return files
    gone = files["rows"].isna() & whole["rows"].notna()
    return files.assign(content_hash=files["content_hash"].astype("object").mask(gone, None))


def _value(value: Any) -> Any:
    plain = value.item() if hasattr(value, "item") else value
    return None if plain != plain else plain
