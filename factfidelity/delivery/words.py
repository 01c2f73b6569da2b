"""The words of the room delivery/: fates, severities, headings and sentences in Swedish and English."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]

FATES: Mapping[str, Text] = {
    "used": {"sv": "använd", "en": "used"},
    "duplicate": {"sv": "dubblett", "en": "duplicate"},
    "superseded": {"sv": "ersatt av senare leverans", "en": "superseded by a later delivery"},
    "furniture": {"sv": "rubrik, summa eller tom rad", "en": "heading, total or empty line"},
    "set_aside": {"sv": "undantagen", "en": "set aside"},
}

ACCOUNT: Mapping[str, Text] = {
    "used": {"sv": "används", "en": "used"},
    "duplicate": {"sv": "tas bort som dubbletter", "en": "dropped as duplicates"},
    "superseded": {"sv": "ersätts av en senare leverans", "en": "superseded by a later delivery"},
    "furniture": {"sv": "hör till rubriker, summor eller tomma rader", "en": "headings, totals or empty lines"},
    "set_aside": {"sv": "undantas", "en": "set aside"},
}

FURNITURE: Mapping[str, Text] = {
    "preamble": {"sv": "text före rubrikraden", "en": "text before the headings"},
    "sep_line": {"sv": "raden sep=", "en": "the line sep="},
    "total_row": {"sv": "summarad", "en": "row of totals"},
    "blank": {"sv": "tom rad", "en": "empty line"},
    "trailing": {"sv": "text efter tabellen", "en": "text after the table"},
    "headings_again": {"sv": "rubrikraden en gång till", "en": "the headings once more"},
}

REPAIRS: Mapping[str, Text] = {
    "repaired_zero": {"sv": "inledande nolla återställd", "en": "leading zero put back"},
    "serial_date": {"sv": "datum läst ur ett serienummer", "en": "date read from a serial number"},
}

SEVERITIES: Mapping[str, Text] = {
    "stop": {"sv": "stopp", "en": "stop"},
    "set_aside": {"sv": "raden undantas", "en": "row set aside"},
    "warn": {"sv": "varning", "en": "warning"},
    "note": {"sv": "upplysning", "en": "note"},
}

COVERAGE: Mapping[str, Text] = {
    "reported": {"sv": "rapporterat", "en": "reported"},
    "silent": {"sv": "tyst", "en": "silent"},
    "started": {"sv": "första månaden", "en": "first month"},
    "stopped": {"sv": "sista månaden", "en": "last month"},
    "outside": {"sv": "utanför källans tid", "en": "outside the source's time"},
}

COLUMN_SENTENCES: Mapping[str, Text] = {
    "empty": {"sv": "{column} saknas", "en": "{column} is empty"},
    "not_allowed": {
        "sv": '{column} är "{code}". Tillåtna: {allowed}.',
        "en": '{column} is "{code}". Allowed: {allowed}.',
    },
    "not_allowed_unnamed": {
        "sv": "{column} har en kod som inte är tillåten. Tillåtna: {allowed}.",
        "en": "{column} has a code that is not allowed. Allowed: {allowed}.",
    },
    "out_of_range": {
        "sv": "{column} ligger utanför det tillåtna intervallet ({lowest} till {highest})",
        "en": "{column} lies outside what is allowed ({lowest} to {highest})",
    },
    "wrong_type": {"sv": "{column} har fel slags värden", "en": "{column} holds the wrong kind of values"},
    "missing_share": {
        "sv": "{column} saknas på {share} av raderna",
        "en": "{column} is empty in {share} of the rows",
    },
    "required_column": {
        "sv": "kolumnen {column} saknas i tabellen {table}",
        "en": "the column {column} is missing from the table {table}",
    },
    "required_table": {
        "sv": "tabellen {table} saknas i leveransen, men {column} hänvisar till den",
        "en": "the table {table} is missing from the delivery, but {column} refers to it",
    },
    "too_many_set_aside": {
        "sv": "{share} av raderna i tabellen {table} undantas; gränsen är {limit}",
        "en": "{share} of the rows of the table {table} are set aside; the limit is {limit}",
    },
}

COLUMN_DO: Mapping[str, Text] = {
    "empty": {"sv": "be leverantören om uppgiften; utan den används inte raden",
              "en": "ask the supplier for it; without it the row is not used"},
    "not_allowed": {"sv": "rätta koden, eller lägg till den i mappningen eller i schemas/tables/{table}.yaml",
                    "en": "correct the code, or add it to the mapping or to schemas/tables/{table}.yaml"},
    "out_of_range": {"sv": "kontrollera värdet och enheten vid källan",
                     "en": "check the value and its unit at the source"},
    "wrong_type": {"sv": "ange rätt slag för kolumnen i mappningen",
                   "en": "give the right kind of the column in the mapping"},
    "missing_share": {"sv": "fråga leverantören om uppgiften går att få; annars saknas den i resultaten",
                      "en": "ask the supplier whether it can be had; else it is missing from the results"},
    "required_column": {"sv": "be om kolumnen, eller ange i mappningen under vilken rubrik den finns",
                        "en": "ask for the column, or say in the mapping under which heading it stands"},
    "required_table": {"sv": "be om en fil med en rad per klient, eller ange i mappningen vilken fil det är",
                       "en": "ask for a file with one row for each client, or say in the mapping which file it is"},
    "too_many_set_aside": {"sv": "se de brutna reglerna för tabellen; felet ligger oftast i mappningen eller uttaget",
                           "en": "see the rules broken in the table; the fault most often lies in mapping or extract"},
}  # fmt: skip

REPORT: Mapping[str, Text] = {
    "title": {"sv": "Leveransrapport", "en": "Delivery report"},
    "lead": {
        "sv": "Vad som levererades, hur det lästes och vad som behöver rättas.",
        "en": "What was delivered, how it was read and what needs to be put right.",
    },
    "usable": {"sv": "Leveransen {place} kan användas.", "en": "The delivery {place} can be used."},
    "unusable": {
        "sv": "Leveransen {place} kan inte användas förrän {count} rättats.",
        "en": "The delivery {place} cannot be used before {count} put right.",
    },
    "account": {
        "sv": "{files} gav {rows}: {parts}. Varje rad redovisas exakt en gång.",
        "en": "{files} gave {rows}: {parts}. Every row has exactly one fate.",
    },
    "read_as": {"sv": "Så lästes filerna: {parts}.", "en": "The files were read as: {parts}."},
    "headings": {
        "sv": "Rubrikraderna ({count}, en per fil eller blad) är inga rader med uppgifter och räknas inte; en rad med "
        "radbrytningar i en cell räknas en gång.",
        "en": "The heading lines ({count}, one for each file or sheet) are no rows of data and are not counted; a row "
        "with line breaks inside a cell counts once.",
    },
    "linked": {
        "sv": "Andel av personerna i varje källa som kopplingsfilen känner: {parts}. En klient som saknas i en källa "
        "räknas där som noll bara om mappningen anger att källan är länkad till alla klienter (linked: true); annars "
        "räknas klienten inte som observerad.",
        "en": "Share of the persons of each source that the crosswalk knows: {parts}. A client who is not in a source "
        "counts as zero there only where the mapping says that it is linked to all clients (linked: true); else the "
        "client does not count as observed.",
    },
    "since": {"sv": "Sedan förra leveransen: {parts}.", "en": "Since the delivery before: {parts}."},
    "since_table": {
        "sv": "{table} {added} tillkomna, {changed} ändrade, {removed} borttagna",
        "en": "{table} {added} added, {changed} changed, {removed} taken away",
    },
    "since_none": {"sv": "inga skillnader", "en": "no differences"},
    "screened": {
        "sv": "Inga direkta identitetsuppgifter hittades. Uppgifterna är pseudonymiserade och är fortfarande "
        "personuppgifter.",
        "en": "No direct identifiers were found. The data are pseudonymised and remain personal data.",
    },
    "period": {"sv": "Perioden är {start} till och med {end}.", "en": "The period is {start} to {end}."},
    "found": {"sv": "Funnet:", "en": "Found:"},
    "small_group": {
        "sv": "någon kombination av åldersgrupp, kön, kommun och diagnosgrupp har färre än 5 personer",
        "en": "some combination of age group, sex, municipality and diagnosis group has fewer than 5 persons",
    },
    "small_group_do": {
        "sv": "behåll leveransen i den säkra miljön; be om grövre grupper om den måste lämna den",
        "en": "keep the delivery in the secure room; ask for coarser groups if it must leave it",
    },
    "mostly_aside": {
        "sv": "{share} av raderna i filen undantas",
        "en": "{share} of the rows of the file are set aside",
    },
    "mostly_aside_do": {
        "sv": "se de brutna reglerna för filen; felet ligger oftast i mappningen eller uttaget",
        "en": "see the rules broken in the file; the fault most often lies in the mapping or the extract",
    },
    "no_rows": {"sv": "innehåller rubriker men inga rader", "en": "holds headings and no rows"},
    "no_rows_do": {
        "sv": "fråga leverantören om det verkligen inte fanns något att leverera",
        "en": "ask the supplier whether there was really nothing to deliver",
    },
    "fewer": {"sv": "färre än 5", "en": "fewer than 5"},
    "all_years": {"sv": "alla", "en": "all"},
    "yes": {"sv": "ja", "en": "yes"},
    "no": {"sv": "nej", "en": "no"},
}

CAPTIONS: Mapping[str, Text] = {
    "rules": {"sv": "Brutna regler, de allvarligaste först", "en": "Rules broken, the gravest first"},
    "files": {"sv": "Filer: hur de lästes och vad som hände med raderna",
              "en": "Files: how they were read and what became of the rows"},
    "reasons": {"sv": "Rader som inte används, efter skäl", "en": "Rows that are not used, by reason"},
    "repaired": {"sv": "Rättat vid inläsningen", "en": "Put right while reading"},
    "coverage": {"sv": "Täckning per enhet och månad", "en": "Coverage by unit and month"},
    "missing": {"sv": "Andel som saknas per kolumn och år", "en": "Share missing by column and year"},
    "breaks": {"sv": "Kända brott i registren under perioden", "en": "Known breaks in the registers in the period"},
    "length_of_stay": {"sv": "Vårdtid: levererad jämförd med omräknad (utskrivning minus inskrivning)",
                       "en": "Length of stay: as delivered against recomputed (discharge minus admission)"},
    "smallest_group": {"sv": "Minsta grupp av indirekt identifierande uppgifter",
                       "en": "Smallest group of indirectly identifying data"},
    "compared": {"sv": "Jämfört med förra leveransen", "en": "Compared with the delivery before"},
    "thresholds": {"sv": "Gränsvärden som planen har ändrat", "en": "Limits that the plan has changed"},
    "linkage": {"sv": "Andel personer som kunde kopplas", "en": "Share of persons that could be linked"},
}  # fmt: skip

TITLES: Mapping[str, Text] = {
    "rules": {"sv": "Brutna regler", "en": "Rules broken"},
    "files": {"sv": "Filer", "en": "Files"},
    "reasons": {"sv": "Rader som inte används", "en": "Rows that are not used"},
    "repaired": {"sv": "Rättat vid inläsningen", "en": "Put right while reading"},
    "coverage": {"sv": "Täckning", "en": "Coverage"},
    "missing": {"sv": "Uppgifter som saknas", "en": "Missing data"},
    "breaks": {"sv": "Brott i registren", "en": "Breaks in the registers"},
    "length_of_stay": {"sv": "Vårdtid", "en": "Length of stay"},
    "smallest_group": {"sv": "Minsta grupp", "en": "Smallest group"},
    "compared": {"sv": "Förra leveransen", "en": "The delivery before"},
    "thresholds": {"sv": "Ändrade gränsvärden", "en": "Changed limits"},
    "linkage": {"sv": "Koppling", "en": "Linkage"},
}

COVERAGE_NOTE: Text = {
    "sv": "r = rapporterat, t = tyst månad, F = första månaden, S = sista månaden, tomt = före den första, efter den "
    "sista eller utanför perioden. Där en enhet har få rader i månaden gäller märket hela året; .. = färre än 5 rader "
    "under året.",
    "en": "r = reported, t = silent month, F = first month, S = last month, empty = before the first, after the last "
    "or outside the period. Where a unit has few rows a month, the mark holds for the whole year; .. = fewer than 5 "
    "rows in the year.",
}

HEADINGS: Mapping[str, Text] = {
    "severity": {"sv": "Allvar", "en": "Severity"},
    "table": {"sv": "Tabell", "en": "Table"},
    "column": {"sv": "Kolumn", "en": "Column"},
    "file": {"sv": "Fil", "en": "File"},
    "sheet": {"sv": "Blad", "en": "Sheet"},
    "tables": {"sv": "Tabeller", "en": "Tables"},
    "count": {"sv": "Antal rader", "en": "Rows"},
    "lines": {"sv": "Första raderna", "en": "First lines"},
    "what": {"sv": "Vad", "en": "What"},
    "do": {"sv": "Gör så här", "en": "Do"},
    "rule": {"sv": "Regel", "en": "Rule"},
    "encoding": {"sv": "Teckenkod", "en": "Encoding"},
    "separator": {"sv": "Skiljetecken", "en": "Separator"},
    "header_line": {"sv": "Rubrikrad", "en": "Header line"},
    "rows": {"sv": "Rader", "en": "Rows"},
    "line": {"sv": "Rad", "en": "Line"},
    "fate": {"sv": "Öde", "en": "Fate"},
    "reason": {"sv": "Skäl", "en": "Reason"},
    "used": {"sv": "Används", "en": "Used"},
    "duplicate": {"sv": "Dubbletter", "en": "Duplicates"},
    "superseded": {"sv": "Ersatta", "en": "Superseded"},
    "furniture": {"sv": "Rubriker m.m.", "en": "Headings etc."},
    "set_aside": {"sv": "Undantagna", "en": "Set aside"},
    "repair": {"sv": "Rättning", "en": "Repair"},
    "unit": {"sv": "Enhet", "en": "Unit"},
    "year": {"sv": "År", "en": "Year"},
    "missing": {"sv": "Saknas", "en": "Missing"},
    "share": {"sv": "Andel", "en": "Share"},
    "date": {"sv": "Datum", "en": "Date"},
    "source": {"sv": "Källa", "en": "Source"},
    "stays": {"sv": "Vårdtillfällen", "en": "Stays"},
    "differ": {"sv": "Skiljer sig", "en": "Differ"},
    "k": {"sv": "Personer i minsta gruppen", "en": "Persons in the smallest group"},
    "groups": {"sv": "Grupper", "en": "Groups"},
    "groups_below_5": {"sv": "Grupper under 5 personer", "en": "Groups under 5 persons"},
    "by": {"sv": "Grupperat efter", "en": "Grouped by"},
    "added": {"sv": "Tillkommit", "en": "Added"},
    "changed": {"sv": "Ändrat", "en": "Changed"},
    "removed": {"sv": "Borttaget", "en": "Removed"},
    "unchanged": {"sv": "Oförändrat", "en": "Unchanged"},
    "name": {"sv": "Namn", "en": "Name"},
    "value": {"sv": "Värde", "en": "Value"},
    "default": {"sv": "Normalvärde", "en": "Default"},
    "means": {"sv": "Betyder", "en": "Means"},
}


# Sources that suppliers' mappings often name; a name that goes on after one of these is told in brackets.
_SOURCES: Mapping[str, Mapping[str, str]] = {
    "inpatient": {"sv": "slutenvård", "en": "inpatient care"},
    "outpatient": {"sv": "öppenvård", "en": "outpatient care"},
    "emergency": {"sv": "akutbesök", "en": "emergency visits"},
    "deaths": {"sv": "dödsfall", "en": "deaths"},
    "diagnoses": {"sv": "diagnoser", "en": "diagnoses"},
    "contacts": {"sv": "kontakter", "en": "contacts"},
    "coercion": {"sv": "tvångsvård", "en": "compulsory care"},
    "assessments": {"sv": "skattningar", "en": "assessments"},
    "plans": {"sv": "vårdplaner och SIP", "en": "care plans"},
    "referrals": {"sv": "remisser", "en": "referrals"},
    "work": {"sv": "arbete", "en": "work"},
    "services": {"sv": "kommunala insatser", "en": "municipal services"},
    "placements": {"sv": "placeringar", "en": "placements"},
}


def source_label(name: str, language: str) -> str:
    """Return a source as readers know it; the mapping's own name where it is none of those that are known.

    Parameters
    ----------
    name : str
        As the mapping names it, such as ``services_eskilstuna``.
    language : {"sv", "en"}
    """
    kind, _, which = name.partition("_")
    if kind not in _SOURCES:
        return name
    return _SOURCES[kind][language] + (f" ({which.replace('_', ' ').capitalize()})" if which else "")
