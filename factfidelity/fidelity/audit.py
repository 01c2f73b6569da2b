"""Who moved between rating and consensus, and by how much; assessors are pseudonyms."""

from __future__ import annotations

import pandas as pd

from factfidelity.fidelity.ratings import CONSENSUS, KEYS, checked_ratings, scale_of
from factfidelity.schemas.scale import Scale


def consensus_audit(ratings: pd.DataFrame, scale: Scale | str) -> pd.DataFrame:
    """List for every item that has a consensus what each assessor had given, and how far the consensus lies from it.

    Parameters
    ----------
    ratings : DataFrame
        As in ``score_fidelity``; a column ``comment`` (as from ``read_rating_form``) is carried over.
    scale : Scale or str

    Returns
    -------
    DataFrame, one row per item and assessor
        team_id, assessment, item, name_sv, name_en, rater, score (missing where not rated), consensus, change
        (consensus less score), outside (the consensus lies outside what all assessors had given), comment (of the
        consensus). Largest changes first within an assessment.

    Raises
    ------
    ScaleError
        If the ratings break a rule of the scale.
    """
    found = scale_of(scale)
    checked = checked_ratings(ratings, found)
    by = [*KEYS, "item"]
    agreed = checked[checked["rater"] == CONSENSUS].set_index("row")
    comments = _comments(ratings).reindex(agreed.index).fillna("").astype("str")
    agreed = agreed.assign(comment=comments)[[*by, "score", "comment"]].rename(columns={"score": "consensus"})
    single = checked[checked["rater"] != CONSENSUS][[*by, "rater", "score"]]
    both = single.merge(agreed, on=by, validate="many_to_one")
    spread = both.groupby(by)["score"].agg(["min", "max"]).reset_index()
    both = both.merge(spread, on=by)
    both = both.assign(
        name_sv=both["item"].map({name: item.name.sv for name, item in found.items.items()}).astype("str"),
        name_en=both["item"].map({name: item.name.en for name, item in found.items.items()}).astype("str"),
        change=both["consensus"] - both["score"],
        outside=(both["consensus"] < both["min"]) | (both["consensus"] > both["max"]),
    )
    places = {name: number for number, name in enumerate(found.items)}
    order = both.assign(_size=-both["change"].abs(), _at=both["item"].map(places))
    order = order.sort_values([*KEYS, "_size", "_at", "rater"], na_position="last", ignore_index=True)
    columns = [*by, "name_sv", "name_en", "rater", "score", "consensus", "change", "outside", "comment"]
    return order[columns]


def _comments(ratings: pd.DataFrame) -> pd.Series[str]:
    """Return the comments by the row number that the checked ratings carry."""
    rows = ratings["source_row"] if "source_row" in ratings else pd.RangeIndex(2, len(ratings) + 2)
    texts = ratings["comment"].to_numpy() if "comment" in ratings else [""] * len(ratings)
    return pd.Series(texts, index=pd.Index(rows), dtype="str")
