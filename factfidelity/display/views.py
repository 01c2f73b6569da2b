"""What a report shows: tables and figures in a language, ready for a page, a sheet or a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table on show.

    Attributes
    ----------
    name : str
        Column of the frame.
    heading : str
        What stands above it.
    form : str
        ``text``, ``integer``, ``number`` (with ``decimals``), ``percent`` (a share of 1), ``date``, or ``code``
        (text that is looked up among the labels).
    decimals : int
    """

    name: str
    heading: str
    form: str = "text"
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class TableView:
    """One table on show, tidy: the same frame feeds the page and the sheet.

    Attributes
    ----------
    name : str
        Short id, the same in every language: the sheet and the anchor.
    caption : str
        What the table shows: of whom, when, in which unit.
    frame : DataFrame
        Real values; a hidden value is missing.
    columns : tuple of Column
        In order; columns of the frame that are not named are not shown.
    notes : tuple of str
        Below the table: counting rule, choices, what is hidden.
    states : DataFrame or None
        Same shape, ``shown``, ``hidden``, ``zero``, ``not_available`` or ``none`` (there can be no value) for each
        cell; what a missing value means.
    sheet : str
        Short name in the reader's language for a sheet's tab; made from the caption where it is empty.
    """

    name: str
    caption: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    states: pd.DataFrame | None = None
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class NativeChart:
    """How a spreadsheet draws the same figure with its own chart.

    Attributes
    ----------
    kind : str
        ``line``, ``column`` or ``bar``.
    table : str
        Name of the table view that holds the data.
    category, series : str and tuple of str
        Columns of that view: the axis and the values.
    split : str
        Column whose values make one series each (with a single value column); empty when there is none.
    """

    kind: str
    table: str
    category: str
    series: tuple[str, ...]
    split: str = ""
    y_title: str = ""


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure on show, with its words.

    Attributes
    ----------
    name, caption : str
    alt : str
        The same numbers in words, for those who do not see the picture.
    draw : callable
        Takes an Axes and draws on it.
    table : TableView
        The numbers of the figure, shown under it.
    native : NativeChart or None
    size : (float, float)
        Width and height in inches.
    """

    name: str
    caption: str
    alt: str
    draw: Callable[[Axes], Any]
    table: TableView
    native: NativeChart | None = None
    size: tuple[float, float] = (7.2, 3.6)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the few figures that a manager reads first.

    Attributes
    ----------
    name, label : str
        Id and wording.
    value, low, high : float or None
        The figure and its interval; missing where it is hidden or cannot be computed.
    form, decimals : as in ``Column``
    sentence : str
        The figure in one sentence with its period, its number of clients and its change.
    why : str
        Why there is no value.
    group : str
        Figures of the same group, such as one for each team, stand together; the label then ends with ", team".
    """

    name: str
    label: str
    value: float | None
    sentence: str
    low: float | None = None
    high: float | None = None
    form: str = "number"
    decimals: int = 1
    why: str = ""
    group: str = ""
    facts: Mapping[str, float] = field(default_factory=dict)


Head = tuple[str, str] | tuple[str, str, str] | tuple[str, str, str, int]


def columns_in(language: str, heads: Mapping[str, Head], names: Iterable[str]) -> tuple[Column, ...]:
    """Return columns from a room's list of headings.

    Parameters
    ----------
    language : str
        ``sv`` or ``en``.
    heads : mapping
        Column to its Swedish and English heading, its form (default ``number``) and its decimals (default 1).
    names : iterable of str
        The columns on show, in order.
    """
    made = []
    for name in names:
        head = heads[name]
        form, decimals = head[2] if len(head) > 2 else "number", head[3] if len(head) > 3 else 1
        made.append(Column(name, head[0] if language == "sv" else head[1], form, decimals))
    return tuple(made)
