"""The words of the room delivery/: fates, severities, headings and sentences in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]

FATES: Mapping[str, Text] = {
    "used": {"sv": "använd", "en": "used"},
    "duplicate": {"sv": "dubblett", "en": "duplicate"},
    "superseded": {"sv": "ersatt av senare leverans", "en": "superseded by a later delivery"},
    "furniture": {"sv": "rubrik, summa eller tom rad", "en": "heading, total or empty line"},
    "set_aside": {"sv": "undantagen", "en": "set aside"},
}

SEVERITIES: Mapping[str, Text] = {
    "stop": {"sv": "stopp", "en": "stop"},
    "set_aside": {"sv": "raden undantas", "en": "row set aside"},
    "warn": {"sv": "varning", "en": "warning"},
    "note": {"sv": "upplysning", "en": "note"},
}

COVERAGE: Mapping[str, Text] = {
    "reported": {"sv": "rapporterat", "en": "reported"},
    "silent": {"sv": "tyst", "en": "silent"},
    "started": {"sv": "första månaden", "en": "first month"},
    "stopped": {"sv": "sista månaden", "en": "last month"},
    "outside": {"sv": "utanför källans tid", "en": "outside the source's time"},
}
