"""The region's files: the invented world as a region and the national registers would write it down.

Rows that are wrong are extra rows beside the world's own, so that setting them aside leaves the truth as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, SupportsInt

import numpy as np
import pandas as pd

from factfidelity.days import OPEN
from factfidelity.delivery.sample_draws import Draw, Ints
from factfidelity.delivery.sample_world import World

FIRST_LOPNR = 7_000_001
PROFESSIONS = {
    "team_leader": "Teamledare", "case_manager": "Vård- och stödsamordnare", "nurse": "Sjuksköterska",
    "social_worker": "Kurator", "assistant_nurse": "Skötare", "occupational_therapist": "Arbetsterapeut",
    "psychologist": "Psykolog", "psychiatrist": "Psykiater", "employment_specialist": "Arbetsspecialist (IPS)",
    "peer_worker": "Peer support",
}  # fmt: skip
EMPLOYERS = {"region": "Region", "municipality": "Kommun"}
FORMS_OF_CARE = {
    "HSL": "Frivillig vård (HSL)", "LPT": "LPT – sluten psykiatrisk tvångsvård",
    "LPT_open": "LPT – öppen psykiatrisk tvångsvård", "LRV": "LRV – sluten rättspsykiatrisk vård",
    "LRV_open": "LRV – öppen rättspsykiatrisk vård",
}  # fmt: skip
CONTACT_FORMS = {
    "visit": ("Mottagningsbesök", ""), "home_visit": ("Hembesök", "ZV025"), "elsewhere": ("Annan plats", "ZV043"),
    "phone": ("Telefon", "XS012"), "video": ("Video", "ZV051"), "letter": ("Brev", "XS003"),
    "conference": ("Konferens", "XS008"),
}  # fmt: skip
AGENCIES = {
    "": ("", ""), "social_services": ("Socialtjänst", "ZV509"), "housing": ("Boende", "ZV514"),
    "employment_service": ("Arbetsförmedlingen", "ZV502"), "social_insurance": ("Försäkringskassan", "ZV503"),
}  # fmt: skip
REASONS_ON = {
    "worse": "Försämring", "crisis": "Kris", "discharged": "Utskriven från heldygnsvård",
    "new_in_team": "Ny i teamet", "life_event": "Livshändelse",
}  # fmt: skip
REASONS_OFF = {"stable": "Stabiliserad", "left_team": "Avslutad i teamet"}
PAR_HEADINGS = (
    "LopNr IDNR AR INDATUMA UTDATUMA VTID SJUKHUS MVO KLINIKNAMN PVARD INSATT UTSATT hdia DIA1 DIA2 op EKOD1 KON "
    "ALDER LK slutrapporterad"
).split()


def table_text(headings: Sequence[str], columns: Sequence[Any]) -> str:
    """Return a semicolon-separated table with CRLF line ends, as Swedish systems write it."""
    rows = (";".join(map(str, row)) for row in zip(*columns, strict=True))
    return "\r\n".join([";".join(headings), *rows, ""])


def date_texts(days: Any, last: SupportsInt, form: str = "%Y-%m-%d") -> list[str]:
    """Return days as text; days at or after the end of the delivery are not known yet and are empty."""
    numbers, last = np.asarray(days, dtype=np.int64), int(last)
    texts = np.where(numbers < last, numbers, 0).astype("datetime64[D]").astype(str)
    short = form == "%Y%m%d"
    return [
        (text.replace("-", "") if short else text) if day < last else ""
        for text, day in zip(texts, numbers.tolist(), strict=True)
    ]


def lopnr_of(world: World) -> Ints:
    """Return the löpnummer that the national registers use for client 0, 1, …"""
    return FIRST_LOPNR + Draw(world.seed, "lopnr").order(len(world.ids))


def crosswalk(world: World) -> str:
    """Return the key from löpnummer to pseudonym."""
    numbers = lopnr_of(world)
    order = np.argsort(numbers)
    return table_text(["LopNr", "Pseudonym"], [numbers[order], np.array(world.ids)[order]])


def inpatient_frame(world: World) -> pd.DataFrame:
    """Return the inpatient register's rows as text, one per stay and clinic, with the year of the file."""
    last, clinics = world.span.last, world.setting["clinics"]
    other = world.tables["other"].assign(spell=-1, acute=True)
    stays = pd.concat([world.tables["episodes"], other], ignore_index=True)
    stays = stays.sort_values(["admitted", "client", "discharged"], kind="stable", ignore_index=True)
    draw, size = Draw(world.seed, "inpatient form"), len(stays)
    people = world.tables["clients"].iloc[stays["client"].to_numpy()].reset_index(drop=True)
    begun, ended = stays["admitted"].to_numpy(), stays["discharged"].to_numpy()
    done = ended < last
    year_out = 1970 + np.minimum(ended, last - 1).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    diagnoses = world.tables["diagnoses"].drop_duplicates("client").set_index("client")["code"]
    main = diagnoses.reindex(stays["client"]).to_numpy()
    moved = stays.duplicated(["client", "spell"], keep="first").to_numpy() & (stays["spell"] >= 0).to_numpy()
    rows = pd.DataFrame({"LopNr": lopnr_of(world)[stays["client"].to_numpy()], "IDNR": np.arange(1, size + 1)})
    rows["AR"] = np.where(done, year_out.astype(str), "")
    rows["INDATUMA"], rows["UTDATUMA"] = date_texts(begun, OPEN, "%Y%m%d"), date_texts(ended, last, "%Y%m%d")
    rows["VTID"] = np.where(done, (ended - begun).astype(str), "")
    for heading, key in (("SJUKHUS", "hospital"), ("MVO", "mvo"), ("KLINIKNAMN", "unit")):
        rows[heading] = [clinics[clinic][key] for clinic in stays["clinic"]]
    rows["PVARD"] = ""
    rows["INSATT"] = np.where(moved, "1", "3")
    rows["UTSATT"] = np.where(done, "3", "")
    rows["hdia"] = np.where(stays["clinic"] == "somatic", "J189", np.where(done, main, ""))
    rows["DIA1"] = np.where(draw.happens(0.02, size), "BLANKED", np.where(draw.happens(0.15, size), "F199", ""))
    rows["DIA2"] = np.where(stays["clinic"] == "somatic", main, "")
    checked = np.where(draw.happens(0.5, size), "AU118", "")
    rows["op"] = [
        " ".join(filter(None, pair)) for pair in zip(checked, np.where(stays["acute"], "XS100", ""), strict=True)
    ]
    rows.loc[draw.happens(0.01, size), "op"] = "AU124 -1"
    rows.loc[stays["acute"].to_numpy() & (rows["op"] == "AU124 -1").to_numpy(), "op"] = "XS100 -1"
    rows["EKOD1"] = ""
    rows["KON"] = np.where(people["sex"] == "male", "1", "2")
    rows["ALDER"] = year_out - people["birth_year"].to_numpy()
    rows["LK"] = np.where(year_out == 2019, people["municipality"].str.lstrip("0"), people["municipality"])
    rows["slutrapporterad"] = np.where(done, "1", "")
    return rows.assign(file_year=year_out, done=done)


