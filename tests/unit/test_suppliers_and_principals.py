"""Forms of suppliers that nobody built in, deliveries of several principals, and what a new user gets wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from factfidelity.cli import main
from factfidelity.delivery.load import check_extract, load_extract
from factfidelity.outcomes.mirror import mirror_outcomes
from factfidelity.schemas.plan import load_plan

IDS = [f"K{n:02d}X" for n in range(12)]
CLIENTS = "client_id;sex;birth_year\n" + "".join(f"{one};female;{1950 + n}\n" for n, one in enumerate(IDS))
TEAMS = "team_id;name;programme\nT1;Norr;fact\n"
ENROLMENTS = "client_id;team_id;start;end\n" + "".join(f"{one};T1;2021-01-01;\n" for one in IDS)
HEAD = "mapping: test\nperiod: {start: 2019-01-01, end: 2023-01-01}\n"
OWN = """sources:
  clients: {files: clients.csv, table: clients}
  teams: {files: teams.csv, table: teams}
  enrolments: {files: enrolments.csv, table: enrolments}
"""

# Region Dalarna: the headings of its view of care episodes, in windows-1252.
DALARNA = (
    "VårdepisodID;TidpunktStart;TidpunktSlut;Vårdtid;VårdepisodAvslutad;PatientID;Inskrivningssätt;Akut;"
    "InskrivenFrånAnnanKlinik;UtplaceringPågående\r\n"
    "V1;2022-01-03 10:15;2022-01-10 09:00;7;Ja;K00X;Ordinärt boende;Ja;Nej;Nej\r\n"
    "V2;2022-02-03 22:05;;;Nej;K01X;Annan klinik;Nej;Ja;Nej\r\n"
)
DALARNA_SAYS = """  stays:
    files: dalarna.csv
    columns:
      client_id: {names: [PatientID], kind: id, required: true}
      start: {names: [TidpunktStart], kind: date, required: true}
      end: {names: [TidpunktSlut], kind: date}
      days: {names: [Vårdtid], kind: number}
      acute: {names: [Akut], kind: flag}
    feeds:
      - table: episodes
        columns: {client_id: client_id, admitted: start, discharged: end, acute: acute, delivered_days: days}
        constants: {mvo: "901"}
"""

# Region Östergötland: visits from its data warehouse.
OSTERGOTLAND = (
    "Pseudonym;Besöksdatum;Besöksklockslag;Huvuddiagnos;Bidiagnos;Kommun;Län;Kontakttyp;KVÅ-kod;Kön;MVO-kod;"
    "Ny-/återbesök;DRG-vikt;Födelseår\r\n"
    "K00X;20220103;10:15;F20.0;;580;5;Besök;AU118 XS012;K;901;Återbesök;0,12;1950\r\n"
    "K01X;20220104;;F31;;580;5;Akutbesök;;M;901;Nybesök;1,12;1951\r\n"
)
OSTERGOTLAND_SAYS = """  visits:
    files: vdl.csv
    columns:
      client_id: {names: [Pseudonym], kind: id, required: true}
      date: {names: [Besöksdatum], kind: date, required: true}
      kind: {names: [Kontakttyp], kind: code, values: {Besök: outpatient, Akutbesök: emergency}}
      mvo: {names: [MVO-kod], kind: code, width: 3}
      diagnosis: {names: [Huvuddiagnos], kind: icd10}
    feeds:
      - table: visits
        columns: {client_id: client_id, date: date, kind: kind, mvo: mvo, main_diagnosis: diagnosis}
"""

# TakeCare: text with tabs, one row for each change of the form of care, times as ISO text; a user's own codes.
TAKECARE = (
    "PatientID\tDocumentID\tAdmissionFormCode\tIsEmergency\tEventDatetime\n"
    "K00X\t1\tB\t1\t2022-01-03T10:15:00\nK00X\t2\tA\t1\t2022-01-20T08:00:00\nK01X\t3\tB\t0\t2022-03-01T00:00:00\n"
)
TAKECARE_SAYS = """  forms:
    files: takecare.txt
    columns:
      client_id: {names: [PatientID], kind: id, required: true}
      code: {names: [AdmissionFormCode], kind: code, required: true}
      at: {names: [EventDatetime], kind: date, required: true}
    feeds:
      - table: legal_status
        columns: {client_id: client_id}
        constants: {form: LPT}
        events: {column: code, begins: [B], ends: [A], date: at, per: [client_id]}
