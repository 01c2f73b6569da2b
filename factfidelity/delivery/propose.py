"""A first mapping for files that nobody has described: how sure it is of each column, for a person to approve."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from factfidelity.delivery import values, values_codes, values_dates
from factfidelity.delivery.formats import ReadOptions
from factfidelity.delivery.identity import screen_name, screen_table
from factfidelity.delivery.mapping_match import (
    Match,
    add_years,
    known_headings,
    match_headings,
    recognise,
    shipped_layouts,
)
from factfidelity.delivery.propose_feeds import FeedGuess, guess_feed
from factfidelity.delivery.propose_links import LinkGuess, guess_links
from factfidelity.delivery.raw import RawTable
from factfidelity.delivery.read import data_files, read_folder
from factfidelity.delivery.values import key_of
from factfidelity.delivery.words_read import problem
from factfidelity.errors import ExtractError, IdentityFoundError, Problem
from factfidelity.extract import COLUMNS

SURE, LIKELY, GUESS = "sure", "likely", "guess"
_WORDS = {
    SURE: "säkert / sure: the heading is known",
    LIKELY: "troligt / likely: every value has this form",
    GUESS: "gissning / a guess: most values have this form",
}
_SAMPLE = 5_000
_TRIED = ("year", "date", "flag", "municipality", "number", "icd10", "list")
_PAPER = re.compile(r"(?i)l[äa]s[ _]?mig|read[ _]?me|variabel(f|lista|beskr)|kodbok|codebook|dokumentation|metadata")
_LABELS = {"sex": "clients", "form": "contact_list", "profession": "contact_list"}  # our column → layout that knows
_YEAR = re.compile(r"(?:19[0-9]|20[0-3])\d")
_ICD = re.compile(r"[A-Z]\d\d[0-9A-Z]{0,2}")
_KVA = re.compile(r"[A-Z]{2}\d{3}|[A-Z]{3}\d{2}")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column seems to be.

    Attributes
    ----------
    heading, kind : str
        ``kind`` as in ``schemas.mapping.ColumnSpec``.
    sure : str
        ``sure``, ``likely`` or ``guess``.
    """

    heading: str
    kind: str
    sure: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A first mapping, and what in it a person must look at.

    Attributes
    ----------
    text : str
        The mapping file: YAML with comments. Values of the files are never in it; headings are.
    unsure : tuple of (str, Guess)
        File and column where the kind was taken from the form of the values.
    undescribed : tuple of str
        Files of no known kind: which table they feed must be written in.
    guessed : tuple of (str, str)
        Files of no known kind and the table that they may feed; ``crosswalk`` for a file that links pseudonyms.
    """

    text: str
    unsure: tuple[tuple[str, Guess], ...]
    undescribed: tuple[str, ...]
    guessed: tuple[tuple[str, str], ...] = ()


def propose_mapping(folder: str | Path) -> str:
    """Return a mapping file for a folder of files, with how sure it is of each column; as ``propose``."""
    return propose(folder).text


def propose(folder: str | Path) -> Proposal:
    """Propose a mapping for a folder of files.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    ExtractError
        If there is no folder, or nothing in it that can be read.
    IdentityFoundError
        If something that identifies a person directly was found.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ExtractError(problems=[problem("no_folder", name=place.name)], place=place.name)
    if not data_files(place):
        raise ExtractError(problems=[problem("empty_folder")], place=place.resolve().name)
    known = known_headings()
    found = read_folder(place, options_of=lambda name: ReadOptions(known=known))
    add_years(found.tables)
    stops = [one for one in found.problems if one.severity == "stop"]
    named = [one for fault in found.problems for one in screen_name(fault.file)]
    if named:
        raise IdentityFoundError(problems=named, place=place.resolve().name)
    if stops:
        raise ExtractError(problems=stops, place=place.resolve().name)
    identity = [one for raw in found.tables for one in _identity(raw)]
    if identity:
        raise IdentityFoundError(problems=identity, place=place.resolve().name)
    return _proposed(place.resolve().name, [raw for raw in found.tables if not raw.hidden])


