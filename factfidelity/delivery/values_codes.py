"""Codes: diagnoses, procedures, counties and municipalities. Lost leading zeros are put back and counted."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from factfidelity.delivery.values import NO_VALUE
from factfidelity.schemas.files import shipped_folder

_ICD = re.compile(r"[A-Z]\d[0-9A-Z]{1,4}")
_SPLIT = {"space": re.compile(r"\s+"), "comma": re.compile(r"\s*,\s*"), "semicolon": re.compile(r"\s*;\s*")}


@cache
def counties() -> dict[str, str]:
    """Return the 21 county codes with their names, from ``schemas/codes/lan.csv``."""
    path = shipped_folder("schemas") / "codes" / "lan.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def diagnoses(texts: Sequence[str], *, missing: frozenset[str] = frozenset()) -> list[str]:
    """Write ICD-10-SE codes in one way: capitals, no point, no leading dash, nothing after a space.

    A text that has not the form of a code (a redaction mark that is not listed) is kept, in capitals.
    """
    none = NO_VALUE | missing
    out = []
    for raw in texts:
        text = raw.strip()
        if text in none:
            out.append("")
            continue
        code = text.lstrip("-").strip().split(" ")[0].upper().replace(".", "").replace("-", "")
        out.append(code if _ICD.fullmatch(code) else text.upper())
    return out


def code_lists(texts: Sequence[str], *, split: str, missing: frozenset[str]) -> list[tuple[str, ...]]:
    """Split lists of codes; missing codes (``-1``, ``0000``) are left out, and a code said twice stands once."""
    cut = _SPLIT[split]
    none = NO_VALUE | missing
    return [tuple(dict.fromkeys(code for code in cut.split(text.strip()) if code not in none)) for text in texts]


def padded(texts: Sequence[str], width: int) -> tuple[list[str], NDArray[np.bool_]]:
    """Put back leading zeros of digit codes; says where."""
    out = [text.zfill(width) if text.isdigit() and len(text) < width else text for text in texts]
    changed = np.array([new != old for new, old in zip(out, texts, strict=True)], dtype=np.bool_)
    return out, changed


def county_codes(texts: Sequence[str]) -> tuple[list[str], NDArray[np.bool_], NDArray[np.bool_]]:
    """Read county codes; answers the codes, where a zero was put back, and where there is no such county."""
    return _area_codes(texts, width=2)


def municipality_codes(texts: Sequence[str]) -> tuple[list[str], NDArray[np.bool_], NDArray[np.bool_]]:
    """Read municipality codes (also inside ``0180 Stockholm`` and six-digit parish codes).

    Three digits have lost a zero, and so have five (a parish code). The county part is checked against the list of
    counties; the list of municipalities is not shipped, so the last two digits are checked for their form only.
    """
    return _area_codes(texts, width=4)


def _area_codes(texts: Sequence[str], *, width: int) -> tuple[list[str], NDArray[np.bool_], NDArray[np.bool_]]:
    known = counties()
    out: list[str] = []
    repaired = np.zeros(len(texts), dtype=np.bool_)
    unknown = np.zeros(len(texts), dtype=np.bool_)
    for place, raw in enumerate(texts):
        text = raw.strip().removesuffix(".0")
        if text in NO_VALUE:
            out.append("")
            continue
        digits = text.split(" ")[0].split("\u00a0")[0]
        code = digits.zfill(len(digits) + 1) if digits.isdigit() and len(digits) in (width - 1, 5) else digits
        repaired[place] = code != digits
        code = code[:width] if len(code) in (width, 6) else code
        good = code.isdigit() and len(code) == width and code[:2] in known
        unknown[place] = not good
        out.append(code if good else "")
    return out, repaired & ~unknown, unknown
