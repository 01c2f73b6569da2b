"""Lists of codes that are delivered, keys that are unique only inside a municipality, and a file of SAS."""

from __future__ import annotations

import base64
import gzip

import pandas as pd
import pytest

from factfidelity.delivery.load import check_extract, load_extract
from factfidelity.errors import MappingError

CLIENTS = "client_id;sex;birth_year;municipality\n" + "".join(
    f"{one};female;2008;{town}\n" for one, town in (("A1", "484"), ("B1", "0486"), ("C1", "0499"))
)  # fmt: skip
PLACED = """Barn;Kommun;Placeringsform;Lagrum;Beslutsdatum;Placeringsdatum;Slutdatum
T1;484;Familjehem;LVU 2 §;2020-01-01;2020-01-05;2020-06-30
T1;0486;HVB;SoL;2020-02-01;2020-02-03;
;0486;HVB;SoL;2020-02-01;2020-02-03;
"""
KEYS = "Kommun;Barn;Klient\n0484;T1;A1\n486;T1;B1\n"
TOWNS = "0484;Eskilstuna\n0486;Strängnäs\n"
CLINICS = "Kod;Klinik\nK1;Norra\nK2;Södra\n"
STAYS = "LopNr;INDATUM;UTDATUM;MVO;SJUKHUS\nA1;20220101;20220103;901;K1\nB1;20220101;20220103;901;K9\n"
MAPPING = """mapping: test
period: {start: 2020-01-01, end: 2023-01-01}
"""

# Invented rows, written in R 4 with haven 2.5.1 (which writes the format of SAS by itself; SAS was not at hand):
# d <- data.frame(LopNr=c(1001,1002,1003), INDATUM=as.Date(c("2022-01-03","2022-02-01","2022-03-01")),
#   UTDATUM=as.Date(c("2022-01-10",NA,"2022-03-02")), MVO=c("901","901","046"),
#   SJUKHUS=c("99901","Söder","99902"), hdia=c("F200","F319",""))
# attr(d$MVO,"label") <- "Medicinskt verksamhetsområde"; write_sas(d, "par_sv.sas7bdat")
SAS = (
    "H4sIAAAAAAACA+3aTUsbQRgH8CcaNVYPEXII+JaWBjxI2TVB3FsWNiHajS1sUnqMNAsJkihJFA+CCh4Fwe/QT1DorVRqqcfSi3jz"
    "3g/QFvqSzu5M7GbIVlEv6v8XyMPz35lZMpAwgSX658PXneKbyMjndwchGjxW96KT4ZEE0SMKkEr/FenoLN2KZebNtKHndSudj/mh"
    "Czjzxbj3n5pnuqd2ckaEiXqkWHuiqIqaU1hNsjprVmprGwQAAAAAAAAAAAAAAAAAAHAfDbEX0ekw76Z6O68eijwqzTJF3mwHAVFF"
    "bkr57hCvm1JuiDwlrR/0yT8+6J7v+uSGTx70yQEAAADugj8/W67bNd+k8SvOz1LwWvc3rjlf9otPb5WlPOScQ9lBOCT1Yalvn717"
    "3b6HRkXfL/qH7TOt6L3ErVtz58kY9bn1MQ24dVrUJPGj/5zoU9IuEP0WaxU9mfysr7myulhndX7R0POFHBXyvOZePCNrofA0W7Co"
    "XKossdR5fjids0uVV5VaY7kZW7fry42latluNlaq9aPXJZut841pf1av78xl9j7u2btu+i9aINw9bknwKwO3UsDzzcju87/DEydu"
    "PZw8SWmKqmnsjTIziuJefM4HpeJ8EH35scWuW0dvS3Y9k1A1N3wpBk3zQdusKslZZ6UZbDkAAAAAAADATfsL1Lp33wBAAAA="
)


def delivery(place, mapping: str = "", **files: str | bytes):
    place.mkdir(parents=True, exist_ok=True)
    for name, text in {"clients__csv": CLIENTS, **files}.items():
        content = text if isinstance(text, bytes) else text.encode()
        (place / name.replace("__", ".")).write_bytes(content)
    if mapping:
        (place / "mapping.yaml").write_text(MAPPING + mapping, encoding="utf-8")
    return place


