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
