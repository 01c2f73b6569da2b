"""All teams, all years, both languages in one call: evaluated once each, rendered side by side, failures listed."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import importlib
import json
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.errors import FactFidelityError
from factfidelity.evaluation import ALL_TEAMS, ReleasedEvaluation, cut_at, evaluate, evaluate_teams, versions
from factfidelity.extract import Extract
from factfidelity.reports.batch_ahead import Ahead
from factfidelity.reports.batch_index import Line, index_page, key_cells
from factfidelity.reports.batch_years import RELEASED, Beside, StoredYear, store_year, stored_year
from factfidelity.reports.once import kept
from factfidelity.reports.pages import pages_of
from factfidelity.reports.released import open_released, released_json, write_text
from factfidelity.reports.render import FORMATS, check_choices, report_names, stored_files, write_all
from factfidelity.schemas.plan import Plan

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """One report of the batch.

    Attributes
    ----------
    team : str
        A team's id; ``all`` for all teams together.
    year : int
    language : str
    folder : str
        Below the folder of the batch.
    """

    team: str
    year: int
    language: str
    folder: str


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """What became of a batch.

    Attributes
    ----------
    done, failed : tuple
        Jobs made, and jobs with the reason why they were not, in their language.
    small : tuple of (str, int)
        Teams and years with too few clients for a report of their own.
    index : tuple of Path
        The index pages, one for each language.
    """

    done: tuple[Job, ...]
    failed: tuple[tuple[Job, str], ...]
    small: tuple[tuple[str, int], ...]
    index: tuple[Path, ...]


@dataclass
class _Batch:
    """What is asked for, and how far it has come."""

    extract: Extract
    plan: Plan
    root: Path
    years: Sequence[int]
    teams: Sequence[str] | None
    languages: Sequence[str]
    formats: Sequence[str]
    facts: Mapping[str, object]
    progress: Progress | None
    done: list[Job] = dataclasses.field(default_factory=list)
    failed: list[tuple[Job, str]] = dataclasses.field(default_factory=list)
    small: list[tuple[str, int]] = dataclasses.field(default_factory=list)
    again: list[Job] = dataclasses.field(default_factory=list)

    def say(self, step: str, done: int, total: int) -> None:
        if self.progress:
            self.progress(step, done, total)


def render_batch(
    extract: Extract,
    plan: Plan,
    folder: str | Path,
    *,
    years: Sequence[int] | None = None,
    teams: Sequence[str] | None = None,
    languages: Sequence[str] = ("sv", "en"),
    formats: Sequence[str] = FORMATS,
    workers: int = 2,
    facts: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> BatchOutcome:
    """Write the reports of all teams together and of each team, for each year, in each language.

    The report of a year shows what was known on its last day. All reports of a year go through the gate together, and
    each year knows what the reports of all other years in the folder show, earlier and later: a team's figures cannot
    be had by taking the other teams from the whole, nor by taking one year's report from another's. What is there
    already, made from the same data, plan and versions, is left as it is; a report that cannot be made is listed with
    its reason, and the rest is done.

    Parameters
    ----------
    extract : Extract
    plan : Plan
    folder : str or Path
    years : sequence of int, optional
        Default: every full year of the extract in which a team had started.
    teams : sequence of str, optional
        Ids; default all.
    languages, formats : sequences of str
    workers : int
        Processes that render side by side; the next year is evaluated meanwhile.
    facts : mapping, optional
        What the reports repeat of the delivery.
    progress : callable, optional
        Called with a step, how many are done, and how many there are.

    Returns
    -------
    BatchOutcome

    Raises
    ------
    ValueError
        If a language, format, team or year is none that there is.
    """
    for language in languages:
        check_choices(language, formats)
    unknown = sorted(set(teams or ()) - set(extract.teams["team_id"].astype("str")))
    if unknown:
        raise ValueError(f"teams must be ids of teams in the delivery, got {', '.join(unknown)}")
    root = Path(folder)
    wanted = sorted(set(years if years is not None else full_years(extract)))
    outside = [year for year in wanted if not extract.start.year <= year <= (extract.end - pd.Timedelta(days=1)).year]
    if outside:
        raise ValueError(f"years must lie in the delivery, got {', '.join(map(str, outside))}")
    batch = _Batch(extract, plan, root, wanted, teams, languages, formats, facts or {}, progress)
    for unfinished in root.glob("**/.*.partial"):
        unfinished.unlink()
    with _pool(workers) as pool:
        running: dict[Future[str], Job] = {}
        for jobs in _evaluated(batch, pool):
            for job in jobs:
                if _is_made(root, job, formats):
                    batch.done.append(job)
                else:
                    try:
                        running[pool.submit(_one, root, job, tuple(formats))] = job
                    except BrokenProcessPool:
                        batch.again.append(job)
        _gather(batch, running)
    batch.done.sort(key=lambda job: (job.year, job.team, job.language))
    index = tuple(_write_index(batch, language) for language in languages)
    return BatchOutcome(tuple(batch.done), tuple(batch.failed), tuple(batch.small), index)


def full_years(extract: Extract) -> list[int]:
    """Return the calendar years that the extract covers to their end, from the first team's start on."""
    starts = extract.teams["started"].dropna()
    first = (starts.min() if len(starts) else extract.start).year
    last = extract.end.year - 1
    return list(range(max(first, extract.start.year), last + 1))


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that finish the report in hand and take no other where the call is interrupted."""
    stop = multiprocessing.Event()
    pool = ProcessPoolExecutor(max_workers=max(1, workers), initializer=_deaf, initargs=(stop,))
    try:
        yield pool
    except BaseException:
        stop.set()  # some reports wait where they can no longer be called back
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_STOPS: list[Event] = []


def _deaf(stop: Event) -> None:
    """Leave an interrupt to the process that was called, which says when to stop; load what every report needs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _STOPS[:] = [stop]
    for name in ("display.charts", "reports.workbook", "reports.notebook"):
        importlib.import_module(f"factfidelity.{name}")
    gc.freeze()  # what is loaded stays; looking through it again and again for waste took a tenth of the time
    gc.set_threshold(_SELDOM, *gc.get_threshold()[1:])


