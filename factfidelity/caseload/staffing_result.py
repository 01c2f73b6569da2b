"""Staffing: posts beside the care model's norm, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.caseload import words
from factfidelity.caseload.criteria import criteria_view
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, NativeChart, TableView, columns_in
from factfidelity.schemas.programme import Programme, load_programme
from factfidelity.wording import number, percent, pick

_TEAM = {"team_id": "total"}
_SIZED = ("clients", "fte_per_100", "fte_per_200", "needed_low", "needed_high", "gap")
_POSTS = ("fte", "norm_low", "norm_high", "posts", "vacancy", "vacancy_share")
_POSSIBLE = ("fte", "norm_low", "norm_high", "clients_possible_low", "clients_possible_high")
_WHAT_IF = ("clients", "ratio", "posts_needed_low", "posts_needed_high", "gap")


@dataclass(frozen=True, kw_only=True, eq=False)
class Staffing(Result):
    """Posts by profession and employer over the last year, beside the norm of a care model.

    Attributes
    ----------
    table : DataFrame, one row per team and role, ``total`` being all roles or all teams
        team_id, team, role, fte, fte_per_100, fte_per_200 (FTE for so many clients), norm_low, norm_high (FTE for 200
        clients), needed_low, needed_high (FTE by the norm for the clients that the team has), gap (FTE over, or
        missing below 0), posts (established), vacancy (posts less FTE), vacancy_share, clients, persons.
    employers : DataFrame, one row per team and employer
        team_id, team, employer, fte, share.
    people : DataFrame, one row per team
        team_id, team, fte, leader_fte, peer_fte, left (persons who left in 24 months), mean_heads, heads (ever in
        post in that time), turnover (left / mean_heads), fte_per_head.
    what_if : DataFrame, one row per team and denominator
        As ``caseload_arithmetic``: posts needed for the clients, clients possible with the posts.
    criteria : DataFrame, one row per team and entry criterion of the care model
        value beside at_least and at_most, persons (it rests on).
    """

    name: ClassVar[str] = "staffing"
    title: ClassVar[Mapping[str, str]] = {"sv": "Bemanning", "en": "Staffing"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(("team_id", "role"), {"persons": _SIZED}, public=_POSTS),
        "employers": Gate(("team_id", "employer"), public=("fte", "share")),
        "people": Gate(
            ("team_id",), {"left": ("turnover",), "heads": ("left", "turnover", "mean_heads", "fte_per_head")},
            margins=_TEAM, public=("fte", "leader_fte", "peer_fte"),
        ),
        "what_if": Gate(("team_id", "denominator"), {"persons": _WHAT_IF}, public=_POSSIBLE),
        "criteria": Gate(("team_id", "criterion"), {"persons": ("value",)}, public=("at_least", "at_most")),
    }  # fmt: skip

    employers: pd.DataFrame = field(default_factory=pd.DataFrame)
    people: pd.DataFrame = field(default_factory=pd.DataFrame)
    what_if: pd.DataFrame = field(default_factory=pd.DataFrame)
    criteria: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def _model(self) -> Programme:
        return load_programme(self.notes["programme"])

    def _span(self, language: str) -> str:
        return words.span(self.notes["start"], self.notes["end"], language)

    def _main(self, frame: pd.DataFrame) -> pd.DataFrame:
        if not len(frame):
            return frame
        return frame.loc[frame["team_id"] == "total"] if (frame["team_id"] == "total").any() else frame

    def _roles(self, language: str) -> Mapping[str, str]:
        known = {norm.role: pick(norm.label, language) for norm in self._model.composition}
        said = {name: pick(text, language) for name, text in {**words.PROFESSIONS, **words.ROLES}.items()}
        return {**said, **known}

    def summary(self, language: str | None = None) -> str:
        """Return the posts, clients for each post with the denominator, and the largest gap to the norm."""
        language = language or self.language
        rows = self._main(self.table)
        rows = rows.loc[rows["role"] == "total"] if len(rows) else rows
        if not len(rows):
            return pick({"sv": "Ingen bemanning i perioden.", "en": "No posts in the period."}, language)
        fte = number(rows["fte"].iloc[0], language=language)
        first = {
            "sv": f"Under {self._span(language)} fanns {fte} heltidstjänster.",
            "en": f"In {self._span(language)} there were {fte} full-time equivalents.",
        }
        return " ".join(filter(None, [pick(first, language), self._ratios(language), self._gaps(language)]))

    def _ratios(self, language: str) -> str:
        rows = self._main(self.what_if)
        said = []
        for row in rows.to_dict("records") if len(rows) else []:
            if pd.isna(row["ratio"]):
                continue
            value, unit = (
                number(row["ratio"], language=language),
                pick(self._denominators()[row["denominator"]], language),
            )
            said.append(f"{value} ({unit})")
        if not said:
            return ""
        lead = {"sv": "Klienter per heltidstjänst, efter nämnare: ", "en": "Clients per FTE, by denominator: "}
        return pick(lead, language) + "; ".join(said) + "."

    def _denominators(self) -> Mapping[str, Mapping[str, str]]:
        """Return what each ratio is taken over; some models say which professions are case managers."""
        if any(norm.role == "case_managers" for norm in self._model.composition):
            return {**words.DENOMINATORS, "case_managers": words.DENOMINATORS["case_managers_of_model"]}
        return words.DENOMINATORS

    def _gaps(self, language: str) -> str:
        rows = self._main(self.table)
        rows = rows.loc[(rows["role"] != "total") & (rows["gap"] < -0.05)].sort_values("gap")
        if not len(rows):
            return ""
        names = self._roles(language)
        said = [
            f"{number(-row['gap'], language=language)} {names.get(row['role'], row['role'])}"
            for row in rows.head(3).to_dict("records")
        ]
        model = pick(self._model.short, language)
        text = {
            "sv": f"Mot normen för {model} saknas flest tjänster av: {'; '.join(said)}.",
            "en": f"Against the norm for {model}, most posts are missing of: {'; '.join(said)}.",
        }
        return pick(text, language)

    def methods(self, language: str | None = None) -> str:
        """Return how the posts were counted, and where the norm comes from."""
        language = language or self.language
        model = self._model
        text = {
            "sv": f"Heltidstjänster är tjänstedygn (omräknade till heltid) delade med dygn, {self._span(language)}. "
            "Normen räknas om till teamets antal klienter (klientdygn delade med dygn); avvikelsen är i tjänster, "
            "0 inom normens spann. Vakanser är inrättade tjänster minus besatta. Omsättning är personer som slutat på "
            "24 månader delat med personer i tjänst i genomsnitt, administratörer borträknade; byte av yrke eller "
            "tjänstgöringsgrad räknas inte.",
            "en": f"FTE are FTE-days divided by days, {self._span(language)}. The norm is scaled to the team's number "
            "of clients (client-days divided by days); the gap is in posts, and 0 within the norm's range. Vacancies "
            "are established posts less those filled. Turnover is persons who left in 24 months divided by persons in "
            "post on average, administrators left out; a change of profession or hours does not count.",
        }
        sources = dict.fromkeys(pick(norm.source, language) for norm in model.composition if norm.source)
        named = {"sv": "Normens källor: ", "en": "Sources of the norm: "}
        none = {"sv": "Ingen publicerad norm för sammansättningen.", "en": "No published norm for the composition."}
        ends = pick(named, language) + "; ".join(sources) + "." if sources else pick(none, language)
        return f"{pick(text, language)} {ends}"

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw FTE for 200 clients by role, with the norm behind."""
        return self._draw(self.language, ax)

    def _chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = self._main(self.table)
        rows = rows.loc[rows["role"] != "total"]
        norm = {
            "sv": f"norm för {pick(self._model.short, language)}",
            "en": f"norm for {pick(self._model.short, language)}",
        }
        unit = {"sv": "Heltidstjänster per 200 klienter", "en": "FTE per 200 clients"}
        return rows, {
            "category": "role", "value": "fte_per_200", "norm_low": "norm_low", "norm_high": "norm_high",
            "norm_label": pick(norm, language), "unit": pick(unit, language), "names": self._roles(language),
            "language": language,
        }  # fmt: skip

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._chart(language)
        return charts.dots_against_norm(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return posts by role, by employer, what-if, and turnover."""
        language = language or self.language
        views = [self._role_view(language), self._what_if_view(language), self._people_view(language)]
        met = criteria_view(self.criteria, self._model, language)
        return (*views[:1], self._employer_view(language), *views[1:], *((met,) if met is not None else ()))

    def _role_view(self, language: str) -> TableView:
        rows = words.with_team_names(self.table, language)
        names = self._roles(language)
        ends = zip(rows["norm_low"], rows["norm_high"], strict=True)
        norm = ["" if pd.isna(low) else "–".join(dict.fromkeys(number(end, language=language) for end in (low, high)))
                for low, high in ends]  # fmt: skip
        rows = rows.assign(role_name=[names.get(role, role) for role in rows["role"]], norm_per_200=norm)
        has_norm = int(rows["norm_low"].notna().any() or rows["norm_high"].notna().any())
        shown = ["team", "role_name", "fte", "fte_per_100", "fte_per_200", *(["norm_per_200", "gap"] * has_norm)]
        shown += ["posts", "vacancy", "vacancy_share"] if self.notes.get("posts_known") == "yes" else []
        model = pick(self._model.short, language)
        caption = {
            "sv": f"Heltidstjänster efter yrke{f' mot normen för {model}' * has_norm}, {self._span(language)}",
            "en": f"FTE by profession{f' against the norm for {model}' * has_norm}, {self._span(language)}",
        }
        notes = [self.methods(language), pick(self._model.composition_note, language)]
        columns = columns_in(language, words.HEADS, shown)
        return TableView("staffing", pick(caption, language), rows, columns, tuple(filter(None, notes)))

    def _employer_view(self, language: str) -> TableView:
        rows = words.with_team_names(self.employers, language)
        rows = rows.assign(employer_name=words.in_words(rows["employer"], words.EMPLOYERS, language))
        caption = {"sv": "Heltidstjänster efter huvudman", "en": "FTE by principal"}
        columns = columns_in(language, words.HEADS, ("team", "employer_name", "fte", "share"))
        return TableView("staffing_employers", pick(caption, language), rows, columns)

    def _what_if_view(self, language: str) -> TableView:
        rows = words.with_team_names(self.what_if, language)
        ends = zip(rows["norm_low"], rows["norm_high"], strict=True)
        norm = ["–".join(dict.fromkeys(number(end, language=language) for end in pair if not pd.isna(end)))
                for pair in ends]  # fmt: skip
        rows = rows.assign(denominator=words.in_words(rows["denominator"], self._denominators(), language), norm=norm)
        normed = (
            "norm",
            "posts_needed_low",
            "posts_needed_high",
            "clients_possible_low",
            "clients_possible_high",
            "gap",
        )
        known = rows["norm_low"].notna().any() or rows["norm_high"].notna().any()
        shown = ("team", "denominator", "clients", "fte", "ratio", *(normed if known else ()))
        caption = (
            {
                "sv": "Tjänster som behövs för klienterna, och klienter som ryms med tjänsterna",
                "en": "Posts needed for the clients, and clients possible with the posts",
            }
            if known
            else {"sv": "Klienter per heltidstjänst", "en": "Clients per FTE"}
        )
        return TableView("staffing_what_if", pick(caption, language), rows, columns_in(language, words.HEADS, shown))

    def _people_view(self, language: str) -> TableView:
        rows = words.with_team_names(self.people, language)
        shown = ("team", "fte", "leader_fte", "peer_fte", "mean_heads", "fte_per_head", "left", "turnover")
        since = words.span(self.notes["turnover_start"], self.notes["end"], language)
        caption = {
            "sv": f"Medarbetare: omsättning {since}, teamledare och peer support",
            "en": f"Staff: turnover {since}, team leader and peer workers",
        }
        return TableView("staffing_people", pick(caption, language), rows, columns_in(language, words.HEADS, shown))

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return FTE for 200 clients by role beside the norm."""
        language = language or self.language
        rows, look = self._chart(language)
        view = self._role_view(language)
        alt = charts.alt.dots_against_norm(rows, **{**look, "what": pick(self.title, language)})
        native = NativeChart("bar", view.name, "role_name", ("fte_per_200",), "team", str(look["unit"]))
        size = (7.2, max(2.4, 1.2 + 0.42 * len(rows)))
        return (FigureView(self.name, view.caption, alt, lambda ax: self._draw(language, ax), view, native, size),)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the share of established posts that is vacant, where they are known."""
        language = language or self.language
        rows = self._main(self.table)
        rows = rows.loc[rows["role"] == "total"] if len(rows) else rows
        if self.notes.get("posts_known") != "yes" or not len(rows) or pd.isna(rows["vacancy_share"].iloc[0]):
            return ()
        share, vacant, posts = (float(rows[name].iloc[0]) for name in ("vacancy_share", "vacancy", "posts"))
        label = {"sv": "Vakanta tjänster", "en": "Vacant posts"}
        text = {
            "sv": f"Av {number(posts, language=language)} inrättade tjänster var {number(vacant, language=language)} "
            f"({percent(share, language=language)}) vakanta i genomsnitt under {self._span(language)}.",
            "en": f"Of {number(posts, language=language)} established posts, {number(vacant, language=language)} "
            f"({percent(share, language=language)}) were vacant on average in {self._span(language)}.",
        }
        return (KeyFigure("vacancies", pick(label, language), share, pick(text, language), form="percent", decimals=0),)
