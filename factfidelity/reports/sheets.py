"""Names of the workbook's sheets: short, in the reader's language, at most 31 characters."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from factfidelity.display.views import Column, FigureView, TableView
from factfidelity.reports.parts import holder_of

LENGTH = 31
_BAD = re.compile(r"[\[\]:*?/\\']")
# Words that a cut name must not end with.
_LOOSE = frozenset(
    "och eller efter per i av för på med som så ett en den det till från vid alla inte hur vad vilka "
    "and or after by in of for on with that a an the to from at all not how what which per".split()
)

SHEETS: Mapping[str, tuple[str, str]] = {
    "enrolment_flow": ("In- och utskrivna", "Joined and left"),
    "enrolment_length": ("Tid i teamet", "Time in the team"),
    "enrolment_reasons": ("Avslutsorsaker", "Reasons for leaving"),
    "enrolment_curve": ("Andel kvar i teamet", "Share still in the team"),
    "equity": ("Jämlikhet", "Equity"),
    "caseload_denominators": ("Klienter per tjänst, i år", "Clients per FTE, last year"),
    "caseload_ratios": ("Ärendebelastning", "Caseload by month"),
    "staffing": ("Bemanning mot norm", "Staff against the norm"),
    "staffing_employers": ("Tjänster per huvudman", "Staff by employer"),
    "staffing_what_if": ("Tjänster som behövs", "Posts needed"),
    "staffing_people": ("Personalomsättning", "Staff turnover"),
    "board_share": ("Andel på tavlan", "Share on the board"),
    "board_episodes": ("Perioder på tavlan", "Spells on the board"),
    "board_reasons": ("Orsaker på tavlan", "Reasons on the board"),
    "board_time": ("Tid på tavlan", "Time on the board"),
    "board_on_off": ("På och av tavlan", "On and off the board"),
    "board_wait": ("Tid till tavlan", "Time to the board"),
    "board_meetings": ("Tavelmöten", "Board meetings"),
    "board_same_staff": ("Samma medarbetare", "Same staff member"),
    "contact_year": ("Kontakter per team", "Contacts by team"),
    "contact_periods": ("Möten per period", "Meetings by period"),
    "contact_forms": ("Kontaktform", "Form of contact"),
    "contact_professions": ("Möten efter yrke", "Meetings by profession"),
    "contact_reach": ("Medarbetare klienten möter", "Staff met by clients"),
    "contact_continuity": ("Kontinuitet", "Continuity"),
    "contact_follow_up": ("Möte efter utskrivning", "Meeting after discharge"),
    "contact_referrals": ("Kontakt efter remiss", "Contact after referral"),
    "fidelity_total": ("Programtrohet, totalt", "Fidelity, total"),
    "fidelity_subscales": ("Programtrohet, delskalor", "Fidelity, subscales"),
    "fidelity_items": ("Programtrohet, punkter", "Fidelity, items"),
    "fidelity_targets": ("Till nästa nivå", "To the next band"),
    "fidelity_changes": ("Enskilda höjningar", "Single raises"),
    "fidelity_course": ("Programtrohet sedan start", "Fidelity since the start"),
    "waves": ("Programtrohet över tid", "Fidelity over time"),
    "subscales_radar": ("Delskalor, radar", "Subscales, radar"),
    "agreement": ("Samstämmighet", "Agreement"),
    "agreement_items": ("Samstämmighet, punkter", "Agreement by item"),
    "agreement_changes": ("Förändring mot brus", "Change against noise"),
    "before_after": ("Före och efter", "Before and after"),
    "paired": ("Medel och medianer", "Means and medians"),
    "index_stays": ("Val för vårdtid vid index", "Choices for the index stay"),
    "compulsory_forms": ("LPT och LRV", "LPT and LRV"),
    "coercive_measures": ("Tvångsåtgärder", "Coercive measures"),
    "cohort_flow": ("Vilka som ingår", "Who is included"),
    "admission_rates": ("Händelser före och efter", "Events before and after"),
    "day_rates": ("Dygn före och efter", "Days before and after"),
    "ratios": ("Kvoter efter mot före", "Ratios after to before"),
    "course_admissions": ("Inskrivningar per månad", "Admissions by month"),
    "course_bed_days": ("Vårddygn per månad", "Bed-days by month"),
    "baseline_shifted": ("Flyttad baslinje", "Shifted baseline"),
    "no_change": ("Ingen förändring alls", "No change at all"),
    "traits": ("Klienterna vid start", "Clients at the start"),
    "use_before": ("Slutenvård året före", "Hospital care, year before"),
    "caseload_spread": ("Klienter per medarbetare", "Clients per staff member"),
    "caseload_need": ("Klienter efter kontaktbehov", "Clients by need of contact"),
    "caseload_weighted": ("Viktad ärendebelastning", "Weighted caseload"),
    "contact_mix_form": ("Kontaktform per år", "Form of contact by year"),
    "contact_mix_profession": ("Yrke per år", "Profession by year"),
    "contact_mix_employer": ("Huvudman per år", "Employer by year"),
    "readmission": ("Återinskrivning", "Readmission"),
    "groups": ("Klienter efter förändring", "Clients by change"),
    "concentration": ("Vårdens fördelning", "Spread of care"),
    "cumulative": ("Summerad vård", "Care added up"),
    "change_bins": ("Förändring, vårddygn", "Change in bed-days"),
    "added_up": ("Summerade vårddygn", "Bed-days added up"),
    "spell_rules": ("Regler för sammanfogning", "Rules for joining stays"),
    "all_choices": ("Alla val", "All choices"),
    "choices_admissions": ("Alla val, inskrivningar", "All choices, admissions"),
    "choices_bed_days": ("Alla val, vårddygn", "All choices, bed-days"),
    "subgroups": ("Grupper av klienter", "Groups of clients"),
    "interaction": ("Prövning mellan grupper", "Test between groups"),
    "paired_tests": ("Parvisa test", "Paired tests"),
    "length_of_stay": ("Vårdtidens längd", "Length of stay"),
    "ward_types": ("Slag av avdelning", "Kinds of ward"),
    "conversions": ("Byten av vårdform", "Changes of legal form"),
    "other_methods": ("Andra metoder", "Other methods"),
    "catchment_change": ("Området före och efter", "The area before and after"),
    "catchment_use": ("Vårddygn i området", "Bed-days in the area"),
    "left_and_died": ("Avslut, avbrott, dödsfall", "Left, broken off, died"),
    "clients_served": ("Klienter per kalenderår", "Clients by calendar year"),
    "costs": ("Kostnader", "Costs"),
    "prices": ("Priser", "Prices"),
    "cost_per_client": ("Kostnad per klient", "Cost per client"),
    "cost_per_client_year": ("Kostnad per klientår", "Cost per client-year"),
    "cost_differences": ("Kostnadsskillnader", "Differences in cost"),
    "break_even": ("Brytpunkt", "Break-even"),
    "derived_teams": ("Programtrohet ur data", "Fidelity from data"),
    "derived_team_values": ("Värden bakom poängen", "Values behind the scores"),
    "survey_coverage": ("Svarande i enkäter", "Answers to surveys"),
    "survey_answers": ("Svar i enkäter", "What surveys say"),
    "survey_actions": ("Åtgärder efter revision", "Actions after audits"),
    "claims": ("Fyra påståenden", "Four claims"),
    "coverage": ("Skattningar, täckning", "Ratings, coverage"),
    "change": ("Skattningar, förändring", "Ratings, change"),
    "ways": ("Skattningar, riktning", "Ratings, direction"),
    "time_to_event": ("Tid till avslut", "Time to leaving"),
    "time_to_death": ("Avlidna", "Deaths"),
    "funnel": ("Team mot slumpens gränser", "Teams against chance"),
    "rules": ("Datakvalitet, regler", "Data quality, rules"),
    "files": ("Datakvalitet, filer", "Data quality, files"),
    "breaks": ("Brott i registren", "Breaks in the registers"),
    "not_included": ("Frågor utan svar", "Questions without answers"),
    "hidden": ("Vad som inte visas", "What is not shown"),
}


def wanted_name(view: TableView, language: str) -> str:
    """Return the name that a table's sheet should have: its own, the list's, else the start of its caption."""
    if view.sheet:
        return view.sheet
    if view.name in SHEETS:
        return SHEETS[view.name][language == "en"]
    plain = view.name.removesuffix("_chart")
    if plain in SHEETS:
        return f"{SHEETS[plain][language == 'en']}, {('diagram', 'chart')[language == 'en']}"
    return re.split(r"[.;(–]", view.caption, maxsplit=1)[0].strip() or view.name


def free_name(wanted: str, taken: set[str], empty: str) -> str:
    """Return a name that a spreadsheet takes: 31 characters, no reserved signs, none twice, no loose last word."""
    clean = " ".join(_BAD.sub(" ", wanted.replace(": ", ", ")).split()) or empty
    name = clean if len(clean) <= LENGTH else clean[: LENGTH + 1].rsplit(" ", 1)[0][:LENGTH]
    while " " in name and name.rsplit(" ", 1)[1].casefold() in _LOOSE and name != clean:
        name = name.rsplit(" ", 1)[0]
    name, number = name.rstrip(",:- "), 2
    base = name
    while name.casefold() in taken:
        ending = f" {number}"
        name = base[: LENGTH - len(ending)].rstrip() + ending
        number += 1
    return name


def placed_figures(
    views: Sequence[TableView], figures: Sequence[FigureView]
) -> list[tuple[TableView, list[FigureView]]]:
    """Return each table once with the figures that are drawn from it; a figure goes to the table that holds its rows.

    Parameters
    ----------
    views, figures : of one result
    """
    placed: dict[str, tuple[TableView, list[FigureView]]] = {view.name: (view, []) for view in views}
    for figure in figures:
        if figure.table.name in placed:
            placed[figure.table.name][1].append(figure)
            continue
        holder = holder_of(figure.table, views)
        if holder is None:
            placed[figure.table.name] = (figure.table, [figure])
        elif figure.native is not None and len(holder.frame) == len(figure.table.frame):
            placed[holder.name][1].append(figure)
        elif figure.native is not None:
            placed[figure.table.name] = (figure.table, [figure])
    return list(placed.values())


def chart_table(figure: FigureView, view: TableView) -> tuple[TableView, list[FigureView]]:
    """Return a table with one row for each place on the axis and one column for each line, and its figure.

    A spreadsheet gives all lines of a chart the places of the first: lines that begin at different times would be
    drawn at the wrong place from a table with one row for each point.

    Parameters
    ----------
    figure : FigureView
        With a native chart that is split.
    view : TableView
        The table that holds its points.
    """
    native = figure.native
    if native is None:
        raise ValueError(f"the figure {figure.name} has no native chart")
    heading = {column.name: column for column in view.columns}
    value, split = native.series[0], native.split
    rows = view.frame.drop_duplicates([native.category, split])
    order = rows.sort_values("period_start", kind="stable") if "period_start" in rows.columns else rows
    places = list(pd.unique(order[native.category]))
    if all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(place)) for place in places):
        places.sort()
    lines = [name for name in pd.unique(rows[split]) if rows.loc[rows[split] == name, value].notna().any()]
    wide = rows.pivot(index=native.category, columns=split, values=value).reindex(index=places, columns=lines)  # noqa: PD010
    wide = wide.reset_index().rename(columns=str)
    names = [str(line) for line in lines]
    columns = (
        heading[native.category],
        *(Column(name, name, heading[value].form, heading[value].decimals) for name in names),
    )
    made = TableView(f"{view.name}_chart", figure.caption, wide, columns, view.notes, sheet="")
    chart = dataclasses.replace(native, table=made.name, series=tuple(names), split="")
    return made, [dataclasses.replace(figure, table=made, native=chart)]
