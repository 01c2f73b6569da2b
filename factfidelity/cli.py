"""Words in, one library call, words out; the exit code says which kind of error it was."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from factfidelity import __version__
from factfidelity.errors import EXIT_CODES, FactFidelityError

_STEP_WORDS = {
    "read": "reading and checking the delivery",
    "evaluate": "computing the results",
    "release": "hiding small counts",
    "page": "making the report",
    "delivery": "making the delivery report",
    "write": "writing the files",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _speak_utf8()
    options = vars(build_parser().parse_args(argv))
    run: Callable[..., tuple[str, int]] = options.pop("run")
    language = options.get("language") or "en"
    try:
        text, code = run(**options)
    except FactFidelityError as error:
        print(f"{type(error).__name__}: {error.render(language)}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("Interrupted. Nothing half written is left.", file=sys.stderr)
        return EXIT_CODES["interrupted"]
    except Exception as error:
        print(_fault(error), file=sys.stderr)
        if os.environ.get("FACTFIDELITY_TRACEBACK"):
            raise
        return EXIT_CODES["fault"]
    try:
        print(text)
    except BrokenPipeError:
        sys.stderr.close()
    return code


def _fault(error: BaseException) -> str:
    """Say where a fault of our own lies without its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})" if trace else ""
    return (
        f"A fault in factfidelity: {type(error).__name__}{place}. Nothing was written.\n"
        "      Do: report it with this line. In the secure room, FACTFIDELITY_TRACEBACK=1 shows the whole of it;\n"
        "      that text can hold values and must not leave the room."
    )


def _formats(text: str) -> tuple[str, ...]:
    known = ("html", "xlsx", "pdf", "docx", "pptx")
    chosen = tuple(part.strip() for part in text.split(",") if part.strip())
    if not chosen or set(chosen) - set(known):
        raise argparse.ArgumentTypeError(f"choose among {', '.join(known)}")
    return chosen


def _years(text: str) -> list[int]:
    if not all(part.strip().isdigit() for part in text.split(",")):
        raise argparse.ArgumentTypeError("write years as 2023,2024")
    return [int(part) for part in text.split(",")]


def _languages(text: str) -> list[str]:
    chosen = [part.strip() for part in text.split(",") if part.strip()]
    if not chosen or set(chosen) - {"sv", "en"}:
        raise argparse.ArgumentTypeError("choose among sv, en")
    return chosen