def test_two_children_with_the_same_id_in_two_municipalities_are_two_children(tmp_path):
    folder = delivery(tmp_path / "a", clients__csv="client_id;sex;birth_year\n0484-T1;male;2008\n0486-T1;male;2009\n",
                      barn_och_unga_2020__csv=PLACED)  # fmt: skip
    extract = load_extract(folder)
    found = extract.placements.sort_values("client_id")
    assert found["client_id"].tolist() == ["0484-T1", "0486-T1"]
    assert found["end"].tolist()[0] == pd.Timestamp("2020-07-01")
    assert found["kind"].tolist() == ["Familjehem", "HVB"]
    assert extract.delivery.rows.query("reason == 'no_person'")["line"].tolist() == [4]


def test_a_crosswalk_leads_from_municipality_and_id_to_the_client(tmp_path):
    mapping = """crosswalks: {barn: {files: nyckel.csv, source: Barn, within: Kommun, client: Klient}}
sources:
  clients: {files: clients.csv, table: clients}
  placed: {files: "barn_*.csv", layout: barn_och_unga, crosswalk: barn}
"""
    extract = load_extract(delivery(tmp_path / "a", mapping, barn_2020__csv=PLACED, nyckel__csv=KEYS))
    assert sorted(extract.placements["client_id"]) == ["A1", "B1"]
    assert extract.crosswalk_rate["placed"] == 1.0


def test_municipality_codes_are_checked_against_a_list_that_is_delivered(tmp_path):
    mapping = """codes: {municipalities: kommuner.csv}
sources: {clients: {files: clients.csv, table: clients, columns: {municipality: {kind: municipality}}}}
"""
    extract = load_extract(delivery(tmp_path / "a", mapping, kommuner__csv=TOWNS))
    assert extract.clients["municipality"].fillna("").tolist() == ["0484", "0486", ""]
    assert "unknown_area" in set(extract.delivery.table["rule"])
    reasons = extract.delivery.rows.query("file == 'kommuner.csv'")["reason"].astype(str)
    assert set(reasons) == {"code_list"}


def test_a_column_takes_its_texts_from_a_list_of_codes(tmp_path):
    mapping = """codes: {clinics: {files: kliniker.csv, code: Kod, text: Klinik}}
sources:
  clients: {files: clients.csv, table: clients}
  stays: {files: par.csv, layout: par_sv, columns: {hospital: {names: [SJUKHUS], from_list: clinics}}}
"""
    stays = load_extract(delivery(tmp_path / "a", mapping, par__csv=STAYS, kliniker__csv=CLINICS)).episodes
    assert stays.set_index("client_id")["hospital"].to_dict() == {"A1": "Norra", "B1": "K9"}


def test_a_list_that_is_not_there_is_refused_by_name(tmp_path):
    mapping = "sources: {clients: {files: clients.csv, table: clients, columns: {sex: {from_list: koder}}}}\n"
    with pytest.raises(MappingError, match="koder"):
        load_extract(delivery(tmp_path / "a", mapping))


def test_a_column_of_a_code_list_that_is_missing_is_said(tmp_path):
    mapping = """codes: {clinics: {files: kliniker.csv, code: Nummer}}
sources: {clients: {files: clients.csv, table: clients}}
"""
    report = check_extract(delivery(tmp_path / "a", mapping, kliniker__csv=CLINICS))
    assert not report.ok
    assert "Nummer" in report.error.render("sv")


def test_a_file_of_sas_gives_its_rows_dates_and_leading_zeros(tmp_path):
    clients = "client_id;sex;birth_year\n" + "".join(f"{n};male;1980\n" for n in (1001, 1002, 1003))
    content = gzip.decompress(base64.b64decode(SAS))
    extract = load_extract(delivery(tmp_path / "a", clients__csv=clients, ut_r_par_sv_1_2022__sas7bdat=content))
    stays = extract.episodes.sort_values("client_id")
    assert stays["client_id"].tolist() == ["1001", "1002", "1003"]
    assert stays["admitted"].tolist() == [pd.Timestamp(2022, month, day) for month, day in ((1, 3), (2, 1), (3, 1))]
    assert stays["discharged"].isna().tolist() == [False, True, False]
    assert stays["mvo"].tolist() == ["901", "901", "046"]
    assert stays["hospital"].tolist() == ["99901", "Söder", "99902"]