def inpatient_files(world: World) -> tuple[dict[str, str], dict[str, int]]:
    """Return one file for each discharge year, and how many rows of each fault were planted in them."""
    rows = inpatient_frame(world)
    years = sorted(int(year) for year in rows["file_year"].unique())
    extra = _inpatient_faults(world, rows, years)
    text = {}
    for year in years:
        part = pd.concat([rows.loc[rows["file_year"] == year], extra.loc[extra["file_year"] == year]])
        part = part.sort_values(["INDATUMA", "IDNR"], kind="stable")
        text[f"ut_r_par_sv_9140_{year}.csv"] = table_text(PAR_HEADINGS, [part[heading] for heading in PAR_HEADINGS])
    counts = {str(name): int(number) for name, number in extra["fault"].value_counts().sort_index().items()}
    return text, counts


def _inpatient_faults(world: World, rows: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    """Return extra rows: exact duplicates, reports of unfinished stays, impossible dates, unknown persons."""
    draw = Draw(world.seed, "inpatient faults")
    done = rows.loc[rows["done"]]
    same = done.iloc[np.sort(draw.order(len(done))[:6])].assign(fault="exact_duplicate")
    late = done.loc[(done["file_year"] == years[-1]) & (done["INDATUMA"] < f"{years[-1]}0101")]
    early = late.iloc[:3].assign(AR="", UTDATUMA="", VTID="", UTSATT="", hdia="", slutrapporterad="0")
    early = early.assign(file_year=years[-1] - 1, fault="superseded_report")
    some = done.loc[done["MVO"] == "901"]
    picked = some.iloc[np.sort(draw.order(len(some))[:5])].copy()
    picked["IDNR"] = np.arange(90_001, 90_006)
    partial = picked.iloc[:1].assign(fault="partial_date")
    partial["INDATUMA"] = partial["INDATUMA"].str[:6] + "00"
    wrong = picked.iloc[1:3].assign(fault="discharged_before_admitted", VTID="")
    wrong["INDATUMA"], wrong["UTDATUMA"] = wrong["UTDATUMA"], wrong["INDATUMA"]
    back = wrong["INDATUMA"] == wrong["UTDATUMA"]
    wrong.loc[back, "UTDATUMA"] = wrong.loc[back, "AR"] + "0101"
    wrong.loc[back, "INDATUMA"] = wrong.loc[back, "AR"] + "0108"
    unknown = picked.iloc[3:].assign(fault="unknown_person")
    unknown["LopNr"] = FIRST_LOPNR + len(world.ids) + np.arange(500, 502)
    return pd.concat([same, early, partial, wrong, unknown], ignore_index=True)


def compulsory_file(world: World) -> str:
    """Return forms of care with leave and coercive measures: the form is repeated once for each of them."""
    last, tables = world.span.last, world.tables
    legal = tables["legal"].assign(order=np.arange(len(tables["legal"])))
    closed = legal.loc[legal["form"] == "LPT"].drop_duplicates("spell").set_index("spell")
    leave, measures = tables["leave"], tables["measures"]
    away = closed.loc[leave["spell"]].reset_index(drop=True).assign(out=leave["start"], back=leave["back"])
    done = closed.loc[measures["spell"]].reset_index(drop=True)
    done = done.assign(code=measures["code"], on=measures["day"])
    plain = legal.loc[~legal["order"].isin(pd.concat([away["order"], done["order"]]))]
    rows = pd.concat([plain, away, done], ignore_index=True).sort_values(
        ["start", "client", "order", "out", "on"], kind="stable", ignore_index=True
    )
    size, draw = len(rows), Draw(world.seed, "compulsory form")
    measured = rows["code"].notna().to_numpy()
    hour, minute, lasts = draw.whole(0, 20, size), draw.whole(0, 11, size) * 5, draw.whole(1, 3, size)
    begun = [f"{h:02d}:{m:02d}" if here else "" for h, m, here in zip(hour, minute, measured, strict=True)]
    ended = [
        f"{h + k:02d}:{m:02d}" if here else "" for h, k, m, here in zip(hour, lasts, minute, measured, strict=True)
    ]
    given = [
        np.array(world.ids)[rows["client"].to_numpy()],
        rows["form"].map(FORMS_OF_CARE),
        date_texts(rows["start"], OPEN),
        date_texts(rows["last"], last),
        _optional(rows["out"], last),
        _optional(rows["back"], last),
        rows["code"].fillna(""),
        _optional(rows["on"], last),
        begun,
        ended,
    ]
    headings = (
        "Pseudonym;Vårdform;Startdatum;Slutdatum;Permission från;Permission till;Åtgärdskod;Åtgärdsdatum;"
        "Starttid;Sluttid"
    )
    return table_text(headings.split(";"), given)


def _optional(days: pd.Series[Any], last: int) -> list[str]:
    return date_texts(days.fillna(float(last)).astype("int64"), last)


def deaths_file(world: World) -> tuple[str, dict[str, int]]:
    """Return deaths as in the cause-of-death register, and how many of them lack the day.

    The one whose day is not known had left the area before, so that the truth does not hang on it.
    """
    last, tables = world.span.last, world.tables
    deaths = tables["deaths"].sort_values("death", kind="stable")
    texts = date_texts(deaths["death"], last, "%Y%m%d")
    numbers = lopnr_of(world)
    clients = deaths["client"].tolist()
    life = tables["life"]
    stays = pd.concat([tables["episodes"], tables["other"]]).groupby("client")["discharged"].max()
    latest = np.maximum(life["moved"].to_numpy(), stays.reindex(life.index).fillna(0).to_numpy())
    gone = np.nonzero((life["moved"] < last) & (life["death"] == OPEN) & (latest < last - 40))[0][:1]
    for client in gone.tolist():
        clients.append(client)
        texts.append(date_texts([int(latest[client]) + 35], last, "%Y%m%d")[0][:6] + "00")
    return table_text(["LopNr", "DODSDAT"], [numbers[clients], texts]), {"partial_date": len(gone)}


def contact_files(world: World) -> tuple[dict[str, str], dict[str, int]]:
    """Return one contact list for each year; a contact with two staff has two rows with the same id."""
    draw, columns = Draw(world.seed, "contact form"), _contact_columns(world)
    frame = pd.DataFrame(columns)
    frame["Ny-/återbesök"] = np.where(draw.happens(0.04, len(frame)), "Nybesök", "Återbesök")
    order = ["Kontaktdatum", "Kontakttid", "Kontakt-id", "Medarbetar-id"]
    frame = frame.sort_values(order, kind="stable", ignore_index=True)
    again = frame.iloc[np.sort(draw.order(len(frame))[:5])]
    frame = pd.concat([frame, again], ignore_index=True)
    year = frame["Kontaktdatum"].str[:4]
    headings = list(columns)
    files = {
        f"kontaktlista_{name}.csv": table_text(headings, [frame.loc[year == name, heading] for heading in headings])
        for name in sorted(set(year))
    }
    return files, {"exact_duplicate": len(again)}


def _contact_columns(world: World) -> dict[str, Any]:
    rows = world.tables["contacts"]
    doubled = rows.duplicated("contact", keep=False)
    with_whom = [
        ", ".join(filter(None, (AGENCIES[agency][0], "närstående" if close else "")))
        for agency, close in zip(rows["agencies"], rows["relatives"], strict=True)
    ]
    codes = [
        " ".join(filter(None, (CONTACT_FORMS[kind][1], AGENCIES[agency][1], "ZV504" if close else "")))
        for kind, agency, close in zip(rows["form"], rows["agencies"], rows["relatives"], strict=True)
    ]
    return {
        "Pseudonym": plain(world, rows["client"]),
        "Kontaktdatum": date_texts(rows["day"], world.span.last),
        "Kontakttid": rows["time"],
        "Kontaktform": rows["form"].map(lambda value: CONTACT_FORMS[value][0]),
        "Besökstyp": np.where(rows["face_to_face"], np.where(doubled, "Teambesök", "Enskilt"), ""),
        "Yrkeskategori": rows["profession"].map(PROFESSIONS),
        "Enhet": team_names(world, rows["team"]),
        "Tid (timmar)": [f"{minutes / 60:g}".replace(".", ",") for minutes in rows["minutes"]],
        "Deltagare": with_whom,
        "Åtgärdskoder": codes,
        "Ny-/återbesök": "",
        "Uteblivet": np.where(rows["attended"], "Nej", "Ja"),
        "Kontakt-id": [f"K{number + 1}" for number in rows["contact"]],
        "Medarbetar-id": rows["staff_id"],
    }


def plain(world: World, clients: pd.Series[Any]) -> Any:
    """Return the pseudonyms of client numbers."""
    return np.array(world.ids)[clients.to_numpy()]


def team_names(world: World, teams: pd.Series[Any]) -> Any:
    """Return the names of team numbers."""
    return np.array([entry["name"] for entry in world.setting["teams"]])[teams.to_numpy()]


def swedish(values: Iterable[Any], words: Mapping[str, str]) -> list[str]:
    """Return codes in the suppliers' words; nothing where there is no code."""
    return [words.get(value, "") if isinstance(value, str) else "" for value in values]
