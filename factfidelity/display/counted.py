"""A result about one thing that is counted, from rows that may not say how many persons they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pandas as pd

from factfidelity.display.result import Result
from factfidelity.errors import DisclosureError, Problem


@dataclass(frozen=True, kw_only=True, eq=False)
class CountedResult(Result):
    """Base of results whose notes hold ``label.sv`` and ``label.en`` (what is counted) and ``persons``.

    ``persons`` is ``none`` where the counts do not say how many persons they rest on: then nothing can be released.
    """

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> Self:
        """Return the same result with other frames; refuse to release counts of unknown numbers of persons.

        Raises
        ------
        DisclosureError
        """
        if released and self.notes.get("persons") == "none":
            raise no_persons()
        return super().with_frames(frames, released=released)

    def _label(self, language: str) -> str:
        return self.notes[f"label.{language}"]


def no_persons() -> DisclosureError:
    """Return the refusal of counts that do not say how many persons they rest on."""
    return DisclosureError(
        "The counts do not say how many persons they rest on.",
        [
            Problem(
                "the counts have no number of persons",
                "name the column with persons=..., or say published=True if anybody may see the numbers",
                rule="no_persons",
                kind="disclosure",
                what_sv="antalen saknar uppgift om hur många personer de gäller",
                do_sv="ange kolumnen med persons=..., eller published=True om talen redan är offentliga",
            )
        ],
    )
