"""A report beside the one before: what moved, and whether data, rules, versions or the world changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from factfidelity.display.views import Column, KeyFigure, TableView
from factfidelity.evaluation import ReleasedEvaluation
from factfidelity.reports.pages import ReportPages
from factfidelity.reports.plain import view_record

_WORDS: Mapping[str, Mapping[str, str]] = {
    "figures": {"sv": "Nyckeltal nu och i förra rapporten", "en": "Key figures now and in the report before"},
    "shares": {
        "sv": "Nyckeltal som är andelar, nu och i förra rapporten",
        "en": "Key figures that are shares, now and in the report before",
    },
    "causes": {"sv": "Vad som skiljer rapporterna åt", "en": "What sets the reports apart"},
    "name": {"sv": "Nyckeltal", "en": "Key figure"},
    "now": {"sv": "Nu", "en": "Now"},
    "published": {"sv": "Förra rapporten", "en": "Report before"},
    "recomputed": {"sv": "Förra perioden, räknad med dagens regler", "en": "Earlier period under today's rules"},
    "moved": {"sv": "Skillnad mot förra rapporten", "en": "Difference from the report before"},
    "by_rules": {
        "sv": "Varav: underlag, regler eller versioner",
        "en": "Of which: data, definitions or versions",
    },
    "by_rules_only": {"sv": "Varav: regler eller versioner", "en": "Of which: definitions or versions"},
    "by_data_only": {"sv": "Varav: ändrat underlag", "en": "Of which: changed data"},
    "by_world": {"sv": "Varav: ny period", "en": "Of which: the new period"},
    "points": {"sv": " (procentenheter)", "en": " (percentage points)"},
    "gaps": {
        "sv": "Räknat med dagens regler visas ett tal inte heller där det skulle röja några få personer bredvid det "
        "som redan har visats.",
        "en": "Under today's rules a figure is not shown either where it would give a few persons away beside what "
        "has been shown already.",
    },
    "earlier": {"sv": "Underlag för den tidigare perioden", "en": "Data of the earlier period"},
    "unknown": {
        "sv": "okänt: den tidigare perioden kan inte visas räknad på nytt",
        "en": "unknown: the earlier period cannot be shown recomputed",
    },
    "what": {"sv": "Del", "en": "Part"},
    "state": {"sv": "Läge", "en": "State"},
    "data": {"sv": "Underlag", "en": "Data"},
    "plan": {"sv": "Plan", "en": "Plan"},
    "versions": {"sv": "Versioner", "en": "Versions"},
    "period": {"sv": "Period", "en": "Period"},
    "same": {"sv": "samma", "en": "the same"},
    "other": {"sv": "ändrat", "en": "changed"},
    "keys": {"sv": "ändrat: {keys}", "en": "changed: {keys}"},
    "until": {"sv": "till och med {day}", "en": "to {day}"},
}
_RULES = {
    "sv": "Regler eller versioner har ändrats sedan förra rapporten; jämför därför med kolumnen som är räknad med "
    "dagens regler.",
    "en": "Rules or versions have changed since the report before; compare with the column under today's rules.",
}
_DATA = {
    "sv": " Uppgifter om den tidigare perioden har ändrats i leveransen (rättelser eller sena rader).",
    "en": " Data of the earlier period have changed in the delivery (corrections or late rows).",
}
_KEPT = {
    "sv": " Uppgifterna om den tidigare perioden är desamma som då.",
    "en": " The data of the earlier period are those of then.",
}
_MOVED = {
    "sv": " {moved} av {shown} nyckeltal som visas i båda har ändrats; mest i förhållande till förra värdet: {most}.",
    "en": " {moved} of {shown} key figures shown in both have changed; most, relative to their value then: {most}.",
}
_WORLD = {
    "sv": "Regler och versioner är desamma som i förra rapporten: det som skiljer är underlaget och perioden.",
    "en": "Rules and versions are those of the report before: what differs is the data and the period.",
}


def changes_record(
    now: ReleasedEvaluation, before: ReleasedEvaluation, recomputed: ReleasedEvaluation | None
) -> dict[str, Any]:
    """Return what a report shows of its change since the one before, in both languages, as plain data.

    Parameters
    ----------
    now, before : ReleasedEvaluation
    recomputed : ReleasedEvaluation or None
        The earlier period from today's delivery under today's plan and version.
    """
    told = _WORLD if same_rules(now, before) else _RULES
    data = {} if recomputed is None else _KEPT if _same_data(recomputed, before) else _DATA
    return {
        "summary": {
            language: told[language] + data.get(language, "") + _moved(now, before, recomputed, language)
            for language in ("sv", "en")
        },
        "views": {
            language: [
                *(view_record(view) for view in figures_views(now, before, recomputed, language)),
                view_record(causes_view(now, before, language, recomputed)),
            ]
            for language in ("sv", "en")
        },
    }


def same_rules(now: ReleasedEvaluation, before: ReleasedEvaluation) -> bool:
    """Return whether two reports were made by the same plan and versions; title and organisation do not count."""
    return not _plan_keys(now, before) and now.provenance["versions"] == before.provenance["versions"]


def _same_data(recomputed: ReleasedEvaluation, before: ReleasedEvaluation) -> bool:
    return bool(recomputed.provenance["fingerprint"] == before.provenance["fingerprint"])


def _moved(
    now: ReleasedEvaluation, before: ReleasedEvaluation, recomputed: ReleasedEvaluation | None, language: str
) -> str:
    """Say how many key figures have moved, and which the most; nothing where none is shown in both."""
    rows = figures_frame(now, before, recomputed, language).dropna(subset=["moved"])
    if not len(rows):
        return ""
    moved = rows.loc[rows["moved"] != 0]
    size = (moved["moved"] / moved["published"].where(moved["published"] != 0)).abs()
    most = moved.loc[size.sort_values(ascending=False, kind="stable").dropna().index[:3], "name"].tolist()
    text = _MOVED[language].format(moved=len(moved), shown=len(rows), most=", ".join(most) or "–")
    return text if len(moved) else ""


def figures_frame(
    now: ReleasedEvaluation, before: ReleasedEvaluation, recomputed: ReleasedEvaluation | None, language: str
) -> pd.DataFrame:
    """Return each key figure now, as published, and as today's rules would have given it.

    Returns
    -------
    DataFrame, one row per key figure
        ``name``, ``form``, ``now``, ``published``, ``recomputed``, ``moved`` = ``by_rules`` + ``by_world``.
    """
    current, published = _figures(now, language), _figures(before, language)
    again = _figures(recomputed, language) if recomputed else {}
    rows = []
    for name, figure in current.items():
        value, past, anew = (_value(one) for one in (figure, published.get(name), again.get(name)))
        rows.append(
            {
                "name": figure.label,
                "form": figure.form,
                "now": value,
                "published": past,
                "recomputed": anew,
                "moved": _gap(value, past),
                "by_rules": _gap(anew, past),
                "by_world": _gap(value, anew),
            }
        )
    return pd.DataFrame(rows, columns=["name", "form", *_LEVELS, *_GAPS])


_LEVELS = ("now", "published", "recomputed")
_GAPS = ("moved", "by_rules", "by_world")


def _gap(one: float, other: float) -> float:
    """Return a difference without the noise of the last digits."""
    return float(f"{one - other:.9g}") if abs(one - other) > 1e-9 * max(abs(one), abs(other)) else 0.0 * (one - other)


def figures_views(
    now: ReleasedEvaluation, before: ReleasedEvaluation, recomputed: ReleasedEvaluation | None, language: str
) -> list[TableView]:
    """Return the key figures beside those of the report before: numbers, and shares in per cent."""
    frame = figures_frame(now, before, recomputed, language)
    words = {key: text[language] for key, text in _WORDS.items()}
    if recomputed is not None and same_rules(now, before):
        words["by_rules"] = words["by_data_only"]
    elif recomputed is not None and _same_data(recomputed, before):
        words["by_rules"] = words["by_rules_only"]
    views = []
    for name, caption, shares in (("changes", "figures", False), ("changes_shares", "shares", True)):
        rows = frame[(frame["form"] == "percent") == shares].drop(columns="form").reset_index(drop=True)
        if not len(rows):
            continue
        if shares:
            rows[[*_GAPS]] *= 100
        unit, form, decimals = (words["points"], "percent", 1) if shares else ("", "number", 2)
        columns = (
            Column("name", words["name"]),
            *(Column(level, words[level], form, decimals) for level in _LEVELS),
            *(Column(gap, words[gap] + unit, "number", decimals) for gap in _GAPS),
        )
        notes = (words["gaps"],) if (rows["recomputed"].isna() & rows["published"].notna()).any() else ()
        views.append(TableView(name, words[caption], rows, columns, notes))
    return views


def _figures(released: ReleasedEvaluation, language: str) -> dict[str, KeyFigure]:
    return {figure.name: figure for figure in ReportPages(released, language).key_figures()}


def _value(figure: KeyFigure | None) -> float:
    return float("nan") if figure is None or figure.value is None else float(figure.value)


def causes_view(
    now: ReleasedEvaluation, before: ReleasedEvaluation, language: str, recomputed: ReleasedEvaluation | None = None
) -> TableView:
    """Return whether data, period, plan and versions are those of the report before.

    With the earlier period recomputed, also whether its data are those of then: what differs then is the world.
    """
    words = {key: text[language] for key, text in _WORDS.items()}
    keys = _plan_keys(now, before)
    old, new = before.provenance["versions"], now.provenance["versions"]
    versions = [f"{name} {old.get(name, '–')} → {value}" for name, value in new.items() if old.get(name) != value]
    ends = [words["until"].format(day=one.provenance["period"][1]) for one in (before, now)]

    def state(changed: bool, parts: list[str]) -> str:
        if not changed:
            return words["same"]
        return words["keys"].format(keys=", ".join(parts)) if parts else words["other"]

    earlier = words["unknown"] if recomputed is None else state(not _same_data(recomputed, before), [])
    period = list(now.provenance["period"]) != list(before.provenance["period"])
    rows = [
        (words["earlier"], earlier),
        (words["data"], state(now.provenance["fingerprint"] != before.provenance["fingerprint"], [])),
        (words["period"], state(period, [" → ".join(ends)] if ends[0] != ends[1] else [])),
        (words["plan"], state(bool(keys), keys)),
        (words["versions"], state(bool(versions), versions)),
    ]
    columns = (Column("what", words["what"]), Column("state", words["state"]))
    return TableView("causes", words["causes"], pd.DataFrame(rows, columns=["what", "state"]), columns)


def _plan_keys(now: ReleasedEvaluation, before: ReleasedEvaluation) -> list[str]:
    """Return the keys of the plan that differ; title and organisation change no figure."""
    mine, theirs = now.plan.record(), before.plan.record()
    return [key for key in mine if key not in {"title", "organisation", "language"} and mine[key] != theirs.get(key)]
