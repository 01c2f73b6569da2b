"""DerivedFidelity and DerivedTrend: items counted from the registers, now and over time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Self

import pandas as pd

from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, TableView
from factfidelity.fidelity.counted import EVIDENCE
from factfidelity.fidelity.tables import coded, columns_of, records
from factfidelity.fidelity.words import joined, score_text
from factfidelity.wording import number

if TYPE_CHECKING:
    from factfidelity.display.charts import Axes

_RESTS = ("score", "value", "numerator", "denominator")
_GATE = Gate(
    keys=("item",),
    counts={"clients": _RESTS, "part": _RESTS, "staff": _RESTS, "left_out": ("clients",)},
    wholes={"part": "clients"},
)
_SCALE_KINDS = ("item", "proxy", "not_derivable")


@dataclass(frozen=True, kw_only=True, eq=False)
class DerivedFidelity(Result):
    """The items of a scale that registers, roster and board can tell, for one team on one day.

    Attributes
    ----------
    table : DataFrame, one row per item of the scale
        item, score (missing where the anchors are not public, or only an assessor can tell), value with unit,
        numerator, denominator, window_start, window_end (first day after), clients (behind the figure; missing where
        it is about staff only), kind (item | proxy | not_derivable), why; part (clients in the numerator), staff
        (staff whose work is shown), left_out (clients without anything to count), name_sv, name_en, unit_sv, why_sv.
    inner_evidence : DataFrame or None
        The rows behind the figures; for the secure room only, gone after release.
    """

    name: ClassVar[str] = "derived_fidelity"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Programtrohet ur registren", "en": "Fidelity counted from the registers",
    }  # fmt: skip
    gates: ClassVar[Mapping[str, Gate]] = {"table": _GATE}

    inner_evidence: pd.DataFrame | None = None

    def with_frames(self, frames: Mapping[str, pd.DataFrame], *, released: bool) -> Self:
        """Return the same result with other frames; the evidence is dropped on release."""
        changed = super().with_frames(frames, released=released)
        return dataclasses.replace(changed, inner_evidence=None) if released else changed

    def evidence(self, item: str) -> pd.DataFrame:
        """List the rows behind an item, for the secure room.

        Returns
        -------
        DataFrame, one row per client, post, contact or stay
            item, role (what the row is), client_id, staff_id, start, end, amount.

        Raises
        ------
        ValueError
            If the scale has no such item, or the result was released.
        """
        if item not in set(self.table["item"]):
            raise ValueError(f"item must be one of {', '.join(self.table['item'])}, got {item!r}")
        if self.is_released:
            raise ValueError("the evidence stays in the secure room; it is not there after release")
        if self.inner_evidence is None:
            return pd.DataFrame(columns=list(EVIDENCE))
        rows = self.inner_evidence
        return rows.loc[rows["item"] == item, list(EVIDENCE)].reset_index(drop=True)

    def scored(self) -> pd.DataFrame:
        """Return the items that got a score."""
        return self.table[self.table["score"].notna()].reset_index(drop=True)

    def summary(self, language: str | None = None) -> str:
        """Return how many items could be counted, and which are lowest."""
        language = language or self.language
        rows = self.table
        counts = [int((rows["kind"] == kind).sum()) for kind in _SCALE_KINDS]
        scored = self.scored().sort_values("score", kind="stable")
        weak = scored[scored["score"] <= 2].head(4)
        names = [f"{row['item']} {row[f'name_{language}']}" for row in records(weak)]
        team, on, short = (self.notes.get(key, "") for key in ("team", "on", "short"))
        if language == "sv":
            text = (
                f"{team}, {on}: {counts[0]} av {len(rows)} punkter i {short} räknas ur registren, {counts[1]} som "
                f"närmevärden och {counts[2]} inte alls; {len(scored)} har fått poäng."
            )
            return text + (f" Lägst är {joined(names, language)}." if names else "")
        text = (
            f"{team}, {on}: {counts[0]} of {len(rows)} items of the {short} are counted from the registers, "
            f"{counts[1]} as proxies and {counts[2]} not at all; {len(scored)} have a score."
        )
        return text + (f" Lowest: {joined(names, language)}." if names else "")

    def methods(self, language: str | None = None) -> str:
        """Return how items are counted."""
        return _METHODS[language or self.language].format(
            scale=self.notes.get(f"scale_{language or self.language}", ""), version=self.notes.get("version", "")
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the scores of the items that have one."""
        from factfidelity.display import charts_profile

        rows = self.scored()
        names = {row["item"]: f"{row['item']} {row[f'name_{self.language}']}" for row in records(rows)}
        unit = {"sv": "Poäng ur registren", "en": "Score from the registers"}[self.language]
        return charts_profile.dots(
            rows, category="item", value="score", bounds=(1.0, 5.0), unit=unit, names=names, language=self.language,
            ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the items counted, and those that cannot be."""
        language = language or self.language
        shown = _in_language(self.table, language)
        counted, lacking = shown[self.table["kind"] != "not_derivable"], shown[self.table["kind"] == "not_derivable"]
        names = (
            "item", "label", "score", "value", "unit", "numerator", "denominator", "clients", "left_out",
            "window_start", "window_end", "kind", "why",
        )  # fmt: skip
        team, on = self.notes.get("team", ""), self.notes.get("on", "")
        captions = {
            "sv": (f"Punkter räknade ur registren, {team}, {on}", f"Punkter som inte kan räknas, {team}, {on}"),
            "en": (f"Items counted from the registers, {team}, {on}", f"Items that cannot be counted, {team}, {on}"),
        }[language]
        return (
            TableView(
                "derived_items", captions[0], counted.reset_index(drop=True), columns_of(names, language, decimals=2)
            ),
            TableView(
                "not_derivable",
                captions[1],
                lacking.reset_index(drop=True),
                columns_of(("item", "label", "why"), language),
            ),
        )

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the profile of the counted items."""
        language = language or self.language
        rows = self.scored()
        if rows.empty:
            return ()
        team, on = self.notes.get("team", ""), self.notes.get("on", "")
        caption = {
            "sv": f"Poäng för de punkter som kan räknas ur registren, {team}, {on}.",
            "en": f"Scores of the items that can be counted from the registers, {team}, {on}.",
        }[language]
        said = "; ".join(f"{row[f'name_{language}']} {score_text(row['score'], 0, language)}" for row in records(rows))
        view = TableView(
            "derived_profile",
            caption,
            _in_language(rows, language),
            columns_of(("item", "label", "score", "kind"), language),
        )
        draw = partial(_plotted, self.in_language(language))
        size = (7.2, max(2.4, 1.0 + 0.27 * len(rows)))
        return (FigureView("derived_profile", caption, f"{caption} {said}.", draw, view, size=size),)


def _plotted(result: Result, ax: Axes) -> Axes:
    return result.plot(ax=ax)


def _in_language(table: pd.DataFrame, language: str) -> pd.DataFrame:
    frame = coded(table, ("kind",), language)
    return frame.assign(
        label=frame[f"name_{language}"], unit=frame["unit_sv" if language == "sv" else "unit"],
        why=frame["why_sv" if language == "sv" else "why"],
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class DerivedTrend(Result):
    """The same items at the end of every period, so that a team sees them move between reviews.

    Attributes
    ----------
    table : DataFrame, one row per item and period
        period_start and the columns of ``DerivedFidelity.table``; low, high: the middle 95 % of the value when the
        clients are drawn again (missing where clients are not the unit).
    """

    name: ClassVar[str] = "derived_trend"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Programtrohet ur registren över tid", "en": "Fidelity from the registers over time",
    }  # fmt: skip
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("item", "period_start"),
            counts={"clients": (*_RESTS, "low", "high"), "part": (*_RESTS, "low", "high"), "staff": _RESTS,
                    "left_out": ("clients",)},
            wholes={"part": "clients"},
        )
    }  # fmt: skip

    def summary(self, language: str | None = None) -> str:
        """Return which items moved by more than the noise between the first and the last period."""
        language = language or self.language
        moved = [
            f"{item} {rows[f'name_{language}'].iloc[0]} ({_from_to(rows, language)})"
            for item, rows in self.table.groupby("item", sort=False)
            if _has_moved(rows)
        ]
        periods = len(self.table["period_start"].unique())
        team = self.notes.get("team", "")
        if language == "sv":
            what = f"tydlig förändring i {joined(moved, language)}" if moved else "ingen tydlig förändring"
            return f"{team}: {periods} perioder; {what}."
        what = f"a clear change in {joined(moved, language)}" if moved else "no clear change"
        return f"{team}: {periods} periods; {what}."

    def methods(self, language: str | None = None) -> str:
        """Return how the course was made."""
        language = language or self.language
        base = _METHODS[language].format(
            scale=self.notes.get(f"scale_{language}", ""), version=self.notes.get("version", "")
        )
        draws = self.notes.get("draws", "")
        if language == "sv":
            return f"{base} Bandet är de mittersta 95 procenten av värdet när klienterna dras om {draws} gånger."
        return f"{base} The band is the middle 95 per cent of the value when the clients are drawn again {draws} times."

    def plot(self, *, item: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the course of one item with its band."""
        from factfidelity.display import charts

        first = str(self.table["item"].iloc[0]) if item is None else item
        rows = self.table[self.table["item"] == first]
        unit = rows["unit_sv" if self.language == "sv" else "unit"].iloc[0]
        return charts.lines(
            rows, x="period_start", y="value", low="low", high="high", unit=unit, language=self.language, ax=ax
        )

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the course of every item."""
        language = language or self.language
        names = ("item", "label", "period_start", "value", "unit", "score", "low", "high", "clients")
        caption = {
            "sv": f"Punkter ur registren över tid, {self.notes.get('team', '')}",
            "en": f"Items from the registers over time, {self.notes.get('team', '')}",
        }[language]
        frame = _in_language(self.table[self.table["value"].notna()], language)
        return (TableView("derived_trend", caption, frame, columns_of(names, language, decimals=2)),)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return one course for each item that has at least three values."""
        language = language or self.language
        made = []
        for item, rows in self.table.groupby("item", sort=False):
            given = rows[rows["value"].notna()]
            if len(given) < 3:
                continue
            caption = f"{item} {rows[f'name_{language}'].iloc[0]}, {self.notes.get('team', '')}."
            view = TableView(
                f"trend_{item}", caption, _in_language(given, language),
                columns_of(("period_start", "value", "unit", "low", "high"), language, decimals=2),
            )  # fmt: skip
            draw = partial(_plotted_item, self.in_language(language), str(item))
            made.append(FigureView(view.name, caption, f"{caption} {_from_to(given, language)}.", draw, view))
        return tuple(made)


def _plotted_item(result: DerivedTrend, item: str, ax: Axes) -> Axes:
    return result.plot(item=item, ax=ax)


def _has_moved(rows: pd.DataFrame) -> bool:
    given = rows[rows["value"].notna() & rows["low"].notna()]
    if len(given) < 2:
        return False
    first, last = given.iloc[0], given.iloc[-1]
    return bool(first["low"] > last["high"] or last["low"] > first["high"])


def _from_to(rows: pd.DataFrame, language: str) -> str:
    given = rows[rows["value"].notna()]
    first, last = (number(float(given["value"].iloc[place]), decimals=1, language=language) for place in (0, -1))
    return f"{first} → {last}"


_METHODS: Mapping[str, str] = {
    "sv": (
        "Punkterna i {scale} (version {version}) som kan räknas ur register, bemanning och tavla räknas med skalans "
        "egna fönster och gränser; gränsen för den högre poängen ska nås helt. Medianer tas över klienter. Klienter "
        "utan kontakt räknas som 0 i antal och minuter och lämnas utanför, men räknas, i andelar. Ett närmevärde säger "
        "något om punkten men mäter den inte helt."
    ),
    "en": (
        "Those items of the {scale} (version {version}) that registers, roster and board can tell are counted with the "
        "scale's own windows and limits; the limit of the better score must be reached in full. Medians are over "
        "clients. Clients without contact count 0 in numbers and minutes, and are left out, and counted, in shares. A "
        "proxy says something about the item without measuring all of it."
    ),
}
