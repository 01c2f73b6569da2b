"""The words of the report: headings, guides and notes, Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]

WORDS: Mapping[str, Text] = {
    "report": {"sv": "Uppföljning", "en": "Evaluation"},
    "skip": {"sv": "Hoppa till innehållet", "en": "Skip to content"},
    "contents": {"sv": "Innehåll", "en": "Contents"},
    "period": {"sv": "Period", "en": "Period"},
    "programme": {"sv": "Vårdmodell", "en": "Care model"},
    "contact": {"sv": "Kontakt", "en": "Contact"},
    "plan": {"sv": "Plan", "en": "Plan"},
    "fingerprint": {"sv": "Kontrollsumma för underlaget", "en": "Fingerprint of the data"},
    "plan_fingerprint": {"sv": "Kontrollsumma för planen", "en": "Fingerprint of the plan"},
    "version": {"sv": "Version", "en": "Version"},
    "made_with": {"sv": "Framställd med", "en": "Made with"},
    "key_figures": {"sv": "Nyckeltal", "en": "Key figures"},
    "key_figure": {"sv": "Nyckeltal", "en": "Key figure"},
    "value": {"sv": "Värde", "en": "Value"},
    "interval": {"sv": "95 % konfidensintervall", "en": "95% confidence interval"},
    "low": {"sv": "Nedre gräns", "en": "Lower limit"},
    "high": {"sv": "Övre gräns", "en": "Upper limit"},
    "in_words": {"sv": "I ord", "en": "In words"},
    "summary": {"sv": "Sammanfattning", "en": "Summary"},
    "guide": {"sv": "Så läser du rapporten", "en": "How to read this report"},
    "methods": {"sv": "Metod", "en": "Methods"},
    "limits": {"sv": "Begränsningar", "en": "Limits"},
    "quality": {"sv": "Datakvalitet", "en": "Data quality"},
    "hidden": {"sv": "Vad som inte visas", "en": "What is not shown"},
    "definitions": {"sv": "Definitioner", "en": "Definitions"},
    "term": {"sv": "Term", "en": "Term"},
    "meaning": {"sv": "Betydelse", "en": "Meaning"},
    "provenance": {"sv": "Underlag och versioner", "en": "Data and versions"},
    "data_table": {"sv": "Diagrammets siffror", "en": "The figures of the chart"},
    "not_included": {"sv": "Frågor som underlaget inte räcker till", "en": "Questions that the data cannot answer"},
    "question": {"sv": "Fråga", "en": "Question"},
    "why": {"sv": "Varför", "en": "Why"},
    "what": {"sv": "Uppgift", "en": "Item"},
    "read_me": {"sv": "Läs mig", "en": "Read me"},
    "sheet": {"sv": "Blad", "en": "Sheet"},
    "shows": {"sv": "Visar", "en": "Shows"},
    "notes": {"sv": "Noter", "en": "Notes"},
    "hidden_cells": {"sv": "Dolda celler", "en": "Hidden cells"},
    "shown_cells": {"sv": "Visade celler", "en": "Shown cells"},
    "table": {"sv": "Tabell", "en": "Table"},
    "team": {"sv": "Team", "en": "Team"},
    "changes": {"sv": "Förändring sedan förra rapporten", "en": "Change since the report before"},
    "all_teams": {"sv": "alla team", "en": "all teams"},
}

GUIDE: tuple[Text, ...] = (
    {
        "sv": "Uppgifterna bygger på pseudonymiserade utdrag ur register och verksamhetssystem. De är personuppgifter "
        "fram till att de har räknats samman och granskats för röjande.",
        "en": "The figures rest on pseudonymised extracts from registers and care systems. They are personal data "
        "until they have been added up and checked for disclosure.",
    },
    {
        "sv": "Värden som bygger på färre än {smallest} personer visas inte och skrivs ”..”. Även andra värden "
        "kan vara "
        "dolda, om de annars skulle avslöja ett sådant värde. Ett tankstreck betyder noll.",
        "en": "Values based on fewer than {smallest} persons are not shown and are written “..”. Other values can be "
        "hidden too, where they would give such a value away. A dash means zero.",
    },
    {
        "sv": "Intervallen är konfidensintervall: de visar hur osäkert ett tal är. När intervallet för en kvot "
        "omfattar 1 "
        "kan underlaget inte skilja förändringen från ingen förändring.",
        "en": "The intervals are confidence intervals: they show how uncertain a figure is. Where the interval of a "
        "ratio includes 1, the data cannot tell the change from no change.",
    },
    {
        "sv": "En jämförelse före och efter utan jämförelsegrupp kan inte visa vad som orsakade en förändring. Många "
        "skrivs in i teamet under en svår period, och då minskar vården ofta av sig själv efteråt.",
        "en": "A comparison of before and after without a control group cannot show what caused a change. Many "
        "join the "
        "team in a difficult period, and care use then often falls by itself afterwards.",
    },
)

LIMITS: tuple[Text, ...] = (
    {
        "sv": "Resultaten beskriver de klienter som finns i underlaget. De säger inte vad som hade hänt utan teamet.",
        "en": "The results describe the clients in the data. They do not say what would have happened without "
        "the team.",
    },
    {
        "sv": "Register ändras: psykiatriska öppenvårdskontakter med andra yrken än läkare finns nationellt först från "
        "2024-01-01, och rapporteringen av tvångsvård har förbättrats över tid.",
        "en": "Registers change: psychiatric outpatient contacts with professions other than physicians exist "
        "nationally "
        "only from 2024-01-01, and the reporting of compulsory care has improved over time.",
    },
    {
        "sv": "Inga direkta identitetsuppgifter hittades i underlaget. Det betyder inte att underlaget är anonymt.",
        "en": "No direct identifiers were found in the data. That does not make the data anonymous.",
    },
)

# Section: id, title, and the results that stand in it, in order.
SECTIONS: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    (
        "population",
        {"sv": "Uppdrag och målgrupp", "en": "Assignment and target group"},
        ("enrolment_flow", "baseline", "equity"),
    ),
    ("team", {"sv": "Teamet", "en": "The team"}, ("caseload_ratios", "staffing")),
    ("work", {"sv": "Arbetssätt", "en": "Ways of working"}, ("contact_pattern", "programme_indicators")),
    ("board", {"sv": "FACT-tavlan", "en": "The FACT board"}, ("board_use",)),
    (
        "fidelity",
        {"sv": "Programtrohet", "en": "Fidelity"},
        ("fidelity_scores", "fidelity_course", "derived_fidelity", "rater_agreement"),
    ),
    (
        "outcomes",
        {"sv": "Slutenvård och tvång före och efter", "en": "Inpatient care and coercion before and after"},
        ("mirror_outcomes", "monthly_course", "regression_to_the_mean"),
    ),
    ("further", {"sv": "Övriga resultat", "en": "Further results"}, ()),
)


def word(key: str, language: str) -> str:
    """Return one of the report's words."""
    return WORDS[key][language]
