"""Which of our tables may an unknown file feed? A guess from the words of its headings and the form of its values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORDY = ("id", "text", "code", "number", "list")

# What a heading may be about: its words without dots and rings, and the forms of values that it then has.
_ABOUT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("person", r"^p?\d*_?lop_?nr|^pid$|^pseudonym|^(person|patient|klient|brukar|client|deltagar|individ)(en|e)?s?"
               r"(_?(id|nr|nyckel|key|pseudonym|kod))?$", ("id", "code", "text", "number")),
    ("birth_year", r"fodelsear|birth_?year|year_?of_?birth", ("year", "number", "municipality")),
    ("death", r"dodsda|avlid|date_?of_?death|death_?date|deceased", ("date",)),
    ("admitted", r"^inskriv|intagning|^admi|tidpunkt_?start|in_?datum|vardstart", ("date",)),
    ("discharged", r"^utskriv|discharg|tidpunkt_?slut|ut_?datum|vardslut", ("date",)),
    ("requested", r"ansok|requested|application_date", ("date",)),
    ("decided", r"beslut|decision|decided", ("date",)),
    ("start", r"start|^fran|^from|begin|pabor", ("date",)),
    ("end", r"slut|^till?(_|$)|^to$|stop|^end|avslut|upphor", ("date",)),
    ("date", r"datum|date|^dag$|tidpunkt", ("date",)),
    ("time", r"klockslag|^tid$|^kl$|^time$", ("time", "text", "code")),
    ("mvo", r"mvo|specialty|verksamhetsomrade", _WORDY),
    ("diagnosis", r"diagn|icd|^dx", ("icd10", "code", "text")),
    ("sex", r"^(juridiskt_)?kon$|^sex$|^gender$", _WORDY),
    ("municipality", r"kommun|municipal|^lk$", ("municipality", "number", "code")),
    ("form", r"kontakt_?(form|typ)|besoks_?typ|(visit|contact)_?(type|form)", _WORDY),
    ("minutes", r"minut|duration|_min$", ("number",)),
    ("hours", r"tim(mar|_|$)|hours", ("number",)),
    ("acute", r"^akut|^acute|oplanerad", ("flag",)),
    ("missed", r"uteb|missed|no_show", ("flag",)),
    ("staff", r"medarbetar|behandlare|^staff|vardgivar_?id", ("id", "code", "text")),
    ("profession", r"yrke|profession|personalkategori|^roll$|^role$", _WORDY),
    ("team", r"team|enhet|mottagning|^unit$", _WORDY),
    ("unit", r"klinik|avdelning|^ward$|clinic", _WORDY),
    ("service", r"^insats|service_?(kind|type)?$|placeringsform|placement", _WORDY),
    ("law", r"lagrum|^law$|paragraf", _WORDY),
    ("instrument", r"instrument|skala$", _WORDY),
    ("score", r"poang|score", ("number",)),
)  # fmt: skip
_PATTERNS = tuple((about, re.compile(pattern), kinds) for about, pattern, kinds in _ABOUT)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A table as a file may hold it: our columns with what their headings are about, and what must be among them."""

    columns: Mapping[str, tuple[str, ...]]
    needs: tuple[str, ...]
    one_of: tuple[str, ...] = ()


_SHAPES: Mapping[str, _Shape] = {
    "episodes": _Shape(
        {"client_id": ("person",), "admitted": ("admitted", "start"), "discharged": ("discharged", "end"),
         "unit": ("unit", "team"), "mvo": ("mvo",), "acute": ("acute",), "main_diagnosis": ("diagnosis",)},
        ("client_id", "admitted", "discharged"), ("admitted", "discharged", "mvo", "diagnosis", "acute", "unit"),
    ),
    "enrolments": _Shape(
        {"client_id": ("person",), "team_id": ("team",), "start": ("start", "admitted"), "end": ("end", "discharged")},
        ("client_id", "team_id", "start", "end"),
    ),
    "contacts": _Shape(
        {"client_id": ("person",), "date": ("date", "start"), "time": ("time",), "team_id": ("team", "unit"),
         "form": ("form",), "minutes": ("minutes",), "staff_id": ("staff",), "profession": ("profession",)},
        ("client_id", "date", "form"),
    ),
    "visits": _Shape(
        {"client_id": ("person",), "date": ("date", "start"), "mvo": ("mvo",), "main_diagnosis": ("diagnosis",),
         "profession": ("profession",)},
        ("client_id", "date"), ("mvo", "diagnosis", "profession"),
    ),
    "services": _Shape(
        {"client_id": ("person",), "kind": ("service",), "start": ("start", "decided"), "end": ("end",),
         "law": ("law",), "municipality": ("municipality",), "requested": ("requested",), "decided": ("decided",),
         "hours": ("hours",)},
        ("client_id", "kind", "start", "end"),
    ),
    "clients": _Shape(
        {"client_id": ("person",), "sex": ("sex",), "birth_year": ("birth_year",), "municipality": ("municipality",)},
        ("client_id", "sex", "birth_year"),
    ),
    "deaths": _Shape({"client_id": ("person",), "date": ("death",)}, ("client_id", "date")),
    "diagnoses": _Shape(
        {"client_id": ("person",), "date": ("date",), "code": ("diagnosis",)}, ("client_id", "date", "code")
    ),
    "measurements": _Shape(
        {"client_id": ("person",), "date": ("date",), "instrument": ("instrument",), "score": ("score",)},
        ("client_id", "date", "instrument", "score"),
    ),
}  # fmt: skip
_READ_AS = {
    "person": "id", "team": "id", "staff": "id", "birth_year": "year", "municipality": "municipality", "mvo": "code",
    "diagnosis": "icd10", "form": "code", "service": "code", "sex": "code", "profession": "code", "time": "time",
    "law": "text", "instrument": "text", "unit": "code",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedGuess:
    """The table that a file may feed.

    Attributes
    ----------
    table : str
    columns : dict of str to str
        Our column → heading of the file.
    kinds : dict of str to str
        Heading → the kind that its values are read as, where its words say more than their form.
    """

    table: str
    columns: dict[str, str]
    kinds: dict[str, str]


def guess_feed(columns: Iterable[tuple[str, str, str]]) -> FeedGuess | None:
    """Guess which table a file feeds.

    Parameters
    ----------
    columns : iterable of (heading, its words in plain letters, kind of its values)

    Returns
    -------
    FeedGuess or None
        None where the headings do not name what any table must have.
    """
    about: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for heading, words, kind in columns:
        what = _about(words, kind)
        if what and what not in about:
            about[what] = heading
            if what in _READ_AS:
                kinds[heading] = _READ_AS[what]
    best: tuple[int, str, dict[str, str]] | None = None
    for table, shape in _SHAPES.items():
        found: dict[str, str] = {}
        for ours, ways in shape.columns.items():
            heading = next((about[way] for way in ways if way in about and about[way] not in found.values()), "")
            if heading:
                found[ours] = heading
        lacking = set(shape.needs) - set(found)
        if lacking or (shape.one_of and not set(shape.one_of) & set(about)):
            continue
        if best is None or len(found) > best[0]:
            best = (len(found), table, found)
    return None if best is None else FeedGuess(best[1], best[2], kinds)


def _about(words: str, kind: str) -> str:
    return next((about for about, pattern, kinds in _PATTERNS if kind in kinds and pattern.search(words)), "")
