"""The gate: what may leave the secure room. Counts are of persons; what is hidden is missing, never 0."""

from __future__ import annotations

from factfidelity.display.disclosure_release import release_frames
from factfidelity.display.disclosure_rule import DisclosureRule

__all__ = ["DisclosureRule", "release_frames"]
