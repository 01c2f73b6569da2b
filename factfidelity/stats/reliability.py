"""Do two or more assessors agree? Do the items of a scale hang together? Everything in one place."""

from factfidelity.stats.intraclass import IntraclassCorrelation, cronbach_alpha, icc
from factfidelity.stats.kappas import Kappa, fleiss_kappa, weighted_kappa
from factfidelity.stats.krippendorff import KrippendorffAlpha, krippendorff_alpha

__all__ = [
    "IntraclassCorrelation",
    "Kappa",
    "KrippendorffAlpha",
    "cronbach_alpha",
    "fleiss_kappa",
    "icc",
    "krippendorff_alpha",
    "weighted_kappa",
]
