"""Small invented scales and ratings for the tests of fidelity."""

from __future__ import annotations

import pandas as pd

from factfidelity.schemas.scale import Scale

ITEMS = {"a1": "a", "a2": "a", "b1": "b", "b2": "b", "b3": "b"}


def small_data(combine="mean_of_items", *, weights=None, half_points=False, needs_share_of_items=1.0):
    words = {"sv": "x", "en": "x"}
    return {
        "scale": "demo",
        "version": "1",
        "short": "DEMO",
        "name": words,
        "year": 2024,
        "licence": {"terms": words, "texts": "own_words", "status": "verified"},
        "references": {"own": {"title": "Invented for the tests"}},
        "rating": {"lowest": 1, "highest": 5, "half_points": half_points},
        "n_items": 5,
        "subscales": {"a": {"name": words}, "b": {"name": words}},
        "items": {
            name: {
                "subscale": part,
                "name": {"sv": f"punkt {name}", "en": f"item {name}"},
                "status": "memory",
                "weight": (weights or {}).get(name, 1.0),
            }
            for name, part in ITEMS.items()
        },
        "total": {
            "combine": combine,
            "needs_share_of_items": needs_share_of_items,
            "bands": [
                {"name": "low", "label": words, "below": 3.0},
                {"name": "high", "label": words, "from": 3.0, "passes": True},
            ],
        },
    }


def small_scale(combine="mean_of_items", **options) -> Scale:
    return Scale.model_validate(small_data(combine, **options))


def ratings_of(scores, *, team="north", assessment="2024", rater="consensus") -> pd.DataFrame:
    rows = [(team, assessment, item, rater, score) for item, score in scores.items()]
    return pd.DataFrame(rows, columns=["team_id", "assessment", "item", "rater", "score"])