# New objects between two searches for waste: a chart makes some hundred thousand.
_SELDOM = 200_000


def _evaluated(batch: _Batch, pool: ProcessPoolExecutor) -> Iterator[list[Job]]:
    """Evaluate year by year, each knowing what the reports of all other years show; give the jobs of each year.

    The last year comes first: what is shown of one year is hidden in the next to be made, and the last is read most.
    """
    beside = Beside.of(batch.root, batch.years)
    ahead = Ahead(pool, dict(pairwise(reversed(batch.years))), partial(_cut, batch))
    for number, year in enumerate(reversed(batch.years)):
        batch.say(f"evaluate {year}", number, len(batch.years))
        extract = _cut(batch, year)
        base = _base(batch, extract)
        stored = stored_year(batch.root, year)
        try:
            if stored is None or not beside.fits(year, stored, base, batch.years[-1]):
                laid = beside.grains() or (None if year == batch.years[-1] else _grains(batch))
                made, small = evaluate_teams(
                    extract, batch.plan, batch.teams, previous=beside.shown(), grains=laid, leave_out=True,
                    parts_by=partial(ahead.parts, year),
                )  # fmt: skip
                stored = _store(batch, year, StoredYear(base, batch.years[-1], beside.keys(), {}, small), made)
        except FactFidelityError as fault:
            batch.failed += [(Job(ALL_TEAMS, year, one, f"{year}/all"), fault.render(one)) for one in batch.languages]
            if stored is not None:  # what was made before lies there still
                beside.years[year] = stored
            yield []
            continue
        beside.years[year] = stored
        batch.small += [(team, year) for team in stored.small]
        yield [Job(team, year, one, place) for team, place in stored.folders.items() for one in batch.languages]


def _cut(batch: _Batch, year: int) -> Extract:
    """Return what was known on the last day of a year."""
    return cut_at(batch.extract, min(pd.Timestamp(year + 1, 1, 1), batch.extract.end))


def _grains(batch: _Batch) -> Mapping[str, str]:
    """Return the periods and groups of all years: those of the last, where the clients are most."""
    return evaluate(_cut(batch, batch.years[-1]), batch.plan).grains


def _base(batch: _Batch, extract: Extract) -> str:
    """Return a fingerprint of all that a year's figures are made from, but for what other years show."""
    content = [extract.fingerprint, batch.plan.record(), versions(), sorted(batch.teams or ()), batch.facts]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _store(batch: _Batch, year: int, stored: StoredYear, made: Mapping[str, ReleasedEvaluation]) -> StoredYear:
    """Write the released figures of a year; reports made from other figures go, the mark of the year comes last."""
    folders: dict[str, str] = {}
    for team, released in made.items():
        folders[team] = f"{year}/{_folder_name(team, folders, year)}"
        text = released_json(dataclasses.replace(released, delivery=batch.facts))
        store = batch.root / folders[team] / RELEASED
        if not store.is_file() or store.read_text(encoding="utf-8") != text:
            for old in report_names():
                (store.parent / old).unlink(missing_ok=True)
            write_text(store, text)
    stored = dataclasses.replace(stored, folders=folders)
    store_year(batch.root, year, stored)
    return stored


