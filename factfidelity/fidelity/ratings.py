"""Ratings: one item, one team, one assessor; checked against the scale, all faults at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.errors import Problem, ScaleError
from factfidelity.schemas.scale import Range, Scale, load_scale

CONSENSUS = "consensus"
COLUMNS = ("team_id", "assessment", "item", "rater", "score")
KEYS = ["team_id", "assessment"]


def scale_of(scale: Scale | str) -> Scale:
    """Return the scale itself, or load it by its id."""
    if isinstance(scale, Scale):
        return scale
    if not isinstance(scale, str):
        raise TypeError(f"scale must be a Scale or the id of one, got {type(scale).__name__}")
    return load_scale(scale)


def checked_ratings(ratings: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Return the ratings of one scale, typed and free of faults.

    Parameters
    ----------
    ratings : DataFrame, one row per item and assessor
        team_id, assessment, item, rater, score (missing = could not be rated); with a column ``scale``, rows of
        other scales are left out.
    scale : Scale

    Returns
    -------
    DataFrame
        The same columns; ``item`` as the scale writes it, ``rater`` in lower case where it is the consensus,
        ``row`` the line in the source (the header being line 1).

    Raises
    ------
    ScaleError
        If a column is missing, a score lies outside the range or between the steps, an item is unknown, or an
        item was rated twice by one assessor.
    """
    lacking = [column for column in COLUMNS if column not in ratings.columns]
    if lacking:
        problems = [
            Problem(
                f'the column "{name}" is missing', f"give the columns {', '.join(COLUMNS)}", column=name,
                rule="missing_column", kind="scale", what_sv=f'kolumnen "{name}" saknas',
                do_sv=f"ge kolumnerna {', '.join(COLUMNS)}",
            )
            for name in lacking
        ]  # fmt: skip
        raise ScaleError(problems=problems)
    frame = _typed(ratings, scale)
    problems = list(_faults(frame, scale))
    if problems:
        raise ScaleError(problems=problems)
    return frame.drop(columns=["known", "text"])


