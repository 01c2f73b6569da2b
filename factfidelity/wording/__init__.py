"""Labels, units, number and date forms in Swedish and English."""

from factfidelity.wording.forms import (
    HIDDEN,
    ZERO_MARK,
    count_of,
    date,
    integer,
    interval,
    listed,
    month,
    number,
    percent,
    period_name,
    sort_key,
    span,
    spoken,
)
from factfidelity.wording.labels import label, labels, pick

__all__ = [
    "HIDDEN",
    "ZERO_MARK",
    "count_of",
    "date",
    "integer",
    "interval",
    "label",
    "labels",
    "listed",
    "month",
    "number",
    "percent",
    "period_name",
    "pick",
    "sort_key",
    "span",
    "spoken",
]
