"""The years of a batch: what of each lies in the folder, and what all of them show to whoever reads another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from factfidelity.display.result import Result
from factfidelity.errors import PlanError, Problem
from factfidelity.evaluation import ALL_TEAMS, team_named
from factfidelity.extract import Extract
from factfidelity.reports.released import read_released, write_text

RELEASED = "released.json"


def check_asked(extract: Extract, teams: Sequence[str] | None, years: Sequence[int] | None) -> list[str] | None:
    """Return the ids of the teams that are asked for, given by id or name.

    Raises
    ------
    PlanError
        If there is no such team, or the delivery does not reach a year.
    """
    last = (extract.end - pd.Timedelta(days=1)).year
    outside = [year for year in years or () if not extract.start.year <= year <= last]
    if outside:
        named, there = ", ".join(map(str, outside)), f"{extract.start.year}–{last}"
        raise PlanError(
            problems=[
                Problem(
                    f"the delivery does not reach the years {named}", f"choose among {there}",
                    what_sv=f"leveransen omfattar inte åren {named}", do_sv=f"välj bland {there}",
                )
            ]
        )  # fmt: skip
    return None if teams is None else [team_named(extract, team.strip()) for team in teams]


_YEAR = ".year.json"


@dataclass(frozen=True, slots=True)
class StoredYear:
    """What lies in the folder of a year.

    Attributes
    ----------
    base : str
        Fingerprint of data, plan, versions and facts that its figures were made from.
    last : int
        The year whose figures decided by which periods and groups all years are shown.
    knew : mapping of str to str
        The years that were shown when it was made, with their keys.
    folders : mapping of str to str
        Below the folder of the batch, by team.
    small : sequence of str
        Teams with too few clients.
    """

    base: str
    last: int
    knew: Mapping[str, str]
    folders: Mapping[str, str]
    small: Sequence[str]

    @property
    def key(self) -> str:
        """Fingerprint of all that its figures hang on."""
        content = [self.base, self.last if not self.knew else "", sorted(self.knew.items())]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def stored_year(root: Path, year: int) -> StoredYear | None:
    """Return what lies in the folder of a year, or nothing where it is not whole."""
    try:
        found = StoredYear(**json.loads((root / str(year) / _YEAR).read_text(encoding="utf-8")))
        there = all((root / place / RELEASED).is_file() for place in found.folders.values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if there else None


def store_year(root: Path, year: int, stored: StoredYear) -> None:
    """Mark a year as whole: written when all its released figures are."""
    write_text(root / str(year) / _YEAR, json.dumps(asdict(stored), ensure_ascii=False, indent=1))


def years_there(root: Path) -> list[int]:
    """Return the years that lie in the folder, whole, the earliest first."""
    named = {int(path.parent.name) for path in root.glob(f"*/{_YEAR}") if path.parent.name.isdigit()}
    return sorted(year for year in named if stored_year(root, year) is not None)


@dataclass
class Beside:
    """What the reports of other years show: all that lie in the folder already, and those of this call so far.

    Earlier years tell of a year, and later ones as well: whoever publishes the reports of 2019 after those of 2021
    lays them side by side all the same.

    Attributes
    ----------
    root : Path
    years : dict of int to StoredYear
        In the order in which they became known; the last one's periods and groups are kept.
    """

    root: Path
    years: dict[int, StoredYear] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Path, asked: Sequence[int]) -> Beside:
        """Return what lies there and is not asked for; the nearest before the first year that is asked for comes last.

        Parameters
        ----------
        root : Path
        asked : sequence of int
        """
        first = min(asked, default=0)
        others = sorted(
            set(years_there(root)) - set(asked), key=lambda year: (year < first, year if year < first else -year)
        )
        found = {year: stored_year(root, year) for year in others}
        return cls(root, {year: one for year, one in found.items() if one is not None})

    def keys(self) -> dict[str, str]:
        """Return the years with their keys."""
        return {str(year): one.key for year, one in sorted(self.years.items())}

    def fits(self, year: int, stored: StoredYear, base: str, last: int) -> bool:
        """Tell whether a stored year may stand beside the others as it is: of any two, one was made knowing the other.

        Parameters
        ----------
        year : int
        stored : StoredYear
        base : str
            What it would be made from now.
        last : int
            The year that decides on periods and groups where there is no other.
        """
        if stored.base != base or not (self.years or stored.last == last):
            return False
        return all(
            stored.knew.get(str(other)) == one.key or one.knew.get(str(year)) == stored.key
            for other, one in self.years.items()
        )

    def shown(self) -> dict[str, list[Mapping[str, Result]]]:
        """Return the released results of all years, by team."""
        found: dict[str, list[Mapping[str, Result]]] = {}
        for stored in self.years.values():
            for team, place in stored.folders.items():
                found.setdefault(team, []).append(read_released(self.root / place / RELEASED).results)
        return found

    def grains(self) -> Mapping[str, str] | None:
        """Return the periods and groups that the reports of the last year taken in are shown by."""
        for stored in reversed(self.years.values()):
            if ALL_TEAMS in stored.folders:
                grains = read_released(self.root / stored.folders[ALL_TEAMS] / RELEASED).provenance.get("grains")
                return dict(grains) if grains is not None else None
        return None
