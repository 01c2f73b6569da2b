"""Headings that tell of direct identifiers, judged by whole words: ``KLINIKNAMN`` passes, ``Patientnamn`` does not."""

from __future__ import annotations

import itertools
import re
import unicodedata

_NUMBER = """
    personnummer persnr pnr personnr personid fodelsenr fodelsenummer samordningsnummer samordningsnr samordnr
    lmanummer lmanr reservnummer reservnr ssn socialsecuritynumber nationalid civicnumber
"""
_BIRTH = "fodelsedatum foddat fodelsedag dateofbirth birthdate birthday dob"
_NAME = """
    fornamn efternamn personnamn patientnamn tilltalsnamn mellannamn brukarnamn klientnamn deltagarnamn
    firstname lastname surname patientname forename
"""
_ADDRESS = """
    adress gatuadress bostadsadress postadress hemadress folkbokforingsadress postnr postnummer postort
    address streetaddress zipcode postcode fastighet fastighetsbeteckning
"""
_CONTACT = """
    telefon telefonnr telefonnummer tfn mobil mobilnr mobilnummer mobiltelefon epost epostadress mail mejl
    email emailaddress phone phonenumber telephone
"""
_FREE_TEXT = """
    anteckning anteckningar kommentar kommentarer fritext notering noteringar orsak beskrivning journal
    journaltext journalanteckning ovrigt comment comments note notes freetext remark remarks
"""
_KINDS = {
    word: kind
    for kind, words in (
        ("heading_number", _NUMBER), ("heading_birth", _BIRTH), ("heading_name", _NAME), ("heading_address", _ADDRESS),
        ("heading_contact", _CONTACT), ("heading_free_text", _FREE_TEXT),
    )
    for word in words.split()
}  # fmt: skip
_BIRTH_MONTH = frozenset("fodelseman fodelsemanad birthmonth".split())
_IDENTITY = frozenset(
    """id idnr lopnr lopnummer nr nummer pid patient patientid person client clientid klient klientid deltagare brukare
    pseudonym nyckel key identitet ident""".split()
)
_SERIAL = re.compile(r"(?i)^(p\d+_)?l[oö]p_?nr")
_WORDS = re.compile(r"[a-zåäö]+|[A-ZÅÄÖ]+(?![a-zåäö])|[A-ZÅÄÖ][a-zåäö]+|\d+")


def words_of(heading: str) -> list[str]:
    """Split a heading at signs, digits and camel case; without regard to case, dots and rings.

    Examples
    --------
    >>> words_of("p444_lopnr_personnr"), words_of("FödelseDatum"), words_of("KLINIKNAMN")
    (['p', '444', 'lopnr', 'personnr'], ['fodelse', 'datum'], ['kliniknamn'])
    """
    composed = unicodedata.normalize("NFC", heading)
    return [_bare(word) for word in _WORDS.findall(composed)]


def _bare(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def heading_kind(heading: str) -> str:
    """Return what a heading tells of (``heading_name`` …), ``birth_month``, or nothing."""
    if _SERIAL.match(heading.strip()):
        return ""
    words = words_of(heading)
    joined = [first + second for first, second in itertools.pairwise(words)]
    whole = ["".join(words)] if len(words) < 5 else []
    for word in (*words, *joined, *whole):
        if word in _KINDS:
            return _KINDS[word]
    if any(word in _BIRTH_MONTH for word in (*words, *joined)):
        return "birth_month"
    return ""


def suggests_identity(heading: str) -> bool:
    """Tell whether a column of this name may hold the key of a person."""
    return any(word in _IDENTITY for word in words_of(heading)) or bool(_SERIAL.match(heading.strip()))


def is_bare_name(heading: str) -> bool:
    """Tell whether a heading is just ``Namn`` or ``Name``: of a team, or of a person."""
    return words_of(heading) in (["namn"], ["name"])
