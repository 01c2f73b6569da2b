"""The sentences about money: every krona with its year and source, and no word of what caused a difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd

from factfidelity.display.views import KeyFigure
from factfidelity.outcomes.words import CHOICES, say, with_lock
from factfidelity.wording import HIDDEN, integer, interval, number, percent
from factfidelity.wording.forms import NBSP

WHY: Mapping[str, Mapping[str, str]] = {
    "unknown_item": {"sv": "okänd post", "en": "unknown item"},
    "unknown_unit": {"sv": "okänd enhet", "en": "unknown unit"},
    "unit_does_not_fit": {"sv": "enheten passar inte posten", "en": "the unit does not fit the item"},
    "no_price": {"sv": "pris saknas", "en": "no price given"},
    "no_year": {"sv": "prisår saknas", "en": "no price year given"},
    "no_source": {"sv": "källa saknas", "en": "no source given"},
    "not_above_0": {"sv": "priset är inte över 0", "en": "the price is not above 0"},
    "no_index": {
        "sv": "annat prisår, och planens price_index har inte båda åren",
        "en": "another price year, and the plan's price_index does not hold both",
    },
    "twice": {"sv": "posten har flera priser", "en": "the item has several prices"},
    "not_delivered": {"sv": "underlaget är inte levererat", "en": "what it counts was not delivered"},
    "no_staff": {"sv": "bemanning är inte levererad", "en": "staff were not delivered"},
    "no_day_price": {"sv": "pris på vårddygn saknas", "en": "no price of a bed-day"},
    "several_years": {"sv": "flera prisår", "en": "several price years"},
    "overlap": {"sv": "två poster räknar samma dagar eller händelser", "en": "two items count the same days or events"},
    "no_item": {"sv": "ingen post har ett användbart pris", "en": "no item has a price that can be used"},
    "few_with_any": {
        "sv": "färre än 10 klienter med någon: inget intervall",
        "en": "fewer than 10 clients with any: no interval",
    },
    "no_clients": {"sv": "inga klienter i urvalet", "en": "no clients in the cohort"},
}


class Priced(Protocol):
    """A result about money as its words and pictures see it."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per item, window and cohort."""

    @property
    def change(self) -> pd.DataFrame:
        """One row per item, cohort, index stay and estimand."""

    @property
    def total(self) -> pd.DataFrame:
        """One row per window and cohort."""

    @property
    def total_change(self) -> pd.DataFrame:
        """One row per cohort, index stay and estimand."""

    @property
    def prices(self) -> pd.DataFrame:
        """One row per price."""

    @property
    def team(self) -> pd.DataFrame:
        """One row per price of the team."""

    @property
    def notes(self) -> Mapping[str, str]:
        """Every choice by name."""

    def label(self, outcome: str, language: str) -> str:
        """Return the words for an item."""


def money(value: float | None, language: str, *, decimals: int = 0) -> str:
    """Write kronor: ``576 kr`` in Swedish, ``SEK 576`` in English."""
    text = number(None if value is None or pd.isna(value) else float(value), decimals=decimals, language=language)
    return text if text == HIDDEN else f"{text}{NBSP}kr" if language == "sv" else f"SEK{NBSP}{text}"


def whole_rows(result: Priced, cohort: str) -> pd.DataFrame:
    """Return the rows of all items together, or of the only item."""
    names = [name for name in result.notes["outcomes"].split(",") if name]
    rows = result.table if len(names) == 1 else result.total
    return rows[rows["cohort"] == cohort].set_index("window") if len(rows) else rows


def difference(result: Priced, estimand: str, index_stay: str) -> pd.Series[float] | None:
    """Return the change of all items together, or of the only item; None where there is none."""
    names = [name for name in result.notes["outcomes"].split(",") if name]
    rows = result.change if len(names) == 1 else result.total_change
    if not len(rows):
        return None
    cohort = result.notes["cohort" if estimand == "cost_per_client_year" else "paired_cohort"]
    chosen = (rows["estimand"] == estimand) & (rows["index_stay"] == index_stay) & (rows["cohort"] == cohort)
    return rows[chosen].iloc[0] if chosen.any() else None


