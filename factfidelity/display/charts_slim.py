"""The same picture in fewer letters: a page with many charts is mailed, and opened on slow lines."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

# What a picture does not need: notes to those who edit it, names of its groups, the long name of the font.
_CUTS = tuple(
    (re.compile(wanted, re.DOTALL), kept)
    for wanted, kept in (
        (r"<metadata>.*?</metadata>|<!--.*?-->|<\?xml[^>]*>|<!DOCTYPE[^>]*>| xmlns:xlink=\"[^\"]*\"", ""),
        (r"<g id=\"[^\"]*\"", "<g"),
        (r"xlink:href", "href"),
        (r"([\"#])DejaVuSans", r"\1g"),
        (r"\s+", " "),
        (r"> <", "><"),
        (r"(?<=[:;]) | (?=\")", ""),
        (r" version=\"1\.1\"| type=\"text/css\"", ""),
        (r"(<use href=\"#[^\"]*\") transform=\"translate\((\S+) 0\)\"", r'\1 x="\2"'),
    )
)
_STYLES = re.compile(r'style="([^"]*)"')
_PARTS = re.compile(r"[MLQCZz]|-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_PAIRS = {"M": 1, "L": 1, "Q": 2, "C": 3}
# A letter is drawn in 64 units to the point, at a size where a tenth of them cannot be told apart.
_LETTER = re.compile(r'(<path id="g[^"]*" d=")([^"]*)(" transform="scale\()0\.015625(\)")')
_COARSE = 10
# Places are written to a hundredth of a point.
_FINE = 100


def slim(svg: str) -> str:
    """Return the same picture in fewer letters.

    Parameters
    ----------
    svg : str
        As matplotlib writes it.
    """
    for wanted, kept in _CUTS:
        svg = wanted.sub(kept, svg)
    svg = _LETTER.sub(_coarser, svg)
    svg = re.sub(r' d="([^"]*)"', lambda found: f' d="{path(found[1])}"', svg)
    svg = re.sub(r"\d+\.\d{3,}", _short, svg).strip()
    for blank in re.findall(r'<path id="([^"]*)" d=""[^>]*/>', svg):
        svg = re.sub(rf'<path id="{blank}" [^>]*/>|<use href="#{blank}"[^>]*/>', "", svg)
    return _with_short_ids(_with_classes(_without_bare_groups(svg)))


@lru_cache(maxsize=2048)
def path(drawn: str) -> str:
    """Return the same path from step to step: steps are shorter to write than places.

    Parameters
    ----------
    drawn : str
        With the commands M, L, Q, C and z, all of them in places.

    Examples
    --------
    >>> path("M 10 20 L 10 25.5 L 30 25.5 L 31 24 z")
    'm10 20v5.5h20l1-1.5z'
    """
    parts = _PARTS.findall(drawn)
    here = first = (0, 0)
    written: list[str] = []
    at = 0
    while at < len(parts):
        command = parts[at].upper()
        if command == "Z":
            written.append("z")
            here, at = first, at + 1
            continue
        number = 2 * _PAIRS[command]
        values = [round(float(part) * _FINE) for part in parts[at + 1 : at + 1 + number]]
        places = _twos(values)
        written.append(_step(command, here, places))
        here, at = places[-1], at + 1 + number
        first = here if command == "M" else first
    return "".join(written)


def _coarser(found: re.Match[str]) -> str:
    return f"{found[1]}{_coarse(found[2])}{found[3]}.15625{found[4]}"


@lru_cache(maxsize=512)  # the letters of one font are the same in every picture
def _coarse(drawn: str) -> str:
    return re.sub(r"-?\d+", lambda number: str(round(int(number[0]) / _COARSE)), drawn)


def _twos(values: list[int]) -> list[tuple[int, int]]:
    return [(values[place], values[place + 1]) for place in range(0, len(values), 2)]


def _step(command: str, here: tuple[int, int], places: list[tuple[int, int]]) -> str:
    """Return one command from the place where the pen is."""
    moved = [end - start for place in places for start, end in zip(here, place, strict=True)]
    if command == "L" and not moved[1]:
        return "h" + _number(moved[0])
    if command == "L" and not moved[0]:
        return "v" + _number(moved[1])
    texts = [_number(value) for value in moved]
    return command.lower() + "".join(
        text if not place or text.startswith("-") else f" {text}" for place, text in enumerate(texts)
    )


def _number(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), _FINE)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)
    return ("-" if hundredths < 0 else "") + (text.removeprefix("0") if rest else text)


def _short(found: re.Match[str]) -> str:
    value = float(found[0])
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 1 else f"{value:.4g}"


def _without_bare_groups(svg: str) -> str:
    """Leave out groups that say nothing of what they hold."""
    open_groups: list[bool] = []

    def kept(found: re.Match[str]) -> str:
        if found[0] == "</g>":
            return "" if open_groups.pop() else "</g>"
        open_groups.append(found[0] == "<g>")
        return "" if open_groups[-1] else found[0]

    return re.sub(r"<g>|<g [^>]*>|</g>", kept, svg)


def _with_classes(svg: str) -> str:
    """Write a look that comes more than once as a class."""
    often = [look for look, times in Counter(_STYLES.findall(svg)).items() if times > 1]
    names = dict(zip(often, _names(), strict=False))
    svg = _STYLES.sub(lambda found: f'class="{names[found[1]]}"' if found[1] in names else found[0], svg)
    return svg.replace("</style>", "".join(f".{name}{{{look}}}" for look, name in names.items()) + "</style>", 1)


def _names() -> Iterator[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return itertools.chain(letters, (f"{one}{other}" for one in letters for other in letters))


def _with_short_ids(svg: str) -> str:
    """Number the parts that are drawn again, in their order."""
    found = dict.fromkeys(re.findall(r' id="([pm][0-9a-f]{10}|g-[0-9a-f]+)"', svg))
    names = {name: f"{name[0]}{turn}" for turn, name in enumerate(found)}
    return re.sub(r'(?<=["#])(?:[pm][0-9a-f]{10}|g-[0-9a-f]+)', lambda one: names.get(one[0], one[0]), svg)