"""


def delivery(place, sources: str, **files: str | bytes):
    place.mkdir(parents=True, exist_ok=True)
    usual = {"clients__csv": CLIENTS, "teams__csv": TEAMS, "enrolments__csv": ENROLMENTS}
    for name, text in {**usual, **files}.items():
        content = text if isinstance(text, bytes) else text.encode()
        (place / name.replace("__", ".")).write_bytes(content)
    if sources:
        (place / "mapping.yaml").write_text(HEAD + sources, encoding="utf-8")
    return place


def test_care_episodes_as_region_dalarna_writes_them(tmp_path):
    folder = delivery(tmp_path / "a", OWN + DALARNA_SAYS, dalarna__csv=DALARNA.encode("cp1252"))
    extract = load_extract(folder)
    stays = extract.episodes.sort_values("client_id")
    assert stays["admitted"].tolist() == [pd.Timestamp("2022-01-03"), pd.Timestamp("2022-02-03")]
    assert stays["discharged"].isna().tolist() == [False, True]
    assert stays["acute"].tolist() == [True, False]
    assert set(stays["mvo"]) == {"901"}
    assert extract.delivery.length_of_stay["differ"].tolist() == [0]


def test_visits_as_region_ostergotland_writes_them(tmp_path):
    visits = load_extract(delivery(tmp_path / "a", OWN + OSTERGOTLAND_SAYS, vdl__csv=OSTERGOTLAND)).visits
    assert visits["kind"].tolist() == ["outpatient", "emergency"]
    assert visits["main_diagnosis"].tolist() == ["F200", "F31"]
    assert visits["date"].tolist() == [pd.Timestamp("2022-01-03"), pd.Timestamp("2022-01-04")]


def test_forms_of_care_as_text_from_takecare(tmp_path):
    forms = load_extract(delivery(tmp_path / "a", OWN + TAKECARE_SAYS, takecare__txt=TAKECARE)).legal_status
    assert forms["start"].tolist() == [pd.Timestamp("2022-01-03"), pd.Timestamp("2022-03-01")]
    assert forms["end"].isna().tolist() == [False, True]


REGION = "LopNr;IDNR;INDATUM;UTDATUM;MVO\n" + "".join(
    f"70000{n:02d};{n};202{n % 2}0603;202{n % 2}0610;901\n" for n in range(8)
) + "7999999;99;20200603;20200610;901\n"  # fmt: skip
KEY = "LopNr;Pseudonym\n" + "".join(f"70000{n:02d};{one}\n" for n, one in enumerate(IDS[:9]))
TWO = (
    OWN
    + """  stays: {files: par.csv, layout: par_sv, crosswalk: region, completeness: running, linked: %s}
crosswalks: {region: {files: key.csv, source: LopNr, client: Pseudonym}}
"""
)


@pytest.mark.parametrize(("linked", "clients", "stays_before"), [("false", 8, 4), ("true", 12, 4)])
def test_who_is_in_no_linked_source_is_not_observed_and_not_zero(linked, clients, stays_before, tmp_path):
    extract = load_extract(delivery(tmp_path / "a", TWO % linked, par__csv=REGION, key__csv=KEY))
    assert extract.crosswalk_rate == {"stays": pytest.approx(8 / 9)}
    assert "89" in extract.delivery.summary("en")
    table = mirror_outcomes(extract, load_plan("default"), outcomes=("admissions",)).table
    before = table[(table["window"] == "before") & (table["cohort"] == "mirror")].iloc[0]
    assert int(before["clients"]) == clients
    assert float(before["total"]) == stays_before
    noted = "clients_not_linked" in set(extract.delivery.table["rule"])
    assert noted == (linked == "true")


@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"clients.csv": b""}, 25, "clients.csv"),
        ({"clients.csv": "Rubrik;kön\nK00X;kvinna\n".encode("utf-16")}, 23, "client_id"),
        ({"clients.csv": b"PK\x03\x04 not a workbook"}, 25, "clients.csv"),
        ({"enrolments.csv": b"client_id;team\nK00X;T1\n"}, 23, "start"),
        ({"notes.csv": b"Rubrik;Annat\nx;y\n"}, 22, "factfidelity init"),
    ],
)
def test_what_a_new_user_gets_wrong_is_said_with_what_to_do(files, code, said, tmp_path, capsys):
    folder = delivery(tmp_path / "a", "")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    assert main(["check", str(folder), "--language", "sv"]) == code
    printed = "".join(capsys.readouterr())
    assert said in printed
    assert "Gör så här" in printed or "Gör:" in printed or "Åtgärd" in printed
    assert "Traceback" not in printed


def test_a_file_in_place_of_a_folder_is_told_so(tmp_path, capsys):
    (tmp_path / "clients.csv").write_text(CLIENTS, encoding="utf-8")
    assert main(["check", str(tmp_path / "clients.csv")]) == 20
    assert "folder" in capsys.readouterr().err


def test_the_report_of_a_stopped_delivery_can_be_read(tmp_path):
    folder = delivery(tmp_path / "a", "", enrolments__csv="client_id;team\nK00X;T1\n")
    report = check_extract(folder)
    assert not report.ok
    assert report.summary("sv")
