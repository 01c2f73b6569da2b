"""Which files link one principal's pseudonyms to another's, and which sources need them?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from factfidelity.delivery.raw import RawTable

_NAMED_SO = re.compile(r"(?i)nyckel|koppl|crosswalk|(?<![a-z])keys?(?![a-z])")
_MOST_COLUMNS = 3
_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class LinkGuess:
    """A file that may be a crosswalk.

    Attributes
    ----------
    place : str
        Of the raw table.
    source, client : str
        Headings: the supplier's pseudonym, and the client's.
    """

    place: str
    source: str
    client: str


def guess_links(
    unknown: Sequence[RawTable], persons: Mapping[str, set[str]], cohort: set[str]
) -> tuple[list[LinkGuess], dict[str, str]]:
    """Find crosswalks among files of no known kind.

    Parameters
    ----------
    unknown : sequence of RawTable
    persons : mapping of str to set of str
        Place of each known file → the person keys in it.
    cohort : set of str
        Keys of the clients; empty where no file holds the cohort.

    Returns
    -------
    links : list of LinkGuess
    needed : dict of str to str
        Place of a known file → place of the crosswalk whose source keys it uses.
    """
    links: list[LinkGuess] = []
    needed: dict[str, str] = {}
    for raw in unknown:
        found = _link(raw, persons, cohort)
        if found is None:
            continue
        links.append(found)
        keys = _keys(raw, found.source)
        for place, theirs in persons.items():
            if place not in needed and _share(theirs, keys) > _SHARE and _share(theirs, cohort) < _SHARE:
                needed[place] = raw.place
    return links, needed


def _link(raw: RawTable, persons: Mapping[str, set[str]], cohort: set[str]) -> LinkGuess | None:
    headings = [str(heading) for heading in raw.frame.columns]
    if not 2 <= len(headings) <= _MOST_COLUMNS:
        return None
    ours = max(headings, key=lambda heading: _share(_keys(raw, heading), cohort))
    if _share(_keys(raw, ours), cohort) <= _SHARE:
        return None
    others = [heading for heading in headings if heading != ours]
    known = {heading: max((_share(theirs, _keys(raw, heading)) for theirs in persons.values()), default=0.0)
             for heading in others}  # fmt: skip
    theirs = max(others, key=lambda heading: known[heading])
    if known[theirs] <= _SHARE and not _NAMED_SO.search(raw.file):
        return None
    return LinkGuess(raw.place, theirs, ours)


def _keys(raw: RawTable, heading: str) -> set[str]:
    return {text.strip() for text in raw.frame[heading].unique().tolist()} - {""}


def _share(part: set[str], whole: set[str]) -> float:
    """Return how much of the first set is in the second."""
    return len(part & whole) / len(part) if part else 0.0
