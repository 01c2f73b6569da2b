"""The mark of a hidden value becomes words in a sentence."""

from __future__ import annotations

import pytest

from factfidelity.wording import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Klienter: ... Team: 3.", "Klienter: visas inte. Team: 3."),
        ("Kvoten är ..; baslinjen är 0,65.", "Kvoten visas inte; baslinjen är 0,65."),
        ("Mellan 3,39 och ...", "Mellan 3,39 och (visas inte)."),
        ("Öppen LRV: före .., efter ...", "Öppen LRV: före visas inte, efter visas inte."),
        ("Under 2024 fanns .. tjänster.", "Under 2024 fanns (visas inte) tjänster."),
        ("Av .. % var 3 nya.", "Av (visas inte) var 3 nya."),
        ("15,2 per tjänst (297,5 klienter, .. tjänster).", "15,2 per tjänst (297,5 klienter)."),
        ("Kvot 0,70 (.. till ..), 392 klienter (..).", "Kvot 0,70, 392 klienter."),
        ("Väst 1,2 och 3.5–4.0 i a..b", "Väst 1,2 och 3.5–4.0 i a..b"),
    ],
)
def test_a_mark_in_a_sentence_becomes_words(written, said):
    assert spoken(written) == said
    assert spoken(said) == said


def test_english_has_its_own_words():
    assert spoken("The ratio is .. and 3 of .. left ...", language="en") == (
        "The ratio is not shown and 3 of (not shown) left not shown."
    )
