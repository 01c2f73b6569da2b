"""A delivery becomes an extract: overlaps, crosswalks, periods, saving, and mappings that are wrong."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest

from factfidelity.delivery.load import check_extract, load_extract
from factfidelity.errors import ExtractError, MappingError

CLIENTS = "client_id;sex;birth_year\n" + "".join(f"K{n}X;female;{1950 + n}\n" for n in range(8))
ENROLMENTS = "client_id;team_id;start;end\n" + "".join(f"K{n}X;T1;2021-0{1 + n}-01;\n" for n in range(8))
TEAMS = "team_id;name\nT1;Norr\n"
STAYS = "LopNr;IDNR;INDATUMA;UTDATUMA;MVO;hdia\n"
MAPPING = """
mapping: test
period: {start: 2021-01-01, end: 2024-01-01}
crosswalks:
  key: {files: key.csv, source: LopNr, client: client}
sources:
  clients: {files: clients.csv, table: clients}
  teams: {files: teams.csv, table: teams}
  enrolments: {files: enrolments.csv, table: enrolments}
  stays: {files: "par*.csv", layout: par_sv, crosswalk: key}
"""
KEY = "LopNr;client\n" + "".join(f"700000{n};K{n}X\n" for n in range(6)) + "7000006;K6X\n7000006;K7X\n"


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def delivery(folder: Path, **files: str) -> Path:
    usual = {
        "clients__csv": CLIENTS,
        "teams__csv": TEAMS,
        "enrolments__csv": ENROLMENTS,
        "key__csv": KEY,
        "mapping__yaml": MAPPING,
    }
    return write(folder, **{**usual, **files})


def stay(number: int, serial: int, start: str, end: str, code: str = "F200") -> str:
    return f"700000{number};{serial};{start};{end};901;{code}\n"


def test_of_overlapping_deliveries_the_latest_holds_and_every_row_has_a_fate(tmp_path):
    early = STAYS + stay(0, 1, "20220101", "") + stay(1, 2, "20220105", "20220107") + stay(1, 2, "20220105", "20220107")
    late = (
        STAYS
        + stay(0, 1, "20220101", "20220120")
        + stay(1, 2, "20220105", "20220107")
        + stay(2, 3, "20220301", "20220302")
    )
    extract = load_extract(delivery(tmp_path / "a", par_2__csv=early, par_10__csv=late))
    assert sorted(extract.episodes["client_id"]) == ["K0X", "K1X", "K2X"]
    assert extract.episodes.set_index("client_id").loc["K0X", "discharged"] == pd.Timestamp("2022-01-20")
    assert extract.delivery.account()["set_aside"] == 0
    assert extract.delivery.account()["superseded"] + extract.delivery.account()["duplicate"] == 3


def test_who_is_not_in_the_crosswalk_or_twice_in_it_is_set_aside_and_the_rate_is_reported(tmp_path):
    stays = (
        STAYS
        + stay(0, 1, "20220101", "20220103")
        + stay(6, 2, "20220101", "20220103")
        + stay(9, 3, "20220101", "20220103")
    )
    extract = load_extract(delivery(tmp_path / "a", par_1__csv=stays + stay(1, 4, "20220101", "20220103")))
    assert sorted(extract.episodes["client_id"]) == ["K0X", "K1X"]
    assert extract.crosswalk_rate["stays"] == pytest.approx(0.5)
    reasons = extract.delivery.rows.query("fate == 'set_aside'")["reason"].astype(str).tolist()
    assert sorted(reasons) == ["ambiguous_link", "not_linked"]


def test_finished_stays_only_are_complete_up_to_the_lag_before_the_last_discharge(tmp_path):
    stays = STAYS + stay(0, 1, "20220101", "20220103") + stay(1, 2, "20230101", "20230630")
    extract = load_extract(delivery(tmp_path / "a", par_1__csv=stays))
    source = extract.source("episodes")
    assert source.completeness == "discharged"
    assert source.complete_to == pd.Timestamp("2023-06-30") - pd.Timedelta(180, "D")


def test_a_saved_extract_is_read_again_with_the_same_content(tmp_path):
    stays = STAYS + stay(0, 1, "20220101", "20220103") + stay(1, 2, "20230101", "")
    extract = load_extract(delivery(tmp_path / "a", par_1__csv=stays))
    extract.save(tmp_path / "saved")
    again = load_extract(tmp_path / "saved")
    assert again.fingerprint == extract.fingerprint
    assert again.period == extract.period
    assert again.sources == extract.sources


def test_the_order_of_rows_and_the_names_of_files_do_not_change_the_fingerprint(tmp_path):
    body = [stay(n % 6, n, f"202201{n:02d}", f"202202{n:02d}") for n in range(1, 20)]
    mixed = random.Random(3).sample(body, len(body))
    one = load_extract(delivery(tmp_path / "a", par_1__csv=STAYS + "".join(body)))
    other = load_extract(
        delivery(tmp_path / "å b", par_x__csv=STAYS + "".join(mixed[:7]), par_y__csv=STAYS + "".join(mixed[7:]))
    )
    assert one.fingerprint == other.fingerprint


def test_our_own_tables_are_read_without_a_mapping_and_the_period_is_taken_from_them(tmp_path):
    report = check_extract(write(tmp_path / "a", clients__csv=CLIENTS, teams__csv=TEAMS, enrolments__csv=ENROLMENTS))
    assert report.ok
    assert report.start == pd.Timestamp("2021-01-01")
    assert "period_from_data" in set(report.table["rule"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("table: clients", "tabel: clients"), "tabel"),
        (("table: clients", "table: persons"), "persons"),
        (("layout: par_sv", "layout: par_xx"), "par_xx"),
        (("crosswalk: key", "crosswalk: other"), "other"),
        (("mapping: test", "mapping: test\nmapping: again"), "twice"),
        (("period: {start: 2021-01-01,", "period: {start: soon,"), "period.start"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_in_one_message(change, said, tmp_path):
    folder = delivery(tmp_path / "a", par_1__csv=STAYS, mapping__yaml=MAPPING.replace(*change))
    with pytest.raises(MappingError, match=said):
        check_extract(folder)


def test_no_folder_an_empty_one_and_a_file_that_is_asked_for_and_not_there(tmp_path):
    with pytest.raises(ExtractError) as caught:
        load_extract(tmp_path / "none")
    assert caught.value.exit_code == 20
    with pytest.raises(ExtractError) as caught:
        load_extract(write(tmp_path / "empty"))
    assert caught.value.exit_code == 21
    with pytest.raises(ExtractError) as caught:
        load_extract(delivery(tmp_path / "a"))
    assert "par*.csv" in caught.value.render("sv")


def test_progress_tells_each_file_once(tmp_path):
    told: list[tuple[str, int, int]] = []
    load_extract(
        delivery(tmp_path / "a", par_1__csv=STAYS + stay(0, 1, "20220101", "20220103")),
        progress=lambda *one: told.append(one),
    )
    assert [name for name, _, _ in told] == ["clients.csv", "enrolments.csv", "key.csv", "par_1.csv", "teams.csv"]
    assert {of for _, _, of in told} == {5}
