"""Why a table is shown more coarsely than the plan asks, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from factfidelity.wording import integer, pick

_BEGINS = "coarser."
_PERIODS: Mapping[str, Mapping[str, str]] = {
    "month": {"sv": "per månad", "en": "by month"},
    "quarter": {"sv": "per kvartal", "en": "by quarter"},
    "half_year": {"sv": "per halvår", "en": "by half-year"},
    "year": {"sv": "per år", "en": "by year"},
    "pooled": {"sv": "för hela perioden", "en": "for the whole period"},
}
_WHAT: Mapping[str, Mapping[str, str]] = {
    "every": {
        "sv": "Förloppet visas {now}: {planned} skulle {hidden} av {rows} rader{where} döljas.",
        "en": "The course is shown {now}, since {planned} {hidden} of {rows} rows{where} would be hidden.",
    },
    "every_before": {
        "sv": "Förloppet visas {now}, som i förra rapporten.",
        "en": "The course is shown {now}, as in the report before.",
    },
    "curve": {
        "sv": "Kurvorna visas vid färre tidpunkter där stegen annars bygger på för få personer: {now} punkter i "
        "stället för {planned}, av vilka {hidden} skulle döljas.",
        "en": "The curves are shown at fewer points in time where their steps rest on too few persons: {now} points "
        "instead of {planned}, {hidden} of which would be hidden.",
    },
    "ages": {
        "sv": "Åldrarna är sammanslagna till {now} grupper: med {planned} skulle {hidden} av {rows} rader döljas.",
        "en": "Ages are joined into {now} groups, since with {planned} {hidden} of {rows} rows would be hidden.",
    },
    "municipalities": {
        "sv": "Kommuner med få klienter är sammanslagna: var för sig skulle {hidden} av {rows} rader döljas.",
        "en": "Municipalities with few clients are joined, since one by one {hidden} of {rows} rows would be hidden.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coarser:
    """One step that was made coarser.

    Attributes
    ----------
    kind : str
        ``every``, ``curve``, ``ages`` or ``municipalities``.
    planned, now : str
        What the plan asks for, and what is shown: a period, or how many points or groups.
    hidden, rows : int
        How many rows would have been hidden as planned, of how many; 0 of 0 where the report before decided.
    title_sv, title_en : str
        The result that decided, where it is another than the one that says it.
    """

    kind: str
    planned: str
    now: str
    hidden: int = 0
    rows: int = 0
    title_sv: str = ""
    title_en: str = ""

    def note(self) -> dict[str, str]:
        """Return it as a note of a result."""
        parts = (self.planned, self.now, str(self.hidden), str(self.rows), self.title_sv, self.title_en)
        return {f"{_BEGINS}{self.kind}": "|".join(part.replace("|", " ") for part in parts)}

    def sentence(self, language: str) -> str:
        """Say what was made coarser, and why."""
        kind = "every_before" if self.kind == "every" and not self.rows else self.kind
        title = self.title_sv if language == "sv" else self.title_en
        quoted = {"sv": f" i ”{title}”", "en": f" of “{title}”"}[language] if title else ""
        planned, now = (
            pick(_PERIODS[step], language) if step in _PERIODS else step for step in (self.planned, self.now)
        )
        hidden, rows = (integer(value, language=language) for value in (self.hidden, self.rows))
        text = pick(_WHAT[kind], language)
        return text.format(now=now, planned=planned, hidden=hidden, rows=rows, where=quoted)


def coarser_steps(notes: Mapping[str, str]) -> Sequence[Coarser]:
    """Return what the notes of a result say was made coarser."""
    found = []
    for name, text in notes.items():
        if name.startswith(_BEGINS):
            planned, now, hidden, rows, swedish, english = text.split("|")
            found.append(Coarser(name[len(_BEGINS) :], planned, now, int(hidden), int(rows), swedish, english))
    return found


def coarser_text(notes: Mapping[str, str], language: str) -> str:
    """Say all that was made coarser in a result; nothing where it stands as planned."""
    return " ".join(step.sentence(language) for step in coarser_steps(notes))
