"""The identity screen: nothing that could point straight at a person is let in.

What it finds is said by column and by count, never by value. That nothing was found does not make an
extract anonymous: it is still pseudonymised personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from factfidelity.delivery import identity_numbers, identity_text
from factfidelity.delivery.identity_cells import Cells, Column, Numbers, cells_of, has_digits
from factfidelity.delivery.identity_headings import heading_kind, is_bare_name, suggests_identity
from factfidelity.delivery.identity_words import ACTIONS, PLACES, SENTENCES
from factfidelity.delivery.raw import RawTable
from factfidelity.errors import Problem, Severity

# Ten digits without a separator: one random number in 140 to 270 passes date and check digit.
SHARE_THAT_REFUSES = 0.02
_HEADING_WORDS = 3
_TIMES = frozenset({"date", "timestamp", "time"})
_PLAIN_NUMBERS = frozenset({"amount", "number"}) | _TIMES
_CODES = frozenset({"code", "text_list", "unit", "name"})
_DATE_SHAPES = frozenset({"99999999", "99999999999999", "9999-99-99", "9999-99-99 99:99", "9999-99-99a99:99:99"})
_DECIDED_BY_SHARE = ("ten", "bare_phone", "lost_zeros", "unlikely")
_CALLED = {"bare_phone": "phone", "unlikely": "reserve_number"}


@dataclass
class _Tally:
    """Number of cells of a column by what was found in them."""

    filled: int = 0
    sure: dict[str, int] = field(default_factory=dict)
    share: dict[str, int] = field(default_factory=dict)
    suspect: int = 0
    numbers: int = 0
    clock_cells: int = 0
    clock_hits: int = 0
    clock_like: bool = True
    epoch_like: bool = True

    def add(self, where: dict[str, int], kind: str, count: int) -> None:
        if count:
            where[kind] = where.get(kind, 0) + count


def screen_table(
    raw: RawTable,
    *,
    pseudonyms: Set[str] = frozenset(),
    dropped: Set[str] = frozenset(),
    declared: Mapping[str, str] | None = None,
    allow_numeric_pseudonym: bool = False,
) -> tuple[Problem, ...]:
    """Look for direct identifiers in every cell, heading and extra text of one table.

    Parameters
    ----------
    raw : RawTable
    pseudonyms : set of str
        Columns that the mapping declares as keys of persons.
    dropped : set of str
        Columns that the mapping drops by name: their headings and free text are let pass, since they are not
        loaded; identity numbers in them still refuse the file.
    declared : mapping of str to str
        Column to kind: person_key, date, timestamp, amount, number, code, text_list.
    allow_numeric_pseudonym : bool
        Whether a key of random numbers may hold a few (under 2 %) that read as identity numbers.

    Returns
    -------
    tuple of Problem
        Those with severity ``stop`` refuse the file. They hold columns and counts, never a value.
    """
    kinds = dict(declared or {})
    problems: list[Problem] = []
    for place, heading in enumerate(map(str, raw.frame.columns)):
        shown = _safe_heading(heading, place)
        kind = "person_key" if heading in pseudonyms else kinds.get(heading, "")
        column = raw.frame.iloc[:, place]
        label = raw.labels.get(heading, "")
        problems += _screen_column(column, raw.place, shown, label, kind, heading in dropped, allow_numeric_pseudonym)
        if shown != heading:
            problems.append(_problem("in_heading", raw.place, shown, None))
    problems += _screen_extras(raw)
    return tuple(problems)


def screen_name(file: str) -> tuple[Problem, ...]:
    """Look for direct identifiers in the name of a file that could not be read."""
    nothing = pd.DataFrame(index=range(1))
    return screen_table(RawTable(file, "", nothing, np.zeros(1, dtype=np.int64), 0))


def _screen_column(
    column: pd.Series[str], file: str, heading: str, label: str, kind: str, is_dropped: bool, allowed: bool
) -> Iterator[Problem]:
    seen = Column.of(column)
    filled = int((np.diff(seen.offsets) > 0).sum())
    by_name = heading_kind(heading) or _label_kind(label)
    if by_name == "birth_month":
        yield _problem("birth_month", file, heading, None, severity="warn")
    elif filled and not is_dropped and kind != "person_key":
        coded = kind in _CODES | _PLAIN_NUMBERS
        if by_name and not (coded and by_name == "heading_free_text"):
            yield _problem(by_name, file, heading, None)
        elif (
            not coded
            and seen.longest > 7
            and identity_text.is_free_text(seen.sample(), may_be_names=is_bare_name(heading))
        ):
            yield _problem("free_text", file, heading, None)
    if _needs_a_look(seen):
        tally = _count(seen.cells(), suggests_identity(heading) or kind == "person_key")
        yield from _decide(tally, file, heading, kind, allowed)


def _label_kind(label: str) -> str:
    """Return what the label of a column (SPSS, Stata, SAS) tells of, where it is as short as a heading is."""
    kind = heading_kind(label) if 0 < len(label.split()) <= _HEADING_WORDS else ""
    return kind if kind != "heading_free_text" else ""


def _needs_a_look(seen: Column) -> bool:
    at = bool((seen.data == ord("@")).any())
    slash = seen.longest > 5 and bool((seen.data == ord("/")).any())
    return at or slash or (seen.longest > 6 and has_digits(seen.data))


def _count(parts: tuple[Cells, ...], is_key: bool) -> _Tally:
    tally = _Tally(filled=sum(part.filled for part in parts))
    for cells in parts:
        for shape, places in cells.shapes():
            if shape and int(cells.counts[places].sum()):
                _count_shape(tally, cells, shape, places, is_key)
    return tally


def _count_shape(tally: _Tally, cells: Cells, shape: str, places: Numbers, is_key: bool) -> None:
    counts = cells.counts
    number = int(counts[places].sum())
    plain_number = shape.strip("9") in ("", ".", ".9") or set(shape) == {"9"}
    tally.numbers += number if plain_number else 0
    found = identity_numbers.spans(shape)
    timed = False
    for span in found:
        for part, block in cells.blocks(places, len(shape)):
            answer = identity_numbers.test(block, span)
            many = counts[part]
            clock = answer.clock & span.whole
            if span.whole and span.kind in ("twelve", "ten"):
                timed = timed or bool(clock.all())
                tally.clock_cells += int(many[clock].sum())
                tally.clock_hits += int(many[clock & (answer.sure | answer.reserve | answer.ten)].sum())
                tally.clock_like &= bool(clock[many > 0].all())
                tally.epoch_like &= span.kind == "ten" and bool((block[:, 0] == ord("1")).all())
            tally.add(tally.sure, "personnummer", int(many[answer.sure].sum()))
            tally.add(tally.sure, "reserve_number", int(many[answer.reserve].sum()))
            tally.add(tally.share, "ten", int(many[answer.ten].sum()))
            if answer.unlikely is not None:
                tally.add(tally.share, "unlikely", int(many[answer.unlikely].sum()))
            tally.suspect += int(many[answer.suspect].sum())
    if not timed and shape not in _DATE_SHAPES:
        tally.clock_like = False
    if shape != "9999999999":
        tally.epoch_like = False
    _count_lost_zeros(tally, cells, shape, places, is_key)
    _count_texts(tally, cells, shape, places)


def _count_lost_zeros(tally: _Tally, cells: Cells, shape: str, places: Numbers, is_key: bool) -> None:
    digits = len(shape) - 2 if shape.endswith((".9", ",9")) else len(shape)
    if not is_key or digits not in (8, 9) or set(shape[:digits]) != {"9"}:
        return
    for part, block in cells.blocks(places, len(shape)):
        hit = identity_numbers.lost_zeros(block[:, :digits])
        tally.add(tally.share, "lost_zeros", int(cells.counts[part][hit].sum()))


def _count_texts(tally: _Tally, cells: Cells, shape: str, places: Numbers) -> None:
    kinds = identity_text.may_hold(shape)
    if not kinds:
        return
    if kinds == ("phone",) and shape[0] in "9+":
        first = cells.data[cells.offsets[places]]
        inside = len(shape) > 20 or " 9" in shape
        places = places if inside and "a" in shape else places[(first == ord("0")) | (first == ord("+"))]
    bare = "9999999999" in shape
    texts = cells.texts(places)
    for kind in kinds:
        hit = np.fromiter((identity_text.holds(kind, text) for text in texts), dtype=bool, count=len(texts))
        tally.add(tally.sure, kind, int(cells.counts[places][hit].sum()))
    if bare and "phone" in kinds:
        hit = np.fromiter((identity_text.holds_bare_phone(text) for text in texts), dtype=bool, count=len(texts))
        kind = "bare_phone" if set(shape) == {"9"} else "phone"
        where = tally.share if kind == "bare_phone" else tally.sure
        tally.add(where, kind, int(cells.counts[places][hit].sum()))


def _decide(tally: _Tally, file: str, heading: str, kind: str, allowed: bool) -> Iterator[Problem]:
    is_time = _are_times(tally, kind)
    for found, count in tally.sure.items():
        if found == "address" and kind in _CODES:
            continue
        if not (is_time and found in ("personnummer", "reserve_number")):
            yield _problem(found, file, heading, count)
    if is_time:
        return
    for found in _DECIDED_BY_SHARE:
        count = tally.share.get(found, 0)
        if count:
            yield from _decide_by_share(found, count, tally, file, heading, kind, allowed)
    if tally.suspect and tally.suspect >= SHARE_THAT_REFUSES * tally.filled and not tally.sure.get("personnummer"):
        yield _problem("suspected_number", file, heading, tally.suspect, severity="warn")


def _are_times(tally: _Tally, kind: str) -> bool:
    """Tell whether the whole column is compact time stamps, of which one in ten has a right check digit.

    That the mapping declares times is not enough: most of the long numbers must be none of a person.
    """
    if not tally.clock_cells or not tally.clock_like:
        return False
    rare = tally.clock_hits < 0.5 * tally.clock_cells
    return rare and (kind in _TIMES or tally.clock_cells > 1)


def _decide_by_share(
    found: str, count: int, tally: _Tally, file: str, heading: str, kind: str, allowed: bool
) -> Iterator[Problem]:
    name = _CALLED.get(found, "personnummer")
    if count >= SHARE_THAT_REFUSES * tally.filled:
        yield _problem(name, file, heading, count)
        return
    mostly_numbers = tally.numbers >= 0.9 * tally.filled
    if kind in _PLAIN_NUMBERS or (tally.epoch_like and found == "ten"):
        return
    if found in ("bare_phone", "lost_zeros", "unlikely") and mostly_numbers:
        return
    if kind == "person_key" and mostly_numbers:
        severity: Severity = "warn" if allowed else "stop"
        yield _problem("numeric_pseudonym", file, heading, count, severity=severity)
        return
    yield _problem(name, file, heading, count)


def _screen_extras(raw: RawTable) -> Iterator[Problem]:
    """Screen file name, sheet names, comments, hidden sheets, document properties and labels."""
    texts: dict[str, list[str]] = {}
    for place, text in (("file_name", raw.file), ("sheet_name", raw.sheet), *raw.extras):
        if text:
            texts.setdefault(str(place), []).append(str(text))
    for place, values in texts.items():
        tally = _count((cells_of(values),), is_key=False)
        recent = _recent_clock(values)
        for found, count in (*tally.sure.items(), *((kind, number) for kind, number in tally.share.items())):
            name = {"ten": "personnummer", "lost_zeros": "personnummer", **_CALLED}.get(found, found)
            if not (recent and name == "personnummer"):
                yield _problem(name, _safe_file(raw), "", count, place=place)


def _recent_clock(values: list[str]) -> bool:
    """Tell whether every long number in the texts is a time stamp of 2015 or later: no client is that young."""
    numbers = [number for text in values for number in re.findall(r"\d{10,}|\d{8}[-_ T]\d{4,6}", text)]
    return bool(numbers) and all(re.match(r"20(1[5-9]|[2-4]\d)(0[1-9]|1[0-2])", number) for number in numbers)


def _safe_file(raw: RawTable) -> str:
    tally = _count((cells_of([raw.place]),), is_key=False)
    return raw.place if not (tally.sure or tally.share) else "…"


def _safe_heading(heading: str, place: int) -> str:
    """Return the heading, or its place where the heading itself holds an identifier."""
    if len(heading) <= 6:
        return heading
    tally = _count((cells_of([heading]),), is_key=False)
    return f"#{place + 1}" if tally.sure or tally.share else heading


def _problem(
    rule: str, file: str, heading: str, count: int | None, *, severity: Severity = "stop", place: str = ""
) -> Problem:
    where = {"sv": f'kolumnen "{heading}"', "en": f'the column "{heading}"'}
    if place:
        shown = PLACES.get(place, {"sv": place, "en": place})
        where = {language: text.format(place=shown[language]) for language, text in SENTENCES["place"].items()}
    sentence, action = SENTENCES[rule], ACTIONS.get(rule, ACTIONS["default"])
    return Problem(
        what=sentence["en"].format(where=where["en"]),
        do=action["en"],
        file=file,
        column=heading,
        count=count,
        rule=rule,
        kind="identity" if severity == "stop" else "",
        severity=severity,
        what_sv=sentence["sv"].format(where=where["sv"]),
        do_sv=action["sv"],
    )
