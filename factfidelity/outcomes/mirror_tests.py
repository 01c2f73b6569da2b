"""Outcomes by before and after and test: the table in the form that the field prints."""

from __future__ import annotations

import pandas as pd

from factfidelity.display.views import Head, TableView, columns_in
from factfidelity.outcomes.shown import Shown
from factfidelity.outcomes.words import CHOICES, lock_words, say
from factfidelity.wording import HIDDEN, number

_HEADS: dict[str, Head] = {
    "outcome": ("Utfall", "Outcome", "text"),
    "clients": ("n (par)", "n (pairs)", "integer"),
    "mean_before": ("Medel före", "Mean before", "number", 2),
    "median_before": ("Median före", "Median before", "number", 1),
    "any_before": ("Med någon, före", "With any, before", "integer"),
    "mean_after": ("Medel efter", "Mean after", "number", 2),
    "median_after": ("Median efter", "Median after", "number", 1),
    "any_after": ("Med någon, efter", "With any, after", "integer"),
    "test": ("Test", "Test", "text"),
    "p": ("p-värde", "p-value", "number", 4),
    "held": ("Under kritiskt p", "Below critical p", "text"),
}
_TESTS = {
    "mean_difference": {"sv": "Wilcoxons teckenrangtest", "en": "Wilcoxon signed rank"},
    "any_difference": {"sv": "exakt McNemar", "en": "exact McNemar"},
}
_HELD = {True: {"sv": "ja", "en": "yes"}, False: {"sv": "nej", "en": "no"}}


def tests_view(result: Shown, language: str) -> TableView:
    """Return outcomes before and after in windows of equal length, each with its paired test.

    The form is that of Sood and others (2017): means, medians and persons with any, the p-value, and whether it is
    below the critical p of Benjamini and Hochberg over the table.
    """
    rows = result.paired.copy()
    if not len(rows):
        return TableView("paired_tests", "", rows, ())
    seen = result.table[result.table["cohort"] == result.notes["paired_cohort"]]
    for window in ("before", "after"):
        counted = seen[seen["window"] == window].set_index("outcome")["clients_any"]
        rows[f"any_{window}"] = counted.reindex(rows["outcome"]).to_numpy()
    shares = rows["estimand"] == "any_difference"  # a mean of 0 and 1 is the share that stands beside it
    rows.loc[shares, ["mean_before", "mean_after", "median_before", "median_after"]] = float("nan")
    rows["test"] = [say(_TESTS, str(name), language) for name in rows["estimand"]]
    rows["held"] = ["" if pd.isna(value) else _HELD[bool(value)][language] for value in rows["rejected"]]
    rows["outcome"] = [result.label(str(name), language) for name in rows["outcome"]]
    caption = {
        "sv": "Utfall före och efter med parvisa test, i lika långa fönster",
        "en": "Outcomes before and after with paired tests, in windows of equal length",
    }[language]
    notes = tuple(text for text in (_held_note(result, language), lock_words(result.notes, language)) if text)
    return TableView("paired_tests", caption, rows, columns_in(language, _HEADS, _HEADS), notes)


def _held_note(result: Shown, language: str) -> str:
    notes = result.notes
    critical = number(float(notes["critical_p"]), decimals=4, language=language) if notes.get("critical_p") else HIDDEN
    cohort, tests = say(CHOICES, notes["paired_cohort"], language), notes.get("tests", "0")
    rejected = notes.get("rejections", "0")
    return {
        "sv": f"Urval: {cohort}. Kritiskt p enligt Benjamini–Hochberg över {tests} test: {critical}; {rejected} under. "
        "Delar av ett annat utfall och kontrollutfall ingår inte i de testen. Utanför den säkra miljön är medelvärdena "
        "avrundade, så att enskilda vårdtider inte går att räkna ut.",
        "en": f"Cohort: {cohort}. Critical p by Benjamini–Hochberg over {tests} tests: {critical}; {rejected} below. "
        "Parts of another outcome and control outcomes are not among those tests. Outside the secure room means are "
        "rounded, so that single stays cannot be worked out.",
    }[language]
