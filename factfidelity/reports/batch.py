"""All teams, all years, both languages in one call: evaluated once each, rendered side by side, failures listed."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from factfidelity.errors import FactFidelityError
from factfidelity.evaluation import ReleasedEvaluation, cut_at, evaluate_teams
from factfidelity.extract import Extract
from factfidelity.reports.pages import environment
from factfidelity.reports.released import read_released, released_json, write_text
from factfidelity.reports.render import FORMATS, check_choices, render_report
from factfidelity.reports.words import WORDS
from factfidelity.schemas.plan import Plan

Progress = Callable[[str, int, int], None]
_INDEX = {
    "title": {"sv": "Rapporter", "en": "Reports"},
    "team": {"sv": "Team", "en": "Team"},
    "year": {"sv": "Till och med", "en": "Up to and including"},
    "report": {"sv": "Rapport", "en": "Report"},
    "state": {"sv": "Läge", "en": "State"},
    "done": {"sv": "klar", "en": "done"},
    "failed": {"sv": "kunde inte göras", "en": "could not be made"},
    "caption": {"sv": "Rapporter för varje team och år", "en": "Reports for each team and year"},
    "small": {"sv": "för få klienter för en egen rapport", "en": "too few clients for a report of its own"},
}


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
        Jobs made, and jobs with the reason why they were not.
    small : tuple of (str, int)
        Teams and years with too few clients for a report of their own.
    index : tuple of Path
        The index pages, one for each language.
    """

    done: tuple[Job, ...]
    failed: tuple[tuple[Job, str], ...]
    small: tuple[tuple[str, int], ...]
    index: tuple[Path, ...]


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
    progress: Progress | None = None,
) -> BatchOutcome:
    """Write the reports of all teams together and of each team, for each year, in each language.

    The report of a year shows what was known on its last day. All reports of a year go through the gate
    together, so that a team's figures cannot be had by taking the other teams from the whole. What is there
    already, made from the same data, plan and versions, is left as it is.

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
        Processes that render side by side.
    progress : callable, optional

    Returns
    -------
    BatchOutcome
    """
    for language in languages:
        check_choices(language, formats)
    root = Path(folder)
    jobs: list[Job] = []
    small: list[tuple[str, int]] = []
    failed: list[tuple[Job, str]] = []
    wanted = list(years) if years is not None else full_years(extract)
    for number, year in enumerate(wanted):
        if progress:
            progress(f"evaluate {year}", number, len(wanted))
        end = min(pd.Timestamp(year + 1, 1, 1), extract.end)
        made, few = evaluate_teams(cut_at(extract, end), plan, teams)
        small += [(team, year) for team in few]
        for team, released in made.items():
            jobs += _prepare(root, team, year, released, languages)
    done = _render(root, jobs, formats, workers, failed, progress)
    index = tuple(_index(root, language, done, failed, small) for language in languages)
    return BatchOutcome(tuple(done), tuple(failed), tuple(small), index)


def full_years(extract: Extract) -> list[int]:
    """Return the calendar years that the extract covers to their end, from the first team's start on."""
    starts = extract.teams["started"].dropna()
    first = (starts.min() if len(starts) else extract.start).year
    last = extract.end.year - 1
    return list(range(max(first, extract.start.year), last + 1))


def _prepare(root: Path, team: str, year: int, released: ReleasedEvaluation, languages: Iterable[str]) -> list[Job]:
    place = f"{year}/{_folder_name(team)}"
    text = released_json(released)
    store = root / place / "released.json"
    if not store.is_file() or store.read_text(encoding="utf-8") != text:
        for old in (root / place).glob("*") if (root / place).is_dir() else ():
            old.unlink()
        write_text(store, text)
    return [Job(team, year, language, place) for language in languages]


def _folder_name(team: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_åäöÅÄÖ" else "_" for letter in team)
    return kept or "team"


def _render(
    root: Path,
    jobs: Sequence[Job],
    formats: Sequence[str],
    workers: int,
    failed: list[tuple[Job, str]],
    progress: Progress | None,
) -> list[Job]:
    done = [job for job in jobs if _is_made(root, job, formats)]
    todo = [job for job in jobs if job not in set(done)]
    with ProcessPoolExecutor(max_workers=max(1, workers)) as pool:
        running: dict[Future[str], Job] = {pool.submit(_one, root, job, tuple(formats)): job for job in todo}
        for number, future in enumerate(as_completed(running), start=1):
            job, reason = running[future], future.result()
            if reason:
                failed.append((job, reason))
            else:
                done.append(job)
            if progress:
                progress("render", number - 1, len(todo))
    return sorted(done, key=lambda job: (job.year, job.team, job.language))


def _is_made(root: Path, job: Job, formats: Sequence[str]) -> bool:
    marker = root / job.folder / f".made_{job.language}.json"
    return marker.is_file() and set(json.loads(marker.read_text(encoding="utf-8"))) >= set(formats)


def _one(root: Path, job: Job, formats: Sequence[str]) -> str:
    """Render one report; return why it could not be done, or nothing."""
    folder = root / job.folder
    try:
        released = read_released(folder / "released.json")
        render_report(released, folder, language=job.language, formats=formats)
        write_text(folder / f".made_{job.language}.json", json.dumps(sorted(formats)))
    except FactFidelityError as fault:
        return str(fault)
    except Exception as fault:
        return f"a fault in factfidelity: {type(fault).__name__}"
    return ""


def _index(
    root: Path, language: str, done: Sequence[Job], failed: Sequence[tuple[Job, str]], small: Sequence[tuple[str, int]]
) -> Path:
    words = {key: text[language] for key, text in _INDEX.items()}
    rows: list[tuple[str, int, str, str]] = []
    for job in done:
        if job.language == language:
            link = f"{job.folder}/report_{language}.html"
            title = f"{words['report']} {_shown(job.team, language)} {job.year}"
            rows.append((job.team, job.year, f'<a href="{html.escape(link)}">{html.escape(title)}</a>', words["done"]))
    rows += [(job.team, job.year, "", words["failed"]) for job, _ in failed if job.language == language]
    rows += [(team, year, "", words["small"]) for team, year in small]
    rows.sort(key=lambda row: (row[1], row[0] != "all", row[0]))
    lines = "".join(
        f'<tr><th scope="row">{html.escape(_shown(team, language))}</th>'
        f"<td>{year}</td><td>{link}</td><td>{state}</td></tr>"
        for team, year, link, state in rows
    )
    heads = "".join(f'<th scope="col">{words[name]}</th>' for name in ("team", "year", "report", "state"))
    body = (
        f'<section id="reports"><h2>{words["title"]}</h2><div class="scroll" role="region" tabindex="0" '
        f'aria-label="{words["caption"]}"><table><caption>{words["caption"]}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div></section>"
    )
    path = root / f"index_{language}.html"
    write_text(path, _page(body, words["title"], language))
    return path


def _shown(team: str, language: str) -> str:
    return WORDS["all_teams"][language].capitalize() if team == "all" else team


def _page(body: str, title: str, language: str) -> str:
    css = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")
    values: dict[str, Any] = {"title": title, "language": language, "lead": "", "organisation": "", "logo": ""}
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            body=Markup(body),  # noqa: S704
            css=Markup(css),  # noqa: S704
            contents=[{"id": "reports", "title": title}],
            words={key: text[language] for key, text in WORDS.items()},
            footer="factfidelity",
            version="",
            **values,
        )
    )
