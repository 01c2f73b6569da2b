"""Compare two windows or two groups: everything in one place.

The methods live beside their sources: `paired_ratio`, `paired_tests`, `proportions`, `standardise`,
`multiplicity`.
"""

from factfidelity.stats.answers import RateIntervalError
from factfidelity.stats.multiplicity import BenjaminiHochberg, benjamini_hochberg
from factfidelity.stats.paired_ratio import (
    PairedDifference,
    PairedRatio,
    paired_rate_difference,
    paired_rate_ratio,
)
from factfidelity.stats.paired_tests import McNemar, SignedRank, SignFlip, mcnemar, sign_flip, signed_rank
from factfidelity.stats.proportions import Proportions, proportions, share
from factfidelity.stats.standardise import StandardisedShares, standardised_shares

__all__ = [
    "BenjaminiHochberg",
    "McNemar",
    "PairedDifference",
    "PairedRatio",
    "Proportions",
    "RateIntervalError",
    "SignFlip",
    "SignedRank",
    "StandardisedShares",
    "benjamini_hochberg",
    "mcnemar",
    "paired_rate_difference",
    "paired_rate_ratio",
    "proportions",
    "share",
    "sign_flip",
    "signed_rank",
    "standardised_shares",
]
