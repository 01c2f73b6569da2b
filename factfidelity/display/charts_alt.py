"""The same charts in words: each function takes what the chart of the same name takes, and returns its alt text.

``what`` says what is shown ("Vårddygn per klientår"); whatever only concerns the drawing is taken and passed by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from factfidelity import wording
from factfidelity.display.charts_base import enough
from factfidelity.display.charts_words import hidden_words, named, opening, place_words, span_words, value_words

Names = Mapping[Any, str] | None


def lines(
    table: pd.DataFrame, *, x: str, y: str, series: str | None = None, panel: str | None = None, what: str = "",
    unit: str = "", form: str = "number", decimals: int = 1, reference: float | tuple[float, float] | None = None,
    reference_label: str = "", mark: tuple[Any, str] | None = None, start: tuple[Any, str] | None = None,
    names: Names = None, language: str = "sv", kind: str = "line", **_: Any,
) -> str:  # fmt: skip
    """Say of each line its first, last, lowest and highest value, where it begins, the reference and the mark."""
    keys = [key for key in (panel, series) if key is not None]
    parts = [opening(kind, what, unit, language), span_words(table[x], names, language)]
    groups = table.groupby(keys, sort=False, observed=True, dropna=False) if keys else [((), table)]
    for name, rows in groups:
        title = ", ".join(named(part, names, language) for part in name)
        parts.append(_course(rows.sort_values(x, kind="stable"), y, title, form, decimals, language))
        if start is not None and rows[x].min() > pd.Timestamp(start[0]):
            parts.append(f"{start[1]}: {place_words(rows[x].min(), names, language)}.")
    if reference is not None:
        ends = reference if isinstance(reference, tuple) else (reference,)
        level = "–".join(value_words(end, form, decimals, language) for end in ends)
        parts.append(f"{reference_label or ('Referens' if language == 'sv' else 'Reference')}: {level}.")
    if mark is not None:
        at = pd.Timestamp(mark[0]) if pd.api.types.is_datetime64_any_dtype(table[x]) else mark[0]
        line = "Lodrät linje" if language == "sv" else "Vertical line"
        parts.append(f"{line}: {mark[1]} ({place_words(at, names, language)}).")
    return " ".join(part for part in parts if part)


def steps(
    table: pd.DataFrame, *, x: str, y: str, series: str | None = None, what: str = "", unit: str = "",
    form: str = "percent", decimals: int = 0, names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say of each step curve its first, last, lowest and highest value."""
    return lines(
        table, x=x, y=y, series=series, what=what, unit=unit, form=form, decimals=decimals, names=names,
        language=language, kind="step",
    )  # fmt: skip


