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
    "checklist": {"sv": "Checklista", "en": "Checklist"},
    "changes": {"sv": "Förändring sedan förra rapporten", "en": "Change since the report before"},
    "row": {"sv": "rad", "en": "row"},
    "rows": {"sv": "rader", "en": "rows"},
    "show_figure": {"sv": "Diagram", "en": "Chart"},
    "show_table": {"sv": "Tabell", "en": "Table"},
    "in_table": {"sv": "Diagrammets siffror står i tabellen", "en": "The figures of the chart stand in the table"},
    "how": {"sv": "Så har det räknats", "en": "How this was computed"},
    "of": {"sv": "för", "en": "for"},
    "quality_flag": {"sv": "Datakvalitet", "en": "Data quality"},
    "reading": {"sv": "Tolkning", "en": "Reading"},
    "not_printed": {
        "sv": "en lång tabell, som står på webbsidan och i arbetsboken.",
        "en": "a long table, which stands on the web page and in the workbook.",
    },
    "wide_figure": {
        "sv": "Får diagrammet inte plats kan det rullas i sidled.",
        "en": "Scroll sideways where the chart does not fit.",
    },
    "design": {
        "sv": "Uppföljning av {programme} {period}, gjord på pseudonymiserade utdrag ur register och "
        "verksamhetssystem.",
        "en": "A follow-up of {programme}, {period}, made from pseudonymised extracts of registers and care systems.",
    },
    "own_before": {
        "sv": "Vården efter inskrivningen jämförs med samma klienters vård före, utan kontrollgrupp. Jämförelsen visar "
        "vad som ändrades, inte varför.",
        "en": "Care after enrolment is compared with the same clients' care before, without a control group. The "
        "comparison shows what changed, not why.",
    },
    "questions_first": {
        "sv": "Varje avsnitt inleds med den fråga som det besvarar.",
        "en": "Each section opens with the question that it answers.",
    },
    "appendix": {"sv": "Bilaga: längre tabeller", "en": "Appendix: longer tables"},
    "appendix_note": {
        "sv": "Tabeller med fler än {rows} rader står bara på webbsidan och i arbetsboken.",
        "en": "Tables with more than {rows} rows stand on the web page and in the workbook only.",
    },
    "all_teams": {"sv": "alla team", "en": "all teams"},
}

# What a ratio of after to before says; the words are chosen by its interval.
READING: Mapping[str, Text] = {
    "lower": {
        "sv": "{change} lägre efter än före (intervall {least}–{most}).",
        "en": "{change} lower after than before (interval {least}–{most}).",
    },
    "higher": {
        "sv": "{change} högre efter än före (intervall {least}–{most}).",
        "en": "{change} higher after than before (interval {least}–{most}).",
    },
    "unclear": {
        "sv": "Underlaget räcker inte för att säga om något ändrades: intervallet omfattar 1.",
        "en": "The data cannot tell whether anything changed: the interval includes 1.",
    },
}

# What the ratios say together; which of them stand where is told by their intervals.
HEADLINE: Mapping[str, Text] = {
    "lower": {"sv": "Lägre efter än före: {names}.", "en": "Lower after than before: {names}."},
    "higher": {"sv": "Högre efter än före: {names}.", "en": "Higher after than before: {names}."},
    "unclear": {
        "sv": "Underlaget räcker inte för att säga om detta ändrades: {names}.",
        "en": "The data cannot tell whether these changed: {names}.",
    },
    "and": {"sv": "och", "en": "and"},
}

# How much of the rows behind a figure could be used.
QUALITY: Mapping[str, Text] = {
    "whole": {"sv": "alla rader kunde användas", "en": "all rows could be used"},
    "small_faults": {
        "sv": "små brister, under 1 % av raderna kunde inte användas",
        "en": "small faults, under 1% of the rows could not be used",
    },
    "faults": {
        "sv": "brister, {share} av raderna kunde inte användas",
        "en": "faults, {share} of the rows could not be used",
    },
}