def _speak_utf8() -> None:
    """Let a console in another code page replace the signs that it lacks instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors="replace")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="factfidelity",
        description="Fidelity, caseload and outcomes of assertive community care teams, from register extracts.",
        epilog="example: factfidelity report sample_data/region_nord",
    )
    parser.add_argument("--version", action="version", version=f"factfidelity {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_init(verbs)
    _add_check(verbs)
    _add_report(verbs)
    _add_order(verbs)
    _add_lock(verbs)
    _add_sample(verbs)
    _add_scales(verbs)
    _add_score(verbs)
    _add_form(verbs)
    _add_batch(verbs)
    return parser


def _verb(verbs: Any, name: str, run: Callable[..., Any], summary: str, example: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name, help=summary, description=summary[:1].upper() + summary[1:] + ".", epilog=f"example: {example}"
    )
    verb.set_defaults(run=run)
    return verb


def _add_language(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--language", choices=("sv", "en"), help="language of what is written and of messages")


def _add_init(verbs: Any) -> None:
    verb = _verb(
        verbs, "init", _init, "propose a mapping for a delivery, with a plan and a report notebook beside it",
        "factfidelity init my_delivery",
    )  # fmt: skip
    verb.add_argument("folder", metavar="FOLDER", help="the delivery; files that are there already stay as they are")
    _add_language(verb)


def _init(folder: str, language: str | None) -> tuple[str, int]:
    from factfidelity.reports.start import start_folder

    return start_folder(folder).summary(language or "en"), 0


def _add_order(verbs: Any) -> None:
    verb = _verb(
        verbs, "order", _order, "write the order form for the data that a plan needs",
        "factfidelity order --plan plan.yaml --out order",
    )  # fmt: skip
    verb.add_argument("--plan", metavar="FILE", default="default", help="the plan (default: the shipped default)")
    verb.add_argument("--out", metavar="DIR", default="order", help="where the form goes (default: order)")
    _add_language(verb)


def _order(plan: str, out: str, language: str | None) -> tuple[str, int]:
    from factfidelity.delivery.ask import data_request
    from factfidelity.reports.order import write_order
    from factfidelity.schemas.plan import load_plan

    paths = write_order(data_request(load_plan(plan)), out, language=language or "sv")
    return "\n".join(str(path) for path in paths), 0


def _add_lock(verbs: Any) -> None:
    verb = _verb(
        verbs, "lock", _lock, "lock a plan with its day and fingerprint, before outcomes are opened",
        "factfidelity lock plan.yaml",
    )  # fmt: skip
    verb.add_argument("plan", help="the plan's YAML file; one line is added to it")


def _lock(plan: str) -> tuple[str, int]:
    import datetime as dt

    from factfidelity.schemas.plan import lock_plan

    today = dt.datetime.now().astimezone().date()
    locked = lock_plan(plan, on=today)
    return f"{Path(plan).name} is locked: {today}, fingerprint {locked.fingerprint[:12]}", 0


def _add_report(verbs: Any) -> None:
    example = "factfidelity report sample_data/region_nord --language en --out reports/nord"
    verb = _verb(verbs, "report", _report, "turn a delivery into a report, a summary and a delivery report", example)
    verb.add_argument("folder", metavar="FOLDER", help="the delivery")
    verb.add_argument(
        "--plan", metavar="FILE", help="the plan (default: plan.yaml in FOLDER, else the shipped default)"
    )
    verb.add_argument("--mapping", metavar="FILE", help="the mapping (default: mapping.yaml in FOLDER)")
    verb.add_argument("--out", metavar="DIR", help="where the files go (default: reports/NAME)")
    verb.add_argument("--team", metavar="NAME", help="one team only, by its id or its name")
    verb.add_argument("--previous", metavar="FILE", help="the report before: its released.json, or its folder")
    verb.add_argument("--notebook", metavar="FILE", default="evaluation_report", help="a report notebook of your own")
    verb.add_argument(
        "--formats",
        type=_formats,
        default=("html", "xlsx"),
        metavar="LIST",
        help="html,xlsx (default), and with the extras pdf,docx,pptx",
    )
    _add_language(verb)


def _report(
    folder: str, plan: str | None, mapping: str | None, out: str | None, team: str | None, previous: str | None,
    notebook: str, formats: tuple[str, ...], language: str | None,
) -> tuple[str, int]:  # fmt: skip
    from factfidelity.reports.run import run_report

    name = Path(folder).resolve().name
    target = Path(out) if out else Path("reports") / (f"{name}_{team}" if team else name)
    with _Progress() as progress:
        run = run_report(
            folder, target, mapping=mapping, plan=plan, language=language, team=team, previous=previous,
            notebook=notebook, formats=formats, progress=progress,
        )  # fmt: skip
    lines = [run.report.summary(language or "en"), "", *(str(path) for path in run.paths)]
    return "\n".join(lines), 0


def _add_check(verbs: Any) -> None:
    example = "factfidelity check sample_data/region_nord"
    verb = _verb(verbs, "check", _check, "tell what was delivered, what is wrong, and what to do", example)
    verb.add_argument("folder", metavar="FOLDER", help="the delivery")
    verb.add_argument(
        "--plan", metavar="FILE", help="the plan (default: plan.yaml in FOLDER, else the shipped default)"
    )
    verb.add_argument("--mapping", metavar="FILE", help="the mapping (default: mapping.yaml in FOLDER)")
    verb.add_argument("--previous", metavar="DIR", help="the delivery before, to compare with")
    verb.add_argument("--out", metavar="DIR", help="write the delivery report as a page and a workbook")
    verb.add_argument("--rows", metavar="FILE", help="write what became of every row: file, line, fate, reason (csv)")
    _add_language(verb)


def _check(
    folder: str, plan: str | None, mapping: str | None, previous: str | None, out: str | None, rows: str | None,
    language: str | None,
) -> tuple[str, int]:  # fmt: skip
    from factfidelity.delivery.load import check_extract
    from factfidelity.reports.delivery import write_delivery_report, write_row_list
    from factfidelity.reports.run import plan_for

    with _Progress() as progress:
        report = check_extract(
            folder, mapping=mapping, plan=plan_for(Path(folder), plan), previous=previous, progress=progress
        )
    tongue = language or "en"
    lines = [report.summary(tongue)]
    if out:
        lines += ["", *(str(path) for path in write_delivery_report(report, out, language=tongue))]
    if rows:
        lines += ["", str(write_row_list(report, rows, language=tongue))]
    if report.error is not None:
        print("\n".join(lines))
        raise report.error
    return "\n".join(lines), 0


def _add_sample(verbs: Any) -> None:
    example = "factfidelity sample demo && factfidelity report demo --out out"
    verb = _verb(verbs, "sample", _sample, "write an invented delivery with a known truth", example)
    verb.add_argument("folder", metavar="FOLDER", help="where it goes; made where it does not exist")
    verb.add_argument("--seed", type=int, default=7, help="the same seed gives the same files (default 7)")


def _sample(folder: str, seed: int) -> tuple[str, int]:
    from factfidelity.delivery.sample import write_sample

    paths = write_sample(folder, seed=seed)
    return "\n".join(str(path) for path in paths), 0


def _add_scales(verbs: Any) -> None:
    verb = _verb(
        verbs, "scales", _scales, "list the fidelity scales, or one scale's items", "factfidelity scales dacts"
    )
    verb.add_argument("scale", metavar="ID", nargs="?", help="one scale; or import, to take in texts that you may use")
    verb.add_argument("file", metavar="FILE", nargs="?", help="with import: an Excel table with the texts")
    verb.add_argument("--version", dest="edition", metavar="VERSION", help="an edition other than the newest")
    _add_language(verb)


def _scales(scale: str | None, file: str | None, edition: str | None, language: str | None) -> tuple[str, int]:
    from factfidelity.fidelity import describe

    tongue = language or "en"
    if scale == "import" and file:
        from factfidelity.fidelity.forms_texts import import_scale_texts

        return describe.describe_scale(import_scale_texts(file), tongue), 0
    if scale is None:
        return describe.scales_text(tongue), 0
    return describe.scale_text(scale, edition, tongue), 0


def _add_score(verbs: Any) -> None:
    verb = _verb(
        verbs, "score", _score, "score a filled-in rating form or a file of ratings", "factfidelity score f.xlsx"
    )
    verb.add_argument(
        "file", metavar="FILE", help="a form (.xlsx), or a CSV with team_id, assessment, item, rater, score"
    )
    verb.add_argument("--scale", metavar="ID", help="the scale, where the file does not say it")
    _add_language(verb)


def _score(file: str, scale: str | None, language: str | None) -> tuple[str, int]:
    from factfidelity.fidelity.describe import score_text_of

    return score_text_of(file, scale, language or "en"), 0


def _add_form(verbs: Any) -> None:
    verb = _verb(verbs, "form", _form, "write an empty rating form", "factfidelity form dacts --team North")
    verb.add_argument("scale", metavar="SCALE", help="the scale's id")
    verb.add_argument("--team", metavar="NAME", required=True, help="the team that is rated")
    verb.add_argument("--raters", metavar="A,B", default="A,B", help="pseudonyms of the assessors (default A,B)")
    verb.add_argument("--out", metavar="FILE", help="where it goes (default: SCALE_TEAM.xlsx)")
    _add_language(verb)


def _form(scale: str, team: str, raters: str, out: str | None, language: str | None) -> tuple[str, int]:
    from factfidelity.fidelity.forms_write import write_rating_form

    names = [one.strip() for one in raters.split(",") if one.strip()]
    path = Path(out) if out else Path(f"{scale}_{team}.xlsx".replace(" ", "_"))
    return str(write_rating_form(path, scale, team=team, raters=names, language=language or "sv")), 0


def _add_batch(verbs: Any) -> None:
    example = "factfidelity batch sample_data/region_nord --years 2023,2024 --out reports/all"
    verb = _verb(verbs, "batch", _batch, "write the reports of all teams and years in both languages", example)
    verb.add_argument("folder", metavar="FOLDER", help="the delivery")
    verb.add_argument(
        "--plan", metavar="FILE", help="the plan (default: plan.yaml in FOLDER, else the shipped default)"
    )
    verb.add_argument("--mapping", metavar="FILE", help="the mapping (default: mapping.yaml in FOLDER)")
    verb.add_argument("--years", metavar="LIST", type=_years, help="such as 2023,2024 (default: all full years)")
    verb.add_argument("--teams", metavar="LIST", help="ids or names of teams, such as A,B (default: all)")
    verb.add_argument("--languages", metavar="LIST", type=_languages, default="sv,en", help="sv,en (default)")
    verb.add_argument(
        "--formats", metavar="LIST", type=_formats, default="html,xlsx", help="html,xlsx (default), pdf, docx, pptx"
    )
    verb.add_argument("--workers", type=int, default=2, help="processes side by side (default 2)")
    verb.add_argument("--out", metavar="DIR", help="where the reports go (default: reports/NAME_all)")


def _batch(
    folder: str,
    plan: str | None,
    mapping: str | None,
    years: list[int] | None,
    teams: str | None,
    languages: list[str],
    formats: tuple[str, ...],
    workers: int,
    out: str | None,
) -> tuple[str, int]:
    from factfidelity.delivery.load import load_extract
    from factfidelity.reports.batch import render_batch
    from factfidelity.reports.batch_years import check_asked
    from factfidelity.reports.run import delivery_facts, plan_for

    chosen = plan_for(Path(folder), plan)
    target = Path(out) if out else Path("reports") / f"{Path(folder).resolve().name}_all"
    with _Progress() as progress:
        extract = load_extract(folder, mapping=mapping, plan=chosen)
        wanted = check_asked(extract, teams.split(",") if teams else None, years)
        made = render_batch(
            extract, chosen, target, years=years, teams=wanted, languages=languages, formats=formats, workers=workers,
            facts=delivery_facts(extract.delivery), progress=progress,
        )  # fmt: skip
    lines = [f"{len(made.done)} reports made, {len(made.failed)} could not be made", *map(str, made.index)]
    lines += [f"  {job.team} {job.year} {job.language}: {reason}" for job, reason in made.failed]
    lines += [f"  {team} {year}: too few clients for a report of its own" for team, year in made.small]
    return "\n".join(lines), EXIT_CODES["report"] if made.failed else 0


class _Progress:
    """A bar on a terminal, silence in a pipe."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __enter__(self) -> Callable[[str, int, int], None]:
        if not sys.stderr.isatty():
            return lambda step, done, total: None
        return self._show

    def _show(self, step: str, done: int, total: int) -> None:
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=total, file=sys.stderr, bar_format="{n_fmt}/{total_fmt} {desc}", leave=False)
        self._bar.total = total
        self._bar.n = done + 1
        self._bar.set_description_str(_STEP_WORDS.get(step, step))

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()
