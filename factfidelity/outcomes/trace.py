"""From a figure to its rows: what each client adds to a cell, and the rows it came from. In the secure room only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from factfidelity.care.line import SPAN, Cover, codes_of, days_at
from factfidelity.care.windows import Windows
from factfidelity.days import OPEN, UNKNOWN, dates_of, day_numbers, overlap
from factfidelity.outcomes.pairs import Design
from factfidelity.outcomes.tally import passes
from factfidelity.schemas.outcome import Outcome

_COLUMNS = ["client_id", "first_day", "last_day", "counted"]
_ROWS = ["table", "row", "client_id", "first_day", "last_day"]
# First and last day of a row, by table; one column where it is a happening.
_DAYS = {"episodes": ("admitted", "discharged"), "legal_status": ("start", "end"), "leave": ("start", "end")}


@dataclass(frozen=True, eq=False)
class Tracer:
    """Lists what stands behind the cells of a before/after result; it holds the extract and never leaves the room.

    Attributes
    ----------
    design : Design
    outcomes : tuple of Outcome
    """

    design: Design
    outcomes: tuple[Outcome, ...]

    def outcome(self, name: str) -> Outcome:
        """Return a counted outcome.

        Raises
        ------
        ValueError
            If the result does not hold it.
        """
        found = next((one for one in self.outcomes if one.outcome == name), None)
        if found is None:
            there = ", ".join(one.outcome for one in self.outcomes)
            raise ValueError(f"outcome must be one of {there}, got {name!r}")
        return found

    def stretches(self, name: str, window: str, cohort: str, index_stay: str) -> pd.DataFrame:
        """List stretches and happenings: client_id, first_day, last_day, counted.

        Parameters
        ----------
        name, window, cohort, index_stay : str
            The cell.

        Returns
        -------
        DataFrame
            One row is one happening, or one stretch of days, of one client: first_day and last_day are those of the
            whole stretch, also outside the window (empty while it goes on); counted is what it adds to the cell.
        """
        outcome = self.outcome(name)
        _one_of("window", window, ("before", "after"))
        _one_of("cohort", cohort, ("all", "complete", "mirror"))
        pair = self.design.pair(outcome.tables, cohort=cohort, index_stay=index_stay)
        windows: Windows = getattr(pair, window)
        counted = self.design.tally.of(outcome)
        start = counted.start if isinstance(counted, Cover) else counted.place
        end = counted.end if isinstance(counted, Cover) else counted.place + 1
        if not len(windows.client) or not len(start):
            return pd.DataFrame(columns=_COLUMNS)
        row = np.minimum(np.searchsorted(windows.client, start // SPAN), len(windows.client) - 1)
        out = windows.out_high if isinstance(counted, Cover) else windows.out_last
        low, high = windows.low[row], windows.high[row]
        left = np.clip(windows.out_low[row], low, high)
        taken = overlap(start, end, left, np.maximum(np.clip(out[row], low, high), left))
        size = np.where(windows.client[row] == start // SPAN, overlap(start, end, low, high) - taken, 0)
        kept = size > 0
        client, size = start[kept] // SPAN, size[kept]
        if outcome.kind == "any_admission":  # the first makes the client one with any; later ones add nothing
            size = np.r_[1, client[1:] != client[:-1]][: len(client)].astype(np.int64)
        last = np.where((end % SPAN) == SPAN - 1, OPEN, days_at(end - 1))[kept]
        ids = self.design.known.take(client)
        columns = (ids, dates_of(days_at(start[kept])), dates_of(last), size)
        return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))

    def rows(self, name: str, stretches: pd.DataFrame) -> pd.DataFrame:
        """List the rows of the extract's tables that stretches came from: table, row, client_id, first_day, last_day.

        ``row`` is the row's place in the table, from 0: ``extract.episodes.iloc[row]``.
        """
        outcome = self.outcome(name)
        parts = [self._touching(outcome, table, stretches) for table in outcome.tables]
        found = pd.concat(parts, ignore_index=True)
        return found.drop_duplicates(["table", "row"], ignore_index=True)

    def _touching(self, outcome: Outcome, name: str, stretches: pd.DataFrame) -> pd.DataFrame:
        table = self.design.extract.table(name)
        place = np.flatnonzero(self._counts(outcome, name, table))
        first_name, last_name = _DAYS.get(name, ("start", "end") if "start" in table else ("date", "date"))
        first = day_numbers(table[first_name], missing=UNKNOWN)[place]
        last = day_numbers(table[last_name], missing=OPEN)[place] - (last_name == "end")
        code = codes_of(self.design.known, table["client_id"].iloc[place])
        rows = pd.DataFrame({"table": name, "row": place, "code": code, "first": first, "last": last})
        asked = pd.DataFrame(
            {
                "code": codes_of(self.design.known, stretches["client_id"]),
                "from": day_numbers(stretches["first_day"]),
                "to": day_numbers(stretches["last_day"], missing=OPEN),
            }
        )
        met = rows[(code >= 0) & (first > UNKNOWN)].merge(asked, on="code")
        # A bed-day stretch of nights ends the day before discharge: a stay that begins there still belongs to it.
        met = met[(met["first"] <= met["to"] + (outcome.kind == "bed_days")) & (met["last"] >= met["from"])]
        met = met.assign(
            client_id=self.design.known.take(met["code"].to_numpy()), first_day=dates_of(met["first"].to_numpy()),
            last_day=dates_of(met["last"].to_numpy()),
        )  # fmt: skip
        return met[_ROWS]

    def _counts(self, outcome: Outcome, name: str, table: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Tell which rows of a table can belong to an outcome: of its kind of care, its forms, its filters."""
        kept = np.ones(len(table), dtype=bool)
        if name == "legal_status":
            forms = outcome.forms or ("LPT", "LRV")
            return table["form"].isin(list(forms)).fillna(False).to_numpy(dtype=bool)
        if name == "episodes":  # filters on the first episode hold for the spell, so its other rows belong to it too
            stays = self.design.tally.stays(outcome.care)
            kept[:] = table.index.isin(stays.index)
            return kept
        return passes(table, outcome)


def _one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
