"""What the words and pictures of a before/after result need of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd


class Shown(Protocol):
    """A before/after result as its words and pictures see it."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per outcome, window and cohort."""

    @property
    def change(self) -> pd.DataFrame:
        """One row per outcome, cohort, index stay and estimand."""

    @property
    def paired(self) -> pd.DataFrame:
        """One row per outcome in the paired cohort."""

    @property
    def flow(self) -> pd.DataFrame:
        """One row per step and cohort."""

    @property
    def coercion(self) -> pd.DataFrame:
        """One row per kind of measure and window."""

    @property
    def forms(self) -> pd.DataFrame:
        """One row per closed legal form and window."""

    @property
    def between(self) -> pd.DataFrame:
        """One row: clients in hospital on the index day."""

    @property
    def late(self) -> pd.DataFrame:
        """At most one row: long stays that a source of finished stays cannot have delivered."""

    @property
    def notes(self) -> Mapping[str, str]:
        """Every choice by name."""

    def label(self, outcome: str, language: str) -> str:
        """Return the words for an outcome."""

    def ratio(self, outcome: str, *, index_stay: str = "") -> pd.Series[float]:
        """Return the row with an outcome's rate ratio."""

    def other_ratio(self, outcome: str, index_stay: str) -> pd.Series[float]:
        """Return the rate ratio under another choice for the index stay."""

    def change_row(self, outcome: str, estimand: str, *, index_stay: str = "") -> pd.Series[float]:
        """Return the first row of an outcome and estimand."""
