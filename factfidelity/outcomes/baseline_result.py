"""The clients at the index day, as a result: the first table of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import Column, TableView
from factfidelity.outcomes.subgroups_result import BY, LEVELS
from factfidelity.outcomes.words import CHOICES, say, with_lock
from factfidelity.wording import integer, label, number

_MOST_TEAMS = 4
_TRAITS = {**BY, "clients": {"sv": "Klienter", "en": "Clients"}}
_LEVELS = {**LEVELS, "unknown": {"sv": "uppgift saknas", "en": "not known"}}
_SMD = {"sv": "Största standardiserade skillnad mellan team", "en": "Largest standardised difference between teams"}
_LARGE = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class Baseline(Result):
    """Who the clients were at the index day, by team.

    Attributes
    ----------
    table : DataFrame, one row per trait, level and team (``total``: all teams)
        clients, clients_known (all clients of the team), share. The trait ``clients`` is everybody with an index day.
    use : DataFrame, one row per outcome and team
        Care in the window before, in the rate cohort: clients, clients_any, share_any, rate per client-year, total.
    balance, use_balance : DataFrame, one row per trait and level, and one per outcome
        smd: the largest absolute standardised difference between a team and the others; missing with one team.
    """

    name: ClassVar[str] = "baseline"
    title: ClassVar[Mapping[str, str]] = {"sv": "Klienterna vid start", "en": "The clients at the start"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(
            keys=("trait", "level", "team_id"),
            counts={"clients": ("share",), "clients_known": ("share",)},
            wholes={"clients": "clients_known"},
            margins={"team_id": "total", "level": "total"},
            topic="topic",
        ),
        "use": Gate(
            keys=("outcome", "team_id"),
            counts={
                "clients": ("share_any", "rate", "total"), "clients_any": ("share_any", "rate", "total"),
            },
            wholes={"clients_any": "clients"},
            margins={"team_id": "total"},
            largest={"total": ("largest", "two_largest")},
            topic="topic",
        ),
        "balance": Gate(keys=("trait", "level"), follows={"table.clients": ("smd",)}),
        "use_balance": Gate(keys=("outcome",), follows={"use.clients_any": ("smd",), "use.clients": ("smd",)}),
    }  # fmt: skip

    use: pd.DataFrame = field(default_factory=pd.DataFrame)
    balance: pd.DataFrame = field(default_factory=pd.DataFrame)
    use_balance: pd.DataFrame = field(default_factory=pd.DataFrame)

    def _teams(self) -> list[str]:
        """Return the teams that have columns of their own."""
        teams = [name for name in self.notes["teams"].split(",") if name]
        return teams if 1 < len(teams) <= _MOST_TEAMS else []

    def _head(self, team: str, language: str) -> str:
        return {"sv": "Alla", "en": "All"}[language] if team == "total" else self.notes.get(f"team.{team}", team)

    def summary(self, language: str | None = None) -> str:
        """Say how many clients there are, and in what the teams differ most."""
        chosen = language or self.language
        rows = self.table[(self.table["trait"] == "clients") & (self.table["team_id"] == "total")]
        clients = integer(float(rows["clients"].iloc[0]) if len(rows) else None, language=chosen)
        teams = integer(len([name for name in self.notes["teams"].split(",") if name]), language=chosen)
        text = {
            "sv": f"Antal klienter med indexdag: {clients}. Antal team: {teams}.",
            "en": f"Clients with an index day: {clients}. Teams: {teams}.",
        }[chosen]
        return f"{text} {self._most_apart(chosen)}".strip()

    def _most_apart(self, language: str) -> str:
        known = self.balance.dropna(subset=["smd"]) if len(self.balance) else self.balance
        if not len(known):
            return ""
        top = known.iloc[int(known["smd"].to_numpy(dtype="float64").argmax())]
        where = f"{say(_TRAITS, str(top['trait']), language).lower()}, {_level(str(top['level']), language)}"
        size = number(top["smd"], decimals=2, language=language)
        large = int((known["smd"].astype("float64") > _LARGE).sum())
        much = number(_LARGE, decimals=1, language=language)
        if language == "sv":
            return (
                f"Teamen skiljer sig mest i {where} (standardiserad skillnad {size}); {large or 'ingen'} av "
                f"{len(known)} skillnader är större än {much}."
            )
        return (
            f"The teams differ most in {where} (standardised difference {size}); {large or 'none'} of {len(known)} "
            f"differences {'are' if large > 1 else 'is'} larger than {much}."
        )

    def methods(self, language: str | None = None) -> str:
        """Say who is described and how differences were standardised."""
        chosen = language or self.language
        values = dict(self.notes) | {
            "index": say(CHOICES, self.notes["index"], chosen),
            "day_count": say(CHOICES, self.notes["day_count"], chosen),
            "cohort": say(CHOICES, self.notes["cohort"], chosen),
        }
        return with_lock(_METHODS[chosen].format(**values), self.notes, chosen)

    def plot(self, *, trait: str = "age_group", ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the shares of one trait's levels over all clients."""
        rows = self.table[(self.table["trait"] == trait) & (self.table["team_id"] == "total")]
        rows = rows[rows["level"] != "total"]
        rows = rows.assign(level=[self._named(str(level), self.language) for level in rows["level"]])
        unit = {"sv": "andel av klienterna", "en": "share of clients"}[self.language]
        return charts.bars(
            rows, category="level", value="share", count="clients", unit=unit, form="percent", decimals=0,
            language=self.language, ax=ax,
        )  # fmt: skip

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return who the clients were, and their care before."""
        chosen = language or self.language
        made = (self._traits_view(chosen), self._use_view(chosen))
        return tuple(view for view in made if len(view.frame))

    def _named(self, level: str, language: str) -> str:
        return self.notes.get(f"municipality.{level}") or _level(level, language)

    def _traits_view(self, language: str) -> TableView:
        frame = _beside(self.table, ("trait", "level"), ("clients", "share"), ["total", *self._teams()])
        frame = frame[(frame["trait"] == "clients") | (frame["level"] != "total")]
        if len(self.balance):
            frame = frame.merge(self.balance[["trait", "level", "smd"]], on=["trait", "level"], how="left")
        else:
            frame = frame.assign(smd=pd.Series(dtype="float64"))
        frame = frame.assign(
            trait=[say(_TRAITS, str(name), language) for name in frame["trait"]],
            level=["" if name == "total" else self._named(str(name), language) for name in frame["level"]],
        )
        trait, level = {"sv": ("Egenskap", "Grupp"), "en": ("Trait", "Group")}[language]
        columns = [Column("trait", trait), Column("level", level)]
        count, share = {"sv": ("antal", "andel"), "en": ("number", "share")}[language]
        for team in ("total", *self._teams()):
            head = self._head(team, language)
            columns.append(Column(f"clients_{team}", f"{head}, {count}", "integer"))
            columns.append(Column(f"share_{team}", f"{head}, {share}", "percent", 0))
        if self._teams():
            columns.append(Column("smd", _SMD[language], "number", 2))
        frame = frame.reset_index(drop=True)
        # Everybody has no share of all, and no difference between teams: these cells are empty by their nature.
        none = frame.isna().to_numpy() & (frame["level"] == "").to_numpy()[:, None]
        none[:, frame.columns.str.startswith("clients")] = False
        states = pd.DataFrame(none, columns=frame.columns).replace({True: "none", False: ""})
        return TableView("traits", _CAPTIONS["traits"][language], frame, tuple(columns), states=states)

    def _use_view(self, language: str) -> TableView:
        teams = ["total", *self._teams()]
        frame = self.use[self.use["team_id"].isin(teams)] if len(self.use) else self.use
        if len(frame):
            frame = frame.merge(self.use_balance[["outcome", "smd"]], on="outcome", how="left")
            frame = frame.assign(
                smd=frame["smd"].where(frame["team_id"] == "total"),
                team_id=[self._head(str(team), language) for team in frame["team_id"]],
                outcome=[self.notes.get(f"label.{language}.{name}", name) for name in frame["outcome"]],
            )
        columns = [
            Column(name, words[0 if language == "sv" else 1], form, decimals)
            for name, words, form, decimals in _USE_COLUMNS
            if name != "smd" or self._teams()
        ]
        caption = _CAPTIONS["use"][language].format(width=self.notes["width"])
        return TableView("use_before", caption, frame, tuple(columns))


def _level(name: str, language: str) -> str:
    return say(_LEVELS, name, language) if name in _LEVELS else label(name, language)


_USE_COLUMNS: tuple[tuple[str, tuple[str, str], str, int], ...] = (
    ("outcome", ("Utfall", "Outcome"), "text", 0),
    ("team_id", ("Team", "Team"), "text", 0),
    ("clients", ("Klienter", "Clients"), "integer", 0),
    ("clients_any", ("Klienter med någon", "Clients with any"), "integer", 0),
    ("share_any", ("Andel med någon", "Share with any"), "percent", 0),
    ("rate", ("Per klientår", "Per client-year"), "number", 2),
    ("smd", (_SMD["sv"], _SMD["en"]), "number", 2),
)


def _beside(table: pd.DataFrame, keys: tuple[str, ...], values: tuple[str, ...], teams: list[str]) -> pd.DataFrame:
    """Put the teams of a long table beside each other, in the order of its rows."""
    wide = table.loc[table["team_id"] == "total", list(keys)].reset_index(drop=True)
    for team in teams:
        own = table.loc[table["team_id"] == team, [*keys, *values]]
        wide = wide.merge(own.rename(columns={name: f"{name}_{team}" for name in values}), on=list(keys), how="left")
    return wide


_CAPTIONS = {
    "traits": {
        "sv": "Vilka klienterna var på indexdagen, per team",
        "en": "Who the clients were on the index day, by team",
    },
    "use": {
        "sv": "Slutenvård under de {width} dagarna före, per klientår",
        "en": "Hospital care in the {width} days before, per client-year",
    },
}
_METHODS = {
    "sv": (
        "Beskrivningen gäller alla klienter med indexdag ({index}); en klient hör till sitt första team. Ålder är den "
        "på indexdagen, ur födelseår. Vården före avser {width} dagar ({day_count}) per klientår observerad tid, "
        "{cohort}. Skillnader mellan team anges som standardiserade skillnader (skillnaden mellan ett team och övriga, "
        "delad med roten ur medelvariansen); den största över teamen visas, utan test."
    ),
    "en": (
        "The description is of all clients with an index day ({index}); a client belongs to the first team. Age is "
        "that on the index day, from the year of birth. Care before is over {width} days ({day_count}) per "
        "client-year of observed time, for {cohort}. Differences between teams are standardised (a team less the "
        "others, over the root of the mean variance); the largest over the teams is shown, without a test."
    ),
}
