"""Every sentence of a result says in words what is not shown; the mark ``..`` belongs to tables."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

from factfidelity.display.views import FigureView, KeyFigure, TableView
from factfidelity.wording import spoken

# The methods of a result whose words people read.
TELLING = ("summary", "key_figures", "figures", "views")


def in_words(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of a result that gives the same words, with ``visas inte`` for the mark of a hidden value.

    Parameters
    ----------
    method : callable
        One of ``TELLING``: takes the result and perhaps a language.
    """

    @functools.wraps(method)
    def told(self: Any, language: str | None = None) -> Any:
        return _said(method(self, language), language or self.language)

    return told


def _said(found: Any, language: str) -> Any:
    if isinstance(found, str):
        return spoken(found, language=language)
    if isinstance(found, tuple):
        return tuple(_said(one, language) for one in found)
    if isinstance(found, KeyFigure):
        sentence, why = spoken(found.sentence, language=language), spoken(found.why, language=language)
        return dataclasses.replace(found, sentence=sentence, why=why)
    if isinstance(found, FigureView):
        table = _said(found.table, language)
        return dataclasses.replace(found, alt=spoken(found.alt, language=language), table=table)
    if isinstance(found, TableView):
        return dataclasses.replace(found, notes=tuple(spoken(note, language=language) for note in found.notes))
    return found
