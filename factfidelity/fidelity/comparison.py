"""Assessed beside derived, and fidelity by months since the team's start beside published values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, TableView
from factfidelity.fidelity.derived import DerivedFidelity
from factfidelity.fidelity.result import FidelityScores
from factfidelity.fidelity.tables import coded, columns_of, latest_of, records
from factfidelity.fidelity.words import joined, score_text
from factfidelity.schemas.scale import load_scale

if TYPE_CHECKING:
    from factfidelity.display.charts import Axes

_RESTS = ("derived", "gap", "value")


@dataclass(frozen=True, kw_only=True, eq=False)
class AssessedAndDerived(Result):
    """A team's assessed scores beside those that the registers give.

    Attributes
    ----------
    table : DataFrame, one row per item that has both scores
        item, assessed, derived, gap (derived less assessed), value and unit, kind (item | proxy), clients, part, staff,
        name_sv, name_en, unit_sv.
    """

    name: ClassVar[str] = "assessed_and_derived"
    title: ClassVar[Mapping[str, str]] = {"sv": "Bedömt och räknat", "en": "Assessed and counted"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("item",), counts={"clients": _RESTS, "part": _RESTS, "staff": _RESTS}, wholes={"part": "clients"}
        )
    }

    def summary(self, language: str | None = None) -> str:
        """Return how many items agree, and the largest gaps."""
        language = language or self.language
        rows = self.table[self.table["gap"].notna()]
        near = int((rows["gap"].abs() <= 1).sum())
        wide = rows[rows["gap"].abs() > 1].sort_values("gap", key=lambda gap: -gap.abs(), kind="stable").head(3)
        said = [
            f"{row['item']} {row[f'name_{language}']} ({score_text(row['assessed'], 1, language)} "
            f"{'mot' if language == 'sv' else 'against'} {score_text(row['derived'], 0, language)})"
            for row in records(wide)
        ]
        team = self.notes.get("team", "")
        if language == "sv":
            text = f"{team}: på {near} av {len(rows)} punkter skiljer bedömning och register högst ett steg."
            return text + (f" Störst skillnad: {joined(said, language)}." if said else "")
        text = f"{team}: on {near} of {len(rows)} items assessment and registers differ by a step at most."
        return text + (f" Largest gaps: {joined(said, language)}." if said else "")

    def methods(self, language: str | None = None) -> str:
        """Return what stands beside what."""
        if (language or self.language) == "sv":
            return (
                "Den senaste bedömningen ställs bredvid samma punkter räknade ur registren. En skillnad visar var "
                "underlaget behöver granskas; den säger inte vilken siffra som är rätt. Totaler blandas aldrig."
            )
        return (
            "The latest assessment stands beside the same items counted from the registers. A gap shows where the "
            "evidence needs a look; it does not tell which figure is right. Totals are never mixed."
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw both scores of each item."""
        from factfidelity.display import charts_profile

        names = {row["item"]: f"{row['item']} {row[f'name_{self.language}']}" for row in records(self.table)}
        kinds = {"sv": ("bedömd", "ur registren"), "en": ("assessed", "from the registers")}[self.language]
        parts = [
            self.table[["item"]].assign(series=word, score=self.table[column])
            for word, column in zip(kinds, ("assessed", "derived"), strict=True)
        ]
        unit = {"sv": "Poäng", "en": "Score"}[self.language]
        return charts_profile.dots(
            pd.concat(parts), category="item", value="score", series="series", bounds=(1.0, 5.0), unit=unit,
            names=names, language=self.language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the items that have both scores."""
        language = language or self.language
        frame = coded(self.table, ("kind",), language)
        frame = frame.assign(label=frame[f"name_{language}"], unit=frame["unit_sv" if language == "sv" else "unit"])
        caption = {
            "sv": f"Bedömda poäng och poäng ur registren, {self.notes.get('team', '')}",
            "en": f"Assessed scores and scores from the registers, {self.notes.get('team', '')}",
        }[language]
        names = ("item", "label", "assessed", "derived", "gap", "value", "unit", "kind")
        return (TableView("assessed_and_derived", caption, frame, columns_of(names, language)),)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return both scores of each item as a picture."""
        language = language or self.language
        view = self.views(language)[0]
        if self.table.empty:
            return ()
        size = (7.2, max(2.4, 1.0 + 0.3 * len(self.table)))
        draw = partial(_drawn, self.in_language(language))
        alt = f"{view.caption}. {self.summary(language)}"
        return (FigureView("assessed_and_derived", view.caption, alt, draw, view, size=size),)


def _drawn(result: Result, ax: Axes) -> Axes:
    return result.plot(ax=ax)


def compare_derived(scores: FidelityScores, derived: DerivedFidelity) -> AssessedAndDerived:
    """Put a team's latest assessed scores beside those counted from the registers.

    Parameters
    ----------
    scores : FidelityScores
    derived : DerivedFidelity
        Of the same scale; its team is taken.

    Raises
    ------
    ValueError
        If the two are of different scales, or the team has no assessment.
    """
    if (scores.notes.get("scale"), scores.notes.get("version")) != (
        derived.notes.get("scale"),
        derived.notes.get("version"),
    ):
        raise ValueError("scores and derived must be of the same scale and version")
    team = derived.notes.get("team", "")
    own = scores.table[(scores.table["team_id"] == team) & (scores.table["level"] == "item")]
    if own.empty:
        raise ValueError(f"there is no assessment of {team!r}")
    assessed = latest_of(own).rename(columns={"name": "item", "score": "assessed"})[["item", "assessed"]]
    columns = ["item", "score", "value", "unit", "unit_sv", "kind", "clients", "part", "staff", "name_sv", "name_en"]
    both = assessed.merge(derived.table[columns].rename(columns={"score": "derived"}), on="item", validate="one_to_one")
    both = both[both["assessed"].notna() & both["derived"].notna()].reset_index(drop=True)
    both.insert(3, "gap", both["derived"] - both["assessed"])
    return AssessedAndDerived(table=both, notes=dict(derived.notes))


@dataclass(frozen=True, kw_only=True, eq=False)
class FidelityCourse(Result):
    """Total and subscales by months since each team's start, beside published values of the same scale.

    Attributes
    ----------
    table : DataFrame, one row per team, assessment and subscale or total
        team_id, assessment, months (since the start; missing where the start or the day is not known), level, name,
        score, label_sv, label_en.
    reference : DataFrame, one row per published value
        label_sv, label_en, level, name, months (missing where not printed), mean, sd, teams, status.
    """

    name: ClassVar[str] = "fidelity_course"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Programtrohet sedan teamets start", "en": "Fidelity since the team's start",
    }  # fmt: skip
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(keys=("team_id", "assessment", "level", "name"), public=("months", "score")),
        "reference": Gate(keys=("label_en", "level", "name", "months"), public=("mean", "sd", "teams")),
    }

    reference: pd.DataFrame

    def summary(self, language: str | None = None) -> str:
        """Return the total of each team at its latest assessment, with its age."""
        language = language or self.language
        now = latest_of(self.table[self.table["level"] == "total"])
        said = [_aged(row, language) for row in records(now)]
        more = {
            "sv": " Ett team behöver ofta omkring tre år för att nå full programtrohet.",
            "en": " A team often needs about three years to reach full fidelity.",
        }[language]
        return " ".join(said) + more

    def methods(self, language: str | None = None) -> str:
        """Return where the values to compare with come from."""
        listed = "; ".join(dict.fromkeys(self.reference[f"label_{language or self.language}"]))
        if (language or self.language) == "sv":
            known = listed or "inga kända"
            return f"Månader räknas från teamets startdag till skattningen. Publicerade jämförvärden: {known}."
        return f"Months run from the team's start to the assessment. Published values: {listed or 'none known'}."

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw totals by months since the start, with published values as their own series."""
        from factfidelity.display import charts

        rows = self.table[(self.table["level"] == "total") & self.table["months"].notna()]
        own = rows.rename(columns={"team_id": "series"})[["series", "months", "score"]]
        other = self.reference[(self.reference["level"] == "total") & self.reference["months"].notna()]
        other = other.rename(columns={f"label_{self.language}": "series", "mean": "score"})[
            ["series", "months", "score"]
        ]
        both = pd.concat([own, other], ignore_index=True) if len(other) else own
        title = {"sv": "Månader sedan start", "en": "Months since start"}[self.language]
        unit = {"sv": "Poäng", "en": "Score"}[self.language]
        return charts.lines(
            both, x="months", y="score", series="series", unit=unit, x_title=title, from_zero=False,
            language=self.language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the course and the published values."""
        language = language or self.language
        captions = {
            "sv": ("Programtrohet efter månader sedan start", "Publicerade jämförvärden"),
            "en": ("Fidelity by months since the start", "Published values to compare with"),
        }[language]
        frame = self.table.assign(label=self.table[f"label_{language}"])
        names = ("team_id", "assessment", "months", "label", "score")
        views = [TableView("fidelity_course", captions[0], frame, columns_of(names, language, decimals=2))]
        if len(self.reference):
            other = self.reference.assign(label=self.reference[f"label_{language}"])
            columns = columns_of(("label", "name", "months", "mean", "sd", "teams"), language, decimals=2)
            views.append(TableView("fidelity_reference", captions[1], other, columns))
        return tuple(views)


