"""Scores: ratings become item scores, subscales, totals with bounds and a band, and what is missing to pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.fidelity.passing import passing_tables
from factfidelity.fidelity.ratings import CONSENSUS, KEYS, checked_ratings, scale_of
from factfidelity.fidelity.result import FidelityScores
from factfidelity.fidelity.totals import Combined, Scores, band_of, cuts_of, shown_decimals, subscale_of, total_of
from factfidelity.schemas.scale import Scale


def score_fidelity(ratings: pd.DataFrame, scale: Scale | str) -> FidelityScores:
    """Score ratings by the scale's own rules.

    Parameters
    ----------
    ratings : DataFrame, one row per item and assessor
        team_id, assessment, item, rater, score. A missing score means that the item could not be rated; it is
        never filled in. The rater ``consensus`` is reserved: where it has a row, that row is the item's score;
        else the item's score is the mean of its assessors, and the result says so.
    scale : Scale or str

    Returns
    -------
    FidelityScores
        ``.table``: one row per team, assessment and item, subscale or total.

    Raises
    ------
    ScaleError
        If a score lies outside the range or between the steps, an item is unknown, or an item was rated twice by
        one assessor; all at once, with row numbers.

    Examples
    --------
    >>> from factfidelity.schemas.scale import load_scale
    >>> rows = [("north", "2024", item, "A", 4) for item in load_scale("goi").items]
    >>> ratings = pd.DataFrame(rows, columns=["team_id", "assessment", "item", "rater", "score"])
    >>> scores = score_fidelity(ratings, "goi")
    >>> float(scores.table.query("level == 'total'")["score"].iloc[0])
    4.0
    """
    found = scale_of(scale)
    items = item_scores(checked_ratings(ratings, found), found)
    matrix, keys = _matrix(items, found)
    parts = [_item_rows(items, keys, found)]
    parts += [_rows(subscale_of(matrix, found, name), keys, "subscale", name, found) for name in found.subscales]
    total = total_of(matrix, found)
    parts.append(_rows(total, keys, "total", "total", found))
    table = pd.concat(parts, ignore_index=True)
    order = {"item": 0, "subscale": 1, "total": 2}
    table = table.assign(_at=table["level"].map(order)).sort_values([*KEYS, "_at"], kind="stable", ignore_index=True)
    table = _with_basis(table.drop(columns="_at"), items)
    targets, changes = passing_tables(matrix, keys, total.score, found)
    return FidelityScores(table=table, targets=targets, changes=changes, notes=_notes(table, found))


def item_scores(ratings: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Return one row per team, assessment and rated item: the consensus, else the mean of the assessors.

    Returns
    -------
    DataFrame
        team_id, assessment, item, score, basis (consensus | mean_of_raters | one_rater | not_rated), raters
        (assessors with a score, the consensus apart), rater_low, rater_high.
    """
    agreed = ratings["rater"] == CONSENSUS
    by = [*KEYS, "item"]
    single = ratings[~agreed].groupby(by, sort=False)["score"].agg(["mean", "count", "min", "max"])
    common = ratings[agreed].set_index(by)["score"]
    index = single.index.union(common.index, sort=False)
    single = single.reindex(index)
    has = index.isin(common.index)
    raters = single["count"].fillna(0).astype("int64")
    score = np.where(has, common.reindex(index), single["mean"])
    basis = np.select(
        [np.isnan(score.astype(float)), has, raters > 1], ["not_rated", CONSENSUS, "mean_of_raters"], "one_rater"
    )
    frame = pd.DataFrame(
        {
            "score": score.astype(float),
            "basis": basis,
            "raters": raters,
            "rater_low": single["min"],
            "rater_high": single["max"],
        },
        index=index,
    ).reset_index()
    place = {name: number for number, name in enumerate(scale.items)}
    return frame.assign(_at=frame["item"].map(place)).sort_values([*KEYS, "_at"], ignore_index=True).drop(columns="_at")


def _matrix(items: pd.DataFrame, scale: Scale) -> tuple[Scores, pd.DataFrame]:
    keys = items[KEYS].drop_duplicates(ignore_index=True)
    at = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(items[KEYS]))
    places = {name: number for number, name in enumerate(scale.items)}
    matrix = np.full((len(keys), len(scale.items)), np.nan)
    matrix[at, items["item"].map(places).to_numpy()] = items["score"].to_numpy()
    return matrix, keys