def _proposed(name: str, tables: list[RawTable]) -> Proposal:
    unknown = [raw for raw in tables if not isinstance(_recognised(raw), Match)]
    links, needed = _links(tables, unknown)
    linking = {link.place for link in links}
    papers = [raw.file for raw in unknown if raw.place not in linking and _is_paper(raw)]
    alike = _alike([raw for raw in tables if raw.place not in linking and raw.file not in papers])
    head = [
        "# Ett förslag: gå igenom varje rad, rätta det som är fel, och ta sedan bort de här raderna.",
        "# A proposal: go through each line, correct what is wrong, and then take these lines away.",
        *(f"#   {name}: {text}" for name, text in _WORDS.items()),
        f"mapping: {_quoted(name)}",
        "# period: {start: 2018-01-01, end: 2025-01-01}      # end: första dagen efter / the first day after",
        *_crosswalk_lines(links, tables),
        "sources:",
    ]
    names = {link.place: _stem(link.place) for link in links}
    parts = [_source(group, names.get(needed.get(group[0].place, ""), "")) for group in alike]
    ignored = f"ignore: [{', '.join(map(_quoted, papers))}]      # {GUESS}"
    text = "\n".join([*head, *_numbered(parts), *([ignored] if papers else [])]) + "\n"
    rest = [group[0] for group in alike if not isinstance(_recognised(group[0]), Match)]
    feeds = {raw.place: _feed(raw) for raw in rest}
    guessed = [(place, feed.table) for place, feed in feeds.items() if feed is not None]
    unsure = [(raw.place, guess) for raw in rest for guess in guesses(raw) if guess.sure != SURE]
    return Proposal(
        text, tuple(unsure), tuple(place for place, feed in feeds.items() if feed is None),
        (*((link.place, "crosswalk") for link in links), *guessed),
    )  # fmt: skip


def _is_paper(raw: RawTable) -> bool:
    """Tell whether a file tells of the data rather than holding them: a letter, a list of variables."""
    return len(raw.frame.columns) < 2 or bool(_PAPER.search(raw.file))


def _links(tables: list[RawTable], unknown: list[RawTable]) -> tuple[list[LinkGuess], dict[str, str]]:
    """Find the crosswalks: the cohort is who is in the files that feed clients or enrolments."""
    persons: dict[str, set[str]] = {}
    cohort: set[str] = set()
    for raw in tables:
        match = _recognised(raw)
        if isinstance(match, Match) and match.layout.person in match.headings:
            keys = raw.frame[match.headings[match.layout.person]].unique().tolist()
            persons[raw.place] = {key.strip() for key in keys} - {""}
            if {"clients", "enrolments"} & set(match.tables):
                cohort |= persons[raw.place]
    return guess_links(unknown, persons, cohort)


def _crosswalk_lines(links: list[LinkGuess], tables: list[RawTable]) -> list[str]:
    if not links:
        return []
    files = {raw.place: raw.file for raw in tables}
    lines = [
        f"  {_stem(link.place)}: {{files: [{_quoted(files[link.place])}], source: {_quoted(link.source)}, "
        f"client: {_quoted(link.client)}}}      # {LIKELY}"
        for link in links
    ]
    return ["crosswalks:", *lines]


def _stem(place: str) -> str:
    return _name(PurePosixPath(place).name.split(".")[0])


def _feed(raw: RawTable) -> FeedGuess | None:
    return guess_feed([(guess.heading, _name(guess.heading), guess.kind) for guess in guesses(raw)])


def _recognised(raw: RawTable) -> Match | Problem:
    return recognise(raw.file, list(raw.frame.columns))