# The delivered tables as readers know them.
TABLES: Mapping[str, Text] = {
    "audits": {"sv": "Brukarrevisioner", "en": "User-led audits"},
    "board": {"sv": "FACT-tavlan", "en": "FACT board"},
    "care_plans": {"sv": "Vårdplaner och SIP", "en": "Care plans and SIP"},
    "clients": {"sv": "Klienter", "en": "Clients"},
    "coercion": {"sv": "Tvångsåtgärder", "en": "Coercive measures"},
    "contacts": {"sv": "Kontakter", "en": "Contacts"},
    "costs": {"sv": "Kostnader", "en": "Costs"},
    "deaths": {"sv": "Dödsfall", "en": "Deaths"},
    "diagnoses": {"sv": "Diagnoser", "en": "Diagnoses"},
    "enrolments": {"sv": "Inskrivningar i team", "en": "Enrolments"},
    "episodes": {"sv": "Vårdtillfällen", "en": "Inpatient stays"},
    "leave": {"sv": "Permissioner", "en": "Leave"},
    "legal_status": {"sv": "Vårdform (LPT, LRV)", "en": "Legal form (LPT, LRV)"},
    "measurements": {"sv": "Skattningar", "en": "Measurements"},
    "meetings": {"sv": "Tavelmöten", "en": "Board meetings"},
    "population": {"sv": "Folkmängd", "en": "Population"},
    "posts": {"sv": "Inrättade tjänster", "en": "Established posts"},
    "ratings": {"sv": "Programtrohetsskattningar", "en": "Fidelity ratings"},
    "referrals": {"sv": "Remisser", "en": "Referrals"},
    "services": {"sv": "Kommunala insatser", "en": "Municipal services"},
    "staff": {"sv": "Bemanning", "en": "Staff"},
    "teams": {"sv": "Team", "en": "Teams"},
    "visits": {"sv": "Besök och akutbesök", "en": "Visits and emergency visits"},
    "work": {"sv": "Arbete och studier", "en": "Work and studies"},
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
        "dolda, om de annars skulle avslöja ett sådant värde. Ett tankstreck betyder noll. I ett diagram går en "
        "prickad linje förbi det som inte visas; grått i bakgrunden är de andra teamen.",
        "en": "Values based on fewer than {smallest} persons are not shown and are written “..”. Other values can be "
        "hidden too, where they would give such a value away. A dash means zero. In a chart a dotted line leads over "
        "what is not shown; grey in the background are the other teams.",
    },
    {
        "sv": "Intervallen är konfidensintervall: de visar hur osäkert ett tal är. När intervallet för en kvot "
        "omfattar 1 räcker underlaget inte för att säga om något ändrades.",
        "en": "The intervals are confidence intervals: they show how uncertain a figure is. Where the interval of a "
        "ratio includes 1, the data cannot tell whether anything changed.",
    },
    {
        "sv": "En jämförelse före och efter utan jämförelsegrupp kan inte visa vad som orsakade en förändring. Många "
        "skrivs in i teamet under en svår period, och då minskar vården ofta av sig själv efteråt.",
        "en": "A comparison of before and after without a control group cannot show what caused a change. Many "
        "join the "
        "team in a difficult period, and care use then often falls by itself afterwards.",
    },
)

