"""Deliveries as suppliers send them who were never asked: other forms of the same facts, and what is said of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml
from plants import planted

from factfidelity.delivery.load import check_extract, load_extract
from factfidelity.delivery.propose import propose
from factfidelity.errors import FactFidelityError, IdentityFoundError
from factfidelity.schemas.mapping import Mapping

KEYS = [f"{700_000 + n}" for n in range(12)]
NAMES = [f"P-{n:04d}X" for n in range(12)]
CONTACT = "Kontakt-id;Pseudonym;Kontaktdatum;Kontaktform;Enhet;Tid (minuter);Uteblivet\r\n"
GREAT = "1\u202f040,5"
STAY = "LopNr;IDNR;INDATUM;UTDATUM;MVO;HDIA\n"


def delivery(folder: Path, keys: list[str], **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    clients = "".join(f"{one};{'Kvinna' if n % 2 else 'Man'};{1960 + n};0484\r\n" for n, one in enumerate(keys))
    stays = "".join(f"{one};FACT Norr;2022-01-0{1 + n % 9};;\r\n" for n, one in enumerate(keys))
    usual = {
        "kohort__csv": "Pseudonym;Kön;Födelseår;Kommun\r\n" + clients,
        "inskrivningar__csv": "Pseudonym;Team;Inskriven;Utskriven;Avslutsorsak\r\n" + stays,
        "team__csv": "Team;Modell;Startdatum;Invånare i området\r\nFACT Norr;FACT;2021-01-01;45 000\r\n",
    }
    for name, content in {**usual, **files}.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8-sig"))
    return folder


def contacts(mark: str, month: int, *, minutes: str = "30", date: str = "2023-{month:02d}-0{day}") -> str:
    return "".join(
        f"{mark}{n};{one};{date.format(month=month, day=1 + n % 9)};Telefon;FACT Norr;{minutes};Nej\r\n"
        for n, one in enumerate(NAMES)
    )


def checked(folder: Path):
    report = check_extract(folder)
    assert sum(report.account().values()) == len(report.rows)
    for language in ("sv", "en"):
        said = report.summary(language) + (report.error.render(language) if report.error else "")
        assert not any(one in said for one in (*KEYS, *NAMES))
    return report


def reasons(report) -> set[str]:
    return set(report.rows["reason"].astype(str)) - {""}


def test_stays_from_sas_as_text_with_tabs_in_utf_16_and_small_letters(tmp_path):
    rows = "".join(f"{one}\t{n}\t2023\t2023{1 + n % 12:02d}03\t2023{1 + n % 12:02d}10\t901\tf20.0\t480\r\n"
                   for n, one in enumerate(KEYS))  # fmt: skip
    text = "p1234_LopNr\tidnr\tar\tindatuma\tutdatuma\tmvo\thdia\tlk\r\n" + rows
    extract = load_extract(delivery(tmp_path / "a", KEYS, ut_r_par_sv_7140_2023__txt=text.encode("utf-16")))
    assert len(extract.episodes) == 12
    assert set(extract.episodes["main_diagnosis"]) == {"F200"}


def test_a_month_that_is_delivered_again_replaces_the_rows_of_the_month_before(tmp_path):
    first = CONTACT + contacts("A", 1) + contacts("B", 2)
    second = CONTACT + contacts("B", 2, minutes="45") + contacts("C", 3)
    extract = load_extract(delivery(tmp_path / "a", NAMES, kontakter_1__csv=first, kontakter_2__csv=second))
    assert extract.delivery.account()["superseded"] == 12
    assert extract.contacts.groupby("minutes").size().to_dict() == {30.0: 24, 45.0: 12}


def test_serial_numbers_of_stays_that_begin_anew_each_year_are_different_stays(tmp_path):
    years = {f"par_sv_{year}__csv": STAY + "".join(f"{one};{n};{year}0103;{year}0110;901;F200\n"
             for n, one in enumerate(KEYS)) for year in (2022, 2023)}  # fmt: skip
    extract = load_extract(delivery(tmp_path / "a", KEYS, **years))
    assert len(extract.episodes) == 24


def test_an_open_stay_is_replaced_when_it_comes_again_with_its_discharge_and_no_serial_number(tmp_path):
    head = STAY.replace("IDNR;", "")
    early = head + "".join(f"{one};20230103;;901;F200\n" for one in KEYS)
    late = head + "".join(f"{one};20230103;20230110;901;F200\n" for one in KEYS)
    extract = load_extract(delivery(tmp_path / "a", KEYS, par_sv_01__csv=early, par_sv_02__csv=late))
    assert extract.episodes["discharged"].notna().sum() == len(extract.episodes) == 12


def test_a_register_file_that_lacks_a_column_is_not_taken_for_another_register(tmp_path):
    text = "LopNr;IDNR;INDATUM;MVO;HDIA\n" + "".join(f"{one};{n};20230103;901;F200\n" for n, one in enumerate(KEYS))
    report = checked(delivery(tmp_path / "a", KEYS, par_sv_2023__csv=text))
    assert not report.ok
    assert "UTDATUM" in report.error.render("sv")
    assert "visits" not in set(report.files["tables"])


def test_years_of_lisa_are_taken_from_the_names_of_their_files(tmp_path):
    years = {f"lb_lev_lisa_{year}__txt": f"LopNr\tLan\tKommun\t{source}\n" + "".join(f"{one}\t1\t180\t0\n"
             for one in KEYS) for year, source in ((2018, "KU1Ink"), (2019, "AGI1Ink"))}  # fmt: skip
    work = load_extract(delivery(tmp_path / "a", KEYS, **years)).work
    assert work.groupby("start").size().to_dict() == {pd.Timestamp("2018-01-01"): 12, pd.Timestamp("2019-01-01"): 12}


def test_files_put_one_after_the_other_with_their_marks_and_headings(tmp_path):
    twice = (CONTACT + contacts("A", 1)).encode("utf-8-sig") + (CONTACT + contacts("B", 2)).encode("utf-8-sig")
    bare = contacts("C", 3).encode("utf-8-sig")
    report = checked(delivery(tmp_path / "a", NAMES, kontaktlista__csv=twice + bare))
    assert report.ok
    assert report.account()["used"] == 12 * 5 + 1
    assert reasons(report) == {"headings_again"}
    assert set(load_extract(tmp_path / "a").contacts["client_id"]) == set(NAMES)


@pytest.mark.parametrize("form", ["2023.{month:02d}.0{day}", "2023/{month:02d}/0{day}", "2023.{month}.{day}"])
def test_dates_with_the_year_first_are_read_whatever_stands_between(form, tmp_path):
    folder = delivery(tmp_path / "a", NAMES, kontaktlista__csv=CONTACT + contacts("A", 2, date=form))
    assert load_extract(folder).contacts["date"].min() == pd.Timestamp("2023-02-01")


def test_day_and_month_are_not_guessed_and_are_read_when_the_mapping_says_which(tmp_path):
    text = CONTACT + contacts("A", 2, date="0{day}/{month:02d}/2023")
    folder = delivery(tmp_path / "a", NAMES, kontaktlista__csv=text)
    report = checked(folder)
    assert reasons(report) == {"day_or_month"}
    assert "day_first" in report.summary("sv")
    parts = yaml.safe_load(propose(folder).text)
    parts["sources"]["contact_list"]["columns"] = {
        "date": {"names": ["Kontaktdatum"], "kind": "date", "day_first": True}
    }
    (folder / "mapping.yaml").write_text(yaml.safe_dump(parts, allow_unicode=True), encoding="utf-8")
    assert load_extract(folder).contacts["date"].min() == pd.Timestamp("2023-02-01")


def test_an_export_of_a_record_system_with_a_preamble_merged_cells_a_total_and_a_note(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Uttag: kontakter i öppenvård"
    sheet.merge_cells("A1:H1")
    sheet["A2"] = "Period: 2022-01-01 – 2023-12-31"
    sheet.append([])
    sheet.append(["Pseudonym", "Besöksdatum", "Besöksklockslag", "Kontaktform", "Enhet", "Tid (minuter)", "KVÅ-kod"])
    for n, one in enumerate(NAMES):
        day = pd.Timestamp(2022, 1 + n, 5).to_pydatetime()
        sheet.append([one, day, "09:30", "Hembesök", "FACT Norr", "45" if n % 2 else 45, "ZV025 ZV504"])
    sheet.append(["Totalt", None, None, None, None, 540])
    sheet.append([])
    sheet.append(["Utskriven ur systemet, ej granskad"])
    folder = delivery(tmp_path / "a", NAMES)
    book.save(folder / "Kontaktlista FACT Norr.xlsx")
    report = checked(folder)
    assert report.ok
    found = load_extract(folder).contacts
    assert found["minutes"].tolist() == [45.0] * 12
    assert found["relatives"].all()
    assert {"preamble", "total_row", "trailing"} <= reasons(report)


def test_a_fault_names_the_heading_of_the_supplier(tmp_path):
    text = "Kommun;Pseudonym;Insats;Lagrum;Beslutsdatum;Slutdatum;Beviljade tim/mån;\r\n" + "".join(
        f"484;{one};Boendestöd;SoL;2023-01-02;;{GREAT if n == 3 else '20,5'};\r\n" for n, one in enumerate(NAMES)
    )
    report = checked(delivery(tmp_path / "a", NAMES, insatser__csv=text))
    assert "Beviljade tim/mån (hours)" in report.summary("sv")
    assert int(report.repaired["count"].sum()) == 12


@pytest.mark.parametrize(
    ("label", "heading"), [("Efternamn", "v1"), ("Personnummer", "v2"), ("Telefon hem", "v3"), ("E-post", "v4")]
)
def test_the_label_of_a_column_is_judged_as_its_heading_is(label, heading, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    folder = delivery(tmp_path / "a", NAMES)
    frame = pd.DataFrame({"pid": NAMES, "Diagnosdatum": "2023-01-01", "Diagnoskod": "F200", heading: "x"})
    pyreadstat.write_sav(frame, str(folder / "diagnoser.sav"), column_labels=["", "", "", label])
    with pytest.raises(IdentityFoundError) as caught:
        check_extract(folder)
    assert heading in caught.value.render("sv")
    pyreadstat.write_sav(frame, str(folder / "diagnoser.sav"), column_labels=["", "", "", "Grupp"])
    assert check_extract(folder).ok


def test_what_lies_beside_a_table_is_named_in_the_readers_language(tmp_path):
    folder = delivery(tmp_path / "a", NAMES)
    book = openpyxl.Workbook()
    book.active.append(["Pseudonym", "Diagnosdatum", "Diagnoskod"])
    book.active.append([NAMES[0], "2023-01-01", "F200"])
    book.active["A2"].comment = openpyxl.comments.Comment("ring " + "070" + "-123 45 67", "X")
    book.save(folder / "diagnoser.xlsx")
    with pytest.raises(IdentityFoundError) as caught:
        check_extract(folder)
    assert "kommentar" in caught.value.render("sv")
    assert "comment" in caught.value.render("en")


def test_an_archive_in_an_archive_is_refused_with_what_to_do(tmp_path):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("par_sv_2022.csv", STAY)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("2022.zip", inner.getvalue())
    report = checked(delivery(tmp_path / "a", KEYS, leverans__zip=outer.getvalue()))
    assert not report.ok
    assert "packa upp" in report.error.render("sv")


def two_principals(folder: Path) -> Path:
    stays = STAY + "".join(f"{90_000 + n};{n};20230103;20230110;901;F200\n" for n in range(14))
    services = "Löpnr;Kommun;Insats;Beslutsdatum;Slutdatum;Beviljade tim/mån\n" + "".join(
        f"E{n:03d};0484;Boendestöd;2023-01-02;;10\n" for n in range(9)
    )
    region = "LopNr;Pseudonym\n" + "".join(f"{90_000 + n};{one}\n" for n, one in enumerate(NAMES))
    town = "Löpnr;Pseudonym\n" + "".join(f"E{n:03d};{one}\n" for n, one in enumerate(NAMES[:8]))
    keys = {"nyckel_region__csv": region, "nyckel_kommun__csv": town}
    return delivery(folder, NAMES, par_sv_2023__csv=stays, insatser__csv=services, **keys)


def test_init_finds_the_crosswalks_of_two_principals_and_check_takes_what_it_proposes(tmp_path):
    folder = two_principals(tmp_path / "a")
    said = checked(folder)
    assert "crosswalks" in said.error.render("sv")
    proposal = propose(folder)
    assert not any(one in proposal.text for one in (*NAMES, "90003", "E003"))
    assert {table for _, table in proposal.guessed} == {"crosswalk"}
    (folder / "mapping.yaml").write_text(proposal.text, encoding="utf-8")
    extract = load_extract(folder)
    assert extract.crosswalk_rate == {"par_sv": pytest.approx(12 / 14), "sol_lss_services": pytest.approx(8 / 9)}
    assert set(extract.services["client_id"]) == set(NAMES[:8])


ENGLISH = {
    "patients.csv": "patient_id,gender,year_of_birth,municipality_code,favourite_colour\n"
    + "".join(f"{one},{'F' if n % 2 else 'M'},{1960 + n},0180,blue\n" for n, one in enumerate(NAMES)),
    "admissions.csv": "patient_id,admission_date,discharge_date,ward,specialty,main_diagnosis\n"
    + "".join(f"{one},2023-01-03,2023-01-1{n % 10},Ward 2,901,F200\n" for n, one in enumerate(NAMES)),
    "seen.csv": "patient_id,visit_date,visit_type,team,duration_minutes\n"
    + "".join(f"{one},2023-01-0{1 + n % 9},Home visit,FACT North,45\n" for n, one in enumerate(NAMES)),
    "teams.csv": "team_id,name\nFACT North,North\n",
}


def test_unknown_files_with_english_headings_get_a_proposal_that_check_takes(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    for name, text in ENGLISH.items():
        (folder / name).write_text(text, encoding="utf-8")
    proposal = propose(folder)
    assert dict(proposal.guessed) == {"admissions.csv": "episodes", "patients.csv": "clients", "seen.csv": "contacts"}
    assert "# guess" in proposal.text
    assert not any(one in proposal.text for one in NAMES)
    Mapping.model_validate(yaml.safe_load(proposal.text))
    (folder / "mapping.yaml").write_text(proposal.text, encoding="utf-8")
    extract = load_extract(folder)
    assert extract.clients["birth_year"].tolist() == [1960.0 + n for n in range(12)]
    assert set(extract.contacts["form"]) == {"home_visit"}
    assert set(extract.episodes["mvo"]) == {"901"}


def test_every_stopped_delivery_of_these_says_what_to_do_in_both_languages(tmp_path):
    cases = {
        "month": {"kontaktlista__csv": CONTACT + contacts("A", 2, date="{month:02d}/0{day}/2023")},
        "week": {"kontaktlista__csv": CONTACT + contacts("A", 2, date="2023-W1{day}-2")},
        "codes": {"ut_r_par_tv_2023__csv": "LopNr;TYP;START;SLUT\n" + "".join(f"{one};1;20230103;20230110\n"
                                                                             for one in NAMES)},
        "zeros": {"par_sv_2023__csv": STAY + "".join(f"{one}.0;1.0;23100.0;23110.0;901.0;F200\n" for one in NAMES)},
    }  # fmt: skip
    for name, files in cases.items():
        report = checked(delivery(tmp_path / name, NAMES, **files))
        assert isinstance(report.error, FactFidelityError), name
        assert "Gör så här" in report.summary("sv") + report.error.render("sv")
        assert "Do:" in report.summary("en") + report.error.render("en")


def test_lines_that_could_not_be_taken_apart_and_notes_under_the_table_are_said(tmp_path):
    text = CONTACT + contacts("A", 1) + "A99;P-0001X;2023\r\n\r\nAntal rader: 12\r\n"
    report = checked(delivery(tmp_path / "a", NAMES, kontaktlista__csv=text))
    assert report.ok
    assert reasons(report) == {"ragged_row", "blank", "trailing"}
    assert "ragged_row" in set(report.table["rule"])


def test_a_note_in_the_middle_of_a_table_is_set_aside_and_not_taken_for_its_end(tmp_path):
    text = CONTACT + contacts("A", 1) + "\r\nAntal rader: 12\r\n" + contacts("B", 2)
    report = checked(delivery(tmp_path / "a", NAMES, kontaktlista__csv=text))
    assert report.account()["used"] == 12 * 4 + 1
    assert reasons(report) == {"ragged_row", "blank"}


def test_formulas_that_were_never_worked_out_are_counted(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Pseudonym", "Kontaktdatum", "Kontaktform", "Enhet", "Tid (minuter)"])
    for n, one in enumerate(NAMES):
        book.active.append([one, "2023-01-05", "Hembesök", "FACT Norr", f"=15*{n + 1}"])
    folder = delivery(tmp_path / "a", NAMES)
    book.save(folder / "kontakter.xlsx")
    said = checked(folder).summary("sv")
    assert "12 celler har en formel" in said


def test_files_of_formats_that_are_not_read_are_not_passed_over_in_silence(tmp_path):
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("diagnoser.csv", f"Pseudonym;Diagnosdatum;Diagnoskod\n{NAMES[0]};2023-01-01;F200\n")
        archive.writestr("besök.ods", "x")
    report = checked(delivery(tmp_path / "a", NAMES, kontakter__xls=b"\xd0\xcf", l__zip=outer.getvalue()))
    assert report.ok
    assert set(report.table.loc[report.table["rule"] == "unread_file", "file"]) == {"kontakter.xls", "l.zip/besök.ods"}
    number = planted("personnummer_dash", 1, np.random.default_rng(2))[0]
    (tmp_path / "a" / f"brev {number}.7z").write_bytes(b"x")
    with pytest.raises(IdentityFoundError) as caught:
        check_extract(tmp_path / "a")
    assert number not in caught.value.render("sv")


def test_keys_that_lost_their_zeros_are_told_from_strangers(tmp_path):
    keys = [f"{n:05d}" for n in range(1, 13)]
    text = STAY + "".join(f"{int(one)};{n};20230103;20230110;901;F200\n" for n, one in enumerate(keys))
    report = checked(delivery(tmp_path / "a", keys, par_sv_2023__csv=text))
    assert "keys_lost_zeros" in set(report.table["rule"])


def test_a_team_is_the_same_team_in_capitals_and_by_its_name(tmp_path):
    text = (CONTACT + contacts("A", 1)).replace("FACT Norr", "fact  NORR")
    assert set(load_extract(delivery(tmp_path / "a", NAMES, kontaktlista__csv=text)).contacts["team_id"]) == {
        "FACT Norr"
    }


def test_papers_beside_the_data_are_proposed_to_be_left_out(tmp_path):
    folder = delivery(tmp_path / "a", NAMES, LÄSMIG__txt="Leverans 2024-02-01.\r\nUtdrag ur registret.\r\n")
    assert not check_extract(folder).ok
    proposal = propose(folder)
    assert 'ignore: ["LÄSMIG.txt"]' in proposal.text
    (folder / "mapping.yaml").write_text(proposal.text, encoding="utf-8")
    assert check_extract(folder).ok


def test_two_teams_that_list_the_same_contact_in_files_of_their_own_both_keep_their_part(tmp_path):
    north, south = CONTACT + contacts("A", 1), (CONTACT + contacts("A", 1)).replace("FACT Norr", "FACT Syd")
    teams = "Team;Modell;Startdatum;Invånare i området\r\nFACT Norr;FACT;2021-01-01;1\r\nFACT Syd;FACT;2021-01-01;1\r\n"
    folder = delivery(tmp_path / "a", NAMES, kontakter_norr__csv=north, kontakter_syd__csv=south, team__csv=teams)
    extract = load_extract(folder)
    assert extract.delivery.account()["superseded"] == 0
    assert len(extract.contacts) == 24


def test_scores_that_are_delivered_again_replace_the_earlier_with_and_without_parts(tmp_path):
    for part, cell in (("", ""), ("Del;", "Total;"), ("Del;", ";")):
        head = f"Pseudonym;Datum;Instrument;{part}Poäng\r\n"
        first, second = (
            head + "".join(f"{one};2023-01-05;GAF;{cell}{score}\r\n" for one in NAMES) for score in (40, 50)
        )
        folder = delivery(tmp_path / f"{part}{cell}x", NAMES, skattning_1__csv=first, skattning_2__csv=second)
        assert load_extract(folder).measurements["score"].tolist() == [50.0] * 12


def test_a_negative_amount_takes_back_one_dispensing_in_whatever_file(tmp_path):
    head = "LopNr;ATC;EDATUM;ANTAL;forpddd\n"
    first = head + "".join(f"{one};N05AX13;2023-03-0{1 + n % 9};1,0;28,5\n" for n, one in enumerate(KEYS))
    first += f"{KEYS[0]};N05AX13;2023-03-01;2;28,5\n{KEYS[1]};N05AX13;2020-01-01;-1;28,5\n"
    later = head + f"{KEYS[0]};N05AX13;2023-03-01;-1;28,5\n"
    report = checked(delivery(tmp_path / "a", KEYS, lmed_1__csv=first, lmed_2__csv=later))
    assert report.account()["superseded"] == 3
    assert "taken_back" in set(report.table["rule"])
    events = load_extract(tmp_path / "a").events
    assert len(events) == 12
    assert events["amount"].min() > 0
