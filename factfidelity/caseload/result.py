"""CaseloadRatios: clients for each full-time post, on show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from factfidelity.caseload import words
from factfidelity.caseload.need_views import need_views
from factfidelity.caseload.norms import norm_sentence, programme_of
from factfidelity.display import charts
from factfidelity.display.gate import Gate
from factfidelity.display.result import Result
from factfidelity.display.views import FigureView, KeyFigure, NativeChart, TableView, columns_in
from factfidelity.wording import listed, number, percent, period_name, pick

_HELD = ("client_days", "clients", "ratio")
_STAFF = ("fte_days", "fte", "reference_low", "reference_high", "heads", "days")
_SPREAD = ("persons", "mean", "q1", "median", "q3")
_STAFF_ORDER = tuple(words.STAFF)


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseloadRatios(Result):
    """Clients for each full-time post, by team and period.

    Attributes
    ----------
    table : DataFrame, one row per team and period, and per period for all teams (``total``)
        team_id, team (name), period_start, client_days, fte_days, clients (client-days / days), fte (FTE-days /
        days), ratio (client-days / FTE-days), reference_low, reference_high (norm of the team's care model),
        persons (clients with a day in the period), heads (staff with a day in post), days, why (there is no ratio).
    denominators : DataFrame, one row per team and denominator, over the last year
        As ``table`` with staff (case_carrying | team | case_managers), ratio_last_day and per_head (client-days /
        days of persons in post).
    spread : DataFrame, one row per team, over the last year
        managers (staff who are some client's usual contact), persons (such clients), mean, q1, median, q3 (clients
        for each of these staff).
    need : DataFrame, one row per team and band of meetings a week, over the last year
        persons, client_days, share (of the client-days), weighted (client-days weighted with the need of contact /
        FTE-days; in the row ``total``), persons_band.
    """

    name: ClassVar[str] = "caseload_ratios"
    title: ClassVar[Mapping[str, str]] = {"sv": "Ärendebelastning", "en": "Caseload"}
    gates: ClassVar[Mapping[str, Gate]] = {
        "table": Gate(("team_id", "period_start"), {"persons": _HELD}, margins={"team_id": "total"}, public=_STAFF),
        "denominators": Gate(
            ("team_id", "staff"),
            {"persons": (*_HELD, "ratio_last_day", "per_head")},
            margins={"team_id": "total"},
            public=_STAFF,
            headline=True,
        ),
        # with the clients of the year it tells how many were met by nobody
        "spread": Gate(
            ("team_id",),
            {"managers": _SPREAD, "persons": ("mean",)},
            margins={"team_id": "total"},
            within={"persons": ("denominators.persons",)},
            population="met",
        ),
        "need": Gate(
            ("team_id", "band"),
            {"persons": ("client_days", "share", "ratio", "weighted")},
            margins={"team_id": "total", "band": "total"},
        ),
    }

    denominators: pd.DataFrame = field(default_factory=pd.DataFrame)
    spread: pd.DataFrame = field(default_factory=pd.DataFrame)
    need: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def _staff(self) -> str:
        return self.notes.get("staff", "case_carrying")

    def _span(self, language: str) -> str:
        return words.span(self.notes["latest_start"], self.notes["end"], language)

    def _latest(self) -> pd.DataFrame:
        return self.denominators.loc[self.denominators["staff"] == self._staff]

    def _main(self) -> Mapping[str, Any] | None:
        """Return the row that speaks for the whole: all teams, or the only one."""
        rows = self._latest()
        rows = rows.loc[rows["team_id"] == "total"] if (rows["team_id"] == "total").any() else rows
        return rows.to_dict("records")[0] if len(rows) else None  # type: ignore[return-value]

    def summary(self, language: str | None = None) -> str:
        """Return the last year's ratio, with its denominator, and the spread between the teams."""
        language = language or self.language
        main = self._main()
        if main is None or pd.isna(main["ratio"]):
            return self._nothing(main, language)
        unit = pick(words.STAFF[self._staff], language)
        clients, fte = (number(main[name], language=language) for name in ("clients", "fte"))
        ratio, when = number(main["ratio"], language=language), self._span(language)
        text = {
            "sv": f"Under {when} gick det {ratio} klienter på varje {unit} ({clients} klienter i genomsnitt, "
            f"{fte} heltidstjänster).",
            "en": f"During {when} there were {ratio} clients for each {unit} ({clients} clients on average, "
            f"{fte} FTE).",
        }
        return " ".join(filter(None, [pick(text, language), self._teams(language), self._against(main, language)]))

    def _nothing(self, main: Mapping[str, Any] | None, language: str) -> str:
        why = pick(words.WHY[str(main["why"])], language) if main is not None and main["why"] in words.WHY else ""
        text = {"sv": "Kvoten visas inte", "en": "The ratio is not shown"}
        return f"{pick(text, language)}{f': {why}' if why else ''}."

    def _teams(self, language: str) -> str:
        rows = self._latest()
        rows = rows.loc[(rows["team_id"] != "total") & rows["ratio"].notna()].sort_values("ratio")
        if len(rows) < 2:
            return ""
        low, high = rows.iloc[0], rows.iloc[-1]
        lowest, highest = (number(row["ratio"], language=language) for row in (low, high))
        text = {
            "sv": f"Lägst var kvoten i {low['team']} ({lowest}) och högst i {high['team']} ({highest}).",
            "en": f"It was lowest in {low['team']} ({lowest}) and highest in {high['team']} ({highest}).",
        }
        return pick(text, language)

    def _against(self, main: Mapping[str, Any], language: str) -> str:
        low, high = main["reference_low"], main["reference_high"]
        if pd.isna(low) and pd.isna(high):
            return ""
        ends = [number(end, language=language) for end in (low, high) if not pd.isna(end)]
        band = "–".join(dict.fromkeys(ends))
        text = {
            "sv": f"Modellens riktmärke med närmast motsvarande nämnare är {band}.",
            "en": f"The model's guide figure with the nearest denominator is {band}.",
        }
        return pick(text, language)

    def methods(self, language: str | None = None) -> str:
        """Return how the ratio was counted."""
        language = language or self.language
        every, unit = pick(words.EVERY[self.notes["every"]], language), pick(words.STAFF[self._staff], language)
        text = {
            "sv": f"Ärendebelastningen är summan av klientdygn delad med summan av tjänstedygn (omräknade till heltid) "
            f"per {every}, inte ett medelvärde av dagliga kvoter. Nämnaren är {unit}. Ett klientdygn är ett dygn som "
            "klienten är inskriven i teamet, observeras och teamet har startat; dygn med dubbla inskrivningar i samma "
            "team räknas en gång. För alla team tillsammans summeras täljare och nämnare.",
            "en": f"Caseload is the sum of client-days divided by the sum of FTE-days in each {every}, not a mean of "
            f"daily ratios. The denominator is {unit}. A client-day is a day on which the client is enrolled in the "
            "team and observed, and the team has started; a day in two enrolments of the same team counts once. For "
            "all teams together, numerator and denominator are added up.",
        }
        unmarked = int(self.notes.get("roster_unmarked", "0"))
        if unmarked and self._staff == "case_carrying":
            more = {
                "sv": f"För {unmarked} rader i bemanningen saknas uppgift om tjänsten bär ärenden; där avgör yrket.",
                "en": f"{unmarked} roster rows do not say whether the post carries cases: there the profession does.",
            }
            return f"{pick(text, language)} {pick(more, language)} {self.coarser(language)}".strip()
        return f"{pick(text, language)} {self.coarser(language)}".strip()

    def plot(self, *, ax: charts.Axes | None = None) -> charts.Axes:
        """Draw the ratio of each team over time, with the norm behind."""
        return self._draw(self.language, ax)

    def _chart(self, language: str) -> tuple[pd.DataFrame, dict[str, Any]]:
        rows = words.with_team_names(self.table, language)
        ends = rows[["reference_low", "reference_high"]].drop_duplicates()
        band = tuple(float(end) for end in ends.iloc[0].dropna()) if len(ends) == 1 else ()
        reference = band if len(band) == 2 and band[0] < band[1] else band[0] if band else None
        unit = {"sv": "Klienter per ", "en": "Clients per "}[language] + pick(words.STAFF[self._staff], language)
        shown = {"sv": "modellens riktmärke", "en": "the model's guide figure"}[language]
        look = {"x": "period_start", "y": "ratio", "series": "team", "reference": reference, "unit": unit,
                "reference_label": shown, "language": language,
                "start": words.begins(self.notes["start"], language)}  # fmt: skip
        return rows, look

    def _draw(self, language: str, ax: charts.Axes | None) -> charts.Axes:
        rows, look = self._chart(language)
        return charts.lines(rows, **look, ax=ax)

    def views(self, language: str | None = None) -> tuple[TableView, ...]:
        """Return the last year with its three denominators, and every period."""
        language = language or self.language
        more = need_views(self.spread, self.need, language)
        return self._denominator_view(language), self._period_view(language), *more

    def _denominator_view(self, language: str) -> TableView:
        rows = words.with_team_names(self.denominators, language)
        order = {name: place for place, name in enumerate(_STAFF_ORDER)}
        rows = rows.assign(
            denominator=words.in_words(rows["staff"], words.STAFF_PLURAL, language),
            because=words.in_words(rows["why"], words.WHY, language), place=rows["staff"].map(order),
        ).sort_values(["place"], kind="stable")  # fmt: skip
        caption = {
            "sv": f"Klienter per heltidstjänst med tre nämnare, {self._span(language)}",
            "en": f"Clients per FTE with three denominators, {self._span(language)}",
        }
        notes = [self.methods(language)]
        apart = self._apart(language)
        shown = self._there(rows, ("team", "denominator", "clients", "fte", "heads", "per_head", "ratio",
                                   "ratio_last_day", "reference_low", "reference_high", "because"))  # fmt: skip
        columns = columns_in(language, words.HEADS, shown)
        notes += list(self._norms(language))
        return TableView("caseload_denominators", pick(caption, language), rows, columns, (*notes, *apart))

    @staticmethod
    def _there(rows: pd.DataFrame, shown: tuple[str, ...]) -> tuple[str, ...]:
        """Leave out a column of norms or remarks that holds nothing: no norm is not a hidden figure."""
        often = ("reference_low", "reference_high", "because")
        return tuple(name for name in shown if name not in often
                     or (rows[name].notna() & rows[name].astype("str").ne("")).any())  # fmt: skip

    def _norms(self, language: str) -> tuple[str, ...]:
        """Say the care model's norms with their denominators, or that none is published."""
        model = programme_of(self.notes.get("programme"))
        if model is None:
            return ()
        short = pick(model.short, language)
        if not model.caseload:
            none = {"sv": f"Det finns ingen publicerad norm för {short}.", "en": f"No norm is published for {short}."}
            return (pick(model.caseload_note or none, language),)
        lead = {"sv": f"Riktmärken för {short}: ", "en": f"Guide figures for {short}: "}
        return (pick(lead, language) + "; ".join(norm_sentence(norm, language) for norm in model.caseload) + ".",)

    def _apart(self, language: str) -> tuple[str, ...]:
        """Say for which teams the last day differs by more than a tenth from the year."""
        rows = self._latest()
        far = rows.loc[(rows["ratio_last_day"] / rows["ratio"] - 1).abs() > 0.1]
        if not len(far):
            return ()
        shown = words.with_team_names(far, language)
        teams = zip(shown["team"], far["team_id"], strict=True)
        names = listed([name.lower() if team == "total" else name for name, team in teams], language)
        tenth = percent(0.1, language=language)
        text = {
            "sv": f"Sista dagens kvot skiljer sig mer än {tenth} från årets för {names}.",
            "en": f"The ratio of the last day differs by more than {tenth} from the year's for {names}.",
        }
        return (pick(text, language),)

    def _period_view(self, language: str) -> TableView:
        every = self.notes["every"]
        rows = words.with_team_names(self.table, language)
        rows = rows.assign(
            period=[period_name(start, every, language=language) for start in rows["period_start"]],
            because=words.in_words(rows["why"], words.WHY, language),
        )
        unit = pick(words.STAFF[self._staff], language)
        caption = {"sv": f"Klienter per {unit} och {pick(words.EVERY[every], language)}",
                   "en": f"Clients per {unit} and {pick(words.EVERY[every], language)}"}  # fmt: skip
        shown = self._there(rows, ("team", "period", "client_days", "fte_days", "clients", "fte", "ratio",
                                   "reference_low", "reference_high", "persons", "because"))  # fmt: skip
        columns = columns_in(language, words.HEADS, shown)
        return TableView("caseload_ratios", pick(caption, language), rows, columns, (self.methods(language),))

    def figures(self, language: str | None = None) -> tuple[FigureView, ...]:
        """Return the ratio over time."""
        language = language or self.language
        view = self._period_view(language)
        rows, look = self._chart(language)
        alt = charts.alt.lines(rows, **{**look, "what": pick(self.title, language)})
        native = NativeChart("line", view.name, "period", ("ratio",), "team", str(look["unit"]))
        return (FigureView(self.name, view.caption, alt, lambda ax: self._draw(language, ax), view, native),)

    def key_figures(self, language: str | None = None) -> tuple[KeyFigure, ...]:
        """Return the last year's ratio."""
        language = language or self.language
        main = self._main()
        value = None if main is None or pd.isna(main["ratio"]) else float(main["ratio"])
        label = {"sv": "Klienter per ", "en": "Clients per "}[language] + pick(words.STAFF[self._staff], language)
        why = "" if value is not None else self._nothing(main, language)
        facts = {} if main is None or pd.isna(main["persons"]) else {"persons": float(main["persons"])}
        return (KeyFigure(self.name, label, value, self.summary(language), why=why, facts=facts),)
