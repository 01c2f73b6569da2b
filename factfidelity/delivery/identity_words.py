"""What the identity screen says, in Swedish and English: where and what, never whose."""

from __future__ import annotations

from collections.abc import Mapping

Text = Mapping[str, str]

SENTENCES: Mapping[str, Text] = {
    "place": {"sv": "texten bredvid tabellen ({place})", "en": "the text beside the table ({place})"},
    "personnummer": {
        "sv": "{where} innehåller personnummer eller samordningsnummer",
        "en": "{where} holds personal identity numbers",
    },
    "reserve_number": {"sv": "{where} innehåller reservnummer", "en": "{where} holds reserve identity numbers"},
    "email": {"sv": "{where} innehåller e-postadresser", "en": "{where} holds e-mail addresses"},
    "phone": {"sv": "{where} innehåller telefonnummer", "en": "{where} holds telephone numbers"},
    "hsa_id": {"sv": "{where} innehåller HSA-id", "en": "{where} holds HSA-ids of staff"},
    "address": {"sv": "{where} innehåller postadresser", "en": "{where} holds postal addresses"},
    "heading_number": {
        "sv": "{where} är enligt sin rubrik ett identitetsnummer",
        "en": "{where} is an identity number by its heading",
    },
    "heading_birth": {
        "sv": "{where} är enligt sin rubrik ett födelsedatum",
        "en": "{where} is a date of birth by its heading",
    },
    "heading_name": {"sv": "{where} är enligt sin rubrik ett personnamn", "en": "{where} is a name by its heading"},
    "heading_address": {"sv": "{where} är enligt sin rubrik en adress", "en": "{where} is an address by its heading"},
    "heading_contact": {
        "sv": "{where} är enligt sin rubrik telefon eller e-post",
        "en": "{where} is telephone or e-mail by its heading",
    },
    "heading_free_text": {"sv": "{where} är enligt sin rubrik fri text", "en": "{where} is free text by its heading"},
    "free_text": {"sv": "{where} ser ut att vara fri text", "en": "{where} looks like free text"},
    "birth_month": {
        "sv": "{where} är enligt sin rubrik födelsemånad; födelseår räcker",
        "en": "{where} is the month of birth by its heading; the year is enough",
    },
    "suspected_number": {
        "sv": "{where} liknar personnummer, men kontrollsiffran stämmer inte",
        "en": "{where} looks like personal identity numbers, but the check digits are wrong",
    },
    "numeric_pseudonym": {
        "sv": "{where} är en nyckel av slumptal, och några av dem kan läsas som personnummer",
        "en": "{where} is a key of random numbers, and some of them can be read as personal identity numbers",
    },
    "in_heading": {
        "sv": "{where} har en identitetsuppgift i själva rubriken",
        "en": "{where} has an identifier in its very heading",
    },
}

PLACES: Mapping[str, Text] = {
    "file_name": {"sv": "filens namn", "en": "file name"},
    "sheet_name": {"sv": "bladets namn", "en": "sheet name"},
    "sheet name": {"sv": "bladets namn", "en": "sheet name"},
    "preamble": {"sv": "text före rubrikraden", "en": "text above the headings"},
    "comment": {"sv": "kommentar", "en": "comment"},
    "hidden sheet": {"sv": "dolt blad", "en": "hidden sheet"},
    "document property": {"sv": "dokumentegenskap", "en": "document property"},
    "defined name": {"sv": "definierat namn", "en": "defined name"},
    "column label": {"sv": "kolumnens etikett", "en": "column label"},
    "file label": {"sv": "filens etikett", "en": "file label"},
    "value label": {"sv": "etikett för ett värde", "en": "value label"},
    "schema metadata": {"sv": "beskrivning inuti filen", "en": "description inside the file"},
}

_ABOUT_COLUMNS = (
    "heading_number", "heading_birth", "heading_name", "heading_address", "heading_contact", "heading_free_text",
    "free_text",
)  # fmt: skip
_DROP_IT: Text = {
    "sv": "be om en leverans utan kolumnen, eller skriv den under drop i mappningen; inget har lästs in",
    "en": "ask for a delivery without the column, or name it under drop in the mapping; nothing was loaded",
}

ACTIONS: Mapping[str, Text] = {
    "default": {
        "sv": "be leverantören byta ut uppgiften mot ett pseudonym och leverera om; inget har lästs in",
        "en": "ask the supplier to replace it with a pseudonym and deliver again; nothing was loaded",
    },
    "hsa_id": {
        "sv": "be leverantören om ett pseudonym (till exempel HMAC-SHA-256 med hemlig nyckel); inget har lästs in",
        "en": "ask the supplier for a pseudonym (such as HMAC-SHA-256 with a secret key); nothing was loaded",
    },
    "birth_month": {"sv": "be om födelseår i stället", "en": "ask for the year of birth instead"},
    "suspected_number": {
        "sv": "fråga leverantören hur numren är gjorda",
        "en": "ask the supplier how the numbers were made",
    },
    "numeric_pseudonym": {
        "sv": "bekräfta med leverantören att det är slumptal och sätt allow_numeric_pseudonym: true i mappningen",
        "en": "confirm with the supplier that they are random and set allow_numeric_pseudonym: true in the mapping",
    },
    **dict.fromkeys(_ABOUT_COLUMNS, _DROP_IT),
}