def _folder_name(team: str, taken: Mapping[str, str], year: int) -> str:
    plain = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in team) or "team"
    name, number = plain, 2
    while f"{year}/{name}".casefold() in {place.casefold() for place in taken.values()}:
        name, number = f"{plain}_{number}", number + 1
    return name


def _gather(batch: _Batch, running: Mapping[Future[str], Job]) -> None:
    """Take in what the processes made; what was under way when one of them was ended is tried once more, alone."""
    for number, future in enumerate(as_completed(running), start=1):
        try:
            _note(batch, running[future], future.result())
        except BrokenProcessPool:
            batch.again.append(running[future])
        batch.say("render", number - 1, len(running))
    for job in batch.again:
        with _pool(1) as pool:
            try:
                _note(batch, job, pool.submit(_one, batch.root, job, tuple(batch.formats)).result())
            except BrokenProcessPool:
                _note(batch, job, _ENDED[job.language])


_ENDED = {
    "sv": "processen avslutades av datorn; minnet räckte kanske inte",
    "en": "the process was ended by the computer; there may have been too little memory",
}
_STOPPED = {"sv": "körningen avbröts", "en": "the call was interrupted"}
_FAULT = {"sv": "ett fel i factfidelity", "en": "a fault in factfidelity"}


def _note(batch: _Batch, job: Job, reason: str) -> None:
    if reason:
        batch.failed.append((job, reason))
    else:
        batch.done.append(job)


def _is_made(root: Path, job: Job, formats: Sequence[str]) -> bool:
    """Tell whether the report of these very figures lies there in all formats."""
    made = _made(root, job)
    there = all((root / job.folder / name).is_file() for name in made.get("files", ()))
    try:
        return bool(made) and there and made["figures"] == _figures_of(root / job.folder) and (
            set(made["formats"]) >= set(formats)
        )  # fmt: skip
    except (OSError, KeyError, TypeError):
        return False


def _made(root: Path, job: Job) -> Mapping[str, Any]:
    """Return what was written down when a report was made; nothing where it was not."""
    try:
        made = json.loads(_marker(root, job).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return made if isinstance(made, dict) else {}


def _marker(root: Path, job: Job) -> Path:
    return root / job.folder / f".made_{job.language}.json"


def _figures_of(folder: Path) -> str:
    """Return a fingerprint of the released figures of a report."""
    return hashlib.sha256((folder / RELEASED).read_bytes()).hexdigest()


def _one(root: Path, job: Job, formats: Sequence[str]) -> str:
    """Render one report; return why it could not be done, or nothing."""
    folder = root / job.folder
    if any(stop.is_set() for stop in _STOPS):
        return _STOPPED[job.language]
    try:
        with kept():
            made = {"figures": _figures_of(folder), "formats": sorted(formats)}
            contents = stored_files(folder / RELEASED, language=job.language, formats=formats)
            key = key_cells(pages_of(open_released(folder / RELEASED), job.language).key_figures(), job.language)
        write_all(folder, contents)
        write_text(_marker(root, job), json.dumps(made | {"files": sorted(contents), "key": key}, ensure_ascii=False))
    except FactFidelityError as fault:
        return fault.render(job.language)
    except OSError as fault:
        return f"{fault.strerror or type(fault).__name__}"
    except Exception as fault:
        return f"{_FAULT[job.language]}: {type(fault).__name__}"
    return ""


def _write_index(batch: _Batch, language: str) -> Path:
    names = dict(zip(batch.extract.teams["team_id"], batch.extract.teams["name"].astype("object"), strict=True))
    named = {team: str(name) if isinstance(name, str) and name else str(team) for team, name in names.items()}

    def line(job: Job, state: str, reason: str = "") -> Line:
        cells = _made(batch.root, job).get("key", ()) if state == "done" else ()
        return Line(job.team, named.get(job.team, job.team), job.year, state, job.folder, reason, tuple(cells))

    lines = [line(job, "done") for job in batch.done if job.language == language]
    lines += [line(job, "failed", reason) for job, reason in batch.failed if job.language == language]
    lines += [Line(team, named.get(team, team), year, "small") for team, year in batch.small]
    for year, stored in Beside.of(batch.root, batch.years).years.items():
        jobs = [Job(team, year, language, place) for team, place in stored.folders.items()]
        lines += [line(job, "done") for job in jobs if _marker(batch.root, job).is_file()]
        lines += [Line(team, named.get(team, team), year, "small") for team in stored.small]
    path = batch.root / f"index_{language}.html"
    write_text(path, index_page(batch.root, lines, batch.plan, language, batch.languages))
    return path