def _course(rows: pd.DataFrame, y: str, title: str, form: str, decimals: int, language: str) -> str:
    values = pd.to_numeric(rows[y], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    seen = values[~np.isnan(values)]
    lead = f"{title}: " if title else ""
    if not len(seen):
        return lead + ("inga värden visas." if language == "sv" else "no values are shown.")
    first, last, lowest, highest = (
        value_words(value, form, decimals, language) for value in (seen[0], seen[-1], seen.min(), seen.max())
    )
    if language == "sv":
        text = f"{lead}först {first}, sist {last}, lägst {lowest}, högst {highest}."
    else:
        text = f"{lead}first {first}, last {last}, lowest {lowest}, highest {highest}."
    return f"{text} {hidden_words(int(np.isnan(values).sum()), language)}".strip()


def bars(
    table: pd.DataFrame, *, category: str, value: str, series: str | None = None, low: str | None = None,
    high: str | None = None, count: str | None = None, what: str = "", unit: str = "", form: str = "number",
    decimals: int = 1, names: Names = None, language: str = "sv", kind: str = "bar", **_: Any,
) -> str:  # fmt: skip
    """Say each bar's value, with its interval and its number where there are any."""
    decimals = enough(pd.to_numeric(table[value], errors="coerce").to_numpy("float64", na_value=np.nan), decimals, form)
    said: list[str] = []
    for name, rows in table.groupby(category, sort=False, observed=True):
        texts = []
        for row in rows.to_dict("records"):
            lead = f"{named(row[series], names, language).lower()} " if series is not None else ""
            texts.append(lead + _with_interval(row, value, low, high, count, form, decimals, language))
        said.append(f"{named(name, names, language)}: {', '.join(texts)}.")
    return " ".join([opening(kind, what, unit, language), *said])


def _with_interval(
    row: Mapping[Any, Any], value: str, low: str | None, high: str | None, count: str | None, form: str,
    decimals: int, language: str,
) -> str:  # fmt: skip
    text = value_words(row[value], form, decimals, language)
    if low is not None and high is not None and not pd.isna(row[low]) and not pd.isna(row[high]):
        ends = [value_words(row[end], form, decimals, language) for end in (low, high)]
        text += f" ({ends[0]} {'till' if language == 'sv' else 'to'} {ends[1]})"
    if count is not None and not pd.isna(row[count]):
        text += f", n = {wording.integer(row[count], language=language)}"
    return text


def before_after(
    table: pd.DataFrame, *, category: str, window: str, value: str, low: str | None = None, high: str | None = None,
    count: str | None = None, what: str = "", unit: str = "", form: str = "number", decimals: int = 1,
    names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say for each category the value before and after."""
    return bars(
        table, category=category, series=window, value=value, low=low, high=high, count=count, what=what, unit=unit,
        form=form, decimals=decimals, names=names, language=language,
    )  # fmt: skip


def stacked_bars(
    table: pd.DataFrame, *, category: str, part: str, value: str, what: str = "", unit: str = "",
    form: str = "number", decimals: int = 1, names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say for each category its parts."""
    return bars(
        table, category=category, series=part, value=value, what=what, unit=unit, form=form, decimals=decimals,
        names=names, language=language, kind="stacked",
    )  # fmt: skip


def waterfall(
    table: pd.DataFrame, *, step: str, value: str, what: str = "", unit: str = "", form: str = "number",
    decimals: int = 1, names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say each step and its size."""
    return bars(
        table, category=step, value=value, what=what, unit=unit, form=form, decimals=decimals, names=names,
        language=language, kind="waterfall",
    )  # fmt: skip


def interval_plot(
    table: pd.DataFrame, *, label: str, estimate: str, low: str, high: str, series: str | None = None,
    reference: float | None = None, what: str = "", unit: str = "", form: str = "number", decimals: int = 2,
    names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say each estimate with its interval, and the line of no difference."""
    text = bars(
        table, category=label, value=estimate, series=series, low=low, high=high, what=what, unit=unit, form=form,
        decimals=decimals, names=names, language=language, kind="interval",
    )  # fmt: skip
    if reference is None:
        return text
    line = wording.number(reference, decimals=0 if reference == int(reference) else decimals, language=language)
    return text + (f" Linje vid {line}: ingen skillnad." if language == "sv" else f" Line at {line}: no difference.")


def dots_against_norm(
    table: pd.DataFrame, *, category: str, value: str, norm_low: str | None = None, norm_high: str | None = None,
    norm_label: str = "", what: str = "", unit: str = "", form: str = "number", decimals: int = 1,
    names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say each value, and its norm where there is one."""
    said = [opening("dot", what, unit, language)]
    norm = norm_label or "norm"
    for row in table.to_dict("records"):
        ends = [row[end] for end in (norm_low, norm_high) if end is not None and not pd.isna(row[end])]
        text = f"{named(row[category], names, language)}: {value_words(row[value], form, decimals, language)}"
        if ends:
            text += f" ({norm} {'–'.join(value_words(end, form, decimals, language) for end in ends)})"
        said.append(text + ".")
    return " ".join(said)


def profile(
    table: pd.DataFrame, *, item: str, value: str, low: str | None = None, high: str | None = None,
    previous: str | None = None, previous_label: str = "", bounds: tuple[float, float] = (1, 5), what: str = "",
    unit: str = "", decimals: int = 1, names: Names = None, language: str = "sv", kind: str = "dot", **_: Any,
) -> str:  # fmt: skip
    """Say each item's value, its range and its previous value."""
    low_end, high_end = (wording.number(end, decimals=0, language=language) for end in bounds)
    said = [opening(kind, what, unit, language)]
    said.append(f"Skala {low_end}–{high_end}." if language == "sv" else f"Scale {low_end}–{high_end}.")
    for row in table.to_dict("records"):
        text = _with_interval(row, value, low, high, None, "number", decimals, language)
        if previous in row and not pd.isna(row[str(previous)]):
            lead = previous_label or ("tidigare" if language == "sv" else "previously")
            text += f", {lead} {wording.number(row[str(previous)], decimals=decimals, language=language)}"
        said.append(f"{named(row[item], names, language)}: {text}.")
    return " ".join(said)


def radar(
    table: pd.DataFrame, *, item: str, value: str, series: str | None = None, what: str = "", unit: str = "",
    decimals: int = 1, names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say each spoke's value."""
    return bars(
        table, category=item, series=series, value=value, what=what, unit=unit, decimals=decimals, names=names,
        language=language, kind="radar",
    )  # fmt: skip


def heat_map(
    table: pd.DataFrame, *, x: str, y: str, value: str, what: str = "", unit: str = "", form: str = "number",
    decimals: int = 1, names: Names = None, language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say row by row each field's value."""
    return bars(
        table, category=y, series=x, value=value, what=what, unit=unit, form=form, decimals=decimals, names=names,
        language=language, kind="heat",
    )  # fmt: skip


def flow(
    table: pd.DataFrame, *, step: str, value: str, what: str = "", unit: str = "", names: Names = None,
    language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say each step's number, from top to bottom."""
    return bars(
        table, category=step, value=value, what=what, unit=unit, form="number", decimals=0, names=names,
        language=language, kind="flow",
    )  # fmt: skip


def scatter(
    table: pd.DataFrame, *, x: str, y: str, label: str | None = None, reference: float | None = None,
    what: str = "", unit: str = "", x_title: str = "", form: str = "number", decimals: int = 2, names: Names = None,
    language: str = "sv", **_: Any,
) -> str:  # fmt: skip
    """Say each point's place and value, and the reference."""
    said = [opening("dot", what, unit, language)]
    for row in table.to_dict("records"):
        lead = f"{named(row[label], names, language)}: " if label is not None else ""
        whole = not pd.isna(row[x]) and float(row[x]) == round(float(row[x]))
        place = value_words(row[x], "number", 0 if whole else decimals, language)
        value = value_words(row[y], form, decimals, language)
        said.append(f"{lead}{x_title or 'x'} {place}, {value}.")
    if reference is not None and not pd.isna(reference):
        level = value_words(reference, form, decimals, language)
        said.append(f"{'Referens' if language == 'sv' else 'Reference'}: {level}.")
    return " ".join(said)
