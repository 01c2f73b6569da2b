"""What is not shown is said in words: no sentence of any result holds the mark of tables."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

# No sentence may hold these; a word such as None is a value that nobody wrote in words.
FAULTS = {
    "the mark": r"(?<![\w.])\.{2,}(?![\w.])",
    "a Python word": r"\b(nan|NaN|NaT|<NA>)\b|\bNone\b",
    "two spaces": r"  ",
    "a space before a sign": r" [,.;:](?!\w)",
    "brackets around nothing": r"\(\s*\)",
    "an unfilled place": r"[{}]",
}


def _holed(result, share, seed):
    """Return a released result with a share of its numbers hidden, as a strict rule could hide them."""
    draw = np.random.default_rng(seed)
    frames = {}
    for name, frame in result.frames().items():
        numbers = [column for column in frame.columns if pd.api.types.is_float_dtype(frame[column])]
        holes = {column: frame[column].mask(draw.random(len(frame)) < share) for column in numbers}
        frames[name] = frame.assign(**holes)
    return dataclasses.replace(result, **frames)


def _sentences(result, language):
    yield result.summary(language)
    yield result.coarser(language)
    for one in result.key_figures(language):
        yield from (one.label, one.sentence, one.why)
    for figure in result.figures(language):
        yield from (figure.caption, figure.alt, *figure.table.notes)
    for view in result.views(language):
        yield from (view.caption, *view.notes)
    yield from (text for pair in result.lacking(language) for text in pair)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_sentence_of_every_result_reads_well_whatever_is_hidden(attacked, share, language):
    results = attacked[1].results.values()
    faults = [
        f"{result.name}: {name}: …{text[max(0, found.start() - 40) : found.end() + 20]}…"
        for result in results
        for text in _sentences(_holed(result, share, seed=5), language)
        for name, wanted in FAULTS.items()
        if (found := re.search(wanted, text))
    ]
    assert not faults, "\n".join(faults)
