"""The tables and pictures of a before/after result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from factfidelity.display import charts
from factfidelity.display.views import Column, FigureView, NativeChart, TableView
from factfidelity.outcomes import mirror_text
from factfidelity.outcomes.breaks import break_sentence
from factfidelity.outcomes.coarse import coarse_note
from factfidelity.outcomes.mirror_tests import tests_view
from factfidelity.outcomes.shown import Shown
from factfidelity.outcomes.words import CHOICES, FLOW, METHODS, WHY, WINDOWS, heading, lock_words, say
from factfidelity.schemas.outcome import shipped_outcomes
from factfidelity.wording import HIDDEN, number

_MEANS = ("mean", "sd", "median", "q1", "q3")


def views(result: Shown, language: str) -> tuple[TableView, ...]:
    """Return all tables that have rows."""
    made = [
        _rates_view(result, language),
        _paired_view(result, language),
        tests_view(result, language),
        _stays_view(result, language),
        _forms_view(result, language),
        _coercion_view(result, language),
        _flow_view(result, language),
    ]
    return tuple(view for view in made if len(view.frame))


def columns_of(names: Sequence[tuple[str, str, int]], language: str) -> tuple[Column, ...]:
    """Return columns with the headings of this room: name, form, decimals."""
    return tuple(Column(name, heading(name, language), form, decimals) for name, form, decimals in names)


def _wide(table: pd.DataFrame, values: Sequence[str], keys: Sequence[str]) -> pd.DataFrame:
    """Put before and after beside each other, in the order of the table."""
    sides = [
        table.loc[table["window"] == window, [*keys, *values]].rename(
            columns={name: f"{name}_{window}" for name in values}
        )
        for window in ("before", "after")
    ]
    return sides[0].merge(sides[1], on=list(keys), how="left")


def _named(result: Shown, outcomes: pd.Series[str], language: str) -> list[str]:
    return [result.label(str(name), language) for name in outcomes]


def _rates_view(result: Shown, language: str) -> TableView:
    cohort, stay = result.notes["cohort"], result.notes["index_stay"]
    table = result.table[result.table["cohort"] == cohort]
    wide = _wide(table, ["clients_any", "total", "rate"], ["outcome", "clients"])
    chosen = (result.change["estimand"] == "rate_ratio") & (result.change["index_stay"] == stay)
    ratio = result.change.loc[chosen, ["outcome", "estimate", "low", "high", "method", "why"]]
    wide = wide.merge(ratio.rename(columns={"estimate": "ratio"}), on="outcome", how="left")
    wide = wide.rename(columns={"clients_any_before": "any_before", "clients_any_after": "any_after"})
    wide["outcome"] = _named(result, wide["outcome"], language)
    wide["method"] = [_text(METHODS, value, language) for value in wide["method"]]
    wide["why"] = [_text(WHY, value, language) for value in wide["why"]]
    columns = columns_of(
        [("outcome", "text", 0), ("clients", "integer", 0), ("any_before", "integer", 0), ("any_after", "integer", 0),
         ("total_before", "integer", 0), ("total_after", "integer", 0), ("rate_before", "number", 2),
         ("rate_after", "number", 2), ("ratio", "number", 2), ("low", "number", 2), ("high", "number", 2),
         ("method", "text", 0), ("why", "text", 0)], language,
    )  # fmt: skip
    caption = {
        "sv": "Utfall före och efter indexdagen, per klientår, med kvot och intervall",
        "en": "Outcomes before and after the index day, per client-year, with ratio and interval",
    }[language]
    could = tuple(mirror_text.could_show(result, outcome, language) for outcome in ("admissions", "bed_days"))
    poor = tuple(mirror_text.cover_sentence(result, outcome, language) for outcome in ("admissions", "bed_days"))
    late, lock = mirror_text.late_sentence(result, language), lock_words(result.notes, language)
    notes = (*_rate_notes(result, language), *(text for text in (late, lock, *could, *poor) if text))
    return TableView("before_after", caption, wide, columns, notes)


def _text(words: object, value: object, language: str) -> str:
    return say(words, str(value), language) if isinstance(value, str) and value else ""  # type: ignore[arg-type]


def _outcome_word(notes: Mapping[str, str], name: str, language: str) -> str:
    """Return what an outcome is called that there is no figure for."""
    known = shipped_outcomes()
    said = str(getattr(known[name].label, language)) if name in known else name
    return notes.get(f"label.{language}.{name}", said).lower()


def _rate_notes(result: Shown, language: str) -> tuple[str, ...]:
    notes = result.notes
    cohort, days = say(CHOICES, notes["cohort"], language), say(CHOICES, notes["day_count"], language)
    stay = say(CHOICES, notes["index_stay"], language)
    absent = ", ".join(_outcome_word(notes, name, language) for name in notes["not_delivered"].split(",") if name)
    more = filter(None, (_never(result, language), break_sentence(notes, language)))
    if language == "sv":
        found = [
            f"Urval: {cohort}. Vårddygn: {days}. Vårdtiden som omfattar indexdagen {stay}.",
            "Inskrivningar räknas efter första dagen; nationell statistik räknar efter utskrivning.",
            "En vårdtid med tvångsvård räknas i tre mått som inte ska blandas: första dagen, någon dag, antal dygn.",
        ]
        return (*found, *((f"Inte levererat: {absent}.",) if absent else ()), *more)
    found = [
        f"Cohort: {cohort}. Bed-days: {days}. The stay that holds the index day is {stay}.",
        "Admissions are counted by their first day; national statistics count by discharge.",
        "Compulsory care is counted in three figures that must not be mixed: first day, any day, days.",
    ]
    return (*found, *((f"Not delivered: {absent}.",) if absent else ()), *more)


def _never(result: Shown, language: str) -> str:
    """Name the filters of own outcomes whose values never stand in the delivery."""
    met = result.notes.get("never_met", "")
    if not met:
        return ""
    return {
        "sv": f"Värden i planens egna utfall som aldrig förekommer i leveransen, med dem som gör det: {met}. Är det "
        "en felskrivning?",
        "en": f"Values in the plan's own outcomes that never stand in the delivery, with those that do: {met}. Is it "
        "a slip of the pen?",
    }[language]


def _paired_view(result: Shown, language: str) -> TableView:
    cohort, stay = result.notes["paired_cohort"], result.notes["index_stay"]
    table = result.table[result.table["cohort"] == cohort]
    wide = _wide(table, ["clients_any", *_MEANS], ["outcome", "clients"])
    paired = result.change["estimand"].isin(["mean_difference", "any_difference"])
    chosen = paired & (result.change["index_stay"] == stay) & (result.change["cohort"] == cohort)
    change = result.change.loc[chosen, ["outcome", "estimate", "low", "high", "p", "adjusted_p"]]
    wide = wide.merge(change.rename(columns={"estimate": "difference"}), on="outcome", how="inner")
    wide = wide.rename(columns={"clients_any_before": "any_before", "clients_any_after": "any_after"})
    wide["outcome"] = _named(result, wide["outcome"], language)
    decimals = {"median": 1, "q1": 1, "q3": 1}
    spread = [(f"{name}_{side}", "number", decimals.get(name, 2)) for side in ("before", "after") for name in _MEANS]
    columns = columns_of(
        [("outcome", "text", 0), ("clients", "integer", 0), ("any_before", "integer", 0), ("any_after", "integer", 0),
         *spread, ("difference", "number", 2), ("low", "number", 2), ("high", "number", 2), ("p", "number", 3),
         ("adjusted_p", "number", 3)], language,
    )  # fmt: skip
    caption = {
        "sv": "Medelvärden och medianer per klient i lika långa fönster, med parvisa test",
        "en": "Means and medians per client in windows of equal length, with paired tests",
    }[language]
    critical, tests = result.notes.get("critical_p", ""), result.notes.get("tests", "0")
    held = number(float(critical), decimals=4, language=language) if critical else HIDDEN
    note = {
        "sv": f"Urval: {say(CHOICES, cohort, language)}. {tests} test; kritiskt p enligt Benjamini–Hochberg {held}.",
        "en": f"Cohort: {say(CHOICES, cohort, language)}. {tests} tests; critical p by Benjamini–Hochberg {held}.",
    }[language]
    return TableView("paired", caption, wide, columns, (note,))


def _stays_view(result: Shown, language: str) -> TableView:
    chosen = result.change["estimand"] == "rate_ratio"
    rows = result.change.loc[chosen, ["outcome", "index_stay", "clients", "estimate", "low", "high"]].copy()
    rows = rows.reset_index(drop=True).rename(columns={"estimate": "ratio"})
    for place, (outcome, stay) in enumerate(zip(rows["outcome"], rows["index_stay"], strict=True)):
        if stay != result.notes["index_stay"]:
            other = result.other_ratio(str(outcome), str(stay))
            rows.loc[place, ["ratio", "low", "high"]] = other[["estimate", "low", "high"]].to_numpy(dtype=float)
    rows["outcome"] = _named(result, rows["outcome"], language)
    rows["index_stay"] = [say(CHOICES, str(stay), language) for stay in rows["index_stay"]]
    columns = columns_of(
        [("outcome", "text", 0), ("index_stay", "text", 0), ("clients", "integer", 0), ("ratio", "number", 2),
         ("low", "number", 2), ("high", "number", 2)], language,
    )  # fmt: skip
    caption = {
        "sv": "Samma kvoter med olika val för den vårdtid som omfattar indexdagen",
        "en": "The same ratios with different choices for the stay that holds the index day",
    }[language]
    notes: tuple[str, ...] = (coarse_note(language),)
    if len(result.between):
        between = result.between.iloc[0]
        clients = number(between["clients_index_stay"], decimals=0, language=language)
        days = number(between["days_between"], decimals=0, language=language)
        notes = (
            *notes,
            {
                "sv": f"Klienter inskrivna på indexdagen: {clients}. När efterfönstret börjar vid utskrivningen ligger "
                f"{days} dagar i inget fönster.",
                "en": f"Clients in hospital on the index day: {clients}. When the after window begins at discharge, "
                f"{days} days are in neither window.",
            }[language],
        )
    return TableView("index_stays", caption, rows.reset_index(drop=True), columns, notes)


def _forms_view(result: Shown, language: str) -> TableView:
    rows = result.forms.copy()
    if len(rows):
        rows["window"] = [say(WINDOWS, str(window), language) for window in rows["window"]]
    columns = columns_of(
        [("window", "text", 0), ("clients", "integer", 0), ("clients_lpt", "integer", 0), ("lpt_days", "integer", 0),
         ("lpt_rate", "number", 2), ("clients_lrv", "integer", 0), ("lrv_days", "integer", 0),
         ("lrv_rate", "number", 2)],
        language,
    )  # fmt: skip
    caption = {
        "sv": "Dygn i sluten tvångsvård före och efter, LPT och LRV var för sig",
        "en": "Days in compulsory inpatient care before and after, LPT and LRV apart",
    }[language]
    note = {
        "sv": "De två läggs ihop till dygnen i sluten tvångsvård; kan den ena inte visas visas inte heller den andra.",
        "en": "The two add up to the days in compulsory inpatient care; if one cannot be shown, neither is the other.",
    }[language]
    return TableView("compulsory_forms", caption, rows, columns, (note,))


def _coercion_view(result: Shown, language: str) -> TableView:
    rows = result.coercion.copy()
    if len(rows):
        rows["kind"] = [say(WINDOWS, str(kind), language) for kind in rows["kind"]]
        rows["window"] = [say(WINDOWS, str(window), language) for window in rows["window"]]
    columns = columns_of(
        [("kind", "text", 0), ("window", "text", 0), ("clients", "integer", 0), ("clients_any", "integer", 0),
         ("measures", "integer", 0), ("bed_days", "integer", 0), ("compulsory_days", "integer", 0),
         ("per_client", "number", 3), ("per_1000_bed_days", "number", 1), ("per_1000_compulsory_days", "number", 1)],
        language,
    )  # fmt: skip
    caption = {
        "sv": "Tvångsåtgärder före och efter, med täljare och nämnare",
        "en": "Coercive measures before and after, with numerator and denominators",
    }[language]
    return TableView("coercive_measures", caption, rows, columns)


def _flow_view(result: Shown, language: str) -> TableView:
    rows = result.flow.copy()
    if len(rows):
        rows["step"] = [say(FLOW, str(step), language) for step in rows["step"]]
        rows["cohort"] = [say(CHOICES, str(cohort), language) for cohort in rows["cohort"]]
    columns = columns_of([("cohort", "text", 0), ("step", "text", 0), ("clients", "integer", 0)], language)
    caption = {"sv": "Vilka som ingår och varför andra inte gör det", "en": "Who is in, and why others are not"}[
        language
    ]
    return TableView("cohort_flow", caption, rows, columns)


def rate_rows(result: Shown, outcomes: Sequence[str], language: str) -> pd.DataFrame:
    """Return the rates of some outcomes, one row per outcome and window, in words."""
    table = result.table
    chosen = table["outcome"].isin(list(outcomes)) & (table["cohort"] == result.notes["cohort"])
    rows = table.loc[chosen, ["outcome", "window", "clients", "rate"]].reset_index(drop=True)
    return rows.assign(
        outcome=_named(result, rows["outcome"], language),
        window=[say(WINDOWS, str(window), language) for window in rows["window"]],
    )


def draw_rates(result: Shown, outcomes: Sequence[str], language: str, ax: charts.Axes | None = None) -> charts.Axes:
    """Draw rates before and after."""
    rows = rate_rows(result, outcomes, language)
    unit = {"sv": "per klientår", "en": "per client-year"}[language]
    return charts.before_after(
        rows, category="outcome", window="window", value="rate", count="clients", unit=unit, decimals=2,
        language=language, ax=ax,
    )  # fmt: skip


def draw_ratios(result: Shown, language: str, ax: charts.Axes | None = None) -> charts.Axes:
    """Draw all rate ratios with their intervals."""
    unit = {"sv": "kvot efter/före (logaritmisk skala)", "en": "ratio after/before (logarithmic scale)"}[language]
    return charts.interval_plot(
        _ratio_rows(result, language), label="outcome", estimate="ratio", low="low", high="high", reference=1.0,
        log=True, unit=unit, language=language, ax=ax,
    )  # fmt: skip


def _ratio_rows(result: Shown, language: str) -> pd.DataFrame:
    frame = _rates_view(result, language).frame
    return frame[["outcome", "ratio", "low", "high"]]


def figures(result: Shown, language: str) -> tuple[FigureView, ...]:
    """Return the figures: rates of admissions, rates of days, all ratios."""
    made = []
    there = list(dict.fromkeys(result.table["outcome"]))
    for name, outcomes in (
        (
            "admission_rates",
            [one for one in there if result.notes.get(f"days.{one}") == "no" and one != "any_admission"],
        ),
        ("day_rates", [one for one in there if result.notes.get(f"days.{one}") == "yes"]),
    ):
        if outcomes:
            made.append(_rate_figure(result, name, outcomes, language))
    if there:
        made.append(_ratio_figure(result, language))
    return tuple(made)


def _rate_figure(result: Shown, name: str, outcomes: list[str], language: str) -> FigureView:
    captions = {
        "admission_rates": {
            "sv": "Händelser per klientår före och efter",
            "en": "Events per client-year before and after",
        },
        "day_rates": {"sv": "Dygn per klientår före och efter", "en": "Days per client-year before and after"},
    }
    rows = rate_rows(result, outcomes, language)
    wide = rows.pivot_table(index="outcome", columns="window", values="rate", sort=False, dropna=False).reset_index()
    windows = [say(WINDOWS, window, language) for window in ("before", "after")]
    wide = wide.reindex(columns=["outcome", *windows])
    columns = (Column("outcome", heading("outcome", language)), *(Column(w, w, "number", 2) for w in windows))
    parts = [
        f"{row['outcome']}: {windows[0].lower()} {number(row[windows[0]], decimals=2, language=language)}, "
        f"{windows[1].lower()} {number(row[windows[1]], decimals=2, language=language)}."
        for row in wide.to_dict("records")
    ]
    caption = captions[name][language]
    kind = {"sv": "Liggande staplar. ", "en": "Horizontal bars. "}[language]
    return FigureView(
        name=name, caption=caption, alt=kind + caption + ". " + " ".join(parts),
        draw=lambda ax: draw_rates(result, outcomes, language, ax),
        table=TableView(name, caption, wide, columns),
        native=NativeChart("bar", name, "outcome", tuple(windows)),
        size=(7.2, max(2.4, 0.9 + 0.72 * len(outcomes))),
    )  # fmt: skip


def _ratio_figure(result: Shown, language: str) -> FigureView:
    rows = _ratio_rows(result, language)
    caption = {
        "sv": "Kvot efter/före med intervall för varje utfall",
        "en": "Ratio after/before with interval for each outcome",
    }[language]
    to = {"sv": "till", "en": "to"}[language]
    written = rows.assign(
        **{
            name: [number(value, decimals=2, language=language) for value in rows[name]]
            for name in ("ratio", "low", "high")
        }
    )
    parts = [
        f"{row['outcome']}: {row['ratio']} ({row['low']} {to} {row['high']})." for row in written.to_dict("records")
    ]
    columns = columns_of(
        [("outcome", "text", 0), ("ratio", "number", 2), ("low", "number", 2), ("high", "number", 2)], language
    )
    return FigureView(
        name="ratios", caption=caption, alt=caption + ". " + " ".join(parts),
        draw=lambda ax: draw_ratios(result, language, ax),
        table=TableView("ratios", caption, rows, columns),
        size=(7.2, max(2.4, 1.0 + 0.42 * len(rows))),
    )  # fmt: skip
