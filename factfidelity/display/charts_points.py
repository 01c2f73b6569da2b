"""Points in a plane: one per unit, with curves for what may be expected behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from factfidelity.display import charts_base as base

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_NAMES = 12


def scatter(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    label: str | None = None,
    curves: pd.DataFrame | None = None,
    curve_x: str = "",
    curve_y: Sequence[str] = (),
    reference: float | None = None,
    unit: str = "",
    x_title: str = "",
    form: str = "number",
    from_zero: bool = True,
    names: Mapping[Any, str] | None = None,
    language: str = "sv",
    ax: Axes | None = None,
) -> Axes:
    """Draw one point per row, named where there are few, and lines behind them.

    Parameters
    ----------
    table : DataFrame, one row per point
    x, y, label : str
        Columns: place, value, and the name written beside the point.
    curves : DataFrame, optional
        One row per place, with ``curve_x`` and the columns ``curve_y``, each drawn as a thin line.
    reference : float
        A level, drawn as a dashed line.
    """
    ax = base.prepare(ax)
    places, values = base.floats(table[x]), base.floats(table[y])
    seen = ~(np.isnan(places) | np.isnan(values))
    if not seen.any():
        base.empty_text(ax, language)
        return ax
    if curves is not None and len(curves):
        for order, column in enumerate(curve_y):
            ax.plot(
                base.floats(curves[curve_x]), base.floats(curves[column]), color=base.GREY, linewidth=1.1,
                linestyle=base.STYLES[(order // 2) % len(base.STYLES)], zorder=1,
            )  # fmt: skip
    if reference is not None and not np.isnan(reference):
        ax.axhline(reference, color=base.GREY, linestyle=(0, (4, 3)), linewidth=1, zorder=0)
    ax.plot(places[seen], values[seen], linestyle="none", marker="o", color=base.BLUE, markersize=6.5, zorder=2)
    if label is not None and seen.sum() <= _MOST_NAMES:
        middle = (places[seen].min() + places[seen].max()) / 2
        for row in np.flatnonzero(seen):
            # A name leads towards the middle, so that none is cut at the edge of the picture.
            is_right = places[row] > middle
            ax.annotate(
                base.named(table[label].iloc[row], names, language), (places[row], values[row]),
                xytext=(-6 if is_right else 6, 4), ha="right" if is_right else "left",
                textcoords="offset points", fontsize=9, annotation_clip=False, bbox=base.BEHIND,
            )  # fmt: skip
    base.value_axis(ax, "y", unit=unit, language=language, form=form, from_zero=from_zero)
    ax.set_xlabel(x_title, fontsize=base.TEXT)
    ax.xaxis.set_major_formatter(base.NumberTicks(language))
    return ax
