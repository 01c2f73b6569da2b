"""factfidelity: fidelity, caseload and outcomes of assertive community care teams, from register extracts.

The public names are loaded when they are first used, so that ``import factfidelity`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    "DisclosureError": "errors",
    "DisclosureRule": "display.disclosure",
    "ExtractError": "errors",
    "FactFidelityError": "errors",
    "IdentityFoundError": "errors",
    "MappingError": "errors",
    "PlanError": "errors",
    "ReportError": "errors",
    "ScaleError": "errors",
    "SchemaError": "errors",
    "load_extract": "delivery.load",
    "check_extract": "delivery.load",
    "DeliveryReport": "delivery.quality",
    "Extract": "extract",
    "MirrorOutcomes": "outcomes.result",
    "chain_spells": "care.spells",
    "mirror_outcomes": "outcomes.mirror",
    "all_choices": "outcomes.choices",
    "baseline": "outcomes.baseline",
    "costs": "outcomes.costs",
    "followed_up": "outcomes.followed",
    "four_claims": "outcomes.claims",
    "hospital_stays": "outcomes.stays",
    "other_methods": "outcomes.sensitivity",
    "ratings_change": "outcomes.scores",
    "who_changed": "outcomes.who",
    "monthly_course": "outcomes.course",
    "readmission_rates": "outcomes.readmission",
    "subgroup_ratios": "outcomes.subgroups",
    "regression_to_the_mean": "outcomes.regression",
    "window_use": "care.windows",
    "open_report": "reports.pages",
    "render_report": "reports.render",
    "Evaluation": "evaluation",
    "evaluate": "evaluation",
    "Plan": "schemas.plan",
    "load_plan": "schemas.plan",
    "lock_plan": "schemas.plan",
    "board_use": "caseload.board",
    "caseload_ratios": "caseload.ratios",
    "catchment_use": "contact.catchment",
    "contact_pattern": "contact.pattern",
    "enrolment_flow": "caseload.flow",
    "equity": "contact.equity",
    "load_programme": "schemas.programme",
    "programme_indicators": "contact.indicators",
    "staffing": "caseload.staffing",
    "sample_extract": "delivery.sample",
    "DerivedFidelity": "fidelity.derived",
    "FidelityScores": "fidelity.result",
    "RaterAgreement": "fidelity.agreement",
    "Scale": "schemas.scale",
    "compare_derived": "fidelity.comparison",
    "derive_fidelity": "fidelity.derive",
    "derive_teams": "fidelity.side_by_side",
    "derive_trend": "fidelity.derive",
    "fidelity_course": "fidelity.comparison",
    "import_scale_texts": "fidelity.forms",
    "list_scales": "schemas.scale",
    "load_scale": "schemas.scale",
    "rater_agreement": "fidelity.agreement",
    "read_rating_form": "fidelity.forms",
    "score_fidelity": "fidelity.score",
    "write_rating_form": "fidelity.forms",
    "write_delivery_report": "reports.delivery",
    "compare_cohorts": "comparison.cohorts",
    "compare_with_controls": "comparison.controls",
    "control_chart": "monitoring.control_chart",
    "fidelity_and_outcome": "comparison.dose",
    "funnel": "monitoring.funnel",
    "interrupted_series": "comparison.series",
    "staggered_rollout": "comparison.rollout",
    "time_to_event": "comparison.timing",
}

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'factfidelity' has no attribute {name!r}")
    return getattr(importlib.import_module(f"factfidelity.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
