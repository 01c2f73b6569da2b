"""All choices side by side, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Self

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.outcomes.coarse import coarse, coarse_note
from factfidelity.outcomes.words import CHOICES, say, with_lock
from factfidelity.wording import HIDDEN, integer, number, percent

_FOLLOW = ("estimate", "low", "high")
_GROUP = ("outcome", "cohort", "index_stay", "washout_after")
_HEADINGS = {
    "sv": (
        "Utfall", "Glapp (dagar)", "Bara samma klinik", "Räkneregel", "Vårdtiden vid index", "Urval",
        "Tid efter index som inte räknas (dagar)", "Planens val", "Kvot", "Nedre gräns", "Övre gräns", "Klienter",
    ),
    "en": (
        "Outcome", "Gap (days)", "Same clinic only", "Counting rule", "The index stay", "Cohort",
        "Wash-out after (days)", "The plan's choice", "Ratio", "Lower limit", "Upper limit", "Clients",
    ),
}  # fmt: skip
_AXES = {
    "sv": ("planens val", "kombinationer, efter kvot", "kvot"),
    "en": ("the plan", "combinations, by ratio", "ratio"),
}
_TOTALS = {"sv": ("Totalt före", "Totalt efter"), "en": ("Total before", "Total after")}
_YES = {"sv": {True: "ja", False: ""}, "en": {True: "yes", False: ""}}
_NAMES = (
    ("outcome", "text"), ("gap_days", "integer"), ("same_clinic", "text"), ("day_count", "text"),
    ("index_stay", "text"), ("cohort", "text"), ("washout_after", "integer"), ("is_plan", "text"),
    ("estimate", "number"), ("low", "number"), ("high", "number"), ("clients", "integer"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class AllChoices(Result):
    """The rate ratio under every combination of choices.

    Attributes
    ----------
    table : DataFrame, one row per outcome and combination
        gap_days, same_clinic, day_count, index_stay, cohort, washout_after, is_plan (the plan's own combination),
        estimate with low and high (clients as clusters), and the persons and totals that it rests on, for the secure
        room.
    groups : DataFrame, one row per outcome, cohort, index_stay and washout_after
        clients.
    """

    name: ClassVar[str] = "all_choices"
    title: ClassVar[Mapping[str, str]] = {"sv": "Alla val bredvid varandra", "en": "All choices side by side"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=(
                "outcome", "gap_days", "same_clinic", "day_count", "index_stay", "cohort", "washout_after", "is_plan",
            ),
            counts={
                "clients": (*_FOLLOW, "rate_before", "rate_after", "total_before", "total_after"),
                "clients_any_before": (*_FOLLOW, "total_before", "rate_before"),
                "clients_any_after": (*_FOLLOW, "total_after", "rate_after"),
            },
            wholes={"clients_any_before": "clients", "clients_any_after": "clients"},
            largest={
                "total_before": ("largest_before", "two_largest_before"),
                "total_after": ("largest_after", "two_largest_after"),
            },
            topic="topic",
            # Two choices can differ by one or two persons: only coarse ratios leave the room (``with_frames``), never
            # the numbers side by side.
            inner=(
                "clients", "clients_any_before", "clients_any_after", "total_before", "total_after", "rate_before",
                "rate_after",
            ),
            free=_FOLLOW,
        ),
        # The clients of two choices are shown only where they are the same, or differ by enough.
        "groups": Gate(
            keys=(*_GROUP,),
            counts={"clients": ()},
            nested={
                "cohort": ("all", "mirror", "complete"), "index_stay": ("include", "after_discharge", "exclude"),
                "washout_after": ("*",),
            },
        ),
    }  # fmt: skip

    groups: pd.DataFrame = field(default_factory=pd.DataFrame)

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> Self:
        """Return the same result with other frames; released, its ratios are so coarse that no stay can be had."""
        if released:
            own = self.table["is_plan"].to_numpy(dtype=bool)
            days = (self.table["outcome"].map(lambda name: self.notes.get(f"days.{name}")) == "yes").to_numpy(
                dtype=bool
            )
            frames = {**frames, "table": coarse(frames["table"], self.table, _FOLLOW, days=days, exact=own)}
        return super().with_frames(frames, released=released)

    def _outcomes(self) -> list[str]:
        return [name for name in self.notes["outcomes"].split(",") if name]

    def _label(self, outcome: str, language: str) -> str:
        return self.notes.get(f"label.{language}.{outcome}", outcome)

    def _sorted(self, outcome: str) -> pd.DataFrame:
        rows = self.table[(self.table["outcome"] == outcome) & self.table["estimate"].notna()]
        rows = rows.sort_values("estimate", kind="stable").reset_index(drop=True)
        return rows.assign(rank=range(1, len(rows) + 1))

    def summary(self, language: str | None = None) -> str:
        """Say how far the ratio moves over all choices, and how many intervals lie wholly on one side of 1."""
        chosen = language or self.language
        sentences = [self._sentence(outcome, chosen) for outcome in self._outcomes()]
        return " ".join(sentences) or {"sv": "Inget att jämföra.", "en": "Nothing to compare."}[chosen]

    def _sentence(self, outcome: str, language: str) -> str:
        rows, label = self._sorted(outcome), self._label(outcome, language)
        if rows.empty:
            return f"{label}: {HIDDEN}."
        low, high = (number(rows["estimate"].iloc[place], decimals=2, language=language) for place in (0, -1))
        own = rows.loc[rows["is_plan"].astype("bool"), "estimate"]
        mine = number(own.iloc[0] if len(own) else None, decimals=2, language=language)
        below, above = int((rows["high"] < 1).sum()), int((rows["low"] > 1).sum())
        total, none = integer(len(rows), language=language), {"sv": "ingen", "en": "none"}[language]
        if language == "sv":
            return (
                f"{label}: kvoten efter/före är {mine} med planens val och går från {low} till {high} över {total} "
                f"kombinationer; intervallet ligger helt under 1 i {below or none} och helt över 1 i {above or none} "
                "av dem."
            )
        return (
            f"{label}: the ratio after/before is {mine} with the plan's choices and runs from {low} to {high} over "
            f"{total} combinations; the interval lies wholly below 1 in {below or none} and wholly above 1 in "
            f"{above or none} of them."
        )

    def methods(self, language: str | None = None) -> str:
        """Say which choices were combined."""
        chosen = language or self.language
        level = percent(float(self.notes["level"]), language=chosen)
        return with_lock(_METHODS[chosen].format(level=level), self.notes, chosen)

    def plot(self, *, outcome: str = "", ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the ratios of one outcome in order of size, the plan's own marked."""
        names = self._outcomes()
        return self._draw(outcome or (names[0] if names else ""), self.language, ax)

    def _draw(self, outcome: str, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows = self._sorted(outcome)
        own = rows.loc[rows["is_plan"].astype("bool"), "rank"]
        mark, title, unit = _AXES[language]
        return charts.lines(
            rows, x="rank", y="estimate", low="low", high="high", reference=1.0, unit=unit, x_title=title,
            mark=(float(own.iloc[0]), mark) if len(own) else None, language=language, ax=ax,
        )  # fmt: skip

    def _draw_on(self, outcome: str, language: str, ax: charts.Axes) -> charts.Axes:
        return self._draw(outcome, language, ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the spell rules and counting rules, in the secure room with their totals, and all combinations."""
        chosen = language or self.language
        if not len(self.table):
            return ()
        return (self._rules_view(chosen), self._all_view(chosen))

    def _shown(self, rows: pd.DataFrame, language: str) -> pd.DataFrame:
        rows = rows.drop(columns="clients", errors="ignore").merge(self.groups, on=list(_GROUP), how="left")
        return rows.assign(
            outcome=[self._label(str(name), language) for name in rows["outcome"]],
            day_count=[say(CHOICES, str(name), language) for name in rows["day_count"]],
            index_stay=[say(CHOICES, str(name), language) for name in rows["index_stay"]],
            cohort=[say(CHOICES, str(name), language) for name in rows["cohort"]],
            same_clinic=[_YES[language][bool(value)] for value in rows["same_clinic"]],
            is_plan=[_YES[language][bool(value)] for value in rows["is_plan"]],
        ).reset_index(drop=True)

    def _columns(self, language: str) -> tuple[Column, ...]:
        return tuple(
            Column(name, words, form, 2) for (name, form), words in zip(_NAMES, _HEADINGS[language], strict=True)
        )

    def _rules_view(self, language: str) -> TableView:
        own = self.table[self.table["is_plan"].astype("bool")]
        rows = self.table
        for name in ("index_stay", "cohort", "washout_after"):
            rows = rows[rows[name].isin(own[name])]
        wanted = {"outcome", "gap_days", "same_clinic", "day_count", "is_plan", "estimate", "low", "high"}
        columns = [column for column in self._columns(language) if column.name in wanted]
        before, after = _TOTALS[language]
        totals = [Column("total_before", before, "integer"), Column("total_after", after, "integer")]
        columns[5:5] = [column for column in totals if column.name in rows.columns]
        caption = {
            "sv": "Antal under olika regler för sammanfogning och räkning, övriga val som i planen",
            "en": "Numbers under different rules of joining and counting, other choices as in the plan",
        }[language]
        return TableView("spell_rules", caption, self._shown(rows, language), tuple(columns))

    def _all_view(self, language: str) -> TableView:
        caption = {
            "sv": "Kvoten efter/före under alla kombinationer av val",
            "en": "The ratio after/before under all combinations of choices",
        }[language]
        columns, notes = self._columns(language), (coarse_note(language),)
        return TableView("all_choices", caption, self._shown(self.table, language), columns, notes)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return one picture for each outcome."""
        chosen = language or self.language
        made = []
        for outcome in self._outcomes():
            rows, label = self._sorted(outcome), self._label(outcome, chosen)
            caption = {
                "sv": f"{label}: kvoten efter/före under alla kombinationer, i storleksordning",
                "en": f"{label}: the ratio after/before under all combinations, in order of size",
            }[chosen]
            table = TableView(f"choices_{outcome}", caption, self._shown(rows, chosen), self._columns(chosen))
            made.append(
                FigureView(
                    name=f"choices_{outcome}", caption=caption, alt=f"{caption}. {self._sentence(outcome, chosen)}",
                    draw=partial(self._draw_on, outcome, chosen), table=table,
                )
            )  # fmt: skip
        return tuple(made)


_METHODS = {
    "sv": (
        "Kvoten räknades om under varje kombination av glapp mellan vårdtillfällen, samma eller alla kliniker (för "
        "inskrivningar), räkneregel (för dygn), val för den vårdtid som omfattar indexdagen, urval och tid efter "
        "indexdagen som inte räknas. Intervall ({level}) med klienter som kluster i alla kombinationer, så att de kan "
        "jämföras; kombinationerna är inte oberoende av varandra och prövas inte var för sig."
    ),
    "en": (
        "The ratio was computed again under every combination of the gap between stays and same or all clinics (for "
        "admissions), the counting rule (for days), the choice for the stay that holds the index day, the cohort and "
        "the wash-out after it. Intervals ({level}) have clients as clusters in all of them, so that they can be "
        "compared; the combinations are not independent of each other and are not tested one by one."
    ),
}
