"""The axis of places below courses: days, numbers or names in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from factfidelity import wording
from factfidelity.display import charts_base as base

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# So many places are named below charts that stand so many beside each other.
_TICKS = {1: 7, 2: 6}


def places_of(column: pd.Series) -> tuple[np.ndarray, list[Any]]:
    """Return where each value stands, and the names of the places where they are names."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return day_numbers(column), []
    if pd.api.types.is_numeric_dtype(column):
        return base.floats(column), []
    ticks = base.in_order(column)
    return np.array([ticks.index(value) for value in column.astype("object")], dtype="float64"), ticks


def day_numbers(column: pd.Series) -> np.ndarray:
    """Return days since 1970-01-01: the numbers of the date axis."""
    days = column.to_numpy().astype("datetime64[s]").astype("float64") / 86_400
    return np.where(column.isna().to_numpy(), np.nan, days)


def place_axis(
    ax: Axes, column: pd.Series, ticks: list[Any], names: Mapping[Any, str] | None, language: str, title: str
) -> None:
    """Write the places below the axis, each kind in its own way."""
    if title:
        ax.set_xlabel(title, fontsize=base.TEXT)
    if pd.api.types.is_datetime64_any_dtype(column):
        _date_axis(ax, column, language)
    elif ticks:
        ax.set_xticks(range(len(ticks)), [base.wrap(base.named(tick, names, language), 14) for tick in ticks])
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True))
        ax.xaxis.set_major_formatter(base.NumberTicks(language))


def _date_axis(ax: Axes, column: pd.Series, language: str) -> None:
    days = (column.max() - column.min()).days
    spec = ax.get_subplotspec()
    across = spec.get_gridspec().ncols if spec is not None else 1
    ax.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=_TICKS.get(across, 4)))  # type: ignore[no-untyped-call]

    def text(place: float, _: int | None = None) -> str:
        stamp = pd.Timestamp(0) + pd.Timedelta(days=place)
        if days > 900:
            return str(stamp.year) if stamp.month == 1 else ""
        return wording.month(stamp, language=language) if days > 62 else wording.date(stamp, language=language)

    ax.xaxis.set_major_formatter(FuncFormatter(text))
