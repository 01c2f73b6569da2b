"""What the gate refuses because of what was shown before is left out, so that the rest can be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from factfidelity.display.disclosure import DisclosureRule, release_results
from factfidelity.errors import DisclosureError

Text = Mapping[str, str]

WHY: Text = {
    "sv": "visas inte: bredvid tidigare rapporter skulle dolda tal gå att räkna ut",
    "en": "not shown: hidden numbers could be worked out beside earlier reports",
}
_NAMED = re.compile(r" in (\w+)\.\w+ follow")


def release_rest(
    results: Mapping[str, Any], rule: DisclosureRule, previous: Any
) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """Release what can be released, and say which results were left out.

    Parameters
    ----------
    results : mapping of name to result
    rule : DisclosureRule
    previous : mapping, or several
        As for ``release_results``.

    Returns
    -------
    released, record : dict
    left_out : tuple of str

    Raises
    ------
    DisclosureError
        Where the refusal names no result, or all of them.
    """
    kept = dict(results)
    left_out: list[str] = []
    while True:
        try:
            released, record = release_results(kept, rule, previous=previous)
        except DisclosureError as fault:
            named = [name for name in refused_by(fault) if name in kept]
            if not named or len(named) == len(kept):
                raise
            left_out += named
            kept = {name: result for name, result in kept.items() if name not in named}
        else:
            return released, record, tuple(left_out)


def refused_by(fault: DisclosureError) -> tuple[str, ...]:
    """Return the results that a refusal names."""
    found = [match for problem in fault.problems for match in _NAMED.findall(problem.what)]
    return tuple(dict.fromkeys(found))
