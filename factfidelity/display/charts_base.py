"""What all charts share: the palette, a figure without global state, number and month ticks, and files of it."""

from __future__ import annotations

import io
import sys
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine, LayoutEngine
from matplotlib.ticker import Formatter, MaxNLocator

from factfidelity import wording
from factfidelity.display.charts_slim import slim

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GREY, BLUE = "#595959", "#0072B2"
SERIES = (BLUE, "#D55E00", "#009E73", "#CC79A7", "#000000", GREY)
# The same colours dark enough for text (4.5:1 against white).
TEXT_SERIES = ("#00639C", "#A84800", "#00704F", "#94486F", "#000000", GREY)
PALE = ("#C9DFED", "#F6D3BD", "#C2E5DA", "#F2DDE9", "#D9D9D9", "#EDEDED")
MARKERS = ("o", "s", "^", "D", "v", "P")
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "ooo")
TEXT = 9.5
# What stands behind a text that crosses lines.
BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6}

_STYLE: Any = {
    "font.family": ["DejaVu Sans"],  # travels with matplotlib: the same letters on every machine
    "font.size": TEXT,
    "text.hinting": "none",  # the same widths at every resolution
    "svg.hashsalt": "factfidelity",
    "svg.fonttype": "path",
    "path.simplify": False,
    "axes.unicode_minus": True,
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
}
# A layout is found when its last round moves nothing by this many points; it has so many turns of two rounds each.
_STILL, _TURNS = 1.0, 3


class _Canvas(FigureCanvasAgg):
    """A canvas that is measured by a renderer kept for all charts, which holds what texts measure."""

    measured = False

    def get_renderer(self) -> RendererAgg:
        """Return the kept renderer while a layout is sought, where a place has no size in pixels; else one's own."""
        own: Any = super()
        return _measuring(self.figure.dpi, mpl.rcParams["text.hinting"]) if self.measured else own.get_renderer()


@lru_cache(maxsize=4)
def _measuring(dpi: float, hinting: str) -> RendererAgg:
    """Return the renderer for texts of one resolution and hinting: they measure otherwise under another."""
    kind: Any = RendererAgg
    renderer: RendererAgg = kind(8, 8, dpi)
    return renderer


def figure(size: tuple[float, float] = (7.2, 3.6)) -> Axes:
    """Make a figure of its own with one Axes; nothing global is touched and nothing is shown."""
    with mpl.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08)
        canvas = Figure(figsize=size, layout=layout, facecolor="white")
        _Canvas(canvas)
        return canvas.add_subplot()


def _shown_figure(size: tuple[float, float]) -> Axes:
    """Make a figure that a Jupyter notebook shows below its cell; elsewhere one of its own."""
    if "ipykernel" not in sys.modules:
        return figure(size)
    import matplotlib.pyplot as plt

    with mpl.rc_context(_STYLE):
        layout = ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08)
        return plt.figure(figsize=size, layout=layout, facecolor="white").add_subplot()


def to_svg(ax: Axes) -> str:
    """Return the figure of an Axes as SVG text: the same text for the same numbers."""
    held = io.StringIO()
    with mpl.rc_context(_STYLE):
        _settled(ax).savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return slim(held.getvalue())


def to_png(ax: Axes, *, dpi: int = 150) -> bytes:
    """Return the figure of an Axes as PNG: the same bytes for the same numbers."""
    held = io.BytesIO()
    with mpl.rc_context(_STYLE):
        _settled(ax).savefig(held, format="png", dpi=dpi, metadata={"Software": None})
    return held.getvalue()


def _settled(ax: Axes) -> Figure:
    """Return the whole figure with its layout fixed: each drawing would move it by a hair otherwise."""
    found = _figure_of(ax)
    engine = found.get_layout_engine()
    if engine is not None:
        with _measured(found):
            for _ in range(_TURNS):
                if _moved(found, engine) < _STILL:
                    break
        found.set_layout_engine(None)  # a place holder would make every file of it cost one drawing more
    return found


@contextmanager
def _measured(found: Figure) -> Iterator[None]:
    """Measure a figure of ours by the renderer kept for all."""
    canvas = found.canvas
    if not isinstance(canvas, _Canvas):
        yield
        return
    canvas.measured = True
    try:
        yield
    finally:
        canvas.measured = False


def _figure_of(ax: Axes) -> Figure:
    found = ax.get_figure(root=True)
    if not isinstance(found, Figure):
        raise TypeError("the Axes has no figure")
    return found


def _moved(found: Figure, engine: LayoutEngine) -> float:
    """Lay the figure out without drawing it; return how far, in points, the last round of it moved anything.

    A layout measures all texts, moves the charts, and does so once again; what it is asked before each measuring is
    where the chart stands.
    """
    before: dict[Any, np.ndarray] = {}

    def place_of(axes: Any, renderer: Any) -> Any:
        place = axes.get_position(original=True)
        before[axes] = np.asarray(place.bounds)
        return place

    free = [axes for axes in found.axes if axes.get_axes_locator() is None]
    for axes in free:
        axes.set_axes_locator(place_of)
    try:
        engine.execute(found)
    finally:
        for axes in free:
            axes.set_axes_locator(None)  # type: ignore[arg-type]
    points = 72 * np.tile(found.get_size_inches(), 2)
    after = {axes: np.asarray(axes.get_position(original=True).bounds) for axes in before}
    return max((float(np.max(np.abs(after[axes] - place) * points)) for axes, place in before.items()), default=0.0)


