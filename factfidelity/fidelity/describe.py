"""A scale, and scores, as text for the command line: what an assessor would like to read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from factfidelity.errors import Problem, ScaleError
from factfidelity.fidelity.forms_read import read_ratings
from factfidelity.fidelity.forms_write import limits_text
from factfidelity.fidelity.result import FidelityScores
from factfidelity.fidelity.score import score_fidelity
from factfidelity.fidelity.tables import latest_of, records
from factfidelity.fidelity.words import RULES, code, score_text
from factfidelity.schemas.scale import Item, Scale, list_scales, load_scale
from factfidelity.wording import number

WIDTH = 100
_SAID: Mapping[str, Mapping[str, str]] = {
    "version": {"sv": "Version", "en": "Version"},
    "authors": {"sv": "Upphov", "en": "Authors"},
    "texts": {"sv": "Texter", "en": "Texts"},
    "scores": {"sv": "Poäng", "en": "Scores"},
    "total": {"sv": "Totalt", "en": "Total"},
    "bands": {"sv": "Nivåer", "en": "Bands"},
    "no_bands": {"sv": "inga nivåer är kända", "en": "no bands are known"},
    "other": {"sv": "Används också", "en": "Also in use"},
    "sources": {"sv": "Källor", "en": "Sources"},
    "items": {"sv": "Punkter", "en": "Items"},
    "marks": {
        "sv": "[R] räknas ur registren   [~] närmevärde ur registren   ? ur minnet, kontrollera mot formuläret",
        "en": "[R] counted from the registers   [~] a proxy from the registers   ? from memory, check against the form",
    },
    "no_items": {
        "sv": "Punkterna är inte kända; läs in dem med ”factfidelity scales import FIL.xlsx” om "
        "teamet får använda dem.",
        "en": 'The items are not known; take them in with "factfidelity scales import FILE.xlsx" '
        "where the team may use them.",
    },
    "memory": {"sv": "ur minnet", "en": "from memory"},
    "missing": {"sv": "Vad som saknas", "en": "What is missing"},
    "reached": {"sv": "Nästa nivå", "en": "Next level"},
}


def describe_scale(scale: Scale, language: str = "sv") -> str:
    """Return a scale as text: whose it is, how it is scored, and every item with its limits.

    Parameters
    ----------
    scale : Scale
    language : str
        ``sv`` or ``en``.
    """
    lines = [f"{scale.short} – {scale.name.pick(language)}", ""]
    facts = [
        ("version", f"{scale.version} ({scale.id})"),
        ("authors", scale.authors),
        ("scores", _range(scale)),
        ("total", _total(scale, language)),
        ("bands", _bands(scale, language)),
        ("texts", scale.licence.terms.pick(language)),
    ]
    for name, text in facts:
        if text:
            lines += _filled(f"{_SAID[name][language]}: ", text)
    for name, other in scale.other_bands.items():
        listed = "; ".join(_band(band.label.pick(language), band.from_, band.below, language) for band in other.bands)
        doubt = f" ({_SAID['memory'][language]})" if other.status == "memory" else ""
        lines += _filled(f"{_SAID['other'][language]} ({name}): ", listed + doubt)
    lines.append("")
    if scale.items:
        lines += [f"{_SAID['items'][language]}    {_SAID['marks'][language]}", *_items(scale, language)]
    else:
        lines += _filled("", _SAID["no_items"][language])
    lines += ["", _SAID["sources"][language]]
    lines += [f"  {source.title}" + (f" – {source.url}" if source.url else "") for source in scale.references.values()]
    return "\n".join(lines)


def _filled(start: str, text: str) -> list[str]:
    return textwrap.wrap(start + text, WIDTH, subsequent_indent="  ") or [start]


def _range(scale: Scale) -> str:
    if scale.rating is None:
        return "–"
    half = " (½)" if scale.rating.half_points else ""
    parts = [
        f"{name} {part.rating.lowest:g}–{part.rating.highest:g}"
        for name, part in scale.subscales.items()
        if part.rating
    ]
    return ", ".join(parts) or f"{scale.rating.lowest:g}–{scale.rating.highest:g}{half}"


def _total(scale: Scale, language: str) -> str:
    doubt = f" ({_SAID['memory'][language]})" if scale.total.status == "memory" else ""
    note = f". {scale.total.note.pick(language)}" if scale.total.note else ""
    return f"{RULES[scale.total.combine][language]}{doubt}{note}"


def _bands(scale: Scale, language: str) -> str:
    if not scale.total.bands:
        return _SAID["no_bands"][language]
    return "; ".join(_band(band.label.pick(language), band.from_, band.below, language) for band in scale.total.bands)


def _band(label: str, low: float | None, high: float | None, language: str) -> str:
    words = ("från", "under") if language == "sv" else ("from", "below")
    parts = [f"{word} {_short(cut, language)}" for word, cut in zip(words, (low, high), strict=True) if cut is not None]
    return f"{label}: {' '.join(parts)}" if parts else label


def _short(value: float, language: str) -> str:
    return number(value, decimals=0 if value % 1 == 0 else 1, language=language)


def _items(scale: Scale, language: str) -> Iterator[str]:
    last = None
    for name, item in scale.items.items():
        if item.subscale != last and item.subscale:
            last = item.subscale
            yield ""
            yield f"{last}  {scale.subscales[last].name.pick(language)}"
        mark = "" if item.derive is None else "[R]" if item.derive.kind == "item" else "[~]"
        doubt = "?" if item.status == "memory" else " "
        yield f"  {name:<5}{doubt} {item.name.pick(language)} {mark}".rstrip()
        yield from _anchors(item, language)


def _anchors(item: Item, language: str) -> Iterator[str]:
    indent = " " * 10
    parts = []
    for anchor in sorted(item.anchors, key=lambda anchor: -(anchor.score or 0)):
        said = anchor.words.pick(language) if anchor.words else ""
        limits = limits_text(anchor, language)
        text = f"{limits} ({said})" if limits and said else limits or said
        parts.append(f"{_short(anchor.score or 0.0, language)}: {text}")
    unit = f"{item.unit.pick(language)} – " if item.unit and parts else item.unit.pick(language) if item.unit else ""
    text = unit + "; ".join(parts)
    if text:
        yield from textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def describe_scores(scores: FidelityScores, language: str = "sv") -> str:
    """Return scores as text: total with its band, subscales, items with the assessors' range, what is missing.

    Parameters
    ----------
    scores : FidelityScores
    language : str
        ``sv`` or ``en``.
    """
    lines: list[str] = []
    for _, rows in latest_of(scores.table).groupby("team_id", sort=False):
        lines += [*_team(rows, scores.notes, language), ""]
        team = rows["team_id"].iloc[0]
        lines += _missing(scores, str(team), language)
    return "\n".join(lines).rstrip()


def _team(rows: pd.DataFrame, notes: Mapping[str, str], language: str) -> Iterator[str]:
    first = rows.iloc[0]
    yield f"{first['team_id']}, {first['assessment']} – {notes.get('short', '')} {notes.get('version', '')}"
    for row in records(rows[rows["level"] == "total"]):
        yield f"  {_SAID['total'][language]:<44} {_score(row, language):>7}   {_about(row, language)}"
    for row in records(rows[rows["level"] == "subscale"]):
        label = f"{row['name']} {row[f'label_{language}']}"
        yield f"  {label[:44]:<44} {_score(row, language):>7}   {row['n_rated']}/{row['n_items']}"
    yield ""
    for row in records(rows[rows["level"] == "item"]):
        label = f"{row['name']} {row[f'label_{language}']}"
        yield f"    {label[:42]:<42} {_score(row, language):>7}   {_bar(row)} {_spread(row, language)}".rstrip()


def _score(row: Mapping[str, Any], language: str) -> str:
    value = float(row["score"])
    if value != value:
        return "–"
    if row["level"] == "item":
        return score_text(value, 0 if value % 1 == 0 else 1, language)
    return score_text(value, float(row["decimals"]), language)


def _about(row: Mapping[str, Any], language: str) -> str:
    parts = [f"{row['n_rated']}/{row['n_items']}", code(row["basis"], language)]
    band = row.get(f"band_{language}")
    if isinstance(band, str):
        parts.insert(0, band)
    if row["score"] != row["score"]:
        bounds = (score_text(float(row[name]), 2, language) for name in ("lowest", "highest"))
        parts.append("–".join(bounds))
    return "; ".join(parts)


def _bar(row: Mapping[str, Any]) -> str:
    score, top = row["score"], row["range_high"]
    if score != score or top != top:
        return ""
    whole = int(float(score))
    return "■" * whole + "□" * (int(float(top)) - whole)


def _spread(row: Mapping[str, Any], language: str) -> str:
    low, high = float(row["rater_low"]), float(row["rater_high"])
    if not high > low:
        return ""
    word = "bedömarna" if language == "sv" else "assessors"
    return f"({word} {low:g}–{high:g})"


def _missing(scores: FidelityScores, team: str, language: str) -> Iterator[str]:
    targets, changes = latest_of(scores.targets), latest_of(scores.changes)
    for target in records(targets[(targets["team_id"] == team) & ~targets["met"]]):
        label = target[f"label_{language}"]
        points = score_text(target["points_missing"], 0 if target["points_missing"] % 1 == 0 else 1, language)
        more = f"{points} poäng" if language == "sv" else f"{points} points"
        yield f"  {_SAID['missing'][language]} – {label}: {more}"
        own = changes[(changes["team_id"] == team) & (changes["target"] == target["target"])].head(5)
        for row in records(own):
            step = f"{score_text(row['score'], 0 if row['score'] % 1 == 0 else 1, language)} → {row['needed']:g}"
            after = (
                "" if row["total_after"] != row["total_after"] else f" ({score_text(row['total_after'], 2, language)})"
            )
            yield f"    {row['item']} {row[f'item_{language}']}: {step}{after}"
        yield ""


def scales_text(language: str = "sv") -> str:
    """Return the list of scales as text: id, name, items, how many can be counted, and how the total is made."""
    swedish = language == "sv"
    head = ("Skala", "Version", "Punkter", "Räknebara", "Total", "Namn") if swedish else (
        "Scale", "Version", "Items", "Countable", "Total", "Name"
    )  # fmt: skip
    rows = [head]
    for row in records(list_scales()):
        items = "?" if pd.isna(row["n_items"]) else str(row["n_items"])
        known = int(row["items_known"])
        shown = items if items == str(known) else f"{items} ({known})"
        name = str(row["name_sv" if swedish else "name_en"])
        rows.append(
            (str(row["scale"]), str(row["version"]), shown, str(row["derivable"]), str(row["total_rule"]), name)
        )
    widths = [max(len(row[place]) for row in rows) for place in range(len(head) - 1)]
    lines = [
        "  ".join([*(text.ljust(width) for text, width in zip(row[:-1], widths, strict=True)), row[-1]]) for row in rows
    ]
    more = (
        "Punkter inom parentes: så många är kända. Läs mer: factfidelity scales ID"
        if swedish
        else "Items in brackets: so many are known. Read more: factfidelity scales ID"
    )
    return "\n".join([*lines, "", more])


def scale_text(scale: str, version: str | None = None, language: str = "sv") -> str:
    """Return one scale as text, found by its id and version."""
    return describe_scale(load_scale(scale, version), language)


def score_text_of(path: str | Path, scale: str | None = None, language: str = "sv") -> str:
    """Return the scores of a rating form, or of a CSV file with ratings, as text.

    Parameters
    ----------
    path : str or Path
        A filled-in form (``.xlsx``), or a CSV file with team_id, assessment, item, rater, score and, unless ``scale``
        is given, scale.
    scale : str, optional
        Default: what the file says.
    """
    ratings = read_ratings(path)
    names = [scale] if scale else [name for name in dict.fromkeys(ratings["scale"].astype("str")) if name]
    if not names:
        what, do = "the ratings do not name their scale", "add the column scale, or name the scale"
        raise ScaleError(problems=[Problem(what, do, Path(path).name, rule="no_scale", kind="scale")])
    parts = []
    for name in names:
        version = None
        if scale is None and "version" in ratings:
            own = ratings.loc[ratings["scale"] == name, "version"].dropna()
            version = str(own.iloc[0]) if len(own) else None
        parts.append(describe_scores(score_fidelity(ratings, load_scale(name, version)), language))
    return "\n\n".join(parts)
