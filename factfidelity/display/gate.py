"""What a table says of itself, so that the gate knows which cells count persons and what follows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Gate:
    """How one table of a result is guarded.

    Attributes
    ----------
    keys : tuple of str
        Columns that name a row (team_id, period_start, outcome, window …).
    counts : mapping of str to tuple of str
        Columns that count *persons*, each with the columns that rest on those persons and are hidden with it
        (``{"clients": ("rate", "low", "high"), "clients_any": ("total", "mean")}``).
    wholes : mapping of str to str
        A count and the count that it is a part of (``{"clients_any": "clients"}``): the rest is guarded too.
    shares : tuple of (str, str, str)
        ``(share, part, whole)``: a share that gives its part back when the whole is shown.
    margins : mapping of str to str
        A key column and its value that is the sum of the others, for counts that add up (``{"team_id": "total"}``).
        A key whose counts do not add up (a person may be in several months) is not named here.
    largest : mapping of str to tuple of str
        A summed column and the two columns that hold the share of the largest, and of the two largest, persons.
    topic : str
        ``coercion``, ``legal_status``, ``death``, ``diagnosis`` or empty; or the name of a column that holds it.
    inner : tuple of str
        Columns that never leave the room (the ``largest`` columns are added by themselves).
    follows : mapping of str to tuple of str
        Columns that rest on a count of *another* frame of the same result: ``{"table.clients_any": ("estimate",
        "low", "high")}`` hides them in each row whose shared keys meet a row of ``table`` where that count is hidden.
    population : str
        Who is counted. Counts of two tables with the same population, column and keys are one number and are hidden
        together; left empty, they are taken for one number where their values are the same.
    nested : mapping of str to tuple of str
        A key and its values from the widest group of persons to the narrowest (``{"cohort": ("all", "mirror")}``);
        ``("*",)`` takes all values in their order, as the days of a curve. Whoever has two neighbours has the
        difference, so it is guarded.
    alias : mapping of str to (str, str, str)
        A count that stands in another frame under another column, with the key and value that it has there.
    within : mapping of str to tuple of str
        A count and those of other frames of the same result whose persons hold all of its own
        (``{"persons": ("latest.persons",)}``), row by row on the keys that both have: the rest is guarded.
    sums : tuple of tuple of str
        Counts, or days and happenings, of any results of the report that add up, the total first, each
        ``[result.]frame.count`` with ``?key=value`` where one value of a key is meant (``last``: its last one,
        ``last-1`` the one before; ``year-1`` too, if it began within a year):
        ``("caseload_ratios.spread.persons", "continuity.persons", "continuity.few")``. Rows are matched on the keys
        that all have. With one part, or where the other parts are not in the report, the rest is guarded, as with
        ``within``.
    same : tuple of (str, str)
        Two places that hold one number, in the words of ``sums``; ``?key>name`` says what a key is called in the other
        table: ``("forms.persons", "mix.persons?kind=form&period_start=last&code>form")``. Where their values differ
        they are two numbers: the last calendar year is not always the last year.
    free : tuple of str
        Figures that do not give their count back (the mean of a measure of each person): they go where the count is
        too small, but stay where it is only hidden for the sake of another.
    headline : bool
        Key figures rest on this table: what it holds is hidden last.
    public : tuple of str
        Figures that tell of no client: norms, posts, days, scores of the team. They are never hidden; every column of
        numbers is named here or rests on a count.
    """

    keys: tuple[str, ...]
    counts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wholes: Mapping[str, str] = field(default_factory=dict)
    shares: tuple[tuple[str, str, str], ...] = ()
    margins: Mapping[str, str] = field(default_factory=dict)
    largest: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    topic: str = ""
    inner: tuple[str, ...] = ()
    follows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    population: str = ""
    nested: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alias: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sums: tuple[tuple[str, ...], ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    free: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    headline: bool = False

    def named(self) -> frozenset[str]:
        """Return every column that the gate says something of."""
        found = {*self.keys, *self.counts, *self.inner, *self.free, *self.public, *self.largest, *self.wholes.values()}
        found |= {name for followers in (*self.counts.values(), *self.follows.values()) for name in followers}
        found |= {name for share in self.shares for name in share} | {
            name for two in self.largest.values() for name in two
        }
        return frozenset(found | {self.topic})


def sums_over_year(year: str, periods: str, columns: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the sums of a table of the last year over the months, quarters or half-years of another.

    Days and happenings add up over time where persons do not: eleven months and the year give the twelfth.

    Parameters
    ----------
    year, periods : str
        The two tables; ``year`` may name one value of a key behind the column with ``?``.
    columns : iterable of str
        What adds up and stands in both.
    """
    table, _, fixed = year.partition("?")
    last = ("year", *(f"year-{back}" for back in range(1, 12)))
    return tuple(
        (
            f"{table}.{column}{'?' if fixed else ''}{fixed}",
            *(f"{periods}.{column}?period_start={one}" for one in last),
        )
        for column in columns
    )
