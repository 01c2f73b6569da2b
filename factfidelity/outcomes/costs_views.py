"""The tables and the picture about money."""

from __future__ import annotations

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.views import FigureView, Head, NativeChart, TableView, columns_in
from factfidelity.outcomes.costs_text import WHY, Priced, money, sources
from factfidelity.outcomes.words import CHOICES, WINDOWS, say

_HEADS: dict[str, Head] = {
    "outcome": ("Post", "Item", "text"),
    "clients": ("Klienter", "Clients", "integer"),
    "sek": ("Pris (kr)", "Price (SEK)", "number", 0),
    "quantity_before": ("Antal före", "Number before", "integer"),
    "quantity_after": ("Antal efter", "Number after", "integer"),
    "cost_before": ("Kostnad före (kr)", "Cost before (SEK)", "integer"),
    "cost_after": ("Kostnad efter (kr)", "Cost after (SEK)", "integer"),
    "per_client_year_before": ("Kr per klientår före", "SEK per client-year before", "integer"),
    "per_client_year_after": ("Kr per klientår efter", "SEK per client-year after", "integer"),
    "per_client_before": ("Kr per klient före", "SEK per client before", "integer"),
    "per_client_after": ("Kr per klient efter", "SEK per client after", "integer"),
    "estimate": ("Skillnad (kr)", "Difference (SEK)", "integer"),
    "low": ("Nedre gräns", "Lower limit", "integer"),
    "high": ("Övre gräns", "Upper limit", "integer"),
    "why": ("Anmärkning", "Note", "text"),
    "estimand": ("Mått", "Figure", "text"),
    "index_stay": ("Vårdtiden vid index", "The index stay", "text"),
    "cohort": ("Urval", "Cohort", "text"),
    "item": ("Post", "Item", "text"),
    "unit": ("Enhet", "Unit", "text"),
    "price_year": ("Prisår", "Price year", "text"),
    "source": ("Källa", "Source", "text"),
    "used_sek": ("Använt pris (kr)", "Price used (SEK)", "number", 0),
    "used": ("Används för", "Used for", "text"),
    "basis": ("Per", "Per", "text"),
    "quantity": ("Antal", "Number", "number", 1),
    "client_years": ("Klientår", "Client-years", "number", 1),
    "per_client_year": ("Kr per klientår", "SEK per client-year", "integer"),
    "day_price": ("Pris per vårddygn (kr)", "Price of a bed-day (SEK)", "integer"),
    "break_even": ("Vårddygn per klientår som kostar lika mycket", "Bed-days per client-year that cost as much",
                   "number", 1),
    "per_team_year": ("Kr per team och år", "SEK per team and year", "integer"),
    "break_even_year": ("Vårddygn per team och år som kostar lika mycket",
                        "Bed-days per team and year that cost as much", "integer"),
}  # fmt: skip
_ESTIMANDS = {
    "cost_per_client_year": {"sv": "kr per klientår", "en": "SEK per client-year"},
    "cost_per_client": {"sv": "kr per klient (medelvärde)", "en": "SEK per client (mean)"},
}
_BASIS = {
    "team_year": {"sv": "team och år", "en": "team and year"},
    "client_year": {"sv": "klientår", "en": "client-year"},
    "fte_year": {"sv": "årsarbetare", "en": "full-time year"},
    "total": {"sv": "Totalt", "en": "Total"},
    "team": {"sv": "teamet", "en": "the team"},
    "": {"sv": "", "en": ""},
}
_SIDES = ("quantity", "cost", "per_client_year", "per_client")


def views(result: Priced, language: str) -> tuple[TableView, ...]:
    """Return all tables that have rows."""
    made = (
        _items(result, language),
        _per_client(result, language),
        _changes(result, language),
        _team(result, language),
        _prices(result, language),
    )
    return tuple(view for view in made if len(view.frame))


def _rows(result: Priced, cohort: str = "cohort") -> pd.DataFrame:
    """Return the items, and all together where there are several, in the cohort of rates, or the paired one."""
    several = len(result.notes["outcomes"].split(",")) > 1 and len(result.total)
    rows = pd.concat([result.table, result.total], ignore_index=True) if several else result.table
    return rows[rows["cohort"] == result.notes[cohort]].reset_index(drop=True)


