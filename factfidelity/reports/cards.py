"""The few figures that stand first: at most eight, one line each, with how sure they are and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from factfidelity.display.result import Result
from factfidelity.display.views import KeyFigure
from factfidelity.evaluation.questions import QUESTIONS
from factfidelity.reports.words import HEADLINE, QUALITY, READING
from factfidelity.wording import HIDDEN, integer, interval, number, percent

MOST_CARDS = 8
# Where there are more than the page takes, these come first; on the page they stand in the order of the sections.
_FIRST = (
    "mirror_outcomes", "fidelity_scores", "programme_indicators", "catchment_use", "caseload_ratios", "board_use",
    "costs", "contact_pattern",
)  # fmt: skip
_MOST_NAMED = 4
_RATIO = re.compile(r"; (?:kvot|ratio) \S+ \([^)]*\)")
# Share of rows that could not be used: from here a source has small faults, and from here faults.
_FAULTS = 0.01


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure as the page shows it.

    Attributes
    ----------
    label, value, bounds : str
        What it is, the figure, and its interval.
    reading : str
        What the figure and its interval say, in plain words; empty where there is nothing to add.
    sentence : str
        One line: period, number of clients, comparison.
    quality : str
        How much of its source could be used.
    result : str
        Name of the result that it is taken from.
    """

    label: str
    value: str
    bounds: str
    reading: str
    sentence: str
    quality: str
    result: str = ""


def cards_of(results: Mapping[str, Result], delivery: Mapping[str, Any], language: str) -> list[Card]:
    """Return at most eight cards, in the order of the results.

    Parameters
    ----------
    results : mapping of Result
        By name.
    delivery : mapping
        What the released evaluation keeps of the delivery.
    language : {"sv", "en"}
    """
    made: list[tuple[str, Card]] = []
    for name, result in results.items():
        quality = quality_of(name, delivery, language)
        made += [
            (name, replace(_card(group, quality, language), result=name))
            for group in _grouped(result.key_figures(language))
        ]
    rank = {name: place for place, name in enumerate(_FIRST)}
    # A figure that is not shown gives its place to one that is.
    order = sorted(
        range(len(made)), key=lambda place: (made[place][1].value == HIDDEN, rank.get(made[place][0], len(rank)), place)
    )
    chosen = sorted(order[:MOST_CARDS])
    return [made[place][1] for place in chosen]


def _grouped(figures: Sequence[KeyFigure]) -> list[list[KeyFigure]]:
    """Put figures of the same group together, where the first of them stands."""
    groups: dict[str, list[KeyFigure]] = {}
    for figure in figures:
        groups.setdefault(figure.group or f"\n{figure.name}", []).append(figure)
    return list(groups.values())


def _card(figures: Sequence[KeyFigure], quality: str, language: str) -> Card:
    first = figures[0]
    if len(figures) == 1:
        sentence = one_line(first.sentence if first.value is not None else first.why or first.sentence)
        bounds, reading = _bounds(first, language), reading_of(first, language)
        # The ratio and its interval stand above already.
        sentence = _RATIO.sub("", sentence) if bounds and reading else sentence
        sentence = "" if sentence == f"{first.label}: {value_text(first, language)}." else sentence
        return Card(first.label, value_text(first, language), bounds, reading, sentence, quality)
    known = sorted((one for one in figures if one.value is not None), key=lambda one: one.value or 0.0)
    if not known:
        return Card(first.group, HIDDEN, "", "", one_line(first.why or first.sentence), quality)
    low, high = value_text(known[0], language), value_text(known[-1], language)
    shown = low if low == high else f"{low}–{high}"
    return Card(first.group, shown, "", "", _members(figures, known, language), quality)


def _members(figures: Sequence[KeyFigure], known: Sequence[KeyFigure], language: str) -> str:
    def said(one: KeyFigure) -> str:
        return f"{one.label.rsplit(', ', 1)[-1]} {value_text(one, language)}"

    if len(figures) <= _MOST_NAMED:
        return ", ".join(said(one) for one in figures) + "."
    count = integer(len(known), language=language)
    if language == "sv":
        return f"{count} team: lägst {said(known[0])}, högst {said(known[-1])}."
    return f"{count} teams: lowest {said(known[0])}, highest {said(known[-1])}."