class NumberTicks(Formatter):
    """Tick labels as the language writes numbers, with as many decimals as the steps need."""

    def __init__(self, language: str = "sv", form: str = "number") -> None:
        self.language = language
        self.form = form

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Write one place on the axis."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write all ticks of the axis alike."""
        if self.form == "percent":
            places = _decimals(np.asarray(values, dtype="float64") * 100)
            return [wording.percent(value, decimals=places, language=self.language) for value in values]
        places = _decimals(np.asarray(values, dtype="float64"))
        return [wording.number(value, decimals=places, language=self.language) for value in values]


def _decimals(ticks: np.ndarray) -> int:
    places = np.unique(np.round(ticks, 10))
    if len(places) < 2:
        return 0
    step = float(np.diff(places).min())
    return next((places for places in range(7) if abs(round(step, places) - step) < 1e-9 * max(step, 1e-3)), 6)


class PlainTicks(Formatter):
    """Tick labels on a logarithmic axis: 0,5 1 2 5."""

    def __init__(self, language: str = "sv") -> None:
        self.language = language

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Write one tick with only the decimals it has."""
        decimals = next((places for places in range(4) if abs(round(x, places) - x) < 1e-9), 4)
        return wording.number(x, decimals=decimals, language=self.language)


def prepare(ax: Axes | None, size: tuple[float, float] = (7.2, 3.6)) -> Axes:
    """Return the Axes, or a new one, with quiet lines and letters of at least 9 points."""
    ax = _shown_figure(size) if ax is None else ax
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(GREY)
    ax.tick_params(labelsize=TEXT, color=GREY, labelcolor="black")
    ax.set_axisbelow(True)
    return ax


def value_axis(ax: Axes, which: str, *, unit: str, language: str, form: str = "number", from_zero: bool = True) -> None:
    """Dress the axis of values: its unit, its numbers in the language, thin grid lines, from 0 when asked."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(NumberTicks(language, form))
    axis.set_label_text(unit, fontsize=TEXT)
    ax.grid(visible=True, axis="x" if which == "x" else "y", color="#DDDDDD", linewidth=0.7)
    if from_zero:
        low, high = ax.get_xlim() if which == "x" else ax.get_ylim()
        least = ax.dataLim.x0 if which == "x" else ax.dataLim.y0
        bounds = (low if low < -1e-9 and least < 0 else 0.0, high)
        _ = ax.set_xlim(bounds) if which == "x" else ax.set_ylim(bounds)


def floats(values: pd.Series) -> np.ndarray:
    """Return values as floats; hidden ones are missing."""
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)


def in_order(values: pd.Series) -> list[Any]:
    """Return the different values in the order they come."""
    return list(pd.unique(values.dropna().astype("object")))


def named(value: Hashable, names: Mapping[Any, str] | None, language: str) -> str:
    """Return the words for a value: the caller's, else the library's label."""
    if names is not None and value in names:
        return names[value]
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return wording.label(value, language)


def error_bars(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the two arms of each interval; none where an end is missing."""
    arms = np.vstack([values - low, high - values])
    arms[:, np.isnan(arms).any(axis=0)] = np.nan
    return np.asarray(np.clip(arms, 0, None))


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places moved as little as needed to stand at least ``gap`` from each other, in the same order."""
    order = sorted(range(len(places)), key=lambda place: places[place])
    blocks: list[tuple[float, int]] = []
    for place in order:
        blocks.append((places[place], 1))
        while len(blocks) > 1:
            (under, below), (over, above) = blocks[-2:]
            if over - under >= gap * (below + above) / 2:
                break
            number = below + above
            blocks[-2:] = [((under * below + over * above) / number, number)]
    moved = [middle + gap * (turn - (number - 1) / 2) for middle, number in blocks for turn in range(number)]
    found = dict(zip(order, moved, strict=True))
    return [found[place] for place in range(len(places))]


def wrap(text: str, width: int = 28) -> str:
    """Break a long label over lines at its spaces."""
    lines: list[str] = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def empty_text(ax: Axes, language: str) -> None:
    """Say in an empty chart that nothing may or can be shown."""
    words = "Inga värden kan visas (..)" if language == "sv" else "No values can be shown (..)"
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", fontsize=TEXT, color=GREY)
    ax.set_xticks([])
    ax.set_yticks([])


def enough(values: np.ndarray, decimals: int, form: str) -> int:
    """Return the decimals that tell values apart: two at least where all of them are under one."""
    seen = np.abs(values[~np.isnan(values)]) if len(values) else values
    return max(decimals, 2) if form == "number" and decimals == 1 and len(seen) and seen.max() < 1 else decimals


def size_of(ax: Axes) -> tuple[float, float]:
    """Return width and height in inches of the whole figure of an Axes, as it was drawn."""
    width, height = _figure_of(ax).get_size_inches()
    return float(width), float(height)


def runs(flags: Sequence[bool] | np.ndarray) -> list[tuple[int, int]]:
    """Return first and last place of each unbroken run of True."""
    padded = np.concatenate([[False], np.asarray(flags, dtype=bool), [False]])
    edges = np.flatnonzero(np.diff(padded.astype(int)))
    return [(int(start), int(stop) - 1) for start, stop in zip(edges[::2], edges[1::2], strict=True)]
