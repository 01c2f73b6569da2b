"""An attacker on released tables, written apart from the library: sums that the layout promises, a linear program."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog


def sums_of(keys, rows):
    """Each total of each key is the sum of the rows that differ from it in that key only."""
    place = {row: number for number, row in enumerate(rows)}
    found = []
    for row, number in place.items():
        for axis, value in enumerate(row):
            if value == "total":
                parts = [
                    place[other]
                    for other in rows
                    if other[axis] != "total" and other[:axis] + other[axis + 1 :] == row[:axis] + row[axis + 1 :]
                ]
                found.append((number, parts))
    return found


def attack(values, hidden, sums, *, at_least=0, only=None, limits=None):
    """Lowest and highest value of each hidden cell; ``values`` are read only where they are shown.

    ``only`` are the cells that are looked for, and ``limits`` what the attacker knows of a cell's lowest and highest.
    """
    unknown = [number for number in range(len(values)) if hidden[number]]
    column = {number: order for order, number in enumerate(unknown)}
    left, right = [], []
    for total, parts in sums:
        row, known = np.zeros(len(unknown)), 0.0
        for number, sign in [(total, -1.0), *((part, 1.0) for part in parts)]:
            if number in column:
                row[column[number]] += sign
            else:
                known += sign * values[number]
        if row.any():
            left.append(row)
            right.append(-known)
    found = {}
    bounds = [(limits or {}).get(number, (at_least, None)) for number in unknown]
    for number in unknown if only is None else only:
        goal = np.zeros(len(unknown))
        goal[column[number]] = 1
        ends = []
        for sign in (1, -1):
            answer = linprog(
                sign * goal,
                A_eq=np.array(left) if left else None,
                b_eq=np.array(right) if left else None,
                bounds=bounds,
            )
            ends.append(answer.x[column[number]] if answer.status == 0 else sign * -np.inf)
        found[number] = tuple(ends)
    return found