def _all_changes(result: Priced) -> pd.DataFrame:
    several = len(result.notes["outcomes"].split(",")) > 1 and len(result.total_change)
    return pd.concat([result.change, result.total_change], ignore_index=True) if several else result.change


def _wide(result: Priced, language: str, cohort: str, estimand: str) -> pd.DataFrame:
    """Return one row per item: before, after, and the difference under the plan's own index-stay choice."""
    rows = _rows(result, cohort)
    if not len(rows):
        return rows
    sides = [
        rows.loc[rows["window"] == window, ["outcome", "sek", "clients", *_SIDES]].rename(
            columns={name: f"{name}_{window}" for name in _SIDES}
        )
        for window in ("before", "after")
    ]
    wide = sides[0].merge(sides[1].drop(columns=["sek", "clients"]), on="outcome", how="left")
    changes = _all_changes(result)
    chosen = (changes["estimand"] == estimand) & (changes["index_stay"] == result.notes["index_stay"])
    wide = wide.merge(changes.loc[chosen, ["outcome", "estimate", "low", "high", "why"]], on="outcome", how="inner")
    wide["outcome"] = [result.label(str(name), language) for name in wide["outcome"]]
    wide["why"] = [say(WHY, str(name), language) if isinstance(name, str) and name else "" for name in wide["why"]]
    return wide


def _items(result: Priced, language: str) -> TableView:
    names = (
        "outcome", "clients", "sek", "quantity_before", "quantity_after", "cost_before", "cost_after",
        "per_client_year_before", "per_client_year_after", "estimate", "low", "high", "why",
    )  # fmt: skip
    caption = {
        "sv": "Kostnad före och efter indexdagen, per post, med skillnad per klientår",
        "en": "Cost before and after the index day, by item, with the difference per client-year",
    }[language]
    wide = _wide(result, language, "cohort", "cost_per_client_year")
    return TableView("costs", caption, wide, columns_in(language, _HEADS, names), _price_notes(result, language))


def _per_client(result: Priced, language: str) -> TableView:
    names = ("outcome", "clients", "per_client_before", "per_client_after", "estimate", "low", "high", "why")
    caption = {
        "sv": "Medelkostnad per klient i lika långa fönster före och efter, per post",
        "en": "Mean cost per client in windows of equal length before and after, by item",
    }[language]
    wide = _wide(result, language, "paired_cohort", "cost_per_client")
    cohort = say(CHOICES, result.notes["paired_cohort"], language)
    note = {"sv": f"Urval: {cohort}.", "en": f"Cohort: {cohort}."}[language]
    return TableView("cost_per_client", caption, wide, columns_in(language, _HEADS, names), (note,))


def _price_notes(result: Priced, language: str) -> tuple[str, ...]:
    priced = {"sv": f"Priser: {sources(result, language)}.", "en": f"Prices: {sources(result, language)}."}[language]
    why = result.notes["no_total"]
    if not why or why == "no_item":
        return (priced,)
    lead = {"sv": "Posterna läggs inte ihop", "en": "The items are not added up"}[language]
    return (priced, f"{lead}: {say(WHY, why, language)}.")


def _changes(result: Priced, language: str) -> TableView:
    rows = _all_changes(result)
    if not len(rows):
        return TableView("cost_differences", "", rows, ())
    rows = rows.assign(
        outcome=[result.label(str(name), language) for name in rows["outcome"]],
        estimand=[say(_ESTIMANDS, str(name), language) for name in rows["estimand"]],
        index_stay=[say(CHOICES, str(name), language) for name in rows["index_stay"]],
        cohort=[say(CHOICES, str(name), language) for name in rows["cohort"]],
        why=[say(WHY, str(name), language) if isinstance(name, str) and name else "" for name in rows["why"]],
    ).reset_index(drop=True)
    names = ("outcome", "estimand", "cohort", "index_stay", "clients", "estimate", "low", "high", "why")
    caption = {
        "sv": "Skillnad i kostnad efter–före, per klientår och per klient, med olika val för vårdtiden vid index",
        "en": "Difference of cost after–before, per client-year and per client, by the choice for the index stay",
    }[language]
    return TableView("cost_differences", caption, rows, columns_in(language, _HEADS, names))


