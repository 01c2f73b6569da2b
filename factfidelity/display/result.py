"""Result: what every question's answer has in common. A result shows itself and says how it was made."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pandas as pd

from factfidelity.display.coarser import coarser_text
from factfidelity.display.gate import Gate
from factfidelity.display.spoken import TELLING, in_words
from factfidelity.display.views import FigureView, KeyFigure, TableView
from factfidelity.errors import DisclosureError
from factfidelity.wording import pick

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from factfidelity.display.disclosure import DisclosureRule


@dataclass(frozen=True, kw_only=True, eq=False)
class Result(ABC):
    """Base of all results.

    Attributes
    ----------
    table : DataFrame
        Tidy; what one row is stands in the subclass.
    notes : mapping of str to str
        What it was made with: each choice by name.
    language : str
        ``sv`` or ``en``; what ``summary`` and the others use unless told otherwise.
    is_released : bool
        Whether small counts were hidden; only released results may be written to a file for others.
    """

    name: ClassVar[str]
    title: ClassVar[Mapping[str, str]]
    gates: ClassVar[Mapping[str, Gate]]  # one for each field that holds a frame

    table: pd.DataFrame
    notes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    language: str = "sv"
    is_released: bool = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let every sentence of the result say in words what is not shown."""
        super().__init_subclass__(**kwargs)
        for method in (name for name in TELLING if name in vars(cls)):
            setattr(cls, method, in_words(vars(cls)[method]))

    @abstractmethod
    def summary(self, language: str | None = None) -> str:
        """Return the answer in one to three sentences; what is hidden or unknown is said to be so."""

    @abstractmethod
    def methods(self, language: str | None = None) -> str:
        """Return a paragraph for a methods section, made from the choices of this very result."""

    @abstractmethod
    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the main figure on an Axes, a new one where none is given."""

    @abstractmethod
    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the tables that a report shows."""

    def heading(self, language: str | None = None) -> str:
        """Return the title as it stands in a report; a care model may call the same thing by another name."""
        return pick(self.title, language or self.language)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the figures that a report shows."""
        return ()

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the few figures that stand first in a report."""
        return ()

    def coarser(self, language: str | None = None) -> str:
        """Say why the answer is shown by longer periods or in larger groups than planned; nothing where it is not."""
        return coarser_text(self.notes, language or self.language)

    def lacking(self, language: str | None = None) -> tuple[tuple[str, str], ...]:
        """Return parts of the answer that the delivery does not reach to, each with the reason."""
        return ()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the result's frames by field, each guarded by the gate of the same name."""
        return {field: getattr(self, field) for field in self.gates}

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> Self:
        """Return the same result with other frames."""
        inner = [part.name for part in dataclasses.fields(self) if released and part.name.startswith("inner_")]
        changed: dict[str, Any] = {**frames, **dict.fromkeys(inner), "is_released": released}
        return dataclasses.replace(self, **changed)

    def in_language(self, language: str) -> Self:
        """Return the same result in another language."""
        return dataclasses.replace(self, language=language)

    def released(self, rule: DisclosureRule | None = None) -> Self:
        """Return the result with small counts hidden, and whatever would give them back.

        Parameters
        ----------
        rule : DisclosureRule, optional
            Default: smallest count 5.
        """
        from factfidelity.display.disclosure import DisclosureRule, release_frames

        if self.is_released:
            return self
        frames = release_frames(self.frames(), self.gates, rule or DisclosureRule())
        return self.with_frames(frames, released=True)

    def require_released(self) -> Self:
        """Return the result, or refuse it where it still holds small counts.

        Raises
        ------
        DisclosureError
        """
        if not self.is_released:
            title = pick(self.title, "en")
            raise DisclosureError(f'"{title}" still holds small counts; call .released(rule) first')
        return self

    def _repr_html_(self) -> str:
        from factfidelity.display.tables import result_html

        return result_html(self, self.language)
