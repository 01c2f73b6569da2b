"""What the page and the workbooks of one report both need is made once: tables, figures, what is counted of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, TableView

Made = TypeVar("Made")
_KEPT: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def kept() -> Iterator[None]:
    """Keep what ``once`` makes until the end of the block; outside of any block nothing is kept."""
    if _KEPT.get() is not None:
        yield
        return
    before = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(before)


def once(key: Hashable, make: Callable[[], Made]) -> Made:
    """Return what was made under a key in this block, else make it; nobody may change it.

    Parameters
    ----------
    key : hashable
        What it is, and the very objects and the language that it is made from.
    make : callable
    """
    held = _KEPT.get()
    if held is None:
        return make()
    if key not in held:
        held[key] = make()
    found: Made = held[key]
    return found


def views_of(result: Result, language: str) -> tuple[TableView, ...]:
    """Return the tables of a result."""
    return once(("views", result, language), lambda: result.views(language))


def figures_of(result: Result, language: str) -> tuple[FigureView, ...]:
    """Return the figures of a result."""
    return once(("figures", result, language), lambda: result.figures(language))