def one_line(text: str) -> str:
    """Return the first sentence of a text."""
    return split_sentences(text)[0]


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text: each ends with a full stop before a capital."""
    return re.split(r"(?<=[.!?]) (?=[A-ZÅÄÖ])", text.strip())


def value_text(figure: KeyFigure, language: str) -> str:
    """Return the figure as it is written."""
    form = percent if figure.form == "percent" else number
    return form(figure.value, decimals=figure.decimals, language=language)


def _bounds(figure: KeyFigure, language: str) -> str:
    if figure.low is None or figure.high is None or figure.value is None:
        return ""
    if figure.form == "percent":
        low, high = (percent(end, decimals=figure.decimals, language=language) for end in (figure.low, figure.high))
        return f"{'95 % KI' if language == 'sv' else '95% CI'} {low}–{high}"
    text = interval(figure.value, figure.low, figure.high, decimals=figure.decimals, language=language)
    return text[text.index("(") + 1 : -1] if "(" in text else ""


def reading_of(figure: KeyFigure, language: str) -> str:
    """Return what a ratio of after to before says, with its interval; empty for other figures."""
    if not figure.name.endswith("_ratio") or figure.value is None or figure.low is None or figure.high is None:
        return ""
    words = {key: text[language] for key, text in READING.items()}
    if figure.low <= 1.0 <= figure.high:
        return words["unclear"]
    key = "lower" if figure.high < 1.0 else "higher"
    ends = sorted(abs(1.0 - end) for end in (figure.low, figure.high))
    shown = {
        "change": percent(abs(1.0 - figure.value), language=language),
        "least": percent(ends[0], language=language).rstrip("%").rstrip(),
        "most": percent(ends[1], language=language),
    }
    return words[key].format(**shown)


def headline(figures: Iterable[KeyFigure], language: str) -> str:
    """Return what the ratios of after to before say together, each by its interval; empty where there is none.

    Parameters
    ----------
    figures : iterable of KeyFigure
    language : {"sv", "en"}
    """
    said: dict[str, list[str]] = {"lower": [], "higher": [], "unclear": []}
    for one in figures:
        if one.name.endswith("_ratio") and one.value is not None and one.low is not None and one.high is not None:
            key = "lower" if one.high < 1.0 else "higher" if one.low > 1.0 else "unclear"
            label = one.label.rsplit(", ", 1)[0]
            # A short form such as LPT keeps its capitals.
            said[key].append(label[:1].lower() + label[1:] if label[1:2].islower() else label)
    link = f" {HEADLINE['and'][language]} "
    return " ".join(
        HEADLINE[key][language].format(names=link.join(filter(None, (", ".join(names[:-1]), names[-1]))))
        for key, names in said.items()
        if names
    )


def quality_of(name: str, delivery: Mapping[str, Any], language: str) -> str:
    """Return how much of the tables behind a result could be used; empty where the delivery is not known.

    Parameters
    ----------
    name : str
        Name of the result.
    delivery : mapping
        With the view ``files``: rows and rows set aside, by file.
    language : {"sv", "en"}
    """
    needs = {table for question in QUESTIONS if question.name == name for table in question.needs}
    rows = aside = 0.0
    for tables, read, left_out in _files(delivery, language):
        if needs & {part.strip() for part in tables.split(",")}:
            rows, aside = rows + read, aside + left_out
    if not rows:
        return ""
    key = "whole" if not aside else "small_faults" if aside / rows < _FAULTS else "faults"
    return QUALITY[key][language].format(share=percent(aside / rows, language=language))


def _files(delivery: Mapping[str, Any], language: str) -> Iterable[tuple[str, float, float]]:
    for view in delivery.get("views", {}).get(language, []):
        if view["name"] == "files":
            at = [
                [column["name"] for column in view["columns"]].index(name) for name in ("tables", "rows", "set_aside")
            ]
            for row in view["rows"]:
                yield str(row[at[0]] or ""), float(row[at[1]] or 0), float(row[at[2]] or 0)
