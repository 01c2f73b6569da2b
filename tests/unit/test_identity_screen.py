"""The identity screen: planted identifiers are found wherever they lie, and nothing is said of their values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from plants import KINDS, planted

from factfidelity.delivery.identity import _safe_heading, screen_table
from factfidelity.delivery.raw import RawTable


def raw(columns: dict[str, list[str]], *, file: str = "contacts.csv", extras: tuple[tuple[str, str], ...] = ()):
    frame = pd.DataFrame(columns, dtype="str")
    return RawTable(file, "", frame, np.arange(2, len(frame) + 2), 1, extras=extras)


def rules(table: RawTable, **options) -> set[str]:
    return {problem.rule for problem in screen_table(table, **options) if problem.severity == "stop"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_planted_identifier_is_found_as_a_cell_of_its_own(kind):
    draw = np.random.default_rng(11)
    missed = []
    for text in planted(kind, 70, draw):
        cells = [f"P-{number:05d}" for number in range(99)]
        cells.insert(int(draw.integers(0, 99)), text)
        if not rules(raw({"Deltagare": cells})):
            missed.append(text)
    assert missed == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "lost_zeros"])
def test_every_planted_identifier_is_found_inside_a_sentence(kind):
    draw = np.random.default_rng(12)
    words = ["ringde", "modern", "i går", "enligt", "avtal,", "återkommer"]
    missed = []
    for text in planted(kind, 70, draw):
        sentence = f"{draw.choice(words)} {text} {draw.choice(words)}"
        if not rules(raw({"Rum": ["A1", "A2", sentence]})):
            missed.append(sentence)
    assert missed == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_five_thousand_of_each_kind_are_found(kind):
    draw = np.random.default_rng(15)
    clean = [f"P-{number:05d}" for number in range(9)]
    assert [text for text in planted(kind, 5000, draw) if not rules(raw({"Deltagare": [*clean, text]}))] == []


NO_CELLS = pd.DataFrame(index=range(1))


def beside(place: str, text: str) -> RawTable:
    """A table without anything in its cells, and a text in a place beside them."""
    if place == "heading":
        return raw({"Pseudonym": ["P-1"], f"svar {text}": ["1"]})
    if place == "file name":
        return RawTable(f"uttag {text}.csv", "", NO_CELLS, np.array([2]), 1)
    if place == "hidden sheet":
        return raw({"Blad": ["x", text, "y"]})
    return RawTable("a.csv", "", NO_CELLS, np.array([2]), 1, extras=((place, f"uttag {text} klart"),))


PLACES = ("heading", "file name", "hidden sheet", "sheet name", "comment", "document property", "column label",
          "value label", "file label", "preamble")  # fmt: skip


def missed(place: str, texts: list[str]) -> int:
    """How many of the texts are not found in a place; all at once where one rule tells of all of them."""
    if place == "heading":
        return sum(_safe_heading(f"svar {text}", 0) != "#1" for text in texts)
    extras = tuple((place.replace("file name", "file_name"), f"uttag {text} klart") for text in texts)
    table = RawTable("a.csv", "", NO_CELLS, np.array([2]), 1, extras=extras)
    if max((problem.count or 0 for problem in screen_table(table)), default=0) == len(texts):
        return 0
    return sum(not rules(beside(place, text)) for text in texts)


@pytest.mark.slow
@pytest.mark.parametrize("place", [place for place in PLACES if place != "hidden sheet"])  # its cells are cells
def test_five_thousand_of_each_kind_are_found_in_every_place(place):
    draw = np.random.default_rng(16)
    kinds = [kind for kind in KINDS if kind != "lost_zeros"]  # eight or nine digits: only in columns of keys
    assert {kind: missed(place, planted(kind, 5000, draw)) for kind in kinds} == dict.fromkeys(kinds, 0)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "lost_zeros"])
def test_every_planted_identifier_is_found_in_every_place(kind):
    draw = np.random.default_rng(17)
    assert [place for place in PLACES for text in planted(kind, 5, draw) if not rules(beside(place, text))] == []


def test_an_identity_number_that_reads_as_a_time_is_found_in_a_column_declared_as_dates():
    numbers = [number for number in planted("personnummer_12", 2000, np.random.default_rng(18))
               if int(number[8:10]) < 24 and int(number[10:]) < 60]  # fmt: skip
    dates = list(pd.date_range("2020-01-01", periods=99).strftime("%Y%m%d"))
    for number in numbers[:50]:
        assert rules(raw({"INDATUM": [*dates, number]}), declared={"INDATUM": "date"})


@pytest.mark.parametrize("place", ["file_name", "sheet_name", "comment", "hidden_sheet", "document_property", "label"])
@pytest.mark.parametrize("kind", ["personnummer_12", "personnummer_dash", "samordningsnummer", "stockholm", "email"])
def test_identifiers_beside_the_table_are_found(place, kind):
    text = planted(kind, 1, np.random.default_rng(3))[0]
    table = raw({"Pseudonym": ["P-1"]}, extras=((place, f"uttag för {text} klart"),))
    found = screen_table(table)
    assert found
    assert all(text not in problem.render(language) for problem in found for language in ("sv", "en"))


def test_an_identifier_in_a_heading_or_a_file_name_is_found_and_not_repeated():
    number = planted("personnummer_dash", 1, np.random.default_rng(5))[0]
    for table in (raw({f"svar {number}": ["1"]}), raw({"svar": ["1"]}, file=f"uttag_{number}.csv")):
        found = screen_table(table)
        assert found
        assert all(number not in problem.render(language) for problem in found for language in ("sv", "en"))


def test_messages_hold_counts_and_columns_and_no_value():
    numbers = planted("personnummer_12", 40, np.random.default_rng(6))
    (found,) = screen_table(raw({"Kod": numbers}))
    assert found.count == 40
    assert found.column == "Kod"
    assert not any(number in found.render(language) for number in numbers for language in ("sv", "en"))


@pytest.mark.parametrize(
    "heading",
    ["Personnummer", "persnr", "PNR", "PersonId", "Födelsedatum", "FODDAT", "Förnamn", "efter_namn", "Patientnamn",
     "Adress", "gatuAdress", "Postnr", "Telefon", "Mobil", "E-post", "epost", "e-mail", "LMAnummer", "Reservnummer",
     "Fastighet", "person nummer", "Anteckning", "Kommentar", "Fritext", "Notering", "Orsak", "Journal", "Övrigt"],
)  # fmt: skip
def test_a_heading_that_tells_of_a_person_refuses_the_file_unless_it_is_dropped(heading):
    table = raw({"Pseudonym": ["P-1", "P-2"], heading: ["x", "y"]})
    assert rules(table)
    assert not rules(table, dropped={heading})


@pytest.mark.parametrize(
    "heading",
    ["KLINIKNAMN", "typnr", "Kalmar", "allmanpsyk", "LopNr", "Löpnr", "p444_lopnr_personnr", "ULORSAK", "fodelsear",
     "Födelseår", "INDATUM", "Enhet", "Teamnamn", "Anledning", "MORSAK1", "SJUKHUS"],
)  # fmt: skip
def test_whole_words_only_so_that_these_headings_pass(heading):
    assert not rules(raw({heading: ["1", "2"]}))


def test_the_month_of_birth_is_warned_of():
    (found,) = screen_table(raw({"fodelseman": ["198001"]}))
    assert (found.rule, found.severity) == ("birth_month", "warn")


def test_an_empty_comment_column_passes():
    assert not rules(raw({"Kommentar (borttagen)": ["", "", ""]}))


def test_a_column_of_time_stamps_passes_though_a_tenth_have_a_right_check_digit():
    stamps = pd.date_range("2023-01-01", periods=3000, freq="97min")
    for form in ("%Y%m%d%H%M", "%Y%m%d %H%M", "%Y%m%d-%H%M", "%y%m%d%H%M", "%Y%m%d%H%M%S", "%Y-%m-%d %H:%M"):
        assert not rules(raw({"Tidpunkt": list(stamps.strftime(form))})), form


def test_identity_numbers_of_people_whose_last_digits_could_be_a_time_are_still_found():
    numbers = [number for number in planted("personnummer_12", 4000, np.random.default_rng(8))
               if int(number[8:10]) < 24 and int(number[10:]) < 60]  # fmt: skip
    assert len(numbers) > 100
    assert rules(raw({"Kolumn": numbers}))


def test_random_ten_digit_pseudonyms_need_the_word_of_the_mapping():
    draw = np.random.default_rng(9)
    keys = [str(number) for number in draw.integers(1_000_000_000, 10_000_000_000, 5000)]
    table = raw({"LopNr": keys})
    assert rules(table) == {"personnummer"}
    assert rules(table, pseudonyms={"LopNr"}) == {"numeric_pseudonym"}
    found = screen_table(table, pseudonyms={"LopNr"}, allow_numeric_pseudonym=True)
    assert {problem.severity for problem in found} == {"warn"}


def test_ten_digit_identity_numbers_among_random_ones_refuse_from_two_per_cent_on():
    draw = np.random.default_rng(10)
    keys = [str(number) for number in draw.integers(2_050_000_000, 10_000_000_000, 970)]
    table = raw({"LopNr": keys + planted("personnummer_10", 30, draw)})
    assert "personnummer" in rules(table, pseudonyms={"LopNr"}, allow_numeric_pseudonym=True)


def test_organisation_numbers_amounts_dates_and_codes_pass():
    draw = np.random.default_rng(13)
    organisation = [f"{head}-{tail:04d}" for head, tail in zip(
        draw.integers(212_000, 560_000, 300), draw.integers(0, 10_000, 300), strict=True)]  # fmt: skip
    organisation = [text[:2] + "2" + text[3:] for text in organisation]
    amounts = [f"{whole} {rest:03d},{part:02d}" for whole, rest, part in zip(
        draw.integers(1, 999, 300), draw.integers(0, 1000, 300), draw.integers(0, 100, 300), strict=True)]  # fmt: skip
    dates = list(pd.date_range("1950-01-01", periods=300, freq="57D").strftime("%Y%m%d"))
    codes = ["AU118 AU123", "XS012", "ZV025 ZV509 ZV504 AU124"] * 100
    fractions = [f"0.{number:010d}" for number in draw.integers(0, 10**10, 300)]
    table = raw({"Orgnr": organisation, "Belopp": amounts, "INDATUM": dates, "op": codes, "andel": fractions})
    assert not screen_table(table)


def test_free_text_is_told_from_codes_and_units():
    draw = np.random.default_rng(14)
    words = ["samtal", "hemma", "orolig", "bättre", "medicin", "arbete", "sömn", "bror", "planering", "nästa"]
    texts = [" ".join(draw.choice(words, 6)) for _ in range(200)]
    units = list(draw.choice(["Psykiatri Söder", "Psykosvård Västra Å", "FACT Norr"], 200))
    assert rules(raw({"Uppgift": texts})) == {"free_text"}
    assert not rules(raw({"Enhet": units}))


def test_names_of_persons_are_told_from_names_of_teams_under_a_bare_heading():
    places = ["Norr", "Söder", "Väst", "Öst", "Centrum", "Ängelholm", *(f"{number}" for number in range(2, 40))]
    teams = [f"FACT {place}" for place in places[:4]] + [f"Team {place}" for place in places[4:]]
    given, family = ["Anna", "Bo", "Cecilia", "Dan", "Eva", "Folke"], ["Alm", "Berg", "Ceder", "Dal", "Ek", "Fors"]
    persons = [f"{first} {last}" for first, last in zip(given, family, strict=True)]
    assert not rules(raw({"name": teams[:6], "team_id": teams[:6]}))
    assert not rules(raw({"Namn": teams}))
    assert rules(raw({"Namn": persons})) == {"free_text"}
    assert rules(raw({"Namn": [f"Klient {person}" for person in persons]})) == {"free_text"}
    assert rules(raw({"name": [f"{last}, {first}" for first, last in zip(given, family, strict=True)]})) == {
        "free_text"
    }


def test_published_examples_are_refused():
    # Skatteverket SKV 704 and Inera's page on reserve identities, put together here so that no number is stored whole.
    published = {
        "pnr": "19640823" + "-" + "3234", "excel": "1,96408" + "E+11", "stockholm": "9919930000" + "32",
        "gotaland": "19930829" + "X802",
    }  # fmt: skip
    for text in published.values():
        assert rules(raw({"Kod": ["P-1", text, "P-3"]})), text[:4]
