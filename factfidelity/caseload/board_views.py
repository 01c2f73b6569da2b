"""The tables of the board's use, on show."""

from __future__ import annotations

from typing import Any

import pandas as pd

from factfidelity.caseload import words
from factfidelity.caseload.board_words import CAPTIONS, MOMENTS, PHASE_HEADS, STATES, STILL_ON, WAIT_FROM
from factfidelity.display.views import TableView, columns_in
from factfidelity.wording import pick


def board_views(result: Any, language: str) -> tuple[TableView, ...]:
    """Return every table of the result that has rows."""
    note = result.methods(language)
    share = words.with_team_names(result.table, language).assign(
        period=result.period_names(language), share_on=result.table["share"], enrolled_days=result.table["client_days"]
    )
    views = [
        _view(result, "board_share", share, language, ("team", "period", "board_days", "enrolled_days", "share_on",
              "on_board", "persons_on", "persons"), (note, result.outside_note(language))),
        _named(result, "board_episodes", result.episodes, language, ("team", "episodes", "persons_on", "ever_share",
               "per_year", "open", "median_days", "median_low", "median_high", "again_share_30", "again_share_90")),
        _phases(result, language),
        _reasons(result, language) if result.kind == "board" else None,
        _curve(result, language),
        _on_off(result, language),
        _wait(result, language),
        _named(result, "board_meetings", result.meetings, language, ("team", "meetings", "per_week", "reference")),
        _named(result, "board_same_staff", result.same_staff, language, ("team", "persons", "persons_same", "share")),
    ]  # fmt: skip
    return tuple(view for view in views if view is not None)


def _view(
    result: Any, name: str, rows: pd.DataFrame, language: str, shown: tuple[str, ...], notes: tuple[str, ...] = ()
) -> TableView:
    caption = pick(CAPTIONS[result.kind][name], language)
    heads = dict(words.HEADS)
    if result.kind == "phases":
        heads |= {key: (*said, *words.HEADS[key][2:]) for key, said in PHASE_HEADS.items()}
    return TableView(name, caption, rows, columns_in(language, heads, shown), notes)


def _named(result: Any, name: str, rows: pd.DataFrame, language: str, shown: tuple[str, ...]) -> TableView | None:
    return _view(result, name, words.with_team_names(rows, language), language, shown) if len(rows) else None


def _reasons(result: Any, language: str) -> TableView | None:
    if not len(result.reasons):
        return None
    rows = result.reasons.assign(
        moment_name=words.in_words(result.reasons["moment"], MOMENTS[result.kind], language),
        reason_name=words.in_words(
            result.reasons["reason"], {**words.REASONS, "still_on": STILL_ON[result.kind]}, language
        ),
    )
    return _named(
        result, "board_reasons", rows, language, ("team", "moment_name", "reason_name", "episodes", "persons", "share")
    )


def _curve(result: Any, language: str) -> TableView | None:
    if not len(result.curve):
        return None
    rows = result.curve.assign(share_still=result.curve["share"])
    return _named(result, "board_time", rows, language, ("team", "day", "share_still", "low", "high", "persons"))


def _on_off(result: Any, language: str) -> TableView | None:
    shown = ["team", "state_name", "enrolled_days", "persons"]
    if result.notes.get("contacts_known") == "yes":
        shown += ["contacts", "contacts_per_week"]
    if result.notes.get("admissions_known") == "yes":
        shown += ["admissions", "admissions_per_year"]
    if not len(result.on_off) or len(shown) == 4:
        return None
    state = words.in_words(result.on_off["state"], STATES[result.kind], language)
    rows = result.on_off.assign(state_name=state, enrolled_days=result.on_off["client_days"])
    return _named(result, "board_on_off", rows, language, tuple(shown))


def _phases(result: Any, language: str) -> TableView | None:
    if not len(result.phases):
        return None
    rows = result.phases.assign(reason_name=words.in_words(result.phases["phase"], words.REASONS, language))
    rows = rows.assign(episodes=rows["periods"])
    shown = ("team", "reason_name", "episodes", "persons", "median_days", "median_low", "median_high", "share")
    return _named(result, "board_phases", rows, language, shown)


def _wait(result: Any, language: str) -> TableView | None:
    if not len(result.wait):
        return None
    rows = result.wait.assign(moment_name=words.in_words(result.wait["since"], WAIT_FROM, language))
    shown = ("team", "moment_name", "events", "persons", "median_days", "within_7_share")
    return _named(result, "board_wait", rows, language, shown)