def _team(result: Priced, language: str) -> TableView:
    rows = result.team.copy()
    if len(rows):
        rows["item"] = [say(_BASIS, str(name), language) for name in rows["item"]]
        rows["basis"] = [say(_BASIS, str(name), language) for name in rows["basis"]]
        rows["why"] = [say(WHY, str(name), language) if name else "" for name in rows["why"]]
        rows["price_year"] = _years(rows["price_year"])
    names = (
        "item", "basis", "sek", "price_year", "source", "quantity", "clients", "client_years", "per_client_year",
        "day_price", "break_even", "per_team_year", "break_even_year", "why",
    )  # fmt: skip
    caption = {
        "sv": "Vad teamet kostar, och hur många vårddygn som kostar lika mycket",
        "en": "What the team costs, and how many bed-days cost as much",
    }[language]
    return TableView("break_even", caption, rows, columns_in(language, _HEADS, names))


def _years(column: pd.Series) -> list[str]:
    return ["" if pd.isna(year) else f"{int(year)}" for year in column]


def _prices(result: Priced, language: str) -> TableView:
    rows = result.prices.copy()
    if len(rows):
        used = [result.label(str(name), language) if name != "team" else say(_BASIS, "team", language)
                for name in rows["outcome"]]  # fmt: skip
        rows["used"] = ["" if why else name for name, why in zip(used, rows["why"], strict=True)]
        rows["why"] = [say(WHY, str(name), language) if name else "" for name in rows["why"]]
        rows["price_year"] = _years(rows["price_year"])
    caption = {
        "sv": "Priserna, med prisår och källa, som de lämnades",
        "en": "The prices with their year and source, as they were given",
    }[language]
    names = ("item", "unit", "sek", "price_year", "source", "used_sek", "used", "why")
    return TableView("prices", caption, rows, columns_in(language, _HEADS, names))


def _per_client_year(result: Priced, language: str) -> pd.DataFrame:
    rows = _rows(result)
    return pd.DataFrame(
        {
            "outcome": [result.label(str(name), language) for name in rows["outcome"]],
            "window": [say(WINDOWS, str(window), language) for window in rows["window"]],
            **{name: pd.to_numeric(rows[name]) for name in ("per_client_year", "low", "high", "clients")},
        }
    )


def draw(result: Priced, language: str, ax: charts.Axes | None = None) -> charts.Axes:
    """Draw kronor per client-year before and after, by item, with intervals."""
    unit = {"sv": "kronor per klientår", "en": "kronor per client-year"}[language]
    return charts.before_after(
        _per_client_year(result, language), category="outcome", window="window", value="per_client_year", low="low",
        high="high", count="clients", unit=unit, decimals=0, language=language, ax=ax,
    )  # fmt: skip


def figures(result: Priced, language: str) -> tuple[FigureView, ...]:
    """Return the picture; none where nothing has a price."""
    rows = _per_client_year(result, language)
    if not len(rows):
        return ()
    caption = {
        "sv": "Kostnad per klientår före och efter indexdagen, med intervall",
        "en": "Cost per client-year before and after the index day, with intervals",
    }[language]
    parts = [
        f"{row['outcome']}, {row['window'].lower()}: {money(row['per_client_year'], language)}."
        for row in rows.to_dict("records")
    ]
    names = ("outcome", "window", "per_client_year", "low", "high")
    heads: dict[str, Head] = {**_HEADS, "window": ("Fönster", "Window", "text")}
    table = TableView("cost_per_client_year", caption, rows, columns_in(language, heads, names))
    categories = rows["outcome"].nunique()
    return (
        FigureView(
            name="cost_per_client_year", caption=caption, alt=f"{caption}. {' '.join(parts)}",
            draw=lambda ax: draw(result, language, ax), table=table,
            native=NativeChart("bar", "cost_per_client_year", "outcome", ("per_client_year",), split="window"),
            size=(7.2, max(2.6, 1.0 + 0.9 * categories)),
        ),
    )  # fmt: skip