def _typed(ratings: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    rows = ratings["source_row"].to_numpy() if "source_row" in ratings else np.arange(len(ratings)) + 2
    text = ratings["score"].astype("object")
    frame = pd.DataFrame(
        {
            "team_id": _ids(ratings["team_id"]),
            "assessment": _ids(ratings["assessment"]),
            "item": _ids(ratings["item"]),
            "rater": _ids(ratings["rater"]),
            "score": pd.to_numeric(text, errors="coerce").astype("float64").to_numpy(),
            "text": text.to_numpy(),
            "row": rows,
        }
    )
    if "scale" in ratings:
        frame = frame[_of_scale(_ids(ratings["scale"]), scale)].reset_index(drop=True)
    names = {name.casefold(): name for name in scale.items}
    known = frame["item"].str.casefold().map(names)
    rater = frame["rater"].where(~frame["rater"].str.casefold().isin({CONSENSUS, "konsensus"}), CONSENSUS)
    return frame.assign(known=known.notna(), item=known.fillna(frame["item"]), rater=rater)


def _ids(column: pd.Series[Any]) -> pd.Series[Any]:
    if column.dtype.kind == "M":
        return pd.Series(column.dt.strftime("%Y-%m-%d").to_numpy(), dtype="str")
    filled = column.astype("object").map(lambda value: "" if pd.isna(value) else str(value).strip())
    plain: pd.Series[Any] = pd.Series(filled.str.replace(r"^(\d+)\.0$", r"\1", regex=True), dtype="str")
    return plain.reset_index(drop=True)


def _of_scale(names: pd.Series[Any], scale: Scale) -> np.ndarray[Any, Any]:
    wanted = {scale.scale, scale.id, scale.short.casefold(), ""}
    plain = names.str.casefold().str.replace(r"[ \-]+", "_", regex=True)
    return np.asarray(plain.isin(wanted))


def _faults(frame: pd.DataFrame, scale: Scale) -> Iterator[Problem]:
    if frame.empty:
        yield Problem(
            f"there are no ratings of {scale.short}", "check the scale's id in the ratings", rule="no_ratings",
            kind="scale", what_sv=f"det finns inga skattningar enligt {scale.short}",
            do_sv="kontrollera skalans id i skattningarna",
        )  # fmt: skip
    for column in ("team_id", "assessment", "rater"):
        bad = frame.loc[frame[column] == "", "row"]
        if len(bad):
            yield Problem(
                f"{column} is empty", "fill it in", column=column, rows=_rows(bad), rule="empty_key", kind="scale",
                what_sv=f"{column} är tom", do_sv="fyll i den",
            )  # fmt: skip
    yield from _unknown_items(frame, scale)
    yield from _wrong_scores(frame, scale)
    twice = frame.loc[frame.duplicated([*KEYS, "item", "rater"], keep=False), "row"]
    if len(twice):
        yield Problem(
            "an item was rated twice by one assessor at one assessment", "keep one rating for each", column="item",
            rows=_rows(twice), rule="rated_twice", kind="scale",
            what_sv="samma bedömare har skattat en punkt två gånger vid samma tillfälle",
            do_sv="behåll en skattning av varje",
        )  # fmt: skip


def _is_given(value: object) -> bool:
    return value is not None and value is not pd.NA and str(value).strip() not in {"", "nan", "NaT"}


def _unknown_items(frame: pd.DataFrame, scale: Scale) -> Iterator[Problem]:
    import difflib

    for item, bad in frame.loc[~frame["known"]].groupby("item")["row"]:
        near = difflib.get_close_matches(str(item).upper(), list(scale.items), n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        hint_sv = f'; menades "{near[0]}"?' if near else ""
        yield Problem(
            f'{scale.short} has no item "{item}"{hint}', f"use the items of {scale.id}", column="item",
            rows=_rows(bad), rule="unknown_item", kind="scale",
            what_sv=f'{scale.short} har ingen punkt "{item}"{hint_sv}', do_sv=f"använd punkterna i {scale.id}",
        )  # fmt: skip


def _wrong_scores(frame: pd.DataFrame, scale: Scale) -> Iterator[Problem]:
    given = frame["text"].map(_is_given).astype("bool")
    bad = frame.loc[given & frame["score"].isna(), "row"]
    if len(bad):
        yield Problem(
            "the score is not a number", "give a number, or leave it empty where the item could not be rated",
            column="score", rows=_rows(bad), rule="not_a_number", kind="scale", what_sv="poängen är inte ett tal",
            do_sv="ange ett tal, eller lämna tomt om punkten inte kunde bedömas",
        )  # fmt: skip
    known = frame[frame["known"] & frame["score"].notna()]
    ranges = {item: scale.range_of(item) for item in known["item"].unique()}
    for limits in dict.fromkeys(found for found in ranges.values() if found is not None):
        here = known[known["item"].map(lambda item, limits=limits: ranges[item] == limits)]
        yield from _outside(here, limits)


def _outside(rows: pd.DataFrame, limits: Range) -> Iterator[Problem]:
    low, high = f"{limits.lowest:g}", f"{limits.highest:g}"
    outside = (rows["score"] < limits.lowest) | (rows["score"] > limits.highest)
    if outside.any():
        yield Problem(
            f"the score is outside {low} to {high}", "correct it, or leave it empty where the item could not be rated",
            column="score", rows=_rows(rows.loc[outside, "row"]), rule="out_of_range", kind="scale",
            what_sv=f"poängen ligger utanför {low} till {high}",
            do_sv="rätta den, eller lämna tomt om punkten inte kunde bedömas",
        )  # fmt: skip
    steps = (rows["score"] - limits.lowest) / limits.step
    between = ~outside & ((steps - steps.round()).abs() > 1e-9)
    if between.any():
        allowed = ("half points", "halva poäng") if limits.step == 0.5 else ("whole points", "hela poäng")
        yield Problem(
            f"the score is between the steps; only {allowed[0]} are given", "let the assessor choose one",
            column="score", rows=_rows(rows.loc[between, "row"]), rule="between_steps", kind="scale",
            what_sv=f"poängen ligger mellan stegen; bara {allowed[1]} ges", do_sv="låt bedömaren välja",
        )  # fmt: skip


def _rows(rows: pd.Series[Any]) -> tuple[int, ...]:
    return tuple(sorted(int(row) for row in rows))
