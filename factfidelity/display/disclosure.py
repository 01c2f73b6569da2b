"""The gate: what may leave the secure room. Counts are of persons; what is hidden is missing, never 0."""

from __future__ import annotations

from factfidelity.display.disclosure_release import release_frames, release_results
from factfidelity.display.disclosure_rule import DisclosureRule
from factfidelity.display.disclosure_tables import audit, audit_linked, protect, protect_linked

__all__ = ["DisclosureRule", "audit", "audit_linked", "protect", "protect_linked", "release_frames", "release_results"]
