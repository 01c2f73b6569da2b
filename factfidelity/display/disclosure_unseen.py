"""Numbers of persons that never leave the room: what an attacker can still make of them, and what not.

A count in an inner column is hidden from the start, at no cost. Nothing else is hidden for its sake unless it is small
itself, and what rests on it stays unless it is. What adds up in its row (all = with + without) is a sum like any other,
so that the programs know what the shown numbers say of it. A count that figures of its row give back by multiplying, or
that stands in a shown column elsewhere, is as good as shown: it is treated like one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_identities import Triple, is_product
from factfidelity.display.disclosure_primary import counts_of, followers_of, inner_columns
from factfidelity.display.disclosure_registry import Registry
from factfidelity.display.disclosure_sums import Equation, Sums

_COST = 0.01  # of a number that nobody sees but others may work out: hardly any, so that it goes before all others


def unseen_columns(item: Guarded) -> frozenset[str]:
    """Return the counts that never leave the room and that no figures of their row give back by multiplying.

    The steps of a curve, and parts with a declared share, stand in figures that give them back in other ways.
    """
    inner = inner_columns(item.gate)
    columns = [name for name in counts_of(item.frame, item.gate) if name in inner and name in item.mask]
    if item.gate.nested or not columns:
        return frozenset()
    shares = {name for share in item.gate.shares for name in share}
    item.look()
    times = {name for triple in item.found if triple not in item.added for name in triple}
    figures = [name for name in item.mask if name not in inner]
    return frozenset(name for name in columns if name not in shares | times and not _is_given_back(item, name, figures))


def _is_given_back(item: Guarded, count: str, figures: Sequence[str]) -> bool:
    """Return whether something that rests on a count gives it back with another figure of the row."""
    return any(
        is_product(item.numbers_of(count), item.numbers_of(made), table)
        for made in followers_of(item.frame, item.gate, count)
        if len(table := [item.numbers_of(name) for name in figures if name != made])
    )


def hide_unseen(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> None:
    """Hide, in place, every number of persons that stands in columns alone that nobody sees; tie it to its row.

    The masks of the frames say only what is hidden for its own sake of them: what rests on the others stays.
    """
    system = registry.system
    seen, known = np.zeros(len(system.values), dtype=bool), np.zeros(len(system.values), dtype=bool)
    for (number, column), cells in zip(places, registry.cells, strict=True):
        item = frames[number]
        seen[cells[cells >= 0]] |= column not in inner_columns(item.gate)
        known[cells[cells >= 0]] |= column not in item.unseen
    system.costs[~seen] = np.minimum(system.costs[~seen], _COST)
    system.silent |= ~known
    system.hidden |= ~known
    system.sums = system.sums.joined(Sums.of(list(_in_rows(frames, places, registry))))


def _in_rows(frames: Sequence[Guarded], places: Sequence[tuple[int, str]], registry: Registry) -> Iterator[Equation]:
    """Yield what adds up in each row, where a number that nobody sees is part of it."""
    cells_of = dict(zip(places, registry.cells, strict=True))
    for number, item in enumerate(frames):
        for triple in item.added_unseen:
            parts = sorted(triple, key=lambda name: float(np.nansum(item.numbers_of(name))))
            three = np.column_stack([cells_of[number, name] for name in parts])
            for first, second, total in np.unique(three[(three >= 0).all(axis=1)], axis=0).tolist():
                if len({first, second, total}) == 3:
                    yield (first, second, total), (1.0, 1.0, -1.0)


def told_in_rows(item: Guarded) -> list[Triple]:
    """Return the triples of columns that are closed in their rows: not those that the sums hold already."""
    return [triple for triple in item.found if triple not in item.added_unseen]
