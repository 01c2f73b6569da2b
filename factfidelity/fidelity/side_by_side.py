"""The items that registers can tell, for all teams side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.extract import Extract
from factfidelity.fidelity.derive import derive_fidelity
from factfidelity.fidelity.pictures import MANY_TEAMS
from factfidelity.fidelity.tables import coded, columns_of, records
from factfidelity.fidelity.words import joined, score_text
from factfidelity.schemas.scale import Scale

if TYPE_CHECKING:
    from factfidelity.display.charts import Axes

_RESTS = ("score", "value", "numerator", "denominator")
_FAR_APART = 2  # points of the scale


@dataclass(frozen=True, kw_only=True, eq=False)
class DerivedTeams(Result):
    """The items of a scale that registers, roster and board can tell, for every team on one day.

    Attributes
    ----------
    table : DataFrame, one row per team and item that could be counted for some team
        team_id, team, and the columns of ``DerivedFidelity.table``.
    """

    name: ClassVar[str] = "derived_teams"
    title: ClassVar[Mapping[str, str]] = {
        "sv": "Programtrohet ur registren, team för team", "en": "Fidelity counted from the registers, team by team",
    }  # fmt: skip
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            ("team_id", "item"),
            {"clients": _RESTS, "part": _RESTS, "staff": _RESTS, "left_out": ("clients",)},
            wholes={"part": "clients"},
        )
    }  # fmt: skip

    def scored(self) -> pd.DataFrame:
        """Return the rows of items that got a score in some team."""
        given = self.table.groupby("item", sort=False)["score"].transform("count") > 0
        return self.table.loc[given.to_numpy()].reset_index(drop=True)

    def summary(self, language: str | None = None) -> str:
        """Return how many items each team has a score on, and where the teams lie far apart."""
        language = language or self.language
        rows = self.scored()
        given = rows.loc[rows["score"].notna()]
        parts = [f"{team} {number}" for team, number in given.groupby("team", sort=False).size().items()]
        spread = given.groupby("item", sort=False)["score"].agg(["min", "max"])
        far = [str(item) for item in spread.index[spread["max"] - spread["min"] >= _FAR_APART]]
        names = rows.drop_duplicates("item").set_index("item")[f"name_{language}"]
        said = joined([f"{item} {names[item]}" for item in far[:5]], language)
        on, short = self.notes.get("on", ""), self.notes.get("short", "")
        if language == "sv":
            text = f"Punkter i {short} med poäng ur registren, {on}: {', '.join(parts) or 'inga'}."
            return text + (f" Teamen skiljer sig åt med minst {_FAR_APART} poäng i {said}." if far else "")
        text = f"Items of the {short} with a score from the registers, {on}: {', '.join(parts) or 'none'}."
        return text + (f" The teams differ by at least {_FAR_APART} points in {said}." if far else "")

    def methods(self, language: str | None = None) -> str:
        """Return how the items were counted and what a difference between teams can come from."""
        language = language or self.language
        scale, version = self.notes.get(f"scale_{language}", ""), self.notes.get("version", "")
        text = {
            "sv": f"Varje punkt i {scale} (version {version}) som kan räknas ur register, bemanning och tavla räknas "
            "likadant för alla team, med skalans egna fönster och gränser. Skillnader mellan team kan bero på hur de "
            "dokumenterar, och ett litet team kan byta poäng när en enda klient tillkommer; punkterna ersätter ingen "
            "bedömning på plats. Team som började efter granskningsdagen är inte med.",
            "en": f"Each item of the {scale} (version {version}) that registers, roster and board can tell is counted "
            "in the same way for all teams, with the scale's own windows and limits. Differences between teams can "
            "come from how they document, and a small team can change its score with a single client; the items do "
            "not take the place of an assessment on site. Teams that began after the day of the review are left out.",
        }
        return text[language]

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """Draw the scores as a grid of items and teams."""
        return self._draw(self.language, ax)

    def _chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = self.scored()
        rows = rows.assign(label=rows["item"] + " " + rows[f"name_{language}"])
        if rows["team"].nunique() > MANY_TEAMS:  # a line for each team, the items by their signs
            return rows, {"x": "item", "y": "team", "value": "score", "decimals": 0, "language": language}
        return rows, {"x": "team", "y": "label", "value": "score", "decimals": 0, "language": language}

    def _draw(self, language: str, ax: Axes | None) -> Axes:
        from factfidelity.display import charts

        rows, look = self._chart(language)
        return charts.heat_map(rows, **look, bounds=(1.0, 5.0), ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the scores with a column for each team, and the figures behind them."""
        language = language or self.language
        captions = {
            "sv": ("Poäng ur registren, team för team", "Värdena bakom poängen"),
            "en": ("Scores from the registers, team by team", "The values behind the scores"),
        }[language]
        frame = coded(self.table, ("kind",), language)
        sides = {"sv": ("unit_sv", "why_sv"), "en": ("unit", "why")}[language]
        frame = frame.assign(label=frame[f"name_{language}"], unit=frame[sides[0]], why=frame[sides[1]])
        names = ("item", "label", "score", "value", "unit", "clients", "kind", "why")
        columns = (Column("team", "Team"), *columns_of(names, language, decimals=2))
        return (
            TableView("derived_teams", captions[0], *self._wide(language), (self.methods(language),)),
            TableView("derived_team_values", captions[1], frame, columns),
        )

    def _wide(self, language: str) -> tuple[pd.DataFrame, tuple[Column, ...]]:
        rows = self.scored()
        teams = list(dict.fromkeys(rows["team"]))
        first = rows.drop_duplicates("item")[["item", f"name_{language}"]].rename(
            columns={f"name_{language}": "label"}
        )  # fmt: skip
        columns = [*columns_of(("item", "label"), language)]
        for number, team in enumerate(teams):
            mine = rows.loc[rows["team"] == team].set_index("item")["score"]
            first[f"score_{number}"] = mine.reindex(first["item"]).to_numpy()
            columns.append(Column(f"score_{number}", team, "number", 0))
        return first.reset_index(drop=True), tuple(columns)

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the grid of items and teams."""
        language = language or self.language
        rows = self.scored()
        if rows.empty:
            return ()
        view = self.views(language)[0]
        said = "; ".join(
            f"{row['team']}, {row[f'name_{language}']} {score_text(row['score'], 0, language)}" for row in records(rows)
        )
        items, teams = len(rows["item"].unique()), len(rows["team"].unique())
        many = teams > MANY_TEAMS
        size = (max(7.2, 1.8 + 0.36 * items), 1.2 + 0.3 * teams) if many else (
            max(5.0, 3.4 + 1.1 * teams), max(2.4, 1.2 + 0.3 * items)
        )  # fmt: skip
        alt = f"{view.caption}. {said}."
        return (FigureView(self.name, view.caption, alt, lambda ax: self._draw(language, ax), view, size=size),)


def derive_teams(extract: Extract, scale: Scale | str, *, on: Any) -> DerivedTeams:
    """Count the items of a scale that registers, roster and board can tell, for every team of an extract.

    Parameters
    ----------
    extract : Extract
    scale : Scale or str
    on : date-like
        Day of the review, as in ``derive_fidelity``; teams that had not begun by then are left out.

    Returns
    -------
    DerivedTeams
        ``.table``: one row per team and item that could be counted for some team.
    """
    known = extract.teams.drop_duplicates("team_id").sort_values("team_id")
    begun = known.loc[~(known["started"] >= pd.Timestamp(on)).to_numpy(dtype=bool)]
    parts, notes = [], {"on": f"{pd.Timestamp(on):%Y-%m-%d}"}
    for team, name in zip(begun["team_id"], begun["name"], strict=True):
        one = derive_fidelity(extract, scale, team=team, on=on)
        called = team if pd.isna(name) or not str(name).strip() else str(name)
        table = one.table.assign(team_id=team, team=called)
        parts.append(table[["team_id", "team", *one.table.columns]])
        notes |= {key: value for key, value in one.notes.items() if key != "team"}
    if not parts:
        raise ValueError(f"on must lie after a team's start, got {on}")
    table = pd.concat(parts, ignore_index=True)
    counted = table["item"].isin(table.loc[table["kind"] != "not_derivable", "item"])
    return DerivedTeams(table=table.loc[counted.to_numpy(dtype=bool)].reset_index(drop=True), notes=notes)