def cost_sentence(result: Priced, language: str) -> str:
    """Give kronor per client-year before and after, with the difference and its interval."""
    rows = whole_rows(result, result.notes["cohort"])
    row = difference(result, "cost_per_client_year", result.notes["index_stay"])
    if row is None or not len(rows):
        return _no_total(result, language)
    before, after = (money(rows["per_client_year"].get(window), language) for window in ("before", "after"))
    level = float(result.notes["level"])
    change = interval(row["estimate"], row["low"], row["high"], decimals=0, language=language, level=level)
    clients, year = integer(row["clients"], language=language), result.notes["price_years"]
    names = _joined([result.label(name, language).lower() for name in result.notes["outcomes"].split(",")], language)
    if language == "sv":
        return (
            f"Kostnaden för {names} var {before} per klientår före indexdagen och {after} efter, en skillnad på "
            f"{change} kronor, {clients} klienter (prisår {year})."
        )
    return (
        f"The cost of {names} was {before} per client-year before the index day and {after} after, a difference of "
        f"{change} kronor, {clients} clients (price year {year})."
    )


def _joined(names: list[str], language: str) -> str:
    last = " och " if language == "sv" else " and "
    return last.join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def _no_total(result: Priced, language: str) -> str:
    why = say(WHY, result.notes["no_total"], language) if result.notes["no_total"] else HIDDEN
    lead = {"sv": "Ingen sammanlagd kostnad beräknades", "en": "No total cost was computed"}[language]
    return f"{lead}: {why}."


def _other_choices(result: Priced, language: str) -> str:
    own, parts = result.notes["index_stay"], []
    for stay in result.notes["index_stays"].split(","):
        row = difference(result, "cost_per_client_year", stay) if stay != own else None
        if row is not None and pd.notna(row["estimate"]):
            parts.append(f"{money(row['estimate'], language)} ({say(CHOICES, stay, language)})")
    if not parts:
        return ""
    lead = {
        "sv": "Med andra val för den vårdtid som omfattar indexdagen är skillnaden ",
        "en": "With other choices for the stay that holds the index day the difference is ",
    }[language]
    return lead + {"sv": " respektive ", "en": " and "}[language].join(parts) + "."


def break_even_sentence(result: Priced, language: str) -> str:
    """Say what the team costs per client-year, how many bed-days cost as much, and how bed-days changed."""
    if not len(result.team):
        return ""
    row = result.team.iloc[-1]
    each = money(row["per_client_year"], language)
    if pd.isna(row["break_even"]):
        why = say(WHY, str(row["why"]), language) if row["why"] else HIDDEN
        return {
            "sv": f"Teamet kostar {each} per klientår; hur många vårddygn det motsvarar beräknades inte: {why}.",
            "en": f"The team costs {each} per client-year; how many bed-days cost as much was not computed: {why}.",
        }[language]
    days = number(row["break_even"], decimals=1, language=language)
    day = money(row["day_price"], language)
    year = number(row["break_even_year"], decimals=0, language=language)
    fewer = _days_sentence(result, float(row["day_price"]), language)
    if language == "sv":
        return (
            f"Teamet kostar {each} per klientår, lika mycket som {days} vårddygn à {day}; för ett helt team är det "
            f"{year} vårddygn om året.{fewer}"
        )
    return (
        f"The team costs {each} per client-year, as much as {days} bed-days at {day}; for a whole team it is {year} "
        f"bed-days a year.{fewer}"
    )


def _days_sentence(result: Priced, day_price: float, language: str) -> str:
    rows = result.change
    chosen = (rows["outcome"] == "bed_days") & (rows["estimand"] == "cost_per_client_year")
    chosen &= rows["index_stay"] == result.notes["index_stay"]
    if not chosen.any():
        return ""
    row = rows[chosen].iloc[0]
    parts = [None if pd.isna(row[name]) else float(row[name]) / day_price for name in ("estimate", "low", "high")]
    change = interval(*parts, decimals=1, language=language, level=float(result.notes["level"]))
    return {
        "sv": f" Vårddygnen per klientår ändrades med {change}.",
        "en": f" Bed-days per client-year changed by {change}.",
    }[language]


def _unused(result: Priced, language: str) -> str:
    left = result.prices[result.prices["why"] != ""] if len(result.prices) else result.prices
    if not len(left):
        return ""
    parts = [f"{row['item']} ({say(WHY, str(row['why']), language)})" for row in left.to_dict("records")]
    lead = {"sv": "Utan kostnad: ", "en": "Without a cost: "}[language]
    return lead + "; ".join(parts) + "."


def summary(result: Priced, language: str) -> str:
    """Return the answer in a few sentences."""
    sentences = [
        cost_sentence(result, language), _other_choices(result, language), break_even_sentence(result, language),
        _unused(result, language), _CAUTION[language] if len(result.table) else "",
    ]  # fmt: skip
    return " ".join(sentence for sentence in sentences if sentence)


