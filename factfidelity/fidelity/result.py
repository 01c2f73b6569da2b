"""FidelityScores: items, subscales and totals of assessments, what they mean, and what is missing to pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, TableView
from factfidelity.fidelity import pictures
from factfidelity.fidelity.tables import coded, columns_of, labelled, latest_of
from factfidelity.fidelity.words import RULES, code, joined, score_text
from factfidelity.wording import number

if TYPE_CHECKING:
    from factfidelity.display.charts import Axes

_KEYS = ("team_id", "assessment")
_SCORED = (
    "score", "n_rated", "n_items", "lowest", "highest", "raters", "rater_low", "rater_high", "range_low", "range_high",
    "decimals",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, eq=False)
class FidelityScores(Result):
    """How close to the model teams work, by the scale's own rules.

    Attributes
    ----------
    table : DataFrame, one row per team, assessment and item, subscale or total
        team_id, assessment, level (item | subscale | total), name, score (missing where it may not be made),
        n_rated of n_items, lowest and highest (possible values of the score, given the items that are missing),
        band (of the total; missing where the scale has none); subscale, label_sv, label_en, basis (consensus |
        mean_of_raters | one_rater | mixed | not_rated), raters, rater_low, rater_high (range of the assessors),
        range_low, range_high (of the scale), decimals (with which the score is shown).
    targets : DataFrame, one row per team, assessment and target
        The next band, and rules on single items: cut, total, met, points_missing (fewest, over all items),
        items_alone (number of items that would reach it alone).
    changes : DataFrame, one row per team, assessment, target and item that can be raised
        score, needed, raise_by, total_after, alone; cheapest first.
    """

    name: ClassVar[str] = "fidelity_scores"
    title: ClassVar[Mapping[str, str]] = {"sv": "Programtrohet", "en": "Fidelity to the model"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(keys=(*_KEYS, "level", "name"), public=_SCORED),
        "targets": Gate(keys=(*_KEYS, "target"), public=("cut", "total", "met", "points_missing", "items_alone")),
        "changes": Gate(
            keys=(*_KEYS, "target", "item"), public=("score", "needed", "raise_by", "total_after", "alone")
        ),
    }

    targets: pd.DataFrame
    changes: pd.DataFrame

    def totals(self) -> pd.DataFrame:
        """Return the rows of the totals, one per team and assessment."""
        return self.table[self.table["level"] == "total"].reset_index(drop=True)

    def latest(self) -> pd.DataFrame:
        """Return all rows of each team's latest assessment."""
        return latest_of(self.table)

    def summary(self, language: str | None = None) -> str:
        """Return each team's latest total with its band, its change, and the items that are lowest."""
        language = language or self.language
        lines = [
            self._team_sentence(str(team), rows, language) for team, rows in self.table.groupby("team_id", sort=False)
        ]
        return " ".join(lines)

    def _team_sentence(self, team: str, rows: pd.DataFrame, language: str) -> str:
        now = latest_of(rows)
        total = now[now["level"] == "total"].iloc[0]
        parts = [_total_sentence(team, total, self.notes.get("short", ""), language)]
        change = _change(rows, language)
        if change:
            parts.append(change)
        weak = _weakest(now, language)
        if weak:
            parts.append(weak)
        return " ".join(parts)

    def methods(self, language: str | None = None) -> str:
        """Return how the scores were made: scale, version, rule, consensus, missing items and bands."""
        language = language or self.language
        notes = self.notes
        rule = RULES[notes.get("total_rule", "none")][language]
        if language == "sv":
            text = (
                f"Programtroheten skattades med {notes.get('scale_sv', '')} ({notes.get('short', '')}, version "
                f"{notes.get('version', '')}). Totalen är {rule}. Där bedömarna enats är konsensuspoängen punktens "
                "poäng, annars medelvärdet av bedömarna. Punkter som inte kunnat bedömas fylls aldrig i; är de för "
                "många lämnas totalen tom, och lägsta och högsta möjliga värde anges. Nivån avgörs på det oavrundade "
                "värdet."
            )
            extra = notes.get("total_note_sv", "")
            doubt = " Totalregeln är återgiven ur minnet och bör kontrolleras mot formuläret."
        else:
            text = (
                f"Fidelity was rated with the {notes.get('scale_en', '')} ({notes.get('short', '')}, version "
                f"{notes.get('version', '')}). The total is {rule}. Where the assessors agreed on a consensus, that "
                "is the item's score, else the mean of the assessors. Items that could not be rated are never filled "
                "in; with too many of them the total is left empty, and its lowest and highest possible values are "
                "given. The band is judged on the unrounded value."
            )
            extra = notes.get("total_note_en", "")
            doubt = " The total rule is given from memory and should be checked against the form."
        return text + (f" {extra}" if extra else "") + (doubt if notes.get("total_status") == "memory" else "")

    def plot(self, *, team: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the profile of a team's latest assessment: each item with the range of its assessors."""
        rows = self.latest()
        first = str(rows["team_id"].iloc[0]) if team is None else team
        return pictures.draw_profile(rows[rows["team_id"] == first], self.notes, self.language, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return totals, subscales, items of the latest assessment, and what is missing to pass."""
        language = language or self.language
        views = [self._total_view(language)]
        if (self.table["level"] == "subscale").any():
            views.append(self._subscale_view(language))
        views.append(self._item_view(language))
        if len(self.targets):
            views.append(self._target_view(language))
        if len(self.changes):
            views.append(self._change_view(language))
        return tuple(views)

    def _caption(self, sv: str, en: str, language: str) -> str:
        short = self.notes.get("short", "")
        return f"{sv}, {short}" if language == "sv" else f"{en}, {short}"

    def _total_view(self, language: str) -> TableView:
        rows = self.totals()
        frame = coded(rows, ("basis",), language).assign(band=rows.get(f"band_{language}", rows["band"]))
        decimals = int(rows["decimals"].max()) if len(rows) else 2
        columns = columns_of(
            ("team_id", "assessment", "score", "band", "n_rated", "n_items", "lowest", "highest", "basis"), language,
            decimals=decimals,
        )  # fmt: skip
        note = {
            "sv": "Tom poäng: för få punkter bedömda. Lägst och högst möjligt visar vad totalen skulle kunna bli.",
            "en": "Empty score: too few items rated. Lowest and highest possible show what the total could become.",
        }
        caption = self._caption("Total programtrohet per team och tillfälle", "Total fidelity by team", language)
        return TableView("fidelity_total", caption, frame, columns, (note[language],))

    def _subscale_view(self, language: str) -> TableView:
        rows = labelled(self.table[self.table["level"] == "subscale"], language)
        names = ("team_id", "assessment", "label", "score", "n_rated", "n_items", "lowest", "highest")
        caption = self._caption("Delskalor per team och tillfälle", "Subscales by team and assessment", language)
        return TableView("fidelity_subscales", caption, rows, columns_of(names, language, decimals=2))

    def _item_view(self, language: str) -> TableView:
        rows = labelled(self.latest().query("level == 'item'"), language)
        frame = coded(rows, ("basis",), language)
        names = ("team_id", "assessment", "name", "label", "score", "rater_low", "rater_high", "raters", "basis")
        caption = self._caption("Punkter vid senaste tillfället", "Items at the latest assessment", language)
        return TableView("fidelity_items", caption, frame, columns_of(names, language, decimals=1))

    def _target_view(self, language: str) -> TableView:
        frame = coded(latest_of(self.targets), ("met",), language)
        frame = frame.assign(target=frame[f"label_{language}"])
        names = ("team_id", "assessment", "target", "met", "cut", "total", "points_missing", "items_alone")
        caption = self._caption("Vad som saknas för att nå nästa nivå", "What is missing to the next level", language)
        note = {
            "sv": "Poäng som saknas: det minsta antal poäng som behöver vinnas, räknat över alla punkter.",
            "en": "Points missing: the fewest points that have to be gained, over all items.",
        }
        return TableView("fidelity_targets", caption, frame, columns_of(names, language, decimals=2), (note[language],))

    def _change_view(self, language: str) -> TableView:
        rows = latest_of(self.changes)
        frame = coded(rows, ("alone",), language).assign(label=rows[f"item_{language}"])
        titles = latest_of(self.targets).set_index([*_KEYS, "target"])[f"label_{language}"]
        at = pd.MultiIndex.from_frame(rows[[*_KEYS, "target"]])
        frame = frame.assign(target=titles.reindex(at).to_numpy())
        frame = frame.groupby([*_KEYS, "target"], sort=False).head(8).reset_index(drop=True)
        names = ("team_id", "target", "item", "label", "score", "needed", "raise_by", "total_after")
        caption = self._caption(
            "Enskilda höjningar, den minsta först (högst åtta per mål)", "Single raises, the smallest first", language
        )
        return TableView("fidelity_changes", caption, frame, columns_of(names, language, decimals=2))

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return profiles, subscales, waves and a heat map, as far as there is something to show."""
        return pictures.score_figures(self.table, self.notes, language or self.language)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return each team's latest total with its band."""
        language = language or self.language
        found = []
        for team, rows in self.table.groupby("team_id", sort=False):
            now = latest_of(rows)
            total = now[now["level"] == "total"].iloc[0]
            value = float(total["score"])
            missing = value != value
            label = f"Programtrohet, {team}" if language == "sv" else f"Fidelity, {team}"
            sentence = _total_sentence(str(team), total, self.notes.get("short", ""), language)
            change = _change(rows, language)
            facts = {} if missing else {"lowest": float(total["lowest"]), "highest": float(total["highest"])}
            found.append(
                KeyFigure(
                    name=f"fidelity_{team}", label=label, value=None if missing else value,
                    sentence=f"{sentence} {change}".strip(), decimals=int(total["decimals"]),
                    why=_few(total, language) if missing else "", facts=facts,
                    group=f"{'Programtrohet' if language == 'sv' else 'Fidelity'} ({self.notes.get('short', '')})",
                )
            )  # fmt: skip
        return tuple(found)


def _few(total: pd.Series[Any], language: str) -> str:
    rated, items = int(total["n_rated"]), int(total["n_items"])
    return f"{rated} av {items} punkter bedömda" if language == "sv" else f"{rated} of {items} items rated"


def _total_sentence(team: str, total: pd.Series[Any], short: str, language: str) -> str:
    score = float(total["score"])
    when = total["assessment"]
    decimals = total["decimals"]
    if score != score:
        bounds = [
            number(float(total[name]), decimals=int(decimals), language=language) for name in ("lowest", "highest")
        ]
        if float(total["lowest"]) != float(total["lowest"]):
            none = {"sv": "ingen total kan räknas", "en": "no total can be made"}[language]
            return f"{team} ({when}): {none}, {_few(total, language)}."
        if language == "sv":
            reach = f"den skulle ligga mellan {bounds[0]} och {bounds[1]}"
            return f"{team} ({when}): ingen total, {_few(total, language)}; {reach}."
        reach = f"it would lie between {bounds[0]} and {bounds[1]}"
        return f"{team} ({when}): no total, {_few(total, language)}; {reach}."
    shown = score_text(score, decimals, language)
    top = score_text(float(total["range_high"]), 2 if float(total["range_high"]) % 1 else 0, language)
    word = ("av", "of")[language == "en"]
    band = total.get(f"band_{language}")
    level = f", {band}" if isinstance(band, str) and band else ""
    return f"{team} ({when}): {shown} {word} {top} ({short}){level}; {code(total['basis'], language)}."


def _change(rows: pd.DataFrame, language: str) -> str:
    totals = rows[(rows["level"] == "total") & rows["score"].notna()]
    if len(totals) < 2:
        return ""
    first, last = totals.iloc[-2], totals.iloc[-1]
    step = float(last["score"]) - float(first["score"])
    shown = number(abs(step), decimals=2, language=language)
    if round(step, 2) == 0:
        return {"sv": f"Oförändrat sedan {first['assessment']}.", "en": f"Unchanged since {first['assessment']}."}[
            language
        ]
    if language == "sv":
        return f"{shown} {'högre' if step > 0 else 'lägre'} än vid {first['assessment']}."
    return f"{shown} {'higher' if step > 0 else 'lower'} than at {first['assessment']}."


def _weakest(rows: pd.DataFrame, language: str) -> str:
    items = rows[(rows["level"] == "item") & rows["score"].notna()]
    weak = items[(items["score"] <= items["range_low"] + 1) & (items["score"] < items["range_high"])]
    weak = weak.sort_values("score", kind="stable").head(3)
    if weak.empty:
        return ""
    names = [f"{name} {label}" for name, label in zip(weak["name"], weak[f"label_{language}"], strict=True)]
    several = {True: "The lowest scores are", False: "The lowest score is"}[len(names) > 1]
    start = "Lägst poäng har" if language == "sv" else several
    return f"{start} {joined(names, language)}."