ROUNDED: Text = {
    "sv": "Antal personer är avrundade till en multipel av {base}, uppåt eller nedåt: 0 (tankstreck) står för 0 till "
    "{base} personer och {base} för 1 till {most}. Summor stämmer i tabellerna. Andelar, medelvärden och kvoter är "
    "inte avrundade.",
    "en": "Numbers of persons are rounded to a multiple of {base}, up or down: 0 (a dash) stands for 0 to {base} "
    "persons, and {base} for 1 to {most}. Sums hold within the tables. Shares, means and ratios are not rounded.",
}

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
        "sv": "Uppgifterna har samlats in för vården och administrationen, inte för utvärdering: det som inte har "
        "registrerats syns inte, och sätten att registrera skiljer sig mellan verksamheter och år.",
        "en": "The data were collected for care and administration, not for evaluation: what was not recorded is not "
        "seen, and ways of recording differ between services and years.",
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
        ("enrolment_flow", "followed_up", "baseline", "equity"),
    ),
    ("team", {"sv": "Teamet", "en": "The team"}, ("caseload_ratios", "staffing")),
    ("work", {"sv": "Arbetssätt", "en": "Ways of working"}, ("contact_pattern",)),
    ("board", {"sv": "Tavlan", "en": "The board"}, ("board_use",)),
    ("indicators", {"sv": "Modellens indikatorer", "en": "The model's indicators"}, ("programme_indicators",)),
    (
        "fidelity",
        {"sv": "Programtrohet", "en": "Fidelity"},
        ("fidelity_scores", "fidelity_course", "derived_fidelity", "derived_teams", "rater_agreement"),
    ),
    (
        "outcomes",
        {"sv": "Slutenvård och tvång", "en": "Inpatient care and coercion"},
        (
            "mirror_outcomes",
            "catchment_use",
            "hospital_stays",
            "readmission_rates",
            "monthly_course",
        ),
    ),
    (
        "robustness",
        {"sv": "Hur säkra är resultaten om slutenvård?", "en": "How sure are the results on inpatient care?"},
        (
            "regression_to_the_mean",
            "who_changed",
            "all_choices",
            "other_methods",
            "subgroup_ratios",
            "four_claims",
        ),
    ),
    ("costs", {"sv": "Kostnader", "en": "Costs"}, ("costs",)),
    ("ratings", {"sv": "Skattningar", "en": "Ratings"}, ("ratings_change",)),
    ("comparison", {"sv": "Jämförelser", "en": "Comparisons"}, ("time_to_event", "funnel")),
    ("further", {"sv": "Övriga resultat", "en": "Further results"}, ()),
)


# What each section answers, by its id.
LEADS: Mapping[str, Text] = {
    "population": {
        "sv": "Hur många klienter har teamen haft, hur länge stannar de, och får olika grupper lika mycket?",
        "en": "How many clients have the teams had, how long do they stay, and do groups receive the same?",
    },
    "team": {
        "sv": "Räcker bemanningen till för klienterna, och stämmer den med modellen?",
        "en": "Is there enough staff for the clients, and does it match the model?",
    },
    "work": {
        "sv": "Hur ofta, var och av vilka yrken får klienterna stöd?",
        "en": "How often, where and by which professions are clients supported?",
    },
    "board": {
        "sv": "Hur många får intensivt stöd från hela teamet, hur länge och varför?",
        "en": "How many receive intensive support from the whole team, for how long and why?",
    },
    "fidelity": {
        "sv": "Hur nära modellen arbetar teamen, vad har ändrats, och hur säkra är skattningarna?",
        "en": "How close to the model do the teams work, what has changed, and how sure are the ratings?",
    },
    "outcomes": {
        "sv": "Hur mycket slutenvård och tvångsvård hade klienterna före och efter att de skrevs in i teamet? "
        "Jämförelsen saknar kontrollgrupp och visar inte vad en förändring beror på.",
        "en": "How much inpatient and compulsory care did clients have before and after they joined the team? "
        "The comparison has no control group and does not show what a change is due to.",
    },
    "robustness": {
        "sv": "Står resultaten sig med en annan baslinje, andra val, andra metoder och i olika grupper av klienter?",
        "en": "Do the results hold with another baseline, other choices, other methods and in groups of clients?",
    },
    "costs": {
        "sv": "Vad kostar teamet, och vad är vårddygnen värda, till de priser som planen anger?",
        "en": "What does the team cost, and what are the bed-days worth, at the prices that the plan gives?",
    },
    "comparison": {
        "sv": "Hur förhåller sig teamen till varandra, till andra uppgifter och till vad slumpen ger?",
        "en": "How do the teams stand beside each other, other sources and what chance gives?",
    },
    "indicators-plans": {
        "sv": "Hur många har en samordnad individuell plan, och hur snart görs den?",
        "en": "How many have a coordinated individual plan, and how soon is it made?",
    },
    "indicators-work": {
        "sv": "Hur många arbetar eller studerar?",
        "en": "How many work or study?",
    },
    "indicators-municipal": {
        "sv": "Vilket stöd ger kommunen, och hur lång tid tar det?",
        "en": "What support does the municipality give, and how long does it take?",
    },
    "ratings": {
        "sv": "Hur många klienter har skattats både vid start och vid uppföljning, och hur ändrades deras poäng?",
        "en": "How many clients were rated both at the start and at follow-up, and how did their scores change?",
    },
}


def word(key: str, language: str) -> str:
    """Return one of the report's words."""
    return WORDS[key][language]