def sources(result: Priced, language: str) -> str:
    """Name each price that was used, with its year and source."""
    used = result.prices[result.prices["why"] == ""] if len(result.prices) else result.prices
    parts = []
    for row in used.to_dict("records"):
        given = f"{money(row['sek'], language)} / {row['unit']}, {int(row['price_year'])}, {row['source']}"
        parts.append(f"{row['item']} {given}")
    return "; ".join(parts) if parts else {"sv": "inga", "en": "none"}[language]


def methods(result: Priced, language: str) -> str:
    """Return the paragraph for a methods section."""
    notes = result.notes
    values = dict(notes) | {
        "sources": sources(result, language), "level": percent(float(notes["level"]), language=language),
        "cohort": say(CHOICES, notes["cohort"], language), "day_count": say(CHOICES, notes["day_count"], language),
        "paired_cohort": say(CHOICES, notes["paired_cohort"], language),
        "index_stay": say(CHOICES, notes["index_stay"], language),
    }  # fmt: skip
    parts = [_METHODS[language].format(**values)]
    parts += [_INDEXED[language]] if notes["indexed"] == "yes" else []
    parts += [_TEAM[language]] if len(result.team) else []
    return with_lock(" ".join(parts), notes, language)


def key_figures(result: Priced, language: str) -> tuple[KeyFigure, ...]:
    """Return the difference per client-year; nothing where no total was made."""
    row = difference(result, "cost_per_client_year", result.notes["index_stay"])
    if row is None:
        return ()
    values = {name: None if pd.isna(row[name]) else float(row[name]) for name in ("estimate", "low", "high")}
    label = {"sv": "Kostnad per klientår, efter minus före (kr)", "en": "Cost per client-year, after less before (SEK)"}
    return (
        KeyFigure(
            name="cost_difference", label=label[language], value=values["estimate"], low=values["low"],
            high=values["high"], decimals=0, sentence=cost_sentence(result, language),
            why=HIDDEN if values["estimate"] is None else "",
        ),
    )  # fmt: skip


_CAUTION = {
    "sv": "Kostnaderna följer priserna: ett snittpris säger inte vad en enskild vårddag kostade eller vad regionen "
    "sparar, och jämförelsen saknar kontrollgrupp.",
    "en": "The costs follow the prices: an average price does not say what a single day cost or what the region saves, "
    "and the comparison has no control group.",
}
_METHODS = {
    "sv": (
        "Kostnaden är antalet av varje post gånger det pris som angetts; inga priser antas. Priser: {sources}. "
        "Posterna räknades som i före–efter-tabellen: fönster {width_before} dagar före och {width_after} dagar efter "
        "indexdagen, {day_count}; vårdtiden som omfattar indexdagen: {index_stay}. Kronor per klientår gäller "
        "{cohort}, medelkostnad per klient {paired_cohort}. Intervall ({level}) genom omsampling av klienter, "
        "båda fönstren tillsammans ({draws} dragningar, frö {seed}; percentiler, lika långt ut som Students t för så "
        "många klienter med någon); osäkerhet i priserna ingår inte."
    ),
    "en": (
        "The cost is the number of each item times the price that was given; no price is assumed. Prices: {sources}. "
        "Items were counted as in the before/after table: windows of {width_before} days before and {width_after} days "
        "after the index day, {day_count}; the stay that holds the index day: {index_stay}. Kronor per client-year are "
        "for {cohort}, mean cost per client for {paired_cohort}. Intervals ({level}) by resampling clients, both "
        "windows together ({draws} draws, seed {seed}; percentiles, as far out as Student's t for so many clients with "
        "any); uncertainty of the prices is not in them."
    ),
}
_INDEXED = {
    "sv": "Priser av andra år räknades om med det index som planen anger.",
    "en": "Prices of other years were converted with the index that the plan gives.",
}
_TEAM = {
    "sv": (
        "Teamets kostnad per klientår är dess pris gånger teamår eller årsarbetare i leveransens period, delat med "
        "klientåren i teamet; det antal vårddygn som kostar lika mycket är den kostnaden delad med priset på ett "
        "vårddygn. Vad klienternas öppenvård kostade innan är inte avräknat om det inte har ett pris."
    ),
    "en": (
        "The team's cost per client-year is its price times team-years or full-time years in the period of the "
        "delivery, divided by the client-years in the team; the bed-days that cost as much are that cost divided by "
        "the price of a bed-day. What outpatient care cost before is not taken off unless it has a price."
    ),
}
