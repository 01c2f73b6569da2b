"""The tables of the board's use, on show."""

from __future__ import annotations

from typing import Any

import pandas as pd

from factfidelity.caseload import words
from factfidelity.display.views import TableView, columns_in

_CAPTIONS = {
    "board_share": ("Andel på tavlan efter team och period", "Share on the board by team and period"),
    "board_episodes": ("Perioder på tavlan", "Periods on the board"),
    "board_reasons": (
        "Varför klienter förs upp på tavlan och tas ned",
        "Why clients are put on the board and taken off",
    ),
    "board_time": (
        "Andel av perioderna som pågår efter så många dagar",
        "Share of periods that still go on after so many days",
    ),
    "board_on_off": ("Möten och inskrivningar på och av tavlan", "Meetings and admissions on and off the board"),
    "board_meetings": ("Tavelmöten per vecka, senaste året", "Board meetings a week, last year"),
    "board_same_staff": (
        "Klienter som träffat samma medarbetare på tavlan och av den",
        "Clients who met the same staff member on the board and off it",
    ),
}


def board_views(result: Any, language: str) -> tuple[TableView, ...]:
    """Return every table of the result that has rows."""
    note = result.methods(language)
    share = words.with_team_names(result.table, language).assign(
        period=result.period_names(language), share_on=result.table["share"], enrolled_days=result.table["client_days"]
    )
    views = [
        _view("board_share", share, language, ("team", "period", "board_days", "enrolled_days", "share_on", "on_board",
              "persons_on", "persons"), (note, result.outside_note(language))),
        _named("board_episodes", result.episodes, language, ("team", "episodes", "persons_on", "ever_share", "per_year",
               "open", "median_days", "median_low", "median_high", "again_share_30", "again_share_90")),
        _reasons(result, language),
        _curve(result, language),
        _on_off(result, language),
        _named("board_meetings", result.meetings, language, ("team", "meetings", "per_week", "reference")),
        _named("board_same_staff", result.same_staff, language, ("team", "persons", "persons_same", "share")),
    ]  # fmt: skip
    return tuple(view for view in views if view is not None)


def _view(
    name: str, rows: pd.DataFrame, language: str, shown: tuple[str, ...], notes: tuple[str, ...] = ()
) -> TableView:
    caption = _CAPTIONS[name][0 if language == "sv" else 1]
    return TableView(name, caption, rows, columns_in(language, words.HEADS, shown), notes)


def _named(name: str, rows: pd.DataFrame, language: str, shown: tuple[str, ...]) -> TableView | None:
    return _view(name, words.with_team_names(rows, language), language, shown) if len(rows) else None


def _reasons(result: Any, language: str) -> TableView | None:
    if not len(result.reasons):
        return None
    rows = result.reasons.assign(
        moment_name=words.in_words(result.reasons["moment"], words.MOMENTS, language),
        reason_name=words.in_words(result.reasons["reason"], words.REASONS, language),
    )
    return _named(
        "board_reasons", rows, language, ("team", "moment_name", "reason_name", "episodes", "persons", "share")
    )


def _curve(result: Any, language: str) -> TableView | None:
    if not len(result.curve):
        return None
    rows = result.curve.assign(share_still=result.curve["share"])
    return _named("board_time", rows, language, ("team", "day", "share_still", "low", "high", "persons"))


def _on_off(result: Any, language: str) -> TableView | None:
    shown = ["team", "state_name", "enrolled_days", "persons"]
    if result.notes.get("contacts_known") == "yes":
        shown += ["contacts", "contacts_per_week"]
    if result.notes.get("admissions_known") == "yes":
        shown += ["admissions", "admissions_per_year"]
    if not len(result.on_off) or len(shown) == 4:
        return None
    state = words.in_words(result.on_off["state"], words.STATES, language)
    rows = result.on_off.assign(state_name=state, enrolled_days=result.on_off["client_days"])
    return _named("board_on_off", rows, language, tuple(shown))
