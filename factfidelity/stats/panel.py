"""Several units over time: two by two, staggered starts, mixed models. Everything in one place."""

from factfidelity.stats.differences import TwoByTwo, two_by_two
from factfidelity.stats.mixed import MixedModel, mixed_model
from factfidelity.stats.rollout import AggregatedEffect, GroupTimeEffects, group_time_effects

__all__ = [
    "AggregatedEffect",
    "GroupTimeEffects",
    "MixedModel",
    "TwoByTwo",
    "group_time_effects",
    "mixed_model",
    "two_by_two",
]
