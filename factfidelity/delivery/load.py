"""A folder becomes an Extract, or a report on what stands in the way. The door of this room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.delivery.assemble import Assembled, assemble
from factfidelity.delivery.checks import CheckedTables, check_tables
from factfidelity.delivery.keep import save_tables
from factfidelity.delivery.mapping import read_mapping
from factfidelity.delivery.quality import DeliveryReport, build_report
from factfidelity.delivery.rare_labels import without_rare_labels
from factfidelity.delivery.read import data_files
from factfidelity.delivery.words_read import problem
from factfidelity.errors import ExtractError, FactFidelityError, IdentityFoundError
from factfidelity.extract import Extract
from factfidelity.schemas.mapping import Mapping
from factfidelity.schemas.plan import Plan, load_plan

Progress = Callable[[str, int, int], None]
_SORTED_UP_TO = 1_000_000


def load_extract(
    folder: str | Path,
    *,
    mapping: Mapping | str | Path | None = None,
    plan: Plan | str | Path | None = None,
    engine: Any = None,
    progress: Progress | None = None,
) -> Extract:
    """Read, screen, map and check a delivery.

    Parameters
    ----------
    folder : str or Path
        The delivery: files in suppliers' forms with a ``mapping.yaml``, files that are recognised by their headings,
        or our own tables.
    mapping, plan : optional
        Default: ``mapping.yaml`` and ``plan.yaml`` in the folder, else none and the default plan.
    engine : optional
        Where work is done; only this process for now, so anything but None is refused.
    progress : callable, optional
        Called with a file's name, its number and how many there are.

    Returns
    -------
    Extract
        With its delivery report under ``delivery``.

    Raises
    ------
    IdentityFoundError
        If something that identifies a person directly was found; nothing is loaded.
    ExtractError
        If something else stops it: all problems at once.
    MappingError, PlanError
        If the mapping or the plan is faulty.
    """
    if engine is not None:
        raise ValueError(f"engine must be None, got {type(engine).__name__}")
    report, assembled, checked = _examine(Path(folder), mapping, plan, None, progress)
    if report.error is not None:
        raise report.error
    if checked is None or assembled.start is None or assembled.end is None:
        raise ExtractError(problems=report.problems, place=report.place)
    tables = {name: _in_order(frame) for name, frame in checked.tables.items()}
    return Extract(tables, assembled.start, assembled.end, assembled.sources, assembled.linkage, report, save_tables)


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table without its places in the files, in one order whatever the order of rows and files was.

    Sums of floats depend on their order in the last digit; beyond a million rows the sorting costs more than it gives.
    """
    plain = frame.drop(columns=[column for column in ("_source", "_line") if column in frame])
    if len(plain) <= _SORTED_UP_TO and len(plain.columns):
        plain = plain.sort_values(list(plain.columns), kind="stable")
    return plain.reset_index(drop=True)


def check_extract(
    folder: str | Path,
    *,
    mapping: Mapping | str | Path | None = None,
    plan: Plan | str | Path | None = None,
    previous: str | Path | None = None,
    progress: Progress | None = None,
) -> DeliveryReport:
    """Tell what was delivered, what is wrong and what to do.

    Parameters
    ----------
    folder, mapping, plan, progress
        As for ``load_extract``.
    previous : str or Path, optional
        Folder of the delivery before, to compare with.

    Returns
    -------
    DeliveryReport
        ``ok`` is False where an extract cannot be made; ``error`` is what ``load_extract`` would raise.

    Raises
    ------
    IdentityFoundError
        If something that identifies a person directly was found.
    """
    before = None
    if previous is not None:
        before = dict(load_extract(previous, mapping=None, plan=plan).tables)
    report, _, _ = _examine(Path(folder), mapping, plan, before, progress)
    if isinstance(report.error, IdentityFoundError):
        raise report.error
    return report


def _examine(
    folder: Path, mapping: Any, plan: Any, previous: dict[str, pd.DataFrame] | None, progress: Progress | None
) -> tuple[DeliveryReport, Assembled, CheckedTables | None]:
    name = folder.resolve().name
    if not folder.is_dir():
        raise _refused(problem("no_folder", name=folder.name or name), name)
    if not data_files(folder):
        raise _refused(problem("empty_folder"), name)
    chosen = _plan(folder, plan)
    said = _mapping(folder, mapping)
    assembled = assemble(folder, said, chosen, progress)
    checked = None
    if not assembled.stopped and assembled.start is not None and assembled.end is not None:
        checked = check_tables(
            assembled.tables, sources=assembled.sources, start=assembled.start, end=assembled.end,
            thresholds=chosen.thresholds, headings=assembled.headings,
        )  # fmt: skip
        checked = without_rare_labels(checked)
    report = build_report(
        place=name, files=assembled.files, rows=assembled.rows, checked=checked, problems=assembled.problems,
        repaired=assembled.repaired, start=assembled.start, end=assembled.end, previous=previous,
        linkage=assembled.linkage, language=chosen.language,
    )  # fmt: skip
    return report, assembled, checked


def _refused(one: Any, place: str) -> FactFidelityError:
    return ExtractError(problems=[one], place=place)


def _plan(folder: Path, plan: Plan | str | Path | None) -> Plan:
    if isinstance(plan, Plan):
        return plan
    beside = folder / "plan.yaml"
    return load_plan(plan or (beside if beside.is_file() else "default"))


def _mapping(folder: Path, mapping: Mapping | str | Path | None) -> Mapping | None:
    if isinstance(mapping, Mapping):
        return mapping
    path = Path(mapping) if mapping is not None else folder / "mapping.yaml"
    return read_mapping(path) if mapping is not None or path.is_file() else None