def _item_rows(items: pd.DataFrame, keys: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    names = list(scale.items)
    full = keys.merge(pd.DataFrame({"item": names}), how="cross").merge(items, how="left", on=[*KEYS, "item"])
    ranges = {name: scale.range_of(name) for name in names}
    low = full["item"].map({name: limits.lowest for name, limits in ranges.items() if limits}).astype("float64")
    high = full["item"].map({name: limits.highest for name, limits in ranges.items() if limits}).astype("float64")
    rated = full["score"].notna()
    return pd.DataFrame(
        {
            "team_id": full["team_id"],
            "assessment": full["assessment"],
            "level": "item",
            "name": full["item"],
            "score": full["score"],
            "n_rated": rated.astype("int64"),
            "n_items": 1,
            "lowest": full["score"].where(rated, low),
            "highest": full["score"].where(rated, high),
            "band": pd.Series(None, index=full.index, dtype="str"),
            "subscale": full["item"].map({name: item.subscale for name, item in scale.items.items()}).astype("str"),
            "label_sv": full["item"].map({name: item.name.sv for name, item in scale.items.items()}).astype("str"),
            "label_en": full["item"].map({name: item.name.en for name, item in scale.items.items()}).astype("str"),
            "basis": full["basis"].fillna("not_rated").astype("str"),
            "raters": full["raters"].fillna(0).astype("int64"),
            "rater_low": full["rater_low"],
            "rater_high": full["rater_high"],
            "range_low": low,
            "range_high": high,
            "decimals": 0,
        }
    )


def _rows(combined: Combined, keys: pd.DataFrame, level: str, name: str, scale: Scale) -> pd.DataFrame:
    is_total = level == "total"
    part = None if is_total else scale.subscales[name]
    bands = [band_of(value, scale.total.bands) if is_total else None for value in combined.score]
    extremes = _extremes(scale, None if is_total else name)
    return keys.assign(
        level=level,
        name=name,
        score=combined.score,
        n_rated=combined.n_rated,
        n_items=combined.n_items,
        lowest=combined.lowest,
        highest=combined.highest,
        band=pd.Series([band.name if band else None for band in bands], index=keys.index, dtype="str"),
        band_sv=pd.Series([band.label.sv if band else None for band in bands], index=keys.index, dtype="str"),
        band_en=pd.Series([band.label.en if band else None for band in bands], index=keys.index, dtype="str"),
        subscale="" if is_total else name,
        label_sv="Totalt" if part is None else part.name.sv,
        label_en="Total" if part is None else part.name.en,
        range_low=extremes[0],
        range_high=extremes[1],
        decimals=[
            shown_decimals(value, cuts_of(scale) if is_total else (), scale.total.decimals) for value in combined.score
        ],
    )


def _extremes(scale: Scale, subscale: str | None) -> tuple[float, float]:
    """Return the lowest and the highest value that a subscale or the total can have."""
    empty = np.full((1, len(scale.items)), np.nan)
    combined = total_of(empty, scale) if subscale is None else subscale_of(empty, scale, subscale)
    return float(combined.lowest[0]), float(combined.highest[0])


def _with_basis(table: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    rated = items[items["basis"] != "not_rated"]
    kinds = rated.groupby(KEYS)["basis"].agg(lambda values: values.iloc[0] if len(set(values)) == 1 else "mixed")
    raters = items.groupby(KEYS)["raters"].max()
    at = pd.MultiIndex.from_frame(table[KEYS])
    whole = (table["level"] != "item").to_numpy()
    basis = np.where(whole, kinds.reindex(at).fillna("not_rated").to_numpy(), table["basis"].to_numpy())
    number = np.where(whole, raters.reindex(at).to_numpy(), table["raters"].fillna(0).to_numpy())
    return table.assign(basis=pd.Series(basis, index=table.index, dtype="str"), raters=number.astype("int64"))


def _notes(table: pd.DataFrame, scale: Scale) -> dict[str, str]:
    totals = table[table["level"] == "total"]
    notes: dict[str, Any] = {
        "scale": scale.scale,
        "version": scale.version,
        "short": scale.short,
        "scale_sv": scale.name.sv,
        "scale_en": scale.name.en,
        "total_rule": scale.total.combine,
        "needs_share_of_items": f"{scale.total.needs_share_of_items:g}",
        "total_status": scale.total.status,
        "basis": _listed(totals["basis"]),
        "items": str(len(scale.items)),
    }
    if scale.total.note:
        notes |= {"total_note_sv": scale.total.note.sv, "total_note_en": scale.total.note.en}
    if scale.total.bands:
        notes["cuts"] = " ".join(f"{cut:g}" for cut in cuts_of(scale))
    return notes


def _listed(values: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(str(value) for value in values))
