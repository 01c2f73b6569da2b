"""The team's own files and those of the municipalities: rosters, the board log, support, ratings in Excel."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import numpy as np
import pandas as pd

from factfidelity.days import OPEN
from factfidelity.delivery.sample_draws import Draw
from factfidelity.delivery.sample_forms import (
    EMPLOYERS,
    PROFESSIONS,
    REASONS_OFF,
    REASONS_ON,
    date_texts,
    plain,
    swedish,
    table_text,
    team_names,
)
from factfidelity.delivery.sample_world import World

GROUPS = {
    "psychosis": "Psykos", "bipolar": "Bipolär sjukdom", "personality": "Personlighetssyndrom",
    "autism_adhd": "Autism eller adhd",
}  # fmt: skip
END_REASONS = {
    "planned": "Avslutad enligt plan", "declined": "Avböjt fortsatt kontakt", "other_service": "Annan vårdgivare",
    "moved": "Flyttat", "died": "Avliden", "changed_team": "Bytt team",
}  # fmt: skip
SERVICES = {
    "housing_support": "Boendestöd", "daily_activity": "Daglig verksamhet", "contact_person": "Kontaktperson",
    "supported_housing": "Bostad med särskild service",
}  # fmt: skip
PLANS = {"SIP": "SIP", "crisis_plan": "Krisplan"}


def client_file(world: World) -> str:
    """Return the cohort: whom the delivery follows and when; the last day is the last one observed."""
    rows = world.tables["clients"]
    headings = ["Pseudonym", "Kön", "Födelseår", "Kommun", "Diagnosgrupp", "Bevakad från", "Bevakad till"]
    last = world.span.last
    until = np.where(rows["observed_to"] <= last, rows["observed_to"] - 1, OPEN)
    sex = rows["sex"].map({"male": "Man", "female": "Kvinna"})
    since = date_texts(rows["observed_from"], last)
    group = rows["diagnosis_group"].map(GROUPS)
    given = [rows["client_id"], sex, rows["birth_year"], rows["municipality"], group, since, date_texts(until, last)]
    return table_text(headings, given)


def team_file(world: World) -> str:
    """Return the teams."""
    entries = world.setting["teams"]
    starts = date_texts(world.span.starts, world.span.last)
    given = [[entry["name"] for entry in entries], ["FACT"] * len(entries), starts, [e["catchment"] for e in entries]]
    return table_text(["Team", "Modell", "Startdatum", "Invånare i området"], given)


def enrolment_file(world: World) -> str:
    """Return enrolments; ``Utskriven`` is the last day in the team."""
    rows, last = world.tables["enrolments"], world.span.last
    until = date_texts(np.where(rows["end"] < OPEN, rows["end"] - 1, OPEN), last)
    given = [plain(world, rows["client"]), team_names(world, rows["team"]), date_texts(rows["start"], last), until,
             swedish(rows["end_reason"], END_REASONS)]  # fmt: skip
    return table_text(["Pseudonym", "Team", "Inskriven", "Utskriven", "Avslutsorsak"], given)


def roster_file(world: World) -> str:
    """Return who works in the teams, with the degree of employment written in three ways."""
    rows, last = world.tables["staff"], world.span.last
    forms = (lambda x: f"{100 * x:g}", lambda x: f"{100 * x:g} %", lambda x: f"{x:g}".replace(".", ","))
    degree = [forms[number % 3 if fte < 1 else 0](fte) for number, fte in enumerate(rows["fte"])]
    until = date_texts(np.where(rows["end"] < OPEN, rows["end"] - 1, OPEN), last)
    skills = rows["skills"].map({"": "", "ips": "IPS", "addiction": "Beroende"})
    given = [
        team_names(world, rows["team"]), rows["staff_id"], rows["profession"].map(PROFESSIONS),
        rows["employer"].map(EMPLOYERS), degree, np.where(rows["case_carrying"], "Ja", "Nej"),
        date_texts(rows["start"], last), until, skills,
    ]  # fmt: skip
    headings = "Team;Medarbetar-id;Roll;Huvudman;Tjänstgöringsgrad;Bär ärenden;Från;Till;Särskild kompetens"
    return table_text(headings.split(";"), given)


def post_file(world: World) -> str:
    """Return established posts."""
    rows, last = world.tables["posts"], world.span.last
    given = [team_names(world, rows["team"]), rows["profession"].map(PROFESSIONS), rows["employer"].map(EMPLOYERS),
             [f"{fte:g}".replace(".", ",") for fte in rows["fte"]], date_texts(rows["start"], last),
             date_texts(rows["end"], last)]  # fmt: skip
    return table_text("Team;Roll;Huvudman;Inrättad tjänst (heltid = 1);Från;Till".split(";"), given)


def board_file(world: World) -> tuple[str, dict[str, int]]:
    """Return the board's log and the faults in it: an on without an off, a second on, an off without an on."""
    rows, span = world.tables["board"], world.span
    draw, size = Draw(world.seed, "board form"), len(rows)
    base = pd.DataFrame({"client": rows["client"], "team": rows["team"], "plan": draw.whole(2, 5, size).astype(str)})
    on = base.assign(day=rows["start"], what="Upp på tavlan", why=swedish(rows["reason_on"], REASONS_ON), part=1)
    off = base.assign(day=rows["end"], what="Ner från tavlan", why=swedish(rows["reason_off"], REASONS_OFF), part=0)
    off["plan"] = "1"
    weeks = ((np.minimum(rows["end"], span.last) - rows["start"] - 1) // 7).to_numpy()
    seen = base.loc[base.index.repeat(weeks)].reset_index(drop=True).assign(what="Genomgång", why="", part=2)
    number = np.arange(len(seen)) - np.repeat(np.cumsum(weeks) - weeks, weeks)
    seen["day"] = np.repeat(rows["start"].to_numpy(), weeks) + 7 * (number + 1)
    final = ~rows.duplicated("client", keep="last")
    gone = np.nonzero(((rows["end"] < OPEN) & (rows["reason_off"] == "left_team") & final).to_numpy())[0]
    lost = off.index.isin(gone[:1]) | (off["day"] >= span.last)
    long = np.nonzero((rows["end"] - rows["start"] > 20).to_numpy() & (rows["end"] < OPEN).to_numpy())[0]
    twice = on.iloc[long[:1]].assign(day=on["day"].iloc[long[:1]] + 10)
    first = rows["start"] - rows.groupby("client")["end"].shift(fill_value=0)
    free = np.nonzero((first > 60) & (rows.duplicated("client")))[0]
    stray = off.iloc[free[:1]].assign(day=rows["start"].iloc[free[:1]] - 30)
    log = pd.concat([on, off.loc[~lost], seen, twice, stray], ignore_index=True)
    log = log.sort_values(["day", "client", "part"], kind="stable", ignore_index=True)
    staff = world.tables["staff"]
    mine = [
        staff.loc[(staff["team"] == team) & staff["leader"], "staff_id"].iloc[0] for team in range(len(span.starts))
    ]
    clock = np.where(draw.happens(0.01, len(log)), "", "08:30")
    given = [date_texts(log["day"], span.last), clock, plain(world, log["client"]), log["what"], log["why"],
             log["plan"], np.array(mine)[log["team"].to_numpy()], team_names(world, log["team"])]  # fmt: skip
    headings = "Datum;Tid;Deltagare;Händelse;Anledning;Planerad kontakt/vecka;Ansvarig;Team"
    faults = {"on_without_off": len(gone[:1]), "second_on": len(twice), "off_without_on": len(stray)}
    return table_text(headings.split(";"), given), faults


def meeting_file(world: World) -> str:
    """Return board meetings with the number of clients gone through."""
    rows = world.tables["meetings"]
    given = [date_texts(rows["day"], world.span.last), team_names(world, rows["team"]), rows["clients_reviewed"]]
    return table_text(["Datum", "Team", "Antal genomgångna"], given)


def municipal_keys(world: World, code: str) -> dict[int, int]:
    """Return the municipality's own number for each of its clients with support; numbers are its own from 501."""
    rows = world.tables["services"]
    clients = sorted(rows.loc[rows["municipality"] == code, "client"].unique().tolist())
    order = Draw(world.seed, f"municipality {code}").order(len(clients))
    return {client: 501 + int(place) for client, place in zip(clients, order, strict=True)}


def municipal_files(world: World) -> dict[str, bytes]:
    """Return each municipality's list of granted support (Excel's CSV, cp1252, three rows above, a sum below)."""
    files: dict[str, bytes] = {}
    for entry in world.setting["municipalities"]:
        code, keys = entry["code"], municipal_keys(world, entry["code"])
        rows = world.tables["services"]
        rows = rows.loc[rows["municipality"] == code]
        if not entry["delivers"]:
            continue
        files[f"kommun_{entry['name'].lower().replace('ä', 'a')}_insatser.csv"] = _municipal(world, rows, keys, code)
        pairs = sorted((number, client) for client, number in keys.items())
        text = table_text(["Löpnr", "Pseudonym"], [[n for n, _ in pairs], [world.ids[c] for _, c in pairs]])
        files[f"kommun_{entry['name'].lower().replace('ä', 'a')}_nyckel.csv"] = text.encode("cp1252")
    return files


def _municipal(world: World, rows: pd.DataFrame, keys: dict[int, int], code: str) -> bytes:
    last = world.span.last
    decided = date_texts(rows["decided"], last)
    serial = rows["decided"].to_numpy() + 25_569  # days since 1899-12-30, as Excel counts
    decided[: len(decided) // 40] = [str(number) for number in serial[: len(decided) // 40]]
    total = float(rows["hours"].sum())
    given = [
        [keys[client] for client in rows["client"]], [code.lstrip("0")] * len(rows), rows["kind"].map(SERVICES),
        rows["law"], date_texts(rows["requested"], last), decided, date_texts(rows["start"], last),
        date_texts(np.where(rows["end"] < last, rows["end"] - 1, OPEN), last),
        [f"{hours:g}".replace(".", ",") if hours == hours else "" for hours in rows["hours"]], [""] * len(rows),
    ]  # fmt: skip
    headings = (
        "Löpnr;Kommun;Insats;Lagrum;Ansökningsdatum;Beslutsdatum;Startdatum;Slutdatum;Beviljade tim/mån;"
        "Kommentar (borttagen)"
    )
    above = ["sep=;", "Vård- och omsorgsförvaltningen, utdrag beviljade insatser" + ";" * 9,
             f"Period: till och med {date_texts([last - 1], last)[0]}" + ";" * 9, ";" * 9]  # fmt: skip
    whole, part = f"{total:,.1f}".replace(",", " ").split(".")
    below = f"Summa;;;;;;;;{whole},{part};\r\n"
    return ("\r\n".join([*above, table_text(headings.split(";"), given)]) + below).encode("cp1252")


def rating_workbook(world: World) -> bytes:
    """Return the assessors' DACTS ratings as an Excel file, the same bytes for the same world."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"title": "Programtrohet", "created": dt.datetime(2025, 1, 15, tzinfo=dt.UTC)})
    sheet = book.add_worksheet("Skattningar")
    headings = [
        "Skattningsdatum",
        "Team",
        "Skala",
        "Version",
        "Punkt",
        "Bedömare A",
        "Bedömare B",
        "Konsensus",
        "Underlag",
    ]
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, headings, bold)
    rows = world.tables["ratings"]
    days, teams = date_texts(rows["day"], world.span.last), team_names(world, rows["team"])
    for number, (day, team, row) in enumerate(zip(days, teams, rows.to_dict("records"), strict=True), start=1):
        scores: list[Any] = [row["A"], row["B"], row["true"]] if row["rated"] else [9, 9, 9]
        basis = "observation, intervju" if row["rated"] else "ej bedömbar"
        sheet.write_row(number, 0, [day, team, "DACTS", "1998", row["item"], *map(int, scores), basis])
    sheet.set_column(0, len(headings) - 1, 15)
    book.close()
    return _stored(target.getvalue())


def _stored(workbook: bytes) -> bytes:
    """Pack a workbook anew without compression: what compression gives differs between versions of zlib."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            packed.writestr(entry, given.read(name))
    return target.getvalue()


def other_files(world: World) -> dict[str, str]:
    """Return the smaller lists: emergency visits, ratings, diagnoses, plans, referrals, work."""
    last = world.span.last
    lists: dict[str, dict[str, Any]] = {}
    rows = world.tables["visits"]
    lists["akutbesok"] = {
        "Pseudonym": plain(world, rows["client"]),
        "Besöksdatum": date_texts(rows["day"], last),
        "Kontakttyp": ["Akutbesök"] * len(rows),
        "MVO": ["046"] * len(rows),
        "Yrkeskategori": rows["profession"].map(PROFESSIONS),
    }
    rows = world.tables["measurements"]
    lists["skattningar"] = {
        "Pseudonym": plain(world, rows["client"]),
        "Datum": date_texts(rows["day"], last),
        "Instrument": rows["instrument"],
        "Del": rows["part"].map({"total": "Total", "symptom": "Symtom", "function": "Funktion"}),
        "Poäng": rows["score"].astype("int64"),
    }
    rows = world.tables["diagnoses"]
    lists["diagnoser"] = {
        "Pseudonym": plain(world, rows["client"]),
        "Datum": date_texts(rows["day"], last),
        "Diagnoskod": rows["code"],
    }
    lists |= {"planer": _plans(world), "remisser": _referrals(world), "arbete": _work(world)}
    return {f"{name}.csv": table_text(list(columns), list(columns.values())) for name, columns in lists.items()}


def _plans(world: World) -> dict[str, Any]:
    rows, last, yes = world.tables["care_plans"], world.span.last, {True: "Ja", False: "Nej"}
    return {
        "Pseudonym": plain(world, rows["client"]),
        "Plan": rows["kind"].map(PLANS),
        "Upprättad": date_texts(rows["made"], last),
        "Uppföljd": date_texts(rows["followed_up"], last),
        "Individen närvarande": rows["person_present"].map(yes),
        "Närstående närvarande": rows["relatives_present"].map(yes),
        "Medverkande": rows["agencies"].map({"": "", "social_services": "Socialtjänst"}),
        "Samtycke": rows["consent"].map(yes),
    }


def _referrals(world: World) -> dict[str, Any]:
    rows, last = world.tables["referrals"], world.span.last
    return {
        "Pseudonym": plain(world, rows["client"]),
        "Team": team_names(world, rows["team"]),
        "Remiss inkom": date_texts(rows["received"], last),
        "Beslut": date_texts(rows["decided"], last),
        "Utfall": rows["outcome"].map({"accepted": "Antagen", "declined": "Avböjd"}),
        "Första kontakt": date_texts(rows["first_contact"], last),
    }


def _work(world: World) -> dict[str, Any]:
    rows, last = world.tables["work"], world.span.last
    return {
        "Pseudonym": plain(world, rows["client"]),
        "Sysselsättning": ["Arbete på öppna arbetsmarknaden"] * len(rows),
        "Från": date_texts(rows["start"], last),
        "Till": date_texts(np.where(rows["end"] < OPEN, rows["end"] - 1, OPEN), last),
        "Timmar per vecka": rows["hours"],
    }


def population_file(world: World) -> bytes:
    """Return inhabitants like an export from the statistical database: code and name in one cell, a column a year."""
    rows = world.tables["population"]
    years = sorted(int(year) for year in rows["year"].unique())
    persons = {
        (row["area"], row["age_group"], row["sex"], row["year"]): row["persons"] for row in rows.to_dict("records")
    }
    names = {entry["code"]: entry["name"] for entry in world.setting["municipalities"]}
    lines = [",".join(['"region"', '"ålder"', '"kön"', *(f'"Folkmängd {year}"' for year in years)])]
    for area, age, sex in dict.fromkeys(key[:3] for key in persons):
        word = "kvinnor" if sex == "female" else "män"
        values = [str(persons[area, age, sex, year]) for year in years]
        lines.append(",".join([f'"{area} {names[area]}"', f'"{age} år"', f'"{word}"', *values]))
    return "\r\n".join([*lines, ""]).encode("latin-1")
