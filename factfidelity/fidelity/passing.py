"""What is missing to pass: the target that stands next, and the single items that would reach it most cheaply."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from factfidelity.fidelity.totals import Scores, cuts_of, total_of
from factfidelity.schemas.scale import Range, Scale

TARGET_COLUMNS = (
    "team_id", "assessment", "target", "label_sv", "label_en", "cut", "total", "met", "points_missing", "items_alone",
)  # fmt: skip
CHANGE_COLUMNS = (
    "team_id", "assessment", "target", "item", "item_sv", "item_en", "score", "needed", "raise_by", "total_after",
    "alone",
)  # fmt: skip


def passing_tables(
    matrix: Scores, keys: pd.DataFrame, totals: Scores, scale: Scale
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the targets of each assessment and the single-item changes that lead to them.

    Parameters
    ----------
    matrix : ndarray, assessments × items
    keys : DataFrame
        team_id and assessment of each row of ``matrix``.
    totals : ndarray
        Missing where too few items are rated: then the total's target is not judged.
    scale : Scale

    Returns
    -------
    targets : DataFrame, one row per assessment and target
        The next band of the total, and each rule on single items that is known for the scale.
        ``points_missing``: the fewest points, over all items, that have to be gained.
    changes : DataFrame, one row per assessment, target and item
        ``needed``: the lowest score of this item alone that reaches the target; missing where it cannot alone.
        Cheapest first.
    """
    targets: list[dict[str, Any]] = []
    changes: list[dict[str, Any]] = []
    for row, (team, assessment) in enumerate(keys.itertuples(index=False, name=None)):
        key = {"team_id": team, "assessment": assessment}
        for target, found in (*_of_total(matrix[row], float(totals[row]), scale), *_of_items(matrix[row], scale)):
            targets.append(key | target)
            changes += [key | {"target": target["target"]} | change for change in found]
    return _frame(targets, TARGET_COLUMNS), _frame(changes, CHANGE_COLUMNS)


def _of_total(scores: Scores, total: float, scale: Scale) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    passing = [band for band in scale.total.bands if band.passes and band.from_ is not None]
    exact = round(total, 9)
    above = [cut for cut in cuts_of(scale) if not exact >= cut]
    if np.isnan(total) or not (passing or above):
        return []
    cut = above[0] if above else max(cuts_of(scale))
    band = next(band for band in scale.total.bands if band.from_ == cut)
    changes = [] if not above else _single_changes(scores, cut, scale)
    target = {
        "target": band.name, "label_sv": band.label.sv, "label_en": band.label.en, "cut": cut, "total": total,
        "met": not above, "points_missing": _fewest_points(scores, cut, scale) if above else 0.0,
        "items_alone": sum(change["alone"] for change in changes),
    }  # fmt: skip
    return [(target, changes)]


def _of_items(scores: Scores, scale: Scale) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    found = []
    places = {name: number for number, name in enumerate(scale.items)}
    for name, rule in scale.minimums.items():
        if not rule.items:
            continue
        changes = []
        unknown = False
        for item, lowest in rule.items.items():
            score = float(scores[places[item]])
            unknown |= np.isnan(score)
            if score < lowest:
                changes.append(_change(item, score, lowest, np.nan, False, scale))
        target = {
            "target": name, "label_sv": rule.label.sv, "label_en": rule.label.en, "cut": np.nan, "total": np.nan,
            "met": not changes and not unknown,
            "points_missing": np.nan if unknown else sum(change["raise_by"] for change in changes),
            "items_alone": 0,
        }  # fmt: skip
        found.append((target, sorted(changes, key=lambda change: change["raise_by"])))
    return found


def _single_changes(scores: Scores, cut: float, scale: Scale) -> list[dict[str, Any]]:
    changes = []
    for place, name in enumerate(scale.items):
        limits = scale.range_of(name)
        score = float(scores[place])
        if limits is None or np.isnan(score) or score >= limits.highest:
            continue
        options = _steps_above(score, limits)
        tried = np.tile(scores, (len(options), 1))
        tried[:, place] = options
        after = total_of(tried, scale).score
        enough = np.flatnonzero(np.round(after, 9) >= cut)
        at = int(enough[0]) if len(enough) else len(options) - 1
        changes.append(_change(name, score, options[at], float(after[at]), bool(len(enough)), scale))
    return sorted(changes, key=lambda change: (not change["alone"], change["raise_by"], -change["total_after"]))


def _change(item: str, score: float, needed: float, after: float, alone: bool, scale: Scale) -> dict[str, Any]:
    name = scale.items[item].name
    return {
        "item": item, "item_sv": name.sv, "item_en": name.en, "score": score, "needed": float(needed),
        "raise_by": float(needed) - score, "total_after": after, "alone": alone,
    }  # fmt: skip


def _steps_above(score: float, limits: Range) -> Scores:
    steps = np.arange(limits.lowest, limits.highest + limits.step / 2, limits.step)
    above: Scores = steps[steps > score + 1e-9]
    return above


def _fewest_points(scores: Scores, cut: float, scale: Scale) -> float:
    """Return the fewest points that reach the cut: the items where a point weighs most are raised first."""
    now = scores.copy()
    gains = []
    for place, name in enumerate(scale.items):
        limits = scale.range_of(name)
        if limits is None or np.isnan(scores[place]) or scores[place] >= limits.highest:
            continue
        raised = scores.copy()
        raised[place] = limits.highest
        before, after = total_of(np.vstack([scores, raised]), scale).score
        room = limits.highest - scores[place]
        gains.append(((after - before) / room, room, place, limits))
    spent = 0.0
    for _, _, place, limits in sorted(gains, key=lambda gain: -gain[0]):
        for step in _steps_above(float(scores[place]), limits):
            if round(float(total_of(now[None, :], scale).score[0]), 9) >= cut:
                return spent
            spent += float(step) - now[place]
            now[place] = step
    return spent if round(float(total_of(now[None, :], scale).score[0]), 9) >= cut else np.nan


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    texts = [name for name in columns if name in {"team_id", "assessment", "target", "item"} or name[-3:] in _TWO]
    flags = [name for name in columns if name in {"met", "alone"}]
    numbers = [name for name in columns if name not in texts and name not in flags]
    return frame.astype(dict.fromkeys(texts, "str") | dict.fromkeys(flags, "bool") | dict.fromkeys(numbers, "float64"))


_TWO = {"_sv", "_en"}