def _alike(tables: list[RawTable]) -> list[list[RawTable]]:
    """Put files of one kind together: one source, so that rows that overlap between them are counted once."""
    groups: dict[tuple[str, ...], list[RawTable]] = {}
    for raw in tables:
        match = _recognised(raw)
        kind = (match.layout.layout,) if isinstance(match, Match) else ("", *map(str, raw.frame.columns))
        groups.setdefault((raw.sheet, *kind), []).append(raw)
    return list(groups.values())


def _identity(raw: RawTable) -> list[Problem]:
    match = _recognised(raw)
    person = set()
    if isinstance(match, Match) and match.layout.person in match.headings:
        person = {match.headings[match.layout.person]}
    person |= {guess.heading for guess in guesses(raw) if guess.kind == "id"}
    kinds = {guess.heading: _SCREENED[guess.kind] for guess in guesses(raw) if guess.kind in _SCREENED}
    said = screen_table(raw, pseudonyms=frozenset(person), declared=kinds)
    return [one for one in said if one.severity == "stop"]


_SCREENED = {"date": "date", "number": "amount", "icd10": "code", "list": "text_list", "municipality": "code"}


def _numbered(parts: list[tuple[str, list[str]]]) -> list[str]:
    """Give each source a name of its own."""
    lines: list[str] = []
    seen: dict[str, int] = {}
    for name, body in parts:
        seen[name] = seen.get(name, 0) + 1
        lines += [f"  {name if seen[name] == 1 else f'{name}_{seen[name]}'}:", *(f"    {line}" for line in body)]
    return lines


def _source(alike: list[RawTable], crosswalk: str) -> tuple[str, list[str]]:
    raw = alike[0]
    names = ", ".join(_quoted(one.file) for one in alike)
    files = [f"files: [{names}]"] + ([f"sheet: {_quoted(raw.sheet)}"] if raw.sheet else [])
    match = _recognised(raw)
    if isinstance(match, Match):
        way = "layout" if match.layout is shipped_layouts().get(match.layout.layout) else "table"
        used = [f"#   {heading} → {name} ({SURE})" for name, heading in match.headings.items()]
        taken = set(match.headings.values())
        left = [f"#   {heading}: läses inte / not loaded" for heading in raw.frame.columns if heading not in taken]
        link = [f"crosswalk: {crosswalk}      # {LIKELY}"] if crosswalk else []
        return match.layout.layout, [*files, f"{way}: {match.layout.layout}", *link, *used, *left]
    return _undescribed(raw, files)


def _undescribed(raw: RawTable, files: list[str]) -> tuple[str, list[str]]:
    """Describe a file of an unknown kind: each column with its form, and the table that it may feed."""
    nearest = max(
        shipped_layouts().values(), key=lambda layout: len(match_headings(layout, list(raw.frame.columns)).headings)
    )
    match = match_headings(nearest, list(raw.frame.columns))
    feed = _feed(raw)
    known = {heading: name for name, heading in match.headings.items() if name in nearest.columns}
    if feed is not None:
        known = {heading: "client_id" for ours, heading in feed.columns.items() if ours == "client_id"}
    names = _named([guess.heading for guess in guesses(raw)], known)
    body = [*files, "columns:"]
    for guess in guesses(raw):
        kind = feed.kinds.get(guess.heading, guess.kind) if feed else guess.kind
        name = names[guess.heading]
        recode = _recode(feed, guess.heading)
        body.append(f"  {name}: {{names: [{_quoted(guess.heading)}], kind: {kind}{recode}}}      # {guess.sure}")
    if feed is not None:
        columns = ", ".join(f"{ours}: {names[heading]}" for ours, heading in feed.columns.items())
        return "unknown", [*body, f"feeds:      # {GUESS}", f"  - table: {feed.table}", f"    columns: {{{columns}}}"]
    if match.headings:
        lacking = ", ".join(match.lacking)
        body.append(
            f"# närmast / nearest: layout {nearest.layout}" + (f" (saknar / lacks {lacking})" if lacking else "")
        )
    body.append(
        "feeds: []      # vilken tabell raden matar / which table a row feeds: " + ", ".join(list(COLUMNS)[:8]) + " …"
    )
    return "unknown", body


