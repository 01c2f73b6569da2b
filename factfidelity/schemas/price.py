"""A price as the user brings it, and the words by which price lists name items and units."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from factfidelity.schemas.files import Strict, read_model, schema_files


class Price(Strict):
    """What one unit of an item costs. None is shipped: every price is the user's own, with its year and source.

    Attributes
    ----------
    item : str
        The outcome that is priced, by its name or its words, or ``team`` for what the team itself costs.
    unit : str
        What the price is for: a day, an event, or for the team a year of the team, of a client or of a full-time post.
    sek : float or None
        Swedish kronor; nothing is computed where it is empty.
    price_year : int or None
    source : str
        Where the price stands.
    """

    item: str = Field(min_length=1)
    unit: str = ""
    sek: float | None = None
    price_year: int | None = Field(default=None, ge=1968, le=2100)
    source: str = ""


class _CostWords(Strict):
    units: dict[str, tuple[str, ...]]
    items: dict[str, tuple[str, ...]]


@cache
def _words() -> _CostWords:
    return read_model(schema_files("codes")["cost_items"], _CostWords)


def plain(text: str) -> str:
    """Return a word of a price list without case, dashes and what stands before it, such as "kr per"."""
    words = text.casefold().replace("_", " ").replace("-", " ").replace("/", " ").split()
    while words and words[0] in ("kr", "sek", "kronor", "per", "à", "a", "och"):
        words = words[1:]
    return " ".join(words)


def unit_of(text: str) -> str:
    """Return the kind of a unit: day, event, team_year, client_year or fte_year; empty where it is not known."""
    asked = plain(text)
    return next((kind for kind, names in _words().units.items() if asked in map(plain, (kind, *names))), "")


def item_names() -> dict[str, str]:
    """Return the items by the words that price lists use for them."""
    return {plain(name): item for item, names in _words().items.items() for name in (item, *names)}
