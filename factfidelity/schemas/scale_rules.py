"""The rules that a scale file must keep: cuts that tile the line, names that exist, totals that can be made."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from factfidelity.schemas.scale_cuts import Cut
from factfidelity.schemas.scale_model import Band, Item, Scale

Fault = tuple[tuple[str, ...], str, str, str]

_INFINITY = math.inf


def faults_of(scale: Scale) -> Iterator[Fault]:
    """Yield every broken rule of a scale: where, what, what to do, and the rule's id."""
    for name, item in scale.items.items():
        yield from _item_faults(scale, name, item)
    yield from _total_faults(scale)
    yield from _band_faults(("total", "bands"), scale.total.bands)
    for other, bands in scale.other_bands.items():
        yield from _band_faults(("other_bands", other), bands.bands)
    for name, rule in scale.minimums.items():
        for missing in sorted(set(rule.items) - set(scale.items)):
            yield ("minimums", name), f'minimums name an unknown item "{missing}"', "correct it", "unknown_item"
    if scale.n_items is not None and scale.kind != "skeleton" and scale.n_items != len(scale.items):
        what = f"n_items is {scale.n_items} but {len(scale.items)} items are listed"
        yield ("n_items",), what, "correct the number, or mark the scale as a skeleton", "n_items"


def _item_faults(scale: Scale, name: str, item: Item) -> Iterator[Fault]:
    place = ("items", name)
    if (scale.subscales or item.subscale) and item.subscale not in scale.subscales:
        what = f'{name}: the subscale "{item.subscale}" is not listed under subscales'
        yield place, what, f"use one of: {', '.join(scale.subscales) or 'none'}", "unknown_subscale"
    for source in item.sources:
        if source not in scale.references:
            yield place, f'{name}: the source "{source}" is not listed under references', "add it", "unknown_source"
    if item.status == "verified" and not item.sources:
        yield place, f"{name}: is marked verified without a source", "name the source or change status", "no_source"
    if item.derive is not None and item.not_derivable is not None:
        yield place, f"{name}: has both a counting rule and a reason for having none", "keep one", "derive"
    limits = scale.range_of(name)
    scores = [anchor.score for anchor in item.anchors]
    if len(set(scores)) < len(scores):
        yield (*place, "anchors"), f"{name}: a score has two anchors", "keep one anchor for each score", "doubled_score"
    if limits is not None:
        for score in scores:
            if score is None or not limits.lowest <= score <= limits.highest:
                what = f"{name}: an anchor has the score {score}, outside {limits.lowest:g} to {limits.highest:g}"
                yield (*place, "anchors"), what, "correct the score", "score_range"
    yield from _tiling_faults((*place, "anchors"), name, item)


def _tiling_faults(place: tuple[str, ...], name: str, item: Item) -> Iterator[Fault]:
    cuts = [anchor.cut for anchor in (*item.anchors, *item.unscored)]
    found = sorted((cut for cut in cuts if cut is not None), key=lambda cut: (cut.low, not cut.low_in, cut.high))
    if not found:
        return
    if item.unit is None:
        yield place, f"{name}: has cuts but no unit", "say what is measured", "no_unit"
    for cut in found:
        if (cut.from_ is not None and cut.above is not None) or (cut.to is not None and cut.below is not None):
            yield place, f"{name}: an anchor has two lower or two upper limits", "keep one of each", "two_limits"
    if found[0].low != -_INFINITY or found[-1].high != _INFINITY:
        do = "leave the first without a lower and the last without an upper limit, or declare the rest as unscored"
        yield place, f"{name}: the anchors do not reach both ends of the measure", do, "gap"
    for lower, upper in itertools.pairwise(found):
        edges = f"{lower.high:g} and {upper.low:g}"
        if lower.high < upper.low or (lower.high == upper.low and not lower.high_in and not upper.low_in):
            yield place, f"{name}: the anchors leave a gap between {edges}", "close it or declare it as unscored", "gap"
        elif lower.high > upper.low or (lower.high_in and upper.low_in):
            yield place, f"{name}: the anchors overlap at {edges}", "let each value have one score", "overlap"
    yield from _order_faults(place, name, item, found)


def _order_faults(place: tuple[str, ...], name: str, item: Item, found: Sequence[Cut]) -> Iterator[Fault]:
    scores = [cut.score for cut in found if cut.score is not None]
    order = sorted(scores, reverse=item.better == "lower")
    if item.better is None:
        yield place, f"{name}: has cuts but does not say whether higher or lower is better", "add better", "better"
    elif scores != order:
        yield place, f"{name}: the scores do not follow the measure", "check anchors and better", "order"


def _total_faults(scale: Scale) -> Iterator[Fault]:
    total = scale.total
    place = ("total", "combine")
    if total.combine in {"sum", "parts"} and total.combine == "sum" and total.needs_share_of_items < 1:
        what = "a sum with missing items would count them as 0"
        yield ("total", "needs_share_of_items"), what, "ask for all items", "sum_needs_all"
    if total.combine in {"mean_of_subscales", "parts"} and not scale.subscales:
        yield place, f"{total.combine} needs subscales", "list them, or choose another rule", "total_rule"
    if total.combine != "none" and scale.kind != "skeleton":
        for name in scale.items:
            if scale.range_of(name) is None:
                yield ("items", name), f"{name}: the range of scores is not given", "add rating", "no_range"
    if scale.rating is not None and scale.rating.lowest >= scale.rating.highest:
        yield ("rating",), "the lowest score is not below the highest", "correct rating", "range"


def _band_faults(place: tuple[str, ...], bands: Sequence[Band]) -> Iterator[Fault]:
    ordered = sorted(bands, key=lambda band: -_INFINITY if band.from_ is None else band.from_)
    for lower, upper in itertools.pairwise(ordered):
        if upper.from_ is None or lower.below is None or lower.below != upper.from_:
            what = f'the bands "{lower.name}" and "{upper.name}" leave a gap or overlap'
            yield place, what, "let one band end (below) where the next begins (from)", "bands"
    if ordered and (ordered[0].from_ is not None or ordered[-1].below is not None):
        yield (
            place,
            "the bands do not reach both ends",
            "leave the lowest without from, the highest without below",
            "bands",
        )