def _recode(feed: FeedGuess | None, heading: str) -> str:
    """Return the labels that the shipped layouts know for a column whose codes our tables name."""
    ours = next((name for name, one in feed.columns.items() if one == heading), "") if feed else ""
    layout = shipped_layouts().get(_LABELS.get(ours, ""))
    if layout is None:
        return ""
    pairs = ", ".join(f"{_quoted(label)}: {code}" for label, code in layout.columns[ours].values.items())
    return f", values: {{{pairs}}}"


def _named(headings: list[str], known: dict[str, str]) -> dict[str, str]:
    """Give each heading a name of its own inside the mapping."""
    names: dict[str, str] = {}
    for heading in headings:
        name = known.get(heading) or _name(heading)
        while name in names.values() or (name in known.values() and heading not in known):
            name = f"{name}_2"
        names[heading] = name
    return names


def guesses(raw: RawTable) -> list[Guess]:
    """Return what each column of a table seems to be, from its heading and the form of its values."""
    return [_guess(raw, str(heading)) for heading in raw.frame.columns]


def _guess(raw: RawTable, heading: str) -> Guess:
    texts = [text for text in raw.frame[heading].unique()[:_SAMPLE].tolist() if text.strip()]
    for layout in shipped_layouts().values():
        for spec in layout.columns.values():
            if any(key_of(one) == key_of(heading) for one in spec.names):
                return Guess(heading, spec.kind, SURE)
    if not texts:
        return Guess(heading, "text", GUESS)
    shares = {kind: float(np.mean(_fits(kind, texts))) for kind in _TRIED}
    if shares["year"] == 1.0 and "kommun" not in heading.casefold() and "municip" not in heading.casefold():
        return Guess(heading, "year", LIKELY)
    del shares["year"]
    for kind, share in shares.items():
        if share == 1.0:
            return Guess(heading, kind, LIKELY)
    best = max(shares, key=lambda kind: shares[kind])
    if shares[best] >= 0.9:
        return Guess(heading, best, GUESS)
    return Guess(heading, "id" if _is_key(raw, heading) else "code" if len(texts) <= 50 else "text", GUESS)


def _is_key(raw: RawTable, heading: str) -> bool:
    texts = raw.frame[heading]
    shape = texts.str.fullmatch(r"[A-Za-z]{0,4}-?[0-9A-Za-z]{3,16}")
    return bool(shape.mean() > 0.95 and texts.str.contains(r"\d").mean() > 0.8)


def _fits(kind: str, texts: list[str]) -> list[bool]:
    if kind == "date":
        read = values_dates.parse_dates(texts)
        dated = [len(text.strip()) >= 8 for text in texts]
        return [bool(state != values_dates.BAD) and long for state, long in zip(read.state, dated, strict=True)]
    if kind == "flag":
        words = {"j", "n", "ja", "nej", "sant", "falskt", "true", "false"}
        return [text.strip().casefold() in words for text in texts]
    if kind == "year":
        return [bool(_YEAR.fullmatch(text.strip())) for text in texts]
    if kind == "municipality":
        _, _, unknown = values_codes.municipality_codes(texts)
        formed = [len(text.strip().split(" ")[0]) == 4 for text in texts]
        return [not bad and right for bad, right in zip(unknown, formed, strict=True)]
    if kind == "number":
        _, bad = values.numbers(texts)
        plain = [not (len(text) > 1 and text[0] == "0" and text[1].isdigit()) for text in texts]
        return [not wrong and right for wrong, right in zip(bad, plain, strict=True)]
    if kind == "icd10":
        return [
            bool(_ICD.fullmatch(text.strip().upper().replace(".", ""))) and not _KVA.fullmatch(text) for text in texts
        ]
    return [all(_KVA.fullmatch(code) for code in text.split()) for text in texts]


def _name(heading: str) -> str:
    plain = heading.casefold().translate(str.maketrans("åäöéü", "aaoeu"))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "column"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
