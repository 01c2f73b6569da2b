"""What reading and mapping say when something is wrong, in English and Swedish, by rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from factfidelity.errors import Problem, Severity


class Said(NamedTuple):
    """A fault and what to do, in both languages; ``{...}`` are filled in."""

    kind: str
    severity: Severity
    what: str
    do: str
    what_sv: str
    do_sv: str


SAID: Mapping[str, Said] = {
    "no_folder": Said(
        "no_folder", "stop",
        'there is no folder "{name}"', "check the name, or make a sample to try with: factfidelity sample {name}",
        'mappen "{name}" finns inte',
        "kontrollera namnet, eller gör ett exempel att prova med: factfidelity sample {name}",
    ),
    "empty_folder": Said(
        "empty_folder", "stop",
        "the folder holds no file that can be read",
        "put the delivered files in it (csv, txt, xlsx, parquet, sav, dta, sas7bdat or zip)",
        "mappen innehåller ingen fil som kan läsas",
        "lägg de levererade filerna där (csv, txt, xlsx, parquet, sav, dta, sas7bdat eller zip)",
    ),
    "unknown_file": Said(
        "unknown_file", "stop",
        "does not look like any kind of file that is known.{nearest}",
        "name it after a table ({tables} …) with that table's columns, or describe it in mapping.yaml "
        "(factfidelity init proposes one); a file that holds no data goes under ignore there",
        "liknar ingen känd filtyp.{nearest_sv}",
        "döp den efter en tabell ({tables} …) med den tabellens kolumner, eller beskriv den i "
        "mapping.yaml (factfidelity init föreslår en); en fil utan uppgifter skrivs där under ignore",
    ),
    "not_in_mapping": Said(
        "unknown_file", "stop",
        "belongs to no source of the mapping", "add it to the files of a source, or to ignore",
        "hör inte till någon källa i mappningen", "lägg till den under files för en källa, eller under ignore",
    ),
    "no_such_file": Said(
        "mapping", "stop",
        'the source "{source}" asks for files that are not there: {pattern}',
        "deliver the file, or correct files in the mapping",
        'källan "{source}" anger filer som inte finns: {pattern}', "leverera filen, eller rätta files i mappningen",
    ),
    "missing_column": Said(
        "missing_column", "stop",
        'the column {column} is missing (needed for {table}; it may be called {names})',
        "deliver the column, or say in mapping.yaml which column it is",
        "kolumnen {column} saknas (behövs för {table}; den kan heta {names})",
        "leverera kolumnen, eller ange i mapping.yaml vilken kolumn det är",
    ),
    "doubled_column": Said(
        "unreadable", "stop",
        "{count} headings stand more than once", "give each column a heading of its own",
        "{count} rubriker förekommer mer än en gång", "ge varje kolumn en egen rubrik",
    ),
    "encoding": Said(
        "encoding", "stop",
        "is not {encoding} text", "save it as UTF-8, or state the right encoding in the mapping",
        "är inte text i {encoding}", "spara den som UTF-8, eller ange rätt teckenkodning i mappningen",
    ),
    "double_encoding": Said(
        "encoding", "stop",
        "has letters that were encoded twice ({count} places such as Ã¥ for å)",
        "export it again as UTF-8; do not open and save it in another program on the way",
        "innehåller tecken som har kodats två gånger ({count} ställen, till exempel Ã¥ för å)",
        "exportera filen igen som UTF-8, utan att öppna och spara den i ett annat program på vägen",
    ),
    "lost_letters": Said(
        "encoding", "stop",
        "has letters that were lost in an earlier conversion ({count} places)",
        "export it again from the source as UTF-8",
        "innehåller tecken som gått förlorade vid en tidigare konvertering ({count} ställen)",
        "exportera filen igen från källan som UTF-8",
    ),
    "other_code_page": Said(
        "encoding", "stop",
        "seems to be written in an old code page ({count} places where å, ä, ö became other signs)",
        "export it again as UTF-8, or state the encoding in the mapping (cp850, mac_roman)",
        "verkar vara skriven i en äldre teckentabell ({count} ställen där å, ä, ö blivit andra tecken)",
        "exportera filen igen som UTF-8, eller ange teckenkodningen i mappningen (cp850, mac_roman)",
    ),
    "binary": Said(
        "unreadable", "stop",
        "is not text and not a format that can be read", "export it as csv, xlsx or parquet",
        "är inte text och inte i något format som kan läsas", "exportera den som csv, xlsx eller parquet",
    ),
    "damaged": Said(
        "unreadable", "stop",
        "cannot be read as {format}: it is damaged or not of that format", "export it again",
        "kan inte läsas som {format}: filen är skadad eller i ett annat format", "exportera den igen",
    ),
    "no_rows": Said(
        "unreadable", "stop",
        "holds no table: no row of headings was found",
        "export it with its headings, one table in each file or sheet",
        "innehåller ingen tabell: ingen rubrikrad hittades",
        "exportera den med rubriker, en tabell per fil eller blad",
    ),
    "empty_file": Said(
        "unreadable", "stop",
        "is empty", "export it again, or remove it from the folder",
        "är tom", "exportera den igen, eller ta bort den ur mappen",
    ),
    "too_large": Said(
        "unreadable", "stop",
        "is larger than can be read safely ({limit})", "split it, or deliver it as parquet",
        "är större än vad som kan läsas säkert ({limit})", "dela upp den, eller leverera den som parquet",
    ),
    "needs_extra": Said(
        "unreadable", "stop",
        "needs the package pyreadstat to be read", 'install it: pip install "factfidelity[spss]"',
        "kräver paketet pyreadstat för att läsas", 'installera det: pip install "factfidelity[spss]"',
    ),
    "unsafe_archive": Said(
        "unreadable", "stop",
        "is an archive that is not safe to unpack ({reason})",
        "unpack it yourself, look at what it holds, and put the files in the folder",
        "är ett arkiv som inte är säkert att packa upp ({reason_sv})",
        "packa upp det själv, se vad det innehåller och lägg filerna i mappen",
    ),
    "formula_without_value": Said(
        "", "warn",
        "{cells} cells hold a formula that was never worked out, and were read as empty",
        "open the file in a spreadsheet program and save it, or ask for the values",
        "{cells} celler har en formel som aldrig räknats ut, och har lästs som tomma",
        "öppna filen i ett kalkylprogram och spara den, eller be om värdena",
    ),
    "unread_file": Said(
        "", "warn",
        "was not read: the format {format} is not one that can be read",
        "save it as xlsx or csv (unpack archives) if it holds data; nothing, if it does not",
        "har inte lästs: formatet {format} kan inte läsas",
        "spara den som xlsx eller csv (packa upp arkiv) om den innehåller uppgifter; annars ingenting",
    ),
    "keys_lost_zeros": Said(
        "", "warn",
        "most of its person keys are keys of clients without their leading zeros",
        "ask for the file again with the keys as text; a spreadsheet program takes zeros away when it saves",
        "de flesta personnycklarna är klienters nycklar utan inledande nollor",
        "be om filen igen med nycklarna som text; kalkylprogram tar bort nollor när de sparar",
    ),
    "unused_sheet": Said(
        "", "note",
        "the sheet is not a table that is known, and was not used", "nothing, if it holds only explanations",
        "bladet är ingen känd tabell och har inte använts", "ingenting, om det bara innehåller förklaringar",
    ),
    "hidden_sheet": Said(
        "", "note",
        "the sheet is hidden; it was looked through for identifiers and not used",
        "nothing, or name it under sheet in the mapping if it holds data",
        "bladet är dolt; det har granskats för identitetsuppgifter men inte använts",
        "ingenting, eller ange det under sheet i mappningen om det innehåller uppgifter",
    ),
    "plan_column": Said(
        "missing_column", "stop",
        "the plan asks for the column {column} of the table {table}, which no file has",
        "deliver the column, or correct the plan",
        "planen kräver kolumnen {column} i tabellen {table}, men ingen fil har den",
        "leverera kolumnen, eller rätta planen",
    ),
    "ragged_row": Said(
        "", "set_aside",
        "the row has more or fewer cells than there are headings",
        "quote texts that hold the separator, and do not cut rows",
        "raden har fler eller färre celler än det finns rubriker",
        "sätt citattecken om texter som innehåller skiljetecknet, och korta inte av rader",
    ),
    "duplicate": Said(
        "", "note",
        "the row repeats an earlier one exactly, and was counted once",
        "nothing; ask the supplier why, if there are many",
        "raden upprepar en tidigare rad exakt och har räknats en gång",
        "ingenting; fråga leverantören om det är många",
    ),
    "superseded": Said(
        "", "note",
        "a later delivery holds the same row again, and that one was used", "nothing, where deliveries overlap",
        "en senare leverans innehåller samma rad, och den har använts",
        "ingenting, när leveranser överlappar varandra",
    ),
    "taken_back": Said(
        "", "note",
        "the row corrects an earlier one by a negative amount, or is the one corrected; neither counts",
        "nothing; that is how the register takes back a dispensing",
        "raden rättar en tidigare med ett negativt antal, eller är den som rättas; ingen av dem räknas",
        "ingenting; så tar registret tillbaka ett uttag",
    ),
    "bad_date": Said(
        "", "set_aside",
        "the date in {column} cannot be read",
        "write dates as YYYY-MM-DD; for serial numbers or six digits, state epoch or six_digits in the mapping",
        "datumet i {column} kan inte läsas",
        "skriv datum som ÅÅÅÅ-MM-DD; för serienummer eller sex siffror, ange epoch eller six_digits i mappningen",
    ),
    "day_or_month": Said(
        "", "set_aside",
        "the date in {column} cannot be read: day and month may stand in either order",
        "ask the supplier which comes first and write dates as YYYY-MM-DD; if the day does, state day_first: true for "
        "the column in the mapping",
        "datumet i {column} kan inte läsas: dag och månad kan stå i endera ordningen",
        "fråga leverantören vilket som står först och skriv datum som ÅÅÅÅ-MM-DD; om det är dagen, ange "
        "day_first: true för kolumnen i mappningen",
    ),
    "partial_date": Said(
        "", "set_aside",
        "the date in {column} lacks its day or month", "correct it at the source, or set impute_partial in the plan",
        "datumet i {column} saknar dag eller månad", "rätta det vid källan, eller ange impute_partial i planen",
    ),
    "bad_number": Said(
        "", "set_aside",
        "the number in {column} cannot be read in one way only",
        "write numbers with a decimal comma and no other signs",
        "talet i {column} kan inte läsas entydigt", "skriv tal med decimalkomma och inga andra tecken",
    ),
    "bad_flag": Said(
        "", "set_aside",
        "the value in {column} is neither yes nor no", "write Ja or Nej, or recode the values in the mapping",
        "värdet i {column} är varken ja eller nej", "skriv Ja eller Nej, eller koda om värdena i mappningen",
    ),
    "bad_time": Said(
        "", "warn",
        "the time of day in {column} cannot be read, and was left empty", "write it as hh:mm",
        "klockslaget i {column} kan inte läsas och har lämnats tomt", "skriv det som tt:mm",
    ),
    "unknown_area": Said(
        "", "warn",
        "the code in {column} is no municipality or county, and was left empty",
        "correct the code (four digits; 01-25 first)",
        "koden i {column} är ingen kommun eller ett län, och har lämnats tom",
        "rätta koden (fyra siffror, först länet 01–25)",
    ),
    "no_person": Said(
        "", "set_aside",
        "the row has no person key", "complete it at the source",
        "raden saknar personnyckel", "komplettera vid källan",
    ),
    "not_linked": Said(
        "", "set_aside",
        "the pseudonym is not in the crosswalk {crosswalk}",
        "ask for a crosswalk that covers the whole delivery; some may rightly be outside it",
        "pseudonymen finns inte i kopplingsfilen {crosswalk}",
        "begär en kopplingsfil som täcker hela leveransen; en del kan med rätta stå utanför",
    ),
    "ambiguous_link": Said(
        "", "set_aside",
        "the pseudonym leads to more than one client in the crosswalk {crosswalk}",
        "ask the supplier which one is right",
        "pseudonymen leder till mer än en klient i kopplingsfilen {crosswalk}",
        "fråga leverantören vilken som är rätt",
    ),
    "end_without_begin": Said(
        "", "set_aside",
        "an end without a beginning before it", "complete the log, or leave it so: the period cannot be known",
        "ett slut utan föregående början", "komplettera loggen, eller lämna det så: perioden kan inte bestämmas",
    ),
    "unknown_event": Said(
        "", "set_aside",
        "the event in {column} is not one that the mapping names", "add it to begins, ends or reviews in the mapping",
        "händelsen i {column} nämns inte i mappningen", "lägg till den under begins, ends eller reviews i mappningen",
    ),
    "feeds_nothing": Said(
        "", "note",
        "the row says nothing that any table asks for", "nothing, where the mapping chooses rows on purpose",
        "raden innehåller inget som någon tabell frågar efter", "ingenting, när mappningen väljer rader med avsikt",
    ),
    "serial_date": Said(
        "", "warn",
        "{column} holds dates as Excel's serial numbers, and was read so", "write dates as YYYY-MM-DD",
        "{column} innehåller datum som Excels serienummer, och har lästs så", "skriv datum som ÅÅÅÅ-MM-DD",
    ),
    "period_from_data": Said(
        "", "warn",
        "the period is not stated; it was taken from the first and last date delivered",
        "state period in mapping.yaml",
        "perioden är inte angiven; den har tagits från första och sista levererade datum",
        "ange period i mapping.yaml",
    ),
    "clients_not_linked": Said(
        "", "note",
        "some of the clients are not in the crosswalk ({crosswalk}), and count as zero in the table {table}",
        "write linked: false for the source if they could not be found there; they are then not observed in it",
        "några av klienterna finns inte i kopplingsfilen ({crosswalk}) och räknas som noll i tabellen {table}",
        "skriv linked: false för källan om de inte kan återfinnas där; då är de inte observerade i den",
    ),
    "low_linkage": Said(
        "", "note",
        "{linked} of {persons} persons could be linked with the crosswalk {crosswalk}",
        "nothing, if the source covers more than the clients",
        "{linked} av {persons} personer kunde kopplas med {crosswalk}",
        "ingenting, om källan omfattar fler än klienterna",
    ),
    "no_period": Said(
        "mapping", "stop",
        "no date that was delivered gives the period", "state period in mapping.yaml",
        "inget levererat datum anger perioden", "ange period i mapping.yaml",
    ),
}  # fmt: skip


def problem(
    rule: str, *, file: str = "", column: str = "", rows: tuple[int, ...] = (), count: int | None = None,
    **facts: object,
) -> Problem:  # fmt: skip
    """Return the problem of one rule with its facts filled in."""
    said = SAID[rule]
    facts = {"column": column, "count": count, **facts}
    return Problem(
        said.what.format(**facts), said.do.format(**facts), file, column, rows, count, rule, said.kind, said.severity,
        said.what_sv.format(**facts), said.do_sv.format(**facts),
    )  # fmt: skip