def _aged(row: Mapping[str, object], language: str) -> str:
    shown = score_text(float(row["score"]), 2, language)  # type: ignore[arg-type]
    months = row["months"]
    if months != months:
        return f"{row['team_id']} ({row['assessment']}): {shown}."
    age = score_text(float(months), 0, language)  # type: ignore[arg-type]
    word = "månader efter start" if language == "sv" else "months after the start"
    return f"{row['team_id']}: {shown}, {age} {word}."


def fidelity_course(scores: FidelityScores, teams: pd.DataFrame) -> FidelityCourse:
    """Place scores by months since each team's start.

    Parameters
    ----------
    scores : FidelityScores
        Its assessments are named by their day (``2024-03-12``); other names have no place in time.
    teams : DataFrame
        team_id, started.
    """
    rows = scores.table[scores.table["level"] != "item"]
    day = pd.to_datetime(rows["assessment"], errors="coerce", format="%Y-%m-%d")
    started = rows["team_id"].map(teams.drop_duplicates("team_id").set_index("team_id")["started"])
    months = (day - pd.to_datetime(started)).dt.days / (365.25 / 12)
    columns = ["team_id", "assessment", "months", "level", "name", "score", "label_sv", "label_en"]
    table = rows.assign(months=months)[columns].reset_index(drop=True)
    scale = load_scale(scores.notes["scale"], scores.notes["version"])
    values = [
        {
            "label_sv": value.label.sv, "label_en": value.label.en, "level": value.level, "name": value.name,
            "months": np.nan if value.months is None else float(value.months), "mean": value.mean,
            "sd": np.nan if value.sd is None else value.sd,
            "teams": np.nan if value.teams is None else float(value.teams), "status": value.status,
        }
        for value in scale.reference_values
    ]  # fmt: skip
    names = ["label_sv", "label_en", "level", "name", "months", "mean", "sd", "teams", "status"]
    texts = dict.fromkeys(("label_sv", "label_en", "level", "name", "status"), "str")
    numbers = dict.fromkeys(("months", "mean", "sd", "teams"), "float64")
    reference = pd.DataFrame(values, columns=names).astype(texts | numbers)
    return FidelityCourse(table=table, reference=reference, notes=dict(scores.notes))
