"""The attack on what is about to leave, and the record of what was hidden and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from factfidelity.display.disclosure_guarded import Guarded
from factfidelity.display.disclosure_identities import given_back
from factfidelity.display.disclosure_links import Closed
from factfidelity.display.disclosure_primary import Mask, counts_of
from factfidelity.display.disclosure_proof import proven
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_system import System
from factfidelity.display.disclosure_unseen import told_in_rows
from factfidelity.errors import DisclosureError, Problem

ATTACKS = (
    "sums of rows and of tables",
    "the rest of a whole",
    "rate × denominator, share × whole, mean × number",
    "intervals and changes of hidden figures",
    "the same number in another table or chart",
    "figures shown in an earlier release",
)


def audited(closed: Closed, rule: DisclosureRule) -> dict[str, Any]:
    """Attack everything that is shown, and count what is hidden and why.

    Raises
    ------
    DisclosureError
        Where a hidden number is pinned, or nearly.
    """
    system = closed.registry.system
    widths, bad = _attacked(system, set(closed.left))
    # hidden for the sake of others and told by the relations alone, whatever is shown: nothing is given away
    excused = bad & {int(cell) for cell in np.flatnonzero(system.pinned & ~system.sensitive)}
    if system.fixed.any():  # what another report shows may give back what is hidden for the sake of others only
        excused = bad & ({int(cell) for cell in np.flatnonzero(~system.sensitive)} | _parts_of_nothing(system))
    bad = (bad - excused) | _told_further(closed, excused)
    if bad:
        raise _refusal(closed, bad)
    small = [width for cell, width in widths.items() if system.sensitive[cell] and system.persons[cell]]
    return {
        "rule": {
            "smallest": rule.smallest, "hide_zero": list(rule.hide_zero), "dominance": list(rule.dominance),
            "protection": rule.protection, "method": rule.method,
        },
        "attacks": list(ATTACKS),
        "attacked": sum(not system.silent[cell] for cell in widths),
        "narrowest": min((float(width) for width in small if np.isfinite(width)), default=None),
        "known_before": int((system.fixed & system.sensitive).sum()),
        "tables": [row for item in closed.frames for row in _reasons(item, rule)],
    }  # fmt: skip


def _attacked(system: System, left: set[int]) -> tuple[Mapping[int, float], set[int]]:
    """Return how wide the interval of each unknown number is for certain, and for which that is not enough."""
    least = np.where(system.sensitive, system.widths, np.where(system.persons, 1.0, 0.0))
    least = np.where(system.silent & ~system.sensitive, 0.0, np.maximum(least, 1e-4 * np.maximum(system.values, 1.0)))
    dark = system.in_the_dark()  # nothing is shown that they could follow from
    least = np.where(dark, 0.0, least)
    sharp_least = np.where((system.widths >= 1) & ~dark, 1.0, 0.0)
    loose, sharp = proven(system, least), proven(system, sharp_least, at_least=1.0)
    bad = {cell for cell, width in loose.items() if not width >= least[cell] - 1e-7}
    bad |= {cell for cell, width in sharp.items() if not width >= sharp_least[cell] - 1e-7}
    return loose, (bad | left) - {int(cell) for cell in np.flatnonzero(dark)}


def _parts_of_nothing(system: System) -> set[int]:
    """Return the parts of a sum that another report shows to be 0: nothing in the whole is nothing in each part."""
    sums, totals = system.sums, system.sums.totals
    nothing = (system.fixed[totals] & (system.values[totals] == 0))[sums.rows] & (sums.factors > 0)
    return {int(cell) for cell in np.unique(sums.cells[nothing])}


def _told_further(closed: Closed, excused: set[int]) -> set[int]:
    """Return the sensitive numbers that follow by multiplying, and by adding again, from what is known by now."""
    system = closed.registry.system
    known = system.fixed.copy()
    known[sorted(excused)] = True
    told = [dict(item.told) for item in closed.frames]
    spared = _told_by_others(closed, known)
    while True:
        before = known.copy()
        _spread_known(closed, known, told)
        if (known == before).all():
            return set()
        bad = {int(cell) for cell in np.flatnonzero(known & ~before & system.sensitive & ~system.fixed)}
        fixed, system.fixed = system.fixed, known
        followed = _attacked(system, set())[1]
        system.fixed = fixed
        bad |= {cell for cell in followed if system.sensitive[cell]} - _parts_of_nothing(system)
        if bad - spared:
            return bad - spared
        known[sorted(followed)] = True


def _told_by_others(closed: Closed, known: np.ndarray) -> set[int]:
    """Return what follows from what others know even if nothing were shown here, but for small numbers of persons."""
    system, known = closed.registry.system, known.copy()
    told = [dict(item.told) for item in closed.frames]
    before = np.zeros(len(known), dtype=bool)
    while (known != before).any():
        before = known.copy()
        _spread_known(closed, known, told, shown=False)
    small = (system.values > 0) & (system.values < system.widths)
    return {int(cell) for cell in np.flatnonzero(known & ~small)}


def _spread_known(closed: Closed, known: np.ndarray, told: list[Mask], *, shown: bool = True) -> None:
    """Add, in place, what rows give back by multiplying and adding columns that are shown or known."""
    sheets = list(zip(closed.sheets, closed.registry.cells, strict=True))
    for (number, column), cells in sheets:
        told[number][column] = told[number].get(column, np.False_) | np.where(cells >= 0, known[cells], False)
    for item, others in zip(closed.frames, told, strict=True):
        mask = item.mask if shown else {name: np.ones(len(item.frame), dtype=bool) for name in item.mask}
        for triple in told_in_rows(item):
            if all(name in item.mask for name in triple):
                unknown, alone = given_back(triple, mask, item.known, others, item.nothing.get(triple))
                for name, is_unknown in zip(triple, unknown, strict=True):
                    others[name] = others.get(name, np.False_) | (is_unknown & alone)
    for (number, column), cells in sheets:
        known[cells[told[number][column] & (cells >= 0)]] = True


def _standing(closed: Closed, bad: set[int]) -> set[int]:
    """Return the cells that stand in a table: for the rest of a whole, which stands in none, a part beside it."""
    standing = np.unique(np.concatenate([np.empty(0, dtype="int64"), *closed.registry.cells]))
    system, found = closed.registry.system, bad & set(standing.tolist())
    for rest in bad - found:
        beside = system.sums.cells[np.isin(system.sums.rows, system.sums.rows[system.sums.cells == rest])]
        beside = beside[np.isin(beside, standing)]
        hidden = beside[system.hidden[beside]]
        found |= {int(cell) for cell in (hidden if len(hidden) else beside)[:1]}
    return found


def _refusal(closed: Closed, bad: set[int]) -> DisclosureError:
    problems = []
    bad = _standing(closed, bad)
    for (number, column), cells in zip(closed.sheets, closed.registry.cells, strict=True):
        rows = int(np.isin(cells, list(bad)).sum())
        if rows:
            name = closed.frames[number].name
            problems.append(
                Problem(
                    f"{rows} hidden values of {column} in {name} follow, or nearly, from what is shown.",
                    "make the table coarser (longer periods, fewer groups) or leave it out",
                    rule="hidden_follows",
                    kind="disclosure",
                    what_sv=f"{rows} dolda värden i {column}, {name}, går att räkna ut, helt eller nästan.",
                    do_sv="gör tabellen grövre (längre perioder, färre grupper) eller ta bort den",
                )
            )
    return DisclosureError("The report is not written: hidden values would be given away.", problems)


def _reasons(item: Guarded, rule: DisclosureRule) -> list[dict[str, Any]]:
    counts = counts_of(item.frame, item.gate)
    rows: list[dict[str, Any]] = []
    for column, hidden in item.mask.items():
        if not hidden.any():
            continue
        own = item.sensitive.get(column, np.zeros(len(hidden), dtype=bool))
        values = item.numbers_of(column) if column in counts else np.full(len(hidden), np.nan)
        small = own & (values > 0) & (values < rule.smallest)
        rest = _rest(item, column)
        near = own & ~small & (rest > 0) & (rest < rule.smallest)
        edge = own & ~small & ~near if column in counts else np.zeros(len(hidden), dtype=bool)
        other = int((hidden & ~own).sum())
        rows.append(
            {
                "result": item.result, "table": item.field, "column": column, "cells": len(hidden),
                "hidden": int(hidden.sum()), "small": int(small.sum()), "rest": int(near.sum()),
                "none_or_all": int(edge.sum()), "dominance": 0 if column in counts else int(own.sum()),
                "secondary": other if column in counts else 0, "follows": 0 if column in counts else other,
            }
        )  # fmt: skip
    return rows


def _rest(item: Guarded, column: str) -> np.ndarray:
    whole = item.gate.wholes.get(column)
    if whole is None or whole not in item.frame.columns:
        return np.full(len(item.frame), np.nan)
    return np.asarray(item.numbers_of(whole) - item.numbers_of(column))
